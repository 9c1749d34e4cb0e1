//! Titles with numbers in them.

use elbow::figure::Layers;
use elbow::figure::style::Theme;

use crate::lecture::{Built, run_text};

const TITLED: &str = r#"
schema = 1
[data.line]
seed = 1
source.gaussian_mixture = { means = [-3.0, 3.0], sd = [0.8, 1.2], samples = 30 }
[fit.em]
data = "line"
model.mixture_em = { components = 2 }
[figure.plain]
title = "$K = {components}$: {fit} at {t}, {{as it is}}"
plot.histogram = { data = "line", fit = "em" }
[figure.built]
title = "iteration {t}"
plot.histogram = { data = "line", fit = "em" }
steps = ["data", "init", "iteration 1"]
[figure.moving]
title = "iteration {t}"
plot.density = { fit = "em" }
animate = { over = "iterations" }
[figure.grid]
title = "{{two}}"
panels = { plots = [
    { plot.density = { fit = "em" }, title = "{log_likelihood:.1f} nats" },
    { plot.density = { data = "line" } },
] }
"#;

/// The titles that a figure's drawing has: its own, and that of readers who cannot see it.
fn titles(built: &Built, figure: &str) -> (Vec<String>, String) {
    let drawing = built.drawing(figure);
    let texts = drawing.marks.iter().filter_map(|mark| match &mark.painted {
        elbow::render::Painted::Text { label, .. } => Some(label.clone()),
        _ => None,
    });
    (texts.collect(), drawing.title.clone())
}

#[test]
fn the_title_of_a_plain_figure_has_its_numbers() {
    let built = run_text(TITLED, &[]);
    let last = built.values.fits["em"].as_ref().unwrap().iterations();
    let (texts, title) = titles(&built, "plain");
    let expected = format!("K = 2: em at {last}, {{as it is}}");
    assert!(texts.contains(&expected), "{texts:?}");
    assert_eq!(title, expected);
    // Facts that the picture finds stand only below a title of its own.
    assert!(texts.iter().all(|text| !text.contains("accuracy")), "{texts:?}");
    let (texts, title) = titles(&built, "grid");
    assert!(texts.iter().any(|text| text == "{two}") && title == "{two}", "{title}: {texts:?}");
}

#[test]
fn steps_and_frames_have_the_numbers_of_their_own_iterations() {
    let built = run_text(TITLED, &[]);
    let Some(Ok(pictures)) = built.values.pictures.get("built") else { panic!("no steps") };
    let steps: Vec<Option<&str>> = pictures.steps.iter().map(|s| s.title.as_deref()).collect();
    assert_eq!(steps[1..], [Some("iteration 0"), Some("iteration 1")]);
    let Some(Ok(pictures)) = built.values.pictures.get("moving") else { panic!("no frames") };
    for (t, frame) in pictures.frames.iter().enumerate() {
        assert_eq!(frame[0].title, Some(format!("iteration {t}")));
    }
    assert!(pictures.frames.len() > 2);
    let header = pictures.first().unwrap().header(&Theme::LIGHT, Layers::ALL);
    assert!(!header.start.contains("iteration"), "the picture's own title: {}", header.start);
}
