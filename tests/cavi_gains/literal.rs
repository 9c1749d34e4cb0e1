//! The ELBO and the evidence by their definitions, slowly.

use std::f64::consts::PI;

use elbow::model::bayesian_mixture::Weights;
use elbow::model::cavi::{Spec, State, Variance, VariancePrior};
use ndarray::Array2;

/// The logarithm of the gamma function: recurrence up to 30, then Stirling's series.
pub(crate) fn ln_gamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 30.0 {
        shift += x.ln();
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r / 1680.0))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * PI).ln() + series - shift
}

/// Its derivative, the same way.
pub(crate) fn digamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 30.0 {
        shift += 1.0 / x;
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = r * (1.0 / 12.0 - r * (1.0 / 120.0 - r * (1.0 / 252.0 - r / 240.0)));
    x.ln() - 0.5 / x - series - shift
}

/// `E ln p - E ln q` over all factors, term by term, from an N x K array.
pub(crate) fn elbo(spec: &Spec, x: &[f64], phi: &Array2<f64>, state: &State) -> f64 {
    let count = state.m.len();
    let ln_2pi = (2.0 * PI).ln();
    let mut sum = 0.0;

    // q(pi), and E ln p(c | pi).
    let ln_pi: Vec<f64> = match (&state.weights, spec.weight_concentration_prior) {
        (Some(Weights::DirichletDistribution(alpha)), Some(a0)) => {
            let total: f64 = alpha.iter().sum();
            let logs: Vec<f64> = alpha.iter().map(|a| digamma(*a) - digamma(total)).collect();
            let k = count as f64;
            sum += ln_gamma(k * a0) - k * ln_gamma(a0);
            sum += logs.iter().map(|log| (a0 - 1.0) * log).sum::<f64>();
            sum -= ln_gamma(total) - alpha.iter().map(|a| ln_gamma(*a)).sum::<f64>();
            sum -= alpha.iter().zip(&logs).map(|(a, log)| (a - 1.0) * log).sum::<f64>();
            logs
        }
        (None, None) => vec![-(count as f64).ln(); count],
        other => panic!("{other:?}"),
    };

    // E tau, E ln tau, E tau (x - mu)^2 less E tau (x - m)^2.
    let mut normals = Vec::new();
    for k in 0..count {
        let (m, s2) = (state.m[k], state.s2[k]);
        match (&state.variance, spec.variance) {
            (Variance::Known(v), VariancePrior::Known { prior_variance: v0, .. }) => {
                sum += -0.5 * (ln_2pi + v0.ln()) - (m * m + s2) / (2.0 * v0);
                sum += 0.5 * (ln_2pi + 1.0 + s2.ln());
                normals.push((1.0 / v, -v.ln(), s2 / v));
            }
            (
                Variance::Unknown { values, degrees_of_freedom },
                VariancePrior::Unknown { mean_precision: l0, degrees_of_freedom: nu0, variance },
            ) => {
                let (a0, b0) = (nu0 / 2.0, nu0 * variance / 2.0);
                let (a, b) = (degrees_of_freedom[k] / 2.0, degrees_of_freedom[k] * values[k] / 2.0);
                let l = values[k] / s2;
                let (tau, ln_tau) = (a / b, digamma(a) - b.ln());
                // E ln p(mu | tau) and E ln p(tau).
                sum += 0.5 * (l0.ln() + ln_tau - ln_2pi) - 0.5 * l0 * (tau * m * m + 1.0 / l);
                sum += a0 * b0.ln() - ln_gamma(a0) + (a0 - 1.0) * ln_tau - b0 * tau;
                // E ln q(mu | tau) and E ln q(tau).
                sum -= 0.5 * (l.ln() + ln_tau - ln_2pi) - 0.5;
                sum -= a * b.ln() - ln_gamma(a) + (a - 1.0) * ln_tau - b * tau;
                normals.push((tau, ln_tau, 1.0 / l));
            }
            other => panic!("{other:?}"),
        }
    }
    for ((i, k), &phi) in phi.indexed_iter() {
        let (tau, ln_tau, spread) = normals[k];
        let d = x[i] - state.m[k];
        sum += phi * (ln_pi[k] + 0.5 * (ln_tau - ln_2pi) - 0.5 * (tau * d * d + spread));
        sum -= if phi > 0.0 { phi * phi.ln() } else { 0.0 };
    }
    sum
}

/// The log evidence of the points of one component.
pub(crate) fn log_evidence(prior: VariancePrior, x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let sum: f64 = x.iter().sum();
    let squares: f64 = x.iter().map(|x| x * x).sum();
    let constant = -0.5 * n * (2.0 * PI).ln();
    match prior {
        VariancePrior::Known { variance: v, prior_variance: v0 } => {
            let quadratic = (squares - v0 * sum * sum / (v + n * v0)) / v;
            constant - 0.5 * ((n - 1.0) * v.ln() + (v + n * v0).ln() + quadratic)
        }
        VariancePrior::Unknown { mean_precision: l0, degrees_of_freedom: nu0, variance: v0 } => {
            let (a0, b0) = (nu0 / 2.0, nu0 * v0 / 2.0);
            let (a, l) = (a0 + n / 2.0, l0 + n);
            let b = b0 + 0.5 * (squares - sum * sum / l);
            constant + ln_gamma(a) - ln_gamma(a0) + a0 * b0.ln() - a * b.ln() + 0.5 * (l0 / l).ln()
        }
    }
}

/// The log evidence of a mixture: all K^N labels, one after the other.
pub(crate) fn log_evidence_of_all(spec: &Spec, x: &[f64]) -> f64 {
    let (k, n) = (spec.components, x.len());
    let terms: Vec<f64> = (0..k.pow(n as u32))
        .map(|code| {
            let label = |i: usize| code / k.pow(i as u32) % k;
            let of = |c: usize| -> Vec<f64> {
                (0..n).filter(|i| label(*i) == c).map(|i| x[i]).collect()
            };
            let labels = match spec.weight_concentration_prior {
                None => -(n as f64) * (k as f64).ln(),
                Some(a0) => {
                    let counted: f64 =
                        (0..k).map(|c| ln_gamma(a0 + of(c).len() as f64) - ln_gamma(a0)).sum();
                    let total = a0 * k as f64;
                    ln_gamma(total) - ln_gamma(total + n as f64) + counted
                }
            };
            labels + (0..k).map(|c| log_evidence(spec.variance, &of(c))).sum::<f64>()
        })
        .collect();
    elbow::math::log_sum_exp(&terms)
}
