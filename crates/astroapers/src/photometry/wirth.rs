//! Sigma clipping in the order in which `astropy.stats` adds up.
//!
//! The median by Wirth's selection, which reorders the values, and plain sums over the values in that order. Much slower
//! than [`super::clip`], and needed only where rounding decides.

use super::clip::Clip;
use super::select::middle;
use super::summary::Interval;
use crate::stop::{BLOCK, Stop, Stopped};

/// The last bounds. The values are reordered, and those that a round dropped are gone.
pub(super) fn bounds(values: &mut Vec<f64>, clip: Clip, stop: &Stop) -> Result<Interval, Stopped> {
    let mut rounds = 0;
    loop {
        let median = median(values, stop)?;
        let n = values.len() as f64;
        let mean = sum(values, stop, |value| value)? / n;
        let squares = sum(values, stop, |value| (value - mean) * (value - mean))?;
        let width = clip.sigma * (squares / n).sqrt();
        let bounds = Interval { low: median - width, high: median + width };
        let before = values.len();
        values.retain(|&value| bounds.holds(value));
        rounds += 1;
        if values.len() == before || values.is_empty() || clip.maxiters.is_some_and(|most| rounds >= most) {
            return Ok(bounds);
        }
    }
}

/// A plain sum over the values in their order.
fn sum(values: &[f64], stop: &Stop, of: impl Fn(f64) -> f64) -> Result<f64, Stopped> {
    stop.blocks(values).try_fold(0.0, |sum, block| Ok(block?.iter().fold(sum, |sum, &value| sum + of(value))))
}

/// The median by Wirth's selection (*Algorithms + Data Structures = Programs*, 1976), which leaves the values in the
/// order that its exchanges give them.
fn median(values: &mut [f64], stop: &Stop) -> Result<f64, Stopped> {
    let n = values.len();
    let upper = select(values, n / 2, stop)?;
    if n % 2 == 1 {
        return Ok(upper);
    }
    Ok(middle(upper, select(values, n / 2 - 1, stop)?))
}

/// The value of rank `k`, by exchanges around the value that is in its place.
fn select(values: &mut [f64], k: usize, stop: &Stop) -> Result<f64, Stopped> {
    // Signed, for the right end steps below the left one.
    let (mut left, mut right) = (0_isize, values.len() as isize - 1);
    let rank = k as isize;
    while left < right {
        let pivot = values[k];
        let (mut i, mut j, mut looked) = (left, right, right - left + 1);
        while i <= j {
            if j - i < looked {
                stop.check()?;
                looked = j - i - BLOCK as isize;
            }
            while values[i as usize] < pivot {
                i += 1;
            }
            while pivot < values[j as usize] {
                j -= 1;
            }
            if i <= j {
                values.swap(i as usize, j as usize);
                i += 1;
                j -= 1;
            }
        }
        if j < rank {
            left = i;
        }
        if rank < i {
            right = j;
        }
    }
    Ok(values[k])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photometry::testing::Numbers;

    #[test]
    fn selection_parts_the_values_at_a_rank() {
        let mut numbers = Numbers::new(41);
        for n in 1..30 {
            for few in [3.0, 1e9] {
                let values: Vec<f64> = (0..n).map(|_| (few * numbers.uniform()).floor()).collect();
                let mut sorted = values.clone();
                sorted.sort_by(f64::total_cmp);
                for k in 0..n {
                    let mut parted = values.clone();
                    assert_eq!(select(&mut parted, k, &Stop::new()), Ok(sorted[k]));
                    assert!(parted[..k].iter().all(|v| *v <= sorted[k]));
                    assert!(parted[k..].iter().all(|v| *v >= sorted[k]));
                }
                let half = middle(sorted[(n - 1) / 2], sorted[n / 2]);
                assert_eq!(median(&mut values.clone(), &Stop::new()), Ok(half));
            }
        }
    }

    #[test]
    fn selection_can_be_given_up() {
        let stop = Stop::new();
        stop.request();
        assert_eq!(select(&mut [2.0, 1.0], 1, &stop), Err(Stopped));
    }

    #[test]
    fn the_exchanges_are_those_of_the_book() {
        // Around 3: 5 and 1 change places, then 4 and 2; 3 stays, and nothing is left to do.
        let mut values = [5.0, 4.0, 3.0, 2.0, 1.0];
        assert_eq!(select(&mut values, 2, &Stop::new()), Ok(3.0));
        assert_eq!(values, [1.0, 2.0, 3.0, 4.0, 5.0]);
        // Around 1: 3 and 1 change places. What is left begins at the place asked for: around 3, 3 and 2 change places.
        let mut values = [3.0, 1.0, 2.0];
        assert_eq!(select(&mut values, 1, &Stop::new()), Ok(2.0));
        assert_eq!(values, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn bounds_are_those_of_the_last_round() {
        // Median 2, mean 4, deviation sqrt(82 / 5); once 12 is gone deviation sqrt(1 / 2) about 2.
        let at = |maxiters| {
            bounds(&mut vec![12.0, 2.0, 1.0, 3.0, 2.0], Clip { sigma: 1.5, maxiters }, &Stop::new()).unwrap()
        };
        let [first, last] = [16.4_f64, 0.5].map(|variance| 1.5 * variance.sqrt());
        assert_eq!(at(Some(1)), Interval { low: 2.0 - first, high: 2.0 + first });
        assert_eq!(at(Some(2)), Interval { low: 2.0 - last, high: 2.0 + last });
        assert_eq!(at(None), at(Some(2)));
        // A limit that nothing survives ends, too.
        let none =
            bounds(&mut vec![0.0, 1.0, 2.0, 3.0], Clip { sigma: 0.1, maxiters: None }, &Stop::new()).unwrap();
        assert!(none.low > 1.0 && none.high < 2.0);
    }
}
