//! What has a closed form: the solution for `KL(p||q)`, and that for `KL(q||p)` of one normal
//! distribution.

use ndarray::{Array1, Array2, Axis, aview1};
use rayon::prelude::*;

use super::target::{Target, inexact};
use super::{Divergence, Form, Spec, State};
use crate::math::gaussian::{Gaussian, kl_divergence};
use crate::math::linalg::{cholesky, inverse};
use crate::math::mixture::Mixture;
use crate::math::quadrature::MOST_DIMENSIONS;

/// The mean and the covariance of a mixture.
pub(super) fn moments(target: &Mixture) -> (Vec<f64>, Array2<f64>) {
    let weights = aview1(&target.weights);
    let mean: Array1<f64> = weights.dot(&target.means);
    let mut covariance = within(target);
    for (weight, own) in target.weights.iter().zip(target.means.rows()) {
        let off = (&own - &mean).insert_axis(Axis(1));
        covariance.scaled_add(*weight, &off.dot(&off.t()));
    }
    (mean.to_vec(), covariance)
}

/// The mean covariance of the components.
pub(super) fn within(target: &Mixture) -> Array2<f64> {
    let dimensions = target.dimensions();
    let mut covariance = Array2::zeros((dimensions, dimensions));
    for (weight, own) in target.weights.iter().zip(&target.covariances) {
        covariance.scaled_add(*weight, own);
    }
    covariance
}

/// The solution and its divergence.
///
/// # Errors
///
/// If the target's covariances are not positive definite, or there is no closed form.
pub(super) fn fit(spec: &Spec, target: &Mixture) -> Result<(State, f64), String> {
    let form = spec.covariance;
    let single = (target.components() == 1).then(|| target.component(0));
    if single.is_none()
        && (spec.divergence == Divergence::Exclusive || target.dimensions() > MOST_DIMENSIONS)
    {
        return Err("there is no closed form of this projection; \
                    hint: project a mixture in one or two dimensions, or of one component"
            .to_owned());
    }
    let refused = || super::not_positive().one_line();
    let solution = match (spec.divergence, &single) {
        (Divergence::Exclusive, Some(p)) => match form {
            Form::Full => Some(p.covariance.clone()),
            // Whatever of the precision the form can have.
            Form::Diag | Form::Spherical => {
                inverse(&p.covariance).and_then(|precision| inverse(&form.of(&precision)))
            }
        }
        .map(|covariance| (p.mean.clone(), covariance)),
        _ => {
            let (mean, covariance) = moments(target);
            Some((mean, form.of(&covariance)))
        }
    };
    let (mean, covariance) = solution.ok_or_else(refused)?;
    let q = Gaussian::new(mean.clone(), covariance.clone()).ok_or_else(refused)?;
    let value = match (spec.divergence, &single) {
        (Divergence::Exclusive, Some(p)) => kl_divergence(&q, p),
        (_, Some(p)) => kl_divergence(p, &q),
        (_, None) => from_mixture(target, &q)?,
    };
    if !value.is_finite() {
        return Err(refused());
    }
    Ok((State { mean, covariance, form, divergence: spec.divergence }, value))
}

/// `KL(p||q)`, component of `p` by component: with `p = sum_k w_k p_k` it is
/// `sum_k w_k (KL(p_k||q) - KL(p_k||p))`, where the first is a closed form.
///
/// # Errors
///
/// If a covariance is not positive definite, or the error is too large.
fn from_mixture(p: &Mixture, q: &Gaussian) -> Result<f64, String> {
    let refused = || super::not_positive().one_line();
    let target = Target::new(p).ok_or_else(refused)?;
    let parts: Option<Vec<[f64; 2]>> = (0..p.components())
        .into_par_iter()
        .filter(|k| p.weights.get(*k).is_some_and(|weight| *weight > 0.0))
        .map(|k| {
            let own = p.component(k);
            let (divergence, error) = target.divergence(&own.mean, &cholesky(&own.covariance)?);
            let weight = p.weights.get(k)?;
            Some([weight * (kl_divergence(&own, q) - divergence), weight * error])
        })
        .collect();
    let parts = parts.ok_or_else(refused)?;
    let [value, error] =
        parts.iter().fold([0.0, 0.0], |[value, error], part| [value + part[0], error + part[1]]);
    match inexact(value, error) {
        Some(failure) => Err(failure.one_line()),
        // Rounding never makes it negative.
        None => Ok(if value < 0.0 { 0.0 } else { value }),
    }
}
