//! Reading what a file carries, and saying why it cannot be read.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::Exit;
use crate::provenance::{Provenance, read};

/// A figure is never larger than this.
const LARGEST: u64 = 256 << 20;

/// A file and what it was made from.
pub(super) struct Carried {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it was made from.
    pub provenance: Provenance,
}

/// Reads a file and what it carries.
///
/// # Errors
///
/// The exit code and the reason.
pub(super) fn carried(path: &Path) -> Result<Carried, (Exit, String)> {
    let shown = path.display();
    let bytes = bytes(path)?;
    if bytes.len() as u64 > LARGEST {
        let reason = format!("`{shown}` is larger than {} MiB", LARGEST >> 20);
        return Err((Exit::Wrong, format!("{reason}\nhint: name a figure that elbow has written")));
    }
    let provenance = read::any(&bytes)
        .map_err(|error| (Exit::Wrong, format!("`{shown}`: {error}\nhint: {}", error.hint())))?;
    Ok(Carried { bytes, provenance })
}

/// The bytes of a file, not many more than the largest one may have.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, (Exit, String)> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| {
        let shown = path.display();
        let hint = "check the file and its permissions";
        (Exit::InputOutput, format!("cannot read `{shown}`: {error}\nhint: {hint}"))
    })
}
