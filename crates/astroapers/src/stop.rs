//! Cancellation: a flag that the caller raises and every rasteriser looks at once per row.

use std::sync::atomic::{AtomicBool, Ordering};

/// A request to stop, shared between the thread that waits and the threads that work.
///
/// ```
/// use astroapers::{Stop, Stopped};
///
/// let stop = Stop::new();
/// assert_eq!(stop.check(), Ok(()));
/// stop.request();
/// assert_eq!(stop.check(), Err(Stopped));
/// ```
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

/// The work was given up because somebody asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Stopped;

impl Stop {
    /// A flag that nobody has raised yet.
    pub const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Ask all who share this flag to stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// `Err(Stopped)` once [`Stop::request`] was called.
    ///
    /// # Errors
    /// [`Stopped`], to be passed on with `?`.
    pub fn check(&self) -> Result<(), Stopped> {
        if self.0.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }
}
