//! The sums of turned pixels.

use super::super::tile::{LANES, TOTALS, Total, joined, two_sum};
use super::SumsAbreast;
use crate::convex::{Lanes, MOST, RowsAbreast};
use crate::simd::{Simd, SimdBase};

#[inline(always)]
fn load<S: Simd>(simd: S, numbers: &[f64]) -> S::f64s {
    S::f64s::from_slice(simd, &numbers[..S::f64s::LEN])
}

/// Has the turned pixels of several sources.
pub(super) trait Pixels<S: Simd> {
    /// The numbers of so many columns of a row, and which of these a mask leaves if there is one; `None` if they are not all there.
    fn row(&mut self, simd: S, at: (i64, i64), columns: usize) -> Option<(&[f64], &[f64])>;
}

/// The running totals of a tile's sums, each a vector with a source in each lane.
struct Sums<S: Simd> {
    totals: [S::f64s; TOTALS],
    errors: [S::f64s; TOTALS],
}

impl<S: Simd> Sums<S> {
    #[inline(always)]
    fn new(simd: S) -> Self {
        let zeros = [S::f64s::splat(simd, 0.0); TOTALS];
        Self { totals: zeros, errors: zeros }
    }

    /// Add the sums of a row.
    #[inline(always)]
    fn add(&mut self, sums: &[S::f64s; LANES]) {
        let (lower, upper) = sums.split_at(TOTALS);
        let totals = self.totals.iter_mut().zip(&mut self.errors);
        for ((total, errors), (&lower, &upper)) in totals.zip(lower.iter().zip(upper)) {
            let (more, error) = two_sum(*total, lower + upper);
            *total = more;
            *errors += error;
        }
    }

    #[inline(always)]
    fn values(&self) -> [f64; MOST] {
        let (total, error) = joined(self.totals, self.errors);
        let mut values = [f64::NAN; MOST];
        for (value, (&sum, &error)) in values.iter_mut().zip(total.as_slice().iter().zip(error.as_slice())) {
            *value = Total { sum, error }.value();
        }
        values
    }
}

/// Adds up the pixels of several sources; if they are `MASKED`, also the weights of those that are left, and with `SQUARES` the
/// squares of weights.
pub(super) struct Adder<S: Simd, P, const MASKED: bool, const SQUARES: bool> {
    pixels: P,
    sums: Sums<S>,
    npix: Sums<S>,
    /// Weights that the mask has taken.
    lost: S::f64s,
    squares: [S::f64s; TOTALS],
    /// Whether all pixels could be read.
    whole: bool,
}

impl<S: Simd, P: Pixels<S>, const MASKED: bool, const SQUARES: bool> Adder<S, P, MASKED, SQUARES> {
    #[inline(always)]
    pub(super) fn new(simd: S, pixels: P) -> Self {
        let zero = S::f64s::splat(simd, 0.0);
        let (sums, npix) = (Sums::new(simd), Sums::new(simd));
        Self { pixels, sums, npix, lost: zero, squares: [zero; TOTALS], whole: true }
    }

    #[inline(always)]
    pub(super) fn value(&self, simd: S) -> Option<SumsAbreast> {
        let mut squares = [f64::NAN; MOST];
        let sum = self.squares.into_iter().fold(S::f64s::splat(simd, 0.0), |sum, lane| sum + lane);
        sum.store_slice(&mut squares[..S::f64s::LEN]);
        let mut npix = [None; MOST];
        if MASKED {
            let (values, lost) = (self.npix.values(), self.lost.as_slice());
            for (npix, (value, &lost)) in npix.iter_mut().zip(values.into_iter().zip(lost)) {
                *npix = (lost > 0.0).then_some(value);
            }
        }
        self.whole.then(|| SumsAbreast { sums: self.sums.values(), squares, npix })
    }
}

impl<S: Simd, P: Pixels<S>, const MASKED: bool, const SQUARES: bool> RowsAbreast<S>
    for Adder<S, P, MASKED, SQUARES>
{
    #[inline(always)]
    fn row(&mut self, simd: S, row: i64, column: i64, weights: &[Lanes]) {
        let (lanes, columns) = (S::f64s::LEN, weights.len());
        let Some((values, left)) = self.pixels.row(simd, (row, column), columns) else {
            self.whole = false;
            return;
        };
        let zero = S::f64s::splat(simd, 0.0);
        let (mut sums, mut npix) = ([zero; LANES], [zero; LANES]);
        // As many columns at once as a row has sums, then what is left, in whole vectors: with indices known beforehand sums stay in
        // registers.
        let (groups, rest) = weights.as_chunks::<LANES>();
        let whole = groups.len() * LANES * lanes;
        let (pixels, last) = values.split_at(whole);
        let (seen, last_seen) = if MASKED { left.split_at(whole) } else { (pixels, last) };
        let group = LANES * lanes;
        let mut add = |i: usize, weight: &Lanes, value: &[f64], left: &[f64]| {
            let (lost, squares) = (&mut self.lost, &mut self.squares[i % TOTALS]);
            let mut weight = load(simd, weight);
            if MASKED {
                let seen = weight;
                weight = seen * load(simd, left);
                *lost += seen - weight;
                npix[i] += weight;
            }
            sums[i] += load(simd, value) * weight;
            if SQUARES {
                *squares += weight * weight;
            }
        };
        let pixels = pixels.chunks_exact(group).zip(seen.chunks_exact(group));
        for (weights, (values, left)) in groups.iter().zip(pixels) {
            for (i, weight) in weights.iter().enumerate() {
                let at = i * lanes..(i + 1) * lanes;
                add(i, weight, &values[at.clone()], &left[at]);
            }
        }
        for first in (0..LANES).step_by(lanes) {
            let Some(weights) = rest.get(first..first + lanes) else { break };
            let here = first * lanes..(first + lanes) * lanes;
            let (values, left) = (&last[here.clone()], &last_seen[here]);
            for (i, weight) in weights.iter().enumerate() {
                let at = i * lanes..(i + 1) * lanes;
                add(first + i, weight, &values[at.clone()], &left[at]);
            }
        }
        self.sums.add(&sums);
        if MASKED {
            self.npix.add(&npix);
        }
    }
}
