//! Expectations of the logarithm of a mixture's density under the standard normal distribution, in one
//! dimension or two, without chance, and with an estimate of their error.
//!
//! The integrand is `ln sum_j exp(t_j(z))`, each `t_j` a quadratic, as it is wherever a normal
//! distribution is compared with a mixture and the coordinates are those in which that distribution is
//! the standard one ([`Term`]). It bends where one component takes over from another, on a scale that
//! may be smaller than that of the normal distribution by any factor. So no grid is fixed before the
//! integrand is known:
//!
//! - On a line (`line.rs`) intervals are halved until no difference `t_j - t_i` that matters varies by
//!   more than a few nats within one, or than its own size: Gauss and Legendre's nodes then converge
//!   at one rate, however narrow the interval is. That is known from the quadratics alone, so nothing
//!   is stepped over. How many intervals there are grows with the logarithm of the ratio of the
//!   widths.
//! - In the plane (`plane.rs`) lines are integrated one by one, and what they give is integrated over
//!   the other axis on panels that are halved, all whose error is more than their share, until the
//!   estimate is small. Each narrow component has panels of its own size from the beginning.
//!
//! What is estimated is the error of Gauss and Legendre's rule, from how the coefficients of the
//! integrand's Legendre series fall.
//!
//! Reference: L. N. Trefethen, Approximation theory and approximation practice, extended edition
//! (2019), chapters 8 and 19.

mod line;
mod plane;
mod rule;

use line::{Line, Parabola};
use rule::Rule;

/// The most dimensions that expectations are computed in.
pub const MOST_DIMENSIONS: usize = 2;

/// Beyond so many standard deviations lies less than 1e-15 of the mass.
const REACH: f64 = 8.5;

/// The quadratic `peak - (u (x - c + shear (y - d)))^2 / 2 - (v (y - d))^2 / 2` in coordinates `(x, y)`,
/// with `(c, d)` the centre and `(u, v)` the scales; in one dimension without `y`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// The value at the centre.
    pub peak: f64,
    /// Where it is greatest.
    pub centre: [f64; 2],
    /// `u`, along x on a line of one y, and `v`, along y on the ridge, positive; in
    /// one dimension `v` is 0.
    pub scales: [f64; 2],
    /// By how much the ridge moves along x against y.
    pub shear: f64,
}

/// Expectations under the standard normal distribution of `g(z) = ln sum_j exp(t_j(z)) + z^T z / 2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// `E[g]`.
    pub mean: f64,
    /// `E[z g]`; the second is 0 in one dimension.
    pub first: [f64; 2],
    /// `E[(z z^T - 1) g]`: xx, xy, yy; the last two are 0 in one dimension.
    pub second: [f64; 3],
    /// How far the mean may be off, estimated.
    pub error: f64,
}

/// How much work an integral is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// To ten digits or so.
    Full,
    /// To three digits or so, in about a twentieth of the time.
    Rough,
}

/// What knows how to integrate; made once for many integrals.
#[derive(Debug)]
pub struct Quadrature {
    full: Rule<16>,
    rough: Rule<6>,
}

impl Default for Quadrature {
    fn default() -> Self {
        Self::new()
    }
}

impl Quadrature {
    /// One for any number of dimensions.
    pub fn new() -> Self {
        Self { full: Rule::new(), rough: Rule::new() }
    }

    /// The moments in one dimension or in two. Not a number where all terms are too far away for
    /// their squares to be numbers.
    pub fn moments(&self, terms: &[Term], dimensions: usize, effort: Effort) -> Moments {
        match effort {
            Effort::Full => moments(&self.full, terms, dimensions, effort),
            Effort::Rough => moments(&self.rough, terms, dimensions, effort),
        }
    }
}

fn moments<const NODES: usize>(
    rule: &Rule<NODES>,
    terms: &[Term],
    dimensions: usize,
    effort: Effort,
) -> Moments {
    if dimensions > 1 {
        return plane::moments(rule, terms, effort);
    }
    let mut line = Line::new(rule, effort);
    line.parabolas.extend(terms.iter().map(|term| Parabola::of(term, 0.0)));
    let sums = line.integrate(REACH, 0.0);
    let [mean, x, xx] = sums.values;
    Moments { mean, first: [x, 0.0], second: [xx, 0.0, 0.0], error: sums.error }
}
