//! The errors of pixels, where they are known.

use crate::image::View;

/// What the numbers of an error image are.
///
/// ```
/// use astroapers::photometry::ErrorKind;
///
/// assert_eq!(ErrorKind::Std.variance(3.0), 9.0);
/// assert_eq!(ErrorKind::Variance.variance(3.0), 3.0);
/// assert_eq!(ErrorKind::InverseVariance.variance(0.5), 2.0);
/// assert!(ErrorKind::InverseVariance.variance(0.0).is_nan());
/// assert!(ErrorKind::Std.variance(-1.0).is_nan());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Standard deviations.
    Std,
    /// Variances.
    Variance,
    /// Inverse variances.
    InverseVariance,
}

impl ErrorKind {
    /// The variance that a number stands for; NaN unless number and variance are positive and finite.
    #[inline]
    pub fn variance(self, value: f64) -> f64 {
        let variance = match self {
            Self::Std => value * value,
            Self::Variance => value,
            Self::InverseVariance => 1.0 / value,
        };
        // Only a positive number passes both; its square may be 0 or infinite.
        if value > 0.0 && variance > 0.0 && variance < f64::INFINITY { variance } else { f64::NAN }
    }
}

/// The error of each pixel.
///
/// ```
/// use astroapers::image::View;
/// use astroapers::photometry::{ErrorKind, Errors};
///
/// let variances = [4.0_f32; 6];
/// let errors = Errors { view: View::from_slice(&variances, 2, 3)?, kind: ErrorKind::Variance, scale: 1.0 };
/// assert_eq!(errors.kind.variance(4.0), 4.0);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Errors<'a> {
    /// An image of the data's shape.
    pub view: View<'a>,
    /// What its numbers are.
    pub kind: ErrorKind,
    /// What a variance is multiplied with to have the unit of the data.
    pub scale: f64,
}

impl Errors<'_> {
    /// The variances of some pixels; NaN where the error is not a positive number.
    pub(super) fn load_variances(&self, y: i64, x0: i64, out: &mut [f64]) {
        self.view.load_row(y, x0, out);
        for value in out {
            *value = self.scale * self.kind.variance(*value);
        }
    }
}
