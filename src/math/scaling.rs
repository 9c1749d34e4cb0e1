//! Standardization: shifting and dividing coordinates so that each has mean 0 and standard
//! deviation 1, and back.

use ndarray::{Array2, ArrayView2, Zip};
use serde::{Deserialize, Serialize};

use super::mixture::Mixture;

/// `z = (x - mean) / sd` in each of D coordinates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// The mean of each coordinate.
    pub mean: Vec<f64>,
    /// The standard deviation of each coordinate, with divisor N as in scikit-learn's
    /// `StandardScaler`; positive.
    pub sd: Vec<f64>,
}

impl Scaling {
    /// The one that standardizes N x D points.
    ///
    /// # Errors
    ///
    /// The index of the first coordinate in which the points do not differ.
    pub fn of(points: ArrayView2<'_, f64>) -> Result<Self, usize> {
        let n = points.nrows() as f64;
        let (mut means, mut sds) = (Vec::new(), Vec::new());
        for (j, column) in points.columns().into_iter().enumerate() {
            let mean = column.iter().fold(0.0, |sum, x| sum + x) / n;
            // Relative to the largest deviation no square overflows or vanishes.
            let largest = column.iter().fold(0.0, |most: f64, x| most.max((x - mean).abs()));
            let first = column.first().copied().unwrap_or(mean);
            if largest == 0.0 || column.iter().all(|x| *x == first) {
                return Err(j);
            }
            let square = |x: &f64| ((x - mean) / largest) * ((x - mean) / largest);
            let sum = column.iter().fold(0.0, |sum, x| sum + square(x));
            means.push(mean);
            sds.push(largest * (sum / n).sqrt());
        }
        Ok(Self { mean: means, sd: sds })
    }

    /// N x D points, standardized.
    pub fn apply(&self, points: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut result = points.to_owned();
        for ((mut column, mean), sd) in
            result.columns_mut().into_iter().zip(&self.mean).zip(&self.sd)
        {
            column.mapv_inplace(|x| (x - mean) / sd);
        }
        result
    }

    /// Coordinate `j` of a standardized point, as it was before.
    pub fn undo(&self, j: usize, z: f64) -> f64 {
        self.mean[j] + self.sd[j] * z
    }

    /// The location (D values) and the covariance or scale (D x D) of standardized points, as those of
    /// points as they were before.
    pub fn undo_normal(&self, mean: &[f64], covariance: &Array2<f64>) -> (Vec<f64>, Array2<f64>) {
        let mean = mean.iter().enumerate().map(|(j, z)| self.undo(j, *z)).collect();
        let mut covariance = covariance.clone();
        for ((i, j), entry) in covariance.indexed_iter_mut() {
            *entry *= self.sd[i] * self.sd[j];
        }
        (mean, covariance)
    }

    /// The mixture of standardized points as a mixture of points as they were before.
    pub fn undo_mixture(&self, mixture: &Mixture) -> Mixture {
        let mut means = mixture.means.clone();
        for ((_, j), z) in means.indexed_iter_mut() {
            *z = self.undo(j, *z);
        }
        self.with_spread(mixture, means, |covariance, i, j| covariance * self.sd[i] * self.sd[j])
    }

    /// The mixture of points as the mixture of standardized ones.
    pub fn apply_mixture(&self, mixture: &Mixture) -> Mixture {
        let means = self.apply(mixture.means.view());
        self.with_spread(mixture, means, |covariance, i, j| covariance / self.sd[i] / self.sd[j])
    }

    fn with_spread(
        &self,
        mixture: &Mixture,
        means: Array2<f64>,
        scale: impl Fn(f64, usize, usize) -> f64,
    ) -> Mixture {
        let mut covariances = mixture.covariances.clone();
        for covariance in &mut covariances {
            // The order of the two factors must not make what is symmetric otherwise.
            Zip::indexed(covariance).for_each(|(i, j), c| *c = scale(*c, i.min(j), i.max(j)));
        }
        Mixture { weights: mixture.weights.clone(), means, covariances }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn coordinates_get_mean_0_and_deviation_1_and_come_back() {
        let points = array![[1.0, 1e150], [2.0, -1e150], [6.0, 0.5e150]];
        let scaling = Scaling::of(points.view()).unwrap();
        let z = scaling.apply(points.view());
        for column in z.columns() {
            assert!(column.sum().abs() < 1e-15 * 8.0);
            assert!((column.mapv(|z| z * z).sum() / 3.0 - 1.0).abs() < 1e-15 * 4.0);
        }
        for ((i, j), x) in points.indexed_iter() {
            assert!((scaling.undo(j, z[[i, j]]) - x).abs() <= 1e-15 * 4.0 * scaling.sd[j]);
        }
        assert_eq!(scaling.mean[0], 3.0);
        assert!((scaling.sd[0] - (14.0f64 / 3.0).sqrt()).abs() < 1e-15 * 4.0);
    }

    #[test]
    fn a_coordinate_that_does_not_vary_is_named() {
        assert_eq!(Scaling::of(array![[1.0, 0.1], [2.0, 0.1], [3.0, 0.1]].view()), Err(1));
        assert_eq!(Scaling::of(array![[5.0]].view()), Err(0));
    }

    #[test]
    fn a_mixture_goes_with_its_points() {
        let scaling = Scaling { mean: vec![1.0, -2.0], sd: vec![2.0, 10.0] };
        let mixture = Mixture {
            weights: vec![1.0],
            means: array![[3.0, 8.0]],
            covariances: vec![array![[4.0, 3.0], [3.0, 50.0]]],
        };
        let scaled = scaling.apply_mixture(&mixture);
        assert_eq!(scaled.means, array![[1.0, 1.0]]);
        assert_eq!(scaled.covariances[0], array![[1.0, 0.15], [0.15, 0.5]]);
        let back = scaling.undo_mixture(&scaled);
        // The density of the points is that of the standardized ones over the determinant.
        let x = [2.0, 1.0];
        let z = [0.5, 0.3];
        let ratio = back.density(&x) * 20.0 / scaled.density(&z);
        assert!((ratio - 1.0).abs() < 1e-14, "{ratio}");
    }
}
