//! What `elbow check` finds, and what it calls it.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::fs;
use std::path::Path;

use assert_cmd::cargo::cargo_bin;
use program::{CONFIG, FAILING, check, elbow, files, folder, has};
use tempfile::TempDir;

fn built() -> TempDir {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    folder
}

/// What a check prints; it must end with this code.
#[track_caller]
fn said(folder: &TempDir, arguments: &[&str], code: i32) -> String {
    let output = elbow(folder, &[&["check", "a.toml"], arguments].concat());
    check(&output, code, &[]);
    String::from_utf8(output.stdout).unwrap()
}

fn edit(folder: &TempDir, name: &str, change: impl Fn(String) -> String) {
    let path = folder.path().join("figures").join(name);
    let text = fs::read_to_string(&path).unwrap();
    let changed = change(text.clone());
    assert!(changed != text, "{name} is as it was");
    fs::write(path, changed).unwrap();
}

#[test]
fn what_a_build_wrote_passes_exactly_and_with_any_number_of_threads() {
    let folder = built();
    has(&said(&folder, &["--exact"], 0), &["a: 19 files the same\n"]);
    let other = self::folder(CONFIG);
    check(&elbow(&other, &["build", "a.toml", "-q", "-j3", "--no-cache"]), 0, &[]);
    has(&said(&other, &["--exact"], 0), &["a: 19 files the same\n"]);
    assert!(files(folder.path()) == files(other.path()));
}

#[test]
fn another_seed_is_found_in_numbers_tables_and_pixels() {
    let folder = built();
    let text = said(&folder, &["--set", "data.line.seed=11"], 3);
    let parts = ["fit.cavi: ELBO: ", "fit.cavi: posterior mean 1, 1: ", " % of the pixels differ"];
    has(&text, &parts);
    has(&text, &["data/data.csv: row ", "L3_data.svg: ", "L3_data.pdf: "]);
    let page = folder.path().join(".elbow/check/a/index.html");
    let page = fs::read_to_string(page).unwrap();
    has(&page, &["L3_data.png", "expected", "actual", "difference"]);
    // The page is not an output, and checking writes none.
    has(&said(&folder, &[], 0), &["19 files the same"]);
}

#[test]
fn a_nudged_mean_a_recoloured_line_and_swapped_and_missing_files_are_named() {
    let folder = built();
    let numbers = folder.path().join("figures/extras/a/numbers.json");
    let all: serde_json::Value = serde_json::from_slice(&fs::read(numbers).unwrap()).unwrap();
    let mean = all["fit"]["cavi"]["means"][1][0].as_f64().unwrap();
    let nudged = mean + 1e-3;
    edit(&folder, "extras/a/numbers.json", |t| t.replace(&mean.to_string(), &nudged.to_string()));
    let colour = |text: &str| {
        let at = text.find("stroke=\"#").unwrap() + 8;
        text[at..at + 7].to_owned()
    };
    edit(&folder, "L3_elbo.svg", |text| text.replace(&colour(&text), "#FF00AA"));
    let figures = folder.path().join("figures");
    fs::rename(figures.join("L3_data.png"), figures.join("x")).unwrap();
    fs::rename(figures.join("L3_elbo.png"), figures.join("L3_data.png")).unwrap();
    fs::rename(figures.join("x"), figures.join("L3_elbo.png")).unwrap();
    fs::copy(figures.join("L3_data.pdf"), figures.join("L3_elbo.pdf")).unwrap();
    fs::remove_file(figures.join("extras/a/numbers.tex")).unwrap();
    let text = said(&folder, &[], 3);
    has(
        &text,
        &[
            &format!("fit.cavi: posterior mean 2, 1: {nudged:.3} -> {mean:.3}"),
            "L3_elbo.svg: a colour has changed: #FF00AA -> #",
            "L3_data.png: is the file of `L3_elbo.png`",
            "L3_elbo.png: is the file of `L3_data.png`",
            "L3_elbo.pdf: ",
            "numbers.tex: is missing",
        ],
    );
    let table = said(&folder, &["--format", "markdown"], 3);
    has(&table, &["### `a.toml`", "| `figures/L3_data.png` | is the file of `L3_elbo.png` |"]);
    let json: serde_json::Value =
        serde_json::from_str(&said(&folder, &["--format", "json"], 3)).unwrap();
    assert!(json["different"].as_array().unwrap().len() >= 6, "{json}");
}

#[test]
fn the_rounding_of_another_machine_is_no_difference_unless_every_byte_counts() {
    let folder = built();
    // The last digits of long numbers.
    let perturbed = |text: String| {
        let mut numbers = 0;
        let mut out = String::new();
        for part in text.split_inclusive(|c: char| !c.is_ascii_digit() && c != '.' && c != '-') {
            let (number, end) = part.split_at(part.len() - 1);
            match number.parse::<f64>() {
                Ok(value) if number.contains('.') && number.len() > 14 => {
                    numbers += 1;
                    out += &format!("{}{end}", value * (1.0 + 4e-16));
                }
                _ => out += part,
            }
        }
        assert!(numbers > 2, "{numbers}");
        out
    };
    edit(&folder, "extras/a/numbers.json", perturbed);
    edit(&folder, "extras/a/data/elbo.csv", perturbed);
    edit(&folder, "L3_elbo.svg", |text| {
        // A coordinate that rounds to the other side.
        let at = text.find("cx=\"").unwrap() + 4;
        let end = at + text[at..].find('"').unwrap();
        let moved = text[at..end].parse::<f64>().unwrap() + 0.01;
        format!("{}{moved:.2}{}", &text[..at], &text[end..])
    });
    has(&said(&folder, &[], 0), &["3 files the same to what matters (numbers to "]);
    has(
        &said(&folder, &["--exact"], 3),
        &["numbers.json: other bytes", "L3_elbo.svg: other bytes"],
    );
}

#[test]
fn what_is_blessed_is_written_and_nothing_else() {
    let folder = built();
    for name in ["L3_data.svg", "L3_elbo.svg", "extras/a/numbers.typ"] {
        fs::write(folder.path().join("figures").join(name), "mine").unwrap();
    }
    has(&said(&folder, &["--bless=L3_d*"], 3), &["L3_elbo.svg", "numbers.typ"]);
    let read = |name: &str| fs::read_to_string(folder.path().join("figures").join(name)).unwrap();
    assert!(read("L3_data.svg").starts_with("<svg") && read("L3_elbo.svg") == "mine");
    has(&said(&folder, &["--bless"], 0), &["19 files the same"]);
    has(&said(&folder, &["--exact"], 0), &["19 files the same"]);
    check(&elbow(&folder, &["check", "a.toml", "--bless=["]), 2, &["`--bless=[`"]);
}

#[test]
fn actions_get_annotations_and_a_summary() {
    let folder = built();
    fs::write(folder.path().join("figures/L3_data.svg"), "mine").unwrap();
    let summary = folder.path().join("summary.md");
    let output = std::process::Command::new(cargo_bin("elbow"))
        .current_dir(folder.path())
        .args(["check", "a.toml"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    check(&output, 3, &["::error file=figures/L3_data.svg::"]);
    has(&fs::read_to_string(&summary).unwrap(), &["| `figures/L3_data.svg` |"]);
}

#[test]
fn files_of_removed_figures_are_said() {
    let folder = built();
    let less = CONFIG.split("[figure.elbo]").next().unwrap();
    fs::write(folder.path().join("a.toml"), less).unwrap();
    let text = said(&folder, &[], 3);
    has(&text, &["L3_elbo.svg: no figure of this config makes it", "5 files of removed figures"]);
    assert!(Path::new(&folder.path().join("figures/L3_elbo.svg")).is_file());
}

#[test]
fn numbers_that_are_read_and_files_that_are_cut_off_are_found() {
    let folder = built();
    let described = |text: &str| {
        let at = text.find("<desc").unwrap();
        let end = at + text[at..].find("</desc>").unwrap();
        let number = at + text[at..end].rfind(|c: char| c.is_ascii_digit()).unwrap();
        let other = if text.as_bytes()[number] == b'1' { '2' } else { '1' };
        format!("{}{other}{}", &text[..number], &text[number + 1..])
    };
    edit(&folder, "L3_data.svg", |text| described(&text));
    edit(&folder, "L3_elbo.svg", |text| text.replacen("stroke-width=\"", "stroke-width=\"1", 1));
    let path = folder.path().join("figures/L3_data.pdf");
    let whole = fs::read(&path).unwrap();
    let end = whole.windows(9).rposition(|window| window == b"endstream").unwrap() + 9;
    fs::write(&path, &whole[..end]).unwrap();
    let text = said(&folder, &[], 3);
    has(&text, &["L3_data.svg: a number has changed", "L3_elbo.svg: a number has changed"]);
    has(&text, &["L3_data.pdf: it says "]);
    // An opacity stands outside the parts that draw.
    let at = whole.windows(6).position(|window| window == b"/ca 0.").unwrap();
    let mut changed = whole.clone();
    changed[at + 6] = if changed[at + 6] == b'9' { b'1' } else { b'9' };
    fs::write(&path, changed).unwrap();
    has(&said(&folder, &[], 3), &["L3_data.pdf: a number has changed: 0."]);
}

#[test]
fn one_config_that_fails_does_not_hide_what_is_found_in_another() {
    let folder = built();
    let failing = FAILING.replace("schema = 1", "schema = 1\noutput.figures = \"other\"");
    fs::write(folder.path().join("b.toml"), failing).unwrap();
    fs::write(folder.path().join("figures/L3_data.png"), "mine").unwrap();
    fs::remove_file(folder.path().join("figures/L3_data.svg")).unwrap();
    fs::create_dir(folder.path().join("figures/L3_data.svg")).unwrap();
    let output = elbow(&folder, &["check", "b.toml", "a.toml", "--page", "page"]);
    check(&output, 1, &["error: fit.vb: "]);
    let text = String::from_utf8(output.stdout).unwrap();
    has(&text, &["L3_data.png: the file is no PNG", "L3_data.svg: cannot be read: "]);
    assert!(folder.path().join("page/a/index.html").is_file());
}
