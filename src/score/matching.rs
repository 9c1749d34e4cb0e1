//! Which inferred component stands for which true one: labels of a mixture have no order, so a fit
//! must be matched before it is compared component by component.

use ndarray::{Array2, ArrayView2};
use pathfinding::matrix::Matrix;
use pathfinding::prelude::kuhn_munkres;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Overlaps are multiplied by this and rounded for the assignment, which counts in whole numbers.
/// All overlaps together are 1, so no sum of them comes near the largest integer, and the rounding
/// is below that of the overlaps themselves.
const SCALE: f64 = (1_u64 << 56) as f64;

/// How components are matched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// The lecture's: the pair with the largest overlap first, then the largest among the rest.
    Overlap,
    /// The matching with the largest total overlap (the Hungarian algorithm).
    #[default]
    Optimal,
}

/// A matching; serialises for people as `inferred_of_true` with null where there is no partner, for
/// programs as both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The inferred component of each true one.
    pub inferred_of_true: Vec<Option<usize>>,
    /// The true component of each inferred one.
    pub true_of_inferred: Vec<Option<usize>>,
}

impl Serialize for Match {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => self.inferred_of_true.serialize(serializer),
            false => (&self.inferred_of_true, &self.true_of_inferred).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Match {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (inferred_of_true, true_of_inferred) = Deserialize::deserialize(deserializer)?;
        Ok(Self { inferred_of_true, true_of_inferred })
    }
}

/// Matches the K components of N x K responsibilities to the true ones of N labels.
///
/// Every component of the smaller side gets a partner. The overlap of true component j and inferred
/// component k is the mean over all points of `1[label = j] r_k`.
pub fn match_components(
    labels: &[usize],
    true_components: usize,
    responsibilities: ArrayView2<'_, f64>,
    matching: Matching,
) -> Match {
    let rows = labels.iter().map(|label| label + 1).fold(true_components, usize::max);
    let mut overlap = Overlap::new(labels.len(), rows);
    overlap.add(labels, responsibilities);
    overlap.matched(matching)
}

/// What true and inferred components have in common, while the points come.
#[derive(Debug, Clone)]
pub(super) struct Overlap {
    /// `sum_i 1[label_i = j] r_ik`; without columns as long as no point has come.
    sums: Array2<f64>,
    points: usize,
}

impl Overlap {
    /// For so many points whose labels are below `true_components`.
    pub(super) fn new(points: usize, true_components: usize) -> Self {
        Self { sums: Array2::zeros((true_components, 0)), points }
    }

    /// Adds points with their labels.
    pub(super) fn add(&mut self, labels: &[usize], responsibilities: ArrayView2<'_, f64>) {
        if self.sums.ncols() != responsibilities.ncols() {
            self.sums = Array2::zeros((self.sums.nrows(), responsibilities.ncols()));
        }
        for (&label, r) in labels.iter().zip(responsibilities.rows()) {
            let mut row = self.sums.row_mut(label);
            row += &r;
        }
    }

    /// The mean over all points of `1[label = j] r_k`, true components by inferred ones.
    pub(super) fn mean(self) -> Array2<f64> {
        self.sums / self.points.max(1) as f64
    }

    /// The matching.
    pub(super) fn matched(self, matching: Matching) -> Match {
        let overlap = self.mean();
        let pairs = match matching {
            Matching::Overlap => largest_first(&overlap),
            Matching::Optimal => largest_total(&overlap),
        };
        let mut inferred_of_true = vec![None; overlap.nrows()];
        let mut true_of_inferred = vec![None; overlap.ncols()];
        for (j, k) in pairs {
            inferred_of_true[j] = Some(k);
            true_of_inferred[k] = Some(j);
        }
        Match { inferred_of_true, true_of_inferred }
    }
}

/// The first of equally large overlaps in the order of the rows wins, as in the notebook.
fn largest_first(overlap: &Array2<f64>) -> Vec<(usize, usize)> {
    let (rows, columns) = overlap.dim();
    let mut free_rows = vec![true; rows];
    let mut free_columns = vec![true; columns];
    let mut pairs = Vec::new();
    for _ in 0..rows.min(columns) {
        let mut best: Option<((usize, usize), f64)> = None;
        for ((j, k), &value) in overlap.indexed_iter() {
            if free_rows[j] && free_columns[k] && best.is_none_or(|(_, most)| value > most) {
                best = Some(((j, k), value));
            }
        }
        let Some(((j, k), _)) = best else { break };
        free_rows[j] = false;
        free_columns[k] = false;
        pairs.push((j, k));
    }
    pairs
}

/// The assignment wants as many columns as rows: what is missing overlaps nothing.
fn largest_total(overlap: &Array2<f64>) -> Vec<(usize, usize)> {
    let (rows, columns) = overlap.dim();
    let size = rows.max(columns);
    if size == 0 {
        return Vec::new();
    }
    let weights = Matrix::from_fn(size, size, |(j, k)| {
        overlap.get([j, k]).map_or(0, |value| (value * SCALE).round() as i64)
    });
    let (_, assigned) = kuhn_munkres(&weights);
    assigned.into_iter().take(rows).enumerate().filter(|&(_, k)| k < columns).collect()
}
