//! The area between an arc and its chord, as a polynomial.
//!
//! On the unit circle it is `asin h - h sqrt(1 - h^2)` with `h` half the chord, and the chord's ends and the centre span a
//! parallelogram of the area `2 h sqrt(1 - h^2)`. Their ratio is `t Q(t)` with `t = h^2` and `Q(t) = 1/3 + 4 t/15 + ...`, and an
//! affine map keeps it: so in pixels the area is `t Q(t)` times the cross product of the ends as seen from the centre, without a
//! square root. A chord inside one pixel is at most `sqrt 2` long, that is `sqrt 2 / b` in the unit circle's
//! plane if `b` is the arc's smaller semi-axis. So `t <= 1 / (2 b^2)`, and the larger the arc, the fewer terms are needed. The
//! polynomials below have the least relative error on their ranges; `tools/fit_bulge.py` makes them.

#![allow(
    clippy::unreadable_literal,
    reason = "the numbers are a tool's, and nobody reads them digit by digit"
)]

use crate::simd::{Simd, SimdBase, SimdFloat};

/// A polynomial that stands for `Q` up to half chords squared of `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Series {
    /// For semi-axes from 10 pixels on.
    Four,
    /// From 3 pixels on.
    Seven,
    /// From 1.5 pixels on.
    Twelve,
    /// From 1 pixel on.
    Nineteen,
    /// From [`SMALLEST`] on.
    TwentyEight,
}

impl Series {
    /// The shortest series for arcs whose smaller semi-axis is `b` \[pixel\], at least [`SMALLEST`].
    pub(super) fn for_semi_axis(b: f64) -> Self {
        // Semi-axes are known but for rounding.
        let b = b * (1.0 + ROUNDING);
        if b >= 10.0 {
            Self::Four
        } else if b >= 3.0 {
            Self::Seven
        } else if b >= 1.5 {
            Self::Twelve
        } else if b >= 1.0 {
            Self::Nineteen
        } else {
            Self::TwentyEight
        }
    }
}

/// Bound on the relative error of a semi-axis; what a series loses from it is less than its own error.
const ROUNDING: f64 = 1e-14;

impl Series {
    /// Its coefficients, each in every lane of the widest vector.
    pub(super) fn coefficients(self) -> &'static [[f64; 8]] {
        match self {
            Self::Four => &const { vectors(&FOUR) },
            Self::Seven => &const { vectors(&SEVEN) },
            Self::Twelve => &const { vectors(&TWELVE) },
            Self::Nineteen => &const { vectors(&NINETEEN) },
            Self::TwentyEight => &const { vectors(&TWENTY_EIGHT) },
        }
    }
}

const fn vectors<const N: usize>(coefficients: &[f64; N]) -> [[f64; 8]; N] {
    let mut vectors = [[0.0; 8]; N];
    let mut i = 0;
    while i < N {
        vectors[i] = [coefficients[i]; 8];
        i += 1;
    }
    vectors
}

/// Where the last series is centred.
const CENTER: f64 = 0.3125;

/// `Q` in each lane, with `N` coefficients about `0`, or about [`CENTER`] if they are [`TWENTY_EIGHT`].
///
/// The coefficients come from memory that the compiler cannot look into: it would load each one in an instruction of its own.
#[inline(always)]
pub(super) fn ratio<S: Simd, const N: usize>(simd: S, coefficients: &[[f64; 8]; N], t: S::f64s) -> S::f64s {
    let t = if N == TWENTY_EIGHT.len() { t - S::f64s::splat(simd, CENTER) } else { t };
    let coefficient = |degree: usize| S::f64s::from_slice(simd, &coefficients[degree][..S::f64s::LEN]);
    // Even and odd powers apart: half as many products wait for the one before.
    let square = t * t;
    let (mut one, mut other) = (coefficient(N - 1), coefficient(N - 2));
    for degree in (0..N - 2).rev() {
        (one, other) = (other, one.mul_add(square, coefficient(degree)));
    }
    one.mul_add(t, other)
}

/// The smallest semi-axis \[pixel\] that the series are made for, but for the rounding with which it is known.
pub(super) const SMALLEST: f64 = 0.85 * (1.0 - ROUNDING);

/// For `t <= 0.005`; relative error below 3.2e-15.
pub(super) const FOUR: [f64; 5] =
    [0.33333333333333437, 0.26666666665613903, 0.22857144540736365, 0.20316518526299354, 0.1868516514249257];
/// For `t <= 0.0555556`; relative error below 1.5e-15.
pub(super) const SEVEN: [f64; 8] = [
    0.33333333333333287,
    0.2666666666677899,
    0.22857142814774986,
    0.2031746639346431,
    0.18469991746085856,
    0.17065818911774777,
    0.15575108395725018,
    0.185684940795497,
];
/// For `t <= 0.222222`; relative error below 2.0e-16.
pub(super) const TWELVE: [f64; 13] = [
    0.33333333333333337,
    0.26666666666658895,
    0.22857142859095278,
    0.20317460125318815,
    0.1847042826293961,
    0.1704932119663524,
    0.15918684869132485,
    0.1490358763823176,
    0.14827334706236792,
    0.0974850427677271,
    0.2754804188428009,
    -0.2253371274038302,
    0.549500089385785,
];
/// For `t <= 0.5`; relative error below 4.7e-16.
pub(super) const NINETEEN: [f64; 20] = [
    0.33333333333333326,
    0.26666666666679373,
    0.2285714285377344,
    0.20317460671276633,
    0.184703988701109,
    0.17050278675037622,
    0.158981515425027,
    0.15209940579165424,
    0.11520886147917916,
    0.363370865621823,
    -1.3553030679085714,
    7.5421834746920196,
    -28.483844576431824,
    85.09519638007798,
    -192.81025208811784,
    329.0589826443131,
    -408.42188675614307,
    349.9824981298685,
    -185.58472358383878,
    46.60735929807491,
];
/// About 0.3125, where the coefficients are small enough not to cancel. For `t <= 0.692042`; relative error below 2.0e-16.
pub(super) const TWENTY_EIGHT: [f64; 29] = [
    0.4476682623657252,
    0.5040419860014125,
    0.6173883164617873,
    0.7895194278816997,
    1.0362349499266776,
    1.383832794297212,
    1.8710260462714823,
    2.5532661310815405,
    3.5093976537224245,
    4.851335808948589,
    6.737815787487715,
    9.393658234676002,
    13.143971099946274,
    18.469483279108783,
    25.851727933007847,
    35.66751293606906,
    53.49838397587651,
    88.6312960501722,
    68.20913632182915,
    -49.8086909809396,
    663.5772622941632,
    1968.8718431701639,
    -3648.5531854744086,
    -8615.515300160818,
    24701.269232191782,
    30538.371257392708,
    -81000.28275200308,
    -36890.482038164875,
    134277.6139480476,
];
