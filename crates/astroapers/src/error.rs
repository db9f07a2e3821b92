//! What can be wrong with a request, said in the words of the one who made it.

use crate::stop::Stopped;

/// Result of everything in this crate that can fail.
///
/// ```
/// let disc: astroapers::Result<astroapers::Aperture> = astroapers::shapes::circle(2.0);
/// assert!(disc.is_ok());
/// ```
pub type Result<T, E = ApertureError> = std::result::Result<T, E>;

/// Why an aperture, a batch or an image was refused.
///
/// The text names the parameter, its value and the rule it breaks.
///
/// ```
/// use astroapers::{ApertureError, shapes};
///
/// let error = shapes::circular_annulus(5.0, 3.0).unwrap_err();
/// assert!(matches!(error, ApertureError::Pair { name: "r_in", other: "r_out", .. }));
/// assert_eq!(error.to_string(), "r_in=5.0 must be smaller than r_out=3.0");
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ApertureError {
    /// One parameter breaks a rule on its own: `r=-1.0 must be greater than 0`.
    #[error("{name}={} must be {rule}", number(*.value))]
    Parameter {
        /// Name of the parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        rule: &'static str,
    },
    /// Two parameters contradict each other: `r_in=5.0 must be smaller than r_out=3.0`.
    #[error("{name}={} must be {relation} {other}={}", number(*.value), number(*.other_value))]
    Pair {
        /// Name of the first parameter.
        name: &'static str,
        /// Value of the first parameter.
        value: f64,
        /// How it must stand to the other.
        relation: &'static str,
        /// Name of the other parameter.
        other: &'static str,
        /// Value of the other parameter.
        other_value: f64,
    },
    /// The outline as a whole is not a simple figure: crossing, open, degenerate.
    #[error("{0}")]
    Outline(String),
    /// A bounding box that does not fit: too far away, or too large to hold in memory.
    #[error("{0}")]
    Extent(String),
    /// Arrays, masks or frames that do not fit together.
    #[error("{0}")]
    Layout(String),
    /// The caller asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A number as its user wrote it: `-1.0`, `1e300`, `nan`, `inf`.
pub(crate) fn number(value: f64) -> String {
    if value.is_nan() { "nan".to_owned() } else { format!("{value:?}") }
}
