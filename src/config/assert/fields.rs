//! What nodes have, as `elbow export` prints it: the fields of each kind, as far as they are known
//! before anything runs.

use std::borrow::Cow;

use crate::data::Shape;
use crate::figure::{KnownFit, KnownPrediction, KnownSweep};
use crate::model::Objective;
use crate::model::bayesian_mixture::{CovarianceType, WeightPrior};
use crate::model::cavi::VariancePrior;
use crate::selection::{Metric, Setting, column};

/// What a value is, as far as that is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Number,
    /// A text; one of these, or any if there are none.
    Text(&'static [&'static str]),
    /// A list of such items, and how many of them.
    List(Box<Type>, Option<usize>),
    /// A table of these fields.
    Table(Vec<(Cow<'static, str>, Type)>),
    /// Nothing is known of it.
    Unknown,
}

impl Type {
    /// What it is, in words.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text(_) => "a text",
            Self::List(..) => "a list",
            Self::Table(_) => "a table",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it may hold nothing but numbers, at any depth.
    pub(super) fn is_of_numbers(&self) -> bool {
        match self {
            Self::Number | Self::Unknown => true,
            Self::List(item, _) => item.is_of_numbers(),
            Self::Text(_) | Self::Table(_) => false,
        }
    }
}

/// Why a fit stopped.
const STOPS: [&str; 3] = ["converged", "iteration_limit", "not_iterative"];

fn table(fields: Vec<(&'static str, Type)>) -> Type {
    Type::Table(fields.into_iter().map(|(name, of)| (Cow::Borrowed(name), of)).collect())
}

fn list(item: Type) -> Type {
    Type::List(Box::new(item), None)
}

fn of_length(item: Type, length: usize) -> Type {
    Type::List(Box::new(item), Some(length))
}

/// What a mixture of K components in D dimensions has.
fn mixture(k: usize, d: usize) -> Vec<(&'static str, Type)> {
    let covariances = ("covariances", of_length(matrix(d), k));
    weights_and_means(k, d).into_iter().chain([covariances]).collect()
}

fn weights_and_means(k: usize, d: usize) -> [(&'static str, Type); 2] {
    [("weights", of_length(Type::Number, k)), ("means", of_length(of_length(Type::Number, d), k))]
}

/// Covariances in scikit-learn's shapes.
fn covariances(form: CovarianceType, k: usize, d: usize) -> Type {
    match form {
        CovarianceType::Full => of_length(matrix(d), k),
        CovarianceType::Tied => matrix(d),
        CovarianceType::Diag => of_length(of_length(Type::Number, d), k),
        CovarianceType::Spherical => of_length(Type::Number, k),
    }
}

fn matrix(d: usize) -> Type {
    of_length(of_length(Type::Number, d), d)
}

/// What a data set has. Labels and truth are fields of those only that have them.
pub(super) fn of_data(shape: &Shape) -> Type {
    let Shape { points, dimensions, .. } = *shape;
    let mut fields = vec![
        ("points", of_length(of_length(Type::Number, dimensions), points)),
        ("columns", of_length(Type::Text(&[]), dimensions)),
    ];
    let components = shape.components;
    fields.extend(components.map(|_| ("labels", of_length(Type::Number, points))));
    let truth = components.filter(|_| shape.truth);
    fields.extend(truth.map(|k| ("truth", table(mixture(k, dimensions)))));
    table(fields)
}

/// What a fit has.
pub(super) fn of_fit(fit: &KnownFit) -> Type {
    let (k, d) = (fit.components, fit.shape.dimensions);
    let mut fields =
        vec![("iterations", Type::Number), ("stop", Type::Text(&STOPS)), ("restart", Type::Number)];
    let trace = list(Type::Number);
    let components = of_length(Type::Number, k);
    if let Some(objective) = Objective::of_kind(fit.kind) {
        let second = match (fit.kind, &fit.cavi) {
            ("cavi", Some(cavi)) if cavi.inferred().is_some() => None,
            ("cavi", _) => Some("elbo_lecture"),
            ("kmeans", _) => Some("cost_before_assignment"),
            _ => fit.lower_bound.then_some("lower_bound"),
        };
        let names = [objective.key(), objective.restarts_key()].into_iter().chain(second);
        fields.extend(names.map(|name| (name, trace.clone())));
        fields.push(("restart_traces", list(trace.clone())));
        fields.push(("restart_stops", list(Type::Text(&STOPS))));
        fields.push(("restart_iterations", trace));
    }
    match (&fit.cavi, fit.forms) {
        (Some(cavi), _) => {
            let each = list(components.clone());
            fields.extend([("m", each.clone()), ("s2", each)]);
            fields.extend(mixture(k, d));
            let weights = cavi.weight_concentration_prior.is_some();
            fields.extend(weights.then(|| ("weight_concentration", components.clone())));
            if let VariancePrior::Unknown { .. } = cavi.variance {
                let precision = ("mean_precision", components.clone());
                fields.extend([precision, ("degrees_of_freedom", components)]);
            }
        }
        (_, (Some(covariance), None)) => {
            fields.extend(["parameters", "aic", "bic"].map(|name| (name, Type::Number)));
            fields.extend(weights_and_means(k, d));
            fields.push(("covariances", covariances(covariance, k, d)));
        }
        (_, (Some(covariance), Some(weights))) => {
            let concentration = match weights {
                WeightPrior::DirichletDistribution => components.clone(),
                WeightPrior::DirichletProcess => of_length(components.clone(), 2),
            };
            let degrees = match covariance {
                CovarianceType::Tied => Type::Number,
                _ => components.clone(),
            };
            fields.extend(weights_and_means(k, d));
            fields.extend([
                ("covariances", covariances(covariance, k, d)),
                ("weight_concentration", concentration),
                ("mean_precision", components),
                ("degrees_of_freedom", degrees),
            ]);
        }
        _ => fields.extend(mixture(k, d)),
    }
    // Components without partner have null.
    let matched = fit.shape.components.filter(|_| fit.is_scored());
    fields.extend(matched.map(|k| ("match", of_length(Type::Unknown, k))));
    table(fields)
}

/// What the scores of a fit are; `None` if it has none.
pub(super) fn of_score(fit: &KnownFit) -> Option<Type> {
    let components = fit.shape.components.filter(|_| fit.is_scored())?;
    let scores = [
        "log_loss",
        "log_loss_matched",
        "accuracy",
        "accuracy_matched",
        "adjusted_rand",
        "normalized_mutual_information",
    ];
    let mut fields = scores.map(|name| (name, Type::Number)).to_vec();
    fields.push(("match", of_length(Type::Unknown, components)));
    Some(table(fields))
}

/// What a sweep has: its members, and the best of them. Which numbers a member has is known but for
/// one that fails.
pub(super) fn of_sweep(sweep: &KnownSweep) -> Type {
    let has = |metric: &&Metric| match metric.needs_labels() {
        true => sweep.is_scored,
        false => metric.is_count() || sweep.criteria.contains(metric),
    };
    let numbers = Metric::ALL;
    let numbers: Vec<&'static str> = numbers.iter().filter(has).map(|m| m.key()).collect();
    let restart: Vec<(&'static str, Type)> = numbers
        .iter()
        .map(|name| (*name, Type::Number))
        .chain([("stop", Type::Text(&STOPS))])
        .collect();
    let mut row: Vec<(Cow<'static, str>, Type)> = vec![
        ("fit".into(), Type::Text(&[])),
        ("components".into(), Type::Number),
        ("restart".into(), Type::Number),
        ("sound".into(), Type::Unknown),
        ("flaws".into(), list(Type::Text(&[]))),
    ];
    row.extend(restart.iter().map(|(name, of)| (Cow::Borrowed(*name), of.clone())));
    for (key, values) in &sweep.keys {
        let all = |is: fn(&Setting) -> bool| values.iter().all(is);
        let of = match () {
            () if all(|value| value.number().is_some()) => Type::Number,
            () if all(|value| matches!(value, Setting::Word(_))) => Type::Text(&[]),
            () => Type::Unknown,
        };
        let key = column(key);
        row.retain(|(name, _)| *name != key);
        row.push((key.into(), of));
    }
    let best = Type::Table(row.clone());
    row.push(("restarts".into(), list(table(restart))));
    table(vec![
        ("keys", of_length(Type::Text(&[]), sweep.keys.len())),
        ("by", Type::Text(&[])),
        ("best", best),
        ("members", of_length(Type::Table(row), sweep.members)),
    ])
}

/// What a prediction has.
pub(super) fn of_prediction(prediction: &KnownPrediction) -> Type {
    let KnownPrediction { points, dimensions, components, samples } = *prediction;
    let each = || of_length(Type::Number, points);
    let mut fields = vec![
        ("labels", each()),
        ("responsibilities", of_length(of_length(Type::Number, components), points)),
        ("score_samples", each()),
        ("log_density", each()),
        ("log_density_predictive", each()),
    ];
    let means = ["mean_score_samples", "mean_log_density", "mean_log_density_predictive"];
    fields.extend(means.map(|name| (name, Type::Number)));
    if samples > 0 {
        fields.push(("samples", of_length(of_length(Type::Number, dimensions), samples)));
        fields.push(("sample_labels", of_length(Type::Number, samples)));
    }
    table(fields)
}

/// What a baseline is: its rows. Some come only where the fit is good.
pub(super) fn of_baseline() -> Type {
    let numbers = ["fraction", "mean", "low", "high"];
    let texts: [(&str, &[&str]); 2] = [
        ("score", &["log_loss", "accuracy", "adjusted_rand", "normalized_mutual_information"]),
        ("part", &["all", "beginning"]),
    ];
    let texts = texts.map(|(name, words)| (name, Type::Text(words)));
    let fields = texts.into_iter().chain(numbers.map(|name| (name, Type::Number)));
    list(table(fields.collect()))
}
