//! What the README says of a newcomer's first steps is what happens.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;

use program::elbow;
use tempfile::TempDir;

/// The calls of a block, each with what it prints.
fn calls(block: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let mut calls: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for line in block.lines() {
        match line.strip_prefix("$ elbow ") {
            Some(call) => calls.push((call.split(' ').collect(), Vec::new())),
            None => calls.last_mut().unwrap().1.push(line),
        }
    }
    calls
}

/// A line without what differs from one machine to the next.
fn timeless(line: &str) -> String {
    let is_time = |word: &str| word.parse::<f64>().is_ok();
    match line.rsplit_once(", ") {
        Some((rest, time)) if time.strip_suffix(" s").is_some_and(is_time) => rest.to_owned(),
        _ => line.to_owned(),
    }
}

/// Whether lines are as expected, where `...` stands for any lines.
fn as_expected(lines: &[String], expected: &[&str]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((&"...", rest)) => (0..=lines.len()).any(|skip| as_expected(&lines[skip..], rest)),
        Some((first, rest)) => lines
            .split_first()
            .is_some_and(|(line, lines)| *line == timeless(first) && as_expected(lines, rest)),
    }
}

#[test]
fn the_first_steps_of_a_newcomer_are_what_happens() {
    let readme = fs::read_to_string("README.md").unwrap();
    let section = readme.split("\n## ").find(|s| s.starts_with("From nothing to a figure\n"));
    let parts: Vec<&str> = section.unwrap().split("```").collect();
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let mut ran = 0;
    for part in parts {
        if part.contains("from `5.0` to `3.0`") {
            let config = folder.path().join("config/line.toml");
            let text = fs::read_to_string(&config).unwrap();
            assert_eq!(text.matches("5.0]").count(), 1, "{text}");
            fs::write(&config, text.replace("5.0]", "3.0]")).unwrap();
        }
        for file in part.split('`').filter(|word| word.starts_with("figures/")) {
            assert!(folder.path().join(file).exists(), "there is no `{file}`");
        }
        for (call, expected) in part.strip_prefix("console\n").map(calls).into_iter().flatten() {
            let output = elbow(&folder, &call);
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert!(output.status.success(), "{call:?}: {said}");
            // A terminal has bars in the place of one line a node.
            let is_node = |line: &&str| line.contains(" s  done ");
            let lines: Vec<String> = said.lines().filter(|l| !is_node(l)).map(timeless).collect();
            assert!(as_expected(&lines, &expected), "{call:?}: {lines:#?}\nis not\n{expected:#?}");
            ran += 1;
        }
    }
    assert_eq!(ran, 6, "calls of the README");
}
