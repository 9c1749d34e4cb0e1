//! The files of a figure: every theme, step and format, each drawn once, and its animation.

use rayon::prelude::*;

use super::Rendered;
use super::picture::{Pictures, Series, Sheet};
use crate::config::Plan;
use crate::config::plan::{ANIMATION_FILES, Animation, Figure};
use crate::render::animation::{self, Frame};
use crate::render::{self, Drawing, Fonts, Format, Resolution, png, svg};

/// The last frame rests for so long before the animation begins again.
const REST: f64 = 2.0;

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
            let sheet = Sheet::new(fonts, (name, figure), pictures, series, theme);
            in_theme(plan, fonts, figure, &figure.stem_in(index), &sheet, pictures)
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
    sheet: &Sheet<'_>,
    pictures: &Pictures,
) -> Result<Rendered, String> {
    let dpi = Resolution::new(plan.dpi);
    let resolutions: Vec<Resolution> = plan.png_scales.iter().map(|&n| dpi.times(n)).collect();
    let files = |stem: &str, drawing: &Drawing| {
        let formats = &figure.formats;
        let files = render::encode(drawing, fonts, formats, &resolutions, plan.svg_text)?;
        Ok::<_, String>(files.into_iter().map(|f| (f.name(stem), f.bytes)).collect::<Vec<_>>())
    };
    let whole = sheet.whole();
    let mut all = files(stem, &whole)?;
    // The report shows the SVG whether it is asked for or not.
    let name = Format::Svg.file(stem, 1);
    let svg = all.iter().find(|(file, _)| *file == name);
    let svg = svg.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let svg = svg.unwrap_or_else(|| svg::encode(&whole, fonts, plan.svg_text));
    let steps: Vec<Vec<(String, Vec<u8>)>> = (0..pictures.steps.len())
        .into_par_iter()
        .map(|step| files(&format!("{stem}_{}", step + 1), &sheet.step(step)))
        .collect::<Result<_, String>>()?;
    all.extend(steps.into_iter().flatten());
    if let Some(animation) = &figure.animation {
        all.extend(moving(fonts, animation, stem, sheet, pictures.frames.len())?);
    }
    Ok(Rendered { files: all, svg })
}

/// The animation as GIF and as animated PNG, and the whole figure as a picture of the same size, to
/// stand for it in print.
fn moving(
    fonts: &Fonts,
    options: &Animation,
    stem: &str,
    sheet: &Sheet<'_>,
    count: usize,
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let each = 1000.0 * options.seconds / count.max(1) as f64;
    let frames: Vec<Frame> = (0..count)
        .into_par_iter()
        .map(|i| {
            let rest = if i + 1 == count { 1000.0 * REST } else { 0.0 };
            let milliseconds = (each + rest).round() as u32;
            let pixels = animation::pixels(&sheet.frame(i), fonts, options.dpi)?;
            Ok(Frame { pixels, milliseconds })
        })
        .collect::<Result<_, String>>()?;
    let (gif, apng) = rayon::join(|| animation::gif(&frames), || animation::apng(&frames));
    let whole = sheet.whole();
    let poster = png::encode(&whole, &whole.tree(fonts)?, Resolution::new(options.dpi))?;
    let named = ANIMATION_FILES.map(|end| format!("{stem}_{end}"));
    Ok(named.into_iter().zip([gif?, apng?, poster]).collect())
}
