//! `[predict.NAME]`: what a fit says of points, as exports, numbers and assertions have it.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use program::{check, elbow, files, folder, stdout};
use serde_json::Value;

const CONFIG: &str = r#"schema = 1
[data.plane]
source.gaussian_mixture = { means = [[0.0, 0.0], [5.0, 1.0]], samples = 30 }
[data.new]
source.points = { values = [[0.1, 0.2], [4.9, 1.1], [2.5, 0.5]] }
[fit.vb]
data = "plane"
model.bayesian_mixture = { components = 2 }
[predict.own]
fit = "vb"
[predict.new]
fit = "vb"
data = "new"
samples = 40
[figure.scatter]
plot.scatter = { fit = "vb" }
[assert.better]
that = "predict.own.mean_log_density_predictive > predict.own.mean_score_samples"
[assert.held_out]
that = "min(predict.new.log_density_predictive) > -20"
[assert.drawn]
that = "predict.new.sample_labels[39] == 1"
[output]
formats = ["svg"]
"#;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn a_prediction_has_labels_probabilities_densities_and_draws() {
    let folder = folder(CONFIG);
    let new = json(&stdout(&elbow(&folder, &["export", "a.toml", "predict.new"])));
    let labels = numbers(&new["labels"]);
    assert_ne!(labels[0], labels[1]);
    for (row, label) in new["responsibilities"].as_array().unwrap().iter().zip(&labels) {
        let r = numbers(row);
        assert!((r[0] + r[1] - 1.0).abs() < 1e-14 && r[*label as usize] >= 0.5);
    }
    for name in ["score_samples", "log_density", "log_density_predictive"] {
        let values = numbers(&new[name]);
        assert_eq!(values.len(), 3);
        let mean = new[format!("mean_{name}")].as_f64().unwrap();
        assert!((mean - values.iter().sum::<f64>() / 3.0).abs() < 1e-14);
    }
    assert_eq!(new["samples"].as_array().unwrap().len(), 40);
    assert_eq!(numbers(&new["samples"][0]).len(), 2);
    assert_eq!(new["sample_labels"].as_array().unwrap().len(), 40);
    // The fit's own data, and no draws.
    let own = json(&stdout(&elbow(&folder, &["export", "a.toml", "predict.own"])));
    assert_eq!(own["labels"].as_array().unwrap().len(), 60);
    assert!(own.get("samples").is_none());
}

#[test]
fn a_prediction_is_a_table_of_its_points() {
    let folder = folder(CONFIG);
    let text = stdout(&elbow(&folder, &["export", "a.toml", "predict.new", "--format", "csv"]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "x_1,x_2,label,r_0,r_1,score_samples,log_density,log_density_predictive");
    assert_eq!(lines.len(), 4);
    assert!(lines[1].starts_with("0.1,0.2,") && lines[3].starts_with("2.5,0.5,"), "{text}");
}

#[test]
fn numbers_assertions_and_the_plan_know_predictions() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let all = files(folder.path());
    let quoted = json(std::str::from_utf8(&all["figures/extras/a/numbers.json"]).unwrap());
    let exported = json(&stdout(&elbow(&folder, &["export", "a.toml", "predict.own"])));
    let key = "mean_log_density_predictive";
    assert_eq!(quoted["predict"]["own"][key], exported[key]);
    let tex = std::str::from_utf8(&all["figures/extras/a/numbers.tex"]).unwrap();
    assert!(tex.contains("\\PredictOwnMeanLogDensityPredictive"), "{tex}");
    let plan = stdout(&elbow(&folder, &["plan", "a.toml"]));
    assert!(plan.contains("predict.new") && plan.contains("<- fit.vb, data.new"), "{plan}");
    // Nothing to do, also for predictions that an assertion is about.
    let again = elbow(&folder, &["plan", "a.toml", "--explain"]);
    assert!(stdout(&again).contains("nothing to do"), "{}", stdout(&again));
    let set = ["build", "-q", "a.toml", "--set", "predict.new.samples=0"];
    check(&elbow(&folder, &set), 2, &["`samples` must be at least 1"]);
    let wrong = "assert.better.that=\"predict.own.samples[0] == 1\"";
    check(
        &elbow(&folder, &["build", "-q", "a.toml", "--set", wrong]),
        2,
        &["`predict.own` has no `samples`"],
    );
}

#[test]
fn the_report_has_a_row_for_each_prediction() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let all = files(folder.path());
    let report = std::str::from_utf8(&all["figures/extras/a/report.html"]).unwrap();
    let new = json(&stdout(&elbow(&folder, &["export", "a.toml", "predict.new"])));
    let of = |key: &str| format!("{:.3}", new[key].as_f64().unwrap()).replace('-', "\u{2212}");
    let row = format!(
        "<tr><td>new</td><td>vb</td><td>new</td><td>3</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        of("mean_log_density"),
        of("mean_log_density_predictive"),
        of("mean_score_samples"),
    );
    assert!(report.contains("<h2>Predictions</h2>") && report.contains(&row), "{row}\n{report}");
    assert!(report.contains("<tr><td>own</td><td>vb</td><td>plane</td><td>60</td>"), "{report}");
    let without = CONFIG.split("[predict.own]").next().unwrap().to_owned()
        + "[figure.scatter]\nplot.scatter = { fit = 'vb' }\n";
    let folder = program::folder(&without);
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let all = files(folder.path());
    let report = std::str::from_utf8(&all["figures/extras/a/report.html"]).unwrap();
    assert!(!report.contains("Predictions"));
}

#[test]
fn a_fit_without_a_density_is_refused() {
    let folder = folder(&CONFIG.replace("model.bayesian_mixture", "model.kmeans"));
    check(
        &elbow(&folder, &["check", "a.toml"]),
        2,
        &["`fit.vb` is of kind `kmeans`", "such as `mixture_em`"],
    );
}

#[test]
fn the_best_of_a_sweep_predicts() {
    let config = CONFIG
        .replace("[fit.vb]", "[sweep.k]")
        .replace("{ components = 2 }", "{}\nover = { components = [1, 2] }")
        .replace("\"vb\"", "\"sweep.k.best\"");
    let folder = folder(&config);
    let new = json(&stdout(&elbow(&folder, &["export", "a.toml", "predict.new"])));
    assert_eq!(numbers(&new["log_density_predictive"]).len(), 3);
}
