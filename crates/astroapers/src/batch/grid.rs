//! Arrays over windows of pixels, and which of them are too large to hold.

use crate::error::{ApertureError, Result, number};
use crate::stop::Stop;
use crate::window::Window;

/// Pixels of the largest array that is worth trying: 16 GiB of `f64`.
const MAX_PIXELS: usize = 1 << 31;

/// Pixels that are filled between two looks at the stop flag; a tenth of a millisecond.
const PIXELS_PER_LOOK: usize = 1 << 16;

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
pub(super) fn check(window: Window, at: (f64, f64)) -> Result<usize> {
    let pixels = window.nx().checked_mul(window.ny()).filter(|&pixels| pixels <= MAX_PIXELS);
    pixels.ok_or_else(|| too_large(window, at))
}

/// Fail if arrays over all the windows together are too large to hold.
pub(super) fn check_all(windows: &[Window], x: &[f64], y: &[f64]) -> Result<()> {
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
