//! Live text in the SVG for users: text in faces that the file carries with it.

use std::collections::BTreeMap;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::drawing::Text;
use super::fonts::FaceId;
use super::svg::{decimal, escape, place};

/// Faces cut down to what a picture uses of them.
pub(super) type Faces = BTreeMap<FaceId, Vec<u8>>;

/// A style sheet with the faces and how text is set in them. Families and classes begin with the
/// prefix, so that pictures in one page leave each other alone, as does the page them.
pub(super) fn style(faces: &Faces, prefix: &str) -> String {
    let mut style = String::from("<style>\n");
    for (face, bytes) in faces {
        let (name, data) = (face.name(), STANDARD.encode(bytes));
        let _ = writeln!(
            style,
            "@font-face{{font-family:{prefix}--{name};\
             src:url(data:font/ttf;base64,{data})format(\"truetype\")}}\n\
             .{prefix}--{name}{{font-family:{prefix}--{name},sans-serif}}"
        );
    }
    // What the page may have set for its own text. The weight and the slant are in the faces; the
    // direction is the one that the places of the runs were computed for.
    let _ = writeln!(
        style,
        ".{prefix}--t{{font-style:normal;font-weight:400;font-stretch:100%;font-kerning:normal;\
         font-variant:normal;font-feature-settings:normal;letter-spacing:0;word-spacing:0;\
         text-transform:none;text-anchor:start;text-rendering:geometricPrecision;\
         white-space:pre;direction:ltr;unicode-bidi:bidi-override}}"
    );
    style.push_str("</style>\n");
    style
}

/// A line of text, each run where it was laid out.
pub(super) fn words(text: &Text, prefix: &str, body: &mut String) {
    let _ = write!(body, "<text class=\"{prefix}--t\" xml:space=\"preserve\"");
    place(text, body);
    for run in &text.layout.runs {
        let _ = write!(
            body,
            "<tspan class=\"{prefix}--{}\" x=\"{}\" y=\"{}\" font-size=\"{}\">{}</tspan>",
            run.face.name(),
            decimal(run.x, 3),
            decimal(run.y, 3),
            decimal(run.size, 3),
            escape(&run.text)
        );
    }
    body.push_str("</text>\n");
}
