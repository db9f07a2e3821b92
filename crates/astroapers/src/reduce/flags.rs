//! Flags of as many pixels as there are lanes, as bytes of a mask that lies without gaps.

use fearless_simd::{f64x8, u64x8};

use super::tile::LANES;
use crate::simd::{Select, Simd, SimdBase};

/// A byte for each lane, the first the lowest; a flag is set unless its byte is 0.
#[derive(Clone, Copy)]
pub(super) struct Flags(u64);

/// The byte of each lane.
const BYTES: [u64; LANES] = {
    let mut bytes = [0; LANES];
    let mut i = 0;
    while i < LANES {
        bytes[i] = 0xFF << (8 * i);
        i += 1;
    }
    bytes
};

impl Flags {
    /// The flags of a group of pixels.
    #[inline(always)]
    pub(super) const fn new(bytes: [u8; LANES]) -> Self {
        Self(u64::from_le_bytes(bytes))
    }

    /// Flags for all lanes but the first `n`; for none, if there are not so many lanes.
    #[inline(always)]
    pub(super) const fn beyond(n: usize) -> Self {
        Self(if n < LANES { u64::MAX << (8 * n) } else { 0 })
    }

    /// The flags of the first `n` lanes alone.
    #[inline(always)]
    pub(super) const fn first(self, n: usize) -> Self {
        Self(self.0 & !Self::beyond(n).0)
    }

    /// These flags and others.
    #[inline(always)]
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether no flag is set.
    #[inline(always)]
    pub(super) const fn are_clear(self) -> bool {
        self.0 == 0
    }

    /// How many flags are set.
    #[inline(always)]
    pub(super) const fn count(self) -> u32 {
        const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
        // A byte that is not 0 has its highest bit set, or carries into it.
        (((self.0 & LOW) + LOW) | self.0 | LOW).count_ones() - LOW.count_ones()
    }

    /// 0 in the lanes whose flags are set, and the numbers in the others.
    #[inline(always)]
    pub(super) fn blank<S: Simd>(self, simd: S, numbers: f64x8<S>) -> f64x8<S> {
        let bytes = u64x8::splat(simd, self.0) & u64x8::from_slice(simd, &BYTES);
        bytes.simd_eq(u64x8::splat(simd, 0)).select(numbers, f64x8::splat(simd, 0.0))
    }
}

/// Which lanes of a level's own vectors have flags that are not set, from a byte for each.
#[inline(always)]
pub(super) fn clear<S: Simd>(simd: S, flags: &[[u8; 1]]) -> <S::f64s as SimdBase<S>>::Mask {
    let mut bytes = [0; LANES];
    bytes[..flags.len()].copy_from_slice(flags.as_flattened());
    let word = S::u64s::splat(simd, u64::from_le_bytes(bytes));
    (word & S::u64s::from_slice(simd, &BYTES[..flags.len()])).simd_eq(S::u64s::splat(simd, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Level, dispatch};

    #[test]
    fn a_flag_of_any_value_blanks_its_lane_alone() {
        for level in Level::all() {
            for i in 0..LANES {
                for value in [1, 2, 128, 255] {
                    let mut bytes = [0; LANES];
                    bytes[i] = value;
                    let (mut lanes, mut expected) = ([0.0; LANES], [f64::NAN; LANES]);
                    expected[i] = 0.0;
                    dispatch!(level, simd => {
                        let blanked = Flags::new(bytes).blank(simd, f64x8::splat(simd, f64::NAN));
                        blanked.store_slice(&mut lanes);
                    });
                    assert_eq!(lanes.map(f64::to_bits), expected.map(f64::to_bits));
                    let flags = Flags::new(bytes);
                    assert_eq!(
                        (flags.count(), flags.first(i).count(), flags.first(i + 1).count()),
                        (1, 0, 1)
                    );
                    assert!(!flags.are_clear() && flags.first(i).are_clear());
                }
            }
        }
    }

    #[test]
    fn the_first_lanes_are_kept() {
        for level in Level::all() {
            for n in 0..=LANES + 1 {
                let mut lanes = [9.0; LANES];
                let flags = Flags::new([0; LANES]).or(Flags::beyond(n));
                dispatch!(level, simd => flags.blank(simd, f64x8::splat(simd, 1.0)).store_slice(&mut lanes));
                assert!((0..LANES).all(|i| lanes[i] == f64::from(u8::from(i < n))));
            }
        }
    }
}
