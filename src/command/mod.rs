//! The command line: one file a subcommand.

mod bars;
pub mod build;
mod carried;
pub mod check;
mod check_decks;
pub mod clean;
mod completions;
mod config_show;
mod deps;
mod explain;
pub mod export;
mod findings;
mod github;
mod init;
pub mod inspect;
mod interrupt;
pub mod lint_figures;
pub mod list;
pub mod load;
pub mod messages;
mod past;
pub mod plan;
pub mod progress;
pub mod rerun;
mod schema;
mod sweep;
mod targets;
pub mod verify;
pub mod watch;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

/// How a command ended, from good to bad. The numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All was done.
    Done,
    /// A check found something.
    Found,
    /// An assertion does not hold; all was made.
    Broken,
    /// A node failed.
    Failed,
    /// The config or the call is wrong.
    Wrong,
    /// A file cannot be read or written.
    InputOutput,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Found => 3,
            Exit::Broken | Exit::Failed => 1,
            Exit::Wrong => 2,
            Exit::InputOutput => 4,
        })
    }
}

/// Lecture figures of variational inference from one TOML file.
///
/// A config says what to generate, fit, score and draw. `elbow build` renders every figure to PNG,
/// SVG and PDF, byte for byte the same each time, with the numbers for the slides and a report
/// beside them.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 done; 1 a node failed or an assertion does not hold; 2 the config or the call is wrong; 3 a check found something; 4 a file cannot be read or written; 130 interrupted."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a project: a commented config, and what it needs beside it.
    Init(init::Arguments),
    /// Make the figures, the numbers and the report of one or more configs.
    Build(build::Arguments),
    /// Build, and build again whenever something is saved; show the figures on a page.
    Watch(watch::Arguments),
    /// List what a build would run, in order, and the files it would write.
    Plan(plan::Arguments),
    /// Remove what is kept from one run to the next, and files of removed figures.
    Clean(clean::Arguments),
    /// Print the full value of one node, such as `data.line` or `fit.cavi`.
    Export(export::Arguments),
    /// Say whether the files on disk are what the configs give.
    Check(check::Arguments),
    /// Show a config as it counts.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// List the nodes of a config, or the files that a build writes or reads.
    List(list::Arguments),
    /// Say what cannot be read in the figures.
    LintFigures(lint_figures::Arguments),
    /// Print what completes calls of this program in a shell.
    Completions(completions::Arguments),
    /// Print the manual page.
    Man,
    /// Print the JSON Schema of configs, for editors.
    ///
    /// Editors that know schemas of TOML (taplo, Even Better TOML) complete, explain and check the
    /// keys of a config whose first line names a file with it: `#:schema ./elbow.schema.json`.
    Schema,
    /// Print what figures were made from, as their files say it.
    Inspect(inspect::Arguments),
    /// Make a figure again from nothing but one of its files.
    Rerun(rerun::Arguments),
    /// Say of pictures whether they are what a config now gives.
    Verify(verify::Arguments),
}

/// What can be done with a config itself.
#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print a config as it counts, with all that is laid over it, and where its values come from.
    Show(config_show::Arguments),
}

/// Runs the command that the program was called with.
pub fn run() -> ExitCode {
    interrupt::install();
    match Arguments::parse().command {
        Command::Build(arguments) => build::run(&arguments),
        Command::Watch(arguments) => watch::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Config(ConfigCommand::Show(arguments)) => config_show::run(&arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        Command::Schema => schema::run(),
        Command::Man => completions::man(Arguments::command()),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Clean(arguments) => clean::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::LintFigures(arguments) => lint_figures::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Rerun(arguments) => rerun::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
    }
    .into()
}
