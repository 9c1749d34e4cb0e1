//! What a config declares, for figures to be checked against.

use std::ops::Range;

use indexmap::IndexMap;
use toml::Spanned;

use crate::data::Shape;
use crate::diagnostic::{Problems, suggest};
use crate::model::bayesian_mixture::{CovarianceType, WeightPrior};
use crate::model::cavi;
use crate::score::baseline::Score;
use crate::selection::{Criterion, Metric, Setting, TWO_MEASURES};

use super::elbo::Quantity;
use super::{At, Needs};

/// What a config declares, for figures to be checked against. A node that is declared but wrong is
/// `None`: what refers to it is not wrong for that.
#[derive(Debug, Default)]
pub struct Known {
    /// Data sets.
    pub data: IndexMap<String, Option<Shape>>,
    /// Fits.
    pub fits: IndexMap<String, Option<KnownFit>>,
    /// Predictions.
    pub predictions: IndexMap<String, Option<KnownPrediction>>,
    /// Baselines.
    pub baselines: IndexMap<String, Option<KnownBaseline>>,
    /// Sweeps.
    pub sweeps: IndexMap<String, Option<KnownSweep>>,
}

/// What is known of a fit before it is made.
#[derive(Debug, Clone)]
pub struct KnownFit {
    /// The name of its data set.
    pub data: String,
    /// The shape of its data set.
    pub shape: Shape,
    /// The model's kind.
    pub kind: &'static str,
    /// The form of the covariances and the prior of the weights, which say what a fit has; `None` of
    /// a model that has no such choice.
    pub forms: (Option<CovarianceType>, Option<WeightPrior>),
    /// CAVI's options, which say what it has; `None` of another model.
    pub cavi: Option<cavi::Spec>,
    /// Whether it has scikit-learn's `lower_bound`, as Bayesian mixtures but for conjugate ones have.
    pub lower_bound: bool,
    /// How many components it infers.
    pub components: usize,
    /// How it starts, in words.
    pub start: &'static str,
    /// The most iterations that it takes; `None` if it infers nothing.
    pub max_iter: Option<usize>,
}

/// What is known of a sweep before it is made.
#[derive(Debug, Clone)]
pub struct KnownSweep {
    /// The name of its data set.
    pub data: String,
    /// Whether the data have labels, so that members have scores.
    pub is_scored: bool,
    /// The keys that members differ in, each with its values in their order.
    pub keys: IndexMap<String, Vec<Setting>>,
    /// What decides which member is best.
    pub by: Criterion,
    /// Whether that is one measure for all of them, so that there is a best one.
    pub is_comparable: bool,
    /// The criteria that at least one member has.
    pub criteria: Vec<Metric>,
    /// How many members there are.
    pub members: usize,
}

/// What is known of a prediction before it is made.
#[derive(Debug, Clone)]
pub struct KnownPrediction {
    /// How many points are predicted.
    pub points: usize,
    /// Their dimension.
    pub dimensions: usize,
    /// How many components the fit infers.
    pub components: usize,
    /// How many points are drawn from it, or 0.
    pub samples: usize,
}

/// What is known of a baseline before it is made.
#[derive(Debug, Clone)]
pub struct KnownBaseline {
    /// The name of its fit.
    pub fit: String,
    /// The scores that it has.
    pub scores: Vec<Score>,
    /// How often each fraction is drawn.
    pub repeats: usize,
}

impl KnownFit {
    /// Whether it says which component a point is of: a projection is one distribution for all.
    pub fn assigns(&self) -> bool {
        self.kind != "project"
    }

    /// Whether it has scores.
    pub fn is_scored(&self) -> bool {
        self.shape.components.is_some() && self.assigns()
    }

    /// The name of what it makes as large or as small as it can; `None` if it infers nothing.
    pub fn objective(&self) -> Option<&'static str> {
        Quantity::main_of(self.kind).map(Quantity::key)
    }

    /// Why it has no number that titles call so, in words that follow its name; `None` if it has it.
    pub fn lacks_number(&self, name: &str) -> Option<String> {
        let of_kind = || Some(format!("is of kind `{}`, which has none", self.kind));
        match name {
            "elbo" | "log_likelihood" | "cost" | "divergence" => {
                if self.objective() == Some(name) {
                    None
                } else {
                    of_kind()
                }
            }
            "aic" | "bic" => {
                if self.kind == "mixture_em" {
                    None
                } else {
                    of_kind()
                }
            }
            "accuracy" | "log_loss" | "adjusted_rand" | "nmi" if !self.assigns() => of_kind(),
            "accuracy" | "log_loss" | "adjusted_rand" | "nmi" if !self.is_scored() => {
                Some(format!("is of `data.{}`, whose true components are not known", self.data))
            }
            _ => None,
        }
    }

    /// Why it has no such trace, in words that follow its name; `None` if it has it.
    pub(super) fn lacks(&self, trace: Quantity) -> Option<String> {
        let key = trace.key();
        if !trace.is_of(self.kind) {
            return Some(format!("is of kind `{}`, which has no `{key}`", self.kind));
        }
        if trace == Quantity::LowerBound && !self.lower_bound {
            return Some(format!("is of the family `conjugate`, which has no `{key}`"));
        }
        let inferred = self.cavi.as_ref().filter(|_| trace == Quantity::ElboLecture)?.inferred()?;
        Some(format!(
            "infers {inferred} too, for which the notebook's formula has no terms: it has no `{key}`"
        ))
    }
}

impl Known {
    /// The data set called `name`.
    pub fn data(&self, name: &Spanned<String>, problems: &mut Problems) -> Option<&Shape> {
        find(&self.data, name, "data", problems)
    }

    /// The fit called `name`.
    pub fn fit(&self, name: &Spanned<String>, problems: &mut Problems) -> Option<&KnownFit> {
        let written = name.get_ref();
        let of_sweep = written.strip_prefix("sweep.");
        if let Some(entry) = self.fits.get(written) {
            return entry.as_ref();
        }
        let sweep = of_sweep.and_then(|rest| self.sweeps.get(rest.split('.').next()?));
        if let Some(None) = sweep {
            // The sweep is wrong, and what its members are called is not known.
            return None;
        }
        if let Some(Some(sweep)) = sweep
            && !sweep.is_comparable
            && written.ends_with(".best")
        {
            let member =
                self.fits.keys().find(|other| other.starts_with(written.trim_end_matches("best")));
            problems
                .at_value(name.span(), format!("no member is best: {TWO_MEASURES}"))
                .hint(format!("name one, such as `{}`", member.map_or("", String::as_str)));
            return None;
        }
        // Members of sweeps are many, and are meant only by names such as theirs.
        let known = self.fits.keys().map(String::as_str);
        let known: Vec<&str> =
            known.filter(|other| other.starts_with("sweep.") == of_sweep.is_some()).collect();
        let (message, names) = match of_sweep {
            Some(_) => (format!("no fit is called `{written}`"), "members of sweeps"),
            None => (format!("there is no `[fit.{written}]`"), "names in `fit`"),
        };
        problems.at_value(name.span(), message).hint(suggest(written, &known, names));
        None
    }

    /// The baseline called `name`.
    pub fn baseline(
        &self,
        name: &Spanned<String>,
        problems: &mut Problems,
    ) -> Option<&KnownBaseline> {
        find(&self.baselines, name, "baseline", problems)
    }

    /// The sweep called `name`.
    pub fn sweep(&self, name: &Spanned<String>, problems: &mut Problems) -> Option<&KnownSweep> {
        find(&self.sweeps, name, "sweep", problems)
    }

    /// Reports that none of the fits that a figure needs ever comes to an iteration.
    pub fn check_reached(
        &self,
        needs: &Needs,
        at: At,
        span: Range<usize>,
        problems: &mut Problems,
    ) -> bool {
        let names = needs.fit.iter().chain(&needs.others);
        let fits = names.filter_map(|name| Some((name, self.fits.get(name)?.as_ref()?)));
        match (at, fits.max_by_key(|(_, fit)| fit.max_iter)) {
            (At::Iteration(t), Some((name, fit))) => check_most(problems, span, t, name, fit),
            _ => true,
        }
    }
}

fn find<'a, T>(
    known: &'a IndexMap<String, Option<T>>,
    name: &Spanned<String>,
    section: &str,
    problems: &mut Problems,
) -> Option<&'a T> {
    let entry = known.get(name.get_ref());
    if entry.is_none() {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        problems
            .at_value(name.span(), format!("there is no `[{section}.{}]`", name.get_ref()))
            .hint(suggest(name.get_ref(), &names, &format!("names in `{section}`")));
    }
    entry?.as_ref()
}

/// Reports that a fit never comes to an iteration.
pub(super) fn check_iteration(
    problems: &mut Problems,
    span: Range<usize>,
    iteration: usize,
    fit: &Spanned<String>,
    known: &KnownFit,
) -> bool {
    check_most(problems, span, iteration, fit.get_ref(), known)
}

/// Reports that a fit never comes to the iteration that a figure is of.
pub(super) fn check_at(
    problems: &mut Problems,
    at: Option<&Spanned<At>>,
    fit: &Spanned<String>,
    known: Option<&KnownFit>,
) -> bool {
    let (Some(at), Some(known)) = (at, known) else { return true };
    match *at.get_ref() {
        At::Iteration(t) => check_iteration(problems, at.span(), t, fit, known),
        At::Final => true,
    }
}

fn check_most(
    problems: &mut Problems,
    span: Range<usize>,
    iteration: usize,
    name: &str,
    known: &KnownFit,
) -> bool {
    let Some(most) = known.max_iter.filter(|most| iteration > *most) else { return true };
    problems
        .at(span, format!("there is no iteration {iteration}: `fit.{name}` has at most {most}"))
        .hint("iterations are counted from 0 (the start) to `max_iter`, which the fit may raise");
    false
}

/// Reports that a figure of components, or of their points, is of a fit that has none.
pub(super) fn check_assigns(
    problems: &mut Problems,
    name: &Spanned<String>,
    fit: Option<&KnownFit>,
    kind: &str,
) -> bool {
    let good = fit.is_none_or(KnownFit::assigns);
    if !good {
        problems
            .at(
                name.span(),
                format!(
                    "`fit.{}` is of kind `project`, one distribution for the whole mixture, but \
                     `{kind}` is about components",
                    name.get_ref()
                ),
            )
            .hint("draw a `density` with `data` and `fit`");
    }
    good
}

/// Reports that a figure of this kind needs data of another dimension.
pub(super) fn check_dimension(
    problems: &mut Problems,
    name: &Spanned<String>,
    shape: &Shape,
    kind: &str,
    dimensions: usize,
) -> bool {
    let good = shape.dimensions == dimensions;
    if !good {
        problems
            .at(
                name.span(),
                format!(
                    "`{kind}` draws data of dimension {dimensions}, but these have dimension {}",
                    shape.dimensions
                ),
            )
            .hint(match dimensions {
                1 => "for 2-D data use `contour`",
                _ => "for 1-D data use `histogram`",
            });
    }
    good
}
