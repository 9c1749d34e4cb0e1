//! The numbers of a figure from the nodes it needs, and its drawing.

use super::{Failure, Outcome, Values, take};
use crate::config::Plan;
use crate::config::plan::Figure;
use crate::figure::axes::{Extent, column_label};
use crate::figure::style::{INCH, Theme};
use crate::figure::{Fitted, Inputs, Picture};
use crate::random::{self, Generator, Seed};
use crate::render::{Canvas, Drawing, Fonts};

/// Computes the numbers that the figure called `name` shows.
pub(super) fn picture(
    plan: &Plan,
    values: &Values,
    fonts: &Fonts,
    name: &str,
    figure: &Figure,
) -> Outcome<Box<dyn Picture>> {
    let needs = figure.plot.kind().needs();
    let fit_node = needs.fit.as_ref().and_then(|f| plan.fits.get(f));
    let data = needs.data.as_ref().or(fit_node.map(|f| &f.data));
    let data = data.ok_or_else(|| Failure::Own("this figure needs data".to_owned()))?;
    let dataset = take(&values.data, data, "data")?;
    // A file may name its columns with characters that no embedded font has.
    for column in dataset.columns.iter().take(figure.plot.kind().labelled_columns()) {
        fonts.parse(&column_label(column)).map_err(|error| {
            let what = format!("column `{column}` cannot label an axis: {}", error.message);
            Failure::Own(format!("{what}\nhint: rename the column"))
        })?;
    }
    let fitted = match &needs.fit {
        Some(fit) => {
            Some(Fitted { fit: take(&values.fits, fit, "fit")?, scores: values.scores.get(fit) })
        }
        None => None,
    };
    let baseline = match &needs.baseline {
        Some(baseline) => Some(take(&values.baselines, baseline, "baseline")?.as_slice()),
        None => None,
    };
    // What a figure samples does not depend on what else is drawn.
    let seed = Seed::Derived { root: plan.seed, node: format!("figure.{name}") };
    let random = random::stream(Generator::Chacha, &seed);
    let mut inputs = Inputs { dataset, fitted, baseline, random };
    figure.plot.kind().picture(&mut inputs).map_err(Failure::Own)
}

/// The ranges that all figures of the group have room in.
pub(super) fn shared_extent(plan: &Plan, values: &Values, figure: &Figure) -> Option<Extent> {
    let group = figure.share_axes.as_ref()?;
    let members = plan.figures.iter().filter(|(_, f)| f.share_axes.as_ref() == Some(group));
    let extents =
        members.filter_map(|(name, _)| values.pictures.get(name)?.as_ref().ok()?.extent());
    extents.reduce(Extent::union)
}

/// Draws a figure.
pub(super) fn draw(
    fonts: &Fonts,
    name: &str,
    figure: &Figure,
    picture: &dyn Picture,
    shared: Option<Extent>,
) -> Drawing {
    let theme = Theme::light();
    let [width, height] = figure.size;
    let mut canvas = Canvas::new(fonts, width * INCH, height * INCH, theme.background, name);
    picture.draw(&mut canvas, &theme, shared);
    canvas.finish()
}
