//! Permuted ground truth: where the fit's score lies on it.

use crate::common::fixture;
use crate::lecture::{assert_near, lecture, list, number, run_lecture};

#[test]
fn the_crossing_is_where_the_fit_is() {
    for (name, crossing, within) in
        [("baseline_accuracy", 0.32, 0.005), ("baseline_log_loss", 0.018, 0.001)]
    {
        let picture = lecture().json(name);
        let at = number(&picture["crossing"]);
        assert!((at - crossing).abs() < within, "{name}: {at}");
        // By linear interpolation the mean there is the fit's score.
        let zoom = list(&picture["zoom"]);
        let rows = if zoom.is_empty() { list(&picture["rows"]) } else { zoom };
        let right = rows.iter().position(|r| number(&r["fraction"]) > at).unwrap();
        let (a, b) = (&rows[right - 1], &rows[right]);
        let share =
            (at - number(&a["fraction"])) / (number(&b["fraction"]) - number(&a["fraction"]));
        let mean = number(&a["mean"]) + share * (number(&b["mean"]) - number(&a["mean"]));
        assert_near(name, mean, number(&picture["value"]), 1e-12);
    }
}

#[test]
fn the_value_is_the_fits_matched_score() {
    let reference = &fixture("cavi_1d.json")["cases"][0];
    for (name, score) in
        [("baseline_accuracy", "accuracy_matched"), ("baseline_log_loss", "log_loss_matched")]
    {
        let value = number(&lecture().json(name)["value"]);
        assert_near(name, value, number(&reference[score]), 1e-9);
    }
}

#[test]
fn a_crossing_in_the_first_tenth_has_a_panel_of_its_own() {
    let accuracy = lecture().json("baseline_accuracy");
    assert!(list(&accuracy["zoom"]).is_empty());
    assert_eq!(list(&accuracy["rows"]).len(), 21);
    let zoom = lecture().json("baseline_log_loss");
    let zoom = list(&zoom["zoom"]);
    assert_eq!(zoom.len(), 13);
    assert_eq!(number(&zoom[0]["fraction"]), 0.0);
    let end = number(&zoom[12]["fraction"]);
    assert!((0.05..=0.07).contains(&end), "{end}");
    for (i, row) in zoom.iter().enumerate() {
        assert_near("fraction", number(&row["fraction"]), end * i as f64 / 12.0, 1e-12);
        let (low, mean, high) = (number(&row["low"]), number(&row["mean"]), number(&row["high"]));
        assert!(low <= mean && mean <= high, "{row}");
    }
}

#[test]
fn one_repeat_is_the_lectures_table() {
    let reference = &fixture("cavi_1d.json")["cases"][0]["permuted_truth"];
    let built = run_lecture(&["baseline.permuted.permuted_truth.repeats=1"]);
    for (name, score) in [("baseline_accuracy", "accuracy"), ("baseline_log_loss", "log_loss")] {
        let picture = built.json(name);
        for (row, expected) in list(&picture["rows"]).iter().zip(list(&reference[score])) {
            assert_near(name, number(&row["fraction"]), number(&expected[0]), 1e-15);
            assert_near(name, number(&row["mean"]), number(&expected[1]), 1e-10);
            assert_eq!(row["low"], row["mean"]);
        }
    }
}

#[test]
fn the_beginning_is_a_part_of_the_baseline() {
    use elbow::score::baseline::Part;
    let rows = lecture().values.baselines["permuted"].as_ref().unwrap();
    // After the table of all scores, which is as it would be without.
    assert!(rows[..42].iter().all(|r| r.part == Part::All));
    assert!(rows[42..].iter().all(|r| r.part == Part::Beginning));
    assert_eq!(rows.len(), 42 + 13);
    let zoom = lecture().json("baseline_log_loss");
    for (row, drawn) in rows[42..].iter().zip(list(&zoom["zoom"])) {
        assert_eq!(row.mean, number(&drawn["mean"]));
    }
    // Whatever the figure is called, it shows the same.
    let numbers = lecture().picture("baseline_log_loss").numbers();
    assert!((number(&numbers["crossing"]) - 0.018).abs() < 0.001);
    assert!(number(&numbers["band_half_width_at_crossing"]) > 0.0);
}
