//! Files that a carried config names and that do not belong to it.
//!
//! A config from anywhere may name any file, and a figure that is made again from it would hold what
//! stands there. The configs that figures carry name nothing but their inputs, without folders.

use toml::{Table, Value};

/// The keys whose values are files to be read.
const FILES: [&str; 3] = ["path", "label_path", "font_file"];

/// What is wrong with the files that a config names; `None` if they are all among `inputs`.
pub(super) fn file(config: &str, inputs: &[&str]) -> Option<String> {
    let Ok(table) = config.parse::<Table>() else {
        return Some("the config in it is no TOML".to_owned());
    };
    if table.contains_key("include") {
        return Some("the config in it includes other files".to_owned());
    }
    table.iter().find_map(|(key, value)| within(key, value, inputs))
}

fn within(key: &str, value: &Value, inputs: &[&str]) -> Option<String> {
    match value {
        Value::Table(table) => table.iter().find_map(|(key, value)| within(key, value, inputs)),
        Value::Array(items) => items.iter().find_map(|item| within(key, item, inputs)),
        Value::String(name) if FILES.contains(&key) && !inputs.contains(&name.as_str()) => {
            Some(format!("the config in it names the file `{name}`, which is no input of it"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_inputs_may_be_named() {
        let inputs = ["a.csv", "b.ttf"];
        for good in [
            "[data.x]\nsource.csv.path = 'a.csv'",
            "[output]\nfont_file = 'b.ttf'",
            "[data.path]\nsource.points.values = [1]\n[figure.x]\ntitle = '/etc/passwd'",
        ] {
            assert_eq!(file(good, &inputs), None, "{good}");
        }
        for wrong in [
            "[data.x]\nsource.csv.path = '/etc/passwd'",
            "[data.x]\nsource.npy = { path = 'a.csv', label_path = '/etc/passwd' }",
            "[data.x]\nsource.csv = { \"path\" = \"../a.csv\" }",
            "output.font_file = 'A.csv'",
            "include = []",
            "\"inc\\u006Cude\" = ['a.csv']",
            "x = [{ y = { path = 'c' } }]",
            "[",
        ] {
            assert!(file(wrong, &inputs).is_some(), "{wrong}");
        }
    }
}
