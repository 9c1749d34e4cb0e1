//! `[sweep.NAME]` as written: a fit with several values in place of one, and its members.
//!
//! The table of the model is read once for every choice of values, with that choice written into it,
//! so that whatever is wrong with a value or a key is said where it stands in `over`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::check_name;
use crate::config::decode::{Decoded, decode};
use crate::diagnostic::{Problems, counted, shorten};
use crate::model::Model;
use crate::random::Generator;
use crate::score::Matching;
use crate::selection::{Criterion, Setting};

/// A sweep of more members is a slip of the pen.
const MOST_MEMBERS: usize = 200;

/// No figure shows more than two keys.
const MOST_KEYS: usize = 2;

/// `[sweep.NAME]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Sweep {
    /// The name of the data set.
    #[schemars(with = "String")]
    pub(in crate::config) data: Spanned<String>,
    /// Where the stream of random numbers of every member starts; by default it comes from the root
    /// seed and the name of the sweep.
    #[schemars(with = "Option<u64>")]
    pub(in crate::config) seed: Option<Spanned<u64>>,
    /// What draws their random numbers.
    #[serde(default)]
    pub(in crate::config) generator: Generator,
    /// How components are matched to the truth.
    #[serde(default)]
    pub(in crate::config) matching: Matching,
    /// One or two keys of the model, each with its values: a list, or whole numbers from the first to
    /// the last such as `"1..8"`. Every choice of values is a member.
    #[schemars(with = "Over")]
    #[allow(dead_code, reason = "it is read value by value")]
    over: IgnoredAny,
    /// What decides which member is best; `"elbo"` by default, `"bic"` for a model without one.
    #[schemars(with = "Option<Criterion>")]
    pub(in crate::config) best: Option<Spanned<Criterion>>,
    /// What is fitted: one table whose key names the kind, without the keys of `over`.
    #[schemars(with = "Model")]
    #[allow(dead_code, reason = "it is read once for every member")]
    model: IgnoredAny,
}

/// The values of a key.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "the schema is what it is for")]
enum Values {
    /// From the first to the last, both included.
    Range(#[schemars(regex(pattern = r"^ *[0-9]+ *\.\. *[0-9]+ *$"))] String),
    /// The values.
    List(#[schemars(length(min = 1))] Vec<Item>),
}

/// A value.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "the schema is what it is for")]
enum Item {
    Number(f64),
    Word(String),
    Switch(bool),
}

/// What `over` takes, for the schema.
#[derive(JsonSchema)]
#[schemars(transparent, extend("minProperties" = 1, "maxProperties" = 2))]
#[allow(dead_code, reason = "the schema is what it is for")]
struct Over(BTreeMap<String, Values>);

/// A sweep and its members, as far as they could be read.
#[derive(Debug)]
pub(in crate::config) struct Swept {
    /// The place of its name.
    pub(in crate::config) span: Range<usize>,
    /// What all members have in common.
    pub(in crate::config) options: Decoded<Sweep>,
    /// The keys that they differ in, in alphabetical order: the order in which keys are written is
    /// none of what a config means.
    pub(in crate::config) keys: Vec<String>,
    /// The members, the last key varying fastest.
    pub(in crate::config) members: IndexMap<String, Member>,
}

/// One choice of values.
#[derive(Debug)]
pub(in crate::config) struct Member {
    /// What each of the keys is set to.
    pub(in crate::config) settings: Vec<Setting>,
    /// The model with these values.
    pub(in crate::config) model: Decoded<Model>,
}

/// Reads the tables of `[sweep]`.
pub(super) fn read(
    value: &Spanned<DeValue<'_>>,
    problems: &mut Problems,
) -> IndexMap<String, Swept> {
    let Some(table) = value.get_ref().as_table() else {
        problems
            .at(value.span(), "`sweep` must hold tables, each with a name of its own")
            .hint("such as `[sweep.components]`");
        return IndexMap::new();
    };
    let mut sweeps = IndexMap::new();
    for (name, node) in table {
        check_name(name, problems);
        let swept = one(name, node, problems);
        sweeps.insert(name.get_ref().to_string(), swept);
    }
    sweeps
}

fn one(
    name: &Spanned<Cow<'_, str>>,
    node: &Spanned<DeValue<'_>>,
    problems: &mut Problems,
) -> Swept {
    let options = decode(&format!("sweep.{}", name.get_ref()), node, problems);
    let mut swept =
        Swept { span: name.span(), options, keys: Vec::new(), members: IndexMap::new() };
    let Some(table) = node.get_ref().as_table() else { return swept };
    let (Some(over), Some(model)) = (table.get("over"), table.get("model")) else { return swept };
    let texts = texts(over.get_ref());
    let axes = axes(over, &texts, problems);
    // A model that names no kind, or two, is not worth reading more than once.
    let kind = model.get_ref().as_table().and_then(|t| t.iter().next().filter(|_| t.len() == 1));
    let options =
        kind.and_then(|(kind, options)| Some((kind, options, options.get_ref().as_table()?)));
    let (Some((kind, written, options)), Some(axes)) = (options, axes) else {
        if options.is_none() {
            decode::<Model>("model", model, problems);
        }
        return swept;
    };
    let mut good = true;
    for axis in axes.iter().filter(|axis| options.contains_key(axis.key.get_ref().as_ref())) {
        let key = axis.key.get_ref();
        problems
            .at(axis.key.span(), format!("`{key}` is swept, and the model says it too"))
            .hint(format!("take `{key}` out of one of them"));
        good = false;
    }
    if !good {
        return swept;
    }
    swept.keys = axes.iter().map(|axis| axis.key.get_ref().to_string()).collect();
    for choice in choices(&axes) {
        let mut table = options.clone();
        for (axis, (_, value)) in axes.iter().zip(&choice) {
            table.insert(axis.key.clone(), value.clone());
        }
        let table = Spanned::new(written.span(), DeValue::Table(table));
        let mut all = DeTable::new();
        all.insert(kind.clone(), table);
        let all = Spanned::new(model.span(), DeValue::Table(all));
        let settings: Vec<Setting> = choice.into_iter().map(|(setting, _)| setting).collect();
        let model = decode("model", &all, problems);
        swept.members.insert(member_name(&settings), Member { settings, model });
    }
    swept
}

/// What distinguishes a member: its values with commas between.
fn member_name(settings: &[Setting]) -> String {
    settings.iter().map(Setting::in_fit).collect::<Vec<_>>().join(",")
}

/// A key with its values, each as it is read and as it is written.
struct Axis<'d> {
    key: Spanned<Cow<'d, str>>,
    values: Choice<'d>,
}

/// The keys of `over` in alphabetical order; `None` if anything is wrong with them.
fn axes<'d>(
    over: &Spanned<DeValue<'d>>,
    texts: &'d BTreeMap<u64, String>,
    problems: &mut Problems,
) -> Option<Vec<Axis<'d>>> {
    let before = problems.len();
    let Some(table) = over.get_ref().as_table() else {
        problems
            .at_value(over.span(), "`over` must be a table of keys with their values")
            .hint("write it as `over = { components = \"1..8\" }`");
        return None;
    };
    if table.is_empty() || table.len() > MOST_KEYS {
        problems
            .at_value(
                over.span(),
                format!("a sweep goes over one key or two, but this names {}", table.len()),
            )
            .hint("name keys of the model, such as `over = { components = \"1..8\" }`");
    }
    let mut axes = Vec::new();
    for (key, value) in table {
        let values = values(key.get_ref(), value, texts, problems);
        axes.push(Axis { key: key.clone(), values });
    }
    axes.sort_by(|a, b| a.key.get_ref().cmp(b.key.get_ref()));
    let count = axes.iter().try_fold(1_usize, |n, axis| n.checked_mul(axis.values.len()));
    if problems.len() == before && count.is_none_or(|count| count > MOST_MEMBERS) {
        problems
            .at_value(over.span(), format!("the sweep has more than {MOST_MEMBERS} members"))
            .hint("name fewer values");
    }
    (problems.len() == before).then_some(axes)
}

/// A value of each key.
type Choice<'d> = Vec<(Setting, Spanned<DeValue<'d>>)>;

/// All choices of values; the last key varies fastest.
fn choices<'d>(axes: &[Axis<'d>]) -> Vec<Choice<'d>> {
    let mut choices: Vec<Choice<'d>> = vec![Vec::new()];
    for axis in axes {
        let longer = |choice: Choice<'d>| {
            let with = move |value: &(Setting, Spanned<DeValue<'d>>)| {
                choice.iter().chain([value]).cloned().collect::<Choice<'d>>()
            };
            axis.values.iter().map(with).collect::<Vec<_>>()
        };
        choices = choices.into_iter().flat_map(longer).collect();
    }
    choices
}

/// The values of a key, each once.
fn values<'d>(
    key: &str,
    written: &Spanned<DeValue<'d>>,
    texts: &'d BTreeMap<u64, String>,
    problems: &mut Problems,
) -> Vec<(Setting, Spanned<DeValue<'d>>)> {
    let mut values: Vec<(Setting, Spanned<DeValue<'d>>)> = Vec::new();
    match written.get_ref() {
        DeValue::String(text) => match range(text) {
            Some(range) if is_short(&range) => {
                values.extend(range.filter_map(|n| whole(n, texts.get(&n)?, written.span())));
            }
            Some(_) => {
                problems
                    .at_value(
                        written.span(),
                        format!("`{key}` has more than {MOST_MEMBERS} values"),
                    )
                    .hint("name fewer");
            }
            None => {
                let shown = shorten(text);
                problems
                    .at_value(written.span(), format!("`{shown}` is no range of whole numbers"))
                    .hint("write the first and the last, as in \"1..8\", or a list of values");
            }
        },
        DeValue::Array(items) => {
            for item in items.iter() {
                let Some(setting) = setting(item.get_ref()) else {
                    problems
                        .at_value(item.span(), format!("this cannot be a value of `{key}` here"))
                        .hint("a sweep goes over numbers, words of letters, digits, `_`, `-`, `+`, `(`, `|` and `)`, true and false");
                    continue;
                };
                let name = setting.in_fit();
                if values.iter().any(|(other, _)| other.in_fit() == name) {
                    problems
                        .at_value(item.span(), format!("`{key}` has the value {name} already"))
                        .hint("name each value once");
                    continue;
                }
                values.push((setting, item.clone()));
            }
            if items.is_empty() {
                problems
                    .at_value(written.span(), format!("`{key}` has no values"))
                    .hint("name some, as in `[1, 2, 3]` or \"1..8\"");
            } else if items.len() > MOST_MEMBERS {
                let items = counted(items.len(), "value");
                problems
                    .at_value(written.span(), format!("{items} of `{key}` are too many"))
                    .hint(format!("a sweep has at most {MOST_MEMBERS} members"));
            }
        }
        _ => {
            problems
                .at_value(written.span(), format!("`{key}` must be a list of values or a range"))
                .hint(format!("write `{key} = [1, 2, 3]` or `{key} = \"1..8\"`"));
        }
    }
    values
}

/// The whole numbers that a text such as `1..8` names, both ends among them.
fn range(text: &str) -> Option<std::ops::RangeInclusive<u64>> {
    let (first, last) = text.split_once("..")?;
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then_some(first..=last)
}

fn is_short(range: &std::ops::RangeInclusive<u64>) -> bool {
    range.end() - range.start() < MOST_MEMBERS as u64
}

/// The numbers of all ranges as they would be written one by one.
fn texts(over: &DeValue<'_>) -> BTreeMap<u64, String> {
    let values = over.as_table().into_iter().flatten().map(|(_, value)| value.get_ref());
    let ranges = values.filter_map(|value| range(value.as_str()?)).filter(is_short);
    ranges.flatten().map(|number| (number, number.to_string())).collect()
}

/// A whole number as if it were written at this place.
fn whole<'d>(
    number: u64,
    text: &'d str,
    span: Range<usize>,
) -> Option<(Setting, Spanned<DeValue<'d>>)> {
    let value = DeValue::parse(text).ok()?.into_inner();
    Some((Setting::Whole(i64::try_from(number).ok()?), Spanned::new(span, value)))
}

fn setting(value: &DeValue<'_>) -> Option<Setting> {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '(' | '|' | ')');
    match value {
        DeValue::Integer(number) => {
            let text = number.as_str().replace('_', "");
            i64::from_str_radix(&text, number.radix()).ok().map(Setting::Whole)
        }
        DeValue::Float(number) => {
            let number: f64 = number.as_str().replace('_', "").parse().ok()?;
            number.is_finite().then_some(Setting::Number(number))
        }
        DeValue::Boolean(switch) => Some(Setting::Switch(*switch)),
        DeValue::String(word) => {
            let setting = Setting::Word(word.to_string());
            let name = setting.in_fit();
            // A member of this name would be taken for the best one.
            let good = !name.is_empty() && name != "best" && word.len() <= 40;
            (good && word.chars().all(plain)).then_some(setting)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_both_its_ends() {
        assert_eq!(range("1..3").unwrap().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(range(" 2 .. 2 ").unwrap().count(), 1);
        for wrong in ["3..1", "1", "1..", "..3", "1...3", "a..b", "-1..2", "1..2.5"] {
            assert!(range(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn members_are_named_by_their_values_however_these_are_written() {
        let all = [
            Setting::Whole(3),
            Setting::Number(0.1),
            Setting::Number(10.0),
            Setting::Number(1e-10),
            Setting::Number(1e300),
            Setting::Word("full".to_owned()),
            Setting::Switch(true),
        ];
        assert_eq!(member_name(&all), "3,0.1,10,1e-10,1e300,full,true");
        let list = DeValue::parse("[1_0, 0x10, 1.0e1, 'a b', inf, [1]]").unwrap();
        let items = list.get_ref().as_array().unwrap().iter();
        let found: Vec<_> = items.map(|item| setting(item.get_ref())).collect();
        assert_eq!(
            found[..3],
            [Setting::Whole(10), Setting::Whole(16), Setting::Number(10.0)].map(Some)
        );
        assert_eq!(found[3..], [None, None, None]);
    }
}
