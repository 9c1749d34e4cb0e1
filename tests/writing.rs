//! Files that cannot be written: what is said, and what becomes of all else.
//!
//! Each test runs in a fresh folder.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;

use program::{CONFIG, check, elbow, files, folder, names};

/// What every message about a place that cannot be written to ends with.
const ELSEWHERE: &str = "name another folder by `-o` or in `[output]`";

#[test]
fn a_folder_where_a_file_should_be_is_told_before_the_work() {
    let built = folder(CONFIG);
    check(&elbow(&built, &["build", "a.toml", "-q"]), 0, &[]);
    let outputs: Vec<String> = names(&built).into_iter().filter(|n| n != "a.toml").collect();
    assert_eq!(outputs.len(), 19);
    for name in outputs {
        let folder = folder(CONFIG);
        fs::create_dir_all(folder.path().join(&name)).unwrap();
        let output = elbow(&folder, &["build", "a.toml"]);
        let message = format!("cannot write `{name}`: it is a folder\nhint: remove it, or ");
        check(&output, 4, &[&message, ELSEWHERE]);
        assert_eq!(names(&folder), ["a.toml"], "{name}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("done"), "nothing is run: {said}");
    }
}

#[test]
fn what_is_not_written_stands_in_nobodys_way() {
    let folder = folder(CONFIG);
    fs::create_dir_all(folder.path().join("figures/L3_elbo.pdf")).unwrap();
    fs::create_dir_all(folder.path().join("figures/extras/a/report.html")).unwrap();
    check(&elbow(&folder, &["build", "a.toml", "-q", "--only", "data"]), 0, &[]);
}

#[test]
fn a_folder_that_is_none_is_told_before_the_work() {
    let folder = folder(CONFIG);
    fs::create_dir_all(folder.path().join("figures/extras/a")).unwrap();
    fs::write(folder.path().join("figures/extras/a/data"), "mine").unwrap();
    let output = elbow(&folder, &["build", "a.toml"]);
    let below = "`figures/extras/a/data`";
    check(&output, 4, &[&format!("cannot write to {below}: {below} is a file\n"), ELSEWHERE]);
    assert_eq!(names(&folder), ["a.toml", "figures/extras/a/data"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_and_a_device_are_told_before_the_work() {
    let folder = folder(CONFIG);
    std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
    for (place, what) in [
        ("link", "`link` is a link that leads nowhere"),
        ("link/below", "`link` is a link that leads nowhere"),
        ("/dev/full", "`/dev/full` is no folder"),
    ] {
        let output = elbow(&folder, &["build", "a.toml", "-o", place]);
        check(&output, 4, &[&format!("cannot write to `{place}`: {what}\n"), ELSEWHERE]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("done"), "nothing is run: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_read_only_is_exit_code_4_and_named_without_its_temporary_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(CONFIG);
    let locked = folder.path().join("figures");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser writes everywhere, but for a file system that cannot be written at all.
    let place = if fs::write(locked.join("probe"), "").is_err() { "figures" } else { "/proc/self" };
    let output = elbow(&folder, &["build", "a.toml", "-o", place]);
    check(&output, 4, &[&format!("cannot write `{place}/L3_data.pdf`: "), "\nhint: ", ELSEWHERE]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains(".elbow-"), "{said}");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_config_that_cannot_be_written_does_not_stop_the_others() {
    let folder = folder(CONFIG);
    fs::create_dir_all(folder.path().join("figures/L3_data.pdf")).unwrap();
    let other = CONFIG.replace("schema = 1", "schema = 1\noutput = { figures = \"other\" }");
    fs::write(folder.path().join("b.toml"), other).unwrap();
    let output = elbow(&folder, &["build", "a.toml", "b.toml"]);
    check(&output, 4, &["cannot write `figures/L3_data.pdf`", "b: 2 figures, 19 files in `other`"]);
    assert!(names(&folder).contains(&"other/L3_elbo.pdf".to_owned()));
}

#[test]
fn what_a_killed_run_left_is_removed() {
    let folder = folder(CONFIG);
    let figures = folder.path().join("figures");
    fs::create_dir_all(figures.join(".elbow-folder")).unwrap();
    for name in [".elbow-aB3dE6", ".elbow-notes.txt", "elbow-aB3dE6x"] {
        fs::write(figures.join(name), "").unwrap();
    }
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let left: Vec<String> = files(&figures).into_keys().filter(|n| n.contains("elbow-")).collect();
    assert_eq!(left, [".elbow-notes.txt", "elbow-aB3dE6x"]);
    assert!(figures.join(".elbow-folder").is_dir());
}
