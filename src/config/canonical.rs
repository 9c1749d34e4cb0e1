//! The config as it counts: one text for all configs that mean the same.
//!
//! Comments, blank lines, layout, the order of keys and which file or override said what do not
//! show in it. The whole of it stands in the report; the part that one figure needs is what the
//! figure is made from and what it carries with it.

mod layout;
mod part;

use serde::Deserialize;
use toml::de::{DeTable, Deserializer};
use toml::{Spanned, Table, Value};

pub use part::{Input, Part};

use super::plan::Plan;

/// What says where a value comes from, not what it is; it is merged already.
const MERGED: [&str; 2] = ["include", "profile"];

/// The values of a document without their places in the text. A document that cannot be read so has
/// mistakes, and becomes no plan.
pub(super) fn values(document: DeTable<'_>) -> Table {
    let document = Deserializer::from(Spanned::new(0..0, document));
    let mut values = Table::deserialize(document).unwrap_or_default();
    values.retain(|key, _| !MERGED.contains(&key));
    values
}

/// A value, on one line.
pub fn value(value: &Value) -> String {
    layout::inline(value)
}

/// A key, in quotes if it needs them.
pub fn key(key: &str) -> String {
    layout::key(key)
}

/// The place of a table of the document among all.
pub(super) fn place(section: &str) -> usize {
    layout::place(section)
}

/// The whole config.
pub fn whole(plan: &Plan) -> String {
    layout::print(&plan.document)
}

/// The part that the figure called `name` needs; `None` if there is no such figure.
pub fn figure(plan: &Plan, name: &str) -> Option<Part> {
    part::part(plan, name)
}
