//! The default generator: ChaCha with 12 rounds, and rand_distr's distributions.
//!
//! The stream depends on the versions of rand_chacha and rand_distr, which `Cargo.lock` fixes; the
//! tests hold values of it. rand_distr takes logarithms and exponentials from the platform wherever
//! another crate switches on num-traits' `std`: in rare tails of normals and exponentials a last
//! bit may differ between platforms.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::{Binomial, Distribution, Exp1, Gamma, StandardNormal};

use super::{Random, masked_rejection};

/// A stream of ChaCha12.
#[derive(Clone, Debug)]
pub struct ChaCha(ChaCha12Rng);

impl ChaCha {
    /// The stream of a number.
    pub fn from_number(seed: u64) -> Self {
        Self(ChaCha12Rng::seed_from_u64(seed))
    }

    /// The stream of a key.
    pub fn from_bytes(seed: [u8; 32]) -> Self {
        Self(ChaCha12Rng::from_seed(seed))
    }
}

impl Random for ChaCha {
    fn uniform(&mut self) -> f64 {
        self.0.random()
    }

    fn standard_normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    fn standard_exponential(&mut self) -> f64 {
        Exp1.sample(&mut self.0)
    }

    /// For a shape below 1 that of `shape + 1` times a power of a uniform, which is what rand_distr
    /// does too, but with libm's power: the platform's may differ in the last bit.
    fn standard_gamma(&mut self, shape: f64) -> f64 {
        let boosted = if shape < 1.0 { shape + 1.0 } else { shape };
        match Gamma::new(boosted, 1.0) {
            _ if shape == 0.0 => 0.0,
            Ok(gamma) if shape >= 1.0 => gamma.sample(&mut self.0),
            Ok(gamma) if shape > 0.0 => {
                let draw: f64 = gamma.sample(&mut self.0);
                draw * libm::pow(self.uniform(), 1.0 / shape)
            }
            _ => f64::NAN,
        }
    }

    fn bounded(&mut self, max: u64) -> u64 {
        masked_rejection(max, || self.0.next_u32())
    }

    fn binomial(&mut self, n: u64, p: f64) -> u64 {
        let p = if p.is_nan() { 0.0 } else { p.clamp(0.0, 1.0) };
        Binomial::new(n, p).map_or(0, |binomial| binomial.sample(&mut self.0))
    }
}
