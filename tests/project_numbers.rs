//! How exact a projection's divergence is, where the mixture lies, how wide its components are and how
//! many there are.
//!
//! `fixtures/project.json` is made by `fixtures/make_project.py` (numpy 2.4.6, scipy 1.17.1).

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod common;
mod program;

use std::f64::consts::LN_2;

use common::{assert_close, fixture, matrix, numbers, numpy};
use elbow::math::mixture::Mixture;
use elbow::model::project::{Divergence, Form, Spec, Start};
use elbow::model::{self, Fit};
use ndarray::{Array2, arr2, array};
use program::{check, elbow, files, folder, stdout};
use proptest::prelude::*;
use serde_json::Value;

fn spec(start: Option<Start>) -> Spec {
    let divergence = match start {
        Some(_) => Divergence::Exclusive,
        None => Divergence::Inclusive,
    };
    Spec { divergence, covariance: Form::Full, start, max_iter: 1000, tol: 1e-12 }
}

fn try_fit(spec: &Spec, target: &Mixture) -> Result<Fit, String> {
    let spec = model::Spec::Project(spec.clone());
    let points = array![[0.0]];
    model::fit_of(&spec, points.view(), Some(target), &mut *numpy(0), &model::unwatched)
}

fn fit(spec: &Spec, target: &Mixture) -> Fit {
    try_fit(spec, target).unwrap()
}

/// The divergence where it starts, or of the closed form.
fn first(fit: &Fit) -> f64 {
    fit.objective().unwrap().1.values[0]
}

/// The divergence at the end.
fn last(fit: &Fit) -> f64 {
    *fit.objective().unwrap().1.values.last().unwrap()
}

/// Equal weights on a line.
fn line(means: &[f64], sd: &[f64]) -> Mixture {
    Mixture {
        weights: vec![1.0 / means.len() as f64; means.len()],
        means: Array2::from_shape_vec((means.len(), 1), means.to_vec()).unwrap(),
        covariances: sd.iter().map(|sd| array![[sd * sd]]).collect(),
    }
}

#[test]
fn a_component_much_narrower_than_another_is_not_stepped_over() {
    let fixture = fixture("project.json");
    let cases = fixture["widths"].as_array().unwrap();
    for case in cases {
        let target = Mixture {
            weights: numbers(&case["weights"]),
            means: matrix(&case["means"]),
            covariances: case["covariances"].as_array().unwrap().iter().map(matrix).collect(),
        };
        let start = case["component"].as_u64().map(|k| Start::Component(k as usize));
        let spec = Spec { max_iter: 0, ..spec(start) };
        let value = first(&fit(&spec, &target));
        // Both are good to ten digits; of a tilted needle the covariances themselves are to fewer.
        let digits = if case["name"] == "plane" { 1e-8 } else { 1e-10 };
        assert_close(&format!("{case}"), &[value], &numbers(&case["value"]), digits);
    }
    assert_eq!(cases.len(), 56);
}

#[test]
fn the_best_of_all_starts_has_one_of_two_components_however_narrow() {
    for sd in [0.3, 1e-2, 1e-4, 1e-8] {
        let target = line(&[0.0, 5.0], &[sd, 1.0]);
        let found = fit(&spec(Some(Start::All)), &target);
        assert_close(&format!("{sd}"), &[last(&found)], &[LN_2], 1e-3);
        for trace in &found.restart_traces {
            assert!(trace.values.windows(2).all(|pair| pair[1] <= pair[0]), "{:?}", trace.values);
        }
    }
}

#[test]
fn far_from_0_and_in_any_unit_it_is_the_same() {
    let near = line(&[0.0, 100.0], &[1.0, 1.0]);
    let covering = first(&fit(&spec(None), &near));
    for (origin, unit) in [(0.0, 1.0), (1.7e9, 1e-6), (-1e12, 1.0), (0.0, 1e-150), (0.0, 1e100)] {
        let target = line(&[origin, origin + 100.0 * unit], &[unit, unit]);
        for k in [0, 1] {
            let found = fit(&spec(Some(Start::Component(k))), &target);
            assert_close(&format!("{origin} {unit} {k}"), &[last(&found)], &[LN_2], 1e-10);
        }
        // How far they are apart is known to as many digits as the means have behind each other.
        let digits = 1e-10 + f64::EPSILON * origin.abs() / unit;
        let found = first(&fit(&spec(None), &target));
        assert!((found - covering).abs() < digits, "{origin} {unit}: {found}, not {covering}");
    }
    // So far apart that only one is to be seen from the other, and both to be covered.
    let apart = line(&[-3e100, 3e100], &[1.0, 1.0]);
    let found = fit(&spec(Some(Start::Component(0))), &apart);
    assert_close("apart", &[last(&found)], &[LN_2], 1e-12);
    // ln(3e100) - ln 2, since the moments have a standard deviation of 3e100.
    let expected = libm::log(3e100) - LN_2;
    assert_close("moments", &[first(&fit(&spec(None), &apart))], &[expected], 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_shift_changes_nothing_but_the_mean(
        means in prop::collection::vec(-64..64_i32, 6),
        sd in prop::collection::vec(0.05..1.5_f64, 6),
        by in prop::collection::vec(-1_000_000..1_000_000_i32, 2),
    ) {
        // Sixteenths are numbers of few digits, so that none is lost on the way.
        let at = |i: usize| f64::from(means[i]) / 16.0;
        let target = Mixture {
            weights: vec![0.25, 0.25, 0.5],
            means: arr2(&[[at(0), at(1)], [at(2), at(3)], [at(4), at(5)]]),
            covariances: (0..3).map(|k| array![[sd[k], 0.0], [0.0, sd[k + 3]]]).collect(),
        };
        let by = array![f64::from(by[0]) / 16.0, f64::from(by[1]) / 16.0];
        let moved = Mixture { means: &target.means + &by, ..target.clone() };
        for start in [None, Some(Start::Moments), Some(Start::Component(1))] {
            let spec = Spec { max_iter: 5, ..spec(start) };
            let (here, there) = (fit(&spec, &target), fit(&spec, &moved));
            let scale = last(&here).max(1.0);
            prop_assert!((last(&here) - last(&there)).abs() < 1e-11 * scale);
            let means = here.mixture(5).means + &by - there.mixture(5).means;
            prop_assert!(means.iter().all(|off| off.abs() < 1e-7), "{means}");
        }
    }

    #[test]
    fn neither_divergence_is_off_where_one_of_two_is_all(sd in -18.0..0.0_f64) {
        // The divergence of q = p_k from p is ln 2 less what the other component gives: of two that
        // are one it is 0, and it never leaves the range.
        let target = line(&[0.0, 0.0], &[libm::exp(sd), 1.0]);
        for k in [0, 1] {
            let spec = Spec { max_iter: 0, ..spec(Some(Start::Component(k))) };
            let value = first(&fit(&spec, &target));
            prop_assert!((0.0..=LN_2 + 1e-12).contains(&value), "{value}");
        }
    }
}

/// So many components on a ring, each of its own width.
fn ring(components: usize) -> Mixture {
    let turn = |k: usize| libm::sincos(k as f64 * 2.4);
    Mixture {
        weights: vec![1.0 / components as f64; components],
        means: Array2::from_shape_fn((components, 2), |(k, i)| {
            let (sin, cos) = turn(k);
            5.0 * if i == 0 { sin } else { cos }
        }),
        covariances: (0..components)
            .map(|k| {
                let (sin, cos) = turn(2 * k);
                array![[1.1 + 0.6 * sin, 0.3 * cos], [0.3 * cos, 1.1 - 0.6 * sin]]
            })
            .collect(),
    }
}

#[test]
fn many_components_are_few_starts() {
    // Of as many as eight starts each is a restart.
    let few = fit(&spec(Some(Start::All)), &ring(7));
    assert_eq!(few.restart_values.len(), 8);
    let many = ring(20);
    let found = fit(&spec(Some(Start::All)), &many);
    assert!((1..=8).contains(&found.restart_values.len()), "{:?}", found.restart_values);
    // None of the starts that were left out leads to a lower place.
    for start in [Start::Moments, Start::Component(3), Start::Component(17)] {
        let single = fit(&spec(Some(start)), &many);
        assert!(last(&found) <= last(&single) + 1e-9, "{} {}", last(&found), last(&single));
    }
    // Of many that are alike none is better than another.
    let means: Vec<f64> = (0..20).map(|k| 50.0 * f64::from(k)).collect();
    let alike = fit(&spec(Some(Start::All)), &line(&means, &[1.0; 20]));
    assert_close("alike", &[last(&alike)], &[libm::log(20.0)], 1e-9);
    assert_eq!(alike.restart_values.len(), 8);
    // Starts that are equal are one.
    let twice = line(&[0.0, 0.0, 4.0], &[1.0, 1.0, 1.0]);
    assert_eq!(fit(&spec(Some(Start::All)), &twice).restart_values.len(), 3);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let spec = Spec { max_iter: 6, ..spec(Some(Start::All)) };
        pool.install(|| [fit(&spec, &ring(12)), fit(&self::spec(None), &ring(12))])
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn a_start_that_is_too_far_away_is_blamed_itself() {
    let target = line(&[-1.0, 1.0], &[1.0, 1.0]);
    let start = |mean: f64| spec(Some(Start::Means(array![[0.5], [mean]])));
    for far in [1e20, 1e149, 1e200] {
        let error = try_fit(&start(far), &target).unwrap_err();
        let named = format!("the start [{far:?}] is too far from the mixture");
        assert!(error.contains(&named) && error.contains("hint: start nearer"), "{error}");
    }
    // From far away, but not that far, the first steps come back.
    let found = fit(&start(1e10), &target);
    assert!(found.restart_values.iter().all(|value| *value < 0.1), "{:?}", found.restart_values);
    // Moments that are far from every component are none of all starts, and none of one's own.
    let apart = line(&[-3e100, 3e100], &[1.0, 1.0]);
    assert_eq!(fit(&spec(Some(Start::All)), &apart).restart_values.len(), 2);
    let error = try_fit(&spec(Some(Start::Moments)), &apart).unwrap_err();
    assert!(error.contains("too far apart") && error.contains("hint: start at a"), "{error}");
}

const SWEPT: &str = r#"
schema = 1
[output]
formats = ["svg"]
[data.plane]
source.gaussian_mixture = { means = [[-2.0, -1.0], [2.0, 1.0]], samples = 3 }
[sweep.both]
data = "plane"
over = { divergence = ["KL(q||p)", "KL(p||q)"] }
model.project = { covariance = "diag" }
[figure.both]
plot.sweep = { sweep = "both", metrics = ["divergence"] }
[figure.cover]
plot.density = { data = "plane", fit = "sweep.both.KL_p_q", points = false }
[assert.named]
that = "sweep.both.members[0].swept_divergence == \"KL(q||p)\""
[assert.both]
that = "sweep.both.members[1].divergence < sweep.both.members[0].divergence"
"#;

#[test]
fn both_divergences_can_be_swept_and_none_of_them_is_best() {
    let folder_ = folder(SWEPT);
    check(&elbow(&folder_, &["build", "-q", "a.toml"]), 0, &[]);
    let files = files(folder_.path());
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    let alt = text("figures/extras/a/alt/both.txt");
    assert!(alt.contains("None of them is the best") && alt.contains("two measures"), "{alt}");
    let numbers: Value = serde_json::from_str(&text("figures/extras/a/numbers.json")).unwrap();
    let sweep = &numbers["sweep"]["both"];
    assert!(sweep["best"].is_null() && sweep["KL_q_p"]["divergence"].is_f64(), "{sweep}");
    let all = stdout(&elbow(&folder_, &["export", "a.toml", "sweep.both"]));
    let all: Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all["members"][1]["divergence"].as_f64(), sweep["KL_p_q"]["divergence"].as_f64());
    // Each is what a fit alone is.
    let alone = fit(
        &Spec { covariance: Form::Diag, ..spec(None) },
        &Mixture {
            weights: vec![0.5; 2],
            means: array![[-2.0, -1.0], [2.0, 1.0]],
            covariances: vec![Array2::eye(2); 2],
        },
    );
    assert_close("alone", &numbers_of(sweep, "KL_p_q"), &[last(&alone)], 1e-12);

    for (from, to, parts) in [
        ("over", "best = \"divergence\"\nover", &["no member is best", "leave `best` out"][..]),
        ("sweep.both.KL_p_q", "sweep.both.best", &["no member is best", "`sweep.both.KL_q_p`"]),
        ("\"KL(p||q)\"]", "\"KL(q;p)\"]", &["cannot be a value of `divergence`"]),
    ] {
        let wrong = folder(&SWEPT.replacen(from, to, 1));
        check(&elbow(&wrong, &["check", "a.toml"]), 2, parts);
    }
}

fn numbers_of(sweep: &Value, member: &str) -> Vec<f64> {
    vec![sweep[member]["divergence"].as_f64().unwrap()]
}
