//! Values of given ranks, found by narrowing a bracket around them.
//!
//! A sample of 64 values, sorted in eight columns of eight at once by a network of minima and maxima, tells about where a
//! rank lies: the means of its rows estimate quantiles to a sixteenth (one standard deviation, `sqrt(1/4 / 64)`). A
//! bracket of a seventh to either side misses the rank in one sample of fifty, and holds a third of the values: one
//! pass counts those below it and moves those within together. Two such passes leave some fifty of the 450 pixels of an
//! annulus, among which the ranks are selected. No step branches on a value, which a processor could not foresee.
//! Nothing but time depends on the guess: a bracket that misses is given up, and selection takes its place.
//! Samples that are too large to be moved are counted instead ([`huge`]).

use fearless_simd::f64x8;

use super::huge::{self, HUGE};
use super::list::List;
use super::select::{ascending, largest};
use crate::simd::{Simd, SimdBase, SimdMask, dispatch, level};
use crate::stop::{Stop, Stopped};

/// Columns of a sample, and values in each.
const SIDE: usize = 8;

/// Fewer values than this are selected from as they are.
const FEW: usize = SIDE * SIDE;

/// Half the width of a bracket, as a fraction of all values.
const MARGIN: f64 = 1.0 / 7.0;

/// Sort eight things that can be put in order two by two, by exchanges that do not depend on what they are (Knuth, *The Art of
/// Computer Programming* 3, 5.3.4).
#[inline(always)]
fn sort_eight<T: Copy>(rows: &mut [T; SIDE], in_order: impl Fn(T, T) -> (T, T)) {
    // Written out, so that all stay in registers.
    macro_rules! exchange {
        ($($low:literal $high:literal),*) => {
            $((rows[$low], rows[$high]) = in_order(rows[$low], rows[$high]);)*
        };
    }
    exchange!(0 2, 1 3, 4 6, 5 7);
    exchange!(0 4, 1 5, 2 6, 3 7);
    exchange!(0 1, 2 3, 4 5, 6 7);
    exchange!(2 4, 3 5);
    exchange!(1 4, 3 6);
    exchange!(1 2, 3 4, 5 6);
}

/// Finds values by their ranks, again and again in the same memory.
///
/// What lies near the first ranks asked for is kept, because those asked for next mostly lie there, too.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranks {
    /// Values within a bracket.
    near: List,
    /// How many values lie below it.
    below: usize,
    /// Memory for narrower brackets.
    nearer: [List; 2],
}

impl Ranks {
    /// The next values are others.
    pub(super) fn begin(&mut self) {
        self.near.clear();
    }

    /// The values that would stand at two places, the same or neighbours, if all were sorted. They are the same values
    /// since [`Ranks::begin`], and none is NaN.
    pub(super) fn find(
        &mut self,
        values: &[f64],
        places: [usize; 2],
        stop: &Stop,
    ) -> Result<[f64; 2], Stopped> {
        if values.len() < HUGE { Ok(self.narrow(values, places)) } else { huge::find(values, places, stop) }
    }

    fn narrow(&mut self, values: &[f64], places: [usize; 2]) -> [f64; 2] {
        let Self { near, below, nearer: [one, other] } = self;
        if !(*below <= places[0] && places[1] < *below + near.len()) {
            *below = near.narrow(values, places);
        }
        let mut places = places.map(|place| place - *below);
        let mut n = near.len();
        let below = one.narrow(near.values(), places);
        places = places.map(|place| place - below);
        while one.len() >= FEW && one.len() < n {
            n = one.len();
            let below = other.narrow(one.values(), places);
            places = places.map(|place| place - below);
            std::mem::swap(one, other);
        }
        selected(one.values_mut(), places)
    }
}

/// The values at two places, the same or neighbours, by selection.
fn selected(values: &mut [f64], [lower, upper]: [usize; 2]) -> [f64; 2] {
    let (below, &mut value, _) = values.select_nth_unstable_by(upper, ascending);
    if lower == upper { [value; 2] } else { [largest(below), value] }
}

impl List {
    /// Take the values in a bracket around two places, or all, and return how many lie below.
    fn narrow(&mut self, values: &[f64], places: [usize; 2]) -> usize {
        let n = values.len();
        if n >= FEW {
            self.clear();
            let out = self.room(n);
            let (below, within) = dispatch!(level(), simd => {
                let bracket = bracket(simd, values, places);
                within(simd, values, bracket, out)
            });
            if below <= places[0] && places[1] < below + within {
                self.grow(within);
                return below;
            }
        }
        self.copy(values);
        0
    }
}

/// Two numbers between which values of two places probably lie.
#[inline(always)]
fn bracket<S: Simd>(simd: S, values: &[f64], places: [usize; 2]) -> [f64; 2] {
    let step = (values.len() - SIDE) / (SIDE - 1);
    let row = |i: usize| f64x8::from_slice(simd, &values[i * step..i * step + SIDE]);
    let mut rows = [row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7)];
    sort_eight(&mut rows, |one, other| (one.min(other), one.max(other)));
    let mut sorted = [[0.0; SIDE]; SIDE];
    for i in 0..SIDE {
        rows[i].store_slice(&mut sorted[i]);
    }
    // The row of rank j, from 0, is expected at the quantile (j + 1) / (SIDE + 1).
    let row = |place: usize, side: f64| {
        (place as f64 / values.len() as f64 + side * MARGIN) * (SIDE + 1) as f64 - 1.0
    };
    let mean = |row: usize| f64x8::from_slice(simd, &sorted[row]).reduce_sum() / SIDE as f64;
    let (low, high) = (row(places[0], -1.0), row(places[1], 1.0).ceil());
    [
        if low < 0.0 { f64::NEG_INFINITY } else { mean(low as usize) },
        if high >= SIDE as f64 { f64::INFINITY } else { mean(high as usize) },
    ]
}

/// Move the values within a bracket to `out`, which has room for all and a vector, and return how many are below and within it.
#[inline(always)]
fn within<S: Simd>(simd: S, values: &[f64], [low, high]: [f64; 2], out: &mut [f64]) -> (usize, usize) {
    let lanes = S::f64s::LEN;
    let (mut below, mut n) = (0, 0);
    let mut rest = values;
    // A machine of two lanes has no instruction to move some of them together.
    if lanes > 2 {
        let (least, most) = (S::f64s::splat(simd, low), S::f64s::splat(simd, high));
        let groups = values.chunks_exact(lanes);
        rest = groups.remainder();
        for group in groups {
            let group = S::f64s::from_slice(simd, group);
            let within = group.simd_ge(least) & group.simd_le(most);
            group.compress(within).store_slice(&mut out[n..n + lanes]);
            n += within.to_bitmask().count_ones() as usize;
            below += group.simd_lt(least).to_bitmask().count_ones() as usize;
        }
    }
    for &value in rest {
        out[n] = value;
        n += usize::from(value >= low && value <= high);
        below += usize::from(value < low);
    }
    (below, n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photometry::list::SLACK;
    use crate::photometry::testing::Numbers;
    use crate::simd::Level;

    #[test]
    fn the_network_sorts() {
        // It sorts everything if it sorts zeros and ones.
        for bits in 0..256_u32 {
            let mut values = std::array::from_fn(|i| bits >> i & 1);
            sort_eight(&mut values, |one, other| (one.min(other), one.max(other)));
            assert!(values.is_sorted());
        }
    }

    #[test]
    fn every_level_moves_the_same_values() {
        let mut numbers = Numbers::new(8);
        for n in 0..100 {
            let values: Vec<f64> = (0..n).map(|_| (9.0 * numbers.uniform()).floor()).collect();
            let bracket = [3.0, 5.0];
            let expected: Vec<f64> = values.iter().copied().filter(|v| (3.0..=5.0).contains(v)).collect();
            let below = values.iter().filter(|&&v| v < 3.0).count();
            for level in Level::all() {
                let mut out = vec![f64::NAN; n + SLACK];
                let found = dispatch!(level, simd => within(simd, &values, bracket, &mut out));
                assert_eq!((found, &out[..found.1]), ((below, expected.len()), &expected[..]));
            }
        }
    }

    #[test]
    fn values_of_all_ranks_are_found_in_any_order() {
        let mut numbers = Numbers::new(9);
        let mut ranks = Ranks::default();
        let shapes: [fn(&mut Numbers) -> f64; 6] = [
            |numbers| numbers.normal(),
            |numbers| (3.0 * numbers.normal()).round(),
            |numbers| if numbers.uniform() < 0.5 { -1.0 } else { 7.0 },
            |numbers| numbers.uniform().powi(-9),
            |numbers| 1e308 * numbers.normal(),
            |_| 4.0,
        ];
        for n in [1, 2, 63, 64, 65, 100, 452, 5000] {
            for shape in shapes {
                let mut values: Vec<f64> = (0..n).map(|_| shape(&mut numbers)).collect();
                for sorted_before in [false, true] {
                    if sorted_before {
                        values.sort_unstable_by(ascending);
                    }
                    let mut sorted = values.clone();
                    sorted.sort_unstable_by(ascending);
                    ranks.begin();
                    for _ in 0..20 {
                        let place = ((numbers.uniform() * n as f64) as usize).min(n - 1);
                        let next = (place + usize::from(numbers.uniform() < 0.5)).min(n - 1);
                        assert_eq!(ranks.narrow(&values, [place, next]), [sorted[place], sorted[next]]);
                    }
                }
            }
        }
    }

    #[test]
    fn a_bracket_mostly_holds_its_places_and_a_third_of_the_values() {
        let mut numbers = Numbers::new(10);
        for (n, quantile) in [(100, 0.5), (452, 0.5), (452, 0.3), (452, 0.7), (3001, 0.5)] {
            let (mut held, mut inside) = (0, 0);
            for _ in 0..300 {
                let values: Vec<f64> = (0..n).map(|_| 50.0 + numbers.normal()).collect();
                let place = (quantile * n as f64) as usize;
                let (below, within) = dispatch!(level(), simd => {
                    let bracket = bracket(simd, &values, [place, place + 1]);
                    within(simd, &values, bracket, &mut vec![0.0; n + SLACK])
                });
                held += usize::from(below <= place && place + 1 < below + within);
                inside += within;
            }
            assert!(held >= 285, "{held} of 300 at {quantile} of {n}");
            let fraction = inside as f64 / (300 * n) as f64;
            assert!((0.29..0.38).contains(&fraction), "{fraction} at {quantile} of {n}");
        }
    }

    #[test]
    fn a_bracket_of_the_extremes_is_open() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let bracket = |place| dispatch!(level(), simd => bracket(simd, &values, [place, place]));
        assert!(bracket(0)[0] == f64::NEG_INFINITY && bracket(0)[1] < 50.0);
        assert!(bracket(99)[1] == f64::INFINITY && bracket(99)[0] > 50.0);
    }
}
