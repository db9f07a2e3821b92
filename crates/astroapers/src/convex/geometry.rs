//! Where the numbers are kept that follow from a source's place between the pixels: what the sides are at every line.
//!
//! All lie in one array. Which sides look alike after reflection is found here: the four quarters of a circle see the same
//! lines, two by two, and what is known for one is known for the other.

use std::ops::Range;

use super::outline::Chord;
use super::rows::{Pixels, Run, steps};

/// Where everything is.
///
/// Arrays over columns have the same index, from their start on, for a column and its lower line. All lengths are whole
/// vectors.
#[derive(Clone, Debug)]
pub(super) struct Geometry {
    pub(super) length: usize,
    /// Length of the arrays over column lines. The first two are the lines as right and as left sides see them.
    pub(super) width: usize,
    /// How high the outline is in each row, and by how much more so than the hole.
    pub(super) levels: [usize; 2],
    pub(super) row_lines: usize,
    /// Where the links cross the lines between rows: first the reflected heights of all, then the reflected columns.
    pub(super) crossings: Vec<Crossings>,
    pub(super) crossings_at: usize,
    pub(super) crossings_length: usize,
    pub(super) heights: Vec<Heights>,
    lanes: usize,
}

/// Where a link crosses the lines between rows, in the order in which its reflection meets them.
#[derive(Clone, Debug)]
pub(super) struct Crossings {
    pub(super) ends: (f64, f64),
    /// The sign that y gets, and with it the order of the lines.
    pub(super) flip: f64,
    /// Extreme columns, reflected.
    pub(super) low: f64,
    pub(super) high: f64,
    /// From a height to the reflected column.
    pub(super) chord: Chord,
    /// The number of the line that comes first.
    pub(super) first: i64,
    /// Where they are among all crossings, and how many.
    pub(super) at: usize,
    pub(super) n: usize,
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

impl Geometry {
    /// Room for lines and levels.
    pub(super) fn new(columns: &Pixels, rows: &Pixels, lanes: usize) -> Self {
        let width = (steps(columns.start, columns.end) + 1 + 2 * lanes).next_multiple_of(lanes);
        let row_lines = (steps(rows.start, rows.end) + 1).next_multiple_of(lanes);
        let levels = [2 * width, 2 * width + row_lines];
        Self {
            length: levels[1] + row_lines,
            width,
            levels,
            row_lines,
            crossings: Vec::with_capacity(4),
            crossings_at: 0,
            crossings_length: 0,
            heights: Vec::with_capacity(4),
            lanes,
        }
    }

    /// Make room for where a link crosses row lines, and say which of the crossings it is.
    pub(super) fn crossings_of(&mut self, run: &Run<'_>) -> usize {
        let (link, sign) = (run.link, run.sign());
        let Chord { center, tilt, half, .. } = link.x_of_y;
        let crossings = Crossings {
            ends: (link.y0, link.y1),
            flip: link.flip,
            low: link.low_r,
            high: link.high_r,
            chord: Chord { center: sign * center, tilt: sign * tilt, half: sign * half, ..link.x_of_y },
            first: if link.flip > 0.0 { run.rows.start } else { run.rows.end },
            at: self.crossings_length,
            n: (run.columns.len() + 1).next_multiple_of(self.lanes),
        };
        if let Some(twin) = self.crossings.iter().position(|other| other.is_like(&crossings)) {
            return twin;
        }
        self.crossings_length += crossings.n;
        self.crossings.push(crossings);
        self.crossings.len() - 1
    }

    /// Make room for how high a link is at column lines, and say where.
    pub(super) fn heights_of(&mut self, run: &Run<'_>) -> usize {
        let (link, right, sign) = (run.link, run.right, run.sign());
        let Chord { origin, center, tilt, half, radius } = link.y_r_of_x;
        // Reflected columns go in.
        let chord = Chord { origin: sign * origin, center, tilt: sign * tilt, half, radius };
        let (low, high) = (link.low_r, link.high_r);
        let heights = Heights { low, high, chord, right, at: self.length, needed: 0..0 };
        if let Some(twin) = self.heights.iter().find(|other| other.is_like(&heights)) {
            return twin.at;
        }
        self.heights.push(heights);
        self.length += self.width;
        self.length - self.width
    }

    /// All links are known.
    pub(super) fn finish(&mut self) {
        self.crossings_at = self.length;
        self.length += 2 * self.crossings_length;
    }

    /// Where the two lines of a row are in one of the crossings.
    pub(super) fn crossing(&self, which: usize, row: i64) -> usize {
        let Crossings { flip, first, at, .. } = self.crossings[which];
        at + if flip > 0.0 { steps(first, row) } else { steps(row + 1, first) }
    }

    /// Note that some lines of an array of heights are needed.
    pub(super) fn need(&mut self, array: usize, lines: Range<usize>) {
        let heights = self.heights.iter_mut().find(|heights| heights.at == array);
        let needed = &mut heights.expect("every link has its array").needed;
        let end = lines.end.min(self.width);
        *needed = if needed.end == 0 {
            lines.start..end
        } else {
            needed.start.min(lines.start)..needed.end.max(end)
        };
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
