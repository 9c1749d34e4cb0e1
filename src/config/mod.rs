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
mod motion;
pub mod named;
mod names;
pub mod needed;
pub mod numbers;
mod page;
mod panels;
pub mod plan;
mod profile;
mod raw;
mod resolve;
pub mod schema;
mod size;
pub mod sweep;
mod syntax;
mod theme;

use std::path::Path;

use indexmap::IndexSet;
pub use layers::{Layers, Override};
pub use plan::Plan;

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

/// Reads the config at `path` with what is laid over it; its plan.
///
/// # Errors
///
/// All mistakes at once, in `problems`.
pub fn load(path: &Path, layers: &Layers, problems: &mut Problems) -> Result<Plan, Error> {
    let bytes = std::fs::read(path).map_err(Error::Unreadable)?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(&error.into_bytes()).into_owned();
            let offset = problems.sources.add(path.display().to_string(), text);
            problems
                .at(offset + valid..offset + valid + 1, "not UTF-8")
                .hint("save the file as UTF-8");
            return Err(Error::Wrong);
        }
    };
    parse(path, &text, layers, problems).ok_or(Error::Wrong)
}

/// Makes a plan of a config's text; `path` names it in messages and is what relative paths start
/// from.
pub fn parse(path: &Path, text: &str, layers: &Layers, problems: &mut Problems) -> Option<Plan> {
    let before = problems.len();
    let texts = document::Texts::new(path, text, layers, problems);
    let document::Documents { document, others } = texts.documents(problems)?;
    // A profile that nobody has chosen today is wrong today and not on the day before class.
    for other in others {
        let raw = raw::Raw::read(&other, texts.start(), problems);
        resolve::resolve(raw, path, problems);
    }
    let raw = raw::Raw::read(&document, texts.start(), problems);
    let plan = resolve::resolve(raw, path, problems);
    let hash = |file: &include::Included| (file.path.clone(), sha256(&file.bytes));
    let included = texts.included.iter().map(hash).collect();
    let document = canonical::values(document);
    let plan = plan.map(|plan| {
        let opened = texts.included.iter().map(|file| file.opened.clone());
        let all = std::iter::once(path.to_owned()).chain(opened).chain(plan.inputs);
        let inputs = all.collect::<IndexSet<_>>().into_iter().collect();
        Plan { included, inputs, document, ..plan }
    });
    problems.forget(&decode::NOWHERE);
    plan.filter(|_| problems.len() == before)
}
