//! `[figure.NAME]` as written.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::super::motion::{DPI, SECONDS};
use super::super::page::Length;
use crate::figure::Plot;
use crate::render::Format;

/// How a step is written.
const STEP: &str = "^(data|truth|init|final|iteration [0-9]+)$";

/// `[figure.NAME]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Figure {
    /// Whether its files are made; true by default.
    #[schemars(extend("default" = true))]
    pub(in crate::config) enabled: Option<bool>,
    /// Width and height, in inches or with a unit; the kind's own by default.
    #[schemars(with = "Option<[Length; 2]>")]
    pub(in crate::config) size: Option<Spanned<Vec<Spanned<Length>>>>,
    /// Width as a share of the page's; the height follows.
    #[schemars(with = "Option<f64>", range(min = 0.1, max = 1))]
    pub(in crate::config) width: Option<Spanned<f64>>,
    /// Figures of one group have the same axes.
    #[schemars(with = "Option<String>")]
    pub(in crate::config) share_axes: Option<Spanned<String>>,
    /// The formats of this figure; those of `output` by default.
    #[schemars(with = "Option<Vec<Format>>", length(min = 1), extend("uniqueItems" = true))]
    pub(in crate::config) formats: Option<Spanned<Vec<Spanned<Format>>>>,
    /// The themes of this figure; those of `output` by default.
    #[schemars(with = "Option<Vec<String>>", length(min = 1), extend("uniqueItems" = true))]
    pub(in crate::config) themes: Option<Spanned<Vec<Spanned<String>>>>,
    /// The title, in place of the one that is found from the numbers. That of a figure without panels
    /// may have numbers in it: `"K = {components}"`.
    #[schemars(with = "Option<String>")]
    pub(in crate::config) title: Option<Spanned<String>>,
    /// What the figure shows, for those who cannot see it, in place of what is made of its numbers.
    #[schemars(with = "Option<String>")]
    pub(in crate::config) description: Option<Spanned<String>>,
    /// The caption in the report and the snippets, in place of the description.
    #[schemars(with = "Option<String>")]
    pub(in crate::config) caption: Option<Spanned<String>>,
    /// The label by which a text refers to the figure.
    #[schemars(with = "Option<String>", regex(pattern = "^[A-Za-z0-9:._-]+$"))]
    pub(in crate::config) label: Option<Spanned<String>>,
    /// Where the figure comes from, such as a book.
    #[schemars(with = "Option<String>")]
    pub(in crate::config) source: Option<Spanned<String>>,
    /// What is drawn: one table whose key names the kind.
    #[schemars(with = "Option<Plot>")]
    pub(in crate::config) plot: Option<Spanned<Plot>>,
    /// Several pictures in a grid.
    #[schemars(with = "Option<Panels>")]
    pub(in crate::config) panels: Option<Spanned<Panels>>,
    /// The steps in which the figure is built up: `"data"`, `"truth"`, `"init"`, `"iteration 8"`,
    /// `"final"`.
    #[schemars(
        with = "Option<Vec<String>>",
        length(min = 1),
        inner(regex(pattern = STEP)),
        extend("uniqueItems" = true)
    )]
    pub(in crate::config) steps: Option<Spanned<Vec<Spanned<String>>>>,
    /// The figure in motion.
    #[schemars(with = "Option<Animate>")]
    pub(in crate::config) animate: Option<Spanned<Animate>>,
}

/// `panels = {...}`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Panels {
    /// What differs from one panel of `plot` to the next.
    #[schemars(with = "Option<Over>")]
    pub(in crate::config) over: Option<Spanned<Over>>,
    /// The iterations, components or fits.
    #[schemars(with = "Option<Vec<PanelValue>>")]
    pub(in crate::config) values: Option<Spanned<Vec<Spanned<PanelValue>>>>,
    /// The pictures one by one, in place of `over`.
    #[schemars(with = "Option<Vec<PanelPlot>>", length(min = 1))]
    pub(in crate::config) plots: Option<Spanned<Vec<PanelPlot>>>,
    /// Panels in a row.
    #[schemars(with = "Option<usize>", range(min = 1))]
    pub(in crate::config) columns: Option<Spanned<usize>>,
    /// Whether panels are lettered (a), (b), ...
    #[serde(default)]
    pub(in crate::config) letters: bool,
    /// The title of every panel, with numbers in it: `"K = {components}"`.
    #[schemars(with = "Option<String>")]
    pub(in crate::config) title: Option<Spanned<String>>,
}

/// What differs from panel to panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::config) enum Over {
    /// The iteration of the fit.
    Iterations,
    /// The component.
    Components,
    /// The fit.
    Fits,
}

/// An iteration or a component, or a word: the name of a fit, or `"final"`.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub(in crate::config) enum PanelValue {
    /// An iteration, 0 for the start, or a component, counted from 0.
    Number(usize),
    /// The name of a fit, or `"final"`.
    Word(String),
}

impl<'de> Deserialize<'de> for PanelValue {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;

        impl serde::de::Visitor<'_> for ValueVisitor {
            type Value = PanelValue;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an iteration, a component or the name of a fit")
            }

            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<PanelValue, E> {
                let wrong = || E::invalid_value(serde::de::Unexpected::Signed(value), &self);
                usize::try_from(value).map(PanelValue::Number).map_err(|_| wrong())
            }

            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<PanelValue, E> {
                Ok(PanelValue::Word(value.to_owned()))
            }
        }

        deserializer.deserialize_any(ValueVisitor)
    }
}

/// One of `panels.plots`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct PanelPlot {
    /// What is drawn: one table whose key names the kind.
    #[schemars(with = "Plot")]
    pub(in crate::config) plot: Spanned<Plot>,
    /// Its title, with numbers in it: `"K = {components}"`.
    #[schemars(with = "Option<String>")]
    pub(in crate::config) title: Option<Spanned<String>>,
}

/// `animate = {...}`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Animate {
    /// What goes by: `"iterations"`.
    #[schemars(with = "String", extend("const" = "iterations"))]
    pub(in crate::config) over: Spanned<Over>,
    /// Every so manieth iteration is a frame; 1 by default.
    #[schemars(with = "Option<usize>", range(min = 1), extend("default" = 1))]
    pub(in crate::config) every: Option<Spanned<usize>>,
    /// How long it takes in seconds, without the rest on the last frame; 6 by default.
    #[schemars(
        with = "Option<f64>",
        range(min = SECONDS[0], max = SECONDS[1]),
        extend("default" = 6.0)
    )]
    pub(in crate::config) seconds: Option<Spanned<f64>>,
    /// Pixels per inch; 100 by default.
    #[schemars(with = "Option<f64>", range(min = DPI[0], max = DPI[1]), extend("default" = 100.0))]
    pub(in crate::config) dpi: Option<Spanned<f64>>,
}
