//! The weights themselves, as an array.

use crate::span::SpanVisitor;
use crate::window::Window;

/// Writes the weights of an aperture into an array that covers a window, row by row.
///
/// ```
/// use astroapers::{SpanVisitor, Window};
/// use astroapers::reduce::WeightsReducer;
///
/// let mut weights = [0.0; 6];
/// let window = Window { x0: 10, x1: 13, y0: -1, y1: 1 };
/// let mut reducer = WeightsReducer::new(window, &mut weights);
/// reducer.full(-1, 11, 13);
/// reducer.partial(0, 10, &[0.5, 0.25]);
/// assert_eq!(weights, [0.0, 1.0, 1.0, 0.5, 0.25, 0.0]);
/// ```
#[derive(Debug)]
pub struct WeightsReducer<'a> {
    window: Window,
    weights: &'a mut [f64],
}

impl<'a> WeightsReducer<'a> {
    /// A reducer for the spans inside `window`, whose pixels are `weights`, all 0 to begin with.
    pub fn new(window: Window, weights: &'a mut [f64]) -> Self {
        Self { window, weights }
    }

    /// The pixels from (`x`, `y`) on.
    fn from(&mut self, y: i64, x: i64) -> &mut [f64] {
        let (row, column) = ((y - self.window.y0) as usize, (x - self.window.x0) as usize);
        &mut self.weights[row * self.window.nx() + column..]
    }
}

impl SpanVisitor for WeightsReducer<'_> {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        self.from(y, x0)[..(x1 - x0) as usize].fill(1.0);
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        self.from(y, x0)[..weights.len()].copy_from_slice(weights);
    }
}
