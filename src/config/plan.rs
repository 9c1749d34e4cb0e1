//! A config that has been checked: everything the pipeline needs, and nothing that can be wrong.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use serde::{Serialize, Serializer};

use super::assert::Assertion;
use crate::figure::compose::Grid;
use crate::figure::step::Step;
use crate::figure::style::Theme;
use crate::figure::template::Template;
use crate::random::{self, Generator, Seed};
use crate::render::{Family, Fonts, Format, SvgText};
use crate::score::Matching;
use crate::selection::{Criterion, Setting};
use crate::{data, figure, model, score};

/// What is to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The config file's name without its extension.
    pub name: String,
    /// The files that the config includes, each with the SHA-256 of its bytes.
    #[serde(skip)]
    pub included: Vec<(String, String)>,
    /// The files that it was read from, each once and as it was opened: the config itself first, then
    /// what it includes, the font file and files of data. Nothing that is made knows of them.
    #[serde(skip)]
    pub inputs: Vec<PathBuf>,
    /// The names of the config's profiles, chosen or not.
    #[serde(skip)]
    pub profiles: Vec<String>,
    /// The config as values: the file, what it includes and what was laid over it.
    #[serde(skip)]
    pub document: toml::Table,
    /// The root seed, from which nodes without an own seed derive theirs.
    pub seed: u64,
    /// The lecture.
    pub lecture: Lecture,
    /// Where outputs go. Not part of the manifest, which names no path.
    #[serde(skip)]
    pub output: Output,
    /// Resolution of PNG files in dots per inch.
    pub dpi: f64,
    /// Multiples of that at which PNG is written.
    pub png_scales: Vec<u32>,
    /// How text is set in SVG files.
    pub svg_text: SvgText,
    /// Whether figures carry what they were made from.
    #[serde(skip)]
    pub provenance: bool,
    /// What text is set in.
    pub font: Font,
    /// The themes by name.
    #[serde(skip)]
    pub themes: IndexMap<String, Theme>,
    /// Data sets by name, in the order of the file.
    pub data: IndexMap<String, Data>,
    /// Fits by name, those of sweeps as `sweep.NAME.VALUE` behind the others.
    pub fits: IndexMap<String, Fit>,
    /// Sweeps by name. Their members are among the fits.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub sweeps: IndexMap<String, Sweep>,
    /// Predictions by name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub predictions: IndexMap<String, Predict>,
    /// Baselines by name.
    pub baselines: IndexMap<String, Baseline>,
    /// Figures by name, without those that are switched off.
    pub figures: IndexMap<String, Figure>,
    /// Assertions by name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub assertions: IndexMap<String, Assertion>,
}

/// What text is set in.
#[derive(Clone, Serialize)]
pub struct Font {
    /// The family.
    pub family: Family,
    /// The font file of the user, which goes before the family: its path as written and the SHA-256
    /// of its bytes.
    pub file: Option<(String, String)>,
    /// Both, opened once for all figures.
    #[serde(skip)]
    pub fonts: Arc<Fonts>,
}

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Font").field("family", &self.family).field("file", &self.file).finish()
    }
}

/// The lecture that the figures are for.
#[derive(Debug, Clone, Serialize)]
pub struct Lecture {
    /// Its number.
    pub id: Option<u64>,
    /// Its title.
    pub title: String,
}

/// Where outputs go.
#[derive(Debug, Clone)]
pub struct Output {
    /// Folder of the figures.
    pub figures: PathBuf,
    /// Folder of data, numbers, report and manifest; `None` if they are not wanted.
    pub extras: Option<PathBuf>,
}

/// A data set to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Data {
    /// Where its stream starts.
    pub seed: Seed,
    /// What draws it.
    pub generator: Generator,
    /// From where.
    pub source: data::Spec,
    /// What is done with the points.
    #[serde(flatten)]
    pub prepare: data::prepare::Spec,
}

impl Data {
    /// What is known of the data set before it is made.
    pub fn shape(&self) -> &data::Shape {
        self.prepare.shape()
    }

    /// The data set.
    pub fn make(&self) -> data::Dataset {
        let mut stream = random::stream(self.generator, &self.seed);
        self.prepare.make(&self.source, stream.as_mut())
    }
}

/// A fit to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Fit {
    /// Name of its data set.
    pub data: String,
    /// Where its stream starts.
    pub seed: Seed,
    /// What draws its starts.
    pub generator: Generator,
    /// How its components are matched to the truth.
    pub matching: Matching,
    /// How.
    pub model: model::Spec,
}

/// Fits to be compared.
#[derive(Debug, Clone, Serialize)]
pub struct Sweep {
    /// Name of their data set.
    pub data: String,
    /// How components are matched to the truth.
    pub matching: Matching,
    /// The keys that they differ in.
    pub keys: Vec<String>,
    /// What decides which is best.
    pub by: Criterion,
    /// The fits in their order: their names, and what each of the keys is set to.
    #[serde(serialize_with = "names")]
    pub members: IndexMap<String, Vec<Setting>>,
}

/// The names of members, which say what they are set to.
fn names<S: Serializer>(
    members: &IndexMap<String, Vec<Setting>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(members.keys())
}

/// What a fit is to say of a data set.
#[derive(Debug, Clone, Serialize)]
pub struct Predict {
    /// Name of the fit.
    pub fit: String,
    /// Name of the data set.
    pub data: String,
    /// How many points are drawn from the fit, or 0.
    pub samples: usize,
    /// Where their stream starts.
    pub seed: Seed,
    /// What draws them.
    pub generator: Generator,
}

/// A baseline to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Baseline {
    /// Name of its fit.
    pub fit: String,
    /// Where its stream starts.
    pub seed: Seed,
    /// What permutes.
    pub generator: Generator,
    /// How.
    pub baseline: score::baseline::Spec,
}

/// A figure to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// File name without extension and without what tells themes and steps apart.
    pub stem: String,
    /// Width and height in inches, as shown.
    pub size: [f64; 2],
    /// How large type is shown, as a multiple of what it is on a wide slide.
    pub type_scale: f64,
    /// Group of figures with the same axes.
    pub share_axes: Option<String>,
    /// Formats to write.
    pub formats: Vec<Format>,
    /// The themes to draw it in, by name; the first one's files have no name of a theme.
    pub themes: Vec<String>,
    /// What is said of it.
    pub texts: Texts,
    /// Its title with places for numbers, if it says one.
    #[serde(skip)]
    pub title: Option<Template>,
    /// Its one picture, or those of the grid.
    pub panels: Vec<Panel>,
    /// The grid, if there is one.
    pub grid: Option<Grid>,
    /// The steps in which it is built up, beside the whole.
    pub steps: Vec<Step>,
    /// The figure in motion, beside the figure.
    pub animation: Option<Animation>,
}

/// One picture of a figure.
#[derive(Debug, Clone, Serialize)]
pub struct Panel {
    /// How.
    pub plot: figure::Spec,
    /// What stands above it.
    pub title: Option<Template>,
}

/// What a config says of a figure, in place of what is found from its numbers.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Texts {
    /// Its title.
    pub title: Option<String>,
    /// What it shows.
    pub description: Option<String>,
    /// Its caption.
    pub caption: Option<String>,
    /// The label by which a text refers to it.
    pub label: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
}

/// The iterations of a fit one after the other.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Animation {
    /// Every so manieth iteration is a frame; the last one always is.
    pub every: usize,
    /// How long it takes, without the rest on the last frame.
    pub seconds: f64,
    /// Pixels per inch.
    pub dpi: f64,
}

impl Figure {
    /// The file name without extension of the figure in its theme number `theme`.
    pub fn stem_in(&self, theme: usize) -> String {
        match self.themes.get(theme).filter(|_| theme > 0) {
            Some(name) => format!("{}_{name}", self.stem),
            None => self.stem.clone(),
        }
    }

    /// The file names of the tables of the figure called `name`: one, or one a panel.
    pub fn tables(&self, name: &str) -> impl Iterator<Item = String> {
        let count = self.panels.len();
        (1..=count).map(move |panel| match count {
            1 => format!("{name}.csv"),
            _ => format!("{name}_{panel}.csv"),
        })
    }

    /// The file names of the whole figure and all that is made beside it.
    pub fn files(&self, png_scales: &[u32]) -> Vec<String> {
        let mut files = Vec::new();
        for theme in 0..self.themes.len() {
            let stem = self.stem_in(theme);
            let steps = (1..=self.steps.len()).map(|step| format!("{stem}_{step}"));
            for stem in std::iter::once(stem.clone()).chain(steps) {
                files.extend(self.formats.iter().flat_map(|f| f.files(&stem, png_scales)));
            }
            if self.animation.is_some() {
                files.extend(ANIMATION_FILES.map(|end| format!("{stem}_{end}")));
            }
        }
        files
    }
}

/// The files of an animation: what follows the figure's name.
pub const ANIMATION_FILES: [&str; 3] = ["animation.gif", "animation.apng", "poster.png"];

/// The name that stands for the best fit of a sweep.
pub fn best_name(sweep: &str) -> String {
    format!("sweep.{sweep}.best")
}

/// The name of the sweep whose best fit this name stands for.
pub fn best_of(fit: &str) -> Option<&str> {
    fit.strip_prefix("sweep.")?.strip_suffix(".best")
}

/// Whether a fit is a member of a sweep, or stands for its best one.
pub fn is_swept(fit: &str) -> bool {
    fit.starts_with("sweep.")
}

impl Plan {
    /// Writes to `folder` instead; extras go to `extras/<config>` in it.
    pub fn move_to(&mut self, folder: &Path) {
        self.output.figures = folder.to_owned();
        let extras = folder.join("extras").join(&self.name);
        self.output.extras = self.output.extras.take().map(|_| extras);
    }

    /// The names of the figures that are switched off, of which no files are made.
    pub fn switched_off(&self) -> impl Iterator<Item = &String> {
        let figures = self.document.get("figure").and_then(toml::Value::as_table);
        figures
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
            .filter(|n| !self.figures.contains_key(*n))
    }

    /// The name of the data set of a fit, or of the best one of a sweep.
    pub fn data_of(&self, fit: &str) -> Option<&String> {
        let sweep = || Some(&self.sweeps.get(best_of(fit)?)?.data);
        self.fits.get(fit).map(|fit| &fit.data).or_else(sweep)
    }

    /// How the components of a fit, or of the best one of a sweep, are matched to the truth.
    pub fn matching_of(&self, fit: &str) -> Option<Matching> {
        let sweep = || Some(self.sweeps.get(best_of(fit)?)?.matching);
        self.fits.get(fit).map(|fit| fit.matching).or_else(sweep)
    }

    /// The names that stand for the best fits of sweeps, each with the name of its sweep.
    pub fn bests(&self) -> IndexMap<String, String> {
        self.sweeps.keys().map(|sweep| (best_name(sweep), sweep.clone())).collect()
    }

    /// The names of all fits, in the order in which they can be made: those of the config, the
    /// members of sweeps, the best ones.
    pub fn fit_names(&self) -> IndexSet<String> {
        self.fits.keys().cloned().chain(self.bests().into_keys()).collect()
    }

    /// Whether the data of the fit have labels and it says which of them a point has, so that it has
    /// scores.
    pub fn is_scored(&self, fit: &str) -> bool {
        // The members of a sweep are of one kind.
        let first = || self.sweeps.get(best_of(fit)?)?.members.keys().next();
        let own = self.fits.get(fit).or_else(|| self.fits.get(first()?));
        if own.is_some_and(|fit| !fit.model.assigns()) {
            return false;
        }
        let data = self.data_of(fit).and_then(|data| self.data.get(data));
        data.is_some_and(|data| data.shape().components.is_some())
    }

    /// The names of the fits that have scores, of all of [`Plan::fit_names`].
    pub fn scored(&self) -> impl Iterator<Item = String> {
        self.fit_names().into_iter().filter(|fit| self.is_scored(fit))
    }

    /// The figure files of the plan, in order, each with its figure's name.
    pub fn figure_files(&self) -> impl Iterator<Item = (&str, PathBuf)> {
        self.figures.iter().flat_map(move |(name, figure)| {
            let files = figure.files(&self.png_scales).into_iter();
            files.map(move |file| (name.as_str(), self.output.figures.join(file)))
        })
    }
}
