//! Several sources of one shape at once, one in each lane.
//!
//! A source alone fills its vectors with neighbouring columns, of which an edge passes through three or four; it pays for its own
//! lines, rows and calls. Sources of one shape have the same [plan](super::plan), in which each number may as well be
//! a vector: that of the sources' own numbers. Then no lane lies beside an edge, a pixel has its near line from the pixel before,
//! and what a row costs is shared. Made for single columns the plan lists just the pixels that a link may pass through.
//!
//! The formulae are those of [`super::row`] and the pixels of a link the same, so that a source has the same weights alone and in company, to
//! the last bit.

mod plan;

use super::Convex;
use super::bulge::{FOUR, NINETEEN, SEVEN, Series, TWELVE, TWENTY_EIGHT};
use super::outline::{Bulge, Outline};
use super::row::{self, Bulges, Corner, Curved, Edge, Passage, Round, Straight, splat};
use super::rows::{Pixels, steps};
use crate::cover::Grid;
use crate::place::Place;
use crate::simd::{Simd, SimdBase, vectorized};
pub(super) use plan::Abreast;
use plan::{BAND, Band, Course, Pass};

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

    /// The rows that several sources at once report, counted likewise: number, first column, and how many columns. `None` if this
    /// shape's sources are measured one by one.
    pub(crate) fn rows_abreast(&self) -> Option<impl Iterator<Item = (i64, i64, usize)>> {
        Some(self.abreast()?.rows.iter().map(|row| (row.at.0, row.at.1, row.n)))
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
            if abreast.ring {
                self.band_abreast::<S, true>(simd, abreast, band, scratch);
            } else {
                self.band_abreast::<S, false>(simd, abreast, band, scratch);
            }
            for row in &abreast.rows[band.rows.clone()] {
                let weights = &scratch.weights[row.from..][..row.n.next_multiple_of(S::f64s::LEN)];
                visitor.row(simd, row.at.0, row.at.1, weights);
            }
        }
    }

    /// The weights of some rows, one after another.
    #[inline(always)]
    fn band_abreast<S: Simd, const RING: bool>(
        &self,
        simd: S,
        abreast: &Abreast,
        band: &Band,
        scratch: &mut AbreastScratch,
    ) {
        match self.series {
            Series::Four => self.weigh_abreast::<S, { FOUR.len() }, RING>(simd, abreast, band, scratch),
            Series::Seven => self.weigh_abreast::<S, { SEVEN.len() }, RING>(simd, abreast, band, scratch),
            Series::Twelve => self.weigh_abreast::<S, { TWELVE.len() }, RING>(simd, abreast, band, scratch),
            Series::Nineteen => {
                self.weigh_abreast::<S, { NINETEEN.len() }, RING>(simd, abreast, band, scratch);
            }
            Series::TwentyEight => {
                self.weigh_abreast::<S, { TWENTY_EIGHT.len() }, RING>(simd, abreast, band, scratch);
            }
        }
    }

    /// Compiled once for each level and series of `N` coefficients, whoever the visitor is.
    #[inline(never)]
    fn weigh_abreast<S: Simd, const N: usize, const RING: bool>(
        &self,
        simd: S,
        abreast: &Abreast,
        band: &Band,
        scratch: &mut AbreastScratch,
    ) {
        let series = self.coefficients.first_chunk::<N>().expect("the series has so many");
        vectorized(
            simd,
            #[inline(always)]
            || abreast.weigh::<S, N, RING>(simd, series, band, scratch),
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
        band: &Band,
        scratch: &mut AbreastScratch,
    ) {
        let AbreastScratch { levels, crossings, corners, weights } = scratch;
        let (zero, one) = (splat(simd, 0.0), splat(simd, 1.0));
        let rows = &self.rows[band.rows.clone()];
        for row in rows {
            // Some of the last vector's columns lie beyond the row.
            let end = row.from + row.n.next_multiple_of(S::f64s::LEN);
            for weight in &mut weights[end - S::f64s::LEN..end] {
                store::<S>(weight, zero);
            }
        }
        for fill in &self.fills[band.fills.clone()] {
            let value = load(simd, &levels[fill.level as usize]);
            for weight in &mut weights[fill.from as usize..][..fill.n as usize] {
                store::<S>(weight, value);
            }
        }
        for pass in &self.passes[band.passes.clone()] {
            let run = Run { crossings, corners, courses: &self.courses[pass.courses.clone()] };
            match pass.link.bulge {
                Bulge::None => run.take::<S, _, RING>(simd, pass, &Straight, weights),
                Bulge::Circle(quarter) => {
                    let round = Round::new(simd, quarter, series);
                    run.take::<S, _, RING>(simd, pass, &round, weights);
                }
                Bulge::Arc(plane) => {
                    let curved = Curved::new(simd, plane, series);
                    run.take::<S, _, RING>(simd, pass, &curved, weights);
                }
            }
        }
        if RING {
            for row in rows {
                for weight in &mut weights[row.from..][..row.n] {
                    let left = load(simd, weight);
                    store::<S>(weight, left.max(zero).min(one));
                }
            }
        }
    }
}

/// What there is to know on a link's way.
struct Run<'a> {
    crossings: &'a [[Lanes; 2]],
    corners: &'a [[Lanes; 2]],
    courses: &'a [Course],
}

impl Run<'_> {
    /// Take what lies beyond a link from the weights of the columns that it passes through.
    #[inline(always)]
    fn take<S: Simd, B: Bulges<S>, const RING: bool>(
        &self,
        simd: S,
        pass: &Pass,
        bulges: &B,
        weights: &mut [Lanes],
    ) {
        let edge = Edge::new(simd, bulges, RING && pass.link.hole, RING);
        if pass.link.right {
            self.take_from::<S, B, true>(simd, &edge, weights);
        } else {
            self.take_from::<S, B, false>(simd, &edge, weights);
        }
    }

    #[inline(always)]
    fn take_from<S: Simd, B: Bulges<S>, const RIGHT: bool>(
        &self,
        simd: S,
        edge: &Edge<'_, S, B>,
        weights: &mut [Lanes],
    ) {
        for course in self.courses {
            let n = course.n as usize;
            let weights = &mut weights[course.from as usize..][..n];
            let corners = &self.corners[course.corner as usize..][..=n];
            let lines = self.crossings[course.crossing as usize..].first_chunk();
            let [below, above] = lines.expect("a row has two lines");
            let both = |i: usize| (load(simd, &below[i]), load(simd, &above[i]));
            let passage = Passage { y: both(0), x: both(1) };
            let corner = |[x, y]: &[Lanes; 2]| passage.corner(load(simd, x), load(simd, y));
            // A right side sees the left line of a pixel first.
            if RIGHT {
                along(simd, edge, &passage, corners.iter().map(corner), weights.iter_mut());
            } else {
                along(simd, edge, &passage, corners.iter().rev().map(corner), weights.iter_mut().rev());
            }
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
        let lost = edge.lost(simd, passage, near, far);
        let left = edge.rest(lost, load(simd, weight));
        store::<S>(weight, left);
        near = far;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{offset, row};
    use super::*;
    use crate::laws::levels::{equals_alone, mirrored};
    use crate::laws::some_of;
    use crate::shapes::Kind;
    use crate::simd::level;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: some_of(2000), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn weights_are_those_of_a_source_alone(
            (name, row) in row(), offsets in prop::array::uniform8((offset(), offset())),
        ) {
            let Ok(aperture) = (Kind::named(name).unwrap().build)(&row) else { return Ok(()) };
            equals_alone(&aperture, &offsets);
        }
    }

    /// The first is a finding of the fuzzer: a link that took a rounding error of the pixel beside its last one.
    #[test]
    fn weights_of_corners_on_lines_are_those_of_a_source_alone() {
        let half_turn = std::f64::consts::PI;
        for row in [
            [0.0, 1.500_000_000_000_000_2, 0.0, half_turn, 0.0, half_turn],
            [0.0, 1.5, 0.0, half_turn, 0.0, half_turn],
            [0.0, 2.5, 0.5 * half_turn, half_turn, 0.5 * half_turn, half_turn],
        ] {
            let aperture = (Kind::named("wedge").unwrap().build)(&row).unwrap();
            for x in [1.776_356_839_400_250_5e-15, 0.0, 0.5, -0.5, 1e-16, -1e-16] {
                for y in [0.0, 0.5, -0.5, 1e-16] {
                    equals_alone(&aperture, &mirrored((x, y)));
                }
            }
        }
    }

    /// The tests above pass shapes by that are measured one by one: these are not.
    #[test]
    fn narrow_shapes_are_measured_abreast() {
        let abreast = |name: &str, row: &[f64]| {
            let aperture = (Kind::named(name).unwrap().build)(row).unwrap();
            aperture.convex().and_then(Convex::reach_abreast).cloned()
        };
        let reach = abreast("circ", &[2.0]).unwrap();
        // Half a pixel to either side and vectors that may begin in the last column.
        assert_eq!(reach, (-2..4 + MOST as i64 - 2, -2..3));
        for (name, row) in [
            ("circ", vec![20.0]),
            ("ellip", vec![5.0, 1.5, 0.3]),
            ("circ_ann", vec![9.0, 15.0]),
            ("rect_ann", vec![2.0, 3.0, 4.0, 5.0, 0.3, 0.3]),
            ("wedge", vec![2.0, 5.0, 0.3, 1.0, 0.3, 1.0]),
        ] {
            assert!(abreast(name, &row).is_some(), "{name} {row:?} on {:?}", level());
        }
        assert_eq!(abreast("circ", &[30.0]), None);
    }
}
