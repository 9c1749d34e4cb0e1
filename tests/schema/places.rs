//! The places of a config that a schema speaks of, and configs with other values there.

use serde_json::{Map, Value};

/// One step from a value into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the value of this key.
    Key(String),
    /// To the value of any key: names are the user's.
    Any,
    /// To any item of a list.
    Item,
}

/// A place, and one of the schemas that hold there.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) path: Vec<Step>,
    pub(crate) rules: Map<String, Value>,
}

impl Place {
    /// The path as people write it: `figure.*.plot.elbo.mark[]`.
    pub(crate) fn name(&self) -> String {
        let mut name = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => name += &format!(".{key}"),
                Step::Any => name += ".*",
                Step::Item => name += "[]",
            }
        }
        name.trim_start_matches('.').to_owned()
    }
}

/// All places that a schema speaks of, without those of profiles and what is like in them, which are
/// these again.
pub(crate) fn places(root: &Value) -> Vec<Place> {
    let mut places = Places { root, all: Vec::new(), seen: Vec::new() };
    places.walk(root, &mut Vec::new());
    places.all
}

struct Places<'a> {
    root: &'a Value,
    all: Vec<Place>,
    /// References that were followed: what stands in two places is the same in both.
    seen: Vec<&'a str>,
}

impl<'a> Places<'a> {
    fn walk(&mut self, schema: &'a Value, path: &mut Vec<Step>) {
        let Value::Object(rules) = schema else { return };
        if path.first() == Some(&Step::Key("profile".to_owned())) {
            return;
        }
        self.all.push(Place { path: path.clone(), rules: rules.clone() });
        if let Some(reference) = rules.get("$ref").and_then(Value::as_str)
            && !self.seen.contains(&reference)
            && !reference.contains("_in_profile")
        {
            self.seen.push(reference);
            self.walk(self.root.pointer(&reference[1..]).unwrap(), path);
        }
        for rule in ["anyOf", "oneOf"] {
            for schema in rules.get(rule).and_then(Value::as_array).into_iter().flatten() {
                self.walk(schema, path);
            }
        }
        let mut deeper = |step: Step, schema: &'a Value| {
            path.push(step);
            self.walk(schema, path);
            path.pop();
        };
        for (key, schema) in
            rules.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            deeper(Step::Key(key.clone()), schema);
        }
        if let Some(schema) = rules.get("additionalProperties") {
            deeper(Step::Any, schema);
        }
        if let Some(schema) = rules.get("items") {
            deeper(Step::Item, schema);
        }
    }
}

/// The configs that are `config` but for one value at a path; none if the path leads nowhere in it.
/// A list that is not there has the new value once or twice.
pub(crate) fn with(config: &Value, path: &[Step], new: &Value) -> Vec<Value> {
    let Some((step, rest)) = path.split_first() else { return vec![new.clone()] };
    match (step, config) {
        (Step::Key(key), Value::Object(table)) => {
            let before = match (table.get(key), rest.first()) {
                (Some(before), _) => before,
                (None, None | Some(Step::Item)) => &Value::Null,
                (None, Some(_)) => return Vec::new(),
            };
            let put = |value: Value| {
                let mut table = table.clone();
                table.insert(key.clone(), value);
                Value::Object(table)
            };
            with(before, rest, new).into_iter().map(put).collect()
        }
        (Step::Any, Value::Object(table)) => {
            let each = table.keys().flat_map(|name| {
                let key = [&[Step::Key(name.clone())], rest].concat();
                with(config, &key, new)
            });
            each.collect()
        }
        (Step::Item, Value::Array(items)) if !items.is_empty() => {
            let each = (0..items.len()).flat_map(|i| {
                with(&items[i], rest, new).into_iter().map(move |item| {
                    let mut items = items.clone();
                    items[i] = item;
                    Value::Array(items)
                })
            });
            each.chain(lists(rest, new)).collect()
        }
        (Step::Item, _) => lists(rest, new),
        _ => Vec::new(),
    }
}

fn lists(rest: &[Step], new: &Value) -> Vec<Value> {
    let items = with(&Value::Null, rest, new).into_iter();
    items.flat_map(|item| [Value::from(vec![item.clone()]), Value::from(vec![item; 2])]).collect()
}

/// The values of a config at a path.
pub(crate) fn at<'a>(config: &'a Value, path: &[Step]) -> Vec<&'a Value> {
    let Some((step, rest)) = path.split_first() else { return vec![config] };
    let next: Vec<&Value> = match (step, config) {
        (Step::Key(key), Value::Object(table)) => table.get(key).into_iter().collect(),
        (Step::Any, Value::Object(table)) => table.values().collect(),
        (Step::Item, Value::Array(items)) => items.iter().collect(),
        _ => Vec::new(),
    };
    next.into_iter().flat_map(|next| at(next, rest)).collect()
}
