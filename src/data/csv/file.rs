//! The text of a file, and reporting what is wrong in it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::text::{self, Row, Table};
use crate::diagnostic::Problems;
use crate::setting::Spanned;

/// After so many wrong cells the rest of a file is only counted.
const MOST_MISTAKES: usize = 20;

/// A text that becomes one of the sources with its first mistake.
pub(super) struct File<'a> {
    name: &'a str,
    pub(super) text: &'a str,
    /// The file as it was opened, and the byte that its text begins with.
    opened: (PathBuf, usize),
    offset: Option<usize>,
}

impl<'a> File<'a> {
    /// The text of the file that is called `name` in `folder`, which begins at byte `from`.
    pub(super) fn new(folder: &Path, name: &'a str, text: &'a str, from: usize) -> Self {
        Self { name, text, opened: (folder.join(name), from), offset: None }
    }

    /// A range of the text as a range of the sources.
    pub(super) fn span(&mut self, problems: &mut Problems, range: Range<usize>) -> Range<usize> {
        let offset = *self.offset.get_or_insert_with(|| {
            let opened = (self.opened.0.display().to_string(), self.opened.1);
            problems.sources.add_from(self.name, self.text, opened)
        });
        offset + range.start..offset + range.end
    }

    /// A cell of a row as a range of the sources.
    pub(super) fn cell(
        &mut self,
        problems: &mut Problems,
        table: &Table,
        row: &Row,
        column: usize,
    ) -> Range<usize> {
        self.span(problems, text::cell_range(self.text, row.start, column, table.delimiter))
    }
}

/// The file as text, without a byte order mark.
pub(super) fn decode<'a>(
    problems: &mut Problems,
    path: &Spanned<String>,
    bytes: &'a [u8],
) -> Option<&'a str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let valid = &bytes[..error.valid_up_to()];
            let line = valid.iter().filter(|&&byte| byte == b'\n').count() + 1;
            problems
                .at(path.span(), format!("`{}` is not UTF-8: see its line {line}", path.get_ref()))
                .hint("save the file with the encoding UTF-8");
            None
        }
    }
}

/// The first mistakes of one kind, and how many more there are.
#[derive(Default)]
pub(super) struct Mistakes {
    count: usize,
    last: Option<Range<usize>>,
}

impl Mistakes {
    /// `span` finds the place, which in a long row takes time, only where it is shown.
    pub(super) fn add(
        &mut self,
        problems: &mut Problems,
        span: impl FnOnce(&mut Problems) -> Range<usize>,
        message: String,
        hint: &str,
    ) {
        self.count += 1;
        if self.count <= MOST_MISTAKES {
            let span = span(problems);
            problems.at(span, message).hint(hint);
        } else if self.count == MOST_MISTAKES + 1 {
            self.last = Some(span(problems));
        }
    }

    /// Says how many mistakes were not shown, at the first of them.
    pub(super) fn finish(self, problems: &mut Problems, what: &str) {
        if let Some(span) = self.last {
            let more = self.count - MOST_MISTAKES;
            problems
                .at(span, format!("{more} more {what} of this file are wrong, from here on"))
                .hint(format!("the first {MOST_MISTAKES} are shown"));
        }
    }
}
