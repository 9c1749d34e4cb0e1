//! What has a closed form: `KL(p||q)` always, `KL(q||p)` of one normal distribution.

use ndarray::{Array1, Array2, Axis, aview1};

use super::{Divergence, Form, Spec, State};
use crate::math::gaussian::{Gaussian, kl_divergence};
use crate::math::linalg::{cholesky, inverse_lower};
use crate::math::mixture::Mixture;
use crate::math::quadrature::divergence_from_mixture;

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

/// The inverse of a symmetric matrix; `None` unless it is positive definite.
pub(super) fn inverse(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let whitening = inverse_lower(&cholesky(matrix)?);
    Some(whitening.t().dot(&whitening))
}

/// The solution and its divergence.
///
/// # Errors
///
/// If the target's covariances are not positive definite, or there is no closed form.
pub(super) fn fit(spec: &Spec, target: &Mixture) -> Result<(State, f64), String> {
    solve(spec, target).ok_or_else(|| {
        "there is no closed form of this projection; \
         hint: project a mixture in one or two dimensions, or of one component"
            .to_owned()
    })
}

fn solve(spec: &Spec, target: &Mixture) -> Option<(State, f64)> {
    let single = (target.components() == 1).then(|| target.component(0));
    let form = spec.covariance;
    let (mean, covariance) = match (spec.divergence, &single) {
        (Divergence::Inclusive, _) => {
            let (mean, covariance) = moments(target);
            (mean, form.of(&covariance))
        }
        (Divergence::Exclusive, Some(p)) => {
            let covariance = match form {
                Form::Full => p.covariance.clone(),
                // Whatever of the precision the form can have.
                Form::Diag | Form::Spherical => inverse(&form.of(&inverse(&p.covariance)?))?,
            };
            (p.mean.clone(), covariance)
        }
        (Divergence::Exclusive, None) => return None,
    };
    let q = Gaussian::new(mean.clone(), covariance.clone())?;
    let value = match (spec.divergence, &single) {
        (Divergence::Exclusive, Some(p)) => kl_divergence(&q, p),
        (_, Some(p)) => kl_divergence(p, &q),
        (_, None) => divergence_from_mixture(target, &q)?,
    };
    Some((State { mean, covariance, form, divergence: spec.divergence }, value))
}
