//! Where the lines of a grid lie on which a density is computed: close where a component is narrow.

use super::{Component, Density, inverse};

/// How close the lines of a grid are.
#[derive(Clone, Copy)]
pub(super) struct Fineness {
    /// Lines in a standard deviation.
    in_sd: f64,
    /// Lines in the whole range, at least about so many.
    least: f64,
    /// At most about so many.
    pub(super) most: f64,
    /// No two are nearer to each other than this share of the range.
    finest: f64,
    /// Where there are too many narrow components to have as many lines as they should, each has some
    /// at these multiples of its standard deviation from its mean.
    at_least: &'static [f64],
}

/// Curves are drawn through the nodes of a line, so that a peak without a node is not there at all.
pub(super) const OF_LINE: Fineness =
    Fineness { in_sd: 24.0, least: 400.0, most: 6000.0, finest: 0.0, at_least: &AROUND };
/// Level sets pass between the nodes of a plane.
pub(super) const OF_PLANE: Fineness =
    Fineness { in_sd: 6.0, least: 160.0, most: 420.0, finest: 1e-5, at_least: &[] };

/// Through these a normal density is a curve that has its height and its area: beyond the last it is
/// nothing, however far the next line is.
const AROUND: [f64; 17] =
    [-8.0, -6.5, -5.0, -3.5, -2.5, -1.8, -1.2, -0.6, 0.0, 0.6, 1.2, 1.8, 2.5, 3.5, 5.0, 6.5, 8.0];

/// Lines so many times as far from each other as they should be may pass over a component.
const PASSING: f64 = 3.0;

/// Components are taken as narrow out to so many standard deviations.
const NEAR: f64 = 5.0;

/// Where the lines of one dimension lie: from one to the next as far as the narrowest component
/// nearby allows, and towards a narrow one in ever smaller steps.
pub(super) fn lines(
    density: &Density,
    axis: usize,
    (low, high): (f64, f64),
    fine: Fineness,
) -> Vec<f64> {
    let span = high - low;
    if !(span > 0.0 && span.is_finite()) {
        return vec![low];
    }
    // How wide a component is when all other coordinates are held: a tilted one is narrower than
    // its marginal.
    let components: Vec<(f64, f64, f64)> = density
        .components
        .iter()
        .map(Component::shape)
        .filter_map(|g| {
            let width = 1.0 / inverse(&g.covariance)?[[axis, axis]].sqrt();
            Some((g.mean[axis], g.covariance[[axis, axis]].sqrt(), width))
        })
        .collect();
    // Steps below the distance of two numbers lead nowhere.
    let finest = (span * fine.finest).max(4.0 * f64::EPSILON * low.abs().max(high.abs()));
    let mut coarser = 1.0;
    loop {
        let step = |x: f64| {
            let near = components.iter().map(|(mean, sd, width)| {
                let beyond = ((x - mean).abs() - NEAR * sd).max(0.0);
                (width / fine.in_sd).max(finest) + beyond / 3.0
            });
            coarser * near.fold(span / fine.least, f64::min)
        };
        let mut found = vec![low];
        let mut x = low;
        while x < high && found.len() as f64 <= fine.most {
            x = (x + step(x)).min(high);
            found.push(x);
        }
        if x >= high {
            if coarser >= PASSING {
                let around = |(mean, sd, _): &(f64, f64, f64)| {
                    let (mean, sd) = (*mean, *sd);
                    fine.at_least.iter().map(move |z| mean + z * sd)
                };
                let inside = |x: &f64| low < *x && *x < high;
                found.extend(components.iter().flat_map(around).filter(inside));
                found.sort_by(f64::total_cmp);
                found.dedup();
            }
            return found;
        }
        coarser *= 1.25;
    }
}
