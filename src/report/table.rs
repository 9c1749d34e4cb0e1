//! A figure's numbers as CSV.

use crate::figure::{Cell, Table};

/// The table as CSV: a header with units, then one row a mark. Numbers are written so that reading
/// them gives the same bits.
pub fn csv(table: &Table) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let header = table.columns.clone();
    let rows = table.rows.iter().map(|row| row.iter().map(text).collect::<Vec<_>>());
    for record in std::iter::once(header).chain(rows) {
        // Writing to memory cannot fail, and every row has as many cells as the header.
        let _ = writer.write_record(&record);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Number(value) => value.to_string(),
        Cell::Text(text) => text.clone(),
    }
}
