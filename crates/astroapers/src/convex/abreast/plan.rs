//! What there is to do for sources side by side, row by row.

use std::ops::Range;

use super::super::geometry::{Crossings, Geometry, Heights};
use super::super::outline::{Bulge, Outline};
use super::super::plan::Plan;
use super::super::rows::{Pixels, steps};
use super::MOST;
use crate::span::Span;

/// A plan for several sources at once.
#[derive(Clone, Debug)]
pub(in super::super) struct Abreast {
    pub(super) rows: Vec<Row>,
    pub(super) levels: Vec<Level>,
    pub(super) courses: Vec<Course>,
    /// Rows whose weights are computed before any of them is shown.
    pub(super) bands: Vec<Range<usize>>,
    pub(super) ring: bool,
    /// Levels of an outline.
    pub(super) row_lines: usize,
    /// All columns and rows that any source may look at.
    pub(super) reach: (Pixels, Pixels),
    pub(super) crossings: Vec<Crossings>,
    /// Where links meet the lines between columns, with the lines that are needed.
    pub(super) heights: Vec<(Heights, Pixels)>,
}

/// A row of pixels, and what there is to do in it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its number, and that of its first column.
    pub(super) at: (i64, i64),
    /// How many columns.
    pub(super) n: usize,
    pub(super) levels: Range<usize>,
    pub(super) courses: Range<usize>,
}

/// Some columns, and which of the levels they weigh to begin with.
#[derive(Clone, Debug)]
pub(super) struct Level {
    pub(super) n: usize,
    pub(super) level: usize,
}

/// A link as the plan knows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Side {
    pub(super) bulge: Bulge,
    pub(super) hole: bool,
    pub(super) right: bool,
}

/// The columns of a row that a link may pass through.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) link: Side,
    /// Where the row's two lines are among the crossings.
    pub(super) crossing: usize,
    /// Where the lower line of the first column is among the corners.
    pub(super) corner: usize,
    /// The columns, counted from the row's first.
    pub(super) columns: Range<usize>,
}

/// Columns of rows that are computed before they are shown: what stays in the fastest cache.
pub(super) const BAND: usize = 192;

/// Columns of the widest shape that is measured so: in wider ones most pixels are inside, and faster to add row by row.
const WIDEST: usize = 48;

impl Abreast {
    /// `None` if the shape is too wide, or a row of it is taken apart.
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
            levels: Vec::new(),
            courses: Vec::new(),
            bands: Vec::new(),
            ring: plan.ring,
            row_lines: layout.row_lines,
            // Rows are read in whole vectors.
            reach: (plan.columns.start..plan.columns.end + MOST as i64 - 1, plan.rows.clone()),
            crossings: layout.crossings.clone(),
            heights: layout.heights.iter().map(heights).collect(),
        };
        for (i, row) in plan.rows.clone().enumerate() {
            match plan.spans.of(i..i + 1) {
                [] => {}
                [span] if span.at != Span::WHOLE => abreast.list_row(&plan, (i, row), span),
                _ => return None,
            }
        }
        abreast.list_bands();
        Some(abreast)
    }

    fn list_row(&mut self, plan: &Plan, (i, row): (usize, i64), span: &Span) {
        let n = span.n as usize;
        let place = |at: u32| (at - span.at) as usize;
        let (first_level, first_course) = (self.levels.len(), self.courses.len());
        let fills = plan.fills.of(i..i + 1);
        for (k, fill) in fills.iter().enumerate().filter(|(_, fill)| fill.last > 0) {
            let end = fills.get(k + 1).map_or(n, |next| place(next.at));
            let level = fill.value as usize - plan.geometry.levels[0];
            self.levels.push(Level { n: end - place(fill.at), level });
        }
        for of_link in plan.links.iter().filter(|link| link.rows.contains(&row)) {
            let i = steps(of_link.rows.start, row);
            let link = Side { bulge: of_link.bulge, hole: of_link.hole, right: of_link.right };
            for pixel in of_link.vectors.of(i..i + 1) {
                let (crossing, at) = (pixel.row as usize, place(pixel.at));
                let corner = corner(&plan.geometry, of_link.heights, pixel.line as usize);
                match self.courses[first_course..].last_mut() {
                    Some(course) if course.next() == (link, crossing, corner, at) => {
                        course.columns.end = at + 1;
                    }
                    _ => self.courses.push(Course { link, crossing, corner, columns: at..at + 1 }),
                }
            }
        }
        let (levels, courses) = (first_level..self.levels.len(), first_course..self.courses.len());
        self.rows.push(Row { at: (row, i64::from(span.column)), n, levels, courses });
    }

    fn list_bands(&mut self) {
        let mut length = 0;
        for (i, row) in self.rows.iter().enumerate() {
            let here = row.n.next_multiple_of(MOST);
            match self.bands.last_mut() {
                Some(band) if length + here <= BAND => (band.end, length) = (i + 1, length + here),
                _ => {
                    self.bands.push(i..i + 1);
                    length = here;
                }
            }
        }
    }
}

impl Course {
    /// What the pixel after its last one would have to be to belong to it, too.
    fn next(&self) -> (Side, usize, usize, usize) {
        (self.link, self.crossing, self.corner + self.columns.len(), self.columns.end)
    }
}

/// Where a line of one of the plan's arrays of heights is among the corners, which are those that are needed, array by array.
fn corner(geometry: &Geometry, array: usize, line: usize) -> usize {
    let before = geometry.heights.iter().take_while(|heights| heights.at != array);
    let own = geometry.heights.iter().find(|heights| heights.at == array).expect("every link has its array");
    before.map(|heights| heights.needed.len()).sum::<usize>() + line - own.needed.start
}
