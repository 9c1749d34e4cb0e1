//! `elbow clean`: remove what is kept, and what no figure makes any more.

use std::fs;
use std::path::{Path, PathBuf};

use super::load::{Overrides, load};
use super::past::Past;
use super::{Exit, progress};
use crate::diagnostic::counted;
use crate::pipeline::store::{FOLDER, Store, folder_of};

/// Remove what is kept from one run to the next, and with configs also the files of figures that
/// they no longer have. Current outputs stay.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The configs whose removed figures are cleared away; without any, only what is kept for the
    /// project in this folder is removed.
    #[arg(value_name = "CONFIG")]
    configs: Vec<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
    /// Only list what would be removed.
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let loaded = match load(&arguments.configs, &arguments.overrides.layers()) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let mut doomed = Vec::new();
    let mut roots: Vec<PathBuf> = Vec::new();
    for one in &loaded {
        let store = Store::of(&one.path);
        let Some(root) = store.root() else { continue };
        doomed.extend(Past::read(one, &store).orphans(&store));
        roots.push(root.to_owned());
    }
    if loaded.is_empty() {
        roots.push(folder_of(Path::new(FOLDER)));
    }
    roots.sort();
    roots.dedup();
    // Records stay: they say which files were written.
    let kept = roots.iter().flat_map(|root| ["cache", "tmp", "check"].map(|part| root.join(part)));
    doomed.extend(kept.filter(|folder| folder.is_dir()));
    let mut exit = Exit::Done;
    let mut count = 0;
    for path in &doomed {
        let shown = shown(path);
        if arguments.dry_run {
            exit = exit.max(progress::print(&format!("{shown}\n")));
            continue;
        }
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        match removed.or_else(already_gone) {
            Ok(()) => count += 1,
            Err(error) => {
                progress::error(&format!(
                    "cannot remove `{shown}`: {error}\nhint: check the permissions of its folder"
                ));
                exit = Exit::InputOutput;
            }
        }
    }
    if !arguments.dry_run {
        progress::line(&format!("removed {}", counted(count, "path")));
    }
    exit
}

/// Another program may have been faster.
fn already_gone(error: std::io::Error) -> std::io::Result<()> {
    match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    }
}

/// A path as seen from here, where it lies here.
fn shown(path: &Path) -> String {
    let here = std::path::absolute(".").ok();
    let inside = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    inside.unwrap_or_else(|| path.to_owned()).display().to_string()
}
