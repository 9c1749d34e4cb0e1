//! The density of a mixture on a grid: its modes, its regions of highest density and its
//! divergence from another.
//!
//! Everything is in logarithms, so that the far tails of a density are as good as its peak.

use std::cmp::Ordering;

use ndarray::{Array1, Array2};

mod bounds;
mod lines;

use self::bounds::Bounds;
use self::lines::{OF_LINE, OF_PLANE, lines};
use super::linalg::inverse;
use super::log_sum_exp;
use super::mixture::Mixture;
use super::predictive::{Component, Predictive};

/// A mixture's density, prepared for many points. Components without weight take no part.
#[derive(Clone, Debug)]
pub struct Density {
    log_weights: Vec<f64>,
    components: Vec<Component>,
    bounds: Bounds,
}

/// A term whose logarithm is so far below that of another changes no digit of their sum.
const NEGLIGIBLE: f64 = 100.0;

/// Of fewer components than this it is as fast to compute all.
const MANY: usize = 16;

impl Density {
    /// The density of `mixture`.
    pub fn new(mixture: &Mixture) -> Self {
        Self::of(&Predictive::known(mixture))
    }

    /// The density of a mixture of any distributions.
    pub fn of(predictive: &Predictive) -> Self {
        let all = predictive.weights.iter().zip(&predictive.components);
        let present = all.filter(|(weight, _)| **weight > 0.0);
        let (log_weights, components): (Vec<f64>, Vec<Component>) =
            present.map(|(weight, component)| (libm::log(*weight), component.clone())).unzip();
        let bounds = Bounds::of(&log_weights, &components);
        Self { log_weights, components, bounds }
    }

    /// The logarithm of a weighted component at a point.
    fn term(&self, k: usize, x: &[f64]) -> f64 {
        self.log_weights[k] + self.components[k].log_density(x)
    }

    /// The components that count anywhere between two points that differ in one coordinate, in their
    /// order.
    fn counting(&self, a: &[f64], b: &[f64]) -> Vec<usize> {
        let all = 0..self.components.len();
        if all.len() < MANY {
            return all.collect();
        }
        let bounds = self.bounds.between(a, b);
        let likely = all.clone().reduce(|a, b| if bounds[b] > bounds[a] { b } else { a });
        // Between the two no component is less than at both of them.
        let at_ends = likely.map(|k| f64::min(self.term(k, a), self.term(k, b)));
        let least = at_ends.unwrap_or(f64::NEG_INFINITY) - NEGLIGIBLE;
        // What is not a number is not left out.
        all.filter(|k| bounds[*k].partial_cmp(&least) != Some(Ordering::Less)).collect()
    }

    /// The components that count at a point, in their order, and their logarithms there.
    fn terms(&self, x: &[f64]) -> (Vec<usize>, Vec<f64>) {
        let own = self.counting(x, x);
        let logs = own.iter().map(|k| self.term(*k, x)).collect();
        (own, logs)
    }

    /// The logarithm of the density at any point between two that differ in one coordinate.
    pub(super) fn between<'d>(&'d self, a: &[f64], b: &[f64]) -> impl Fn(&[f64]) -> f64 + use<'d> {
        let own = self.counting(a, b);
        move |x| log_sum_exp(&own.iter().map(|k| self.term(*k, x)).collect::<Vec<f64>>())
    }

    /// The logarithm of the density at a point.
    pub fn ln(&self, x: &[f64]) -> f64 {
        log_sum_exp(&self.terms(x).1)
    }

    /// The box outside of which the logarithm of the density is nowhere `level` or more, one
    /// interval a dimension; `None` if it is so nowhere.
    ///
    /// Where a sum of K terms is at least c, one term is at least c / K: the box holds the regions
    /// in which the terms are that, with some room around them.
    pub fn reach(&self, level: f64) -> Option<Vec<(f64, f64)>> {
        let share = libm::log(self.components.len() as f64);
        let radii = self.log_weights.iter().zip(&self.components).map(|(log_weight, c)| {
            let peak = log_weight + c.log_density(&c.shape().mean) + share;
            1.05 * c.radius(peak - level)
        });
        self.boxed(radii)
    }

    /// The box that holds all components out to `radius` standard deviations.
    pub fn extent(&self, radius: f64) -> Option<Vec<(f64, f64)>> {
        self.boxed(self.components.iter().map(|_| radius))
    }

    /// The box that holds each component out to its radius; one that is NaN or 0 holds nothing.
    fn boxed(&self, radii: impl Iterator<Item = f64>) -> Option<Vec<(f64, f64)>> {
        let mut bounds: Option<Vec<(f64, f64)>> = None;
        for (c, radius) in self.components.iter().zip(radii).filter(|(_, r)| *r > 0.0) {
            let g = c.shape();
            let own = g.mean.iter().zip(g.covariance.diag()).map(|(mean, variance)| {
                let half = radius * variance.sqrt();
                (mean - half, mean + half)
            });
            bounds = Some(match bounds {
                None => own.collect(),
                Some(known) => {
                    known.iter().zip(own).map(|(a, b)| (a.0.min(b.0), a.1.max(b.1))).collect()
                }
            });
        }
        bounds
    }

    /// The local maxima that lie uphill from the means, in the order of the components: all of them
    /// in one dimension if the variances are equal, and nearly always else.
    ///
    /// The fixed point of x = (sum_k r_k P_k)^-1 sum_k r_k P_k m_k, with P_k the precisions and r_k
    /// the probabilities of the components at x: each step goes uphill. The P_k of a Student
    /// distribution falls with the distance from m_k.
    /// Reference: M. A. Carreira-Perpinan, Mode-finding for mixtures of Gaussian distributions,
    /// IEEE Trans. Pattern Anal. Mach. Intell. 22 (2000), 1318-1323.
    pub fn modes(&self) -> Vec<Vec<f64>> {
        let precisions: Vec<Option<Array2<f64>>> =
            self.components.iter().map(|c| inverse(&c.shape().covariance)).collect();
        let Some(precisions) = precisions.into_iter().collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        let mut modes: Vec<Vec<f64>> = Vec::new();
        for g in self.components.iter().map(Component::shape) {
            let sd: Vec<f64> = g.covariance.diag().iter().map(|v| v.sqrt()).collect();
            // Off the mean by a little that is symmetric to nothing: a mean may be a saddle.
            let start = g.mean.iter().zip(&sd).zip([1e-3, 0.6e-3].into_iter().cycle());
            let mut x: Vec<f64> = start.map(|((m, s), off)| m + off * s).collect();
            for _ in 0..MOST_STEPS {
                let Some(next) = self.uphill(&precisions, &x) else { break };
                let moved = next.iter().zip(&x).zip(&sd).map(|((a, b), s)| (a - b).abs() / s);
                let moved = moved.fold(0.0, f64::max);
                x = next;
                if moved < SMALLEST_STEP {
                    break;
                }
            }
            let near = |mode: &Vec<f64>| {
                mode.iter().zip(&x).zip(&sd).all(|((a, b), s)| (a - b).abs() <= SAME_MODE * s)
            };
            if !modes.iter().any(near) {
                modes.push(x);
            }
        }
        modes
    }

    fn uphill(&self, precisions: &[Array2<f64>], x: &[f64]) -> Option<Vec<f64>> {
        let (own, logs) = self.terms(x);
        let total = log_sum_exp(&logs);
        let d = x.len();
        let (mut matrix, mut vector) = (Array2::zeros((d, d)), Array1::zeros(d));
        for (k, log) in own.into_iter().zip(&logs) {
            let c = &self.components[k];
            let r = libm::exp(log - total);
            let precision = c.pull(&precisions[k], x);
            matrix.scaled_add(r, &precision);
            vector.scaled_add(r, &precision.dot(&Array1::from(c.shape().mean.clone())));
        }
        let next = inverse(&matrix)?.dot(&vector);
        next.iter().all(|v| v.is_finite()).then(|| next.to_vec())
    }
}

/// Steps towards a mode; near where two modes become one they are many and small.
const MOST_STEPS: usize = 5000;
/// Steps smaller than this, in standard deviations, lead nowhere.
const SMALLEST_STEP: f64 = 1e-11;
/// Modes nearer than this, in standard deviations of the component that leads there, are one.
const SAME_MODE: f64 = 0.05;

/// The logarithm of a density at the nodes of a grid in one or two dimensions, whose lines are close
/// where a component is narrow.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    density: &'a Density,
    /// Where the lines of each dimension lie, ascending.
    axes: Vec<Vec<f64>>,
    /// The first dimension runs fastest.
    values: Vec<f64>,
}

/// Where the lines of a grid lie on which nothing of the density is missed: in a box, one interval a
/// dimension.
pub fn axes(density: &Density, bounds: &[(f64, f64)]) -> Vec<Vec<f64>> {
    let fineness = if bounds.len() == 1 { OF_LINE } else { OF_PLANE };
    let each = bounds.iter().enumerate();
    each.map(|(axis, &range)| lines(density, axis, range, fineness)).collect()
}

impl<'a> Field<'a> {
    /// The density in a box, one interval a dimension.
    pub fn new(density: &'a Density, bounds: &[(f64, f64)]) -> Self {
        let mut field = Self { density, axes: axes(density, bounds), values: Vec::new() };
        field.values = (0..field.len()).map(|i| density.ln(&field.node(i))).collect();
        field
    }

    fn len(&self) -> usize {
        self.axes.iter().map(Vec::len).product()
    }

    /// The position of a node.
    fn node(&self, mut index: usize) -> Vec<f64> {
        let mut position = Vec::with_capacity(self.axes.len());
        for axis in &self.axes {
            position.push(axis[index % axis.len()]);
            index /= axis.len();
        }
        position
    }

    /// The density that the field is of.
    pub(super) fn density(&self) -> &Density {
        self.density
    }

    /// Where the lines of each dimension lie.
    pub fn axes(&self) -> &[Vec<f64>] {
        &self.axes
    }

    /// The logarithms of the density, the first dimension fastest.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The mass of each node: the density times the area that is nearer to it than to others.
    fn masses(&self) -> Vec<f64> {
        let widths: Vec<Vec<f64>> = self
            .axes
            .iter()
            .map(|axis| {
                let at = |i: usize| axis[i.min(axis.len() - 1)];
                (0..axis.len()).map(|i| (at(i + 1) - at(i.saturating_sub(1))) / 2.0).collect()
            })
            .collect();
        let area = |mut index: usize| {
            widths.iter().fold(1.0, |area, axis| {
                let width = axis[index % axis.len()];
                index /= axis.len();
                area * width
            })
        };
        self.values.iter().enumerate().map(|(i, v)| libm::exp(*v) * area(i)).collect()
    }

    /// For each share of the mass in the field, the logarithm of the density that bounds the region
    /// of highest density with that share: the smallest region that holds it.
    ///
    /// A region's boundary cuts through the surroundings of nodes: of a node's mass, that share
    /// counts by which its surroundings are denser than the boundary if the logarithm is spread
    /// evenly over what it changes by there.
    pub fn mass_levels(&self, shares: &[f64]) -> Vec<f64> {
        if let ([Component::Normal(g)], 2) = (self.density.components.as_slice(), self.axes.len()) {
            // Mass p lies within the radius sqrt(-2 ln(1 - p)), where the density is 1 - p of its
            // peak.
            let peak = self.density.ln(&g.mean);
            return shares.iter().map(|share| peak + libm::log1p(-share)).collect();
        }
        let (masses, changes) = (self.masses(), self.changes());
        let total = masses.iter().fold(0.0, |sum, m| sum + m);
        let above = |level: f64| {
            let nodes = self.values.iter().zip(&changes).zip(&masses);
            nodes.fold(0.0, |sum, ((value, change), mass)| match (value - level) / change + 0.5 {
                part if part >= 1.0 => sum + mass,
                part if part > 0.0 => sum + mass * part,
                _ => sum,
            })
        };
        let ends =
            |of: fn(f64, f64) -> f64, start: f64| self.values.iter().copied().fold(start, of);
        let (least, most) = (ends(f64::min, f64::INFINITY), ends(f64::max, f64::NEG_INFINITY));
        let level = |share: f64| {
            // Most of the range is far tail: from the peak down in steps that double.
            let (mut high, mut step) = (most + 1.0, 2.0);
            while above(high - step) < share * total && high - step > least {
                high -= step;
                step *= 2.0;
            }
            let mut low = high - step;
            for _ in 0..40 {
                let middle = (low + high) / 2.0;
                match above(middle) < share * total {
                    true => high = middle,
                    false => low = middle,
                }
            }
            (low + high) / 2.0
        };
        shares.iter().map(|&share| level(share)).collect()
    }

    /// By how much the logarithm changes across the surroundings of each node.
    fn changes(&self) -> Vec<f64> {
        let mut changes = vec![1e-300; self.len()];
        let mut stride = 1;
        for axis in &self.axes {
            for (i, change) in changes.iter_mut().enumerate() {
                let place = i / stride % axis.len();
                let before = if place == 0 { i } else { i - stride };
                let after = if place + 1 == axis.len() { i } else { i + stride };
                *change += (self.values[after] - self.values[before]).abs() / 2.0;
            }
            stride *= axis.len();
        }
        changes
    }

    /// The Kullback-Leibler divergence of `other` from the field's density, in nats, over the field.
    pub fn divergence(&self, other: &Density) -> f64 {
        let sum = self.values.iter().zip(self.masses()).enumerate().filter(|(_, (_, m))| *m > 0.0);
        sum.fold(0.0, |sum, (i, (value, mass))| sum + mass * (value - other.ln(&self.node(i))))
            .max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gaussian::kl_divergence;
    use crate::math::mass_radius;
    use ndarray::array;

    fn line(weights: &[f64], means: &[f64], sd: &[f64]) -> Mixture {
        Mixture {
            weights: weights.to_vec(),
            means: Array2::from_shape_vec((means.len(), 1), means.to_vec()).unwrap(),
            covariances: sd.iter().map(|s| array![[s * s]]).collect(),
        }
    }

    fn plane(means: Array2<f64>, covariances: Vec<Array2<f64>>) -> Mixture {
        let weights = vec![1.0 / covariances.len() as f64; covariances.len()];
        Mixture { weights, means, covariances }
    }

    #[test]
    fn two_equal_components_have_two_modes_from_two_standard_deviations_on() {
        for (distance, expected) in [(1.0, 1), (1.98, 1), (2.05, 2), (4.0, 2)] {
            let pair = line(&[0.5, 0.5], &[0.0, distance], &[1.0, 1.0]);
            let modes = Density::new(&pair).modes();
            assert_eq!(modes.len(), expected, "distance {distance}: {modes:?}");
        }
        // The mean of the wide one is the lowest point between the others.
        let saddle = line(&[0.4, 0.4, 0.2], &[-3.0, 3.0, 0.0], &[1.0, 1.0, 4.0]);
        let modes = Density::new(&saddle).modes();
        assert_eq!(modes.len(), 2, "{modes:?}");
        assert!((modes[0][0] + modes[1][0]).abs() < 1e-6, "{modes:?}");
    }

    #[test]
    fn a_component_without_weight_changes_nothing() {
        let pair = Density::new(&line(&[1.0, 0.0], &[0.0, 9.0], &[1.0, 1.0]));
        assert_eq!(pair.modes().len(), 1);
        assert!((pair.ln(&[0.0]) + 0.918_938_533_204_672_7).abs() < 1e-15);
        assert_eq!(pair.extent(2.0), Some(vec![(-2.0, 2.0)]));
    }

    #[test]
    fn regions_of_highest_density_hold_their_mass() {
        let covariance = array![[0.7, 0.2], [0.2, 0.1]];
        let shares = [0.5, 0.8, 0.95];
        let one = plane(array![[3.0, -0.7]], vec![covariance.clone()]);
        // The same component in two halves is found on the grid.
        let halves = plane(array![[3.0, -0.7], [3.0, -0.7]], vec![covariance; 2]);
        for (mixture, tolerance) in [(one, 1e-12), (halves, 1e-3)] {
            let density = Density::new(&mixture);
            let field = Field::new(&density, &density.extent(5.0).unwrap());
            let peak = density.ln(&[3.0, -0.7]);
            for (share, level) in shares.into_iter().zip(field.mass_levels(&shares)) {
                // The density at the radius r is peak exp(-r^2 / 2).
                let radius = (2.0 * (peak - level)).sqrt();
                let mass = 1.0 - libm::exp(-radius * radius / 2.0);
                assert!((mass - share).abs() < tolerance, "{mass} for {share}");
                assert!((radius - mass_radius(share)).abs() < 10.0 * tolerance);
            }
        }
        let line = Density::new(&line(&[1.0], &[0.0], &[1.0]));
        let level = Field::new(&line, &line.extent(6.0).unwrap()).mass_levels(&[0.95])[0];
        // 95 % lie within 1.96 standard deviations.
        let radius = (2.0 * (line.ln(&[0.0]) - level)).sqrt();
        assert!((radius - crate::math::NORMAL_95).abs() < 1e-3, "{radius}");
    }

    #[test]
    fn the_divergence_of_normal_distributions_is_the_closed_form() {
        let wide = line(&[1.0], &[1.0], &[2.0]);
        let narrow = line(&[1.0], &[-1.0], &[3.0]);
        let (p, q) = (Density::new(&wide), Density::new(&narrow));
        let closed = kl_divergence(&wide.component(0), &narrow.component(0));
        let found = Field::new(&p, &p.extent(6.0).unwrap()).divergence(&q);
        assert!((found - closed).abs() < 1e-5, "{found}, not {closed}");
        let (a, b) = (array![[0.7, 0.2], [0.2, 0.1]], array![[0.5, 0.0], [0.0, 0.3]]);
        let (p, q) = (plane(array![[0.0, 0.0]], vec![a]), plane(array![[0.3, 0.1]], vec![b]));
        let closed = kl_divergence(&p.component(0), &q.component(0));
        let (p, q) = (Density::new(&p), Density::new(&q));
        let found = Field::new(&p, &p.extent(6.0).unwrap()).divergence(&q);
        assert!((found - closed).abs() < 1e-3, "{found}, not {closed}");
    }

    #[test]
    fn a_narrow_component_in_a_wide_plane_is_not_missed() {
        let covariances =
            vec![array![[100.0, 0.0], [0.0, 100.0]], array![[1e-4, 0.0], [0.0, 1e-4]]];
        let both = Density::new(&plane(array![[0.0, 0.0], [37.3, 12.1]], covariances));
        let field = Field::new(&both, &both.extent(5.0).unwrap());
        assert!((field.masses().iter().sum::<f64>() - 1.0).abs() < 1e-2);
        let seen = field.values().iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert!(both.ln(&[37.3, 12.1]) - seen < 0.05, "{seen}");
        assert!(field.axes().iter().all(|axis| (axis.len() as f64) <= OF_PLANE.most + 2.0));
    }

    #[test]
    fn a_component_however_narrow_has_its_height_on_a_line() {
        for (sd, means) in [
            (1e-5, vec![0.0, 1000.0]),
            (1e-9, vec![-3.0, 0.25, 1000.0]),
            (1e-6, (0..300).map(|i| 7.3 * f64::from(i)).collect()),
        ] {
            let weight = 1.0 / means.len() as f64;
            let narrow = line(&vec![weight; means.len()], &means, &vec![sd; means.len()]);
            let density = Density::new(&narrow);
            let field = Field::new(&density, &[(-4.0, 2300.0)]);
            for mean in &means {
                let near = field.axes()[0].iter().zip(field.values());
                let near = near.filter(|(x, _)| (*x - mean).abs() < 5.0 * sd);
                let seen = near.map(|(_, ln)| *ln).fold(f64::NEG_INFINITY, f64::max);
                assert!((density.ln(&[*mean]) - seen).abs() < 1e-3, "{mean}, {sd}: {seen}");
            }
            assert!((field.masses().iter().sum::<f64>() - 1.0).abs() < 0.01, "{sd}");
        }
    }

    #[test]
    fn what_is_left_out_of_many_components_changes_no_bit() {
        let count = 60;
        let means: Vec<f64> = (0..count).map(|i| f64::from(i * i) / 7.0).collect();
        let sd: Vec<f64> = (0..count).map(|i| 0.01 + f64::from(i % 7) * 0.4).collect();
        let weights = vec![1.0 / f64::from(count); means.len()];
        let many = Density::new(&line(&weights, &means, &sd));
        for i in -50..700 {
            let x = [f64::from(i) * 0.8];
            let all: Vec<f64> = (0..means.len()).map(|k| many.term(k, &x)).collect();
            assert_eq!(many.ln(&x), log_sum_exp(&all), "{x:?}");
            let between = many.between(&[x[0] - 0.3], &[x[0] + 0.8]);
            assert_eq!(between(&x), log_sum_exp(&all), "{x:?}");
        }
    }

    #[test]
    fn a_tilted_needle_does_not_make_the_grid_endless() {
        let needle = array![[1.0, 0.99999], [0.99999, 1.0]];
        let one = Density::new(&plane(array![[0.0, 0.0]], vec![needle]));
        let field = Field::new(&one, &one.extent(5.0).unwrap());
        assert!(field.axes().iter().all(|axis| axis.len() < 600));
        assert_eq!(field.axes()[0].last(), Some(&5.0));
    }
}
