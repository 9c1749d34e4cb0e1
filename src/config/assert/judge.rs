//! Whether a claim holds of values.
//!
//! Values are JSON, in which infinities and what is no number are null: null equals nothing, has no
//! order, is not finite, and whatever is made of it is null.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::tree::{Claim, Kind, Value};
use super::words::{Comparison, Function, Operator, Property, name_of};
use crate::diagnostic::{counted, list, shorten};

/// What came of a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Whether it holds.
    pub holds: bool,
    /// The value that it is about; null if there is none.
    pub value: Json,
    /// What that is compared with.
    pub other: Option<Json>,
    /// Why it does not hold; empty if it does.
    pub reason: String,
}

impl Judgement {
    /// The value that it is about, in a few letters.
    pub fn shown(&self) -> String {
        shown(&self.value)
    }
}

/// Judges the claim that was read from `text`.
pub(super) fn judge(
    text: &str,
    claim: &Claim,
    tolerance: f64,
    values: &IndexMap<String, Json>,
) -> Judgement {
    let judge = Judge { text, values, tolerance };
    let judged = match claim {
        Claim::Compare(left, comparison, right) => judge.comparison(left, *comparison, right),
        Claim::Is { value, not, property } => judge.property(value, *not, *property),
    };
    judged.unwrap_or_else(|reason| Judgement {
        holds: false,
        value: Json::Null,
        other: None,
        reason,
    })
}

struct Judge<'a> {
    text: &'a str,
    values: &'a IndexMap<String, Json>,
    tolerance: f64,
}

/// A value, or why there is none.
type Found<'a> = Result<Cow<'a, Json>, String>;

impl<'a> Judge<'a> {
    fn written(&self, value: &Value) -> String {
        self.text[value.place.clone()].split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn comparison(
        &self,
        left: &Value,
        comparison: Comparison,
        right: &Value,
    ) -> Result<Judgement, String> {
        let is_stated = |value: &Value| matches!(value.kind, Kind::Number(_) | Kind::Text(_));
        let [first, second] = [self.value(left)?.into_owned(), self.value(right)?.into_owned()];
        let holds = self.compares(&first, comparison, &second)?;
        let reason = match (is_stated(left), is_stated(right)) {
            _ if holds => String::new(),
            (_, true) => format!("it is {}", shown(&first)),
            (true, _) => format!("`{}` is {}", self.written(right), shown(&second)),
            _ => {
                let [a, b] = [self.written(left), self.written(right)];
                format!("`{a}` is {} and `{b}` is {}", shown(&first), shown(&second))
            }
        };
        let (value, other) = if is_stated(left) { (second, first) } else { (first, second) };
        Ok(Judgement { holds, value, other: Some(other), reason })
    }

    fn compares(&self, left: &Json, by: Comparison, right: &Json) -> Result<bool, String> {
        let is_single = |value: &Json| !value.is_array() && !value.is_object();
        if let Some(value) = [left, right].into_iter().find(|value| !is_single(value)) {
            return Err(format!("{} cannot be compared", shown(value)));
        }
        let Some((a, b)) = left.as_f64().zip(right.as_f64()) else {
            return match by {
                Comparison::Equal => Ok(left == right && !left.is_null()),
                Comparison::Unequal => Ok(left != right || left.is_null()),
                _ if left.is_string() || right.is_string() => Err("texts have no order".to_owned()),
                _ => Ok(false),
            };
        };
        Ok(match by {
            Comparison::Equal => self.is_same(a, b),
            Comparison::Unequal => !self.is_same(a, b),
            Comparison::AtMost => a < b || self.is_same(a, b),
            Comparison::AtLeast => a > b || self.is_same(a, b),
            Comparison::Less => a < b,
            Comparison::Greater => a > b,
        })
    }

    /// Whether numbers differ by no more than the tolerance. Next to 0 every number is large, so
    /// there it is absolute.
    fn is_same(&self, a: f64, b: f64) -> bool {
        let size = if a == 0.0 || b == 0.0 { 1.0 } else { a.abs().max(b.abs()) };
        (a - b).abs() <= self.tolerance * size
    }

    fn property(&self, value: &Value, not: bool, property: Property) -> Result<Judgement, String> {
        let found = self.value(value)?.into_owned();
        let mut all = Vec::new();
        numbers(&found, &mut all)?;
        let infinite = all.iter().position(|number| number.is_nan());
        let lacks = match (property, infinite) {
            (_, Some(at)) => Some(match found {
                Json::Array(_) => format!("its number {at} (from 0) is not finite"),
                _ => "it is not finite".to_owned(),
            }),
            (Property::Finite, None) => None,
            (Property::Increasing, None) => self.turn(&all, |a, b| b < a).map(fall),
            (Property::Decreasing, None) => self.turn(&all, |a, b| b > a).map(rise),
            (Property::Monotone, None) => {
                let rises = self.turn(&all, |a, b| b > a);
                let falls = self.turn(&all, |a, b| b < a);
                rises.zip(falls).map(|(r, f)| format!("{}, and {}", rise(r), fall(f)))
            }
        };
        let holds = lacks.is_none() != not;
        let reason = match lacks {
            _ if holds => String::new(),
            Some(reason) => reason,
            None => format!("it is {}", name_of(Property::ALL, property)),
        };
        Ok(Judgement { holds, value: found, other: None, reason })
    }

    /// The first item that differs from the one before in this way, with its index.
    fn turn(&self, list: &[f64], turns: fn(f64, f64) -> bool) -> Option<(usize, f64, f64)> {
        let pairs = list.windows(2).enumerate();
        let mut pairs = pairs.map(|(i, pair)| (i + 1, pair[0], pair[1]));
        pairs.find(|&(_, a, b)| turns(a, b) && !self.is_same(a, b))
    }

    fn value(&self, value: &Value) -> Found<'a> {
        let made = |number: f64| Cow::Owned(Json::from(number));
        Ok(match &value.kind {
            Kind::Number(number) => made(*number),
            Kind::Text(text) => Cow::Owned(Json::from(text.as_str())),
            Kind::Node { section, name, .. } => {
                let id = format!("{section}.{name}");
                Cow::Borrowed(self.values.get(&id).ok_or_else(|| format!("`{id}` has no value"))?)
            }
            Kind::Field(inner, field) => {
                let table = self.value(inner)?;
                part(&table, |table| table.get(field)).ok_or_else(|| {
                    let names = table.as_object().map(|t| t.keys().collect::<Vec<_>>());
                    let names = names.map(|n| format!(", which has {}", list(&n)));
                    let written = self.written(inner);
                    format!("there is no `{field}` in `{written}`{}", names.unwrap_or_default())
                })?
            }
            Kind::Item(inner, index) => self.item(inner, *index)?,
            Kind::Call(function, inner) => self.call(*function, inner)?,
            Kind::Negative(inner) => made(-self.number(inner)?),
            Kind::Both(left, operator, right) => {
                let (a, b) = (self.number(left)?, self.number(right)?);
                made(match operator {
                    Operator::Plus => a + b,
                    Operator::Minus => a - b,
                    Operator::Times => a * b,
                    Operator::Over => a / b,
                })
            }
        })
    }

    fn number(&self, value: &Value) -> Result<f64, String> {
        let found = self.value(value)?;
        match &*found {
            Json::Null => Ok(f64::NAN),
            other => other.as_f64().ok_or_else(|| {
                format!("`{}` is {}, not a number", self.written(value), shown(other))
            }),
        }
    }

    fn item(&self, list: &Value, index: i64) -> Found<'a> {
        let found = self.value(list)?;
        let items = found.as_array().map_or(0, Vec::len) as i64;
        let at = usize::try_from(if index < 0 { items + index } else { index }).ok();
        at.and_then(|at| part(&found, |list| list.get(at))).ok_or_else(|| {
            let (written, what) = (self.written(list), shown(&found));
            format!("there is no `[{index}]` in `{written}`, which is {what}")
        })
    }

    fn call(&self, function: Function, inner: &Value) -> Found<'a> {
        if function == Function::Last {
            return self.item(inner, -1);
        }
        let found = self.value(inner)?;
        if function == Function::Abs {
            return Ok(Cow::Owned(absolute(&found)));
        }
        let Json::Array(items) = &*found else {
            let what = shown(&found);
            return Err(format!("`{}` is {what}, not a list", self.written(inner)));
        };
        let mut all = Vec::new();
        if function != Function::Length {
            numbers(&found, &mut all)?;
        }
        let is_taken = |reduce: fn(f64, f64) -> f64| {
            let least = all.iter().copied().reduce(reduce);
            // Of what is no number nothing is the least.
            least.map(|least| if all.iter().any(|n| n.is_nan()) { f64::NAN } else { least })
        };
        let sum: f64 = all.iter().sum();
        let made = match function {
            Function::Length => return Ok(Cow::Owned(Json::from(items.len()))),
            Function::Min => is_taken(f64::min),
            Function::Max => is_taken(f64::max),
            Function::Mean => Some(sum / all.len() as f64).filter(|_| !all.is_empty()),
            _ => Some(sum),
        };
        let made = made.ok_or_else(|| format!("`{}` is an empty list", self.written(inner)))?;
        Ok(Cow::Owned(Json::from(made)))
    }
}

fn fall((at, from, to): (usize, f64, f64)) -> String {
    format!("it falls from {} to {} at [{at}]", decimal(from), decimal(to))
}

fn rise((at, from, to): (usize, f64, f64)) -> String {
    format!("it rises from {} to {} at [{at}]", decimal(from), decimal(to))
}

/// A part of a value, borrowed as long as the value is.
fn part<'a>(
    value: &Cow<'a, Json>,
    choose: impl Fn(&Json) -> Option<&Json>,
) -> Option<Cow<'a, Json>> {
    match value {
        Cow::Borrowed(value) => choose(value).map(Cow::Borrowed),
        Cow::Owned(value) => choose(value).cloned().map(Cow::Owned),
    }
}

/// Adds all numbers of a value in their order; null is no number.
fn numbers(value: &Json, all: &mut Vec<f64>) -> Result<(), String> {
    match value {
        Json::Null => all.push(f64::NAN),
        Json::Number(number) => all.push(number.as_f64().unwrap_or(f64::NAN)),
        Json::Array(items) => items.iter().try_for_each(|item| numbers(item, all))?,
        other => return Err(format!("{} is no number", shown(other))),
    }
    Ok(())
}

fn absolute(value: &Json) -> Json {
    match value {
        Json::Array(items) => items.iter().map(absolute).collect(),
        value => value.as_f64().map_or(Json::Null, |number| Json::from(number.abs())),
    }
}

/// A value in a few letters.
fn shown(value: &Json) -> String {
    match value {
        Json::Null => "null (not finite, or missing)".to_owned(),
        Json::Array(items) => format!("a list of {}", counted(items.len(), "item")),
        Json::Object(fields) => format!("a table of {}", counted(fields.len(), "field")),
        Json::String(text) => format!("\"{}\"", shorten(text)),
        other => other.as_f64().map_or_else(|| other.to_string(), decimal),
    }
}

/// The shortest text that gives the number back.
fn decimal(number: f64) -> String {
    match number == 0.0 || (1e-5..1e15).contains(&number.abs()) {
        true => number.to_string(),
        false => format!("{number:e}"),
    }
}
