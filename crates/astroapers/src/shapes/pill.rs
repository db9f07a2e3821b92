//! Pill: a rectangle with half-elliptical caps, the trace of a moving source; and pill annulus.

use std::f64::consts::PI;

use super::check;
use crate::aperture::Aperture;
use crate::contour::Contour;
use crate::error::Result;
use crate::geom::{Frame, Point, Rotation};
use crate::wide::Wide;

/// A `w` by `2 b` rectangle with half-elliptical caps of semi-axes `a` (along) and `b` (across) on its ends,
/// its length turned by `theta` radians counter-clockwise from +x.
///
/// # Errors
/// `w`, `a` and `b` must be finite, greater than 0 and within a factor of 1e25 of each other, `theta` finite.
///
/// ```
/// let pill = astroapers::shapes::pill(6.0, 2.0, 3.0, 0.4)?;
/// assert!((pill.area() - (36.0 + 6.0 * std::f64::consts::PI)).abs() < 1e-13);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn pill(w: f64, a: f64, b: f64, theta: f64) -> Result<Aperture> {
    check::size("w", w)?;
    check::size("a", a)?;
    check::size("b", b)?;
    check::not_too_thin(&[("w", w), ("a", a), ("b", b)], &check::ALONE)?;
    check::finite("theta", theta)?;
    Ok(turned(w, a, b, Rotation::by(theta)))
}

fn turned(w: f64, a: f64, b: f64, rotation: Rotation) -> Aperture {
    let cap = |x: f64| Frame::ellipse(rotation * Point::at(x, 0.0), a, b, rotation);
    let (bottom, top) = (Point::at(0.0, -1.0), Point::at(0.0, 1.0));
    let mut outline = Contour::default();
    outline.arc(cap(0.5 * w), bottom, top, PI);
    outline.arc(cap(-0.5 * w), top, bottom, PI);
    outline.close();
    let b = Wide::new(b);
    Aperture::simple(outline, (Wide::new(w) * b).scale(2.0) + Wide::PI * Wide::new(a) * b)
}

/// What of an outer pill is not in an inner one, concentric and each with its own angle.
///
/// # Errors
/// All sizes must be finite and greater than 0, those of each pill within a factor of 1e25 of each other - of 1e12 if the angles
/// differ -, each inner size at most its
/// outer one with at least one of them smaller, both angles finite.
///
/// ```
/// let ring = astroapers::shapes::pill_annulus(6.0, 2.0, 2.0, 6.0, 3.0, 3.0, 0.4, 0.4)?;
/// assert!((ring.area() - (12.0 + 5.0 * std::f64::consts::PI)).abs() < 1e-12);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[expect(clippy::too_many_arguments, reason = "these are the parameters of the shape")]
pub fn pill_annulus(
    w_in: f64,
    a_in: f64,
    b_in: f64,
    w_out: f64,
    a_out: f64,
    b_out: f64,
    theta_in: f64,
    theta_out: f64,
) -> Result<Aperture> {
    let inner = [("w_in", w_in), ("a_in", a_in), ("b_in", b_in)];
    let outer = [("w_out", w_out), ("a_out", a_out), ("b_out", b_out)];
    inner.iter().chain(&outer).try_for_each(|&(name, value)| check::size(name, value))?;
    check::ordered(&[(inner[0], outer[0]), (inner[1], outer[1]), (inner[2], outer[2])])?;
    check::finite("theta_in", theta_in)?;
    check::finite("theta_out", theta_out)?;
    let (turn_in, turn_out) = (Rotation::by(theta_in), Rotation::by(theta_out));
    let nested = turn_in.is_also(turn_out);
    check::neither_too_thin(&inner, &outer, nested)?;
    // At one angle the inner pill lies inside the outer one: nothing of it reaches farther on either axis.
    let outer = turned(w_out, a_out, b_out, turn_out);
    let inner = turned(w_in, a_in, b_in, turn_in);
    Ok(Aperture::difference(outer, inner, nested))
}
