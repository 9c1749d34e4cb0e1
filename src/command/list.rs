//! `elbow list`: the nodes of a config, or the files that a build writes, before anything is built.

use super::load::Configs;
use super::{Exit, export, progress};
use crate::pipeline::Selection;
use crate::pipeline::outputs::targets;

/// List the nodes of a config, or the files that a build writes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    configs: Configs,
    /// List the files that a build writes, one path a line: for make, `.gitignore` and the like.
    #[arg(long)]
    outputs: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let loaded = match arguments.configs.load() {
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
