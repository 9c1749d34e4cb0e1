//! From the config as written to a plan.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use toml::Spanned;

use super::decode::Decoded;
use super::plan::{Baseline, Data, Fit, Font, Lecture, Output, Plan};
use super::raw::{self, Extras, Raw, Section};
use super::{assert, figures, members, predictions, size, theme};
use crate::data::Shape;
use crate::diagnostic::Problems;
use crate::figure::axes::column_label;
use crate::figure::{Known, KnownBaseline, KnownFit};
use crate::model;
use crate::random::{self, Generator, NUMPY_SEED_MAX, Seed};
use crate::render::{Family, Fonts};
use crate::report::manifest::sha256;
use crate::score::baseline;
use crate::setting::Several;

/// Checks everything and makes a plan; `None` if anything is wrong.
pub(super) fn resolve(raw: Raw, path: &Path, problems: &mut Problems) -> Option<Plan> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name =
        path.file_stem().map_or_else(|| "config".to_owned(), |s| s.to_string_lossy().into_owned());
    let mut known = Known::default();
    let data = resolve_data(&raw, folder, &mut known, problems);
    let mut fits = resolve_fits(&raw, &mut known, problems);
    let sweeps = members::resolve(&raw, &mut known, &mut fits, problems);
    let predictions = predictions::resolve(&raw, &mut known, problems);
    let baselines = resolve_baselines(&raw, &mut known, problems);
    let themes = theme::resolve(&raw.themes, problems);
    let (font, font_file) = font(&raw.output, folder, problems);
    check_units(&raw, &font.fonts, problems);
    let png_scales = size::png_scales(&raw.output, problems);
    let figures = figures::resolve(&raw, &known, &themes, &font.fonts, &png_scales, problems);
    let assertions = assert::resolve(&raw.assertions, &known, problems);
    let dpi = resolve_dpi(&raw.output, problems);
    let output = resolve_output(&raw.output, folder, &name, problems);
    let files = data.values().flat_map(|d| d.source.files());
    let files = files.map(|(_, file)| folder.join(&file.path));
    let inputs = font_file.into_iter().chain(files).collect();
    Some(Plan {
        name,
        included: Vec::new(),
        inputs,
        profiles: Vec::new(),
        document: toml::Table::new(),
        seed: raw.seed,
        lecture: Lecture { id: raw.lecture.id.map(Spanned::into_inner), title: raw.lecture.title },
        output,
        dpi,
        png_scales,
        svg_text: raw.output.svg_text,
        provenance: raw.output.provenance.unwrap_or(true),
        font,
        themes,
        data,
        fits,
        sweeps,
        predictions,
        baselines,
        figures,
        assertions,
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
        let (seed, source, generator) = (seed?, source?, node.generator);
        let mut stream = random::stream(generator, &seed);
        let prepare = node.written().resolve(&source, stream.as_mut(), problems)?;
        Some(Data { seed, generator, source, prepare })
    });
    for name in raw.data.keys() {
        known.data.insert(name.clone(), data.get(name).map(|d| d.shape().clone()));
    }
    data
}

/// Units stand at axes.
fn check_units(raw: &Raw, fonts: &Fonts, problems: &mut Problems) {
    for (_, node) in raw.data.values() {
        let (Decoded::Whole(node) | Decoded::Damaged(node)) = node else { continue };
        for unit in node.unit.iter().flat_map(Several::items) {
            // Those that are no text of one line were reported.
            let shown = unit.get_ref().chars().all(|c| !c.is_control());
            if let Some(error) = fonts.parse(&column_label(unit.get_ref())).err().filter(|_| shown)
            {
                let message = format!("the unit cannot be written on an axis: {}", error.message);
                problems.at_value(unit.span(), message).hint(error.hint);
            }
        }
    }
}

fn resolve_fits(raw: &Raw, known: &mut Known, problems: &mut Problems) -> IndexMap<String, Fit> {
    let fits = each(&raw.fits, problems, |name, node, problems| {
        let seed = seed(raw, &node.seed, node.generator, &format!("fit.{name}"), problems);
        let model = match known.data(&node.data, problems).cloned() {
            Some(shape) => {
                let model = node.model.resolve(&shape, node.generator, problems);
                model.filter(|m| check_size(&node.data, &shape, m.components(), problems))
            }
            None => {
                // What can be said without the data is said all the same.
                let before = problems.len();
                node.model.resolve(&ANY_DATA, node.generator, problems);
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
            Some(known_fit(&fit.data, &shape, &fit.model))
        });
        known.fits.insert(name.clone(), entry);
    }
    fits
}

/// What is known of a fit before it is made.
pub(super) fn known_fit(data: &str, shape: &Shape, model: &model::Spec) -> KnownFit {
    let forms = match model {
        model::Spec::BayesianMixture(spec) => (Some(spec.covariance), Some(spec.weight_prior)),
        model::Spec::MixtureEm(spec) => (Some(spec.covariance), None),
        _ => (None, None),
    };
    let cavi = match model {
        model::Spec::Cavi(spec) => Some(spec.clone()),
        _ => None,
    };
    KnownFit {
        data: data.to_owned(),
        shape: shape.clone(),
        kind: model.kind(),
        forms,
        cavi,
        lower_bound: model.has_lower_bound(),
        components: model.components(),
        start: model.start_words(),
        max_iter: model.max_iter(),
    }
}

/// More responsibilities than this do not fit a laptop's memory.
const MOST_RESPONSIBILITIES: usize = 100_000_000;

pub(super) fn check_size(
    data: &Spanned<String>,
    shape: &Shape,
    components: usize,
    problems: &mut Problems,
) -> bool {
    let good = shape.points.saturating_mul(components) <= MOST_RESPONSIBILITIES;
    if !good {
        let points = shape.points;
        problems
            .at(data.span(), format!("{points} points in {components} components are too many"))
            .hint(format!("keep points times components up to {MOST_RESPONSIBILITIES}"));
    }
    good
}

/// Stands for data of which nothing is known.
pub(super) const ANY_DATA: Shape = Shape {
    points: usize::MAX,
    dimensions: 1,
    components: None,
    truth: false,
    columns: Vec::new(),
};

fn resolve_baselines(
    raw: &Raw,
    known: &mut Known,
    problems: &mut Problems,
) -> IndexMap<String, Baseline> {
    let baselines = each(&raw.baselines, problems, |name, node, problems| {
        let seed = seed(raw, &node.seed, node.generator, &format!("baseline.{name}"), problems);
        let fit = known.fit(&node.fit, problems);
        if let Some(fit) = fit.filter(|fit| !fit.assigns()) {
            problems
                .at(
                    node.fit.span(),
                    format!(
                        "`fit.{}` is of kind `{}`, which has no scores to compare with those of \
                         permuted truth",
                        node.fit.get_ref(),
                        fit.kind
                    ),
                )
                .hint("name a fit of another kind, or leave this baseline out");
            return None;
        }
        let labelled = fit.map(|f| f.shape.components.is_some());
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

/// Resolves the nodes of a section in order and keeps those that are right.
pub(super) fn each<T, U>(
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

pub(super) fn seed(
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

/// PNG files of more dots per inch are a slip of the pen.
pub(super) const MAX_DPI: f64 = 1200.0;

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

/// What text is set in, and the file that it was read from; one that is named must be there and be
/// a font.
fn font(output: &raw::Output, folder: &Path, problems: &mut Problems) -> (Font, Option<PathBuf>) {
    let family = output.font.as_ref().map_or_else(Family::default, |f| *f.get_ref());
    let without = || (Font { family, file: None, fonts: Arc::new(Fonts::of(family)) }, None);
    let Some(written) = &output.font_file else { return without() };
    // A file that is included names the fonts from its own folder.
    let position = problems.sources.position(&written.span());
    let own = position.and_then(|(file, ..)| Path::new(file).parent());
    let folder = own.filter(|own| !own.as_os_str().is_empty()).unwrap_or(folder);
    let path = folder.join(written.get_ref());
    let opened = match std::fs::read(&path) {
        Ok(bytes) => {
            let hash = sha256(&bytes);
            Fonts::with_file_and(bytes, family)
                .map(|fonts| (fonts, hash))
                .map_err(|error| format!("`{}`: {error}", path.display()))
        }
        Err(error) => Err(format!(
            "cannot read `{}`: {error}; hint: the path starts from the folder of the file that names it",
            path.display()
        )),
    };
    match opened {
        Ok((fonts, hash)) => {
            let file = Some((written.get_ref().clone(), hash));
            (Font { family, file, fonts: Arc::new(fonts) }, Some(path))
        }
        Err(error) => {
            let (message, hint) = error.split_once("; hint: ").unwrap_or((&error, ""));
            problems.at_value(written.span(), message).hint(hint);
            without()
        }
    }
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

fn join(folder: &Path, path: &str) -> PathBuf {
    without_detours(&folder.join(path))
}

/// A path without `.` and, where they cancel a folder, `..`: `config/../figures` is `figures`.
pub fn without_detours(path: &Path) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in path.components() {
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
