//! The two sides of a convex outline, in pieces that all look alike after reflection.

use crate::contour::Contour;
use crate::cover::{Curve, Piece};

/// A convex outline: its right and its left side, each from the lowest to the highest point.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    pub(super) right: Vec<Link>,
    pub(super) left: Vec<Link>,
    pub(super) bottom: f64,
    pub(super) top: f64,
    /// The heights at which a side begins, ends or jumps.
    pub(super) levels: Vec<f64>,
}

/// Most pieces of one side: with more, the general rasteriser is the faster one.
const MAX_LINKS: usize = 64;

impl Outline {
    /// `None` if the outline has no height or its sides do not hang together.
    pub(super) fn new(contour: &Contour, quantum: f64) -> Option<Self> {
        let mut pieces: Vec<_> =
            contour.segments.iter().filter_map(|s| Piece::<f64>::new(s, quantum)).collect();
        pieces.sort_by(|p, q| p.y0.total_cmp(&q.y0));
        let side =
            |up: bool| -> Vec<Link> { pieces.iter().filter(|piece| piece.up == up).map(Link::new).collect() };
        let (right, left) = (side(true), side(false));
        let (bottom, top) = (pieces.first()?.y0, right.last()?.y1);
        let whole = |side: &[Link]| {
            side.len() <= MAX_LINKS
                && side.first().is_some_and(|link| link.y0 == bottom)
                && side.last().is_some_and(|link| link.y1 == top)
                && side.windows(2).all(|pair| pair[0].y1 == pair[1].y0)
        };
        let jumps = [&right, &left].into_iter().flat_map(|side| side.windows(2));
        let jumps = jumps.filter(|pair| pair[0].x1 != pair[1].x0).map(|pair| pair[0].y1);
        let levels = [bottom, top].into_iter().chain(jumps).collect();
        (whole(&right) && whole(&left)).then_some(Self { right, left, bottom, top, levels })
    }

    /// The smaller semi-axis of the smallest arc; infinite without arcs.
    pub(super) fn smallest_semi_axis(&self) -> f64 {
        self.right.iter().chain(&self.left).map(|link| link.semi_axis).fold(f64::INFINITY, f64::min)
    }
}

/// One coordinate of a curve as a function of the other: `center + tilt d + half sqrt(radius^2 - d^2)` at the distance
/// `d` from `origin`. A line has no half.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chord {
    pub(super) origin: f64,
    pub(super) center: f64,
    pub(super) tilt: f64,
    pub(super) half: f64,
    pub(super) radius: f64,
}

/// A monotone piece of a side, and how it looks when reflected so that `y` falls as `x` grows and the shape lies below
/// and to the left. Reflected quantities are marked `_r`.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) x0: f64,
    pub(super) y0: f64,
    pub(super) x1: f64,
    pub(super) y1: f64,
    /// The sign that y gets.
    pub(super) flip: f64,
    /// Extreme columns, reflected.
    pub(super) low_r: f64,
    pub(super) high_r: f64,
    pub(super) x_of_y: Chord,
    /// From a column to the reflected height.
    pub(super) y_r_of_x: Chord,
    pub(super) bulge: Bulge,
    /// Of an arc, a distance that no point of its ellipse has from the position; 0 of a line.
    pub(super) scale: f64,
    semi_axis: f64,
}

/// What the bulge of a reflected chord follows from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bulge {
    /// A line has none.
    None,
    /// Of a circle about the position: `1 / 4 r^2`.
    Circle(f64),
    /// Of any arc.
    Arc(ArcPlane),
}

/// `u` and `v` of the half chord per reflected `dx` and `dy`, and the reflected centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ArcPlane {
    pub(super) u: (f64, f64),
    pub(super) v: (f64, f64),
    pub(super) center: (f64, f64),
}

impl Link {
    /// Where it crosses the height `y`, or the end that is nearer to it.
    pub(super) fn x_at(&self, y: f64) -> f64 {
        let d = y.clamp(self.y0, self.y1) - self.x_of_y.origin;
        let Chord { center, tilt, half, radius, .. } = self.x_of_y;
        let x = center + tilt * d + half * ((radius - d) * (radius + d)).max(0.0).sqrt();
        x.clamp(self.x0.min(self.x1), self.x0.max(self.x1))
    }

    fn new(piece: &Piece<f64>) -> Self {
        let &Piece { x0, y0, x1, y1, up, .. } = piece;
        // A right side has the shape on its left as it is; a left side is reflected in x.
        let side = if up { 1.0 } else { -1.0 };
        let flip = if side * x1 <= side * x0 { 1.0 } else { -1.0 };
        let (low_r, high_r) = ((side * x0).min(side * x1), (side * x0).max(side * x1));
        let reflected = |chord: Chord| Chord {
            center: flip * chord.center,
            tilt: flip * chord.tilt,
            half: flip * chord.half,
            ..chord
        };
        let (x_of_y, y_of_x, bulge, scale, semi_axis) = match &piece.curve {
            &Curve::Line { dx_dy, dy_dx } => {
                let line = |origin, center, tilt| Chord { origin, center, tilt, half: 0.0, radius: 0.0 };
                (line(y0, x0, dx_dy), line(x0, y0, dy_dx), Bulge::None, 0.0, f64::INFINITY)
            }
            Curve::Arc(conic) => {
                let x_of_y = Chord {
                    origin: conic.cy,
                    center: conic.cx,
                    tilt: conic.x_tilt,
                    half: conic.x_half,
                    radius: conic.ry,
                };
                let y_of_x = Chord {
                    origin: conic.cx,
                    center: conic.cy,
                    tilt: conic.y_tilt,
                    half: conic.y_half,
                    radius: conic.rx,
                };
                // The reflected chord (dx, dy) is (side dx, -flip dy) in truth; halved on the way.
                let plane = |row: (f64, f64)| (0.5 * side * row.0, -0.5 * flip * row.1);
                let (u, v) = (plane(conic.u), plane(conic.v));
                // The norm of the inverse frame is at least 1 / (smaller semi-axis).
                let shrink = (conic.u.0.hypot(conic.u.1)).hypot(conic.v.0.hypot(conic.v.1));
                let (sum, product) = (shrink * shrink, 1.0 / conic.bulge.abs());
                // Its singular values s1, s2: s1^2 + s2^2 = sum, s1 s2 = product.
                let largest = 0.5 * ((sum + 2.0 * product).sqrt() + (sum - 2.0 * product).max(0.0).sqrt());
                let center = (side * conic.cx, flip * conic.cy);
                let quarter = 0.25 / (conic.rx * conic.rx);
                // An ellipse nearly round has equal extents, too, and to the last digit the area of a circle, if it is turned by half
                // a right angle: what it is not is without a tilt.
                let round = conic.rx == conic.ry && conic.x_tilt.abs() <= f64::EPSILON;
                let bulge = if round && center == (0.0, 0.0) {
                    Bulge::Circle(quarter)
                } else {
                    Bulge::Arc(ArcPlane { u, v, center })
                };
                let scale = conic.cx.hypot(conic.cy) + conic.rx.hypot(conic.ry);
                (x_of_y, y_of_x, bulge, scale, 1.0 / largest)
            }
        };
        Self {
            x0,
            y0,
            x1,
            y1,
            flip,
            low_r,
            high_r,
            x_of_y,
            y_r_of_x: reflected(y_of_x),
            bulge,
            scale,
            semi_axis,
        }
    }
}
