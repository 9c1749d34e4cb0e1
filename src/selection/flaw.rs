//! What is wrong with a fit, so that it is not chosen however good its bound is.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::math::svd::svd;
use crate::model::bayesian_mixture::CovarianceType;
use crate::model::{Fit, Spec, Stop};

/// A component that has fewer points than this, counted by responsibilities, is empty: its
/// covariance is that of the prior, which is nothing wrong.
const EMPTY: f64 = 0.5;

/// A variance of a smaller share of that of all data is none: it is rounding.
const NONE: f64 = 1e-9;

/// Why a fit is not chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flaw {
    /// It has no value, for this reason.
    Failed(String),
    /// It was stopped after so many iterations, and might have gone on to something better.
    IterationLimit(usize),
    /// The points of component `k` (from 0) are tied, or a single one: they have no spread in any
    /// coordinate but what is added to every variance.
    TiedPoints(usize),
    /// The points of component `k` (from 0) have no spread in some direction but what is added to
    /// every variance; `None` if all components share the covariance.
    VarianceFloor(Option<usize>),
}

impl Flaw {
    /// What is wrong, in words; components are counted from 1.
    pub fn words(&self) -> String {
        match self {
            Self::Failed(reason) => {
                let reason = reason.lines().next().unwrap_or_default();
                format!("failed: {}", reason.split("; hint: ").next().unwrap_or_default())
            }
            Self::IterationLimit(most) => format!("stopped at the limit of {most} iterations"),
            Self::TiedPoints(k) => format!("component {} has all its points in one place", k + 1),
            Self::VarianceFloor(Some(k)) => {
                format!("component {} is on the floor of the variance", k + 1)
            }
            Self::VarianceFloor(None) => "the variance is on its floor".to_owned(),
        }
    }
}

/// What is wrong with a fit of N x D points with these N x K responsibilities.
pub(super) fn flaws(
    fit: &Fit,
    model: &Spec,
    points: ArrayView2<'_, f64>,
    responsibilities: ArrayView2<'_, f64>,
) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if fit.stop == Stop::IterationLimit {
        flaws.push(Flaw::IterationLimit(fit.iterations()));
    }
    let Some((form, added)) = model.variance_floor() else { return flaws };
    let everything = Array2::ones((points.nrows(), 1));
    let (_, all) = scatter(points, everything.view(), 0);
    let dimensions = points.ncols().max(1) as f64;
    let none = NONE * all.diag().sum() / dimensions;
    let floor = added.max(none);
    let mut pooled = Array2::<f64>::zeros(all.dim());
    for k in 0..responsibilities.ncols() {
        let (count, own) = scatter(points, responsibilities, k);
        if form == CovarianceType::Tied {
            pooled.scaled_add(count / points.nrows().max(1) as f64, &own);
        } else if count < EMPTY {
            continue;
        } else if own.diag().iter().all(|variance| *variance <= floor) {
            flaws.push(Flaw::TiedPoints(k));
        } else if least(form, &own) <= floor {
            flaws.push(Flaw::VarianceFloor(Some(k)));
        }
    }
    if form == CovarianceType::Tied && least(form, &pooled) <= floor {
        flaws.push(Flaw::VarianceFloor(None));
    }
    flaws
}

/// How many points component `k` has, and their covariance about their mean, D x D.
fn scatter(
    points: ArrayView2<'_, f64>,
    responsibilities: ArrayView2<'_, f64>,
    k: usize,
) -> (f64, Array2<f64>) {
    let weights = responsibilities.column(k);
    let count = weights.sum();
    let dimensions = points.ncols();
    let mut scatter = Array2::zeros((dimensions, dimensions));
    if count <= 0.0 {
        return (0.0, scatter);
    }
    let mean = weights.dot(&points) / count;
    for (x, &r) in points.rows().into_iter().zip(weights) {
        for i in 0..dimensions {
            let deviation = r * (x[i] - mean[i]);
            for j in 0..=i {
                scatter[[i, j]] += deviation * (x[j] - mean[j]);
            }
        }
    }
    for i in 0..dimensions {
        for j in 0..=i {
            scatter[[i, j]] /= count;
            scatter[[j, i]] = scatter[[i, j]];
        }
    }
    (count, scatter)
}

/// The smallest variance that a covariance of this form sees: over directions, coordinates, or the
/// mean of them.
fn least(form: CovarianceType, scatter: &Array2<f64>) -> f64 {
    let diagonal = scatter.diag();
    match form {
        // Of a covariance the singular values are the variances along its axes.
        CovarianceType::Full | CovarianceType::Tied => {
            svd(scatter).0.last().copied().unwrap_or(f64::INFINITY)
        }
        CovarianceType::Diag => diagonal.iter().copied().fold(f64::INFINITY, f64::min),
        CovarianceType::Spherical => diagonal.sum() / diagonal.len().max(1) as f64,
    }
}
