//! Median, mean and standard deviation of the values within bounds, and how many there are.
//!
//! Values stay where they are: those outside count as if they were not there, in loops without branches. Sums are added in eight
//! interleaved parts, without fused operations, so that every machine adds the same.

use fearless_simd::f64x8;

use super::rank::Ranks;
use crate::simd::{Select, Simd, SimdBase, SimdMask, dispatch, level};
use crate::stop::{BLOCK, Stop, Stopped};

/// Partial sums.
const LANES: usize = 8;

/// The values from the least to the largest allowed, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Interval {
    /// Of all numbers.
    pub(super) const ALL: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    #[inline(always)]
    pub(super) fn holds(&self, value: f64) -> bool {
        value >= self.low && value <= self.high
    }

    pub(super) fn intersect(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// Put those of the values that lie in it, and no others, into a list.
    pub(super) fn copy(self, values: &[f64], to: &mut Vec<f64>, stop: &Stop) -> Result<(), Stopped> {
        to.clear();
        self.append(values, to, stop)
    }

    /// Append those of the values that lie in it.
    pub(super) fn append(self, values: &[f64], to: &mut Vec<f64>, stop: &Stop) -> Result<(), Stopped> {
        for block in stop.blocks(values) {
            to.extend(self.of(block?));
        }
        Ok(())
    }

    /// Those of the values that lie in it.
    pub(super) fn of(self, values: &[f64]) -> impl Iterator<Item = f64> {
        values.iter().copied().filter(move |&value| self.holds(value))
    }
}

/// Median, mean and standard deviation of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Summary {
    pub(super) n: usize,
    pub(super) median: f64,
    pub(super) mean: f64,
    /// Mean squared deviation from the mean: divided by `n`.
    pub(super) variance: f64,
}

impl Summary {
    /// Of all values. Everything is NaN if there are none.
    pub(super) fn of(values: &[f64], stop: &Stop) -> Result<Self, Stopped> {
        Self::within(values, Interval::ALL, Outside::default(), &mut Ranks::default(), stop)
    }

    /// Of the values in an interval, outside of which lie as many as known.
    ///
    /// Deviations are taken from the median, which lies within one standard deviation of the mean, so that the
    /// difference of the mean square and the squared mean keeps its digits.
    pub(super) fn within(
        values: &[f64],
        interval: Interval,
        outside: Outside,
        ranks: &mut Ranks,
        stop: &Stop,
    ) -> Result<Self, Stopped> {
        let n = outside.left(values);
        let median = ranks.median(values, outside.below, n, stop)?;
        let mut moments = Moments::default();
        for block in stop.blocks(values) {
            let block = block?;
            dispatch!(level(), simd => moments.add(simd, block, interval, median));
        }
        let [sum, squares] = moments.totals();
        let shift = sum / n as f64;
        // Not a number without values; infinite where squares are beyond the numbers there are.
        let spread = squares / n as f64;
        let variance = if spread.is_finite() { (spread - shift * shift).max(0.0) } else { spread };
        Ok(Self { n, median, mean: median + shift, variance })
    }

    /// The standard deviation, divided by `n - ddof` under the root; NaN if that is not positive.
    pub(super) fn std(&self, ddof: usize) -> f64 {
        if self.n <= ddof {
            return f64::NAN;
        }
        (self.variance * (self.n as f64 / (self.n - ddof) as f64)).sqrt()
    }
}

/// Sums of the deviations from a centre and of their squares, for the values in an interval.
#[derive(Clone, Copy, Debug, Default)]
struct Moments([[f64; LANES]; 2]);

// A block ends where a group of lanes does, so that nothing depends on how many blocks there are.
const _: () = assert!(BLOCK.is_multiple_of(LANES));

impl Moments {
    /// Add a block of values.
    #[inline(always)]
    fn add<S: Simd>(&mut self, simd: S, values: &[f64], interval: Interval, centre: f64) {
        let zero = f64x8::splat(simd, 0.0);
        let splat = |value| f64x8::splat(simd, value);
        let (low, high, at) = (splat(interval.low), splat(interval.high), splat(centre));
        let [mut sums, mut squares] = self.0.map(|lanes| f64x8::from_slice(simd, &lanes));
        let (groups, rest) = values.as_chunks::<LANES>();
        for group in groups {
            let group = f64x8::from_slice(simd, group);
            let within = group.simd_ge(low) & group.simd_le(high);
            let d = within.select(group - at, zero);
            sums += d;
            squares += d * d;
        }
        let Self([total, total_squares]) = self;
        sums.store_slice(total);
        squares.store_slice(total_squares);
        for (lane, &value) in rest.iter().enumerate() {
            let d = if interval.holds(value) { value - centre } else { 0.0 };
            total[lane] += d;
            total_squares[lane] += d * d;
        }
    }

    fn totals(&self) -> [f64; 2] {
        self.0.map(|lanes| lanes.iter().sum())
    }
}

/// How many values lie outside an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outside {
    pub(super) below: usize,
    pub(super) above: usize,
}

impl Outside {
    /// How many values are left.
    pub(super) fn left(&self, values: &[f64]) -> usize {
        values.len() - self.below - self.above
    }

    /// Of an interval that is the intersection of two.
    pub(super) fn of_both(self, other: Self) -> Self {
        Self { below: self.below.max(other.below), above: self.above.max(other.above) }
    }

    /// Of any interval; one with a bound of NaN holds nothing.
    pub(super) fn of(interval: Interval, values: &[f64], stop: &Stop) -> Result<Self, Stopped> {
        let (mut inside, mut above) = (0, 0);
        for block in stop.blocks(values) {
            let block = block?;
            inside += interval.of(block).count();
            above += block.iter().filter(|&&value| value > interval.high).count();
        }
        Ok(Self { below: values.len() - inside - above, above })
    }

    /// Of an interval no bound of which lies within `margin` of a value; else `None`.
    pub(super) fn clearly(
        interval: Interval,
        values: &[f64],
        margin: f64,
        stop: &Stop,
    ) -> Result<Option<Self>, Stopped> {
        let Interval { low, high } = interval;
        let borders = [low - margin, low + margin, high - margin, high + margin];
        let mut counts = [0; 4];
        for block in stop.blocks(values) {
            let block = block?;
            let more = dispatch!(level(), simd => count(simd, block, borders));
            counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        }
        let [below, near_low, near_high, above] = counts;
        Ok((below == near_low && near_high == above).then_some(Self { below, above }))
    }
}

/// How many values lie below the first of four borders, up to the second, from the third on, and above the last.
#[inline(always)]
fn count<S: Simd>(simd: S, values: &[f64], borders: [f64; 4]) -> [usize; 4] {
    let [a, b, c, d] = borders.map(|border| S::f64s::splat(simd, border));
    let mut counts = [S::i64s::splat(simd, 0); 4];
    let groups = values.chunks_exact(S::f64s::LEN);
    let rest = groups.remainder();
    for group in groups {
        let group = S::f64s::from_slice(simd, group);
        let beyond = [group.simd_lt(a), group.simd_le(b), group.simd_ge(c), group.simd_gt(d)];
        for (count, beyond) in counts.iter_mut().zip(beyond) {
            // A true lane is -1.
            *count -= beyond.to_vector();
        }
    }
    let [a, b, c, d] = borders;
    let mut totals = counts.map(|count| {
        let mut lanes = [0; LANES];
        count.store_slice(&mut lanes[..S::i64s::LEN]);
        lanes.iter().sum::<i64>() as usize
    });
    for &value in rest {
        let beyond = [value < a, value <= b, value >= c, value > d];
        for (total, beyond) in totals.iter_mut().zip(beyond) {
            *total += usize::from(beyond);
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photometry::testing::Numbers;
    use crate::simd::Level;

    #[test]
    fn a_summary_by_hand() {
        let summary = Summary::of(&[1.0, 2.0, 3.0, 4.0], &Stop::new()).unwrap();
        assert_eq!(summary, Summary { n: 4, median: 2.5, mean: 2.5, variance: 1.25 });
        assert_eq!(summary.std(1), (5.0_f64 / 3.0).sqrt());
        let none = Summary::of(&[], &Stop::new()).unwrap();
        let unknown = [none.median, none.mean, none.variance, none.std(0), none.std(1)];
        assert!(none.n == 0 && unknown.iter().all(|number| number.is_nan()));
    }

    #[test]
    fn a_scatter_beyond_all_numbers_is_infinite_not_zero() {
        for scale in [1e160, 1e200, 1e300] {
            let values = [1.0, 2.0, 3.0, 4.0].map(|value| scale * value);
            let summary = Summary::of(&values, &Stop::new()).unwrap();
            assert_eq!((summary.median, summary.mean), (2.5 * scale, 2.5 * scale));
            assert_eq!(summary.std(1), f64::INFINITY);
        }
        // Equal values have none, of whatever size they are.
        assert_eq!(Summary::of(&[1e300; 4], &Stop::new()).unwrap().variance, 0.0);
    }

    #[test]
    fn values_outside_are_as_if_they_were_not_there() {
        let mut numbers = Numbers::new(12);
        for n in 1..100 {
            let values: Vec<f64> = (0..n).map(|_| (6.0 * numbers.uniform()).floor()).collect();
            let interval = Interval { low: 1.0, high: 4.0 };
            let inside: Vec<f64> = interval.of(&values).collect();
            let outside = Outside::of(interval, &values, &Stop::new()).unwrap();
            assert_eq!(outside.left(&values), inside.len());
            assert_eq!(Outside::clearly(interval, &values, 1.0, &Stop::new()).unwrap(), None);
            let apart = Interval { low: 0.5, high: 4.5 };
            assert_eq!(Outside::clearly(apart, &values, 0.25, &Stop::new()).unwrap(), Some(outside));
            let mut ranks = Ranks::default();
            let (got, expected) = (
                Summary::within(&values, interval, outside, &mut ranks, &Stop::new()).unwrap(),
                Summary::of(&inside, &Stop::new()).unwrap(),
            );
            if !inside.is_empty() {
                // Whole numbers, and few: the sums are exact.
                assert_eq!(got, expected);
            }
        }
    }

    #[test]
    fn every_level_adds_and_counts_the_same() {
        let mut numbers = Numbers::new(13);
        for n in 0..100 {
            let values: Vec<f64> = (0..n).map(|_| numbers.normal()).collect();
            let interval = Interval { low: -1.0, high: 1.5 };
            let found = Level::all().into_iter().map(|level| {
                dispatch!(level, simd => (
                    {
                        let mut moments = Moments::default();
                        moments.add(simd, &values, interval, 0.1);
                        moments.totals()
                    },
                    count(simd, &values, [-1.0, -0.9, 1.0, 1.5])
                ))
            });
            let found: Vec<_> = found.collect();
            assert!(found.iter().all(|one| *one == found[0]));
        }
    }

    #[test]
    fn a_value_within_the_margin_of_a_bound_is_clearly_on_no_side_of_it() {
        let interval = Interval { low: 1.0, high: 4.0 };
        for others in 0..20 {
            let with = |value: f64| {
                let values: Vec<f64> = std::iter::repeat_n(2.5, others).chain([value]).collect();
                Outside::clearly(interval, &values, 0.25, &Stop::new()).unwrap()
            };
            for near in [0.75, 0.9, 1.0, 1.1, 1.25, 3.75, 3.9, 4.0, 4.1, 4.25] {
                assert_eq!(with(near), None, "{near}");
            }
            for (far, below, above) in [(0.7, 1, 0), (1.3, 0, 0), (3.7, 0, 0), (4.3, 0, 1)] {
                assert_eq!(with(far), Some(Outside { below, above }), "{far}");
            }
        }
    }
}
