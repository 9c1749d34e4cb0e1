//! How long the parts of the lecture take: fits, one figure drawn and encoded, and everything.
//!
//! `cargo bench --bench lecture`; `benches/side_by_side.py` compares the program with a notebook.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::Criterion;
use elbow::config::{self, Plan};
use elbow::diagnostic::Problems;
use elbow::figure::style::Theme;
use elbow::pipeline::picture::{self, Sheet};
use elbow::pipeline::{self, Selection, Values, outputs};
use elbow::render::{Fonts, Resolution, SvgText, pdf, png, svg};
use elbow::{model, random};

type Failed = Box<dyn std::error::Error>;

fn plan(path: &Path, text: &str) -> Result<Plan, Failed> {
    let mut problems = Problems::default();
    let plan = config::parse(
        path,
        text,
        &config::Layers::default(),
        config::Others::Checked,
        &mut problems,
    );
    plan.ok_or_else(|| "config/lecture3.toml is wrong".into())
}

fn fits(criterion: &mut Criterion, plan: &Plan, values: &Values) -> Result<(), Failed> {
    let mut group = criterion.benchmark_group("fit");
    for (name, node) in &plan.fits {
        let data = values.data[&node.data].as_ref().map_err(ToString::to_string)?;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut stream = random::stream(node.generator, &node.seed);
                model::fit(
                    &node.model,
                    black_box(data.points.view()),
                    stream.as_mut(),
                    &model::unwatched,
                )
            });
        });
    }
    group.finish();
    Ok(())
}

fn figure(
    criterion: &mut Criterion,
    plan: &Plan,
    values: &Values,
    name: &str,
) -> Result<(), Failed> {
    let fonts = Fonts::embedded();
    let pictures = values.pictures[name].as_ref().map_err(ToString::to_string)?;
    let figure = &plan.figures[name];
    let series = picture::series(plan, values, &fonts, figure, pictures);
    let series = series.map_err(|failure| failure.to_string())?;
    let draw = || Sheet::new(&fonts, (name, figure), pictures, &series, &Theme::LIGHT).whole();
    let drawing = draw();
    let tree = drawing.tree(&fonts)?;
    let mut group = criterion.benchmark_group(name);
    group.bench_function("draw", |bencher| bencher.iter(draw));
    group.bench_function("svg", |bencher| {
        bencher.iter(|| svg::encode(&drawing, &fonts, SvgText::Outlines))
    });
    // PNG and PDF share this tree.
    group.bench_function("tree", |bencher| bencher.iter(|| drawing.tree(&fonts)));
    group.bench_function("png", |bencher| {
        bencher.iter(|| png::encode(&drawing, &tree, Resolution::new(plan.dpi)));
    });
    group.bench_function("pdf", |bencher| bencher.iter(|| pdf::encode(&drawing, &tree)));
    group.finish();
    Ok(())
}

/// From the config's text to the bytes of all files.
fn lecture(criterion: &mut Criterion, path: &Path, text: &str) {
    let mut group = criterion.benchmark_group("lecture");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("in memory", |bencher| {
        bencher.iter(|| {
            let plan = plan(path, text).map_err(|error| error.to_string())?;
            let values = pipeline::run(&plan, &Selection::All, &());
            let rendered = pipeline::render(&plan, &values, &Selection::All, &());
            outputs::files(&plan, &values, &rendered, &Selection::All, text)
        });
    });
    group.finish();
}

fn main() -> Result<(), Failed> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/lecture3.toml");
    let text = std::fs::read_to_string(&path)?;
    let plan = plan(&path, &text)?;
    let values = pipeline::run(&plan, &Selection::All, &());
    let mut criterion = Criterion::default().configure_from_args();
    fits(&mut criterion, &plan, &values)?;
    figure(&mut criterion, &plan, &values, "GMMexample_it8")?;
    figure(&mut criterion, &plan, &values, "GMMexample_2D_panels")?;
    lecture(&mut criterion, &path, &text);
    criterion.final_summary();
    Ok(())
}
