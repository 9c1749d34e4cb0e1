//! Figures as SVG without a file: for a page on which numbers move.
//!
//! What was computed last stays in memory under its key, so that moving one number computes only
//! what depends on it.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::key::{self, Ingredients, Versions};
use super::picture::{self, Sheet};
use super::{
    Failure, Observer, Outcome, Selection, Values, run_from, stage, take, wanted_pictures,
};
use crate::config::Plan;
use crate::config::needed::Needed;
use crate::render::svg;

/// A figure in its first theme, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The key of the figure: the same key, the same picture.
    pub key: String,
    /// The picture, or the reason.
    pub svg: Result<String, String>,
}

/// What was computed last.
#[derive(Default)]
pub struct Memory {
    keys: IndexMap<String, String>,
    values: Values,
    drawn: IndexMap<String, Drawn>,
}

impl Memory {
    /// Draws the figures with these names, as far as they are not drawn already. Once `observer` is
    /// stopped no further node is begun, and what is not drawn then is left out.
    pub fn draw(
        &mut self,
        plan: Plan,
        names: &BTreeSet<String>,
        observer: &dyn Observer,
    ) -> IndexMap<String, Drawn> {
        // What a preview draws carries nothing, so nothing but values and looks count.
        let plan = &Plan { provenance: false, ..plan };
        let nodes = key::nodes(plan, "", &Versions::own());
        self.forget_others(&nodes);
        let key = |name: &str| nodes.get(&format!("figure.{name}")).map(|node| node.key.as_str());
        self.drawn.retain(|name, drawn| key(name) == Some(&drawn.key));
        let missing = |name: &&String| key(name).is_some() && !self.drawn.contains_key(*name);
        let todo: BTreeSet<String> = names.iter().filter(missing).cloned().collect();
        let values = std::mem::take(&mut self.values);
        let run = Needed::shown_by(plan, &todo).missing(plan, |section, name| match section {
            "data" => matches!(values.data.get(name), Some(Ok(_))),
            "fit" => matches!(values.fits.get(name), Some(Ok(_))),
            "score" => values.scores.contains_key(name),
            "sweep" => matches!(values.sweeps.get(name), Some(Ok(_))),
            "predict" => matches!(values.predictions.get(name), Some(Ok(_))),
            "baseline" => matches!(values.baselines.get(name), Some(Ok(_))),
            _ => matches!(values.pictures.get(name), Some(Ok(_))),
        });
        self.values = run_from(plan, &run, values, observer);
        for (name, svg) in svgs(plan, &self.values, &Selection::Only(todo), observer) {
            let Some(key) = key(&name).filter(|_| svg.is_ok() || !observer.stopped()) else {
                continue;
            };
            let key = key.to_owned();
            let svg = svg.map_err(|failure| reason(&self.values, &failure));
            self.drawn.insert(name, Drawn { key, svg });
        }
        self.keys = nodes.into_iter().map(|(id, node)| (id, node.key)).collect();
        let wanted = self.drawn.iter().filter(|(name, _)| names.contains(*name));
        wanted.map(|(name, drawn)| (name.clone(), drawn.clone())).collect()
    }

    /// Forgets the values of nodes whose keys are others now.
    fn forget_others(&mut self, nodes: &IndexMap<String, Ingredients>) {
        let keys = std::mem::take(&mut self.keys);
        let same = |section: &str, name: &String| {
            let id = format!("{section}.{name}");
            keys.get(&id).is_some_and(|key| nodes.get(&id).is_some_and(|node| node.key == *key))
        };
        self.values.data.retain(|name, _| same("data", name));
        self.values.fits.retain(|name, _| same("fit", name));
        self.values.scores.retain(|name, _| same("score", name));
        self.values.sweeps.retain(|name, _| same("sweep", name));
        self.values.predictions.retain(|name, _| same("predict", name));
        self.values.baselines.retain(|name, _| same("baseline", name));
        self.values.pictures.retain(|name, _| same("figure", name));
    }
}

/// Draws the wanted figures whose numbers there are, each whole and in its first theme.
fn svgs(
    plan: &Plan,
    values: &Values,
    wanted: &Selection,
    observer: &dyn Observer,
) -> IndexMap<String, Outcome<String>> {
    let fonts = plan.font.fonts.as_ref();
    stage(&plan.figures, &wanted_pictures(values, wanted), "draw", observer, |name, figure| {
        let own = |reason: &str| Failure::Own(reason.to_owned());
        let pictures = match values.pictures.get(name) {
            Some(Err(failure)) => return Err(failure.clone()),
            _ => take(&values.pictures, name, "figure")?,
        };
        let series = picture::series(plan, values, fonts, figure, pictures)?;
        let theme = figure.themes.first().and_then(|theme| plan.themes.get(theme));
        let theme = theme.ok_or_else(|| own("the figure has no theme"))?;
        let sheet = Sheet::new(fonts, (name, figure), pictures, &series, theme);
        Ok(svg::encode(&sheet.whole(), fonts, plan.svg_text))
    })
}

/// What failed first, and why.
fn reason(values: &Values, failure: &Failure) -> String {
    let Failure::Upstream(node) = failure else { return failure.to_string() };
    let (section, name) = node.split_once('.').unwrap_or_default();
    let before = match section {
        "data" => values.data.get(name).and_then(|value| value.as_ref().err()),
        "fit" => values.fits.get(name).and_then(|value| value.as_ref().err()),
        "sweep" => values.sweeps.get(name).and_then(|value| value.as_ref().err()),
        "baseline" => values.baselines.get(name).and_then(|value| value.as_ref().err()),
        "figure" => values.pictures.get(name).and_then(|value| value.as_ref().err()),
        _ => None,
    };
    match before {
        Some(Failure::Own(reason)) => format!("{node}: {reason}"),
        Some(upstream) => reason(values, upstream),
        None => failure.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Mutex;

    use super::*;
    use crate::config::{self, Layers, Others};
    use crate::diagnostic::Problems;

    const CONFIG: &str = "schema = 1
        [data.line]
        source.gaussian_mixture = { means = [0.0, 4.0], samples = 20 }
        [fit.cavi]
        data = 'line'
        model.cavi = { components = 2, max_iter = 3 }
        [figure.fit]
        plot.histogram = { data = 'line', fit = 'cavi' }
        [figure.data]
        plot.histogram = { data = 'line' }";

    fn plan(set: &str) -> Plan {
        let lines: Vec<String> = set.lines().map(str::to_owned).collect();
        let layers = Layers::of_sets(&lines);
        let (path, mut problems) = (Path::new("a.toml"), Problems::default());
        config::parse(path, CONFIG, &layers, Others::Left, &mut problems).unwrap()
    }

    #[test]
    fn a_number_that_moves_computes_only_what_depends_on_it() {
        let ran = Mutex::new(Vec::new());
        struct Noting<'a>(&'a Mutex<Vec<String>>);
        impl Observer for Noting<'_> {
            fn started(&self, node: &str) {
                self.0.lock().unwrap().push(node.to_owned());
            }
        }
        let mut memory = Memory::default();
        let all = BTreeSet::from(["data", "fit"].map(str::to_owned));
        let mut draw = |set: &str| {
            let drawn = memory.draw(plan(set), &all, &Noting(&ran));
            assert!(drawn.len() == 2 && drawn.values().all(|drawn| drawn.svg.is_ok()));
            let mut nodes = std::mem::take(&mut *ran.lock().unwrap());
            nodes.sort();
            nodes
        };
        let figure = |name: &str| [format!("draw.{name}"), format!("figure.{name}")];
        assert_eq!(draw("seed = 1").len(), 7);
        assert_eq!(draw("seed = 1"), [""; 0]);
        let [drawn, shown] = figure("fit");
        assert_eq!(
            draw("seed = 1\nfit.cavi.model.cavi.max_iter = 2"),
            [drawn.as_str(), &shown, "fit.cavi", "score.cavi"]
        );
        let [drawn, shown] = figure("data");
        let looks =
            "seed = 1\nfit.cavi.model.cavi.max_iter = 2\nfigure.data.plot.histogram.kde = true";
        assert_eq!(draw(looks), [drawn, shown]);
    }

    #[test]
    fn what_was_stopped_is_left_out_and_drawn_later() {
        struct Stopped;
        impl Observer for Stopped {
            fn stopped(&self) -> bool {
                true
            }
        }
        let mut memory = Memory::default();
        let one = BTreeSet::from(["fit".to_owned()]);
        assert!(memory.draw(plan("seed = 1"), &one, &Stopped).is_empty());
        assert_eq!(memory.draw(plan("seed = 1"), &one, &()).len(), 1);
    }
}
