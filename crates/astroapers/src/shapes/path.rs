//! Path: an outline drawn with lines and circular arcs, less holes drawn likewise.

use super::check;
use crate::aperture::Aperture;
use crate::contour::Contour;
use crate::error::{ApertureError, Result, number};
use crate::geom::{Frame, Point, Rotation};
use crate::simple;
use crate::stop::Listener;
use crate::wide::Wide;

/// A drawing command; coordinates are offsets from the aperture's position \[pixel\].
///
/// ```
/// use astroapers::shapes::{Command, path};
///
/// let half_disc = [
///     Command::Move { x: 2.0, y: 0.0 },
///     Command::Arc { cx: 0.0, cy: 0.0, r: 2.0, theta0: 0.0, dtheta: std::f64::consts::PI },
///     Command::Close,
/// ];
/// assert!((path(&half_disc, &[])?.area() - 2.0 * std::f64::consts::PI).abs() < 1e-15);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Start a contour here.
    Move {
        /// Column offset.
        x: f64,
        /// Row offset.
        y: f64,
    },
    /// A straight line to here.
    Line {
        /// Column offset.
        x: f64,
        /// Row offset.
        y: f64,
    },
    /// A circular arc that starts where the last command ended.
    Arc {
        /// Column offset of the centre.
        cx: f64,
        /// Row offset of the centre.
        cy: f64,
        /// Radius.
        r: f64,
        /// Angle of the start as seen from the centre \[rad\].
        theta0: f64,
        /// Turn from start to end, positive counter-clockwise \[rad\].
        dtheta: f64,
    },
    /// Close the contour with a straight line, unless it is closed.
    Close,
}

/// Largest gap between the end of one command and the start of an arc, relative to the size.
const GAP: f64 = 1e-9;

/// The inside of an outline, less that of the holes.
///
/// Each contour is a `Move`, lines and arcs, and a `Close`, in either sense of rotation.
///
/// # Errors
/// Contours must be well formed and have at least two edges of some length; an arc must start within 1e-9 of the
/// size from where the last command ended; no contour may cross itself, another one, or share an
/// edge with it; holes must lie inside the outline and apart. They may touch at points.
///
/// ```
/// use astroapers::shapes::{Command, path};
///
/// let triangle = [
///     Command::Move { x: 0.0, y: 0.0 },
///     Command::Line { x: 4.0, y: 0.0 },
///     Command::Line { x: 0.0, y: 3.0 },
///     Command::Close,
/// ];
/// assert_eq!(path(&triangle, &[])?.area(), 6.0);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn path(outline: &[Command], holes: &[Vec<Command>]) -> Result<Aperture> {
    listening(outline, holes, &mut Listener::new(&mut || false))
}

fn listening(outline: &[Command], holes: &[Vec<Command>], listener: &mut Listener<'_>) -> Result<Aperture> {
    let reach = reach(outline.iter().chain(holes.iter().flatten()))?;
    let mut area = Wide::ZERO;
    let mut draw_signed = |commands: &[Command], label: &str, sign: f64| -> Result<Contour> {
        let (contour, own) = draw(commands, label, reach, listener)?.counter_clockwise();
        area = area + own * Wide::new(sign);
        Ok(contour)
    };
    let outline = draw_signed(outline, "segments", 1.0)?;
    let holes: Vec<_> = holes
        .iter()
        .enumerate()
        .map(|(i, hole)| draw_signed(hole, &format!("holes[{i}]"), -1.0))
        .collect::<Result<_>>()?;
    simple::check(&outline, &holes, "the outline", listener)?;
    if area.hi <= 0.0 {
        return Err(ApertureError::Outline("segments: a path must enclose some area".into()));
    }
    Ok(Aperture::with_holes(outline, holes, area))
}

/// A path from one command per row: kinds 0 move, 1 line, 2 arc, 3 close; numbers zero-padded to six.
///
/// The first contour is the outline, further ones are holes.
///
/// # Errors
/// As [`path`]; and `kinds` and `data` must have equal lengths, and kinds be known.
///
/// ```
/// use astroapers::shapes::path_from_arrays;
///
/// let kinds = [0, 2, 3];
/// let half_disc = [[2.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0, 3.0, 0.0], [0.0; 6]];
/// assert!(path_from_arrays(&kinds, &half_disc)?.area() > 5.0);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn path_from_arrays(kinds: &[i8], data: &[[f64; 6]]) -> Result<Aperture> {
    path_while_wanted(kinds, data, &mut Listener::new(&mut || false))
}

/// [`path_from_arrays`] for a caller who may change their mind: to check an outline of many long edges takes the square of
/// their number.
///
/// # Errors
/// As [`path_from_arrays`]; [`ApertureError::Stopped`] if interrupted.
///
/// ```
/// use astroapers::Listener;
/// use astroapers::shapes::path_while_wanted;
///
/// let triangle = [[0.0; 6], [4.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 3.0, 0.0, 0.0, 0.0, 0.0], [0.0; 6]];
/// let mut patient = || false;
/// assert_eq!(path_while_wanted(&[0, 1, 1, 3], &triangle, &mut Listener::new(&mut patient))?.area(), 6.0);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn path_while_wanted(kinds: &[i8], data: &[[f64; 6]], listener: &mut Listener<'_>) -> Result<Aperture> {
    if kinds.len() != data.len() {
        return Err(ApertureError::Layout(format!(
            "kinds and data must have equal lengths, got {} and {}",
            kinds.len(),
            data.len()
        )));
    }
    let mut contours: Vec<Vec<Command>> = Vec::new();
    for (i, (kind, &[x, y, r, theta0, dtheta, _])) in kinds.iter().zip(data).enumerate() {
        let command = match kind {
            0 => Command::Move { x, y },
            1 => Command::Line { x, y },
            2 => Command::Arc { cx: x, cy: y, r, theta0, dtheta },
            3 => Command::Close,
            _ => {
                return Err(ApertureError::Layout(format!(
                    "kinds[{i}]={kind} must be 0 (move), 1 (line), 2 (arc) or 3 (close)"
                )));
            }
        };
        match contours.last_mut() {
            Some(contour) if !matches!(command, Command::Move { .. }) => contour.push(command),
            _ => contours.push(vec![command]),
        }
    }
    let (outline, holes) = contours.split_first().map_or((&[][..], &[][..]), |(o, h)| (&o[..], h));
    listening(outline, holes, listener)
}

/// Largest coordinate; refuses numbers that are none.
fn reach<'a>(commands: impl Iterator<Item = &'a Command>) -> Result<f64> {
    let mut reach = 0.0_f64;
    for command in commands {
        match *command {
            Command::Move { x, y } | Command::Line { x, y } => {
                check::coordinate("x", x)?;
                check::coordinate("y", y)?;
                reach = reach.max(x.abs()).max(y.abs());
            }
            Command::Arc { cx, cy, r, theta0, dtheta } => {
                check::coordinate("cx", cx)?;
                check::coordinate("cy", cy)?;
                check::size("r", r)?;
                check::finite("theta0", theta0)?;
                check::width("|dtheta|", dtheta.abs())?;
                reach = reach.max(cx.abs() + r).max(cy.abs() + r);
            }
            Command::Close => {}
        }
    }
    Ok(reach)
}

fn draw(commands: &[Command], label: &str, reach: f64, listener: &mut Listener<'_>) -> Result<Contour> {
    let refuse = |text: String| Err(ApertureError::Outline(format!("{label}: {text}")));
    let Some((&Command::Move { x, y }, [edges @ .., Command::Close])) = commands.split_first() else {
        return refuse("a contour must start with (\"move\", x, y) and end with (\"close\",)".into());
    };
    let mut contour = Contour::default();
    let start = Point::at(x, y);
    let mut end = start;
    for (i, command) in edges.iter().enumerate() {
        let at = i + 1;
        listener.steps(1)?;
        match *command {
            Command::Line { x, y } => {
                let to = Point::at(x, y);
                if to == end {
                    return refuse(format!(
                        "command {at}: the line to ({}, {}) has no length",
                        number(x),
                        number(y)
                    ));
                }
                contour.line_from(end, to);
                end = to;
            }
            Command::Arc { cx, cy, r, theta0, dtheta } => {
                let frame = Frame::circle(Point::at(cx, cy), Wide::new(r));
                let from = Rotation::by(theta0).direction();
                let to = Rotation::by_wide(Wide::new(theta0) + Wide::new(dtheta)).direction();
                let gap = (frame.point(from) - end).norm().hi;
                if gap > GAP * reach {
                    return refuse(format!(
                        "command {at}: the arc starts {} pixels from where the last command ended",
                        number(gap)
                    ));
                }
                contour.line_from(end, frame.point(from));
                contour.arc(frame, from, to, dtheta);
                end = contour.end().unwrap_or(end);
            }
            Command::Move { .. } | Command::Close => {
                return refuse(format!("command {at}: \"move\" belongs at the start, \"close\" at the end"));
            }
        }
    }
    let last = end - start;
    let edges = edges.len() + usize::from(last.norm().hi > GAP * reach);
    contour.line_from(end, start);
    if edges < 2 {
        return refuse("a contour must have at least two edges".into());
    }
    Ok(contour)
}
