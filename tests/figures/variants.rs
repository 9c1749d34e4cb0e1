//! Figures of other data than the lecture's: few and many components, none known, more or fewer
//! inferred than there are, points from a file.

use std::collections::BTreeSet;
use std::path::Path;

use elbow::figure::Cell;
use serde_json::{Value, json};

use crate::lecture::{
    Built, classic, lecture, list, number, plan_of, run, run_lecture, run_text, shipped,
};

/// Overrides of `lecture3.toml` that give both data sets `truth` components and both fits
/// `inferred`.
pub(crate) fn components(truth: usize, inferred: usize) -> Vec<String> {
    let line = [-4.0, 0.0, 3.0, 9.0, 13.0];
    let plane = [[0.0, -0.7], [0.0, 0.7], [3.0, 0.0], [-3.0, 0.5], [1.5, 2.0]];
    let plane: Vec<String> = plane[..truth].iter().map(|m| format!("{m:?}")).collect();
    let covariances = vec!["[[0.5, 0.1], [0.1, 0.1]]"; truth];
    let mut overrides = vec![
        format!("data.line.source.gaussian_mixture.means={:?}", &line[..truth]),
        format!("data.plane.source.gaussian_mixture.means=[{}]", plane.join(", ")),
        format!("data.plane.source.gaussian_mixture.covariances=[{}]", covariances.join(", ")),
        format!("fit.cavi.model.cavi.components={inferred}"),
        format!("fit.vb.model.bayesian_mixture.components={inferred}"),
    ];
    if truth < 2 {
        overrides.push("figure.GMMexample_2D_inf1.plot.contour.estimate=0".to_owned());
    }
    overrides
}

pub(crate) fn run_components(truth: usize, inferred: usize, more: &[&str]) -> Built {
    let overrides = components(truth, inferred);
    let all: Vec<&str> = overrides.iter().map(String::as_str).chain(more.iter().copied()).collect();
    run_lecture(&all)
}

/// Every node has its value; tables are rectangles of finite numbers; captions are sentences; every
/// figure can be drawn.
pub(crate) fn assert_consistent(built: &Built) {
    let expected: Vec<&String> = built.plan.figures.keys().collect();
    assert_eq!(built.values.pictures.keys().collect::<Vec<_>>(), expected);
    for name in expected {
        let picture = built.picture(name);
        let table = picture.table();
        assert!(!table.rows.is_empty(), "{name}: no rows");
        for row in &table.rows {
            assert_eq!(row.len(), table.columns.len(), "{name}: {row:?}");
            for cell in row {
                if let Cell::Number(value) = cell {
                    assert!(value.is_finite(), "{name}: {row:?}");
                }
            }
        }
        let caption = picture.caption();
        assert!(caption.ends_with('.') && !caption.contains("NaN"), "{name}: {caption}");
    }
    for (name, svg) in built.svgs() {
        crate::svg::assert_sound(&name, &svg);
    }
}

/// Where a component stands in a figure: the true one, the inferred one and the colour.
type Slot = [Option<u64>; 3];

fn slots(value: &Value, found: &mut BTreeSet<Slot>) {
    match value {
        Value::Object(map) => {
            let keys = ["truth", "inferred", "color"];
            if map.len() == 4
                && map.contains_key("number")
                && keys.iter().all(|k| map.contains_key(*k))
            {
                found.insert(keys.map(|k| map[k].as_u64()));
            }
            map.values().for_each(|v| slots(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| slots(v, found)),
        _ => {}
    }
}

/// In every figure of a fit each inferred component has the colour of the true one that it matches,
/// and none if it matches none.
pub(crate) fn assert_colours(built: &Built) {
    let mut seen = 0;
    for (name, figure) in &built.plan.figures {
        let Some(fit) = figure.panels[0].plot.kind().needs().fit else { continue };
        let matching = built.values.scores.get(&fit).map(|s| &s.r#match);
        let mut found = BTreeSet::new();
        slots(&built.json(name), &mut found);
        for [truth, inferred, color] in found {
            seen += 1;
            match matching {
                Some(matching) => {
                    assert_eq!(color, truth, "{name}");
                    let Some(i) = inferred else { continue };
                    let partner = matching.true_of_inferred[i as usize].map(|t| t as u64);
                    assert_eq!(truth, partner, "{name}: inferred component {i}");
                }
                None => assert_eq!((truth, color), (None, inferred), "{name}"),
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn components_keep_their_colour_in_all_figures() {
    let mut matches = BTreeSet::new();
    assert_colours(lecture());
    assert_colours(classic());
    for seed in [0, 1, 2, 3, 715] {
        let built =
            run_lecture(&[&format!("fit.cavi.seed={seed}"), &format!("fit.vb.seed={seed}")]);
        assert_colours(&built);
        matches.insert(built.values.scores["cavi"].r#match.inferred_of_true.clone());
    }
    assert!(matches.len() >= 3, "labels were not switched: {matches:?}");
}

#[test]
fn any_number_of_components_can_be_drawn() {
    for k in [1, 2, 4, 5] {
        let built = run_components(k, k, &[]);
        assert_consistent(&built);
        assert_colours(&built);
        let panels = built.json("posterior_means");
        assert_eq!(list(&panels["panels"]).len(), k);
        assert_eq!(list(&built.json("GMMexample_2D_panels")["panels"]).len(), k);
    }
}

#[test]
fn more_or_fewer_components_may_be_inferred_than_there_are() {
    for (truth, inferred) in [(3, 2), (3, 5), (1, 4), (4, 1)] {
        let built = run_components(truth, inferred, &[]);
        assert_consistent(&built);
        assert_colours(&built);
        // Bars have one for each inferred component, and sum to one.
        let picture = built.json("posterior_most_uncertain");
        for point in list(&picture["points"]) {
            let phi = list(&point["phi"]);
            assert_eq!(phi.len(), inferred);
            let sum: f64 = phi.iter().map(number).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        }
        assert_eq!(list(&built.json("GMMexample_itConv")["lanes"]).len(), inferred);
    }
}

#[test]
fn an_iteration_past_the_end_is_the_last() {
    let built = run_lecture(&["figure.GMMexample_it8.plot.histogram.at=100"]);
    let last = lecture().json("GMMexample_itConv");
    let shown = built.json("GMMexample_it8");
    for key in ["bars", "curves", "lanes", "facts", "start"] {
        assert_eq!(shown[key], last[key], "{key}");
    }
    let (path, text) = shipped("lecture3");
    let more = "\n[figure.late]\nplot.posterior_means = { fit = \"cavi\", at = 98 }\n\
        [figure.late_bars]\nplot.posterior_bars = { fit = \"cavi\", at = 97, distinct = true }\n\
        [figure.late_plane]\nplot.contour = { fit = \"vb\", at = 1500 }\n";
    let built = run(plan_of(&path, &(text + more), &[]));
    for (name, same) in [
        ("late", "posterior_means"),
        ("late_bars", "posterior_most_uncertain"),
        ("late_plane", "GMMexample_2D_panels"),
    ] {
        assert_eq!(built.json(name), lecture().json(same), "{name}");
    }
}

const UNLABELLED: &str = r#"
schema = 1
[data.line.source.points]
values = [-3.0, -2.5, -2.0, -1.0, 0.5, 2.0, 2.25, 3.5, 4.0, 9.0]
[data.plane.source.points]
values = [[0.0, 1.0], [0.5, 1.5], [0.25, 0.75], [4.0, 4.0], [4.5, 3.75], [5.0, 4.25], [4.0, 5.0]]
[fit.line]
data = "line"
seed = 3
[fit.line.model.cavi]
components = 2
[fit.plane]
data = "plane"
seed = 3
[fit.plane.model.bayesian_mixture]
components = 2
[fit.stated]
data = "plane"
[fit.stated.model.given]
means = [[0.0, 1.0], [4.0, 4.0]]
[figure.data]
plot.histogram = { data = "line" }
[figure.start]
plot.histogram = { data = "line", fit = "line", at = 0 }
[figure.end]
plot.histogram = { data = "line", fit = "line" }
[figure.samples]
plot.histogram = { data = "line", fit = "line", bins = "auto", kde = true, as = "samples" }
[figure.elbo]
plot.elbo = { fit = "line" }
[figure.elbo_plane]
plot.elbo = { fit = "plane", range = "all" }
[figure.bars]
plot.posterior_bars = { fit = "line" }
[figure.bars_plane]
plot.posterior_bars = { fit = "plane", points = [0, 6] }
[figure.means]
plot.posterior_means = { fit = "line" }
[figure.plane]
plot.contour = { fit = "plane" }
[figure.plane_one]
plot.contour = { fit = "plane", components = [1], levels = "density" }
[figure.plane_stated]
plot.contour = { fit = "stated" }
[figure.bars_stated]
plot.posterior_bars = { fit = "stated" }
"#;

#[test]
fn points_without_labels_can_be_drawn() {
    let built = run_text(UNLABELLED, &[]);
    assert_consistent(&built);
    assert_colours(&built);
    assert!(built.values.scores.is_empty());
    let picture = built.json("end");
    assert_eq!(list(&picture["bars"]).len(), 1);
    assert_eq!(picture["bars"][0]["slot"], Value::Null);
    assert!(list(&picture["curves"]).iter().all(|c| c["role"] == "estimate"));
    // All components in one panel, as none is known to belong to any data.
    assert_eq!(list(&built.json("plane")["panels"]).len(), 1);
    assert_eq!(list(&built.json("plane")["panels"][0]["estimates"]).len(), 2);
}

#[test]
fn degenerate_data_can_be_drawn() {
    for values in ["[1.5, 1.5]", "[2.0, 2.0, 2.0]", "[-1e6, 1e6]", "[1e-9, 2e-9, 3e-9]"] {
        let built = run_text(
            UNLABELLED,
            &[
                &format!("data.line.source.points.values={values}"),
                "fit.line.model.cavi.init=\"kmeans++\"",
            ],
        );
        assert_consistent(&built);
    }
}

#[test]
fn labelled_points_from_a_file_can_be_drawn() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures-csv");
    std::fs::create_dir_all(&folder).unwrap();
    let mut file = String::from("speed,width,kind\n");
    for i in 0..60 {
        let (kind, middle) = [("b", 0.0), ("a", 6.0), ("c", 12.0)][i % 3];
        let spread = (i / 3) as f64 / 5.0 - 2.0;
        file.push_str(&format!("{},{},{kind}\n", middle + spread, spread * spread - middle));
    }
    std::fs::write(folder.join("points.csv"), file).unwrap();
    let text = r#"
schema = 1
[data.line.source.csv]
path = "points.csv"
columns = ["speed"]
label = "kind"
[data.plane.source.csv]
path = "points.csv"
label = "kind"
[fit.line]
data = "line"
[fit.line.model.cavi]
components = 3
prior_variance = 100.0
[fit.plane]
data = "plane"
[fit.plane.model.bayesian_mixture]
components = 3
[baseline.permuted]
fit = "line"
scores = ["accuracy", "adjusted_rand"]
[figure.data]
plot.histogram = { data = "line" }
[figure.end]
plot.histogram = { data = "line", fit = "line" }
[figure.bars]
plot.posterior_bars = { fit = "line" }
[figure.means]
plot.posterior_means = { fit = "line" }
[figure.plane]
plot.contour = { fit = "plane" }
[figure.accuracy]
plot.baseline = { baseline = "permuted", score = "accuracy" }
[figure.rand]
plot.baseline = { baseline = "permuted", score = "adjusted_rand" }
"#;
    let built = run(plan_of(&folder.join("test.toml"), text, &[]));
    assert_consistent(&built);
    assert_colours(&built);
    let picture = built.json("end");
    // Labels are known, densities are not: bars by component, curves of the estimate only.
    assert_eq!(list(&picture["bars"]).len(), 3);
    assert!(list(&picture["curves"]).iter().all(|c| c["role"] == "estimate"));
    assert_eq!(picture["column"], json!("speed"));
    let table = built.picture("end").table();
    assert!(table.columns.iter().any(|c| c.contains("speed")), "{:?}", table.columns);
    // The names in ascending order: `a` is component 0.
    let data = built.values.data["line"].as_ref().unwrap();
    assert_eq!(data.labels.as_ref().unwrap().to_vec()[..3], [1, 0, 2]);
}
