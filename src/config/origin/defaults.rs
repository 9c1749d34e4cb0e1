//! Which defaults count: not those of keys in whose place the document says another.
//!
//! The schema gives each key its default, whatever else a table says: `sd = 1` is the default of a
//! mixture, but not of one that says `covariances`. What cannot be written beside what there is
//! does not count.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::super::{Override, canonical};
use super::leaves::{Leaf, Step, shown};

/// The paths of those of the defaults that could be written into the document; `is_taken` says
/// whether it would be right with such overrides.
pub(super) fn that_count(
    defaults: Vec<Leaf>,
    document: &Table,
    is_taken: &dyn Fn(Vec<Override>) -> bool,
) -> BTreeSet<Vec<Step>> {
    let mut counting = BTreeSet::new();
    // Almost all do: all at once are tried first, then halves of what was refused.
    let mut batches = vec![defaults];
    while let Some(mut batch) = batches.pop().filter(|batch| !batch.is_empty()) {
        if is_taken(overrides(&batch, document)) {
            counting.extend(batch.into_iter().map(|leaf| leaf.path));
        } else if batch.len() > 1 {
            let half = batch.split_off(batch.len() / 2);
            batches.extend([batch, half]);
        }
    }
    counting
}

/// Overrides that write values into a document. A list can only be replaced as a whole.
fn overrides(leaves: &[Leaf], document: &Table) -> Vec<Override> {
    let mut lists: Vec<(&[Step], Value)> = Vec::new();
    let mut overrides = Vec::new();
    for leaf in leaves {
        let Some(at) = leaf.path.iter().position(|step| matches!(step, Step::Item(_))) else {
            overrides.push(write(&leaf.path, &leaf.value));
            continue;
        };
        let (list, rest) = leaf.path.split_at(at);
        if lists.iter().all(|(known, _)| *known != list) {
            let mut value = Value::Table(document.clone());
            let there = list.iter().try_fold(&mut value, step);
            lists.extend(there.map(|there| (list, there.clone())));
        }
        let list = lists.iter_mut().find(|(known, _)| *known == list);
        let table = rest.split_last().zip(list).and_then(|((last, path), (_, value))| {
            let there = path.iter().try_fold(value, step)?;
            Some((last, there.as_table_mut()?))
        });
        if let Some((Step::Key(key), table)) = table {
            table.insert(key.clone(), leaf.value.clone());
        }
    }
    overrides.extend(lists.iter().map(|(path, value)| write(path, value)));
    overrides
}

fn step<'v>(value: &'v mut Value, step: &Step) -> Option<&'v mut Value> {
    match step {
        Step::Key(key) => value.get_mut(key.as_str()),
        Step::Item(item) => value.get_mut(*item),
    }
}

fn write(path: &[Step], value: &Value) -> Override {
    Override { option: "--set", text: format!("{} = {}", shown(path), canonical::value(value)) }
}
