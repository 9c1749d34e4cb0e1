//! `elbow check`: are the outputs what this config gives?

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use glob::Pattern;
use serde_json::json;

use super::build::selections;
use super::findings::Form;
use super::load::{Configs, Loaded};
use super::messages::Reporter;
use super::past::Past;
use super::progress::{self, FailFast, Progress, Verbosity};
use super::{Exit, check_decks, github};
use crate::check::page::{self, Shown};
use crate::check::{Comparison, compare, pixels};
use crate::diagnostic::counted;
use crate::pipeline::outputs::File;
use crate::pipeline::store::{Store, folder_of};
use crate::pipeline::{Selection, build, write};

/// Say whether the files on disk are what the configs give: numbers, data of figures and pixels,
/// each within its tolerance.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    configs: Configs,
    /// Check only the figures whose names match. Can be given several times.
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Check this folder instead of the config's; extras are in `extras/<config>` in it.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Every byte must be the same.
    #[arg(long)]
    exact: bool,
    /// Accept what the config gives: write it, for all files or for those that match, such as
    /// `--bless='*_ELBO*'`.
    #[arg(long, value_name = "GLOB", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    bless: Vec<String>,
    /// Put a page with expected, actual and difference of each picture that differs into this
    /// folder, or into one of it for each of several configs; `.elbow/check/<config>` in the project by default.
    #[arg(long, value_name = "DIR")]
    page: Option<PathBuf>,
    /// Check these decks in place of the outputs, which need not be there: pictures that they
    /// include and no config makes, figures that none of them uses, macros or variables that they
    /// use and the numbers do not define. LaTeX (`.tex`), Typst (`.typ`) and Markdown (`.md`,
    /// `.qmd`, `.Rmd`), and what they read. Can be given several times.
    #[arg(long, value_name = "GLOB", conflicts_with_all = ["only", "exact", "bless", "page"])]
    tex: Vec<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

/// A file that is not what it should be.
struct Finding {
    path: PathBuf,
    differences: Vec<String>,
    expected: Vec<u8>,
    actual: Option<Vec<u8>>,
}

/// What a check of one config found.
struct Checked {
    /// Whether an assertion does not hold, which has been said.
    broken: bool,
    findings: Vec<Finding>,
    /// How many files are the same, and how many to what matters.
    equal: usize,
    close: usize,
    /// The largest relative difference of numbers that are close.
    largest: f64,
    /// Files that were written once and that the config no longer gives.
    orphans: Vec<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    match check(arguments) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn check(arguments: &Arguments) -> Result<Exit, Exit> {
    let globs: Vec<Pattern> = arguments
        .bless
        .iter()
        .map(|written| {
            Pattern::new(written).map_err(|error| {
                let hint = "`*` stands for any part of a name";
                progress::error(&format!("`--bless={written}`: {error}\nhint: {hint}"));
                Exit::Wrong
            })
        })
        .collect::<Result<_, Exit>>()?;
    let mut loaded = arguments.configs.load()?;
    for one in &mut loaded {
        if let Some(folder) = &arguments.output {
            one.plan.move_to(folder);
        }
    }
    if !arguments.tex.is_empty() {
        return check_decks::check(&loaded, &arguments.tex, arguments.format);
    }
    let selections = selections(&loaded, &arguments.only, &Reporter::PEOPLE)?;
    // Each config has a page of its own.
    let page_folder = |one: &Loaded| match &arguments.page {
        Some(folder) if loaded.len() > 1 => folder.join(&one.plan.name),
        Some(folder) => folder.clone(),
        None => folder_of(&one.path).join("check").join(&one.plan.name),
    };
    let mut exit = Exit::Done;
    let mut text = String::new();
    let mut summary = String::new();
    for (one, selection) in loaded.iter().zip(&selections) {
        // What happens to one config is no reason to leave out the others.
        let mut checked = match check_one(one, selection, arguments.exact) {
            Ok(checked) => checked,
            Err(failed) => {
                exit = exit.max(failed);
                continue;
            }
        };
        exit = exit.max(bless(&mut checked, &globs));
        exit = exit.max(if checked.broken { Exit::Broken } else { Exit::Done });
        if !checked.findings.is_empty() {
            exit = exit.max(Exit::Found);
            page_of(one, &checked, &page_folder(one));
        }
        text += &match arguments.format {
            Form::Text => words(one, &checked),
            Form::Markdown => markdown(one, &checked),
            Form::Json => json(one, &checked),
        };
        summary += &markdown(one, &checked);
        for finding in &checked.findings {
            github::error(&finding.path, &finding.differences.join("; "));
        }
    }
    github::summary(&summary);
    Ok(exit.max(progress::print(&text)))
}

fn check_one(one: &Loaded, selection: &Selection, exact: bool) -> Result<Checked, Exit> {
    let store = Store::of(&one.path);
    let observer = Progress::new(Verbosity::Quiet, FailFast::No);
    let built = build::build(&one.plan, selection, &one.text, &store, &observer);
    let built = built.map_err(|error| {
        progress::error(&error);
        Exit::Failed
    })?;
    if !built.failures.is_empty() {
        built.wrong().iter().for_each(|failure| progress::error(failure));
        return Err(Exit::Failed);
    }
    built.broken.iter().for_each(|failure| progress::error(failure));
    built.keep(&one.plan, &store);
    let mut checked = Checked {
        broken: !built.broken.is_empty(),
        findings: Vec::new(),
        equal: built.current.len(),
        close: 0,
        largest: 0.0,
        orphans: Past::read(one, &store).orphans(&store),
    };
    for file in &built.files {
        let name = file_name(&file.path);
        let actual = match std::fs::read(&file.path) {
            Ok(actual) => actual,
            Err(error) => {
                let what = match error.kind() {
                    ErrorKind::NotFound => "is missing".to_owned(),
                    _ => format!("cannot be read: {error}"),
                };
                checked.add(file, vec![what], None);
                continue;
            }
        };
        match compare(&name, &file.bytes, &actual) {
            Comparison::Equal => checked.equal += 1,
            Comparison::Close(largest) if !exact => {
                checked.close += 1;
                checked.largest = checked.largest.max(largest);
            }
            Comparison::Close(_) => {
                checked.add(file, vec!["other bytes".to_owned()], Some(actual));
            }
            Comparison::Different(differences) => {
                // A file that is another's says more than what is other in it.
                let others = built.files.iter().filter(|other| other.path != file.path);
                let swapped = others.into_iter().find(|other| other.bytes == actual);
                let differences = match swapped {
                    Some(other) => vec![format!("is the file of `{}`", file_name(&other.path))],
                    None => differences,
                };
                checked.add(file, differences, Some(actual));
            }
        }
    }
    checked.findings.sort_by_key(|finding| rank(&finding.path));
    Ok(checked)
}

/// Numbers say most of what has changed, then the data of figures, then what is seen.
fn rank(path: &Path) -> usize {
    let end = path.extension().map(|end| end.to_string_lossy().into_owned()).unwrap_or_default();
    ["json", "csv", "png", "svg", "pdf"].iter().position(|known| *known == end).unwrap_or(5)
}

impl Checked {
    fn add(&mut self, file: &File, differences: Vec<String>, actual: Option<Vec<u8>>) {
        let (path, expected) = (file.path.clone(), file.bytes.clone());
        self.findings.push(Finding { path, differences, expected, actual });
    }

    fn verdict(&self) -> String {
        let count = |n: usize| counted(n, "file");
        let mut parts = vec![format!("{} the same", count(self.equal))];
        if self.close > 0 {
            let (close, largest) = (count(self.close), self.largest);
            parts.push(format!("{close} the same to what matters (numbers to {largest:.0e})"));
        }
        if !self.findings.is_empty() {
            parts.push(format!("{} not what the config gives", count(self.findings.len())));
        }
        if !self.orphans.is_empty() {
            parts.push(format!("{} of removed figures", count(self.orphans.len())));
        }
        parts.join(", ")
    }
}

/// Writes what is accepted, and takes it from the findings.
fn bless(checked: &mut Checked, globs: &[Pattern]) -> Exit {
    let accepted = |finding: &Finding| {
        let name = file_name(&finding.path);
        let stem = name.split('.').next().unwrap_or_default().to_owned();
        globs.iter().any(|glob| glob.matches(&name) || glob.matches(&stem))
    };
    let (blessed, left) = std::mem::take(&mut checked.findings).into_iter().partition(accepted);
    checked.findings = left;
    let blessed: Vec<Finding> = blessed;
    checked.equal += blessed.len();
    let files: Vec<File> =
        blessed.into_iter().map(|f| File { path: f.path, bytes: f.expected }).collect();
    match write::write(&files) {
        Ok(_) => {
            let say = |file: &File| progress::line(&format!("accepted {}", file.path.display()));
            files.iter().for_each(say);
            Exit::Done
        }
        Err(error) => {
            progress::error(&error);
            Exit::InputOutput
        }
    }
}

/// Writes the page of pictures that differ, if there are any.
fn page_of(one: &Loaded, checked: &Checked, folder: &Path) {
    let pictures: Vec<Shown> = checked.findings.iter().filter_map(shown).collect();
    if pictures.is_empty() {
        return;
    }
    let written =
        page::html(&format!("{}: what differs", one.plan.name), &pictures).and_then(|page| {
            let mut files: Vec<File> = pictures
                .into_iter()
                .filter_map(|shown| {
                    let stem = shown.name.trim_end_matches(".png");
                    let path = folder.join(format!("{stem}-difference.png"));
                    Some(File { path, bytes: shown.difference? })
                })
                .collect();
            files.push(File { path: folder.join("index.html"), bytes: page.into_bytes() });
            write::write(&files)
        });
    match written {
        Ok(_) => {
            let page = folder.join("index.html");
            progress::line(&format!("the pictures side by side: {}", page.display()));
        }
        Err(error) => progress::line(&format!("note: {error}")),
    }
}

/// A picture of the page, if the file is a PNG.
fn shown(finding: &Finding) -> Option<Shown> {
    let actual = finding.actual.as_ref()?;
    if finding.path.extension().is_none_or(|end| end != "png") {
        return None;
    }
    Some(Shown {
        name: file_name(&finding.path),
        differences: finding.differences.clone(),
        expected: finding.expected.clone(),
        actual: actual.clone(),
        difference: pixels::difference(&finding.expected, actual),
    })
}

fn words(one: &Loaded, checked: &Checked) -> String {
    let mut text = String::new();
    for finding in &checked.findings {
        for difference in &finding.differences {
            text += &format!("{}: {difference}\n", finding.path.display());
        }
    }
    for orphan in &checked.orphans {
        text += &format!("{}: no figure of this config makes it\n", orphan.display());
    }
    text + &format!("{}: {}\n", one.plan.name, checked.verdict())
}

fn markdown(one: &Loaded, checked: &Checked) -> String {
    let mut text = format!("### `{}`\n\n{}\n", one.path.display(), checked.verdict());
    if !checked.findings.is_empty() {
        text += "\n| file | what differs |\n|---|---|\n";
    }
    for finding in &checked.findings {
        let differences = finding.differences.join("<br>").replace('|', "\\|");
        text += &format!("| `{}` | {differences} |\n", finding.path.display());
    }
    text + "\n"
}

fn json(one: &Loaded, checked: &Checked) -> String {
    let findings = checked
        .findings
        .iter()
        .map(|f| json!({"file": f.path, "differences": f.differences}))
        .collect::<Vec<_>>();
    let all = json!({
        "config": one.path,
        "equal": checked.equal,
        "close": checked.close,
        "different": findings,
        "orphans": checked.orphans,
    });
    all.to_string() + "\n"
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
