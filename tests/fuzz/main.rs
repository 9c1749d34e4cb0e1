//! No input makes the program panic: neither what cannot be read, nor what can and is extreme.
//!
//! What is read is fuzzed within limits of time and memory in `fuzz_readers`; here it also runs.
//! A few hundred cases by default; `PROPTEST_CASES=20000 cargo test --test fuzz` looks further.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod extreme;
mod mutation;

use std::path::Path;

use annotate_snippets::Renderer;
use elbow::config::{self, Layers, Plan};
use elbow::diagnostic::Problems;
use elbow::pipeline::{self, Failure, Observer, Selection, outputs};
use elbow::render::Format;
use extreme::{line, plane, possible};
use mutation::{Mutation, VALUES, mutate};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// As many cases as the environment says, and else `few`.
fn cases(few: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(few);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The lecture's config with few points.
fn lecture() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/lecture3.toml");
    std::fs::read_to_string(path)
        .unwrap()
        .replace("samples = 1000", "samples = 12")
        .replace("samples = 500", "samples = 10")
        .replace("steps = 21, repeats = 50", "steps = 3, repeats = 2")
        .replace("max_iter = 1500", "max_iter = 15")
        + MORE_KINDS
}

/// Figures of kinds that the lecture has none of, without texts: these may be `nan` and `inf`.
const MORE_KINDS: &str = r#"
[figure.trace]
plot.trace = { fits = ["cavi", "vb"], quantity = "elbo", scale = "gap", at = 3 }
[figure.trace_means]
plot.trace = { fit = "cavi", quantity = "means" }
[figure.restarts]
plot.trace = { fit = "cavi", restarts = true }
[figure.curve]
plot.curve = { data = "plane", x = "x_1", y = ["x_2"], marks = "both", y_scale = "linear" }
[figure.table]
plot.table = { fits = ["cavi", "vb"], scores = ["elbo", "accuracy"] }
"#;

/// Reads a config and renders whatever is wrong with it.
fn read(text: &str, sets: &[String]) -> Option<Plan> {
    let mut problems = Problems::default();
    let plan = config::parse(
        Path::new("fuzz.toml"),
        text,
        &Layers::of_sets(sets),
        config::Others::Checked,
        &mut problems,
    );
    assert_eq!(plan.is_none(), !problems.is_empty(), "a plan or a reason");
    for renderer in [Renderer::plain(), Renderer::styled()] {
        problems.render(&renderer);
    }
    for diagnostic in problems.sorted() {
        let span = diagnostic.span.clone().unwrap();
        assert!(problems.sources.position(&span).is_some(), "{diagnostic:?} is nowhere");
        assert!(diagnostic.hint.is_some(), "no hint: {diagnostic:?}");
    }
    plan
}

struct Silent;

impl Observer for Silent {
    fn finished(&self, _node: &str, failure: Option<&Failure>) {
        if let Some(Failure::Own(reason)) = failure {
            assert!(!reason.is_empty());
        }
    }
}

/// Whether a run takes milliseconds.
fn is_small(value: &Value) -> bool {
    let most = |key: &str| match key {
        "samples" | "total" => 60,
        "components" | "steps" => 30,
        "max_iter" => 200,
        "repeats" | "restarts" => 5,
        _ => usize::MAX as u64,
    };
    match value {
        Value::Object(map) => map.iter().all(|(key, value)| match value {
            Value::Number(n) => n.as_u64().is_none_or(|n| n <= most(key)),
            Value::Array(list) if key == "samples" => {
                list.iter().all(|n| n.as_u64().is_none_or(|n| n <= most(key)))
            }
            _ => is_small(value),
        }),
        Value::Array(list) => list.iter().all(is_small),
        _ => true,
    }
}

/// Runs a plan and writes nothing.
fn run(mut plan: Plan, formats: &[Format]) {
    if !is_small(&json!(plan)) {
        return;
    }
    plan.dpi = plan.dpi.min(20.0);
    for figure in plan.figures.values_mut() {
        figure.formats = formats.to_vec();
    }
    let values = pipeline::run(&plan, &Selection::All, &Silent);
    let rendered = pipeline::render(&plan, &values, &Selection::All, &Silent);
    let files = outputs::files(&plan, &values, &rendered, &Selection::All, "").unwrap();
    assert!(!files.is_empty());
    for file in files.iter().filter(|f| f.path.extension().is_some_and(|e| e == "svg")) {
        let svg = String::from_utf8_lossy(&file.bytes);
        let words = svg.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
        let bad: Vec<&str> = words.filter(|w| ["NaN", "inf", "-inf", "nan"].contains(w)).collect();
        assert!(bad.is_empty(), "{bad:?} in {}", file.path.display());
    }
    for failure in outputs::failures(&values, &rendered) {
        assert!(!failure.contains("panic"), "{failure}");
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn random_texts_are_refused(text in "(\\PC|[\\[\\]{}=.,\"'#\n\r\t\\\\]){0,60}") {
        read(&text, &[]);
    }

    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        read(&String::from_utf8_lossy(&bytes), &[]);
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn mutated_configs_that_are_read_run(
        mutations in prop::collection::vec(
            (any::<Index>(), 0..VALUES.len()).prop_map(|(a, v)| Mutation::Value(a, v)),
            1..3,
        ),
    ) {
        let mut text = lecture();
        for mutation in &mutations {
            mutate(&mut text, mutation);
        }
        if let Some(plan) = read(&text, &[]) {
            run(plan, &[Format::Svg]);
        }
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn extreme_lines_run(text in line()) {
        if let Some(plan) = possible(text) {
            run(plan, &[Format::Svg]);
        }
    }

    #[test]
    fn extreme_planes_run(text in plane()) {
        if let Some(plan) = possible(text) {
            run(plan, &[Format::Svg]);
        }
    }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn extreme_lines_run_in_all_formats(text in line()) {
        if let Some(plan) = possible(text) {
            run(plan, &Format::ALL);
        }
    }
}
