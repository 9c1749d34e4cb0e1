//! `elbow init`: a commented config to start from, with all that it needs beside it.
//!
//! A template is a file of `init/` that stands in the program. Nothing that is there is ever written
//! over.

use std::path::{Path, PathBuf};

use super::{Exit, progress};
use crate::config::schema;
use crate::diagnostic::suggest;
use crate::pipeline::outputs::File;
use crate::pipeline::write::put;

/// Start a project: a commented config, and what it needs beside it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of the project, which is made if there is none; the config goes into `config/` in
    /// it, its figures will go into `figures/`.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// What to start from; `--list` says what there is.
    #[arg(long, value_name = "NAME", default_value = TEMPLATES[0].name)]
    template: String,
    /// List the templates and write nothing.
    #[arg(long)]
    list: bool,
}

/// A config to start from.
struct Template {
    /// Its name, and that of the config without extension.
    name: &'static str,
    /// What it shows.
    about: &'static str,
    /// The config.
    text: &'static str,
    /// Other files, by their paths from the config.
    beside: &'static [Beside],
}

/// A file that a config needs.
struct Beside {
    path: &'static str,
    text: &'static str,
}

/// All templates; the first is the default.
const TEMPLATES: [Template; 4] = [
    Template {
        name: "line",
        about: "a mixture on a line and its fit by coordinate ascent, iteration by iteration",
        text: include_str!("init/line.toml"),
        beside: &[],
    },
    Template {
        name: "plane",
        about: "Bayesian mixtures in the plane: regions, ellipses, weights, scores",
        text: include_str!("init/plane.toml"),
        beside: &[],
    },
    Template {
        name: "csv",
        about: "groups in your own points, from a file of comma-separated values",
        text: include_str!("init/csv.toml"),
        beside: &[Beside { path: "points.csv", text: include_str!("init/points.csv") }],
    },
    Template {
        name: "lecture",
        about: "a lecture of a course: shared style, steps for slides, a handout for paper",
        text: include_str!("init/lecture.toml"),
        beside: &[Beside { path: "style/course.toml", text: include_str!("init/course.toml") }],
    },
];

/// The folder of configs in a project.
const CONFIGS: &str = "config";

/// The schema that the first line of every template names.
const SCHEMA: &str = "elbow.schema.json";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    if arguments.list {
        return progress::print(&list());
    }
    match init(&arguments.folder, &arguments.template) {
        Ok(said) => progress::print(&said),
        Err((exit, reason)) => {
            progress::error(&reason);
            exit
        }
    }
}

/// One template a line.
fn list() -> String {
    let width = TEMPLATES.iter().map(|t| t.name.len()).max().unwrap_or_default();
    TEMPLATES.iter().map(|t| format!("{:width$}  {}\n", t.name, t.about)).collect()
}

/// Writes the files of a template; what there is to say about it.
fn init(folder: &Path, name: &str) -> Result<String, (Exit, String)> {
    let Some(template) = TEMPLATES.iter().find(|template| template.name == name) else {
        let known = TEMPLATES.map(|template| template.name);
        let hint = suggest(name, &known, "templates");
        return Err((Exit::Wrong, format!("there is no template `{name}`\nhint: {hint}")));
    };
    let config = config(template, folder);
    let files = files(template, &config);
    let is_in_the_way = |file: &&File| match file.path == config {
        true => is_there(&file.path),
        false => is_there(&file.path) && !is_same(file),
    };
    let there: Vec<&File> = files.iter().filter(is_in_the_way).collect();
    if !there.is_empty() {
        let paths: String =
            there.iter().map(|file| format!("\n  {}", file.path.display())).collect();
        return Err((
            Exit::Wrong,
            format!(
                "nothing was written, since there is already{paths}\nhint: remove or rename what \
                 is there, or name another folder: `elbow init FOLDER`"
            ),
        ));
    }
    let new: Vec<File> = files.into_iter().filter(|file| !is_there(&file.path)).collect();
    for file in &new {
        put(file).map_err(|reason| {
            let shown = file.path.display();
            let hint = "allow writing to the folder, or name another: `elbow init FOLDER`";
            (Exit::InputOutput, format!("cannot write `{shown}`: {reason}\nhint: {hint}"))
        })?;
    }
    let mut said: String =
        new.iter().map(|file| format!("wrote {}\n", file.path.display())).collect();
    said += &format!("next: elbow build {}\n", quoted(&config));
    Ok(said)
}

/// Where the config of a template goes.
fn config(template: &Template, folder: &Path) -> PathBuf {
    // A path is shown as people would type it.
    let folder = if folder == Path::new(".") { Path::new("") } else { folder };
    folder.join(CONFIGS).join(format!("{}.toml", template.name))
}

/// The files of a template whose config goes to `config`, which is the first of them.
fn files(template: &Template, config: &Path) -> Vec<File> {
    let file = |path: PathBuf, text: &str| File { path, bytes: text.as_bytes().to_vec() };
    let mut files = vec![file(config.to_owned(), template.text)];
    files.extend(template.beside.iter().map(|b| file(config.with_file_name(b.path), b.text)));
    files.push(file(config.with_file_name(SCHEMA), &schema::text()));
    files
}

/// Whether anything has this name, be it a link that leads nowhere.
fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// Whether a file is as it would be written: what several templates need is there after the first.
fn is_same(file: &File) -> bool {
    std::fs::read(&file.path).is_ok_and(|old| old == file.bytes)
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let shown = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%\\".contains(c);
    match shown.chars().all(plain) {
        true => shown,
        false => format!("'{}'", shown.replace('\'', "'\\''")),
    }
}
