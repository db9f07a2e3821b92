//! The two kinds of number in which a boundary can be rasterised.
//!
//! `f64` for ordinary shapes, [`Wide`] for those so thin that their weights are differences of
//! nearly equal areas. The rasteriser is written once, over this trait.

use std::ops::{Add, Div, Mul, Neg, Sub};
use std::sync::LazyLock;

use crate::wide::Wide;

/// A real number as the rasteriser needs it.
pub(crate) trait Real:
    Copy
    + PartialOrd
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// Significant bits that are left for sums of coordinates once these are [snapped](Real::snap).
    const GRID_BITS: i32;

    fn from_wide(value: Wide) -> Self;
    fn from_f64(value: f64) -> Self;
    fn to_f64(self) -> f64;
    /// `a - b`, rounded once.
    fn difference(a: f64, b: f64) -> Self;
    fn sqrt(self) -> Self;
    fn half(self) -> Self;
    /// The nearest multiple of `quantum`, a power of two.
    ///
    /// Multiples of one quantum below `2^GRID_BITS` of it are added without rounding. All heights
    /// are snapped, so that the heights of a closed contour add up to exactly 0 in every row.
    fn snap(self, quantum: f64) -> Self;
    /// Area between chord and arc of the unit circle, from the squared half chord `t <= 0.62`:
    /// `asin h - h sqrt(1 - h^2)` with `h^2 = t`.
    fn segment(t: Self) -> Self;

    fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
    fn max(self, other: Self) -> Self {
        if other > self { other } else { self }
    }
}

/// Adding and subtracting this many quanta, with the sign of the number, rounds it to whole quanta.
const ROUNDING_SHIFT: f64 = 4_503_599_627_370_496.0; // 2^52

/// Terms of the segment series in `f64`; with `t <= SERIES_LIMIT` the rest is below 1e-17 of the sum.
const TERMS: usize = 14;
/// Half chord squared up to which the series is used; beyond, the closed form loses less than it.
const SERIES_LIMIT: f64 = 1.0 / 16.0;
/// The same for the short series that serves arcs of more than a dozen pixels' radius.
const SHORT_TERMS: usize = 6;
const SHORT_LIMIT: f64 = 1.0 / 512.0;

/// Coefficients of `asin h - h sqrt(1 - h^2) = sum c_n h^(2n+1)`, `c_n = C(2n, n) / 4^n * 4n / (4n^2 - 1)`.
const fn segment_coefficients() -> [f64; TERMS] {
    let mut c = [0.0; TERMS];
    let mut central = 1.0;
    let mut n = 0;
    while n < TERMS {
        let k = (n + 1) as f64;
        central *= (2.0 * k - 1.0) / (2.0 * k);
        c[n] = central * 4.0 * k / (4.0 * k * k - 1.0);
        n += 1;
    }
    c
}
const SEGMENT: [f64; TERMS] = segment_coefficients();

fn horner(coefficients: &[f64], t: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * t + c)
}

impl Real for f64 {
    const GRID_BITS: i32 = 52;

    fn from_wide(value: Wide) -> Self {
        value.hi
    }
    fn from_f64(value: f64) -> Self {
        value
    }
    fn to_f64(self) -> f64 {
        self
    }
    fn difference(a: f64, b: f64) -> Self {
        a - b
    }
    fn sqrt(self) -> Self {
        Self::sqrt(self)
    }
    fn half(self) -> Self {
        0.5 * self
    }
    fn snap(self, quantum: f64) -> Self {
        let shift = (ROUNDING_SHIFT * quantum).copysign(self);
        (self + shift) - shift
    }
    fn segment(t: Self) -> Self {
        let h = t.sqrt();
        if t <= SHORT_LIMIT {
            h * t * horner(&SEGMENT[..SHORT_TERMS], t)
        } else if t <= SERIES_LIMIT {
            h * t * horner(&SEGMENT, t)
        } else {
            h.min(1.0).asin() - h * (1.0 - t).max(0.0).sqrt()
        }
    }
}

impl Real for Wide {
    const GRID_BITS: i32 = 100;

    fn from_wide(value: Wide) -> Self {
        value
    }
    fn from_f64(value: f64) -> Self {
        Self::new(value)
    }
    fn to_f64(self) -> f64 {
        self.hi
    }
    fn difference(a: f64, b: f64) -> Self {
        Self::difference(a, b)
    }
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    fn half(self) -> Self {
        self.half()
    }
    fn snap(self, quantum: f64) -> Self {
        // A large `hi` is a multiple of the quantum but for its last bit, which goes to `lo`.
        let hi = self.hi.snap(quantum);
        Self::new(hi) + Self::new((self.lo + (self.hi - hi)).snap(quantum))
    }
    fn segment(t: Self) -> Self {
        // The rest of the series is below t / (1 - t) of its last term.
        let enough = 1e-33 * t.hi;
        let (mut sum, mut power) = (Self::ZERO, t.sqrt() * t);
        for &c in WIDE_SEGMENT.iter() {
            sum = sum + c * power;
            power = power * t;
            if power.hi <= enough * sum.hi {
                break;
            }
        }
        sum
    }
}

/// Terms that take the series to 1e-33 at `t = 0.62`; arcs are cut to turns of 102 degrees, which have 0.6.
const WIDE_TERMS: usize = 170;

/// The coefficients of [`segment_coefficients`] in wide numbers.
static WIDE_SEGMENT: LazyLock<[Wide; WIDE_TERMS]> = LazyLock::new(|| {
    let mut central = Wide::ONE;
    std::array::from_fn(|n| {
        let k = (n + 1) as f64;
        central = central * Wide::new(2.0 * k - 1.0) / Wide::new(2.0 * k);
        central * Wide::new(4.0 * k) / Wide::new(4.0 * k * k - 1.0)
    })
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segment_agrees_between_the_two_numbers() {
        for k in 0..400 {
            let t = 0.5 * (0.95_f64).powi(k);
            let (narrow, wide) = (f64::segment(t), Wide::segment(Wide::new(t)));
            assert!((narrow - wide.hi).abs() <= 4e-15 * wide.hi, "t = {t}: {narrow} {}", wide.hi);
        }
        let quarter = Wide::segment(Wide::new(0.5)) - (Wide::PI.scale(0.25) - Wide::new(0.5));
        assert!(quarter.hi.abs() < 1e-31, "a quarter of the unit disc less its triangle");
    }

    #[test]
    fn snapped_heights_cancel_exactly() {
        let quantum = 2f64.powi(3 - f64::GRID_BITS);
        let y: Vec<f64> = [0.1, 5.3, -7.77, 2.0 / 3.0].iter().map(|v: &f64| v.snap(quantum)).collect();
        let around: f64 = (0..4).map(|i| y[(i + 1) % 4] - y[i]).sum();
        assert_eq!(around, 0.0);

        let quantum = 2f64.powi(3 - Wide::GRID_BITS);
        let y: Vec<Wide> =
            [0.1, 5.3, -7.77, 2.0].iter().map(|&v| (Wide::new(v) / Wide::new(3.0)).snap(quantum)).collect();
        let around = (0..4).fold(Wide::ZERO, |s, i| s + (y[(i + 1) % 4] - y[i]));
        assert_eq!(around, Wide::ZERO);
        assert!((y[0] - Wide::new(0.1) / Wide::new(3.0)).hi.abs() <= quantum);
    }
}
