//! One number for the sky: the statistics of what clipping has left.

use super::mmm;
use super::rank::Ranks;
use super::summary::{Interval, Summary};
use crate::stop::{Stop, Stopped};

/// How the level of the sky is estimated from the pixels that survive the clipping.
///
/// ```
/// use astroapers::photometry::Statistic;
///
/// assert_eq!(Statistic::named("median"), Some(Statistic::Median));
/// assert_eq!(Statistic::Mode.name(), "mode");
/// assert_eq!(Statistic::named("average"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// The median; the mean of the two middle values of an even count.
    Median,
    /// The mean.
    Mean,
    /// Pearson's mode, `3 median - 2 mean`.
    Mode,
    /// DAOPHOT's mode (Stetson 1987, PASP 99, 191), which rejects on its own; the median of fewer than 20 values.
    Mmm,
    /// `2.5 median - 1.5 mean`, or the median where the two differ by 0.3 standard deviations (Bertin & Arnouts 1996,
    /// A&AS 117, 393).
    Sextractor,
    /// Tukey's biweight, one step from the median with c = 6 (Beers, Flynn & Gebhardt 1990, AJ 100, 32).
    Biweight,
    /// The median of quantised values, ties spread evenly over their step.
    MedianInterp,
}

/// The skewness, |mean - median| over the standard deviation, from which the mode is not to be had from these two.
pub(super) const SKEWED: f64 = 0.3;

/// The biweight's cut, in units of the median absolute deviation.
const BIWEIGHT_CUT: f64 = 6.0;

impl Statistic {
    /// Every statistic.
    pub const ALL: [Self; 7] = [
        Self::Median,
        Self::Mean,
        Self::Mode,
        Self::Mmm,
        Self::Sextractor,
        Self::Biweight,
        Self::MedianInterp,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::Mean => "mean",
            Self::Mode => "mode",
            Self::Mmm => "mmm",
            Self::Sextractor => "sextractor",
            Self::Biweight => "biweight",
            Self::MedianInterp => "median_interp",
        }
    }

    /// The statistic of this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|statistic| statistic.name() == name)
    }

    /// The level of the values that were `kept`, and the summary of those that it rests on.
    ///
    /// `step` is the quantisation of the values, 0 if there is none; `scratch` is memory to work in.
    pub(super) fn level(
        self,
        values: &[f64],
        (kept, summary): (Interval, Summary),
        step: f64,
        scratch: &mut Vec<f64>,
        stop: &Stop,
    ) -> Result<(f64, Summary), Stopped> {
        let Summary { median, mean, .. } = summary;
        let level = match self {
            Self::Median => median,
            Self::Mean => mean,
            Self::Mode => 3.0 * median - 2.0 * mean,
            Self::Mmm => return mmm_level(values, (kept, summary), step, scratch, stop),
            Self::Sextractor => sextractor(&summary),
            Self::Biweight => biweight(values, kept, median, scratch, stop)?,
            Self::MedianInterp => spread_median(values, kept, &summary, step, stop)?,
        };
        Ok((level, summary))
    }
}

fn mmm_level(
    values: &[f64],
    (kept, summary): (Interval, Summary),
    step: f64,
    sorted: &mut Vec<f64>,
    stop: &Stop,
) -> Result<(f64, Summary), Stopped> {
    kept.copy(values, sorted, stop)?;
    Ok(match mmm::mode(sorted, step, stop)? {
        None => (summary.median, summary),
        Some((mode, range)) => (mode, Summary::of(&sorted[range], stop)?),
    })
}

fn sextractor(summary: &Summary) -> f64 {
    let Summary { median, mean, .. } = *summary;
    // Of equal values mean and median are the same.
    if (mean - median).abs() >= SKEWED * summary.std(0) { median } else { 2.5 * median - 1.5 * mean }
}

/// `m + sum(d u) / sum(u)` with `u = (1 - (d / c MAD)^2)^2` of the deviations `d` below `c MAD`.
fn biweight(
    values: &[f64],
    kept: Interval,
    centre: f64,
    deviations: &mut Vec<f64>,
    stop: &Stop,
) -> Result<f64, Stopped> {
    deviations.clear();
    for block in stop.blocks(values) {
        deviations.extend(kept.of(block?).map(|value| (value - centre).abs()));
    }
    let cut = BIWEIGHT_CUT * Ranks::default().median(deviations, 0, deviations.len(), stop)?;
    if cut == 0.0 {
        return Ok(centre);
    }
    let (mut sum, mut weight) = (0.0, 0.0);
    for block in stop.blocks(values) {
        for value in kept.of(block?) {
            let d = value - centre;
            let u = 1.0 - (d / cut) * (d / cut);
            let u = if u > 0.0 { u * u } else { 0.0 };
            sum += d * u;
            weight += u;
        }
    }
    Ok(centre + sum / weight)
}

/// The median of values that stand for everything within half a step of them.
///
/// Where the cumulative distribution of such bins passes one half: with `c` values below the middle bin and `f` in it, at
/// the fraction `(n / 2 - c) / f` of the bin. If the middle falls between two bins it is halfway between them.
fn spread_median(
    values: &[f64],
    kept: Interval,
    summary: &Summary,
    step: f64,
    stop: &Stop,
) -> Result<f64, Stopped> {
    let Summary { n, median, .. } = *summary;
    if step == 0.0 {
        return Ok(median);
    }
    let (mut below, mut tied) = (0, 0);
    for block in stop.blocks(values) {
        let block = block?;
        below += kept.of(block).filter(|&value| value < median).count();
        tied += kept.of(block).filter(|&value| value == median).count();
    }
    if tied == 0 {
        return Ok(median);
    }
    Ok(median + step * ((n as f64 / 2.0 - below as f64) / tied as f64 - 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photometry::testing::Numbers;

    fn level(statistic: Statistic, values: &[f64], step: f64) -> f64 {
        let summary = Summary::of(values, &Stop::new()).unwrap();
        statistic.level(values, (Interval::ALL, summary), step, &mut Vec::new(), &Stop::new()).unwrap().0
    }

    #[test]
    fn names_are_unique() {
        for statistic in Statistic::ALL {
            assert_eq!(Statistic::named(statistic.name()), Some(statistic));
        }
    }

    #[test]
    fn all_agree_on_equal_values() {
        for statistic in Statistic::ALL {
            for step in [0.0, 1.0] {
                assert_eq!(level(statistic, &[7.0; 30], step), 7.0, "{statistic:?}");
            }
        }
    }

    #[test]
    fn all_move_with_the_values() {
        let mut numbers = Numbers::new(5);
        let values: Vec<f64> = (0..99).map(|_| numbers.normal()).collect();
        let moved: Vec<f64> = values.iter().map(|v| 4.0 * v + 32.0).collect();
        for statistic in Statistic::ALL {
            let expected = 4.0 * level(statistic, &values, 0.0) + 32.0;
            assert!((level(statistic, &moved, 0.0) - expected).abs() < 1e-12, "{statistic:?}");
        }
    }

    #[test]
    fn by_hand() {
        let values = [1.0, 2.0, 2.0, 3.0, 12.0]; // mean 4, median 2, std 4.05
        assert_eq!(level(Statistic::Mean, &values, 0.0), 4.0);
        assert_eq!(level(Statistic::Mode, &values, 0.0), -2.0);
        assert_eq!(level(Statistic::Sextractor, &values, 0.0), 2.0);
        let even = [0.0, 1.0, 2.0, 4.0]; // mean 1.75, median 1.5, std 1.48
        assert_eq!(level(Statistic::Sextractor, &even, 0.0), 1.125);
        // MAD 1, cut 6: the deviations -1, 0, 0, 1 count, 10 does not.
        assert_eq!(level(Statistic::Biweight, &values, 0.0), 2.0);
    }

    #[test]
    fn ties_are_spread_over_their_step() {
        // Two and a half of five values lie below: half a value into the bin of the two twos, which begins at 1.5.
        let expected = 1.5 + 1.5 / 2.0;
        assert_eq!(level(Statistic::MedianInterp, &[1.0, 2.0, 2.0, 3.0, 4.0], 1.0), expected);
        assert_eq!(level(Statistic::MedianInterp, &[1.0, 2.0, 2.0, 3.0, 4.0], 0.0), 2.0);
        // The middle is between two bins.
        assert_eq!(level(Statistic::MedianInterp, &[1.0, 1.0, 4.0, 4.0], 1.0), 2.5);
        assert_eq!(level(Statistic::MedianInterp, &[1.0, 1.0, 3.0, 3.0], 1.0), 2.0);
        // A quarter of a uniform bin: 1 below, 2 in the bin of 4.
        assert_eq!(level(Statistic::MedianInterp, &[2.0, 4.0, 4.0, 4.0], 2.0), 3.0 + 2.0 * (1.0 / 3.0));
    }

    #[test]
    fn the_biweight_by_hand() {
        // Median 0, MAD 1, cut 6: the deviations are 0, 0, 1, 1, 4.
        let weight = |d: f64| (1.0 - d * d / 36.0) * (1.0 - d * d / 36.0);
        let expected = 4.0 * weight(4.0) / (2.0 + 2.0 * weight(1.0) + weight(4.0));
        assert!((level(Statistic::Biweight, &[-1.0, 0.0, 0.0, 1.0, 4.0], 0.0) - expected).abs() < 1e-15);
        // What lies beyond the cut weighs nothing, wherever it lies.
        let with = |far| level(Statistic::Biweight, &[-1.0, 0.0, 0.0, 1.0, 4.0, -2.0, far], 0.0);
        assert_eq!(with(7.0), with(1e6));
    }

    #[test]
    fn sextractor_s_mode_is_the_median_of_skewed_values() {
        // Of zeros and a part p of ones the skewness is sqrt(p / (1 - p)): 0.23 of one in twenty, 0.33 of two.
        let values = |ones| [vec![0.0; 20 - ones], vec![1.0; ones]].concat();
        assert_eq!(level(Statistic::Sextractor, &values(1), 0.0), -1.5 * 0.05);
        assert_eq!(level(Statistic::Sextractor, &values(2), 0.0), 0.0);
        // Mean -5, median -6.5, standard deviation 5, divided by n: the skewness is 0.3.
        assert_eq!(level(Statistic::Sextractor, &[-10.0, -9.0, -7.0, -6.0, -3.0, 5.0], 0.0), -6.5);
        assert_eq!(level(Statistic::Sextractor, &values(18), 0.0), 1.0);
        assert!((level(Statistic::Sextractor, &values(19), 0.0) - (2.5 - 1.5 * 0.95)).abs() < 1e-15);
    }

    #[test]
    fn what_was_clipped_counts_for_no_statistic() {
        let mut numbers = Numbers::new(21);
        let inside: Vec<f64> = (0..60).map(|_| (4.0 * numbers.uniform()).round()).collect();
        let all: Vec<f64> = inside.iter().flat_map(|&value| [value, -7.0, 9.0, 11.0]).collect();
        let kept = Interval { low: 0.0, high: 4.0 };
        let summary = Summary::of(&inside, &Stop::new()).unwrap();
        for statistic in Statistic::ALL {
            for step in [0.0, 1.0] {
                let got =
                    statistic.level(&all, (kept, summary), step, &mut Vec::new(), &Stop::new()).unwrap();
                assert_eq!(
                    got,
                    statistic
                        .level(&inside, (Interval::ALL, summary), step, &mut vec![1e9; 200], &Stop::new())
                        .unwrap(),
                    "{statistic:?}"
                );
            }
        }
    }

    #[test]
    fn daophot_s_mode_says_what_it_rests_on() {
        let values: Vec<f64> = (0..40).map(f64::from).chain([1000.0]).collect();
        let summary = Summary::of(&values, &Stop::new()).unwrap();
        let (mode, rest) = Statistic::Mmm
            .level(&values, (Interval::ALL, summary), 0.0, &mut Vec::new(), &Stop::new())
            .unwrap();
        assert_eq!((rest.n, rest.median, rest.mean), (40, 19.5, 19.5));
        assert!((mode - 19.5).abs() < 1.0);
        // Of few values it is the median, which rests on all.
        let few = Summary::of(&values[22..], &Stop::new()).unwrap();
        let found = Statistic::Mmm
            .level(&values[22..], (Interval::ALL, few), 0.0, &mut Vec::new(), &Stop::new())
            .unwrap();
        assert_eq!(found, (few.median, few));
    }
}
