//! Figures: the data of a picture, and how it is drawn.
//!
//! One file a kind. A kind's `Options` are what the config may say, its `Spec` what was made of
//! that, its `Picture` the numbers that the figure shows. `Kind::picture` computes the numbers from
//! data sets, fits and baselines; `Picture::draw` is a pure function of them and the theme.
//! Nothing here fits, reads or writes.

mod at;
pub mod axes;
pub mod baseline;
mod cloud;
pub mod compose;
pub mod contour;
pub mod curve;
pub mod density;
pub mod elbo;
pub mod ellipses;
mod ends;
mod estimate;
pub mod frame;
pub mod histogram;
mod known;
pub mod lanes;
pub mod number;
mod offset;
pub mod phase;
pub mod placer;
pub mod posterior_bars;
pub mod posterior_means;
pub mod responsibilities;
pub mod scale;
pub mod scatter;
pub mod score_table;
mod several;
pub mod slot;
mod source;
pub mod spot;
pub mod step;
pub mod style;
pub mod sweep;
mod table;
pub mod template;
pub mod trace;
mod view;
pub mod weights;
mod word_or_list;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::data::Dataset;
use crate::diagnostic::Problems;
use crate::model::Fit;
use crate::random::Random;
use crate::render::Canvas;
use crate::score::baseline::Row;
use crate::score::{Match, Scores};
use crate::selection::Compared;

pub use at::At;
pub use known::{Known, KnownBaseline, KnownFit, KnownPrediction, KnownSweep};
pub use table::{Cell, Table};
pub use view::{Labels, Layers, Start, View};

use axes::Extent;
use frame::Header;
use style::Theme;

/// A figure as written: the kind is the key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
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
    /// Any number that fits have in every iteration.
    Trace(trace::Options),
    /// Columns of a data set against each other.
    Curve(curve::Options),
    /// Scores of fits as a table.
    Table(score_table::Options),
    /// The density of a mixture.
    Density(density::Options),
    /// Two-dimensional data with ellipses of components.
    Scatter(scatter::Options),
    /// Ellipses of the components over the iterations.
    Ellipses(ellipses::Options),
    /// Points coloured by their responsibilities.
    Responsibilities(responsibilities::Options),
    /// Weights of the mixture as bars.
    Weights(weights::Options),
    /// The members of a sweep against each other.
    Sweep(sweep::Options),
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
    /// See [`Plot::Trace`].
    Trace(trace::Spec),
    /// See [`Plot::Curve`].
    Curve(curve::Spec),
    /// See [`Plot::Table`].
    Table(score_table::Spec),
    /// See [`Plot::Density`].
    Density(density::Spec),
    /// See [`Plot::Scatter`].
    Scatter(scatter::Spec),
    /// See [`Plot::Ellipses`].
    Ellipses(ellipses::Spec),
    /// See [`Plot::Responsibilities`].
    Responsibilities(responsibilities::Spec),
    /// See [`Plot::Weights`].
    Weights(weights::Spec),
    /// See [`Plot::Sweep`].
    Sweep(sweep::Spec),
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
            Self::Trace(o) => o.resolve(known, problems).map(Spec::Trace),
            Self::Curve(o) => o.resolve(known, problems).map(Spec::Curve),
            Self::Table(o) => o.resolve(known, problems).map(Spec::Table),
            Self::Density(o) => o.resolve(known, problems).map(Spec::Density),
            Self::Scatter(o) => o.resolve(known, problems).map(Spec::Scatter),
            Self::Ellipses(o) => o.resolve(known, problems).map(Spec::Ellipses),
            Self::Responsibilities(o) => o.resolve(known, problems).map(Spec::Responsibilities),
            Self::Weights(o) => o.resolve(known, problems).map(Spec::Weights),
            Self::Sweep(o) => o.resolve(known, problems).map(Spec::Sweep),
        }
    }

    /// The same figure of another fit; `None` if it is of none.
    pub fn of_fit(&self, fit: Spanned<String>) -> Option<Self> {
        let mut plot = self.clone();
        match &mut plot {
            Self::Histogram(o) => o.fit = Some(fit),
            Self::Elbo(o) => o.fit = fit,
            Self::PosteriorBars(o) => o.fit = fit,
            Self::PosteriorMeans(o) => o.fit = fit,
            Self::Contour(o) => o.fit = fit,
            Self::Trace(o) => o.choose(fit),
            Self::Density(o) => o.fit = Some(fit),
            Self::Scatter(o) => o.fit = Some(fit),
            Self::Ellipses(o) => o.fit = fit,
            Self::Responsibilities(o) => o.fit = fit,
            Self::Weights(o) => o.fit = fit,
            Self::Baseline(_) | Self::Curve(_) | Self::Table(_) | Self::Sweep(_) => return None,
        }
        Some(plot)
    }

    /// The same figure of one component; `None` if it has no components to choose from.
    pub fn of_component(&self, component: Spanned<usize>) -> Option<Self> {
        let mut plot = self.clone();
        match &mut plot {
            Self::Contour(o) => o.choose(component),
            Self::Histogram(_)
            | Self::Elbo(_)
            | Self::PosteriorBars(_)
            | Self::PosteriorMeans(_)
            | Self::Baseline(_)
            | Self::Trace(_)
            | Self::Curve(_)
            | Self::Table(_)
            | Self::Density(_)
            | Self::Scatter(_)
            | Self::Ellipses(_)
            | Self::Responsibilities(_)
            | Self::Weights(_)
            | Self::Sweep(_) => return None,
        }
        Some(plot)
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
            Self::Trace(s) => s,
            Self::Curve(s) => s,
            Self::Table(s) => s,
            Self::Density(s) => s,
            Self::Scatter(s) => s,
            Self::Ellipses(s) => s,
            Self::Responsibilities(s) => s,
            Self::Weights(s) => s,
            Self::Sweep(s) => s,
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
    fn shared_axes(&self) -> Option<SharedAxes> {
        None
    }

    /// How many of the data's columns label an axis.
    fn labelled_columns(&self) -> usize {
        0
    }

    /// Which iteration of its fit the figure shows; `None` if it shows none. A kind that shows one
    /// has [`Kind::at`] too.
    fn shown_at(&self) -> Option<At> {
        None
    }

    /// The same figure of another iteration; `None` if it shows no iteration of a fit.
    fn at(&self, _at: At) -> Option<Spec> {
        None
    }

    /// The only component that the figure is of, if it is of one.
    fn component(&self) -> Option<usize> {
        None
    }

    /// Whether the figure shows data, truth and estimate in layers, so that it can be built up from
    /// them.
    fn has_layers(&self) -> bool {
        false
    }

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
    /// A value, and a density.
    Density,
    /// Two coordinates.
    Plane,
}

/// The numbers of one figure, and how they are drawn.
pub trait Picture: Send + Sync {
    /// The ranges of the axes, where figures of this kind can share them.
    fn extent(&self) -> Option<Extent>;

    /// What stands above the picture.
    fn header(&self, theme: &Theme, layers: Layers) -> Header;

    /// What stands above the picture in a grid, where there is less room: the same, or the same in
    /// fewer words.
    fn heading(&self, theme: &Theme, layers: Layers) -> Header {
        self.header(theme, layers)
    }

    /// Draws all below the header; the canvas is the room that there is for it.
    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>);

    /// What the picture shows as a tidy table, units in the header.
    fn table(&self) -> Table;

    /// One or two sentences made from the numbers.
    fn caption(&self) -> String;

    /// The numbers as JSON.
    fn json(&self) -> serde_json::Value;

    /// The numbers that title, labels and caption state, for slides to quote; `null` if the fit, its
    /// scores and the baseline have them all.
    fn numbers(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

/// The nodes that a figure is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// A data set.
    pub data: Option<String>,
    /// A fit, and with it its data set and scores.
    pub fit: Option<String>,
    /// Further fits, each with its scores.
    pub others: Vec<String>,
    /// A baseline, and with it its fit.
    pub baseline: Option<String>,
    /// A sweep, compared, and with it its data set.
    pub sweep: Option<String>,
}

/// The values that a figure is made from, and a stream for what it has to draw at random.
pub struct Inputs<'a> {
    /// The data set, which is that of the fit if there is one.
    pub dataset: &'a Dataset,
    /// The fit.
    pub fitted: Option<Fitted<'a>>,
    /// Further fits, in the order in which they are needed.
    pub others: Vec<Fitted<'a>>,
    /// The rows of the baseline.
    pub baseline: Option<&'a [Row]>,
    /// The members of the sweep.
    pub sweep: Option<&'a Compared>,
    /// The figure's own stream.
    pub random: Box<dyn Random>,
}

/// A fit and its scores.
pub struct Fitted<'a> {
    /// Its name.
    pub name: &'a str,
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
