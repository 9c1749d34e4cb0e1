//! PDF files: what they draw, in numbers that are close, and all else as it is.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use memchr::memmem::find;

use super::Result;
use super::text::tokens_compare;

/// Coordinates may differ by this many points.
const TOLERANCE: f64 = 0.02;
/// No stream of a figure is as long as this.
const LONGEST: u64 = 64 << 20;

/// Compares two files.
pub(super) fn compare(expected: &[u8], actual: &[u8]) -> Result {
    let (one, two) = (streams(expected), streams(actual));
    if one.len() != two.len() {
        return Err(vec![format!("the PDF has {} parts -> {}", two.len(), one.len())]);
    }
    let mut largest: f64 = 0.0;
    for (one, two) in one.iter().zip(&two).filter(|(one, two)| one != two) {
        let texts = (std::str::from_utf8(one), std::str::from_utf8(two));
        let (Ok(one), Ok(two)) = texts else {
            return Err(vec!["a font or a picture in the PDF differs".to_owned()]);
        };
        let close = |a: f64, b: f64| (a - b).abs() <= TOLERANCE;
        largest = largest.max(tokens_compare(one, two, close).map_err(|d| vec![d])?);
    }
    Ok(largest)
}

/// What the streams of a file hold, unpacked.
fn streams(file: &[u8]) -> Vec<Vec<u8>> {
    let mut streams = Vec::new();
    let mut rest = file;
    while let Some(start) = find(rest, b"stream") {
        rest = &rest[start + 6..];
        let begin = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let Some(end) = find(rest, b"endstream") else { break };
        let packed = rest.get(begin..end).unwrap_or_default();
        rest = &rest[end + 9..];
        let mut unpacked = Vec::new();
        let read = ZlibDecoder::new(packed).take(LONGEST).read_to_end(&mut unpacked);
        streams.push(if read.is_ok() { unpacked } else { packed.to_vec() });
    }
    streams
}
