//! What lies inside of a shape, by the formulae of a textbook: nothing here is shared with the rasterisers.
//!
//! A point's *depth* is a lower bound of its distance from the boundary, positive inside, negative outside. What is deeper than
//! half a diagonal is the centre of a square that lies wholly on one side, and squares that are cut into squares bracket the area of
//! any overlap.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::draw::Shape;
use crate::shapes::Command;

/// A set of points.
pub(super) enum Region {
    /// Semi-axes and the direction of the first.
    Ellipse(f64, f64, Direction),
    /// Half widths and direction.
    Rectangle(f64, f64, Direction),
    /// Half width, semi-axes of the caps, direction.
    Pill(f64, f64, f64, Direction),
    /// Inside a closed line of edges.
    Outline(Vec<Edge>),
    /// Of the first what is in none of the others.
    Difference(Box<Self>, Vec<Self>),
}

/// Cosine and sine of an angle.
#[derive(Clone, Copy)]
pub(super) struct Direction(f64, f64);

impl Direction {
    fn of(theta: f64) -> Self {
        Self(theta.cos(), theta.sin())
    }

    /// A point's coordinates along and across, without their signs: all shapes with a direction are symmetric.
    fn folded(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let Self(cos, sin) = self;
        [(cos * x + sin * y).abs(), (cos * y - sin * x).abs()]
    }
}

/// A straight line from one point to another, or an arc of a centre, radius, first angle and turn.
#[derive(Clone, Copy)]
pub(super) enum Edge {
    Line([f64; 2], [f64; 2]),
    Arc([f64; 2], f64, f64, f64),
}

impl Region {
    /// The points of a shape, relative to its position.
    pub(super) fn of(shape: &Shape) -> Self {
        match shape {
            Shape::Row(name, row) => Self::of_row(name, row),
            Shape::Path(outline, holes) => Self::Difference(
                Box::new(Self::Outline(edges(outline))),
                holes.iter().map(|hole| Self::Outline(edges(hole))).collect(),
            ),
        }
    }

    fn of_row(name: &str, row: &[f64]) -> Self {
        let less = |outer: Self, inner: Self| Self::Difference(Box::new(outer), vec![inner]);
        let disc = |r: f64| Self::Ellipse(r, r, Direction::of(0.0));
        let ellipse = |a, b, theta| Self::Ellipse(a, b, Direction::of(theta));
        let rectangle = |w: f64, h: f64, theta| Self::Rectangle(0.5 * w, 0.5 * h, Direction::of(theta));
        let pill = |w: f64, a, b, theta| Self::Pill(0.5 * w, a, b, Direction::of(theta));
        match (name, row) {
            ("circ", &[r]) => disc(r),
            ("ellip", &[a, b, theta]) => ellipse(a, b, theta),
            ("rect", &[w, h, theta]) => rectangle(w, h, theta),
            ("pill", &[w, a, b, theta]) => pill(w, a, b, theta),
            ("wedge", &[r_in, r_out, theta_in, dtheta_in, theta_out, dtheta_out]) => {
                // Of a large angle the half width would be lost.
                let reduced = |theta: f64| theta.sin().atan2(theta.cos());
                let outer = Edge::Arc([0.0; 2], r_out, reduced(theta_out) - 0.5 * dtheta_out, dtheta_out);
                let inner = Edge::Arc([0.0; 2], r_in, reduced(theta_in) + 0.5 * dtheta_in, -dtheta_in);
                let across = |from: &Edge, to: &Edge| Edge::Line(from.ends()[1], to.ends()[0]);
                Self::Outline(vec![outer, across(&outer, &inner), inner, across(&inner, &outer)])
            }
            ("circ_ann", &[0.0, r_out]) => disc(r_out),
            ("circ_ann", &[r_in, r_out]) => less(disc(r_out), disc(r_in)),
            ("ellip_ann", &[a_in, b_in, a_out, b_out, t_in, t_out]) => {
                less(ellipse(a_out, b_out, t_out), ellipse(a_in, b_in, t_in))
            }
            ("rect_ann", &[w_in, h_in, w_out, h_out, t_in, t_out]) => {
                less(rectangle(w_out, h_out, t_out), rectangle(w_in, h_in, t_in))
            }
            ("pill_ann", &[w_in, a_in, b_in, w_out, a_out, b_out, t_in, t_out]) => {
                less(pill(w_out, a_out, b_out, t_out), pill(w_in, a_in, b_in, t_in))
            }
            _ => unreachable!("{name} is no kind of {} parameters", row.len()),
        }
    }

    /// A lower bound of the distance from the boundary, negative outside.
    pub(super) fn depth(&self, point: [f64; 2]) -> f64 {
        match self {
            Self::Ellipse(a, b, direction) => depth_in_ellipse(direction.folded(point), *a, *b),
            Self::Rectangle(u, v, direction) => depth_in_rectangle(direction.folded(point), *u, *v),
            Self::Pill(w, a, b, direction) => {
                // The union of a rectangle and two whole ellipses.
                let [u, v] = direction.folded(point);
                depth_in_rectangle([u, v], *w, *b)
                    .max(depth_in_ellipse([u - w, v], *a, *b))
                    .max(depth_in_ellipse([u + w, v], *a, *b))
            }
            Self::Outline(edges) => {
                let distance = edges.iter().map(|edge| edge.distance(point)).fold(f64::INFINITY, f64::min);
                let turns: f64 = edges.iter().map(|edge| edge.turn(point)).sum();
                if (turns / TAU).round() == 0.0 { -distance } else { distance }
            }
            Self::Difference(outer, inner) => {
                inner.iter().fold(outer.depth(point), |depth, inner| depth.min(-inner.depth(point)))
            }
        }
    }

    /// The least and the most that the square of this side about a point can have of its area inside, after so many divisions.
    pub(super) fn bracket(&self, [x, y]: [f64; 2], side: f64, doubt: f64, divisions: u32) -> [f64; 2] {
        let depth = self.depth([x, y]);
        if depth.abs() > side * std::f64::consts::FRAC_1_SQRT_2 + doubt {
            return [f64::from(u8::from(depth > 0.0)); 2];
        }
        if divisions == 0 || depth.is_nan() {
            return [0.0, 1.0];
        }
        let quarter = 0.25 * side;
        let parts = [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]
            .map(|[i, j]| self.bracket([x + i * quarter, y + j * quarter], 0.5 * side, doubt, divisions - 1));
        [0, 1].map(|end| 0.25 * parts.iter().map(|part| part[end]).sum::<f64>())
    }
}

/// The norm whose unit disc is the ellipse changes by at most the distance over the smaller semi-axis.
fn depth_in_ellipse([u, v]: [f64; 2], a: f64, b: f64) -> f64 {
    (1.0 - (u / a).hypot(v / b)) * a.min(b)
}

fn depth_in_rectangle([u, v]: [f64; 2], half_width: f64, half_height: f64) -> f64 {
    (half_width - u).min(half_height - v)
}

/// The edges of a contour, with the short ones that its arcs leave open.
fn edges(commands: &[Command]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    let (mut start, mut end) = ([0.0; 2], [0.0; 2]);
    for command in commands {
        match *command {
            Command::Move { x, y } => (start, end) = ([x, y], [x, y]),
            Command::Line { x, y } => {
                edges.push(Edge::Line(end, [x, y]));
                end = [x, y];
            }
            Command::Arc { cx, cy, r, theta0, dtheta } => {
                let arc = Edge::Arc([cx, cy], r, theta0, dtheta);
                let [first, last] = arc.ends();
                edges.extend([Edge::Line(end, first), arc]);
                end = last;
            }
            Command::Close => edges.push(Edge::Line(end, start)),
        }
    }
    edges
}

fn on_circle([cx, cy]: [f64; 2], r: f64, theta: f64) -> [f64; 2] {
    [cx + r * theta.cos(), cy + r * theta.sin()]
}

fn distance([x0, y0]: [f64; 2], [x1, y1]: [f64; 2]) -> f64 {
    (x1 - x0).hypot(y1 - y0)
}

/// The angle under which a straight line is seen.
fn seen([x, y]: [f64; 2], [x0, y0]: [f64; 2], [x1, y1]: [f64; 2]) -> f64 {
    let (ax, ay, bx, by) = (x0 - x, y0 - y, x1 - x, y1 - y);
    (ax * by - ay * bx).atan2(ax * bx + ay * by)
}

impl Edge {
    fn ends(&self) -> [[f64; 2]; 2] {
        match *self {
            Self::Line(from, to) => [from, to],
            Self::Arc(c, r, theta, turn) => [on_circle(c, r, theta), on_circle(c, r, theta + turn)],
        }
    }

    fn distance(&self, point: [f64; 2]) -> f64 {
        let [from, to] = self.ends();
        match *self {
            Self::Line(..) => {
                let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
                let along = (point[0] - from[0]) * dx + (point[1] - from[1]) * dy;
                let share = (along / (dx * dx + dy * dy)).clamp(0.0, 1.0);
                if share.is_nan() {
                    return distance(point, from);
                }
                distance(point, [from[0] + share * dx, from[1] + share * dy])
            }
            Self::Arc(c, r, theta, turn) => {
                let direction = (point[1] - c[1]).atan2(point[0] - c[0]);
                let turned = (turn.signum() * (direction - theta)).rem_euclid(TAU);
                if turned <= turn.abs() {
                    (distance(point, c) - r).abs()
                } else {
                    distance(point, from).min(distance(point, to))
                }
            }
        }
    }

    /// The angle by which a direction turns that follows a walk along the edge.
    ///
    /// On an arc of at most a quarter it is that of the chord, unless the point lies between the two: then arc and chord
    /// pass on different sides of it.
    fn turn(&self, point: [f64; 2]) -> f64 {
        let Self::Arc(c, r, theta, turn) = *self else {
            let [from, to] = self.ends();
            return seen(point, from, to);
        };
        let pieces = (turn.abs() / FRAC_PI_2).ceil().max(1.0);
        let step = turn / pieces;
        (0..pieces as u32)
            .map(|piece| {
                let begin = theta + f64::from(piece) * step;
                let chord = [on_circle(c, r, begin), on_circle(c, r, begin + step)];
                let angle = seen(point, chord[0], chord[1]);
                let right = step.signum() * angle < 0.0;
                let between = right && distance(point, c) < r && seen(c, chord[0], chord[1]) * angle < 0.0;
                if between { angle + step.signum() * TAU } else { angle }
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(name: &'static str, row: &[f64], point: [f64; 2]) -> f64 {
        Region::of(&Shape::Row(name, row.to_vec())).depth(point)
    }

    #[test]
    fn depths_by_hand() {
        assert_eq!(depth("circ", &[2.0], [0.5, 0.0]), 1.5);
        assert_eq!(depth("circ", &[2.0], [0.0, 5.0]), -3.0);
        assert_eq!(depth("rect", &[4.0, 2.0, 0.0], [1.5, 0.25]), 0.5);
        assert_eq!(depth("pill", &[4.0, 1.0, 1.0, 0.0], [2.5, 0.0]), 0.5);
        assert_eq!(depth("circ_ann", &[1.0, 2.0], [0.0, 0.0]), -1.0);
        // Three quarters of a disc, of which the lower right is missing.
        let quarters = [0.0, 2.0, 0.75 * std::f64::consts::PI, 1.5 * std::f64::consts::PI];
        let pacman = [quarters[0], quarters[1], quarters[2], quarters[3], quarters[2], quarters[3]];
        for (point, expected) in [
            ([-1.0, 0.0], 1.0),
            ([1.0, 0.5], 0.5),
            ([0.5, -0.5], -0.5),
            ([0.5, -1.8], -0.5),
            ([-3.0, 0.0], -1.0),
        ] {
            assert!((depth("wedge", &pacman, point) - expected).abs() < 1e-15, "{point:?}");
        }
    }

    #[test]
    fn a_bracket_closes_on_the_overlap() {
        let disc = Region::of(&Shape::Row("circ", vec![0.5]));
        let [least, most] = disc.bracket([0.0, 0.0], 1.0, 0.0, 8);
        assert!(least < std::f64::consts::FRAC_PI_4 && std::f64::consts::FRAC_PI_4 < most);
        assert!(most - least < 0.03);
    }
}
