//! Whether an outline and its holes bound a region: nothing crosses, holes lie inside and apart.
//!
//! Pairs of segments whose bounding boxes overlap are found by a sweep. A pair that shares a stretch of its
//! curves is refused, and so is one that crosses away from its ends. What is left are touches at
//! vertices, which may hide a crossing: there, and in rows of which one passes through each hole, the winding number is
//! followed from left to right. It is 0 or 1 everywhere if and only if the contours bound a region.

use crate::contour::{Bounds, Contour};
use crate::crossing::meetings;
use crate::error::{ApertureError, Result, number};
use crate::geom::{Point, Segment};
use crate::stop::{Listener, Stopped};
use crate::wide::Wide;

/// Lengths below this, relative to the size, are rounding: touches, not crossings.
const TOUCH: f64 = 1e-13;
/// Heights above and below a touch at which the winding number is checked, relative to the size.
const BESIDE_TOUCH: [f64; 4] = [-1e-4, -1e-7, 1e-7, 1e-4];
/// The same, relative to the height of a segment that ends there.
const CLOSER: [f64; 4] = [-0.37, -1e-3, 1e-3, 0.37];
/// Where between a hole's lowest and highest point its row is: not a place that users choose.
const ROW_THROUGH_HOLE: f64 = 0.513_742_9;
/// Share of a hole's height that must lie above and below another hole's row for it to be this one's, too.
const ROOM_BESIDE_ROW: f64 = 0.125;

/// A segment with its place among the contours and its bounding box.
#[derive(Clone, Copy)]
struct Item<'a> {
    segment: &'a Segment,
    contour: usize,
    /// Its number on the contour.
    place: usize,
    /// The number of the next segment that is longer than rounding.
    next: usize,
    x: (f64, f64),
    y: (f64, f64),
}

/// Refuse contours that do not bound a region; all are counter-clockwise. `name` is the outline's.
///
/// Where the boxes of many segments overlap, that takes the square of their number: `listener` may end it.
pub(crate) fn check(
    outline: &Contour,
    holes: &[Contour],
    name: &str,
    listener: &mut Listener<'_>,
) -> Result<()> {
    let bounds = outline.bounds();
    let size = (bounds.x_max - bounds.x_min).max(bounds.y_max - bounds.y_min);
    let heights = |contour: &Contour| {
        let Bounds { y_min, y_max, .. } = contour.bounds();
        (y_min, y_max)
    };
    let contours = std::iter::once(outline).chain(holes).map(|c| (c, heights(c))).collect();
    let figure = Figure { contours, touch: TOUCH * size, name };
    figure.check_pairs(size, listener)?;
    figure.check_holes(listener)
}

/// The `f64` coordinates of a segment's chord.
fn vector(segment: &Segment) -> (f64, f64) {
    let along = segment.to - segment.from;
    (along.x.hi, along.y.hi)
}

/// How far a segment may stray from its chord: an arc of 102 degrees, the longest, by 0.24 of it.
fn bulge(segment: &Segment) -> f64 {
    let (dx, dy) = vector(segment);
    if segment.arc.is_some() { 0.25 * dx.hypot(dy) } else { 0.0 }
}

/// How high a segment is.
fn extent(segment: &Segment) -> f64 {
    vector(segment).1.abs()
}

/// Eight times the width of the lens between two segments that meet at `p` and `q`, where that is small against their radii: the chord
/// squared times the difference of their curvatures, which are positive to the left.
fn dip(a: &Segment, b: &Segment, p: Point, q: Point) -> f64 {
    let chord = q - p;
    let curvature = |segment: &Segment| {
        segment.arc.map_or(0.0, |arc| chord.cross(arc.frame.c - p).hi.signum() / arc.frame.a.norm().hi)
    };
    chord.dot(chord).hi * (curvature(a) - curvature(b)).abs()
}

/// Whether `b` goes on where `a` ends, so that they meet nowhere else: a line that does not turn back along the other, or
/// the next piece of the same ellipse, for two of which it is no full turn.
fn goes_on(a: &Segment, b: &Segment) -> bool {
    match (&a.arc, &b.arc) {
        (None, None) => {
            let ((ax, ay), (bx, by)) = (vector(a), vector(b));
            let (dot, cross) = (ax * bx + ay * by, ax * by - ay * bx);
            a.to == b.from && (dot >= 0.0 || cross.abs() > -0.1 * dot)
        }
        (Some(one), Some(two)) => one.frame == two.frame && one.ccw == two.ccw && one.to == two.from,
        _ => false,
    }
}

/// How many pairs of items overlap along an axis.
///
/// Each is counted where the first of the two ends: the others that are open there are those that began and did not end before.
fn overlaps(
    items: &[Item<'_>],
    range: fn(&Item<'_>) -> (f64, f64),
    listener: &mut Listener<'_>,
) -> Result<usize, Stopped> {
    let mut begins: Vec<f64> = items.iter().map(|item| range(item).0).collect();
    let mut ends: Vec<f64> = items.iter().map(|item| range(item).1).collect();
    listener.sort_by(&mut begins, f64::total_cmp)?;
    listener.sort_by(&mut ends, f64::total_cmp)?;
    let mut begun = 0;
    let mut pairs = 0;
    for (ended, &end) in ends.iter().enumerate() {
        listener.steps(1)?;
        while begun < begins.len() && begins[begun] <= end {
            begun += 1;
        }
        // Those that have begun and not ended, without itself.
        pairs += begun - ended - 1;
    }
    Ok(pairs)
}

struct Figure<'a> {
    /// The outline, then the holes, each with its lowest and highest y.
    contours: Vec<(&'a Contour, (f64, f64))>,
    /// Distance that is no distance \[pixel\].
    touch: f64,
    name: &'a str,
}

impl Figure<'_> {
    /// Check all pairs of segments whose boxes overlap.
    fn check_pairs(&self, size: f64, listener: &mut Listener<'_>) -> Result<()> {
        let mut items: Vec<Item<'_>> = Vec::new();
        for (contour, (c, _)) in self.contours.iter().enumerate() {
            listener.steps(c.segments.len())?;
            let first = c.segments.iter().position(|s| !self.is_gap(s)).unwrap_or(0);
            let begin = items.len();
            let mut next = first;
            // From the last to the first, so that it is known what comes next.
            for (place, segment) in c.segments.iter().enumerate().rev() {
                listener.steps(1)?;
                let (p, q) = (segment.from, segment.to);
                let range = |a: f64, b: f64| (a.min(b) - self.touch, a.max(b) + self.touch);
                let (x, y) = (range(p.x.hi, q.x.hi), range(p.y.hi, q.y.hi));
                items.push(Item { segment, contour, place, next, x, y });
                if !self.is_gap(segment) {
                    next = place;
                }
            }
            items[begin..].reverse();
        }
        // Sweep along the axis along which fewer pairs overlap, so that few are open at a time.
        if overlaps(&items, |i| i.x, listener)? < overlaps(&items, |i| i.y, listener)? {
            for item in &mut items {
                std::mem::swap(&mut item.x, &mut item.y);
            }
        }
        listener.sort_by(&mut items, |a, b| a.y.0.total_cmp(&b.y.0))?;
        let mut open: Vec<usize> = Vec::new();
        for (i, item) in items.iter().enumerate() {
            listener.steps(1 + open.len())?;
            open.retain(|&k| items[k].y.1 >= item.y.0);
            for &k in &open {
                if items[k].x.0 <= item.x.1 && item.x.0 <= items[k].x.1 {
                    listener.steps(1)?;
                    self.check_pair(&items[k], item, size, listener)?;
                }
            }
            open.push(i);
        }
        Ok(())
    }

    fn check_pair(&self, a: &Item<'_>, b: &Item<'_>, size: f64, listener: &mut Listener<'_>) -> Result<()> {
        if self.is_beside(a.segment, b.segment)
            || self.is_beside(b.segment, a.segment)
            || goes_on(a.segment, b.segment)
            || goes_on(b.segment, a.segment)
        {
            return Ok(());
        }
        if let Some(at) = self.shared_stretch(a.segment, b.segment) {
            return Err(self.refuse(a, b, "shares an edge with", at));
        }
        let points = meetings(a.segment, b.segment);
        // An arc that dips by no more than rounding through what it should be tangent to.
        if matches!(*points, [p, q] if dip(a.segment, b.segment, p, q) <= self.touch) {
            return Ok(());
        }
        for p in points {
            let near = |q: Point| (p - q).norm().hi <= self.touch;
            let follows = |a: &Item<'_>, b: &Item<'_>| {
                near(a.segment.to) && (a.segment.to == b.segment.from || a.next == b.place)
            };
            let joined = follows(a, b) || follows(b, a);
            if a.contour == b.contour && joined {
                continue;
            }
            let at_end = [a.segment.from, a.segment.to, b.segment.from, b.segment.to].into_iter().any(near);
            let extents = [extent(a.segment), extent(b.segment)];
            if !(at_end && self.is_region_beside(p.y.hi, size, extents, listener)?) {
                return Err(self.refuse(a, b, "crosses", p));
            }
        }
        Ok(())
    }

    /// Whether it is no more than what closes the gap of a rounding between an arc and its neighbour.
    fn is_gap(&self, segment: &Segment) -> bool {
        let (dx, dy) = vector(segment);
        dx.abs().max(dy.abs()) <= self.touch
    }

    /// Whether `b` lies clearly on one side of the line through the ends of `a`, and of `a` itself.
    fn is_beside(&self, a: &Segment, b: &Segment) -> bool {
        let (dx, dy) = vector(a);
        let length = dx.hypot(dy);
        let offset = |p: Point| ((p.y - a.from.y).hi * dx - (p.x - a.from.x).hi * dy) / length;
        let (p, q) = (offset(b.from), offset(b.to));
        let room = bulge(a) + bulge(b) + 4.0 * self.touch;
        p.min(q) > room || p.max(q) < -room
    }

    /// Check that holes lie inside the outline and apart, now that nothing crosses.
    ///
    /// A row that passes through many holes does for all of them: from the lowest top upwards, a hole that the last row misses
    /// gets a row of its own, so no more rows are followed than there are holes one above the other.
    fn check_holes(&self, listener: &mut Listener<'_>) -> Result<()> {
        let mut holes: Vec<_> = self.contours.iter().map(|c| c.1).enumerate().skip(1).collect();
        listener.sort_by(&mut holes, |(_, a), (_, b)| a.1.total_cmp(&b.1))?;
        let mut row = f64::NEG_INFINITY;
        for (hole, (low, high)) in holes {
            let room = ROOM_BESIDE_ROW * (high - low);
            if low + room < row && row < high - room {
                continue;
            }
            row = low + ROW_THROUGH_HOLE * (high - low);
            if let Some(contour) = self.breaks_at(row, listener)? {
                let hole = if contour == 0 { hole } else { contour };
                return Err(ApertureError::Outline(format!(
                    "holes[{}] must lie inside the outline and outside other holes",
                    hole - 1
                )));
            }
        }
        Ok(())
    }

    fn refuse(&self, a: &Item<'_>, b: &Item<'_>, does: &str, at: Point) -> ApertureError {
        let name = |contour: usize| match contour {
            0 => self.name.to_owned(),
            hole => format!("holes[{}]", hole - 1),
        };
        let (first, second) = (a.contour.max(b.contour), a.contour.min(b.contour));
        let other = if first == second { "itself".to_owned() } else { name(second) };
        ApertureError::Outline(format!(
            "{} {does} {other} near ({}, {})",
            name(first),
            self.rounded(at.x.hi),
            self.rounded(at.y.hi)
        ))
    }

    /// A coordinate to the few digits that help to find the place.
    fn rounded(&self, coordinate: f64) -> String {
        let step = 10f64.powf((self.touch / TOUCH * 1e-5).log10().floor());
        // Dividing by a whole number leaves no tail of digits, where the step is below 1.
        let whole = (coordinate / step).round();
        number(if step < 1.0 { whole / (1.0 / step).round() } else { whole * step } + 0.0)
    }

    /// A point in the middle of a stretch that both segments follow.
    fn shared_stretch(&self, a: &Segment, b: &Segment) -> Option<Point> {
        let near = |p: Wide| p.hi.abs() <= self.touch;
        match (&a.arc, &b.arc) {
            (None, None) => {
                let along = (a.to - a.from).unit();
                let (from, to) = (b.from - a.from, b.to - a.from);
                let (p, q) = (from.dot(along).hi, to.dot(along).hi);
                let low = p.min(q).max(0.0);
                let high = p.max(q).min((a.to - a.from).norm().hi);
                // How far b lies from a's line at the ends of the common stretch.
                let offset = |t: f64| {
                    let share = if p == q { 0.0 } else { (t - p) / (q - p) };
                    from.cross(along) + Wide::new(share) * (to - from).cross(along)
                };
                (high - low > 10.0 * self.touch && near(offset(low)) && near(offset(high)))
                    .then(|| a.from + Point::at(0.5 * (low + high), 0.0).along(along))
            }
            (Some(one), Some(two)) => {
                let apart = (one.frame.c - two.frame.c).norm();
                if !(near(apart) && near(one.frame.a.norm() - two.frame.a.norm())) {
                    return None;
                }
                let (start_1, end_1) = if one.ccw { (one.from, one.to) } else { (one.to, one.from) };
                let (start_2, end_2) = if two.ccw { (two.from, two.to) } else { (two.to, two.from) };
                let angle = |u: Point| start_1.cross(u).hi.atan2(start_1.dot(u).hi);
                let (p, q) =
                    (angle(start_2), angle(start_2) + start_2.cross(end_2).hi.atan2(start_2.dot(end_2).hi));
                let (low, high) = (p.max(0.0), q.min(angle(end_1)));
                let radius = one.frame.a.norm().hi;
                ((high - low) * radius > 10.0 * self.touch).then(|| {
                    let (sin, cos) = (0.5 * (low + high)).sin_cos();
                    one.frame.point(Point::at(cos, sin).along(start_1))
                })
            }
            _ => None,
        }
    }

    /// Whether it is a region just below and above the height `y`, where segments touch that are so high.
    fn is_region_beside(
        &self,
        y: f64,
        size: f64,
        extents: [f64; 2],
        listener: &mut Listener<'_>,
    ) -> Result<bool, Stopped> {
        let of_all = BESIDE_TOUCH.map(|d| d * size);
        // Both segments reach a row that is closer than the end of the lower one, and what they enclose may be small.
        let closer = extents
            .into_iter()
            .filter(|&extent| extent > self.touch)
            .flat_map(|extent| CLOSER.map(|d| d * extent));
        for d in of_all.into_iter().chain(closer) {
            if self.breaks_at(y + d, listener)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The contour at which the winding number becomes neither 0 nor 1 in the row of height `y`, if any: a hole before the outline.
    fn breaks_at(&self, y: f64, listener: &mut Listener<'_>) -> Result<Option<usize>, Stopped> {
        let mut crossings: Vec<(f64, i32, usize)> = Vec::new();
        for (i, &(contour, (low, high))) in self.contours.iter().enumerate() {
            listener.steps(1)?;
            if y < low || high <= y {
                continue;
            }
            listener.steps(contour.segments.len())?;
            for s in &contour.segments {
                let (from, to) = (s.from.y.hi, s.to.y.hi);
                if (from <= y) != (to <= y) {
                    let step = if (from > to) == (i == 0) { 1 } else { -1 };
                    crossings.push((s.x_at(y), step, i));
                }
            }
        }
        listener.sort_by(&mut crossings, |a, b| a.0.total_cmp(&b.0))?;
        let mut winding = 0;
        for together in crossings.chunk_by(|a, b| b.0 - a.0 <= self.touch) {
            winding += together.iter().map(|c| c.1).sum::<i32>();
            if winding != 0 && winding != 1 {
                return Ok(together.iter().map(|c| c.2).max());
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use crate::shapes::{Command, path, wedge};

    fn polygon(corners: &[(f64, f64)]) -> Vec<Command> {
        let mut commands = vec![Command::Move { x: corners[0].0, y: corners[0].1 }];
        commands.extend(corners[1..].iter().map(|&(x, y)| Command::Line { x, y }));
        commands.push(Command::Close);
        commands
    }

    fn disc(cx: f64, cy: f64, r: f64) -> Vec<Command> {
        let arc = |theta0| Command::Arc { cx, cy, r, theta0, dtheta: std::f64::consts::PI };
        vec![Command::Move { x: cx + r, y: cy }, arc(0.0), arc(std::f64::consts::PI), Command::Close]
    }

    const SQUARE: [(f64, f64); 4] = [(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)];

    fn refusal(outline: &[Command], holes: &[Vec<Command>]) -> String {
        path(outline, holes).expect_err("it must be refused").to_string()
    }

    #[test]
    fn crossings_are_refused() {
        let bow_tie = polygon(&[(0.0, 0.0), (2.0, 2.0), (0.0, 2.0), (2.0, 0.0)]);
        assert_eq!(refusal(&bow_tie, &[]), "the outline crosses itself near (1.0, 1.0)");
        let through_vertex =
            polygon(&[(-1.0, -1.0), (0.0, 0.0), (1.0, 1.0), (1.0, -1.0), (0.0, 0.0), (-1.0, 1.0)]);
        assert!(refusal(&through_vertex, &[]).contains("itself"));
        // Two vertices that are one but for rounding.
        for (dx, dy) in [(1e-15, 0.0), (-1e-14, 0.0), (0.0, 1e-14), (3e-15, -2e-15)] {
            let beside_vertex =
                polygon(&[(-1.0, -1.0), (0.0, 0.0), (1.0, 1.0), (1.0, -1.0), (dx, dy), (-1.0, 1.0)]);
            assert!(refusal(&beside_vertex, &[]).contains("itself"), "{dx} {dy}");
        }
        let square = polygon(&SQUARE);
        assert!(refusal(&square, &[disc(4.0, 0.0, 1.0)]).starts_with("holes[0] crosses the outline"));
        assert!(
            refusal(&square, &[disc(-1.0, 0.0, 1.0), disc(0.0, 0.0, 1.0)])
                .contains("holes[1] crosses holes[0]")
        );
        let twice = polygon(&[(0.0, 0.0), (3.0, 0.0), (0.0, 3.0), (0.5, 0.5), (2.0, 0.2), (0.2, 2.0)]);
        assert!(refusal(&twice, &[]).contains("itself"));
    }

    #[test]
    fn small_crossings_of_large_outlines_are_refused() {
        for far in [1e2, 1e4, 1e6, 1e8] {
            let at_vertex =
                [(-1.0, -1.0), (0.0, 0.0), (1.0, 1.0), (1.0, -1.0), (0.0, 0.0), (-1.0, 1.0), (-far, 0.3)];
            assert!(refusal(&polygon(&at_vertex), &[]).contains("itself"), "{far}");
        }
        // Near (9, 9) a large arc comes in and a small one goes out beside it, and they meet again three pixels away.
        let crossing = [
            Command::Move { x: 2.95, y: 2.952_941_175_084_561 },
            Command::Line { x: 2.952_941_175_084_561, y: -3.0 },
            Command::Line { x: 19_332_593.681_920_1, y: 9.0 },
            Command::Arc {
                cx: 9_666_301.340_960_05,
                cy: 7_249_728.255_720_038,
                r: 12_082_865.426_200_062,
                theta0: -0.643_501_108_793_284_4,
                dtheta: 4.428_594_871_176_362,
            },
            Command::Arc {
                cx: -2.125,
                cy: 2.5,
                r: 12.884_705_080_055_19,
                theta0: 0.528_772_772_335_192,
                dtheta: 4.428_594_871_176_362,
            },
            Command::Close,
        ];
        assert!(refusal(&crossing, &[]).contains("crosses itself"));
    }

    #[test]
    fn shared_edges_are_refused() {
        let square = polygon(&SQUARE);
        let at_wall = polygon(&[(4.0, -1.0), (4.0, 1.0), (2.0, 0.0)]);
        assert!(refusal(&square, &[at_wall]).starts_with("holes[0] shares an edge with the outline"));
        let spike = polygon(&[(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (3.0, 1.0), (0.0, 2.0)]);
        assert!(refusal(&spike, &[]).contains("shares an edge with itself"));
        assert!(
            refusal(&square, &[disc(0.0, 0.0, 1.0), disc(0.0, 0.0, 1.0)])
                .contains("shares an edge with holes[0]")
        );
    }

    #[test]
    fn holes_outside_or_inside_each_other_are_refused() {
        let square = polygon(&SQUARE);
        for (holes, wrong) in [
            (vec![disc(9.0, 0.0, 1.0)], 0),
            (vec![disc(0.0, 0.0, 2.0), disc(0.0, 0.0, 1.0)], 1),
            (vec![disc(0.0, 0.0, 9.0)], 0),
            // One row passes through all of these, and the second is the one that is wrong.
            (vec![disc(-2.0, 0.0, 1.0), disc(9.0, 0.1, 1.0), disc(2.0, 0.2, 1.0)], 1),
            // One row again, of which the other's hole is wrong.
            (vec![disc(0.0, 0.0, 1.0), disc(-9.0, 0.5, 3.0)], 1),
        ] {
            let expected = format!("holes[{wrong}] must lie inside the outline and outside other holes");
            assert_eq!(refusal(&square, &holes), expected, "{holes:?}");
        }
    }

    #[test]
    fn holes_in_a_row_a_column_and_a_grid_are_checked_quickly() {
        let n = 625;
        let wall = 1.1 * n as f64;
        let outline = polygon(&[(-1.0, -1.0), (wall, -1.0), (wall, wall), (-1.0, wall)]);
        let places = [|i| (i, 0), |i| (0, i), |i| (i % 25, i / 25)];
        // Where two half circles meet there is a gap of a rounding.
        let drops: [fn(f64, f64) -> Vec<Command>; 2] = [
            |x, y| polygon(&[(x, y), (x + 0.6, y), (x + 0.3, y + 0.6)]),
            |x, y| {
                let arc =
                    |theta0| Command::Arc { cx: x, cy: y, r: 0.3, theta0, dtheta: std::f64::consts::PI };
                vec![Command::Move { x: x + 0.3, y }, arc(0.0), arc(std::f64::consts::PI), Command::Close]
            },
        ];
        for (place, (drop, lost)) in places
            .into_iter()
            .flat_map(|p| drops.into_iter().zip([0.18, 0.09 * std::f64::consts::PI]).map(move |d| (p, d)))
        {
            let hole = |i: usize| {
                let (column, row): (usize, usize) = place(i);
                drop(column as f64, row as f64)
            };
            let holes: Vec<_> = (0..n).map(hole).collect();
            let area = path(&outline, &holes).expect("a sieve").area();
            assert!((area - (wall + 1.0).powi(2) + lost * n as f64).abs() < 1e-6, "{area}");
        }
    }

    #[test]
    fn touches_are_allowed() {
        let square = polygon(&SQUARE);
        let area = |holes: &[Vec<Command>]| path(&square, holes).expect("a touch is no crossing").area();
        assert!((area(&[disc(3.0, 0.0, 1.0)]) - (64.0 - std::f64::consts::PI)).abs() < 1e-12);
        assert_eq!(area(&[polygon(&[(4.0, 0.0), (2.0, 1.0), (2.0, -1.0)])]), 62.0);
        assert_eq!(
            area(&[
                polygon(&[(0.0, 0.0), (2.0, 1.0), (2.0, -1.0)]),
                polygon(&[(0.0, 0.0), (-2.0, 1.0), (-2.0, -1.0)])
            ]),
            60.0
        );
        let touching_itself = polygon(&[(0.0, 0.0), (2.0, -1.0), (2.0, 3.0), (-2.0, 3.0), (-2.0, -1.0)]);
        assert_eq!(path(&touching_itself, &[]).expect("simple").area(), 14.0);
    }

    #[test]
    fn skew_wedges_are_refused_when_they_cross() {
        assert!(
            wedge(1.0, 4.0, 0.0, 1.0, 2.5, 1.0)
                .unwrap_err()
                .to_string()
                .starts_with("the outline of the wedge")
        );
        assert!(wedge(1.0, 4.0, 0.0, 1.0, 0.4, 1.3).is_ok());
    }

    #[test]
    fn many_vertices_are_checked_quickly() {
        let n = 20_000;
        let corner = |i: usize| {
            let (sin, cos) = (std::f64::consts::TAU * i as f64 / n as f64).sin_cos();
            let r = 100.0 + (i % 2) as f64;
            (r * cos, r * sin)
        };
        let corners: Vec<_> = (0..n).map(corner).collect();
        assert!(path(&polygon(&corners), &[]).is_ok());
    }

    #[test]
    fn long_spikes_whose_boxes_overlap_are_checked_quickly() {
        let n = 6000;
        let corner = |i: usize| {
            let (sin, cos) = (std::f64::consts::TAU * i as f64 / n as f64).sin_cos();
            let r = if i.is_multiple_of(2) { 20.0 } else { 10.0 };
            (r * cos, r * sin)
        };
        let corners: Vec<_> = (0..n).map(corner).collect();
        assert!(path(&polygon(&corners), &[]).is_ok());
    }

    #[test]
    fn thin_slices_are_no_shared_edges() {
        assert!(wedge(0.0, 3.0, 0.4, 1e-12, 0.4, 1e-12).is_ok());
        assert!(path(&polygon(&[(0.0, 0.0), (1e6, 0.0), (1e6, 1e-6)]), &[]).is_ok());
        for theta in [1e10, 1e14, 1e20, 1e300] {
            let area = wedge(1.0, 3.0, theta, 0.7, theta, 0.7).expect("a wedge at any angle").area();
            assert!((area - 2.8).abs() < 1e-14, "{theta}: {area}");
        }
    }
}
