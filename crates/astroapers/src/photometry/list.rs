//! Numbers one after another in memory that is kept, and that vectors may write beyond.

/// Room behind the numbers: one vector of the widest kind.
pub(super) const SLACK: usize = 8;

/// Numbers that memory is taken for ahead of time, at most: to fill half a gigabyte takes longer than a caller who does not
/// want it any more should wait.
const MOST_AHEAD: usize = 1 << 23;

/// A list of numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    /// The numbers, and whatever vectors have left behind them.
    memory: Vec<f64>,
    n: usize,
}

impl List {
    pub(super) fn clear(&mut self) {
        self.n = 0;
    }

    pub(super) const fn len(&self) -> usize {
        self.n
    }

    pub(super) fn values(&self) -> &[f64] {
        &self.memory[..self.n]
    }

    pub(super) fn values_mut(&mut self) -> &mut [f64] {
        &mut self.memory[..self.n]
    }

    /// Room for `n` more numbers and [`SLACK`] behind them; [`List::grow`] takes over as many of them as were written.
    #[inline(always)]
    pub(super) fn room(&mut self, n: usize) -> &mut [f64] {
        let end = self.n + n + SLACK;
        if self.memory.len() < end {
            let more = self.memory.len().min(MOST_AHEAD);
            self.memory.resize(end.max(self.memory.len() + more), 0.0);
        }
        &mut self.memory[self.n..end]
    }

    /// Take over the `n` numbers that were written last.
    #[inline(always)]
    pub(super) fn grow(&mut self, n: usize) {
        self.n += n;
    }

    /// These numbers and no others.
    pub(super) fn copy(&mut self, values: &[f64]) {
        self.clear();
        self.room(values.len())[..values.len()].copy_from_slice(values);
        self.grow(values.len());
    }

    /// Keep the numbers from `start` on that are `wanted`, by value and index from there, in their order.
    #[inline(always)]
    pub(super) fn keep(&mut self, start: usize, wanted: impl Fn(usize, f64) -> bool) {
        let mut end = start;
        for i in start..self.n {
            let value = self.memory[i];
            self.memory[end] = value;
            end += usize::from(wanted(i - start, value));
        }
        self.n = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_and_go_in_order() {
        let mut list = List::default();
        list.copy(&[1.0, 2.0]);
        list.room(3)[..3].fill(3.0);
        list.grow(2);
        assert_eq!(list.values(), [1.0, 2.0, 3.0, 3.0]);
        list.keep(1, |i, value| i == 2 || value == 2.0);
        assert_eq!((list.values(), list.len()), (&[1.0, 2.0, 3.0][..], 3));
        list.clear();
        assert!(list.values().is_empty() && list.room(0).len() == SLACK);
    }
}
