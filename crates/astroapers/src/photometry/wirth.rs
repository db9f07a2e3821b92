//! Sigma clipping in the order in which `astropy.stats` adds up.
//!
//! The median by Wirth's selection, which reorders the values, and plain sums over the values in that order. Much slower
//! than [`super::clip`], and needed only where rounding decides.

use super::clip::Clip;
use super::select::middle;
use super::summary::Interval;
use crate::stop::{Stop, Stopped};

/// The last bounds. The values are reordered, and those that a round dropped are gone.
pub(super) fn bounds(values: &mut Vec<f64>, clip: Clip, stop: &Stop) -> Result<Interval, Stopped> {
    let mut rounds = 0;
    loop {
        let median = median(values, stop)?;
        let n = values.len() as f64;
        let mean = values.iter().fold(0.0, |sum, value| sum + value) / n;
        let squares = values.iter().fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
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
        stop.check()?;
        let pivot = values[k];
        let (mut i, mut j) = (left, right);
        while i <= j {
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
