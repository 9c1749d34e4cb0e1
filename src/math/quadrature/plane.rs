//! The integrals over the plane, line by line.

use super::line::{Line, NORMAL_PEAK, Parabola};
use super::rule::{NODES, Rule};
use super::{Moments, REACH, Term};

/// How many panels the lines are in at least.
const PANELS: usize = 6;

/// A component whose spread across the lines is less than this has panels of its own.
const NARROW: f64 = 0.25;

/// The first panels about a narrow component end so many of its standard deviations away, and so many
/// times further the next ones.
const FIRST: f64 = 2.87;
const FURTHER: f64 = 8.0;

/// Panels are halved until the error is estimated below this, or this share of the integrand's size.
const ENOUGH: f64 = 1e-11;

/// So many panels are the most beyond those at the beginning.
const MOST_HALVED: usize = 400;

/// How many integrals there are: of g, x g, (x^2 - 1) g, y g, x y g and (y^2 - 1) g.
const INTEGRALS: usize = 6;

/// Where a panel is cut, as a share of it, and by how much the first ones are off the middle: what is
/// symmetric bends in the middle, and a bend at the end of a panel lies between its nodes.
const CUT: f64 = 0.463;
const OFF: f64 = 0.117;

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
pub(super) fn moments(rule: &Rule, terms: &[Term]) -> Moments {
    let mut line = Line::new(rule);
    let edges = edges(terms);
    let pairs = edges.iter().zip(edges.iter().skip(1));
    let mut panels: Vec<Panel> =
        pairs.map(|(from, to)| panel(rule, &mut line, terms, *from, *to)).collect();
    for _ in 0..MOST_HALVED {
        let sum = |of: fn(&Panel) -> f64| panels.iter().map(of).sum::<f64>();
        if sum(|panel| panel.across) <= ENOUGH * sum(|panel| panel.size).max(1.0) {
            break;
        }
        let worst = panels.iter().enumerate().max_by(|a, b| a.1.across.total_cmp(&b.1.across));
        let Some(index) = worst.map(|(index, _)| index) else { break };
        let Panel { from, to, across, .. } = panels[index];
        let middle = from + CUT * (to - from);
        if !across.is_finite() || !(from < middle && middle < to) {
            break;
        }
        panels[index] = panel(rule, &mut line, terms, from, middle);
        panels.push(panel(rule, &mut line, terms, middle, to));
    }
    let integrals = panels.iter().fold([0.0; INTEGRALS], |mut sums, panel| {
        sums.iter_mut().zip(&panel.integrals).for_each(|(sum, own)| *sum += own);
        sums
    });
    let error = panels.iter().map(|panel| panel.across + panel.along).sum();
    let [mean, x, xx, y, xy, yy] = integrals;
    Moments { mean, first: [x, y], second: [xx, xy, yy], error }
}

/// Where panels begin and end, in ascending order.
fn edges(terms: &[Term]) -> Vec<f64> {
    let even = |i: usize| REACH * (2.0 * i as f64 / PANELS as f64 - 1.0);
    let mut edges: Vec<f64> = (1..PANELS).map(|i| even(i) + OFF).collect();
    edges.extend([-REACH, REACH]);
    for term in terms {
        let (middle, spread) = (term.centre[1], 1.0 / term.scales[1]);
        let mut off = FIRST * spread;
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
fn panel(rule: &Rule, line: &mut Line<'_>, terms: &[Term], from: f64, to: f64) -> Panel {
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
