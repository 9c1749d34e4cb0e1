//! How files carry what they were made from: the words that writers and readers agree on.

use super::svg::escape;

/// The keyword of the text in PNG files, and what the comment of GIF files begins with.
pub const KEYWORD: &str = "elbow";

/// The element in SVG files and in the metadata of PDF files.
pub const ELEMENT: &str = "elbow:provenance";

/// What `elbow:` stands for.
const NAMESPACE: &str = "urn:elbow:provenance";

/// The element with a text of one line in it.
pub(super) fn element(text: &str) -> String {
    format!("<{ELEMENT} xmlns:elbow=\"{NAMESPACE}\">{}</{ELEMENT}>", escape(text))
}

/// The comment in a GIF file.
pub(super) fn comment(text: &str) -> String {
    format!("{KEYWORD} {text}")
}
