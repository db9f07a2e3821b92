//! The sum of pixel values times weights.
//!
//! A pixel that is masked or weighs nothing contributes nothing: its value is replaced by 0 before anything is
//! multiplied or added, so that a NaN or a huge number there leaves no trace. An unmasked NaN of some weight
//! makes the sum NaN. Pixels of full runs are added as they are, the others after one multiplication; never a
//! fused multiply-add, which would round differently from machine to machine.

use fearless_simd::f64x8;

use super::flags::Flags;
use super::npix::{Count, Unmasked};
use super::reading::{Decoded, InPlace, Reading};
use super::tile::{LANES, MaskTile, TILE, Totals, blank, group, lane_sums, pieces, weighed};
use crate::image::{Image, Rows};
use crate::simd::{Simd, SimdBase, dispatch, level};
use crate::span::{SpanVisitor, Spans};
use crate::window::Window;

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
        let run = Window { x0: x, x1: x + n as i64, y0: y, y1: y + 1 };
        let mut totals = self.totals.running(simd);
        match self.image.f64_rows(run) {
            Some(rows) if !rows.are_swapped() => {
                InPlace::<false>(rows).add_whole(simd, (y, x), n, &mut self.tile, &mut totals);
            }
            _ => Decoded(self.image).add_whole(simd, (y, x), n, &mut self.tile, &mut totals),
        }
        self.totals.keep(totals);
    }

    /// Add some pixels times their weights, at most a tile.
    #[inline(always)]
    fn add_weighted<S: Simd>(&mut self, simd: S, y: i64, x: i64, weights: &[f64]) {
        let n = weights.len();
        let masked = self.flags.load(self.image.masks(), y, x, n);
        let (weights, lost) = self.unmasked.of(weights, masked);
        let mut sum = f64x8::splat(simd, 0.0);
        // What is beyond the pixels is anything, and weighs nothing.
        self.image.load_padded(simd, y, x, n, &mut self.tile);
        for (values, weights) in self.tile.as_chunks::<LANES>().0.iter().zip(weights.chunks(LANES)) {
            sum += weighed(simd, group(simd, values), group(simd, weights));
        }
        self.totals.add(simd, sum);
        if self.area.is_none() || !self.image.masks().is_empty() {
            self.count.partial(simd, weights, lost);
        }
    }

    /// Add all pixels of some spans, of which none is masked and none has to be counted.
    ///
    /// In the same order as one by one, but with the totals in registers. Nothing is done about values under weight 0: if they
    /// are finite, their products are zeros. If not, the total is not finite either, and what was added is forgotten.
    #[inline(always)]
    fn add_together<S: Simd, R: Reading>(&mut self, simd: S, spans: &Spans<'_>, reading: R) -> bool {
        let before = self.totals;
        let mut totals = self.totals.running(simd);
        for span in spans.list {
            let (y, x, n) = (spans.row(span), spans.column(span), span.n as usize);
            let at = (y, x);
            match spans.weights(span) {
                None => reading.add_whole(simd, at, n, &mut self.tile, &mut totals),
                // Beyond the span are zeros, and pixels that do not count.
                Some(weights) => {
                    if !reading.add_weighted(simd, at, n, weights, &mut self.tile, &mut totals) {
                        self.totals.keep(totals);
                        self.on(simd).partial(y, x, &weights[..n]);
                        totals = self.totals.running(simd);
                    }
                }
            }
        }
        self.totals.keep(totals);
        let finite = self.totals.is_finite();
        if !finite {
            self.totals = before;
        }
        finite
    }

    /// Add and count all pixels of some spans that a mask leaves, whose flags are these.
    ///
    /// In the same order as one by one, but with totals and counts in registers.
    #[inline(always)]
    fn add_masked<S: Simd, R: Reading>(
        &mut self,
        simd: S,
        spans: &Spans<'_>,
        reading: R,
        flags: Rows<'_, 1>,
    ) {
        let zero = f64x8::splat(simd, 0.0);
        let mut totals = self.totals.running(simd);
        let mut count = self.count.counting(simd);
        for span in spans.list {
            let (y, x, n) = (spans.row(span), spans.column(span), span.n as usize);
            let weights = spans.weights(span);
            let mut from = 0;
            while from < n {
                let (x, left) = (x + from as i64, (n - from).min(TILE));
                let bytes = flags.get(y, x, left.next_multiple_of(LANES));
                let groups = reading.groups(simd, (y, x), left, &mut self.tile);
                if let (Some(bytes), Some(groups)) = (bytes, groups) {
                    let bytes = bytes.as_flattened().as_chunks::<LANES>().0;
                    let (mut sum, mut edge) = (zero, zero);
                    for (i, (bytes, pixels)) in bytes.iter().zip(groups).enumerate() {
                        let (flags, pixels) = (Flags::new(bytes), R::numbers(simd, pixels));
                        if let Some(weights) = weights {
                            let seen = f64x8::from_slice(simd, &weights[from + LANES * i..][..LANES]);
                            let kept = flags.blank(simd, seen);
                            count.lose(seen, kept);
                            edge += kept;
                            sum += weighed(simd, pixels, kept);
                        } else {
                            let within = left - LANES * i;
                            let skipped = flags.or(Flags::beyond(within));
                            if skipped.are_clear() {
                                sum += pixels;
                            } else {
                                count.hide(flags.first(within).count());
                                sum += skipped.blank(simd, pixels);
                            }
                        }
                    }
                    totals.add(sum);
                    if weights.is_some() {
                        count.partial(edge);
                    } else {
                        count.full(left);
                    }
                } else {
                    // The end of memory.
                    self.totals.keep(totals);
                    self.count.keep(count);
                    match weights {
                        Some(weights) => self.on(simd).partial(y, x, &weights[from..from + left]),
                        None => self.on(simd).full(y, x, x + left as i64),
                    }
                    totals = self.totals.running(simd);
                    count = self.count.counting(simd);
                }
                from += left;
            }
        }
        self.totals.keep(totals);
        self.count.keep(count);
    }

    /// Show some spans to those who take them together, if they can.
    #[inline(always)]
    fn add_spans<S: Simd, R: Reading>(&mut self, simd: S, spans: &Spans<'_>, reading: R) -> bool {
        let masks = self.image.masks();
        if self.area.is_some() && masks.are_clear(*spans) && self.add_together(simd, spans, reading) {
            return true;
        }
        let Some(flags) = masks.rows(spans.window) else { return false };
        self.add_masked(simd, spans, reading, flags);
        true
    }
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
        let done = match reducer.image.f64_rows(spans.window) {
            Some(rows) if rows.are_swapped() => reducer.add_spans(*simd, &spans, InPlace::<true>(rows)),
            Some(rows) => reducer.add_spans(*simd, &spans, InPlace::<false>(rows)),
            None => reducer.add_spans(*simd, &spans, Decoded(reducer.image)),
        };
        if done {
            return;
        }
        spans.each(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Dtype, View};
    use crate::simd::Level;
    use crate::span::{GROUP, Span};

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

    /// Spans of all lengths, the last one up to the last pixel, whole and with weights of which some are 0.
    fn spans_of(weights: &mut Vec<f64>) -> Vec<Span> {
        let mut list = Vec::new();
        for (row, n) in [1, 3, 7, 8, 9, 16, 63, 64, 65, 100, 150].into_iter().enumerate() {
            for (column, whole) in [(150 - n, true), (300 - n, row % 2 == 1)] {
                let at = if whole { Span::WHOLE } else { weights.len() as u32 };
                list.push(Span { row: row as i32, column: column as i32, n: n as u32, at });
                if !whole {
                    weights.extend((0..n).map(|i| [0.3, 0.0, 0.7, 1.0, 1e-17][i % 5]));
                    weights.resize(weights.len().next_multiple_of(GROUP), 0.0);
                }
            }
        }
        list
    }

    #[test]
    fn spans_together_are_added_as_spans_one_by_one() {
        const SHAPE: (usize, usize) = (11, 300);
        const N: usize = SHAPE.0 * SHAPE.1;
        let mut weights = Vec::new();
        let list = spans_of(&mut weights);
        let window = Window::frame(SHAPE.0, SHAPE.1);
        let spans = Spans { origin: (0, 0), list: &list, weights: &weights, window, all: true };

        let values: Vec<f64> = (0..N).map(|i| (i as f64 * 0.7).sin() * 1e3).collect();
        let one_in = |k: usize, value: u8| (0..N).map(|i| u8::from(i % k == 0) * value).collect::<Vec<u8>>();
        let view =
            |bytes| View::from_bytes(bytes, 0, SHAPE, (SHAPE.1 as isize, 1), Dtype::U1, false).unwrap();
        let (many, few, none) = (one_in(3, 255), one_in(97, 2), one_in(N + 1, 1).to_vec());
        let none = [&[0], &none[1..]].concat();
        let masks =
            [vec![], vec![view(&many)], vec![view(&few)], vec![view(&none)], vec![view(&few), view(&many)]];

        for bad in [None, Some(f64::NAN), Some(f64::INFINITY)] {
            let mut values = values.clone();
            for i in (0..N).filter(|i| i % 97 == 0) {
                values[i] = bad.unwrap_or(values[i]);
            }
            let native: Vec<u8> = values.iter().flat_map(|v| v.to_ne_bytes()).collect();
            let swapped: Vec<u8> =
                values.iter().flat_map(|v| v.to_bits().swap_bytes().to_ne_bytes()).collect();
            let strides = (8 * SHAPE.1 as isize, 8);
            let plain = View::from_bytes(&native, 0, SHAPE, strides, Dtype::F8, false).unwrap();
            let other = View::from_bytes(&swapped, 0, SHAPE, strides, Dtype::F8, true).unwrap();
            let gapped: Vec<f64> = values.iter().flat_map(|&v| [v, f64::NAN]).collect();
            let gapped: Vec<u8> = gapped.iter().flat_map(|v| v.to_ne_bytes()).collect();
            let strided =
                View::from_bytes(&gapped, 0, SHAPE, (16 * SHAPE.1 as isize, 16), Dtype::F8, false).unwrap();
            for masks in &masks {
                for area in [None, Some(77.7)] {
                    let mut expected = None;
                    for pixels in [plain, other, strided] {
                        let image =
                            masks.iter().fold(Image::new(pixels), |image, mask| image.masked(*mask).unwrap());
                        for level in Level::all() {
                            let (mut single, mut together) =
                                (SumReducer::new(&image), SumReducer::new(&image));
                            single.begin(area);
                            together.begin(area);
                            dispatch!(level, simd => {
                                spans.each(&mut single.on(simd));
                                together.on(simd).spans(spans);
                            });
                            let bits = |sum: Sum| {
                                [sum.sum, sum.npix].map(|v| if v.is_nan() { 0 } else { v.to_bits() })
                            };
                            let one = *expected.get_or_insert(bits(single.value()));
                            assert_eq!(bits(single.value()), one);
                            assert_eq!(
                                bits(together.value()),
                                one,
                                "{bad:?}, {} masks, {area:?}",
                                masks.len()
                            );
                        }
                    }
                }
            }
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
