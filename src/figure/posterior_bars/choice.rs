//! Which points are chosen where they are to be distinct, and what is said of points.

use ndarray::{Array2, ArrayView2};

use super::Point;
use crate::figure::number;
use crate::figure::slot::Slot;

/// A component takes part in a point if it has a tenth of it.
const TAKES_PART: f64 = 0.1;

/// A point is between components that have a fifth of it.
const SHARES: f64 = 0.2;

/// Distinct points are this many standard deviations of the data apart.
const APART: f64 = 0.5;

/// The first `count` points of `order` of which each is [`APART`] from all before it, or between
/// others than the two components that they are between. Where the data have too few such points,
/// the next ones of the order fill up.
pub(super) fn distinct(
    order: &[usize],
    count: usize,
    data: ArrayView2<'_, f64>,
    phi: &Array2<f64>,
) -> Vec<usize> {
    let scales: Vec<f64> = data.columns().into_iter().map(|c| c.std(0.0)).collect();
    let far = |a: usize, b: usize| {
        let squares = scales.iter().enumerate().filter(|(_, sd)| **sd > 0.0).map(|(d, sd)| {
            let z = (data[[a, d]] - data[[b, d]]) / sd;
            z * z
        });
        squares.sum::<f64>() >= APART * APART
    };
    let between = |i: usize| {
        let row = phi.row(i);
        let mut largest: Vec<usize> = (0..row.len()).filter(|&k| row[k] >= SHARES).collect();
        largest.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
        largest.truncate(2);
        largest.sort_unstable();
        largest
    };
    // One between 2 and 3 and one that is almost only in 2 may still be neighbours.
    let elsewhere = |a: usize, b: usize| {
        let (a, b) = (between(a), between(b));
        a.len() == b.len() && a != b
    };
    let mut taken: Vec<usize> = Vec::new();
    for &i in order {
        if taken.len() == count {
            break;
        }
        if taken.iter().all(|&j| far(i, j) || elsewhere(i, j)) {
            taken.push(i);
        }
    }
    let rest: Vec<usize> = order.iter().copied().filter(|i| !taken.contains(i)).collect();
    taken.extend(rest.into_iter().take(count - taken.len().min(count)));
    taken
}

/// A longer fact may have no room in a title.
const LONG: usize = 48;

/// The entropy of a point's responsibilities in nats.
pub(super) fn entropy(point: &Point) -> f64 {
    point.phi.iter().filter(|v| **v > 0.0).map(|v| -v * libm::log(*v)).sum()
}

/// The mean entropy of the points in nats.
pub(super) fn mean_entropy(points: &[Point]) -> f64 {
    points.iter().map(entropy).sum::<f64>() / points.len().max(1) as f64
}

/// Which components take part, and how uncertain the points are.
pub(super) fn facts(points: &[Point], slots: &[Slot], components: usize) -> Vec<String> {
    if components < 2 {
        return vec![who(points, slots)];
    }
    let most = number::fixed(libm::log(components as f64), 2);
    let mean = match mean_entropy(points) {
        mean if mean < 0.01 => "below 0.01".to_owned(),
        mean => number::fixed(mean, 2),
    };
    let name = if points.len() > 1 { "mean entropy" } else { "entropy" };
    let entropy = format!("{name} {mean} of $\\ln {components}$ = {most} nats");
    match who(points, slots) {
        // What may be left out for want of room comes last.
        who if who.len() > LONG => vec![entropy, who],
        who => vec![who, entropy],
    }
}

/// Where each of the points lies: in one component, or between several.
fn who(points: &[Point], slots: &[Slot]) -> String {
    let mut groups: Vec<(Vec<usize>, usize)> = Vec::new();
    for point in points {
        let part: Vec<usize> = (0..slots.len()).filter(|&s| point.phi[s] >= TAKES_PART).collect();
        match groups.iter_mut().find(|(other, _)| *other == part) {
            Some((_, count)) => *count += 1,
            None => groups.push((part, 1)),
        }
    }
    let names = |part: &[usize]| part.iter().map(|&s| slots[s].index()).collect::<Vec<String>>();
    if let [(part, count)] = groups.as_slice() {
        let all = if *count > 1 { "all " } else { "" };
        return match names(part).as_slice() {
            [] => format!("{all}spread over all components"),
            [one] => format!("{all}in component {one}"),
            [first, second] => format!("{all}between components {first} and {second}"),
            [most @ .., last] => format!("{all}among components {} and {last}", most.join(", ")),
        };
    }
    let each: Vec<String> = groups
        .iter()
        .map(|(part, count)| {
            let count = number::word(*count).to_lowercase();
            match names(part).as_slice() {
                [] => format!("{count} spread over all"),
                [one] => format!("{count} in {one}"),
                [first, second] => format!("{count} between {first} and {second}"),
                [most @ .., last] => format!("{count} among {} and {last}", most.join(", ")),
            }
        })
        .collect();
    each.join(", ")
}
