//! Wedge: two concentric arcs and the straight lines that join their ends.

use super::check;
use crate::aperture::Aperture;
use crate::contour::Contour;
use crate::error::Result;
use crate::geom::{Frame, Point, Rotation};
use crate::simple;
use crate::wide::Wide;

/// The figure between an inner arc of radius `r_in`, `dtheta_in` radians wide about `theta_in`, an outer arc likewise, and
/// the two straight lines that join their ends; with `r_in = 0` a slice of a disc.
///
/// # Errors
/// `r_in` must be 0 or greater and smaller than `r_out`, both widths lie in (0, 2 pi), all be finite, and
/// the outline must not cross itself.
///
/// ```
/// use std::f64::consts::FRAC_PI_2;
///
/// let quarter = astroapers::shapes::wedge(2.0, 6.0, 0.3, FRAC_PI_2, 0.3, FRAC_PI_2)?;
/// assert!((quarter.area() - 16.0 * FRAC_PI_2).abs() < 1e-13);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn wedge(
    r_in: f64,
    r_out: f64,
    theta_in: f64,
    dtheta_in: f64,
    theta_out: f64,
    dtheta_out: f64,
) -> Result<Aperture> {
    check::size_or_zero("r_in", r_in)?;
    check::size("r_out", r_out)?;
    check::ordered(&[(("r_in", r_in), ("r_out", r_out))])?;
    check::finite("theta_in", theta_in)?;
    check::width("dtheta_in", dtheta_in)?;
    check::finite("theta_out", theta_out)?;
    check::width("dtheta_out", dtheta_out)?;
    let mut outline = Contour::default();
    arc(&mut outline, r_out, theta_out, dtheta_out);
    if r_in > 0.0 {
        arc(&mut outline, r_in, theta_in, -dtheta_in);
    } else {
        outline.line_to(Point::default());
    }
    outline.close();
    let (outline, area) = outline.counter_clockwise();
    simple::check(&outline, &[], "the outline of the wedge")?;
    Ok(Aperture::simple(outline, area))
}

/// Append the arc about `theta`, turning by `width`.
fn arc(outline: &mut Contour, r: f64, theta: f64, width: f64) {
    let end = |half: f64| Rotation::by_wide(Wide::new(theta) + Wide::new(half)).direction();
    let frame = Frame::circle(Point::default(), Wide::new(r));
    outline.arc(frame, end(-0.5 * width), end(0.5 * width), width);
}
