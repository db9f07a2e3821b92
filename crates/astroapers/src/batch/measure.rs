//! What is done with the sources of a batch, one by one or several together.

use std::ops::Range;

use super::{Batch, Source, Tools};
use crate::error::Result;

/// What is done with the sources of a batch.
pub(super) trait Measure<S, T>: Sync {
    /// Measure source `i`, or a row of NaN if there is none.
    fn one(
        &self,
        state: &mut S,
        i: usize,
        source: Option<Source<'_>>,
        tools: &mut Tools<'_>,
        item: &mut T,
    ) -> Result<()>;

    /// Whether [`Measure::together`] does anything.
    fn is_sociable(&self) -> bool {
        false
    }

    /// Measure what can be measured together of some sources, each of which has its item. The others are measured one by one
    /// afterwards.
    fn together(
        &self,
        _state: &mut S,
        _sources: &Company<'_>,
        _tools: &mut Tools<'_>,
        _items: &mut [T],
    ) -> Done {
        Done::default()
    }
}

/// Measures sources one by one.
pub(super) struct Singly<F>(F);

/// A closure that does what [`Measure::one`] says.
pub(super) const fn singly<S, T, F>(measure: F) -> Singly<F>
where
    F: Fn(&mut S, usize, Option<Source<'_>>, &mut Tools<'_>, &mut T) -> Result<()> + Sync,
{
    Singly(measure)
}

impl<S, T, F> Measure<S, T> for Singly<F>
where
    F: Fn(&mut S, usize, Option<Source<'_>>, &mut Tools<'_>, &mut T) -> Result<()> + Sync,
{
    #[inline(always)]
    fn one(
        &self,
        state: &mut S,
        i: usize,
        source: Option<Source<'_>>,
        tools: &mut Tools<'_>,
        item: &mut T,
    ) -> Result<()> {
        (self.0)(state, i, source, tools, item)
    }
}

/// Most sources that are offered to be measured together.
pub(super) const COMPANY: usize = 64;

/// Some sources in the order of their visit, and those that come after them.
#[derive(Clone, Copy)]
pub(super) struct Company<'b> {
    pub(super) batch: &'b Batch<'b>,
    /// The order of the visit, if it is not the batch's own.
    pub(super) order: Option<&'b [u32]>,
    /// The first, and the one after the last, as visited; at most [`COMPANY`].
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Company<'_> {
    pub(super) const fn len(&self) -> usize {
        self.to - self.from
    }

    /// Which source is visited as the `k`th of these, or after them.
    #[inline]
    pub(super) fn index(&self, k: usize) -> Option<usize> {
        let k = self.from + k;
        match self.order {
            Some(order) => order.get(k).map(|&i| i as usize),
            None => (k < self.batch.x.len()).then_some(k),
        }
    }
}

/// Which of a [`Company`] are done, counted from its first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Done(u64);

impl Done {
    #[inline]
    pub(super) const fn set(&mut self, k: usize) {
        self.0 |= 1 << k;
    }

    pub(super) const fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Those of some sources that are not done.
    #[inline]
    pub(super) fn others(self, sources: &Range<usize>) -> impl Iterator<Item = usize> + use<> {
        let start = sources.start;
        sources.clone().filter(move |i| self.0 >> (i - start) & 1 == 0)
    }
}
