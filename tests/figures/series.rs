//! Series of figures, steps and panels: nothing moves but what changes.

use std::collections::{BTreeMap, BTreeSet};

use elbow::render::{Color, Fonts, Format, TextStyle};

use crate::lecture::{Built, lecture, plan_of, run, run_text, shipped};

const SERIES: [&str; 4] =
    ["GMMexample_it0", "GMMexample_it8", "GMMexample_it15", "GMMexample_itConv"];

/// The words of all texts, and where each stands.
fn texts(svg: &str) -> Vec<(String, [f64; 2])> {
    let text = |line: &str| {
        let (label, rest) = line.strip_prefix("<g role=\"img\" aria-label=\"")?.split_once('"')?;
        let place = rest.split_once("translate(")?.1.split_once(')')?.0;
        let (x, y) = place.split_once(' ')?;
        Some((label.to_owned(), [x.parse().unwrap(), y.parse().unwrap()]))
    };
    svg.lines().filter_map(text).collect()
}

/// What the group `{figure}-{name}` holds.
fn group<'s>(svg: &'s str, figure: &str, name: &str) -> &'s str {
    let opening = format!("<g id=\"{figure}-{name}\">");
    let (_, rest) = svg.split_once(&opening).unwrap_or_else(|| panic!("no group {name}"));
    let mut depth = 1;
    for (at, _) in rest.char_indices().filter(|(_, c)| *c == '<') {
        match &rest[at..] {
            tag if tag.starts_with("<g ") || tag.starts_with("<g>") => depth += 1,
            tag if tag.starts_with("</g>") => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &rest[..at];
        }
    }
    panic!("the group {name} is not closed")
}

/// Where the only text that begins with `start` stands.
#[track_caller]
fn place(svg: &str, start: &str) -> [f64; 2] {
    let found: Vec<_> = texts(svg).into_iter().filter(|(t, _)| t.starts_with(start)).collect();
    assert_eq!(found.len(), 1, "{start}: {found:?}");
    found[0].1
}

/// The numbers in the row of names of a figure, and where each begins and ends.
pub(crate) fn names(built: &Built, figure: &str) -> Vec<(usize, [f64; 2])> {
    let svg = built.svgs().into_iter().find(|(name, _)| name == figure).unwrap().1;
    let fonts = Fonts::embedded();
    let style = TextStyle::new(elbow::figure::style::size::LABEL, Color::BLACK);
    let name = |(words, [x, _]): (String, [f64; 2])| {
        let number = words.strip_prefix("k = ").unwrap_or(&words).parse().ok()?;
        let written = if words.starts_with('k') { format!("$k = {number}$") } else { words };
        Some((number, [x, x + fonts.measure(&written, &style).width]))
    };
    texts(group(&svg, figure, "names")).into_iter().filter_map(name).collect()
}

#[test]
fn words_of_a_series_stay_where_they_are() {
    let svgs: BTreeMap<String, String> = lecture().svgs().into_iter().collect();
    let facts = ["random start", "steepest rise begins", "steepest rise ends", "converged"];
    for words in ["\u{3bc}_1 = 0", "\u{3bc}_2 = 1", "\u{3bc}_3 = 5", "k = 1", "k = 3", "data"] {
        let places: Vec<_> = SERIES.iter().map(|name| place(&svgs[*name], words)).collect();
        assert!(places.iter().all(|p| *p == places[0]), "{words}: {places:?}");
    }
    // `t = 8` and `t = 96` have different widths.
    let places: Vec<_> =
        SERIES.iter().zip(facts).map(|(name, fact)| place(&svgs[*name], fact)).collect();
    assert!(places.iter().all(|p| *p == places[0]), "{places:?}");
}

#[test]
fn the_bound_is_shown_where_there_is_room_for_it() {
    let svgs: BTreeMap<String, String> = lecture().svgs().into_iter().collect();
    let has = |name: &str| svgs[name].contains(&format!("<g id=\"{name}-elbo\">"));
    // In the first figure a curve is there, alone a figure leaves nothing free.
    assert_eq!(SERIES.map(has), [false, true, true, true]);
    assert!(!has("GMMexample"));
    let places: Vec<_> = SERIES[1..]
        .iter()
        .map(|name| {
            texts(&svgs[*name]).into_iter().find(|(t, _)| t.starts_with("ELBO over")).unwrap().1
        })
        .collect();
    assert!(places.iter().all(|p| *p == places[0]), "{places:?}");
}

#[test]
fn nothing_moves_between_steps_but_what_is_added() {
    let (path, text) = shipped("lecture3");
    let more = "\n[figure.steps]\nformats = [\"svg\"]\n\
        steps = [\"data\", \"truth\", \"init\", \"iteration 8\", \"final\"]\n\
        plot.histogram = { data = \"line\", fit = \"cavi\" }\n";
    let built = run(plan_of(&path, &(text + more), &[]));
    let rendered = built.render(&[Format::Svg], 200.0);
    let (_, figure) = rendered.into_iter().find(|(name, _)| name == "steps").unwrap();
    let steps: Vec<String> = figure
        .files
        .into_iter()
        .filter(|(name, _)| name.starts_with("L3_steps_"))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    assert_eq!(steps.len(), 5);
    for name in ["x-axis", "y-axis", "base", "names", "lane-lines", "data", "data-3"] {
        for step in &steps[1..] {
            assert_eq!(group(step, "steps", name), group(&steps[0], "steps", name), "{name}");
        }
    }
    // What has come stays: the truth from the second step on, the start from the fourth.
    for (name, first) in [("truth", 1), ("truth-3", 1), ("start", 3), ("start-3", 3)] {
        for (i, step) in steps.iter().enumerate() {
            let there = step.contains(&format!("<g id=\"steps-{name}\">"));
            assert_eq!(there, i >= first, "{name} in step {i}");
            if i > first {
                assert_eq!(group(step, "steps", name), group(&steps[first], "steps", name));
            }
        }
    }
    // Entries of the key come, but none goes or moves, except for the start's own step.
    let entries = |step: &String| -> BTreeSet<String> {
        group(step, "steps", "key").lines().map(str::to_owned).collect()
    };
    for (before, after) in [(0, 1), (1, 2), (2, 3), (3, 4)] {
        let (before, after) = (entries(&steps[before]), entries(&steps[after]));
        assert!(before.is_subset(&after), "{before:?} {after:?}");
    }
}

#[test]
fn panels_share_what_they_can() {
    let (path, text) = shipped("lecture3");
    let more = "\n[figure.sheet]\nsize = [12, 7.4]\n\
        panels = { over = \"iterations\", values = [0, 1, 8, 11, 15, \"final\"] }\n\
        plot.histogram = { data = \"line\", fit = \"cavi\" }\n\
        [figure.low]\nsize = [6.5, 4.2]\n\
        panels = { over = \"iterations\", values = [0, 1, 8, 11, 15, \"final\"], letters = true }\n\
        plot.histogram = { data = \"line\", fit = \"cavi\" }\n";
    let built = run(plan_of(&path, &(text + more), &[]));
    let svgs: BTreeMap<String, String> = built.svgs().into_iter().collect();
    for name in ["sheet", "low"] {
        let svg = &svgs[name];
        let count = |words: &str| texts(svg).iter().filter(|(t, _)| t == words).count();
        // One key, one label of the vertical axis a row, one of the horizontal a column.
        assert_eq!([count("data"), count("points per bin"), count("x")], [1, 2, 3], "{name}");
        let groups = |what: &str| svg.matches(&format!("<g id=\"{name}-{what}")).count();
        assert_eq!([groups("x-axis"), groups("y-axis")], [6, 2], "{name}");
        // Lanes are in all panels or in none, though those of the last row are drawn into more room.
        assert_eq!(groups("lane-lines"), if name == "sheet" { 6 } else { 0 }, "{name}");
        assert!(crate::texts::violations_of(name, svg).is_empty(), "{name}");
    }
}

#[test]
fn facts_in_headings_are_short() {
    let picture = lecture().picture("GMMexample_it8");
    let theme = elbow::figure::style::Theme::LIGHT;
    let heading = picture.heading(&theme, elbow::figure::Layers::ALL);
    assert_eq!(heading.facts, ["rise begins", "ELBO \u{2212}6,709"]);
}

#[test]
fn the_axes_lie_behind_the_curves() {
    let svg = &run_text(ONE, &[]).svgs()[0].1;
    let at = |what: &str| svg.find(&format!("<g id=\"one-{what}\">")).unwrap();
    assert!(at("data") < at("y-axis") && at("x-axis") < at("truth"));
}

const ONE: &str = "schema = 1\n[data.one.source.gaussian_mixture]\nmeans = [0.0, 3.0]\n\
    samples = 50\n[figure.one]\nplot.histogram = { data = \"one\" }\n";
