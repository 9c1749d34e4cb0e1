//! What a trace of the ELBO does: plateau, steepest rise, convergence.

use serde::Serialize;

/// The run of iterations in which the ELBO rises most after its first plateau.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rise {
    /// The last iteration before gains grow again: the first local minimum of the gain.
    pub plateau: usize,
    /// The first iteration of the rise.
    pub begins: usize,
    /// The first iteration after the rise.
    pub ends: usize,
}

/// A rise is where the gain is at least this share of its largest value after the plateau. On the
/// lecture's fit any share from 0.28 to 0.34 gives the same iterations.
const SHARE: f64 = 0.3;

/// A gain that the values cannot resolve is no gain.
const RESOLUTION: f64 = 1e-9;

/// Finds the rise in a trace whose first value is iteration `first`; `None` if gains only shrink.
///
/// With the gain `g(t) = elbo(t) - elbo(t - 1)`, the plateau is the first local minimum of `g` and
/// the rise is the run around the largest later `g` in which `g` is at least 0.3 of it.
pub fn rise(elbo: &[f64], first: usize) -> Option<Rise> {
    let gain: Vec<f64> = elbo.windows(2).map(|w| w[1] - w[0]).collect();
    let scale = elbo.last().map_or(1.0, |e| e.abs().max(1.0));
    let low = (1..gain.len().saturating_sub(1))
        .find(|&i| gain[i] <= gain[i - 1] && gain[i] < gain[i + 1] - RESOLUTION * scale)?;
    let peak =
        (low + 1..gain.len()).max_by(|&a, &b| gain[a].total_cmp(&gain[b]).then(b.cmp(&a)))?;
    // What falls to no less than half of the peak is a slope, no plateau.
    if gain[low] > 0.5 * gain[peak] {
        return None;
    }
    let enough = |i: &usize| gain[*i] >= SHARE * gain[peak];
    let begins = (low..=peak).rev().take_while(enough).last()?;
    let ends = (peak..gain.len()).take_while(enough).last()? + 1;
    // gain[i] is the gain of the step to iteration first + i + 1.
    let last = first + elbo.len() - 1;
    Some(Rise {
        plateau: first + low + 1,
        begins: first + begins + 1,
        ends: (first + ends + 1).min(last),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plateau_then_a_jump_is_found() {
        // Gains: 100, 10, 2, 3, 8, 20, 18, 5, 1, 0.1
        let elbo = [0.0, 100.0, 110.0, 112.0, 115.0, 123.0, 143.0, 161.0, 166.0, 167.0, 167.1];
        assert_eq!(rise(&elbo, 0), Some(Rise { plateau: 3, begins: 5, ends: 8 }));
        assert_eq!(rise(&elbo, 1), Some(Rise { plateau: 4, begins: 6, ends: 9 }));
    }

    #[test]
    fn gains_that_only_shrink_have_no_rise() {
        assert_eq!(rise(&[0.0, 10.0, 15.0, 17.0, 17.5], 0), None);
        assert_eq!(rise(&[1.0], 0), None);
        assert_eq!(rise(&[], 0), None);
        // Rounding at the end is not a rise.
        assert_eq!(rise(&[0.0, 10.0, 15.0, 15.0, 15.0 + 1e-12, 15.0 + 3e-12], 0), None);
    }
}
