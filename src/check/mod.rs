//! Whether files are what a config gives, to what matters: numbers within their tolerances, data of
//! figures cell by cell, pixels as an eye sees them. What differs is said in the words of the field.
//!
//! On another machine the last bits of a number may differ, and with them a coordinate or a pixel;
//! that is no difference. [`compare`] takes the bytes that the config gives and those that there
//! are; it reads and writes nothing. [`deck`] says what slides include and which numbers they use.

pub mod deck;
pub mod numbers;
pub mod page;
mod pdf;
pub mod pixels;
mod table;
mod text;

/// How two files compare.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// Byte for byte the same.
    Equal,
    /// The same to what matters; the largest difference of two numbers, relative to their size, or
    /// 0 where there are none.
    Close(f64),
    /// Something else; what, one thing an entry.
    Different(Vec<String>),
}

/// More differences of one file than this are counted and not listed.
const MOST: usize = 8;

/// Compares the file called `name` as it should be with what there is.
pub fn compare(name: &str, expected: &[u8], actual: &[u8]) -> Comparison {
    if expected == actual {
        return Comparison::Equal;
    }
    let compared = match name.rsplit('.').next().unwrap_or_default() {
        "json" => numbers::compare(expected, actual),
        "csv" => table::compare(expected, actual),
        "png" => pixels::compare(expected, actual),
        "apng" | "gif" => Err(vec!["the animation differs".to_owned()]),
        "pdf" => pdf::compare(expected, actual),
        "svg" | "html" => text::compare_drawings(expected, actual),
        _ => text::compare(expected, actual),
    };
    match compared {
        Ok(largest) => Comparison::Close(largest),
        Err(mut differences) => {
            let more = differences.len().saturating_sub(MOST);
            differences.truncate(MOST);
            if more > 0 {
                differences.push(format!("and {more} more"));
            }
            Comparison::Different(differences)
        }
    }
}

/// The largest difference, or what differs.
type Result = std::result::Result<f64, Vec<String>>;

/// The difference of two numbers, relative to the larger one.
fn relative(a: f64, b: f64) -> f64 {
    if a == b || (a.is_nan() && b.is_nan()) {
        return 0.0;
    }
    (a - b).abs() / a.abs().max(b.abs())
}
