//! Reading LaTeX.

use std::collections::BTreeSet;
use std::ops::Range;

use super::conditionals::Conditionals;
use super::{
    Deck, Definitions, LONGEST, Place, behind, blank, from, group, is_known, line_end, near, run,
};

/// Environments whose text TeX does not read as TeX.
const VERBATIM: [&str; 7] =
    ["verbatim", "verbatim*", "Verbatim", "lstlisting", "minted", "comment", "filecontents"];
/// What includes a picture.
const INCLUDES: [&str; 4] = ["includegraphics", "includesvg", "pgfimage", "includepdf"];
/// What reads another text.
const INPUTS: [&str; 4] = ["input", "include", "subfile", "subfileinclude"];
/// What reads a package or a class, and how its file ends.
const PACKAGES: [(&str, &str); 4] = [
    ("usepackage", "sty"),
    ("RequirePackage", "sty"),
    ("documentclass", "cls"),
    ("LoadClass", "cls"),
];
/// What defines a macro whose name follows, in braces or not.
const DEFINITIONS: [&str; 23] = [
    "newcommand",
    "newcommandx",
    "newrobustcmd",
    "NewCommandCopy",
    "renewcommand",
    "providecommand",
    "DeclareRobustCommand",
    "NewDocumentCommand",
    "RenewDocumentCommand",
    "ProvideDocumentCommand",
    "DeclareDocumentCommand",
    "NewExpandableDocumentCommand",
    "DeclareMathOperator",
    "def",
    "edef",
    "gdef",
    "xdef",
    "let",
    "newlength",
    "newsavebox",
    "newif",
    "newdimen",
    "newcount",
];

/// Reads LaTeX.
pub(super) fn read(text: &str) -> Deck {
    scan(&blank(text, &unread(text)))
}

/// Reads what is no comment and not verbatim.
pub(super) fn scan(text: &str) -> Deck {
    let mut deck = Deck { read: text.to_owned(), ..Deck::default() };
    let mut at = 0;
    while let Some(next) = from(text, at).find('\\') {
        let start = at + next;
        let end = control_end(text, start);
        let word = &text[start + 1..end];
        at = end;
        if INCLUDES.contains(&word) {
            let path = argument(text, end);
            deck.includes
                .extend(path.map(|span| Place { text: text[span.clone()].to_owned(), span }));
        } else if word == "animategraphics" || word == "multiinclude" {
            deck.includes.extend(frames(text, word, end));
        } else if word == "graphicspath" || word == "svgpath" {
            deck.folders.extend(folders(text, end));
        } else if INPUTS.contains(&word) {
            deck.inputs.extend(input(text, end));
        } else if word == "import" || word == "subimport" {
            deck.inputs.extend(import(text, end));
        } else if let Some((_, ending)) = PACKAGES.iter().find(|(name, _)| *name == word) {
            let names = argument(text, end).map(|span| &text[span]).unwrap_or_default();
            deck.inputs.extend(names.split(',').map(|name| format!("{}.{ending}", name.trim())));
        } else if DEFINITIONS.contains(&word) {
            at = definition(text, end, &mut deck);
        } else if word.starts_with(|c: char| c.is_ascii_uppercase()) {
            deck.names.push(Place { text: word.to_owned(), span: start..end });
        }
    }
    deck
}

/// The path with what is known in place of macros, and without what only groups. What is not known
/// stays as it is.
pub fn expand(path: &str, defined: &Definitions) -> String {
    let mut path = path.to_owned();
    // Macros may stand for macros; a loop of them ends here.
    for _ in 0..8 {
        let mut expanded = String::new();
        let mut at = 0;
        while let Some(next) = from(&path, at).find('\\') {
            let start = at + next;
            let end = control_end(&path, start);
            let word = &path[start + 1..end];
            let body = match word {
                "detokenize" | "string" | "unexpanded" => Some(""),
                _ => defined.get(word).and_then(Option::as_deref),
            };
            expanded.push_str(&path[at..start]);
            match body {
                Some(body) => {
                    expanded.push_str(body);
                    // Blanks behind a macro end its name.
                    at = run(&path, end, char::is_whitespace);
                }
                None => {
                    expanded.push_str(&path[start..end]);
                    at = end;
                }
            }
        }
        expanded.push_str(from(&path, at));
        let done = is_known(&expanded) || expanded == path || expanded.len() > 10_000;
        path = expanded;
        if done {
            break;
        }
    }
    path.replace(['{', '}', '"'], "").trim().to_owned()
}

/// Where the macro's name at the backslash `at` ends.
pub(super) fn control_end(text: &str, at: usize) -> usize {
    let letters = run(text, at + 1, |c| c.is_ascii_alphabetic() || c == '@');
    match letters > at + 1 || letters >= text.len() {
        true => letters,
        false => behind(text, at + 1),
    }
}

/// The argument in braces behind a star, overlays and options.
fn argument(text: &str, at: usize) -> Option<Range<usize>> {
    let mut at = run(text, at, |c| c == '*');
    loop {
        at = run(text, at, char::is_whitespace);
        at = match from(text, at).chars().next()? {
            '<' => group(text, at, '<', '>')?.end + 1,
            '[' => options(text, at)?,
            _ => return group(text, at, '{', '}'),
        };
    }
}

/// Behind the options that start at `at`; brackets in braces are no end of them.
fn options(text: &str, at: usize) -> Option<usize> {
    if !near(text, at).contains(']') {
        return None;
    }
    let mut i = at + 1;
    while i < at + LONGEST {
        match from(text, i).chars().next()? {
            ']' => return Some(i + 1),
            '{' => i = group(text, i, '{', '}')?.end + 1,
            '\\' => i = behind(text, i + 1),
            c => i += c.len_utf8(),
        }
    }
    None
}

/// The pictures of an animation, of which only the beginning of the path is known.
fn frames(text: &str, word: &str, at: usize) -> Option<Place> {
    let mut span = argument(text, at)?;
    if word == "animategraphics" {
        // The first argument is how fast it runs.
        span = argument(text, span.end + 1)?;
    }
    Some(Place { text: format!("{}\\", &text[span.clone()]), span })
}

/// The folders of `{{a/}{b/}}`.
fn folders(text: &str, at: usize) -> Vec<String> {
    let Some(all) = argument(text, at) else { return Vec::new() };
    let mut folders = Vec::new();
    let mut at = all.start;
    while let Some(next) = text[at..all.end].find('{') {
        let Some(folder) = group(text, at + next, '{', '}') else { break };
        folders.push(text[folder.clone()].to_owned());
        at = (folder.end + 1).min(all.end);
    }
    folders
}

/// The path of `\input{path}` or `\input path`.
fn input(text: &str, at: usize) -> Option<String> {
    if let Some(path) = argument(text, at) {
        return Some(text[path].trim().to_owned());
    }
    let start = run(text, at, |c| c == ' ');
    let end = run(text, start, |c| !c.is_whitespace() && !"{}\\[]".contains(c));
    (end > start).then(|| text[start..end].to_owned())
}

/// The path of `\import{folder/}{file}`.
fn import(text: &str, at: usize) -> Option<String> {
    let folder = argument(text, at)?;
    let file = argument(text, folder.end + 1)?;
    Some(format!("{}{}", text[folder].trim(), text[file].trim()))
}

/// Notes the definition of the macro whose name follows; behind its name.
fn definition(text: &str, at: usize, deck: &mut Deck) -> usize {
    let mut start = run(text, at, |c| c == '*' || c.is_whitespace());
    let braced = from(text, start).starts_with('{');
    if braced {
        start = run(text, start + 1, char::is_whitespace);
    }
    if !from(text, start).starts_with('\\') {
        return at;
    }
    let end = control_end(text, start);
    let mut body = run(text, end, char::is_whitespace);
    if braced {
        body = run(text, body, |c| c == '}' || c.is_whitespace());
    }
    let body = group(text, body, '{', '}').map(|span| text[span].to_owned());
    deck.define(&text[start + 1..end], body.filter(|body| !body.contains('#')));
    end
}

/// Comments, what is verbatim and what is behind the end of the document.
fn unread(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut conditionals = Conditionals::of(text);
    // Environments that have no end from here on.
    let mut endless = BTreeSet::new();
    let mut at = 0;
    while let Some(next) = from(text, at).find(['%', '\\']) {
        let start = at + next;
        if text[start..].starts_with('%') {
            at = line_end(text, start);
            ranges.push(start..at);
            continue;
        }
        let end = control_end(text, start);
        at = end;
        let skipped = match &text[start + 1..end] {
            "begin" => environment(text, end, &mut endless),
            "end" if from(text, end).starts_with("{document}") => Some(end..text.len()),
            "verb" | "lstinline" => inline(text, end),
            "iffalse" => Some(end..conditionals.never(end)),
            _ => None,
        };
        if let Some(skipped) = skipped {
            at = skipped.end;
            ranges.push(skipped);
        }
    }
    ranges
}

/// The text of the environment whose name follows, if it is verbatim and ends.
fn environment<'a>(
    text: &'a str,
    at: usize,
    endless: &mut BTreeSet<&'a str>,
) -> Option<Range<usize>> {
    let name = group(text, at, '{', '}').map(|span| &text[span]);
    let name = name.filter(|name| VERBATIM.contains(name))?;
    if endless.contains(name) {
        return None;
    }
    let end = from(text, at).find(&format!("\\end{{{name}}}"));
    if end.is_none() {
        endless.insert(name);
    }
    Some(at..at + end?)
}

/// The text between the two marks of `\verb|...|`, which stand in one line.
fn inline(text: &str, at: usize) -> Option<Range<usize>> {
    let mut start = run(text, at, |c| c == '*');
    if from(text, start).starts_with('[') {
        start = options(text, start)?;
    }
    let mark = from(text, start).chars().next().filter(|c| !c.is_whitespace())?;
    let close = if mark == '{' { '}' } else { mark };
    let inside = start + mark.len_utf8();
    let length = text[inside..line_end(text, inside)].find(close)?;
    Some(start..inside + length + close.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        read(text).includes.into_iter().map(|include| include.text).collect()
    }

    #[test]
    fn includes_are_found_behind_overlays_options_and_blanks() {
        for text in [
            "\\includegraphics{a/b}",
            "\\includegraphics*[width=\\linewidth]{a/b}",
            "\\includegraphics<2->[trim={0 [1] 2}, clip]\n  {a/b}",
            "\\includegraphics[height=3cm]<1>{a/b}",
            "\\includesvg{a/b}",
            "é\\includegraphics{a/b}\\% \\includegraphics",
        ] {
            let deck = read(text);
            assert_eq!(paths(text), ["a/b"], "{text}");
            assert_eq!(&text[deck.includes[0].span.clone()], "a/b");
        }
    }

    #[test]
    fn comments_and_what_is_verbatim_are_not_read() {
        for text in [
            "% \\includegraphics{a}",
            "\\\\% \\includegraphics{a}",
            "\\begin{verbatim}\\includegraphics{a}\\end{verbatim}",
            "\\begin{lstlisting}[language=TeX]\n%\n\\includegraphics{a}\n\\end{lstlisting}",
            "\\verb|\\includegraphics{a}|",
            "\\iffalse \\ifx a b \\fi \\includegraphics{a}\\fi",
            "\\iffalse \\ifblank{} \\includegraphics{a}\\fi",
            "\\end{document}\\includegraphics{a}",
            "\\includegraphics[",
            "\\includegraphics",
        ] {
            assert!(paths(text).is_empty(), "{text}");
        }
        for text in [
            "50\\% \\includegraphics{a}",
            "\\begin{comment}\\end{comment}\\includegraphics{a}",
            "\\verb|%| \\includegraphics{a}",
            "\\iffalse x\\else \\includegraphics{a}\\fi",
            "\\begin{verbatim} \\includegraphics{a}",
        ] {
            assert_eq!(paths(text), ["a"], "{text}");
        }
    }

    #[test]
    fn of_animations_the_beginning_of_the_path_is_known() {
        let text = "\\animategraphics[loop]{12}{a_}{1}{3}\\multiinclude<+>[format=pdf]{b}";
        assert_eq!(paths(text), ["a_\\", "b\\"]);
    }

    #[test]
    fn folders_and_inputs_are_found_as_written() {
        let deck = read(
            "\\graphicspath{{a/} {\\x/}}\\input{b}\\input c.tex \\import{d/}{e}\\usepackage[x]{f, g}",
        );
        assert_eq!(deck.folders, ["a/", "\\x/"]);
        assert_eq!(deck.inputs, ["b", "c.tex", "d/e", "f.sty", "g.sty"]);
    }

    #[test]
    fn macros_that_are_defined_are_not_used_by_that() {
        let deck = read(
            "\\newcommand{\\FitA}{1}\\newcommand*\\FitB[1]{\\FitC #1}\\def\\FitD{x}\\let\\FitE=\\FitF",
        );
        let names: Vec<&str> = deck.names.iter().map(|name| name.text.as_str()).collect();
        assert_eq!(names, ["FitC", "FitF"]);
        assert_eq!(deck.defined.keys().collect::<Vec<_>>(), ["FitA", "FitB", "FitD", "FitE"]);
        assert_eq!(deck.defined["FitA"], Some("1".to_owned()));
        assert_eq!(deck.defined["FitB"], None);
        assert_eq!(read("\\def\\a{x}\\def\\a{y}").defined["a"], None);
    }

    #[test]
    fn paths_are_known_when_their_macros_are() {
        let defined =
            read("\\def\\pics{../\\name/}\\def\\name{figures}\\def\\loop{\\loop}").defined;
        for (path, expected) in [
            ("\\pics/x", "../figures//x"),
            ("\\pics x", "../figures/x"),
            ("{a.b}.pdf", "a.b.pdf"),
            ("\"a b\"", "a b"),
            ("\\detokenize{a_b}", "a_b"),
            ("\\loop", "\\loop"),
            ("\\other/x#1", "\\other/x#1"),
        ] {
            assert_eq!(expand(path, &defined), expected);
        }
    }
}
