//! Scatter plots: where ellipses lie, which are hidden, what points are coloured by.

use std::sync::OnceLock;

use elbow::figure::Layers;
use elbow::figure::style::Theme;
use elbow::math::mass_radius;
use elbow::math::mixture::Mixture;
use elbow::render::Format;
use serde_json::{Value, json};

use crate::lecture::{Built, assert_near, list, number, numbers, plan_of, run, run_text, shipped};
use crate::texts::{assert_none, violations};
use crate::variants::{assert_colours, assert_consistent};

const FIGURES: &str = r#"
[fit.many]
data = "plane"
seed = 3
model.bayesian_mixture = { components = 6, weight_concentration_prior = 0.001, max_iter = 1500 }
[figure.vb]
plot.scatter = { fit = "vb" }
[figure.vb_2]
plot.scatter = { fit = "vb", at = 2 }
[figure.sd]
plot.scatter = { fit = "vb", sd = [1, 2, 2, 3], color = "fit", opacity_by_weight = false }
[figure.truth]
plot.scatter = { data = "plane", mass = [0.9], color = "none", aspect = "free" }
[figure.many]
plot.scatter = { fit = "many", hide_below = 0.1 }
[figure.all]
plot.scatter = { data = "plane", fit = "many", hide_below = 0 }
[figure.steps]
plot.scatter = { fit = "vb" }
steps = ["data", "truth", "init", "iteration 3", "final"]
[figure.grid]
plot.scatter = { fit = "many" }
panels = { over = "iterations", values = [0, 5, 20, "final"] }
"#;

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let (path, text) = shipped("lecture3");
        let text = text.split("# --- figures").next().unwrap().to_owned();
        run(plan_of(&path, &(text + FIGURES), &[]))
    })
}

fn mixture(fit: &str, at: usize) -> Mixture {
    built().values.fits[fit].as_ref().unwrap().mixture(at)
}

/// Each vertex of each ellipse lies at its radius, the widest ellipse first.
#[track_caller]
fn assert_ellipses(name: &str, mixture: &Mixture, index: &str, radii: &[f64]) {
    let picture = built().json(name);
    for component in list(&picture["components"]) {
        let k = component["slot"][index].as_u64().unwrap() as usize;
        let gaussian = mixture.component(k);
        assert_eq!(number(&component["weight"]), mixture.weights[k], "{name}");
        assert_eq!(numbers(&component["mean"]), gaussian.mean, "{name}");
        let ellipses = list(&component["ellipses"]);
        assert_eq!(ellipses.len(), radii.len(), "{name}");
        for (ellipse, radius) in ellipses.iter().zip(radii) {
            assert!(list(ellipse).len() > 60, "{name}");
            for vertex in list(ellipse) {
                let found = gaussian.squared_mahalanobis(&numbers(vertex)).sqrt();
                assert_near(name, found, *radius, 1e-9);
            }
        }
    }
}

#[test]
fn ellipses_hold_their_mass_or_lie_at_their_standard_deviations() {
    let by_mass = [mass_radius(0.95), mass_radius(0.5)];
    assert_ellipses("vb", &mixture("vb", usize::MAX), "inferred", &by_mass);
    assert_ellipses("vb_2", &mixture("vb", 2), "inferred", &by_mass);
    assert_ellipses("sd", &mixture("vb", usize::MAX), "inferred", &[3.0, 2.0, 1.0]);
    let truth = built().values.data["plane"].as_ref().unwrap().truth.clone().unwrap();
    assert_ellipses("truth", &truth, "truth", &[mass_radius(0.9)]);
    assert_eq!(list(&built().json("truth")["components"]).len(), 3);
}

#[test]
fn components_of_little_weight_are_hidden_and_the_title_says_so() {
    let weights = mixture("many", usize::MAX).weights;
    let small = weights.iter().filter(|w| **w < 0.1).count();
    assert!(small > 0 && small < 6, "{weights:?}");
    let picture = built().json("many");
    assert_eq!(picture["hidden"], json!(small));
    let shown = list(&picture["components"]);
    assert_eq!(shown.len(), 6 - small);
    assert!(shown.iter().all(|c| number(&c["weight"]) >= 0.1));
    let header = built().picture("many").header(&Theme::LIGHT, Layers::ALL);
    assert!(header.start.ends_with("of six components"), "{}", header.start);
    let hidden = format!("{small} below 10\u{2009}% hidden");
    assert!(header.facts[0].starts_with(&hidden), "{:?}", header.facts);
    assert_eq!(built().picture("many").numbers()["hidden"], json!(small));
    assert_eq!(list(&built().json("all")["components"]).len(), 6);
    assert_eq!(built().picture("all").header(&Theme::LIGHT, Layers::ALL).start, "Six components");
}

#[test]
fn the_caption_is_a_sentence_of_the_numbers() {
    assert_eq!(
        built().picture("truth").caption(),
        "1,500 points and the true components: ellipses of 90\u{2009}% of mass; \
         weights 0.333, 0.333 and 0.333 of k = 1, 2 and 3."
    );
    let caption = built().picture("vb_2").caption();
    assert!(caption.starts_with("1,500 points and the components of the fit at t = 2: "));
}

#[test]
fn the_title_says_which_iteration_it_is() {
    let start = |name: &str| built().picture(name).header(&Theme::LIGHT, Layers::ALL).start;
    assert_eq!(start("vb"), "Three components");
    assert_eq!(start("vb_2"), "t = 2: three components");
}

/// The fills of groups of points in an SVG.
fn point_colours(svgs: &[(String, String)], name: &str) -> Vec<String> {
    let (_, svg) = svgs.iter().find(|(n, _)| n == name).unwrap();
    let points = svg.split(&format!("id=\"{name}-points\"")).nth(1).unwrap();
    // The group ends before that of the components.
    let points = points.split("<g id=").next().unwrap();
    points
        .split("stroke-linecap=\"round\" stroke=\"")
        .skip(1)
        .map(|part| part.split('"').next().unwrap().to_owned())
        .collect()
}

#[test]
fn points_have_the_colours_that_are_asked_for() {
    let svgs = built().svgs();
    let marks = Theme::LIGHT.marks.map(|c| c.to_string());
    assert_eq!(point_colours(&svgs, "vb"), marks[..3]);
    assert_eq!(point_colours(&svgs, "truth"), [Theme::LIGHT.none.to_string()]);
    assert_eq!(point_colours(&svgs, "sd"), marks[..3]);
    // By the fit each point has the component that most probably made it.
    let picture = built().json("sd");
    let data = built().values.data["plane"].as_ref().unwrap();
    let responsibilities = mixture("vb", usize::MAX).responsibilities(data.points.view());
    let points = list(&picture["points"]);
    assert_eq!(points.len(), 1500);
    for (i, point) in points.iter().enumerate() {
        assert_eq!(numbers(&point["at"]), data.points.row(i).to_vec());
        let own = point["predicted"].as_u64().unwrap() as usize;
        let most = responsibilities.row(i).iter().copied().fold(0.0, f64::max);
        // The E step and the mixture's own posterior differ a little: no other is clearly larger.
        assert!(responsibilities[[i, own]] > most - 0.05, "point {i}");
    }
}

#[test]
fn a_smaller_weight_is_a_fainter_ellipse() {
    let svgs = built().svgs();
    let opacities = |name: &str| -> usize {
        let (_, svg) = svgs.iter().find(|(n, _)| n == name).unwrap();
        let estimate = svg.split(&format!("id=\"{name}-estimate\"")).nth(1).unwrap();
        estimate.matches("stroke-opacity").count()
    };
    // Two ellipses each of the two that are not the largest.
    assert_eq!(opacities("vb"), 4);
    assert_eq!(opacities("sd"), 0);
}

#[test]
fn labels_name_components_and_weights() {
    let svgs = built().svgs();
    let (_, svg) = svgs.iter().find(|(n, _)| n == "vb").unwrap();
    let picture = built().json("vb");
    for component in list(&picture["components"]) {
        let percent = (100.0 * number(&component["weight"])).round();
        let label = format!("k = {}: {percent}\u{2009}%", component["slot"]["number"]);
        assert!(svg.contains(&format!("aria-label=\"{label}\"")), "there is no `{label}`");
    }
}

#[test]
fn the_window_holds_every_point_and_every_ellipse() {
    for name in ["vb", "vb_2", "sd", "truth", "many", "all"] {
        let extent = built().extent(name);
        let marks = ["point", "estimate ellipse", "truth ellipse"];
        for row in marks.map(|mark| built().rows(name, mark)).concat() {
            assert!(extent.x.contains(row[3]) && extent.y.contains(row[4]), "{name}: {row:?}");
        }
    }
}

#[test]
fn no_step_moves_the_panel() {
    let Some(Ok(pictures)) = built().values.pictures.get("steps") else { panic!("no steps") };
    for (i, step) in pictures.steps.iter().enumerate() {
        let layers = Layers { truth: i > 0, estimate: i > 1, ..Layers::ALL };
        let header = step.picture.header(&Theme::LIGHT, layers);
        assert_eq!(header.facts.len(), 2, "step {i}: {:?}", header.facts);
    }
    // Before the truth comes the points have no colour.
    let (_, figure) = built()
        .render(&[Format::Svg], 100.0)
        .into_iter()
        .find(|(name, _)| name == "steps")
        .unwrap();
    let svgs: Vec<(String, String)> = figure
        .files
        .iter()
        .map(|(_, bytes)| ("steps".to_owned(), String::from_utf8(bytes.clone()).unwrap()))
        .collect();
    let colours: Vec<usize> =
        svgs.iter().map(|svg| point_colours(std::slice::from_ref(svg), "steps").len()).collect();
    assert!(colours.contains(&1) && colours.contains(&3), "{colours:?}");
}

#[test]
fn texts_stand_apart() {
    assert_none(&violations("scatter", built()));
    assert_consistent(built());
    assert_colours(built());
}

const ODD: &str = r#"
schema = 1
[data.point]
source.points = { values = [[1.0, 2.0]] }
[fit.point]
data = "point"
model.given = { means = [[1.0, 2.0]] }
[data.scales]
source.points = { values = [[1.0, 2000.0], [2.0, 12000.0], [3.0, 2500.0], [2.5, 9000.0]] }
[fit.scales]
data = "scales"
seed = 1
model.bayesian_mixture = { components = 2 }
[data.labels]
source.points = { values = [[0.0, 1.0], [1.0, 1.0], [8.0, 3.0]], labels = [0, 0, 1] }
[fit.labels]
data = "labels"
model.given = { means = [[0.0, 1.0], [8.0, 3.0], [4.0, 4.0], [2.0, 9.0]] }
[figure.point]
plot.scatter = { fit = "point" }
[figure.plain]
plot.scatter = { data = "scales" }
[figure.scales]
plot.scatter = { fit = "scales", aspect = "free" }
[figure.labels]
plot.scatter = { data = "labels" }
[figure.labels_fit]
plot.scatter = { data = "labels", fit = "labels" }
"#;

#[test]
fn odd_data_can_be_drawn() {
    let built = run_text(ODD, &[]);
    assert_consistent(&built);
    assert_none(&violations("odd", &built));
    // Without labels points are coloured by the fit, without either by nothing.
    for (name, color) in [("scales", "fit"), ("plain", "none"), ("labels", "truth")] {
        assert_eq!(built.json(name)["color"], json!(color), "{name}");
    }
    // Labels alone are no truth that has ellipses.
    for name in ["plain", "labels"] {
        assert_eq!(built.json(name)["components"], Value::Array(Vec::new()), "{name}");
        assert_eq!(built.picture(name).header(&Theme::LIGHT, Layers::ALL).start, "Data");
    }
    assert_eq!(list(&built.json("labels_fit")["components"]).len(), 4);
}

#[test]
fn of_very_many_components_only_those_with_a_clear_place_have_a_name() {
    let means: Vec<String> =
        (0..64).map(|i| format!("[{}.0, {}.0]", i % 4 * 40, i / 4 * 10)).collect();
    let config = format!(
        "schema = 1\n[data.x]\nseed = 1\nsource.gaussian_mixture = {{ means = [{}], sd = 1.0, \
         samples = 2 }}\n[figure.x]\nplot.scatter = {{ data = \"x\" }}\n",
        means.join(", ")
    );
    let drawing = run_text(&config, &[]).drawing("x");
    let named = drawing.marks.iter().filter(|mark| match &mark.painted {
        elbow::render::Painted::Text { label, .. } => label.contains("k = "),
        _ => false,
    });
    let named: Vec<_> = named.map(|mark| mark.bounds).collect();
    assert!(named.len() <= elbow::figure::style::NAMED, "{}", named.len());
    // A name has a place beside its ellipse, or none.
    for (i, ink) in named.iter().enumerate() {
        assert!(named[..i].iter().all(|other| !other.overlaps(ink)), "{named:?}");
    }
}
