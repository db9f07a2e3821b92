//! Unevaluated sums of two `f64`: about 106 significant bits.
//!
//! A strip 40 um wide and 18 pixels long is the difference of two edges that agree to twelve
//! digits. Its weights are right to twelve digits of their own only if the edges are known to
//! twenty-four. Shapes are therefore laid out in [`Wide`] numbers, and the thin ones are
//! rasterised in them too; see [`crate::cover`].
//!
//! The error-free transformations are those of Dekker (1971, Numer. Math. 18, 224) and Knuth; sums,
//! products, quotients and their error bounds (a few units of 2^-106) are algorithms 6, 12 and 17
//! of Joldes, Muller & Popescu (2017, ACM TOMS 44, 15res).

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The number `hi + lo`, with `|lo|` at most half a unit in the last place of `hi`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Wide {
    pub(crate) hi: f64,
    pub(crate) lo: f64,
}

/// `a + b` as a rounded sum and its error, whatever the order of the two.
fn two_sum(a: f64, b: f64) -> Wide {
    let hi = a + b;
    let b_part = hi - a;
    Wide { hi, lo: (a - (hi - b_part)) + (b - b_part) }
}

/// `a + b` as a rounded sum and its error, for `|a| >= |b|`.
fn fast_two_sum(a: f64, b: f64) -> Wide {
    let hi = a + b;
    Wide { hi, lo: b - (hi - a) }
}

/// `a b` as a rounded product and its error.
fn two_product(a: f64, b: f64) -> Wide {
    let hi = a * b;
    Wide { hi, lo: a.mul_add(b, -hi) }
}

/// Pi halves as the sum of three `f64`: to 1e-49, enough to reduce angles of up to 2^52 quarter turns.
const HALF_PI: [f64; 3] =
    [std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17, -1.497_384_904_859_169_9e-33];

/// Above this angle \[rad\] the reduction of `hi` is left to the standard library, which yields one `f64`.
const MAX_WIDE_ANGLE: f64 = 1e15;

impl Wide {
    pub(crate) const ZERO: Self = Self { hi: 0.0, lo: 0.0 };
    pub(crate) const ONE: Self = Self { hi: 1.0, lo: 0.0 };
    pub(crate) const PI: Self = Self { hi: 2.0 * HALF_PI[0], lo: 2.0 * HALF_PI[1] };

    pub(crate) const fn new(value: f64) -> Self {
        Self { hi: value, lo: 0.0 }
    }

    /// `a - b` without rounding.
    pub(crate) fn difference(a: f64, b: f64) -> Self {
        two_sum(a, -b)
    }

    /// `value * 2^k` for a power of two, without rounding.
    pub(crate) fn scale(self, power_of_two: f64) -> Self {
        Self { hi: self.hi * power_of_two, lo: self.lo * power_of_two }
    }

    pub(crate) fn half(self) -> Self {
        self.scale(0.5)
    }

    pub(crate) fn abs(self) -> Self {
        if self.hi < 0.0 { -self } else { self }
    }

    /// The largest integer that is not larger.
    pub(crate) fn floor(self) -> f64 {
        let floor = self.hi.floor();
        if floor == self.hi && self.lo < 0.0 { floor - 1.0 } else { floor }
    }

    pub(crate) fn square(self) -> Self {
        self * self
    }

    /// The square root; 0 for anything below 0.
    ///
    /// One Newton step on the rounded root: `s + (v - s^2) / 2 s`.
    pub(crate) fn sqrt(self) -> Self {
        if self.hi <= 0.0 {
            return Self::ZERO;
        }
        let root = self.hi.sqrt();
        let rest = self - two_product(root, root);
        fast_two_sum(root, rest.hi / (2.0 * root))
    }

    /// `sqrt(x^2 + y^2)`, exact when one of the two is 0.
    pub(crate) fn hypot(x: Self, y: Self) -> Self {
        if x == Self::ZERO {
            y.abs()
        } else if y == Self::ZERO {
            x.abs()
        } else {
            (x * x + y * y).sqrt()
        }
    }

    /// `(cos, sin)` by Taylor series after reduction to an eighth of a turn.
    pub(crate) fn cos_sin(self) -> (Self, Self) {
        if self.hi.abs() > MAX_WIDE_ANGLE {
            // The direction rounds, but its length is 1, and the small part of the angle is not lost.
            let (sin, cos) = self.hi.sin_cos();
            let norm = Self::hypot(Self::new(cos), Self::new(sin));
            let (c, s) = (Self::new(cos) / norm, Self::new(sin) / norm);
            let (c_lo, s_lo) = Self::new(self.lo).cos_sin();
            return (c * c_lo - s * s_lo, s * c_lo + c * s_lo);
        }
        let quarters = (self.hi / HALF_PI[0]).round();
        let mut angle = self;
        for part in HALF_PI {
            angle = angle - two_product(quarters, part);
        }
        let square = angle * angle;
        let (mut cos, mut sin) = (Self::ONE, angle);
        let (mut cos_term, mut sin_term) = (Self::ONE, angle);
        let mut n = 1.0;
        while cos_term.hi.abs() > 1e-33 {
            cos_term = -(cos_term * square) / Self::new(n * (n + 1.0));
            sin_term = -(sin_term * square) / Self::new((n + 1.0) * (n + 2.0));
            cos = cos + cos_term;
            sin = sin + sin_term;
            n += 2.0;
        }
        match quarters.rem_euclid(4.0) as u8 {
            0 => (cos, sin),
            1 => (-sin, cos),
            2 => (-cos, -sin),
            _ => (sin, -cos),
        }
    }

    /// The angle of the unit vector `(cos, sin)`, in (-pi, pi].
    ///
    /// The rounded angle is off by less than 1e-15, where the sine of the rest is the rest.
    pub(crate) fn angle(cos: Self, sin: Self) -> Self {
        let rounded = Self::new(sin.hi.atan2(cos.hi));
        let (c, s) = rounded.cos_sin();
        rounded + (sin * c - cos * s)
    }
}

impl Add for Wide {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let s = two_sum(self.hi, other.hi);
        let t = two_sum(self.lo, other.lo);
        let v = fast_two_sum(s.hi, s.lo + t.hi);
        fast_two_sum(v.hi, t.lo + v.lo)
    }
}

impl Neg for Wide {
    type Output = Self;
    fn neg(self) -> Self {
        Self { hi: -self.hi, lo: -self.lo }
    }
}

impl Sub for Wide {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Wide {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let p = two_product(self.hi, other.hi);
        let cross = self.hi.mul_add(other.lo, self.lo * other.hi);
        fast_two_sum(p.hi, p.lo + cross)
    }
}

impl Div for Wide {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let q = self.hi / other.hi;
        let rest = self - other * Self::new(q);
        let correction = fast_two_sum(q, rest.hi / other.hi);
        let rest = self - other * correction;
        correction + Self::new(rest.hi / other.hi)
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match self.hi.partial_cmp(&other.hi) {
            Some(Ordering::Equal) => self.lo.partial_cmp(&other.lo),
            order => order,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: Wide, b: Wide) -> bool {
        (a - b).hi.abs() <= 1e-30 * (1.0 + b.hi.abs())
    }

    #[test]
    fn quotients_and_roots_invert_products() {
        let x = Wide { hi: 0.1, lo: 3e-18 };
        for v in [3.0, 1e-9, 7.7e11, 0.3] {
            let v = Wide::new(v);
            assert!(close(x / v * v, x));
            assert!(close((x * x).sqrt(), x));
        }
        assert_eq!(Wide::new(2.25).sqrt(), Wide::new(1.5));
        assert_eq!(Wide::new(-1.0).sqrt(), Wide::ZERO);
        assert_eq!(Wide::new(0.3).square().sqrt(), Wide::new(0.3));
    }

    #[test]
    fn trigonometry_holds_to_thirty_digits() {
        for t in [0.0, 0.1, 0.785, 1.0, -2.3, 3.0, 100.0, -12345.678] {
            let (c, s) = Wide::new(t).cos_sin();
            assert!(close(c * c + s * s, Wide::ONE), "{t}");
            assert!((c.hi - t.cos()).abs() < 1e-15 && (s.hi - t.sin()).abs() < 1e-15);
            let (c2, s2) = Wide::new(2.0 * t).cos_sin();
            assert!(close(c2, c * c - s * s) && close(s2, (s * c).scale(2.0)), "{t}");
            if t.abs() < 3.0 {
                assert!(close(Wide::angle(c, s), Wide::new(t)), "{t}");
            }
        }
        for t in [1e9, 3e14, 1e18, 1e300] {
            let turned = |by: f64| (Wide::new(t) + Wide::new(by)).cos_sin();
            let ((c, s), (c2, s2)) = (turned(-0.35), turned(0.35));
            let (want_c, want_s) = Wide::new(0.7).cos_sin();
            let (cos, sin) = (c * c2 + s * s2, c * s2 - s * c2);
            let digits = if t < 1e15 { 1e-29 } else { 3e-16 };
            assert!((cos - want_c).hi.abs() < digits && (sin - want_s).hi.abs() < digits, "{t}");
            assert!(close(c * c + s * s, Wide::ONE), "{t}");
        }
        let (c, s) = Wide::PI.cos_sin();
        assert!(close(c, Wide::new(-1.0)) && s.hi.abs() < 1e-31);
        assert_eq!(Wide::ZERO.cos_sin(), (Wide::ONE, Wide::ZERO));
    }
}
