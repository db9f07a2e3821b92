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

/// How near to a side, relative to the numbers that its place is computed from, a centre is too near to be decided by rounded
/// ones.
///
/// A few dozen roundings of 1e-16 each lead from the shape to the place; this leaves four digits. Of a line these numbers are
/// coordinates of the shape, once more for each pixel that it runs per pixel of height. Of an arc they reach across its whole
/// ellipse, however short it is, and what is as good as they are is the square of the root.
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
        let doubt = DOUBT * if ARC { self.scale * self.scale } else { reach * (1.0 + chord.tilt.abs()) };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aperture::{Aperture, PixelList};
    use crate::laws::levels::selects_by_sign;
    use crate::laws::some_of;
    use crate::shapes::{self, Command};
    use crate::simd::{Level, dispatch};

    /// A polygon through these corners.
    fn polygon(corners: &[(f64, f64)]) -> Aperture {
        let mut commands: Vec<_> = corners.iter().map(|&(x, y)| Command::Line { x, y }).collect();
        commands[0] = Command::Move { x: corners[0].0, y: corners[0].1 };
        commands.push(Command::Close);
        shapes::path(&commands, &[]).unwrap()
    }

    /// A small square whose right side is a short arc of a large circle.
    fn with_a_shallow_side(r: f64) -> Aperture {
        let (half, turn) = (1.1, (1.1 / r).asin());
        let side = Command::Arc { cx: half - r * turn.cos(), cy: 0.0, r, theta0: -turn, dtheta: 2.0 * turn };
        let [start, bottom, top] = [(-half, -half), (half, -half), (-half, half)];
        let outline = [
            Command::Move { x: start.0, y: start.1 },
            Command::Line { x: bottom.0, y: bottom.1 },
            side,
            Command::Line { x: top.0, y: top.1 },
            Command::Close,
        ];
        shapes::path(&outline, &[]).unwrap()
    }

    /// Shapes of all sizes and slopes that the kernel takes, some with numbers much larger than themselves.
    fn kernels() -> Vec<Aperture> {
        let mut kernels: Vec<_> = [
            shapes::circle(0.9),
            shapes::circle(900.3),
            shapes::ellipse(1.3, 1.1, 0.7),
            shapes::ellipse(11.3, 7.7, 0.0),
            shapes::ellipse(11.3, 1.7, 0.4),
            shapes::rectangle(6.0, 4.3, 0.0),
            shapes::rectangle(17.3, 5.1, 0.01),
            shapes::rectangle(17.3, 5.1, -1e-4),
            shapes::rectangle(1300.7, 1100.3, 0.7),
            shapes::pill(6.1, 2.3, 3.0, 2.0),
            shapes::circular_annulus(9.3, 15.1),
        ]
        .into_iter()
        .collect::<crate::Result<_>>()
        .unwrap();
        kernels.extend([50.7, 64.1, 65.0].map(with_a_shallow_side));
        assert!(kernels.iter().all(|kernel| kernel.kernel(crate::simd::level()).is_some()));
        kernels
    }

    /// The pixel whose centre lies within some roundings of `at`, and where in its pixel the position then is.
    fn around(at: f64, scale: f64) -> impl Iterator<Item = (i64, f64)> {
        (-6..=6).map(move |roundings| {
            let place = at + 0.12 * f64::from(roundings) * f64::EPSILON * scale;
            (place.round() as i64, place.round() - place)
        })
    }

    #[test]
    fn a_centre_that_rounding_could_put_on_either_side_of_a_line_is_left_to_exact_signs() {
        // All two dozen of halvings, or two of them.
        let step = 24_usize.div_ceil(some_of(24) as usize);
        for aperture in kernels() {
            let (boundary, reach) = (aperture.boundary(), aperture.bounds().reach());
            for segment in boundary.iter().flat_map(|contour| &contour.segments) {
                let scale = segment.radius().max(reach);
                let (low, high) = (segment.from.y.hi, segment.to.y.hi);
                for k in 0..some_of(if reach > 100.0 { 5 } else { 150 }) {
                    let y = low + (high - low) * (0.5 + 0.618 * f64::from(k)).fract();
                    let (row, oy) = (y.round() as i64, y.round() - y);
                    for (x, ox) in around(segment.x_at(row as f64 - oy), scale) {
                        let window = Window { x0: x - 1, x1: x + 2, y0: row, y1: row + 1 };
                        selects_by_sign(&aperture, (ox, oy), window);
                    }
                }
                // Close to an end, where the root of an arc is small and not good for much.
                let most = if reach > 100.0 { 20 } else { 44 };
                for (halvings, end) in (20..most).step_by(step).flat_map(|n| [(n, low), (n, high)]) {
                    let y = end + (low + high - 2.0 * end) * 2f64.powi(-halvings);
                    let (row, oy) = (y.round() as i64, y.round() - y);
                    for (x, ox) in around(segment.x_at(row as f64 - oy), scale * 2f64.powi(halvings / 2)) {
                        let window = Window { x0: x - 1, x1: x + 2, y0: row, y1: row + 1 };
                        selects_by_sign(&aperture, (ox, oy), window);
                    }
                }
                for (y, offset) in around(low, reach) {
                    let x = segment.from.x.hi.midpoint(segment.to.x.hi).round() as i64;
                    let window = Window { x0: x - 1, x1: x + 2, y0: y - 1, y1: y + 2 };
                    selects_by_sign(&aperture, (0.3, offset), window);
                }
            }
        }
    }

    #[test]
    fn a_centre_on_a_side_that_is_rounded_away_from_it_is_out() {
        // 3 / 4 / 5: the point (13.5, 28) is on the ellipse, and 21 * (22.5 / 35) is rounded to more.
        let large = shapes::ellipse(16.0 * 22.5, 16.0 * 35.0, 0.0).unwrap();
        // Its bottom runs through (0, -4) and eight pixels to the right for 1/16 upwards; rounded to what heights are counted in
        // it crosses the row one ten-millionth of a millionth of a pixel beyond.
        let (a, tiny) = (2f64.powi(-6), 2f64.powi(-50));
        let corners = [(-6.0, -4.0 - 3.0 * (a + tiny)), (2.0, -4.0 + a + tiny), (2.0, 5.0), (-6.0, 5.0)];
        let slope = polygon(&corners);
        let mirrored = polygon(&corners.map(|(x, y)| (-x, y)));
        // Its sides run through (5 k, 7 k) and (5 k + 300, 7 k).
        let slanted = polygon(&[(-400.0, -560.0), (-100.0, -560.0), (700.0, 560.0), (400.0, 560.0)]);
        for (aperture, at, pixels) in [
            (shapes::ellipse(22.5, 35.0, 0.0).unwrap(), (0.5, 0.0), &[(14, 28), (-13, 28), (14, -28)][..]),
            (large, (0.0, 0.0), &[(216, 448), (-216, 448), (-216, -448)]),
            (slope, (0.0, 0.0), &[(0, -4)]),
            (mirrored, (0.0, 0.0), &[(0, -4)]),
            (slanted, (0.0, 0.0), &[(5, 7), (305, 7), (10, 14), (310, 14), (-15, -21)]),
        ] {
            for &(x, y) in pixels {
                let window = Window { x0: x - 1, x1: x + 2, y0: y, y1: y + 1 };
                assert!(
                    !aperture.selected_by_sign(at, window).contains(&(y, x)),
                    "({x}, {y}) is on the side"
                );
                selects_by_sign(&aperture, at, window);
            }
        }
    }

    #[test]
    fn a_row_on_a_level_edge_that_is_rounded_away_from_it_is_out() {
        // Heights of a shape that reaches to 3 are counted in steps of 2^-50, of one that reaches to 300 in steps of 2^-43; the
        // edges lie a quarter of a step below one.
        for (reach, row, step) in [(3.0, 1, 2f64.powi(-50)), (300.0, 100, 2f64.powi(-43))] {
            let top = row as f64 + 0.25 + 0.75 * step;
            let corners = [(-reach, 0.4 - top), (reach, 0.4 - top), (reach, top), (-reach, top)];
            for (offset, row, sign) in [(row as f64 - top, row, 1.0), (top - row as f64, -row, -1.0)] {
                let aperture = polygon(&corners.map(|(x, y)| (x, sign * y)));
                let window = Window { x0: -2, x1: 3, ..aperture.bbox(0.25, offset).unwrap() };
                let selected = aperture.selected_by_sign((0.25, offset), window);
                assert!(selected.iter().all(|&(y, _)| y != row) && !selected.is_empty());
                selects_by_sign(&aperture, (0.25, offset), window);
            }
        }
    }

    #[test]
    fn where_there_is_no_doubt_the_kernel_selects_and_counts_itself() {
        let (aperture, mut scratch) = (shapes::circle(5.0).unwrap(), ConvexScratch::default());
        // The last leaves (3, 4) a hundred-millionth of a pixel inside.
        for at in [(0.3, 0.2), (-0.3, -0.2), (1e-8, 1e-8)] {
            let expected = aperture.selected_by_sign(at, aperture.bbox(at.0, at.1).unwrap());
            for level in Level::all() {
                let (kernel, _) = aperture.kernel(level).unwrap();
                assert!(dispatch!(level, simd => kernel.select(simd, at, &mut scratch)).is_some());
                let count = dispatch!(level, simd => kernel.count(simd, at, &mut scratch));
                assert_eq!(count, Some(expected.len()), "{at:?}");
            }
        }
    }

    /// Notes of every group of spans whether it says that these are all.
    #[derive(Default)]
    struct Groups(Vec<bool>);

    impl SpanVisitor for Groups {
        fn full(&mut self, _y: i64, _x0: i64, _x1: i64) {}

        fn partial(&mut self, _y: i64, _x0: i64, _weights: &[f64]) {}

        fn spans(&mut self, spans: Spans<'_>) {
            self.0.push(spans.all);
        }
    }

    #[test]
    fn spans_of_more_rows_than_are_shown_at_once_are_not_said_to_be_all() {
        let mut scratch = ConvexScratch::default();
        for (radius, groups) in [(5.0, vec![true]), (100.0, vec![true]), (200.0, vec![false, false])] {
            let (aperture, mut found) = (shapes::circle(radius).unwrap(), Groups::default());
            let (kernel, _) = aperture.kernel(crate::simd::level()).unwrap();
            let select =
                |scratch| dispatch!(crate::simd::level(), simd => kernel.select(simd, (0.3, 0.2), scratch));
            let window = aperture.bbox(0.3, 0.2).unwrap();
            select(&mut scratch).unwrap().visit(window, &Stop::new(), &mut found).unwrap();
            assert_eq!(found.0, groups);
        }
    }

    #[test]
    fn a_selection_can_be_given_up() {
        let (aperture, at) = (shapes::circle(5.0).unwrap(), (0.3, 0.2));
        let mut scratch = ConvexScratch::default();
        let (kernel, _) = aperture.kernel(crate::simd::level()).unwrap();
        let selection =
            dispatch!(crate::simd::level(), simd => kernel.select(simd, at, &mut scratch)).unwrap();
        let (stop, mut selected) = (Stop::new(), PixelList::default());
        stop.request();
        assert_eq!(selection.visit(aperture.bbox(at.0, at.1).unwrap(), &stop, &mut selected), Err(Stopped));
        assert!(selected.0.is_empty());
    }
}
