//! The posterior predictive distribution of a fit: what a further point will be, once all that is not
//! known of weights, means and precisions is integrated out.
//!
//! `p(x | data) = sum_k E[pi_k] E_q[ N(x | mu_k, Lambda_k^-1) ]`, where the mean over `q` is
//!
//! - for the Bayesian mixture, a Student distribution about `m_k` with `b_k`, `nu_k` and `C_k`
//!   (Bishop 2006, equations 10.81 and 10.82; its `L_k^-1` is our scale):
//!   - `full`, `tied` and scikit-learn's other forms: `nu_k + 1 - D` degrees of freedom and the scale
//!     `C_k (1 + 1/b_k) nu_k / (nu_k + 1 - D)`;
//!   - the conjugate `spherical`: `nu_k` degrees of freedom and the scale `C_k (1 + 1/b_k) I`;
//!   - the conjugate `diag`, whose coordinates are independent: the product over `j` of those with
//!     `nu_k` degrees of freedom and the scale `C_kj (1 + 1/b_k)`;
//! - for CAVI, where precisions are known, `N(x | m_k, v + s2_k)`, and where they are inferred a Student
//!   distribution about `m_k` with `nu_k` degrees of freedom and the squared scale `v_k + s2_k`;
//! - for maximum likelihood, k-means and a given mixture, which have no posterior, their own component.
//!
//! The distribution of standardized points is told in the unit of the data.

use ndarray::{Array2, ArrayView2, Axis};

use crate::math::predictive::{Component, Predictive};
use crate::math::student::Student;
use crate::random::Random;

impl Component {
    /// `n` draws, n x D.
    pub fn sample(&self, n: usize, random: &mut dyn Random) -> Array2<f64> {
        match self {
            Self::Normal(normal) => random.multivariate_normal(&normal.mean, &normal.covariance, n),
            Self::Student(student) => students(student, n, random),
            Self::Independent { each, .. } => {
                let mut all = Array2::zeros((n, each.len()));
                for (mut column, student) in all.columns_mut().into_iter().zip(each) {
                    column.assign(&students(student, n, random).column(0));
                }
                all
            }
        }
    }
}

/// Normals first, then for every row the chi-squared variable that it is divided by.
fn students(student: &Student, n: usize, random: &mut dyn Random) -> Array2<f64> {
    let (nu, shape) = (student.degrees(), student.shape());
    let zero = vec![0.0; shape.mean.len()];
    let mut rows = random.multivariate_normal(&zero, &shape.covariance, n);
    for mut row in rows.rows_mut() {
        let precision = random.gamma(0.5 * nu, 2.0 / nu);
        for (x, mean) in row.iter_mut().zip(&shape.mean) {
            *x = mean + *x / precision.sqrt();
        }
    }
    rows
}

impl Predictive {
    /// `n` draws (n x D) and the component of each; rows are grouped by component.
    pub fn sample(&self, n: usize, random: &mut dyn Random) -> (Array2<f64>, Vec<usize>) {
        grouped(&self.weights, n, random, |k, count, random| {
            self.components[k].sample(count, random)
        })
    }
}

/// How `n` draws fall on components, then the draws `of` each in order.
pub(super) fn grouped(
    weights: &[f64],
    n: usize,
    random: &mut dyn Random,
    of: impl Fn(usize, usize, &mut dyn Random) -> Array2<f64>,
) -> (Array2<f64>, Vec<usize>) {
    let counts = random.multinomial(n as u64, weights);
    let mut parts = Vec::with_capacity(counts.len());
    let mut labels = Vec::with_capacity(n);
    for (k, count) in counts.into_iter().enumerate() {
        let count = count as usize;
        parts.push(of(k, count, random));
        labels.extend(std::iter::repeat_n(k, count));
    }
    let views: Vec<ArrayView2<'_, f64>> = parts.iter().map(|part| part.view()).collect();
    // All parts have the same columns, so they can be laid one under the other.
    (ndarray::concatenate(Axis(0), &views).unwrap_or_else(|_| Array2::zeros((0, 0))), labels)
}
