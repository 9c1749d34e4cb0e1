//! Axes: ticks that can be told apart, and lines that end where they should.

use elbow::figure::axes::{self, Axes, Range, Tick};
use elbow::figure::style::{INCH, LEFT, Theme};
use elbow::figure::{Labels, Layers, View};
use elbow::render::{Canvas, Color, Fonts, Mark, Painted, Rect};

const RECT: Rect = Rect::new(LEFT, 10.0, 420.0, 200.0);

fn drawn(draw: impl FnOnce(&mut Canvas<'_>, &View<'_>)) -> Vec<Mark> {
    let fonts = Fonts::embedded();
    let mut canvas = Canvas::new(&fonts, 6.0 * INCH, 3.5 * INCH, Color::WHITE, "test");
    let view =
        View { theme: &Theme::LIGHT, shared: None, layers: Layers::ALL, labels: Labels::BOTH };
    draw(&mut canvas, &view);
    canvas.finish().marks
}

fn texts(marks: &[Mark]) -> Vec<(String, Rect)> {
    let text = |mark: &Mark| match &mark.painted {
        Painted::Text { label, .. } => Some((label.clone(), mark.bounds)),
        _ => None,
    };
    marks.iter().filter_map(text).collect()
}

/// The ends of the line that is drawn first, which is that of the axis.
fn line(marks: &[Mark]) -> [(f64, f64); 2] {
    let line = marks.iter().find(|mark| matches!(mark.painted, Painted::Line(_))).unwrap();
    [line.outline[0], line.outline[1]]
}

fn ticks(places: &[f64]) -> Vec<Tick> {
    places.iter().enumerate().map(|(i, x)| (*x, i.to_string())).collect()
}

#[track_caller]
fn assert_apart(texts: &[(String, Rect)]) {
    for (i, (words, ink)) in texts.iter().enumerate() {
        for (other, there) in &texts[..i] {
            assert!(!ink.overlaps(there), "`{words}` on `{other}`");
        }
    }
}

#[test]
fn labels_that_would_touch_are_thinned_out_and_zero_stays() {
    let places: Vec<f64> = (0..9).map(|i| LEFT + 40.0 * f64::from(i)).collect();
    let words = |i: f64| if i == 0.0 { "0".to_owned() } else { format!("{i}00,000,000") };
    let long: Vec<Tick> = places.iter().zip(-3..).map(|(x, i)| (*x, words(f64::from(i)))).collect();
    let marks = drawn(|canvas, view| axes::bottom(canvas, view, RECT, &long, "x"));
    let texts = texts(&marks);
    assert_apart(&texts);
    let shown: Vec<&str> = texts.iter().map(|(t, _)| t.as_str()).collect();
    assert_eq!(shown, ["-300,000,000", "0", "300,000,000", "x"]);
    // Each has its tick still below it, and those without words have none.
    let lines = marks.iter().filter(|m| matches!(m.painted, Painted::Line(_)));
    assert_eq!(lines.count(), 4);
}

#[test]
fn large_numbers_have_fewer_ticks() {
    for (low, high) in [(1_177_217.2, 1_177_219.8), (0.0, 2e5), (-4.0, 13.5), (1e9, 1e9 + 7.0)] {
        let axes = Axes { rect: RECT, x: Range::new(low, high), y: Range::new(0.0, 1.0) };
        let marks = drawn(|canvas, view| {
            let (ticks, name) = axes::x_values(canvas, &axes, "x");
            assert!(ticks.len() >= 2, "{low} to {high}: {ticks:?}");
            axes::bottom(canvas, view, RECT, &ticks, &name);
        });
        assert_apart(&texts(&marks));
    }
}

#[test]
fn a_line_ends_at_the_tick_that_is_next_to_its_end() {
    let (left, right) = (RECT.left, RECT.right);
    for (last, end) in
        [(right - 4.0, right - 4.0), (right - 20.0, right), (right, right), (right - 0.1, right)]
    {
        let ticks = ticks(&[left + 50.0, left + 150.0, last]);
        let marks = drawn(|canvas, view| axes::bottom(canvas, view, RECT, &ticks, "x"));
        assert_eq!(line(&marks), [(left, RECT.bottom), (end, RECT.bottom)], "tick at {last}");
        // The tick and its label stay.
        assert_eq!(texts(&marks).len(), 4);
    }
    let ticks = ticks(&[150.0, 100.0, 50.0, RECT.top + 3.0]);
    let marks = drawn(|canvas, view| axes::left(canvas, view, RECT, &ticks, "y"));
    assert_eq!(line(&marks), [(left, RECT.top + 3.0), (left, RECT.bottom)]);
}

#[test]
fn a_tick_at_the_corner_of_the_axes_is_left_out_if_others_are_left() {
    let (left, right) = (RECT.left, RECT.right);
    let count = |places: &[f64]| {
        let marks = drawn(|canvas, view| axes::bottom(canvas, view, RECT, &ticks(places), "x"));
        texts(&marks).len() - 1
    };
    assert_eq!(count(&[left + 3.0, 150.0, 250.0, right - 50.0]), 3);
    assert_eq!(count(&[left, 150.0, 250.0, right - 50.0]), 4);
    assert_eq!(count(&[left + 3.0, 150.0, 250.0]), 3);
}

#[test]
fn values_too_long_for_the_axis_are_multiples_named_by_its_label() {
    for (high, words, label) in [
        (120.0, "100", "points per bin"),
        (9_000.0, "4,000", "points per bin"),
        (80_000.0, "40", "points per bin (\u{d7}10^3)"),
        (8e7, "40", "points per bin (\u{d7}10^6)"),
        (4e12, "2", "points per bin (\u{d7}10^12)"),
    ] {
        let axes = Axes { rect: RECT, x: Range::new(0.0, 1.0), y: Range::new(0.0, high) };
        let values = axes.y_ticks();
        let marks = drawn(|canvas, view| {
            axes::left_values(canvas, view, &axes, &values, "points per bin");
        });
        let texts = texts(&marks);
        assert_apart(&texts);
        let has = |text: &str| texts.iter().any(|(t, _)| t == text);
        assert!(has(words) && has(label), "{high}: {texts:?}");
        assert!(texts.iter().all(|(_, ink)| ink.left >= 0.0), "{high}: {texts:?}");
    }
}

#[test]
fn ticks_far_from_zero_have_labels_that_differ() {
    for (low, high, rule) in [
        (1e9 - 0.4, 1e9 + 1.4, "x (+ 10^9)"),
        (1e7 - 0.004, 1e7 + 0.014, "x (+ 10^7)"),
        (-2e8 - 3.0, -2e8 + 3.0, "x (\u{2212} 2\u{b7}10^8)"),
    ] {
        let (x, y) = (Range::new(low, high), Range::new(low, high));
        let axes = Axes { rect: RECT, x, y };
        let values = axes.y_ticks();
        for marks in [
            drawn(|canvas, view| {
                let (ticks, name) = axes::x_values(canvas, &axes, "x");
                axes::bottom(canvas, view, RECT, &ticks, &name);
            }),
            drawn(|canvas, view| axes::left_values(canvas, view, &axes, &values, "x")),
        ] {
            let texts = texts(&marks);
            assert_apart(&texts);
            assert!(texts.len() >= 4, "{low} to {high}: {texts:?}");
            let mut words: Vec<&str> = texts.iter().map(|(t, _)| t.as_str()).collect();
            assert!(words.contains(&rule), "{low} to {high}: {words:?}");
            assert!(words.iter().all(|w| w.chars().count() <= 16), "{low} to {high}: {words:?}");
            words.sort_unstable();
            assert!(words.windows(2).all(|w| w[0] != w[1]), "{low} to {high}: {words:?}");
        }
    }
}

#[test]
fn values_that_barely_differ_leave_room_for_the_name_of_their_axis() {
    let name = "log-likelihood (nats)";
    for (low, high) in [
        (-127.969_5, -127.968_9),
        (-124.357_35, -124.357_32),
        (-114.778_616_32, -114.778_616_28),
        (-122.897_273_594_6, -122.897_273_590_5),
        (-124.364_549_426, -124.364_549_425_9),
    ] {
        let rect = Rect { left: 1.15 * INCH, top: 11.5, bottom: 208.0, ..RECT };
        let axes = Axes { rect, x: Range::new(0.0, 1.0), y: Range::new(low, high) };
        let values = axes.y_ticks();
        let marks = drawn(|canvas, view| {
            axes::left_values(canvas, view, &axes, &values, name);
        });
        let texts = texts(&marks);
        assert_apart(&texts);
        assert!(texts.len() > values.len(), "{texts:?}");
        let on_page = |ink: &Rect| ink.left >= 0.0 && ink.bottom <= 3.5 * INCH;
        assert!(texts.iter().all(|(_, ink)| on_page(ink)), "{texts:?}");
        assert!(texts.iter().any(|(t, _)| t.contains("\u{2212} 1")), "no rule: {texts:?}");
    }
}

#[test]
fn labels_of_panels_in_a_row_do_not_touch() {
    let gap = 14.0;
    for (low, high) in [(-100.0, 100.0), (-1000.0, 1000.0), (-3.0, 3.0), (-100.0, 104.0)] {
        let marks = drawn(|canvas, view| {
            let first = Rect { right: 200.0, ..RECT };
            let next = Rect { left: first.right + gap, right: 330.0 + gap, ..RECT };
            for rect in [first, next] {
                let axes = Axes { rect, x: Range::new(low, high), y: Range::new(0.0, 1.0) };
                axes::both_in_row(canvas, view, &axes, gap, "x", "");
            }
        });
        let texts: Vec<(String, Rect)> =
            texts(&marks).into_iter().filter(|(_, ink)| ink.top > RECT.bottom).collect();
        for (i, (words, ink)) in texts.iter().enumerate() {
            for (other, there) in &texts[..i] {
                assert!(!ink.inset(-2.0).overlaps(there), "`{words}` at `{other}`: {low}");
            }
        }
        assert!(texts.len() >= 6, "{texts:?}");
    }
}
