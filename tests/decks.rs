//! What `elbow check --tex` finds in decks, and what it leaves alone.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;

use program::{CONFIG, check, elbow, folder, has};
use tempfile::TempDir;

/// A project with a config and these files in it, not built.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = folder(CONFIG);
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn build(folder: &TempDir) {
    check(&elbow(folder, &["build", "a.toml", "-q"]), 0, &[]);
}

/// What a check of all slides prints; it must end with this code.
#[track_caller]
fn said(folder: &TempDir, code: i32, arguments: &[&str]) -> String {
    let output = elbow(folder, &[&["check", "--tex", "slides/*", "a.toml"], arguments].concat());
    check(&output, code, &[]);
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn lacks(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(!text.contains(part), "{part:?} is in\n{text}");
    }
}

const RIGHT: &str = "\\documentclass{beamer}
\\graphicspath{{pictures/}{../figures/}}
\\input{../figures/extras/a/numbers}
\\newcommand{\\FitCaviBox}[1]{\\fbox{#1}}
\\begin{document}
\\includegraphics<2->[width=\\linewidth]{L3_data}
\\includegraphics{photo} \\includegraphics{example-image-a} \\FitCaviBox{\\FitCaviElbo}
% \\includegraphics{L3_gone} \\FitCaviElbow
\\verb|\\includegraphics{L3_gone}|
\\end{document}
";

#[test]
fn decks_that_agree_with_the_config_pass() {
    let folder = project(&[
        ("slides/a.tex", RIGHT),
        ("slides/pictures/photo.jpg", "a picture"),
        (
            "slides/b.typ",
            "#import \"../figures/extras/a/numbers.typ\": *\n// #image(\"gone.png\")\n\
             #figure(image(\"../figures/L3_elbo.svg\", width: 50%), caption: [ELBO #fit-cavi-elbo])",
        ),
        ("slides/c.md", "![d](../figures/L3_data.png)\n\n```\n![d](gone.png)\n```\n"),
        ("slides/d.qmd", "<!-- ![](gone.png) --> <img src='../figures/L3_data.svg'>"),
    ]);
    build(&folder);
    let text = said(&folder, 0, &[]);
    assert_eq!(text, "4 texts: all pictures and numbers are there, and all figures are used\n");
    // Figures need not be there, only made.
    fs::remove_file(folder.path().join("figures/L3_data.png")).unwrap();
    said(&folder, 0, &[]);
}

#[test]
fn pictures_that_no_config_makes_are_named_with_their_place() {
    let folder = project(&[
        (
            "slides/a.tex",
            "\\graphicspath{{../figures/}}\n\\includegraphics{L3_dat}\n\\includegraphics{L3_old}\n\
             \\includegraphics{L3_elbo.jpg}\\includegraphics{#1}\\includegraphics{\\x}",
        ),
        ("slides/b.typ", "é #image(\"L3_data.png\")\n#image(\"/figures/L3_elbo.svg\")"),
        ("slides/c.md", "text ![](nowhere.png)"),
        ("figures/L3_old.pdf", "an old picture"),
    ]);
    let text = said(&folder, 3, &[]);
    has(
        &text,
        &[
            "slides/a.tex:2:18: there is no file `L3_dat`, and no config makes it\n    hint: did you mean `L3_data`?\n",
            "slides/a.tex:3:18: no config makes `figures/L3_old.pdf`\n    hint: ",
            "slides/a.tex:4:18: there is no file `L3_elbo.jpg`",
            "hint: the files of this figure are `L3_elbo.pdf`, `L3_elbo.png`, `L3_elbo.svg`\n",
            "slides/b.typ:1:11: there is no file `L3_data.png`",
            "hint: a config makes `figures/L3_data.png`, which is `../figures/L3_data.png` from here\n",
            "slides/c.md:1:10: there is no file `nowhere.png`, and no config makes it",
            "4 pictures missing, 1 picture that no config makes\n",
        ],
    );
    lacks(&text, &["b.typ:2", "#1", "used nowhere"]);
}

#[test]
fn a_figure_of_a_former_config_is_named_and_the_pictures_of_others_are_not() {
    let folder =
        project(&[("figures/a.tex", "\\includegraphics{L3_elbo}\\includegraphics{photo}")]);
    build(&folder);
    fs::write(folder.path().join("figures/photo.jpg"), "a picture").unwrap();
    let said = |code: i32| {
        let output = elbow(&folder, &["check", "--tex", "figures/*.tex", "a.toml"]);
        check(&output, code, &[]);
        String::from_utf8(output.stdout).unwrap()
    };
    has(&said(3), &["1 text: 1 figure used nowhere\n"]);
    let less = CONFIG.replace("[figure.elbo]", "[figure.bound]");
    fs::write(folder.path().join("a.toml"), less).unwrap();
    let text = said(3);
    has(&text, &["a.tex:1:18: no config makes `figures/L3_elbo.pdf`, which was `figure.elbo`\n"]);
    lacks(&text, &["photo"]);
}

#[test]
fn where_folders_are_not_known_nothing_is_missing() {
    let deck = "\\graphicspath{{\\where/}}\\includegraphics{L3_gone}\\FigureData\\FigureElbo";
    said(&project(&[("slides/a.tex", deck)]), 0, &[]);
}

#[test]
fn figures_that_no_deck_uses_are_named_where_the_config_does() {
    let folder = project(&[("slides/a.tex", "\\includegraphics{../figures/L3_data}% L3_elbo")]);
    let line = CONFIG.lines().position(|line| line == "[figure.elbo]").unwrap() + 1;
    let text = said(&folder, 3, &[]);
    has(
        &text,
        &[
            &format!("a.toml:{line}:9: `figure.elbo` is made, and no deck uses it\n"),
            "hint: include `L3_elbo`, or remove `[figure.elbo]`\n1 text: 1 figure used nowhere\n",
        ],
    );
    lacks(&text, &["figure.data"]);
    // The macros of snippets and of decks, and loops, may use it.
    for more in [
        "\\FigureElbo",
        "\\newcommand{\\pic}[1]{\\includegraphics{#1}}\\pic{L3_elbo}",
        "\\newcommand{\\pic}[1]{\\includegraphics{L3_#1}}\\pic{elbo}",
        "\\animategraphics{2}{../figures/L3_el}{1}{5}",
        "\\foreach \\n in {elbo} {\\includegraphics{L3_\\n}}",
    ] {
        let deck = format!("\\includegraphics{{../figures/L3_data}}\n{more}");
        fs::write(folder.path().join("slides/a.tex"), deck).unwrap();
        said(&folder, 0, &[]);
    }
    let deck = "\\FigureData \\newcommand{\\pic}[1]{\\includegraphics{L3_#1}}\\pic{data}";
    fs::write(folder.path().join("slides/a.tex"), deck).unwrap();
    has(&said(&folder, 3, &[]), &["`figure.elbo` is made, and no deck uses it"]);
}

#[test]
fn steps_and_themes_are_their_figure() {
    let config = CONFIG.replace("[figure.elbo]", "[figure.elbo]\nthemes = [\"light\", \"dark\"]");
    for (config, include) in [(config.as_str(), "L3_elbo_dark.pdf"), (CONFIG, "L3_elbo.svg")] {
        let deck = format!("\\includegraphics{{../figures/{include}}}\\FigureData");
        let folder = project(&[("a.toml", config), ("slides/a.tex", &deck)]);
        said(&folder, 0, &[]);
    }
}

#[test]
fn macros_and_variables_that_no_numbers_define_are_named() {
    let folder = project(&[
        (
            "slides/a.tex",
            "\\FigureData\\FigureElbo\n\\FitCaviElbow and \\FitBoxes, \\FitCavyElbo, \\DataSet\n\
             \\FitCaviNothingOfThisKind \\Fit \\ScoreCaviAccuracy",
        ),
        ("slides/b.typ", "#fit-cavi-elbow and fit-cavi-elboo #numbers.fit-cavi-iterations"),
    ]);
    build(&folder);
    let text = said(&folder, 3, &[]);
    has(
        &text,
        &[
            "slides/a.tex:2:1: no numbers define `\\FitCaviElbow`\n    hint: did you mean `\\FitCaviElbo`?\n",
            "slides/a.tex:2:30: no numbers define `\\FitCavyElbo`\n    hint: did you mean `\\FitCaviElbo`?\n",
            "slides/a.tex:3:1: no numbers define `\\FitCaviNothingOfThisKind`\n    hint: what there is of `fit.cavi` stands in `figures/extras/a/numbers.tex`",
            "slides/b.typ:1:2: no numbers define `fit-cavi-elbow`\n    hint: did you mean `fit-cavi-elbo`?\n",
            "4 numbers undefined\n",
        ],
    );
    lacks(&text, &["FitBoxes", "DataSet", "Accuracy", "elboo", "used nowhere"]);
}

#[test]
fn numbers_that_are_not_built_are_said_not_to_be_checked() {
    let folder = project(&[("slides/a.tex", "\\FigureData\\FigureElbo\\FitCaviNothing")]);
    let output = elbow(&folder, &["check", "--tex", "slides/a.tex", "a.toml"]);
    check(
        &output,
        0,
        &["note: `a.toml` is not built, so the names of its numbers were not checked"],
    );
    assert_eq!(output.stdout, b"1 text: all pictures are there, and all figures are used\n");
    let output =
        elbow(&folder, &["check", "--tex=slides/a.tex", "a.toml", "--set=output.extras=false"]);
    check(&output, 0, &["note: `a.toml` writes no numbers"]);
}

#[test]
fn parts_of_a_deck_are_read_and_look_from_its_folder() {
    let folder = project(&[
        ("slides/a.tex", "\\input{parts/pre}\\include{parts/one}\\includegraphics{\\pics L3_data}"),
        (
            "slides/parts/pre.tex",
            "\\def\\pics{\\up/figures/}\\newcommand\\up{..}\\graphicspath{{\\pics}}",
        ),
        ("slides/parts/one.tex", "\\includegraphics{L3_elbo}\\includegraphics{gone}"),
    ]);
    let text = said(&folder, 3, &[]);
    has(
        &text,
        &["slides/parts/one.tex:1:43: there is no file `gone`", "3 texts: 1 picture missing\n"],
    );
}

#[test]
fn what_the_config_writes_is_no_deck() {
    let folder = project(&[("slides/a.tex", "\\includegraphics{../figures/L3_data}")]);
    build(&folder);
    let output = elbow(&folder, &["check", "--tex", "**/*.tex", "a.toml"]);
    check(&output, 3, &[]);
    has(&String::from_utf8(output.stdout).unwrap(), &["1 text: 1 figure used nowhere\n"]);
}

#[test]
fn globs_that_match_no_deck_and_decks_that_cannot_be_read_are_errors() {
    let folder = project(&[("slides/a.tex", ""), ("slides/a.docx", "")]);
    for (glob, code, error) in [
        ("slide/*.tex", 2, "error: `--tex slide/*.tex` matches no file\nhint: "),
        ("slides/*.docx", 2, "error: `--tex slides/*.docx` matches no deck\nhint: "),
        ("slides/a.docx", 2, "error: `--tex slides/a.docx` matches no deck\nhint: "),
        ("slides/***", 2, "error: `--tex slides/***`: "),
    ] {
        let output = elbow(&folder, &["check", "--tex", "slides/*.tex", "--tex", glob, "a.toml"]);
        check(&output, code, &[error]);
        assert!(output.stdout.is_empty());
    }
    check(&elbow(&folder, &["check", "--tex", "slides/*", "a.toml", "--exact"]), 2, &["--exact"]);
}

#[cfg(unix)]
#[test]
fn a_deck_that_cannot_be_read_is_an_error_of_input() {
    let folder = project(&[("slides/a.tex", "")]);
    std::os::unix::fs::symlink("nowhere", folder.path().join("slides/b.tex")).unwrap();
    let output = elbow(&folder, &["check", "--tex", "slides/*.tex", "a.toml"]);
    check(&output, 4, &["error: cannot read `slides/b.tex`: ", "hint: "]);
}

#[test]
fn findings_are_printed_for_programs_pull_requests_and_github() {
    let folder = project(&[("slides/a.tex", "\\FigureData\\FigureElbo\n\\includegraphics{a|b}")]);
    let json: serde_json::Value =
        serde_json::from_str(&said(&folder, 3, &["--format", "json"])).unwrap();
    let finding = &json["findings"][0];
    assert_eq!(finding["kind"], "missing");
    assert_eq!((&finding["file"], &finding["line"]), (&"slides/a.tex".into(), &2.into()));
    assert_eq!((&json["texts"], &finding["column"]), (&1.into(), &18.into()));
    let markdown = said(&folder, 3, &["--format", "markdown"]);
    has(
        &markdown,
        &[
            "### Decks\n\n1 text: 1 picture missing\n",
            "| `slides/a.tex:2:18` | there is no file `a\\|b`",
        ],
    );
    let summary = folder.path().join("summary.md");
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("elbow"))
        .current_dir(folder.path())
        .args(["check", "--tex", "slides/*.tex", "a.toml"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    check(&output, 3, &["::error file=slides/a.tex,line=2,col=18::there is no file `a|b`"]);
    has(&fs::read_to_string(&summary).unwrap(), &["### Decks", "1 picture missing"]);
}
