//! Arrays over windows of pixels: weights and cutouts, and which of them are too large to hold.

use super::run::Plan;
use super::{Batch, EVERYWHERE, Runner};
use crate::error::{ApertureError, Result, number};
use crate::image::Image;
use crate::reduce::CutoutReducer;
use crate::stop::Stop;
use crate::window::Window;

/// Pixels of the largest array that is worth trying: 16 GiB of `f64`.
const MAX_PIXELS: usize = 1 << 31;

/// Pixels that are filled between two looks at the stop flag; a tenth of a millisecond.
const PIXELS_PER_LOOK: usize = 1 << 16;

impl Batch<'_> {
    /// The weights of each aperture over its bounding box, row by row, and the boxes.
    ///
    /// # Errors
    /// [`ApertureError::Extent`] if a box is too large to hold; if the columns do not fit together;
    /// [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// let square = shapes::rectangle(1.0, 1.0, 0.0)?;
    /// let batch = Batch { x: &[0.5], y: &[-0.25], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// let (weights, boxes) = batch.weights(&mut Runner { interrupted: &mut || false })?;
    /// assert_eq!(weights, [[0.125, 0.125, 0.375, 0.375]]);
    /// assert_eq!((boxes[0].x0, boxes[0].y0), (0, -1));
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn weights(&self, runner: &mut Runner<'_>) -> Result<(Vec<Vec<f64>>, Vec<Window>)> {
        let windows = self.grid_windows(runner)?;
        let mut weights = vec![Vec::new(); windows.len()];
        Plan::of_sources(EVERYWHERE).run(
            self,
            &mut weights,
            runner,
            || (),
            |(), i, source, tools, weights| {
                if let Some(source) = source {
                    *weights = source.weights(windows[i], tools)?;
                }
                Ok(())
            },
        )?;
        Ok((weights, windows))
    }

    /// The weights of the batch's one aperture over a given window, row by row.
    ///
    /// A row of NaN fills the window with NaN.
    ///
    /// # Errors
    /// [`ApertureError::Layout`] unless there is just one source; otherwise as [`Batch::weights`].
    ///
    /// ```
    /// # use astroapers::{Method, Window, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// let square = shapes::rectangle(1.0, 1.0, 0.0)?;
    /// let batch = Batch { x: &[0.5], y: &[0.0], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// let window = Window { x0: -1, x1: 2, y0: 0, y1: 1 };
    /// let weights = batch.weights_in(window, &mut Runner { interrupted: &mut || false })?;
    /// assert_eq!(weights, [0.0, 0.5, 0.5]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn weights_in(&self, window: Window, runner: &mut Runner<'_>) -> Result<Vec<f64>> {
        if self.len()? != 1 {
            let text = format!("one window is for one source, not for {}", self.x.len());
            return Err(ApertureError::Layout(text));
        }
        let at = (self.x[0], self.y[0]);
        check(window, at)?;
        let mut weights = [Vec::new()];
        Plan::of_grids(window).run(
            self,
            &mut weights,
            runner,
            || (),
            |(), _, source, tools, weights| {
                *weights = match source {
                    Some(source) => source.weights(window, tools)?,
                    None => filled(window, at, f64::NAN, tools.stop)?,
                };
                Ok(())
            },
        )?;
        let [weights] = weights;
        Ok(weights)
    }

    /// Value times weight over each aperture's bounding box, row by row, and the boxes.
    ///
    /// Pixels outside the image and masked ones hold `fill`; pixels of weight 0 hold 0.
    ///
    /// # Errors
    /// As [`Batch::weights`].
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// # use astroapers::image::Image;
    /// let square = shapes::rectangle(1.0, 1.0, 0.0)?;
    /// let batch = Batch { x: &[1.5], y: &[0.0], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// let image = Image::from_slice(&[7_u8, 8], 1, 2)?;
    /// let (cutouts, _) = batch.cutouts(&image, -1.0, &mut Runner { interrupted: &mut || false })?;
    /// assert_eq!(cutouts, [[4.0, -1.0]]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn cutouts(
        &self,
        image: &Image<'_>,
        fill: f64,
        runner: &mut Runner<'_>,
    ) -> Result<(Vec<Vec<f64>>, Vec<Window>)> {
        let windows = self.grid_windows(runner)?;
        let mut cutouts = vec![Vec::new(); windows.len()];
        Plan::of_sources(EVERYWHERE).run(
            self,
            &mut cutouts,
            runner,
            || (),
            |(), i, source, tools, cutout| {
                if let Some(source) = source {
                    *cutout = filled(windows[i], (source.x, source.y), fill, tools.stop)?;
                    let mut reducer = CutoutReducer::new(image, windows[i], cutout, tools.stop)?;
                    source.visit(image.frame(), tools, &mut reducer)?;
                }
                Ok(())
            },
        )?;
        Ok((cutouts, windows))
    }

    /// The bounding boxes, not too large for arrays.
    fn grid_windows(&self, runner: &mut Runner<'_>) -> Result<Vec<Window>> {
        let windows = self.bboxes(runner)?;
        check_all(&windows, self.x, self.y)?;
        Ok(windows)
    }
}

fn too_large(window: Window, (x, y): (f64, f64)) -> ApertureError {
    ApertureError::Extent(format!(
        "bounding box of {} x {} pixels at ({}, {}) is too large to hold",
        window.nx(),
        window.ny(),
        number(x),
        number(y)
    ))
}

/// The number of pixels in the window of a source at `(x, y)`, if that is not absurd.
fn check(window: Window, at: (f64, f64)) -> Result<usize> {
    let pixels = window.nx().checked_mul(window.ny()).filter(|&pixels| pixels <= MAX_PIXELS);
    pixels.ok_or_else(|| too_large(window, at))
}

/// Fail if arrays over all the windows together are too large to hold.
fn check_all(windows: &[Window], x: &[f64], y: &[f64]) -> Result<()> {
    let mut total = 0_usize;
    for (&window, at) in windows.iter().zip(x.iter().copied().zip(y.iter().copied())) {
        total = total.saturating_add(check(window, at)?);
    }
    if total <= MAX_PIXELS {
        return Ok(());
    }
    Err(ApertureError::Extent(format!(
        "the bounding boxes of {} apertures hold {total} pixels together, more than the {MAX_PIXELS} of one call",
        windows.len()
    )))
}

/// An array over the window of a source at `(x, y)`.
pub(super) fn filled(window: Window, at: (f64, f64), value: f64, stop: &Stop) -> Result<Vec<f64>> {
    let pixels = check(window, at)?;
    let mut array = Vec::new();
    array.try_reserve_exact(pixels).map_err(|_| too_large(window, at))?;
    while array.len() < pixels {
        stop.check()?;
        array.resize(pixels.min(array.len() + PIXELS_PER_LOOK), value);
    }
    Ok(array)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_of_any_size_is_filled_whole() {
        for (nx, ny) in [(0, 5), (1, 1), (3, 7), (1 << 10, 65)] {
            let window = Window { x0: -5, x1: nx - 5, y0: 9, y1: ny + 9 };
            let array = filled(window, (0.0, 0.0), 2.5, &Stop::new()).unwrap();
            assert_eq!(array, vec![2.5; (nx * ny) as usize]);
        }
    }

    #[test]
    fn an_absurd_size_is_an_error_with_the_place() {
        let window = Window { x0: -1_000_000_000, x1: 1_000_000_001, y0: -1_000_000_000, y1: 1_000_000_001 };
        let error = check(window, (0.0, 1.5)).unwrap_err();
        assert!(matches!(error, ApertureError::Extent(_)));
        let text = "bounding box of 2000000001 x 2000000001 pixels at (0.0, 1.5) is too large to hold";
        assert_eq!(error.to_string(), text);
        let endless = Window { x0: i64::MIN, x1: i64::MAX, y0: i64::MIN, y1: i64::MAX };
        assert!(check(endless, (0.0, 0.0)).is_err());
    }

    #[test]
    fn many_boxes_count_together() {
        let windows = vec![Window::frame(6001, 6001); 200];
        let error = check_all(&windows, &[0.0; 200], &[0.0; 200]).unwrap_err();
        let text = "the bounding boxes of 200 apertures hold 7202400200 pixels together, more than the 2147483648 of one call";
        assert_eq!(error.to_string(), text);
        assert!(check_all(&windows[..50], &[0.0; 50], &[0.0; 50]).is_ok());
    }

    #[test]
    fn filling_stops_when_asked_to() {
        let stop = Stop::new();
        stop.request();
        assert!(matches!(
            filled(Window::frame(9, 9), (0.0, 0.0), 0.0, &stop),
            Err(ApertureError::Stopped(_))
        ));
    }
}
