//! The pixel values under an aperture, as they are.
//!
//! Values are copied byte for byte and never pass through `f64`, which could not hold every 64-bit integer.

use super::tile::{MaskTile, TILE, is_masked, pieces};
use crate::error::{ApertureError, Result};
use crate::image::{Dtype, Image, Masks};
use crate::span::SpanVisitor;

/// Pixel values of one or many apertures, one after another.
///
/// ```
/// use astroapers::reduce::Values;
///
/// let none = Values::default();
/// assert!(none.bytes.is_empty() && none.yy.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The values in the image's dtype and this machine's byte order.
    pub bytes: Vec<u8>,
    /// Where, counted in pixels, each aperture's values begin; one more for the end of the last.
    pub offsets: Vec<i64>,
    /// Row of each value, if asked for.
    pub yy: Vec<i64>,
    /// Column of each value, if asked for.
    pub xx: Vec<i64>,
}

impl Values {
    /// Make room for about so many more pixels.
    pub(crate) fn reserve(&mut self, pixels: usize, dtype: Dtype, with_pixels: bool) {
        self.bytes.reserve_exact(pixels * dtype.size());
        if with_pixels {
            self.yy.reserve_exact(pixels);
            self.xx.reserve_exact(pixels);
        }
    }
}

/// Collects the values of all pixels that weigh something and are not masked, row by row.
///
/// ```
/// use astroapers::SpanVisitor;
/// use astroapers::image::Image;
/// use astroapers::reduce::{Values, ValuesReducer};
///
/// let image = Image::from_slice(&[1_u8, 2, 3, 4], 1, 4)?;
/// let mut values = Values::default();
/// let mut reducer = ValuesReducer::new(&image, true, &mut values);
/// reducer.partial(0, 0, &[0.0, 0.5]);
/// reducer.full(0, 2, 4);
/// assert_eq!((values.bytes, values.xx), (vec![2, 3, 4], vec![1, 2, 3]));
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Debug)]
pub struct ValuesReducer<'a> {
    image: &'a Image<'a>,
    with_pixels: bool,
    values: &'a mut Values,
}

impl<'a> ValuesReducer<'a> {
    /// A reducer that appends to `values`; with their rows and columns if `with_pixels`.
    pub fn new(image: &'a Image<'a>, with_pixels: bool, values: &'a mut Values) -> Self {
        Self { image, with_pixels, values }
    }

    /// Append whole runs of pixels, of which none is masked.
    fn append(&mut self, y: i64, x: i64, n: usize) {
        self.image.append_native(y, x, n, &mut self.values.bytes);
        if self.with_pixels {
            self.values.yy.resize(self.values.yy.len() + n, y);
            self.values.xx.extend(x..x + n as i64);
        }
    }
}

impl SpanVisitor for ValuesReducer<'_> {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        whole(self.image.masks(), y, (x0, x1), |x, n| self.append(y, x, n));
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        weighing(self.image.masks(), y, x0, weights, |x, n| self.append(y, x, n));
    }
}

/// Counts all pixels that weigh something and are not masked: those that a [`ValuesReducer`] collects.
pub(crate) struct PixelCount<'a> {
    masks: &'a Masks<'a>,
    pixels: usize,
}

impl<'a> PixelCount<'a> {
    pub(crate) const fn new(masks: &'a Masks<'a>) -> Self {
        Self { masks, pixels: 0 }
    }

    pub(crate) const fn value(&self) -> usize {
        self.pixels
    }
}

impl SpanVisitor for PixelCount<'_> {
    #[inline(always)]
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        whole(self.masks, y, (x0, x1), |_, n| self.pixels += n);
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        weighing(self.masks, y, x0, weights, |_, n| self.pixels += n);
    }
}

/// Where the values of one aperture are to be written; empty where no rows and columns are asked for.
#[derive(Debug, Default)]
pub(crate) struct ValueSlot<'v> {
    bytes: &'v mut [u8],
    yy: &'v mut [i64],
    xx: &'v mut [i64],
}

impl<'v> ValueSlot<'v> {
    /// The slots of apertures whose values begin at `offsets`; rows and columns are asked for if there is any room for them. `None`
    /// unless the room is just as large.
    pub(crate) fn each(
        offsets: &[i64],
        dtype: Dtype,
        (mut bytes, mut yy, mut xx): (&'v mut [u8], &'v mut [i64], &'v mut [i64]),
    ) -> Option<Vec<Self>> {
        let with_pixels = !(yy.is_empty() && xx.is_empty());
        let slot = |pair: &[i64]| {
            let count = usize::try_from(pair[1].checked_sub(pair[0])?).ok()?;
            let indices = if with_pixels { count } else { 0 };
            Some(Self {
                bytes: bytes.split_off_mut(..count.checked_mul(dtype.size())?)?,
                yy: yy.split_off_mut(..indices)?,
                xx: xx.split_off_mut(..indices)?,
            })
        };
        let slots: Option<Vec<Self>> = offsets.windows(2).map(slot).collect();
        slots.filter(|_| bytes.is_empty() && yy.is_empty() && xx.is_empty())
    }
    /// A visitor that fills the slot.
    pub(crate) fn on<'s>(&'s mut self, image: &'s Image<'s>) -> SlotFiller<'s> {
        let left = ValueSlot { bytes: self.bytes, yy: self.yy, xx: self.xx };
        SlotFiller { image, size: image.dtype().size(), left, fits: true }
    }
}

/// Writes what a [`ValuesReducer`] collects into a [`ValueSlot`] of as many pixels.
pub(crate) struct SlotFiller<'s> {
    image: &'s Image<'s>,
    /// Of a pixel, in bytes.
    size: usize,
    /// What has not been written yet.
    left: ValueSlot<'s>,
    /// Whether there was room for all pixels so far.
    fits: bool,
}

impl SlotFiller<'_> {
    #[inline(always)]
    fn put(&mut self, y: i64, x: i64, n: usize) {
        let Self { image, size, left, fits } = self;
        let Some(bytes) = left.bytes.split_off_mut(..n * *size) else {
            *fits = false;
            return;
        };
        image.copy_native(y, x, n, bytes);
        if let Some(rows) = left.yy.split_off_mut(..n) {
            rows.fill(y);
        }
        if let Some(columns) = left.xx.split_off_mut(..n) {
            for (column, x) in columns.iter_mut().zip(x..) {
                *column = x;
            }
        }
    }

    /// Fail unless the pixels that came are as many as there is room for.
    ///
    /// They are those that were counted before, unless somebody writes to a mask meanwhile.
    pub(crate) fn finish(self) -> Result<()> {
        if self.fits && self.left.bytes.is_empty() {
            return Ok(());
        }
        let text = "the mask lets another number of pixels through than before: nobody must write to it during the call";
        Err(ApertureError::Layout(text.to_owned()))
    }
}

impl SpanVisitor for SlotFiller<'_> {
    #[inline(always)]
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        if self.image.masks().is_empty() {
            self.put(y, x0, (x1 - x0) as usize);
            return;
        }
        whole(self.image.masks(), y, (x0, x1), |x, n| self.put(y, x, n));
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        weighing(self.image.masks(), y, x0, weights, |x, n| self.put(y, x, n));
    }
}

/// Call `take` with the first and the number of pixels of each run between `x0` and `x1` that is not masked.
#[inline(always)]
fn whole(masks: &Masks<'_>, y: i64, (x0, x1): (i64, i64), mut take: impl FnMut(i64, usize)) {
    if masks.is_empty() {
        take(x0, (x1 - x0) as usize);
        return;
    }
    let mut flags = MaskTile::new();
    for (x, n) in pieces(x0, x1) {
        match flags.load(masks, y, x, n) {
            None => take(x, n),
            Some(masked) => clear(masked, x, &mut take),
        }
    }
}

/// The same for pixels with weights, of those that weigh something.
fn weighing(masks: &Masks<'_>, y: i64, x0: i64, weights: &[f64], mut take: impl FnMut(i64, usize)) {
    let mut flags = MaskTile::new();
    for ((x, n), weights) in pieces(x0, x0 + weights.len() as i64).zip(weights.chunks(TILE)) {
        let masked = flags.load(masks, y, x, n);
        if masked.is_none() && !weights.contains(&0.0) {
            take(x, n);
            continue;
        }
        let mut unwanted = [false; TILE];
        for (i, (unwanted, &weight)) in unwanted.iter_mut().zip(weights).enumerate() {
            *unwanted = weight == 0.0 || is_masked(masked, i);
        }
        clear(&unwanted[..n], x, &mut take);
    }
}

/// Call `take` with each run of pixels from `x` on whose flags are not set.
fn clear(flags: &[bool], x: i64, take: &mut impl FnMut(i64, usize)) {
    let mut x = x;
    for run in flags.chunk_by(|one, next| one == next) {
        if !run[0] {
            take(x, run.len());
        }
        x += run.len() as i64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::View;

    #[test]
    fn values_of_64_bits_are_copied_whole() {
        let data = [u64::MAX, u64::MAX - 1, 1, 2];
        let image = Image::from_slice(&data, 1, 4).unwrap();
        let mut values = Values::default();
        let mut reducer = ValuesReducer::new(&image, false, &mut values);
        reducer.partial(0, 0, &[1e-300, 1.0, 0.0, 0.0]);
        reducer.full(0, 3, 4);
        let expected = [u64::MAX, u64::MAX - 1, 2].map(u64::to_ne_bytes).concat();
        assert_eq!(values, Values { bytes: expected, ..Values::default() });
    }

    #[test]
    fn masked_pixels_are_left_out_and_rows_and_columns_follow() {
        let data: Vec<u8> = (0..200).collect();
        let mask: Vec<bool> = (0..200).map(|i| i % 3 == 0).collect();
        let image = Image::from_slice(&data, 2, 100).unwrap();
        let image = image.masked(View::from_slice(&mask, 2, 100).unwrap()).unwrap();
        let mut values = Values::default();
        let mut reducer = ValuesReducer::new(&image, true, &mut values);
        reducer.full(0, 0, 100);
        reducer.partial(1, 0, &[0.5; 100]);
        let expected: Vec<u8> = (0..200).filter(|i| i % 3 != 0).collect();
        assert_eq!(values.bytes, expected);
        let position = |(&y, &x): (&i64, &i64)| (y * 100 + x) as u8;
        assert_eq!(values.yy.iter().zip(&values.xx).map(position).collect::<Vec<_>>(), expected);
    }
}
