//! Scores of fits as a table, for slides without a spreadsheet.
//!
//! What the viewer should see: which fit is best in what. The best of each column is bold; arrows
//! say whether more or less is better. Only fits of one data set are compared.
//!
//! Rows: fits. Columns: scores with matched components, the ELBO in nats, and two numbers that are
//! neither good nor bad: iterations and components.
//!
//! Keys that matter: `fits`; `scores` (`"log_loss"`, `"accuracy"`, `"adjusted_rand"`,
//! `"normalized_mutual_information"`, `"elbo"`, `"iterations"`, `"components"`; the first four by
//! default); `labels` for the fits.

mod draw;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::style::INCH;
use super::{Fitted, Inputs, Kind, Known, KnownFit, Needs, number, words};
use crate::diagnostic::Problems;
use crate::model::{Objective, Stop};
use crate::render::tex;

/// More rows than this are too small to read on one page.
const MOST_FITS: usize = 16;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The fits, one a row.
    #[schemars(with = "Vec<String>", length(min = 1), extend("uniqueItems" = true))]
    fits: Spanned<Vec<Spanned<String>>>,
    /// The columns; the four scores by default.
    #[schemars(
        with = "Option<Vec<Column>>",
        length(min = 1),
        extend("uniqueItems" = true, "default" = Column::SCORES)
    )]
    scores: Option<Spanned<Vec<Spanned<Column>>>>,
    /// What the fits are called; their names by default.
    #[schemars(with = "Option<Vec<String>>")]
    labels: Option<Spanned<Vec<Spanned<String>>>>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The mean negative log probability of the true component, in nats.
    LogLoss,
    /// The share of points in the right component.
    Accuracy,
    /// The adjusted Rand index.
    AdjustedRand,
    /// The normalised mutual information.
    NormalizedMutualInformation,
    /// The exact bound in nats.
    Elbo,
    /// The log-likelihood at the end, of maximum likelihood.
    LogLikelihood,
    /// The sum of squared distances to the nearest means, of k-means.
    Cost,
    /// Akaike's information criterion.
    Aic,
    /// The Bayesian information criterion.
    Bic,
    /// How many iterations were made.
    Iterations,
    /// How many components were inferred.
    Components,
}

/// Which end of a column is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Better {
    Less,
    More,
    Neither,
}

impl Column {
    const SCORES: [Self; 4] =
        [Self::LogLoss, Self::Accuracy, Self::AdjustedRand, Self::NormalizedMutualInformation];

    fn key(self) -> &'static str {
        match self {
            Self::LogLoss => "log_loss",
            Self::Accuracy => "accuracy",
            Self::AdjustedRand => "adjusted_rand",
            Self::NormalizedMutualInformation => "normalized_mutual_information",
            Self::Elbo => "elbo",
            Self::LogLikelihood => "log_likelihood",
            Self::Cost => "cost",
            Self::Aic => "aic",
            Self::Bic => "bic",
            Self::Iterations => "iterations",
            Self::Components => "components",
        }
    }

    /// Its name with its unit, for the tidy table and the caption.
    fn name(self) -> &'static str {
        match self {
            Self::LogLoss => "log loss (nats)",
            Self::Accuracy => "accuracy",
            Self::AdjustedRand => "adjusted Rand index",
            Self::NormalizedMutualInformation => "normalised mutual information",
            Self::Elbo => "ELBO (nats)",
            Self::LogLikelihood => "log-likelihood (nats)",
            Self::Cost => "cost",
            Self::Aic => "AIC",
            Self::Bic => "BIC",
            Self::Iterations => "iterations",
            Self::Components => "components",
        }
    }

    /// Its heading in two lines.
    fn heading(self) -> [&'static str; 2] {
        match self {
            Self::LogLoss => ["log loss", "nats \u{2193}"],
            Self::Accuracy => ["", "accuracy \u{2191}"],
            Self::AdjustedRand => ["adjusted", "Rand \u{2191}"],
            Self::NormalizedMutualInformation => ["normalised", "mutual info \u{2191}"],
            Self::Elbo => ["ELBO", "nats \u{2191}"],
            Self::LogLikelihood => ["log-likelihood", "nats \u{2191}"],
            Self::Cost => ["", "cost \u{2193}"],
            Self::Aic => ["", "AIC \u{2193}"],
            Self::Bic => ["", "BIC \u{2193}"],
            Self::Iterations => ["", "iterations"],
            Self::Components => ["", "components"],
        }
    }

    fn better(self) -> Better {
        match self {
            Self::LogLoss | Self::Cost | Self::Aic | Self::Bic => Better::Less,
            Self::Iterations | Self::Components => Better::Neither,
            _ => Better::More,
        }
    }

    fn needs_labels(self) -> bool {
        Self::SCORES.contains(&self)
    }

    /// Whether fits of a model kind have it.
    fn is_of(self, kind: &str) -> bool {
        match self {
            Self::Elbo => Objective::of_kind(kind) == Some(Objective::Elbo),
            Self::LogLikelihood | Self::Aic | Self::Bic => {
                Objective::of_kind(kind) == Some(Objective::LogLikelihood)
            }
            Self::Cost => Objective::of_kind(kind) == Some(Objective::Cost),
            Self::Iterations => Objective::of_kind(kind).is_some(),
            _ => true,
        }
    }

    fn value(self, fitted: &Fitted<'_>) -> Option<f64> {
        let (fit, scores) = (fitted.fit, fitted.scores);
        let inferred = fit.stop != Stop::NotIterative;
        match self {
            Self::LogLoss => scores.map(|s| s.log_loss_matched),
            Self::Accuracy => scores.map(|s| s.accuracy_matched),
            Self::AdjustedRand => scores.map(|s| s.adjusted_rand),
            Self::NormalizedMutualInformation => scores.map(|s| s.normalized_mutual_information),
            Self::Elbo | Self::LogLikelihood | Self::Cost => {
                fit.trace.get(self.key())?.values.last().copied()
            }
            Self::Aic => Some(fit.criteria?.aic),
            Self::Bic => Some(fit.criteria?.bic),
            Self::Iterations => inferred.then_some(fit.iterations() as f64),
            Self::Components => Some(fit.components() as f64),
        }
    }

    /// Its values as text, with as many decimals as tell them apart.
    fn texts(self, values: &[Option<f64>]) -> Vec<String> {
        let sizes = values.iter().flatten().map(|v| v.abs());
        let digits = match self {
            Self::Iterations | Self::Components => 0,
            Self::Elbo | Self::LogLikelihood | Self::Cost | Self::Aic | Self::Bic => 1,
            // Tiny losses need more.
            _ => match sizes.fold(0.0, f64::max) {
                largest if largest > 0.0 && largest < 0.1 => number::digits(largest).min(6),
                _ => 3,
            },
        };
        let text = |value: &Option<f64>| match value {
            Some(value) => number::fixed(*value, digits),
            None => "\u{2013}".to_owned(),
        };
        values.iter().map(text).collect()
    }
}

/// A table that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    fits: Vec<String>,
    labels: Vec<String>,
    columns: Vec<Column>,
    comparison: Comparison,
}

/// Whether the rows can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Comparison {
    /// All fits are of one data set.
    OneDataSet,
    /// They are not, and neither is any of them the best.
    SeveralDataSets,
}

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let fits = self.fits.get_ref();
        if fits.is_empty() || fits.len() > MOST_FITS {
            problems
                .at_value(
                    self.fits.span(),
                    format!("a table has 1 to {MOST_FITS} fits, but this has {}", fits.len()),
                )
                .hint("name some fits, or make two tables");
        }
        check_once(fits, "fit", problems);
        let columns: Vec<Column> = match &self.scores {
            None => Column::SCORES.to_vec(),
            Some(written) => {
                if written.get_ref().is_empty() {
                    problems
                        .at_value(written.span(), "no score is named")
                        .hint("name at least one, such as \"accuracy\"");
                }
                check_once(written.get_ref(), "score", problems);
                written.get_ref().iter().map(|column| *column.get_ref()).collect()
            }
        };
        let labels = words::labels(&self.labels, fits.len(), "fits", problems);
        let found: Vec<Option<&KnownFit>> =
            fits.iter().map(|fit| known.fit(fit, problems)).collect();
        let found: Vec<&KnownFit> = found.into_iter().collect::<Option<_>>()?;
        self.check_columns(&found, problems);
        if problems.len() > before {
            return None;
        }
        let names: Vec<String> = fits.iter().map(|fit| fit.get_ref().clone()).collect();
        let alike = found.windows(2).all(|pair| pair[0].data == pair[1].data);
        Some(Spec {
            labels: labels?.unwrap_or_else(|| names.clone()),
            fits: names,
            columns,
            comparison: if alike { Comparison::OneDataSet } else { Comparison::SeveralDataSets },
        })
    }

    /// A column that no row has anything in is a mistake.
    fn check_columns(&self, fits: &[&KnownFit], problems: &mut Problems) {
        let labelled = fits.iter().any(|fit| fit.shape.components.is_some());
        let inferred = fits.iter().any(|fit| Objective::of_kind(fit.kind).is_some());
        let written: Vec<(std::ops::Range<usize>, Column)> = match &self.scores {
            Some(scores) => scores.get_ref().iter().map(|s| (s.span(), *s.get_ref())).collect(),
            None => vec![(self.fits.span(), Column::LogLoss)],
        };
        for (span, column) in written {
            if column.needs_labels() && !labelled {
                problems
                    .at(span, format!("none of these fits has labels to score `{}`", column.key()))
                    .hint("write `scores = [\"elbo\"]`, or give the data labels");
            } else if inferred && !fits.iter().any(|fit| column.is_of(fit.kind)) {
                let kinds: Vec<&str> = fits.iter().map(|fit| fit.kind).collect();
                let kind = kinds.first().copied().unwrap_or_default();
                let main = Objective::of_kind(kind).map_or("iterations", Objective::key);
                problems
                    .at(span, format!("none of these fits has `{}`", column.key()))
                    .hint(format!("leave it out, or write \"{main}\", which `{kind}` has"));
            } else if !inferred && !column.is_of("given") {
                problems
                    .at(span, format!("these fits are given, not inferred: no `{}`", column.key()))
                    .hint("leave it out, or name a fit of another kind");
            }
        }
    }
}

/// No two items are the same.
fn check_once<T: PartialEq>(items: &[Spanned<T>], what: &str, problems: &mut Problems) {
    for (i, item) in items.iter().enumerate() {
        if items[..i].iter().any(|other| other.get_ref() == item.get_ref()) {
            problems
                .at_value(item.span(), format!("this {what} is named twice"))
                .hint(format!("name each {what} once"));
        }
    }
}

impl Spec {
    /// About how wide the table is at least, in points.
    fn width(&self) -> f64 {
        let letters = |text: &str| tex::plain(text).chars().count() as f64;
        let longest = self.labels.iter().map(|l| letters(l)).fold(6.0, f64::max);
        let column = |column: &Column| {
            let heading = column.heading().iter().map(|h| letters(h)).fold(0.0, f64::max);
            7.0 * heading.max(if *column == Column::Elbo { 9.0 } else { 6.0 }) + 18.0
        };
        8.0 * longest + self.columns.iter().map(column).sum::<f64>() + 30.0
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        let mut names = self.fits.iter().cloned();
        Needs { fit: names.next(), others: names.collect(), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        let width = self.width() + 30.0 * self.columns.len() as f64;
        let height = 108.0 + 27.0 * self.fits.len() as f64;
        [(width / INCH).clamp(6.0, 10.0), (height / INCH).clamp(2.0, 7.0)]
    }

    fn least_size(&self) -> [f64; 2] {
        let height = 100.0 + 19.0 * self.fits.len() as f64;
        [(self.width() / INCH).max(3.5), height / INCH]
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// A column with its numbers.
#[derive(Debug, Clone, Serialize)]
struct Scored {
    column: Column,
    /// One a fit; nothing for a fit that has no such number.
    values: Vec<Option<f64>>,
    /// How they are shown.
    texts: Vec<String>,
    /// The rows that are best, as they are shown.
    best: Vec<usize>,
}

impl Scored {
    fn new(column: Column, fitted: &[&Fitted<'_>], comparison: Comparison) -> Self {
        let values: Vec<Option<f64>> = fitted.iter().map(|f| column.value(f)).collect();
        let texts = column.texts(&values);
        let numbers = || values.iter().flatten().copied();
        let best = match (column.better(), comparison) {
            (Better::Neither, _) | (_, Comparison::SeveralDataSets) => None,
            (Better::Less, _) => numbers().reduce(f64::min),
            (Better::More, _) => numbers().reduce(f64::max),
        };
        let row = best.and_then(|best| values.iter().position(|v| *v == Some(best)));
        let best: Vec<usize> = row.map_or(Vec::new(), |row| {
            (0..texts.len()).filter(|&i| texts[i] == texts[row]).collect()
        });
        // The best of one, or of equals, is not worth a word.
        let best = if best.len() < numbers().count() { best } else { Vec::new() };
        Self { column, values, texts, best }
    }
}

/// The numbers of a table.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    fits: Vec<String>,
    labels: Vec<String>,
    columns: Vec<Scored>,
    comparison: Comparison,
}

impl Picture {
    fn new(spec: &Spec, inputs: &Inputs<'_>) -> Result<Self, String> {
        let fitted: Vec<&Fitted<'_>> =
            std::iter::once(inputs.fit()?).chain(&inputs.others).collect();
        let scored = |column: &Column| Scored::new(*column, &fitted, spec.comparison);
        Ok(Self {
            fits: spec.fits.clone(),
            labels: spec.labels.clone(),
            columns: spec.columns.iter().map(scored).collect(),
            comparison: spec.comparison,
        })
    }

    fn start(&self) -> String {
        match &self.labels[..] {
            [only] => format!("Scores of {only}"),
            many => format!("Scores of {} fits", number::word(many.len()).to_lowercase()),
        }
    }

    /// Whether one fit is the best in everything.
    fn facts(&self) -> Vec<String> {
        if self.comparison == Comparison::SeveralDataSets {
            return vec!["of different data: none is best".to_owned()];
        }
        let judged: Vec<&Scored> = self.columns.iter().filter(|c| !c.best.is_empty()).collect();
        let of_all = |row: &usize| judged.iter().all(|column| column.best.contains(row));
        match (judged.len(), (0..self.labels.len()).find(of_all)) {
            (0, _) => Vec::new(),
            (1, Some(row)) => vec![format!("{} is the best", self.labels[row])],
            (_, Some(row)) => vec![format!("{} is the best in every column", self.labels[row])],
            (_, None) => vec!["none is the best in every column".to_owned()],
        }
    }

    /// The best of each column, in words.
    fn sentences(&self) -> String {
        let each = self.columns.iter().map(|column| {
            let name = column.column.name();
            match column.best[..] {
                [] => {
                    let values = self.labels.iter().zip(&column.texts);
                    let values: Vec<_> = values.map(|(l, text)| format!("{text} ({l})")).collect();
                    format!("{name} {}", values.join(", "))
                }
                [row, ..] => {
                    let best: Vec<&str> =
                        column.best.iter().map(|&row| self.labels[row].as_str()).collect();
                    format!("best {name} {} ({})", column.texts[row], best.join(", "))
                }
            }
        });
        let facts: String = self.facts().iter().map(|fact| format!(", {fact}")).collect();
        let each: Vec<String> = each.collect();
        tex::plain(&format!("{}{facts}: {}.", self.start(), each.join("; ")))
    }
}
