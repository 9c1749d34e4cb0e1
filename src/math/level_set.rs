//! Where a density in two dimensions has a value: closed lines, by marching squares.
//!
//! Marching squares say between which nodes of a grid a line passes. Where exactly is then found on
//! the density itself, so that each vertex lies on its level however coarse the grid is.

use super::density::{Density, Field};

/// The closed lines on which the logarithm of the density is `level`: one around each region where
/// it is more, one around each hole in it. Not closed by a repeated vertex. None where the field is
/// not of two dimensions.
///
/// The region must lie inside the field (see [`Density::reach`]): along its frame it would be cut
/// off.
pub fn level_set(field: &Field<'_>, level: f64) -> Vec<Vec<[f64; 2]>> {
    let [x, y] = field.axes() else { return Vec::new() };
    if x.len() < 2 || y.len() < 2 || !level.is_finite() {
        return Vec::new();
    }
    let Ok(rings) = contour::contour_rings(field.values(), level, x.len(), y.len()) else {
        return Vec::new();
    };
    let density = field.density();
    rings
        .into_iter()
        .map(|ring| {
            // The last vertex is the first again.
            let open = &ring[..ring.len().saturating_sub(1)];
            open.iter().map(|p| on_level(density, edge(x, y, (p.x, p.y)), level)).collect()
        })
        .collect()
}

/// The edge of the grid on which a vertex lies: its two nodes. Nodes lie in the middles of cells of
/// side 1, and a vertex in the middle between two of them.
fn edge(x: &[f64], y: &[f64], (column, row): (f64, f64)) -> [[f64; 2]; 2] {
    let node = |lines: &[f64], position: f64| {
        lines[(position.floor().max(0.0) as usize).min(lines.len() - 1)]
    };
    let pair = |lines: &[f64], position: f64| match position.fract() == 0.0 {
        true => [node(lines, position - 1.0), node(lines, position)],
        false => [node(lines, position); 2],
    };
    let ([left, right], [low, high]) = (pair(x, column), pair(y, row));
    [[left, low], [right, high]]
}

/// The point between two nodes where the logarithm of the density is `level`, by false position
/// with the retained end's distance halved (the Illinois rule).
fn on_level(density: &Density, [a, b]: [[f64; 2]; 2], level: f64) -> [f64; 2] {
    let at = |t: f64| [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
    let ln = density.between(&a, &b);
    let distance = |t: f64| ln(&at(t)) - level;
    let (mut low, mut high) = ((0.0, distance(0.0)), (1.0, distance(1.0)));
    for _ in 0..MOST_STEPS {
        let t = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
        if !t.is_finite() {
            break;
        }
        let found = distance(t);
        if (found < 0.0) == (high.1 < 0.0) {
            low.1 *= 0.5;
            high = (t, found);
        } else {
            high.1 *= 0.5;
            low = (t, found);
        }
        if found.abs() < CLOSE {
            return at(t);
        }
    }
    at((low.0 + high.0) / 2.0)
}

/// The rule gains several digits every three steps.
const MOST_STEPS: usize = 60;
/// As near to the level as the logarithm of the density.
const CLOSE: f64 = 1e-11;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::mixture::Mixture;
    use ndarray::{Array2, array};

    fn density(weights: &[f64], means: Array2<f64>, covariances: Vec<Array2<f64>>) -> Density {
        Density::new(&Mixture { weights: weights.to_vec(), means, covariances })
    }

    fn rings(density: &Density, level: f64) -> Vec<Vec<[f64; 2]>> {
        level_set(&Field::new(density, &density.reach(level).unwrap()), level)
    }

    #[test]
    fn the_level_set_of_one_component_is_its_ellipse() {
        let covariance = array![[0.7, 0.2], [0.2, 0.1]];
        let mixture = Mixture {
            weights: vec![1.0],
            means: array![[2.0, -0.7]],
            covariances: vec![covariance],
        };
        let (one, gaussian) = (Density::new(&mixture), mixture.component(0));
        for radius in [0.2, 1.0, 2.447, 9.0] {
            let level = gaussian.log_density(&gaussian.mean) - radius * radius / 2.0;
            let found = rings(&one, level);
            assert_eq!(found.len(), 1, "radius {radius}");
            assert!(found[0].len() > 60, "radius {radius}: {} vertices", found[0].len());
            for vertex in &found[0] {
                let distance = gaussian.squared_mahalanobis(vertex).sqrt();
                assert!((distance - radius).abs() < 1e-9, "{distance}, not {radius}");
            }
        }
    }

    #[test]
    fn regions_that_are_apart_have_a_line_each_and_holes_one_more() {
        let round = |variance: f64| array![[variance, 0.0], [0.0, variance]];
        let apart = density(&[0.5, 0.5], array![[-3.0, 0.0], [3.0, 0.0]], vec![round(1.0); 2]);
        let peak = apart.ln(&[3.0, 0.0]);
        assert_eq!(rings(&apart, peak - 1.0).len(), 2);
        assert_eq!(rings(&apart, apart.ln(&[0.0, 0.0]) - 0.1).len(), 1);
        assert!(level_set(&Field::new(&apart, &[(-9.0, 9.0); 2]), peak + 0.1).is_empty());
        // Components around a circle leave a hole in its middle.
        let angles: Vec<f64> = (0..12).map(|i| f64::from(i) * std::f64::consts::PI / 6.0).collect();
        let means = Array2::from_shape_fn((12, 2), |(i, j)| match j {
            0 => 4.0 * libm::cos(angles[i]),
            _ => 4.0 * libm::sin(angles[i]),
        });
        let ring = density(&[1.0 / 12.0; 12], means, vec![round(0.8); 12]);
        assert_eq!(rings(&ring, ring.ln(&[4.0, 0.0]) - 1.0).len(), 2);
    }

    #[test]
    fn every_vertex_lies_on_its_level_however_uneven_the_components_are() {
        let uneven = density(
            &[0.6, 0.3, 0.1],
            array![[0.0, 0.0], [9.0, 4.0], [8.0, -5.0]],
            vec![
                array![[9.0, 2.0], [2.0, 1.0]],
                array![[0.01, 0.0], [0.0, 0.04]],
                array![[1.0, 0.999], [0.999, 1.0]],
            ],
        );
        for level in [-12.0, -6.0, -4.0, -3.0, 0.0] {
            let found = rings(&uneven, level);
            assert!(!found.is_empty(), "level {level}");
            for vertex in found.iter().flatten() {
                let off = (uneven.ln(vertex) - level).abs();
                assert!(off < 1e-9, "{vertex:?} is off level {level} by {off}");
            }
        }
    }
}
