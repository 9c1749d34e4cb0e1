//! The files of a figure: every theme, step and format, each drawn once.

use rayon::prelude::*;

use super::Rendered;
use super::picture::{Drawings, Pictures, draw};
use crate::config::Plan;
use crate::config::plan::Figure;
use crate::figure::axes::Extent;
use crate::render::{self, Drawing, Fonts, Format, Resolution, svg};

/// Draws a figure in all its themes and encodes everything.
pub(super) fn figure(
    plan: &Plan,
    fonts: &Fonts,
    name: &str,
    figure: &Figure,
    pictures: &Pictures,
    shared: Option<Extent>,
) -> Result<Rendered, String> {
    let themes: Vec<(usize, &String)> = figure.themes.iter().enumerate().collect();
    let rendered: Vec<Rendered> = themes
        .into_par_iter()
        .map(|(index, theme)| {
            let theme = plan.themes.get(theme).ok_or_else(|| format!("no theme `{theme}`"))?;
            let drawings = draw(fonts, name, figure, pictures, shared, theme);
            in_theme(plan, fonts, figure, &figure.stem_in(index), &drawings)
        })
        .collect::<Result<_, String>>()?;
    let mut all = rendered.into_iter();
    let mut first = all.next().ok_or("the figure has no theme")?;
    first.files.extend(all.flat_map(|rendered| rendered.files));
    Ok(first)
}

fn in_theme(
    plan: &Plan,
    fonts: &Fonts,
    figure: &Figure,
    stem: &str,
    drawings: &Drawings,
) -> Result<Rendered, String> {
    let steps = drawings.steps.iter().enumerate();
    let parts: Vec<(String, &Drawing)> = std::iter::once((stem.to_owned(), &drawings.whole))
        .chain(steps.map(|(i, step)| (format!("{stem}_{}", i + 1), step)))
        .collect();
    let dpi = Resolution::new(plan.dpi);
    let resolutions: Vec<Resolution> = plan.png_scales.iter().map(|&n| dpi.times(n)).collect();
    let encoded: Vec<Vec<(String, Vec<u8>)>> = parts
        .into_par_iter()
        .map(|(stem, drawing)| {
            let formats = &figure.formats;
            let files = render::encode(drawing, fonts, formats, &resolutions, plan.svg_text)?;
            Ok(files.into_iter().map(|file| (file.name(&stem), file.bytes)).collect())
        })
        .collect::<Result<_, String>>()?;
    let files: Vec<(String, Vec<u8>)> = encoded.into_iter().flatten().collect();
    // The report shows the SVG whether it is asked for or not.
    let name = Format::Svg.file(stem, 1);
    let svg = files.iter().find(|(file, _)| *file == name);
    let svg = svg.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let svg = svg.unwrap_or_else(|| svg::encode(&drawings.whole, fonts, plan.svg_text));
    Ok(Rendered { files, svg })
}
