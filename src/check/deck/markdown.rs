//! Reading Markdown, with the HTML, the LaTeX and the chunks of R in it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Deck, Place, behind, blank, from, group, line_end, near, quoted, run, tex};

/// Reads Markdown.
pub(super) fn read(text: &str) -> Deck {
    let read = blank(text, &unread(text));
    let mut deck = tex::scan(&read);
    let starts = |what: &'static str| read.match_indices(what).map(move |(i, _)| i + what.len());
    let images = starts("![").filter_map(|at| image(&read, at - 1));
    let tags = starts("<img").filter_map(|at| source(&read, at));
    let chunks = starts("include_graphics").flat_map(|at| arguments(&read, at));
    for span in images.chain(tags).chain(chunks) {
        deck.includes.extend(path(text, &read, span));
    }
    deck.includes.sort_by_key(|include| include.span.start);
    let last = read.rfind(">}}").unwrap_or(0);
    let inputs = starts("{{< include").take_while(|at| *at <= last);
    deck.inputs.extend(inputs.filter_map(|at| {
        let (path, _) = from(&read, at).split_once(">}}")?;
        Some(path.trim().to_owned())
    }));
    deck
}

/// The place of the path of `![..](path)` whose square bracket is at `at`.
fn image(text: &str, at: usize) -> Option<Range<usize>> {
    // A backslash before the mark makes it a mark.
    if text[..at - 1].ends_with('\\') {
        return None;
    }
    let words = group(text, at, '[', ']')?;
    if !from(text, words.end + 1).starts_with('(') {
        return None;
    }
    let start = run(text, words.end + 2, char::is_whitespace);
    if from(text, start).starts_with('<') {
        let length = text[start..line_end(text, start)].find('>')?;
        return Some(start + 1..start + length);
    }
    let mut depth = 0_usize;
    for (i, c) in near(text, start).char_indices() {
        match c {
            ')' if depth == 0 => return Some(start..start + i),
            c if c.is_whitespace() => return Some(start..start + i),
            ')' => depth -= 1,
            '(' => depth += 1,
            _ => {}
        }
    }
    None
}

/// The place of the `src` of a tag whose name ends at `at`.
fn source(text: &str, at: usize) -> Option<Range<usize>> {
    if !from(text, at).starts_with(char::is_whitespace) {
        return None;
    }
    let near = near(text, at);
    // Without either of them, nothing is the source.
    if !near.contains('=') || memchr::memchr2(b's', b'S', near.as_bytes()).is_none() {
        return None;
    }
    let text = &text[..at + near.len()];
    let mut at = at;
    loop {
        at = run(text, at, |c| c.is_whitespace() || c == '/');
        let name = run(text, at, |c| !c.is_whitespace() && !"=>/\"'".contains(c));
        let written = &text[at..name];
        let equals = run(text, name, char::is_whitespace);
        if !from(text, equals).starts_with('=') {
            if name == at {
                return None;
            }
            at = name;
            continue;
        }
        let start = run(text, equals + 1, char::is_whitespace);
        let (value, end) = match from(text, start).chars().next()? {
            // HTML knows no backslashes.
            mark @ ('"' | '\'') => {
                let end = start + 1 + from(text, start + 1).find(mark)?;
                (start + 1..end, end + 1)
            }
            _ => {
                let end = run(text, start, |c| !c.is_whitespace() && c != '>');
                (start..end, end)
            }
        };
        if written.eq_ignore_ascii_case("src") {
            return Some(value);
        }
        at = end;
    }
}

/// The places of the strings that `include_graphics` is called with: one, or a list of them.
fn arguments(text: &str, at: usize) -> Vec<Range<usize>> {
    let Some(all) = group(text, at, '(', ')') else { return Vec::new() };
    let inside = &text[all.clone()];
    let begins = all.start + (inside.len() - inside.trim_start().len());
    let is_list = from(text, begins).starts_with("c(");
    let end = match is_list {
        true => group(text, begins + 1, '(', ')').map_or(begins, |list| list.end),
        false => all.end,
    };
    let mut at = if is_list { begins + 2 } else { begins };
    let mut strings = Vec::new();
    while at < end && from(text, at).starts_with(['"', '\'']) {
        let Some(string) = quoted(text, at) else { break };
        let next = run(text, string.end + 1, char::is_whitespace);
        // What is pasted to something else is no path.
        if from(text, next).starts_with([',', ')']) {
            strings.push(string);
        }
        if !is_list {
            break;
        }
        at = run(text, next, |c| c == ',' || c.is_whitespace());
    }
    strings
}

/// The path at `span`, if it is one of a file: addresses are not. What code computes is not known.
fn path(text: &str, read: &str, span: Range<usize>) -> Option<Place> {
    let written = read.get(span.clone())?;
    // A letter and a colon are a drive, more of them how an address begins.
    let scheme = run(written, 0, |c| c.is_ascii_alphanumeric() || "+.-".contains(c));
    if written.starts_with("//") || (scheme > 1 && written[scheme..].starts_with(':')) {
        return None;
    }
    let end = written.find(['?', '#']).unwrap_or(written.len());
    let mut path = decoded(&written[..end]);
    let beside_code = text[..span.start].ends_with('`') || text[span.end..].starts_with('`');
    if beside_code || text.get(span.clone()) != Some(written) || written.contains("{{") {
        path.push('#');
    }
    (!path.is_empty()).then_some(Place { text: path, span })
}

/// The text with characters in place of `%20` and the like.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        let code = text.get(at + 1..at + 3).filter(|_| byte == b'%');
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                at += 3;
            }
            None => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Comments and code that is shown. Chunks that run are read.
fn unread(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let marks = Marks::of(text);
    let last_comment = text.rfind("-->").unwrap_or(0);
    let mut at = 0;
    let mut line = 0;
    while at < text.len() {
        if at == line {
            let end = line_end(text, at);
            line = end + 1;
            if let Some((block, runs)) = fenced(text, at) {
                at = block.end;
                line = at;
                if !runs {
                    ranges.push(block);
                }
                continue;
            }
        }
        let rest = from(text, at);
        let length = match rest.chars().next() {
            Some('<') if rest.starts_with("<!--") && at <= last_comment => {
                rest.find("-->").map(|end| end + 3)
            }
            Some('`') => marks.code(text, at).map(|end| end - at),
            Some('\\') => {
                at = behind(text, at + 1).min(text.len());
                line = after_lines(text, at, line);
                continue;
            }
            _ => None,
        };
        match length {
            Some(length) => {
                ranges.push(at..at + length);
                at += length;
            }
            None if rest.starts_with('`') => at = run(text, at, |c| c == '`'),
            None => at = behind(text, at),
        }
        line = after_lines(text, at, line);
    }
    ranges
}

/// Where the line begins that comes next at `at`, if the one that was to come is over.
fn after_lines(text: &str, at: usize, line: usize) -> usize {
    match at > line {
        true => line_end(text, at) + 1,
        false => line,
    }
}

/// Where marks of code and ends of paragraphs are.
struct Marks {
    /// The beginnings of all runs of so many marks, in order.
    runs: BTreeMap<usize, Vec<usize>>,
    /// The ends of paragraphs, in order.
    paragraphs: Vec<usize>,
}

impl Marks {
    fn of(text: &str) -> Self {
        let mut runs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut at = 0;
        while let Some(next) = from(text, at).find('`') {
            let start = at + next;
            at = run(text, start, |c| c == '`');
            runs.entry(at - start).or_default().push(start);
        }
        let pairs = text.as_bytes().windows(2).enumerate().filter(|(_, pair)| *pair == b"\n\n");
        Self { runs, paragraphs: pairs.map(|(at, _)| at).collect() }
    }

    /// The end of the code between marks of which the first are at `at`; a paragraph ends it too.
    fn code(&self, text: &str, at: usize) -> Option<usize> {
        let inside = run(text, at, |c| c == '`');
        let first =
            |places: &[usize]| places.get(places.partition_point(|place| *place < inside)).copied();
        let end = self.runs.get(&(inside - at)).and_then(|runs| first(runs))?;
        let is_whole = first(&self.paragraphs).is_none_or(|paragraph| end < paragraph);
        is_whole.then_some(end + (inside - at))
    }
}

/// The block of code that the line at `at` opens, and whether it is run.
fn fenced(text: &str, at: usize) -> Option<(Range<usize>, bool)> {
    let line = &text[at..line_end(text, at)];
    let opened = line.trim_start_matches([' ', '\t', '>']);
    let mark = opened.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let marks = run(opened, 0, |c| c == mark);
    let words = opened[marks..].trim();
    if marks < 3 || (mark == '`' && words.contains('`')) {
        return None;
    }
    let is_class = |words: &str| words.starts_with(['.', '#']);
    let runs = words.strip_prefix('{').is_some_and(|words| !is_class(words.trim_start()));
    let mut end = line_end(text, at);
    while end < text.len() {
        let start = end + 1;
        end = line_end(text, start).min(text.len());
        let closes = text.get(start..end).unwrap_or_default();
        let closes = closes.trim_start_matches([' ', '\t', '>']).trim_end();
        if closes.len() >= marks && closes.chars().all(|c| c == mark) {
            break;
        }
    }
    Some((at..end, runs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, includes: &[&str]) {
        let found: Vec<String> = read(text).includes.into_iter().map(|i| i.text).collect();
        assert_eq!(found, includes, "{text}");
    }

    #[test]
    fn pictures_are_included_by_marks_tags_and_chunks() {
        check("![a [b]](c.png) ![](<d e.png> \"t\"){width=50%}", &["c.png", "d e.png"]);
        check("![](a%20b.png \"t\") ![](c(1).svg#x)", &["a b.png", "c(1).svg"]);
        check("<img alt='a > b' src=\"c.png\"><img\n src=d.png/>", &["c.png", "d.png/"]);
        check(
            "```{r, echo=FALSE}\nknitr::include_graphics(c(\"a.png\", 'b.png'))\n```",
            &["a.png", "b.png"],
        );
        check(
            "include_graphics(\"a.png\", dpi = 2) include_graphics(paste0(\"b\", x))",
            &["a.png"],
        );
        check("\\includegraphics{a}", &["a"]);
        check("<image src=\"a\"> \\![](b) [c](d) ![e][f] ![](g", &[]);
    }

    #[test]
    fn addresses_are_no_files_and_what_is_computed_is_not_known() {
        check("![](https://x/y.png) <img src=\"data:image/png;base64,x\">", &[]);
        check("![](`r x`.png) ![]({{<meta-x>}}/a.png)", &[".png#", "{{<meta-x>}}/a.png#"]);
    }

    #[test]
    fn comments_and_code_are_not_read() {
        check("<!-- ![](a) -->\n```\n![](b)\n```\n`![](c)` ![](d)", &["d"]);
        check("~~~~ html\n<img src=\"a\">\n~~~\n~~~~\n![](b)\n\n```{.md}\n![](c)", &["b"]);
        check("a ` b\n\n![](c) `\n\n```{=html}\n<img src=\"d\">\n```\n", &["c", "d"]);
        check("``a ` ![](b)`` ![](c)", &["c"]);
    }

    #[test]
    fn other_texts_are_inputs() {
        assert_eq!(read("{{< include _a.qmd >}}").inputs, ["_a.qmd"]);
    }
}
