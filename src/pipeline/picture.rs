//! The numbers of a figure from the nodes it needs, and its drawings.

use super::{Failure, Outcome, Values, take};
use crate::config::Plan;
use crate::config::plan::{Figure, Panel};
use crate::figure::axes::{Extent, column_label};
use crate::figure::compose::{self, Frame, Scene};
use crate::figure::frame::Layout;
use crate::figure::step;
use crate::figure::style::{INCH, Theme};
use crate::figure::template::{Template, Value};
use crate::figure::{At, Fitted, Inputs, Layers, Picture, Spec};
use crate::random::{self, Generator, Seed};
use crate::render::{Canvas, Drawing, Fonts};

/// The numbers that a figure shows: those of its pictures, of its steps and of its frames.
pub struct Pictures {
    /// The only picture, or those of the grid, each with its title.
    pub panels: Vec<Titled>,
    /// The picture of each step.
    pub steps: Vec<Titled>,
    /// The panels of each frame of the animation.
    pub frames: Vec<Vec<Titled>>,
    /// What stands above the grid, if the config says that.
    title: Option<String>,
}

/// A picture, and what stands above it if the config says that.
pub struct Titled {
    /// The picture.
    pub picture: Box<dyn Picture>,
    /// Its title with the numbers in it.
    pub title: Option<String>,
}

impl Pictures {
    /// The first picture, which is the only one but in a grid.
    pub fn first(&self) -> Option<&dyn Picture> {
        self.panels.first().map(|panel| panel.picture.as_ref())
    }

    /// The ranges that all of them have room in.
    fn extent(&self) -> Option<Extent> {
        let panels = self.panels.iter().chain(self.frames.iter().flatten());
        let panels = panels.map(|panel| &panel.picture);
        let steps = self.steps.iter().map(|step| &step.picture);
        panels.chain(steps).filter_map(|p| p.extent()).reduce(Extent::union)
    }

    /// What the config calls all of it, with its numbers.
    fn title(&self) -> Option<&str> {
        let only = self.panels.first().and_then(|panel| panel.title.as_deref());
        self.title.as_deref().or(only.filter(|_| self.panels.len() == 1))
    }

    /// Whether all pictures have axes that can be the same.
    fn can_share(&self) -> bool {
        self.panels.iter().all(|panel| panel.picture.extent().is_some())
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
    // The title of a figure of one picture is that of the picture.
    let (of_grid, of_picture) = match figure.grid {
        Some(_) => (figure.title.as_ref(), None),
        None => (None, figure.title.as_ref()),
    };
    let panel = |panel: &Panel, at: Option<At>| {
        let moved = at.and_then(|at| panel.plot.kind().at(at));
        let spec = moved.as_ref().unwrap_or(&panel.plot);
        let template = panel.title.as_ref().or(of_picture);
        let title = template.map(|template| title(values, template, spec));
        Ok(Titled { picture: picture(plan, values, fonts, name, spec)?, title })
    };
    let panels: Vec<_> =
        figure.panels.iter().map(|p| panel(p, None)).collect::<Result<_, Failure>>()?;
    let first = figure.panels.first().filter(|p| p.plot.kind().at(At::Final).is_some());
    let steps = figure.steps.iter().filter_map(|step| Some(panel(first?, Some(step.at()))));
    let steps = steps.collect::<Result<_, Failure>>()?;
    let frames = frames(plan, values, figure)?
        .into_iter()
        .map(|t| figure.panels.iter().map(|p| panel(p, Some(At::Iteration(t)))).collect())
        .collect::<Result<_, Failure>>()?;
    Ok(Pictures { panels, steps, frames, title: of_grid.map(|title| title.fill(&|_| None)) })
}

/// The iterations that the animation goes over: every so manieth, and the last.
fn frames(plan: &Plan, values: &Values, figure: &Figure) -> Outcome<Vec<usize>> {
    let Some(animation) = &figure.animation else { return Ok(Vec::new()) };
    let moving = figure.panels.iter().map(|p| p.plot.kind()).filter(|k| k.at(At::Final).is_some());
    let fits = moving.map(|kind| kind.needs()).flat_map(|n| n.fit.into_iter().chain(n.others));
    let mut last = 0;
    for fit in fits.filter(|fit| plan.data_of(fit).is_some()) {
        last = last.max(take(&values.fits, &fit, "fit")?.iterations());
    }
    let mut frames: Vec<usize> = (0..last).step_by(animation.every).collect();
    frames.push(last);
    Ok(frames)
}

/// What the config says above a picture, with its numbers.
fn title(values: &Values, template: &Template, spec: &Spec) -> String {
    let needs = spec.kind().needs();
    let name = needs.fit.unwrap_or_default();
    let fit = values.fits.get(&name).and_then(|fit| fit.as_ref().ok());
    let shown = spec.kind().shown_at();
    // Scores are those of the last iteration; of another one there are none.
    let is_last =
        fit.is_none_or(|fit| shown.unwrap_or_default().of(fit.iterations()) == fit.iterations());
    let scores = values.scores.get(&name).filter(|_| is_last);
    let value = |what: &str| {
        let number = |value: usize| Value::Number(value as f64);
        match what {
            "fit" => Some(Value::Word(name.clone())),
            "t" => Some(number(shown?.of(fit?.iterations()))),
            "k" => Some(number(spec.kind().component()? + 1)),
            "components" => Some(number(fit?.components())),
            "iterations" => Some(number(fit?.iterations())),
            "elbo" | "log_likelihood" | "cost" | "divergence" => {
                let fit = fit?;
                let at = shown.unwrap_or_default().of(fit.iterations());
                fit.trace.get(what)?.at(at).map(Value::Number)
            }
            // They too are those of the last iteration.
            "aic" => Some(Value::Number(fit?.criteria.filter(|_| is_last)?.aic)),
            "bic" => Some(Value::Number(fit?.criteria.filter(|_| is_last)?.bic)),
            "accuracy" => Some(Value::Number(scores?.accuracy_matched)),
            "log_loss" => Some(Value::Number(scores?.log_loss_matched)),
            "adjusted_rand" => Some(Value::Number(scores?.adjusted_rand)),
            "nmi" => Some(Value::Number(scores?.normalized_mutual_information)),
            _ => None,
        }
    };
    template.fill(&value)
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
    let data_of_fit = needs.fit.as_ref().and_then(|fit| plan.data_of(fit));
    let sweep_node = needs.sweep.as_ref().and_then(|sweep| plan.sweeps.get(sweep));
    let data = needs.data.as_ref().or(data_of_fit).or(sweep_node.map(|sweep| &sweep.data));
    let data = data.ok_or_else(|| Failure::Own("this figure needs data".to_owned()))?;
    let dataset = take(&values.data, data, "data")?;
    // A file may name its columns with characters that no embedded font has.
    for column in dataset.measured().iter().take(kind.labelled_columns()) {
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
    let sweep = needs.sweep.as_ref().map(|sweep| take(&values.sweeps, sweep, "sweep"));
    let sweep = sweep.transpose()?;
    // What a figure samples does not depend on what else is drawn.
    let seed = Seed::Derived { root: plan.seed, node: format!("figure.{name}") };
    let random = random::stream(Generator::Chacha, &seed);
    let mut inputs = Inputs { dataset, fitted, others, baseline, sweep, random };
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
    let mut series = Series { extent: None, layout: layout(fonts, figure, own) };
    let Some(group) = &figure.share_axes else {
        let alone = figure.grid.is_none() && own.steps.is_empty() && own.frames.is_empty();
        // Panels whose axes measure something else have nothing in common.
        let axes: Vec<_> = figure.panels.iter().map(|p| p.plot.kind().shared_axes()).collect();
        let alike = axes.windows(2).all(|pair| pair[0] == pair[1]);
        if !alone && alike && own.can_share() {
            series.extent = own.extent();
        }
        return Ok(series);
    };
    let members = plan.figures.iter().filter(|(_, f)| f.share_axes.as_ref() == Some(group));
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
    let frame =
        Frame { title: pictures.title.as_deref(), grid: figure.grid.as_ref(), shared: None };
    let steps = (0..pictures.steps.len()).map(|i| step_scene(figure, pictures, frame, i));
    let frames = pictures.frames.iter().map(|panels| scene(panels, frame, Layers::ALL));
    let whole = scene(&pictures.panels, frame, Layers::ALL).layout(&canvas, theme);
    steps.chain(frames).map(|scene| scene.layout(&canvas, theme)).fold(whole, Layout::union)
}

fn canvas<'f>(fonts: &'f Fonts, name: &str, figure: &Figure, theme: &Theme) -> Canvas<'f> {
    let [width, height] = figure.size.map(|length| length * INCH / figure.type_scale);
    Canvas::new(fonts, width, height, theme.background, name)
}

/// A figure in one theme, laid out such that nothing but what is added or moves differs from one of
/// its drawings to the next.
pub struct Sheet<'a> {
    fonts: &'a Fonts,
    name: &'a str,
    figure: &'a Figure,
    pictures: &'a Pictures,
    theme: &'a Theme,
    layout: &'a Layout,
    frame: Frame<'a>,
}

impl<'a> Sheet<'a> {
    /// Lays out the figure called `name`.
    pub fn new(
        fonts: &'a Fonts,
        (name, figure): (&'a str, &'a Figure),
        pictures: &'a Pictures,
        series: &'a Series,
        theme: &'a Theme,
    ) -> Self {
        let title = pictures.title.as_deref();
        let frame = Frame { title, grid: figure.grid.as_ref(), shared: series.extent };
        Self { fonts, name, figure, pictures, theme, layout: &series.layout, frame }
    }

    /// The whole figure.
    pub fn whole(&self) -> Drawing {
        self.draw(&scene(&self.pictures.panels, self.frame, Layers::ALL))
    }

    /// Step `index` of those in which the figure is built up.
    pub fn step(&self, index: usize) -> Drawing {
        self.draw(&step_scene(self.figure, self.pictures, self.frame, index))
    }

    /// Frame `index` of the animation.
    pub fn frame(&self, index: usize) -> Drawing {
        self.draw(&scene(&self.pictures.frames[index], self.frame, Layers::ALL))
    }

    fn draw(&self, scene: &Scene<'_>) -> Drawing {
        let mut canvas = canvas(self.fonts, self.name, self.figure, self.theme);
        scene.draw(&mut canvas, self.theme, self.layout);
        let (title, description) = words(self.figure, self.pictures);
        canvas.describe(&title, &description);
        canvas.finish().scaled(self.figure.type_scale)
    }
}

fn step_scene<'a>(
    figure: &Figure,
    pictures: &'a Pictures,
    frame: Frame<'a>,
    index: usize,
) -> Scene<'a> {
    let layers = step::layers(&figure.steps)[index];
    Scene { panels: vec![composed(&pictures.steps[index])], frame, layers }
}

fn scene<'a>(panels: &'a [Titled], frame: Frame<'a>, layers: Layers) -> Scene<'a> {
    Scene { panels: panels.iter().map(composed).collect(), frame, layers }
}

fn composed(panel: &Titled) -> compose::Panel<'_> {
    compose::Panel { picture: panel.picture.as_ref(), title: panel.title.clone() }
}

/// What a figure is and what it shows, for those who cannot see it.
pub(super) fn words(figure: &Figure, pictures: &Pictures) -> (String, String) {
    let header = pictures.first().map(|p| p.header(&Theme::LIGHT, Layers::ALL));
    let found = match &figure.grid {
        Some(grid) => grid.start.clone(),
        None => header.map(|h| h.start).unwrap_or_default(),
    };
    let title = pictures.title().map_or(found, str::to_owned);
    let captions: Vec<String> =
        pictures.panels.iter().map(|panel| panel.picture.caption()).collect();
    let description = figure.texts.description.clone().unwrap_or_else(|| captions.join(" "));
    (crate::render::tex::plain(&title), crate::render::tex::plain(&description))
}
