//! The config as it counts: what changes no meaning does not change its text.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::Path;

use annotate_snippets::Renderer;
use elbow::config::{self, Layers, Plan, canonical};
use elbow::diagnostic::Problems;
use tempfile::TempDir;

const CONFIG: &str = r##"
schema = 1
include = ["style/course.toml"]
# The lecture.
[lecture]
id = 3
title = "A title"
[output]
figures = "out"
themes = ["dim"]
[data.table]
source.csv = { path = "tables/points.csv", columns = ["x"] }
[data.other]
source.csv = { path = "points.csv" }
[data.line]
source.gaussian_mixture = { means = [0.0, 4.0], samples = 20 }
[fit.a]
data = "line"
model.cavi = { components = 2, max_iter = 3 }
[fit.b]
data = "line"
model.cavi = { components = 3, max_iter = 3 }
[figure.one]
share_axes = "group"
caption = "A caption."
plot.histogram = { data = "line", fit = "a" }
[figure.two]
share_axes = "group"
caption = "Another."
formats = ["png"]
plot.histogram = { data = "line", fit = "b" }
[figure.tables]
plot.histogram = { data = "table" }
[figure.others]
plot.histogram = { data = "other" }
"##;

const STYLE: &str = r##"
schema = 1
[output]
dpi = 100
[theme.base]
ink = "#111111"
[theme.dim]
inherit = "base"
background = "#EEEEEE"
[theme.unused]
ink = "#222222"
"##;

fn folder(config: &str, name: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join(name);
    fs::create_dir_all(root.join("style")).unwrap();
    fs::create_dir_all(root.join("tables")).unwrap();
    fs::write(root.join("a.toml"), config).unwrap();
    fs::write(root.join("style/course.toml"), STYLE).unwrap();
    fs::write(root.join("tables/points.csv"), "x\n1\n2\n4\n").unwrap();
    fs::write(root.join("points.csv"), "x\n3\n5\n9\n").unwrap();
    folder
}

fn load(path: &Path, sets: &[String]) -> Plan {
    let mut problems = Problems::default();
    config::load(path, &Layers::of_sets(sets), config::Others::Checked, &mut problems)
        .unwrap_or_else(|_| panic!("{}", problems.render(&Renderer::plain())))
}

fn plan(config: &str) -> Plan {
    let folder = folder(config, "in");
    load(&folder.path().join("in/a.toml"), &[])
}

fn text(plan: &Plan, figure: &str) -> String {
    canonical::figure(plan, figure).unwrap().text
}

#[test]
fn a_figure_has_what_it_needs_and_nothing_else() {
    let plan = plan(CONFIG);
    let expected = r##"schema = 1

[lecture]
id = 3

[output]
dpi = 100
themes = ["dim"]

[theme.base]
ink = "#111111"

[theme.dim]
background = "#EEEEEE"
inherit = "base"

[data.line]
source.gaussian_mixture = { means = [0.0, 4.0], samples = 20 }

[fit.a]
data = "line"
model.cavi = { components = 2, max_iter = 3 }

[fit.b]
data = "line"
model.cavi = { components = 3, max_iter = 3 }

[figure.one]
plot.histogram = { data = "line", fit = "a" }
share_axes = "group"

[figure.two]
plot.histogram = { data = "line", fit = "b" }
share_axes = "group"
"##;
    assert_eq!(text(&plan, "one"), expected);
    let part = canonical::figure(&plan, "tables").unwrap();
    assert_eq!(part.nodes, ["data.table", "figure.tables"]);
    assert!(!part.text.contains("tables/") && part.text.contains("path = \"points.csv\""));
    assert_eq!(part.inputs.len(), 1);
    assert!(canonical::figure(&plan, "none").is_none());
}

#[test]
fn comments_blank_lines_order_and_folders_change_nothing() {
    let before = plan(CONFIG);
    let tables: Vec<String> = CONFIG.split("\n[").map(str::to_owned).collect();
    let reversed: Vec<String> = tables[1..].iter().rev().map(|t| format!("\n[{t}")).collect();
    let changed = [
        CONFIG.replace("# The lecture.", ""),
        CONFIG.replace('\n', "\n\n# more\n"),
        CONFIG.replace("components = 2, max_iter = 3", "max_iter   = 3, components=2"),
        CONFIG
            .replace("plot.histogram = { data = \"table\" }", "plot = {histogram.data = 'table'}"),
        CONFIG.replace("figures = \"out\"", "figures = \"else/where\"\nextras = false"),
        CONFIG.replace("A caption.", "Another caption."),
        format!("{}{}", tables[0], reversed.concat()),
    ];
    for config in changed {
        let after = plan(&config);
        for figure in ["one", "two", "tables", "others"] {
            assert_eq!(text(&after, figure), text(&before, figure), "{config}");
        }
    }
    let moved = folder(CONFIG, "another/deep");
    let moved = load(&moved.path().join("another/deep/a.toml"), &[]);
    assert_eq!(text(&moved, "tables"), text(&before, "tables"));
    let absolute = folder(CONFIG, "in");
    let path = absolute.path().join("in/tables/points.csv");
    let set = format!("data.table.source.csv.path='{}'", path.display());
    let absolute = load(&absolute.path().join("in/a.toml"), &[set]);
    assert_eq!(text(&absolute, "tables"), text(&before, "tables"));
}

#[test]
fn whatever_changes_a_figure_changes_its_text() {
    let before = plan(CONFIG);
    for (old, new, figures) in [
        ("components = 2", "components = 4", vec!["one", "two"]),
        ("samples = 20", "samples = 21", vec!["one", "two"]),
        ("id = 3", "id = 4", vec!["one", "two", "tables", "others"]),
        (
            "themes = [\"dim\"]",
            "themes = [\"dim\", \"dark\"]",
            vec!["one", "two", "tables", "others"],
        ),
        ("columns = [\"x\"]", "columns = [0]", vec!["tables"]),
        ("formats = [\"png\"]", "formats = [\"pdf\"]", vec!["two"]),
        ("schema = 1", "schema = 1\nseed = 5", vec!["one", "two", "tables", "others"]),
    ] {
        let after = plan(&CONFIG.replacen(old, new, 1));
        for figure in ["one", "two", "tables", "others"] {
            let same = text(&after, figure) == text(&before, figure);
            assert_eq!(same, !figures.contains(&figure), "{new}: {figure}");
        }
    }
}

#[test]
fn two_files_of_one_name_get_two() {
    let config = CONFIG.replace(
        "[figure.others]\nplot.histogram = { data = \"other\" }",
        "[figure.both]\npanels.plots = [{ plot.histogram.data = \"table\" }, { plot.histogram.data = \"other\" }]",
    );
    let part = canonical::figure(&plan(&config), "both").unwrap();
    let names: Vec<&str> = part.inputs.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["points.csv", "points-2.csv"]);
    assert!(part.text.contains("path = \"points-2.csv\""), "{}", part.text);
}

#[test]
fn the_whole_config_reads_as_the_same_plan() {
    let folder = folder(CONFIG, "in");
    let sets = ["fit.a.model.cavi.components=5".to_owned()];
    let plan = load(&folder.path().join("in/a.toml"), &sets);
    let whole = canonical::whole(&plan);
    assert!(whole.contains("components = 5") && !whole.contains("include"), "{whole}");
    fs::write(folder.path().join("in/a.toml"), &whole).unwrap();
    let again = load(&folder.path().join("in/a.toml"), &[]);
    assert_eq!(canonical::whole(&again), whole);
    assert_eq!(serde_json::to_string(&again).unwrap(), serde_json::to_string(&plan).unwrap());
}
