//! The canvas and its encoders, seen from outside.

#![expect(clippy::expect_used, reason = "a test fails by a panic")]

use elbow::render::{
    Anchor, Canvas, Color, Dash, Drawing, Family, Fill, Fonts, Format, Hatch, Painted, Pattern,
    Rect, Resolution, Stroke, SvgText, TextStyle, encode, legibility, pdf, pixels, png, svg,
};
use proptest::prelude::*;
use resvg::usvg;

#[path = "render/animation.rs"]
mod animation;
#[path = "render/encoders.rs"]
mod encoders;
#[path = "render/fonts.rs"]
mod fonts;

const INK: Color = Color::hex("#1F2328");
const BLUE: Color = Color::hex("#0072B2");
const ORANGE: Color = Color::hex("#D55E00");
const GREEN: Color = Color::hex("#009E73");

/// A sheet with everything that the canvas can draw.
fn sheet(fonts: &Fonts) -> Drawing {
    let mut canvas = Canvas::new(fonts, 720.0, 430.0, Color::WHITE, "sheet");
    canvas.begin_group("text");
    let lines = [
        r"$t = 15$  steepest rise ends, ELBO −6,253.3",
        r"$\mu_1 = 0,\; m_1 = -0.04$ and $\mu_k$, $m_k$, $s_k^2$, $x_i'$, $q(\mu_k)$, $f_j$, $y_{ij}$",
        r"$q(\mu_k) = \mathcal{N}(\mu_k \mid m_k, s_k^2)$, $\mathrm{KL}(q\|p)$, $\mathbb{E}_q[\log p(x, z)]$",
        r"$\ln K!$, $\sigma^2 = 10^{-4}$, $\hat\mu_k$, $\bar x$, $\tilde\Sigma^{-1}$, $\mathbf{x}_i \in \mathbb{R}^2$, $\frac{1}{2\pi}$",
        r"$\sum_{i=1}^{N} \log \sum_k \pi_k \phi_{ik} \leq \int f(x)\,dx \to \infty$, $a \times b \cdot c - d \pm e$",
        r"95 % ellipse, 61 % a step; $\alpha\beta\gamma\delta\epsilon\varepsilon\phi\varphi\theta\lambda\Lambda\Sigma\nu\tau\rho\chi$",
        r"$e^{x^{2_k}}$, $A^T_k$, $\Sigma_k^{-1}$, $W_0$, $\nu_0$, $V_j^\top$, $(x - m)^T$, $\mathcal{L}(q)$, $\text{gap if } k > 3$",
    ];
    for (i, line) in lines.iter().enumerate() {
        canvas.text((20.0, 30.0 + 24.0 * i as f64), line, &TextStyle::new(13.0, INK));
    }
    canvas.text(
        (20.0, 215.0),
        r"Bold: $t = 15$, $\mu_k$, $k = 1$",
        &TextStyle::new(17.0, INK).bold(),
    );
    canvas.text((12.0, 390.0), r"points per bin, $x_2$", &TextStyle::new(13.0, INK).up());
    canvas.end_group();
    canvas.begin_group("lines");
    let wave = |phase: f64| -> Vec<(f64, f64)> {
        (0..=200)
            .map(|i| {
                let x = f64::from(i) / 200.0;
                (40.0 + 300.0 * x, 300.0 - 60.0 * (libm::sin(6.0 * x + phase)))
            })
            .collect()
    };
    let clip = Rect::new(40.0, 245.0, 340.0, 350.0);
    canvas.with_clip(clip, |canvas| {
        canvas.line(&wave(0.0), &Stroke::new(BLUE, 1.4));
        canvas.line(&wave(0.4), &Stroke::new(ORANGE, 2.8).dash(Dash::Dashed));
        canvas.line(&wave(0.8), &Stroke::new(GREEN, 1.2).dash(Dash::Dotted).opacity(0.8));
    });
    canvas.rect(clip, None, Some(&Stroke::new(INK, 0.8)));
    canvas.text(
        (190.0, 304.0),
        r"$k = 2$ over a line",
        &TextStyle::new(12.5, INK).anchor(Anchor::Middle).background(Color::WHITE),
    );
    canvas.end_group();
    canvas.begin_group("areas");
    let ring = |r: f64| -> Vec<(f64, f64)> {
        (0..72)
            .map(|i| {
                let a = f64::from(i) * std::f64::consts::TAU / 72.0;
                (430.0 + r * libm::cos(a), 300.0 + 0.6 * r * libm::sin(a))
            })
            .collect()
    };
    canvas.region(&[ring(70.0), ring(30.0)], &Fill::new(BLUE).opacity(0.22));
    canvas.polygon(&ring(70.0), None, Some(&Stroke::new(BLUE, 2.6).dash(Dash::Dashed)));
    let mut points = Vec::new();
    let mut state = 1u32;
    for _ in 0..400 {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1u32 << 24)
        };
        points.push((530.0 + 150.0 * next() * next(), 250.0 + 100.0 * next()));
    }
    canvas.circles(&points, 1.2, &Fill::new(ORANGE).opacity(0.45));
    canvas.circle(
        (430.0, 300.0),
        4.0,
        Some(&Fill::new(BLUE)),
        Some(&Stroke::new(Color::WHITE, 1.5)),
    );
    canvas.end_group();
    for (i, anchor) in [Anchor::Start, Anchor::Middle, Anchor::End].into_iter().enumerate() {
        let y = 375.0 + 18.0 * i as f64;
        let style = TextStyle::new(12.0, INK).anchor(anchor);
        let ink = canvas.text((430.0, y), r"anchor $\mu_k^2$", &style);
        canvas.rect(ink, None, Some(&Stroke::new(ORANGE, 0.3)));
    }
    canvas.line(&[(430.0, 360.0), (430.0, 420.0)], &Stroke::new(GREEN, 0.5));
    canvas.finish()
}

/// A figure of 10 x 4 inches with what a lecture figure has: three histograms, curves, 1500 points.
fn typical(fonts: &Fonts) -> Drawing {
    let mut canvas = Canvas::new(fonts, 720.0, 288.0, Color::WHITE, "typical");
    let frame = Rect::new(66.0, 40.0, 709.0, 240.0);
    canvas.with_clip(frame, |canvas| {
        for (k, color) in [BLUE, ORANGE, GREEN].into_iter().enumerate() {
            let middle = 200.0 + 160.0 * k as f64;
            let height = |x: f64| 150.0 * libm::exp(-0.5 * libm::pow((x - middle) / 45.0, 2.0));
            for bin in 0..40 {
                let left = middle - 200.0 + 10.0 * f64::from(bin);
                let bar = Rect::new(left, 240.0 - height(left), left + 10.0, 240.0);
                canvas.rect(bar, Some(&Fill::new(color).opacity(0.22)), None);
            }
            let curve: Vec<_> = (0..=400)
                .map(|i| {
                    (middle - 200.0 + f64::from(i), 240.0 - height(middle - 200.0 + f64::from(i)))
                })
                .collect();
            canvas.line(&curve, &Stroke::new(color, 1.4));
            canvas.line(&curve, &Stroke::new(color, 2.8).dash(Dash::Dashed));
            let points: Vec<_> = scattered(500)
                .into_iter()
                .map(|(x, y)| (middle + 200.0 * (x - 0.5), 60.0 + 150.0 * y))
                .collect();
            canvas.circles(&points, 1.2, &Fill::new(color).opacity(0.45));
        }
    });
    for i in 0..7 {
        let x = 66.0 + 643.0 / 6.0 * f64::from(i);
        canvas.line(&[(x, 240.0), (x, 244.0)], &Stroke::new(INK, 0.8));
        canvas.text((x, 257.0), &format!("{i}"), &TextStyle::new(12.0, INK).anchor(Anchor::Middle));
    }
    canvas.text((12.0, 24.0), "t = 15", &TextStyle::new(17.0, INK).bold());
    canvas.text((80.0, 24.0), "steepest rise ends, ELBO −6,253.3", &TextStyle::new(13.5, INK));
    canvas.text(
        (300.0, 275.0),
        r"$q(\mu_k) = \mathcal{N}(m_k, s_k^2)$",
        &TextStyle::new(13.0, INK),
    );
    canvas.finish()
}

fn scattered(count: usize) -> Vec<(f64, f64)> {
    let mut state = 1u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1u32 << 24)
    };
    (0..count).map(|_| (next(), next())).collect()
}

/// The SVG that needs no fonts.
fn outlines(drawing: &Drawing, fonts: &Fonts) -> String {
    svg::encode(drawing, fonts, SvgText::Outlines)
}

/// The bytes in some formats.
fn files(drawing: &Drawing, formats: &[Format], dpi: f64) -> Result<Vec<Vec<u8>>, String> {
    files_in(drawing, &Fonts::embedded(), formats, dpi)
}

/// The bytes in some formats, with text in these fonts.
fn files_in(
    drawing: &Drawing,
    fonts: &Fonts,
    formats: &[Format],
    dpi: f64,
) -> Result<Vec<Vec<u8>>, String> {
    let files = encode(drawing, fonts, formats, &[Resolution::new(dpi)], SvgText::Outlines)?;
    assert!(files.iter().map(|file| &file.format).eq(formats));
    Ok(files.into_iter().map(|file| file.bytes).collect())
}

/// The pixels of a PNG.
fn read(file: &[u8]) -> image::RgbImage {
    image::load_from_memory(file).expect("a PNG that we wrote").to_rgb8()
}

/// The pixels of an SVG that needs no fonts.
fn draw(text: &str, dpi: f64) -> image::RgbImage {
    let options = usvg::Options { dpi: 72.0, ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(text, &options).expect("an SVG that we wrote");
    let size = tree.size();
    let size = (size.width().into(), size.height().into());
    pixels(&tree, size, Resolution::new(dpi)).expect("a page with an area")
}

/// Left, top, right and bottom of the dark pixels of a page with one text, in points.
fn ink(fonts: &Fonts, text: &str, style: &TextStyle) -> ([f64; 4], Rect) {
    let mut canvas = Canvas::new(fonts, 400.0, 150.0, Color::WHITE, "ink");
    let claimed = canvas.text((50.0, 100.0), text, style);
    let image = draw(&outlines(&canvas.finish(), fonts), 288.0);
    let dark = image.enumerate_pixels().filter(|(_, _, p)| p.0[0] < 128);
    let bounds = dark.fold([f64::MAX, f64::MAX, 0.0, 0.0], |b: [f64; 4], (x, y, _)| {
        let (x, y) = (f64::from(x) / 4.0, f64::from(y) / 4.0);
        [b[0].min(x), b[1].min(y), b[2].max(x + 0.25), b[3].max(y + 0.25)]
    });
    (bounds, claimed)
}

#[test]
fn texts_are_as_large_as_measured() {
    let fonts = Fonts::embedded();
    let style = TextStyle::new(40.0, Color::BLACK);
    for text in ["HxgH", r"$\mu_k^2$", r"$\hat x_j = 10^{-4}$", "AVAVA"] {
        let ([_, top, _, bottom], claimed) = ink(&fonts, text, &style);
        // Half a pixel is 0.125 points.
        assert!((top - claimed.top).abs() < 0.3, "{text}: {top} {claimed:?}");
        assert!((bottom - claimed.bottom).abs() < 0.3, "{text}: {bottom} {claimed:?}");
    }
    // The advance is what the same letter moves by when something comes before it.
    for before in ["H", "AV", r"$\mu_k$", r"$k = 2$ "] {
        let ([_, _, right, _], claimed) = ink(&fonts, &format!("{before}H"), &style);
        let ([_, _, alone, _], _) = ink(&fonts, "H", &style);
        let width = fonts.measure(before, &style).width;
        assert!((right - alone - width).abs() < 0.3, "{before}: {} {width}", right - alone);
        assert!((claimed.width() - width - fonts.measure("H", &style).width).abs() < 1e-9);
    }
    assert!(
        fonts.measure("AV", &style).width
            < fonts.measure("A", &style).width + fonts.measure("V", &style).width
    );
    assert!((fonts.cap_height(&style) - fonts.measure("H", &style).ascent).abs() < 0.1);
}

#[test]
fn scripts_are_smaller_and_shifted() {
    let fonts = Fonts::embedded();
    let of = |text: &str| fonts.measure(text, &TextStyle::new(10.0, INK));
    assert!(of("$x_k$").width < of("$xk$").width);
    assert!(of("$x_n$").descent > of("$xn$").descent + 1.0);
    assert!(of("$x^n$").ascent > of("$xn$").ascent + 2.0);
    assert!(of("$x_a^b$").width < of("$x_a$").width + of("$^{}b$").width);
    assert!(of("$x_{a_b}$").width < of("$x_{ab}$").width);
    // Subscripts stand in a row, whatever the letter before them.
    let (low, lower) = (of(r"$m_0$").descent, of(r"$x_0$").descent);
    assert!((low - lower).abs() < 1e-9);
    // A sign is closer than an operator.
    assert!(of("$a - b$").width > of("$-ab$").width + 1.0);
}

#[test]
fn characters_without_a_glyph_are_errors() {
    let fonts = Fonts::embedded();
    for (text, offset) in [("a 漢", 2), (r"$x_漢$", 3), (r"\$漢", 2), (r"$\text{a漢}$", 7)] {
        let error = fonts.parse(text).unwrap_err();
        assert_eq!((error.offset, error.len), (offset, 3), "{text}");
        assert!(error.message.contains("`漢` (U+6F22)"));
    }
    fonts.parse("−6,253.3 61\u{2009}% ∥ × ≥ ≤ ε φ μ “quoted” – …").unwrap();
}

#[test]
fn the_users_svg_needs_no_font_and_has_unique_ids() {
    let fonts = Fonts::embedded();
    let text = outlines(&sheet(&fonts), &fonts);
    assert!(!text.contains("<text") && !text.contains("font-family"));
    assert!(!text.contains(" opacity="));
    let document = usvg::roxmltree::Document::parse(&text).unwrap();
    let ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len());
    assert!(ids.iter().all(|id| id.starts_with("sheet-")));
    let labels: Vec<_> = document.descendants().filter_map(|n| n.attribute("aria-label")).collect();
    assert!(labels.contains(&"points per bin, x_2"), "{labels:?}");
    draw(&text, 72.0);
}

#[test]
fn groups_of_one_name_get_numbers() {
    let fonts = Fonts::embedded();
    let mut canvas = Canvas::new(&fonts, 10.0, 10.0, Color::WHITE, "f");
    for name in ["a", "a", "a-2", "a"] {
        canvas.begin_group(name);
    }
    canvas.end_group();
    let text = outlines(&canvas.finish(), &fonts);
    for id in ["f-a", "f-a-2", "f-a-2-2", "f-a-3"] {
        assert_eq!(text.matches(&format!("id=\"{id}\"")).count(), 1, "{text}");
    }
    assert_eq!(text.matches("<g ").count(), text.matches("</g>").count());
}

#[test]
fn outlines_and_live_text_agree() {
    let fonts = Fonts::embedded();
    let drawing = sheet(&fonts);
    let outlines = outlines(&drawing, &fonts);
    let (mean, largest) = difference(&outlines, &drawing, &fonts);
    // The mean is 0.004, a single pixel differs by up to 56: an edge that falls between two of the
    // four samples of a pixel.
    assert!(mean < 0.02, "{mean}");
    assert!(largest < 70, "{largest}");
    // To compare with: seven of the lines of text moved by 0.1 points.
    let moved = outlines.replace("translate(20 ", "translate(20.1 ");
    let (mean, _) = difference(&moved, &drawing, &fonts);
    assert!(mean > 0.2, "{mean}");
}

/// By how much the pixels of outlines differ from those of a drawing's live text: on average, and
/// at most.
fn difference(outlines: &str, drawing: &Drawing, fonts: &Fonts) -> (f64, u8) {
    let outlines = draw(outlines, 200.0);
    let tree = drawing.tree(fonts).expect("an SVG that we wrote");
    let file = png::encode(drawing, &tree, Resolution::new(200.0));
    let live = read(&file.expect("a page with an area"));
    assert_eq!(outlines.dimensions(), live.dimensions());
    let differences = || outlines.as_raw().iter().zip(live.as_raw()).map(|(a, b)| a.abs_diff(*b));
    let mean = differences().map(f64::from).sum::<f64>() / outlines.as_raw().len() as f64;
    (mean, differences().max().unwrap_or(0))
}

#[test]
fn a_clip_cuts_what_is_outside_and_is_left_out_where_nothing_is() {
    let fonts = Fonts::embedded();
    let clipped = |right: f64| {
        let mut canvas = Canvas::new(&fonts, 100.0, 20.0, Color::WHITE, "c");
        canvas.with_clip(Rect::new(10.0, 0.0, 90.0, 20.0), |canvas| {
            canvas.line(&[(20.0, 10.0), (right, 10.0)], &Stroke::new(Color::BLACK, 2.0));
        });
        outlines(&canvas.finish(), &fonts)
    };
    assert!(!clipped(80.0).contains("clip"));
    let image = draw(&clipped(99.0), 72.0);
    assert_eq!((image.get_pixel(88, 10).0[0], image.get_pixel(92, 10).0[0]), (0, 255));
}

#[test]
fn overlapping_markers_darken_each_other() {
    let fonts = Fonts::embedded();
    let mut canvas = Canvas::new(&fonts, 30.0, 10.0, Color::WHITE, "m");
    let fill = Fill::new(Color::BLACK).opacity(0.5);
    canvas.circles(&[(5.0, 5.0), (20.0, 5.0), (20.0, 5.0)], 4.0, &fill);
    let drawing = canvas.finish();
    let file = &files(&drawing, &[Format::Png], 72.0).unwrap()[0];
    for image in [draw(&outlines(&drawing, &fonts), 72.0), read(file)] {
        assert_eq!([4, 19].map(|x| image.get_pixel(x, 4).0[0]), [127, 64]);
    }
}

#[test]
fn a_hatching_is_one_element_and_one_mark() {
    let fonts = Fonts::embedded();
    for pattern in Pattern::ALL {
        let mut canvas = Canvas::new(&fonts, 180.0, 150.0, Color::WHITE, "h");
        let hatch = Hatch::new(pattern, INK);
        canvas.hatch(&ellipse((90.0, 70.0), 60.0, 40.0), &hatch);
        canvas.hatch(&[(1.0, 1.0), (f64::NAN, 9.0), (9.0, 9.0)], &hatch);
        let drawing = canvas.finish();
        let text = outlines(&drawing, &fonts);
        assert_eq!(text.matches("<path").count(), 1, "{text}");
        let [_, mark] = &drawing.marks[..] else { panic!("{:?}", drawing.marks) };
        assert_eq!(mark.painted, Painted::Hatched(hatch));
        let bounds = mark.bounds;
        assert_eq!((bounds.left, bounds.right), (30.0, 150.0));
        // The highest and the lowest point lie between two corners.
        assert!((bounds.top - 30.0).abs() + (bounds.bottom - 110.0).abs() < 0.1);
    }
}

#[test]
fn hatchings_are_the_same_in_all_formats() {
    let fonts = Fonts::embedded();
    let drawing = hatchings(&fonts);
    let users = draw(&outlines(&drawing, &fonts), 200.0);
    let image = read(&files(&drawing, &[Format::Png], 200.0).unwrap()[0]);
    let differences = || users.as_raw().iter().zip(image.as_raw()).map(|(a, b)| a.abs_diff(*b));
    let mean = differences().map(f64::from).sum::<f64>() / users.as_raw().len() as f64;
    // Only the names below and the rims of the dots differ, as in the other sheet.
    assert!(mean < 0.02, "{mean}");
    // The ink of each: its width by its length, and so much of the grey as is not white.
    let (grey, dot) = (f64::from(255 - 0x9A), 0.36 * std::f64::consts::PI);
    let line = |pitch: f64| 0.6 / pitch;
    let diagonal = 6.0 / 2.0_f64.sqrt();
    let wanted = [
        line(diagonal),
        line(diagonal),
        dot / 8.0,
        line(4.2),
        line(4.2),
        (2.0 * 3.2 * 0.6 + dot - 0.36) / 32.0,
        line(0.5 * diagonal),
        dot / 3.92,
    ];
    for (i, wanted) in wanted.into_iter().enumerate() {
        let pixel = |points: usize| (points * 200 / 72) as u32;
        let (left, top) = (180 * (i % 4) + 124, 150 * (i / 4) + 50);
        let (width, height) = (pixel(32), pixel(60));
        let part = image::imageops::crop_imm(&image, pixel(left), pixel(top), width, height);
        let dark: f64 = part.to_image().pixels().map(|p| f64::from(255 - p.0[0])).sum();
        let ink = dark / f64::from(width * height) / grey;
        // The part is 7 to 8 lines wide, and one of them may or may not be in it.
        assert!((ink / wanted - 1.0).abs() < 0.15, "{:?} {ink} {wanted}", Pattern::ALL[i]);
    }
}

#[test]
fn a_hatching_stays_in_its_clip_and_on_the_grid_of_the_page() {
    let fonts = Fonts::embedded();
    let hatch = Hatch::new(Pattern::Horizontal, Color::BLACK);
    let square = |side: f64| [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)];
    let mut canvas = Canvas::new(&fonts, 60.0, 40.0, Color::WHITE, "h");
    canvas.with_clip(Rect::new(0.0, 0.0, 20.0, 40.0), |canvas| {
        canvas.hatch(&square(1e6), &hatch);
    });
    canvas.inside(Rect::new(30.0, 1.3, 60.0, 40.0), |canvas| canvas.hatch(&square(1e6), &hatch));
    let drawing = canvas.finish();
    assert_eq!(drawing.marks[1].bounds, Rect::new(0.0, 0.0, 20.0, 40.0));
    let text = outlines(&drawing, &fonts);
    assert!(text.len() < 1500, "{text}");
    let image = draw(&text, 720.0);
    let column = |x: u32| (20..400).map(|y| image.get_pixel(x, y).0[0]).collect::<Vec<_>>();
    assert_eq!(column(100), column(400));
    assert!(column(100).contains(&0) && column(250).iter().all(|&p| p == 255));
}

#[test]
fn the_mark_of_a_region_is_one_outline_with_its_hole() {
    let fonts = Fonts::embedded();
    let square = |from: f64, to: f64| vec![(from, from), (to, from), (to, to), (from, to)];
    let rings = [square(10.0, 40.0), Vec::new(), square(20.0, 30.0), square(24.0, 26.0)];
    let mut canvas = Canvas::new(&fonts, 50.0, 50.0, Color::WHITE, "r");
    canvas.region(&rings, &Fill::new(BLUE));
    canvas.region(&[vec![(f64::NAN, 1.0)]], &Fill::new(BLUE));
    let drawing = canvas.finish();
    let [_, mark] = &drawing.marks[..] else { panic!("{:?}", drawing.marks) };
    assert_eq!(mark.bounds, Rect::new(10.0, 10.0, 40.0, 40.0));
    let image = draw(&outlines(&drawing, &fonts), 72.0);
    // A ray to the right crosses the outline an odd number of times where the picture is blue.
    for (x, y) in [(5, 25), (15, 15), (15, 25), (22, 22), (25, 25), (28, 25), (35, 12), (45, 30)] {
        let (px, py) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
        let next = mark.outline.iter().cycle().skip(1);
        let crossed = mark.outline.iter().zip(next).filter(|(a, b)| {
            (a.1 > py) != (b.1 > py) && px < a.0 + (py - a.1) / (b.1 - a.1) * (b.0 - a.0)
        });
        let is_blue = image.get_pixel(x, y).0[0] == 0;
        assert_eq!(crossed.count() % 2 == 1, is_blue, "{x} {y}");
    }
}

#[test]
fn all_formats_are_exact_and_repeatable() {
    let fonts = Fonts::embedded();
    let formats = [Format::Pdf, Format::Png, Format::Svg];
    let made = files(&sheet(&fonts), &formats, 200.0).unwrap();
    assert_eq!(made, files(&sheet(&Fonts::embedded()), &formats, 200.0).unwrap());

    let image = image::load_from_memory(&made[1]).unwrap();
    assert_eq!((image.width(), image.height()), (2000, 1194));
    assert_eq!(image.color(), image::ColorType::Rgb8);

    let pdf = String::from_utf8_lossy(&made[0]);
    assert!(pdf.starts_with("%PDF-"));
    assert!(pdf.contains("/MediaBox[0 0 720 430]"));
    assert!(pdf.contains("+DejaVuSans/") && pdf.contains("+DejaVuSans-Oblique/"));
    assert!(pdf.contains("/ToUnicode"));
    for word in ["Producer", "Creator", "CreationDate", "ModDate", "krilla"] {
        assert!(!pdf.contains(word), "{word}");
    }
}

#[test]
fn a_page_without_area_or_with_too_many_pixels_is_an_error() {
    let fonts = Fonts::embedded();
    for (width, dpi) in [
        (0.0, 200.0),
        (-5.0, 200.0),
        (f64::NAN, 200.0),
        (720.0, 1e9),
        (720.0, 0.0),
        (720.0, f64::NAN),
    ] {
        let drawing = Canvas::new(&fonts, width, 100.0, Color::WHITE, "e").finish();
        assert!(files(&drawing, &[Format::Png], dpi).is_err(), "{width} {dpi}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Any text is drawn, or is an error with a place inside it; never a panic, never broken XML.
    #[test]
    fn any_text_is_safe(text in prop_oneof![
        any::<String>(),
        r"[$\\{}_^a-c'é&<-]{0,12}",
        r"(\$|\\(mu|hat|frac|mathbb|text|,|\$)|[{}_^ x1+'])*",
        r"(\$|\\(sqrt|left|right|frac|vec|boldsymbol|operatorname)|[{}()|. x1fiβ])*",
    ], size in prop_oneof![Just(12.0), any::<f64>()], x in any::<f64>(), family in 0..3_usize) {
        let fonts = Fonts::of(Family::ALL[family]);
        if let Err(error) = fonts.parse(&text) {
            prop_assert!(error.offset + error.len <= text.len());
            prop_assert!(text.is_char_boundary(error.offset), "{error:?}");
            prop_assert!(text.is_char_boundary(error.offset + error.len), "{error:?}");
        }
        let mut canvas = Canvas::new(&fonts, 100.0, 50.0, Color::WHITE, &text);
        canvas.begin_group(&text);
        canvas.text((10.0, 20.0), &text, &TextStyle::new(12.0, INK));
        canvas.text((x, 20.0), &text, &TextStyle::new(size, INK).background(BLUE).up());
        canvas.line(&[(x, size), (1.0, 2.0), (size, x)], &Stroke::new(INK, size));
        canvas.polygon(&[(x, size), (1.0, 2.0), (size, x)], Some(&Fill::new(INK).opacity(x)), None);
        canvas.hatch(&[(x, size), (1.0, 2.0), (size, x)], &Hatch::new(Pattern::of(text.len()), INK));
        canvas.circle((x, size), x, Some(&Fill::new(INK)), Some(&Stroke::new(INK, x).dash(Dash::Custom(x, size))));
        let drawing = canvas.finish();
        legibility::check(&drawing, Color::WHITE, &[INK, BLUE]);
        for set in [SvgText::Outlines, SvgText::Embedded] {
            usvg::roxmltree::Document::parse(&svg::encode(&drawing, &fonts, set)).unwrap();
        }
        drawing.tree(&fonts).unwrap();
    }
}

#[test]
#[ignore = "writes the sheet to the temporary folder, to look at it"]
fn write_sheet() {
    let fonts = Fonts::embedded();
    let formats = [Format::Svg, Format::Png, Format::Pdf];
    let drawings =
        [("sheet", sheet(&fonts)), ("typical", typical(&fonts)), ("hatchings", hatchings(&fonts))];
    for (name, drawing) in drawings {
        for (format, bytes) in formats.iter().zip(files(&drawing, &formats, 300.0).unwrap()) {
            let path = std::env::temp_dir().join(name).with_extension(format.extension());
            std::fs::write(&path, bytes).unwrap();
            println!("{}", path.display());
        }
        let path = std::env::temp_dir().join(format!("{name}-embedded.svg"));
        std::fs::write(&path, svg::encode(&drawing, &fonts, SvgText::Embedded)).unwrap();
        println!("{}", path.display());
    }
}

#[test]
#[ignore = "prints times and sizes"]
fn times() {
    use std::time::{Duration, Instant};

    /// The shortest of seven runs.
    fn best<T>(run: impl Fn() -> T) -> (Duration, T) {
        let mut best = Duration::MAX;
        let mut time = || {
            let start = Instant::now();
            let value = run();
            best = best.min(start.elapsed());
            value
        };
        (0..6).for_each(|_| drop(time()));
        let value = time();
        (best, value)
    }

    let (time, fonts) = best(Fonts::embedded);
    println!("fonts {time:?}");
    let (time, drawing) = best(|| typical(&fonts));
    println!("draw {time:?}");
    let (time, text) = best(|| outlines(&drawing, &fonts));
    println!("svg {time:?} {} bytes", text.len());
    let (time, live) = best(|| svg::encode(&drawing, &fonts, SvgText::Embedded));
    println!("svg with its fonts {time:?} {} bytes", live.len());
    let (time, tree) = best(|| drawing.tree(&fonts).unwrap());
    println!("tree {time:?}");
    let (time, file) = best(|| png::encode(&drawing, &tree, Resolution::new(200.0)).unwrap());
    println!("png {time:?} {} bytes", file.len());
    let (time, page) = best(|| pdf::encode(&drawing, &tree).unwrap());
    println!("pdf {time:?} {} bytes", page.len());
    let (time, _) = best(|| draw(&text, 200.0));
    println!("png of the outlines, parsed and read again {time:?}");
}

/// The eight hatchings, each on a histogram and an ellipse.
fn hatchings(fonts: &Fonts) -> Drawing {
    let mut canvas = Canvas::new(fonts, 720.0, 300.0, Color::WHITE, "hatchings");
    let grey = Color::hex("#9A9A9A");
    for (i, pattern) in Pattern::ALL.into_iter().enumerate() {
        let column = Rect::new(0.0, 0.0, 180.0, 150.0)
            .shifted(180.0 * (i % 4) as f64, 150.0 * (i / 4) as f64);
        canvas.inside(column, |canvas| {
            let hatch = Hatch::new(pattern, grey);
            canvas.hatch(&stairs(), &hatch);
            canvas.polygon(&stairs(), None, Some(&Stroke::new(grey, 0.5)));
            canvas.hatch(&ellipse((140.0, 80.0), 30.0, 55.0), &hatch);
            canvas.polygon(
                &ellipse((140.0, 80.0), 30.0, 55.0),
                None,
                Some(&Stroke::new(Color::BLACK, 1.4)),
            );
            canvas.text((15.0, 145.0), &format!("{pattern:?}"), &TextStyle::new(9.0, INK));
        });
    }
    canvas.finish()
}

/// The outline of a histogram 100 points wide, its lowest bars at both ends.
fn stairs() -> Vec<(f64, f64)> {
    let mut outline = vec![(5.0, 130.0)];
    for bar in 0..10 {
        let left = 5.0 + 10.0 * f64::from(bar);
        let height = 110.0 * libm::exp(-0.08 * libm::pow(f64::from(bar) - 4.2, 2.0));
        outline.extend([(left, 130.0 - height), (left + 10.0, 130.0 - height)]);
    }
    outline.push((105.0, 130.0));
    outline
}

fn ellipse((x, y): (f64, f64), a: f64, b: f64) -> Vec<(f64, f64)> {
    let angle = |i: u32| f64::from(i) * std::f64::consts::TAU / 90.0;
    (0..90).map(|i| (x + a * libm::cos(angle(i)), y + b * libm::sin(angle(i)))).collect()
}
