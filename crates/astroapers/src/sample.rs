//! The centre method: which pixels have their centre inside an outline.
//!
//! A centre is *strictly inside* an outline or it is not; the boundary itself belongs to neither
//! side. An aperture selects the centres that are strictly inside its outline and not strictly inside a hole, so
//! that a centre on the outer boundary is out, one on an inner boundary is in, and a disc and the
//! annulus around it share no pixel and miss none.
//!
//! Each row crosses the outline at a sorted list of places. Between which centres one of them falls follows from
//! `x(y)`, unless that is closer to a centre than its own rounding error. Then it is decided by the sign of the
//! segment's equation at the centres around: the cross product of a line, `|M (p - c)|^2 - 1` of an arc. If even the sign is
//! not certain in `f64` it is taken in [`Wide`] numbers, in which the ties of unrotated shapes are exact.

use std::cmp::Ordering;

use crate::contour::Contour;
use crate::geom::{Arc, Chords, Point, Segment};
use crate::wide::Wide;
use crate::window::Window;

/// An outline made ready to be sampled.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    /// By increasing height of the lower end.
    edges: Vec<Edge>,
    /// The left and the right side, upwards, if there are just these two.
    sides: Option<[Vec<Flank>; 2]>,
}

/// A monotone segment seen from its lower to its upper end.
#[derive(Clone, Debug)]
struct Edge {
    low: Point,
    high: Point,
    /// Whether the outline travels it upwards.
    up: bool,
    kind: EdgeKind,
    /// Bound on the rounding error of [`Edge::x_at`] \[pixel\].
    doubt: f64,
}

#[derive(Clone, Debug)]
enum EdgeKind {
    Line,
    Arc(Box<Level>),
}

/// The equation of an ellipse, scaled so that its determinant is near 1 whatever the size.
#[derive(Clone, Debug)]
struct Level {
    arc: Arc,
    det: Wide,
    /// The inverse frame in `f64`, for a first opinion.
    u: (f64, f64),
    v: (f64, f64),
    /// `x(y) = c_x + tilt d + half sqrt((r_y - d)(r_y + d))`.
    ry: f64,
    tilt: f64,
    half: f64,
    scale: f64,
}

/// A relative rounding error that no sum or product of a handful of `f64` terms reaches.
const CERTAIN: f64 = 1e-14;
/// A few times the rounding error of a difference of two heights, relative to these.
const ROUNDING: f64 = 2e-15;
/// The same, a little more than [`SHALLOW`] times steepened by a line.
const LINE_DOUBT: f64 = 1e-11;
/// A line that runs farther than this \[pixel\] per pixel of height is located in wide numbers.
const SHALLOW: f64 = 1e4;

impl Level {
    fn new(arc: &Arc) -> Self {
        let det = arc.frame.det();
        let [u, v] = arc.frame.inverse_rows();
        let Chords { radius, tilt, half } = arc.frame.row_chords();
        Self {
            arc: *arc,
            det,
            u: (u.x.hi, u.y.hi),
            v: (v.x.hi, v.y.hi),
            ry: radius.hi,
            tilt: tilt.hi,
            half: if arc.right { half.hi } else { -half.hi },
            scale: 2f64.powi(-det.hi.log2().round() as i32),
        }
    }

    /// On which side of the arc the point lies, for a point within the arc's range of heights.
    fn side(&self, p: Point) -> Ordering {
        let d = p - self.arc.frame.c;
        let (u, v) = (self.u.0 * d.x.hi + self.u.1 * d.y.hi, self.v.0 * d.x.hi + self.v.1 * d.y.hi);
        let size = 1.0
            + (self.u.0 * d.x.hi).abs()
            + (self.u.1 * d.y.hi).abs()
            + (self.v.0 * d.x.hi).abs()
            + (self.v.1 * d.y.hi).abs();
        let level = u * u + v * v - 1.0;
        // `place`: inside, on or outside the whole ellipse. `lean`: left, on or right of the line that joins its
        // lowest and highest points, where the two halves meet.
        let (place, lean) = if level.abs() > CERTAIN * size * size {
            (level.total_cmp(&0.0), (d.x.hi - self.tilt * d.y.hi).total_cmp(&0.0))
        } else {
            let (a, b) = (self.arc.frame.a, self.arc.frame.b);
            let (u, v) = (d.cross(b).scale(self.scale), a.cross(d).scale(self.scale));
            let det = self.det.scale(self.scale);
            (order(u * u + v * v, det * det), order(u * b.y, v * a.y))
        };
        let (inner, outer) = if self.arc.right {
            (Ordering::Less, Ordering::Greater)
        } else {
            (Ordering::Greater, Ordering::Less)
        };
        match place {
            Ordering::Equal if lean == outer || lean == Ordering::Equal => Ordering::Equal,
            Ordering::Greater if lean == outer => outer,
            // Inside, or at or beyond the far half of the ellipse.
            _ => inner,
        }
    }
}

fn order(a: Wide, b: Wide) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

impl Edge {
    fn new(segment: &Segment) -> Self {
        let up = segment.from.y <= segment.to.y;
        let (low, high) = if up { (segment.from, segment.to) } else { (segment.to, segment.from) };
        let reach = [low.x, low.y, high.x, high.y].iter().fold(0.0_f64, |m, v| m.max(v.hi.abs()));
        let (kind, doubt) = segment.arc.as_ref().map_or_else(
            || (EdgeKind::Line, LINE_DOUBT * reach),
            |arc| {
                let (level, scale) = (Level::new(arc), arc.frame.scale());
                // Worst at the top, where the root of a rounding error is what is left.
                let doubt = level.half.abs() * (ROUNDING * level.ry * scale).sqrt() + LINE_DOUBT * scale;
                (EdgeKind::Arc(Box::new(level)), doubt)
            },
        );
        Self { low, high, up, kind, doubt }
    }

    /// How far a line runs per pixel of height; `None` if so far that it is located in wide numbers.
    fn slope(&self) -> Option<f64> {
        let (dx, dy) = (self.high.x - self.low.x, self.high.y - self.low.y);
        (dx.hi.abs() <= SHALLOW * dy.hi).then(|| dx.hi / dy.hi)
    }

    /// Where it crosses the height `y`, roughly.
    fn x_at(&self, y: Wide) -> f64 {
        match &self.kind {
            EdgeKind::Line => {
                if let Some(slope) = self.slope() {
                    return self.low.x.hi + slope * (y.hi - self.low.y.hi);
                }
                let (dx, dy) = (self.high.x - self.low.x, self.high.y - self.low.y);
                (self.low.x + (y - self.low.y) * dx / dy).hi
            }
            EdgeKind::Arc(level) => {
                let d = y.hi - level.arc.frame.c.y.hi;
                let chord = ((level.ry - d) * (level.ry + d)).max(0.0).sqrt();
                level.arc.frame.c.x.hi + level.tilt * d + level.half * chord
            }
        }
    }

    /// `Less` if the point lies to the left of the edge, `Equal` if on it; for points within its range of heights.
    fn side(&self, p: Point) -> Ordering {
        match &self.kind {
            EdgeKind::Arc(level) => level.side(p),
            EdgeKind::Line => {
                let (along, to) = (self.high - self.low, p - self.low);
                let (one, two) = (along.y.hi * to.x.hi, along.x.hi * to.y.hi);
                if (one - two).abs() > CERTAIN * (one.abs() + two.abs()) {
                    return one.total_cmp(&two);
                }
                order(along.y * to.x, along.x * to.y)
            }
        }
    }
}

/// A place where a row crosses an outline: the last centre left of it and the first one right of it.
#[derive(Clone, Copy, Debug)]
struct Crossing {
    left: i64,
    right: i64,
}

/// Half-open runs of columns in ascending order.
type Runs = Vec<(i64, i64)>;

/// Buffers of the centre method, kept from aperture to aperture.
#[derive(Clone, Debug, Default)]
pub(crate) struct SampleScratch {
    crossings: Vec<Crossing>,
    on_boundary: Runs,
    swap: Runs,
}

/// One outline on its way up the rows.
pub(crate) struct Sweep<'a> {
    edges: &'a [Edge],
    /// How many edges have been reached.
    reached: usize,
    active: Vec<usize>,
    sides: Option<[Side<'a>; 2]>,
}

/// A part of one of the two sides of an outline that has no more: a line or an arc, in `f64` alone.
///
/// It crosses the height `c_y + d` at `x = c_x + tilt d + half sqrt((r_y - d)(r_y + d))`; a line has no `half`.
#[derive(Clone, Copy, Debug)]
struct Flank {
    bottom: f64,
    top: f64,
    cx: f64,
    cy: f64,
    ry: f64,
    tilt: f64,
    half: f64,
    doubt: f64,
}

impl Flank {
    /// `None` for a line that is located in wide numbers.
    fn new(edge: &Edge) -> Option<Self> {
        let Edge { low, high, doubt, .. } = edge;
        let (bottom, top, doubt) = (low.y.hi, high.y.hi, *doubt);
        match &edge.kind {
            EdgeKind::Arc(level) => {
                let Point { x, y } = level.arc.frame.c;
                let Level { ry, tilt, half, .. } = **level;
                Some(Self { bottom, top, cx: x.hi, cy: y.hi, ry, tilt, half, doubt })
            }
            EdgeKind::Line => {
                let tilt = edge.slope()?;
                Some(Self { bottom, top, cx: low.x.hi, cy: bottom, ry: 0.0, tilt, half: 0.0, doubt })
            }
        }
    }

    /// The last centre left of where a row crosses it between its ends, if that is certain.
    #[inline]
    fn last_left(&self, y: f64, offset: f64) -> Option<i64> {
        let d = y - self.cy;
        let x =
            self.cx + self.tilt * d + self.half * ((self.ry - d) * (self.ry + d)).max(0.0).sqrt() + offset;
        // The floor of `x`, without the call that it is where the processor may lack an instruction for it.
        let whole = x as i64;
        let left = whole.saturating_sub(i64::from(whole as f64 > x));
        let beyond = x - left as f64;
        (self.bottom < y && y < self.top && beyond > self.doubt && 1.0 - beyond > self.doubt).then_some(left)
    }
}

/// The part of a side that is left to be met, from the part that was met last on upwards.
type Side<'a> = &'a [Flank];

/// [`Flank::last_left`] of a side.
#[inline]
fn last_left(side: &mut Side<'_>, y: f64, offset: f64) -> Option<i64> {
    while let [first, rest @ ..] = side
        && first.top < y
    {
        *side = rest;
    }
    side.first()?.last_left(y, offset)
}

impl Sampler {
    pub(crate) fn new(contour: &Contour) -> Self {
        let mut edges: Vec<_> = contour.segments.iter().map(Edge::new).collect();
        edges.sort_by(|a, b| a.low.y.partial_cmp(&b.low.y).expect("boundaries are finite"));
        let sides = sides(&edges);
        Self { edges, sides }
    }

    pub(crate) fn sweep(&self) -> Sweep<'_> {
        let sides = self.sides.as_ref().map(|sides| sides.each_ref().map(Vec::as_slice));
        Sweep { edges: &self.edges, reached: 0, active: Vec::new(), sides }
    }
}

/// The left and the right side, if each is one chain upwards and there are no other edges but level ones.
///
/// Counter-clockwise outlines go up on the right.
fn sides(edges: &[Edge]) -> Option<[Vec<Flank>; 2]> {
    let side = |up: bool| {
        let steep = edges.iter().filter(|edge| edge.up == up && edge.low.y < edge.high.y);
        let chained = steep.clone().zip(steep.clone().skip(1)).all(|(one, next)| one.high == next.low);
        if chained { steep.map(Flank::new).collect() } else { None }
    };
    Some([side(false)?, side(true)?])
}

impl Sweep<'_> {
    /// The columns of `window` whose centres lie strictly inside the outline in the row of height `y`.
    ///
    /// Rows must be asked for upwards.
    pub(crate) fn row(
        &mut self,
        y: Wide,
        offset: f64,
        window: Window,
        scratch: &mut SampleScratch,
        runs: &mut Runs,
    ) {
        runs.clear();
        if let Some([left, right]) = &mut self.sides
            && let Some(left) = last_left(left, y.hi, offset)
            && let Some(right) = last_left(right, y.hi, offset)
        {
            let (first, end) = ((left + 1).max(window.x0), (right + 1).min(window.x1));
            if first < end {
                runs.push((first, end));
            }
            return;
        }
        while self.edges.get(self.reached).is_some_and(|e| e.low.y <= y) {
            self.active.push(self.reached);
            self.reached += 1;
        }
        let edges = self.edges;
        self.active.retain(|&i| edges[i].high.y >= y);
        scratch.crossings.clear();
        scratch.on_boundary.clear();
        let centre = |k: i64| Point::new(Wide::difference(k as f64, offset), y);
        for edge in self.active.iter().map(|&i| &edges[i]) {
            if edge.low.y == y && edge.high.y == y {
                let (a, b) = if edge.low.x < edge.high.x {
                    (edge.low.x, edge.high.x)
                } else {
                    (edge.high.x, edge.low.x)
                };
                // A centre at the right end is taken out with the edge that ends or begins there.
                let [first, end] = [a, b].map(|x| first_centre(x, offset, window));
                scratch.on_boundary.push((first, end));
                continue;
            }
            if edge.high.y == y || edge.low.y == y {
                let end = if edge.high.y == y { edge.high.x } else { edge.low.x };
                let k = first_centre(end, offset, window);
                if centre(k).x == end {
                    scratch.on_boundary.push((k, k + 1));
                }
            }
            if edge.high.y == y {
                continue;
            }
            let guess = edge.x_at(y) + offset;
            let mut left = guess.clamp((window.x0 - 1) as f64, window.x1 as f64).floor() as i64;
            if (guess - guess.round()).abs() > edge.doubt {
                scratch.crossings.push(Crossing { left, right: left + 1 });
                continue;
            }
            while left >= window.x0 && edge.side(centre(left)) != Ordering::Less {
                left -= 1;
            }
            while left < window.x1 && edge.side(centre(left + 1)) == Ordering::Less {
                left += 1;
            }
            let on = left < window.x1 && edge.side(centre(left + 1)) == Ordering::Equal;
            scratch.crossings.push(Crossing { left, right: left + 1 + i64::from(on) });
        }
        scratch.crossings.sort_unstable_by_key(|c| c.left + c.right);
        for pair in scratch.crossings.chunks_exact(2) {
            let (first, end) = (pair[0].right.max(window.x0), (pair[1].left + 1).min(window.x1));
            if first < end {
                runs.push((first, end));
            }
        }
        if !scratch.on_boundary.is_empty() {
            scratch.on_boundary.sort_unstable();
            subtract(runs, &scratch.on_boundary, &mut scratch.swap);
        }
    }
}

/// The first centre at or to the right of `x`, within the window's columns and one past them.
fn first_centre(x: Wide, offset: f64, window: Window) -> i64 {
    // Rounding may carry the sum to the centre that is sought and a little beyond, but not to the next one.
    let mut k = (x.hi + offset).floor().clamp(window.x0 as f64, window.x1 as f64) as i64;
    while k < window.x1 && Wide::difference(k as f64, offset) < x {
        k += 1;
    }
    k
}

/// Take the runs `holes` (ascending, possibly overlapping) out of `runs`.
pub(crate) fn subtract(runs: &mut Runs, holes: &[(i64, i64)], swap: &mut Runs) {
    swap.clear();
    for &(mut first, end) in runs.iter() {
        for &(hole, hole_end) in holes {
            if hole >= end {
                continue;
            }
            if hole > first {
                swap.push((first, hole));
            }
            first = first.max(hole_end);
        }
        if first < end {
            swap.push((first, end));
        }
    }
    std::mem::swap(runs, swap);
}

impl SampleScratch {
    /// The spare list of [`subtract`].
    pub(crate) fn swap(&mut self) -> &mut Runs {
        &mut self.swap
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aperture::Aperture;
    use crate::geom::{Frame, Rotation, arc_segments};
    use crate::shapes;

    /// The runs of every row, found by the two sides where there are these, or by all edges.
    fn runs_of(sampler: &Sampler, by_sides: bool, offset: (f64, f64), window: Window) -> Vec<Runs> {
        let mut sweep = sampler.sweep();
        if !by_sides {
            sweep.sides = None;
        }
        let (mut scratch, mut runs) = (SampleScratch::default(), Runs::new());
        let mut row = |j: i64| {
            sweep.row(Wide::difference(j as f64, offset.1), offset.0, window, &mut scratch, &mut runs);
            runs.clone()
        };
        (window.y0..window.y1).map(&mut row).collect()
    }

    #[test]
    fn the_two_sides_of_an_outline_say_what_all_its_edges_say() {
        let convex: Vec<Aperture> = [
            shapes::circle(5.0),
            shapes::circle(0.3),
            shapes::circle(2.5),
            shapes::ellipse(6.0, 0.01, 0.7),
            shapes::ellipse(5.0, 3.0, 0.0),
            shapes::rectangle(6.0, 4.0, 0.0),
            shapes::rectangle(8.0, 1.0, 1e-7),
            shapes::rectangle(5.0, 5.0, std::f64::consts::FRAC_PI_4),
            shapes::pill(6.0, 2.0, 3.0, 0.0),
            shapes::pill(6.0, 2.0, 3.0, 2.0),
        ]
        .into_iter()
        .collect::<crate::Result<_>>()
        .unwrap();
        for (i, aperture) in convex.iter().enumerate() {
            let sampler = Sampler::new(&aperture.boundary()[0]);
            assert!(i == 6 || sampler.sides.is_some(), "shape {i} has two sides");
            for offset in [(0.0, 0.0), (0.5, 0.5), (-0.5, 0.0), (0.25, -0.125), (1e-16, 0.3), (0.1, 1e-300)] {
                for window in [(-9, 10, -9, 10), (-1, 2, -9, 10), (3, 4, 0, 5)] {
                    let (x0, x1, y0, y1) = window;
                    let window = Window { x0, x1, y0, y1 };
                    let [sides, edges] = [true, false].map(|by| runs_of(&sampler, by, offset, window));
                    assert_eq!(sides, edges, "shape {i} at {offset:?} in {window:?}");
                }
            }
        }
    }

    #[test]
    fn a_side_says_which_centre_is_the_last_before_it() {
        let sampler = Sampler::new(&shapes::circle(5.0).unwrap().boundary()[0]);
        let [mut left, mut right] = sampler.sides.as_ref().unwrap().each_ref().map(Vec::as_slice);
        // Lower and upper quarters, 3.97 and 4.58 to either side.
        for (y, columns) in [(-3.04, [-4, 4]), (2.0, [-5, 4])] {
            assert_eq!([&mut left, &mut right].map(|side| last_left(side, y, 0.2)), columns.map(Some));
        }
        // Where they meet neither is asked.
        assert_eq!(last_left(&mut right, 5.0, 0.2), None);
    }

    #[test]
    fn exact_signs_decide_where_rounding_moves_a_side_across_a_centre() {
        // The left side runs through (0, 0), but 2 / 98 * 49 - 1 is rounded to less. With its upper end moved by the least there is,
        // it passes that centre on either side.
        let side = |upper: f64| {
            let corners = [(-1.0, -49.0), (9.25, -49.0), (11.25, 49.0), (upper, 49.0)];
            Sampler::new(&Contour::polygon(&corners.map(|(x, y)| Point::at(x, y))))
        };
        let window = Window { x0: -9, x1: 20, y0: 0, y1: 1 };
        for (upper, first) in [(1.0, 1), (1.0_f64.next_up(), 1), (1.0_f64.next_down(), 0)] {
            for by_sides in [true, false] {
                assert_eq!(runs_of(&side(upper), by_sides, (0.0, 0.0), window), [[(first, 11)]], "{upper}");
            }
        }
    }

    #[test]
    fn exact_signs_decide_in_every_quadrant() {
        // A side through (-15, -101), where 66 / 121 * 99 - 69 is rounded to less; and turned by half a circle.
        let corners = [(-69.0, -200.0), (-50.25, -200.0), (-1.75, -79.0), (-3.0, -79.0)];
        for (sign, row, run) in [(1.0, -101, (-14, -10)), (-1.0, 101, (11, 15))] {
            let outline = Contour::polygon(&corners.map(|(x, y)| Point::at(sign * x, sign * y)));
            let window = Window { x0: -70, x1: 70, y0: row, y1: row + 1 };
            for by_sides in [true, false] {
                assert_eq!(runs_of(&Sampler::new(&outline), by_sides, (0.0, 0.0), window), [[run]]);
            }
        }
    }

    #[test]
    fn a_window_that_begins_on_the_boundary_changes_nothing() {
        // The right side runs through centres: (1, 0) is on it.
        let corners = [(-4.0, -2.0), (0.0, -2.0), (2.0, 2.0), (-4.0, 2.0)].map(|(x, y)| Point::at(x, y));
        let sampler = Sampler::new(&Contour::polygon(&corners));
        for x0 in -6..4 {
            let window = Window { x0, x1: 5, y0: -1, y1: 2 };
            for by_sides in [true, false] {
                // In rows -1, 0 and 1 it is at 0.5, 1 and 1.5.
                let expected = [1, 1, 2].map(|end| {
                    let run = (x0.max(-3), end);
                    if run.0 < end { vec![run] } else { Runs::new() }
                });
                assert_eq!(runs_of(&sampler, by_sides, (0.0, 0.0), window), expected, "from {x0}");
            }
        }
    }

    #[test]
    fn outlines_with_more_than_two_sides_are_told() {
        use shapes::Command::{Close, Line, Move};
        let corners = [(-4.0, -4.0), (4.0, -4.0), (3.0, 4.0), (0.0, -1.0), (-3.0, 4.0)];
        let mut fork = vec![Move { x: corners[0].0, y: corners[0].1 }];
        fork.extend(corners[1..].iter().map(|&(x, y)| Line { x, y }));
        fork.push(Close);
        assert!(Sampler::new(&shapes::path(&fork, &[]).unwrap().boundary()[0]).sides.is_none());
    }

    /// Where the half of an ellipse that an edge follows crosses a height, in wide numbers.
    fn crossing(level: &Level, y: Wide) -> Wide {
        let Frame { c, .. } = level.arc.frame;
        let Chords { radius, tilt, half } = level.arc.frame.row_chords();
        let d = y - c.y;
        let chord = half * ((radius - d) * (radius + d)).sqrt();
        c.x + tilt * d + if level.arc.right { chord } else { -chord }
    }

    #[test]
    fn a_point_lies_on_that_side_of_an_arc_where_it_is_of_the_crossing() {
        let ellipse = |(x, y), a, b, theta| Frame::ellipse(Point::at(x, y), a, b, Rotation::by(theta));
        let frames = [
            (ellipse((0.0, 0.0), 3.0, 2.0, 0.0), 3.0),
            (ellipse((5.0, -7.0), 6.0, 1.0, 0.7), 1.0),
            (ellipse((-4.0, 2.0), 0.5, 8.0, 2.0), 0.5),
            (ellipse((1.0, 9.0), 200.0, 1e-3, 0.3), 1e-3),
            (ellipse((-1.0, 0.0), 1e-3, 200.0, 0.3), 1e-3),
            (ellipse((0.0, 0.0), 2e-90, 1e-90, 1.0), 1e-90),
            (ellipse((0.0, 0.0), 2e90, 1e90, 1.0), 1e90),
        ];
        for (frame, size) in frames {
            let mut arcs = Vec::new();
            arc_segments(frame, Point::at(1.0, 0.0), Point::at(1.0, 0.0), std::f64::consts::TAU, &mut arcs);
            for edge in arcs.iter().map(Edge::new) {
                let EdgeKind::Arc(level) = &edge.kind else { unreachable!("they are arcs") };
                for part in [0.003, 0.2, 0.5, 0.77, 0.999] {
                    let y = edge.low.y + (edge.high.y - edge.low.y) * Wide::new(part);
                    let at = crossing(level, y);
                    for distance in [1e-22, 1e-17, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 0.3, 0.9, 4.0, 100.0] {
                        let dx = Wide::new(size * distance);
                        let sides = [level.side(Point::new(at - dx, y)), level.side(Point::new(at + dx, y))];
                        assert_eq!(sides, [Ordering::Less, Ordering::Greater], "{frame:?} {part} {distance}");
                        assert!((edge.x_at(y) - at.hi).abs() <= edge.doubt);
                    }
                }
            }
        }
    }

    #[test]
    fn a_crossing_near_the_top_of_an_arc_is_no_farther_off_than_its_doubt() {
        let ellipse = |(x, y), a, b, theta| Frame::ellipse(Point::at(x, y), a, b, Rotation::by(theta));
        for frame in [
            ellipse((0.1, 0.3), 7.7, 7.7, 0.0),
            ellipse((5.0, -700.3), 200.1, 100.7, 0.7),
            ellipse((-4.0, 2.0), 0.5, 8.3, 2.0),
            // So thin that its two halves are nearer to each other than rounding.
            ellipse((5.0, -700.3), 200.1, 1e-12, 0.7),
            ellipse((0.0, 0.0), 2e90, 1e90, 1.0),
        ] {
            let mut arcs = Vec::new();
            arc_segments(frame, Point::at(1.0, 0.0), Point::at(1.0, 0.0), std::f64::consts::TAU, &mut arcs);
            for edge in arcs.iter().map(Edge::new) {
                let EdgeKind::Arc(level) = &edge.kind else { unreachable!("they are arcs") };
                let height = edge.high.y - edge.low.y;
                for part in (8..60).map(|halvings| height.scale(2f64.powi(-halvings))) {
                    for y in [edge.low.y + part, edge.high.y - part] {
                        let off = edge.x_at(y) - crossing(level, y).hi;
                        assert!(
                            off.abs() <= edge.doubt,
                            "{frame:?} {part:?}: {off} is not in {}",
                            edge.doubt
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn ends_of_an_arc_lie_on_it() {
        // With a radius of 5 the point (3, 4) is on the circle to the last digit.
        let circle = Frame::circle(Point::at(0.0, 0.0), Wide::new(5.0));
        let mut arcs = Vec::new();
        arc_segments(circle, Point::at(1.0, 0.0), Point::at(1.0, 0.0), std::f64::consts::TAU, &mut arcs);
        for edge in arcs.iter().map(Edge::new) {
            let EdgeKind::Arc(level) = &edge.kind else { unreachable!("they are arcs") };
            let (x, y) = (if level.arc.right { 1.0 } else { -1.0 }, if level.arc.upper { 1.0 } else { -1.0 });
            for (px, py) in [(3.0, 4.0), (4.0, 3.0), (5.0, 0.0), (0.0, 5.0)] {
                assert_eq!(edge.side(Point::at(x * px, y * py)), Ordering::Equal);
                // The other half is to the inner side.
                let inner = if level.arc.right { Ordering::Less } else { Ordering::Greater };
                assert!(px == 0.0 || edge.side(Point::at(-x * px, y * py)) == inner);
                assert_eq!(edge.side(Point::at(-x * 9.0, y * py)), inner);
            }
        }
    }

    #[test]
    fn a_point_lies_on_that_side_of_a_line_where_it_is_of_the_crossing() {
        let mut corners = vec![(0.0, 0.0), (3.0, 5.0), (-2.0, 7.0), (1e6, 7.1), (-1e-3, 2.0), (0.1, 0.7)];
        // Far out heights are coarse, and nearly level lines steepen that: by a thousand to the left, by a million to either side.
        corners.extend([(1234.5, 1000.1), (0.7, 1000.9), (-1001.3, 1000.901), (901.7, 1000.902)]);
        for (low, high) in
            corners.iter().flat_map(|p| corners.iter().map(move |q| (p, q))).filter(|(p, q)| p.1 < q.1)
        {
            let (from, to) = (Point::at(low.0, low.1), Point::at(high.0, high.1));
            for edge in [Edge::new(&Segment::line(from, to)), Edge::new(&Segment::line(to, from))] {
                assert_eq!((edge.low, edge.high), (from, to));
                for part in [0.001, 0.3, 0.5, 0.9] {
                    let y = from.y + (to.y - from.y) * Wide::new(part);
                    let at = from.x + (to.x - from.x) * (y - from.y) / (to.y - from.y);
                    assert!((edge.x_at(y) - at.hi).abs() <= edge.doubt);
                    for distance in [1e-22, 1e-17, 1e-15, 1e-12, 1e-9, 1e-3, 1.0, 100.0] {
                        let dx = Wide::new(distance * at.hi.abs().max(1e-3));
                        let sides = [edge.side(Point::new(at - dx, y)), edge.side(Point::new(at + dx, y))];
                        assert_eq!(sides, [Ordering::Less, Ordering::Greater]);
                    }
                }
                assert_eq!(edge.side(from), Ordering::Equal);
            }
        }
    }

    #[test]
    fn a_point_on_a_line_is_on_it() {
        let line = Edge::new(&Segment::line(Point::at(-1.0, -2.0), Point::at(5.0, 8.0)));
        for k in 1..8 {
            let t = 0.125 * f64::from(k);
            assert_eq!(line.side(Point::at(-1.0 + 6.0 * t, -2.0 + 10.0 * t)), Ordering::Equal);
        }
    }

    #[test]
    fn the_first_centre_is_found_whatever_lies_before_it() {
        let window = Window { x0: -3, x1: 5, y0: 0, y1: 1 };
        for offset in [0.0, 0.25, -0.5, 0.1, 1e-17] {
            for x in (-24..32).map(|x| 0.25 * f64::from(x)).flat_map(|x| [x, x.next_up(), x.next_down()]) {
                let x = Wide::new(x);
                // One past the window if there is none in it.
                let expected = (window.x0..window.x1).find(|&k| Wide::difference(k as f64, offset) >= x);
                assert_eq!(first_centre(x, offset, window), expected.unwrap_or(window.x1));
            }
        }
        // A centre itself is sought, and rounding goes beyond it: -2 - 0.3 + 0.3 is more than -2.
        for (k, offset) in
            (window.x0..window.x1).flat_map(|k| [0.1, 0.3, 0.4, -0.3].map(|offset| (k, offset)))
        {
            assert_eq!(first_centre(Wide::difference(k as f64, offset), offset, window), k);
        }
    }

    #[test]
    fn holes_are_taken_out_of_runs() {
        let is_in = |runs: &[(i64, i64)], x: i64| runs.iter().any(|&(first, end)| (first..end).contains(&x));
        for holes in [&[][..], &[(1, 3)], &[(0, 2), (1, 4), (8, 9)], &[(-5, 30)], &[(2, 2), (4, 6), (9, 12)]]
        {
            let before = vec![(0, 5), (7, 10), (11, 12)];
            let (mut runs, mut swap) = (before.clone(), vec![(100, 200)]);
            subtract(&mut runs, holes, &mut swap);
            assert!(runs.iter().all(|run| run.0 < run.1) && runs.is_sorted());
            for x in -6..35 {
                assert_eq!(is_in(&runs, x), is_in(&before, x) && !is_in(holes, x), "{x} of {runs:?}");
            }
        }
    }
}
