//! Rounding to whole numbers without the instruction for it, which not every machine has and whose stand-in in the library is slow.

/// Added to a number of either sign and below [`EXACT`], it leaves the nearest integer in the last bits; subtracted again, the
/// nearest whole number is left.
pub(crate) const WHOLE: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52

/// Numbers up to here are rounded rightly.
pub(crate) const EXACT: f64 = 1_125_899_906_842_624.0; // 2^50

/// The nearest integer of a number below [`EXACT`], as both kinds of number.
#[inline(always)]
pub(crate) fn nearest(x: f64) -> (i64, f64) {
    let shifted = x + WHOLE;
    (shifted.to_bits().wrapping_sub(WHOLE.to_bits()).cast_signed(), shifted - WHOLE)
}
