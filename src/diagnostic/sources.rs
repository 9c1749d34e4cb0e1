//! The texts that spans point into, and where in them a span is.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use super::Diagnostic;

/// Of a line of more bytes only the place is said.
const LONGEST_SHOWN: usize = 10_000;

/// The texts that spans point into: the config, each `--set`, and files with mistakes in them.
///
/// Every text has its own range of offsets; no two overlap.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: String,
    offset: usize,
    /// Where its lines begin.
    lines: Vec<usize>,
    /// The file that the text is from, where that is not its name, and how many bytes of the file
    /// come before the text.
    opened: Option<(String, usize)>,
}

/// Where in a file something is, for programs. Lines and columns count from 1, columns in
/// characters; the end is the place behind the last character.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file as it was opened, or `--set`.
    pub file: String,
    /// Line of the start.
    pub line: usize,
    /// Column of the start.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column of the end.
    pub end_column: usize,
    /// Byte of the start in the file, from 0.
    pub byte_start: usize,
    /// Byte of the end in the file.
    pub byte_end: usize,
}

impl Sources {
    /// Adds a text under the name that messages show; the offset of its first byte.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> usize {
        let offset = self.list.last().map_or(0, |s| s.offset + s.text.len() + 1);
        let (name, text) = (name.into(), text.into());
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        let lines = lines.collect();
        self.list.push(Source { name, text, offset, lines, opened: None });
        offset
    }

    /// As [`Sources::add`], for a text that is that of `file` from byte `from` on.
    pub fn add_from(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
        (file, from): (String, usize),
    ) -> usize {
        let offset = self.add(name, text);
        if let Some(source) = self.list.last_mut() {
            source.opened = Some((file, from));
        }
        offset
    }

    /// The mistake as text: what, `file:line:column` with the excerpt, and the hint.
    ///
    /// `renderer` decides about colour.
    pub fn render(&self, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
        let title = Level::ERROR.primary_title(diagnostic.message.as_str());
        let mut group = annotate_snippets::Group::with_title(title);
        if let Some((source, span)) = diagnostic.span.as_ref().and_then(|s| self.locate(s)) {
            // A long text would be taken apart again for each of its mistakes, and nobody sees all
            // of a long line.
            let (line, part) = source.around(span.start);
            if part.len() > LONGEST_SHOWN {
                let (line, column) = source.line_and_column(span.start);
                let origin = Origin::path(source.name.as_str()).line(line).char_column(column);
                group = group.element(origin);
            } else {
                let span = span.start - part.start..span.end - part.start;
                let annotation = AnnotationKind::Primary.span(span);
                let snippet = Snippet::source(&source.text[part])
                    .line_start(line)
                    .path(source.name.as_str())
                    .annotation(annotation);
                group = group.element(snippet);
            }
        }
        if let Some(hint) = &diagnostic.hint {
            group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
        }
        renderer.render(&[group])
    }

    /// The name of the text that a span lies in, and the line and column of its start, from 1; the
    /// column counts characters.
    pub fn position(&self, span: &Range<usize>) -> Option<(&str, usize, usize)> {
        let (source, span) = self.locate(span)?;
        let (line, column) = source.line_and_column(span.start);
        Some((&source.name, line, column))
    }

    /// Where in a file all of a span is.
    pub fn place(&self, span: &Range<usize>) -> Option<Place> {
        let (source, shown) = self.locate(span)?;
        let end = floor_char_boundary(&source.text, span.end.saturating_sub(source.offset));
        let (start, end) = (shown.start, end.max(shown.start));
        let (line, column) = source.line_and_column(start);
        let (end_line, end_column) = source.line_and_column(end);
        let (file, from) = source.opened.clone().unwrap_or_else(|| (source.name.clone(), 0));
        let (byte_start, byte_end) = (from + start, from + end);
        Some(Place { file, line, column, end_line, end_column, byte_start, byte_end })
    }

    /// The place of a part of a TOML string: `offset` and `len` count bytes of its value, `span` is
    /// that of the string with its quotes. Escapes take more room than what they stand for.
    pub fn inside(&self, span: &Range<usize>, offset: usize, len: usize) -> Range<usize> {
        let Some(source) = self.list.iter().rev().find(|s| s.offset <= span.start) else {
            return span.clone();
        };
        let within = span.start - source.offset..span.end - source.offset;
        let written = source.text.get(within).unwrap_or_default();
        let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| written.starts_with(*q));
        let Some(quotes) = quotes else { return span.clone() };
        let mut at = quotes.len();
        // A line break right behind three quotes is no part of the value.
        if quotes.len() == 3 {
            at += written[at..].len() - written[at..].trim_start_matches(['\r', '\n']).len();
        }
        let escapes = quotes.starts_with('"');
        let mut value = 0;
        let mut start = None;
        while at < written.len() && value < offset + len.max(1) {
            if value >= offset && start.is_none() {
                start = Some(at);
            }
            let rest = &written[at..];
            let Some(first) = rest.chars().next() else { break };
            let (taken, gives) = match (escapes && first == '\\', rest.as_bytes().get(1)) {
                (true, Some(b'u')) => (6, 2),
                (true, Some(b'U')) => (10, 4),
                (true, Some(_)) => (2, 1),
                _ => (first.len_utf8(), first.len_utf8()),
            };
            at = floor_char_boundary(written, at + taken).max(at + 1);
            value += gives;
        }
        let start = start.unwrap_or(at).min(written.len());
        span.start + start..span.start + at.max(start + 1)
    }

    /// The text that a span lies in, and the part of its first line that the span covers.
    fn locate(&self, span: &Range<usize>) -> Option<(&Source, Range<usize>)> {
        let source = self.list.iter().rev().find(|s| s.offset <= span.start)?;
        let text = &source.text;
        let start = floor_char_boundary(text, span.start - source.offset);
        let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |i| start + i);
        let end = floor_char_boundary(text, span.end.saturating_sub(source.offset)).max(start);
        Some((source, start..end.min(line_end)))
    }
}

impl Source {
    /// The index of the line of a byte.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Line and column of a byte, from 1; the column counts characters.
    fn line_and_column(&self, at: usize) -> (usize, usize) {
        let line = self.line(at);
        let start = self.lines.get(line).copied().unwrap_or(0);
        (line + 1, self.text[start..at].chars().count() + 1)
    }

    /// The line of a byte, with the one before it where the text ends with that: the number of the
    /// first of them, from 1, and where they are.
    fn around(&self, at: usize) -> (usize, Range<usize>) {
        let line = self.line(at);
        let first = if at == self.text.len() { line.saturating_sub(1) } else { line };
        let start = self.lines.get(first).copied().unwrap_or(0);
        let end = self.lines.get(line + 1).copied().unwrap_or(self.text.len());
        (first + 1, start..end)
    }
}

fn floor_char_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}
