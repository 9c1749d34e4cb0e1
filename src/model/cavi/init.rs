//! Where CAVI starts: one variant a way.

use ndarray::{Array2, ArrayView2};
use serde::Serialize;

use super::variance::Normals;
use super::{Spec, State, weights};
use crate::model::centred::Centred;
use crate::model::kmeans_plus_plus;
use crate::model::run::Failure;
use crate::random::Random;

/// Whole numbers up to here have their own `f64`, so that the ends of a range are what they seem.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// The smallest number above 0 that a uniform draw can give (53 bits).
const LEAST_UNIFORM: f64 = 1.0 / EXACT_INTEGERS;

/// Where the iterations start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Init {
    /// The notebook's, draw for draw: one uniform number times `randint(1, 10)` as a concentration;
    /// `phi` of every point from the Dirichlet distribution with it (they enter only the ELBOs of
    /// iteration 0); the means `randint(int(min x), int(max x)) + max x * uniform`, all integers
    /// first; the variances uniform on (0, 1).
    #[serde(rename = "lecture")]
    Lecture,
    /// Means at points far from each other (greedy k-means++), variances those that every component
    /// would have with N/K points.
    #[serde(rename = "kmeans++")]
    KmeansPlusPlus,
    /// Stated; draws nothing.
    #[serde(rename = "given")]
    Given {
        /// The means, K of them.
        means: Vec<f64>,
        /// The variances, K of them; `None`: those that every component would have with N/K points.
        variances: Option<Vec<f64>>,
    },
}

/// Initial parameters and, where they are drawn and not the optimum for these, the initial `phi`
/// (N x K).
#[derive(Debug, Clone)]
pub(super) struct Initial {
    pub(super) state: State,
    pub(super) phi: Option<Array2<f64>>,
}

/// Draws the initial values for N x 1 points.
pub(super) fn draw(
    spec: &Spec,
    points: ArrayView2<'_, f64>,
    random: &mut dyn Random,
) -> Result<Initial, Failure> {
    let (m, s2) = match &spec.init {
        Init::Lecture => return lecture(spec, points, random),
        Init::KmeansPlusPlus => {
            let centres =
                kmeans_plus_plus::seed(&Centred::as_they_are(points), spec.components, random);
            (centres.into_iter().map(|i| points[[i, 0]]).collect(), None)
        }
        Init::Given { means, variances } => (means.clone(), variances.clone()),
    };
    Ok(Initial { state: state(spec, points.nrows(), m, s2), phi: None })
}

/// The state about these means in which every component has N/K points, but for the variances `s2`
/// of the means where they are drawn or given.
fn state(spec: &Spec, points: usize, m: Vec<f64>, s2: Option<Vec<f64>>) -> State {
    let share = points as f64 / spec.components as f64;
    let Normals { m, s2, variance } = spec.variance.start(m, s2, share);
    let counts = vec![share; spec.components];
    let weights = weights::posterior(spec.weight_concentration_prior, &counts);
    State { m, s2, variance, weights, inverse_temperature: spec.inverse_temperature(1) }
}

fn lecture(
    spec: &Spec,
    points: ArrayView2<'_, f64>,
    random: &mut dyn Random,
) -> Result<Initial, Failure> {
    let count = spec.components;
    let least = points.iter().copied().fold(f64::INFINITY, f64::min);
    let most = points.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = (least.trunc(), most.trunc());
    let are_exact = low.abs() <= EXACT_INTEGERS && high.abs() <= EXACT_INTEGERS;
    if low >= high || !are_exact {
        let (why, way) = match are_exact {
            true => ("there are no two", "spread the data out"),
            false => ("they are too large to be told apart", "bring the data to a smaller scale"),
        };
        return Err(Failure {
            what: format!(
                "`init = \"lecture\"` draws the means from the whole numbers of the data's range, \
                 but from {least:?} to {most:?} {why}"
            ),
            hint: format!("use `init = \"kmeans++\"`, or {way}"),
        });
    }
    let concentration = random.uniform() * random.integer(1, 10) as f64;
    let alpha = vec![concentration; count];
    let mut phi = Array2::zeros((points.nrows(), count));
    for mut row in phi.rows_mut() {
        for (phi, drawn) in row.iter_mut().zip(random.dirichlet(&alpha)) {
            *phi = drawn;
        }
        if row.iter().any(|phi| !phi.is_finite()) {
            row.fill(1.0 / count as f64);
        }
    }
    let mut m: Vec<f64> =
        (0..count).map(|_| random.integer(low as i64, high as i64) as f64).collect();
    for m in &mut m {
        *m += most * random.uniform();
    }
    let s2 = (0..count).map(|_| random.uniform().max(LEAST_UNIFORM)).collect();
    Ok(Initial { state: state(spec, points.nrows(), m, Some(s2)), phi: Some(phi) })
}
