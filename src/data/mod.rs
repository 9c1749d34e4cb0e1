//! Data sets: points, and where they are known labels and the mixture that they came from.
//!
//! One file a source; `components` and `parameters` are what they share. `prepare` is what is done
//! with the points of any source, `subset` a part of it. This module says what a data set is and
//! which sources there are; it does not know what is done with the points later.

pub mod blobs;
pub mod column;
pub mod components;
mod counts;
pub mod csv;
pub mod curve;
mod distinct;
pub mod gaussian_mixture;
pub mod labels;
pub mod npy;
pub(crate) mod parameters;
pub mod parquet;
pub mod points;
pub mod prepare;
pub mod read;
mod rows;
pub mod subset;

use ndarray::ArcArray2;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::Path;

use self::labels::Labels;
use crate::diagnostic::Problems;
use crate::math::linalg::{deserialize_rows, serialize_rows};
use crate::math::mixture::Mixture;
use crate::math::scaling::Scaling;
use crate::random::Random;

/// N points in D dimensions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// The points, N x D; serialised as a list of rows. Whoever has read or drawn them may share
    /// them: they are copied only where one of several owners changes them.
    #[serde(serialize_with = "serialize_rows", deserialize_with = "deserialize_rows")]
    pub points: ArcArray2<f64>,
    /// The true component of each point, where it is known.
    pub labels: Option<Labels>,
    /// The mixture that the points were drawn from, where it is known.
    pub truth: Option<Mixture>,
    /// Names of the coordinates, D of them: `x` in one dimension, `x_1`, `x_2`, ... in several, or
    /// a file's column names.
    pub columns: Vec<String>,
    /// The units that the coordinates are measured in, D texts of which some may be empty; `None`
    /// where nothing is said.
    pub units: Option<Vec<String>>,
    /// What makes of the points those that models see; `None` if they see the points themselves.
    pub scaling: Option<Scaling>,
}

impl Dataset {
    /// How many true components there are, where that is known: those of the mixture, of which some
    /// may have no point, or those that the labels name.
    pub fn components(&self) -> Option<usize> {
        let truth = self.truth.as_ref().map(Mixture::components);
        truth.or_else(|| self.labels.as_ref().map(Labels::components))
    }

    /// The points as models see them, N x D.
    pub fn seen(&self) -> ArcArray2<f64> {
        match &self.scaling {
            None => self.points.clone(),
            Some(scaling) => scaling.apply(self.points.view()).into_shared(),
        }
    }

    /// The mixture that the points were drawn from, where it is known, as models see it.
    pub fn seen_truth(&self) -> Option<Cow<'_, Mixture>> {
        let truth = self.truth.as_ref()?;
        Some(match &self.scaling {
            None => Cow::Borrowed(truth),
            Some(scaling) => Cow::Owned(scaling.apply_mixture(truth)),
        })
    }

    /// The names of the coordinates, each with its unit in brackets if it has one: what stands at
    /// axes and above columns of tables.
    pub fn measured(&self) -> Vec<String> {
        let units = self.units.iter().flatten().map(String::as_str).chain(std::iter::repeat(""));
        let named = |(name, unit): (&String, &str)| match unit {
            "" => name.clone(),
            unit => format!("{name} ({unit})"),
        };
        self.columns.iter().zip(units).map(named).collect()
    }
}

/// What is known of a data set before it is made: enough to check whatever refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// N.
    pub points: usize,
    /// D.
    pub dimensions: usize,
    /// The number of true components, where labels are known.
    pub components: Option<usize>,
    /// Whether the mixture that the points were drawn from is known.
    pub truth: bool,
    /// The names of the coordinates, D of them.
    pub columns: Vec<String>,
}

/// Where a data set comes from, as written in the config: the key names the kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Points drawn from a Gaussian mixture.
    GaussianMixture(gaussian_mixture::Options),
    /// Points drawn from round Gaussians whose means are drawn too.
    Blobs(blobs::Options),
    /// Points that lie along a curve in the plane, with noise.
    Curve(curve::Options),
    /// Points written in the config.
    Points(points::Options),
    /// Points read from a file of comma-separated values.
    Csv(csv::Options),
    /// Points read from a file that numpy has saved.
    Npy(npy::Options),
    /// Points read from columns of a file of Parquet.
    Parquet(parquet::Options),
}

/// A source, checked; a file is read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spec {
    /// Points drawn from a Gaussian mixture.
    GaussianMixture(gaussian_mixture::Spec),
    /// Points drawn from round Gaussians whose means are drawn too.
    Blobs(blobs::Spec),
    /// Points that lie along a curve in the plane, with noise.
    Curve(curve::Spec),
    /// Points written in the config.
    Points(points::Spec),
    /// Points read from a file of comma-separated values.
    Csv(read::Spec),
    /// Points read from a file that numpy has saved.
    Npy(read::Spec),
    /// Points read from columns of a file of Parquet.
    Parquet(read::Spec),
}

impl Source {
    /// Checks everything, and reads a file's points; its path is relative to `folder`. All mistakes
    /// go to `problems`, those in a file with the file as one more source.
    pub fn resolve(&self, folder: &Path, problems: &mut Problems) -> Option<Spec> {
        match self {
            Self::GaussianMixture(o) => o.resolve(problems).map(Spec::GaussianMixture),
            Self::Blobs(options) => options.resolve(problems).map(Spec::Blobs),
            Self::Curve(options) => options.resolve(problems).map(Spec::Curve),
            Self::Points(options) => options.resolve(problems).map(Spec::Points),
            Self::Csv(options) => options.resolve(folder, problems).map(Spec::Csv),
            Self::Npy(options) => options.resolve(folder, problems).map(Spec::Npy),
            Self::Parquet(options) => options.resolve(folder, problems).map(Spec::Parquet),
        }
    }
}

impl Spec {
    /// What is known of the data set before it is made.
    pub fn shape(&self) -> Shape {
        match self {
            Self::GaussianMixture(spec) => spec.shape(),
            Self::Blobs(spec) => spec.shape(),
            Self::Curve(spec) => spec.shape(),
            Self::Points(spec) => spec.shape(),
            Self::Csv(spec) | Self::Npy(spec) | Self::Parquet(spec) => spec.shape(),
        }
    }

    /// The data set. Only what is drawn takes anything from the stream.
    pub fn make(&self, random: &mut dyn Random) -> Dataset {
        match self {
            Self::GaussianMixture(spec) => spec.make(random),
            Self::Blobs(spec) => spec.make(random),
            Self::Curve(spec) => spec.make(random),
            Self::Points(spec) => spec.make(),
            Self::Csv(spec) | Self::Npy(spec) | Self::Parquet(spec) => spec.make(),
        }
    }

    /// What was read of a file; `None` for points that come from none.
    fn read(&self) -> Option<&read::Spec> {
        match self {
            Self::GaussianMixture(_) | Self::Blobs(_) | Self::Curve(_) | Self::Points(_) => None,
            Self::Csv(spec) | Self::Npy(spec) | Self::Parquet(spec) => Some(spec),
        }
    }

    /// How many rows of a file were left out, since they have no value.
    pub fn dropped(&self) -> usize {
        self.read().map_or(0, |spec| spec.dropped)
    }

    /// Whether the points are drawn, not read or stated.
    pub fn is_drawn(&self) -> bool {
        match self {
            Self::GaussianMixture(_) | Self::Blobs(_) | Self::Curve(_) => true,
            Self::Points(_) | Self::Csv(_) | Self::Npy(_) | Self::Parquet(_) => false,
        }
    }

    /// The files that the points come from, each with the key of the source that names it.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &read::File)> {
        self.read().into_iter().flat_map(read::Spec::files)
    }
}
