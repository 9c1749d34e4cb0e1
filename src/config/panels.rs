//! The pictures of a figure: one, or a grid of them.

use std::ops::Range;

use toml::Spanned;

use super::plan::Panel;
use super::raw::{self, Over, PanelValue};
use super::titles;
use crate::diagnostic::Problems;
use crate::figure::compose::{Grid, Letters};
use crate::figure::{At, Known, Plot};
use crate::render::Fonts;

/// More panels than this are too small to read on one page.
const MOST_PANELS: usize = 24;

/// The pictures of a figure, at least one, and their grid if `panels` asks for one.
pub(super) fn resolve(
    node: &raw::Figure,
    name: Range<usize>,
    known: &Known,
    fonts: &Fonts,
    problems: &mut Problems,
) -> Option<(Vec<Panel>, Option<Grid>)> {
    let Some(written) = &node.panels else {
        let Some(plot) = &node.plot else {
            problems.at(name, "the figure has no key `plot`").hint("add `plot = ...`");
            return None;
        };
        let plot = plot.get_ref().resolve(known, problems)?;
        return Some((vec![Panel { plot, title: None }], None));
    };
    let options = written.get_ref();
    let title = options.title.as_ref().map(|t| titles::read(t, fonts, problems));
    let (panels, start) = match (&options.plots, &options.over, &node.plot) {
        (Some(plots), None, None) => (listed(plots, known, fonts, problems)?, "Panels".to_owned()),
        (None, Some(over), Some(plot)) => over_values(plot, over, options, known, problems)?,
        (Some(plots), ..) => {
            problems
                .at_value(
                    plots.span(),
                    "`plots` lists the pictures, so nothing else says what they are",
                )
                .hint("leave out `plot` and `over`, or `plots`");
            return None;
        }
        (None, None, _) => {
            problems
                .at_value(written.span(), "nothing says how the panels differ")
                .hint("write `over = \"iterations\"` with `values`, or list `plots`");
            return None;
        }
        (None, Some(over), None) => {
            problems
                .at_value(over.span(), "there is no `plot` whose panels could differ")
                .hint("add `plot = ...` to the figure");
            return None;
        }
    };
    let count = panels.len();
    if count == 0 || count > MOST_PANELS {
        problems
            .at_value(
                written.span(),
                format!("a grid has 1 to {MOST_PANELS} panels, but this has {count}"),
            )
            .hint("name fewer `values`, or make two figures");
        return None;
    }
    let columns = match &options.columns {
        Some(columns) if (1..=count).contains(columns.get_ref()) => *columns.get_ref(),
        Some(columns) => {
            problems
                .at_value(
                    columns.span(),
                    format!("`columns` must be from 1 to {count}, but is {}", columns.get_ref()),
                )
                .hint("a row has at most all panels");
            return None;
        }
        None => default_columns(count),
    };
    let title = match title {
        Some(None) => return None,
        Some(Some(title)) => Some(title),
        None => None,
    };
    if let (Some(template), Some(written)) = (&title, &options.title) {
        let below = panels.iter().filter(|panel| panel.title.is_none()).map(|panel| &panel.plot);
        if !titles::check(written, template, below, known, problems) {
            return None;
        }
    }
    let panels = panels
        .into_iter()
        .map(|panel| Panel { title: panel.title.or_else(|| title.clone()), ..panel })
        .collect();
    let letters = if options.letters { Letters::Lower } else { Letters::Without };
    Some((panels, Some(Grid { columns, letters, start })))
}

/// Rows are filled as evenly as they can be.
fn default_columns(panels: usize) -> usize {
    match panels {
        0..=3 => panels.max(1),
        4 => 2,
        5 | 6 | 9 => 3,
        _ => 4,
    }
}

/// The size of a grid in inches where the config does not say, and the least it needs.
pub(super) fn sizes(grid: &Grid, panels: &[Panel]) -> ([f64; 2], [f64; 2]) {
    let rows = panels.len().div_ceil(grid.columns) as f64;
    let columns = grid.columns as f64;
    let width = (4.0 * columns + 0.8).clamp(5.0, 12.0);
    ([width, (0.9 + 2.4 * rows).min(7.5)], [0.8 + 1.9 * columns, 0.9 + 1.6 * rows])
}

fn listed(
    plots: &Spanned<Vec<raw::PanelPlot>>,
    known: &Known,
    fonts: &Fonts,
    problems: &mut Problems,
) -> Option<Vec<Panel>> {
    let resolved: Vec<Option<Panel>> = plots
        .get_ref()
        .iter()
        .map(|panel| {
            let title = panel.title.as_ref().map(|t| (t, titles::read(t, fonts, problems)));
            let plot = panel.plot.get_ref().resolve(known, problems)?;
            let title = match title {
                Some((written, title)) => {
                    Some(title.filter(|t| titles::check(written, t, [&plot], known, problems))?)
                }
                None => None,
            };
            Some(Panel { plot, title })
        })
        .collect();
    resolved.into_iter().collect()
}

/// The panels of one plot over iterations, components or fits, and what they are called together.
fn over_values(
    plot: &Spanned<Plot>,
    over: &Spanned<Over>,
    options: &raw::Panels,
    known: &Known,
    problems: &mut Problems,
) -> Option<(Vec<Panel>, String)> {
    let Some(values) = &options.values else {
        problems.at_value(over.span(), "`values` are missing: what each panel shows").hint(
            match over.get_ref() {
                Over::Iterations => "add `values = [0, 8, \"final\"]`",
                Over::Components => "add `values = [0, 1, 2]`, counted from 0",
                Over::Fits => "add `values` with the names of fits",
            },
        );
        return None;
    };
    let mut panels = Vec::new();
    for value in values.get_ref() {
        let before = problems.len();
        let changed = match (over.get_ref(), value.get_ref()) {
            (Over::Iterations, PanelValue::Number(t)) => {
                let spec = plot.get_ref().resolve(known, problems)?;
                let at = At::Iteration(*t);
                let changed = spec.kind().at(at);
                let span = value.span();
                if changed.is_some()
                    && !known.check_reached(&spec.kind().needs(), at, span, problems)
                {
                    return None;
                }
                changed
            }
            (Over::Iterations, PanelValue::Word(word)) if word == "final" => {
                let spec = plot.get_ref().resolve(known, problems)?;
                spec.kind().at(At::Final)
            }
            (Over::Components, PanelValue::Number(k)) => {
                let plot = plot.get_ref().of_component(Spanned::new(value.span(), *k));
                plot.and_then(|plot| plot.resolve(known, problems))
            }
            (Over::Fits, PanelValue::Word(fit)) => {
                let plot = plot.get_ref().of_fit(Spanned::new(value.span(), fit.clone()));
                plot.and_then(|plot| plot.resolve(known, problems))
            }
            (over, _) => {
                let (what, hint) = match over {
                    Over::Iterations => ("an iteration", "write a number or \"final\""),
                    Over::Components => ("a component", "write a number, counted from 0"),
                    Over::Fits => ("the name of a fit", "write a name in quotes"),
                };
                problems.at_value(value.span(), format!("this must be {what}")).hint(hint);
                return None;
            }
        };
        match changed {
            Some(plot) => panels.push(Panel { plot, title: None }),
            None if problems.len() > before => return None,
            None => {
                let what = match over.get_ref() {
                    Over::Iterations => "iterations",
                    Over::Components => "components",
                    Over::Fits => "fits",
                };
                problems
                    .at_value(
                        over.span(),
                        format!("a figure of this kind has no panels over {what}"),
                    )
                    .hint("list the panels one by one in `plots`");
                return None;
            }
        }
    }
    let start = match over.get_ref() {
        Over::Iterations => "Iterations",
        Over::Components => "Components",
        Over::Fits => "Fits",
    };
    Some((panels, start.to_owned()))
}
