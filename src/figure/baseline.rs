//! Scores of permuted ground truth, with the fit's own score as a line.
//!
//! What the viewer should see: how wrong a labelling must be to be as bad as the fit. The dot marks
//! where the two meet. Where that is within the first tenth, a second panel shows the beginning.
//!
//! Horizontal: share of labels that are permuted. Vertical: the score in its unit.
//!
//! Keys that matter: `baseline` and `score`.

mod draw;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{At, Inputs, Kind, Known, Needs, SharedAxes, number};
use crate::diagnostic::{Problems, list};
use crate::score::Scores;
use crate::score::baseline::{self, Row, Score};

/// As written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The baseline.
    baseline: Spanned<String>,
    /// Which of its scores.
    score: Spanned<Score>,
}

/// A baseline that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    baseline: String,
    score: Score,
    fit: String,
    repeats: usize,
}

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let baseline = known.baseline(&self.baseline, problems)?;
        if !baseline.scores.contains(self.score.get_ref()) {
            let names: Vec<&str> = baseline.scores.iter().map(|s| s.name()).collect();
            problems
                .at(
                    self.score.span(),
                    format!(
                        "`baseline.{}` has no `{}`",
                        self.baseline.get_ref(),
                        self.score.get_ref().name()
                    ),
                )
                .hint(format!("its scores are {}", list(&names)));
            return None;
        }
        Some(Spec {
            baseline: self.baseline.get_ref().clone(),
            score: *self.score.get_ref(),
            fit: baseline.fit.clone(),
            repeats: baseline.repeats,
        })
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs {
            fit: Some(self.fit.clone()),
            baseline: Some(self.baseline.clone()),
            ..Needs::default()
        }
    }

    fn default_size(&self) -> [f64; 2] {
        [10.0, 4.0]
    }

    fn least_size(&self) -> [f64; 2] {
        [4.0, 2.5]
    }

    fn shared_axes(&self) -> Option<SharedAxes> {
        None
    }

    fn labelled_columns(&self) -> usize {
        0
    }

    fn shown_at(&self) -> Option<At> {
        None
    }

    fn at(&self, _at: At) -> Option<super::Spec> {
        None
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Point {
    fraction: f64,
    mean: f64,
    low: f64,
    high: f64,
}

impl Point {
    fn of(row: &Row) -> Self {
        Self { fraction: row.fraction, mean: row.mean, low: row.low, high: row.high }
    }
}

/// The numbers of a baseline figure.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    score: Score,
    /// The fit's own score, matched.
    value: f64,
    rows: Vec<Point>,
    repeats: usize,
    /// The share of permuted labels at which the mean equals the fit's score.
    crossing: Option<f64>,
    /// The beginning, where the crossing lies in the first tenth.
    zoom: Vec<Point>,
    components: usize,
}

/// The second panel shows three times the crossing in this many fractions.
const ZOOM_STEPS: usize = 13;
const ZOOM_FACTOR: f64 = 3.0;

impl Picture {
    fn new(spec: &Spec, inputs: &mut Inputs<'_>) -> Result<Self, String> {
        let all = inputs.baseline.ok_or("this figure needs a baseline")?;
        let points: Vec<Point> =
            all.iter().filter(|r| r.score == spec.score).map(Point::of).collect();
        let scores: &Scores =
            inputs.fit()?.scores.ok_or("the data have no labels to score against")?;
        let value = value(spec.score, scores);
        let components = inputs.dataset.components().ok_or("the data have no labels")?;
        let crossing = crossing(&points, value);
        let mut zoom = Vec::new();
        if let (Some(at), Some(labels)) =
            (crossing.filter(|c| *c > 0.0 && *c < 0.1), &inputs.dataset.labels)
        {
            // Rounded up to a whole percent, so that the axis ends on a round number.
            let end = ((ZOOM_FACTOR * at * 100.0).ceil() / 100.0).min(1.0);
            let finer = baseline::Spec {
                scores: vec![spec.score],
                steps: ZOOM_STEPS,
                repeats: spec.repeats,
                range: [0.0, end],
            };
            zoom = baseline::run(&finer, labels, components, inputs.random.as_mut())
                .iter()
                .map(Point::of)
                .collect();
        }
        // The finer grid knows better where the two meet.
        let crossing = match self::crossing(&zoom, value) {
            Some(finer) => Some(finer),
            None => crossing,
        };
        Ok(Self {
            score: spec.score,
            value,
            rows: points,
            repeats: spec.repeats,
            crossing,
            zoom,
            components,
        })
    }

    fn facts(&self) -> String {
        match self.crossing {
            Some(at) => {
                format!("as good as a truth with {} of the labels permuted", number::percent(at))
            }
            None => "out of the range of the permuted truth".to_owned(),
        }
    }

    fn unit(&self) -> &'static str {
        match self.score {
            Score::LogLoss => " (nats)",
            _ => "",
        }
    }

    /// The mean width of the band.
    fn band(&self) -> f64 {
        self.rows.iter().map(|r| r.high - r.low).sum::<f64>() / self.rows.len().max(1) as f64
    }
}

/// The fit's own score, its components matched to the truth.
fn value(score: Score, scores: &Scores) -> f64 {
    match score {
        Score::LogLoss => scores.log_loss_matched,
        Score::Accuracy => scores.accuracy_matched,
        Score::AdjustedRand => scores.adjusted_rand,
        Score::NormalizedMutualInformation => scores.normalized_mutual_information,
    }
}

fn title(score: Score) -> &'static str {
    match score {
        Score::LogLoss => "Log loss",
        Score::Accuracy => "Accuracy",
        Score::AdjustedRand => "Adjusted Rand index",
        Score::NormalizedMutualInformation => "Normalised mutual information",
    }
}

/// Where the mean first passes `value`, by linear interpolation.
fn crossing(rows: &[Point], value: f64) -> Option<f64> {
    rows.windows(2).find_map(|w| {
        let (a, b) = (w[0].mean - value, w[1].mean - value);
        let share = if a == b { 0.0 } else { a / (a - b) };
        (a * b <= 0.0).then(|| w[0].fraction + share * (w[1].fraction - w[0].fraction))
    })
}
