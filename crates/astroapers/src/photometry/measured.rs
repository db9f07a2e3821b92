//! What photometry reports of an aperture.

use super::flags::Flags;

/// What one aperture of a source measures.
///
/// ```
/// use astroapers::photometry::{Flags, Measured};
///
/// assert!(Measured::UNKNOWN.flux.is_nan() && Measured::UNKNOWN.flags == Flags::NONE);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Sum of weight times value, less the sky.
    pub flux: f64,
    /// Standard error of the flux.
    pub flux_err: f64,
    /// Sum of weight times value.
    pub apsum: f64,
    /// Sum of the weights of the pixels that counted.
    pub npix: f64,
    /// Area of the aperture \[pixel^2\].
    pub area: f64,
    /// Fraction of the aperture that did not count.
    pub bad_frac: f64,
    /// What to beware of.
    pub flags: Flags,
}

impl Measured {
    /// Of nothing.
    pub const UNKNOWN: Self = Self {
        flux: f64::NAN,
        flux_err: f64::NAN,
        apsum: f64::NAN,
        npix: f64::NAN,
        area: f64::NAN,
        bad_frac: f64::NAN,
        flags: Flags::NONE,
    };
}
