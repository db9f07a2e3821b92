//! What is done to several columns at once.

use std::ops::Range;

use fearless_simd::f64x8;

use super::bulge::Polynomial;
use super::outline::{ArcPlane, Chord, Link};
use super::plan::Lanes;
use crate::simd::{Select, Simd, SimdBase, SimdFloat};

/// Lanes that a vector may reach beyond the columns of the window, on either side.
pub(super) const PAD: usize = 8;

/// Further than any height of a shape that a kernel takes.
const OUTSIDE: f64 = 1e9;

#[inline(always)]
pub(super) fn splat<S: Simd>(simd: S, value: f64) -> S::f64s {
    S::f64s::splat(simd, value)
}

/// The first lanes of a slice.
#[inline(always)]
fn load<S: Simd>(simd: S, values: &[f64]) -> S::f64s {
    S::f64s::from_slice(simd, &values[..S::f64s::LEN])
}

/// A coordinate along a chord, for several distances at once: that of the chords' middles, and what is to be added to it.
#[inline(always)]
pub(super) fn along<S: Simd>(simd: S, chord: &Chord, position: S::f64s) -> (S::f64s, S::f64s) {
    let (d, radius) = (position - splat(simd, chord.origin), splat(simd, chord.radius));
    let square = ((radius - d) * (radius + d)).max(splat(simd, 0.0));
    (d.mul_add(splat(simd, chord.tilt), splat(simd, chord.center)), square.sqrt() * splat(simd, chord.half))
}

/// A coordinate along a chord, for several distances at once.
#[inline(always)]
fn on<S: Simd>(simd: S, chord: &Chord, position: S::f64s) -> S::f64s {
    let (middle, root) = along(simd, chord, position);
    middle + root
}

/// The lines `base + first`, `base + first + 1`, ... as a side sees them.
#[inline(always)]
pub(super) fn lines<S: Simd>(simd: S, base: f64, first: f64, sign: f64, out: &mut [f64]) {
    let mut step = S::f64s::from_fn(simd, |lane| first + lane as f64);
    for out in out.chunks_exact_mut(S::f64s::LEN) {
        ((splat(simd, base) + step) * splat(simd, sign)).store_slice(out);
        step += splat(simd, S::f64s::LEN as f64);
    }
}

/// The reflected heights of the row lines `base + first`, `base + first + 1`, ... within a link, and the reflected
/// columns where it crosses them.
#[inline(always)]
pub(super) fn crossings<S: Simd>(
    simd: S,
    link: &Link,
    sign: f64,
    (base, first): (f64, f64),
    heights: &mut [f64],
    columns: &mut [f64],
) {
    let (low, high) = (splat(simd, link.low_r), splat(simd, link.high_r));
    let mut step = S::f64s::from_fn(simd, |lane| first + lane as f64);
    for (heights, columns) in
        heights.chunks_exact_mut(S::f64s::LEN).zip(columns.chunks_exact_mut(S::f64s::LEN))
    {
        let y = (splat(simd, base) + step).max(splat(simd, link.y0)).min(splat(simd, link.y1));
        (y * splat(simd, link.flip)).store_slice(heights);
        (on(simd, &link.x_of_y, y) * splat(simd, sign)).max(low).min(high).store_slice(columns);
        step += splat(simd, S::f64s::LEN as f64);
    }
}

/// The reflected heights of a link at column lines; beyond its ends, far above or below.
#[inline(always)]
pub(super) fn heights<S: Simd>(simd: S, link: &Link, side: f64, lines: &[f64], out: &mut [f64]) {
    let (low, high) = (splat(simd, link.low_r), splat(simd, link.high_r));
    let (above, below) = (splat(simd, OUTSIDE), splat(simd, -OUTSIDE));
    for (out, lines) in out.chunks_exact_mut(S::f64s::LEN).zip(lines.chunks_exact(S::f64s::LEN)) {
        let reflected = S::f64s::from_slice(simd, lines);
        let y = on(simd, &link.y_r_of_x, reflected * splat(simd, side));
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

/// Fill the weights of some columns, and set [`PAD`] weights after them to 0.
#[inline(always)]
pub(super) fn fill<S: Simd>(simd: S, weights: &mut [f64], columns: &Range<usize>, value: f64) {
    let weights = &mut weights[columns.start..columns.end + PAD];
    let n = columns.end - columns.start;
    let mut i = 0;
    while i < n {
        f64x8::splat(simd, value).store_slice(&mut weights[i..i + PAD]);
        i += PAD;
    }
    f64x8::splat(simd, 0.0).store_slice(&mut weights[n..]);
}

/// What the kernel needs of a link in some rows.
pub(super) struct Rows<'a> {
    pub(super) link: &'a Link,
    pub(super) lanes: &'a [Lanes],
    /// Reflected heights and columns at the row lines, one more than rows.
    pub(super) heights: &'a [f64],
    pub(super) columns: &'a [f64],
    /// Column lines as this side sees them, and the link's reflected heights there.
    pub(super) lines: &'a [f64],
    pub(super) line_heights: &'a [f64],
}

/// Take what lies beyond a link from rows of weights, `width` each.
#[inline(always)]
pub(super) fn beyond<S: Simd, P: Polynomial, const RIGHT: bool>(
    simd: S,
    rows: &Rows<'_>,
    weights: &mut [f64],
    width: usize,
) {
    match &rows.link.arc {
        Some(arc) => strips::<S, P, RIGHT, true>(simd, rows, arc, weights, width),
        None => strips::<S, P, RIGHT, false>(simd, rows, &ArcPlane::LINE, weights, width),
    }
}

#[inline(always)]
fn strips<S: Simd, P: Polynomial, const RIGHT: bool, const ARC: bool>(
    simd: S,
    rows: &Rows<'_>,
    arc: &ArcPlane,
    weights: &mut [f64],
    width: usize,
) {
    let lane = S::f64s::LEN;
    let (half, zero, one) = (splat(simd, -0.5), splat(simd, 0.0), splat(simd, 1.0));
    let (ux, uy, vx, vy, det) = (
        splat(simd, arc.u.0),
        splat(simd, arc.u.1),
        splat(simd, arc.v.0),
        splat(simd, arc.v.1),
        splat(simd, -arc.det),
    );
    // Of a pixel's two column lines a right side sees the left one first.
    let (near, far) = if RIGHT { (0, 1) } else { (1, 0) };
    let (low, high) = if rows.link.flip > 0.0 { (0, 1) } else { (1, 0) };
    let ends = rows.heights.windows(2).zip(rows.columns.windows(2));
    for ((lanes, weights), (heights, columns)) in
        rows.lanes.iter().zip(weights.chunks_exact_mut(width)).zip(ends)
    {
        let (y0, y1) = (splat(simd, heights[low]), splat(simd, heights[high]));
        let (start, end) = (splat(simd, columns[low]), splat(simd, columns[high]));
        let n = whole::<S>(lanes.count);
        let first = if RIGHT { lanes.anchor - n } else { lanes.anchor };
        let weights = &mut weights[first..first + n];
        let (x, y) = (&rows.lines[first..=first + n], &rows.line_heights[first..=first + n]);
        let mut i = 0;
        while i + lane <= n {
            let (xn, xf) = (load(simd, &x[i + near..]), load(simd, &x[i + far..]));
            let (a, b) = (start.max(xn).min(xf), end.max(xn).min(xf));
            let (yn, yf) =
                (load(simd, &y[i + near..]).max(y0).min(y1), load(simd, &y[i + far..]).max(y0).min(y1));
            let dy = yn - yf;
            let mut lost = dy.mul_add((a + b).mul_add(half, xf), y1 - yn);
            if ARC {
                let dx = a - b;
                let u = dx.mul_add(ux, dy * uy);
                let v = dx.mul_add(vx, dy * vy);
                let t = u.mul_add(u, v * v);
                lost = (t * t.sqrt() * det).mul_add(P::at(simd, t), lost);
            }
            let weights = &mut weights[i..i + lane];
            (S::f64s::from_slice(simd, weights) - lost).max(zero).min(one).store_slice(weights);
            i += lane;
        }
    }
}

/// Take the weights of a hole in some columns, which are 0 in the vector after them, from those of an outline.
#[inline(always)]
pub(super) fn subtract<S: Simd>(simd: S, weights: &mut [f64], hole: &[f64], columns: &Range<usize>) {
    let n = whole::<S>(columns.len());
    let lanes = columns.start..columns.start + n;
    for (weights, hole) in
        weights[lanes.clone()].chunks_exact_mut(S::f64s::LEN).zip(hole[lanes].chunks_exact(S::f64s::LEN))
    {
        (load(simd, weights) - load(simd, hole)).max(splat(simd, 0.0)).store_slice(weights);
    }
}
