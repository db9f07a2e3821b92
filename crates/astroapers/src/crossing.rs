//! Where two monotone segments meet.
//!
//! One of them is written as a rational curve: a line as `p + q (p' - p)` with `0 <= q <= 1`, an arc about the middle of its
//! sweep as `u = ((1 - q^2) m + 2 q m') / (1 + q^2)`, with `q` the tangent of half the angle from the middle `m`, and
//! `m'` at right angles to it. Put into the other one's equation (a line's signed distance, an
//! ellipse's `|M (p - c)|^2 - 1`) this gives a polynomial of degree 1 to 4 in `q`. Its real roots are bracketed by those of
//! its derivative and found by Newton's method with bisection to fall back on, in wide numbers.

use crate::geom::{Arc, Point, Segment};
use crate::wide::Wide;

/// Coefficients of a polynomial of degree 4 or less, constant first.
type Polynomial = [Wide; 5];

/// A point this close to a segment's end, relative to its length, may lie beyond it by rounding.
const SLACK: f64 = 1e-13;

/// Where `a` meets `b`; double roots may be missed, overlaps are not reported.
pub(crate) fn meetings(a: &Segment, b: &Segment) -> Vec<Point> {
    let curve = Rational::new(a);
    let (low, high) = curve.range;
    let slack = Wide::new(SLACK * (high - low).hi);
    roots(&curve.in_equation_of(b), 4, low - slack, high + slack)
        .into_iter()
        .map(|q| curve.at(q))
        .filter(|&p| contains(b, p))
        .collect()
}

/// Whether a point of the segment's line or ellipse lies between its ends.
fn contains(segment: &Segment, p: Point) -> bool {
    if let Some(arc) = &segment.arc {
        let u = arc.frame.inverse(p);
        let (from, to) = if arc.ccw { (arc.from, arc.to) } else { (arc.to, arc.from) };
        from.cross(u).hi >= -SLACK && u.cross(to).hi >= -SLACK && u.dot(from + to).hi > 0.0
    } else {
        let along = segment.to - segment.from;
        let q = (p - segment.from).dot(along).hi / along.dot(along).hi;
        (-SLACK..=1.0 + SLACK).contains(&q)
    }
}

/// A segment as `(x, y) = (numerator(q)) / (1 + q^2)` or, for a line, over 1.
struct Rational {
    x: [Wide; 3],
    y: [Wide; 3],
    /// Coefficient of `q^2` in the denominator: 1 for an arc, 0 for a line.
    denominator: Wide,
    range: (Wide, Wide),
}

impl Rational {
    fn new(segment: &Segment) -> Self {
        match &segment.arc {
            None => {
                let along = segment.to - segment.from;
                Self {
                    x: [segment.from.x, along.x, Wide::ZERO],
                    y: [segment.from.y, along.y, Wide::ZERO],
                    denominator: Wide::ZERO,
                    range: (Wide::ZERO, Wide::ONE),
                }
            }
            Some(arc) => Self::arc(arc),
        }
    }

    fn arc(arc: &Arc) -> Self {
        let frame = &arc.frame;
        let middle = (arc.from + arc.to).unit();
        let ahead = Point::new(-middle.y, middle.x);
        let (start, end) = if arc.ccw { (arc.from, arc.to) } else { (arc.to, arc.from) };
        // tan of half the angle from the middle, sin / (1 + cos)
        let parameter = |u: Point| middle.cross(u) / (Wide::ONE + middle.dot(u));
        let m = frame.point(middle) - frame.c;
        let n = frame.point(ahead) - frame.c;
        let numerator = |c: Wide, m: Wide, n: Wide| [c + m, n.scale(2.0), c - m];
        Self {
            x: numerator(frame.c.x, m.x, n.x),
            y: numerator(frame.c.y, m.y, n.y),
            denominator: Wide::ONE,
            range: (parameter(start), parameter(end)),
        }
    }

    fn at(&self, q: Wide) -> Point {
        let value = |c: &[Wide; 3]| c[0] + q * (c[1] + q * c[2]);
        let denominator = Wide::ONE + self.denominator * q * q;
        Point::new(value(&self.x) / denominator, value(&self.y) / denominator)
    }

    /// The equation of the other segment's line or ellipse along this curve.
    fn in_equation_of(&self, other: &Segment) -> Polynomial {
        // Coordinates less a fixed point, over the common denominator.
        let relative = |c: &[Wide; 3], origin: Wide| [c[0] - origin, c[1], c[2] - origin * self.denominator];
        let combine = |f: Wide, x: [Wide; 3], g: Wide, y: [Wide; 3]| [0, 1, 2].map(|i| f * x[i] + g * y[i]);
        if let Some(arc) = &other.arc {
            let frame = &arc.frame;
            let det = frame.det();
            let (x, y) = (relative(&self.x, frame.c.x), relative(&self.y, frame.c.y));
            let u = combine(frame.b.y / det, x, -frame.b.x / det, y);
            let v = combine(-frame.a.y / det, x, frame.a.x / det, y);
            let one = [Wide::ONE, Wide::ZERO, self.denominator];
            let (u, v, one) = (square(u), square(v), square(one));
            [0, 1, 2, 3, 4].map(|i| u[i] + v[i] - one[i])
        } else {
            let along = (other.to - other.from).unit();
            let (x, y) = (relative(&self.x, other.from.x), relative(&self.y, other.from.y));
            let [a, b, c] = combine(-along.y, x, along.x, y);
            [a, b, c, Wide::ZERO, Wide::ZERO]
        }
    }
}

fn square([a, b, c]: [Wide; 3]) -> Polynomial {
    [a * a, (a * b).scale(2.0), b * b + (a * c).scale(2.0), (b * c).scale(2.0), c * c]
}

fn value(p: &Polynomial, q: Wide) -> Wide {
    p.iter().rev().fold(Wide::ZERO, |sum, &c| sum * q + c)
}

fn derivative(p: &Polynomial) -> Polynomial {
    let term = |i: usize| p[i] * Wide::new(i as f64);
    [term(1), term(2), term(3), term(4), Wide::ZERO]
}

/// Real roots in `[low, high]` at which the polynomial changes sign, in ascending order.
fn roots(p: &Polynomial, degree: usize, low: Wide, high: Wide) -> Vec<Wide> {
    if degree == 0 {
        return Vec::new();
    }
    let mut brackets = vec![low];
    brackets.extend(roots(&derivative(p), degree - 1, low, high));
    brackets.push(high);
    let mut found = Vec::new();
    for pair in brackets.windows(2) {
        let (a, b) = (value(p, pair[0]), value(p, pair[1]));
        if (a.hi < 0.0) != (b.hi < 0.0) {
            found.push(root(p, pair[0], pair[1]));
        }
    }
    found
}

/// The one root between two places of different sign.
fn root(p: &Polynomial, mut low: Wide, mut high: Wide) -> Wide {
    let slope = derivative(p);
    let rising = value(p, low).hi < 0.0;
    let mut q = (low + high).half();
    // Bisection alone would need 106 steps.
    for _ in 0..120 {
        let f = value(p, q);
        if (f.hi < 0.0) == rising {
            low = q;
        } else {
            high = q;
        }
        let newton = q - f / value(&slope, q);
        let next = if newton > low && newton < high { newton } else { (low + high).half() };
        if next == q || (high - low).hi <= 1e-32 * (low.hi.abs() + high.hi.abs()) {
            break;
        }
        q = next;
    }
    q
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contour::Contour;
    use crate::geom::{Frame, Rotation};

    #[test]
    fn polynomial_roots_are_found_to_all_digits() {
        // (q - 1/4)(q - 1/2)(q + 3) = q^3 + 9/4 q^2 - 17/8 q + 3/8
        let p = [0.375, -2.125, 2.25, 1.0, 0.0].map(Wide::new);
        let found = roots(&p, 4, Wide::ZERO, Wide::ONE);
        assert_eq!(found.len(), 2);
        assert!((found[0] - Wide::new(0.25)).hi.abs() < 1e-30);
        assert!((found[1] - Wide::new(0.5)).hi.abs() < 1e-30);
    }

    #[test]
    fn crossings_lie_on_both_ellipses() {
        let ellipse = |a, b, t| Contour::ellipse(Frame::ellipse(Point::default(), a, b, Rotation::by(t)));
        let (one, two) = (ellipse(5.0, 2.0, 0.3), ellipse(4.9, 1.9, 1.1));
        let mut found = 0;
        for a in &one.segments {
            for b in &two.segments {
                for point in meetings(a, b) {
                    found += 1;
                    for s in [a, b] {
                        let u = s.arc.expect("an ellipse").frame.inverse(point);
                        assert!((u.dot(u) - Wide::ONE).hi.abs() < 1e-28);
                    }
                }
            }
        }
        assert_eq!(found, 4);
    }
}
