//! The boundary as a drawing program wants it: lines and cubic curves.

use crate::contour::Contour;
use crate::geom::{Arc, Point, Segment};

/// One step of a drawn outline; coordinates are offsets from the aperture's position \[pixel\].
///
/// ```
/// use astroapers::{PathElement, shapes};
///
/// let curves = shapes::circle(1.0)?.outline();
/// assert!(curves.iter().any(|element| matches!(element, PathElement::CurveTo(..))));
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PathElement {
    /// Start a new contour here.
    MoveTo([f64; 2]),
    /// A straight line to here.
    LineTo([f64; 2]),
    /// A cubic Bezier curve with two control points, to the last of the three.
    CurveTo([f64; 2], [f64; 2], [f64; 2]),
    /// Close the contour.
    Close,
}

/// Largest turn \[rad\] of one curve. The cubic below is off by 2/27 (turn / 4)^6 of the radius at most
/// (Goldapp 1991, CAGD 8, 227, for the standard cubic): 7e-8 here.
const MAX_TURN: f64 = 0.4;

pub(crate) fn elements(contours: &[Contour]) -> Vec<PathElement> {
    let mut out = Vec::new();
    for contour in contours {
        if let Some(first) = contour.segments.first() {
            out.push(PathElement::MoveTo(pair(first.from)));
            for segment in &contour.segments {
                draw(segment, &mut out);
            }
            out.push(PathElement::Close);
        }
    }
    out
}

fn pair(p: Point) -> [f64; 2] {
    [p.x.hi, p.y.hi]
}

fn draw(segment: &Segment, out: &mut Vec<PathElement>) {
    match &segment.arc {
        None => out.push(PathElement::LineTo(pair(segment.to))),
        Some(arc) => draw_arc(arc, segment.to, out),
    }
}

/// Equal turns, each a cubic with tangents of length `4/3 tan(turn / 4)` in the unit circle's plane.
fn draw_arc(arc: &Arc, end: Point, out: &mut Vec<PathElement>) {
    let sweep = arc.from.cross(arc.to).hi.atan2(arc.from.dot(arc.to).hi);
    let steps = (sweep.abs() / MAX_TURN).ceil().max(1.0);
    let turn = sweep / steps;
    let tangent = 4.0 / 3.0 * (turn / 4.0).tan();
    let start = arc.from.y.hi.atan2(arc.from.x.hi);
    let at = |cos: f64, sin: f64| pair(arc.frame.point(Point::at(cos, sin)));
    for step in 0..steps as usize {
        let (s0, c0) = (start + turn * step as f64).sin_cos();
        let (s1, c1) = (start + turn * (step + 1) as f64).sin_cos();
        let last = if step + 1 == steps as usize { pair(end) } else { at(c1, s1) };
        out.push(PathElement::CurveTo(
            at(c0 - tangent * s0, s0 + tangent * c0),
            at(c1 + tangent * s1, s1 - tangent * c1),
            last,
        ));
    }
}
