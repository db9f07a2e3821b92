//! Whether contours are simple.
use crate::contour::Contour;
use crate::error::Result;
pub(crate) fn check(_outline: &Contour, _holes: &[Contour], _reach: f64) -> Result<()> {
    Ok(())
}
