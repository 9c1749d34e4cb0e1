//! Tables of points.

use std::fs;

use annotate_snippets::Renderer;
use elbow::config::{self, Layers};
use elbow::data::Spec;
use elbow::diagnostic::Problems;
use proptest::prelude::*;
use proptest::sample::select;

use crate::bytes::{self, changed};
use crate::limits::{alone, within};
use crate::{fuzz, texts};

const TABLES: [&str; 5] = [
    "x,y,k\n1,2,a\n3,4.5,b\n-1e3,0,a\n",
    "x;k\r\n1;\"a;b\"\r\n\"2\";\"say \"\"x\"\"\"\r\n\r\n",
    "\u{feff}größe\n1\n2\n4\n",
    "1\n2\n3\n",
    "",
];

const PIECES: &[&str] = &[
    "\"", "\"\"", "\",\"", "\"\n", ",", ";", "\n", "\r", "\r\n", "1,", "1\n", "1,2,a\n", "a", "é",
    "\u{0}", "\u{feff}", "NA\n", "nan,", "1e999\n", "#,2,a\n", "#,2,b#\n", "#\n", "1", " ", "\t",
    "-", ",,\n", "\"\n\",",
];

#[test]
fn tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    let options = select(vec![
        "",
        ", header = false",
        ", label = 0",
        ", label = 'k'",
        ", columns = [0, 1], delimiter = ';'",
        ", label = 'k', columns = ['x']",
        ", columns = ['größe']",
    ]);
    let random = prop_oneof![
        3 => Just(Vec::new()),
        1 => prop::collection::vec(any::<u8>(), 0..60),
        1 => "([0-9a-z.,;\"\n\r \t-]|nan|inf|1e999|é|\u{feff}){0,60}".prop_map(String::into_bytes),
    ];
    let table = (select(TABLES.to_vec()), texts::changes(PIECES, 1_000_000), bytes::changes());
    fuzz("tables", 200, (table, random, options), |((base, text, bytes), random, options)| {
        let mut table = changed(texts::changed(base, text).as_bytes(), bytes);
        table.extend(random);
        fs::write(folder.path().join("x.csv"), table).unwrap();
        let config = format!("schema = 1\n[data.x]\nsource.csv = {{ path = 'x.csv'{options} }}\n");
        let mut problems = Problems::default();
        let plan = config::parse(
            &path,
            &config,
            &Layers::default(),
            config::Others::Checked,
            &mut problems,
        );
        problems.render(&Renderer::plain());
        assert!(plan.is_some() || !problems.is_empty());
        for diagnostic in problems.sorted() {
            let span = diagnostic.span.clone().unwrap();
            assert!(problems.sources.place(&span).is_some());
        }
        for data in plan.iter().flat_map(|plan| plan.data.values()) {
            if let Spec::Csv(spec) = &data.source {
                assert_eq!(spec.make().points.nrows(), spec.shape().points);
            }
        }
    });
}
#[test]
fn many_short_rows_take_little() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    for (name, table) in [
        ("a row took 250 bytes", "1\n".repeat(1 << 19)),
        ("a mistake in a long line showed all of it", "\t".repeat(1 << 20) + "\nx"),
        ("each mistake of a long row looked for its place", "nan,".repeat(250_000)),
        ("each of very many columns took 90 bytes", "x,".repeat(1_100_000) + "\n1,2\n"),
        (
            "each column of the first row was looked for in all rows",
            "1,".repeat(9000) + &"\n1".repeat(900_000),
        ),
        (
            "a mistake in a long table took all its lines apart",
            "x\n\"".to_owned() + &"\n".repeat(1 << 20),
        ),
    ] {
        fs::write(folder.path().join("x.csv"), table).unwrap();
        within(name, || {
            let text = "schema = 1\n[data.x]\nsource.csv = { path = 'x.csv', header = false }\n";
            let mut problems = Problems::default();
            config::parse(
                &folder.path().join("a.toml"),
                text,
                &Layers::default(),
                config::Others::Checked,
                &mut problems,
            );
            problems.render(&Renderer::plain());
        });
    }
}
