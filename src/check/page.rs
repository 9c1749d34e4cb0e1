//! A page that shows pictures as they should be, as they are, and where they differ.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
}

/// The page, in one file.
pub fn html(title: &str, pictures: &[Shown]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n\
         body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff }}\n\
         .row {{ display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem }}\n\
         figure {{ margin: 0 }} img {{ width: 100%; border: 1px solid #ccc }}\n</style>\n\
         <h1>{title}</h1>\n",
        title = escape(title)
    );
    for shown in pictures {
        page += &format!("<h2>{}</h2>\n<ul>\n", escape(&shown.name));
        for difference in &shown.differences {
            page += &format!("<li>{}</li>\n", escape(difference));
        }
        page += "</ul>\n<div class=\"row\">\n";
        let difference = super::pixels::difference(&shown.expected, &shown.actual);
        let all = [
            ("expected", Some(&shown.expected)),
            ("actual", Some(&shown.actual)),
            ("difference", difference.as_ref()),
        ];
        for (what, picture) in all {
            let Some(picture) = picture else { continue };
            let picture = STANDARD.encode(picture);
            page += &format!(
                "<figure><img alt=\"{what}\" src=\"data:image/png;base64,{picture}\"><figcaption>{what}\
                 </figcaption></figure>\n"
            );
        }
        page += "</div>\n";
    }
    page + "</html>\n"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
