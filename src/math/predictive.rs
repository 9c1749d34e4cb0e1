//! Mixtures of normal and Student distributions: what is predicted where parameters are not known.

use ndarray::Array2;

use super::gaussian::Gaussian;
use super::log_sum_exp;
use super::mixture::Mixture;
use super::scaling::Scaling;
use super::student::Student;

/// `p(x) = sum_k weights[k] p_k(x)` in D dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictive {
    /// Mixing proportions, K of them; they sum to 1.
    pub weights: Vec<f64>,
    /// The distributions that are mixed.
    pub components: Vec<Component>,
}

/// What one component predicts.
#[derive(Clone, Debug, PartialEq)]
pub enum Component {
    /// Its precision is known.
    Normal(Gaussian),
    /// Its coordinates share what is not known of the precision.
    Student(Student),
    /// Its coordinates are independent.
    Independent {
        /// They, one after the other.
        each: Vec<Student>,
        /// `N(location, scale)` of all of them.
        shape: Gaussian,
    },
}

impl Component {
    /// Independent coordinates with these locations, the squares of these scales, and the same
    /// degrees of freedom.
    pub fn independent(mean: Vec<f64>, scales: &[f64], degrees: f64) -> Self {
        let each = mean.iter().zip(scales).map(|(mean, scale)| {
            Student::new(vec![*mean], Array2::from_elem((1, 1), *scale), degrees)
        });
        let each = each.collect();
        let scale = Array2::from_diag(&ndarray::arr1(scales));
        Self::Independent { each, shape: Gaussian::new_or_nan(mean, scale) }
    }

    /// The logarithm of the density at `x`.
    pub fn log_density(&self, x: &[f64]) -> f64 {
        match self {
            Self::Normal(normal) => normal.log_density(x),
            Self::Student(student) => student.log_density(x),
            Self::Independent { each, .. } => {
                each.iter().zip(x).map(|(student, x)| student.log_density(&[*x])).sum()
            }
        }
    }

    /// The normal distribution of the same location and scale.
    pub fn shape(&self) -> &Gaussian {
        match self {
            Self::Normal(shape) | Self::Independent { shape, .. } => shape,
            Self::Student(student) => student.shape(),
        }
    }

    /// How far from the location, in multiples of the scale of a coordinate, the logarithm of the
    /// density is nowhere less than `drop` below its peak; NaN if it always is.
    pub(super) fn radius(&self, drop: f64) -> f64 {
        match self {
            Self::Normal(_) => (2.0 * drop).sqrt(),
            Self::Student(student) => student.radius(drop),
            Self::Independent { each, .. } => {
                each.iter().map(|student| student.radius(drop)).fold(f64::NAN, f64::max)
            }
        }
    }

    /// The precision with which it draws a point at `x` to its location, where the inverse of its
    /// scale is `precision`: tails draw less than those of the normal distribution.
    pub(super) fn pull(&self, precision: &Array2<f64>, x: &[f64]) -> Array2<f64> {
        let mut pull = precision.clone();
        match self {
            Self::Normal(_) => {}
            Self::Student(student) => pull *= student.pull(x),
            Self::Independent { each, .. } => {
                for ((entry, student), x) in pull.diag_mut().iter_mut().zip(each).zip(x) {
                    *entry *= student.pull(&[*x]);
                }
            }
        }
        pull
    }
}

impl Component {
    /// That of standardized points as that of points as they were before.
    fn undo(&self, scaling: &Scaling) -> Self {
        let shape = self.shape();
        let (mean, scale) = scaling.undo_normal(&shape.mean, &shape.covariance);
        match self {
            Self::Normal(_) => Self::Normal(Gaussian::new_or_nan(mean, scale)),
            Self::Student(student) => Self::Student(Student::new(mean, scale, student.degrees())),
            Self::Independent { each, .. } => {
                // All coordinates have the same degrees of freedom.
                let degrees = each.first().map_or(f64::NAN, Student::degrees);
                Self::independent(mean, &scale.diag().to_vec(), degrees)
            }
        }
    }
}

impl Predictive {
    /// That of standardized points as that of points as they were before.
    pub fn undo(&self, scaling: &Scaling) -> Self {
        let components = self.components.iter().map(|component| component.undo(scaling)).collect();
        Self { weights: self.weights.clone(), components }
    }

    /// That of a mixture that is known.
    pub fn known(mixture: &Mixture) -> Self {
        let components = mixture.gaussians().into_iter().map(Component::Normal).collect();
        Self { weights: mixture.weights.clone(), components }
    }

    /// The logarithm of the density at `x`, D values.
    pub fn log_density(&self, x: &[f64]) -> f64 {
        let logs: Vec<f64> = self
            .weights
            .iter()
            .zip(&self.components)
            .map(|(weight, component)| libm::log(*weight) + component.log_density(x))
            .collect();
        log_sum_exp(&logs)
    }
}
