//! Ellipse and elliptical annulus.

use super::check;
use crate::aperture::Aperture;
use crate::contour::Contour;
use crate::error::Result;
use crate::geom::{Frame, Point, Rotation};
use crate::wide::Wide;

/// An ellipse of semi-axes `a` and `b`, the first turned by `theta` radians counter-clockwise from +x.
///
/// # Errors
/// `a` and `b` must be finite, greater than 0 and within a factor of 1e25 of each other, `theta` finite.
///
/// ```
/// let ellipse = astroapers::shapes::ellipse(5.0, 3.0, 0.4)?;
/// assert!((ellipse.area() - 15.0 * std::f64::consts::PI).abs() < 1e-13);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn ellipse(a: f64, b: f64, theta: f64) -> Result<Aperture> {
    check::size("a", a)?;
    check::size("b", b)?;
    check::not_too_thin(&[("a", a), ("b", b)], &check::ALONE)?;
    check::finite("theta", theta)?;
    Ok(turned(a, b, Rotation::by(theta)))
}

fn turned(a: f64, b: f64, rotation: Rotation) -> Aperture {
    let frame = Frame::ellipse(Point::default(), a, b, rotation);
    Aperture::simple(Contour::ellipse(frame), Wide::PI * Wide::new(a) * Wide::new(b))
}

/// What of an outer ellipse is not in an inner one, concentric and each with its own angle.
///
/// # Errors
/// All sizes must be finite and greater than 0, those of each ellipse within a factor of 1e25 of each other - of 1e12 if one may
/// poke out of the other -, `a_in <= a_out` and
/// `b_in <= b_out` with at least one of them smaller, both angles finite.
///
/// ```
/// let ring = astroapers::shapes::elliptical_annulus(4.0, 2.0, 6.0, 3.0, 0.4, 0.4)?;
/// assert!((ring.area() - 10.0 * std::f64::consts::PI).abs() < 1e-12);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn elliptical_annulus(
    a_in: f64,
    b_in: f64,
    a_out: f64,
    b_out: f64,
    theta_in: f64,
    theta_out: f64,
) -> Result<Aperture> {
    let sizes = [("a_in", a_in), ("b_in", b_in), ("a_out", a_out), ("b_out", b_out)];
    sizes.iter().try_for_each(|&(name, value)| check::size(name, value))?;
    check::ordered(&[(sizes[0], sizes[2]), (sizes[1], sizes[3])])?;
    check::finite("theta_in", theta_in)?;
    check::finite("theta_out", theta_out)?;
    let (turn_in, turn_out) = (Rotation::by(theta_in), Rotation::by(theta_out));
    let nested = turn_in.is_also(turn_out) || a_in.max(b_in) <= a_out.min(b_out);
    check::neither_too_thin(&sizes[..2], &sizes[2..], nested)?;
    let outer = turned(a_out, b_out, turn_out);
    let inner = turned(a_in, b_in, turn_in);
    Ok(Aperture::difference(outer, inner, nested))
}
