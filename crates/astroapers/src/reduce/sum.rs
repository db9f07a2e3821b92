//! The sum of pixel values times weights.
//!
//! A pixel that is masked or weighs nothing contributes nothing: its value is replaced by 0 before anything is
//! multiplied or added, so that a NaN or a huge number there leaves no trace. An unmasked NaN of some weight
//! makes the sum NaN. Pixels of full runs are added as they are, the others after one multiplication; never a
//! fused multiply-add, which would round differently from machine to machine.

use super::npix::Count;
use super::tile::{MaskTile, TILE, Total, blank, pieces, tile_sum, weigh};
use crate::image::Image;
use crate::span::SpanVisitor;

/// The sum over an aperture, and the number of pixels it was taken over.
///
/// ```
/// use astroapers::reduce::Sum;
///
/// let sum = Sum { sum: 30.0, npix: 12.0 };
/// assert_eq!(sum.sum / sum.npix, 2.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// Sum of pixel values times weights.
    pub sum: f64,
    /// Sum of weights.
    pub npix: f64,
}

impl Sum {
    /// What a source without a position or without a shape measures.
    pub const NAN: Self = Self { sum: f64::NAN, npix: f64::NAN };
}

/// Adds up the pixels of an image under an aperture.
///
/// ```
/// use astroapers::SpanVisitor;
/// use astroapers::image::Image;
/// use astroapers::reduce::{Sum, SumReducer};
///
/// let image = Image::from_slice(&[1.0, 10.0, f64::NAN, 100.0], 1, 4)?;
/// let mut reducer = SumReducer::new(&image);
/// reducer.full(0, 0, 1);
/// reducer.partial(0, 1, &[0.5, 0.0, 0.25]);
/// assert_eq!(reducer.value(None), Sum { sum: 31.0, npix: 1.75 });
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SumReducer<'a> {
    image: &'a Image<'a>,
    flags: MaskTile,
    tile: [f64; TILE],
    total: Total,
    count: Count,
}

impl<'a> SumReducer<'a> {
    /// A reducer that has seen no pixel yet.
    pub fn new(image: &'a Image<'a>) -> Self {
        Self {
            image,
            flags: MaskTile::new(),
            tile: [0.0; TILE],
            total: Total::default(),
            count: Count::default(),
        }
    }

    /// The sum so far; `area`, if the aperture has one, wholly inside the frame, takes the place of the number
    /// of pixels unless a mask hid some of it.
    pub fn value(&self, area: Option<f64>) -> Sum {
        Sum { sum: self.total.value(), npix: self.count.value(area) }
    }

    /// Forget all pixels, to begin with another aperture.
    pub fn clear(&mut self) {
        self.total = Total::default();
        self.count = Count::default();
    }
}

impl SpanVisitor for SumReducer<'_> {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        for (x, n) in pieces(x0, x1) {
            let tile = &mut self.tile[..n];
            self.image.load_row(y, x, tile);
            let masked = self.flags.load(self.image.masks(), y, x, n);
            blank(tile, masked);
            self.total.add(tile_sum(tile));
            self.count.full(n, masked);
        }
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        for ((x, n), weights) in pieces(x0, x0 + weights.len() as i64).zip(weights.chunks(TILE)) {
            let tile = &mut self.tile[..n];
            self.image.load_row(y, x, tile);
            let masked = self.flags.load(self.image.masks(), y, x, n);
            blank(tile, masked);
            weigh(tile, weights);
            self.total.add(tile_sum(tile));
            self.count.partial(weights, masked);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::View;

    #[test]
    fn a_three_by_three_aperture_by_hand() {
        #[rustfmt::skip]
        let data = [
            1.0, 2.0, 3.0,
            4.0, 5.0, 6.0,
            7.0, 8.0, 9.0,
        ];
        let image = Image::from_slice(&data, 3, 3).unwrap();
        let mut reducer = SumReducer::new(&image);
        // 0.25  0.5  0.25
        // 0.5   1    0.5
        // 0.25  0.5  0.25
        reducer.partial(0, 0, &[0.25, 0.5, 0.25]);
        reducer.partial(1, 0, &[0.5]);
        reducer.full(1, 1, 2);
        reducer.partial(1, 2, &[0.5]);
        reducer.partial(2, 0, &[0.25, 0.5, 0.25]);
        assert_eq!(reducer.value(None), Sum { sum: 20.0, npix: 4.0 });
        reducer.clear();
        assert_eq!(reducer.value(None), Sum::default());
    }

    #[test]
    fn neither_mask_nor_weight_zero_lets_a_value_through() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
            let data = [1.0, bad, 2.0, bad, 4.0, bad];
            let mask = [false, true, false, false, false, true];
            let image = Image::from_slice(&data, 1, 6).unwrap();
            let image = image.masked(View::from_slice(&mask, 1, 6).unwrap()).unwrap();
            let mut reducer = SumReducer::new(&image);
            reducer.full(0, 0, 3);
            reducer.partial(0, 3, &[0.0, 0.5, 0.75]);
            assert_eq!(reducer.value(Some(9.0)), Sum { sum: 5.0, npix: 2.5 });
        }
    }

    #[test]
    fn an_unmasked_nan_of_some_weight_makes_the_sum_nan() {
        let image = Image::from_slice(&[1.0, f64::NAN], 1, 2).unwrap();
        let mut reducer = SumReducer::new(&image);
        reducer.partial(0, 0, &[1.0, 1e-300]);
        assert!(reducer.value(None).sum.is_nan());
        assert_eq!(reducer.value(None).npix, 1.0);
    }

    #[test]
    fn a_million_pixels_lose_nothing() {
        // Values whose exact sum is known: each is 1 + i 2^-40, beyond what plain addition in f64 keeps.
        let n = 1_000_003_usize;
        let step = 2_f64.powi(-40);
        let data: Vec<f64> = (0..n).map(|i| 1.0 + i as f64 * step).collect();
        let image = Image::from_slice(&data, 1, n).unwrap();
        let mut reducer = SumReducer::new(&image);
        reducer.full(0, 0, n as i64);
        let exact = n as f64 + (n * (n - 1) / 2) as f64 * step;
        assert!((reducer.value(None).sum - exact).abs() <= 1e-15 * exact);
    }
}
