//! The rules that parameters of more than one shape obey.

use crate::error::{ApertureError, Result};

/// Smallest and largest size \[pixel\] whose square, and the square of that, an `f64` holds, and
/// to which pixel edges still mean something.
const SMALLEST: f64 = 1e-60;
const LARGEST: f64 = 1e15;

/// How small a size of a shape may be, relative to its largest.
pub(super) struct Thinnest {
    share: f64,
    relation: &'static str,
}

/// What is thinner than 1e-29 of its length is lost in the rounding of numbers of twice the precision, in which its corners are
/// computed; with this limit the area keeps five digits.
pub(super) const ALONE: Thinnest = Thinnest { share: 1e-25, relation: "at least 1e-25 of" };

/// Where outlines cross is found by direction, of which two are the same within 2e-15 rad ([`crate::difference`]): a shape that
/// is hundreds of times as thick has its crossings apart.
const CROSSING: Thinnest =
    Thinnest { share: 1e-12, relation: "at least 1e-12 (in an annulus of two angles) of" };

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
pub(super) fn not_too_thin(sizes: &[Named], thinnest: &Thinnest) -> Result<()> {
    let larger = |one: Named, other: &Named| if other.1 > one.1 { *other } else { one };
    let largest = sizes.iter().fold(("", 0.0), larger);
    match sizes.iter().find(|size| size.1 < thinnest.share * largest.1) {
        Some(&thin) => misordered(thin, thinnest.relation, largest),
        None => Ok(()),
    }
}

/// The same for the two shapes of an annulus, of which one lies within the other or not.
pub(super) fn neither_too_thin(inner: &[Named], outer: &[Named], nested: bool) -> Result<()> {
    let thinnest = if nested { ALONE } else { CROSSING };
    not_too_thin(inner, &thinnest)?;
    not_too_thin(outer, &thinnest)
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
