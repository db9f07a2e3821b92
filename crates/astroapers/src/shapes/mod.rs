//! Parameters in, validated apertures out: one small file per shape.
//!
//! [`KINDS`] lists the shapes that are given by a row of numbers; a new one is a file here and a
//! row there. A [`path`](path()) is given by drawing commands instead.

mod check;
mod circle;
mod ellipse;
mod path;
mod pill;
mod rectangle;
mod wedge;

pub use circle::{circle, circular_annulus};
pub use ellipse::{ellipse, elliptical_annulus};
pub use path::{Command, path, path_from_arrays, path_while_wanted};
pub use pill::{pill, pill_annulus};
pub use rectangle::{rectangle, rectangular_annulus};
pub use wedge::wedge;

use crate::aperture::Aperture;
use crate::error::Result;

/// A shape that is given by a row of numbers.
///
/// ```
/// let kind = astroapers::Kind::named("ellip").expect("it is in the table");
/// assert_eq!(kind.parameters, ["a", "b", "theta"]);
/// ```
#[derive(Debug)]
pub struct Kind {
    /// Short name: `circ`, `ellip_ann`.
    pub name: &'static str,
    /// Names of the parameters, in order.
    pub parameters: &'static [&'static str],
    /// From as many numbers to the aperture; any other count is a bug of the caller's.
    pub build: fn(&[f64]) -> Result<Aperture>,
}

impl Kind {
    /// The kind of this short name.
    ///
    /// ```
    /// use astroapers::Kind;
    ///
    /// let kind = Kind::named("circ").expect("it is in the table");
    /// assert_eq!(kind.parameters, ["r"]);
    /// assert_eq!((kind.build)(&[2.0])?.area(), 4.0 * std::f64::consts::PI);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }
}

/// A row of [`KINDS`]: spreads the slice over the builder's parameters.
macro_rules! kind {
    ($name:literal, $build:path, $($parameter:ident)+) => {
        Kind {
            name: $name,
            parameters: &[$(stringify!($parameter)),+],
            build: |row| {
                let &[$($parameter),+] = row else {
                    panic!(concat!($name, " takes the parameters ", $(stringify!($parameter), " "),+))
                };
                $build($($parameter),+)
            },
        }
    };
}

/// All shapes that are given by a row of numbers.
///
/// ```
/// let names: Vec<_> = astroapers::KINDS.iter().map(|kind| kind.name).collect();
/// assert!(names.contains(&"pill_ann"));
/// ```
pub const KINDS: &[Kind] = &[
    kind!("circ", circle, r),
    kind!("ellip", ellipse, a b theta),
    kind!("rect", rectangle, w h theta),
    kind!("pill", pill, w a b theta),
    kind!("wedge", wedge, r_in r_out theta_in dtheta_in theta_out dtheta_out),
    kind!("circ_ann", circular_annulus, r_in r_out),
    kind!("ellip_ann", elliptical_annulus, a_in b_in a_out b_out theta_in theta_out),
    kind!("rect_ann", rectangular_annulus, w_in h_in w_out h_out theta_in theta_out),
    kind!("pill_ann", pill_annulus, w_in a_in b_in w_out a_out b_out theta_in theta_out),
];
