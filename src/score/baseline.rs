//! What the scores would be if a part of the labels were random: truth with a growing fraction of
//! its labels redrawn, scored against truth itself.

use ndarray::Array2;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use toml::Spanned;

use super::{Scores, accuracy, adjusted_rand, log_loss, normalized_mutual_information};
use crate::diagnostic::{Problems, counted};
use crate::math::{linspace, percentile};
use crate::random::Random;
use crate::setting::{at_least, finite};

/// More steps or repeats than this, or more of their product, are a slip of the pen.
const MOST: usize = 1_000_000;

/// The band holds the repeats between these quantiles.
const BAND: [f64; 2] = [0.05, 0.95];

/// A baseline as written, apart from its fit and seed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Which scores, at least one, each at most once.
    pub scores: Spanned<Vec<Spanned<Score>>>,
    /// How truth is permuted.
    #[serde(default)]
    pub permuted_truth: PermutedTruth,
}

/// `permuted_truth` as written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PermutedTruth {
    /// How many fractions, at equal distances; at least 2, default 21.
    #[schemars(with = "Option<usize>", range(min = 2, max = MOST), extend("default" = 21))]
    pub steps: Option<Spanned<usize>>,
    /// How often each is drawn; at least 1, default 1.
    #[schemars(with = "Option<usize>", range(min = 1, max = MOST / 2), extend("default" = 1))]
    pub repeats: Option<Spanned<usize>>,
    /// The least and the largest fraction; default `[0.0, 1.0]`.
    #[schemars(
        with = "Option<[f64; 2]>",
        inner(range(min = 0, max = 1)),
        extend("default" = [0.0, 1.0])
    )]
    pub range: Option<Spanned<Vec<Spanned<f64>>>>,
}

/// A score that a baseline can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Score {
    /// The mean negative log probability of the true component, in nats.
    LogLoss,
    /// The share of points in the right component.
    Accuracy,
    /// The adjusted Rand index.
    AdjustedRand,
    /// The normalised mutual information.
    NormalizedMutualInformation,
}

/// The resolved baseline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// Which scores, in this order.
    pub scores: Vec<Score>,
    /// How many fractions, at least 2.
    pub steps: usize,
    /// How often each is drawn, at least 1.
    pub repeats: usize,
    /// The least and the largest fraction, within 0..=1.
    pub range: [f64; 2],
}

/// Which grid of fractions a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The range of the config.
    All,
    /// The beginning, where the fit's own score lies in the first tenth.
    Beginning,
}

impl Part {
    /// The part's name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Beginning => "beginning",
        }
    }
}

/// One score at one fraction.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Row {
    /// Which score.
    pub score: Score,
    /// Whether it is of the whole range or of the finer beginning.
    pub part: Part,
    /// The fraction of labels that were redrawn.
    pub fraction: f64,
    /// The mean of the repeats.
    pub mean: f64,
    /// The quantile 0.05 of the repeats.
    pub low: f64,
    /// The quantile 0.95 of the repeats.
    pub high: f64,
}

impl Score {
    /// The score's name in configs and exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::LogLoss => "log_loss",
            Self::Accuracy => "accuracy",
            Self::AdjustedRand => "adjusted_rand",
            Self::NormalizedMutualInformation => "normalized_mutual_information",
        }
    }

    /// The fit's own score, its components matched to the truth.
    pub fn of_fit(self, scores: &Scores) -> f64 {
        match self {
            Self::LogLoss => scores.log_loss_matched,
            Self::Accuracy => scores.accuracy_matched,
            Self::AdjustedRand => scores.adjusted_rand,
            Self::NormalizedMutualInformation => scores.normalized_mutual_information,
        }
    }

    /// The score of `changed` labels, which are certain, against the true ones.
    fn of(self, labels: &[usize], changed: &[usize]) -> f64 {
        match self {
            Self::LogLoss => {
                let wrong = labels.iter().zip(changed).filter(|(a, b)| a != b).count();
                log_loss::of_certain_labels(wrong, labels.len())
            }
            Self::Accuracy => accuracy::accuracy(labels, changed, Some),
            Self::AdjustedRand => adjusted_rand::adjusted_rand(labels, changed),
            Self::NormalizedMutualInformation => {
                normalized_mutual_information::normalized_mutual_information(labels, changed)
            }
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Options {
    /// Checks the options; reports every mistake.
    pub fn resolve(&self, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let listed = self.scores.get_ref();
        if listed.is_empty() {
            problems
                .at(self.scores.span(), "a baseline needs at least one score")
                .hint("write `scores = [\"log_loss\", \"accuracy\"]`");
        }
        for (i, score) in listed.iter().enumerate() {
            if listed[..i].iter().any(|other| other.get_ref() == score.get_ref()) {
                problems
                    .at(score.span(), format!("score `{}` is listed twice", score.get_ref()))
                    .hint("list every score once");
            }
        }
        let permuted = &self.permuted_truth;
        let steps = count(problems, "`steps`", permuted.steps.as_ref(), 2, 21);
        let repeats = count(problems, "`repeats`", permuted.repeats.as_ref(), 1, 1);
        let repeated = permuted.repeats.as_ref().filter(|_| problems.len() == before);
        if let Some(written) = repeated.filter(|_| steps.saturating_mul(repeats) > MOST) {
            problems
                .at(
                    written.span(),
                    format!(
                        "{steps} `steps` with {repeats} `repeats` each are more than {MOST} scores"
                    ),
                )
                .hint("20 steps and 100 repeats make a smooth band");
        }
        let range = permuted.range.as_ref().map_or(Some([0.0, 1.0]), |r| fractions(problems, r));
        let scores = listed.iter().map(|s| *s.get_ref()).collect();
        match range {
            Some(range) if problems.len() == before => Some(Spec { scores, steps, repeats, range }),
            _ => None,
        }
    }
}

fn count(
    problems: &mut Problems,
    what: &str,
    value: Option<&Spanned<usize>>,
    least: usize,
    default: usize,
) -> usize {
    let Some(value) = value else { return default };
    if at_least(problems, what, value, least) && *value.get_ref() > MOST {
        problems
            .at(value.span(), format!("{what} must be at most {MOST}, but is {}", value.get_ref()))
            .hint(format!("write a whole number up to {MOST}"));
    }
    *value.get_ref()
}

fn fractions(problems: &mut Problems, range: &Spanned<Vec<Spanned<f64>>>) -> Option<[f64; 2]> {
    let values = range.get_ref();
    let mut good = true;
    for value in values {
        if !finite(problems, "`range`", value) {
            good = false;
        } else if !(0.0..=1.0).contains(value.get_ref()) {
            problems
                .at(value.span(), format!("a fraction must be in 0..1, but is {}", value.get_ref()))
                .hint("write a number from 0 to 1");
            good = false;
        }
    }
    match values.as_slice() {
        [low, high] if low.get_ref() < high.get_ref() => {
            good.then(|| [*low.get_ref(), *high.get_ref()])
        }
        [_, _] => {
            if good {
                problems
                    .at(range.span(), "`range` must ascend")
                    .hint("write the smaller fraction first: `range = [0.0, 1.0]`");
            }
            None
        }
        _ => {
            problems
                .at(range.span(), format!("`range` has {}, not 2", counted(values.len(), "value")))
                .hint("write the least and the largest fraction: `range = [0.0, 1.0]`");
            None
        }
    }
}

/// Scores permuted truth: for every score a row for every fraction.
///
/// Draws, for each score in turn and each repeat: one permutation of the points, then for each
/// fraction a new label, uniform over the true components, for the first `int(fraction * N)` points
/// of the permutation.
pub fn run(
    spec: &Spec,
    labels: &[usize],
    true_components: usize,
    random: &mut dyn Random,
) -> Vec<Row> {
    let fractions = linspace(spec.range[0], spec.range[1], spec.steps);
    let mut rows = Vec::new();
    for &score in &spec.scores {
        let mut values = Array2::zeros((spec.steps, spec.repeats));
        for mut repeat in values.columns_mut() {
            let order = random.permutation(labels.len());
            for (fraction, value) in fractions.iter().zip(&mut repeat) {
                let size = (fraction * labels.len() as f64) as usize;
                let drawn = random.choice(true_components, size);
                let mut changed = labels.to_vec();
                for (&i, label) in order.iter().zip(drawn) {
                    changed[i] = label;
                }
                *value = score.of(labels, &changed);
            }
        }
        for (&fraction, repeats) in fractions.iter().zip(values.rows()) {
            let mut sorted = repeats.to_vec();
            sorted.sort_by(f64::total_cmp);
            rows.push(Row {
                score,
                part: Part::All,
                fraction,
                mean: sorted.iter().sum::<f64>() / sorted.len() as f64,
                low: percentile(&sorted, BAND[0]),
                high: percentile(&sorted, BAND[1]),
            });
        }
    }
    rows
}

/// The beginning shows three times the crossing in this many fractions.
const BEGINNING_STEPS: usize = 13;
const BEGINNING_FACTOR: f64 = 3.0;
/// A crossing before this fraction has a beginning of its own.
const EARLY: f64 = 0.1;

/// The finer beginnings of those scores that the fit's own crosses in the first tenth.
///
/// Draws as [`run`] does, after it, so that its rows are what they are without.
pub fn beginnings(
    spec: &Spec,
    rows: &[Row],
    fit: &Scores,
    labels: &[usize],
    true_components: usize,
    random: &mut dyn Random,
) -> Vec<Row> {
    let mut beginnings = Vec::new();
    for &score in &spec.scores {
        let own: Vec<(f64, f64)> =
            rows.iter().filter(|r| r.score == score).map(|r| (r.fraction, r.mean)).collect();
        let early = crossing(&own, score.of_fit(fit)).filter(|at| *at > 0.0 && *at < EARLY);
        let Some(at) = early else { continue };
        // Rounded up to a whole percent, so that an axis ends on a round number.
        let end = ((BEGINNING_FACTOR * at * 100.0).ceil() / 100.0).min(1.0);
        let finer = Spec {
            scores: vec![score],
            steps: BEGINNING_STEPS,
            repeats: spec.repeats,
            range: [0.0, end],
        };
        let drawn = run(&finer, labels, true_components, random);
        beginnings.extend(drawn.into_iter().map(|row| Row { part: Part::Beginning, ..row }));
    }
    beginnings
}

/// The fraction at which the mean first passes `value`, by linear interpolation between pairs of
/// fraction and mean.
pub fn crossing(means: &[(f64, f64)], value: f64) -> Option<f64> {
    means.windows(2).find_map(|w| {
        let (a, b) = (w[0].1 - value, w[1].1 - value);
        let share = if a == b { 0.0 } else { a / (a - b) };
        (a * b <= 0.0).then(|| w[0].0 + share * (w[1].0 - w[0].0))
    })
}
