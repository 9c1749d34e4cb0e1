//! Small configs that together have a table of every kind, to try values in.

use std::path::Path;

use elbow::config::{self, Layers, Plan};
use elbow::diagnostic::Problems;
use serde_json::Value;

/// Data and fits that the others refer to.
const COMMON: &str = r#"
schema = 1

[data.line]
source.gaussian_mixture = { means = [0.0, 4.0], samples = 600 }

[data.plane]
source.gaussian_mixture = { means = [[0.0, 0.0], [4.0, 1.0]], samples = 600 }

[fit.cavi]
data = "line"
model.cavi = { components = 2, restarts = 2 }

[fit.vb]
data = "plane"
model.bayesian_mixture = { components = 2 }
"#;

/// Each is laid behind [`COMMON`] and is a config of its own, so that a value that is wrong in one
/// can be right in another.
const OWN: &[&str] = &[
    // Nothing: here what is common is tried.
    "",
    // Sections.
    "[lecture]\nid = 3",
    "[output]\nformats = ['pdf', 'png']\npng_scales = [1, 2]\nthemes = ['light', 'dark']\n[figure.f]\nplot.elbo.fit = 'cavi'",
    "[theme.mine]\nmarks = ['#0072B2', '#D55E00']\ntexts = ['#0072B2']\n[figure.f]\nplot.elbo.fit = 'cavi'",
    // Data.
    "[data.weighted]\nsource.gaussian_mixture = { means = [0.0, 1.0], weights = [0.5, 0.5], total = 10 }",
    "[data.single]\nsource.gaussian_mixture = { means = [0.0], weights = [1.0], total = 10 }",
    "[data.listed]\nsource.gaussian_mixture = { means = [0.0], samples = [5] }",
    "[data.blobs]\nsource.blobs = { components = 3, total = 20 }",
    "[data.blobs]\nsource.blobs = { components = 2, dimensions = 1, range = [0, 1], sd = 0.1, samples = 5 }",
    "[data.blobs]\nsource.blobs = { components = 1, sd = [0.1], samples = [5] }",
    "[data.blobs]\nsource.blobs = { components = 1, total = 5 }",
    "[data.curve]\nsource.curve = { function = 'sine', total = 20, range = [0, 1], noise = 0.1, scale = 2, shift = 1 }",
    "[data.curve]\nsource.curve = { function = 'moons', total = 20, spacing = 'random', noise = [0.1, 0.2], scale = [1, 2], shift = [0, 1] }",
    "[data.points]\nsource.points = { values = [0.0, 1.0], labels = [0, 1] }",
    "[data.points]\nsource.points = { values = [0.0] }",
    "[data.file]\nsource.csv = { path = 'people.csv', columns = ['height'] }",
    "[data.file]\nsource.csv = { path = 'people.csv', label = 1 }",
    "[data.file]\nsource.csv = { path = 'binned.csv', counts = 0 }",
    "[data.file]\nsource.npy = { path = 'points.npy', columns = [0] }",
    "[data.file]\nsource.npy = { path = 'points.npy', label_path = 'labels.npy' }",
    // Without the feature no file of these is read.
    #[cfg(feature = "parquet")]
    "[data.file]\nsource.parquet = { path = '../fixtures/parquet/points_snappy.parquet', columns = ['count', 'small'], label = 'group' }",
    "[data.points]\nsource.points = { values = [0.0, 1.0], counts = [0, 3] }",
    "[data.scaled]\nstandardize = true\nunits = 'original'\nsource.points.values = [0.0, 1.0]",
    "[data.part]\nsubset.first = 2\nunit = ['m']\nsource.points.values = [0.0, 1.0]",
    "[data.part]\nsubset.every = 2\nsource.points.values = [0.0, 1.0]",
    "[data.part]\nsubset.random = 2\nsource.points.values = [0.0, 1.0]",
    "[data.part]\nsubset.rows = [0, 2]\nsource.points.values = [0.0, 1.0]",
    // Fits.
    "[fit.given_init]\ndata = 'line'\nmodel.cavi = { components = 2, init.given = { means = [0.0, 1.0], variances = [1.0, 1.0] } }",
    "[fit.unknown]\ndata = 'line'\nmodel.cavi = { components = 2, variance = 'unknown', weight_concentration_prior = 1.0 }",
    "[fit.annealed]\ndata = 'line'\nmodel.cavi = { components = 2, annealing = { start = 0.1, iterations = 5 } }",
    "[fit.steps]\ndata = 'line'\nmodel.cavi = { components = 2, svi = { batch_size = 10 } }",
    "[fit.line]\ndata = 'line'\nmodel.bayesian_mixture = { components = 2 }",
    "[fit.line]\ndata = 'line'\nmodel.bayesian_mixture = { components = 2, covariance = 'full', covariance_prior = [[1.0]] }",
    "[data.three]\nsource.points = { values = [0.0, 1.0, 5.0] }\n[fit.labels]\ndata = 'three'\nmodel.bayesian_mixture = { components = 2, init.labels = [0, 0, 1] }",
    "[data.three]\nsource.points = { values = [0.0, 1.0, 5.0] }\n[fit.means]\ndata = 'three'\nmodel.bayesian_mixture = { components = 2, init.means = [0.0, 5.0] }",
    "[data.three]\nsource.points = { values = [0.0, 1.0, 5.0] }\n[fit.r]\ndata = 'three'\nmodel.bayesian_mixture = { components = 2, init.responsibilities = [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]] }",
    "[fit.km]\ndata = 'plane'\nmodel.kmeans = { components = 2, init = 'random' }",
    "[fit.km]\ndata = 'line'\nmodel.kmeans = { components = 2, init.means = [[0.0], [1.0]] }",
    "[fit.em]\ndata = 'plane'\nmodel.mixture_em = { components = 2, covariance = 'spherical', init = 'random' }",
    "[fit.em]\ndata = 'plane'\nmodel.mixture_em = { components = 2, weights = [0.5, 0.5], means = [[0.0, 0.0], [1.0, 1.0]], covariances = [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]] }",
    "[fit.em]\ndata = 'plane'\nmodel.mixture_em = { components = 2, covariance = 'spherical', covariances = [1.0, 2.0] }",
    "[fit.em]\ndata = 'plane'\nmodel.mixture_em = { components = 1, covariances = [[[1.0, 0.0], [0.0, 1.0]]] }",
    "[fit.em]\ndata = 'plane'\nmodel.mixture_em = { components = 1, covariance = 'spherical', covariances = [1.0] }",
    "[fit.em]\ndata = 'line'\nmodel.mixture_em = { components = 1, weights = [1.0], means = [[0.0]] }",
    "[data.three]\nsource.points = { values = [0.0, 1.0, 5.0] }\n[fit.em]\ndata = 'three'\nmodel.mixture_em = { components = 2, init.labels = [0, 0, 1] }",
    "[data.three]\nsource.points = { values = [0.0, 1.0, 5.0] }\n[fit.em]\ndata = 'three'\nmodel.mixture_em = { components = 2, init.means = [[0.0], [5.0]] }",
    "[data.three]\nsource.points = { values = [0.0, 1.0, 5.0] }\n[fit.em]\ndata = 'three'\nmodel.mixture_em = { components = 2, init.responsibilities = [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]] }",
    "[data.drawn]\nsource.gaussian_mixture = { means = [0.0, 3.0], samples = 5 }\n[fit.q]\ndata = 'drawn'\nmodel.project = { divergence = 'KL(q||p)', covariance = 'diag', start = 'moments' }",
    "[data.drawn]\nsource.gaussian_mixture = { means = [0.0, 3.0], samples = 5 }\n[fit.q]\ndata = 'drawn'\nmodel.project = { divergence = 'KL(q||p)', start.means = [0.0], max_iter = 5, tol = 0.0 }",
    "[data.drawn]\nsource.gaussian_mixture = { means = [0.0, 3.0], samples = 5 }\n[fit.q]\ndata = 'drawn'\nmodel.project = { divergence = 'KL(p||q)' }",
    "[data.drawn]\nsource.gaussian_mixture = { means = [0.0, 3.0], samples = 5 }\n[fit.q]\ndata = 'drawn'\nmodel.project = { divergence = 'KL(q||p)', start.component = 1 }",
    "[fit.given]\ndata = 'line'\nmodel.given = { means = [0.0, 4.0], weights = [0.5, 0.5] }",
    "[fit.given]\ndata = 'line'\nmodel.given = { means = [0.0], weights = [1.0] }",
    // Predictions.
    "[predict.p]\nfit = 'vb'\nsamples = 3\nseed = 1",
    "[predict.p]\nfit = 'vb'\ndata = 'plane'\ngenerator = 'numpy'",
    // Baselines.
    "[baseline.b]\nfit = 'cavi'\nscores = ['accuracy', 'log_loss']\npermuted_truth = { steps = 2 }",
    "[baseline.b]\nfit = 'cavi'\nscores = ['accuracy']\npermuted_truth = { range = [0.2, 0.8] }",
    // Assertions.
    "[assert.a]\nthat = 'score.cavi.accuracy == 1'\ntolerance = 0.5",
    // Figures.
    "[figure.f]\nsize = [10, 4]\nformats = ['pdf', 'svg']\nthemes = ['light', 'dark']\nlabel = 'fig:f'\nplot.elbo.fit = 'cavi'",
    "[output]\npage = { text_width = '100in', text_height = '80in' }\n[figure.f]\nwidth = 0.5\nplot.elbo.fit = 'cavi'",
    "[figure.f]\nplot.histogram = { data = 'line', fit = 'cavi' }\nsteps = ['data', 'final']\nanimate = { over = 'iterations' }",
    "[figure.f]\nplot.elbo.fit = 'cavi'\npanels = { over = 'iterations', values = [0, 1] }",
    "[figure.f]\npanels.plots = [{ plot.elbo.fit = 'cavi' }, { plot.elbo.fit = 'vb' }]",
    "[figure.f]\nplot.elbo = { fit = 'cavi', mark = [3, 8] }",
    "[figure.f]\nplot.posterior_bars = { fit = 'cavi' }",
    "[figure.f]\nplot.posterior_means = { fit = 'cavi' }",
    "[figure.f]\nplot.contour = { fit = 'vb' }",
    "[baseline.b]\nfit = 'cavi'\nscores = ['accuracy']\n[figure.f]\nplot.baseline = { baseline = 'b', score = 'accuracy' }",
    "[figure.f]\nplot.trace = { fit = 'cavi', labels = ['a'] }",
    "[figure.f]\nplot.trace = { fit = ['cavi'] }",
    "[figure.f]\nplot.trace = { fits = ['cavi', 'vb'], quantity = ['elbo'] }",
    "[figure.f]\nplot.curve = { data = 'plane', x = 'x_1', y = ['x_2'], labels = ['b'] }",
    "[figure.f]\nplot.table = { fits = ['cavi', 'vb'] }",
    "[figure.f]\nplot.density = { data = 'line', fit = 'cavi' }",
    "[figure.f]\nplot.density = { data = 'plane', fit = 'vb' }",
    "[figure.f]\nplot.density = { data = 'plane', levels = [0.1] }",
    "[figure.f]\nplot.scatter = { data = 'plane', fit = 'vb' }",
    "[figure.f]\nplot.ellipses = { fit = 'vb' }",
    "[figure.f]\nplot.responsibilities = { fit = 'cavi' }",
    "[figure.f]\nplot.weights = { fit = 'vb' }",
    // Sweeps.
    "[sweep.s]\ndata = 'plane'\nover = { covariance = ['full', 'diag'], components = '1..2' }\nmodel.bayesian_mixture = { restarts = 2 }\n[figure.f]\nplot.sweep = { sweep = 's' }",
    "[sweep.s]\ndata = 'line'\nover = { components = [1, 2] }\nmodel.cavi = { restarts = 2 }\n[figure.f]\nplot.sweep = { sweep = 's', metrics = ['elbo', 'accuracy', 'log_loss', 'iterations'] }",
];

/// All of them as values.
pub(crate) fn configs() -> Vec<Value> {
    OWN.iter().map(|own| values(&format!("{COMMON}\n{own}\n")).unwrap()).collect()
}

/// Whether a config is one of those, number `i`, with another value in its own part; what is common
/// to all is tried in the first.
pub(crate) fn is_own(i: usize, before: &Value, after: &Value) -> bool {
    let common = [("data", "line"), ("data", "plane"), ("fit", "cavi"), ("fit", "vb")];
    i == 0 || common.iter().all(|(section, name)| before[section][name] == after[section][name])
}

/// A TOML text as JSON; `None` if it is no TOML.
pub(crate) fn values(text: &str) -> Option<Value> {
    let table: toml::Table = toml::from_str(text).ok()?;
    Some(serde_json::to_value(table).unwrap())
}

/// The plan of a config; what is wrong with it if there is none.
pub(crate) fn plan(config: &Value) -> Result<Plan, String> {
    let text = toml::to_string(config).map_err(|error| error.to_string())?;
    let mut problems = Problems::default();
    let plan = config::parse(
        Path::new("tests/config/a.toml"),
        &text,
        &Layers::default(),
        config::Others::Checked,
        &mut problems,
    );
    plan.ok_or_else(|| problems.sorted().iter().map(|d| d.message.clone() + "; ").collect())
}

/// All that a plan says, apart from how the config says it.
pub(crate) fn meaning(plan: &Plan) -> String {
    let rest = format!("{:?} {:?} {}", plan.output, plan.themes, plan.provenance);
    serde_json::to_string(plan).unwrap() + &rest
}
