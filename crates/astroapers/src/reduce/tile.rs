//! Tiles and totals: how a span is cut, and in which order its numbers are added.
//!
//! A span is cut from its first pixel on into tiles of [`TILE`] pixels. A tile is added in [`LANES`]
//! interleaved partial sums, the upper half of these to the lower, and what comes of it to as many running totals that carry the
//! rounding error of every addition along (Knuth's two-sum); at the end the totals are added to one. The order follows from the lengths of the spans
//! alone, so that equal pixel values give equal bits whatever the image's dtype, layout or masks; and no
//! addend meets more than about a dozen roundings, so that the error stays near 1e-15 of the sum of
//! magnitudes for an aperture of any size. There is no fused multiply-add in it: every machine adds the same.

use std::ops::{Add, Sub};

use fearless_simd::{SimdSplit, f64x4, f64x8};

use crate::image::{Masks, each_set};
use crate::simd::{Select, Simd, SimdBase};

/// Pixels per tile: the row loader's loops are long enough to be worth a vector, and 512 bytes stay in cache.
pub(super) const TILE: usize = 64;

/// Partial sums per tile: one vector of the widest kind, two or four of others.
pub(super) const LANES: usize = 8;

/// Running totals.
pub(super) const TOTALS: usize = LANES / 2;

/// The pieces of the pixels `x0 <= x < x1` that fit a tile: first pixel and length.
pub(super) fn pieces(x0: i64, x1: i64) -> impl Iterator<Item = (i64, usize)> {
    (x0..x1).step_by(TILE).map(move |x| (x, usize::try_from(x1 - x).map_or(TILE, |left| left.min(TILE))))
}

/// A running total that carries the rounding errors of its additions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    pub(super) sum: f64,
    pub(super) error: f64,
}

/// The rounded sum of two numbers, or of vectors of them, and what rounding took from it.
#[inline(always)]
pub(super) fn two_sum<V: Copy + Add<Output = V> + Sub<Output = V>>(a: V, b: V) -> (V, V) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

impl Total {
    #[cfg(test)]
    fn add(&mut self, value: f64) {
        let (sum, error) = two_sum(self.sum, value);
        self.sum = sum;
        self.error += error;
    }

    /// The total. Where it is not finite, or came near the largest number, there is no error to speak of.
    pub(super) fn value(self) -> f64 {
        let corrected = self.sum + self.error;
        if corrected.is_finite() { corrected } else { self.sum }
    }
}

/// The running totals of the sums of tiles.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    sums: [f64; TOTALS],
    errors: [f64; TOTALS],
}

/// [`Totals`] in registers.
#[derive(Clone, Copy)]
pub(super) struct Running<S: Simd> {
    sums: f64x4<S>,
    errors: f64x4<S>,
}

impl<S: Simd> Running<S> {
    /// Add the sums of a tile.
    #[inline(always)]
    pub(super) fn add(&mut self, values: f64x8<S>) {
        let (lower, upper) = values.split();
        let (sums, errors) = two_sum(self.sums, lower + upper);
        self.errors += errors;
        self.sums = sums;
    }
}

impl Totals {
    /// Begin to add many values.
    #[inline(always)]
    pub(super) fn running<S: Simd>(&self, simd: S) -> Running<S> {
        Running { sums: f64x4::from_slice(simd, &self.sums), errors: f64x4::from_slice(simd, &self.errors) }
    }

    /// Keep what was added.
    #[inline(always)]
    pub(super) fn keep<S: Simd>(&mut self, running: Running<S>) {
        running.sums.store_slice(&mut self.sums);
        running.errors.store_slice(&mut self.errors);
    }

    /// Add the sums of a tile.
    #[inline(always)]
    pub(super) fn add<S: Simd>(&mut self, simd: S, values: f64x8<S>) {
        let mut running = self.running(simd);
        running.add(values);
        self.keep(running);
    }

    /// Whether all totals are numbers that further ones can be added to.
    #[inline(always)]
    pub(super) fn is_finite(&self) -> bool {
        // Infinite or undefined sums stay so when multiplied with 0; finite ones become zeros.
        self.sums.iter().map(|sum| sum * 0.0).sum::<f64>() == 0.0
    }

    /// The sum of all totals.
    pub(super) fn value(&self) -> f64 {
        let (sum, error) = joined(self.sums, self.errors);
        Total { sum, error }.value()
    }
}

/// The sum of all totals, and its error: halves upon each other, so that no addition waits for all others.
#[inline(always)]
pub(super) fn joined<V: Copy + Add<Output = V> + Sub<Output = V>>(
    mut sums: [V; TOTALS],
    mut errors: [V; TOTALS],
) -> (V, V) {
    let mut n = TOTALS;
    while n > 1 {
        n /= 2;
        for i in 0..n {
            let (sum, error) = two_sum(sums[i], sums[i + n]);
            sums[i] = sum;
            errors[i] = errors[i] + (errors[i + n] + error);
        }
    }
    (sums[0], errors[0])
}

/// The first [`LANES`] of some values, or all there are and zeros.
#[inline(always)]
pub(super) fn group<S: Simd>(simd: S, values: &[f64]) -> f64x8<S> {
    if let Some(group) = values.first_chunk::<LANES>() {
        return f64x8::from_slice(simd, group);
    }
    let mut group = [0.0; LANES];
    for (lane, &value) in group.iter_mut().zip(values) {
        *lane = value;
    }
    f64x8::from_slice(simd, &group)
}

/// The sum of at most a tile of values, lane by lane.
#[inline(always)]
pub(super) fn lane_sums<S: Simd>(simd: S, values: &[f64]) -> f64x8<S> {
    let mut sum = f64x8::splat(simd, 0.0);
    for values in values.chunks(LANES) {
        sum += group(simd, values);
    }
    sum
}

/// Values times weights; 0 under weight 0, whatever the value is.
#[inline(always)]
pub(super) fn weighed<S: Simd>(simd: S, values: f64x8<S>, weights: f64x8<S>) -> f64x8<S> {
    let zero = f64x8::splat(simd, 0.0);
    weights.simd_eq(zero).select(zero, values * weights)
}

/// The masked pixels of one tile.
#[derive(Clone, Debug)]
pub(super) struct MaskTile([bool; TILE]);

impl MaskTile {
    pub(super) const fn new() -> Self {
        Self([false; TILE])
    }

    /// The flags of the `n` pixels from `x` on, or `None` if none of them is masked.
    #[inline(always)]
    pub(super) fn load(&mut self, masks: &Masks<'_>, y: i64, x: i64, n: usize) -> Option<&[bool]> {
        if masks.is_empty() || masks.are_plainly_clear(y, x, n) {
            return None;
        }
        let flags = &mut self.0[..n];
        masks.load(y, x, flags).then_some(flags)
    }
}

/// Set the masked values to 0.
#[inline(always)]
pub(super) fn blank(values: &mut [f64], masked: Option<&[bool]>) {
    each_set(masked.unwrap_or_default(), |i| values[i] = 0.0);
}

/// Multiply values with their weights; under weight 0 the result is 0, whatever the value was.
#[inline]
pub(super) fn weigh(values: &mut [f64], weights: &[f64]) {
    for (value, &weight) in values.iter_mut().zip(weights) {
        *value = if weight == 0.0 { 0.0 } else { *value * weight };
    }
}

/// A masked pixel, by its index in a tile.
#[inline]
pub(super) fn is_masked(masked: Option<&[bool]>, i: usize) -> bool {
    masked.is_some_and(|masked| masked[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Level, dispatch};

    #[test]
    fn pieces_cover_a_span_once() {
        assert_eq!(pieces(-3, 2).collect::<Vec<_>>(), [(-3, 5)]);
        assert_eq!(pieces(10, 140).collect::<Vec<_>>(), [(10, 64), (74, 64), (138, 2)]);
        assert_eq!(pieces(5, 5).count(), 0);
    }

    /// The same values in one lane after another and in lanes beside each other.
    fn total_of(values: &[f64]) -> f64 {
        let mut total = Total::default();
        for &value in values {
            total.add(value);
        }
        let mut totals = Totals::default();
        for level in Level::all() {
            totals = Totals::default();
            dispatch!(level, simd => values.chunks(LANES).for_each(|v| totals.add(simd, group(simd, v))));
        }
        assert_eq!(totals.value().to_bits(), total.value().to_bits());
        total.value()
    }

    #[test]
    fn a_total_keeps_what_plain_addition_loses() {
        assert_eq!(total_of(&[1e16, 1.0, 1.0, 1.0, -1e16]), 3.0);
    }

    #[test]
    fn a_total_passes_infinity_and_nan_on() {
        for (values, expected) in [
            (&[1.0, f64::INFINITY, 2.0][..], f64::INFINITY),
            (&[f64::NEG_INFINITY, 1.0], f64::NEG_INFINITY),
            (&[f64::MAX, f64::MAX], f64::INFINITY),
            (&[f64::MAX, -f64::MAX, 1.0], 1.0),
        ] {
            assert_eq!(total_of(values), expected);
        }
        for values in [[f64::NAN, 1.0], [f64::INFINITY, f64::NEG_INFINITY]] {
            assert!(total_of(&values).is_nan());
        }
    }

    #[test]
    fn a_value_under_weight_zero_or_a_mask_is_not_looked_at() {
        let mut values = [f64::NAN, 2.0, f64::INFINITY, 1e300];
        weigh(&mut values[..2], &[0.0, 0.25]);
        blank(&mut values, Some(&[false, false, true, true]));
        assert_eq!(values, [0.0, 0.5, 0.0, 0.0]);
    }
}
