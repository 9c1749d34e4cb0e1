//! Starting a project: `elbow init`.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::collections::BTreeSet;
use std::fs;

use program::{check, elbow, files, names, stdout};
use tempfile::TempDir;

/// The templates, each with the files that it writes.
const TEMPLATES: [(&str, &[&str]); 4] = [
    ("line", &["config/elbow.schema.json", "config/line.toml"]),
    ("plane", &["config/elbow.schema.json", "config/plane.toml"]),
    ("csv", &["config/csv.toml", "config/elbow.schema.json", "config/points.csv"]),
    ("lecture", &["config/elbow.schema.json", "config/lecture.toml", "config/style/course.toml"]),
];

/// An empty project.
fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    folder
}

#[test]
fn all_templates_are_listed_and_nothing_is_written() {
    let folder = project();
    let listed = stdout(&elbow(&folder, &["init", "--list"]));
    let known: Vec<&str> = listed.lines().filter_map(|l| l.split_whitespace().next()).collect();
    assert_eq!(known, TEMPLATES.map(|(name, _)| name));
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn every_template_builds_and_its_figures_can_be_read() {
    for (name, expected) in TEMPLATES {
        let folder = project();
        let said = stdout(&elbow(&folder, &["init", "--template", name]));
        assert_eq!(names(&folder), expected);
        for path in expected {
            assert!(said.contains(&format!("wrote {path}\n")), "{said}");
        }
        let config = format!("config/{name}.toml");
        assert!(said.ends_with(&format!("next: elbow build {config}\n")), "{said}");
        let text = fs::read_to_string(folder.path().join(&config)).unwrap();
        assert!(text.starts_with("#:schema ./elbow.schema.json\n# "), "{text}");
        let profiles: &[&[&str]] = match name {
            "lecture" => &[&[], &["--profile", "handout"], &["--profile", "draft"]],
            _ => &[&[]],
        };
        for profile in profiles {
            check(&elbow(&folder, &[&["build", &config, "-q"], *profile].concat()), 0, &[]);
            check(&elbow(&folder, &[&["lint-figures", &config], *profile].concat()), 0, &[]);
        }
        let made = names(&folder);
        assert!(made.iter().any(|n| n.starts_with("figures/") && n.ends_with(".png")), "{made:?}");
        // A file that a comment names is there.
        let comments = text.lines().filter_map(|line| Some(line.split_once("# ")?.1));
        let words = comments.flat_map(|c| c.split([' ', ',', ':', '`', ';']));
        for word in words.filter(|w| [".pdf", ".csv", ".toml"].iter().any(|end| w.ends_with(end))) {
            assert!(made.iter().any(|n| n.ends_with(&format!("/{word}"))), "no {word}: {made:?}");
        }
    }
}

#[test]
fn the_schema_beside_a_template_is_what_the_program_prints() {
    let folder = project();
    check(&elbow(&folder, &["init"]), 0, &[]);
    let written = fs::read_to_string(folder.path().join("config/elbow.schema.json")).unwrap();
    assert!(written == stdout(&elbow(&folder, &["schema"])));
    assert_eq!(names(&folder), TEMPLATES[0].1, "`line` is the default");
}

#[test]
fn all_templates_can_live_in_one_folder_and_write_different_figures() {
    let folder = project();
    let mut configs = vec!["build".to_owned(), "-q".to_owned()];
    for (name, _) in TEMPLATES {
        check(&elbow(&folder, &["init", "new/it is", "--template", name]), 0, &[]);
        configs.push(format!("new/it is/config/{name}.toml"));
    }
    let all: BTreeSet<String> =
        TEMPLATES.iter().flat_map(|(_, f)| *f).map(|f| format!("new/it is/{f}")).collect();
    assert_eq!(names(&folder).into_iter().collect::<BTreeSet<_>>(), all);
    let configs: Vec<&str> = configs.iter().map(String::as_str).collect();
    check(&elbow(&folder, &configs), 0, &[]);
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let folder = project();
    let style = folder.path().join("config/style");
    fs::create_dir_all(&style).unwrap();
    fs::write(style.join("course.toml"), "schema = 1\n").unwrap();
    fs::write(folder.path().join("config/elbow.schema.json"), "{}").unwrap();
    let before = files(folder.path());
    let output = elbow(&folder, &["init", "--template", "lecture"]);
    check(&output, 2, &["already\n  config/style/course.toml\n  config/elbow.schema.json\nhint: "]);
    assert!(output.stdout.is_empty());
    assert!(files(folder.path()) == before);
    // The config itself is never taken for one that was just written.
    let other = project();
    check(&elbow(&other, &["init"]), 0, &[]);
    let before = files(other.path());
    check(&elbow(&other, &["init"]), 2, &["already\n  config/line.toml\nhint: remove or rename"]);
    assert!(files(other.path()) == before);
}

#[test]
fn a_folder_that_is_there_in_place_of_a_file_is_in_the_way_too() {
    let folder = project();
    fs::create_dir_all(folder.path().join("config/line.toml")).unwrap();
    check(&elbow(&folder, &["init"]), 2, &["config/line.toml"]);
}

#[test]
fn a_template_that_does_not_exist_is_a_typing_error() {
    let folder = project();
    for (written, hint) in [
        ("lectur", "did you mean `lecture`?"),
        ("zzz", "the templates are `line`, `plane`, `csv`, `lecture`"),
    ] {
        let said = format!("there is no template `{written}`\nhint: {hint}");
        check(&elbow(&folder, &["init", "--template", written]), 2, &[&said]);
    }
    assert_eq!(names(&folder), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_exit_code_4() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = project();
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser writes everywhere, but for a file system that cannot be written at all.
    let place = if fs::write(locked.join("probe"), "").is_err() { "locked" } else { "/proc/self" };
    let output = elbow(&folder, &["init", place]);
    let said = format!("cannot write `{place}/config/line.toml`: ");
    check(&output, 4, &[&said, "\nhint: allow writing to the folder, or name another"]);
    assert!(output.stdout.is_empty());
    fs::write(folder.path().join("file"), "").unwrap();
    check(&elbow(&folder, &["init", "file"]), 4, &["cannot write `file/config/line.toml`: "]);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
}
