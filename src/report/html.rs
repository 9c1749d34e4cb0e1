//! The report: one page with every figure, its caption, the scores and the config. No network.

use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use serde::Serialize;

use crate::figure::sweep;
use crate::score::Scores;
use crate::score::baseline;
use crate::selection::{Compared, Row};

/// A figure in the report.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// Its file name without extension.
    pub stem: String,
    /// A sentence made from its numbers.
    pub caption: String,
    /// The drawing, to stand in the page.
    pub svg: String,
}

/// The scores of a fit.
#[derive(Debug, Serialize)]
pub struct Score<'a> {
    /// Name of the fit.
    pub fit: String,
    /// The scores.
    pub scores: &'a Scores,
}

/// The members of a sweep.
#[derive(Debug, Serialize)]
pub struct Sweep {
    /// Name of the sweep.
    pub name: String,
    /// The swept keys, the numbers, and what is said of a member.
    pub columns: Vec<String>,
    /// One a member, as it is shown.
    pub rows: Vec<Vec<String>>,
}

impl Sweep {
    /// The table of the sweep called `name`.
    pub fn new(name: &str, compared: &Compared) -> Self {
        let metrics = compared.metrics();
        let keys = compared.keys.iter().map(|key| key.replace('_', " "));
        let numbers = metrics.iter().map(|metric| metric.label().to_owned());
        let columns = keys.chain(numbers).chain(["remarks".to_owned()]).collect();
        let row = |(index, row): (usize, &Row)| {
            let settings = row.settings.iter().map(ToString::to_string);
            let numbers = metrics.iter().map(|metric| {
                row.metrics.get(metric).map_or_else(String::new, |v| sweep::value(*metric, *v))
            });
            let best = (compared.best == Some(index)).then(|| "best".to_owned());
            let remarks: Vec<String> =
                best.into_iter().chain(row.flaws.iter().map(|flaw| flaw.words())).collect();
            settings.chain(numbers).chain([remarks.join("; ")]).collect()
        };
        let rows = compared.rows.iter().enumerate().map(row).collect();
        Self { name: format!("sweep.{name}"), columns, rows }
    }
}

/// What a fit says of points.
#[derive(Debug, Serialize)]
pub struct Prediction {
    /// Its name.
    pub name: String,
    /// Name of the data set whose points it is about.
    pub data: String,
    /// Name of the fit.
    pub fit: String,
    /// How many points there are.
    pub points: usize,
    /// The means over the points of the log density, of the predictive one, and of scikit-learn's
    /// `score_samples`, in nats.
    pub means: [f64; 3],
}

/// The rows of a baseline.
#[derive(Debug, Serialize)]
pub struct Baseline<'a> {
    /// Name of the baseline.
    pub name: String,
    /// The rows.
    pub rows: &'a [baseline::Row],
}

/// What a fit came to.
#[derive(Debug, Serialize)]
pub struct Fit {
    /// Name of the fit.
    pub name: String,
    /// Kind of the model.
    pub kind: &'static str,
    /// Number of components.
    pub components: usize,
    /// Iterations of the kept restart.
    pub iterations: usize,
    /// Why it stopped.
    pub stop: String,
    /// The exact bound at the end, in nats.
    pub elbo: Option<f64>,
    /// The log-likelihood at the end, in nats, of maximum likelihood.
    pub log_likelihood: Option<f64>,
    /// The cost at the end, of k-means.
    pub cost: Option<f64>,
    /// The divergence in nats at the end, of a projection.
    pub divergence: Option<f64>,
    /// Akaike's and the Bayesian information criterion of maximum likelihood.
    pub criteria: Option<(f64, f64)>,
}

/// An assertion that was judged.
#[derive(Debug, Serialize)]
pub struct Assertion {
    /// Its name.
    pub name: String,
    /// What it claims.
    pub that: String,
    /// The value that it is about.
    pub value: String,
    /// Whether it holds.
    pub holds: bool,
}

/// What the report says.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// Title of the page.
    pub title: String,
    /// The figures in order.
    pub figures: Vec<Figure>,
    /// The fits in order.
    pub fits: Vec<Fit>,
    /// Whether any fit is of maximum likelihood.
    pub has_likelihoods: bool,
    /// Whether any fit is of k-means.
    pub has_costs: bool,
    /// Whether any fit is a projection, so that the table has a column for it.
    pub has_divergences: bool,
    /// The scores in order.
    pub scores: Vec<Score<'a>>,
    /// The sweeps in order.
    pub sweeps: Vec<Sweep>,
    /// The predictions in order.
    pub predictions: Vec<Prediction>,
    /// The baselines in order.
    pub baselines: Vec<Baseline<'a>>,
    /// What failed, and why.
    pub failures: Vec<String>,
    /// Which assertions do not hold, and why.
    pub broken: Vec<String>,
    /// The assertions in order.
    pub assertions: Vec<Assertion>,
    /// The config as it counts, in its fixed layout.
    pub config: &'a str,
}

/// The page as HTML.
///
/// # Errors
///
/// If the template is wrong, which the tests rule out.
pub fn page(report: &Report<'_>) -> Result<String, String> {
    let mut environment = Environment::new();
    environment
        .add_template("report.html", include_str!("report.html"))
        .map_err(|error| error.to_string())?;
    environment.add_filter("percent", crate::figure::number::percent);
    environment.add_filter("fixed", |value: f64, digits: usize| {
        crate::figure::number::fixed(value, digits)
    });
    environment
        .get_template("report.html")
        .and_then(|template| template.render(context! { report => Value::from(Serde(report)) }))
        .map_err(|error| format!("the report cannot be written: {error:#}"))
}
