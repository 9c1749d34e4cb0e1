//! Words for GitHub Actions, where a command runs in them: annotations and the summary of the job.

use std::io::Write as _;
use std::path::Path;

use super::progress;

fn is_here() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Marks a file with an error.
pub(super) fn error(file: &Path, message: &str) {
    error_at(file, None, message);
}

/// Marks a file with an error at a line and a column of it, from 1.
pub(super) fn error_at(file: &Path, place: Option<(usize, usize)>, message: &str) {
    if is_here() {
        let file = property(&file.display().to_string());
        let place = place.map_or_else(String::new, |(line, col)| format!(",line={line},col={col}"));
        progress::line(&format!("::error file={file}{place}::{}", data(message)));
    }
}

/// Adds Markdown to the summary of the job. That it cannot be added is no failure.
pub(super) fn summary(markdown: &str) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|_| is_here()) else { return };
    let file = std::fs::File::options().append(true).create(true).open(path);
    let _ = file.and_then(|mut file| file.write_all(markdown.as_bytes()));
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_message_ends_it() {
        assert_eq!(data("a %\nb"), "a %25%0Ab");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
