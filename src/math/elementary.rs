//! The exponential and the logarithm, without a branch or a table, so that the compiler can run them
//! on several numbers at a time; `libm`'s it cannot.

/// `exp(x)` for `x <= 0`, within two units in the last place; 0 below -708.
///
/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`, and the Taylor polynomial of degree 13, whose remainder
/// is below 5e-18 there.
#[inline(always)]
pub(crate) fn exp_of_negative(x: f64) -> f64 {
    /// 1.5 * 2^52: adding it rounds to a whole number, which the low bits then hold.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    /// ln 2 with its last 32 bits zero, and what is missing of it (fdlibm, e_exp.c).
    const HIGH: f64 = 6.931_471_803_691_238e-1;
    const LOW: f64 = 1.908_214_929_270_587_7e-10;
    // Below -708 all of this is of no meaning, and not taken.
    let shifted = x.mul_add(std::f64::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LOW, n.mul_add(-HIGH, x));
    // Four terms at a time (Estrin): fewer of the multiplications wait for each other.
    let r2 = r * r;
    let r4 = r2 * r2;
    let a = r2.mul_add(r.mul_add(1.0 / 6.0, 0.5), 1.0 + r);
    let b = r2.mul_add(r.mul_add(1.0 / 5_040.0, 1.0 / 720.0), r.mul_add(1.0 / 120.0, 1.0 / 24.0));
    let c = r2.mul_add(
        r.mul_add(1.0 / 39_916_800.0, 1.0 / 3_628_800.0),
        r.mul_add(1.0 / 362_880.0, 1.0 / 40_320.0),
    );
    let d = r.mul_add(1.0 / 6_227_020_800.0, 1.0 / 479_001_600.0);
    let p = r4.mul_add(r4.mul_add(r4.mul_add(d, c), b), a);
    let scaled = f64::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 52));
    if x > -708.0 { scaled } else { 0.0 }
}

/// `ln x` for `x >= 1`, to the bit what `libm::log` gives; NaN and infinity stay what they are.
///
/// `x = 2^k (1 + f)` with `1 + f` between `sqrt(1/2)` and `sqrt(2)`, and the minimax polynomial of
/// `ln(1 + s) - ln(1 - s)` with `s = f / (2 + f)`, both from fdlibm (e_log.c), which says why the
/// error stays below one unit in the last place.
#[inline(always)]
pub(crate) fn ln_of_at_least_one(x: f64) -> f64 {
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const L: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    /// The upper halves of the bits of 1 and of the square root of 1/2.
    const ONE: u64 = 0x3ff0_0000 << 32;
    const ROOT: u64 = 0x3fe6_a09e << 32;
    /// 2^52 as bits and as a number: a small whole number in its last bits, less it, is that number.
    const WHOLE_BITS: u64 = 0x4330_0000_0000_0000;
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let moved = x.to_bits().wrapping_add(ONE - ROOT);
    let k = f64::from_bits((moved >> 52) | WHOLE_BITS) - (WHOLE + 1_023.0);
    let f = f64::from_bits((moved & ((1 << 52) - 1)).wrapping_add(ROOT)) - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let even = s4 * (L[1] + s4 * (L[3] + s4 * L[5]));
    let odd = s2 * (L[0] + s4 * (L[2] + s4 * (L[4] + s4 * L[6])));
    let log = s * (half_square + (odd + even)) + k * LN_2_LOW - half_square + f + k * LN_2_HIGH;
    if x < f64::INFINITY { log } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_agrees_with_libm() {
        for i in 0..200_000 {
            let x = -f64::from(i) * 0.003_541;
            let (own, other) = (exp_of_negative(x), libm::exp(x));
            if x > -708.0 {
                assert!(
                    (own - other).abs() <= 2.0 * f64::EPSILON * other,
                    "exp({x}) = {own}, not {other}"
                );
            } else {
                assert_eq!(own, 0.0);
            }
        }
        assert_eq!(exp_of_negative(0.0), 1.0);
        assert_eq!(exp_of_negative(f64::NEG_INFINITY), 0.0);
    }

    #[test]
    fn the_logarithm_is_that_of_libm() {
        let mut x = 1.0;
        while x < f64::INFINITY {
            for near in [x, x.next_up(), x * std::f64::consts::SQRT_2] {
                assert_eq!(ln_of_at_least_one(near).to_bits(), libm::log(near).to_bits(), "{near}");
            }
            x *= 1.000_73;
        }
        assert!(ln_of_at_least_one(f64::NAN).is_nan());
        assert_eq!(ln_of_at_least_one(f64::INFINITY), f64::INFINITY);
    }
}
