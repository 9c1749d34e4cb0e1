//! What figures carry: the same in every file, enough to make them again, and no more.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use elbow::provenance::read::{self, Error};
use program::{check, elbow, files, folder, stdout};
use proptest::prelude::*;
use tempfile::TempDir;

const CONFIG: &str = r##"
schema = 1
seed = 4
[lecture]
id = 3
[output]
figures = "out"
png_scales = [1, 2]
dpi = 50
[theme.dim]
background = "#EEEEEE"
[data.table]
source.csv = { path = "tables/points.csv" }
[data.line]
source.gaussian_mixture = { means = [0.0, 4.0], samples = 20 }
[fit.cavi]
data = "line"
model.cavi = { components = 2, max_iter = 3 }
[figure.table]
size = [4, 3]
title = "Größe <&> \"x\""
plot.histogram = { data = "table" }
[figure.line]
size = [4, 3]
share_axes = "group"
themes = ["light", "dim"]
plot.histogram = { data = "line", fit = "cavi" }
steps = ["data", "init", "final"]
animate = { over = "iterations", dpi = 40 }
[figure.other]
size = [4, 3]
share_axes = "group"
plot.histogram = { data = "line" }
"##;

/// A folder with the config, its table, and its figures in `out`.
fn built(config: &str, arguments: &[&str]) -> TempDir {
    let folder = folder(config);
    fs::create_dir(folder.path().join("tables")).unwrap();
    fs::write(folder.path().join("tables/points.csv"), "größe\n1\n2\n4\n").unwrap();
    let all = [&["build", "-q", "a.toml"], arguments].concat();
    check(&elbow(&folder, &all), 0, &[]);
    folder
}

/// The figures of a folder.
fn figures(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(folder);
    files.retain(|name, _| !name.contains('/'));
    files
}

fn json(file: &[u8]) -> String {
    read::any(file).unwrap().json()
}

#[test]
fn every_file_of_a_figure_carries_the_same() {
    let folder = built(CONFIG, &[]);
    let figures = figures(&folder.path().join("out"));
    assert_eq!(figures.len(), 4 + 2 * (4 * 4 + 3) + 4);
    let mut of: BTreeMap<String, String> = BTreeMap::new();
    for (name, bytes) in &figures {
        let figure = name.split(['_', '.']).nth(1).unwrap().to_owned();
        let json = json(bytes);
        assert!(json.is_ascii(), "{json}");
        assert_eq!(of.entry(figure).or_insert_with(|| json.clone()), &json, "{name}");
        let place = folder.path().to_str().unwrap();
        assert!(!json.contains(place) && !json.contains("tables/"));
    }
    assert_eq!(of.len(), 3);
    let table = read::any(&figures["L3_table.svg"]).unwrap();
    assert!(table.config.contains("Größe <&>"), "{}", table.config);
    assert_eq!(table.inputs[0].text.as_deref(), Some("größe\n1\n2\n4\n"));
    let report = fs::read_to_string(folder.path().join("out/extras/a/report.html")).unwrap();
    assert!(!report.contains("elbow:provenance") && report.contains("[fit.cavi]"));
}

#[test]
fn a_figure_is_made_again_from_each_of_its_files() {
    let folder = built(CONFIG, &[]);
    let figures = figures(&folder.path().join("out"));
    let empty = TempDir::new().unwrap();
    for file in [
        "L3_table.png",
        "L3_line.svg",
        "L3_line_dim_2.pdf",
        "L3_line_animation.gif",
        "L3_line_dim_animation.apng",
        "L3_line_poster.png",
        "L3_other_2x.png",
    ] {
        fs::write(empty.path().join("file"), &figures[file]).unwrap();
        check(&elbow(&empty, &["rerun", "file", "-o", "again"]), 0, &[]);
        let again = files(&empty.path().join("again"));
        let stem = file.split(['_', '.']).take(2).collect::<Vec<_>>().join("_");
        let before = figures.iter().filter(|(name, _)| name.starts_with(&stem));
        let before: Vec<&String> = before.map(|(name, _)| name).collect();
        assert_eq!(again.keys().collect::<Vec<_>>(), before);
        for (name, bytes) in &again {
            assert!(*bytes == figures[name], "{name} from {file}");
        }
        fs::remove_dir_all(empty.path().join("again")).unwrap();
    }
}

#[test]
fn nothing_is_carried_where_nothing_should_be() {
    let set = &["--set", "output.provenance=false"];
    for arguments in [&["--no-provenance"][..], set] {
        let folder = built(CONFIG, arguments);
        for (name, bytes) in figures(&folder.path().join("out")) {
            assert_eq!(read::any(&bytes), Err(Error::Nothing), "{name}");
            assert!(!bytes.windows(9).any(|window| window == b"provenanc"), "{name}");
        }
        let output = elbow(&folder, &["inspect", "out/L3_table.png", "a.toml", "none"]);
        check(
            &output,
            4,
            &["does not say what it was made from\nhint: ", "no SVG, PNG, GIF or PDF"],
        );
    }
}

#[test]
fn inspect_says_what_a_figure_was_made_from() {
    let folder = built(CONFIG, &[]);
    let text = stdout(&elbow(&folder, &["inspect", "out/L3_table.pdf"]));
    for part in [
        "figure    table",
        "elbow     0.1.0",
        "data.table: chacha from root 4",
        "points.csv: 14 bytes, carried",
        "[figure.table]",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let files = ["inspect", "--format", "json", "out/L3_line.svg", "out/L3_line.png"];
    let text = stdout(&elbow(&folder, &files));
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["identity"], lines[1]["identity"]);
    assert_eq!(lines[0]["provenance"]["figure"], "line");
}

#[test]
fn verify_tells_what_the_config_gives_from_what_it_does_not() {
    let folder = built(CONFIG, &[]);
    let at = |name: &str| folder.path().join(name);
    fs::copy(at("out/L3_line_dim_1.png"), at("slide7.png")).unwrap();
    let all = ["verify", "slide7.png", "out/L3_table.svg", "out/L3_line.pdf", "a.toml"];
    let text = stdout(&elbow(&folder, &all));
    assert_eq!(text.matches("is what the config gives").count(), 3, "{text}");

    let mut pixels = image::open(at("slide7.png")).unwrap().into_rgb8();
    // Written by another program, with what it carries taken over.
    let carried = fs::read(at("slide7.png")).unwrap();
    let rewritten = |pixels: &image::RgbImage| {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        let text = png::text_metadata::ITXtChunk::new("elbow", read::png(&carried).unwrap());
        writer.write_image_data(pixels).unwrap();
        writer.write_text_chunk(&text).unwrap();
        writer.finish().unwrap();
        file
    };
    fs::write(at("same.png"), rewritten(&pixels)).unwrap();
    let text = stdout(&elbow(&folder, &["verify", "same.png", "a.toml"]));
    assert!(text.contains("pixel by pixel"), "{text}");
    pixels.put_pixel(3, 3, image::Rgb([255, 0, 0]));
    fs::write(at("altered.png"), rewritten(&pixels)).unwrap();
    let output = elbow(&folder, &["verify", "altered.png", "slide7.png", "a.toml"]);
    check(&output, 3, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("altered.png: made from this config, but changed since"), "{text}");
    assert!(text.contains("slide7.png: is what the config gives"), "{text}");

    fs::write(at("tables/points.csv"), "größe\n1\n2\n5\n").unwrap();
    fs::write(
        at("b.toml"),
        CONFIG.replace("components = 2", "components = 3").replace("figure.other", "figure.othr"),
    )
    .unwrap();
    let output =
        elbow(&folder, &["verify", "slide7.png", "out/L3_table.svg", "out/L3_other.svg", "b.toml"]);
    check(&output, 3, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "fit.cavi.model.cavi.components 2 -> 3",
        "the content of `points.csv`",
        "no figure of the name `other`; did you mean `othr`?",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn inputs_that_are_not_carried_are_given() {
    let folder = folder(&CONFIG.replace("tables/", ""));
    let table: String = (0..30_000).map(|i| format!("{}\n", i % 977)).collect();
    fs::write(folder.path().join("points.csv"), format!("x\n{table}")).unwrap();
    check(&elbow(&folder, &["build", "-q", "a.toml", "--only", "table"]), 0, &[]);
    let rerun = |input: &[&str]| {
        elbow(&folder, &[&["rerun", "out/L3_table.svg", "-o", "again"], input].concat())
    };
    check(&rerun(&[]), 2, &["does not carry its input `points.csv`", "--input points.csv=PATH"]);
    check(&rerun(&["--input", "points.csv=a.toml"]), 2, &["is not the `points.csv`", "SHA-256"]);
    check(&rerun(&["--input", "x=a.toml"]), 2, &["no input `x`", "its inputs are `points.csv`"]);
    check(&rerun(&["--input", "points.csv=none"]), 4, &["cannot read `none`"]);
    check(&rerun(&["--input", "points.csv=points.csv"]), 0, &[]);
    assert!(files(&folder.path().join("again")).iter().all(|(name, bytes)| {
        *bytes == fs::read(folder.path().join("out").join(name)).unwrap()
    }));
}

#[test]
fn other_programs_read_the_files() {
    let folder = built(CONFIG, &[]);
    let figures = figures(&folder.path().join("out"));
    let svg = std::str::from_utf8(&figures["L3_table.svg"]).unwrap();
    let document = resvg::usvg::roxmltree::Document::parse(svg).unwrap();
    let carried =
        document.descendants().find(|n| n.has_tag_name(("urn:elbow:provenance", "provenance")));
    assert_eq!(carried.unwrap().text().unwrap(), json(svg.as_bytes()));
    for name in ["L3_table.png", "L3_line_animation.apng"] {
        let reader = png::Decoder::new(std::io::Cursor::new(&figures[name])).read_info().unwrap();
        let texts = &reader.info().utf8_text;
        assert!(texts.iter().any(|t| t.keyword == "elbow" && t.compressed), "{name}");
    }
}

fn samples() -> &'static Vec<(String, Vec<u8>)> {
    static SAMPLES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let folder = built(CONFIG, &[]);
        let files = figures(&folder.path().join("out"));
        let wanted = [
            "L3_table.svg",
            "L3_table.png",
            "L3_table.pdf",
            "L3_line_animation.gif",
            "L3_line_animation.apng",
        ];
        wanted.iter().map(|name| ((*name).to_owned(), files[*name].clone())).collect()
    })
}

fn all_readers(file: &[u8]) {
    let _ = read::svg(file);
    let _ = read::png(file);
    let _ = read::gif(file);
    let _ = read::pdf(file);
    let _ = read::any(file);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changed_files_are_read_or_refused(
        which in 0..5_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        early in any::<bool>(),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut file = samples()[which].1.clone();
        // Most of what is read stands at the beginning.
        let range = if early { file.len().min(3000) } else { file.len() };
        for (at, byte) in &changes {
            file[at.index(range)] = *byte;
        }
        if cut {
            file.truncate(end.index(file.len()));
        }
        all_readers(&file);
    }

    #[test]
    fn random_bytes_are_refused(
        start in 0..6_usize,
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let starts: [&[u8]; 6] = [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%PDF-1.7\n",
            b"<svg><elbow:provenance>", b"%PDF-<elbow:provenance>&#"];
        let file = [starts[start], &bytes].concat();
        all_readers(&file);
        prop_assert!(read::any(&file).is_err());
    }

    #[test]
    fn what_is_read_is_what_was_written_or_an_error(json in "\\PC{0,200}") {
        let _ = elbow::provenance::Provenance::parse(&json);
    }
}

#[test]
fn names_that_leave_their_folder_and_changed_contents_are_refused() {
    let good = read::any(&samples()[0].1).unwrap().json();
    for (old, new, said) in [
        ("\"points.csv\"", "\"../points.csv\"", "is no name of a file"),
        ("\"points.csv\"", "\"/etc/passwd\"", "is no name of a file"),
        ("\\n4\\n", "\\n5\\n", "has been changed"),
    ] {
        let changed = good.replacen(&format!("\"name\":{old}"), &format!("\"name\":{new}"), 1);
        let changed = if changed == good { good.replacen(old, new, 1) } else { changed };
        assert_ne!(changed, good);
        let error = elbow::provenance::Provenance::parse(&changed).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn a_small_file_does_not_unpack_to_a_large_one() {
    let mut file = Vec::new();
    let mut writer = png::Encoder::new(&mut file, 1, 1).write_header().unwrap();
    let mut chunk = png::text_metadata::ITXtChunk::new("elbow", "0".repeat(read::LARGEST + 1));
    chunk.compressed = true;
    writer.write_text_chunk(&chunk).unwrap();
    writer.write_image_data(&[0]).unwrap();
    writer.finish().unwrap();
    assert!(file.len() < 1 << 20);
    assert!(read::png(&file).is_err());
}

/// The first figure of the samples with another text in place of what it carries.
fn forged(change: impl Fn(&str) -> String) -> Vec<u8> {
    let svg = String::from_utf8(samples()[0].1.clone()).unwrap();
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
    };
    let good = json(svg.as_bytes());
    let bad = change(&good);
    assert_ne!(good, bad);
    let forged = svg.replacen(&escape(&good), &escape(&bad), 1);
    assert_ne!(forged, svg);
    forged.into_bytes()
}

#[test]
fn a_file_from_elsewhere_reads_no_file_of_ours() {
    let folder = TempDir::new().unwrap();
    let secret = folder.path().join("secret.csv");
    fs::write(&secret, "x\n1\n2\n77777\n").unwrap();
    let at = secret.to_str().unwrap();
    let path = forged(|json| json.replace("path = \\\"points.csv", &format!("path = \\\"{at}")));
    let include = forged(|json| {
        json.replace("schema = 1", &format!("schema = 1\\ninclude = [\\\"{at}\\\"]"))
    });
    for (name, file, said) in [
        ("path.svg", path, "which is no input of it"),
        ("include.svg", include, "includes other files"),
    ] {
        fs::write(folder.path().join(name), file).unwrap();
        for command in [&["rerun", name, "-o", "again"][..], &["inspect", name]] {
            let output = elbow(&folder, command);
            check(&output, 2, &["it is damaged: ", said]);
            let all = [output.stdout, output.stderr].concat();
            assert!(!String::from_utf8_lossy(&all).contains("77777"), "{command:?}");
        }
    }
    assert!(!folder.path().join("again").exists());
}

#[test]
fn what_a_terminal_would_obey_is_refused() {
    let file = forged(|json| json.replace("\"figure\":\"table\"", "\"figure\":\"\\u001b[31m\""));
    assert!(matches!(read::any(&file), Err(Error::Damaged(_))));
    let file = forged(|json| json.replace("schema = 1", "# \\u009b31m\\nschema = 1"));
    assert!(matches!(read::any(&file), Err(Error::Damaged(_))));
}

#[test]
fn an_input_may_have_the_name_of_the_config_that_is_laid_out() {
    let folder = folder(&CONFIG.replace("tables/points.csv", "Provenance.toml"));
    fs::write(folder.path().join("Provenance.toml"), "x\n1\n2\n4\n").unwrap();
    check(&elbow(&folder, &["build", "-q", "a.toml", "--only", "table"]), 0, &[]);
    check(&elbow(&folder, &["rerun", "out/L3_table.svg", "-o", "again"]), 0, &[]);
    let [made, again] = ["out/L3_table.png", "again/L3_table.png"]
        .map(|name| fs::read(folder.path().join(name)).unwrap());
    assert!(made == again);
}
