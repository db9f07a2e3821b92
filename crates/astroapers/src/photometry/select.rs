//! Medians, in the order that numbers have.
//!
//! The median of an even count is the mean of the two middle values, their rounded sum halved, as in NumPy. Only
//! those two values matter: their order among equals and the way they were found cannot be seen in the result.

use std::cmp::Ordering;

use super::rank::Ranks;
use crate::stop::{Stop, Stopped};

/// Ascending; the values are never NaN.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that sorting asks for")]
#[inline]
pub(super) fn ascending(a: &f64, b: &f64) -> Ordering {
    a.partial_cmp(b).unwrap_or(Ordering::Equal)
}

/// The median of values of which none is NaN; NaN of none.
///
/// ```
/// use astroapers::photometry::median;
///
/// assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
/// assert!(median(&[]).is_nan());
/// ```
pub fn median(values: &[f64]) -> f64 {
    // Nobody asks this one to stop.
    Ranks::default().median(values, 0, values.len(), &Stop::new()).unwrap_or(f64::NAN)
}

impl Ranks {
    /// The median of `n` of the values: those that would stand from the place `first` on if all were sorted.
    pub(super) fn median(
        &mut self,
        values: &[f64],
        first: usize,
        n: usize,
        stop: &Stop,
    ) -> Result<f64, Stopped> {
        if n == 0 {
            return Ok(f64::NAN);
        }
        let [lower, upper] = self.find(values, [first + (n - 1) / 2, first + n / 2], stop)?;
        Ok(if n % 2 == 1 { upper } else { middle(lower, upper) })
    }
}

/// The mean of the two middle values.
pub(super) fn middle(lower: f64, upper: f64) -> f64 {
    // Not `f64::midpoint`, which does not overflow where NumPy's sum does.
    #[expect(clippy::manual_midpoint, reason = "the sum is rounded before it is halved")]
    let middle = (lower + upper) / 2.0;
    middle
}

/// The largest of some values; negative infinity of none.
pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(f64::NEG_INFINITY, |largest, &value| if value > largest { value } else { largest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photometry::testing::Numbers;

    #[test]
    fn a_selected_median_is_a_sorted_one() {
        let mut numbers = Numbers::new(1);
        for n in 1..200 {
            let values: Vec<f64> = (0..n).map(|_| (numbers.uniform() * 50.0).floor()).collect();
            let mut sorted = values.clone();
            sorted.sort_by(ascending);
            let expected =
                if n % 2 == 1 { sorted[n / 2] } else { f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]) };
            assert_eq!(median(&values), expected);
        }
    }

    #[test]
    fn two_huge_values_overflow_as_in_numpy() {
        assert_eq!(median(&[f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(median(&[f64::MAX]), f64::MAX);
    }
}
