//! The exact overlap of apertures with pixels, and what to sum over them.
//!
//! A [shape](shapes) becomes an [`Aperture`]; laid over pixels at a position, by the [exact](Method::Exact)
//! or the [centre](Method::Center) method, it is a sequence of [spans](SpanVisitor) that anything can consume.
//! Knows nothing of Python; see the `astroapers` package for that.

mod aperture;
mod contour;
mod convex;
mod cover;
mod crossing;
mod difference;
mod error;
mod geom;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod laws;
mod outline;
mod place;
mod real;
mod sample;
pub mod shapes;
mod simd;
mod simple;
mod span;
mod stop;
mod whole;
mod wide;
mod window;

pub use aperture::{Aperture, Method, PathElement, Scratch};
pub use contour::Bounds;
pub use error::{ApertureError, Result};
pub use shapes::{KINDS, Kind};
pub use simd::simd_level;
pub use span::SpanVisitor;
pub use stop::{Listener, Stop, Stopped};
pub use window::Window;

pub mod batch;
pub mod image;
pub mod photometry;
pub mod pool;
pub mod reduce;
