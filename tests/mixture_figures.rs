//! Every form of the Bayesian mixture's covariances, prior of its weights and start can be drawn,
//! scored and quoted.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use program::{check, elbow, files, folder, stdout};
use serde_json::Value;

const FORMS: [(&str, &str, &str); 4] = [
    ("full", "dirichlet_process", "kmeans"),
    ("tied", "dirichlet_distribution", "k-means++"),
    ("diag", "dirichlet_process", "random_from_data"),
    ("spherical", "dirichlet_distribution", "random"),
];

/// A fit of each form with its figures.
fn config() -> String {
    let mut text = r#"
schema = 1

[data.plane]
seed = 3
generator = "numpy"
source.gaussian_mixture = { means = [[0.0, 0.0], [5.0, 1.0], [-2.0, 4.0]], samples = 30 }

[output]
formats = ["svg"]
"#
    .to_owned();
    for (form, weights, start) in FORMS {
        text += &format!(
            r#"
[fit.{form}]
data = "plane"
model.bayesian_mixture = {{ components = 4, covariance = "{form}", weight_prior = "{weights}", init = "{start}", restarts = 2, max_iter = 20 }}
[figure.contour_{form}]
plot.contour = {{ fit = "{form}" }}
[figure.ellipses_{form}]
plot.ellipses = {{ fit = "{form}" }}
[figure.weights_{form}]
plot.weights = {{ fit = "{form}" }}
[figure.scatter_{form}]
plot.scatter = {{ data = "plane", fit = "{form}" }}
[figure.density_{form}]
plot.density = {{ data = "plane", fit = "{form}" }}
[figure.elbo_{form}]
plot.elbo = {{ fit = "{form}" }}
[figure.trace_{form}]
plot.trace = {{ fit = "{form}", quantity = ["weights"] }}
[figure.responsibilities_{form}]
plot.responsibilities = {{ fit = "{form}" }}
"#
        );
    }
    text + "[figure.all]\nplot.table = { fits = [\"full\", \"tied\", \"diag\", \"spherical\"] }\n"
}

#[test]
fn every_form_can_be_drawn_and_quoted() {
    let folder = folder(&config());
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let files = files(folder.path());
    let drawn = files.keys().filter(|name| name.ends_with(".svg")).count();
    assert!(drawn > 8 * 4, "{:?}", files.keys());
    let numbers: Value = serde_json::from_slice(&files["figures/extras/a/numbers.json"]).unwrap();
    for (form, _, _) in FORMS {
        let fit = &numbers["fit"][form];
        assert!(fit["elbo"].is_number(), "{form}: {fit}");
        // The others are conjugate where the generator is not numpy's.
        assert_eq!(fit["lower_bound"].is_number(), form == "full", "{form}: {fit}");
    }
}

#[test]
fn exports_have_scikit_learns_shapes() {
    fn shape(value: &Value) -> Vec<usize> {
        match value {
            Value::Array(list) => [vec![list.len()], shape(&list[0])].concat(),
            _ => Vec::new(),
        }
    }
    let folder = folder(&config());
    for (form, covariances, concentration, degrees, first) in [
        ("full", vec![4, 2, 2], vec![2, 4], vec![4], 0),
        ("tied", vec![2, 2], vec![4], vec![], 1),
        ("diag", vec![4, 2], vec![2, 4], vec![4], 1),
        ("spherical", vec![4], vec![4], vec![4], 0),
    ] {
        let text = stdout(&elbow(&folder, &["export", "a.toml", &format!("fit.{form}")]));
        let fit: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(shape(&fit["covariances"]), covariances, "{form}");
        assert_eq!(shape(&fit["weight_concentration"]), concentration, "{form}");
        assert_eq!(shape(&fit["degrees_of_freedom"]), degrees, "{form}");
        // Where points begin without a component, iteration 0 has no ELBO.
        let iterations = fit["iterations"].as_u64().unwrap() as usize;
        assert_eq!(fit["elbo"].as_array().unwrap().len(), iterations + 1 - first, "{form}");
    }
}

#[test]
fn a_bound_that_has_no_value_yet_is_no_figure_but_an_explanation() {
    for start in ["k-means++", "random"] {
        let text = format!(
            "schema = 1\n[data.d]\nsource.points = {{ values = [0.0, 1.0, 5.0, 6.5] }}\n\
             [fit.f]\ndata = \"d\"\nmodel.bayesian_mixture = {{ components = 2, init = \"{start}\", \
             max_iter = 0 }}\n[figure.f]\nplot.histogram = {{ data = \"d\", fit = \"f\" }}\n"
        );
        let folder = folder(&text);
        check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
        let set = "figure.f.plot={trace={fit=\"f\"}}";
        let output = elbow(&folder, &["build", "-q", "a.toml", "--set", set]);
        match start {
            "random" => check(&output, 0, &[]),
            _ => check(&output, 1, &["has no iterations to draw", "raise `max_iter`"]),
        }
    }
}
