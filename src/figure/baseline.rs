//! Scores of permuted ground truth, with the fit's own score as a line.
//!
//! What the viewer should see: how wrong a labelling must be to be as bad as the fit. The dot marks
//! where the two meet. Where that is within the first tenth, a second panel shows the beginning.
//!
//! Horizontal: share of labels that are permuted. Vertical: the score in its unit.
//!
//! Keys that matter: `baseline` and `score`.

mod draw;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{Inputs, Kind, Known, Needs, number};
use crate::diagnostic::{Problems, list};
use crate::score::Scores;
use crate::score::baseline::{self, Part, Row, Score};

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The baseline.
    #[schemars(with = "String")]
    baseline: Spanned<String>,
    /// Which of its scores.
    #[schemars(with = "Score")]
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

impl Picture {
    fn new(spec: &Spec, inputs: &mut Inputs<'_>) -> Result<Self, String> {
        let all = inputs.baseline.ok_or("this figure needs a baseline")?;
        let part = |part: Part| -> Vec<Point> {
            let own = all.iter().filter(|r| r.score == spec.score && r.part == part);
            own.map(Point::of).collect()
        };
        let (points, zoom) = (part(Part::All), part(Part::Beginning));
        let scores: &Scores =
            inputs.fit()?.scores.ok_or("the data have no labels to score against")?;
        let value = spec.score.of_fit(scores);
        let components = inputs.dataset.components().ok_or("the data have no labels")?;
        let meets = |rows: &[Point]| {
            let means: Vec<(f64, f64)> = rows.iter().map(|r| (r.fraction, r.mean)).collect();
            baseline::crossing(&means, value)
        };
        // The finer grid knows better where the two meet.
        let crossing = meets(&zoom).or_else(|| meets(&points));
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

    fn facts(&self) -> Vec<String> {
        let Some(at) = self.crossing else {
            return vec!["out of the range of the permuted truth".to_owned()];
        };
        let meets =
            format!("as good as a truth with {} of the labels permuted", number::percent(at));
        let band = self.band_at(at).filter(|_| self.repeats > 1).map(|half| {
            let (half, unit) = match self.score {
                Score::LogLoss => (half, "nats"),
                _ => (100.0 * half, "points"),
            };
            format!("band \u{b1} {} {unit} at the dot", number::short(half, number::digits(half)))
        });
        [meets].into_iter().chain(band).collect()
    }

    /// Half the width of the band at a fraction.
    fn band_at(&self, at: f64) -> Option<f64> {
        let rows = if self.zoom.is_empty() { &self.rows } else { &self.zoom };
        rows.windows(2).find(|w| w[0].fraction <= at && at <= w[1].fraction).map(|w| {
            let share = (at - w[0].fraction) / (w[1].fraction - w[0].fraction);
            let half = |p: &Point| (p.high - p.low) / 2.0;
            half(&w[0]) + share * (half(&w[1]) - half(&w[0]))
        })
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

fn title(score: Score) -> &'static str {
    match score {
        Score::LogLoss => "Log loss",
        Score::Accuracy => "Accuracy",
        Score::AdjustedRand => "Adjusted Rand index",
        Score::NormalizedMutualInformation => "Normalised mutual information",
    }
}
