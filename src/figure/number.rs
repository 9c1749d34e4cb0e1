//! Numbers as a reader of figures expects them: a real minus sign, commas in thousands.

/// `value` with `digits` decimals: `−6,243.0`. What is too large for a number is `∞`.
pub fn fixed(value: f64, digits: usize) -> String {
    if value.is_infinite() {
        return if value < 0.0 { "\u{2212}\u{221e}" } else { "\u{221e}" }.to_owned();
    }
    let text = format!("{:.digits$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}

/// A whole number with commas: `3,000`.
pub fn count(value: usize) -> String {
    fixed(value as f64, 0)
}

/// `value` with at most `digits` decimals, without trailing zeros: `5`, `−0.7`.
pub fn short(value: f64, digits: usize) -> String {
    let text = fixed(value, digits);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A share of one as a percentage with a thin space: `32 %`; below 10 % with one decimal.
pub fn percent(share: f64) -> String {
    let digits = if share > 0.0 && share < 0.0995 { 1 } else { 0 };
    format!("{}\u{2009}%", short(100.0 * share, digits))
}

/// A share of one as a percentage without decimals.
pub fn whole_percent(share: f64) -> String {
    format!("{}\u{2009}%", fixed(100.0 * share, 0))
}

/// The decimals at which a value of this size shows two digits: 3 for 0.032, none from 10 up.
pub fn digits(size: f64) -> usize {
    match size.abs() {
        s if s > 0.0 && s.is_finite() => (1.0 - libm::log10(s).floor()).clamp(0.0, 15.0) as usize,
        _ => 2,
    }
}

/// The decimals that tell values `step` apart in a range, but not more than a number has.
pub fn digits_in(low: f64, high: f64, step: f64) -> usize {
    let largest = low.abs().max(high.abs());
    let whole = if largest >= 1.0 { libm::log10(largest).floor() + 1.0 } else { 0.0 };
    digits(step).min((15.0 - whole).max(0.0) as usize)
}

/// The decimals that ticks `step` apart need to be told apart.
pub fn decimals(step: f64) -> usize {
    decimals_to(step, 0.0)
}

/// The same for a step that is known but for `noise`.
pub(super) fn decimals_to(step: f64, noise: f64) -> usize {
    let is_whole = |d: &usize| {
        let power = libm::pow(10.0, *d as f64);
        let scaled = step * power;
        let off = (scaled - scaled.round()).abs();
        (step == 0.0 || scaled.round() != 0.0)
            && off < 1e-6 * scaled.abs().max(1e-12) + noise * power
    };
    // Where no number of decimals is exact, nine are enough, or as many as show two digits.
    (0..15).find(is_whole).unwrap_or_else(|| digits(step).max(9))
}

/// The least distance between neighbours; `None` if there are none.
pub(super) fn step(ticks: &[f64]) -> Option<f64> {
    ticks.windows(2).map(|w| (w[1] - w[0]).abs()).reduce(f64::min)
}

/// The largest size.
pub(super) fn largest(ticks: &[f64]) -> f64 {
    ticks.iter().fold(0.0, |most, tick| most.max(tick.abs()))
}

/// By how much the distance of two ticks may be off, as numbers are rounded.
pub(super) fn noise(ticks: &[f64]) -> f64 {
    2.0 * f64::EPSILON * largest(ticks)
}

/// The decimals that ticks need to be told apart, known but for `noise`; none for a single one.
pub(super) fn decimals_of(ticks: &[f64], noise: f64) -> usize {
    step(ticks).map_or(0, |step| decimals_to(step, noise))
}

/// Labels for ticks, all with the same number of decimals.
pub fn tick_labels(ticks: &[f64]) -> Vec<String> {
    tick_labels_to(ticks, noise(ticks))
}

/// The same for ticks that are known but for `noise`.
pub(super) fn tick_labels_to(ticks: &[f64], noise: f64) -> Vec<String> {
    let (step, largest) = (step(ticks), largest(ticks));
    if largest >= 1e7 || (largest > 0.0 && largest < 1e-5) {
        let unit = libm::pow(10.0, libm::log10(largest).floor());
        let digits = step.map_or(3, |step| decimals_to(step / unit, noise / unit));
        return ticks.iter().map(|&t| scientific(t, unit, digits)).collect();
    }
    let digits = step.map_or(2, |step| decimals_to(step, noise));
    ticks.iter().map(|&t| fixed(t, digits)).collect()
}

/// `value` as a multiple of `unit`, a power of ten: `2.5$\cdot 10^{8}$`.
fn scientific(value: f64, unit: f64, digits: usize) -> String {
    let multiple = fixed(value / unit, digits);
    match multiple.chars().all(|c| matches!(c, '0' | '.')) {
        true => "0".to_owned(),
        false => format!("{multiple}$\\cdot 10^{{{}}}$", libm::log10(unit).round()),
    }
}

/// Labels for ticks as multiples of a power of ten, and its exponent, a multiple of three: `25`, `50`
/// and 3 for 25,000 and 50,000.
pub fn multiples(ticks: &[f64]) -> (Vec<String>, i32) {
    multiples_to(ticks, noise(ticks))
}

/// The same for ticks that are known but for `noise`.
pub(super) fn multiples_to(ticks: &[f64], noise: f64) -> (Vec<String>, i32) {
    let largest = largest(ticks);
    let power = match largest > 0.0 && largest.is_finite() {
        true => (libm::log10(largest) / 3.0).floor() * 3.0,
        false => 0.0,
    };
    let unit = libm::pow(10.0, power);
    let scaled: Vec<f64> = ticks.iter().map(|t| t / unit).collect();
    (tick_labels_to(&scaled, noise / unit), power as i32)
}

/// A count with its noun: `3,000 points`, `1 point`.
pub fn counted(value: usize, noun: &str) -> String {
    let plural = if value == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(value))
}

/// `three`, `12`: a count at the start of a title.
pub fn word(value: usize) -> String {
    const WORDS: [&str; 10] =
        ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    WORDS.get(value).map_or_else(|| count(value), |w| (*w).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_minus_and_commas() {
        assert_eq!(fixed(-48757.79, 1), "\u{2212}48,757.8");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(f64::NEG_INFINITY, 1), "\u{2212}\u{221e}");
        assert_eq!(count(3000), "3,000");
        assert_eq!(count(100), "100");
        assert_eq!(short(5.0, 2), "5");
        assert_eq!(short(-0.70, 2), "\u{2212}0.7");
        assert_eq!(counted(1, "point"), "1 point");
        assert_eq!(counted(3000, "point"), "3,000 points");
        assert_eq!(percent(0.0176), "1.8\u{2009}%");
        assert_eq!(percent(0.324), "32\u{2009}%");
    }

    #[test]
    fn tick_labels_have_the_decimals_that_they_need() {
        assert_eq!(tick_labels(&[0.0, 0.25, 0.5]), ["0.00", "0.25", "0.50"]);
        assert_eq!(tick_labels(&[-2.0, 0.0, 2.0]), ["\u{2212}2", "0", "2"]);
        assert_eq!(tick_labels(&[0.0, 2e8]), ["0", "2$\\cdot 10^{8}$"]);
        let near = tick_labels(&[1_700_000_000.0, 1_700_000_100.0]);
        assert_eq!(near, ["1.7000000$\\cdot 10^{9}$", "1.7000001$\\cdot 10^{9}$"]);
        let nearer = tick_labels(&[1e9, 1_000_000_000.2]);
        assert_eq!(nearer, ["1.0000000000$\\cdot 10^{9}$", "1.0000000002$\\cdot 10^{9}$"]);
        let close = tick_labels(&[0.5, 0.500_000_000_02, 0.500_000_000_04]);
        assert_eq!(close, ["0.50000000000", "0.50000000002", "0.50000000004"]);
    }

    #[test]
    fn long_numbers_are_multiples_of_a_power_of_ten() {
        assert_eq!(multiples(&[0.0, 25e6, 50e6]), (["0", "25", "50"].map(str::to_owned).into(), 6));
        assert_eq!(multiples(&[0.0, 2.5e-7]), (["0", "250"].map(str::to_owned).into(), -9));
        assert_eq!(multiples(&[]), (Vec::new(), 0));
    }

    #[test]
    fn digits_follow_the_size() {
        assert_eq!([0.032, 0.5, 1.75, 17.5, 0.0].map(digits), [3, 2, 1, 0, 2]);
    }
}
