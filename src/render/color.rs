//! Colours in sRGB.

use std::fmt;

/// An opaque colour in sRGB, 8 bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Color {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
}

impl Color {
    /// `#000000`.
    pub const BLACK: Color = Color { r: 0, g: 0, b: 0 };
    /// `#FFFFFF`.
    pub const WHITE: Color = Color { r: 255, g: 255, b: 255 };

    /// A colour written as `#RRGGBB`, for constants in the source.
    ///
    /// # Panics
    ///
    /// If the text is not such a colour; in a constant the compiler says so. Text that a user
    /// wrote goes through [`Color::parse`].
    pub const fn hex(text: &str) -> Color {
        match Color::parse(text) {
            Some(color) => color,
            None => panic!("a colour is written as #RRGGBB"),
        }
    }

    /// A colour written as `#RRGGBB`, in either case; `None` if it is anything else.
    pub const fn parse(text: &str) -> Option<Color> {
        let bytes = text.as_bytes();
        if bytes.len() != 7 || bytes[0] != b'#' {
            return None;
        }
        match (channel(bytes, 1), channel(bytes, 3), channel(bytes, 5)) {
            (Some(r), Some(g), Some(b)) => Some(Color { r, g, b }),
            _ => None,
        }
    }

    /// Relative luminance, 0 (black) to 1 (white). Source: WCAG 2.2, "relative luminance".
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// Contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio".
    pub fn contrast(self, other: Color) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The weighted mean of colours in linear light, as light itself mixes; black for no weight.
    ///
    /// Weights that are negative or not finite count as zero.
    pub fn mix(parts: &[(Color, f64)]) -> Color {
        let mut sum = [0.0; 3];
        let mut total = 0.0;
        for &(color, weight) in parts {
            if weight > 0.0 && weight.is_finite() {
                for (s, c) in sum.iter_mut().zip(color.linear()) {
                    *s += weight * c;
                }
                total += weight;
            }
        }
        if total == 0.0 {
            return Color::BLACK;
        }
        Color::from_linear(sum.map(|s| s / total))
    }

    /// What shows when this colour lies over `below` with an opacity of 0 to 1.
    ///
    /// Blends the encoded values, as the SVG, PNG and PDF viewers do.
    pub fn over(self, below: Color, opacity: f64) -> Color {
        let blend =
            |a: u8, b: u8| (f64::from(a) * opacity + f64::from(b) * (1.0 - opacity)).round() as u8;
        Color { r: blend(self.r, below.r), g: blend(self.g, below.g), b: blend(self.b, below.b) }
    }

    /// Red, green and blue in linear light, 0 to 1.
    pub(super) fn linear(self) -> [f64; 3] {
        [self.r, self.g, self.b].map(decode)
    }

    /// The nearest colour to so much light; what no screen can show is cut off.
    pub(super) fn from_linear(light: [f64; 3]) -> Color {
        let [r, g, b] = light.map(encode);
        Color { r, g, b }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

const fn channel(bytes: &[u8], at: usize) -> Option<u8> {
    match (digit(bytes[at]), digit(bytes[at + 1])) {
        (Some(high), Some(low)) => Some(16 * high + low),
        _ => None,
    }
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The transfer function of sRGB (IEC 61966-2-1), to linear light.
fn decode(value: u8) -> f64 {
    let v = f64::from(value) / 255.0;
    if v <= 0.04045 { v / 12.92 } else { libm::pow((v + 0.055) / 1.055, 2.4) }
}

fn encode(linear: f64) -> u8 {
    let v = if linear <= 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * libm::pow(linear, 1.0 / 2.4) - 0.055
    };
    (255.0 * v).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_written() {
        const BLUE: Color = Color::hex("#0072B2");
        assert_eq!((BLUE.r, BLUE.g, BLUE.b), (0, 0x72, 0xB2));
        assert_eq!(BLUE.to_string(), "#0072b2");
        for wrong in ["", "#", "0072B2", "#0072B", "#0072BG", "#0072B22", "#é72B2"] {
            assert_eq!(Color::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((Color::BLACK.contrast(Color::WHITE) - 21.0).abs() < 1e-12);
        // By hand from the standard's formula: luminance 0.1324.
        assert!((Color::hex("#A84A00").contrast(Color::WHITE) - 5.76).abs() < 0.01);
    }

    #[test]
    fn mixing_is_in_linear_light() {
        let grey = Color::mix(&[(Color::BLACK, 1.0), (Color::WHITE, 1.0)]);
        assert_eq!(grey.to_string(), "#bcbcbc");
        let blue = Color::hex("#0072b2");
        assert_eq!(Color::mix(&[(blue, 0.3), (blue, 0.4)]), blue);
        assert_eq!(Color::mix(&[(blue, f64::NAN)]), Color::BLACK);
        assert_eq!(blue.over(Color::WHITE, 0.0), Color::WHITE);
        assert_eq!(blue.over(Color::WHITE, 1.0), blue);
    }
}
