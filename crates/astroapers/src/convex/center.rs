//! The centre method for convex shapes: a row's selected pixels lie between the two sides.
//!
//! At the height of a row's centres each side is at one place, a square root away. The pixels whose centres
//! lie between are one run; those between the sides of a hole are taken out of it. Square roots are rounded,
//! and a centre that lies on a side by all that can be told belongs to whom [`crate::sample`] gives it, which decides by
//! exact signs. So wherever a centre comes within [`DOUBT`] of a side the whole aperture is left to it. That is rare,
//! and where it is common, with sizes and positions in whole or half pixels, nothing is lost but time.

use super::Convex;
use super::outline::{Bulge, Link};
use super::rows::Pixels;
use super::scan::ConvexScratch;
use crate::window::Window;

/// How near to a side, relative to the size, a centre is too near to be decided by rounded numbers.
///
/// A few dozen roundings of 1e-16 each lead from the shape to the place; this leaves four digits.
const DOUBT: f64 = 1e-12;

/// The selected pixels of one row: up to two runs.
pub(crate) type Selected = [Pixels; 2];

impl Convex {
    /// The pixels in each row of `window` whose centres lie inside, or `None` where there is doubt.
    ///
    /// Columns and rows are counted from the pixel that holds the position; `offset` is the position's place in that
    /// pixel.
    pub(crate) fn select<'s>(
        &self,
        offset: (f64, f64),
        window: Window,
        scratch: &'s mut ConvexScratch,
    ) -> Option<&'s [Selected]> {
        let rows = window.ny();
        let selected = &mut scratch.selected;
        selected.clear();
        selected.resize(rows, [0..0, 0..0]);
        let reach = self.reach;
        let (mut from, mut to) = ([0_i64; 2], [0_i64; 2]);
        let mut link = [[0_usize; 2]; 2];
        let columns = |x: &Pixels| x.start.max(window.x0)..x.end.min(window.x1).max(x.start.max(window.x0));
        for (row, selected) in (window.y0..window.y1).zip(selected.iter_mut()) {
            let y = row as f64 - offset.1;
            for (o, outline) in self.outlines.iter().enumerate() {
                (from[o], to[o]) = (0, 0);
                if (y - outline.bottom).abs() <= DOUBT * reach || (y - outline.top).abs() <= DOUBT * reach {
                    return None;
                }
                if y < outline.bottom || y > outline.top {
                    continue;
                }
                let side = |links: &[Link], at: &mut usize| {
                    while links[*at].y1 < y {
                        *at += 1;
                    }
                    links[*at].column(y, offset.0, reach)
                };
                let left = side(&outline.left, &mut link[o][0])?;
                let right = side(&outline.right, &mut link[o][1])?;
                (from[o], to[o]) = (left, right);
            }
            *selected = if to[1] > from[1] && self.outlines.len() > 1 {
                [columns(&(from[0]..from[1])), columns(&(to[1]..to[0]))]
            } else {
                [columns(&(from[0]..to[0])), 0..0]
            };
        }
        Some(selected)
    }
}

impl Link {
    /// The first column whose centre lies beyond the link at the height `y`; `None` if one lies on it.
    #[inline(always)]
    fn column(&self, y: f64, offset: f64, reach: f64) -> Option<i64> {
        let chord = &self.x_of_y;
        let d = y - chord.origin;
        let root = ((chord.radius - d) * (chord.radius + d)).max(0.0).sqrt() * chord.half;
        let place = chord.center + chord.tilt * d + root + offset;
        let shifted = place + WHOLE;
        let nearest = shifted - WHOLE;
        let distance = (place - nearest).abs();
        // How far the centre is from the side, not along the row: near the top of an arc these differ.
        let doubt = if self.bulge == Bulge::None {
            distance <= DOUBT * reach.max(1.0) * (1.0 + chord.tilt.abs())
        } else {
            distance * (distance + 2.0 * root.abs()) <= DOUBT * (reach * reach).max(1.0)
        };
        (!doubt).then(|| nearest as i64 + i64::from(place > nearest))
    }
}

/// Adding and subtracting this rounds to whole numbers of either sign.
const WHOLE: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
