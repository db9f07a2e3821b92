//! Values of given ranks in samples that are too large to be moved.
//!
//! The bits of a number, with all of them flipped for a negative one and the first for any other, make a whole number
//! in the same order. A histogram of its leading eleven bits tells those of the value of a rank; one of the next eleven, of
//! the values that share the first ones, tells these; and so on. That takes six passes over values that stay where they
//! are, however they are distributed, and it can be stopped after every block of them.

use crate::stop::{Stop, Stopped};

/// Samples of so many values are not moved: twice their memory would be taken, and zeroed, without a look at [`Stop`].
pub(super) const HUGE: usize = 1 << 22;

/// How many bits the histograms tell, one after the other.
const DIGITS: [u32; 6] = [11, 11, 11, 11, 10, 10];

/// A whole number in the order of numbers.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if value.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

/// The number of this key.
fn of_key(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 0 { !key } else { key & !(1 << 63) })
}

/// The values that would stand at two places, the same or neighbours, if all were sorted; none is NaN.
pub(super) fn find(values: &[f64], [lower, upper]: [usize; 2], stop: &Stop) -> Result<[f64; 2], Stopped> {
    let (mut known, mut digits, mut left) = (0, 0, upper);
    for bits in DIGITS {
        let mut counts = vec![0; 1 << bits];
        let last = (1 << bits) - 1;
        let shift = u64::BITS - digits - bits;
        for block in stop.blocks(values) {
            for key in block?.iter().copied().map(key) {
                if key.checked_shr(u64::BITS - digits).unwrap_or(0) == known {
                    counts[(key >> shift) as usize & last] += 1;
                }
            }
        }
        let mut digit = 0;
        while left >= counts[digit] {
            left -= counts[digit];
            digit += 1;
        }
        (known, digits) = (known << bits | digit as u64, digits + bits);
    }
    let value = of_key(known);
    // The first of its equals has a smaller one before it.
    if lower == upper || left > 0 {
        return Ok([value; 2]);
    }
    let mut before = f64::NEG_INFINITY;
    for block in stop.blocks(values) {
        before = block?.iter().copied().filter(|&v| key(v) < known).fold(before, f64::max);
    }
    Ok([before, value])
}

#[cfg(test)]
mod tests {
    use super::super::select::ascending;
    use super::super::testing::Numbers;
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_numbers_and_lead_back() {
        let values =
            [f64::NEG_INFINITY, -1e300, -1.0, -5e-324, -0.0, 0.0, 5e-324, 1.0, 1.5, 1e300, f64::INFINITY];
        assert!(values.map(key).is_sorted());
        assert_eq!(values.map(key).map(of_key).map(f64::to_bits), values.map(f64::to_bits));
    }

    #[test]
    fn values_of_all_ranks_are_found() {
        let mut numbers = Numbers::new(12);
        let shapes: [fn(&mut Numbers) -> f64; 4] = [
            |numbers| numbers.normal(),
            |numbers| (3.0 * numbers.normal()).round(),
            |numbers| 1e308 * numbers.normal(),
            |_| -4.0,
        ];
        for shape in shapes {
            let values: Vec<f64> = (0..99).map(|_| shape(&mut numbers)).collect();
            let mut sorted = values.clone();
            sorted.sort_unstable_by(ascending);
            for i in 0..98 {
                assert_eq!(find(&values, [i, i], &Stop::new()), Ok([sorted[i]; 2]));
                assert_eq!(find(&values, [i, i + 1], &Stop::new()), Ok([sorted[i], sorted[i + 1]]));
            }
        }
    }

    #[test]
    fn it_can_be_stopped() {
        let stop = Stop::new();
        stop.request();
        assert_eq!(find(&[1.0, 2.0], [0, 1], &stop), Err(Stopped));
    }
}
