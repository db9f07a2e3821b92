//! Row by row through a convex shape at a position.

use std::ops::Range;

use super::Convex;
use super::abreast::AbreastScratch;
use super::bulge::{FOUR, NINETEEN, SEVEN, Series, TWELVE, TWENTY_EIGHT};
use super::center::Sides;
use super::geometry::Geometry;
use super::plan::{LinkPlan, Plan};
use super::row;
use super::rows::Pixels;
use crate::cover::Grid;
use crate::simd::{Simd, SimdBase, vectorized};
use crate::span::{Span, SpanVisitor, Spans};
use crate::stop::{Stop, Stopped};
use crate::window::Window;

/// The arrays of the kernel, kept from aperture to aperture.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConvexScratch {
    /// Where lines and links are, as the plan lays it out.
    geometry: Vec<f64>,
    /// A band of rows of weights.
    weights: Vec<f64>,
    /// The arrays for several sources at once.
    pub(super) abreast: AbreastScratch,
    /// Where the centre method finds the sides of the outline, and of the hole.
    pub(super) sides: [Sides; 2],
    /// What it selects of a band of rows.
    pub(super) selected: Vec<Span>,
}

impl ConvexScratch {
    #[inline(always)]
    fn prepare(&mut self, plan: &Plan) {
        let grow = |buffer: &mut Vec<f64>, length: usize| {
            if buffer.len() < length {
                buffer.resize(length, 0.0);
            }
        };
        grow(&mut self.geometry, plan.geometry.length);
        grow(&mut self.weights, plan.band_length());
    }
}

/// Rows to be shown, and columns that may be: of those outside `rows` none has any weight.
#[derive(Clone, Debug)]
pub(crate) struct Clip {
    pub(crate) rows: Pixels,
    pub(crate) columns: Pixels,
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
        clip: &Clip,
        scratch: &mut ConvexScratch,
        stop: &Stop,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let plan = &self.plan;
        assert_eq!(plan.lanes, S::f64s::LEN, "a plan is made for the vectors of one level");
        scratch.prepare(plan);
        let ConvexScratch { geometry, weights, .. } = scratch;
        let (from, to) = (clip.rows.start.max(plan.rows.start), clip.rows.end.min(plan.rows.end));
        self.lay(simd, &Grid::new(offset.0, None), &Grid::new(offset.1, Some(self.quantum)), geometry);
        let whole = clip.columns.start <= plan.columns.start && plan.columns.end <= clip.columns.end;
        for band in &plan.bands {
            let here = band.start.max(from)..band.end.min(to);
            if here.start >= here.end {
                continue;
            }
            stop.check()?;
            match self.series {
                Series::Four => self.band::<S, { FOUR.len() }>(simd, &here, geometry, weights),
                Series::Seven => self.band::<S, { SEVEN.len() }>(simd, &here, geometry, weights),
                Series::Twelve => self.band::<S, { TWELVE.len() }>(simd, &here, geometry, weights),
                Series::Nineteen => self.band::<S, { NINETEEN.len() }>(simd, &here, geometry, weights),
                Series::TwentyEight => self.band::<S, { TWENTY_EIGHT.len() }>(simd, &here, geometry, weights),
            }
            let Pixels { start, end } = plan.columns;
            let window = Window { x0: start, x1: end, y0: here.start, y1: here.end };
            let list = plan.spans.of(plan.indices(&here));
            let all = here == (from..to);
            let spans = Spans { origin: (0, 0), list, weights, window, all };
            if whole {
                visitor.spans(spans);
            } else {
                clipped(simd, &spans, &clip.columns, visitor);
            }
        }
        Ok(())
    }

    /// The weights of a band of rows.
    ///
    /// Compiled once for each level and series of `N` coefficients, whoever the visitor is.
    #[inline(never)]
    fn band<S: Simd, const N: usize>(&self, simd: S, here: &Pixels, geometry: &[f64], weights: &mut [f64]) {
        vectorized(
            simd,
            #[inline(always)]
            || self.weigh::<S, N>(simd, here, geometry, weights),
        );
    }

    #[inline(always)]
    fn weigh<S: Simd, const N: usize>(&self, simd: S, here: &Pixels, geometry: &[f64], weights: &mut [f64]) {
        let plan = &self.plan;
        let series = self.coefficients.first_chunk::<N>().expect("the series has so many");
        let rows = plan.indices(here);
        row::fill(simd, plan.fills.of(rows.clone()), geometry, weights);
        for link in &plan.links {
            if link.right {
                link.take::<S, N, true>(simd, series, plan, here, geometry, weights);
            } else {
                link.take::<S, N, false>(simd, series, plan, here, geometry, weights);
            }
        }
        if plan.ring {
            for span in plan.spans.of(rows).iter().filter(|span| span.at != Span::WHOLE) {
                row::clamp(simd, &mut weights[span.weights()]);
            }
        }
    }

    /// Fill the arrays of lines, and of where the links cross them.
    #[inline(never)]
    fn lay<S: Simd>(&self, simd: S, columns: &Grid<f64>, rows: &Grid<f64>, geometry: &mut [f64]) {
        vectorized(
            simd,
            #[inline(always)]
            || self.lay_out(simd, columns, rows, geometry),
        );
    }

    #[inline(always)]
    fn lay_out<S: Simd>(&self, simd: S, columns: &Grid<f64>, rows: &Grid<f64>, geometry: &mut [f64]) {
        let plan = &self.plan;
        let layout = &plan.geometry;
        let width = layout.width;
        let (right, left) = geometry[..2 * width].split_at_mut(width);
        row::lines(simd, columns.base, plan.first_line() - columns.nearest, right, left);
        let (_, levels) = geometry.split_at_mut(layout.levels[0]);
        let (outline_levels, hole_levels) = levels.split_at_mut(layout.levels[1] - layout.levels[0]);
        let first = plan.rows.start - rows.nearest;
        row::levels(simd, rows.base, first, &self.outlines[0], outline_levels);
        if let Some(hole) = self.outlines.get(1) {
            let hole_levels = &mut hole_levels[..layout.row_lines];
            row::levels(simd, rows.base, first, hole, hole_levels);
            row::differences(simd, outline_levels, hole_levels);
        }
        let (all_heights, all_columns) =
            geometry[layout.crossings_at..].split_at_mut(layout.crossings_length);
        for crossings in &layout.crossings {
            let here = crossings.at..crossings.at + crossings.n;
            let (heights, columns) = (&mut all_heights[here.clone()], &mut all_columns[here]);
            row::crossings(simd, crossings, (rows.base, crossings.first - rows.nearest), heights, columns);
        }
        for heights in &layout.heights {
            let (lines, out) = geometry.split_at_mut(heights.at);
            let lines = &lines[if heights.right { 0 } else { width }..];
            // Whole vectors, begun earlier if they would leave the array.
            let n = row::whole::<S>(heights.needed.len());
            let from = heights.needed.start.min(width - n);
            row::heights(simd, heights, &lines[from..from + n], &mut out[from..from + n]);
        }
    }
}

impl Plan {
    /// Rows as counted from the plan's first.
    #[inline(always)]
    fn indices(&self, rows: &Pixels) -> Range<usize> {
        (rows.start - self.rows.start) as usize..(rows.end - self.rows.start) as usize
    }
}

impl LinkPlan {
    /// Take what lies beyond the link from the weights of some rows.
    #[inline(always)]
    fn take<S: Simd, const N: usize, const RIGHT: bool>(
        &self,
        simd: S,
        series: &[[f64; 8]; N],
        plan: &Plan,
        here: &Pixels,
        geometry: &[f64],
        weights: &mut [f64],
    ) {
        let (from, to) = (here.start.max(self.rows.start), here.end.min(self.rows.end));
        if from >= to {
            return;
        }
        let Geometry { width, crossings_at, crossings_length, .. } = plan.geometry;
        let rows = (from - self.rows.start) as usize..(to - self.rows.start) as usize;
        let link = row::Link {
            bulge: &self.bulge,
            hole: self.hole,
            ring: plan.ring,
            heights: &geometry[crossings_at..][..crossings_length],
            columns: &geometry[crossings_at + crossings_length..][..crossings_length],
            lines: &geometry[if RIGHT { 0 } else { width }..][..width],
            line_heights: &geometry[self.heights..][..width],
        };
        link.take::<S, N, RIGHT>(simd, series, self.vectors.of(rows), weights);
    }
}

/// Show what of some spans lies in some columns.
#[inline(never)]
fn clipped<S: Simd, V: SpanVisitor>(simd: S, spans: &Spans<'_>, columns: &Pixels, visitor: &mut V) {
    vectorized(
        simd,
        #[inline(always)]
        || {
            for span in spans.list {
                let (y, x) = (spans.row(span), spans.column(span));
                let (from, to) = (x.max(columns.start), (x + i64::from(span.n)).min(columns.end));
                if from < to {
                    match spans.weights(span) {
                        Some(weights) => {
                            visitor.partial(y, from, &weights[(from - x) as usize..(to - x) as usize]);
                        }
                        None => visitor.full(y, from, to),
                    }
                }
            }
        },
    );
}
