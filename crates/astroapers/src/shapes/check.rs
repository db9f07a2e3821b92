//! The rules that parameters of more than one shape obey.

use crate::error::{ApertureError, Result};

/// Smallest and largest size \[pixel\] whose square, and the square of that, an `f64` holds, and
/// to which pixel edges still mean something.
const SMALLEST: f64 = 1e-60;
const LARGEST: f64 = 1e15;

/// Smallest size of a shape, relative to its largest. What is thinner than 1e-29 of its length is lost in the rounding of numbers of
/// twice the precision, which its corners are computed in; with this the area keeps five digits.
const THINNEST: f64 = 1e-25;

fn refuse(name: &'static str, value: f64, rule: &'static str) -> Result<()> {
    Err(ApertureError::Parameter { name, value, rule })
}

pub(super) fn finite(name: &'static str, value: f64) -> Result<()> {
    if value.is_finite() { Ok(()) } else { refuse(name, value, "finite") }
}

/// A radius, semi-axis or width.
pub(super) fn size(name: &'static str, value: f64) -> Result<()> {
    finite(name, value)?;
    if value <= 0.0 {
        refuse(name, value, "greater than 0")
    } else if value < SMALLEST {
        refuse(name, value, "at least 1e-60 pixel")
    } else {
        coordinate(name, value)
    }
}

/// A size that may be 0.
pub(super) fn size_or_zero(name: &'static str, value: f64) -> Result<()> {
    if value == 0.0 {
        Ok(())
    } else if value < 0.0 {
        refuse(name, value, "0 or greater")
    } else {
        size(name, value)
    }
}

pub(super) fn coordinate(name: &'static str, value: f64) -> Result<()> {
    finite(name, value)?;
    if value.abs() > LARGEST { refuse(name, value, "at most 1e15 pixels") } else { Ok(()) }
}

/// The width of an arc: more than nothing, less than a full turn.
pub(super) fn width(name: &'static str, value: f64) -> Result<()> {
    finite(name, value)?;
    if value > 0.0 && value < std::f64::consts::TAU { Ok(()) } else { refuse(name, value, "in (0, 2 pi)") }
}

/// A parameter's name and value.
pub(super) type Named = (&'static str, f64);

/// No size of a shape is so small beside another one that the outline would be rounding alone.
pub(super) fn not_too_thin(sizes: &[Named]) -> Result<()> {
    let ends = |end: Named, size: &Named| if size.1 > end.1 { *size } else { end };
    let largest = sizes.iter().fold(("", 0.0), ends);
    match sizes.iter().find(|size| size.1 < THINNEST * largest.1) {
        Some(&thin) => misordered(thin, "at least 1e-25 of", largest),
        None => Ok(()),
    }
}

fn misordered(inner: Named, relation: &'static str, outer: Named) -> Result<()> {
    Err(ApertureError::Pair { name: inner.0, value: inner.1, relation, other: outer.0, other_value: outer.1 })
}

/// Inner sizes are at most the outer ones, and at least one of them is smaller.
pub(super) fn ordered(pairs: &[(Named, Named)]) -> Result<()> {
    for &(inner, outer) in pairs {
        if inner.1 > outer.1 {
            return misordered(inner, if pairs.len() == 1 { "smaller than" } else { "at most" }, outer);
        }
    }
    match pairs {
        [(inner, outer), ..] if pairs.iter().all(|(i, o)| i.1 == o.1) => {
            misordered(*inner, "smaller than", *outer)
        }
        _ => Ok(()),
    }
}
