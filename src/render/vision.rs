//! How colours look: how far apart two of them are, and what is left of them for those who see
//! fewer, or on a printer without colours.
//!
//! Light is what the screen sends out (IEC 61966-2-1, white D65); Lab is the eye's answer to it.
//!
//! References: CIE 15:2004, Colorimetry (Lab). G. Sharma, W. Wu and E. N. Dalal, The CIEDE2000
//! color-difference formula: implementation notes, supplementary test data, and mathematical
//! observations, Color Research and Application 30 (2005), 21-30. G. M. Machado, M. M. Oliveira
//! and L. A. F. Fernandes, A physiologically-based model for simulation of color vision
//! deficiency, IEEE Transactions on Visualization and Computer Graphics 15 (2009), 1291-1298.

use std::fmt;

use super::Color;

/// Who or what looks at a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vision {
    /// Eyes with three kinds of cones.
    Normal,
    /// Eyes without the cones for long waves (protanopia).
    Protan,
    /// Eyes without the cones for middle waves (deuteranopia), the most common deficiency.
    Deutan,
    /// Eyes without the cones for short waves (tritanopia), the rarest.
    Tritan,
    /// A printer or a projector without colours: of a colour only its luminance is left.
    Grey,
}

impl Vision {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Normal, Self::Protan, Self::Deutan, Self::Tritan, Self::Grey];

    /// What linear light becomes; rows are red, green and blue.
    ///
    /// Those of the deficiencies are the ones of severity 1.0 of Machado et al. (2009), made for
    /// linear light. The one for short waves is kinder than the model of Brettel, Viénot and
    /// Mollon (1997): the blue and the green of the figures differ by 12 instead of 11 on white,
    /// and by 8 instead of 5 on a dark background. Still it is one model for all three, whose
    /// numbers are published, and the one that the palettes were chosen with.
    const fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Vision::Normal => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Vision::Protan => [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ],
            Vision::Deutan => [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ],
            Vision::Tritan => [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ],
            Vision::Grey => [XYZ[1], XYZ[1], XYZ[1]],
        }
    }
}

impl fmt::Display for Vision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Vision::Normal => "normal vision",
            Vision::Protan => "protanopia",
            Vision::Deutan => "deuteranopia",
            Vision::Tritan => "tritanopia",
            Vision::Grey => "greyscale",
        })
    }
}

/// The colour that looks to normal eyes as `color` looks to others.
pub fn seen(color: Color, vision: Vision) -> Color {
    if vision == Vision::Normal {
        return color;
    }
    Color::from_linear(product(&vision.matrix(), color.linear()))
}

/// How far apart two colours look: their CIEDE2000. About 1 can just be seen side by side, black
/// and white are 100 apart.
pub fn difference(a: Color, b: Color) -> f64 {
    ciede2000(lab(a), lab(b))
}

/// Lightness (0 to 100), how red (green if negative) and how yellow (blue if negative) a colour
/// looks: L*, a* and b* of CIE Lab with the white of the screen.
pub fn lab(color: Color) -> [f64; 3] {
    let xyz = product(&XYZ, color.linear());
    let white = product(&XYZ, [1.0; 3]);
    let response = |axis: usize| {
        let t = xyz[axis] / white[axis];
        if t > 216.0 / 24389.0 { libm::cbrt(t) } else { 841.0 / 108.0 * t + 4.0 / 29.0 }
    };
    let [x, y, z] = [response(0), response(1), response(2)];
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// From linear sRGB to CIE XYZ. Source: IEC 61966-2-1.
const XYZ: [[f64; 3]; 3] =
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];

fn product(matrix: &[[f64; 3]; 3], [x, y, z]: [f64; 3]) -> [f64; 3] {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

/// CIEDE2000 of two colours in Lab, all weights one. The numbers in comments are the equations of
/// Sharma et al. (2005).
fn ciede2000([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    /// How much of the greatest correction colours of a chroma get; grows with the chroma.
    fn share(chroma: f64) -> f64 {
        let seventh = libm::pow(chroma, 7.0);
        (seventh / (seventh + libm::pow(25.0, 7.0))).sqrt()
    }
    let cos = |degrees: f64| libm::cos(degrees.to_radians());

    // (2) to (7): greys are stretched along red and green.
    let mean_chroma = 0.5 * (libm::hypot(a1, b1) + libm::hypot(a2, b2));
    let stretch = 1.0 + 0.5 * (1.0 - share(mean_chroma));
    let polar = |a: f64, b: f64| {
        let degrees = libm::atan2(b, a).to_degrees();
        (libm::hypot(a, b), if degrees < 0.0 { degrees + 360.0 } else { degrees })
    };
    let (c1, h1) = polar(stretch * a1, b1);
    let (c2, h2) = polar(stretch * a2, b2);

    // (8) to (11): the differences.
    let is_grey = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if is_grey => 0.0,
        turn if turn > 180.0 => turn - 360.0,
        turn if turn < -180.0 => turn + 360.0,
        turn => turn,
    };
    let lightness = l2 - l1;
    let chroma = c2 - c1;
    let hue = 2.0 * (c1 * c2).sqrt() * libm::sin((0.5 * turn).to_radians());

    // (12) to (14): the means; that of two hues lies on the shorter way between them.
    let l = 0.5 * (l1 + l2);
    let c = 0.5 * (c1 + c2);
    let h = match h1 + h2 {
        sum if is_grey => sum,
        sum if (h1 - h2).abs() <= 180.0 => 0.5 * sum,
        sum if sum < 360.0 => 0.5 * (sum + 360.0),
        sum => 0.5 * (sum - 360.0),
    };

    // (15) to (22): how much each difference counts around the means.
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0)
        - 0.20 * cos(4.0 * h - 63.0);
    let from_blue = (h - 275.0) / 25.0;
    let rotation = 30.0 * libm::exp(-from_blue * from_blue);
    let from_middle = (l - 50.0) * (l - 50.0);
    let lightness = lightness / (1.0 + 0.015 * from_middle / (20.0 + from_middle).sqrt());
    let chroma = chroma / (1.0 + 0.045 * c);
    let hue = hue / (1.0 + 0.015 * c * t);
    let turned = -libm::sin((2.0 * rotation).to_radians()) * 2.0 * share(c);
    (lightness * lightness + chroma * chroma + hue * hue + turned * chroma * hue).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table 1 of Sharma et al. (2005).
    const PAIRS: [([f64; 3], [f64; 3], f64); 34] = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 3.1571, -77.2803], [50.0, 0.0, -82.7485], 2.8615),
        ([50.0, 2.8361, -74.0200], [50.0, 0.0, -82.7485], 3.4412),
        ([50.0, -1.3802, -84.2814], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, -1.1848, -84.8006], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, -0.9009, -85.5211], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, -1.0, 2.0], [50.0, 0.0, 0.0], 2.3669),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0009], 7.1792),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0010], 7.1792),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0011], 7.2195),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0012], 7.2195),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0009, -2.4900], 4.8045),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0010, -2.4900], 4.8045),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0011, -2.4900], 4.7461),
        ([50.0, 2.5, 0.0], [50.0, 0.0, -2.5], 4.3065),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([50.0, 2.5, 0.0], [61.0, -5.0, 29.0], 22.8977),
        ([50.0, 2.5, 0.0], [56.0, -27.0, -3.0], 31.9030),
        ([50.0, 2.5, 0.0], [58.0, 24.0, 15.0], 19.4535),
        ([50.0, 2.5, 0.0], [50.0, 3.1736, 0.5854], 1.0000),
        ([50.0, 2.5, 0.0], [50.0, 3.2972, 0.0], 1.0000),
        ([50.0, 2.5, 0.0], [50.0, 1.8634, 0.5757], 1.0000),
        ([50.0, 2.5, 0.0], [50.0, 3.2592, 0.3350], 1.0000),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.2630),
        ([61.2901, 3.7196, -5.3901], [61.4292, 2.2480, -4.9620], 1.8731),
        ([35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645),
        ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
        ([36.4612, 47.8580, 18.3852], [36.2715, 50.5065, 21.2231], 1.4146),
        ([90.8027, -2.0831, 1.4410], [91.1528, -1.6435, 0.0447], 1.4441),
        ([90.9257, -0.5406, -0.9208], [88.6381, -0.8985, -0.7239], 1.5381),
        ([6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377),
        ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
    ];

    #[test]
    fn the_published_differences_are_met_in_both_directions() {
        for (a, b, published) in PAIRS {
            for difference in [ciede2000(a, b), ciede2000(b, a)] {
                // The table has four decimals.
                assert!(
                    (difference - published).abs() <= 0.5e-4 + 1e-9,
                    "{a:?} {b:?} {difference}"
                );
            }
        }
    }

    /// Colours, how they look to each vision after the normal one, and their Lab.
    ///
    /// Source: colorspacious 1.1.2, `cspace_convert(c, {"name": "sRGB1+CVD", "cvd_type": ...,
    /// "severity": 100}, "sRGB1")`, rounded to 8 bits; greys and Lab from colour-science 0.4.7,
    /// `sRGB_to_XYZ` and `XYZ_to_Lab`.
    const LOOKS: [(&str, [&str; 4], [f64; 3]); 4] = [
        ("#0072b2", ["#5375b5", "#3b67b1", "#008289", "#6d6d6d"], [45.97, -2.73, -41.36]),
        ("#d55e00", ["#817100", "#9e8c00", "#eb4050", "#828282"], [54.19, 43.28, 63.29]),
        ("#009e73", ["#9a9271", "#8a8676", "#009e92", "#8b8b8b"], [57.74, -45.74, 12.76]),
        ("#9a9a9a", ["#9a9a9a", "#9a9a9a", "#9a9a9a", "#9a9a9a"], [63.60, 0.01, 0.00]),
    ];

    #[test]
    fn colours_look_as_they_do_to_other_programs() {
        for (color, looks, expected) in LOOKS {
            let color = Color::hex(color);
            assert_eq!(seen(color, Vision::Normal), color);
            for (vision, look) in Vision::ALL.into_iter().skip(1).zip(looks) {
                assert_eq!(seen(color, vision).to_string(), look, "{color} {vision}");
            }
            for (found, expected) in lab(color).into_iter().zip(expected) {
                // They take the white from its chromaticity, we from the matrix: 0.01 apart.
                assert!((found - expected).abs() < 0.03, "{color} {found} {expected}");
            }
        }
        // colour-science 0.4.7, `delta_E(..., method="CIE 2000")`.
        let far = difference(Color::hex("#0072B2"), Color::hex("#D55E00"));
        assert!((far - 49.62).abs() < 0.02, "{far}");
        assert!((difference(Color::BLACK, Color::WHITE) - 100.0).abs() < 1e-6);
        assert!(difference(Color::WHITE, Color::WHITE) == 0.0);
    }

    #[test]
    fn white_and_black_stay_what_they_are() {
        for vision in Vision::ALL {
            assert_eq!(seen(Color::BLACK, vision), Color::BLACK, "{vision}");
            assert_eq!(seen(Color::WHITE, vision), Color::WHITE, "{vision}");
        }
        assert!(
            lab(Color::WHITE).into_iter().zip([100.0, 0.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-9)
        );
    }

    /// Smallest difference between two of the colours.
    fn smallest(colors: [&str; 3], vision: Vision) -> f64 {
        let [a, b, c] = colors.map(|color| seen(Color::hex(color), vision));
        difference(a, b).min(difference(b, c)).min(difference(a, c))
    }

    #[test]
    fn the_palettes_are_told_apart_as_well_as_promised() {
        let deficient = [Vision::Protan, Vision::Deutan, Vision::Tritan];
        for (colors, promised) in [
            (["#0072B2", "#D55E00", "#009E73"], [18.0, 20.0, 12.0]),
            (["#56B4E9", "#FF9248", "#3DD6A3"], [16.0, 19.0, 8.0]),
        ] {
            for (vision, promised) in deficient.into_iter().zip(promised) {
                let found = smallest(colors, vision);
                // The promises are whole numbers; colours of 8 bits shift them by up to 0.3.
                assert!((found - promised).abs() < 0.8, "{colors:?} {vision} {found}");
            }
        }
    }
}
