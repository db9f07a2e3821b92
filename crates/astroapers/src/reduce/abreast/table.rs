//! Pixels that several shapes at the same places have in common.

use std::ops::Range;

use super::super::reading::Plain;
use super::adder::Pixels;
use super::turned::{Sources, Turned};
use crate::convex::Convex;
use crate::simd::{Simd, SimdBase};

/// Columns of all rows together from which on each shape reads for itself: turned, they fill the cache that is next to the fastest.
const MOST_COLUMNS: usize = 4096;

/// The rows of pixels that some shapes look at.
#[derive(Clone, Debug)]
pub(crate) struct Strips {
    /// From the first row on, one after another.
    all: Vec<Strip>,
    first: i64,
    /// Columns of all rows together.
    columns: usize,
}

/// A row, counted from that which holds a position, and the columns that any of the shapes looks at: a whole number of vectors.
#[derive(Clone, Debug, Default)]
struct Strip {
    row: i64,
    columns: Range<i64>,
    /// How many columns there are in the strips before.
    before: usize,
}

impl Strips {
    /// Those of some shapes, for vectors of so many lanes; `None` if they are too large.
    pub(crate) fn new(shapes: &[&Convex], lanes: usize) -> Option<Self> {
        let rows = || shapes.iter().filter_map(|shape| shape.rows_abreast()).flatten();
        let (first, last) = (rows().map(|(row, ..)| row).min()?, rows().map(|(row, ..)| row).max()?);
        let number = usize::try_from(last - first).ok().filter(|&rows| rows < MOST_COLUMNS)? + 1;
        let mut all = vec![Strip::default(); number];
        for (row, column, n) in rows() {
            let strip = &mut all[(row - first) as usize];
            let (start, end) = if strip.columns.is_empty() {
                (column, column)
            } else {
                (strip.columns.start, strip.columns.end)
            };
            // Weights come in whole vectors.
            let (start, end) = (start.min(column), end.max(column + n.next_multiple_of(lanes) as i64));
            let n = ((end - start) as usize).next_multiple_of(lanes);
            *strip = Strip { row, columns: start..start + n as i64, before: 0 };
        }
        let mut columns = 0;
        for strip in &mut all {
            strip.before = columns;
            columns += strip.n();
        }
        (columns <= MOST_COLUMNS).then_some(Self { all, first, columns })
    }

    /// All pixels that are looked at: columns and rows.
    pub(crate) fn reach(&self) -> (Range<i64>, Range<i64>) {
        let columns = self.filled().map(|strip| strip.columns.clone());
        let columns = columns.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or(0..0);
        (columns, self.first..self.first + self.all.len() as i64)
    }

    fn filled(&self) -> impl Iterator<Item = &Strip> {
        self.all.iter().filter(|strip| !strip.columns.is_empty())
    }

    /// Turn all pixels of some sources. `false` if they are not all there.
    #[inline(always)]
    pub(super) fn turn<
        S: Simd,
        T: Plain<SIZE>,
        const SIZE: usize,
        const SWAPPED: bool,
        const MASKED: bool,
    >(
        &self,
        simd: S,
        sources: &Sources<'_, T, SIZE, SWAPPED, MASKED>,
        turned: &mut Turned,
    ) -> bool {
        let lanes = S::f64s::LEN;
        turned.reserve::<MASKED>(self.columns * lanes);
        self.filled().all(|strip| {
            let here = strip.before * lanes..(strip.before + strip.n()) * lanes;
            let left = if MASKED { &mut turned.left[here.clone()] } else { &mut [][..] };
            sources.turn(simd, (strip.row, strip.columns.start), &mut turned.values[here], left)
        })
    }
}

impl Strip {
    fn n(&self) -> usize {
        (self.columns.end - self.columns.start) as usize
    }
}

/// The pixels of some strips.
pub(super) struct Table<'t, const MASKED: bool> {
    pub(super) strips: &'t Strips,
    pub(super) turned: &'t Turned,
}

impl<S: Simd, const MASKED: bool> Pixels<S> for Table<'_, MASKED> {
    #[inline(always)]
    fn row(&mut self, _: S, (row, column): (i64, i64), columns: usize) -> Option<(&[f64], &[f64])> {
        let lanes = S::f64s::LEN;
        let strip = self.strips.all.get((row - self.strips.first) as usize)?;
        let from = (strip.before + (column - strip.columns.start) as usize) * lanes;
        let here = from..from + columns * lanes;
        let left = if MASKED { self.turned.left.get(here.clone())? } else { &[] };
        Some((self.turned.values.get(here)?, left))
    }
}
