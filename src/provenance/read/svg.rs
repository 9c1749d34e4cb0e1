//! SVG: the element in the metadata, wherever another program has moved it.

use memchr::memmem;

use super::{Error, LARGEST};
use crate::render::carried::ELEMENT;

/// What an SVG file carries.
///
/// # Errors
///
/// If there is nothing, or no end to it.
pub fn svg(file: &[u8]) -> Result<String, Error> {
    match element(file, Occurrence::First)? {
        Some(text) => Ok(text),
        None if ends(file) => Err(Error::Nothing),
        None => Err(Error::Damaged("the file ends before its picture does".to_owned())),
    }
}

/// Whether the root is closed.
fn ends(file: &[u8]) -> bool {
    let end = file.get(file.len().saturating_sub(1024)..).unwrap_or_default();
    memmem::find(end, b"</svg>").is_some()
}

/// Which of several elements counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurrence {
    /// The first.
    First,
    /// The last: what is at the end of a file replaces what is before it.
    Last,
}

/// The text in our element, wherever it stands in XML.
pub(super) fn element(file: &[u8], which: Occurrence) -> Result<Option<String>, Error> {
    let damaged = |what: &str| Error::Damaged(what.to_owned());
    let (open, close) = (format!("<{ELEMENT}"), format!("</{ELEMENT}>"));
    let start = match which {
        Occurrence::First => memmem::find(file, open.as_bytes()),
        Occurrence::Last => memmem::rfind(file, open.as_bytes()),
    };
    let Some(start) = start else { return Ok(None) };
    let rest = file.get(start + open.len()..).unwrap_or_default();
    let inside = rest.iter().position(|byte| *byte == b'>').map(|end| &rest[end + 1..]);
    let inside = inside.ok_or_else(|| damaged("the element with its provenance has no end"))?;
    let end = memmem::find(inside, close.as_bytes())
        .ok_or_else(|| damaged("the element with its provenance has no end"))?;
    if end > LARGEST {
        return Err(Error::Large);
    }
    let text = std::str::from_utf8(&inside[..end])
        .map_err(|_| damaged("the element with its provenance is no UTF-8"))?;
    unescape(text).map(Some).ok_or_else(|| damaged("there is an unknown entity in its provenance"))
}

/// Text of XML as it was before it was escaped.
fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (entity, after) = after.split_once(';')?;
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            other => numbered(other)?,
        });
        rest = after;
    }
    plain.push_str(rest);
    Some(plain)
}

/// The character of `#38` or `#x26`.
fn numbered(entity: &str) -> Option<char> {
    let number = entity.strip_prefix('#')?;
    let code = match number.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_read_and_unknown_ones_are_not() {
        assert_eq!(unescape("a &lt;&#38;&#x26;&quot; b").as_deref(), Some("a <&&\" b"));
        for wrong in ["&", "&nbsp;", "&#xD800;", "&#99999999999;", "&#;"] {
            assert_eq!(unescape(wrong), None, "{wrong}");
        }
    }
}
