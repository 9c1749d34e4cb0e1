//! The data of figures: CSV tables, cell by cell.

use super::{Result, relative};

/// Numbers of a table may differ by this, relatively or absolutely.
const TOLERANCE: f64 = 1e-6;

/// Compares two tables.
pub(super) fn compare(expected: &[u8], actual: &[u8]) -> Result {
    let read = |bytes: &[u8]| {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let rows: std::result::Result<Vec<_>, _> = reader.records().collect();
        rows.map_err(|error| vec![format!("the table cannot be read: {error}")])
    };
    let (expected, actual) = (read(expected)?, read(actual)?);
    let header = expected.first().cloned().unwrap_or_default();
    let mut differences = Vec::new();
    let mut largest: f64 = 0.0;
    if expected.len() != actual.len() {
        let [old, new] = [&actual, &expected].map(|rows| rows.len().saturating_sub(1));
        differences.push(format!("rows: {old} -> {new}"));
    }
    for (row, (one, two)) in expected.iter().zip(&actual).enumerate() {
        if one.len() != two.len() {
            differences.push(format!("row {row}: {} cells -> {}", two.len(), one.len()));
            continue;
        }
        for (column, (one, two)) in one.iter().zip(two).enumerate() {
            if one == two {
                continue;
            }
            let name = header.get(column).unwrap_or_default();
            match (one.parse::<f64>(), two.parse::<f64>()) {
                (Ok(a), Ok(b)) if relative(a, b) <= TOLERANCE || (a - b).abs() <= TOLERANCE => {
                    largest = largest.max(relative(a, b));
                }
                _ => differences.push(format!("row {row}, `{name}`: {two} -> {one}")),
            }
        }
    }
    if differences.is_empty() { Ok(largest) } else { Err(differences) }
}
