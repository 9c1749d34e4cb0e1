//! What a change re-runs, and what is kept whatever happens to a run or to what it has kept.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use elbow::config::{self, Layers};
use elbow::diagnostic::Problems;
use elbow::pipeline::key::{self, Versions};
use program::{CONFIG, check, elbow, files, folder, stdout};
use serde_json::Value;
use tempfile::TempDir;

/// The lecture's config and its project's folder.
fn lecture() -> (TempDir, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/lecture3.toml");
    let text = fs::read_to_string(path).unwrap().replace("../figures", "figures");
    (folder(&text), text)
}

/// The nodes that a build would run, without the texts about all figures.
fn run(folder: &TempDir, arguments: &[&str]) -> BTreeSet<String> {
    let output = elbow(folder, &[&["plan", "a.toml", "--format", "json"], arguments].concat());
    let plans: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let nodes = plans[0]["nodes"].as_array().unwrap().clone();
    let nodes = nodes.into_iter().filter(|node| node["state"] == "run");
    nodes.map(|n| n["node"].as_str().unwrap().to_owned()).filter(|n| n != "texts").collect()
}

/// The figures of lecture 3 that show something of the CAVI fit.
const CAVI: [&str; 10] = [
    "GMMexample_it0",
    "GMMexample_it8",
    "GMMexample_it15",
    "GMMexample_itConv",
    "GMMexample_ELBO",
    "posterior_most_uncertain",
    "posterior_least_uncertain",
    "posterior_means",
    "baseline_log_loss",
    "baseline_accuracy",
];
const SERIES: [&str; 4] =
    ["GMMexample_it0", "GMMexample_it8", "GMMexample_it15", "GMMexample_itConv"];
const BASELINES: [&str; 2] = ["baseline_log_loss", "baseline_accuracy"];
const SINGLES: [&str; 4] =
    ["GMMexample_2D_inf", "GMMexample_2D_inf1", "GMMexample_2D_inf2", "GMMexample_2D_inf3"];
const PLANE: [&str; 5] = [
    "GMMexample_2D_panels",
    "GMMexample_2D_inf",
    "GMMexample_2D_inf1",
    "GMMexample_2D_inf2",
    "GMMexample_2D_inf3",
];

/// Nodes, and figures by their names.
fn nodes(nodes: &[&str], figures: &[&[&str]]) -> BTreeSet<String> {
    let figures = figures.iter().flat_map(|names| names.iter());
    let figures = figures.map(|name| format!("figure.{name}"));
    nodes.iter().map(|node| (*node).to_owned()).chain(figures).collect()
}

/// What an edit of the text, or an override, runs again.
#[test]
fn each_change_runs_what_depends_on_it_and_nothing_else() {
    let (folder, text) = lecture();
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    assert_eq!(run(&folder, &[]), BTreeSet::new());

    let line = || {
        let below = ["data.line", "fit.cavi", "score.cavi", "baseline.permuted"];
        nodes(&below, &[&CAVI, &["GMMexample"]])
    };
    let plane = || nodes(&["data.plane", "fit.vb", "score.vb"], &[&PLANE]);
    let cavi = || nodes(&["fit.cavi", "score.cavi", "baseline.permuted"], &[&CAVI]);
    let vb = || nodes(&["fit.vb", "score.vb"], &[&PLANE]);
    let baseline = || nodes(&["baseline.permuted"], &[&BASELINES]);
    let all = || nodes(&[], &[&CAVI, &PLANE, &["GMMexample"]]);
    let none = || nodes(&[], &[]);
    let one = |figure: &str| nodes(&[], &[&[figure]]);
    let (mixture, other) =
        ("data.line.source.gaussian_mixture", "data.plane.source.gaussian_mixture");
    let (model, bayesian) = ("fit.cavi.model.cavi", "fit.vb.model.bayesian_mixture");
    let changes: Vec<(String, BTreeSet<String>)> = [
        ("data.line.seed=11", line()),
        ("data.line.generator=\"chacha\"", line()),
        (&format!("{mixture}.means=[0.0, 1.0, 6.0]"), line()),
        (&format!("{mixture}.sd=1.1"), line()),
        (&format!("{mixture}.samples=900"), line()),
        ("data.plane.seed=11", plane()),
        ("data.plane.generator=\"chacha\"", plane()),
        (&format!("{other}.means=[[0.0, -0.7], [0.0, 0.0], [0.0, 0.8]]"), plane()),
        (&format!("{other}.samples=400"), plane()),
        ("fit.cavi.seed=716", cavi()),
        ("fit.cavi.generator=\"chacha\"", cavi()),
        (&format!("{model}.components=4"), cavi()),
        (&format!("{model}.prior_variance=2.0"), cavi()),
        (&format!("{model}.init=\"kmeans++\""), cavi()),
        (&format!("{model}.max_iter=90"), cavi()),
        (&format!("{model}.tol=1e-9"), cavi()),
        (&format!("{model}.stop_on=\"elbo\""), cavi()),
        (&format!("{model}.restarts=2"), cavi()),
        // How components are matched says nothing of the fit itself.
        ("fit.cavi.matching=\"overlap\"", {
            let mut nodes = cavi();
            nodes.remove("fit.cavi");
            nodes
        }),
        ("fit.vb.seed=11", vb()),
        ("fit.vb.generator=\"chacha\"", vb()),
        ("fit.vb.matching=\"optimal\"", nodes(&["score.vb"], &[&PLANE])),
        (&format!("{bayesian}.components=4"), vb()),
        (&format!("{bayesian}.mean_precision_prior=0.9"), vb()),
        (&format!("{bayesian}.reg_covar=1e-6"), vb()),
        (&format!("{bayesian}.max_iter=1400"), vb()),
        (&format!("{bayesian}.tol=1e-4"), vb()),
        ("baseline.permuted.seed=12", baseline()),
        ("baseline.permuted.generator=\"chacha\"", baseline()),
        ("baseline.permuted.scores=[\"accuracy\", \"log_loss\"]", baseline()),
        ("baseline.permuted.permuted_truth.steps=20", baseline()),
        ("baseline.permuted.permuted_truth.repeats=49", baseline()),
        ("lecture.title=\"Another\"", none()),
        ("lecture.id=4", all()),
        ("output.dpi=180", all()),
        ("output.formats=[\"svg\"]", all()),
        ("output.page=\"beamer-169\"", all()),
        ("output.themes=[\"dark\"]", all()),
        ("output.png_scales=[2]", all()),
        ("output.svg_text=\"embedded\"", all()),
        ("output.font=\"libertinus\"", all()),
        ("output.type_size=13", all()),
        ("output.name=\"{figure}\"", all()),
        ("figure.GMMexample.plot.histogram.kde=true", one("GMMexample")),
        ("figure.GMMexample.title=\"Data\"", one("GMMexample")),
        ("figure.GMMexample.caption=\"Data\"", one("GMMexample")),
        ("figure.GMMexample_ELBO.plot.elbo.mark=[8]", one("GMMexample_ELBO")),
        ("figure.GMMexample_ELBO.size=[8, 4]", one("GMMexample_ELBO")),
        ("figure.GMMexample_ELBO.formats=[\"pdf\"]", one("GMMexample_ELBO")),
        ("figure.GMMexample_ELBO.themes=[\"dark\"]", one("GMMexample_ELBO")),
        ("figure.posterior_means.plot.posterior_means.at=3", one("posterior_means")),
        ("figure.baseline_accuracy.description=\"x\"", one("baseline_accuracy")),
        // Figures with shared axes are laid out together.
        ("figure.GMMexample_it8.plot.histogram.at=9", nodes(&[], &[&SERIES])),
        ("figure.GMMexample_it8.share_axes=\"other\"", nodes(&[], &[&SERIES])),
        ("figure.GMMexample_it8.caption=\"x\"", one("GMMexample_it8")),
        ("figure.GMMexample_2D_inf2.plot.contour.scale=2.0", nodes(&[], &[&SINGLES])),
        ("figure.GMMexample_2D_inf2.plot.contour.shift=[0.0, 0.0]", nodes(&[], &[&SINGLES])),
    ]
    .into_iter()
    .map(|(change, nodes)| (change.to_owned(), nodes))
    .collect();
    assert!(changes.len() >= 40, "{}", changes.len());
    for (change, expected) in &changes {
        assert_eq!(&run(&folder, &["--set", change]), expected, "{change}");
    }

    let blank = text.replace("\n[figure.", "\n\n\n[figure.");
    let swapped = text.replace("data = \"line\"\nseed = 715\n", "seed = 715\ndata = \"line\"\n");
    let written = text.replace("sd = 1.0 ", "sd  =  1.00 ");
    let comment = text.replace("schema = 1\n", "schema = 1 # a comment\n# another\n");
    for edited in [blank, swapped, written, comment] {
        fs::write(folder.path().join("a.toml"), &edited).unwrap();
        assert_eq!(run(&folder, &[]), BTreeSet::new());
    }
}

const TABLE: &str = r#"
schema = 1
[data.table]
source.csv = { path = "table.csv" }
[fit.a]
data = "table"
model.cavi = { components = 1 }
[figure.curve]
plot.elbo = { fit = "a" }
"#;

#[test]
fn a_byte_of_a_data_file_counts_and_its_time_does_not() {
    let folder = folder(TABLE);
    let file = folder.path().join("table.csv");
    fs::write(&file, "x\n1\n2\n4\n").unwrap();
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let old = fs::metadata(&file).unwrap().modified().unwrap() - std::time::Duration::from_secs(9);
    fs::File::options().append(true).open(&file).unwrap().set_modified(old).unwrap();
    assert_eq!(run(&folder, &[]), BTreeSet::new());
    fs::write(&file, "x\n1\n2\n5\n").unwrap();
    assert_eq!(run(&folder, &[]), nodes(&["data.table", "fit.a"], &[&["curve"]]));
    let explained = stdout(&elbow(&folder, &["plan", "a.toml", "--explain"]));
    assert!(explained.contains("file `table.csv` has changed"), "{explained}");
    assert!(explained.contains("`data.table` has changed"), "{explained}");
}

#[test]
fn another_program_runs_what_its_changed_code_makes() {
    let mut problems = Problems::default();
    let path = Path::new("a.toml");
    let plan =
        config::parse(path, CONFIG, &Layers::default(), config::Others::Checked, &mut problems)
            .unwrap();
    let own = Versions::own();
    let now = key::nodes(&plan, "", &own);
    let other = |change: fn(&mut Versions)| {
        let mut versions = own.clone();
        change(&mut versions);
        let then = key::nodes(&plan, "", &versions);
        let changed = now.iter().filter(|(id, node)| then[*id].key != node.key);
        changed.map(|(id, _)| id.clone()).collect::<BTreeSet<_>>()
    };
    let figures = ["figure.data", "figure.elbo", "texts"];
    let set = |more: &[&str]| -> BTreeSet<String> {
        figures.iter().chain(more).map(|id| (*id).to_owned()).collect()
    };
    let below = ["fit.cavi", "score.cavi", "baseline.permuted"];
    assert_eq!(other(|v| v.figure.push('x')), set(&[]));
    // The histogram of the data shows nothing of the fit.
    let without = |mut ids: BTreeSet<String>| {
        ids.remove("figure.data");
        ids
    };
    assert_eq!(other(|v| v.score.push('x')), without(set(&below[1..])));
    assert_eq!(other(|v| v.fit.push('x')), without(set(&below)));
    assert_eq!(other(|v| v.data.push('x')), set(&[&below[..], &["data.line"]].concat()));
}

#[test]
fn explain_names_the_key_with_both_values_and_the_exit_code_tells() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["plan", "a.toml", "--exit-code"]), 3, &[]);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let nothing = elbow(&folder, &["plan", "a.toml", "--exit-code"]);
    assert!(stdout(&nothing).contains("nothing to do"));
    let set = ["--set", "fit.cavi.model.cavi.max_iter=4"];
    let explained = elbow(&folder, &[&["plan", "a.toml", "--explain"][..], &set].concat());
    let explained = stdout(&explained);
    for part in ["fit.cavi.model.cavi.max_iter: 3 -> 4", "`fit.cavi` has changed", "up to date"] {
        assert!(explained.contains(part), "{part} is not in\n{explained}");
    }
    let table = elbow(&folder, &[&["plan", "a.toml", "--format", "markdown"][..], &set].concat());
    assert!(
        stdout(&table).contains("| `fit.cavi` | run | `fit.cavi.model.cavi.max_iter: 3 -> 4` |")
    );
}

#[test]
fn what_is_missing_or_was_changed_by_hand_is_written_again() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let whole = files(folder.path());
    let figures = folder.path().join("figures");
    fs::remove_file(figures.join("L3_data.svg")).unwrap();
    fs::write(figures.join("L3_elbo.png"), "mine").unwrap();
    fs::write(figures.join("extras/a/numbers.tex"), "mine").unwrap();
    let locked = elbow(&folder, &["build", "a.toml", "-q", "--locked"]);
    let parts = ["L3_data.svg` is missing", "L3_elbo.png` would change", "numbers.tex` would"];
    check(&locked, 3, &parts);
    check(&elbow(&folder, &["build", "a.toml"]), 0, &["(3 new or changed)"]);
    assert!(files(folder.path()) == whole);
    check(&elbow(&folder, &["build", "a.toml", "--locked"]), 0, &[]);
}

#[test]
fn a_cached_build_gives_the_bytes_of_one_without() {
    let folder = folder(CONFIG);
    let changes = ["seed=1", "fit.cavi.model.cavi.max_iter=5", "output.dpi=90", "seed=1"];
    for change in changes {
        let arguments = ["a.toml", "-q", "--set", change];
        check(&elbow(&folder, &[&["build", "-o", "kept"][..], &arguments].concat()), 0, &[]);
        let fresh = ["build", "--no-cache", "-o", "fresh"];
        check(&elbow(&folder, &[&fresh[..], &arguments].concat()), 0, &[]);
        let [kept, fresh] = ["kept", "fresh"].map(|name| files(&folder.path().join(name)));
        assert!(kept == fresh, "{change}");
    }
}

fn entries(folder: &TempDir) -> Vec<PathBuf> {
    let cache = folder.path().join(".elbow/cache");
    let folders = fs::read_dir(cache).unwrap().map(|folder| folder.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

#[test]
fn damaged_entries_are_made_again_and_said() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let whole = files(folder.path());
    for (shift, cut) in [(7, false), (40, false), (90, false), (3, true)] {
        for entry in entries(&folder) {
            let mut bytes = fs::read(&entry).unwrap();
            let at = shift % bytes.len();
            bytes[at] ^= 0x10;
            bytes.truncate(if cut { at } else { bytes.len() });
            fs::write(&entry, bytes).unwrap();
        }
        fs::remove_dir_all(folder.path().join("figures")).unwrap();
        let said = ["what was kept of `figure.data` is damaged; it is made again"];
        check(&elbow(&folder, &["build", "a.toml"]), 0, &said);
        assert!(files(folder.path()) == whole);
    }
}

#[cfg(unix)]
#[test]
fn a_build_that_was_killed_leaves_nothing_that_another_would_trust() {
    let reference = folder(CONFIG);
    check(&elbow(&reference, &["build", "a.toml", "-q", "-o", "out"]), 0, &[]);
    let whole = files(reference.path());
    let folder = folder(CONFIG);
    for round in 0..100_u64 {
        if round % 10 == 0 {
            let _ = fs::remove_dir_all(folder.path().join(".elbow"));
        }
        let _ = fs::remove_dir_all(folder.path().join("out"));
        let mut child = Command::new(cargo_bin("elbow"))
            .current_dir(folder.path())
            .args(["build", "a.toml", "-q", "-o", "out"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Moments all over a build, which takes some tens of milliseconds.
        std::thread::sleep(std::time::Duration::from_micros(round * 7919 % 100 * 900));
        let _ = child.kill();
        child.wait().unwrap();
        for (name, bytes) in files(folder.path()) {
            let ours = name.rsplit('/').next().unwrap().starts_with(".elbow-");
            assert!(ours || whole.get(&name) == Some(&bytes), "{name} is not whole");
        }
        check(&elbow(&folder, &["build", "a.toml", "-q", "-o", "out"]), 0, &[]);
        assert!(files(folder.path()) == whole, "round {round}");
    }
}

#[test]
fn builds_at_the_same_time_do_not_disturb_each_other() {
    let folder = folder(CONFIG);
    let spawn = |change: &str| {
        Command::new(cargo_bin("elbow"))
            .current_dir(folder.path())
            .args(["build", "a.toml", "-q", "--set", change])
            .spawn()
            .unwrap()
    };
    for _ in 0..5 {
        let running: Vec<_> = (0..6).map(|i| spawn(&format!("data.line.seed={}", i % 2))).collect();
        for mut child in running {
            assert!(child.wait().unwrap().success());
        }
        // Whoever came last: all files are of one config.
        let result = files(&folder.path().join("figures"));
        let one = [0, 1].iter().any(|seed| {
            let set = format!("data.line.seed={seed}");
            let call = ["build", "a.toml", "-q", "--no-cache", "-o", "alone", "--set", &set];
            check(&elbow(&folder, &call), 0, &[]);
            files(&folder.path().join("alone")) == result
        });
        assert!(one, "files of two configs are mixed");
    }
}

#[test]
fn files_of_removed_figures_are_listed_and_cleaned() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let less = CONFIG.split("[figure.elbo]").next().unwrap();
    fs::write(folder.path().join("a.toml"), less).unwrap();
    let said = ["5 files of removed figures are still there; `elbow clean -n a.toml` lists them"];
    check(&elbow(&folder, &["build", "a.toml"]), 0, &said);
    let listed = stdout(&elbow(&folder, &["clean", "-n", "a.toml"]));
    assert!(listed.contains("figures/L3_elbo.svg") && !listed.contains("L3_data"), "{listed}");
    assert!(folder.path().join("figures/L3_elbo.svg").is_file());
    check(&elbow(&folder, &["clean", "a.toml"]), 0, &["removed 7 paths"]);
    assert!(!folder.path().join("figures/L3_elbo.svg").exists());
    assert!(folder.path().join("figures/L3_data.svg").is_file());
    assert!(!folder.path().join(".elbow/cache").exists());
    check(&elbow(&folder, &["build", "a.toml", "--locked"]), 0, &[]);
}

#[test]
fn where_nothing_was_built_the_manifest_says_what_was_written() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    fs::remove_dir_all(folder.path().join(".elbow")).unwrap();
    let less = CONFIG.split("[figure.elbo]").next().unwrap();
    fs::write(folder.path().join("a.toml"), less).unwrap();
    check(&elbow(&folder, &["build", "a.toml"]), 0, &["5 files of removed figures"]);
}

#[test]
fn what_one_run_leaves_out_is_not_taken_for_removed() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    for less in [["--set", "output.formats=[\"svg\"]"], ["--format", "svg"]] {
        let output = elbow(&folder, &[&["build", "a.toml"][..], &less].concat());
        check(&output, 0, &[]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("removed figures"), "{said}");
        assert!(!stdout(&elbow(&folder, &["clean", "-n", "a.toml"])).contains("figures/"));
    }
}
