//! Seeds and streams of random numbers.
//!
//! Two generators: [`chacha`] (the default, from rand and rand_distr) and [`numpy`]
//! (`numpy.random.RandomState`, so that data drawn by a notebook can be drawn again). Both give the
//! primitive draws of [`Random`]; what is composed of them is written once, in numpy's order.

pub mod chacha;
pub mod numpy;

use std::fmt;

use ndarray::{Array2, ArrayViewMut2};
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::math::svd::svd;

/// The largest seed of a node of its own that [`Generator::Numpy`] takes.
pub const NUMPY_SEED_MAX: u64 = u32::MAX as u64;

/// Which generator a node draws from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Generator {
    /// ChaCha with 12 rounds and rand_distr's distributions.
    #[default]
    Chacha,
    /// `numpy.random.RandomState`, draw for draw.
    Numpy,
}

/// Where a node's stream starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Seed {
    /// The node's own seed.
    Own(u64),
    /// No own seed: the stream comes from the root seed and the node's name, so that a node that
    /// is added to the config changes no other.
    Derived {
        /// The config's `seed`.
        root: u64,
        /// The node's name, such as `data.line`.
        node: String,
    },
}

impl<'de> Deserialize<'de> for Seed {
    /// Keeps nothing of what is no seed, as what serde derives for untagged enums does.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SeedVisitor;

        #[derive(Deserialize)]
        struct Derived {
            root: u64,
            node: String,
        }

        impl<'de> Visitor<'de> for SeedVisitor {
            type Value = Seed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a seed, or a root seed and the name of a node")
            }

            fn visit_u64<E: serde::de::Error>(self, seed: u64) -> Result<Seed, E> {
                Ok(Seed::Own(seed))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Seed, A::Error> {
                let Derived { root, node } =
                    Deserialize::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Seed::Derived { root, node })
            }
        }

        deserializer.deserialize_any(SeedVisitor)
    }
}

impl Seed {
    /// SHA-256 of the root seed (eight bytes, little endian) followed by the node's name.
    fn digest(root: u64, node: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(root.to_le_bytes());
        hash.update(node.as_bytes());
        hash.finalize().into()
    }
}

/// A new stream from its beginning.
///
/// [`Seed::Own`] seeds numpy's generator with the low 32 bits (the config allows no more than
/// [`NUMPY_SEED_MAX`]) and ChaCha by `seed_from_u64`. [`Seed::Derived`] takes a SHA-256 digest: its
/// first four bytes, little endian, as numpy's seed; all of it as ChaCha's.
pub fn stream(generator: Generator, seed: &Seed) -> Box<dyn Random> {
    match (generator, seed) {
        (Generator::Chacha, Seed::Own(seed)) => Box::new(chacha::ChaCha::from_number(*seed)),
        (Generator::Chacha, Seed::Derived { root, node }) => {
            Box::new(chacha::ChaCha::from_bytes(Seed::digest(*root, node)))
        }
        (Generator::Numpy, Seed::Own(seed)) => Box::new(numpy::RandomState::new(*seed as u32)),
        (Generator::Numpy, Seed::Derived { root, node }) => {
            let [a, b, c, d, ..] = Seed::digest(*root, node);
            Box::new(numpy::RandomState::new(u32::from_le_bytes([a, b, c, d])))
        }
    }
}

/// A stream of random numbers.
///
/// Six primitive draws, and what numpy composes of them, in numpy's order of draws: with
/// [`numpy::RandomState`] every method gives what the method of that name gives in Python.
pub trait Random: Send {
    /// Uniform on [0, 1), a multiple of 2^-53.
    fn uniform(&mut self) -> f64;

    /// Normal with mean 0 and standard deviation 1.
    fn standard_normal(&mut self) -> f64;

    /// Exponential with mean 1.
    fn standard_exponential(&mut self) -> f64;

    /// Gamma with this shape and scale 1: 0 for shape 0, NaN if the shape is negative or NaN.
    fn standard_gamma(&mut self, shape: f64) -> f64;

    /// Uniform on the whole numbers `0..=max`; draws nothing if `max` is 0.
    fn bounded(&mut self, max: u64) -> u64;

    /// The number of successes in `n` trials of probability `p`, which is taken into [0, 1]; NaN
    /// counts as 0.
    fn binomial(&mut self, n: u64, p: f64) -> u64;

    /// Uniform on [low, high).
    fn uniform_between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Normal with this mean and standard deviation.
    fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        mean + sd * self.standard_normal()
    }

    /// Exponential with this scale, which is its mean.
    fn exponential(&mut self, scale: f64) -> f64 {
        scale * self.standard_exponential()
    }

    /// Gamma with this shape and scale.
    fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        scale * self.standard_gamma(shape)
    }

    /// One point of the simplex, Dirichlet with the concentrations `alpha`.
    ///
    /// NaN if all gammas underflow, as they do for concentrations near 0.
    fn dirichlet(&mut self, alpha: &[f64]) -> Vec<f64> {
        let mut draw: Vec<f64> = alpha.iter().map(|&a| self.standard_gamma(a)).collect();
        let total = draw.iter().fold(0.0, |sum, g| sum + g);
        // numpy multiplies by the reciprocal; a division differs in the last bit.
        let reciprocal = 1.0 / total;
        for g in &mut draw {
            *g *= reciprocal;
        }
        draw
    }

    /// Uniform on the whole numbers `low <= i < high` (`randint`); `low` if there is none.
    fn integer(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        let max = high.wrapping_sub(low) as u64 - 1;
        low.wrapping_add(self.bounded(max) as i64)
    }

    /// Puts the items into a random order, all orders equally likely.
    fn shuffle(&mut self, items: &mut [usize]) {
        self.shuffle_by(items.len(), &mut |i, j| items.swap(i, j));
    }

    /// Puts `n` items into a random order, where they lie: `swap` exchanges two of them.
    fn shuffle_by(&mut self, n: usize, swap: &mut dyn FnMut(usize, usize)) {
        for i in (1..n).rev() {
            let j = self.bounded(i as u64) as usize;
            swap(i, j);
        }
    }

    /// `0..n` in a random order.
    fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut items: Vec<usize> = (0..n).collect();
        self.shuffle(&mut items);
        items
    }

    /// `size` of `0..n`, with replacement; none if `n` is 0.
    fn choice(&mut self, n: usize, size: usize) -> Vec<usize> {
        match (n as u64).checked_sub(1) {
            None => Vec::new(),
            Some(max) => (0..size).map(|_| self.bounded(max) as usize).collect(),
        }
    }

    /// `size` different ones of `0..n`; all of them if `size` is larger.
    fn choice_without_replacement(&mut self, n: usize, size: usize) -> Vec<usize> {
        let mut items = self.permutation(n);
        items.truncate(size);
        items
    }

    /// `size` of `0..p.len()` with the weights `p` (finite, not negative, of positive sum), with
    /// replacement; none if `p` is empty.
    fn choice_weighted(&mut self, p: &[f64], size: usize) -> Vec<usize> {
        if p.is_empty() {
            return Vec::new();
        }
        let distribution = cumulative(p);
        (0..size).map(|_| self.choice_of(&distribution)).collect()
    }

    /// One of `0..distribution.len()` by its cumulative distribution, which must not be empty: one
    /// of the draws of [`Random::choice_weighted`].
    fn choice_of(&mut self, distribution: &[f64]) -> usize {
        search(distribution, self.uniform())
    }

    /// `size` different ones of `0..p.len()` with the weights `p` (finite, not negative); if fewer
    /// weights are positive, only those.
    ///
    /// numpy draws in rounds: as many uniforms as indices are still missing, the weights of those
    /// found set to zero, and of a round's repeated finds only the first is kept.
    fn choice_weighted_without_replacement(&mut self, p: &[f64], size: usize) -> Vec<usize> {
        let mut p = p.to_vec();
        let size = size.min(p.iter().filter(|&&w| w > 0.0).count());
        let mut found: Vec<usize> = Vec::with_capacity(size);
        while found.len() < size {
            let uniforms: Vec<f64> = (found.len()..size).map(|_| self.uniform()).collect();
            for &i in &found {
                p[i] = 0.0;
            }
            let distribution = cumulative(&p);
            let before = found.len();
            for u in uniforms {
                let i = search(&distribution, u);
                if !found.contains(&i) {
                    found.push(i);
                }
            }
            if found.len() == before {
                // Only weights that are not numbers lead here; they must not lead to a loop.
                break;
            }
        }
        found
    }

    /// How `n` draws fall on the outcomes with the probabilities `p`, which sum to 1.
    fn multinomial(&mut self, n: u64, p: &[f64]) -> Vec<u64> {
        let mut counts = vec![0; p.len()];
        let Some(last) = p.len().checked_sub(1) else {
            return counts;
        };
        let mut left = n;
        let mut rest = 1.0;
        for (count, &weight) in counts[..last].iter_mut().zip(p) {
            let share = weight / rest;
            // numpy's binomial draws a uniform even where the answer is certain; its multinomial
            // up to version 2.4 does not ask then.
            if left > 0 && share != 0.0 {
                *count = self.binomial(left, share).min(left);
            }
            left -= *count;
            if left == 0 {
                break;
            }
            rest -= weight;
        }
        counts[last] = left;
        counts
    }

    /// `n` draws (n x D) as [`Random::fill_multivariate_normal`] gives them.
    fn multivariate_normal(
        &mut self,
        mean: &[f64],
        covariance: &Array2<f64>,
        n: usize,
    ) -> Array2<f64> {
        let mut points = Array2::zeros((n, mean.len()));
        self.fill_multivariate_normal(mean, covariance, points.view_mut());
        points
    }

    /// Fills n x D rows with draws of the normal distribution with this mean (D) and covariance
    /// (D x D, symmetric, positive semi-definite).
    ///
    /// All standard normals come first, row by row; each row is then multiplied by
    /// `diag(sqrt(s)) V^T` of the covariance's singular value decomposition.
    fn fill_multivariate_normal(
        &mut self,
        mean: &[f64],
        covariance: &Array2<f64>,
        mut rows: ArrayViewMut2<'_, f64>,
    ) {
        rows.map_inplace(|x| *x = self.standard_normal());
        let (values, mut factor) = svd(covariance);
        for (mut row, value) in factor.rows_mut().into_iter().zip(&values) {
            let root = value.sqrt();
            row.mapv_inplace(|v| root * v);
        }
        let mut normal = vec![0.0; mean.len()];
        for mut point in rows.rows_mut() {
            normal.iter_mut().zip(&point).for_each(|(z, x)| *z = *x);
            for (j, x) in point.iter_mut().enumerate() {
                let offset =
                    normal.iter().zip(factor.column(j)).fold(0.0, |sum, (z, f)| sum + z * f);
                *x = offset + mean[j];
            }
        }
    }
}

/// The running sum of `p`, divided by the whole.
pub fn cumulative(p: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums: Vec<f64> = p
        .iter()
        .map(|w| {
            sum += w;
            sum
        })
        .collect();
    for s in &mut sums {
        *s /= sum;
    }
    sums
}

/// The index that the uniform draw `u` falls on: the number of entries that are at most `u`.
fn search(distribution: &[f64], u: f64) -> usize {
    distribution.partition_point(|&c| c <= u).min(distribution.len().saturating_sub(1))
}

/// Uniform on `0..=max` by rejection: words masked to the bits that `max` has, until one fits.
///
/// One 32-bit word an attempt where it suffices, else two, the high half first; none for `max` 0.
fn masked_rejection(max: u64, mut word: impl FnMut() -> u32) -> u64 {
    if max == 0 {
        return 0;
    }
    let mask = u64::MAX >> max.leading_zeros();
    loop {
        let value = if max <= u64::from(u32::MAX) {
            u64::from(word())
        } else {
            let high = u64::from(word());
            high << 32 | u64::from(word())
        };
        if value & mask <= max {
            return value & mask;
        }
    }
}
