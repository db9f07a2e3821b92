//! The mode of a contaminated sky: DAOPHOT's MMM.
//!
//! P. B. Stetson's estimate (1987, PASP 99, 191, section III.B) rests on stars making pixels brighter, never darker. The
//! sorted values are cut symmetrically about the present mode, at Chauvenet's limit for their number, and the mode is
//! estimated anew from what lies within: `3 median - 2 mean` if the median is below the mean, else the mean, for then
//! there is no contamination to speak of. The median is the mean of the central fifth of the values, which is less
//! grainy on quantised data. A step that changes direction is halved, so that the cuts settle.

use std::ops::Range;

use super::huge::HUGE;
use super::select::{ascending, middle};
use crate::stop::{Listener, Stop, Stopped};

/// Fewer values than this say nothing of their mode.
const FEWEST: usize = 20;

/// Rounds after which cuts that still move are given up.
const ROUNDS: usize = 50;

/// Narrowest half width of the accepted range of whole numbers, in steps: Chauvenet's limit is for continuous ones.
const NARROWEST: f64 = 1.5;

/// The mode of some values, and the run of the sorted values that it rests on.
///
/// `None` if there are fewer than 20, or the cuts leave fewer, or they do not settle. `values` are sorted; `step` is the
/// distance of neighbouring values of whole numbers, else 0.
pub(super) fn mode(
    values: &mut Vec<f64>,
    step: f64,
    stop: &Stop,
) -> Result<Option<(f64, Range<usize>)>, Stopped> {
    if values.len() < FEWEST {
        return Ok(None);
    }
    if values.len() < HUGE {
        values.sort_unstable_by(ascending);
    } else {
        Listener::new(&mut || stop.check().is_err()).sort_by(values, ascending)?;
    }
    let n = values.len();
    let centre = middle(values[(n - 1) / 2], values[n / 2]);
    // The lower tail is free of stars: take as much of the upper one to begin with.
    let reach = (centre - values[0]).min(values[n - 1] - centre);
    let mut range = within(values, centre - reach, centre + reach);
    let (mut mean, mut sigma) = mean_and_sigma(&values[range.clone()], centre, stop)?;
    let kept = &values[range.clone()];
    let median = middle(kept[(kept.len() - 1) / 2], kept[kept.len() / 2]);
    let mut mode = estimate(median, mean);
    let (mut damping, mut last_step) = (1.0, 0.0);
    if range.len() < FEWEST {
        return Ok(None);
    }
    for _ in 0..ROUNDS {
        let cut = (chauvenet(range.len()) * sigma + 0.5 * (mean - mode).abs()).max(NARROWEST * step);
        let next = within(values, mode - cut, mode + cut);
        let settled = next == range;
        range = next;
        if range.len() < FEWEST {
            return Ok(None);
        }
        (mean, sigma) = mean_and_sigma(&values[range.clone()], centre, stop)?;
        let change = estimate(central_mean(&values[range.clone()], stop)?, mean) - mode;
        if change * last_step < 0.0 {
            damping *= 0.5;
        }
        mode += damping * change;
        last_step = change;
        if settled {
            return Ok(Some((mode, range)));
        }
    }
    Ok(None)
}

/// The mode of a slightly skewed distribution from its median and mean (Pearson's rule).
fn estimate(median: f64, mean: f64) -> f64 {
    if median < mean { 3.0 * median - 2.0 * mean } else { mean }
}

/// How many standard deviations from the centre less than half a value of `n` normal ones is expected.
///
/// A fit to the normal law in powers of `log10 n`, by Stetson; at least 2.
pub(super) fn chauvenet(n: usize) -> f64 {
    let log = (n as f64).log10();
    ((-0.1042 * log + 1.1695) * log + 0.8895).max(2.0)
}

/// The run of sorted values from `low` to `high`, both included.
fn within(values: &[f64], low: f64, high: f64) -> Range<usize> {
    let first = values.partition_point(|&value| value < low);
    let end = values.partition_point(|&value| value <= high);
    first..end.max(first)
}

/// Mean and standard deviation, computed from deviations from `centre`, near which the values lie.
fn mean_and_sigma(values: &[f64], centre: f64, stop: &Stop) -> Result<(f64, f64), Stopped> {
    let n = values.len() as f64;
    let (mut sum, mut squares) = (0.0, 0.0);
    for block in stop.blocks(values) {
        for value in block? {
            let d = value - centre;
            sum += d;
            squares += d * d;
        }
    }
    let shift = sum / n;
    Ok((centre + shift, (squares / n - shift * shift).max(0.0).sqrt()))
}

/// The mean of the central fifth of sorted values, three or more, as many below the middle as above it.
fn central_mean(values: &[f64], stop: &Stop) -> Result<f64, Stopped> {
    // In ranks from 0; a quarter makes up for the half ranks of even counts.
    let centre = (values.len() - 1) as f64 / 2.0;
    let side = (0.2 * values.len() as f64).round() / 2.0 + 0.25;
    let central = &values[(centre - side).round() as usize..=(centre + side).round() as usize];
    let mut sum = 0.0;
    for block in stop.blocks(central) {
        sum = block?.iter().fold(sum, |sum, value| sum + value);
    }
    Ok(sum / central.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photometry::testing::Numbers;

    fn mode(values: &[f64], step: f64) -> Option<(f64, Range<usize>)> {
        super::mode(&mut values.to_vec(), step, &Stop::new()).unwrap()
    }

    fn central_mean(values: &[f64]) -> f64 {
        super::central_mean(values, &Stop::new()).unwrap()
    }

    #[test]
    fn a_clean_sky_is_found_and_stars_are_left_out() {
        let mut numbers = Numbers::new(4);
        let mut values: Vec<f64> = (0..400).map(|_| 50.0 + 2.0 * numbers.normal()).collect();
        let (clean, _) = mode(&values, 0.0).unwrap();
        assert!((clean - 50.0).abs() < 0.5, "{clean}");
        values.extend((0..60).map(|i| 55.0 + f64::from(i)));
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let (crowded, range) = mode(&values, 0.0).unwrap();
        assert!((crowded - 50.0).abs() < 0.7 && mean > 52.0, "{crowded}, mean {mean}");
        assert!(range.len() < 430);
    }

    #[test]
    fn a_symmetric_sample_has_its_centre_as_mode() {
        let values: Vec<f64> = (-50..=50).map(f64::from).collect();
        assert_eq!(mode(&values, 1.0), Some((0.0, 0..101)));
    }

    #[test]
    fn a_sample_too_large_to_be_sorted_unheard_has_its_mode() {
        let whole = 1001 * (HUGE / 1001 + 1);
        // Mixed, and from the largest to the smallest.
        let mixed: Vec<f64> = (0..whole).map(|i| (i * 389 % 1001) as f64 - 500.0).collect();
        let falling: Vec<f64> = (0..whole).map(|i| 500.0 - (i / (whole / 1001)) as f64).collect();
        for values in [mixed, falling] {
            assert_eq!(mode(&values, 1.0), Some((0.0, 0..whole)));
        }
    }

    #[test]
    fn too_few_values_have_no_mode() {
        assert_eq!(mode(&[], 0.0), None);
        assert_eq!(mode(&[1.0; 19], 0.0), None);
        assert_eq!(mode(&[1.0; 20], 0.0), Some((1.0, 0..20)));
        // As far above the median as below it are 19, though the first cuts would hold all.
        let skewed = [vec![0.0; 8], vec![1.0; 5], vec![2.0; 6], vec![2.05; 6]].concat();
        assert_eq!((mode(&skewed, 0.0), by_hand(&skewed, 0.0)), (None, None));
        // The first cuts leave 19.
        let spiked = [vec![-100.0], (-9..=9).map(f64::from).collect(), vec![100.0]].concat();
        assert_eq!((mode(&spiked, 0.0), by_hand(&spiked, 0.0)), (None, None));
    }

    #[test]
    fn cuts_that_move_for_more_than_fifty_rounds_are_given_up() {
        let skewed = |n: f64, tail: f64| -> Vec<f64> {
            (0..n as i32).map(f64::from).map(|i| i + tail * n * (i / n) * (i / n) * (i / n)).collect()
        };
        // They settle in round 50, and would in round 51.
        let (last, late) = (skewed(424.0, 10.0), skewed(431.0, 11.0));
        assert!(by_hand(&last, 0.0).is_some() && mode(&last, 0.0).is_some());
        assert!(by_hand(&late, 0.0).is_none() && mode(&late, 0.0).is_none());
    }

    #[test]
    fn the_central_fifth_is_symmetric() {
        let values: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(central_mean(&values), 4.5); // 3 to 6
        assert_eq!(central_mean(&values[..9]), 4.0); // 3, 4 and 5
    }

    #[test]
    fn chauvenet_s_limit_follows_the_normal_law() {
        // 1 / (2 n) of a normal sample lies beyond: 1.96 at 10, 2.81 at 100, 3.48 at 1000.
        for (n, limit) in [(10, 2.0), (100, 2.81), (1000, 3.48)] {
            assert!((chauvenet(n) - limit).abs() < 0.03, "{n}");
        }
    }

    /// The rules, written down as they are, over lists that are searched from end to end.
    fn by_hand(values: &[f64], step: f64) -> Option<f64> {
        let mut sky = values.to_vec();
        sky.sort_by(f64::total_cmp);
        let within = |centre: f64, side: f64| -> Vec<f64> {
            sky.iter().copied().filter(|v| centre - side <= *v && *v <= centre + side).collect()
        };
        let median = |v: &[f64]| {
            if v.len() % 2 == 1 { v[v.len() / 2] } else { middle(v[v.len() / 2 - 1], v[v.len() / 2]) }
        };
        let moments = |v: &[f64]| {
            let mean = v.iter().sum::<f64>() / v.len() as f64;
            (mean, (v.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / v.len() as f64).sqrt())
        };
        let pearson = |median: f64, mean: f64| if median < mean { 3.0 * median - 2.0 * mean } else { mean };
        let centre = median(&sky);
        let mut kept = within(centre, (centre - sky[0]).min(sky[sky.len() - 1] - centre));
        let (mut mean, mut sigma) = moments(&kept);
        let (mut mode, mut damping, mut last) = (pearson(median(&kept), mean), 1.0, 0.0);
        for _ in 0..50 {
            if kept.len() < 20 {
                return None;
            }
            let log = (kept.len() as f64).log10();
            let limit = (0.8895 + 1.1695 * log - 0.1042 * log * log).max(2.0);
            let next = within(mode, (limit * sigma + (mean - mode).abs() / 2.0).max(1.5 * step));
            if next.len() < 20 {
                return None;
            }
            let settled = next == kept;
            kept = next;
            (mean, sigma) = moments(&kept);
            // A fifth of the values, half of it to either side of the middle; a quarter of a rank more, then to the nearest.
            let (middle, fifth) = ((kept.len() as f64 - 1.0) / 2.0, (kept.len() as f64 / 5.0).round());
            let central: Vec<f64> = (0..kept.len())
                .filter(|&i| (i as f64 - middle).abs() <= fifth / 2.0 + 0.25 + 0.5)
                .map(|i| kept[i])
                .collect();
            let change = pearson(moments(&central).0, mean) - mode;
            damping *= if change * last < 0.0 { 0.5 } else { 1.0 };
            mode += damping * change;
            last = change;
            if settled {
                return Some(mode);
            }
        }
        None
    }

    #[test]
    fn cuts_are_wider_by_half_of_what_lies_between_mean_and_mode_on_whichever_side_the_mode_is() {
        // The long tail is below: the mode comes to lie above the mean, for some rounds.
        let quarters = [
            -119, -117, -103, -101, -96, -87, -85, -79, -75, -68, -64, -60, -57, -54, -48, -47, -44, -43,
            -41, -41, -38, -37, -33, -31, -30, -28, -27, -27, -27, -26, -26, -25, -24, -22, -21, -20, -16,
            -14, -14, -13, -13, -11, -9, -8, -6, -5, -4, -4, -4, -2, -2, -1, -1, -1,
        ];
        let values = quarters.map(|quarter| 0.25 * f64::from(quarter));
        let (found, expected) = (mode(&values, 0.0).unwrap().0, by_hand(&values, 0.0).unwrap());
        assert!((found - expected).abs() < 1e-9 && (found + 6.213_484).abs() < 1e-6, "{found}, {expected}");
    }

    #[test]
    fn the_rules_are_followed() {
        let (mut numbers, mut settled) = (Numbers::new(31), 0);
        for trial in 0..400 {
            let n = 20 + trial % 83;
            let mut values: Vec<f64> = (0..n).map(|_| 10.0 + numbers.normal()).collect();
            values.extend((0..trial % 17).map(|_| 10.0 + 4.0 * numbers.uniform()));
            let step = [0.0, 0.25, 1.0][trial % 3];
            if step > 0.0 {
                for value in &mut values {
                    *value = (*value / step).round() * step;
                }
            }
            let (got, expected) = (mode(&values, step), by_hand(&values, step));
            match (&got, expected) {
                (Some((mode, range)), Some(expected)) => {
                    assert!((mode - expected).abs() < 1e-9, "{mode} is not {expected}");
                    assert!(range.len() >= FEWEST && range.end <= values.len());
                    settled += 1;
                }
                _ => assert_eq!(got.is_none(), expected.is_none(), "{trial}: {got:?} {expected:?}"),
            }
        }
        assert!(settled > 200, "{settled}");
    }
}
