//! Densities: curves that add up, boundaries that lie on their levels, regions that hold their mass.

use std::sync::OnceLock;

use elbow::figure::style::Theme;
use elbow::figure::{Layers, Start};
use elbow::math::gaussian::{Gaussian, kl_divergence};
use elbow::math::mixture::Mixture;
use elbow::math::{locator, mass_radius};
use elbow::random::{self, Generator, Seed};
use elbow::render::Format;
use ndarray::array;
use serde_json::{Value, json};

use crate::lecture::{Built, assert_near, list, number, numbers, plan_of, run, run_text, shipped};
use crate::texts::{assert_none, violations};
use crate::variants::{assert_colours, assert_consistent};

/// Figures of the lecture's data and fits.
const FIGURES: &str = r#"
[figure.line_truth]
plot.density = { data = "line" }
[figure.line_both]
plot.density = { data = "line", fit = "cavi" }
[figure.line_8]
plot.density = { data = "line", fit = "cavi", at = 8 }
[figure.line_fit]
plot.density = { fit = "cavi", rug = false }
[figure.plane_truth]
plot.density = { data = "plane" }
[figure.plane_both]
plot.density = { data = "plane", fit = "vb" }
[figure.plane_3]
plot.density = { fit = "vb", at = 3 }
[figure.plane_density]
plot.density = { data = "plane", fit = "vb", levels = "density" }
[figure.plane_neg_log]
plot.density = { fit = "vb", levels = "density", scale = "neg_log" }
[figure.plane_list]
plot.density = { fit = "vb", levels = [4, 2, 3, 2, 40, 0.5], scale = "neg_log", aspect = "free" }
[figure.plane_above]
plot.density = { fit = "vb", levels = [50.0] }
[figure.steps]
plot.density = { data = "plane", fit = "vb" }
steps = ["data", "truth", "init", "iteration 3", "final"]
[figure.grid]
panels = { plots = [
    { plot.density = { data = "line", fit = "cavi" } },
    { plot.density = { data = "plane", fit = "vb" } },
    { plot.scatter = { fit = "vb" } },
] }
"#;

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let (path, text) = shipped("lecture3");
        let text = text.split("# --- figures").next().unwrap().to_owned();
        run(plan_of(&path, &(text + FIGURES), &[]))
    })
}

/// The mixture of a fit at an iteration.
fn estimate(fit: &str, at: usize) -> Mixture {
    built().values.fits[fit].as_ref().unwrap().mixture(at)
}

fn truth(data: &str) -> Mixture {
    built().values.data[data].as_ref().unwrap().truth.clone().unwrap()
}

/// Pairs of position and height.
fn points(value: &Value) -> Vec<[f64; 2]> {
    list(value).iter().map(|p| [number(&p[0]), number(&p[1])]).collect()
}

/// The curves or regions of one mixture of a figure.
fn of_role<'a>(picture: &'a Value, body: &str, all: &str, role: &str) -> &'a Value {
    let found = list(&picture[body][all]).iter().find(|m| m["role"] == role);
    found.unwrap_or_else(|| panic!("there is no {role}"))
}

#[test]
fn components_add_up_to_the_mixture() {
    let last = estimate("cavi", usize::MAX);
    for (name, role, mixture) in [
        ("line_truth", "truth", truth("line")),
        ("line_both", "truth", truth("line")),
        ("line_both", "estimate", last.clone()),
        ("line_fit", "estimate", last),
        ("line_8", "estimate", estimate("cavi", 8)),
    ] {
        let picture = built().json(name);
        let curves = of_role(&picture, "line", "curves", role);
        let sum = points(&curves["sum"]);
        assert!(sum.len() > 400, "{name}: {} points", sum.len());
        for [x, density] in &sum {
            assert_near(name, *density, mixture.density(&[*x]), 1e-12);
        }
        // The trapezoids below the curve make one.
        let area = sum.windows(2).map(|w| (w[1][0] - w[0][0]) * (w[0][1] + w[1][1]) / 2.0);
        assert_near(name, area.sum(), 1.0, 1e-3);
        let components = list(&curves["components"]);
        assert_eq!(components.len(), 3, "{name}");
        for component in components {
            let index = if role == "truth" { "truth" } else { "inferred" };
            let k = component["slot"][index].as_u64().unwrap() as usize;
            let gaussian = mixture.component(k);
            assert_eq!(number(&component["weight"]), mixture.weights[k]);
            for [x, density] in points(&component["points"]) {
                assert_near(name, density, mixture.weights[k] * gaussian.density(&[x]), 1e-12);
            }
        }
    }
}

#[test]
fn the_lecture_has_three_components_and_two_modes() {
    let picture = built().json("line_truth");
    let summary = &picture["mixtures"][0];
    assert_eq!(summary["components"], json!(3));
    let modes: Vec<f64> = list(&summary["modes"]).iter().map(|m| number(&m[0])).collect();
    // By symmetry midway between the means 0 and 1, but for what the third adds there.
    assert_eq!(modes.len(), 2, "{modes:?}");
    assert!((modes[0] - 0.5).abs() < 0.01 && (modes[1] - 5.0).abs() < 0.01, "{modes:?}");
    let header = built().picture("line_truth").header(&Theme::LIGHT, Layers::ALL);
    assert_eq!(header.start, "Two modes");
    assert_eq!(header.facts, ["3,000 points", "three components"]);
    let header = built().picture("line_8").header(&Theme::LIGHT, Layers::ALL);
    assert_eq!(header.start, "t = 8: three modes");
    assert_eq!(header.facts[1], "the truth has two");
}

#[test]
fn the_rug_has_every_point_and_can_be_left_out() {
    let data = &built().values.data["line"].as_ref().unwrap().points;
    let rug = numbers(&built().json("line_both")["line"]["rug"]);
    assert_eq!(rug, data.column(0).to_vec());
    assert_eq!(built().rows("line_both", "point").len(), 3000);
    assert_eq!(built().json("line_fit")["line"]["rug"], Value::Null);
    let svgs = built().svgs();
    let svg = |name: &str| &svgs.iter().find(|(n, _)| n == name).unwrap().1;
    assert!(svg("line_both").contains("line_both-rug"));
    assert!(!svg("line_fit").contains("line_fit-rug"));
}

#[test]
fn the_axes_hold_data_and_curves() {
    for name in ["line_truth", "line_both", "line_8", "line_fit"] {
        let extent = built().extent(name);
        for row in built().rows(name, "truth").iter().chain(&built().rows(name, "estimate")) {
            assert!(row[2] <= extent.y.high && extent.y.low == 0.0, "{name}: {row:?}");
        }
        for row in built().rows(name, "point") {
            assert!(extent.x.contains(row[1]), "{name}: {row:?}");
        }
    }
    for name in ["plane_truth", "plane_both", "plane_3", "plane_density"] {
        let extent = built().extent(name);
        let rows = ["point", "truth", "estimate"].map(|mark| built().rows(name, mark)).concat();
        assert!(rows.len() > 1500, "{name}");
        for row in rows {
            assert!(extent.x.contains(row[2]) && extent.y.contains(row[3]), "{name}: {row:?}");
        }
    }
}

#[test]
fn every_vertex_lies_on_its_level() {
    let last = estimate("vb", usize::MAX);
    let truth = truth("plane");
    for (name, role, mixture) in [
        ("plane_truth", "truth", &truth),
        ("plane_both", "truth", &truth),
        ("plane_both", "estimate", &last),
        ("plane_density", "truth", &truth),
        ("plane_density", "estimate", &last),
        ("plane_3", "estimate", &estimate("vb", 3)),
        ("plane_neg_log", "estimate", &last),
        ("plane_list", "estimate", &last),
    ] {
        let picture = built().json(name);
        let regions = list(&of_role(&picture, "plane", "surfaces", role)["regions"]);
        assert!(regions.len() >= 3, "{name}");
        let mode = numbers(&picture["mixtures"][0]["modes"][0]);
        let peak = mixture.density(&mode);
        for region in regions {
            let density = number(&region["density"]);
            let expected = match name {
                "plane_density" => number(&region["level"]),
                "plane_neg_log" | "plane_list" => libm::exp(-number(&region["level"])),
                _ => density,
            };
            assert!((density / expected - 1.0).abs() < 1e-12, "{name}: {density}");
            let rings = list(&region["rings"]);
            assert!(!rings.is_empty() && rings.iter().all(|r| list(r).len() > 20), "{name}");
            for vertex in rings.iter().flat_map(points) {
                let found = mixture.density(&vertex);
                assert!((found - density).abs() < 1e-3 * peak, "{name}: {found} for {density}");
                // And far closer, as the place on the edge is found on the density itself.
                assert!((found / density - 1.0).abs() < 1e-9, "{name}: {found} for {density}");
            }
        }
    }
}

#[test]
fn regions_hold_their_share_of_the_mass() {
    let mixture = truth("plane");
    let gaussians = mixture.gaussians();
    // A grid of its own, 0.02 wide, out to six standard deviations.
    let side: Vec<f64> = (-260..260).map(|i| (f64::from(i) + 0.5) * 0.02).collect();
    let densities: Vec<f64> = side
        .iter()
        .flat_map(|y| side.iter().map(move |x| [*x, *y]))
        .map(|p| mixture.weights.iter().zip(&gaussians).map(|(w, g)| w * g.density(&p)).sum())
        .collect();
    let picture = built().json("plane_truth");
    let regions = list(&of_role(&picture, "plane", "surfaces", "truth")["regions"]);
    let levels: Vec<f64> = regions.iter().map(|r| number(&r["level"])).collect();
    assert_eq!(levels, [0.95, 0.8, 0.5]);
    for region in regions {
        let least = number(&region["density"]);
        let mass: f64 = densities.iter().filter(|d| **d >= least).map(|d| d * 0.02 * 0.02).sum();
        // The cells of the boundary are a few thousandths of the mass.
        assert!((mass - number(&region["level"])).abs() < 3e-3, "{mass} for {}", region["level"]);
    }
    let held = number(&picture["plane"]["held"]);
    let data = &built().values.data["plane"].as_ref().unwrap().points;
    let least = number(&regions[0]["density"]);
    let inside = data.rows().into_iter().filter(|x| mixture.density(&[x[0], x[1]]) >= least);
    assert_near("held", held, inside.count() as f64 / 1500.0, 1e-12);
}

const ONE: &str = r#"
schema = 1
[data.x]
source.points = { values = [[-2.0, -1.0], [2.0, 1.0], [0.5, 0.25]] }
[fit.x]
data = "x"
model.given = { means = [[0.3, -0.2]], covariances = [[[0.7, 0.2], [0.2, 0.1]]] }
[figure.mass]
plot.density = { fit = "x" }
[figure.density]
plot.density = { fit = "x", levels = "density" }
"#;

#[test]
fn the_regions_of_one_component_are_its_ellipses() {
    let built = run_text(ONE, &[]);
    let covariance = array![[0.7, 0.2], [0.2, 0.1]];
    let gaussian = Gaussian::new(vec![0.3, -0.2], covariance).unwrap();
    let peak = gaussian.density(&gaussian.mean);
    for name in ["mass", "density"] {
        let picture = built.json(name);
        let regions = list(&of_role(&picture, "plane", "surfaces", "estimate")["regions"]);
        assert!(regions.len() >= 3, "{name}");
        for region in regions {
            let level = number(&region["level"]);
            let radius = match name {
                "mass" => mass_radius(level),
                _ => (2.0 * libm::log(peak / level)).sqrt(),
            };
            assert_eq!(list(&region["rings"]).len(), 1, "{name}");
            for vertex in points(&region["rings"][0]) {
                let found = gaussian.squared_mahalanobis(&vertex).sqrt();
                assert!((found - radius).abs() < 1e-9, "{name} {level}: {found}, not {radius}");
            }
        }
    }
    // The levels that matplotlib picks between the least density of the window, which for one
    // component is in a corner, and the peak.
    let corners = [[-2.0, -1.0], [-2.0, 1.0], [2.0, -1.0], [2.0, 1.0]];
    let least = corners.iter().map(|c| gaussian.density(c)).fold(f64::INFINITY, f64::min);
    let mut expected: Vec<f64> = locator::contour_levels(least, peak);
    expected.retain(|level| least < *level && *level < peak);
    let picture = built.json("density");
    let regions = list(&of_role(&picture, "plane", "surfaces", "estimate")["regions"]);
    let levels: Vec<f64> = regions.iter().map(|r| number(&r["level"])).collect();
    assert_eq!(levels, expected);
}

#[test]
fn levels_are_named_where_there_is_room() {
    let named = |svgs: &[(String, String)], name: &str, label: &str| {
        let (_, svg) = svgs.iter().find(|(n, _)| n == name).unwrap();
        svg.contains(&format!("aria-label=\"{label}\""))
    };
    let svgs = run_text(ONE, &[]).svgs();
    for label in ["95\u{2009}% of mass", "80\u{2009}%", "50\u{2009}%"] {
        assert!(named(&svgs, "mass", label), "there is no `{label}`");
    }
    // Far out on a needle there is no room between the lines.
    let needle = "fit.x.model.given.covariances=[[[0.7, 0.0], [0.0, 0.001]]]";
    let svgs = run_text(ONE, &[needle]).svgs();
    for label in ["95\u{2009}% of mass", "95\u{2009}%", "80\u{2009}%", "50\u{2009}%"] {
        assert!(!named(&svgs, "mass", label), "there is `{label}`");
    }
}

#[test]
fn listed_levels_are_drawn_once_and_only_where_they_are_reached() {
    let picture = built().json("plane_list");
    let regions = list(&of_role(&picture, "plane", "surfaces", "estimate")["regions"]);
    let levels: Vec<f64> = regions.iter().map(|r| number(&r["level"])).collect();
    // -ln p is nowhere below 0.5; the widest region comes first.
    assert_eq!(levels, [40.0, 4.0, 3.0, 2.0]);
    let picture = built().json("plane_above");
    let regions = &of_role(&picture, "plane", "surfaces", "estimate")["regions"];
    assert_eq!(list(regions).len(), 0);
    // Regions of a large negative logarithm reach far beyond what is shown.
    let data = built().extent("plane_neg_log");
    assert!(data.x.span() < 7.0 && data.y.span() < 5.0, "{data:?}");
}

#[test]
fn the_divergence_is_that_of_the_two_densities() {
    let config = "schema = 1\n[data.x]\nsource.gaussian_mixture = { means = [[0.0, -0.7]], \
        covariances = [[[0.7, 0.2], [0.2, 0.1]]], samples = 50 }\n\
        [fit.x]\ndata = \"x\"\nmodel.given = { means = [[0.2, -0.5]], \
        covariances = [[[0.5, 0.0], [0.0, 0.2]]] }\n\
        [figure.x]\nplot.density = { data = \"x\", fit = \"x\" }\n";
    let built = run_text(config, &[]);
    let gaussian = |mean: [f64; 2], covariance| Gaussian::new(mean.to_vec(), covariance).unwrap();
    let p = gaussian([0.0, -0.7], array![[0.7, 0.2], [0.2, 0.1]]);
    let q = gaussian([0.2, -0.5], array![[0.5, 0.0], [0.0, 0.2]]);
    let found = number(&built.json("x")["divergence"]);
    assert_near("divergence", found, kl_divergence(&p, &q), 1e-3);
    assert_eq!(built.picture("x").numbers()["divergence"], json!(found));
    assert!(built.picture("x").caption().contains("KL(p\u{2225}q)"));
}

#[test]
fn no_step_moves_the_panel() {
    let Some(Ok(pictures)) = built().values.pictures.get("steps") else { panic!("no steps") };
    let layers =
        |truth: bool, estimate: bool| Layers { data: true, truth, start: Start::Hidden, estimate };
    let mut keys = Vec::new();
    for (i, step) in pictures.steps.iter().enumerate() {
        let header = step.picture.header(&Theme::LIGHT, layers(i > 0, i > 1));
        assert!(header.facts.len() >= 2, "step {i}: {:?}", header.facts);
        keys.push(header.key.iter().map(|e| e.text.clone()).collect::<Vec<_>>());
    }
    assert!(keys.iter().all(|key| *key == ["data", "truth", "start", "estimate"]), "{keys:?}");
}

#[test]
fn panels_of_other_axes_have_their_own() {
    let svgs = built().svgs();
    let (_, svg) = svgs.iter().find(|(name, _)| name == "grid").unwrap();
    // A density reaches 0.25 and a plane 2: with one axis for both, 0.2 would be no tick.
    assert!(svg.contains("aria-label=\"0.2\""), "the panels share an axis");
}

#[test]
fn texts_stand_apart() {
    assert_none(&violations("density", built()));
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
[data.same]
source.points = { values = [3.0, 3.0] }
[fit.same]
data = "same"
model.given = { means = [3.0, 9.0], weights = [0.9999, 0.0001] }
[data.labels]
source.points = { values = [0.0, 1.0, 4.0, 5.0], labels = [0, 0, 1, 1] }
[fit.labels]
data = "labels"
seed = 1
model.cavi = { components = 4 }
[data.truth]
seed = 1
source.gaussian_mixture = { means = [[0.0, 0.0], [3.0, 0.0], [0.0, 500.0]], samples = [20, 1, 5] }
[fit.truth]
data = "truth"
seed = 1
model.bayesian_mixture = { components = 1 }
[figure.point]
plot.density = { fit = "point" }
[figure.same]
plot.density = { fit = "same" }
[figure.labels]
plot.density = { fit = "labels" }
[figure.truth]
plot.density = { data = "truth", fit = "truth", aspect = "free" }
[figure.truth_levels]
plot.density = { data = "truth", fit = "truth", levels = "density" }
"#;

#[test]
fn odd_data_can_be_drawn() {
    let built = run_text(ODD, &[]);
    assert_consistent(&built);
    assert_none(&violations("odd", &built));
    // A component of next to no weight has a mode of its own, but no part in the picture's width.
    assert_eq!(built.picture("same").header(&Theme::LIGHT, Layers::ALL).start, "Two modes");
    assert!(built.extent("same").x.high < 8.0);
    assert_eq!(
        built.json("labels")["line"]["curves"][0]["components"].as_array().unwrap().len(),
        4
    );
    // Three clouds, of which one is far off, and one estimate for all.
    let picture = built.json("truth");
    let truth = of_role(&picture, "plane", "surfaces", "truth");
    let rings: Vec<usize> =
        list(&truth["regions"]).iter().map(|r| list(&r["rings"]).len()).collect();
    // The cloud that is far off has a fifth of the mass: it is not in the half that is densest.
    assert_eq!(rings, [2, 2, 1]);
}

#[test]
fn many_points_make_no_large_file() {
    let config = "schema = 1\n[data.line]\nsource.gaussian_mixture = { means = [0.0, 4.0], \
        samples = 50000 }\n[data.plane]\nsource.gaussian_mixture = { means = [[0.0, 0.0], \
        [4.0, 1.0]], samples = 50000 }\n[figure.line]\nplot.density = { data = \"line\" }\n\
        [figure.plane]\nplot.density = { data = \"plane\" }\n";
    let built = run_text(config, &[]);
    for (name, most) in [("line", 80_000), ("plane", 400_000)] {
        for (_, figure) in built.render(&[Format::Svg, Format::Pdf], 100.0) {
            for (file, bytes) in figure.files.iter().filter(|(file, _)| file.starts_with(name)) {
                assert!(bytes.len() < most, "{file} has {} bytes", bytes.len());
            }
        }
    }
    assert_eq!(list(&built.json("plane")["plane"]["points"]).len(), 5000);
    assert!(built.picture("plane").caption().ends_with("5,000 of the points are drawn."));
}

/// Few points, so that what is not known of the parameters is seen.
const PREDICTIVE: &str = r#"
schema = 1
[data.line]
seed = 1
source.gaussian_mixture = { means = [0.0, 6.0], samples = 5 }
[data.plane]
seed = 2
source.gaussian_mixture = { means = [[0.0, 0.0], [6.0, 2.0]], samples = 6 }
[fit.cavi]
data = "line"
model.cavi = { components = 2 }
[fit.line]
data = "line"
model.bayesian_mixture = { components = 2 }
[fit.diag]
data = "plane"
model.bayesian_mixture = { components = 2 }
[fit.full]
data = "plane"
model.bayesian_mixture = { components = 2, covariance = "full" }
[figure.cavi]
plot.density = { fit = "cavi", predictive = true }
[figure.line]
plot.density = { data = "line", fit = "line", predictive = true }
[figure.diag]
plot.density = { fit = "diag", predictive = true }
[figure.full]
plot.density = { data = "plane", fit = "full", predictive = true }
[figure.plug_in]
plot.density = { fit = "line" }
[figure.same]
plot.density = { fit = "line", predictive = false }
[figure.regions]
plot.contour = { fit = "full", predictive = true }
[figure.independent]
plot.contour = { fit = "diag", predictive = true }
[figure.regions_by_density]
plot.contour = { fit = "full", predictive = true, levels = "density", components = [0] }
[figure.regions_plug_in]
plot.contour = { fit = "full" }
[figure.histogram]
plot.histogram = { data = "line", fit = "line", predictive = true }
[figure.drawn]
plot.histogram = { data = "line", fit = "line", predictive = true, as = "samples" }
"#;

#[test]
fn predictive_densities_are_those_of_the_fits() {
    let built = run_text(PREDICTIVE, &[]);
    for name in ["cavi", "line", "diag", "full"] {
        let predictive = built.values.fits[name].as_ref().unwrap().predictive(usize::MAX);
        let density = |x: &[f64]| libm::exp(predictive.log_density(x));
        let picture = built.json(name);
        if let Some(line) = picture.get("line") {
            let curves = list(&line["curves"]).iter().find(|c| c["role"] == "estimate").unwrap();
            let sum = points(&curves["sum"]);
            for [x, found] in &sum {
                assert_near(name, *found, density(&[*x]), 1e-12);
            }
            for component in list(&curves["components"]) {
                let k = component["slot"]["inferred"].as_u64().unwrap() as usize;
                for [x, found] in points(&component["points"]) {
                    let own = libm::exp(predictive.components[k].log_density(&[x]));
                    assert_near(name, found, predictive.weights[k] * own, 1e-12);
                }
            }
        } else {
            let regions = list(&of_role(&picture, "plane", "surfaces", "estimate")["regions"]);
            assert_eq!(regions.len(), 3);
            for region in regions {
                let level = number(&region["density"]);
                for vertex in list(&region["rings"]).iter().flat_map(points) {
                    let found = density(&vertex);
                    assert!((found / level - 1.0).abs() < 1e-9, "{name}: {found} for {level}");
                }
            }
        }
        // A mode is where the density falls to all sides.
        for mode in
            picture["mixtures"].as_array().unwrap().last().unwrap()["modes"].as_array().unwrap()
        {
            let mode = numbers(mode);
            for j in 0..mode.len() {
                for step in [-0.01, 0.01] {
                    let mut beside = mode.clone();
                    beside[j] += step;
                    assert!(density(&beside) < density(&mode), "{name}: {mode:?}");
                }
            }
        }
        assert!(built.picture(name).caption().to_lowercase().contains("posterior predictive"));
        let header = built.picture(name).header(&Theme::LIGHT, Layers::ALL);
        assert!(header.key.iter().any(|e| e.text == "predictive"), "{name}");
    }
    assert_eq!(built.json("plug_in"), built.json("same"));
    assert_ne!(built.json("plug_in")["line"]["curves"], built.json("line")["line"]["curves"]);
}

/// The boundary of a region of stated mass is where the density is that of the share of draws that lie
/// within; of stated density, where it is that.
#[test]
fn regions_of_predictive_densities_hold_their_share_of_draws() {
    let built = run_text(PREDICTIVE, &[]);
    let draws = 40_000;
    for (name, fit, mass) in [
        ("regions", "full", true),
        ("independent", "diag", true),
        ("regions_by_density", "full", false),
    ] {
        let predictive = built.values.fits[fit].as_ref().unwrap().predictive(usize::MAX);
        let picture = built.json(name);
        assert_eq!(picture["density"], "predictive");
        for estimate in list(&picture["panels"]).iter().flat_map(|p| list(&p["estimates"])) {
            let k = estimate["slot"]["inferred"].as_u64().unwrap() as usize;
            let own = &predictive.components[k];
            assert_near(name, number(&estimate["weight"]), predictive.weights[k], 1e-12);
            let mut random = random::stream(Generator::Chacha, &Seed::Own(5));
            let drawn = own.sample(draws, &mut *random);
            let drawn: Vec<f64> =
                drawn.rows().into_iter().map(|r| own.log_density(&r.to_vec())).collect();
            let levels = numbers(&estimate["regions"]["levels"]);
            let outlines = list(&estimate["regions"]["outlines"]);
            assert!(!levels.is_empty() && levels.len() == outlines.len(), "{name}");
            for (level, outline) in levels.iter().zip(outlines) {
                let edge = own.log_density(&points(outline)[0]);
                for vertex in points(outline) {
                    assert!((own.log_density(&vertex) - edge).abs() < 1e-9, "{name}");
                }
                if mass {
                    let held = drawn.iter().filter(|ln| **ln >= edge).count() as f64;
                    // Four standard errors of a share of draws, and what the grid leaves open.
                    let tolerance = 4.0 * (level * (1.0 - level) / draws as f64).sqrt() + 0.002;
                    assert_near(name, held / draws as f64, *level, tolerance);
                } else {
                    assert!((libm::exp(edge) / level - 1.0).abs() < 1e-9, "{name}: {level}");
                }
            }
        }
        let header = built.picture(name).header(&Theme::LIGHT, Layers::ALL);
        assert!(header.key.iter().any(|e| e.text == "predictive"), "{name}");
        assert!(built.picture(name).caption().contains("redictive densit"), "{name}");
    }
    // Wider than the plug-in, and the same without it as before there was a choice.
    let areas = |name: &str| number(&built.json(name)["panels"][0]["covered"]);
    assert!(areas("regions") >= areas("regions_plug_in"));
    assert!(built.json("regions_plug_in").get("density").is_none());
}

#[test]
fn histograms_of_predictive_densities_are_those_of_the_fits() {
    let built = run_text(PREDICTIVE, &[]);
    let predictive = built.values.fits["line"].as_ref().unwrap().predictive(usize::MAX);
    let picture = built.json("histogram");
    let mut estimates = 0;
    for curve in list(&picture["curves"]).iter().filter(|c| c["role"] == "estimate") {
        let own = &predictive.components[curve["slot"]["inferred"].as_u64().unwrap() as usize];
        let all = points(&curve["points"]);
        let density = |x: f64| libm::exp(own.log_density(&[x]));
        // One factor for all of a curve.
        let factor = all[90][1] / density(all[90][0]);
        assert!(all.iter().all(|[x, y]| (y / density(*x) / factor - 1.0).abs() < 1e-12));
        estimates += 1;
    }
    assert_eq!(estimates, 2);
    for (name, word) in [("histogram", "predictive"), ("drawn", "predictive, sampled")] {
        let header = built.picture(name).header(&Theme::LIGHT, Layers::ALL);
        assert!(header.key.iter().any(|e| e.text == word), "{name}");
        assert!(built.picture(name).caption().contains("the predictive densities of"), "{name}");
    }
}

#[test]
fn peaks_of_narrow_components_are_as_high_as_they_are() {
    let config = "schema = 1\n[data.x]\nseed = 1\nsource.gaussian_mixture = \
        { means = [0.0, 1000.0], sd = 1e-5, samples = 100 }\n\
        [figure.x]\nplot.density = { data = \"x\", rug = false }\n";
    let built = run_text(config, &[]);
    let peak = 0.5 / (1e-5 * (2.0 * std::f64::consts::PI).sqrt());
    let rows = built.rows("x", "truth");
    for mean in [0.0, 1000.0] {
        let near = rows.iter().filter(|row| (row[1] - mean).abs() < 1e-3);
        // The rows of the sum are those without a component.
        let sum = near.filter(|row| row[0].is_nan()).map(|row| row[2]);
        let highest = sum.fold(0.0, f64::max);
        assert!((highest / peak - 1.0).abs() < 1e-3, "{highest} at {mean}, not {peak}");
    }
    assert!(built.extent("x").y.high > peak);
}
