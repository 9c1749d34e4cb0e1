//! Finds room for text: the place nearest to where a label belongs that covers no mark, and places
//! of labels in a row.

use crate::render::Rect;

/// Side of a cell of the map of what is covered, in points.
const CELL: f64 = 2.0;

/// How many points of distance one covered cell is worth: text moves far before it covers a mark.
const COVER: f64 = 40.0;

/// Distances from an outline at which a label is tried.
const BESIDE: [f64; 4] = [2.0, 8.0, 16.0, 26.0];

/// A map of what a panel shows, in cells, and the labels placed so far.
#[derive(Clone, Debug)]
pub struct Placer {
    panel: Rect,
    columns: usize,
    rows: usize,
    covered: Vec<f64>,
}

impl Placer {
    /// An empty panel.
    pub fn new(panel: Rect) -> Self {
        let columns = (panel.width() / CELL).ceil().clamp(1.0, 4096.0) as usize;
        let rows = (panel.height() / CELL).ceil().clamp(1.0, 4096.0) as usize;
        Self { panel, columns, rows, covered: vec![0.0; columns * rows] }
    }

    fn cell(&self, x: f64, y: f64) -> Option<usize> {
        let column = ((x - self.panel.left) / CELL).floor();
        let row = ((y - self.panel.top) / CELL).floor();
        let inside =
            column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        inside.then(|| row as usize * self.columns + column as usize)
    }

    /// A line that labels should not cross.
    pub fn line(&mut self, path: &[(f64, f64)]) {
        for pair in path.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let length = (x1 - x0).abs().max((y1 - y0).abs());
            if !length.is_finite() {
                continue;
            }
            let steps = (length / CELL).ceil().clamp(1.0, 4096.0) as usize;
            for i in 0..=steps {
                let t = i as f64 / steps as f64;
                if let Some(cell) = self.cell(x0 + t * (x1 - x0), y0 + t * (y1 - y0)) {
                    self.covered[cell] = 1.0;
                }
            }
        }
    }

    /// A dot that labels should not lie on; `weight` as that of an area.
    pub fn dot(&mut self, (x, y): (f64, f64), radius: f64, weight: f64) {
        self.area(Rect::new(x - radius, y - radius, x + radius, y + radius), weight);
    }

    /// An area that labels should not lie on; `weight` is 1 for a mark and less for a pale one.
    pub fn area(&mut self, area: Rect, weight: f64) {
        let clip = |v: f64, most: usize| (v / CELL).clamp(0.0, most as f64);
        let (left, right) = (
            clip(area.left - self.panel.left, self.columns).floor() as usize,
            clip(area.right - self.panel.left, self.columns).ceil() as usize,
        );
        let (top, bottom) = (
            clip(area.top - self.panel.top, self.rows).floor() as usize,
            clip(area.bottom - self.panel.top, self.rows).ceil() as usize,
        );
        for row in top..bottom {
            for cell in &mut self.covered[row * self.columns + left..row * self.columns + right] {
                *cell = cell.max(weight);
            }
        }
    }

    /// Places a box of `width` x `height`, its middle as near to `target` as it can be without
    /// covering anything, and remembers it; where it has to cover something, as little as it can.
    pub fn place(&mut self, target: (f64, f64), width: f64, height: f64) -> Rect {
        let (_, place) = self.nearest(&[target], width, height);
        self.area(place, 1.0);
        place
    }

    /// Places boxes of `width` x `height`, each with its middle as near to any of its own `targets` as
    /// it can be, and remembers them: one after the other, in their order or those first that have the
    /// least room about them, whichever leaves all nearer to where they belong. Then any two change
    /// places where that brings them nearer.
    pub fn place_all(&mut self, targets: &[Vec<(f64, f64)>], width: f64, height: f64) -> Vec<Rect> {
        let as_given: Vec<usize> = (0..targets.len()).collect();
        let mut tightest_first = as_given.clone();
        tightest_first.sort_by(|&a, &b| spread(&targets[a]).total_cmp(&spread(&targets[b])));
        let first = self.placed(targets, &as_given, width, height);
        let other = self.placed(targets, &tightest_first, width, height);
        let (_, places) = if other.0 < first.0 { other } else { first };
        for place in &places {
            self.area(*place, 1.0);
        }
        places
    }

    /// What boxes that are placed in this order cost together, and their places in their own order.
    fn placed(
        &self,
        targets: &[Vec<(f64, f64)>],
        order: &[usize],
        width: f64,
        height: f64,
    ) -> (f64, Vec<Rect>) {
        let mut placer = self.clone();
        let mut places = vec![self.panel; targets.len()];
        let mut total = 0.0;
        for &i in order {
            let (cost, place) = placer.nearest(&targets[i], width, height);
            placer.area(place, 1.0);
            places[i] = place;
            total += cost;
        }
        // What a place covers is the same for all, so only distances count.
        let far = |i: usize, place: &Rect| distance(&targets[i], place.center());
        while let Some((gain, i, j)) = (0..places.len())
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| {
                let (a, b) = (&places[i], &places[j]);
                (far(i, a) + far(j, b) - far(i, b) - far(j, a), i, j)
            })
            .find(|(gain, ..)| *gain > 1e-6)
        {
            places.swap(i, j);
            total -= gain;
        }
        (total, places)
    }

    /// The same, but only if it covers nothing and its middle is within `reach` of `target`.
    pub fn place_within(
        &mut self,
        target: (f64, f64),
        width: f64,
        height: f64,
        reach: f64,
    ) -> Option<Rect> {
        let (cost, place) = self.nearest(&[target], width, height);
        let (x, y) = place.center();
        let distance = libm::hypot(x - target.0, y - target.1);
        let fits = width <= self.panel.width() && height <= self.panel.height();
        let free = cost <= distance + 1e-6 && distance <= reach && fits;
        free.then(|| {
            self.area(place, 1.0);
            place
        })
    }

    /// The best place for a box, and what it costs: the distance of its middle from the nearest
    /// of `targets`, and what it covers.
    fn nearest(&self, targets: &[(f64, f64)], width: f64, height: f64) -> (f64, Rect) {
        let sums = self.sums();
        let (w, h) = (
            ((width / CELL).ceil() as usize).min(self.columns),
            ((height / CELL).ceil() as usize).min(self.rows),
        );
        let mut best = (f64::INFINITY, 0, 0);
        for row in 0..=self.rows - h {
            for column in 0..=self.columns - w {
                let middle = (
                    self.panel.left + column as f64 * CELL + width / 2.0,
                    self.panel.top + row as f64 * CELL + height / 2.0,
                );
                let distance = distance(targets, middle);
                if distance >= best.0 {
                    continue;
                }
                let cost = distance + COVER * self.cover(&sums, (row, column), (h, w));
                if cost < best.0 {
                    best = (cost, column, row);
                }
            }
        }
        let left = self.panel.left + best.1 as f64 * CELL;
        let top = self.panel.top + best.2 as f64 * CELL;
        (best.0, Rect { left, top, right: left + width, bottom: top + height })
    }

    /// Places boxes of one height side by side on one level, each as near to its target as it can be
    /// there without covering anything, and remembers them; `None` if on no level all of them are
    /// within `reach` of where they belong.
    pub fn place_level(
        &mut self,
        targets: &[(f64, f64)],
        widths: &[f64],
        height: f64,
        reach: f64,
    ) -> Option<Vec<Rect>> {
        let widest = widths.iter().copied().fold(0.0, f64::max);
        if widest > self.panel.width() || height > self.panel.height() {
            return None;
        }
        let sums = self.sums();
        let h = ((height / CELL).ceil() as usize).min(self.rows);
        let mut best: Option<(f64, Vec<Rect>)> = None;
        for row in 0..=self.rows - h {
            let top = self.panel.top + row as f64 * CELL;
            let mut places: Vec<Rect> = Vec::new();
            let mut cost = 0.0;
            for (&(x, y), &width) in targets.iter().zip(widths) {
                let w = ((width / CELL).ceil() as usize).min(self.columns);
                let free = (0..=self.columns - w).filter(|&column| {
                    // Sums of shares leave a rest.
                    self.cover(&sums, (row, column), (h, w)) < 1e-6
                });
                let free = free.map(|column| {
                    let left = self.panel.left + column as f64 * CELL;
                    Rect { left, top, right: left + width, bottom: top + height }
                });
                let nearest = free
                    .filter(|place| !places.iter().any(|other| other.overlaps(place)))
                    .map(|place| {
                        let (px, py) = place.center();
                        (libm::hypot(px - x, py - y), place)
                    })
                    .min_by(|(a, _), (b, _)| a.total_cmp(b));
                let Some((distance, place)) = nearest.filter(|n| n.0 <= reach) else { break };
                cost += distance * distance;
                places.push(place);
            }
            if places.len() == targets.len() && best.as_ref().is_none_or(|(least, _)| cost < *least)
            {
                best = Some((cost, places));
            }
        }
        let (_, places) = best?;
        for place in &places {
            self.area(*place, 1.0);
        }
        Some(places)
    }

    /// How much a box covers, in cells, from the sums.
    fn cover(&self, sums: &[f64], (row, column): (usize, usize), (h, w): (usize, usize)) -> f64 {
        let stride = self.columns + 1;
        sums[(row + h) * stride + column + w] + sums[row * stride + column]
            - sums[row * stride + column + w]
            - sums[(row + h) * stride + column]
    }

    /// Places a box outside of a closed outline about `middle`, as near to it as there is a place
    /// that covers nothing, and remembers it; `None` if there is none near, for labels that can be
    /// left out.
    pub fn beside(
        &mut self,
        outline: &[(f64, f64)],
        middle: (f64, f64),
        width: f64,
        height: f64,
    ) -> Option<Rect> {
        let around = |gap: f64| {
            outline.iter().map(move |&(x, y)| {
                let (dx, dy) = (x - middle.0, y - middle.1);
                let length = libm::hypot(dx, dy).max(1.0);
                // So far from the outline does the box not reach it.
                let out = (width * dx.abs() + height * dy.abs()) / (2.0 * length) + gap;
                (x + dx / length * out, y + dy / length * out)
            })
        };
        let panel = self.panel;
        let place = BESIDE.into_iter().flat_map(around).find_map(|at| {
            let (w, h) = (width / 2.0, height / 2.0);
            let place = Rect::new(at.0 - w, at.1 - h, at.0 + w, at.1 + h);
            let inside = place.left >= panel.left
                && place.top >= panel.top
                && place.right <= panel.right
                && place.bottom <= panel.bottom;
            (inside && !self.covers(place)).then_some(place)
        })?;
        self.area(place, 1.0);
        Some(place)
    }

    /// Whether anything lies in a box.
    fn covers(&self, area: Rect) -> bool {
        let (left, top) = (area.left + CELL / 2.0, area.top + CELL / 2.0);
        let steps = |length: f64| (length / CELL).ceil() as usize;
        (0..steps(area.height())).any(|row| {
            (0..steps(area.width())).any(|column| {
                let at = (left + column as f64 * CELL, top + row as f64 * CELL);
                self.cell(at.0, at.1).is_some_and(|cell| self.covered[cell] > 0.0)
            })
        })
    }

    /// Sums of `covered` over all rectangles from the top left, so that any box costs four reads.
    fn sums(&self) -> Vec<f64> {
        let stride = self.columns + 1;
        let mut sums = vec![0.0; stride * (self.rows + 1)];
        for row in 0..self.rows {
            let mut line = 0.0;
            for column in 0..self.columns {
                line += self.covered[row * self.columns + column];
                sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1] + line;
            }
        }
        sums
    }
}

/// From a point to the nearest of some others.
fn distance(targets: &[(f64, f64)], (x, y): (f64, f64)) -> f64 {
    targets.iter().map(|t| libm::hypot(x - t.0, y - t.1)).fold(f64::INFINITY, f64::min)
}

/// The sides of the box about some points, together.
fn spread(points: &[(f64, f64)]) -> f64 {
    let side = |along: fn(&(f64, f64)) -> f64| {
        let ends = points
            .iter()
            .map(along)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |ends, at| (ends.0.min(at), ends.1.max(at)));
        ends.1 - ends.0
    };
    side(|p| p.0) + side(|p| p.1)
}

/// Moves positions in a row apart until neighbours, each `widths[i]` wide, are at least `gap`
/// apart, keeps their order and moves them as little as it can (in squares); none leaves
/// `low..high`. `None` if they do not fit in there.
pub fn push_apart(
    positions: &[f64],
    widths: &[f64],
    gap: f64,
    low: f64,
    high: f64,
) -> Option<Vec<f64>> {
    let mut order: Vec<usize> = (0..positions.len()).collect();
    order.sort_by(|&a, &b| positions[a].total_cmp(&positions[b]).then(a.cmp(&b)));
    // Less the room that those before it take, positions only have to be ascending.
    let mut before = Vec::with_capacity(order.len());
    let mut taken = 0.0;
    for (i, &own) in order.iter().enumerate() {
        if i > 0 {
            taken += (widths[order[i - 1]] + widths[own]) / 2.0 + gap;
        }
        before.push(taken);
    }
    let (Some(&first), Some(&last)) = (order.first(), order.last()) else {
        return Some(Vec::new());
    };
    let least = low + widths[first] / 2.0;
    let most = high - widths[last] / 2.0 - taken;
    if least > most {
        return None;
    }
    // Neighbours that would be descending stand at their mean together (pool adjacent violators).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (&own, before) in order.iter().zip(&before) {
        let mut block = (positions[own] - before, 1_usize);
        while let Some(&(mean, count)) = blocks.last().filter(|(mean, _)| *mean > block.0) {
            blocks.pop();
            let total = count + block.1;
            block = ((mean * count as f64 + block.0 * block.1 as f64) / total as f64, total);
        }
        blocks.push(block);
    }
    let level = blocks.iter().flat_map(|&(mean, count)| std::iter::repeat_n(mean, count));
    let mut moved = positions.to_vec();
    for ((&own, before), level) in order.iter().zip(&before).zip(level) {
        moved[own] = level.clamp(least, most) + before;
    }
    Some(moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANEL: Rect = Rect { left: 10.0, top: 20.0, right: 210.0, bottom: 120.0 };

    fn overlap(a: Rect, b: Rect) -> bool {
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    }

    #[test]
    fn a_label_stands_where_it_belongs_if_there_is_room() {
        let place = Placer::new(PANEL).place((100.0, 60.0), 40.0, 12.0);
        assert!((place.left - 80.0).abs() <= CELL && (place.top - 54.0).abs() <= CELL);
    }

    #[test]
    fn a_label_stands_at_the_target_that_has_room() {
        let mut placer = Placer::new(PANEL);
        placer.area(Rect { left: 10.0, top: 20.0, right: 110.0, bottom: 120.0 }, 1.0);
        let targets = vec![(60.0, 60.0), (160.0, 90.0)];
        let [place] = placer.place_all(&[targets], 40.0, 12.0)[..] else { unreachable!() };
        assert!(
            (place.left - 140.0).abs() <= CELL && (place.top - 84.0).abs() <= CELL,
            "{place:?}"
        );
    }

    #[test]
    fn a_label_with_little_room_comes_before_one_that_can_stand_anywhere() {
        // The first has two places, the second one only the nearer of them.
        let targets = [vec![(60.0, 70.0), (160.0, 70.0)], vec![(60.0, 70.0)]];
        let places = Placer::new(PANEL).place_all(&targets, 40.0, 12.0);
        assert!((places[0].left - 140.0).abs() <= CELL, "{places:?}");
        assert!((places[1].left - 40.0).abs() <= CELL, "{places:?}");
    }

    #[test]
    fn labels_change_places_where_that_brings_them_nearer() {
        // All want to the left edge; the second, third and fourth are from the right.
        let mut placer = Placer::new(PANEL);
        placer.area(Rect { left: 60.0, top: 20.0, right: 160.0, bottom: 120.0 }, 1.0);
        let targets: Vec<_> = [110.0, 108.0, 112.0, 105.0].map(|x| vec![(x, 70.0)]).to_vec();
        let places = placer.place_all(&targets, 44.0, 30.0);
        let far = |i: usize, j: usize| distance(&targets[i], places[j].center());
        for (i, j) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
            assert!(
                far(i, i) + far(j, j) <= far(i, j) + far(j, i) + 1e-6,
                "{i} and {j}: {places:?}"
            );
            assert!(!overlap(places[i], places[j]), "{places:?}");
        }
    }

    #[test]
    fn a_label_beside_an_outline_covers_nothing_or_is_left_out() {
        let outline = [(130.0, 70.0), (110.0, 50.0), (90.0, 70.0), (110.0, 90.0)];
        let mut placer = Placer::new(PANEL);
        placer.line(&outline);
        let mut placed: Vec<Rect> = Vec::new();
        while let Some(place) = placer.beside(&outline, (110.0, 70.0), 30.0, 12.0) {
            assert!(!placed.iter().any(|p| overlap(*p, place)), "{placed:?} {place:?}");
            assert!(!outline.iter().any(|v| place.contains(*v)), "{place:?}");
            placed.push(place);
        }
        // The first stands at the first vertex, and there is room for some but not for many.
        assert_eq!(placed[0].left, 132.0);
        assert!((4..=16).contains(&placed.len()), "{}", placed.len());
        placer.area(PANEL, 0.1);
        assert_eq!(placer.beside(&outline, (110.0, 70.0), 30.0, 12.0), None);
    }

    #[test]
    fn labels_avoid_marks_and_each_other_and_stay_in_the_panel() {
        let mut placer = Placer::new(PANEL);
        let mark = Rect { left: 80.0, top: 40.0, right: 120.0, bottom: 80.0 };
        placer.area(mark, 1.0);
        let first = placer.place((100.0, 60.0), 40.0, 12.0);
        let second = placer.place((100.0, 60.0), 40.0, 12.0);
        let corner = placer.place((500.0, 500.0), 40.0, 12.0);
        assert!(!overlap(first, mark) && !overlap(second, mark) && !overlap(first, second));
        assert!(corner.right <= PANEL.right + CELL && corner.bottom <= PANEL.bottom + CELL);
        assert_eq!(placer.place_within((100.0, 60.0), 20.0, 10.0, 10.0), None);
        assert_eq!(placer.place_within((100.0, 60.0), 20.0, 101.0, 900.0), None);
        let near = placer.place_within((75.0, 60.0), 8.0, 4.0, 60.0).unwrap();
        assert!(!overlap(near, mark) && !overlap(near, first) && !overlap(near, second));
    }

    #[test]
    fn labels_of_a_level_stand_on_one_line_or_nowhere() {
        let mut placer = Placer::new(PANEL);
        placer.area(Rect { left: 60.0, top: 20.0, right: 160.0, bottom: 70.0 }, 1.0);
        let targets = [(50.0, 50.0), (170.0, 58.0)];
        let places = placer.place_level(&targets, &[30.0, 30.0], 12.0, 40.0).unwrap();
        assert_eq!(places[0].top, places[1].top);
        assert!(places[0].right <= 60.0 && places[1].left >= 160.0, "{places:?}");
        // Those are taken now, and what is free lies out of reach.
        assert_eq!(placer.place_level(&targets, &[30.0, 30.0], 12.0, 4.0), None);
    }

    #[test]
    fn labels_in_a_row_keep_their_order_and_their_distance() {
        let widths = [20.0, 20.0, 20.0];
        let moved = push_apart(&[10.0, 12.0, 80.0], &widths, 5.0, -100.0, 100.0).unwrap();
        // Both move by half of what is missing, the third not at all.
        assert_eq!(moved, [-1.5, 23.5, 80.0]);
        // At the end of the row all of them move.
        let moved = push_apart(&[95.0, 94.0, 80.0], &widths, 5.0, 0.0, 100.0).unwrap();
        assert_eq!(moved, [90.0, 65.0, 40.0]);
        assert_eq!(push_apart(&[1.0, 2.0], &[20.0, 20.0], 5.0, 0.0, 44.0), None);
        let twelve = push_apart(&[50.0; 12], &[10.0; 12], 4.0, 0.0, 170.0).unwrap();
        assert!(twelve.windows(2).all(|w| w[1] - w[0] >= 14.0 - 1e-9), "{twelve:?}");
    }
}
