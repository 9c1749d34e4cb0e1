//! `elbow build`: run the nodes, write the files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use glob::Pattern;
use rayon::ThreadPool;

use super::load::{Configs, Loaded};
use super::messages::{MessageFormat, Reporter, Summary};
use super::past::Past;
use super::progress::{FailFast, Progress, Verbosity};
use super::sweep::Swept;
use super::{Exit, deps, targets};
use crate::config::Plan;
use crate::diagnostic::{counted, suggest};
use crate::pipeline::build::Built;
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
    /// Start no further node of a config, or of a member of a sweep, once one has failed.
    #[arg(long)]
    fail_fast: bool,
    /// Say nothing but errors.
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Say when each node is finished, on a terminal too.
    #[arg(short, long)]
    verbose: bool,
    /// Say everything to people on standard error, or to programs: one JSON object a line on standard
    /// output.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = MessageFormat::Text)]
    message_format: MessageFormat,
    /// Write to this file, before the work, which files the outputs depend on: as JSON if its name
    /// ends in `.json`, else as rules of make that a Makefile can include. What is wrong with a
    /// config leaves the file as it is.
    #[arg(long, value_name = "FILE", conflicts_with = "locked")]
    deps: Option<PathBuf>,
}

impl Arguments {
    /// The configs, and what is laid over them.
    pub(super) fn configs(&self) -> &Configs {
        &self.configs
    }

    /// The globs of `--only` that are right; those that are not are said by the build.
    pub(super) fn only(&self) -> Vec<Pattern> {
        self.only.iter().filter_map(|glob| Pattern::new(glob).ok()).collect()
    }

    /// Whom the build speaks to.
    pub(super) fn reporter(&self) -> Reporter {
        let verbosity = match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        Reporter::new(self.message_format, verbosity)
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let reporter = arguments.reporter();
    let exit = build_all(arguments, &reporter).unwrap_or_else(|exit| {
        arguments.configs.paths().iter().for_each(|path| reporter.abandoned(path));
        exit
    });
    reporter.end(exit)
}

/// Builds all configs, or the one of a sweep; `Err` if nothing was begun.
fn build_all(arguments: &Arguments, reporter: &Reporter) -> Result<Exit, Exit> {
    let (loaded, selections, pool) = prepare(arguments, reporter)?;
    if !arguments.sweep.is_empty() {
        return pool.install(|| sweep_all(&loaded, &selections, arguments, reporter));
    }
    // What happens to one config is no reason to leave out the others.
    let each = loaded.iter().zip(&selections);
    let exits = each.map(|(one, selection)| {
        pool.install(|| build_or_abandon(one, selection, arguments, reporter))
    });
    Ok(exits.max().unwrap_or(Exit::Done))
}

/// All that can be wrong before the work, with the configs, what is wanted of each, and threads.
fn prepare(
    arguments: &Arguments,
    reporter: &Reporter,
) -> Result<(Vec<Loaded>, Vec<Selection>, ThreadPool), Exit> {
    let mut loaded = arguments.configs.load_saying(reporter)?;
    for one in &mut loaded {
        adapt(&mut one.plan, arguments);
        say_dropped(&one.plan, reporter);
    }
    targets::check_collisions(&loaded, reporter)?;
    let selections = selections(&loaded, &arguments.only, reporter)?;
    let threads = arguments.jobs.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
        reporter.error(&format!("cannot start threads: {error}"));
        Exit::InputOutput
    })?;
    if let Some(path) = arguments.deps.as_ref().filter(|_| arguments.sweep.is_empty()) {
        deps::write(path, loaded.iter().zip(&selections), &[], reporter)?;
    }
    Ok((loaded, selections, pool))
}

/// Says which data sets have fewer points than their files have rows.
fn say_dropped(plan: &Plan, reporter: &Reporter) {
    for (name, node) in &plan.data {
        if let rows @ 1.. = node.source.dropped() {
            let rows = counted(rows, "row");
            reporter.note(&format!("data.{name}: {rows} with a missing value left out"));
        }
    }
}

/// Builds all members of a sweep, and what stands beside them.
fn sweep_all(
    loaded: &[Loaded],
    selections: &[Selection],
    arguments: &Arguments,
    reporter: &Reporter,
) -> Result<Exit, Exit> {
    let ([base], [selection]) = (loaded, selections) else {
        reporter.error("a sweep is of one config\nhint: call `elbow build` once a config");
        return Err(Exit::Wrong);
    };
    let clock = Progress::new(Verbosity::Quiet, FailFast::No);
    let layers = arguments.configs.layers();
    let mut swept = Swept::load(base, &layers, &arguments.sweep, reporter)?;
    swept.members.iter_mut().for_each(|one| adapt(&mut one.plan, arguments));
    swept.place();
    if let Some(path) = &arguments.deps {
        let members = swept.members.iter().map(|one| (one, selection));
        deps::write(path, members, &swept.beside(), reporter)?;
    }
    let build =
        |one: &Loaded, reporter: &Reporter| build_or_abandon(one, selection, arguments, reporter);
    let exits = swept.build(build, reporter);
    let exit = exits.iter().copied().max().unwrap_or(Exit::Done);
    let files = swept.index(&exits, selection).map_err(|error| {
        reporter.error(&error);
        Exit::Failed
    })?;
    let summary = |exit: Exit, changed: usize| Summary {
        config: &base.path,
        name: &base.plan.name,
        folder: swept.folder(),
        success: exit == Exit::Done,
        figures: 0,
        files: files.len(),
        changed,
        seconds: clock.seconds(),
    };
    if arguments.locked {
        let changed = locked(&files, reporter);
        let exit = exit.max(if changed > 0 { Exit::Found } else { Exit::Done });
        reporter.checked(&summary(exit, changed));
        return Ok(exit);
    }
    let tell = |path: &Path, written: Written| reporter.wrote(path, written);
    let written = write::write_telling(&files, &tell).map_err(|error| {
        reporter.error(&error);
        Exit::InputOutput
    })?;
    let changed = written.iter().filter(|w| **w == Written::New).count();
    reporter.swept(&summary(exit, changed), swept.members.len(), &swept.page());
    Ok(exit)
}

/// Lays the command line's folder and formats over the plan's.
pub(super) fn adapt(plan: &mut Plan, arguments: &Arguments) {
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
pub(super) fn selections(
    loaded: &[Loaded],
    globs: &[String],
    reporter: &Reporter,
) -> Result<Vec<Selection>, Exit> {
    if globs.is_empty() {
        return Ok(loaded.iter().map(|_| Selection::All).collect());
    }
    let mut chosen = vec![BTreeSet::new(); loaded.len()];
    for written in globs {
        let pattern = Pattern::new(written).map_err(|error| {
            reporter.error(&format!(
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
            reporter.error(&format!("no figure matches `--only {written}`\nhint: {hint}"));
            return Err(Exit::Wrong);
        }
    }
    Ok(chosen.into_iter().map(Selection::Only).collect())
}

/// Builds one config, and tells a program of its end even if nothing was written.
fn build_or_abandon(
    one: &Loaded,
    selection: &Selection,
    arguments: &Arguments,
    reporter: &Reporter,
) -> Exit {
    build_one(one, selection, arguments, reporter).unwrap_or_else(|exit| {
        reporter.abandoned(&one.path);
        exit
    })
}

/// Builds one config; `Err` if nothing was written.
fn build_one(
    one: &Loaded,
    selection: &Selection,
    arguments: &Arguments,
    reporter: &Reporter,
) -> Result<Exit, Exit> {
    // Better said before the work than after it.
    let obstacles = targets::obstacles(&one.plan, selection);
    if !obstacles.is_empty() {
        obstacles.iter().for_each(|obstacle| reporter.error(obstacle));
        return Err(Exit::InputOutput);
    }
    let fail_fast = if arguments.fail_fast { FailFast::Yes } else { FailFast::No };
    let observer = reporter.observer(&one.path, fail_fast);
    let store = if arguments.no_cache { Store::none() } else { Store::of(&one.path) };
    let built = build::build(&one.plan, selection, &one.text, &store, &observer);
    if arguments.locked || built.is_err() {
        observer.clear();
    }
    let built = built.map_err(|error| {
        reporter.error(&error);
        Exit::Failed
    })?;
    if arguments.locked {
        reporter.failures(&built.wrong());
        // The next build need not make it again.
        built.keep(&one.plan, &store);
        let changed = locked(&built.files, reporter);
        let exit = exit_of(&built).max(if changed > 0 { Exit::Found } else { Exit::Done });
        reporter.checked(&summary(one, &built, exit, changed, &observer));
        return Ok(exit);
    }
    let mut record = Past::read(one, &store);
    let written = write(&built, &observer);
    observer.clear();
    reporter.failures(&built.wrong());
    let changed = written.map_err(|error| {
        reporter.error(&error);
        Exit::InputOutput
    })?;
    built.keep(&one.plan, &store);
    record.enter(selection, &built, &observer.nodes());
    let orphans = record.close(&store, reporter);
    let exit = exit_of(&built);
    if exit == Exit::Done {
        store.tidy();
    }
    store.notes().iter().for_each(|note| reporter.note(note));
    // What this run alone leaves out has not been removed.
    let as_written = arguments.configs.layers().is_empty()
        && arguments.format.is_empty()
        && arguments.sweep.is_empty();
    if orphans > 0 && as_written {
        reporter.note(&format!(
            "{} of removed figures are still there; `elbow clean -n {}` lists them",
            counted(orphans, "file"),
            one.path.display()
        ));
    }
    reporter.finished(&summary(one, &built, exit, changed, &observer));
    Ok(exit)
}

/// What became of all nodes.
fn exit_of(built: &Built) -> Exit {
    match (built.failures.is_empty(), built.broken.is_empty()) {
        (false, _) => Exit::Failed,
        (true, false) => Exit::Broken,
        (true, true) => Exit::Done,
    }
}

/// Writes the files; how many of them have changed.
fn write(built: &Built, observer: &Progress) -> Result<usize, String> {
    observer.writes(built.current.len() + built.files.len());
    built.current.iter().for_each(|path| observer.wrote(path, Written::Unchanged));
    let tell = |path: &Path, written: Written| observer.wrote(path, written);
    let written = write::write_telling(&built.files, &tell)?;
    Ok(written.iter().filter(|w| **w == Written::New).count())
}

fn summary<'a>(
    one: &'a Loaded,
    built: &Built,
    exit: Exit,
    changed: usize,
    observer: &Progress,
) -> Summary<'a> {
    Summary {
        config: &one.path,
        name: &one.plan.name,
        folder: &one.plan.output.figures,
        success: exit == Exit::Done,
        figures: built.figures,
        files: built.files.len() + built.current.len(),
        changed,
        seconds: observer.seconds(),
    }
}

/// Says which files a build would change; how many these are.
fn locked(files: &[File], reporter: &Reporter) -> usize {
    let differs = |file: &&File| std::fs::read(&file.path).ok().as_ref() != Some(&file.bytes);
    let changed: Vec<&File> = files.iter().filter(differs).collect();
    changed.iter().for_each(|file| reporter.outdated(&file.path));
    if !changed.is_empty() {
        reporter.error(&format!(
            "{} would change, and `--locked` allows none\nhint: build without it and commit what \
             changed",
            counted(changed.len(), "file")
        ));
    }
    changed.len()
}
