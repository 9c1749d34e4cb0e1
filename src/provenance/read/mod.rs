//! Finding in a file what it was made from. The files come from anywhere: nothing here panics, and
//! nothing takes more memory than a small multiple of the file and [`LARGEST`].

mod gif;
mod pdf;
mod png;
mod svg;

use std::fmt;

use memchr::memmem;

use super::Provenance;

pub use gif::gif;
pub use pdf::pdf;
pub use png::png;
pub use svg::svg;

/// What a file carries is no larger than this, unpacked.
pub const LARGEST: usize = 4 << 20;

/// The config in it is no larger than this: reading TOML takes a hundred times its size.
pub const LARGEST_CONFIG: usize = 512 << 10;

/// A kind of file, by what it begins with, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Vectors as XML.
    Svg,
    /// Pixels, perhaps in motion.
    Png,
    /// Pixels in motion.
    Gif,
    /// Pages.
    Pdf,
}

/// Why a file says nothing of what it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// It is no file as elbow writes them.
    Foreign,
    /// It carries nothing.
    Nothing,
    /// It ends too early, or has been changed; what is wrong with it.
    Damaged(String),
    /// It carries more than [`LARGEST`], or a config of more than [`LARGEST_CONFIG`].
    Large,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str("it is no SVG, PNG, GIF or PDF file"),
            Self::Nothing => f.write_str("it does not say what it was made from"),
            Self::Damaged(what) => write!(f, "it is damaged: {what}"),
            Self::Large => write!(
                f,
                "it carries more than {} MiB of text, or more than {} KiB of config",
                LARGEST >> 20,
                LARGEST_CONFIG >> 10
            ),
        }
    }
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Foreign => "name a figure that elbow has written",
            Self::Nothing => {
                "elbow wrote it with `provenance = false`, or not at all, or another program has \
                 rewritten it"
            }
            Self::Damaged(_) | Self::Large => "take the file from where it was first written",
        }
    }
}

/// The kind of a file with these bytes.
pub fn kind(file: &[u8]) -> Option<Kind> {
    let beginning = file.get(..file.len().min(1024)).unwrap_or_default();
    let has = |what: &[u8]| memmem::find(beginning, what).is_some();
    if file.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Kind::Png)
    } else if file.starts_with(b"GIF87a") || file.starts_with(b"GIF89a") {
        Some(Kind::Gif)
    } else if has(b"%PDF-") {
        Some(Kind::Pdf)
    } else if has(b"<svg") || has(b"<?xml") {
        Some(Kind::Svg)
    } else {
        None
    }
}

/// What a file of any kind was made from.
///
/// # Errors
///
/// If it does not say so.
pub fn any(file: &[u8]) -> Result<Provenance, Error> {
    let json = match kind(file).ok_or(Error::Foreign)? {
        Kind::Svg => svg(file),
        Kind::Png => png(file),
        Kind::Gif => gif(file),
        Kind::Pdf => pdf(file),
    }?;
    Provenance::parse(&json)
}
