//! Writing files such that nothing is ever half-written.

use std::collections::BTreeSet;
use std::io::{Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::outputs::File;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It has new bytes.
    New,
    /// It had these bytes already, and was left alone: `make` and `latexmk` stay quiet.
    Unchanged,
}

/// Writes the files in order, each to a temporary name beside its target and then renamed. Removes
/// the temporary files of runs that were killed before they could.
///
/// # Errors
///
/// The first file that cannot be written, with the reason and a hint. What was written before it is
/// whole, what comes after it is as it was.
pub fn write(files: &[File]) -> Result<Vec<Written>, String> {
    write_telling(files, &|_, _| {})
}

/// As [`write()`], and tells of each file as soon as it is there.
///
/// # Errors
///
/// As [`write()`].
pub fn write_telling(
    files: &[File],
    tell: &dyn Fn(&Path, Written),
) -> Result<Vec<Written>, String> {
    let folders: BTreeSet<&Path> = files.iter().map(|file| folder(&file.path)).collect();
    // Always in the same order, so that no two programs wait for each other.
    let _locks: Vec<_> = folders.into_iter().map(enter).collect();
    files
        .iter()
        .map(|file| {
            let written = write_one(&file.path, &file.bytes).map_err(|error| {
                let (reason, hint) = explain(&error);
                format!("cannot write `{}`: {reason}\nhint: {hint}", file.path.display())
            })?;
            tell(&file.path, written);
            Ok(written)
        })
        .collect()
}

/// Writes one file that is no output of a build, in the same way.
///
/// # Errors
///
/// Why it cannot be written; what to do about it knows who knows what the file is.
pub fn put(file: &File) -> Result<Written, String> {
    let _lock = enter(folder(&file.path));
    write_one(&file.path, &file.bytes).map_err(|error| explain(&error).0)
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What the names of temporary files begin with, and how long they are.
const TEMPORARY: (&str, usize) = (".elbow-", 13);

fn write_one(path: &Path, bytes: &[u8]) -> std::io::Result<Written> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(Written::Unchanged);
    }
    let folder = folder(path);
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).rand_bytes(TEMPORARY.1 - TEMPORARY.0.len());
    // Temporary files are private by default; outputs are for all, less what the umask takes away.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut unfinished = unfinished();
    let mut temporary = builder.tempfile_in(folder)?;
    let name = temporary.path().to_owned();
    unfinished.insert(name.clone());
    drop(unfinished);
    let filled = temporary.write_all(bytes);
    let mut unfinished = self::unfinished();
    let moved = filled.and_then(|()| temporary.persist(path).map_err(|error| error.error));
    unfinished.remove(&name);
    moved.map(|_| Written::New)
}

/// The temporary files that there are at this moment. Held while one is made, and while it becomes
/// what it is for, so that whoever else holds it finds every file either whole or in this list.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends all writing, for a program that ends at once: removes what is unfinished, and while the
/// guard lives nothing is finished or begun.
pub fn stop() -> impl Sized {
    let unfinished = unfinished();
    for temporary in unfinished.iter() {
        let _ = std::fs::remove_file(temporary);
    }
    unfinished
}

/// Why a file cannot be written, and what to do.
fn explain(error: &Error) -> (String, &'static str) {
    let hint = match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "allow writing to its folder, or name another folder by `-o` or in `[output]`"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "make room, or name another folder by `-o` or in `[output]`"
        }
        _ => "look at its folder, or name another folder by `-o` or in `[output]`",
    };
    // The name of a temporary file tells nobody anything.
    let reason = error.to_string();
    (reason.split(" at path ").next().unwrap_or_default().to_owned(), hint)
}

/// Waits until no other program writes to the folder, and keeps others from it as long as what is
/// returned lives. Not every system can lock a folder: there each file is whole all the same, but
/// two builds of different configs may mix theirs.
fn enter(folder: &Path) -> Option<std::fs::File> {
    std::fs::create_dir_all(folder).ok()?;
    let opened = std::fs::File::open(folder).ok();
    let lock = opened.filter(|folder| folder.lock().is_ok());
    // What is left over in a folder that is ours alone is nobody's.
    remove_left_over(folder, if lock.is_some() { Duration::ZERO } else { LEFT_OVER_AFTER });
    lock
}

/// No run takes as long as this for one file, so a temporary file of this age is nobody's.
const LEFT_OVER_AFTER: Duration = Duration::from_secs(60 * 60);

/// Removes what runs that were killed have left in a folder. That it cannot be done is no failure.
#[allow(clippy::disallowed_types, reason = "no output knows what time it is")]
fn remove_left_over(folder: &Path, after: Duration) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ours = name.starts_with(TEMPORARY.0) && name.len() == TEMPORARY.1;
        let Some(there) = entry.metadata().ok().filter(|there| ours && there.is_file()) else {
            continue;
        };
        // A time in the future has no age.
        let age =
            there.modified().ok().and_then(|t| std::time::SystemTime::now().duration_since(t).ok());
        if age.is_some_and(|age| age >= after) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_does_not_name_the_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = tempfile::Builder::new().tempfile_in(folder.path().join("none")).unwrap_err();
        assert!(error.to_string().contains("none"), "{error}");
        let (reason, _) = explain(&error);
        assert!(!reason.is_empty() && !reason.contains("none"), "{reason}");
        let (_, hint) = explain(&Error::from(ErrorKind::StorageFull));
        assert!(hint.starts_with("make room"), "{hint}");
    }
}
