//! Rotated rectangle and rectangular annulus.

use super::check;
use crate::aperture::Aperture;
use crate::contour::Contour;
use crate::error::Result;
use crate::geom::{Point, Rotation};
use crate::wide::Wide;

/// A rectangle of full width `w` and full height `h`, its width turned by `theta` radians counter-clockwise from +x.
///
/// # Errors
/// `w` and `h` must be finite, greater than 0 and within a factor of 1e25 of each other, `theta` finite.
///
/// ```
/// assert_eq!(astroapers::shapes::rectangle(5.0, 3.0, 0.4)?.area(), 15.0);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn rectangle(w: f64, h: f64, theta: f64) -> Result<Aperture> {
    check::size("w", w)?;
    check::size("h", h)?;
    check::not_too_thin(&[("w", w), ("h", h)], &check::ALONE)?;
    check::finite("theta", theta)?;
    Ok(turned(w, h, Rotation::by(theta)))
}

/// A rectangle of a direction.
fn turned(w: f64, h: f64, rotation: Rotation) -> Aperture {
    let (u, v) = (0.5 * w, 0.5 * h);
    let corners = [(-u, -v), (u, -v), (u, v), (-u, v)].map(|(x, y)| rotation * Point::at(x, y));
    Aperture::simple(Contour::polygon(&corners), Wide::new(w) * Wide::new(h))
}

/// What of an outer rectangle is not in an inner one, concentric and each with its own angle.
///
/// # Errors
/// All sizes must be finite and greater than 0, those of each rectangle within a factor of 1e25 of each other - of 1e12 if the
/// angles differ -, `w_in <= w_out` and
/// `h_in <= h_out` with at least one of them smaller, both angles finite.
///
/// ```
/// assert_eq!(astroapers::shapes::rectangular_annulus(4.0, 2.0, 6.0, 3.0, 0.4, 0.4)?.area(), 10.0);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn rectangular_annulus(
    w_in: f64,
    h_in: f64,
    w_out: f64,
    h_out: f64,
    theta_in: f64,
    theta_out: f64,
) -> Result<Aperture> {
    let sizes = [("w_in", w_in), ("h_in", h_in), ("w_out", w_out), ("h_out", h_out)];
    sizes.iter().try_for_each(|&(name, value)| check::size(name, value))?;
    check::ordered(&[(sizes[0], sizes[2]), (sizes[1], sizes[3])])?;
    check::finite("theta_in", theta_in)?;
    check::finite("theta_out", theta_out)?;
    let (turn_in, turn_out) = (Rotation::by(theta_in), Rotation::by(theta_out));
    let nested = turn_in.is_also(turn_out);
    check::neither_too_thin(&sizes[..2], &sizes[2..], nested)?;
    let outer = turned(w_out, h_out, turn_out);
    let inner = turned(w_in, h_in, turn_in);
    Ok(Aperture::difference(outer, inner, nested))
}
