//! `elbow verify`: whether pictures are what a config now gives.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Exit;
use super::carried::{Carried, carried};
use super::load::{Loaded, Overrides, load};
use super::progress;
use super::rerun::made_anew;
use crate::diagnostic::suggest;
use crate::pipeline::Selection;
use crate::pipeline::outputs::File;
use crate::provenance::{Provenance, difference, read};
use crate::render::Format;

/// Say of each picture, such as one in a deck, whether it is what a config now gives.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The pictures, and last the config.
    #[arg(required = true, num_args = 2.., value_names = ["FILE", "CONFIG"])]
    files: Vec<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let Some((config, files)) = arguments.files.split_last() else { return Exit::Wrong };
    let loaded = match load(std::slice::from_ref(config), &arguments.overrides.layers()) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let Some(one) = loaded.into_iter().next() else { return Exit::Wrong };
    let mut exit = Exit::Done;
    let mut text = String::new();
    let found: Vec<_> = files.iter().map(|path| (path, carried(path))).collect();
    let names =
        found.iter().filter_map(|(_, found)| Some(found.as_ref().ok()?.provenance.figure.clone()));
    let mut remade = Remade::new(one, names.collect());
    for (path, found) in &found {
        let (code, line) = match found {
            Ok(found) => remade.compare(found),
            Err((code, reason)) => {
                progress::error(reason);
                exit = exit.max(*code);
                continue;
            }
        };
        exit = exit.max(code);
        text.push_str(&format!("{}: {line}\n", path.display()));
    }
    exit.max(progress::print(&text))
}

/// The figures of a config, made again when one of them is first asked for.
struct Remade {
    one: Loaded,
    /// Those that any picture is of.
    names: BTreeSet<String>,
    files: Option<Vec<File>>,
}

impl Remade {
    fn new(mut one: Loaded, names: BTreeSet<String>) -> Self {
        one.plan.output.extras = None;
        // A file of this figure may be one that the config no longer asks for.
        for figure in one.plan.figures.values_mut() {
            figure.formats = Format::ALL.to_vec();
        }
        one.plan.provenance = true;
        let names = names.into_iter().filter(|name| one.plan.figures.contains_key(name)).collect();
        Self { one, names, files: None }
    }

    /// What there is to say of a picture.
    fn compare(&mut self, found: &Carried) -> (Exit, String) {
        let made = &found.provenance;
        let Some(now) = Provenance::of(&self.one.plan, &made.figure) else {
            let known: Vec<&str> = self.one.plan.figures.keys().map(String::as_str).collect();
            let hint = suggest(&made.figure, &known, "figures");
            return (Exit::Found, format!("no figure of the name `{}`; {hint}", made.figure));
        };
        let differences = difference::lines(made, &now);
        if !differences.is_empty() {
            let text = format!("made from another config:\n    {}", differences.join("\n    "));
            return (Exit::Found, text);
        }
        let files = match self.files() {
            Ok(files) => files,
            Err(reason) => return (Exit::Failed, reason),
        };
        if files.iter().any(|file| file.bytes == found.bytes) {
            return (Exit::Done, "is what the config gives".to_owned());
        }
        match pixels(&found.bytes) {
            Some(own) if files.iter().any(|file| pixels(&file.bytes).as_ref() == Some(&own)) => {
                let text = "is what the config gives, pixel by pixel, written by another program";
                (Exit::Done, text.to_owned())
            }
            _ => (
                Exit::Found,
                "made from this config, but changed since: it is no file that the config gives"
                    .to_owned(),
            ),
        }
    }

    /// All files of the figures in question.
    fn files(&mut self) -> Result<&[File], String> {
        if self.files.is_none() {
            let plan = &self.one.plan;
            let selection = Selection::Only(self.names.clone());
            self.files = Some(made_anew(plan, &selection, &self.one.text)?);
        }
        Ok(self.files.as_deref().unwrap_or_default())
    }
}

/// The pixels of a picture that has them and does not move.
fn pixels(bytes: &[u8]) -> Option<image::RgbaImage> {
    let moves = memchr::memmem::find(bytes, b"acTL").is_some();
    if read::kind(bytes) != Some(read::Kind::Png) || moves {
        return None;
    }
    let mut reader = image::ImageReader::new(std::io::Cursor::new(bytes));
    reader.set_format(image::ImageFormat::Png);
    Some(reader.decode().ok()?.into_rgba8())
}
