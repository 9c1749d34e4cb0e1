//! `elbow rerun`: a figure made again from nothing but one of its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::carried::{bytes, carried};
use super::load;
use super::progress::{self, FailFast, Progress, Verbosity};
use super::{Exit, targets};
use crate::config::{Layers, Plan};
use crate::diagnostic::{counted, list};
use crate::pipeline::outputs::File;
use crate::pipeline::store::Store;
use crate::pipeline::{Selection, build, write};
use crate::provenance::Provenance;
use crate::report::manifest::sha256;

/// Make a figure again, in all its formats, from nothing but one of its files.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An SVG, PNG, PDF or GIF file that elbow has written.
    file: PathBuf,
    /// Write to this folder.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// An input that the file does not carry, such as a font or a large table: its name in the
    /// config and where it is. Can be given several times.
    #[arg(long, value_name = "NAME=PATH")]
    input: Vec<String>,
}

/// Why a command ends, and how.
type Failed = (Exit, String);

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    match rerun(arguments) {
        Ok(exit) => exit,
        Err((exit, reason)) => {
            if !reason.is_empty() {
                progress::error(&reason);
            }
            exit
        }
    }
}

fn rerun(arguments: &Arguments) -> Result<Exit, Failed> {
    let shown = arguments.file.display();
    let made = carried(&arguments.file)?.provenance;
    let inputs = inputs(&made, &arguments.input)?;
    if made.elbow != env!("CARGO_PKG_VERSION") {
        progress::line(&format!(
            "warning: `{shown}` was made by elbow {}, and this is {}: the figure may differ",
            made.elbow,
            env!("CARGO_PKG_VERSION")
        ));
    }
    let folder = lay_out(&made, &inputs).map_err(|error| {
        (
            Exit::InputOutput,
            format!(
                "cannot write to the folder of temporary files: {error}\nhint: make room there"
            ),
        )
    })?;
    let config = folder.path().join(config_name(&inputs));
    let mut loaded = load::load(&[config], &Layers::default())
        .map_err(|exit| (exit, format!("the config that `{shown}` carries cannot be read\nhint: see above, and `elbow inspect`")))?;
    let Some(one) = loaded.first_mut() else { return Ok(Exit::Done) };
    let plan = &mut one.plan;
    if !plan.figures.contains_key(&made.figure) {
        let reason = format!("the config that `{shown}` carries has no figure `{}`", made.figure);
        return Err((
            Exit::Wrong,
            format!("{reason}\nhint: take the file from where it was first written"),
        ));
    }
    plan.output.figures.clone_from(&arguments.output);
    plan.output.extras = None;
    let now = Provenance::of(plan, &made.figure);
    let same = |now: &Provenance| now.config == made.config && now.inputs == made.inputs;
    if !now.as_ref().is_some_and(same) {
        progress::line(&format!(
            "warning: this elbow reads the config of `{shown}` in another way"
        ));
    }
    let selection = Selection::Only(BTreeSet::from([made.figure.clone()]));
    let obstacles = targets::obstacles(plan, &selection);
    if let Some(obstacle) = obstacles.first() {
        return Err((Exit::InputOutput, obstacle.clone()));
    }
    let files = made_anew(plan, &selection, &one.text).map_err(|reason| (Exit::Failed, reason))?;
    write::write(&files).map_err(|reason| (Exit::InputOutput, reason))?;
    progress::line(&format!(
        "{}: {} in `{}`",
        made.figure,
        counted(files.len(), "file"),
        arguments.output.display()
    ));
    Ok(Exit::Done)
}

/// All files of a selection, made from nothing that was kept.
///
/// # Errors
///
/// The first failure.
pub(super) fn made_anew(
    plan: &Plan,
    selection: &Selection,
    text: &str,
) -> Result<Vec<File>, String> {
    let observer = Progress::new(Verbosity::Quiet, FailFast::No);
    let built = build::build(plan, selection, text, &Store::none(), &observer)?;
    match built.failures.into_iter().next() {
        Some(failure) => Err(failure),
        None => Ok(built.files),
    }
}

/// The name of the config in the temporary folder: that of no input, however it is spelt.
fn config_name(inputs: &BTreeMap<String, Vec<u8>>) -> String {
    let mut name = "provenance.toml".to_owned();
    while inputs.keys().any(|input| input.to_lowercase() == name) {
        name.insert(0, '_');
    }
    name
}

/// The bytes of all inputs by name, carried or given.
fn inputs(made: &Provenance, given: &[String]) -> Result<BTreeMap<String, Vec<u8>>, Failed> {
    let mut inputs = BTreeMap::new();
    let names: Vec<&str> = made.inputs.iter().map(|input| input.name.as_str()).collect();
    for written in given {
        let Some((name, path)) = written.split_once('=') else {
            let reason = format!("`--input {written}` needs a name and a path");
            return Err((Exit::Wrong, format!("{reason}\nhint: write `--input NAME=PATH`")));
        };
        let Some(input) = made.inputs.iter().find(|input| input.name == name) else {
            let hint = match names.as_slice() {
                [] => "it needs none".to_owned(),
                names => format!("its inputs are {}", list(names)),
            };
            return Err((Exit::Wrong, format!("the figure has no input `{name}`\nhint: {hint}")));
        };
        let content = bytes(Path::new(path))?;
        if sha256(&content) != input.sha256 {
            let reason = format!("`{path}` is not the `{name}` that the figure was made from");
            return Err((
                Exit::Wrong,
                format!("{reason}\nhint: its SHA-256 must be {}", input.sha256),
            ));
        }
        inputs.insert(name.to_owned(), content);
    }
    for input in &made.inputs {
        if inputs.contains_key(&input.name) {
            continue;
        }
        let Some(content) = input.content() else {
            let name = &input.name;
            let reason = format!(
                "the figure does not carry its input `{name}`: fonts and files of more than 64 KiB are not"
            );
            let hint = format!("give it by `--input {name}=PATH`; its SHA-256 is {}", input.sha256);
            return Err((Exit::Wrong, format!("{reason}\nhint: {hint}")));
        };
        inputs.insert(input.name.clone(), content);
    }
    Ok(inputs)
}

/// A temporary folder with the config and its inputs.
fn lay_out(
    made: &Provenance,
    inputs: &BTreeMap<String, Vec<u8>>,
) -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, content) in inputs {
        std::fs::write(folder.path().join(name), content)?;
    }
    std::fs::write(folder.path().join(config_name(inputs)), &made.config)?;
    Ok(folder)
}
