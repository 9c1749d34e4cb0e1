//! The part of a config that one figure needs.
//!
//! Nodes, figures and keys that change no byte of the figure's files are left out, and with them
//! all folders: a figure is the same wherever its config and its data lie.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::super::needed::Needed;
use super::super::plan::{Plan, Sweep};
use super::layout;

/// What of the output changes a figure's files: their bytes, or which there are.
const OUTPUT: [&str; 10] = [
    "dpi",
    "font",
    "font_file",
    "formats",
    "name",
    "page",
    "png_scales",
    "svg_text",
    "themes",
    "type_size",
];

/// What a figure says to the report and the snippets, not in its files; and that they are made.
const SAID_ELSEWHERE: [&str; 4] = ["caption", "enabled", "label", "source"];

/// What concerns only the files of the figures that share axes with the one in question.
const OF_OTHERS: [&str; 3] = ["description", "formats", "themes"];

/// What one figure is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The config, in its fixed layout.
    pub text: String,
    /// The files that it names.
    pub inputs: Vec<Input>,
    /// The nodes that it has: `data.line`, `fit.cavi`.
    pub nodes: Vec<String>,
}

/// A file that is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// Its name in the text: without folders, and of no other file.
    pub name: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// The data set that is read from it; `None` for a font.
    pub data: Option<String>,
}

/// The part that the figure called `name` needs.
pub(super) fn part(plan: &Plan, name: &str) -> Option<Part> {
    if !plan.figures.contains_key(name) {
        return None;
    }
    let needed = Needed::for_figures(plan, &BTreeSet::from([name.to_owned()]));
    let document = &plan.document;
    let mut names = Names::default();
    let mut part = Table::new();
    for key in ["schema", "seed"] {
        part.extend(document.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    let figures = figures(document, name, &needed.pictures);
    let own = figures.get(name).and_then(Value::as_table);
    let output = output(plan, own, &mut names);
    lecture(document, &output, &mut part);
    let themes = plan.figures.get(name).map(|f| f.themes.as_slice()).unwrap_or_default();
    let mut sections = vec![
        ("output", output),
        ("theme", self::themes(document, themes)),
        ("data", nodes(document, "data", &needed.data)),
        ("fit", nodes(document, "fit", &needed.fits)),
        ("sweep", nodes(document, "sweep", &sweeps(plan, &needed))),
        ("baseline", nodes(document, "baseline", &needed.baselines)),
        ("figure", figures),
    ];
    for (section, table) in &mut sections {
        if *section == "data" {
            names.shorten(plan, table);
        }
    }
    let nodes = sections.iter().filter(|(section, _)| *section != "output" && *section != "theme");
    let nodes =
        nodes.flat_map(|(section, t)| t.keys().map(move |name| format!("{section}.{name}")));
    let nodes = nodes.collect();
    for (section, table) in sections.into_iter().filter(|(_, table)| !table.is_empty()) {
        part.insert(section.to_owned(), Value::Table(table));
    }
    Some(Part { text: layout::print(&part), inputs: names.inputs, nodes })
}

fn section<'d>(document: &'d Table, name: &str) -> Option<&'d Table> {
    document.get(name)?.as_table()
}

/// The nodes with these names, in the order of their names: theirs in the config is layout.
fn nodes(document: &Table, name: &str, wanted: &BTreeSet<String>) -> Table {
    let section = section(document, name);
    let node = |name: &String| Some((name.clone(), section?.get(name)?.clone()));
    wanted.iter().filter_map(node).collect()
}

/// The sweeps that are needed, or a member of which is.
fn sweeps(plan: &Plan, needed: &Needed) -> BTreeSet<String> {
    let has = |sweep: &&Sweep| sweep.members.keys().any(|fit| needed.fits.contains(fit));
    let of_members = plan.sweeps.iter().filter(|(_, sweep)| has(sweep)).map(|(name, _)| name);
    needed.sweeps.iter().chain(of_members).cloned().collect()
}

/// The figure itself and those that share its axes, each without what is no matter to the files.
fn figures(document: &Table, own: &str, wanted: &BTreeSet<String>) -> Table {
    let mut figures = nodes(document, "figure", wanted);
    for (name, figure) in &mut figures {
        let Value::Table(figure) = figure else { continue };
        let others = OF_OTHERS.iter().filter(|_| name != own);
        SAID_ELSEWHERE.iter().chain(others).for_each(|key| {
            figure.remove(*key);
        });
    }
    figures
}

/// What of `[output]` matters to a figure that says `own`.
fn output(plan: &Plan, own: Option<&Table>, names: &mut Names) -> Table {
    let section = section(&plan.document, "output");
    let mut output = Table::new();
    for key in OUTPUT {
        let is_said =
            ["formats", "themes"].contains(&key) && own.is_some_and(|f| f.contains_key(key));
        let value = section.and_then(|o| o.get(key)).filter(|_| !is_said);
        output.extend(value.map(|value| (key.to_owned(), value.clone())));
    }
    if let Some((path, sha256)) = &plan.font.file {
        let name = names.of(path, sha256, None);
        output.insert("font_file".to_owned(), Value::String(name));
    }
    output
}

/// The number of the lecture, where files are named by it.
fn lecture(document: &Table, output: &Table, part: &mut Table) {
    let is_named = match output.get("name").and_then(Value::as_str) {
        Some(name) => name.contains("{lecture}"),
        None => true,
    };
    let id = section(document, "lecture").and_then(|l| l.get("id")).filter(|_| is_named);
    if let Some(id) = id {
        let lecture = Table::from_iter([("id".to_owned(), id.clone())]);
        part.insert("lecture".to_owned(), Value::Table(lecture));
    }
}

/// The themes with these names and those that they inherit from, which stand before them.
fn themes(document: &Table, wanted: &[String]) -> Table {
    let mut themes = Table::new();
    let Some(section) = section(document, "theme") else { return themes };
    let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
    for name in wanted {
        let mut chain = Vec::new();
        let mut next = Some(name);
        while let Some((name, theme)) = next.and_then(|name| section.get_key_value(name)) {
            // A theme inherits only from one before it, so this ends.
            if chain.len() > section.len() {
                break;
            }
            chain.push((name, theme));
            next = theme.get("inherit").and_then(Value::as_str);
        }
        for (name, theme) in chain.into_iter().rev() {
            themes.entry(name.clone()).or_insert_with(|| theme.clone());
        }
    }
    themes
}

/// Names of files without their folders, each of one file only.
#[derive(Default)]
struct Names {
    inputs: Vec<Input>,
    /// The hash of the file that has a name; some file systems do not tell `A` from `a`.
    taken: BTreeMap<String, String>,
}

impl Names {
    /// The name of the file at `path`.
    fn of(&mut self, path: &str, sha256: &str, data: Option<&str>) -> String {
        let base = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let (stem, end) = match base.rfind('.').filter(|at| *at > 0) {
            Some(at) => base.split_at(at),
            None => (base, ""),
        };
        let mut name = base.to_owned();
        let mut count = 1;
        while self.taken.get(&name.to_lowercase()).is_some_and(|other| other != sha256) {
            count += 1;
            name = format!("{stem}-{count}{end}");
        }
        self.taken.insert(name.to_lowercase(), sha256.to_owned());
        self.inputs.push(Input {
            name: name.clone(),
            sha256: sha256.to_owned(),
            data: data.map(str::to_owned),
        });
        name
    }

    /// Takes the folders out of the sources of data sets.
    fn shorten(&mut self, plan: &Plan, data: &mut Table) {
        for (name, node) in data {
            let files = plan.data.get(name).into_iter().flat_map(|node| node.source.files());
            let sources = node.get_mut("source").and_then(Value::as_table_mut);
            let sources = sources.into_iter().flat_map(|sources| sources.iter_mut());
            let Some(source) = sources.filter_map(|(_, source)| source.as_table_mut()).next()
            else {
                continue;
            };
            for (key, file) in files {
                if let Some(written) = source.get_mut(key) {
                    *written = Value::String(self.of(&file.path, &file.sha256, Some(name)));
                }
            }
        }
    }
}
