//! The exact overlap of convex shapes, in vector instructions.
//!
//! The same integral as in [`crate::cover`], laid out for machines that do several pixels at once. A convex
//! outline has one right and one left side; other [outlines of two sides](outline) are as welcome. In a row of pixels each
//! side runs through a few neighbouring columns, and a pixel's weight is the height of the row inside the shape less what of it lies beyond each side,
//!
//! ```text
//! w = H - D(right side) - D(left side),
//! ```
//!
//! where `D` is 0 for pixels within, `H` for pixels beyond, and has to be computed only in the columns that a side
//! runs through. A hole has sides of its own, which give back what lies beyond them.
//!
//! # One formula for every pixel
//!
//! Cut the sides where they meet the lines between rows, and turn each piece by reflections so that the shape lies
//! to its left and below: `y` falls as `x` grows. Between the heights `y0 < y1` the piece runs from `x = a` at the
//! bottom to `x = b <= a` at the top. For the pixel between the column lines `xn < xf`, where the piece passes at the heights
//! `Y(xn) >= Y(xf)`, everything is clamped to pixel and row: `a, b` to `[xn, xf]` and `Yn, Yf` to `[y0, y1]`. Then
//!
//! ```text
//! D = (y1 - Yn) + (Yn - Yf) (xf - (a + b) / 2) - bulge:
//! ```
//!
//! a rectangle above the piece, a trapezoid beside its chord, and the [area between chord and arc](bulge). This
//! holds for pixels within, beyond and on the piece alike, so that no lane of a vector needs a branch. `Y` is computed once
//! per column line and piece, `a` and `b` once per row line and side: a square root each.
//!
//! # Why the digits hold
//!
//! As in [`crate::cover`]: positions are relative to the aperture's own, heights are multiples of one quantum, so that `H`
//! and the `D` of pixels beyond are exact and cancel to exactly 0, and inside nothing is ever taken from 1. A weight is a
//! difference of numbers up to 1 and good to about 1e-16 of the reach. That is why shapes much smaller than a
//! pixel or thin ones are left to the general rasteriser, where weights are sums.
//!
//! # Company
//!
//! A source alone has neighbouring columns in the lanes of its vectors; several sources of one shape [lie side by side](abreast), one in each
//! lane, with the same plan, the same formulae and the same bits.

mod abreast;
mod bulge;
mod center;
mod geometry;
mod outline;
mod plan;
mod row;
mod rows;
mod scan;

use std::sync::OnceLock;

use crate::contour::Contour;
use crate::cover::quantum;
use abreast::Abreast;
pub(crate) use abreast::{Lanes, MOST, RowsAbreast};
use bulge::Series;
use outline::Outline;
use plan::Plan;
pub(crate) use scan::{Clip, ConvexScratch};

/// A shape of two sides, or the difference of two nested ones, made ready for the kernel.
#[derive(Clone, Debug)]
pub(crate) struct Convex {
    /// The outline, and the hole if there is one.
    outlines: Vec<Outline>,
    plan: Plan,
    /// The plan for several sources at once, if they may be; made when there are several.
    abreast: OnceLock<Option<Box<Abreast>>>,
    series: Series,
    coefficients: &'static [[f64; 8]],
    quantum: f64,
    reach: f64,
}

/// Largest reach \[pixel\] that is worth a kernel: beyond, the edge costs nothing against the interior.
const LARGEST: f64 = 1000.0;

/// Smallest area over length of the outlines \[pixel\]: a strip 0.8 pixels wide has 0.4, a disc of radius 1 has 0.5.
const COMPACT: f64 = 0.4;

impl Convex {
    /// `None` if the shape is better left to the general rasteriser. `contours` are counter-clockwise, the second
    /// inside the first; `lanes` are those of the vectors of the level that the kernel will run on.
    pub(crate) fn new(contours: &[&Contour], reach: f64, area: f64, lanes: usize) -> Option<Self> {
        let length: f64 = contours.iter().flat_map(|c| &c.segments).map(|s| (s.to - s.from).norm().hi).sum();
        if reach > LARGEST || area < COMPACT * length {
            return None;
        }
        let quantum = quantum::<f64>(reach);
        let outlines: Vec<_> =
            contours.iter().map(|contour| Outline::new(contour, quantum)).collect::<Option<_>>()?;
        let semi_axis = outlines.iter().map(Outline::smallest_semi_axis).fold(f64::INFINITY, f64::min);
        let series = Series::for_semi_axis(semi_axis);
        (semi_axis >= bulge::SMALLEST).then(|| Self {
            plan: Plan::new(&outlines, lanes),
            abreast: OnceLock::new(),
            outlines,
            series,
            coefficients: series.coefficients(),
            quantum,
            reach,
        })
    }
}

#[cfg(test)]
mod two_sided;

#[cfg(test)]
mod tests {
    use crate::aperture::Aperture;
    use crate::laws::levels::{equals_general, selects_by_sign};
    use crate::laws::some_of;
    use crate::shapes::Kind;
    use crate::simd::level;
    use crate::window::Window;
    use proptest::prelude::*;

    /// Convex shapes and their rings, mostly such as the kernel takes: compact or elongated, up to more rows than a band has.
    pub(super) fn row() -> impl Strategy<Value = (&'static str, Vec<f64>)> {
        let size =
            || prop_oneof![1.0..4.0, 40.0..90.0, 3.0..16.0, 16.0..80.0, Just(3.0), Just(5.0), Just(10.0)];
        let angle = || prop_oneof![Just(0.0), Just(std::f64::consts::FRAC_PI_2), Just(0.7), -4.0..4.0];
        let share = || prop_oneof![0.1..1.0, Just(0.6), Just(1.0)];
        ((0..8), [size(), size(), size()], angle(), [share(), share()]).prop_map(
            |(kind, [a, b, c], t, [p, q])| match kind {
                0 => ("circ", vec![a]),
                1 => ("ellip", vec![a, b, t]),
                2 => ("rect", vec![a, b, t]),
                3 => ("pill", vec![a, b, c, t]),
                4 => ("circ_ann", vec![a * p, a]),
                5 => ("ellip_ann", vec![a * p, b * p, a, b, t, t]),
                6 => ("rect_ann", vec![a * p, b * q, a, b, t, t]),
                _ => ("pill_ann", vec![a * p, b * q, c * q, a, b, c, t, t]),
            },
        )
    }

    pub(super) fn offset() -> impl Strategy<Value = f64> {
        prop_oneof![
            Just(-0.5),
            Just(0.5),
            Just(0.0),
            Just(0.25),
            Just(1e-17),
            -0.5..0.5,
            -0.5..0.5,
            -0.5..0.5
        ]
    }

    /// The bounding box at a place in a pixel, or what of it lies in a rectangle.
    pub(super) fn window(aperture: &Aperture, at: (f64, f64), cut: Option<(i64, i64)>) -> Window {
        let bbox = aperture.bbox(at.0, at.1).unwrap();
        cut.map_or(bbox, |(start, length)| {
            bbox.intersect(Window { x0: start, x1: start + length, y0: -start, y1: length - start })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: some_of(2000), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_kernel_equals_the_general_rasteriser(
            (name, row) in row(), at in (offset(), offset()), cut in prop::option::of((-9..9_i64, 1..20_i64)),
        ) {
            let Ok(aperture) = (Kind::named(name).unwrap().build)(&row) else { return Ok(()) };
            equals_general(&aperture, at, window(&aperture, at, cut));
        }

        #[test]
        fn selected_centres_are_those_of_the_exact_signs((name, row) in row(), at in (offset(), offset())) {
            let Ok(aperture) = (Kind::named(name).unwrap().build)(&row) else { return Ok(()) };
            selects_by_sign(&aperture, at, window(&aperture, at, None));
        }
    }

    /// The tests above return early for shapes without a kernel: these all have one.
    #[test]
    fn common_shapes_have_a_kernel() {
        for (name, row) in [
            ("circ", vec![0.85]),
            ("ellip", vec![1.5, 0.9, 0.3]),
            ("circ", vec![900.0]),
            ("ellip", vec![5.0, 1.5, 0.3]),
            ("rect", vec![10.0, 2.0, 0.3]),
            ("pill", vec![6.0, 2.0, 4.0, 0.3]),
            ("circ_ann", vec![9.0, 15.0]),
            ("ellip_ann", vec![2.0, 1.0, 4.0, 2.0, 0.3, 0.3]),
            ("rect_ann", vec![2.0, 3.0, 4.0, 5.0, 0.3, 0.3]),
            ("pill_ann", vec![3.0, 2.0, 2.0, 6.0, 4.0, 4.0, 0.3, 0.3]),
            ("wedge", vec![2.0, 5.0, 0.3, 1.0, 0.3, 1.0]),
        ] {
            assert!(
                (Kind::named(name).unwrap().build)(&row).unwrap().kernel(level()).is_some(),
                "{name} {row:?}"
            );
        }
        for (name, row) in [
            ("circ", vec![0.8]),
            ("circ", vec![1001.0]),
            ("rect", vec![10.0, 0.5, 0.0]),
            ("wedge", vec![2.0, 5.0, 0.3, 6.0, 0.3, 6.0]),
        ] {
            assert!(
                (Kind::named(name).unwrap().build)(&row).unwrap().kernel(level()).is_none(),
                "{name} {row:?}"
            );
        }
    }
}
