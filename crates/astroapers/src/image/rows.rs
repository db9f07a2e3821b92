//! How pixels of one row are read: decoded to `f64`, as they are, or only whether they are zero.

use super::dtype::Dtype;
use super::view::View;
use crate::simd::{Simd, vectorized};

impl View<'_> {
    /// Load the pixels `x0, x0 + 1, ...` of row `y` into `tile`, as `f64`.
    ///
    /// # Panics
    /// If these pixels are not all in the view.
    ///
    /// ```
    /// # use astroapers::image::View;
    /// let mut tile = [0.0; 2];
    /// View::from_slice(&[1_i8, -2, 3, -4], 2, 2)?.load_row(1, 0, &mut tile);
    /// assert_eq!(tile, [3.0, -4.0]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    #[inline]
    pub fn load_row(&self, y: i64, x0: i64, tile: &mut [f64]) {
        self.dtype().decode(self.run(y, x0, tile.len()), tile, |value| value);
    }

    /// The same as [`View::load_row`] of `n` pixels, compiled for a level. Of `tile`, which has room for whole [`GROUP`]s, those
    /// beyond are set to anything.
    ///
    /// # Panics
    /// If these pixels are not all in the view.
    #[inline(never)]
    pub(super) fn load_padded<S: Simd>(&self, simd: S, y: i64, x0: i64, n: usize, tile: &mut [f64]) {
        let run = self.run(y, x0, n);
        // A loop over whole groups has no remainder, which would take longer than the groups.
        let more = n.next_multiple_of(GROUP);
        let n = if run.step > 0 && run.reaches(more, self.dtype().size()) { more } else { n };
        vectorized(
            simd,
            #[inline(always)]
            || self.dtype().decode(run, &mut tile[..n], |value| value),
        );
    }

    /// Set `flags` to whether the pixels `x0, x0 + 1, ...` of row `y` differ from zero.
    ///
    /// # Panics
    /// If these pixels are not all in the view.
    ///
    /// ```
    /// # use astroapers::image::View;
    /// let mut flags = [true; 3];
    /// View::from_slice(&[0.0, f64::NAN, -0.5], 1, 3)?.load_nonzero(0, 0, &mut flags);
    /// assert_eq!(flags, [false, true, true]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    #[inline]
    pub fn load_nonzero(&self, y: i64, x0: i64, flags: &mut [bool]) {
        let run = self.run(y, x0, flags.len());
        if let Some(bytes) = run.single_bytes(self.dtype(), flags.len()) {
            return set_nonzero(bytes, flags);
        }
        self.dtype().decode(run, flags, |value| value != 0.0);
    }

    /// Whether the `n` pixels `x0, x0 + 1, ...` of row `y` are all zero, as far as a glance tells: of pixels of one byte without
    /// gaps, eight are looked at at once; of others, no promise is made.
    ///
    /// # Panics
    /// If these pixels are not all in the view.
    #[inline(always)]
    pub(super) fn is_plainly_zero(&self, y: i64, x0: i64, n: usize) -> bool {
        self.run(y, x0, n).single_bytes(self.dtype(), n).is_some_and(are_zero)
    }

    /// Append the `n` pixels `x0, x0 + 1, ...` of row `y` to `out` as they are, in this machine's byte order.
    ///
    /// A truth value becomes 0 or 1 whatever its byte was.
    ///
    /// # Panics
    /// If these pixels are not all in the view.
    ///
    /// ```
    /// # use astroapers::image::View;
    /// let mut bytes = Vec::new();
    /// View::from_slice(&[7_u8, 8, 9], 1, 3)?.append_native(0, 1, 2, &mut bytes);
    /// assert_eq!(bytes, [8, 9]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn append_native(&self, y: i64, x0: i64, n: usize, out: &mut Vec<u8>) {
        let run = self.run(y, x0, n);
        if let Some(bytes) = run.as_they_are(self.dtype(), n) {
            out.extend_from_slice(bytes);
            return;
        }
        let start = out.len();
        out.resize(start + n * self.dtype().size(), 0);
        run.copy(self.dtype(), &mut out[start..]);
    }

    /// The same as [`View::append_native`], into a slice of as many bytes as these pixels have.
    #[inline(always)]
    pub(super) fn copy_native(&self, y: i64, x0: i64, n: usize, out: &mut [u8]) {
        let run = self.run(y, x0, n);
        match run.as_they_are(self.dtype(), n) {
            Some(bytes) => out.copy_from_slice(bytes),
            None => run.copy(self.dtype(), out),
        }
    }
}

/// Pixels that are decoded at once.
const GROUP: usize = 8;

/// Whether no byte differs from zero.
#[inline(always)]
fn are_zero(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk::<GROUP>() else { return bytes.iter().all(|&byte| byte == 0) };
    // The last group may overlap those before.
    let words = bytes.as_chunks::<GROUP>().0.iter().chain([last]);
    words.fold(0, |any, word| any | u64::from_ne_bytes(*word)) == 0
}

/// Set as many flags as there are bytes to whether these differ from zero.
#[inline(always)]
fn set_nonzero(bytes: &[u8], flags: &mut [bool]) {
    Run::new(bytes, 0, 1, false).contiguous(flags, |[byte]| byte != 0);
}

/// Pixels of one row: the first begins at `bytes[start]`, each further one `step` bytes later.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    bytes: &'a [u8],
    start: usize,
    step: isize,
    swapped: bool,
}

impl<'a> Run<'a> {
    pub(super) const fn new(bytes: &'a [u8], start: usize, step: isize, swapped: bool) -> Self {
        Self { bytes, start, step, swapped }
    }

    /// Where in the view's bytes the first pixel begins.
    pub(super) const fn start(self) -> usize {
        self.start
    }

    /// Whether so many pixels of this size, each some way beyond the one before, lie in the view's bytes, belong they to the row or not.
    #[inline(always)]
    fn reaches(self, n: usize, size: usize) -> bool {
        // The step of a single column may be any number: nothing lies there.
        let last = (n - 1).checked_mul(self.step as usize).and_then(|far| far.checked_add(self.start + size));
        last.is_some_and(|end| end <= self.bytes.len())
    }

    /// The bytes of `n` pixels of one byte each that follow one another.
    #[inline(always)]
    fn single_bytes(self, dtype: Dtype, n: usize) -> Option<&'a [u8]> {
        (self.step == 1 && dtype.size() == 1).then(|| &self.bytes[self.start..][..n])
    }

    /// The bytes of `n` pixels, if they follow one another in the form that [`View::append_native`] gives them.
    #[inline(always)]
    fn as_they_are(self, dtype: Dtype, n: usize) -> Option<&'a [u8]> {
        let size = dtype.size();
        let plain = self.step == size as isize && (size == 1 || !self.swapped) && dtype != Dtype::Bool;
        plain.then(|| &self.bytes[self.start..][..n * size])
    }

    /// Copy as many pixels as `out` has room for, each in this machine's byte order.
    fn copy(self, dtype: Dtype, out: &mut [u8]) {
        match (dtype, dtype.size()) {
            (Dtype::Bool, _) => self.gather(out, |[byte]| u8::from(byte != 0)),
            (_, 1) => self.gather(out, |[byte]| byte),
            (_, 2) => self.gather(out.as_chunks_mut::<2>().0, |bytes| bytes),
            (_, 4) => self.gather(out.as_chunks_mut::<4>().0, |bytes| bytes),
            _ => self.gather(out.as_chunks_mut::<8>().0, |bytes| bytes),
        }
    }

    /// Decode `out.len()` pixels of `N` bytes each, given to `decode` in this machine's byte order.
    ///
    /// Pixels that follow one another without a gap take a loop that the compiler turns into vector
    /// instructions, byte swap included.
    #[inline(always)]
    pub(super) fn gather<const N: usize, T>(self, out: &mut [T], decode: impl Fn([u8; N]) -> T + Copy) {
        let swap = |mut bytes: [u8; N]| {
            bytes.reverse();
            decode(bytes)
        };
        match (self.step == N as isize, self.swapped && N > 1) {
            (true, false) => self.contiguous(out, decode),
            (true, true) => self.contiguous(out, swap),
            (false, false) => self.strided(out, decode),
            (false, true) => self.strided(out, swap),
        }
    }

    #[inline(always)]
    fn contiguous<const N: usize, T>(self, out: &mut [T], decode: impl Fn([u8; N]) -> T) {
        let mut pixels = self.bytes[self.start..][..N * out.len()].as_chunks::<N>().0;
        // Written as a loop over groups, this would be turned into one that takes four groups at once, which few rows
        // have, and what is left one by one.
        let mut out = out;
        while let Some((group, more)) = pixels.split_first_chunk::<GROUP>() {
            let Some((here, rest)) = std::mem::take(&mut out).split_first_chunk_mut::<GROUP>() else {
                return;
            };
            for (out, pixel) in here.iter_mut().zip(group) {
                *out = decode(*pixel);
            }
            (out, pixels) = (rest, more);
        }
        for (out, pixel) in out.iter_mut().zip(pixels) {
            *out = decode(*pixel);
        }
    }

    #[inline(always)]
    fn strided<const N: usize, T>(self, out: &mut [T], decode: impl Fn([u8; N]) -> T) {
        let mut at = self.start;
        for out in out {
            let pixel =
                self.bytes[at..].first_chunk::<N>().expect("the slice covers every pixel of the view");
            *out = decode(*pixel);
            at = at.wrapping_add_signed(self.step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Pixel;
    use crate::simd::{Level, dispatch};

    #[test]
    fn every_dtype_decodes_its_extremes() {
        fn first<T: Pixel>(value: T) -> f64 {
            let mut tile = [0.0];
            View::from_slice(&[value], 1, 1).unwrap().load_row(0, 0, &mut tile);
            tile[0]
        }
        assert_eq!(first(true), 1.0);
        assert_eq!(first(u8::MAX), 255.0);
        assert_eq!(first(i8::MIN), -128.0);
        assert_eq!(first(u16::MAX), 65535.0);
        assert_eq!(first(i16::MIN), -32768.0);
        assert_eq!(first(u32::MAX), 4_294_967_295.0);
        assert_eq!(first(i32::MIN), -2_147_483_648.0);
        assert_eq!(first(u64::MAX), 18_446_744_073_709_551_616.0);
        assert_eq!(first(i64::MIN), -9_223_372_036_854_775_808.0);
        assert_eq!(first(half::f16::MAX), 65504.0);
        assert_eq!(first(half::f16::MIN_POSITIVE_SUBNORMAL), 2_f64.powi(-24));
        assert_eq!(first(f32::MIN_POSITIVE), f64::from(f32::MIN_POSITIVE));
        assert!(first(half::f16::NAN).is_nan() && first(f32::NAN).is_nan());
        assert_eq!(first(f64::MAX), f64::MAX);
    }

    #[test]
    fn an_odd_byte_is_a_true_bool() {
        let view = View::from_bytes(&[0, 1, 2, 255], 0, (1, 4), (0, 1), Dtype::Bool, false).unwrap();
        let mut tile = [9.0; 4];
        view.load_row(0, 0, &mut tile);
        assert_eq!(tile, [0.0, 1.0, 1.0, 1.0]);
        let mut native = Vec::new();
        view.append_native(0, 0, 4, &mut native);
        assert_eq!(native, [0, 1, 1, 1]);
    }

    #[test]
    fn a_mask_of_any_dtype_is_true_where_it_is_not_zero() {
        fn flags<T: Pixel>(values: [T; 3]) -> [bool; 3] {
            let mut flags = [true; 3];
            View::from_slice(&values, 1, 3).unwrap().load_nonzero(0, 0, &mut flags);
            flags
        }
        assert_eq!(flags([u64::MAX, 0, 1]), [true, false, true]);
        assert_eq!(flags([i8::MIN, 0, 1]), [true, false, true]);
        assert_eq!(flags([f64::from_bits(1), -0.0, f64::NAN]), [true, false, true]);
        assert_eq!(
            flags([half::f16::MIN_POSITIVE_SUBNORMAL, half::f16::NEG_ZERO, half::f16::NAN]),
            [true, false, true]
        );
    }

    #[test]
    fn one_byte_of_any_place_and_value_is_not_zero() {
        for n in 0..40 {
            assert!(are_zero(&vec![0; n]));
            for i in 0..n {
                for value in [1, 128, 255] {
                    let mut bytes = vec![0; n];
                    bytes[i] = value;
                    assert!(!are_zero(&bytes), "byte {i} of {n}");
                }
            }
        }
    }

    #[test]
    fn flags_of_any_number_of_bytes_tell_which_are_not_zero() {
        let bytes: Vec<u8> = (0..40).map(|i| [0, 1, 255, 0, 0, 128, 2][i % 7]).collect();
        for n in 0..40 {
            let mut flags = vec![true; n];
            set_nonzero(&bytes[..n], &mut flags);
            assert!(flags.iter().zip(&bytes).all(|(&flag, &byte)| flag == (byte != 0)), "{n} flags");
        }
    }

    #[test]
    fn the_step_of_a_single_column_may_be_any_number() {
        let data: Vec<u8> = (0..40).collect();
        // Seven of the first two steps are 5 and -3 bytes, but for whole address spaces.
        for step in
            [(usize::MAX / 7 + 1) as isize, (usize::MAX / 7) as isize, isize::MAX, 4, 1, 0, -1, isize::MIN]
        {
            let view = View::from_bytes(&data, 0, (10, 1), (4, step), Dtype::U4, false).unwrap();
            for y in 0..10 {
                let mut tile = [0.0; GROUP];
                dispatch!(Level::all()[0], simd => view.load_padded(simd, y, 0, 1, &mut tile));
                let first = 4 * y as u8;
                let number = u32::from_ne_bytes([first, first + 1, first + 2, first + 3]);
                assert_eq!(tile[0], f64::from(number), "row {y}, step {step}");
            }
        }
    }

    #[test]
    fn pixels_of_more_bytes_or_with_gaps_are_not_told_at_a_glance() {
        let zeros = [0_u8; 12];
        let plain = |strides, dtype| {
            let view = View::from_bytes(&zeros, 0, (1, 3), strides, dtype, false).unwrap();
            view.is_plainly_zero(0, 0, 3)
        };
        assert!(plain((0, 1), Dtype::Bool) && plain((0, 1), Dtype::I1));
        assert!(!plain((0, 2), Dtype::U1) && !plain((0, 2), Dtype::U2));
        assert!(
            std::panic::catch_unwind(|| View::from_slice(&zeros, 1, 12).unwrap().is_plainly_zero(0, 5, 8))
                .is_err()
        );
    }
}
