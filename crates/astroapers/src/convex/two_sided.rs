//! The kernel on paths and wedges: whatever has two sides, convex or not, of lines and arcs that bend either way.

use std::f64::consts::TAU;

use super::tests::{offset, window};
use crate::aperture::Aperture;
use crate::laws::draw::{Bent, drawn as contour};
use crate::laws::levels::{equals_general, selects_by_sign};
use crate::laws::some_of;
use crate::shapes;
use crate::simd::level;
use proptest::prelude::*;

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

proptest! {
    #![proptest_config(ProptestConfig { cases: some_of(2000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_kernel_equals_the_general_rasteriser(
        aperture in prop_oneof![3 => path(), 1 => wedge()],
        at in (offset(), offset()), cut in prop::option::of((-9..9_i64, 1..20_i64)),
    ) {
        equals_general(&aperture, at, window(&aperture, at, cut));
    }

    #[test]
    fn selected_centres_are_those_of_the_exact_signs(
        aperture in prop_oneof![3 => path(), 1 => wedge()], at in (offset(), offset()),
    ) {
        selects_by_sign(&aperture, at, window(&aperture, at, None));
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
