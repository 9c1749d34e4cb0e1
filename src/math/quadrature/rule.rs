//! Gauss and Legendre's rule, with what estimates its error.

/// How many of the last Legendre coefficients are looked at.
const TAIL: usize = 3;

/// So many nodes and weights on the interval from -1 to 1.
#[derive(Debug)]
pub(super) struct Rule<const NODES: usize> {
    pub(super) nodes: [f64; NODES],
    pub(super) weights: [f64; NODES],
    /// What gives the last coefficients of the Legendre series of a function from its values at the
    /// nodes.
    tail: [[f64; NODES]; TAIL],
}

impl<const NODES: usize> Rule<NODES> {
    pub(super) fn new() -> Self {
        let mut rule =
            Self { nodes: [0.0; NODES], weights: [0.0; NODES], tail: [[0.0; NODES]; TAIL] };
        for i in 0..NODES {
            let turn = (i as f64 + 0.75) / (NODES as f64 + 0.5);
            let mut x = -libm::cos(std::f64::consts::PI * turn);
            // Newton's steps double the digits, and begin with three.
            for _ in 0..5 {
                let [before, last] = legendre(NODES, x);
                x -= last * (x * x - 1.0) / (NODES as f64 * (x * last - before));
            }
            let [before, last] = legendre(NODES, x);
            let slope = NODES as f64 * (x * last - before) / (x * x - 1.0);
            rule.nodes[i] = x;
            rule.weights[i] = 2.0 / ((1.0 - x * x) * slope * slope);
            for (t, row) in rule.tail.iter_mut().enumerate() {
                let degree = NODES - TAIL + t;
                let [_, value] = legendre(degree, x);
                row[i] = (degree as f64 + 0.5) * rule.weights[i] * value;
            }
        }
        rule
    }

    /// How far the mean over an interval may be off of a function with these values at the nodes.
    ///
    /// The rule is exact for twice the degree of the last coefficient. So where coefficients fall like
    /// powers, as those of an analytic function in the end do, the error is about the square of the
    /// last one.
    pub(super) fn error(&self, values: &[f64; NODES]) -> f64 {
        let [last, share] = self.last(values);
        last * share
    }

    /// The same of a function that may have places where its derivatives leap: there coefficients fall
    /// more slowly, and the power is 3/2.
    pub(super) fn error_of_rough(&self, values: &[f64; NODES]) -> f64 {
        let [last, share] = self.last(values);
        last * share.sqrt()
    }

    /// The greatest of the last coefficients, and its share of the greatest value.
    fn last(&self, values: &[f64; NODES]) -> [f64; 2] {
        let of = |row: &[f64; NODES]| row.iter().zip(values).map(|(a, b)| a * b).sum::<f64>();
        let last = self.tail.iter().map(|row| of(row).abs()).fold(0.0, f64::max);
        let scale = values.iter().map(|v| v.abs()).fold(0.0, f64::max);
        [last, if last > 0.0 { (last / scale).min(1.0) } else { 0.0 }]
    }
}

/// The Legendre polynomials of this degree (from 1 on) and of the one before it, at `x`: first the
/// lower one.
fn legendre(degree: usize, x: f64) -> [f64; 2] {
    (1..degree).fold([1.0, x], |[before, last], n| {
        let n = n as f64;
        [last, ((2.0 * n + 1.0) * x * last - n * before) / (n + 1.0)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(of: impl Fn(f64) -> f64) -> (f64, f64) {
        let rule = Rule::<16>::new();
        let values = rule.nodes.map(of);
        let sum: f64 = rule.weights.iter().zip(&values).map(|(w, v)| w * v).sum();
        (0.5 * sum, rule.error_of_rough(&values))
    }

    #[test]
    fn polynomials_of_twice_the_degree_are_exact() {
        for (power, expected) in [(0, 1.0), (1, 0.0), (2, 1.0 / 3.0), (30, 1.0 / 31.0), (31, 0.0)] {
            let (found, _) = mean(|x| libm::pow(x, f64::from(power)));
            assert!((found - expected).abs() < 1e-15, "{power}: {found}");
        }
    }

    #[test]
    fn the_estimate_is_as_large_as_the_error_and_says_when_the_rule_is_good() {
        for (sharpness, good) in [(0.5, true), (2.0, true), (8.0, false), (300.0, false)] {
            // ln(1 + exp(s x)) is s x / 2 and what is even; that of 1024 intervals is right.
            let of = |x: f64| libm::log1p(libm::exp(sharpness * x));
            let (found, error) = mean(of);
            let parts = (0..1024).map(|i| {
                let middle = (f64::from(i) + 0.5) / 512.0 - 1.0;
                mean(|x| of(middle + x / 1024.0)).0
            });
            let right = parts.sum::<f64>() / 1024.0;
            // Of a bend within the interval it has the order.
            assert!(
                (found - right).abs() <= 4.0 * error + 1e-14,
                "{sharpness}: {found} {right} {error}"
            );
            assert_eq!(error < 1e-9, good, "{sharpness}: {error}");
        }
    }
}
