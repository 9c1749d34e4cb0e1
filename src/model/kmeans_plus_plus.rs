//! Greedy k-means++ seeding (Arthur and Vassilvitskii 2007), draw for draw as scikit-learn 1.9.1
//! does it: every next centre is the best of `2 + floor(ln K)` candidates.

use ndarray::ArrayView1;

use super::centred::Centred;
use crate::random::Random;

/// The indices of `count` rows of the N x D points, far from each other; `count` is at most N.
///
/// Draws one uniform number for the first centre, then `2 + floor(ln count)` for each further one.
/// Distances are computed from differences, not by expanding the square as scikit-learn does, so
/// they are the more exact. A choice differs only where two are equal but for rounding, as the two
/// points of a pair that lies far from all others are: scikit-learn's then hangs on the last bits
/// of its linear algebra library. Of the points only their distances to the nearest centre are kept.
pub(super) fn seed(points: &Centred<'_>, count: usize, random: &mut dyn Random) -> Vec<usize> {
    let candidates = 2 + libm::log(count as f64) as usize;
    let Some(first) = any(points.count(), random) else { return Vec::new() };
    let mut centres = vec![first];
    let mut nearest = vec![f64::INFINITY; points.count()];
    approach(&mut nearest, points, first);
    while centres.len() < count {
        let total = nearest.iter().sum::<f64>();
        let draws: Vec<f64> = (0..candidates).map(|_| random.uniform() * total).collect();
        let found = reached(&nearest, &draws);
        let potentials = potentials(&nearest, points, &found);
        let mut best: Option<(f64, usize)> = None;
        for (potential, candidate) in potentials.into_iter().zip(found) {
            if best.is_none_or(|(least, _)| potential < least) {
                best = Some((potential, candidate));
            }
        }
        let Some((_, centre)) = best else {
            break;
        };
        centres.push(centre);
        approach(&mut nearest, points, centre);
    }
    centres
}

/// One of `0..n`, as [`Random::choice_weighted`] draws it with equal weights, of which it would need
/// a list.
fn any(n: usize, random: &mut dyn Random) -> Option<usize> {
    let last = n.checked_sub(1)?;
    let weight = 1.0 / n as f64;
    let total = (0..n).fold(0.0, |sum, _| sum + weight);
    let drawn = random.uniform();
    let mut sum = 0.0;
    let reached = |_: &usize| {
        sum += weight;
        sum / total > drawn
    };
    Some((0..n).find(reached).unwrap_or(last))
}

/// For each draw the first index at which the running sum of `nearest` has reached it.
fn reached(nearest: &[f64], draws: &[f64]) -> Vec<usize> {
    let mut found = vec![None; draws.len()];
    let mut sum = 0.0;
    for (i, distance) in nearest.iter().enumerate() {
        sum += distance;
        for (found, draw) in found.iter_mut().zip(draws) {
            if found.is_none() && sum >= *draw {
                *found = Some(i);
            }
        }
    }
    let last = nearest.len().saturating_sub(1);
    found.into_iter().map(|found| found.unwrap_or(last)).collect()
}

/// For each candidate the sum of all distances to the nearest centre, if it were one more.
fn potentials(nearest: &[f64], points: &Centred<'_>, candidates: &[usize]) -> Vec<f64> {
    let centres: Vec<_> = candidates.iter().map(|&i| points.point(i)).collect();
    let mut sums = vec![0.0; centres.len()];
    points.each(|i, point| {
        for (sum, centre) in sums.iter_mut().zip(&centres) {
            *sum += squared_distance(point, centre.view()).min(nearest[i]);
        }
    });
    sums
}

/// Makes `nearest` the squared distances to the nearest centre, of which row `centre` is one more.
fn approach(nearest: &mut [f64], points: &Centred<'_>, centre: usize) {
    let centre = points.point(centre);
    points.each(|i, point| nearest[i] = squared_distance(point, centre.view()).min(nearest[i]));
}

fn squared_distance(point: ArrayView1<'_, f64>, centre: ArrayView1<'_, f64>) -> f64 {
    point.iter().zip(centre).map(|(x, c)| (x - c) * (x - c)).sum()
}
