//! The pixels of an annulus that are good enough for the sky.
//!
//! They are those whose centres lie in the annulus and that are neither masked, nor without a finite value or a valid
//! error, nor saturated: nothing of such a pixel can reach the sky. Values are kept as `f64` in one list per thread, in the
//! order of the image; masked ones are left out run by run, the other bad ones, which are rare, when all have been
//! collected.

use fearless_simd::f64x8;

use super::list::{List, SLACK};
use super::pixels::Pixels;
use crate::image::Image;
use crate::simd::{Simd, SimdBase, SimdMask, dispatch, level};
use crate::span::SpanVisitor;
use crate::stop::{Stop, Stopped};
use crate::window::Window;

/// Pixels that are copied at once, also beyond the end of a run.
const GROUP: usize = SLACK;

/// Runs of neighbouring pixels, rows upwards, each row from left to right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs(Vec<(i64, i64, i64)>);

impl Runs {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    #[inline(always)]
    fn push(&mut self, y: i64, x0: i64, x1: i64) {
        self.0.push((y, x0, x1));
    }

    /// Whether there are none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any pixel lies in a window.
    pub(crate) fn meet(&self, window: Window) -> bool {
        let from = self.0.partition_point(|run| run.0 < window.y0);
        let rows = self.0[from..].iter().take_while(|run| run.0 < window.y1);
        rows.into_iter().any(|&(_, x0, x1)| x0 < window.x1 && window.x0 < x1)
    }

    /// The runs of row `y` and of those above it, skipping what lies below; `from` is where to look first.
    #[inline(always)]
    pub(super) fn in_row(&self, y: i64, from: &mut usize) -> impl Iterator<Item = (i64, i64)> {
        while self.0.get(*from).is_some_and(|run| run.0 < y) {
            *from += 1;
        }
        self.0[*from..].iter().take_while(move |run| run.0 == y).map(|&(_, x0, x1)| (x0, x1))
    }
}

/// The good values of an annulus, and memory for masks and errors of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Collected {
    list: List,
    masked: Vec<bool>,
    errors: Vec<f64>,
}

impl Collected {
    pub(super) fn clear(&mut self) {
        self.list.clear();
    }

    pub(super) fn values(&self) -> &[f64] {
        self.list.values()
    }
}

/// Collects the good pixels of an annulus.
pub(crate) struct Annulus<'a> {
    pixels: &'a Pixels<'a>,
    image: Image<'a>,
    collected: &'a mut Collected,
    runs: &'a mut Runs,
    /// Whether nothing but its value can make a pixel bad.
    by_value: bool,
}

impl<'a> Annulus<'a> {
    pub(super) fn new(pixels: &'a Pixels<'a>, collected: &'a mut Collected, runs: &'a mut Runs) -> Self {
        let by_value = pixels.image.masks().is_empty() && pixels.errors.is_none();
        Self { pixels, image: pixels.image.unmasked(), collected, runs, by_value }
    }

    /// The visitor for a rasteriser that runs on a level.
    #[inline(always)]
    pub(crate) fn on<S: Simd>(&mut self, simd: S) -> AnnulusOn<'_, 'a, S> {
        AnnulusOn { simd, annulus: self }
    }

    #[inline(always)]
    fn take<S: Simd>(&mut self, simd: S, y: i64, x0: i64, n: usize) {
        self.runs.push(y, x0, x0 + n as i64);
        let start = self.collected.list.len();
        let out = self.collected.list.room(n);
        if let Some(pixels) = self.image.native_f64(y, x0, n, n.next_multiple_of(GROUP)) {
            for (out, pixels) in out.chunks_exact_mut(GROUP).zip(pixels.as_chunks::<GROUP>().0) {
                f64x8::from_slice(simd, &pixels.map(f64::from_ne_bytes)).store_slice(out);
            }
        } else {
            self.image.load_row(y, x0, &mut out[..n]);
        }
        self.collected.list.grow(n);
        if !self.by_value {
            self.drop_masked(y, x0, start);
        }
    }

    /// Drop the pixels that are masked or have no valid error from the run that begins at `start`.
    fn drop_masked(&mut self, y: i64, x0: i64, start: usize) {
        let Collected { list, masked, errors } = &mut *self.collected;
        let n = list.len() - start;
        masked.resize(n, false);
        let mut any = self.pixels.image.masks().load(y, x0, masked);
        if let Some(known) = &self.pixels.errors {
            errors.resize(n, 0.0);
            known.load_variances(y, x0, errors);
            for (masked, variance) in masked.iter_mut().zip(&*errors) {
                *masked |= variance.is_nan();
                any |= *masked;
            }
        }
        if any {
            list.keep(start, |i, _| !masked[i]);
        }
    }

    /// Drop what is not finite or saturated, after the last pixel.
    pub(crate) fn finish(self, stop: &Stop) -> Result<(), Stopped> {
        let limit = self.pixels.saturation;
        let list = &mut self.collected.list;
        let mut all = true;
        for block in stop.blocks(list.values()) {
            let block = block?;
            all &= dispatch!(level(), simd => all_good(simd, block, limit));
        }
        if !all {
            list.keep(0, |_, value| is_good(value, limit));
        }
        Ok(())
    }
}

/// Whether a value is finite and below the saturation level.
fn is_good(value: f64, limit: f64) -> bool {
    // NaN fails both.
    value > f64::NEG_INFINITY && value < limit
}

#[inline(always)]
fn all_good<S: Simd>(simd: S, values: &[f64], limit: f64) -> bool {
    let (low, high) = (S::f64s::splat(simd, f64::NEG_INFINITY), S::f64s::splat(simd, limit));
    let groups = values.chunks_exact(S::f64s::LEN);
    let rest = groups.remainder().iter().all(|&value| is_good(value, limit));
    let mut good = S::mask64s::splat(simd, true);
    for group in groups {
        let group = S::f64s::from_slice(simd, group);
        good &= group.simd_gt(low) & group.simd_lt(high);
    }
    rest && good.all_true()
}

/// An [`Annulus`] that is compiled for a level, together with the rasteriser that shows it the pixels.
pub(crate) struct AnnulusOn<'r, 'a, S> {
    simd: S,
    annulus: &'r mut Annulus<'a>,
}

impl<S: Simd> SpanVisitor for AnnulusOn<'_, '_, S> {
    #[inline(always)]
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        self.annulus.take(self.simd, y, x0, (x1 - x0) as usize);
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        let mut x = x0;
        for run in weights.chunk_by(|a, b| (*a != 0.0) == (*b != 0.0)) {
            if run[0] != 0.0 {
                self.annulus.take(self.simd, y, x, run.len());
            }
            x += run.len() as i64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::View;
    use crate::photometry::{ErrorKind, Errors};
    use crate::simd::Level;

    #[test]
    fn pixels_without_weight_are_not_taken_and_bad_ones_dropped() {
        let row = [1.0, f64::NAN, 3.0, 4.0, f64::INFINITY, f64::NEG_INFINITY, 7.0, 8.0, 9.0, 10.0];
        let values: Vec<f64> = row.iter().copied().chain((11..60).map(f64::from)).collect();
        let image = Image::from_slice(&values, 1, values.len()).unwrap();
        let pixels = Pixels { saturation: 50.0, ..Pixels::plain(&image) };
        let (mut collected, mut runs) = (Collected::default(), Runs::default());
        let mut annulus = Annulus::new(&pixels, &mut collected, &mut runs);
        dispatch!(level(), simd => {
            let mut visitor = annulus.on(simd);
            visitor.partial(0, 1, &[0.5, 1.0, 0.0, 0.25, 0.5, 0.0, 0.1]);
            visitor.full(0, 9, values.len() as i64);
        });
        annulus.finish(&Stop::new()).unwrap();
        let expected: Vec<f64> = [3.0, 8.0].into_iter().chain((10..50).map(f64::from)).collect();
        assert_eq!(collected.values(), expected);
        let end = values.len() as i64;
        assert_eq!(runs.0, [(0, 1, 3), (0, 4, 6), (0, 7, 8), (0, 9, end)]);
        collected.clear();
        assert!(collected.values().is_empty());
    }

    #[test]
    fn runs_meet_a_window_they_share_a_pixel_with() {
        let mut runs = Runs::default();
        for (y, x0, x1) in [(2, 5, 8), (3, 1, 2), (3, 9, 12), (5, 4, 5)] {
            runs.push(y, x0, x1);
        }
        let pixels = [(2, 5..8), (3, 1..2), (3, 9..12), (5, 4..5)];
        for (x0, y0) in (0..14).flat_map(|x| (0..8).map(move |y| (x, y))) {
            for (nx, ny) in [(1, 1), (2, 1), (1, 3), (4, 2)] {
                let window = Window { x0, x1: x0 + nx, y0, y1: y0 + ny };
                let shared = pixels.iter().any(|(y, columns)| {
                    (window.y0..window.y1).contains(y)
                        && columns.clone().any(|x| (window.x0..window.x1).contains(&x))
                });
                assert_eq!(runs.meet(window), shared, "{window:?}");
            }
        }
        let mut from = 0;
        let rows = (1..7).map(|y| runs.in_row(y, &mut from).collect::<Vec<_>>());
        let expected = [vec![], vec![(5, 8)], vec![(1, 2), (9, 12)], vec![], vec![(4, 5)], vec![]];
        assert!(rows.eq(expected));
        runs.clear();
        assert!(!runs.meet(Window { x0: 0, x1: 99, y0: 0, y1: 99 }));
    }

    #[test]
    fn masked_pixels_and_pixels_without_a_valid_error_are_dropped() {
        let values: Vec<f64> = (0..40).map(f64::from).collect();
        let flags: Vec<bool> = (0..40).map(|i| i % 7 == 3).collect();
        let errors: Vec<f64> = (0..40).map(|i| if i % 5 == 1 { f64::NAN } else { 1.0 }).collect();
        let plain = Image::from_slice(&values, 2, 20).unwrap();
        let masked = plain.masked(View::from_slice(&flags, 2, 20).unwrap()).unwrap();
        let known =
            Errors { view: View::from_slice(&errors, 2, 20).unwrap(), kind: ErrorKind::Std, scale: 1.0 };
        for (image, flags_count) in [(&plain, false), (&masked, true)] {
            for errors in [None, Some(known)] {
                let pixels = Pixels { errors, ..Pixels::plain(image) };
                let (mut collected, mut runs) = (Collected::default(), Runs::default());
                let mut annulus = Annulus::new(&pixels, &mut collected, &mut runs);
                // The run in the upper row begins behind what is left of the one in the lower row.
                dispatch!(level(), simd => {
                    annulus.on(simd).full(0, 2, 19);
                    annulus.on(simd).full(1, 0, 17);
                });
                annulus.finish(&Stop::new()).unwrap();
                let bad = |i: i32| (flags_count && i % 7 == 3) || (errors.is_some() && i % 5 == 1);
                let expected: Vec<f64> = (2..19).chain(20..37).filter(|&i| !bad(i)).map(f64::from).collect();
                assert_eq!(collected.values(), expected);
            }
        }
    }

    #[test]
    fn bad_values_are_seen_wherever_they_stand() {
        for n in 1..20_usize {
            for (at, bad) in
                (0..n).flat_map(|at| [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 9.0].map(|bad| (at, bad)))
            {
                let mut values = vec![8.0; n];
                values[at] = bad;
                for level in Level::all() {
                    let good = |values: &[f64]| dispatch!(level, simd => all_good(simd, values, 9.0));
                    assert!(!good(&values), "{bad} at {at} of {n}");
                    assert!(good(&vec![8.0; n]));
                }
            }
        }
    }
}
