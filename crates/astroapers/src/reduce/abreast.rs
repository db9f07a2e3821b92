//! Sums of several sources at once, one in each lane.
//!
//! Each source's pixels are added in the order of [`SumReducer`](super::SumReducer), which follows from the spans
//! alone: eight partial sums of a row, by the pixel's place in its span, and these to as many totals that carry their errors along.
//! Here every one of them is a vector with a source in each lane. So a sum has the same bits in company as alone.
//!
//! The pixels of a row lie one after another, those of several sources do not: what is read row by row is turned, a square of pixels
//! at a time, so that lanes become sources.

use std::marker::PhantomData;

use super::flags;
use super::reading::{Plain, number};
use super::tile::{LANES, Total, joined, two_sum};
use crate::convex::{Convex, ConvexScratch, Lanes, MOST, RowsAbreast};
use crate::image::{Dtype, Image, Rows};
use crate::place::Place;
use crate::simd::{Select, Simd, SimdBase, vectorized};

/// Sources side by side: as many as a vector has lanes, and any others.
pub(crate) type Places = [Place; MOST];

/// What the pixels of several sources add up to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SumsAbreast {
    /// Values times weights; not finite also where an overflow or a pixel beside the aperture is to blame.
    pub(crate) sums: [f64; MOST],
    /// Squares of weights, if they were asked for.
    pub(crate) squares: [f64; MOST],
    /// What a mask leaves of the weights, if it takes any.
    pub(crate) npix: [Option<f64>; MOST],
}

/// Reads the pixels of several sources where they lie.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    image: &'a Image<'a>,
    /// The flags of its mask, if it has one.
    flags: Option<Rows<'a, 1>>,
}

macro_rules! of_each_type {
    ($dtype:expr, $type:ident => $body:expr, else $other:expr) => {
        match $dtype {
            Dtype::F8 => {
                type $type = f64;
                $body
            }
            Dtype::F4 => {
                type $type = f32;
                $body
            }
            Dtype::U2 => {
                type $type = u16;
                $body
            }
            Dtype::I2 => {
                type $type = i16;
                $body
            }
            _ => $other,
        }
    };
}

impl<'a> Reader<'a> {
    /// `None` if pixels, or the flags of a mask, are not of a usual type or have gaps.
    pub(crate) fn new(image: &'a Image<'a>) -> Option<Self> {
        let frame = image.frame();
        let flags = if image.masks().is_empty() { None } else { Some(image.masks().rows(frame)?) };
        let is_plain = of_each_type!(
            image.dtype(),
            T => image.rows::<T, { size_of::<T>() }>(frame).is_some(),
            else false
        );
        is_plain.then_some(Self { image, flags })
    }

    /// Measure some sources whose pixels, with those that [`Convex::reach_abreast`] names, are all in the image; `next` are those that
    /// will be measured next.
    #[inline(always)]
    pub(crate) fn sums<S: Simd, const SQUARES: bool>(
        &self,
        simd: S,
        shape: &Convex,
        places: &Places,
        next: &Places,
        scratch: &mut ConvexScratch,
    ) -> Option<SumsAbreast> {
        of_each_type!(
            self.image.dtype(),
            T => self.sums_of::<S, T, { size_of::<T>() }, SQUARES>(simd, shape, places, next, scratch),
            else None
        )
    }

    /// The same of pixels of type `T`.
    #[inline(never)]
    fn sums_of<S: Simd, T: Plain<SIZE>, const SIZE: usize, const SQUARES: bool>(
        &self,
        simd: S,
        shape: &Convex,
        places: &Places,
        next: &Places,
        scratch: &mut ConvexScratch,
    ) -> Option<SumsAbreast> {
        let rows = self.image.rows::<T, SIZE>(self.image.frame())?;
        macro_rules! add {
            ($swapped:literal) => {
                match self.flags {
                    None => {
                        let mut adder = Adder::<S, T, SIZE, $swapped, SQUARES>::new(simd, rows, places, next);
                        shape.visit_abreast(simd, places, scratch, &mut adder);
                        adder.value(simd)
                    }
                    Some(flags) => {
                        let adder = Adder::<S, T, SIZE, $swapped, SQUARES>::new(simd, rows, places, next);
                        let mut adder = Unmasked::new(simd, adder, flags, places, next);
                        shape.visit_abreast(simd, places, scratch, &mut adder);
                        adder.value(simd)
                    }
                }
            };
        }
        vectorized(
            simd,
            #[inline(always)]
            || if rows.are_swapped() { add!(true) } else { add!(false) },
        )
    }
}

/// Rows of pixels of several sources.
struct Abreast<'a, const SIZE: usize> {
    rows: Rows<'a, SIZE>,
    /// Where the pixels begin that hold the positions, and those of the sources that come next.
    here: [usize; MOST],
    next: [usize; MOST],
}

impl<'a, const SIZE: usize> Abreast<'a, SIZE> {
    #[inline(always)]
    fn new(rows: Rows<'a, SIZE>, places: &Places, next: &Places) -> Self {
        let start = |place: &Place| rows.start(place.row, place.column);
        Self { rows, here: places.each_ref().map(start), next: next.each_ref().map(start) }
    }

    /// Pixels of each of `n` sources, counted from that which holds its position, while those of the next ones are asked for. `None`
    /// if they are not all there.
    #[inline(always)]
    fn row(&self, n: usize, (row, column): (i64, i64), columns: usize) -> Option<[&'a [[u8; SIZE]]; MOST]> {
        let step = self.rows.step(row, column);
        let mut pixels = [&[][..]; MOST];
        for (pixels, start) in pixels.iter_mut().zip(&self.here[..n]) {
            *pixels = self.rows.from(start.wrapping_add_signed(step), columns)?;
        }
        self.rows.fetch(&self.next[..n], step, columns);
        Some(pixels)
    }
}

/// Adds up vectors of numbers in as many lanes as a tile has, one in each source's order.
struct Sums<S: Simd> {
    totals: [S::f64s; LANES],
    errors: [S::f64s; LANES],
}

impl<S: Simd> Sums<S> {
    #[inline(always)]
    fn new(simd: S) -> Self {
        let zeros = [S::f64s::splat(simd, 0.0); LANES];
        Self { totals: zeros, errors: zeros }
    }

    /// Add the sums of a row of so many columns.
    #[inline(always)]
    fn add(&mut self, sums: &[S::f64s; LANES], columns: usize) {
        for first in (0..LANES).step_by(S::f64s::LEN) {
            // Lanes that no column has stay zero.
            if first < columns {
                let lanes = first..first + S::f64s::LEN;
                let totals = self.totals[lanes.clone()].iter_mut().zip(&mut self.errors[lanes.clone()]);
                for ((total, errors), &sum) in totals.zip(&sums[lanes]) {
                    let (more, error) = two_sum(*total, sum);
                    *total = more;
                    *errors += error;
                }
            }
        }
    }

    #[inline(always)]
    fn values(&self) -> [f64; MOST] {
        let (total, error) = joined(self.totals, self.errors);
        let mut values = [f64::NAN; MOST];
        for (value, (&sum, &error)) in values.iter_mut().zip(total.as_slice().iter().zip(error.as_slice())) {
            *value = Total { sum, error }.value();
        }
        values
    }
}

/// Adds up the pixels of several sources.
struct Adder<'a, S: Simd, T, const SIZE: usize, const SWAPPED: bool, const SQUARES: bool> {
    pixels: Abreast<'a, SIZE>,
    sums: Sums<S>,
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
        let squares = [S::f64s::splat(simd, 0.0); LANES];
        let pixels = Abreast::new(rows, places, next);
        Self { pixels, sums: Sums::new(simd), squares, whole: true, of: PhantomData }
    }

    /// As many pixels as a vector has lanes, as numbers.
    #[inline(always)]
    fn numbers(simd: S, pixels: &[[u8; SIZE]]) -> S::f64s {
        let mut numbers = [0.0; MOST];
        for (number, pixel) in numbers.iter_mut().zip(pixels) {
            *number = self::number::<T, SIZE, SWAPPED>(*pixel);
        }
        S::f64s::from_slice(simd, &numbers[..S::f64s::LEN])
    }

    #[inline(always)]
    fn value(&self, simd: S) -> Option<SumsAbreast> {
        let mut squares = [f64::NAN; MOST];
        let sum = self.squares.into_iter().fold(S::f64s::splat(simd, 0.0), |sum, lane| sum + lane);
        sum.store_slice(&mut squares[..S::f64s::LEN]);
        self.whole.then(|| SumsAbreast { sums: self.sums.values(), squares, npix: [None; MOST] })
    }
}

impl<S: Simd, T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool, const SQUARES: bool> RowsAbreast<S>
    for Adder<'_, S, T, SIZE, SWAPPED, SQUARES>
{
    #[inline(always)]
    fn row(&mut self, simd: S, row: i64, column: i64, weights: &[Lanes]) {
        let (lanes, columns) = (S::f64s::LEN, weights.len());
        let Some(pixels) = self.pixels.row(lanes, (row, column), columns) else {
            self.whole = false;
            return;
        };
        let mut sums = [S::f64s::splat(simd, 0.0); LANES];
        let mut at = 0;
        while at < columns {
            // Squares of pixels, as many sources as columns; with indices known beforehand sums stay in registers.
            for first in (0..LANES).step_by(lanes) {
                let Some(weights) = weights.get(at..at + lanes) else { break };
                let mut values = [sums[0]; MOST];
                for (values, pixels) in values[..lanes].iter_mut().zip(&pixels) {
                    *values = Self::numbers(simd, &pixels[at..at + lanes]);
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
        self.sums.add(&sums, columns);
    }
}

/// Adds up the pixels of several sources that a mask leaves, and their weights.
struct Unmasked<'a, S: Simd, T, const SIZE: usize, const SWAPPED: bool, const SQUARES: bool> {
    adder: Adder<'a, S, T, SIZE, SWAPPED, SQUARES>,
    flags: Abreast<'a, 1>,
    npix: Sums<S>,
    /// Weights that the mask has taken.
    lost: S::f64s,
}

impl<'a, S: Simd, T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool, const SQUARES: bool>
    Unmasked<'a, S, T, SIZE, SWAPPED, SQUARES>
{
    #[inline(always)]
    fn new(
        simd: S,
        adder: Adder<'a, S, T, SIZE, SWAPPED, SQUARES>,
        flags: Rows<'a, 1>,
        places: &Places,
        next: &Places,
    ) -> Self {
        let lost = S::f64s::splat(simd, 0.0);
        Self { adder, flags: Abreast::new(flags, places, next), npix: Sums::new(simd), lost }
    }

    #[inline(always)]
    fn value(&self, simd: S) -> Option<SumsAbreast> {
        let (npix, lost) = (self.npix.values(), self.lost.as_slice());
        let left = |lane: usize| lost.get(lane).is_some_and(|&lost| lost > 0.0).then_some(npix[lane]);
        Some(SumsAbreast { npix: std::array::from_fn(left), ..self.adder.value(simd)? })
    }
}

impl<S: Simd, T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool, const SQUARES: bool> RowsAbreast<S>
    for Unmasked<'_, S, T, SIZE, SWAPPED, SQUARES>
{
    #[inline(always)]
    fn row(&mut self, simd: S, row: i64, column: i64, weights: &[Lanes]) {
        let (lanes, columns) = (S::f64s::LEN, weights.len());
        let pixels = self.adder.pixels.row(lanes, (row, column), columns);
        let (Some(pixels), Some(flags)) = (pixels, self.flags.row(lanes, (row, column), columns)) else {
            self.adder.whole = false;
            return;
        };
        let (zero, one) = (S::f64s::splat(simd, 0.0), S::f64s::splat(simd, 1.0));
        let (mut sums, mut npix) = ([zero; LANES], [zero; LANES]);
        let mut at = 0;
        while at < columns {
            for first in (0..LANES).step_by(lanes) {
                let Some(weights) = weights.get(at..at + lanes) else { break };
                let (mut values, mut left) = ([zero; MOST], [zero; MOST]);
                for source in 0..lanes {
                    let here = at..at + lanes;
                    let kept = flags::clear(simd, &flags[source][here.clone()]);
                    let numbers = Adder::<S, T, SIZE, SWAPPED, SQUARES>::numbers(simd, &pixels[source][here]);
                    // Whatever a hidden pixel is, it leaves no trace.
                    values[source] = kept.select(numbers, zero);
                    left[source] = kept.select(one, zero);
                }
                turn::<S>(&mut values);
                turn::<S>(&mut left);
                for (i, weight) in weights.iter().enumerate() {
                    let seen = S::f64s::from_slice(simd, &weight[..lanes]);
                    let weight = seen * left[i];
                    self.lost += seen - weight;
                    sums[first + i] += values[i] * weight;
                    npix[first + i] += weight;
                    if SQUARES {
                        self.adder.squares[first + i] += weight * weight;
                    }
                }
                at += lanes;
            }
        }
        self.adder.sums.add(&sums, columns);
        self.npix.add(&npix, columns);
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
