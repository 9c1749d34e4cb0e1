//! Members of sweeps against each other: what is shown of them, which is marked, what is said.

use std::sync::OnceLock;

use elbow::figure::style::Theme;
use elbow::figure::{Layers, frame::Header};
use serde_json::{Value, json};

use crate::lecture::{Built, list, number, run_text};
use crate::texts::{assert_none, violations};
use crate::variants::assert_consistent;

/// Sweeps of clusters that are far apart, and figures of them.
const SWEEPS: &str = r#"
schema = 1
[data.far]
seed = 10
source.gaussian_mixture = { means = [[0.0, -4.0], [0.0, 0.0], [4.0, 4.0]], sd = 0.5, samples = 40 }
[data.bare.source.points]
values = [[0.0, 1.0], [0.5, 1.5], [4.0, 4.0], [4.5, 3.75], [5.0, 4.25], [5.5, 4.0]]
[sweep.k]
data = "far"
seed = 1
over = { components = "1..6" }
model.bayesian_mixture = { covariance = "full", init = "random_from_data", restarts = 4, max_iter = 400, weight_concentration_prior = 1.0 }
[sweep.short]
data = "far"
over = { components = "1..4", covariance = ["full", "spherical"] }
model.bayesian_mixture = { init = "kmeans", max_iter = 2 }
[sweep.prior]
data = "far"
over = { weight_prior = ["dirichlet_distribution", "dirichlet_process"], weight_concentration_prior = [0.001, 0.1, 10, 1000] }
model.bayesian_mixture = { components = 6, init = "kmeans", max_iter = 3000, restarts = 2 }
[sweep.words]
data = "bare"
over = { covariance = ["full", "diag", "spherical"] }
model.bayesian_mixture = { components = 1 }
[figure.sweep_k]
size = [8, 3]
plot.sweep = { sweep = "k" }
[figure.sweep_short]
plot.sweep = { sweep = "short", metrics = ["elbo"] }
[figure.sweep_prior]
plot.sweep = { sweep = "prior", metrics = ["elbo", "accuracy", "effective_components"] }
[figure.sweep_types]
plot.sweep = { sweep = "short", x = "covariance", metrics = ["accuracy", "elbo", "log_loss", "iterations"] }
[figure.sweep_words]
plot.sweep = { sweep = "words" }
[figure.sweep_small]
size = [3.6, 2.9]
plot.sweep = { sweep = "prior", metrics = ["elbo"], restarts = false }
"#;

/// The figures, made once.
pub(crate) fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| run_text(SWEEPS, &[]))
}

/// How many circles are as large as the ring of the best member.
fn rings_in(svg: &str) -> usize {
    svg.matches(" r=\"7.4\"").count()
}

fn header(built: &Built, name: &str) -> Header {
    built.picture(name).header(&Theme::LIGHT, Layers::ALL)
}

#[test]
fn every_sweep_can_be_drawn_and_nothing_lies_on_anything() {
    let built = built();
    assert_consistent(built);
    assert_none(&violations("sweeps", built));
}

#[test]
fn a_panel_has_every_member_and_all_its_restarts() {
    let built = built();
    let sweep = built.values.sweeps["k"].as_ref().unwrap();
    let picture = built.json("sweep_k");
    let panels = list(&picture["panels"]);
    let metrics: Vec<&Value> = panels.iter().map(|panel| &panel["metric"]).collect();
    assert_eq!(metrics, [&json!("elbo"), &json!("accuracy")]);
    for panel in panels {
        let points = list(&panel["points"]);
        assert_eq!(points.len(), 6);
        for (i, point) in points.iter().enumerate() {
            assert_eq!(number(&point["x"]), (i + 1) as f64);
            assert_eq!(list(&point["restarts"]).len(), 3);
        }
    }
    let best = sweep.best.unwrap();
    assert_eq!(picture["best"], json!(best));
    assert_eq!(sweep.rows[best].components, 3);
    assert_eq!(header(built, "sweep_k").start, "ELBO is highest at K = 3");
    assert_eq!(header(built, "sweep_k").facts[0], "and so is the accuracy");
    // A row for every restart, the kept one marked.
    let table = built.picture("sweep_k").table();
    assert_eq!(table.rows.len(), 24);
    let expected =
        ["components", "restart", "kept", "elbo (nats)", "accuracy", "stop", "best", "flaws"];
    assert_eq!(table.columns, expected);
    let caption = built.picture("sweep_k").caption();
    assert!(
        caption.starts_with("ELBO and accuracy of 6 fits over components, each the best of 4"),
        "{caption}"
    );
}

#[test]
fn the_best_member_has_a_ring_in_every_panel() {
    let built = built();
    let svgs = built.svgs();
    let svg = |name: &str| &svgs.iter().find(|(other, _)| other == name).unwrap().1;
    assert_eq!(rings_in(svg("sweep_k")), 2);
    assert_eq!(rings_in(svg("sweep_prior")), 3);
}

#[test]
fn what_is_not_chosen_is_hollow_and_said() {
    let built = built();
    let sweep = built.values.sweeps["short"].as_ref().unwrap();
    // One component is where it belongs after one iteration.
    let sound: Vec<bool> = sweep.rows.iter().map(|row| row.is_sound()).collect();
    assert_eq!(sound[..2], [true, true]);
    assert!(sound.iter().any(|sound| !sound));
    let picture = built.json("sweep_short");
    for point in list(&picture["panels"][0]["points"]) {
        let row = point["row"].as_u64().unwrap() as usize;
        assert_eq!(point["is_sound"], json!(sound[row]));
    }
    let key: Vec<String> = header(built, "sweep_short").key.into_iter().map(|e| e.text).collect();
    assert_eq!(key, ["not converged"]);
    let caption = built.picture("sweep_short").caption();
    assert!(caption.contains("stopped at the limit of 2 iterations"), "{caption}");
}

#[test]
fn axes_follow_what_the_keys_hold() {
    let built = built();
    // Numbers over six decades are on a log axis, lines are the words.
    let prior = built.json("sweep_prior");
    assert_eq!(prior["keys"], json!(["weight_concentration_prior", "weight_prior"]));
    let places: Vec<f64> = list(&prior["ticks"]).iter().map(|tick| number(&tick[0])).collect();
    assert_eq!(places, [-3.0, -1.0, 1.0, 3.0]);
    assert_eq!(prior["series"], json!(["Dirichlet distribution", "Dirichlet process"]));
    assert_eq!(prior["form"], "lines");
    // Words are side by side in their order; bars stand on 0, the bound has none.
    let types = built.json("sweep_types");
    assert_eq!(types["form"], "groups");
    assert_eq!(types["series"], json!(["K = 1", "K = 2", "K = 3", "K = 4"]));
    let lows: Vec<f64> =
        list(&types["panels"]).iter().map(|panel| number(&panel["frame"]["low"])).collect();
    assert_eq!((lows[0], lows[2], lows[3]), (0.0, 0.0, 0.0));
    assert!(lows[1] < 0.0);
    // Without labels there is no accuracy to show.
    assert_eq!(list(&built.json("sweep_words")["panels"]).len(), 1);
}

#[test]
fn a_value_far_from_all_others_does_not_press_them_together() {
    let far = SWEEPS.replace("[4.0, 4.0]], sd = 0.5", "[400.0, 4.0]], sd = 0.5");
    let built = run_text(&far, &[]);
    let picture = built.json("sweep_k");
    let panel = &picture["panels"][0];
    assert_eq!(panel["beyond"], json!([0]));
    assert!(number(&panel["points"][0]["value"]) < number(&panel["frame"]["low"]));
    let svgs = built.svgs();
    let (_, svg) = svgs.iter().find(|(name, _)| name == "sweep_k").unwrap();
    assert!(svg.contains("K = 1: "), "{svg}");
}

#[test]
fn the_values_in_a_panel_do_not_touch_each_other() {
    let (path, text) = crate::lecture::shipped("model-selection");
    let plan = crate::lecture::plan_of(&path, &text, &[]);
    let only = elbow::pipeline::Selection::Only(["em".to_owned()].into());
    let values = elbow::pipeline::run(&plan, &only, &());
    let drawing = Built { plan, values }.drawing("em");
    let values: Vec<_> = drawing
        .marks
        .iter()
        .filter_map(|mark| match &mark.painted {
            // Ticks are whole numbers.
            elbow::render::Painted::Text { label, .. } if label.contains('.') => {
                Some((label.clone(), mark.bounds))
            }
            _ => None,
        })
        .collect();
    assert_eq!(values.len(), 5, "{values:?}");
    for (i, (words, ink)) in values.iter().enumerate() {
        for (other, there) in &values[..i] {
            assert!(!ink.inset(-2.5).overlaps(there), "`{words}` at `{other}`");
        }
    }
}
