//! A page that shows pictures as they should be, as they are, and where they differ.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, context};

/// A picture that is not what it should be.
pub struct Shown {
    /// Its file.
    pub name: String,
    /// What differs.
    pub differences: Vec<String>,
    /// The PNG that the config gives.
    pub expected: Vec<u8>,
    /// The PNG that there is.
    pub actual: Vec<u8>,
    /// A PNG of where they differ, if they can be laid over each other.
    pub difference: Option<Vec<u8>>,
}

/// The page, in one file.
///
/// # Errors
///
/// If the template is wrong, which the tests rule out.
pub fn html(title: &str, pictures: &[Shown]) -> Result<String, String> {
    let pictures: Vec<_> = pictures
        .iter()
        .map(|shown| {
            let all = [
                ("expected", Some(&shown.expected)),
                ("actual", Some(&shown.actual)),
                ("difference", shown.difference.as_ref()),
            ];
            let there = all.into_iter().filter_map(|(what, p)| Some((what, STANDARD.encode(p?))));
            context! {
                name => &shown.name,
                differences => &shown.differences,
                pictures => there.collect::<Vec<_>>(),
            }
        })
        .collect();
    // What the name ends with says how texts are escaped.
    Environment::new()
        .render_named_str("page.html", include_str!("page.html"), context! { title, pictures })
        .map_err(|error| format!("the page cannot be written: {error:#}"))
}
