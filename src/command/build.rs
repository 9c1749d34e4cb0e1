//! `elbow build`: run the nodes, write the files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use glob::Pattern;

use super::Exit;
use super::load::{Configs, Loaded};
use super::past::Past;
use super::progress::{self, FailFast, Progress, Verbosity};
use super::sweep::Swept;
use super::targets;
use crate::diagnostic::{counted, suggest};
use crate::pipeline::outputs::File;
use crate::pipeline::store::Store;
use crate::pipeline::write::Written;
use crate::pipeline::{Selection, build, write};
use crate::render::Format;

/// Make the figures, the numbers and the report of one or more configs.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    configs: Configs,
    /// Make only the figures whose names match, such as `GMMexample_it*`. Numbers, report and
    /// manifest, which say something of all figures, are left as they are. Can be given several
    /// times.
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Build with every choice of these values, each in a folder `sweep/PATH=VALUE,...` of its own
    /// in that of the figures, with a table `index.csv` and a page `index.html` of all of them. Can
    /// be given several times: `--sweep data.line.seed=1,2 --sweep fit.cavi.model.cavi.components=2,3`.
    #[arg(long, value_name = "PATH=VALUE,...", allow_negative_numbers = true)]
    sweep: Vec<String>,
    /// Write to this folder instead of the config's; extras go to `extras/<config>` in it.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Run this many nodes at a time, up to 256; as many as there are cores by default.
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Write these formats instead of the config's.
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    format: Vec<Format>,
    /// Let the files say nothing of what they were made from.
    #[arg(long)]
    no_provenance: bool,
    /// Neither use nor keep values of other runs.
    #[arg(long)]
    no_cache: bool,
    /// Write nothing, and fail with exit code 3 if a file would change.
    #[arg(long)]
    locked: bool,
    /// Start no further node once one has failed.
    #[arg(long)]
    fail_fast: bool,
    /// Say nothing but errors.
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Say when each node is finished, on a terminal too.
    #[arg(short, long)]
    verbose: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    match build_all(arguments) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn build_all(arguments: &Arguments) -> Result<Exit, Exit> {
    let mut loaded = arguments.configs.load()?;
    for one in &mut loaded {
        adapt(one, arguments);
    }
    targets::check_collisions(&loaded)?;
    let selections = selections(&loaded, &arguments.only)?;
    let threads = arguments.jobs.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
        progress::error(&format!("cannot start threads: {error}"));
        Exit::InputOutput
    })?;
    if !arguments.sweep.is_empty() {
        return pool.install(|| sweep_all(&loaded, &selections, arguments));
    }
    // What happens to one config is no reason to leave out the others.
    let each = loaded.iter().zip(&selections);
    let exits = each.map(|(one, selection)| pool.install(|| build_one(one, selection, arguments)));
    Ok(exits.max().unwrap_or(Exit::Done))
}

/// Builds all members of a sweep, and what stands beside them.
fn sweep_all(
    loaded: &[Loaded],
    selections: &[Selection],
    arguments: &Arguments,
) -> Result<Exit, Exit> {
    let ([base], [selection]) = (loaded, selections) else {
        progress::error("a sweep is of one config\nhint: call `elbow build` once a config");
        return Err(Exit::Wrong);
    };
    let mut swept = Swept::load(base, &arguments.configs.layers(), &arguments.sweep)?;
    swept.members.iter_mut().for_each(|one| adapt(one, arguments));
    swept.place();
    // Each member in a line of its own; those of nodes would not say whose they are.
    let quiet = Arguments { quiet: true, verbose: false, ..arguments.clone() };
    let exits = swept.build(|one| build_one(one, selection, &quiet), arguments.quiet);
    let exit = exits.iter().copied().max().unwrap_or(Exit::Done);
    let files = swept.index(&exits, selection).map_err(|error| {
        progress::error(&error);
        Exit::Failed
    })?;
    if arguments.locked {
        return Ok(exit.max(locked(&files)));
    }
    write::write(&files).map_err(|error| {
        progress::error(&error);
        Exit::InputOutput
    })?;
    if !arguments.quiet {
        let members = counted(swept.members.len(), "member");
        progress::line(&format!(
            "{}: {members}, all of them in `{}`",
            base.plan.name,
            swept.page().display()
        ));
    }
    Ok(exit)
}

/// Lays the command line's folder and formats over the plan's.
fn adapt(one: &mut Loaded, arguments: &Arguments) {
    let plan = &mut one.plan;
    if let Some(folder) = &arguments.output {
        plan.move_to(folder);
    }
    plan.provenance &= !arguments.no_provenance;
    if !arguments.format.is_empty() {
        let formats: Vec<Format> =
            Format::ALL.into_iter().filter(|f| arguments.format.contains(f)).collect();
        for figure in plan.figures.values_mut() {
            figure.formats.clone_from(&formats);
        }
    }
}

/// The figures that the globs choose in each config. Every glob must match somewhere.
pub(super) fn selections(loaded: &[Loaded], globs: &[String]) -> Result<Vec<Selection>, Exit> {
    if globs.is_empty() {
        return Ok(loaded.iter().map(|_| Selection::All).collect());
    }
    let mut chosen = vec![BTreeSet::new(); loaded.len()];
    for written in globs {
        let pattern = Pattern::new(written).map_err(|error| {
            progress::error(&format!(
                "`--only {written}`: {error}\nhint: `*` stands for any part of a name"
            ));
            Exit::Wrong
        })?;
        let mut matched = false;
        for (one, names) in loaded.iter().zip(&mut chosen) {
            let matching = one.plan.figures.keys().filter(|name| pattern.matches(name));
            for name in matching {
                matched = true;
                names.insert(name.clone());
            }
        }
        if !matched {
            let known: Vec<&str> =
                loaded.iter().flat_map(|o| o.plan.figures.keys().map(String::as_str)).collect();
            let off =
                loaded.iter().find_map(|o| o.plan.switched_off().find(|n| pattern.matches(n)));
            let hint = match off {
                Some(name) => format!("`figure.{name}` says `enabled = false`"),
                None => suggest(written, &known, "figures"),
            };
            progress::error(&format!("no figure matches `--only {written}`\nhint: {hint}"));
            return Err(Exit::Wrong);
        }
    }
    Ok(chosen.into_iter().map(Selection::Only).collect())
}

fn build_one(one: &Loaded, selection: &Selection, arguments: &Arguments) -> Exit {
    // Better said before the work than after it.
    let obstacles = targets::obstacles(&one.plan, selection);
    if !obstacles.is_empty() {
        obstacles.iter().for_each(|obstacle| progress::error(obstacle));
        return Exit::InputOutput;
    }
    let verbosity = match (arguments.quiet, arguments.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let fail_fast = if arguments.fail_fast { FailFast::Yes } else { FailFast::No };
    let observer = Progress::new(verbosity, fail_fast);
    let store = if arguments.no_cache { Store::none() } else { Store::of(&one.path) };
    let built = match build::build(&one.plan, selection, &one.text, &store, &observer) {
        Ok(built) => built,
        Err(error) => {
            progress::error(&error);
            return Exit::Failed;
        }
    };
    for failure in &built.failures {
        progress::error(failure);
    }
    if arguments.locked {
        // The next build need not make it again.
        built.keep(&one.plan, &store);
        let exit = if built.failures.is_empty() { Exit::Done } else { Exit::Failed };
        return exit.max(locked(&built.files));
    }
    let mut record = Past::read(one, &store);
    let written = match write::write(&built.files) {
        Ok(written) => written,
        Err(error) => {
            progress::error(&error);
            return Exit::InputOutput;
        }
    };
    built.keep(&one.plan, &store);
    record.enter(selection, &built, &observer.nodes());
    let orphans = record.close(&store);
    if built.failures.is_empty() {
        store.tidy();
    }
    if verbosity > Verbosity::Quiet {
        store.notes().iter().for_each(|note| progress::line(&format!("note: {note}")));
        // What this run alone leaves out has not been removed.
        let as_written = arguments.configs.layers().is_empty() && arguments.format.is_empty();
        if orphans > 0 && as_written {
            progress::line(&format!(
                "note: {} of removed figures are still there; `elbow clean -n {}` lists them",
                counted(orphans, "file"),
                one.path.display()
            ));
        }
        let changed = written.iter().filter(|w| **w == Written::New).count();
        let folder = show(&one.plan.output.figures);
        progress::line(&format!(
            "{}: {}, {} in `{folder}` ({changed} new or changed), {:.2} s",
            one.plan.name,
            counted(built.figures, "figure"),
            counted(built.files.len() + built.current, "file"),
            observer.seconds()
        ));
    }
    if built.failures.is_empty() { Exit::Done } else { Exit::Failed }
}

/// Says which files a build would change.
fn locked(files: &[File]) -> Exit {
    let differs = |file: &&File| std::fs::read(&file.path).ok().as_ref() != Some(&file.bytes);
    let changed: Vec<&File> = files.iter().filter(differs).collect();
    for file in &changed {
        let what = if file.path.exists() { "would change" } else { "is missing" };
        progress::line(&format!("`{}` {what}", file.path.display()));
    }
    if changed.is_empty() {
        return Exit::Done;
    }
    progress::error(&format!(
        "{} would change, and `--locked` allows none\nhint: build without it and commit what changed",
        counted(changed.len(), "file")
    ));
    Exit::Found
}

fn show(folder: &Path) -> String {
    match folder.as_os_str().is_empty() {
        true => ".".to_owned(),
        false => folder.display().to_string(),
    }
}
