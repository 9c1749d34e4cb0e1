//! How long a point and a component take in an iteration of each model, the bound included.
//!
//! `cargo bench --bench passes`; a fit runs ten iterations from a start that costs little, and an
//! element of the throughput is one point, one component and one iteration.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use elbow::data::Shape;
use elbow::diagnostic::Problems;
use elbow::model::{self, Model};
use elbow::random::{Generator, Seed, stream};
use ndarray::Array2;

const ITERATIONS: usize = 10;

type Failed = Box<dyn std::error::Error>;

/// A fit that is timed.
struct Case {
    name: &'static str,
    /// The model's kind and the options that matter.
    options: &'static str,
    points: usize,
    dimensions: usize,
    components: usize,
}

/// A case of a model in one or few dimensions.
const fn case(
    name: &'static str,
    options: &'static str,
    dimensions: usize,
    components: usize,
) -> Case {
    Case { name, options, points: 1 << 20, dimensions, components }
}

const CAVI: &str = "cavi = { prior_variance = 25.0";
const DIAG: &str = "bayesian_mixture = { covariance = \"diag\", init = \"random_from_data\"";
const FULL: &str = "bayesian_mixture = { covariance = \"full\", init = \"random_from_data\"";

const CASES: [Case; 8] = [
    case("cavi", CAVI, 1, 3),
    case("cavi", CAVI, 1, 10),
    case("diag", DIAG, 2, 3),
    case("diag", DIAG, 2, 10),
    case("full", FULL, 2, 3),
    case("full", FULL, 2, 10),
    Case { name: "diag", options: DIAG, points: 200_000, dimensions: 16, components: 16 },
    Case { name: "full", options: FULL, points: 200_000, dimensions: 16, components: 16 },
];

/// Points about K centres on a line through all D dimensions.
fn points(case: &Case) -> Array2<f64> {
    let mut random = stream(Generator::Numpy, &Seed::Own(1));
    Array2::from_shape_fn((case.points, case.dimensions), |(i, _)| {
        4.0 * (i % case.components) as f64 + random.standard_normal()
    })
}

fn pass(criterion: &mut Criterion, case: &Case) -> Result<(), Failed> {
    let Case { name, options, points: n, dimensions, components } = *case;
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    let start = match options == CAVI {
        true => {
            let means: Vec<f64> = (0..components).map(|k| 4.0 * k as f64 + 0.5).collect();
            format!(", init = {{ given = {{ means = {means:?} }} }}")
        }
        false => String::new(),
    };
    let model: Model = toml::from_str(&format!(
        "{options}{start}, components = {components}, max_iter = {ITERATIONS}, tol = 0.0 }}"
    ))?;
    let columns = (0..dimensions).map(|j| format!("x{j}")).collect();
    let shape = Shape { points: n, dimensions, components: None, truth: false, columns };
    let spec = model
        .resolve(&shape, Generator::Numpy, &mut Problems::default())
        .ok_or("the model is wrong")?;
    let points = points(case);
    group.throughput(Throughput::Elements((n * components * ITERATIONS) as u64));
    group.bench_function(format!("D = {dimensions}, K = {components}"), |bencher| {
        bencher.iter(|| {
            let mut random = stream(Generator::Numpy, &Seed::Own(2));
            model::fit(&spec, black_box(points.view()), random.as_mut(), &model::unwatched)
        });
    });
    group.finish();
    Ok(())
}

fn main() -> Result<(), Failed> {
    let mut criterion = Criterion::default().configure_from_args();
    for case in &CASES {
        pass(&mut criterion, case)?;
    }
    criterion.final_summary();
    Ok(())
}
