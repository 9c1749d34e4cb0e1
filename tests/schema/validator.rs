//! A validator of as much of JSON Schema 2020-12 as the schema of configs says.

use serde_json::{Map, Value};

/// The patterns of the schema: whether a text matches.
fn matches(pattern: &str, text: &str) -> bool {
    let all = |part: &str, good: fn(u8) -> bool| !part.is_empty() && part.bytes().all(good);
    match pattern {
        "^[A-Za-z0-9_-]{1,100}$" => {
            text.len() <= 100 && all(text, |b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        }
        "^[A-Za-z0-9:._-]+$" => all(text, |b| b.is_ascii_alphanumeric() || b":._-".contains(&b)),
        "^#[0-9A-Fa-f]{6}$" => {
            text.len() == 7
                && text.strip_prefix('#').is_some_and(|d| all(d, |b| b.is_ascii_hexdigit()))
        }
        "^[0-9.].* ?(in|cm|mm|pt|px)$" => {
            text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
                && ["in", "cm", "mm", "pt", "px"].iter().any(|unit| text[1..].ends_with(unit))
        }
        "^(data|truth|init|final|iteration [0-9]+)$" => {
            ["data", "truth", "init", "final"].contains(&text)
                || text.strip_prefix("iteration ").is_some_and(|t| all(t, |b| b.is_ascii_digit()))
        }
        r"^ *[0-9]+ *\.\. *[0-9]+ *$" => text.split_once("..").is_some_and(|(first, last)| {
            [first, last].iter().all(|part| all(part.trim_matches(' '), |b| b.is_ascii_digit()))
        }),
        other => panic!("the validator does not know the pattern {other}"),
    }
}

/// What is wrong with a value, each with its place.
pub(crate) fn validate(root: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(root, root, value, "", &mut wrong);
    wrong
}

fn check(root: &Value, schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    let Value::Object(rules) = schema else {
        assert!(schema.is_boolean(), "{schema} is no schema");
        if *schema == Value::Bool(false) {
            wrong.push(format!("{place}: nothing may stand here"));
        }
        return;
    };
    for (rule, argument) in rules {
        if !holds(root, rules, rule, argument, value, place, wrong) {
            wrong.push(format!("{place}: {rule} is {argument}, but this is {value}"));
        }
    }
}

fn holds(
    root: &Value,
    rules: &Map<String, Value>,
    rule: &str,
    argument: &Value,
    value: &Value,
    place: &str,
    wrong: &mut Vec<String>,
) -> bool {
    let passes = |schema: &Value| {
        let mut wrong = Vec::new();
        check(root, schema, value, place, &mut wrong);
        wrong.is_empty()
    };
    // Whether a number, or a count of parts, compares so with the argument.
    let number = |good: fn(f64, f64) -> bool| {
        value.as_f64().is_none_or(|value| good(value, argument.as_f64().unwrap()))
    };
    let count = |count: Option<usize>, good: fn(u64, u64) -> bool| {
        count.is_none_or(|count| good(count as u64, argument.as_u64().unwrap()))
    };
    let (array, object, text) = (value.as_array(), value.as_object(), value.as_str());
    match rule {
        "$schema" | "$defs" | "title" | "description" | "default" => true,
        "$ref" => {
            let pointer = argument.as_str().unwrap().strip_prefix('#').unwrap();
            check(root, root.pointer(pointer).expect(pointer), value, place, wrong);
            true
        }
        "type" => match argument.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "number" => value.is_number(),
            "integer" => value.is_i64() || value.is_u64(),
            other => panic!("the validator does not know the type {other}"),
        },
        "const" => value == argument,
        "enum" => argument.as_array().unwrap().contains(value),
        "minimum" => number(|value, least| value >= least),
        "maximum" => number(|value, most| value <= most),
        "exclusiveMinimum" => number(|value, least| value > least),
        "exclusiveMaximum" => number(|value, most| value < most),
        "minLength" => count(text.map(|t| t.chars().count()), |count, least| count >= least),
        "maxLength" => count(text.map(|t| t.chars().count()), |count, most| count <= most),
        "minItems" => count(array.map(Vec::len), |count, least| count >= least),
        "maxItems" => count(array.map(Vec::len), |count, most| count <= most),
        "minProperties" => count(object.map(Map::len), |count, least| count >= least),
        "maxProperties" => count(object.map(Map::len), |count, most| count <= most),
        "uniqueItems" => {
            array.is_none_or(|a| a.iter().enumerate().all(|(i, item)| !a[..i].contains(item)))
        }
        "pattern" => text.is_none_or(|text| matches(argument.as_str().unwrap(), text)),
        "anyOf" => argument.as_array().unwrap().iter().any(passes),
        "oneOf" => argument.as_array().unwrap().iter().filter(|schema| passes(schema)).count() == 1,
        "items" => {
            for (i, item) in array.into_iter().flatten().enumerate() {
                check(root, argument, item, &format!("{place}[{i}]"), wrong);
            }
            true
        }
        "required" => object.is_none_or(|object| {
            argument.as_array().unwrap().iter().all(|k| object.contains_key(k.as_str().unwrap()))
        }),
        "properties" => {
            for (key, schema) in argument.as_object().unwrap() {
                if let Some(value) = object.and_then(|object| object.get(key)) {
                    check(root, schema, value, &format!("{place}.{key}"), wrong);
                }
            }
            true
        }
        "additionalProperties" => {
            let known = rules.get("properties").and_then(Value::as_object);
            for (key, value) in object.into_iter().flatten() {
                if known.is_none_or(|known| !known.contains_key(key)) {
                    check(root, argument, value, &format!("{place}.{key}"), wrong);
                }
            }
            true
        }
        "propertyNames" => {
            for key in object.into_iter().flat_map(Map::keys) {
                check(root, argument, &Value::from(key.as_str()), &format!("{place}.{key}"), wrong);
            }
            true
        }
        other => panic!("the validator does not know the rule {other}"),
    }
}
