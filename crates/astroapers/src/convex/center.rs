//! The centre method for convex shapes: a row's selected pixels lie between the two sides.
//!
//! At the height of a row's centres each side is at one place, a square root away, which is found for several rows at once.
//! The pixels whose centres lie between the sides are one run; those between the sides of a hole are taken out of it. Square
//! roots are rounded, and a centre that lies on a side by all that can be told belongs to whom [`crate::sample`] gives it,
//! which decides by exact signs. So wherever a centre comes within [`DOUBT`] of a side the whole aperture is left to it. That
//! is rare, and where it is common, with sizes and positions in whole or half pixels, nothing is lost but time.

use std::ops::Range;

use super::Convex;
use super::outline::{Bulge, Link};
use super::plan::PAD;
use super::row::{along, splat};
use super::rows::{Pixels, reachable};
use super::scan::ConvexScratch;
use crate::simd::{Select, Simd, SimdBase, SimdMask, vectorized};
use crate::span::{Span, SpanVisitor, Spans};
use crate::stop::{Stop, Stopped};
use crate::whole::{WHOLE, nearest};
use crate::window::Window;

/// How near to a side, relative to the size, a centre is too near to be decided by rounded numbers.
///
/// A few dozen roundings of 1e-16 each lead from the shape to the place; this leaves four digits.
const DOUBT: f64 = 1e-12;

/// Where each side of an outline is, row by row: the first column whose centre lies beyond it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sides {
    left: Vec<f64>,
    right: Vec<f64>,
}

/// What the centre method selects of a shape.
pub(crate) struct Selection<'s> {
    rows: &'s Pixels,
    /// The sides of the outline, and of the hole if there is one.
    sides: &'s [Sides],
    /// Room for a list of it.
    list: &'s mut Vec<Span>,
}

impl Selection<'_> {
    /// Report the selected pixels of `window`.
    #[inline(always)]
    pub(crate) fn visit<V: SpanVisitor>(
        self,
        window: Window,
        stop: &Stop,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let Self { rows, sides, list } = self;
        let y0 = window.y0.max(rows.start);
        let y1 = window.y1.min(rows.end).max(y0);
        let mut y = y0;
        while y < y1 {
            stop.check()?;
            let band = Window { y0: y, y1: y1.min(y + BAND), ..window };
            let here = (band.y0 - rows.start) as usize..(band.y1 - rows.start) as usize;
            list.clear();
            match sides {
                [outline] => {
                    for (row, run) in (0..).zip(outline.runs(here)) {
                        select(list, row, run, &window);
                    }
                }
                [outline, hole, ..] => {
                    for (row, ((from, to), hole)) in
                        (0..).zip(outline.runs(here.clone()).zip(hole.runs(here)))
                    {
                        if hole.0 < hole.1 {
                            select(list, row, (from, hole.0), &window);
                            select(list, row, (hole.1, to), &window);
                        } else {
                            select(list, row, (from, to), &window);
                        }
                    }
                }
                [] => {}
            }
            let all = (band.y0, band.y1) == (y0, y1);
            visitor.spans(Spans { origin: (window.x0, y), list, weights: &[], window: band, all });
            y = band.y1;
        }
        Ok(())
    }
}

/// Rows that are shown at once.
const BAND: i64 = 256;

/// List the pixels of a run that lie in the window.
#[inline(always)]
fn select(list: &mut Vec<Span>, row: i32, (from, to): (i64, i64), window: &Window) {
    let (x0, x1) = (from.max(window.x0), to.min(window.x1));
    if x0 < x1 {
        let (column, n) = ((x0 - window.x0) as i32, (x1 - x0) as u32);
        list.push(Span { row, column, n, at: Span::WHOLE });
    }
}

impl Sides {
    /// The columns between the sides in some rows, from the first on and up to the second.
    #[inline(always)]
    fn runs(&self, rows: Range<usize>) -> impl Iterator<Item = (i64, i64)> {
        let sides = self.left[rows.clone()].iter().zip(&self.right[rows]);
        sides.map(|(&left, &right)| (nearest(left).0, nearest(right).0))
    }
}

impl Convex {
    /// The pixels whose centres lie inside, or `None` where there is doubt.
    ///
    /// Columns and rows are counted from the pixel that holds the position; `offset` is the position's place in that
    /// pixel.
    #[inline(never)]
    pub(crate) fn select<'s, S: Simd>(
        &'s self,
        simd: S,
        offset: (f64, f64),
        scratch: &'s mut ConvexScratch,
    ) -> Option<Selection<'s>> {
        let ConvexScratch { sides, selected: list, .. } = scratch;
        let sides = &mut sides[..self.outlines.len()];
        let rows = &self.plan.rows;
        let certain = vectorized(
            simd,
            #[inline(always)]
            || self.locate(simd, offset, sides),
        );
        certain.then_some(Selection { rows, sides, list })
    }

    /// The number of pixels whose centres lie inside, or `None` where there is doubt.
    #[inline(never)]
    pub(crate) fn count<S: Simd>(
        &self,
        simd: S,
        offset: (f64, f64),
        scratch: &mut ConvexScratch,
    ) -> Option<usize> {
        let sides = &mut scratch.sides[..self.outlines.len()];
        vectorized(
            simd,
            #[inline(always)]
            || self.locate(simd, offset, sides).then(|| number(simd, sides)),
        )
    }

    /// Find where the sides are in all rows, and whether that is certain.
    #[inline(always)]
    fn locate<S: Simd>(&self, simd: S, offset: (f64, f64), sides: &mut [Sides]) -> bool {
        let rows = &self.plan.rows;
        // Whole vectors, and one more that a link may reach into.
        let length = ((rows.end - rows.start) as usize + PAD).next_multiple_of(PAD);
        for (outline, sides) in self.outlines.iter().zip(&mut *sides) {
            for level in &outline.levels {
                let place = level + offset.1;
                if (place - nearest(place).1).abs() <= DOUBT * self.reach {
                    return false;
                }
            }
            for side in [&mut sides.left, &mut sides.right] {
                side.clear();
                side.resize(length, 0.0);
            }
        }
        let mut certain = splat(simd, f64::INFINITY);
        for (outline, sides) in self.outlines.iter().zip(sides) {
            for (links, side) in [(&outline.right, &mut sides.right), (&outline.left, &mut sides.left)] {
                for link in links {
                    let here = reachable(link.y0, link.y1);
                    let first = here.start as f64 - offset.1;
                    let count = (here.end - here.start) as usize;
                    let side = &mut side[(here.start - rows.start) as usize..];
                    let lanes = side.chunks_exact_mut(S::f64s::LEN).take(count.div_ceil(S::f64s::LEN));
                    let place = (first, offset.0);
                    certain = if link.bulge == Bulge::None {
                        link.locate::<S, false>(simd, place, self.reach, lanes, certain)
                    } else {
                        link.locate::<S, true>(simd, place, self.reach, lanes, certain)
                    };
                }
            }
        }
        !certain.simd_le(splat(simd, 0.0)).any_true()
    }
}

/// The number of columns between the sides of an outline and not between those of its hole, over all rows.
#[inline(always)]
fn number<S: Simd>(simd: S, sides: &[Sides]) -> usize {
    let lanes = |side: &[f64], i: usize| S::f64s::from_slice(simd, &side[i..i + S::f64s::LEN]);
    let zero = splat(simd, 0.0);
    let Some(outline) = sides.first() else { return 0 };
    let mut sum = zero;
    for i in (0..outline.left.len()).step_by(S::f64s::LEN) {
        let (from, to) = (lanes(&outline.left, i), lanes(&outline.right, i));
        let mut columns = (to - from).max(zero);
        if let [_, hole] = sides {
            let (hole, hole_end) = (lanes(&hole.left, i), lanes(&hole.right, i));
            let beside = (hole - from).max(zero) + (to - hole_end).max(zero);
            columns = hole.simd_lt(hole_end).select(beside, columns);
        }
        sum += columns;
    }
    sum.as_slice().iter().sum::<f64>() as usize
}

impl Link {
    /// Set each row that the link crosses to the first column whose centre lies beyond it.
    ///
    /// Heights begin at `first`. Returns the least of `certain` and of how much farther than doubtful any of these centres
    /// is from the link, in whatever units.
    #[inline(always)]
    fn locate<'r, S: Simd, const ARC: bool>(
        &self,
        simd: S,
        (first, offset): (f64, f64),
        reach: f64,
        rows: impl Iterator<Item = &'r mut [f64]>,
        mut certain: S::f64s,
    ) -> S::f64s {
        let chord = &self.x_of_y;
        let (shift, one) = (splat(simd, WHOLE), splat(simd, 1.0));
        let doubt = if ARC {
            DOUBT * (reach * reach).max(1.0)
        } else {
            DOUBT * reach.max(1.0) * (1.0 + chord.tilt.abs())
        };
        let mut y = S::f64s::from_fn(simd, |lane| lane as f64) + splat(simd, first);
        for row in rows {
            let crossed = y.simd_gt(splat(simd, self.y0)) & y.simd_le(splat(simd, self.y1));
            let (middle, root) = along(simd, chord, y);
            let place = middle + root + splat(simd, offset);
            let nearest = (place + shift) - shift;
            let distance = (place - nearest).abs();
            // How far the centre is from the side, not along the row: near the top of an arc these differ.
            let distance = if ARC { distance * (distance + root.abs() + root.abs()) } else { distance };
            let enough = crossed.select(distance - splat(simd, doubt), one);
            certain = certain.min(enough);
            let column = place.simd_gt(nearest).select(nearest + one, nearest);
            crossed.select(column, S::f64s::from_slice(simd, row)).store_slice(row);
            y += splat(simd, S::f64s::LEN as f64);
        }
        certain
    }
}
