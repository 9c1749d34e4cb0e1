//! Ellipses over the iterations: which iterations, where the means were, how it ended.

use elbow::figure::Layers;
use elbow::figure::style::Theme;
use elbow::math::mass_radius;
use serde_json::json;

use crate::lecture::{Built, assert_near, list, number, numbers, plan_of, run, run_text, shipped};
use crate::texts::{assert_none, violations};
use crate::variants::{assert_colours, assert_consistent};

/// `lecture3.toml` with figures of ellipses in place of its own.
fn lecture_with_ellipses(more: &str) -> Built {
    let (path, text) = shipped("lecture3");
    let figures = format!("{text}\n{more}");
    let mut plan = plan_of(&path, &figures, &[]);
    plan.figures.retain(|name, _| more.contains(&format!("[figure.{name}]")));
    run(plan)
}

#[test]
fn ellipses_and_means_are_those_of_their_iterations() {
    let built = lecture_with_ellipses(
        "[figure.all]\nplot.ellipses = { fit = \"vb\" }\n\
         [figure.half]\nplot.ellipses = { fit = \"vb\", mass = 0.5, iterations = [100, 0, 3] }",
    );
    let fit = built.values.fits["vb"].as_ref().unwrap();
    assert_eq!(fit.iterations(), 169);
    for (name, mass, iterations) in
        [("all", 0.95, vec![0.0, 10.0, 100.0, 169.0]), ("half", 0.5, vec![0.0, 3.0, 100.0])]
    {
        let picture = built.json(name);
        assert_eq!(numbers(&picture["iterations"]), iterations, "{name}");
        let squared = mass_radius(mass) * mass_radius(mass);
        for component in list(&picture["components"]) {
            let k = component["slot"]["inferred"].as_u64().unwrap() as usize;
            let path = list(&component["path"]);
            assert_eq!(path.len() - 1, *iterations.last().unwrap() as usize);
            for (t, mean) in path.iter().enumerate() {
                assert_eq!(numbers(mean), fit.mixture(t).means.row(k).to_vec());
            }
            let shots = list(&component["snapshots"]);
            assert_eq!(shots.len(), iterations.len());
            for (shot, t) in shots.iter().zip(&iterations) {
                assert_eq!(number(&shot["iteration"]), *t);
                let gaussian = fit.mixture(*t as usize).component(k);
                for vertex in list(&shot["outline"]) {
                    let found = gaussian.squared_mahalanobis(&numbers(vertex));
                    assert_near("vertex", found, squared, 1e-9);
                }
            }
        }
    }
}

#[test]
fn titles_say_how_it_ended() {
    let built = lecture_with_ellipses(
        "[figure.end]\nplot.ellipses = { fit = \"vb\" }\n\
         [figure.early]\nplot.ellipses = { fit = \"vb\", at = 8 }\n\
         [figure.listed]\nplot.ellipses = { fit = \"vb\", at = 8, iterations = [0, 5, 10] }\n\
         [figure.start]\nplot.ellipses = { fit = \"vb\", at = 0 }\n\
         [figure.late]\nplot.ellipses = { fit = \"vb\", at = 1500 }\n",
    );
    let header = |name: &str| built.picture(name).header(&Theme::LIGHT, Layers::ALL);
    assert_eq!(header("end").start, "Converged in 169 iterations");
    assert_eq!(header("end").facts, ["$t$ = 0, 10, 100, 169"]);
    assert_eq!(header("early").start, "The first 8 iterations");
    assert_eq!(header("early").facts, ["$t$ = 0, 8"]);
    // A figure of a series ends with its own iteration.
    assert_eq!(header("listed").facts, ["$t$ = 0, 5, 8"]);
    assert_eq!((header("start").start.as_str(), header("start").key.len()), ("Start", 2));
    assert_eq!(built.json("late"), built.json("end"));
    // The caption names the component that moves furthest.
    let picture = built.json("end");
    let moved = |component: &serde_json::Value| {
        let path = list(&component["path"]);
        let (from, to) = (numbers(&path[0]), numbers(path.last().unwrap()));
        (to[0] - from[0]).hypot(to[1] - from[1])
    };
    let components = list(&picture["components"]);
    let far = components.iter().max_by(|a, b| moved(a).total_cmp(&moved(b))).unwrap();
    let name = format!("the mean of component {} moves furthest", far["slot"]["number"]);
    let caption = built.picture("end").caption();
    assert!(caption.contains(&name), "{caption}");
    assert!(caption.contains("at iterations 0, 10, 100 and 169 of 169"), "{caption}");
    let stated = built.picture("end").numbers();
    for component in components {
        let stated = number(&stated["moved"][component["slot"]["number"].to_string()]);
        assert_near("moved", stated, moved(component), 1e-12);
    }
}

#[test]
fn any_fit_can_be_drawn() {
    let built = run_text(
        r#"
schema = 1
[data.plane]
seed = 1
source.gaussian_mixture = { means = [[0.0, 0.0], [4.0, 1.0]], samples = 20 }
[data.plain.source.points]
values = [[0.0, 1.0], [0.5, 1.5], [4.0, 4.0], [4.5, 3.75], [5.0, 4.25]]
[fit.alone]
data = "plane"
model.bayesian_mixture = { components = 1 }
[fit.more]
data = "plane"
model.bayesian_mixture = { components = 6, max_iter = 3, tol = 1e-12 }
[fit.none]
data = "plane"
model.bayesian_mixture = { components = 2, max_iter = 0 }
[fit.plain]
data = "plain"
model.bayesian_mixture = { components = 2 }
[figure.alone]
plot.ellipses = { fit = "alone" }
[figure.more]
plot.ellipses = { fit = "more" }
[figure.more_small]
size = [4.6, 3.0]
plot.ellipses = { fit = "more" }
[figure.none]
plot.ellipses = { fit = "none", iterations = [0] }
[figure.beyond]
plot.ellipses = { fit = "plain", iterations = [0, 100] }
[figure.plain]
plot.ellipses = { fit = "plain", mass = 0.999 }
"#,
        &[],
    );
    assert_consistent(&built);
    assert_colours(&built);
    assert_none(&violations("any fit", &built));
    assert_eq!(list(&built.json("alone")["components"]).len(), 1);
    assert_eq!(built.json("none")["iterations"], json!([0]));
    // A fit may end before what it may take at most.
    let shown = [&built.json("beyond"), &built.json("plain")]
        .map(|figure| numbers(&figure["iterations"]).last().copied().unwrap());
    assert_eq!(shown[0], shown[1]);
    assert!(shown[0] < 100.0, "{}", shown[0]);
    let more = built.picture("more").header(&Theme::LIGHT, Layers::ALL);
    assert_eq!(more.start, "Stopped after 3 iterations");
}
