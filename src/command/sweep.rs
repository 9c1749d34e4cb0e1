//! `elbow build --sweep`: the config with every choice of values, each in a folder of its own, and a
//! table and a page of all of them.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use rayon::prelude::*;

use super::Exit;
use super::load::{self, Loaded};
use super::messages::Reporter;
use crate::config::sweep::{Member, Sweep};
use crate::config::{Layers, Plan};
use crate::pipeline::Selection;
use crate::pipeline::outputs::File;
use crate::render::Format;
use crate::report::sweep;

/// The folder of a sweep in that of the figures.
const FOLDER: &str = "sweep";

/// The table of all members in it.
const TABLE: &str = "index.csv";

/// The page of all members in it.
const PAGE: &str = "index.html";

/// A sweep of one config.
pub(super) struct Swept {
    /// Where its members, the table and the page go.
    folder: PathBuf,
    /// The name of the config.
    name: String,
    sweep: Sweep,
    /// The config as each member has it.
    pub(super) members: Vec<Loaded>,
}

impl Swept {
    /// Loads the config of `base` with every choice of values.
    ///
    /// # Errors
    ///
    /// The exit code; what is wrong was said.
    pub(super) fn load(
        base: &Loaded,
        layers: &Layers,
        options: &[String],
        reporter: &Reporter,
    ) -> Result<Self, Exit> {
        let sweep = Sweep::read(options).map_err(|wrong| {
            wrong.iter().for_each(|what| reporter.error(what));
            Exit::Wrong
        })?;
        let each: Vec<Layers> = sweep.members.iter().map(|m| m.layers(layers)).collect();
        let members = load::load_variants(&base.path, &each, reporter)?;
        let folder = base.plan.output.figures.join(FOLDER);
        Ok(Self { folder, name: base.plan.name.clone(), sweep, members })
    }

    /// Gives each member its folder. The numbers are what a sweep is made for, so each has its
    /// extras.
    pub(super) fn place(&mut self) {
        for (member, one) in self.sweep.members.iter().zip(&mut self.members) {
            one.plan.output.extras.get_or_insert_default();
            one.plan.move_to(&self.folder.join(&member.folder));
        }
    }

    /// Runs `build` for all members in parallel, and says which have been made; how each ended.
    pub(super) fn build(
        &self,
        build: impl Fn(&Loaded, &Reporter) -> Exit + Sync,
        reporter: &Reporter,
    ) -> Vec<Exit> {
        let one = |(member, loaded): (&Member, &Loaded)| {
            let exit = build(loaded, &reporter.of_member(&member.folder));
            reporter.member(&member.folder, exit);
            exit
        };
        let all: Vec<(&Member, &Loaded)> = self.sweep.members.iter().zip(&self.members).collect();
        // Where only looks differ the first one computes what all of them show.
        let computes = |key: &String| key.starts_with("data.") || key.starts_with("fit.");
        let alone = usize::from(!self.sweep.keys.iter().any(computes));
        let (first, others) = all.split_at(alone.min(all.len()));
        let mut exits: Vec<Exit> = first.iter().copied().map(one).collect();
        exits.extend(others.par_iter().copied().map(one).collect::<Vec<_>>());
        exits
    }

    /// Where its members, the table and the page go.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the page of all members is.
    pub(super) fn page(&self) -> PathBuf {
        self.folder.join(PAGE)
    }

    /// Where the table and the page are.
    pub(super) fn beside(&self) -> [PathBuf; 2] {
        [self.folder.join(TABLE), self.page()]
    }

    /// The page of what there is, and the table of numbers if all was made: as those of one build
    /// they say something of all figures, and are left as they are where only some are wanted.
    ///
    /// # Errors
    ///
    /// If the page cannot be made.
    pub(super) fn index(&self, exits: &[Exit], selection: &Selection) -> Result<Vec<File>, String> {
        let members: Vec<sweep::Member> = self
            .sweep
            .members
            .iter()
            .zip(&self.members)
            .zip(exits)
            .map(|((member, one), exit)| entry(member, &one.plan, *exit))
            .collect();
        let keys = &self.sweep.keys;
        let title = format!("{}: a sweep of {}", self.name, keys.join(" and "));
        let table = sweep::csv(keys, &members);
        let page = sweep::html(&title, keys, &members)?;
        let file = |name: &str, text: String| File {
            path: self.folder.join(name),
            bytes: text.into_bytes(),
        };
        let table = matches!(selection, Selection::All).then(|| file(TABLE, table));
        Ok(table.into_iter().chain([file(PAGE, page)]).collect())
    }
}

fn entry(member: &Member, plan: &Plan, exit: Exit) -> sweep::Member {
    let done = matches!(exit, Exit::Done | Exit::Broken);
    let picture = |stem: &str, formats: &[Format]| {
        let shown = [Format::Svg, Format::Png].into_iter().find(|f| formats.contains(f))?;
        let file = format!("{stem}.{}", shown.extension());
        plan.output.figures.join(&file).is_file().then_some(file)
    };
    let pictures: IndexMap<String, Option<String>> = plan
        .figures
        .iter()
        .map(|(name, figure)| (name.clone(), picture(&figure.stem_in(0), &figure.formats)))
        .collect();
    // A build of all figures that made everything has written it, or found it as it should be.
    let extras = plan.output.extras.as_ref();
    let numbers = extras.filter(|_| done);
    let numbers = numbers.and_then(|extras| std::fs::read(extras.join("numbers.json")).ok());
    let report = extras.map(|extras| extras.join("report.html")).filter(|report| report.is_file());
    let report = report.and_then(|r| Some(r.strip_prefix(&plan.output.figures).ok()?.to_owned()));
    sweep::Member {
        folder: member.folder.clone(),
        values: member.values.clone(),
        done,
        holds: exit != Exit::Broken,
        numbers: numbers.and_then(|bytes| serde_json::from_slice(&bytes).ok()),
        pictures,
        report: report.map(|path| slashes(&path)),
    }
}

/// A path as a page has it.
fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
