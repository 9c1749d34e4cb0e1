//! Where texts stand: none over another one, none beyond the canvas.

use resvg::usvg::{self, Group, Node};

use crate::lecture::{Built, classic, lecture};
use crate::variants::run_components;

/// A text and the box of its ink: left, top, right and bottom.
struct Text {
    words: String,
    ink: [f32; 4],
}

/// The texts of an SVG. Each is a group with its words as label; the parser keeps groups that have
/// an id, so they are numbered first.
fn texts(svg: &str) -> (Vec<Text>, [f32; 2]) {
    const OPENING: &str = "<g role=\"img\" aria-label=\"";
    let mut numbered = String::new();
    let mut words = Vec::new();
    for (i, part) in svg.split(OPENING).enumerate() {
        if i > 0 {
            numbered.push_str(&format!("<g id=\"text {}\" aria-label=\"", i - 1));
            words.push(part.split('"').next().unwrap_or_default().to_owned());
        }
        numbered.push_str(part);
    }
    let tree = usvg::Tree::from_str(&numbered, &usvg::Options::default()).unwrap();
    let mut found = Vec::new();
    fn walk(group: &Group, words: &[String], found: &mut Vec<Text>) {
        for node in group.children() {
            let Node::Group(inner) = node else { continue };
            match inner.id().strip_prefix("text ") {
                Some(index) => {
                    let ink = inner.abs_bounding_box();
                    found.push(Text {
                        words: words[index.parse::<usize>().unwrap()].clone(),
                        ink: [ink.left(), ink.top(), ink.right(), ink.bottom()],
                    });
                }
                None => walk(inner, words, found),
            }
        }
    }
    walk(tree.root(), &words, &mut found);
    assert!(found.len() >= 3, "only {} of {} texts were found", found.len(), words.len());
    (found, [tree.size().width(), tree.size().height()])
}

/// Everything that is wrong with where the texts of a picture stand.
fn violations_of(what: &str, svg: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let (texts, [width, height]) = texts(svg);
    for (i, text) in texts.iter().enumerate() {
        let [left, top, right, bottom] = text.ink;
        if left < 0.0 || top < 0.0 || right > width || bottom > height {
            wrong.push(format!("{what}: `{}` leaves the canvas", text.words));
        }
        for other in &texts[..i] {
            let [l, t, r, b] = other.ink;
            if left < r && l < right && top < b && t < bottom {
                wrong.push(format!("{what}: `{}` on `{}`", text.words, other.words));
            }
        }
    }
    wrong
}

/// Everything that is wrong with where the texts of these figures stand.
pub(crate) fn violations(what: &str, built: &Built) -> Vec<String> {
    let svgs = built.svgs();
    svgs.iter().flat_map(|(name, svg)| violations_of(&format!("{what}, {name}"), svg)).collect()
}

#[track_caller]
pub(crate) fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "{} texts:\n{}", violations.len(), violations.join("\n"));
}

#[test]
fn texts_of_shipped_figures_are_apart() {
    let mut wrong = violations("lecture3", lecture());
    wrong.extend(violations("lecture3-classic", classic()));
    assert_none(&wrong);
}

#[test]
fn texts_are_apart_with_any_number_of_components() {
    let mut wrong = Vec::new();
    for (truth, inferred) in [(1, 1), (2, 2), (4, 4), (5, 5), (3, 5), (4, 2)] {
        let built = run_components(truth, inferred, &[]);
        wrong.extend(violations(&format!("K = {truth}, {inferred} inferred"), &built));
    }
    assert_none(&wrong);
}

#[test]
fn texts_are_apart_wherever_the_components_are() {
    let mut wrong = Vec::new();
    for seed in [0, 1, 2, 3, 4, 5] {
        for k in [3, 4] {
            let fits = format!("fit.cavi.seed={seed}");
            let built = run_components(
                k,
                k,
                &[
                    &fits,
                    &format!("data.line.seed={seed}"),
                    &format!("data.plane.seed={seed}"),
                    &format!("fit.vb.seed={seed}"),
                ],
            );
            wrong.extend(violations(&format!("K = {k}, seed {seed}"), &built));
        }
    }
    assert_none(&wrong);
}

#[test]
fn a_text_on_a_text_is_seen() {
    use elbow::render::{Canvas, Color, Fonts, TextStyle, svg};
    let fonts = Fonts::embedded();
    let mut canvas = Canvas::new(&fonts, 200.0, 100.0, Color::WHITE, "test");
    let style = TextStyle::new(12.0, Color::hex("#1F2328"));
    for (x, y, words) in [(20.0, 20.0, "one"), (30.0, 24.0, "two"), (190.0, 80.0, "beyond")] {
        canvas.text((x, y), words, &style);
    }
    let svg = svg::encode(&canvas.finish(), &fonts);
    let wrong = violations_of("test", &svg);
    assert_eq!(wrong, ["test: `two` on `one`", "test: `beyond` leaves the canvas"]);
}
