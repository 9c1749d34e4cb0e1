//! Sweeps, once their members have values: the members compared, and the best one handed over.

use super::{Failure, Outcome, Values, take};
use crate::config::Plan;
use crate::config::plan::Sweep;
use crate::model::Fit;
use crate::selection::{Compared, Flaw, Member, TWO_MEASURES, compare};

/// Compares the members of a sweep. A member that has failed is one that is not chosen.
pub(super) fn compared(plan: &Plan, values: &Values, sweep: &Sweep) -> Outcome<Compared> {
    let dataset = take(&values.data, &sweep.data, "data")?;
    let members = sweep.members.iter().filter_map(|(name, settings)| {
        let made = match values.fits.get(name)? {
            Ok(fit) => Ok((fit, values.scores.get(name))),
            Err(failure) => Err(failure.to_string()),
        };
        Some(Member { fit: name, settings, model: &plan.fits.get(name)?.model, made })
    });
    Ok(compare(&sweep.keys, sweep.by, members.collect(), dataset, sweep.matching))
}

/// The best fit of the sweep called `name`.
pub(super) fn best(values: &Values, name: &str) -> Outcome<Fit> {
    let compared = take(&values.sweeps, name, "sweep")?;
    let best = compared.best.and_then(|best| compared.rows.get(best));
    let best = best.ok_or_else(|| Failure::Own(none_is_sound(compared)))?;
    take(&values.fits, &best.fit, "fit").cloned()
}

/// That there is no best member, and why.
fn none_is_sound(compared: &Compared) -> String {
    if !compared.is_comparable {
        return format!("no member is best: {TWO_MEASURES}\nhint: name a member");
    }
    let limited = |flaw: &Flaw| matches!(flaw, Flaw::IterationLimit(_));
    let all_limited = compared.rows.iter().all(|row| row.flaws.iter().any(limited));
    let example = compared
        .rows
        .iter()
        .find_map(|row| Some(format!("`{}` {}", row.fit, row.flaws.first()?.words())));
    let hint = match all_limited {
        true => "raise `max_iter` or `tol`",
        false => "look at the flaws of its members by `elbow export`",
    };
    format!(
        "no member can be chosen, each has a flaw: {}\nhint: {hint}",
        example.unwrap_or_else(|| "there are none".to_owned())
    )
}
