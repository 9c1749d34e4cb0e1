//! Sources that draw points along with what they are drawn from: blobs and curves.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;
mod sources;

use common::assert_close;
use elbow::data::Dataset;
use elbow::random::{Generator, Seed, stream};
use ndarray::{Array2, arr2};
use sources::{make, resolve};

fn numbers(points: &[[f64; 2]]) -> Vec<f64> {
    points.iter().flatten().copied().collect()
}

fn all(data: &Dataset) -> Vec<f64> {
    data.points.iter().copied().collect()
}

#[test]
fn blobs_are_scikit_learns() {
    // sklearn 1.9.1: make_blobs(n_samples=11, n_features=2, centers=3, cluster_std=[0.5, 1.0, 2.0],
    // center_box=(-4.0, 6.0), random_state=7, return_centers=True).
    let data = make(
        "[source.blobs]\ncomponents = 3\ntotal = 11\nsd = [0.5, 1.0, 2.0]\nrange = [-4.0, 6.0]",
        7,
    );
    let expected = [
        [-2.7280881034286812, 4.099437180360921],
        [9.081294502338977, 1.6936297750170528],
        [0.938672626300823, 3.3585326835964504],
        [-3.2373622991893938, 2.921825769228436],
        [5.00561523339325, 5.44310314562656],
        [0.8893916886056868, 2.973295363117765],
        [0.1413432357363886, 1.7814103658186213],
        [-3.6313786205732974, 3.8002207088541207],
        [-3.549631593243808, 3.7134137918032857],
        [5.689123060244734, -1.5163986941888128],
        [0.6585522381688989, 1.7081272464395718],
    ];
    // One rounding of numbers below 10.
    assert_close("points", &all(&data), &numbers(&expected), 1e-15);
    let labels = data.labels.unwrap();
    assert_eq!(labels.to_vec(), [0, 2, 1, 0, 2, 1, 1, 0, 0, 2, 1]);
    let truth = data.truth.unwrap();
    let means = arr2(&[
        [-3.236917106260428, 3.7991879224011464],
        [0.3840923144089352, 3.234651778309412],
        [5.779895119966026, 1.3849587041043367],
    ]);
    assert!((&truth.means - &means).iter().all(|d| d.abs() < 1e-15));
    assert_eq!(truth.weights, [4.0 / 11.0, 4.0 / 11.0, 3.0 / 11.0]);
    assert_eq!(truth.covariances[2], arr2(&[[4.0, 0.0], [0.0, 4.0]]));
}

#[test]
fn what_is_known_of_blobs_before_they_are_drawn_is_true() {
    let text = "[source.blobs]\ncomponents = 3\ndimensions = 4\nsamples = [1, 2, 5]";
    let spec = resolve(text).unwrap();
    let shape = spec.shape();
    assert_eq!((shape.points, shape.dimensions), (8, 4));
    assert_eq!((shape.components, shape.truth), (Some(3), true));
    assert!(spec.is_drawn() && spec.files().count() == 0);
    for generator in [Generator::Chacha, Generator::Numpy] {
        let draw = |seed: u64| spec.make(&mut *stream(generator, &Seed::Own(seed)));
        let data = draw(1);
        assert_eq!(data.points.dim(), (8, 4));
        assert_eq!(data.columns, shape.columns);
        let labels = data.labels.as_ref().unwrap();
        let count = |k: usize| labels.iter().filter(|label| *label == k).count();
        assert_eq!([count(0), count(1), count(2)], [1, 2, 5]);
        let means = &data.truth.as_ref().unwrap().means;
        assert!(means.iter().all(|x| (-10.0..10.0).contains(x)));
        assert_eq!(draw(1), data);
        assert_ne!(draw(2).points, data.points);
    }
    let written = serde_json::to_string(&spec).unwrap();
    let expected =
        r#"{"blobs":{"dimensions":4,"range":[-10.0,10.0],"sd":[1.0,1.0,1.0],"samples":[1,2,5]}}"#;
    assert_eq!(written, expected);
}

#[test]
fn each_point_of_a_blob_lies_about_its_own_mean() {
    let data = make("[source.blobs]\ncomponents = 40\nsamples = 5\nsd = 1e-6\nrange = [0, 9]", 3);
    let (labels, means) = (data.labels.unwrap(), data.truth.unwrap().means);
    for (point, k) in data.points.rows().into_iter().zip(labels.iter()) {
        // Seven standard deviations: of 400 draws none is so far away.
        assert!((&point - &means.row(k)).iter().all(|d| d.abs() < 7e-6));
    }
}

#[test]
fn moons_are_scikit_learns() {
    // sklearn 1.9.1: make_moons(9, noise=0.1, random_state=3).
    let data = make("[source.curve]\nfunction = 'moons'\ntotal = 9\nnoise = 0.1", 3);
    let expected = [
        [0.965801966230121, -0.5044724133300579],
        [-0.47215590788004563, 0.8079360014552329],
        [1.691955292731056, -0.32185019794139863],
        [-0.06110000241307176, 0.3810482629577949],
        [0.38011977042259987, -0.20866095640337776],
        [1.1166682057027173, -0.21586104810751336],
        [-0.924379555399558, -0.16904987875460983],
        [0.4651205913300333, 0.6930739326953546],
        [2.0696311608910474, 0.5564961713246522],
    ];
    // Sines of two libraries.
    assert_close("points", &all(&data), &numbers(&expected), 1e-14);
    assert_eq!(data.labels.as_ref().unwrap().to_vec(), [1, 0, 1, 1, 1, 0, 0, 0, 1]);
    assert!(data.truth.is_none());
    assert_eq!(data.components(), Some(2));
}

#[test]
fn the_sine_curve_of_scikit_learns_gallery_can_be_said() {
    let data = make(
        "[source.curve]\nfunction = 'sine'\ntotal = 100\nrange = [-6.0, 6.566370614359172]\n\
         scale = [1.0, 3.0]\nnoise = [0.1, 0.6]",
        0,
    );
    // examples/mixture/plot_gmm_sin.py, with numpy.random.RandomState(0).
    let mut r = stream(Generator::Numpy, &Seed::Own(0));
    let step = 4.0 * std::f64::consts::PI / 100.0;
    let expected = Array2::from_shape_fn((100, 2), |(i, c)| {
        let x = i as f64 * step - 6.0;
        match c {
            0 => x + r.normal(0.0, 0.1),
            _ => 3.0 * (libm::sin(x) + r.normal(0.0, 0.2)),
        }
    });
    let expected: Vec<f64> = expected.iter().copied().collect();
    assert_close("points", &all(&data), &expected, 1e-14);
    assert_eq!((data.labels, data.truth), (None, None));
}

#[test]
fn curves_are_where_their_functions_are() {
    let at = |function: &str, more: &str| {
        make(&format!("[source.curve]\nfunction = '{function}'\ntotal = 4\n{more}"), 0).points
    };
    assert_eq!(at("line", ""), arr2(&[[0.0, 0.0], [0.25, 0.25], [0.5, 0.5], [0.75, 0.75]]));
    assert_eq!(
        at("line", "range = [0, 4]\nscale = [1, -0.5]\nshift = [0, 1]"),
        arr2(&[[0.0, 1.0], [1.0, 0.5], [2.0, 0.0], [3.0, -0.5]])
    );
    let close = |points: ndarray::ArcArray2<f64>, expected: Array2<f64>| {
        assert!((&points - &expected).iter().all(|d| d.abs() < 1e-14), "{points}");
    };
    // A circle that is closed has no point twice.
    close(at("circle", "scale = 2"), arr2(&[[2.0, 0.0], [0.0, 2.0], [-2.0, 0.0], [0.0, -2.0]]));
    let pi = std::f64::consts::PI;
    close(at("spiral", ""), arr2(&[[0.0, 0.0], [-pi, 0.0], [2.0 * pi, 0.0], [-3.0 * pi, 0.0]]));
    close(at("sine", ""), arr2(&[[0.0, 0.0], [pi / 2.0, 1.0], [pi, 0.0], [1.5 * pi, -1.0]]));
    let circle = make(
        "[source.curve]\nfunction = 'circle'\ntotal = 500\nspacing = 'random'\nnoise = 1e-3",
        5,
    );
    for point in circle.points.rows() {
        assert!((point.dot(&point) - 1.0).abs() < 0.02);
    }
    // A quarter of them, give or take five standard deviations of a binomial.
    let quarter = circle.points.rows().into_iter().filter(|p| p[0] > 0.0 && p[1] > 0.0).count();
    assert!((75..=175).contains(&quarter), "{quarter}");
    let moons =
        resolve("[source.curve]\nfunction = 'moons'\ntotal = 7\nspacing = 'random'").unwrap();
    let data = moons.make(&mut *stream(Generator::Chacha, &Seed::Own(1)));
    assert_eq!(data.labels.unwrap().iter().filter(|k| *k == 1).count(), 4);
    assert_eq!((moons.shape().components, moons.shape().truth), (Some(2), false));
}
