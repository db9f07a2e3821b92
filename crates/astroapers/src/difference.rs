//! The boundary of an annulus whose inner shape pokes out of the outer one.
//!
//! Both outlines are convex and centred on the position, so each is a function `rho(phi)` of the direction, and they cross
//! where `rho_outer - rho_inner` changes sign. All crossings are found first, as one list that both outlines are cut at.
//! Between two of them the outer outline lies beyond the inner one or not; where it does, its piece and
//! the inner one's piece, travelled back, close a contour of the difference. A touch
//! changes no sign and drops out.

use std::f64::consts::{PI, TAU};

use crate::contour::Contour;
use crate::crossing::meetings;
use crate::geom::{Arc, Point, Segment};
use crate::wide::Wide;

/// Directions closer than this \[rad\] are the same.
const SAME_DIRECTION: f64 = 2e-15;

/// A direction in which the outlines meet, and where.
#[derive(Clone, Copy, Debug)]
struct Cut {
    phi: f64,
    point: Point,
}

/// The contours of what lies in `outer` but not in `inner`; `None` if `inner` does not poke out.
///
/// Both must be convex, counter-clockwise and contain the origin.
pub(crate) fn boundary(outer: &Contour, inner: &Contour) -> Option<Vec<Contour>> {
    let cuts = sign_changes(outer, inner, cuts(outer, inner))?;
    let lunes = cuts.iter().zip(cuts.iter().cycle().skip(1)).filter(|((_, beyond), _)| *beyond);
    Some(
        lunes
            .map(|((start, _), (end, _))| {
                let mut lune = Contour::default();
                append(&mut lune, piece(outer, start, end), end.point);
                append(&mut lune, reversed(&piece(inner, start, end)), start.point);
                lune.close();
                lune
            })
            .collect(),
    )
}

fn direction(p: Point) -> f64 {
    p.y.hi.atan2(p.x.hi)
}

/// An angle in [0, 2 pi).
fn turn(angle: f64) -> f64 {
    let turn = angle.rem_euclid(TAU);
    if turn < TAU { turn } else { 0.0 }
}

/// An angle in [-pi, pi).
fn half_turn(angle: f64) -> f64 {
    turn(angle + PI) - PI
}

/// The direction of a segment's start and the angle it subtends.
fn sector(segment: &Segment) -> (f64, f64) {
    let (from, to) = (segment.from, segment.to);
    (direction(from), from.cross(to).hi.atan2(from.dot(to).hi))
}

/// All places where the outlines meet, by direction.
fn cuts(outer: &Contour, inner: &Contour) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for a in &outer.segments {
        let (start_a, width_a) = sector(a);
        for b in &inner.segments {
            let (start_b, width_b) = sector(b);
            let apart = |lag: f64, width: f64| turn(lag) > width + 1e-9 && turn(lag) < TAU - 1e-9;
            if apart(start_b - start_a, width_a) && apart(start_a - start_b, width_b) {
                continue;
            }
            cuts.extend(meetings(a, b).into_iter().map(|point| Cut { phi: direction(point), point }));
        }
    }
    cuts.sort_by(|a, b| a.phi.total_cmp(&b.phi));
    cuts.dedup_by(|a, b| a.phi - b.phi <= SAME_DIRECTION);
    if cuts.len() > 1 && turn(cuts[0].phi - cuts[cuts.len() - 1].phi) <= SAME_DIRECTION {
        cuts.pop();
    }
    cuts
}

/// The cuts at which the order of the outlines changes, each with whether the outer one lies beyond after it.
fn sign_changes(outer: &Contour, inner: &Contour, cuts: Vec<Cut>) -> Option<Vec<(Cut, bool)>> {
    let beyond: Vec<bool> = (0..cuts.len())
        .map(|i| {
            let (start, end) = (cuts[i].phi, cuts[(i + 1) % cuts.len()].phi);
            let width = if cuts.len() == 1 { TAU } else { turn(end - start) };
            let (sin, cos) = (start + 0.5 * width).sin_cos();
            let towards = Point::at(cos, sin);
            radius(outer, towards) > radius(inner, towards)
        })
        .collect();
    if beyond.iter().all(|&b| b) || !beyond.contains(&true) {
        return None;
    }
    let before = |i: usize| beyond[(i + beyond.len() - 1) % beyond.len()];
    Some(
        cuts.into_iter()
            .enumerate()
            .filter(|&(i, _)| beyond[i] != before(i))
            .map(|(i, c)| (c, beyond[i]))
            .collect(),
    )
}

/// Distance from the origin to the outline in the direction of a unit vector.
fn radius(contour: &Contour, towards: Point) -> Wide {
    let phi = direction(towards);
    // The sectors of an outline around the origin fill the turn, but for rounding: none is missed by more.
    let missed = |s: &Segment| {
        let (start, width) = sector(s);
        let lag = half_turn(phi - start);
        (-lag).max(lag - width).max(SAME_DIRECTION)
    };
    let misses = contour.segments.iter().map(|segment| (missed(segment), segment));
    let Some((_, segment)) = misses.min_by(|a, b| a.0.total_cmp(&b.0)) else { return Wide::ZERO };
    match &segment.arc {
        None => {
            let along = segment.to - segment.from;
            segment.from.cross(along) / towards.cross(along)
        }
        // |rho w - z| = 1 in the plane of the unit circle, the farther solution.
        Some(Arc { frame, .. }) => {
            let z = -frame.inverse(Point::default());
            let w = frame.inverse(frame.c + towards);
            let (ww, wz, zz) = (w.dot(w), w.dot(z), z.dot(z));
            (wz + (wz * wz - ww * (zz - Wide::ONE)).sqrt()) / ww
        }
    }
}

/// The segments of an outline from one cut to the next, counter-clockwise.
fn piece(contour: &Contour, start: &Cut, end: &Cut) -> Vec<Segment> {
    let length = turn(end.phi - start.phi);
    let mut parts: Vec<(f64, Segment)> = Vec::new();
    for segment in &contour.segments {
        let (from, width) = sector(segment);
        let first = half_turn(from - start.phi);
        // A segment can hold both the end and, a turn later, the start.
        for first in [first - TAU, first, first + TAU] {
            let (low, high) = (first.max(0.0), (first + width).min(length));
            if high - low > SAME_DIRECTION {
                let mut part = *segment;
                if first < 0.0 {
                    part = part.starting_at(start.point);
                }
                if first + width > length {
                    part = part.ending_at(end.point);
                }
                parts.push((low, part));
            }
        }
    }
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    parts.into_iter().map(|(_, part)| part).collect()
}

fn reversed(parts: &[Segment]) -> Vec<Segment> {
    parts.iter().rev().map(Segment::reversed).collect()
}

/// Append segments, bridging what rounding left between them, up to `end`.
fn append(contour: &mut Contour, parts: Vec<Segment>, end: Point) {
    for part in parts {
        contour.line_to(part.from);
        contour.segments.push(part);
    }
    contour.line_to(end);
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_PI_2;

    use crate::shapes::{elliptical_annulus, pill_annulus, rectangular_annulus};

    /// Area of the difference by counting the centres of a fine grid.
    fn counted(inside: impl Fn(f64, f64) -> bool) -> f64 {
        let n = 1600;
        let step = 14.0 / f64::from(n);
        let at = |i: i32| -7.0 + (f64::from(i) + 0.5) * step;
        let count = (0..n).map(|j| (0..n).filter(|&i| inside(at(i), at(j))).count()).sum::<usize>();
        count as f64 * step * step
    }

    fn turned(x: f64, y: f64, theta: f64) -> (f64, f64) {
        let (s, c) = theta.sin_cos();
        (c * x + s * y, c * y - s * x)
    }

    #[test]
    fn corners_that_touch_have_the_area_that_is_left() {
        // The corners of the inner square lie on the outer one's sides, one of them where directions begin and end.
        for k in 1..=200 {
            let side = 0.37 * f64::from(k);
            let inner = side * std::f64::consts::FRAC_1_SQRT_2;
            for (inner, turn) in
                [(inner, 0.0), (inner, 1e-17), (inner * (1.0 + 1e-15), 0.0), (inner * 1.001, 1e-16)]
            {
                let aperture =
                    rectangular_annulus(inner, inner, side, side, turn + 0.5 * FRAC_PI_2, turn).unwrap();
                // What pokes out: four triangles as high as it reaches out.
                let out = (inner * std::f64::consts::FRAC_1_SQRT_2 - 0.5 * side).max(0.0);
                let want = side * side - inner * inner + 4.0 * out * out;
                assert!((aperture.area() - want).abs() < 1e-13 * side * side, "{side} {inner} {turn}");
            }
        }
    }

    #[test]
    fn crossing_shapes_have_the_area_of_their_difference() {
        for (ti, to) in [(1.2, 0.3), (FRAC_PI_2, 0.0), (-2.0, 0.1)] {
            let ellipse = |x: f64, y: f64, a: f64, b: f64, t| {
                let (u, v) = turned(x, y, t);
                (u / a).powi(2) + (v / b).powi(2) < 1.0
            };
            let want = counted(|x, y| ellipse(x, y, 6.0, 3.0, to) && !ellipse(x, y, 5.5, 2.0, ti));
            let got = elliptical_annulus(5.5, 2.0, 6.0, 3.0, ti, to).unwrap().area();
            assert!((got - want).abs() < 0.1, "ellipses {got} {want}");

            let rect = |x: f64, y: f64, w: f64, h: f64, t| {
                let (u, v) = turned(x, y, t);
                u.abs() < 0.5 * w && v.abs() < 0.5 * h
            };
            let want = counted(|x, y| rect(x, y, 9.0, 4.0, to) && !rect(x, y, 8.0, 2.0, ti));
            let got = rectangular_annulus(8.0, 2.0, 9.0, 4.0, ti, to).unwrap().area();
            assert!((got - want).abs() < 0.1, "rectangles {got} {want}");

            let pill = |x: f64, y: f64, w: f64, a: f64, b: f64, t| {
                let (u, v) = turned(x, y, t);
                let cap = (u.abs() - 0.5 * w).max(0.0);
                (cap / a).powi(2) + (v / b).powi(2) < 1.0
            };
            let want = counted(|x, y| pill(x, y, 6.0, 3.0, 2.5, to) && !pill(x, y, 5.0, 2.5, 1.2, ti));
            let got = pill_annulus(5.0, 2.5, 1.2, 6.0, 3.0, 2.5, ti, to).unwrap().area();
            assert!((got - want).abs() < 0.1, "pills {got} {want}");
        }
    }

    #[test]
    fn shapes_of_a_common_size_are_apart_by_as_much_as_they_are_turned() {
        for b in [1.0, 1.000_001_278_473_064_3, 1.3] {
            for theta in [0.0, 0.4] {
                for k in (4..36).chain((40..320).step_by(20)) {
                    for (by, share) in [(0.0, 1.0), (1.1, 0.1), (-1.0, 2.0), (1.000_001, 1e-6)] {
                        let step = 10_f64.powi(-k);
                        let (ti, to) = (theta + step, theta + by * step);
                        let areas = [
                            (pill_annulus(5.14, 15.8, b, 6.5, 15.8, b, ti, to), 2.72 * b),
                            (rectangular_annulus(5.0, b, 7.0, b, ti, to), 2.0 * b),
                            (elliptical_annulus(5.0, b, 7.0, b, ti, to), 2.0 * b * std::f64::consts::PI),
                        ];
                        // At other angles than 0 the step is rounded.
                        let turn = share * step + 4.0 * theta.abs() * f64::EPSILON;
                        for (aperture, want) in areas {
                            let area = aperture.unwrap().area();
                            assert!(
                                (area - want).abs() <= 1000.0 * turn + 1e-13,
                                "{area}, not {want}: {ti} {to}"
                            );
                        }
                    }
                }
            }
        }
    }
}
