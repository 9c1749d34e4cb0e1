//! Sizes, themes, included styles, steps, panels and the check of legibility, as a user sees them.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;

use program::{CONFIG, check, elbow, files, folder, names, stdout};

/// Builds `a.toml` in a fresh folder into `figures`; the files.
fn built(config: &str) -> std::collections::BTreeMap<String, Vec<u8>> {
    let folder = folder(config);
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    files(folder.path())
}

fn text(files: &std::collections::BTreeMap<String, Vec<u8>>, name: &str) -> String {
    let bytes = files.get(name).unwrap_or_else(|| panic!("{name} is not in {:?}", files.keys()));
    String::from_utf8(bytes.clone()).unwrap()
}

/// The attribute of the root of an SVG.
fn root<'a>(svg: &'a str, attribute: &str) -> &'a str {
    let head = svg.split('>').next().unwrap();
    let (_, rest) = head.split_once(&format!(" {attribute}=\"")).unwrap();
    rest.split('"').next().unwrap()
}

#[test]
fn a_figure_has_the_size_at_which_it_is_shown() {
    let config = CONFIG
        .replace("size = [4, 3]", "size = [\"108mm\", \"8cm\"]")
        .replace("size = [4, 2.5]\n", "width = 0.6\n")
        + "\n[output]\npage = \"beamer-169\"\npng_scales = [1, 2]\ndpi = 150\n";
    let files = built(&config);
    let svg = text(&files, "figures/L3_data.svg");
    assert_eq!((root(&svg, "width"), root(&svg, "height")), ("306.14pt", "226.77pt"));
    // 0.6 of the text width of 398.34 TeX points.
    let wide = text(&files, "figures/L3_elbo.svg");
    let width: f64 = root(&wide, "width").trim_end_matches("pt").parse().unwrap();
    assert!((width - 0.6 * 398.34 * 72.0 / 72.27).abs() < 0.01, "{width}");
    // Type is smaller than on a wide slide: one of its points is 0.72 of those that are shown.
    let view: Vec<f64> = root(&svg, "viewBox").split(' ').map(|v| v.parse().unwrap()).collect();
    assert!((view[2] * 0.72 - 306.14).abs() < 0.01, "{view:?}");
    let size = |name: &str| {
        let png = image::load_from_memory(&files[name]).unwrap();
        (png.width(), png.height())
    };
    assert_eq!(size("figures/L3_data.png"), (638, 472));
    assert_eq!(size("figures/L3_data_2x.png"), (1276, 944));
}

#[test]
fn every_theme_is_drawn_from_the_same_numbers() {
    // What figures carry says in which themes they are made.
    let plain = built(&(CONFIG.to_owned() + "\n[output]\nprovenance = false\n"));
    let config = CONFIG.to_owned()
        + r##"
[output]
provenance = false
themes = ["light", "course", "print"]

[theme.course]
inherit = "dark"
background = "#101820"
"##;
    let themed = built(&config);
    for format in ["svg", "png", "pdf"] {
        let name = format!("figures/L3_data.{format}");
        assert_eq!(plain[&name], themed[&name], "{name}: the first theme has no suffix");
        for theme in ["course", "print"] {
            assert!(themed.contains_key(&format!("figures/L3_data_{theme}.{format}")), "{theme}");
        }
    }
    assert!(text(&themed, "figures/L3_data_course.svg").contains("fill=\"#101820\""));
    // Paper without colours: nothing has any.
    let print = text(&themed, "figures/L3_data_print.svg");
    for color in print.split('"').filter(|part| part.len() == 7 && part.starts_with('#')) {
        let channels = [&color[1..3], &color[3..5], &color[5..7]];
        assert!(channels.iter().all(|c| *c == channels[0]), "{color}");
    }
    let data = |files: &std::collections::BTreeMap<String, Vec<u8>>| {
        files
            .iter()
            .filter(|(n, _)| n.ends_with(".csv"))
            .map(|(_, b)| b.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(data(&plain), data(&themed));
}

#[test]
fn chapters_share_the_style_of_their_course() {
    let folder =
        folder(&CONFIG.replacen("schema = 1", "schema = 1\ninclude = [\"style/course.toml\"]", 1));
    fs::create_dir(folder.path().join("style")).unwrap();
    let style = |name: &str, text: &str| {
        fs::write(folder.path().join("style").join(name), text).unwrap();
    };
    style("base.toml", "[output]\nthemes = [\"dark\"]\nformats = [\"svg\", \"png\"]\n");
    style("course.toml", "include = [\"base.toml\"]\n[output]\nformats = [\"svg\"]\n");
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let files = files(folder.path());
    // The course's own formats win over those of what it includes, whose theme stays.
    assert!(text(&files, "figures/L3_data.svg").contains("fill=\"#14171c\""));
    assert!(!files.keys().any(|name| name.ends_with(".png")), "{:?}", files.keys());
    let manifest = text(&files, "figures/extras/a/manifest.json");
    assert!(manifest.contains("style/course.toml") && manifest.contains("base.toml"), "{manifest}");
    // The config and the command line win over all.
    let set = "output.themes=[\"light\"]";
    check(&elbow(&folder, &["build", "-q", "a.toml", "--set", set]), 0, &[]);
    let again = program::files(folder.path());
    assert!(text(&again, "figures/L3_data.svg").contains("fill=\"#ffffff\""));
}

#[test]
fn steps_have_files_and_snippets_of_their_own() {
    let config = CONFIG.to_owned()
        + r#"
[figure.built]
plot.histogram = { data = "line", fit = "cavi" }
formats = ["svg"]
steps = ["data", "truth", "init", "iteration 1", "final"]
caption = "Two components with means $\\mu_k$"
label = "fig:built"
source = "Bishop (2006), fig. 10.6"
"#;
    let files = built(&config);
    let steps: Vec<String> =
        (1..=5).map(|step| text(&files, &format!("figures/L3_built_{step}.svg"))).collect();
    assert!(!files.contains_key("figures/L3_built_6.svg"));
    let has = |svg: &str, group: &str| svg.contains(&format!("id=\"built-{group}\""));
    assert!(has(&steps[0], "data") && !has(&steps[0], "truth") && !has(&steps[0], "estimate"));
    assert!(has(&steps[1], "truth") && !has(&steps[1], "estimate"));
    assert!(has(&steps[2], "estimate") && !has(&steps[2], "start"));
    assert!(has(&steps[4], "estimate") && has(&steps[4], "start"));
    let tex = text(&files, "figures/extras/a/snippets.tex");
    for step in 1..=4 {
        assert!(tex.contains(&format!("\\includegraphics<{step}>[#1]")), "{tex}");
    }
    assert!(tex.contains("\\includegraphics<5->[#1]{\\elbowfigures L3_built_5}"), "{tex}");
    let caption = "\\caption{Two components with means $\\mu_k$ Source: Bishop (2006), fig. 10.6.}";
    assert!(tex.contains(caption) && tex.contains("\\label{fig:built}"), "{tex}");
    let html = text(&files, "figures/extras/a/snippets.html");
    assert!(html.contains("src=\"../../L3_built_1.svg\""), "{html}");
    assert_eq!(html.matches("class=\"fragment\"").count(), 4, "{html}");
    let gallery = text(&files, "figures/extras/a/gallery.md");
    assert!(gallery.contains("](../../L3_built_3.svg)"), "{gallery}");
    let alt = text(&files, "figures/extras/a/alt/built.txt");
    assert!(alt.lines().count() == 2 && alt.ends_with(".\n"), "{alt}");
}

#[test]
fn panels_are_one_figure_with_a_table_each() {
    let config = CONFIG.to_owned()
        + r#"
[figure.grid]
plot.histogram = { data = "line", fit = "cavi" }
panels = { over = "iterations", values = [0, 1, "final"], letters = true, title = "$t = {t}$: {elbo:.1f}" }
title = "Three iterations"
"#;
    let files = built(&config);
    let svg = text(&files, "figures/L3_grid.svg");
    for label in ["Three iterations", "(a) t = 0: ", "(b) t = 1: ", "(c) t = 3: "] {
        assert!(svg.contains(&format!("aria-label=\"{label}")), "{label} is not in {svg}");
    }
    // One key for all.
    assert_eq!(svg.matches("aria-label=\"estimate m_k\"").count(), 1);
    for panel in 1..=3 {
        assert!(files.contains_key(&format!("figures/extras/a/data/grid_{panel}.csv")));
    }
}

#[test]
fn a_panel_of_an_early_iteration_does_not_claim_the_scores_of_the_last() {
    let config = CONFIG.to_owned()
        + r#"
[figure.grid]
plot.histogram = { data = "line", fit = "cavi" }
panels = { over = "iterations", values = [0, "final"], title = "t = {t}: {accuracy:.3f}" }
"#;
    let svg = text(&built(&config), "figures/L3_grid.svg");
    assert!(svg.contains("aria-label=\"t = 0: \u{2013}\""), "{svg}");
    assert!(
        svg.contains("aria-label=\"t = 3: 0.975\"") || svg.contains("aria-label=\"t = 3: 1.000\"")
    );
}

#[test]
fn an_included_file_names_its_font_from_its_own_folder() {
    let folder =
        folder(&CONFIG.replacen("schema = 1", "schema = 1\ninclude = [\"style/course.toml\"]", 1));
    fs::create_dir(folder.path().join("style")).unwrap();
    fs::write(folder.path().join("style/font.ttf"), dejavu::sans::bold()).unwrap();
    let style = "[output]\nfont_file = \"font.ttf\"\n";
    fs::write(folder.path().join("style/course.toml"), style).unwrap();
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let manifest = text(&files(folder.path()), "figures/extras/a/manifest.json");
    assert!(manifest.contains("font.ttf"), "{manifest}");
}

#[test]
fn what_cannot_be_read_is_found_and_the_rest_is_not() {
    let good = folder(&CONFIG.replace("size = [4, 3]\n", "").replace("size = [4, 2.5]\n", ""));
    let text = stdout(&elbow(&good, &["lint-figures", "a.toml"]));
    assert_eq!(text, "a.toml: nothing that cannot be read in 2 pictures\n");
    assert_eq!(names(&good), ["a.toml"], "nothing is written");

    let faulty = folder(
        &(CONFIG.replace("size = [4, 3]", "size = [3, 1.6]\ntitle = \"A title that is far too long for a figure as narrow as this one\"")
            + r##"
[output]
themes = ["planted"]
page = "beamer-169"
type_size = 6

[theme.planted]
muted = "#AAAAAA"
marks = ["#C2402A", "#5E7A1E"]
"##),
    );
    let output = elbow(&faulty, &["lint-figures", "a.toml"]);
    check(&output, 3, &[]);
    let found = String::from_utf8(output.stdout).unwrap();
    for part in [
        "pt, and below 8 pt nobody reads it from afar",
        "has a contrast of 2.3 : 1",
        "differ by",
        "with deuteranopia",
        "is cut off",
    ] {
        assert!(found.contains(part), "{part} is not in\n{found}");
    }
}

/// The colours of the ninth component and those after it are mixed from the palette, and are looked
/// at like its own.
#[test]
fn components_beyond_the_palette_must_be_told_apart() {
    let means: Vec<String> = (0..10).map(|k| format!("{}.0", 6 * k)).collect();
    let config = format!(
        "schema = 1\n\
         [output]\nthemes = [\"planted\"]\n\
         [theme.planted]\nink = \"#000000\"\n\
         marks = [\"#0072B2\", \"#04456A\"]\n\
         [data.line]\nsource.gaussian_mixture = {{ means = [{}], samples = 20 }}\n\
         [figure.density]\nplot.density = {{ data = \"line\" }}\n",
        means.join(", ")
    );
    let output = elbow(&folder(&config), &["lint-figures", "a.toml"]);
    check(&output, 3, &[]);
    let found = String::from_utf8(output.stdout).unwrap();
    // Ink over the first colour.
    assert!(found.contains("#003f62") && found.contains("#04456a"), "{found}");
}

/// Every config that is shipped can be read from afar.
#[test]
fn nothing_in_the_shipped_configs_is_hard_to_read() {
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let mut configs: Vec<String> = fs::read_dir(shipped)
        .unwrap()
        .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
        .filter(|path| path.ends_with(".toml"))
        .collect();
    configs.sort();
    assert!(configs.len() >= 3, "{configs:?}");
    let arguments: Vec<&str> =
        ["lint-figures"].into_iter().chain(configs.iter().map(String::as_str)).collect();
    let output = elbow(&folder(""), &arguments);
    let found = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{found}");
    assert_eq!(found.matches(": nothing that cannot be read in ").count(), configs.len());
}

/// The frames of an animation.
fn frames(file: &str, bytes: &[u8]) -> Vec<image::RgbaImage> {
    use image::AnimationDecoder;
    let bytes = std::io::Cursor::new(bytes);
    let frames = match file.ends_with(".gif") {
        true => image::codecs::gif::GifDecoder::new(bytes).unwrap().into_frames().collect_frames(),
        false => {
            let decoder = image::codecs::png::PngDecoder::new(bytes).unwrap();
            decoder.apng().unwrap().into_frames().collect_frames()
        }
    };
    frames.unwrap().into_iter().map(image::Frame::into_buffer).collect()
}

/// A figure of each kind that moves differently: areas and curves, regions, a line.
const MOVING: &str = r#"
schema = 1

[output]
formats = ["svg"]

[data.line]
source.gaussian_mixture = { means = [0.0, 4.0], samples = 20 }

[data.plane]
source.gaussian_mixture = { means = [[0.0, 0.0], [3.0, 1.0]], samples = 20 }

[fit.cavi]
data = "line"
model.cavi = { components = 2, max_iter = 4, tol = 1e-12 }

[fit.vb]
data = "plane"
model.bayesian_mixture = { components = 2, max_iter = 4, tol = 1e-12 }

[figure.histogram]
plot.histogram = { data = "line", fit = "cavi" }
animate = { over = "iterations", seconds = 1, dpi = 30 }

[figure.contour]
plot.contour = { fit = "vb" }
animate = { over = "iterations", every = 2, seconds = 1, dpi = 30 }

[figure.elbo]
plot.elbo = { fit = "cavi" }
animate = { over = "iterations", seconds = 1, dpi = 30 }
"#;

#[test]
fn animations_go_from_the_start_to_the_end() {
    let folder = folder(MOVING);
    check(&elbow(&folder, &["build", "-q", "-j1", "a.toml"]), 0, &[]);
    let files = files(folder.path());
    for (figure, count) in [("histogram", 5), ("contour", 3), ("elbo", 5)] {
        let file = |end: &str| format!("figures/{figure}_{end}");
        let [gif, apng] =
            ["animation.gif", "animation.apng"].map(|end| frames(end, &files[&file(end)]));
        assert_eq!([gif.len(), apng.len()], [count, count], "{figure}");
        let poster = image::load_from_memory(&files[&file("poster.png")]).unwrap().into_rgba8();
        for frames in [&gif, &apng] {
            assert_ne!(frames[0], frames[count - 1], "{figure}: nothing moves");
            assert!(frames.iter().all(|f| f.dimensions() == poster.dimensions()), "{figure}");
        }
    }
    let again = self::folder(MOVING);
    check(&elbow(&again, &["build", "-q", "-j2", "a.toml"]), 0, &[]);
    let again = program::files(again.path());
    assert!(files == again, "another number of threads gives other bytes");
}

/// Calls a tool of poppler; `None` where it is not installed.
#[expect(clippy::print_stdout, reason = "who reads the log should know what was not tested")]
fn poppler(tool: &str, arguments: &[&str]) -> Option<String> {
    match std::process::Command::new(tool).args(arguments).output() {
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && error.is_empty(), "{tool} {arguments:?}: {error}");
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(error) => {
            println!("skipped: {tool}: {error}");
            None
        }
    }
}

/// What others read in the PDF files of the lecture.
#[test]
fn pdf_files_have_their_text_and_their_fonts() {
    let folder = folder("");
    let config = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/lecture3.toml");
    let set = "output.formats=[\"pdf\"]";
    let out = folder.path().join("out");
    let arguments =
        ["build", "-q", config.to_str().unwrap(), "-o", out.to_str().unwrap(), "--set", set];
    check(&elbow(&folder, &arguments), 0, &[]);
    let pdfs: Vec<String> = program::files(folder.path())
        .into_keys()
        .filter(|name| name.ends_with(".pdf"))
        .map(|name| folder.path().join(name).to_str().unwrap().to_owned())
        .collect();
    assert!(pdfs.len() > 10, "{pdfs:?}");
    for pdf in &pdfs {
        let Some(text) = poppler("pdftotext", &[pdf, "-"]) else { return };
        let Some(fonts) = poppler("pdffonts", &[pdf]) else { return };
        // The label of an axis, which stands alone.
        for (end, label) in [("_ELBO.pdf", "iteration"), ("_GMMexample_itConv.pdf", "x")] {
            let there = text.lines().any(|line| line.trim().starts_with(label));
            assert!(there || !pdf.ends_with(end), "{pdf}: {text}");
        }
        assert!(text.split_whitespace().count() > 5, "{pdf}: {text}");
        // Name, type and encoding, then: embedded, subset, with Unicode.
        let rows: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(!rows.is_empty(), "{pdf}: {fonts}");
        for row in rows {
            let words: Vec<&str> = row.split_whitespace().collect();
            let flags = &words[words.len() - 5..words.len() - 2];
            assert_eq!(flags, ["yes", "yes", "yes"], "{pdf}: {fonts}");
        }
    }
}
