//! The pixels of an aperture: which of them count, what they add up to, and what is wrong with the others.
//!
//! A pixel is bad if it is masked, not finite, or has no valid error. It is left out: its weight is 0 wherever something is
//! summed, so that nothing of its value can leak. Saturated pixels count, with a flag. The sum itself is the business of
//! [`SumReducer`], which sees the same spans with the bad pixels' weights set to 0; so a source without bad pixels has the very
//! bits of a plain aperture sum. In the plainest case (no mask, no errors, no saturation, no gain) pixels are looked at
//! only if the sum is not finite.

use super::annulus::Runs;
use super::flags::Flags;
use super::noise::Sums;
use crate::image::{Image, View};
use crate::reduce::SumReducer;
use crate::span::SpanVisitor;

/// Pixels that are looked at together.
const PIECE: usize = 64;

/// A bad pixel whose centre is this close to the position spoils the core of a star \[pixel\].
const CORE: f64 = 1.5;

/// A pixel of the sky that lies in the aperture by more than this is shared. The centre of such a pixel lies in the
/// aperture, as long as that is convex: an annulus that begins where a disc ends shares none.
const SHARED: f64 = 0.5;

/// What the numbers of an error image are.
///
/// ```
/// use astroapers::photometry::ErrorKind;
///
/// assert_eq!(ErrorKind::Std.variance(3.0), 9.0);
/// assert_eq!(ErrorKind::Variance.variance(3.0), 3.0);
/// assert_eq!(ErrorKind::InverseVariance.variance(0.5), 2.0);
/// assert!(ErrorKind::InverseVariance.variance(0.0).is_nan());
/// assert!(ErrorKind::Std.variance(-1.0).is_nan());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Standard deviations.
    Std,
    /// Variances.
    Variance,
    /// Inverse variances.
    InverseVariance,
}

impl ErrorKind {
    /// The variance that a number stands for; NaN unless number and variance are positive and finite.
    #[inline]
    pub fn variance(self, value: f64) -> f64 {
        let variance = match self {
            Self::Std => value * value,
            Self::Variance => value,
            Self::InverseVariance => 1.0 / value,
        };
        // Only a positive number passes both; its square may be 0 or infinite.
        if value > 0.0 && variance > 0.0 && variance < f64::INFINITY { variance } else { f64::NAN }
    }
}

/// The error of each pixel.
///
/// ```
/// use astroapers::image::View;
/// use astroapers::photometry::{ErrorKind, Errors};
///
/// let variances = [4.0_f32; 6];
/// let errors = Errors { view: View::from_slice(&variances, 2, 3)?, kind: ErrorKind::Variance, scale: 1.0 };
/// assert_eq!(errors.kind.variance(4.0), 4.0);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Errors<'a> {
    /// An image of the data's shape.
    pub view: View<'a>,
    /// What its numbers are.
    pub kind: ErrorKind,
    /// What a variance is multiplied with to have the unit of the data.
    pub scale: f64,
}

impl Errors<'_> {
    /// The variances of some pixels; NaN where the error is not a positive number.
    pub(super) fn load_variances(&self, y: i64, x0: i64, out: &mut [f64]) {
        self.view.load_row(y, x0, out);
        for value in out {
            *value = self.scale * self.kind.variance(*value);
        }
    }
}

/// What becomes of an aperture's bad pixels.
///
/// ```
/// assert_eq!(astroapers::photometry::Masked::default(), astroapers::photometry::Masked::Exclude);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Masked {
    /// They are left out.
    #[default]
    Exclude,
    /// They make the flux NaN.
    Nan,
    /// They take the mean of their good neighbours left, right, below and above; without any they are left out.
    Interpolate,
}

/// An image with all that says whether a pixel is good.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pixels<'a> {
    pub(crate) image: &'a Image<'a>,
    pub(crate) errors: Option<Errors<'a>>,
    /// Infinite if no pixel is saturated.
    pub(crate) saturation: f64,
    pub(crate) masked: Masked,
    /// Whether the error model asks for the photons of each pixel.
    pub(crate) photons: bool,
}

/// One pixel.
struct Pixel {
    value: f64,
    /// 0 if there are no errors.
    variance: f64,
    flaw: Flags,
}

impl Pixel {
    fn new(value: f64, masked: bool, variance: f64) -> Self {
        let flaw = if masked {
            Flags::MASKED_PIXELS
        } else if !value.is_finite() {
            Flags::NON_FINITE_DATA
        } else if variance.is_nan() {
            Flags::NON_FINITE_ERROR
        } else {
            Flags::NONE
        };
        Self { value, variance, flaw }
    }
}

impl Pixels<'_> {
    /// One pixel inside the image.
    fn at(&self, x: i64, y: i64) -> Pixel {
        let (mut value, mut masked, mut variance) = ([0.0], [false], [0.0]);
        self.load(y, x, &mut value, &mut masked, &mut variance);
        Pixel::new(value[0], masked[0], variance[0])
    }

    /// Value, variance and number of the good neighbours of a pixel, the former two as means.
    fn interpolated(&self, x: i64, y: i64) -> Option<(f64, f64, f64)> {
        let frame = self.image.frame();
        let good = [(x, y - 1), (x - 1, y), (x + 1, y), (x, y + 1)].into_iter().filter_map(|(x, y)| {
            let inside = (frame.x0..frame.x1).contains(&x) && (frame.y0..frame.y1).contains(&y);
            let pixel = inside.then(|| self.at(x, y))?;
            (pixel.flaw == Flags::NONE && pixel.value < self.saturation).then_some(pixel)
        });
        let (value, variance, n) = good.fold((0.0, 0.0, 0.0), |(value, variance, n), pixel| {
            (value + pixel.value, variance + pixel.variance, n + 1.0)
        });
        (n > 0.0).then_some((value / n, variance / n, n))
    }

    /// Whether a bad or saturated pixel lies near a position.
    pub(crate) fn core_is_bad(&self, x: f64, y: f64) -> bool {
        let frame = self.image.frame();
        let near = |centre: f64, first: i64, end: i64| {
            ((centre - CORE).ceil() as i64).max(first)
                ..((centre + CORE).floor() as i64).saturating_add(1).min(end)
        };
        let columns = near(x, frame.x0, frame.x1);
        near(y, frame.y0, frame.y1).any(|row| self.row_is_bad(row, &columns, (x, y)))
    }

    fn row_is_bad(&self, row: i64, columns: &std::ops::Range<i64>, (x, y): (f64, f64)) -> bool {
        const MOST: usize = 2 * CORE as usize + 2;
        let n = (columns.end - columns.start).clamp(0, MOST as i64) as usize;
        let (mut values, mut masked, mut variances) = ([0.0; MOST], [false; MOST], [0.0; MOST]);
        self.load(row, columns.start, &mut values[..n], &mut masked[..n], &mut variances[..n]);
        columns.clone().enumerate().any(|(i, column)| {
            let (dx, dy) = (column as f64 - x, row as f64 - y);
            let pixel = Pixel::new(values[i], masked[i], variances[i]);
            let bad = pixel.flaw != Flags::NONE || pixel.value >= self.saturation;
            bad && dx * dx + dy * dy <= CORE * CORE
        })
    }

    /// What there is to know of some pixels.
    fn load(&self, y: i64, x0: i64, values: &mut [f64], masked: &mut [bool], variances: &mut [f64]) {
        if values.is_empty() {
            return;
        }
        self.image.load_row(y, x0, values);
        self.image.masks().load(y, x0, masked);
        match &self.errors {
            Some(errors) => errors.load_variances(y, x0, variances),
            None => variances.fill(0.0),
        }
    }

    /// Whether every pixel of some weight counts unless its value is not finite.
    fn is_plain(&self) -> bool {
        self.image.masks().is_empty()
            && self.errors.is_none()
            && self.saturation == f64::INFINITY
            && !self.photons
    }
}

/// What one aperture of a source measures.
///
/// ```
/// use astroapers::photometry::{Flags, Measured};
///
/// assert!(Measured::UNKNOWN.flux.is_nan() && Measured::UNKNOWN.flags == Flags::NONE);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Sum of weight times value, less the sky.
    pub flux: f64,
    /// Standard error of the flux.
    pub flux_err: f64,
    /// Sum of weight times value.
    pub apsum: f64,
    /// Sum of the weights of the pixels that counted.
    pub npix: f64,
    /// Area of the aperture \[pixel^2\].
    pub area: f64,
    /// Fraction of the aperture that did not count.
    pub bad_frac: f64,
    /// What to beware of.
    pub flags: Flags,
}

impl Measured {
    /// Of nothing.
    pub const UNKNOWN: Self = Self {
        flux: f64::NAN,
        flux_err: f64::NAN,
        apsum: f64::NAN,
        npix: f64::NAN,
        area: f64::NAN,
        bad_frac: f64::NAN,
        flags: Flags::NONE,
    };
}

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
    pub(crate) fn sums(&self, flux: f64) -> Sums {
        Sums { npix: self.npix, flux, squares: self.squares, photons: self.photons, errors: self.errors }
    }
}

/// Adds up the pixels of one aperture.
pub(crate) struct PixelsReducer<'a> {
    pixels: &'a Pixels<'a>,
    sum: SumReducer<'a>,
    /// The level of the sky, which is no photons of the source.
    level: f64,
    sky: &'a Runs,
    /// Where in the runs of the sky the last row began.
    sky_from: usize,
    scratch: &'a mut Vec<f64>,
    plain: bool,
    excluded: bool,
    inside: f64,
    squares: f64,
    photons: f64,
    errors: f64,
    /// Of interpolated pixels.
    patches: f64,
    patched: f64,
    flags: Flags,
}

impl<'a> PixelsReducer<'a> {
    /// `image` is that of `pixels` without its masks.
    pub(crate) fn new(
        pixels: &'a Pixels<'a>,
        image: &'a Image<'a>,
        level: f64,
        sky: &'a Runs,
        scratch: &'a mut Vec<f64>,
    ) -> Self {
        Self {
            pixels,
            sum: SumReducer::new(image),
            level,
            sky,
            sky_from: 0,
            scratch,
            plain: pixels.is_plain(),
            excluded: false,
            inside: 0.0,
            squares: 0.0,
            photons: 0.0,
            errors: 0.0,
            patches: 0.0,
            patched: 0.0,
            flags: Flags::NONE,
        }
    }

    /// The totals, or `None` if the pixels have to be looked at one by one, for which this is then ready.
    pub(crate) fn totals(&mut self, area: Option<f64>) -> Option<Totals> {
        let whole = self.sum.value_of(if self.excluded { None } else { area });
        if self.plain && !whole.sum.is_finite() {
            self.plain = false;
            self.sum.begin(None);
            (self.sky_from, self.inside, self.squares, self.flags) = (0, 0.0, 0.0, Flags::NONE);
            return None;
        }
        Some(Totals {
            apsum: whole.sum + self.patches,
            npix: whole.npix + self.patched,
            inside: self.inside,
            squares: self.squares,
            photons: self.photons,
            errors: self.errors,
            flags: self.flags,
        })
    }

    /// Flag a pixel that the sky shares.
    #[inline]
    fn compare(&mut self, y: i64, x0: i64, x1: i64, weights: Option<&[f64]>) {
        let mut shared = false;
        for (first, end) in self.sky.in_row(y, &mut self.sky_from) {
            let (first, end) = (first.max(x0), end.min(x1));
            if first < end {
                shared |= weights.is_none_or(|weights| {
                    weights[(first - x0) as usize..(end - x0) as usize].iter().any(|&weight| weight > SHARED)
                });
            }
        }
        self.flags.set(Flags::SKY_OVERLAP, shared);
    }

    /// Sum a span pixel by pixel: `weights`, or all 1.
    fn closely(&mut self, y: i64, x0: i64, n: usize, weights: Option<&[f64]>) {
        let mut kept = std::mem::take(self.scratch);
        kept.clear();
        match weights {
            Some(weights) => kept.extend_from_slice(weights),
            None => kept.resize(n, 1.0),
        }
        let mut whole = true;
        let mut x = x0;
        for piece in kept.chunks_mut(PIECE) {
            whole &= self.examine(y, x, piece);
            x += piece.len() as i64;
        }
        // A span without a bad pixel is summed as it came, so that its sum has the bits of any other.
        match (whole, weights) {
            (true, None) => self.sum.full(y, x0, x0 + n as i64),
            (true, Some(weights)) => self.sum.partial(y, x0, weights),
            (false, _) => self.sum.partial(y, x0, &kept),
        }
        *self.scratch = kept;
    }

    /// Look at the pixels of a piece one by one; `false` if any of them is left out, whose weight is then 0.
    fn examine(&mut self, y: i64, x0: i64, weights: &mut [f64]) -> bool {
        let n = weights.len();
        let (mut values, mut masked, mut variances) = ([0.0; PIECE], [false; PIECE], [0.0; PIECE]);
        self.pixels.load(y, x0, &mut values[..n], &mut masked[..n], &mut variances[..n]);
        let mut whole = true;
        for (i, weight) in weights.iter_mut().enumerate() {
            if *weight == 0.0 {
                continue;
            }
            self.inside += *weight;
            let pixel = Pixel::new(values[i], masked[i], variances[i]);
            if pixel.flaw == Flags::NONE {
                self.flags.set(Flags::SATURATED, pixel.value >= self.pixels.saturation);
                self.count(*weight, pixel.value, pixel.variance, *weight * *weight);
            } else {
                self.flags = self.flags | pixel.flaw;
                self.patch(x0 + i as i64, y, *weight);
                *weight = 0.0;
                whole = false;
            }
        }
        self.excluded |= !whole;
        whole
    }

    fn count(&mut self, weight: f64, value: f64, variance: f64, square: f64) {
        self.squares += square;
        self.photons += weight * weight * (value - self.level);
        self.errors += square * variance;
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
            self.patches += weight * value;
            self.patched += weight;
            self.count(weight, value, variance, weight * weight * (2.0 + 1.0 / n));
        }
    }
}

impl SpanVisitor for PixelsReducer<'_> {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        self.compare(y, x0, x1, None);
        if self.plain {
            self.sum.full(y, x0, x1);
            self.inside += (x1 - x0) as f64;
            self.squares += (x1 - x0) as f64;
            return;
        }
        self.closely(y, x0, (x1 - x0) as usize, None);
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        self.compare(y, x0, x0 + weights.len() as i64, Some(weights));
        if self.plain {
            self.sum.partial(y, x0, weights);
            for weight in weights {
                self.inside += weight;
                self.squares += weight * weight;
            }
            return;
        }
        self.closely(y, x0, weights.len(), Some(weights));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 5;

    fn pixels<'a>(image: &'a Image<'a>) -> Pixels<'a> {
        Pixels { image, errors: None, saturation: f64::INFINITY, masked: Masked::Exclude, photons: false }
    }

    /// Totals of a three by three aperture in the middle, of these weights by row.
    fn totals(pixels: &Pixels<'_>) -> Totals {
        let (unmasked, runs, mut scratch) = (pixels.image.unmasked(), Runs::default(), Vec::new());
        let mut reducer = PixelsReducer::new(pixels, &unmasked, 1.0, &runs, &mut scratch);
        loop {
            reducer.partial(1, 1, &[0.25, 0.5, 0.25]);
            reducer.partial(2, 1, &[0.5]);
            reducer.full(2, 2, 3);
            reducer.partial(2, 3, &[0.5, 0.0]);
            reducer.partial(3, 1, &[0.25, 0.5, 0.25]);
            if let Some(totals) = reducer.totals(Some(4.0)) {
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
        let plain = totals(&pixels(&image));
        let close = totals(&Pixels { photons: true, ..pixels(&image) });
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
        let found = totals(&pixels(&image));
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
        let without = totals(&pixels(&image));
        assert_eq!((without.apsum, without.npix, without.squares), (9.0, 3.0, 1.25));
        let with = totals(&Pixels { masked: Masked::Interpolate, ..pixels(&image) });
        assert_eq!((with.apsum, with.npix, with.squares), (12.0, 4.0, 1.25 + 2.25));
        assert_eq!(with.flags, Flags::MASKED_PIXELS);
    }

    #[test]
    fn a_pixel_without_good_neighbours_stays_out() {
        let data = ones();
        let view = View::from_slice(&[true; SIZE * SIZE], SIZE, SIZE).unwrap();
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap().masked(view).unwrap();
        let found = totals(&Pixels { masked: Masked::Interpolate, ..pixels(&image) });
        assert_eq!((found.apsum, found.npix, found.inside), (0.0, 0.0, 4.0));
    }

    #[test]
    fn saturated_pixels_count_and_are_flagged() {
        let mut data = ones();
        data[2 * SIZE + 1] = 10.0;
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
        let found = totals(&Pixels { saturation: 10.0, ..pixels(&image) });
        assert_eq!((found.apsum, found.flags), (15.5, Flags::SATURATED));
    }

    #[test]
    fn the_core_is_a_disc() {
        for (x, y, near) in [(2, 2, true), (3, 3, true), (4, 2, false), (0, 4, false)] {
            let mut data = ones();
            data[y * SIZE + x] = f64::NAN;
            let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
            assert_eq!(pixels(&image).core_is_bad(2.2, 2.1), near, "{x}, {y}");
            assert!(!pixels(&image).core_is_bad(-7.0, 2.0) && !pixels(&image).core_is_bad(1e300, 2.0));
        }
    }
}
