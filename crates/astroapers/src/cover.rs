//! The exact rasteriser: the overlap of a boundary with every pixel of a window.
//!
//! By Green's theorem the part of a region that lies in the pixel `[l, l + 1] x [b, b + 1]` has the
//! area `oint (clamp(x, l, l + 1) - (l + 1)) dy` over the boundary between the lines `y = b` and `y = b + 1`.
//! Cut the boundary at the grid lines: a piece inside the pixel adds `int (x - l - 1) dy`, a piece
//! to the left of it `-int dy`, a piece to the right nothing. So each cell of a row collects
//!
//! * `area`, the integral of `(x - c) dy` over its pieces, about a reference `c`: a trapezoid under the
//!   chord plus the segment between chord and arc, `+-D (asin h - h sqrt(1 - h^2))` with `h` half the
//!   chord's length in the unit circle's plane;
//! * `cover`, the integral of `dy`,
//!
//! and a sweep from left to right turns these into weights, `w = area + (c - l - 1) cover - left`, where `left` is the
//! sum of the covers to the left. Between the cells that the boundary meets, the weight is `-left`: 0 or 1 but
//! where a horizontal edge divides the row. (Exact-coverage font rasterisers accumulate area and cover in the
//! same way, for straight lines.)
//!
//! # Why the digits hold
//!
//! * Everything is measured from the aperture's own position; grid lines are exact there.
//! * Heights are snapped to multiples of one quantum (2^-52 to 2^-51 of the reach), so that sums of `dy` do not
//!   round: covers cancel exactly, so weights outside are exactly 0, inside exactly 1.
//! * The reference `c` is the pixel's edge nearest the position, or the position itself in its own column, and
//!   `(c - l - 1) cover - left` is `(c - e) cover - left'` with `e` the nearest of the pixel's edges and `left'` either `left` or
//!   `left + cover`, whose sums are exact: a tiny aperture's area is not the difference of large numbers.
//! * A crossing is computed once and shared by the two cells it separates. Contours stay closed whatever it rounds
//!   to, and an error of `e` pixels in its place changes a weight by at most about `e`: `e` is a few
//!   times 1e-16 of the size. Tangency needs no special case: a piece is always
//!   assigned to a cell by the lines it was cut at.
//! * Where that is not enough because the shape is thin, the same code runs in [`Wide`](crate::wide) numbers.

mod grid;
mod piece;
mod row;

use crate::contour::Contour;
use crate::real::Real;
use crate::span::SpanVisitor;
use crate::stop::{Stop, Stopped};
use crate::window::Window;
pub(crate) use grid::Grid;
pub(crate) use piece::{Curve, Piece};
pub(crate) use row::between;
use row::{Cell, Row};

/// A boundary made ready for the rasteriser.
#[derive(Clone, Debug)]
pub(crate) struct Pieces<R> {
    /// By increasing height of the lower end.
    list: Vec<Piece<R>>,
    quantum: f64,
    /// Largest coordinate, for the bound on rounding.
    reach: f64,
}

impl<R: Real> Pieces<R> {
    pub(crate) fn new<'a>(contours: impl IntoIterator<Item = &'a Contour>, reach: f64) -> Self {
        let quantum = quantum::<R>(reach);
        let mut list: Vec<_> = contours
            .into_iter()
            .flat_map(|c| &c.segments)
            .filter_map(|s| Piece::<R>::new(s, quantum))
            .collect();
        list.sort_by(|a, b| a.y0.partial_cmp(&b.y0).expect("boundaries are finite"));
        Self { list, quantum, reach }
    }

    /// Report the weights of all pixels of `window`, whose columns and rows are counted from the
    /// pixel that holds the position; `offset` is the position's place in that pixel.
    #[inline(always)]
    pub(crate) fn visit<V: SpanVisitor>(
        &self,
        offset: (f64, f64),
        window: Window,
        scratch: &mut CoverScratch<R>,
        stop: &Stop,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let columns = Grid::<R>::new(offset.0, None);
        let rows = Grid::<R>::new(offset.1, Some(self.quantum));
        scratch.reset(window.nx().min(STRIP));
        let mut waiting = self.list.iter().enumerate().peekable();
        for j in window.y0..window.y1 {
            let (bottom, top) = (rows.line(j), rows.line(j + 1));
            while let Some((index, piece)) = waiting.next_if(|(_, p)| p.y0 < top) {
                if piece.y1 > bottom {
                    scratch.active.push(Active::enter(index, piece, bottom));
                }
            }
            if scratch.active.is_empty() && waiting.peek().is_none() {
                break;
            }
            for at in &mut scratch.active {
                at.cross(&self.list[at.index], top);
            }
            for x0 in (window.x0..window.x1).step_by(STRIP) {
                stop.check()?;
                let strip = Window { x0, x1: window.x1.min(x0 + STRIP as i64), ..window };
                self.visit_row(j, strip, &columns, scratch, visitor);
            }
            scratch.active.retain_mut(Active::advance);
        }
        Ok(())
    }

    /// Trace the boundary through a row of the strip and report the weights.
    #[inline(always)]
    fn visit_row<V: SpanVisitor>(
        &self,
        y: i64,
        strip: Window,
        columns: &Grid<R>,
        scratch: &mut CoverScratch<R>,
        visitor: &mut V,
    ) {
        let mut row =
            Row { columns, quantum: self.quantum, x0: strip.x0, x1: strip.x1, cells: &mut scratch.cells };
        scratch.touched.clear();
        scratch
            .touched
            .extend(scratch.active.iter().map(|at| row.trace(&self.list[at.index], at.from, at.to)));
        self.emit(y, strip, columns, scratch, visitor);
    }

    /// Turn the cells of a row into weights, left to right, and forget them.
    #[inline(always)]
    fn emit<V: SpanVisitor>(
        &self,
        y: i64,
        window: Window,
        columns: &Grid<R>,
        scratch: &mut CoverScratch<R>,
        visitor: &mut V,
    ) {
        let CoverScratch { touched, cells, weights, .. } = scratch;
        touched.sort_unstable();
        let mut left = cells[0].cover;
        cells[0] = Cell::default();
        let mut run = window.x0;
        let mut next = window.x0;
        for &(first, last) in touched.iter() {
            let (first, last) = (first.max(next), last.min(window.x1 - 1));
            if first > last {
                continue;
            }
            gap(y, &mut run, (next, first), (-left).to_f64(), weights, visitor);
            let cell_of_first = (first - window.x0 + 1) as usize;
            for (i, cell) in (first..=last).zip(&mut cells[cell_of_first..]) {
                let Cell { area, cover } = std::mem::take(cell);
                let through = left + cover;
                let closed = if i > 0 || (i == 0 && columns.nearest == 0) { through } else { left };
                let shift = if i == 0 { columns.base * cover } else { R::default() };
                weights.push(self.clamp((area - (shift + closed)).to_f64()));
                left = through;
            }
            next = last + 1;
        }
        gap(y, &mut run, (next, window.x1), (-left).to_f64(), weights, visitor);
        flush(y, run, weights, visitor);
        let beyond = (window.x1 - window.x0 + 1) as usize;
        cells[beyond] = Cell::default();
    }

    /// A weight without the last rounding error that carries it out of [0, 1].
    fn clamp(&self, weight: f64) -> f64 {
        debug_assert!(
            (-1.0..=1.0).contains(&((weight - 0.5) / (0.5 + EXCESS * self.reach.max(1.0)))),
            "weight {weight} is off by more than rounding"
        );
        weight.clamp(0.0, 1.0)
    }
}

/// What heights are snapped to in a shape of this reach: its power of two at or above, less all bits that are summed.
///
/// A tiny shape's quantum may be far below a pixel's.
pub(crate) fn quantum<R: Real>(reach: f64) -> f64 {
    2f64.powi(reach.log2().ceil() as i32 - R::GRID_BITS)
}

/// Columns that are traced at once: bounds the buffer, and the time until a request to stop is seen.
pub(crate) const STRIP: usize = 1 << 16;
/// Bound on the rounding of a weight \[1 / pixel of size\].
const EXCESS: f64 = 1e-14;

/// Report the pixels between two touched runs, which all weigh the same.
#[inline(always)]
fn gap<V: SpanVisitor>(
    y: i64,
    run: &mut i64,
    (from, to): (i64, i64),
    weight: f64,
    weights: &mut Vec<f64>,
    visitor: &mut V,
) {
    if from >= to {
        return;
    }
    if weight > 0.0 && weight < 1.0 {
        weights.resize(weights.len() + (to - from) as usize, weight);
        return;
    }
    flush(y, *run, weights, visitor);
    if weight >= 1.0 {
        visitor.full(y, from, to);
    }
    *run = to;
}

fn flush<V: SpanVisitor>(y: i64, run: i64, weights: &mut Vec<f64>, visitor: &mut V) {
    if !weights.is_empty() {
        visitor.partial(y, run, weights);
        weights.clear();
    }
}

/// The part of a piece that lies in the current row.
#[derive(Clone, Copy, Debug)]
struct Active<R> {
    index: usize,
    from: (R, R),
    to: (R, R),
    ends: bool,
}

impl<R: Real> Active<R> {
    /// A piece whose first row this is: the row of its lower end, or the window's first.
    fn enter(index: usize, piece: &Piece<R>, bottom: R) -> Self {
        let x = if piece.y0 < bottom { between(piece.x_at(bottom), piece.x0, piece.x1) } else { piece.x0 };
        let from = (x, piece.y0.max(bottom));
        Self { index, from, to: from, ends: false }
    }

    /// Find where it leaves the row.
    fn cross(&mut self, piece: &Piece<R>, top: R) {
        self.ends = piece.y1 <= top;
        self.to = if self.ends {
            (piece.x1, piece.y1)
        } else {
            (between(piece.x_at(top), self.from.0, piece.x1), top)
        };
    }

    /// Go on to the next row, unless it ended in this one.
    fn advance(&mut self) -> bool {
        self.from = self.to;
        !self.ends
    }
}

/// Buffers of the rasteriser, kept from aperture to aperture.
#[derive(Clone, Debug, Default)]
pub(crate) struct CoverScratch<R> {
    active: Vec<Active<R>>,
    touched: Vec<(i64, i64)>,
    cells: Vec<Cell<R>>,
    weights: Vec<f64>,
}

impl<R: Real> CoverScratch<R> {
    /// Make room for so many columns. Pieces that reach beyond the last window are still active; but all cells are 0, for no
    /// row of a strip is left before its weights are reported.
    fn reset(&mut self, columns: usize) {
        self.active.clear();
        self.cells.resize(columns + 2, Cell::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Point;

    #[test]
    fn rounding_carries_no_weight_out_of_its_range() {
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)].map(|(x, y)| Point::at(x, y));
        let pieces = Pieces::<f64>::new(&[Contour::polygon(&corners)], 1.0);
        let clamped = [-1e-15, -0.0, 0.25, 1.0, 1.0 + 1e-15].map(|weight| pieces.clamp(weight));
        assert_eq!(clamped, [0.0, 0.0, 0.25, 1.0, 1.0]);
    }

    #[test]
    fn a_shape_reaches_no_farther_than_as_many_quanta_as_are_added_exactly() {
        for reach in [2f64.powi(-9), 0.9, 1.0_f64.next_down(), 1.0, 1.0_f64.next_up(), 1.1, 3.0, 1e9] {
            let quanta = reach / quantum::<f64>(reach);
            let most = 2f64.powi(f64::GRID_BITS);
            assert!(0.5 * most < quanta && quanta <= most, "{quanta} in {reach}");
        }
    }

    /// Counts the pixels of some weight.
    #[derive(Default)]
    struct Met(usize);

    impl SpanVisitor for Met {
        fn full(&mut self, _y: i64, x0: i64, x1: i64) {
            self.0 += (x1 - x0) as usize;
        }

        fn partial(&mut self, _y: i64, _x0: i64, weights: &[f64]) {
            self.0 += weights.iter().filter(|&&weight| weight != 0.0).count();
        }
    }

    #[test]
    fn heights_cancel_to_the_last_bit_beside_a_tiny_outline() {
        // One edge upwards, twice as high as the reach; two edges downwards.
        for i in 1..200 {
            let r = 2f64.powi(-9) * (0.51 + 0.49 * (0.618 * f64::from(i)).fract());
            let middle = r * ((0.382 * f64::from(i)).fract() - 0.5);
            let corners = [(r, -r), (0.9 * r, r), (-r, middle)].map(|(x, y)| Point::at(x, y));
            let pieces = Pieces::<f64>::new(&[Contour::polygon(&corners)], r);
            let window = Window { x0: -4, x1: 9, y0: -4, y1: 5 };
            let (mut scratch, mut met) = (CoverScratch::default(), Met::default());
            pieces.visit((0.25, -0.125), window, &mut scratch, &Stop::new(), &mut met).unwrap();
            assert_eq!(met.0, 1, "{r} {middle}");
        }
    }
}
