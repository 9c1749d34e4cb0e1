//! Sums over the points of a block, while they are summed up.
//!
//! They stay in their lanes, or in the registers' order of the products, from the first chunk of a
//! block to its last: added up any sooner, they would cost more than the points.

use ndarray::Array2;

use super::products::Products;
use super::{CovarianceType, Moments};
use crate::model::kernel::{self, Assignment, CHUNK, Columns, LANES, Lanes, Tile};

/// The sums of a block about `centres`.
#[derive(Debug)]
pub(in crate::model::bayesian_mixture) struct Sums<'a> {
    form: CovarianceType,
    /// K x D.
    centres: &'a Array2<f64>,
    /// `sum_i r_ik`, K of them.
    counts: Vec<Lanes>,
    moments: Kind,
}

/// The first and second moments as a form needs them, component by component.
#[derive(Debug)]
enum Kind {
    /// `sum_i r_ik d_ij` and `sum_i r_ik d_ij^2`, K x D.
    Squares(Vec<[Lanes; 2]>),
    /// The first moments, D, then the second ones, row by row; K times.
    Few(Vec<Lanes>),
    /// Those of more than [`FEW`] coordinates.
    Many(Products),
}

/// The moments of so many coordinates are held in registers all at once.
const FEW: usize = 3;

impl<'a> Sums<'a> {
    /// Over no points.
    pub(in crate::model::bayesian_mixture) fn new(
        form: CovarianceType,
        centres: &'a Array2<f64>,
    ) -> Self {
        let (components, dimensions) = centres.dim();
        let moments = match form {
            CovarianceType::Diag | CovarianceType::Spherical => {
                Kind::Squares(vec![[[0.0; LANES]; 2]; components * dimensions])
            }
            CovarianceType::Full | CovarianceType::Tied if dimensions <= FEW => {
                let each = dimensions + form.second_moments(dimensions);
                Kind::Few(vec![[0.0; LANES]; components * each])
            }
            CovarianceType::Full | CovarianceType::Tied => Kind::Many(Products::new(centres)),
        };
        Self { form, centres, counts: vec![[0.0; LANES]; components], moments }
    }

    /// Adds a chunk's points, by row and by column, with their responsibilities.
    #[inline(always)]
    pub(in crate::model::bayesian_mixture) fn add_chunk(
        &mut self,
        rows: &[f64],
        tile: &Tile,
        assignment: &Assignment,
    ) {
        let dimensions = tile.columns().len();
        for (count, r) in self.counts.iter_mut().zip(assignment.components()) {
            kernel::add_count(r, count);
        }
        // In standard layout by construction.
        let centres = self.centres.as_slice().unwrap_or_default().chunks_exact(dimensions);
        let components = assignment.components().iter().zip(centres);
        match &mut self.moments {
            Kind::Squares(all) => {
                for ((r, centre), own) in components.zip(all.chunks_exact_mut(dimensions)) {
                    for (([first, second], x), c) in own.iter_mut().zip(tile.columns()).zip(centre)
                    {
                        kernel::add_moments(r, x, *c, [first, second]);
                    }
                }
            }
            Kind::Few(all) => {
                let each = dimensions + self.form.second_moments(dimensions);
                for ((r, centre), own) in components.zip(all.chunks_exact_mut(each)) {
                    match dimensions {
                        1 => add_few::<1>(r, tile, centre, own),
                        2 => add_few::<2>(r, tile, centre, own),
                        _ => add_few::<FEW>(r, tile, centre, own),
                    }
                }
            }
            Kind::Many(products) => products.add_chunk(rows, dimensions, assignment),
        }
    }

    /// The sums themselves.
    pub(in crate::model::bayesian_mixture) fn into_moments(self) -> Moments {
        let mut moments = Moments::none(self.form, self.centres);
        for (count, lanes) in moments.counts.iter_mut().zip(self.counts) {
            *count = kernel::total(lanes);
        }
        let dimensions = self.centres.ncols();
        for k in 0..self.centres.nrows() {
            let (mut first, mut second) = (moments.first.row_mut(k), moments.second.row_mut(k));
            match &self.moments {
                Kind::Squares(all) => {
                    let own = &all[k * dimensions..(k + 1) * dimensions];
                    for (j, [one, other]) in own.iter().enumerate() {
                        first[j] = kernel::total(*one);
                        let only = self.form == CovarianceType::Spherical;
                        second[if only { 0 } else { j }] += kernel::total(*other);
                    }
                }
                Kind::Few(all) => {
                    let each = dimensions + second.len();
                    let own = all[k * each..(k + 1) * each].iter();
                    for (value, lanes) in first.iter_mut().chain(&mut second).zip(own) {
                        *value = kernel::total(*lanes);
                    }
                }
                Kind::Many(products) => {
                    first.iter_mut().enumerate().for_each(|(j, v)| *v = products.first(k, j));
                    let pairs = (0..dimensions).flat_map(|j| (0..=j).map(move |l| (j, l)));
                    for (value, (j, l)) in second.iter_mut().zip(pairs) {
                        *value = products.second(k, j, l);
                    }
                }
            }
        }
        moments
    }
}

/// The moments of all points about their mean, as of one component.
pub(super) fn of_all(form: CovarianceType, columns: &Columns<'_>) -> Moments {
    let dimensions = columns.dimensions();
    let mean = columns.means();
    let centre = Array2::from_shape_fn((1, dimensions), |(_, j)| mean[j]);
    let mut all = Moments::none(form, &centre);
    kernel::over_blocks(
        0..columns.points(),
        columns.points() * dimensions,
        #[inline(always)]
        |block| {
            let mut sums = Sums::new(form, &centre);
            let (mut tile, mut assignment) = (Tile::new(dimensions), Assignment::new(1));
            for rows in kernel::chunks(block) {
                columns.load(&rows, &mut tile);
                for r in assignment.components_mut() {
                    r[..rows.len()].fill(1.0);
                    r[rows.len()..].fill(0.0);
                }
                sums.add_chunk(columns.rows(&rows), &tile, &assignment);
            }
            sums.into_moments()
        },
        |moments| all.merge(&moments),
    );
    all
}

/// Adds `sum_i r_i d_ij` and then `sum_i r_i d_ij d_il` for every coordinate `j` of the differences `d`
/// from the centre and every `l <= j`, row by row.
#[inline(always)]
fn add_few<const D: usize>(r: &[f64; CHUNK], tile: &Tile, centre: &[f64], all: &mut [Lanes]) {
    let (Ok(tile), Ok(centre)) = (<&[_; D]>::try_from(tile.columns()), <&[_; D]>::try_from(centre))
    else {
        return;
    };
    let mut sums = [[0.0; LANES]; D];
    let mut products = [[[0.0; LANES]; D]; D];
    let places = || (0..D).flat_map(|j| (0..=j).map(move |l| (j, l)));
    let (first, second) = all.split_at_mut(D);
    sums.copy_from_slice(first);
    for ((j, l), own) in places().zip(second.iter()) {
        products[j][l] = *own;
    }
    for (group, r) in kernel::groups(r).iter().enumerate() {
        let mut d = [[0.0; LANES]; D];
        for j in 0..D {
            let x: &Lanes = &kernel::groups(&tile[j])[group];
            for lane in 0..LANES {
                d[j][lane] = x[lane] - centre[j];
            }
        }
        for j in 0..D {
            for lane in 0..LANES {
                let weighted = r[lane] * d[j][lane];
                sums[j][lane] += weighted;
                for l in 0..=j {
                    products[j][l][lane] = weighted.mul_add(d[l][lane], products[j][l][lane]);
                }
            }
        }
    }
    first.copy_from_slice(&sums);
    for ((j, l), own) in places().zip(second) {
        *own = products[j][l];
    }
}
