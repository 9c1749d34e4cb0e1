//! Each module imports only those before it, so that data flow one way.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order in which they may import each other.
const ORDER: [&str; 13] = [
    "diagnostic",
    "setting",
    "math",
    "random",
    "data",
    "model",
    "score",
    "render",
    "figure",
    "report",
    "config",
    "pipeline",
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

/// The modules that a line names: `crate::math::...`, and each of `crate::{data, figure}`.
fn named(text: &str) -> Vec<String> {
    let word =
        |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (start, _) in text.match_indices("crate::") {
        let rest = &text[start + "crate::".len()..];
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

#[test]
fn modules_import_only_those_before_them() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 30, "the sources were not found");
    let mut wrong = Vec::new();
    for file in &files {
        let Some(own) = module(file) else { continue };
        let text = fs::read_to_string(file).unwrap();
        for name in named(&text) {
            let other = ORDER.iter().position(|m| *m == name);
            if other.is_some_and(|other| other > own) {
                wrong.push(format!("{} imports {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_modules_that_may_touch_the_file_system_do() {
    let may = ["config", "data", "pipeline", "command"];
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    for file in &files {
        let Some(own) = module(file) else { continue };
        let text = fs::read_to_string(file).unwrap();
        let touches = text.contains("std::fs") || text.contains("File::open");
        assert!(
            !touches || may.contains(&ORDER[own]),
            "{} touches the file system",
            file.display()
        );
    }
}

#[test]
fn named_sees_lists_and_paths() {
    let text = "use crate::{data, figure::{a, b}, model};\nfn f() { crate::score::g() }";
    assert_eq!(named(text), ["data", "figure", "model", "score"]);
}
