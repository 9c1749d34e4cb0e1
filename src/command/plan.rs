//! `elbow plan`: what a build would run, in order.

use std::path::PathBuf;

use super::load::{Overrides, load};
use super::{Exit, progress};
use crate::config::Plan;
use crate::random::{Generator, Seed};

/// List what a build would run, in order, and the files it would write.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The configs.
    #[arg(required = true, value_name = "CONFIG")]
    configs: Vec<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let loaded = match load(&arguments.configs, &arguments.overrides) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let each = loaded.iter().map(|one| format!("{}\n{}", one.path.display(), describe(&one.plan)));
    progress::print(&each.collect::<String>())
}

/// One line a node: its name, what it is, what it needs.
fn describe(plan: &Plan) -> String {
    let mut lines = Vec::new();
    for (name, node) in &plan.data {
        let shape = node.source.shape();
        let what = format!(
            "{} points in {}-D, {}",
            shape.points,
            shape.dimensions,
            stream(node.generator, &node.seed)
        );
        lines.push((format!("data.{name}"), what, String::new()));
    }
    for (name, node) in &plan.fits {
        let what = format!(
            "{}, K = {}, {}",
            node.model.kind(),
            node.model.components(),
            stream(node.generator, &node.seed)
        );
        lines.push((format!("fit.{name}"), what, format!("data.{}", node.data)));
    }
    for (name, node) in &plan.fits {
        let labelled =
            plan.data.get(&node.data).is_some_and(|d| d.source.shape().components.is_some());
        if labelled {
            lines.push((
                format!("score.{name}"),
                "log loss, accuracy, adjusted Rand, NMI".to_owned(),
                format!("fit.{name}"),
            ));
        }
    }
    for (name, node) in &plan.baselines {
        let what = format!("permuted truth, {}", stream(node.generator, &node.seed));
        lines.push((format!("baseline.{name}"), what, format!("fit.{}", node.fit)));
    }
    for (name, node) in &plan.figures {
        let mut needs: Vec<String> = Vec::new();
        for panel in &node.panels {
            let own = panel.plot.kind().needs();
            for (section, name) in
                [("baseline", own.baseline), ("fit", own.fit), ("data", own.data)]
            {
                needs.extend(name.map(|name| format!("{section}.{name}")));
            }
            needs.extend(own.others.iter().map(|name| format!("fit.{name}")));
        }
        needs.dedup();
        let formats: Vec<&str> = node.formats.iter().map(|f| f.extension()).collect();
        let what =
            format!("{}.{{{}}}", plan.output.figures.join(&node.stem).display(), formats.join(","));
        lines.push((format!("figure.{name}"), what, needs.join(", ")));
    }
    let widths =
        lines.iter().fold((0, 0), |w, l| (w.0.max(l.0.len()), w.1.max(l.1.chars().count())));
    let mut text = String::new();
    for (node, what, needs) in lines {
        let arrow = if needs.is_empty() { "" } else { "<- " };
        let line = format!("  {node:a$}  {what:b$}  {arrow}{needs}", a = widths.0, b = widths.1);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if let Some(extras) = &plan.output.extras {
        text.push_str(&format!("  numbers, report and manifest in {}\n", extras.display()));
    }
    text
}

fn stream(generator: Generator, seed: &Seed) -> String {
    let generator = match generator {
        Generator::Chacha => "chacha",
        Generator::Numpy => "numpy",
    };
    match seed {
        Seed::Own(seed) => format!("{generator} seed {seed}"),
        Seed::Derived { root, .. } => format!("{generator} seed from root {root}"),
    }
}
