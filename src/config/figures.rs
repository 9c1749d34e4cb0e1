//! Figures: what is drawn, how large, in which themes, steps and formats.

use std::ops::Range;

use indexmap::IndexMap;
use toml::Spanned;

use super::decode::Decoded;
use super::page::{self, Page};
use super::plan::{Animation, Figure, Panel, Texts};
use super::raw::{self, Over, Raw};
use super::resolve::each;
use super::{names, panels, theme};
use crate::diagnostic::Problems;
use crate::figure::step::Step;
use crate::figure::style::Theme;
use crate::figure::{Known, SharedAxes};
use crate::render::{self, Fonts, Format, tex};

/// Checks all figures.
pub(super) fn resolve(
    raw: &Raw,
    known: &Known,
    themes: &IndexMap<String, Theme>,
    fonts: &Fonts,
    problems: &mut Problems,
) -> IndexMap<String, Figure> {
    let page = raw.output.page.as_ref().map_or_else(Page::default, |p| page::check(p, problems));
    let type_scale = type_scale(&raw.output, page, problems);
    let all_formats = formats(raw.output.formats.as_ref(), problems);
    let all_themes = themes_of(raw.output.themes.as_ref(), themes, problems);
    let template = names::template(raw, problems);
    let scales = png_scales(&raw.output, &mut Problems::default());
    let mut groups: IndexMap<String, SharedAxes> = IndexMap::new();
    let figures = each(&raw.figures, problems, |name, node, problems| {
        let size = size(node, page, type_scale, problems);
        let formats = match &node.formats {
            Some(own) => formats(Some(own), problems),
            None => all_formats.clone(),
        };
        let themes = match &node.themes {
            Some(own) => themes_of(Some(own), themes, problems),
            None => all_themes.clone(),
        };
        let texts = texts(node, fonts, problems);
        let (_, (name_span, _)) = raw.figures.get_key_value(name)?;
        let (panels, grid) = panels::resolve(node, name_span.span(), known, fonts, problems)?;
        let steps = steps(node, &panels, known, problems);
        let animation = animation(node, &panels, problems);
        let kind = panels[0].plot.kind();
        let (default, least) = match &grid {
            None => (kind.default_size(), kind.least_size()),
            Some(grid) => panels::sizes(grid, &panels),
        };
        let size = size?.unwrap_or_else(|| fitted(node, default, page, type_scale));
        check_room(node, size.map(|s| s / type_scale), least, type_scale, problems);
        check_pixels(raw, &formats, size, &scales, name_span.span(), problems);
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
            panels,
            grid,
            steps: steps?,
            animation: animation?,
        })
    });
    // Without the figure's name all files are the same, which is said once.
    if template.contains("{figure}") {
        check_files(raw, &template, &figures, &scales, problems);
    }
    check_labels(raw, problems);
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

/// How large type is shown, as a multiple of what it is on a wide slide.
fn type_scale(output: &raw::Output, page: Page, problems: &mut Problems) -> f64 {
    let Some(size) = &output.type_size else { return page.scale };
    if !(6.0..=30.0).contains(size.get_ref()) {
        problems
            .at_value(
                size.span(),
                format!("`type_size` must be from 6 to 30 points, but is {}", size.get_ref()),
            )
            .hint("labels of slides need 9 points or more");
        return page.scale;
    }
    size.get_ref() / crate::figure::style::size::LABEL
}

/// Everything in a figure must have room in its size.
fn check_room(
    node: &raw::Figure,
    size: [f64; 2],
    least: [f64; 2],
    type_scale: f64,
    problems: &mut Problems,
) {
    let written = node.size.as_ref().map(Spanned::span).or(node.width.as_ref().map(Spanned::span));
    let Some(span) = written else { return };
    if size[0] < least[0] || size[1] < least[1] {
        let [width, height] = size.map(|s| hundredths(s * type_scale));
        let [least_width, least_height] = least.map(|l| (l * type_scale * 10.0).ceil() / 10.0);
        problems
            .at_value(
                span,
                format!("{width} x {height} inches have no room for what this figure shows"),
            )
            .hint(format!("write at least `size = [{least_width}, {least_height}]`"));
    }
}

/// A PNG must fit the memory.
fn check_pixels(
    raw: &Raw,
    formats: &[Format],
    size: [f64; 2],
    scales: &[u32],
    name: Range<usize>,
    problems: &mut Problems,
) {
    let dpi = raw.output.dpi.as_ref();
    let scale = f64::from(scales.iter().copied().max().unwrap_or(1));
    let [width, height] =
        size.map(|inches| (inches * dpi.map_or(200.0, |d| *d.get_ref()) * scale).round());
    if formats.contains(&Format::Png) && width * height > render::MOST_PIXELS {
        problems
            .at_value(
                dpi.map_or(name, Spanned::span),
                format!("a PNG of {width} x {height} pixels is too large"),
            )
            .hint("write a smaller `dpi` or `png_scales`, or a smaller figure");
    }
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

/// The multiples of `dpi` at which PNG is written.
pub(super) fn png_scales(output: &raw::Output, problems: &mut Problems) -> Vec<u32> {
    let Some(written) = &output.png_scales else { return vec![1] };
    let mut scales = Vec::new();
    for scale in written.get_ref() {
        if !(1..=4).contains(scale.get_ref()) || scales.contains(scale.get_ref()) {
            problems
                .at_value(
                    scale.span(),
                    format!(
                        "`png_scales` has {}, which is not 1 to 4, or is there twice",
                        scale.get_ref()
                    ),
                )
                .hint("write `png_scales = [1, 2]`");
        }
        scales.push(*scale.get_ref());
    }
    if scales.is_empty() {
        problems.at_value(written.span(), "no scale is named").hint("write `png_scales = [1]`");
    }
    scales
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

/// Width and height in inches, if the figure says; the outer `None` if it is wrong.
fn size(
    figure: &raw::Figure,
    page: Page,
    type_scale: f64,
    problems: &mut Problems,
) -> Option<Option<[f64; 2]>> {
    let [most_width, most_height] = page.inches;
    if let Some(width) = &figure.width {
        if let Some(size) = &figure.size {
            problems
                .at_value(size.span(), "`size` and `width` both say how wide the figure is")
                .hint("leave one of them out");
            return None;
        }
        if !(0.1..=1.0).contains(width.get_ref()) {
            problems
                .at_value(
                    width.span(),
                    format!("`width` must be from 0.1 to 1, but is {}", width.get_ref()),
                )
                .hint("it is a share of the page's width; write `size` for inches");
            return None;
        }
        return Some(None);
    }
    let Some(size) = &figure.size else { return Some(None) };
    let values: Vec<f64> = size.get_ref().iter().map(|l| l.get_ref().0).collect();
    let [width, height] = values[..] else {
        problems
            .at_value(
                size.span(),
                format!("`size` must be a width and a height, but has length {}", values.len()),
            )
            .hint("write `size = [10, 4]`, in inches");
        return None;
    };
    let [least_width, least_height] = [2.0 * type_scale, 1.5 * type_scale];
    let good = (least_width..=most_width).contains(&width)
        && (least_height..=most_height).contains(&height);
    if !good {
        let [width, height, least_width, least_height, most_width, most_height] =
            [width, height, least_width, least_height, most_width, most_height].map(hundredths);
        problems
            .at(size.span(), format!("a figure of {width} x {height} inches does not fit the page"))
            .hint(format!(
                "write a width from {least_width} to {most_width} and a height from \
                 {least_height} to {most_height} inches"
            ));
    }
    good.then_some(Some([width, height]))
}

/// A length for a message.
fn hundredths(inches: f64) -> f64 {
    (inches * 100.0).round() / 100.0
}

/// The size of a figure that does not say: as its kind has it, no larger than the page; with a
/// `width`, as wide as that and as high as keeps its proportions.
fn fitted(node: &raw::Figure, default: [f64; 2], page: Page, type_scale: f64) -> [f64; 2] {
    let [width, height] = default.map(|length| length * type_scale);
    match &node.width {
        None => [width.min(page.inches[0]), height.min(page.inches[1])],
        Some(share) => {
            let shown = share.get_ref() * page.inches[0];
            // A narrower figure is not as much lower, because its text is as large as before.
            let lower = if shown < width { (shown / width).sqrt() } else { shown / width };
            [shown, (height * lower).min(page.inches[1])]
        }
    }
}

/// The texts of a figure; each must be one that can be set.
fn texts(node: &raw::Figure, fonts: &Fonts, problems: &mut Problems) -> Texts {
    if let Some(title) = &node.title {
        check_text(title, title.get_ref(), fonts, problems);
    }
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

fn steps(
    node: &raw::Figure,
    panels: &[Panel],
    known: &Known,
    problems: &mut Problems,
) -> Option<Vec<Step>> {
    let Some(written) = &node.steps else { return Some(Vec::new()) };
    let kind = panels[0].plot.kind();
    let (has_fit, has_layers) = (kind.at(crate::figure::At::Final).is_some(), kind.has_layers());
    let offered = match (has_layers, has_fit) {
        (true, _) => "`data`, `truth`, `init`, `iteration N`, `final`",
        (false, true) => "`init`, `iteration N`, `final`",
        (false, false) => "",
    };
    if panels.len() > 1 || offered.is_empty() {
        problems
            .at_value(written.span(), "this figure has no steps")
            .hint("a figure of one picture that shows a fit can be built up; leave `steps` out");
        return None;
    }
    let mut steps = Vec::new();
    let mut good = !written.get_ref().is_empty();
    if !good {
        problems
            .at_value(written.span(), "no step is named")
            .hint(format!("the steps of this kind are {offered}"));
    }
    for name in written.get_ref() {
        match Step::parse(name.get_ref()).filter(|s| has_layers || !s.is_layer()) {
            Some(step) => {
                good &= known.check_reached(&kind.needs(), step.at(), name.span(), problems);
                if steps.contains(&step) {
                    problems
                        .at_value(name.span(), "this step is named twice")
                        .hint("name each step once");
                    good = false;
                }
                steps.push(step);
            }
            None => {
                problems
                    .at_value(name.span(), format!("there is no step `{}`", name.get_ref()))
                    .hint(format!("the steps of this kind are {offered}"));
                good = false;
            }
        }
    }
    good.then_some(steps)
}

fn animation(
    node: &raw::Figure,
    panels: &[Panel],
    problems: &mut Problems,
) -> Option<Option<Animation>> {
    let Some(written) = &node.animate else { return Some(None) };
    let options = written.get_ref();
    let mut good = true;
    let mut wrong = |span: Range<usize>, message: String, hint: &str| {
        problems.at_value(span, message).hint(hint);
        good = false;
    };
    if panels.iter().all(|p| p.plot.kind().at(crate::figure::At::Final).is_none()) {
        let message = "this figure shows no fit that could move".to_owned();
        wrong(written.span(), message, "leave `animate` out, or draw a fit");
    }
    if *options.over.get_ref() != Over::Iterations {
        let message = "an animation goes over iterations".to_owned();
        wrong(options.over.span(), message, "write `over = \"iterations\"`");
    }
    let every = options.every.as_ref().map_or(1, |e| *e.get_ref());
    if let Some(span) = options.every.as_ref().filter(|_| every == 0).map(Spanned::span) {
        wrong(
            span,
            "`every` must be at least 1, but is 0".to_owned(),
            "write 1 for all iterations",
        );
    }
    let mut within = |value: &Option<Spanned<f64>>, name: &str, range: [f64; 2], default: f64| {
        let Some(value) = value else { return default };
        let [low, high] = range;
        if !(low..=high).contains(value.get_ref()) {
            let message =
                format!("`{name}` must be from {low} to {high}, but is {}", value.get_ref());
            wrong(value.span(), message, "leave it out for the default");
        }
        *value.get_ref()
    };
    let seconds = within(&options.seconds, "seconds", [0.2, 600.0], 6.0);
    let dpi = within(&options.dpi, "dpi", [20.0, 300.0], 100.0);
    good.then_some(Some(Animation { every, seconds, dpi }))
}
