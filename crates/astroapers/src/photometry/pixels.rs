//! Which pixels of an image are good.
//!
//! A pixel is bad if it is masked, not finite, or has no valid error.

use super::errors::Errors;
use super::flags::Flags;
use crate::image::Image;

/// A bad pixel whose centre is this close to the position spoils the core of a star \[pixel\].
pub(crate) const CORE: f64 = 1.5;

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
pub(super) struct Pixel {
    pub(super) value: f64,
    /// 0 if there are no errors.
    pub(super) variance: f64,
    pub(super) flaw: Flags,
}

impl Pixel {
    pub(super) fn new(value: f64, masked: bool, variance: f64) -> Self {
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
    pub(super) fn interpolated(&self, x: i64, y: i64) -> Option<(f64, f64, f64)> {
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

    /// What there is to know of some pixels, and whether any is masked. Without errors all variances are 0.
    pub(super) fn load(
        &self,
        y: i64,
        x0: i64,
        values: &mut [f64],
        masked: &mut [bool],
        variances: &mut [f64],
    ) -> bool {
        if values.is_empty() {
            return false;
        }
        self.image.load_row(y, x0, values);
        match &self.errors {
            Some(errors) => errors.load_variances(y, x0, variances),
            None => variances.fill(0.0),
        }
        self.image.masks().load(y, x0, masked)
    }

    /// Whether every pixel of some weight counts unless its value is not finite.
    pub(crate) fn is_plain(&self) -> bool {
        self.image.masks().is_empty()
            && self.errors.is_none()
            && self.saturation == f64::INFINITY
            && !self.photons
    }
}

#[cfg(test)]
impl<'a> Pixels<'a> {
    /// An image and nothing else.
    pub(super) const fn plain(image: &'a Image<'a>) -> Self {
        Self { image, errors: None, saturation: f64::INFINITY, masked: Masked::Exclude, photons: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_is_a_disc() {
        const SIZE: usize = 5;
        for (x, y, near) in [(2, 2, true), (3, 3, true), (4, 2, false), (0, 4, false)] {
            let mut data = [3.0; SIZE * SIZE];
            data[y * SIZE + x] = f64::NAN;
            let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
            let pixels = Pixels::plain(&image);
            assert_eq!(pixels.core_is_bad(2.2, 2.1), near, "{x}, {y}");
            assert!(!pixels.core_is_bad(-7.0, 2.0) && !pixels.core_is_bad(1e300, 2.0));
        }
    }
}
