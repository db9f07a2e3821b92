//! The sum of pixel values times weights.
//!
//! A pixel that is masked or weighs nothing contributes nothing: its value is replaced by 0 before anything is
//! multiplied or added, so that a NaN or a huge number there leaves no trace. An unmasked NaN of some weight
//! makes the sum NaN. Pixels of full runs are added as they are, the others after one multiplication; never a
//! fused multiply-add, which would round differently from machine to machine.

use fearless_simd::f64x8;

use super::flags::Flags;
use super::npix::{Count, Counting, Unmasked};
use super::reading::{Decoded, InPlace, Plain, Reading};
use super::tile::{LANES, MaskTile, TILE, Totals, blank, group, lane_sums, pieces, weighed};
use crate::image::{Dtype, Image, Rows};
use crate::simd::{Simd, SimdBase, dispatch, level, vectorized};
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
        let mut totals = self.totals.running(simd);
        Decoded(self.image).add_whole(simd, (y, x), n, &mut self.tile, &mut totals);
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
            match spans.weights(span) {
                None => reading.add_whole(simd, (y, x), n, &mut self.tile, &mut totals),
                // Beyond the span are zeros, and pixels that do not count.
                Some(weights) => {
                    if !reading.add_weighted(simd, (y, x), n, weights, &mut self.tile, &mut totals) {
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
        let mut totals = self.totals.running(simd);
        let mut count = self.count.counting(simd);
        for span in spans.list {
            let (y, x, n) = (spans.row(span), spans.column(span), span.n as usize);
            let weights = spans.weights(span);
            let mut from = 0;
            while from < n {
                let (x, left) = (x + from as i64, (n - from).min(TILE));
                let weights = weights.map(|weights| &weights[from..]);
                from += left;
                let bytes = flags.get(y, x, left.next_multiple_of(LANES));
                let groups = reading.groups(simd, (y, x), left, &mut self.tile);
                if let (Some(bytes), Some(groups)) = (bytes, groups) {
                    let bytes = bytes.as_flattened().as_chunks().0;
                    totals.add(match weights {
                        Some(weights) => left_of_edge::<S, R>(simd, groups, bytes, weights, &mut count),
                        None => left_of_whole::<S, R>(simd, groups, bytes, left, &mut count),
                    });
                } else {
                    // The end of memory.
                    self.totals.keep(totals);
                    self.count.keep(&count);
                    match weights {
                        Some(weights) => self.on(simd).partial(y, x, &weights[..left]),
                        None => self.on(simd).full(y, x, x + left as i64),
                    }
                    totals = self.totals.running(simd);
                    count = self.count.counting(simd);
                }
            }
        }
        self.totals.keep(totals);
        self.count.keep(&count);
    }

    /// Add some spans together, if possible.
    #[inline(always)]
    fn add_spans<S: Simd, R: Reading>(&mut self, simd: S, spans: &Spans<'_>, reading: R) -> bool {
        let masks = self.image.masks();
        let countable = self.area.is_some() || spans.weights.is_empty();
        if countable && masks.are_clear(*spans) && self.add_together(simd, spans, reading) {
            self.count.all(spans);
            return true;
        }
        let Some(flags) = masks.rows(spans.window) else { return false };
        self.add_masked(simd, spans, reading, flags);
        true
    }

    /// The same of pixels of type `T`, where they lie if that is possible.
    ///
    /// Compiled once for each level and type, whoever shows the spans.
    #[inline(never)]
    fn add_in_place<S: Simd, T: Plain<SIZE>, const SIZE: usize>(
        &mut self,
        simd: S,
        spans: &Spans<'_>,
    ) -> bool {
        match self.image.rows::<T, SIZE>(spans.window) {
            Some(rows) if rows.are_swapped() => vectorized(
                simd,
                #[inline(always)]
                || self.add_spans(simd, spans, InPlace::<T, SIZE, true>::new(rows)),
            ),
            Some(rows) => vectorized(
                simd,
                #[inline(always)]
                || self.add_spans(simd, spans, InPlace::<T, SIZE, false>::new(rows)),
            ),
            None => self.add_decoded(simd, spans),
        }
    }

    /// The same of pixels of any type and layout.
    #[inline(never)]
    fn add_decoded<S: Simd>(&mut self, simd: S, spans: &Spans<'_>) -> bool {
        vectorized(
            simd,
            #[inline(always)]
            || self.add_spans(simd, spans, Decoded(self.image)),
        )
    }
}

/// Sum and count what a mask leaves of a tile of pixels times their weights.
#[inline(always)]
fn left_of_edge<S: Simd, R: Reading>(
    simd: S,
    groups: &[R::Group],
    flags: &[[u8; LANES]],
    weights: &[f64],
    count: &mut Counting<S>,
) -> f64x8<S> {
    let (mut sum, mut edge) = (f64x8::splat(simd, 0.0), f64x8::splat(simd, 0.0));
    for ((group, flags), weights) in groups.iter().zip(flags).zip(weights.as_chunks::<LANES>().0) {
        let seen = f64x8::from_slice(simd, weights);
        let kept = Flags::new(*flags).blank(simd, seen);
        count.lose(seen, kept);
        edge += kept;
        sum += weighed(simd, R::numbers(simd, group), kept);
    }
    count.partial(edge);
    sum
}

/// Sum and count what a mask leaves of a tile of `n` whole pixels.
#[inline(always)]
fn left_of_whole<S: Simd, R: Reading>(
    simd: S,
    groups: &[R::Group],
    flags: &[[u8; LANES]],
    n: usize,
    count: &mut Counting<S>,
) -> f64x8<S> {
    let mut sum = f64x8::splat(simd, 0.0);
    for (i, (group, flags)) in groups.iter().zip(flags).enumerate() {
        let (flags, within) = (Flags::new(*flags), n - LANES * i);
        let (pixels, skipped) = (R::numbers(simd, group), flags.or(Flags::beyond(within)));
        if skipped.are_clear() {
            sum += pixels;
        } else {
            count.hide(flags.first(within).count());
            sum += skipped.blank(simd, pixels);
        }
    }
    count.full(n);
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
        let done = match reducer.image.dtype() {
            Dtype::F8 => reducer.add_in_place::<S, f64, 8>(*simd, &spans),
            Dtype::F4 => reducer.add_in_place::<S, f32, 4>(*simd, &spans),
            Dtype::U2 => reducer.add_in_place::<S, u16, 2>(*simd, &spans),
            Dtype::I2 => reducer.add_in_place::<S, i16, 2>(*simd, &spans),
            _ => reducer.add_decoded(*simd, &spans),
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
    use crate::image::{Pixel, View};
    use crate::simd::Level;
    use crate::span::{GROUP, Span};
    use crate::window::Window;

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

    const SHAPE: (usize, usize) = (11, 300);
    const N: usize = SHAPE.0 * SHAPE.1;

    /// Pixels as they lie in each byte order, and the numbers that they are.
    struct Lain {
        dtype: Dtype,
        size: usize,
        orders: [Vec<u8>; 2],
        numbers: Vec<f64>,
    }

    impl Lain {
        fn new<T: Pixel + Into<f64>, const SIZE: usize>(pixels: &[T], bytes: fn(T) -> [u8; SIZE]) -> Self {
            let native: Vec<[u8; SIZE]> = pixels.iter().map(|&pixel| bytes(pixel)).collect();
            let mut swapped = native.clone();
            for bytes in &mut swapped {
                bytes.reverse();
            }
            let orders = [native.concat(), swapped.concat()];
            Self { dtype: T::DTYPE, size: SIZE, orders, numbers: pixels.iter().map(|&v| v.into()).collect() }
        }

        /// The same numbers in each byte order, and as numbers that have to be decoded.
        fn images<'a>(&'a self, apart: &'a [[f64; 2]], masks: &[View<'a>]) -> Vec<Image<'a>> {
            let strides = ((SHAPE.1 * self.size) as isize, self.size as isize);
            let in_order =
                |i: usize| View::from_bytes(&self.orders[i], 0, SHAPE, strides, self.dtype, i > 0).unwrap();
            let gaps =
                View::from_slice(apart.as_flattened(), SHAPE.0, 2 * SHAPE.1).unwrap().every_other_column();
            let masked =
                |view| masks.iter().fold(Image::new(view), |image, mask| image.masked(*mask).unwrap());
            [in_order(0), in_order(1), gaps].into_iter().map(masked).collect()
        }
    }

    #[test]
    fn spans_together_are_added_as_spans_one_by_one() {
        let mut weights = Vec::new();
        let list = spans_of(&mut weights);
        let window = Window::frame(SHAPE.0, SHAPE.1);
        let spans = Spans { origin: (0, 0), list: &list, weights: &weights, window, all: true };

        let flags = |k: usize, value: u8| (0..N).map(|i| u8::from(i % k == 1) * value).collect::<Vec<u8>>();
        let flags = [flags(3, 255), flags(97, 2), flags(N, 0)];
        let [many, few, none] =
            flags.each_ref().map(|flags| View::from_slice(flags, SHAPE.0, SHAPE.1).unwrap());
        let masks = [vec![], vec![many], vec![few], vec![none], vec![few, many]];

        // Bad values under every flag of `few`, and so of some others.
        let with_bad = |bad: Option<f64>| -> Vec<f64> {
            let value = |i: usize| (i as f64 * 0.7).sin() * 1e3;
            (0..N).map(|i| bad.filter(|_| i % 97 == 1).unwrap_or(value(i))).collect()
        };
        let doubles = [None, Some(f64::NAN), Some(f64::INFINITY)].map(with_bad);
        let singles: Vec<f32> = doubles[1].iter().map(|&v| v as f32).collect();
        let signed: Vec<i16> = doubles[0].iter().map(|&v| v as i16).collect();
        let unsigned: Vec<u16> = signed.iter().map(|v| v.unsigned_abs()).collect();
        let mut lain: Vec<Lain> = doubles.iter().map(|v| Lain::new(v, f64::to_ne_bytes)).collect();
        lain.push(Lain::new(&singles, f32::to_ne_bytes));
        lain.push(Lain::new(&signed, i16::to_ne_bytes));
        lain.push(Lain::new(&unsigned, u16::to_ne_bytes));

        let bits = |v: f64| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() };
        let bits = |reducer: &SumReducer<'_>| [bits(reducer.value().sum), bits(reducer.value().npix)];
        for lain in &lain {
            let apart: Vec<[f64; 2]> = lain.numbers.iter().map(|&v| [v, f64::NAN]).collect();
            for (masks, area) in masks.iter().flat_map(|masks| [(masks, None), (masks, Some(77.7))]) {
                let mut expected = None;
                for image in lain.images(&apart, masks) {
                    for level in Level::all() {
                        let (mut single, mut together) = (SumReducer::new(&image), SumReducer::new(&image));
                        single.begin(area);
                        together.begin(area);
                        dispatch!(level, simd => {
                            spans.each(&mut single.on(simd));
                            together.on(simd).spans(spans);
                        });
                        let expected = *expected.get_or_insert(bits(&single));
                        assert_eq!(bits(&single), expected);
                        assert_eq!(
                            bits(&together),
                            expected,
                            "{:?}, {} masks, {area:?}",
                            lain.dtype,
                            masks.len()
                        );
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
