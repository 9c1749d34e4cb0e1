//! The steps of k-means clustering (Lloyd 1982), and a run of it as scikit-learn 1.9.1 starts a
//! mixture: greedy k-means++ seeds, one run, labels.
//!
//! Sums go through the points in their order, as scikit-learn's do on one thread; on several its
//! centres may differ in the last bits. Points of several clusters that are empty at once are the
//! farthest first; scikit-learn takes the same ones in the order of numpy's `argpartition`.

use ndarray::{Array2, ArrayView2, Axis};

use super::centred::Centred;
use super::kmeans_plus_plus;
use crate::data::labels::Labels;
use crate::random::Random;

/// The most iterations.
const MOST_ITERATIONS: usize = 300;

/// Centres that move by less than this, squared and relative to the variance of the points, stand.
const TOLERANCE: f64 = 1e-4;

/// The cluster, from 0 to `count` - 1, of each of N x D points. `count` is at least 1.
///
/// Draws what [`kmeans_plus_plus::seed`] draws.
pub(super) fn labels(points: ArrayView2<'_, f64>, count: usize, random: &mut dyn Random) -> Labels {
    let Some(mean) = points.mean_axis(Axis(0)) else {
        return Labels::from(Vec::new());
    };
    let tolerance = TOLERANCE * points.var_axis(Axis(0), 0.0).mean().unwrap_or(0.0);
    let points = Centred::about(mean, points);
    let seeds = kmeans_plus_plus::seed(&points, count, random);
    let mut centres = points.select(&seeds);
    let mut before = None;
    for _ in 0..MOST_ITERATIONS {
        let labels = nearest(&points, centres.view());
        let new = averages(&points, &labels, &centres);
        let shift: f64 = new.iter().zip(&centres).map(|(a, b)| (a - b) * (a - b)).sum();
        centres = new;
        if before.as_ref() == Some(&labels) {
            return labels;
        }
        if shift <= tolerance {
            break;
        }
        before = Some(labels);
    }
    nearest(&points, centres.view())
}

/// The index of the centre next to each point, the first of equals: that of the least
/// `|c|^2 - 2 x.c`.
pub(super) fn nearest(points: &Centred<'_>, centres: ArrayView2<'_, f64>) -> Labels {
    let squares: Vec<f64> = centres.rows().into_iter().map(|c| c.dot(&c)).collect();
    let mut labels = Labels::none(centres.nrows(), points.count());
    points.each(|_, point| {
        let mut best = (0, f64::INFINITY);
        for (k, (centre, square)) in centres.rows().into_iter().zip(&squares).enumerate() {
            let distance = square - 2.0 * point.dot(&centre);
            if distance < best.1 {
                best = (k, distance);
            }
        }
        labels.push(best.0);
    });
    labels
}

/// The means of the clusters. An empty cluster takes a point that is far from its old centre.
pub(super) fn averages(points: &Centred<'_>, labels: &Labels, old: &Array2<f64>) -> Array2<f64> {
    let mut sums = Array2::zeros(old.raw_dim());
    let mut weights = vec![0.0; old.nrows()];
    points.each(|i, point| {
        if let Some(k) = labels.get(i) {
            let mut sum = sums.row_mut(k);
            sum += &point;
            weights[k] += 1.0;
        }
    });
    fill_empty(points, labels, old, &mut sums, &mut weights);
    let mut largest = 0;
    for (k, weight) in weights.iter().enumerate() {
        if *weight > weights[largest] {
            largest = k;
        }
    }
    for (k, &weight) in weights.iter().enumerate() {
        if weight > 0.0 {
            let share = 1.0 / weight;
            sums.row_mut(k).mapv_inplace(|sum| sum * share);
        } else {
            // As scikit-learn has it: with fewer different points than clusters. A later cluster is
            // still a sum here, as it is there.
            let other = sums.row(largest).to_owned();
            sums.row_mut(k).assign(&other);
        }
    }
    sums
}

/// Takes the points that are farthest from their old centres, the last of equals first, out of
/// their clusters and puts them into the empty ones.
fn fill_empty(
    points: &Centred<'_>,
    labels: &Labels,
    old: &Array2<f64>,
    sums: &mut Array2<f64>,
    weights: &mut [f64],
) {
    let empty: Vec<usize> = (0..weights.len()).filter(|&k| weights[k] == 0.0).collect();
    if empty.is_empty() {
        return;
    }
    let mut distances = vec![0.0; labels.len()];
    points.each(|i, point| {
        let centre = old.row(labels.get(i).unwrap_or_default());
        distances[i] = point.iter().zip(centre).map(|(x, c)| (x - c) * (x - c)).sum();
    });
    let mut order: Vec<usize> = (0..distances.len()).collect();
    order.sort_by(|&i, &j| distances[j].total_cmp(&distances[i]).then(j.cmp(&i)));
    if order.first().is_none_or(|&i| distances[i] == 0.0) {
        return;
    }
    for (&k, &i) in empty.iter().zip(&order) {
        let (point, own) = (points.point(i), labels.get(i).unwrap_or_default());
        let mut from = sums.row_mut(own);
        from -= &point;
        sums.row_mut(k).assign(&point);
        weights[own] -= 1.0;
        weights[k] = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Generator, Seed, stream};
    use ndarray::array;

    fn labels_of(points: &Array2<f64>, count: usize) -> Vec<usize> {
        labels(points.view(), count, &mut *stream(Generator::Numpy, &Seed::Own(1))).to_vec()
    }

    #[test]
    fn clusters_that_lie_apart_are_found() {
        let points =
            array![[0.0, 0.1], [9.0, 9.2], [0.1, 0.0], [9.1, 9.0], [0.0, 0.0], [20.0, 0.0]];
        let found = labels_of(&points, 3);
        assert_eq!([found[0], found[1]], [found[2], found[3]]);
        assert_eq!(found[0], found[4]);
        assert!(found[0] != found[1] && found[1] != found[5] && found[0] != found[5]);
    }

    #[test]
    fn fewer_different_points_than_clusters_leave_some_empty() {
        let points = array![[1.0], [1.0], [1.0], [5.0]];
        let found = labels_of(&points, 4);
        assert_eq!(found[0], found[1]);
        assert_ne!(found[0], found[3]);
        assert_eq!(labels_of(&array![[2.0], [2.0]], 2), [0, 0]);
    }

    #[test]
    fn an_empty_cluster_takes_the_farthest_point() {
        let points = array![[0.0], [1.0], [10.0]];
        let old = array![[0.0], [100.0]];
        let new = averages(&Centred::as_they_are(points.view()), &vec![0, 0, 0].into(), &old);
        assert_eq!(new, array![[0.5], [10.0]]);
    }
}
