//! Wedge: two concentric arcs and the straight lines that join their ends.

use std::f64::consts::TAU;

use super::check;
use crate::aperture::Aperture;
use crate::contour::Contour;
use crate::error::Result;
use crate::geom::{Frame, Point, Rotation};
use crate::simple;
use crate::stop::Listener;
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
    let slice = (theta_in, dtheta_in) == (theta_out, dtheta_out);
    if !(slice && is_plain_slice(r_in, r_out, dtheta_in)) {
        simple::check(&outline, &[], "the outline of the wedge", &mut Listener::new(&mut || false))?;
    }
    Ok(Aperture::simple(outline, area))
}

/// Angle \[rad\], and share of a radius, that no rounding comes near.
const CLEAR: f64 = 1e-3;

/// Whether a slice of an annulus is clearly one: its straight edges lie on two radii and its arcs on two circles, all
/// well apart, so that nothing can cross. To have each pair of edges solved for their meetings takes a hundred times
/// as long as all else here.
fn is_plain_slice(r_in: f64, r_out: f64, dtheta: f64) -> bool {
    r_in <= (1.0 - CLEAR) * r_out && (CLEAR..=TAU - CLEAR).contains(&dtheta)
}

/// Append the arc about `theta`, turning by `width`.
fn arc(outline: &mut Contour, r: f64, theta: f64, width: f64) {
    let end = |half: f64| Rotation::by_wide(Wide::new(theta) + Wide::new(half)).direction();
    let frame = Frame::circle(Point::default(), Wide::new(r));
    outline.arc(frame, end(-0.5 * width), end(0.5 * width), width);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_slice_is_one_to_the_full_check_too() {
        for r_out in [1e-9, 1.0, 3e6] {
            for share in [0.0, 1e-12, 1e-6, 0.5, 1.0 - CLEAR] {
                for dtheta in [CLEAR, 0.1, 1.5, 3.1, 3.2, 4.7, 6.0, TAU - CLEAR] {
                    for theta in [0.0, 0.3, -2.0, 1e4] {
                        assert!(is_plain_slice(share * r_out, r_out, dtheta));
                        let aperture = wedge(share * r_out, r_out, theta, dtheta, theta, dtheta).unwrap();
                        let outline = &aperture.boundary()[0];
                        assert_eq!(
                            simple::check(outline, &[], "it", &mut Listener::new(&mut || false)),
                            Ok(()),
                            "{share} {dtheta} {theta}"
                        );
                    }
                }
            }
        }
    }
}
