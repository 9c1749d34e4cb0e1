//! Assertions, once the nodes that they are about have values.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::json::json;
use super::{Failure, Observer, Outcome, Values};
use crate::config::Plan;
use crate::config::assert::{Assertion, Judgement};
use crate::model::Responsibilities;

/// What came of an assertion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it holds.
    pub holds: bool,
    /// The value that it is about, in a few letters.
    pub value: String,
    /// Why it does not hold; empty if it does.
    pub reason: String,
}

/// The values of nodes as assertions see them, each made once.
type Seen = IndexMap<String, serde_json::Value>;

/// Judges those of the plan's assertions that are wanted, in its order; `values` has what they are
/// about. One that does not hold is told of as a failure.
pub fn judge(
    plan: &Plan,
    wanted: &BTreeSet<String>,
    values: &Values,
    observer: &dyn Observer,
) -> IndexMap<String, Outcome<Verdict>> {
    let mut seen = Seen::new();
    let mut verdicts = IndexMap::new();
    for (name, assertion) in plan.assertions.iter().filter(|(name, _)| wanted.contains(*name)) {
        let id = format!("assert.{name}");
        let verdict = match observer.stopped() {
            true => Err(Failure::not_started()),
            false => {
                observer.started(&id);
                judge_one(plan, assertion, values, &mut seen).map(|judgement| Verdict {
                    holds: judgement.holds,
                    value: judgement.shown(),
                    reason: judgement.reason,
                })
            }
        };
        tell(&id, assertion, &verdict, observer);
        verdicts.insert(name.clone(), verdict);
    }
    verdicts
}

/// Judges one assertion, of which all is said.
///
/// # Errors
///
/// If a node that it is about has no value.
pub fn judgement(plan: &Plan, assertion: &Assertion, values: &Values) -> Outcome<Judgement> {
    judge_one(plan, assertion, values, &mut Seen::new())
}

fn judge_one(
    plan: &Plan,
    assertion: &Assertion,
    values: &Values,
    seen: &mut Seen,
) -> Outcome<Judgement> {
    for id in assertion.nodes() {
        let (section, name) = id.split_once('.').unwrap_or_default();
        if !seen.contains_key(&id) {
            let value = json(plan, values, section, name, Responsibilities::Omit);
            let node = if section == "score" { format!("fit.{name}") } else { id.clone() };
            seen.insert(id, value.map_err(|_| Failure::Upstream(node))?);
        }
    }
    Ok(assertion.judge(seen))
}

/// Tells of a verdict.
pub(super) fn tell(
    id: &str,
    assertion: &Assertion,
    verdict: &Outcome<Verdict>,
    observer: &dyn Observer,
) {
    let broken = verdict.as_ref().ok().filter(|verdict| !verdict.holds);
    let broken = broken.map(|verdict| Failure::Own(assertion.failure(&verdict.reason)));
    observer.finished(id, broken.as_ref().or(verdict.as_ref().err()));
}

/// The assertions that do not hold, each with what its value is, in the order of the plan.
pub fn broken(plan: &Plan, values: &Values) -> Vec<String> {
    let of = |(name, verdict): (&String, &Outcome<Verdict>)| {
        let verdict = verdict.as_ref().ok().filter(|verdict| !verdict.holds)?;
        let failure = plan.assertions.get(name)?.failure(&verdict.reason);
        Some(format!("assert.{name}: {failure}"))
    };
    values.assertions.iter().filter_map(of).collect()
}
