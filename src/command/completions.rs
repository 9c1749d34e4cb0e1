//! `elbow completions` and `elbow man`: what shells and manuals know of this program.

use clap::Command;
use clap_complete::Shell;

use super::{Exit, progress};

/// Print what completes calls of this program in a shell.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

/// Prints completions.
pub(super) fn run(arguments: &Arguments, mut command: Command) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "elbow", &mut text);
    progress::print(&String::from_utf8_lossy(&text))
}

/// Prints the manual: the page of the program, then those of its commands.
pub(super) fn man(mut command: Command) -> Exit {
    command.build();
    let mut text = Vec::new();
    let mut pages = Vec::new();
    collect(&command, &mut pages);
    for page in pages {
        let name = page.get_display_name().unwrap_or("elbow").to_owned();
        if let Err(error) = clap_mangen::Man::new(page).title(name).render(&mut text) {
            progress::error(&format!("cannot make the manual: {error}"));
            return Exit::Failed;
        }
    }
    progress::print(&String::from_utf8_lossy(&text))
}

/// A command and all below it.
fn collect(command: &Command, pages: &mut Vec<Command>) {
    if command.get_name() == "help" {
        return;
    }
    pages.push(command.clone());
    command.get_subcommands().for_each(|below| collect(below, pages));
}
