//! `elbow lint-figures`: what cannot be read in the figures.

use super::load::{Configs, Loaded};
use super::messages::Reporter;
use super::progress::{self, FailFast, Progress, Verbosity};
use super::{Exit, build};
use crate::config::Plan;
use crate::figure::style::PALETTE;
use crate::pipeline::{self, Selection};
use crate::render::{Color, legibility};

/// Say what cannot be read in the figures: text under 8 pt, of too little contrast, over other text
/// or cut off; colours of components that look alike, also to those who see fewer colours. Nothing
/// is written.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    configs: Configs,
    /// Only the figures whose names match. Can be given several times.
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    match lint(arguments) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn lint(arguments: &Arguments) -> Result<Exit, Exit> {
    let loaded = arguments.configs.load()?;
    let selections = build::selections(&loaded, &arguments.only, &Reporter::PEOPLE)?;
    let mut exit = Exit::Done;
    for (one, selection) in loaded.iter().zip(&selections) {
        exit = exit.max(lint_one(one, selection));
    }
    Ok(exit)
}

fn lint_one(one: &Loaded, selection: &Selection) -> Exit {
    let plan = &one.plan;
    let observer = Progress::new(Verbosity::Quiet, FailFast::No);
    let values = pipeline::run(plan, selection, &observer);
    let drawn = pipeline::draw(plan, &values, selection, &observer);
    let mut exit = Exit::Done;
    let mut text = String::new();
    let components = components(plan);
    let mut pictures = 0;
    let mut faults = 0;
    for (name, outcome) in &drawn {
        let drawings = match outcome {
            Ok(drawings) => drawings,
            Err(failure) => {
                progress::error(&format!("figure.{name}: {failure}"));
                exit = exit.max(Exit::Failed);
                continue;
            }
        };
        for drawn in drawings {
            let Some(theme) = plan.themes.get(&drawn.theme) else { continue };
            let series: Vec<Color> = (0..components).map(|k| theme.mark(Some(k))).collect();
            pictures += 1;
            for fault in legibility::check(&drawn.drawing, theme.background, &series) {
                faults += 1;
                text.push_str(&format!("{}: {fault}\n", drawn.stem));
            }
        }
    }
    let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    text.push_str(&format!(
        "{}: {} in {}\n",
        one.path.display(),
        if faults == 0 { "nothing that cannot be read".to_owned() } else { count(faults, "fault") },
        count(pictures, "picture")
    ));
    let found = if faults == 0 { Exit::Done } else { Exit::Found };
    exit.max(found).max(progress::print(&text))
}

/// How many components a figure may show: beyond the palette their colours are mixed from it. Fits
/// and curves take their colours from the palette too.
fn components(plan: &Plan) -> usize {
    let true_ones = plan.data.values().filter_map(|data| data.shape().components);
    let inferred = plan.fits.values().map(|fit| fit.model.components());
    true_ones.chain(inferred).fold(PALETTE, usize::max)
}
