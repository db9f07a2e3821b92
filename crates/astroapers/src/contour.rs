//! Closed, oriented outlines made of monotone segments.

use crate::geom::{Frame, Point, Segment, arc_segments};
use crate::wide::Wide;

/// A closed outline: each segment starts where the one before it ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contour {
    pub(crate) segments: Vec<Segment>,
}

impl Contour {
    /// The outline of a full ellipse, counter-clockwise.
    pub(crate) fn ellipse(frame: Frame) -> Self {
        let start = Point::at(1.0, 0.0);
        let mut contour = Self { segments: Vec::with_capacity(8) };
        arc_segments(frame, start, start, std::f64::consts::TAU, &mut contour.segments);
        contour
    }

    /// A polygon through these corners.
    pub(crate) fn polygon(corners: &[Point]) -> Self {
        let mut contour = Self { segments: Vec::with_capacity(corners.len()) };
        let next = corners.iter().cycle().skip(1);
        contour.segments.extend(corners.iter().zip(next).map(|(&p, &q)| Segment::line(p, q)));
        contour
    }

    /// Where the last segment ends.
    pub(crate) fn end(&self) -> Option<Point> {
        self.segments.last().map(|s| s.to)
    }

    /// Append a straight line from the end to `to`; nothing if it would have no length.
    pub(crate) fn line_from(&mut self, from: Point, to: Point) {
        if from != to {
            self.segments.push(Segment::line(from, to));
        }
    }

    /// Append a straight line from the end, if there is one, to `to`.
    pub(crate) fn line_to(&mut self, to: Point) {
        if let Some(end) = self.end() {
            self.line_from(end, to);
        }
    }

    /// Append an arc, joined to the end by a straight line.
    pub(crate) fn arc(&mut self, frame: Frame, from: Point, to: Point, sweep: f64) {
        self.line_to(frame.point(from));
        arc_segments(frame, from, to, sweep, &mut self.segments);
    }

    /// Join the end to the start by a straight line.
    pub(crate) fn close(&mut self) {
        if let Some(first) = self.segments.first() {
            self.line_to(first.from);
        }
    }

    /// Signed area: positive for a counter-clockwise outline. Exact, from Green's theorem.
    pub(crate) fn area(&self) -> Wide {
        self.segments.iter().fold(Wide::ZERO, |sum, s| sum + s.twice_area()).half()
    }

    /// The same outline travelled the other way.
    pub(crate) fn reversed(&self) -> Self {
        Self { segments: self.segments.iter().rev().map(Segment::reversed).collect() }
    }

    /// The same outline, travelled counter-clockwise, and its area.
    pub(crate) fn counter_clockwise(self) -> (Self, Wide) {
        let area = self.area();
        if area.hi < 0.0 { (self.reversed(), -area) } else { (self, area) }
    }

    /// Extreme coordinates. Segments are monotone, so these are extremes of their ends.
    pub(crate) fn bounds(&self) -> Bounds {
        self.segments.iter().fold(Bounds::EMPTY, |b, s| b.including(s.from.x.hi, s.from.y.hi))
    }
}

/// Extreme coordinates of an aperture, as offsets from its position \[pixel\].
///
/// ```
/// let bounds = astroapers::shapes::circle(2.0)?.bounds();
/// assert_eq!((bounds.x_min, bounds.y_max), (-2.0, 2.0));
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Smallest x.
    pub x_min: f64,
    /// Largest x.
    pub x_max: f64,
    /// Smallest y.
    pub y_min: f64,
    /// Largest y.
    pub y_max: f64,
}

impl Bounds {
    const EMPTY: Self = Self {
        x_min: f64::INFINITY,
        x_max: f64::NEG_INFINITY,
        y_min: f64::INFINITY,
        y_max: f64::NEG_INFINITY,
    };

    fn including(self, x: f64, y: f64) -> Self {
        Self {
            x_min: self.x_min.min(x),
            x_max: self.x_max.max(x),
            y_min: self.y_min.min(y),
            y_max: self.y_max.max(y),
        }
    }

    /// Largest distance from the position along an axis.
    ///
    /// ```
    /// assert_eq!(astroapers::shapes::ellipse(3.0, 2.0, 0.0)?.bounds().reach(), 3.0);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn reach(&self) -> f64 {
        self.x_max.max(-self.x_min).max(self.y_max).max(-self.y_min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reach_is_the_largest_coordinate_whatever_its_direction() {
        for (dx, dy) in [(4.0, 0.0), (-4.0, 0.0), (0.0, 4.0), (0.0, -4.0)] {
            let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)].map(|(x, y)| Point::at(x + dx, y + dy));
            let reach = Contour::polygon(&corners).bounds().reach();
            assert_eq!(reach, if dx + dy > 0.0 { 5.0 } else { 4.0 }, "{dx} {dy}");
        }
    }

    #[test]
    fn an_outline_turned_round_has_the_same_area_with_the_other_sign() {
        let corners = [(0.0, 0.0), (3.0, 0.0), (0.0, 2.0)].map(|(x, y)| Point::at(x, y));
        let triangle = Contour::polygon(&corners);
        assert_eq!((triangle.area(), triangle.reversed().area()), (Wide::new(3.0), Wide::new(-3.0)));
        let (turned, area) = triangle.reversed().counter_clockwise();
        assert_eq!((turned.area(), area), (Wide::new(3.0), Wide::new(3.0)));
    }
}
