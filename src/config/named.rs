//! The files that a config names, whether or not it is right.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::Layers;

/// The keys whose values are files that are read.
const FILES: [&str; 3] = ["path", "font_file", "include"];

/// The config at `path` and the files that it, what it includes and what is laid over it name, there or not: what may have
/// to change before a config that is wrong is right. A text of another key of such a name is one of
/// them too.
pub fn files(path: &Path, layers: &Layers) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut left = vec![path.to_owned()];
    let folder = path.parent().unwrap_or(Path::new(""));
    for over in &layers.overrides {
        left.extend(names(&over.text).iter().map(|name| folder.join(name)));
    }
    while let Some(config) = left.pop() {
        if !found.insert(config.clone()) || config.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&config).unwrap_or_default();
        let folder = config.parent().unwrap_or(Path::new(""));
        left.extend(names(&text).iter().map(|name| folder.join(name)));
    }
    found
}

/// What a text names.
fn names(text: &str) -> Vec<String> {
    let (document, _) = DeTable::parse_recoverable(text);
    let mut names = Vec::new();
    document.get_ref().iter().for_each(|(key, v)| walk(key.get_ref(), v.get_ref(), &mut names));
    names
}

fn walk(key: &str, value: &DeValue<'_>, names: &mut Vec<String>) {
    match value {
        DeValue::Table(table) => {
            table.iter().for_each(|(key, value)| walk(key.get_ref(), value.get_ref(), names));
        }
        DeValue::Array(items) => items.iter().for_each(|item| walk(key, item.get_ref(), names)),
        DeValue::String(name) if FILES.contains(&key) => names.push(name.to_string()),
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
        assert_eq!(files(Path::new("none.toml"), &Layers::default()).len(), 1);
    }
}
