//! PDF: the element in the metadata of the document, which are not compressed.

use memchr::memmem;

use super::Error;
use super::svg::{Occurrence, element};

/// What a PDF file carries.
///
/// # Errors
///
/// If there is nothing, or no end to it.
pub fn pdf(file: &[u8]) -> Result<String, Error> {
    if let Some(text) = element(file, Occurrence::Last)? {
        return Ok(text);
    }
    let end = file.get(file.len().saturating_sub(1024)..).unwrap_or_default();
    match memmem::find(end, b"%%EOF").is_some() {
        true => Err(Error::Nothing),
        false => Err(Error::Damaged("the file has no end".to_owned())),
    }
}
