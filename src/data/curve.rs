//! Points that lie along a curve in the plane, with noise: data that are no mixture.
//!
//! A point is shift + scale * f(t) + noise * z, coordinate by coordinate: f is the function that is
//! named, t goes through `range`, and z is standard normal. No mixture is known, and labels only
//! for the two moons.
//!
//! # Order of draws
//!
//! First all t, if they are random; the two moons are then put into a random order; at last the
//! noise, point by point, in x before y. With `generator = "numpy"`, `moons` are the points of
//! scikit-learn's `make_moons` (version 1.9, defaults) with `random_state` as the seed, and the sine
//! curve of its gallery (`plot_gmm_sin`) is
//!
//! ```toml
//! source.curve = { function = "sine", total = 100, range = [-6.0, 6.566370614359172], scale = [1.0, 3.0], noise = [0.1, 0.6] }
//! ```

use std::borrow::Cow;
use std::f64::consts::PI;

use ndarray::Array2;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::labels::Labels;
use super::parameters::{self, MOST_NUMBERS};
use super::{Dataset, Shape};
use crate::diagnostic::{Problems, counted};
use crate::random::Random;
use crate::setting::{OneOrMany, Spanned, at_least, finite, not_negative};

/// Numbers of a curve that are not 0 have sizes between these: products of two can be squared then.
const SIZES: [f64; 2] = [1e-75, 1e75];

/// A curve as written in the config.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Which curve.
    pub function: Function,
    /// How many points to draw.
    #[schemars(with = "usize", range(min = 1))]
    pub total: Spanned<usize>,
    /// Where t starts and ends. Default: once around for `circle` and `sine`, twice for `spiral`,
    /// from 0 to 1 for `line`; not for `moons`, each of which is half a circle.
    #[schemars(with = "Option<[f64; 2]>")]
    pub range: Option<Spanned<Vec<Spanned<f64>>>>,
    /// How the points lie along the curve.
    #[serde(default)]
    pub spacing: Spacing,
    /// What the coordinates are multiplied by: one number for both, or one each. Default 1.
    #[schemars(with = "Option<Pair>", extend("default" = 1.0))]
    pub scale: Option<Spanned<OneOrMany<f64>>>,
    /// What is then added to the coordinates: one number for both, or one each. Default 0.
    #[schemars(with = "Option<Pair>", extend("default" = 0.0))]
    pub shift: Option<Spanned<OneOrMany<f64>>>,
    /// The standard deviation of the noise: one number for both coordinates, or one each. Default 0.
    #[schemars(with = "Option<Pair>", extend("default" = 0.0))]
    pub noise: Option<Spanned<OneOrMany<f64>>>,
}

/// Stands for a number for both coordinates, or one each, where a schema says what a key takes.
struct Pair;

impl JsonSchema for Pair {
    fn schema_name() -> Cow<'static, str> {
        "Pair".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let number = json_schema!({ "type": "number" });
        json_schema!({ "anyOf": [
            number,
            { "type": "array", "items": number, "minItems": 2, "maxItems": 2 },
        ] })
    }
}

/// A curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// (t, t).
    Line,
    /// (t, sin t).
    Sine,
    /// (cos t, sin t).
    Circle,
    /// (t cos t, t sin t).
    Spiral,
    /// Two half circles, each of which ends within the other: (cos t, sin t) and
    /// (1 - cos t, 1/2 - sin t). They are the labels, and have half of the points each.
    Moons,
}

/// How points lie along a curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    /// At equal steps of t from the start of the range on; its end is none of them, but for `moons`.
    #[default]
    Even,
    /// At values of t that are drawn uniformly from the range.
    Random,
}

/// A curve, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    function: Function,
    total: usize,
    range: [f64; 2],
    spacing: Spacing,
    scale: [f64; 2],
    shift: [f64; 2],
    noise: [f64; 2],
}

impl Options {
    /// Checks everything; all mistakes go to `problems`.
    pub fn resolve(&self, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let total = *self.total.get_ref();
        at_least(problems, "`total`", &self.total, if self.is_moons() { 2 } else { 1 });
        if total.saturating_mul(2) > MOST_NUMBERS {
            problems
                .at(
                    self.total.span(),
                    format!("the data set would have more than {MOST_NUMBERS} numbers"),
                )
                .hint("draw fewer points");
        }
        let range = self.range(problems);
        let scale = pair(problems, "scale", self.scale.as_ref(), 1.0, finite);
        let shift = pair(problems, "shift", self.shift.as_ref(), 0.0, finite);
        let noise = pair(problems, "noise", self.noise.as_ref(), 0.0, not_negative);
        if problems.len() > before {
            return None;
        }
        let (function, spacing) = (self.function, self.spacing);
        Some(Spec {
            function,
            total,
            range: range?,
            spacing,
            scale: scale?,
            shift: shift?,
            noise: noise?,
        })
    }

    fn is_moons(&self) -> bool {
        self.function == Function::Moons
    }

    fn range(&self, problems: &mut Problems) -> Option<[f64; 2]> {
        let Some(written) = &self.range else {
            return Some(match self.function {
                Function::Line => [0.0, 1.0],
                Function::Sine | Function::Circle => [0.0, 2.0 * PI],
                Function::Spiral => [0.0, 4.0 * PI],
                Function::Moons => [0.0, PI],
            });
        };
        if self.is_moons() {
            problems
                .at(written.span(), "`moons` have no `range`: each is half a circle")
                .hint("leave `range` out, or draw a part of a `circle`");
            return None;
        }
        let before = problems.len();
        for (end, what) in written.get_ref().iter().zip(["start", "end"]) {
            if end.get_ref().is_finite() {
                tame(problems, &format!("the {what} of `range`"), end);
            }
        }
        parameters::range(problems, written).filter(|_| problems.len() == before)
    }
}

/// A number for each of the two coordinates, checked by `good` and not too large or small.
fn pair(
    problems: &mut Problems,
    key: &str,
    written: Option<&Spanned<OneOrMany<f64>>>,
    default: f64,
    good: impl Fn(&mut Problems, &str, &Spanned<f64>) -> bool,
) -> Option<[f64; 2]> {
    let Some(written) = written else { return Some([default; 2]) };
    let before = problems.len();
    let mut check = |what: &str, value: &Spanned<f64>| {
        if good(problems, what, value) {
            tame(problems, what, value);
        }
    };
    let both = match written.get_ref() {
        OneOrMany::One(value) => {
            check(&format!("`{key}`"), &Spanned::new(written.span(), *value));
            [*value; 2]
        }
        OneOrMany::Many(values) => {
            for (value, name) in values.iter().zip(["x", "y"]) {
                check(&format!("`{key}` of {name}"), value);
            }
            let [x, y] = values.as_slice() else {
                let count = counted(values.len(), "number");
                problems
                    .at(written.span(), format!("`{key}` has {count}, but there are 2 coordinates"))
                    .hint("write one number for both, or two: that of x and that of y");
                return None;
            };
            [*x.get_ref(), *y.get_ref()]
        }
    };
    (problems.len() == before).then_some(both)
}

/// Records a finite number that is so large or so small that products with it cannot be squared.
fn tame(problems: &mut Problems, what: &str, value: &Spanned<f64>) {
    let [least, most] = SIZES;
    let size = value.get_ref().abs();
    let is_large = size > most;
    if is_large || (size > 0.0 && size < least) {
        let how = if is_large { "large" } else { "small" };
        problems
            .at_value(value.span(), format!("{what} is too {how}: the points cannot be squared"))
            .hint(format!("write 0 or a number from {least:e} to {most:e} in size"));
    }
}

impl Function {
    /// The point of the curve at t; of the two moons, of the second one if `second`.
    fn at(self, t: f64, moon: usize) -> [f64; 2] {
        let (sin, cos) = libm::sincos(t);
        match self {
            Self::Line => [t, t],
            Self::Sine => [t, sin],
            Self::Circle => [cos, sin],
            Self::Spiral => [t * cos, t * sin],
            Self::Moons if moon == 0 => [cos, sin],
            // In this order, which is scikit-learn's.
            Self::Moons => [1.0 - cos, 1.0 - sin - 0.5],
        }
    }
}

impl Spec {
    /// What the data set will be.
    pub fn shape(&self) -> Shape {
        Shape {
            points: self.total,
            dimensions: 2,
            components: (self.function == Function::Moons).then_some(2),
            truth: false,
            columns: parameters::column_names(2),
        }
    }

    /// The points; what is random of them is drawn in the order that the module's documentation
    /// states.
    pub fn make(&self, random: &mut dyn Random) -> Dataset {
        let n = self.total;
        let is_moons = self.function == Function::Moons;
        // The first half of the points, in order, are those of the first moon.
        let moon = |i: usize| usize::from(is_moons && i >= n / 2);
        let mut moons: Vec<u8> = match is_moons {
            true => (0..n).map(|i| moon(i) as u8).collect(),
            false => Vec::new(),
        };
        let mut points = Array2::zeros((n, 2));
        for i in 0..n {
            let t = match self.spacing {
                Spacing::Even => self.even(i),
                Spacing::Random => random.uniform_between(self.range[0], self.range[1]),
            };
            let [x, y] = self.function.at(t, moon(i));
            points[[i, 0]] = x;
            points[[i, 1]] = y;
        }
        if is_moons {
            random.shuffle_by(n, &mut |i, j| {
                moons.swap(i, j);
                points.swap([i, 0], [j, 0]);
                points.swap([i, 1], [j, 1]);
            });
        }
        for mut point in points.rows_mut() {
            for (c, x) in point.iter_mut().enumerate() {
                let exact = self.shift[c] + self.scale[c] * *x;
                *x = exact + random.normal(0.0, self.noise[c]);
            }
        }
        let labels = is_moons.then(|| Labels::below(2, moons.into_iter().map(usize::from)));
        Dataset {
            points: points.into_shared(),
            labels,
            truth: None,
            columns: parameters::column_names(2),
            units: None,
            scaling: None,
        }
    }

    /// The t of point `i`.
    fn even(&self, i: usize) -> f64 {
        let [low, high] = self.range;
        if self.function != Function::Moons {
            return low + i as f64 * ((high - low) / self.total as f64);
        }
        let first = self.total / 2;
        let (i, n) = if i < first { (i, first) } else { (i - first, self.total - first) };
        // Both ends are points of a moon; of one point it is the first.
        match n.checked_sub(1) {
            Some(steps @ 1..) if i == steps => high,
            Some(steps @ 1..) => low + i as f64 * ((high - low) / steps as f64),
            _ => low,
        }
    }
}
