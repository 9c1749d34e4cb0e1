//! Scores as a table.

use std::sync::OnceLock;

use elbow::figure::Cell;
use serde_json::{Value, json};

use crate::lecture::{Built, list, number, run_text};
use crate::texts;
use crate::variants::assert_consistent;

const CONFIG: &str = r#"
schema = 1
[data.line]
seed = 10
generator = "numpy"
source.gaussian_mixture = { means = [0.0, 1.0, 5.0], sd = 1.0, samples = 200 }
[data.other]
seed = 10
source.gaussian_mixture = { means = [0.0, 9.0], sd = 1.0, samples = 200 }
[data.unlabelled]
source.points = { values = [0.0, 0.5, 5.0, 6.0] }
[fit.three]
data = "line"
seed = 715
generator = "numpy"
model.cavi = { components = 3, init = "lecture" }
[fit.two]
data = "line"
seed = 3
model.cavi = { components = 2, init = "lecture" }
[fit.again]
data = "line"
seed = 3
model.cavi = { components = 2, init = "lecture" }
[fit.truth]
data = "line"
model.given = { means = [0.0, 1.0, 5.0] }
[fit.other]
data = "other"
model.cavi = { components = 2 }
[fit.unlabelled]
data = "unlabelled"
model.cavi = { components = 2 }
[figure.score_table]
[figure.score_table.plot.table]
fits = ["three", "two", "truth"]
labels = ["CAVI, $K = 3$", "CAVI, $K = 2$", "truth"]
scores = ["log_loss", "accuracy", "adjusted_rand", "normalized_mutual_information", "elbo", "iterations", "components"]
[figure.default]
plot.table = { fits = ["three", "two"] }
[figure.equal]
plot.table = { fits = ["two", "again", "three"], scores = ["accuracy"] }
[figure.all_equal]
plot.table = { fits = ["two", "again"] }
[figure.one]
plot.table = { fits = ["three"], scores = ["accuracy", "elbo"] }
[figure.several_data]
plot.table = { fits = ["three", "other", "unlabelled"], scores = ["accuracy", "elbo"] }
[figure.narrow]
[figure.narrow.panels]
columns = 2
plots = [
    { plot.table = { fits = ["three", "two", "again", "truth"] } },
    { plot.table = { fits = ["three", "two"], scores = ["accuracy", "elbo"] } },
    { plot.table = { fits = ["three", "two", "again", "truth"], scores = ["iterations", "elbo"] } },
    { plot.table = { fits = ["three"], scores = ["accuracy"] } },
]
"#;

pub(crate) fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| run_text(CONFIG, &[]))
}

/// The columns of a table by their names.
fn column(figure: &str, name: &str) -> Value {
    let picture = built().json(figure);
    let columns = list(&picture["columns"]);
    columns.iter().find(|c| c["column"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
}

#[test]
fn every_table_can_be_drawn_and_its_texts_are_apart() {
    assert_consistent(built());
    texts::assert_none(&texts::violations("tables", built()));
}

#[test]
fn the_numbers_are_the_matched_scores_and_those_of_the_fit() {
    for (row, name) in ["three", "two", "truth"].into_iter().enumerate() {
        let scores = &built().values.scores[name];
        let fit = built().values.fits[name].as_ref().unwrap();
        let value = |column_name| column("score_table", column_name)["values"][row].clone();
        assert_eq!(number(&value("log_loss")), scores.log_loss_matched);
        assert_eq!(number(&value("accuracy")), scores.accuracy_matched);
        assert_eq!(number(&value("adjusted_rand")), scores.adjusted_rand);
        let nmi = number(&value("normalized_mutual_information"));
        assert_eq!(nmi, scores.normalized_mutual_information);
        assert_eq!(value("components"), json!(fit.components() as f64));
        match fit.trace.get("elbo") {
            Some(trace) => {
                assert_eq!(number(&value("elbo")), *trace.values.last().unwrap());
                assert_eq!(value("iterations"), json!(fit.iterations() as f64));
            }
            // What was stated has none of either.
            None => {
                assert_eq!((value("elbo"), value("iterations")), (Value::Null, Value::Null));
                assert_eq!(column("score_table", "elbo")["texts"][row], "\u{2013}");
            }
        }
    }
    let keys: Vec<Value> =
        list(&built().json("default")["columns"]).iter().map(|c| c["column"].clone()).collect();
    let scores = ["log_loss", "accuracy", "adjusted_rand", "normalized_mutual_information"];
    assert_eq!(keys, scores);
}

#[test]
fn the_best_is_the_least_loss_and_the_most_of_everything_else() {
    for name in ["log_loss", "accuracy", "adjusted_rand", "elbo"] {
        let column = column("score_table", name);
        let values: Vec<f64> =
            list(&column["values"]).iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect();
        let sign = if name == "log_loss" { -1.0 } else { 1.0 };
        let best = values.iter().map(|v| sign * v).fold(f64::NEG_INFINITY, f64::max);
        let rows: Vec<usize> = (0..3).filter(|&row| sign * values[row] == best).collect();
        assert_eq!(column["best"], json!(rows), "{name}: {values:?}");
    }
    for name in ["iterations", "components"] {
        assert_eq!(column("score_table", name)["best"], json!([]), "{name} are not good or bad");
    }
}

#[test]
fn equals_are_equally_good_and_one_alone_is_no_winner() {
    let accuracy = column("equal", "accuracy");
    assert_eq!(accuracy["texts"][0], accuracy["texts"][1]);
    assert_ne!(accuracy["texts"][0], accuracy["texts"][2]);
    let best = number(&accuracy["values"][0]).max(number(&accuracy["values"][2]));
    let expected = if best == number(&accuracy["values"][0]) { json!([0, 1]) } else { json!([2]) };
    assert_eq!(accuracy["best"], expected);
    assert_eq!(column("all_equal", "accuracy")["best"], json!([]));
    assert_eq!(column("one", "accuracy")["best"], json!([]));
}

#[test]
fn fits_of_different_data_are_not_compared() {
    for name in ["accuracy", "elbo"] {
        assert_eq!(column("several_data", name)["best"], json!([]));
    }
    // Points without labels have no accuracy, but an ELBO.
    assert_eq!(column("several_data", "accuracy")["values"][2], Value::Null);
    assert!(column("several_data", "elbo")["values"][2].is_number());
    let caption = built().picture("several_data").caption();
    assert!(
        caption.starts_with("Scores of three fits, of different data: none is best: "),
        "{caption}"
    );
}

#[test]
fn the_tidy_table_has_the_names_and_the_full_numbers() {
    let table = built().picture("score_table").table();
    assert_eq!(table.columns[..3], ["fit", "log loss (nats)", "accuracy"].map(str::to_owned));
    assert_eq!(table.rows[0][0], "three".into());
    let loss = built().values.scores["three"].log_loss_matched;
    assert_eq!(table.rows[0][1], Cell::Number(loss));
    assert_eq!(table.rows[2][5], "".into());
}

#[test]
fn numbers_stand_below_each_other_by_their_decimal_points() {
    use elbow::render::{Fonts, Painted, TextStyle};
    let fonts = Fonts::embedded();
    let drawing = built().drawing("score_table");
    let mut points: Vec<f64> = Vec::new();
    let texts: Vec<String> = list(&column("score_table", "log_loss")["texts"])
        .iter()
        .map(|t| t.as_str().unwrap().to_owned())
        .collect();
    let best = column("score_table", "log_loss")["best"][0].as_u64().unwrap() as usize;
    for mark in &drawing.marks {
        let Painted::Text { label, size, color } = &mark.painted else { continue };
        let Some(row) = texts.iter().position(|t| t == label) else { continue };
        let style = TextStyle::new(*size, *color);
        let style = if row == best { style.bold() } else { style };
        let fraction = &label[label.find('.').unwrap()..];
        points.push(mark.outline[1].0 - fonts.measure(fraction, &style).width);
    }
    assert_eq!(points.len(), 3, "{texts:?}");
    assert!(points.iter().all(|p| (p - points[0]).abs() < 0.05), "{points:?}");
}
