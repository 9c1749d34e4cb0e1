//! `elbow export`: the full value of one node.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::Exit;
use super::load::{Overrides, load};
use super::progress::{self, FailFast, Progress, Verbosity};
use crate::config::Plan;
use crate::config::needed::Needed;
use crate::config::plan::best_name;
use crate::data::Dataset;
use crate::diagnostic::suggest;
use crate::figure::{Cell, Table, sweep};
use crate::model::{Fit, Prediction, Responsibilities};
use crate::pipeline::json::{self, value};
use crate::pipeline::{self, Failure, Selection, Values, assertions};
use crate::report::table;

/// Print the full value of one node, such as `data.line` or `fit.cavi`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The config.
    config: PathBuf,
    /// The node: `data.NAME`, `fit.NAME`, `score.NAME`, `sweep.NAME`, `predict.NAME`,
    /// `baseline.NAME`, `figure.NAME` or `assert.NAME`.
    node: String,
    #[command(flatten)]
    overrides: Overrides,
    /// How to print; `csv` for what is a table (data, fit, sweep, predict, baseline,
    /// figure).
    #[arg(long, value_enum, default_value_t = As::Json)]
    format: As,
    /// Add the responsibilities of all points to a fit.
    #[arg(long)]
    responsibilities: bool,
}

/// How a value is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum As {
    /// Everything.
    Json,
    /// A table.
    Csv,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    match export(arguments) {
        Ok(text) => progress::print(&text),
        Err((exit, message)) => {
            if !message.is_empty() {
                progress::error(&message);
            }
            exit
        }
    }
}

fn export(arguments: &Arguments) -> Result<String, (Exit, String)> {
    let loaded = load(std::slice::from_ref(&arguments.config), &arguments.overrides.layers())
        .map_err(|exit| (exit, String::new()))?;
    let Some(plan) = loaded.first().map(|l| &l.plan) else { return Ok(String::new()) };
    let nodes = nodes(plan);
    if !nodes.contains(&arguments.node) {
        let known: Vec<&str> = nodes.iter().map(String::as_str).collect();
        let hint = suggest(&arguments.node, &known, "nodes");
        return Err((Exit::Wrong, format!("there is no node `{}`\nhint: {hint}", arguments.node)));
    }
    let (section, name) = arguments.node.split_once('.').unwrap_or_default();
    let observer = Progress::new(Verbosity::Quiet, FailFast::No);
    let printed = match section {
        "assert" if arguments.format == As::Json => assertion(plan, name, &observer).map(printed),
        "assert" => Err(no_table()),
        _ => node(plan, section, name, &observer, arguments),
    };
    printed.map_err(|(exit, reason)| match exit {
        Exit::Wrong => (exit, format!("`{}` {reason}", arguments.node)),
        _ => (exit, format!("{}: {reason}", arguments.node)),
    })
}

/// The value of a node that is no assertion.
fn node(
    plan: &Plan,
    section: &str,
    name: &str,
    observer: &Progress,
    arguments: &Arguments,
) -> Printed<String> {
    let selection = match section {
        "figure" => Selection::Only(BTreeSet::from([name.to_owned()])),
        _ => Selection::All,
    };
    let values = pipeline::run(&needed(plan, section), &selection, observer);
    let with = match arguments.responsibilities {
        true => Responsibilities::Include,
        false => Responsibilities::Omit,
    };
    match arguments.format {
        As::Json => json::json(plan, &values, section, name, with).map(printed).map_err(failed),
        As::Csv => to_table(plan, &values, section, name).map(|t| table::csv(&t)),
    }
}

fn printed(value: Value) -> String {
    value.to_string() + "\n"
}

fn no_table() -> (Exit, String) {
    (Exit::Wrong, "is no table\nhint: leave `--format csv` out".to_owned())
}

/// All nodes of a plan.
pub(super) fn nodes(plan: &Plan) -> Vec<String> {
    let named = |section: &'static str| move |name: &String| format!("{section}.{name}");
    let made = |fit: &String| plan.fits.contains_key(fit);
    plan.data
        .keys()
        .map(named("data"))
        .chain(plan.fits.keys().map(named("fit")))
        .chain(plan.scored().filter(made).map(|name| format!("score.{name}")))
        .chain(plan.sweeps.keys().flat_map(|name| {
            let best = best_name(name);
            let score = Some(format!("score.{best}")).filter(|_| plan.is_scored(&best));
            [format!("sweep.{name}"), format!("fit.{best}")].into_iter().chain(score)
        }))
        .chain(plan.predictions.keys().map(named("predict")))
        .chain(plan.baselines.keys().map(named("baseline")))
        .chain(plan.figures.keys().map(named("figure")))
        .chain(plan.assertions.keys().map(named("assert")))
        .collect()
}

/// The plan without the later sections that the node does not need.
fn needed(plan: &Plan, section: &str) -> Plan {
    let mut plan = plan.clone();
    if section != "figure" {
        plan.figures.clear();
    }
    if !matches!(section, "figure" | "baseline") {
        plan.baselines.clear();
    }
    if section != "predict" {
        plan.predictions.clear();
    }
    if section == "data" {
        plan.fits.clear();
        plan.sweeps.clear();
    }
    plan
}

type Printed<T> = Result<T, (Exit, String)>;

fn failed(failure: Failure) -> (Exit, String) {
    (Exit::Failed, failure.to_string())
}

/// What an assertion is about, and what came of it.
fn assertion(plan: &Plan, name: &str, observer: &Progress) -> Printed<Value> {
    let needed = Needed::for_asserted(plan, &BTreeSet::from([name.to_owned()]));
    let values = pipeline::run_from(plan, &needed, Values::default(), observer);
    let missing = || failed(Failure::Own("was not run".to_owned()));
    let assertion = plan.assertions.get(name).ok_or_else(missing)?;
    let judged = assertions::judgement(plan, assertion, &values).map_err(failed)?;
    Ok(json!({
        "that": assertion.that,
        "tolerance": assertion.tolerance,
        "holds": judged.holds,
        "value": judged.value,
        "compared_with": judged.other,
        "reason": Some(judged.reason).filter(|reason| !reason.is_empty()),
    }))
}

/// The points, one a row, and what is said of each; components count from 0.
fn prediction(data: &Dataset, prediction: &Prediction) -> Table {
    let Prediction { labels, responsibilities, score_samples, .. } = prediction;
    let components = (0..responsibilities.ncols()).map(|k| format!("r_{k}"));
    let numbers = ["score_samples", "log_density", "log_density_predictive"].map(str::to_owned);
    let label = std::iter::once("label".to_owned());
    let columns = data.columns.iter().cloned().chain(label).chain(components).chain(numbers);
    let row = |(i, point): (usize, ndarray::ArrayView1<'_, f64>)| {
        let logs =
            [score_samples[i], prediction.log_density[i], prediction.log_density_predictive[i]];
        let numbers = responsibilities.row(i).to_vec().into_iter().chain(logs).map(Cell::Number);
        let point = point.to_vec().into_iter().map(Cell::Number);
        point.chain([Cell::Text(labels[i].to_string())]).chain(numbers).collect()
    };
    let rows = data.points.rows().into_iter().enumerate().map(row).collect();
    Table { columns: columns.collect(), rows }
}

/// The components of the last iteration, one a row, counted from 0, in the units of the data: the
/// weight, the mean, the upper triangle of the covariance, and the sum of its responsibilities.
fn components(data: &Dataset, fit: &Fit) -> Table {
    let last = fit.iterations();
    let mixture = fit.mixture(last);
    let names = &data.columns;
    let pairs: Vec<(usize, usize)> =
        (0..names.len()).flat_map(|i| (i..names.len()).map(move |j| (i, j))).collect();
    let columns = ["component", "weight"].map(str::to_owned).into_iter();
    let columns = columns
        .chain(names.iter().map(|name| format!("mean_{name}")))
        .chain(pairs.iter().map(|&(i, j)| format!("covariance_{}_{}", names[i], names[j])))
        .chain(["effective_count".to_owned()]);
    let mut counts = vec![0.0; mixture.components()];
    fit.responsibilities_by_block(data.points.view(), last, &mut |block| {
        for (count, column) in counts.iter_mut().zip(block.columns()) {
            *count += column.sum();
        }
    });
    let row = |(k, count): (usize, &f64)| {
        let mean = mixture.means.row(k).to_vec().into_iter();
        let covariance = pairs.iter().map(|&pair| mixture.covariances[k][pair]);
        let numbers = [mixture.weights[k]].into_iter().chain(mean).chain(covariance);
        let numbers = numbers.chain([*count]).map(Cell::Number);
        [Cell::Text(k.to_string())].into_iter().chain(numbers).collect()
    };
    let rows = counts.iter().enumerate().map(row).collect();
    Table { columns: columns.collect(), rows }
}

fn to_table(plan: &Plan, values: &Values, section: &str, name: &str) -> Printed<Table> {
    match section {
        "data" => {
            let data = value(&values.data, name).map_err(failed)?;
            let rows = data.points.rows().into_iter().enumerate().map(|(i, row)| {
                let label = data.labels.as_ref().and_then(|labels| labels.get(i));
                let label = label.map_or_else(String::new, |k| k.to_string());
                row.iter().map(|v| Cell::Number(*v)).chain([Cell::Text(label)]).collect()
            });
            let columns = data.columns.iter().cloned().chain(["label".to_owned()]).collect();
            Ok(Table { columns, rows: rows.collect() })
        }
        "fit" => {
            let fit = value(&values.fits, name).map_err(failed)?;
            let data = plan.data_of(name).map_or("", String::as_str);
            Ok(components(value(&values.data, data).map_err(failed)?, fit))
        }
        "predict" => {
            let predicted = value(&values.predictions, name).map_err(failed)?;
            let data = plan.predictions.get(name).map(|node| node.data.as_str());
            let data = value(&values.data, data.unwrap_or_default()).map_err(failed)?;
            Ok(prediction(data, &predicted.prediction))
        }
        "sweep" => {
            let compared = value(&values.sweeps, name).map_err(failed)?;
            Ok(sweep::rows(compared, &compared.metrics()))
        }
        "baseline" => {
            let rows = value(&values.baselines, name).map_err(failed)?;
            let columns = ["score", "part", "fraction", "mean", "low", "high"];
            let columns = columns.map(str::to_owned).to_vec();
            let rows = rows
                .iter()
                .map(|r| {
                    vec![
                        r.score.name().into(),
                        r.part.name().into(),
                        r.fraction.into(),
                        r.mean.into(),
                        r.low.into(),
                        r.high.into(),
                    ]
                })
                .collect();
            Ok(Table { columns, rows })
        }
        "figure" => match value(&values.pictures, name).map_err(failed)?.panels.as_slice() {
            [only] => Ok(only.picture.table()),
            _ => Err((Exit::Wrong, "is a grid of several tables; export it as JSON".to_owned())),
        },
        _ => Err(no_table()),
    }
}
