//! Student's t distribution.

use std::f64::consts::PI;

use super::NORMAL_95;
use super::special::{beta_quantile, ln_gamma};

/// The density at `z` with `nu` > 0 degrees of freedom.
pub fn density(z: f64, nu: f64) -> f64 {
    let constant = ln_gamma(0.5 * (nu + 1.0)) - ln_gamma(0.5 * nu) - 0.5 * libm::log(nu * PI);
    libm::exp(constant - 0.5 * (nu + 1.0) * libm::log1p(z * z / nu))
}

/// The quantile 0.975 with `nu` > 0 degrees of freedom: 0 +- this holds 95 %.
pub fn quantile_975(nu: f64) -> f64 {
    // nu / (nu + z^2) is Beta(nu/2, 1/2), of which 5 % lie below for |z| beyond the quantile.
    // What it leaves of 1 is Beta(1/2, nu/2), whose quantile has digits where that is little.
    if nu > 1e6 {
        return NORMAL_95;
    }
    let rest = beta_quantile(0.95, 0.5, 0.5 * nu);
    let odds = match rest <= 0.5 {
        true => rest / (1.0 - rest),
        false => {
            let share = beta_quantile(0.05, 0.5 * nu, 0.5);
            (1.0 - share) / share
        }
    };
    (nu * odds).sqrt().max(NORMAL_95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // Abramowitz and Stegun (1964), table 26.10.
        for (nu, expected) in [
            (1.0, 12.706),
            (2.0, 4.303),
            (3.0, 3.182),
            (10.0, 2.228),
            (30.0, 2.042),
            (120.0, 1.980),
        ] {
            let found = quantile_975(nu);
            assert!((found - expected).abs() < 6e-4, "{nu}: {found}");
        }
        assert!((quantile_975(2e6) - quantile_975(9e5)).abs() < 1e-5);
        // The closed forms of one and two degrees of freedom.
        assert!((quantile_975(1.0) - libm::tan(PI * 0.475)).abs() < 1e-7);
        assert!((quantile_975(2.0) - 0.95 * (2.0 / (1.0 - 0.95 * 0.95_f64)).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn the_density_is_that_of_the_closed_forms_and_has_mass_1() {
        for z in [-3.0, 0.0, 0.7, 40.0] {
            assert!((density(z, 1.0) - 1.0 / (PI * (1.0 + z * z))).abs() < 1e-14);
            assert!((density(z, 2.0) - libm::pow(2.0 + z * z, -1.5)).abs() < 1e-14);
        }
        let mass: f64 = (-40_000..=40_000).map(|i| density(f64::from(i) * 0.01, 5.0) * 0.01).sum();
        assert!((mass - 1.0).abs() < 1e-9, "{mass}");
    }
}
