//! How a figure builds up and moves: its steps and its animation.

use std::ops::Range;

use toml::Spanned;

use super::plan::{Animation, Panel};
use super::raw::{self, Over};
use crate::diagnostic::Problems;
use crate::figure::step::Step;
use crate::figure::{At, Known};

/// The steps in which a figure is built up; `None` if they are wrong.
pub(super) fn steps(
    node: &raw::Figure,
    panels: &[Panel],
    known: &Known,
    problems: &mut Problems,
) -> Option<Vec<Step>> {
    let Some(written) = &node.steps else { return Some(Vec::new()) };
    let kind = panels[0].plot.kind();
    let (has_fit, has_layers) = (kind.at(At::Final).is_some(), kind.has_layers());
    let offered = match (has_layers, has_fit) {
        (true, _) => "`data`, `truth`, `init`, `iteration N`, `final`",
        (false, true) => "`init`, `iteration N`, `final`",
        (false, false) => "",
    };
    if panels.len() > 1 || offered.is_empty() {
        problems
            .at_value(written.span(), "this figure has no steps")
            .hint("a figure of one picture that shows a fit can be built up; leave `steps` out");
        return None;
    }
    let mut steps = Vec::new();
    let mut good = !written.get_ref().is_empty();
    if !good {
        problems
            .at_value(written.span(), "no step is named")
            .hint(format!("the steps of this kind are {offered}"));
    }
    for name in written.get_ref() {
        match Step::parse(name.get_ref()).filter(|s| has_layers || !s.is_layer()) {
            Some(step) => {
                good &= known.check_reached(&kind.needs(), step.at(), name.span(), problems);
                if steps.contains(&step) {
                    problems
                        .at_value(name.span(), "this step is named twice")
                        .hint("name each step once");
                    good = false;
                }
                steps.push(step);
            }
            None => {
                problems
                    .at_value(name.span(), format!("there is no step `{}`", name.get_ref()))
                    .hint(format!("the steps of this kind are {offered}"));
                good = false;
            }
        }
    }
    good.then_some(steps)
}

/// The shortest and the longest animation.
pub(super) const SECONDS: [f64; 2] = [0.2, 600.0];

/// The fewest and the most pixels per inch of an animation.
pub(super) const DPI: [f64; 2] = [20.0, 300.0];

/// How a figure moves, if it does; the outer `None` if that is wrong.
pub(super) fn animation(
    node: &raw::Figure,
    panels: &[Panel],
    problems: &mut Problems,
) -> Option<Option<Animation>> {
    let Some(written) = &node.animate else { return Some(None) };
    let options = written.get_ref();
    let mut good = true;
    let mut wrong = |span: Range<usize>, message: String, hint: &str| {
        problems.at_value(span, message).hint(hint);
        good = false;
    };
    if panels.iter().all(|p| p.plot.kind().at(At::Final).is_none()) {
        let message = "this figure shows no fit that could move".to_owned();
        wrong(written.span(), message, "leave `animate` out, or draw a fit");
    }
    if *options.over.get_ref() != Over::Iterations {
        let message = "an animation goes over iterations".to_owned();
        wrong(options.over.span(), message, "write `over = \"iterations\"`");
    }
    let every = options.every.as_ref().map_or(1, |e| *e.get_ref());
    if let Some(span) = options.every.as_ref().filter(|_| every == 0).map(Spanned::span) {
        wrong(
            span,
            "`every` must be at least 1, but is 0".to_owned(),
            "write 1 for all iterations",
        );
    }
    let mut within = |value: &Option<Spanned<f64>>, name: &str, range: [f64; 2], default: f64| {
        let Some(value) = value else { return default };
        let [low, high] = range;
        if !(low..=high).contains(value.get_ref()) {
            let message =
                format!("`{name}` must be from {low} to {high}, but is {}", value.get_ref());
            wrong(value.span(), message, "leave it out for the default");
        }
        *value.get_ref()
    };
    let seconds = within(&options.seconds, "seconds", SECONDS, 6.0);
    let dpi = within(&options.dpi, "dpi", DPI, 100.0);
    good.then_some(Some(Animation { every, seconds, dpi }))
}
