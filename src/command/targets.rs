//! The files that builds would write, checked before any work: no two of them the same, and each in
//! a place where a file can be. What only writing can tell (permissions, room) is left to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::Exit;
use super::load::Loaded;
use super::messages::Reporter;
use crate::config::Plan;
use crate::pipeline::Selection;
use crate::pipeline::outputs::targets;

/// Two configs must not write the same file, however their paths are written.
///
/// # Errors
///
/// [`Exit::Wrong`]; the reasons were said.
pub(super) fn check_collisions(loaded: &[Loaded], reporter: &Reporter) -> Result<(), Exit> {
    let mut owners: BTreeMap<String, &Loaded> = BTreeMap::new();
    let mut wrong = false;
    for one in loaded {
        for path in targets(&one.plan, &Selection::All) {
            let Some(other) = owners.insert(identity(&path), one) else {
                continue;
            };
            reporter.error(&collision(other, one, &path));
            wrong = true;
            break;
        }
    }
    if wrong { Err(Exit::Wrong) } else { Ok(()) }
}

fn collision(other: &Loaded, one: &Loaded, target: &Path) -> String {
    let (first, second) = (other.path.display(), one.path.display());
    if other.path == one.path {
        return format!("`{first}` is named twice\nhint: name it once");
    }
    let same = other.path.canonicalize().ok().zip(one.path.canonicalize().ok());
    if same.is_some_and(|(a, b)| a == b) {
        return format!("`{first}` and `{second}` are the same file\nhint: name it once");
    }
    format!(
        "`{first}` and `{second}` would both write `{}`\nhint: give one of them another `figures`, \
         `extras` or `name` in `[output]`",
        target.display()
    )
}

/// Why files of this build cannot be written where they belong, as far as that can be seen; each
/// reason with a hint. Says nothing if all is well.
pub(super) fn obstacles(plan: &Plan, selection: &Selection) -> Vec<String> {
    let mut obstacles = Vec::new();
    let mut told = BTreeSet::new();
    for path in targets(plan, selection) {
        if let Some((folder, what)) = no_folder(&path) {
            if told.insert(folder.clone()) {
                let below = path.parent().unwrap_or(Path::new(""));
                obstacles.push(format!(
                    "cannot write to `{}`: `{}` {what}\nhint: remove it, or name another folder by \
                     `-o` or in `[output]`",
                    below.display(),
                    folder.display()
                ));
            }
        } else if let Ok(there) = fs::metadata(&path)
            && !there.is_file()
        {
            let what = if there.is_dir() { "a folder" } else { "no file" };
            obstacles.push(format!(
                "cannot write `{}`: it is {what}\nhint: remove it, or name another folder by `-o` \
                 or in `[output]`",
                path.display()
            ));
        }
    }
    obstacles
}

/// What stands in the way of the folder of `path`, and why it is none.
fn no_folder(path: &Path) -> Option<(PathBuf, &'static str)> {
    // The nearest that there is; a link to nothing is there too.
    let nearest = path.ancestors().skip(1).find(|a| a.symlink_metadata().is_ok())?;
    let what = match fs::metadata(nearest) {
        Ok(there) if there.is_dir() => return None,
        Ok(there) if there.is_file() => "is a file",
        Ok(_) => "is no folder",
        Err(_) => "is a link that leads nowhere",
    };
    Some((nearest.to_owned(), what))
}

/// What two paths have in common that are the same file, whether it is there or not.
pub(super) fn identity(path: &Path) -> String {
    // Some file systems do not tell `A` from `a`.
    real(path).to_string_lossy().to_lowercase()
}

/// The one path of a file, whether it is there or not.
pub(super) fn real(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    real_folder(folder).join(path.file_name().unwrap_or_default())
}

/// The one path of a folder: absolute, and without links as far as it is there already.
pub(super) fn real_folder(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let found = absolute.ancestors().find_map(|a| Some((a.canonicalize().ok()?, a)));
    let (mut real, rest) = match &found {
        Some((real, ancestor)) => (real.clone(), absolute.strip_prefix(ancestor)),
        None => (PathBuf::new(), Ok(absolute.as_path())),
    };
    // What is not there yet has no links: `..` is the folder before it.
    for part in rest.unwrap_or(&absolute).components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            part => real.push(part),
        }
    }
    real
}
