//! Row by row through a convex shape at a position.

use super::Convex;
use super::bulge::{Eighteen, Eleven, Four, Polynomial, Series, Seven};
use super::center::Sides;
use super::plan::{LinkPlan, Pixels, Plan, RowPlan};
use super::row::{self, PAD, Rows};
use crate::cover::{Grid, between};
use crate::simd::{Simd, vectorized};
use crate::span::SpanVisitor;
use crate::stop::{Stop, Stopped};
use crate::window::Window;

/// Weights that are computed before they are reported: a band of rows that stays in the fastest cache.
const BAND: usize = 2048;

/// The arrays of the kernel, kept from aperture to aperture.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConvexScratch {
    /// Where lines and links are, as the plan lays it out.
    geometry: Vec<f64>,
    /// A band of rows of weights of the outline, and of the hole.
    weights: [Vec<f64>; 2],
    /// Where the centre method finds the sides of the outline, and of the hole.
    pub(super) sides: [Sides; 2],
}

impl ConvexScratch {
    #[inline(always)]
    fn prepare(&mut self, plan: &Plan, band: usize) {
        let grow = |buffer: &mut Vec<f64>, length: usize| {
            if buffer.len() < length {
                buffer.resize(length, 0.0);
            }
        };
        grow(&mut self.geometry, plan.length);
        for weights in &mut self.weights {
            grow(weights, band * plan.width);
        }
    }
}

impl Convex {
    /// Report the weights of all pixels of `clip`, whose columns and rows are counted from the pixel that holds
    /// the position; `offset` is the position's place in that pixel.
    ///
    /// Besides the pixels of some weight, some beside them are reported with weight 0.
    #[inline(always)]
    pub(crate) fn visit<S: Simd, V: SpanVisitor>(
        &self,
        simd: S,
        offset: (f64, f64),
        window: Window,
        scratch: &mut ConvexScratch,
        stop: &Stop,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let plan = &self.plan;
        let rows = Grid::<f64>::new(offset.1, Some(self.quantum));
        let band = (BAND / plan.width).max(1);
        scratch.prepare(plan, band);
        let ConvexScratch { geometry, weights, .. } = scratch;
        let window = Window {
            x0: window.x0.max(plan.columns.start),
            x1: window.x1.min(plan.columns.end),
            y0: window.y0.max(plan.rows.start),
            y1: window.y1.min(plan.rows.end),
        };
        self.lay(simd, &Grid::new(offset.0, None), &rows, geometry);
        for y in (window.y0..window.y1).step_by(band) {
            stop.check()?;
            let here = y..window.y1.min(y + band as i64);
            match self.series {
                Series::Four => self.band::<S, Four>(simd, &rows, &here, geometry, weights),
                Series::Seven => self.band::<S, Seven>(simd, &rows, &here, geometry, weights),
                Series::Eleven => self.band::<S, Eleven>(simd, &rows, &here, geometry, weights),
                Series::Eighteen => self.band::<S, Eighteen>(simd, &rows, &here, geometry, weights),
            }
            for (y, weights) in here.zip(weights[0].chunks_exact_mut(plan.width)) {
                let row = &plan.per_row[(y - plan.rows.start) as usize];
                match &row.touched[..] {
                    [all] if window.x0 <= all.start && all.end <= window.x1 => {
                        let (from, n) = (plan.at(all.start), (all.end - all.start) as usize);
                        visitor.padded(y, all.start, n, &weights[from..from + n.next_multiple_of(PAD)]);
                    }
                    _ => self.report(row, &rows, y, &window, weights, visitor),
                }
            }
        }
        Ok(())
    }

    /// The weights of a band of rows.
    ///
    /// Compiled once for each level and series, whoever the visitor is.
    #[inline(never)]
    fn band<S: Simd, P: Polynomial>(
        &self,
        simd: S,
        rows: &Grid<f64>,
        here: &Pixels,
        geometry: &[f64],
        weights: &mut [Vec<f64>; 2],
    ) {
        let compute = || {
            let plan = &self.plan;
            self.fill(simd, rows, here, weights);
            for link in &plan.links {
                let weights = &mut weights[link.outline];
                if link.right {
                    link.beyond::<S, P, true>(simd, plan, here, geometry, weights);
                } else {
                    link.beyond::<S, P, false>(simd, plan, here, geometry, weights);
                }
            }
            let [weights, hole] = weights;
            for (y, (weights, hole)) in
                here.clone().zip(weights.chunks_exact_mut(plan.width).zip(hole.chunks_exact(plan.width)))
            {
                if let Some(inner) = &plan.per_row[(y - plan.rows.start) as usize].outlines[1] {
                    for edge in &inner.at {
                        row::subtract(simd, weights, hole, edge);
                    }
                }
            }
        };
        vectorized(simd, compute);
    }

    /// Fill the arrays of lines, and of where the links cross them.
    #[inline(never)]
    fn lay<S: Simd>(&self, simd: S, columns: &Grid<f64>, rows: &Grid<f64>, geometry: &mut [f64]) {
        vectorized(simd, || self.lay_out(simd, columns, rows, geometry));
    }

    #[inline(always)]
    fn lay_out<S: Simd>(&self, simd: S, columns: &Grid<f64>, rows: &Grid<f64>, geometry: &mut [f64]) {
        let plan = &self.plan;
        let first = (plan.columns.start - PAD as i64 - columns.nearest) as f64;
        for (lines, sign) in geometry.chunks_exact_mut(plan.width).zip([1.0, -1.0]) {
            row::lines(simd, columns.base, first, sign, lines);
        }
        for plan in &plan.links {
            let first = (plan.rows.start - rows.nearest) as f64;
            let (heights, columns) = geometry[plan.row_heights..].split_at_mut(plan.row_lines);
            let sign = if plan.right { 1.0 } else { -1.0 };
            row::crossings(
                simd,
                &plan.link,
                sign,
                (rows.base, first),
                heights,
                &mut columns[..plan.row_lines],
            );
            let (lines, heights) = geometry.split_at_mut(plan.heights);
            let lines = &lines[if plan.right { 0 } else { self.plan.width }..];
            // Whole vectors, begun earlier if they would leave the array.
            let n = row::whole::<S>(plan.needed.len());
            let from = plan.needed.start.min(self.plan.width - n);
            let to = from + n;
            row::heights(simd, &plan.link, sign, &lines[from..to], &mut heights[from..to]);
        }
    }

    /// How high an outline is within a row.
    #[inline(always)]
    fn height(&self, outline: usize, rows: &Grid<f64>, y: i64) -> f64 {
        let outline = &self.outlines[outline];
        (rows.line(y + 1).min(outline.top) - rows.line(y).max(outline.bottom)).max(0.0)
    }

    /// Set the weights of each outline to its height, as if its sides were beyond its columns.
    #[inline(always)]
    fn fill<S: Simd>(&self, simd: S, rows: &Grid<f64>, here: &Pixels, weights: &mut [Vec<f64>; 2]) {
        let plan = &self.plan;
        let per_row = &plan.per_row[(here.start - plan.rows.start) as usize..];
        for (o, outline) in self.outlines.iter().enumerate() {
            let within = |line: f64| between(line, outline.bottom, outline.top);
            let mut bottom = within(rows.line(here.start));
            let rows_of_weights = weights[o].chunks_exact_mut(plan.width);
            for ((y, row), weights) in here.clone().zip(per_row).zip(rows_of_weights) {
                let top = within(rows.line(y + 1));
                if let Some(row) = &row.outlines[o] {
                    for edge in &row.at {
                        row::fill(simd, weights, edge, top - bottom);
                    }
                }
                bottom = top;
            }
        }
    }

    /// Pass a row on to the visitor.
    #[inline(always)]
    fn report<V: SpanVisitor>(
        &self,
        row: &RowPlan,
        rows: &Grid<f64>,
        y: i64,
        window: &Window,
        weights: &mut [f64],
        visitor: &mut V,
    ) {
        let clipped = |x: &Pixels| x.start.max(window.x0)..x.end.min(window.x1);
        let mut previous: Option<i64> = None;
        for touched in &row.touched {
            if let Some(end) = previous {
                let gap = clipped(&(end..touched.start));
                let height = |o: usize| match &row.outlines[o] {
                    Some(row) if row.columns.contains(&end) => self.height(o, rows, y),
                    _ => 0.0,
                };
                let weight = height(0) - height(1);
                if gap.start < gap.end {
                    if weight == 1.0 {
                        visitor.full(y, gap.start, gap.end);
                    } else if weight != 0.0 {
                        let weights = &mut weights[self.plan.at(gap.start)..self.plan.at(gap.end)];
                        weights.fill(weight);
                        visitor.partial(y, gap.start, weights);
                    }
                }
            }
            previous = Some(touched.end);
            let pixels = clipped(touched);
            if pixels.start < pixels.end {
                visitor.partial(
                    y,
                    pixels.start,
                    &weights[self.plan.at(pixels.start)..self.plan.at(pixels.end)],
                );
            }
        }
    }
}

impl LinkPlan {
    /// Take what lies beyond the link from the weights of some rows.
    #[inline(always)]
    fn beyond<S: Simd, P: Polynomial, const RIGHT: bool>(
        &self,
        simd: S,
        plan: &Plan,
        here: &Pixels,
        geometry: &[f64],
        weights: &mut [f64],
    ) {
        let (from, to) = (here.start.max(self.rows.start), here.end.min(self.rows.end));
        if from >= to {
            return;
        }
        let (first, count) = ((from - self.rows.start) as usize, (to - from) as usize);
        let rows = Rows {
            link: &self.link,
            lanes: &self.lanes[first..first + count],
            heights: &geometry[self.row_heights + first..][..=count],
            columns: &geometry[self.row_columns + first..][..=count],
            lines: &geometry[if RIGHT { 0 } else { plan.width }..][..plan.width],
            line_heights: &geometry[self.heights..][..plan.width],
        };
        let weights = &mut weights[(from - here.start) as usize * plan.width..];
        row::beyond::<S, P, RIGHT>(simd, &rows, weights, plan.width);
    }
}
