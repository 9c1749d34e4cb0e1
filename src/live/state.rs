//! What the page shows: the config as it is on disk, its mistakes, its numbers, its figures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use annotate_snippets::Renderer;
use glob::Pattern;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::config::numbers::{self, Number};
use crate::config::{self, Error, Layers, Others, Plan};
use crate::diagnostic::Problems;
use crate::pipeline::outputs::{File, targets};
use crate::pipeline::preview::{Drawn, Memory};
use crate::pipeline::{Observer, Selection, write};
use crate::report::manifest::sha256;

/// A config that is being worked on.
pub struct State {
    path: PathBuf,
    layers: Layers,
    /// How the command line changes the plan, such as by `-o`.
    adapt: Box<dyn Fn(&mut Plan) + Send>,
    /// Which figures are shown.
    only: Vec<Pattern>,
    /// The config's text, as it was read last.
    text: String,
    errors: Vec<String>,
    numbers: Vec<Number>,
    /// The last plan that was right, which is what the figures show.
    plan: Option<Plan>,
}

/// What the page is told of the config.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The config's name.
    name: String,
    /// What distinguishes its text from all others.
    text: String,
    /// What is wrong with it, each with its excerpt.
    errors: Vec<String>,
    /// What can be moved.
    numbers: Vec<Number>,
    /// The figures of the last config that was right.
    figures: Vec<Entry>,
}

/// A figure of the page.
#[derive(Debug, Serialize)]
struct Entry {
    name: String,
    /// Its files, relative to the folder of the figures.
    files: Vec<String>,
    /// Width over height.
    ratio: f64,
}

/// Numbers that the page has moved.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Which text they are numbers of.
    text: String,
    /// The new ones, by their index among the numbers.
    values: BTreeMap<usize, String>,
}

/// Figures that the page asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    moved: Moved,
    /// The figures, each with the key of the picture that is shown.
    figures: BTreeMap<String, String>,
}

/// What the page gets.
#[derive(Debug, Default, Serialize)]
pub struct Preview {
    /// What is wrong with these numbers.
    errors: Vec<String>,
    /// The figures that look otherwise than those that are shown.
    figures: IndexMap<String, Picture>,
    /// Whether something newer was asked for before all of it was drawn.
    stopped: bool,
}

/// A figure as it looks.
#[derive(Debug, Serialize)]
struct Picture {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    svg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Why numbers cannot be written into the config.
#[derive(Debug)]
pub enum Refused {
    /// It has been changed since the page read it.
    Changed,
    /// It would be wrong.
    Wrong(Vec<String>),
    /// The file cannot be written.
    InputOutput(String),
}

impl Preview {
    /// Draws figures; those that look as they are shown are left out. `observer` is stopped when
    /// nobody waits for them any more.
    pub fn draw(plan: Plan, wanted: &Wanted, memory: &mut Memory, observer: &dyn Observer) -> Self {
        let names: BTreeSet<String> = wanted.figures.keys().cloned().collect();
        let drawn = memory.draw(plan, &names, observer);
        let news = drawn.into_iter().filter(|(name, drawn)| wanted.figures[name] != drawn.key);
        let picture = |Drawn { key, svg }| match svg {
            Ok(svg) => Picture { key, svg: Some(svg), error: None },
            Err(error) => Picture { key, svg: None, error: Some(error) },
        };
        let figures = news.map(|(name, drawn)| (name, picture(drawn))).collect();
        Self { figures, stopped: observer.stopped(), ..Self::default() }
    }

    /// Nothing, because of these mistakes.
    pub fn wrong(errors: Vec<String>) -> Self {
        Self { errors, ..Self::default() }
    }

    /// Nothing, because nobody waits for it any more.
    pub fn abandoned() -> Self {
        Self { stopped: true, ..Self::default() }
    }
}

impl State {
    /// Reads the config at `path`; `adapt` is what the command line makes of its plan, `only` which
    /// figures are shown, all if it is empty.
    pub fn new(
        path: &Path,
        layers: Layers,
        only: Vec<Pattern>,
        adapt: impl Fn(&mut Plan) + Send + 'static,
    ) -> Self {
        let mut state = Self {
            path: path.to_owned(),
            layers,
            adapt: Box::new(adapt),
            only,
            text: String::new(),
            errors: Vec::new(),
            numbers: Vec::new(),
            plan: None,
        };
        state.read();
        state
    }

    /// Reads the config again. One that is wrong leaves the last plan that was right.
    pub fn read(&mut self) {
        let mut problems = Problems::default();
        let read = config::read(&self.path, &mut problems);
        self.text = read.as_ref().cloned().unwrap_or_default();
        self.numbers = numbers::numbers(&self.text, &self.layers);
        self.errors = match read {
            Ok(text) => match self.parse(&text, Others::Checked) {
                Ok(plan) => {
                    self.plan = Some(plan);
                    Vec::new()
                }
                Err(errors) => errors,
            },
            Err(Error::Unreadable(error)) => {
                vec![format!("cannot read `{}`: {error}", self.path.display())]
            }
            Err(Error::Wrong) => rendered(&problems),
        };
    }

    fn parse(&self, text: &str, others: Others) -> Result<Plan, Vec<String>> {
        let mut problems = Problems::default();
        let plan = config::parse(&self.path, text, &self.layers, others, &mut problems);
        let mut plan = plan.ok_or_else(|| rendered(&problems))?;
        (self.adapt)(&mut plan);
        Ok(plan)
    }

    /// What the page shows.
    pub fn shown(&self) -> Shown {
        let is_shown =
            |name: &str| self.only.is_empty() || self.only.iter().any(|p| p.matches(name));
        let figures = self.plan.iter().flat_map(|plan| {
            let shown = plan.figures.iter().filter(|(name, _)| is_shown(name));
            shown.map(|(name, figure)| Entry {
                name: name.clone(),
                files: figure.files(&plan.png_scales),
                ratio: figure.size[0] / figure.size[1],
            })
        });
        let stem = self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Shown {
            name: stem.unwrap_or_default(),
            text: sha256(self.text.as_bytes()),
            errors: self.errors.clone(),
            numbers: self.numbers.clone(),
            figures: figures.collect(),
        }
    }

    /// The file of this name in the folder of the figures, if it is a figure's.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        let plan = self.plan.as_ref()?;
        let path = plan.output.figures.join(name);
        targets(plan, &Selection::All).contains(&path).then_some(path)
    }

    /// The plan with moved numbers.
    ///
    /// # Errors
    ///
    /// What is wrong with them, or with the config if there never was a right one.
    pub fn plan(&self, wanted: &Wanted) -> Result<Plan, Vec<String>> {
        match (wanted.moved.values.is_empty(), &self.plan) {
            // What is shown of a config that is wrong are the figures of the last that was right.
            (true, Some(plan)) => Ok(plan.clone()),
            (true, None) => Err(self.errors.clone()),
            (false, _) => {
                self.moved(&wanted.moved).and_then(|text| self.parse(&text, Others::Left))
            }
        }
    }

    /// The text with moved numbers.
    fn moved(&self, moved: &Moved) -> Result<String, Vec<String>> {
        if moved.text != sha256(self.text.as_bytes()) {
            return Err(vec!["the config has changed on disk".to_owned()]);
        }
        numbers::replaced(&self.text, &self.numbers, &moved.values)
    }

    /// Writes moved numbers into the config.
    ///
    /// # Errors
    ///
    /// If the file is not what the page knows, would be wrong, or cannot be written.
    pub fn write(&mut self, moved: &Moved) -> Result<(), Refused> {
        let on_disk = std::fs::read(&self.path).map_err(|error| {
            Refused::InputOutput(format!("cannot read `{}`: {error}", self.path.display()))
        })?;
        if sha256(&on_disk) != moved.text || on_disk != self.text.as_bytes() {
            return Err(Refused::Changed);
        }
        let text = self.moved(moved).map_err(Refused::Wrong)?;
        self.parse(&text, Others::Left).map_err(Refused::Wrong)?;
        self.put(text).map_err(|error| {
            let shown = self.path.display();
            Refused::InputOutput(format!(
                "cannot write `{shown}`: {error}\nhint: check its permissions and those of its folder"
            ))
        })?;
        self.read();
        Ok(())
    }

    /// Puts a text in place of the config's: who may not write the file may not replace it either,
    /// a link stays a link, and the permissions are those of before.
    fn put(&self, text: String) -> Result<(), String> {
        let path = std::fs::canonicalize(&self.path).map_err(|error| error.to_string())?;
        let open = std::fs::OpenOptions::new().write(true).open(&path);
        let permissions = open.and_then(|file| file.metadata()).map(|there| there.permissions());
        let permissions = permissions.map_err(|error| error.to_string())?;
        let file = File { path: path.clone(), bytes: text.into_bytes() };
        write::put(&file)?;
        std::fs::set_permissions(&path, permissions).map_err(|error| error.to_string())
    }
}

/// Each mistake with its excerpt.
fn rendered(problems: &Problems) -> Vec<String> {
    let plain = Renderer::plain();
    let each = problems.sorted();
    each.iter().map(|problem| problems.sources.render(problem, &plain)).collect()
}
