//! How the pixels of a row become numbers, a group of [`LANES`] at a time.
//!
//! Pixels of the usual types that lie without gaps are taken from where they lie, in either byte order; all others go through
//! a tile. A reading is a type, not a value, so that the loops over pixels are compiled for each and ask nothing within.

use std::marker::PhantomData;

use fearless_simd::f64x8;

use super::tile::{LANES, Running, TILE, lane_sums, pieces};
use crate::image::{Image, Pixel, Rows};
use crate::simd::{Simd, SimdBase};

/// A way to read the pixels of an image.
pub(super) trait Reading: Copy {
    /// [`LANES`] pixels as they lie.
    type Group;

    /// Whole groups with `n` pixels, at most a tile, from pixel `at = (y, x)` on; what is beyond these is anything. `None` if memory
    /// ends before.
    fn groups<'t, S: Simd>(
        &'t self,
        simd: S,
        at: (i64, i64),
        n: usize,
        tile: &'t mut [f64; TILE],
    ) -> Option<&'t [Self::Group]>;

    /// The numbers of a group.
    fn numbers<S: Simd>(simd: S, group: &Self::Group) -> f64x8<S>;

    /// Add `n` pixels, a tile at a time.
    fn add_whole<S: Simd>(
        &self,
        simd: S,
        at: (i64, i64),
        n: usize,
        tile: &mut [f64; TILE],
        totals: &mut Running<S>,
    );

    /// Add `n` pixels times their weights, which end in zeros up to a whole number of groups. A pixel that is not finite shows
    /// whatever its weight. Nothing is done, and `false` returned, if memory ends before.
    fn add_weighted<S: Simd>(
        &self,
        simd: S,
        at: (i64, i64),
        n: usize,
        weights: &[f64],
        tile: &mut [f64; TILE],
        totals: &mut Running<S>,
    ) -> bool;
}

/// The sum of whole groups of pixels times their weights, lane by lane.
#[inline(always)]
fn dot<S: Simd, R: Reading>(simd: S, groups: &[R::Group], weights: &[f64]) -> f64x8<S> {
    let mut sum = f64x8::splat(simd, 0.0);
    for (group, weights) in groups.iter().zip(weights.as_chunks::<LANES>().0) {
        sum += R::numbers(simd, group) * f64x8::from_slice(simd, weights);
    }
    sum
}

/// Pixels of type `T` where they lie.
#[derive(Clone, Copy)]
pub(super) struct InPlace<'a, T, const SIZE: usize, const SWAPPED: bool> {
    rows: Rows<'a, SIZE>,
    of: PhantomData<T>,
}

impl<'a, T, const SIZE: usize, const SWAPPED: bool> InPlace<'a, T, SIZE, SWAPPED> {
    /// Rows of pixels of this type, whose bytes are in this machine's order unless they are swapped.
    #[inline(always)]
    pub(super) const fn new(rows: Rows<'a, SIZE>) -> Self {
        Self { rows, of: PhantomData }
    }
}

/// A type of pixels that are read where they lie: those of most images.
pub(super) trait Plain<const SIZE: usize>: Pixel {
    /// The number of a pixel whose bytes are in this machine's order.
    fn number(bytes: [u8; SIZE]) -> f64;
}

macro_rules! plain {
    ($($type:ty)*) => {
        $(impl Plain<{ size_of::<$type>() }> for $type {
            #[inline(always)]
            fn number(bytes: [u8; size_of::<$type>()]) -> f64 {
                f64::from(<$type>::from_ne_bytes(bytes))
            }
        })*
    };
}

plain!(f64 f32 i16 u16);

/// The number of a pixel.
#[inline(always)]
pub(super) fn number<T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool>(mut bytes: [u8; SIZE]) -> f64 {
    if SWAPPED {
        bytes.reverse();
    }
    T::number(bytes)
}

impl<T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool> Reading for InPlace<'_, T, SIZE, SWAPPED> {
    type Group = [[u8; SIZE]; LANES];

    #[inline(always)]
    fn groups<'t, S: Simd>(
        &'t self,
        _: S,
        at: (i64, i64),
        n: usize,
        _: &'t mut [f64; TILE],
    ) -> Option<&'t [Self::Group]> {
        Some(self.rows.get(at.0, at.1, n.next_multiple_of(LANES))?.as_chunks().0)
    }

    #[inline(always)]
    fn numbers<S: Simd>(simd: S, group: &Self::Group) -> f64x8<S> {
        f64x8::from_slice(simd, &group.map(number::<T, SIZE, SWAPPED>))
    }

    #[inline(always)]
    fn add_whole<S: Simd>(
        &self,
        simd: S,
        at: (i64, i64),
        n: usize,
        _: &mut [f64; TILE],
        totals: &mut Running<S>,
    ) {
        for pixels in self.rows.get(at.0, at.1, n).unwrap_or_default().chunks(TILE) {
            let (groups, rest) = pixels.as_chunks::<LANES>();
            let mut sum = f64x8::splat(simd, 0.0);
            for group in groups {
                sum += Self::numbers(simd, group);
            }
            if !rest.is_empty() {
                let mut last = [0.0; LANES];
                for (lane, pixel) in last.iter_mut().zip(rest) {
                    *lane = number::<T, SIZE, SWAPPED>(*pixel);
                }
                sum += f64x8::from_slice(simd, &last);
            }
            totals.add(sum);
        }
    }

    #[inline(always)]
    fn add_weighted<S: Simd>(
        &self,
        simd: S,
        at: (i64, i64),
        _: usize,
        weights: &[f64],
        _: &mut [f64; TILE],
        totals: &mut Running<S>,
    ) -> bool {
        let Some(pixels) = self.rows.get(at.0, at.1, weights.len()) else { return false };
        let groups = pixels.as_chunks().0;
        if weights.len() <= TILE {
            totals.add(dot::<S, Self>(simd, groups, weights));
        } else {
            for (groups, weights) in groups.chunks(TILE / LANES).zip(weights.chunks(TILE)) {
                totals.add(dot::<S, Self>(simd, groups, weights));
            }
        }
        true
    }
}

/// Pixels of any type and layout.
#[derive(Clone, Copy)]
pub(super) struct Decoded<'i>(pub(super) &'i Image<'i>);

impl Reading for Decoded<'_> {
    type Group = [f64; LANES];

    #[inline(always)]
    fn groups<'t, S: Simd>(
        &'t self,
        simd: S,
        at: (i64, i64),
        n: usize,
        tile: &'t mut [f64; TILE],
    ) -> Option<&'t [Self::Group]> {
        self.0.load_padded(simd, at.0, at.1, n, tile);
        Some(tile[..n.next_multiple_of(LANES)].as_chunks().0)
    }

    #[inline(always)]
    fn numbers<S: Simd>(simd: S, group: &Self::Group) -> f64x8<S> {
        f64x8::from_slice(simd, group)
    }

    #[inline(always)]
    fn add_whole<S: Simd>(
        &self,
        simd: S,
        at: (i64, i64),
        n: usize,
        tile: &mut [f64; TILE],
        totals: &mut Running<S>,
    ) {
        for (x, n) in pieces(at.1, at.1 + n as i64) {
            self.0.load_padded(simd, at.0, x, n, tile);
            totals.add(lane_sums(simd, &tile[..n]));
        }
    }

    #[inline(always)]
    fn add_weighted<S: Simd>(
        &self,
        simd: S,
        at: (i64, i64),
        n: usize,
        weights: &[f64],
        tile: &mut [f64; TILE],
        totals: &mut Running<S>,
    ) -> bool {
        for ((x, n), weights) in pieces(at.1, at.1 + n as i64).zip(weights.chunks(TILE)) {
            self.0.load_padded(simd, at.0, x, n, tile);
            totals.add(dot::<S, Self>(simd, tile.as_chunks().0, weights));
        }
        true
    }
}
