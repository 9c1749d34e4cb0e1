//! Short labels for ticks that are close to each other and far from zero: the number that they have
//! in common stands once, with the name of the axis.

use super::number;

/// Labels for ticks, and how their numbers become the values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Short {
    /// One a tick: `0.2`.
    pub(super) labels: Vec<String>,
    /// What to do to them: `+ $10^{9}$`.
    pub(super) rule: String,
}

/// Ticks that are so many times as far from zero as from each other have too many digits to be
/// compared.
const FAR: f64 = 1e6;

/// Labels with more decimals than this are multiples of a power of ten.
const MOST_DECIMALS: usize = 4;

/// From this power of ten on, a round number is written as a multiple of it.
const LEAST_POWER: i32 = 4;

/// Short labels for ascending ticks that are too far from zero for how close they are; `None` for
/// others.
pub(super) fn far(ticks: &[f64]) -> Option<Short> {
    let step = number::step(ticks).filter(|step| *step > 0.0)?;
    (number::largest(ticks) / step >= FAR).then(|| short(ticks).next())?
}

/// Labels for ascending ticks without what these have in common, and as multiples of a power of ten,
/// which are shorter still; none if they have nothing in common.
pub(super) fn short(ticks: &[f64]) -> impl Iterator<Item = Short> {
    Offset::of(ticks).map(|offset| without(ticks, offset)).into_iter().flatten()
}

fn without(ticks: &[f64], offset: Offset) -> impl Iterator<Item = Short> + use<> {
    let rest: Vec<f64> = ticks.iter().map(|tick| tick - offset.value()).collect();
    // The digits of the ticks end here, those of the differences are noise beyond.
    let noise = number::noise(ticks);
    let sign = if offset.count < 0.0 { '\u{2212}' } else { '+' };
    let plus = format!("{sign} {}", offset.words());
    let decimals = number::decimals_of(&rest, noise);
    let (labels, power) = number::multiples_to(&rest, noise);
    let multiples = Short { labels, rule: format!("$\\times 10^{{{power}}}$ {plus}") };
    let plain = (decimals <= MOST_DECIMALS)
        .then(|| Short { labels: number::tick_labels_to(&rest, noise), rule: plus });
    plain.into_iter().chain(Some(multiples).filter(|_| power != 0))
}

/// `count` times ten to `power`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Offset {
    count: f64,
    power: i32,
}

impl Offset {
    /// The roundest number that leaves no more than one or two digits besides those in which the
    /// ticks differ; `None` if that is zero.
    fn of(ticks: &[f64]) -> Option<Self> {
        let (first, last) = (*ticks.first()?, *ticks.last()?);
        let (span, largest) = ((last - first).abs(), number::largest(ticks));
        if !(span > 0.0 && span.is_finite() && largest.is_finite()) {
            return None;
        }
        let power_of = |value: f64| libm::log10(value).floor() as i32;
        let finest = libm::log10(span).ceil() as i32;
        let most = 10.0 * libm::pow(10.0, f64::from(finest));
        let nearest = if first.abs() < last.abs() { first } else { last };
        let rests = |offset: &Self| {
            ticks.iter().map(|tick| (tick - offset.value()).abs()).fold(0.0, f64::max) <= most
        };
        // Rather one below the ticks than one among them, so that their labels have one sign.
        let candidates = (finest..=power_of(largest)).rev().flat_map(|power| {
            let in_units = |value: f64| match power {
                0.. => value / libm::pow(10.0, f64::from(power)),
                _ => value * libm::pow(10.0, f64::from(-power)),
            };
            [in_units(nearest).trunc(), in_units((first + last) / 2.0).round()]
                .map(|count| Self { count, power })
        });
        candidates.into_iter().find(rests).filter(|offset| offset.count != 0.0).map(Self::reduced)
    }

    /// The same number with as large a power as it has.
    fn reduced(mut self) -> Self {
        while self.count % 10.0 == 0.0 {
            self.count /= 10.0;
            self.power += 1;
        }
        self
    }

    fn value(&self) -> f64 {
        match self.power {
            // A quotient is rounded once.
            0.. => self.count * libm::pow(10.0, f64::from(self.power)),
            _ => self.count / libm::pow(10.0, f64::from(-self.power)),
        }
    }

    /// Its size: `$10^{9}$`, `1.7$\cdot 10^{9}$`, `127.96`.
    fn words(&self) -> String {
        let count = self.count.abs();
        let digits = libm::log10(count).floor();
        if self.power < LEAST_POWER || digits > 2.0 {
            return number::fixed(self.value().abs(), self.power.min(0).unsigned_abs() as usize);
        }
        let power = self.power + digits as i32;
        match number::fixed(count / libm::pow(10.0, digits), digits as usize) {
            one if one == "1" => format!("$10^{{{power}}}$"),
            multiple => format!("{multiple}$\\cdot 10^{{{power}}}$"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::locator;

    fn of(ticks: &[f64]) -> (Vec<String>, String) {
        let Short { labels, rule } = short(ticks).next().unwrap();
        (labels, rule)
    }

    fn words(labels: [&str; 3], rule: &str) -> (Vec<String>, String) {
        (labels.map(str::to_owned).into(), rule.to_owned())
    }

    #[test]
    fn what_ticks_have_in_common_is_a_round_number() {
        let ticks = [999_999_999.8, 1e9, 1_000_000_000.2];
        assert_eq!(of(&ticks), words(["\u{2212}0.2", "0.0", "0.2"], "+ $10^{9}$"));
        let ticks = [1.7e9, 1.7e9 + 50.0, 1.7e9 + 100.0];
        assert_eq!(of(&ticks), words(["0", "50", "100"], "+ 1.7$\\cdot 10^{9}$"));
        let ticks = [123_456_790.0, 123_456_792.0, 123_456_794.0];
        assert_eq!(of(&ticks), words(["90", "92", "94"], "+ 123,456,700"));
        let ticks = [-127.9694, -127.9692, -127.969];
        let labels = ["\u{2212}0.0094", "\u{2212}0.0092", "\u{2212}0.0090"];
        assert_eq!(of(&ticks), words(labels, "\u{2212} 127.96"));
        let ticks = [1e7, 1e7 + 2e-7, 1e7 + 4e-7];
        assert_eq!(of(&ticks).1, "$\\times 10^{-9}$ + $10^{7}$");
        assert_eq!(short(&[0.0, 1.0, 2.0]).next(), None);
        assert_eq!(short(&[-5.0, 0.0, 5.0]).next(), None);
        assert_eq!(short(&[5.0]).next(), None);
    }

    #[test]
    fn ticks_that_are_near_zero_keep_their_labels() {
        assert_eq!(far(&[100_000.0, 100_001.0]), None);
        assert_eq!(far(&[-6400.0, -6300.0]), None);
        assert!(far(&[1e7, 1e7 + 1.0]).is_some());
    }

    #[test]
    fn labels_differ_and_with_their_rule_they_are_the_ticks() {
        for (middle, width) in [
            (1e9, 1.0),
            (1e7, 0.01),
            (-1e7, 0.03),
            (-122.897_273_6, 4e-9),
            (1e15, 50.0),
            (0.3, 1e-12),
            (1.234_567_89e8, 3.0),
        ] {
            let ticks = locator::ticks(middle - width / 2.0, middle + width / 2.0, 5);
            let found = far(&ticks).unwrap();
            for pair in found.labels.windows(2) {
                assert_ne!(pair[0], pair[1], "{middle}: {found:?}");
            }
            assert!(found.labels.iter().all(|l| l.len() <= 12), "{middle}: {found:?}");
            let offset = Offset::of(&ticks).unwrap();
            for (label, tick) in found.labels.iter().zip(&ticks) {
                let plain = label.replace(',', "").replace('\u{2212}', "-");
                let power = found
                    .rule
                    .strip_prefix("$\\times 10^{")
                    .map_or(0, |rest| rest.split_once('}').unwrap().0.parse::<i32>().unwrap());
                let rest = plain.parse::<f64>().unwrap() * libm::pow(10.0, f64::from(power));
                let back = offset.value() + rest;
                assert!((back - tick).abs() <= 0.01 * width, "{label} of {found:?} is {tick}");
            }
        }
    }
}
