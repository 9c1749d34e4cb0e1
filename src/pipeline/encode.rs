//! The files of a figure: every theme, step and format, each drawn once, and its animation.

use rayon::prelude::*;
use serde_json::Value;

use super::Rendered;
use super::picture::{Pictures, Series, Sheet, words};
use crate::config::Plan;
use crate::config::plan::{ANIMATION_FILES, Animation, Figure};
use crate::provenance;
use crate::render::animation::{self, Frame};
use crate::render::{self, Drawing, Fonts, Format, Resolution, png, svg};
use crate::report::table;

/// File names and bytes.
type Files = Vec<(String, Vec<u8>)>;

/// The first frame is held for so long, in milliseconds: the eye has to find its way.
const OPENING: u32 = 1000;
/// The last frame rests for so long, in milliseconds, before the animation begins again.
const REST: u32 = 2000;
/// No frame is shorter than this, in milliseconds: viewers show shorter ones for longer.
const SHORTEST: f64 = 20.0;

/// Draws a figure in all its themes and encodes everything.
pub(super) fn figure(
    plan: &Plan,
    fonts: &Fonts,
    name: &str,
    figure: &Figure,
    pictures: &Pictures,
    series: &Series,
) -> Result<Rendered, String> {
    let provenance = provenance::text(plan, name);
    let themes: Vec<(usize, &String)> = figure.themes.iter().enumerate().collect();
    let rendered: Vec<(Files, String)> = themes
        .into_par_iter()
        .map(|(index, theme)| {
            let theme = plan.themes.get(theme).ok_or_else(|| format!("no theme `{theme}`"))?;
            let sheet = Sheet::new(fonts, (name, figure), pictures, series, theme);
            let stem = figure.stem_in(index);
            in_theme(plan, fonts, (figure, &provenance), &stem, &sheet, pictures)
        })
        .collect::<Result<_, String>>()?;
    let mut all = rendered.into_iter();
    let (mut files, svg) = all.next().ok_or("the figure has no theme")?;
    files.extend(all.flat_map(|(files, _)| files));
    let tables = pictures.panels.iter().zip(figure.tables(name));
    let tables = tables.map(|(p, file)| (file, table::csv(&p.picture.table()).into_bytes()));
    let (title, description) = words(figure, pictures);
    let numbers = pictures.first().map_or(Value::Null, |picture| picture.numbers()).to_string();
    Ok(Rendered { files, svg, tables: tables.collect(), title, description, numbers })
}

/// The files of the figure in one theme, and the SVG of the whole of it.
fn in_theme(
    plan: &Plan,
    fonts: &Fonts,
    (figure, provenance): (&Figure, &str),
    stem: &str,
    sheet: &Sheet<'_>,
    pictures: &Pictures,
) -> Result<(Files, String), String> {
    let dpi = Resolution::new(plan.dpi);
    let resolutions: Vec<Resolution> = plan.png_scales.iter().map(|&n| dpi.times(n)).collect();
    let files = |stem: &str, drawing: &Drawing| {
        let formats = &figure.formats;
        let files = render::encode(drawing, fonts, formats, &resolutions, plan.svg_text)?;
        Ok::<_, String>(files.into_iter().map(|f| (f.name(stem), f.bytes)).collect::<Files>())
    };
    let whole = sheet.whole().carrying(provenance);
    let mut all = files(stem, &whole)?;
    // The report shows the SVG whether it is asked for or not.
    let name = Format::Svg.file(stem, 1);
    let svg = all.iter().find(|(file, _)| *file == name);
    let svg = svg.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let svg = svg.unwrap_or_else(|| svg::encode(&whole, fonts, plan.svg_text));
    // The report has the whole config, and needs not that of each figure too.
    let svg = svg.replacen(&svg::metadata(provenance), "", 1);
    let steps: Vec<Files> = (0..pictures.steps.len())
        .into_par_iter()
        .map(|step| files(&format!("{stem}_{}", step + 1), &sheet.step(step).carrying(provenance)))
        .collect::<Result<_, String>>()?;
    all.extend(steps.into_iter().flatten());
    if let Some(animation) = &figure.animation {
        all.extend(moving(fonts, animation, stem, (sheet, &whole), pictures.frames.len())?);
    }
    Ok((all, svg))
}

/// The animation as GIF and as animated PNG, and the whole figure as a picture of the same size, to
/// stand for it in print.
fn moving(
    fonts: &Fonts,
    options: &Animation,
    stem: &str,
    (sheet, whole): (&Sheet<'_>, &Drawing),
    count: usize,
) -> Result<Files, String> {
    let times = durations(count, options.seconds);
    let frames: Vec<Frame> = times
        .into_par_iter()
        .enumerate()
        .map(|(i, milliseconds)| {
            let pixels = animation::pixels(&sheet.frame(i), fonts, options.dpi)?;
            Ok(Frame { pixels, milliseconds })
        })
        .collect::<Result<_, String>>()?;
    let provenance = whole.provenance.as_str();
    let (gif, apng) = rayon::join(
        || animation::gif(&frames, provenance),
        || animation::apng(&frames, provenance),
    );
    let poster = png::encode(whole, &whole.tree(fonts)?, Resolution::new(options.dpi))?;
    let named = ANIMATION_FILES.map(|end| format!("{stem}_{end}"));
    Ok(named.into_iter().zip([gif?, apng?, poster]).collect())
}

/// How long each frame is shown, in milliseconds.
///
/// Between the first and the last, which are held, frames share `seconds`: the early ones, in which
/// most happens, get up to seven times the time of late ones.
fn durations(count: usize, seconds: f64) -> Vec<u32> {
    if count < 2 {
        return vec![REST; count];
    }
    let inner = count - 2;
    let weights: Vec<f64> = (1..=inner).map(|i| 1.0 + 6.0 / (1.0 + i as f64 / 8.0)).collect();
    let all: f64 = weights.iter().sum();
    // What is left when each has the shortest time is shared by weight.
    let rest = (1000.0 * seconds - SHORTEST * inner as f64).max(0.0);
    let mut until = 0.0;
    let between: Vec<u32> = weights
        .iter()
        .map(|weight| {
            // The ends are rounded, not the times, so that the sum is right.
            let from: f64 = until;
            until += SHORTEST + rest * weight / all;
            (until.round() - from.round()) as u32
        })
        .collect();
    [OPENING].into_iter().chain(between).chain([REST]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_frames_have_more_time_and_all_of_them_have_some() {
        for (count, seconds) in [(97, 6.0), (170, 10.0), (12, 0.5), (3, 1.0)] {
            let times = durations(count, seconds);
            assert_eq!(times.len(), count);
            assert_eq!((times[0], times[count - 1]), (1000, 2000));
            let between = &times[1..count - 1];
            assert_eq!(between.iter().sum::<u32>(), (1000.0 * seconds) as u32, "{count}");
            assert!(between.iter().all(|t| *t >= 20), "{between:?}");
            // Up to rounding to whole milliseconds.
            assert!(between.windows(2).all(|w| w[1] <= w[0] + 1), "{between:?}");
            assert!(count < 90 || between[0] > 2 * between[count - 3], "{between:?}");
        }
    }

    #[test]
    fn short_animations_and_too_many_frames_have_times_too() {
        assert_eq!(durations(0, 1.0), [0; 0]);
        assert_eq!(durations(1, 1.0), [2000]);
        assert_eq!(durations(2, 1.0), [1000, 2000]);
        assert!(durations(1000, 1.0).iter().all(|t| *t >= 20));
    }
}
