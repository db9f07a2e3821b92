//! Spans: what an aperture is to everything that consumes one.
//!
//! The exact rasteriser and the centre method both describe an aperture row by row as
//! runs of pixels of weight exactly 1 and runs of pixels with a weight each. A visitor
//! knows nothing of geometry; a rasteriser knows nothing of pixel values.

use std::ops::Range;

use crate::window::Window;

/// Receives the pixels of one aperture, rows upwards, each row from left to right.
///
/// No pixel is reported twice. Pixels that are not reported weigh exactly 0.
///
/// ```
/// use astroapers::{Method, Scratch, SpanVisitor, Stop, Window, shapes};
///
/// /// Prints an aperture as text, rows upwards.
/// struct Printer(String);
/// impl SpanVisitor for Printer {
///     fn full(&mut self, y: i64, x0: i64, x1: i64) {
///         self.0 += &format!("{y}: {x0}..{x1} whole\n");
///     }
///     fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
///         self.0 += &format!("{y}: {x0}.. {weights:?}\n");
///     }
/// }
///
/// let bar = shapes::rectangle(2.5, 1.0, 0.0)?;
/// let mut printer = Printer(String::new());
/// bar.visit(Method::Exact, 3.0, 3.0, Window::frame(9, 9), &mut Scratch::default(), &Stop::new(), &mut printer)?;
/// assert_eq!(printer.0, "3: 2.. [0.75]\n3: 3..4 whole\n3: 4.. [0.75]\n");
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub trait SpanVisitor {
    /// The pixels `x0 <= x < x1` of row `y` weigh exactly 1.
    fn full(&mut self, y: i64, x0: i64, x1: i64);

    /// The pixels `x0, x0 + 1, ...` of row `y` weigh `weights[0], weights[1], ...`, each in [0, 1].
    ///
    /// A weight may be 0: such a pixel is outside and its value must not be looked at.
    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]);

    /// Many spans at once, as a rasteriser that knows them beforehand lists them.
    ///
    /// For visitors that gain from seeing the pixels of an aperture together.
    #[inline]
    fn spans(&mut self, spans: Spans<'_>) {
        spans.each(self);
    }
}

/// A run of pixels in a list of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// The row, counted from the list's own.
    pub(crate) row: i32,
    /// The first column, counted likewise.
    pub(crate) column: i32,
    /// Number of pixels.
    pub(crate) n: u32,
    /// Where the weights begin, or [`Span::WHOLE`].
    pub(crate) at: u32,
}

impl Span {
    /// In place of weights: all pixels weigh exactly 1.
    pub(crate) const WHOLE: u32 = u32::MAX;

    /// Where the weights are, and zeros up to a whole number of groups.
    #[inline(always)]
    pub(crate) fn weights(&self) -> Range<usize> {
        let at = self.at as usize;
        at..at + (self.n as usize).next_multiple_of(GROUP)
    }
}

/// Runs of pixels of one aperture, rows upwards, each row from left to right.
#[derive(Clone, Copy, Debug)]
pub struct Spans<'a> {
    /// Column and row of the pixel that `list` counts from.
    pub(crate) origin: (i64, i64),
    pub(crate) list: &'a [Span],
    /// After the weights of each span follow zeros up to a multiple of [`GROUP`].
    pub(crate) weights: &'a [f64],
    /// All pixels of the list lie in here.
    pub(crate) window: Window,
    /// Whether these are all spans of the aperture.
    pub(crate) all: bool,
}

/// Weights come in whole groups of so many: the widest vector.
pub(crate) const GROUP: usize = 8;

impl Spans<'_> {
    /// Show them to a visitor one by one.
    #[inline(always)]
    pub(crate) fn each<V: SpanVisitor + ?Sized>(&self, visitor: &mut V) {
        for span in self.list {
            let (y, x) = (self.row(span), self.column(span));
            match self.weights(span) {
                Some(weights) => visitor.partial(y, x, &weights[..span.n as usize]),
                None => visitor.full(y, x, x + i64::from(span.n)),
            }
        }
    }

    /// The same spans, some columns and rows further.
    #[inline(always)]
    pub(crate) fn shifted(self, x: i64, y: i64) -> Self {
        let Window { x0, x1, y0, y1 } = self.window;
        let window = Window { x0: x0 + x, x1: x1 + x, y0: y0 + y, y1: y1 + y };
        Self { origin: (self.origin.0 + x, self.origin.1 + y), window, ..self }
    }

    #[inline(always)]
    pub(crate) fn row(&self, span: &Span) -> i64 {
        self.origin.1 + i64::from(span.row)
    }

    #[inline(always)]
    pub(crate) fn column(&self, span: &Span) -> i64 {
        self.origin.0 + i64::from(span.column)
    }

    /// The weights, and zeros up to a whole number of groups; `None` if all are 1.
    #[inline(always)]
    pub(crate) fn weights(&self, span: &Span) -> Option<&[f64]> {
        (span.at != Span::WHOLE).then(|| &self.weights[span.weights()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifted_spans_lie_in_the_shifted_window() {
        let list =
            [Span { row: 1, column: 2, n: 3, at: Span::WHOLE }, Span { row: 2, column: 0, n: 1, at: 0 }];
        let window = Window { x0: 10, x1: 15, y0: 20, y1: 23 };
        let weights = [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let spans = Spans { origin: (10, 20), list: &list, weights: &weights, window, all: true };
        let there = spans.shifted(100, -7);
        assert_eq!(there.window, Window { x0: 110, x1: 115, y0: 13, y1: 16 });
        let places = list.each_ref().map(|span| (there.column(span), there.row(span)));
        assert_eq!(places, [(112, 14), (110, 15)]);
    }
}
