//! A picture of what an aperture measures: value times weight over its bounding box.

use super::tile::{MaskTile, TILE, is_masked, pieces};
use crate::image::Image;
use crate::span::SpanVisitor;
use crate::stop::{Stop, Stopped};
use crate::window::Window;

/// Writes value times weight into an array that covers a window.
///
/// Pixels of weight 0 become 0; pixels outside the image and masked ones become a fill value.
///
/// ```
/// use astroapers::{SpanVisitor, Stop, Window};
/// use astroapers::image::Image;
/// use astroapers::reduce::CutoutReducer;
///
/// let image = Image::from_slice(&[1.0, f64::NAN, 3.0], 1, 3)?;
/// let window = Window { x0: -1, x1: 3, y0: 0, y1: 1 };
/// let mut pixels = [-9.0; 4]; // the fill value
/// let mut reducer = CutoutReducer::new(&image, window, &mut pixels, &Stop::new())?;
/// reducer.full(0, 0, 1);
/// reducer.partial(0, 1, &[0.0, 0.5]);
/// assert_eq!(pixels, [-9.0, 1.0, 0.0, 1.5]);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Debug)]
pub struct CutoutReducer<'a> {
    image: &'a Image<'a>,
    window: Window,
    flags: MaskTile,
    pixels: &'a mut [f64],
}

impl<'a> CutoutReducer<'a> {
    /// A reducer for the spans inside the image and `window`, whose pixels are `pixels`, all of them the fill
    /// value to begin with. Sets those inside the image that are not masked to 0.
    ///
    /// # Errors
    /// [`Stopped`] if asked to stop.
    pub fn new(
        image: &'a Image<'a>,
        window: Window,
        pixels: &'a mut [f64],
        stop: &Stop,
    ) -> Result<Self, Stopped> {
        let mut reducer = Self { image, window, flags: MaskTile::new(), pixels };
        let inside = window.intersect(image.frame());
        for y in inside.y0..inside.y1 {
            stop.check()?;
            for (x, n) in pieces(inside.x0, inside.x1) {
                reducer.set(y, x, &[0.0; TILE][..n]);
            }
        }
        Ok(reducer)
    }

    /// Set at most a tile of pixels, those that are not masked.
    fn set(&mut self, y: i64, x: i64, values: &[f64]) {
        let (row, column) = ((y - self.window.y0) as usize, (x - self.window.x0) as usize);
        let pixels = &mut self.pixels[row * self.window.nx() + column..][..values.len()];
        let masked = self.flags.load(self.image.masks(), y, x, values.len());
        for (i, (pixel, &value)) in pixels.iter_mut().zip(values).enumerate() {
            if !is_masked(masked, i) {
                *pixel = value;
            }
        }
    }
}

impl SpanVisitor for CutoutReducer<'_> {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        for (x, n) in pieces(x0, x1) {
            self.partial(y, x, &[1.0; TILE][..n]);
        }
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        for ((x, n), weights) in pieces(x0, x0 + weights.len() as i64).zip(weights.chunks(TILE)) {
            let mut tile = [0.0; TILE];
            let tile = &mut tile[..n];
            self.image.load_row(y, x, tile);
            super::tile::weigh(tile, weights);
            self.set(y, x, tile);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::View;

    #[test]
    fn outside_and_masked_are_filled_and_weightless_is_zero() {
        #[rustfmt::skip]
        let data = [
            1.0, 2.0,      f64::NAN,
            4.0, f64::NAN, 6.0,
        ];
        let mask = [false, true, false, false, false, true];
        let image = Image::from_slice(&data, 2, 3).unwrap();
        let image = image.masked(View::from_slice(&mask, 2, 3).unwrap()).unwrap();
        let window = Window { x0: 0, x1: 4, y0: -1, y1: 2 };
        let mut pixels = [-1.0; 12];
        let mut reducer = CutoutReducer::new(&image, window, &mut pixels, &Stop::new()).unwrap();
        reducer.full(0, 0, 2);
        reducer.partial(1, 0, &[0.25, 0.0, 0.5]);
        #[rustfmt::skip]
        let expected = [
            -1.0, -1.0, -1.0, -1.0,
             1.0, -1.0,  0.0, -1.0,
             1.0,  0.0, -1.0, -1.0,
        ];
        assert_eq!(pixels, expected);
    }

    #[test]
    fn a_request_to_stop_is_heeded() {
        let stop = Stop::new();
        stop.request();
        let image = Image::from_slice(&[1.0], 1, 1).unwrap();
        assert!(CutoutReducer::new(&image, image.frame(), &mut [0.0], &stop).is_err());
    }
}
