//! Themes: the three that there are, and those that a config makes of them.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::decode::Decoded;
use super::raw::Section;
use crate::diagnostic::{Problems, suggest};
use crate::figure::style::{Areas, PALETTE, Theme};
use crate::render::Color;

/// `[theme.NAME]`: what differs from the theme that it inherits.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    /// The theme that it is made of; `"light"` by default.
    #[schemars(with = "Option<String>", extend("default" = "light"))]
    pub(super) inherit: Option<Spanned<String>>,
    /// The colour behind everything, such as `"#FFFFFF"`.
    #[schemars(with = "Option<String>", regex(pattern = COLOR))]
    background: Option<Spanned<String>>,
    /// The colour of titles, and of truth without a component.
    #[schemars(with = "Option<String>", regex(pattern = COLOR))]
    ink: Option<Spanned<String>>,
    /// The colour of tick labels and notes.
    #[schemars(with = "Option<String>", regex(pattern = COLOR))]
    muted: Option<Spanned<String>>,
    /// The colour of axis lines.
    #[schemars(with = "Option<String>", regex(pattern = COLOR))]
    axis: Option<Spanned<String>>,
    /// The colour of grid lines and shading.
    #[schemars(with = "Option<String>", regex(pattern = COLOR))]
    grid: Option<Spanned<String>>,
    /// The colour of what belongs to no component.
    #[schemars(with = "Option<String>", regex(pattern = COLOR))]
    none: Option<Spanned<String>>,
    /// Colours of the components' marks, in order.
    #[schemars(
        with = "Option<Vec<String>>",
        length(min = 1, max = PALETTE),
        inner(regex(pattern = COLOR))
    )]
    marks: Option<Spanned<Vec<Spanned<String>>>>,
    /// Colours of text about the components; by default the marks' own with enough contrast.
    #[schemars(
        with = "Option<Vec<String>>",
        length(min = 1, max = PALETTE),
        inner(regex(pattern = COLOR))
    )]
    texts: Option<Spanned<Vec<Spanned<String>>>>,
    /// Opacity of bars of data.
    #[schemars(with = "Option<f64>", range(min = 0.05, max = 1))]
    bar_opacity: Option<Spanned<f64>>,
    /// The colour of patterns, in place of areas with colours.
    #[schemars(with = "Option<String>", regex(pattern = COLOR))]
    hatch: Option<Spanned<String>>,
}

/// How a colour is written.
const COLOR: &str = "^#[0-9A-Fa-f]{6}$";

/// The themes that need no table.
pub(super) const BUILT_IN: [(&str, Theme); 3] =
    [("light", Theme::LIGHT), ("dark", Theme::DARK), ("print", Theme::PRINT)];

/// Text needs this much contrast to its background.
const TEXT_CONTRAST: f64 = 5.5;

/// All themes by name: the built-in ones and the config's, in the order in which they can inherit.
pub(super) fn resolve(
    section: &Section<Options>,
    problems: &mut Problems,
) -> IndexMap<String, Theme> {
    let mut themes: IndexMap<String, Theme> =
        BUILT_IN.into_iter().map(|(name, theme)| (name.to_owned(), theme)).collect();
    for (name, (span, decoded)) in section {
        if BUILT_IN.iter().any(|(known, _)| known == name) {
            problems
                .at_value(span.span(), format!("`{name}` is a theme already"))
                .hint(format!("give it another name and `inherit = \"{name}\"`"));
            continue;
        }
        let (Decoded::Whole(options) | Decoded::Damaged(options)) = decoded else { continue };
        let theme = one(options, &themes, problems);
        themes.insert(name.clone(), theme);
    }
    themes
}

fn one(options: &Options, known: &IndexMap<String, Theme>, problems: &mut Problems) -> Theme {
    let mut theme = match &options.inherit {
        None => Theme::LIGHT,
        Some(name) => find(name, known, problems).unwrap_or(Theme::LIGHT),
    };
    for (written, place) in [
        (&options.background, &mut theme.background),
        (&options.ink, &mut theme.ink),
        (&options.muted, &mut theme.muted),
        (&options.axis, &mut theme.axis),
        (&options.grid, &mut theme.grid),
        (&options.none, &mut theme.none),
    ] {
        if let Some(written) = written {
            *place = color(written, problems).unwrap_or(*place);
        }
    }
    if options.background.is_some() {
        theme.texts = theme.marks.map(|mark| readable(mark, theme.background));
    }
    if let Some(marks) = &options.marks {
        let marks = colors(marks, "marks", problems);
        for (k, mark) in marks.into_iter().enumerate() {
            theme.marks[k] = mark;
            theme.texts[k] = readable(mark, theme.background);
        }
    }
    if let Some(texts) = &options.texts {
        for (k, text) in colors(texts, "texts", problems).into_iter().enumerate() {
            theme.texts[k] = text;
        }
    }
    if let Some(opacity) = &options.bar_opacity {
        if !(0.05..=1.0).contains(opacity.get_ref()) {
            problems
                .at_value(
                    opacity.span(),
                    format!("`bar_opacity` must be from 0.05 to 1, but is {}", opacity.get_ref()),
                )
                .hint("bars that lie over each other need about 0.3");
        }
        theme.areas = Areas::Tinted(*opacity.get_ref());
    }
    if let Some(hatch) = &options.hatch {
        theme.areas = color(hatch, problems).map_or(theme.areas, Areas::Hatched);
    }
    theme
}

/// The theme that is called so.
pub(super) fn find(
    name: &Spanned<String>,
    known: &IndexMap<String, Theme>,
    problems: &mut Problems,
) -> Option<Theme> {
    let found = known.get(name.get_ref());
    if found.is_none() {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        problems
            .at_value(name.span(), format!("there is no theme `{}`", name.get_ref()))
            .hint(suggest(name.get_ref(), &names, "themes"));
    }
    found.cloned()
}

fn color(written: &Spanned<String>, problems: &mut Problems) -> Option<Color> {
    let color = Color::parse(written.get_ref());
    if color.is_none() {
        problems
            .at_value(written.span(), format!("`{}` is no colour", written.get_ref()))
            .hint("write a colour as \"#0072B2\"");
    }
    color
}

fn colors(list: &Spanned<Vec<Spanned<String>>>, key: &str, problems: &mut Problems) -> Vec<Color> {
    let written = list.get_ref();
    if written.is_empty() || written.len() > PALETTE {
        problems
            .at_value(
                list.span(),
                format!("`{key}` must have 1 to {PALETTE} colours, but has {}", written.len()),
            )
            .hint("the first is that of component 1; the rest is inherited");
    }
    written.iter().take(PALETTE).filter_map(|c| color(c, problems)).collect()
}

/// A colour like `color`, as much darker or lighter as text on this background needs.
fn readable(color: Color, background: Color) -> Color {
    let end = if background.luminance() > 0.18 { Color::BLACK } else { Color::WHITE };
    (0..=20)
        .map(|step| end.over(color, f64::from(step) / 20.0))
        .find(|c| c.contrast(background) >= TEXT_CONTRAST)
        .unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_colours_are_readable_on_their_background() {
        for background in [Color::WHITE, Color::BLACK, Color::hex("#14171C")] {
            for mark in Theme::LIGHT.marks {
                assert!(readable(mark, background).contrast(background) >= TEXT_CONTRAST);
            }
        }
    }
}
