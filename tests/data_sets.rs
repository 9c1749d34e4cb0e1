//! The data sets that lie beside the configs are those that they are said to be.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::Path;

use elbow::config::{self, Layers};
use elbow::data::Dataset;
use elbow::diagnostic::Problems;

/// The data set that these options read from `config/data`.
fn read(options: &str) -> Dataset {
    let text = format!("schema = 1\n[data.a]\nsource.csv = {{ {options} }}\n");
    let mut problems = Problems::default();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/data/a.toml");
    let plan =
        config::parse(&path, &text, &Layers::default(), config::Others::Checked, &mut problems);
    plan.unwrap_or_else(|| panic!("{:?}", problems.sorted())).data["a"].make()
}

fn mean(data: &Dataset, column: usize) -> f64 {
    data.points.column(column).mean().unwrap()
}

#[test]
fn old_faithful_is_rs() {
    let data = read("path = 'old_faithful.csv'");
    assert_eq!(data.points.dim(), (272, 2));
    assert_eq!(data.columns, ["eruptions", "waiting"]);
    // summary(faithful) in R.
    assert!((mean(&data, 0) - 3.487_783).abs() < 5e-7);
    assert!((mean(&data, 1) - 70.897_06).abs() < 5e-6);
    // var(faithful): 1.302728, 184.8233, covariance 13.97781.
    let centred = |c: usize| data.points.column(c).mapv(|x| x - mean(&data, c));
    let product = |a: usize, b: usize| centred(a).dot(&centred(b)) / 271.0;
    assert!((product(0, 0) - 1.302_728).abs() < 5e-7);
    assert!((product(1, 1) - 184.823_3).abs() < 5e-5);
    assert!((product(0, 1) - 13.977_81).abs() < 5e-6);
}

#[test]
fn the_galaxies_are_roeders() {
    let data = read("path = 'galaxies.csv'");
    assert_eq!(data.points.dim(), (82, 1));
    assert_eq!(data.points[[77, 0]], 26_960.0);
    // With the slip of R's copy the mean is 270 / 82 less: 20828.17.
    assert!((mean(&data, 0) - 270.0 / 82.0 - 20_828.17).abs() < 0.005, "{}", mean(&data, 0));
    assert!(data.points.column(0).windows(2).into_iter().all(|w| w[0] < w[1]));
}

#[test]
fn the_crabs_are_pearsons() {
    let data = read("path = 'pearson_crabs.csv', counts = 'count'");
    assert_eq!(data.points.dim(), (1000, 1));
    // Pearson's centroid.
    assert!((mean(&data, 0) - 16.799).abs() < 1e-12);
}

#[test]
fn iris_is_fishers() {
    let data = read("path = 'iris.csv', label = 'species'");
    assert_eq!(data.points.dim(), (150, 4));
    let labels = data.labels.as_ref().unwrap();
    assert!((0..3).all(|k| labels.iter().filter(|label| *label == k).count() == 50));
    for (column, expected) in [5.843_333, 3.057_333, 3.758, 1.199_333].into_iter().enumerate() {
        assert!((mean(&data, column) - expected).abs() < 5e-7, "{column}");
    }
}

#[test]
fn the_penguins_are_palmers() {
    let data = read("path = 'penguins.csv', label = 'species', missing = 'drop'");
    // Two of the 344 were not measured.
    assert_eq!(data.points.dim(), (342, 4));
    assert_eq!(data.columns, ["bill length", "bill depth", "flipper length", "body mass"]);
    // Adelie, Chinstrap, Gentoo.
    let labels = data.labels.as_ref().unwrap();
    let count = |k: usize| labels.iter().filter(|label| *label == k).count();
    assert_eq!([count(0), count(1), count(2)], [151, 68, 123]);
    // summary(penguins) in R.
    for (column, expected) in [43.921_93, 17.151_17, 200.915_2, 4_201.754].into_iter().enumerate() {
        let mean = mean(&data, column);
        assert!((mean - expected).abs() < 5e-7 * expected.max(10.0), "{column}: {mean}");
    }
}
