//! Responsibilities as mixed colours: groups of points, ellipses, curves and what is uncertain.

use elbow::figure::style::Theme;
use elbow::figure::{Cell, Layers, Start};
use elbow::render::Format;
use serde_json::{Value, json};

use crate::lecture::{Built, assert_near, list, number, numbers, plan_of, run, run_text, shipped};
use crate::texts::{assert_none, violations};
use crate::variants::{assert_colours, assert_consistent, components};

/// `lecture3.toml` with figures of responsibilities in place of its own.
fn lecture_with_responsibilities() -> Built {
    let (path, text) = shipped("lecture3");
    let more = r#"
[figure.plane]
plot.responsibilities = { fit = "vb" }
[figure.plane_start]
plot.responsibilities = { fit = "vb", at = 0 }
[figure.line]
plot.responsibilities = { fit = "cavi" }
[figure.stacked]
plot.responsibilities = { fit = "cavi", stacked = true }
"#;
    let mut plan = plan_of(&path, &(text + more), &[]);
    let own = ["plane", "plane_start", "line", "stacked"];
    plan.figures.retain(|name, _| own.contains(&&**name));
    run(plan)
}

/// Two components one unit from 1, with equal weights: p(k | x) is a logistic curve.
const TWO: &str = r#"
schema = 1
[data.line.source.points]
values = [-2.0, -0.5, 0.0, 0.5, 1.0, 2.0, 2.5, 4.0]
[fit.two]
data = "line"
model.given = { means = [2.0, 0.0], sd = 1.0 }
[figure.curves]
plot.responsibilities = { fit = "two" }
[figure.stacked]
plot.responsibilities = { fit = "two", stacked = true }
"#;

#[test]
fn each_point_has_its_responsibilities_and_its_colour() {
    let built = lecture_with_responsibilities();
    let fit = built.values.fits["vb"].as_ref().unwrap();
    let points = &built.values.data["plane"].as_ref().unwrap().points;
    let matching = &built.values.scores["vb"].r#match.inferred_of_true;
    let expected = fit.responsibilities(points.view(), fit.iterations());
    let picture = built.json("plane");
    let phi: Vec<Vec<f64>> = list(&picture["phi"]).iter().map(numbers).collect();
    assert_eq!(phi.len(), 1500);
    for (i, row) in phi.iter().enumerate() {
        for (j, value) in row.iter().enumerate() {
            assert_eq!(*value, expected[[i, matching[j].unwrap()]]);
        }
    }
    // Every point is in one group, whose shares are its own to half of a 32nd.
    let groups = list(&picture["groups"]);
    let mut seen = vec![0; phi.len()];
    for group in groups {
        let shares = numbers(&group["shares"]);
        for i in numbers(&group["points"]).into_iter().map(|i| i as usize) {
            seen[i] += 1;
            for (share, phi) in shares.iter().zip(&phi[i]) {
                assert!((share / 32.0 - phi).abs() <= 1.0 / 64.0, "{i}: {share} for {phi}");
            }
        }
    }
    assert!(seen.iter().all(|n| *n == 1));
    // The purest first, so that mixed colours lie above; far fewer groups than points.
    let purity: Vec<f64> =
        groups.iter().map(|g| numbers(&g["shares"]).into_iter().fold(0.0, f64::max)).collect();
    assert!(purity.windows(2).all(|w| w[0] >= w[1]));
    assert!((20..300).contains(&groups.len()), "{} groups", groups.len());
}

#[test]
fn the_title_counts_the_points_without_a_sure_component() {
    let built = lecture_with_responsibilities();
    let picture = built.json("plane");
    let phi: Vec<Vec<f64>> = list(&picture["phi"]).iter().map(numbers).collect();
    let unsure = phi.iter().filter(|row| row.iter().all(|p| *p <= 0.9)).count();
    assert_eq!(picture["uncertain"], json!(unsure));
    // The share that the lecture's target picture states.
    assert_eq!((100.0 * unsure as f64 / 1500.0).round(), 37.0);
    let header = built.picture("plane").header(&Theme::LIGHT, Layers::ALL);
    assert_eq!(header.facts, ["37\u{2009}% of the points have no $\\phi_{ik}$ above 0.9"]);
    assert_eq!(built.picture("plane").numbers()["uncertain"], json!(unsure));
    let start = built.picture("plane_start").header(&Theme::LIGHT, Layers::ALL);
    assert_eq!(start.facts[0], "at $t$ = 0");
    assert!(built.picture("plane_start").caption().contains("at t = 0"));
}

#[test]
fn ellipses_are_at_one_and_two_standard_deviations() {
    let built = lecture_with_responsibilities();
    let fit = built.values.fits["vb"].as_ref().unwrap();
    let mixture = fit.mixture(fit.iterations());
    let picture = built.json("plane");
    let components = list(&picture["space"]["plane"]["components"]);
    assert_eq!(components.len(), 3);
    for component in components {
        let k = component["slot"]["inferred"].as_u64().unwrap() as usize;
        let gaussian = mixture.component(k);
        assert_eq!(numbers(&component["mean"]), gaussian.mean);
        let outlines = list(&component["outlines"]);
        assert_eq!(outlines.len(), 2);
        for (outline, squared) in outlines.iter().zip([4.0, 1.0]) {
            for vertex in list(outline) {
                let found = gaussian.squared_mahalanobis(&numbers(vertex));
                assert_near("vertex", found, squared, 1e-9);
            }
        }
    }
    let extent = built.extent("plane");
    for [x, y] in list(&picture["points"]).iter().map(|p| [number(&p[0]), number(&p[1])]) {
        assert!(extent.x.contains(x) && extent.y.contains(y));
    }
    assert!(built.picture("line").extent().is_none());
}

#[test]
fn curves_are_the_closed_form() {
    let built = run_text(TWO, &[]);
    let curves = &built.json("curves")["space"]["line"]["curves"];
    let x = numbers(&curves["x"]);
    let phi: Vec<Vec<f64>> = list(&curves["phi"]).iter().map(numbers).collect();
    for (i, x) in x.iter().enumerate() {
        let second = 1.0 / (1.0 + (2.0 * x - 2.0).exp());
        assert_near("p(2 | x)", phi[1][i], second, 1e-12);
        assert_near("sum", phi[0][i] + phi[1][i], 1.0, 1e-12);
    }
    // Both are at most 0.9 within ln(9) / 2 of the middle, to half a step of the grid.
    let uncertain = list(&curves["uncertain"]);
    assert_eq!(uncertain.len(), 1);
    let step = x[1] - x[0];
    for (end, expected) in [("low", 1.0 - 9.0_f64.ln() / 2.0), ("high", 1.0 + 9.0_f64.ln() / 2.0)] {
        let error = (number(&uncertain[0][end]) - expected).abs();
        assert!(error <= step, "{end}: {error}");
    }
    // Of the points 0, 0.5, 1 and 2 lie there.
    assert_eq!(built.json("curves")["uncertain"], json!(4));
    // Areas begin with the lowest mean.
    let order = &built.json("stacked")["space"]["line"]["curves"]["order"];
    assert_eq!(order, &json!([1, 0]));
    // One row a point and component, then the curves.
    assert_eq!(built.rows("curves", "point").len(), 16);
    assert_eq!(built.rows("curves", "curve").len(), 2 * x.len());
}

#[test]
fn colours_are_mixed_in_linear_light() {
    // One point with equal shares of both, others of one alone.
    let built = run_text(TWO, &["data.line.source.points.values=[-9.0, 1.0, 9.0]"]);
    let svg = &built.render(&[Format::Svg], 100.0)[0].1.svg;
    // Of #0072B2 and #D55E00: the encoded mean of the decoded channels.
    for color in ["#0072b2", "#d55e00", "#9c6982"] {
        assert!(svg.contains(color), "{color}");
    }
}

#[test]
fn paper_without_colours_has_shades_of_grey() {
    let components = [Some(0), Some(1), Some(2)];
    let shades = Theme::PRINT.shades(&components);
    let light: Vec<f64> = shades.iter().map(|s| s.luminance()).collect();
    assert!(light.windows(2).all(|w| w[1] - w[0] > 0.1), "{light:?}");
    assert!(light[2] < 0.6, "the lightest is not seen on white: {light:?}");
    assert_eq!(Theme::LIGHT.shades(&components), Theme::LIGHT.marks[..3]);
    assert_eq!(Theme::PRINT.shades(&[Some(4)]), [Theme::PRINT.ink]);
}

#[test]
fn steps_show_points_without_colours_then_the_truth() {
    let built = lecture_with_responsibilities();
    let picture = built.picture("plane");
    let header = |truth, estimate| {
        let layers = Layers { data: true, truth, start: Start::Hidden, estimate };
        picture.header(&Theme::LIGHT, layers)
    };
    assert_eq!(header(false, false).start, "Data");
    assert_eq!(header(false, false).facts, ["1,500 points"]);
    assert_eq!(header(true, false).start, "Truth");
    assert_eq!(header(true, true).start, "Responsibilities");
    // The key keeps its places.
    let shown = |truth, estimate| -> Vec<bool> {
        header(truth, estimate).key.iter().map(|e| e.shown).collect()
    };
    assert_eq!((shown(false, false), shown(true, true)), (vec![false, false], vec![false, true]));
}

#[test]
fn any_fit_can_be_drawn() {
    let built = run_text(
        r#"
schema = 1
[data.line]
seed = 1
source.gaussian_mixture = { means = [0.0, 4.0, 9.0], samples = [30, 10, 20] }
[data.plane]
seed = 1
source.gaussian_mixture = { means = [[0.0, 0.0], [4.0, 1.0]], samples = 20 }
[data.plain.source.points]
values = [[0.0, 1.0], [0.5, 1.5], [4.0, 4.0], [4.5, 3.75], [5.0, 4.25]]
[data.one.source.points]
values = [3.0]
[data.spot.source.points]
values = [[3.0, 1.0]]
[fit.many]
data = "line"
model.cavi = { components = 20 }
[fit.alone]
data = "plane"
model.bayesian_mixture = { components = 1 }
[fit.more]
data = "plane"
model.bayesian_mixture = { components = 6 }
[fit.plain]
data = "plain"
model.bayesian_mixture = { components = 2 }
[fit.one]
data = "one"
model.given = { means = [3.0, 9.0], weights = [0.25, 0.75] }
[fit.spot]
data = "spot"
model.given = { means = [[3.0, 1.0]] }
[figure.many]
plot.responsibilities = { fit = "many" }
[figure.many_stacked]
plot.responsibilities = { fit = "many", stacked = true }
[figure.alone]
plot.responsibilities = { fit = "alone" }
[figure.more]
plot.responsibilities = { fit = "more" }
[figure.more_small]
size = [4.0, 3.0]
plot.responsibilities = { fit = "more" }
[figure.plain]
plot.responsibilities = { fit = "plain" }
[figure.one]
plot.responsibilities = { fit = "one" }
[figure.spot]
plot.responsibilities = { fit = "spot" }
"#,
        &[],
    );
    assert_consistent(&built);
    assert_colours(&built);
    assert_none(&violations("any fit", &built));
    assert_eq!(built.json("alone")["uncertain"], json!(0));
    assert_eq!(list(&built.json("more")["slots"]).len(), 6);
    assert_eq!(list(&built.json("plain")["slots"]).len(), 2);
    // Every point is there for each component, and nothing is missing.
    let rows = built.picture("more").table().rows;
    let points = rows.iter().filter(|r| r[0] == Cell::Text("point".to_owned())).count();
    assert_eq!(points, 40 * 6);
    assert_eq!(built.json("one")["labels"], Value::Null);
}

#[test]
fn texts_are_apart_wherever_the_components_are() {
    let figures = r#"
[figure.plane]
plot.responsibilities = { fit = "vb" }
[figure.plane_grid]
size = [10, 6]
plot.responsibilities = { fit = "vb" }
panels = { over = "iterations", values = [0, 20, "final"], columns = 2 }
[figure.line]
plot.responsibilities = { fit = "cavi" }
[figure.line_small]
size = [4, 3]
plot.responsibilities = { fit = "cavi", stacked = true }
[figure.ellipses]
plot.ellipses = { fit = "vb" }
[figure.ellipses_grid]
size = [10, 6]
plot.ellipses = { fit = "vb" }
panels = { over = "iterations", values = [0, 20, "final"], columns = 2 }
[figure.weights]
plot.weights = { fit = "vb" }
[figure.weights_small]
size = [4, 3]
plot.weights = { fit = "vb", kept_above = 0.2 }
"#;
    let (path, text) = shipped("lecture3");
    let mut wrong = Vec::new();
    for seed in 0..5 {
        for (truth, inferred) in [(3, 3), (3, 5), (4, 2), (2, 9)] {
            let mut sets = components(truth, inferred);
            for node in ["data.line", "data.plane", "fit.cavi", "fit.vb"] {
                sets.push(format!("{node}.seed={seed}"));
            }
            let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
            let mut plan = plan_of(&path, &format!("{text}{figures}"), &sets);
            plan.figures.retain(|name, _| figures.contains(&format!("[figure.{name}]")));
            let what = format!("K = {truth}, {inferred} inferred, seed {seed}");
            wrong.extend(violations(&what, &run(plan)));
        }
    }
    assert_none(&wrong);
}

/// Three means in the plane, equally likely, and a fit with one of them far narrower.
const REGIONS: &str = r#"
schema = 1
[data.d.source.points]
values = [[0.1, 2.0], [-2.0, -1.0], [2.2, -1.1], [0.0, 0.0]]
[fit.three]
data = "d"
model.kmeans = { components = 3, init = { means = [[0.1, 2.0], [-2.0, -1.0], [2.2, -1.1]] }, max_iter = 0 }
[fit.inside]
data = "d"
model.given = { means = [[0.0, 0.0], [0.0, 0.0]], sd = [0.5, 3.0] }
[figure.three]
plot.responsibilities = { fit = "three", boundary = true }
[figure.inside]
plot.responsibilities = { fit = "inside", boundary = true }
[figure.without]
plot.responsibilities = { fit = "three" }
"#;

#[test]
fn regions_have_lines_between_them_where_the_most_probable_component_changes() {
    let built = run_text(REGIONS, &[]);
    let lines = |name: &str| -> Vec<Vec<[f64; 2]>> {
        let all = built.json(name)["space"]["plane"]["boundaries"].clone();
        serde_json::from_value(all).unwrap()
    };
    let three = lines("three");
    // They meet in the middle, and three leave the page.
    let leaving = three.iter().flatten().filter(|[x, y]| x.abs().max(y.abs()) > 20.0).count();
    assert_eq!(leaving, 3, "{three:?}");
    let distance = |p: [f64; 2], m: [f64; 2]| (p[0] - m[0]).hypot(p[1] - m[1]);
    let means = [[0.1, 2.0], [-2.0, -1.0], [2.2, -1.1]];
    for p in three.iter().flatten() {
        let mut distances = means.map(|m| distance(*p, m));
        distances.sort_by(f64::total_cmp);
        assert!(
            distances[1] - distances[0] < 2e-3,
            "{p:?} is as far from two means: {distances:?}"
        );
    }
    // Density 4 times as high, and equal where r^2 (1/0.25 - 1/9) / 2 = 2 ln 6.
    let inside = lines("inside");
    let [ring] = inside.as_slice() else { panic!("{inside:?}") };
    let radius = (4.0 * 6.0_f64.ln() / (4.0 - 1.0 / 9.0)).sqrt();
    assert!(ring.len() > 20 && ring.first() == ring.last());
    for [x, y] in ring {
        assert!((x.hypot(*y) - radius).abs() < 1e-4, "{x} {y}: {radius}");
    }
    assert!(built.json("without")["space"]["plane"].get("boundaries").is_none());
    let rows = |name: &str| {
        let is_boundary = |cell: &Cell| matches!(cell, Cell::Text(t) if t.starts_with("boundary"));
        let table = built.picture(name).table();
        table.rows.iter().filter(|row| is_boundary(&row[0])).count()
    };
    assert_eq!(rows("three"), three.iter().flatten().count());
    assert_eq!(rows("without"), 0);
}
