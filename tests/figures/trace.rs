//! Traces: any number over the iterations, of one fit, several, or all restarts.

use std::sync::OnceLock;

use elbow::figure::{At, Plot};
use elbow::model::Fit;
use serde_json::{Value, json};

use crate::lecture::{Built, assert_near, lecture, list, number, plan_of, run, run_text, shipped};
use crate::texts;
use crate::variants::{assert_consistent, components};

const CONFIG: &str = r#"
schema = 1
[data.line]
seed = 10
generator = "numpy"
source.gaussian_mixture = { means = [0.0, 1.0, 5.0], sd = 1.0, samples = 1000 }
[data.plane]
seed = 3
source.gaussian_mixture = { means = [[0.0, -2.0], [0.0, 2.0]], samples = 200 }
[fit.cavi]
data = "line"
seed = 715
generator = "numpy"
[fit.cavi.model.cavi]
components = 3
init = "lecture"
stop_on = "elbo_lecture"
[fit.two]
data = "line"
seed = 3
model.cavi = { components = 2, init = "lecture", max_iter = 5 }
[fit.many]
data = "line"
seed = 5
model.cavi = { components = 4, init = "lecture", max_iter = 60, restarts = 9 }
[fit.vb]
data = "plane"
seed = 4
model.bayesian_mixture = { components = 4, family = "scikit-learn", init = "random", max_iter = 300 }
[figure.trace_both]
plot.trace = { fit = "cavi", quantity = ["elbo", "elbo_lecture"] }
[figure.gap]
plot.trace = { fit = "cavi", quantity = ["elbo", "elbo_lecture"], scale = "gap" }
[figure.one_gap]
plot.trace = { fit = "cavi", scale = "gap" }
[figure.fits]
plot.trace = { fits = ["cavi", "two"], labels = ["$K = 3$", "$K = 2$"] }
[figure.data]
plot.trace = { fits = ["cavi", "vb"] }
[figure.means]
plot.trace = { fit = "cavi", quantity = "means" }
[figure.means_8]
plot.trace = { fit = "cavi", quantity = "means", at = 8 }
[figure.means_of_two]
plot.trace = { fits = ["cavi", "two"], quantity = "means" }
[figure.variances]
plot.trace = { fit = "cavi", quantity = "variances" }
[figure.weights]
plot.trace = { fit = "vb", quantity = "weights" }
[figure.weights_gap]
plot.trace = { fit = "vb", quantity = "weights", scale = "gap" }
[figure.lower]
plot.trace = { fit = "vb", quantity = ["elbo", "lower_bound"], range = "all" }
[figure.restarts]
plot.trace = { fit = "many", restarts = true }
[figure.restarts_gap]
plot.trace = { fit = "many", restarts = true, scale = "gap" }
[figure.one_restart]
plot.trace = { fit = "cavi", restarts = true }
[figure.grid]
[figure.grid.panels]
plots = [
    { plot.trace = { fit = "cavi", quantity = ["elbo", "elbo_lecture"] } },
    { plot.trace = { fit = "many", restarts = true } },
    { plot.trace = { fits = ["cavi", "two"] } },
    { plot.trace = { fit = "vb", quantity = "weights" } },
]
[figure.over_fits]
plot.trace = { fit = "cavi" }
panels = { over = "fits", values = ["cavi", "vb"] }
[figure.over_iterations]
plot.trace = { fits = ["cavi", "two"] }
panels = { over = "iterations", values = [0, 8, "final"] }
[figure.small]
size = [4, 3]
plot.trace = { fit = "cavi", quantity = ["elbo", "elbo_lecture"] }
"#;

pub(crate) fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| run_text(CONFIG, &[]))
}

fn fit(name: &str) -> &'static Fit {
    built().values.fits[name].as_ref().unwrap()
}

fn pairs(value: &Value) -> Vec<(usize, f64)> {
    let pairs = list(value).iter();
    pairs.map(|p| (p[0].as_u64().unwrap() as usize, number(&p[1]))).collect()
}

/// The values of a line, from iteration 0 on.
fn values(line: &Value) -> Vec<f64> {
    let pairs = pairs(&line["values"]);
    assert!(pairs.iter().enumerate().all(|(i, (t, _))| i == *t));
    pairs.into_iter().map(|p| p.1).collect()
}

fn range(value: &Value) -> (f64, f64) {
    (number(&value["low"]), number(&value["high"]))
}

#[test]
fn every_trace_can_be_drawn_and_its_texts_are_apart() {
    assert_consistent(built());
    texts::assert_none(&texts::violations("traces", built()));
}

#[test]
fn lines_are_the_traces_of_the_fit() {
    let picture = built().json("trace_both");
    let lines = list(&picture["lines"]);
    for (line, quantity) in lines.iter().zip(["elbo", "elbo_lecture"]) {
        assert_eq!(line["quantity"], quantity);
        assert_eq!(values(line), fit("cavi").trace[quantity].values);
        assert_eq!(line["until"], 96);
    }
    assert_eq!(lines.len(), 2);
    // scikit-learn's bound has no value before the first iteration.
    let lower = &built().json("lower")["lines"][1];
    assert_eq!(pairs(&lower["values"])[0].0, 1);
}

#[test]
fn values_far_apart_have_strips_of_the_same_scale() {
    let picture = built().json("trace_both");
    let strips = list(&picture["strips"]);
    assert_eq!(strips.iter().map(|s| &s["lines"]).collect::<Vec<_>>(), [&json!([0]), &json!([1])]);
    let [exact, lecture] = [0, 1].map(|i| range(&strips[i]["y"]));
    assert_near("spans", exact.1 - exact.0, lecture.1 - lecture.0, 1e-12);
    for ((low, high), quantity) in [(exact, "elbo"), (lecture, "elbo_lecture")] {
        let end = fit("cavi").trace[quantity].values[96];
        assert!(low < end && end < high, "{quantity}: {low} to {high} without {end}");
    }
    // Of one data set the same quantity has one axis, of two it has none in common.
    assert_eq!(list(&built().json("fits")["strips"]).len(), 1);
    assert_eq!(list(&built().json("data")["strips"]).len(), 2);
    // Distances can always be compared.
    assert_eq!(list(&built().json("gap")["strips"]).len(), 1);
}

#[test]
fn falls_of_the_lectures_formula_are_marked() {
    let picture = built().json("trace_both");
    assert_eq!(picture["lines"][0]["falls"], json!([]), "the exact ELBO never falls");
    let trace = &fit("cavi").trace["elbo_lecture"].values;
    let falls = list(&picture["lines"][1]["falls"]);
    let first = trace.windows(2).position(|w| w[1] < w[0]).unwrap() + 1;
    assert_eq!((falls.len(), &falls[0]["first"]), (1, &json!(first)));
    let last = falls[0]["last"].as_u64().unwrap() as usize;
    assert!(last > 90, "{last}");
    assert_near("by", number(&falls[0]["by"]), trace[first - 1] - trace[last], 1e-12);
    let x = range(&picture["x"]);
    assert!(x.1 > first as f64, "the first fall at {first} lies outside of {x:?}");
    let numbers = built().picture("trace_both").numbers();
    assert_eq!(numbers["falls_from"], first);
    let table = built().picture("trace_both").table();
    let marked = table.rows.iter().filter(|row| row[6] == "falls".into()).count();
    assert_eq!(marked, last - first + 1);
}

#[test]
fn components_are_those_of_the_mixture_and_have_the_colours_of_the_truth() {
    let matching = &built().values.scores["cavi"].r#match;
    for (name, value) in [("means", 0), ("variances", 1)] {
        let picture = built().json(name);
        let lines = list(&picture["lines"]);
        assert_eq!(lines.len(), 3);
        for line in lines {
            let k = line["slot"]["inferred"].as_u64().unwrap() as usize;
            assert_eq!(line["slot"]["color"], json!(matching.true_of_inferred[k]));
            for (t, shown) in values(line).into_iter().enumerate() {
                let mixture = fit("cavi").mixture(t);
                let expected = [mixture.means[[k, 0]], mixture.covariances[k][[0, 0]]][value];
                assert_eq!(shown, expected, "{name} {k} at {t}");
            }
        }
        let truths: Vec<f64> =
            list(&picture["truths"]).iter().map(|truth| number(&truth["value"])).collect();
        assert_eq!(truths, [[0.0, 1.0, 5.0], [1.0, 1.0, 1.0]][value]);
    }
    let picture = built().json("weights");
    let lines: Vec<Vec<f64>> = list(&picture["lines"]).iter().map(values).collect();
    for t in 0..lines[0].len() {
        assert_near("sum", lines.iter().map(|line| line[t]).sum(), 1.0, 1e-12);
    }
    assert_eq!(picture["strips"][0]["y"]["low"], 0.0);
    // Two of four inferred components belong to none of the two true ones.
    let colors: Vec<&Value> =
        list(&picture["lines"]).iter().map(|line| &line["slot"]["color"]).collect();
    assert_eq!(colors.iter().filter(|color| color.is_null()).count(), 2, "{colors:?}");
}

#[test]
fn the_component_that_settles_last_is_found() {
    let picture = built().json("means");
    let expected = list(&picture["lines"])
        .iter()
        .map(|line| {
            let values = values(line);
            let end = values[values.len() - 1];
            let way = values.iter().map(|v| (v - end).abs()).fold(0.0, f64::max);
            // The first iteration from which on all are within a hundredth.
            let settled = |t: &usize| values[*t..].iter().all(|v| (v - end).abs() <= 0.01 * way);
            let at = (0..values.len()).find(settled).unwrap();
            (at, line["slot"]["number"].as_u64().unwrap())
        })
        .max_by_key(|(at, number)| (*at, std::cmp::Reverse(*number)))
        .unwrap();
    let numbers = built().picture("means").numbers();
    assert_eq!(numbers, json!({"settles_last": expected.1, "settles_at": expected.0}));
    // What never moves never settles.
    assert_eq!(built().picture("variances").numbers(), Value::Null);
}

#[test]
fn distances_are_those_to_the_final_value_on_a_log_axis() {
    let picture = built().json("one_gap");
    let trace = &fit("cavi").trace["elbo"].values;
    assert_eq!(number(&picture["lines"][0]["end"]), trace[96]);
    let (low, high) = range(&picture["strips"][0]["y"]);
    let largest = (trace[96] - trace[0]).log10();
    assert!(high > largest && high < largest + 1.0, "{high} for {largest}");
    assert!(low > -11.0 && low < -8.0, "distances end where they are rounding: {low}");
    // The fit of the ELBO figure has the same rate.
    let rate = number(&built().picture("one_gap").numbers()["rate"]);
    assert_near("rate", rate, number(&lecture().json("GMMexample_ELBO")["rate"]), 1e-12);
}

#[test]
fn all_restarts_are_drawn_and_the_kept_one_is_known() {
    let many = fit("many");
    let picture = built().json("restarts");
    let others = list(&picture["restarts"]);
    assert_eq!(others.len(), 8);
    for other in others {
        let index = other[0].as_u64().unwrap() as usize;
        assert_ne!(index, many.restart);
        assert_eq!(values(&other[1]), many.restart_traces[index].values);
    }
    assert_eq!(values(&picture["lines"][0]), many.trace["elbo"].values);
    let best = many.restart_values[many.restart];
    let within = many.restart_values.iter().filter(|end| best - **end <= 1.0).count();
    assert!((1..9).contains(&within), "{within} restarts tell nothing");
    let numbers = built().picture("restarts").numbers();
    assert_eq!(numbers, json!({"restarts": 9, "within_1_nat": within}));
    // The frame holds all ends.
    let (low, high) = range(&picture["strips"][0]["y"]);
    assert!(many.restart_values.iter().all(|end| low < *end && *end < high));
    let caption = built().picture("one_restart").caption();
    assert!(caption.starts_with("ELBO of the only restart over the iterations: con"), "{caption}");
}

#[test]
fn fits_of_one_data_set_are_compared_and_others_are_not() {
    let [three, two] = ["cavi", "two"].map(|name| *fit(name).trace["elbo"].values.last().unwrap());
    let numbers = built().picture("fits").numbers();
    assert_eq!(numbers["best"], "$K = 3$");
    assert_near("above", number(&numbers["best_by"]), three - two, 1e-12);
    let caption = built().picture("fits").caption();
    assert!(
        caption.contains("K = 3 ends") && caption.contains("nats above the other"),
        "{caption}"
    );
    assert!(caption.contains("K = 2 stopped at its limit of 5"), "{caption}");
    assert_eq!(built().picture("data").numbers(), Value::Null);
}

#[test]
fn a_line_up_to_an_iteration_keeps_its_frame() {
    let [whole, part] = ["means", "means_8"].map(|name| built().json(name));
    for key in ["x", "strips", "truths"] {
        assert_eq!(whole[key], part[key], "{key}");
    }
    assert!(list(&part["lines"]).iter().all(|line| line["until"] == 8));
    assert!(built().picture("means_8").caption().contains("at t = 8"));
    // Each fit ends where it ends.
    let kind = built().plan.figures["fits"].panels[0].plot.kind();
    assert_eq!(kind.shown_at(), Some(At::Final));
    let at = kind.at(At::Iteration(8)).unwrap();
    assert_eq!(at.kind().shown_at(), Some(At::Iteration(8)));
    assert_eq!(at.kind().needs().others, ["two"]);
}

#[test]
fn panels_can_be_of_fits() {
    let panels = &built().plan.figures["over_fits"].panels;
    let fits: Vec<_> = panels.iter().map(|p| p.plot.kind().needs().fit.unwrap()).collect();
    assert_eq!(fits, ["cavi", "vb"]);
    let one: Plot = toml::from_str("trace = { fits = ['a', 'b'], labels = ['A', 'B'] }").unwrap();
    assert!(one.of_component(toml::Spanned::new(0..1, 0)).is_none());
    assert!(one.of_fit(toml::Spanned::new(0..1, "c".to_owned())).is_some());
}

#[test]
fn an_animation_of_several_fits_goes_to_the_end_of_the_longest() {
    let text = r#"
schema = 1
[data.line]
source.gaussian_mixture = { means = [0.0, 4.0], samples = 30 }
[fit.short]
data = "line"
model.cavi = { components = 2, max_iter = 2, tol = 0.0 }
[fit.long]
data = "line"
model.cavi = { components = 2, max_iter = 6, tol = 0.0 }
[figure.moving]
animate = { over = "iterations" }
plot.trace = { fits = ["short", "long"], quantity = "means" }
"#;
    let built = run_text(text, &[]);
    let frames = &built.values.pictures["moving"].as_ref().unwrap().frames;
    assert_eq!(frames.len(), 7);
    let untils = |frame: usize| -> Vec<u64> {
        let json = frames[frame][0].picture.json();
        list(&json["lines"]).iter().map(|line| line["until"].as_u64().unwrap()).collect()
    };
    assert_eq!((untils(1), untils(6)), (vec![1, 1, 1, 1], vec![2, 2, 6, 6]));
}

const ODD: &str = r#"
schema = 1
[data.line.source.points]
values = [-3.0, -2.5, -2.0, -1.0, 0.5, 2.0, 2.25, 3.5, 4.0, 9.0]
[fit.line]
data = "line"
seed = 3
model.cavi = { components = 2, restarts = 2 }
[figure.elbo]
plot.trace = { fit = "line", quantity = ["elbo", "elbo_lecture"] }
[figure.gap]
plot.trace = { fit = "line", scale = "gap" }
[figure.means]
plot.trace = { fit = "line", quantity = "means" }
[figure.means_gap]
plot.trace = { fit = "line", quantity = "means", scale = "gap" }
[figure.weights]
plot.trace = { fit = "line", quantity = "weights" }
[figure.variances]
plot.trace = { fit = "line", quantity = "variances", at = 0 }
[figure.restarts]
plot.trace = { fit = "line", restarts = true, range = "all" }
"#;

#[test]
fn odd_fits_can_be_drawn() {
    for overrides in [
        vec![],
        vec!["fit.line.model.cavi.components=1"],
        vec!["fit.line.model.cavi.components=10", "fit.line.model.cavi.init=\"kmeans++\""],
        vec!["fit.line.model.cavi.max_iter=0"],
        vec!["fit.line.model.cavi.max_iter=1", "fit.line.model.cavi.restarts=1"],
        vec!["data.line.source.points.values=[2.0]", "fit.line.model.cavi.components=1"],
        vec!["data.line.source.points.values=[-1e6, 1e6]"],
        vec!["data.line.source.points.values=[1e-9, 2e-9, 3e-9]"],
    ] {
        let built = run_text(ODD, &overrides);
        assert_consistent(&built);
        texts::assert_none(&texts::violations(&format!("{overrides:?}"), &built));
        assert_eq!(built.json("means")["truths"], json!([]));
    }
    // More inferred components than true ones, and fewer.
    let text = "\n[figure.t]\nplot.trace = { fit = \"cavi\", quantity = \"means\" }\n";
    for (truth, inferred) in [(3, 5), (4, 2)] {
        let (path, config) = shipped("lecture3");
        let overrides = components(truth, inferred);
        let overrides: Vec<&str> = overrides.iter().map(String::as_str).collect();
        let built = run(plan_of(&path, &(config + text), &overrides));
        let picture = built.json("t");
        assert_eq!(list(&picture["lines"]).len(), inferred);
        assert_eq!(list(&picture["truths"]).len(), truth);
    }
}

#[test]
fn a_bound_without_a_value_says_what_to_change() {
    let text = r#"
schema = 1
[data.plane]
source.gaussian_mixture = { means = [[0.0, -2.0], [0.0, 2.0]], samples = 20 }
[fit.vb]
data = "plane"
model.bayesian_mixture = { components = 2, covariance = "full", max_iter = 0 }
[figure.none]
plot.trace = { fit = "vb", quantity = "lower_bound" }
"#;
    let built = run_text(text, &[]);
    let failure = built.values.pictures["none"].as_ref().err().unwrap().to_string();
    assert!(failure.contains("no iterations to draw") && failure.contains("hint:"), "{failure}");
}

/// Components are shown until twice the iteration at which the last has settled.
#[test]
fn the_frame_of_components_ends_when_they_have_settled() {
    let picture = built().json("means");
    let settles = built().picture("means").numbers()["settles_at"].as_u64().unwrap() as f64;
    let longest = fit("cavi").iterations() as f64;
    assert_eq!(range(&picture["x"]), (0.0, (2.0 * settles).min(longest)));
    assert!(2.0 * settles < longest, "{settles} of {longest}");
}
