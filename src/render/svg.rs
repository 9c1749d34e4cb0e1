//! SVG: the file for users, and the one with live text that PNG and PDF are made from.
//!
//! Both hold the same shapes and the same positions. In the file for users a text is outlines, so
//! that no viewer needs a font, or text in faces that the file carries. Opacity is that of fills
//! and strokes, never of elements: an element with opacity is a group of its own in PDF, ten times
//! as large.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Fonts;
use super::carried;
use super::dots::dots;
use super::drawing::{Drawing, Item, Text, UNITS};
use super::embedded::{self, Faces};
use super::geometry::{Direction, Fill};
use super::outlines::{self, Glyphs};
use super::subset::subsets;

/// How text is set in the SVG for users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SvgText {
    /// As outlines: the same in every viewer. Its words are labels for screen readers.
    #[default]
    Outlines,
    /// As text that can be selected and searched, in faces that the file carries, each with the
    /// glyphs that are used. Browsers show it; many other viewers take a font of their own. A line
    /// in a face that cannot be cut down is set as outlines.
    Embedded,
}

/// The picture as an SVG file for users.
pub fn encode(drawing: &Drawing, fonts: &Fonts, text: SvgText) -> String {
    let prefix = &drawing.prefix;
    let faces = match text {
        SvgText::Outlines => Faces::new(),
        SvgText::Embedded => subsets(drawing, fonts),
    };
    let mut glyphs = Glyphs::new();
    let mut body = String::new();
    for item in &drawing.items {
        match item {
            Item::Markup(markup) => body.push_str(markup),
            Item::Text(text) if can_live(text, &faces) => {
                embedded::words(text, prefix, &mut body);
            }
            Item::Text(text) => outlines::words(text, fonts, prefix, &mut glyphs, &mut body),
            Item::Markers(markers) => dots(markers, &mut body),
        }
    }
    let style = if faces.is_empty() { String::new() } else { embedded::style(&faces, prefix) };
    let defs = clips(drawing) + &outlines::definitions(&glyphs, prefix);
    let (attributes, words) = said(drawing);
    let words = words + &metadata(&drawing.provenance);
    document(drawing, &attributes, &(words + &style + &definitions(&defs) + &body))
}

/// The element that says what a picture was made from; nothing if there is nothing to say.
pub fn metadata(provenance: &str) -> String {
    match provenance {
        "" => String::new(),
        text => format!("<metadata>{}</metadata>\n", carried::element(text)),
    }
}

/// Whether a line can be set as text: its faces are there, and there are no lines of roots in it.
fn can_live(text: &Text, faces: &Faces) -> bool {
    text.layout.rules.is_empty() && text.layout.runs.iter().all(|r| faces.contains_key(&r.face))
}

/// The picture as an SVG with live text in the embedded faces, for our own parser.
pub(super) fn live(drawing: &Drawing) -> String {
    let mut body = String::new();
    for item in &drawing.items {
        match item {
            Item::Markup(markup) => body.push_str(markup),
            Item::Text(text) => words(text, &mut body),
            Item::Markers(markers) => dots(markers, &mut body),
        }
    }
    document(drawing, "", &(definitions(&clips(drawing)) + &body))
}

/// What the picture is and shows: attributes of the root, and its first elements.
fn said(drawing: &Drawing) -> (String, String) {
    let prefix = &drawing.prefix;
    let mut ids = Vec::new();
    let mut elements = String::new();
    for (name, text) in [("title", &drawing.title), ("desc", &drawing.description)] {
        if !text.is_empty() {
            let id = format!("{prefix}--{name}");
            let _ = writeln!(elements, "<{name} id=\"{id}\">{}</{name}>", escape(text));
            ids.push(id);
        }
    }
    // An image without a name is one that screen readers pass over.
    if ids.is_empty() {
        return (String::new(), elements);
    }
    (format!(" role=\"img\" aria-labelledby=\"{}\"", ids.join(" ")), elements)
}

fn document(drawing: &Drawing, attributes: &str, content: &str) -> String {
    let (shown_width, shown_height) = drawing.size();
    let (shown_width, shown_height) = (decimal(shown_width, 2), decimal(shown_height, 2));
    let (width, height) = (decimal(drawing.width, 2), decimal(drawing.height, 2));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         width=\"{shown_width}pt\" height=\"{shown_height}pt\" viewBox=\"0 0 {width} {height}\" \
         fill=\"none\" stroke-linejoin=\"round\"{attributes}>\n{content}</svg>\n"
    )
}

fn definitions(defs: &str) -> String {
    if defs.is_empty() { String::new() } else { format!("<defs>\n{defs}</defs>\n") }
}

fn clips(drawing: &Drawing) -> String {
    let mut defs = String::new();
    for (index, [left, top, right, bottom]) in drawing.clips.iter().enumerate() {
        let _ = write!(defs, "<clipPath id=\"{}--c{index}\"><rect", drawing.prefix);
        coordinate(&mut defs, "x", *left);
        coordinate(&mut defs, "y", *top);
        coordinate(&mut defs, "width", right - left);
        coordinate(&mut defs, "height", bottom - top);
        defs.push_str("/></clipPath>\n");
    }
    defs
}

/// The end of a text's opening tag: its colour, where it starts and which way it runs.
pub(super) fn place(text: &Text, body: &mut String) {
    let _ = write!(body, " fill=\"{}\" transform=\"translate(", text.color);
    hundredths(body, text.start.0);
    body.push(' ');
    hundredths(body, text.start.1);
    body.push(')');
    if text.direction == Direction::Up {
        body.push_str("rotate(-90)");
    }
    body.push_str("\">");
}

/// The lines of roots; they have the colour of the text.
pub(super) fn rules(text: &Text, body: &mut String) {
    for rule in &text.layout.rules {
        let [x, y, width, height] =
            [rule.x, rule.y, rule.width, rule.height].map(|length| decimal(length, 3));
        let _ = write!(body, "<path d=\"M{x} {y}h{width}v{height}h-{width}z\"/>");
    }
}

/// A line of live text in the faces under their short names.
fn words(text: &Text, body: &mut String) {
    body.push_str("<g");
    place(text, body);
    for run in &text.layout.runs {
        // A variable font is set as it is: the outlines are those of its default, at any size.
        let _ = write!(
            body,
            "<text xml:space=\"preserve\" font-optical-sizing=\"none\" x=\"{}\" y=\"{}\" font-family=\"{}\" font-size=\"{}\">{}</text>",
            decimal(run.x, 4),
            decimal(run.y, 4),
            run.face.name(),
            decimal(run.size, 4),
            escape(&run.text)
        );
    }
    rules(text, body);
    body.push_str("</g>\n");
}

/// ` fill="#rrggbb"`, and its opacity if there is one.
pub(super) fn fill_attributes(out: &mut String, fill: &Fill) {
    let _ = write!(out, " fill=\"{}\"", fill.color);
    opacity(out, "fill-opacity", fill.opacity);
}

/// An opacity as an attribute, unless it is one.
pub(super) fn opacity(out: &mut String, name: &str, value: f64) {
    let value = if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) };
    if value < 1.0 {
        let _ = write!(out, " {name}=\"{}\"", decimal(value, 4));
    }
}

/// A length in grid units as an attribute in points.
pub(super) fn coordinate(out: &mut String, name: &str, value: i32) {
    let _ = write!(out, " {name}=\"");
    hundredths(out, value);
    out.push('"');
}

/// Hundredths as a decimal number in the fewest characters: `-.5`, `12.34`, `3`.
pub(super) fn hundredths(out: &mut String, value: i32) {
    if value < 0 {
        out.push('-');
    }
    let (whole, rest) = (value.unsigned_abs() / UNITS as u32, value.unsigned_abs() % UNITS as u32);
    let _ = match (whole, rest) {
        (whole, 0) => write!(out, "{whole}"),
        (0, rest) if rest % 10 == 0 => write!(out, ".{}", rest / 10),
        (0, rest) => write!(out, ".{rest:02}"),
        (whole, rest) if rest % 10 == 0 => write!(out, "{whole}.{}", rest / 10),
        (whole, rest) => write!(out, "{whole}.{rest:02}"),
    };
}

/// A number with at most so many decimals, without zeros at the end.
pub(super) fn decimal(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text as XML: markup escaped, what XML cannot hold replaced.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{FFFE}' | '\u{FFFF}' => escaped.push(char::REPLACEMENT_CHARACTER),
            c if c.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundredths_are_short_decimals() {
        for (value, text) in
            [(0, "0"), (5, ".05"), (-50, "-.5"), (100, "1"), (-1234, "-12.34"), (1230, "12.3")]
        {
            let mut out = String::new();
            hundredths(&mut out, value);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn decimals_have_no_zeros_at_the_end() {
        for (value, text) in
            [(0.0, "0"), (-0.0001, "0"), (10.0, "10"), (0.25, "0.25"), (1.0e-9, "0")]
        {
            assert_eq!(decimal(value, 2), text);
        }
    }

    #[test]
    fn markup_in_a_text_is_escaped() {
        assert_eq!(escape("a<b>&\"\u{1}\n"), "a&lt;b&gt;&amp;&quot;\u{FFFD} ");
    }
}
