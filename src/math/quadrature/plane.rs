//! The integrals over the plane, line by line.

use rayon::prelude::*;

use super::line::{Line, NORMAL_PEAK, Parabola, SHORTEST};
use super::rule::Rule;
use super::{Effort, Moments, REACH, Term};

/// The first panels have this width in spreads of the middle one of the components, within limits.
const WIDTH: f64 = 2.5;
const LEAST_WIDTH: f64 = 0.4;
const MOST_WIDTH: f64 = 2.7;

/// A component whose spread across the lines is less than this has panels of its own.
const NARROW: f64 = 0.1;

/// The first panels about a narrow component end so many of its standard deviations away, and so many
/// times further the next ones.
const FIRST: f64 = 2.87;
const FURTHER: f64 = 8.0;

/// Panels are halved until the error is estimated below this, or this share of the integrand's size.
const ENOUGH: f64 = 1e-10;

/// No more panels are made once there are so many.
const MOST_PANELS: usize = 1000;

/// How many integrals there are: of g, x g, (x^2 - 1) g, y g, x y g and (y^2 - 1) g.
const INTEGRALS: usize = 6;

/// Where a panel is cut, as a share of it, and by how much the first ones are off the middle: what is
/// symmetric bends in the middle, and a bend at the end of a panel lies between its nodes.
const CUT: f64 = 0.463;
const OFF: f64 = 0.043;

/// Neighbouring lines.
struct Panel {
    from: f64,
    to: f64,
    integrals: [f64; INTEGRALS],
    size: f64,
    /// The error across the lines, which more of them make less, and that along them.
    across: f64,
    along: f64,
}

/// The moments in the plane.
pub(super) fn moments<const NODES: usize>(
    rule: &Rule<NODES>,
    terms: &[Term],
    effort: Effort,
) -> Moments {
    let edges = edges(terms);
    let pairs = edges.iter().copied().zip(edges.iter().copied().skip(1));
    let mut panels = made(rule, terms, effort, pairs.collect());
    let most = match effort {
        Effort::Full => MOST_PANELS,
        Effort::Rough => 0,
    };
    while panels.len() < most {
        let sum = |of: fn(&Panel) -> f64| panels.iter().map(of).sum::<f64>();
        let enough = ENOUGH * sum(|panel| panel.size).max(1.0);
        let error = sum(|panel| panel.across);
        if error <= enough || !error.is_finite() {
            break;
        }
        // Those that are kept have together at most half of what is allowed.
        let share = 0.5 * enough / panels.len() as f64;
        let is_good = |panel: &Panel| panel.across <= share || panel.to - panel.from < SHORTEST;
        let (good, bad): (Vec<Panel>, Vec<Panel>) = panels.into_iter().partition(is_good);
        let halves = bad.iter().flat_map(|Panel { from, to, .. }| {
            let middle = from + CUT * (to - from);
            [(*from, middle), (middle, *to)]
        });
        let is_done = bad.is_empty();
        panels = good;
        panels.extend(made(rule, terms, effort, halves.collect()));
        if is_done {
            break;
        }
    }
    let integrals = panels.iter().fold([0.0; INTEGRALS], |mut sums, panel| {
        sums.iter_mut().zip(&panel.integrals).for_each(|(sum, own)| *sum += own);
        sums
    });
    let error = panels.iter().map(|panel| panel.across + panel.along).sum();
    let [mean, x, xx, y, xy, yy] = integrals;
    Moments { mean, first: [x, y], second: [xx, xy, yy], error }
}

/// Panels from one place to another, in their order whatever the number of threads.
fn made<const NODES: usize>(
    rule: &Rule<NODES>,
    terms: &[Term],
    effort: Effort,
    places: Vec<(f64, f64)>,
) -> Vec<Panel> {
    let make = || Line::new(rule, effort);
    places
        .into_par_iter()
        .map_init(make, |line, (from, to)| panel(rule, line, terms, from, to))
        .collect()
}

/// Where panels begin and end, in ascending order.
fn edges(terms: &[Term]) -> Vec<f64> {
    let mut spreads: Vec<f64> = terms.iter().map(|term| 1.0 / term.scales[1]).collect();
    spreads.sort_by(f64::total_cmp);
    let typical = spreads.get(spreads.len() / 2).copied().unwrap_or(1.0);
    let width = (WIDTH * typical).clamp(LEAST_WIDTH, MOST_WIDTH);
    let count = (2.0 * REACH / width).ceil() as usize;
    let even = |i: usize| REACH * (2.0 * i as f64 / count as f64 - 1.0);
    let mut edges: Vec<f64> = (1..count).map(|i| even(i) + OFF * width).collect();
    edges.extend([-REACH, REACH]);
    for term in terms {
        let (middle, spread) = (term.centre[1], 1.0 / term.scales[1]);
        let mut off = (FIRST * spread).max(SHORTEST);
        while spread < NARROW && off < REACH {
            edges.extend([middle - off, middle + off].into_iter().filter(|y| y.abs() < REACH));
            off *= FURTHER;
        }
    }
    edges.sort_by(f64::total_cmp);
    edges.dedup_by(|b, a| *b - *a < f64::EPSILON * REACH);
    edges
}

/// The lines from `from` to `to`.
fn panel<const NODES: usize>(
    rule: &Rule<NODES>,
    line: &mut Line<'_, NODES>,
    terms: &[Term],
    from: f64,
    to: f64,
) -> Panel {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    let mut panel =
        Panel { from, to, integrals: [0.0; INTEGRALS], size: 0.0, across: 0.0, along: 0.0 };
    let mut values = [[0.0; NODES]; 3];
    for i in 0..NODES {
        let y = middle + half * rule.nodes[i];
        let square = y * y;
        let reach = (REACH * REACH - square).max(1.0).sqrt();
        line.parabolas.clear();
        line.parabolas.extend(terms.iter().map(|term| Parabola::of(term, y)));
        let sums = line.integrate(reach, 0.5 * square);
        let density = NORMAL_PEAK * libm::exp(-0.5 * square);
        let weight = half * rule.weights[i] * density;
        let [value, x, xx] = sums.values;
        let all = [value, x, xx, y * value, y * x, (square - 1.0) * value];
        for (sum, own) in panel.integrals.iter_mut().zip(all) {
            *sum += weight * own;
        }
        panel.size += weight * sums.size;
        panel.along += weight * sums.error;
        for (values, own) in values.iter_mut().zip(sums.values) {
            values[i] = density * own;
        }
    }
    let worst = values.iter().map(|values| rule.error_of_rough(values)).fold(0.0, f64::max);
    panel.across = 2.0 * half * worst;
    panel
}
