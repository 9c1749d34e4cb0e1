//! PNG, also in motion: a compressed text, before or behind the pixels.

use std::io::Cursor;

use png::text_metadata::ITXtChunk;
use png::{DecodeOptions, Decoder, DecodingError, Limits};

use super::{Error, LARGEST};
use crate::render::carried::KEYWORD;

/// What a PNG file carries.
///
/// # Errors
///
/// If there is nothing, or the file is damaged up to there.
pub fn png(file: &[u8]) -> Result<String, Error> {
    let mut options = DecodeOptions::default();
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(file), options);
    decoder.set_limits(Limits { bytes: LARGEST });
    let mut reader = decoder.read_info().map_err(damaged)?;
    if let Some(chunk) = ours(&reader.info().utf8_text) {
        return text(chunk);
    }
    // Other programs write texts behind the pixels.
    reader.finish().map_err(damaged)?;
    ours(&reader.info().utf8_text).ok_or(Error::Nothing).and_then(text)
}

fn ours(chunks: &[ITXtChunk]) -> Option<&ITXtChunk> {
    chunks.iter().find(|chunk| chunk.keyword == KEYWORD)
}

fn text(chunk: &ITXtChunk) -> Result<String, Error> {
    let mut chunk = chunk.clone();
    chunk.decompress_text_with_limit(LARGEST).map_err(damaged)?;
    chunk.get_text().map_err(damaged)
}

fn damaged(error: DecodingError) -> Error {
    match error {
        DecodingError::LimitsExceeded => Error::Large,
        error => Error::Damaged(error.to_string()),
    }
}
