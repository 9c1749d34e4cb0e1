//! `elbow build --sweep`: every choice of values in a folder of its own.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;

use program::{CONFIG, FAILING, check, elbow, files, folder};

const SEEDS: &str = "data.line.seed=1,2,10";
const VARIANCES: &str = "fit.cavi.model.cavi.prior_variance=1.0,4.0";

#[test]
fn each_member_is_what_a_build_with_its_values_gives() {
    let folder = folder(CONFIG);
    let arguments = ["build", "a.toml", "--sweep", SEEDS, "--sweep", VARIANCES];
    let output = elbow(&folder, &arguments);
    check(&output, 0, &["a: 6 members", "figures/sweep/index.html"]);
    let sweep = files(&folder.path().join("figures/sweep"));
    for seed in [1, 2, 10] {
        for variance in ["1.0", "4.0"] {
            let other = self::folder(CONFIG);
            let member =
                format!("data.line.seed={seed},fit.cavi.model.cavi.prior_variance={variance}");
            let out = format!("figures/sweep/{member}");
            let sets = [
                format!("data.line.seed={seed}"),
                format!("fit.cavi.model.cavi.prior_variance={variance}"),
            ];
            let arguments =
                ["build", "a.toml", "-q", "-o", &out, "--set", &sets[0], "--set", &sets[1]];
            check(&elbow(&other, &arguments), 0, &[]);
            for (name, bytes) in files(&other.path().join(&out)) {
                assert!(sweep[&format!("{member}/{name}")] == bytes, "{member}/{name}");
            }
        }
    }
    let mut rows = csv::Reader::from_reader(sweep["index.csv"].as_slice());
    let header = rows.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!(&rows[5][column("data.line.seed")], "10");
    assert_eq!(&rows[5][column("fit.cavi.model.cavi.prior_variance")], "4.0");
    // Each row has the numbers of its own member.
    let numbers = &sweep[&format!("{}/extras/a/numbers.json", &rows[2][0])];
    let numbers: serde_json::Value = serde_json::from_slice(numbers).unwrap();
    assert_eq!(rows[2][column("fit.cavi.elbo")], numbers["fit"]["cavi"]["elbo"].to_string());
    assert_ne!(rows[2][column("fit.cavi.elbo")], rows[3][column("fit.cavi.elbo")]);
    let page = String::from_utf8(sweep["index.html"].clone()).unwrap();
    assert_eq!(page.matches("L3_elbo.svg\"></a>").count(), 6, "{page}");

    // A second time there is nothing to do, in whatever number of threads.
    check(&elbow(&folder, &[&arguments[..], &["--locked", "-j1"]].concat()), 0, &[]);
    assert!(files(&folder.path().join("figures/sweep")) == sweep);
    check(&elbow(&folder, &[&arguments[..4], &["--locked"]].concat()), 3, &["would change"]);
}

#[test]
fn only_some_figures_can_be_swept() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "--sweep", SEEDS, "--only", "data"]), 0, &[]);
    let sweep = files(&folder.path().join("figures/sweep"));
    assert!(sweep.contains_key("data.line.seed=2/L3_data.png"));
    assert!(!sweep.keys().any(|name| name.contains("elbo")));
    // The table is one of all numbers: there is none yet, and one that there is stays.
    assert!(!sweep.contains_key("index.csv"));
    check(&elbow(&folder, &["build", "a.toml", "--sweep", SEEDS]), 0, &[]);
    let whole = files(&folder.path().join("figures/sweep"));
    check(&elbow(&folder, &["build", "a.toml", "--sweep", SEEDS, "--only", "data"]), 0, &[]);
    assert!(files(&folder.path().join("figures/sweep")) == whole);
}

#[test]
fn wrong_values_are_said_at_their_place_and_nothing_is_written() {
    let folder = folder(CONFIG);
    let output = elbow(&folder, &["build", "a.toml", "--sweep", "data.line.seed=1,-2,'x'"]);
    check(&output, 2, &["--> --sweep:1:18", "--> --sweep:1:21", "nothing was written"]);
    let unknown = elbow(&folder, &["build", "a.toml", "--sweep", "data.lin.seed=1,2"]);
    check(&unknown, 2, &["there is no `data.lin` to override", "did you mean `line`?"]);
    check(&elbow(&folder, &["build", "a.toml", "--sweep", "x=,"]), 2, &["`--sweep x=,`"]);
    assert_eq!(program::names(&folder), ["a.toml"]);
    let other = CONFIG.replace("[lecture]", "output.figures = 'others'\n[lecture]");
    fs::write(folder.path().join("b.toml"), other).unwrap();
    let two = elbow(&folder, &["build", "a.toml", "b.toml", "--sweep", SEEDS]);
    check(&two, 2, &["a sweep is of one config"]);
}

#[test]
fn what_is_wrong_with_every_member_is_said_once() {
    let folder = folder(CONFIG);
    let output = elbow(&folder, &["build", "a.toml", "--sweep", "data.line.sead=1,2,3"]);
    check(&output, 2, &["unknown key `sead`"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.matches("unknown key").count(), 1, "{said}");
}

#[test]
fn a_member_that_fails_does_not_stop_the_others() {
    let folder = folder(FAILING);
    let sweep = "data.constant.source.points.values=[1.0, 1.0, 1.0],[0.0, 1.0, 5.0]";
    let output = elbow(&folder, &["build", "a.toml", "--sweep", sweep]);
    check(&output, 1, &["failed  data.constant", "done    data.constant"]);
    let index = fs::read_to_string(folder.path().join("figures/sweep/index.csv")).unwrap();
    let states: Vec<&str> = index
        .lines()
        .skip(1)
        .map(|l| if l.contains(",failed,") { "failed" } else { "done" })
        .collect();
    assert_eq!(states, ["failed", "done"]);
    let page = fs::read_to_string(folder.path().join("figures/sweep/index.html")).unwrap();
    assert!(page.contains("not all of it could be made"), "{page}");
}
