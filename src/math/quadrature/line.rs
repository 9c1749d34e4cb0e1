//! The integrals over one line.

use super::rule::Rule;
use super::{Effort, Term};
use crate::math::elementary::{exp_of_negative, ln_of_at_least_one};
use crate::math::widest::widest;

/// `1 / sqrt(2 pi)`.
pub(super) const NORMAL_PEAK: f64 = 0.398_942_280_401_432_7;

/// A component that explains less of a point than `exp(-31)` of the likeliest one, which is less than
/// 1e-13, takes no part.
const FAINT: f64 = 31.0;

/// The longest interval: 16 nodes integrate the normal density on it to all digits.
const LONGEST: f64 = 4.25;

/// The error of an interval that is good enough, in nats, or as a share of what is integrated.
const ENOUGH: f64 = 1e-11;

/// No interval is halved that is as short as this: what it holds is the last bit of all.
pub(super) const SHORTEST: f64 = 1e-13;

/// By how many nats a difference of components may vary in an interval that it is 0 in.
const VARIES: f64 = 6.0;

/// By how much more it may vary for every nat that it is away from 0.
const VARIES_MORE: f64 = 3.0;

/// `peak - (scale (x - centre))^2 / 2`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parabola {
    peak: f64,
    scale: f64,
    centre: f64,
}

impl Parabola {
    /// A term on the line of this `y`.
    pub(super) fn of(term: &Term, y: f64) -> Self {
        let [x, middle] = term.centre;
        let off = y - middle;
        let down = term.scales[1] * off;
        Self {
            peak: term.peak - 0.5 * down * down,
            scale: term.scales[0],
            centre: x - term.shear * off,
        }
    }

    #[inline(always)]
    fn at(&self, x: f64) -> f64 {
        let off = self.scale * (x - self.centre);
        self.peak - 0.5 * off * off
    }

    /// The slope at `x`.
    fn slope(&self, x: f64) -> f64 {
        -self.scale * self.scale * (x - self.centre)
    }
}

/// Sums over the nodes of a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// `E[g; 1]`, `E[g; x]` and `E[g; x^2 - 1]`.
    pub(super) values: [f64; 3],
    /// `E[|g|]`.
    pub(super) size: f64,
    /// How far the first may be off, estimated.
    pub(super) error: f64,
}

/// The logarithm of a sum of exponentials of parabolas, and room for what it is made of.
#[derive(Debug)]
pub(super) struct Line<'r, const NODES: usize> {
    rule: &'r Rule<NODES>,
    pub(super) parabolas: Vec<Parabola>,
    /// Those that matter in an interval, behind those that matter in the one that it is half of.
    active: Vec<usize>,
    logs: Vec<[f64; NODES]>,
    /// `y^2 / 2`.
    rest: f64,
    /// An interval whose error is estimated above this is halved.
    enough: f64,
    /// An interval with one parabola alone, which may grow.
    alone: Option<(f64, f64, usize)>,
    sums: Sums,
}

impl<'r, const NODES: usize> Line<'r, NODES> {
    pub(super) fn new(rule: &'r Rule<NODES>, effort: Effort) -> Self {
        let enough = match effort {
            Effort::Full => ENOUGH,
            Effort::Rough => f64::INFINITY,
        };
        Self {
            rule,
            enough,
            parabolas: Vec::new(),
            active: Vec::new(),
            logs: Vec::new(),
            rest: 0.0,
            alone: None,
            sums: Sums::default(),
        }
    }

    /// The integrals of `g`, which is `rest` and `x^2 / 2` more than the logarithm, weighted by the
    /// normal density, from `-reach` to `reach`.
    pub(super) fn integrate(&mut self, reach: f64, rest: f64) -> Sums {
        self.rest = rest;
        self.sums = Sums::default();
        self.active.clear();
        self.active.extend(0..self.parabolas.len());
        let count = (2.0 * reach / LONGEST).ceil().max(1.0);
        let edge = |i: f64| if i == count { reach } else { -reach + 2.0 * reach * (i / count) };
        let mut left = 0.0;
        while left < count {
            self.interval(edge(left), edge(left + 1.0), 0);
            left += 1.0;
        }
        self.flush();
        self.sums
    }

    /// Adds an interval, in halves if need be. The parabolas that may matter there are
    /// `active[from..]`.
    fn interval(&mut self, a: f64, b: f64, from: usize) {
        let until = self.active.len();
        let middle = 0.5 * (a + b);
        let mut highest = (f64::NEG_INFINITY, None);
        for &j in &self.active[from..until] {
            let value = self.parabolas[j].at(middle);
            if value > highest.0 {
                highest = (value, Some(j));
            }
        }
        let Some(reference) = highest.1 else {
            // Nothing is a number here.
            self.sums.values[0] = f64::NAN;
            return;
        };
        let top = self.parabolas[reference];
        let mut is_rough = false;
        for index in from..until {
            let j = self.active[index];
            if j == reference {
                self.active.push(j);
                continue;
            }
            let [low, high] = difference(&self.parabolas[j], &top, a, b);
            if high < -FAINT {
                continue;
            }
            self.active.push(j);
            let nearest = if low > 0.0 { low } else { (-high).max(0.0) };
            is_rough |= high - low > VARIES + VARIES_MORE * nearest;
        }
        let is_long = b - a > SHORTEST;
        let is_added = if is_rough && is_long {
            false
        } else if self.active.len() == until + 1 {
            self.add_alone(a, b, reference);
            true
        } else {
            self.flush();
            self.add(a, b, until, is_long)
        };
        if !is_added {
            self.interval(a, middle, until);
            self.interval(middle, b, until);
        }
        self.active.truncate(until);
    }

    /// Adds an interval in which one parabola is alone, or makes the one before it longer.
    fn add_alone(&mut self, a: f64, b: f64, j: usize) {
        match &mut self.alone {
            Some((first, end, own)) if *own == j && b - *first <= LONGEST => *end = b,
            _ => {
                self.flush();
                self.alone = Some((a, b, j));
            }
        }
    }

    /// Adds the interval that waits.
    fn flush(&mut self) {
        if let Some((a, b, j)) = self.alone.take() {
            let until = self.active.len();
            self.active.push(j);
            self.add(a, b, until, false);
            self.active.truncate(until);
        }
    }

    /// Adds an interval with the parabolas `active[from..]`; not if that is not good enough and it
    /// may still be halved.
    fn add(&mut self, a: f64, b: f64, from: usize, may_be_halved: bool) -> bool {
        let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
        let xs = self.rule.nodes.map(|node| middle + half * node);
        let active = &self.active[from..];
        let (parabolas, logs) = (&self.parabolas, &mut self.logs);
        let (logarithms, densities) = widest(
            #[inline(always)]
            || (logarithms(parabolas, active, &xs, logs), densities(&xs)),
        );
        let mut values = [0.0; NODES];
        let mut sums = Sums::default();
        for i in 0..NODES {
            let (x, square) = (xs[i], 0.5 * xs[i] * xs[i]);
            let own = logarithms[i] + square + self.rest;
            let value = own * densities[i];
            values[i] = value;
            let part = half * self.rule.weights[i] * value;
            sums.values[0] += part;
            sums.values[1] += x * part;
            sums.values[2] += (x * x - 1.0) * part;
            sums.size += part.abs();
        }
        if active.len() > 1 {
            sums.error = 2.0 * half * self.rule.error(&values);
            if may_be_halved && sums.error > self.enough * sums.size.max(1.0) {
                return false;
            }
        }
        for (all, own) in self.sums.values.iter_mut().zip(sums.values) {
            *all += own;
        }
        self.sums.size += sums.size;
        self.sums.error += sums.error;
        true
    }
}

/// The standard normal density at each node.
#[inline(always)]
fn densities<const NODES: usize>(xs: &[f64; NODES]) -> [f64; NODES] {
    let mut densities = [0.0; NODES];
    for (density, x) in densities.iter_mut().zip(xs) {
        *density = NORMAL_PEAK * exp_of_negative(-0.5 * x * x);
    }
    densities
}

/// The logarithm of the sum of the exponentials of these parabolas at each node; `logs` is room.
#[inline(always)]
fn logarithms<const NODES: usize>(
    parabolas: &[Parabola],
    active: &[usize],
    xs: &[f64; NODES],
    logs: &mut Vec<[f64; NODES]>,
) -> [f64; NODES] {
    logs.clear();
    let mut most = [f64::NEG_INFINITY; NODES];
    for j in active {
        let parabola = parabolas[*j];
        let mut own = [0.0; NODES];
        for (own, x) in own.iter_mut().zip(xs) {
            *own = parabola.at(*x);
        }
        for (most, own) in most.iter_mut().zip(own) {
            *most = if own > *most { own } else { *most };
        }
        logs.push(own);
    }
    if active.len() < 2 {
        return most;
    }
    let mut sums = [0.0; NODES];
    for own in logs {
        for ((sum, own), most) in sums.iter_mut().zip(own).zip(&most) {
            *sum += exp_of_negative(*own - most);
        }
    }
    for (most, sum) in most.iter_mut().zip(sums) {
        *most += ln_of_at_least_one(sum);
    }
    most
}

/// The least and the greatest value of `one - other` between `a` and `b`.
fn difference(one: &Parabola, other: &Parabola, a: f64, b: f64) -> [f64; 2] {
    let (left, right) = (one.at(a) - other.at(a), one.at(b) - other.at(b));
    let (mut low, mut high) = if left < right { (left, right) } else { (right, left) };
    let [before, after] = [a, b].map(|x| one.slope(x) - other.slope(x));
    if (before < 0.0) != (after < 0.0) {
        // The slope falls or rises evenly, and is 0 at this share of the way.
        let share = before / (before - after);
        let turning = left + 0.5 * before * share * (b - a);
        low = low.min(turning);
        high = high.max(turning);
    }
    [low, high]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::widest::in_all_widths;

    #[test]
    fn registers_of_any_width_give_the_same_bits() {
        let parabolas: Vec<Parabola> = (0..5)
            .map(|j| Parabola { peak: -f64::from(j), scale: 0.3 + f64::from(j), centre: 0.2 })
            .collect();
        let xs: [f64; 16] = std::array::from_fn(|i| i as f64 / 7.0 - 1.0);
        let all = in_all_widths(
            #[inline(always)]
            || {
                let active: Vec<usize> = (0..parabolas.len()).collect();
                let found = logarithms(&parabolas, &active, &xs, &mut Vec::new());
                found.map(f64::to_bits)
            },
        );
        assert!(all.iter().all(|found| *found == all[0]));
        for (x, bits) in xs.iter().zip(all[0]) {
            let sum: f64 = parabolas.iter().map(|own| libm::exp(own.at(*x))).sum();
            assert!((f64::from_bits(bits) - libm::log(sum)).abs() < 1e-14);
        }
    }
}
