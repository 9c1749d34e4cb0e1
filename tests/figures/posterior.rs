//! Responsibilities of single points, and posteriors of the means.

use serde_json::json;

use crate::common::{fixture, numbers as flat};
use crate::lecture::{assert_near, classic, lecture, list, number, numbers};

#[test]
fn the_most_and_the_least_certain_points_are_those_of_the_reference() {
    let reference = &fixture("cavi_1d.json")["cases"][0];
    for (name, key) in [
        ("posterior_most_uncertain", "most_uncertain"),
        ("posterior_least_uncertain", "least_uncertain"),
    ] {
        for built in [lecture(), classic()] {
            let picture = built.json(name);
            for (k, slot) in list(&picture["slots"]).iter().enumerate() {
                // In the order of the true components, not of the raw labels.
                assert_eq!(slot["truth"], json!(k));
                assert_eq!(slot["inferred"], reference["match"][k]);
            }
            let points = list(&picture["points"]);
            let expected = list(&reference[key]);
            assert_eq!(points.len(), expected.len());
            for (point, expected) in points.iter().zip(expected) {
                assert_eq!(point["index"], expected[0], "{name}");
                assert_eq!(number(&point["x"][0]), number(&expected[1]), "{name}");
                let raw = flat(&expected[2]);
                for (k, phi) in numbers(&point["phi"]).into_iter().enumerate() {
                    let inferred = reference["match"][k].as_u64().unwrap() as usize;
                    assert_near(name, phi, raw[inferred], 1e-9);
                }
            }
        }
    }
}

#[test]
fn bars_are_the_heights_of_the_curves_at_their_point() {
    let picture = lecture().json("posterior_most_uncertain");
    let x = numbers(&picture["curves"]["x"]);
    for point in list(&picture["points"]) {
        let at = number(&point["x"][0]);
        let right = x.iter().position(|x| *x > at).unwrap();
        let share = (at - x[right - 1]) / (x[right] - x[right - 1]);
        for (k, phi) in numbers(&point["phi"]).into_iter().enumerate() {
            let curve = &picture["curves"]["phi"][k];
            let (before, after) = (number(&curve[right - 1]), number(&curve[right]));
            let height = before + share * (after - before);
            assert!((height - phi).abs() < 1e-3, "component {k} at {at}: {height}, not {phi}");
        }
    }
    for i in 0..x.len() {
        let sum: f64 = list(&picture["curves"]["phi"]).iter().map(|c| number(&c[i])).sum();
        assert!((sum - 1.0).abs() < 1e-12, "at {}", x[i]);
    }
}

#[test]
fn titles_of_points_say_between_which_components() {
    let caption = lecture().picture("posterior_most_uncertain").caption();
    assert!(caption.contains("between components 2 and 3"), "{caption}");
    assert!(caption.contains("1887, 1233, 2074"), "{caption}");
    let caption = lecture().picture("posterior_least_uncertain").caption();
    assert!(caption.contains("all in component 3"), "{caption}");
}

#[test]
fn chosen_points_are_shown_in_the_order_given() {
    let built = crate::lecture::run_lecture(&[
        "figure.posterior_most_uncertain.plot.posterior_bars.points=[2999, 0, 1500, 7]",
    ]);
    let picture = built.json("posterior_most_uncertain");
    let indices: Vec<f64> = list(&picture["points"]).iter().map(|p| number(&p["index"])).collect();
    assert_eq!(indices, [2999.0, 0.0, 1500.0, 7.0]);
}

#[test]
fn posteriors_of_the_means_are_the_normal_factors() {
    let reference = &fixture("cavi_1d.json")["cases"][0];
    let picture = lecture().json("posterior_means");
    let half_span = number(&picture["half_span"]);
    for (k, panel) in list(&picture["panels"]).iter().enumerate() {
        let inferred = reference["match"][k].as_u64().unwrap() as usize;
        let (mean, sd) = (number(&panel["mean"]), number(&panel["sd"]));
        let variance = number(&reference["fit"]["s2"][96][inferred]);
        assert_near("mean", mean, number(&reference["fit"]["m"][96][inferred]), 1e-10);
        assert_near("variance", sd * sd, variance, 1e-10);
        assert_eq!(number(&panel["truth"]), [0.0, 1.0, 5.0][k]);
        let curve = list(&panel["curve"]);
        for point in curve {
            let z = (number(&point[0]) - mean) / sd;
            let density = (-0.5 * z * z).exp() / (sd * std::f64::consts::TAU.sqrt());
            assert_near("density", number(&point[1]), density, 1e-12);
            assert!((number(&point[0]) - mean).abs() <= half_span * (1.0 + 1e-12));
        }
    }
    // Only the second truth is outside of its 95 % interval.
    let outside: Vec<bool> = list(&picture["panels"])
        .iter()
        .map(|p| {
            let away = (number(&p["truth"]) - number(&p["mean"])).abs();
            away > 1.959_963_984_540_054 * number(&p["sd"])
        })
        .collect();
    assert_eq!(outside, [false, true, false]);
    let caption = lecture().picture("posterior_means").caption();
    assert!(caption.contains("two of three truths within 95\u{2009}%"), "{caption}");
    assert!(caption.contains("component 2: 0.934 \u{b1} 0.032 (truth 1)"), "{caption}");
}

#[test]
fn sampled_posteriors_have_area_one() {
    for panel in list(&classic().json("posterior_means")["panels"]) {
        let area: f64 = list(&panel["bars"])
            .iter()
            .map(|b| (number(&b[1]) - number(&b[0])) * number(&b[2]))
            .sum();
        assert!((area - 1.0).abs() < 1e-9, "{area}");
    }
}
