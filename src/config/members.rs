//! `[sweep.NAME]`: its members become fits, called `sweep.NAME.VALUE` or `sweep.NAME.VALUE,VALUE`,
//! and the best of them is called `sweep.NAME.best`.
//!
//! All members start from one stream, that of the sweep: a member is what a fit with the seed of the
//! sweep would be, members that start alike start at the same place, and one that is added changes
//! no other.

use indexmap::IndexMap;

use super::decode::Decoded;
use super::plan::{Fit, Sweep, best_name};
use super::raw::{self, Raw, Swept};
use super::resolve::{ANY_DATA, check_size, known_fit, seed};
use crate::diagnostic::{Problems, list};
use crate::figure::{Known, KnownFit, KnownSweep};
use crate::model::Spec;
use crate::selection::{Criterion, Metric, Setting, TWO_MEASURES, is_comparable};

/// Checks all sweeps; their members are added to the fits.
pub(super) fn resolve(
    raw: &Raw,
    known: &mut Known,
    fits: &mut IndexMap<String, Fit>,
    problems: &mut Problems,
) -> IndexMap<String, Sweep> {
    let mut sweeps = IndexMap::new();
    for (name, swept) in &raw.sweeps {
        let before = problems.len();
        let found = match &swept.options {
            Decoded::Whole(options) => one(raw, name, (swept, options), known, problems),
            Decoded::Damaged(options) => {
                one(raw, name, (swept, options), known, problems);
                problems.keep_alone(before);
                None
            }
            Decoded::Nothing => None,
        };
        let found = found.filter(|_| problems.len() == before);
        // What refers to a member of a sweep that is wrong is not wrong for that.
        for member in swept.members.keys() {
            known.fits.insert(member_name(name, member), None);
        }
        known.fits.insert(best_name(name), None);
        known.sweeps.insert(name.clone(), None);
        let Some((sweep, members)) = found else { continue };
        let is_comparable = is_comparable(sweep.by, members.values().map(|fit| &fit.model));
        if !is_comparable {
            known.fits.shift_remove(&best_name(name));
        }
        let shape = known.data.get(&sweep.data).cloned().flatten();
        if let Some(shape) = shape {
            let of = |fit: &Fit| known_fit(&fit.data, &shape, &fit.model);
            let each: Vec<KnownFit> = members.values().map(of).collect();
            known.fits.extend(members.keys().cloned().zip(each.iter().cloned().map(Some)));
            if is_comparable {
                known.fits.insert(best_name(name), best(&each));
            }
            let summary = summary(
                &sweep,
                &members,
                shape.components.is_some() && members.values().all(|fit| fit.model.assigns()),
                is_comparable,
            );
            known.sweeps.insert(name.clone(), Some(summary));
        }
        fits.extend(members);
        sweeps.insert(name.clone(), sweep);
    }
    sweeps
}

/// The name of a member's fit.
fn member_name(sweep: &str, member: &str) -> String {
    format!("sweep.{sweep}.{member}")
}

/// What is known of the best member before it is known which that is: what any may have.
fn best(members: &[KnownFit]) -> Option<KnownFit> {
    let first = members.first()?;
    Some(KnownFit {
        forms: (
            first.forms.0.filter(|form| members.iter().all(|m| m.forms.0 == Some(*form))),
            first.forms.1.filter(|prior| members.iter().all(|m| m.forms.1 == Some(*prior))),
        ),
        lower_bound: members.iter().all(|m| m.lower_bound),
        components: members.iter().map(|m| m.components).max()?,
        start: if members.iter().all(|m| m.start == first.start) { first.start } else { "" },
        max_iter: members.iter().map(|m| m.max_iter).max()?,
        ..first.clone()
    })
}

fn summary(
    sweep: &Sweep,
    members: &IndexMap<String, Fit>,
    is_scored: bool,
    is_comparable: bool,
) -> KnownSweep {
    let values = |index: usize| {
        let mut values: Vec<Setting> = Vec::new();
        for settings in sweep.members.values() {
            let own = settings.get(index).filter(|own| !values.contains(own));
            values.extend(own.cloned());
        }
        values
    };
    let keys = sweep.keys.iter().enumerate().map(|(i, key)| (key.clone(), values(i)));
    let has =
        |metric: &Metric| members.values().any(|fit| fit.model.criteria().contains(&metric.key()));
    KnownSweep {
        data: sweep.data.clone(),
        is_scored,
        keys: keys.collect(),
        by: sweep.by,
        is_comparable,
        criteria: Metric::ALL.into_iter().filter(has).collect(),
        members: sweep.members.len(),
    }
}

type Found = (Sweep, IndexMap<String, Fit>);

fn one(
    raw: &Raw,
    name: &str,
    (swept, options): (&Swept, &raw::Sweep),
    known: &Known,
    problems: &mut Problems,
) -> Option<Found> {
    let node = format!("sweep.{name}");
    let seed = seed(raw, &options.seed, options.generator, &node, problems);
    let shape = known.data(&options.data, problems).cloned();
    let mut models: IndexMap<String, (Vec<Setting>, Spec)> = IndexMap::new();
    for (member, read) in &swept.members {
        let before = problems.len();
        let model = match (&read.model, &shape) {
            (Decoded::Whole(model), Some(shape)) => model
                .resolve(shape, options.generator, problems)
                .filter(|m| check_size(&options.data, shape, m.components(), problems)),
            (Decoded::Whole(model) | Decoded::Damaged(model), _) => {
                model.resolve(shape.as_ref().unwrap_or(&ANY_DATA), options.generator, problems);
                problems.keep_alone(before);
                None
            }
            (Decoded::Nothing, _) => None,
        };
        models
            .extend(model.map(|model| (member_name(name, member), (read.settings.clone(), model))));
    }
    if models.is_empty() || models.len() < swept.members.len() {
        return None;
    }
    let by = criterion(swept, options, models.values().map(|(_, model)| model), problems)?;
    let seed = seed?;
    let (data, generator, matching) =
        (options.data.get_ref().clone(), options.generator, options.matching);
    let members = models.iter().map(|(name, (settings, _))| (name.clone(), settings.clone()));
    let sweep = Sweep {
        data: data.clone(),
        matching,
        keys: swept.keys.clone(),
        by,
        members: members.collect(),
    };
    let fit = |(name, (_, model))| {
        let (data, seed) = (data.clone(), seed.clone());
        (name, Fit { data, seed, generator, matching, model })
    };
    Some((sweep, models.into_iter().map(fit).collect()))
}

/// What decides which member is best: what is written, or the first that all members have.
fn criterion<'a>(
    swept: &Swept,
    options: &raw::Sweep,
    models: impl Iterator<Item = &'a Spec> + Clone,
    problems: &mut Problems,
) -> Option<Criterion> {
    let is_had =
        |by: &Criterion| models.clone().all(|model| model.criteria().contains(&by.metric().key()));
    let had: Vec<Criterion> = Criterion::ALL.into_iter().filter(is_had).collect();
    match &options.best {
        Some(written) if !had.is_empty() && !had.contains(written.get_ref()) => {
            let names: Vec<&str> = had.iter().map(|by| by.metric().key()).collect();
            let own = written.get_ref().metric().key();
            problems
                .at(written.span(), format!("fits of this model have no `{own}`"))
                .hint(format!("they have {}", list(&names)));
            None
        }
        Some(written) if !had.is_empty() && !is_comparable(*written.get_ref(), models.clone()) => {
            problems
                .at(written.span(), format!("no member is best: {TWO_MEASURES}"))
                .hint("leave `best` out, or sweep one of them");
            None
        }
        Some(written) if !had.is_empty() => Some(*written.get_ref()),
        None if !had.is_empty() => had.first().copied(),
        _ => {
            problems
                .at(swept.span.clone(), "nothing says which of these fits is best")
                .hint("a model that infers nothing has no bound: name a model of another kind");
            None
        }
    }
}
