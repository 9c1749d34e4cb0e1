//! Sweeps: their members, what is compared, which is best, and what refers to them.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::collections::BTreeSet;
use std::fs;

use program::{check, elbow, files, folder, has, names, stdout};
use serde_json::Value;
use tempfile::TempDir;

/// Three clusters that are far apart, and mixtures of one to five components.
const CONFIG: &str = r#"
schema = 1

[data.plane]
seed = 10
source.gaussian_mixture = { means = [[0.0, -4.0], [0.0, 0.0], [4.0, 4.0]], sd = 0.5, samples = 40 }

[sweep.k]
data = "plane"
seed = 1
over = { components = "1..5" }

[sweep.k.model.bayesian_mixture]
covariance = "full"
init = "kmeans"
restarts = 3
max_iter = 400
weight_concentration_prior = 1.0

[sweep.both]
data = "plane"
over = { weight_concentration_prior = [0.01, 10.0], covariance = ["full", "spherical"] }
model.bayesian_mixture = { components = 4, init = "kmeans", max_iter = 300 }

[figure.k]
size = [8, 3]
plot.sweep = { sweep = "k" }

[figure.best]
size = [4, 4]
plot.scatter = { fit = "sweep.k.best" }

[figure.member]
size = [4, 4]
plot.scatter = { fit = "sweep.both.spherical,10" }

[assert.three]
that = "sweep.k.best.components == 3"

[assert.members]
that = "sweep.k.members[1].elbo < sweep.k.best.elbo"
"#;

fn export(folder: &TempDir, node: &str) -> Value {
    serde_json::from_str(&stdout(&elbow(folder, &["export", "a.toml", node]))).unwrap()
}

/// The nodes that a build would run, without the texts about all figures.
fn run(folder: &TempDir) -> BTreeSet<String> {
    let output = elbow(folder, &["plan", "a.toml", "--format", "json"]);
    let plans: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let nodes = plans[0]["nodes"].as_array().unwrap().clone();
    let nodes = nodes.into_iter().filter(|node| node["state"] == "run");
    nodes.map(|n| n["node"].as_str().unwrap().to_owned()).filter(|n| n != "texts").collect()
}

#[test]
fn members_are_compared_and_the_best_of_them_stands_for_a_fit() {
    let folder = folder(CONFIG);
    let sweep = export(&folder, "sweep.k");
    assert_eq!(sweep["keys"], serde_json::json!(["components"]));
    assert_eq!(sweep["by"], "elbo");
    let members = sweep["members"].as_array().unwrap();
    assert_eq!(members.len(), 5);
    let elbo = |member: &Value| member["elbo"].as_f64().unwrap();
    for (i, member) in members.iter().enumerate() {
        assert_eq!(member["components"], i + 1);
        let restarts = member["restarts"].as_array().unwrap();
        assert_eq!(restarts.len(), 3);
        // The kept restart is the best of all that there were.
        let best = restarts.iter().map(elbo).fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(elbo(member), best);
        assert!(restarts.iter().all(|r| r["accuracy"].is_f64() && r["stop"].is_string()));
    }
    let sound = members.iter().filter(|m| m["sound"] == true);
    let best = sound.reduce(|a, b| if elbo(b) > elbo(a) { b } else { a }).unwrap();
    assert_eq!(sweep["best"]["components"], 3);
    assert_eq!(sweep["best"]["fit"], best["fit"]);
    // The best one is the member, with scores of its own.
    assert_eq!(export(&folder, "fit.sweep.k.best"), export(&folder, "fit.sweep.k.3"));
    assert_eq!(export(&folder, "score.sweep.k.best"), export(&folder, "score.sweep.k.3"));
    let fit = export(&folder, "fit.sweep.k.3");
    assert_eq!(fit["elbo"].as_array().unwrap().last().unwrap(), &best["elbo"]);
    assert_eq!(fit["restart_stops"].as_array().unwrap().len(), 3);
}

#[test]
fn a_member_is_what_a_fit_with_the_same_seed_is() {
    let alone = "\n[fit.alone]\ndata = \"plane\"\nseed = 1\nmodel.bayesian_mixture = { components = 4, covariance = \"full\", init = \"kmeans\", restarts = 3, max_iter = 400, weight_concentration_prior = 1.0 }\n";
    let folder = folder(&(CONFIG.to_owned() + alone));
    assert_eq!(export(&folder, "fit.alone"), export(&folder, "fit.sweep.k.4"));
}

#[test]
fn twins_of_one_cluster_are_right_together() {
    let folder = folder(CONFIG);
    let sweep = export(&folder, "sweep.k");
    for member in &sweep["members"].as_array().unwrap()[2..] {
        // The clusters are far apart, so that more components only split them.
        assert!(member["accuracy"].as_f64().unwrap() > 0.99, "{member}");
        let matched = member["accuracy_matched"].as_f64().unwrap();
        assert!(matched <= member["accuracy"].as_f64().unwrap(), "{member}");
    }
}

#[test]
fn what_is_degenerate_is_flagged_and_not_chosen() {
    // Twenty copies of one point, which a component of its own can sit on.
    let tied = "[5.0, 5.0], ".repeat(20);
    let spread: Vec<String> = (0..30)
        .map(|i| format!("[{:.2}, {:.2}]", 0.1 * f64::from(i % 6), 0.1 * f64::from(i / 6)))
        .collect();
    let config = format!(
        r#"
schema = 1
[data.tied]
source.points = {{ values = [{tied}{}] }}
[sweep.k]
data = "tied"
over = {{ components = [1, 2, 3] }}
model.bayesian_mixture = {{ covariance = "full", init = "kmeans", max_iter = 500 }}
[sweep.short]
data = "tied"
over = {{ components = [2, 3] }}
model.bayesian_mixture = {{ max_iter = 1 }}
[figure.none]
plot.weights = {{ fit = "sweep.short.best" }}
"#,
        spread.join(", ")
    );
    let folder = folder(&config);
    let sweep = export(&folder, "sweep.k");
    let members = sweep["members"].as_array().unwrap();
    assert_eq!(members[0]["sound"], true, "{}", members[0]);
    assert_eq!(members[1]["sound"], false, "{}", members[1]);
    has(
        members[1]["flaws"][0].as_str().unwrap(),
        &["component", "has all its points in one place"],
    );
    // However good its bound is.
    assert!(members[1]["elbo"].as_f64() > members[0]["elbo"].as_f64());
    assert_eq!(sweep["best"]["components"], 1);
    // A sweep without a sound member has a table and no best one.
    let short = export(&folder, "sweep.short");
    assert_eq!(short["best"], Value::Null);
    has(short["members"][0]["flaws"][0].as_str().unwrap(), &["limit of 1 iterations"]);
    let reason = ["fit.sweep.short.best: no member can be chosen", "hint: raise `max_iter`"];
    check(&elbow(&folder, &["build", "a.toml"]), 1, &reason);
}

#[test]
fn a_failed_member_does_not_take_the_others_with_it() {
    let config = r#"
schema = 1
[data.line]
source.points = { values = [0.0, 1.0, 2.0, 3.0] }
[sweep.scale]
data = "line"
over = { reg_covar = [1e-6, 1e308] }
model.bayesian_mixture = { components = 1 }
[figure.all]
plot.sweep = { sweep = "scale" }
"#;
    let folder = folder(config);
    let sweep = export(&folder, "sweep.scale");
    assert_eq!(sweep["best"]["fit"], "sweep.scale.1e-6");
    has(sweep["members"][1]["flaws"][0].as_str().unwrap(), &["failed: "]);
    let output = elbow(&folder, &["build", "a.toml"]);
    check(&output, 1, &["fit.sweep.scale.1e308"]);
    assert!(names(&folder).contains(&"figures/all.svg".to_owned()));
}

#[test]
fn a_build_is_complete_and_the_second_one_runs_nothing() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    assert_eq!(run(&folder), BTreeSet::new());
    let text = fs::read_to_string(folder.path().join("figures/extras/a/numbers.json")).unwrap();
    let numbers: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(numbers["sweep"]["k"]["best"]["components"], 3);
    assert_eq!(numbers["sweep"]["k"]["3"], numbers["sweep"]["k"]["best"]);
    assert!(numbers["sweep"]["both"]["full_0_point_01"]["elbo"].is_f64());
    assert_eq!(numbers["fit"], serde_json::json!({}));
    let tex = fs::read_to_string(folder.path().join("figures/extras/a/numbers.tex")).unwrap();
    has(&tex, &["\\newcommand{\\SweepKBestComponents}{3}"]);
    let report = fs::read_to_string(folder.path().join("figures/extras/a/report.html")).unwrap();
    has(&report, &["sweep.k"]);
}

#[test]
fn a_value_that_is_added_runs_only_its_member_and_what_compares() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let path = folder.path().join("a.toml");
    fs::write(&path, CONFIG.replace("\"1..5\"", "\"1..6\"")).unwrap();
    let nodes = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>();
    let expected = [
        "fit.sweep.k.6",
        "score.sweep.k.6",
        "sweep.k",
        "fit.sweep.k.best",
        "score.sweep.k.best",
        "figure.k",
        "figure.best",
        "assert.three",
        "assert.members",
    ];
    assert_eq!(run(&folder), nodes(&expected));
    // The order of keys and how a value is written are none of what the config means.
    let other = CONFIG
        .replace(
            "[0.01, 10.0], covariance = [\"full\", \"spherical\"]",
            "[1e-2, 1e1], covariance = [\"full\", \"spherical\"]",
        )
        .replace("\"1..5\"", "\" 1 .. 5 \"");
    fs::write(&path, other).unwrap();
    let left = run(&folder);
    assert!(left.iter().all(|node| node.starts_with("figure.")), "{left:?}");
}

#[test]
fn outputs_do_not_depend_on_threads_and_a_figure_can_be_made_from_itself() {
    let (one, two) = (folder(CONFIG), folder(CONFIG));
    check(&elbow(&one, &["build", "a.toml", "-q", "-j", "1"]), 0, &[]);
    check(&elbow(&two, &["build", "a.toml", "-q", "-j", "4"]), 0, &[]);
    let made = files(one.path());
    assert_eq!(made, files(two.path()));
    for figure in ["best", "k", "member"] {
        let file = format!("figures/{figure}.svg");
        check(&elbow(&one, &["rerun", &file, "-o", "again"]), 0, &[]);
        let again = files(&one.path().join("again"));
        assert_eq!(again[&format!("{figure}.svg")], made[&file], "{figure}");
    }
}

/// What is said of a config that is wrong.
#[track_caller]
fn wrong(from: &str, to: &str, parts: &[&str]) {
    let config = CONFIG.replace(from, to);
    assert_ne!(config, CONFIG, "{from}");
    check(&elbow(&folder(&config), &["plan", "a.toml"]), 2, parts);
}

#[test]
fn mistakes_in_a_sweep_are_said_where_they_stand() {
    let over = "over = { components = \"1..5\" }";
    wrong(
        over,
        "over = { componets = \"1..5\" }",
        &["unknown key `componets`", "did you mean `components`?", "a.toml:11:10"],
    );
    wrong(over, "over = { components = [] }", &["`components` has no values"]);
    wrong(over, "over = {}", &["one key or two, but this names 0"]);
    wrong(over, "over = { components = [1, 2], tol = [1e-3], max_iter = [9] }", &["names 3"]);
    wrong(over, "over = { components = \"5..1\" }", &["`5..1` is no range"]);
    wrong(over, "over = { components = \"1..900\" }", &["more than 200 values"]);
    wrong(
        over,
        "over = { components = \"1..50\", tol = [1, 2, 3, 4, 5] }",
        &["more than 200 members"],
    );
    wrong(over, "over = { components = [1, 2, 0x2] }", &["has the value 2 already"]);
    wrong(
        over,
        "over = { components = [1, \"two\"] }",
        &["`components` must be a whole number", "is the text \"two\""],
    );
    wrong(
        over,
        "over = { components = [1, 0] }",
        &["`components` must be at least 1, but is 0", "a.toml:11:27"],
    );
    wrong(over, "over = { components = [1, [2]] }", &["cannot be a value of `components`"]);
    wrong(
        over,
        "over = { covariance = [\"full\"] }",
        &["`covariance` is swept, and the model says it too"],
    );
    wrong(
        over,
        "over = { components = \"1..5\" }\nbest = \"bic\"",
        &["have no `bic`", "they have `elbo`, `lower_bound`"],
    );
    wrong(over, "ovr = { components = \"1..5\" }", &["unknown key `ovr`", "did you mean `over`?"]);
    wrong(over, "over = { init = [\"kmeans\", \"best\"] }", &["cannot be a value of `init`"]);
    wrong("init = \"kmeans\"\nrestarts", "int = \"kmeans\"\nrestarts", &["unknown key `int`"]);
}

#[test]
fn a_name_that_no_sweep_has_is_said_with_what_was_meant() {
    wrong(
        "\"sweep.k.best\"",
        "\"sweep.k.bst\"",
        &["no fit is called `sweep.k.bst`", "did you mean `sweep.k.best`?"],
    );
    wrong("sweep = \"k\"", "sweep = \"kk\"", &["there is no `[sweep.kk]`"]);
    wrong("sweep = \"k\"", "sweep = \"k\", metrics = [\"bic\"]", &["have no `bic`"]);
    wrong("sweep = \"k\"", "sweep = \"k\", x = \"tol\"", &["`tol` is no key of this sweep"]);
    wrong(
        "best.components",
        "best.componets",
        &["has no `componets`", "did you mean `components`?"],
    );
}
