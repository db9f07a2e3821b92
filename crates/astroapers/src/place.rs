//! Where a position lies between the pixels.

use crate::contour::Bounds;
use crate::whole::{EXACT, nearest};
use crate::wide::Wide;
use crate::window::Window;

/// A position split into the pixel that holds it and its exact place in that pixel.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) column: i64,
    pub(crate) row: i64,
    /// In [-1/2, 1/2].
    pub(crate) offset: (f64, f64),
}

impl Place {
    #[inline]
    pub(crate) fn new(x: f64, y: f64) -> Self {
        let ((column, fx), (row, fy)) = (split(x), split(y));
        Self { column, row, offset: (fx, fy) }
    }

    /// Whether the position is finite.
    #[inline]
    pub(crate) fn is_somewhere(&self) -> bool {
        self.offset.0.abs() <= 0.5 && self.offset.1.abs() <= 0.5
    }

    /// Decided without rounding, so that a tiny aperture on the line between two pixels touches both.
    pub(crate) fn bbox(&self, bounds: &Bounds) -> Window {
        let (fx, fy) = self.offset;
        Window {
            x0: self.column + edge(fx, bounds.x_min),
            x1: self.column - edge(-fx, -bounds.x_max) + 1,
            y0: self.row + edge(fy, bounds.y_min),
            y1: self.row - edge(-fy, -bounds.y_max) + 1,
        }
    }

    pub(crate) fn relative(&self, w: Window) -> Window {
        Window { x0: w.x0 - self.column, x1: w.x1 - self.column, y0: w.y0 - self.row, y1: w.y1 - self.row }
    }
}

/// The nearest integer, and what is left.
#[inline]
fn split(x: f64) -> (i64, f64) {
    if x.abs() < EXACT {
        let (integer, line) = nearest(x);
        return (integer, x - line);
    }
    let line = x.round_ties_even();
    (line as i64, x - line)
}

/// The pixel, counted from the position's, that holds the lower bound of an aperture: `floor(offset + bound + 1/2)`.
#[inline]
fn edge(offset: f64, bound: f64) -> i64 {
    let sum = offset + bound + 0.5;
    let (integer, line) = nearest(sum);
    // Unless it is within rounding of a line between pixels, there is no doubt.
    if bound.abs() < LARGEST && (sum - line).abs() > ROUNDING * (bound.abs() + 1.0) {
        return integer - i64::from(sum < line);
    }
    exact_edge(offset, bound)
}

#[cold]
fn exact_edge(offset: f64, bound: f64) -> i64 {
    (Wide::difference(offset, -0.5) + Wide::new(bound)).floor() as i64
}

/// Bounds of an aperture \[pixel\] up to which `f64` can tell on which side of a line they lie.
const LARGEST: f64 = 1e12;

/// Bound on the relative error of a sum of three numbers.
const ROUNDING: f64 = 1e-15;
