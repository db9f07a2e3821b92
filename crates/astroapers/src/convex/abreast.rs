//! Several sources of one shape at once, one in each lane.
//!
//! A source alone fills its vectors with neighbouring columns, of which an edge passes through three or four; it pays for its own
//! lines, rows and calls. Sources of one shape have the same [plan](super::plan), in which each number may as well be
//! a vector: that of the sources' own numbers. Then no lane lies beside an edge, a pixel has its near line from the pixel before,
//! and what a row costs is shared. Made for single columns the plan lists just the pixels that a link may pass through.
//!
//! The formulae are those of [`super::row`], so that a source has the same weights alone and in company: what is left out here are
//! pixels of which a link takes nothing, wherever in its pixel the position lies.

use std::ops::Range;

use super::Convex;
use super::bulge::{FOUR, NINETEEN, SEVEN, Series, TWELVE, TWENTY_EIGHT};
use super::geometry::{Crossings, Heights};
use super::outline::{Bulge, Outline};
use super::plan::Plan;
use super::row::{self, Bulges, Corner, Curved, Edge, Passage, Round, Straight, splat};
use super::rows::{Pixels, steps};
use crate::cover::Grid;
use crate::place::Place;
use crate::simd::{Simd, SimdBase, vectorized};

/// Most sources that are measured at once: lanes of the widest vector.
pub(crate) const MOST: usize = 8;

/// A number of each source. Levels with fewer lanes leave the last ones alone.
pub(crate) type Lanes = [f64; MOST];

/// Receives the weights of several sources, row by row.
pub(crate) trait RowsAbreast<S: Simd> {
    /// The weights of some columns of a row, and zeros up to a whole number of `S::f64s::LEN` columns. Column and row are counted
    /// from the pixel that holds a source's position.
    fn row(&mut self, simd: S, row: i64, column: i64, weights: &[Lanes]);
}

/// A plan for several sources at once.
#[derive(Clone, Debug)]
pub(super) struct Abreast {
    rows: Vec<Row>,
    levels: Vec<Level>,
    courses: Vec<Course>,
    /// Rows whose weights are computed before any of them is shown.
    bands: Vec<Range<usize>>,
    links: Vec<Side>,
    ring: bool,
    /// Levels of an outline.
    row_lines: usize,
    /// All columns and rows that any source may look at.
    reach: (Pixels, Pixels),
    crossings: Vec<Crossings>,
    /// Where links meet the lines between columns, with the lines that are needed.
    heights: Vec<(Heights, Pixels)>,
}

/// A row of pixels, and what there is to do in it.
#[derive(Clone, Debug)]
struct Row {
    row: i64,
    column: i64,
    /// How many columns.
    n: usize,
    levels: Range<usize>,
    courses: Range<usize>,
}

/// Some columns, and which of the levels they weigh to begin with.
#[derive(Clone, Debug)]
struct Level {
    n: usize,
    level: usize,
}

/// A link as the plan knows it.
#[derive(Clone, Debug)]
struct Side {
    bulge: Bulge,
    hole: bool,
    right: bool,
}

/// The columns of a row that a link may pass through.
#[derive(Clone, Debug)]
struct Course {
    link: usize,
    /// Where the row's two lines are among the crossings.
    crossing: usize,
    /// Where the lower line of the first column is among the corners.
    corner: usize,
    /// The columns, counted from the row's first.
    columns: Range<usize>,
}

/// Columns of rows that are computed before they are shown: what stays in the fastest cache.
const BAND: usize = 192;

/// Columns of the widest shape that is measured so: in wider ones most pixels are inside, and faster to add row by row.
const WIDEST: usize = 48;

impl Abreast {
    /// `None` if the shape is too wide.
    pub(super) fn new(outlines: &[Outline]) -> Option<Self> {
        let plan = Plan::new(outlines, 1);
        if steps(plan.columns.start, plan.columns.end) > WIDEST {
            return None;
        }
        let layout = &plan.geometry;
        let mut before = 0;
        // Where the line 0 of each array of heights would be among the corners.
        let arrays: Vec<_> = layout
            .heights
            .iter()
            .map(|heights| {
                let at = before;
                before += heights.needed.len();
                (heights.at, at, heights.needed.start)
            })
            .collect();
        let corner = |array: usize, line: usize| {
            let found = arrays.iter().find(|(at, ..)| *at == array);
            let &(_, at, first) = found.expect("every link has its array");
            at + line - first
        };
        let mut abreast = Self {
            rows: Vec::new(),
            levels: Vec::new(),
            courses: Vec::new(),
            bands: Vec::new(),
            links: plan
                .links
                .iter()
                .map(|link| Side { bulge: link.bulge, hole: link.hole, right: link.right })
                .collect(),
            ring: plan.ring,
            row_lines: layout.row_lines,
            // Rows are read in whole vectors.
            reach: (plan.columns.start..plan.columns.end + MOST as i64 - 1, plan.rows.clone()),
            crossings: layout.crossings.clone(),
            heights: layout
                .heights
                .iter()
                .map(|heights| {
                    let line = |index: usize| plan.first_line() + index as i64;
                    (heights.clone(), line(heights.needed.start)..line(heights.needed.end))
                })
                .collect(),
        };
        for (i, row) in plan.rows.clone().enumerate() {
            let [span] = plan.spans.of(i..i + 1) else { continue };
            let n = span.n as usize;
            let place = |at: u32| (at - span.at) as usize;
            let (first_level, first_course) = (abreast.levels.len(), abreast.courses.len());
            let fills = plan.fills.of(i..i + 1);
            for (k, fill) in fills.iter().enumerate().filter(|(_, fill)| fill.last > 0) {
                let end = fills.get(k + 1).map_or(n, |next| place(next.at));
                abreast
                    .levels
                    .push(Level { n: end - place(fill.at), level: fill.value as usize - layout.levels[0] });
            }
            for (link, of_link) in plan.links.iter().enumerate().filter(|(_, link)| link.rows.contains(&row))
            {
                let i = steps(of_link.rows.start, row);
                for pixel in of_link.vectors.of(i..i + 1) {
                    let (crossing, at) = (pixel.row as usize, place(pixel.at));
                    match abreast.courses[first_course..].last_mut() {
                        Some(Course { link: l, crossing: c, columns, .. })
                            if (*l, *c, columns.end) == (link, crossing, at) =>
                        {
                            columns.end += 1;
                        }
                        _ => {
                            let corner = corner(of_link.heights, pixel.line as usize);
                            abreast.courses.push(Course { link, crossing, corner, columns: at..at + 1 });
                        }
                    }
                }
            }
            let (levels, courses) = (first_level..abreast.levels.len(), first_course..abreast.courses.len());
            abreast.rows.push(Row { row, column: i64::from(span.column), n, levels, courses });
        }
        abreast.list_bands();
        Some(abreast)
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

/// The arrays of a visit, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct AbreastScratch {
    /// How much of each row the outline is high, and then by how much more so than the hole.
    levels: Vec<Lanes>,
    /// Reflected heights and columns where links cross the lines between rows.
    crossings: Vec<[Lanes; 2]>,
    /// Reflected lines between columns, and reflected heights where links cross them.
    corners: Vec<[Lanes; 2]>,
    weights: Vec<Lanes>,
}

/// Make room in an array.
#[inline(always)]
fn room<T: Copy + Default>(array: &mut Vec<T>, length: usize) {
    if array.len() < length {
        array.resize(length, T::default());
    }
}

impl Convex {
    /// The plan for several sources, if there is one for this shape.
    #[inline]
    fn abreast(&self) -> Option<&Abreast> {
        self.abreast.get_or_init(|| Abreast::new(&self.outlines).map(Box::new)).as_deref()
    }

    /// The pixels that several sources at once may look at, counted from that which holds the position: columns and rows. `None` if
    /// this shape's sources are measured one by one.
    #[inline]
    pub(crate) fn reach_abreast(&self) -> Option<&(Pixels, Pixels)> {
        Some(&self.abreast()?.reach)
    }

    /// Report the weights of some sources, one in each lane.
    ///
    /// # Panics
    /// If this shape's sources are measured one by one.
    #[inline(always)]
    pub(crate) fn visit_abreast<S: Simd, V: RowsAbreast<S>>(
        &self,
        simd: S,
        places: &[Place; MOST],
        scratch: &mut super::ConvexScratch,
        visitor: &mut V,
    ) {
        let abreast = self.abreast().expect("the caller has asked for the reach");
        let scratch = &mut scratch.abreast;
        self.lay_abreast(simd, abreast, places, scratch);
        for band in &abreast.bands {
            let rows = &abreast.rows[band.clone()];
            if abreast.ring {
                self.band_abreast::<S, true>(simd, abreast, rows, scratch);
            } else {
                self.band_abreast::<S, false>(simd, abreast, rows, scratch);
            }
            let mut rest = &scratch.weights[..];
            for row in rows {
                let (here, more) = rest.split_at(row.n.next_multiple_of(S::f64s::LEN));
                visitor.row(simd, row.row, row.column, here);
                rest = more;
            }
        }
    }

    /// The weights of some rows, one after another.
    #[inline(always)]
    fn band_abreast<S: Simd, const RING: bool>(
        &self,
        simd: S,
        abreast: &Abreast,
        rows: &[Row],
        scratch: &mut AbreastScratch,
    ) {
        match self.series {
            Series::Four => self.weigh_abreast::<S, { FOUR.len() }, RING>(simd, abreast, rows, scratch),
            Series::Seven => self.weigh_abreast::<S, { SEVEN.len() }, RING>(simd, abreast, rows, scratch),
            Series::Twelve => self.weigh_abreast::<S, { TWELVE.len() }, RING>(simd, abreast, rows, scratch),
            Series::Nineteen => {
                self.weigh_abreast::<S, { NINETEEN.len() }, RING>(simd, abreast, rows, scratch)
            }
            Series::TwentyEight => {
                self.weigh_abreast::<S, { TWENTY_EIGHT.len() }, RING>(simd, abreast, rows, scratch);
            }
        }
    }

    /// Compiled once for each level and series of `N` coefficients, whoever the visitor is.
    #[inline(never)]
    fn weigh_abreast<S: Simd, const N: usize, const RING: bool>(
        &self,
        simd: S,
        abreast: &Abreast,
        rows: &[Row],
        scratch: &mut AbreastScratch,
    ) {
        let series = self.coefficients.first_chunk::<N>().expect("the series has so many");
        vectorized(
            simd,
            #[inline(always)]
            || abreast.weigh::<S, N, RING>(simd, series, rows, scratch),
        );
    }

    /// Fill the arrays of levels, crossings and corners.
    #[inline(never)]
    fn lay_abreast<S: Simd>(
        &self,
        simd: S,
        abreast: &Abreast,
        places: &[Place; MOST],
        scratch: &mut AbreastScratch,
    ) {
        vectorized(
            simd,
            #[inline(always)]
            || {
                let columns = Lines::new(simd, |lane| Grid::new(places[lane].offset.0, None));
                let rows = Lines::new(simd, |lane| Grid::new(places[lane].offset.1, Some(self.quantum)));
                abreast.lay(simd, &self.outlines, &columns, &rows, scratch);
            },
        );
    }
}

/// The lines between pixels of several sources along one axis: [`Grid`]s in lanes.
struct Lines<S: Simd> {
    base: S::f64s,
    nearest: S::f64s,
}

impl<S: Simd> Lines<S> {
    #[inline(always)]
    fn new(simd: S, grid: impl Fn(usize) -> Grid<f64>) -> Self {
        Self {
            base: S::f64s::from_fn(simd, |lane| grid(lane).base),
            nearest: S::f64s::from_fn(simd, |lane| grid(lane).nearest as f64),
        }
    }

    /// How far the line `k` is from the base.
    #[inline(always)]
    fn step(&self, simd: S, k: i64) -> S::f64s {
        splat(simd, k as f64) - self.nearest
    }
}

#[inline(always)]
fn load<S: Simd>(simd: S, lanes: &Lanes) -> S::f64s {
    S::f64s::from_slice(simd, &lanes[..S::f64s::LEN])
}

#[inline(always)]
fn store<S: Simd>(lanes: &mut Lanes, value: S::f64s) {
    value.store_slice(&mut lanes[..S::f64s::LEN]);
}

impl Abreast {
    #[inline(always)]
    fn lay<S: Simd>(
        &self,
        simd: S,
        outlines: &[Outline],
        columns: &Lines<S>,
        rows: &Lines<S>,
        scratch: &mut AbreastScratch,
    ) {
        let AbreastScratch { levels, crossings, corners, weights } = scratch;
        let n = steps(self.reach.1.start, self.reach.1.end);
        let row_lines = self.row_lines;
        room(levels, outlines.len() * row_lines);
        room(crossings, self.crossings.iter().map(|crossings| crossings.n).sum());
        room(corners, self.heights.iter().map(|(_, lines)| steps(lines.start, lines.end)).sum());
        room(weights, BAND);
        let one = splat(simd, 1.0);
        for (outline, levels) in outlines.iter().zip(levels.chunks_exact_mut(row_lines)) {
            let ends = (splat(simd, outline.bottom), splat(simd, outline.top));
            let mut step = rows.step(simd, self.reach.1.start);
            for level in &mut levels[..n] {
                store::<S>(level, row::level(simd, rows.base, step, ends));
                step += one;
            }
        }
        if self.ring {
            let (outline, hole) = levels.split_at_mut(row_lines);
            for (outline, hole) in outline.iter().zip(&mut hole[..n]) {
                let more = load(simd, outline) - load(simd, hole);
                store::<S>(hole, more);
            }
        }
        let mut rest = &mut crossings[..];
        for link in &self.crossings {
            let (here, more) = rest.split_at_mut(link.n);
            let (mut step, flip) = (rows.step(simd, link.first), splat(simd, link.flip));
            for [height, column] in here {
                let (y, x) = row::crossing(simd, link, rows.base + step);
                store::<S>(height, y);
                store::<S>(column, x);
                step += flip;
            }
            rest = more;
        }
        let mut rest = &mut corners[..];
        for (link, lines) in &self.heights {
            let (here, more) = rest.split_at_mut(steps(lines.start, lines.end));
            let mut step = columns.step(simd, lines.start);
            for [line, height] in here {
                let x = columns.base + step;
                let x = if link.right { x } else { -x };
                store::<S>(line, x);
                store::<S>(height, row::height(simd, link, x));
                step += one;
            }
            rest = more;
        }
    }

    #[inline(always)]
    fn weigh<S: Simd, const N: usize, const RING: bool>(
        &self,
        simd: S,
        series: &[[f64; 8]; N],
        rows: &[Row],
        scratch: &mut AbreastScratch,
    ) {
        let AbreastScratch { levels, crossings, corners, weights } = scratch;
        let zero = splat(simd, 0.0);
        let mut rest = &mut weights[..];
        for row in rows {
            let (weights, more) = rest.split_at_mut(row.n.next_multiple_of(S::f64s::LEN));
            rest = more;
            let (pixels, beyond) = weights.split_at_mut(row.n);
            let mut empty = &mut *pixels;
            for level in &self.levels[row.levels.clone()] {
                let (here, more) = empty.split_at_mut(level.n);
                let value = load(simd, &levels[level.level]);
                here.iter_mut().for_each(|weight| store::<S>(weight, value));
                empty = more;
            }
            beyond.iter_mut().for_each(|weight| store::<S>(weight, zero));
            for course in &self.courses[row.courses.clone()] {
                let Course { link, crossing, corner, columns } = course;
                let link = &self.links[*link];
                let pixels = &mut pixels[columns.clone()];
                let corners = &corners[*corner..][..=pixels.len()];
                let [below, above] = crossings[*crossing..].first_chunk().expect("a row has two lines");
                let both = |i: usize| (load(simd, &below[i]), load(simd, &above[i]));
                let passage = Passage { y: both(0), x: both(1) };
                match link.bulge {
                    Bulge::None => link.pass::<S, _, RING>(simd, &Straight, &passage, corners, pixels),
                    Bulge::Circle(quarter) => {
                        let round = Round::new(simd, quarter, series);
                        link.pass::<S, _, RING>(simd, &round, &passage, corners, pixels);
                    }
                    Bulge::Arc(plane) => {
                        let curved = Curved::new(simd, plane, series);
                        link.pass::<S, _, RING>(simd, &curved, &passage, corners, pixels);
                    }
                }
            }
            if RING {
                let one = splat(simd, 1.0);
                for weight in pixels {
                    let left = load(simd, weight);
                    store::<S>(weight, left.max(zero).min(one));
                }
            }
        }
    }
}

impl Side {
    /// Take what lies beyond a link from the weights of the columns that it passes through.
    #[inline(always)]
    fn pass<S: Simd, B: Bulges<S>, const RING: bool>(
        &self,
        simd: S,
        bulges: &B,
        passage: &Passage<S>,
        corners: &[[Lanes; 2]],
        weights: &mut [Lanes],
    ) {
        let edge = Edge::new(simd, bulges, RING && self.hole, RING);
        let corner = |[x, y]: &[Lanes; 2]| passage.corner(load(simd, x), load(simd, y));
        // A right side sees the left line of a pixel first.
        if self.right {
            along(simd, &edge, passage, corners.iter().map(corner), weights.iter_mut());
        } else {
            along(simd, &edge, passage, corners.iter().rev().map(corner), weights.iter_mut().rev());
        }
    }
}

/// Go along a link from line to line.
#[inline(always)]
fn along<'w, S: Simd, B: Bulges<S>>(
    simd: S,
    edge: &Edge<'_, S, B>,
    passage: &Passage<S>,
    mut corners: impl Iterator<Item = Corner<S>>,
    weights: impl Iterator<Item = &'w mut Lanes>,
) {
    let Some(mut near) = corners.next() else { return };
    for (weight, far) in weights.zip(corners) {
        let left = edge.take(simd, passage, near, far, load(simd, weight));
        store::<S>(weight, left);
        near = far;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{offset, row};
    use super::super::{Clip, ConvexScratch};
    use super::*;
    use crate::aperture::Aperture;
    use crate::reduce::WeightsReducer;
    use crate::shapes::Kind;
    use crate::simd::{Level, dispatch};
    use crate::stop::Stop;
    use crate::window::Window;
    use proptest::prelude::*;

    /// Keeps all weights of a window, source by source.
    struct Kept {
        window: Window,
        weights: Vec<Lanes>,
    }

    impl<S: Simd> RowsAbreast<S> for Kept {
        fn row(&mut self, _: S, row: i64, column: i64, weights: &[Lanes]) {
            for (x, weight) in (column..).zip(weights) {
                let at = (row - self.window.y0) * self.window.nx() as i64 + x - self.window.x0;
                self.weights[at as usize] = *weight;
            }
        }
    }

    /// The weights of sources are those that each has alone, to the last bit.
    fn equals_alone(aperture: &Aperture, offsets: &[(f64, f64); MOST]) -> bool {
        let mut any = false;
        for level in Level::all() {
            let Some((kernel, _)) = aperture.kernel(level) else { continue };
            let Some((columns, rows)) = kernel.reach_abreast() else { continue };
            any = true;
            let window = Window { x0: columns.start, x1: columns.end, y0: rows.start, y1: rows.end };
            let places = offsets.map(|offset| Place { column: 0, row: 0, offset });
            let mut scratch = ConvexScratch::default();
            let mut kept = Kept { window, weights: vec![[0.0; MOST]; window.nx() * window.ny()] };
            dispatch!(level, simd => kernel.visit_abreast(simd, &places, &mut scratch, &mut kept));
            for (lane, &offset) in offsets.iter().enumerate().take(level.lanes()) {
                let mut alone = vec![0.0; kept.weights.len()];
                let clip = Clip { rows: rows.clone(), columns: columns.clone() };
                let reducer = &mut WeightsReducer::new(window, &mut alone);
                dispatch!(level, simd => kernel.visit(simd, offset, &clip, &mut scratch, &Stop::new(), reducer))
                    .unwrap();
                for (i, (together, alone)) in kept.weights.iter().zip(&alone).enumerate() {
                    assert_eq!(
                        together[lane].to_bits(),
                        alone.to_bits(),
                        "{level:?} {offset:?} pixel {i}: {} {alone}",
                        together[lane]
                    );
                }
            }
        }
        any
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn weights_are_those_of_a_source_alone(
            (name, row) in row(), offsets in prop::array::uniform8((offset(), offset())),
        ) {
            let Ok(aperture) = (Kind::named(name).unwrap().build)(&row) else { return Ok(()) };
            equals_alone(&aperture, &offsets);
        }
    }
}
