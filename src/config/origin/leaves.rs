//! The values of a document one by one, with their places and with the defaults of what is not said.

use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::super::document::NAMED_SECTIONS;
use super::super::{canonical, schema};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item of a list of tables.
    Item(usize),
}

/// A value that is no table, or an empty one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    /// Where it is in the document.
    pub(super) path: Vec<Step>,
    /// The value.
    pub(super) value: Value,
    /// Where it begins in the sources; `None` for a default.
    pub(super) start: Option<usize>,
}

/// The values of a table, whose places are those of `spanned`.
pub(super) fn of(table: &Table, spanned: &DeTable<'_>) -> Vec<Leaf> {
    walk(&Json::Null, table, spanned)
}

/// As [`of`], with the defaults that the schema knows of keys that the document leaves out.
pub(super) fn with_defaults(table: &Table, spanned: &DeTable<'_>) -> Vec<Leaf> {
    walk(&schema::schema(), table, spanned)
}

/// A path as people write it.
pub(super) fn shown(path: &[Step]) -> String {
    let mut shown = String::new();
    for step in path {
        match step {
            Step::Key(key) if shown.is_empty() => shown += &canonical::key(key),
            Step::Key(key) => shown += &format!(".{}", canonical::key(key)),
            Step::Item(item) => shown += &format!("[{item}]"),
        }
    }
    shown
}

fn walk(schema: &Json, table: &Table, spanned: &DeTable<'_>) -> Vec<Leaf> {
    let mut walk = Walk { schema, path: Vec::new(), leaves: Vec::new() };
    walk.table(table, Some(spanned), &expanded(schema, schema));
    walk.leaves
}

/// A walk through a document and its schema together.
struct Walk<'s> {
    schema: &'s Json,
    path: Vec<Step>,
    leaves: Vec<Leaf>,
}

impl<'s> Walk<'s> {
    fn table(&mut self, table: &Table, spanned: Option<&DeTable<'_>>, rules: &[&'s Json]) {
        let mut entries: Vec<(String, Entry<'_, 's>)> = Vec::new();
        for (key, value) in table {
            let rules = self.property(rules, key);
            let spanned = spanned.and_then(|s| s.get(key.as_str()));
            entries.push((key.clone(), Entry::Said(value, spanned, rules)));
        }
        let known = rules.iter().filter_map(|rule| rule.get("properties")?.as_object()).flatten();
        for (key, rule) in known {
            if entries.iter().any(|(known, _)| known == key) {
                continue;
            }
            let rules = expanded(self.schema, rule);
            let default = rules.iter().find_map(|rule| rule.get("default"));
            if let Some(default) = default.and_then(|value| Value::try_from(value).ok()) {
                entries.push((key.clone(), Entry::Default(default)));
            } else if self.path.is_empty() && rules.iter().any(|r| r.get("properties").is_some()) {
                // A section that is a table is there, said or not.
                entries.push((key.clone(), Entry::Section(rules)));
            }
        }
        self.sort(&mut entries);
        for (key, entry) in entries {
            self.path.push(Step::Key(key));
            match entry {
                Entry::Said(value, spanned, rules) => self.value(value, spanned, &rules),
                Entry::Default(value) => self.leaf(value, None),
                Entry::Section(rules) => self.table(&Table::new(), None, &rules),
            }
            self.path.pop();
        }
    }

    /// The order of the canonical text.
    fn sort(&self, entries: &mut [(String, Entry<'_, 's>)]) {
        match self.path.as_slice() {
            [] => entries.sort_by_key(|(key, entry)| {
                (entry.is_table(), key != "schema", canonical::place(key), key.clone())
            }),
            // Names have an order of their own.
            [Step::Key(section)] if NAMED_SECTIONS.contains(&section.as_str()) => {}
            _ => entries.sort_by(|(a, _), (b, _)| a.cmp(b)),
        }
    }

    fn value(&mut self, value: &Value, spanned: Option<&Spanned<DeValue<'_>>>, rules: &[&'s Json]) {
        match value {
            Value::Table(table) => {
                let fitting: Vec<&Json> =
                    rules.iter().copied().filter(|rule| fits(rule, table)).collect();
                let before = self.leaves.len();
                self.table(table, spanned.and_then(|s| s.get_ref().as_table()), &fitting);
                if self.leaves.len() == before {
                    self.leaf(value.clone(), spanned);
                }
            }
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_table) => {
                let lists = spanned.and_then(|s| s.get_ref().as_array());
                let rules = rules.iter().filter_map(|rule| rule.get("items"));
                let rules: Vec<&Json> = rules.flat_map(|r| expanded(self.schema, r)).collect();
                for (i, item) in items.iter().enumerate() {
                    self.path.push(Step::Item(i));
                    self.value(item, lists.and_then(|list| list.get(i)), &rules);
                    self.path.pop();
                }
            }
            value => self.leaf(value.clone(), spanned),
        }
    }

    fn leaf(&mut self, value: Value, spanned: Option<&Spanned<DeValue<'_>>>) {
        let start = spanned.map(|spanned| spanned.span().start);
        self.leaves.push(Leaf { path: self.path.clone(), value, start });
    }

    /// What holds for the value of a key.
    fn property(&self, rules: &[&'s Json], key: &str) -> Vec<&'s Json> {
        let own = |rule: &&'s Json| {
            let named = rule.get("properties").and_then(|p| p.get(key));
            named.or_else(|| rule.get("additionalProperties").filter(|rule| rule.is_object()))
        };
        rules.iter().filter_map(own).flat_map(|rule| expanded(self.schema, rule)).collect()
    }
}

/// An entry of a table.
enum Entry<'d, 's> {
    /// What the document says.
    Said(&'d Value, Option<&'d Spanned<DeValue<'d>>>, Vec<&'s Json>),
    /// What leaving it out means.
    Default(Value),
    /// A section of the document that it does not have.
    Section(Vec<&'s Json>),
}

impl Entry<'_, '_> {
    fn is_table(&self) -> bool {
        match self {
            Self::Said(value, ..) => value.is_table(),
            Self::Default(_) => false,
            Self::Section(_) => true,
        }
    }
}

/// Whether a table can be what an alternative describes.
fn fits(rule: &Json, table: &Table) -> bool {
    let Some(known) = rule.get("properties").and_then(Json::as_object) else { return true };
    rule.get("additionalProperties") != Some(&Json::Bool(false))
        || table.keys().all(|key| known.contains_key(key))
}

/// A schema with what it refers to and its alternatives.
fn expanded<'s>(root: &'s Json, schema: &'s Json) -> Vec<&'s Json> {
    let mut all = vec![schema];
    let reference = schema.get("$ref").and_then(Json::as_str);
    let referred = reference.and_then(|r| root.pointer(r.trim_start_matches('#')));
    let alternatives = ["anyOf", "oneOf"].into_iter().filter_map(|rule| schema.get(rule));
    let alternatives = alternatives.filter_map(Json::as_array).flatten();
    for schema in referred.into_iter().chain(alternatives) {
        all.extend(expanded(root, schema));
    }
    all
}
