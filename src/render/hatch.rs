//! Hatching: areas that are told apart without colour.
//!
//! A hatching is made of lines and dots and not of a pattern of SVG, which each viewer and each
//! format shows in its own way. The lines lie where they do on the whole page, whatever area they
//! are cut to, so that those of neighbouring bars join.

use super::{Color, Rect};

/// How an area is hatched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hatch {
    /// What is drawn.
    pub pattern: Pattern,
    /// Its colour.
    pub color: Color,
    /// Width of its lines in points; dots are twice as wide.
    pub width: f64,
}

impl Hatch {
    /// In lines of 0.6 points: a seventh of the area is ink, so that curves stand out from it.
    pub const fn new(pattern: Pattern, color: Color) -> Hatch {
        Hatch { pattern, color, width: 0.6 }
    }

    /// How wide the pen is.
    pub(super) fn pen(&self) -> f64 {
        match self.pattern {
            Pattern::Dots | Pattern::DenseDots => 2.0 * self.width,
            _ => self.width,
        }
    }
}

/// What an area is filled with in place of a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// Lines that rise.
    Slash,
    /// Lines that fall.
    Backslash,
    /// Dots.
    Dots,
    /// Upright lines.
    Vertical,
    /// Level lines.
    Horizontal,
    /// Small plus signs: lines that cross are what two overlapping areas show.
    Cross,
    /// Rising lines at half the distance.
    DenseSlash,
    /// Dots at half the distance.
    DenseDots,
}

impl Pattern {
    /// All of them, in the order in which components take them.
    pub const ALL: [Self; 8] = [
        Self::Slash,
        Self::Backslash,
        Self::Dots,
        Self::Vertical,
        Self::Horizontal,
        Self::Cross,
        Self::DenseSlash,
        Self::DenseDots,
    ];

    /// The pattern of a component, counted from zero; after the eighth they start again.
    pub const fn of(component: usize) -> Pattern {
        Pattern::ALL[component % Pattern::ALL.len()]
    }

    /// The lines that it consists of.
    fn families(self) -> &'static [Family] {
        const fn solid(along: (f64, f64), step: f64) -> Family {
            Family { along, step, pieces: None }
        }
        const fn dashed(along: (f64, f64), step: f64, length: f64, period: f64) -> Family {
            Family { along, step, pieces: Some(Pieces { length, period, shift: 0.5 * period }) }
        }
        const LEVEL: (f64, f64) = (1.0, 0.0);
        const UPRIGHT: (f64, f64) = (0.0, 1.0);
        const RISING: (f64, f64) = (1.0, -1.0);
        const FALLING: (f64, f64) = (1.0, 1.0);
        match self {
            Pattern::Slash => const { &[solid(RISING, 6.0)] },
            Pattern::Backslash => const { &[solid(FALLING, 6.0)] },
            Pattern::Dots => const { &[dashed(LEVEL, 2.0, 0.0, 4.0)] },
            Pattern::Vertical => const { &[solid(UPRIGHT, 4.2)] },
            Pattern::Horizontal => const { &[solid(LEVEL, 4.2)] },
            Pattern::Cross => {
                const { &[dashed(LEVEL, 4.0, 3.2, 8.0), dashed(UPRIGHT, 4.0, 3.2, 8.0)] }
            }
            Pattern::DenseSlash => const { &[solid(RISING, 3.0)] },
            Pattern::DenseDots => const { &[dashed(LEVEL, 1.4, 0.0, 2.8)] },
        }
    }
}

/// Parallel lines over the whole page.
///
/// With `along` = (u, v), a point (x, y) is `across` = u y - v x from the line through the origin
/// and `at` = (u x + v y) / (u² + v²) along it; the lines are where `across` is a multiple of `step`.
struct Family {
    along: (f64, f64),
    step: f64,
    pieces: Option<Pieces>,
}

/// Which parts of a line are drawn; lengths in units of `along`.
struct Pieces {
    /// Length of a piece; zero for dots.
    length: f64,
    /// From the middle of a piece to that of the next.
    period: f64,
    /// How much further the pieces of each line are than those of the one before it.
    shift: f64,
}

/// The lines of a pattern inside a polygon, each as its two ends, a dot as one point. A point is
/// inside if a ray from it crosses the outline an odd number of times. Only what is in the window
/// is given: what is not shown of a large area would be many lines.
///
/// Nothing for a polygon without area or with a point that is not finite.
pub fn lines(outline: &[(f64, f64)], pattern: Pattern, window: &Rect) -> Vec<Vec<(f64, f64)>> {
    let edges = [window.left, window.top, window.right, window.bottom];
    let is_finite = outline.iter().flat_map(|p| [p.0, p.1]).chain(edges).all(f64::is_finite);
    let is_open = window.left <= window.right && window.top <= window.bottom;
    if !is_finite || !is_open || outline.len() < 3 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for family in pattern.families() {
        family.cut(outline, window, &mut found);
    }
    found
}

/// Shorter pieces of lines cannot be seen.
const SHORTEST: f64 = 0.05;

impl Family {
    /// How far a point is from the line through the origin.
    fn across(&self, (x, y): (f64, f64)) -> f64 {
        self.along.0 * y - self.along.1 * x
    }

    /// Where it is along the lines.
    fn at(&self, (x, y): (f64, f64)) -> f64 {
        (self.along.0 * x + self.along.1 * y) / self.square()
    }

    /// The square of the length of `along`.
    fn square(&self) -> f64 {
        self.along.0 * self.along.0 + self.along.1 * self.along.1
    }

    /// The point that is there.
    fn point(&self, across: f64, at: f64) -> (f64, f64) {
        let ((u, v), away) = (self.along, across / self.square());
        (u * at - v * away, v * at + u * away)
    }

    /// Adds the parts of all lines that are inside.
    fn cut(&self, outline: &[(f64, f64)], window: &Rect, found: &mut Vec<Vec<(f64, f64)>>) {
        let (left, top, right, bottom) = (window.left, window.top, window.right, window.bottom);
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)];
        let range = |points: &[(f64, f64)]| {
            points
                .iter()
                .map(|&p| self.across(p))
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high): (f64, f64), a| {
                    (low.min(a), high.max(a))
                })
        };
        let ((low, high), (first, last)) = (range(outline), range(&corners));
        let first = (low.max(first) / self.step).ceil();
        let last = (high.min(last) / self.step).floor();
        if first > last {
            return;
        }
        // Where each line crosses the outline. Of an edge its upper end does not count, so that a
        // corner is crossed once or, at a tip, twice or not at all.
        let mut crossings = vec![Vec::new(); (last - first) as usize + 1];
        for (i, &from) in outline.iter().enumerate() {
            let to = outline[(i + 1) % outline.len()];
            let (a, b) = (self.across(from), self.across(to));
            let (low, high) = (a.min(b), a.max(b));
            let mut line = (low / self.step).ceil().max(first);
            while line <= last && line < high / self.step {
                let share = (line * self.step - a) / (b - a);
                let (from, to) = (self.at(from), self.at(to));
                crossings[(line - first) as usize].push(from + share * (to - from));
                line += 1.0;
            }
        }
        for (i, mut crossings) in crossings.into_iter().enumerate() {
            let line = first + i as f64;
            let (start, end) = self.shown(line * self.step, window);
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                self.draw(line, pair[0].max(start), pair[1].min(end), found);
            }
        }
    }

    /// Between which places a line is in the window.
    fn shown(&self, across: f64, window: &Rect) -> (f64, f64) {
        let (x, y) = self.point(across, 0.0);
        let mut range = (f64::NEG_INFINITY, f64::INFINITY);
        for (at, slope, low, high) in [
            (x, self.along.0, window.left, window.right),
            (y, self.along.1, window.top, window.bottom),
        ] {
            if slope != 0.0 {
                let (a, b) = ((low - at) / slope, (high - at) / slope);
                range = (range.0.max(a.min(b)), range.1.min(a.max(b)));
            }
        }
        range
    }

    /// Adds what is drawn of a line between two places.
    fn draw(&self, line: f64, start: f64, end: f64, found: &mut Vec<Vec<(f64, f64)>>) {
        if (end - start) * self.square().sqrt() < SHORTEST {
            return;
        }
        let Some(Pieces { length, period, shift }) = self.pieces else {
            found.extend(self.piece(line, start, end));
            return;
        };
        let (offset, half) = (line * shift, 0.5 * length);
        let mut number = ((start - half - offset) / period).ceil();
        while number * period + offset - half < end {
            let middle = number * period + offset;
            if length > 0.0 {
                found.extend(self.piece(
                    line,
                    (middle - half).max(start),
                    (middle + half).min(end),
                ));
            } else {
                found.push(vec![self.point(line * self.step, middle)]);
            }
            number += 1.0;
        }
    }

    /// A line between two places; `None` if nothing would be seen of it.
    fn piece(&self, line: f64, from: f64, to: f64) -> Option<Vec<(f64, f64)>> {
        let across = line * self.step;
        let is_seen = (to - from) * self.square().sqrt() >= SHORTEST;
        is_seen.then(|| vec![self.point(across, from), self.point(across, to)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: Rect = Rect::new(0.0, 0.0, 400.0, 300.0);

    fn ring(a: f64, b: f64) -> Vec<(f64, f64)> {
        let angle = |i: u32| f64::from(i) * std::f64::consts::TAU / 180.0;
        (0..180)
            .map(|i| (200.0 + a * libm::cos(angle(i)), 150.0 + b * libm::sin(angle(i))))
            .collect()
    }

    fn bars() -> Vec<(f64, f64)> {
        let mut outline = vec![(20.0, 280.0)];
        for (i, height) in [40.0, 90.0, 200.0, 230.0, 120.0, 70.0].into_iter().enumerate() {
            let left = 20.0 + 55.0 * i as f64;
            outline.extend([(left, 280.0 - height), (left + 55.0, 280.0 - height)]);
        }
        outline.push((350.0, 280.0));
        outline
    }

    /// Two rings, one in the other, as one outline.
    fn hollow() -> Vec<(f64, f64)> {
        let (outer, inner) = (ring(150.0, 120.0), ring(80.0, 90.0));
        [&outer[..], &outer[..1], &inner[..], &inner[..1]].concat()
    }

    /// A star whose middle is inside twice, that is, outside.
    fn star() -> Vec<(f64, f64)> {
        let ring = ring(180.0, 140.0);
        (0..5).map(|i| ring[(72 * i) % 180]).collect()
    }

    fn is_inside(outline: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
        let next = outline.iter().cycle().skip(1);
        outline.iter().zip(next).fold(false, |inside, (a, b)| {
            let is_crossed =
                (a.1 > y) != (b.1 > y) && x < a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0);
            inside != is_crossed
        })
    }

    fn length(line: &[(f64, f64)]) -> f64 {
        libm::hypot(line[1].0 - line[0].0, line[1].1 - line[0].1)
    }

    /// Dots, and the length of all lines.
    fn amount(lines: &[Vec<(f64, f64)>]) -> (usize, f64) {
        let dots = lines.iter().filter(|line| line.len() == 1).count();
        (dots, lines.iter().filter(|line| line.len() == 2).map(|line| length(line)).sum())
    }

    /// Dots and length in a unit of area: what the pitches say.
    fn density(pattern: Pattern) -> (f64, f64) {
        match pattern {
            Pattern::Slash | Pattern::Backslash => (0.0, 2.0_f64.sqrt() / 6.0),
            Pattern::Vertical | Pattern::Horizontal => (0.0, 1.0 / 4.2),
            Pattern::DenseSlash => (0.0, 2.0_f64.sqrt() / 3.0),
            Pattern::Cross => (0.0, 2.0 * 3.2 / 32.0),
            Pattern::Dots => (1.0 / 8.0, 0.0),
            Pattern::DenseDots => (1.0 / 3.92, 0.0),
        }
    }

    #[test]
    fn lines_lie_inside() {
        for outline in [ring(150.0, 120.0), bars(), hollow(), star()] {
            for pattern in Pattern::ALL {
                let lines = lines(&outline, pattern, &PAGE);
                assert!(lines.len() > 40, "{pattern:?} {}", lines.len());
                for line in lines {
                    let (first, last) = (line[0], line[line.len() - 1]);
                    for share in [0.001, 0.3, 0.5, 0.8, 0.999] {
                        let at = |a: f64, b: f64| a + share * (b - a);
                        let (x, y) = (at(first.0, last.0), at(first.1, last.1));
                        // Some lie on an edge.
                        let is_inside = [-1e-7, 1e-7].map(|e| is_inside(&outline, (x + e, y + e)));
                        assert!(is_inside != [false, false], "{pattern:?} {line:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_amount_of_ink_is_that_of_the_area() {
        let area = |a: f64, b: f64| std::f64::consts::PI * a * b;
        for (outline, area) in [
            (ring(150.0, 120.0), area(150.0, 120.0)),
            (bars(), 55.0 * 750.0),
            (hollow(), area(150.0, 120.0) - area(80.0, 90.0)),
        ] {
            for pattern in Pattern::ALL {
                let (dots, length) = amount(&lines(&outline, pattern, &PAGE));
                let (dots_wanted, length_wanted) = density(pattern);
                // One line more or less: with 30 to 100 lines of about 200 points, 2 %.
                assert!((dots as f64 - area * dots_wanted).abs() <= 0.02 * area * dots_wanted);
                assert!((length - area * length_wanted).abs() <= 0.02 * area * length_wanted);
            }
        }
    }

    #[test]
    fn neighbours_join() {
        let bar =
            |left: f64, right: f64| [(left, 250.0), (left, 13.7), (right, 13.7), (right, 250.0)];
        for pattern in Pattern::ALL {
            // The edge at 44.0 goes through dots and crosses.
            let (dots, length) = amount(&lines(&bar(10.1, 80.3), pattern, &PAGE));
            let parts =
                [bar(10.1, 44.0), bar(44.0, 80.3)].map(|b| amount(&lines(&b, pattern, &PAGE)));
            assert_eq!(parts[0].0 + parts[1].0, dots, "{pattern:?}");
            assert!((parts[0].1 + parts[1].1 - length).abs() < 0.1, "{pattern:?}");
        }
    }

    #[test]
    fn lines_lie_on_the_grid_of_the_page() {
        let square = [(1.0, 1.0), (9.0, 1.0), (9.0, 9.0), (1.0, 9.0)];
        let of = |pattern| lines(&square, pattern, &PAGE);
        assert_eq!(of(Pattern::Horizontal), [[(1.0, 4.2), (9.0, 4.2)], [(1.0, 8.4), (9.0, 8.4)],]);
        assert_eq!(of(Pattern::Slash), [[(1.0, 5.0), (5.0, 1.0)], [(3.0, 9.0), (9.0, 3.0)]]);
        assert_eq!(
            of(Pattern::Backslash),
            [[(7.0, 1.0), (9.0, 3.0)], [(1.0, 1.0), (9.0, 9.0)], [(1.0, 7.0), (3.0, 9.0)],]
        );
        let dots: Vec<_> = of(Pattern::Dots).into_iter().flatten().collect();
        let row = |y: f64, first: f64| [(first, y), (first + 4.0, y)];
        assert_eq!(dots, [row(2.0, 2.0), row(4.0, 4.0), row(6.0, 2.0), row(8.0, 4.0)].concat());
    }

    #[test]
    fn what_has_no_inside_has_no_lines() {
        let nan = f64::NAN;
        let none: [&[(f64, f64)]; 7] = [
            &[],
            &[(10.0, 10.0)],
            &[(10.0, 10.0), (90.0, 70.0)],
            &[(10.0, 10.0), (50.0, 50.0), (90.0, 90.0)],
            &[(12.0, 10.0), (12.0, 90.0), (12.0, 50.0)],
            &[(10.0, 10.0), (90.0, 10.0), (90.0, nan), (10.0, 90.0)],
            &[(10.0, 10.0), (f64::INFINITY, 10.0), (90.0, 90.0)],
        ];
        for outline in none {
            for pattern in Pattern::ALL {
                assert_eq!(
                    lines(outline, pattern, &PAGE),
                    [[]; 0] as [[(f64, f64); 0]; 0],
                    "{outline:?}"
                );
            }
        }
        let square = [(10.0, 10.0), (90.0, 10.0), (90.0, 90.0), (10.0, 90.0)];
        for window in [
            Rect::new(0.0, 0.0, nan, 100.0),
            Rect::new(0.0, 0.0, f64::INFINITY, 100.0),
            Rect::new(50.0, 50.0, 40.0, 40.0),
            Rect::new(100.0, 100.0, 200.0, 200.0),
        ] {
            for pattern in Pattern::ALL {
                assert!(lines(&square, pattern, &window).is_empty(), "{pattern:?} {window:?}");
            }
        }
    }

    #[test]
    fn of_what_is_larger_than_the_page_only_the_page_is_hatched() {
        for far in [1e4, 1e12, 1e300] {
            let outline = [(-far, -far), (far, -far), (far, far), (-far, far)];
            for pattern in Pattern::ALL {
                let lines = lines(&outline, pattern, &PAGE);
                let (dots, length) = amount(&lines);
                let area = PAGE.width() * PAGE.height();
                let (dots_wanted, length_wanted) = density(pattern);
                assert!((dots as f64 - area * dots_wanted).abs() <= 0.03 * area * dots_wanted);
                assert!((length - area * length_wanted).abs() <= 0.03 * area * length_wanted);
                assert!(lines.iter().flatten().all(|&p| PAGE.inset(-1e-9).contains(p)));
            }
        }
    }

    #[test]
    fn components_take_the_patterns_in_turn() {
        let taken: Vec<_> = (0..16).map(Pattern::of).collect();
        assert_eq!(taken[..8], Pattern::ALL);
        assert_eq!(taken[8..], Pattern::ALL);
    }
}
