//! Configs that are right, of numbers that no lecture has.

use std::fmt::Write as _;
use std::path::Path;

use elbow::config::{self, Layers, Plan};
use elbow::diagnostic::Problems;
use proptest::prelude::*;
use proptest::sample::select;

/// A number that may stand anywhere.
fn number() -> impl Strategy<Value = &'static str> {
    select(vec![
        "0.0",
        "1.0",
        "-1.0",
        "2.5",
        "1e-9",
        "1e9",
        "-1e9",
        "1e-150",
        "1e150",
        "-1e150",
        "1e-300",
        "1e100",
        "1e-100",
        "1e16",
        "1.0000000000000002",
        "3.0",
        "-4.0",
        "1e308",
        "5e-324",
    ])
}

fn positive() -> impl Strategy<Value = &'static str> {
    select(vec![
        "1.0", "0.1", "1e-9", "1e9", "1e-150", "1e150", "1e-300", "1e300", "1e16", "1e-16",
        "5e-324", "1.7e308",
    ])
}

/// A config of one-dimensional data with every figure of it.
pub(super) fn line() -> impl Strategy<Value = String> {
    let data = prop_oneof![
        (prop::collection::vec(number(), 1..5), positive(), 1..12_usize).prop_map(
            |(m, sd, n)| format!(
                "source.gaussian_mixture = {{ means = [{}], sd = {sd}, samples = {n} }}",
                m.join(", ")
            )
        ),
        (prop::collection::vec(number(), 1..9), any::<bool>()).prop_map(|(v, labels)| {
            let labels: Vec<String> = match labels {
                true => (0..v.len()).map(|i| (i % 3).to_string()).collect(),
                false => Vec::new(),
            };
            let labels = match labels.is_empty() {
                true => String::new(),
                false => format!(", labels = [{}]", labels.join(", ")),
            };
            format!("source.points = {{ values = [{}]{labels} }}", v.join(", "))
        }),
    ];
    let init = select(vec!["\"lecture\"", "\"kmeans++\""]);
    let model = prop_oneof![
        (
            1..5_usize,
            positive(),
            positive(),
            init,
            0..30_usize,
            select(vec!["elbo", "elbo_lecture"])
        )
            .prop_map(|(k, p, v, init, n, stop)| format!(
                "model.cavi = {{ components = {k}, prior_variance = {p}, variance = {v}, init = \
                 {init}, max_iter = {n}, stop_on = \"{stop}\" }}"
            )),
        (1..5_usize, positive(), positive(), number(), positive(), positive(), 0..30_usize)
            .prop_map(|(k, a, b, m, c, r, n)| format!(
                "model.bayesian_mixture = {{ components = {k}, weight_concentration_prior = {a}, \
                 mean_precision_prior = {b}, mean_prior = {m}, covariance_prior = {c}, reg_covar = \
                 {r}, max_iter = {n} }}"
            )),
        (prop::collection::vec(number(), 1..5), positive()).prop_map(|(m, sd)| format!(
            "model.given = {{ means = [{}], sd = {sd} }}",
            m.join(", ")
        )),
    ];
    let histogram = (
        select(vec!["grid", "auto"]),
        select(vec!["density", "samples"]),
        any::<bool>(),
        select(vec!["0", "1", "\"final\"", "9999999"]),
    )
        .prop_map(|(bins, shown, kde, at)| {
            format!("bins = \"{bins}\", as = \"{shown}\", kde = {kde}, at = {at}")
        });
    let elbo =
        (select(vec!["\"auto\"", "[]", "[0, 1, 5]", "[9999999]"]), select(vec!["rise", "all"]))
            .prop_map(|(mark, range)| format!("mark = {mark}, range = \"{range}\""));
    let trace = (
        select(vec![
            "[\"elbo\", \"elbo_lecture\"]",
            "\"elbo\"",
            "\"elbo\", restarts = true",
            "\"lower_bound\"",
            "\"means\"",
            "\"weights\"",
            "\"variances\"",
        ]),
        select(vec!["linear", "gap"]),
        select(vec!["rise", "all"]),
        select(vec!["0", "1", "\"final\""]),
    )
        .prop_map(|(quantity, scale, range, at)| {
            format!("quantity = {quantity}, scale = \"{scale}\", range = \"{range}\", at = {at}")
        });
    let curve = (
        select(vec!["linear", "log"]),
        select(vec!["linear", "log"]),
        select(vec!["line", "points", "both"]),
    )
        .prop_map(|(x, y, marks)| {
            format!("x_scale = \"{x}\", y_scale = \"{y}\", marks = \"{marks}\"")
        });
    let size = (select(vec!["6", "13", "7.5"]), select(vec!["3", "7.5"]));
    (data, model, histogram, elbo, trace, curve, size).prop_map(
        |(data, model, histogram, elbo, trace, curve, (width, height))| {
            let mut text = format!(
                "schema = 1\n[data.line]\n{data}\n[fit.fit]\ndata = \"line\"\n{model}\n\
                 [baseline.b]\nfit = \"fit\"\nscores = [\"log_loss\", \"adjusted_rand\"]\n\
                 permuted_truth = {{ steps = 3, repeats = 2 }}\n"
            );
            for (name, plot) in [
                ("data", "histogram = { data = \"line\" }".to_owned()),
                ("fit", format!("histogram = {{ data = \"line\", fit = \"fit\", {histogram} }}")),
                ("density", "density = { fit = \"fit\" }".to_owned()),
                ("truth", "density = { data = \"line\", fit = \"fit\", at = 1 }".to_owned()),
                ("elbo", format!("elbo = {{ fit = \"fit\", {elbo} }}")),
                ("bars", "posterior_bars = { fit = \"fit\", count = 6 }".to_owned()),
                ("means", "posterior_means = { fit = \"fit\" }".to_owned()),
                ("loss", "baseline = { baseline = \"b\", score = \"log_loss\" }".to_owned()),
                ("rand", "baseline = { baseline = \"b\", score = \"adjusted_rand\" }".to_owned()),
                ("trace", format!("trace = {{ fit = \"fit\", {trace} }}")),
                ("curve", format!("curve = {{ data = \"line\", x = \"x\", y = \"x\", {curve} }}")),
                ("table", "table = { fits = [\"fit\"], scores = [\"elbo\"] }".to_owned()),
                ("scores", "table = { fits = [\"fit\"] }".to_owned()),
            ] {
                let shared = plot.starts_with("histogram");
                let share = if shared { "share_axes = \"all\"\n" } else { "" };
                let size = format!("size = [{width}, {height}]");
                let _ = write!(text, "[figure.{name}]\n{size}\n{share}plot.{plot}\n");
            }
            text
        },
    )
}

/// A config of two-dimensional data with every figure of it.
pub(super) fn plane() -> impl Strategy<Value = String> {
    let mean = || (number(), number()).prop_map(|(x, y)| format!("[{x}, {y}]"));
    let data = prop_oneof![
        (prop::collection::vec(mean(), 1..4), positive(), 1..10_usize).prop_map(
            |(m, sd, n)| format!(
                "source.gaussian_mixture = {{ means = [{}], sd = {sd}, samples = {n} }}",
                m.join(", ")
            )
        ),
        prop::collection::vec(mean(), 1..8)
            .prop_map(|v| format!("source.points = {{ values = [{}] }}", v.join(", "))),
    ];
    let model = (1..4_usize, positive(), positive(), 0..20_usize).prop_map(|(k, c, r, n)| {
        format!(
            "model.bayesian_mixture = {{ components = {k}, covariance_prior = {c}, reg_covar = {r}, \
             max_iter = {n} }}"
        )
    });
    let contour = (number(), number(), positive(), select(vec!["mass", "density"]))
        .prop_map(|(x, y, s, l)| format!("shift = [{x}, {y}], scale = {s}, levels = \"{l}\""));
    (data, model, contour).prop_map(|(data, model, contour)| {
        format!(
            "schema = 1\n[data.plane]\n{data}\n[fit.fit]\ndata = \"plane\"\n{model}\n\
             [figure.all]\nplot.contour = {{ fit = \"fit\" }}\n\
             [figure.one]\nshare_axes = \"a\"\nplot.contour = {{ fit = \"fit\", components = [0], {contour} }}\n\
             [figure.other]\nshare_axes = \"a\"\nplot.contour = {{ fit = \"fit\", at = 0 }}\n\
             [figure.density]\nplot.density = {{ fit = \"fit\" }}\n\
             [figure.truth]\nplot.density = {{ data = \"plane\" }}\n\
             [figure.levels]\nplot.density = {{ fit = \"fit\", levels = \"density\", aspect = \"free\" }}\n\
             [figure.list]\nplot.density = {{ fit = \"fit\", levels = [1e-300, 1e-3, 1e300] }}\n\
             [figure.neg_log]\nplot.density = {{ fit = \"fit\", levels = \"density\", scale = \"neg_log\" }}\n\
             [figure.scatter]\nplot.scatter = {{ fit = \"fit\", hide_below = 0.3 }}\n\
             [figure.free]\nplot.scatter = {{ fit = \"fit\", at = 0, aspect = \"free\", color = \"fit\" }}\n\
             [figure.elbo]\nplot.elbo = {{ fit = \"fit\" }}\n\
             [figure.bars]\nplot.posterior_bars = {{ fit = \"fit\", points = \"least_uncertain\" }}\n"
        )
    })
}

/// Leaves out the figures and the baseline that these data or this fit cannot have.
pub(super) fn possible(mut text: String) -> Option<Plan> {
    for _ in 0..20 {
        let mut problems = Problems::default();
        if let Some(plan) = config::parse(
            Path::new("fuzz.toml"),
            &text,
            &Layers::default(),
            config::Others::Checked,
            &mut problems,
        ) {
            return Some(plan);
        }
        let first = problems.sorted().into_iter().next_back()?;
        let at = first.span?.start;
        let start = text[..at].rfind("\n[")? + 1;
        let end = text[at..].find("\n[").map_or(text.len(), |i| at + i + 1);
        if text[start..].starts_with("[data") || text[start..].starts_with("[fit") {
            return None;
        }
        text.replace_range(start..end, "");
    }
    None
}
