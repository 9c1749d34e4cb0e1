//! From the config as written to a plan.

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use indexmap::IndexMap;
use toml::Spanned;

use super::decode::Decoded;
use super::plan::{Baseline, Data, Figure, Fit, Lecture, Output, Plan};
use super::raw::{self, Extras, Raw, Section};
use crate::data::Shape;
use crate::diagnostic::Problems;
use crate::figure::{Known, KnownBaseline, KnownFit, SharedAxes};
use crate::random::{Generator, NUMPY_SEED_MAX, Seed};
use crate::render::Format;
use crate::score::baseline;

/// Checks everything and makes a plan; `None` if anything is wrong.
pub(super) fn resolve(raw: Raw, path: &Path, problems: &mut Problems) -> Option<Plan> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name =
        path.file_stem().map_or_else(|| "config".to_owned(), |s| s.to_string_lossy().into_owned());
    let mut known = Known::default();
    let data = resolve_data(&raw, folder, &mut known, problems);
    let fits = resolve_fits(&raw, &mut known, problems);
    let baselines = resolve_baselines(&raw, &mut known, problems);
    let figures = resolve_figures(&raw, &known, problems);
    let dpi = resolve_dpi(&raw.output, problems);
    let output = resolve_output(&raw.output, folder, &name, problems);
    Some(Plan {
        name,
        seed: raw.seed,
        lecture: Lecture { id: raw.lecture.id.map(Spanned::into_inner), title: raw.lecture.title },
        output,
        dpi,
        data,
        fits,
        baselines,
        figures,
    })
}

fn resolve_data(
    raw: &Raw,
    folder: &Path,
    known: &mut Known,
    problems: &mut Problems,
) -> IndexMap<String, Data> {
    let data = each(&raw.data, problems, |name, node, problems| {
        let seed = seed(raw, &node.seed, node.generator, &format!("data.{name}"), problems);
        let source = node.source.resolve(folder, problems);
        Some(Data { seed: seed?, generator: node.generator, source: source? })
    });
    for name in raw.data.keys() {
        known.data.insert(name.clone(), data.get(name).map(|d| d.source.shape()));
    }
    data
}

fn resolve_fits(raw: &Raw, known: &mut Known, problems: &mut Problems) -> IndexMap<String, Fit> {
    let fits = each(&raw.fits, problems, |name, node, problems| {
        let seed = seed(raw, &node.seed, node.generator, &format!("fit.{name}"), problems);
        let model = match known.data(&node.data, problems).cloned() {
            Some(shape) => {
                let model = node.model.resolve(&shape, problems);
                model.filter(|m| check_size(node, &shape, m.components(), problems))
            }
            None => {
                // What can be said without the data is said all the same.
                let before = problems.len();
                node.model.resolve(&ANY_DATA, problems);
                problems.keep_alone(before);
                None
            }
        };
        let data = node.data.get_ref().clone();
        let (generator, matching) = (node.generator, node.matching);
        Some(Fit { data, seed: seed?, generator, matching, model: model? })
    });
    for name in raw.fits.keys() {
        let entry = fits.get(name).and_then(|fit| {
            let shape = known.data.get(&fit.data)?.clone()?;
            let (kind, components) = (fit.model.kind(), fit.model.components());
            let start = fit.model.start_words();
            Some(KnownFit { data: fit.data.clone(), shape, kind, components, start })
        });
        known.fits.insert(name.clone(), entry);
    }
    fits
}

/// More responsibilities than this do not fit a laptop's memory.
const MOST_RESPONSIBILITIES: usize = 100_000_000;

fn check_size(node: &raw::Fit, shape: &Shape, components: usize, problems: &mut Problems) -> bool {
    let good = shape.points.saturating_mul(components) <= MOST_RESPONSIBILITIES;
    if !good {
        let points = shape.points;
        problems
            .at(
                node.data.span(),
                format!("{points} points in {components} components are too many"),
            )
            .hint(format!("keep points times components up to {MOST_RESPONSIBILITIES}"));
    }
    good
}

/// Stands for data of which nothing is known.
const ANY_DATA: Shape = Shape { points: usize::MAX, dimensions: 1, components: None, truth: false };

fn resolve_baselines(
    raw: &Raw,
    known: &mut Known,
    problems: &mut Problems,
) -> IndexMap<String, Baseline> {
    let baselines = each(&raw.baselines, problems, |name, node, problems| {
        let seed = seed(raw, &node.seed, node.generator, &format!("baseline.{name}"), problems);
        let labelled = known.fit(&node.fit, problems).map(|f| f.shape.components.is_some());
        if labelled == Some(false) {
            problems
                .at(
                    node.fit.span(),
                    format!(
                        "`fit.{}` is of data without labels, so there is no truth to permute",
                        node.fit.get_ref()
                    ),
                )
                .hint("give the data set labels, or leave this baseline out");
        }
        let spec = baseline::Options {
            scores: node.scores.clone(),
            permuted_truth: node.permuted_truth.clone(),
        }
        .resolve(problems);
        labelled.filter(|l| *l)?;
        Some(Baseline {
            fit: node.fit.get_ref().clone(),
            seed: seed?,
            generator: node.generator,
            baseline: spec?,
        })
    });
    for name in raw.baselines.keys() {
        let entry = baselines.get(name).map(|b| KnownBaseline {
            fit: b.fit.clone(),
            scores: b.baseline.scores.clone(),
            repeats: b.baseline.repeats,
        });
        known.baselines.insert(name.clone(), entry);
    }
    baselines
}

fn resolve_figures(raw: &Raw, known: &Known, problems: &mut Problems) -> IndexMap<String, Figure> {
    let all = formats(raw.output.formats.as_ref(), problems);
    let template = name_template(raw, problems);
    check_stems(raw, &template, problems);
    let mut groups: IndexMap<String, SharedAxes> = IndexMap::new();
    each(&raw.figures, problems, |name, node, problems| {
        let size = size(node, raw.output.page, problems);
        let formats = match &node.formats {
            Some(own) => formats(Some(own), problems),
            None => all.clone(),
        };
        let plot = node.plot.resolve(known, problems)?;
        let size = size?.unwrap_or_else(|| plot.kind().default_size());
        check_room(node, size, plot.kind().least_size(), problems);
        if let Some(group) = &node.share_axes {
            check_group(group, plot.kind().shared_axes(), &mut groups, problems);
        }
        let share_axes = node.share_axes.as_ref().map(|group| group.get_ref().clone());
        Some(Figure { stem: stem(&template, raw, name), size, share_axes, formats, plot })
    })
}

/// Everything in a figure must have room in its size.
fn check_room(node: &raw::Figure, size: [f64; 2], least: [f64; 2], problems: &mut Problems) {
    let Some(written) = &node.size else { return };
    if size[0] < least[0] || size[1] < least[1] {
        let [width, height] = size;
        problems
            .at_value(
                written.span(),
                format!("{width} x {height} inches have no room for what this figure shows"),
            )
            .hint(format!("write at least `size = [{}, {:.1}]`", least[0], least[1]));
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
            .hint("leave `share_axes` out; `histogram` and `contour` can share theirs");
        return;
    };
    let first = *groups.entry(group.get_ref().clone()).or_insert(own);
    if first != own {
        problems
            .at_value(
                group.span(),
                format!("the group `{}` is of figures of another kind", group.get_ref()),
            )
            .hint("share axes among histograms, or among contours");
    }
}

/// No two figures may write the same file.
fn check_stems(raw: &Raw, template: &str, problems: &mut Problems) {
    // Without the figure's name all stems are the same, which is said once.
    if !template.contains("{figure}") {
        return;
    }
    let mut stems: IndexMap<String, &str> = IndexMap::new();
    for (name, (span, _)) in &raw.figures {
        let stem = stem(template, raw, name);
        // Some file systems do not tell `A` from `a`.
        if let Some(other) = stems.insert(stem.to_lowercase(), name) {
            problems
                .at(
                    span.span(),
                    format!(
                        "`figure.{name}` and `figure.{other}` would write the same file `{stem}`"
                    ),
                )
                .hint("rename one of them; some file systems do not tell `A` from `a`");
        }
    }
}

/// Resolves the nodes of a section in order and keeps those that are right.
fn each<T, U>(
    section: &Section<T>,
    problems: &mut Problems,
    mut resolve: impl FnMut(&str, &T, &mut Problems) -> Option<U>,
) -> IndexMap<String, U> {
    let mut resolved = IndexMap::new();
    for (name, (_, node)) in section {
        match node {
            Decoded::Whole(node) => {
                resolved.extend(resolve(name, node, problems).map(|value| (name.clone(), value)));
            }
            Decoded::Damaged(node) => {
                let before = problems.len();
                resolve(name, node, problems);
                problems.keep_alone(before);
            }
            Decoded::Nothing => {}
        }
    }
    resolved
}

fn seed(
    raw: &Raw,
    own: &Option<Spanned<u64>>,
    generator: Generator,
    node: &str,
    problems: &mut Problems,
) -> Option<Seed> {
    let Some(own) = own else {
        return Some(Seed::Derived { root: raw.seed, node: node.to_owned() });
    };
    if generator == Generator::Numpy && *own.get_ref() > NUMPY_SEED_MAX {
        problems
            .at_value(
                own.span(),
                format!("numpy's seeds go up to {NUMPY_SEED_MAX}, but this is {}", own.get_ref()),
            )
            .hint("write a smaller seed, or `generator = \"chacha\"`");
        return None;
    }
    Some(Seed::Own(*own.get_ref()))
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

const MAX_DPI: f64 = 1200.0;

fn resolve_dpi(output: &raw::Output, problems: &mut Problems) -> f64 {
    let Some(dpi) = &output.dpi else { return 200.0 };
    if !(10.0..=MAX_DPI).contains(dpi.get_ref()) {
        problems
            .at_value(
                dpi.span(),
                format!("`dpi` must be from 10 to {MAX_DPI}, but is {}", dpi.get_ref()),
            )
            .hint("slides need 150 to 300");
    }
    *dpi.get_ref()
}

/// Width and height in inches, if the figure says; the outer `None` if it is wrong.
fn size(
    figure: &raw::Figure,
    page: raw::Page,
    problems: &mut Problems,
) -> Option<Option<[f64; 2]>> {
    let Some(size) = &figure.size else { return Some(None) };
    let values = size.get_ref().expand(1);
    let [width, height] = values[..] else {
        problems
            .at_value(
                size.span(),
                format!("`size` must be a width and a height, but has length {}", values.len()),
            )
            .hint("write `size = [10, 4]`, in inches");
        return None;
    };
    let [most_width, most_height] = page.inches();
    let good = (2.0..=most_width).contains(&width) && (1.5..=most_height).contains(&height);
    if !good {
        problems
            .at(size.span(), format!("a figure of {width} x {height} inches does not fit the page"))
            .hint(format!("write a width from 2 to {most_width:.2} and a height from 1.5 to {most_height} inches"));
    }
    good.then_some(Some([width, height]))
}

fn name_template(raw: &Raw, problems: &mut Problems) -> String {
    let Some(written) = &raw.output.name else {
        return if raw.lecture.id.is_some() { "L{lecture}_{figure}" } else { "{figure}" }
            .to_owned();
    };
    let span = written.span();
    let template = written.get_ref().clone();
    let mut wrong = |span: Range<usize>, message: String, hint: &str| {
        problems.at(span, message).hint(hint);
    };
    let rest = template.replace("{figure}", "").replace("{lecture}", "");
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if let Some(bad) = rest.chars().find(|c| !plain(*c)) {
        let what = format!("`{bad}` cannot stand in a file name here");
        wrong(
            span.clone(),
            what,
            "use letters, digits, `_`, `-`, `{lecture}` and `{figure}`; a second dot breaks \\includegraphics",
        );
    }
    if !template.contains("{figure}") {
        wrong(
            span.clone(),
            "all figures would write the same file".to_owned(),
            "the name must contain `{figure}`",
        );
    }
    if template.contains("{lecture}") && raw.lecture.id.is_none() {
        wrong(
            span,
            "`{lecture}` stands for the lecture's id, but there is none".to_owned(),
            "add `id = ...` to `[lecture]`",
        );
    }
    template
}

fn stem(template: &str, raw: &Raw, figure: &str) -> String {
    let id = raw.lecture.id.as_ref().map_or_else(String::new, |id| id.get_ref().to_string());
    template.replace("{lecture}", &id).replace("{figure}", figure)
}

fn resolve_output(
    output: &raw::Output,
    folder: &Path,
    name: &str,
    problems: &mut Problems,
) -> Output {
    let figures = join(folder, output.figures.as_deref().unwrap_or("figures"));
    let extras = match output.extras.as_ref().map(|e| (e.span(), e.get_ref())) {
        None => Some(figures.join("extras").join(name)),
        Some((_, Extras::Nowhere)) => None,
        Some((span, Extras::Folder(written))) => {
            let extras = join(folder, written);
            if extras == figures {
                problems
                    .at(
                        span,
                        "`extras` is the folder of the figures, which holds nothing but figures",
                    )
                    .hint("name another folder, or write `extras = false`");
            }
            Some(extras)
        }
    };
    Output { figures, extras }
}

/// `folder/path` without `.` and, where they cancel a folder, `..`: `config/../figures` is
/// `figures`.
fn join(folder: &Path, path: &str) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(joined.components().next_back(), Some(Component::Normal(_))) =>
            {
                joined.pop();
            }
            part => joined.push(part),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_config_and_without_detours() {
        assert_eq!(join(Path::new("config"), "../figures"), PathBuf::from("figures"));
        assert_eq!(join(Path::new(""), "../figures"), PathBuf::from("../figures"));
        assert_eq!(join(Path::new("a/b"), "./c"), PathBuf::from("a/b/c"));
        assert_eq!(join(Path::new("a"), "/c/../d"), PathBuf::from("/d"));
    }
}
