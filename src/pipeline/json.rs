//! The full value of a node as JSON: what is exported, and what assertions are about.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Failure, Outcome, Values};
use crate::config::Plan;
use crate::model::Responsibilities;

/// The value of a node that was run, such as the one called `cavi` of the section `fit`. That of a
/// figure is its numbers, or a list of those of its panels.
///
/// # Errors
///
/// Why the node, or for a fit its data set, has no value.
pub fn json(
    plan: &Plan,
    values: &Values,
    section: &str,
    name: &str,
    with: Responsibilities,
) -> Outcome<Value> {
    match section {
        "data" => Ok(json!(value(&values.data, name)?)),
        "fit" => {
            let fit = value(&values.fits, name)?;
            let data = plan.data_of(name).map_or("", String::as_str);
            let points = value(&values.data, data)?.points.view();
            let mut json = fit.to_json(points, with);
            if let (Some(scores), Some(map)) = (values.scores.get(name), json.as_object_mut()) {
                map.insert("match".to_owned(), json!(scores.r#match));
            }
            Ok(json)
        }
        "score" => match values.scores.get(name) {
            Some(scores) => Ok(json!(scores)),
            None => value(&values.fits, name).map(|_| Value::Null),
        },
        "sweep" => Ok(value(&values.sweeps, name)?.to_json()),
        "predict" => Ok(value(&values.predictions, name)?.to_json()),
        "baseline" => Ok(json!(value(&values.baselines, name)?)),
        _ => {
            let panels = &value(&values.pictures, name)?.panels;
            let mut all: Vec<Value> = panels.iter().map(|panel| panel.picture.json()).collect();
            Ok(if all.len() == 1 { all.remove(0) } else { Value::Array(all) })
        }
    }
}

/// The value of one of the nodes that were run.
///
/// # Errors
///
/// Why it has none.
pub fn value<'a, T>(outcomes: &'a IndexMap<String, Outcome<T>>, name: &str) -> Outcome<&'a T> {
    let outcome = outcomes.get(name).ok_or_else(|| Failure::Own("was not run".to_owned()))?;
    outcome.as_ref().map_err(Clone::clone)
}
