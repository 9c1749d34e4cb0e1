//! The markup of every shipped figure: it stands for itself, beside others in one page, and on its
//! canvas.

use std::collections::BTreeSet;

use elbow::render::Format;
use resvg::usvg::{self, Group, Node};

use crate::lecture::{classic, lecture, showcase};

/// How far a mark may reach beyond the canvas, in pixels of 1/96 in: the background is a point
/// larger, so that no pixel at an edge is half transparent.
const BEYOND: f32 = 3.0;

/// Everything between `before` and the next quotation mark or bracket.
fn all_between<'a>(svg: &'a str, before: &str) -> Vec<&'a str> {
    svg.split(before).skip(1).filter_map(|rest| rest.split(['"', ')']).next()).collect()
}

/// Left, top, right and bottom.
type Bounds = [f32; 4];

fn bounds(rect: usvg::tiny_skia_path::Rect) -> Bounds {
    [rect.left(), rect.top(), rect.right(), rect.bottom()]
}

/// Calls `visit` for the part of each shape that is not clipped.
fn visit_shapes(group: &Group, limit: Bounds, visit: &mut impl FnMut(&str, Bounds)) {
    let within = |b: Bounds, limit: Bounds| {
        [b[0].max(limit[0]), b[1].max(limit[1]), b[2].min(limit[2]), b[3].min(limit[3])]
    };
    let mut limit = limit;
    if let Some(clip) = group.clip_path() {
        limit = within(bounds(clip.root().abs_bounding_box()), limit);
    }
    for node in group.children() {
        match node {
            Node::Group(inner) => visit_shapes(inner, limit, visit),
            other => {
                let shown = within(bounds(other.abs_stroke_bounding_box()), limit);
                if shown[0] < shown[2] && shown[1] < shown[3] {
                    visit(other.id(), shown);
                }
            }
        }
    }
}

/// What every figure's SVG must be.
pub(crate) fn assert_sound(name: &str, svg: &str) {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!svg.contains("<text"), "{name}: text that needs a font");
    for word in ["NaN", "nan", "inf\"", "inf "] {
        assert!(!svg.contains(word), "{name}: {word}");
    }
    let ids = all_between(svg, " id=\"");
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len(), "{name}: ids are not unique");
    let used = all_between(svg, "href=\"#").into_iter().chain(all_between(svg, "url(#"));
    for id in used {
        assert!(distinct.contains(id), "{name}: there is no #{id}");
    }
    let everything = [f32::NEG_INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::INFINITY];
    let (width, height) = (tree.size().width(), tree.size().height());
    let mut shapes = 0;
    visit_shapes(tree.root(), everything, &mut |id, [left, top, right, bottom]| {
        shapes += 1;
        let inside = left >= -BEYOND
            && top >= -BEYOND
            && right <= width + BEYOND
            && bottom <= height + BEYOND;
        assert!(inside, "{name}: {id} reaches {left}, {top}, {right}, {bottom}");
    });
    assert!(shapes > 10, "{name}: only {shapes} shapes");
}

#[test]
fn shipped_figures_are_sound() {
    for built in [lecture(), classic(), showcase()] {
        for (name, svg) in built.svgs() {
            assert_sound(&name, &svg);
        }
    }
}

/// What a page of slides loads quickly and a repository keeps gladly; three scatters of 1500 points
/// take 121 KB and 86 KB.
#[test]
fn shipped_figures_are_small() {
    for built in [lecture(), classic(), showcase()] {
        for (name, figure) in built.render(&[Format::Svg, Format::Pdf], 72.0) {
            for (file, bytes) in figure.files {
                let limit = if file.ends_with(".svg") { 150_000 } else { 100_000 };
                assert!(bytes.len() < limit, "{name}: {file} has {} bytes", bytes.len());
            }
        }
    }
}

#[test]
fn figures_of_a_config_can_stand_in_one_page() {
    for built in [lecture(), classic(), showcase()] {
        let mut owners = std::collections::BTreeMap::new();
        for (name, svg) in built.svgs() {
            for id in all_between(&svg, " id=\"") {
                assert!(id.starts_with(&name), "{name}: {id}");
                if let Some(other) = owners.insert(id.to_owned(), name.clone()) {
                    panic!("{id} is in {other} and in {name}");
                }
            }
        }
    }
}

#[test]
fn opacity_is_never_that_of_an_element() {
    for built in [lecture(), classic(), showcase()] {
        for (name, svg) in built.svgs() {
            assert!(!svg.contains(" opacity=\""), "{name}");
        }
    }
}
