//! Where the sides of a shape may be in each row of pixels, and how a row is cut into spans.

use std::ops::Range;

use super::outline::Link;
use super::plan::PAD;

/// Columns or rows of pixels, counted from the pixel that holds the position.
pub(super) type Pixels = Range<i64>;

/// The pixels that the interval from `low` to `high` may touch, wherever in its pixel the position lies.
pub(super) fn reachable(low: f64, high: f64) -> Pixels {
    low.floor() as i64..(high + 1.0).ceil() as i64
}

/// A number of pixels, or a distance that is known to be none less than 0.
pub(super) fn steps(from: i64, to: i64) -> usize {
    usize::try_from(to - from).expect("the plan's parts lie in order")
}

/// All pixels of either range and between.
pub(super) fn hull(one: &Pixels, other: &Pixels) -> Pixels {
    one.start.min(other.start)..one.end.max(other.end)
}

/// A link of one of the outlines, with the rows that it may touch and its columns in each.
pub(super) struct Run<'a> {
    pub(super) link: &'a Link,
    pub(super) right: bool,
    pub(super) rows: Pixels,
    /// Those in each row.
    pub(super) columns: Vec<Pixels>,
}

impl<'a> Run<'a> {
    pub(super) fn new(link: &'a Link, right: bool) -> Self {
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

    /// The sign that x gets.
    pub(super) fn sign(&self) -> f64 {
        if self.right { 1.0 } else { -1.0 }
    }

    /// Its columns in a row.
    pub(super) fn columns_in(&self, row: i64) -> Option<&Pixels> {
        usize::try_from(row - self.rows.start).ok().and_then(|i| self.columns.get(i))
    }
}

/// What an outline may do in a row: where its left and its right side may be.
#[derive(Clone, Copy)]
pub(super) struct Sides {
    left: (i64, i64),
    right: (i64, i64),
}

impl Sides {
    pub(super) fn new(runs: &[Run<'_>], row: i64) -> Option<Self> {
        let side = |right: bool| {
            let here = runs.iter().filter(|run| run.right == right).filter_map(|run| run.columns_in(row));
            here.fold(None, |hulls: Option<(i64, i64)>, columns| {
                Some(hulls.map_or((columns.start, columns.end), |(start, end)| {
                    (start.min(columns.start), end.max(columns.end))
                }))
            })
        };
        // Both sides go all the way from the bottom to the top.
        Some(Self { left: side(false)?, right: side(true)? })
    }

    /// All columns that it may reach.
    fn columns(&self) -> Pixels {
        self.left.0.min(self.right.0)..self.left.1.max(self.right.1)
    }
}

/// The spans of a row, from left to right: columns that get weights of their own, and those between that weigh 1.
pub(super) struct Row {
    /// The outline's columns, and the hole's if there may be some here.
    pub(super) outline: Pixels,
    pub(super) hole: Option<Pixels>,
    /// Runs of columns with weights of their own, apart from each other.
    pub(super) touched: Vec<Pixels>,
    /// Whether what lies between one such run and the next is inside the hole.
    pub(super) hollow: Vec<bool>,
}

impl Row {
    /// `inside` says of each outline whether it holds the whole row, wherever the position lies in its pixel.
    pub(super) fn new(sides: [Option<Sides>; 2], inside: [bool; 2], dense: bool) -> Option<Self> {
        let [outline, hole] = sides;
        // By rounding a hole that touches the outline may seem to reach further than that.
        let columns = outline.iter().chain(&hole).map(Sides::columns);
        let outline_columns = columns.reduce(|one, other| hull(&one, &other))?;
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
