//! What the files say of themselves, and live text in SVG.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::io::Cursor;
use std::sync::Arc;

use ::png::{DeflateCompression, Filter};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;
use resvg::usvg::fontdb::{Database, ID, Source};
use resvg::usvg::roxmltree::{Document, Node};
use resvg::usvg::{FontFamily, FontResolver, Options, Tree};

use super::*;

const TITLE: &str = "Panels <1> & \"2\", μ₀ → ∞";
const DESCRIPTION: &str = "Three ellipses.\nEach is 95 % of a component.";

/// A drawing that says what it is.
fn described(title: &str, description: &str) -> Drawing {
    let fonts = Fonts::embedded();
    let mut canvas = Canvas::new(&fonts, 72.0, 36.0, Color::WHITE, "d");
    canvas.describe(title, description);
    canvas.text((10.0, 20.0), "$x_1$", &TextStyle::new(12.0, INK));
    canvas.finish()
}

#[test]
fn an_svg_says_what_it_is() {
    let fonts = Fonts::embedded();
    let cases = [
        (TITLE, DESCRIPTION, "d--title d--desc"),
        (TITLE, "", "d--title"),
        ("", DESCRIPTION, "d--desc"),
    ];
    for text in [SvgText::Outlines, SvgText::Embedded] {
        for (title, description, labelled) in cases {
            let svg = svg::encode(&described(title, description), &fonts, text);
            let document = Document::parse(&svg).unwrap();
            let root = document.root_element();
            assert_eq!(root.attribute("role"), Some("img"));
            assert_eq!(root.attribute("aria-labelledby"), Some(labelled));
            let elements: Vec<Node> = root.children().filter(Node::is_element).collect();
            let expected = [("title", title), ("desc", description)];
            let expected = expected.into_iter().filter(|(_, text)| !text.is_empty());
            for ((name, text), element) in expected.zip(elements) {
                assert_eq!(element.tag_name().name(), name);
                assert_eq!(element.attribute("id"), Some(&*format!("d--{name}")));
                assert_eq!(element.text(), Some(&*text.replace('\n', " ")));
            }
        }
        let svg = svg::encode(&described("", ""), &fonts, text);
        let document = Document::parse(&svg).unwrap();
        assert_eq!(document.root_element().attribute("role"), None);
        assert!(!svg.contains("<title") && !svg.contains("<desc") && !svg.contains("labelledby"));
    }
}

#[test]
fn a_png_says_what_it_is_and_how_large() {
    let of = |title: &str, description: &str, resolution: Resolution| {
        let fonts = Fonts::embedded();
        let drawing = described(title, description);
        let tree = drawing.tree(&fonts).unwrap();
        let file = png::encode(&drawing, &tree, resolution).unwrap();
        ::png::Decoder::new(Cursor::new(file)).read_info().unwrap().info().clone()
    };
    let info = of(TITLE, DESCRIPTION, Resolution::new(200.0));
    let texts: Vec<_> = (info.utf8_text.iter())
        .map(|text| (&*text.keyword, text.compressed, text.get_text().unwrap()))
        .collect();
    assert_eq!(
        texts,
        [("Title", false, TITLE.to_owned()), ("Description", false, DESCRIPTION.to_owned())]
    );
    assert!(info.uncompressed_latin1_text.is_empty() && info.compressed_latin1_text.is_empty());
    // 200 / 0.0254 = 7874.02 and twice that.
    for (times, density) in [(1, 7874), (2, 15748)] {
        let info = of("", "a\0b", Resolution::new(200.0).times(times));
        let dims = info.pixel_dims.unwrap();
        assert_eq!((dims.xppu, dims.yppu, dims.unit), (density, density, ::png::Unit::Meter));
        let [text] = &info.utf8_text[..] else { panic!("{:?}", info.utf8_text) };
        assert_eq!((&*text.keyword, text.get_text().unwrap()), ("Description", "ab".to_owned()));
    }
}

#[test]
fn a_pdf_says_what_it_is() {
    let pdf = |title: &str, description: &str| {
        let drawing = described(title, description);
        let file = files(&drawing, &[Format::Pdf], 72.0).unwrap().remove(0);
        String::from_utf8_lossy(&file).into_owned()
    };
    let file = pdf("Panels", "Three ellipses.");
    assert!(file.contains("/Title(Panels)/Subject(Three ellipses.)"));
    assert!(file.contains("/Lang(en)"));
    // Other texts than ASCII are UTF-16 with a byte order mark: here the letter mu.
    assert!(pdf("μ", "").contains("/Title<FEFF03BC>"));
    for (file, word) in [(pdf("", "a"), "/Title"), (pdf("a", ""), "/Subject")] {
        assert!(!file.contains(word), "{word}");
    }
    for word in ["/Info", "/Title", "/Subject"] {
        assert!(!pdf("", "").contains(word), "{word}");
    }
}

#[test]
fn a_picture_at_twice_the_resolution_has_twice_the_pixels() {
    let fonts = Fonts::embedded();
    // At 200 dpi these are 278.6, 278.3 and 2778.5 pixels: twice that, rounded, is 557, 557, 5557.
    for (width, once) in [(100.3, 279), (100.2, 278), (1000.25, 2778)] {
        let drawing = Canvas::new(&fonts, width, 36.0, Color::WHITE, "r").finish();
        let tree = drawing.tree(&fonts).unwrap();
        for times in [1, 2, 3] {
            let resolution = Resolution::new(200.0).times(times);
            let pixels = pixels(&tree, drawing.size(), resolution).unwrap();
            assert_eq!(pixels.dimensions(), (once * times, 100 * times), "{width}");
        }
    }
    // What is drawn fills them.
    let drawing = described(TITLE, DESCRIPTION);
    let tree = drawing.tree(&fonts).unwrap();
    let twice = pixels(&tree, drawing.size(), Resolution::new(100.0).times(2)).unwrap();
    assert_eq!(twice, pixels(&tree, drawing.size(), Resolution::new(200.0)).unwrap());
}

/// The families that a file brings along, and their fonts.
fn families(svg: &str) -> Vec<(String, Vec<u8>)> {
    let document = Document::parse(svg).unwrap();
    let style = document
        .descendants()
        .find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "style")));
    let style = style.unwrap().text().unwrap();
    let faces = style.split("@font-face{font-family:").skip(1);
    let read = faces.map(|face| {
        let (family, rest) = face.split_once(";src:url(data:font/ttf;base64,").unwrap();
        let (data, _) = rest.split_once(")format(\"truetype\")}").unwrap();
        (family.to_owned(), STANDARD.decode(data).unwrap())
    });
    read.collect()
}

/// The pixels of an SVG in the fonts that it brings along, and no others.
fn draw_embedded(svg: &str, dpi: f64) -> RgbImage {
    let mut database = Database::new();
    let fonts: Vec<(String, ID)> = (families(svg).into_iter())
        .map(|(family, bytes)| {
            let ids = database.load_font_source(Source::Binary(Arc::new(bytes)));
            (family, *ids.first().expect("a font"))
        })
        .collect();
    let options = Options {
        dpi: 72.0,
        fontdb: Arc::new(database),
        font_resolver: FontResolver {
            select_font: Box::new(move |font, _| {
                let family = font.families().first()?;
                let FontFamily::Named(name) = family else { return None };
                fonts.iter().find(|(family, _)| family == name).map(|(_, id)| *id)
            }),
            select_fallback: Box::new(|_, _, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).unwrap();
    let size = (tree.size().width().into(), tree.size().height().into());
    pixels(&tree, size, Resolution::new(dpi)).unwrap()
}

#[test]
fn embedded_text_looks_like_outlines() {
    let fonts = Fonts::embedded();
    for drawing in [sheet(&fonts), typical(&fonts)] {
        let outlined = draw(&outlines(&drawing, &fonts), 200.0);
        let embedded = draw_embedded(&svg::encode(&drawing, &fonts, SvgText::Embedded), 200.0);
        assert_eq!(outlined.dimensions(), embedded.dimensions());
        let differences =
            || outlined.as_raw().iter().zip(embedded.as_raw()).map(|(a, b)| a.abs_diff(*b));
        let mean = differences().map(f64::from).sum::<f64>() / outlined.as_raw().len() as f64;
        // As between outlines and the live text of PNG and PDF: 0.004 and 56.
        assert!(mean < 0.02, "{mean}");
        assert!(differences().max() < Some(70), "{:?}", differences().max());
    }
}

#[test]
fn embedded_text_is_text_and_shares_no_name_with_other_pictures() {
    let fonts = Fonts::embedded();
    let svg = svg::encode(&sheet(&fonts), &fonts, SvgText::Embedded);
    let again = svg::encode(&sheet(&Fonts::embedded()), &Fonts::embedded(), SvgText::Embedded);
    assert_eq!(svg, again);
    assert!(!svg.contains("<use"));
    let families = families(&svg);
    assert_eq!(families.len(), 5, "the sheet has no bold script");
    assert!(families.iter().all(|(family, _)| family.starts_with("sheet--")));
    let document = Document::parse(&svg).unwrap();
    let texts: Vec<String> = (document.descendants())
        .filter(|node| node.tag_name().name() == "text")
        .map(|node| node.descendants().filter_map(|n| n.text().filter(|_| n.is_text())).collect())
        .collect();
    assert!(texts.contains(&"points per bin, x2".to_owned()), "{texts:?}");
    for node in document.descendants() {
        if let Some(class) = node.attribute("class") {
            assert!(class.starts_with("sheet--"), "{class}");
            assert!(svg.contains(&format!(".{class}{{")), "{class}");
        }
    }
    // A picture without text brings no fonts along.
    let empty = Canvas::new(&fonts, 10.0, 10.0, Color::WHITE, "e").finish();
    assert!(!svg::encode(&empty, &fonts, SvgText::Embedded).contains("<style"));
}

#[test]
fn how_text_is_set_is_written_in_lower_case() {
    for (text, written) in
        [(SvgText::Outlines, "\"outlines\""), (SvgText::Embedded, "\"embedded\"")]
    {
        assert_eq!(serde_json::to_string(&text).unwrap(), written);
        assert_eq!(serde_json::from_str::<SvgText>(written).unwrap(), text);
    }
    assert_eq!(SvgText::default(), SvgText::Outlines);
}

/// The size of the pixels as a PNG with a compression and a filter.
fn compressed(pixels: &RgbImage, level: DeflateCompression, filter: Filter) -> usize {
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(::png::ColorType::Rgb);
    encoder.set_depth(::png::BitDepth::Eight);
    encoder.set_deflate_compression(level);
    encoder.set_filter(filter);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    file.len()
}

#[test]
fn a_png_is_nearly_as_small_as_it_can_be() {
    let fonts = Fonts::embedded();
    for drawing in [sheet(&fonts), typical(&fonts)] {
        let file = files(&drawing, &[Format::Png], 200.0).unwrap().remove(0);
        let pixels = read(&file);
        let filters = [Filter::NoFilter, Filter::Sub, Filter::Up, Filter::Adaptive];
        let sizes = filters.map(|f| compressed(&pixels, DeflateCompression::Level(9), f));
        let smallest = sizes.into_iter().min().unwrap();
        assert!(file.len() * 10 <= smallest * 13, "{} {smallest}", file.len());
    }
}

#[test]
#[ignore = "prints what each compression of the committed figures costs"]
fn compression() {
    let mut paths = Vec::new();
    let figures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("figures");
    for folder in [figures.clone(), figures.join("classic")] {
        paths.extend(std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "png"));
    paths.sort();
    let pictures: Vec<_> = paths.iter().map(|path| read(&std::fs::read(path).unwrap())).collect();
    let mut rows = Vec::new();
    for level in [1, 2, 3, 4, 5, 6, 7, 9] {
        for filter in [Filter::NoFilter, Filter::Sub, Filter::Up, Filter::Paeth, Filter::Adaptive] {
            let start = std::time::Instant::now();
            let level = DeflateCompression::Level(level);
            let sizes: Vec<_> = pictures.iter().map(|p| compressed(p, level, filter)).collect();
            rows.push((level, filter, sizes, start.elapsed() / pictures.len() as u32));
        }
    }
    let smallest: Vec<usize> = (0..pictures.len())
        .map(|i| rows.iter().map(|(_, _, sizes, _)| sizes[i]).min().unwrap())
        .collect();
    println!(
        "{} figures, at the smallest {} bytes",
        pictures.len(),
        smallest.iter().sum::<usize>()
    );
    for (level, filter, sizes, time) in rows {
        let ratios = sizes.iter().zip(&smallest).map(|(&a, &b)| a as f64 / b as f64);
        let worst = ratios.fold(0.0, f64::max);
        let total = sizes.iter().sum::<usize>();
        println!("{level:?} {filter:?} {total} bytes, at most {worst:.3} times, {time:?} a figure");
    }
}
