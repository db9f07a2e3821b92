//! Cancellation: a flag that the caller raises and every rasteriser looks at once per row; and for what is done on the
//! calling thread itself, which nobody else could raise it for, a way to ask the caller now and then.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How long the caller is at most not asked whether to go on.
pub(crate) const SLICE: Duration = Duration::from_millis(50);

/// Steps after which a listener looks at the clock: a millisecond, if they take a quarter of a microsecond.
const STEPS_PER_LOOK: usize = 1 << 12;

/// Items that are sorted at a time: some milliseconds.
const RUN: usize = 1 << 14;

/// Values that are looked at between two looks at [`Stop`]: about a millisecond.
pub(crate) const BLOCK: usize = 1 << 18;

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
        self.0.store(true, Relaxed);
    }

    /// `Err(Stopped)` once [`Stop::request`] was called.
    ///
    /// # Errors
    /// [`Stopped`], to be passed on with `?`.
    pub fn check(&self) -> Result<(), Stopped> {
        if self.0.load(Relaxed) { Err(Stopped) } else { Ok(()) }
    }

    /// Values block by block, before each of which it is asked whether to go on.
    pub(crate) fn blocks<'v>(&self, values: &'v [f64]) -> impl Iterator<Item = Result<&'v [f64], Stopped>> {
        values.chunks(BLOCK).map(|block| self.check().map(|()| block))
    }
}

/// Lets long work on the calling thread ask whether it is still wanted.
///
/// The work counts its steps, each of which takes less than a microsecond; from time to time the clock is looked at, and
/// every 50 ms the caller is asked.
///
/// ```
/// use astroapers::{Listener, Stopped};
///
/// let mut impatient = || true;
/// let mut listener = Listener::new(&mut impatient);
/// let endless = loop {
///     if let Err(stopped) = listener.steps(1) {
///         break stopped;
///     }
/// };
/// assert_eq!(endless, Stopped);
/// ```
pub struct Listener<'a> {
    interrupted: &'a mut dyn FnMut() -> bool,
    asked: Option<Instant>,
    steps: usize,
}

impl std::fmt::Debug for Listener<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Listener").finish_non_exhaustive()
    }
}

impl<'a> Listener<'a> {
    /// One that calls `interrupted`, whose `true` means that the work is not wanted any more.
    pub fn new(interrupted: &'a mut dyn FnMut() -> bool) -> Self {
        Self { interrupted, asked: None, steps: 0 }
    }

    /// Count steps that were done or are to be done next.
    ///
    /// # Errors
    /// [`Stopped`] if the caller was asked and wants no more.
    #[inline]
    pub fn steps(&mut self, n: usize) -> Result<(), Stopped> {
        self.steps = self.steps.saturating_add(n);
        if self.steps < STEPS_PER_LOOK { Ok(()) } else { self.look() }
    }

    #[cold]
    fn look(&mut self) -> Result<(), Stopped> {
        self.steps = 0;
        let now = Instant::now();
        // The first look begins the first slice: short work asks nobody.
        let asked = self.asked.get_or_insert(now);
        if now - *asked < SLICE {
            return Ok(());
        }
        *asked = now;
        if (self.interrupted)() { Err(Stopped) } else { Ok(()) }
    }

    /// `n` times the same, in memory that the system has to be asked for: that takes its time.
    pub(crate) fn filled<T: Clone>(&mut self, n: usize, value: &T) -> Result<Vec<T>, Stopped> {
        let mut all = Vec::with_capacity(n);
        while all.len() < n {
            let more = RUN.min(n - all.len());
            self.steps(more)?;
            all.resize(all.len() + more, value.clone());
        }
        Ok(all)
    }

    /// Sort as [`slice::sort_by`] does, but listen meanwhile.
    pub(crate) fn sort_by<T: Copy>(
        &mut self,
        items: &mut Vec<T>,
        order: impl Fn(&T, &T) -> Ordering,
    ) -> Result<(), Stopped> {
        for run in items.chunks_mut(RUN) {
            self.steps(run.len())?;
            run.sort_by(&order);
        }
        // Merge runs two by two, to and fro between two arrays.
        let (mut length, mut merged) = (RUN, Vec::new());
        while length < items.len() {
            merged.clear();
            merged.reserve(items.len());
            for pair in items.chunks(2 * length) {
                let (mut left, mut right) = pair.split_at(length.min(pair.len()));
                while let (Some(a), Some(b)) = (left.first(), right.first()) {
                    self.steps(1)?;
                    let from = if order(a, b).is_le() { &mut left } else { &mut right };
                    merged.push(from[0]);
                    *from = &from[1..];
                }
                merged.extend_from_slice(left);
                merged.extend_from_slice(right);
            }
            std::mem::swap(items, &mut merged);
            length *= 2;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_work_asks_nobody_and_long_work_every_slice() {
        let mut asked = 0;
        let mut interrupted = || {
            asked += 1;
            asked == 3
        };
        let mut listener = Listener::new(&mut interrupted);
        for _ in 0..1000 {
            assert_eq!(listener.steps(1), Ok(()));
        }
        let begin = Instant::now();
        while listener.steps(STEPS_PER_LOOK).is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(begin.elapsed() >= 3 * SLICE);
        assert_eq!(asked, 3);
    }

    #[test]
    fn a_sort_that_listens_is_stable_and_the_same_as_any_other() {
        for n in [0, 1, RUN - 1, RUN, RUN + 1, 2 * RUN, 5 * RUN + 7] {
            let items: Vec<(u32, usize)> =
                (0..n).map(|i| ((i as u32).wrapping_mul(2_654_435_761) >> 22, i)).collect();
            let (mut sorted, mut wanted) = (items.clone(), items);
            wanted.sort_by_key(|item| item.0);
            Listener::new(&mut || false).sort_by(&mut sorted, |a, b| a.0.cmp(&b.0)).unwrap();
            assert_eq!(sorted, wanted);
        }
    }

    #[test]
    fn memory_of_any_size_is_filled_unless_it_is_given_up() {
        let mut patient = || false;
        let mut listener = Listener::new(&mut patient);
        for n in [0, 1, RUN, 2 * RUN + 1] {
            assert_eq!(listener.filled(n, &7), Ok(vec![7; n]));
        }
        assert_eq!(Listener::new(&mut || true).filled(1 << 26, &[0.5; 4]).err(), Some(Stopped));
    }

    #[test]
    fn a_sort_can_be_given_up() {
        let mut items: Vec<u64> =
            (0..10_000_000_u64).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        assert_eq!(Listener::new(&mut || true).sort_by(&mut items, u64::cmp), Err(Stopped));
    }
}
