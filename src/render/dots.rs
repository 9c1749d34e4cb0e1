//! Markers in few bytes: each a line without length, all cap, many of them in one path.
//!
//! What a path draws on one place it draws once, so markers that overlap are in different paths:
//! only then do they darken each other. All have one colour, so it does not matter which is above
//! which, and a path may hold any that do not overlap. The 1500 points of a scatter are about 30
//! paths and 15 KB; an element for each is 40 KB, and in a PDF brings its colour and width along.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::drawing::Markers;
use super::svg::{coordinate, opacity};

/// Grid units in a step of a marker's centre, a tenth of a point: a sixth of a pixel at 120 dpi,
/// and not to be seen.
const STEP: i32 = 10;

/// The markers as a group of paths.
pub(super) fn dots(markers: &Markers, body: &mut String) {
    let _ = write!(body, "<g stroke-linecap=\"round\" stroke=\"{}\"", markers.fill.color);
    opacity(body, "stroke-opacity", markers.fill.opacity);
    coordinate(body, "stroke-width", 2 * markers.radius);
    body.push_str(">\n");
    for layer in layers(markers).values() {
        body.push_str("<path d=\"");
        path_data(layer, body);
        body.push_str("\"/>\n");
    }
    body.push_str("</g>\n");
}

/// The centres in steps, those in one layer a diameter or more apart.
///
/// The plane is cut into squares a diameter wide. Two of them with a square between them are far
/// enough apart, so a layer takes one marker from every other square of every other row.
fn layers(markers: &Markers) -> BTreeMap<i32, Vec<(i32, i32)>> {
    let side = (2 * markers.radius + STEP - 1) / STEP;
    let side = side.max(1);
    let step = |value: i32| (value + STEP / 2).div_euclid(STEP);
    let mut centers: Vec<_> = (markers.centers.iter())
        .map(|&(x, y)| (step(x), step(y)))
        .map(|(x, y)| ((y.div_euclid(side), x.div_euclid(side)), (x, y)))
        .collect();
    // Neighbours follow each other: the steps between them are short to write.
    centers.sort_unstable();
    let mut layers: BTreeMap<i32, Vec<(i32, i32)>> = BTreeMap::new();
    for same in centers.chunk_by(|a, b| a.0 == b.0) {
        for (rank, &((row, column), center)) in (0..).zip(same) {
            let layer = 4 * rank + 2 * row.rem_euclid(2) + column.rem_euclid(2);
            layers.entry(layer).or_default().push(center);
        }
    }
    layers
}

/// A line without length at each centre.
fn path_data(centers: &[(i32, i32)], out: &mut String) {
    let mut at = (0, 0);
    for &(x, y) in centers {
        out.push('m');
        tenths(out, x - at.0);
        // A sign or a second decimal point ends the number before it.
        let fraction = (x - at.0) % 10 != 0;
        let dy = y - at.1;
        if dy >= 0 && !(fraction && (1..10).contains(&dy)) {
            out.push(' ');
        }
        tenths(out, dy);
        out.push_str("h0");
        at = (x, y);
    }
    // A path without any extent would be dropped by some that draw it.
    if centers.len() == 1 {
        out.pop();
        out.push_str(".01");
    }
}

/// Tenths as a decimal number in the fewest characters.
fn tenths(out: &mut String, value: i32) {
    if value < 0 {
        out.push('-');
    }
    let (whole, rest) = (value.unsigned_abs() / 10, value.unsigned_abs() % 10);
    let _ = match (whole, rest) {
        (whole, 0) => write!(out, "{whole}"),
        (0, rest) => write!(out, ".{rest}"),
        (whole, rest) => write!(out, "{whole}.{rest}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Color, Fill};

    fn markers(centers: Vec<(i32, i32)>, radius: i32) -> Markers {
        Markers { centers, radius, fill: Fill::new(Color::BLACK).opacity(0.5) }
    }

    #[test]
    fn no_layer_has_markers_that_overlap_and_none_is_lost() {
        let mut state = 1u64;
        let mut next = |below: i32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            i32::try_from(state >> 40).unwrap() % below - below / 4
        };
        for radius in [1, 120, 333] {
            let centers: Vec<_> = (0..600).map(|_| (next(4000), next(2000))).collect();
            let layers = layers(&markers(centers.clone(), radius));
            let mut found: Vec<_> = layers.values().flatten().copied().collect();
            let mut given: Vec<_> = (centers.iter())
                .map(|&(x, y)| ((x + 5).div_euclid(10), (y + 5).div_euclid(10)))
                .collect();
            found.sort_unstable();
            given.sort_unstable();
            assert_eq!(found, given);
            for layer in layers.values() {
                for (i, a) in layer.iter().enumerate() {
                    for b in &layer[..i] {
                        let (dx, dy) = (10 * (a.0 - b.0), 10 * (a.1 - b.1));
                        assert!(dx * dx + dy * dy >= 4 * radius * radius, "{radius} {a:?} {b:?}");
                    }
                }
            }
        }
        assert_eq!(layers(&markers(vec![(7, 7); 3], 100)).len(), 3);
    }

    #[test]
    fn paths_are_short() {
        let path = |centers: &[(i32, i32)]| {
            let mut out = String::new();
            path_data(centers, &mut out);
            out
        };
        assert_eq!(path(&[(12, 345)]), "m1.2 34.5h.01");
        assert_eq!(path(&[(10, 5), (15, 8), (15, -2), (26, -2)]), "m1 .5h0m.5.3h0m0-1h0m1.1 0h0");
    }
}
