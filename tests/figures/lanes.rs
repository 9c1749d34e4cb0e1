//! Lanes: where marks are drawn, measured on the canvas.

use elbow::figure::axes::Extent;
use elbow::figure::style::{self, Theme};
use elbow::figure::{Labels, Layers, Picture, View};
use elbow::render::{Canvas, Cap, Color, Fonts, Mark, Painted, Stroke};
use serde_json::Value;

use crate::lecture::{lecture, list, number};

const SERIES: [&str; 4] =
    ["GMMexample_it0", "GMMexample_it8", "GMMexample_it15", "GMMexample_itConv"];

const SIZE: [f64; 2] = [10.0 * style::INCH, 4.0 * style::INCH];

/// Coordinates are drawn on a grid of this many points.
const GRID: f64 = 0.01;

/// Everything that a picture draws.
fn marks(picture: &dyn Picture, shared: Extent) -> Vec<Mark> {
    let fonts = Fonts::embedded();
    let mut canvas = Canvas::new(&fonts, SIZE[0], SIZE[1], Color::WHITE, "test");
    let view = View {
        theme: &Theme::LIGHT,
        shared: Some(shared),
        layers: Layers::ALL,
        labels: Labels::BOTH,
    };
    picture.draw(&mut canvas, &view);
    canvas.finish().marks
}

/// Where a value lies on the canvas.
fn px(extent: Extent, x: f64) -> f64 {
    let width = SIZE[0] - style::RIGHT - style::LEFT;
    style::LEFT + (x - extent.x.low) / extent.x.span() * width
}

fn shared() -> Extent {
    SERIES.iter().map(|n| lecture().extent(n)).reduce(Extent::union).unwrap()
}

/// The opaque straight lines in the colour of a component, which are all in its lane.
fn lines(marks: &[Mark], k: usize) -> Vec<([(f64, f64); 2], Stroke)> {
    let color = Theme::LIGHT.mark(Some(k));
    let lines = marks.iter().filter_map(|mark| match (&mark.painted, &mark.outline[..]) {
        (Painted::Line(stroke), &[from, to]) if stroke.color == color && stroke.opacity == 1.0 => {
            Some(([from, to], *stroke))
        }
        _ => None,
    });
    lines.collect()
}

/// Whether a line is the true mean's, which is as high as its lane.
fn is_truth([from, to]: &[(f64, f64); 2]) -> bool {
    from.0 == to.0 && (to.1 - from.1).abs() > 14.0
}

/// Middles of the dots of a colour.
fn dots(marks: &[Mark], color: Color) -> Vec<(f64, f64)> {
    let dots = marks.iter().filter_map(|mark| match &mark.painted {
        Painted::Dot(fill) if fill.color == color => Some(mark.outline[0]),
        _ => None,
    });
    dots.collect()
}

fn lanes(name: &str) -> Vec<Value> {
    list(&lecture().json(name)["lanes"]).to_vec()
}

#[test]
fn an_interval_is_drawn_as_long_as_it_is() {
    let extent = shared();
    let mut thin = 0;
    for name in SERIES {
        let marks = marks(lecture().picture(name), extent);
        for (k, lane) in lanes(name).iter().enumerate() {
            let ends = [0, 1].map(|i| px(extent, number(&lane["interval"][i])));
            let lines = lines(&marks, k);
            let along: Vec<_> = lines.iter().filter(|([a, b], _)| a.1 == b.1).collect();
            let [([from, to], stroke)] = along[..] else { panic!("{name}, lane {k}: {along:?}") };
            assert!((from.0 - ends[0]).abs() < GRID && (to.0 - ends[1]).abs() < GRID, "{name}");
            // With round caps it would be longer by half its width at both ends.
            assert_eq!(stroke.cap, Cap::Butt, "{name}, lane {k}");
            // Marks at the ends of a thin one lie within, and are higher than the dot.
            let upright = lines.iter().filter(|([a, b], _)| a.0 == b.0);
            for ([from, to], stroke) in upright.filter(|(ends, _)| !is_truth(ends)) {
                thin += 1;
                let half = stroke.width / 2.0;
                let within = ends[0] <= from.0 - half + GRID && from.0 + half <= ends[1] + GRID;
                assert!(within, "{name}, lane {k}: {from:?} is not in {ends:?}");
                assert!((to.1 - from.1).abs() > 2.0 * 2.2, "{name}, lane {k}: hidden by the dot");
            }
        }
    }
    // At the start intervals are wide; in the three other figures each of three has two ends.
    assert_eq!(thin, 3 * 3 * 2);
}

#[test]
fn at_convergence_the_second_interval_does_not_reach_the_truth() {
    let lane = &lanes("GMMexample_itConv")[1];
    let (high, truth) = (number(&lane["interval"][1]), number(&lane["truth"]));
    assert!(high < truth);
    let (extent, end) = (shared(), px(shared(), truth));
    let marks = marks(lecture().picture("GMMexample_itConv"), extent);
    let lines = lines(&marks, 1);
    assert_eq!(lines.iter().filter(|(ends, _)| is_truth(ends)).count(), 1);
    for ([from, to], stroke) in lines.iter().filter(|(ends, _)| !is_truth(ends)) {
        let right = from.0.max(to.0) + if from.0 == to.0 { stroke.width / 2.0 } else { 0.0 };
        assert!(right < end, "{from:?} to {to:?} reaches {end}");
    }
}

#[test]
fn an_open_ring_marks_where_a_trail_began() {
    let extent = shared();
    for name in SERIES {
        let rings = dots(&marks(lecture().picture(name), extent), Theme::LIGHT.background);
        let starts: Vec<f64> =
            lanes(name).iter().map(|l| px(extent, number(&l["trail"][0][1]))).collect();
        match name {
            "GMMexample_it0" => assert_eq!(rings, [], "{name}"),
            _ => {
                let at: Vec<f64> = rings.iter().map(|ring| ring.0).collect();
                assert_eq!(at.len(), 3, "{name}");
                assert!(at.iter().zip(&starts).all(|(a, s)| (a - s).abs() < GRID), "{at:?}");
            }
        }
    }
}

#[test]
fn what_of_a_trail_is_off_the_page_is_not_drawn() {
    // Alone, the figure is as wide as what it shows; the third mean came from beyond.
    let extent = lecture().extent("GMMexample_itConv");
    let lane = &lanes("GMMexample_itConv")[2];
    assert!(!extent.x.contains(number(&lane["trail"][0][1])));
    let marks = marks(lecture().picture("GMMexample_itConv"), extent);
    let (left, right) = (style::LEFT, SIZE[0] - style::RIGHT);
    let dots = dots(&marks, Theme::LIGHT.mark(Some(2)));
    assert!(dots.len() > 5, "{dots:?}");
    assert!(dots.iter().all(|(x, _)| (left..=right).contains(x)), "{dots:?}");
    let rings = marks.iter().filter(|mark| match mark.painted {
        Painted::Dot(fill) => fill.color == Theme::LIGHT.background,
        _ => false,
    });
    assert_eq!(rings.count(), 2);
    // Dots that could not be told apart are drawn once.
    let mut near: Vec<f64> = dots.iter().map(|dot| (dot.0 / 0.5).floor()).collect();
    near.dedup();
    assert!(near.len() >= dots.len() - 1, "{dots:?}");
}

#[test]
fn rows_of_trails_name_their_iterations() {
    let table = lecture().picture("GMMexample_it8").table();
    assert_eq!(table.columns.last().unwrap(), "iteration");
    let rows = lecture().rows("GMMexample_it8", "earlier mean");
    assert_eq!(rows.len(), 3 * 9);
    for (i, row) in rows.iter().enumerate() {
        let lane = &lanes("GMMexample_it8")[i / 9];
        assert_eq!(row[4], (i % 9) as f64);
        assert_eq!(row[1], number(&lane["trail"][i % 9][1]));
    }
}
