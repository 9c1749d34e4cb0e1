//! Where the values of a config come from: a default, a file, a profile, an override.
//!
//! Every layer is read once more by itself; the place of a value in the merged document says which
//! layer it is of, since no two texts share a place.

mod defaults;
mod leaves;

use std::collections::BTreeMap;
use std::path::Path;

use toml::Value;
use toml::de::DeTable;

use super::document::Texts;
use super::{Layers, Others, Plan, canonical};
use crate::diagnostic::Problems;
use leaves::Leaf;

/// A value of a config, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Its path: `data.line.seed`, `figure.pair.panels.plots[0].title`.
    pub path: String,
    /// The value: no table, but for one that is empty.
    pub value: Value,
    /// What has set it.
    pub origin: Origin,
    /// What it won over, from above to below.
    pub over: Vec<(Value, Origin)>,
}

/// What has set a value. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nothing: it is what leaving it out means.
    Default,
    /// A file that the config includes.
    Include {
        /// Where it was opened.
        file: String,
        /// The line.
        line: usize,
    },
    /// The config's file.
    File {
        /// Where it was opened.
        file: String,
        /// The line.
        line: usize,
    },
    /// A profile.
    Profile {
        /// Its name.
        name: String,
        /// The file that it stands in.
        file: String,
        /// The line.
        line: usize,
    },
    /// An option of the call.
    Override {
        /// The option, such as `--set`.
        option: String,
    },
}

/// One of the layers of a config.
enum Layer {
    Include,
    File,
    Profile(String),
    Override,
}

/// The values of the config whose text is `text` and whose plan is `plan`, in the order of the
/// canonical text; defaults among them, where a table is there that could say them.
pub fn values(path: &Path, text: &str, layers: &Layers, plan: &Plan) -> Vec<Shown> {
    let mut problems = Problems::default();
    let texts = Texts::new(path, text, layers, &mut problems);
    // What is wrong has been said when the plan was made.
    let mut unsaid = Problems::default();
    let Some(documents) = texts.documents(Others::Left, &mut unsaid) else { return Vec::new() };
    let written: Vec<(Layer, Vec<Leaf>)> = tables(&texts, &mut unsaid)
        .into_iter()
        .map(|(layer, table)| (layer, leaves::of(&canonical::values(table.clone()), &table)))
        .collect();
    let origins: BTreeMap<usize, Origin> = written
        .iter()
        .flat_map(|(layer, leaves)| leaves.iter().map(move |leaf| (layer, leaf)))
        .filter_map(|(layer, leaf)| Some((leaf.start?, origin(layer, leaf.start?, &problems))))
        .collect();
    let all = leaves::with_defaults(&plan.document, &documents.document);
    let by_default = all.iter().filter(|leaf| leaf.start.is_none()).cloned().collect();
    let kept = defaults::that_count(by_default, &plan.document, &|overrides| {
        let mut layers = layers.clone();
        layers.overrides.extend(overrides);
        super::parse(path, text, &layers, Others::Left, &mut Problems::default()).is_some()
    });
    let of_default = |leaf: &Leaf| leaf.start.is_none() && kept.contains(&leaf.path);
    all.into_iter()
        .filter(|leaf| leaf.start.is_some() || of_default(leaf))
        .map(|leaf| {
            let origin = leaf.start.and_then(|start| origins.get(&start)).cloned();
            let below = written.iter().rev().flat_map(|(_, leaves)| leaves);
            let below = below.filter(|other| leaf.start.is_some() && other.path == leaf.path);
            let over = below
                .skip_while(|other| other.start != leaf.start)
                // A profile can be chosen twice.
                .filter(|other| other.start != leaf.start)
                .filter_map(|other| {
                    Some((other.value.clone(), origins.get(&other.start?)?.clone()))
                })
                .collect();
            let path = leaves::shown(&leaf.path);
            Shown { path, value: leaf.value, origin: origin.unwrap_or(Origin::Default), over }
        })
        .collect()
}

/// The layers, the one that wins last.
fn tables<'t>(texts: &'t Texts, problems: &mut Problems) -> Vec<(Layer, DeTable<'t>)> {
    let included = texts.included.iter().map(|file| (Layer::Include, &file.text));
    let files = included.chain([(Layer::File, &texts.file)]);
    let mut files: Vec<(Layer, DeTable<'_>)> =
        files.filter_map(|(layer, text)| Some((layer, text.parse(problems)?))).collect();
    // The version of an included file is of that file alone.
    files.iter_mut().filter(|(layer, _)| matches!(layer, Layer::Include)).for_each(|(_, file)| {
        file.remove("schema");
    });
    let mut tables = Vec::new();
    for name in &texts.profiles {
        for (_, file) in &files {
            let profiles = file.get("profile").and_then(|p| p.get_ref().as_table());
            let profile = profiles.and_then(|p| p.get(name.written()));
            if let Some(profile) = profile.and_then(|p| p.get_ref().as_table()) {
                tables.push((Layer::Profile(name.written().to_owned()), profile.clone()));
            }
        }
    }
    let overrides = texts.overrides.iter();
    let overrides = overrides.filter_map(|text| Some((Layer::Override, text.parse(problems)?)));
    files.into_iter().chain(tables).chain(overrides).collect()
}

/// What has set the value that begins at `start`, in a layer.
fn origin(layer: &Layer, start: usize, problems: &Problems) -> Origin {
    let place = problems.sources.position(&(start..start));
    let (file, line) = place.map(|(file, line, _)| (file.to_owned(), line)).unwrap_or_default();
    match layer {
        Layer::Include => Origin::Include { file, line },
        Layer::File => Origin::File { file, line },
        Layer::Profile(name) => Origin::Profile { name: name.clone(), file, line },
        Layer::Override => Origin::Override { option: file },
    }
}
