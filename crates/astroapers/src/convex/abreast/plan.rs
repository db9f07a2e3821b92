//! What there is to do for sources side by side, row by row.

use std::ops::Range;

use super::super::geometry::{Crossings, Geometry, Heights};
use super::super::outline::{Bulge, Outline};
use super::super::plan::{DENSE, Plan};
use super::super::rows::{Pixels, steps};
use super::MOST;
use crate::span::Span;

/// A plan for several sources at once.
#[derive(Clone, Debug)]
pub(in super::super) struct Abreast {
    pub(super) rows: Vec<Row>,
    pub(super) fills: Vec<Fill>,
    pub(super) passes: Vec<Pass>,
    pub(super) courses: Vec<Course>,
    /// Rows whose weights are computed before any of them is shown.
    pub(super) bands: Vec<Band>,
    pub(super) ring: bool,
    /// Levels of an outline.
    pub(super) row_lines: usize,
    /// All columns and rows that any source may look at.
    pub(super) reach: (Pixels, Pixels),
    pub(super) crossings: Vec<Crossings>,
    /// Where links meet the lines between columns, with the lines that are needed.
    pub(super) heights: Vec<(Heights, Pixels)>,
}

/// Some rows, and what there is to do in them.
#[derive(Clone, Debug)]
pub(super) struct Band {
    pub(super) rows: Range<usize>,
    pub(super) fills: Range<usize>,
    pub(super) passes: Range<usize>,
}

/// A row of pixels.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its number, and that of its first column.
    pub(super) at: (i64, i64),
    /// How many columns.
    pub(super) n: usize,
    /// Where its weights begin, in its band.
    pub(super) from: usize,
}

/// Some columns of a row, and which of the levels they weigh to begin with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    pub(super) from: u32,
    pub(super) n: u32,
    pub(super) level: u32,
}

/// A link as the plan knows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Side {
    pub(super) bulge: Bulge,
    pub(super) hole: bool,
    pub(super) right: bool,
}

/// A link's way through the rows of a band.
#[derive(Clone, Debug)]
pub(super) struct Pass {
    pub(super) link: Side,
    pub(super) courses: Range<usize>,
}

/// The columns of a row that a link may pass through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Course {
    /// Where the row's two lines are among the crossings.
    pub(super) crossing: u32,
    /// Where the lower line of the first column is among the corners.
    pub(super) corner: u32,
    /// Where the weight of the first column is, in its band.
    pub(super) from: u32,
    /// How many columns.
    pub(super) n: u32,
}

/// Columns of rows that are computed before they are shown: what stays in the fastest cache.
pub(super) const BAND: usize = 192;

/// Columns of the widest shape that is measured so: in wider ones most pixels are inside, and faster to add row by row. No row of
/// such a shape is taken apart.
const WIDEST: usize = DENSE;

impl Abreast {
    /// `None` if the shape is too wide.
    pub(in super::super) fn new(outlines: &[Outline]) -> Option<Self> {
        let plan = Plan::new(outlines, 1);
        if steps(plan.columns.start, plan.columns.end) > WIDEST {
            return None;
        }
        let layout = &plan.geometry;
        let line = |index: usize| plan.first_line() + index as i64;
        let heights =
            |heights: &Heights| (heights.clone(), line(heights.needed.start)..line(heights.needed.end));
        let mut abreast = Self {
            rows: Vec::new(),
            fills: Vec::new(),
            passes: Vec::new(),
            courses: Vec::new(),
            bands: Vec::new(),
            ring: plan.ring,
            row_lines: layout.row_lines,
            // Rows are read in whole vectors.
            reach: (plan.columns.start..plan.columns.end + MOST as i64 - 1, plan.rows.clone()),
            crossings: layout.crossings.clone(),
            heights: layout.heights.iter().map(heights).collect(),
        };
        let of_row = |(i, row)| plan.spans.of(i..i + 1).iter().map(move |span| Listed { i, row, span });
        let listed: Vec<_> = plan.rows.clone().enumerate().flat_map(of_row).collect();
        let mut rest = &listed[..];
        while !rest.is_empty() {
            let mut end = 0;
            let fits = |row: &&Listed<'_>| {
                end += row.length();
                end <= BAND
            };
            // One row at least: none is longer.
            let (band, more) = rest.split_at(rest.iter().take_while(fits).count().max(1));
            abreast.list_band(&plan, band);
            rest = more;
        }
        Some(abreast)
    }

    fn list_band(&mut self, plan: &Plan, rows: &[Listed<'_>]) {
        let (first_row, first_fill, first_pass) = (self.rows.len(), self.fills.len(), self.passes.len());
        let mut from = 0;
        for listed in rows {
            let n = listed.span.n as usize;
            self.rows.push(Row { at: (listed.row, i64::from(listed.span.column)), n, from });
            let fills = plan.fills.of(listed.i..listed.i + 1);
            for (k, fill) in fills.iter().enumerate().filter(|(_, fill)| fill.last > 0) {
                let end = fills.get(k + 1).map_or(n as u32, |next| listed.column(next.at));
                let column = listed.column(fill.at);
                let level = fill.value - plan.geometry.levels[0] as u32;
                self.fills.push(Fill { from: from as u32 + column, n: end - column, level });
            }
            from += listed.length();
        }
        for of_link in &plan.links {
            let first = self.courses.len();
            for (listed, row) in rows.iter().zip(&self.rows[first_row..]) {
                if of_link.rows.contains(&listed.row) {
                    let i = steps(of_link.rows.start, listed.row);
                    for pixel in of_link.vectors.of(i..i + 1) {
                        let corner = corner(&plan.geometry, of_link.heights, pixel.line as usize) as u32;
                        let from = row.from as u32 + listed.column(pixel.at);
                        let course = Course { crossing: pixel.row, corner, from, n: 1 };
                        match self.courses[first..].last_mut() {
                            Some(last) if last.next() == course => last.n += 1,
                            _ => self.courses.push(course),
                        }
                    }
                }
            }
            let courses = first..self.courses.len();
            if !courses.is_empty() {
                let link = Side { bulge: of_link.bulge, hole: of_link.hole, right: of_link.right };
                self.passes.push(Pass { link, courses });
            }
        }
        self.bands.push(Band {
            rows: first_row..self.rows.len(),
            fills: first_fill..self.fills.len(),
            passes: first_pass..self.passes.len(),
        });
    }
}

/// A row of a plan for single columns.
struct Listed<'p> {
    /// Its number, counted from the first, and from the position's.
    i: usize,
    row: i64,
    span: &'p Span,
}

impl Listed<'_> {
    /// Room for its weights.
    const fn length(&self) -> usize {
        (self.span.n as usize).next_multiple_of(MOST)
    }

    /// The column of a place in the plan's weights, counted from the row's first.
    const fn column(&self, at: u32) -> u32 {
        at - self.span.at
    }
}

impl Course {
    /// What the pixel after its last one would have to be to belong to it, too.
    const fn next(self) -> Self {
        Self { crossing: self.crossing, corner: self.corner + self.n, from: self.from + self.n, n: 1 }
    }
}

/// Where a line of one of the plan's arrays of heights is among the corners, which are those that are needed, array by array.
fn corner(geometry: &Geometry, array: usize, line: usize) -> usize {
    let before = geometry.heights.iter().take_while(|heights| heights.at != array);
    let own = geometry.heights.iter().find(|heights| heights.at == array).expect("every link has its array");
    before.map(|heights| heights.needed.len()).sum::<usize>() + line - own.needed.start
}
