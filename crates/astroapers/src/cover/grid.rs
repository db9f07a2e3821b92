//! The lines between pixels.

use crate::real::Real;

/// The lines between pixels along one axis, measured from the aperture's position.
///
/// Line `k` is the lower edge of pixel `k`, at `k - 1/2 - offset`. All are whole steps from the line nearest the
/// position, which is exact: so the distance of two lines is exact, too.
pub(crate) struct Grid<R> {
    /// The line nearest the position.
    pub(crate) base: R,
    /// Its number, 0 or 1.
    pub(crate) nearest: i64,
}

impl<R: Real> Grid<R> {
    pub(crate) fn new(offset: f64, quantum: Option<f64>) -> Self {
        let base = R::difference(0.5f64.copysign(offset), offset);
        Self { base: quantum.map_or(base, |q| base.snap(q)), nearest: i64::from(!offset.is_sign_negative()) }
    }

    #[inline]
    pub(crate) fn line(&self, k: i64) -> R {
        self.base + R::from_f64((k - self.nearest) as f64)
    }

    /// The last line at or to the left of `x`, between lines `low` and `high`.
    #[inline]
    pub(super) fn line_before(&self, x: R, low: i64, high: i64) -> i64 {
        let guess =
            (x - self.base).to_f64().floor().clamp((low - self.nearest) as f64, (high - self.nearest) as f64);
        let mut k = guess as i64 + self.nearest;
        if k < high && self.line(k + 1) <= x {
            k += 1;
        }
        if k > low && self.line(k) > x {
            k -= 1;
        }
        k
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wide::Wide;

    fn the_last_line_before<R: Real>(up: impl Fn(R) -> R, down: impl Fn(R) -> R) {
        for offset in [0.0, -0.0, 0.5, -0.5, 0.1, -0.3, 1e-17, -1e-300, 0.499_999_999, 1.0 / 3.0] {
            for quantum in [None, Some(2f64.powi(-40))] {
                let grid = Grid::<R>::new(offset, quantum);
                for k in (-70..70).chain([-4096, -1024, -1023, 1023, 1024, 1025, 4096, 65_536]) {
                    let found = |x| grid.line_before(x, -100_000, 100_000);
                    let line = grid.line(k);
                    assert_eq!((found(line), found(up(line)), found(down(line))), (k, k, k - 1), "{offset}");
                    assert_eq!(found(line + R::from_f64(0.5)), k);
                    // Beyond the window everything belongs to its ends.
                    assert_eq!(grid.line_before(line, k + 1, k + 3), k + 1);
                    assert_eq!(grid.line_before(line, k - 3, k - 1), k - 1);
                }
            }
        }
    }

    #[test]
    fn a_place_lies_between_the_line_before_it_and_the_next() {
        the_last_line_before::<f64>(f64::next_up, f64::next_down);
        let step = Wide::new(2f64.powi(-80));
        the_last_line_before::<Wide>(|x| x + step, |x| x - step);
    }
}
