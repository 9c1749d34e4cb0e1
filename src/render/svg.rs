//! SVG: the file for users, and the one with live text that PNG and PDF are made from.
//!
//! Both hold the same shapes and the same positions. In the file for users a text is a group of
//! outlines, each glyph defined once, so that no viewer needs a font; its words are in its
//! `aria-label`. Opacity is that of fills and strokes, never of elements: an element with opacity
//! is a group of its own in PDF, ten times as large.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Fonts;
use super::drawing::{Drawing, Item, Markers, Text, UNITS};
use super::fonts::FaceId;
use super::geometry::{Direction, Fill};

/// The picture as an SVG file for users.
pub fn encode(drawing: &Drawing, fonts: &Fonts) -> String {
    let prefix = &drawing.prefix;
    let mut glyphs = BTreeMap::new();
    let mut radii: Vec<i32> = Vec::new();
    let mut body = String::new();
    for item in &drawing.items {
        match item {
            Item::Markup(markup) => body.push_str(markup),
            Item::Text(text) => outlines(text, fonts, prefix, &mut glyphs, &mut body),
            Item::Markers(markers) => {
                let index = radii.iter().position(|&r| r == markers.radius).unwrap_or_else(|| {
                    radii.push(markers.radius);
                    radii.len() - 1
                });
                body.push_str("<g");
                fill_attributes(&mut body, &markers.fill);
                body.push('>');
                for &(x, y) in &markers.centers {
                    let _ = write!(body, "<use xlink:href=\"#{prefix}--m{index}\"");
                    coordinate(&mut body, "x", x);
                    coordinate(&mut body, "y", y);
                    body.push_str("/>");
                }
                body.push_str("</g>\n");
            }
        }
    }
    let mut defs = clips(drawing);
    for (index, &radius) in radii.iter().enumerate() {
        let _ = write!(defs, "<circle id=\"{prefix}--m{index}\"");
        coordinate(&mut defs, "r", radius);
        defs.push_str("/>\n");
    }
    for ((face, glyph), outline) in glyphs.iter().filter(|(_, outline)| !outline.is_empty()) {
        let name = face.name();
        let _ = writeln!(defs, "<path id=\"{prefix}--{name}{glyph}\" d=\"{outline}\"/>");
    }
    document(drawing, &defs, &body)
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
    document(drawing, &clips(drawing), &body)
}

fn document(drawing: &Drawing, defs: &str, body: &str) -> String {
    let (shown_width, shown_height) = drawing.size();
    let (shown_width, shown_height) = (decimal(shown_width, 2), decimal(shown_height, 2));
    let (width, height) = (decimal(drawing.width, 2), decimal(drawing.height, 2));
    let defs = if defs.is_empty() { String::new() } else { format!("<defs>\n{defs}</defs>\n") };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         width=\"{shown_width}pt\" height=\"{shown_height}pt\" viewBox=\"0 0 {width} {height}\" \
         fill=\"none\" stroke-linejoin=\"round\">\n{defs}{body}</svg>\n"
    )
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

/// Markers as lines that are all cap: two points in a PDF, where a circle is four curves with
/// coordinates of eight digits (1500 of them: 60 KB for 190 KB).
fn dots(markers: &Markers, body: &mut String) {
    let _ = write!(body, "<g stroke-linecap=\"round\" stroke=\"{}\"", markers.fill.color);
    opacity(body, "stroke-opacity", markers.fill.opacity);
    coordinate(body, "stroke-width", 2 * markers.radius);
    body.push('>');
    for &(x, y) in &markers.centers {
        body.push_str("<path d=\"M");
        hundredths(body, x);
        body.push(' ');
        hundredths(body, y);
        // The parser drops lines without any length.
        body.push_str("h.001\"/>");
    }
    body.push_str("</g>\n");
}

/// The opening of a text's group: where it starts and which way it runs.
fn place(text: &Text, body: &mut String) {
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

fn outlines(
    text: &Text,
    fonts: &Fonts,
    prefix: &str,
    glyphs: &mut BTreeMap<(FaceId, u16), String>,
    body: &mut String,
) {
    let _ = write!(body, "<g role=\"img\" aria-label=\"{}\"", escape(&text.label));
    place(text, body);
    for run in &text.layout.runs {
        body.push_str("<g transform=\"");
        if run.x != 0.0 || run.y != 0.0 {
            let _ = write!(body, "translate({} {})", decimal(run.x, 3), decimal(run.y, 3));
        }
        let _ = write!(body, "scale({})\">", decimal(fonts.scale(run.face, run.size), 9));
        let name = run.face.name();
        for glyph in &run.shaped.glyphs {
            let outline = glyphs
                .entry((run.face, glyph.id))
                .or_insert_with(|| fonts.outline(run.face, glyph.id));
            if outline.is_empty() {
                continue;
            }
            let _ = write!(body, "<use xlink:href=\"#{prefix}--{name}{}\"", glyph.id);
            if glyph.x != 0 {
                let _ = write!(body, " x=\"{}\"", glyph.x);
            }
            if glyph.y != 0 {
                let _ = write!(body, " y=\"{}\"", -glyph.y);
            }
            body.push_str("/>");
        }
        body.push_str("</g>");
    }
    rules(text, body);
    body.push_str("</g>\n");
}

/// The lines of roots; they have the colour of the text.
fn rules(text: &Text, body: &mut String) {
    for rule in &text.layout.rules {
        let [x, y, width, height] =
            [rule.x, rule.y, rule.width, rule.height].map(|length| decimal(length, 3));
        let _ = write!(body, "<path d=\"M{x} {y}h{width}v{height}h-{width}z\"/>");
    }
}

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
fn escape(text: &str) -> String {
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
