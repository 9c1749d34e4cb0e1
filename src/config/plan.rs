//! A config that has been checked: everything the pipeline needs, and nothing that can be wrong.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::Serialize;

use crate::random::{Generator, Seed};
use crate::render::Format;
use crate::score::Matching;
use crate::{data, figure, model, score};

/// What is to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The config file's name without its extension.
    pub name: String,
    /// The root seed, from which nodes without an own seed derive theirs.
    pub seed: u64,
    /// The lecture.
    pub lecture: Lecture,
    /// Where outputs go. Not part of the manifest, which names no path.
    #[serde(skip)]
    pub output: Output,
    /// Resolution of PNG files in dots per inch.
    pub dpi: f64,
    /// Data sets by name, in the order of the file.
    pub data: IndexMap<String, Data>,
    /// Fits by name.
    pub fits: IndexMap<String, Fit>,
    /// Baselines by name.
    pub baselines: IndexMap<String, Baseline>,
    /// Figures by name.
    pub figures: IndexMap<String, Figure>,
}

/// The lecture that the figures are for.
#[derive(Debug, Clone, Serialize)]
pub struct Lecture {
    /// Its number.
    pub id: Option<u64>,
    /// Its title.
    pub title: String,
}

/// Where outputs go.
#[derive(Debug, Clone)]
pub struct Output {
    /// Folder of the figures.
    pub figures: PathBuf,
    /// Folder of data, numbers, report and manifest; `None` if they are not wanted.
    pub extras: Option<PathBuf>,
}

/// A data set to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Data {
    /// Where its stream starts.
    pub seed: Seed,
    /// What draws it.
    pub generator: Generator,
    /// How.
    pub source: data::Spec,
}

/// A fit to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Fit {
    /// Name of its data set.
    pub data: String,
    /// Where its stream starts.
    pub seed: Seed,
    /// What draws its starts.
    pub generator: Generator,
    /// How its components are matched to the truth.
    pub matching: Matching,
    /// How.
    pub model: model::Spec,
}

/// A baseline to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Baseline {
    /// Name of its fit.
    pub fit: String,
    /// Where its stream starts.
    pub seed: Seed,
    /// What permutes.
    pub generator: Generator,
    /// How.
    pub baseline: score::baseline::Spec,
}

/// A figure to be made.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// File name without extension.
    pub stem: String,
    /// Width and height in inches.
    pub size: [f64; 2],
    /// Group of figures with the same axes.
    pub share_axes: Option<String>,
    /// Formats to write.
    pub formats: Vec<Format>,
    /// How.
    pub plot: figure::Spec,
}

impl Plan {
    /// The figure files of the plan, in order.
    pub fn figure_files(&self) -> impl Iterator<Item = (&str, PathBuf)> {
        self.figures.iter().flat_map(move |(name, figure)| {
            figure.formats.iter().map(move |format| {
                let file = format!("{}.{}", figure.stem, format.extension());
                (name.as_str(), self.output.figures.join(file))
            })
        })
    }
}
