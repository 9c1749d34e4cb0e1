//! What of a claim cannot be, as far as that is known before anything runs.

use std::borrow::Cow;

use indexmap::IndexMap;

use super::fields::{self, Type};
use super::tree::{Claim, Kind, Mistake, Place, Value};
use super::words::{Comparison, Function, Property, name_of};
use crate::diagnostic::{counted, suggest};
use crate::figure::Known;

/// All that is wrong with the claim that was read from `text`.
pub(super) fn check(text: &str, claim: &Claim, known: &Known) -> Vec<Mistake> {
    let mut check = Check { text, known, mistakes: Vec::new() };
    match claim {
        Claim::Compare(left, comparison, right) => check.comparison(left, *comparison, right),
        Claim::Is { value, property, .. } => check.property(value, *property),
    }
    check.mistakes
}

struct Check<'a> {
    text: &'a str,
    known: &'a Known,
    mistakes: Vec<Mistake>,
}

impl Check<'_> {
    fn wrong(&mut self, place: &Place, message: String, hint: impl Into<String>) -> Type {
        self.mistakes.push(Mistake::new(place.clone(), message, hint));
        Type::Unknown
    }

    fn written(&self, value: &Value) -> &str {
        &self.text[value.place.clone()]
    }

    fn comparison(&mut self, left: &Value, comparison: Comparison, right: &Value) {
        let types = [left, right].map(|value| (value, self.of(value)));
        let [left, right] = types.map(|(value, of)| (value, self.single(value, of)));
        let has_order = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
        for ((value, own), (other, others)) in [(&left, &right), (&right, &left)] {
            let Type::Text(words) = own else { continue };
            if *others == Type::Number {
                let message = format!("`{}` is a text and never a number", self.written(value));
                self.wrong(&value.place, message, "compare a text with a text in quotes");
            } else if has_order && !matches!(value.kind, Kind::Text(_)) {
                let message =
                    format!("`{}` is a text, and texts have no order", self.written(value));
                self.wrong(&value.place, message, "compare it by `==` or `!=`");
            } else if let Kind::Text(text) = &other.kind
                && !words.is_empty()
                && !words.contains(&text.as_str())
            {
                let message = format!("`{}` is never \"{text}\"", self.written(value));
                self.wrong(&other.place, message, suggest(text, words, "words"));
            }
        }
    }

    /// The type of a value that is compared, which must be a single one.
    fn single(&mut self, value: &Value, of: Type) -> Type {
        let written = self.written(value).to_owned();
        let hint = match &of {
            Type::List(..) if of.is_of_numbers() => format!(
                "compare one number of it: `last({written})`, `min({written})`, `{written}[0]`"
            ),
            Type::List(..) => format!("compare one item of it, such as `{written}[0]`"),
            Type::Table(fields) => format!("compare one of its fields: {}", names(fields)),
            _ => return of,
        };
        let message = format!("`{written}` is {}, not a single value", of.words());
        self.wrong(&value.place, message, hint)
    }

    fn property(&mut self, value: &Value, property: Property) {
        let of = self.of(value);
        let is_list = match &of {
            Type::List(item, _) => matches!(**item, Type::Number | Type::Unknown),
            _ => of == Type::Unknown,
        };
        let (good, hint) = match property {
            Property::Finite => (of.is_of_numbers(), "this is said of numbers and lists of them"),
            _ => (is_list, "this is said of a list of numbers, such as `fit.NAME.elbo`"),
        };
        if !good {
            let word = name_of(Property::ALL, property);
            let written = self.written(value);
            let message = format!("`{written}` is {} and cannot be {word}", nature(&of));
            self.wrong(&value.place, message, hint);
        }
    }

    /// The type of a value; what is wrong with it is noted.
    fn of(&mut self, value: &Value) -> Type {
        match &value.kind {
            Kind::Number(_) => Type::Number,
            Kind::Text(_) => Type::Text(&[]),
            Kind::Node { start, section, name } => self.node(*start, section, name),
            Kind::Field(table, field) => self.field(value, table, field),
            Kind::Item(list, index) => self.item(value, list, *index),
            Kind::Call(function, inner) => self.call(value, *function, inner),
            Kind::Negative(inner) => self.number(inner),
            Kind::Both(left, _, right) => {
                self.number(left);
                self.number(right);
                Type::Number
            }
        }
    }

    /// The type of what arithmetic is made with.
    fn number(&mut self, value: &Value) -> Type {
        let of = self.of(value);
        if !matches!(of, Type::Number | Type::Unknown) {
            let message = format!("`{}` is {}, not a number", self.written(value), of.words());
            self.wrong(&value.place, message, "arithmetic is made with numbers");
        }
        Type::Number
    }

    fn node(&mut self, start: usize, section: &str, name: &str) -> Type {
        let known = self.known;
        let found = match section {
            "data" => find(&known.data, name).map(|data| data.map(fields::of_data)),
            "predict" => find(&known.predictions, name).map(|p| p.map(fields::of_prediction)),
            "baseline" => find(&known.baselines, name).map(|b| b.map(|_| fields::of_baseline())),
            "sweep" => find(&known.sweeps, name).map(|sweep| sweep.map(fields::of_sweep)),
            "fit" => find(&known.fits, name).map(|fit| fit.map(fields::of_fit)),
            _ => find(&known.fits, name).map(|fit| {
                fit.map(|fit| match fields::of_score(fit) {
                    Some(scores) => scores,
                    None => {
                        let message = format!("`fit.{name}` has no scores");
                        let hint = format!("`data.{}` has no labels to compare it with", fit.data);
                        let place = start..start + section.len() + 1 + name.len();
                        self.wrong(&place, message, hint)
                    }
                })
            }),
        };
        match found {
            Ok(of) => of.unwrap_or(Type::Unknown),
            Err(names) => {
                let section = if section == "score" { "fit" } else { section };
                let from = start + self.text[start..].find('.').map_or(0, |dot| dot + 1);
                let hint = suggest(name, &names, &format!("names in `{section}`"));
                let message = format!("there is no `[{section}.{name}]`");
                self.wrong(&(from..from + name.len()), message, hint)
            }
        }
    }

    fn field(&mut self, value: &Value, table: &Value, field: &str) -> Type {
        let of = self.of(table);
        let place = value.place.end - field.len()..value.place.end;
        let written = self.written(table).to_owned();
        match of {
            Type::Unknown => Type::Unknown,
            Type::Table(fields) => {
                let found = fields.iter().find(|(name, _)| *name == field);
                if let Some((_, of)) = found {
                    return of.clone();
                }
                let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_ref()).collect();
                let message = format!("`{written}` has no `{field}`");
                self.wrong(&place, message, suggest(field, &names, "fields"))
            }
            Type::List(..) => {
                let message = format!("`{written}` is a list, and `{field}` is no item of it");
                let hint = format!("write `{written}[0]` for its first item, `[-1]` for the last");
                self.wrong(&place, message, hint)
            }
            Type::Number | Type::Text(_) => {
                let message = format!("`{written}` is {} without fields", of.words());
                self.wrong(&place, message, format!("leave `.{field}` out"))
            }
        }
    }

    fn item(&mut self, value: &Value, list: &Value, index: i64) -> Type {
        let of = self.of(list);
        let written = self.written(list).to_owned();
        let place = list.place.end..value.place.end;
        match of {
            Type::Unknown => Type::Unknown,
            Type::List(item, length) => {
                let least = if index < 0 { index.unsigned_abs() } else { index as u64 + 1 };
                match length.filter(|length| (*length as u64) < least) {
                    None => *item,
                    Some(length) => {
                        let items = counted(length, "item");
                        let message = format!("`{written}` has only {items}");
                        let last = length.saturating_sub(1);
                        let hint = format!("they are `[0]` to `[{last}]`, or from the end `[-1]`");
                        self.wrong(&place, message, hint)
                    }
                }
            }
            _ => {
                let message = format!("`{written}` is {}, not a list", of.words());
                self.wrong(&place, message, "an index in brackets chooses an item of a list")
            }
        }
    }

    fn call(&mut self, value: &Value, function: Function, inner: &Value) -> Type {
        let of = self.of(inner);
        let (good, takes, gives) = match (function, &of) {
            (_, Type::Unknown) => return Type::Unknown,
            (Function::Length, Type::List(..)) => (true, "", Type::Number),
            (Function::Last, Type::List(item, _)) => (true, "", (**item).clone()),
            (Function::Length | Function::Last, _) => (false, "a list", Type::Unknown),
            (Function::Abs, of) => (of.is_of_numbers(), "numbers", of.clone()),
            (_, of) => {
                let good = of.is_of_numbers() && matches!(of, Type::List(..));
                (good, "a list of numbers", Type::Number)
            }
        };
        if good {
            return gives;
        }
        let name = name_of(Function::ALL, function);
        let message =
            format!("`{name}` is of {takes}, but `{}` is {}", self.written(inner), nature(&of));
        let hint = match of {
            Type::Number => format!("leave `{name}` out"),
            Type::Table(fields) => format!("its fields are {}", names(&fields)),
            _ => "such lists are `fit.NAME.elbo` and `fit.NAME.weights`".to_owned(),
        };
        self.wrong(&value.place, message, hint)
    }
}

/// What a value is, and of what a list is.
fn nature(of: &Type) -> String {
    match of {
        Type::List(item, _) => {
            let items = match **item {
                Type::List(..) => "lists",
                Type::Table(_) => "tables",
                Type::Text(_) => "texts",
                Type::Number | Type::Unknown => "numbers",
            };
            format!("a list of {items}")
        }
        of => of.words().to_owned(),
    }
}

fn names(fields: &[(Cow<'static, str>, Type)]) -> String {
    crate::diagnostic::list(&fields.iter().map(|(name, _)| name).collect::<Vec<_>>())
}

/// The entry of a name, if nothing is wrong with it, or the names that there are.
fn find<'k, T>(
    known: &'k IndexMap<String, Option<T>>,
    name: &str,
) -> Result<Option<&'k T>, Vec<&'k str>> {
    let names = || known.keys().map(String::as_str).collect();
    known.get(name).map(Option::as_ref).ok_or_else(names)
}
