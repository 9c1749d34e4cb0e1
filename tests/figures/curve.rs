//! Columns of data sets against each other.

use std::path::Path;
use std::sync::OnceLock;

use elbow::figure::Cell;
use serde_json::{Value, json};

use crate::lecture::{Built, assert_near, list, number, numbers, plan_of, run, run_text};
use crate::texts;
use crate::variants::assert_consistent;

const CONFIG: &str = r#"
schema = 1
[data.runs.source.csv]
path = "runs.csv"
[data.gaps.source.points]
values = [[1.0, 0.01, 3.0], [2.0, 0.1, 2.0], [4.0, 10.0, 5.0], [8.0, 1000.0, 1.0]]
[figure.curve_both]
plot.curve = { data = "runs", x = "K", y = ["accuracy", "log loss"], marks = "both" }
[figure.one]
plot.curve = { data = "runs", x = "K", y = "accuracy" }
[figure.named]
[figure.named.plot.curve]
data = "runs"
x = "K"
y = ["accuracy", "time_1"]
labels = ["accuracy $a$", "time (s)"]
x_label = "components $K$"
y_label = "what was measured"
[figure.log]
plot.curve = { data = "gaps", x = "x_1", y = ["x_2", "x_3"], x_scale = "log", y_scale = "log" }
[figure.points]
plot.curve = { data = "runs", x = "accuracy", y = "log loss", marks = "points" }
[figure.eight]
[figure.eight.plot.curve]
data = "runs"
x = "K"
y = ["K", "accuracy", "log loss", "time_1"]
marks = "points"
[figure.grid]
[figure.grid.panels]
plots = [
    { plot.curve = { data = "runs", x = "K", y = ["accuracy", "log loss"], marks = "both" } },
    { plot.curve = { data = "gaps", x = "x_1", y = "x_2", y_scale = "log" } },
    { plot.curve = { data = "runs", x = "K", y = ["accuracy", "log loss", "time_1", "K"] } },
]
[figure.small]
size = [4, 2.5]
plot.curve = { data = "runs", x = "K", y = ["accuracy", "log loss", "time_1"], marks = "both" }
"#;

/// Accuracy rises to K = 3 and falls again.
fn file() -> String {
    let mut file = String::from("K,accuracy,log loss,time_1\n");
    for k in 1..=12 {
        let away = f64::from(k - 3).abs();
        let k = f64::from(k);
        file.push_str(&format!("{k},{},{},{}\n", 0.9 - 0.05 * away, 0.2 * away, 0.01 * k * k));
    }
    file
}

pub(crate) fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures-curve");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("runs.csv"), file()).unwrap();
        run(plan_of(&folder.join("test.toml"), CONFIG, &[]))
    })
}

#[test]
fn every_curve_can_be_drawn_and_its_texts_are_apart() {
    assert_consistent(built());
    texts::assert_none(&texts::violations("curves", built()));
}

#[test]
fn the_columns_are_those_of_the_file_in_its_order() {
    let picture = built().json("curve_both");
    assert_eq!(numbers(&picture["x"]), (1..=12).map(f64::from).collect::<Vec<_>>());
    let series = list(&picture["series"]);
    assert_eq!(series.iter().map(|s| &s["column"]).collect::<Vec<_>>(), ["accuracy", "log loss"]);
    for (k, value) in numbers(&series[0]["values"]).into_iter().enumerate() {
        assert_near("accuracy", value, 0.9 - 0.05 * (k as f64 - 2.0).abs(), 1e-12);
    }
    let table = built().picture("curve_both").table();
    assert_eq!(table.columns, ["K", "column", "value"]);
    assert_eq!(table.rows.len(), 24);
    assert_eq!(table.rows[12][..2], [Cell::Number(1.0), "log loss".into()]);
}

#[test]
fn the_extremes_are_found_and_said() {
    let numbers = built().picture("one").numbers();
    assert_eq!(numbers["accuracy"]["largest"], json!({"x": 3.0, "value": 0.9}));
    assert_eq!(numbers["accuracy"]["smallest"]["x"], 12.0);
    let caption = built().picture("one").caption();
    assert_eq!(caption, "accuracy from 0.45 to 0.9 against K from 1 to 12, 12 rows.");
}

#[test]
fn names_can_be_given() {
    let picture = built().json("named");
    assert_eq!(picture["x_label"], "components $K$");
    assert_eq!(picture["y_label"], "what was measured");
    let labels: Vec<&Value> = list(&picture["series"]).iter().map(|s| &s["label"]).collect();
    assert_eq!(labels, ["accuracy $a$", "time (s)"]);
    let caption = built().picture("named").caption();
    assert!(caption.starts_with("accuracy a from 0.45 to 0.9, time (s) from "), "{caption}");
    // Names that look like symbols are set as such, and one column names its axis.
    assert_eq!(built().json("log")["x_label"], "$x_{1}$");
    assert_eq!(built().json("one")["y_label"], "accuracy");
    assert_eq!(built().json("curve_both")["y_label"], "");
}

#[test]
fn log_axes_hold_powers_of_ten() {
    let frame = &built().json("log")["frame"];
    let [x, y] = [0, 1].map(|i| (number(&frame[i]["low"]), number(&frame[i]["high"])));
    assert_eq!(x, (0.0, 8_f64.log10()));
    // From 0.01 to 1000, with 6 % of five decades on either side.
    assert_near("low", y.0, -2.3, 1e-12);
    assert_near("high", y.1, 3.3, 1e-12);
    let svg = built().svgs().into_iter().find(|(name, _)| name == "log").unwrap().1;
    for tick in ["10^\u{2212}2", "10^0", "10^2"] {
        assert!(svg.contains(&format!("aria-label=\"{tick}\"")), "no tick {tick}");
    }
}

#[test]
fn points_are_correlated() {
    let built = run_text(
        "schema = 1\n[data.d.source.points]\nvalues = [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]\n\
         [figure.f]\nplot.curve = { data = \"d\", x = \"x_1\", y = \"x_2\", marks = \"points\" }\n",
        &[],
    );
    let svg = &built.svgs()[0].1;
    assert!(svg.contains("correlation 1.00"), "the points are on a line");
}

#[test]
fn what_has_no_place_on_a_log_axis_is_an_error() {
    let text = r#"
schema = 1
[data.d.source.points]
values = [[1.0, 2.0], [0.0, -4.0]]
[figure.x]
plot.curve = { data = "d", x = "x_1", y = "x_2", x_scale = "log" }
[figure.y]
plot.curve = { data = "d", x = "x_1", y = "x_2", y_scale = "log" }
"#;
    let built = run_text(text, &[]);
    for (name, part) in [("x", "`x_1` has 0,"), ("y", "`x_2` has -4,")] {
        let failure = built.values.pictures[name].as_ref().err().unwrap().to_string();
        assert!(failure.contains(part), "{failure}");
        assert!(failure.contains(&format!("hint: write `{name}_scale = \"linear\"`")), "{failure}");
    }
}

#[test]
fn odd_columns_can_be_drawn() {
    let text = r#"
schema = 1
[data.d.source.points]
values = [[1.0, 2.0]]
[figure.line]
plot.curve = { data = "d", x = "x_1", y = ["x_1", "x_2"] }
[figure.both]
plot.curve = { data = "d", x = "x_2", y = "x_1", marks = "both" }
[figure.points]
plot.curve = { data = "d", x = "x_1", y = "x_2", marks = "points" }
"#;
    for values in [
        "[[1.0, 2.0]]",
        "[[1.0, 2.0], [1.0, 2.0]]",
        "[[3.0, 5.0], [1.0, 5.0], [2.0, 5.0]]",
        "[[-1e9, 1e-9], [1e9, 2e-9]]",
        "[[1e150, 0.0], [-1e150, 1.0]]",
    ] {
        let built = run_text(text, &[&format!("data.d.source.points.values={values}")]);
        assert_consistent(&built);
        texts::assert_none(&texts::violations(values, &built));
    }
}
