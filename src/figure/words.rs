//! Texts in pictures: those that a config writes must be ones that can be set.

use toml::Spanned;

use crate::diagnostic::Problems;
use crate::render::Fonts;

/// Whether a text can be set; mathematics that is wrong is reported at its column.
pub(super) fn check(written: &Spanned<String>, problems: &mut Problems) -> bool {
    let text = written.get_ref();
    // Every embedded font has what a keyboard has.
    let plain = text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    if plain && !text.contains(['$', '\\']) {
        return true;
    }
    let Err(error) = Fonts::embedded().parse(text) else { return true };
    problems.at_part(&written.span(), (error.offset, error.len), error.message).hint(error.hint);
    false
}

/// What `count` things, such as `fits`, are called: the names in `labels`, if there are any.
/// The outer `None` if they are wrong.
pub(super) fn labels(
    written: &Option<Spanned<Vec<Spanned<String>>>>,
    count: usize,
    what: &str,
    problems: &mut Problems,
) -> Option<Option<Vec<String>>> {
    let Some(written) = written else { return Some(None) };
    let names = written.get_ref();
    // All of them, not only those before the first that is wrong.
    let mut good = names.iter().filter(|name| !check(name, problems)).count() == 0;
    if names.len() != count {
        problems
            .at_value(
                written.span(),
                format!("`labels` has length {}, but `{what}` has {count}", names.len()),
            )
            .hint("write one label for each, in the same order, or none at all");
        good = false;
    }
    good.then(|| Some(names.iter().map(|name| name.get_ref().clone()).collect()))
}

/// The words with their first letter in upper case.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
