//! One small picture of each kind, compared pixel by pixel.
//!
//! When a figure is meant to change, look at the comparison that the test writes and accept it:
//!
//! ```text
//! ELBOW_ACCEPT=1 cargo test --test figures reference
//! ```

use std::path::{Path, PathBuf};

use elbow::render::Format;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};

use crate::lecture::{plan_of, run, shipped};
use crate::{curve, score_table, sweep, trace};

/// Figures of kinds that the lecture does without.
const MORE: &str = r#"
[figure.density_line]
plot.density = { data = "line", fit = "cavi", at = 8 }
[figure.density_plane]
size = [4.0, 4.0]
plot.density = { data = "plane", fit = "vb" }
[figure.scatter]
size = [4.0, 4.0]
plot.scatter = { fit = "vb" }
[figure.ellipses]
size = [4.6, 3.4]
plot.ellipses = { fit = "vb" }
[figure.responsibilities]
size = [7, 3]
plot.responsibilities = { fit = "vb" }
[figure.responsibilities_stacked]
plot.responsibilities = { fit = "cavi", stacked = true }
[figure.mixture_weights]
plot.weights = { fit = "vb" }
"#;

/// A figure of each kind.
const FIGURES: [&str; 17] = [
    "GMMexample_it8",
    "GMMexample_ELBO",
    "posterior_most_uncertain",
    "posterior_means",
    "GMMexample_2D_inf",
    "baseline_log_loss",
    "density_line",
    "density_plane",
    "scatter",
    "trace_both",
    "curve_both",
    "score_table",
    "ellipses",
    "responsibilities",
    "responsibilities_stacked",
    "mixture_weights",
    "sweep_k",
];

const DPI: f64 = 40.0;

/// The largest reference picture in bytes.
const LARGEST: usize = 20 * 1024;

/// By how much a channel may differ: the last bit of a blend is the processor's.
const TOLERANCE: u8 = 1;

fn reference(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/figures");
    folder.join(format!("{name}.png"))
}

fn encode(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
        .write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

fn decode(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().to_rgb8()
}

/// How many pixels differ by more than the tolerance; all, if the sizes do.
fn differing(a: &RgbImage, b: &RgbImage) -> usize {
    if a.dimensions() != b.dimensions() {
        return a.pixels().len().max(b.pixels().len());
    }
    a.pixels().zip(b.pixels()).filter(|(p, q)| !alike(p, q)).count()
}

fn alike(p: &Rgb<u8>, q: &Rgb<u8>) -> bool {
    p.0.iter().zip(q.0).all(|(p, q)| p.abs_diff(q) <= TOLERANCE)
}

/// Expected, difference and actual side by side; what differs is black.
fn comparison(expected: &RgbImage, actual: &RgbImage) -> RgbImage {
    let width = expected.width().max(actual.width());
    let height = expected.height().max(actual.height());
    let pixel = |picture: &RgbImage, x: u32, y: u32| picture.get_pixel_checked(x, y).copied();
    RgbImage::from_fn(3 * width, height, |x, y| {
        let (part, x) = (x / width, x % width);
        let (e, a) = (pixel(expected, x, y), pixel(actual, x, y));
        let empty = Rgb([200, 0, 200]);
        match part {
            0 => e.unwrap_or(empty),
            1 => match (e, a) {
                (Some(e), Some(a)) if alike(&e, &a) => Rgb([255, 255, 255]),
                _ => Rgb([0, 0, 0]),
            },
            _ => a.unwrap_or(empty),
        }
    })
}

#[test]
fn pictures_are_as_before() {
    let accept = std::env::var_os("ELBOW_ACCEPT").is_some();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures");
    let (path, text) = shipped("lecture3");
    let built = run(plan_of(&path, &(text + MORE), &[]));
    let mut changed = Vec::new();
    let all = [&built, trace::built(), curve::built(), score_table::built(), sweep::built()];
    for (name, figure) in all.into_iter().flat_map(|built| built.render(&[Format::Png], DPI)) {
        if !FIGURES.contains(&name.as_str()) {
            continue;
        }
        let actual = decode(&figure.files[0].1);
        let expected = std::fs::read(reference(&name)).map(|bytes| decode(&bytes));
        let difference = expected.as_ref().map_or(usize::MAX, |e| differing(e, &actual));
        if difference == 0 {
            continue;
        }
        if accept {
            let bytes = encode(&actual);
            assert!(bytes.len() <= LARGEST, "{name} has {} bytes", bytes.len());
            std::fs::write(reference(&name), bytes).unwrap();
            continue;
        }
        let nothing = || RgbImage::new(1, 1);
        let compared = comparison(&expected.unwrap_or_else(|_| nothing()), &actual);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, encode(&compared)).unwrap();
        changed.push(format!("{name}: {difference} pixels differ, see {}", path.display()));
    }
    assert!(
        changed.is_empty(),
        "expected, difference and actual stand side by side:\n{}\n\
         accept them with ELBOW_ACCEPT=1 cargo test --test figures reference",
        changed.join("\n")
    );
}

#[test]
fn references_are_small_and_all_used() {
    let folder = reference("");
    let folder = folder.parent().unwrap();
    let mut found: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "png") {
            let bytes = std::fs::metadata(&path).unwrap().len();
            assert!(bytes <= LARGEST as u64, "{} has {bytes} bytes", path.display());
            found.push(path.file_stem().unwrap().to_string_lossy().into_owned());
        }
    }
    found.sort_unstable();
    let mut expected = FIGURES.map(str::to_owned).to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn a_difference_is_seen() {
    let white = RgbImage::from_pixel(4, 3, Rgb([255, 255, 255]));
    let mut other = white.clone();
    other.put_pixel(1, 1, Rgb([254, 255, 254]));
    assert_eq!(differing(&white, &other), 0);
    other.put_pixel(2, 1, Rgb([255, 253, 255]));
    assert_eq!(differing(&white, &other), 1);
    let compared = comparison(&white, &other);
    assert_eq!(compared.dimensions(), (12, 3));
    assert_eq!(compared.get_pixel(4 + 2, 1).0, [0, 0, 0]);
    assert_eq!(compared.get_pixel(4 + 1, 1).0, [255, 255, 255]);
    assert_eq!(differing(&white, &RgbImage::new(2, 2)), 12);
}
