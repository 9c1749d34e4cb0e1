//! Files of Parquet: what is read of them, and what is said of mistakes. `fixtures/make_parquet.py`
//! wrote the files.

#![cfg(feature = "parquet")]
// Helpers of tests may panic as tests do; clippy knows only functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod program;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

use elbow::data::Spec;
use ndarray::arr2;
use program::{check, elbow, folder, has, stdout};
use sources::{made, resolve_in};

/// How many rows the files have.
const ROWS: usize = 40;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/parquet")
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(fixtures().join(format!("{name}.parquet"))).unwrap()
}

/// What a fixture gives.
fn read(name: &str, options: &str) -> Result<Spec, Vec<(String, String)>> {
    let text = format!("[source.parquet]\npath = '{name}.parquet'\n{options}");
    resolve_in(&fixtures(), &text)
}

/// The one mistake of a fixture.
#[track_caller]
fn wrong(name: &str, options: &str) -> String {
    let mut mistakes = read(name, options).unwrap_err();
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    mistakes.remove(0).0
}

/// Row `i` as the script writes it, in the order of the columns that hold numbers.
fn row(i: usize) -> [f64; 9] {
    let number = |a: usize, b: usize| (i * a % b) as f64;
    let count = (i * i) as f64 - 300.0;
    [
        if i == 5 { f64::NAN } else { number(37, 101) / 8.0 },
        if i == 7 { f64::NAN } else { number(53, 97) / 4.0 - 10.0 },
        count,
        count.rem_euclid(128.0),
        if i.is_multiple_of(2) { 1.0 } else { 0.0 },
        if i == 0 { u64::MAX as f64 } else { i as f64 },
        if i == 0 { f64::from(u32::MAX) } else { i as f64 },
        [7.0, -1.0, 300.0][i % 3],
        i as f64,
    ]
}

const NAMES: [&str; 8] = ["x", "y", "count", "small", "even", "large", "unsigned", "group"];

const POINTS: [&str; 7] = [
    "points_snappy",
    "points_gzip",
    "points_zstd",
    "points_lz4",
    "points_delta",
    "points_split",
    "points_polars",
];

#[test]
fn every_codec_encoding_and_version_gives_the_same_points() {
    for name in POINTS {
        // The index that pandas adds is no coordinate.
        let spec = read(name, "missing = 'drop'").unwrap();
        assert_eq!(spec.shape().columns, NAMES, "{name}");
        assert_eq!((spec.dropped(), spec.shape().points), (2, ROWS - 2));
        let data = made(&spec);
        let kept = (0..ROWS).filter(|i| ![5, 7].contains(i));
        for (found, i) in data.points.rows().into_iter().zip(kept) {
            assert_eq!(found.to_vec(), row(i)[..8], "{name}, row {i}");
        }
        // Labels are texts in ascending order, or whole numbers; the row without one is left out.
        let spec = read(name, "columns = ['small']\nlabel = 'kind'\nmissing = 'drop'").unwrap();
        let kept: Vec<usize> = (0..ROWS).filter(|i| *i != 9).collect();
        let expected: Vec<usize> = kept.iter().map(|i| [0, 2, 1][i % 3]).collect();
        assert_eq!(made(&spec).labels, Some(expected.into()), "{name}");
        let spec = read(name, "columns = ['__index_level_0__', 'even']\nlabel = 'group'").unwrap();
        let expected: Vec<usize> = (0..ROWS).map(|i| [1, 0, 2][i % 3]).collect();
        let data = made(&spec);
        assert_eq!((data.labels, spec.dropped()), (Some(expected.into()), 0), "{name}");
        for (i, found) in data.points.rows().into_iter().enumerate() {
            assert_eq!(found.to_vec(), [row(i)[8], row(i)[4]], "{name}, row {i}");
        }
    }
    let file = read("points_snappy", "columns = ['small']").unwrap();
    let (key, kept) = file.files().next().unwrap();
    assert_eq!((key, kept.path.as_str()), ("path", "points_snappy.parquet"));
    assert_eq!(kept.content.as_deref(), Some(bytes("points_snappy").as_slice()));
    let all = made(&read("others", "").unwrap());
    assert_eq!(
        (all.points, all.columns),
        (arr2(&[[1.5, 3.0], [2.5, 4.0]]).into(), vec!["x".to_owned(), "last".to_owned()])
    );
}

#[test]
fn what_is_missing_or_no_number_is_said() {
    let columns = |list: &str| format!("columns = [{list}]");
    let of = |list: &str| wrong("points_zstd", &columns(list));
    assert_eq!(
        of("'x', 'y'"),
        "`points_zstd.parquet` has null or NaN in row 5 (from 0) of column `x`"
    );
    assert_eq!(of("'y'"), "`points_zstd.parquet` has null or NaN in row 7 (from 0) of column `y`");
    assert_eq!(of("'counts'"), "`points_zstd.parquet` has no column `counts`");
    assert_eq!(of("'count', 'count'"), "column `count` is named twice");
    assert_eq!(of(""), "`columns` is empty");
    assert_eq!(of("'kind'"), "column `kind` holds texts, not one number a row");
    assert_eq!(
        wrong("points_zstd", "columns = ['count']\nlabel = 'count'"),
        "column `count` is the label"
    );
    assert_eq!(
        wrong("points_zstd", "columns = ['count']\nlabel = 'kind'"),
        "`points_zstd.parquet` has null or NaN in row 9 (from 0) of the label `kind`"
    );
    for (name, holds) in [
        ("list", "lists"),
        ("place", "structures"),
        ("day", "dates"),
        ("time", "points in time"),
        ("price", "decimal numbers"),
        ("half", "numbers of 16 bits"),
    ] {
        let message = format!("column `{name}` holds {holds}, not one number a row");
        assert_eq!(wrong("others", &columns(&format!("'{name}'"))), message);
        let message = format!("column `{name}` holds {holds}, which are no labels");
        assert_eq!(wrong("others", &format!("label = '{name}'")), message);
    }
    assert_eq!(wrong("infinite", ""), "`infinite.parquet` has inf in row 1 (from 0) of column `x`");
    assert_eq!(
        wrong("infinite", "columns = ['x']\nlabel = 'k'"),
        "`infinite.parquet` has 0.5 in row 1 (from 0) of the label `k`"
    );
    assert_eq!(wrong("no_rows", ""), "`no_rows.parquet` has no rows");
    assert_eq!(
        wrong("brotli", ""),
        "`brotli.parquet` has a column `x` that is compressed with Brotli"
    );
    assert_eq!(
        wrong("delta_text", "label = 'kind'\nmissing = 'drop'"),
        "`delta_text.parquet` has a column `kind` that cannot be read: it is written in the encoding \
         DELTA_BYTE_ARRAY"
    );
    // What is not used may be written in any way.
    assert_eq!(read("delta_text", "missing = 'drop'").unwrap().shape().points, ROWS - 1);
}

/// Reads bytes as a file with two columns and labels, which must end in points or in mistakes.
fn read_bytes(folder: &Path, bytes: &[u8]) -> Result<Spec, Vec<(String, String)>> {
    fs::write(folder.join("a.parquet"), bytes).unwrap();
    let text = "[source.parquet]\npath = 'a.parquet'\nlabel = 'kind'\nmissing = 'drop'";
    resolve_in(folder, text)
}

#[test]
fn no_cut_and_no_changed_byte_of_a_good_file_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let (mut refused, mut read) = (0, 0);
    for (which, name) in POINTS.iter().enumerate() {
        let good = bytes(name);
        for end in (which..good.len()).step_by(7) {
            let mistakes = read_bytes(folder.path(), &good[..end]).unwrap_err();
            assert!(mistakes[0].0.starts_with("`a.parquet` "), "{mistakes:?}");
        }
        for at in (which % 3..good.len()).step_by(3) {
            for mask in [1 << (at % 8), 0xff, 0x80] {
                let mut changed = good.clone();
                changed[at] ^= mask;
                match read_bytes(folder.path(), &changed) {
                    Ok(spec) => {
                        let data = made(&spec);
                        assert!(data.points.iter().all(|x| x.is_finite()));
                        assert_eq!(data.labels.unwrap().len(), data.points.nrows());
                        read += 1;
                    }
                    Err(_) => refused += 1,
                }
            }
        }
    }
    // Many bytes are values or say what is not used.
    assert!(refused > 1000 && read > 1000, "{refused} refused, {read} read");
}

/// A file with this footer and no pages.
fn with_footer(footer: &[u8]) -> Vec<u8> {
    let length = (footer.len() as u32).to_le_bytes();
    [b"PAR1", footer, &length, b"PAR1"].concat()
}

#[test]
fn what_a_file_says_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let message = |bytes: &[u8]| read_bytes(folder.path(), bytes).unwrap_err().remove(0).0;
    for no_file in [&b""[..], b"PAR1", b"x,y\n1,2\n3,4\n"] {
        assert_eq!(message(no_file), "`a.parquet` is no file of Parquet");
    }
    assert_eq!(message(b"PAR1....PAR2"), "`a.parquet` ends too soon: its footer is missing");
    assert_eq!(message(b"PAR1....PARE"), "`a.parquet` is encrypted");
    assert_eq!(message(b"PAR1\xff\xff\xff\x7fPAR1"), "`a.parquet` has a footer larger than itself");
    let unreadable = "`a.parquet` has a footer that cannot be read";
    // A root with two billion columns; a hundred thousand columns each within the other; ten million
    // columns in a list of a few bytes.
    let root = |children: &[u8]| [&[0x48, 1, b'r', 0x15][..], children, &[0]].concat();
    let huge =
        [&[0x29, 0x1c][..], &root(b"\xfe\xff\xff\xff\x0f"), b"\x16\x02\x19\x0c\x00"].concat();
    assert_eq!(message(&with_footer(&huge)), unreadable);
    let within: Vec<u8> = (0..100_000).flat_map(|_| root(&[2])).collect();
    let deep = [b"\x29\xfc\xa0\x8d\x06", within.as_slice(), b"\x16\x02\x19\x0c\x00"].concat();
    assert_eq!(message(&with_footer(&deep)), unreadable);
    assert_eq!(message(&with_footer(b"\x29\xfc\x80\xad\xe2\x04\x00")), unreadable);
    // A good file that says to have a hundred million rows more, in its footer alone.
    let good = bytes("points_delta");
    let row_counts: Vec<usize> =
        (0..good.len() - 3).filter(|at| good[*at..*at + 2] == [0x16, 80]).collect();
    assert!(!row_counts.is_empty(), "the file says that it has 40 rows");
    for at in row_counts {
        let mut changed = good.clone();
        changed.splice(at + 1..at + 2, [0x80, 0xe1, 0xeb, 0x17]);
        let size = good.len() - 8;
        let length = u32::from_le_bytes(good[size..size + 4].try_into().unwrap()) + 3;
        changed.truncate(size + 3);
        changed.extend(length.to_le_bytes());
        changed.extend(b"PAR1");
        drop(read_bytes(folder.path(), &changed));
    }
}

#[test]
fn a_figure_carries_the_file_and_other_bytes_make_another() {
    let config = "schema = 1\n[output]\nfigures = 'out'\nextras = false\n[data.a]\n\
                  source.parquet = { path = 'in/x.parquet', columns = ['count', 'small'], label = 'group' }\n\
                  [figure.a]\nformats = ['svg']\nplot.scatter = { data = 'a' }\n";
    let place = folder(config);
    fs::create_dir(place.path().join("in")).unwrap();
    let file = place.path().join("in/x.parquet");
    fs::write(&file, bytes("points_snappy")).unwrap();
    check(&elbow(&place, &["build", "-q", "a.toml"]), 0, &[]);
    let made = fs::read(place.path().join("out/a.svg")).unwrap();
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("a.svg"), &made).unwrap();
    check(&elbow(&empty, &["rerun", "a.svg", "-o", "again"]), 0, &[]);
    assert_eq!(fs::read(empty.path().join("again/a.svg")).unwrap(), made);
    has(&stdout(&elbow(&empty, &["inspect", "a.svg"])), &["x.parquet: "]);
    has(&stdout(&elbow(&place, &["list", "--inputs", "a.toml"])), &["in/x.parquet\n"]);
    fs::write(&file, bytes("points_zstd")).unwrap();
    check(&elbow(&place, &["build", "-q", "a.toml"]), 0, &[]);
    assert_ne!(fs::read(place.path().join("out/a.svg")).unwrap(), made);
    fs::write(&file, &bytes("points_zstd")[..99]).unwrap();
    let cut = elbow(&place, &["build", "-q", "a.toml"]);
    check(&cut, 2, &["`in/x.parquet` ends too soon", "a.toml:", "hint: write the file again"]);
}
