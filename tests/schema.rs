//! The schema of configs is fresh, and true: what it says of defaults and ranges is what the
//! program does.
//!
//! The tests walk through the schema, so that a new key is tried without a new test: its default
//! written out must mean the same as leaving it out, and a value just outside of its range must be
//! refused. A new kind needs a config in `schema/configs.rs`.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::expect_used, reason = "a test that panics has failed")]

#[path = "schema/configs.rs"]
mod configs;
#[path = "schema/places.rs"]
mod places;
#[path = "schema/validator.rs"]
mod validator;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use elbow::config::{self, Layers, schema::schema};
use elbow::diagnostic::Problems;
use serde_json::{Value, json};

use configs::{configs, is_own, meaning, plan, values};
use places::{Place, Step, at, places, with};
use validator::validate;

/// The TOML files of a folder.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} has no configs");
    files
}

#[test]
fn the_committed_schema_is_what_the_program_prints() {
    let committed = "config/elbow.schema.json";
    let output = Command::cargo_bin("elbow").unwrap().arg("schema").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    if std::env::var_os("ACCEPT").is_some() {
        fs::write(committed, &printed).unwrap();
    }
    let committed = fs::read_to_string(committed).unwrap_or_default();
    let hint = "`ACCEPT=1 cargo test --test schema` writes it";
    assert!(printed == committed, "config/elbow.schema.json is stale: {hint}");
}

#[test]
fn committed_configs_have_no_mistakes() {
    let schema = schema();
    for path in files("config").into_iter().chain(files("config/style")) {
        let config = values(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(validate(&schema, &config), [""; 0], "{}", path.display());
    }
}

#[test]
fn configs_name_their_schema() {
    for path in files("config") {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().next(), Some("#:schema ./elbow.schema.json"), "{}", path.display());
    }
}

/// Mistakes that a schema sees too.
const SEEN: [&str; 10] = [
    ": unknown key `",
    ": unknown value `",
    ": unknown kind `",
    "` has no key `",
    "must be a table",
    "must be a list",
    "must be true or false",
    "must be text in quotes",
    "must be a whole number",
    "must be a number",
];

#[test]
fn mistakes_in_keys_and_types_are_mistakes_for_editors() {
    let schema = schema();
    let mut seen = 0;
    for path in files("tests/config") {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("# error: ")).collect();
        let is_own =
            |line: &&&str| line["# error: ".len()..].starts_with(|c: char| c.is_ascii_digit());
        let is_seen = |line: &&str| SEEN.iter().any(|mistake| line.contains(mistake));
        let Some(error) = errors.iter().filter(is_own).find(|line| is_seen(line)) else { continue };
        let Some(config) = values(&text).filter(|_| !text.contains("\n# set: ")) else { continue };
        let wrong = validate(&schema, &config);
        assert!(!wrong.is_empty(), "{}: the schema does not see\n{error}", path.display());
        seen += 1;
    }
    assert!(seen >= 15, "only {seen} configs with such mistakes");
}

#[test]
fn every_key_says_what_it_is() {
    fn walk(schema: &Value, place: &str, wrong: &mut Vec<String>) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, schema) in properties.into_iter().flatten() {
            let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
            if text.is_empty() || text.contains("[`") || text.to_lowercase().contains("as written")
            {
                wrong.push(format!("{place}.{key}: {text:?}"));
            }
        }
        match schema {
            Value::Object(parts) => {
                parts.iter().for_each(|(key, part)| walk(part, &format!("{place}.{key}"), wrong));
            }
            Value::Array(parts) => parts.iter().for_each(|part| walk(part, place, wrong)),
            _ => {}
        }
    }
    let mut wrong = Vec::new();
    walk(&schema(), "", &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sections_are_those_that_the_program_knows() {
    let mut problems = Problems::default();
    let path = Path::new("a.toml");
    assert!(
        config::parse(
            path,
            "schema = 1\nzzzzzzzz = 1\n",
            &Layers::default(),
            config::Others::Checked,
            &mut problems
        )
        .is_none()
    );
    let hint = problems.sorted()[0].hint.clone().unwrap();
    let known: Vec<&str> = hint.split('`').skip(1).step_by(2).collect();
    assert!(known.len() >= 10, "{hint}");
    let schema = schema();
    let sections = schema["properties"].as_object().unwrap();
    for key in known {
        assert!(sections.contains_key(key), "the schema has no `{key}`");
    }
}

#[test]
fn a_profile_leaves_out_what_stands_elsewhere() {
    let wrong = |profile: &str| {
        let text = format!("schema = 1\n[profile.quick]\n{profile}\n");
        validate(&schema(), &values(&text).unwrap())
    };
    for part in [
        "seed = 3",
        "output.dpi = 80",
        "data.line.source.gaussian_mixture.samples = 20",
        "fit.cavi.model.cavi.max_iter = 5",
        "baseline.b.permuted_truth.repeats = 2",
        "figure.f.plot.elbo.at = 3",
        "figure.f.animate.every = 2",
    ] {
        assert_eq!(wrong(part), [""; 0], "{part}");
    }
    for part in [
        "schema = 1",
        "profile.other.seed = 3",
        "fit.cavi.model.cavi.max_iter = -1",
        "fit.cavi.model = { cavi = {}, given = {} }",
        "figure.f.plot.elbo.atr = 3",
    ] {
        assert!(!wrong(part).is_empty(), "{part}");
    }
}

#[test]
fn what_is_tried_is_valid() {
    let schema = schema();
    for config in configs() {
        let plan = plan(&config);
        assert!(plan.is_ok(), "{config}\n{}", plan.err().unwrap());
        assert_eq!(validate(&schema, &config), [""; 0], "{config}");
    }
}

#[test]
fn defaults_are_what_leaving_out_means() {
    let configs = configs();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for place in readable(&schema()) {
        let Some(default) = place.rules.get("default") else { continue };
        let mut same = 0;
        for (i, config) in configs.iter().enumerate() {
            let without = without(config, &place.path);
            let mut with = with(&without, &place.path, default);
            with.retain(|after| is_own(i, &without, after));
            // Most configs have no table in which the key could stand.
            let Some(Ok(left_out)) = with.first().map(|_| plan(&without)) else { continue };
            for config in with {
                let Ok(written) = plan(&config) else { continue };
                if meaning(&written) == meaning(&left_out) {
                    same += 1;
                } else {
                    wrong.push(format!("{} = {default} is no default in {config}", place.name()));
                }
            }
        }
        if same == 0 {
            wrong.push(format!("{} = {default} cannot be written anywhere", place.name()));
        }
        tried += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 60, "only {tried} defaults");
}

/// The places in which values are tried: not those of a source that this program cannot read.
fn readable(schema: &Value) -> Vec<Place> {
    let is_there = |place: &Place| cfg!(feature = "parquet") || !place.name().contains(".parquet");
    places(schema).into_iter().filter(is_there).collect()
}

/// The config without what is at a path.
fn without(config: &Value, path: &[Step]) -> Value {
    let mut config = config.clone();
    remove(&mut config, path);
    config
}

fn remove(value: &mut Value, path: &[Step]) {
    match (path, value) {
        ([Step::Key(key)], Value::Object(table)) => drop(table.remove(key)),
        ([Step::Key(key), rest @ ..], Value::Object(table)) => {
            if let Some(value) = table.get_mut(key) {
                remove(value, rest);
            }
        }
        ([Step::Any, rest @ ..], Value::Object(table)) => {
            table.values_mut().for_each(|value| remove(value, rest));
        }
        ([Step::Item, rest @ ..], Value::Array(items)) => {
            items.iter_mut().for_each(|value| remove(value, rest));
        }
        _ => {}
    }
}

/// Values of which the program must refuse the first ones, and must take one of the others
/// somewhere.
struct Trial {
    rule: &'static str,
    outside: Vec<Value>,
    inside: Vec<Value>,
}

/// What is tried of a place.
fn trials(place: &Place, configs: &[Value]) -> Vec<Trial> {
    let rules = &place.rules;
    let is_whole = rules.get("type") == Some(&json!("integer"));
    let number = |value: f64| if is_whole { json!(value as i64) } else { json!(value) };
    let step = |bound: f64| if is_whole { 1.0 } else { 1e-9 * bound.abs().max(1.0) };
    let mut trials = Vec::new();
    for (rule, direction) in
        [("minimum", -1.0), ("maximum", 1.0), ("exclusiveMinimum", 1.0), ("exclusiveMaximum", -1.0)]
    {
        let Some(bound) = rules.get(rule).and_then(Value::as_f64) else { continue };
        let (outside, inside) = match rule.starts_with("exclusive") {
            false => (bound + direction * step(bound), bound),
            true => (bound, bound + direction * 0.5),
        };
        trials.push(Trial { rule, outside: vec![number(outside)], inside: vec![number(inside)] });
    }
    for (rule, direction) in [("minLength", -1_i64), ("maxLength", 1)] {
        let Some(bound) = rules.get(rule).and_then(Value::as_i64) else { continue };
        let text = |length: i64| json!(",".repeat(length as usize));
        trials.push(Trial {
            rule,
            outside: vec![text(bound + direction)],
            inside: vec![text(bound)],
        });
    }
    if rules.contains_key("pattern") {
        trials.push(Trial { rule: "pattern", outside: vec![json!("?")], inside: Vec::new() });
    }
    // Lists of any length are made of the items that there are.
    let lists: Vec<&Vec<Value>> = configs
        .iter()
        .flat_map(|config| at(config, &place.path))
        .chain(rules.get("default"))
        .filter_map(Value::as_array)
        .filter(|list| !list.is_empty())
        .collect();
    let item = vec![example(rules.get("items"))];
    let lists = if lists.is_empty() { vec![&item] } else { lists };
    let of_length = |length: i64| -> Vec<Value> {
        let cycle =
            |list: &&Vec<Value>| list.iter().cycle().take(length as usize).cloned().collect();
        lists.iter().map(cycle).collect()
    };
    let is_unique = rules.get("uniqueItems") == Some(&json!(true));
    for (rule, direction) in [("minItems", -1_i64), ("maxItems", 1)] {
        let Some(bound) = rules.get(rule).and_then(Value::as_i64) else { continue };
        let outside = of_length(bound + direction);
        trials.push(Trial { rule, outside, inside: of_length(bound) });
    }
    if is_unique {
        let twice = |list: &&Vec<Value>| json!([list.as_slice(), list.as_slice()].concat());
        let outside = lists.iter().map(twice).collect();
        trials.push(Trial { rule: "uniqueItems", outside, inside: Vec::new() });
    }
    trials
}

/// A value of which lists can be made.
fn example(items: Option<&Value>) -> Value {
    let of = |key: &str| items.and_then(|rules| rules.get(key));
    match (of("anyOf").and_then(|all| all.get(0)), of("type").and_then(Value::as_str)) {
        (Some(first), _) => example(Some(first)),
        (_, Some("integer")) => json!(0),
        (_, Some("number")) => json!(0.5),
        _ => json!("?"),
    }
}

#[test]
fn ranges_are_what_the_program_takes() {
    let (schema, configs) = (schema(), configs());
    let mut wrong = Vec::new();
    let mut tried = 0;
    for place in readable(&schema) {
        for Trial { rule, outside, inside } in trials(&place, &configs) {
            let name = format!("{} ({rule})", place.name());
            let all = |values: &[Value]| -> Vec<Value> {
                let mut all = Vec::new();
                for (i, config) in configs.iter().enumerate() {
                    let with = values.iter().flat_map(|value| with(config, &place.path, value));
                    all.extend(with.filter(|after| is_own(i, config, after)));
                }
                all
            };
            let refused = all(&outside);
            if refused.is_empty() {
                wrong.push(format!("{name}: no config has such a table"));
            }
            for config in refused.iter().filter(|config| plan(config).is_ok()) {
                wrong.push(format!("{name}: not refused: {config}"));
            }
            let taken = all(&inside);
            let errors: Vec<String> = taken.iter().filter_map(|c| plan(c).err()).collect();
            if !taken.is_empty() && errors.len() == taken.len() {
                wrong.push(format!("{name}: {inside:?} is not taken: {errors:?}"));
            }
            for config in taken.iter().filter(|config| plan(config).is_ok()) {
                let mistakes = validate(&schema, config);
                if !mistakes.is_empty() {
                    wrong.push(format!("{name}: taken but not valid: {mistakes:?}"));
                }
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 80, "only {tried} ranges");
}
