//! The gallery: all figures on one page of Markdown, which code hosts show as it is.

use super::snippets::Figure;

/// A figure and the files that show it.
pub struct Entry {
    /// The figure.
    pub figure: Figure,
    /// Its pictures: file names and what tells each apart, the whole figure first.
    pub pictures: Vec<(String, String)>,
}

/// The page.
pub fn page(title: &str, entries: &[Entry]) -> String {
    let mut lines =
        vec![format!("# {title}"), String::new(), "Made by elbow; do not edit.".to_owned()];
    for entry in entries {
        let figure = &entry.figure;
        lines.extend([String::new(), format!("## {}", figure.name), String::new()]);
        for (file, what) in &entry.pictures {
            let alt = if what.is_empty() { figure.description.as_str() } else { what };
            let alt = alt.replace(['[', ']', '\n'], " ");
            lines.push(format!("![{alt}]({}{file})", figure.folder));
            lines.push(String::new());
        }
        lines.push(figure.caption.clone());
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_shown_with_its_words() {
        let figure = Figure {
            name: "bound".to_owned(),
            stem: "L3_bound".to_owned(),
            steps: 0,
            description: "The [bound].".to_owned(),
            caption: "It rises.".to_owned(),
            written: "It rises.".to_owned(),
            label: None,
            folder: "../../".to_owned(),
        };
        let pictures = vec![
            ("L3_bound.png".to_owned(), String::new()),
            ("L3_bound_dark.png".to_owned(), "dark".to_owned()),
        ];
        let text = page("Lecture 3", &[Entry { figure, pictures }]);
        assert!(text.starts_with("# Lecture 3\n"), "{text}");
        assert!(text.contains("## bound\n\n![The  bound .](../../L3_bound.png)"), "{text}");
        assert!(text.contains("![dark](../../L3_bound_dark.png)\n\nIt rises."), "{text}");
    }
}
