//! Up to two masks over one frame, read as one.

use super::view::{Mask, Rows};
use crate::error::{ApertureError, Result};
use crate::span::Spans;
use crate::window::Window;

/// No flag in a group: compared with at once.
const CLEAR: [bool; 8] = [false; 8];

/// Whether any flag is set.
#[inline(always)]
fn any_set(flags: &[bool]) -> bool {
    let (groups, rest) = flags.as_chunks();
    groups.iter().any(|group| *group != CLEAR) || rest.contains(&true)
}

/// Call `each` with the index of every flag that is set.
#[inline(always)]
pub(crate) fn each_set(flags: &[bool], mut each: impl FnMut(usize)) {
    let (groups, rest) = flags.as_chunks();
    for (i, group) in groups.iter().enumerate().filter(|&(_, group)| *group != CLEAR) {
        for (k, _) in group.iter().enumerate().filter(|&(_, &flag)| flag) {
            each(CLEAR.len() * i + k);
        }
    }
    let first = flags.len() - rest.len();
    for (k, _) in rest.iter().enumerate().filter(|&(_, &flag)| flag) {
        each(first + k);
    }
}

/// The masks of an image: a masked array brings one, the caller may add another.
///
/// ```
/// use astroapers::image::{Masks, View};
///
/// let bad = [0_u8, 0, 1, 0];
/// let vignetted = [true, false, false, false];
/// let masks = Masks::NONE
///     .with(View::from_slice(&bad, 1, 4)?, (1, 4))?
///     .with(View::from_slice(&vignetted, 1, 4)?, (1, 4))?;
/// let mut flags = [false; 4];
/// assert!(masks.load(0, 0, &mut flags));
/// assert_eq!(flags, [true, false, true, false]);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Masks<'a> {
    first: Option<Mask<'a>>,
    second: Option<Mask<'a>>,
}

impl<'a> Masks<'a> {
    /// No mask at all.
    pub const NONE: Self = Self { first: None, second: None };

    /// These masks and one more, for an image of `shape = (ny, nx)`.
    ///
    /// # Errors
    /// If the mask has another shape, or if there are two masks already.
    ///
    /// ```
    /// use astroapers::image::{Masks, View};
    ///
    /// let mask = View::from_slice(&[false; 4], 2, 2)?;
    /// let two = Masks::NONE.with(mask, (2, 2))?.with(mask, (2, 2))?;
    /// assert_eq!(two.with(mask, (2, 2)).unwrap_err().to_string(), "an image can have at most two masks");
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn with(mut self, mask: Mask<'a>, shape: (usize, usize)) -> Result<Self> {
        if mask.shape() != shape {
            let (got, rule) = (mask.shape(), shape);
            return Err(ApertureError::Layout(format!(
                "mask has shape ({}, {}), but the image has shape ({}, {})",
                got.0, got.1, rule.0, rule.1
            )));
        }
        let place = if self.first.is_none() { &mut self.first } else { &mut self.second };
        if place.is_some() {
            return Err(ApertureError::Layout("an image can have at most two masks".to_owned()));
        }
        *place = Some(mask);
        Ok(self)
    }

    /// Whether there is no mask.
    ///
    /// ```
    /// assert!(astroapers::image::Masks::NONE.is_empty());
    /// ```
    pub const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Set `flags` to whether the pixels `x0, x0 + 1, ...` of row `y` are masked, and return whether any is.
    ///
    /// # Panics
    /// If there are masks and these pixels are not all in them.
    ///
    /// ```
    /// use astroapers::image::Masks;
    ///
    /// let mut flags = [true; 8];
    /// assert!(!Masks::NONE.load(3, 5, &mut flags));
    /// assert_eq!(flags, [false; 8]);
    /// ```
    pub fn load(&self, y: i64, x0: i64, flags: &mut [bool]) -> bool {
        let Some(first) = &self.first else {
            flags.fill(false);
            return false;
        };
        first.load_nonzero(y, x0, flags);
        if let Some(second) = &self.second {
            // A second mask is rare: its flags come over in pieces that fit the stack.
            let mut piece = [false; 64];
            let mut x = x0;
            for flags in flags.chunks_mut(piece.len()) {
                let piece = &mut piece[..flags.len()];
                second.load_nonzero(y, x, piece);
                for (flag, &other) in flags.iter_mut().zip(&*piece) {
                    *flag |= other;
                }
                x += flags.len() as i64;
            }
        }
        any_set(flags)
    }

    /// Whether none of the `n` pixels `x0, x0 + 1, ...` of row `y` is masked, as far as a glance tells; if not, their flags do.
    ///
    /// # Panics
    /// If there are masks and these pixels are not all in them.
    #[inline(always)]
    pub(crate) fn are_plainly_clear(&self, y: i64, x0: i64, n: usize) -> bool {
        let clear = |mask: &Option<Mask<'_>>| mask.as_ref().is_none_or(|mask| mask.is_plainly_zero(y, x0, n));
        clear(&self.first) && clear(&self.second)
    }

    /// Whether none of the pixels of some spans is masked, as far as a glance tells, and these are all spans of an aperture.
    #[inline(always)]
    pub(crate) fn are_clear(&self, spans: Spans<'_>) -> bool {
        if self.is_empty() {
            return true;
        }
        if !spans.all {
            return false;
        }
        for span in spans.list {
            if !self.are_plainly_clear(spans.row(span), spans.column(span), span.n as usize) {
                return false;
            }
        }
        true
    }

    /// The flags of a window as they lie, if there is one mask and its pixels are single bytes without gaps; a byte is set unless it
    /// is 0.
    ///
    /// # Panics
    /// If the window is not all in the mask.
    #[inline(always)]
    pub(crate) fn rows(&self, window: Window) -> Option<Rows<'a, 1>> {
        if self.second.is_some() { None } else { self.first.as_ref()?.rows(window) }
    }

    /// Ask for the flags of a window to be brought near.
    #[inline]
    pub(super) fn fetch(&self, window: Window) {
        for mask in [&self.first, &self.second].into_iter().flatten() {
            mask.fetch(window);
        }
    }

    /// Fail unless every mask has this shape.
    pub(crate) fn fit(&self, shape: (usize, usize)) -> Result<()> {
        [self.first, self.second]
            .into_iter()
            .flatten()
            .try_fold(Self::NONE, |masks, mask| masks.with(mask, shape))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_that_are_set_are_found_wherever_they_are() {
        for n in 0..30 {
            assert!(!any_set(&vec![false; n]));
            for step in 1..=n {
                let flags: Vec<bool> = (1..=n).map(|i| i % step == 0).collect();
                let mut found = Vec::new();
                each_set(&flags, |i| found.push(i));
                assert!(found.into_iter().eq((step - 1..n).step_by(step)), "every {step}th of {n}");
                assert!(any_set(&flags));
            }
        }
    }
}
