//! Bars of mixture weights: which are kept, their order, and their intervals.

use elbow::figure::style::Theme;
use elbow::figure::{Layers, Picture};
use elbow::math::special::beta_quantile;
use elbow::model::Responsibilities;
use serde_json::{Value, json};

use crate::lecture::{Built, assert_near, list, number, numbers, plan_of, run, run_text, shipped};
use crate::texts::{assert_none, violations};
use crate::variants::{assert_colours, assert_consistent};

/// `lecture3.toml` with a fit of eight components and figures of weights.
fn lecture_with_weights() -> Built {
    let (path, text) = shipped("lecture3");
    let more = r#"
[fit.eight]
data = "plane"
seed = 1
[fit.eight.model.bayesian_mixture]
components = 8
weight_concentration_prior = 0.01
max_iter = 1500
[figure.three]
plot.weights = { fit = "vb" }
[figure.eight]
plot.weights = { fit = "eight" }
[figure.eight_start]
plot.weights = { fit = "eight", at = 3, kept_above = 0.125 }
[figure.fixed]
plot.weights = { fit = "cavi" }
"#;
    let mut plan = plan_of(&path, &(text + more), &[]);
    plan.figures.retain(|name, _| ["three", "eight", "eight_start", "fixed"].contains(&&**name));
    run(plan)
}

fn title(picture: &dyn Picture) -> (String, Vec<String>) {
    let header = picture.header(&Theme::LIGHT, Layers::ALL);
    (header.start, header.facts)
}

fn weight(bar: &Value) -> f64 {
    number(&bar["weight"])
}

#[test]
fn bars_are_the_weights_of_the_matched_components() {
    let built = lecture_with_weights();
    let fit = built.values.fits["vb"].as_ref().unwrap();
    let matching = &built.values.scores["vb"].r#match.inferred_of_true;
    let points = &built.values.data["plane"].as_ref().unwrap().points;
    let exported = fit.to_json(points.view(), Responsibilities::Omit);
    let alpha = numbers(&exported["weight_concentration"]);
    let total: f64 = alpha.iter().sum();
    let picture = built.json("three");
    let bars = list(&picture["bars"]);
    assert_eq!(bars.len(), 3);
    for (j, bar) in bars.iter().enumerate() {
        let k = matching[j].unwrap();
        assert_eq!(bar["slot"]["inferred"], json!(k));
        assert_near("truth", number(&bar["truth"]), 1.0 / 3.0, 1e-15);
        assert_near("weight", weight(bar), alpha[k] / total, 1e-15);
        // The marginals of a Dirichlet distribution are Beta distributions.
        for (end, p) in numbers(&bar["interval"]).into_iter().zip([0.025, 0.975]) {
            assert_near("interval", end, beta_quantile(p, alpha[k], total - alpha[k]), 1e-12);
        }
        let ends = numbers(&bar["interval"]);
        assert!(ends[0] < weight(bar) && weight(bar) < ends[1], "{bar}");
    }
    assert_near("sum", bars.iter().map(weight).sum(), 1.0, 1e-12);
}

#[test]
fn unmatched_components_follow_from_the_heaviest_to_the_lightest() {
    let built = lecture_with_weights();
    let picture = built.json("eight");
    let bars = list(&picture["bars"]);
    assert_eq!(bars.len(), 8);
    for bar in &bars[3..] {
        assert_eq!((&bar["truth"], &bar["slot"]["color"]), (&Value::Null, &Value::Null));
    }
    assert!(bars[3..].windows(2).all(|w| weight(&w[0]) >= weight(&w[1])), "{bars:?}");
    let kept = bars.iter().filter(|b| weight(b) > 0.01).count();
    assert!((3..8).contains(&kept), "{kept} are kept: the data do not test it");
    assert_eq!(picture["kept"], json!(kept));
    let (start, facts) = title(built.picture("eight"));
    assert_eq!(start, format!("{kept} of 8 components kept"));
    assert_eq!(facts[0], "Dirichlet prior");
    assert!(facts[1].starts_with("accuracy 0."), "{facts:?}");
    assert_eq!(built.picture("eight").numbers()["kept"], json!(kept));
    let caption = built.picture("eight").caption();
    assert!(caption.starts_with(&format!("{kept} of 8 inferred components have")), "{caption}");
}

#[test]
fn an_earlier_iteration_has_its_own_bars_in_the_same_places() {
    let built = lecture_with_weights();
    let (start, end) = (built.json("eight_start"), built.json("eight"));
    let order = |picture: &Value| -> Vec<Value> {
        list(&picture["bars"]).iter().map(|b| b["slot"].clone()).collect()
    };
    assert_eq!(order(&start), order(&end));
    assert_eq!(start["heights"]["low"], json!(0.0));
    let fit = built.values.fits["eight"].as_ref().unwrap();
    let weights = fit.mixture(3).weights;
    for bar in list(&start["bars"]) {
        let k = bar["slot"]["inferred"].as_u64().unwrap() as usize;
        assert_eq!(weight(bar), weights[k]);
    }
    let kept = weights.iter().filter(|w| **w > 0.125).count();
    let (start, facts) = title(built.picture("eight_start"));
    assert_eq!(start, format!("{kept} of 8 components kept"));
    assert_eq!(facts, ["at $t$ = 3", "Dirichlet prior"]);
}

#[test]
fn weights_that_are_not_inferred_have_no_intervals() {
    let built = lecture_with_weights();
    let picture = built.json("fixed");
    for bar in list(&picture["bars"]) {
        assert_near("weight", weight(bar), 1.0 / 3.0, 1e-15);
        assert_eq!(bar["interval"], Value::Null);
    }
    let (start, facts) = title(built.picture("fixed"));
    assert_eq!((start.as_str(), facts[0].as_str()), ("Mixture weights", "fixed equal weights"));
}

#[test]
fn any_fit_can_be_drawn() {
    let built = run_text(
        r#"
schema = 1
[data.line]
seed = 1
source.gaussian_mixture = { means = [0.0, 4.0, 9.0], samples = [30, 10, 20] }
[data.plain.source.points]
values = [[0.0, 1.0], [0.5, 1.5], [4.0, 4.0], [4.5, 3.75], [5.0, 4.25]]
[data.labelled.source.points]
values = [[0.0, 1.0], [0.5, 1.5], [4.0, 4.0], [4.5, 3.75], [5.0, 4.25]]
labels = [0, 0, 1, 1, 1]
[data.one.source.points]
values = [3.0]
[fit.fewer]
data = "line"
model.bayesian_mixture = { components = 1 }
[fit.many]
data = "line"
model.bayesian_mixture = { components = 40, weight_concentration_prior = 1e-6 }
[fit.plain]
data = "plain"
model.bayesian_mixture = { components = 3 }
[fit.labelled]
data = "labelled"
model.bayesian_mixture = { components = 2 }
[fit.one]
data = "one"
model.given = { means = [3.0, 9.0], weights = [0.25, 0.75] }
[figure.fewer]
plot.weights = { fit = "fewer" }
[figure.many]
plot.weights = { fit = "many" }
[figure.many_small]
size = [4.0, 3.0]
plot.weights = { fit = "many", at = 1 }
[figure.plain]
plot.weights = { fit = "plain" }
[figure.labelled]
plot.weights = { fit = "labelled" }
[figure.one]
plot.weights = { fit = "one" }
"#,
        &[],
    );
    assert_consistent(&built);
    assert_colours(&built);
    assert_none(&violations("any fit", &built));
    // One component alone has all weight, for sure; two true ones have none.
    let fewer = built.json("fewer");
    let bars = list(&fewer["bars"]);
    let matched: Vec<&Value> = bars.iter().filter(|b| !b["weight"].is_null()).collect();
    assert_eq!((bars.len(), matched.len()), (3, 1));
    assert_eq!(matched[0]["interval"], json!([1.0, 1.0]));
    assert_eq!(title(built.picture("fewer")).0, "1 of 1 components kept");
    // True weights: the mixture's, else the share of the labels, else none.
    let truths = |name: &str| -> Vec<Value> {
        list(&built.json(name)["bars"]).iter().map(|b| b["truth"].clone()).collect()
    };
    assert_eq!(truths("fewer"), [json!(0.5), json!(1.0 / 6.0), json!(1.0 / 3.0)]);
    assert_eq!(truths("labelled"), [json!(0.4), json!(0.6)]);
    assert_eq!(truths("plain"), [Value::Null, Value::Null, Value::Null]);
    // Without a truth from the heaviest on, each in its own colour.
    let weights: Vec<f64> = list(&built.json("one")["bars"]).iter().map(weight).collect();
    assert_eq!(weights, [0.75, 0.25]);
    assert_eq!(list(&built.json("many")["bars"]).len(), 40);
}
