//! Pictures that decks include and no config makes, and figures that no deck uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files::{bases, folder};
use super::{Finding, Kind, Text, places_of_figures};
use crate::check::deck::{self, Definitions, Language, Place, expand, is_known, mentions};
use crate::command::carried::carried;
use crate::command::load::Loaded;
use crate::command::targets::{real, real_folder};
use crate::config::without_detours;
use crate::diagnostic::{did_you_mean, list};
use crate::report::numbers::{distinct, macro_part};

/// What TeX and converters of Markdown add to a path without extension.
const EXTENSIONS: [&str; 12] =
    ["pdf", "png", "jpg", "jpeg", "svg", "eps", "ps", "mps", "PDF", "PNG", "JPG", "JPEG"];

/// The files that the configs make.
struct Made {
    /// By their one path.
    files: BTreeMap<PathBuf, PathBuf>,
    /// By their one path without extension, each with the files.
    stems: BTreeMap<PathBuf, Vec<PathBuf>>,
    /// The folders of the figures.
    folders: BTreeSet<PathBuf>,
}

impl Made {
    fn of(loaded: &[Loaded]) -> Self {
        let mut made =
            Self { files: BTreeMap::new(), stems: BTreeMap::new(), folders: BTreeSet::new() };
        for one in loaded {
            made.folders.insert(real_folder(&one.plan.output.figures));
            for (_, path) in one.plan.figure_files() {
                let place = real(&path);
                let files = made.stems.entry(place.with_extension("")).or_default();
                files.push(path.clone());
                made.files.insert(place, path);
            }
        }
        made
    }
}

/// What becomes of an include.
enum Found {
    /// A config makes it, or it is none of ours.
    Fine,
    /// It is among the figures, and no config makes it; the figure that it says it is of.
    Unknown(PathBuf, Option<String>),
    /// It is nowhere.
    Missing,
}

/// Includes of what no config makes, and figures that no deck uses.
pub(super) fn differences(loaded: &[Loaded], texts: &[Text]) -> (Vec<Finding>, Vec<Finding>) {
    let defined = definitions(texts);
    (includes(loaded, texts, &defined), unused(loaded, texts, &defined))
}

fn includes(loaded: &[Loaded], texts: &[Text], defined: &Definitions) -> Vec<Finding> {
    let made = Made::of(loaded);
    let folders = folders(texts, defined);
    let are_known = folders.iter().all(|folder| is_known(&folder.to_string_lossy()));
    let mut findings = Vec::new();
    for text in texts {
        for include in &text.deck.includes {
            let path = path(text, include, defined);
            if path.is_empty() || !is_known(&path) {
                continue;
            }
            let candidates = candidates(text, &path, &folders);
            let (kind, message) = match found(&path, text, &candidates, &made) {
                Found::Fine => continue,
                Found::Unknown(file, figure) => {
                    let file = file.display();
                    let was = figure.map(|figure| format!(", which was `figure.{figure}`"));
                    let was = was.unwrap_or_default();
                    (Kind::Unknown, format!("no config makes `{file}`{was}"))
                }
                // It may lie in a folder that is not known.
                Found::Missing if text.language == Language::Tex && !are_known => continue,
                Found::Missing => {
                    (Kind::Missing, format!("there is no file `{path}`, and no config makes it"))
                }
            };
            findings.push(Finding {
                kind,
                file: text.path.clone(),
                place: text.place(include.span.start),
                message,
                hint: hint(kind, &path, text, &made),
            });
        }
    }
    findings
}

fn unused(loaded: &[Loaded], texts: &[Text], defined: &Definitions) -> Vec<Finding> {
    let paths = texts
        .iter()
        .flat_map(|text| text.deck.includes.iter().map(|include| path(text, include, defined)));
    let paths: Vec<String> = paths.collect();
    let mut findings = Vec::new();
    for one in loaded {
        let places = places_of_figures(&one.path);
        let mut taken = [BTreeSet::new(), BTreeSet::new()];
        for (name, figure) in &one.plan.figures {
            let [tex, typst] = &mut taken;
            let tex = format!("Figure{}", distinct(macro_part(name), "x", tex));
            let typst = format!("figure-{}", distinct(name.replace('_', "-"), "-x", typst));
            let files = figure.files(&one.plan.png_scales);
            let stems: BTreeSet<&str> =
                files.iter().filter_map(|file| Path::new(file).file_stem()?.to_str()).collect();
            let is_named = |text: &Text| {
                text.deck.names.iter().any(|n| n.text == tex || n.text == typst)
                    || stems.iter().any(|stem| mentions(&text.deck.read, stem))
            };
            let is_used = texts.iter().any(is_named)
                || paths.iter().any(|path| stems.iter().any(|stem| fits(path, stem, texts)));
            if !is_used {
                findings.push(Finding {
                    kind: Kind::Unused,
                    file: one.path.clone(),
                    place: places.get(name).copied(),
                    message: format!("`figure.{name}` is made, and no deck uses it"),
                    hint: format!("include `{}`, or remove `[figure.{name}]`", figure.stem),
                });
            }
        }
    }
    findings
}

/// Whether a path is, or may be, one of the file `stem`: what is not known of it may be anything,
/// but a parameter has to be given somewhere.
fn fits(path: &str, stem: &str, texts: &[Text]) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    if is_known(path) {
        return Path::new(file).file_stem().is_some_and(|own| own == stem) || file == stem;
    }
    let Some(start) = file.find(['\\', '#']) else { return file.split('.').next() == Some(stem) };
    let (before, unknown) = file.split_at(start);
    if before.is_empty() {
        // Then it is named whole where it is given.
        return false;
    }
    let Some(rest) = stem.strip_prefix(before) else { return false };
    let is_parameter = unknown.len() > 1 && unknown.starts_with('#');
    let after = unknown.trim_start_matches(|c: char| c == '#' || c.is_ascii_digit());
    let after = after.split('.').next().unwrap_or_default();
    if !is_parameter || !is_known(after) {
        return true;
    }
    let given = rest.strip_suffix(after);
    given.is_some_and(|given| texts.iter().any(|text| mentions(&text.deck.read, given)))
}

/// What the macros of all texts stand for; one that stands for two things is not known.
fn definitions(texts: &[Text]) -> Definitions {
    let mut all = deck::definitions(texts.iter().map(|text| &text.deck));
    // The snippets define it as nothing, for decks to change.
    all.entry("elbowfigures".to_owned()).or_insert_with(|| Some(String::new()));
    all
}

fn path(text: &Text, include: &Place, defined: &Definitions) -> String {
    match text.language {
        Language::Typst => include.text.clone(),
        Language::Tex | Language::Markdown => expand(&include.text, defined),
    }
}

/// The folders in which TeX looks for pictures beside those that it looks from.
fn folders(texts: &[Text], defined: &Definitions) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    for text in texts {
        for written in &text.deck.folders {
            let written = expand(written, defined);
            folders.extend(bases(text).iter().map(|base| base.join(&written)));
        }
    }
    folders
}

/// Where the picture may be.
fn candidates(text: &Text, path: &str, folders: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut all = bases(text);
    if text.language != Language::Typst {
        all.extend(folders.iter().cloned());
    }
    let mut candidates: Vec<PathBuf> = all.iter().map(|base| base.join(path)).collect();
    if let Some(path) = path.strip_prefix('/').filter(|_| text.language != Language::Tex) {
        // The root of the project is one of the folders above.
        let absolute = std::path::absolute(&text.path).unwrap_or_else(|_| text.path.clone());
        candidates.extend(absolute.ancestors().skip(1).map(|above| above.join(path)));
    }
    candidates
}

fn found(path: &str, text: &Text, candidates: &[PathBuf], made: &Made) -> Found {
    let bare = text.language != Language::Typst;
    let is_made = |candidate: &PathBuf| {
        let place = real(candidate);
        made.files.contains_key(&place) || (bare && made.stems.contains_key(&place))
    };
    if candidates.iter().any(is_made) {
        return Found::Fine;
    }
    let mut unknown = None;
    for candidate in candidates {
        let extended = EXTENSIONS.iter().filter(|_| bare).map(|end| {
            let mut name = candidate.clone().into_os_string();
            name.push(format!(".{end}"));
            PathBuf::from(name)
        });
        for file in std::iter::once(candidate.clone()).chain(extended) {
            if !file.is_file() {
                continue;
            }
            let place = folder(&real(&file));
            let figure = carried(&file).ok().map(|carried| carried.provenance.figure);
            // In a folder of figures where decks lie too, a picture may be anyone's.
            let is_ours = figure.is_some() || place != folder(&real(&text.path));
            if !made.folders.contains(&place) || !is_ours {
                return Found::Fine;
            }
            unknown = unknown.or(Some((file, figure)));
        }
    }
    // TeX's distributions bring pictures of this name, for examples.
    let brought = text.language == Language::Tex && path.starts_with("example-");
    match unknown {
        Some((file, figure)) => Found::Unknown(without_detours(&file), figure),
        None if brought => Found::Fine,
        None => Found::Missing,
    }
}

/// What to do about an include of what no config makes.
fn hint(kind: Kind, path: &str, text: &Text, made: &Made) -> String {
    let file = Path::new(path).file_name().map(|n| n.to_string_lossy().into_owned());
    let file = file.unwrap_or_default();
    let name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned());
    let names = |path: &Path| Some((name(path)?, path.to_owned()));
    let files: BTreeMap<String, PathBuf> = made.files.values().filter_map(|p| names(p)).collect();
    let stems: BTreeMap<String, PathBuf> =
        files.values().map(|path| path.with_extension("")).filter_map(|p| names(&p)).collect();
    // The same name elsewhere.
    let bare = text.language != Language::Typst;
    let there = files.get(&file).or_else(|| stems.get(&file).filter(|_| bare));
    if let Some(there) = there.filter(|_| kind == Kind::Missing) {
        let from = std::path::absolute(folder(&text.path)).ok();
        let to = std::path::absolute(there).ok();
        let written = from.zip(to).and_then(|(from, to)| {
            pathdiff::diff_paths(without_detours(&to), without_detours(&from))
        });
        let written = written.unwrap_or_else(|| there.clone());
        return format!(
            "a config makes `{}`, which is `{}` from here",
            there.display(),
            written.display()
        );
    }
    let stem = Path::new(&file).file_stem().map(|s| s.to_string_lossy().into_owned());
    let same = files.keys().filter(|name| {
        Path::new(name).file_stem().map(|s| s.to_string_lossy().into_owned()) == stem
    });
    let same: Vec<&String> = same.collect();
    if !same.is_empty() {
        return format!("the files of this figure are {}", list(&same));
    }
    let known = if Path::new(&file).extension().is_some() { &files } else { &stems };
    match (did_you_mean(&file, known.keys().map(String::as_str)), kind) {
        (Some(name), _) => format!("did you mean `{name}`?"),
        (None, Kind::Unknown) => {
            "name the config that makes it too, include another figure, or keep pictures of your \
             own in another folder"
                .to_owned()
        }
        (None, _) => "correct the path, or name the config that makes it too".to_owned(),
    }
}
