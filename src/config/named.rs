//! The files that a config names, whether or not it is right.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::Layers;

/// The keys whose values are files that are read.
const FILES: [&str; 4] = ["path", "label_path", "font_file", INCLUDE];

/// The key whose files name others.
const INCLUDE: &str = "include";

/// The config at `path` and the files that it, what it includes and what is laid over it name, there
/// or not: what may have to change before a config that is wrong is right. A text of another key of
/// such a name is one of them too.
pub fn files(path: &Path, layers: &Layers) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::from([path.to_owned()]);
    // Files that include each other do so by any number of paths.
    let mut read = BTreeSet::new();
    let mut left = vec![path.to_owned()];
    let folder = |config: &Path| config.parent().unwrap_or(Path::new("")).to_owned();
    for over in &layers.overrides {
        found.extend(names(&over.text).iter().map(|(_, name)| folder(path).join(name)));
    }
    while let Some(config) = left.pop() {
        if !read.insert(config.canonicalize().unwrap_or_else(|_| config.clone())) {
            continue;
        }
        let bytes = std::fs::read(&config).unwrap_or_default();
        for (key, name) in names(&String::from_utf8_lossy(&bytes)) {
            let file = folder(&config).join(name);
            if key == INCLUDE {
                left.push(file.clone());
            }
            found.insert(file);
        }
    }
    found
}

/// What a text names, each with its key.
fn names(text: &str) -> Vec<(String, String)> {
    let (document, _) = DeTable::parse_recoverable(text);
    let mut names = Vec::new();
    document.get_ref().iter().for_each(|(key, v)| walk(key.get_ref(), v.get_ref(), &mut names));
    names
}

fn walk(key: &str, value: &DeValue<'_>, names: &mut Vec<(String, String)>) {
    match value {
        DeValue::Table(table) => {
            table.iter().for_each(|(key, value)| walk(key.get_ref(), value.get_ref(), names));
        }
        DeValue::Array(items) => items.iter().for_each(|item| walk(key, item.get_ref(), names)),
        DeValue::String(name) if FILES.contains(&key) => {
            names.push((key.to_owned(), name.to_string()));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_wrong_configs_and_in_what_they_include() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("a.toml");
        let text = "include = ['s.toml', 'a.toml']\n[data.x]\nsource.csv.path = 'x.csv'\nbad = ";
        std::fs::write(&config, text).unwrap();
        std::fs::write(folder.path().join("s.toml"), "output.font_file = 'f.ttf'").unwrap();
        let over = Layers::of_sets(&["data.x.source.csv.path='y.csv'".to_owned()]);
        let found = files(&config, &over);
        let names: Vec<&str> =
            found.iter().filter_map(|p| p.file_name().and_then(|n| n.to_str())).collect();
        assert_eq!(names, ["a.toml", "f.ttf", "s.toml", "x.csv", "y.csv"]);
        // Files that include each other by ever longer paths.
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        let text = format!("include = ['../{name}/a.conf', '../../tmp/{name}/a.conf']");
        std::fs::write(folder.path().join("a.conf"), text).unwrap();
        assert!(files(&folder.path().join("a.conf"), &Layers::default()).len() < 10);
        assert_eq!(files(Path::new("none.toml"), &Layers::default()).len(), 1);
    }
}
