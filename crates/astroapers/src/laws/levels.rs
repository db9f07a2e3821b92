//! Every way to rasterise a shape gives the same weights and selects the same centres.

use crate::aperture::{Aperture, Method, PixelList, Scratch};
use crate::convex::{Clip, ConvexScratch, Lanes, MOST, RowsAbreast};
use crate::cover::{CoverScratch, Pieces};
use crate::place::Place;
use crate::reduce::WeightsReducer;
use crate::simd::{Level, Simd, dispatch};
use crate::span::SpanVisitor;
use crate::stop::Stop;
use crate::wide::Wide;
use crate::window::Window;

/// The largest number that weights are computed from: a coordinate of the boundary, or the centre and radius of a shallow arc.
pub(crate) fn scale(aperture: &Aperture) -> f64 {
    let boundary = aperture.boundary();
    let arcs =
        boundary.iter().flat_map(|contour| &contour.segments).filter_map(|segment| segment.arc.as_ref());
    arcs.map(|arc| arc.frame.scale()).fold(aperture.bounds().reach(), f64::max)
}

/// How far two computations of a weight may be apart: four roundings of a number of that scale, and a few of numbers up to 1.
pub(crate) fn weight_bound(scale: f64) -> f64 {
    1e-15 + 4.0 * f64::EPSILON * scale
}

/// The weights over a window that somebody shows.
fn shown(window: Window, show: impl FnOnce(&mut WeightsReducer<'_>)) -> Vec<f64> {
    let mut weights = vec![0.0; window.nx() * window.ny()];
    show(&mut WeightsReducer::new(window, &mut weights));
    weights
}

/// The weights of the general rasteriser in wide numbers, at a place in a pixel.
pub(super) fn general(aperture: &Aperture, at: (f64, f64), window: Window) -> Vec<f64> {
    let general = Pieces::<Wide>::new(&aperture.boundary(), aperture.bounds().reach());
    shown(window, |reducer| {
        general.visit(at, window, &mut CoverScratch::default(), &Stop::new(), reducer).expect(NOBODY);
    })
}

/// Nobody stops the visits of this module.
pub(super) const NOBODY: &str = "nobody asked to stop";

/// Show the exact weights at a place in a pixel as the kernel of a level has them, if there is one.
fn show_on<V: SpanVisitor>(
    level: Level,
    aperture: &Aperture,
    at: (f64, f64),
    window: Window,
    visitor: &mut V,
) -> bool {
    let Some((kernel, _)) = aperture.kernel(level) else { return false };
    let clip = Clip { rows: window.y0..window.y1, columns: window.x0..window.x1 };
    let stop = Stop::new();
    dispatch!(level, simd => kernel.visit(simd, at, &clip, &mut ConvexScratch::default(), &stop, visitor))
        .expect(NOBODY);
    true
}

/// The weights at a place in a pixel, over a window, are those of the general rasteriser in wide numbers: on every level that has
/// a kernel for the shape, and in whatever way the process has chosen; alone and among others they are the same.
///
/// # Panics
/// If they are not.
pub(crate) fn equals_general(aperture: &Aperture, at: (f64, f64), window: Window) {
    let slow = general(aperture, at, window);
    let bound = weight_bound(scale(aperture));
    let compare = |fast: &[f64], label: &dyn std::fmt::Debug| {
        for (i, (&fast, &slow)) in fast.iter().zip(&slow).enumerate() {
            let (x, y) = (window.x0 + (i % window.nx()) as i64, window.y0 + (i / window.nx()) as i64);
            assert!((fast - slow).abs() <= bound, "{label:?}: pixel ({x}, {y}) weighs {fast}, not {slow}");
            assert!((0.0..=1.0).contains(&fast), "{label:?}: pixel ({x}, {y}) weighs {fast}");
        }
    };
    for level in Level::all() {
        let mut weights = vec![0.0; slow.len()];
        if show_on(level, aperture, at, window, &mut WeightsReducer::new(window, &mut weights)) {
            compare(&weights, &level);
        }
    }
    let chosen = shown(window, |reducer| {
        let (stop, scratch) = (Stop::new(), &mut Scratch::default());
        aperture.visit(Method::Exact, at.0, at.1, window, scratch, &stop, reducer).expect(NOBODY);
    });
    compare(&chosen, &"as chosen");
    equals_alone(aperture, &mirrored(at));
}

/// Sources at several places in a pixel have the weights together, to the last bit, that each has alone: on every level that measures
/// the shape abreast.
///
/// # Panics
/// If they have not.
pub(crate) fn equals_alone(aperture: &Aperture, offsets: &[(f64, f64); MOST]) {
    let places = offsets.map(|offset| Place { column: 0, row: 0, offset });
    let mut scratch = ConvexScratch::default();
    for level in Level::all() {
        let Some((kernel, _)) = aperture.kernel(level) else { return };
        let Some((columns, rows)) = kernel.reach_abreast() else { return };
        let window = Window { x0: columns.start, x1: columns.end, y0: rows.start, y1: rows.end };
        let mut together = Together { window, weights: vec![[0.0; MOST]; window.nx() * window.ny()] };
        dispatch!(level, simd => kernel.visit_abreast(simd, &places, &mut scratch, &mut together));
        for (lane, &at) in offsets.iter().enumerate().take(level.lanes()) {
            let mut alone = vec![0.0; together.weights.len()];
            show_on(level, aperture, at, window, &mut WeightsReducer::new(window, &mut alone));
            for (i, (weights, alone)) in together.weights.iter().zip(&alone).enumerate() {
                let (x, y) = (window.x0 + (i % window.nx()) as i64, window.y0 + (i / window.nx()) as i64);
                let weight = weights[lane];
                assert_eq!(
                    weight.to_bits(),
                    alone.to_bits(),
                    "{level:?} at {at:?}: pixel ({x}, {y}) weighs {weight} among others, {alone} alone"
                );
            }
        }
    }
}

/// The weights of sources side by side over a window.
struct Together {
    window: Window,
    weights: Vec<Lanes>,
}

impl<S: Simd> RowsAbreast<S> for Together {
    fn row(&mut self, _: S, row: i64, column: i64, weights: &[Lanes]) {
        let at = (row - self.window.y0) * self.window.nx() as i64 + column - self.window.x0;
        self.weights[at as usize..][..weights.len()].copy_from_slice(weights);
    }
}

/// A place in a pixel, those that it has in mirrors, and two in the corner.
pub(crate) fn mirrored((x, y): (f64, f64)) -> [(f64, f64); MOST] {
    [(x, y), (-x, y), (y, x), (0.5, -0.5), (x, -y), (-x, -y), (-y, x), (0.0, 0.5)]
}

/// The kernel of every level selects the centres that exact signs select, or leaves them to these.
///
/// # Panics
/// If it does not.
pub(crate) fn selects_by_sign(aperture: &Aperture, at: (f64, f64), window: Window) {
    let mut scratch = ConvexScratch::default();
    let expected = aperture.selected_by_sign(at, window);
    let all = aperture.bbox(at.0, at.1).is_ok_and(|bbox| bbox == window);
    for level in Level::all() {
        let Some((kernel, _)) = aperture.kernel(level) else { return };
        let Some(selection) = dispatch!(level, simd => kernel.select(simd, at, &mut scratch)) else {
            continue;
        };
        let mut selected = PixelList::default();
        selection.visit(window, &Stop::new(), &mut selected).expect(NOBODY);
        assert_eq!(selected.0, expected, "{level:?} at {at:?}");
        if all {
            let count = dispatch!(level, simd => kernel.count(simd, at, &mut scratch));
            assert_eq!(count, Some(expected.len()), "{level:?} at {at:?}");
        }
    }
}
