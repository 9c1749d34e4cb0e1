//! Every bad config in `tests/config/` gives exactly the mistakes that its first lines state, each
//! at its place and with its hint.
//!
//! The first lines are comments: `# error: LINE:COLUMN: message` for a mistake in the config itself,
//! `# error: NAME:LINE:COLUMN: message` for one in another text (`--set`, a CSV file), each followed
//! by `# hint: ...`; `# set: PATH=VALUE` gives an override, `# profile: NAME` chooses a profile. `ACCEPT=1 cargo test --test config_errors`
//! writes what there is into the files, to be read before it is committed.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::{Path, PathBuf};

use annotate_snippets::Renderer;
use elbow::config::{self, Layers};
use elbow::diagnostic::Problems;

/// What the first lines of a config say, and how many lines they are.
struct Head {
    sets: Vec<String>,
    profiles: Vec<String>,
    expected: Vec<String>,
    lines: usize,
}

impl Head {
    fn layers(&self) -> Layers {
        Layers { profiles: self.profiles.clone(), ..Layers::of_sets(&self.sets) }
    }
}

fn head(text: &str) -> Head {
    let mut head = Head { sets: Vec::new(), profiles: Vec::new(), expected: Vec::new(), lines: 0 };
    for line in text.lines() {
        if let Some(set) = line.strip_prefix("# set: ") {
            head.sets.push(set.to_owned());
        } else if let Some(profile) = line.strip_prefix("# profile: ") {
            head.profiles.push(profile.to_owned());
        } else if line.starts_with("# error: ") || line.starts_with("# hint: ") {
            head.expected.push(line.to_owned());
        } else {
            break;
        }
        head.lines += 1;
    }
    head
}

/// The mistakes in the form of the first lines, where lines of the config count from `shift`.
fn found(path: &Path, problems: &Problems, shift: isize) -> Vec<String> {
    let own = path.display().to_string();
    let mut lines = Vec::new();
    for diagnostic in problems.sorted() {
        let place = diagnostic.span.as_ref().and_then(|s| problems.sources.position(s));
        let place = place.map_or_else(String::new, |(name, line, column)| {
            if name == own {
                format!("{}:{column}: ", line as isize + shift)
            } else {
                format!("{name}:{line}:{column}: ")
            }
        });
        lines.push(format!("# error: {place}{}", diagnostic.message));
        lines.extend(diagnostic.hint.iter().map(|hint| format!("# hint: {hint}")));
    }
    lines
}

fn configs() -> Vec<PathBuf> {
    let mut configs: Vec<PathBuf> = std::fs::read_dir("tests/config")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    configs.sort();
    configs
}

#[test]
fn every_bad_config_says_exactly_what_is_wrong() {
    let accept = std::env::var_os("ACCEPT").is_some();
    let configs = configs();
    assert!(configs.len() >= 40, "only {} bad configs", configs.len());
    let mut wrong = Vec::new();
    for path in &configs {
        let bytes = std::fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let head = head(&text);
        let mut problems = Problems::default();
        let result = config::load(path, &head.layers(), config::Others::Checked, &mut problems);
        assert!(result.is_err(), "{} is a good config", path.display());
        if accept {
            let given = head.sets.len() + head.profiles.len();
            let lines = given + found(path, &problems, 0).len();
            let shift = lines as isize - head.lines as isize;
            let mut new: Vec<String> = head.sets.iter().map(|s| format!("# set: {s}")).collect();
            new.extend(head.profiles.iter().map(|p| format!("# profile: {p}")));
            new.extend(found(path, &problems, shift));
            let mut new = new.join("\n").into_bytes();
            let body: usize = text.split_inclusive('\n').take(head.lines).map(str::len).sum();
            new.push(b'\n');
            new.extend_from_slice(&bytes[body..]);
            std::fs::write(path, new).unwrap();
            continue;
        }
        let found = found(path, &problems, 0);
        if found != head.expected {
            wrong.push(format!(
                "{}\n  expected\n    {}\n  found\n    {}",
                path.display(),
                head.expected.join("\n    "),
                found.join("\n    ")
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

#[test]
fn what_is_shown_has_the_same_places() {
    for path in configs() {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let mut problems = Problems::default();
        let _ = config::load(&path, &head(&text).layers(), config::Others::Checked, &mut problems);
        let shown = problems.render(&Renderer::plain());
        for diagnostic in problems.sorted() {
            assert!(
                diagnostic.hint.is_some(),
                "{}: no hint: {}",
                path.display(),
                diagnostic.message
            );
            let span = diagnostic.span.unwrap_or_else(|| panic!("{}: no place", path.display()));
            let (name, line, column) = problems.sources.position(&span).unwrap();
            let place = format!("--> {name}:{line}:{column}");
            assert!(shown.contains(&place), "{place} is not in\n{shown}");
            assert!(
                shown.contains(&diagnostic.message),
                "{} is not in\n{shown}",
                diagnostic.message
            );
            let message = &diagnostic.message;
            assert!(!message.ends_with('.'), "{message}");
            assert!(!message.starts_with(char::is_uppercase), "{message}");
        }
    }
}
