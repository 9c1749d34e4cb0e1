//! `elbow build --deps FILE`: which files the outputs depend on, for make, ninja and programs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::Exit;
use super::load::Loaded;
use super::messages::Reporter;
use super::targets::identity;
use crate::pipeline::Selection;
use crate::pipeline::outputs::{File, targets};
use crate::pipeline::write::write_telling;

/// What the outputs of a config depend on.
#[derive(Debug, PartialEq, Eq)]
struct Rule {
    config: String,
    outputs: BTreeSet<String>,
    inputs: BTreeSet<String>,
}

/// Writes to the file at `path` what the selected outputs of each config depend on, and the files
/// `beside` those of the first: as JSON if its name ends so, and else as rules of make. The same
/// configs give the same bytes; those of one path, as the members of a sweep, become one.
///
/// # Errors
///
/// If the file is one of those that are read or made, or cannot be written; the reason was said.
pub(super) fn write<'a>(
    path: &Path,
    loaded: impl Iterator<Item = (&'a Loaded, &'a Selection)> + Clone,
    beside: &[PathBuf],
    reporter: &Reporter,
) -> Result<(), Exit> {
    if let Some(what) = loaded.clone().find_map(|(one, _)| taken(path, one, beside)) {
        let shown = path.display();
        reporter.error(&format!(
            "cannot write what outputs depend on to `{shown}`: it is {what}\nhint: name another file"
        ));
        return Err(Exit::Wrong);
    }
    let mut rules: Vec<Rule> = Vec::new();
    for mut rule in loaded.map(|(one, selection)| rule(one, selection)) {
        match rules.iter_mut().find(|known| known.config == rule.config) {
            Some(known) => {
                known.outputs.append(&mut rule.outputs);
                known.inputs.append(&mut rule.inputs);
            }
            None => rules.push(rule),
        }
    }
    if let Some(first) = rules.first_mut() {
        first.outputs.extend(beside.iter().map(|path| path.display().to_string()));
    }
    let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let all = rules.iter().flat_map(|rule| rule.outputs.iter().chain(&rule.inputs));
    if let Some(odd) = all.into_iter().find(|path| !is_json && path.contains(NOT_IN_MAKE)) {
        reporter.error(&format!(
            "make has no way to write the path {odd:?}\nhint: name a file that ends in `.json`, or \
             paths without `%`, `;` and `|`"
        ));
        return Err(Exit::Wrong);
    }
    let text = if is_json { json(&rules) } else { make(&rules) };
    let file = File { path: path.to_owned(), bytes: text.into_bytes() };
    let tell = |path: &Path, written| reporter.wrote(path, written);
    write_telling(&[file], &tell).map(|_| ()).map_err(|error| {
        reporter.error(&error);
        Exit::InputOutput
    })
}

/// What the file is already, if it is one of the config's.
fn taken(path: &Path, one: &Loaded, beside: &[PathBuf]) -> Option<String> {
    let own = identity(path);
    let config = one.path.display();
    if one.plan.inputs.iter().any(|input| identity(input) == own) {
        return Some(format!("read by `{config}`"));
    }
    let outputs = targets(&one.plan, &Selection::All);
    outputs
        .iter()
        .chain(beside)
        .any(|output| identity(output) == own)
        .then(|| format!("made by `{config}`"))
}

fn rule(one: &Loaded, selection: &Selection) -> Rule {
    let shown = |path: &Path| path.display().to_string();
    Rule {
        config: shown(&one.path),
        outputs: targets(&one.plan, selection).iter().map(|path| shown(path)).collect(),
        inputs: one.plan.inputs.iter().map(|path| shown(path)).collect(),
    }
}

/// An object with a member a config.
fn json(rules: &[Rule]) -> String {
    let rules: BTreeMap<&String, &Rule> = rules.iter().map(|rule| (&rule.config, rule)).collect();
    let member = |rule: &Rule| {
        (rule.config.clone(), json!({"outputs": rule.outputs, "inputs": rule.inputs}))
    };
    format!("{:#}\n", Value::Object(rules.into_values().map(member).collect::<Map<_, _>>()))
}

/// One rule a config, and one without anything for every input, so that make does not stop where
/// one has been removed.
fn make(rules: &[Rule]) -> String {
    let mut text = String::new();
    for rule in rules {
        let names = |paths: &BTreeSet<String>| {
            paths.iter().map(|path| escaped(path)).collect::<Vec<_>>().join(" \\\n  ")
        };
        text += &format!("{}: \\\n  {}\n", names(&rule.outputs), names(&rule.inputs));
    }
    let inputs: BTreeSet<&String> = rules.iter().flat_map(|rule| &rule.inputs).collect();
    for input in inputs {
        text += &format!("\n{}:\n", escaped(input));
    }
    match text.contains(EQUALS) {
        true => format!("{} := =\n\n{text}", EQUALS.trim_matches(['$', '(', ')'])),
        false => text,
    }
}

/// An equals sign as the value of a variable: one that stands in a rule makes it no rule.
const EQUALS: &str = "$(elbow_equals)";

/// What cannot be written in a rule of make at all.
const NOT_IN_MAKE: [char; 5] = ['%', ';', '|', '\n', '\r'];

/// A path as make reads it.
fn escaped(path: &str) -> String {
    let mut text = String::new();
    // A backslash means itself, but before what it would keep from having a meaning.
    let mut backslashes = 0;
    for c in path.chars() {
        match c {
            ' ' | '\t' | '#' | ':' | '*' | '?' | '[' => {
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
            }
            '$' => text.push('$'),
            _ => {}
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        match c {
            '=' => text.push_str(EQUALS),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_make_would_take_for_something_else_is_escaped() {
        for (path, expected) in [
            ("figures/L3_a.pdf", "figures/L3_a.pdf"),
            ("a b/c#d", "a\\ b/c\\#d"),
            ("$x:y", "$$x\\:y"),
            ("a\\b", "a\\b"),
            ("a\\ b", "a\\\\\\ b"),
            ("[1]*?", "\\[1]\\*\\?"),
            ("a=1", "a$(elbow_equals)1"),
        ] {
            assert_eq!(escaped(path), expected);
        }
    }
}
