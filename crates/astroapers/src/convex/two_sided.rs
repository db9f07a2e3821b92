//! The kernel on paths and wedges: whatever has two sides, convex or not, of lines and arcs that bend either way.

use std::f64::consts::TAU;

use super::tests::{equals_general, offset, selects_by_sign};
use crate::aperture::Aperture;
use crate::shapes::{self, Command};
use crate::simd::level;
use proptest::prelude::*;

/// Corners of a contour, and how far the edge that begins at each bends outwards, per length of it.
type Bent = Vec<([f64; 2], f64)>;

/// An edge as the command that draws it: half of it and its height make the circle, for the sagitta `h` of a chord `2 c` is
/// that of the radius `(c^2 + h^2) / 2 h`.
fn edge([x0, y0]: [f64; 2], [x1, y1]: [f64; 2], bend: f64) -> Command {
    let (dx, dy) = (0.5 * (x1 - x0), 0.5 * (y1 - y0));
    if bend == 0.0 {
        return Command::Line { x: x1, y: y1 };
    }
    // Counter-clockwise, outwards is to the right of the way.
    let share = (1.0 - bend * bend) / (2.0 * bend);
    let (cx, cy) = (x0 + dx - dy * share, y0 + dy + dx * share);
    let (r, theta0) = ((x0 - cx).hypot(y0 - cy), (y0 - cy).atan2(x0 - cx));
    let dtheta = 4.0 * bend.atan();
    Command::Arc { cx, cy, r, theta0, dtheta }
}

fn contour(corners: &Bent) -> Vec<Command> {
    let [x, y] = corners[0].0;
    let next = corners.iter().cycle().skip(1);
    let edges = corners.iter().zip(next).map(|(&(from, bend), &(to, _))| edge(from, to, bend));
    std::iter::once(Command::Move { x, y }).chain(edges).chain([Command::Close]).collect()
}

/// Straight or bent, mostly by little.
fn bend() -> impl Strategy<Value = f64> {
    prop_oneof![6 => Just(0.0), 1 => 0.01..0.4, 1 => -0.3..-0.01, 1 => Just(0.25)]
}

/// Corners on an ellipse about a place: convex where no edge bends inwards.
fn round() -> impl Strategy<Value = Bent> {
    let corners = prop::collection::vec((0.0..1.0, bend()), 3..12);
    ((2.0..30.0, 2.0..30.0), (-5.0..5.0, -5.0..5.0), corners).prop_map(
        |((a, b), (x, y), mut corners): (_, _, Vec<(f64, f64)>)| {
            corners.sort_by(|one, next| one.0.total_cmp(&next.0));
            corners
                .into_iter()
                .map(|(turn, bend)| {
                    let (sin, cos) = (turn * TAU).sin_cos();
                    ([x + a * cos, y + b * sin], bend)
                })
                .collect()
        },
    )
}

/// Two sides of any corners, those of the right one upwards; some at the same height, in whole and half pixels among them.
fn jagged() -> impl Strategy<Value = Bent> {
    let height = || prop_oneof![-12.0..12.0, (-24..24_i32).prop_map(|y| 0.5 * f64::from(y))];
    let side = || prop::collection::vec((height(), 1.0..14.0, bend()), 2..6);
    (side(), side()).prop_map(|(mut right, mut left)| {
        right.sort_by(|one: &(f64, f64, f64), next| one.0.total_cmp(&next.0));
        left.sort_by(|one, next| next.0.total_cmp(&one.0));
        let right = right.into_iter().map(|(y, x, bend)| ([x, y], bend));
        right.chain(left.into_iter().map(|(y, x, bend)| ([-x, y], bend))).collect()
    })
}

/// A path of two sides, sometimes less a smaller copy of itself, about the middle of its corners.
fn path() -> impl Strategy<Value = Aperture> {
    let outline = prop_oneof![round(), jagged()];
    (outline, prop::option::of(0.2..0.95)).prop_filter_map("no path", |(outline, shrink)| {
        let n = outline.len() as f64;
        let middle = [0, 1].map(|axis| outline.iter().map(|(corner, _)| corner[axis]).sum::<f64>() / n);
        let holes = shrink.map(|shrink| {
            let towards = |[x, y]: [f64; 2]| {
                [middle[0] + shrink * (x - middle[0]), middle[1] + shrink * (y - middle[1])]
            };
            contour(&outline.iter().map(|&(corner, bend)| (towards(corner), bend)).collect())
        });
        shapes::path(&contour(&outline), holes.as_slice()).ok()
    })
}

fn wedge() -> impl Strategy<Value = Aperture> {
    let angle = || prop_oneof![-4.0..4.0, Just(0.0), Just(TAU / 4.0)];
    ((0.0..1.0, 2.0..40.0), (angle(), 0.3..6.0), prop::bool::ANY).prop_filter_map(
        "no wedge",
        |((share, r), (theta, width), slice)| {
            let inner = if slice { 0.0 } else { share * r };
            shapes::wedge(inner, r, theta, width, theta, width).ok()
        },
    )
}

/// The largest coordinate or radius.
fn scale(aperture: &Aperture) -> f64 {
    let boundary = aperture.boundary();
    let arcs =
        boundary.iter().flat_map(|contour| &contour.segments).filter_map(|segment| segment.arc.as_ref());
    arcs.map(|arc| arc.frame.scale()).fold(aperture.bounds().reach(), f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_kernel_equals_the_general_rasteriser(
        aperture in prop_oneof![3 => path(), 1 => wedge()],
        at in (offset(), offset()), cut in prop::option::of((-9..9_i64, 1..20_i64)),
    ) {
        equals_general(&aperture, &format!("{:?}", aperture.outline()), scale(&aperture), at, cut)?;
    }

    #[test]
    fn selected_centres_are_those_of_the_exact_signs(
        aperture in prop_oneof![3 => path(), 1 => wedge()], at in (offset(), offset()),
    ) {
        selects_by_sign(&aperture, &format!("{:?}", aperture.outline()), at)?;
    }
}

/// The tests above pass shapes without a kernel by: of those they draw, most have one.
#[test]
fn most_drawn_shapes_have_a_kernel() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut share = |strategy: BoxedStrategy<Aperture>| {
        let drawn = (0..400).map(|_| strategy.new_tree(&mut runner).unwrap().current());
        drawn.filter(|aperture| aperture.kernel(level()).is_some()).count()
    };
    let counts = [share(path().boxed()), share(wedge().boxed())];
    assert!(counts.iter().all(|&count| count > 100), "{counts:?} of 400");
}

#[test]
fn paths_of_all_sorts_have_a_kernel() {
    let corners = |corners: &[[f64; 2]]| contour(&corners.iter().map(|&corner| (corner, 0.0)).collect());
    let hexagon: Vec<_> =
        (0..6).map(|k| (0.5 + TAU * f64::from(k) / 6.0).sin_cos()).map(|(y, x)| [5.0 * x, 5.0 * y]).collect();
    let small: Vec<_> = hexagon.iter().map(|[x, y]| [0.5 * x, 0.5 * y]).collect();
    let stairs = [[0.0, -4.0], [3.0, -4.0], [3.0, 0.0], [6.0, 0.0], [6.0, 4.0], [0.0, 4.0]];
    let lens = contour(&vec![([0.0, -5.0], 0.4), ([0.0, 5.0], 0.4)]);
    let crescent = contour(&vec![([0.0, -5.0], 0.8), ([0.0, 5.0], -0.2)]);
    for (outline, holes) in [
        (corners(&hexagon), vec![]),
        (corners(&hexagon), vec![corners(&small)]),
        (corners(&stairs), vec![]),
        (lens, vec![]),
        (crescent, vec![]),
    ] {
        let path = shapes::path(&outline, &holes).unwrap();
        assert!(path.kernel(level()).is_some(), "{outline:?}");
    }
    // Its top has two heights.
    let fork = [[-4.0, -4.0], [4.0, -4.0], [3.0, 4.0], [0.0, -1.0], [-3.0, 4.0]];
    assert!(shapes::path(&corners(&fork), &[]).unwrap().kernel(level()).is_none());
}
