//! The TOML document that a config amounts to: the file with what it includes, then the profiles that
//! were chosen, then every `--set`, with all their spans.
//!
//! An override is itself a line of TOML, so it is parsed by the same parser; its text stands behind
//! the file's in the [`Sources`](crate::diagnostic::Sources), and blanks before it move its spans
//! there.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::include::{self, Included};
use super::{Layers, Others, profile, syntax};
use crate::diagnostic::{Problems, suggest};

/// The texts that a document is made of, each behind blanks that move its spans to its place in
/// the sources.
pub(super) struct Texts {
    pub(super) file: Text,
    /// The files that it includes, the one that wins last.
    pub(super) included: Vec<Included>,
    /// The names of those that were chosen.
    pub(super) profiles: Vec<Text>,
    pub(super) overrides: Vec<Text>,
}

/// The documents of a config.
pub(super) struct Documents<'t> {
    /// The one that counts.
    pub(super) document: DeTable<'t>,
    /// The file without profiles, if there are others.
    below: DeTable<'t>,
    /// The profiles that were not chosen.
    others: Vec<DeTable<'t>>,
    /// The overrides, if there are others.
    overrides: Vec<DeTable<'t>>,
    /// The names of all profiles.
    pub(super) profiles: Vec<String>,
}

impl<'t> Documents<'t> {
    /// The file with each of the profiles that were not chosen, one after the other.
    pub(super) fn each_other(
        &mut self,
        mut each: impl FnMut(DeTable<'t>, &mut Problems),
        problems: &mut Problems,
    ) {
        for layer in std::mem::take(&mut self.others) {
            let mut other = self.below.clone();
            lay_over(&mut other, layer, problems);
            // What is wrong with an override is said of the document that counts.
            let unsaid = &mut Problems::default();
            let overrides = self.overrides.iter().cloned();
            overrides.for_each(|layer| lay_over(&mut other, layer, unsaid));
            each(other, problems);
        }
    }
}

/// So many profiles that were not chosen are read, to find what is wrong with them: each takes as
/// long as the config.
const MOST_OTHERS: usize = 64;

/// One text behind the blanks that move its spans to its place in the sources.
pub(super) struct Text {
    padded: String,
    offset: usize,
}

impl Texts {
    /// Enters `text` (the file at `path`), what it includes and what is laid over it into the
    /// sources.
    pub(super) fn new(path: &Path, text: &str, layers: &Layers, problems: &mut Problems) -> Self {
        let file = Text::enter(&path.display().to_string(), text, problems);
        // What is wrong with the file itself is said when the document is made.
        let document = file.parse(&mut Problems::default());
        let included = document.map(|d| include::read(&d, path, &[], problems)).unwrap_or_default();
        let profiles = layers.profiles.iter();
        let profiles = profiles.map(|name| Text::enter("--profile", name, problems)).collect();
        let overrides = layers.overrides.iter();
        let overrides = overrides.map(|o| Text::enter(o.option, &o.text, problems)).collect();
        Self { file, included, profiles, overrides }
    }

    /// Where the file begins in the sources.
    pub(super) fn start(&self) -> usize {
        self.file.offset
    }

    /// Parses the file and lays the profiles and the overrides over it, in their order; `None` if any
    /// of them is no TOML.
    pub(super) fn documents(
        &self,
        checked: Others,
        problems: &mut Problems,
    ) -> Option<Documents<'_>> {
        let mut document = self.file.parse(problems);
        if let Some(own) = document.take_if(|_| !self.included.is_empty()) {
            document = self.style(own, problems);
        }
        let (mut others, mut names) = (Vec::new(), Vec::new());
        let (mut below, mut overrides) = (DeTable::new(), Vec::new());
        if let Some(base) = &mut document {
            let mut profiles = profile::take(base, problems);
            names = profiles.keys().cloned().collect();
            let chosen: Vec<DeTable<'_>> = self
                .profiles
                .iter()
                .filter_map(|name| profile::find(&profiles, name, problems))
                .collect();
            profiles.retain(|name, _| self.profiles.iter().all(|text| text.written() != name));
            if checked == Others::Checked {
                others = profiles.into_values().take(MOST_OTHERS).collect();
            }
            if !others.is_empty() {
                below = base.clone();
            }
            chosen.into_iter().for_each(|layer| lay_over(base, layer, problems));
        }
        for text in &self.overrides {
            let layer = text.parse_override(problems);
            if !others.is_empty() {
                overrides.extend(layer.clone());
            }
            if let (Some(base), Some(layer)) = (&mut document, layer) {
                lay_over(base, layer, problems);
            } else {
                document = None;
            }
        }
        let document = document?;
        Some(Documents { document, below, others, overrides, profiles: names })
    }

    /// The file laid over all that it includes.
    fn style<'t>(&'t self, own: DeTable<'t>, problems: &mut Problems) -> Option<DeTable<'t>> {
        let mut below: Option<DeTable<'t>> = None;
        for included in &self.included {
            let mut layer = included.text.parse(problems)?;
            layer.remove("schema");
            layer.remove("include");
            match &mut below {
                Some(base) => merge(base, layer, Depth::Root, &mut Problems::default()),
                none => *none = Some(layer),
            }
        }
        // A file may have empty tables; only an override that changes nothing is a mistake.
        let mut document = below?;
        merge(&mut document, own, Depth::Root, &mut Problems::default());
        Some(document)
    }
}

impl Text {
    /// Enters a text into the sources.
    pub(super) fn enter(name: &str, text: &str, problems: &mut Problems) -> Self {
        let offset = problems.sources.add(name, text);
        Self { padded: " ".repeat(offset) + text, offset }
    }

    /// The text itself.
    pub(super) fn written(&self) -> &str {
        &self.padded[self.offset..]
    }

    /// Where it stands in the sources.
    pub(super) fn span(&self) -> std::ops::Range<usize> {
        self.offset..self.padded.len()
    }

    /// Parses an override, which is one `path = value`.
    fn parse_override(&self, problems: &mut Problems) -> Option<DeTable<'_>> {
        let written = self.padded.trim_start();
        if written.is_empty() || written.starts_with(['[', '#', '-']) {
            problems
                .at(self.span(), "an override needs a path and a value")
                .hint("write `--set path.to.key=value`");
            return None;
        }
        self.parse(problems)
    }

    pub(super) fn parse(&self, problems: &mut Problems) -> Option<DeTable<'_>> {
        if let Some(at) = too_deep(&self.padded) {
            problems
                .at(at..at + 1, format!("more than {MOST_NAMES} names in one path"))
                .hint("no key of a config lies as deep as that");
            return None;
        }
        let (table, errors) = DeTable::parse_recoverable(&self.padded);
        if errors.is_empty() || syntax::report(&self.padded, self.offset, &errors, problems) {
            return Some(table.into_inner());
        }
        None
    }
}

/// Where a path has more names than any of a config: a table as deep as that could not be walked
/// through.
fn too_deep(text: &str) -> Option<usize> {
    let mut dots = 0;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            // A text in quotes ends with its line, if not before.
            (_, b'\n') => (quote, dots) = (None, 0),
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'#') => quote = Some(byte),
            (None, b'.') => dots += 1,
            // Numbers have dots too, but one each.
            (None, b',' | b'=' | b'[' | b'{') => dots = 0,
            _ => {}
        }
        if dots >= MOST_NAMES {
            return Some(at);
        }
    }
    None
}

/// No path of a config has as many names.
const MOST_NAMES: usize = 16;

/// The top-level tables whose entries are named by the user.
pub(super) const NAMED_SECTIONS: [&str; 8] =
    ["theme", "data", "fit", "sweep", "predict", "baseline", "figure", "assert"];

/// Lays a profile or an override over a document.
fn lay_over<'t>(base: &mut DeTable<'t>, mut layer: DeTable<'t>, problems: &mut Problems) {
    check_layer(base, &mut layer, problems);
    merge(base, layer, Depth::Root, problems);
}

/// A layer changes what the file has; a name that the file lacks is a typing error, and is left
/// out.
fn check_layer(document: &DeTable<'_>, layer: &mut DeTable<'_>, problems: &mut Problems) {
    if let Some(include) = layer.remove("include") {
        problems
            .at_value(include.span(), "files are included by files, not by what is laid over them")
            .hint("write `include` into the config, or set the keys themselves");
    }
    if let Some(profile) = layer.remove("profile") {
        problems
            .at_value(profile.span(), "a profile is chosen, not changed")
            .hint("choose it by `--profile NAME`, or set the keys themselves");
    }
    for section in NAMED_SECTIONS {
        let known = document.get(section).and_then(|t| t.get_ref().as_table());
        let names: Vec<&str> =
            known.into_iter().flatten().map(|(k, _)| k.get_ref().as_ref()).collect();
        let Some(DeValue::Table(table)) = layer.get_mut(section).map(Spanned::get_mut) else {
            continue;
        };
        let unknown: Vec<String> = table
            .keys()
            .filter(|name| !names.contains(&name.get_ref().as_ref()))
            .map(|name| {
                let written = name.get_ref();
                problems
                    .at(name.span(), format!("there is no `{section}.{written}` to override"))
                    .hint(suggest(written, &names, &format!("names in `{section}`")));
                written.to_string()
            })
            .collect();
        for name in &unknown {
            table.remove(name.as_str());
        }
        // What is left of it says nothing more.
        if table.is_empty() && !unknown.is_empty() {
            layer.remove(section);
        }
    }
}

/// How deep in the document a table lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Root,
    /// A named section.
    Section,
    /// A node: its keys are next.
    Node,
    /// The table that names a kind.
    Kind,
    Below,
}

/// Lays `layer` over `base`: tables are merged key by key, all else is replaced. Another kind
/// replaces the one that there is. An empty table over one that there is changes nothing, which
/// cannot be what was meant.
fn merge<'t>(base: &mut DeTable<'t>, layer: DeTable<'t>, depth: Depth, problems: &mut Problems) {
    let same_kind = layer.keys().any(|key| base.contains_key(key.get_ref().as_ref()));
    if depth == Depth::Kind && !same_kind {
        base.clear();
    }
    for (key, value) in layer {
        let name = key.get_ref().as_ref();
        let next = match depth {
            Depth::Root if NAMED_SECTIONS.contains(&name) => Depth::Section,
            Depth::Section => Depth::Node,
            Depth::Node if KINDS.contains(&name) => Depth::Kind,
            _ => Depth::Below,
        };
        match (base.get_mut(name).map(Spanned::get_mut), value.get_ref()) {
            (there, DeValue::Table(above))
                if above.is_empty()
                    && (depth == Depth::Root || matches!(there, Some(DeValue::Table(_)))) =>
            {
                problems
                    .at_value(value.span(), format!("an empty table changes nothing in `{name}`"))
                    .hint(format!("name what to change, such as `{name}={{ key = value }}`"));
            }
            (Some(DeValue::Table(below)), DeValue::Table(_)) => {
                if let DeValue::Table(above) = value.into_inner() {
                    merge(below, above, next, problems);
                }
            }
            _ => {
                // Removed first, so that the key's span is the override's too.
                base.remove(name);
                base.insert(key, value);
            }
        }
    }
}

/// The keys of nodes whose table names a kind.
const KINDS: [&str; 3] = ["source", "model", "plot"];
