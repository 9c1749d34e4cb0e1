//! Special functions.

use special::Gamma;

/// The logarithmic derivative of the gamma function.
pub fn digamma(x: f64) -> f64 {
    x.digamma()
}

/// The logarithm of the gamma function, for x > 0.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}
