//! Densities in two dimensions as regions.

use serde::Serialize;

use super::{Drawn, Levels, Role, Scale, Spec};
use crate::figure::axes::{Extent, Range};
use crate::figure::cloud::Aspect;
use crate::figure::{Inputs, cloud, number};
use crate::math::density::{Density, Field};
use crate::math::level_set::level_set;
use crate::math::locator;

/// Where the density is at least so high.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Region {
    /// What bounds the region: its share of the mass, its density, or minus its logarithm.
    pub(super) level: f64,
    /// What the level is called.
    #[serde(skip)]
    pub(super) name: String,
    /// The density on its boundary.
    pub(super) density: f64,
    /// Its boundary: closed lines, also around holes.
    pub(super) rings: Vec<Vec<[f64; 2]>>,
}

/// The regions of a mixture, the widest first.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Surface {
    pub(super) role: Role,
    pub(super) regions: Vec<Region>,
}

/// The numbers of densities in two dimensions.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Plane {
    /// Truth and estimate.
    pub(super) surfaces: Vec<Surface>,
    /// What the inference starts from, if the estimate is a later iteration.
    #[serde(skip)]
    pub(super) start: Option<Surface>,
    pub(super) levels: Levels,
    pub(super) scale: Scale,
    pub(super) aspect: Aspect,
    /// The points that are drawn.
    pub(super) points: Vec<[f64; 2]>,
    /// Share of all points in the last surface's widest region of stated mass.
    pub(super) held: Option<f64>,
}

/// The shares of mass that regions hold, the widest first.
const MASSES: [f64; 3] = [0.95, 0.8, 0.5];
/// So many standard deviations hold all mass that counts.
const REACH: f64 = 5.0;
/// Lines of the grid on which matplotlib's levels are picked.
const PICKED_ON: usize = 101;

impl Plane {
    pub(super) fn new(
        spec: &Spec,
        inputs: &mut Inputs<'_>,
        drawn: &[Drawn],
    ) -> Result<(Self, Extent), String> {
        let data = cloud::extent(inputs)?;
        let indices = cloud::drawn(inputs);
        let points = match spec.points {
            true => cloud::positions(inputs, &indices),
            false => Vec::new(),
        };
        // Levels that are picked are those of the first mixture, so that the others compare.
        let picked = match (&spec.levels, drawn.iter().find(|d| d.role != Role::Start)) {
            (Levels::Mass, _) | (_, None) => Vec::new(),
            (Levels::Values(values), _) => values.clone(),
            (Levels::Density, Some(first)) => picked(&first.density, spec.scale, data),
        };
        let mut surfaces: Vec<Surface> = drawn
            .iter()
            .map(|d| Surface { role: d.role, regions: regions(&d.density, spec, &picked) })
            .collect();
        let start = surfaces.iter().position(|s| s.role == Role::Start);
        let start = start.map(|i| surfaces.remove(i));
        let widest = surfaces.last().and_then(|s| s.regions.first());
        let held = widest.zip(drawn.last()).filter(|_| spec.levels == Levels::Mass);
        let held = held.map(|(region, d)| {
            let level = libm::log(region.density);
            let rows = inputs.dataset.points.rows().into_iter();
            let inside = rows.filter(|row| d.density.ln(&row.to_vec()) >= level).count();
            inside as f64 / inputs.dataset.points.nrows() as f64
        });
        // The negative logarithm has regions far beyond all data.
        let vertices: Vec<[f64; 2]> = match spec.scale {
            Scale::Density => surfaces.iter().flat_map(Surface::vertices).collect(),
            Scale::NegLog => Vec::new(),
        };
        let drawn_only = Extent::around(vertices.iter().copied()).filter(|_| !spec.points);
        let extent = cloud::window(drawn_only.unwrap_or(data), &vertices);
        let (levels, scale, aspect) = (spec.levels.clone(), spec.scale, spec.aspect);
        Ok((Self { surfaces, start, levels, scale, aspect, points, held }, extent))
    }

    /// What a line is called with what it is a level of.
    pub(super) fn full_name(&self, region: &Region) -> String {
        match (&self.levels, self.scale) {
            (Levels::Mass, _) => format!("{} of mass", region.name),
            (_, Scale::Density) => format!("$p$ = {}", region.name),
            (_, Scale::NegLog) => format!("$-\\ln p$ = {}", region.name),
        }
    }

    /// What the lines are lines of, in a title.
    pub(super) fn words(&self) -> String {
        match (&self.levels, self.scale) {
            (Levels::Mass, _) => "50, 80 and 95\u{2009}% of the mass".to_owned(),
            (_, Scale::Density) => "levels of $p(x)$".to_owned(),
            (_, Scale::NegLog) => "levels of $-\\ln p(x)$ in nats".to_owned(),
        }
    }
}

impl Surface {
    fn vertices(&self) -> impl Iterator<Item = [f64; 2]> {
        self.regions.iter().flat_map(|r| r.rings.iter().flatten().copied())
    }
}

/// The levels that matplotlib picks for what it would be handed: values on a grid over the data.
fn picked(density: &Density, scale: Scale, data: Extent) -> Vec<f64> {
    let value = |x: f64, y: f64| match scale {
        Scale::Density => libm::exp(density.ln(&[x, y])),
        Scale::NegLog => -density.ln(&[x, y]),
    };
    let (xs, ys) = (data.x.grid(PICKED_ON), data.y.grid(PICKED_ON));
    let on_grid = ys.iter().flat_map(|y| xs.iter().map(move |x| (*x, *y)));
    let modes = density.modes();
    let peaks = modes.iter().map(|m| (m[0], m[1]));
    let seen = peaks.filter(|(x, y)| data.x.contains(*x) && data.y.contains(*y));
    let Some(range) = Range::of(on_grid.chain(seen).map(|(x, y)| value(x, y))) else {
        return Vec::new();
    };
    // The levels at or beyond the ends bound no region that is all seen.
    let levels = locator::contour_levels(range.low, range.high).into_iter();
    levels.filter(|c| range.low < *c && *c < range.high).collect()
}

/// The regions of a density, the widest first; none for a level that it nowhere reaches.
fn regions(density: &Density, spec: &Spec, picked: &[f64]) -> Vec<Region> {
    let Some(bounds) = density.extent(REACH) else { return Vec::new() };
    let by_mass = spec.levels == Levels::Mass;
    let mut levels: Vec<(f64, f64)> = match by_mass {
        true => {
            let bounding = Field::new(density, &bounds).mass_levels(&MASSES);
            MASSES.into_iter().zip(bounding).collect()
        }
        false => {
            let ln = |level: f64| match spec.scale {
                Scale::Density => libm::log(level),
                Scale::NegLog => -level,
            };
            picked.iter().map(|level| (*level, ln(*level))).collect()
        }
    };
    levels.sort_by(|a, b| a.1.total_cmp(&b.1));
    levels.dedup_by(|a, b| a.1 == b.1);
    let widest = levels.first().and_then(|(_, widest)| density.reach(*widest));
    let Some(field) = widest.map(|bounds| Field::new(density, &bounds)) else { return Vec::new() };
    let written: Vec<f64> = levels.iter().map(|l| l.0).collect();
    let names = match by_mass {
        true => written.iter().map(|share| number::whole_percent(*share)).collect(),
        false => number::tick_labels(&written),
    };
    levels
        .into_iter()
        .zip(names)
        .map(|((level, ln), name)| Region {
            level,
            name,
            density: libm::exp(ln),
            rings: level_set(&field, ln),
        })
        .filter(|region| !region.rings.is_empty())
        .collect()
}
