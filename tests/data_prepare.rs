//! What is done with the points of a data set: which of them are taken, units, standardization,
//! missing values and counts.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;
mod program;

use std::fs;
use std::path::Path;

use elbow::config::{self, Layers, Plan};
use elbow::data::Dataset;
use elbow::diagnostic::Problems;
use elbow::model::Fit;
use elbow::pipeline::key::{self, Versions};
use elbow::pipeline::{self, Selection, Values};
use elbow::random::{Generator, Seed, stream};
use ndarray::{Axis, arr2};
use program::{check, elbow, files, folder, has, stdout};

fn plan_in(folder: &Path, text: &str) -> Plan {
    let mut problems = Problems::default();
    let text = format!("schema = 1\n{text}");
    let path = folder.join("a.toml");
    let plan =
        config::parse(&path, &text, &Layers::default(), config::Others::Checked, &mut problems);
    plan.unwrap_or_else(|| panic!("{:?}", problems.sorted()))
}

fn plan(text: &str) -> Plan {
    plan_in(Path::new("."), text)
}

fn run(plan: &Plan) -> Values {
    pipeline::run(plan, &Selection::All, &())
}

/// The data set `a`.
fn data(text: &str) -> Dataset {
    let plan = plan(text);
    let data = run(&plan).data.swap_remove("a").unwrap().unwrap();
    let shape = plan.data["a"].shape();
    assert_eq!((shape.points, shape.dimensions), data.points.dim());
    assert_eq!(shape.components, data.components());
    data
}

fn fit<'a>(values: &'a Values, name: &str) -> &'a Fit {
    values.fits[name].as_ref().unwrap()
}

/// The key of a node.
fn key(plan: &Plan, node: &str) -> String {
    key::nodes(plan, "", &Versions::own())[node].key.clone()
}

const LABELLED: &str = "source.points = { values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], \
                        labels = ['c', 'a', 'c', 'c', 'b', 'c', 'b'] }\n";

#[test]
fn a_subset_is_of_rows_in_their_order() {
    let part = |subset: &str| {
        let data = data(&format!("[data.a]\nseed = 3\nsubset.{subset}\n{LABELLED}"));
        (data.points.column(0).to_vec(), data.labels.unwrap().to_vec())
    };
    assert_eq!(part("first = 2"), (vec![0.0, 1.0], vec![1, 0]));
    // Of `a` there is none left, and the others are numbered anew.
    assert_eq!(part("every = 2"), (vec![0.0, 2.0, 4.0, 6.0], vec![1, 1, 0, 0]));
    assert_eq!(part("rows = [2, 5]"), (vec![2.0, 3.0, 4.0], vec![1, 1, 0]));
    assert_eq!(part("first = 7").1, [2, 0, 2, 2, 1, 2, 1]);
    let chosen = part("random = 4").0;
    let mut drawn = stream(Generator::Chacha, &Seed::Own(3)).choice_without_replacement(7, 4);
    drawn.sort_unstable();
    assert_eq!(chosen, drawn.iter().map(|i| *i as f64).collect::<Vec<_>>());
}

#[test]
fn a_subset_of_drawn_points_is_of_the_same_points_and_keeps_its_truth() {
    let mixture = "source.gaussian_mixture = { means = [0.0, 9.0], samples = 10 }\n";
    let all = data(&format!("[data.a]\nseed = 3\n{mixture}"));
    let part = data(&format!("[data.a]\nseed = 3\nsubset.rows = [10, 13]\n{mixture}"));
    assert_eq!(part.points, all.points.select(Axis(0), &[10, 11, 12]));
    assert_eq!((part.labels, part.truth), (Some(vec![1, 1, 1].into()), all.truth));
    let random =
        |seed: u64| data(&format!("[data.a]\nseed = {seed}\nsubset.random = 5\n{mixture}")).points;
    assert_ne!(random(1), random(2));
    assert_eq!(random(1), random(1));
}

const TWO: &str = "seed = 7\nsource.gaussian_mixture = { means = [[100.0, -3.0], [300.0, 5.0]], \
                   covariances = [[[900.0, 6.0], [6.0, 1.0]], [[400.0, 0.0], [0.0, 4.0]]], \
                   samples = 60 }\n";
const FULL: &str = "model.bayesian_mixture = { components = 2, covariance = 'full' }\n";

#[test]
fn models_see_standardized_points_and_all_else_the_data() {
    let plain = format!("[data.a]\n{TWO}");
    let raw = data(&plain);
    let scaled = data(&format!("{plain}standardize = true\n"));
    assert_eq!(scaled.points, raw.points);
    assert_eq!(scaled.truth, raw.truth);
    let seen = scaled.seen();
    for column in seen.columns() {
        // 120 roundings of numbers about 1.
        assert!(column.mean().unwrap().abs() < 1e-14);
        assert!((column.var(0.0) - 1.0).abs() < 1e-13);
    }
    // Those points stated in a config are fitted alike.
    let rows: Vec<String> = seen.rows().into_iter().map(|r| format!("{:?}", r.to_vec())).collect();
    let stated = format!("[data.b]\nsource.points.values = [{}]\n", rows.join(", "));
    let text = format!(
        "{plain}standardize = true\n{stated}\
         [fit.a]\ndata = 'a'\nseed = 1\n{FULL}[fit.b]\ndata = 'b'\nseed = 1\n{FULL}"
    );
    let values = run(&plan(&text));
    let (a, b) = (fit(&values, "a"), fit(&values, "b"));
    assert_eq!(a.states, b.states);
    assert_eq!(a.trace, b.trace);
    let last = a.iterations();
    assert_eq!(a.responsibilities(raw.points.view(), last), b.responsibilities(seen.view(), last));
    let (mixture, inner) = (a.mixture(last), b.mixture(last));
    let scaling = scaled.scaling.as_ref().unwrap();
    for k in 0..2 {
        for j in 0..2 {
            let mean = scaling.mean[j] + scaling.sd[j] * inner.means[[k, j]];
            assert!((mixture.means[[k, j]] - mean).abs() < 1e-12 * mean.abs());
        }
    }
    // The estimate is near what the points were drawn from, in their units.
    let found = |x: f64| mixture.means.column(0).iter().any(|mean| (mean - x).abs() < 15.0);
    assert!(found(100.0) && found(300.0), "{}", mixture.means);
    let json = a.to_json(raw.points.view(), elbow::model::Responsibilities::Omit);
    assert_eq!(common::matrix(&json["covariances"][0]), mixture.covariances[0]);
    assert_eq!(common::numbers(&json["scaling"]["sd"]), scaling.sd);
}

#[test]
fn what_is_exported_of_standardized_fits_is_in_the_datas_units() {
    let plane = "[data.a]\nsource.gaussian_mixture = { means = [[100.0, 0.0], [300.0, 1.0]], sd = 5.0, samples = 40 }\n\
        standardize = true\n[fit.a]\ndata = 'a'\nmodel.mixture_em = { components = 2 }\n";
    let (made, values) = (data(plane), run(&plan(plane)));
    let em = fit(&values, "a");
    let json = em.to_json(made.points.view(), elbow::model::Responsibilities::Omit);
    let mixture = em.mixture(em.iterations());
    assert_eq!(common::matrix(&json["covariances"][0]), mixture.covariances[0]);
    // Squared scales of Student's t, as without standardization.
    let line = "[data.a]\nstandardize = true\nsource.points.values = [10.0, 12.0, 30.0, 32.0]\n\
        [fit.a]\ndata = 'a'\nmodel.cavi = { components = 2, variance = 'unknown' }\n";
    let (made, values) = (data(line), run(&plan(line)));
    let cavi = fit(&values, "a");
    let json = cavi.to_json(made.points.view(), elbow::model::Responsibilities::Omit);
    let last = cavi.iterations();
    let sd = made.scaling.as_ref().unwrap().sd[0];
    let expected = cavi.states[last].as_cavi().unwrap().s2[0] * sd * sd;
    let s2 = common::numbers(&json["s2"][last])[0];
    assert!((s2 - expected).abs() < 1e-12 * expected, "{s2} {expected}");
}

#[test]
fn the_table_of_a_fit_has_a_row_for_each_component_in_the_datas_units() {
    let text = "schema = 1\n[data.a]\nsource.gaussian_mixture = \
        { means = [[100.0, 0.0], [300.0, 1.0]], sd = 5.0, samples = 40 }\nstandardize = true\n\
        [fit.a]\ndata = 'a'\nmodel.mixture_em = { components = 2 }\n\
        [figure.f]\nplot.scatter.data = 'a'\n";
    let folder = folder(text);
    let csv = stdout(&elbow(&folder, &["export", "a.toml", "fit.a", "--format", "csv"]));
    let mut lines = csv.lines();
    let columns = "component,weight,mean_x_1,mean_x_2,covariance_x_1_x_1,covariance_x_1_x_2,\
                   covariance_x_2_x_2,effective_count";
    assert_eq!(lines.next(), Some(columns));
    let arguments = ["export", "a.toml", "fit.a", "--responsibilities"];
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&elbow(&folder, &arguments))).unwrap();
    let (means, phi) = (common::matrix(&json["means"]), common::matrix(&json["responsibilities"]));
    let weights = common::numbers(&json["weights"]);
    for (k, line) in lines.clone().enumerate() {
        let row: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let covariance = common::matrix(&json["covariances"][k]);
        let expected = [
            k as f64,
            weights[k],
            means[[k, 0]],
            means[[k, 1]],
            covariance[[0, 0]],
            covariance[[0, 1]],
            covariance[[1, 1]],
        ];
        assert_eq!(row[..7], expected);
        assert!((row[7] - phi.column(k).sum()).abs() < 1e-12 * row[7], "{line}");
    }
    assert_eq!(lines.count(), 2);
}

#[test]
fn standardized_cavi_is_shown_in_the_datas_units() {
    let text = "[data.a]\nstandardize = true\nsource.points.values = [10.0, 12.0, 30.0, 32.0]\n\
                [fit.a]\ndata = 'a'\nmodel.cavi = { components = 2, variance = 0.1, \
                init.given = { means = [-1.0, 1.0], variances = [1.0, 1.0] } }\n";
    let values = run(&plan(text));
    let a = fit(&values, "a");
    let posteriors = a.mean_posteriors(a.iterations()).unwrap();
    assert!((posteriors[0].mean - 11.0).abs() < 1.0, "{posteriors:?}");
    assert!((posteriors[1].mean - 31.0).abs() < 1.0, "{posteriors:?}");
    // The known variance, 0.1, is one of the standardized points, whose unit is 101 ** 0.5.
    assert!((a.mixture(0).covariances[0][[0, 0]] - 10.1).abs() < 1e-13 * 10.1);
    let points = arr2(&[[10.0]]);
    let json = a.to_json(points.view(), elbow::model::Responsibilities::Omit);
    let last = json["m"].as_array().unwrap().last().unwrap();
    assert_eq!(common::numbers(last), [posteriors[0].mean, posteriors[1].mean]);
    let last = json["s2"].as_array().unwrap().last().unwrap();
    common::assert_relative("s2", &common::numbers(last), &posteriors.map_sd(), 1e-15);
}

trait Squares {
    fn map_sd(&self) -> Vec<f64>;
}

impl Squares for Vec<elbow::model::MeanPosterior> {
    fn map_sd(&self) -> Vec<f64> {
        self.iter().map(|q| q.sd * q.sd).collect()
    }
}

#[test]
fn fitted_units_are_those_that_models_see() {
    let text = format!("[data.a]\nstandardize = true\nunit = 'cm'\nunits = 'fitted'\n{TWO}");
    let (fitted, original) = (data(&text), data(&text.replace("'fitted'", "'original'")));
    assert_eq!(fitted.points, original.seen());
    assert_eq!((&fitted.scaling, &fitted.seen()), (&None, &fitted.points));
    assert_eq!(fitted.measured(), ["x_1 (standardized)", "x_2 (standardized)"]);
    assert_eq!(original.measured(), ["x_1 (cm)", "x_2 (cm)"]);
    let (truth, scaling) = (fitted.truth.unwrap(), original.scaling.unwrap());
    let expected = (100.0 - scaling.mean[0]) / scaling.sd[0];
    assert_eq!(truth.means[[0, 0]], expected);
    assert!((truth.covariances[0][[0, 1]] - 6.0 / scaling.sd[0] / scaling.sd[1]).abs() < 1e-15);
}

const PEOPLE: &str = "name,height,weight,kind\nann,150,60,x\nbob,,70,x\ncay,170,NA,y\n\
                      dan,180,80,\neve,190,90,y\nfay,200,nan,z\n";

#[test]
fn rows_with_missing_values_are_left_out_and_counted() {
    let folder = folder(
        "schema = 1\n[data.a]\nsource.csv = { path = 'people.csv', missing = 'drop', \
         columns = ['height', 'weight'], label = 'kind' }\n\
         [figure.f]\nplot.scatter.data = 'a'\n",
    );
    fs::write(folder.path().join("people.csv"), PEOPLE).unwrap();
    let output = elbow(&folder, &["build", "a.toml"]);
    check(&output, 0, &["note: data.a: 4 rows with a missing value left out"]);
    let data = stdout(&elbow(&folder, &["export", "a.toml", "data.a", "--format", "csv"]));
    assert_eq!(data, "height,weight,label\n150,60,0\n190,90,1\n");
    let numbers = fs::read(folder.path().join("figures/extras/a/numbers.json")).unwrap();
    let numbers: serde_json::Value = serde_json::from_slice(&numbers).unwrap();
    assert_eq!(
        (&numbers["data"]["a"]["points"], &numbers["data"]["a"]["dropped"]),
        (&2.into(), &4.into())
    );
    has(
        &stdout(&elbow(&folder, &["plan", "a.toml"])),
        &["2 points in 2-D (4 rows with a missing value left out)"],
    );
    // What is not used may be missing.
    let text = "[data.a]\nsource.csv = { path = 'people.csv', missing = 'drop', columns = [1] }\n";
    assert_eq!(plan_in(folder.path(), text).data["a"].shape().points, 5);
}

#[test]
fn infinite_and_ragged_rows_are_not_dropped() {
    let folder =
        folder("schema = 1\n[data.a]\nsource.csv = { path = 'a.csv', missing = 'drop' }\n");
    for (content, message) in [
        ("x,y\n1,2\n,inf\n3,inf\n", "a.csv:4:3"),
        ("x,y\n1,2\n3\n", "this row has 1 cell, but the first row has 2"),
        ("x,y\n1,2,3\n,2\n", "this row has 3 cells, but the first row has 2"),
        ("", "`a.csv` is empty"),
    ] {
        fs::write(folder.path().join("a.csv"), content).unwrap();
        check(&elbow(&folder, &["build", "a.toml"]), 2, &[message, "hint: "]);
    }
}

#[test]
fn counts_repeat_points() {
    let binned = "[data.a]\nsource.points = { values = [1.5, 2.5, 3.5], counts = [2, 0, 1], \
                  labels = ['a', 'b', 'c'] }\n";
    let data = data(binned);
    assert_eq!(data.points, common::line(&[1.5, 1.5, 3.5]));
    assert_eq!(data.labels.unwrap().to_vec(), [0, 0, 1]);
    let folder = folder("");
    fs::write(folder.path().join("a.csv"), "length,n\n1.5,2\n2.5,\n3.5,1.0\n").unwrap();
    let csv = "[data.a]\nsource.csv = { path = 'a.csv', counts = 'n', missing = 'drop' }\n";
    let plan = plan_in(folder.path(), csv);
    let read = plan.data["a"].make();
    assert_eq!((read.points, read.columns), (data.points, vec!["length".to_owned()]));
}

#[test]
fn everything_that_changes_points_changes_keys() {
    let folder = folder("");
    fs::write(folder.path().join("a.csv"), "1,2,2\n3,4,1\n5,,1\n").unwrap();
    fs::write(folder.path().join("b.csv"), "x,x\n1,2\n3,4\n").unwrap();
    let keys: Vec<String> = [
        "source.csv = { path = 'a.csv', header = false, columns = [0] }",
        "source.csv = { path = 'a.csv', header = false, columns = [2] }",
        "source.csv = { path = 'a.csv', header = false, columns = [0], counts = 2 }",
        "source.csv = { path = 'a.csv', header = false, columns = [1], missing = 'drop' }",
        "source.csv = { path = 'a.csv', header = false, columns = [0] }\nsubset.first = 2",
        "source.csv = { path = 'a.csv', header = false, columns = [0] }\nsubset.random = 2",
        "source.csv = { path = 'a.csv', header = false, columns = [0] }\nsubset.rows = [0, 2]",
        "source.csv = { path = 'a.csv', header = false, columns = [0] }\nstandardize = true",
        "source.csv = { path = 'a.csv', header = false, columns = [0] }\nstandardize = true\n\
         units = 'fitted'",
        "source.csv = { path = 'a.csv', header = false, columns = [0] }\nunit = 'm'",
        "source.csv = { path = 'b.csv', columns = [0] }",
        "source.csv = { path = 'b.csv', columns = [1] }",
        "source.points = { values = [1.0, 2.0] }",
        "source.points = { values = [1.0, 2.0], counts = [1, 2] }",
    ]
    .iter()
    .map(|source| key(&plan_in(folder.path(), &format!("[data.a]\n{source}\n")), "data.a"))
    .collect();
    for (i, key) in keys.iter().enumerate() {
        assert!(!keys[..i].contains(key), "number {i} has the key of another");
    }
}

#[test]
fn units_stand_at_axes_and_above_columns() {
    let folder = folder(
        "schema = 1\n[output]\nformats = ['svg']\nsvg_text = 'embedded'\n\
         [data.a]\nunit = ['min', 'km/s']\nstandardize = true\n\
         source.gaussian_mixture = { means = [[3.0, 80.0], [2.0, 55.0]], samples = 30 }\n\
         [data.b]\nunit = 'm'\nsource.gaussian_mixture = { means = [3.0, 8.0], samples = 30 }\n\
         [fit.vb]\ndata = 'a'\nmodel.bayesian_mixture.components = 2\n\
         [fit.cavi]\ndata = 'b'\nmodel.cavi.components = 2\n\
         [figure.scatter]\nplot.scatter = { data = 'a', fit = 'vb' }\n\
         [figure.contour]\nplot.contour.fit = 'vb'\n\
         [figure.ellipses]\nplot.ellipses.fit = 'vb'\n\
         [figure.density]\nplot.density = { data = 'a', fit = 'vb' }\n\
         [figure.curve]\nplot.curve = { data = 'a', x = 'x_1', y = 'x_2', marks = 'points' }\n\
         [figure.responsibilities]\nplot.responsibilities.fit = 'vb'\n\
         [figure.histogram]\nplot.histogram = { data = 'b', fit = 'cavi' }\n\
         [figure.line]\nplot.density = { data = 'b', fit = 'cavi' }\n\
         [figure.trace]\nplot.trace = { fit = 'cavi', quantity = 'means' }\n",
    );
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let read = |name: &str| {
        String::from_utf8(fs::read(folder.path().join("figures").join(name)).unwrap()).unwrap()
    };
    for name in ["scatter", "contour", "ellipses", "density", "curve", "responsibilities"] {
        has(&read(&format!("{name}.svg")), &["(min)", "(km/s)"]);
        has(&read(&format!("extras/a/data/{name}.csv")), &["x_1 (min)", "x_2 (km/s)"]);
    }
    for name in ["histogram", "line", "trace"] {
        has(&read(&format!("{name}.svg")), &["(m)"]);
        has(&read(&format!("extras/a/data/{name}.csv")), &["(m)"]);
    }
}

#[test]
fn what_a_figure_carries_says_how_its_points_were_prepared() {
    let folder = folder(
        "schema = 1\n[output]\nformats = ['svg']\n\
         [data.a]\nstandardize = true\nsubset.random = 9\nunit = 'cm'\n\
         source.csv = { path = 'a.csv', columns = [0], counts = 'n', missing = 'drop' }\n\
         [fit.vb]\ndata = 'a'\nmodel.bayesian_mixture.components = 2\n\
         [figure.f]\nplot.histogram = { data = 'a', fit = 'vb' }\n",
    );
    let table = "x,n\n1.5,3\n2.5,4\n,9\n9,5\n11,4\n";
    fs::write(folder.path().join("a.csv"), table).unwrap();
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let made = fs::read(folder.path().join("figures/f.svg")).unwrap();
    fs::remove_file(folder.path().join("a.csv")).unwrap();
    check(&elbow(&folder, &["rerun", "figures/f.svg", "-o", "again"]), 0, &[]);
    assert_eq!(files(&folder.path().join("again"))["f.svg"], made);
}

#[test]
fn a_wide_range_is_standardized() {
    let values: Vec<String> = (0..20).map(|i| format!("[{i}e148, {i}e-150]")).collect();
    let data = data(&format!(
        "[data.a]\nstandardize = true\nsource.points.values = [{}]\n",
        values.join(", ")
    ));
    let seen = data.seen();
    assert!(seen.iter().all(|z| z.is_finite() && z.abs() < 2.0), "{seen}");
}
