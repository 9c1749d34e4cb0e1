//! `elbow plan`: what a build would run, in order.

use serde_json::{Value, json};

use super::explain::{Explained, explain};
use super::findings::Form;
use super::load::{Configs, Loaded};
use super::{Exit, progress};
use crate::config::Plan;
use crate::config::plan::best_name;
use crate::diagnostic::{counted, list};
use crate::pipeline::store::Store;
use crate::random::{Generator, Seed};

/// List what a build would run, in order, and the files it would write.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    configs: Configs,
    /// Say of each node whether it would run, and which key, file, node or change of the program is
    /// the reason.
    #[arg(long)]
    explain: bool,
    /// Explain, and end with exit code 3 if a build would do anything.
    #[arg(long)]
    exit_code: bool,
    /// How to print what is explained.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let loaded = match arguments.configs.load() {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    if arguments.explain || arguments.exit_code || arguments.format != Form::Text {
        return explained(&loaded, arguments);
    }
    let each = loaded.iter().map(|one| format!("{}\n{}", one.path.display(), describe(&one.plan)));
    progress::print(&each.collect::<String>())
}

/// What a build would do, and why.
fn explained(loaded: &[Loaded], arguments: &Arguments) -> Exit {
    let all: Vec<(&Loaded, Explained)> =
        loaded.iter().map(|one| (one, explain(one, &Store::of(&one.path)))).collect();
    let text: String = match arguments.format {
        Form::Text => all.iter().map(|(one, explained)| text(one, explained)).collect(),
        Form::Markdown => all.iter().map(|(one, explained)| markdown(one, explained)).collect(),
        Form::Json => {
            let each = all.iter().map(|(one, explained)| {
                json!({"config": one.path, "nodes": explained.lines, "seconds": explained.seconds})
            });
            Value::Array(each.collect()).to_string() + "\n"
        }
    };
    let printed = progress::print(&text);
    let work = all.iter().flat_map(|(_, e)| &e.lines).any(|line| line.state.is_work());
    if arguments.exit_code && work { printed.max(Exit::Found) } else { printed }
}

fn text(one: &Loaded, explained: &Explained) -> String {
    let width = explained.lines.iter().map(|line| line.node.len()).max().unwrap_or(0);
    let mut text = format!("{}\n", one.path.display());
    for line in &explained.lines {
        text += &format!("  {:width$}  {}\n", line.node, line.state.words());
        for reason in &line.reasons {
            text += &format!("  {:width$}    {reason}\n", "");
        }
    }
    text + &format!("  {}\n", estimate(explained))
}

fn markdown(one: &Loaded, explained: &Explained) -> String {
    let mut text = format!("### `{}`\n\n{}\n", one.path.display(), estimate(explained));
    let work: Vec<_> = explained.lines.iter().filter(|line| line.state.is_work()).collect();
    if !work.is_empty() {
        text += "\n| node | what | why |\n|---|---|---|\n";
    }
    for line in work {
        let reasons: Vec<String> = line
            .reasons
            .iter()
            .map(|r| format!("`{}`", r.replace('`', "").replace('|', "\\|")))
            .collect();
        let words = line.state.words();
        text += &format!("| `{}` | {words} | {} |\n", line.node, reasons.join("<br>"));
    }
    text + "\n"
}

/// How much there is to do.
fn estimate(explained: &Explained) -> String {
    let work = explained.lines.iter().filter(|line| line.state.is_work()).count();
    let nodes = counted(work, "node");
    match (work, explained.seconds) {
        (0, _) => "nothing to do".to_owned(),
        (_, Some(seconds)) => {
            format!("{nodes} to make; the last time that took {seconds:.2} s of work")
        }
        (_, None) => format!("{nodes} to make"),
    }
}

/// One line a node: its name, what it is, what it needs.
fn describe(plan: &Plan) -> String {
    let mut lines = Vec::new();
    for (name, node) in &plan.data {
        let shape = node.shape();
        let dropped = match node.source.dropped() {
            0 => String::new(),
            rows => format!(" ({} with a missing value left out)", counted(rows, "row")),
        };
        let what = format!(
            "{} points in {}-D{dropped}, {}",
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
    for name in plan.scored().filter(|name| plan.fits.contains_key(name)) {
        lines.push(scores(&name));
    }
    for (name, node) in &plan.sweeps {
        let what = format!(
            "{} compared over {}, best by {}",
            counted(node.members.len(), "fit"),
            list(&node.keys),
            node.by.metric().words()
        );
        lines.push((format!("sweep.{name}"), what, format!("its fits, data.{}", node.data)));
        let best = best_name(name);
        let what = "the best of the sweep".to_owned();
        lines.push((format!("fit.{best}"), what, format!("sweep.{name}")));
        if plan.is_scored(&best) {
            lines.push(scores(&best));
        }
    }
    for (name, node) in &plan.predictions {
        let what = match node.samples {
            0 => "labels, responsibilities, log densities".to_owned(),
            n => format!("log densities, {n} samples, {}", stream(node.generator, &node.seed)),
        };
        let needs = format!("fit.{}, data.{}", node.fit, node.data);
        lines.push((format!("predict.{name}"), what, needs));
    }
    for (name, node) in &plan.baselines {
        let what = format!("permuted truth, {}", stream(node.generator, &node.seed));
        lines.push((format!("baseline.{name}"), what, format!("fit.{}", node.fit)));
    }
    for (name, node) in &plan.figures {
        let mut needs: Vec<String> = Vec::new();
        for panel in &node.panels {
            let own = panel.plot.kind().needs();
            for (section, name) in [
                ("baseline", own.baseline),
                ("sweep", own.sweep),
                ("fit", own.fit),
                ("data", own.data),
            ] {
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
    for (name, assertion) in &plan.assertions {
        let nodes = assertion.nodes().into_iter().collect::<Vec<_>>().join(", ");
        lines.push((format!("assert.{name}"), assertion.that.clone(), nodes));
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

/// The line of a fit's scores.
fn scores(fit: &str) -> (String, String, String) {
    let what = "log loss, accuracy, adjusted Rand, NMI".to_owned();
    (format!("score.{fit}"), what, format!("fit.{fit}"))
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
