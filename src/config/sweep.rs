//! Several values of keys, and every choice among them.

use indexmap::IndexMap;
use toml::de::{DeTable, DeValue};

use super::{Layers, Override, numbers};

/// The option by which a key is swept.
const OPTION: &str = "--sweep";

/// What a sweep decides itself.
const PLACES: [[&str; 2]; 2] = [["output", "figures"], ["output", "extras"]];

/// A sweep of more members is a typing error.
const MOST_MEMBERS: usize = 1000;

/// File systems take no longer names.
const LONGEST_FOLDER: usize = 240;

/// One choice of a value for each swept key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// `key=value` of all keys with commas between, in characters that can stand in a path.
    pub folder: String,
    /// The value of each key, as written.
    pub values: Vec<String>,
    /// What it lays over the config.
    pub overrides: Vec<Override>,
}

/// Swept keys, and all choices of their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// The keys, in the order in which they were given.
    pub keys: Vec<String>,
    /// The choices; the last key varies fastest.
    pub members: Vec<Member>,
}

impl Sweep {
    /// Reads options, each a key and values such as `data.line.seed=1,2,3`: what stands behind the
    /// `=` are the items of a TOML list.
    ///
    /// # Errors
    ///
    /// What is wrong and what to do, of all options that are wrong.
    pub fn read(options: &[String]) -> Result<Self, Vec<String>> {
        let mut axes: IndexMap<&str, Vec<Choice>> = IndexMap::new();
        let mut names: Vec<Vec<String>> = Vec::new();
        let mut wrong = Vec::new();
        for option in options {
            let own = axis(option).and_then(|(key, choices)| {
                let how = "is no key\nhint: write it as in `data.line.seed=1,2,3`";
                let own = numbers::key(&format!("{key}=0")).ok_or(format!("`{key}` {how}"))?;
                let within = |a: &[String], b: &[String]| a.iter().zip(b).all(|(a, b)| a == b);
                if names.iter().any(|other| within(other, &own)) {
                    return Err(format!(
                        "`{key}` is swept already, or a part of it\nhint: give all its values at once"
                    ));
                }
                if PLACES.iter().any(|place| own == *place) {
                    return Err(format!(
                        "every member has a folder of its own, so `{key}` cannot be swept\n\
                         hint: name the folder that they are in by `-o`"
                    ));
                }
                names.push(own);
                Ok((key, choices))
            });
            match own {
                Ok((key, choices)) => {
                    axes.insert(key, choices);
                }
                Err(what) => wrong.push(format!("`--sweep {option}`: {what}")),
            }
        }
        let count = axes.values().try_fold(1_usize, |n, choices| n.checked_mul(choices.len()));
        if count.is_none_or(|n| n > MOST_MEMBERS) {
            wrong.push(format!(
                "the sweep has more than {MOST_MEMBERS} members\nhint: give fewer values"
            ));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let empty = Member { folder: String::new(), values: Vec::new(), overrides: Vec::new() };
        let mut members = vec![empty];
        for choices in axes.values() {
            let each = |m: Member| choices.iter().map(move |c| m.with(c)).collect::<Vec<_>>();
            members = members.into_iter().flat_map(each).collect();
        }
        if let Some(long) = members.iter().find(|m| m.folder.len() > LONGEST_FOLDER) {
            return Err(vec![format!(
                "the name of a folder would be too long: `{}`\nhint: sweep fewer keys at once",
                long.folder
            )]);
        }
        Ok(Self { keys: axes.into_keys().map(str::to_owned).collect(), members })
    }
}

impl Member {
    /// This choice and one more.
    fn with(&self, choice: &Choice) -> Self {
        let mut member = self.clone();
        let comma = if member.folder.is_empty() { "" } else { "," };
        member.folder += &format!("{comma}{}", choice.name);
        member.values.push(choice.value.clone());
        member.overrides.push(choice.over.clone());
        member
    }

    /// What the member lays over the config, of which `layers` are below.
    pub fn layers(&self, layers: &Layers) -> Layers {
        let mut layers = layers.clone();
        layers.overrides.extend(self.overrides.iter().cloned());
        layers
    }
}

/// One value of a key.
struct Choice {
    /// `key=value`, in characters that can stand in a path.
    name: String,
    /// The value as written.
    value: String,
    /// The option up to the value, with the values before it blank, so that it keeps its place.
    over: Override,
}

/// The key and the values of an option.
fn axis(option: &str) -> Result<(&str, Vec<Choice>), String> {
    let how = "hint: write a key and its values, such as `data.line.seed=1,2,3`";
    let Some((key, values)) = option.split_once('=') else {
        return Err(format!("there are no values\n{how}"));
    };
    let (key, start) = (key.trim(), key.len() + 1);
    if key.is_empty() {
        return Err(format!("there is no key\n{how}"));
    }
    const BEFORE: &str = "v=[";
    let list = format!("{BEFORE}{values}]");
    let parsed = DeTable::parse(&list).map_err(|error| {
        format!("{}\nhint: values are as in the file, texts in quotes", error.message())
    })?;
    let items = match parsed.get_ref().get("v").map(|v| v.get_ref()) {
        Some(DeValue::Array(items)) if parsed.get_ref().len() == 1 && !items.is_empty() => items,
        _ => return Err(format!("there are no values\n{how}")),
    };
    if items.len() > MOST_MEMBERS {
        return Err(format!("there are more than {MOST_MEMBERS} values\nhint: give fewer values"));
    }
    let mut choices: Vec<Choice> = Vec::new();
    for item in items.iter() {
        let span = item.span();
        let written = &list[span.clone()];
        let place = start + span.start - BEFORE.len()..start + span.end - BEFORE.len();
        let shown = item.get_ref().as_str().unwrap_or(written);
        let name = in_path(&format!("{key}={shown}"));
        if choices.iter().any(|other| other.name == name) {
            return Err(format!(
                "`{written}` would have the folder of another value, `{name}`\nhint: give values that differ in letters or digits"
            ));
        }
        let blanked = |(at, c)| if at < start || place.contains(&at) { c } else { ' ' };
        let text = option[..place.end].char_indices().map(blanked).collect();
        choices.push(Choice {
            name,
            value: written.to_owned(),
            over: Override { option: OPTION, text },
        });
    }
    Ok((key, choices))
}

/// A text in characters that every file system takes, and that end no name.
fn in_path(text: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || "=._+-".contains(c);
    let all: String = text.chars().map(|c| if safe(c) { c } else { '_' }).collect();
    all.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &[&str]) -> Result<Sweep, Vec<String>> {
        Sweep::read(&options.iter().map(|o| (*o).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_members_are_all_choices_and_the_last_key_varies_fastest() {
        let sweep = read(&["data.line.seed=1,2", "a.init=\"k means\", 'x'"]).unwrap();
        assert_eq!(sweep.keys, ["data.line.seed", "a.init"]);
        let folders: Vec<&str> = sweep.members.iter().map(|m| m.folder.as_str()).collect();
        assert_eq!(
            folders,
            [
                "data.line.seed=1,a.init=k_means",
                "data.line.seed=1,a.init=x",
                "data.line.seed=2,a.init=k_means",
                "data.line.seed=2,a.init=x",
            ]
        );
        assert_eq!(sweep.members[3].values, ["2", "'x'"]);
    }

    #[test]
    fn a_value_keeps_its_place_in_the_option() {
        let sweep = read(&["a.means=[0, 1], [2,3]"]).unwrap();
        let texts: Vec<&str> = sweep.members.iter().map(|m| m.overrides[0].text.as_str()).collect();
        assert_eq!(texts, ["a.means=[0, 1]", "a.means=        [2,3]"]);
        assert_eq!(sweep.members[0].folder, "a.means=_0__1");
    }

    #[test]
    fn what_is_no_sweep_is_said() {
        for (options, part) in [
            (&["a"][..], "there are no values"),
            (&["a="], "there are no values"),
            (&["=1"], "there is no key"),
            (&["a=1,,2"], "hint: "),
            (&["a=lecture"], "texts in quotes"),
            (&["a=1]\nb=[2"], "there are no values"),
            (&["a=1,1"], "the folder of another value"),
            (&["a=1", "a=2"], "is swept already"),
            (&["a.b=1", " a . \"b\"=2"], "is swept already"),
            (&["a.b=1", "a={b=2}"], "is swept already"),
            (&["a={b=2}", "a.b=1"], "is swept already"),
            (&["output.figures=\"x\",\"y\""], "a folder of its own"),
            (&["a b=1"], "is no key"),
            (
                &["a=0,1,2,3,4,5,6,7,8,9", "b=0,1,2,3,4,5,6,7,8,9", "c=0,1,2,3,4,5,6,7,8,9,10"],
                "1000",
            ),
        ] {
            let wrong = read(options).unwrap_err().join("\n");
            assert!(wrong.contains(part), "{options:?}: {wrong}");
        }
    }
}
