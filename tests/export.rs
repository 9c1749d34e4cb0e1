//! What `elbow plan` and `elbow export` print.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use program::{CONFIG, check, elbow, folder, names, stdout};
use serde_json::Value;

#[test]
fn plan_lists_the_nodes_in_order_and_what_they_need() {
    let folder = folder(CONFIG);
    let plan = stdout(&elbow(&folder, &["plan", "a.toml"]));
    let nodes: Vec<&str> =
        plan.lines().filter_map(|l| l.strip_prefix("  ")?.split(' ').next()).collect();
    let expected = [
        "data.line",
        "fit.cavi",
        "score.cavi",
        "baseline.permuted",
        "figure.data",
        "figure.elbo",
        "numbers,",
    ];
    assert_eq!(nodes, expected, "{plan}");
    assert!(plan.contains("figures/L3_elbo.{pdf,png,svg}"), "{plan}");
    assert_eq!(names(&folder), ["a.toml"]);
}

/// All numbers of a value, in order.
fn numbers(value: &Value, found: &mut Vec<u64>) {
    match value {
        Value::Number(number) => found.push(number.as_f64().unwrap().to_bits()),
        Value::Array(list) => list.iter().for_each(|v| numbers(v, found)),
        Value::Object(map) => map.values().for_each(|v| numbers(v, found)),
        _ => {}
    }
}

#[test]
fn every_node_can_be_exported_and_its_numbers_read_back() {
    let folder = folder(CONFIG);
    let nodes =
        ["data.line", "fit.cavi", "score.cavi", "baseline.permuted", "figure.data", "figure.elbo"];
    for node in nodes {
        let text = stdout(&elbow(&folder, &["export", "a.toml", node]));
        let value: Value = serde_json::from_str(&text).unwrap();
        let again: Value = serde_json::from_str(&value.to_string()).unwrap();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        numbers(&value, &mut first);
        numbers(&again, &mut second);
        assert!(!first.is_empty(), "{node}");
        assert_eq!(first, second, "{node}");
        assert_eq!(value.to_string() + "\n", text, "{node}");
    }
    assert_eq!(names(&folder), ["a.toml"]);
}

#[test]
fn exports_have_the_names_of_the_field() {
    let folder = folder(CONFIG);
    let export = |arguments: &[&str]| -> Value {
        let mut all = vec!["export", "a.toml"];
        all.extend(arguments);
        serde_json::from_str(&stdout(&elbow(&folder, &all))).unwrap()
    };
    let fit = export(&["fit.cavi"]);
    for key in
        ["iterations", "stop", "restart", "elbo", "elbo_lecture", "m", "s2", "means", "match"]
    {
        assert!(fit.get(key).is_some(), "no `{key}` in {fit}");
    }
    assert!(fit.get("responsibilities").is_none());
    let with = export(&["fit.cavi", "--responsibilities"]);
    assert_eq!(with["responsibilities"].as_array().unwrap().len(), 40);
    let score = export(&["score.cavi"]);
    for key in ["log_loss", "log_loss_matched", "accuracy", "accuracy_matched", "adjusted_rand"] {
        assert!(score[key].is_number(), "no `{key}` in {score}");
    }
    assert_eq!(export(&["data.line"])["labels"].as_array().unwrap().len(), 40);
    // The table of the config comes first, then the finer beginnings where the fit is good.
    let baseline = export(&["baseline.permuted"]);
    let parts: Vec<&Value> = baseline.as_array().unwrap().iter().map(|row| &row["part"]).collect();
    assert!(parts[..10].iter().all(|part| *part == "all"), "{parts:?}");
    assert_eq!(parts.len(), 10 + 2 * 13);
    assert!(parts[10..].iter().all(|part| *part == "beginning"), "{parts:?}");
}

#[test]
fn tables_are_the_same_numbers_as_the_json() {
    let folder = folder(CONFIG);
    let csv = stdout(&elbow(&folder, &["export", "a.toml", "data.line", "--format", "csv"]));
    let json = stdout(&elbow(&folder, &["export", "a.toml", "data.line"]));
    let json: Value = serde_json::from_str(&json).unwrap();
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("x,label"));
    for (line, (point, label)) in
        lines.zip(json["points"].as_array().unwrap().iter().zip(json["labels"].as_array().unwrap()))
    {
        let (x, k) = line.split_once(',').unwrap();
        assert_eq!(x.parse::<f64>().unwrap().to_bits(), point[0].as_f64().unwrap().to_bits());
        assert_eq!(k, label.to_string());
    }
    let rows = |node| {
        let text = stdout(&elbow(&folder, &["export", "a.toml", node, "--format", "csv"]));
        text.lines().count()
    };
    assert_eq!(rows("data.line"), 41);
    assert_eq!(rows("baseline.permuted"), 1 + 10 + 2 * 13);
    assert!(rows("figure.elbo") > 3);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = folder(CONFIG);
    for arguments in [&["export", "a.toml", "data.line"][..], &["plan", "a.toml"]] {
        let mut child = Command::new(cargo_bin("elbow"))
            .current_dir(folder.path())
            .args(arguments)
            .args(["--set", "data.line.source.gaussian_mixture.samples=20000"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        check(&output, 0, &[]);
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
