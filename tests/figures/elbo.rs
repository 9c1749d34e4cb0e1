//! The ELBO: marks, frame, gap and rate.

use elbow::figure::Layers;
use elbow::figure::style::Theme;
use serde_json::{Value, json};

use crate::common::{fixture, numbers as flat};
use crate::lecture::{
    assert_near, classic, lecture, list, number, numbers, plan_of, run, run_lecture, run_text,
    shipped,
};
use crate::texts::{assert_none, inked, rings, violations};

fn pairs(value: &Value) -> Vec<(usize, f64)> {
    let pairs = list(value).iter();
    pairs.map(|p| (p[0].as_u64().unwrap() as usize, number(&p[1]))).collect()
}

#[test]
fn the_trace_is_that_of_the_reference() {
    let fit = &fixture("cavi_1d.json")["cases"][0]["fit"];
    for (built, quantity) in [(lecture(), "elbo"), (classic(), "elbo_lecture")] {
        let picture = built.json("GMMexample_ELBO");
        assert_eq!(picture["quantity"], quantity);
        let expected = flat(&fit[quantity]);
        let trace = pairs(&picture["trace"]);
        assert_eq!(trace.len(), expected.len());
        for (i, (t, value)) in trace.into_iter().enumerate() {
            assert_eq!(t, i);
            assert_near(quantity, value, expected[i], 1e-10);
        }
    }
}

#[test]
fn marks_are_where_the_steepest_rise_begins_and_ends() {
    let picture = lecture().json("GMMexample_ELBO");
    assert_eq!(picture["rise"], json!({"plateau": 5, "begins": 8, "ends": 15}));
    assert_eq!(picture["marks"], json!([8, 15]));
    assert_eq!(classic().json("GMMexample_ELBO")["marks"], json!([8, 15]));
    let caption = lecture().picture("GMMexample_ELBO").caption();
    assert!(caption.contains("a jump from t = 8 to 15; converged at t = 96"), "{caption}");
}

#[test]
fn the_frame_holds_the_rise_and_lists_what_is_below() {
    let picture = lecture().json("GMMexample_ELBO");
    let trace = pairs(&picture["trace"]);
    let (plateau, end) = (trace[5].1, trace[96].1);
    let height = end - plateau;
    let frame = &picture["frame"];
    assert_near("bottom", number(&frame["y"]["low"]), plateau - 0.25 * height, 1e-12);
    assert_near("top", number(&frame["y"]["high"]), end + 0.13 * height, 1e-12);
    assert_eq!((number(&frame["x"]["low"]), number(&frame["x"]["high"])), (0.0, 30.0));
    let below = pairs(&picture["below"]);
    let expected: Vec<(usize, f64)> =
        trace.iter().copied().filter(|(t, v)| *t <= 30 && *v < plateau - 0.25 * height).collect();
    assert_eq!(below, expected);
    assert_eq!(below.iter().map(|b| b.0).collect::<Vec<_>>(), [0, 1, 2]);
    // The notebook's own way: the whole trace, nothing below.
    let all = classic().json("GMMexample_ELBO");
    assert_eq!(all["below"], json!([]));
    assert_eq!(number(&all["frame"]["x"]["high"]), 96.0);
    assert!(number(&all["frame"]["y"]["low"]) < -42_662.0);
}

#[test]
fn the_gap_shrinks_at_a_constant_rate() {
    let picture = lecture().json("GMMexample_ELBO");
    let trace = pairs(&picture["trace"]);
    let end = trace[96].1;
    let gap = pairs(&picture["gap"]);
    for (i, (t, value)) in gap.iter().enumerate() {
        assert_eq!(*t, i);
        assert_eq!(*value, end - trace[i].1);
        assert!(*value > 1e-9);
    }
    assert!(end - trace[gap.len()].1 <= 1e-9);
    let rate = number(&picture["rate"]);
    assert!((rate - 0.61).abs() < 0.005, "{rate}");
    // Between any two later iterations, too.
    for pair in gap[25..45].windows(2) {
        assert!((pair[1].1 / pair[0].1 - rate).abs() < 0.01, "{pair:?}");
    }
}

#[test]
fn a_mark_that_the_fit_did_not_come_to_is_said() {
    let built = run_lecture(&["figure.GMMexample_ELBO.plot.elbo.mark=[0, 3, 96, 97]"]);
    assert_eq!(built.json("GMMexample_ELBO")["marks"], json!([0, 3, 96]));
    assert_eq!(built.json("GMMexample_ELBO")["missing"], 97);
    let header = built.picture("GMMexample_ELBO").header(&Theme::LIGHT, Layers::ALL);
    assert_eq!(header.facts[0], "the fit ended before $t$ = 97");
    let header = lecture().picture("GMMexample_ELBO").header(&Theme::LIGHT, Layers::ALL);
    assert_eq!(header.facts[0], "plateau, then a jump from $t$ = 8 to 15");
}

#[test]
fn the_frame_holds_what_is_marked_and_all_overshoot() {
    for quantity in ["elbo", "elbo_lecture"] {
        for marks in ["\"auto\"", "[0, 45]", "[2, 96]"] {
            let built = run_lecture(&[
                &format!("figure.GMMexample_ELBO.plot.elbo.mark={marks}"),
                &format!("figure.GMMexample_ELBO.plot.elbo.quantity=\"{quantity}\""),
            ]);
            let picture = built.json("GMMexample_ELBO");
            let (x, y) = (&picture["frame"]["x"], &picture["frame"]["y"]);
            let trace = pairs(&picture["trace"]);
            let marks = numbers(&picture["marks"]);
            assert!(!marks.is_empty());
            for t in marks {
                assert!(number(&x["low"]) <= t && t <= number(&x["high"]), "{quantity}, {t}");
                let value = trace[t as usize].1;
                assert!(number(&y["low"]) < value && value < number(&y["high"]), "{quantity}, {t}");
            }
            let highest = trace.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
            assert!(number(&y["high"]) > highest, "{quantity}: {highest}");
        }
    }
}

#[test]
fn a_trace_that_falls_is_said_to_be_no_bound() {
    let picture = classic().picture("GMMexample_ELBO");
    assert_eq!(picture.json()["falls"], 31);
    // On the whole range the jump cannot be seen.
    let facts = picture.header(&Theme::LIGHT, Layers::ALL).facts;
    assert_eq!(facts, ["not a bound: falls from $t$ = 31", "converged at $t$ = 96"]);
    assert!(!picture.caption().contains("jump"), "{}", picture.caption());
    assert_eq!(lecture().json("GMMexample_ELBO")["falls"], Value::Null);
}

#[test]
fn numbers_for_slides_have_the_names_of_the_field() {
    let numbers = lecture().picture("GMMexample_ELBO").numbers();
    for (name, value) in [("plateau", 5), ("rise_begins", 8), ("rise_ends", 15), ("iterations", 96)]
    {
        assert_eq!(numbers[name], value, "{name}");
    }
    assert!((number(&numbers["convergence_rate"]) - 0.61).abs() < 0.005);
    assert_near("end", number(&numbers["final_value"]), -6_243.020, 1e-6);
}

/// The label of a ring is nearer to it than to any other, at every size.
#[test]
fn labels_of_rings_stand_at_their_own() {
    let (path, text) = shipped("lecture3");
    let mut more = String::new();
    for (i, size) in ["[10.0, 4.0]", "[7.0, 5.0]", "[4.0, 2.5]"].iter().enumerate() {
        for (j, options) in [
            "mark = [8, 15]",
            "mark = [0, 5, 7, 8, 9]",
            "range = \"all\", mark = [8, 15]",
            "range = \"all\", quantity = \"elbo_lecture\", mark = [8, 15]",
        ]
        .iter()
        .enumerate()
        {
            more.push_str(&format!(
                "[figure.rings_{i}_{j}]\nsize = {size}\nplot.elbo = {{ fit = \"cavi\", {options} }}\n"
            ));
        }
    }
    let built = run(plan_of(&path, &(text + &more), &[]));
    let mut labelled = 0;
    for (name, svg) in built.svgs() {
        if !name.starts_with("rings_") {
            continue;
        }
        let rings = rings(&svg);
        let marks = numbers(&built.json(&name)["marks"]);
        assert_eq!(rings.len(), marks.len(), "{name}: all rings are drawn");
        for (words, [left, top, right, bottom]) in inked(&svg) {
            let Some(t) = words.strip_prefix("t = ").and_then(|t| t.parse::<f64>().ok()) else {
                continue;
            };
            labelled += 1;
            let distance = |(x, y): &(f64, f64)| {
                let dx = (left - x).max(x - right).max(0.0);
                let dy = (top - y).max(y - bottom).max(0.0);
                dx.hypot(dy)
            };
            let own = marks.iter().position(|m| *m == t).unwrap();
            for (i, ring) in rings.iter().enumerate() {
                let (at_own, there) = (distance(&rings[own]), distance(ring));
                assert!(i == own || at_own < there, "{name}: {words} at another ring");
            }
            assert!(distance(&rings[own]) < 18.0, "{name}: {words} is far from its ring");
        }
    }
    assert!(labelled >= 20, "{labelled} labels");
}

#[test]
fn the_other_model_has_its_bounds_too() {
    for quantity in ["elbo", "lower_bound"] {
        let quantity = format!("figure.GMMexample_ELBO.plot.elbo.quantity=\"{quantity}\"");
        let built = run_lecture(&["figure.GMMexample_ELBO.plot.elbo.fit=\"vb\"", &quantity]);
        let picture = built.json("GMMexample_ELBO");
        let trace = pairs(&picture["trace"]);
        assert_eq!(trace.last().unwrap().0, 169);
        assert!(trace.windows(2).all(|w| w[1].1 >= w[0].1 - 1e-9 * w[0].1.abs()), "{quantity}");
    }
}

/// An earlier iteration gives nothing of the end away, and what it shows stays where it is.
#[test]
fn a_trace_up_to_an_iteration_ends_there() {
    let of = |at: &str| {
        let built = run_lecture(&[&format!("figure.GMMexample_ELBO.plot.elbo.at={at}")]);
        let svgs = built.svgs();
        let svg = svgs.into_iter().find(|(name, _)| name == "GMMexample_ELBO").unwrap().1;
        let header = built.picture("GMMexample_ELBO").header(&Theme::LIGHT, Layers::ALL);
        (rings(&svg), inked(&svg), header.facts, built.picture("GMMexample_ELBO").caption())
    };
    let whole = of("\"final\"");
    assert!(whole.1.iter().any(|(words, _)| words.contains("6,243.0")));
    for (at, count) in [("1", 0), ("8", 1), ("15", 2)] {
        let (mut rings, words, facts, caption) = of(at);
        // The dot at the end of the trace is within its ring.
        rings.sort_by(|a, b| a.0.total_cmp(&b.0));
        rings.dedup();
        assert_eq!(rings, whole.0[..count], "{at}");
        assert_eq!(facts[0], format!("up to $t$ = {at}"));
        assert_eq!(facts.len(), 1 + usize::from(at == "15"), "{facts:?}");
        assert!(!caption.contains("6,243.0") && !caption.contains("converged"), "{caption}");
        assert!(!words.iter().any(|(w, _)| w.contains("6,243.0") || w.contains("a step")));
        // What is not in the header has its place in the whole.
        for (word, place) in words.iter().filter(|(_, place)| place[1] > 50.0) {
            let same = |(w, p): &&(String, [f64; 4])| w == word && p == place;
            assert!(whole.1.iter().any(|other| same(&other)), "{word} moves at {at}");
        }
    }
}

#[test]
fn a_fit_that_converges_at_once_has_room_for_its_numbers() {
    // The value at t = 0 has as many decimals as the axis.
    for (seed, below) in [(2, "\u{2212}127.9783"), (9, "\u{2212}122.897294011")] {
        let config = format!(
            "schema = 1\n[data.d]\nseed = {seed}\nsource.gaussian_mixture = {{ \
             means = [-3.0, 3.0], sd = [0.8, 1.2], samples = 30 }}\n[fit.em]\ndata = \"d\"\n\
             model.mixture_em = {{ components = 2 }}\n[figure.rise]\nplot.elbo = {{ fit = \"em\" }}\n\
             [figure.all]\nplot.elbo = {{ fit = \"em\", range = \"all\" }}\n\
             [figure.trace]\nplot.trace = {{ fit = \"em\" }}\n"
        );
        let built = run_text(&config, &[]);
        assert_none(&violations("at once", &built));
        let svgs = built.svgs();
        let (_, svg) = svgs.iter().find(|(name, _)| name == "rise").unwrap();
        let texts: Vec<String> = inked(svg).into_iter().map(|(text, _)| text).collect();
        assert!(texts.iter().any(|text| text == below), "{texts:?}");
    }
}
