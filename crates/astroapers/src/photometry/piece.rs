//! A few pixels of a row, and all there is to know of them.

use fearless_simd::f64x8;

use super::pixels::Pixels;
use crate::simd::{Simd, SimdBase, SimdMask};

/// Pixels that are looked at together: a tile of [`SumReducer`](crate::reduce::SumReducer), so that it cuts a span at the same places.
pub(super) const PIECE: usize = 64;

/// Partial sums.
pub(super) const LANES: usize = 8;

/// A piece of a span: at most [`PIECE`] pixels of a row, and zeros behind them.
pub(super) struct Piece {
    pub(super) n: usize,
    pub(super) weights: [f64; PIECE],
    pub(super) values: [f64; PIECE],
    pub(super) variances: [f64; PIECE],
    pub(super) masked: [bool; PIECE],
}

impl Piece {
    pub(super) const EMPTY: Self = Self {
        n: 0,
        weights: [0.0; PIECE],
        values: [0.0; PIECE],
        variances: [0.0; PIECE],
        masked: [false; PIECE],
    };

    /// Load some pixels, and tell whether any of them is masked.
    #[inline(always)]
    pub(super) fn load(
        &mut self,
        pixels: &Pixels<'_>,
        y: i64,
        x: i64,
        n: usize,
        weights: Option<&[f64]>,
    ) -> bool {
        self.n = n;
        match weights {
            Some(weights) => self.weights[..n].copy_from_slice(weights),
            None => self.weights[..n].fill(1.0),
        }
        let Self { values, variances, masked, .. } = self;
        pixels.load(y, x, &mut values[..n], &mut masked[..n], &mut variances[..n])
    }

    /// The pixels in lanes: weights, values, variances.
    #[inline(always)]
    pub(super) fn lanes(&self) -> impl Iterator<Item = [&[f64; LANES]; 3]> {
        let [weights, values, variances] =
            [&self.weights, &self.values, &self.variances].map(|numbers| numbers.as_chunks::<LANES>().0);
        let weights = &weights[..self.n.div_ceil(LANES)];
        weights.iter().zip(values).zip(variances).map(|((w, v), e)| [w, v, e])
    }

    /// Whether a pixel of some weight has no finite value or no error.
    #[inline(always)]
    pub(super) fn has_flaw<S: Simd>(&self, simd: S) -> bool {
        let splat = |value| f64x8::splat(simd, value);
        let (zero, low, high) = (splat(0.0), splat(f64::NEG_INFINITY), splat(f64::INFINITY));
        let mut fine = zero.simd_eq(zero);
        for [weights, values, variances] in self.lanes() {
            let [w, v, e] = [weights, values, variances].map(|lanes| f64x8::from_slice(simd, lanes));
            fine &= w.simd_eq(zero) | (v.simd_gt(low) & v.simd_lt(high) & e.simd_ge(zero));
        }
        !fine.all_true()
    }
}
