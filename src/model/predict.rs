//! What a fit says of points that it was not made from: components, densities, and further points.

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fit::rows;
use super::kernel::Sum;
use super::predictive;
use super::{Fit, State, bayesian_mixture, mixture_em};
use crate::math::linalg::{deserialize_rows, serialize_rows};
use crate::math::log_sum_exp;
use crate::math::mixture::Mixture;
use crate::math::predictive::Predictive;
use crate::random::Random;

/// What a fit says of N points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The most probable component of every point; the first of equals.
    pub labels: Vec<usize>,
    /// The probabilities of the components, N x K; serialised as a list of rows.
    #[serde(serialize_with = "serialize_rows", deserialize_with = "deserialize_rows")]
    pub responsibilities: Array2<f64>,
    /// scikit-learn's `score_samples`: `ln sum_k exp E_q[ln pi_k + ln N(x | mu_k, Lambda_k^-1)]`. It
    /// is no log density: it does not integrate to 1, and is below `log_density_predictive`. Where there
    /// is no posterior, as of maximum likelihood, it is `log_density`.
    pub score_samples: Vec<f64>,
    /// The log density of the mixture in which every parameter stands for itself, `Fit::mixture`.
    pub log_density: Vec<f64>,
    /// The log density of the posterior predictive distribution, `Fit::predictive`; `log_density`
    /// again where there is no posterior.
    pub log_density_predictive: Vec<f64>,
}

/// What a fit says of points, and further points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Predicted {
    /// What it says of the points.
    pub prediction: Prediction,
    /// Draws of its posterior predictive distribution, if they were asked for.
    pub samples: Option<Samples>,
}

/// Points that were drawn from a fit, grouped by component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Samples {
    /// The points, n x D; serialised as a list of rows.
    #[serde(serialize_with = "serialize_rows", deserialize_with = "deserialize_rows")]
    pub points: Array2<f64>,
    /// The component of each.
    pub labels: Vec<usize>,
}

impl Predicted {
    /// `labels`, `responsibilities` (N x K), `score_samples`, `log_density` and
    /// `log_density_predictive` with a value for every point, what [`Predicted::summary`] has, and
    /// `samples` (n x D) with `sample_labels` if there are any.
    pub fn to_json(&self) -> Value {
        let Prediction { labels, responsibilities, score_samples, .. } = &self.prediction;
        let mut json = json!({
            "labels": labels,
            "responsibilities": rows(responsibilities.view()),
            "score_samples": score_samples,
            "log_density": self.prediction.log_density,
            "log_density_predictive": self.prediction.log_density_predictive,
        });
        if let (Some(all), Value::Object(summary)) = (json.as_object_mut(), self.summary()) {
            all.extend(summary);
            if let Some(samples) = &self.samples {
                all.insert("samples".to_owned(), rows(samples.points.view()));
                all.insert("sample_labels".to_owned(), json!(samples.labels));
            }
        }
        json
    }

    /// The numbers that a slide may quote: the means of the three logarithms over the points, under
    /// `mean_score_samples`, `mean_log_density` and `mean_log_density_predictive`.
    pub fn summary(&self) -> Value {
        let [density, predictive, score] = self.prediction.means();
        json!({
            "mean_score_samples": score,
            "mean_log_density": density,
            "mean_log_density_predictive": predictive,
        })
    }
}

impl Prediction {
    /// The means over the points of `log_density`, `log_density_predictive` and `score_samples`.
    pub fn means(&self) -> [f64; 3] {
        [&self.log_density, &self.log_density_predictive, &self.score_samples].map(|values| {
            let sum: Sum = values.iter().copied().collect();
            sum.value() / values.len() as f64
        })
    }
}

impl Fit {
    /// What the parameters of iteration `at` say of N x D points. Past the end means the last
    /// iteration.
    ///
    /// # Panics
    ///
    /// If the points have another dimension than those of the fit.
    pub fn predict(&self, points: ArrayView2<'_, f64>, at: usize) -> Prediction {
        let at = at.min(self.iterations());
        let fitted = self.fitted(points);
        let mut joint = match &self.states[at] {
            State::Cavi(state) => state.expected_log_joint(fitted.view()),
            State::BayesianMixture(state) => state.expected_log_joint(fitted.view()),
            state @ (State::MixtureEm(_)
            | State::Kmeans(_)
            | State::Project(_)
            | State::Given(_)) => log_joint(&state.mixture(), fitted.view()),
        };
        if let Some(scaling) = &self.scaling {
            // Densities are per unit of the data.
            joint -= scaling.sd.iter().map(|sd| libm::log(*sd)).sum::<f64>();
        }
        let responsibilities = self.states[at].responsibilities(fitted.view());
        let labelling = match &self.states[at] {
            State::Kmeans(_) => &responsibilities,
            _ => &joint,
        };
        let log_sums = |joint: &Array2<f64>| -> Vec<f64> {
            joint.rows().into_iter().map(|row| log_sum_exp(&row.to_vec())).collect()
        };
        Prediction {
            labels: labelling.rows().into_iter().map(first_of_most).collect(),
            score_samples: log_sums(&joint),
            log_density: log_sums(&log_joint(&self.mixture(at), points)),
            log_density_predictive: log_densities(&self.predictive(at), points),
            responsibilities,
        }
    }

    /// The posterior predictive distribution of the data (in their unit) with the parameters of
    /// iteration `at`; that of a model without posterior (maximum likelihood, k-means, given) is
    /// [`Fit::mixture`]. Past the end means the last iteration.
    pub fn predictive(&self, at: usize) -> Predictive {
        let predictive = match &self.states[at.min(self.iterations())] {
            State::Cavi(state) => state.predictive(),
            State::BayesianMixture(state) => state.predictive(),
            state @ (State::MixtureEm(_)
            | State::Kmeans(_)
            | State::Project(_)
            | State::Given(_)) => Predictive::known(&state.mixture()),
        };
        match &self.scaling {
            None => predictive,
            Some(scaling) => predictive.undo(scaling),
        }
    }

    /// `n` points (n x D) of the mixture of iteration `at`, and the component of each; rows are
    /// grouped by component. scikit-learn's `sample`, draw for draw. Those of the posterior
    /// predictive distribution: [`Predictive::sample`].
    pub fn sample(
        &self,
        at: usize,
        n: usize,
        random: &mut dyn Random,
    ) -> (Array2<f64>, Vec<usize>) {
        let at = at.min(self.iterations());
        let mixture = self.mixture(at);
        predictive::grouped(&mixture.weights, n, random, |k, count, random| {
            let (mean, covariance) = (mixture.means.row(k).to_vec(), &mixture.covariances[k]);
            match &self.states[at] {
                State::BayesianMixture(bayesian_mixture::State { covariances, .. })
                | State::MixtureEm(mixture_em::State { covariances, .. })
                    if covariances.is_diagonal() =>
                {
                    // Coordinate by coordinate, each with its own standard deviation.
                    Array2::from_shape_simple_fn((count, mean.len()), || random.standard_normal())
                        * covariance.diag().mapv(f64::sqrt)
                        + ndarray::arr1(&mean)
                }
                _ => random.multivariate_normal(&mean, covariance, count),
            }
        })
    }
}

fn first_of_most(row: ArrayView1<'_, f64>) -> usize {
    let better =
        |best: (usize, f64), (k, &z): (usize, &f64)| if z > best.1 { (k, z) } else { best };
    row.iter().enumerate().fold((0, f64::NEG_INFINITY), better).0
}

/// `ln w_k + ln N(x_i | m_k, C_k)`, N x K.
fn log_joint(mixture: &Mixture, points: ArrayView2<'_, f64>) -> Array2<f64> {
    let gaussians = mixture.gaussians();
    let log_weights: Vec<f64> = mixture.weights.iter().map(|w| libm::log(*w)).collect();
    let mut joint = Array2::zeros((points.nrows(), gaussians.len()));
    for (point, mut row) in points.rows().into_iter().zip(joint.rows_mut()) {
        let point = point.to_vec();
        for ((z, gaussian), log_weight) in row.iter_mut().zip(&gaussians).zip(&log_weights) {
            *z = log_weight + gaussian.log_density(&point);
        }
    }
    joint
}

/// The log density of N points, N x D.
fn log_densities(predictive: &Predictive, points: ArrayView2<'_, f64>) -> Vec<f64> {
    points.rows().into_iter().map(|row| predictive.log_density(&row.to_vec())).collect()
}
