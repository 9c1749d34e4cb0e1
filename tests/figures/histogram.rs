//! Histograms: bars, curves and axes.

use elbow::figure::axes::Extent;
use elbow::math::gaussian::Gaussian;
use ndarray::Array2;
use serde_json::{Value, json};

use crate::common::{fixture, numbers as flat};
use crate::lecture::{assert_near, classic, lecture, list, number, numbers, run_text};

const SERIES: [&str; 4] =
    ["GMMexample_it0", "GMMexample_it8", "GMMexample_it15", "GMMexample_itConv"];

/// The curve of component `slot` with this role, as pairs of position and height.
fn curve(picture: &Value, role: &str, truth: usize) -> Vec<[f64; 2]> {
    let found = list(&picture["curves"])
        .iter()
        .find(|c| c["role"] == role && c["slot"]["truth"] == json!(truth));
    let curve = found.unwrap_or_else(|| panic!("there is no {role} of component {truth}"));
    list(&curve["points"]).iter().map(|p| [number(&p[0]), number(&p[1])]).collect()
}

fn normal(mean: f64, variance: f64) -> Gaussian {
    Gaussian::new(vec![mean], Array2::from_elem((1, 1), variance)).unwrap()
}

#[test]
fn bars_stand_on_one_grid_and_count_every_point() {
    for name in ["GMMexample"].iter().chain(&SERIES) {
        let picture = lecture().json(name);
        let grid = numbers(&picture["bars"][0]["edges"]);
        for edge in grid.windows(2) {
            assert_eq!(edge[1] - edge[0], 0.25, "{name}");
            assert_eq!((edge[0] / 0.25).fract(), 0.0, "{name}: {} is no multiple", edge[0]);
        }
        let bars = list(&picture["bars"]);
        assert_eq!(bars.len(), 3, "{name}");
        for (k, one) in bars.iter().enumerate() {
            assert_eq!(numbers(&one["edges"]), grid, "{name}");
            assert_eq!(one["slot"]["truth"], json!(k), "{name}");
            assert_eq!(numbers(&one["counts"]).iter().sum::<f64>(), 1000.0, "{name}");
        }
    }
    let all = &lecture().json("GMMexample")["all"];
    assert_eq!(numbers(&all["counts"]).iter().sum::<f64>(), 3000.0);
    let by_component = lecture().json("GMMexample");
    for (bin, count) in numbers(&all["counts"]).iter().enumerate() {
        let parts = list(&by_component["bars"]).iter().map(|b| number(&b["counts"][bin]));
        assert_eq!(parts.sum::<f64>(), *count, "bin {bin}");
    }
}

#[test]
fn a_bar_counts_the_points_between_its_edges() {
    let picture = lecture().json("GMMexample");
    let data = lecture().values.data["line"].as_ref().unwrap();
    let (x, labels) = (data.points.column(0), data.labels.as_ref().unwrap());
    for (k, bars) in list(&picture["bars"]).iter().enumerate() {
        let edges = numbers(&bars["edges"]);
        for (edge, count) in edges.windows(2).zip(numbers(&bars["counts"])) {
            let inside = x
                .iter()
                .zip(labels.iter())
                .filter(|(x, label)| *label == k && edge[0] <= **x && **x < edge[1]);
            assert_eq!(inside.count() as f64, count, "component {k} at {}", edge[0]);
        }
    }
}

#[test]
fn automatic_bins_and_kernel_density_are_those_of_the_reference() {
    // The data sets that `make_reference.py` draws: seed 10 from N(0, 1), and seed 11 from N(0, 1)
    // and then from N(5, 1).
    let config = "schema = 1\n[data.x]\nseed = 10\ngenerator = \"numpy\"\n\
        [data.x.source.gaussian_mixture]\nmeans = [0.0, 5.0]\nsamples = [1000, 300]\n\
        [figure.x]\nplot.histogram = { data = \"x\", bins = \"auto\", kde = true }\n";
    let reference = fixture("histogram.json");
    let compare = |picture: &Value, k: usize, name: &str| {
        let expected = &reference["histplot"][name];
        let bars = &picture["bars"][k];
        let edges = numbers(&bars["edges"]);
        let width = number(&expected["bin_width"]);
        for (i, left) in flat(&expected["bin_left"]).into_iter().enumerate() {
            assert_near(&format!("{name}: edge {i}"), edges[i], left, 1e-10);
            assert_near(&format!("{name}: edge {}", i + 1), edges[i + 1], left + width, 1e-10);
        }
        assert_eq!(numbers(&bars["counts"]), flat(&expected["count"]), "{name}");
        let x = flat(&expected["kde_x"]);
        let y = flat(&expected["kde_y"]);
        let drawn = curve(picture, "kde", k);
        assert_eq!(drawn.len(), x.len(), "{name}");
        for (i, point) in drawn.iter().enumerate() {
            assert_near(&format!("{name}: x {i}"), point[0], x[i], 1e-10);
            assert_near(&format!("{name}: y {i}"), point[1], y[i], 1e-10);
        }
    };
    compare(&run_text(config, &[]).json("x"), 0, "normal seed 10 n 1000");
    let second = run_text(config, &["data.x.seed=11"]).json("x");
    compare(&second, 0, "normal seed 11 n 1000");
    compare(&second, 1, "normal(5,1) next 300");
    // The lecture's first component is the same draw.
    compare(&classic().json("GMMexample"), 0, "normal seed 10 n 1000");
}

#[test]
fn curves_are_densities_times_points_times_width() {
    let fit = lecture().values.fits["cavi"].as_ref().unwrap();
    for (name, at) in SERIES.into_iter().zip([0, 8, 15, fit.iterations()]) {
        let picture = lecture().json(name);
        let mixture = fit.mixture(at);
        for (k, mean) in [0.0, 1.0, 5.0].into_iter().enumerate() {
            for [x, y] in curve(&picture, "truth", k) {
                let expected = 1000.0 * 0.25 * normal(mean, 1.0).density(&[x]);
                assert_near(&format!("{name}: truth {k} at {x}"), y, expected, 1e-12);
            }
            let slot = &picture["lanes"][k]["slot"];
            let inferred = slot["inferred"].as_u64().unwrap() as usize;
            let density = normal(mixture.means[[inferred, 0]], 1.0);
            for [x, y] in curve(&picture, "estimate", k) {
                let expected = 3000.0 / 3.0 * 0.25 * density.density(&[x]);
                assert_near(&format!("{name}: estimate {k} at {x}"), y, expected, 1e-12);
            }
        }
    }
    // Truth out to 3.6 standard deviations, estimates out to 3.2.
    let picture = lecture().json("GMMexample_it8");
    let truth = curve(&picture, "truth", 2);
    assert_near("left end", truth[0][0], 5.0 - 3.6, 1e-12);
    assert_near("right end", truth[truth.len() - 1][0], 5.0 + 3.6, 1e-12);
    let mean = number(&picture["lanes"][2]["mean"]);
    let estimate = curve(&picture, "estimate", 2);
    assert_near("left end", estimate[0][0], mean - 3.2, 1e-12);
}

#[test]
fn figures_that_share_axes_have_one_that_holds_them_all() {
    let shared = SERIES.iter().map(|n| lecture().extent(n)).reduce(Extent::union).unwrap();
    let data = lecture().values.data["line"].as_ref().unwrap();
    assert!(data.points.iter().all(|x| shared.x.contains(*x)));
    for name in SERIES {
        let picture = lecture().json(name);
        for role in ["truth", "estimate"] {
            for k in 0..3 {
                for [x, y] in curve(&picture, role, k) {
                    assert!(shared.x.contains(x) && shared.y.contains(y), "{name}: {x}, {y}");
                }
            }
        }
        let counts = list(&picture["bars"]).iter().flat_map(|b| numbers(&b["counts"]));
        assert!(counts.into_iter().all(|c| shared.y.contains(c)), "{name}");
    }
    // Drawn, too: every axis has the same words at the same places.
    let svgs = lecture().svgs();
    let ticks = |name: &str| -> Vec<String> {
        let (_, svg) = svgs.iter().find(|(n, _)| n == name).unwrap();
        let lines = svg.lines().filter(|l| l.starts_with("<g role=\"img\""));
        let ticks = lines.filter_map(|l| {
            let start = l.split_once("aria-label=\"")?.1;
            let (label, rest) = start.split_once('"')?;
            let place = rest.split_once("transform=\"")?.1.split_once('"')?.0;
            let digits = label.trim_start_matches('\u{2212}');
            digits.chars().all(|c| c.is_ascii_digit()).then(|| format!("{label} {place}"))
        });
        ticks.collect()
    };
    let first = ticks(SERIES[0]);
    assert!(first.len() >= 6, "{first:?}");
    for name in SERIES {
        assert_eq!(ticks(name), first, "{name}");
    }
}

#[test]
fn lanes_hold_the_posterior_of_each_mean_and_its_way() {
    let reference = &fixture("cavi_1d.json")["cases"][0];
    let (m, s2) = (&reference["fit"]["m"], &reference["fit"]["s2"]);
    for (name, at) in SERIES.into_iter().zip([0, 8, 15, 96]) {
        for (k, lane) in list(&lecture().json(name)["lanes"]).iter().enumerate() {
            let inferred = reference["match"][k].as_u64().unwrap() as usize;
            let mean = number(&m[at][inferred]);
            let half = 1.959_963_984_540_054 * number(&s2[at][inferred]).sqrt();
            assert_near(name, number(&lane["mean"]), mean, 1e-10);
            assert_near(name, number(&lane["interval"][0]), mean - half, 1e-10);
            assert_near(name, number(&lane["interval"][1]), mean + half, 1e-10);
            assert_eq!(number(&lane["truth"]), [0.0, 1.0, 5.0][k], "{name}");
            let trail = list(&lane["trail"]);
            assert_eq!(trail.len(), at + 1, "{name}");
            for (t, step) in trail.iter().enumerate() {
                assert_eq!(step[0], json!(t), "{name}");
                assert_near(name, number(&step[1]), number(&m[t][inferred]), 1e-10);
            }
        }
    }
}

#[test]
fn sampled_components_have_as_many_draws_as_points() {
    let picture = classic().json("GMMexample_itConv");
    let sampled: Vec<&Value> =
        list(&picture["bars"]).iter().filter(|b| b["sampled"] == json!(true)).collect();
    assert_eq!(sampled.len(), 3);
    for (k, bars) in sampled.into_iter().enumerate() {
        assert_eq!(numbers(&bars["counts"]).iter().sum::<f64>(), 1000.0);
        // The draws are of the component: their mean is within five standard errors.
        let edges = numbers(&bars["edges"]);
        let middles = edges.windows(2).map(|e| (e[0] + e[1]) / 2.0);
        let mean = middles.zip(numbers(&bars["counts"])).map(|(x, n)| x * n).sum::<f64>() / 1000.0;
        let lane = &lecture().json("GMMexample_itConv")["lanes"][k];
        assert!((mean - number(&lane["mean"])).abs() < 5.0 / 1000_f64.sqrt(), "{k}: {mean}");
    }
}

#[test]
fn titles_say_what_the_history_says() {
    for (name, words) in [
        ("GMMexample", "three components, 1,000 points each, unit variance"),
        ("GMMexample_it0", "iteration 0: random start, ELBO \u{2212}48,757.8"),
        ("GMMexample_it8", "iteration 8: steepest rise begins, ELBO \u{2212}6,708.8"),
        ("GMMexample_it15", "iteration 15: steepest rise ends, ELBO \u{2212}6,253.3"),
        ("GMMexample_itConv", "iteration 96: converged, ELBO \u{2212}6,243.0, accuracy 0.784"),
    ] {
        let caption = lecture().picture(name).caption();
        assert!(caption.contains(words), "{name}: {caption}");
    }
    let limited = crate::lecture::run_lecture(&["fit.cavi.model.cavi.max_iter=20"]);
    let caption = limited.picture("GMMexample_itConv").caption();
    assert!(caption.contains("iteration 20: stopped at the iteration limit"), "{caption}");
}

#[test]
fn an_estimate_equal_to_the_truth_is_the_same_curve_for_all_bins() {
    let config = |bins: &str| {
        format!(
            "schema = 1\n[data.x]\nseed = 10\ngenerator = \"numpy\"\n\
             [data.x.source.gaussian_mixture]\nmeans = [0.0, 1.0, 5.0]\nsamples = 1000\n\
             [fit.same]\ndata = \"x\"\nmodel.given = {{ means = [0.0, 1.0, 5.0] }}\n\
             [figure.x]\nplot.histogram = {{ data = \"x\", fit = \"same\", bins = \"{bins}\" }}\n"
        )
    };
    let mut widths = Vec::new();
    for bins in ["grid", "auto"] {
        let picture = run_text(&config(bins), &[]).json("x");
        for k in 0..3 {
            let edges = numbers(&picture["bars"][k]["edges"]);
            widths.push(edges[1] - edges[0]);
            let peak = |role: &str| {
                curve(&picture, role, k).iter().map(|p| p[1]).fold(f64::NEG_INFINITY, f64::max)
            };
            // Curves of 181 points both have one at the mean.
            let expected = 1000.0 * widths[widths.len() - 1] * normal(0.0, 1.0).density(&[0.0]);
            assert_near(&format!("{bins}: truth {k}"), peak("truth"), expected, 1e-12);
            assert_near(&format!("{bins}: estimate {k}"), peak("estimate"), expected, 1e-12);
        }
    }
    // The automatic bins of the components differ from the grid's, and from each other.
    assert!(widths[3..].iter().all(|w| (w - 0.25).abs() > 1e-3), "{widths:?}");
    assert!(widths[3] != widths[4] && widths[4] != widths[5], "{widths:?}");
}

const BARE: &str = "schema = 1\n[data.x.source.points]\n\
    values = [-3.0, -2.5, -2.0, -1.0, 0.5, 2.0, 2.25, 3.5, 4.0, 9.0]\n\
    [fit.x]\ndata = \"x\"\nmodel.cavi = { components = 2 }\n\
    [figure.x]\nplot.histogram = { data = \"x\", kde = true }\n\
    [figure.fit]\nplot.histogram = { data = \"x\", fit = \"x\", kde = true }\n";

#[test]
fn points_without_labels_have_one_kernel_density() {
    let built = run_text(BARE, &[]);
    for name in ["x", "fit"] {
        let picture = built.json(name);
        let all: Vec<&Value> =
            list(&picture["curves"]).iter().filter(|c| c["role"] == "kde").collect();
        assert_eq!(all.len(), 1, "{name}");
        assert_eq!(all[0]["slot"], Value::Null, "{name}");
        // Its area over the bars' is less than one: it ends at the outermost points.
        let edges = numbers(&picture["bars"][0]["edges"]);
        let points: Vec<Vec<f64>> = list(&all[0]["points"]).iter().map(numbers).collect();
        let area: f64 =
            points.windows(2).map(|w| (w[1][0] - w[0][0]) * (w[0][1] + w[1][1]) / 2.0).sum();
        let share = area / (10.0 * (edges[1] - edges[0]));
        assert!((0.7..1.0).contains(&share), "{name}: {share}");
    }
}

#[test]
fn the_last_bar_lies_within_the_frame() {
    for values in ["[-3.0, -2.0, 0.5, 9.0]", "[0.0, 1.0]", "[2.0]", "[-5.0, 5.0, 5.0]"] {
        let values_are = format!("data.x.source.points.values={values}");
        let built = run_text(BARE, &[&values_are, "fit.x.model.cavi.components=1"]);
        for name in ["x", "fit"] {
            let extent = built.extent(name);
            for bars in list(&built.json(name)["bars"]) {
                let edges = numbers(&bars["edges"]);
                for (edge, count) in edges.windows(2).zip(numbers(&bars["counts"])) {
                    let inside = extent.x.contains(edge[0]) && extent.x.contains(edge[1]);
                    assert!(count == 0.0 || inside, "{values}: {edge:?} in {extent:?}");
                    assert!(extent.y.contains(count), "{values}");
                }
            }
        }
    }
}

#[test]
fn captions_count_each_thing_once() {
    let caption = |text: &str| run_text(text, &[]).picture("x").caption();
    assert_eq!(caption(BARE), "Histogram of 10 points.");
    let one = |samples: &str| {
        format!(
            "schema = 1\n[data.x.source.gaussian_mixture]\nmeans = [0.0, 4.0]\n\
             samples = {samples}\n[figure.x]\nplot.histogram = {{ data = \"x\" }}\n"
        )
    };
    assert_eq!(
        caption(&one("1")),
        "Histogram of 2 points: two components, 1 point each, unit variance."
    );
    assert_eq!(caption(&one("[3, 5]")), "Histogram of 8 points: two components, unit variance.");
    let single = one("7").replace("[0.0, 4.0]", "[0.0]");
    assert_eq!(caption(&single), "Histogram of 7 points: one component, unit variance.");
}

#[test]
fn raw_labels_are_the_indices_of_the_fit() {
    let built =
        crate::lecture::run_lecture(&["figure.GMMexample_itConv.plot.histogram.labels=\"raw\""]);
    let picture = built.json("GMMexample_itConv");
    let matched = lecture().json("GMMexample_itConv");
    let partners = &lecture().values.scores["cavi"].r#match.inferred_of_true;
    assert_ne!(*partners, [Some(0), Some(1), Some(2)], "labels were not switched");
    for k in 0..3 {
        // The k-th colour is the k-th true and the k-th inferred component, wherever these are.
        let slot = &picture["lanes"][k]["slot"];
        let expected = json!({"truth": k, "inferred": k, "color": k, "number": k + 1});
        assert_eq!(*slot, expected);
        let owner = partners.iter().position(|p| *p == Some(k)).unwrap();
        assert_eq!(picture["lanes"][k]["mean"], matched["lanes"][owner]["mean"]);
        assert_eq!(curve(&picture, "estimate", k), curve(&matched, "estimate", owner));
        assert_eq!(curve(&picture, "truth", k), curve(&matched, "truth", k));
    }
    let scores = &lecture().values.scores["cavi"];
    let words = format!("accuracy {:.3}, matched {:.3}", scores.accuracy, scores.accuracy_matched);
    let caption = built.picture("GMMexample_itConv").caption();
    assert!(caption.contains(&words) && caption.contains("by the index"), "{caption}");
}

#[test]
fn names_stand_over_their_own_curves_however_many_there_are() {
    let means: Vec<f64> = (0..11).map(f64::from).chain([40.0]).collect();
    let config = format!(
        "schema = 1\n[data.x.source.gaussian_mixture]\nmeans = {means:?}\nsd = 0.7\n\
         samples = 300\n[fit.x]\ndata = \"x\"\nmodel.cavi = {{ components = 12 }}\n\
         [figure.x]\nplot.histogram = {{ data = \"x\" }}\n\
         [figure.fit]\nplot.histogram = {{ data = \"x\", fit = \"x\" }}\n"
    );
    for size in ["[10, 4]", "[6, 4]", "[4, 3]"] {
        let sizes = ["x", "fit"].map(|name| format!("figure.{name}.size={size}"));
        let built = run_text(&config, &[&sizes[0], &sizes[1]]);
        let shown = crate::series::names(&built, "x").len();
        assert!(size != "[10, 4]" || shown == 12, "{shown} names");
        for name in ["x", "fit"] {
            let extent = built.extent(name);
            let width: f64 = size[1..].split(',').next().unwrap().parse().unwrap();
            let (left, right) = (0.92 * 72.0, (width - 0.15) * 72.0);
            let px = |x: f64| left + (x - extent.x.low) / extent.x.span() * (right - left);
            let names = crate::series::names(&built, name);
            assert!(names.len() >= 4, "{size}, {name}: {names:?}");
            for (k, [from, to]) in names {
                let middle = (from + to) / 2.0;
                let nearest = (0..12).min_by(|&a, &b| {
                    let distance = |i: usize| (px(means[i]) - middle).abs();
                    distance(a).total_cmp(&distance(b))
                });
                assert_eq!(nearest, Some(k - 1), "{size}, {name}: {k} at {middle}");
            }
            let svg = built.svgs().into_iter().find(|(n, _)| n == name).unwrap().1;
            assert_eq!(crate::texts::violations_of(size, &svg), [""; 0]);
        }
    }
}

#[test]
fn long_numbers_leave_room_for_each_other() {
    let config = |means: &str, samples: usize| {
        format!(
            "schema = 1\n[data.x.source.gaussian_mixture]\nmeans = {means}\nsd = 0.2\n\
             samples = {samples}\n[figure.x]\nplot.histogram = {{ data = \"x\" }}\n"
        )
    };
    for (means, samples) in [
        ("[1177218.0, 1177219.0]", 300),
        ("[12345678901.0, 12345678902.0]", 300),
        ("[0.0, 1e9]", 300),
        ("[-2e-7, 1.0]", 300),
        ("[0.0, 1.0]", 400_000),
    ] {
        for size in ["[10, 4]", "[5, 3]", "[4, 3]"] {
            let built = run_text(&config(means, samples), &[&format!("figure.x.size={size}")]);
            let svg = &built.svgs()[0].1;
            let what = format!("{means}, {samples}, {size}");
            assert_eq!(crate::texts::violations_of(&what, svg), [""; 0]);
            let thousands = svg.contains("points per bin (\u{d7}10^3)");
            assert_eq!(thousands, samples > 300, "{what}");
        }
    }
}

#[test]
fn what_a_figure_states_of_an_iteration_can_be_quoted() {
    let numbers = lecture().picture("GMMexample_it8").numbers();
    assert_eq!(numbers["iteration"], json!(8));
    assert_near("ELBO", number(&numbers["elbo"]), -6708.8, 1e-5);
    let picture = lecture().json("GMMexample_it8");
    for (k, lane) in list(&picture["lanes"]).iter().enumerate() {
        assert_eq!(numbers["means"][(k + 1).to_string()], lane["mean"]);
    }
    assert_eq!(lecture().picture("GMMexample").numbers(), Value::Null);
}
