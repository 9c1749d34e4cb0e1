//! Decks of slides, as `check --tex` reads them.

use elbow::check::deck::{self, Language, expand, mentions};
use proptest::sample::select;

use crate::fuzz;
use crate::limits::{alone, within};
use crate::texts::{changed, changes};

const TEX: &str = r"\documentclass[aspectratio=169]{beamer}
\usepackage{graphicx, numbers} \graphicspath{{../figures/}{\pics/}}
\newcommand{\pics}{../pics} \def\FitK#1{K_#1}
\begin{document} % \includegraphics{no}
\begin{frame}<1->[fragile]{Mixtures} \includegraphics<2->[trim={0 [1] 2}, clip]{L3_a}
\verb|\includegraphics{b}| \iffalse \includegraphics{c} \fi \FitCaviElbo
\animategraphics[loop]{12}{L3_a_}{1}{9} \input{part} \import{d/}{e}
\begin{verbatim} \x \end{verbatim} \lstinline[language=C]{x} \end{frame}
\end{document} after
";
const TYPST: &str = r#"#import "numbers.typ": fit-cavi as cavi
#let pic(name) = { image("a/" + name + ".svg", width: 50%) }
= Title /* a /* b */ */ https://x.y // #image("no")
#figure(image("L3_a.png"), caption: [$x = #fit-b$ `#image("c")`]) <label>
#if cavi.elbo > 3e2 [more #fit-c] else { text("a \" b") } #include "part.typ"
```typ
#image("d")
```
"#;
const MARKDOWN: &str = r#"---
title: x
---
![a [b]](L3_a.png "t"){width=50%} <img alt='a > b' src="c.png"/> <!-- ![](d) -->
```{r, echo=FALSE}
knitr::include_graphics(c("a%20b.png", 'b.png'))
```
`![](c)` ``a ` b`` \includegraphics{L3_a} {{< include _a.qmd >}}
> ~~~
> ![](e)
"#;

/// What makes a reader look far.
const PIECES: &[&str] = &[
    "\\iffalse",
    "\\iffalse ",
    "\\if \\fi ",
    "\\iffalse%\n",
    "\\else\\fi",
    "`",
    "`` ",
    "` ``",
    "```",
    "```\n",
    "\n```\n~~~\n",
    "/*",
    "*/",
    "/* */",
    "//",
    "{",
    "}",
    "{}",
    "[",
    "(",
    "<",
    "![",
    "](",
    "![](",
    "<img ",
    "<img src",
    "<img src=\"",
    "<!--",
    "-->",
    "include_graphics(",
    "include_graphics(c(",
    "\"",
    "'",
    "\\begin{verbatim}",
    "\\end{verbatim}",
    "\\begin{verbatim}\\end{verbatim}",
    "\\begin{",
    "\\verb",
    "\\verb|",
    "\\verb[",
    "\\lstinline[{",
    "\\includegraphics",
    "\\includegraphics[",
    "\\includegraphics{",
    "\\includegraphics<",
    "\\includegraphics*[",
    "\\def\\a#{",
    "\\def\\a\\a",
    "\\def\\x",
    "\\newcommand{",
    "\\graphicspath{{",
    "\\graphicspath{{}}",
    "\\input",
    "\\input{",
    "\\import{}{",
    "\\usepackage{a,",
    ",",
    "\\animategraphics{",
    "\\A",
    "\\",
    "%",
    "%\n",
    "#image(",
    "#image(\"",
    "#let x=",
    "#(",
    "#{",
    "#[",
    "$",
    "#if ",
    "#f[",
    "#a.b.",
    "<a",
    "\n",
    "\n\n",
    " ",
    "{{< include ",
    "é",
    "\u{2028}",
    "%20",
    "a",
    "#",
    "\\~",
    "> ",
];

const LANGUAGES: [Language; 3] = [Language::Tex, Language::Typst, Language::Markdown];

/// Reads a text; all places lie in it.
fn read(language: Language, text: &str, other: &str) {
    let deck = deck::read(language, text);
    assert_eq!(deck.read.len(), text.len());
    for place in deck.includes.iter().chain(&deck.names) {
        assert!(text.get(place.span.clone()).is_some(), "{place:?}");
    }
    for include in deck.includes.iter().take(20) {
        expand(&include.text, &deck.defined);
    }
    expand(other, &deck.defined);
    mentions(text, other);
}

#[test]
fn decks() {
    let base = select(vec![TEX, TYPST, MARKDOWN, ""]);
    let other = select(vec!["L3_a", "\\pics/\\a", "a", ""]);
    let strategy = (0..3_usize, base, changes(PIECES, 300_000), changes(PIECES, 1000), other);
    fuzz("decks", 200, strategy, |(language, base, one, two, other)| {
        let text = changed(&changed(base, one), two);
        read(LANGUAGES[*language], &text, other);
    });
}

#[test]
fn what_is_not_closed_is_not_looked_for_again_and_again() {
    let _alone = alone();
    for piece in [
        "\\iffalse ",
        "\\iffalse%\n",
        "\\verb|%|\\iffalse\n",
        "\\iffalse\\else",
        "\\begin{verbatim}",
        "<!--",
        "`` ",
        "` ``",
        "![",
        "<img ",
    ] {
        let text = piece.repeat(300_000 / piece.len());
        for language in LANGUAGES {
            within(piece, || read(language, &text, ""));
        }
    }
}
