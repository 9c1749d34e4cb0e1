//! The iteration: one pass over the points for the E step and the moments, then the M step.

use ndarray::{Array2, ArrayView2, Axis};
use std::f64::consts::{LN_2, PI};
use std::ops::Range;

use super::covariance::{
    CovarianceType, Covariances, Distances, Law, Located, Moments, Prior, Sums,
};
use super::{Spec, State, TRACES};
use crate::model::init::Start;
use crate::model::init::random::responsibilities;
use crate::model::kernel::{self, Assignment, BLOCK, Columns, LogSums, Sum, Tile};
use crate::model::run::{Failure, Inference, Now, Step, TraceOf};
use crate::random::Random;

/// What scikit-learn adds to every count, so that none is zero.
const LEAST_COUNT: f64 = 10.0 * f64::EPSILON;

/// So many points have random responsibilities at once: whole blocks, enough for all threads.
const DRAWN_AT_ONCE: usize = 16 * BLOCK;

/// Coordinates whose standard deviations differ by more than this factor are named when a covariance
/// is ill-defined.
const SCALES_APART: f64 = 1e3;

/// The model with its data, and the priors that come from them.
#[derive(Debug)]
pub(in crate::model) struct Bound<'a> {
    spec: &'a Spec,
    points: ArrayView2<'a, f64>,
    columns: Columns<'a>,
    column_means: Vec<f64>,
    mean_prior: Vec<f64>,
    covariance_prior: Prior,
    /// What `elbo` has and `lower_bound` has not.
    constant: f64,
}

impl<'a> Bound<'a> {
    /// Binds the model to N x D points.
    ///
    /// # Errors
    ///
    /// If the data give no covariance prior, or what is given is not of their size.
    pub(in crate::model) fn new(
        spec: &'a Spec,
        points: ArrayView2<'a, f64>,
    ) -> Result<Self, String> {
        if !spec.init.fits(points.dim(), spec.components) {
            return Err(
                "`init` is not of the size of the data; hint: give it for each point".into()
            );
        }
        let columns = Columns::new(points);
        let column_means = columns.means();
        let mean_prior = spec.mean_prior.clone().unwrap_or_else(|| column_means.clone());
        let covariance_prior = spec.covariance.prior(spec.covariance_prior.as_deref(), &columns)?;
        let d = columns.dimensions() as f64;
        let (b0, n0) = (spec.mean_precision_prior, spec.degrees_of_freedom_prior);
        let law = spec.law();
        let share = law.share(columns.dimensions());
        // The log normaliser of the prior of one component; that of its mean alone comes first.
        let mean = -0.5 * d * libm::log(b0);
        let component = mean
            - 0.5 * n0 * covariance_prior.log_determinant(columns.dimensions()) * share
            + 0.5 * n0 * d * LN_2 * share
            + law.ln_gammas(n0, columns.dimensions()).iter().sum::<f64>();
        let weights =
            spec.weight_prior.log_normalizer(spec.weight_concentration_prior, spec.components);
        let constant = -weights - spec.components as f64 * component
            + law.shared(spec.components) as f64 * (component - mean)
            - 0.5 * columns.points() as f64 * d * libm::log(2.0 * PI);
        Ok(Self { spec, points, columns, column_means, mean_prior, covariance_prior, constant })
    }

    /// Sums over points about `centres`, and what `assign` sums up while it gives a chunk's
    /// responsibilities, those of the given rows with the points in the tile, with room for as many.
    #[inline(always)]
    fn moments(
        &self,
        centres: &Array2<f64>,
        assign: impl Fn(&Range<usize>, &Tile, &mut Assignment, &mut Tile, &mut LogSums) + Sync,
    ) -> (Moments, Sum) {
        let mut sums = (Moments::none(self.spec.covariance, centres), Sum::default());
        self.add_moments(0..self.columns.points(), centres, assign, &mut sums);
        sums
    }

    /// Adds those of some rows, of which the first is the first of a block.
    #[inline(always)]
    fn add_moments(
        &self,
        rows: Range<usize>,
        centres: &Array2<f64>,
        assign: impl Fn(&Range<usize>, &Tile, &mut Assignment, &mut Tile, &mut LogSums) + Sync,
        (all, total): &mut (Moments, Sum),
    ) {
        let (count, dimensions) = centres.dim();
        let form = self.spec.covariance;
        let work = rows.len() * count * dimensions;
        kernel::over_blocks(
            rows,
            work,
            #[inline(always)]
            |block| {
                let (mut sums, mut sum) = (Sums::new(form, centres), LogSums::new());
                let (mut tile, mut room) = (Tile::new(dimensions), Tile::new(dimensions));
                let mut assignment = Assignment::new(count);
                for rows in kernel::chunks(block) {
                    self.columns.load(&rows, &mut tile);
                    assign(&rows, &tile, &mut assignment, &mut room, &mut sum);
                    sums.add_chunk(self.columns.rows(&rows), &tile, &assignment);
                }
                (sums.into_moments(), sum.into_sum())
            },
            |(moments, sum)| {
                all.merge(&moments);
                total.merge(sum);
            },
        );
    }

    /// The M step.
    pub(in crate::model) fn maximize(&self, moments: &Moments) -> Result<State, Failure> {
        let spec = self.spec;
        let counts: Vec<f64> = moments.counts.iter().map(|n| n + LEAST_COUNT).collect();
        let mut centroids = moments.first.clone();
        let mut means = moments.first.clone();
        for ((k, j), centroid) in centroids.indexed_iter_mut() {
            *centroid = moments.centres[[k, j]] + *centroid / counts[k];
        }
        let b0 = spec.mean_precision_prior;
        let mean_precision: Vec<f64> = counts.iter().map(|n| b0 + n).collect();
        for ((k, j), mean) in means.indexed_iter_mut() {
            *mean = (b0 * self.mean_prior[j] + counts[k] * centroids[[k, j]]) / mean_precision[k];
        }
        let law = spec.law();
        let degrees_of_freedom = spec.covariance.degrees_of_freedom(
            law,
            spec.degrees_of_freedom_prior,
            &counts,
            self.columns.dimensions(),
        );
        let prior_share: Vec<f64> = mean_precision.iter().map(|b| b0 / b).collect();
        let located = Located {
            counts: &counts,
            centroids: centroids.view(),
            prior_share: &prior_share,
            mean_prior: &self.mean_prior,
            degrees_of_freedom: &degrees_of_freedom,
            reg_covar: spec.reg_covar,
        };
        let covariances = self
            .covariance_prior
            .posterior(law, moments, &located)
            .map_err(|what| Failure { what, hint: self.advice() })?;
        let weights = spec.weight_prior.posterior(spec.weight_concentration_prior, &counts);
        let family = spec.family;
        Ok(State { family, weights, mean_precision, means, degrees_of_freedom, covariances })
    }

    /// The E step: the moments about the means of `log_weights`, and the sum over points of the
    /// logarithm of the sum of their weights.
    #[inline(always)]
    pub(in crate::model) fn assigned(
        &self,
        means: &Array2<f64>,
        log_weights: &LogWeights<'_>,
    ) -> (Moments, Sum) {
        self.moments(
            means,
            #[inline(always)]
            |rows, tile, assignment, room, log_sums| {
                log_weights.fill(tile, assignment, room);
                assignment.normalize(rows.len(), log_sums);
            },
        )
    }

    /// The moments of the start, and the entropy of its responsibilities.
    pub(in crate::model) fn drawn(&self, random: &mut dyn Random) -> (Moments, f64) {
        match self.spec.init.draw(self.points, self.spec.components, random) {
            Start::Random => self.random(random),
            Start::Soft(r) => self.complete(|i, k| r[[i, k]]),
            Start::Labels(labels) => {
                self.complete(|i, k| f64::from(u8::from(labels.get(i) == Some(k))))
            }
            Start::Single(points) => (self.single(&points), 0.0),
        }
    }

    /// The mean of all points for each component, K x D.
    fn common_centre(&self) -> Array2<f64> {
        let size = (self.spec.components, self.column_means.len());
        Array2::from_shape_fn(size, |(_, j)| self.column_means[j])
    }

    /// The moments of random responsibilities, and their entropy. They are drawn in the order of the
    /// points, and never are all of them there.
    fn random(&self, random: &mut dyn Random) -> (Moments, f64) {
        let (points, centres) = (self.columns.points(), self.common_centre());
        let mut sums = (Moments::none(self.spec.covariance, &centres), Sum::default());
        for start in (0..points).step_by(DRAWN_AT_ONCE) {
            let rows = start..(start + DRAWN_AT_ONCE).min(points);
            let r = responsibilities(rows.len(), self.spec.components, random);
            self.add_moments(rows, &centres, assigning(|i, k| r[[i - start, k]]), &mut sums);
        }
        let (moments, entropy) = sums;
        (moments, entropy.value())
    }

    /// The moments of responsibilities `r(i, k)` whose rows sum to 1, and their entropy.
    fn complete(&self, r: impl Fn(usize, usize) -> f64 + Sync) -> (Moments, f64) {
        let mut centres = self.common_centre();
        let (moments, _) = self.moments(&centres, assigning(&r));
        // Components that are small and far from each other would lose digits about a common
        // centre.
        for ((k, j), centre) in centres.indexed_iter_mut() {
            if moments.counts[k] > 0.0 {
                *centre += moments.first[[k, j]] / moments.counts[k];
            }
        }
        let (moments, entropy) = self.moments(&centres, assigning(&r));
        (moments, entropy.value())
    }

    /// The moments where every component has one point and all others have none.
    fn single(&self, points: &[usize]) -> Moments {
        let form = self.spec.covariance;
        let (count, d) = (points.len(), self.columns.dimensions());
        let counts_all = form == CovarianceType::Tied && self.spec.law() == Law::Wishart;
        let unassigned = counts_all.then(|| {
            let mut shares = vec![1.0; self.columns.points()];
            points.iter().for_each(|&i| shares[i] -= 1.0);
            let entry = |(j, l): (usize, usize)| {
                let pairs = self.columns.column(j).zip(self.columns.column(l));
                pairs.zip(&shares).map(|((x, y), share)| share * (x * y)).collect::<Sum>().value()
            };
            Array2::from_shape_fn((d, d), entry)
        });
        Moments {
            centres: self.points.select(Axis(0), points),
            counts: vec![1.0; count],
            first: Array2::zeros((count, d)),
            second: Array2::zeros((count, form.second_moments(d))),
            unassigned,
        }
    }

    /// What may help when a covariance is ill-defined.
    fn advice(&self) -> String {
        let advice = match self.spec.mean_precision_prior > 0.0 {
            true => {
                "use fewer components, increase `reg_covar` or `covariance_prior`, or scale the data"
            }
            // There is no prior, see `mixture_em`.
            false => "use fewer components, increase `reg_covar`, or scale the data",
        };
        let mut sds = Vec::with_capacity(self.column_means.len());
        for (j, mean) in self.column_means.iter().enumerate() {
            let squares: Sum = self.columns.column(j).map(|x| (x - mean) * (x - mean)).collect();
            sds.push((j, (squares.value() / self.columns.points() as f64).sqrt()));
        }
        let by_size = |a: &&(usize, f64), b: &&(usize, f64)| a.1.total_cmp(&b.1);
        match (sds.iter().min_by(by_size), sds.iter().max_by(by_size)) {
            (Some((small, low)), Some((large, high))) if *high > SCALES_APART * low => format!(
                "{advice}: the standard deviation of coordinate {small} is {low:.1e}, that of \
                 coordinate {large} {high:.1e} (counted from 0)"
            ),
            _ => advice.to_owned(),
        }
    }

    /// Both bounds, from the entropy of the responsibilities that led to `state`.
    fn traced(&self, state: State, entropy: f64) -> Step<State> {
        let bound = entropy + posterior_terms(&state);
        Step { state, values: vec![bound + self.constant, bound] }
    }
}

impl Inference for Bound<'_> {
    type State = State;

    const TRACES: &'static [TraceOf] = TRACES;

    fn start(&self, random: &mut dyn Random) -> Result<Step<State>, Failure> {
        let (moments, entropy) = self.drawn(random);
        Ok(self.traced(self.maximize(&moments)?, entropy))
    }

    fn first(&self, trace: usize) -> usize {
        // Responsibilities that do not sum to 1 have no bound.
        TRACES[trace].first.max(usize::from(!self.spec.init.is_complete()))
    }

    fn step(&self, old: &State, _: Now) -> Result<Step<State>, Failure> {
        let log_weights = LogWeights::of(old);
        let (moments, log_sums) = self.assigned(&old.means, &log_weights);
        // - sum r ln r = sum_i logsumexp_i - sum_ik r_ik z_ik, and z is the offset less half the
        // squared distance, whose weighted sum the moments hold.
        let LogWeights { offsets, distances, .. } = &log_weights;
        let offset: f64 = offsets.iter().zip(&moments.counts).map(|(o, n)| o * n).sum();
        let entropy = log_sums.value() - offset + distances.half_sum(&moments);
        Ok(self.traced(self.maximize(&moments)?, entropy))
    }
}

/// `ln r_ik` up to a constant of the row, prepared once a pass.
#[derive(Debug)]
pub(in crate::model) struct LogWeights<'a> {
    /// What does not depend on the point.
    offsets: Vec<f64>,
    /// `m_k`, K x D, row by row.
    means: Vec<f64>,
    distances: Distances<'a>,
}

impl<'a> LogWeights<'a> {
    pub(in crate::model) fn new(
        offsets: Vec<f64>,
        means: &Array2<f64>,
        covariances: &'a Covariances,
    ) -> Self {
        let distances = Distances::new(covariances, means.ncols());
        Self { offsets, means: means.iter().copied().collect(), distances }
    }

    /// Those of this model.
    pub(super) fn of(state: &'a State) -> Self {
        Self::new(offsets(state), &state.means, &state.covariances)
    }

    /// Fills in those of a chunk's points.
    #[inline(always)]
    pub(super) fn fill(&self, tile: &Tile, assignment: &mut Assignment, room: &mut Tile) {
        let parameters = self.offsets.iter().zip(self.means.chunks_exact(tile.columns().len()));
        let components = assignment.components_mut().iter_mut().zip(parameters);
        for (k, (z, (offset, mean))) in components.enumerate() {
            z.fill(*offset);
            self.distances.subtract_half(k, mean, tile, z, room);
        }
    }
}

/// What the log weight of component `k` has apart from the distance: `E ln pi_k`, half the expected
/// log determinant of the precision and the constants.
fn offsets(state: &State) -> Vec<f64> {
    let dimensions = state.means.ncols();
    let d = dimensions as f64;
    let law = state.law();
    let log_determinants = state.covariances.log_determinants(state.means.dim());
    let mut offsets = state.weights.expected_logs();
    for (k, offset) in offsets.iter_mut().enumerate() {
        let nu = state.degrees_of_freedom[k];
        let digammas = law.digammas(nu, dimensions);
        *offset +=
            -0.5 * d * libm::log(2.0 * PI) - 0.5 * log_determinants[k] - 0.5 * d * libm::log(nu)
                + 0.5 * (d * LN_2 + digammas - d / state.mean_precision[k]);
    }
    offsets
}

/// The terms of the bound that come from the posterior's parameters alone.
fn posterior_terms(state: &State) -> f64 {
    let dimensions = state.means.ncols();
    let d = dimensions as f64;
    let law = state.law();
    let share = law.share(dimensions);
    // Components that have their precision from another come last.
    let own = state.means.nrows() - law.shared(state.means.nrows());
    let mut sum = Sum::default();
    sum.add(state.weights.log_normalizer());
    for (k, log_determinant) in
        state.covariances.log_determinants(state.means.dim()).into_iter().enumerate()
    {
        if k < own {
            let nu = state.degrees_of_freedom[k];
            sum.add(nu * (-0.5 * log_determinant - 0.5 * d * libm::log(nu)) * share);
            sum.add(0.5 * nu * d * LN_2 * share);
            for term in law.ln_gammas(nu, dimensions) {
                sum.add(term);
            }
        }
        sum.add(-0.5 * d * libm::log(state.mean_precision[k]));
    }
    sum.value()
}

/// Gives a chunk the responsibilities `r(i, k)` and sums up their entropy.
fn assigning(
    r: impl Fn(usize, usize) -> f64 + Sync,
) -> impl Fn(&Range<usize>, &Tile, &mut Assignment, &mut Tile, &mut LogSums) + Sync {
    move |rows, _, assignment, _, entropy| {
        for (k, own) in assignment.components_mut().iter_mut().enumerate() {
            own[rows.len()..].fill(0.0);
            for (own, i) in own.iter_mut().zip(rows.clone()) {
                *own = r(i, k);
                if *own > 0.0 {
                    entropy.add(-*own * libm::log(*own));
                }
            }
        }
    }
}
