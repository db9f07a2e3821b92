//! The number of pixels: the sum of the weights of the pixels that count.
//!
//! A pixel counts unless it is masked or outside the image. If all do, the exact sum of the weights is known
//! beforehand: it is the area, which is then returned as it is instead of its rounded sum.

use fearless_simd::f64x8;

use super::tile::{LANES, MaskTile, Running, TILE, Totals, lane_sums, pieces};
use crate::image::{Masks, each_set};
use crate::simd::{Simd, SimdBase, dispatch, level};
use crate::span::{SpanVisitor, Spans};

/// Adds up the weights of the pixels that are not masked.
///
/// ```
/// use astroapers::SpanVisitor;
/// use astroapers::image::{Masks, View};
/// use astroapers::reduce::NpixReducer;
///
/// let mask = View::from_slice(&[false, true, false, false], 1, 4)?;
/// let masks = Masks::NONE.with(mask, (1, 4))?;
/// let mut npix = NpixReducer::new(&masks);
/// npix.partial(0, 0, &[0.5]);
/// npix.full(0, 1, 4);
/// assert_eq!(npix.value(None), 2.5);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug)]
pub struct NpixReducer<'a> {
    masks: &'a Masks<'a>,
    flags: MaskTile,
    unmasked: Unmasked,
    count: Count,
}

impl<'a> NpixReducer<'a> {
    /// A reducer that has seen no pixel yet.
    pub fn new(masks: &'a Masks<'a>) -> Self {
        Self { masks, flags: MaskTile::new(), unmasked: Unmasked::new(), count: Count::default() }
    }

    /// The number of pixels; `area`, if the aperture has one, wholly inside the frame, and lost nothing of it
    /// to a mask.
    pub fn value(&self, area: Option<f64>) -> f64 {
        self.count.value(area)
    }

    /// Forget all pixels, to begin with another aperture.
    pub fn clear(&mut self) {
        self.count = Count::default();
    }
}

impl SpanVisitor for NpixReducer<'_> {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        if self.masks.is_empty() {
            self.count.whole += x1 - x0;
            return;
        }
        for (x, n) in pieces(x0, x1) {
            self.count.full(n, self.flags.load(self.masks, y, x, n));
        }
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        for ((x, n), weights) in pieces(x0, x0 + weights.len() as i64).zip(weights.chunks(TILE)) {
            let (weights, lost) = self.unmasked.of(weights, self.flags.load(self.masks, y, x, n));
            dispatch!(level(), simd => self.count.partial(simd, weights, lost));
        }
    }
}

/// The weights seen so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    /// Pixels of weight 1 from full runs; an integer, so that their number is exact.
    whole: i64,
    edges: Totals,
    /// Whether a mask hid a pixel that would have counted.
    lost: bool,
}

impl Count {
    #[inline(always)]
    pub(super) fn full(&mut self, n: usize, masked: Option<&[bool]>) {
        let mut hidden = 0;
        each_set(masked.unwrap_or_default(), |_| hidden += 1);
        self.whole += (n - hidden) as i64;
        self.lost |= hidden > 0;
    }

    /// At most a tile of weights, of which the masked ones have been set to 0 already; `lost` if one was not 0 before.
    #[inline(always)]
    pub(super) fn partial<S: Simd>(&mut self, simd: S, weights: &[f64], lost: bool) {
        self.edges.add(simd, lane_sums(simd, weights));
        self.lost |= lost;
    }

    pub(super) fn value(&self, area: Option<f64>) -> f64 {
        match area {
            Some(area) if !self.lost => area,
            _ => self.whole as f64 + self.edges.value(),
        }
    }
}

/// A [`Count`] in registers, for pixels that come in groups with their flags.
pub(super) struct Counting<S: Simd> {
    edges: Running<S>,
    /// What the mask takes of the edges.
    lost: f64x8<S>,
    whole: i64,
    /// Pixels of weight 1 under the mask.
    hidden: i64,
}

impl Count {
    /// Count the pixels of whole spans, of which none is masked.
    #[inline(always)]
    pub(super) fn all(&mut self, spans: &Spans<'_>) {
        if spans.weights.is_empty() {
            self.whole += spans.list.iter().map(|span| i64::from(span.n)).sum::<i64>();
        }
    }

    /// Begin to count many pixels.
    #[inline(always)]
    pub(super) fn counting<S: Simd>(&self, simd: S) -> Counting<S> {
        Counting { edges: self.edges.running(simd), lost: f64x8::splat(simd, 0.0), whole: 0, hidden: 0 }
    }

    /// Keep what was counted.
    #[inline(always)]
    pub(super) fn keep<S: Simd>(&mut self, counting: &Counting<S>) {
        let mut lost = [0.0; LANES];
        counting.lost.store_slice(&mut lost);
        self.edges.keep(counting.edges);
        self.whole += counting.whole - counting.hidden;
        self.lost |= counting.hidden > 0 || lost.iter().any(|&lost| lost > 0.0);
    }
}

impl<S: Simd> Counting<S> {
    /// Count pixels of weight 1, whether a mask hides them or not.
    #[inline(always)]
    pub(super) fn full(&mut self, n: usize) {
        self.whole += n as i64;
    }

    /// Some pixels of weight 1 are under a mask.
    #[inline(always)]
    pub(super) fn hide(&mut self, n: u32) {
        self.hidden += i64::from(n);
    }

    /// A mask takes something of these weights.
    #[inline(always)]
    pub(super) fn lose(&mut self, seen: f64x8<S>, kept: f64x8<S>) {
        self.lost += seen - kept;
    }

    /// Count what is kept of a tile of weights, summed lane by lane.
    #[inline(always)]
    pub(super) fn partial(&mut self, kept: f64x8<S>) {
        self.edges.add(kept);
    }
}

/// Weights of a tile, with 0 for the masked ones.
#[derive(Clone, Debug)]
pub(super) struct Unmasked([f64; TILE]);

impl Unmasked {
    pub(super) const fn new() -> Self {
        Self([0.0; TILE])
    }

    /// The weights that count, and whether a mask hid any that were not 0.
    #[inline(always)]
    pub(super) fn of<'w>(&'w mut self, weights: &'w [f64], masked: Option<&[bool]>) -> (&'w [f64], bool) {
        let Some(masked) = masked else { return (weights, false) };
        let mut lost = false;
        let unmasked = &mut self.0[..weights.len()];
        unmasked.copy_from_slice(weights);
        each_set(masked, |i| {
            lost |= unmasked[i] != 0.0;
            unmasked[i] = 0.0;
        });
        (unmasked, lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::View;

    fn visited(masks: &Masks<'_>) -> [f64; 2] {
        let mut npix = NpixReducer::new(masks);
        npix.partial(0, 0, &[0.0, 0.25]);
        npix.full(0, 2, 4);
        [npix.value(None), npix.value(Some(7.0))]
    }

    #[test]
    fn the_area_is_returned_unless_a_mask_hid_some_of_it() {
        assert_eq!(visited(&Masks::NONE), [2.25, 7.0]);
        for (mask, expected) in [
            ([0.0, 0.0, 0.0, 0.0], [2.25, 7.0]),
            ([1.0, 0.0, 0.0, 0.0], [2.25, 7.0]), // under weight 0
            ([0.0, f64::NAN, 0.0, 0.0], [2.0, 2.0]),
            ([0.0, 0.0, 0.0, -1.0], [1.25, 1.25]),
        ] {
            let masks = Masks::NONE.with(View::from_slice(&mask, 1, 4).unwrap(), (1, 4)).unwrap();
            assert_eq!(visited(&masks), expected);
        }
    }

    #[test]
    fn two_masks_hide_what_either_hides() {
        let (first, second) = ([0_u8, 0, 1, 0], [false, false, false, true]);
        let masks = Masks::NONE.with(View::from_slice(&first, 1, 4).unwrap(), (1, 4)).unwrap();
        let masks = masks.with(View::from_slice(&second, 1, 4).unwrap(), (1, 4)).unwrap();
        assert_eq!(visited(&masks), [0.25, 0.25]);
    }

    #[test]
    fn long_spans_are_cut_into_tiles() {
        let mut mask = [false; 300];
        mask[63] = true;
        mask[64] = true;
        mask[299] = true;
        let masks = Masks::NONE.with(View::from_slice(&mask, 1, 300).unwrap(), (1, 300)).unwrap();
        let mut npix = NpixReducer::new(&masks);
        npix.full(0, 0, 300);
        assert_eq!(npix.value(None), 297.0);
        npix.clear();
        npix.partial(0, 0, &[0.5; 300]);
        assert_eq!(npix.value(None), 148.5);
    }
}
