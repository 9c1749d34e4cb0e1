//! The ELBO: marks, frame, gap and rate.

use serde_json::{Value, json};

use crate::common::{fixture, numbers as flat};
use crate::lecture::{assert_near, classic, lecture, list, number, run_lecture};

fn pairs(value: &Value) -> Vec<(usize, f64)> {
    let pairs = list(value).iter();
    pairs.map(|p| (p[0].as_u64().unwrap() as usize, number(&p[1]))).collect()
}

#[test]
fn the_trace_is_that_of_the_reference() {
    let fit = &fixture("cavi_1d.json")["cases"][0]["fit"];
    for (built, quantity) in [(lecture(), "elbo"), (classic(), "elbo_lecture")] {
        let picture = built.json("GMMexample_ELBO");
        assert_eq!(picture["quantity"], quantity);
        let expected = flat(&fit[quantity]);
        let trace = pairs(&picture["trace"]);
        assert_eq!(trace.len(), expected.len());
        for (i, (t, value)) in trace.into_iter().enumerate() {
            assert_eq!(t, i);
            assert_near(quantity, value, expected[i], 1e-10);
        }
    }
}

#[test]
fn marks_are_where_the_steepest_rise_begins_and_ends() {
    let picture = lecture().json("GMMexample_ELBO");
    assert_eq!(picture["rise"], json!({"plateau": 5, "begins": 8, "ends": 15}));
    assert_eq!(picture["marks"], json!([8, 15]));
    assert_eq!(classic().json("GMMexample_ELBO")["marks"], json!([8, 15]));
    let caption = lecture().picture("GMMexample_ELBO").caption();
    assert!(caption.contains("a jump from t = 8 to 15; converged at t = 96"), "{caption}");
}

#[test]
fn the_frame_holds_the_rise_and_lists_what_is_below() {
    let picture = lecture().json("GMMexample_ELBO");
    let trace = pairs(&picture["trace"]);
    let (plateau, end) = (trace[5].1, trace[96].1);
    let height = end - plateau;
    let frame = &picture["frame"];
    assert_near("bottom", number(&frame["y"]["low"]), plateau - 0.25 * height, 1e-12);
    assert_near("top", number(&frame["y"]["high"]), end + 0.13 * height, 1e-12);
    assert_eq!((number(&frame["x"]["low"]), number(&frame["x"]["high"])), (0.0, 30.0));
    let below = pairs(&picture["below"]);
    let expected: Vec<(usize, f64)> =
        trace.iter().copied().filter(|(t, v)| *t <= 30 && *v < plateau - 0.25 * height).collect();
    assert_eq!(below, expected);
    assert_eq!(below.iter().map(|b| b.0).collect::<Vec<_>>(), [0, 1, 2]);
    // The notebook's own way: the whole trace, nothing below.
    let all = classic().json("GMMexample_ELBO");
    assert_eq!(all["below"], json!([]));
    assert_eq!(number(&all["frame"]["x"]["high"]), 96.0);
    assert!(number(&all["frame"]["y"]["low"]) < -42_662.0);
}

#[test]
fn the_gap_shrinks_at_a_constant_rate() {
    let picture = lecture().json("GMMexample_ELBO");
    let trace = pairs(&picture["trace"]);
    let end = trace[96].1;
    let gap = pairs(&picture["gap"]);
    for (i, (t, value)) in gap.iter().enumerate() {
        assert_eq!(*t, i);
        assert_eq!(*value, end - trace[i].1);
        assert!(*value > 1e-9);
    }
    assert!(end - trace[gap.len()].1 <= 1e-9);
    let rate = number(&picture["rate"]);
    assert!((rate - 0.61).abs() < 0.005, "{rate}");
    // Between any two later iterations, too.
    for pair in gap[25..45].windows(2) {
        assert!((pair[1].1 / pair[0].1 - rate).abs() < 0.01, "{pair:?}");
    }
}

#[test]
fn marks_that_the_fit_does_not_have_are_left_out() {
    let built = run_lecture(&["figure.GMMexample_ELBO.plot.elbo.mark=[0, 3, 96, 97, 5000]"]);
    assert_eq!(built.json("GMMexample_ELBO")["marks"], json!([0, 3, 96]));
}

#[test]
fn the_other_model_has_its_bounds_too() {
    for quantity in ["elbo", "lower_bound"] {
        let quantity = format!("figure.GMMexample_ELBO.plot.elbo.quantity=\"{quantity}\"");
        let built = run_lecture(&["figure.GMMexample_ELBO.plot.elbo.fit=\"vb\"", &quantity]);
        let picture = built.json("GMMexample_ELBO");
        let trace = pairs(&picture["trace"]);
        assert_eq!(trace.last().unwrap().0, 169);
        assert!(trace.windows(2).all(|w| w[1].1 >= w[0].1 - 1e-9 * w[0].1.abs()), "{quantity}");
    }
}
