//! The config as it counts, and where its values come from: `elbow config show`.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;
use std::path::Path;

use elbow::config::{self, Layers, canonical};
use elbow::diagnostic::Problems;
use program::{check, elbow, folder, stdout};
use serde_json::{Value, json};
use tempfile::TempDir;
use toml::Table;

const STYLE: &str = r##"schema = 1
[theme.course]
ink = "#000040"
[output]
dpi = 150
themes = ["course"]
[profile.handout.output]
dpi = 300
"##;

const CONFIG: &str = r#"schema = 1
include = ["style/course.toml"]

[output]
formats = [
  "png",
]

[data.line]
seed = 10
source.gaussian_mixture = { means = [0.0, 4.0], samples = 20 }

[data.plane.source.gaussian_mixture]
means = [[0.0, 0.0], [1.0, 1.0]]
covariances = [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]
samples = 20

[fit.cavi]
data = "line"
model.cavi = { components = 2, max_iter = 3 }

[figure.data]
plot.histogram = { data = "line" }

[figure.pair]
title = "two"

[figure.pair.panels]
plots = [
  { plot.elbo = { fit = "cavi" } },
  { plot.scatter = { data = "plane", sd = [1.0, 2.0] }, title = "the plane" },
]

[profile.handout.output]
formats = ["pdf"]

[profile.handout.data.line]
seed = 4

[profile.other.data.line]
seed = 5
"#;

fn project() -> TempDir {
    let folder = folder(CONFIG);
    fs::create_dir(folder.path().join("style")).unwrap();
    fs::write(folder.path().join("style/course.toml"), STYLE).unwrap();
    folder
}

fn show(folder: &TempDir, arguments: &[&str]) -> String {
    stdout(&elbow(folder, &[&["config", "show", "a.toml"], arguments].concat()))
}

/// The lines with origins, each as value and origin.
fn origins(folder: &TempDir, arguments: &[&str]) -> Vec<(String, String)> {
    let text = show(folder, &[&["--origin"], arguments].concat());
    let split = |line: &str| {
        let (value, origin) = line.rsplit_once("  # ").unwrap();
        (value.trim_end().to_owned(), origin.to_owned())
    };
    text.lines().map(split).collect()
}

#[test]
fn without_origins_it_is_the_canonical_text() {
    let folder = project();
    for (profiles, set) in [(vec![], vec![]), (vec!["handout"], vec!["data.line.seed=6"])] {
        let strings = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let layers = Layers { profiles: strings(&profiles), ..Layers::of_sets(&strings(&set)) };
        let path = folder.path().join("a.toml");
        let plan = config::load(&path, &layers, config::Others::Checked, &mut Problems::default())
            .unwrap();
        let mut arguments = Vec::new();
        profiles.iter().for_each(|profile| arguments.extend(["--profile", *profile]));
        set.iter().for_each(|set| arguments.extend(["--set", *set]));
        assert_eq!(show(&folder, &arguments), canonical::whole(&plan));
    }
}

#[test]
fn every_value_says_which_layer_has_set_it() {
    let folder = project();
    let arguments = ["--profile", "handout", "--set", "fit.cavi.model.cavi.max_iter=7"];
    let lines = origins(&folder, &arguments);
    for (value, origin) in [
        ("schema = 1", "a.toml:1"),
        ("seed = 0", "default"),
        (
            "output.dpi = 300",
            "profile handout (style/course.toml:8), over 150 from style/course.toml:5",
        ),
        ("output.figures = \"figures\"", "default"),
        ("output.formats = [\"pdf\"]", "profile handout (a.toml:35), over [\"png\"] from a.toml:5"),
        ("output.themes = [\"course\"]", "style/course.toml:6"),
        ("theme.course.ink = \"#000040\"", "style/course.toml:3"),
        ("theme.course.inherit = \"light\"", "default"),
        ("data.line.generator = \"chacha\"", "default"),
        ("data.line.seed = 4", "profile handout (a.toml:38), over 10 from a.toml:10"),
        ("data.line.source.gaussian_mixture.samples = 20", "a.toml:11"),
        ("data.line.source.gaussian_mixture.sd = 1.0", "default"),
        ("fit.cavi.model.cavi.max_iter = 7", "--set, over 3 from a.toml:20"),
        ("fit.cavi.model.cavi.init = \"kmeans++\"", "default"),
        ("figure.data.plot.histogram.bins = \"grid\"", "default"),
        ("figure.pair.panels.plots[0].plot.elbo.fit = \"cavi\"", "a.toml:30"),
        ("figure.pair.panels.plots[0].plot.elbo.mark = \"auto\"", "default"),
        ("figure.pair.panels.plots[1].title = \"the plane\"", "a.toml:31"),
    ] {
        let found = lines.iter().find(|line| line.0 == value).unwrap_or_else(|| {
            panic!("no {value} in\n{lines:#?}");
        });
        assert_eq!(found.1, origin, "{value}");
    }
    assert!(lines.iter().all(|(value, origin)| !format!("{value}{origin}").contains("other")));
    // The order is that of the canonical text.
    let place = |start: &str| lines.iter().position(|line| line.0.starts_with(start)).unwrap();
    assert!(place("seed") < place("output") && place("output") < place("theme"));
    assert!(place("data.plane") < place("fit") && place("figure.data") < place("figure.pair"));
}

#[test]
fn a_layer_that_is_laid_twice_does_not_win_over_itself() {
    let folder = project();
    let twice = ["--profile", "handout", "--profile", "other", "--profile", "other"];
    let lines = origins(&folder, &twice);
    let seed = lines.iter().find(|line| line.0 == "data.line.seed = 5").unwrap();
    let expected = "profile other (a.toml:41), over 4 from profile handout (a.toml:38), over 10 from a.toml:10";
    assert_eq!(seed.1, expected);
}

#[test]
fn another_kind_has_its_own_values() {
    let folder = project();
    let set = "data.line.source.points={ values = [1.0, 2.0, 3.0] }";
    let lines = origins(&folder, &["--set", set]);
    let of: Vec<_> = lines.iter().filter(|l| l.0.starts_with("data.line.source")).collect();
    let expected = ("data.line.source.points.values = [1.0, 2.0, 3.0]", "--set");
    assert_eq!(of, [&(expected.0.to_owned(), expected.1.to_owned())]);
}

#[test]
fn a_default_in_whose_place_another_key_stands_is_not_shown() {
    let folder = project();
    let lines = origins(&folder, &[]);
    let has = |start: &str| lines.iter().any(|line| line.0.starts_with(start));
    // `covariances` and `sd` are written in their places.
    assert!(!has("data.plane.source.gaussian_mixture.sd"), "{lines:#?}");
    assert!(!has("figure.pair.panels.plots[1].plot.scatter.mass"), "{lines:#?}");
    assert!(has("figure.pair.panels.plots[1].plot.scatter.aspect"));
    // Nothing is fitted in this figure.
    assert!(!has("figure.data.plot.histogram.at"));
    // No key of a table that is not there.
    assert!(!has("figure.data.animate"));
}

#[test]
fn values_that_are_written_make_the_config_and_defaults_change_nothing() {
    let folder = project();
    let lines = origins(&folder, &["--profile", "handout"]);
    let is_plain = |line: &&(String, String)| !line.0.contains("plots[");
    let (defaults, written): (Vec<_>, Vec<_>) =
        lines.iter().filter(is_plain).partition(|line| line.1 == "default");
    let text: String = written.iter().map(|line| format!("{}\n", line.0)).collect();
    let mut whole: Table = show(&folder, &["--profile", "handout"]).parse().unwrap();
    whole["figure"]["pair"].as_table_mut().unwrap().remove("panels");
    assert_eq!(text.parse::<Table>().unwrap(), whole, "{text}");
    let mut arguments = vec!["config", "show", "a.toml"];
    assert!(defaults.len() > 20);
    defaults.iter().for_each(|line| arguments.extend(["--set", line.0.as_str()]));
    check(&elbow(&folder, &arguments), 0, &[]);
}

#[test]
fn programs_read_the_same() {
    let folder = project();
    let arguments = ["--format", "json", "--profile", "handout", "--set", "output.dpi=99"];
    let all: Vec<Value> = serde_json::from_str(&show(&folder, &arguments)).unwrap();
    let lines = origins(&folder, &arguments[2..]);
    assert_eq!(all.len(), lines.len());
    let of = |path: &str| all.iter().find(|value| value["path"] == path).unwrap();
    let (file, style) = ("a.toml", "style/course.toml");
    assert_eq!(
        of("output.themes"),
        &json!({
            "path": "output.themes",
            "value": ["course"],
            "origin": { "layer": "include", "file": style, "line": 6 },
        })
    );
    let handout = |file: &str, line: usize| json!({ "layer": "profile", "name": "handout", "file": file, "line": line });
    let dpi = of("output.dpi");
    assert_eq!((&dpi["value"], &dpi["origin"]), (&json!(99), &json!({ "layer": "set" })));
    assert_eq!(dpi["over"][0], json!({ "value": 300, "origin": handout(style, 8) }));
    assert_eq!(dpi["over"][1]["value"], 150);
    assert_eq!(of("data.line.seed")["origin"], handout(file, 38));
    let source = &of("data.line.source.gaussian_mixture.means")["origin"];
    assert_eq!(source, &json!({ "layer": "file", "file": file, "line": 11 }));
    assert_eq!(of("seed")["origin"], json!({ "layer": "default" }));
}

#[test]
fn committed_configs_have_an_origin_for_every_value() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["lecture3", "lecture3-classic", "showcase"] {
        let folder = project();
        let config = root.join(format!("config/{name}.toml"));
        let config = config.to_str().unwrap();
        let shown = stdout(&elbow(&folder, &["config", "show", config, "--origin"]));
        let text = fs::read_to_string(config).unwrap();
        for line in shown.lines() {
            let (value, origin) = line.rsplit_once("  # ").unwrap();
            let Some(at) = origin.strip_prefix(config).and_then(|o| o.strip_prefix(':')) else {
                assert!(origin == "default" || origin.contains("course.toml:"), "{line}");
                continue;
            };
            let at: usize = at.split(',').next().unwrap().parse().unwrap();
            let key = value.split(" = ").next().unwrap().rsplit('.').next().unwrap();
            let there = text.lines().nth(at - 1).unwrap();
            assert!(there.contains(key), "{name}:{at} has no `{key}`: {there}");
        }
    }
}

#[test]
fn a_config_with_mistakes_is_not_shown() {
    let folder = folder("schema = 1\nseeds = 3\n");
    let output = elbow(&folder, &["config", "show", "a.toml", "--origin"]);
    check(&output, 2, &["unknown key `seeds`"]);
    assert!(output.stdout.is_empty());
    check(&elbow(&folder, &["config", "show", "b.toml"]), 4, &["there is no file `b.toml`"]);
}
