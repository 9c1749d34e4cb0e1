//! The generators against numpy's own draws, and against the distributions that they claim.
//!
//! `fixtures/numpy_random.json` is made by `fixtures/make_reference.py` and
//! `fixtures/random_extra.json` by `fixtures/make_random_extra.py`, both with numpy 2.4.6.

// Helpers of tests may panic as tests do; clippy knows only functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

use elbow::random::{Generator, Random, Seed, stream};
use ndarray::{Array2, arr2};
use serde_json::Value;

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn numpy(seed: &str) -> Box<dyn Random> {
    stream(Generator::Numpy, &Seed::Own(seed.parse().unwrap()))
}

fn chacha(seed: u64) -> Box<dyn Random> {
    stream(Generator::Chacha, &Seed::Own(seed))
}

/// All numbers of a value, in order, however deeply they lie.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().unwrap()],
    }
}

fn times<T: Into<f64>>(n: usize, mut draw: impl FnMut() -> T) -> Vec<f64> {
    (0..n).map(|_| draw().into()).collect()
}

fn floats(indices: Vec<usize>) -> Vec<f64> {
    indices.into_iter().map(|i| i as f64).collect()
}

/// Equal but for `tolerance` relative to the expected value; 0 asks for the same bits.
fn check(what: &str, actual: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
        assert!(
            (a - e).abs() <= tolerance * e.abs(),
            "{what}, draw {i}: {a:?}, but numpy has {e:?}"
        );
    }
}

#[test]
fn every_draw_of_the_reference_equals_numpys() {
    let reference = fixture(include_str!("fixtures/numpy_random.json"));
    let plane = arr2(&[[0.7, 0.2], [0.2, 0.1]]);
    let space = arr2(&[[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 0.5]]);
    let mut checked = 0;
    for (seed, draws) in reference["streams"].as_object().unwrap() {
        for (key, expected) in draws.as_object().unwrap() {
            let mut r = numpy(seed);
            // Numbers that pass through a logarithm may differ in the last bits: glibc's and
            // libm's are both right to less than one unit in the last place.
            let log = 1e-15;
            let (actual, tolerance) = match key.as_str() {
                "randint_u32_raw" => (times(8, || r.integer(0, 1 << 32) as f64), 0.0),
                "random_sample_8" => (times(8, || r.uniform()), 0.0),
                "uniform_-2_3_6" => (times(6, || r.uniform_between(-2.0, 3.0)), 0.0),
                "standard_normal_7" => (times(7, || r.standard_normal()), log),
                "normal_5_2_7" => (times(7, || r.normal(5.0, 2.0)), log),
                "normal_3_then_random_2" => {
                    let mut all = times(3, || r.normal(0.0, 1.0));
                    all.extend(times(2, || r.uniform()));
                    all.extend(times(2, || r.normal(0.0, 1.0)));
                    (all, log)
                }
                "standard_gamma_0.3_6" => (times(6, || r.standard_gamma(0.3)), log),
                "standard_gamma_1_4" => (times(4, || r.standard_gamma(1.0)), log),
                "standard_gamma_4.5_6" => (times(6, || r.standard_gamma(4.5)), log),
                "dirichlet_[0.5,1,3]_4" => {
                    ((0..4).flat_map(|_| r.dirichlet(&[0.5, 1.0, 3.0])).collect(), log)
                }
                "randint_-3_8_12" => (times(12, || r.integer(-3, 8) as f64), 0.0),
                "randint_0_1000_12" => (times(12, || r.integer(0, 1000) as f64), 0.0),
                "permutation_20" => (floats(r.permutation(20)), 0.0),
                "shuffle_arange_10" => {
                    let mut items: Vec<usize> = (0..10).collect();
                    r.shuffle(&mut items);
                    (floats(items), 0.0)
                }
                "choice_3_size_15" => (floats(r.choice(3, 15)), 0.0),
                "choice_10_size_4_noreplace" => (floats(r.choice_without_replacement(10, 4)), 0.0),
                "choice_4_p_12" => (floats(r.choice_weighted(&[0.1, 0.2, 0.3, 0.4], 12)), 0.0),
                "multivariate_normal_4" => {
                    let x = r.multivariate_normal(&[0.0, -0.7], &plane, 4);
                    (x.into_iter().collect(), 1e-12)
                }
                "multivariate_normal_3d_3" => {
                    let x = r.multivariate_normal(&[1.0, 0.0, -2.0], &space, 3);
                    (x.into_iter().collect(), 1e-12)
                }
                other => panic!("no test for `{other}`"),
            };
            check(&format!("seed {seed}, {key}"), &actual, &numbers(expected), tolerance);
            checked += 1;
        }
    }
    assert_eq!(checked, 4 * 19);
}

#[test]
fn draws_that_the_reference_lacks_equal_numpys_too() {
    let reference = fixture(include_str!("fixtures/random_extra.json"));
    let weights = numbers(&reference["weights"]);
    let counts = |v: Vec<u64>| v.into_iter().map(|c| c as f64).collect::<Vec<f64>>();
    for (seed, draws) in reference["streams"].as_object().unwrap() {
        for (key, expected) in draws.as_object().unwrap() {
            let mut r = numpy(seed);
            let words: Vec<&str> = key.split(' ').collect();
            let mut tolerance = 0.0;
            let actual = match words.as_slice() {
                ["binomial", n, p] => {
                    let (n, p) = (n.parse().unwrap(), p.parse().unwrap());
                    times(40, || r.binomial(n, p) as f64)
                }
                ["multinomial", "zero", _] => {
                    (0..8).flat_map(|_| counts(r.multinomial(50, &[0.5, 0.0, 0.5]))).collect()
                }
                ["multinomial", n] => {
                    let n = n.parse().unwrap();
                    (0..8).flat_map(|_| counts(r.multinomial(n, &weights))).collect()
                }
                ["choice", "p", "without", "replacement"] => {
                    let p = [0.5, 0.2, 0.1, 0.1, 0.05, 0.05];
                    let mut draw = || floats(r.choice_weighted_without_replacement(&p, 4));
                    (0..20).flat_map(|_| draw()).collect()
                }
                ["choice", "p", "without", "replacement,", "all"] => {
                    let mut draw = || floats(r.choice_weighted_without_replacement(&weights, 5));
                    (0..20).flat_map(|_| draw()).collect()
                }
                ["choice", "p", "without", "replacement,", "one", "zero"] => {
                    let p = [0.6, 0.0, 0.3, 0.1];
                    let mut draw = || floats(r.choice_weighted_without_replacement(&p, 3));
                    (0..20).flat_map(|_| draw()).collect()
                }
                ["choice", "p"] => floats(r.choice_weighted(&weights, 60)),
                ["uniform", low, high] => {
                    let (low, high) = (low.parse().unwrap(), high.parse().unwrap());
                    times(10, || r.uniform_between(low, high))
                }
                ["exponential", scale] => {
                    tolerance = 1e-15;
                    let scale = scale.parse().unwrap();
                    times(10, || r.exponential(scale))
                }
                ["gamma", shape, scale] => {
                    // A power of 100 multiplies the relative error of its base's logarithm.
                    tolerance = 1e-13;
                    let (shape, scale) = (shape.parse().unwrap(), scale.parse().unwrap());
                    times(10, || r.gamma(shape, scale))
                }
                ["randint", "one", ..] => times(3, || r.integer(4, 5) as f64),
                ["randint", "wide"] => times(10, || r.integer(-(1 << 40), 1 << 40) as f64),
                ["randint", "all", ..] => times(10, || r.integer(0, 1 << 32) as f64),
                ["permutation", _] => floats(r.permutation(1000))[..30].to_vec(),
                other => panic!("no test for `{other:?}`"),
            };
            let what = format!("seed {seed}, {key}");
            check(&what, &actual, &numbers(&expected["draws"]), tolerance);
            check(&what, &times(2, || r.uniform()), &numbers(&expected["then"]), 0.0);
        }
    }
}

#[test]
fn the_decomposition_of_200_covariances_has_numpys_signs() {
    let reference = fixture(include_str!("fixtures/random_extra.json"));
    let cases = reference["svd"].as_array().unwrap();
    assert_eq!(cases.len(), 200);
    for case in cases {
        let d = case["matrix"].as_array().unwrap().len();
        let matrix = Array2::from_shape_vec((d, d), numbers(&case["matrix"])).unwrap();
        let (values, rows) = elbow::math::svd::svd(&matrix);
        let close = |a: &[f64], b: Vec<f64>| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
        // The fixture has ten digits after the point.
        assert!(close(&values, numbers(&case["values"])), "{matrix:?}: {values:?}");
        let rows: Vec<f64> = rows.into_iter().collect();
        assert!(close(&rows, numbers(&case["vt"])), "{matrix:?}: {rows:?}");
    }
}

#[test]
fn the_cached_normal_survives_uniforms_and_goes_on_across_calls() {
    let mut one = numpy("3");
    let mut other = numpy("3");
    let points = one.multivariate_normal(&[0.0, 0.0], &Array2::eye(2), 3);
    let normals = times(6, || other.standard_normal());
    assert_eq!(points.into_iter().collect::<Vec<_>>(), normals);
    let first = one.standard_normal();
    one.uniform();
    assert_eq!(first, other.standard_normal());
    other.uniform();
    assert_eq!(one.standard_normal(), other.standard_normal());
}

#[test]
fn streams_of_nodes_differ_and_are_the_same_every_time() {
    for generator in [Generator::Chacha, Generator::Numpy] {
        let first = |root, node: &str| {
            stream(generator, &Seed::Derived { root, node: node.to_owned() }).uniform()
        };
        assert_eq!(first(1, "data.line"), first(1, "data.line"));
        assert_ne!(first(1, "data.line"), first(2, "data.line"));
        assert_ne!(first(1, "data.line"), first(1, "data.plane"));
    }
}

/// Slides made with these streams must stay what they are: a change of rand_chacha or rand_distr
/// that gives other draws is seen here, and is then a breaking change of ours.
#[test]
fn the_default_generator_keeps_its_values() {
    let r = || chacha(10);
    let pair = |mut draw: Box<dyn FnMut() -> f64>| [draw(), draw()];
    let (mut a, mut b, mut c) = (r(), r(), r());
    assert_eq!(pair(Box::new(move || a.uniform())), [0.13087864461962995, 0.18297262963287653]);
    assert_eq!(
        pair(Box::new(move || b.standard_normal())),
        [-0.6234053325953962, -0.7320678421619506]
    );
    assert_eq!(
        pair(Box::new(move || c.standard_exponential())),
        [0.08100556386424491, 0.18944499946672871]
    );
    let mut gamma = r();
    assert_eq!(gamma.standard_gamma(0.3), 0.015272270504914108);
    assert_eq!(gamma.standard_gamma(4.5), 0.9988780334056011);
    let mut binomial = r();
    assert_eq!([binomial.binomial(1000, 0.3), binomial.binomial(10, 0.7)], [300, 8]);
    assert_eq!(r().permutation(8), [1, 3, 5, 7, 4, 0, 2, 6]);
}

#[test]
fn a_derived_stream_is_that_of_its_hash() {
    let first = |generator| {
        stream(generator, &Seed::Derived { root: 1, node: "data.line".to_owned() }).uniform()
    };
    // RandomState(first four bytes, little endian, of sha256(pack("<Q", 1) + b"data.line")).
    assert_eq!(first(Generator::Numpy), 0.15752477204757553);
    assert_eq!(first(Generator::Chacha), 0.8116181373676536);
}

/// The greatest distance between the empirical and the true distribution function.
fn kolmogorov_smirnov(mut draws: Vec<f64>, distribution: impl Fn(f64) -> f64) -> f64 {
    draws.sort_by(f64::total_cmp);
    let n = draws.len() as f64;
    draws.iter().enumerate().fold(0.0, |worst, (i, &x)| {
        let f = distribution(x);
        worst.max((f - i as f64 / n).abs()).max(((i + 1) as f64 / n - f).abs())
    })
}

/// How many draws the distribution tests take.
const DRAWS: usize = 20_000;

/// The distance that a true sample of this size exceeds with probability 2 exp(-2 n D^2) = 1e-4.
/// The seeds are fixed, so a test that passes once passes always; the rate is the chance that a
/// right generator had to be given another seed, or that one of these tests is that lucky.
fn critical() -> f64 {
    (libm::log(2.0 / 1e-4) / (2.0 * DRAWS as f64)).sqrt()
}

fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

#[test]
fn continuous_draws_follow_their_distributions() {
    for generator in [Generator::Chacha, Generator::Numpy] {
        let mut r = stream(generator, &Seed::Own(42));
        let distances = [
            kolmogorov_smirnov(times(DRAWS, || r.uniform()), |x| x),
            kolmogorov_smirnov(times(DRAWS, || r.normal(1.0, 3.0)), |x| {
                normal_cdf((x - 1.0) / 3.0)
            }),
            kolmogorov_smirnov(times(DRAWS, || r.standard_exponential()), |x| 1.0 - libm::exp(-x)),
            // Shape 2: 1 - (1 + x) exp(-x).
            kolmogorov_smirnov(times(DRAWS, || r.standard_gamma(2.0)), |x| {
                1.0 - (1.0 + x) * libm::exp(-x)
            }),
            // Shape 1/2 is half a squared normal.
            kolmogorov_smirnov(times(DRAWS, || r.standard_gamma(0.5)), |x| libm::erf(x.sqrt())),
            // One coordinate of Dirichlet(1, 2) is Beta(1, 2).
            kolmogorov_smirnov(times(DRAWS, || r.dirichlet(&[1.0, 2.0])[0]), |x| {
                1.0 - (1.0 - x) * (1.0 - x)
            }),
        ];
        for (i, distance) in distances.into_iter().enumerate() {
            assert!(distance < critical(), "{generator:?}, distribution {i}: {distance}");
        }
    }
}

#[test]
fn counts_have_their_means_and_variances() {
    // Means within 4 and variances within 5 standard errors: a right generator fails one of these
    // comparisons with probability below 7e-5.
    let n = DRAWS as f64;
    for generator in [Generator::Chacha, Generator::Numpy] {
        let mut r = stream(generator, &Seed::Own(7));
        for (trials, p) in [(10, 0.3), (10, 0.9), (1000, 0.4), (100_000, 0.5), (1_000_000, 0.001)] {
            let draws = times(DRAWS, || r.binomial(trials, p) as f64);
            let (mean, variance) = (trials as f64 * p, trials as f64 * p * (1.0 - p));
            let m = draws.iter().sum::<f64>() / n;
            let v = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
            assert!((m - mean).abs() < 4.0 * (variance / n).sqrt(), "{generator:?} {trials} {p}");
            let kurtosis = 3.0 + (1.0 - 6.0 * p * (1.0 - p)) / variance;
            let error = variance * ((kurtosis - 1.0) / n).sqrt();
            assert!((v - variance).abs() < 5.0 * error, "{generator:?} {trials} {p}");
        }
        let weights = [0.5, 0.0, 0.2, 0.3];
        let counts = r.multinomial(DRAWS as u64, &weights);
        assert_eq!(counts.iter().sum::<u64>(), DRAWS as u64);
        for (count, weight) in counts.iter().zip(weights) {
            let error = 4.0 * (n * weight * (1.0 - weight)).sqrt();
            assert!((*count as f64 - n * weight).abs() <= error, "{generator:?} {counts:?}");
        }
    }
}

#[test]
fn whole_numbers_are_equally_likely() {
    for generator in [Generator::Chacha, Generator::Numpy] {
        let mut r = stream(generator, &Seed::Own(1));
        let mut counts = [0.0_f64; 7];
        for _ in 0..DRAWS {
            counts[(r.integer(-3, 4) + 3) as usize] += 1.0;
        }
        let expected = DRAWS as f64 / 7.0;
        let chi_squared: f64 =
            counts.iter().map(|c| (c - expected) * (c - expected) / expected).sum();
        // The quantile 0.9999 with six degrees of freedom.
        assert!(chi_squared < 27.86, "{generator:?}: {chi_squared}");
    }
}

#[test]
fn multivariate_draws_have_their_covariance() {
    let covariance = arr2(&[[0.7, 0.2], [0.2, 0.1]]);
    let points = chacha(5).multivariate_normal(&[1.0, -1.0], &covariance, DRAWS);
    let n = DRAWS as f64;
    for (i, j) in [(0, 0), (0, 1), (1, 1)] {
        let mean = [1.0, -1.0];
        let products = points.rows().into_iter().map(|x| (x[i] - mean[i]) * (x[j] - mean[j]));
        let estimate = products.sum::<f64>() / n;
        let c = |i, j| covariance[[i, j]];
        // The variance of a product of normals; four standard errors are passed with 6e-5.
        let error = ((c(i, i) * c(j, j) + c(i, j) * c(i, j)) / n).sqrt();
        assert!((estimate - c(i, j)).abs() < 4.0 * error, "{i} {j}: {estimate}");
    }
}

#[test]
fn draws_from_no_or_few_items_do_not_panic() {
    for generator in [Generator::Chacha, Generator::Numpy] {
        let mut r = stream(generator, &Seed::Own(0));
        assert!(r.choice(0, 3).is_empty());
        assert!(r.choice_weighted(&[], 3).is_empty());
        assert!(r.multinomial(3, &[]).is_empty());
        assert!(r.permutation(0).is_empty());
        assert_eq!(r.choice_without_replacement(2, 5).len(), 2);
        assert_eq!(r.choice_weighted_without_replacement(&[0.5, 0.0, 0.5], 3).len(), 2);
        assert!(r.choice_weighted_without_replacement(&[f64::NAN; 3], 2).is_empty());
        assert_eq!(r.integer(3, 3), 3);
        assert_eq!(r.standard_gamma(0.0), 0.0);
        assert!(r.standard_gamma(-1.0).is_nan());
        assert!(r.standard_gamma(f64::NAN).is_nan());
        assert_eq!(r.binomial(5, f64::NAN), 0);
        assert_eq!(r.binomial(5, 2.0), 5);
        r.integer(i64::MIN, i64::MAX);
    }
}
