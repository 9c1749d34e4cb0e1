//! From TOML to a [`Plan`]: read, check everything, report every mistake.
//!
//! Two stages: [`raw`] is the config as written, [`resolve`] makes a plan of it. What a data
//! source, a model or a figure kind takes is said, and checked, in that kind's own file.

pub mod assert;
pub mod canonical;
mod decode;
mod document;
mod figures;
mod include;
mod layers;
mod members;
mod motion;
pub mod named;
mod names;
pub mod needed;
pub mod numbers;
pub mod origin;
mod page;
mod panels;
pub mod plan;
mod predictions;
mod profile;
mod raw;
mod resolve;
pub mod schema;
mod size;
pub mod sweep;
mod syntax;
mod theme;
mod titles;

use std::path::Path;

use indexmap::IndexSet;
pub use layers::{Layers, Override};
pub use plan::Plan;
pub use resolve::without_detours;

use crate::diagnostic::Problems;
use crate::report::manifest::sha256;

/// What a config could not be read for.
#[derive(Debug)]
pub enum Error {
    /// The file cannot be read.
    Unreadable(std::io::Error),
    /// The config is wrong; the problems say where.
    Wrong,
}

/// What is done about profiles that were not chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Their mistakes are said: one that nobody has chosen today is wrong today, and not on the day
    /// before class.
    Checked,
    /// Nothing: the config was checked just now, with other values.
    Left,
}

/// Reads the config at `path` with what is laid over it; its plan.
///
/// # Errors
///
/// All mistakes at once, in `problems`.
pub fn load(
    path: &Path,
    layers: &Layers,
    others: Others,
    problems: &mut Problems,
) -> Result<Plan, Error> {
    let text = read(path, problems)?;
    parse(path, &text, layers, others, problems).ok_or(Error::Wrong)
}

/// Reads the text of the config at `path`.
///
/// # Errors
///
/// If it cannot be read, or is no UTF-8, which is in `problems`.
pub fn read(path: &Path, problems: &mut Problems) -> Result<String, Error> {
    let bytes = std::fs::read(path).map_err(Error::Unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(&error.into_bytes()).into_owned();
        let offset = problems.sources.add(path.display().to_string(), text);
        problems.at(offset + valid..offset + valid + 1, "not UTF-8").hint("save the file as UTF-8");
        Error::Wrong
    })
}

/// Makes a plan of a config's text; `path` names it in messages and is what relative paths start
/// from.
pub fn parse(
    path: &Path,
    text: &str,
    layers: &Layers,
    others: Others,
    problems: &mut Problems,
) -> Option<Plan> {
    let before = problems.len();
    let texts = document::Texts::new(path, text, layers, problems);
    let mut documents = texts.documents(others, problems)?;
    let check = |other: toml::de::DeTable<'_>, problems: &mut Problems| {
        let raw = raw::Raw::read(&other, texts.start(), problems);
        resolve::resolve(raw, path, problems);
    };
    documents.each_other(check, problems);
    let (document, profiles) = (documents.document, documents.profiles);
    let raw = raw::Raw::read(&document, texts.start(), problems);
    let plan = resolve::resolve(raw, path, problems);
    let hash = |file: &include::Included| (file.path.clone(), sha256(&file.bytes));
    let included = texts.included.iter().map(hash).collect();
    let document = canonical::values(document);
    let plan = plan.map(|plan| {
        let opened = texts.included.iter().map(|file| file.opened.clone());
        let all = std::iter::once(path.to_owned()).chain(opened).chain(plan.inputs);
        let inputs = all.collect::<IndexSet<_>>().into_iter().collect();
        Plan { included, inputs, profiles, document, ..plan }
    });
    problems.forget(&decode::NOWHERE);
    plan.filter(|_| problems.len() == before)
}
