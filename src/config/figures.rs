//! Figures: what is drawn, in which themes and formats, with which words.

use indexmap::IndexMap;
use toml::Spanned;

use super::decode::Decoded;
use super::motion::{animation, steps};
use super::page::{self, Page};
use super::plan::{Figure, Texts};
use super::raw::{self, Raw};
use super::resolve::each;
use super::size::{check_pixels, check_room, fitted, size, type_scale};
use super::{names, panels, theme, titles};
use crate::diagnostic::Problems;
use crate::figure::style::Theme;
use crate::figure::{Known, SharedAxes};
use crate::render::{Fonts, Format, tex};

/// Checks all figures; PNG is written at these `scales`.
pub(super) fn resolve(
    raw: &Raw,
    known: &Known,
    themes: &IndexMap<String, Theme>,
    fonts: &Fonts,
    scales: &[u32],
    problems: &mut Problems,
) -> IndexMap<String, Figure> {
    let page = raw.output.page.as_ref().map_or_else(Page::default, |p| page::check(p, problems));
    let type_scale = type_scale(&raw.output, page, problems);
    let all_formats = formats(raw.output.formats.as_ref(), problems);
    let all_themes = themes_of(raw.output.themes.as_ref(), themes, problems);
    let template = names::template(raw, problems);
    let mut groups: IndexMap<String, SharedAxes> = IndexMap::new();
    let mut figures = each(&raw.figures, problems, |name, node, problems| {
        let size = size(node, page, type_scale, problems);
        let formats = match &node.formats {
            Some(own) => formats(Some(own), problems),
            None => all_formats.clone(),
        };
        let themes = match &node.themes {
            Some(own) => themes_of(Some(own), themes, problems),
            None => all_themes.clone(),
        };
        let texts = texts(node, problems);
        let title = node.title.as_ref().map(|title| (title, titles::read(title, fonts, problems)));
        let (_, (name_span, _)) = raw.figures.get_key_value(name)?;
        let (panels, grid) = panels::resolve(node, name_span.span(), known, fonts, problems)?;
        let title = match title {
            None => None,
            Some((written, title)) => Some(title.filter(|title| match grid {
                None => {
                    let below = panels.iter().map(|panel| &panel.plot);
                    titles::check(written, title, below, known, problems)
                }
                Some(_) => titles::check_none(written, title, problems),
            })?),
        };
        let steps = steps(node, &panels, known, problems);
        let animation = animation(node, &panels, problems);
        let kind = panels[0].plot.kind();
        let (default, least) = match &grid {
            None => (kind.default_size(), kind.least_size()),
            Some(grid) => panels::sizes(grid, &panels),
        };
        let size = size?.unwrap_or_else(|| fitted(node, default, page, type_scale));
        check_room(node, size.map(|s| s / type_scale), least, type_scale, problems);
        check_pixels(raw, &formats, size, scales, name_span.span(), problems);
        if let Some(group) = &node.share_axes {
            let own = if grid.is_some() { None } else { kind.shared_axes() };
            check_group(group, own, &mut groups, problems);
        }
        Some(Figure {
            stem: names::stem(&template, raw, name),
            size,
            type_scale,
            share_axes: node.share_axes.as_ref().map(|group| group.get_ref().clone()),
            formats,
            themes,
            texts,
            title,
            panels,
            grid,
            steps: steps?,
            animation: animation?,
        })
    });
    // Without the figure's name all files are the same, which is said once.
    if template.contains("{figure}") {
        check_files(raw, &template, &figures, scales, problems);
    }
    check_labels(raw, problems);
    // Those that are switched off are checked like the others, and no files are made of them.
    figures.retain(|name, _| match raw.figures.get(name) {
        Some((_, Decoded::Whole(node))) => node.enabled.unwrap_or(true),
        _ => true,
    });
    figures
}

/// Labels are names in three languages, and each is one figure's.
fn check_labels(raw: &Raw, problems: &mut Problems) {
    let mut owners: IndexMap<&str, &str> = IndexMap::new();
    for (figure, (_, node)) in &raw.figures {
        let (Decoded::Whole(node) | Decoded::Damaged(node)) = node else { continue };
        let Some(label) = &node.label else { continue };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '_' | '-');
        if label.get_ref().is_empty() || !label.get_ref().chars().all(plain) {
            problems
                .at_value(label.span(), format!("`{}` cannot be a label", label.get_ref()))
                .hint("use letters, digits, `:`, `.`, `_` and `-`, such as \"fig:line\"");
        }
        if let Some(other) = owners.insert(label.get_ref(), figure) {
            problems
                .at_value(label.span(), format!("`figure.{other}` has this label already"))
                .hint("give each figure a label of its own");
        }
    }
}

/// No two figures write the same file; one that is wrong still has its name.
fn check_files(
    raw: &Raw,
    template: &str,
    figures: &IndexMap<String, Figure>,
    scales: &[u32],
    problems: &mut Problems,
) {
    let files = raw.figures.iter().map(|(name, (span, _))| {
        let files = match figures.get(name) {
            Some(figure) => figure.files(scales),
            None => Format::Pdf.files(&names::stem(template, raw, name), scales),
        };
        (name.clone(), (span.span(), files))
    });
    names::check(&files.collect(), problems);
}

/// Only axes that measure the same can be shared.
fn check_group(
    group: &Spanned<String>,
    own: Option<SharedAxes>,
    groups: &mut IndexMap<String, SharedAxes>,
    problems: &mut Problems,
) {
    let Some(own) = own else {
        problems
            .at_value(group.span(), "figures of this kind have axes of their own")
            .hint("leave `share_axes` out; histograms, densities and figures of the plane can share theirs");
        return;
    };
    let first = *groups.entry(group.get_ref().clone()).or_insert(own);
    if first != own {
        problems
            .at_value(
                group.span(),
                format!("the group `{}` is of figures of another kind", group.get_ref()),
            )
            .hint("share axes among histograms, among densities, or among figures of the plane");
    }
}

fn formats(
    written: Option<&Spanned<Vec<Spanned<Format>>>>,
    problems: &mut Problems,
) -> Vec<Format> {
    let Some(written) = written else { return Format::ALL.to_vec() };
    let mut formats: Vec<Format> = Vec::new();
    for format in written.get_ref() {
        if formats.contains(format.get_ref()) {
            problems
                .at_value(format.span(), "this format is named twice")
                .hint("name each format once");
        }
        formats.push(*format.get_ref());
    }
    if formats.is_empty() {
        problems
            .at_value(written.span(), "no format is named")
            .hint("name at least one of `pdf`, `png`, `svg`");
    }
    formats
}

fn themes_of(
    written: Option<&Spanned<Vec<Spanned<String>>>>,
    known: &IndexMap<String, Theme>,
    problems: &mut Problems,
) -> Vec<String> {
    let Some(written) = written else { return vec!["light".to_owned()] };
    let mut themes: Vec<String> = Vec::new();
    for name in written.get_ref() {
        theme::find(name, known, problems);
        if themes.contains(name.get_ref()) {
            problems
                .at_value(name.span(), "this theme is named twice")
                .hint("name each theme once");
        }
        themes.push(name.get_ref().clone());
    }
    if themes.is_empty() {
        problems
            .at_value(written.span(), "no theme is named")
            .hint("name at least one, such as \"light\"");
    }
    themes
}

/// The texts of a figure; each must be one that can be set.
fn texts(node: &raw::Figure, problems: &mut Problems) -> Texts {
    // These are set by others, in fonts of their own.
    let mut text = |written: &Option<Spanned<String>>| {
        let written = written.as_ref()?;
        if written.get_ref().chars().any(char::is_control) {
            problems
                .at_value(written.span(), "the text has characters that cannot be shown")
                .hint("write it in one line of letters, digits and signs");
        }
        if let Err(error) = tex::parse(written.get_ref()) {
            problems
                .at_part(&written.span(), (error.offset, error.len), error.message)
                .hint(error.hint);
        }
        Some(written.get_ref().clone())
    };
    Texts {
        title: node.title.as_ref().map(|title| title.get_ref().clone()),
        description: text(&node.description),
        caption: text(&node.caption),
        label: node.label.as_ref().map(|label| label.get_ref().clone()),
        source: text(&node.source),
    }
}

/// Mathematics that is wrong, at its column.
pub(super) fn check_text(
    written: &Spanned<String>,
    text: &str,
    fonts: &Fonts,
    problems: &mut Problems,
) {
    if let Err(error) = fonts.parse(text) {
        problems
            .at_part(&written.span(), (error.offset, error.len), error.message)
            .hint(error.hint);
    }
}
