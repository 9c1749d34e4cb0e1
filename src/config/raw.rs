//! The config as written: which tables there are and what may stand in them.
//!
//! Each node's table is read by itself, so that a mistake in one does not hide those in others. A
//! node that cannot be read keeps its name: what refers to it is not wrong for that.

mod figure;
mod sweep;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) use figure::{Figure, Over, PanelPlot, PanelValue, Panels};
pub(super) use sweep::{Sweep, Swept};

use super::assert;
use super::decode::{Decoded, decode};
use super::page::Page;
use super::predictions::MOST_SAMPLES;
use super::resolve::MAX_DPI;
use super::theme;
use crate::data::prepare::{self, Units};
use crate::data::{Source, subset};
use crate::diagnostic::{Problems, suggest};
use crate::model::Model;
use crate::random::Generator;
use crate::render::{Family, Format, SvgText};
use crate::score::Matching;
use crate::score::baseline::{PermutedTruth, Score};
use crate::setting::{OneOrMany, Several};

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
    pub(super) sweeps: IndexMap<String, Swept>,
    pub(super) predictions: Section<Predict>,
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
    /// Which of the source's points are taken: one table whose key says how they are chosen. All by
    /// default.
    pub(super) subset: Option<subset::Options>,
    /// The unit that the points are measured in, one for all columns or a list with one for each:
    /// a text that stands at axes and above columns of tables.
    #[schemars(with = "Option<OneOrMany<String>>")]
    pub(super) unit: Option<Spanned<Several<String>>>,
    /// Whether models see the points with mean 0 and standard deviation 1 in every column; what is
    /// stated of models, such as priors and starts, is then about those. False by default.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    pub(super) standardize: Option<Spanned<bool>>,
    /// In which units standardized data and what is fitted to them are shown and exported; in the
    /// data's own by default.
    #[schemars(with = "Option<Units>", extend("default" = "original"))]
    pub(super) units: Option<Spanned<Units>>,
}

impl Data {
    /// What is said of the points of whatever source.
    pub(super) fn written(&self) -> prepare::Written<'_> {
        prepare::Written {
            subset: self.subset.as_ref(),
            unit: self.unit.as_ref(),
            standardize: self.standardize.as_ref(),
            units: self.units.as_ref(),
        }
    }
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

/// `[predict.NAME]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Predict {
    /// The name of the fit that predicts.
    #[schemars(with = "String")]
    pub(super) fit: Spanned<String>,
    /// The name of the data set whose points are predicted, with as many columns as the fit's own
    /// data; those by default.
    #[schemars(with = "Option<String>")]
    pub(super) data: Option<Spanned<String>>,
    /// How many points are drawn from the posterior predictive distribution; none by default.
    #[schemars(with = "Option<usize>", range(min = 1, max = MOST_SAMPLES))]
    pub(super) samples: Option<Spanned<usize>>,
    /// Where the stream of random numbers of `samples` starts; by default it comes from the root seed
    /// and the name.
    #[schemars(with = "Option<u64>")]
    pub(super) seed: Option<Spanned<u64>>,
    /// What draws `samples`.
    #[serde(default)]
    pub(super) generator: Generator,
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

impl Raw {
    /// Reads a document, table by table; `start` is where its text begins in the sources.
    pub(super) fn read(document: &DeTable<'_>, start: usize, problems: &mut Problems) -> Self {
        const KEYS: [&str; 14] = [
            "schema", "include", "seed", "lecture", "output", "theme", "data", "fit", "sweep",
            "predict", "baseline", "figure", "assert", "profile",
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
                "sweep" => raw.sweeps = sweep::read(value, problems),
                "predict" => raw.predictions = section("predict", value, problems),
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
