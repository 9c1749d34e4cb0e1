//! What cannot be read in a picture: found in what was drawn, not in pixels.
//!
//! Each rule is about one thing that a reader at the back of a room, on a bad projector, with one
//! kind of cones less or with a printed page stumbles over. Nothing is repaired here, and what a
//! mark means is not known: that is up to whoever drew it.

mod text;

use std::collections::BTreeSet;
use std::fmt;

use self::text::Text;
use super::vision::{self, Vision};
use super::{Color, Drawing, Mark, Painted};

/// Smallest type in points, as shown.
const SMALLEST_TYPE: f64 = 8.0;
/// Smallest contrast of text. Source: WCAG 2.2, success criterion 1.4.3.
const LEAST_CONTRAST: f64 = 4.5;
/// Least CIEDE2000 between the colours of two series.
const LEAST_DIFFERENCE: f64 = 7.0;
/// Fainter marks do not carry the colour of a series.
const LEAST_OPACITY: f64 = 0.2;

/// Something that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Type too small.
    SmallText {
        /// The words.
        text: String,
        /// Type size in points, as shown.
        points: f64,
    },
    /// Text whose colour is too near to what is behind it.
    LowContrast {
        /// The words.
        text: String,
        /// Contrast ratio, 1 to 21.
        ratio: f64,
        /// The colour of the text.
        foreground: Color,
        /// The colour behind at least a fifth of it.
        background: Color,
    },
    /// Two texts over each other.
    TextOverText {
        /// The words of the one that was drawn first.
        first: String,
        /// The words of the other.
        second: String,
    },
    /// Text that is cut off at the edge of the picture or of the part of it that is shown.
    OutsideCanvas {
        /// The words.
        text: String,
    },
    /// Two series whose colours look alike.
    Indistinguishable {
        /// The colour of one.
        first: Color,
        /// The colour of the other.
        second: Color,
        /// To whom they look alike.
        vision: Vision,
        /// Their CIEDE2000, as they look.
        difference: f64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::SmallText { text, points } => write!(
                f,
                "the text `{text}` is shown in {points:.1} pt, and below {SMALLEST_TYPE} pt nobody \
                 reads it from afar; hint: set it larger, or reduce the figure less"
            ),
            Fault::LowContrast { text, ratio, foreground, background } => write!(
                f,
                "the text `{text}` in {foreground} on {background} has a contrast of {ratio:.1} : 1, \
                 which is below {LEAST_CONTRAST} : 1; hint: choose a colour further from what is \
                 behind the text"
            ),
            Fault::TextOverText { first, second } => write!(
                f,
                "the texts `{first}` and `{second}` lie over each other; hint: shorten one of them \
                 or make the figure larger"
            ),
            Fault::OutsideCanvas { text } => write!(
                f,
                "the text `{text}` is cut off; hint: shorten it or make the figure larger"
            ),
            Fault::Indistinguishable { first, second, vision, difference } => write!(
                f,
                "the colours {first} and {second} differ by {difference:.1} with {vision}, which is \
                 below {LEAST_DIFFERENCE} (CIEDE2000); hint: choose colours of different lightness"
            ),
        }
    }
}

/// What cannot be read in a picture on a background: first its texts in the order in which they were
/// drawn, then its colours. The same fault is given once.
///
/// `series` are the colours that are meant to be told apart; those that do not occur in the
/// picture, or that are the same and so must be told apart by something else, are no fault.
pub fn check(drawing: &Drawing, background: Color, series: &[Color]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut add = |fault: Fault| {
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    };
    let texts: Vec<Text> = drawing
        .marks
        .iter()
        .enumerate()
        .filter_map(|(index, mark)| Text::of(mark, &drawing.marks[..index]))
        .collect();
    for (index, text) in texts.iter().enumerate() {
        let earlier = &texts[..index];
        [text.size_fault(drawing), text.contrast_fault(background), text.cut_fault(drawing)]
            .into_iter()
            .flatten()
            .chain(earlier.iter().filter_map(|other| text.overlap_fault(other, drawing.scale)))
            .for_each(&mut add);
    }
    let shown: BTreeSet<Color> = drawing.marks.iter().filter_map(series_color).collect();
    let mut earlier: Vec<Color> = Vec::new();
    for second in series.iter().copied().filter(|color| shown.contains(color)) {
        if !earlier.contains(&second) {
            earlier.iter().filter_map(|&first| likeness(first, second)).for_each(&mut add);
            earlier.push(second);
        }
    }
    faults
}

/// The colour of a mark, if a series can be known by it.
fn series_color(mark: &Mark) -> Option<Color> {
    let (color, opacity) = match &mark.painted {
        Painted::Text { .. } => return None,
        Painted::Area(fill) | Painted::Dot(fill) => (fill.color, fill.opacity),
        Painted::Line(stroke) => (stroke.color, stroke.opacity),
        Painted::Hatched(hatch) => (hatch.color, 1.0),
    };
    (opacity >= LEAST_OPACITY).then_some(color)
}

/// The fault of two colours that look alike: to all, or to those to whom they look most alike.
fn likeness(first: Color, second: Color) -> Option<Fault> {
    let seen = |vision| {
        let looks = [first, second].map(|color| vision::seen(color, vision));
        (vision, vision::difference(looks[0], looks[1]))
    };
    let alike = |(_, difference): &(Vision, f64)| *difference < LEAST_DIFFERENCE;
    let deficient = [Vision::Protan, Vision::Deutan, Vision::Tritan].map(seen);
    let (vision, difference) = Some(seen(Vision::Normal))
        .filter(alike)
        .or_else(|| deficient.into_iter().filter(alike).min_by(|a, b| a.1.total_cmp(&b.1)))?;
    Some(Fault::Indistinguishable { first, second, vision, difference })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Anchor, Canvas, Fill, Fonts, Hatch, Pattern, Rect, Stroke, TextStyle};

    const INK: Color = Color::hex("#1F2328");
    const BLUE: Color = Color::hex("#0072B2");
    const ORANGE: Color = Color::hex("#D55E00");
    const RED: Color = Color::hex("#D62728");
    const GREEN: Color = Color::hex("#2CA02C");
    const GREY: Color = Color::hex("#999999");

    fn style(size: f64) -> TextStyle {
        TextStyle::new(size, INK).anchor(Anchor::Middle)
    }

    /// A picture of 200 by 100 points.
    fn drawn(draw: impl FnOnce(&mut Canvas)) -> Drawing {
        let fonts = Fonts::embedded();
        let mut canvas = Canvas::new(&fonts, 200.0, 100.0, Color::WHITE, "p");
        draw(&mut canvas);
        canvas.finish()
    }

    fn faults(draw: impl FnOnce(&mut Canvas)) -> Vec<Fault> {
        check(&drawn(draw), Color::WHITE, &[BLUE, ORANGE])
    }

    #[test]
    fn a_clean_picture_has_no_faults() {
        let found = faults(|canvas| {
            canvas.rect(
                Rect::new(20.0, 20.0, 90.0, 80.0),
                Some(&Fill::new(BLUE).opacity(0.22)),
                None,
            );
            canvas.hatch(
                &[(90.0, 20.0), (160.0, 80.0), (90.0, 80.0)],
                &Hatch::new(Pattern::Slash, GREY),
            );
            canvas.line(&[(20.0, 50.0), (180.0, 50.0)], &Stroke::new(ORANGE, 2.8));
            canvas.circles(&[(30.0, 30.0), (40.0, 33.0)], 2.4, &Fill::new(ORANGE).opacity(0.45));
            canvas.text((55.0, 70.0), r"$\mu_1 = 0$", &style(11.5));
            canvas.text((140.0, 46.0), "truth", &style(12.0));
            canvas.text((140.0, 62.0), "estimate", &style(12.0));
            canvas.text((12.0, 50.0), "points", &style(13.0).up());
            canvas.text((100.0, 50.0), "  ", &style(2.0));
        });
        assert_eq!(found, []);
    }

    #[test]
    fn type_is_measured_as_shown_and_without_its_subscripts() {
        let small = |size: f64, scale: f64| {
            let drawing = drawn(|canvas| {
                canvas.text((100.0, 50.0), r"$x_{k_1}$ and $10^{-4}$", &style(size));
            });
            let faults = check(&drawing.scaled(scale), Color::WHITE, &[]);
            faults.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(small(5.0, 1.0)[0].contains("is shown in 5.0 pt, and below 8 pt"));
        assert!(small(12.0, 0.5)[0].contains("in 6.0 pt"));
        assert_eq!(
            (small(8.0, 1.0).len(), small(5.0, 1.6).len(), small(8.0, 0.99).len()),
            (0, 0, 1)
        );
    }

    #[test]
    fn grey_on_grey_has_too_little_contrast() {
        let light = Color::hex("#CCCCCC");
        let found = faults(|canvas| {
            canvas.rect(Rect::new(50.0, 20.0, 150.0, 80.0), Some(&Fill::new(light)), None);
            canvas.text((100.0, 50.0), "grey", &style(12.0).color(GREY));
            canvas.text((100.0, 75.0), "ink", &style(12.0));
        });
        let [Fault::LowContrast { text, ratio, foreground, background }] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!((text.as_str(), *foreground, *background), ("grey", GREY, light));
        // By hand from the formula of the standard: luminances 0.3185 and 0.6038.
        assert!((ratio - 1.774).abs() < 0.001, "{ratio}");
        assert!(found[0].to_string().contains("#999999 on #cccccc has a contrast of 1.8 : 1"));
    }

    /// The ratios of black text on white over what `draw` draws; its box is 40 points wide.
    fn ratio(before: impl FnOnce(&mut Canvas, Rect), after: impl FnOnce(&mut Canvas, Rect)) -> f64 {
        let found = faults(|canvas| {
            let style = TextStyle::new(10.0, Color::BLACK);
            let extent = canvas.measure("HHHHH", &style);
            let ink = Rect::new(50.0, 50.0 - extent.ascent, 50.0 + extent.width, 50.0);
            before(canvas, ink);
            canvas.text((50.0, 50.0), "HHHHH", &style);
            after(canvas, ink);
        });
        match &found[..] {
            [] => 21.0,
            [Fault::LowContrast { ratio, .. }] => *ratio,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn contrast_is_that_with_what_is_really_behind() {
        let none = |_: &mut Canvas, _: Rect| {};
        let dark = Fill::new(Color::hex("#333333"));
        let worst = Color::BLACK.contrast(dark.color);
        let part = |share: f64| {
            let left = |ink: Rect| Rect { right: ink.left + share * ink.width(), ..ink };
            ratio(|canvas, ink| canvas.rect(left(ink).inset(-0.1), Some(&dark), None), none)
        };
        assert_eq!([part(0.1), part(0.3), part(1.0)], [21.0, worst, worst]);
        // What covers the area, or is drawn later, or is only its hole, is not behind.
        let area = |canvas: &mut Canvas, ink: Rect| canvas.rect(ink.inset(-5.0), Some(&dark), None);
        let cover = |canvas: &mut Canvas, ink: Rect| {
            canvas.rect(ink.inset(-5.0), Some(&dark), None);
            canvas.rect(ink.inset(-2.0), Some(&Fill::new(Color::WHITE)), None);
        };
        let ring = |ink: Rect, by: f64| {
            let Rect { left, top, right, bottom } = ink.inset(-by);
            vec![(left, top), (right, top), (right, bottom), (left, bottom)]
        };
        let hole = |canvas: &mut Canvas, ink: Rect| {
            canvas.region(&[ring(ink, 9.0), ring(ink, 3.0)], &dark);
        };
        assert_eq!([ratio(cover, none), ratio(none, area), ratio(hole, none)], [21.0; 3]);
        assert_eq!(ratio(area, none), worst);
        let faint = Fill::new(Color::BLACK).opacity(0.6);
        let through =
            |canvas: &mut Canvas, ink: Rect| canvas.rect(ink.inset(-5.0), Some(&faint), None);
        assert_eq!(ratio(through, none), Color::BLACK.contrast(Color::hex("#666666")));
        let disc =
            |canvas: &mut Canvas, ink: Rect| canvas.circle(ink.center(), 15.0, Some(&dark), None);
        assert_eq!(ratio(disc, none), worst);
    }

    #[test]
    fn text_that_leaves_the_canvas_or_its_clip_is_cut_off() {
        let at = |x: f64, scale: f64| {
            let drawing = drawn(|canvas| {
                canvas.text((x, 50.0), "label", &TextStyle::new(12.0, INK));
            });
            check(&drawing.scaled(scale), Color::WHITE, &[])
        };
        let fault = vec![Fault::OutsideCanvas { text: "label".to_owned() }];
        assert_eq!((at(-0.6, 1.0), at(190.0, 1.0)), (fault.clone(), fault.clone()));
        assert_eq!((at(-0.4, 1.0), at(-0.6, 0.7), at(-0.4, 1.5)), (vec![], vec![], fault.clone()));
        let clipped = |left: f64, top: f64, right: f64, bottom: f64| {
            faults(|canvas| {
                canvas.with_clip(Rect::new(left, top, right, bottom), |canvas| {
                    canvas.text((50.0, 50.0), "label", &style(12.0));
                });
            })
        };
        assert_eq!(clipped(20.0, 20.0, 80.0, 50.2), []);
        for cut in [
            clipped(45.0, 20.0, 80.0, 60.0),
            clipped(20.0, 45.0, 80.0, 60.0),
            clipped(20.0, 20.0, 55.0, 60.0),
            clipped(20.0, 20.0, 80.0, 46.0),
        ] {
            assert_eq!(cut, fault);
        }
    }

    #[test]
    fn text_over_text_is_found_once() {
        let below = |distance: f64| {
            faults(|canvas| {
                canvas.text((100.0, 50.0), "HHH", &style(12.0));
                canvas.text((120.0, 50.0 + distance), "EEE", &style(12.0));
                canvas.text((20.0, 50.0), "far", &style(12.0));
            })
        };
        let [first, second] = ["HHH", "EEE"].map(str::to_owned);
        assert_eq!(below(4.0), [Fault::TextOverText { first, second }]);
        // A capital is 8.8 points high: so far down they reach 0.8 points into each other.
        assert_eq!(below(8.0), []);
        let twice = faults(|canvas| {
            for _ in 0..3 {
                canvas.text((100.0, 50.0), "a", &style(12.0));
            }
        });
        assert_eq!(twice.len(), 1);
    }

    #[test]
    fn colours_that_look_alike_to_some_are_found_where_they_occur() {
        let found = |series: &[Color], opacity: f64| {
            let drawing = drawn(|canvas| {
                canvas.line(&[(10.0, 10.0), (90.0, 10.0)], &Stroke::new(RED, 1.4));
                let fill = Fill::new(GREEN).opacity(opacity);
                canvas.rect(Rect::new(10.0, 20.0, 90.0, 80.0), Some(&fill), None);
                canvas.circle((50.0, 30.0), 3.0, Some(&Fill::new(Color::hex("#D62729"))), None);
            });
            check(&drawing, Color::WHITE, series)
        };
        let faults = found(&[RED, GREEN], 0.22);
        let [Fault::Indistinguishable { first: RED, second: GREEN, vision, difference }] =
            faults[..]
        else {
            panic!("{faults:?}")
        };
        assert_eq!(vision, Vision::Deutan);
        // colorspacious 1.1.2 and colour-science 0.4.7, as in `vision`: 4.8.
        assert!((difference - 4.8).abs() < 0.05, "{difference}");
        assert!(faults[0].to_string().contains("differ by 4.8 with deuteranopia"), "{}", faults[0]);
        assert_eq!(found(&[RED, GREEN, BLUE, GREEN, RED], 0.22), faults);
        assert_eq!(found(&[RED, GREEN], 0.16), []);
        assert_eq!(found(&[RED, BLUE, RED], 0.22), []);
        let all = found(&[RED, Color::hex("#D62729")], 0.22);
        assert!(matches!(all[..], [Fault::Indistinguishable { vision: Vision::Normal, .. }]));
    }
}
