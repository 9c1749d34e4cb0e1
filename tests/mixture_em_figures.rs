//! A maximum-likelihood mixture of every form can be drawn, scored, quoted and claimed of.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use program::{check, elbow, files, folder, stdout};
use serde_json::Value;

const FORMS: [(&str, &str); 4] = [
    ("full", "kmeans"),
    ("tied", "k-means++"),
    ("diag", "random_from_data"),
    ("spherical", "random"),
];

/// Fits of every form with all figures of two dimensions, and one of one dimension with its own.
fn config() -> String {
    let mut text = r#"
schema = 1

[data.plane]
seed = 3
generator = "numpy"
source.gaussian_mixture = { means = [[0.0, 0.0], [5.0, 1.0], [-2.0, 4.0]], samples = 30 }

[data.line]
source.gaussian_mixture = { means = [0.0, 6.0], samples = 40 }

[output]
formats = ["svg"]

[fit.line]
data = "line"
seed = 4
model.mixture_em = { components = 2, weights = [0.5, 0.5], means = [-1.0, 1.0], covariances = [[[1.0]], [[1.0]]], tol = 1e-9 }

[figure.histogram]
plot.histogram = { data = "line", fit = "line" }
[figure.histogram_2]
plot.histogram = { data = "line", fit = "line", at = 2 }
[figure.density_line]
plot.density = { data = "line", fit = "line" }
[figure.bars]
plot.posterior_bars = { fit = "line", points = "most_uncertain", count = 3 }
[figure.steps]
steps = ["data", "truth", "init", "iteration 2", "final"]
plot.histogram = { data = "line", fit = "line" }
[figure.animated]
animate = { over = "iterations", every = 1, seconds = 1 }
plot.histogram = { data = "line", fit = "line" }
[figure.means]
plot.trace = { fit = "line", quantity = "means" }
[figure.titled]
title = "log-likelihood {log_likelihood:.1f}, AIC {aic:.1f}, BIC {bic:.1f}"
plot.histogram = { data = "line", fit = "line" }

[baseline.permuted]
fit = "line"
scores = ["log_loss", "accuracy"]
permuted_truth = { steps = 3, repeats = 1 }
[figure.baseline]
plot.baseline = { baseline = "permuted", score = "log_loss" }

[assert.rises]
that = "fit.line.log_likelihood is increasing"
[assert.good]
that = "score.line.accuracy > 0.9"
[assert.parameters]
that = "fit.line.parameters == 5"
[assert.bic]
that = "fit.line.bic > fit.line.aic"
"#
    .to_owned();
    for (form, start) in FORMS {
        text += &format!(
            r#"
[fit.{form}]
data = "plane"
model.mixture_em = {{ components = 3, covariance = "{form}", init = "{start}", restarts = 2, max_iter = 20 }}
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
plot.trace = {{ fit = "{form}", restarts = true }}
[figure.gap_{form}]
plot.trace = {{ fit = "{form}", scale = "gap" }}
[figure.responsibilities_{form}]
plot.responsibilities = {{ fit = "{form}" }}
"#
        );
    }
    text + "[figure.all]\nplot.table = { fits = [\"full\", \"tied\", \"diag\", \"spherical\"], scores = \
            [\"accuracy\", \"log_likelihood\", \"aic\", \"bic\"] }\n"
}

#[test]
fn every_form_can_be_drawn_quoted_and_claimed_of() {
    let folder = folder(&config());
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let files = files(folder.path());
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    let numbers: Value = serde_json::from_str(&text("figures/extras/a/numbers.json")).unwrap();
    for (form, parameters) in [("full", 17), ("tied", 11), ("diag", 14), ("spherical", 11)] {
        let fit = &numbers["fit"][form];
        assert_eq!(fit["parameters"], parameters, "{form}");
        for key in ["log_likelihood", "lower_bound", "aic", "bic"] {
            assert!(fit[key].is_number(), "{form}: {fit}");
        }
        let caption = text(&format!("figures/extras/a/alt/elbo_{form}.txt"));
        assert!(caption.contains("Log-likelihood over the iterations"), "{caption}");
        assert!(!caption.contains("ELBO") && !caption.contains("bound"), "{caption}");
    }
    let alt = text("figures/extras/a/alt/histogram_2.txt");
    assert!(alt.contains("log-likelihood") && !alt.contains("ELBO"), "{alt}");
    let report = text("figures/extras/a/report.html");
    assert!(report.contains("<th>log-likelihood (nats)</th><th>AIC</th><th>BIC</th>"));
}

#[test]
fn the_fields_are_those_that_are_claimed_of() {
    let folder = folder(&config());
    let mut claims = config();
    for (form, _) in FORMS {
        let text = stdout(&elbow(&folder, &["export", "a.toml", &format!("fit.{form}")]));
        let fit: Value = serde_json::from_str(&text).unwrap();
        let shape = |value: &Value| value.as_array().map(Vec::len);
        let own = match form {
            "full" | "diag" | "spherical" => 3,
            _ => 2,
        };
        assert_eq!(shape(&fit["covariances"]), Some(own), "{form}");
        for (field, value) in fit.as_object().unwrap() {
            let path = match value {
                Value::Array(list) if list.is_empty() => continue,
                Value::Array(list) if list[0].is_number() => format!("fit.{form}.{field}[0]"),
                Value::Number(_) => format!("fit.{form}.{field}"),
                _ => continue,
            };
            claims += &format!("[assert.{form}_{field}]\nthat = '{path} is finite'\n");
        }
    }
    std::fs::write(folder.path().join("a.toml"), claims).unwrap();
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
}

#[test]
fn fits_of_both_kinds_have_no_trace_in_common_but_that_of_components() {
    let text = "schema = 1\n[data.d]\nsource.points = { values = [0.0, 1.0, 5.0, 6.5] }\n\
         [fit.em]\ndata = \"d\"\nmodel.mixture_em = { components = 2 }\n\
         [fit.vb]\ndata = \"d\"\nmodel.bayesian_mixture = { components = 2 }\n\
         [figure.f]\nplot.trace = { fits = [\"em\", \"vb\"], quantity = \"weights\" }\n";
    check(&elbow(&folder(text), &["build", "-q", "a.toml"]), 0, &[]);
    let output =
        elbow(&folder(&text.replace(", quantity = \"weights\"", "")), &["build", "a.toml"]);
    let said = "`fit.vb` is of kind `bayesian_mixture`, which has no `log_likelihood`";
    check(&output, 2, &[said, "write \"elbo\""]);
}
