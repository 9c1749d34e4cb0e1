//! Files that a config includes: the style that the lectures of a course share.
//!
//! An included file says how figures look and nothing else: `[theme.NAME]` and those keys of
//! `[output]` that are about pages, themes and formats, and profiles that say such things. The including file wins over what it
//! includes, a later file over an earlier one. Paths start from the including file's folder.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::document::Text;
use crate::diagnostic::{Problems, list, suggest};

/// What an included file may say.
const KEYS: [&str; 5] = ["schema", "include", "output", "theme", "profile"];
/// What a profile in it may say.
const PROFILE_KEYS: [&str; 2] = ["output", "theme"];
/// What it may say of the output.
const OUTPUT_KEYS: [&str; 10] = [
    "dpi",
    "font",
    "font_file",
    "formats",
    "page",
    "png_scales",
    "provenance",
    "svg_text",
    "themes",
    "type_size",
];

/// Files include files no deeper than this.
const DEEPEST: usize = 8;

/// A config includes no more files than this, each as often as it is included.
const MOST: usize = 100;

/// An included file.
pub(super) struct Included {
    /// Its text, as it stands in the sources.
    pub(super) text: Text,
    /// Its path as written.
    pub(super) path: String,
    /// Where it was opened.
    pub(super) opened: PathBuf,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

/// Reads the files that a document includes, and those that they include, the one that wins last.
/// `file` is the path of the document, `chain` those that led to it.
pub(super) fn read(
    document: &DeTable<'_>,
    file: &Path,
    chain: &[PathBuf],
    problems: &mut Problems,
) -> Vec<Included> {
    inside(document, file, chain, &mut 0, problems)
}

/// As [`read`]; `count` is how many files have been read so far.
fn inside(
    document: &DeTable<'_>,
    file: &Path,
    chain: &[PathBuf],
    count: &mut usize,
    problems: &mut Problems,
) -> Vec<Included> {
    let Some(include) = document.get("include") else { return Vec::new() };
    let Some(paths) = include.get_ref().as_array() else {
        problems
            .at(include.span(), "`include` must be a list of files")
            .hint("write `include = [\"../style/course.toml\"]`");
        return Vec::new();
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut chain = chain.to_vec();
    chain.push(file.to_owned());
    let mut all = Vec::new();
    for path in paths.iter() {
        let Some(written) = path.get_ref().as_str() else {
            problems
                .at(path.span(), "an entry of `include` must be a path in quotes")
                .hint("write `include = [\"../style/course.toml\"]`");
            continue;
        };
        let target = folder.join(written);
        if chain.len() > DEEPEST || chain.iter().any(|known| same(known, &target)) {
            problems
                .at(path.span(), format!("`{written}` includes the file that includes it"))
                .hint("leave one of the two `include`s out");
            continue;
        }
        // Files that include each other twice are read again and again.
        *count += 1;
        if *count > MOST {
            // What follows from it is not said for each of them.
            if *count == MOST + 1 {
                problems
                    .at(path.span(), format!("more than {MOST} files are included"))
                    .hint("include each file once");
            }
            continue;
        }
        match std::fs::read(&target) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let text = Text::enter(&target.display().to_string(), &text, problems);
                if let Some(table) = text.parse(problems) {
                    check(&table, problems);
                    all.extend(inside(&table, &target, &chain, count, problems));
                }
                all.push(Included { text, path: written.to_owned(), opened: target, bytes });
            }
            Err(error) => {
                problems
                    .at(path.span(), format!("cannot read `{}`: {error}", target.display()))
                    .hint("the path starts from the folder of the file that includes it");
            }
        }
    }
    all
}

/// Whether two paths are the same file.
fn same(a: &Path, b: &Path) -> bool {
    let canonical = |path: &Path| std::fs::canonicalize(path).ok();
    a == b || canonical(a).is_some_and(|a| Some(a) == canonical(b))
}

/// Only style may be included.
fn check(table: &DeTable<'_>, problems: &mut Problems) {
    if let Some(schema) = table.get("schema") {
        super::raw::check_schema(schema, problems);
    }
    check_keys(table, &KEYS, problems);
    let profiles = table.get("profile").and_then(|p| p.get_ref().as_table()).into_iter().flatten();
    for profile in profiles.filter_map(|(_, profile)| profile.get_ref().as_table()) {
        check_keys(profile, &PROFILE_KEYS, problems);
    }
}

/// Checks the keys of an included table: those that are known, and of the output what is style.
fn check_keys(table: &DeTable<'_>, known: &[&str], problems: &mut Problems) {
    for (key, value) in table {
        check_key(key, known, "style only", problems);
        if key.get_ref() == "output"
            && let DeValue::Table(output) = value.get_ref()
        {
            let what = "of the output only what is style";
            output.keys().for_each(|key| check_key(key, &OUTPUT_KEYS, what, problems));
        }
    }
}

fn check_key(key: &Spanned<DeString<'_>>, known: &[&str], what: &str, problems: &mut Problems) {
    let written = key.get_ref();
    if known.contains(&written.as_ref()) {
        return;
    }
    let hint = match suggest(written, known, "keys here") {
        hint if hint.starts_with("did") => hint,
        _ => format!("it shares {what}: {}", list(known)),
    };
    problems.at(key.span(), format!("an included file cannot say `{written}`")).hint(hint);
}
