//! The threads that batches run on, and when they are worth it.
//!
//! The pool is this crate's own, never rayon's global one, and it belongs to a process: threads do not survive
//! a fork, and a lock may be copied while held. So pools live in a table of slots, each claimed by one
//! process with one atomic operation. A forked child finds its parent's slot, sees that it is not its own, and
//! claims the next one, whose lock nobody has ever touched. It never waits for anything its parent left behind.
//!
//! A batch has a pool to itself for as long as it takes: of two that are called for at once, from two threads of the
//! caller's, neither waits for the other. Pools are made when they are needed, and kept for the next batch.
//!
//! Nothing set here changes a result, only when it arrives.

use std::ops::Deref;
use std::process;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{ApertureError, Result};

/// Sources from which on a batch runs on the pool, unless told otherwise: waking a thread costs some ten
/// microseconds, which is what this many small apertures cost.
const DEFAULT_PARALLEL_THRESHOLD: usize = 64;

static NUM_THREADS: Setting = Setting::new("ASTROAPERS_NUM_THREADS");
static PARALLEL_THRESHOLD: Setting = Setting::new("ASTROAPERS_PARALLEL_THRESHOLD");

/// The number of threads that a batch is spread over.
///
/// The environment variable `ASTROAPERS_NUM_THREADS` if it is a positive integer, else what the machine offers,
/// until [`set_num_threads`] says otherwise.
///
/// ```
/// assert!(astroapers::pool::num_threads() >= 1);
/// ```
pub fn num_threads() -> usize {
    NUM_THREADS
        .get(|| std::thread::available_parallelism().map_or(1, usize::from))
        .min(rayon::max_num_threads())
}

/// Set the number of threads that a batch is spread over, from the next one on.
///
/// # Errors
/// If `n` is 0.
///
/// ```
/// use astroapers::pool;
///
/// pool::set_num_threads(2)?;
/// assert_eq!(pool::num_threads(), 2);
/// assert_eq!(pool::set_num_threads(0).unwrap_err().to_string(), "n=0 must be at least 1");
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn set_num_threads(n: usize) -> Result<()> {
    NUM_THREADS.set("n", n)
}

/// The number of sources from which on a batch runs on the pool.
///
/// The environment variable `ASTROAPERS_PARALLEL_THRESHOLD` if it is a positive integer, else 64, until
/// [`set_parallel_threshold`] says otherwise. Smaller batches run there too if they turn out to take long.
///
/// ```
/// assert!(astroapers::pool::parallel_threshold() >= 1);
/// ```
pub fn parallel_threshold() -> usize {
    PARALLEL_THRESHOLD.get(|| DEFAULT_PARALLEL_THRESHOLD)
}

/// Set the number of sources from which on a batch runs on the pool.
///
/// # Errors
/// If `threshold` is 0.
///
/// ```
/// use astroapers::pool;
///
/// pool::set_parallel_threshold(100)?;
/// assert_eq!(pool::parallel_threshold(), 100);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn set_parallel_threshold(threshold: usize) -> Result<()> {
    PARALLEL_THRESHOLD.set("threshold", threshold)
}

/// A positive number that is asked for, else in the environment, else a default.
struct Setting {
    variable: &'static str,
    /// 0 as long as nobody has asked.
    value: AtomicUsize,
}

impl Setting {
    const fn new(variable: &'static str) -> Self {
        Self { variable, value: AtomicUsize::new(0) }
    }

    fn get(&self, default: impl Fn() -> usize) -> usize {
        match self.value.load(Ordering::Relaxed) {
            0 => {
                let value = positive(std::env::var(self.variable).ok().as_deref()).unwrap_or_else(default);
                // Whoever sets a number meanwhile wins.
                match self.value.compare_exchange(0, value, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => value,
                    Err(set) => set,
                }
            }
            value => value,
        }
    }

    fn set(&self, name: &str, value: usize) -> Result<()> {
        if value == 0 {
            return Err(ApertureError::Layout(format!("{name}=0 must be at least 1")));
        }
        self.value.store(value, Ordering::Relaxed);
        Ok(())
    }
}

/// The positive integer that a text spells, if it spells one.
fn positive(text: Option<&str>) -> Option<usize> {
    text?.trim().parse().ok().filter(|&value| value > 0)
}

/// How many generations of forked processes can each have a pool; a later one works on the calling thread.
const GENERATIONS: usize = 256;

static SLOTS: [Slot; GENERATIONS] = [const { Slot::new() }; GENERATIONS];

/// Pools that are kept for later; what more there were at a time end with their batches.
const MOST_IDLE: usize = 8;

/// The place of one process.
struct Slot {
    /// The process that claimed it; 0 if none has.
    owner: AtomicU32,
    /// Pools that no batch is on. Touched by the owner alone.
    idle: Mutex<Vec<ThreadPool>>,
}

impl Slot {
    const fn new() -> Self {
        Self { owner: AtomicU32::new(0), idle: Mutex::new(Vec::new()) }
    }

    /// The slot of process `id`: the last one claimed, or the next free one if that is another process's.
    ///
    /// Earlier slots are those of ancestors, even if one of them has the same number.
    fn of(slots: &[Self], id: u32) -> Option<&Self> {
        let mut last = None;
        for slot in slots {
            match slot.owner.load(Ordering::Acquire) {
                0 => {
                    if let Some(last) = last.filter(|last: &&Self| last.owner.load(Ordering::Acquire) == id) {
                        return Some(last);
                    }
                    // If this fails, another thread of this process was faster, and the slot is just as well ours.
                    let _ = slot.owner.compare_exchange(0, id, Ordering::AcqRel, Ordering::Acquire);
                    return Some(slot);
                }
                _ => last = Some(slot),
            }
        }
        last.filter(|last| last.owner.load(Ordering::Acquire) == id)
    }

    /// A pool of `threads` threads that no other batch is on; `None` if the system gives none.
    fn pool(&self, threads: usize) -> Option<Lease<'_>> {
        let kept = {
            let mut idle = self.idle();
            // Those of another size were made before somebody changed their mind.
            idle.retain(|pool| pool.current_num_threads() == threads);
            idle.pop()
        };
        let pool = kept.or_else(|| {
            let name = |i| format!("astroapers-{i}");
            ThreadPoolBuilder::new().num_threads(threads).thread_name(name).build().ok()
        })?;
        Some(Lease { slot: self, pool: Some(pool) })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<ThreadPool>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A pool for one batch, which goes back to where it is from.
pub(crate) struct Lease<'s> {
    slot: &'s Slot,
    /// Until the end.
    pool: Option<ThreadPool>,
}

impl Deref for Lease<'_> {
    type Target = ThreadPool;

    fn deref(&self) -> &ThreadPool {
        self.pool.as_ref().expect("it is given back only when the lease ends")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut idle = self.slot.idle();
        if idle.len() < MOST_IDLE {
            idle.extend(self.pool.take());
        }
    }
}

/// A pool of this process that no other batch is on, with as many threads as wanted.
///
/// `None` if there can be no threads; then the work has to be done by the caller.
pub(crate) fn current() -> Option<Lease<'static>> {
    Slot::of(&SLOTS, process::id())?.pool(num_threads())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_integers_are_numbers_of_threads() {
        for (text, expected) in [
            (Some("3"), Some(3)),
            (Some(" 12 "), Some(12)),
            (Some("0"), None),
            (Some("-1"), None),
            (Some("2.5"), None),
            (Some("many"), None),
            (Some(""), None),
            (None, None),
        ] {
            assert_eq!(positive(text), expected);
        }
    }

    #[test]
    fn a_setting_is_the_default_until_set() {
        static SETTING: Setting = Setting::new("ASTROAPERS_NO_SUCH_VARIABLE");
        assert_eq!(SETTING.get(|| 5), 5);
        SETTING.set("n", 7).unwrap();
        assert_eq!(SETTING.get(|| 5), 7);
        assert!(SETTING.set("n", 0).is_err());
        assert_eq!(SETTING.get(|| 5), 7);
    }

    #[test]
    fn a_process_keeps_its_slot_and_a_child_takes_the_next() {
        let slots = [const { Slot::new() }; 3];
        let place =
            |id| Slot::of(&slots, id).map(|slot| slots.iter().position(|other| std::ptr::eq(slot, other)));
        assert_eq!(place(10), Some(Some(0)));
        assert_eq!(place(10), Some(Some(0)));
        // The parent may have forked with its lock held: the child must not touch it.
        let held = slots[0].idle.lock().unwrap();
        assert_eq!(place(11), Some(Some(1)));
        assert!(Slot::of(&slots, 11).unwrap().pool(1).is_some());
        drop(held);
        // A grandchild that got the number of its dead grandparent has a slot of its own all the same.
        assert_eq!(place(10), Some(Some(2)));
        assert_eq!(place(10), Some(Some(2)));
        // The table is full: no pool.
        assert_eq!(place(12), None);
    }

    #[test]
    fn threads_that_race_for_a_slot_share_one() {
        let slots = [const { Slot::new() }; 4];
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let slot = Slot::of(&slots, 77).unwrap();
                    assert!(std::ptr::eq(slot, &raw const slots[0]));
                });
            }
        });
        assert_eq!(slots[1].owner.load(Ordering::Relaxed), 0);
    }

    /// What tells one pool from another: a thread of it.
    fn worker(pool: &ThreadPool) -> std::thread::ThreadId {
        pool.broadcast(|_| std::thread::current().id())[0]
    }

    #[test]
    fn a_pool_is_kept_until_another_size_is_wanted() {
        let slot = Slot::new();
        let first = worker(&slot.pool(1).unwrap());
        assert_eq!(worker(&slot.pool(1).unwrap()), first);
        let other = slot.pool(2).unwrap();
        assert_eq!(other.current_num_threads(), 2);
        assert!(slot.idle().is_empty());
        drop(other);
        assert_eq!(slot.idle().len(), 1);
    }

    #[test]
    fn batches_at_the_same_time_have_pools_of_their_own() {
        let slot = Slot::new();
        let leases: Vec<_> = (0..MOST_IDLE + 3).map(|_| slot.pool(1).unwrap()).collect();
        let mut workers: Vec<_> = leases.iter().map(|lease| worker(lease)).collect();
        workers.dedup();
        assert_eq!(workers.len(), MOST_IDLE + 3);
        drop(leases);
        assert_eq!(slot.idle().len(), MOST_IDLE);
    }
}
