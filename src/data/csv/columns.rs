//! Which columns a config means, and what stands in those that are no coordinates.

use super::Options;
use super::file::{File, Mistakes};
use super::text::{self, Table};
use crate::data::column::Column;
use crate::data::labels::Labels;
use crate::data::parameters::MOST_COMPONENTS;
use crate::diagnostic::{Problems, counted};
use crate::setting::Spanned;

impl Options {
    /// A first row of numbers is more often a point than a header. Where neither `header` nor the
    /// name of a column says what it is, one of the two must be written.
    pub(super) fn check_header(
        &self,
        problems: &mut Problems,
        file: &mut File,
        table: &Table,
        columns: &[usize],
    ) {
        let listed = self.columns.iter().flat_map(Spanned::get_ref);
        let is_name = |column: &Spanned<Column>| matches!(column.get_ref(), Column::Name(_));
        let is_said =
            self.header.is_some() || listed.chain(&self.label).chain(&self.counts).any(is_name);
        if !is_said && table.is_named_by_numbers(columns) {
            let span = file.span(problems, text::line(file.text, table.start));
            problems.at(span, "the header of this file has numbers for names").hint(
                "if it is no header but the first point, write `header = false`; else write `header = true`",
            );
        }
    }

    /// The indices of the columns of coordinates.
    pub(super) fn columns(
        &self,
        problems: &mut Problems,
        table: &Table,
        label: Option<usize>,
        count: Option<usize>,
    ) -> Option<Vec<usize>> {
        if let (Some(counts), Some(_)) = (&self.counts, count.filter(|_| count == label)) {
            problems
                .at(counts.span(), "the label and the counts are the same column")
                .hint("a column holds one of the two");
        }
        let path = self.path.get_ref();
        let Some(list) = &self.columns else {
            let is_other = |c: usize| Some(c) != label && Some(c) != count;
            let mut numeric = table.numeric();
            numeric.retain(|&column| is_other(column));
            if numeric.is_empty() {
                problems
                    .at(self.path.span(), format!("no column of `{path}` holds numbers"))
                    .hint("is the `delimiter` right? numbers have a decimal point, not a comma");
                return None;
            }
            return Some(numeric);
        };
        let before = problems.len();
        let mut found: Vec<usize> = Vec::new();
        for column in list.get_ref() {
            let Some(index) = find(problems, path, table, column) else {
                continue;
            };
            if found.contains(&index) {
                problems
                    .at(column.span(), format!("column `{}` is named twice", table.describe(index)))
                    .hint("name each column once");
            } else if Some(index) == label {
                problems
                    .at(column.span(), format!("column `{}` is the label", table.describe(index)))
                    .hint("a column holds a coordinate or the label, not both");
            } else if Some(index) == count {
                problems
                    .at(column.span(), format!("column `{}` is the counts", table.describe(index)))
                    .hint("a column holds a coordinate or the counts, not both");
            }
            found.push(index);
        }
        if list.get_ref().is_empty() {
            problems
                .at(list.span(), "`columns` is empty")
                .hint("name at least one column, or leave `columns` out to take all with numbers");
        }
        (problems.len() == before).then_some(found)
    }
}

/// The index of a column.
pub(super) fn find(
    problems: &mut Problems,
    path: &str,
    table: &Table,
    column: &Spanned<Column>,
) -> Option<usize> {
    let (message, hint) = match column.get_ref() {
        Column::Index(index) if *index < table.width => return Some(*index),
        Column::Index(index) => (
            format!("`{path}` has no column {index}"),
            format!("it has {}; indices start at 0", counted(table.width, "column")),
        ),
        Column::Name(name) => match (&table.names, table.find(name).as_slice()) {
            (_, [index]) => return Some(*index),
            (None, _) => (
                format!("`{path}` has no names of columns, but one is called `{name}`"),
                "give the column's index from 0, or set `header = true`".to_owned(),
            ),
            (Some(names), []) => {
                (format!("`{path}` has no column `{name}`"), text::nearest(name, names))
            }
            (Some(_), _) => (
                format!("`{path}` has several columns `{name}`"),
                "give the column's index from 0".to_owned(),
            ),
        },
    };
    problems.at(column.span(), message).hint(hint);
    None
}

/// Every row must have as many cells as the first.
pub(super) fn check_lengths(problems: &mut Problems, file: &mut File, table: &Table) {
    let mut mistakes = Mistakes::default();
    for row in &table.rows {
        if row.len() != table.width {
            let line = text::line(file.text, row.start);
            let span = |problems: &mut Problems| file.span(problems, line);
            let message = format!(
                "this row has {}, but the first row has {}",
                counted(row.len(), "cell"),
                table.width
            );
            let hint = "add or remove cells, or put a cell that holds the delimiter in quotes";
            mistakes.add(problems, span, message, hint);
        }
    }
    mistakes.finish(problems, "rows");
}

/// The component of each row: the distinct labels in ascending order, as numbers if all are.
pub(super) fn components(
    problems: &mut Problems,
    file: &mut File,
    table: &Table,
    column: usize,
) -> Option<Labels> {
    let before = problems.len();
    let mut mistakes = Mistakes::default();
    let mut labels = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        match text::label(table.cell(row, column).unwrap_or_default()) {
            Ok(label) => labels.push(label),
            Err((message, hint)) => {
                let span = |problems: &mut Problems| file.cell(problems, table, row, column);
                mistakes.add(problems, span, message, hint);
            }
        }
    }
    mistakes.finish(problems, "labels");
    let as_numbers: Option<Vec<f64>> =
        labels.iter().map(|label| text::number(label).ok()).collect();
    let result = match as_numbers {
        // Adding 0 makes one label of -0 and 0, which the order tells apart.
        Some(numbers) => ranks(&numbers, |a, b| (a + 0.0).total_cmp(&(b + 0.0))),
        None => ranks(&labels, |a, b| a.cmp(b)),
    };
    let count = result.components();
    if problems.len() == before && count > MOST_COMPONENTS {
        let span = file.cell(problems, table, &table.rows[0], column);
        let name = table.describe(column);
        problems
            .at(span, format!("column `{name}` has {count} different labels"))
            .hint(format!("a label names a component; at most {MOST_COMPONENTS} are read"));
    }
    (problems.len() == before).then_some(result)
}

/// For each item its rank among the distinct items.
fn ranks<T: Copy>(items: &[T], order: impl Fn(&T, &T) -> std::cmp::Ordering) -> Labels {
    let mut distinct = items.to_vec();
    distinct.sort_by(&order);
    distinct.dedup_by(|a, b| order(a, b).is_eq());
    let rank = |item: &T| distinct.partition_point(|other| order(other, item).is_lt());
    Labels::below(distinct.len(), items.iter().map(rank))
}

/// How many points each row stands for.
pub(super) fn counts(
    problems: &mut Problems,
    file: &mut File,
    table: &Table,
    column: usize,
) -> Vec<usize> {
    let mut mistakes = Mistakes::default();
    let mut counts = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        match text::count(table.cell(row, column).unwrap_or_default()) {
            Ok(count) => counts.push(count),
            Err((message, hint)) => {
                let span = |problems: &mut Problems| file.cell(problems, table, row, column);
                mistakes.add(problems, span, message, hint);
            }
        }
    }
    mistakes.finish(problems, "counts");
    counts
}
