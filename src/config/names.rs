//! The file names of figures.

use std::collections::BTreeSet;
use std::ops::Range;

use indexmap::IndexMap;

use super::raw::Raw;
use crate::diagnostic::Problems;

/// File systems take names up to 255 bytes; this leaves room for what tells themes and steps apart.
const LONGEST: usize = 160;

/// What the names are made of, with `{lecture}` and `{figure}` in it.
pub(super) fn template(raw: &Raw, problems: &mut Problems) -> String {
    let Some(written) = &raw.output.name else {
        return if raw.lecture.id.is_some() { "L{lecture}_{figure}" } else { "{figure}" }
            .to_owned();
    };
    let span = written.span();
    let template = written.get_ref().clone();
    let mut wrong = |span: Range<usize>, message: String, hint: &str| {
        problems.at(span, message).hint(hint);
    };
    let rest = template.replace("{figure}", "").replace("{lecture}", "");
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if let Some(bad) = rest.chars().find(|c| !plain(*c)) {
        let what = format!("`{bad}` cannot stand in a file name here");
        wrong(
            span.clone(),
            what,
            "use letters, digits, `_`, `-`, `{lecture}` and `{figure}`; a second dot breaks \\includegraphics",
        );
    }
    if template.len() > LONGEST {
        let what = format!("a file name of {} characters is too long", template.len());
        wrong(span.clone(), what, "file systems take 255 with the figure's name and its ending");
    }
    if !template.contains("{figure}") {
        wrong(
            span.clone(),
            "all figures would write the same file".to_owned(),
            "the name must contain `{figure}`",
        );
    }
    if template.contains("{lecture}") && raw.lecture.id.is_none() {
        wrong(
            span,
            "`{lecture}` stands for the lecture's id, but there is none".to_owned(),
            "add `id = ...` to `[lecture]`",
        );
    }
    template
}

/// The name of a figure's files without extension.
pub(super) fn stem(template: &str, raw: &Raw, figure: &str) -> String {
    let id = raw.lecture.id.as_ref().map_or_else(String::new, |id| id.get_ref().to_string());
    template.replace("{lecture}", &id).replace("{figure}", figure)
}

/// No two figures may write the same file.
pub(super) fn check(
    files: &IndexMap<String, (Range<usize>, Vec<String>)>,
    problems: &mut Problems,
) {
    // Some file systems do not tell `A` from `a`.
    let mut owners: IndexMap<String, &str> = IndexMap::new();
    for (figure, (span, names)) in files {
        let clash = names.iter().find_map(|name| {
            owners.get(&name.to_lowercase()).filter(|o| *o != figure).map(|other| (name, *other))
        });
        if let Some((name, other)) = clash {
            problems
                .at(
                    span.clone(),
                    format!(
                        "`figure.{figure}` and `figure.{other}` would write the same file `{name}`"
                    ),
                )
                .hint("rename one of them; some file systems do not tell `A` from `a`");
        }
        let mut own = BTreeSet::new();
        if let Some(name) = names.iter().find(|name| !own.insert(name.to_lowercase())) {
            problems
                .at(span.clone(), format!("`figure.{figure}` would write `{name}` twice"))
                .hint("rename the theme whose name is what tells steps, scales or themes apart");
        }
        for name in names {
            owners.entry(name.to_lowercase()).or_insert(figure);
        }
    }
}
