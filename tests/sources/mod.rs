//! What the tests of data sources share.

#![allow(dead_code, reason = "every test file uses its own part of it")]

use elbow::data::{Dataset, Source, Spec};
use elbow::diagnostic::Problems;
use elbow::random::{Generator, Seed, stream};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Config {
    source: Source,
}

/// What a source resolves to, in `folder`.
pub(crate) fn resolve_in(folder: &Path, text: &str) -> Result<Spec, Vec<(String, String)>> {
    let config: Config = toml::from_str(text).unwrap();
    let mut problems = Problems::default();
    problems.sources.add("test.toml", text);
    match config.source.resolve(folder, &mut problems) {
        Some(spec) => {
            assert!(problems.is_empty());
            Ok(spec)
        }
        None => {
            assert!(!problems.is_empty(), "a source without a value must say why");
            // A span past the config is one into the file, whose excerpt the tests of files take.
            let excerpt = |span: std::ops::Range<usize>| {
                text.get(span.clone()).map_or(format!("+{}", span.start), str::to_owned)
            };
            let show = |d: elbow::diagnostic::Diagnostic| {
                assert!(d.hint.is_some(), "no hint: {}", d.message);
                (d.message, d.span.map_or(String::new(), excerpt))
            };
            Err(problems.sorted().into_iter().map(show).collect())
        }
    }
}

pub(crate) fn resolve(text: &str) -> Result<Spec, Vec<(String, String)>> {
    resolve_in(Path::new("."), text)
}

/// What a source makes with numpy's generator.
pub(crate) fn make(text: &str, seed: u64) -> Dataset {
    resolve(text).unwrap().make(&mut *stream(Generator::Numpy, &Seed::Own(seed)))
}

/// Each mistake as (message, excerpt of the config).
#[track_caller]
pub(crate) fn check(text: &str, expected: &[(&str, &str)]) {
    let mistakes = resolve(text).unwrap_err();
    let shown: Vec<(&str, &str)> = mistakes.iter().map(|(m, e)| (m.as_str(), e.as_str())).collect();
    assert_eq!(shown, expected, "in\n{text}");
}

/// The data set of a file: nothing of it is drawn.
pub(crate) fn made(spec: &Spec) -> Dataset {
    spec.make(&mut *stream(Generator::Chacha, &Seed::Own(0)))
}
