//! What CAVI has beyond the lecture: inferred weights and variances, annealing, stochastic steps.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;
#[path = "program/mod.rs"]
mod program_calls;

#[path = "cavi_gains/annealing.rs"]
mod annealing;
#[path = "cavi_gains/inferred.rs"]
mod inferred;
#[path = "cavi_gains/literal.rs"]
mod literal;
#[path = "cavi_gains/program.rs"]
mod program;
#[path = "cavi_gains/svi.rs"]
mod svi;

use common::line;
use elbow::model::cavi::{Init, Spec, StopOn, VariancePrior};
use elbow::model::{self, Fit};
use elbow::random::Random;

/// CAVI as the lecture has it.
fn spec(components: usize) -> Spec {
    Spec {
        components,
        variance: VariancePrior::Known { variance: 1.0, prior_variance: 1.0 },
        weight_concentration_prior: None,
        annealing: None,
        svi: None,
        init: Init::KmeansPlusPlus,
        max_iter: 100,
        tol: 1e-10,
        stop_on: StopOn::Elbo,
        restarts: 1,
    }
}

fn fit(spec: &Spec, x: &[f64], random: &mut dyn Random) -> Fit {
    model::fit(&model::Spec::Cavi(spec.clone()), line(x).view(), random, &model::unwatched).unwrap()
}

/// Variances of any prior, known or not.
fn a_prior(is_known: bool, random: &mut dyn Random) -> VariancePrior {
    let mut scale = |low: f64, high: f64| low * (high / low).powf(random.uniform());
    match is_known {
        true => {
            VariancePrior::Known { variance: scale(0.1, 10.0), prior_variance: scale(0.1, 100.0) }
        }
        false => VariancePrior::Unknown {
            mean_precision: scale(0.001, 10.0),
            degrees_of_freedom: scale(0.1, 20.0),
            variance: scale(0.01, 100.0),
        },
    }
}

/// Points of a mixture whose components have unequal weights and variances.
fn points(random: &mut dyn Random, components: usize, n: usize) -> Vec<f64> {
    let means: Vec<f64> = (0..components).map(|_| random.normal(0.0, 4.0)).collect();
    let sds: Vec<f64> = (0..components).map(|_| random.uniform_between(0.3, 2.0)).collect();
    let weights: Vec<f64> = (0..components).map(|_| random.uniform_between(0.1, 1.0)).collect();
    random
        .choice_weighted(&weights, n)
        .into_iter()
        .map(|k| random.normal(means[k], sds[k]))
        .collect()
}

/// The largest fall from one iteration to the next, relative to the value.
fn worst_fall(values: &[f64]) -> f64 {
    values.windows(2).map(|w| (w[0] - w[1]) / (1.0 + w[1].abs())).fold(0.0, f64::max)
}
