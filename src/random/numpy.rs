//! `numpy.random.RandomState`, draw for draw.
//!
//! Words, uniforms, integers, permutations and choices equal numpy's in every bit. Normals, gammas
//! and what is made of them go through logarithms, which numpy takes from the platform and we from
//! libm: they agree to 1e-15 relative. No operation is contracted (`mul_add`), as numpy's are not.
//!
//! References: M. Matsumoto and T. Nishimura, Mersenne Twister, ACM TOMACS 8 (1998); G. Marsaglia
//! and T. Bray, A convenient method for generating normal variables, SIAM Review 6 (1964);
//! G. Marsaglia and W. W. Tsang, A simple method for generating gamma variables, ACM TOMS 26 (2000);
//! V. Kachitvichyanukul and B. Schmeiser, Binomial random variate generation, CACM 31 (1988).

use rand_mt::Mt;

use super::{Random, masked_rejection};

/// Up to this expected number of successes (or failures) binomials are drawn by inversion.
const INVERSION_LIMIT: f64 = 30.0;

/// The generator: a Mersenne Twister and the second normal of the last pair, if it is not used yet.
#[derive(Clone, Debug)]
pub struct RandomState {
    words: Mt,
    normal: Option<f64>,
}

impl RandomState {
    /// `numpy.random.RandomState(seed)`.
    pub fn new(seed: u32) -> Self {
        Self { words: Mt::new(seed), normal: None }
    }

    /// Gamma with a shape below 1, by rejection from a Weibull and an exponential part.
    fn small_gamma(&mut self, shape: f64) -> f64 {
        loop {
            let u = self.uniform();
            let v = self.standard_exponential();
            if u <= 1.0 - shape {
                let x = libm::pow(u, 1.0 / shape);
                if x <= v {
                    return x;
                }
            } else {
                let y = -libm::log((1.0 - u) / shape);
                let x = libm::pow(1.0 - shape + shape * y, 1.0 / shape);
                if x <= v + y {
                    return x;
                }
            }
        }
    }

    /// Gamma with a shape above 1 (Marsaglia and Tsang).
    fn large_gamma(&mut self, shape: f64) -> f64 {
        let b = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * b).sqrt();
        loop {
            let (x, root) = loop {
                let x = self.standard_normal();
                let root = 1.0 + c * x;
                if root > 0.0 {
                    break (x, root);
                }
            };
            let v = root * root * root;
            let u = self.uniform();
            if u < 1.0 - 0.0331 * (x * x) * (x * x)
                || libm::log(u) < 0.5 * x * x + b * (1.0 - v + libm::log(v))
            {
                return b * v;
            }
        }
    }

    /// Binomial with p <= 1/2 by counting up the distribution function.
    fn binomial_inversion(&mut self, n: u64, p: f64) -> u64 {
        let trials = n as f64;
        let q = 1.0 - p;
        let none = libm::exp(trials * libm::log(q));
        let expected = trials * p;
        let bound = trials.min(expected + 10.0 * (expected * q + 1.0).sqrt()).floor();
        let mut successes = 0.0;
        let mut probability = none;
        let mut u = self.uniform();
        while u > probability {
            successes += 1.0;
            if successes > bound {
                successes = 0.0;
                probability = none;
                u = self.uniform();
            } else {
                u -= probability;
                probability = ((trials - successes + 1.0) * p * probability) / (successes * q);
            }
        }
        successes as u64
    }
}

impl Random for RandomState {
    fn uniform(&mut self) -> f64 {
        let high = f64::from(self.words.next_u32() >> 5);
        let low = f64::from(self.words.next_u32() >> 6);
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
    }

    /// The polar method: pairs, of which the second number made is given first.
    fn standard_normal(&mut self) -> f64 {
        if let Some(normal) = self.normal.take() {
            return normal;
        }
        loop {
            let x = 2.0 * self.uniform() - 1.0;
            let y = 2.0 * self.uniform() - 1.0;
            let squared = x * x + y * y;
            if squared < 1.0 && squared != 0.0 {
                let factor = (-2.0 * libm::log(squared) / squared).sqrt();
                self.normal = Some(factor * x);
                return factor * y;
            }
        }
    }

    fn standard_exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.uniform())
    }

    fn standard_gamma(&mut self, shape: f64) -> f64 {
        if shape == 1.0 {
            self.standard_exponential()
        } else if shape == 0.0 {
            0.0
        } else if shape > 1.0 {
            self.large_gamma(shape)
        } else if shape > 0.0 {
            self.small_gamma(shape)
        } else {
            f64::NAN
        }
    }

    fn bounded(&mut self, max: u64) -> u64 {
        masked_rejection(max, || self.words.next_u32())
    }

    /// Draws at least one uniform, even where the answer is certain.
    fn binomial(&mut self, n: u64, p: f64) -> u64 {
        // A probability above 1 by rounding, as multinomials meet it, counts as 1: numpy's
        // inversion comes to the same.
        let p = if p.is_nan() { 0.0 } else { p.clamp(0.0, 1.0) };
        let (rarer, mirrored) = if p <= 0.5 { (p, false) } else { (1.0 - p, true) };
        let successes = if rarer * n as f64 <= INVERSION_LIMIT {
            self.binomial_inversion(n, rarer)
        } else {
            Btpe::new(n as f64, rarer).draw(self) as u64
        };
        if mirrored { n - successes.min(n) } else { successes }
    }
}

/// Binomials with p <= 1/2 by rejection under a triangle, a parallelogram and two exponential tails
/// (BTPE): the constants of Kachitvichyanukul and Schmeiser, in their notation.
struct Btpe {
    n: f64,
    r: f64,
    q: f64,
    mode: f64,
    p1: f64,
    p2: f64,
    p3: f64,
    p4: f64,
    xm: f64,
    xl: f64,
    xr: f64,
    c: f64,
    lambda_left: f64,
    lambda_right: f64,
}

impl Btpe {
    fn new(n: f64, r: f64) -> Self {
        let q = 1.0 - r;
        let fm = n * r + r;
        let mode = fm.floor();
        let p1 = (2.195 * (n * r * q).sqrt() - 4.6 * q).floor() + 0.5;
        let xm = mode + 0.5;
        let (xl, xr) = (xm - p1, xm + p1);
        let c = 0.134 + 20.5 / (15.3 + mode);
        let a = (fm - xl) / (fm - xl * r);
        let lambda_left = a * (1.0 + a / 2.0);
        let a = (xr - fm) / (xr * q);
        let lambda_right = a * (1.0 + a / 2.0);
        let p2 = p1 * (1.0 + 2.0 * c);
        let p3 = p2 + c / lambda_left;
        let p4 = p3 + c / lambda_right;
        Self { n, r, q, mode, p1, p2, p3, p4, xm, xl, xr, c, lambda_left, lambda_right }
    }

    fn draw(&self, random: &mut RandomState) -> f64 {
        loop {
            let u = random.uniform() * self.p4;
            let v = random.uniform();
            if u <= self.p1 {
                return (self.xm - self.p1 * v + u).floor();
            }
            if let Some((y, v)) = self.propose(u, v)
                && self.accept(y, v)
            {
                return y;
            }
        }
    }

    /// A candidate outside the triangle and the height at which it is to be tested.
    fn propose(&self, u: f64, v: f64) -> Option<(f64, f64)> {
        if u <= self.p2 {
            let x = self.xl + (u - self.p1) / self.c;
            let v = v * self.c + 1.0 - (self.mode - x + 0.5).abs() / self.p1;
            return (v <= 1.0).then_some((x.floor(), v));
        }
        if v == 0.0 {
            return None;
        }
        if u <= self.p3 {
            let y = (self.xl + libm::log(v) / self.lambda_left).floor();
            (y >= 0.0).then_some((y, v * (u - self.p2) * self.lambda_left))
        } else {
            let y = (self.xr - libm::log(v) / self.lambda_right).floor();
            (y <= self.n).then_some((y, v * (u - self.p3) * self.lambda_right))
        }
    }

    /// Whether the height `v` is below the distribution at `y`, relative to its mode.
    fn accept(&self, y: f64, v: f64) -> bool {
        let Self { n, r, q, mode, xm, .. } = *self;
        let k = (y - mode).abs();
        let variance = n * r * q;
        if k <= 20.0 || k >= variance / 2.0 - 1.0 {
            return v <= self.ratio(y);
        }
        let rho =
            (k / variance) * ((k * (k / 3.0 + 0.625) + 0.166_666_666_666_666_66) / variance + 0.5);
        let t = -k * k / (2.0 * variance);
        let log_v = libm::log(v);
        if log_v < t - rho {
            return true;
        }
        if log_v > t + rho {
            return false;
        }
        let (x1, f1, z, w) = (y + 1.0, mode + 1.0, n + 1.0 - mode, n - y + 1.0);
        let bound = xm * libm::log(f1 / x1)
            + (n - mode + 0.5) * libm::log(z / w)
            + (y - mode) * libm::log(w * r / (x1 * q))
            + stirling(f1)
            + stirling(z)
            + stirling(x1)
            + stirling(w);
        log_v <= bound
    }

    /// The probability of `y` divided by that of the mode, factor by factor.
    fn ratio(&self, y: f64) -> f64 {
        let s = self.r / self.q;
        let a = s * (self.n + 1.0);
        let mut ratio = 1.0;
        let mut i = self.mode.min(y) + 1.0;
        while i <= self.mode.max(y) {
            if self.mode < y {
                ratio *= a / i - s;
            } else {
                ratio /= a / i - s;
            }
            i += 1.0;
        }
        ratio
    }
}

/// The correction term of Stirling's formula as numpy's legacy generator has it.
///
/// It adds all four terms, where two should be subtracted, and writes 13680 for 13860. Streams
/// depend on it, so it stays.
fn stirling(x: f64) -> f64 {
    let x2 = x * x;
    (13680.0 - (462.0 - (132.0 - (99.0 - 140.0 / x2) / x2) / x2) / x2) / x / 166_320.0
}
