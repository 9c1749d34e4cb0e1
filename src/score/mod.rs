//! How well a fit finds the true labels: components matched to the truth once, then four scores,
//! and the same scores for truth that was permuted on purpose.
//!
//! One file a score. This module compares labels and responsibilities; it knows no models.

pub mod accuracy;
pub mod adjusted_rand;
pub mod baseline;
mod contingency;
mod grouped;
pub mod log_loss;
pub mod matching;
pub mod normalized_mutual_information;

use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::data::labels::Labels;

pub use grouped::grouped_accuracy;
pub use matching::{Match, Matching, match_components};

/// The scores of responsibilities against true labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Mean negative log probability of the true component, component k taken as true component k.
    pub log_loss: f64,
    /// The same with the matched components.
    pub log_loss_matched: f64,
    /// The fraction of points whose most probable component is the true one, component k taken as
    /// true component k.
    pub accuracy: f64,
    /// The same with the matched components.
    pub accuracy_matched: f64,
    /// The adjusted Rand index of the most probable components.
    pub adjusted_rand: f64,
    /// The normalised mutual information of the most probable components.
    pub normalized_mutual_information: f64,
    /// Which component stands for which true one.
    pub r#match: Match,
}

/// Responsibilities block of rows after block of rows, so that never all of them are there: calls
/// its argument with every block, in order. It is run twice.
pub type Blocks<'a> = &'a dyn Fn(&mut dyn FnMut(ArrayView2<'_, f64>));

/// Scores N x K responsibilities against N true labels.
///
/// The numbers of true and inferred components may differ: a true component without partner has
/// probability 0, an inferred one without partner is never right.
pub fn score(
    labels: &Labels,
    true_components: usize,
    responsibilities: ArrayView2<'_, f64>,
    matching: Matching,
) -> Scores {
    score_blocks(labels, true_components, &|each| each(responsibilities), matching)
}

/// [`score`] of responsibilities in blocks.
pub fn score_blocks(
    labels: &Labels,
    true_components: usize,
    responsibilities: Blocks<'_>,
    matching: Matching,
) -> Scores {
    let mut overlap =
        matching::Overlap::new(labels.len(), labels.components().max(true_components));
    let mut table = contingency::Counts::default();
    let mut start = 0;
    responsibilities(&mut |block| {
        let own: Vec<usize> = labels.range(start..start + block.nrows()).collect();
        overlap.add(&own, block);
        for (&label, r) in own.iter().zip(block.rows()) {
            table.add(label, argmax(r));
        }
        start += block.nrows();
    });
    let matched = overlap.matched(matching);
    let as_fitted = |label: usize| Some(label);
    let as_matched = |label: usize| matched.inferred_of_true.get(label).copied().flatten();
    let (mut log_loss, mut log_loss_matched) = (0.0, 0.0);
    let mut start = 0;
    responsibilities(&mut |block| {
        let own: Vec<usize> = labels.range(start..start + block.nrows()).collect();
        log_loss::add(&mut log_loss, &own, block, as_fitted);
        log_loss::add(&mut log_loss_matched, &own, block, as_matched);
        start += block.nrows();
    });
    let points = labels.len().max(1) as f64;
    let accuracy = |component: &dyn Fn(usize) -> Option<usize>| {
        let right = |&(label, k, count): &(usize, usize, u64)| {
            if component(label) == Some(k) { count } else { 0 }
        };
        table.pairs().iter().map(right).sum::<u64>() as f64 / points
    };
    let contingency = table.contingency();
    Scores {
        log_loss: log_loss / points,
        log_loss_matched: log_loss_matched / points,
        accuracy: accuracy(&as_fitted),
        accuracy_matched: accuracy(&as_matched),
        adjusted_rand: adjusted_rand::of(&contingency),
        normalized_mutual_information: normalized_mutual_information::of(&contingency),
        r#match: matched,
    }
}

fn argmax(row: ArrayView1<'_, f64>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (k, &r) in row.iter().enumerate() {
        if r > best.1 {
            best = (k, r);
        }
    }
    best.0
}

/// The most probable component of every point; the first of equals.
pub fn most_probable(responsibilities: ArrayView2<'_, f64>) -> Vec<usize> {
    responsibilities.rows().into_iter().map(argmax).collect()
}

/// The points from the least to the most certain assignment: by the standard deviation of their
/// responsibilities (population, in numpy's order of operations), equals in their own order.
pub fn uncertainty_order(responsibilities: ArrayView2<'_, f64>) -> Vec<usize> {
    let deviations: Vec<f64> =
        responsibilities.rows().into_iter().map(|row| deviation(&row.to_vec())).collect();
    let mut order: Vec<usize> = (0..deviations.len()).collect();
    order.sort_by(|&a, &b| deviations[a].total_cmp(&deviations[b]));
    order
}

fn deviation(row: &[f64]) -> f64 {
    let count = row.len() as f64;
    let mean = row.iter().sum::<f64>() / count;
    (row.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / count).sqrt()
}
