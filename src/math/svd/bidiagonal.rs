//! The singular value decomposition of a bidiagonal matrix by implicit QR steps: LAPACK's `dbdsqr`.

use ndarray::Array2;

use super::rotation::{PRECISION, decompose_triangle, rotation, smaller_singular_value};

/// An upper bidiagonal matrix on its way to a diagonal one.
pub(super) struct Bidiagonal {
    diagonal: Vec<f64>,
    superdiagonal: Vec<f64>,
    /// The product of the right rotations so far, transposed.
    rows: Array2<f64>,
    /// The relative error that a singular value may have.
    tolerance: f64,
    /// Superdiagonal entries up to this size are zero.
    threshold: f64,
}

/// From which end of a block its superdiagonal is chased out.
#[derive(Clone, Copy)]
enum Direction {
    Down,
    Up,
}

impl Bidiagonal {
    pub(super) fn new(diagonal: Vec<f64>, superdiagonal: Vec<f64>) -> Self {
        let n = diagonal.len();
        let tolerance = libm::pow(PRECISION, -0.125).clamp(10.0, 100.0) * PRECISION;
        let mut smallest = diagonal.first().map_or(0.0, |d| d.abs());
        let mut estimate = smallest;
        for (d, e) in diagonal.iter().skip(1).zip(&superdiagonal) {
            if smallest == 0.0 {
                break;
            }
            estimate = d.abs() * (estimate / (estimate + e.abs()));
            smallest = smallest.min(estimate);
        }
        let count = n as f64;
        let threshold = (tolerance * (smallest / count.sqrt()))
            .max(6.0 * (count * (count * f64::MIN_POSITIVE)));
        Self { diagonal, superdiagonal, rows: Array2::eye(n), tolerance, threshold }
    }

    /// The singular values, descending, and V^T.
    pub(super) fn decompose(mut self) -> (Vec<f64>, Array2<f64>) {
        self.iterate();
        self.make_positive();
        self.sort();
        (self.diagonal, self.rows)
    }

    /// Makes the superdiagonal zero, from the last row up.
    fn iterate(&mut self) {
        let n = self.diagonal.len();
        let mut last = n.saturating_sub(1);
        let mut block = None;
        let mut direction = Direction::Down;
        // LAPACK's limit; numbers that are not finite never converge and end here.
        for _ in 0..6 * n * n + 2 * n {
            if last == 0 {
                return;
            }
            let (first, largest) = self.split(last);
            if first == last {
                last -= 1;
                continue;
            }
            if first + 1 == last {
                self.solve_triangle(first);
                last = last.saturating_sub(2);
                continue;
            }
            // A new block starts at its larger end; a block that only shrank goes on as it did.
            if block.is_none_or(|(old_first, old_last)| first > old_last || last < old_first) {
                direction = if self.diagonal[first].abs() >= self.diagonal[last].abs() {
                    Direction::Down
                } else {
                    Direction::Up
                };
            }
            let Some(smallest) = self.deflate(first, last, direction) else {
                continue;
            };
            block = Some((first, last));
            self.step(first, last, direction, smallest, largest);
        }
    }

    /// The first row of the block that ends in row `last`, and the largest absolute entry met. The
    /// superdiagonal entry above the block is set to zero.
    fn split(&mut self, last: usize) -> (usize, f64) {
        let mut largest = self.diagonal[last].abs();
        for i in (0..last).rev() {
            let e = self.superdiagonal[i].abs();
            if e <= self.threshold {
                self.superdiagonal[i] = 0.0;
                return (i + 1, largest);
            }
            largest = largest.max(self.diagonal[i].abs()).max(e);
        }
        (0, largest)
    }

    /// Decomposes the block of the rows `i` and `i + 1` in closed form.
    fn solve_triangle(&mut self, i: usize) {
        let triangle =
            decompose_triangle(self.diagonal[i], self.superdiagonal[i], self.diagonal[i + 1]);
        self.diagonal[i] = triangle.larger;
        self.superdiagonal[i] = 0.0;
        self.diagonal[i + 1] = triangle.smaller;
        self.rotate(i, triangle.cosine, triangle.sine);
    }

    /// Sets a superdiagonal entry that is negligible beside its diagonal to zero and gives `None`;
    /// if there is none, a lower bound of the block's smallest singular value.
    fn deflate(&mut self, first: usize, last: usize, direction: Direction) -> Option<f64> {
        let (d, e) = (&self.diagonal, &mut self.superdiagonal);
        // Each entry's index, and the index of the diagonal entry behind it in this direction.
        let path: Vec<(usize, usize)> = match direction {
            Direction::Down => (first..last).map(|i| (i, i + 1)).collect(),
            Direction::Up => (first..last).rev().map(|i| (i, i)).collect(),
        };
        let (start, &(end, behind)) = match direction {
            Direction::Down => (first, path.last()?),
            Direction::Up => (last, path.last()?),
        };
        if e[end].abs() <= self.tolerance * d[behind].abs() {
            e[end] = 0.0;
            return None;
        }
        let mut estimate = d[start].abs();
        let mut smallest = estimate;
        for (i, behind) in path {
            if e[i].abs() <= self.tolerance * estimate {
                e[i] = 0.0;
                return None;
            }
            estimate = d[behind].abs() * (estimate / (estimate + e[i].abs()));
            smallest = smallest.min(estimate);
        }
        Some(smallest)
    }

    /// One QR step on the block.
    fn step(
        &mut self,
        first: usize,
        last: usize,
        direction: Direction,
        smallest: f64,
        largest: f64,
    ) {
        let shift = self.shift(first, last, direction, smallest, largest);
        match (direction, shift == 0.0) {
            (Direction::Down, true) => self.unshifted_down(first, last),
            (Direction::Up, true) => self.unshifted_up(first, last),
            (Direction::Down, false) => self.shifted_down(first, last, shift),
            (Direction::Up, false) => self.shifted_up(first, last, shift),
        }
        let end = match direction {
            Direction::Down => last - 1,
            Direction::Up => first,
        };
        if self.superdiagonal[end].abs() <= self.threshold {
            self.superdiagonal[end] = 0.0;
        }
    }

    /// The shift of the next step: 0 where a shift would cost the small singular values digits.
    fn shift(
        &self,
        first: usize,
        last: usize,
        direction: Direction,
        smallest: f64,
        largest: f64,
    ) -> f64 {
        let (d, e) = (&self.diagonal, &self.superdiagonal);
        let spread = d.len() as f64 * self.tolerance * (smallest / largest);
        if spread <= PRECISION.max(0.01 * self.tolerance) {
            return 0.0;
        }
        let (start, shift) = match direction {
            Direction::Down => {
                (d[first].abs(), smaller_singular_value(d[last - 1], e[last - 1], d[last]))
            }
            Direction::Up => {
                (d[last].abs(), smaller_singular_value(d[first], e[first], d[first + 1]))
            }
        };
        let ratio = shift / start;
        if start > 0.0 && ratio * ratio < PRECISION { 0.0 } else { shift }
    }

    fn unshifted_down(&mut self, first: usize, last: usize) {
        let (mut cosine, mut old_cosine, mut old_sine) = (1.0, 1.0, 0.0);
        for i in first..last {
            let (c, s, r) = rotation(self.diagonal[i] * cosine, self.superdiagonal[i]);
            if i > first {
                self.superdiagonal[i - 1] = old_sine * r;
            }
            (old_cosine, old_sine, self.diagonal[i]) =
                rotation(old_cosine * r, self.diagonal[i + 1] * s);
            cosine = c;
            self.rotate(i, c, s);
        }
        let h = self.diagonal[last] * cosine;
        self.diagonal[last] = h * old_cosine;
        self.superdiagonal[last - 1] = h * old_sine;
    }

    fn unshifted_up(&mut self, first: usize, last: usize) {
        let (mut cosine, mut old_cosine, mut old_sine) = (1.0, 1.0, 0.0);
        for i in (first + 1..=last).rev() {
            let (c, s, r) = rotation(self.diagonal[i] * cosine, self.superdiagonal[i - 1]);
            if i < last {
                self.superdiagonal[i] = old_sine * r;
            }
            (old_cosine, old_sine, self.diagonal[i]) =
                rotation(old_cosine * r, self.diagonal[i - 1] * s);
            cosine = c;
            self.rotate(i - 1, old_cosine, -old_sine);
        }
        let h = self.diagonal[first] * cosine;
        self.diagonal[first] = h * old_cosine;
        self.superdiagonal[first] = h * old_sine;
    }

    fn shifted_down(&mut self, first: usize, last: usize, shift: f64) {
        let (mut f, mut g) = (shifted(self.diagonal[first], shift), self.superdiagonal[first]);
        let (d, e) = (&mut self.diagonal, &mut self.superdiagonal);
        let mut turns = Vec::with_capacity(last - first);
        for i in first..last {
            let (right_cosine, right_sine, r) = rotation(f, g);
            if i > first {
                e[i - 1] = r;
            }
            f = right_cosine * d[i] + right_sine * e[i];
            e[i] = right_cosine * e[i] - right_sine * d[i];
            g = right_sine * d[i + 1];
            d[i + 1] *= right_cosine;
            let (cosine, sine, r) = rotation(f, g);
            d[i] = r;
            f = cosine * e[i] + sine * d[i + 1];
            d[i + 1] = cosine * d[i + 1] - sine * e[i];
            if i + 1 < last {
                g = sine * e[i + 1];
                e[i + 1] *= cosine;
            }
            turns.push((i, right_cosine, right_sine));
        }
        e[last - 1] = f;
        for (i, cosine, sine) in turns {
            self.rotate(i, cosine, sine);
        }
    }

    fn shifted_up(&mut self, first: usize, last: usize, shift: f64) {
        let (mut f, mut g) = (shifted(self.diagonal[last], shift), self.superdiagonal[last - 1]);
        let (d, e) = (&mut self.diagonal, &mut self.superdiagonal);
        let mut turns = Vec::with_capacity(last - first);
        for i in (first + 1..=last).rev() {
            let (left_cosine, left_sine, r) = rotation(f, g);
            if i < last {
                e[i] = r;
            }
            f = left_cosine * d[i] + left_sine * e[i - 1];
            e[i - 1] = left_cosine * e[i - 1] - left_sine * d[i];
            g = left_sine * d[i - 1];
            d[i - 1] *= left_cosine;
            let (cosine, sine, r) = rotation(f, g);
            d[i] = r;
            f = cosine * e[i - 1] + sine * d[i - 1];
            d[i - 1] = cosine * d[i - 1] - sine * e[i - 1];
            if i > first + 1 {
                g = sine * e[i - 2];
                e[i - 2] *= cosine;
            }
            turns.push((i - 1, cosine, -sine));
        }
        e[first] = f;
        for (i, cosine, sine) in turns {
            self.rotate(i, cosine, sine);
        }
    }

    /// Turns the rows `i` and `i + 1` of V^T.
    fn rotate(&mut self, i: usize, cosine: f64, sine: f64) {
        for j in 0..self.rows.ncols() {
            let (x, y) = (self.rows[[i, j]], self.rows[[i + 1, j]]);
            self.rows[[i, j]] = cosine * x + sine * y;
            self.rows[[i + 1, j]] = cosine * y - sine * x;
        }
    }

    fn make_positive(&mut self) {
        for (value, mut row) in self.diagonal.iter_mut().zip(self.rows.rows_mut()) {
            if *value < 0.0 {
                *value = -*value;
                row.mapv_inplace(|v| -v);
            }
        }
    }

    /// Sorts by repeated selection of the smallest: the order of equal values is LAPACK's.
    fn sort(&mut self) {
        for end in (1..self.diagonal.len()).rev() {
            let mut smallest = 0;
            for j in 1..=end {
                if self.diagonal[j] <= self.diagonal[smallest] {
                    smallest = j;
                }
            }
            if smallest != end {
                self.diagonal.swap(smallest, end);
                for j in 0..self.rows.ncols() {
                    self.rows.swap([smallest, j], [end, j]);
                }
            }
        }
    }
}

/// What the first rotation of a shifted step turns: `(d^2 - shift^2) / d`, without cancellation.
fn shifted(d: f64, shift: f64) -> f64 {
    (d.abs() - shift) * (1.0_f64.copysign(d) + shift / d)
}
