//! `elbow list`: the nodes of a config, or the files that a build writes, before anything is built.

use std::path::PathBuf;

use super::load::{Overrides, load};
use super::{Exit, export, progress};
use crate::pipeline::Selection;
use crate::pipeline::outputs::targets;

/// List the nodes of a config, or the files that a build writes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The configs.
    #[arg(required = true, value_name = "CONFIG")]
    configs: Vec<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
    /// List the files that a build writes, one path a line: for make, `.gitignore` and the like.
    #[arg(long)]
    outputs: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let loaded = match load(&arguments.configs, &arguments.overrides) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let mut text = String::new();
    for one in &loaded {
        match arguments.outputs {
            true => targets(&one.plan, &Selection::All)
                .iter()
                .for_each(|path| text += &format!("{}\n", path.display())),
            false => export::nodes(&one.plan).iter().for_each(|node| text += &format!("{node}\n")),
        }
    }
    progress::print(&text)
}
