//! Each module imports only those before it, so that data flow one way.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order in which they may import each other.
const ORDER: [&str; 17] = [
    "diagnostic",
    "setting",
    "math",
    "random",
    "data",
    "model",
    "score",
    "selection",
    "render",
    "figure",
    "report",
    "config",
    "provenance",
    "pipeline",
    "check",
    "live",
    "command",
];

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn module(path: &Path) -> Option<usize> {
    let relative = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = relative.components().next().unwrap().as_os_str().to_str().unwrap();
    ORDER.iter().position(|m| *m == first.trim_end_matches(".rs"))
}

/// The file's path in `src`, such as `data/csv/text.rs`.
fn relative(path: &Path) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    path.strip_prefix(source).unwrap().to_str().unwrap().replace('\\', "/")
}

/// All source files by their path, and their code without comments.
fn code() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 30, "the sources were not found");
    let code = |file: PathBuf| {
        let text = fs::read_to_string(&file).unwrap();
        (file, without_comments(&text))
    };
    files.into_iter().map(code).collect()
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| match line.trim_start().starts_with("//") {
        true => "",
        false => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules that a text names behind a root such as `crate::`: the one of `crate::math::sum`, and
/// each of `crate::{data, figure}`.
fn named(text: &str, root: &str) -> Vec<String> {
    let word =
        |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (start, _) in text.match_indices(root) {
        let rest = &text[start + root.len()..];
        match rest.strip_prefix('{') {
            None => names.push(word(rest)),
            Some(list) => {
                let mut depth = 1;
                let mut item = true;
                for (i, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 1 => item = true,
                        c if c.is_alphabetic() && item => {
                            names.push(word(&list[i..]));
                            item = false;
                        }
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
    }
    names
}

/// The modules of the crate that a file names, by `crate::` or by `super::` up to the root.
fn imported(relative: &str, text: &str) -> Vec<String> {
    let folders = relative.matches('/').count();
    let up = if relative.ends_with("/mod.rs") { folders } else { folders + 1 };
    let mut names = named(text, "crate::");
    names.extend(named(text, &"super::".repeat(up)));
    names
}

#[test]
fn modules_import_only_those_before_them() {
    let mut wrong = Vec::new();
    for (file, text) in code() {
        let Some(own) = module(&file) else { continue };
        for name in imported(&relative(&file), &text) {
            let other = ORDER.iter().position(|m| *m == name);
            if other.is_some_and(|other| other > own) {
                wrong.push(format!("{} imports {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What of the world outside may be looked at, and by whom: modules, or single files. `fs` and the
/// like are modules of `std`, others are names of types.
const OUTSIDE: [(&str, &[&str]); 8] = [
    ("fs", &["config", "data", "pipeline", "live", "command"]),
    ("env", &["command"]),
    ("process", &["main.rs", "command/mod.rs", "command/interrupt.rs"]),
    ("net", &["live/server.rs"]),
    // How long a command takes, how old a file is that a killed run left, and what was of use
    // for longest.
    ("Instant", &["command/progress.rs"]),
    ("SystemTime", &["pipeline/write.rs", "pipeline/store.rs", "live/changes.rs"]),
    // Their order is another in each run.
    ("HashMap", &[]),
    ("HashSet", &[]),
];

/// Whether a text uses a module of `std` or a type of this name.
fn uses(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let is_type = name.starts_with(char::is_uppercase);
    let stands_alone = |(start, _): (usize, &str)| {
        !text[..start].ends_with(is_part) && !text[start + name.len()..].starts_with(is_part)
    };
    match is_type {
        true => text.match_indices(name).any(stands_alone),
        false => named(text, "std::").iter().any(|module| module == name),
    }
}

#[test]
fn only_those_who_may_look_at_the_world_outside_do() {
    let mut wrong = Vec::new();
    for (file, text) in code() {
        let relative = relative(&file);
        let module = relative.split('/').next().unwrap().trim_end_matches(".rs");
        for (name, may) in OUTSIDE {
            if uses(&text, name) && !may.contains(&module) && !may.contains(&relative.as_str()) {
                wrong.push(format!("{relative} uses {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn whoever_may_look_at_the_world_outside_does() {
    let code = code();
    for (name, may) in OUTSIDE {
        for who in may {
            let is_who = |file: &Path| {
                let relative = relative(file);
                relative == *who || relative.starts_with(&format!("{who}/"))
            };
            let used = code.iter().any(|(file, text)| is_who(file) && uses(text, name));
            assert!(used, "{who} does not use {name} any more: take it from the list");
        }
    }
}

#[test]
fn what_is_named_is_seen_in_lists_and_paths() {
    let text = "use crate::{data, figure::{a, b}, model};\nfn f() { crate::score::g() }";
    assert_eq!(named(text, "crate::"), ["data", "figure", "model", "score"]);
    assert_eq!(imported("math/svd/rotation.rs", "super::super::super::model::f()"), ["model"]);
    assert_eq!(imported("math/mod.rs", "use super::{data, model::Fit};"), ["data", "model"]);
    assert!(imported("math/svd.rs", "super::model::f()").is_empty());
    for (text, name) in [
        ("use std::{fmt, fs::File};", "fs"),
        ("std::env::var(x)", "env"),
        ("use std::time::{Duration, Instant};", "Instant"),
        ("use std::collections::HashMap as Map;", "HashMap"),
    ] {
        assert!(uses(text, name), "{text}");
    }
    let text = without_comments("/// A HashMap and std::fs.\nuse std::fmt; struct MyInstant;\n");
    assert!(OUTSIDE.iter().all(|(name, _)| !uses(&text, name)), "{text}");
}
