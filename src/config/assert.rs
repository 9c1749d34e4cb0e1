//! `[assert.NAME]`: what must hold of the values of nodes.
//!
//! A claim is text in a small language of its own ([`parse`]). It is checked against the nodes of the
//! config before anything runs ([`check`]), and judged when their values are there ([`judge`]).

mod check;
mod fields;
mod judge;
mod parse;
mod tree;
mod words;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

pub use judge::Judgement;

use super::raw::Section;
use super::resolve::each;
use crate::diagnostic::Problems;
use crate::figure::Known;
use crate::setting::not_negative;
use tree::{Claim, Kind, Value};
use words::Comparison;

/// By how much numbers that are equal may differ, of the larger one.
const TOLERANCE: f64 = 1e-9;

/// `[assert.NAME]` as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    /// What must hold of the values that `elbow export` prints, such as
    /// `"score.cavi.accuracy > 0.75"`, `"last(fit.cavi.elbo) > fit.other.elbo[-1]"` or
    /// `"fit.cavi.elbo is increasing"`.
    #[schemars(with = "String")]
    that: Spanned<String>,
    /// By how much equal numbers may differ, as a share of the larger one (of 1 where one is 0), and
    /// neighbours in a list that is monotone; 1e-9 by default.
    #[schemars(with = "Option<f64>", range(min = 0), extend("default" = TOLERANCE))]
    tolerance: Option<Spanned<f64>>,
    /// What it means if it does not hold.
    message: Option<String>,
}

/// What must hold.
#[derive(Debug, Clone, Serialize)]
pub struct Assertion {
    /// The claim as written, on one line.
    pub that: String,
    /// By how much equal numbers may differ, as a share of the larger one.
    pub tolerance: f64,
    /// What it means if it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip)]
    text: String,
    #[serde(skip)]
    claim: Claim,
}

impl Assertion {
    /// The nodes whose values it is about: `fit.cavi`, `score.cavi`.
    pub fn nodes(&self) -> BTreeSet<String> {
        nodes(&self.claim)
    }

    /// Whether it holds of the values of its nodes, by their names.
    pub fn judge(&self, values: &IndexMap<String, serde_json::Value>) -> Judgement {
        judge::judge(&self.text, &self.claim, self.tolerance, values)
    }

    /// What is said of it if it does not hold for this reason.
    pub fn failure(&self, reason: &str) -> String {
        let message = self.message.as_ref().map(|message| format!(" ({message})"));
        format!("{} does not hold: {reason}{}", self.that, message.unwrap_or_default())
    }
}

/// Checks all assertions against the nodes that there are.
pub(super) fn resolve(
    section: &Section<Options>,
    known: &Known,
    problems: &mut Problems,
) -> IndexMap<String, Assertion> {
    each(section, problems, |_, options, problems| {
        let tolerance = options.tolerance.as_ref();
        let good = tolerance.is_none_or(|t| not_negative(problems, "`tolerance`", t));
        let text = options.that.get_ref();
        let (mistakes, claim) = match parse::parse(text) {
            Ok(claim) => (check::check(text, &claim, known), Some(claim)),
            Err(mistake) => (vec![mistake], None),
        };
        for mistake in &mistakes {
            let part = (mistake.place.start, mistake.place.len());
            problems
                .at_part(&options.that.span(), part, mistake.message.as_str())
                .hint(mistake.hint.as_str());
        }
        let claim = claim.filter(|_| good && mistakes.is_empty())?;
        if nodes(&claim).is_empty() {
            problems
                .at_value(options.that.span(), "this is said of no node")
                .hint("name a value of one, such as `fit.NAME.iterations`");
            return None;
        }
        if let (Some(tolerance), false) = (tolerance, takes_tolerance(&claim)) {
            problems
                .at_value(tolerance.span(), "`tolerance` changes nothing here")
                .hint("leave it out: only `==`, `!=`, `<=`, `>=` and monotony of numbers have one");
            return None;
        }
        Some(Assertion {
            that: text.split_whitespace().collect::<Vec<_>>().join(" "),
            tolerance: tolerance.map_or(TOLERANCE, |t| *t.get_ref()),
            message: options.message.clone(),
            text: text.clone(),
            claim,
        })
    })
}

fn takes_tolerance(claim: &Claim) -> bool {
    match claim {
        Claim::Compare(_, comparison, _) => {
            !matches!(comparison, Comparison::Less | Comparison::Greater)
        }
        Claim::Is { property, .. } => *property != words::Property::Finite,
    }
}

fn nodes(claim: &Claim) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match claim {
        Claim::Compare(left, _, right) => [left, right].map(|value| enter(value, &mut found)),
        Claim::Is { value, .. } => [enter(value, &mut found), ()],
    };
    found
}

fn enter(value: &Value, found: &mut BTreeSet<String>) {
    match &value.kind {
        Kind::Number(_) | Kind::Text(_) => {}
        Kind::Node { section, name, .. } => {
            found.insert(format!("{section}.{name}"));
        }
        Kind::Field(inner, _) | Kind::Item(inner, _) => enter(inner, found),
        Kind::Call(_, inner) | Kind::Negative(inner) => enter(inner, found),
        Kind::Both(left, _, right) => {
            enter(left, found);
            enter(right, found);
        }
    }
}
