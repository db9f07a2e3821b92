//! Sigma clipping: which values of a sample are its sky.
//!
//! Each round takes the median `m` and the standard deviation `s` (about the mean, divided by `n`) of the values left,
//! and drops those outside `m - kappa s <= v <= m + kappa s`, until nothing is dropped or the rounds are used up. The
//! survivors are all values of the sample within the last bounds, also one that an earlier round had dropped. These
//! are the rules of `astropy.stats.SigmaClip` for an array with `axis=-1`, and the survivors are the same to the pixel.
//!
//! Rounding decides on a value that lies on a bound, and the bound depends on the order in which the standard deviation is
//! summed. So the bounds are first computed in whatever order is fast. A bound computed in two orders differs by at most
//! about `n` roundings of its own magnitude; if no value is that close to a bound ([`DOUBT`], which is wider), any order
//! gives the same survivors. Otherwise all is done again as astropy does it: the median by Wirth's selection, which
//! reorders the values, and plain sums over the values in that order.

use super::rank::Ranks;
use super::summary::{Interval, Outside, Summary};
use super::wirth;
use crate::stop::{Stop, Stopped};

/// Distance of a value from a bound, relative to the bound's terms, below which the order of summation may matter.
const DOUBT: f64 = 1e-12;

/// How a sample is clipped.
///
/// ```
/// use astroapers::photometry::Clip;
///
/// let clip = Clip { sigma: 3.0, maxiters: Some(5) };
/// assert_eq!(clip, Clip::default());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clip {
    /// Half width of the accepted range, in standard deviations.
    pub sigma: f64,
    /// Most rounds; `None` for as many as it takes.
    pub maxiters: Option<u32>,
}

impl Default for Clip {
    fn default() -> Self {
        Self { sigma: 3.0, maxiters: Some(5) }
    }
}

/// Clips samples one after another, in the same memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Clipper {
    ranks: Ranks,
    /// For what has to be done again.
    scratch: Vec<f64>,
}

impl Clipper {
    /// Clip `values`: the interval that holds the survivors and nothing else, and their summary.
    pub(super) fn clip(
        &mut self,
        values: &[f64],
        clip: Option<Clip>,
        stop: &Stop,
    ) -> Result<(Interval, Summary), Stopped> {
        self.ranks.begin();
        match clip {
            Some(clip) if !values.is_empty() => self.rounds(values, clip, stop),
            _ => self.summary(values, Interval::ALL, Outside::default(), stop),
        }
    }

    fn summary(
        &mut self,
        values: &[f64],
        interval: Interval,
        outside: Outside,
        stop: &Stop,
    ) -> Result<(Interval, Summary), Stopped> {
        Ok((interval, Summary::within(values, interval, outside, &mut self.ranks, stop)?))
    }

    fn rounds(&mut self, values: &[f64], clip: Clip, stop: &Stop) -> Result<(Interval, Summary), Stopped> {
        let most = clip.maxiters.unwrap_or(u32::MAX);
        let (mut kept, mut outside) = (Interval::ALL, Outside::default());
        let (_, mut summary) = self.summary(values, kept, outside, stop)?;
        let mut round = 0;
        loop {
            round += 1;
            let width = clip.sigma * summary.variance.sqrt();
            let bounds = Interval { low: summary.median - width, high: summary.median + width };
            let roundings = DOUBT.max(4.0 * f64::EPSILON * values.len() as f64);
            let margin = roundings * (summary.median.abs() + width);
            // Values that were dropped before are looked at again: they may lie within the last bounds.
            let dropped =
                if margin.is_finite() { Outside::clearly(bounds, values, margin, stop)? } else { None };
            let Some(dropped) = dropped else { return self.as_astropy(values, clip, stop) };
            let both = outside.of_both(dropped);
            let settled = both == outside;
            if settled || round >= most {
                if settled && dropped == outside {
                    return Ok((kept, summary));
                }
                return self.summary(values, bounds, dropped, stop);
            }
            (kept, outside) = (kept.intersect(bounds), both);
            (_, summary) = self.summary(values, kept, outside, stop)?;
        }
    }

    /// Clip in astropy's order of summation.
    #[cold]
    fn as_astropy(
        &mut self,
        values: &[f64],
        clip: Clip,
        stop: &Stop,
    ) -> Result<(Interval, Summary), Stopped> {
        Interval::ALL.copy(values, &mut self.scratch, stop)?;
        let bounds = wirth::bounds(&mut self.scratch, clip, stop)?;
        let outside = Outside::of(bounds, values, stop)?;
        self.summary(values, bounds, outside, stop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photometry::select::median;
    use crate::photometry::testing::Numbers;

    fn survivors(values: &[f64], clip: Clip) -> Vec<f64> {
        let mut clipper = Clipper::default();
        let (kept, summary) = clipper.clip(values, Some(clip), &Stop::new()).unwrap();
        let mut kept: Vec<f64> = kept.of(values).collect();
        assert_eq!(summary.n, kept.len());
        kept.sort_by(f64::total_cmp);
        kept
    }

    /// The rules, written down as they are.
    fn by_hand(values: &[f64], clip: Clip) -> Vec<f64> {
        let mut left = values.to_vec();
        let mut bounds = Interval::ALL;
        for _ in 0..clip.maxiters.unwrap_or(1000) {
            let n = left.len() as f64;
            let mean = left.iter().sum::<f64>() / n;
            let std = (left.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
            let centre = median(&left);
            bounds = Interval { low: centre - clip.sigma * std, high: centre + clip.sigma * std };
            left.retain(|&v| bounds.holds(v));
        }
        let mut kept: Vec<f64> = values.iter().copied().filter(|&v| bounds.holds(v)).collect();
        kept.sort_by(f64::total_cmp);
        kept
    }

    #[test]
    fn outliers_go_round_by_round() {
        let mut numbers = Numbers::new(2);
        for trial in 0..300_i32 {
            let mut values: Vec<f64> = (0..40 + trial).map(|_| 100.0 + numbers.normal()).collect();
            values.extend((0..trial / 10).map(|i| 103.0 + 2.0 * f64::from(i)));
            for clip in [
                Clip::default(),
                Clip { sigma: 2.0, maxiters: Some(5) },
                Clip { sigma: 2.5, maxiters: None },
                Clip { sigma: 2.5, maxiters: Some(1) },
            ] {
                assert_eq!(survivors(&values, clip), by_hand(&values, clip));
            }
        }
    }

    #[test]
    fn a_value_on_a_bound_survives() {
        // Median 0, standard deviation 2: the outermost values lie on the bounds.
        let values = [-4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0];
        assert_eq!(survivors(&values, Clip { sigma: 2.0, maxiters: None }), values);
        // and just inside of them they do not
        assert_eq!(survivors(&values, Clip { sigma: 1.999_999, maxiters: None }), [0.0; 6]);
    }

    #[test]
    fn a_dropped_value_may_return_with_the_last_bounds() {
        // Three high values pull the median up, so that -2.6 is dropped first and lies within the bounds at last.
        let mut numbers = Numbers::new(11);
        let found = (0..20_000).any(|_| {
            let mut values: Vec<f64> = (0..12).map(|_| numbers.normal()).collect();
            values.extend([3.0 + numbers.uniform(), 3.5]);
            let clip = Clip { sigma: 1.5, maxiters: Some(3) };
            let kept = survivors(&values, clip);
            assert_eq!(kept, by_hand(&values, clip));
            let mut left = values.clone();
            for _ in 0..3 {
                let one =
                    wirth::bounds(&mut left.clone(), Clip { sigma: 1.5, maxiters: Some(1) }, &Stop::new())
                        .unwrap();
                left.retain(|&v| one.holds(v));
            }
            left.len() < kept.len()
        });
        assert!(found, "the sample never had such a value");
        // So it may when nothing else is dropped any more: without the two of 24 the median is 5 and no longer 10.
        let values = [vec![-2.0], vec![0.0; 50], vec![10.0; 50], vec![24.0; 2]].concat();
        let clip = Clip { sigma: 1.8, maxiters: None };
        assert_eq!(survivors(&values, Clip { maxiters: Some(1), ..clip }), values[1..101]);
        assert_eq!(survivors(&values, clip), values[..101]);
    }

    /// What survives in astropy's order of summation.
    fn as_astropy(values: &[f64], clip: Clip) -> Vec<f64> {
        let bounds = wirth::bounds(&mut values.to_vec(), clip, &Stop::new()).unwrap();
        let mut kept: Vec<f64> = bounds.of(values).collect();
        kept.sort_by(f64::total_cmp);
        kept
    }

    #[test]
    fn values_that_rounding_puts_on_either_side_of_a_bound_survive_as_in_astropy() {
        // Of the pattern below the outermost values lie on the bounds, but for the rounding of what makes numbers of it.
        let pattern = [-4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0];
        let clip = Clip { sigma: 2.0, maxiters: None };
        let (mut numbers, mut clipper, mut fell) = (Numbers::new(51), Clipper::default(), [0; 2]);
        for trial in 0..3000 {
            // Every second bound or so is at 0, where none of its terms is.
            let unit = [1.0, 1e9][trial / 4 % 2];
            let scale = unit * numbers.uniform();
            let level = [unit * 10.0 * numbers.normal(), 0.1, 4.0 * scale, -4.0 * scale][trial % 4];
            // Four others have the same mean and standard deviation, and round the sums.
            let (p, q) = (std::f64::consts::TAU * numbers.uniform()).sin_cos();
            let others = [p, -p, q, -q].map(|v| 8_f64.sqrt() * v);
            let pattern = [&pattern.repeat(1 + trial % 5)[..], &others].concat();
            let values: Vec<f64> = pattern.iter().map(|v| level + scale * v).collect();
            let expected = as_astropy(&values, clip);
            fell[usize::from(expected.len() == values.len())] += 1;
            let (kept, summary) = clipper.clip(&values, Some(clip), &Stop::new()).unwrap();
            let mut kept: Vec<f64> = kept.of(&values).collect();
            kept.sort_by(f64::total_cmp);
            assert_eq!((&kept, summary.n), (&expected, expected.len()), "{level} {scale}");
        }
        assert!(fell[0] > 200 && fell[1] > 200, "{fell:?}");
    }

    #[test]
    fn of_very_many_values_the_order_of_summation_matters_more() {
        // In astropy's order a deviation of 0.1 times 400 000 is off by 5e-12 of itself. The outermost two lie around the bounds.
        let clip = Clip { sigma: 3.0, maxiters: Some(1) };
        let mut values = [-0.1, 0.1].repeat(200_000);
        let bound = 0.3 * (4e5_f64 / (4e5 - 16.0)).sqrt();
        for part in [-2.0, 1.0, 2.0, 3.0, 4.0] {
            let outer = bound * (1.0 + part * 1e-12);
            values.extend([-outer, outer]);
            assert_eq!(survivors(&values, clip).len(), as_astropy(&values, clip).len(), "{part}");
            values.truncate(400_000);
        }
    }

    #[test]
    fn what_is_not_asked_for_is_five_rounds_at_three_deviations() {
        assert_eq!(Clip::default(), Clip { sigma: 3.0, maxiters: Some(5) });
    }

    #[test]
    fn equal_values_all_survive() {
        for value in [0.0, 0.1, 1e300, -7.3e-200] {
            assert_eq!(survivors(&[value; 37], Clip::default()), [value; 37]);
        }
    }

    #[test]
    fn the_order_of_the_values_does_not_matter() {
        let mut numbers = Numbers::new(3);
        let values: Vec<f64> = (0..452).map(|_| (numbers.normal() * 3.0).round()).collect();
        let kept = survivors(&values, Clip::default());
        let mut reversed = values.clone();
        reversed.reverse();
        assert_eq!(survivors(&reversed, Clip::default()), kept);
    }

    #[test]
    fn clipping_can_be_given_up_in_either_order() {
        let stop = Stop::new();
        stop.request();
        for values in [vec![1.0; 100], (0..100).map(|i| f64::from(i * i)).collect()] {
            let clipped = Clipper::default().clip(&values, Some(Clip::default()), &stop);
            assert!(matches!(clipped, Err(Stopped)));
            assert_eq!(wirth::bounds(&mut values.clone(), Clip::default(), &stop).err(), Some(Stopped));
        }
    }
}
