//! Animations: decoded, they are the frames that were given.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::io::Cursor;

use elbow::render::animation::{self, Frame};
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::metadata::LoopCount;
use image::{AnimationDecoder, ImageDecoder, RgbImage};

use super::*;

/// A curve that rises, three histograms behind it and points before it, and a text that counts.
fn frame(fonts: &Fonts, step: u32) -> Drawing {
    let part = f64::from(step) / 8.0;
    let mut canvas = Canvas::new(fonts, 360.0, 144.0, Color::WHITE, "a");
    let frame = Rect::new(30.0, 20.0, 350.0, 120.0);
    canvas.rect(frame, None, Some(&Stroke::new(INK, 0.8)));
    canvas.with_clip(frame, |canvas| {
        for (k, color) in [BLUE, ORANGE, GREEN].into_iter().enumerate() {
            let middle = 110.0 + 80.0 * k as f64;
            let height = |x: f64| 80.0 * libm::exp(-0.5 * libm::pow((x - middle) / 22.0, 2.0));
            for bin in 0..20 {
                let left = middle - 100.0 + 10.0 * f64::from(bin);
                let bar = Rect::new(left, 120.0 - height(left), left + 10.0, 120.0);
                canvas.rect(bar, Some(&Fill::new(color).opacity(0.22)), None);
            }
            let curve: Vec<_> = (0..=200)
                .map(|i| middle - 100.0 + f64::from(i))
                .map(|x| (x + 30.0 * (1.0 - part), 120.0 - part * height(x)))
                .collect();
            canvas.line(&curve, &Stroke::new(color, 1.4));
            let points: Vec<_> = scattered(80)
                .into_iter()
                .map(|(x, y)| (middle + 100.0 * (x - 0.5), 30.0 + 80.0 * y))
                .collect();
            canvas.circles(&points, 1.2, &Fill::new(color).opacity(0.45));
        }
    });
    canvas.text((30.0, 14.0), &format!("$t = {step}$"), &TextStyle::new(12.0, INK).bold());
    canvas.finish()
}

/// Eight frames of which the fourth is like the third, and the last is held.
fn frames() -> Vec<Frame> {
    let fonts = Fonts::embedded();
    let frame = |(i, step): (usize, u32)| Frame {
        pixels: animation::pixels(&frame(&fonts, step), &fonts, 100.0).unwrap(),
        milliseconds: if i == 7 { 1500 } else { 66 },
    };
    [1, 2, 3, 3, 4, 5, 6, 8].into_iter().enumerate().map(frame).collect()
}

/// The frames of a file as shown, with the time that each is shown.
fn decode<'d>(decoder: impl AnimationDecoder<'d>) -> Vec<(RgbImage, u32)> {
    let frames = decoder.into_frames().collect_frames().unwrap();
    let shown = frames.into_iter().map(|frame| {
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        let buffer = frame.into_buffer();
        assert!(buffer.pixels().all(|pixel| pixel.0[3] == 255));
        (image::DynamicImage::ImageRgba8(buffer).to_rgb8(), numerator / denominator)
    });
    shown.collect()
}

fn decode_apng(file: &[u8]) -> Vec<(RgbImage, u32)> {
    let decoder = PngDecoder::new(Cursor::new(file)).unwrap().apng().unwrap();
    assert!(matches!(decoder.loop_count(), LoopCount::Infinite));
    decode(decoder)
}

fn decode_gif(file: &[u8]) -> Vec<(RgbImage, u32)> {
    let decoder = GifDecoder::new(Cursor::new(file)).unwrap();
    assert!(matches!(decoder.loop_count(), LoopCount::Infinite));
    decode(decoder)
}

#[test]
fn an_animated_png_has_the_very_pixels() {
    let frames = frames();
    let file = animation::apng(&frames, "").unwrap();
    assert_eq!(file, animation::apng(&frames, "").unwrap());
    let shown = decode_apng(&file);
    assert_eq!(shown.len(), frames.len());
    for (frame, (pixels, milliseconds)) in frames.iter().zip(shown) {
        assert!(pixels == frame.pixels);
        assert_eq!(milliseconds, frame.milliseconds);
    }
    // As a still picture it is the first frame.
    assert!(read(&file) == frames[0].pixels);
    let decoder = PngDecoder::new(Cursor::new(&file)).unwrap();
    assert_eq!(decoder.dimensions(), (500, 200));
}

#[test]
fn a_gif_has_nearly_the_pixels() {
    let frames = frames();
    let file = animation::gif(&frames, "").unwrap();
    assert_eq!(file, animation::gif(&frames, "").unwrap());
    let shown = decode_gif(&file);
    assert_eq!(shown.len(), frames.len());
    for (frame, (pixels, _)) in frames.iter().zip(&shown) {
        assert_eq!(pixels.dimensions(), (500, 200));
        let pairs = || frame.pixels.as_raw().iter().zip(pixels.as_raw());
        let worst = pairs().map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        let mean = pairs().map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / 300_000.0;
        assert!(worst <= 24, "{worst}");
        assert!(mean < 0.2, "{mean}");
        // What has one colour keeps it: the page, and the bars.
        let white = |image: &RgbImage| image.pixels().filter(|p| p.0 == [255; 3]).count();
        assert_eq!(white(&frame.pixels), white(pixels));
    }
    // Hundredths of a second: 66 ms are 6 or 7 of them, and no time is lost in the sum.
    let times: Vec<u32> = shown.iter().map(|(_, milliseconds)| *milliseconds).collect();
    assert_eq!(times, [70, 60, 70, 60, 70, 70, 60, 1500]);
}

#[test]
fn what_stays_is_not_stored_again() {
    let frames = frames();
    let of = |encode: fn(&[Frame], &str) -> Result<Vec<u8>, String>, frames: &[Frame]| {
        encode(frames, "").unwrap().len()
    };
    for encode in [animation::gif, animation::apng] {
        let one = of(encode, &frames[2..3]);
        // The fourth frame is like the third.
        let two = of(encode, &frames[2..4]);
        assert!(two < one + 120, "{one} {two}");
        // Seven more frames, of which half the page changes.
        let all = of(encode, &frames);
        assert!(all < 5 * one, "{one} {all}");
    }
}

#[test]
fn few_colours_are_exact_in_a_gif() {
    let frames: Vec<Frame> = (0..40)
        .map(|i| {
            let pixels = RgbImage::from_fn(30, 20, |x, y| {
                let inside = x.abs_diff(i % 30) < 3 && y.abs_diff(i / 2) < 3;
                image::Rgb(if inside { [i as u8, 114, 178] } else { [255, 250, (y / 10) as u8] })
            });
            Frame { pixels, milliseconds: 40 }
        })
        .collect();
    let shown = decode_gif(&animation::gif(&frames, "").unwrap());
    for (frame, (pixels, _)) in frames.iter().zip(shown) {
        assert!(pixels == frame.pixels);
    }
    let shown = decode_apng(&animation::apng(&frames, "").unwrap());
    assert!(shown.into_iter().map(|(pixels, _)| pixels).eq(frames.into_iter().map(|f| f.pixels)));
}

#[test]
fn frames_that_do_not_fit_are_errors() {
    let frame = |columns, rows| Frame { pixels: RgbImage::new(columns, rows), milliseconds: 1 };
    for encode in [animation::gif, animation::apng] {
        assert!(encode(&[], "").unwrap_err().contains("needs a frame"));
        assert!(encode(&[frame(0, 5)], "").unwrap_err().contains("need pixels"));
        let error = encode(&[frame(3, 2), frame(3, 2), frame(2, 3)], "").unwrap_err();
        assert!(error.contains("3 x 2 and 2 x 3 pixels"), "{error}");
    }
    assert!(animation::gif(&[frame(65_536, 1)], "").unwrap_err().contains("65535"));
    assert!(animation::apng(&[frame(65_536, 1)], "").is_ok());
}

#[test]
#[ignore = "writes an animation to the temporary folder, to look at it"]
fn write_animation() {
    let fonts = Fonts::embedded();
    let start = std::time::Instant::now();
    let frames: Vec<Frame> = (0..40)
        .map(|step| Frame {
            pixels: animation::pixels(&frame(&fonts, step), &fonts, 200.0).unwrap(),
            milliseconds: if step == 39 { 2000 } else { 80 },
        })
        .collect();
    println!("frames {:?}", start.elapsed());
    for (encode, extension) in
        [(animation::gif as fn(&[Frame], &str) -> _, "gif"), (animation::apng, "png")]
    {
        let start = std::time::Instant::now();
        let file: Vec<u8> = encode(&frames, "").unwrap();
        println!("{extension} {:?} {} bytes", start.elapsed(), file.len());
        std::fs::write(std::env::temp_dir().join("animation").with_extension(extension), file)
            .unwrap();
    }
}
