//! What a build reads: `elbow list --inputs` and `elbow build --deps`.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;
use std::process::Command;

use program::{CONFIG, FAILING, check, elbow, folder, stdout};
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

#[test]
fn dependencies_are_given_as_json() {
    let folder = reader();
    let arguments = ["build", "-q", "a.toml", "my lectures/b.toml", "--deps", "out/deps.json"];
    check(&elbow(&folder, &arguments), 0, &[]);
    let path = folder.path().join("out/deps.json");
    let text = fs::read_to_string(&path).unwrap();
    let deps: Value = serde_json::from_str(&text).unwrap();
    let mut inputs = INPUTS;
    inputs.sort_unstable();
    assert_eq!(deps["my lectures/b.toml"]["inputs"], json!(inputs));
    assert_eq!(deps["a.toml"]["inputs"], json!(["a.toml"]));
    for config in ["a.toml", "my lectures/b.toml"] {
        let outputs = deps[config]["outputs"].as_array().unwrap();
        assert!(outputs.len() > 10 && outputs.is_sorted_by_key(|o| o.as_str().unwrap()), "{text}");
        assert!(
            outputs.iter().all(|o| folder.path().join(o.as_str().unwrap()).is_file()),
            "{text}"
        );
    }
    // A file that stays the same is not written.
    let time = || fs::metadata(&path).unwrap().modified().unwrap();
    let before = time();
    check(&elbow(&folder, &arguments), 0, &[]);
    assert_eq!(time(), before);
    // Of some figures, those.
    check(
        &elbow(&folder, &["build", "-q", "a.toml", "--only", "elbo", "--deps", "out/deps.json"]),
        0,
        &[],
    );
    let deps: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(deps["a.toml"]["outputs"].as_array().unwrap().len(), 5, "{deps}");
}

#[test]
fn a_wrong_config_leaves_the_dependencies_as_they_are() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "-q", "a.toml", "--deps", "a.d"]), 0, &[]);
    let before = fs::read(folder.path().join("a.d")).unwrap();
    let wrong = [
        "build",
        "-q",
        "a.toml",
        "--deps",
        "a.d",
        "--set",
        "output.figures='x'",
        "--set",
        "seed=-1",
    ];
    check(&elbow(&folder, &wrong), 2, &[]);
    assert_eq!(fs::read(folder.path().join("a.d")).unwrap(), before);
    let nothing = ["build", "-q", "a.toml", "--only", "none", "--deps", "a.d"];
    check(&elbow(&folder, &nothing), 2, &[]);
    assert_eq!(fs::read(folder.path().join("a.d")).unwrap(), before);
    // A node that fails changes nothing of what is read.
    fs::write(folder.path().join("a.toml"), FAILING).unwrap();
    check(&elbow(&folder, &["build", "-q", "a.toml", "--deps", "a.d"]), 1, &[]);
    assert!(fs::read_to_string(folder.path().join("a.d")).unwrap().contains("figures/good.pdf"));
}

#[test]
fn dependencies_that_cannot_be_written_are_said_before_the_work() {
    let folder = folder(CONFIG);
    let output = elbow(&folder, &["build", "a.toml", "--deps", "a.toml/x.d"]);
    check(&output, 4, &["cannot write `a.toml/x.d`", "hint: "]);
    assert!(!folder.path().join("figures").exists());
    // Nor may they take the place of what is read or made.
    for file in ["a.toml", "./a.toml", "figures/L3_elbo.svg"] {
        let output = elbow(&folder, &["build", "a.toml", "--deps", file]);
        check(&output, 2, &["hint: name another file"]);
    }
    assert_eq!(fs::read_to_string(folder.path().join("a.toml")).unwrap(), CONFIG);
    check(
        &elbow(&folder, &["build", "a.toml", "--deps", "a.d", "--locked"]),
        2,
        &["cannot be used"],
    );
}

/// What make would do for this file: `Some` of its output, `None` if there is no make.
fn make(folder: &TempDir, target: &str) -> Option<String> {
    let output = Command::new("make")
        .args(["-n", "-f", "Makefile", target])
        // This test may itself be started by make, whose flags are not for this one.
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL")
        .current_dir(folder.path())
        .output()
        .ok()?;
    let text =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    Some(text)
}

#[test]
fn make_reads_the_dependencies() {
    let folder = reader();
    check(&elbow(&folder, &["build", "-q", "my lectures/b.toml", "--deps", "b.d"]), 0, &[]);
    let makefile = "-include b.d\nmy\\ figures/points.pdf:\n\t@echo made anew\n";
    fs::write(folder.path().join("Makefile"), makefile).unwrap();
    let Some(said) = make(&folder, "my figures/points.pdf") else { return };
    assert!(said.contains("is up to date"), "{said}");
    for input in INPUTS {
        let path = folder.path().join(input);
        let file = fs::File::options().append(true).open(&path).unwrap();
        let time = file.metadata().unwrap().modified().unwrap();
        file.set_modified(time + std::time::Duration::from_secs(60 * 60)).unwrap();
        let said = make(&folder, "my figures/points.pdf").unwrap();
        assert!(said.contains("made anew"), "{input}: {said}");
        file.set_modified(time).unwrap();
        let said = make(&folder, "my figures/points.pdf").unwrap();
        assert!(said.contains("is up to date"), "{input}: {said}");
    }
    // What is no longer there is no reason to stop.
    fs::remove_file(folder.path().join("data #1/points.csv")).unwrap();
    let said = make(&folder, "my figures/points.pdf").unwrap();
    assert!(said.contains("made anew"), "{said}");
}

#[test]
fn a_sweep_depends_on_what_its_members_depend_on() {
    let folder = folder(CONFIG);
    let sweep = ["build", "-q", "a.toml", "--sweep", "data.line.seed=1,2", "--deps"];
    let deps = |file: &str| -> String {
        let mut arguments = sweep.to_vec();
        arguments.push(file);
        check(&elbow(&folder, &arguments), 0, &[]);
        fs::read_to_string(folder.path().join(file)).unwrap()
    };
    let all: Value = serde_json::from_str(&deps("a.json")).unwrap();
    assert_eq!(all["a.toml"]["inputs"], json!(["a.toml"]));
    let outputs = all["a.toml"]["outputs"].as_array().unwrap();
    let page = "figures/sweep/index.html";
    let figure = "figures/sweep/data.line.seed=2/L3_elbo.svg";
    assert!(outputs.contains(&json!(page)) && outputs.contains(&json!(figure)), "{outputs:?}");
    assert!(outputs.iter().all(|o| folder.path().join(o.as_str().unwrap()).is_file()));
    // On its command line make takes what has an equals sign for a variable.
    let makefile = format!(
        "include a.d\ngoal: {page} {}\n%.svg:\n\t@echo made $@\n%.html:\n\t@echo made $@\n",
        figure.replace('=', "$(elbow_equals)")
    );
    fs::write(folder.path().join("Makefile"), makefile).unwrap();
    deps("a.d");
    let Some(said) = make(&folder, "goal") else { return };
    assert!(said.contains("Nothing to be done for 'goal'"), "{said}");
    let config = fs::File::options().append(true).open(folder.path().join("a.toml")).unwrap();
    let time = config.metadata().unwrap().modified().unwrap();
    config.set_modified(time + std::time::Duration::from_secs(60 * 60)).unwrap();
    let said = make(&folder, "goal").unwrap();
    assert!(said.starts_with(&format!("echo made {page}\necho made {figure}\n")), "{said}");
}
