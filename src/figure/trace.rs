//! Any number that a fit has in every iteration, of one fit or several.
//!
//! What the viewer should see: how a number comes to its final value, and which of several lines
//! comes further. Lines are named at their right ends. Values that lie far apart, such as the exact
//! ELBO and the lecture's formula, have strips of their own in one frame, all with the same scale.
//! Where the lecture's formula falls, which no bound does, is marked.
//!
//! Horizontal: iteration. Vertical: nats, or what the components are measured in; with
//! `scale = "gap"` the distance to the final value on a log axis, where convergence at a constant
//! rate is a straight line.
//!
//! Keys that matter: `fit` (one or a list; `fits` is the same); `quantity` (`"elbo"`,
//! `"elbo_lecture"` and `"lower_bound"`, one or a list; of maximum likelihood `"log_likelihood"`; or `"means"`, `"weights"` or `"variances"`,
//! a line for each component); `restarts = true` (the ELBO of all restarts, the kept one in colour);
//! `range` (`"rise"`, or `"all"` from the first value of a bound on).

mod draw;
mod facts;
mod lines;

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toml::Spanned;

use self::lines::{Ended, Line, Strip, Truth};
use super::axes::Range;
use super::elbo::{self, Shown};
use super::known::check_at;
use super::several::Several;
use super::style::PALETTE;
use super::{At, Inputs, Kind, Known, KnownFit, Needs, words};
use crate::diagnostic::Problems;
use crate::model::History;
use crate::setting::OneOrMany;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = either_name)]
pub struct Options {
    /// The fit, or a list of fits.
    #[serde(alias = "fits")]
    #[schemars(with = "Option<OneOrMany<String>>")]
    fit: Spanned<Several<String>>,
    /// What the fits are called; their names by default.
    #[schemars(with = "Option<Vec<String>>")]
    labels: Option<Spanned<Vec<Spanned<String>>>>,
    /// Up to which iteration lines are drawn: a number or `"final"` (default). The frame is that of
    /// the whole.
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// What is drawn; `"elbo"` by default, of a `mixture_em` `"log_likelihood"`, of `kmeans` `"cost"`, of
    /// `project` `"divergence"`.
    #[schemars(with = "Option<OneOrMany<Quantity>>", extend("default" = "elbo"))]
    quantity: Option<Spanned<Several<Quantity>>>,
    /// What the vertical axis shows; `"linear"` by default.
    #[serde(default)]
    scale: Measure,
    /// Which part of bounds is drawn; `"rise"` by default.
    #[serde(default)]
    range: Shown,
    /// Whether all restarts are drawn.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    restarts: Option<Spanned<bool>>,
}

/// Fits stand at the key `fit` or at `fits`.
fn either_name(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    if let Some(properties) = properties
        && let Some(fit) = properties.get("fit").cloned()
    {
        properties.insert("fits".to_owned(), fit);
    }
    schema.insert("oneOf".to_owned(), json!([{"required": ["fit"]}, {"required": ["fits"]}]));
}

/// A number that a fit has in every iteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The exact bound with every constant.
    Elbo,
    /// The log-likelihood of all points, which maximum likelihood has instead of a bound.
    LogLikelihood,
    /// The sum of squared distances to the nearest means, which k-means makes least.
    Cost,
    /// The Kullback-Leibler divergence, which a projection makes least.
    Divergence,
    /// The notebook's formula, which is no bound and falls at times.
    ElboLecture,
    /// scikit-learn's bound, without constants.
    LowerBound,
    /// The components' means, in one dimension.
    Means,
    /// The components' weights.
    Weights,
    /// The components' variances, in one dimension.
    Variances,
}

impl Quantity {
    /// The trace that it is, if it is one.
    fn bound(self) -> Option<elbo::Quantity> {
        match self {
            Self::Elbo => Some(elbo::Quantity::Elbo),
            Self::LogLikelihood => Some(elbo::Quantity::LogLikelihood),
            Self::Cost => Some(elbo::Quantity::Cost),
            Self::Divergence => Some(elbo::Quantity::Divergence),
            Self::ElboLecture => Some(elbo::Quantity::ElboLecture),
            Self::LowerBound => Some(elbo::Quantity::LowerBound),
            Self::Means | Self::Weights | Self::Variances => None,
        }
    }

    /// What fits of a model kind make greatest.
    fn main_of(kind: &str) -> Self {
        match elbo::Quantity::main_of(kind) {
            Some(elbo::Quantity::LogLikelihood) => Self::LogLikelihood,
            Some(elbo::Quantity::Cost) => Self::Cost,
            Some(elbo::Quantity::Divergence) => Self::Divergence,
            _ => Self::Elbo,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Elbo => "elbo",
            Self::LogLikelihood => "log_likelihood",
            Self::Cost => "cost",
            Self::Divergence => "divergence",
            Self::ElboLecture => "elbo_lecture",
            Self::LowerBound => "lower_bound",
            Self::Means => "means",
            Self::Weights => "weights",
            Self::Variances => "variances",
        }
    }
}

/// What the vertical axis shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The value.
    #[default]
    #[serde(rename = "linear")]
    Value,
    /// The distance to the final value, on a log axis.
    Gap,
}

/// Which runs of a fit are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Runs {
    /// The kept one.
    Kept,
    /// Those of all restarts.
    All,
}

/// Traces that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    fits: Vec<OneFit>,
    at: At,
    quantities: Vec<Quantity>,
    scale: Measure,
    range: Shown,
    runs: Runs,
}

/// A fit of a figure.
#[derive(Debug, Clone, Serialize)]
struct OneFit {
    name: String,
    /// What it is called.
    label: String,
    /// Its data set: bounds of different ones have nothing in common.
    data: String,
}

impl Options {
    /// The same of another fit.
    pub(super) fn choose(&mut self, fit: Spanned<String>) {
        self.fit = Spanned::new(fit.span(), Several::One(fit.into_inner()));
        self.labels = None;
    }

    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let fits = Several::items(&self.fit);
        check_list(&fits, &self.fit, PALETTE, "fits", problems);
        let found: Vec<Option<&KnownFit>> =
            fits.iter().map(|fit| known.fit(fit, problems)).collect();
        let quantities = match &self.quantity {
            None => {
                let kind = found.iter().flatten().next().map_or("", |fit| fit.kind);
                vec![Spanned::new(self.fit.span(), Quantity::main_of(kind))]
            }
            Some(written) => {
                let items = Several::items(written);
                check_list(&items, written, 3, "quantities", problems);
                check_units(&items, problems);
                items
            }
        };
        let labels = words::labels(&self.labels, fits.len(), "fits", problems);
        for (name, fit) in fits.iter().zip(&found) {
            let Some(fit) = fit else { continue };
            check_fit(name, fit, &quantities, problems);
        }
        if quantities.iter().any(|q| q.get_ref().bound().is_none()) {
            check_one_data_set(&fits, &found, problems);
        }
        if let Some(restarts) = self.restarts.as_ref().filter(|r| *r.get_ref()) {
            check_restarts(restarts, &fits, &quantities, problems);
        }
        let found: Vec<&KnownFit> = found.into_iter().collect::<Option<_>>()?;
        // The frame is that of the longest fit.
        if let Some((name, fit)) = fits.iter().zip(&found).max_by_key(|(_, fit)| fit.max_iter) {
            check_at(problems, self.at.as_ref(), name, Some(fit));
        }
        let labels = labels?;
        if problems.len() > before {
            return None;
        }
        let label = |i: usize, name: &str| match &labels {
            Some(labels) => labels[i].clone(),
            None => name.to_owned(),
        };
        let fits = fits.into_iter().zip(found).enumerate().map(|(i, (name, fit))| OneFit {
            label: label(i, name.get_ref()),
            data: fit.data.clone(),
            name: name.into_inner(),
        });
        let all = self.restarts.as_ref().is_some_and(|r| *r.get_ref());
        Some(Spec {
            fits: fits.collect(),
            at: self.at.as_ref().map_or(At::Final, |at| *at.get_ref()),
            quantities: quantities.into_iter().map(Spanned::into_inner).collect(),
            scale: self.scale,
            range: self.range,
            runs: if all { Runs::All } else { Runs::Kept },
        })
    }
}

/// A list has at least one item, none of them twice, and at most `most`.
fn check_list<T: PartialEq>(
    items: &[Spanned<T>],
    written: &Spanned<Several<T>>,
    most: usize,
    what: &str,
    problems: &mut Problems,
) {
    if items.is_empty() || items.len() > most {
        let hint = match items.is_empty() {
            true => "name at least one",
            false => "so many lines cannot be told apart; make several panels",
        };
        problems
            .at_value(
                written.span(),
                format!("a trace is of 1 to {most} {what}, but this names {}", items.len()),
            )
            .hint(hint);
    }
    for (i, item) in items.iter().enumerate() {
        if items[..i].iter().any(|other| other.get_ref() == item.get_ref()) {
            problems.at_value(item.span(), "this is named twice").hint("name it once");
        }
    }
}

/// Bounds have an axis in common; what belongs to components is measured in units of its own.
fn check_units(quantities: &[Spanned<Quantity>], problems: &mut Problems) {
    let [_, _, ..] = quantities else { return };
    for quantity in quantities.iter().filter(|q| q.get_ref().bound().is_none()) {
        let key = quantity.get_ref().key();
        problems
            .at_value(quantity.span(), format!("`{key}` have no axis in common with anything else"))
            .hint("draw them in a figure or a panel of their own");
    }
}

fn check_fit(
    name: &Spanned<String>,
    fit: &KnownFit,
    quantities: &[Spanned<Quantity>],
    problems: &mut Problems,
) {
    if fit.kind == "given" {
        problems
            .at(
                name.span(),
                format!("`fit.{}` is given, not inferred: it has no iterations", name.get_ref()),
            )
            .hint("name a fit of kind `cavi`, `bayesian_mixture`, `mixture_em`, `kmeans` or `project`");
        return;
    }
    for quantity in quantities {
        let key = quantity.get_ref().key();
        match quantity.get_ref() {
            Quantity::Means | Quantity::Variances if fit.shape.dimensions != 1 => {
                problems
                    .at(
                        quantity.span(),
                        format!(
                            "`{key}` of data of dimension {} are more than one number a component",
                            fit.shape.dimensions
                        ),
                    )
                    .hint(format!(
                        "write \"weights\" or \"{}\"",
                        Quantity::main_of(fit.kind).key()
                    ));
            }
            quantity_of => {
                if let Some(bound) = quantity_of.bound() {
                    bound.check(quantity.span(), name.get_ref(), fit, problems);
                }
            }
        }
    }
}

/// Components of different data sets are not the same components.
fn check_one_data_set(
    fits: &[Spanned<String>],
    found: &[Option<&KnownFit>],
    problems: &mut Problems,
) {
    let Some(Some(first)) = found.first() else { return };
    for (name, fit) in fits.iter().zip(found) {
        if fit.is_some_and(|fit| fit.data != first.data) {
            problems
                .at(
                    name.span(),
                    format!(
                        "`fit.{}` is of other data, which has other components",
                        name.get_ref()
                    ),
                )
                .hint("draw fits of one data set, or each in a panel of its own");
        }
    }
}

/// Of restarts that were not kept there is the ELBO alone.
fn check_restarts(
    restarts: &Spanned<bool>,
    fits: &[Spanned<String>],
    quantities: &[Spanned<Quantity>],
    problems: &mut Problems,
) {
    if fits.len() > 1 {
        problems
            .at(restarts.span(), "restarts of several fits cannot be told apart")
            .hint("name one fit, or make a panel for each");
    }
    if quantities.iter().any(|q| !q.get_ref().bound().is_some_and(elbo::Quantity::is_main)) {
        problems
            .at(restarts.span(), "of restarts that were not kept there is only the ELBO")
            .hint("leave `quantity` out, or `restarts`");
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        let mut names = self.fits.iter().map(|fit| fit.name.clone());
        Needs { fit: names.next(), others: names.collect(), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        [10.0, 4.0]
    }

    fn least_size(&self) -> [f64; 2] {
        // Bounds of several kinds have strips of their own.
        [4.0, 2.5 + 0.5 * (self.quantities.len() as f64 - 1.0)]
    }

    fn labelled_columns(&self) -> usize {
        usize::from(self.quantities == [Quantity::Means])
    }

    fn shown_at(&self) -> Option<At> {
        Some(self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        Some(super::Spec::Trace(Self { at, ..self.clone() }))
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// The numbers of traces.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    quantities: Vec<Quantity>,
    scale: Measure,
    fits: Vec<Ended>,
    lines: Vec<Line>,
    /// The ELBO of the restarts that were not kept, each with its number from 0; empty if they are
    /// not drawn.
    restarts: Vec<(usize, Line)>,
    runs: Runs,
    truths: Vec<Truth>,
    /// Iterations.
    x: Range,
    strips: Vec<Strip>,
    /// The iteration, in words, if it is not the last.
    at: Option<String>,
    /// The name of the data's only column.
    column: String,
}

impl Picture {
    fn new(spec: &Spec, inputs: &Inputs<'_>) -> Result<Self, String> {
        let first = inputs.fit()?;
        let fitted: Vec<_> = std::iter::once(first).chain(&inputs.others).collect();
        let mut lines = Vec::new();
        for (index, fitted) in fitted.iter().enumerate() {
            lines.extend(lines::of_fit(spec, index, fitted, inputs.dataset)?);
        }
        let restarts = match spec.runs {
            Runs::Kept => Vec::new(),
            Runs::All => lines::restarts(spec, first.fit),
        };
        let fits: Vec<Ended> = spec
            .fits
            .iter()
            .zip(&fitted)
            .map(|(one, fitted)| Ended::new(one.label.clone(), one.data.clone(), fitted.fit))
            .collect();
        let truths = lines::truths(spec, first, inputs.dataset);
        let (x, strips) = lines::frame(spec, &fits, &lines, &restarts, &truths);
        // Of fits of both kinds only the number is the same.
        let halves = fitted.iter().all(|fitted| fitted.fit.history == History::HalfSteps);
        let history = if halves { History::HalfSteps } else { History::Iterations };
        let longest = fits.iter().map(|fit| fit.last).max().unwrap_or(0);
        Ok(Self {
            quantities: spec.quantities.clone(),
            scale: spec.scale,
            fits,
            lines,
            restarts,
            truths,
            runs: spec.runs,
            x,
            strips,
            at: spec.at.words(longest, history),
            column: inputs.dataset.measured().into_iter().next().unwrap_or_default(),
        })
    }

    /// What all lines are; `None` if they are bounds of several kinds.
    fn only_quantity(&self) -> Option<Quantity> {
        match self.quantities[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether all fits are of one data set, so that their bounds can be compared.
    fn is_of_one_data_set(&self) -> bool {
        self.fits.windows(2).all(|pair| pair[0].data == pair[1].data)
    }
}
