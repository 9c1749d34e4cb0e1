//! The config as written: which tables there are and what may stand in them.
//!
//! Each node's table is read by itself, so that a mistake in one does not hide those in others. A
//! node that cannot be read keeps its name: what refers to it is not wrong for that.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::assert;
use super::decode::{Decoded, decode};
use super::motion::{DPI, SECONDS};
use super::page::{Length, Page};
use super::resolve::MAX_DPI;
use super::theme;
use crate::data::Source;
use crate::diagnostic::{Problems, suggest};
use crate::figure::Plot;
use crate::model::Model;
use crate::random::Generator;
use crate::render::{Family, Format, SvgText};
use crate::score::Matching;
use crate::score::baseline::{PermutedTruth, Score};

/// How a step is written.
const STEP: &str = "^(data|truth|init|final|iteration [0-9]+)$";

/// The only version of the format.
pub(super) const SCHEMA: u64 = 1;

/// The whole config.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) seed: u64,
    pub(super) lecture: Lecture,
    pub(super) output: Output,
    pub(super) themes: Section<theme::Options>,
    pub(super) data: Section<Data>,
    pub(super) fits: Section<Fit>,
    pub(super) baselines: Section<Baseline>,
    pub(super) figures: Section<Figure>,
    pub(super) assertions: Section<assert::Options>,
}

/// Named tables in the order of the file, each with the place of its name.
pub(super) type Section<T> = IndexMap<String, (Spanned<()>, Decoded<T>)>;

/// `[lecture]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Lecture {
    /// Number of the lecture, for file names.
    #[schemars(with = "Option<u64>")]
    pub(super) id: Option<Spanned<u64>>,
    /// Title of the report.
    #[serde(default)]
    pub(super) title: String,
}

/// `[output]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    /// Folder of the figures, relative to the config; `figures` by default.
    #[schemars(extend("default" = "figures"))]
    pub(super) figures: Option<String>,
    /// Folder of numbers and report, relative to the config, or `false`; `extras/<config>` in the
    /// folder of the figures by default.
    #[schemars(with = "Option<Extras>")]
    pub(super) extras: Option<Spanned<Extras>>,
    /// The formats in which figures are written; all three by default.
    #[schemars(
        with = "Option<Vec<Format>>",
        length(min = 1),
        extend("uniqueItems" = true, "default" = Format::ALL)
    )]
    pub(super) formats: Option<Spanned<Vec<Spanned<Format>>>>,
    /// Resolution of PNG files in dots per inch; 200 by default.
    #[schemars(with = "Option<f64>", range(min = 10, max = MAX_DPI), extend("default" = 200.0))]
    pub(super) dpi: Option<Spanned<f64>>,
    /// The page that sizes refer to; a wide slide by default.
    #[schemars(with = "Option<Page>", extend("default" = "widescreen"))]
    pub(super) page: Option<Spanned<Page>>,
    /// Type size of labels in points; 12.5 on a wide slide and 9 on smaller pages by default.
    #[schemars(with = "Option<f64>", range(min = 6, max = 30))]
    pub(super) type_size: Option<Spanned<f64>>,
    /// The themes that every figure is drawn in; `["light"]` by default. Files of the second and
    /// further ones have its name at their end.
    #[schemars(
        with = "Option<Vec<String>>",
        length(min = 1),
        extend("uniqueItems" = true, "default" = ["light"])
    )]
    pub(super) themes: Option<Spanned<Vec<Spanned<String>>>>,
    /// Multiples of `dpi` at which PNG is written; `[1]` by default.
    #[schemars(
        with = "Option<Vec<u32>>",
        length(min = 1),
        inner(range(min = 1, max = 4)),
        extend("uniqueItems" = true, "default" = [1])
    )]
    pub(super) png_scales: Option<Spanned<Vec<Spanned<u32>>>>,
    /// The family that text is set in; DejaVu Sans by default.
    #[schemars(with = "Option<Family>", extend("default" = Family::default()))]
    pub(super) font: Option<Spanned<Family>>,
    /// A font file, relative to the config, that text is set in; the family sets what it lacks.
    #[schemars(with = "Option<String>")]
    pub(super) font_file: Option<Spanned<String>>,
    /// How text is set in SVG files; as outlines by default.
    #[serde(default)]
    pub(super) svg_text: SvgText,
    /// Whether the files carry what they were made from; true by default.
    #[schemars(extend("default" = true))]
    pub(super) provenance: Option<bool>,
    /// File names without extension; `{lecture}` and `{figure}` stand for the lecture's id and the
    /// figure's name. `L{lecture}_{figure}` by default, `{figure}` if the lecture has no id.
    #[schemars(with = "Option<String>")]
    pub(super) name: Option<Spanned<String>>,
}

/// Where numbers and report go.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Extras {
    /// Into this folder.
    Folder(String),
    /// Nowhere.
    #[schemars(with = "bool", extend("const" = false))]
    Nowhere,
}

impl<'de> Deserialize<'de> for Extras {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExtrasVisitor;

        impl serde::de::Visitor<'_> for ExtrasVisitor {
            type Value = Extras;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a folder or false")
            }

            fn visit_str<E: serde::de::Error>(self, folder: &str) -> Result<Extras, E> {
                Ok(Extras::Folder(folder.to_owned()))
            }

            fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Extras, E> {
                match value {
                    false => Ok(Extras::Nowhere),
                    true => Err(E::invalid_value(serde::de::Unexpected::Bool(true), &self)),
                }
            }
        }

        deserializer.deserialize_any(ExtrasVisitor)
    }
}

/// `[data.NAME]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    /// Where its stream of random numbers starts; by default it comes from the root seed and its
    /// name.
    #[schemars(with = "Option<u64>")]
    pub(super) seed: Option<Spanned<u64>>,
    /// What draws its random numbers.
    #[serde(default)]
    pub(super) generator: Generator,
    /// Where the points come from: one table whose key names the kind.
    pub(super) source: Source,
}

/// `[fit.NAME]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Fit {
    /// The name of the data set.
    #[schemars(with = "String")]
    pub(super) data: Spanned<String>,
    /// Where its stream of random numbers starts; by default it comes from the root seed and its
    /// name.
    #[schemars(with = "Option<u64>")]
    pub(super) seed: Option<Spanned<u64>>,
    /// What draws its random numbers.
    #[serde(default)]
    pub(super) generator: Generator,
    /// How components are matched to the truth.
    #[serde(default)]
    pub(super) matching: Matching,
    /// What is fitted: one table whose key names the kind.
    pub(super) model: Model,
}

/// `[baseline.NAME]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Baseline {
    /// The name of the fit whose scores are compared; its data have labels.
    #[schemars(with = "String")]
    pub(super) fit: Spanned<String>,
    /// Where its stream of random numbers starts; by default it comes from the root seed and its
    /// name.
    #[schemars(with = "Option<u64>")]
    pub(super) seed: Option<Spanned<u64>>,
    /// What draws its random numbers.
    #[serde(default)]
    pub(super) generator: Generator,
    /// Which scores.
    #[schemars(with = "Vec<Score>", length(min = 1), extend("uniqueItems" = true))]
    pub(super) scores: Spanned<Vec<Spanned<Score>>>,
    /// How truth is permuted.
    #[serde(default)]
    pub(super) permuted_truth: PermutedTruth,
}

/// `[figure.NAME]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Figure {
    /// Whether its files are made; true by default.
    #[schemars(extend("default" = true))]
    pub(super) enabled: Option<bool>,
    /// Width and height, in inches or with a unit; the kind's own by default.
    #[schemars(with = "Option<[Length; 2]>")]
    pub(super) size: Option<Spanned<Vec<Spanned<Length>>>>,
    /// Width as a share of the page's; the height follows.
    #[schemars(with = "Option<f64>", range(min = 0.1, max = 1))]
    pub(super) width: Option<Spanned<f64>>,
    /// Figures of one group have the same axes.
    #[schemars(with = "Option<String>")]
    pub(super) share_axes: Option<Spanned<String>>,
    /// The formats of this figure; those of `output` by default.
    #[schemars(with = "Option<Vec<Format>>", length(min = 1), extend("uniqueItems" = true))]
    pub(super) formats: Option<Spanned<Vec<Spanned<Format>>>>,
    /// The themes of this figure; those of `output` by default.
    #[schemars(with = "Option<Vec<String>>", length(min = 1), extend("uniqueItems" = true))]
    pub(super) themes: Option<Spanned<Vec<Spanned<String>>>>,
    /// The title, in place of the one that is found from the numbers.
    #[schemars(with = "Option<String>")]
    pub(super) title: Option<Spanned<String>>,
    /// What the figure shows, for those who cannot see it, in place of what is made of its numbers.
    #[schemars(with = "Option<String>")]
    pub(super) description: Option<Spanned<String>>,
    /// The caption in the report and the snippets, in place of the description.
    #[schemars(with = "Option<String>")]
    pub(super) caption: Option<Spanned<String>>,
    /// The label by which a text refers to the figure.
    #[schemars(with = "Option<String>", regex(pattern = "^[A-Za-z0-9:._-]+$"))]
    pub(super) label: Option<Spanned<String>>,
    /// Where the figure comes from, such as a book.
    #[schemars(with = "Option<String>")]
    pub(super) source: Option<Spanned<String>>,
    /// What is drawn: one table whose key names the kind.
    #[schemars(with = "Option<Plot>")]
    pub(super) plot: Option<Spanned<Plot>>,
    /// Several pictures in a grid.
    #[schemars(with = "Option<Panels>")]
    pub(super) panels: Option<Spanned<Panels>>,
    /// The steps in which the figure is built up: `"data"`, `"truth"`, `"init"`, `"iteration 8"`,
    /// `"final"`.
    #[schemars(
        with = "Option<Vec<String>>",
        length(min = 1),
        inner(regex(pattern = STEP)),
        extend("uniqueItems" = true)
    )]
    pub(super) steps: Option<Spanned<Vec<Spanned<String>>>>,
    /// The figure in motion.
    #[schemars(with = "Option<Animate>")]
    pub(super) animate: Option<Spanned<Animate>>,
}

/// `panels = {...}`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Panels {
    /// What differs from one panel of `plot` to the next.
    #[schemars(with = "Option<Over>")]
    pub(super) over: Option<Spanned<Over>>,
    /// The iterations, components or fits.
    #[schemars(with = "Option<Vec<PanelValue>>")]
    pub(super) values: Option<Spanned<Vec<Spanned<PanelValue>>>>,
    /// The pictures one by one, in place of `over`.
    #[schemars(with = "Option<Vec<PanelPlot>>", length(min = 1))]
    pub(super) plots: Option<Spanned<Vec<PanelPlot>>>,
    /// Panels in a row.
    #[schemars(with = "Option<usize>", range(min = 1))]
    pub(super) columns: Option<Spanned<usize>>,
    /// Whether panels are lettered (a), (b), ...
    #[serde(default)]
    pub(super) letters: bool,
    /// The title of every panel, with numbers in it: `"K = {components}"`.
    #[schemars(with = "Option<String>")]
    pub(super) title: Option<Spanned<String>>,
}

/// What differs from panel to panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Over {
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
pub(super) enum PanelValue {
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
pub(super) struct PanelPlot {
    /// What is drawn: one table whose key names the kind.
    #[schemars(with = "Plot")]
    pub(super) plot: Spanned<Plot>,
    /// Its title, with numbers in it: `"K = {components}"`.
    #[schemars(with = "Option<String>")]
    pub(super) title: Option<Spanned<String>>,
}

/// `animate = {...}`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Animate {
    /// What goes by: `"iterations"`.
    #[schemars(with = "String", extend("const" = "iterations"))]
    pub(super) over: Spanned<Over>,
    /// Every so manieth iteration is a frame; 1 by default.
    #[schemars(with = "Option<usize>", range(min = 1), extend("default" = 1))]
    pub(super) every: Option<Spanned<usize>>,
    /// How long it takes in seconds, without the rest on the last frame; 6 by default.
    #[schemars(
        with = "Option<f64>",
        range(min = SECONDS[0], max = SECONDS[1]),
        extend("default" = 6.0)
    )]
    pub(super) seconds: Option<Spanned<f64>>,
    /// Pixels per inch; 100 by default.
    #[schemars(with = "Option<f64>", range(min = DPI[0], max = DPI[1]), extend("default" = 100.0))]
    pub(super) dpi: Option<Spanned<f64>>,
}

impl Raw {
    /// Reads a document, table by table; `start` is where its text begins in the sources.
    pub(super) fn read(document: &DeTable<'_>, start: usize, problems: &mut Problems) -> Self {
        const KEYS: [&str; 12] = [
            "schema", "include", "seed", "lecture", "output", "theme", "data", "fit", "baseline",
            "figure", "assert", "profile",
        ];
        let mut raw = Self::default();
        if !document.contains_key("schema") {
            problems
                .at(start..start, "the config has no key `schema`")
                .hint(format!("start the file with `schema = {SCHEMA}`"));
        }
        for (key, value) in document {
            match key.get_ref().as_ref() {
                "schema" => check_schema(value, problems),
                "seed" => raw.seed = or_default(decode("seed", value, problems)),
                "lecture" => raw.lecture = or_default(decode("lecture", value, problems)),
                "output" => raw.output = or_default(decode("output", value, problems)),
                // Read before, with the files that it names; the profiles are laid over already.
                "include" | "profile" => {}
                "theme" => raw.themes = section("theme", value, problems),
                "data" => raw.data = section("data", value, problems),
                "fit" => raw.fits = section("fit", value, problems),
                "baseline" => raw.baselines = section("baseline", value, problems),
                "figure" => raw.figures = section("figure", value, problems),
                "assert" => raw.assertions = section("assert", value, problems),
                unknown => {
                    problems.at(key.span(), format!("unknown key `{unknown}`")).hint(suggest(
                        unknown,
                        &KEYS,
                        "keys here",
                    ));
                }
            }
        }
        raw
    }
}

pub(super) fn check_schema(value: &Spanned<DeValue<'_>>, problems: &mut Problems) {
    if let Some(schema) =
        decode::<u64>("schema", value, problems).into_option().filter(|s| *s != SCHEMA)
    {
        problems
            .at(value.span(), format!("schema {schema} is not known"))
            .hint(format!("this version reads `schema = {SCHEMA}`"));
    }
}

fn or_default<T: Default>(decoded: Decoded<T>) -> T {
    decoded.into_option().unwrap_or_default()
}

fn section<T: DeserializeOwned>(
    section: &str,
    value: &Spanned<DeValue<'_>>,
    problems: &mut Problems,
) -> Section<T> {
    let Some(table) = value.get_ref().as_table() else {
        problems
            .at(value.span(), format!("`{section}` must hold tables, each with a name of its own"))
            .hint(format!("such as `[{section}.line]`"));
        return Section::new();
    };
    let mut nodes = Section::new();
    for (name, node) in table {
        check_name(name, problems);
        let span = Spanned::new(name.span(), ());
        nodes.insert(
            name.get_ref().to_string(),
            (span, decode(&format!("{section}.{}", name.get_ref()), node, problems)),
        );
    }
    nodes
}

/// Names become file names, TeX macros and paths of `--set`.
pub(super) fn check_name(name: &Spanned<std::borrow::Cow<'_, str>>, problems: &mut Problems) {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let good = !name.get_ref().is_empty()
        && name.get_ref().len() <= 100
        && name.get_ref().chars().all(plain);
    if !good {
        problems
            .at(name.span(), format!("`{}` cannot be a name", name.get_ref()))
            .hint("names become file names: use at most 100 letters, digits, `_` and `-`");
    }
}
