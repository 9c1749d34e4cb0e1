//! `elbow check --tex`: do decks and configs agree on figures and numbers?
//!
//! Only what is sure is said: a path with something computed in it, a folder that is nobody's or a
//! macro that may be of anyone is left alone.

mod figures;
mod files;
mod names;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use toml::Spanned;
use toml::de::{DeString, DeTable};

use self::files::Text;
use super::findings::Form;
use super::load::Loaded;
use super::{Exit, github, progress};
use crate::diagnostic::{Sources, counted};

/// What a deck and the configs do not agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A picture that is not there and that no config makes.
    Missing,
    /// A picture in a folder of figures that no config makes.
    Unknown,
    /// A macro or variable that no numbers define.
    Undefined,
    /// A figure that no deck uses.
    Unused,
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::Missing, Kind::Unknown, Kind::Undefined, Kind::Unused];

    /// What it is called in JSON.
    fn name(self) -> &'static str {
        match self {
            Kind::Missing => "missing",
            Kind::Unknown => "unknown",
            Kind::Undefined => "undefined",
            Kind::Unused => "unused",
        }
    }

    /// `n` of it in words.
    fn counted(self, n: usize) -> String {
        match self {
            Kind::Missing => format!("{} missing", counted(n, "picture")),
            Kind::Unknown => format!("{} that no config makes", counted(n, "picture")),
            Kind::Undefined => format!("{} undefined", counted(n, "number")),
            Kind::Unused => format!("{} used nowhere", counted(n, "figure")),
        }
    }
}

/// A thing that has been found, where, and what to do about it.
struct Finding {
    kind: Kind,
    file: PathBuf,
    /// Line and column, from 1; those of a figure are in its config.
    place: Option<(usize, usize)>,
    message: String,
    hint: String,
}

impl Finding {
    /// `file:line:column`.
    fn shown(&self) -> String {
        let file = self.file.display();
        self.place.map_or_else(|| file.to_string(), |(line, col)| format!("{file}:{line}:{col}"))
    }
}

/// All that has been found in decks.
struct Checked {
    /// How many texts have been read.
    texts: usize,
    findings: Vec<Finding>,
    /// Why some or all numbers have not been checked.
    notes: Vec<String>,
}

/// Checks the decks that the globs match against the configs, and prints what it finds.
///
/// # Errors
///
/// [`Exit::Wrong`] if a glob matches no deck, [`Exit::InputOutput`] if a deck cannot be read; the
/// reasons are on standard error.
pub(super) fn check(loaded: &[Loaded], globs: &[String], form: Form) -> Result<Exit, Exit> {
    let texts = files::read(loaded, globs)?;
    let (mut findings, unused) = figures::differences(loaded, &texts);
    let (undefined, notes) = names::undefined(loaded, &texts);
    findings.extend(undefined);
    let order = |finding: &Finding| texts.iter().position(|text| text.path == finding.file);
    findings.sort_by_key(|finding| (order(finding), finding.place));
    findings.extend(unused);
    let checked = Checked { texts: texts.len(), findings, notes };
    for note in &checked.notes {
        progress::line(&format!("note: {note}"));
    }
    for finding in &checked.findings {
        let message = format!("{}\nhint: {}", finding.message, finding.hint);
        github::error_at(&finding.file, finding.place, &message);
    }
    let markdown = markdown(&checked);
    github::summary(&markdown);
    let text = match form {
        Form::Text => words(&checked),
        Form::Markdown => markdown,
        Form::Json => json(&checked),
    };
    let exit = if checked.findings.is_empty() { Exit::Done } else { Exit::Found };
    Ok(exit.max(progress::print(&text)))
}

impl Checked {
    fn verdict(&self) -> String {
        let count = |kind: Kind| self.findings.iter().filter(|f| f.kind == kind).count();
        let counts = Kind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, n)| *n > 0);
        let mut parts: Vec<String> = counts.map(|(kind, n)| kind.counted(n)).collect();
        if parts.is_empty() {
            let what = if self.notes.is_empty() { "pictures and numbers" } else { "pictures" };
            parts.push(format!("all {what} are there, and all figures are used"));
        }
        format!("{}: {}", counted(self.texts, "text"), parts.join(", "))
    }
}

fn words(checked: &Checked) -> String {
    let lines = checked.findings.iter().map(|finding| {
        format!("{}: {}\n    hint: {}\n", finding.shown(), finding.message, finding.hint)
    });
    lines.collect::<String>() + &format!("{}\n", checked.verdict())
}

fn markdown(checked: &Checked) -> String {
    let mut text = format!("### Decks\n\n{}\n", checked.verdict());
    for note in &checked.notes {
        text += &format!("\n{note}\n");
    }
    if !checked.findings.is_empty() {
        text += "\n| place | what is wrong | what to do |\n|---|---|---|\n";
    }
    for finding in &checked.findings {
        let [place, message, hint] = [&finding.shown(), &finding.message, &finding.hint]
            .map(|cell| cell.replace('|', "\\|").replace('\n', " "));
        text += &format!("| `{place}` | {message} | {hint} |\n");
    }
    text + "\n"
}

fn json(checked: &Checked) -> String {
    let findings = checked.findings.iter().map(|finding| {
        json!({
            "kind": finding.kind.name(),
            "file": finding.file,
            "line": finding.place.map(|(line, _)| line),
            "column": finding.place.map(|(_, column)| column),
            "message": finding.message,
            "hint": finding.hint,
        })
    });
    let findings = findings.collect::<Vec<_>>();
    let all = json!({"texts": checked.texts, "findings": findings, "notes": checked.notes});
    all.to_string() + "\n"
}

/// Where a config names its figures: line and column, from 1. Those that it includes are not there.
fn places_of_figures(config: &Path) -> BTreeMap<String, (usize, usize)> {
    let text = std::fs::read_to_string(config).unwrap_or_default();
    let mut sources = Sources::default();
    sources.add("", text.as_str());
    let (document, _) = DeTable::parse_recoverable(&text);
    let figures = document.get_ref().get("figure").and_then(|figures| figures.get_ref().as_table());
    let place = |name: &Spanned<DeString<'_>>| {
        let (_, line, column) = sources.position(&name.span())?;
        Some((name.get_ref().to_string(), (line, column)))
    };
    figures.into_iter().flatten().filter_map(|(name, _)| place(name)).collect()
}
