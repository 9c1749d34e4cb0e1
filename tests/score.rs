//! Scores against scikit-learn's numbers and by hand; the reference's own scores and tables are in
//! `cavi.rs`.
//!
//! `fixtures/scores.json` is made by `fixtures/make_scores.py` (numpy 2.4.6, scikit-learn 1.9.1).

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;

use common::{assert_close, fixture, matrix, messages, numbers, numpy, parse};
use elbow::diagnostic::Problems;
use elbow::score::adjusted_rand::adjusted_rand;
use elbow::score::log_loss::{log_loss, of_certain_labels};
use elbow::score::normalized_mutual_information::normalized_mutual_information;
use elbow::score::{Matching, baseline, match_components, score, uncertainty_order};
use ndarray::{Array2, array};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A few roundings of numbers near 1.
const ROUNDING: f64 = 1e-13;

fn labels(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|n| n as usize).collect()
}

#[test]
fn partitions_are_scored_as_by_scikit_learn() {
    for case in fixture("scores.json")["partitions"].as_array().unwrap() {
        let (a, b) = (labels(&case["labels"]), labels(&case["inferred"]));
        let name = case["name"].as_str().unwrap();
        let expected = numbers(&case["adjusted_rand"]);
        assert_close(name, &[adjusted_rand(&a, &b)], &expected, ROUNDING);
        let expected = numbers(&case["normalized_mutual_information"]);
        assert_close(name, &[normalized_mutual_information(&a, &b)], &expected, ROUNDING);
    }
}

#[test]
fn the_log_loss_is_clipped_as_by_scikit_learn() {
    for case in fixture("scores.json")["losses"].as_array().unwrap() {
        let probabilities = matrix(&case["probabilities"]);
        let actual = log_loss(&labels(&case["labels"]), probabilities.view(), Some);
        assert_close("log loss", &[actual], &numbers(&case["log_loss"]), ROUNDING);
    }
    let certain = log_loss(&[0, 1, 0], array![[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]].view(), Some);
    assert_close("certain", &[of_certain_labels(1, 3)], &[certain], ROUNDING);
}

#[test]
fn greedy_and_optimal_matching_can_differ() {
    // Overlaps / 20: true 0 with (9, 8), true 1 with (3, 0). Greedy takes 9 + 0, optimal 8 + 3.
    let mut truth = vec![0; 17];
    truth.extend([1; 3]);
    let r = Array2::from_shape_fn((20, 2), |(i, k)| {
        let inferred = usize::from((9..17).contains(&i));
        f64::from(u8::from(inferred == k))
    });
    let greedy = match_components(&truth, 2, r.view(), Matching::Overlap);
    assert_eq!(greedy.inferred_of_true, [Some(0), Some(1)]);
    let optimal = match_components(&truth, 2, r.view(), Matching::Optimal);
    assert_eq!(optimal.inferred_of_true, [Some(1), Some(0)]);
    let scores = score(&truth.clone().into(), 2, r.view(), Matching::Optimal);
    assert_eq!((scores.accuracy, scores.accuracy_matched), (0.45, 0.55));
}

#[test]
fn of_equal_overlaps_the_lectures_matching_takes_the_first() {
    let r = Array2::from_elem((4, 2), 0.5);
    let matched = match_components(&[0, 0, 1, 1], 2, r.view(), Matching::Overlap);
    assert_eq!(matched.inferred_of_true, [Some(0), Some(1)]);
}

#[test]
fn true_components_without_partner_have_probability_zero() {
    let truth = [0, 1, 2, 2];
    let r = array![[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.0, 1.0]];
    for matching in [Matching::Overlap, Matching::Optimal] {
        let scores = score(&truth.to_vec().into(), 3, r.view(), matching);
        assert_eq!(serde_json::to_value(&scores).unwrap()["match"], json!([0, null, 1]));
        assert_eq!(scores.r#match.true_of_inferred, [Some(0), Some(2)]);
        let clipped = -f64::EPSILON.ln();
        let expected = (-0.9_f64.ln() + clipped - 0.9_f64.ln()) / 4.0;
        assert_close("matched", &[scores.log_loss_matched], &[expected], ROUNDING);
        let expected = (-0.9_f64.ln() - 0.2_f64.ln() + 2.0 * clipped) / 4.0;
        assert_close("as fitted", &[scores.log_loss], &[expected], ROUNDING);
        assert_eq!((scores.accuracy, scores.accuracy_matched), (0.25, 0.75));
    }
}

#[test]
fn more_inferred_than_true_components() {
    let r = array![[0.1, 0.8, 0.1], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]];
    let scores = score(&vec![0, 0, 1].into(), 2, r.view(), Matching::Optimal);
    assert_eq!(scores.r#match.inferred_of_true, [Some(2), Some(0)]);
    assert_eq!(scores.r#match.true_of_inferred, [Some(1), None, Some(0)]);
    assert_close("accuracy", &[scores.accuracy_matched], &[2.0 / 3.0], ROUNDING);
}

#[test]
fn the_least_certain_points_come_first_and_equals_keep_their_order() {
    let r = array![[1.0, 0.0], [0.5, 0.5], [0.0, 1.0], [0.4, 0.6], [0.5, 0.5]];
    assert_eq!(uncertainty_order(r.view()), [1, 4, 3, 0, 2]);
}

/// The largest total overlap over all one-to-one matchings, by trying them.
fn best_total(overlap: &Array2<f64>, row: usize, used: &mut Vec<usize>) -> f64 {
    if row == overlap.nrows() {
        return 0.0;
    }
    let mut best = f64::NEG_INFINITY;
    // A row may stay without partner only if there are more rows than columns.
    if overlap.nrows() > overlap.ncols() {
        best = best_total(overlap, row + 1, used);
    }
    for k in 0..overlap.ncols() {
        if !used.contains(&k) {
            used.push(k);
            best = best.max(overlap[[row, k]] + best_total(overlap, row + 1, used));
            used.pop();
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_optimal_matching_has_the_largest_total(
        seed in 0_u64..1 << 32, true_components in 1_usize..5, inferred in 1_usize..5,
    ) {
        let mut random = numpy(seed);
        let truth = random.choice(true_components, 30);
        let mut r = Array2::from_shape_simple_fn((30, inferred), || random.uniform());
        for mut row in r.rows_mut() {
            row /= row.sum();
        }
        let mut overlap = Array2::zeros((true_components, inferred));
        for (&label, row) in truth.iter().zip(r.rows()) {
            let mut sum = overlap.row_mut(label);
            sum += &(&row / 30.0);
        }
        let matched = match_components(&truth, true_components, r.view(), Matching::Optimal);
        let total: f64 = matched
            .inferred_of_true
            .iter()
            .enumerate()
            .filter_map(|(j, k)| k.map(|k| overlap[[j, k]]))
            .sum();
        prop_assert!((total - best_total(&overlap, 0, &mut Vec::new())).abs() < 1e-12);
        let partners = matched.inferred_of_true.iter().flatten().count();
        prop_assert_eq!(partners, true_components.min(inferred));
    }

    #[test]
    fn matched_scores_do_not_depend_on_the_order_of_components(seed in 0_u64..1 << 32) {
        let mut random = numpy(seed);
        let truth = random.choice(3, 40);
        let mut r = Array2::from_shape_simple_fn((40, 3), || random.uniform());
        for mut row in r.rows_mut() {
            row /= row.sum();
        }
        let mixed = r.select(ndarray::Axis(1), &[2, 0, 1]);
        let (one, other) = (
            score(&truth.clone().into(), 3, r.view(), Matching::Optimal),
            score(&truth.clone().into(), 3, mixed.view(), Matching::Optimal),
        );
        prop_assert_eq!(one.log_loss_matched, other.log_loss_matched);
        prop_assert_eq!(one.accuracy_matched, other.accuracy_matched);
        prop_assert_eq!(one.adjusted_rand, other.adjusted_rand);
    }
}

#[test]
fn baselines_go_from_perfect_to_chance_with_a_band() {
    let options: baseline::Options = parse(
        "scores = ['accuracy', 'adjusted_rand', 'normalized_mutual_information', 'log_loss']\n\
         permuted_truth = { steps = 5, repeats = 200, range = [0, 1] }",
    );
    let spec = options.resolve(&mut Problems::default()).unwrap();
    let truth: Vec<usize> = (0..300).map(|i| i % 3).collect();
    let rows = baseline::run(&spec, &truth, 3, &mut *numpy(1));
    assert_eq!(rows.len(), 20);
    assert_eq!(rows[1].fraction, 0.25);
    for row in &rows {
        assert!(row.low <= row.mean && row.mean <= row.high, "{row:?}");
    }
    for (rows, perfect, chance) in [
        (&rows[..5], 1.0, 1.0 / 3.0),
        (&rows[5..10], 1.0, 0.0),
        (&rows[10..15], 1.0, 0.0),
        (&rows[15..], 0.0, 2.0 / 3.0 * 36.043_653_389_117_15),
    ] {
        assert!((rows[0].mean - perfect).abs() < 1e-12 && rows[0].low == rows[0].high);
        // Five standard errors of the mean of 200 repeats with 300 points each.
        let tolerance = 0.01 * (1.0 + 36.0 * f64::from(u8::from(chance > 1.0)));
        assert!((rows[4].mean - chance).abs() < tolerance, "{:?}", rows[4]);
        assert!(rows[4].low < rows[4].high);
    }
}

#[test]
fn every_mistake_in_a_baseline_is_reported() {
    let resolve = |text: &str| {
        let options: baseline::Options = parse(text);
        let mut problems = Problems::default();
        assert!(options.resolve(&mut problems).is_none());
        messages(problems)
    };
    assert!(resolve("scores = []").contains("at least one score"));
    let text = resolve(
        "scores = ['accuracy', 'accuracy']\npermuted_truth = { steps = 1, repeats = 0, range = [0.5, 1.5] }",
    );
    for expected in [
        "`accuracy` is listed twice",
        "`steps` must be at least 2",
        "`repeats` must be at least 1",
        "a fraction must be in 0..1, but is 1.5",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    for (range, expected) in
        [("[1.0, 0.5]", "must ascend"), ("[0.0]", "has 1 value, not 2"), ("[nan, 1.0]", "finite")]
    {
        let text =
            resolve(&format!("scores = ['accuracy']\npermuted_truth = {{ range = {range} }}"));
        assert!(text.contains(expected), "{text}");
    }
}
