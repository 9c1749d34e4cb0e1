//! What includes the figures in slides and texts: for LaTeX (Beamer), reveal.js and Typst.
//!
//! One file a language holds all figures, so that a deck includes it once and names the figures:
//! the numbers beside it are used the same way.

use std::collections::BTreeSet;

use super::numbers::{distinct, macro_part};

/// What there is to include of a figure.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its name in the config.
    pub name: String,
    /// Its file name without extension.
    pub stem: String,
    /// How many steps it has.
    pub steps: usize,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// The caption.
    pub caption: String,
    /// The caption as written, with its mathematics between dollar signs.
    pub written: String,
    /// The label by which a text refers to it.
    pub label: Option<String>,
    /// Where its files lie, as seen from the snippets, with a slash at the end.
    pub folder: String,
}

impl Figure {
    /// The stems of what is shown one after the other.
    fn stems(&self) -> Vec<String> {
        match self.steps {
            0 => vec![self.stem.clone()],
            n => (1..=n).map(|step| format!("{}_{step}", self.stem)).collect(),
        }
    }
}

/// LaTeX: a macro a figure, `\FigureGMMexample[width=\textwidth]`. Steps are overlays of Beamer.
/// `\caption` and `\label` are in a second one, `\CaptionGMMexample`.
pub fn tex(figures: &[Figure]) -> String {
    let mut lines = vec![
        "% Made by elbow; do not edit. Needs graphicx; steps are overlays of beamer.".to_owned(),
        "% \\FigureNAME[options of \\includegraphics], \\CaptionNAME".to_owned(),
        "\\providecommand{\\elbowfigures}{}% the folder of the figures, with a slash at its end"
            .to_owned(),
    ];
    let mut taken = BTreeSet::new();
    for figure in figures {
        // `it8` and `itEight` are one name in TeX, which refuses to define it twice.
        let name = distinct(macro_part(&figure.name), "x", &mut taken);
        let stems = figure.stems();
        lines.push(format!("\\newcommand{{\\Figure{name}}}[1][]{{%"));
        for (i, stem) in stems.iter().enumerate() {
            let (overlay, end) = match figure.steps {
                0 => (String::new(), "}"),
                // The last step stays.
                n if i + 1 == n => (format!("<{n}->"), "}"),
                _ => (format!("<{}>", i + 1), "%"),
            };
            lines.push(format!("  \\includegraphics{overlay}[#1]{{\\elbowfigures {stem}}}{end}"));
        }
        let label =
            figure.label.as_ref().map_or_else(String::new, |label| format!("\\label{{{label}}}"));
        let caption = escape_tex(&figure.written);
        lines.push(format!("\\newcommand{{\\Caption{name}}}{{\\caption{{{caption}}}{label}}}"));
    }
    lines.join("\n") + "\n"
}

/// Text for TeX; what stands between dollar signs is mathematics already.
fn escape_tex(text: &str) -> String {
    let mut escaped = String::new();
    for (i, part) in text.split('$').enumerate() {
        if i % 2 == 1 {
            escaped.push_str(&format!("${part}$"));
            continue;
        }
        for c in part.chars() {
            match c {
                '%' | '&' | '#' | '_' | '{' | '}' => escaped.extend(['\\', c]),
                '\\' => escaped.push_str("\\textbackslash{}"),
                '^' => escaped.push_str("\\^{}"),
                '~' => escaped.push_str("\\~{}"),
                '\u{2212}' => escaped.push_str("$-$"),
                '\u{2009}' => escaped.push_str("\\,"),
                '\u{2225}' => escaped.push_str("$\\|$"),
                '\u{d7}' => escaped.push_str("$\\times$"),
                '\u{b1}' => escaped.push_str("$\\pm$"),
                c => escaped.push(c),
            }
        }
    }
    escaped
}

/// reveal.js: one block a figure, to be copied into a slide. Steps are a stack of fragments.
pub fn html(figures: &[Figure]) -> String {
    let mut lines = vec![
        "<!-- Made by elbow; do not edit. Copy a block into a slide of reveal.js; paths start from \
         this file. -->"
            .to_owned(),
    ];
    for figure in figures {
        let image = |stem: &str, class: &str, alt: &str| {
            format!("  <img{class} src=\"{}{stem}.svg\" alt=\"{}\">", figure.folder, attribute(alt))
        };
        lines.push(format!("<figure id=\"{}\">", figure.label.as_ref().unwrap_or(&figure.name)));
        let stems = figure.stems();
        if figure.steps > 0 {
            lines.push("  <div class=\"r-stack\">".to_owned());
        }
        for (i, stem) in stems.iter().enumerate() {
            let class = if i == 0 { "" } else { " class=\"fragment\"" };
            // One description is enough: the last step shows all of it.
            let alt = if i + 1 == stems.len() { figure.description.as_str() } else { "" };
            lines.push(image(stem, class, alt));
        }
        if figure.steps > 0 {
            lines.push("  </div>".to_owned());
        }
        lines.push(format!("  <figcaption>{}</figcaption>", attribute(&figure.caption)));
        lines.push("</figure>".to_owned());
    }
    lines.join("\n") + "\n"
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Typst: a dictionary a figure, with `path`, `steps` (paths), `caption`, `alt` and `label` (`none` if
/// there is none), and functions: `shown` that sets it as a figure with its label, `step` that
/// shows one of its steps.
pub fn typst(figures: &[Figure]) -> String {
    let mut lines = vec![
        "// Made by elbow; do not edit. #import \"snippets.typ\": *".to_owned(),
        "// #shown(figure-NAME), or #step(figure-NAME, 1), #step(figure-NAME, 2), ...".to_owned(),
        "#let shown(it, ..options) = [#figure(image(it.path, alt: it.alt, ..options), \
         caption: it.caption) #if it.label != none { label(it.label) }]"
            .to_owned(),
        "#let step(it, n, ..options) = image(it.steps.at(n - 1), alt: it.alt, ..options)"
            .to_owned(),
    ];
    let mut taken = BTreeSet::new();
    for figure in figures {
        let name = distinct(figure.name.replace('_', "-"), "-x", &mut taken);
        let label = match &figure.label {
            Some(label) => format!("\"{}\"", string(label)),
            None => "none".to_owned(),
        };
        let path = |stem: &String| format!("\"{}{stem}.svg\"", figure.folder);
        let steps: Vec<String> = figure.stems().iter().map(path).collect();
        lines.push(format!(
            "#let figure-{name} = (path: {}, steps: ({},), caption: \"{}\", alt: \"{}\", \
             label: {label})",
            path(&figure.stem),
            steps.join(", "),
            string(&figure.caption),
            string(&figure.description),
        ));
    }
    lines.join("\n") + "\n"
}

fn string(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(steps: usize) -> Figure {
        Figure {
            name: "GMMexample_it8".to_owned(),
            stem: "L3_GMMexample_it8".to_owned(),
            steps,
            description: "Three \"humps\".".to_owned(),
            caption: "50 % of μ_k".to_owned(),
            written: "50 % of $\\mu_k$".to_owned(),
            label: Some("fig:it8".to_owned()),
            folder: "../../".to_owned(),
        }
    }

    #[test]
    fn steps_are_overlays_in_latex() {
        let text = tex(&[figure(2)]);
        assert!(text.contains("\\newcommand{\\FigureGMMexampleItEight}[1][]{%"), "{text}");
        assert!(text.contains("\\includegraphics<1>[#1]{\\elbowfigures L3_GMMexample_it8_1}%"));
        assert!(text.contains("\\includegraphics<2->[#1]{\\elbowfigures L3_GMMexample_it8_2}}"));
        assert!(text.contains("\\caption{50 \\% of $\\mu_k$}\\label{fig:it8}"), "{text}");
        assert!(
            tex(&[figure(0)]).contains("\\includegraphics[#1]{\\elbowfigures L3_GMMexample_it8}}")
        );
    }

    #[test]
    fn steps_are_fragments_in_reveal() {
        let text = html(&[figure(2)]);
        assert!(text.contains("<div class=\"r-stack\">"), "{text}");
        assert!(text.contains("<img src=\"../../L3_GMMexample_it8_1.svg\" alt=\"\">"), "{text}");
        let last = "<img class=\"fragment\" src=\"../../L3_GMMexample_it8_2.svg\" \
                    alt=\"Three &quot;humps&quot;.\">";
        assert!(text.contains(last), "{text}");
        assert!(!html(&[figure(0)]).contains("r-stack"));
    }

    #[test]
    fn steps_are_a_list_in_typst() {
        let text = typst(&[figure(1)]);
        assert!(
            text.contains("#let figure-GMMexample-it8 = (path: \"../../L3_GMMexample_it8.svg\"")
        );
        assert!(text.contains("steps: (\"../../L3_GMMexample_it8_1.svg\",)"), "{text}");
        assert!(text.contains("alt: \"Three \\\"humps\\\".\", label: \"fig:it8\")"), "{text}");
    }

    #[test]
    fn names_that_are_one_in_a_language_are_told_apart() {
        let named = |name: &str| Figure { name: name.to_owned(), ..figure(0) };
        let figures = [named("it8"), named("itEight"), named("a_b"), named("a-b")];
        let text = tex(&figures);
        for name in ["ItEight", "ItEightx", "AB", "ABx"] {
            assert_eq!(
                text.matches(&format!("\\newcommand{{\\Figure{name}}}")).count(),
                1,
                "{text}"
            );
        }
        let text = typst(&figures);
        assert!(
            text.contains("#let figure-a-b = ") && text.contains("#let figure-a-b-x = "),
            "{text}"
        );
    }
}
