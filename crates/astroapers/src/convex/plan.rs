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

use super::outline::{Bulge, Chord, Link, Outline};
use crate::span::{GROUP, Span};

/// Columns up to which a row is reported as one run of weights: taking it apart costs more than it saves.
const DENSE: usize = 48;

/// Weights that are computed before they are reported: a band of rows that stays in the fastest cache.
const BAND: usize = 2048;

/// Lanes that a vector may reach beyond the columns it is there for, on either side.
pub(super) const PAD: usize = GROUP;

/// Columns or rows of pixels, counted from the pixel that holds the position.
pub(super) type Pixels = Range<i64>;

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

/// Where the numbers are kept that follow from a source's place between the pixels.
///
/// All lie in one array. Arrays over columns have the same index, from their start on, for a column and its lower line.
#[derive(Clone, Debug)]
pub(super) struct Geometry {
    pub(super) length: usize,
    /// Length of the arrays over column lines. The first two are the lines as right and as left sides see them.
    pub(super) width: usize,
    /// How high the outline is in each row, and by how much more so than the hole.
    pub(super) levels: [usize; 2],
    pub(super) row_lines: usize,
    pub(super) crossings: Vec<Crossings>,
    pub(super) heights: Vec<Heights>,
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

/// Where a side crosses the lines between rows.
#[derive(Clone, Debug)]
pub(super) struct Crossings {
    pub(super) ends: (f64, f64),
    pub(super) flip: f64,
    /// Extreme columns, reflected.
    pub(super) low: f64,
    pub(super) high: f64,
    /// From a height to the reflected column.
    pub(super) chord: Chord,
    /// The first row line, and how many.
    pub(super) first: i64,
    pub(super) n: usize,
    /// Where the reflected heights of the lines begin, and where the reflected columns.
    pub(super) heights: usize,
    pub(super) columns: usize,
}

/// How high a side is at the lines between columns.
#[derive(Clone, Debug)]
pub(super) struct Heights {
    pub(super) low: f64,
    pub(super) high: f64,
    /// From a reflected column to the reflected height.
    pub(super) chord: Chord,
    pub(super) right: bool,
    /// Where the array begins, and which of its lines are needed.
    pub(super) at: usize,
    pub(super) needed: Range<usize>,
}

/// A link, and the vectors of columns in which it has to be computed.
#[derive(Clone, Debug)]
pub(super) struct LinkPlan {
    pub(super) bulge: Bulge,
    pub(super) flip: f64,
    pub(super) hole: bool,
    pub(super) right: bool,
    /// The rows that it may touch.
    pub(super) rows: Pixels,
    pub(super) vectors: ByRow<Lanes>,
    /// Where its reflected heights and columns at row lines begin, and its reflected heights at column lines.
    pub(super) row_heights: usize,
    pub(super) row_columns: usize,
    pub(super) line_heights: usize,
}

/// A vector of neighbouring columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes {
    /// The row, counted from the link's first.
    pub(super) row: u32,
    /// The lower line of the first column in arrays over lines.
    pub(super) line: u32,
    /// Where the weights are.
    pub(super) at: u32,
}

/// The pixels that the interval from `low` to `high` may touch, wherever in its pixel the position lies.
fn reachable(low: f64, high: f64) -> Pixels {
    low.floor() as i64..(high + 1.0).ceil() as i64
}

/// A number of pixels, or a distance that is known to be none less than 0.
fn steps(from: i64, to: i64) -> usize {
    usize::try_from(to - from).expect("the plan's parts lie in order")
}

/// All pixels of either range and between.
fn hull(one: &Pixels, other: &Pixels) -> Pixels {
    one.start.min(other.start)..one.end.max(other.end)
}

/// A link of one of the outlines, with the rows that it may touch and its columns in each.
struct Run<'a> {
    link: &'a Link,
    right: bool,
    rows: Pixels,
    columns: Vec<Pixels>,
}

impl<'a> Run<'a> {
    fn new(link: &'a Link, right: bool) -> Self {
        let rows = reachable(link.y0, link.y1);
        let mut below = link.x_at((rows.start - 1) as f64);
        let mut here = link.x_at(rows.start as f64);
        let columns = rows
            .clone()
            .map(|row| {
                let above = link.x_at((row + 1) as f64);
                let reach = reachable(below.min(above), below.max(above));
                (below, here) = (here, above);
                reach
            })
            .collect();
        Self { link, right, rows, columns }
    }

    fn columns_in(&self, row: i64) -> Option<&Pixels> {
        usize::try_from(row - self.rows.start).ok().and_then(|i| self.columns.get(i))
    }
}

/// What an outline may do in a row: where its left and its right side may be.
#[derive(Clone, Copy)]
struct Sides {
    left: (i64, i64),
    right: (i64, i64),
}

impl Sides {
    fn new(runs: &[Run<'_>], row: i64) -> Option<Self> {
        let side = |right: bool| {
            let here = runs.iter().filter(|run| run.right == right).filter_map(|run| run.columns_in(row));
            here.fold(None, |hulls: Option<(i64, i64)>, columns| {
                Some(hulls.map_or((columns.start, columns.end), |(start, end)| {
                    (start.min(columns.start), end.max(columns.end))
                }))
            })
        };
        match (side(false), side(true)) {
            (Some(left), Some(right)) => Some(Self { left, right }),
            (Some(side), None) | (None, Some(side)) => Some(Self { left: side, right: side }),
            (None, None) => None,
        }
    }

    /// All columns that it may reach.
    fn columns(&self) -> Pixels {
        self.left.0.min(self.right.0)..self.left.1.max(self.right.1)
    }
}

/// The spans of a row, from left to right: columns that get weights of their own, and those between that weigh 1.
struct Row {
    /// The outline's columns, and the hole's if there may be some here.
    outline: Pixels,
    hole: Option<Pixels>,
    /// Runs of columns with weights of their own, apart from each other.
    touched: Vec<Pixels>,
    /// Whether what lies between one such run and the next is inside the hole.
    hollow: Vec<bool>,
}

impl Row {
    /// `inside` says of each outline whether it holds the whole row, wherever the position lies in its pixel.
    fn new(sides: [Option<Sides>; 2], inside: [bool; 2], dense: bool) -> Option<Self> {
        let [outline, hole] = sides;
        // By rounding a hole that touches the outline may seem to reach further than that.
        let outline_columns = match (&outline, &hole) {
            (Some(outline), Some(hole)) => hull(&outline.columns(), &hole.columns()),
            (Some(sides), None) | (None, Some(sides)) => sides.columns(),
            (None, None) => return None,
        };
        let hole_columns = hole.as_ref().map(Sides::columns);
        let mut row = Self {
            outline: outline_columns.clone(),
            hole: hole_columns,
            touched: vec![outline_columns],
            hollow: Vec::new(),
        };
        let Some(outline) = outline else { return Some(row) };
        if dense || !inside[0] || (hole.is_some() && !inside[1]) {
            return Some(row);
        }
        // Edges from left to right: those of the outline, with those of the hole between.
        let whole = row.outline.clone();
        let mut edges = vec![(whole.start, outline.left.1)];
        if let Some(hole) = hole {
            edges.extend([hole.left, hole.right]);
        }
        edges.push((outline.right.0, whole.end));
        if edges.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            return Some(row);
        }
        row.touched.clear();
        for (i, (start, end)) in edges.into_iter().enumerate() {
            match row.touched.last_mut() {
                // So near that a vector might reach from one to the other.
                Some(last) if start <= last.end + PAD as i64 => last.end = end,
                last => {
                    if last.is_some() {
                        // The second gap of four edges is that of the hole.
                        row.hollow.push(hole.is_some() && i == 2);
                    }
                    row.touched.push(start..end);
                }
            }
        }
        Some(row)
    }
}

/// Hands out stretches of an array.
#[derive(Default)]
struct Space(usize);

impl Space {
    fn take(&mut self, length: usize) -> usize {
        let start = self.0;
        self.0 += length.next_multiple_of(PAD);
        start
    }
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
        let mut geometry = Geometry::new(&columns, &rows);
        let mut links: Vec<LinkPlan> = Vec::with_capacity(8);
        for (outline, runs) in runs.iter().enumerate() {
            links.extend(runs.iter().map(|run| geometry.link(run, outline == 1)));
        }
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
        plan.list(outlines, &runs);
        plan
    }

    /// List spans, fills and vectors, row by row.
    fn list(&mut self, outlines: &[Outline], runs: &[Vec<Run<'_>>]) {
        let dense = steps(self.columns.start, self.columns.end) <= DENSE;
        let (mut begin, mut at) = (self.rows.start, PAD);
        for row in self.rows.clone() {
            let sides = [0, 1].map(|o| runs.get(o).and_then(|runs| Sides::new(runs, row)));
            // A row reaches at most one pixel to either side of where its number says.
            let (low, high) = ((row - 1) as f64, (row + 1) as f64);
            let inside = [0, 1].map(|o| outlines.get(o).is_some_and(|o| o.bottom <= low && high <= o.top));
            let laid = Row::new(sides, inside, dense);
            let length: usize = laid.iter().flat_map(|row| &row.touched).map(|t| steps(t.start, t.end) + PAD).sum();
            if at > PAD && at + length > BAND {
                self.bands.push(begin..row);
                (begin, at) = (row, PAD);
            }
            if let Some(laid) = laid {
                self.list_row(row, &laid, runs, &mut at);
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

    fn list_row(&mut self, row: i64, laid: &Row, runs: &[Vec<Run<'_>>], at: &mut usize) {
        let (width, first_line) = (self.geometry.width, self.first_line());
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
            let (from, to) = (hole.start.clamp(touched.start, touched.end), hole.end.clamp(touched.start, touched.end));
            fill(touched.start, from, outline);
            fill(from, to, ring);
            fill(to, touched.end, outline);
            let last = if to < touched.end { to } else { from };
            if touched.start < last && last < touched.end {
                // The groups of the last fill are not those of the span.
                self.fills.push(Fill { at: place(touched.end) as u32, value: 0, groups: 1, last: 0 });
            }
            let all = runs.iter().flatten();
            for (link, run) in self.links.iter_mut().zip(all) {
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
                let count = steps(start, end).next_multiple_of(self.lanes);
                // Vectors end where the row does, and reach over the inner end.
                let first = if run.right { end - count as i64 } else { start };
                for lane in (0..count).step_by(self.lanes) {
                    let column = first + lane as i64;
                    link.vectors.push(Lanes {
                        row: steps(run.rows.start, row) as u32,
                        line: steps(first_line, column) as u32,
                        at: (*at as i64 + column - touched.start) as u32,
                    });
                }
                let lines = steps(first_line, first);
                let needed = lines..lines + count + 1;
                self.geometry.need(link.line_heights, needed, width);
            }
            *at += n + PAD;
        }
    }

    /// The first line of the arrays over columns.
    pub(super) fn first_line(&self) -> i64 {
        self.columns.start - PAD as i64
    }

    /// Room for the weights of the longest band.
    pub(super) fn band_length(&self) -> usize {
        let of_row = steps(self.columns.start, self.columns.end) + 4 * PAD;
        (BAND + PAD).max(of_row + 2 * PAD)
    }
}

impl Geometry {
    fn new(columns: &Pixels, rows: &Pixels) -> Self {
        let mut space = Space::default();
        let width = (steps(columns.start, columns.end) + 1 + 2 * PAD).next_multiple_of(PAD);
        space.take(2 * width);
        let row_lines = (steps(rows.start, rows.end) + 1).next_multiple_of(PAD);
        let levels = [space.take(row_lines), space.take(row_lines)];
        Self { length: space.0, width, levels, row_lines, crossings: Vec::new(), heights: Vec::new() }
    }

    fn take(&mut self, length: usize) -> usize {
        let mut space = Space(self.length);
        let start = space.take(length);
        self.length = space.0;
        start
    }

    /// Make room for what a link needs. The four quarters of a circle see the same lines after reflection, two by two.
    fn link(&mut self, run: &Run<'_>, hole: bool) -> LinkPlan {
        let (link, right) = (run.link, run.right);
        let sign = if right { 1.0 } else { -1.0 };
        let Chord { center, tilt, half, .. } = link.x_of_y;
        let mut crossings = Crossings {
            ends: (link.y0, link.y1),
            flip: link.flip,
            low: link.low_r,
            high: link.high_r,
            chord: Chord { center: sign * center, tilt: sign * tilt, half: sign * half, ..link.x_of_y },
            first: run.rows.start,
            n: (run.columns.len() + 1).next_multiple_of(PAD),
            heights: 0,
            columns: 0,
        };
        let twin = self.crossings.iter().find(|other| crossings.is_like(other));
        (crossings.heights, crossings.columns) = match twin {
            Some(twin) => (twin.heights, twin.columns),
            None => (self.take(crossings.n), self.take(crossings.n)),
        };
        let (row_heights, row_columns) = (crossings.heights, crossings.columns);
        if row_heights + 2 * crossings.n == self.length {
            self.crossings.push(crossings);
        }
        let Chord { origin, center, tilt, half, radius } = link.y_r_of_x;
        // Reflected columns go in.
        let chord = Chord { origin: sign * origin, center, tilt: sign * tilt, half, radius };
        let (low, high) = (link.low_r, link.high_r);
        let mut heights = Heights { low, high, chord, right, at: 0, needed: usize::MAX..0 };
        let twin = self.heights.iter().find(|other| heights.is_like(other)).map(|other| other.at);
        heights.at = twin.unwrap_or_else(|| self.take(self.width));
        let line_heights = heights.at;
        if twin.is_none() {
            self.heights.push(heights);
        }
        LinkPlan {
            bulge: link.bulge,
            flip: link.flip,
            hole,
            right,
            rows: run.rows.clone(),
            vectors: ByRow::new(),
            row_heights,
            row_columns,
            line_heights,
        }
    }

    /// Note that some lines of an array of heights are needed.
    fn need(&mut self, array: usize, lines: Range<usize>, width: usize) {
        let heights = self.heights.iter_mut().find(|heights| heights.at == array);
        let needed = &mut heights.expect("every link has its array").needed;
        *needed = needed.start.min(lines.start)..needed.end.max(lines.end.min(width));
    }
}

impl Crossings {
    /// Whether the numbers are the same, wherever they are kept.
    fn is_like(&self, other: &Self) -> bool {
        let of = |c: &Self| (c.ends, c.flip, c.low, c.high, c.chord, c.first, c.n);
        of(self) == of(other)
    }
}

impl Heights {
    /// Whether the numbers are the same, wherever they are kept.
    fn is_like(&self, other: &Self) -> bool {
        let of = |h: &Self| (h.low, h.high, h.chord, h.right);
        of(self) == of(other)
    }
}
