//! Pages and lengths: how large figures are shown, and so how large they are made.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use toml::Spanned;

/// A length in inches, written as a number of inches or with its unit: `4`, `"108mm"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Length(pub(super) f64);

/// Units and how many of them an inch has; `px` are those of the web.
const UNITS: [(&str, f64); 5] =
    [("in", 1.0), ("cm", 2.54), ("mm", 25.4), ("pt", 72.0), ("px", 96.0)];

impl Length {
    fn parse(text: &str) -> Option<Self> {
        let (unit, per_inch) = UNITS.into_iter().find(|(unit, _)| text.ends_with(unit))?;
        let number = text.strip_suffix(unit)?.trim_end();
        let plain = number.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        number.parse().ok().filter(|_| plain).map(|value: f64| Self(value / per_inch))
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LengthVisitor;

        impl Visitor<'_> for LengthVisitor {
            type Value = Length;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a number of inches or a length such as \"12cm\" (in, cm, mm, pt or px)",
                )
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Length, E> {
                Ok(Length(value as f64))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Length, E> {
                Ok(Length(value))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Length, E> {
                Length::parse(value).ok_or_else(|| E::invalid_value(Unexpected::Str(value), &self))
            }
        }

        deserializer.deserialize_any(LengthVisitor)
    }
}

impl JsonSchema for Length {
    fn schema_name() -> Cow<'static, str> {
        "Length".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let units: Vec<&str> = UNITS.iter().map(|(unit, _)| *unit).collect();
        let pattern = format!(r"^[0-9.].* ?({})$", units.join("|"));
        json_schema!({ "anyOf": [{ "type": "number" }, { "type": "string", "pattern": pattern }] })
    }
}

/// The part of a page or slide that figures are shown on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Page {
    /// Width and height in inches. Lengths of figures refer to it, and none is larger.
    pub(super) inches: [f64; 2],
    /// How large type is shown, as a multiple of what it is on a wide slide.
    pub(super) scale: f64,
}

/// Labels of a wide slide have 12.5 pt, those of smaller pages 9 pt.
const SMALL: f64 = 9.0 / 12.5;

/// A page narrower than this many inches has small type.
const NARROW: f64 = 9.0;

/// The pages that have names: text width and height in inches.
const PAGES: [(&str, [f64; 2]); 6] = [
    ("widescreen", [40.0 / 3.0, 7.5]),
    // The text area of beamer's default theme with 11 pt, 398.34 x 241.57 and 307.29 x 269.15
    // points of TeX, of which an inch has 72.27.
    ("beamer-169", [398.34 / 72.27, 241.57 / 72.27]),
    ("beamer-43", [307.29 / 72.27, 269.15 / 72.27]),
    // Margins of an inch.
    ("a4", [210.0 / 25.4 - 2.0, 297.0 / 25.4 - 2.0]),
    ("letter", [6.5, 9.0]),
    ("reveal-1280x720", [1280.0 / 96.0, 720.0 / 96.0]),
];

impl Page {
    pub(super) fn new(inches: [f64; 2]) -> Self {
        Self { inches, scale: if inches[0] < NARROW { SMALL } else { 1.0 } }
    }
}

impl Default for Page {
    fn default() -> Self {
        Self::new(PAGES[0].1)
    }
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PageVisitor;

        impl<'de> Visitor<'de> for PageVisitor {
            type Value = Page;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let names: Vec<String> =
                    PAGES.iter().map(|(name, _)| format!("\"{name}\"")).collect();
                write!(
                    f,
                    "one of {}, or {{ text_width = \"108mm\", text_height = \"80mm\" }}",
                    names.join(", ")
                )
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Page, E> {
                let known = PAGES.iter().find(|(name, _)| *name == value);
                known
                    .map(|(_, inches)| Page::new(*inches))
                    .ok_or_else(|| E::invalid_value(Unexpected::Str(value), &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Page, A::Error> {
                let text = Text::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Page::new([text.text_width.0, text.text_height.0]))
            }
        }

        deserializer.deserialize_any(PageVisitor)
    }
}

/// A page that has no name.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Text {
    /// The width of the text, 2 to 100 inches: a number of inches, or a length such as `"108mm"`.
    text_width: Length,
    /// The height of the text, 1.5 to 100 inches: a number of inches, or a length such as `"80mm"`.
    text_height: Length,
}

impl JsonSchema for Page {
    fn schema_name() -> Cow<'static, str> {
        "Page".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = PAGES.iter().map(|(name, _)| *name).collect();
        let text = generator.subschema_for::<Text>();
        json_schema!({ "anyOf": [{ "type": "string", "enum": names }, text] })
    }
}

/// What a page must measure to hold a figure, in inches.
pub(super) fn check(page: &Spanned<Page>, problems: &mut crate::diagnostic::Problems) -> Page {
    let [width, height] = page.get_ref().inches;
    let good = (2.0..=100.0).contains(&width) && (1.5..=100.0).contains(&height);
    if !good {
        problems
            .at_value(
                page.span(),
                format!("a page of {width:.2} x {height:.2} inches cannot hold figures"),
            )
            .hint("write a `text_width` from 2in to 100in and a `text_height` from 1.5in to 100in");
        return Page::default();
    }
    *page.get_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        let inches = |text: &str| Length::parse(text).map(|l| l.0);
        assert_eq!(inches("2.54cm"), Some(1.0));
        assert_eq!(inches("25.4 mm"), Some(1.0));
        assert_eq!(inches("72pt"), Some(1.0));
        assert_eq!(inches("96px"), Some(1.0));
        assert_eq!(inches(".5in"), Some(0.5));
        for wrong in ["", "in", "4", "4 inches", "infin", "-1cm", "nanpt", "é"] {
            assert_eq!(inches(wrong), None, "{wrong}");
        }
    }
}
