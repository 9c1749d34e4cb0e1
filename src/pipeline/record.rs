//! What the last build of a config was made from: why a node would run now, how long it took, and
//! which files were written and are no longer made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::Ingredients;
use super::store::place;
use crate::diagnostic::shorten;
use crate::provenance::difference::changes;
use crate::report::manifest::sha256;

/// The record of one config with one folder of outputs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What each node was made from.
    pub nodes: BTreeMap<String, Ingredients>,
    /// How long each node took when it was run last, in seconds.
    pub seconds: BTreeMap<String, f64>,
    /// The files that were ever written and not removed since, relative to the folder of `.elbow`
    /// where they lie in it.
    pub files: BTreeSet<PathBuf>,
}

/// Where the record of the config at `config` with outputs in `figures` is.
fn path(root: &Path, config: &Path, figures: &Path) -> PathBuf {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let what = format!("{}\n{}", absolute(config).display(), absolute(figures).display());
    let name = config.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    root.join("records").join(format!("{name}-{}.json", &sha256(what.as_bytes())[..16]))
}

impl Record {
    /// Reads the record; an empty one if there is none, or none that can be read.
    pub fn read(root: &Path, config: &Path, figures: &Path) -> Self {
        let text = std::fs::read(path(root, config, figures)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Writes the record, unless it is there already.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn write(&self, root: &Path, config: &Path, figures: &Path) -> std::io::Result<()> {
        let path = path(root, config, figures);
        let bytes = serde_json::to_vec(self)?;
        if std::fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        place(root, &path, &[&bytes])
    }

    /// Enters files that were written.
    pub fn add_files(&mut self, root: &Path, files: &[PathBuf]) {
        self.files.extend(files.iter().map(|path| relative(root, path)));
    }

    /// The files that were written once, are still there, and are not among `targets`.
    pub fn orphans(&self, root: &Path, targets: &[PathBuf]) -> Vec<PathBuf> {
        let made: BTreeSet<PathBuf> = targets.iter().map(|path| relative(root, path)).collect();
        let left = self.files.iter().filter(|path| !made.contains(*path));
        let project = root.parent().unwrap_or(root);
        left.map(|path| project.join(path)).filter(|path| path.is_file()).collect()
    }
}

/// A path as it is recorded.
fn relative(root: &Path, path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let project = root.parent().unwrap_or(root);
    absolute.strip_prefix(project).map(Path::to_owned).unwrap_or(absolute)
}

/// Why a node has another value than the one that it had `before`, one reason an entry; empty if it
/// has the same.
pub fn reasons(now: &Ingredients, before: &Ingredients) -> Vec<String> {
    let mut reasons = Vec::new();
    if now.key == before.key {
        return reasons;
    }
    for (path, old, new) in changes(&before.spec, &now.spec) {
        let [old, new] = [old, new].map(|value| value.map_or("none".to_owned(), short));
        reasons.push(format!("{path}: {old} -> {new}"));
    }
    for (file, old, new) in changes(&before.inputs, &now.inputs) {
        reasons.push(match (old, new) {
            (None, _) => format!("file `{file}` is new"),
            (_, None) => format!("file `{file}` is no longer read"),
            (Some(old), Some(new)) => {
                let [old, new] = [old, new].map(|hash| hash.get(..8).unwrap_or(hash));
                format!("file `{file}` has changed: {old} -> {new}")
            }
        });
    }
    for (node, old, new) in changes(&before.upstream, &now.upstream) {
        reasons.push(match (old, new) {
            (None, _) => format!("`{node}` is new"),
            (_, None) => format!("`{node}` is gone"),
            _ => format!("`{node}` has changed"),
        });
    }
    if now.version != before.version {
        reasons.push("the program has changed".to_owned());
    }
    // What files carry changes with all that changes them, and says nothing beside it.
    let carried = format!("{}: ", super::key::CARRIED);
    if reasons.iter().any(|reason| !reason.starts_with(&carried)) {
        reasons.retain(|reason| !reason.starts_with(&carried));
    }
    reasons
}

/// A value in a line of text.
fn short(value: &Value) -> String {
    let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match value {
        Value::Null => "default".to_owned(),
        Value::String(hash) if is_hash(hash) => hash[..8].to_owned(),
        value => shorten(&value.to_string()),
    }
}
