//! The sum of pixel values times weights.
//!
//! A pixel that is masked or weighs nothing contributes nothing: its value is replaced by 0 before anything is
//! multiplied or added, so that a NaN or a huge number there leaves no trace. An unmasked NaN of some weight
//! makes the sum NaN. Pixels of full runs are added as they are, the others after one multiplication; never a
//! fused multiply-add, which would round differently from machine to machine.

use fearless_simd::f64x8;

use super::npix::{Count, Unmasked};
use super::tile::{
    LANES, MaskTile, TILE, Totals, blank, group, lane_sums, last_group, native, native_sums, pieces, weighed,
};
use crate::image::{Image, NativeRows};
use crate::simd::{Simd, SimdBase, dispatch, level};
use crate::span::{SpanVisitor, Spans};

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
/// assert_eq!(reducer.value(), Sum { sum: 31.0, npix: 1.75 });
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SumReducer<'a> {
    image: &'a Image<'a>,
    flags: MaskTile,
    unmasked: Unmasked,
    tile: [f64; TILE],
    totals: Totals,
    count: Count,
    /// The number of pixels, if that is known unless a mask hides some.
    area: Option<f64>,
}

impl<'a> SumReducer<'a> {
    /// A reducer that has seen no pixel yet.
    pub fn new(image: &'a Image<'a>) -> Self {
        Self {
            image,
            flags: MaskTile::new(),
            unmasked: Unmasked::new(),
            tile: [0.0; TILE],
            totals: Totals::default(),
            count: Count::default(),
            area: None,
        }
    }

    /// Forget all pixels, to begin with another aperture. If that lies wholly inside the frame, its `area` takes the place of
    /// the number of pixels unless a mask hides some of it.
    pub fn begin(&mut self, area: Option<f64>) {
        self.totals = Totals::default();
        self.count = Count::default();
        self.area = area;
    }

    /// The sum so far.
    pub fn value(&self) -> Sum {
        self.value_of(self.area)
    }

    /// The sum so far of an aperture that has turned out to have this area wholly inside the frame.
    pub(crate) fn value_of(&self, area: Option<f64>) -> Sum {
        Sum { sum: self.totals.value(), npix: self.count.value(area) }
    }

    /// The same reducer for a rasteriser that runs on a level.
    #[inline(always)]
    pub(crate) fn on<S: Simd>(&mut self, simd: S) -> SumOn<'_, 'a, S> {
        SumOn { simd, reducer: self }
    }

    /// Add some whole pixels, at most a tile, of which none is masked.
    #[inline(always)]
    fn add_whole<S: Simd>(&mut self, simd: S, y: i64, x: i64, n: usize) {
        let sum = if let Some(pixels) = self.image.native_f64(y, x, n, n) {
            native_sums(simd, pixels)
        } else {
            self.image.load_padded(simd, y, x, n, &mut self.tile);
            lane_sums(simd, &self.tile[..n])
        };
        self.totals.add(simd, sum);
    }

    /// Add some pixels times their weights, at most a tile.
    #[inline(always)]
    fn add_weighted<S: Simd>(&mut self, simd: S, y: i64, x: i64, weights: &[f64]) {
        let n = weights.len();
        let masked = self.flags.load(self.image.masks(), y, x, n);
        let (weights, lost) = self.unmasked.of(weights, masked);
        let mut sum = f64x8::splat(simd, 0.0);
        if let Some(pixels) = self.image.native_f64(y, x, n, n) {
            let (groups, rest) = pixels.as_chunks::<LANES>();
            for (pixels, weights) in groups.iter().zip(weights.as_chunks::<LANES>().0) {
                sum += weighed(simd, native(simd, pixels), f64x8::from_slice(simd, weights));
            }
            if !rest.is_empty() {
                sum += weighed(simd, last_group(simd, rest), group(simd, &weights[n - rest.len()..]));
            }
        } else {
            // What is beyond the pixels is anything, and weighs nothing.
            self.image.load_padded(simd, y, x, n, &mut self.tile);
            for (values, weights) in self.tile.as_chunks::<LANES>().0.iter().zip(weights.chunks(LANES)) {
                sum += weighed(simd, group(simd, values), group(simd, weights));
            }
        }
        self.totals.add(simd, sum);
        if self.area.is_none() || !self.image.masks().is_empty() {
            self.count.partial(simd, weights, lost);
        }
    }

    /// Add all pixels of some spans, of which none is masked and none has to be counted; `rows` are those of the image, if they
    /// can be read where they lie.
    ///
    /// In the same order as one by one, but with the totals in registers. Nothing is done about values under weight 0: if they
    /// are finite, their products are zeros. If not, the total is not finite either, and what was added is forgotten.
    #[inline(always)]
    fn add_together<S: Simd>(&mut self, simd: S, spans: &Spans<'_>, rows: Option<NativeRows<'_>>) -> bool {
        let before = self.totals;
        let mut totals = self.totals.running(simd);
        for span in spans.list {
            let (y, x, n) = (spans.row(span), spans.column(span), span.n as usize);
            let Some(rows) = rows else {
                for (x, n) in pieces(x, x + n as i64) {
                    self.image.load_padded(simd, y, x, n, &mut self.tile);
                    totals.add(match spans.weights(span) {
                        None => lane_sums(simd, &self.tile[..n]),
                        Some(weights) => {
                            let from = (x - spans.column(span)) as usize;
                            let weights = &weights[from..][..n.next_multiple_of(LANES)];
                            dot(simd, &self.tile, weights)
                        }
                    });
                }
                continue;
            };
            match spans.weights(span) {
                None => {
                    for pixels in rows.get(y, x, n).unwrap_or_default().chunks(TILE) {
                        totals.add(native_sums(simd, pixels));
                    }
                }
                // Beyond the span are zeros, and pixels that do not count.
                Some(weights) => match rows.get(y, x, weights.len()) {
                    Some(pixels) if weights.len() <= TILE => totals.add(dot_native(simd, pixels, weights)),
                    Some(pixels) => {
                        for (pixels, weights) in pixels.chunks(TILE).zip(weights.chunks(TILE)) {
                            totals.add(dot_native(simd, pixels, weights));
                        }
                    }
                    // Or the end of memory.
                    None => {
                        self.totals.keep(totals);
                        self.on(simd).partial(y, x, &weights[..n]);
                        totals = self.totals.running(simd);
                    }
                },
            }
        }
        self.totals.keep(totals);
        let finite = self.totals.is_finite();
        if !finite {
            self.totals = before;
        }
        finite
    }
}

/// The sum of whole groups of pixels times their weights, lane by lane; a pixel that is not finite shows whatever its weight.
#[inline(always)]
fn dot_native<S: Simd>(simd: S, pixels: &[[u8; 8]], weights: &[f64]) -> f64x8<S> {
    let mut sum = f64x8::splat(simd, 0.0);
    for (pixels, weights) in pixels.as_chunks::<LANES>().0.iter().zip(weights.as_chunks::<LANES>().0) {
        sum += native(simd, pixels) * f64x8::from_slice(simd, weights);
    }
    sum
}

/// The same of pixels that have been loaded; what is beyond the weights does not count.
#[inline(always)]
fn dot<S: Simd>(simd: S, values: &[f64], weights: &[f64]) -> f64x8<S> {
    let mut sum = f64x8::splat(simd, 0.0);
    for (values, weights) in values.as_chunks::<LANES>().0.iter().zip(weights.as_chunks::<LANES>().0) {
        sum += f64x8::from_slice(simd, values) * f64x8::from_slice(simd, weights);
    }
    sum
}

impl SpanVisitor for SumReducer<'_> {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        dispatch!(level(), simd => self.on(simd).full(y, x0, x1));
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        dispatch!(level(), simd => self.on(simd).partial(y, x0, weights));
    }
}

/// A [`SumReducer`] that is compiled for a level, together with the rasteriser that shows it the pixels.
pub(crate) struct SumOn<'r, 'a, S> {
    simd: S,
    reducer: &'r mut SumReducer<'a>,
}

impl<S: Simd> SpanVisitor for SumOn<'_, '_, S> {
    #[inline(always)]
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        let Self { simd, reducer } = self;
        for (x, n) in pieces(x0, x1) {
            match reducer.flags.load(reducer.image.masks(), y, x, n) {
                None => {
                    reducer.count.full(n, None);
                    reducer.add_whole(*simd, y, x, n);
                }
                Some(masked) => {
                    reducer.count.full(n, Some(masked));
                    let tile = &mut reducer.tile[..n];
                    reducer.image.load_row(y, x, tile);
                    blank(tile, Some(masked));
                    let sum = lane_sums(*simd, tile);
                    reducer.totals.add(*simd, sum);
                }
            }
        }
    }

    #[inline(always)]
    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        for ((x, _), weights) in pieces(x0, x0 + weights.len() as i64).zip(weights.chunks(TILE)) {
            self.reducer.add_weighted(self.simd, y, x, weights);
        }
    }

    #[inline(always)]
    fn spans(&mut self, spans: Spans<'_>) {
        let Self { simd, reducer } = self;
        // No closures here: they would be compiled without the level's instructions.
        if reducer.area.is_some() && reducer.image.masks().are_clear(spans) {
            let rows = reducer.image.native_rows(spans.window);
            if reducer.add_together(*simd, &spans, rows) {
                return;
            }
        }
        spans.each(self);
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
        assert_eq!(reducer.value(), Sum { sum: 20.0, npix: 4.0 });
        reducer.begin(None);
        assert_eq!(reducer.value(), Sum::default());
    }

    #[test]
    fn neither_mask_nor_weight_zero_lets_a_value_through() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
            let data = [1.0, bad, 2.0, bad, 4.0, bad];
            let mask = [false, true, false, false, false, true];
            let image = Image::from_slice(&data, 1, 6).unwrap();
            let image = image.masked(View::from_slice(&mask, 1, 6).unwrap()).unwrap();
            let mut reducer = SumReducer::new(&image);
            reducer.begin(Some(9.0));
            reducer.full(0, 0, 3);
            reducer.partial(0, 3, &[0.0, 0.5, 0.75]);
            assert_eq!(reducer.value(), Sum { sum: 5.0, npix: 2.5 });
        }
    }

    #[test]
    fn an_unmasked_nan_of_some_weight_makes_the_sum_nan() {
        let image = Image::from_slice(&[1.0, f64::NAN], 1, 2).unwrap();
        let mut reducer = SumReducer::new(&image);
        reducer.partial(0, 0, &[1.0, 1e-300]);
        assert!(reducer.value().sum.is_nan());
        assert_eq!(reducer.value().npix, 1.0);
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
        assert!((reducer.value().sum - exact).abs() <= 1e-15 * exact);
    }
}
