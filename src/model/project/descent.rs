//! Natural gradient steps for `KL(q||p)` of a mixture.

use ndarray::{Array2, Axis, aview1};

use super::closed::{inverse, moments, within};
use super::target::{Expected, Target};
use super::{Spec, Start, State};
use crate::math::linalg::{cholesky, inverse_lower};
use crate::math::mixture::Mixture;
use crate::math::quadrature::Nodes;
use crate::model::Watch;
use crate::model::objective::Objective;
use crate::model::run::{self, Failure, Inference, Kept, Now, Rules, Step, Tolerance, TraceOf};
use crate::random::Random;

/// A step must bring at least this share of what its slope promises.
const LEAST_SHARE: f64 = 1e-4;

/// A step that had to be halved more often is none.
const MOST_HALVINGS: usize = 40;

/// What an iteration hands to the next.
#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) state: State,
    /// The inverse of the covariance.
    precision: Array2<f64>,
    expected: Expected,
}

struct Bound<'a> {
    spec: &'a Spec,
    target: Target,
}

impl Bound<'_> {
    /// The distribution with this mean and precision; `None` unless that is positive definite.
    fn at(&self, mean: Vec<f64>, precision: Array2<f64>) -> Option<Inner> {
        // With L L^T the precision, L^-T is a factor of the covariance.
        let whitening = inverse_lower(&cholesky(&precision)?);
        let covariance = whitening.t().dot(&whitening);
        let covariance = (&covariance + &covariance.t()) * 0.5;
        let expected = self.target.expected(&mean, &whitening.t().to_owned());
        if !expected.divergence.is_finite() {
            return None;
        }
        let (form, divergence) = (self.spec.covariance, self.spec.divergence);
        let state = State { mean, covariance, form, divergence };
        Some(Inner { state, precision, expected })
    }

    /// The step of this length from `old`.
    fn moved(&self, old: &Inner, curvature: &Array2<f64>, length: f64) -> Option<Inner> {
        let precision = &old.precision * (1.0 - length) + curvature * length;
        let covariance = inverse(&precision)?;
        let by = covariance.dot(&aview1(&old.expected.gradient));
        let mean = old.state.mean.iter().zip(&by).map(|(m, by)| m + length * by).collect();
        self.at(mean, precision)
    }

    /// A restart begins there.
    fn start(&self, mean: Vec<f64>, covariance: &Array2<f64>) -> Option<Step<Inner>> {
        let inner = self.at(mean, inverse(&self.spec.covariance.of(covariance))?)?;
        Some(step(inner))
    }
}

fn step(inner: Inner) -> Step<Inner> {
    let values = vec![inner.expected.divergence.max(0.0)];
    Step { state: inner, values }
}

/// How fast the divergence falls at the beginning of a step: the square of the natural gradient's
/// length.
fn slope(old: &Inner, curvature: &Array2<f64>) -> f64 {
    let gradient = aview1(&old.expected.gradient);
    let covariance = &old.state.covariance;
    let turned = covariance.dot(&(curvature - &old.precision));
    let trace: f64 = turned.dot(&turned).diag().sum();
    gradient.dot(&covariance.dot(&gradient)) + 0.5 * trace
}

impl Inference for Bound<'_> {
    type State = Inner;

    const TRACES: &'static [TraceOf] = &[TraceOf { name: Objective::Divergence.key(), first: 0 }];

    fn start(&self, _: &mut dyn Random) -> Result<Step<Inner>, Failure> {
        // Starts are stated, not drawn: see `fit`.
        Err(not_positive())
    }

    fn step(&self, old: &Inner, _: Now) -> Result<Step<Inner>, Failure> {
        let curvature = self.spec.covariance.of(&old.expected.curvature);
        let slope = slope(old, &curvature);
        let mut length = 1.0;
        for _ in 0..MOST_HALVINGS {
            let enough = old.expected.divergence - LEAST_SHARE * length * slope;
            let new = self.moved(old, &curvature, length);
            if let Some(new) = new.filter(|new| new.expected.divergence <= enough) {
                return Ok(step(new));
            }
            length *= 0.5;
        }
        // There is nothing below but rounding.
        Ok(step(old.clone()))
    }
}

fn not_positive() -> Failure {
    Failure {
        what: "a covariance of the mixture is not positive definite, or too large a number"
            .to_owned(),
        hint: "bring the mixture to a scale near 1".to_owned(),
    }
}

/// The best of the restarts, one from each start.
///
/// # Errors
///
/// If a start is not positive definite or there are more than two dimensions.
pub(super) fn fit(
    spec: &Spec,
    start: &Start,
    target: &Mixture,
    watch: Watch<'_>,
) -> Result<Kept<Inner>, String> {
    if target.dimensions() > Nodes::MOST_DIMENSIONS {
        return Err("steps for KL(q||p) are made in one or two dimensions; \
                    hint: project a mixture of one component, which has a closed form"
            .to_owned());
    }
    let refused = || {
        let Failure { what, hint } = not_positive();
        format!("{what}; hint: {hint}")
    };
    let prepared = Target::new(target).ok_or_else(refused)?;
    let model = Bound { spec, target: prepared };
    let component =
        |k: usize| Some((target.means.row(k).to_vec(), target.covariances.get(k)?.clone()));
    let starts: Vec<(Vec<f64>, Array2<f64>)> = match start {
        Start::All => {
            (0..target.components()).filter_map(component).chain([moments(target)]).collect()
        }
        Start::Component(k) => {
            (0..target.components()).filter(|own| own == k).filter_map(component).collect()
        }
        Start::Moments => vec![moments(target)],
        Start::Means(means) => {
            let rows = means.axis_iter(Axis(0)).filter(|row| row.len() == target.dimensions());
            rows.map(|row| (row.to_vec(), within(target))).collect()
        }
    };
    let rules = Rules {
        max_iter: spec.max_iter,
        restarts: starts.len(),
        stop_on: 0,
        tolerance: Tolerance::AtMost(spec.tol),
        rank_by: 0,
    };
    let starts: Option<Vec<Step<Inner>>> =
        starts.iter().map(|(mean, covariance)| model.start(mean.clone(), covariance)).collect();
    let starts = starts.ok_or_else(refused)?;
    run::run_from(&model, rules, starts, watch)
}
