//! Deterministic annealing.

use elbow::model::cavi::{Annealing, Init, Spec, StopOn, VariancePrior};
use elbow::model::{Fit, Stop};

use super::common::{assert_close, line, numpy};
use super::{a_prior, fit, literal, points, spec, worst_fall};

/// Inverse temperatures from a low one to 1.
fn annealed(start: f64, iterations: usize, spec: Spec) -> Spec {
    Spec { annealing: Some(Annealing { start, iterations }), ..spec }
}

#[test]
fn the_trace_is_the_true_elbo_at_every_temperature() {
    for problem in 0..40 {
        let mut random = numpy(problem);
        let x = points(&mut *random, 3, 60);
        let has_weights = problem % 4 < 2;
        let spec = Spec {
            variance: a_prior(problem % 2 == 0, &mut *random),
            weight_concentration_prior: has_weights.then_some(0.7),
            max_iter: 12,
            tol: -1.0,
            ..annealed(0.2, 8, spec(3))
        };
        let fit = fit(&spec, &x, &mut *random);
        for at in 0..=12 {
            let phi = fit.responsibilities(line(&x).view(), at);
            let expected = literal::elbo(&spec, &x, &phi, fit.states[at].as_cavi().unwrap());
            assert_close("elbo", &[fit.trace["elbo"].values[at]], &[expected], 1e-11);
        }
        // The E steps are those of the schedule: phi is a power of what it would be.
        let temperatures: Vec<f64> =
            fit.states.iter().map(|s| s.as_cavi().unwrap().inverse_temperature).collect();
        for (t, beta) in temperatures.iter().enumerate() {
            let expected = if t < 8 { 0.2_f64.powf(1.0 - t as f64 / 8.0) } else { 1.0 };
            assert!((beta - expected).abs() < 1e-14, "{t}: {beta}");
        }
        let mut hot = fit.states[0].as_cavi().unwrap().clone();
        let heated = fit.responsibilities(line(&x).view(), 1);
        hot.inverse_temperature = 1.0;
        let cold = Fit { states: vec![elbow::model::State::Cavi(hot)], ..fit.clone() };
        let cold = cold.responsibilities(line(&x).view(), 0);
        for (hot, cold) in heated.rows().into_iter().zip(cold.rows()) {
            let powers: Vec<f64> = cold.iter().map(|phi| phi.powf(0.2)).collect();
            let sum: f64 = powers.iter().sum();
            let powers: Vec<f64> = powers.iter().map(|p| p / sum).collect();
            assert_close("phi", &hot.to_vec(), &powers, 1e-12);
        }
    }
}

#[test]
fn at_the_temperature_1_the_elbo_never_falls_and_the_run_may_stop() {
    let mut hot_falls = 0;
    for problem in 0..300 {
        let mut random = numpy(problem);
        let x = points(&mut *random, 3, 80);
        let spec = Spec {
            variance: a_prior(problem % 2 == 0, &mut *random),
            max_iter: 400,
            tol: 1e-6,
            restarts: 3,
            ..annealed(0.05, 20, spec(3))
        };
        let fit = fit(&spec, &x, &mut *random);
        let elbo = &fit.trace["elbo"].values;
        assert!(fit.iterations() >= 22 && elbo.len() == fit.iterations() + 1);
        // The first iteration at 1 is the 21st.
        assert!(worst_fall(&elbo[21..]) <= 1e-12);
        hot_falls += usize::from(worst_fall(&elbo[..21]) > 1e-9);
        let best = fit.restart_values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(fit.restart_values[fit.restart], best);
    }
    // That of the model may fall while another one rises.
    assert!(hot_falls > 0);
}

#[test]
fn a_start_at_1_is_no_annealing_but_for_when_it_may_stop() {
    let x = points(&mut *numpy(3), 3, 100);
    for stop_on in [StopOn::Elbo, StopOn::ElboLecture] {
        let plain = Spec { max_iter: 300, stop_on, ..spec(3) };
        let one = fit(&plain, &x, &mut *numpy(0));
        let other = fit(&annealed(1.0, 5, plain.clone()), &x, &mut *numpy(0));
        assert_eq!((one.iterations() > 7, one.stop), (true, Stop::Converged));
        assert_eq!(one, other);
        // One that would have stopped goes on until the temperature may have reached 1.
        let late = fit(&annealed(1.0, 250, plain), &x, &mut *numpy(0));
        assert_eq!((late.iterations(), late.stop), (252, Stop::Converged));
    }
}

#[test]
fn a_bad_start_is_forgotten() {
    let mut random = numpy(6);
    let mut x = Vec::new();
    for mean in [-12.0, 0.0, 12.0] {
        x.extend((0..100).map(|_| random.normal(mean, 1.0)));
    }
    // Two components share a cluster, and the third one has two: a local optimum.
    let init = Init::Given { means: vec![-12.5, -11.5, 6.0], variances: None };
    let variance = VariancePrior::Known { variance: 1.0, prior_variance: 400.0 };
    let plain = Spec { init, variance, max_iter: 500, ..spec(3) };
    let last = |spec: &Spec| fit(spec, &x, &mut *numpy(0)).trace["elbo"].at(usize::MAX).unwrap();
    let (stuck, free) = (last(&plain), last(&annealed(0.002, 60, plain.clone())));
    assert!(free > stuck + 100.0, "{free} {stuck}");
}
