//! Round numbers that divide a range: ticks of axes and levels of contours, where matplotlib puts
//! them (`MaxNLocator`).

/// The multiples that contour levels may be stepped by, times a power of ten.
const LEVEL_STEPS: &[f64] = &[1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];

/// The multiples that ticks may be stepped by, times a power of ten.
const TICK_STEPS: &[f64] = &[1.0, 2.0, 2.5, 5.0, 10.0];

/// matplotlib asks for up to 7 levels, and its locator for one interval more.
const LEVEL_INTERVALS: usize = 8;

/// A range this many times nearer to zero than it is wide is placed relative to zero; a narrower
/// one relative to a power of ten near its middle.
const OFFSET_THRESHOLD: f64 = 100.0;

/// The levels of `contour` for values from `z_min` to `z_max`: ascending, at most one at or below
/// the smallest and one at or above the largest value.
pub fn contour_levels(z_min: f64, z_max: f64) -> Vec<f64> {
    let levels = locate(z_min, z_max, LEVEL_INTERVALS, LEVEL_STEPS, 1);
    let first = levels.iter().rposition(|&level| level < z_min).unwrap_or(0);
    let end = levels.iter().position(|&level| level > z_max).map_or(levels.len(), |i| i + 1);
    if end < first + 3 { levels } else { levels[first..end].to_vec() }
}

/// The levels of `contourf`: the bounds of its bands. The same numbers as those of `contour`, where
/// the outermost two draw no line.
pub fn contourf_levels(z_min: f64, z_max: f64) -> Vec<f64> {
    contour_levels(z_min, z_max)
}

/// The ticks inside [low, high], ascending: at most `max_intervals` + 1 of them.
pub fn ticks(low: f64, high: f64, max_intervals: usize) -> Vec<f64> {
    // A tick that the sum of rounded terms puts a hair outside still belongs to the range.
    let slack = (high - low).abs() * 1e-10;
    let (low, high) = if low <= high { (low, high) } else { (high, low) };
    locate(low, high, max_intervals.max(1), TICK_STEPS, 2)
        .into_iter()
        .filter(|&tick| tick >= low - slack && tick <= high + slack)
        .collect()
}

/// Multiples of a round step that cover [low, high] in at most `intervals` intervals, or in more if
/// fewer than `min_ticks` would lie inside.
fn locate(low: f64, high: f64, intervals: usize, steps: &[f64], min_ticks: usize) -> Vec<f64> {
    let (low, high) = widen(low, high);
    let (scale, offset) = scale_and_offset(low, high, intervals);
    let (low, high) = (low - offset, high - offset);
    let steps: Vec<f64> = staircase(steps).into_iter().map(|step| step * scale).collect();
    let wanted = (high - low) / intervals as f64;
    let first = steps.iter().position(|&step| step >= wanted).unwrap_or(steps.len() - 1);
    let mut ticks = Vec::new();
    for &step in steps[..=first].iter().rev() {
        let base = floor_divide(low, step).0 * step;
        let from = multiples_below(low - base, step, offset);
        let to = multiples_above(high - base, step, offset);
        // Twice the intervals asked for never come out; the bound is for numbers without digits.
        let count = (to - from).clamp(0.0, 1e4) as usize;
        ticks = (0..=count).map(|i| (from + i as f64) * step + base).collect();
        if ticks.iter().filter(|&&tick| tick >= low && tick <= high).count() >= min_ticks {
            break;
        }
    }
    for tick in &mut ticks {
        *tick += offset;
    }
    ticks
}

/// The range in ascending order and, if it is empty but for rounding, a little wider.
fn widen(low: f64, high: f64) -> (f64, f64) {
    const EXPANDER: f64 = 1e-13;
    const TINY: f64 = 1e-14;
    if !(low.is_finite() && high.is_finite() && (high - low).is_finite()) {
        return (-EXPANDER, EXPANDER);
    }
    let (low, high) = if low <= high { (low, high) } else { (high, low) };
    let largest = low.abs().max(high.abs());
    if largest < 1e6 / TINY * f64::MIN_POSITIVE {
        (-EXPANDER, EXPANDER)
    } else if high - low <= largest * TINY {
        (low - EXPANDER * low.abs(), high + EXPANDER * high.abs())
    } else {
        (low, high)
    }
}

/// The power of ten of an interval's width, and what to subtract from a range far from zero.
fn scale_and_offset(low: f64, high: f64, intervals: usize) -> (f64, f64) {
    let width = high - low;
    let middle = (high + low) / 2.0;
    let offset = if middle.abs() / width < OFFSET_THRESHOLD {
        0.0
    } else {
        power_of_ten(libm::log10(middle.abs()).floor()).copysign(middle)
    };
    (power_of_ten(libm::log10(width / intervals as f64).floor()), offset)
}

/// The steps of one decade with those of the decade below and the first above.
fn staircase(steps: &[f64]) -> Vec<f64> {
    let below = steps[..steps.len() - 1].iter().map(|step| 0.1 * step);
    below.chain(steps.iter().copied()).chain([10.0 * steps[1]]).collect()
}

/// 10 to a whole power, correctly rounded, as only the parser of numbers guarantees it.
fn power_of_ten(exponent: f64) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

/// The largest n with n step <= x, where a remainder of almost one step counts as one.
fn multiples_below(x: f64, step: f64, offset: f64) -> f64 {
    let (quotient, remainder) = floor_divide(x, step);
    if is_close(remainder / step, 1.0, step, offset) { quotient + 1.0 } else { quotient }
}

/// The smallest n with n step >= x, where a remainder of almost nothing counts as nothing.
fn multiples_above(x: f64, step: f64, offset: f64) -> f64 {
    let (quotient, remainder) = floor_divide(x, step);
    if is_close(remainder / step, 0.0, step, offset) { quotient } else { quotient + 1.0 }
}

/// Whether a fraction of a step is at an edge, with a tolerance for the digits lost to `offset`.
fn is_close(fraction: f64, edge: f64, step: f64, offset: f64) -> bool {
    let tolerance = if offset != 0.0 {
        let digits = libm::log10(offset.abs() / step);
        libm::pow(10.0, digits - 12.0).clamp(1e-10, 0.4999)
    } else {
        1e-10
    };
    (fraction - edge).abs() < tolerance
}

/// The quotient rounded down and the remainder that has the divisor's sign, from the exact
/// remainder as Python's `divmod` has it: the rounded quotient alone can be off by one.
fn floor_divide(x: f64, step: f64) -> (f64, f64) {
    let mut remainder = x % step;
    let mut quotient = (x - remainder) / step;
    if remainder != 0.0 && (remainder < 0.0) != (step < 0.0) {
        remainder += step;
        quotient -= 1.0;
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, remainder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(ticks(-3.2, 7.9, 6), [-2.0, 0.0, 2.0, 4.0, 6.0]);
        assert_eq!(ticks(7.9, -3.2, 6), [-2.0, 0.0, 2.0, 4.0, 6.0]);
    }

    #[test]
    fn no_range_is_too_strange() {
        let strange = [0.0, -0.0, 1e-320, 1.0, -1e308, 1e308, f64::NAN, f64::INFINITY, 1e15];
        for low in strange {
            for high in strange {
                assert!(ticks(low, high, 9).len() < 100);
                assert!(contour_levels(low, high).len() < 100);
            }
        }
    }
}
