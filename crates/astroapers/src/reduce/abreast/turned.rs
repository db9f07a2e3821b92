//! Pixels of several sources, turned so that lanes become sources.
//!
//! The pixels of a row lie one after another, those of several sources do not: what is read row by row is turned, a square of pixels
//! at a time.

use std::marker::PhantomData;

use super::super::flags;
use super::super::reading::{Plain, number};
use super::Places;
use crate::convex::MOST;
use crate::image::Rows;
use crate::simd::{Select, Simd, SimdBase};

/// Turned pixels: for each a vector of as many numbers as there are lanes, one of each source.
#[derive(Clone, Debug, Default)]
pub(super) struct Turned {
    pub(super) values: Vec<f64>,
    /// 1 for a pixel that the mask leaves, 0 for one that it hides; used if there is a mask.
    pub(super) left: Vec<f64>,
}

impl Turned {
    /// Make room for so many numbers.
    #[inline(always)]
    pub(super) fn reserve<const MASKED: bool>(&mut self, length: usize) {
        for array in [&mut self.values, &mut self.left].into_iter().take(if MASKED { 2 } else { 1 }) {
            if array.len() < length {
                array.resize(length, 0.0);
            }
        }
    }
}

/// Rows of pixels of several sources, and their flags if they are `MASKED`.
pub(super) struct Sources<'a, T, const SIZE: usize, const SWAPPED: bool, const MASKED: bool> {
    pixels: Abreast<'a, SIZE>,
    flags: Option<Abreast<'a, 1>>,
    of: PhantomData<T>,
}

impl<'a, T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool, const MASKED: bool>
    Sources<'a, T, SIZE, SWAPPED, MASKED>
{
    /// Those at some places, while those at the `next` ones are asked for.
    #[inline(always)]
    pub(super) fn new(
        (rows, flags): (Rows<'a, SIZE>, Option<Rows<'a, 1>>),
        places: &Places,
        next: &Places,
    ) -> Self {
        let flags = if MASKED { flags.map(|flags| Abreast::new(flags, places, next)) } else { None };
        Self { pixels: Abreast::new(rows, places, next), flags, of: PhantomData }
    }

    /// Turn the pixels from one on, counted from that which holds a position; as many as there is room for, a whole number of vectors.
    /// `false` if they are not all there.
    #[inline(always)]
    pub(super) fn turn<S: Simd>(
        &self,
        simd: S,
        at: (i64, i64),
        values: &mut [f64],
        left: &mut [f64],
    ) -> bool {
        let lanes = S::f64s::LEN;
        let n = values.len() / lanes;
        let Some(pixels) = self.pixels.row(lanes, at, n) else { return false };
        let (zero, one) = (S::f64s::splat(simd, 0.0), S::f64s::splat(simd, 1.0));
        let mut square = [zero; MOST];
        if let (Some(flags), true) = (&self.flags, MASKED) {
            let Some(flags) = flags.row(lanes, at, n) else { return false };
            let rows = values.chunks_exact_mut(lanes * lanes).zip(left.chunks_exact_mut(lanes * lanes));
            for (k, (values, left)) in rows.enumerate() {
                let here = k * lanes..(k + 1) * lanes;
                let mut seen = [zero; MOST];
                for source in 0..lanes {
                    let kept = flags::clear(simd, &flags[source][here.clone()]);
                    // Whatever a hidden pixel is, it leaves no trace.
                    square[source] = kept
                        .select(numbers::<S, T, SIZE, SWAPPED>(simd, &pixels[source][here.clone()]), zero);
                    seen[source] = kept.select(one, zero);
                }
                store_turned::<S>(square, values);
                store_turned::<S>(seen, left);
            }
        } else {
            for (k, values) in values.chunks_exact_mut(lanes * lanes).enumerate() {
                for (row, pixels) in square[..lanes].iter_mut().zip(&pixels) {
                    *row = numbers::<S, T, SIZE, SWAPPED>(simd, &pixels[k * lanes..(k + 1) * lanes]);
                }
                store_turned::<S>(square, values);
            }
        }
        true
    }
}

/// Rows of pixels, or of flags, of several sources.
struct Abreast<'a, const SIZE: usize> {
    rows: Rows<'a, SIZE>,
    /// Where the pixels begin that hold the positions, and those of the sources that come next.
    here: [usize; MOST],
    next: [usize; MOST],
}

impl<'a, const SIZE: usize> Abreast<'a, SIZE> {
    #[inline(always)]
    fn new(rows: Rows<'a, SIZE>, places: &Places, next: &Places) -> Self {
        let start = |place: &crate::place::Place| rows.start(place.row, place.column);
        Self { rows, here: places.each_ref().map(start), next: next.each_ref().map(start) }
    }

    /// So many pixels of each of `n` sources, counted from that which holds its position, while those of the next ones are asked for.
    /// `None` if they are not all there.
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

/// As many pixels as a vector has lanes, as numbers.
#[inline(always)]
fn numbers<S: Simd, T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool>(
    simd: S,
    pixels: &[[u8; SIZE]],
) -> S::f64s {
    let mut numbers = [0.0; MOST];
    for (number, pixel) in numbers.iter_mut().zip(pixels) {
        *number = self::number::<T, SIZE, SWAPPED>(*pixel);
    }
    S::f64s::from_slice(simd, &numbers[..S::f64s::LEN])
}

/// Exchange rows and columns of a square of as many vectors as each has lanes, and store it.
#[inline(always)]
fn store_turned<S: Simd>(mut rows: [S::f64s; MOST], out: &mut [f64]) {
    let n = S::f64s::LEN;
    // Each interleaving of the halves brings numbers that are half the square apart together.
    let mut done = 1;
    while done < n {
        let before = rows;
        for i in 0..n / 2 {
            (rows[2 * i], rows[2 * i + 1]) = before[i].interleave(before[i + n / 2]);
        }
        done *= 2;
    }
    for (row, out) in rows[..n].iter().zip(out.chunks_exact_mut(n)) {
        row.store_slice(out);
    }
}
