//! Tiles and totals: how a span is cut, and in which order its numbers are added.
//!
//! A span is cut from its first pixel on into tiles of [`TILE`] pixels. A tile is added in [`LANES`]
//! interleaved partial sums, these pairwise, and the tiles one after another while the rounding error of
//! every addition is carried along (Knuth's two-sum). The order follows from the lengths of the spans
//! alone, so that equal pixel values give equal bits whatever the image's dtype, layout or masks; and no
//! addend meets more than about a dozen roundings, so that the error stays near 1e-15 of the sum of
//! magnitudes for an aperture of any size.

use crate::image::Masks;

/// Pixels per tile: the row loader's loops are long enough to be worth a vector, and 512 bytes stay in cache.
pub(super) const TILE: usize = 64;

/// Partial sums per tile: two vectors of the widest kind hide the latency of addition.
const LANES: usize = 8;

/// The pieces of the pixels `x0 <= x < x1` that fit a tile: first pixel and length.
pub(super) fn pieces(x0: i64, x1: i64) -> impl Iterator<Item = (i64, usize)> {
    (x0..x1).step_by(TILE).map(move |x| (x, usize::try_from(x1 - x).map_or(TILE, |left| left.min(TILE))))
}

/// The sum of one tile.
#[inline]
pub(super) fn tile_sum(tile: &[f64]) -> f64 {
    let (groups, rest) = tile.as_chunks::<LANES>();
    let mut tail = 0.0;
    for value in rest {
        tail += value;
    }
    let Some((first, groups)) = groups.split_first() else { return tail };
    let mut lanes = *first;
    for group in groups {
        for (lane, value) in lanes.iter_mut().zip(group) {
            *lane += value;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    (((a + e) + (c + g)) + ((b + f) + (d + h))) + tail
}

/// A running total that carries the rounding errors of its additions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    sum: f64,
    error: f64,
}

impl Total {
    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        let part = sum - self.sum;
        self.error += (self.sum - (sum - part)) + (value - part);
        self.sum = sum;
    }

    /// The total. Where it is not finite, or came near the largest number, there is no error to speak of.
    pub(super) fn value(self) -> f64 {
        let corrected = self.sum + self.error;
        if corrected.is_finite() { corrected } else { self.sum }
    }
}

/// The masked pixels of one tile.
#[derive(Clone, Debug)]
pub(super) struct MaskTile([bool; TILE]);

impl MaskTile {
    pub(super) const fn new() -> Self {
        Self([false; TILE])
    }

    /// The flags of the `n` pixels from `x` on, or `None` if none of them is masked.
    #[inline]
    pub(super) fn load(&mut self, masks: &Masks<'_>, y: i64, x: i64, n: usize) -> Option<&[bool]> {
        if masks.is_empty() {
            return None;
        }
        let flags = &mut self.0[..n];
        masks.load(y, x, flags).then_some(flags)
    }
}

/// Set the masked values to 0.
#[inline]
pub(super) fn blank(values: &mut [f64], masked: Option<&[bool]>) {
    for (value, &masked) in values.iter_mut().zip(masked.unwrap_or_default()) {
        *value = if masked { 0.0 } else { *value };
    }
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

    #[test]
    fn pieces_cover_a_span_once() {
        assert_eq!(pieces(-3, 2).collect::<Vec<_>>(), [(-3, 5)]);
        assert_eq!(pieces(10, 140).collect::<Vec<_>>(), [(10, 64), (74, 64), (138, 2)]);
        assert_eq!(pieces(5, 5).count(), 0);
    }

    #[test]
    fn a_tile_of_any_length_is_added_up_whole() {
        for n in 0..=TILE {
            let tile: Vec<f64> = (1..=n).map(|i| i as f64).collect();
            assert_eq!(tile_sum(&tile), (n * (n + 1)) as f64 / 2.0);
        }
    }

    fn total_of(values: &[f64]) -> f64 {
        let mut total = Total::default();
        for &value in values {
            total.add(value);
        }
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
