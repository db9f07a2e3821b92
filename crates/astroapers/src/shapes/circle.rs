//! Disc and circular annulus.

use super::check;
use crate::aperture::Aperture;
use crate::contour::Contour;
use crate::error::Result;
use crate::geom::{Frame, Point};
use crate::wide::Wide;

/// A disc of radius `r`.
///
/// # Errors
/// `r` must be finite and greater than 0.
///
/// ```
/// let disc = astroapers::shapes::circle(5.0)?;
/// assert!((disc.area() - 25.0 * std::f64::consts::PI).abs() < 1e-13);
/// assert_eq!(astroapers::shapes::circle(-1.0).unwrap_err().to_string(), "r=-1.0 must be greater than 0");
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn circle(r: f64) -> Result<Aperture> {
    check::size("r", r)?;
    Ok(disc(r))
}

fn disc(r: f64) -> Aperture {
    let radius = Wide::new(r);
    Aperture::simple(Contour::ellipse(Frame::circle(Point::default(), radius)), Wide::PI * radius.square())
}

/// The ring between two concentric circles; with `r_in = 0` a disc.
///
/// # Errors
/// `r_in` must be finite, 0 or greater, and smaller than `r_out`.
///
/// ```
/// let ring = astroapers::shapes::circular_annulus(9.0, 15.0)?;
/// assert!((ring.area() - 144.0 * std::f64::consts::PI).abs() < 1e-12);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn circular_annulus(r_in: f64, r_out: f64) -> Result<Aperture> {
    check::size_or_zero("r_in", r_in)?;
    check::size("r_out", r_out)?;
    check::ordered(&[(("r_in", r_in), ("r_out", r_out))])?;
    if r_in == 0.0 { Ok(disc(r_out)) } else { Ok(Aperture::difference(disc(r_out), disc(r_in), true)) }
}
