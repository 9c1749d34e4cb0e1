//! k-means clustering (Lloyd 1982): every point to the nearest mean, every mean to its points.
//!
//! # Model
//!
//! Points `x_i` in D dimensions, i = 1..N, each in one of K clusters with means `m_k`. The cost is
//! `J = sum_i |x_i - m_(c_i)|^2`, the sum of squares within clusters (Bishop 2006, equation 9.1).
//!
//! # Updates
//!
//! The E step puts every point to the nearest mean of the iteration before, the first of equals
//! (equation 9.2); the M step moves every mean to the average of its points (equation 9.4). A cluster
//! that is left without a point takes the one that is farthest from its own mean. Neither step makes
//! the cost greater. The iterations end when the means move by not more than `tol` times the mean
//! variance of the coordinates, in squares.
//!
//! `cost` is that of an iteration's means with every point at the nearest of them, from the start on.
//! Responsibilities are 0 and 1, by the nearest mean. The restart with the least cost is kept.
//!
//! As a mixture, which figures of densities draw, the clusters have their shares of the points as
//! weights and one spherical covariance, `J / (N D)`: k-means is what maximum likelihood becomes as
//! that goes to 0 (Bishop 2006, section 9.3.2).
//!
//! # References
//!
//! - C. M. Bishop (2006). Pattern recognition and machine learning, section 9.1.
//! - scikit-learn 1.9.1, `sklearn.cluster.KMeans` with `algorithm = "lloyd"`, whose means, cost and
//!   number of iterations these are from the same start. `init = "random"` draws otherwise.

mod options;

use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

pub use options::{InitOptions, Options};

use super::centred::Centred;
use super::kernel::Sum;
use super::objective::Objective;
use super::run::{self, Failure, Inference, Kept, Now, Rules, Step, Tolerance, TraceOf};
use super::{History, Watch, kmeans_plus_plus, lloyd};
use crate::data::labels::Labels;
use crate::math::mixture::Mixture;
use crate::random::Random;

/// The resolved model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// K, at least 1 and at most N.
    pub components: usize,
    /// Where the means start.
    pub init: Init,
    /// The most iterations; 0 keeps the initial means.
    pub max_iter: usize,
    /// Stop once the means move by not more than this, squared and relative to the mean variance of
    /// the coordinates.
    pub tol: f64,
    /// How often to start anew; the least cost wins, the first of equals.
    pub restarts: usize,
    /// Whether states are taken after iterations or after halves of them.
    pub history: History,
}

/// Where the means start.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// At points that are far from each other (greedy k-means++).
    #[default]
    #[serde(rename = "k-means++")]
    KmeansPlusPlus,
    /// At points at random, no two the same one.
    Random,
    /// At these means, K x D.
    Means(Array2<f64>),
}

/// The clusters after one iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// `m_k`, K x D.
    pub means: Array2<f64>,
    /// How many points are nearest to each mean.
    pub sizes: Vec<usize>,
    /// The variance of a coordinate about the nearest mean, `J / (N D)`; a trillionth of that about
    /// the mean of all where it is less.
    pub variance: f64,
}

impl Init {
    /// What it is, in words.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::KmeansPlusPlus => "k-means++ start",
            Self::Random => "start at random points",
            Self::Means(_) => "given start",
        }
    }
}

impl State {
    /// Spherical components of one variance, with the clusters' shares as weights.
    pub fn mixture(&self) -> Mixture {
        let (components, dimensions) = self.means.dim();
        let points: usize = self.sizes.iter().sum();
        Mixture {
            weights: self.sizes.iter().map(|&n| n as f64 / points as f64).collect(),
            means: self.means.clone(),
            covariances: vec![Array2::from_diag_elem(dimensions, self.variance); components],
        }
    }

    /// 1 for the nearest mean, 0 for the others, N x K.
    pub(super) fn responsibilities(&self, points: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut all = Array2::zeros((points.nrows(), self.means.nrows()));
        // About a centre, so that squares keep their digits.
        let Some(centre) = self.means.mean_axis(Axis(0)) else { return all };
        let means = &self.means - &centre;
        let points = Centred::about(centre, points);
        for (i, k) in lloyd::nearest(&points, means.view()).iter().enumerate() {
            all[[i, k]] = 1.0;
        }
        all
    }
}

/// The points about their mean.
#[derive(Debug)]
struct Bound<'a> {
    spec: &'a Spec,
    points: Centred<'a>,
    /// The mean variance of the coordinates.
    variance: f64,
}

impl<'a> Bound<'a> {
    fn new(spec: &'a Spec, points: ArrayView2<'a, f64>) -> Result<Self, String> {
        let centre = points.mean_axis(Axis(0)).filter(|_| points.iter().all(|x| x.is_finite()));
        let Some(centre) = centre else {
            return Err("the data have a point that is no number, or no point; \
                        hint: leave out what is not finite"
                .to_owned());
        };
        if let Init::Means(means) = &spec.init
            && means.dim() != (spec.components, points.ncols())
        {
            return Err("the means at the start are not of the size of the data; \
                        hint: give one for each component"
                .to_owned());
        }
        let variance = points.var_axis(Axis(0), 0.0).mean().unwrap_or(0.0);
        Ok(Self { spec, points: Centred::about(centre, points), variance })
    }

    /// A variance about the means below this is none.
    fn least_variance(&self) -> f64 {
        1e-12 * if self.variance > 0.0 { self.variance } else { 1.0 }
    }

    /// N D.
    fn numbers(&self) -> f64 {
        (self.points.count() * self.points.centre().len()) as f64
    }

    fn cost(&self, means: &Array2<f64>, labels: &Labels) -> f64 {
        let mut total = Sum::default();
        self.points.each(|i, point| {
            let mean = means.row(labels.get(i).unwrap_or_default());
            total.add(point.iter().zip(mean).map(|(x, m)| (x - m) * (x - m)).sum());
        });
        total.value()
    }

    /// The clusters about these means, and what an iteration from `labels` says of them.
    fn settled(&self, means: Array2<f64>, labels: Option<&Labels>) -> Step<State> {
        let nearest = lloyd::nearest(&self.points, means.view());
        let cost = self.cost(&means, &nearest);
        let moved = labels.map_or(cost, |labels| self.cost(&means, labels));
        let mut sizes = vec![0; means.nrows()];
        nearest.iter().for_each(|k| sizes[k] += 1);
        let variance = (cost / self.numbers()).max(self.least_variance());
        let state = State { means, sizes, variance };
        Step { state, values: vec![cost, moved] }
    }
}

impl Inference for Bound<'_> {
    type State = State;

    const TRACES: &'static [TraceOf] =
        &[TraceOf { name: Objective::Cost.key(), first: 0 }, TraceOf { name: MOVED, first: 1 }];

    fn start(&self, random: &mut dyn Random) -> Result<Step<State>, Failure> {
        let count = self.spec.components;
        let chosen = match &self.spec.init {
            Init::KmeansPlusPlus => kmeans_plus_plus::seed(&self.points, count, random),
            Init::Random => random.choice_without_replacement(self.points.count(), count),
            Init::Means(means) => return Ok(self.settled(means - self.points.centre(), None)),
        };
        Ok(self.settled(self.points.select(&chosen), None))
    }

    fn step(&self, old: &State, _: Now) -> Result<Step<State>, Failure> {
        let labels = lloyd::nearest(&self.points, old.means.view());
        let cost = self.cost(&old.means, &labels);
        let means = match cost <= self.least_variance() * self.numbers() {
            // Every point is at a mean already; clusters without a point have no other to take.
            true => old.means.clone(),
            false => lloyd::averages(&self.points, &labels, &old.means),
        };
        Ok(self.settled(means, Some(&labels)))
    }

    fn has_converged(&self, old: &State, new: &State) -> Option<bool> {
        let moved = new.means.iter().zip(&old.means).map(|(a, b)| (a - b) * (a - b));
        let stands = moved.sum::<f64>() <= self.spec.tol * self.variance;
        // Points at the same distance from two means could change between them for ever.
        Some(stands || new.variance >= old.variance)
    }
}

/// The cost after the M step alone, with the points where the E step put them.
pub(super) const MOVED: &str = "cost_before_assignment";

/// Fits the model to N x D points.
pub(super) fn fit(
    spec: &Spec,
    points: ArrayView2<'_, f64>,
    random: &mut dyn Random,
    watch: Watch<'_>,
) -> Result<Kept<State>, String> {
    let model = Bound::new(spec, points)?;
    let rules = Rules {
        max_iter: spec.max_iter,
        restarts: spec.restarts,
        stop_on: 0,
        tolerance: Tolerance::AtMost(spec.tol),
        rank_by: 0,
    };
    let mut kept = run::run(&model, rules, random, watch)?;
    for state in &mut kept.states {
        state.means += model.points.centre();
    }
    Ok(kept)
}
