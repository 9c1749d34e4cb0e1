//! Fits of every form in figures, exports, scores, assertions and provenance.

use std::fs;

use serde_json::Value;

use super::common::numbers;
use super::program_calls::{check, elbow, files, folder, has, stdout};

const FITS: [(&str, &str); 6] = [
    ("weights", "weight_concentration_prior = 1.0"),
    ("unknown", "variance = 'unknown', degrees_of_freedom_prior = 0.5, variance_prior = 2.0"),
    ("both", "variance = 'unknown', mean_precision_prior = 0.1, weight_concentration_prior = 0.5"),
    ("annealed", "annealing = { start = 0.2, iterations = 4 }"),
    ("steps", "svi = { batch_size = 10, delay = 2 }, restarts = 2"),
    (
        "all",
        "variance = 'unknown', weight_concentration_prior = 1, svi = { batch_size = 20 }, \
         annealing = { start = 0.2, iterations = 4 }",
    ),
];

/// Data, and the fits with everything that can be said and drawn of a CAVI fit.
fn config() -> String {
    let mut config = String::from(
        "schema = 1\nseed = 3\n[output]\nformats = ['svg']\n[data.line]\n\
         source.gaussian_mixture = { means = [0.0, 4.0], samples = [40, 20] }\n",
    );
    for (name, options) in FITS {
        config += &format!(
            "[fit.{name}]\ndata = 'line'\n\
             model.cavi = {{ components = 3, max_iter = 12, {options} }}\n\
             [assert.{name}]\nthat = 'sum(fit.{name}.weights) == 1'\n\
             [baseline.{name}]\nfit = '{name}'\nscores = ['accuracy']\npermuted_truth = {{ steps = 2, repeats = 2 }}\n"
        );
        for (kind, options) in [
            ("histogram", "data = 'line', fit = 'NAME'"),
            ("elbo", "fit = 'NAME'"),
            ("trace", "fit = 'NAME', quantity = 'variances'"),
            ("posterior_means", "fit = 'NAME'"),
            ("posterior_bars", "fit = 'NAME'"),
            ("responsibilities", "fit = 'NAME'"),
            ("weights", "fit = 'NAME'"),
            ("density", "data = 'line', fit = 'NAME'"),
        ] {
            let options = options.replace("NAME", name);
            config += &format!("[figure.{name}_{kind}]\nplot.{kind} = {{ {options} }}\n");
        }
        config += &format!(
            "[figure.{name}_samples]\nplot.posterior_means = {{ fit = '{name}', as = 'samples', at = 0 }}\n"
        );
    }
    config
}

#[test]
fn every_form_can_be_drawn_scored_and_claimed() {
    let folder = folder(&config());
    check(&elbow(&folder, &["build", "a.toml"]), 0, &[]);
    let written = files(folder.path());
    let svgs = written.keys().filter(|name| name.ends_with(".svg")).count();
    assert!(svgs >= 9 * FITS.len(), "{written:?}");
    // A figure can be made again from what it carries.
    let before = written.iter().find(|(name, _)| name.contains("both_histogram")).unwrap();
    assert!(String::from_utf8_lossy(before.1).contains("mean_precision_prior"));
    // What is kept is the same as what is made.
    check(&elbow(&folder, &["build", "a.toml"]), 0, &[]);
    assert_eq!(files(folder.path()), written);
    fs::remove_dir_all(folder.path().join(".elbow")).unwrap();
    check(&elbow(&folder, &["build", "a.toml"]), 0, &[]);
    assert_eq!(files(folder.path()), written);
}

#[test]
fn exports_have_the_fields_that_the_options_give_and_no_others() {
    let folder = folder(&config());
    for (name, options) in FITS {
        let text = stdout(&elbow(&folder, &["export", "a.toml", &format!("fit.{name}")]));
        let fit: Value = serde_json::from_str(&text).unwrap();
        let unknown = options.contains("unknown");
        let weights = options.contains("weight_concentration_prior");
        for (key, is_there) in [
            ("elbo", true),
            ("m", true),
            ("s2", true),
            ("elbo_lecture", !unknown && !weights),
            ("weight_concentration", weights),
            ("mean_precision", unknown),
            ("degrees_of_freedom", unknown),
        ] {
            assert_eq!(fit.get(key).is_some(), is_there, "{name}: {key}");
            if is_there && !["elbo", "elbo_lecture"].contains(&key) {
                assert_eq!(numbers(&fit[key]).len() % 3, 0, "{name}: {key}");
            }
        }
        let iterations = fit["iterations"].as_u64().unwrap() as usize;
        assert_eq!(fit["elbo"].as_array().unwrap().len(), iterations + 1);
        // A claim of each of them is a claim of what there is.
        let claim = format!("[assert.more]\nthat = 'fit.{name}.degrees_of_freedom is finite'\n");
        fs::write(folder.path().join("b.toml"), config() + &claim).unwrap();
        let output = elbow(&folder, &["export", "b.toml", "assert.more"]);
        assert_eq!(output.status.success(), unknown, "{name}");
        let score = stdout(&elbow(&folder, &["export", "a.toml", &format!("score.{name}")]));
        has(&score, &["\"accuracy\""]);
    }
}
