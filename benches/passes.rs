//! How long a point and a component take in an iteration of each model, the bound included.
//!
//! `cargo bench --bench passes`; a fit runs ten iterations on 2^20 points, and an element of the
//! throughput is one point, one component and one iteration.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use elbow::data::Shape;
use elbow::diagnostic::Problems;
use elbow::model::{self, Model};
use elbow::random::{Generator, Seed, stream};
use ndarray::Array2;

const POINTS: usize = 1 << 20;
const ITERATIONS: usize = 10;

type Failed = Box<dyn std::error::Error>;

/// Points about K centres on a line through all D dimensions.
fn points(components: usize, dimensions: usize) -> Array2<f64> {
    let mut random = stream(Generator::Numpy, &Seed::Own(1));
    Array2::from_shape_fn((POINTS, dimensions), |(i, _)| {
        4.0 * (i % components) as f64 + random.standard_normal()
    })
}

fn pass(
    criterion: &mut Criterion,
    name: &str,
    options: &str,
    dimensions: usize,
) -> Result<(), Failed> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    for components in [3, 10] {
        let text =
            format!("{options}, components = {components}, max_iter = {ITERATIONS}, tol = 0.0 }}");
        let model: Model = toml::from_str(&text)?;
        let columns = (0..dimensions).map(|j| format!("x{j}")).collect();
        let shape = Shape { points: POINTS, dimensions, components: None, truth: false, columns };
        let spec = model.resolve(&shape, Generator::Numpy, &mut Problems::default());
        let spec = spec.ok_or("the model is wrong")?;
        let points = points(components, dimensions);
        group.throughput(Throughput::Elements((POINTS * components * ITERATIONS) as u64));
        group.bench_function(format!("K = {components}"), |bencher| {
            bencher.iter(|| {
                let mut random = stream(Generator::Numpy, &Seed::Own(2));
                model::fit(&spec, black_box(points.view()), random.as_mut(), &model::unwatched)
            });
        });
    }
    group.finish();
    Ok(())
}

fn main() -> Result<(), Failed> {
    let mut criterion = Criterion::default().configure_from_args();
    pass(&mut criterion, "cavi", "cavi = { prior_variance = 25.0", 1)?;
    pass(
        &mut criterion,
        "bayesian_mixture diag 2-D",
        "bayesian_mixture = { covariance = \"diag\"",
        2,
    )?;
    criterion.final_summary();
    Ok(())
}
