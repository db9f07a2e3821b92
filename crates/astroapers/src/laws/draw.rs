//! Cases from bytes: numbers, shapes and positions, plain ones and the nastiest there are.

use std::f64::consts::{PI, TAU};

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::aperture::Aperture;
use crate::shapes::{self, Command, KINDS, Kind};

/// One of some values.
pub(super) fn one_of<T: Copy>(u: &mut Unstructured<'_>, values: &[T]) -> Result<T> {
    u.choose(values).copied()
}

/// A number in `[low, high)`.
pub(super) fn between(u: &mut Unstructured<'_>, low: f64, high: f64) -> Result<f64> {
    Ok(low + (high - low) * (f64::from(u.arbitrary::<u32>()?) / 4_294_967_296.0))
}

/// A half of a whole number from `low / 2` to `high / 2`: where edges of pixels and shapes meet.
fn half(u: &mut Unstructured<'_>, low: i32, high: i32) -> Result<f64> {
    Ok(0.5 * f64::from(u.int_in_range(low..=high)?))
}

/// A number or one of its neighbours.
fn nudged(u: &mut Unstructured<'_>, value: f64) -> Result<f64> {
    Ok(match u.int_in_range(0..=4)? {
        0 => value.next_up(),
        1 => value.next_down(),
        2 => value * (1.0 + 1e-12),
        3 => value + 1e-9,
        _ => value * (1.0 - 4.0 * f64::EPSILON),
    })
}

/// What no parameter should be, or may just be.
const NASTY: [f64; 18] = [
    0.0,
    -0.0,
    -1.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    5e-324,
    1e-300,
    9.9e-61,
    1e-60,
    1e-30,
    1e-15,
    1e15,
    1.1e15,
    9_007_199_254_740_993.0,
    4.7e18,
    1e300,
    f64::MAX,
];

/// A number of any bits.
pub(super) fn any(u: &mut Unstructured<'_>) -> Result<f64> {
    if u.ratio(1, 2)? { one_of(u, &NASTY) } else { Ok(f64::from_bits(u.arbitrary()?)) }
}

/// A radius, semi-axis or width \[pixel\], mostly one that is none of the extremes.
pub(super) fn size(u: &mut Unstructured<'_>) -> Result<f64> {
    match u.int_in_range(0..=15)? {
        0..=2 => half(u, 1, 40),
        3..=8 => between(u, 0.3, 15.0),
        9 => between(u, 15.0, 120.0),
        10 => between(u, 100.0, 1500.0),
        11 | 12 => {
            let value = half(u, 1, 40)?;
            nudged(u, value)
        }
        13 => Ok(10_f64.powf(between(u, -20.0, 0.0)?)),
        14 => Ok(10_f64.powf(between(u, -62.0, 16.0)?)),
        _ => any(u),
    }
}

/// A part of something: all of it, nearly all, a simple fraction, very little.
fn share(u: &mut Unstructured<'_>) -> Result<f64> {
    match u.int_in_range(0..=9)? {
        0 => Ok(1.0),
        1 => one_of(u, &[0.5, 0.25, 0.75, 0.6, 0.9]),
        2 => nudged(u, 1.0),
        3 => Ok(1.0 - 10_f64.powf(between(u, -16.0, -1.0)?)),
        4 => Ok(10_f64.powf(between(u, -12.0, 0.0)?)),
        _ => between(u, 0.05, 1.0),
    }
}

/// An angle \[rad\].
fn angle(u: &mut Unstructured<'_>) -> Result<f64> {
    match u.int_in_range(0..=9)? {
        0 | 1 => Ok(0.0),
        2 => Ok(0.25 * PI * f64::from(u.int_in_range(-8..=8)?)),
        3 => {
            let value = 0.5 * PI * f64::from(u.int_in_range(-4..=4)?);
            nudged(u, value)
        }
        4 => Ok(10_f64.powf(between(u, -20.0, 10.0)?)),
        5 => any(u),
        _ => between(u, -7.0, 7.0),
    }
}

/// The width of an arc \[rad\].
fn width(u: &mut Unstructured<'_>) -> Result<f64> {
    match u.int_in_range(0..=9)? {
        0 => one_of(u, &[0.5 * PI, PI, 1.5 * PI, TAU]),
        1 => {
            let value = one_of(u, &[0.5 * PI, PI, 1.5 * PI, TAU])?;
            nudged(u, value)
        }
        2 => Ok(10_f64.powf(between(u, -12.0, 0.0)?)),
        3 => angle(u),
        _ => between(u, 0.05, TAU),
    }
}

/// A coordinate of a position \[pixel\].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coordinate(pub(super) f64);

impl<'a> Arbitrary<'a> for Coordinate {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        coordinate(u).map(Self)
    }
}

/// A coordinate within an image of `n` pixels, or a little outside.
pub(super) fn coordinate_within(u: &mut Unstructured<'_>, n: usize) -> Result<f64> {
    let n = n as i32;
    match u.int_in_range(0..=3)? {
        0 => half(u, -6, 2 * n + 6),
        1 => {
            let value = half(u, -6, 2 * n + 6)?;
            nudged(u, value)
        }
        _ => between(u, -3.0, f64::from(n) + 3.0),
    }
}

fn coordinate(u: &mut Unstructured<'_>) -> Result<f64> {
    match u.int_in_range(0..=15)? {
        0..=3 => half(u, -20, 20),
        4 | 5 => {
            let value = half(u, -20, 20)?;
            nudged(u, value)
        }
        6 => Ok(1e-17),
        7 => Ok(1e5 + between(u, -3.0, 3.0)?),
        8 => Ok(10_f64.powf(between(u, -10.0, 19.0)?)),
        9 => any(u),
        _ => between(u, -3.0, 3.0),
    }
}

/// A shape: a row of the table of kinds, or a path.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// A kind and its parameters.
    Row(&'static str, Vec<f64>),
    /// Outline and holes.
    Path(Vec<Command>, Vec<Vec<Command>>),
}

impl Shape {
    /// The aperture, if there is one of this description.
    pub(super) fn build(&self) -> crate::Result<Aperture> {
        match self {
            Self::Row(name, row) => (Kind::named(name).expect("names come from the table").build)(row),
            Self::Path(outline, holes) => shapes::path(outline, holes),
        }
    }
}

impl<'a> Arbitrary<'a> for Shape {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let kind = u.int_in_range(0..=KINDS.len() + 2)?;
        if let Some(kind) = KINDS.get(kind) {
            return Ok(Self::Row(kind.name, row(u, kind)?));
        }
        Ok(Self::path(u)?.resolved())
    }
}

impl Shape {
    fn path(u: &mut Unstructured<'_>) -> Result<Self> {
        let outline = contour(u)?;
        let mut holes = Vec::new();
        for _ in 0..u.int_in_range(0..=5_usize)?.saturating_sub(3) {
            holes.push(hole(u, &outline)?);
        }
        let outline = drawn(&outline);
        Ok(Self::Path(outline, holes))
    }

    /// Whether it is an annulus of two angles.
    pub(super) fn may_poke_out(&self) -> bool {
        match self {
            Self::Row(name, row) => {
                name.ends_with("_ann") && row.len() > 2 && row[row.len() - 2] != row[row.len() - 1]
            }
            Self::Path(..) => false,
        }
    }

    /// The shape, unless it has outlines that may cross and is larger than [`RESOLVED`]: then none.
    fn resolved(self) -> Self {
        let reach = self.build().map_or(0.0, |aperture| aperture.bounds().reach());
        let simple = match &self {
            Self::Row(name, _) => ["circ", "ellip", "rect", "pill", "circ_ann"].contains(name),
            Self::Path(..) => false,
        };
        match self {
            shape if simple || reach <= RESOLVED => shape,
            Self::Row(name, row) => Self::Row(name, vec![f64::NAN; row.len()]),
            Self::Path(..) => Self::Path(Vec::new(), Vec::new()),
        }
    }
}

/// Reach \[pixel\] up to which it is known to a fraction of a pixel where outlines cross: they are compared to 1e-15 of their size, and an
/// outline that crosses itself within that rounding has no inside.
const RESOLVED: f64 = 1e9;

/// Parameters of a kind, mostly such as make an aperture.
pub(super) fn row(u: &mut Unstructured<'_>, kind: &Kind) -> Result<Vec<f64>> {
    match Shape::Row(kind.name, any_row(u, kind)?).resolved() {
        Shape::Row(_, row) => Ok(row),
        Shape::Path(..) => unreachable!("a row stays a row"),
    }
}

fn any_row(u: &mut Unstructured<'_>, kind: &Kind) -> Result<Vec<f64>> {
    if u.ratio(1, 24)? {
        return kind.parameters.iter().map(|_| any(u)).collect();
    }
    let mut row: Vec<f64> = Vec::new();
    // Inner sizes come first in the table, and are parts of the outer ones.
    let mut outer: Vec<(&str, f64)> = Vec::new();
    let common = size(u)?;
    let round = u.ratio(1, 4)?;
    let angles = angle(u)?;
    let same_angle = u.ratio(1, 2)?;
    let widths = width(u)?;
    let scaled = u.ratio(1, 3)?;
    let scale = share(u)?;
    for &name in kind.parameters {
        let value = if name.starts_with("dtheta") {
            if same_angle { widths } else { width(u)? }
        } else if name.starts_with("theta") {
            if same_angle { angles } else { angle(u)? }
        } else {
            let stem = name.split('_').next().unwrap_or(name);
            let known = outer.iter().find(|(known, _)| *known == stem).map(|&(_, own)| own);
            let own = match (known, u.int_in_range(0..=3)?) {
                (Some(own), _) => own,
                _ if round => common,
                (None, 0) => size(u)?,
                (None, 1) => common,
                _ => common * share(u)?,
            };
            outer.push((stem, own));
            match name.ends_with("_in") {
                true if scaled => own * scale,
                true => own * share(u)?,
                false => own,
            }
        };
        row.push(value);
    }
    // No hole at all.
    if kind.parameters[0] == "r_in" && u.ratio(1, 6)? {
        row[0] = 0.0;
    }
    Ok(row)
}

/// Corners of a contour, and how far the edge that begins at each bends outwards, per length of it.
pub(crate) type Bent = Vec<([f64; 2], f64)>;

/// An edge as the command that draws it: half of it and its height make the circle, for the sagitta `h` of a chord `2 c` is
/// that of the radius `(c^2 + h^2) / 2 h`.
fn edge([x0, y0]: [f64; 2], [x1, y1]: [f64; 2], bend: f64) -> Command {
    let (dx, dy) = (0.5 * (x1 - x0), 0.5 * (y1 - y0));
    if bend == 0.0 {
        return Command::Line { x: x1, y: y1 };
    }
    // Counter-clockwise, outwards is to the right of the way.
    let share = (1.0 - bend * bend) / (2.0 * bend);
    let (cx, cy) = (x0 + dx - dy * share, y0 + dy + dx * share);
    let (r, theta0) = ((x0 - cx).hypot(y0 - cy), (y0 - cy).atan2(x0 - cx));
    let dtheta = 4.0 * bend.atan();
    Command::Arc { cx, cy, r, theta0, dtheta }
}

/// The commands of a contour.
pub(crate) fn drawn(corners: &Bent) -> Vec<Command> {
    let Some(&([x, y], _)) = corners.first() else { return Vec::new() };
    let next = corners.iter().cycle().skip(1);
    let edges = corners.iter().zip(next).map(|(&(from, bend), &(to, _))| edge(from, to, bend));
    std::iter::once(Command::Move { x, y }).chain(edges).chain([Command::Close]).collect()
}

/// Straight or bent, mostly by little.
fn bend(u: &mut Unstructured<'_>) -> Result<f64> {
    match u.int_in_range(0..=7)? {
        0 => between(u, -0.4, 0.4),
        1 => one_of(u, &[1.0, 0.25, -0.25, 1e-6, 1e-3, 2.0]),
        _ => Ok(0.0),
    }
}

/// Corners around a place, in order of their direction (which never cross), on a grid of half pixels (which may), or
/// anywhere.
fn contour(u: &mut Unstructured<'_>) -> Result<Bent> {
    let n = u.int_in_range(2..=9_usize)?;
    let size = size(u)?;
    let middle = [between(u, -2.0, 2.0)?, between(u, -2.0, 2.0)?];
    match u.int_in_range(0..=3)? {
        0 => (0..n).map(|_| Ok(([half(u, -16, 16)?, half(u, -16, 16)?], bend(u)?))).collect(),
        1 => (0..n).map(|_| Ok(([coordinate(u)?, coordinate(u)?], bend(u)?))).collect(),
        kind => {
            let start = angle(u)?;
            (0..n)
                .map(|k| {
                    let (sin, cos) = (start + TAU * k as f64 / n as f64).sin_cos();
                    let r = if kind == 2 { size } else { size * between(u, 0.2, 1.0)? };
                    Ok(([middle[0] + r * cos, middle[1] + r * sin], bend(u)?))
                })
                .collect()
        }
    }
}

/// A smaller copy of the outline, or another contour.
fn hole(u: &mut Unstructured<'_>, outline: &Bent) -> Result<Vec<Command>> {
    if u.ratio(1, 4)? {
        return Ok(drawn(&contour(u)?));
    }
    let n = outline.len() as f64;
    let middle = [0, 1].map(|axis| outline.iter().map(|(corner, _)| corner[axis]).sum::<f64>() / n);
    let shrink = share(u)?;
    let towards =
        |[x, y]: [f64; 2]| [middle[0] + shrink * (x - middle[0]), middle[1] + shrink * (y - middle[1])];
    Ok(drawn(&outline.iter().map(|&(corner, bend)| (towards(corner), bend)).collect()))
}
