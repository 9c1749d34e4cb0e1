//! Files of Parquet.

use std::fs;
use std::path::Path;

use proptest::sample::select;

use crate::bytes::{self, changed};
use crate::fuzz;
use crate::points::read;

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
        read(folder.path(), "parquet", options);
    });
}
