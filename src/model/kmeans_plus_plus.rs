//! Greedy k-means++ seeding (Arthur and Vassilvitskii 2007), draw for draw as scikit-learn 1.9.1
//! does it: every next centre is the best of `2 + floor(ln K)` candidates.

use ndarray::{ArrayView1, ArrayView2};

use crate::random::Random;

/// The indices of `count` rows of the N x D points, far from each other; `count` is at most N.
///
/// Draws one uniform number for the first centre, then `2 + floor(ln count)` for each further one.
/// Distances are computed from differences, not by expanding the square as scikit-learn does, so
/// they are the more exact. A choice differs only where two are equal but for rounding, as the two
/// points of a pair that lies far from all others are: scikit-learn's then hangs on the last bits
/// of its linear algebra library.
pub(super) fn seed(
    points: ArrayView2<'_, f64>,
    count: usize,
    random: &mut dyn Random,
) -> Vec<usize> {
    let n = points.nrows();
    let candidates = 2 + libm::log(count as f64) as usize;
    let mut centres = random.choice_weighted(&vec![1.0 / n as f64; n], 1);
    let mut nearest = match centres.first() {
        Some(&first) => squared_distances(points, points.row(first)),
        None => return centres,
    };
    while centres.len() < count {
        let cumulative: Vec<f64> = nearest
            .iter()
            .scan(0.0, |sum, d| {
                *sum += d;
                Some(*sum)
            })
            .collect();
        let total = nearest.iter().sum::<f64>();
        let draws: Vec<f64> = (0..candidates).map(|_| random.uniform() * total).collect();
        let mut best: Option<(f64, usize, Vec<f64>)> = None;
        for draw in draws {
            let candidate = cumulative.partition_point(|&c| c < draw).min(n - 1);
            let mut distances = squared_distances(points, points.row(candidate));
            for (own, other) in distances.iter_mut().zip(&nearest) {
                *own = own.min(*other);
            }
            let potential = distances.iter().sum::<f64>();
            if best.as_ref().is_none_or(|(least, ..)| potential < *least) {
                best = Some((potential, candidate, distances));
            }
        }
        let Some((_, centre, distances)) = best else {
            break;
        };
        centres.push(centre);
        nearest = distances;
    }
    centres
}

fn squared_distances(points: ArrayView2<'_, f64>, centre: ArrayView1<'_, f64>) -> Vec<f64> {
    points
        .rows()
        .into_iter()
        .map(|row| row.iter().zip(centre).map(|(x, c)| (x - c) * (x - c)).sum())
        .collect()
}
