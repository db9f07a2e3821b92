//! Every way to rasterise a shape gives the same weights and selects the same centres.

use crate::aperture::{Aperture, Method, PixelList, Scratch};
use crate::convex::{Clip, ConvexScratch};
use crate::cover::{CoverScratch, Pieces};
use crate::reduce::WeightsReducer;
use crate::simd::{Level, dispatch};
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
/// a kernel for the shape, and in whatever way the process has chosen.
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
