//! Macros and variables that decks use and the numbers do not define.

use std::collections::BTreeSet;
use std::fs;

use super::{Finding, Kind, Text};
use crate::check::deck::{self, Language};
use crate::command::load::Loaded;
use crate::config::Plan;
use crate::config::plan::is_swept;
use crate::diagnostic::did_you_mean;
use crate::report::numbers::macro_part;

/// The files that define names for decks, beside the figures.
const FILES: [&str; 2] = ["numbers", "snippets"];
/// Slips in a name that make it no other's.
const SLIPS: usize = 2;

/// The names that the configs give to numbers and figures, in one language.
struct Known {
    /// All that are defined.
    defined: BTreeSet<String>,
    /// The beginnings of those of a node, such as `FitCavi`, each with where to see them; not those
    /// of configs whose numbers are not there.
    nodes: Vec<(String, String)>,
    /// Those of configs whose numbers are not there.
    unknown: Vec<String>,
    /// The beginnings of those of a section, such as `Fit`.
    sections: BTreeSet<String>,
}

/// Names that are used and not defined, and what could not be checked.
pub(super) fn undefined(loaded: &[Loaded], texts: &[Text]) -> (Vec<Finding>, Vec<String>) {
    let mut findings = Vec::new();
    let mut notes = Vec::new();
    for language in [Language::Tex, Language::Typst] {
        let texts: Vec<&Text> = texts.iter().filter(|text| text.language == language).collect();
        if texts.is_empty() {
            continue;
        }
        let known = known(loaded, language, &mut notes);
        let own: BTreeSet<&String> = texts.iter().flat_map(|t| t.deck.defined.keys()).collect();
        for text in texts {
            for used in &text.deck.names {
                let name = &used.text;
                if known.defined.contains(name) || own.contains(name) {
                    continue;
                }
                let Some(hint) = known.hint(name, language) else { continue };
                findings.push(Finding {
                    kind: Kind::Undefined,
                    file: text.path.clone(),
                    place: text.place(used.span.start),
                    message: format!("no numbers define `{}`", shown(name, language)),
                    hint,
                });
            }
        }
    }
    (findings, notes)
}

impl Known {
    /// What to do about a name that is not defined, if it is one of ours for sure.
    fn hint(&self, name: &str, language: Language) -> Option<String> {
        let begins = |beginning: &String| begins(name, beginning, language);
        if self.unknown.iter().any(begins) {
            return None;
        }
        let node = self.nodes.iter().filter(|(beginning, _)| begins(beginning));
        let node = node.max_by_key(|(beginning, _)| beginning.len());
        if let Some((beginning, there)) = node {
            // What is behind the node's name tells its numbers apart.
            let known = self.defined.iter().filter_map(|name| name.strip_prefix(beginning));
            let near = did_you_mean(name.strip_prefix(beginning)?, known);
            return Some(match near {
                Some(near) => {
                    format!("did you mean `{}`?", shown(&format!("{beginning}{near}"), language))
                }
                None => there.clone(),
            });
        }
        let near = did_you_mean(name, self.defined.iter().map(String::as_str))?;
        let is_slip = strsim::osa_distance(name, near) <= SLIPS;
        let is_ours = is_slip && self.sections.iter().any(begins);
        is_ours.then(|| format!("did you mean `{}`?", shown(near, language)))
    }
}

/// Whether a name is the beginning and something behind it.
fn begins(name: &str, beginning: &str, language: Language) -> bool {
    name.strip_prefix(beginning).is_some_and(|rest| match language {
        Language::Typst => rest.starts_with('-'),
        Language::Tex | Language::Markdown => rest.starts_with(|c: char| c.is_ascii_uppercase()),
    })
}

fn shown(name: &str, language: Language) -> String {
    match language {
        Language::Typst => name.to_owned(),
        Language::Tex | Language::Markdown => format!("\\{name}"),
    }
}

/// The names of all configs. What they define is read from the files of their last build.
fn known(loaded: &[Loaded], language: Language, notes: &mut Vec<String>) -> Known {
    let mut known = Known {
        defined: BTreeSet::new(),
        nodes: Vec::new(),
        unknown: Vec::new(),
        sections: BTreeSet::new(),
    };
    let ending = if language == Language::Typst { "typ" } else { "tex" };
    for one in loaded {
        let nodes = nodes(&one.plan, language);
        let sections = nodes.iter().map(|(section, ..)| part(section, language));
        known.sections.extend(sections);
        let beginnings = nodes.into_iter().map(|(section, of, name)| {
            let parts = [part(section, language), part(name, language)];
            let separator = if language == Language::Typst { "-" } else { "" };
            (parts.join(separator), (section, format!("{of}.{name}")))
        });
        let Some(extras) = &one.plan.output.extras else {
            known.unknown.extend(beginnings.map(|(beginning, _)| beginning));
            notes.push(format!(
                "`{}` writes no numbers, so their names were not checked",
                one.path.display()
            ));
            continue;
        };
        let files = FILES.map(|name| extras.join(format!("{name}.{ending}")));
        let read = files.each_ref().map(|path| fs::read_to_string(path).ok());
        let texts: Option<Vec<String>> = read.into_iter().collect();
        let Some(texts) = texts else {
            known.unknown.extend(beginnings.map(|(beginning, _)| beginning));
            let [numbers, _] = &files;
            notes.push(format!(
                "`{}` is not built, so the names of its numbers were not checked: there is no `{}`",
                one.path.display(),
                numbers.display()
            ));
            continue;
        };
        let [numbers, snippets] = &files;
        known.nodes.extend(beginnings.map(|(beginning, (section, node))| {
            let file = if section == "caption" { snippets } else { numbers };
            let there = format!(
                "what there is of `{node}` stands in `{}`; build it again if it is old",
                file.display()
            );
            (beginning, there)
        }));
        for text in texts {
            known.defined.extend(deck::read(language, &text).defined.into_keys());
        }
    }
    known
}

/// The sections as names begin with them, those that nodes are called by, and the nodes.
fn nodes(plan: &Plan, language: Language) -> Vec<(&'static str, &'static str, &str)> {
    let mut nodes = Vec::new();
    for name in plan.data.keys() {
        nodes.push(("data", "data", name.as_str()));
    }
    for name in plan.fits.keys().filter(|name| !is_swept(name)) {
        nodes.extend(["fit", "score"].map(|section| (section, section, name.as_str())));
    }
    for name in plan.predictions.keys() {
        nodes.push(("predict", "predict", name.as_str()));
    }
    for name in plan.sweeps.keys() {
        nodes.push(("sweep", "sweep", name.as_str()));
    }
    for name in plan.baselines.keys() {
        nodes.push(("baseline", "baseline", name.as_str()));
    }
    for name in plan.figures.keys() {
        nodes.push(("figure", "figure", name.as_str()));
        if language == Language::Tex {
            nodes.push(("caption", "figure", name.as_str()));
        }
    }
    nodes
}

/// A section or a node as a part of a name.
fn part(name: &str, language: Language) -> String {
    match language {
        Language::Typst => name.replace('_', "-"),
        Language::Tex | Language::Markdown => macro_part(name),
    }
}
