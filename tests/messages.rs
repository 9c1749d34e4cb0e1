//! What a build says to programs: `--message-format json`.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;

use program::{CONFIG, FAILING, check, elbow, folder};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The messages of a build that ends with this code and says nothing on standard error.
#[track_caller]
fn messages(folder: &TempDir, code: i32, arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["build", "--message-format", "json"];
    all.extend(arguments);
    let output = elbow(folder, &all);
    check(&output, code, &[]);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    text.lines().map(parse).collect()
}

fn of<'a>(messages: &'a [Value], reason: &str) -> Vec<&'a Value> {
    messages.iter().filter(|m| m["reason"] == reason).collect()
}

/// Where the message of this reason about the node is.
#[track_caller]
fn at(messages: &[Value], reason: &str, node: &str) -> usize {
    let is = |m: &Value| m["reason"] == reason && m["node"] == node;
    messages.iter().position(is).unwrap_or_else(|| panic!("no {reason} of {node}"))
}

#[test]
fn nodes_start_before_they_finish_and_after_what_they_need() {
    let folder = folder(CONFIG);
    let all = messages(&folder, 0, &["a.toml", "-j4"]);
    let started = of(&all, "node-started");
    assert_eq!(started.len(), of(&all, "node-finished").len());
    assert_eq!(started.len(), 8, "{all:?}");
    for message in started {
        let node = message["node"].as_str().unwrap();
        assert_eq!(message["config"], "a.toml");
        let finished = at(&all, "node-finished", node);
        assert!(at(&all, "node-started", node) < finished);
        assert!(all[finished]["seconds"].as_f64().unwrap() >= 0.0);
    }
    let order = ["data.line", "fit.cavi", "baseline.permuted", "figure.elbo", "render.elbo"];
    for pair in order.windows(2) {
        assert!(at(&all, "node-finished", pair[0]) < at(&all, "node-started", pair[1]), "{pair:?}");
    }
}

#[test]
fn files_are_told_whether_they_are_written_or_not_and_the_end_is_last() {
    let folder = folder(CONFIG);
    // What is told the second time was not made again, or was and is the same.
    for (changed, cache) in [(true, None), (false, None), (false, Some("--no-cache"))] {
        let mut arguments = vec!["a.toml", "-q"];
        arguments.extend(cache);
        let all = messages(&folder, 0, &arguments);
        let written = of(&all, "file-written");
        let mut paths: Vec<&str> = written.iter().map(|m| m["path"].as_str().unwrap()).collect();
        assert!(written.iter().all(|m| m["changed"] == changed), "{all:?}");
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), 19, "{paths:?}");
        assert!(paths.iter().all(|path| folder.path().join(path).is_file()));
        let mut end = all.last().unwrap().clone();
        assert!(end["seconds"].as_f64().unwrap() >= 0.0);
        end["seconds"] = json!(0);
        let expected = json!({
            "reason": "build-finished", "config": "a.toml", "success": true, "figures": 2,
            "files": 19, "changed": if changed { 19 } else { 0 }, "seconds": 0
        });
        assert_eq!(end, expected);
        assert_eq!(of(&all, "build-finished").len(), 1);
    }
    // One figure that has gone is made again, with what says something of all.
    fs::remove_file(folder.path().join("figures/L3_elbo.svg")).unwrap();
    let all = messages(&folder, 0, &["a.toml"]);
    let written = of(&all, "file-written");
    let changed: Vec<_> = written.iter().filter(|m| m["changed"] == true).collect();
    assert_eq!((written.len(), changed.len()), (19, 1), "{all:?}");
    assert_eq!(changed[0]["path"], "figures/L3_elbo.svg");
    // The file of dependencies is one more.
    let all = messages(&folder, 0, &["a.toml", "--deps", "a.d"]);
    assert_eq!(all[0], json!({"reason": "file-written", "path": "a.d", "changed": true}));
}

#[test]
fn every_mistake_has_its_place() {
    let config = "schema = 1\n# é\nsede = 1\n[data.e]\nsource.points = { values = \"é\" }\n";
    let folder = folder(config);
    let all = messages(&folder, 2, &["a.toml", "--set", "seed=-1"]);
    let mistakes = of(&all, "diagnostic");
    let two: Vec<_> = mistakes.iter().filter(|m| m["spans"][0]["file"] == "a.toml").collect();
    let place = |m: &Value| {
        let span = &m["spans"][0];
        let number = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
        let text = config[number("byte_start")..number("byte_end")].to_owned();
        (text, ["line", "column", "end_line", "end_column"].map(number))
    };
    let sede = two.iter().find(|m| place(m).0 == "sede").unwrap_or_else(|| panic!("{all:?}"));
    assert_eq!(place(sede).1, [3, 1, 3, 5]);
    assert!(sede["message"].as_str().unwrap().contains("`sede`"), "{sede}");
    assert!(sede["hint"].as_str().unwrap().contains("seed"), "{sede}");
    assert_eq!(sede["level"], "error");
    let rendered = sede["rendered"].as_str().unwrap();
    assert!(rendered.contains("a.toml:3:1") && !rendered.contains('\u{1b}'), "{rendered}");
    let value = two.iter().find(|m| place(m).0 == "\"é\"").unwrap_or_else(|| panic!("{all:?}"));
    assert_eq!(place(value).1, [5, 28, 5, 31]);
    // In the text of an override.
    let set = mistakes.iter().find(|m| m["spans"][0]["file"] == "--set").unwrap();
    assert_eq!((&set["spans"][0]["byte_start"], &set["spans"][0]["line"]), (&json!(5), &json!(1)));
    let end = json!({
        "reason": "build-finished", "config": "a.toml", "success": false, "figures": 0,
        "files": 0, "changed": 0, "seconds": 0.0
    });
    assert_eq!(all.last().unwrap(), &end);
    assert_eq!(all.len(), mistakes.len() + 1, "{all:?}");
}

#[test]
fn a_mistake_in_a_table_is_in_the_file_that_was_opened() {
    let folder = folder("schema = 1\n");
    fs::create_dir(folder.path().join("lectures")).unwrap();
    let config = "schema = 1\n[data.t]\nsource.csv = { path = \"t.csv\", columns = [\"x\"] }\n";
    fs::write(folder.path().join("lectures/b.toml"), config).unwrap();
    // The byte order mark is part of the file, and no column of the first line.
    let table = "\u{feff}x\n1\né\n";
    fs::write(folder.path().join("lectures/t.csv"), table).unwrap();
    let all = messages(&folder, 2, &["lectures/b.toml"]);
    let span = &of(&all, "diagnostic")[0]["spans"][0];
    let expected = json!({
        "file": "lectures/t.csv", "line": 3, "column": 1, "end_line": 3, "end_column": 2,
        "byte_start": 7, "byte_end": 9
    });
    assert_eq!(span, &expected);
    assert_eq!(&table[7..9], "é");
}

#[test]
fn a_fit_that_fails_is_told_with_what_it_takes_along() {
    let folder = folder(FAILING);
    let all = messages(&folder, 1, &["a.toml"]);
    let failed = of(&all, "node-failed");
    let nodes: Vec<&Value> = failed.iter().map(|m| &m["node"]).collect();
    assert!(nodes.contains(&&json!("fit.vb")) && nodes.contains(&&json!("figure.bad")), "{all:?}");
    assert!(at(&all, "node-started", "fit.vb") < at(&all, "node-failed", "fit.vb"));
    let fit = &all[at(&all, "node-failed", "fit.vb")];
    let message = fit["message"].as_str().unwrap();
    assert!(!message.is_empty() && !message.contains("hint"), "{fit}");
    assert!(fit["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{fit}");
    let figure = &all[at(&all, "node-failed", "figure.bad")];
    assert_eq!(figure["message"], "skipped, because `fit.vb` failed");
    assert_eq!(figure["hint"], Value::Null);
    assert!(of(&all, "error").is_empty());
    assert_eq!(all.last().unwrap()["success"], false);
    assert_eq!(all.last().unwrap()["figures"], 1);
}

#[test]
fn every_config_has_its_end() {
    let folder = folder(CONFIG);
    fs::write(folder.path().join("b.toml"), "schema = 1\nseed = -1\n").unwrap();
    let all = messages(&folder, 4, &["a.toml", "b.toml", "c.toml"]);
    let ends: Vec<&Value> = of(&all, "build-finished").iter().map(|m| &m["config"]).collect();
    assert_eq!(ends, ["a.toml", "b.toml", "c.toml"]);
    let error = of(&all, "error")[0];
    assert_eq!(error["message"], "there is no file `c.toml`");
    assert!(error["hint"].as_str().unwrap().contains(".toml`"), "{error}");
    for (code, arguments) in [
        (2, &["a.toml", "--only", "none"][..]),
        (2, &["a.toml", "./a.toml"]),
        (4, &["a.toml", "-o", "b.toml"]),
        (4, &["a.toml", "--deps", "b.toml/x.d"]),
    ] {
        let all = messages(&folder, code, arguments);
        assert_eq!(of(&all, "error").len(), 1, "{all:?}");
        let ends = of(&all, "build-finished");
        assert!(!ends.is_empty() && ends.iter().all(|end| end["success"] == false), "{all:?}");
    }
}

#[test]
fn what_would_change_is_told() {
    let folder = folder(CONFIG);
    messages(&folder, 0, &["a.toml"]);
    let all = messages(&folder, 0, &["a.toml", "--locked"]);
    assert_eq!(all.last().unwrap()["success"], true);
    fs::write(folder.path().join("figures/L3_elbo.svg"), "mine").unwrap();
    fs::remove_file(folder.path().join("figures/L3_elbo.pdf")).unwrap();
    let all = messages(&folder, 3, &["a.toml", "--locked"]);
    let outdated = |path: &str, missing: bool| json!({"reason": "file-outdated", "path": path, "missing": missing});
    let told = of(&all, "file-outdated");
    assert_eq!(told.len(), 2);
    assert!(told.contains(&&outdated("figures/L3_elbo.svg", false)), "{all:?}");
    assert!(told.contains(&&outdated("figures/L3_elbo.pdf", true)), "{all:?}");
    let end = all.last().unwrap();
    assert_eq!((&end["success"], &end["changed"]), (&json!(false), &json!(2)));
}

#[test]
fn members_of_a_sweep_are_told_apart() {
    let folder = folder(CONFIG);
    let all = messages(&folder, 0, &["a.toml", "--sweep", "data.line.seed=1,2"]);
    for member in ["data.line.seed=1", "data.line.seed=2"] {
        let own: Vec<Value> = all.iter().filter(|m| m["member"] == member).cloned().collect();
        assert!(at(&own, "node-started", "fit.cavi") < at(&own, "node-finished", "fit.cavi"));
        let end = own.last().unwrap();
        assert_eq!((&end["reason"], &end["files"]), (&json!("build-finished"), &json!(19)));
    }
    let end = all.last().unwrap();
    assert_eq!((&end["reason"], &end["member"]), (&json!("build-finished"), &Value::Null));
    assert_eq!((&end["success"], &end["files"]), (&json!(true), &json!(2)));
    assert_eq!(of(&all, "build-finished").len(), 3);
    let wrong = messages(&folder, 2, &["a.toml", "--sweep", "data.lin.seed=1,2"]);
    assert_eq!(of(&wrong, "build-finished").len(), 1);
    assert!(wrong.len() > 1, "{wrong:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_is_full_is_no_success() {
    let folder = folder(CONFIG);
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("elbow"))
        .current_dir(folder.path())
        .args(["build", "a.toml", "--message-format", "json", "-j1"])
        .stdout(fs::File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    check(&output, 4, &["error: cannot write the result"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.matches("error: ").count(), 1, "{said}");
    assert!(folder.path().join("figures/L3_elbo.svg").is_file());
}
