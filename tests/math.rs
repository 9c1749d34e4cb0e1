//! Special functions, densities, histograms and locators against independent programs, and what
//! must hold for all input.
//!
//! The fixtures are made by `fixtures/make_reference.py` (numpy 2.4.6, seaborn 0.13.2, matplotlib
//! 3.11.2) and `fixtures/make_random_extra.py` (these and mpmath 1.3.0).

// Helpers of tests may panic as tests do; clippy knows only functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

use elbow::math::gaussian::{Gaussian, kl_divergence};
use elbow::math::kde::Kde;
use elbow::math::mixture::Mixture;
use elbow::math::{histogram, linalg, locator, special};
use ndarray::{Array2, Axis};
use proptest::prelude::*;
use serde_json::Value;

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Equal but for `relative`, or `absolute` where the expected number is near zero.
fn check(what: &str, actual: &[f64], expected: &[f64], relative: f64, absolute: f64) {
    assert_eq!(actual.len(), expected.len(), "{what}: {actual:?} for {expected:?}");
    for (a, e) in actual.iter().zip(expected) {
        let good = (a - e).abs() <= relative * e.abs() || (a - e).abs() <= absolute;
        assert!(good, "{what}: {a:?} for {e:?}");
    }
}

#[test]
fn special_functions_are_exact_to_their_last_digits() {
    let reference = fixture(include_str!("fixtures/special.json"));
    let xs = numbers(&reference["x"]);
    let digamma: Vec<f64> = xs.iter().map(|&x| special::digamma(x)).collect();
    let ln_gamma: Vec<f64> = xs.iter().map(|&x| special::ln_gamma(x)).collect();
    check("digamma", &digamma, &numbers(&reference["digamma"]), 1e-14, 1e-15);
    check("ln_gamma", &ln_gamma, &numbers(&reference["ln_gamma"]), 1e-15, 1e-17);
}

#[test]
fn histograms_and_curves_are_those_of_seaborn() {
    let reference = fixture(include_str!("fixtures/histogram.json"));
    // The data are drawn again, in the order in which the script drew them.
    for seed in [10, 11] {
        let generator = elbow::random::Generator::Numpy;
        let mut r = elbow::random::stream(generator, &elbow::random::Seed::Own(seed));
        let normal = (0..1000).map(|_| r.normal(0.0, 1.0)).collect::<Vec<_>>();
        let shifted = (0..300).map(|_| r.normal(5.0, 1.0)).collect::<Vec<_>>();
        let gamma = (0..120).map(|_| r.standard_gamma(2.0)).collect::<Vec<_>>();
        let mut cases = vec![(format!("normal seed {seed} n 1000"), normal)];
        // The later seed's draws stand under these two names.
        if seed == 11 {
            cases.push(("normal(5,1) next 300".to_owned(), shifted));
            cases.push(("gamma next 120".to_owned(), gamma));
        }
        for (name, values) in cases {
            let expected = &reference["histplot"][&name];
            assert_eq!(expected["n"].as_u64().unwrap() as usize, values.len());
            let edges = histogram::auto_edges(&values);
            let left = &edges[..edges.len() - 1];
            check(&name, left, &numbers(&expected["bin_left"]), 1e-10, 1e-12);
            let width = edges[1] - edges[0];
            check(&name, &[width], &[expected["bin_width"].as_f64().unwrap()], 1e-10, 0.0);
            let counts: Vec<f64> =
                histogram::counts(&values, &edges).into_iter().map(|c| c as f64).collect();
            check(&name, &counts, &numbers(&expected["count"]), 0.0, 0.0);
            let kde = Kde::new(&values).unwrap();
            let curve = kde.curve(edges[0], edges[edges.len() - 1], 200);
            let x: Vec<f64> = curve.iter().map(|point| point[0]).collect();
            let area = values.len() as f64 * width;
            let y: Vec<f64> = curve.iter().map(|point| point[1] * area).collect();
            check(&name, &x, &numbers(&expected["kde_x"]), 1e-10, 1e-12);
            check(&name, &y, &numbers(&expected["kde_y"]), 1e-10, 0.0);
        }
    }
}

#[test]
fn bins_and_counts_are_numpys_for_few_tied_and_clustered_values() {
    let reference = fixture(include_str!("fixtures/locator.json"));
    for case in reference["bins"].as_array().unwrap() {
        let values = numbers(&case["x"]);
        let what = format!("{} values, {}", values.len(), case["kind"]);
        let edges = histogram::auto_edges(&values);
        check(&what, &edges, &numbers(&case["edges"]), 1e-13, 1e-13);
        let counts: Vec<f64> =
            histogram::counts(&values, &edges).into_iter().map(|c| c as f64).collect();
        check(&what, &counts, &numbers(&case["counts"]), 0.0, 0.0);
    }
}

#[test]
fn kernel_densities_are_scipys() {
    let reference = fixture(include_str!("fixtures/locator.json"));
    for case in reference["density"].as_array().unwrap() {
        let kde = Kde::new(&numbers(&case["x"])).unwrap();
        let density: Vec<f64> = numbers(&case["at"]).iter().map(|&x| kde.density(x)).collect();
        // scipy whitens by a Cholesky factor first; far tails multiply the difference.
        check("density", &density, &numbers(&case["density"]), 1e-11, 0.0);
    }
}

#[test]
fn levels_are_those_that_matplotlib_picks() {
    let reference = fixture(include_str!("fixtures/contour_levels.json"));
    for case in reference["cases"].as_array().unwrap() {
        let rows: Vec<Vec<f64>> =
            case["covariance"].as_array().unwrap().iter().map(numbers).collect();
        let covariance = Array2::from_shape_fn((2, 2), |(i, j)| rows[i][j]);
        let gaussian = Gaussian::new(vec![0.0, 0.0], covariance).unwrap();
        let n = case["grid"].as_u64().unwrap() as usize;
        let grid = elbow::math::linspace(-2.0, 2.0, n);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for x in &grid {
            for y in &grid {
                let z = gaussian.density(&[*x, *y]);
                (low, high) = (low.min(z), high.max(z));
            }
        }
        check("z_max", &[high], &[case["z_max"].as_f64().unwrap()], 1e-13, 0.0);
        let lines = locator::contour_levels(low, high);
        let bands = locator::contourf_levels(low, high);
        check("contour", &lines, &numbers(&case["contour_levels"]), 1e-12, 0.0);
        check("contourf", &bands, &numbers(&case["contourf_levels"]), 1e-12, 0.0);
    }
}

#[test]
fn ticks_and_levels_of_many_ranges_are_matplotlibs() {
    let reference = fixture(include_str!("fixtures/locator.json"));
    for case in reference["levels"].as_array().unwrap() {
        let (low, high) = (case["low"].as_f64().unwrap(), case["high"].as_f64().unwrap());
        let what = format!("levels of {low:?}..{high:?}");
        let slack = (high - low) * 1e-12;
        let expected = numbers(&case["contour"]);
        check(&what, &locator::contour_levels(low, high), &expected, 1e-12, slack);
        let expected = numbers(&case["contourf"]);
        check(&what, &locator::contourf_levels(low, high), &expected, 1e-12, slack);
    }
    for case in reference["ticks"].as_array().unwrap() {
        let (low, high) = (case["low"].as_f64().unwrap(), case["high"].as_f64().unwrap());
        let intervals = case["intervals"].as_u64().unwrap() as usize;
        // matplotlib's locator goes one beyond each end; an axis shows those inside.
        let slack = (high - low) * 1e-10;
        let inside = |t: &f64| *t >= low - slack && *t <= high + slack;
        let expected: Vec<f64> = numbers(&case["ticks"]).into_iter().filter(inside).collect();
        let actual = locator::ticks(low, high, intervals);
        let what = format!("at most {intervals} intervals in {low:?}..{high:?}");
        check(&what, &actual, &expected, 1e-12, slack);
    }
}

/// A symmetric positive definite matrix `A A^T + I / 100` of D = 1..=5 rows.
fn covariance() -> impl Strategy<Value = Array2<f64>> {
    (1..=5_usize).prop_flat_map(|d| {
        prop::collection::vec(-3.0..3.0_f64, d * d).prop_map(move |entries| {
            let a = Array2::from_shape_vec((d, d), entries).unwrap();
            a.dot(&a.t()) + 0.01 * Array2::<f64>::eye(d)
        })
    })
}

/// A number from -1 to 1 that follows from two indices.
fn scatter(i: usize, j: usize) -> f64 {
    ((i * 37 + j * 101) % 41) as f64 / 20.0 - 1.0
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cholesky_factor_gives_its_matrix_back(matrix in covariance()) {
        let lower = linalg::cholesky(&matrix).unwrap();
        let largest = matrix.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        let back = lower.dot(&lower.t());
        prop_assert!((&back - &matrix).iter().all(|d| d.abs() <= 1e-14 * largest));
        let identity = linalg::inverse_lower(&lower).dot(&lower);
        // The condition number of the factor is at most about 100.
        let error = &identity - &Array2::<f64>::eye(matrix.nrows());
        prop_assert!(error.iter().all(|d| d.abs() <= 1e-12));
    }

    #[test]
    fn a_decomposition_gives_its_matrix_back(matrix in covariance()) {
        let (values, rows) = elbow::math::svd::svd(&matrix);
        prop_assert!(values.windows(2).all(|pair| pair[0] >= pair[1]));
        let scaled = &rows * &Array2::from_shape_fn(rows.dim(), |(i, _)| values[i]);
        let error = rows.t().dot(&scaled) - &matrix;
        prop_assert!(error.iter().all(|d| d.abs() <= 1e-13 * values[0]));
    }

    #[test]
    fn divergences_are_never_negative_and_vanish_only_at_equality(
        p in covariance(), shift in -2.0..2.0_f64, scale in 0.1..10.0_f64,
    ) {
        let d = p.nrows();
        let first = Gaussian::new(vec![0.0; d], p.clone()).unwrap();
        // Both sums of squares of at most 15 entries of rounding error.
        prop_assert!(kl_divergence(&first, &first) <= 1e-24);
        let second = Gaussian::new(vec![shift; d], p * scale).unwrap();
        let divergence = kl_divergence(&first, &second);
        prop_assert!(divergence >= 0.0);
        if (scale - 1.0).abs() > 0.01 {
            // Of two scales alone: D (1/s - 1 + ln s) / 2.
            let least = 0.5 * d as f64 * (1.0 / scale - 1.0 + libm::log(scale));
            prop_assert!(divergence >= least * (1.0 - 1e-9));
        }
    }

    #[test]
    fn responsibilities_sum_to_one(
        covariances in prop::collection::vec(covariance(), 1..5),
        spread in -1e6..1e6_f64,
    ) {
        let d = covariances.iter().map(Array2::nrows).min().unwrap();
        let k = covariances.len();
        let block = |c: &Array2<f64>| Array2::from_shape_fn((d, d), |at| c[at]);
        let mixture = Mixture {
            weights: vec![1.0 / k as f64; k],
            means: Array2::from_shape_fn((k, d), |(i, j)| scatter(i, j)),
            covariances: covariances.iter().map(block).collect(),
        };
        let points = Array2::from_shape_fn((20, d), |(i, j)| spread * scatter(i + 3, j));
        let r = mixture.responsibilities(points.view());
        prop_assert!(r.iter().all(|p| (0.0..=1.0).contains(p)));
        // A point far out has logarithms of up to 1e15. They are normalised by their own sum, whose
        // logarithm rounds in proportion to them.
        for sum in r.sum_axis(Axis(1)) {
            prop_assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        }
    }

    #[test]
    fn every_value_is_counted_once(values in prop::collection::vec(-1e3..1e3_f64, 0..300)) {
        let edges = histogram::auto_edges(&values);
        prop_assert!(edges.windows(2).all(|pair| pair[0] < pair[1]));
        let counted: u64 = histogram::counts(&values, &edges).iter().sum();
        prop_assert_eq!(counted, values.len() as u64);
    }
}
