//! Rows and cells of a text, and where they stand in it.

use csv::StringRecord;
use std::ops::Range;

use crate::data::parameters::{LARGEST, MOST_NUMBERS, column_names};
use crate::diagnostic::shorten;

/// What other programs write where there is no value. Nothing of it is a number or a label.
const MISSING: [&str; 10] =
    ["NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NAN", "NULL", "Null", "null"];

/// Cells of unequal number a row, not yet checked.
pub(super) struct Table {
    /// The header's names, if there is one.
    pub(super) names: Option<Vec<String>>,
    /// The byte at which the first row starts, be it a header or not.
    pub(super) start: usize,
    /// The number of cells of the first row, be it a header or not.
    pub(super) width: usize,
    /// The rows below the header; at least one.
    pub(super) rows: Vec<Row>,
    /// The cells of all rows without quotes, one behind the other.
    cells: String,
    /// Where each cell ends in `cells`.
    ends: Vec<usize>,
    /// What is between cells.
    pub(super) delimiter: u8,
}

/// A row of cells, which the table holds: most rows are short, and there are many.
pub(super) struct Row {
    /// The byte at which the row starts.
    pub(super) start: usize,
    /// Its cells among those of all rows.
    cells: Range<usize>,
}

/// How many cells of a column are what.
#[derive(Clone, Default)]
struct Cells {
    numbers: usize,
    missing: usize,
    others: usize,
}

impl Row {
    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }
}

impl Table {
    /// Reads all rows but empty lines; `None` if there are none below the header.
    pub(super) fn parse(text: &str, delimiter: u8, header: bool) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut table = Self {
            names: None,
            start: 0,
            width: 0,
            rows: Vec::new(),
            cells: String::new(),
            ends: Vec::new(),
            delimiter,
        };
        let mut record = StringRecord::new();
        let mut is_first = true;
        // From a valid text nothing can go wrong: rows may be of any length.
        while reader.read_record(&mut record).unwrap_or(false) {
            let start = row_start(text, record.position().map_or(0, |p| p.byte() as usize));
            if is_first {
                (table.start, table.width) = (start, record.len());
            }
            match is_first && header {
                true => table.names = Some(record.iter().map(|n| n.trim().to_owned()).collect()),
                false => table.push(start, &record),
            }
            is_first = false;
        }
        (!table.rows.is_empty()).then_some(table)
    }

    fn push(&mut self, start: usize, record: &StringRecord) {
        let first = self.ends.len();
        for cell in record {
            self.cells.push_str(cell);
            self.ends.push(self.cells.len());
        }
        self.rows.push(Row { start, cells: first..self.ends.len() });
    }

    /// A cell of a row without its quotes; `None` if the row is too short.
    pub(super) fn cell(&self, row: &Row, column: usize) -> Option<&str> {
        let index = row.cells.clone().nth(column)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        self.cells.get(start.unwrap_or(0)..*self.ends.get(index)?)
    }

    /// The indices of the columns of this name.
    pub(super) fn find(&self, name: &str) -> Vec<usize> {
        let names = self.names.iter().flatten().enumerate();
        names.filter(|(_, other)| *other == name.trim()).map(|(i, _)| i).collect()
    }

    /// The columns that are meant to hold numbers: of the cells that are not missing at least half
    /// are, finite or not. Missing numbers alone are enough, empty cells alone are not.
    pub(super) fn numeric(&self) -> Vec<usize> {
        // Cell by cell, not column by column: rows of a wrong file may be much shorter than the first.
        let mut counts = vec![Cells::default(); self.width];
        for row in &self.rows {
            for (column, of) in counts.iter_mut().enumerate().take(row.len()) {
                let cell = self.cell(row, column).unwrap_or_default().trim();
                if MISSING.contains(&cell) {
                    of.missing += 1;
                } else if cell.parse::<f64>().is_ok() {
                    of.numbers += 1;
                } else if cell.contains(char::is_alphanumeric) {
                    of.others += 1;
                }
            }
        }
        let is_numeric = |of: &Cells| of.numbers >= of.others && of.numbers + of.missing > 0;
        let columns = counts.iter().enumerate().filter(|(_, of)| is_numeric(of));
        columns.map(|(column, _)| column).collect()
    }

    /// Leaves out the rows that have no value in one of these columns, and says how many.
    pub(super) fn drop_missing(&mut self, columns: impl Iterator<Item = usize> + Clone) -> usize {
        let rows = std::mem::take(&mut self.rows);
        let before = rows.len();
        let is_missing = |row: &Row, c: usize| is_missing(self.cell(row, c).unwrap_or_default());
        let whole = |row: &Row| columns.clone().all(|c| !is_missing(row, c));
        let rows: Vec<Row> = rows.into_iter().filter(whole).collect();
        self.rows = rows;
        before - self.rows.len()
    }

    /// Whether the header's names of these columns say which they are: none is empty or stands twice.
    pub(super) fn are_clear(&self, columns: &[usize]) -> bool {
        let names = self.names.as_deref().unwrap_or_default();
        let name = |c: &usize| names.get(*c).filter(|name| !name.is_empty());
        columns.iter().all(|c| name(c).is_some_and(|name| self.find(name).len() == 1))
    }

    /// Whether the header's names of these columns are all numbers.
    pub(super) fn is_named_by_numbers(&self, columns: &[usize]) -> bool {
        let names = self.names.as_deref().unwrap_or_default();
        let is_number = |name: &String| name.parse::<f64>().is_ok();
        !columns.is_empty() && columns.iter().all(|&c| names.get(c).is_some_and(is_number))
    }

    /// A column's name in messages: its own or its index.
    pub(super) fn describe(&self, column: usize) -> String {
        match self.names.as_ref().and_then(|names| names.get(column)) {
            Some(name) if !name.is_empty() => name.clone(),
            _ => column.to_string(),
        }
    }

    /// Names for coordinates: the header's; without one `x`, or `x_1`, `x_2` and so on.
    pub(super) fn column_names(&self, columns: &[usize]) -> Vec<String> {
        let mut result = column_names(columns.len());
        for (name, &column) in result.iter_mut().zip(columns) {
            if let Some(own) = self.names.as_ref().and_then(|names| names.get(column))
                && !own.is_empty()
            {
                name.clone_from(own);
            }
        }
        result
    }
}

/// Whether a cell holds nothing, or what stands for nothing.
fn is_missing(cell: &str) -> bool {
    let cell = cell.trim();
    MISSING.contains(&cell) || !cell.contains(char::is_alphanumeric)
}

/// A cell as a number of points, or what is wrong with it and what to do.
pub(super) fn count(cell: &str) -> Result<usize, (String, &'static str)> {
    let value = number(cell)?;
    match value.fract() == 0.0 && (0.0..=MOST_NUMBERS as f64).contains(&value) {
        true => Ok(value as usize),
        false => {
            let hint = "write how many points the row stands for, as a whole number from 0 up";
            Err((format!("`{}` is no number of points", shorten(cell.trim())), hint))
        }
    }
}

/// A cell as a finite number, or what is wrong with it and what to do.
pub(super) fn number(cell: &str) -> Result<f64, (String, &'static str)> {
    let cell = cell.trim();
    let shown = shorten(cell);
    match cell.parse::<f64>() {
        Ok(value) if value.is_infinite() && cell.ends_with(|c: char| c.is_ascii_alphabetic()) => {
            Err(("the cell is infinite".to_owned(), "remove the row or fill in a number"))
        }
        Ok(value) if value.abs() > LARGEST => {
            Err((format!("`{shown}` is too large"), "remove the row or change the unit"))
        }
        Ok(value) if !value.is_nan() => Ok(value),
        _ if cell.is_empty() => Err(("the cell is empty".to_owned(), FILL_IN)),
        _ if is_missing(cell) => Err((format!("`{shown}` is not a number"), FILL_IN)),
        _ => {
            let hint = "numbers have a decimal point and no thousands separator";
            Err((format!("`{shown}` is not a number"), hint))
        }
    }
}

const FILL_IN: &str = "fill in a number, or leave out such rows with `missing = \"drop\"`";

/// A cell as a label, or what is wrong with it and what to do.
pub(super) fn label(cell: &str) -> Result<&str, (String, &'static str)> {
    let cell = cell.trim();
    let hint = "write a number or a name, or leave out such rows with `missing = \"drop\"`";
    if cell.is_empty() {
        return Err(("the label is empty".to_owned(), hint));
    }
    if MISSING.contains(&cell) {
        return Err((format!("the label is missing: `{cell}` is none"), hint));
    }
    Ok(cell)
}

/// The range of the line at `start`, without its end.
pub(super) fn line(text: &str, start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or("");
    start..start + rest.find(['\n', '\r']).unwrap_or(rest.len())
}

/// Where a row really starts: the reader counts line ends before it as its own.
fn row_start(text: &str, position: usize) -> usize {
    let rest = text.as_bytes().get(position..).unwrap_or(&[]);
    position + rest.iter().take_while(|&&byte| is_line_end(byte)).count()
}

/// The range of a cell, with its quotes, in the row at `start`.
pub(super) fn cell_range(text: &str, start: usize, index: usize, delimiter: u8) -> Range<usize> {
    let bytes = text.as_bytes();
    let mut position = start;
    for _ in 0..index {
        position = cell_end(bytes, position, delimiter) + 1;
    }
    let start = position.min(bytes.len());
    start..cell_end(bytes, start, delimiter)
}

/// How many cells the first row has, without taking room for them.
pub(super) fn first_width(text: &str, delimiter: u8) -> usize {
    let bytes = text.as_bytes();
    let mut end = cell_end(bytes, row_start(text, 0), delimiter);
    let mut cells = 1;
    while bytes.get(end) == Some(&delimiter) {
        end = cell_end(bytes, end + 1, delimiter);
        cells += 1;
    }
    cells
}

/// The first quotation mark that opens a cell and is never closed, or is closed by what was to open
/// another cell: all rows up to there would be one cell.
pub(super) fn unclosed_quote(text: &str, delimiter: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        if bytes[start] == b'"' {
            let Some(end) = quote_end(bytes, start) else { return Some(start) };
            let next = bytes.get(end + 1).copied().unwrap_or(b'\n');
            let closes = next == delimiter || next.is_ascii_whitespace();
            if !closes && bytes[start..end].iter().copied().any(is_line_end) {
                return Some(start);
            }
        }
        start = cell_end(bytes, start, delimiter) + 1;
    }
    None
}

/// The end of the cell at `start`: the next delimiter or line end that is not in quotes.
fn cell_end(bytes: &[u8], start: usize, delimiter: u8) -> usize {
    let mut position = start.min(bytes.len());
    if bytes.get(position) == Some(&b'"') {
        position = quote_end(bytes, position).map_or(bytes.len(), |end| end + 1);
    }
    let rest = bytes[position..].iter();
    position + rest.take_while(|&&byte| byte != delimiter && !is_line_end(byte)).count()
}

/// The quotation mark that closes the one at `start`.
fn quote_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut position = start + 1;
    loop {
        position += bytes.get(position..)?.iter().position(|&byte| byte == b'"')?;
        // Two quotes in a row are one that belongs to the cell.
        if bytes.get(position + 1) != Some(&b'"') {
            return Some(position);
        }
        position += 2;
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// What to say where a name is not among `names`.
pub(super) fn nearest(name: &str, names: &[String]) -> String {
    let similarity = |other: &&String| strsim::jaro_winkler(name, other);
    let best = names.iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    match best {
        Some(best) if similarity(&best) > 0.7 => format!("did you mean `{best}`?"),
        _ => {
            let list: Vec<String> = names.iter().take(20).map(|n| format!("`{n}`")).collect();
            format!("its columns are {}", list.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_behind_quotes_and_line_ends() {
        let text = "a,b\r\n\r\n\"1,5\",\"say \"\"x\"\"\",3\r\n4,,\n";
        let table = Table::parse(text, b',', true).unwrap();
        let range =
            |row: usize, column| &text[cell_range(text, table.rows[row].start, column, b',')];
        assert_eq!(table.rows.len(), 2);
        assert_eq!(range(0, 0), "\"1,5\"");
        assert_eq!(range(0, 1), "\"say \"\"x\"\"\"");
        assert_eq!(range(0, 2), "3");
        assert_eq!(range(1, 0), "4");
        assert_eq!(range(1, 1), "");
        assert_eq!(range(1, 2), "");
        assert_eq!(&text[line(text, table.rows[1].start)], "4,,");
        assert_eq!(table.cell(&table.rows[0], 1).unwrap(), "say \"x\"");
        let width = |text| first_width(text, b',');
        assert_eq!(
            (width(text), width("\n\n\"1,\n5\",2,\n"), width(""), width(",,")),
            (2, 3, 1, 3)
        );
    }

    #[test]
    fn quotes_that_swallow_rows_are_found() {
        let at = |text| unclosed_quote(text, b',');
        assert_eq!(at("x,k\n1,\"a\n2,b\n"), Some(6));
        assert_eq!(at("\""), Some(0));
        // Closed by the mark that was to open another cell.
        assert_eq!(at("1,\"a\n2,\"b\"\n"), Some(2));
        for good in ["", "\"\"", "1,\"a\"\"\n,b\"\r\n2,b\"", "\"a\nb\" \n", "1, \"a\n", "\"a\"b\n"]
        {
            assert_eq!(at(good), None, "{good}");
        }
    }

    #[test]
    fn an_index_past_the_row_is_still_in_the_text() {
        let range = cell_range("a", 0, 5, b',');
        assert!(range.start <= range.end && range.end <= 1);
    }

    #[test]
    fn the_nearest_name_is_proposed() {
        let names = ["height".to_owned(), "weight".to_owned()];
        assert_eq!(nearest("heigth", &names), "did you mean `height`?");
        assert_eq!(nearest("q", &names), "its columns are `height`, `weight`");
    }
}
