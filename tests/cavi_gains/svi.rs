//! Stochastic steps.

use elbow::model::cavi::{Annealing, Init, Spec, Svi, VariancePrior};
use elbow::model::{Fit, Stop};
use elbow::random::Random;

use super::common::{assert_close, line, numpy};
use super::{a_prior, fit, literal, points, spec};

fn stochastic(batch_size: usize, delay: f64, forgetting_rate: f64, spec: Spec) -> Spec {
    Spec { svi: Some(Svi { batch_size, delay, forgetting_rate }), ..spec }
}

/// The lecture's data.
fn lecture() -> Vec<f64> {
    let mut random = numpy(10);
    [0.0, 1.0, 5.0]
        .iter()
        .flat_map(|m| (0..1000).map(|_| random.normal(*m, 1.0)).collect::<Vec<_>>())
        .collect()
}

#[test]
fn whole_steps_of_all_points_are_cavi_in_every_bit() {
    for problem in 0..8 {
        let mut random = numpy(problem);
        let x = points(&mut *random, 3, 200);
        let plain = Spec {
            variance: a_prior(problem % 2 == 0, &mut *random),
            weight_concentration_prior: (problem % 4 < 2).then_some(0.7),
            annealing: (problem > 5).then_some(Annealing { start: 0.3, iterations: 5 }),
            init: Init::Given { means: vec![-3.0, 0.0, 3.0], variances: None },
            max_iter: 200,
            ..spec(3)
        };
        let one = fit(&plain, &x, &mut *numpy(0));
        // A rate of 0 never shortens the steps; a config may not have it.
        let other = fit(&stochastic(200, 0.0, 0.0, plain.clone()), &x, &mut *numpy(0));
        assert_eq!(one, other);
        // The first step without a delay is whole at any rate.
        let first = Spec { max_iter: 1, annealing: None, ..plain };
        let one = fit(&first, &x, &mut *numpy(0));
        assert_eq!(one, fit(&stochastic(200, 0.0, 0.9, first), &x, &mut *numpy(0)));
    }
}

#[test]
fn a_step_is_that_between_natural_parameters() {
    for problem in 0..20 {
        let mut random = numpy(problem);
        let x = points(&mut *random, 3, 50);
        let plain = Spec {
            variance: a_prior(problem % 2 == 0, &mut *random),
            weight_concentration_prior: Some(0.7),
            init: Init::Given { means: vec![-3.0, 0.0, 3.0], variances: None },
            max_iter: 1,
            ..spec(3)
        };
        let whole = fit(&plain, &x, &mut *numpy(0));
        let part = fit(&stochastic(50, 3.0, 0.6, plain), &x, &mut *numpy(0));
        let rho = 4_f64.powf(-0.6);
        let natural = |fit: &Fit, at: usize| -> Vec<f64> {
            let state = fit.states[at].as_cavi().unwrap();
            let degrees = match &state.variance {
                elbow::model::cavi::Variance::Known(_) => None,
                elbow::model::cavi::Variance::Unknown { degrees_of_freedom, .. } => {
                    Some(degrees_of_freedom)
                }
            };
            let concentration = state.weights.as_ref().unwrap().means();
            // Of a Dirichlet distribution whose total moves, too.
            let of = |k: usize| {
                let (v, m) = (state.variance.of(k), state.m[k]);
                let l = v / state.s2[k];
                let nu = degrees.map_or(0.0, |nu| nu[k]);
                [l, l * m, nu, if nu > 0.0 { nu * v + l * m * m } else { 0.0 }]
            };
            let total = 0.7 * 3.0 + 50.0;
            let alpha = concentration.iter().map(|w| w * total);
            (0..3).flat_map(of).chain(alpha).collect()
        };
        let expected: Vec<f64> = natural(&whole, 0)
            .iter()
            .zip(natural(&whole, 1))
            .map(|(old, new)| (1.0 - rho) * old + rho * new)
            .collect();
        assert_close("natural parameters", &natural(&part, 1), &expected, 1e-12);
    }
}

#[test]
fn the_trace_is_the_elbo_of_all_points() {
    let x = points(&mut *numpy(2), 3, 90);
    for (is_known, has_weights) in [(true, false), (false, true)] {
        let spec = Spec {
            variance: a_prior(is_known, &mut *numpy(1)),
            weight_concentration_prior: has_weights.then_some(0.7),
            max_iter: 40,
            ..stochastic(20, 1.0, 0.7, spec(3))
        };
        let fit = fit(&spec, &x, &mut *numpy(5));
        assert_eq!((fit.iterations(), fit.stop), (40, Stop::IterationLimit));
        for at in 0..=40 {
            let phi = fit.responsibilities(line(&x).view(), at);
            let expected = literal::elbo(&spec, &x, &phi, fit.states[at].as_cavi().unwrap());
            assert_close("elbo", &[fit.trace["elbo"].values[at]], &[expected], 1e-11);
        }
    }
}

#[test]
fn it_ends_near_the_optimum_of_cavi_on_the_lectures_data() {
    let x = lecture();
    let variance =
        VariancePrior::Unknown { mean_precision: 0.1, degrees_of_freedom: 1.0, variance: 1.0 };
    let known = spec(3).variance;
    for (variance, concentration) in [(known, None), (variance, Some(1.0))] {
        // With everything unknown, two components that overlap so much take CAVI thousands of
        // iterations; two components are enough then.
        let components = if concentration.is_some() { 2 } else { 3 };
        let means = [0.0, 5.0, 1.5][..components].to_vec();
        let plain = Spec {
            variance,
            weight_concentration_prior: concentration,
            init: Init::Given { means, variances: None },
            max_iter: 3000,
            ..spec(components)
        };
        let optimum = fit(&plain, &x, &mut *numpy(0));
        assert_eq!(optimum.stop, Stop::Converged);
        let svi = stochastic(100, 1.0, 0.7, plain);
        let near = fit(&svi, &x, &mut *numpy(0));
        let value = |fit: &Fit| fit.trace["elbo"].at(usize::MAX).unwrap();
        let gap = value(&optimum) - value(&near);
        // The last steps are 0.004 long; a batch's mean is off by sd / sqrt(30).
        assert!((-1e-6..1.0).contains(&gap), "{gap}");
        let (a, b) = (optimum.mixture(usize::MAX), near.mixture(usize::MAX));
        for (a, b) in a.means.iter().zip(&b.means) {
            assert!((a - b).abs() < 0.1, "{a} {b}");
        }
    }
}

#[test]
fn restarts_have_batches_of_their_own_whatever_the_threads() {
    let x = points(&mut *numpy(8), 3, 120);
    let init = Init::Given { means: vec![-3.0, 0.0, 3.0], variances: None };
    let spec = Spec { init, restarts: 4, max_iter: 25, ..stochastic(50, 1.0, 0.9, spec(3)) };
    let with = |threads: usize, random: &mut dyn Random| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut stream = numpy(random.bounded(9));
        pool.install(|| fit(&spec, &x, &mut *stream))
    };
    let one = with(1, &mut *numpy(1));
    assert_eq!(one, with(3, &mut *numpy(1)));
    for (i, a) in one.restart_traces.iter().enumerate() {
        assert_eq!(a.values[0], one.restart_traces[0].values[0]);
        assert!(one.restart_traces[..i].iter().all(|b| a.values[1] != b.values[1]));
    }
    assert_eq!(one.trace["elbo"], one.restart_traces[one.restart]);
}
