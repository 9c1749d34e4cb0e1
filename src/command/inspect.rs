//! `elbow inspect`: what figures were made from.

use std::path::PathBuf;

use serde_json::json;

use super::carried::{Carried, carried};
use super::{Exit, progress};
use crate::provenance::Input;
use crate::random::Seed;

/// Print what figures were made from, as their files say it: the config of their nodes, seeds,
/// inputs, and the version of elbow.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// SVG, PNG, PDF or GIF files that elbow has written.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print; `json` is one line a file.
    #[arg(long, value_enum, default_value_t = As::Human)]
    format: As,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum As {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let mut exit = Exit::Done;
    let mut text = String::new();
    for path in &arguments.files {
        match carried(path) {
            Ok(found) if arguments.format == As::Json => {
                let provenance = &found.provenance;
                let line = json!({
                    "file": path.display().to_string(),
                    "identity": provenance.identity(),
                    "provenance": provenance,
                });
                text.push_str(&format!("{line}\n"));
            }
            Ok(found) => text.push_str(&describe(&path.display().to_string(), &found)),
            Err((code, reason)) => {
                progress::error(&reason);
                exit = exit.max(code);
            }
        }
    }
    exit.max(progress::print(&text))
}

fn describe(path: &str, found: &Carried) -> String {
    let made = &found.provenance;
    let mut text = format!(
        "{path}\n  figure    {}\n  elbow     {}\n  identity  {}\n",
        made.figure,
        made.elbow,
        made.identity()
    );
    for (node, stream) in &made.seeds {
        let seed = match &stream.seed {
            Seed::Derived { root, .. } => format!("from root {root}"),
            Seed::Own(own) => own.to_string(),
        };
        text.push_str(&format!("  seed      {node}: {} {seed}\n", stream.generator));
    }
    for input in &made.inputs {
        text.push_str(&format!("  input     {}: {}\n", input.name, describe_input(input)));
    }
    text.push('\n');
    for line in made.config.lines() {
        text.push_str(format!("  {line}").trim_end());
        text.push('\n');
    }
    text.push('\n');
    text
}

fn describe_input(input: &Input) -> String {
    match input.content() {
        Some(content) => format!("{} bytes, carried, SHA-256 {}", content.len(), input.sha256),
        None => format!("not carried, SHA-256 {}", input.sha256),
    }
}
