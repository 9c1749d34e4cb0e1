//! The models' options: defaults, every key, every mistake.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod common;

use common::{messages, parse};
use elbow::data::Shape;
use elbow::diagnostic::Problems;
use elbow::model::{self, Model, bayesian_mixture, cavi};
use elbow::random::Generator;
use ndarray::array;

fn resolve(text: &str, points: usize, dimensions: usize) -> Result<model::Spec, String> {
    let model: Model = parse(text);
    let shape = Shape { points, dimensions, components: None, truth: false, columns: Vec::new() };
    let mut problems = Problems::default();
    model.resolve(&shape, Generator::Chacha, &mut problems).ok_or_else(|| messages(problems))
}

/// CAVI with the documented defaults.
fn cavi_spec(components: usize) -> cavi::Spec {
    cavi::Spec {
        components,
        variance: cavi::VariancePrior::Known { variance: 1.0, prior_variance: 1.0 },
        weight_concentration_prior: None,
        annealing: None,
        svi: None,
        init: cavi::Init::KmeansPlusPlus,
        max_iter: 100,
        tol: 1e-10,
        stop_on: cavi::StopOn::Elbo,
        restarts: 1,
    }
}

/// The Bayesian mixture with the documented defaults.
fn mixture_spec(components: usize, dimensions: usize) -> bayesian_mixture::Spec {
    bayesian_mixture::Spec {
        components,
        covariance: bayesian_mixture::CovarianceType::Diag,
        family: bayesian_mixture::Family::Conjugate,
        weight_prior: bayesian_mixture::WeightPrior::DirichletDistribution,
        weight_concentration_prior: 1.0 / components as f64,
        mean_precision_prior: 1.0,
        mean_prior: None,
        degrees_of_freedom_prior: dimensions as f64,
        covariance_prior: None,
        init: bayesian_mixture::Init::Random,
        reg_covar: 1e-6,
        max_iter: 100,
        tol: 1e-3,
        restarts: 1,
        history: model::History::Iterations,
    }
}

#[test]
fn cavi_defaults_and_every_key() {
    let defaults = resolve("cavi = { components = 3 }", 10, 1).unwrap();
    assert_eq!(defaults, model::Spec::Cavi(cavi_spec(3)));
    let all = resolve(
        "cavi = { components = 2, prior_variance = 4, variance = 0.5, max_iter = 0, tol = 0, \
         stop_on = 'elbo_lecture', restarts = 3, init = { given = { means = [0, 1], variances = [1.0, 2.0] } } }",
        10,
        1,
    );
    let expected = cavi::Spec {
        components: 2,
        variance: cavi::VariancePrior::Known { variance: 0.5, prior_variance: 4.0 },
        weight_concentration_prior: None,
        annealing: None,
        svi: None,
        init: cavi::Init::Given { means: vec![0.0, 1.0], variances: Some(vec![1.0, 2.0]) },
        max_iter: 0,
        tol: 0.0,
        stop_on: cavi::StopOn::ElboLecture,
        restarts: 3,
    };
    assert_eq!(all.unwrap(), model::Spec::Cavi(expected));
    for (name, init) in [("lecture", cavi::Init::Lecture), ("kmeans++", cavi::Init::KmeansPlusPlus)]
    {
        let spec = cavi::Spec { init, ..cavi_spec(3) };
        let text = format!("cavi = {{ components = 3, init = '{name}' }}");
        assert_eq!(resolve(&text, 10, 1).unwrap(), model::Spec::Cavi(spec));
    }
    let options: Result<cavi::Options, _> = toml::from_str("components = 3\nprior_varianc = 1.0");
    assert!(options.unwrap_err().to_string().contains("unknown field `prior_varianc`"));
}

#[test]
fn every_mistake_in_cavi_is_reported() {
    let text = "cavi = { components = 11, prior_variance = 0.0, variance = nan, max_iter = 100000000, \
                tol = -1.0, restarts = 0, init = { given = { means = [inf], variances = [0.0] } } }";
    let messages = resolve(text, 10, 2).unwrap_err();
    for expected in [
        "`model.cavi` is for data in 1 dimension, but these have 2; hint: use `model.bayesian_mixture`",
        "`components` is 11, but the data have only 10 points; hint: write at most 10",
        "`prior_variance` must be greater than 0",
        "`variance` must be a finite number, but is NaN",
        "`max_iter` must be at most 10000000",
        "`tol` must not be negative",
        "`restarts` must be at least 1",
        "`means` has 1 value, but `components` is 11",
        "`means` must be a finite number, but is inf",
        "`variances` must be greater than 0",
    ] {
        assert!(messages.contains(expected), "{expected} is not in\n{messages}");
    }
    assert!(resolve("cavi = { components = 0 }", 10, 1).unwrap_err().contains("at least 1"));
}

#[test]
fn bayesian_mixture_defaults_and_every_key() {
    let defaults = resolve("bayesian_mixture = { components = 3 }", 10, 2).unwrap();
    assert_eq!(defaults, model::Spec::BayesianMixture(mixture_spec(3, 2)));
    assert_eq!((defaults.kind(), defaults.components()), ("bayesian_mixture", 3));
    let text = "bayesian_mixture = { components = 2, covariance = 'diag', init = 'random', \
                weight_prior = 'dirichlet_distribution', weight_concentration_prior = 0.1, \
                mean_precision_prior = 0.8, mean_prior = [1, 2], degrees_of_freedom_prior = 3, \
                covariance_prior = 2, reg_covar = 0.0, max_iter = 1500, tol = 1e-4, restarts = 4 }";
    let expected = bayesian_mixture::Spec {
        weight_concentration_prior: 0.1,
        mean_precision_prior: 0.8,
        mean_prior: Some(vec![1.0, 2.0]),
        degrees_of_freedom_prior: 3.0,
        covariance_prior: Some(vec![2.0, 2.0]),
        reg_covar: 0.0,
        max_iter: 1500,
        tol: 1e-4,
        restarts: 4,
        ..mixture_spec(2, 2)
    };
    assert_eq!(resolve(text, 10, 2).unwrap(), model::Spec::BayesianMixture(expected));
}

#[test]
fn the_family_follows_the_generator_unless_it_is_written() {
    use bayesian_mixture::Family;
    let shape =
        Shape { points: 9, dimensions: 2, components: None, truth: false, columns: Vec::new() };
    let of = |keys: &str, generator| {
        let text = format!("bayesian_mixture = {{ components = 2{keys} }}");
        let model: Model = parse(&text);
        match model.resolve(&shape, generator, &mut Problems::default()) {
            Some(model::Spec::BayesianMixture(spec)) => spec,
            other => panic!("{text}: {other:?}"),
        }
    };
    for (generator, default) in
        [(Generator::Chacha, Family::Conjugate), (Generator::Numpy, Family::ScikitLearn)]
    {
        for form in ["tied", "diag", "spherical"] {
            let with = |more: &str| of(&format!(", covariance = '{form}'{more}"), generator);
            assert_eq!(with("").family, default);
            for (name, family) in
                [("scikit-learn", Family::ScikitLearn), ("conjugate", Family::Conjugate)]
            {
                let spec = with(&format!(", family = '{name}'"));
                assert_eq!(spec.family, family);
                assert_eq!(spec.has_lower_bound(), family == Family::ScikitLearn);
            }
        }
        // Of `full` there is one model.
        let full = of(", covariance = 'full', family = 'conjugate'", generator);
        assert_eq!(full, of(", covariance = 'full', family = 'scikit-learn'", generator));
        assert!(full.has_lower_bound());
    }
    // A gamma distribution needs fewer degrees of freedom than a Wishart distribution.
    let few = of(", degrees_of_freedom_prior = 0.5", Generator::Chacha);
    assert_eq!(few.degrees_of_freedom_prior, 0.5);
}

#[test]
fn every_form_prior_and_start_of_a_bayesian_mixture_can_be_written() {
    use bayesian_mixture::{CovarianceType, Init, WeightPrior};
    let with = |keys: &str| {
        let text = format!("bayesian_mixture = {{ components = 2, {keys} }}");
        match resolve(&text, 3, 2) {
            Ok(model::Spec::BayesianMixture(spec)) => spec,
            other => panic!("{text}: {other:?}"),
        }
    };
    for (name, form) in [
        ("full", CovarianceType::Full),
        ("tied", CovarianceType::Tied),
        ("diag", CovarianceType::Diag),
        ("spherical", CovarianceType::Spherical),
    ] {
        assert_eq!(with(&format!("covariance = '{name}'")).covariance, form);
    }
    assert_eq!(
        with("weight_prior = 'dirichlet_process'").weight_prior,
        WeightPrior::DirichletProcess
    );
    for (keys, numbers) in [
        ("covariance = 'full', covariance_prior = [[2, 0.5], [0.5, 1]]", vec![2.0, 0.5, 0.5, 1.0]),
        ("covariance = 'tied', covariance_prior = [[2, 0], [0, 1.0]]", vec![2.0, 0.0, 0.0, 1.0]),
        ("covariance = 'diag', covariance_prior = [2, 0.5]", vec![2.0, 0.5]),
        ("covariance = 'spherical', covariance_prior = 2", vec![2.0]),
    ] {
        assert_eq!(with(keys).covariance_prior, Some(numbers), "{keys}");
    }
    for (written, init) in [
        ("'random'", Init::Random),
        ("'kmeans'", Init::Kmeans),
        ("'k-means++'", Init::KmeansPlusPlus),
        ("'random_from_data'", Init::RandomFromData),
        ("{ labels = [1, 0, 1] }", Init::Labels(vec![1, 0, 1])),
        ("{ means = [[0, 1], [2.5, 3]] }", Init::Means(array![[0.0, 1.0], [2.5, 3.0]])),
        (
            "{ responsibilities = [[1, 0], [0.25, 0.75], [0.5, 0.5]] }",
            Init::Responsibilities(array![[1.0, 0.0], [0.25, 0.75], [0.5, 0.5]]),
        ),
    ] {
        assert_eq!(with(&format!("init = {written}")).init, init);
    }
}

#[test]
fn every_mistake_in_a_bayesian_mixture_is_reported() {
    let text = "bayesian_mixture = { components = 3, family = 'scikit-learn', weight_concentration_prior = 0.0, \
                mean_precision_prior = -1.0, mean_prior = [nan, 1.0, 2.0], degrees_of_freedom_prior = 1.0, \
                covariance_prior = [1.0, 0.0], reg_covar = -1e-6, tol = inf, restarts = 0, max_iter = 10000001 }";
    let messages = resolve(text, 1, 2).unwrap_err();
    for expected in [
        "needs at least 2 points",
        "`components` is 3, but the data have only 1 point; hint: write at most 1",
        "`weight_concentration_prior` must be greater than 0",
        "`mean_precision_prior` must be greater than 0",
        "`mean_prior` must be a finite number",
        "`mean_prior` has 3 values, but the data have 2 dimensions; hint: write 2 values",
        "`degrees_of_freedom_prior` must be greater than 1 for data in 2 dimensions, but is 1; hint: write a number greater than 1, such as 2",
        "`covariance_prior` must be greater than 0",
        "`reg_covar` must not be negative",
        "`tol` must be a finite number",
        "`restarts` must be at least 1",
        "`max_iter` must be at most 10000000",
    ] {
        assert!(messages.contains(expected), "{expected} is not in\n{messages}");
    }
}

#[test]
fn mistakes_in_a_given_mixture_are_reported() {
    for (text, dimensions, expected) in [
        (
            "given = { means = [0, 1] }",
            2,
            "the means have dimension 1, but the data have dimension 2; hint: write every mean with 2 numbers",
        ),
        ("given = { means = [] }", 1, "`means` is empty"),
        ("given = { means = [nan] }", 1, "must be a finite number"),
        ("given = { means = [0], sd = -1 }", 1, "`sd` must be greater than 0"),
        ("given = { means = [0, 1], weights = [0.5, 0.6] }", 1, "must sum to 1"),
        ("given = { means = [0, 1], weights = [1.0] }", 1, "`weights` has 1 entry"),
        (
            "given = { means = [[0, 0]], covariances = [[[1, 2], [2, 1]]] }",
            2,
            "not positive definite",
        ),
    ] {
        let text = resolve(text, 3, dimensions).unwrap_err();
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
}
