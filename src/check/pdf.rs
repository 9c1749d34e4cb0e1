//! PDF files: what they draw, in numbers that are close, and all else as it is.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::ZlibDecoder;
use memchr::memmem::find;

use super::Result;
use super::text::tokens_compare;

/// Coordinates may differ by this many points.
const COORDINATE: f64 = 0.02;
/// Numbers from 0 to 1 are mostly parts of colours and opacities: half of a step of a channel.
const PART: f64 = 0.002;
/// No stream of a figure is as long as this.
const LONGEST: u64 = 64 << 20;
/// A stream may be longer by this many bytes and twice as long as the one that it should be.
const SLACK: u64 = 1 << 16;

/// Compares two files.
pub(super) fn compare(expected: &[u8], actual: &[u8]) -> Result {
    let (one, two) = (Parts::of(expected), Parts::of(actual));
    if one.streams.len() != two.streams.len() {
        let (old, new) = (two.streams.len(), one.streams.len());
        return Err(vec![format!("the PDF has {old} parts -> {new}")]);
    }
    let mut largest = tokens_compare(&one.rest, &two.rest, close).map_err(|d| vec![d])?;
    for (one, two) in one.streams.iter().zip(&two.streams).filter(|(one, two)| one != two) {
        let one = unpacked(one, LONGEST).unwrap_or(Cow::Borrowed(one));
        // What unpacks to much more than it should is not unpacked to its end.
        let Some(two) = unpacked(two, 2 * one.len() as u64 + SLACK) else {
            return Err(vec!["a part of the PDF is much longer than it should be".to_owned()]);
        };
        let texts = (std::str::from_utf8(&one), std::str::from_utf8(&two));
        if one == two {
            continue;
        }
        let (Ok(one), Ok(two)) = texts else {
            return Err(vec!["a font or a picture in the PDF differs".to_owned()]);
        };
        // Its words are those of the format, which say nothing to a reader.
        let drawn = tokens_compare(one, two, close);
        largest = largest.max(drawn.map_err(|_| vec!["the PDF draws something else".to_owned()])?);
    }
    Ok(largest)
}

fn close(a: f64, b: f64) -> bool {
    let is_part = [a, b].iter().all(|n| (0.0..=1.0).contains(n));
    (a - b).abs() <= if is_part { PART } else { COORDINATE }
}

/// A file taken apart.
struct Parts<'a> {
    /// Its streams as they are, packed or not.
    streams: Vec<&'a [u8]>,
    /// All else, but for what says where things are and how long.
    rest: String,
}

impl<'a> Parts<'a> {
    fn of(file: &'a [u8]) -> Self {
        let mut streams = Vec::new();
        let mut outside = Vec::new();
        let mut rest = file;
        while let Some(start) = find(rest, b"stream") {
            let (before, after) = rest.split_at(start + 6);
            outside.extend(before);
            rest = after;
            let begin = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            let Some(end) = find(rest, b"endstream") else { break };
            streams.push(rest.get(begin..end).unwrap_or_default());
            rest = &rest[end + 9..];
        }
        outside.extend(rest);
        Self { streams, rest: without_places(&String::from_utf8_lossy(&outside)) }
    }
}

/// What a stream holds, unpacked if it is packed; `None` if that is more than `most` bytes.
fn unpacked(stream: &[u8], most: u64) -> Option<Cow<'_, [u8]>> {
    let mut unpacked = Vec::new();
    match ZlibDecoder::new(stream).take(most + 1).read_to_end(&mut unpacked) {
        Ok(_) if unpacked.len() as u64 > most => None,
        Ok(_) => Some(Cow::Owned(unpacked)),
        Err(_) => Some(Cow::Borrowed(stream)),
    }
}

/// The text without what follows from the lengths of other parts, and from their hash.
fn without_places(text: &str) -> String {
    let mut out = String::new();
    let mut line_before = "";
    for line in text.split('\n') {
        let is_entry = line.len() >= 18 && line.trim_end().ends_with("00000 n");
        if is_entry || line_before == "startxref" {
            out.push_str("place");
            // What follows on the same line is another part.
            out.push_str(line.trim_start_matches(|c: char| c.is_ascii_digit()));
        } else {
            out.push_str(&without_values(line));
        }
        out.push('\n');
        line_before = line;
    }
    out
}

/// A line without the numbers and the hash behind these words.
fn without_values(line: &str) -> String {
    let mut line = line.to_owned();
    for (word, end) in [("/Length ", None), ("/Prev ", None), ("/ID[", Some(']'))] {
        let Some(start) = line.find(word).map(|at| at + word.len()) else { continue };
        let is_value = |c: char| end.map_or(c.is_ascii_digit(), |end| c != end);
        let length = line[start..].find(|c| !is_value(c)).unwrap_or(line.len() - start);
        line.replace_range(start..start + length, "");
    }
    line
}
