//! Configs with profiles and what they include, and what is laid over them.

use std::fs;
use std::path::Path;

use annotate_snippets::Renderer;
use elbow::config::sweep::Sweep;
use elbow::config::{self, Layers, Plan, canonical};
use elbow::diagnostic::Problems;
use proptest::prelude::*;
use proptest::sample::select;

use crate::fuzz;
use crate::limits::{alone, within};
use crate::texts::{Changes, changed, changes};

/// What makes a config deep, long or slow.
const PIECES: &[&str] = &[
    "[",
    "{a=",
    "a.",
    "[a.",
    "[[",
    "[]",
    "{}",
    "1,",
    "[1],",
    "\"",
    "'''",
    "\"\"\"",
    "\\",
    "#",
    "\n",
    "\r",
    " ",
    "é",
    "a",
    "1",
    "1_",
    "-",
    "[profile.p#]\n",
    "[profile.p#.output]\ndpi = 3\n",
    "[figure.f#]\nplot.histogram = { data = \"line\" }\n",
    "[theme.t#]\n",
    "[data.d#]\nsource.points = { values = [1] }\n",
    "[figure.f#]\n",
    "[x#]\n",
    "k# = 1\n",
    "k# = [\n",
    "= 1\n",
    "x = 1\n",
    "[fit.f#]\n",
    "include = [\"style.toml\"]\n",
    "\"style.toml\", ",
    "\"b.toml\", ",
    "$x$",
    "\\\\frac{1}{",
    "{figure}",
    "\"f#\", ",
    "[data.line]\n",
];

const STYLE: &str = "schema = 1\ninclude = [\"b.toml\"]\n[output]\ntype_size = 9\n[theme.own]\nbackground = \"#EEEEEE\"\n\
    [profile.print.output]\ndpi = 300\n";
const B: &str = "[theme.other]\nink = \"#102030\"\n[output]\nformats = [\"svg\"]\n";
const PROFILES: &str = "\n[profile.print.output]\npage = \"a4\"\n[profile.print.figure.GMMexample]\ntitle = \"P\"\n\
    [profile.fast.data.line]\nseed = 2\n[profile.fast.fit.cavi.model.cavi]\nmax_iter = 20\n";

/// The lecture's config with profiles.
fn lecture() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/lecture3.toml");
    fs::read_to_string(path).unwrap().replacen("../style/", "", 1) + PROFILES
}

/// Reads a config and renders whatever is wrong with it.
fn read(path: &Path, text: &str, layers: &Layers) -> Option<Plan> {
    let mut problems = Problems::default();
    let plan = config::parse(path, text, layers, config::Others::Checked, &mut problems);
    assert_eq!(plan.is_none(), !problems.is_empty(), "a plan or a reason");
    for renderer in [Renderer::plain(), Renderer::styled()] {
        problems.render(&renderer);
    }
    for diagnostic in problems.sorted() {
        let span = diagnostic.span.clone().unwrap();
        assert!(problems.sources.place(&span).is_some(), "{diagnostic:?} is nowhere");
        assert!(diagnostic.hint.is_some(), "no hint: {diagnostic:?}");
    }
    if let Some(plan) = &plan {
        canonical::whole(plan);
    }
    plan
}

fn layers(profiles: &[&str], sets: &[String]) -> Layers {
    let profiles = profiles.iter().map(|name| (*name).to_owned()).collect();
    Layers { profiles, ..Layers::of_sets(sets) }
}

fn profiles() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(select(vec!["print", "fast", "", "p1", "prnt", "\u{0}\n"]), 0..3)
}

/// A config of every kind of figure, which includes a file.
fn showcase(folder: &Path) -> String {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    fs::copy(config.join("log_factorial.csv"), folder.join("log_factorial.csv")).unwrap();
    let text = fs::read_to_string(config.join("showcase.toml")).unwrap();
    text.replacen("style/course.toml", "style.toml", 1)
}

#[test]
fn configs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    let bases = [lecture(), showcase(folder.path())];
    fs::write(folder.path().join("style.toml"), STYLE).unwrap();
    fs::write(folder.path().join("b.toml"), B).unwrap();
    for text in &bases {
        assert!(read(&path, text, &Layers::default()).is_some());
    }
    let included = (changes(PIECES, 20_000), changes(PIECES, 1000));
    let strategy = (0..2_usize, changes(PIECES, 50_000), prop::option::of(included), profiles());
    fuzz("configs", 200, strategy, |(which, own, included, profiles)| {
        let changed =
            |text: &str, c: Option<&Changes>| c.map_or(text.to_owned(), |c| changed(text, c));
        let style = changed(STYLE, included.as_ref().map(|c| &c.0));
        fs::write(folder.path().join("style.toml"), style).unwrap();
        let b = changed(B, included.as_ref().map(|c| &c.1));
        fs::write(folder.path().join("b.toml"), b).unwrap();
        read(&path, &changed(&bases[*which], Some(own)), &layers(profiles, &[]));
    });
}

/// Lines of `--set` and `--sweep` to begin with.
const LINES: [&str; 9] = [
    "fit.cavi.model.cavi.init=\"lecture\"",
    "data.line.source.gaussian_mixture.means=[-4.0, 0.0, 3.0, 9.0]",
    "figure.GMMexample={ size = [4, 3], plot = { histogram = { data = \"line\" } } }",
    "data.line.seed=1,2,3",
    "fit.cavi.model.cavi.components=2, 3",
    "figure.GMMexample.title=\"a\", 'b', \"\"\"c\"\"\"",
    "profile.print.output.dpi=3",
    "seed=3",
    "",
];

const IN_LINES: &[&str] = &[
    "1,", "[1],", "[", "{a=", "a.", "{}", "\"", "'", "'''", "#,", "\"#\",", " ", "\n", "\\", "é",
    "=", "a", "#", "{a=1},", "_", "0", "-", ".", "\u{feff}",
];

fn lines() -> impl Strategy<Value = Vec<String>> {
    let one = (select(LINES.to_vec()), changes(IN_LINES, 30_000));
    prop::collection::vec(one.prop_map(|(line, c)| changed(line, &c)), 1..4)
}

#[test]
fn sets() {
    let text = lecture();
    fuzz("sets", 200, (lines(), profiles()), |(lines, profiles)| {
        read(Path::new("fuzz.toml"), &text, &layers(profiles, lines));
    });
}

#[test]
fn sweeps() {
    let text = lecture();
    fuzz("sweeps", 200, (lines(), profiles()), |(lines, profiles)| {
        let Ok(sweep) = Sweep::read(lines) else { return };
        assert!(!sweep.members.is_empty());
        let ends = [sweep.members.first(), sweep.members.last()];
        for member in ends.into_iter().flatten() {
            assert!(!member.folder.contains(['/', '\\', '\0']), "{}", member.folder);
            let layers = member.layers(&layers(profiles, &[]));
            read(Path::new("fuzz.toml"), &text, &layers);
        }
    });
}
#[test]
fn many_mistakes_and_profiles_take_little() {
    let _alone = alone();
    let counted = |piece: &str, times: usize| -> String {
        (0..times).map(|i| piece.replace('#', &i.to_string())).collect()
    };
    for (name, more) in [
        ("each mistake of a line looked for the line", "\r".repeat(100_000)),
        ("each mistake was shown in the whole text", counted("= #\n", 20_000)),
        ("each node went through all mistakes", counted("[fit.f#]\n", 8000)),
        ("each bracket that is never closed was a mistake", "[a.".repeat(40_000)),
        ("each profile had a config of its own", counted("[profile.p#]\n", 7000)),
    ] {
        let text = lecture() + &more;
        within(name, || drop(read(Path::new("fuzz.toml"), &text, &Layers::default())));
    }
}

#[test]
fn files_that_include_each_other_often_are_read_once_or_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    for i in 0..8 {
        let next = format!("'{}.toml', ", i + 1).repeat(9);
        fs::write(folder.path().join(format!("{i}.toml")), format!("include = [{next}]\n"))
            .unwrap();
    }
    fs::write(folder.path().join("8.toml"), "[output]\ndpi = 100\n").unwrap();
    let text = format!("include = ['0.toml']\n{}", lecture());
    within("includes of includes", || {
        drop(read(&folder.path().join("a.toml"), &text, &Layers::default()))
    });
}

#[test]
fn a_sweep_of_many_values_is_refused_before_they_are_laid_out() {
    let _alone = alone();
    let values: String = (0..8000).map(|i| format!("\"{i}\",")).collect();
    within("each value had a text as long as all", || {
        let wrong = Sweep::read(&[format!("data.line.seed={values}")]).unwrap_err();
        assert!(wrong[0].contains("more than 1000 values"), "{wrong:?}");
    });
}
