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

/// `old -> new`, with as many digits as show how far they are apart, and at least four.
fn change(old: f64, new: f64) -> String {
    let rounded = |digits: usize, n: f64| format!("{n:.digits$e}").parse::<f64>().unwrap_or(n);
    let shows = |digits: &usize| {
        let shown = rounded(*digits, new) - rounded(*digits, old);
        (shown - (new - old)).abs() <= 0.1 * (new - old).abs()
    };
    match (3..17).find(shows) {
        Some(digits) => format!("{} -> {}", rounded(digits, old), rounded(digits, new)),
        None => format!("{old} -> {new}"),
    }
}

#[cfg(test)]
mod tests {
    use super::change;

    #[test]
    fn a_change_has_the_digits_that_show_it() {
        assert_eq!(change(0.933_743_509_424, 0.934_817_875), "0.9337 -> 0.9348");
        assert_eq!(change(-6_243.020_068_691, -6_243.299_088), "-6243 -> -6243.3");
        assert_eq!(change(1.0, 1.001), "1 -> 1.001");
        assert_eq!(change(97.0, 0.5), "97 -> 0.5");
        assert_eq!(change(1.0, 1.0 + f64::EPSILON), "1 -> 1.0000000000000002");
        assert_eq!(change(f64::NAN, 1.0), "NaN -> 1");
    }
}
