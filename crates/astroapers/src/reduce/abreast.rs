//! Sums of several sources at once, one in each lane.
//!
//! Each source's pixels are added in the order of [`SumReducer`](super::SumReducer), which follows from the spans
//! alone: eight partial sums of a row, by the pixel's place in its span, and these to as many totals that carry their errors along.
//! Here every one of them is a vector with a source in each lane. So a sum has the same bits in company as alone.
//!
//! The pixels of a row lie one after another, those of several sources do not: what is read row by row is turned, a square of pixels
//! at a time, so that lanes become sources.

use std::marker::PhantomData;

use super::reading::{Plain, number};
use super::tile::{LANES, Total, joined, two_sum};
use crate::convex::{Convex, ConvexScratch, Lanes, MOST, RowsAbreast};
use crate::image::{Dtype, Image, Rows};
use crate::place::Place;
use crate::simd::{Simd, SimdBase, vectorized};

/// Sources side by side: as many as a vector has lanes, and any others.
pub(crate) type Places = [Place; MOST];

/// What the pixels of several sources add up to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SumsAbreast {
    /// Values times weights; not finite also where an overflow or a pixel beside the aperture is to blame.
    pub(crate) sums: [f64; MOST],
    /// Squares of weights.
    pub(crate) squares: [f64; MOST],
}

/// Measure some sources whose pixels, with those that [`Convex::reach_abreast`] names, are all in the image and not masked; `next` are those
/// that will be measured next.
///
/// `None` if the pixels are not to be read where they lie.
#[inline(always)]
pub(crate) fn sums_abreast<S: Simd, const SQUARES: bool>(
    simd: S,
    image: &Image<'_>,
    shape: &Convex,
    places: &Places,
    next: &Places,
    scratch: &mut ConvexScratch,
) -> Option<SumsAbreast> {
    macro_rules! of {
        ($type:ty) => {
            add::<S, $type, { size_of::<$type>() }, SQUARES>(simd, image, shape, places, next, scratch)
        };
    }
    match image.dtype() {
        Dtype::F8 => of!(f64),
        Dtype::F4 => of!(f32),
        Dtype::U2 => of!(u16),
        Dtype::I2 => of!(i16),
        _ => None,
    }
}

/// The same of pixels of type `T`.
#[inline(never)]
fn add<S: Simd, T: Plain<SIZE>, const SIZE: usize, const SQUARES: bool>(
    simd: S,
    image: &Image<'_>,
    shape: &Convex,
    places: &Places,
    next: &Places,
    scratch: &mut ConvexScratch,
) -> Option<SumsAbreast> {
    let rows = image.rows::<T, SIZE>(image.frame())?;
    vectorized(
        simd,
        #[inline(always)]
        || {
            if rows.are_swapped() {
                let mut adder = Adder::<S, T, SIZE, true, SQUARES>::new(simd, rows, places, next);
                shape.visit_abreast(simd, places, scratch, &mut adder);
                adder.value(simd)
            } else {
                let mut adder = Adder::<S, T, SIZE, false, SQUARES>::new(simd, rows, places, next);
                shape.visit_abreast(simd, places, scratch, &mut adder);
                adder.value(simd)
            }
        },
    )
}

/// Adds up the pixels of several sources.
struct Adder<'a, S: Simd, T, const SIZE: usize, const SWAPPED: bool, const SQUARES: bool> {
    rows: Rows<'a, SIZE>,
    /// Where the pixels begin that hold the positions, and those of the sources that come next.
    here: [usize; MOST],
    next: [usize; MOST],
    totals: [S::f64s; LANES],
    errors: [S::f64s; LANES],
    squares: [S::f64s; LANES],
    /// Whether all pixels could be read.
    whole: bool,
    of: PhantomData<T>,
}

impl<'a, S: Simd, T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool, const SQUARES: bool>
    Adder<'a, S, T, SIZE, SWAPPED, SQUARES>
{
    #[inline(always)]
    fn new(simd: S, rows: Rows<'a, SIZE>, places: &Places, next: &Places) -> Self {
        let zeros = [S::f64s::splat(simd, 0.0); LANES];
        let start = |place: &Place| rows.start(place.row, place.column);
        Self {
            rows,
            here: places.each_ref().map(start),
            next: next.each_ref().map(start),
            totals: zeros,
            errors: zeros,
            squares: zeros,
            whole: true,
            of: PhantomData,
        }
    }

    #[inline(always)]
    fn value(&self, simd: S) -> Option<SumsAbreast> {
        let (total, error) = joined(self.totals, self.errors);
        let squares = self.squares.into_iter().fold(S::f64s::splat(simd, 0.0), |sum, lane| sum + lane);
        let lane = |vector: &S::f64s, lane: usize| vector.as_slice().get(lane).copied().unwrap_or(f64::NAN);
        let sum = |i: usize| Total { sum: lane(&total, i), error: lane(&error, i) }.value();
        self.whole.then(|| SumsAbreast {
            sums: std::array::from_fn(sum),
            squares: std::array::from_fn(|i| lane(&squares, i)),
        })
    }
}

impl<S: Simd, T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool, const SQUARES: bool> RowsAbreast<S>
    for Adder<'_, S, T, SIZE, SWAPPED, SQUARES>
{
    #[inline(always)]
    fn row(&mut self, simd: S, row: i64, column: i64, weights: &[Lanes]) {
        let (lanes, columns) = (S::f64s::LEN, weights.len());
        let step = self.rows.step(row, column);
        let mut pixels = [&[][..]; MOST];
        for (pixels, start) in pixels.iter_mut().zip(&self.here[..lanes]) {
            match self.rows.from(start.wrapping_add_signed(step), columns) {
                Some(row) => *pixels = row,
                None => {
                    self.whole = false;
                    return;
                }
            }
        }
        for start in &self.next[..lanes] {
            self.rows.fetch(start.wrapping_add_signed(step), columns);
        }
        let mut sums = [S::f64s::splat(simd, 0.0); LANES];
        let mut at = 0;
        while at < columns {
            // Squares of pixels, as many sources as columns; with indices known beforehand sums stay in registers.
            for square in 0..LANES / lanes {
                let first = square * lanes;
                let Some(weights) = weights.get(at..at + lanes) else { break };
                let mut values = [sums[0]; MOST];
                for (values, pixels) in values[..lanes].iter_mut().zip(&pixels) {
                    let pixels = &pixels[at..at + lanes];
                    let mut numbers = [0.0; MOST];
                    for (number, pixel) in numbers.iter_mut().zip(pixels) {
                        *number = self::number::<T, SIZE, SWAPPED>(*pixel);
                    }
                    *values = S::f64s::from_slice(simd, &numbers[..lanes]);
                }
                turn::<S>(&mut values);
                for (i, weight) in weights.iter().enumerate() {
                    let weight = S::f64s::from_slice(simd, &weight[..lanes]);
                    sums[first + i] += values[i] * weight;
                    if SQUARES {
                        self.squares[first + i] += weight * weight;
                    }
                }
                at += lanes;
            }
        }
        for first in (0..LANES).step_by(lanes) {
            // Lanes that no column has stay zero.
            if first < columns {
                for lane in first..first + lanes {
                    let (total, error) = two_sum(self.totals[lane], sums[lane]);
                    self.totals[lane] = total;
                    self.errors[lane] += error;
                }
            }
        }
    }
}

/// Exchange rows and columns of a square of as many vectors as each has lanes.
#[inline(always)]
fn turn<S: Simd>(rows: &mut [S::f64s; MOST]) {
    let n = S::f64s::LEN;
    // Each interleaving of the halves brings numbers that are half the square apart together.
    let mut done = 1;
    while done < n {
        let before = *rows;
        for i in 0..n / 2 {
            (rows[2 * i], rows[2 * i + 1]) = before[i].interleave(before[i + n / 2]);
        }
        done *= 2;
    }
}
