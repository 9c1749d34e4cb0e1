//! Figures: the data of a picture, and how it is drawn.
//!
//! One file a kind. A kind's `Options` are what the config may say, its `Spec` what was made of
//! that, its `Picture` the numbers that the figure shows. `Kind::picture` computes the numbers from
//! data sets, fits and baselines; `Picture::draw` is a pure function of them and the theme.
//! Nothing here fits, reads or writes.

pub mod axes;
pub mod baseline;
pub mod contour;
pub mod elbo;
pub mod frame;
pub mod histogram;
pub mod lanes;
pub mod number;
pub mod phase;
pub mod placer;
pub mod posterior_bars;
pub mod posterior_means;
pub mod slot;
pub mod style;

use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};
use toml::Spanned;

use crate::data::{Dataset, Shape};
use crate::diagnostic::{Problems, suggest};
use crate::model::Fit;
use crate::random::Random;
use crate::render::Canvas;
use crate::score::baseline::{Row, Score};
use crate::score::{Match, Scores};

use axes::Extent;
use style::Theme;

/// A figure as written: the kind is the key.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plot {
    /// Histograms of one-dimensional data with true and inferred components.
    Histogram(histogram::Options),
    /// The ELBO against the iteration.
    Elbo(elbo::Options),
    /// Responsibilities of single points as bars.
    PosteriorBars(posterior_bars::Options),
    /// Posterior densities of the component means.
    PosteriorMeans(posterior_means::Options),
    /// Two-dimensional data with regions of true and inferred components.
    Contour(contour::Options),
    /// Scores of permuted ground truth with the fit's own score.
    Baseline(baseline::Options),
}

/// A figure that can be made.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spec {
    /// See [`Plot::Histogram`].
    Histogram(histogram::Spec),
    /// See [`Plot::Elbo`].
    Elbo(elbo::Spec),
    /// See [`Plot::PosteriorBars`].
    PosteriorBars(posterior_bars::Spec),
    /// See [`Plot::PosteriorMeans`].
    PosteriorMeans(posterior_means::Spec),
    /// See [`Plot::Contour`].
    Contour(contour::Spec),
    /// See [`Plot::Baseline`].
    Baseline(baseline::Spec),
}

impl Plot {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        match self {
            Self::Histogram(o) => o.resolve(known, problems).map(Spec::Histogram),
            Self::Elbo(o) => o.resolve(known, problems).map(Spec::Elbo),
            Self::PosteriorBars(o) => o.resolve(known, problems).map(Spec::PosteriorBars),
            Self::PosteriorMeans(o) => o.resolve(known, problems).map(Spec::PosteriorMeans),
            Self::Contour(o) => o.resolve(known, problems).map(Spec::Contour),
            Self::Baseline(o) => o.resolve(known, problems).map(Spec::Baseline),
        }
    }
}

impl Spec {
    /// What every kind can do.
    pub fn kind(&self) -> &dyn Kind {
        match self {
            Self::Histogram(s) => s,
            Self::Elbo(s) => s,
            Self::PosteriorBars(s) => s,
            Self::PosteriorMeans(s) => s,
            Self::Contour(s) => s,
            Self::Baseline(s) => s,
        }
    }
}

/// What the figures of one kind have in common.
pub trait Kind {
    /// What the picture is made from.
    fn needs(&self) -> Needs;

    /// Width and height in inches, where the config does not say.
    fn default_size(&self) -> [f64; 2];

    /// The smallest width and height in inches in which everything has room.
    fn least_size(&self) -> [f64; 2];

    /// What the axes measure, if figures can share them: only the same can be shared.
    fn shared_axes(&self) -> Option<SharedAxes>;

    /// How many of the data's columns label an axis.
    fn labelled_columns(&self) -> usize;

    /// The numbers that the picture shows.
    ///
    /// # Errors
    ///
    /// What cannot be shown, where that is known only now.
    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn Picture>, String>;
}

/// What axes that figures share measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedAxes {
    /// A value, and points per bin.
    Histogram,
    /// Two coordinates.
    Plane,
}

/// The numbers of one figure, and how they are drawn.
pub trait Picture: Send + Sync {
    /// The ranges of the axes, where figures of this kind can share them.
    fn extent(&self) -> Option<Extent>;

    /// Draws into the canvas, with the ranges of `shared` where they are given.
    fn draw(&self, canvas: &mut Canvas<'_>, theme: &Theme, shared: Option<Extent>);

    /// What the picture shows as a tidy table, units in the header.
    fn table(&self) -> Table;

    /// One or two sentences made from the numbers.
    fn caption(&self) -> String;

    /// The numbers as JSON.
    fn json(&self) -> serde_json::Value;
}

/// The nodes that a figure is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// A data set.
    pub data: Option<String>,
    /// A fit, and with it its data set and scores.
    pub fit: Option<String>,
    /// A baseline, and with it its fit.
    pub baseline: Option<String>,
}

/// The values that a figure is made from, and a stream for what it has to draw at random.
pub struct Inputs<'a> {
    /// The data set, which is that of the fit if there is one.
    pub dataset: &'a Dataset,
    /// The fit.
    pub fitted: Option<Fitted<'a>>,
    /// The rows of the baseline.
    pub baseline: Option<&'a [Row]>,
    /// The figure's own stream.
    pub random: Box<dyn Random>,
}

/// A fit and its scores.
pub struct Fitted<'a> {
    /// The fit.
    pub fit: &'a Fit,
    /// Its scores, where the data have labels.
    pub scores: Option<&'a Scores>,
}

impl Fitted<'_> {
    /// Which inferred component belongs to which true one.
    pub fn matching(&self) -> Option<&Match> {
        self.scores.map(|s| &s.r#match)
    }
}

impl Inputs<'_> {
    /// The fit.
    ///
    /// # Errors
    ///
    /// If the figure was handed none, which its `needs` rule out.
    pub fn fit(&self) -> Result<&Fitted<'_>, String> {
        self.fitted.as_ref().ok_or_else(|| "this figure needs a fit".to_owned())
    }
}

/// A figure's numbers as a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names of the columns, with units.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// One entry of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A number, written so that reading it gives the same bits.
    Number(f64),
    /// A word or an index.
    Text(String),
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// Which iteration of a fit a figure shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// The last one.
    #[default]
    Final,
    /// This one, counted from 0 (the start); one past the end is the last.
    Iteration(usize),
}

impl At {
    /// The iteration in a fit with `last` as its last.
    pub fn of(self, last: usize) -> usize {
        match self {
            Self::Final => last,
            Self::Iteration(t) => t.min(last),
        }
    }
}

impl At {
    /// The iteration in words, if it is not the last: a title must say that it shows another.
    pub fn words(self, last: usize) -> Option<String> {
        let at = self.of(last);
        (at < last).then(|| format!("at $t$ = {at}"))
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AtVisitor;

        impl Visitor<'_> for AtVisitor {
            type Value = At;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an iteration (0 is the start) or \"final\"")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<At, E> {
                usize::try_from(value)
                    .map(At::Iteration)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(value), &self))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<At, E> {
                match value {
                    "final" => Ok(At::Final),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(value), &self)),
                }
            }
        }

        deserializer.deserialize_any(AtVisitor)
    }
}

/// What a config declares, for figures to be checked against. A node that is declared but wrong is
/// `None`: what refers to it is not wrong for that.
#[derive(Debug, Default)]
pub struct Known {
    /// Data sets.
    pub data: IndexMap<String, Option<Shape>>,
    /// Fits.
    pub fits: IndexMap<String, Option<KnownFit>>,
    /// Baselines.
    pub baselines: IndexMap<String, Option<KnownBaseline>>,
}

/// What is known of a fit before it is made.
#[derive(Debug, Clone)]
pub struct KnownFit {
    /// The name of its data set.
    pub data: String,
    /// The shape of its data set.
    pub shape: Shape,
    /// The model's kind.
    pub kind: &'static str,
    /// How many components it infers.
    pub components: usize,
    /// How it starts, in words.
    pub start: &'static str,
}

/// What is known of a baseline before it is made.
#[derive(Debug, Clone)]
pub struct KnownBaseline {
    /// The name of its fit.
    pub fit: String,
    /// The scores that it has.
    pub scores: Vec<Score>,
    /// How often each fraction is drawn.
    pub repeats: usize,
}

impl Known {
    /// The data set called `name`.
    pub fn data(&self, name: &Spanned<String>, problems: &mut Problems) -> Option<&Shape> {
        find(&self.data, name, "data", problems)
    }

    /// The fit called `name`.
    pub fn fit(&self, name: &Spanned<String>, problems: &mut Problems) -> Option<&KnownFit> {
        find(&self.fits, name, "fit", problems)
    }

    /// The baseline called `name`.
    pub fn baseline(
        &self,
        name: &Spanned<String>,
        problems: &mut Problems,
    ) -> Option<&KnownBaseline> {
        find(&self.baselines, name, "baseline", problems)
    }
}

fn find<'a, T>(
    known: &'a IndexMap<String, Option<T>>,
    name: &Spanned<String>,
    section: &str,
    problems: &mut Problems,
) -> Option<&'a T> {
    let entry = known.get(name.get_ref());
    if entry.is_none() {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        problems
            .at_value(name.span(), format!("there is no `[{section}.{}]`", name.get_ref()))
            .hint(suggest(name.get_ref(), &names, &format!("names in `{section}`")));
    }
    entry?.as_ref()
}

/// Reports that a figure of this kind needs data of another dimension.
fn check_dimension(
    problems: &mut Problems,
    name: &Spanned<String>,
    shape: &Shape,
    kind: &str,
    dimensions: usize,
) -> bool {
    let good = shape.dimensions == dimensions;
    if !good {
        problems
            .at(
                name.span(),
                format!(
                    "`{kind}` draws data of dimension {dimensions}, but these have dimension {}",
                    shape.dimensions
                ),
            )
            .hint(match dimensions {
                1 => "for 2-D data use `contour`",
                _ => "for 1-D data use `histogram`",
            });
    }
    good
}
