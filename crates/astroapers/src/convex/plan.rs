//! What can be known of a shape's rows before its place between the pixels is.
//!
//! The position's place inside its pixel moves every line by at most half a pixel. So which rows a link may touch,
//! and which columns in each, is bounded by the shape alone. The plan says so once per shape, as flat lists of what is to be
//! done: the kernel's loops then have the same lengths for every source, its branches are foreseen, and nothing has to be
//! searched. Lanes that turn out to lie beside the link cost nothing but their time: the formula gives exactly 0 or the
//! full height there.
//!
//! Rows and columns are counted from the pixel that holds the position.

use std::ops::Range;

use super::geometry::Geometry;
use super::outline::{Bulge, Outline};
use super::rows::{Pixels, Row, Run, Sides, hull, steps};
use crate::span::{GROUP, Span};

/// Columns up to which a row is reported as one run of weights: taking it apart costs more than it saves.
pub(super) const DENSE: usize = 48;

/// Weights that are computed before they are reported: a band of rows that stays in the fastest cache.
const BAND: usize = 2048;

/// Lanes that a vector may reach beyond the columns it is there for, on either side.
pub(super) const PAD: usize = GROUP;

/// A shape's rows and links, and where everything is kept.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) rows: Pixels,
    pub(super) columns: Pixels,
    /// What is reported, row by row.
    pub(super) spans: ByRow<Span>,
    /// What the weights are before the links take theirs.
    pub(super) fills: ByRow<Fill>,
    pub(super) links: Vec<LinkPlan>,
    /// Rows whose weights are computed together; `at` counts from the first weight of a band.
    pub(super) bands: Vec<Pixels>,
    pub(super) ring: bool,
    pub(super) geometry: Geometry,
    /// Lanes of the vectors that the lists are made for.
    pub(super) lanes: usize,
}

/// Items for each row of pixels, one row after another.
#[derive(Clone, Debug)]
pub(super) struct ByRow<T> {
    items: Vec<T>,
    /// How many come before each row, and at last all.
    before: Vec<u32>,
}

impl<T> ByRow<T> {
    fn new() -> Self {
        Self { items: Vec::new(), before: vec![0] }
    }

    fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// What comes now is of the next row.
    fn end_row(&mut self) {
        self.before.push(self.items.len() as u32);
    }

    /// The items of some rows, counted from the first.
    #[inline(always)]
    pub(super) fn of(&self, rows: Range<usize>) -> &[T] {
        &self.items[self.before[rows.start] as usize..self.before[rows.end] as usize]
    }
}

/// Groups of weights with a value of their own to begin with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    pub(super) at: u32,
    /// Where in the geometry the value stands.
    pub(super) value: u32,
    /// How many groups.
    pub(super) groups: u16,
    /// How many weights of the last group; after them come zeros.
    pub(super) last: u16,
}

/// A link, or several that differ in nothing but their rows, and the vectors of columns in which it has to be computed.
#[derive(Clone, Debug)]
pub(super) struct LinkPlan {
    pub(super) bulge: Bulge,
    pub(super) hole: bool,
    pub(super) right: bool,
    /// The rows that it may touch.
    pub(super) rows: Pixels,
    pub(super) vectors: ByRow<Lanes>,
    /// Where its reflected heights at column lines begin.
    pub(super) heights: usize,
}

/// A vector of neighbouring columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes {
    /// Where the row's two lines are among the crossings.
    pub(super) row: u32,
    /// The lower line of the first column in arrays over lines.
    pub(super) line: u32,
    /// Where the weights are.
    pub(super) at: u32,
    /// Lanes that lie beyond the inner end of the link's columns: the first of a right side's, the last of a left one's.
    pub(super) beside: u32,
}

impl Plan {
    /// The plan of an outline, or of one and its hole, for vectors of so many lanes.
    pub(super) fn new(outlines: &[Outline], lanes: usize) -> Self {
        let runs: Vec<Vec<Run<'_>>> = outlines
            .iter()
            .map(|outline| {
                let right = outline.right.iter().map(|link| Run::new(link, true));
                right.chain(outline.left.iter().map(|link| Run::new(link, false))).collect()
            })
            .collect();
        let all = || runs.iter().flatten();
        let rows = all().map(|run| run.rows.clone()).reduce(|a, b| hull(&a, &b)).unwrap_or(0..0);
        let columns = all().flat_map(|run| run.columns.iter().cloned());
        let columns = columns.reduce(|a, b| hull(&a, &b)).unwrap_or(0..0);
        let ring = outlines.len() > 1;
        let mut geometry = Geometry::new(&columns, &rows, lanes);
        let mut links: Vec<LinkPlan> = Vec::with_capacity(8);
        let mut courses = Vec::with_capacity(8);
        for (o, run) in runs.iter().enumerate().flat_map(|(o, runs)| runs.iter().map(move |run| (o, run))) {
            let link = LinkPlan::new(run, o == 1, geometry.heights_of(run));
            let twin = links.iter().position(|other| other.is_like(&link));
            match twin {
                Some(twin) => links[twin].rows = hull(&links[twin].rows, &link.rows),
                None => links.push(link),
            }
            let link = twin.unwrap_or(links.len() - 1);
            courses.push(Course { run, link, crossings: geometry.crossings_of(run) });
        }
        geometry.finish();
        let mut plan = Self {
            rows,
            columns,
            spans: ByRow::new(),
            fills: ByRow::new(),
            links,
            bands: Vec::new(),
            ring,
            geometry,
            lanes,
        };
        plan.list(outlines, &runs, &courses);
        plan
    }

    /// List spans, fills and vectors, row by row.
    fn list(&mut self, outlines: &[Outline], runs: &[Vec<Run<'_>>], courses: &[Course<'_>]) {
        let dense = steps(self.columns.start, self.columns.end) <= DENSE;
        let (mut begin, mut at) = (self.rows.start, PAD);
        for row in self.rows.clone() {
            let sides = [0, 1].map(|o| runs.get(o).and_then(|runs| Sides::new(runs, row)));
            // A row reaches at most one pixel to either side of where its number says.
            let (low, high) = ((row - 1) as f64, (row + 1) as f64);
            let inside = [0, 1].map(|o| outlines.get(o).is_some_and(|o| o.bottom <= low && high <= o.top));
            let laid = Row::new(sides, inside, dense);
            let length: usize =
                laid.iter().flat_map(|row| &row.touched).map(|t| steps(t.start, t.end) + PAD).sum();
            if at > PAD && at + length > BAND {
                self.bands.push(begin..row);
                (begin, at) = (row, PAD);
            }
            if let Some(laid) = laid {
                self.list_row(row, &laid, courses, &mut at);
            }
            self.spans.end_row();
            self.fills.end_row();
            for link in &mut self.links {
                if link.rows.contains(&row) {
                    link.vectors.end_row();
                }
            }
        }
        self.bands.push(begin..self.rows.end);
    }

    fn list_row(&mut self, row: i64, laid: &Row, courses: &[Course<'_>], at: &mut usize) {
        let first_line = self.first_line();
        let level = |o: usize| self.geometry.levels[o] + steps(self.rows.start, row);
        let (outline, ring) = (level(0), level(1));
        let of = |x: i64| x as i32;
        let mut previous: Option<i64> = None;
        for (i, touched) in laid.touched.iter().enumerate() {
            if let Some(end) = previous
                && !laid.hollow[i - 1]
            {
                let n = steps(end, touched.start) as u32;
                self.spans.push(Span { row: of(row), column: of(end), n, at: Span::WHOLE });
            }
            previous = Some(touched.end);
            let n = steps(touched.start, touched.end);
            self.spans.push(Span { row: of(row), column: of(touched.start), n: n as u32, at: *at as u32 });
            let place = |column: i64| *at + steps(touched.start, column);
            // What a fill overruns, the next one mends.
            let mut fill = |from: i64, to: i64, value: usize| {
                if from < to {
                    let n = steps(from, to);
                    let (groups, last) = (n.div_ceil(GROUP), (n - 1) % GROUP + 1);
                    let (at, value) = (place(from) as u32, value as u32);
                    self.fills.push(Fill { at, value, groups: groups as u16, last: last as u16 });
                }
            };
            let hole = laid.hole.clone().unwrap_or(touched.end..touched.end);
            let (from, to) =
                (hole.start.clamp(touched.start, touched.end), hole.end.clamp(touched.start, touched.end));
            fill(touched.start, from, outline);
            fill(from, to, ring);
            fill(to, touched.end, outline);
            let last = if to < touched.end { to } else { from };
            if touched.start < last && last < touched.end {
                // The groups of the last fill are not those of the span.
                self.fills.push(Fill { at: place(touched.end) as u32, value: 0, groups: 1, last: 0 });
            }
            for &Course { run, link, crossings } in courses {
                let link = &mut self.links[link];
                let Some(own) = run.columns_in(row) else { continue };
                if own.start < touched.start || own.end > touched.end {
                    continue;
                }
                let whole = if link.hole { hole.clone() } else { laid.outline.clone() };
                // Beyond its own columns all of it is lost, up to the end of the row.
                let (start, end) = if run.right {
                    (own.start, whole.end.min(touched.end))
                } else {
                    (whole.start.max(touched.start), own.end)
                };
                let own = steps(start, end);
                let count = own.next_multiple_of(self.lanes);
                // Vectors end where the row does, and reach over the inner end.
                let first = if run.right { end - count as i64 } else { start };
                for lane in (0..count).step_by(self.lanes) {
                    let column = first + lane as i64;
                    let is_inner = if run.right { lane == 0 } else { lane + self.lanes == count };
                    link.vectors.push(Lanes {
                        beside: if is_inner { (count - own) as u32 } else { 0 },
                        row: self.geometry.crossing(crossings, row) as u32,
                        line: steps(first_line, column) as u32,
                        at: (*at as i64 + column - touched.start) as u32,
                    });
                }
                let lines = steps(first_line, first);
                self.geometry.need(link.heights, lines..lines + count + 1);
            }
            *at += n + PAD;
        }
    }

    /// The first line of the arrays over columns.
    pub(super) fn first_line(&self) -> i64 {
        self.columns.start - self.lanes as i64
    }

    /// Room for the weights of the longest band.
    pub(super) fn band_length(&self) -> usize {
        let of_row = steps(self.columns.start, self.columns.end) + 4 * PAD;
        (BAND + PAD).max(of_row + 2 * PAD)
    }
}

/// Where a link's numbers are.
#[derive(Clone, Copy)]
struct Course<'a> {
    run: &'a Run<'a>,
    link: usize,
    crossings: usize,
}

impl LinkPlan {
    fn new(run: &Run<'_>, hole: bool, heights: usize) -> Self {
        let (bulge, right, rows) = (run.link.bulge, run.right, run.rows.clone());
        Self { bulge, hole, right, rows, vectors: ByRow::new(), heights }
    }

    /// Whether one can be computed with the other.
    fn is_like(&self, other: &Self) -> bool {
        let of = |link: &Self| (link.bulge, link.hole, link.right, link.heights);
        of(self) == of(other)
    }
}
