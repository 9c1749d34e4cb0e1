//! Finds a clear place for a label that must stand at its own mark.
//!
//! A [`super::placer::Placer`] moves a label as far as it must; here a label stands in one of a few
//! places that say whose it is, or nowhere.

use crate::render::Rect;

/// What a panel shows, as far as labels must not touch it.
#[derive(Clone)]
pub struct Spots {
    room: Rect,
    lines: Vec<[(f64, f64); 2]>,
    boxes: Vec<Rect>,
}

impl Spots {
    /// An empty panel.
    pub fn new(room: Rect) -> Self {
        Self { room, lines: Vec::new(), boxes: Vec::new() }
    }

    /// A line that labels must not cross.
    pub fn line(&mut self, path: &[(f64, f64)]) {
        self.lines.extend(path.windows(2).map(|pair| [pair[0], pair[1]]));
    }

    /// An area that labels must not lie on.
    pub fn area(&mut self, area: Rect) {
        self.boxes.push(area);
    }

    /// Whether a label here is within the panel and touches nothing.
    pub fn is_clear(&self, place: Rect) -> bool {
        let inside = self.room.left <= place.left
            && place.right <= self.room.right
            && self.room.top <= place.top
            && place.bottom <= self.room.bottom;
        inside
            && !self.boxes.iter().any(|b| b.overlaps(&place))
            && !self.lines.iter().any(|line| crosses(*line, place))
    }

    /// The clear place of this size whose middle is nearest to `target`, which then is taken.
    pub fn nearest(&mut self, target: (f64, f64), [w, h]: [f64; 2]) -> Option<Rect> {
        const STEP: f64 = 4.0;
        let count = |length: f64| if length < 0.0 { 0 } else { (length / STEP) as usize + 1 };
        let mut places = Vec::new();
        for row in 0..count(self.room.height() - h) {
            for column in 0..count(self.room.width() - w) {
                let left = self.room.left + STEP * column as f64;
                let top = self.room.top + STEP * row as f64;
                places.push(Rect { left, top, right: left + w, bottom: top + h });
            }
        }
        let away = |place: &Rect| {
            let (x, y) = place.center();
            libm::hypot(x - target.0, y - target.1)
        };
        places.sort_by(|a, b| away(a).total_cmp(&away(b)));
        self.take(places)
    }

    /// The first of the candidates that is clear, which then is taken.
    pub fn take(&mut self, candidates: impl IntoIterator<Item = Rect>) -> Option<Rect> {
        let place = candidates.into_iter().find(|place| self.is_clear(*place))?;
        self.boxes.push(place);
        Some(place)
    }
}

/// The boxes of this size whose nearest point is `gap` from the point, in eight directions: beside
/// it, above it, diagonally.
///
/// A direction is the sign of its horizontal and of its vertical part; the vertical points down.
pub fn around(at: (f64, f64), gap: f64, [w, h]: [f64; 2], direction: [f64; 2]) -> Rect {
    let [dx, dy] = direction;
    let reach = if dx != 0.0 && dy != 0.0 { gap * std::f64::consts::FRAC_1_SQRT_2 } else { gap };
    let start = |middle: f64, size: f64, sign: f64| match sign {
        s if s < 0.0 => middle - reach - size,
        s if s > 0.0 => middle + reach,
        _ => middle - size / 2.0,
    };
    let (left, top) = (start(at.0, w, dx), start(at.1, h, dy));
    Rect { left, top, right: left + w, bottom: top + h }
}

/// How far a box is from a point; 0 if the point lies in it.
pub fn distance(place: Rect, (x, y): (f64, f64)) -> f64 {
    let dx = (place.left - x).max(x - place.right).max(0.0);
    let dy = (place.top - y).max(y - place.bottom).max(0.0);
    libm::hypot(dx, dy)
}

/// Whether a segment meets a box.
///
/// Liang-Barsky: what is left of the segment after it is cut at each of the four sides.
fn crosses([(x0, y0), (x1, y1)]: [(f64, f64); 2], place: Rect) -> bool {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (p, q) in [
        (-dx, x0 - place.left),
        (dx, place.right - x0),
        (-dy, y0 - place.top),
        (dy, place.bottom - y0),
    ] {
        if p == 0.0 {
            if q < 0.0 {
                return false;
            }
        } else if p < 0.0 {
            enter = enter.max(q / p);
        } else {
            leave = leave.min(q / p);
        }
    }
    enter <= leave
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Rect = Rect { left: 10.0, top: 10.0, right: 30.0, bottom: 20.0 };

    #[test]
    fn segments_meet_a_box_or_pass_it() {
        for segment in [
            [(0.0, 15.0), (50.0, 15.0)],
            [(15.0, 12.0), (16.0, 13.0)],
            [(5.0, 5.0), (20.0, 20.0)],
            [(20.0, 0.0), (20.0, 50.0)],
        ] {
            assert!(crosses(segment, BOX), "{segment:?}");
        }
        for segment in
            [[(0.0, 5.0), (50.0, 5.0)], [(0.0, 15.0), (9.0, 15.0)], [(0.0, 19.0), (9.0, 40.0)]]
        {
            assert!(!crosses(segment, BOX), "{segment:?}");
        }
    }

    #[test]
    fn a_label_takes_the_first_clear_place() {
        let mut spots = Spots::new(Rect { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 });
        spots.line(&[(0.0, 30.0), (100.0, 30.0)]);
        let above = around((50.0, 50.0), 6.0, [20.0, 20.0], [0.0, -1.0]);
        let below = around((50.0, 50.0), 6.0, [20.0, 20.0], [0.0, 1.0]);
        assert_eq!(spots.take([above, below]), Some(below));
        assert_eq!(spots.take([above, below]), None);
        assert!((distance(below, (50.0, 50.0)) - 6.0).abs() < 1e-12);
        let corner = around((50.0, 50.0), 6.0, [20.0, 20.0], [1.0, -1.0]);
        assert!((distance(corner, (50.0, 50.0)) - 6.0).abs() < 1e-12);
    }
}
