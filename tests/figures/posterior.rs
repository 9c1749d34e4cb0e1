//! Responsibilities of single points, and posteriors of the means.

use elbow::figure::style::Theme;
use elbow::figure::{Cell, Layers};
use serde_json::{Value, json};

use crate::common::{fixture, numbers as flat};
use crate::lecture::{assert_near, classic, lecture, list, number, numbers, run_lecture, run_text};
use crate::texts::{inked, paths};

#[test]
fn the_most_and_the_least_certain_points_are_those_of_the_reference() {
    let reference = &fixture("cavi_1d.json")["cases"][0];
    for (name, key) in [
        ("posterior_most_uncertain", "most_uncertain"),
        ("posterior_least_uncertain", "least_uncertain"),
    ] {
        // The lecture's own figure shows distinct points.
        let builts: &[_] = match key {
            "most_uncertain" => &[classic()],
            _ => &[lecture(), classic()],
        };
        for built in builts {
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
    let caption = classic().picture("posterior_most_uncertain").caption();
    assert!(caption.contains("all between components 2 and 3"), "{caption}");
    assert!(caption.contains("1887, 1233, 2074"), "{caption}");
    let caption = lecture().picture("posterior_least_uncertain").caption();
    assert!(caption.contains("all in component 3"), "{caption}");
}

#[test]
fn distinct_points_are_apart_or_between_others() {
    let built = lecture();
    let picture = built.json("posterior_most_uncertain");
    let reference = &fixture("cavi_1d.json")["cases"][0]["most_uncertain"];
    let points = list(&picture["points"]);
    assert_eq!(points.len(), 3);
    assert_eq!(points[0]["index"], reference[0][0], "the most uncertain one comes first");
    let data = &built.values.data["line"].as_ref().unwrap().points;
    let sd = data.column(0).std(0.0);
    let shared = |p: &Value| -> Vec<usize> {
        numbers(&p["phi"]).iter().enumerate().filter(|(_, v)| **v >= 0.2).map(|(k, _)| k).collect()
    };
    for (i, a) in points.iter().enumerate() {
        for b in &points[..i] {
            let apart = (number(&a["x"][0]) - number(&b["x"][0])).abs() / sd;
            assert!(apart >= 0.5 || shared(a) != shared(b), "{a} and {b}");
        }
    }
    let numbers = built.picture("posterior_most_uncertain").numbers();
    let entropies: Vec<f64> =
        list(&numbers["points"]).iter().map(|p| number(&p["entropy"])).collect();
    assert!(entropies.windows(2).all(|w| w[0] >= w[1] - 0.2), "{entropies:?}");
    assert_near(
        "mean",
        number(&numbers["mean_entropy"]),
        entropies.iter().sum::<f64>() / 3.0,
        1e-12,
    );
}

/// Two points on each other and one far away; all three where that is what there is.
#[test]
fn too_few_distinct_points_are_filled_up() {
    let text = "schema = 1\n[data.x.source.points]\nvalues = [0.0, 0.0, 0.0, 4.0]\n\
        [fit.x]\ndata = \"x\"\n[fit.x.model.given]\nmeans = [0.0, 4.0]\n\
        [figure.x]\nplot.posterior_bars = { fit = \"x\", distinct = true, count = 3 }\n";
    let picture = run_text(text, &[]).json("x");
    let points = list(&picture["points"]);
    let x: Vec<f64> = points.iter().map(|p| number(&p["x"][0])).collect();
    assert_eq!(x.len(), 3);
    assert_ne!(x[0], x[1], "the second is the other place");
}

#[test]
fn what_is_said_of_points_is_said_of_each() {
    let said = |points: &str| {
        let points =
            format!("figure.posterior_least_uncertain.plot.posterior_bars.points={points}");
        let built = run_lecture(&[&points]);
        let facts = built.picture("posterior_least_uncertain").header(&Theme::LIGHT, Layers::ALL);
        facts.facts[0].clone()
    };
    // Each is in one component, none is between two.
    assert_eq!(said("[2190, 2404]"), "all in component 3");
    assert_eq!(said("[2190]"), "in component 3");
    assert_eq!(said("[1887, 1233]"), "all between components 2 and 3");
    assert_eq!(said("[2190, 1887, 2404]"), "two in 3, one between 2 and 3");
}

/// Each curve's label is nearer to its own curve than to any other.
#[test]
fn labels_of_curves_stand_at_their_own() {
    let mut labelled = 0;
    for (components, points) in [(3, "most"), (3, "least"), (5, "most"), (9, "most"), (9, "least")]
    {
        let built = run_lecture(&[
            &format!("fit.cavi.model.cavi.components={components}"),
            "fit.cavi.model.cavi.init=\"kmeans++\"",
            &format!(
                "figure.posterior_most_uncertain.plot.posterior_bars.points=\"{points}_uncertain\""
            ),
        ]);
        let picture = built.json("posterior_most_uncertain");
        let svg =
            &built.svgs().into_iter().find(|(n, _)| n == "posterior_most_uncertain").unwrap().1;
        // The curves as drawn: the first vertices of the paths in the groups of that name.
        let curves = paths(svg, "responsibility");
        let slots = list(&picture["slots"]);
        assert_eq!(curves.len(), slots.len());
        for (words, [left, top, right, bottom]) in inked(svg) {
            let Some(name) = words.strip_prefix("\u{3d5}_").and_then(|w| w.strip_suffix("(x)"))
            else {
                continue;
            };
            labelled += 1;
            let own =
                slots.iter().position(|s| s["number"] == name.parse::<u64>().unwrap()).unwrap();
            let distance = |curve: &[(f64, f64)]| {
                curve.iter().fold(f64::INFINITY, |least, (x, y)| {
                    let dx = (left - x).max(x - right).max(0.0);
                    let dy = (top - y).max(y - bottom).max(0.0);
                    least.min(dx.hypot(dy))
                })
            };
            let there = distance(&curves[own]);
            assert!(there > 0.5, "{words} lies on its curve");
            for (i, curve) in curves.iter().enumerate() {
                assert!(i == own || distance(curve) > there, "{words} is nearer to curve {i}");
            }
        }
    }
    assert!(labelled >= 12, "{labelled} labels");
}

#[test]
fn coordinates_of_points_have_columns_of_their_own() {
    let built = run_lecture(&["figure.posterior_most_uncertain.plot.posterior_bars.fit=\"vb\""]);
    let table = built.picture("posterior_most_uncertain").table();
    let data = built.values.data["plane"].as_ref().unwrap();
    assert_eq!(table.columns[2..4], data.columns[..]);
    for row in &table.rows {
        assert!(row[2..4].iter().all(|cell| matches!(cell, Cell::Number(_))), "{row:?}");
    }
    assert_eq!(
        built.plan.figures["posterior_most_uncertain"].panels[0].plot.kind().labelled_columns(),
        0
    );
}

#[test]
fn chosen_points_are_shown_in_the_order_given() {
    let built = run_lecture(&[
        "figure.posterior_least_uncertain.plot.posterior_bars.points=[2999, 0, 1500, 7]",
    ]);
    let picture = built.json("posterior_least_uncertain");
    let indices: Vec<f64> = list(&picture["points"]).iter().map(|p| number(&p["index"])).collect();
    assert_eq!(indices, [2999.0, 0.0, 1500.0, 7.0]);
}

/// Bars run from the left to the right like the lines of their points.
#[test]
fn bars_stand_in_the_order_of_the_points() {
    let name = "posterior_least_uncertain";
    let given = [2999, 0, 1500, 7];
    let built = run_lecture(&[&format!("figure.{name}.plot.posterior_bars.points={given:?}")]);
    let data = &built.values.data["line"].as_ref().unwrap().points;
    let svg = built.svgs().into_iter().find(|(n, _)| n == name).unwrap().1;
    let mut heads: Vec<(f64, f64)> = Vec::new();
    for index in given {
        let words = inked(&svg);
        let own = |w: &str| w == format!("x_{index}") || w.starts_with(&format!("x_{index} ="));
        // The last one is that above the bars.
        let lefts = words.iter().filter(|(w, _)| own(w)).map(|(_, ink)| ink[0]);
        heads.push((data[[index, 0]], lefts.fold(f64::NEG_INFINITY, f64::max)));
    }
    heads.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(heads.windows(2).all(|w| w[0].1 + 20.0 < w[1].1), "{heads:?}");
    let facts = built.picture(name).header(&Theme::LIGHT, Layers::ALL).facts;
    assert!(facts.iter().any(|f| f.starts_with("mean entropy")), "{facts:?}");
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
