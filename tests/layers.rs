//! What is laid over a config: profiles and overrides; and figures that are switched off.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;

use program::{CONFIG, check, elbow, files, folder};
use tempfile::TempDir;

const PROFILES: &str = r#"
[profile.handout.output]
figures = "handout"
dpi = 50

[profile.handout.data.line]
seed = 4

[profile.other-seed.data.line]
seed = 5
"#;

/// A folder with a config that has profiles.
fn with_profiles() -> TempDir {
    folder(&format!("{CONFIG}{PROFILES}"))
}

/// The values of the config as `plan` sees it with these arguments.
#[track_caller]
fn nodes(folder: &TempDir, arguments: &[&str]) -> String {
    let output = elbow(folder, &[&["plan", "a.toml"], arguments].concat());
    check(&output, 0, &[]);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_profile_gives_what_the_same_keys_in_the_file_give() {
    let folder = with_profiles();
    check(&elbow(&folder, &["build", "a.toml", "-q", "--profile", "handout"]), 0, &[]);
    assert!(folder.path().join("handout").is_dir());
    assert!(!folder.path().join("figures").exists());
    let text = CONFIG.replace("seed = 10", "seed = 4");
    assert_ne!(text, CONFIG);
    let same = self::folder(&text);
    check(
        &elbow(&same, &["build", "a.toml", "-q", "-o", "handout", "--set", "output.dpi=50"]),
        0,
        &[],
    );
    // The report says where the files are.
    let of = |folder: &TempDir| {
        let mut files = files(&folder.path().join("handout"));
        files.retain(|name, _| !name.starts_with("extras"));
        files
    };
    assert_eq!(of(&folder).len(), 6);
    assert!(of(&folder) == of(&same));
}

#[test]
fn overrides_win_over_profiles_and_later_profiles_over_earlier_ones() {
    let folder = with_profiles();
    for (arguments, seed) in [
        (&["--profile", "handout"][..], "seed 4"),
        (&["--profile", "handout", "--profile", "other-seed"], "seed 5"),
        (&["--profile", "other-seed", "--profile", "handout"], "seed 4"),
        (&["--set", "data.line.seed=6", "--profile", "handout"], "seed 6"),
        (&[], "seed 10"),
    ] {
        let plan = nodes(&folder, arguments);
        assert!(plan.contains(seed), "{arguments:?}: no {seed} in\n{plan}");
    }
}

#[test]
fn a_profile_that_is_not_chosen_changes_nothing_and_its_mistakes_are_said() {
    let folder = with_profiles();
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let before = files(&folder.path().join("figures"));
    let path = folder.path().join("a.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("seed = 4", "seed = 40")).unwrap();
    check(&elbow(&folder, &["build", "a.toml", "-q", "--locked"]), 0, &[]);
    fs::write(&path, text.replace("seed = 4", "seed = \"four\"")).unwrap();
    check(&elbow(&folder, &["build", "a.toml"]), 2, &["`seed` must be"]);
    // What an override mends in the file it mends under every profile.
    fs::write(&path, text.replace("seed = 10", "seed = -10")).unwrap();
    check(&elbow(&folder, &["plan", "a.toml", "--set", "data.line.seed=3"]), 0, &[]);
    assert!(files(&folder.path().join("figures")) == before);
}

#[test]
fn a_style_that_is_shared_has_profiles_too() {
    let text = CONFIG.replacen("schema = 1", "schema = 1\ninclude = ['style.toml']", 1);
    let folder = folder(&text);
    let style = "[profile.handout.output]\ndpi = 30\n[profile.handout.theme]\n";
    fs::write(folder.path().join("style.toml"), style).unwrap();
    check(&elbow(&folder, &["plan", "a.toml"]), 2, &["an empty table changes nothing"]);
    fs::write(folder.path().join("style.toml"), "[profile.handout.output]\ndpi = 30\n").unwrap();
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let arguments = ["build", "a.toml", "--locked", "-q", "--profile", "handout"];
    check(&elbow(&folder, &arguments), 3, &["L3_data.png` would change"]);
    fs::write(folder.path().join("style.toml"), "[profile.handout]\nseed = 3\n").unwrap();
    check(&elbow(&folder, &["plan", "a.toml"]), 2, &["an included file cannot say `seed`"]);
}

#[test]
fn what_another_profile_makes_is_not_left_over() {
    let folder = folder(&format!("{CONFIG}[profile.print.output]\nformats = ['pdf']\n"));
    check(&elbow(&folder, &["build", "a.toml", "-q", "--set", "output.formats=['svg']"]), 0, &[]);
    let path = folder.path().join("a.toml");
    let text = fs::read_to_string(&path).unwrap();
    // Without any of its figures as SVG, and with those of the profile.
    fs::write(
        &path,
        text.replace("[output]", "").replace("[lecture]", "output.formats = ['png']\n[lecture]"),
    )
    .unwrap();
    check(&elbow(&folder, &["build", "a.toml", "-q", "--profile", "print"]), 0, &[]);
    for arguments in
        [&["clean", "-n", "a.toml"][..], &["clean", "-n", "a.toml", "--profile", "print"]]
    {
        let listed = String::from_utf8(elbow(&folder, arguments).stdout).unwrap();
        assert!(listed.contains("L3_data.svg") && !listed.contains(".pdf"), "{listed}");
    }
}

#[test]
fn a_figure_that_is_switched_off_is_not_made_and_its_files_are_listed() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let path = folder.path().join("a.toml");
    let off = CONFIG.replacen("[figure.data]\n", "[figure.data]\nenabled = false\n", 1);
    assert_ne!(off, CONFIG);
    fs::write(&path, off).unwrap();
    check(&elbow(&folder, &["build", "a.toml"]), 0, &["of removed figures are still there"]);
    let listed = elbow(&folder, &["clean", "-n", "a.toml"]);
    assert!(String::from_utf8(listed.stdout).unwrap().contains("L3_data.png"));
    let only = elbow(&folder, &["build", "a.toml", "--only", "data"]);
    check(&only, 2, &["`figure.data` says `enabled = false`"]);
    // Said in so many words it is what it was, and nothing is made again.
    let on = CONFIG.replacen("[figure.data]\n", "[figure.data]\nenabled = true\n", 1);
    fs::write(&path, on).unwrap();
    let plan = nodes(&folder, &["--explain"]);
    assert!(plan.contains("figure.data        up to date"), "{plan}");
}
