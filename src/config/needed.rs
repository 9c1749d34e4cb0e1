//! Which nodes figures and assertions need.

use std::collections::BTreeSet;

use super::assert::Assertion;
use super::plan::{Figure, Plan, best_of};

/// Names of nodes by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needed {
    /// Data sets.
    pub data: BTreeSet<String>,
    /// Fits.
    pub fits: BTreeSet<String>,
    /// Fits whose scores are needed.
    pub scores: BTreeSet<String>,
    /// Sweeps whose members are compared.
    pub sweeps: BTreeSet<String>,
    /// Predictions.
    pub predictions: BTreeSet<String>,
    /// Baselines.
    pub baselines: BTreeSet<String>,
    /// Figures whose numbers are needed.
    pub pictures: BTreeSet<String>,
    /// Assertions that are to be judged.
    pub assertions: BTreeSet<String>,
}

impl Needed {
    /// All nodes of the plan.
    pub fn all(plan: &Plan) -> Self {
        Self {
            data: plan.data.keys().cloned().collect(),
            fits: plan.fit_names().into_iter().collect(),
            scores: plan.scored().collect(),
            sweeps: plan.sweeps.keys().cloned().collect(),
            predictions: plan.predictions.keys().cloned().collect(),
            baselines: plan.baselines.keys().cloned().collect(),
            pictures: plan.figures.keys().cloned().collect(),
            assertions: plan.assertions.keys().cloned().collect(),
        }
    }

    /// What these figures need, if nothing is known yet.
    pub fn for_figures(plan: &Plan, names: &BTreeSet<String>) -> Self {
        let mut needed = Self::shown_by(plan, names);
        needed.close(plan);
        needed
    }

    /// What judging these assertions needs, if nothing is known yet.
    pub fn for_asserted(plan: &Plan, names: &BTreeSet<String>) -> Self {
        let mut needed = Self { assertions: names.clone(), ..Self::default() };
        needed.for_assertions(plan, names);
        needed.close(plan);
        needed
    }

    /// The nodes whose values these figures show. Figures with shared axes need each other's
    /// numbers, drawn or not.
    pub fn shown_by(plan: &Plan, names: &BTreeSet<String>) -> Self {
        let mut needed = Self::default();
        let wanted = plan.figures.iter().filter(|(name, _)| names.contains(*name));
        let groups: BTreeSet<&String> =
            wanted.filter_map(|(_, figure)| figure.share_axes.as_ref()).collect();
        let in_group = |f: &Figure| f.share_axes.as_ref().is_some_and(|g| groups.contains(g));
        for (name, figure) in &plan.figures {
            if names.contains(name) || in_group(figure) {
                needed.pictures.insert(name.clone());
                needed.for_pictures_of(figure);
            }
        }
        // A figure of a baseline shows the fit's own scores.
        let fits = needed.baselines.iter().filter_map(|b| plan.baselines.get(b));
        let fits: BTreeSet<String> = fits.map(|b| b.fit.clone()).collect();
        needed.fits.extend(fits);
        needed.for_fits_shown(plan);
        needed
    }

    fn for_pictures_of(&mut self, figure: &Figure) {
        for panel in &figure.panels {
            let needs = panel.plot.kind().needs();
            self.baselines.extend(needs.baseline);
            self.sweeps.extend(needs.sweep);
            self.fits.extend(needs.fit);
            self.fits.extend(needs.others);
            self.data.extend(needs.data);
        }
    }

    /// Of these nodes and those that they need, the ones that have to be run; `is_known` says of a
    /// section and a name whether there is a value. What only a known value was made from is not
    /// run.
    pub fn missing(mut self, plan: &Plan, mut is_known: impl FnMut(&str, &str) -> bool) -> Self {
        let mut todo = Self { pictures: self.pictures.clone(), ..Self::default() };
        todo.pictures.retain(|name| !is_known("figure", name));
        let one = |name: &String| BTreeSet::from([name.clone()]);
        for name in &self.assertions.clone() {
            if !is_known("assert", name) {
                self.for_assertions(plan, &one(name));
                todo.assertions.insert(name.clone());
            }
        }
        for name in &self.predictions.clone() {
            if !is_known("predict", name) {
                self.for_predictions(plan, &one(name));
                todo.predictions.insert(name.clone());
            }
        }
        for name in &self.baselines.clone() {
            if !is_known("baseline", name) {
                self.for_baselines(plan, &one(name));
                todo.baselines.insert(name.clone());
            }
        }
        // The best fits of sweeps are made from sweeps, which are made from fits.
        for is_best in [true, false] {
            let of_kind = |names: &BTreeSet<String>| -> Vec<String> {
                let is_of = |name: &&String| plan.fits.contains_key(*name) != is_best;
                names.iter().filter(is_of).cloned().collect()
            };
            let sweeps = if is_best { BTreeSet::new() } else { self.sweeps.clone() };
            for name in &sweeps {
                if !is_known("sweep", name) {
                    self.for_sweeps(plan, &one(name));
                    todo.sweeps.insert(name.clone());
                }
            }
            for name in &of_kind(&self.scores) {
                if !is_known("score", name) {
                    self.for_scores(plan, &one(name));
                    todo.scores.insert(name.clone());
                }
            }
            for name in &of_kind(&self.fits) {
                if !is_known("fit", name) {
                    self.for_fits(plan, &one(name));
                    todo.fits.insert(name.clone());
                }
            }
        }
        todo.data.extend(self.data.into_iter().filter(|name| !is_known("data", name)));
        todo
    }

    /// Adds what all of them need, if nothing is known yet.
    fn close(&mut self, plan: &Plan) {
        self.for_fits_shown(plan);
        self.for_predictions(plan, &self.predictions.clone());
        self.for_baselines(plan, &self.baselines.clone());
        self.for_scores(plan, &self.scores.clone());
        self.for_fits(plan, &self.fits.clone());
        self.for_sweeps(plan, &self.sweeps.clone());
    }

    /// Adds the scores of the fits, which say which component has which colour.
    pub fn for_fits_shown(&mut self, plan: &Plan) {
        self.scores.extend(self.fits.iter().filter(|fit| plan.is_scored(fit)).cloned());
        // A figure of a fit shows its data too.
        self.for_data_of(plan, &self.fits.clone());
        let sweeps = self.sweeps.iter().filter_map(|name| plan.sweeps.get(name));
        self.data.extend(sweeps.map(|sweep| sweep.data.clone()));
    }

    /// Adds the nodes whose values judging these assertions needs.
    pub fn for_assertions(&mut self, plan: &Plan, assertions: &BTreeSet<String>) {
        let asserted = assertions.iter().filter_map(|name| plan.assertions.get(name));
        let mut fits = Self::default();
        for id in asserted.flat_map(Assertion::nodes) {
            let Some((section, name)) = id.split_once('.') else { continue };
            let names = match section {
                "data" => &mut self.data,
                "fit" => &mut fits.fits,
                "score" => &mut self.scores,
                "predict" => &mut self.predictions,
                "sweep" => &mut self.sweeps,
                _ => &mut self.baselines,
            };
            names.insert(name.to_owned());
        }
        // The value of a fit says how its components are matched.
        fits.for_fits_shown(plan);
        self.fits.extend(fits.fits);
        self.scores.extend(fits.scores);
        self.data.extend(fits.data);
    }

    /// Adds what making these predictions needs.
    pub fn for_predictions(&mut self, plan: &Plan, predictions: &BTreeSet<String>) {
        for node in predictions.iter().filter_map(|name| plan.predictions.get(name)) {
            self.data.insert(node.data.clone());
            self.fits.insert(node.fit.clone());
        }
    }

    /// Adds what making these baselines needs.
    pub fn for_baselines(&mut self, plan: &Plan, baselines: &BTreeSet<String>) {
        let fits = baselines.iter().filter_map(|b| plan.baselines.get(b)).map(|b| b.fit.clone());
        let fits: BTreeSet<String> = fits.collect();
        self.for_data_of(plan, &fits);
        self.scores.extend(fits.into_iter().filter(|fit| plan.is_scored(fit)));
    }

    /// Adds what scoring these fits needs.
    pub fn for_scores(&mut self, plan: &Plan, fits: &BTreeSet<String>) {
        self.for_data_of(plan, fits);
        self.fits.extend(fits.iter().cloned());
    }

    /// Adds what comparing the members of these sweeps needs.
    pub fn for_sweeps(&mut self, plan: &Plan, sweeps: &BTreeSet<String>) {
        let sweeps = sweeps.iter().filter_map(|name| plan.sweeps.get(name));
        let fits: BTreeSet<String> = sweeps.flat_map(|s| s.members.keys().cloned()).collect();
        self.for_data_of(plan, &fits);
        self.scores.extend(fits.iter().filter(|fit| plan.is_scored(fit)).cloned());
        self.fits.extend(fits);
    }

    /// Adds what making these fits needs.
    pub fn for_fits(&mut self, plan: &Plan, fits: &BTreeSet<String>) {
        self.for_data_of(plan, fits);
        let sweeps = fits.iter().filter_map(|name| best_of(name));
        for (name, sweep) in sweeps.filter_map(|name| plan.sweeps.get_key_value(name)) {
            // The best one is handed over by one of them.
            self.sweeps.insert(name.clone());
            self.fits.extend(sweep.members.keys().cloned());
        }
    }

    fn for_data_of(&mut self, plan: &Plan, fits: &BTreeSet<String>) {
        self.data.extend(fits.iter().filter_map(|fit| plan.data_of(fit)).cloned());
    }
}
