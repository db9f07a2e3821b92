//! How a batch is carried out: inline or on the pool, always ready to stop.
//!
//! A batch below the parallel threshold starts on the calling thread. It stays there as long as it is quick:
//! before each source its cost is estimated from the pixels of its bounding box inside the frame, and now and
//! then a look is taken at the clock. What is left when it turns out not to be quick goes to the pool, as do
//! batches above the threshold. While the pool works, the caller sleeps in slices and asks between them
//! whether to go on; threads look at the flag it raises once per row, so that even one huge aperture stops.
//!
//! Sources are handed out in order, in small chunks, and each result has its own place: neither the number of
//! threads nor the order in which they finish can be seen in the results.

use std::ops::Range;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::ThreadPool;

use super::measure::{COMPANY, singly};
use super::{Batch, Builder, Company, Done, Measure, Source, Tools, order};
use crate::aperture::KeptScratch;
use crate::error::{ApertureError, Result};
use crate::image::Image;
use crate::pool;
use crate::stop::{SLICE, Stop};
use crate::window::Window;

/// How long a batch may keep the calling thread busy without asking.
const INLINE_TIME: Duration = Duration::from_millis(20);

/// The largest cost of one source, in pixels, for which the calling thread is good enough: some 5 ms.
const INLINE_PIXELS: usize = 1 << 22;

/// The cost, in pixels, after which the clock is looked at again: some 0.1 ms.
const PIXELS_PER_LOOK: usize = 1 << 17;

/// The cost of a source without pixels: its shape has to be built.
const SOURCE_COST: usize = 2048;

/// How many inner pixels cost as much as one pixel on the boundary of a difficult shape.
const EDGE_COST: usize = 64;

/// Most sources that a thread takes from the queue at once.
const MAX_CHUNK: usize = 64;

/// How many sources ahead pixels are asked for: memory takes about as long as one small source.
const AHEAD: usize = 2;

/// Most pixels of a source that are asked for one by one; the machine foresees longer rows by itself.
const MOST_FETCHED: usize = 1 << 12;

/// Chunks per thread, so that none waits long for the last one.
const CHUNKS_PER_THREAD: usize = 8;

/// Carries out batches on behalf of a caller who may change their mind.
///
/// ```
/// use astroapers::batch::{Batch, Runner, Shapes};
/// use astroapers::image::Image;
/// use astroapers::{ApertureError, Method, shapes};
///
/// let (data, disc) = (vec![1_u8; 2000 * 2000], shapes::circle(1e6)?);
/// let image = Image::from_slice(&data, 2000, 2000)?;
/// let x = [1000.0; 100_000];
/// let batch = Batch { x: &x, y: &x, shapes: Shapes::Shared(&disc), method: Method::Exact };
/// let mut impatient = || true;
/// let error = batch.sums(&image, &mut Runner { interrupted: &mut impatient }).unwrap_err();
/// assert!(matches!(error, ApertureError::Stopped(_)));
/// # Ok::<(), ApertureError>(())
/// ```
pub struct Runner<'a> {
    /// Called on the calling thread at least every 50 ms while it waits; `true` gives the batch up.
    pub interrupted: &'a mut dyn FnMut() -> bool,
}

impl std::fmt::Debug for Runner<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Runner").finish_non_exhaustive()
    }
}

/// How the sources of a batch are laid out for work.
pub(super) struct Plan<'p> {
    /// Sources per item of the results.
    group: usize,
    /// The image that sources are measured on.
    image: Option<&'p Image<'p>>,
    /// The pixels of each source's bounding box that cost something.
    clip: Window,
    /// Pixels that each source costs whatever its bounding box.
    grid: usize,
}

impl<'p> Plan<'p> {
    /// One item for each source.
    pub(super) const fn of_sources(clip: Window) -> Self {
        Self { group: 1, image: None, clip, grid: 0 }
    }

    /// On this image, whose pixels are fetched while the sources before are being measured.
    pub(super) const fn on(self, image: &'p Image<'p>) -> Self {
        Self { image: Some(image), ..self }
    }

    /// One item for each few sources, in order; the caller joins them.
    pub(super) fn of_parts(n: usize, clip: Window) -> Self {
        Self { group: chunk(n, pool::num_threads()), image: None, clip, grid: 0 }
    }

    /// One item for each few sources, in order; the caller joins them. One for all if one thread is to do it all.
    pub(super) fn of_lists(n: usize, clip: Window) -> Self {
        let parts = Self::of_parts(n, clip);
        if pool::num_threads() == 1 { Self { group: n.max(1), ..parts } } else { parts }
    }

    /// One item for each source, which costs at least the whole of `window`.
    pub(super) fn of_grids(window: Window) -> Self {
        Self { grid: window.nx().saturating_mul(window.ny()), ..Self::of_sources(window) }
    }

    /// Sources per item of the results.
    pub(super) const fn group(&self) -> usize {
        self.group
    }

    /// The number of items for `n` sources.
    pub(super) const fn items(&self, n: usize) -> usize {
        n.div_ceil(self.group)
    }

    /// The estimated cost of a source, in pixels.
    fn cost(&self, source: Option<&Source<'_>>) -> usize {
        let window = match source.map(|source| &source.bbox) {
            Some(Ok(bbox)) => bbox.intersect(self.clip),
            _ => Window::EMPTY,
        };
        let (nx, ny) = (window.nx(), window.ny());
        let edge = nx.saturating_add(ny).saturating_mul(EDGE_COST);
        nx.saturating_mul(ny).saturating_add(edge).saturating_add(self.grid)
    }

    /// Measure every source of the batch with `measure` into its item.
    ///
    /// Each thread has one `state`. `measure` gets its state, the index of the source, the source or `None`
    /// for a row of NaN, its tools, and the item. If it fails, the error of the first source that failed is
    /// returned.
    pub(super) fn run<S, T: Send>(
        &self,
        batch: &Batch<'_>,
        items: &mut [T],
        runner: &mut Runner<'_>,
        state: impl Fn() -> S + Sync,
        measure: impl Fn(&mut S, usize, Option<Source<'_>>, &mut Tools<'_>, &mut T) -> Result<()> + Sync,
    ) -> Result<()> {
        self.run_in_order(batch, None, items, runner, state, singly(measure))
    }

    /// The order in which neighbours in the frame are visited one after another, if it is worth it.
    pub(super) fn order(&self, batch: &Batch<'_>) -> Option<Vec<u32>> {
        order::spatial(batch.x, batch.y, self.clip)
    }

    /// [`Plan::run`] in a given order, which is that of the items, too. If `measure` fails for several
    /// sources, any of their errors is returned.
    pub(super) fn run_in_order<S, T: Send>(
        &self,
        batch: &Batch<'_>,
        order: Option<&[u32]>,
        items: &mut [T],
        runner: &mut Runner<'_>,
        state: impl Fn() -> S + Sync,
        measure: impl Measure<S, T>,
    ) -> Result<()> {
        Job { plan: self, batch, order, state, measure }.run(items, runner)
    }

    /// The same, with neighbours in the frame visited one after another and the items in the batch's own order.
    pub(super) fn run_by_place<S, T: Send + Copy>(
        &self,
        batch: &Batch<'_>,
        items: &mut [T],
        runner: &mut Runner<'_>,
        state: impl Fn() -> S + Sync,
        measure: impl Measure<S, T>,
    ) -> Result<()> {
        let order = self.order(batch);
        self.run_in_order(batch, order.as_deref(), items, runner, state, measure)?;
        if let Some(order) = order {
            let visited = items.to_vec();
            for (&i, item) in order.iter().zip(visited) {
                items[i as usize] = item;
            }
        }
        Ok(())
    }
}

/// A range in pieces of this length, the last of which may be shorter.
fn companies(all: Range<usize>, length: usize) -> impl Iterator<Item = Range<usize>> {
    let end = all.end;
    all.step_by(length).map(move |start| start..end.min(start + length))
}

/// Sources per chunk.
fn chunk(n: usize, threads: usize) -> usize {
    (n / (threads * CHUNKS_PER_THREAD)).clamp(1, MAX_CHUNK)
}

struct Job<'j, 'b, F, G> {
    plan: &'j Plan<'j>,
    batch: &'j Batch<'b>,
    /// The sources in the order in which they are visited; items come in that order, too.
    order: Option<&'j [u32]>,
    state: F,
    measure: G,
}

/// What a thread keeps from source to source.
struct Worker<S> {
    state: S,
    builder: Builder,
    scratch: KeptScratch,
}

impl<F, G> Job<'_, '_, F, G> {
    fn worker<S>(&self) -> Worker<S>
    where
        F: Fn() -> S,
    {
        Worker { state: (self.state)(), builder: Builder::default(), scratch: KeptScratch::take() }
    }

    fn run<S, T: Send>(&self, items: &mut [T], runner: &mut Runner<'_>) -> Result<()>
    where
        F: Fn() -> S + Sync,
        G: Measure<S, T>,
    {
        let n = self.batch.x.len();
        let mut done = 0;
        if n < pool::parallel_threshold() || pool::num_threads() == 1 {
            done = self.inline(items, None)?;
        }
        if done == n {
            return Ok(());
        }
        match pool::current() {
            Some(pool) => self.on_pool(&pool, items, done, runner),
            // No threads to be had: do it here, and ask between two sources.
            None => self.inline(items, Some((done, runner))).map(|_| ()),
        }
    }

    /// The source that is visited as the `k`th.
    #[inline]
    fn source_at(&self, k: usize) -> usize {
        self.order.map_or(k, |order| order[k] as usize)
    }

    /// Ask for the pixels of a source that will be visited soon, up to `end`.
    #[inline]
    fn fetch(&self, k: usize, end: usize) {
        if let Some(image) = self.plan.image
            && k + AHEAD < end
        {
            let window = self.batch.about(self.source_at(k + AHEAD));
            if window.nx().saturating_mul(window.ny()) <= MOST_FETCHED {
                image.fetch(window);
            }
        }
    }

    /// Work on the calling thread, and return how many sources are done.
    ///
    /// Without a runner, stop before the first source that would take long. With one, go on from a given
    /// source to the end and ask it now and then.
    fn inline<S, T>(&self, items: &mut [T], mut asked: Option<(usize, &mut Runner<'_>)>) -> Result<usize>
    where
        F: Fn() -> S,
        G: Measure<S, T>,
    {
        let mut worker = self.worker();
        let stop = Stop::new();
        let (mut clock, mut spent) = (None, 0_usize);
        let n = self.batch.x.len();
        let (first, alone) = (asked.as_ref().map_or(0, |(first, _)| *first), asked.is_none());
        // Whether to leave the rest to others.
        let mut look = |spent: &mut usize| {
            if n > 1 && *spent >= PIXELS_PER_LOOK {
                *spent = 0;
                let since = clock.get_or_insert_with(Instant::now);
                match &mut asked {
                    None => return since.elapsed() > INLINE_TIME,
                    Some((_, runner)) if since.elapsed() > SLICE => {
                        *since = Instant::now();
                        if (runner.interrupted)() {
                            stop.request();
                        }
                    }
                    Some(_) => {}
                }
            }
            false
        };
        for company in companies(first..n, self.company()) {
            if look(&mut spent) {
                return Ok(company.start);
            }
            let own = &mut items[company.start / self.plan.group..];
            let done = self.together(&mut worker, company.clone(), &stop, own)?;
            spent = spent.saturating_add(done.count() * SOURCE_COST);
            for i in done.others(&company) {
                self.fetch(i, n);
                let Worker { state, builder, scratch } = &mut worker;
                let source = self.batch.source(self.source_at(i), builder);
                let cost = self.plan.cost(source.as_ref());
                if (alone && cost > INLINE_PIXELS) || look(&mut spent) {
                    return Ok(i);
                }
                spent = spent.saturating_add(cost).saturating_add(SOURCE_COST);
                stop.check()?;
                let mut tools = Tools { method: self.batch.method, scratch: scratch.get(), stop: &stop };
                let item = &mut items[i / self.plan.group];
                self.measure.one(state, self.source_at(i), source, &mut tools, item)?;
            }
        }
        Ok(n)
    }

    /// How many sources are looked at together.
    fn company<S, T>(&self) -> usize
    where
        G: Measure<S, T>,
    {
        if self.plan.group == 1 && self.measure.is_sociable() { COMPANY } else { 1 }
    }

    /// Measure together what can be of some sources, each of which has its item.
    #[inline]
    fn together<S, T>(
        &self,
        worker: &mut Worker<S>,
        sources: Range<usize>,
        stop: &Stop,
        items: &mut [T],
    ) -> Result<Done>
    where
        G: Measure<S, T>,
    {
        // Where all are measured together nobody else asks.
        stop.check()?;
        if sources.len() < 2 {
            return Ok(Done::default());
        }
        let Worker { state, scratch, .. } = worker;
        let mut tools = Tools { method: self.batch.method, scratch: scratch.get(), stop };
        let company = Company { batch: self.batch, order: self.order, from: sources.start, to: sources.end };
        Ok(self.measure.together(state, &company, &mut tools, items))
    }

    /// Work on the pool, from source `done` on, while the caller waits.
    fn on_pool<S, T: Send>(
        &self,
        pool: &ThreadPool,
        items: &mut [T],
        done: usize,
        runner: &mut Runner<'_>,
    ) -> Result<()>
    where
        F: Fn() -> S + Sync,
        G: Measure<S, T>,
    {
        let group = self.plan.group;
        let n = self.batch.x.len();
        let first = done / group;
        let per_chunk = (chunk(n - done, pool.current_num_threads()) / group).max(1);
        let chunks = items[first..].chunks_mut(per_chunk).enumerate();
        let threads = pool.current_num_threads().min(chunks.len());
        let queue = Mutex::new(Queue { chunks, failure: None });
        let (stop, working) = (Stop::new(), Working::new(threads));
        pool.in_place_scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|_| {
                    let _leave = working.leave();
                    let mut worker = self.worker();
                    while let Some((chunk, items)) = Queue::next(&queue) {
                        let begin = (first + chunk * per_chunk) * group;
                        let all = begin.max(done)..n.min(begin + items.len() * group);
                        for company in companies(all, self.company()) {
                            let own = &mut items[(company.start - begin) / group..];
                            let done = match self.together(&mut worker, company.clone(), &stop, own) {
                                Ok(done) => done,
                                Err(error) => return Queue::fail(&queue, company.start, error),
                            };
                            for i in done.others(&company) {
                                self.fetch(i, n);
                                let item = &mut items[(i - begin) / group];
                                if let Err(error) = self.one(&mut worker, self.source_at(i), &stop, item) {
                                    return Queue::fail(&queue, i, error);
                                }
                            }
                        }
                    }
                });
            }
            while !working.wait(SLICE) {
                if (runner.interrupted)() {
                    stop.request();
                    break;
                }
            }
        });
        let failure = queue.into_inner().unwrap_or_else(PoisonError::into_inner).failure;
        failure.map_or(Ok(()), |(_, error)| Err(error))?;
        // Also if nobody was left who could hear it: who does not want the result must not be told that all is well.
        Ok(stop.check()?)
    }

    fn one<S, T>(&self, worker: &mut Worker<S>, i: usize, stop: &Stop, item: &mut T) -> Result<()>
    where
        G: Measure<S, T>,
    {
        stop.check()?;
        let Worker { state, builder, scratch } = worker;
        let mut tools = Tools { method: self.batch.method, scratch: scratch.get(), stop };
        self.measure.one(state, i, self.batch.source(i, builder), &mut tools, item)
    }
}

/// Chunks of items that nobody has taken yet, and the failure of the first source that failed.
struct Queue<'q, T> {
    chunks: std::iter::Enumerate<std::slice::ChunksMut<'q, T>>,
    failure: Option<(usize, ApertureError)>,
}

impl<'q, T> Queue<'q, T> {
    fn next(queue: &Mutex<Self>) -> Option<(usize, &'q mut [T])> {
        queue.lock().unwrap_or_else(PoisonError::into_inner).chunks.next()
    }

    /// Sources come in order, so what has not been taken yet comes after the failure: nobody need look at it.
    fn fail(queue: &Mutex<Self>, i: usize, error: ApertureError) {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.chunks = [].chunks_mut(1).enumerate();
        if queue.failure.as_ref().is_none_or(|(first, _)| i < *first) {
            queue.failure = Some((i, error));
        }
    }
}

/// How many threads are still at work.
struct Working {
    threads: Mutex<usize>,
    left: Condvar,
}

impl Working {
    const fn new(threads: usize) -> Self {
        Self { threads: Mutex::new(threads), left: Condvar::new() }
    }

    /// A guard that reports the thread's leave, also if it panics.
    fn leave(&self) -> impl Drop {
        struct Leave<'w>(&'w Working);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
                self.0.left.notify_all();
            }
        }
        Leave(self)
    }

    /// Wait until nobody is at work, but not longer than this; `false` if somebody still is.
    fn wait(&self, longest: Duration) -> bool {
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = self.left.wait_timeout_while(threads, longest, |threads| *threads > 0);
        *outcome.unwrap_or_else(PoisonError::into_inner).0 == 0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;
    use crate::aperture::Method;
    use crate::batch::{EVERYWHERE, Shapes};
    use crate::shapes;

    /// Run `measure` for `n` discs of radius `r`, and say how it went.
    fn run(
        n: usize,
        r: f64,
        group: usize,
        interrupted: &mut dyn FnMut() -> bool,
        measure: impl Fn(usize, &Stop) -> Result<()> + Sync,
    ) -> (Result<()>, Vec<Vec<usize>>) {
        let disc = shapes::circle(r).unwrap();
        let x = vec![0.0; n];
        let batch = Batch { x: &x, y: &x, shapes: Shapes::Shared(&disc), method: Method::Exact };
        let plan = Plan { group, ..Plan::of_sources(EVERYWHERE) };
        let mut items = vec![Vec::new(); plan.items(n)];
        let runner = &mut Runner { interrupted };
        let outcome = plan.run(
            &batch,
            &mut items,
            runner,
            || (),
            |(), i, _, tools, item| {
                item.push(i);
                measure(i, tools.stop)
            },
        );
        (outcome, items)
    }

    fn never() -> bool {
        false
    }

    fn on_the_pool() -> bool {
        thread::current().name().is_some_and(|name| name.starts_with("astroapers-"))
    }

    #[test]
    fn every_source_is_measured_once_and_in_its_place() {
        for n in [0, 1, 2, 63, 64, 65, 1000, 10_001] {
            for group in [1, 7, 64] {
                let (outcome, items) = run(n, 1.0, group, &mut never, |_, _| Ok(()));
                assert_eq!(outcome, Ok(()));
                assert!(items.iter().all(|item| item.len() <= group));
                assert_eq!(items.concat(), (0..n).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn few_cheap_sources_stay_on_the_calling_thread() {
        let caller = thread::current().id();
        for n in [1, 63] {
            let (outcome, _) = run(n, 10.0, 1, &mut || panic!("nothing to wait for"), |_, _| {
                assert_eq!(thread::current().id(), caller);
                Ok(())
            });
            assert_eq!(outcome, Ok(()));
        }
    }

    #[test]
    fn many_sources_and_large_ones_go_to_the_pool() {
        for (n, r) in [(64, 1.0), (1, 1e5), (3, 1e9)] {
            // Many cheap ones gain nothing from a pool of one thread.
            let alone = r == 1.0 && pool::num_threads() == 1;
            let (outcome, _) = run(n, r, 1, &mut never, |_, _| {
                assert!(on_the_pool() || alone);
                Ok(())
            });
            assert_eq!(outcome, Ok(()));
        }
    }

    #[test]
    fn what_turns_out_to_be_slow_moves_to_the_pool() {
        let (inline, pooled) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (outcome, items) = run(60, 100.0, 7, &mut never, |_, _| {
            thread::sleep(Duration::from_millis(5));
            if on_the_pool() { &pooled } else { &inline }.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        assert_eq!(outcome, Ok(()));
        assert!(inline.into_inner() > 0 && pooled.into_inner() > 0);
        assert_eq!(items.concat(), (0..60).collect::<Vec<_>>());
    }

    #[test]
    fn the_error_is_that_of_the_first_source_that_fails() {
        for n in [50, 5000] {
            let failing = |i| i % 10 == 3 && i >= n / 2;
            let first = (0..n).find(|&i| failing(i)).unwrap();
            let (outcome, _) = run(n, 1.0, 1, &mut never, |i, _| {
                let error = || ApertureError::Layout(i.to_string());
                // Later sources fail sooner.
                thread::sleep(Duration::from_micros(if i == first { 2000 } else { 0 }));
                if failing(i) { Err(error()) } else { Ok(()) }
            });
            assert_eq!(outcome, Err(ApertureError::Layout(first.to_string())));
        }
    }

    #[test]
    fn a_wish_to_stop_reaches_every_thread() {
        let mut asked = 0;
        let begin = Instant::now();
        let (outcome, items) = run(
            100_000,
            1e5, // dear enough for the pool, even if that is of one thread
            1,
            &mut || {
                asked += 1;
                asked == 2
            },
            |_, stop| {
                // A source that would take ten seconds.
                for _ in 0..10_000 {
                    stop.check()?;
                    thread::sleep(Duration::from_millis(1));
                }
                Ok(())
            },
        );
        assert!(matches!(outcome, Err(ApertureError::Stopped(_))));
        assert_eq!(asked, 2);
        assert!(begin.elapsed() < Duration::from_secs(5));
        assert!(items.concat().len() < 1000);
    }

    /// Measures all sources together, slowly.
    struct Slow;

    impl Measure<(), bool> for Slow {
        fn one(
            &self,
            (): &mut (),
            _: usize,
            _: Option<Source<'_>>,
            _: &mut Tools<'_>,
            _: &mut bool,
        ) -> Result<()> {
            unreachable!("all are done together")
        }

        fn is_sociable(&self) -> bool {
            true
        }

        fn together(
            &self,
            (): &mut (),
            company: &Company<'_>,
            _: &mut Tools<'_>,
            items: &mut [bool],
        ) -> Done {
            thread::sleep(Duration::from_millis(5));
            let mut done = Done::default();
            for (k, item) in items.iter_mut().enumerate().take(company.len()) {
                *item = true;
                done.set(k);
            }
            done
        }
    }

    #[test]
    fn a_wish_to_stop_is_heard_between_sources_that_are_measured_together() {
        let disc = shapes::circle(1.0).unwrap();
        let x = vec![0.0; 64_000];
        let batch = Batch { x: &x, y: &x, shapes: Shapes::Shared(&disc), method: Method::Exact };
        let mut items = vec![false; x.len()];
        let runner = &mut Runner { interrupted: &mut || true };
        let outcome =
            Plan::of_sources(EVERYWHERE).run_in_order(&batch, None, &mut items, runner, || (), Slow);
        assert!(matches!(outcome, Err(ApertureError::Stopped(_))));
        let done = items.iter().filter(|&&done| done).count();
        assert!(0 < done && done < items.len() / 2, "{done} of {}", items.len());
    }

    #[test]
    fn a_wish_to_stop_is_not_forgotten_if_the_work_ends_meanwhile() {
        let (outcome, items) = run(1, 1e5, 1, &mut || true, |_, _| {
            thread::sleep(3 * SLICE);
            Ok(())
        });
        assert_eq!(items, [[0]]);
        assert!(matches!(outcome, Err(ApertureError::Stopped(_))));
    }

    #[test]
    fn the_caller_is_asked_at_least_every_slice_and_wakes_at_the_end() {
        let mut asked = 0;
        let begin = Instant::now();
        let (outcome, _) = run(
            1,
            1e5,
            1,
            &mut || {
                asked += 1;
                false
            },
            |_, _| {
                thread::sleep(Duration::from_millis(330));
                Ok(())
            },
        );
        assert_eq!(outcome, Ok(()));
        let slices = begin.elapsed().as_millis() / SLICE.as_millis();
        assert!((1..=slices).contains(&asked), "asked {asked} times in {slices} slices");
    }

    #[test]
    fn without_threads_the_caller_does_the_work_and_is_asked_between_sources() {
        let disc = shapes::circle(1000.0).unwrap();
        let x = [0.0; 100];
        let batch = Batch { x: &x, y: &x, shapes: Shapes::Shared(&disc), method: Method::Exact };
        for (patience, expected) in [(usize::MAX, 100), (2, 40)] {
            let mut asked = 0;
            let mut interrupted = || {
                asked += 1;
                asked >= patience
            };
            let plan = Plan::of_sources(EVERYWHERE);
            let measure = |(): &mut (), _, _: Option<Source<'_>>, _: &mut Tools<'_>, item: &mut bool| {
                thread::sleep(Duration::from_millis(4));
                *item = true;
                Ok(())
            };
            let job = Job { plan: &plan, batch: &batch, order: None, state: || (), measure: singly(measure) };
            let mut items = [false; 100];
            let outcome = job.inline(&mut items, Some((10, &mut Runner { interrupted: &mut interrupted })));
            let done = items.iter().filter(|&&done| done).count();
            assert!(items[..10].iter().all(|&done| !done));
            assert!(done <= expected - usize::from(patience > 2) * 10);
            assert_eq!(outcome.is_ok(), patience > 2);
        }
    }

    #[test]
    fn a_panic_in_a_thread_ends_the_wait_and_reaches_the_caller() {
        let panics = std::panic::catch_unwind(|| {
            run(100, 1.0, 1, &mut never, |i, _| {
                assert_ne!(i, 70, "on purpose");
                Ok(())
            })
        });
        assert!(panics.is_err());
        // And the pool still works.
        assert_eq!(run(100, 1.0, 1, &mut never, |_, _| Ok(())).0, Ok(()));
    }
}
