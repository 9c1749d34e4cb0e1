//! What a build reads: `elbow list --inputs`.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;

use program::{CONFIG, check, elbow, folder, stdout};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A config in a folder with a space that reads a style, a font that the style names and a table.
const READER: &str = r#"
schema = 1
include = ["../style/course.toml"]

[output]
figures = "../my figures"

[data.table]
source.csv = { path = "../data #1/points.csv" }

[figure.points]
size = [4, 3]
plot.histogram = { data = "table" }
"#;

/// A folder with [`READER`] in `my lectures/b.toml`, and all that it reads.
fn reader() -> TempDir {
    let folder = folder(CONFIG);
    for (name, bytes) in [
        ("my lectures/b.toml", READER.as_bytes()),
        ("style/course.toml", b"[output]\nfont_file = \"font.ttf\"\n"),
        ("style/font.ttf", dejavu::sans::bold()),
        ("data #1/points.csv", b"x\n1.0\n2.0\n4.0\n"),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

const INPUTS: [&str; 4] = [
    "my lectures/b.toml",
    "my lectures/../style/course.toml",
    "my lectures/../style/font.ttf",
    "my lectures/../data #1/points.csv",
];

#[test]
fn inputs_are_listed_as_they_are_opened() {
    let folder = reader();
    let listed = stdout(&elbow(&folder, &["list", "--inputs", "my lectures/b.toml"]));
    assert_eq!(listed.lines().collect::<Vec<_>>(), INPUTS);
    assert!(listed.lines().all(|path| folder.path().join(path).is_file()));
    assert_eq!(stdout(&elbow(&folder, &["list", "--inputs", "a.toml"])), "a.toml\n");
    // The same file twice is one.
    let twice = READER
        .replace("[figure", "[data.again]\nsource.csv.path = \"../data #1/points.csv\"\n[figure");
    fs::write(folder.path().join("my lectures/b.toml"), twice).unwrap();
    let listed = stdout(&elbow(&folder, &["list", "--inputs", "my lectures/b.toml"]));
    assert_eq!(listed.lines().collect::<Vec<_>>(), INPUTS);
}

#[test]
fn lists_are_for_programs_too() {
    let folder = reader();
    let list = |arguments: &[&str]| -> Value {
        let mut all = vec!["list", "a.toml", "my lectures/b.toml", "--format", "json"];
        all.extend(arguments);
        serde_json::from_str(&stdout(&elbow(&folder, &all))).unwrap()
    };
    assert_eq!(list(&["--inputs"])["my lectures/b.toml"], json!({ "inputs": INPUTS }));
    assert_eq!(list(&[])["a.toml"]["nodes"][0], json!("data.line"));
    assert_eq!(list(&["--nodes"]), list(&[]));
    assert_eq!(
        list(&["--outputs"])["my lectures/b.toml"]["outputs"][0],
        json!("my figures/points.pdf")
    );
    check(
        &elbow(&folder, &["list", "a.toml", "--inputs", "--outputs"]),
        2,
        &["cannot be used with"],
    );
}

#[test]
fn what_is_read_is_in_no_output() {
    let folder = reader();
    check(&elbow(&folder, &["build", "-q", "my lectures/b.toml"]), 0, &[]);
    let report = fs::read_to_string(folder.path().join("my figures/extras/b/report.html")).unwrap();
    let manifest =
        fs::read_to_string(folder.path().join("my figures/extras/b/manifest.json")).unwrap();
    for text in [report, manifest] {
        assert!(!text.contains("my lectures"), "{text}");
    }
}
