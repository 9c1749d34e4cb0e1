//! The numbers of a figure from the nodes it needs, and its drawings.

use super::{Failure, Outcome, Values, take};
use crate::config::Plan;
use crate::config::plan::{Figure, Panel};
use crate::figure::axes::{Extent, column_label};
use crate::figure::compose::{self, Frame, Scene};
use crate::figure::frame::Layout;
use crate::figure::step;
use crate::figure::style::{INCH, Theme};
use crate::figure::template::Value;

use crate::figure::{At, Fitted, Inputs, Layers, Picture, Spec};
use crate::random::{self, Generator, Seed};
use crate::render::{Canvas, Drawing, Fonts};

/// A picture, and its title if it has one of its own.
pub type Titled = (Box<dyn Picture>, Option<String>);

/// The numbers that a figure shows: those of its pictures, of its steps and of its frames.
pub struct Pictures {
    /// The only picture, or those of the grid.
    pub panels: Vec<Titled>,
    /// The picture of each step.
    pub steps: Vec<Box<dyn Picture>>,
    /// The panels of each frame of the animation.
    pub frames: Vec<Vec<Titled>>,
}

impl Pictures {
    /// The first picture, which is the only one but in a grid.
    pub fn first(&self) -> Option<&dyn Picture> {
        self.panels.first().map(|(picture, _)| picture.as_ref())
    }

    /// The ranges that all of them have room in.
    fn extent(&self) -> Option<Extent> {
        let panels = self.panels.iter().chain(self.frames.iter().flatten()).map(|(p, _)| p);
        panels.chain(&self.steps).filter_map(|p| p.extent()).reduce(Extent::union)
    }

    /// Whether all pictures have axes that can be the same.
    fn can_share(&self) -> bool {
        self.panels.iter().all(|(picture, _)| picture.extent().is_some())
    }
}

/// Computes the numbers that the figure called `name` shows.
pub(super) fn pictures(
    plan: &Plan,
    values: &Values,
    fonts: &Fonts,
    name: &str,
    figure: &Figure,
) -> Outcome<Pictures> {
    let make = |spec: &Spec| picture(plan, values, fonts, name, spec);
    let panel = |panel: &Panel, at: Option<At>| {
        let moved = at.and_then(|at| panel.plot.kind().at(at));
        let spec = moved.as_ref().unwrap_or(&panel.plot);
        Ok((make(spec)?, title(values, panel, spec)))
    };
    let panels: Vec<_> =
        figure.panels.iter().map(|p| panel(p, None)).collect::<Result<_, Failure>>()?;
    let plot = |at: At| figure.panels.first().and_then(|p| p.plot.kind().at(at));
    let steps = figure.steps.iter().filter_map(|step| plot(step.at())).map(|spec| make(&spec));
    let steps = steps.collect::<Result<_, Failure>>()?;
    let frames = frames(plan, values, figure)?
        .into_iter()
        .map(|t| figure.panels.iter().map(|p| panel(p, Some(At::Iteration(t)))).collect())
        .collect::<Result<_, Failure>>()?;
    Ok(Pictures { panels, steps, frames })
}

/// The iterations that the animation goes over: every so manieth, and the last.
fn frames(plan: &Plan, values: &Values, figure: &Figure) -> Outcome<Vec<usize>> {
    let Some(animation) = &figure.animation else { return Ok(Vec::new()) };
    let fits = figure.panels.iter().filter_map(|p| p.plot.kind().needs().fit);
    let mut last = 0;
    for fit in fits.filter(|fit| plan.fits.contains_key(fit)) {
        last = last.max(take(&values.fits, &fit, "fit")?.iterations());
    }
    let mut frames: Vec<usize> = (0..last).step_by(animation.every).collect();
    frames.push(last);
    Ok(frames)
}

/// What the config says above a panel, with its numbers.
fn title(values: &Values, panel: &Panel, spec: &Spec) -> Option<String> {
    let template = panel.title.as_ref()?;
    let needs = spec.kind().needs();
    let name = needs.fit.unwrap_or_default();
    let fit = values.fits.get(&name).and_then(|fit| fit.as_ref().ok());
    let scores = values.scores.get(&name);
    let shown = spec.kind().shown_at();
    let value = |what: &str| {
        let number = |value: usize| Value::Number(value as f64);
        match what {
            "fit" => Some(Value::Word(name.clone())),
            "t" => Some(number(shown?.of(fit?.iterations()))),
            "k" => Some(number(spec.kind().component()? + 1)),
            "components" => Some(number(fit?.components())),
            "iterations" => Some(number(fit?.iterations())),
            "elbo" => {
                let fit = fit?;
                let at = shown.unwrap_or_default().of(fit.iterations());
                fit.trace.get("elbo")?.at(at).map(Value::Number)
            }
            "accuracy" => Some(Value::Number(scores?.accuracy_matched)),
            "log_loss" => Some(Value::Number(scores?.log_loss_matched)),
            "adjusted_rand" => Some(Value::Number(scores?.adjusted_rand)),
            "nmi" => Some(Value::Number(scores?.normalized_mutual_information)),
            _ => None,
        }
    };
    Some(template.fill(&value))
}

fn picture(
    plan: &Plan,
    values: &Values,
    fonts: &Fonts,
    name: &str,
    spec: &Spec,
) -> Outcome<Box<dyn Picture>> {
    let kind = spec.kind();
    let needs = kind.needs();
    let fit_node = needs.fit.as_ref().and_then(|f| plan.fits.get(f));
    let data = needs.data.as_ref().or(fit_node.map(|f| &f.data));
    let data = data.ok_or_else(|| Failure::Own("this figure needs data".to_owned()))?;
    let dataset = take(&values.data, data, "data")?;
    // A file may name its columns with characters that no embedded font has.
    for column in dataset.columns.iter().take(kind.labelled_columns()) {
        fonts.parse(&column_label(column)).map_err(|error| {
            let what = format!("column `{column}` cannot label an axis: {}", error.message);
            Failure::Own(format!("{what}\nhint: rename the column"))
        })?;
    }
    let fitted = |name| {
        let (fit, scores) = (take(&values.fits, name, "fit")?, values.scores.get(name));
        Ok::<_, Failure>(Fitted { name, fit, scores })
    };
    let others = needs.others.iter().map(|name| fitted(name)).collect::<Result<_, _>>()?;
    let fitted = needs.fit.as_ref().map(|name| fitted(name)).transpose()?;
    let baseline = match &needs.baseline {
        Some(baseline) => Some(take(&values.baselines, baseline, "baseline")?.as_slice()),
        None => None,
    };
    // What a figure samples does not depend on what else is drawn.
    let seed = Seed::Derived { root: plan.seed, node: format!("figure.{name}") };
    let random = random::stream(Generator::Chacha, &seed);
    let mut inputs = Inputs { dataset, fitted, others, baseline, random };
    kind.picture(&mut inputs).map_err(Failure::Own)
}

/// What a figure has in common with the others of its group, so that nothing jumps from one to the
/// next.
pub struct Series {
    /// The ranges of the axes, where they are shared: with the figures of the group, with the
    /// figure's own steps and frames, among its panels.
    extent: Option<Extent>,
    /// How headers are laid out.
    layout: Layout,
}

/// What the figure shares.
///
/// # Errors
///
/// If a figure of the group has no numbers: without it the others would have other axes.
pub fn series(
    plan: &Plan,
    values: &Values,
    fonts: &Fonts,
    figure: &Figure,
    own: &Pictures,
) -> Outcome<Series> {
    let own_layout = || layout(fonts, figure, own);
    let Some(group) = &figure.share_axes else {
        let alone = figure.grid.is_none() && own.steps.is_empty() && own.frames.is_empty();
        let extent = if alone || !own.can_share() { None } else { own.extent() };
        return Ok(Series { extent, layout: own_layout() });
    };
    let members = plan.figures.iter().filter(|(_, f)| f.share_axes.as_ref() == Some(group));
    let mut series = Series { extent: None, layout: own_layout() };
    for (name, member) in members {
        let pictures = take(&values.pictures, name, "figure")?;
        series.extent =
            [series.extent, pictures.extent()].into_iter().flatten().reduce(Extent::union);
        series.layout = series.layout.union(layout(fonts, member, pictures));
    }
    Ok(series)
}

/// The layout in which the headers of all that a figure shows have room.
fn layout(fonts: &Fonts, figure: &Figure, pictures: &Pictures) -> Layout {
    // Colours take no room.
    let theme = &Theme::LIGHT;
    let canvas = canvas(fonts, "", figure, theme);
    let (whole, steps, frames) = scenes(figure, pictures, None);
    let others = steps.iter().chain(&frames).map(|scene| scene.layout(&canvas, theme));
    others.fold(whole.layout(&canvas, theme), Layout::union)
}

fn canvas<'f>(fonts: &'f Fonts, name: &str, figure: &Figure, theme: &Theme) -> Canvas<'f> {
    let [width, height] = figure.size.map(|length| length * INCH / figure.type_scale);
    Canvas::new(fonts, width, height, theme.background, name)
}

/// The drawings of a figure in one theme.
pub struct Drawings {
    /// The whole.
    pub whole: Drawing,
    /// Its steps.
    pub steps: Vec<Drawing>,
    /// Its frames.
    pub frames: Vec<Drawing>,
}

/// Draws a figure, its steps and its frames in a theme, such that nothing but what is added or moves
/// differs from one to the next.
pub fn draw(
    fonts: &Fonts,
    name: &str,
    figure: &Figure,
    pictures: &Pictures,
    series: &Series,
    theme: &Theme,
) -> Drawings {
    let (whole, steps, frames) = scenes(figure, pictures, series.extent);
    let draw = |scene: &Scene<'_>| {
        let mut canvas = canvas(fonts, name, figure, theme);
        scene.draw(&mut canvas, theme, &series.layout);
        let (title, description) = words(figure, pictures);
        canvas.describe(&title, &description);
        canvas.finish().scaled(figure.type_scale)
    };
    Drawings {
        whole: draw(&whole),
        steps: steps.iter().map(draw).collect(),
        frames: frames.iter().map(draw).collect(),
    }
}

/// What a figure shows: the whole, its steps and its frames.
fn scenes<'a>(
    figure: &'a Figure,
    pictures: &'a Pictures,
    shared: Option<Extent>,
) -> (Scene<'a>, Vec<Scene<'a>>, Vec<Scene<'a>>) {
    let frame = Frame { title: figure.texts.title.as_deref(), grid: figure.grid.as_ref(), shared };
    let whole = scene(pictures.panels.iter(), frame, Layers::ALL);
    let steps = pictures.steps.iter().zip(step::layers(&figure.steps)).map(|(picture, layers)| {
        let only = compose::Panel { picture: picture.as_ref(), title: None };
        Scene { panels: vec![only], frame, layers }
    });
    let frames = pictures.frames.iter().map(|panels| scene(panels.iter(), frame, Layers::ALL));
    (whole, steps.collect(), frames.collect())
}

fn scene<'a>(
    panels: impl Iterator<Item = &'a Titled>,
    frame: Frame<'a>,
    layers: Layers,
) -> Scene<'a> {
    let panels = panels
        .map(|(picture, title)| compose::Panel { picture: picture.as_ref(), title: title.clone() })
        .collect();
    Scene { panels, frame, layers }
}

/// What a figure is and what it shows, for those who cannot see it.
pub(super) fn words(figure: &Figure, pictures: &Pictures) -> (String, String) {
    let header = pictures.first().map(|p| p.header(&Theme::LIGHT, Layers::ALL));
    let found = match &figure.grid {
        Some(grid) => grid.start.clone(),
        None => header.map(|h| h.start).unwrap_or_default(),
    };
    let title = figure.texts.title.clone().unwrap_or(found);
    let captions: Vec<String> = pictures.panels.iter().map(|(p, _)| p.caption()).collect();
    let description = figure.texts.description.clone().unwrap_or_else(|| captions.join(" "));
    (crate::render::tex::plain(&title), crate::render::tex::plain(&description))
}
