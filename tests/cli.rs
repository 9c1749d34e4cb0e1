//! The program as it is called: exit codes, what goes where, what is written and what is not.
//!
//! Each test runs in a fresh folder.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;

use program::{CONFIG, FAILING, check, elbow, files, folder, names, stdout};

#[test]
fn a_build_writes_its_files_and_says_nothing_on_stdout() {
    let folder = folder(CONFIG);
    let output = elbow(&folder, &["build", "a.toml"]);
    check(
        &output,
        0,
        &["done    fit.cavi", "a: 2 figures, 19 files in `figures` (19 new or changed)"],
    );
    assert!(output.stdout.is_empty());
    let expected = [
        "a.toml",
        "figures/L3_data.pdf",
        "figures/L3_data.png",
        "figures/L3_data.svg",
        "figures/L3_elbo.pdf",
        "figures/L3_elbo.png",
        "figures/L3_elbo.svg",
        "figures/extras/a/alt/data.txt",
        "figures/extras/a/alt/elbo.txt",
        "figures/extras/a/data/data.csv",
        "figures/extras/a/data/elbo.csv",
        "figures/extras/a/gallery.md",
        "figures/extras/a/manifest.json",
        "figures/extras/a/numbers.json",
        "figures/extras/a/numbers.tex",
        "figures/extras/a/numbers.typ",
        "figures/extras/a/report.html",
        "figures/extras/a/snippets.html",
        "figures/extras/a/snippets.tex",
        "figures/extras/a/snippets.typ",
    ];
    assert_eq!(names(&folder), expected);
}

#[test]
fn a_second_build_rewrites_nothing_and_says_so() {
    let folder = folder(CONFIG);
    let times = || -> Vec<_> {
        let times = names(&folder).into_iter();
        times
            .map(|name| fs::metadata(folder.path().join(name)).unwrap().modified().unwrap())
            .collect()
    };
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let before = times();
    check(&elbow(&folder, &["build", "a.toml"]), 0, &["(0 new or changed)"]);
    assert_eq!(times(), before);
}

#[test]
fn a_wrong_config_writes_nothing_and_leaves_what_there_is() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let before = files(folder.path());
    for set in ["fit.cavi.model.cavi.components=0", "data.lin.seed=3", "data.line.generator=numpy"]
    {
        let output = elbow(&folder, &["build", "a.toml", "--set", set]);
        check(&output, 2, &["--> --set:1:", "hint: ", "1 error in `a.toml`; nothing was written"]);
        assert!(output.stdout.is_empty());
        assert_eq!(files(folder.path()), before);
    }
    let empty = self::folder("schema = 2\nsede = 1\n");
    let output = elbow(&empty, &["build", "a.toml"]);
    check(&output, 2, &["a.toml:1:10", "a.toml:2:1", "2 errors in `a.toml`"]);
    assert_eq!(names(&empty), ["a.toml"]);
}

#[test]
fn all_configs_are_checked_before_any_is_built() {
    let folder = folder(CONFIG);
    fs::write(folder.path().join("b.toml"), "schema = 3\n").unwrap();
    fs::write(folder.path().join("c.toml"), "schema = 4\n").unwrap();
    let output = elbow(&folder, &["build", "a.toml", "b.toml", "c.toml"]);
    check(&output, 2, &["b.toml:1:10", "c.toml:1:10"]);
    assert_eq!(names(&folder), ["a.toml", "b.toml", "c.toml"]);
}

#[test]
fn configs_that_would_write_the_same_file_are_refused() {
    let folder = folder(CONFIG);
    fs::create_dir(folder.path().join("other")).unwrap();
    let same = CONFIG.replace("schema = 1", "schema = 1\noutput = { figures = \"../figures\" }");
    fs::write(folder.path().join("other/b.toml"), same).unwrap();
    let output = elbow(&folder, &["build", "a.toml", "other/b.toml"]);
    check(&output, 2, &["`a.toml` and `other/b.toml` would both write `figures/L3_data.pdf`"]);
    check(&elbow(&folder, &["build", "a.toml", "a.toml"]), 2, &["`a.toml` is named twice"]);
    assert_eq!(names(&folder), ["a.toml", "other/b.toml"]);
    check(&elbow(&folder, &["build", "-q", "a.toml", "other/b.toml", "-o", "x"]), 2, &["`x/L3"]);
    // However the paths are written.
    let b = folder.path().join("other/b.toml");
    let both = "would both write `";
    check(&elbow(&folder, &["build", "a.toml", b.to_str().unwrap()]), 2, &[both]);
    let absolute = format!("output.figures='{}'", folder.path().join("x/y/..").display());
    fs::create_dir(folder.path().join("x")).unwrap();
    let named = CONFIG.replace("schema = 1", "schema = 1\noutput = { figures = \"x/../x\" }");
    fs::write(folder.path().join("c.toml"), named).unwrap();
    let output = elbow(&folder, &["build", "c.toml", "other/b.toml", "--set", &absolute]);
    check(&output, 2, &[both]);
    let same = "are the same file\nhint: name it once";
    let a = folder.path().join("a.toml");
    for other in ["./a.toml", "other/../a.toml", a.to_str().unwrap()] {
        check(&elbow(&folder, &["build", "a.toml", other]), 2, &[same]);
        check(&elbow(&folder, &["build", "a.toml", other, "-o", "y"]), 2, &[same]);
    }
    assert!(!names(&folder).iter().any(|name| name.ends_with(".pdf")));
}

#[cfg(unix)]
#[test]
fn a_link_does_not_hide_that_two_configs_write_the_same_file() {
    let folder = folder(CONFIG);
    std::os::unix::fs::symlink("a.toml", folder.path().join("link.toml")).unwrap();
    let output = elbow(&folder, &["build", "a.toml", "link.toml"]);
    check(&output, 2, &["`a.toml` and `link.toml` are the same file\nhint: name it once"]);
    fs::create_dir(folder.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", folder.path().join("linked")).unwrap();
    for (name, figures) in [("b.toml", "real/x"), ("c.toml", "linked/x")] {
        let output = format!("schema = 1\noutput = {{ figures = \"{figures}\" }}");
        fs::write(folder.path().join(name), CONFIG.replace("schema = 1", &output)).unwrap();
    }
    let output = elbow(&folder, &["build", "b.toml", "c.toml"]);
    check(&output, 2, &["`b.toml` and `c.toml` would both write `linked/x/L3_data.pdf`"]);
}

#[test]
fn a_failing_node_does_not_stop_the_others() {
    let folder = folder(FAILING);
    let output = elbow(&folder, &["build", "a.toml"]);
    check(
        &output,
        1,
        &[
            "failed  fit.vb",
            "error: fit.vb: ",
            "error: figure.bad: skipped, because `fit.vb` failed",
        ],
    );
    let names = names(&folder);
    assert!(names.contains(&"figures/good.pdf".to_owned()), "{names:?}");
    assert!(!names.iter().any(|n| n.contains("bad")), "{names:?}");
    let report = fs::read_to_string(folder.path().join("figures/extras/a/report.html")).unwrap();
    assert!(report.contains("fit.vb"), "the report says what failed");
    check(&elbow(&folder, &["export", "a.toml", "fit.vb"]), 1, &["error: fit.vb: "]);
    check(&elbow(&folder, &["export", "a.toml", "figure.bad"]), 1, &["`fit.vb` failed"]);
    check(&elbow(&folder, &["build", "a.toml", "--only", "good"]), 0, &[]);
}

#[test]
fn fail_fast_starts_nothing_after_a_failure() {
    let folder = folder(FAILING);
    let output = elbow(&folder, &["build", "a.toml", "--fail-fast", "-j1"]);
    check(&output, 1, &["figure.good: not started, because another node failed"]);
    assert!(!names(&folder).contains(&"figures/good.pdf".to_owned()));
}

#[test]
fn what_cannot_be_read_or_written_is_exit_code_4() {
    let folder = folder(CONFIG);
    let output = elbow(&folder, &["build", "aa.toml"]);
    check(&output, 4, &["there is no file `aa.toml`", "did you mean `a.toml`?"]);
    check(&elbow(&folder, &["build", "."]), 4, &["`.` is a folder", "`a.toml`"]);
    fs::write(folder.path().join("file"), "mine").unwrap();
    for arguments in [["-o", "file"], ["-o", "file/below"]] {
        let mut all = vec!["build", "a.toml"];
        all.extend(arguments);
        let output = elbow(&folder, &all);
        check(&output, 4, &["cannot write to `file", "`file` is a file", "hint: "]);
    }
    assert_eq!(names(&folder), ["a.toml", "file"]);
    assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"mine");
}

#[test]
fn wrong_calls_are_exit_code_2() {
    let folder = folder(CONFIG);
    for (arguments, stderr) in [
        (&["build"][..], "<CONFIG>"),
        (&["bild", "a.toml"], "similar subcommand exists: 'build'"),
        (&["build", "a.toml", "--onyl", "x"], "'--only'"),
        (&["build", "a.toml", "-j", "0"], "0 is not in 1..=256"),
        (&["build", "a.toml", "-j", "-1"], "-1 is not in 1..=256"),
        (&["build", "a.toml", "--set", "-1"], "hint: write `--set path.to.key=value`"),
        (&["build", "a.toml", "-q", "-v"], "cannot be used with"),
        (&["build", "a.toml", "--format", "jpg"], "possible values: pdf, png, svg"),
        (&["build", "a.toml", "--set"], "--set <PATH=VALUE>"),
        (&["build", "a.toml", "--only", "eblo"], "did you mean `elbo`?"),
        (&["build", "a.toml", "--only", "["], "`--only [`"),
        (&["export", "a.toml"], "<NODE>"),
        (&["export", "a.toml", "fit.cvi"], "did you mean `fit.cavi`?"),
        (&["export", "a.toml", "score.cavi", "--format", "csv"], "`score.cavi` is no table"),
    ] {
        let output = elbow(&folder, arguments);
        check(&output, 2, &[stderr]);
        assert!(output.stdout.is_empty());
    }
    assert_eq!(names(&folder), ["a.toml"]);
}

#[test]
fn help_is_on_stdout() {
    let folder = folder(CONFIG);
    let help = stdout(&elbow(&folder, &["--help"]));
    for part in ["build", "plan", "export", "Exit codes: 0 done"] {
        assert!(help.contains(part), "{part} is not in\n{help}");
    }
    for command in ["build", "plan", "export"] {
        let help = stdout(&elbow(&folder, &[command, "--help"]));
        assert!(help.contains("--set <PATH=VALUE>"), "{help}");
    }
    assert!(stdout(&elbow(&folder, &["--version"])).starts_with("elbow "));
}

#[test]
fn quiet_says_nothing_and_verbose_each_node() {
    let folder = folder(CONFIG);
    let quiet = elbow(&folder, &["build", "a.toml", "-q"]);
    check(&quiet, 0, &[]);
    assert!(quiet.stderr.is_empty());
    let verbose = elbow(&folder, &["build", "a.toml", "-v", "-j1", "--no-cache"]);
    let nodes = ["data.line", "fit.cavi", "baseline.permuted", "figure.elbo", "render.elbo"];
    check(&verbose, 0, &nodes);
    let wrong = elbow(&folder, &["build", "a.toml", "-q", "--set", "seed=-1"]);
    check(&wrong, 2, &["`seed` must be a whole number from 0 up, but is -1"]);
}

#[test]
fn folder_formats_and_figures_can_be_chosen() {
    let folder = folder(CONFIG);
    let output =
        elbow(&folder, &["build", "a.toml", "-o", "out", "--format", "svg,png", "--only", "e*"]);
    check(&output, 0, &["a: 1 figure, 4 files in `out`"]);
    let expected = [
        "a.toml",
        "out/L3_elbo.png",
        "out/L3_elbo.svg",
        "out/extras/a/alt/elbo.txt",
        "out/extras/a/data/elbo.csv",
    ];
    assert_eq!(names(&folder), expected);
    let output = elbow(&folder, &["build", "a.toml", "-q", "--set", "output.extras=false"]);
    check(&output, 0, &[]);
    assert!(!folder.path().join("figures/extras").exists());
}

#[test]
fn set_wins_over_the_file() {
    let folder = folder(CONFIG);
    let plan = |sets: &[&str]| {
        let mut arguments = vec!["plan", "a.toml"];
        arguments.extend(sets.iter().flat_map(|s| ["--set", s]));
        stdout(&elbow(&folder, &arguments))
    };
    assert!(plan(&[]).contains("K = 2"));
    assert!(plan(&["fit.cavi.model.cavi.components=4"]).contains("K = 4"));
    // The last one wins.
    let twice = ["fit.cavi.model.cavi.components=4", "fit.cavi.model.cavi.components=5"];
    assert!(plan(&twice).contains("K = 5"));
    // A whole table is laid over the file's, and another kind replaces it.
    let table = "data.line={ seed = 4, source = { gaussian_mixture = { samples = [1, 2] } } }";
    assert!(plan(&[table]).contains("3 points in 1-D, numpy seed 4"));
    let kind = "data.line.source.points={ values = [1.0, 2.0, 3.0], labels = [0, 1, 1] }";
    assert!(plan(&[kind]).contains("3 points in 1-D"));
    let kind = "fit.cavi.model={ bayesian_mixture = { components = 3 } }";
    assert!(plan(&[kind]).contains("bayesian_mixture, K = 3"));
    assert!(plan(&["output.name=\"Lecture_{figure}\""]).contains("figures/Lecture_elbo.{"));
    assert!(plan(&["output={ figures = \"x\" }"]).contains("x/L3_elbo"));
}

#[test]
fn the_examples_of_the_issue_are_read() {
    let lecture = concat!(env!("CARGO_MANIFEST_DIR"), "/config/lecture3.toml");
    let folder = folder(CONFIG);
    let four = stdout(&elbow(
        &folder,
        &[
            "plan",
            lecture,
            "--set",
            "data.line.source.gaussian_mixture.means=[-4.0, 0.0, 3.0, 9.0]",
            "--set",
            "fit.cavi.model.cavi.components=4",
        ],
    ));
    assert!(four.contains("4000 points in 1-D"), "{four}");
    assert!(four.contains("cavi, K = 4"), "{four}");
}

#[test]
fn a_config_in_another_folder_has_its_paths_from_there() {
    let folder = folder(CONFIG);
    fs::create_dir(folder.path().join("config")).unwrap();
    fs::write(folder.path().join("config/points.csv"), "x,y\n1,2\n3,4\n5,7\n").unwrap();
    let config = "schema = 1\n[output]\nfigures = \"../out\"\n[data.a]\nsource.csv = { path = \
                  \"points.csv\" }\n";
    fs::write(folder.path().join("config/b.toml"), config).unwrap();
    check(&elbow(&folder, &["build", "-q", "config/b.toml"]), 0, &[]);
    let manifest = folder.path().join("out/extras/b/manifest.json");
    let manifest = fs::read_to_string(manifest).unwrap();
    assert!(manifest.contains("points.csv"), "{manifest}");
    assert!(!manifest.contains(folder.path().to_str().unwrap()), "a path of this machine");
}

#[test]
fn what_a_build_writes_is_listed_before_it_is_built() {
    let folder = folder(CONFIG);
    let listed = stdout(&elbow(&folder, &["list", "--outputs", "a.toml"]));
    let mut listed: Vec<String> = listed.lines().map(str::to_owned).collect();
    assert_eq!(names(&folder), ["a.toml"]);
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    listed.sort();
    let written: Vec<String> = names(&folder).into_iter().filter(|n| n != "a.toml").collect();
    assert_eq!(listed, written);
    let nodes = stdout(&elbow(&folder, &["list", "a.toml"]));
    let expected = "data.line\nfit.cavi\nscore.cavi\nbaseline.permuted\nfigure.data\nfigure.elbo\n";
    assert_eq!(nodes, expected);
}

#[test]
fn shells_and_manuals_know_every_command() {
    let folder = folder(CONFIG);
    for shell in ["bash", "zsh", "fish"] {
        let text = stdout(&elbow(&folder, &["completions", shell]));
        assert!(text.contains("lint-figures") && text.contains("locked"), "{shell}: {text}");
    }
    let manual = stdout(&elbow(&folder, &["man"]));
    for part in [
        ".TH elbow 1",
        ".TH elbow-build 1",
        ".TH elbow-config-show 1",
        "\\-\\-locked",
        "Exit codes",
    ] {
        assert!(manual.contains(part), "{part} is not in\n{manual}");
    }
}
