//! The data of figures: CSV tables, cell by cell.

use super::{Result, change, relative};

/// Numbers of a table may differ by this, relatively or absolutely.
const TOLERANCE: f64 = 1e-6;

/// Compares two tables.
pub(super) fn compare(expected: &[u8], actual: &[u8]) -> Result {
    let (mut expected, mut actual) = (Rows::of(expected), Rows::of(actual));
    let mut header = None;
    let mut differences = Vec::new();
    let mut largest: f64 = 0.0;
    // A row at a time: a table in memory is many times its file.
    for row in 0.. {
        let (is_one, is_two) = (expected.advance()?, actual.advance()?);
        if !is_one && !is_two {
            break;
        }
        let (one, two) = (&expected.row, &actual.row);
        let header = header.get_or_insert_with(|| one.clone());
        if !(is_one && is_two) {
            continue;
        }
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
                (Ok(a), Ok(b)) => {
                    differences.push(format!("row {row}, `{name}`: {}", change(b, a)))
                }
                _ => differences.push(format!("row {row}, `{name}`: {two} -> {one}")),
            }
        }
    }
    if expected.count != actual.count {
        let [old, new] = [&actual, &expected].map(|rows| rows.count.saturating_sub(1));
        differences.insert(0, format!("rows: {old} -> {new}"));
    }
    if differences.is_empty() { Ok(largest) } else { Err(differences) }
}

/// The rows of a file, one after the other.
struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
    /// The row that was read last.
    row: csv::StringRecord,
    /// How many were read.
    count: usize,
}

impl<'a> Rows<'a> {
    fn of(file: &'a [u8]) -> Self {
        let mut builder = csv::ReaderBuilder::new();
        let reader = builder.has_headers(false).flexible(true).from_reader(file);
        Self { reader, row: csv::StringRecord::new(), count: 0 }
    }

    /// Reads the next row; whether there is one.
    fn advance(&mut self) -> std::result::Result<bool, Vec<String>> {
        let read = self.reader.read_record(&mut self.row);
        let read = read.map_err(|error| vec![format!("the table cannot be read: {error}")])?;
        self.count += usize::from(read);
        Ok(read)
    }
}
