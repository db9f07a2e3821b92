//! What is done to several columns at once.

use fearless_simd::f64x8;

use super::bulge::ratio;
use super::geometry::{Crossings, Heights};
use super::outline::{ArcPlane, Bulge, Chord, Outline};
use super::plan::{Fill, Lanes};
use crate::simd::{Select, Simd, SimdBase, SimdFloat};
use crate::span::GROUP;

/// Further than any height of a shape that a kernel takes.
const OUTSIDE: f64 = 1e9;

#[inline(always)]
pub(super) fn splat<S: Simd>(simd: S, value: f64) -> S::f64s {
    S::f64s::splat(simd, value)
}

/// The lanes from one of a slice on.
#[inline(always)]
fn load<S: Simd>(simd: S, values: &[f64], from: usize) -> S::f64s {
    S::f64s::from_slice(simd, &values[from..from + S::f64s::LEN])
}

/// A coordinate on a chord's axis, and how far the curve is from there, for several distances at once.
#[inline(always)]
pub(super) fn along<S: Simd>(simd: S, chord: &Chord, position: S::f64s) -> (S::f64s, S::f64s) {
    let (d, radius) = (position - splat(simd, chord.origin), splat(simd, chord.radius));
    let square = ((radius - d) * (radius + d)).max(splat(simd, 0.0));
    (d.mul_add(splat(simd, chord.tilt), splat(simd, chord.center)), square.sqrt() * splat(simd, chord.half))
}

/// A coordinate of the curve.
#[inline(always)]
fn on<S: Simd>(simd: S, chord: &Chord, position: S::f64s) -> S::f64s {
    let (middle, root) = along(simd, chord, position);
    middle + root
}

/// The numbers `first`, `first + 1`, ... in lanes, and how far it is to the next vector.
#[inline(always)]
fn count<S: Simd>(simd: S, first: i64) -> (S::f64s, S::f64s) {
    (S::f64s::from_fn(simd, |lane| first as f64 + lane as f64), splat(simd, S::f64s::LEN as f64))
}

/// The lines `base + first`, `base + first + 1`, ... as they are and as they look from the other side.
#[inline(always)]
pub(super) fn lines<S: Simd>(simd: S, base: f64, first: i64, right: &mut [f64], left: &mut [f64]) {
    let (mut step, vector) = count(simd, first);
    for (right, left) in right.chunks_exact_mut(S::f64s::LEN).zip(left.chunks_exact_mut(S::f64s::LEN)) {
        let line = splat(simd, base) + step;
        line.store_slice(right);
        (-line).store_slice(left);
        step += vector;
    }
}

/// How much of the rows above the lines `base + first`, `base + first + 1`, ... an outline is high.
#[inline(always)]
pub(super) fn levels<S: Simd>(simd: S, base: f64, first: i64, outline: &Outline, out: &mut [f64]) {
    let (mut step, vector) = count(simd, first);
    let (bottom, top) = (splat(simd, outline.bottom), splat(simd, outline.top));
    for out in out.chunks_exact_mut(S::f64s::LEN) {
        level(simd, splat(simd, base), step, (bottom, top)).store_slice(out);
        step += vector;
    }
}

/// How much of the rows above the lines `base + step` lies between two heights.
#[inline(always)]
pub(super) fn level<S: Simd>(
    simd: S,
    base: S::f64s,
    step: S::f64s,
    (bottom, top): (S::f64s, S::f64s),
) -> S::f64s {
    let (low, high) = (base + step, base + (step + splat(simd, 1.0)));
    high.max(bottom).min(top) - low.max(bottom).min(top)
}

/// What the outline is higher than the hole.
#[inline(always)]
pub(super) fn differences<S: Simd>(simd: S, outline: &[f64], hole: &mut [f64]) {
    for (outline, hole) in outline.chunks_exact(S::f64s::LEN).zip(hole.chunks_exact_mut(S::f64s::LEN)) {
        (S::f64s::from_slice(simd, outline) - S::f64s::from_slice(simd, hole)).store_slice(hole);
    }
}

/// The reflected heights of the row lines `base + first`, `base + first + flip`, ... within a link, and the reflected
/// columns where it crosses them.
#[inline(always)]
pub(super) fn crossings<S: Simd>(
    simd: S,
    plan: &Crossings,
    (base, first): (f64, i64),
    heights: &mut [f64],
    columns: &mut [f64],
) {
    let lane = |lane: usize| first as f64 + plan.flip * lane as f64;
    let (mut step, vector) = (S::f64s::from_fn(simd, lane), splat(simd, plan.flip * S::f64s::LEN as f64));
    for (heights, columns) in
        heights.chunks_exact_mut(S::f64s::LEN).zip(columns.chunks_exact_mut(S::f64s::LEN))
    {
        let (y, x) = crossing(simd, plan, splat(simd, base) + step);
        y.store_slice(heights);
        x.store_slice(columns);
        step += vector;
    }
}

/// The reflected heights of row lines within a link, and the reflected columns where it crosses them.
#[inline(always)]
pub(super) fn crossing<S: Simd>(simd: S, plan: &Crossings, line: S::f64s) -> (S::f64s, S::f64s) {
    let within = |x: S::f64s, low: f64, high: f64| x.max(splat(simd, low)).min(splat(simd, high));
    let y = within(line, plan.ends.0, plan.ends.1);
    (y * splat(simd, plan.flip), within(on(simd, &plan.chord, y), plan.low, plan.high))
}

/// The reflected heights of a link at column lines; beyond its ends, far above or below.
#[inline(always)]
pub(super) fn heights<S: Simd>(simd: S, plan: &Heights, lines: &[f64], out: &mut [f64]) {
    for (out, lines) in out.chunks_exact_mut(S::f64s::LEN).zip(lines.chunks_exact(S::f64s::LEN)) {
        height(simd, plan, S::f64s::from_slice(simd, lines)).store_slice(out);
    }
}

/// The reflected heights of a link at reflected column lines.
#[inline(always)]
pub(super) fn height<S: Simd>(simd: S, plan: &Heights, line: S::f64s) -> S::f64s {
    let y = line.simd_le(splat(simd, plan.low)).select(splat(simd, OUTSIDE), on(simd, &plan.chord, line));
    // A vertical piece is wholly below its own line: the pixel beyond it is beyond.
    line.simd_ge(splat(simd, plan.high)).select(splat(simd, -OUTSIDE), y)
}

/// The least multiple of a vector's length that is not below `n`.
#[inline(always)]
pub(super) fn whole<S: Simd>(n: usize) -> usize {
    n.div_ceil(S::f64s::LEN) * S::f64s::LEN
}

/// 1 in as many lanes as the index says, then 0.
static FIRST: [[f64; GROUP]; GROUP + 1] = {
    let mut first = [[0.0; GROUP]; GROUP + 1];
    let mut n = 0;
    while n <= GROUP {
        let mut lane = 0;
        while lane < n {
            first[n][lane] = 1.0;
            lane += 1;
        }
        n += 1;
    }
    first
};

/// 0 in as many lanes as the index says, then 1.
static AFTER: [[f64; GROUP]; GROUP] = {
    let mut after = [[1.0; GROUP]; GROUP];
    let mut n = 0;
    while n < GROUP {
        let mut lane = 0;
        while lane < n {
            after[n][lane] = 0.0;
            lane += 1;
        }
        n += 1;
    }
    after
};

/// Set weights to what the geometry says.
#[inline(always)]
pub(super) fn fill<S: Simd>(simd: S, fills: &[Fill], geometry: &[f64], weights: &mut [f64]) {
    for fill in fills {
        let (at, value) = (fill.at as usize, f64x8::splat(simd, geometry[fill.value as usize]));
        let weights = weights[at..at + GROUP * usize::from(fill.groups)].as_chunks_mut::<GROUP>().0;
        if let Some((last, weights)) = weights.split_last_mut() {
            for weights in weights {
                value.store_slice(weights);
            }
            (value * f64x8::from_slice(simd, &FIRST[usize::from(fill.last)])).store_slice(last);
        }
    }
}

/// What the kernel needs of a link.
pub(super) struct Link<'a> {
    pub(super) bulge: &'a Bulge,
    pub(super) hole: bool,
    /// Whether there is a hole.
    pub(super) ring: bool,
    /// Reflected heights and columns at row lines.
    pub(super) heights: &'a [f64],
    pub(super) columns: &'a [f64],
    /// Column lines as this side sees them, and the link's reflected heights there.
    pub(super) lines: &'a [f64],
    pub(super) line_heights: &'a [f64],
}

/// A chord's bulges, several at once.
pub(super) trait Bulges<S: Simd> {
    /// What lies beyond a chord and its arc, from what lies beyond the chord: this goes up by `dy` from `(a, yf)`, and to the
    /// left by `dx`.
    fn spare(&self, simd: S, lost: S::f64s, a: S::f64s, yf: S::f64s, dx: S::f64s, dy: S::f64s) -> S::f64s;
}

/// Lines have none.
pub(super) struct Straight;

impl<S: Simd> Bulges<S> for Straight {
    #[inline(always)]
    fn spare(&self, _: S, lost: S::f64s, _: S::f64s, _: S::f64s, _: S::f64s, _: S::f64s) -> S::f64s {
        lost
    }
}

/// Those of circles about the position.
pub(super) struct Round<'c, S: Simd, const N: usize> {
    /// `1 / 4 r^2`.
    quarter: S::f64s,
    coefficients: &'c [[f64; 8]; N],
}

impl<'c, S: Simd, const N: usize> Round<'c, S, N> {
    #[inline(always)]
    pub(super) fn new(simd: S, quarter: f64, coefficients: &'c [[f64; 8]; N]) -> Self {
        Self { quarter: splat(simd, quarter), coefficients }
    }
}

impl<S: Simd, const N: usize> Bulges<S> for Round<'_, S, N> {
    #[inline(always)]
    fn spare(&self, simd: S, lost: S::f64s, a: S::f64s, yf: S::f64s, dx: S::f64s, dy: S::f64s) -> S::f64s {
        let t = dx.mul_add(dx, dy * dy) * self.quarter;
        let cross = a.mul_add(dy, yf * dx);
        (-(cross * t)).mul_add(ratio(simd, self.coefficients, t), lost)
    }
}

/// Those of any arc.
pub(super) struct Curved<'c, S: Simd, const N: usize> {
    u: (S::f64s, S::f64s),
    v: (S::f64s, S::f64s),
    center: (S::f64s, S::f64s),
    coefficients: &'c [[f64; 8]; N],
}

impl<'c, S: Simd, const N: usize> Curved<'c, S, N> {
    #[inline(always)]
    pub(super) fn new(simd: S, ArcPlane { u, v, center }: ArcPlane, coefficients: &'c [[f64; 8]; N]) -> Self {
        let both = |(x, y): (f64, f64)| (splat(simd, x), splat(simd, y));
        Self { u: both(u), v: both(v), center: both(center), coefficients }
    }
}

impl<S: Simd, const N: usize> Bulges<S> for Curved<'_, S, N> {
    #[inline(always)]
    fn spare(&self, simd: S, lost: S::f64s, a: S::f64s, yf: S::f64s, dx: S::f64s, dy: S::f64s) -> S::f64s {
        let u = dx.mul_add(self.u.0, dy * self.u.1);
        let v = dx.mul_add(self.v.0, dy * self.v.1);
        let t = u.mul_add(u, v * v);
        let cross = (a - self.center.0).mul_add(dy, (yf - self.center.1) * dx);
        (-(cross * t)).mul_add(ratio(simd, self.coefficients, t), lost)
    }
}

impl Link<'_> {
    /// Take what lies beyond the link from some vectors of weights, or give it back if it is that of a hole.
    #[inline(always)]
    pub(super) fn take<S: Simd, const N: usize, const RIGHT: bool>(
        &self,
        simd: S,
        coefficients: &[[f64; 8]; N],
        vectors: &[Lanes],
        weights: &mut [f64],
    ) {
        match *self.bulge {
            Bulge::None => self.take_each::<S, _, RIGHT>(simd, &Straight, vectors, weights),
            Bulge::Circle(quarter) => {
                let round = Round::new(simd, quarter, coefficients);
                self.take_each::<S, _, RIGHT>(simd, &round, vectors, weights);
            }
            Bulge::Arc(plane) => {
                let curved = Curved::new(simd, plane, coefficients);
                self.take_each::<S, _, RIGHT>(simd, &curved, vectors, weights);
            }
        }
    }

    #[inline(always)]
    fn take_each<S: Simd, B: Bulges<S>, const RIGHT: bool>(
        &self,
        simd: S,
        bulges: &B,
        vectors: &[Lanes],
        weights: &mut [f64],
    ) {
        let lanes = S::f64s::LEN;
        let edge = Edge::new(simd, bulges, self.hole, self.ring);
        // Of a pixel's two column lines a right side sees the left one first.
        let (near, far) = if RIGHT { (0, 1) } else { (1, 0) };
        for &Lanes { row, line, at, beside } in vectors {
            let (row, line, at, beside) = (row as usize, line as usize, at as usize, beside as usize);
            let (heights, columns) = (&self.heights[row..row + 2], &self.columns[row..row + 2]);
            let (x, y) = (&self.lines[line..=line + lanes], &self.line_heights[line..=line + lanes]);
            let weights = &mut weights[at..at + lanes];
            let both = |values: &[f64]| (splat(simd, values[0]), splat(simd, values[1]));
            let passage = Passage { y: both(heights), x: both(columns) };
            let corner = |at| passage.corner(load(simd, x, at), load(simd, y, at));
            let weight = S::f64s::from_slice(simd, weights);
            let lost = edge.lost(simd, &passage, corner(near), corner(far));
            // Beside its columns a link takes nothing, but for rounding: left out, a source has the same weights whatever vectors it is in.
            let own =
                if RIGHT { load(simd, &AFTER[beside], 0) } else { load(simd, &FIRST[lanes - beside], 0) };
            edge.rest(lost * own, weight).store_slice(weights);
        }
    }
}

/// How a link passes through rows of pixels, reflected: it comes in at the height `y.0` and the column `x.0`, and leaves at `y.1` and `x.1`.
#[derive(Clone, Copy)]
pub(super) struct Passage<S: Simd> {
    pub(super) y: (S::f64s, S::f64s),
    pub(super) x: (S::f64s, S::f64s),
}

/// A column line, and how high the link is there, within the row.
#[derive(Clone, Copy)]
pub(super) struct Corner<S: Simd> {
    x: S::f64s,
    y: S::f64s,
}

impl<S: Simd> Passage<S> {
    /// The corner at the column line `x`, where the link is at the height `y`.
    #[inline(always)]
    pub(super) fn corner(&self, x: S::f64s, y: S::f64s) -> Corner<S> {
        Corner { x, y: y.max(self.y.0).min(self.y.1) }
    }
}

/// A link as the edge of what weighs something.
pub(super) struct Edge<'b, S: Simd, B> {
    bulges: &'b B,
    /// Whether what lies beyond is taken or given back.
    sign: S::f64s,
    least: S::f64s,
    most: S::f64s,
}

impl<'b, S: Simd, B: Bulges<S>> Edge<'b, S, B> {
    #[inline(always)]
    pub(super) fn new(simd: S, bulges: &'b B, hole: bool, ring: bool) -> Self {
        // Of a ring, hole and outline may meet in one pixel: only the sum of both is a weight.
        let (least, most) = if ring { (-OUTSIDE, OUTSIDE) } else { (0.0, 1.0) };
        let sign = if hole { 1.0 } else { -1.0 };
        Self { bulges, sign: splat(simd, sign), least: splat(simd, least), most: splat(simd, most) }
    }

    /// What the edge takes of pixels between two column lines. The formula of [`super`], for whatever is in the lanes.
    #[inline(always)]
    pub(super) fn lost(&self, simd: S, passage: &Passage<S>, near: Corner<S>, far: Corner<S>) -> S::f64s {
        let within = |x: S::f64s| x.max(near.x).min(far.x);
        let (a, b) = (within(passage.x.0), within(passage.x.1));
        let (dx, dy) = (a - b, near.y - far.y);
        let beyond = dy.mul_add((a + b).mul_add(splat(simd, -0.5), far.x), passage.y.1 - near.y);
        self.bulges.spare(simd, beyond, a, far.y, dx, dy)
    }

    /// What is left of weights.
    #[inline(always)]
    pub(super) fn rest(&self, lost: S::f64s, weight: S::f64s) -> S::f64s {
        lost.mul_add(self.sign, weight).max(self.least).min(self.most)
    }
}

/// Make weights of what is left.
#[inline(always)]
pub(super) fn clamp<S: Simd>(simd: S, weights: &mut [f64]) {
    for weights in weights.as_chunks_mut::<GROUP>().0 {
        let weight = f64x8::from_slice(simd, weights);
        weight.max(f64x8::splat(simd, 0.0)).min(f64x8::splat(simd, 1.0)).store_slice(weights);
    }
}
