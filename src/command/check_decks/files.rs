//! Finding and reading the decks, and what they read in turn.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::check::deck::{self, Deck, Language, expand};
use crate::command::load::Loaded;
use crate::command::targets::real;
use crate::command::{Exit, progress};
use crate::diagnostic::Sources;
use crate::pipeline::Selection;
use crate::pipeline::outputs::targets;

/// A text of a deck.
pub(super) struct Text {
    /// Where it was read from.
    pub(super) path: PathBuf,
    /// What it is written in.
    pub(super) language: Language,
    /// The text, for the places in it.
    sources: Sources,
    /// What it says.
    pub(super) deck: Deck,
    /// The folders of the decks that it is a part of: TeX looks from there.
    pub(super) roots: BTreeSet<PathBuf>,
}

impl Text {
    /// Line and column of an offset into the text, from 1.
    pub(super) fn place(&self, offset: usize) -> Option<(usize, usize)> {
        let (_, line, column) = self.sources.position(&(offset..offset))?;
        Some((line, column))
    }
}

/// More texts than these are no deck but a mistake.
const MOST: usize = 10_000;

/// Reads the decks that the globs match, and those of the texts they read that can be found. What
/// the configs write is no deck.
pub(super) fn read(loaded: &[Loaded], globs: &[String]) -> Result<Vec<Text>, Exit> {
    let mut paths = Vec::new();
    let mut exit = None;
    for glob in globs {
        match matched(glob) {
            Ok(found) => paths.extend(found),
            Err((code, reason)) => {
                progress::error(&reason);
                exit = exit.max(Some(code));
            }
        }
    }
    if let Some(exit) = exit {
        return Err(exit);
    }
    let written = loaded.iter().flat_map(|one| targets(&one.plan, &Selection::All));
    let written: BTreeSet<PathBuf> = written.map(|path| real(&path)).collect();
    let mut texts: Vec<Text> = Vec::new();
    let mut real_paths = Vec::new();
    for (path, language) in paths {
        let place = real(&path);
        if written.contains(&place) || real_paths.contains(&place) {
            continue;
        }
        match read_one(&path, language, folder(&path)) {
            Ok(text) => texts.push(text),
            Err(reason) => {
                progress::error(&reason);
                exit = Some(Exit::InputOutput);
            }
        }
        real_paths.push(place);
    }
    if let Some(exit) = exit {
        return Err(exit);
    }
    follow(&mut texts, &mut real_paths, &written);
    Ok(texts)
}

/// Reads what the texts read, as far as it can be found, and notes of what decks it is a part.
fn follow(texts: &mut Vec<Text>, real_paths: &mut Vec<PathBuf>, written: &BTreeSet<PathBuf>) {
    let mut next: Vec<usize> = (0..texts.len()).rev().collect();
    while let Some(index) = next.pop() {
        let Some(text) = texts.get(index) else { continue };
        let (language, roots) = (text.language, text.roots.clone());
        for path in inputs(text) {
            let place = real(&path);
            if written.contains(&place) {
                continue;
            }
            if let Some(known) = real_paths.iter().position(|known| *known == place) {
                // What is a part of more decks than was known looks from their folders too.
                if let Some(part) = texts.get_mut(known) {
                    let before = part.roots.len();
                    part.roots.extend(roots.iter().cloned());
                    if part.roots.len() > before {
                        next.push(known);
                    }
                }
            } else if texts.len() < MOST
                && let Ok(mut part) = read_one(&path, language, folder(&path))
            {
                part.roots.extend(roots.iter().cloned());
                next.push(texts.len());
                texts.push(part);
                real_paths.push(place);
            }
        }
    }
}

/// The files that a text reads, of those that there are.
fn inputs(text: &Text) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for written in &text.deck.inputs {
        let (written, ending) = match text.language {
            Language::Tex => (expand(written, &text.deck.defined), ".tex"),
            Language::Typst | Language::Markdown => (written.clone(), ""),
        };
        let names = [format!("{written}{ending}"), written];
        let paths = bases(text).into_iter().flat_map(|b| names.clone().map(|name| b.join(name)));
        // The same file seen from two folders is read once.
        found.extend(paths.into_iter().find(|path| path.is_file()));
    }
    found
}

/// The folders that a text looks from.
pub(super) fn bases(text: &Text) -> Vec<PathBuf> {
    let mut bases = vec![folder(&text.path)];
    if text.language != Language::Typst {
        // TeX looks from where it is called, which may be here.
        bases.extend(text.roots.iter().cloned().chain([PathBuf::new()]));
    }
    bases
}

/// The folder of a file; empty for the current one.
pub(super) fn folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}

fn read_one(path: &Path, language: Language, root: PathBuf) -> Result<Text, String> {
    let shown = path.display();
    let bytes = fs::read(path).map_err(|error| {
        format!("cannot read `{shown}`: {error}\nhint: check the file and its permissions")
    })?;
    // Old decks are in Latin-1; what matters here is ASCII.
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let deck = deck::read(language, &text);
    let mut sources = Sources::default();
    sources.add("", text);
    Ok(Text { path: path.to_owned(), language, sources, deck, roots: BTreeSet::from([root]) })
}

/// The decks that a glob matches, in order; a reason if there are none.
fn matched(glob: &str) -> Result<Vec<(PathBuf, Language)>, (Exit, String)> {
    let language = |path: &Path| Language::of(&path.extension()?.to_string_lossy());
    let written = Path::new(glob);
    let mut paths = Vec::new();
    if written.is_file() {
        // Its name may have brackets in it.
        paths.push(written.to_owned());
    } else {
        let found = glob::glob(glob).map_err(|error| {
            let hint = "`*` stands for any part of a name, `**` for any folders";
            (Exit::Wrong, format!("`--tex {glob}`: {error}\nhint: {hint}"))
        })?;
        for path in found {
            let path = path.map_err(|error| {
                let shown = error.path().display();
                let hint = "check the folder and its permissions";
                let reason = format!("cannot read `{shown}`: {}\nhint: {hint}", error.error());
                (Exit::InputOutput, reason)
            })?;
            if !path.is_dir() {
                paths.push(path);
            }
        }
    }
    let all = paths.len();
    let decks: Vec<_> = paths.into_iter().filter_map(|p| Some((language(&p)?, p))).collect();
    let what = match (all, decks.is_empty()) {
        (0, _) => "matches no file",
        (_, true) => "matches no deck",
        (_, false) => {
            return Ok(decks.into_iter().map(|(language, path)| (path, language)).collect());
        }
    };
    let hint = "decks end in `.tex`, `.typ`, `.md`, `.qmd` or `.Rmd`; paths start from the current \
                folder, and a glob stands in quotation marks";
    Err((Exit::Wrong, format!("`--tex {glob}` {what}\nhint: {hint}")))
}
