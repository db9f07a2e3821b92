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
        let (low, high) = (splat(simd, base) + step, splat(simd, base) + (step + splat(simd, 1.0)));
        (high.max(bottom).min(top) - low.max(bottom).min(top)).store_slice(out);
        step += vector;
    }
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
    let (low, high) = (splat(simd, plan.low), splat(simd, plan.high));
    let lane = |lane: usize| first as f64 + plan.flip * lane as f64;
    let (mut step, vector) = (S::f64s::from_fn(simd, lane), splat(simd, plan.flip * S::f64s::LEN as f64));
    for (heights, columns) in
        heights.chunks_exact_mut(S::f64s::LEN).zip(columns.chunks_exact_mut(S::f64s::LEN))
    {
        let y = (splat(simd, base) + step).max(splat(simd, plan.ends.0)).min(splat(simd, plan.ends.1));
        (y * splat(simd, plan.flip)).store_slice(heights);
        on(simd, &plan.chord, y).max(low).min(high).store_slice(columns);
        step += vector;
    }
}

/// The reflected heights of a link at column lines; beyond its ends, far above or below.
#[inline(always)]
pub(super) fn heights<S: Simd>(simd: S, plan: &Heights, lines: &[f64], out: &mut [f64]) {
    let (low, high) = (splat(simd, plan.low), splat(simd, plan.high));
    let (above, below) = (splat(simd, OUTSIDE), splat(simd, -OUTSIDE));
    for (out, lines) in out.chunks_exact_mut(S::f64s::LEN).zip(lines.chunks_exact(S::f64s::LEN)) {
        let reflected = S::f64s::from_slice(simd, lines);
        let y = on(simd, &plan.chord, reflected);
        let y = reflected.simd_le(low).select(above, y);
        // A vertical piece is wholly below its own line: the pixel beyond it is beyond.
        reflected.simd_ge(high).select(below, y).store_slice(out);
    }
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
trait Bulges<S: Simd> {
    /// What lies beyond a chord and its arc, from what lies beyond the chord: this goes up by `dy` from `(a, yf)`, and to the
    /// left by `dx`.
    fn spare(&self, simd: S, lost: S::f64s, a: S::f64s, yf: S::f64s, dx: S::f64s, dy: S::f64s) -> S::f64s;
}

/// Lines have none.
struct Straight;

impl<S: Simd> Bulges<S> for Straight {
    #[inline(always)]
    fn spare(&self, _: S, lost: S::f64s, _: S::f64s, _: S::f64s, _: S::f64s, _: S::f64s) -> S::f64s {
        lost
    }
}

/// Those of circles about the position.
struct Round<'c, S: Simd, const N: usize> {
    /// `1 / 4 r^2`.
    quarter: S::f64s,
    coefficients: &'c [[f64; 8]; N],
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
struct Curved<'c, S: Simd, const N: usize> {
    u: (S::f64s, S::f64s),
    v: (S::f64s, S::f64s),
    center: (S::f64s, S::f64s),
    coefficients: &'c [[f64; 8]; N],
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
        let both = |(x, y): (f64, f64)| (splat(simd, x), splat(simd, y));
        match *self.bulge {
            Bulge::None => self.take_each::<S, _, RIGHT>(simd, &Straight, vectors, weights),
            Bulge::Circle(quarter) => {
                let round = Round { quarter: splat(simd, quarter), coefficients };
                self.take_each::<S, _, RIGHT>(simd, &round, vectors, weights);
            }
            Bulge::Arc(ArcPlane { u, v, center }) => {
                let curved = Curved { u: both(u), v: both(v), center: both(center), coefficients };
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
        let half = splat(simd, -0.5);
        let sign = splat(simd, if self.hole { 1.0 } else { -1.0 });
        // Of a ring, hole and outline may meet in one pixel: only the sum of both is a weight.
        let (least, most) = if self.ring { (-OUTSIDE, OUTSIDE) } else { (0.0, 1.0) };
        let (least, most) = (splat(simd, least), splat(simd, most));
        // Of a pixel's two column lines a right side sees the left one first.
        let (near, far) = if RIGHT { (0, 1) } else { (1, 0) };
        for &Lanes { row, line, at } in vectors {
            let (row, line, at) = (row as usize, line as usize, at as usize);
            let (heights, columns) = (&self.heights[row..row + 2], &self.columns[row..row + 2]);
            let (x, y) = (&self.lines[line..=line + lanes], &self.line_heights[line..=line + lanes]);
            let weights = &mut weights[at..at + lanes];
            let (y0, y1) = (splat(simd, heights[0]), splat(simd, heights[1]));
            let (start, end) = (splat(simd, columns[0]), splat(simd, columns[1]));
            let (xn, xf) = (load(simd, x, near), load(simd, x, far));
            let (a, b) = (start.max(xn).min(xf), end.max(xn).min(xf));
            let (yn, yf) = (load(simd, y, near).max(y0).min(y1), load(simd, y, far).max(y0).min(y1));
            let (dx, dy) = (a - b, yn - yf);
            let beyond = dy.mul_add((a + b).mul_add(half, xf), y1 - yn);
            let lost = bulges.spare(simd, beyond, a, yf, dx, dy);
            let weight = lost.mul_add(sign, S::f64s::from_slice(simd, weights));
            weight.max(least).min(most).store_slice(weights);
        }
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
