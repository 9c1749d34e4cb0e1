//! Natural gradient steps for `KL(q||p)` of a mixture.

use ndarray::{Array2, aview1};
use rayon::prelude::*;

use super::closed::{moments, within};
use super::frame::Frame;
use super::target::{Expected, Target, inexact};
use super::{Form, Spec, Start, State, not_positive};
use crate::math::gaussian::{Gaussian, kl_divergence};
use crate::math::linalg::{cholesky, inverse, inverse_lower};
use crate::math::mixture::Mixture;
use crate::math::quadrature::{Effort, MOST_DIMENSIONS};
use crate::model::objective::Objective;
use crate::model::run::{self, Failure, Inference, Kept, Now, Rules, Step, Tolerance, TraceOf};
use crate::model::{Watch, unwatched};
use crate::random::Random;

/// A step must bring at least this share of what its slope promises.
const LEAST_SHARE: f64 = 1e-4;

/// A step that had to be halved more often is none.
const MOST_HALVINGS: usize = 40;

/// Of a divergence that is greater no digits are left that tell in which direction it falls: it goes
/// with the square of the distance, and its slope with the distance.
const MOST_NATS: f64 = 1e24;

/// So many starts that nobody has written are the most; more are followed roughly first.
const MOST_STARTS: usize = 8;

/// So many components are followed at most: those where the divergence is least to begin with.
const MOST_FOLLOWED: usize = 24;

/// So many iterations at most, until the divergence falls by less than this, in nats.
const ROUGH_ITERATIONS: usize = 50;
const ROUGH_TOLERANCE: f64 = 1e-4;

/// Ends that differ by less than this, in nats, are one.
const SAME_END: f64 = 0.01;

/// What an iteration hands to the next.
#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) state: State,
    /// The inverse of the covariance.
    precision: Array2<f64>,
    expected: Expected,
}

#[derive(Clone, Copy)]
struct Bound<'a> {
    spec: &'a Spec,
    target: &'a Target,
    effort: Effort,
}

impl Bound<'_> {
    /// The distribution with this mean and precision; `None` unless that is positive definite.
    fn at(&self, mean: Vec<f64>, precision: Array2<f64>) -> Option<Inner> {
        let lower = cholesky(&precision)?;
        let whitening = inverse_lower(&lower);
        let covariance = whitening.t().dot(&whitening);
        let covariance = (&covariance + &covariance.t()) * 0.5;
        let expected = self.target.expected(&mean, &lower, self.effort);
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

    /// Where the restarts begin; `None` where that is too far away.
    fn starts(&self, places: &[Place]) -> Vec<Option<Inner>> {
        places.par_iter().map(|(mean, covariance)| self.start(mean, covariance)).collect()
    }

    /// A restart begins there.
    fn start(&self, mean: &[f64], covariance: &Array2<f64>) -> Option<Inner> {
        let inner = self.at(mean.to_vec(), inverse(covariance)?)?;
        (inner.expected.divergence <= MOST_NATS).then_some(inner)
    }
}

impl Inner {
    /// Itself, if its divergence is known well enough.
    fn checked(self, effort: Effort) -> Result<Self, Failure> {
        match (inexact(self.expected.divergence, self.expected.error), effort) {
            (Some(failure), Effort::Full) => Err(failure),
            (Some(_), Effort::Rough) | (None, _) => Ok(self),
        }
    }
}

fn step(inner: Inner) -> Step<Inner> {
    let values = vec![inner.expected.divergence];
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
        // Less than this is rounding.
        let least = f64::EPSILON * old.expected.divergence.max(f64::EPSILON);
        for _ in 0..MOST_HALVINGS {
            if length * slope <= least {
                break;
            }
            let enough = old.expected.divergence - LEAST_SHARE * length * slope;
            let new = self.moved(old, &curvature, length);
            if let Some(new) = new.filter(|new| new.expected.divergence <= enough) {
                return new.checked(self.effort).map(step);
            }
            length *= 0.5;
        }
        // There is nothing below but rounding.
        Ok(step(old.clone()))
    }
}

/// The best of the restarts, one from each start, in the coordinates of the frame; those of the
/// starts are the mixture's own.
///
/// # Errors
///
/// If the mixture is none, has more than two dimensions, or is too far from a start.
pub(super) fn fit(
    spec: &Spec,
    (start, frame): (&Start, &Frame),
    target: &Mixture,
    watch: Watch<'_>,
) -> Result<Kept<Inner>, String> {
    if target.dimensions() > MOST_DIMENSIONS {
        return Err("steps for KL(q||p) are made in one or two dimensions; \
                    hint: project a mixture of one component, which has a closed form"
            .to_owned());
    }
    let refused = || not_positive().one_line();
    let prepared = Target::new(target).ok_or_else(refused)?;
    let model = Bound { spec, target: &prepared, effort: Effort::Full };
    let mut places = places(spec.covariance, &frame.enter_start(start), target);
    if matches!(start, Start::All) && places.len() > MOST_STARTS {
        let rough = Bound { effort: Effort::Rough, ..model };
        places = promising(&rough, places, &moments_place(spec.covariance, target))?;
    }
    let made = model.starts(&places);
    let starts = match (start, made.iter().position(Option::is_none)) {
        (Start::Means(means), Some(index)) => return Err(too_far(means, index).one_line()),
        (Start::Moments, Some(_)) => return Err(too_wide().one_line()),
        (Start::Component(_), Some(_)) => return Err(refused()),
        // The moments of components that are far apart for their size are no place to start from,
        // but each of them is.
        _ => made.into_iter().flatten(),
    };
    let checked: Result<Vec<Step<Inner>>, Failure> =
        starts.map(|inner| inner.checked(Effort::Full).map(step)).collect();
    let checked = checked.map_err(|failure| failure.one_line())?;
    if checked.is_empty() {
        return Err(refused());
    }
    run::run_from(&model, rules(spec, checked.len()), checked, watch)
}

fn rules(spec: &Spec, restarts: usize) -> Rules {
    let tolerance = Tolerance::AtMost(spec.tol);
    Rules { max_iter: spec.max_iter, restarts, stop_on: 0, tolerance, rank_by: 0 }
}

/// Of many starts, one of which may be at the moments, those that, followed roughly, end in the least
/// divergences, one for each end; those of the least divergence to begin with come first.
///
/// # Errors
///
/// As of the steps.
fn promising(model: &Bound<'_>, places: Vec<Place>, moments: &Place) -> Result<Vec<Place>, String> {
    let made = model.starts(&places);
    let mut made: Vec<(Place, Inner)> =
        places.into_iter().zip(made).filter_map(|(place, made)| Some((place, made?))).collect();
    // The moments may lead to where no component does.
    let moments = made.iter().position(|(place, _)| place == moments).map(|i| made.remove(i));
    made.sort_by(|a, b| a.1.expected.divergence.total_cmp(&b.1.expected.divergence));
    made.truncate(MOST_FOLLOWED);
    made.extend(moments);
    let (places, starts): (Vec<Place>, Vec<Step<Inner>>) =
        made.into_iter().map(|(place, inner)| (place, step(inner))).unzip();
    let rules = Rules {
        max_iter: model.spec.max_iter.min(ROUGH_ITERATIONS),
        tolerance: Tolerance::AtMost(model.spec.tol.max(ROUGH_TOLERANCE)),
        ..rules(model.spec, starts.len())
    };
    let ends = run::run_from(model, rules, starts, &unwatched)?.ends;
    let mut order: Vec<(usize, &Inner)> = ends.iter().map(|end| &end.state).enumerate().collect();
    order.sort_by(|a, b| a.1.expected.divergence.total_cmp(&b.1.expected.divergence));
    let mut seen: Vec<(usize, Gaussian)> = Vec::new();
    for (index, Inner { state, .. }) in order {
        if seen.len() == MOST_STARTS {
            break;
        }
        let Some(q) = Gaussian::new(state.mean.clone(), state.covariance.clone()) else { continue };
        if seen.iter().all(|(_, other)| kl_divergence(&q, other) > SAME_END) {
            seen.push((index, q));
        }
    }
    let is_seen = |index: usize| seen.iter().any(|(own, _)| *own == index);
    Ok(places.into_iter().enumerate().filter(|(i, _)| is_seen(*i)).map(|(_, p)| p).collect())
}

/// The mean and the covariance of a start.
type Place = (Vec<f64>, Array2<f64>);

/// The start at the moments.
fn moments_place(form: Form, target: &Mixture) -> Place {
    let (mean, covariance) = moments(target);
    (mean, form.of(&covariance))
}

/// The mean and the covariance of each start, those that differ.
fn places(form: Form, start: &Start, target: &Mixture) -> Vec<Place> {
    let pairs = target.means.rows().into_iter().zip(&target.covariances);
    let components = pairs.map(|(mean, covariance)| (mean.to_vec(), covariance.clone()));
    let all: Vec<Place> = match start {
        Start::All => components.chain([moments(target)]).collect(),
        Start::Component(k) => components.skip(*k).take(1).collect(),
        Start::Moments => vec![moments(target)],
        Start::Means(means) => {
            let rows = means.rows().into_iter().filter(|row| row.len() == target.dimensions());
            rows.map(|row| (row.to_vec(), within(target))).collect()
        }
    };
    let all = all.into_iter().map(|(mean, covariance)| (mean, form.of(&covariance)));
    match start {
        // Those that are written are all made.
        Start::Means(_) => all.collect(),
        _ => all.fold(Vec::new(), |mut places, place| {
            if !places.contains(&place) {
                places.push(place);
            }
            places
        }),
    }
}

fn too_wide() -> Failure {
    Failure {
        what: "the components are too far apart for their size: at the moments of the mixture the \
               divergence does not tell in which direction it falls"
            .to_owned(),
        hint: "start at a component".to_owned(),
    }
}

fn too_far(means: &Array2<f64>, index: usize) -> Failure {
    let mean: Vec<String> =
        means.rows().into_iter().nth(index).iter().flatten().map(|x| format!("{x:?}")).collect();
    Failure {
        what: format!(
            "the start [{}] is too far from the mixture: the divergence does not tell in which \
             direction it falls",
            mean.join(", ")
        ),
        hint: "start nearer to the mixture".to_owned(),
    }
}
