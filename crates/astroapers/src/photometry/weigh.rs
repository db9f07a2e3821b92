//! What the pixels of an aperture add up to, and what is wrong with some of them.
//!
//! A bad pixel is left out: its weight is 0 wherever something is summed, so that nothing of its value can leak.
//! Saturated pixels count, with a flag. The sum itself is the business of [`SumReducer`], which sees the same spans with
//! the bad pixels' weights set to 0; so a source without bad pixels has the very bits of a plain aperture sum. In the
//! plainest case (no mask, no errors, no saturation, no gain) pixels are looked at only if the sum is not finite.
//!
//! Everything else is summed in eight or four lanes, too: a span's pixel is added in the lane of its place in the span. So these sums
//! have the same bits whether or not pixels are looked at, on every machine.

use fearless_simd::{SimdSplit, f64x4, f64x8};

use super::annulus::Runs;
use super::flags::Flags;
use super::noise::Sums;
use super::piece::{LANES, PIECE, Piece};
use super::pixels::{Masked, Pixel, Pixels};
use crate::image::Image;
use crate::reduce::{Sum, SumReducer};
use crate::simd::{Select, Simd, SimdBase, SimdMask, vectorized};
use crate::span::{SpanVisitor, Spans};

/// A pixel of the sky that lies in the aperture by more than this is shared. The centre of such a pixel lies in the
/// aperture, as long as that is convex: an annulus that begins where a disc ends shares none.
const SHARED: f64 = 0.5;

/// What the pixels of an aperture add up to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Totals {
    pub(crate) apsum: f64,
    /// Weights of the pixels that counted.
    pub(crate) npix: f64,
    /// Weights of all pixels inside the image.
    pub(crate) inside: f64,
    squares: f64,
    photons: f64,
    errors: f64,
    pub(crate) flags: Flags,
}

impl Totals {
    /// Those of an aperture whose pixels all count and are inside the image, where only values and squares of weights were to be
    /// summed.
    pub(crate) fn plain(Sum { sum, npix }: Sum, squares: f64) -> Self {
        let (apsum, squares) = (sum + 0.0, squares + 0.0);
        Self { apsum, npix, inside: npix, squares, photons: 0.0, errors: 0.0, flags: Flags::NONE }
    }

    pub(crate) fn sums(&self, flux: f64) -> Sums {
        Sums { npix: self.npix, flux, squares: self.squares, photons: self.photons, errors: self.errors }
    }
}

/// Sums of squared weights, and of these times something.
#[derive(Clone, Copy, Debug, Default)]
struct Squares {
    /// Pixels that weigh 1 in spans where nothing else was to be summed.
    whole: i64,
    weights: [f64; LANES / 2],
    photons: [f64; LANES],
    errors: [f64; LANES],
}

/// What interpolation puts in the place of bad pixels.
#[derive(Clone, Copy, Debug, Default)]
struct Patches {
    sum: f64,
    npix: f64,
    squares: f64,
    photons: f64,
    errors: f64,
}

/// Adds up the pixels of one aperture after another.
pub(crate) struct PixelsReducer<'a> {
    pixels: &'a Pixels<'a>,
    sum: SumReducer<'a>,
    /// The area, if no pixel lies outside the image.
    area: Option<f64>,
    /// The level of the sky, which is no photons of the source.
    level: f64,
    /// Whether pixels need not be looked at.
    plain: bool,
    squares: Squares,
    /// Weights of pixels that were left out.
    lost: f64,
    patches: Patches,
    flags: Flags,
}

impl<'a> PixelsReducer<'a> {
    /// `image` is that of `pixels` without its masks.
    pub(crate) fn new(pixels: &'a Pixels<'a>, image: &'a Image<'a>) -> Self {
        Self {
            pixels,
            sum: SumReducer::new(image),
            area: None,
            level: f64::NAN,
            plain: false,
            squares: Squares::default(),
            lost: 0.0,
            patches: Patches::default(),
            flags: Flags::NONE,
        }
    }

    /// Begin with an aperture over a sky; `area` is the sum of all weights, if that is known.
    pub(crate) fn begin(&mut self, level: f64, area: Option<f64>) {
        (self.level, self.area) = (level, area);
        self.restart(self.pixels.is_plain());
    }

    fn restart(&mut self, plain: bool) {
        self.plain = plain;
        self.sum.begin(if plain { self.area } else { None });
        (self.squares, self.lost, self.patches) = (Squares::default(), 0.0, Patches::default());
        self.flags = Flags::NONE;
    }

    /// The totals, or `None` if the pixels have to be looked at one by one, for which this is then ready.
    pub(crate) fn totals(&mut self) -> Option<Totals> {
        let whole = self.sum.value_of(if self.lost > 0.0 { None } else { self.area });
        if self.plain && !whole.sum.is_finite() {
            self.restart(false);
            return None;
        }
        let (squares, patches) = (&self.squares, &self.patches);
        let total = |lanes: &[f64]| lanes.iter().sum::<f64>();
        Some(Totals {
            apsum: whole.sum + patches.sum,
            npix: whole.npix + patches.npix,
            inside: whole.npix + self.lost,
            squares: squares.whole as f64 + total(&squares.weights) + patches.squares,
            photons: total(&squares.photons) + patches.photons,
            errors: total(&squares.errors) + patches.errors,
            flags: self.flags,
        })
    }

    /// The reducer for a rasteriser that runs on a level, and the pixels of the sky where they come near the aperture.
    #[inline(always)]
    pub(crate) fn on<'r, S: Simd>(&'r mut self, simd: S, sky: Option<&'r Runs>) -> PixelsOn<'r, 'a, S> {
        PixelsOn { simd, reducer: self, sky, sky_from: 0 }
    }

    /// Put the mean of its neighbours in the place of a bad pixel, if that is wanted and can be had.
    ///
    /// The mean of `n` neighbours is made of pixels that are in the sum already. Where these weigh as much as the pixel
    /// itself, their weights become `w + w / n` and the sum of squares grows by `w^2 (2 + 1 / n)`, not by `w^2`.
    fn patch(&mut self, x: i64, y: i64, weight: f64) {
        if self.pixels.masked != Masked::Interpolate {
            return;
        }
        if let Some((value, variance, n)) = self.pixels.interpolated(x, y) {
            let square = weight * weight * (2.0 + 1.0 / n);
            let patches = &mut self.patches;
            patches.sum += weight * value;
            patches.npix += weight;
            patches.squares += square;
            patches.photons += weight * weight * (value - self.level);
            patches.errors += square * variance;
        }
    }
}

/// A [`PixelsReducer`] that is compiled for a level, together with the rasteriser that shows it the pixels.
pub(crate) struct PixelsOn<'r, 'a, S> {
    simd: S,
    reducer: &'r mut PixelsReducer<'a>,
    sky: Option<&'r Runs>,
    /// Where in the runs of the sky the last row began.
    sky_from: usize,
}

impl<S: Simd> PixelsOn<'_, '_, S> {
    /// Flag a pixel that the sky shares.
    #[inline(always)]
    fn compare(&mut self, y: i64, x0: i64, n: usize, weights: Option<&[f64]>) {
        let Some(sky) = self.sky else { return };
        if self.reducer.flags.has(Flags::SKY_OVERLAP) {
            return;
        }
        let mut shared = false;
        for (first, end) in sky.in_row(y, &mut self.sky_from) {
            let (first, end) = (first.max(x0), end.min(x0 + n as i64));
            if first < end {
                shared |= weights.is_none_or(|weights| {
                    weights[(first - x0) as usize..(end - x0) as usize].iter().any(|&weight| weight > SHARED)
                });
            }
        }
        self.reducer.flags.set(Flags::SKY_OVERLAP, shared);
    }

    /// Sum a span and look at its pixels: `weights`, or all 1.
    #[inline(never)]
    fn closely(&mut self, y: i64, x0: i64, n: usize, weights: Option<&[f64]>) {
        let simd = self.simd;
        vectorized(
            simd,
            #[inline(always)]
            || {
                for start in (0..n).step_by(PIECE) {
                    let end = n.min(start + PIECE);
                    let weights = weights.map(|weights| &weights[start..end]);
                    self.piece(y, x0 + start as i64, end - start, weights);
                }
            },
        );
    }

    #[inline(always)]
    fn piece(&mut self, y: i64, x: i64, n: usize, weights: Option<&[f64]>) {
        let Self { simd, reducer, .. } = self;
        let mut piece = Piece::EMPTY;
        let any_masked = piece.load(reducer.pixels, y, x, n, weights);
        let flawed = (any_masked || piece.has_flaw(*simd)) && reducer.leave_out(y, x, &mut piece);
        // A piece without a bad pixel is summed as it came, so that its sums have the bits of any other.
        if weights.is_none() && !flawed {
            reducer.sum.on(*simd).full(y, x, x + n as i64);
            reducer.squares.whole += n as i64;
            reducer.add(*simd, &piece, false);
        } else {
            reducer.sum.on(*simd).partial(y, x, &piece.weights[..n]);
            reducer.add(*simd, &piece, true);
        }
    }
}

impl PixelsReducer<'_> {
    /// Set the weights of bad pixels to 0; `false` if there was none.
    #[cold]
    fn leave_out(&mut self, y: i64, x: i64, piece: &mut Piece) -> bool {
        let mut any = false;
        for i in 0..piece.n {
            let weight = piece.weights[i];
            let pixel = Pixel::new(piece.values[i], piece.masked[i], piece.variances[i]);
            if weight != 0.0 && pixel.flaw != Flags::NONE {
                self.flags = self.flags | pixel.flaw;
                self.lost += weight;
                self.patch(x + i as i64, y, weight);
                piece.weights[i] = 0.0;
                any = true;
            }
        }
        any
    }

    /// Add what has to do with squares of weights, the squares themselves only `with_weights`.
    #[inline(always)]
    fn add<S: Simd>(&mut self, simd: S, piece: &Piece, with_weights: bool) {
        let splat = |value| f64x8::splat(simd, value);
        let (zero, level, limit) = (splat(0.0), splat(self.level), splat(self.pixels.saturation));
        let Squares { weights, photons, errors, .. } = &mut self.squares;
        let mut sum = f64x4::from_slice(simd, weights);
        let [mut photon, mut error] = [&*photons, &*errors].map(|lanes| f64x8::from_slice(simd, lanes));
        let mut saturated = zero.simd_lt(zero);
        for lanes in piece.lanes() {
            let [w, v, e] = lanes.map(|lanes| f64x8::from_slice(simd, lanes));
            let (outside, square) = (w.simd_eq(zero), w * w);
            add_halves(&mut sum, square);
            photon += outside.select(zero, square * (v - level));
            error += outside.select(zero, square * e);
            saturated |= v.simd_ge(limit) & !outside;
        }
        if with_weights {
            sum.store_slice(weights);
        }
        photon.store_slice(photons);
        error.store_slice(errors);
        self.flags.set(Flags::SATURATED, saturated.any_true());
    }
}

/// Add the squares of some weights, lane by lane.
#[inline(always)]
fn add_squares<S: Simd>(simd: S, weights: &[f64], sum: &mut f64x4<S>) {
    let (groups, rest) = weights.as_chunks::<LANES>();
    for group in groups {
        let w = f64x8::from_slice(simd, group);
        add_halves(sum, w * w);
    }
    if !rest.is_empty() {
        let mut group = [0.0; LANES];
        group[..rest.len()].copy_from_slice(rest);
        let w = f64x8::from_slice(simd, &group);
        add_halves(sum, w * w);
    }
}

/// Add the lower half of a vector, then the upper one: fewer sums than lanes stay in registers also where each lane is a vector.
#[inline(always)]
fn add_halves<S: Simd>(sum: &mut f64x4<S>, values: f64x8<S>) {
    let (lower, upper) = values.split();
    *sum += lower;
    *sum += upper;
}

impl<S: Simd> SpanVisitor for PixelsOn<'_, '_, S> {
    #[inline(always)]
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        let n = (x1 - x0) as usize;
        self.compare(y, x0, n, None);
        let Self { simd, reducer, .. } = self;
        if reducer.plain {
            reducer.sum.on(*simd).full(y, x0, x1);
            reducer.squares.whole += x1 - x0;
        } else {
            self.closely(y, x0, n, None);
        }
    }

    #[inline(always)]
    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        self.compare(y, x0, weights.len(), Some(weights));
        let Self { simd, reducer, .. } = self;
        if reducer.plain {
            reducer.sum.on(*simd).partial(y, x0, weights);
            let mut squares = f64x4::from_slice(*simd, &reducer.squares.weights);
            add_squares(*simd, weights, &mut squares);
            squares.store_slice(&mut reducer.squares.weights);
        } else {
            self.closely(y, x0, weights.len(), Some(weights));
        }
    }

    #[inline(always)]
    fn spans(&mut self, spans: Spans<'_>) {
        if !self.reducer.plain {
            spans.each(self);
            return;
        }
        if self.sky.is_some() {
            for span in spans.list {
                self.compare(spans.row(span), spans.column(span), span.n as usize, spans.weights(span));
            }
        }
        let Self { simd, reducer, .. } = self;
        reducer.sum.on(*simd).spans(spans);
        let mut squares = f64x4::from_slice(*simd, &reducer.squares.weights);
        for span in spans.list {
            match spans.weights(span) {
                Some(weights) => add_squares(*simd, weights, &mut squares),
                None => reducer.squares.whole += i64::from(span.n),
            }
        }
        squares.store_slice(&mut reducer.squares.weights);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::View;
    use crate::photometry::errors::{ErrorKind, Errors};
    use crate::simd::{dispatch, level};

    const SIZE: usize = 5;

    /// Totals of a three by three aperture in the middle, of these weights by row.
    fn totals(pixels: &Pixels<'_>) -> Totals {
        let unmasked = pixels.image.unmasked();
        let mut reducer = PixelsReducer::new(pixels, &unmasked);
        reducer.begin(1.0, Some(4.0));
        loop {
            dispatch!(level(), simd => {
                let mut reducer = reducer.on(simd, None);
                reducer.partial(1, 1, &[0.25, 0.5, 0.25]);
                reducer.partial(2, 1, &[0.5]);
                reducer.full(2, 2, 3);
                reducer.partial(2, 3, &[0.5, 0.0]);
                reducer.partial(3, 1, &[0.25, 0.5, 0.25]);
            });
            if let Some(totals) = reducer.totals() {
                return totals;
            }
        }
    }

    fn ones() -> [f64; SIZE * SIZE] {
        [3.0; SIZE * SIZE]
    }

    #[test]
    fn the_plain_and_the_close_look_agree() {
        let data = ones();
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
        let plain = totals(&Pixels::plain(&image));
        let close = totals(&Pixels { photons: true, ..Pixels::plain(&image) });
        assert_eq!((plain.apsum, plain.npix, plain.inside), (12.0, 4.0, 4.0));
        assert_eq!((close.apsum, close.npix, close.inside), (12.0, 4.0, 4.0));
        assert_eq!((plain.squares, close.squares), (2.25, 2.25));
        assert_eq!(close.photons, 4.5);
        assert_eq!(close.flags, Flags::NONE);
    }

    #[test]
    fn bad_pixels_leave_no_trace() {
        let mut data = ones();
        data[2 * SIZE + 4] = f64::NAN; // of weight 0
        data[2 * SIZE + 3] = f64::INFINITY;
        let errors = View::from_slice(&[1.0, 2.0, -1.0, 0.0, f64::NAN], 1, SIZE).unwrap();
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
        let found = totals(&Pixels::plain(&image));
        assert_eq!((found.apsum, found.npix, found.inside), (10.5, 3.5, 4.0));
        assert_eq!((found.squares, found.flags), (2.0, Flags::NON_FINITE_DATA));
        let errors = Errors { view: errors, kind: ErrorKind::Std, scale: 2.0 };
        let mut variances = [0.0; SIZE];
        errors.load_variances(0, 0, &mut variances);
        assert_eq!(variances[..2], [2.0, 8.0]);
        assert!(variances[2..].iter().all(|variance| variance.is_nan()));
    }

    #[test]
    fn masked_pixels_may_take_the_mean_of_their_neighbours() {
        let data = ones();
        let mut mask = [false; SIZE * SIZE];
        mask[2 * SIZE + 2] = true;
        let view = View::from_slice(&mask, SIZE, SIZE).unwrap();
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap().masked(view).unwrap();
        let without = totals(&Pixels::plain(&image));
        assert_eq!((without.apsum, without.npix, without.squares), (9.0, 3.0, 1.25));
        let with = totals(&Pixels { masked: Masked::Interpolate, ..Pixels::plain(&image) });
        assert_eq!((with.apsum, with.npix, with.squares), (12.0, 4.0, 1.25 + 2.25));
        assert_eq!(with.flags, Flags::MASKED_PIXELS);
    }

    #[test]
    fn a_pixel_without_good_neighbours_stays_out() {
        let data = ones();
        let view = View::from_slice(&[true; SIZE * SIZE], SIZE, SIZE).unwrap();
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap().masked(view).unwrap();
        let found = totals(&Pixels { masked: Masked::Interpolate, ..Pixels::plain(&image) });
        assert_eq!((found.apsum, found.npix, found.inside), (0.0, 0.0, 4.0));
    }

    #[test]
    fn saturated_pixels_count_and_are_flagged() {
        let mut data = ones();
        data[2 * SIZE + 1] = 10.0;
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
        let found = totals(&Pixels { saturation: 10.0, ..Pixels::plain(&image) });
        assert_eq!((found.apsum, found.flags), (15.5, Flags::SATURATED));
    }
}
