//! Regions in two dimensions: outlines, levels and scores.

use elbow::figure::Layers;
use elbow::figure::style::Theme;
use elbow::math::gaussian::{Gaussian, kl_divergence};
use elbow::math::{locator, mass_radius};
use ndarray::{Array2, array};
use serde_json::Value;

use crate::common::{fixture, numbers as flat};
use crate::lecture::{
    Built, assert_near, classic, lecture, list, number, numbers, run_lecture, run_text,
};
use crate::texts::inked;

const SINGLE: [(&str, usize, [f64; 2], f64); 4] = [
    ("GMMexample_2D_inf", 0, [0.0, 0.0], 1.0),
    ("GMMexample_2D_inf1", 1, [0.0, 0.0], 1.0),
    ("GMMexample_2D_inf2", 0, [-0.5, -0.2], 3.0),
    ("GMMexample_2D_inf3", 0, [-0.5, -0.2], 0.5),
];

/// The lecture's true components.
fn truth() -> [Gaussian; 3] {
    let component =
        |y: f64, covariance: Array2<f64>| Gaussian::new(vec![0.0, y], covariance).unwrap();
    [
        component(-0.7, array![[0.7, 0.2], [0.2, 0.1]]),
        component(0.0, array![[0.5, 0.0], [0.0, 0.1]]),
        component(0.7, array![[0.5, 0.0], [0.0, 0.1]]),
    ]
}

/// The estimate of inferred component `k`, moved and scaled.
fn estimate(built: &Built, k: usize, shift: [f64; 2], scale: f64) -> Gaussian {
    let fit = built.values.fits["vb"].as_ref().unwrap();
    let component = fit.mixture(fit.iterations()).component(k);
    let mean = vec![component.mean[0] + shift[0], component.mean[1] + shift[1]];
    Gaussian::new(mean, component.covariance * scale).unwrap()
}

/// The inferred component of true component `k`.
fn matched(built: &Built, k: usize) -> usize {
    built.values.scores["vb"].r#match.inferred_of_true[k].unwrap()
}

/// Each vertex of each outline lies on its level.
#[track_caller]
fn assert_outlines(what: &str, regions: &Value, gaussian: &Gaussian, density: bool) {
    let levels = numbers(&regions["levels"]);
    assert_eq!(levels.len(), list(&regions["outlines"]).len(), "{what}");
    assert!(!levels.is_empty(), "{what}: no level");
    assert_near(what, number(&regions["mean"][0]), gaussian.mean[0], 1e-12);
    assert_near(what, number(&regions["mean"][1]), gaussian.mean[1], 1e-12);
    for (level, outline) in levels.iter().zip(list(&regions["outlines"])) {
        assert!(list(outline).len() > 60, "{what}");
        for vertex in list(outline) {
            let vertex = numbers(vertex);
            if density {
                let value = gaussian.density(&vertex);
                assert!((value / level - 1.0).abs() < 1e-9, "{what}: {value} for {level}");
            } else {
                let squared = gaussian.squared_mahalanobis(&vertex);
                let mass = 1.0 - (-squared / 2.0).exp();
                assert!((mass - level).abs() < 1e-9, "{what}: mass {mass} for {level}");
                assert_near(what, squared.sqrt(), mass_radius(*level), 1e-9);
            }
        }
    }
}

/// What matplotlib would pick for this component over the data.
fn expected_levels(built: &Built, gaussian: &Gaussian) -> Vec<f64> {
    let points = &built.values.data["plane"].as_ref().unwrap().points;
    let range = |axis: usize| {
        let values = points.column(axis);
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        (low, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    };
    let ((left, right), (bottom, top)) = (range(0), range(1));
    let corners = [[left, bottom], [left, top], [right, bottom], [right, top]];
    let least = corners.iter().map(|c| gaussian.density(c)).fold(f64::INFINITY, f64::min);
    let peak = gaussian.density(&gaussian.mean);
    let levels = locator::contour_levels(least, peak);
    levels.into_iter().filter(|c| *c > least && *c < peak).collect()
}

#[test]
fn outlines_lie_on_their_levels() {
    for (built, density) in [(lecture(), false), (classic(), true)] {
        let panels = built.json("GMMexample_2D_panels");
        assert_eq!(list(&panels["panels"]).len(), 3);
        let check = |what: &str, panel: &Value, k: usize, q: &Gaussian| {
            let p = &truth()[k];
            let regions = &panel["estimates"][0]["regions"];
            assert_outlines(what, &panel["truth"], p, density);
            assert_outlines(what, regions, q, density);
            for (drawn, gaussian) in [(&panel["truth"], p), (regions, q)] {
                let expected =
                    if density { expected_levels(built, gaussian) } else { vec![0.95, 0.5] };
                assert_eq!(numbers(&drawn["levels"]), expected, "{what}");
            }
        };
        for (k, panel) in list(&panels["panels"]).iter().enumerate() {
            let q = estimate(built, matched(built, k), [0.0, 0.0], 1.0);
            check(&format!("panel {k}"), panel, k, &q);
        }
        for (name, of, shift, scale) in SINGLE {
            let picture = built.json(name);
            assert_eq!(list(&picture["panels"]).len(), 1);
            let q = estimate(built, matched(built, of), shift, scale);
            check(name, &picture["panels"][0], 0, &q);
        }
    }
}

#[test]
fn density_levels_are_those_of_matplotlib() {
    // The window of the reference as two points, its covariance as a given mixture around 0.
    for case in list(&fixture("contour_levels.json")["cases"]) {
        let config = format!(
            "schema = 1\n[data.x.source.points]\nvalues = [[-2.0, -2.0], [2.0, 2.0]]\n\
             [fit.x]\ndata = \"x\"\n[fit.x.model.given]\nmeans = [[0.0, 0.0]]\n\
             covariances = [{}]\n[figure.x]\nplot.contour = {{ fit = \"x\", levels = \"density\" }}\n",
            case["covariance"]
        );
        let picture = run_text(&config, &[]).json("x");
        let levels = numbers(&picture["panels"][0]["estimates"][0]["regions"]["levels"]);
        // The lowest level is below the least density of the window, the highest at its peak: both
        // have no outline.
        let peak = number(&case["z_max"]);
        let expected = flat(&case["contour_levels"]);
        // A normal density around the middle of the window has its least value in a corner.
        let covariance = crate::common::matrix(&case["covariance"]);
        let gaussian = Gaussian::new(vec![0.0, 0.0], covariance).unwrap();
        let corner = |x: f64, y: f64| gaussian.density(&[x, y]);
        let least = corner(2.0, 2.0).min(corner(2.0, -2.0));
        let drawn: Vec<f64> = expected.into_iter().filter(|c| *c > least && *c < peak).collect();
        assert_eq!(levels.len(), drawn.len(), "{levels:?}, not {drawn:?}");
        for (level, expected) in levels.iter().zip(drawn) {
            assert_near("level", *level, expected, 1e-12);
        }
    }
}

#[test]
fn estimates_cover_what_the_lecture_says() {
    let panels = lecture().json("GMMexample_2D_panels");
    let expected = [(0.732, 1.4), (0.058, 9.4), (0.98, 0.3)];
    for (k, (share, divergence)) in expected.into_iter().enumerate() {
        let panel = &panels["panels"][k];
        let covered = number(&panel["covered"]);
        assert!((covered - share).abs() < 0.005, "component {k}: {covered}");
        let kl = number(&panel["divergence"]);
        assert!((kl - divergence).abs() < 0.05, "component {k}: {kl}");
        let q = estimate(lecture(), matched(lecture(), k), [0.0, 0.0], 1.0);
        assert_near("kl", kl, kl_divergence(&truth()[k], &q), 1e-12);
    }
    let wide = &lecture().json("GMMexample_2D_inf2")["panels"][0];
    assert!((number(&wide["covered"]) - 0.98).abs() < 0.005, "{}", wide["covered"]);
    assert!((number(&wide["divergence"]) - 0.5).abs() < 0.05, "{}", wide["divergence"]);
    // Of the four estimates of one cloud it has the lowest divergence.
    let others = SINGLE.iter().filter(|(name, ..)| *name != "GMMexample_2D_inf2");
    for (name, ..) in others {
        let other = number(&lecture().json(name)["panels"][0]["divergence"]);
        assert!(other > number(&wide["divergence"]), "{name}: {other}");
    }
    let data = lecture().values.data["plane"].as_ref().unwrap();
    let labels = data.labels.as_ref().unwrap();
    for (name, of, shift, scale) in SINGLE {
        let q = estimate(lecture(), matched(lecture(), of), shift, scale);
        let radius = mass_radius(0.95);
        let own = data.points.rows().into_iter().zip(labels.iter()).filter(|(_, l)| *l == 0);
        let inside = own.filter(|(x, _)| q.squared_mahalanobis(&[x[0], x[1]]) <= radius * radius);
        let covered = number(&lecture().json(name)["panels"][0]["covered"]);
        assert_near(name, covered, inside.count() as f64 / 500.0, 1e-12);
    }
}

#[test]
fn the_window_holds_every_point_and_every_outline() {
    for (name, ..) in SINGLE.into_iter().chain([("GMMexample_2D_panels", 0, [0.0; 2], 1.0)]) {
        let extent = lecture().extent(name);
        for row in lecture()
            .rows(name, "point")
            .into_iter()
            .chain(lecture().rows(name, "estimate outline"))
        {
            assert!(extent.x.contains(row[2]) && extent.y.contains(row[3]), "{name}: {row:?}");
        }
    }
}

#[test]
fn outlines_by_density_do_not_widen_the_axes() {
    let of = |scale: &str| {
        let built = run_lecture(&[
            "figure.GMMexample_2D_inf2.plot.contour.levels=\"density\"",
            &format!("figure.GMMexample_2D_inf2.plot.contour.scale={scale}"),
        ]);
        built.extent("GMMexample_2D_inf2")
    };
    assert_eq!(of("1.0"), of("100.0"));
}

#[test]
fn captions_hold_no_markup_and_say_the_iteration() {
    let built = run_lecture(&[
        "figure.GMMexample_2D_inf.plot.contour.at=50",
        "figure.GMMexample_2D_inf1.plot.contour.at=50",
        "figure.GMMexample_2D_inf2.plot.contour.at=50",
        "figure.GMMexample_2D_inf3.plot.contour.at=50",
        "figure.GMMexample_2D_inf3.plot.contour.scale=1.0",
        "figure.GMMexample_2D_panels.plot.contour.at=50",
    ]);
    for (name, ..) in SINGLE.into_iter().chain([("GMMexample_2D_panels", 0, [0.0; 2], 1.0)]) {
        let caption = built.picture(name).caption();
        assert!(!caption.contains('$') && caption.contains("at t = 50"), "{name}: {caption}");
    }
    let moved = built.picture("GMMexample_2D_inf3").caption();
    assert!(moved.starts_with("Moved by (\u{2212}0.5, \u{2212}0.2)"), "{moved}");
}

#[test]
fn estimates_without_truth_are_said_to_be_no_more() {
    let text = "schema = 1\n[data.x.source.points]\n\
        values = [[0.0, 1000.0], [1.0, 9000.0], [4.0, 40000.0]]\n\
        [fit.x]\ndata = \"x\"\n[fit.x.model.given]\nmeans = [[0.0, 2000.0], [4.0, 40000.0]]\n\
        covariances = [[[1.0, 0.0], [0.0, 1e6]], [[1.0, 0.0], [0.0, 1e6]]]\n\
        [figure.both]\nplot.contour = { fit = \"x\", components = [0, 1] }\n\
        [figure.one]\nplot.contour = { fit = \"x\", components = [0] }\n\
        [figure.all]\nplot.contour = { fit = \"x\" }\n";
    let built = run_text(text, &[]);
    let start = |name: &str| built.picture(name).header(&Theme::LIGHT, Layers::ALL).start;
    assert_eq!(start("both"), "Estimates");
    let one = built.picture("one").caption();
    assert!(one.contains("as given") && one.contains("scales of their own"), "{one}");
    for (name, svg) in built.svgs() {
        let words: Vec<String> = inked(&svg).into_iter().map(|(words, _)| words).collect();
        if name == "all" {
            for k in ["k = 1", "k = 2"] {
                assert!(words.iter().any(|w| w == k), "{k} is not in {words:?}");
            }
        }
    }
}

#[test]
fn headers_score_only_what_is_drawn_and_say_the_iteration() {
    let of = |at: &str, layers: Layers| {
        let built = run_lecture(&[&format!("figure.GMMexample_2D_inf.plot.contour.at={at}")]);
        let header = built.picture("GMMexample_2D_inf").header(&Theme::LIGHT, layers);
        (header.start, header.facts.join("; "))
    };
    let scored = |facts: &str| facts.contains("holds") && facts.contains("KL(");
    for (at, words) in
        [("0", "random start, $t$ = 0"), ("8", "$t$ = 8"), ("169", "converged, $t$ = 169")]
    {
        let (_, facts) = of(at, Layers::ALL);
        assert!(facts.starts_with(words) && scored(&facts), "{facts}");
        assert!(!facts.contains("as fitted"), "{facts}");
    }
    for (truth, start) in [(false, "Data"), (true, "Truth")] {
        let (title, facts) = of("0", Layers { truth, estimate: false, ..Layers::ALL });
        assert_eq!(title, start);
        assert!(
            !facts.contains("holds") && !facts.contains("KL(") && !facts.contains("$t$"),
            "{facts}"
        );
    }
}

#[test]
fn an_empty_component_has_no_outline_in_the_panels_of_others() {
    let config = "schema = 1\n[data.p]\nseed = 2\nsource.gaussian_mixture = { \
        means = [[-40.0, -30.0], [40.0, 30.0], [0.0, 60.0]], sd = 10.0, samples = 100 }\n\
        [fit.vb]\ndata = \"p\"\nmodel.bayesian_mixture = { components = 4, covariance = \"full\", \
        max_iter = 500, weight_concentration_prior = 1e-3, degrees_of_freedom_prior = 4 }\n\
        [figure.x]\nplot.contour = { fit = \"vb\", predictive = true }\n";
    let built = run_text(config, &[]);
    let fit = built.values.fits["vb"].as_ref().unwrap();
    let weights = fit.mixture(fit.iterations()).weights;
    assert_eq!(weights.iter().filter(|w| **w < 0.001).count(), 1, "{weights:?}");
    for panel in list(&built.json("x")["panels"]) {
        assert_eq!(list(&panel["others"]).len(), 2);
    }
}
