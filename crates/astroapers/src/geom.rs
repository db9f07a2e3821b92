//! Points, frames and the monotone segments that every boundary is made of.
//!
//! An arc is a piece of an affine image of the unit circle, `p(u) = c + A u_1 + B u_2` with
//! `u = (cos t, sin t)`: circles and ellipses are the same thing. It is cut where it is farthest
//! right, up, left and down, so that on each segment x and y are monotone functions of each other:
//!
//! `x(y) = c_x + (k / R_y^2) d +- (D / R_y^2) sqrt((R_y - d)(R_y + d))`, with `d = y - c_y`,
//! `R_y^2 = A_y^2 + B_y^2`, `k = A_x A_y + B_x B_y` and `D = A_x B_y - A_y B_x`,
//!
//! the sign telling the right from the left half; likewise `y(x)`. (Eliminate `u` from
//! `d = A_y u_1 + B_y u_2` and `|u| = 1`.)

use std::f64::consts::TAU;
use std::ops::{Add, Mul, Neg, Sub};

use crate::wide::Wide;

/// A point or a vector \[pixel\].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: Wide,
    pub(crate) y: Wide,
}

impl Point {
    pub(crate) const fn new(x: Wide, y: Wide) -> Self {
        Self { x, y }
    }

    pub(crate) const fn at(x: f64, y: f64) -> Self {
        Self { x: Wide::new(x), y: Wide::new(y) }
    }

    pub(crate) fn cross(self, other: Self) -> Wide {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn dot(self, other: Self) -> Wide {
        self.x * other.x + self.y * other.y
    }

    pub(crate) fn norm(self) -> Wide {
        Wide::hypot(self.x, self.y)
    }

    /// This vector, given along and across the unit vector `axis`.
    pub(crate) fn along(self, axis: Self) -> Self {
        Rotation(axis) * self
    }

    fn scaled(self, factor: Wide) -> Self {
        Self { x: self.x * factor, y: self.y * factor }
    }

    /// Unit vector of this direction.
    pub(crate) fn unit(self) -> Self {
        let norm = self.norm();
        Self { x: self.x / norm, y: self.y / norm }
    }
}

impl Neg for Point {
    type Output = Self;
    fn neg(self) -> Self {
        Self { x: -self.x, y: -self.y }
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { x: self.x + other.x, y: self.y + other.y }
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { x: self.x - other.x, y: self.y - other.y }
    }
}

/// A sine below this is none. It moves the farthest point, 1e15 pixels away, by 1e-135; and the area that it adds to the smallest
/// shape, of 1e-60 pixels, would leave the range of numbers, or its inverse would.
const NO_TURN: f64 = 1e-150;

/// Rotations that differ by less \[rad\] cannot be told apart by the digits of coordinates.
const SAME_TURN: f64 = 1e-30;

/// A rotation, held as its cosine and sine so that all corners of a shape share one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rotation(Point);

impl Rotation {
    pub(crate) fn by(theta: f64) -> Self {
        Self::by_wide(Wide::new(theta))
    }

    pub(crate) fn by_wide(theta: Wide) -> Self {
        let (cos, sin) = theta.cos_sin();
        let or_zero = |part: Wide| if part.hi.abs() < NO_TURN { Wide::ZERO } else { part };
        Self(Point::new(or_zero(cos), or_zero(sin)))
    }

    /// Whether this turns the axes onto the same lines, as far as coordinates tell: edges that both turn lie on each other, or cross
    /// nowhere in particular.
    pub(crate) fn is_also(self, other: Self) -> bool {
        self.0.cross(other.0).hi.abs() < SAME_TURN
    }

    /// The direction of the rotated x axis.
    pub(crate) fn direction(self) -> Point {
        self.0
    }
}

impl Mul<Point> for Rotation {
    type Output = Point;
    fn mul(self, p: Point) -> Point {
        let Point { x: c, y: s } = self.0;
        Point { x: c * p.x - s * p.y, y: s * p.x + c * p.y }
    }
}

/// An affine image of the unit circle, `c + A u_1 + B u_2`, of positive determinant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) c: Point,
    pub(crate) a: Point,
    pub(crate) b: Point,
}

impl Frame {
    pub(crate) fn circle(c: Point, r: Wide) -> Self {
        Self { c, a: Point::new(r, Wide::ZERO), b: Point::new(Wide::ZERO, r) }
    }

    pub(crate) fn ellipse(c: Point, a: f64, b: f64, rotation: Rotation) -> Self {
        Self { c, a: rotation * Point::at(a, 0.0), b: rotation * Point::at(0.0, b) }
    }

    pub(crate) fn det(&self) -> Wide {
        self.a.cross(self.b)
    }

    /// Largest distance of the ellipse from the origin, roughly.
    pub(crate) fn scale(&self) -> f64 {
        self.c.norm().hi + self.a.norm().hi.max(self.b.norm().hi)
    }

    /// The point of the unit vector `u`.
    pub(crate) fn point(&self, u: Point) -> Point {
        self.c + self.a.scaled(u.x) + self.b.scaled(u.y)
    }

    /// The vector of the unit circle's plane that maps to `p - c`.
    pub(crate) fn inverse(&self, p: Point) -> Point {
        let (d, det) = (p - self.c, self.det());
        Point::new(d.cross(self.b) / det, self.a.cross(d) / det)
    }

    /// How the ellipse is cut by lines between rows: its `x(y)`.
    pub(crate) fn row_chords(&self) -> Chords {
        self.chords(Wide::hypot(self.a.y, self.b.y))
    }

    /// How the ellipse is cut by lines between columns: its `y(x)`.
    pub(crate) fn column_chords(&self) -> Chords {
        self.chords(Wide::hypot(self.a.x, self.b.x))
    }

    fn chords(&self, radius: Wide) -> Chords {
        let k = self.a.x * self.a.y + self.b.x * self.b.y;
        Chords { radius, tilt: k / radius / radius, half: self.det() / radius / radius }
    }

    /// Rows of the inverse matrix: the coordinates of a vector in the unit circle's plane are its products with these.
    pub(crate) fn inverse_rows(&self) -> [Point; 2] {
        let (Self { a, b, .. }, det) = (self, self.det());
        [Point::new(b.y / det, -b.x / det), Point::new(-a.y / det, a.x / det)]
    }

    /// Unit vectors of the points farthest right and farthest up.
    fn extremes(&self) -> [Point; 2] {
        [Point::new(self.a.x, self.b.x).unit(), Point::new(self.a.y, self.b.y).unit()]
    }

    /// Whether the point of `u` lies to the right of the line that joins the lowest and highest points.
    fn is_right(&self, u: Point) -> bool {
        u.dot(Point::new(self.b.y, -self.a.y)).hi > 0.0
    }

    /// Whether the point of `u` lies above the line that joins the leftmost and rightmost points.
    fn is_upper(&self, u: Point) -> bool {
        u.dot(Point::new(-self.b.x, self.a.x)).hi > 0.0
    }
}

/// The chords of an ellipse along one axis: at the distance `d` from the centre across it, they lie at
/// `tilt d +- half sqrt((radius - d)(radius + d))`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chords {
    /// Half the ellipse's extent across the chords.
    pub(crate) radius: Wide,
    pub(crate) tilt: Wide,
    pub(crate) half: Wide,
}

/// A piece of a boundary on which neither x nor y turns back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Segment {
    pub(crate) from: Point,
    pub(crate) to: Point,
    /// `None` for a straight line.
    pub(crate) arc: Option<Arc>,
}

/// What makes a segment an arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arc {
    pub(crate) frame: Frame,
    /// Unit vectors of the segment's ends.
    pub(crate) from: Point,
    pub(crate) to: Point,
    /// Whether it is travelled counter-clockwise.
    pub(crate) ccw: bool,
    /// Which of the two solutions `x(y)` it follows.
    pub(crate) right: bool,
    /// Which of the two solutions `y(x)` it follows.
    pub(crate) upper: bool,
}

impl Segment {
    pub(crate) fn line(from: Point, to: Point) -> Self {
        Self { from, to, arc: None }
    }

    /// The piece of an ellipse between two unit vectors less than half a turn apart, without extremes inside.
    pub(crate) fn arc(frame: Frame, from: Point, to: Point, ccw: bool) -> Self {
        let middle = from + to;
        let (right, upper) = (frame.is_right(middle), frame.is_upper(middle));
        Self {
            from: frame.point(from),
            to: frame.point(to),
            arc: Some(Arc { frame, from, to, ccw, right, upper }),
        }
    }

    /// Largest distance from the origin; of an arc, at most that of its whole ellipse.
    pub(crate) fn radius(&self) -> f64 {
        match &self.arc {
            Some(arc) => arc.frame.scale(),
            None => self.from.norm().hi.max(self.to.norm().hi),
        }
    }

    pub(crate) fn reversed(&self) -> Self {
        let arc = self.arc.map(|a| Arc { from: a.to, to: a.from, ccw: !a.ccw, ..a });
        Self { from: self.to, to: self.from, arc }
    }

    /// The part from a point on it to its end.
    pub(crate) fn starting_at(&self, from: Point) -> Self {
        let arc = self.arc.map(|a| Arc { from: a.frame.inverse(from).unit(), ..a });
        Self { from, to: self.to, arc }
    }

    /// The part from its start to a point on it.
    pub(crate) fn ending_at(&self, to: Point) -> Self {
        let arc = self.arc.map(|a| Arc { to: a.frame.inverse(to).unit(), ..a });
        Self { from: self.from, to, arc }
    }

    /// Where it crosses the height `y`, in `f64`.
    pub(crate) fn x_at(&self, y: f64) -> f64 {
        let Some(Arc { frame, right, .. }) = &self.arc else {
            let (from, to) = (self.from, self.to);
            return from.x.hi + (y - from.y.hi) * ((to.x - from.x).hi / (to.y - from.y).hi);
        };
        let Chords { radius, tilt, half } = frame.row_chords();
        let d = y - frame.c.y.hi;
        let chord = half.hi * ((radius.hi - d) * (radius.hi + d)).max(0.0).sqrt();
        frame.c.x.hi + tilt.hi * d + if *right { chord } else { -chord }
    }

    /// Twice the area swept from the origin: `oint x dy - y dx` over this segment.
    ///
    /// An arc is the sector of its frame plus the triangle that moves the sector's tip to the origin.
    pub(crate) fn twice_area(&self) -> Wide {
        match &self.arc {
            None => self.from.cross(self.to),
            Some(arc) => {
                let sweep = Wide::angle(arc.from.dot(arc.to), arc.from.cross(arc.to));
                arc.frame.det() * sweep + arc.frame.c.cross(self.to - self.from)
            }
        }
    }
}

/// Extremes closer than this \[rad\] to an end of an arc are that end.
const SAME_ANGLE: f64 = 1e-15;
/// Cosine between the directions of the rightmost and the highest point above which an ellipse is
/// also cut at its vertices, to keep every piece near a quarter of a turn.
const SLANTED: f64 = 0.2;

/// Cut an arc into monotone segments.
///
/// It starts at the unit vector `from`, ends at `to` and turns by `sweep` radians (positive:
/// counter-clockwise), at most once around; `from == to` is a full turn.
pub(crate) fn arc_segments(frame: Frame, from: Point, to: Point, sweep: f64, out: &mut Vec<Segment>) {
    let [right, top] = frame.extremes();
    let mut cuts = [(0.0, Point::default()); 8];
    let mut n = 0;
    let mut cut = |u: Point| {
        let turn = from.cross(u).hi.atan2(from.dot(u).hi);
        let turn = if sweep < 0.0 { -turn } else { turn };
        let turn = if turn < 0.0 { turn + TAU } else { turn };
        if turn > SAME_ANGLE && turn < sweep.abs() - SAME_ANGLE {
            cuts[n] = (turn, u);
            n += 1;
        }
    };
    let mut cut_both = |u: Point| {
        cut(u);
        cut(-u);
    };
    cut_both(right);
    cut_both(top);
    if right.dot(top).hi.abs() > SLANTED {
        cut_both(Point::at(1.0, 0.0));
        cut_both(Point::at(0.0, 1.0));
    }
    let cuts = &mut cuts[..n];
    cuts.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut last = from;
    for &(_, u) in cuts.iter() {
        out.push(Segment::arc(frame, last, u, sweep > 0.0));
        last = u;
    }
    out.push(Segment::arc(frame, last, to, sweep > 0.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_by_next_to_nothing_is_none() {
        for theta in [0.0, -0.0, 5e-324, -9.57e-315, 1e-151] {
            let Point { x, y } = Rotation::by(theta).direction();
            assert_eq!((x.hi, y), (1.0, Wide::ZERO), "{theta}");
        }
        assert_eq!(Rotation::by(1e-149).direction().y.hi, 1e-149);
    }

    #[test]
    fn rotations_are_the_same_within_the_digits_of_coordinates() {
        for theta in [0.0, 0.3, -2.0, 3.0] {
            for more in [0.0, 1e-160, -1e-31] {
                let turned = Rotation::by_wide(Wide::new(theta) + Wide::new(more));
                assert!(Rotation::by(theta).is_also(turned), "{theta} + {more}");
            }
            let Point { x, y } = Rotation::by(theta).direction();
            assert!(Rotation::by(theta).is_also(Rotation(Point::new(-x, -y))), "{theta} and half a turn");
            // The number nearest to half a turn is 1e-16 off.
            for more in [1e-29, -1e-29, std::f64::consts::PI, 1.0] {
                let turned = Rotation::by_wide(Wide::new(theta) + Wide::new(more));
                assert!(!Rotation::by(theta).is_also(turned), "{theta} + {more}");
            }
        }
    }

    /// Ellipses away from the origin, slanted either way.
    fn frames() -> [Frame; 5] {
        let ellipse = |(x, y), a, b, theta| Frame::ellipse(Point::at(x, y), a, b, Rotation::by(theta));
        [
            ellipse((0.0, 0.0), 3.0, 2.0, 0.0),
            ellipse((5.0, -7.0), 6.0, 1.0, 0.7),
            ellipse((2.0, 3.0), 6.0, 1.0, -0.7),
            ellipse((-4.0, 2.0), 0.5, 8.0, 2.0),
            ellipse((1.0, 9.0), 2.0, 2.0, -1.0),
        ]
    }

    /// Unit vectors along an arc.
    fn along(arc: &Arc) -> impl Iterator<Item = Point> {
        let (from, to) = (arc.from, arc.to);
        (1..20).map(move |i| {
            (from.scaled(Wide::new(f64::from(20 - i))) + to.scaled(Wide::new(f64::from(i)))).unit()
        })
    }

    fn segments(frame: Frame, sweep: f64) -> Vec<Segment> {
        let (from, mut out) = (Point::at(0.6, 0.8), Vec::new());
        let to = Rotation::by(sweep) * from;
        arc_segments(frame, from, if sweep.abs() == TAU { from } else { to }, sweep, &mut out);
        out
    }

    #[test]
    fn a_segment_crosses_a_height_where_it_passes_it() {
        for frame in frames() {
            for segment in segments(frame, TAU) {
                let arc = segment.arc.expect("it is one");
                for u in along(&arc) {
                    let p = frame.point(u);
                    let x = segment.x_at(p.y.hi);
                    assert!((x - p.x.hi).abs() < 1e-12, "{x} is not {}", p.x.hi);
                }
                // A little beyond its highest point it is there, too.
                let [_, top] = frame.extremes().map(|u| frame.point(u));
                assert!((segment.x_at(top.y.hi + 1e-13) - top.x.hi).abs() < 1e-5);
            }
        }
        let line = Segment::line(Point::at(1.0, 2.0), Point::at(5.0, 4.0));
        assert_eq!(line.x_at(3.5), 4.0);
    }

    #[test]
    fn arcs_are_cut_into_pieces_that_turn_back_in_neither_direction() {
        for frame in frames() {
            for sweep in [TAU, -TAU, 5.0, -4.0, 0.3, -1e-3] {
                let pieces = segments(frame, sweep);
                let (first, last) = (pieces[0], pieces[pieces.len() - 1]);
                assert_eq!(first.arc.unwrap().from, Point::at(0.6, 0.8));
                // And no piece is much more than a quarter of a turn.
                let ends = |piece: &Segment| piece.arc.map_or(1.0, |arc| arc.from.dot(arc.to).hi);
                assert!(pieces.iter().all(|piece| ends(piece) > -SLANTED - 1e-12), "{pieces:?}");
                let turn: f64 = pieces
                    .iter()
                    .map(|piece| piece.arc.unwrap())
                    .map(|arc| Wide::angle(arc.from.dot(arc.to), arc.from.cross(arc.to)).hi)
                    .sum();
                assert!((turn - sweep).abs() < 1e-12, "{turn} is not {sweep}");
                assert!(pieces.windows(2).all(|pair| pair[0].to == pair[1].from));
                assert!(sweep.abs() < TAU || last.to == first.from);
                for piece in &pieces {
                    let arc = piece.arc.unwrap();
                    assert_eq!(arc.ccw, sweep > 0.0);
                    // Never far more than a quarter of a turn, of which the segment's series depends.
                    assert!(arc.from.dot(arc.to).hi > -0.25);
                    let mut points = vec![piece.from];
                    points.extend(along(&arc).map(|u| frame.point(u)));
                    points.push(piece.to);
                    for of in [|p: &Point| p.x.hi, |p: &Point| p.y.hi] {
                        let values: Vec<f64> = points.iter().map(of).collect();
                        let ascending = values.is_sorted_by(|a, b| *a <= *b + 1e-13);
                        assert!(ascending || values.is_sorted_by(|a, b| *b <= *a + 1e-13), "{values:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_point_is_farther_than_the_radius() {
        let line = Segment::line(Point::at(1.0, 0.0), Point::at(3.0, 4.0));
        assert_eq!((line.radius(), line.reversed().radius()), (5.0, 5.0));
        for frame in frames() {
            for segment in segments(frame, TAU) {
                let far = along(&segment.arc.unwrap()).map(|u| frame.point(u).norm().hi).fold(0.0, f64::max);
                assert!(far <= segment.radius() && segment.radius() <= far + 40.0);
            }
        }
    }
}
