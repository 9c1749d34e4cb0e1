//! What is written beside the figures, and what is in each file.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

#[path = "figures/lecture.rs"]
mod lecture;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::OnceLock;

use elbow::config::Plan;
use elbow::model::Responsibilities;
use elbow::pipeline::{self, Selection, outputs};
use elbow::render::Format;
use elbow::report::manifest::sha256;
use elbow::report::numbers;
use lecture::{Built, classic, lecture, list, number, shipped};
use serde_json::{Value, json};

/// All files of a build, by path.
fn files_of(built: &Built, selection: &Selection, text: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let rendered = pipeline::render(&built.plan, &built.values, selection, &());
    let files = outputs::files(&built.plan, &built.values, &rendered, selection, text).unwrap();
    let count = files.len();
    let files: BTreeMap<PathBuf, Vec<u8>> = files.into_iter().map(|f| (f.path, f.bytes)).collect();
    assert_eq!(files.len(), count, "two files have one path");
    files
}

/// The lecture's files, made once.
fn files() -> &'static BTreeMap<PathBuf, Vec<u8>> {
    static FILES: OnceLock<BTreeMap<PathBuf, Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| files_of(lecture(), &Selection::All, &shipped("lecture3").1))
}

/// An extra file as text.
fn extra(name: &str) -> &'static str {
    let path = lecture().plan.output.extras.clone().unwrap().join(name);
    std::str::from_utf8(&files()[&path]).unwrap()
}

fn is_letters(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic())
}

/// The macros that a file defines, with what they stand for.
fn macros(tex: &str) -> Vec<(String, String)> {
    let lines = tex.lines().filter(|l| !l.starts_with('%'));
    let parts = lines.map(|line| {
        let rest = line.strip_prefix("\\newcommand{\\").unwrap_or_else(|| panic!("{line}"));
        let (name, value) = rest.split_once("}{").unwrap_or_else(|| panic!("{line}"));
        (name.to_owned(), value.strip_suffix('}').unwrap().to_owned())
    });
    parts.collect()
}

#[test]
fn every_file_is_there() {
    let plan: &Plan = &lecture().plan;
    let mut expected: BTreeSet<PathBuf> = plan.figure_files().map(|(_, path)| path).collect();
    assert_eq!(expected.len(), 48);
    let extras = plan.output.extras.as_ref().unwrap();
    for name in plan.figures.keys() {
        expected.insert(extras.join("data").join(format!("{name}.csv")));
        expected.insert(extras.join("alt").join(format!("{name}.txt")));
    }
    for name in [
        "numbers.json",
        "numbers.tex",
        "numbers.typ",
        "report.html",
        "snippets.tex",
        "snippets.html",
        "snippets.typ",
        "gallery.md",
        "manifest.json",
    ] {
        expected.insert(extras.join(name));
    }
    assert_eq!(files().keys().cloned().collect::<BTreeSet<_>>(), expected);
    assert!(files().values().all(|bytes| !bytes.is_empty()));
}

#[test]
fn numbers_are_those_of_the_nodes() {
    let numbers: Value = serde_json::from_str(extra("numbers.json")).unwrap();
    let built = lecture();
    for (name, fit) in &built.values.fits {
        let fit = fit.as_ref().unwrap();
        let data = built.values.data[&built.plan.fits[name].data].as_ref().unwrap();
        let exported = fit.to_json(data.points.view(), Responsibilities::Omit);
        let quoted = &numbers["fit"][name];
        assert_eq!(quoted["iterations"], exported["iterations"]);
        assert_eq!(quoted["stop"], exported["stop"]);
        let scores = &built.values.scores[name];
        assert_eq!(numbers["score"][name], json!(scores), "{name}");
        // Means and weights in the order of the true components.
        for (k, inferred) in scores.r#match.inferred_of_true.iter().enumerate() {
            let inferred = inferred.unwrap();
            for key in ["weights", "means"] {
                assert_eq!(quoted[key][k], exported[key][inferred], "{name}: {key} of {k}");
            }
        }
        let last = list(&exported["elbo"]).last().unwrap();
        assert_eq!(&quoted["elbo"], last, "{name}");
    }
    let rows = built.values.baselines["permuted"].as_ref().unwrap();
    assert_eq!(numbers["baseline"]["permuted"], json!(rows));
    assert_eq!(numbers["data"]["line"], json!({"points": 3000, "dimensions": 1, "components": 3}));
    assert_eq!(number(&numbers["lecture"]["id"]), 3.0);
}

#[test]
fn macros_are_unique_and_have_letters_only() {
    let macros = macros(extra("numbers.tex"));
    let names: BTreeSet<&String> = macros.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), macros.len());
    assert!(macros.iter().all(|(name, _)| is_letters(name)));
    let value = |name: &str| {
        let found = macros.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("there is no \\{name}"))
    };
    assert_eq!(value("FitCaviIterations"), "96");
    assert_eq!(value("FitCaviElbo"), "\\ensuremath{-6243.020}");
    assert_eq!(value("FitVbIterations"), "169");
    assert_eq!(value("ScoreCaviAccuracyMatched"), "0.7843");
    assert_eq!(value("FitCaviStop"), "converged");
    // Component 2 (counted from 0) stands for the second true one, and so on.
    let matched = ["One", "Two", "Three"].map(|k| value(&format!("ScoreCaviMatch{k}")));
    assert_eq!(matched, ["1", "3", "2"]);
    assert_eq!(value("FitCaviMeansThree"), "4.978");
    let rows = lecture().values.baselines["permuted"].as_ref().unwrap();
    let row = rows.iter().find(|r| r.score.name() == "log_loss" && r.fraction == 0.25).unwrap();
    assert_eq!(value("BaselinePermutedLogLossAtTwoFiveMean"), format!("{:.3}", row.mean));
    assert_eq!(macros.iter().filter(|(n, _)| n.starts_with("Baseline")).count(), 3 * rows.len());
}

#[test]
fn macros_are_unique_whatever_nodes_are_called() {
    let text = shipped("lecture3").1;
    // Names that are alike once only letters are left.
    let more = "[fit.cavi_2]\ndata = \"line\"\n[fit.cavi_2.model.cavi]\ncomponents = 2\n\
        [fit.cavi2]\ndata = \"line\"\n[fit.cavi2.model.cavi]\ncomponents = 2\n\
        [fit.caviTwo]\ndata = \"line\"\n[fit.caviTwo.model.cavi]\ncomponents = 2\n";
    let built = lecture::run_text(&format!("{text}\n{more}"), &["output.figures=\"out\""]);
    let summary = |name: &str| {
        let fit = built.values.fits[name].as_ref().unwrap();
        fit.summary(None)
    };
    let fits: serde_json::Map<String, Value> =
        built.values.fits.keys().map(|name| (name.clone(), summary(name))).collect();
    let macros = macros(&numbers::tex(&json!({"fit": fits})));
    let names: BTreeSet<&String> = macros.iter().map(|(name, _)| name).collect();
    assert!(macros.iter().all(|(name, _)| is_letters(name)));
    assert_eq!(names.len(), macros.len(), "a macro is defined twice");
}

#[test]
fn the_report_stands_for_itself() {
    for built in [lecture(), classic()] {
        let text = shipped(&built.plan.name).1;
        let all = files_of(built, &Selection::All, &text);
        let path = built.plan.output.extras.as_ref().unwrap().join("report.html");
        let page = std::str::from_utf8(&all[&path]).unwrap();
        let outside = page
            .replace("http://www.w3.org/2000/svg", "")
            .replace("http://www.w3.org/1999/xlink", "");
        for word in ["http:", "https:", "src=", "<script", "<link", "@import", "url(http", "<text"]
        {
            assert!(!outside.contains(word), "{}: {word}", built.plan.name);
        }
        // What is referred to is in the page.
        let ids: Vec<&str> =
            page.split(" id=\"").skip(1).filter_map(|r| r.split('"').next()).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len(), "ids are not unique");
        for used in page.split("href=\"#").skip(1).filter_map(|r| r.split('"').next()) {
            assert!(distinct.contains(used), "there is no #{used}");
        }
        assert_eq!(page.matches("<figure ").count(), built.plan.figures.len());
        assert_eq!(page.matches("<svg ").count(), built.plan.figures.len());
        let words =
            [("&#x27;", "'"), ("&#x2f;", "/"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
                .into_iter()
                .fold(page.to_owned(), |words, (escaped, plain)| words.replace(escaped, plain));
        for name in built.plan.figures.keys() {
            assert_eq!(page.matches(&format!("id=\"figure-{name}\"")).count(), 1, "{name}");
            let caption = built.picture(name).caption();
            assert!(words.contains(&caption), "{name}: {caption}");
        }
        assert!(page.contains("[fit.cavi.model.cavi]"), "the config is not in the page");
        let title = "Lecture 3: Variational inference and the Gaussian mixture model";
        assert!(page.contains(&format!("<h1>{title}</h1>")));
    }
}

#[test]
fn the_manifest_names_every_file_with_its_hash() {
    let manifest: Value = serde_json::from_str(extra("manifest.json")).unwrap();
    let plan = &lecture().plan;
    let extras = plan.output.extras.as_ref().unwrap();
    let mut listed = BTreeSet::new();
    for entry in list(&manifest["outputs"]) {
        let name = entry["name"].as_str().unwrap();
        let figure = plan.output.figures.join(name);
        let path = if files().contains_key(&figure) { figure } else { extras.join(name) };
        assert_eq!(entry["sha256"], sha256(&files()[&path]), "{name}");
        listed.insert(path);
    }
    let others: Vec<&PathBuf> = files().keys().filter(|p| !listed.contains(*p)).collect();
    assert_eq!(others, [&extras.join("manifest.json")]);
    assert_eq!(sha256(b"abc")[..16], *"ba7816bf8f01cfea");
    // No path, no host, no time.
    let text = extra("manifest.json");
    for word in [env!("CARGO_MANIFEST_DIR"), "/tmp", "time", "date", "host"] {
        assert!(!text.contains(word), "{word}");
    }
    assert_eq!(number(&manifest["plan"]["data"]["line"]["seed"]), 10.0);
}

#[test]
fn tables_are_rectangles_with_units() {
    for name in lecture().plan.figures.keys() {
        let text = extra(&format!("data/{name}.csv"));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let distinct: BTreeSet<&String> = header.iter().collect();
        assert_eq!(distinct.len(), header.len(), "{name}: {header:?}");
        assert!(
            header.iter().any(|h| h.contains('(')) || name == "baseline_accuracy",
            "{name}: {header:?}"
        );
        let table = lecture().picture(name).table();
        let mut rows = 0;
        for record in reader.records() {
            let record = record.unwrap();
            assert_eq!(record.len(), header.len(), "{name}: {record:?}");
            // Numbers read back as they are.
            for (cell, expected) in record.iter().zip(&table.rows[rows]) {
                if let elbow::figure::Cell::Number(value) = expected {
                    assert_eq!(cell.parse::<f64>().unwrap(), *value, "{name}");
                }
            }
            rows += 1;
        }
        assert_eq!(rows, table.rows.len(), "{name}");
    }
}

#[test]
fn pictures_have_the_size_of_the_figure() {
    let plan = &lecture().plan;
    for (name, path) in plan.figure_files() {
        let [width, height] = plan.figures[name].size;
        let bytes = &files()[&path];
        let extension = path.extension().unwrap().to_str().unwrap();
        match Format::ALL.into_iter().find(|f| f.extension() == extension).unwrap() {
            Format::Png => {
                let picture = image::load_from_memory(bytes).unwrap();
                let expected = [width, height].map(|inches| (inches * plan.dpi).round() as u32);
                assert_eq!([picture.width(), picture.height()], expected, "{name}");
                assert_eq!(picture.color(), image::ColorType::Rgb8, "{name}");
            }
            Format::Svg => {
                let text = std::str::from_utf8(bytes).unwrap();
                let size = format!("width=\"{}pt\" height=\"{}pt\"", width * 72.0, height * 72.0);
                assert!(text[..300].contains(&size), "{name}: {}", &text[..300]);
            }
            Format::Pdf => {
                // Streams are compressed; the dictionaries that matter here are not.
                let text = String::from_utf8_lossy(bytes);
                assert!(text.starts_with("%PDF-"), "{name}");
                let boxes: Vec<&str> = text.split("/MediaBox").skip(1).collect();
                assert_eq!(boxes.len(), 1, "{name}: one page");
                let page = boxes[0].split(['[', ']']).nth(1).unwrap();
                let page: Vec<f64> = page.split_whitespace().map(|v| v.parse().unwrap()).collect();
                assert_eq!(page, [0.0, 0.0, width * 72.0, height * 72.0], "{name}");
                // Every font has its program in the file, and is a subset.
                let fonts = text.matches("/FontDescriptor/").count();
                assert!(fonts >= 1, "{name}");
                assert_eq!(text.matches("/FontFile").count(), fonts, "{name}");
                for face in text.split("/BaseFont/").skip(1) {
                    assert_eq!(face.find('+'), Some(6), "{name}: {}", &face[..20]);
                }
                assert!(!text.contains("/CreationDate"), "{name}");
            }
        }
    }
}

#[test]
fn a_part_of_the_figures_leaves_the_report_alone() {
    let only = Selection::Only(BTreeSet::from(["GMMexample_it8".to_owned()]));
    let part = files_of(lecture(), &only, "");
    let names: Vec<String> =
        part.keys().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
    let expected = [
        "L3_GMMexample_it8.pdf",
        "L3_GMMexample_it8.png",
        "L3_GMMexample_it8.svg",
        "GMMexample_it8.csv",
        "GMMexample_it8.txt",
    ];
    assert_eq!(names.iter().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(expected));
    // The same bytes as among all.
    assert!(part.iter().all(|(path, bytes)| files()[path] == *bytes));
}
