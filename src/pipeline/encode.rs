//! The files of a figure: every theme, step and format, each drawn once.

use rayon::prelude::*;

use super::Rendered;
use super::picture::{Drawings, Pictures, Series, draw};
use crate::config::Plan;
use crate::config::plan::Figure;
use crate::render::{self, Drawing, Fonts, Format, svg};

/// Draws a figure in all its themes and encodes everything.
pub(super) fn figure(
    plan: &Plan,
    fonts: &Fonts,
    name: &str,
    figure: &Figure,
    pictures: &Pictures,
    series: &Series,
) -> Result<Rendered, String> {
    let themes: Vec<(usize, &String)> = figure.themes.iter().enumerate().collect();
    let rendered: Vec<Rendered> = themes
        .into_par_iter()
        .map(|(index, theme)| {
            let theme = plan.themes.get(theme).ok_or_else(|| format!("no theme `{theme}`"))?;
            let drawings = draw(fonts, name, figure, pictures, series, theme);
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
    // The report shows the SVG whether it is asked for or not.
    let (svg, files) = rayon::join(
        || svg::encode(&drawings.whole, fonts),
        || {
            let files: Vec<Vec<(String, Vec<u8>)>> = parts
                .into_par_iter()
                .map(|(stem, drawing)| formats(plan, fonts, figure, &stem, drawing))
                .collect::<Result<_, String>>()?;
            Ok::<_, String>(files.into_iter().flatten().collect::<Vec<_>>())
        },
    );
    Ok(Rendered { files: files?, svg })
}

/// One drawing in the formats of its figure.
fn formats(
    plan: &Plan,
    fonts: &Fonts,
    figure: &Figure,
    stem: &str,
    drawing: &Drawing,
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let encoded = render::encode(drawing, fonts, &figure.formats, plan.dpi)?;
    let name = |format: Format| format!("{stem}.{}", format.extension());
    Ok(encoded.into_iter().map(|(format, bytes)| (name(format), bytes)).collect())
}
