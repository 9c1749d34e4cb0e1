//! Profiles: named tables of a config that are laid over it when they are chosen.

use indexmap::IndexMap;
use toml::de::{DeTable, DeValue};

use super::document::Text;
use super::raw::check_name;
use crate::diagnostic::{Problems, suggest};

/// What a profile cannot say.
const NOT_IN_PROFILES: [&str; 3] = ["schema", "include", "profile"];

/// Profiles by name.
pub(super) type Profiles<'t> = IndexMap<String, DeTable<'t>>;

/// Takes the profiles out of a document.
pub(super) fn take<'t>(document: &mut DeTable<'t>, problems: &mut Problems) -> Profiles<'t> {
    let mut profiles = Profiles::new();
    let Some(section) = document.remove("profile") else { return profiles };
    let span = section.span();
    let DeValue::Table(section) = section.into_inner() else {
        problems
            .at(span, "`profile` must hold tables, each with a name of its own")
            .hint("such as `[profile.print.output]`");
        return profiles;
    };
    for (name, profile) in section {
        check_name(&name, problems);
        let span = profile.span();
        let DeValue::Table(mut layer) = profile.into_inner() else {
            problems
                .at(span, format!("`profile.{}` must be a table", name.get_ref()))
                .hint("it holds what differs, such as `[profile.print.output]`");
            continue;
        };
        let wrong: Vec<String> = layer
            .keys()
            .filter(|key| NOT_IN_PROFILES.contains(&key.get_ref().as_ref()))
            .map(|key| {
                problems
                    .at(key.span(), format!("a profile cannot say `{}`", key.get_ref()))
                    .hint("write it at the top of the file");
                key.get_ref().to_string()
            })
            .collect();
        wrong.iter().for_each(|key| {
            layer.remove(key.as_str());
        });
        profiles.insert(name.get_ref().to_string(), layer);
    }
    profiles
}

/// The profile that `--profile` names.
pub(super) fn find<'t>(
    profiles: &Profiles<'t>,
    name: &Text,
    problems: &mut Problems,
) -> Option<DeTable<'t>> {
    let found = profiles.get(name.written()).cloned();
    if found.is_none() {
        let known: Vec<&str> = profiles.keys().map(String::as_str).collect();
        problems
            .at(name.span(), format!("there is no profile `{}`", name.written()))
            .hint(suggest(name.written(), &known, "profiles"));
    }
    found
}
