//! Assertions: when they hold, what is said when they do not, and what runs again.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;
use std::path::Path;

use elbow::config::{self, Layers};
use elbow::diagnostic::Problems;
use program::{CONFIG, FAILING, check, elbow, files, folder, names, stdout};
use serde_json::Value;
use tempfile::TempDir;

/// The config with an assertion called `a` behind it.
fn with(claim: &str) -> String {
    format!("{CONFIG}\n[assert.a]\n{claim}\n")
}

/// What `export` prints of the assertion `a`.
fn exported(claim: &str) -> Value {
    let folder = folder(&with(&format!("that = '''{claim}'''")));
    serde_json::from_str(&stdout(&elbow(&folder, &["export", "a.toml", "assert.a"]))).unwrap()
}

/// What `plan --explain` says of a node.
fn explained(folder: &TempDir, node: &str) -> Value {
    let plan = stdout(&elbow(folder, &["plan", "a.toml", "--explain", "--format", "json"]));
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let lines = plan[0]["nodes"].as_array().unwrap();
    lines.iter().find(|line| line["node"] == node).unwrap_or_else(|| panic!("{plan}")).clone()
}

/// Whether and which lines of JSON a build prints of a kind.
fn messages(folder: &TempDir, reason: &str) -> Vec<Value> {
    let output = elbow(folder, &["build", "a.toml", "--message-format", "json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["reason"] == reason).collect()
}

#[test]
fn claims_are_judged_as_they_read() {
    for claim in [
        "fit.cavi.iterations <= 3",
        "fit.cavi.stop != \"converged\" ",
        "fit.cavi.stop == 'iteration_limit'",
        "fit.cavi.elbo is monotone",
        "fit.cavi.elbo is increasing",
        "fit.cavi.elbo is not decreasing",
        "fit.cavi.s2 is finite",
        "score.cavi.log_loss is finite",
        "sum(fit.cavi.weights) == 1",
        "1 == sum(fit.cavi.weights)",
        "length(data.line.points) == 40",
        "length(data.line.truth.weights) == length(fit.cavi.weights)",
        "last(fit.cavi.elbo) == fit.cavi.elbo[-1]",
        "last(fit.cavi.elbo) == max(fit.cavi.elbo)",
        "fit.cavi.elbo[0] < last(fit.cavi.elbo)",
        "last(fit.cavi.m)[0] != last(fit.cavi.m)[1]",
        "max(fit.cavi.weights) - min(fit.cavi.weights) < 0.2",
        "mean(data.line.labels) == 1/2",
        "abs(fit.cavi.elbo[0]) >= -fit.cavi.elbo[0]",
        "min(abs(fit.cavi.elbo)) > 0",
        "1 + 2 * 3 - fit.cavi.iterations * 2 == 1",
        "(1 + 2) * fit.cavi.iterations == 9",
        "-(1 - fit.cavi.iterations) == 2",
        "8 - 4 - fit.cavi.iterations == 1",
        "baseline.permuted[0].score == \"log_loss\"",
        "baseline.permuted[1].mean >= baseline.permuted[0].mean",
        "score.cavi.match[0] <= 1",
        "data.line.columns[0] == 'x'",
    ] {
        let value = exported(claim);
        assert_eq!(value["holds"], true, "{claim}: {value}");
        assert_eq!(value["reason"], Value::Null, "{claim}: {value}");
    }
}

#[test]
fn claims_with_typing_errors_are_read_or_refused_at_a_place() {
    let claims = [
        "sum(fit.cavi.weights) - 1e-9 == -(0.5 + .5) * 2 / 'é'",
        "last(fit.cavi.m)[-1] is not finite",
        "score.cavi.accuracy >= baseline.permuted[0].mean",
    ];
    let mut refused = 0;
    for claim in claims {
        let ends = || claim.char_indices().map(|(at, _)| at).chain([claim.len()]);
        for (from, c) in
            ends().flat_map(|from| ["", "é", "(", "]", ".", "-", "="].map(|c| (from, c)))
        {
            for to in ends().filter(|to| (from..from + 4).contains(to)) {
                let text = format!("{}{c}{}", &claim[..from], &claim[to..]);
                let config = with(&format!("that = '''{text}'''"));
                let mut problems = Problems::default();
                let path = Path::new("a.toml");
                let plan = config::parse(
                    path,
                    &config,
                    &Layers::default(),
                    config::Others::Checked,
                    &mut problems,
                );
                assert_eq!(plan.is_none(), !problems.is_empty(), "{text}");
                let line = config.lines().position(|line| line.starts_with("that")).unwrap();
                for diagnostic in problems.sorted() {
                    let place = problems.sources.place(&diagnostic.span.unwrap()).unwrap();
                    assert_eq!(place.line, line + 1, "{text}: {}", diagnostic.message);
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 1000, "only {refused}");
}

#[test]
fn what_does_not_hold_says_what_it_is() {
    for (claim, reason) in [
        ("fit.cavi.iterations > 3", "it is 3"),
        ("fit.cavi.iterations == 3.0000001", "it is 3"),
        ("4 <= fit.cavi.iterations", "`fit.cavi.iterations` is 3"),
        ("fit.cavi.stop == 'converged'", "it is \"iteration_limit\""),
        (
            "length(data.line.points) < fit.cavi.iterations",
            "`length(data.line.points)` is 40 and `fit.cavi.iterations` is 3",
        ),
        ("fit.cavi.elbo is not finite", "it is finite"),
        ("data.line.labels is decreasing", "it rises from 0 to 1 at [20]"),
        ("fit.cavi.iterations / 0 > 1", "it is null (not finite, or missing)"),
        ("fit.cavi.iterations / 0 is finite", "it is not finite"),
        (
            "fit.cavi.elbo[40] < 0",
            "there is no `[40]` in `fit.cavi.elbo`, which is a list of 4 items",
        ),
    ] {
        let value = exported(claim);
        assert_eq!(value["holds"], false, "{claim}: {value}");
        assert_eq!(value["reason"], reason, "{claim}");
    }
    let value = exported("score.cavi.accuracy > 2");
    assert_eq!(value["compared_with"], 2.0);
    assert!(value["value"].as_f64().unwrap() > 0.9, "{value}");
    assert_eq!(value["that"], "score.cavi.accuracy > 2");
}

#[test]
fn a_tolerance_is_a_share_of_the_larger_number() {
    for (claim, holds) in [
        ("that = 'fit.cavi.iterations == 3.000000001'", true),
        ("that = 'fit.cavi.iterations == 3.1'\ntolerance = 0.05", true),
        ("that = 'fit.cavi.iterations != 3.1'\ntolerance = 0.05", false),
        ("that = 'fit.cavi.iterations >= 3.1'\ntolerance = 0.05", true),
        ("that = 'fit.cavi.iterations == 3.1'\ntolerance = 0.01", false),
        ("that = 'fit.cavi.iterations == 3.000000001'\ntolerance = 0", false),
        ("that = 'fit.cavi.iterations - 3.01 == 0'\ntolerance = 0.1", true),
        ("that = 'fit.cavi.elbo is decreasing'\ntolerance = 1", true),
    ] {
        let folder = folder(&with(claim));
        let text = stdout(&elbow(&folder, &["export", "a.toml", "assert.a"]));
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["holds"], holds, "{claim}: {value}");
    }
}

#[test]
fn an_assertion_that_holds_is_quiet_and_in_the_report() {
    let folder = folder(&with("that = 'fit.cavi.iterations < 4'"));
    check(&elbow(&folder, &["build", "a.toml"]), 0, &["assert.a"]);
    let report = fs::read_to_string(folder.path().join("figures/extras/a/report.html")).unwrap();
    let row = "<td>a</td><td><code>fit.cavi.iterations &lt; 4</code></td><td>3</td><td>yes</td>";
    assert!(report.contains(row), "{report}");
    assert!(!report.contains("Not all of what the config asserts holds"));
    check(&elbow(&folder, &["build", "a.toml", "--locked"]), 0, &[]);
    let list = stdout(&elbow(&folder, &["list", "a.toml"]));
    assert_eq!(list.lines().last(), Some("assert.a"), "{list}");
    let plan = stdout(&elbow(&folder, &["plan", "a.toml"]));
    let line = plan.lines().find(|line| line.contains("assert.a")).unwrap();
    assert!(line.contains("fit.cavi.iterations < 4") && line.ends_with("<- fit.cavi"), "{line}");
    stdout(&elbow(&folder, &["plan", "a.toml", "--exit-code"]));
}

#[test]
fn an_assertion_that_does_not_hold_fails_every_build_and_stops_no_figure() {
    const SAID: &str = "error: assert.a: fit.cavi.iterations > 3 does not hold: it is 3 (too few)";
    let claim = "that = 'fit.cavi.iterations > 3'\nmessage = 'too few'";
    let broken = folder(&with(claim));
    check(&elbow(&broken, &["build", "a.toml", "--fail-fast"]), 1, &[SAID]);
    // The same files as without it, but for what says so.
    let without = folder(CONFIG);
    stdout(&elbow(&without, &["build", "a.toml"]));
    let (mut made, mut expected) = (files(broken.path()), files(without.path()));
    assert_eq!(names(&broken), names(&without));
    for name in ["a.toml", "figures/extras/a/report.html", "figures/extras/a/manifest.json"] {
        assert_ne!(made.remove(name), expected.remove(name), "{name}");
    }
    assert_eq!(made, expected);
    let report = fs::read_to_string(broken.path().join("figures/extras/a/report.html")).unwrap();
    assert!(report.contains("does not hold: it is 3 (too few)</li>"), "{report}");
    assert!(report.contains("<td>3</td><td>no</td>"), "{report}");
    // Nothing is left to do, and it fails all the same.
    stdout(&elbow(&broken, &["plan", "a.toml", "--exit-code"]));
    let line = explained(&broken, "assert.a");
    assert_eq!(line["state"], "up_to_date");
    assert_eq!(line["reasons"][0], "it does not hold: it is 3");
    let before = files(broken.path());
    for arguments in
        [&["build", "a.toml"][..], &["build", "a.toml", "--locked"], &["check", "a.toml"]]
    {
        check(&elbow(&broken, arguments), 1, &[SAID]);
    }
    assert_eq!(files(broken.path()), before);
    // Some figures are no whole build.
    stdout(&elbow(&broken, &["build", "a.toml", "--only", "elbo"]));
    // Without what is kept it is judged again, to the same bytes.
    check(&elbow(&broken, &["build", "a.toml", "--no-cache", "-j", "1"]), 1, &[SAID]);
    assert_eq!(files(broken.path()), before);
}

#[test]
fn programs_are_told_of_what_does_not_hold_in_every_build() {
    let folder = folder(&with("that = 'fit.cavi.iterations > 3'"));
    for _ in 0..2 {
        let failed = messages(&folder, "node-failed");
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert_eq!(failed[0]["node"], "assert.a");
        assert_eq!(failed[0]["message"], "fit.cavi.iterations > 3 does not hold: it is 3");
    }
    assert_eq!(messages(&folder, "node-started"), [] as [Value; 0]);
    assert_eq!(messages(&folder, "build-finished")[0]["success"], false);
}

#[test]
fn a_changed_assertion_runs_nothing_but_itself() {
    let folder = folder(&with("that = 'fit.cavi.iterations > 3'"));
    check(&elbow(&folder, &["build", "a.toml"]), 1, &[]);
    let config = with("that = 'fit.cavi.iterations > 2'");
    fs::write(folder.path().join("a.toml"), config).unwrap();
    assert_eq!(explained(&folder, "assert.a")["state"], "run");
    let reasons = explained(&folder, "assert.a")["reasons"].to_string();
    assert!(reasons.contains("assert.a.that"), "{reasons}");
    for node in ["data.line", "fit.cavi", "score.cavi", "baseline.permuted"] {
        assert_eq!(explained(&folder, node)["state"], "up_to_date", "{node}");
    }
    for node in ["figure.data", "figure.elbo"] {
        assert_eq!(explained(&folder, node)["state"], "up_to_date", "{node}");
    }
    let started = messages(&folder, "node-started");
    assert_eq!(started.len(), 1, "{started:?}");
    assert_eq!(started[0]["node"], "assert.a");
    // What the fit is made from changes it too.
    let fit = ["--set", "fit.cavi.model.cavi.max_iter=2"];
    let build = [&["build", "a.toml"][..], &fit].concat();
    check(
        &elbow(&folder, &build),
        1,
        &["assert.a: fit.cavi.iterations > 2 does not hold: it is 2"],
    );
}

#[test]
fn overrides_and_profiles_reach_assertions() {
    let config = with("that = 'fit.cavi.iterations > 2'")
        + "[profile.strict.assert.a]\nthat = 'fit.cavi.iterations > 9'\n";
    let folder = folder(&config);
    stdout(&elbow(&folder, &["build", "a.toml"]));
    let said = ["assert.a: fit.cavi.iterations > 9 does not hold: it is 3"];
    check(&elbow(&folder, &["build", "a.toml", "--profile", "strict"]), 1, &said);
    let set = "assert.a.that='fit.cavi.iterations > 9'";
    check(&elbow(&folder, &["build", "a.toml", "--set", set]), 1, &said);
    let unknown = "assert.b.that='fit.cavi.iterations > 9'";
    let said = ["there is no `assert.b` to override", "the names in `assert` are `a`"];
    check(&elbow(&folder, &["build", "a.toml", "--set", unknown]), 2, &said);
}

#[test]
fn an_assertion_about_what_failed_is_not_judged() {
    let folder = folder(&format!("{FAILING}\n[assert.a]\nthat = 'fit.vb.iterations > 3'\n"));
    let said = ["assert.a: skipped, because `fit.vb` failed"];
    check(&elbow(&folder, &["build", "a.toml"]), 1, &said);
    check(&elbow(&folder, &["export", "a.toml", "assert.a"]), 1, &said);
}

#[test]
fn a_member_of_a_sweep_that_does_not_hold_has_its_numbers() {
    let folder = folder(&with("that = 'fit.cavi.iterations > 2'"));
    let sweep = ["build", "a.toml", "--sweep", "fit.cavi.model.cavi.max_iter=2,3"];
    check(&elbow(&folder, &sweep), 1, &["it is 2", "failed  fit.cavi.model.cavi.max_iter=2"]);
    let table = fs::read_to_string(folder.path().join("figures/sweep/index.csv")).unwrap();
    let rows: Vec<&str> = table.lines().skip(1).collect();
    assert!(rows[0].contains(",2,broken,2,"), "{table}");
    assert!(rows[1].contains(",3,done,3,"), "{table}");
}

#[test]
fn an_assertion_is_no_table() {
    let folder = folder(&with("that = 'fit.cavi.iterations > 3'"));
    let output = elbow(&folder, &["export", "a.toml", "assert.a", "--format", "csv"]);
    check(&output, 2, &["`assert.a` is no table"]);
}

#[test]
fn assertions_without_extras_are_judged_too() {
    let config = with("that = 'fit.cavi.iterations > 3'");
    let folder = folder(&config.replace("[lecture]", "[output]\nextras = false\n[lecture]"));
    for _ in 0..2 {
        check(&elbow(&folder, &["build", "a.toml"]), 1, &["does not hold: it is 3"]);
    }
}

/// Names of fields that are known before anything runs, as the hint for a field that is none says
/// them.
fn known(folder: &TempDir, node: &str) -> Vec<String> {
    let set = format!("assert.a.that='{node}.zzzzzzzz > 0'");
    let output = elbow(folder, &["plan", "a.toml", "--set", &set]);
    let error = String::from_utf8(output.stderr).unwrap();
    let hint = error.split("the fields are ").nth(1).unwrap_or_else(|| panic!("{error}"));
    let hint = hint.lines().next().unwrap();
    let mut names: Vec<String> = hint.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    names.sort();
    names
}

#[test]
fn the_fields_that_are_known_are_those_that_are_exported() {
    let config = with("that = 'fit.cavi.iterations > 3'")
        + r#"
[data.plane]
source.gaussian_mixture = { means = [[0.0, 0.0], [4.0, 1.0]], samples = 20 }
[data.listed]
source.points = { values = [0.0, 1.0, 3.0], labels = [0, 1, 1] }
[fit.vb]
data = "plane"
model.bayesian_mixture = { components = 2 }
[fit.em]
data = "plane"
model.mixture_em = { components = 2 }
[fit.km]
data = "plane"
model.kmeans = { components = 2 }
[fit.given]
data = "listed"
model.given = { means = [0.0, 4.0], weights = [0.5, 0.5] }
"#;
    let folder = folder(&config);
    for node in [
        "data.line",
        "data.plane",
        "data.listed",
        "fit.cavi",
        "fit.vb",
        "fit.em",
        "fit.km",
        "fit.given",
        "score.vb",
    ] {
        let text = stdout(&elbow(&folder, &["export", "a.toml", node]));
        let value: Value = serde_json::from_str(&text).unwrap();
        let fields = value.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
        let mut fields: Vec<String> = fields.map(|(name, _)| name.clone()).collect();
        fields.sort();
        assert_eq!(known(&folder, node), fields, "{node}");
    }
    let rows = stdout(&elbow(&folder, &["export", "a.toml", "baseline.permuted"]));
    let rows: Value = serde_json::from_str(&rows).unwrap();
    let mut fields: Vec<String> = rows[0].as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(known(&folder, "baseline.permuted[0]"), fields);
}

/// The paths of all numbers in the value at `path`.
fn paths(path: &str, value: &Value, all: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            let each = items.iter().enumerate();
            each.for_each(|(i, item)| paths(&format!("{path}[{i}]"), item, all));
        }
        Value::Number(_) => all.push(path.to_owned()),
        _ => {}
    }
}

#[test]
fn every_number_of_every_form_of_a_mixture_can_be_named() {
    let forms = ["full", "tied", "diag", "spherical"];
    let priors = ["dirichlet_distribution", "dirichlet_process"];
    let mut config = "schema = 1\n[data.plane]\nsource.gaussian_mixture = { means = [[0.0, 0.0], \
                      [4.0, 1.0]], samples = 20 }\n"
        .to_owned();
    for (i, form) in forms.iter().enumerate() {
        config += &format!(
            "[fit.{form}]\ndata = 'plane'\nmodel.bayesian_mixture = {{ components = 2, covariance = \
             '{form}', weight_prior = '{}', max_iter = 3 }}\n",
            priors[i % 2]
        );
    }
    let folder = folder(&config);
    let mut all = Vec::new();
    for form in forms {
        let node = format!("fit.{form}");
        let text = stdout(&elbow(&folder, &["export", "a.toml", &node]));
        let value: Value = serde_json::from_str(&text).unwrap();
        for (field, value) in value.as_object().unwrap() {
            paths(&format!("{node}.{field}"), value, &mut all);
        }
    }
    assert!(all.len() > 100 && all.contains(&"fit.tied.covariances[1][0]".to_owned()), "{all:?}");
    for (i, path) in all.iter().enumerate() {
        config += &format!("[assert.a{i}]\nthat = '{path} is finite'\n");
    }
    std::fs::write(folder.path().join("a.toml"), config).unwrap();
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
}
