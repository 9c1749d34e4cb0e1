//! Where the iterations start, one variant a way. What is drawn is drawn as scikit-learn draws it.

mod options;
pub(super) mod random;

use ndarray::{Array2, ArrayView2};
use serde::Serialize;

pub use options::InitOptions;
pub(super) use options::means;

use crate::data::labels::Labels;
use crate::math::linalg::serialize_rows;
use crate::model::centred::Centred;
use crate::model::{kmeans_plus_plus, lloyd};
use crate::random::Random;

/// Where the iterations start.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Uniform numbers, divided by their sum for every point.
    #[default]
    Random,
    /// The clusters of k-means.
    Kmeans,
    /// One point a component, far from each other (greedy k-means++); the others belong to none.
    #[serde(rename = "k-means++")]
    KmeansPlusPlus,
    /// One point a component, any; the others belong to none.
    RandomFromData,
    /// These responsibilities, N x K.
    Responsibilities(#[serde(serialize_with = "serialize_rows")] Array2<f64>),
    /// Every point belongs to the nearest of these means, K x D; the first of equals.
    Means(#[serde(serialize_with = "serialize_rows")] Array2<f64>),
    /// Every point belongs to this component, N numbers below K.
    Labels(Vec<usize>),
}

/// The responsibilities at the start.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Start {
    /// [`random::responsibilities`], which are to be drawn.
    Random,
    /// N x K; rows sum to 1.
    Soft(Array2<f64>),
    /// The component of every point.
    Labels(Labels),
    /// The one point of every component; all others belong to none.
    Single(Vec<usize>),
}

impl Init {
    /// Draws what has to be drawn for N x D points, but for what takes N x K numbers.
    pub(super) fn draw(
        &self,
        points: ArrayView2<'_, f64>,
        components: usize,
        random: &mut dyn Random,
    ) -> Start {
        match self {
            Self::Random => Start::Random,
            Self::Kmeans => Start::Labels(lloyd::labels(points, components, random)),
            Self::KmeansPlusPlus => {
                let points = Centred::as_they_are(points);
                Start::Single(kmeans_plus_plus::seed(&points, components, random))
            }
            Self::RandomFromData => {
                Start::Single(random.choice_without_replacement(points.nrows(), components))
            }
            Self::Responsibilities(r) => Start::Soft(r.clone()),
            Self::Means(means) => Start::Labels(nearest(points, means.view())),
            Self::Labels(labels) => Start::Labels(labels.clone().into()),
        }
    }

    /// Whether the start says of which component every point is, so that its responsibilities are
    /// a distribution and have an ELBO.
    pub(super) fn is_complete(&self) -> bool {
        !matches!(self, Self::KmeansPlusPlus | Self::RandomFromData)
    }

    /// Whether what is given is of the size of the data.
    pub(super) fn fits(&self, (points, dimensions): (usize, usize), components: usize) -> bool {
        match self {
            Self::Random | Self::Kmeans | Self::KmeansPlusPlus | Self::RandomFromData => true,
            Self::Responsibilities(r) => r.dim() == (points, components),
            Self::Means(means) => means.dim() == (components, dimensions),
            Self::Labels(labels) => {
                labels.len() == points && labels.iter().all(|&k| k < components)
            }
        }
    }

    /// What it is, in words.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Random => "random start",
            Self::Kmeans => "k-means start",
            Self::KmeansPlusPlus => "k-means++ start",
            Self::RandomFromData => "start at random points",
            Self::Responsibilities(_) | Self::Means(_) | Self::Labels(_) => "given start",
        }
    }
}

/// The index of the nearest of the means for every point, from differences; the first of equals.
fn nearest(points: ArrayView2<'_, f64>, means: ArrayView2<'_, f64>) -> Labels {
    let mut labels = Labels::none(means.nrows(), points.nrows());
    for point in points.rows() {
        let mut best = (0, f64::INFINITY);
        for (k, mean) in means.rows().into_iter().enumerate() {
            let distance = point.iter().zip(mean).map(|(x, m)| (x - m) * (x - m)).sum();
            if distance < best.1 {
                best = (k, distance);
            }
        }
        labels.push(best.0);
    }
    labels
}
