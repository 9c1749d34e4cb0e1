//! Where texts stand: none over another one, none beyond the canvas.

use elbow::figure::SharedAxes;
use resvg::usvg::{self, Group, Node};

use crate::lecture::{Built, classic, lecture, plan_of, run, shipped, showcase};
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

/// The texts of an SVG with their boxes in points: left, top, right and bottom.
pub(crate) fn inked(svg: &str) -> Vec<(String, [f64; 4])> {
    let points = |ink: [f32; 4]| ink.map(|v| f64::from(v) * 0.75);
    texts(svg).0.into_iter().map(|text| (text.words, points(text.ink))).collect()
}

/// The vertices of the paths in the groups called `name`, in points, one path a group.
pub(crate) fn paths(svg: &str, name: &str) -> Vec<Vec<(f64, f64)>> {
    fn walk(group: &Group, name: &str, found: &mut Vec<Vec<(f64, f64)>>) {
        for node in group.children() {
            let Node::Group(inner) = node else { continue };
            let numbered = inner.id().trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
            if numbered.ends_with(name) {
                let path = inner.children().iter().find_map(|child| match child {
                    Node::Path(path) => Some(path),
                    _ => None,
                });
                let path = path.unwrap();
                let mut points = path.data().points().to_vec();
                path.abs_transform().map_points(&mut points);
                let scaled = points.iter().map(|p| (f64::from(p.x) * 0.75, f64::from(p.y) * 0.75));
                found.push(scaled.collect());
            }
            walk(inner, name, found);
        }
    }
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).unwrap();
    let mut found = Vec::new();
    walk(tree.root(), name, &mut found);
    found
}

/// The middles of the rings of an SVG, in points.
pub(crate) fn rings(svg: &str) -> Vec<(f64, f64)> {
    let number = |circle: &str, key: &str| -> f64 {
        let rest = circle.split(&format!(" {key}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    svg.split("<circle")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter(|circle| !circle.contains("fill=") && circle.contains("stroke="))
        .map(|circle| (number(circle, "cx"), number(circle, "cy")))
        .collect()
}

/// Everything that is wrong with where the texts of a picture stand.
pub(crate) fn violations_of(what: &str, svg: &str) -> Vec<String> {
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
    wrong.extend(violations("showcase", showcase()));
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

/// Each kind at exactly the size that it says is the least, with few and many panels.
#[test]
fn texts_are_apart_at_the_least_size() {
    let (path, text) = shipped("lecture3");
    let mut plan = plan_of(&path, &text, &[]);
    for figure in plan.figures.values_mut() {
        let kind = figure.panels[0].plot.kind();
        if kind.shared_axes() != Some(SharedAxes::Histogram) {
            figure.size = kind.least_size();
        }
    }
    assert_none(&violations("least sizes", &run(plan)));
}

#[test]
fn texts_of_small_histograms_are_apart() {
    let mut wrong = Vec::new();
    for size in ["[4, 3]", "[5, 3]", "[6, 3]", "[4, 4]", "[5, 4]"] {
        for (truth, inferred) in [(1, 1), (3, 3), (5, 5), (3, 5)] {
            let series = ["it0", "it8", "it15", "itConv"].map(|t| format!("_{t}"));
            let names = [String::new()].into_iter().chain(series);
            let sizes: Vec<String> =
                names.map(|name| format!("figure.GMMexample{name}.size={size}")).collect();
            let sizes: Vec<&str> = sizes.iter().map(String::as_str).collect();
            let built = run_components(truth, inferred, &sizes);
            let what = format!("{size}, K = {truth}, {inferred} inferred");
            let histogram = |w: &String| w.contains("GMMexample") && !w.contains("2D");
            wrong.extend(violations(&what, &built).into_iter().filter(histogram));
        }
    }
    assert_none(&wrong);
}

#[test]
fn a_text_on_a_text_is_seen() {
    use elbow::render::{Canvas, Color, Fonts, SvgText, TextStyle, svg};
    let fonts = Fonts::embedded();
    let mut canvas = Canvas::new(&fonts, 200.0, 100.0, Color::WHITE, "test");
    let style = TextStyle::new(12.0, Color::hex("#1F2328"));
    for (x, y, words) in [(20.0, 20.0, "one"), (30.0, 24.0, "two"), (190.0, 80.0, "beyond")] {
        canvas.text((x, y), words, &style);
    }
    let svg = svg::encode(&canvas.finish(), &fonts, SvgText::Outlines);
    let wrong = violations_of("test", &svg);
    assert_eq!(wrong, ["test: `two` on `one`", "test: `beyond` leaves the canvas"]);
}
