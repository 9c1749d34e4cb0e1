//! Files of Parquet.

use std::fs;
use std::path::Path;

use elbow::config::{self, Layers};
use elbow::data::Spec;
use elbow::diagnostic::Problems;
use proptest::sample::select;

use crate::bytes::{self, changed};
use crate::fuzz;

const FILES: [&str; 9] = [
    "points_snappy",
    "points_gzip",
    "points_zstd",
    "points_lz4",
    "points_delta",
    "points_split",
    "points_polars",
    "others",
    "delta_text",
];

/// Reads `x.parquet`.
fn read(folder: &Path, options: &str) {
    let text =
        format!("schema = 1\n[data.x]\nsource.parquet = {{ path = 'x.parquet'{options} }}\n");
    let mut problems = Problems::default();
    let path = folder.join("a.toml");
    let plan =
        config::parse(&path, &text, &Layers::default(), config::Others::Checked, &mut problems);
    assert!(plan.is_some() || !problems.is_empty());
    for data in plan.iter().flat_map(|plan| plan.data.values()) {
        if let Spec::Parquet(spec) = &data.source {
            let (made, shape) = (spec.make(), spec.shape());
            assert_eq!(made.points.dim(), (shape.points, shape.dimensions));
            assert!(made.points.iter().all(|x| x.is_finite()));
            assert!(made.labels.is_none_or(|labels| labels.len() == shape.points));
        }
    }
}

#[test]
fn tables() {
    let folder = tempfile::tempdir().unwrap();
    let options = select(vec![
        "",
        ", missing = 'drop'",
        ", missing = 'drop', label = 'kind'",
        ", columns = ['x', 'even'], missing = 'drop', label = 'group'",
        ", columns = ['last'], label = 'text'",
    ]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/parquet");
    fuzz("tables", 300, (select(FILES.to_vec()), bytes::changes(), options), |case| {
        let (name, changes, options) = case;
        let good = fs::read(fixtures.join(format!("{name}.parquet"))).unwrap();
        fs::write(folder.path().join("x.parquet"), changed(&good, changes)).unwrap();
        read(folder.path(), options);
    });
}
