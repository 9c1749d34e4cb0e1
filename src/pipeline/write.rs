//! Writing files such that nothing is ever half-written.

use std::io::Write as _;
use std::path::Path;

use super::outputs::File;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It has new bytes.
    New,
    /// It had these bytes already, and was left alone: `make` and `latexmk` stay quiet.
    Unchanged,
}

/// Writes the files in order, each to a temporary name beside its target and then renamed.
///
/// # Errors
///
/// The first file that cannot be written, with the reason. What was written before it is whole,
/// what comes after it is as it was.
pub fn write(files: &[File]) -> Result<Vec<Written>, String> {
    files
        .iter()
        .map(|file| {
            write_one(&file.path, &file.bytes)
                .map_err(|error| format!("cannot write `{}`: {error}", file.path.display()))
        })
        .collect()
}

fn write_one(path: &Path, bytes: &[u8]) -> std::io::Result<Written> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(Written::Unchanged);
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".elbow-");
    // Temporary files are private by default; outputs are for all, less what the umask takes away.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(Written::New)
}
