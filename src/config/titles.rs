//! Titles with numbers in them: whether they can be read, and whether there are such numbers.

use toml::Spanned;

use super::figures::check_text;
use crate::diagnostic::Problems;
use crate::figure::template::{Template, Value};
use crate::figure::{Known, Spec};
use crate::render::Fonts;

/// A title with its numbers; with any numbers it must be one that can be set.
pub(super) fn read(
    written: &Spanned<String>,
    fonts: &Fonts,
    problems: &mut Problems,
) -> Option<Template> {
    match Template::parse(written.get_ref()) {
        Ok(template) => {
            let filled = template.fill(&|_| Some(Value::Number(0.0)));
            check_text(written, &filled, fonts, problems);
            Some(template)
        }
        Err(mistake) => {
            problems
                .at_part(&written.span(), (mistake.offset, 1), mistake.message)
                .hint(mistake.hint);
            None
        }
    }
}

/// Reports the numbers of a title that one of the pictures below it has not.
pub(super) fn check<'s>(
    written: &Spanned<String>,
    template: &Template,
    pictures: impl IntoIterator<Item = &'s Spec> + Clone,
    known: &Known,
    problems: &mut Problems,
) -> bool {
    let before = problems.len();
    for (name, offset) in template.places() {
        let why = pictures.clone().into_iter().find_map(|spec| lacks(spec, name, known));
        if let Some((why, hint)) = why {
            let message = format!("there is no `{{{name}}}` here: {why}");
            problems.at_part(&written.span(), (offset, name.len() + 2), message).hint(hint);
        }
    }
    problems.len() == before
}

/// Reports the numbers of the title of a grid, whose pictures each have their own.
pub(super) fn check_none(
    written: &Spanned<String>,
    template: &Template,
    problems: &mut Problems,
) -> bool {
    let Some((name, offset)) = template.places().next() else { return true };
    let message = format!("there is no `{{{name}}}` here: every panel may have another one");
    problems
        .at_part(&written.span(), (offset, name.len() + 2), message)
        .hint("write it into the `title` of `panels`, which stands above each of them");
    false
}

/// Why a picture has no number of this name, and what to do about it; `None` if it has it, or if its
/// fit is wrong itself.
fn lacks(spec: &Spec, name: &str, known: &Known) -> Option<(String, String)> {
    let kind = spec.kind();
    let because = |why: &str, hint: &str| Some((why.to_owned(), hint.to_owned()));
    match name {
        "k" if kind.component().is_some() => return None,
        "k" => {
            return because("the picture is not of one component", "leave it out");
        }
        "t" if kind.shown_at().is_none() => {
            return because("the picture is not of one iteration of a fit", "leave it out");
        }
        _ => {}
    }
    let Some(fit) = kind.needs().fit else {
        return because("the picture is not of one fit", "leave it out, or name a `fit`");
    };
    let known = known.fits.get(&fit)?.as_ref()?;
    let why = known.lacks_number(name)?;
    let hint = match known.objective() {
        Some(own) if own != name => format!("leave it out, or write `{{{own}}}`"),
        _ => "leave it out".to_owned(),
    };
    Some((format!("`fit.{fit}` {why}"), hint))
}
