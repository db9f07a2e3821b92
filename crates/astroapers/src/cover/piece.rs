//! Monotone pieces of a boundary, in the numbers of the rasteriser.

use crate::geom::{Arc, Segment};
use crate::real::Real;
use crate::wide::Wide;

/// A monotone, non-horizontal piece of a boundary, seen from its lower to its upper end.
#[derive(Clone, Debug)]
pub(crate) struct Piece<R> {
    pub(crate) x0: R,
    pub(crate) y0: R,
    pub(crate) x1: R,
    pub(crate) y1: R,
    /// Whether the contour travels it upwards.
    pub(crate) up: bool,
    pub(crate) curve: Curve<R>,
}

/// What a piece is between its ends.
#[derive(Clone, Debug)]
pub(crate) enum Curve<R> {
    Line { dx_dy: R, dy_dx: R },
    Arc(Box<Conic<R>>),
}

/// `x(y)` and `y(x)` as derived in [`crate::geom`], and the way back to the unit circle.
#[derive(Clone, Debug)]
pub(crate) struct Conic<R> {
    pub(crate) cx: R,
    pub(crate) cy: R,
    pub(crate) rx: R,
    pub(crate) ry: R,
    /// `k / R_y^2` and `+-D / R_y^2`.
    pub(crate) x_tilt: R,
    pub(crate) x_half: R,
    /// `k / R_x^2` and `+-D / R_x^2`.
    pub(crate) y_tilt: R,
    pub(crate) y_half: R,
    /// Rows of the inverse of the frame: a vector's coordinates in the unit circle's plane.
    pub(crate) u: (R, R),
    pub(crate) v: (R, R),
    /// Area per area of the unit circle, positive where the contour runs counter-clockwise.
    pub(crate) bulge: R,
}

/// Squared half chord, in the unit circle's plane, of the longest piece that arcs are cut into.
const LONGEST: f64 = 0.62;

impl<R: Real> Conic<R> {
    fn new(arc: &Arc) -> Self {
        let Arc { frame, ccw, right, upper, .. } = arc;
        let (rows, columns) = (frame.row_chords(), frame.column_chords());
        let signed = |positive: bool, v: Wide| R::from_wide(if positive { v } else { -v });
        let [u, v] = frame.inverse_rows().map(|row| (R::from_wide(row.x), R::from_wide(row.y)));
        Self {
            cx: R::from_wide(frame.c.x),
            cy: R::from_wide(frame.c.y),
            rx: R::from_wide(columns.radius),
            ry: R::from_wide(rows.radius),
            x_tilt: R::from_wide(rows.tilt),
            x_half: signed(*right, rows.half),
            y_tilt: R::from_wide(columns.tilt),
            y_half: signed(*upper, columns.half),
            u,
            v,
            bulge: signed(*ccw, frame.det()),
        }
    }

    #[inline]
    fn bulge(&self, dx: R, dy: R) -> R {
        let u = self.u.0 * dx + self.u.1 * dy;
        let v = self.v.0 * dx + self.v.1 * dy;
        let t = (u * u + v * v).half().half();
        // Of an ellipse thinner than the rounding of its coordinates, chords are of any length.
        self.bulge * R::segment(t.min(R::from_f64(LONGEST)))
    }
}

#[inline]
fn half_chord<R: Real>(radius: R, d: R) -> R {
    ((radius - d) * (radius + d)).max(R::default()).sqrt()
}

impl<R: Real> Piece<R> {
    /// `None` for a piece without height: it adds nothing to any integral over `dy`.
    pub(crate) fn new(segment: &Segment, quantum: f64) -> Option<Self> {
        let y_from = R::from_wide(segment.from.y).snap(quantum);
        let y_to = R::from_wide(segment.to.y).snap(quantum);
        let up = y_from < y_to;
        let ((low, y0), (high, y1)) = if up {
            ((segment.from, y_from), (segment.to, y_to))
        } else {
            ((segment.to, y_to), (segment.from, y_from))
        };
        if y0 == y1 {
            return None;
        }
        let curve = if let Some(arc) = &segment.arc {
            Curve::Arc(Box::new(Conic::new(arc)))
        } else {
            let (dx, dy) = (high.x - low.x, high.y - low.y);
            let dy_dx = if dx == Wide::ZERO { Wide::ZERO } else { dy / dx };
            Curve::Line { dx_dy: R::from_wide(dx / dy), dy_dx: R::from_wide(dy_dx) }
        };
        Some(Self { x0: R::from_wide(low.x), y0, x1: R::from_wide(high.x), y1, up, curve })
    }

    /// Area between the chord of the vector `(dx, dy)` and the curve, as it counts for the contour.
    #[inline]
    pub(super) fn bulge(&self, dx: R, dy: R) -> R {
        match &self.curve {
            Curve::Line { .. } => R::default(),
            Curve::Arc(conic) => conic.bulge(dx, dy),
        }
    }

    /// Where it crosses the height `y`.
    #[inline]
    pub(super) fn x_at(&self, y: R) -> R {
        match &self.curve {
            Curve::Line { dx_dy, .. } => self.x0 + (y - self.y0) * *dx_dy,
            Curve::Arc(conic) => {
                let d = y - conic.cy;
                conic.cx + conic.x_tilt * d + conic.x_half * half_chord(conic.ry, d)
            }
        }
    }

    /// Where it crosses the column line `x`.
    #[inline]
    pub(super) fn y_at(&self, x: R) -> R {
        match &self.curve {
            Curve::Line { dy_dx, .. } => self.y0 + (x - self.x0) * *dy_dx,
            Curve::Arc(conic) => {
                let d = x - conic.cx;
                conic.cy + conic.y_tilt * d + conic.y_half * half_chord(conic.rx, d)
            }
        }
    }
}
