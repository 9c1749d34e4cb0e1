//! Bars on a terminal, and nothing of them elsewhere; `script` makes the terminal, where it is there.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use program::{CONFIG, check, elbow, folder};
use tempfile::TempDir;

/// A fit that takes a second or so.
const LONG: &str = "--set data.line.source.gaussian_mixture.samples=200000 \
    --set 'fit.cavi.model.cavi={components = 6, max_iter = 100, tol = 0.0}' \
    --set baseline.permuted.permuted_truth.repeats=1";

/// What a call of `$elbow` writes to a terminal; `None` where there is no `script`.
fn on_terminal(folder: &TempDir, term: &str, call: &str) -> Option<String> {
    let call = format!("stty cols 100 rows 30; {call}");
    let output = Command::new("script")
        .args(["-qec", &call, "/dev/null"])
        .current_dir(folder.path())
        .env("elbow", cargo_bin("elbow"))
        .env("TERM", term)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    Some(text)
}

/// What is left on a terminal that has shown this, line by line: what a cursor that goes up, to the
/// beginning of a line, and erases, leaves.
fn left(text: &str) -> Vec<String> {
    let mut lines: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0, 0);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' => column = 0,
            '\n' => {
                row += 1;
                if row == lines.len() {
                    lines.push(Vec::new());
                }
            }
            '\u{1b}' => {
                rest.next_if_eq(&'[');
                let mut count = String::new();
                while let Some(digit) = rest.next_if(|c| c.is_ascii_digit() || *c == ';') {
                    count.push(digit);
                }
                match rest.next() {
                    Some('A') => row = row.saturating_sub(count.parse().unwrap_or(1)),
                    Some('K') if count == "2" => lines[row].clear(),
                    Some('K') => lines[row].truncate(column),
                    _ => {}
                }
            }
            c => {
                let line = &mut lines[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = c;
                column += 1;
            }
        }
    }
    let lines = lines.into_iter().map(|line| String::from_iter(line).trim_end().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

#[test]
fn a_long_build_shows_bars_and_leaves_its_summary() {
    let folder = folder(CONFIG);
    let Some(text) = on_terminal(&folder, "xterm", &format!("\"$elbow\" build a.toml {LONG}"))
    else {
        return;
    };
    for part in ["nodes [", "iterations [", "fit.cavi", "/100 "] {
        assert!(text.contains(part), "{part:?} is not in\n{text:?}");
    }
    let left = left(&text);
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].starts_with("a: 2 figures, 19 files in `figures` (19 new"), "{left:?}");
}

#[test]
fn an_interrupted_build_leaves_its_last_word() {
    let folder = folder(CONFIG);
    let longer = LONG.replace("max_iter = 100", "max_iter = 100000");
    let call = format!(
        "\"$elbow\" build a.toml {longer} & id=$!; sleep 1; kill -TERM $id; wait $id; test $? = 130"
    );
    // What ignores hang-ups, as below `nohup`, ends as the system ends it.
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    if u64::from_str_radix(ignored.trim(), 16).unwrap() & 1 == 1 {
        return;
    }
    let Some(text) = on_terminal(&folder, "xterm", &call) else { return };
    assert!(text.contains("nodes ["), "{text:?}");
    assert_eq!(left(&text), ["interrupted; what was written is whole"], "{text:?}");
}

#[test]
fn what_is_fast_or_not_for_people_shows_none() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let Some(text) = on_terminal(&folder, "xterm", "\"$elbow\" build a.toml") else { return };
    assert!(text.starts_with("a: 2 figures") && !text.contains('\u{1b}'), "{text:?}");
    for (term, arguments) in [
        ("dumb", "build a.toml -o b"),
        ("xterm", "build a.toml -o c -q"),
        ("xterm", "build a.toml -o d -v"),
        ("xterm", "build a.toml -o e --message-format json"),
    ] {
        let text = on_terminal(&folder, term, &format!("\"$elbow\" {arguments} {LONG}")).unwrap();
        assert!(!text.contains("nodes [") && !text.contains('\u{1b}'), "{arguments}: {text:?}");
    }
    let piped = elbow(&folder, &["build", "a.toml", "--no-cache"]);
    check(&piped, 0, &["done    fit.cavi"]);
    assert!(!String::from_utf8(piped.stderr).unwrap().contains("nodes ["));
}
