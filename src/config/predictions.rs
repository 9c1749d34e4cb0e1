//! `[predict.NAME]`: what a fit says of a data set.

use indexmap::IndexMap;
use toml::Spanned;

use super::plan::Predict;
use super::raw::Raw;
use super::resolve::{check_size, each, seed};
use crate::diagnostic::{Problems, counted};
use crate::figure::{Known, KnownPrediction};
use crate::setting::at_least;

/// More points than this are a slip of the pen.
pub(super) const MOST_SAMPLES: usize = 1_000_000;

/// Checks the nodes and makes them known.
pub(super) fn resolve(
    raw: &Raw,
    known: &mut Known,
    problems: &mut Problems,
) -> IndexMap<String, Predict> {
    let predictions = each(&raw.predictions, problems, |name, node, problems| {
        let seed = seed(raw, &node.seed, node.generator, &format!("predict.{name}"), problems);
        let samples = samples(node.samples.as_ref(), problems);
        let fit = known.fit(&node.fit, problems).cloned();
        let data = match (&node.data, &fit) {
            (Some(data), _) => known.data(data, problems).cloned(),
            (None, fit) => fit.as_ref().map(|fit| fit.shape.clone()),
        };
        let (fit, shape) = (fit?, data?);
        if fit.kind == "kmeans" {
            problems
                .at_value(
                    node.fit.span(),
                    format!(
                        "`fit.{}` is of kind `kmeans`, which has no density of further points",
                        node.fit.get_ref()
                    ),
                )
                .hint("name a fit of another kind, such as `mixture_em`");
            return None;
        }
        let own = fit.shape.dimensions;
        let named = node.data.as_ref().unwrap_or(&node.fit);
        if shape.dimensions != own {
            problems
                .at_value(
                    named.span(),
                    format!(
                        "`data.{}` has dimension {}, but `fit.{}` is of data of dimension {own}",
                        named.get_ref(),
                        shape.dimensions,
                        node.fit.get_ref()
                    ),
                )
                .hint(format!("name data with {}", counted(own, "column")));
            return None;
        }
        check_size(named, &shape, fit.components, problems).then_some(())?;
        let data = node.data.as_ref().map_or(fit.data, |data| data.get_ref().clone());
        let fit = node.fit.get_ref().clone();
        Some(Predict { fit, data, samples: samples?, seed: seed?, generator: node.generator })
    });
    for name in raw.predictions.keys() {
        let entry = predictions.get(name).and_then(|node| {
            let components = known.fits.get(&node.fit)?.as_ref()?.components;
            let shape = known.data.get(&node.data)?.as_ref()?;
            Some(KnownPrediction {
                points: shape.points,
                dimensions: shape.dimensions,
                components,
                samples: node.samples,
            })
        });
        known.predictions.insert(name.clone(), entry);
    }
    predictions
}

/// How many points are drawn; `None` after a mistake.
fn samples(written: Option<&Spanned<usize>>, problems: &mut Problems) -> Option<usize> {
    let Some(written) = written else { return Some(0) };
    if *written.get_ref() > MOST_SAMPLES {
        problems
            .at_value(
                written.span(),
                format!("`samples` must be at most {MOST_SAMPLES}, but is {}", written.get_ref()),
            )
            .hint(format!("write a whole number up to {MOST_SAMPLES}"));
        return None;
    }
    at_least(problems, "`samples`", written, 1).then_some(*written.get_ref())
}
