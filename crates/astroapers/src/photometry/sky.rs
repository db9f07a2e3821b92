//! The sky of one source, from the values of an annulus to a level and its noise.

use super::annulus::{Annulus, Collected, Runs};
use super::clip::{Clip, Clipper};
use super::flags::Flags;
use super::noise::{SkyKnowledge, SkyNoise};
use super::pixels::Pixels;
use super::statistic::{SKEWED, Statistic};
use crate::stop::{Stop, Stopped};

/// The fraction of clipped pixels above which a sky counts as crowded.
const CROWDED: f64 = 0.1;

/// The noise, in steps of the pixel values, below which a sky counts as quantised.
const FINE: f64 = 3.0;

/// How the level of the sky is taken from the pixels of an annulus.
///
/// ```
/// use astroapers::photometry::{Clip, SkyEstimator, Statistic};
///
/// let default = SkyEstimator { statistic: Statistic::Median, clip: Some(Clip::default()), least: 20 };
/// assert_eq!(default, SkyEstimator::default());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SkyEstimator {
    /// The statistic.
    pub statistic: Statistic,
    /// The clipping before it, if any.
    pub clip: Option<Clip>,
    /// Fewer survivors than this are flagged.
    pub least: usize,
}

impl Default for SkyEstimator {
    fn default() -> Self {
        Self { statistic: Statistic::Median, clip: Some(Clip::default()), least: 20 }
    }
}

/// The sky of one source, as reported.
///
/// ```
/// use astroapers::photometry::SkyMeasured;
///
/// assert!(SkyMeasured::UNKNOWN.level.is_nan());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SkyMeasured {
    /// The level.
    pub level: f64,
    /// Standard deviation of the survivors, divided by `n - 1` under the root.
    pub std: f64,
    /// Survivors.
    pub n: usize,
    /// Good pixels that were rejected.
    pub rejected: usize,
}

impl SkyMeasured {
    /// Of no pixels.
    pub const UNKNOWN: Self = Self { level: f64::NAN, std: f64::NAN, n: 0, rejected: 0 };
}

/// What a thread needs to measure one sky after another, in the same memory.
#[derive(Debug)]
pub(crate) struct Observer {
    estimator: SkyEstimator,
    noise: SkyNoise,
    step: f64,
    collected: Collected,
    clipper: Clipper,
    scratch: Vec<f64>,
}

impl Observer {
    /// For pixel values in steps of `step`, 0 for continuous ones.
    pub(crate) fn new(estimator: SkyEstimator, step: f64) -> Self {
        Self {
            estimator,
            noise: SkyNoise::new(estimator.statistic, estimator.clip, step),
            step,
            collected: Collected::default(),
            clipper: Clipper::default(),
            scratch: Vec::new(),
        }
    }

    /// Forget the last annulus.
    pub(crate) fn forget(&mut self, runs: &mut Runs) {
        self.collected.clear();
        runs.clear();
    }

    /// A visitor that collects the pixels of the next annulus.
    pub(crate) fn annulus<'a>(&'a mut self, pixels: &'a Pixels<'a>, runs: &'a mut Runs) -> Annulus<'a> {
        self.forget(runs);
        Annulus::new(pixels, &mut self.collected, runs)
    }

    /// The survivors of what was collected, in the order of the image.
    pub(crate) fn survivors(&mut self, out: &mut Vec<f64>, stop: &Stop) -> Result<(), Stopped> {
        let values = self.collected.values();
        let (kept, _) = self.clipper.clip(values, self.estimator.clip, stop)?;
        kept.append(values, out, stop)
    }

    /// The sky of what was collected; `level`, if given, takes the place of the statistic.
    pub(crate) fn measure(
        &mut self,
        level: Option<f64>,
        stop: &Stop,
    ) -> Result<(SkyMeasured, SkyKnowledge, Flags), Stopped> {
        let mut flags = Flags::NONE;
        let values = self.collected.values();
        let total = values.len();
        let (kept, clipped) = self.clipper.clip(values, self.estimator.clip, stop)?;
        let (own, summary) =
            self.estimator.statistic.level(values, (kept, clipped), self.step, &mut self.scratch, stop)?;
        let level = if total == 0 { f64::NAN } else { level.unwrap_or(own) };
        let (n, std) = (summary.n, summary.std(1));
        let rejected = total - n;
        flags.set(Flags::SKY_NONE, n == 0);
        flags.set(Flags::SKY_FEW, n < self.estimator.least);
        let spread = summary.std(0);
        let skewed = spread > 0.0 && (summary.mean - summary.median).abs() >= SKEWED * spread;
        flags.set(Flags::SKY_CROWDED, skewed || rejected as f64 > CROWDED * total as f64);
        flags.set(Flags::SKY_QUANTIZED, std < FINE * self.step);
        let (pixel, variance) = self.noise.of(std, n);
        let knowledge = SkyKnowledge { level, std, pixel, variance, n: Some(n) };
        Ok((SkyMeasured { level, std, n, rejected }, knowledge, flags))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Image;
    use crate::simd::{dispatch, level};
    use crate::span::SpanVisitor;

    /// The sky of these pixels.
    fn sky(
        estimator: SkyEstimator,
        step: f64,
        values: &[f64],
        given: Option<f64>,
    ) -> (SkyMeasured, SkyKnowledge, Flags) {
        let (mut observer, mut runs) = (Observer::new(estimator, step), Runs::default());
        if !values.is_empty() {
            let image = Image::from_slice(values, 1, values.len()).unwrap();
            let pixels = Pixels::plain(&image);
            let mut annulus = observer.annulus(&pixels, &mut runs);
            dispatch!(level(), simd => annulus.on(simd).full(0, 0, values.len() as i64));
            annulus.finish(&Stop::new()).unwrap();
        }
        observer.measure(given, &Stop::new()).unwrap()
    }

    const UNCLIPPED: SkyEstimator = SkyEstimator { statistic: Statistic::Median, clip: None, least: 1 };

    fn clipped(sigma: f64) -> SkyEstimator {
        SkyEstimator { clip: Some(Clip { sigma, maxiters: None }), ..UNCLIPPED }
    }

    /// So many zeros and so many ones.
    fn zeros_and_ones(zeros: usize, ones: usize) -> Vec<f64> {
        [vec![0.0; zeros], vec![1.0; ones]].concat()
    }

    #[test]
    fn a_sky_by_hand() {
        // Mean 4, squared deviations 9 + 4 + 4 + 1 + 64.
        let values = [1.0, 2.0, 2.0, 3.0, 12.0];
        let (found, knowledge, flags) = sky(UNCLIPPED, 0.0, &values, None);
        assert!((found.std - 20.5_f64.sqrt()).abs() < 1e-14);
        assert_eq!(found, SkyMeasured { level: 2.0, std: found.std, n: 5, rejected: 0 });
        assert_eq!((knowledge.level, knowledge.n, knowledge.pixel), (2.0, Some(5), found.std));
        assert_eq!(flags, Flags::SKY_CROWDED);
        // Clipping takes the 12 away: two of four deviations are 1.
        let (found, _, flags) = sky(clipped(1.5), 0.0, &values, None);
        assert_eq!(found, SkyMeasured { level: 2.0, std: (2.0_f64 / 3.0).sqrt(), n: 4, rejected: 1 });
        assert_eq!(flags, Flags::SKY_CROWDED);
        let (given, _, _) = sky(clipped(1.5), 0.0, &values, Some(7.5));
        assert_eq!(given, SkyMeasured { level: 7.5, ..found });
    }

    #[test]
    fn no_pixels_make_no_sky_even_if_its_level_is_given() {
        for given in [None, Some(3.0)] {
            let (found, knowledge, flags) = sky(SkyEstimator::default(), 0.0, &[], given);
            assert!(found.level.is_nan() && found.std.is_nan() && knowledge.level.is_nan());
            assert_eq!((found.n, found.rejected), (0, 0));
            assert!(flags.has(Flags::SKY_NONE) && flags.has(Flags::SKY_FEW));
        }
        let (_, _, flags) = sky(UNCLIPPED, 0.0, &[4.0], None);
        assert!(!flags.has(Flags::SKY_NONE));
    }

    #[test]
    fn fewer_survivors_than_asked_for_are_few() {
        for (least, few) in [(7, false), (8, false), (9, true)] {
            let (_, _, flags) = sky(SkyEstimator { least, ..UNCLIPPED }, 0.0, &[1.0; 8], None);
            assert_eq!(flags.has(Flags::SKY_FEW), few, "{least}");
        }
    }

    #[test]
    fn more_than_a_tenth_rejected_is_crowded_and_so_is_a_skewed_rest() {
        let crowded = |estimator, values: &[f64]| sky(estimator, 0.0, values, None).2.has(Flags::SKY_CROWDED);
        // Once the outlier is gone the rest is symmetric, and one value in ten is not more than a tenth.
        let spiked = [-1.0, 1.0, 100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert!(!crowded(clipped(2.5), &spiked) && crowded(clipped(2.5), &spiked[..9]));
        // Of zeros and a part p of ones the skewness is sqrt(p / (1 - p)): 0.23 of one in twenty, 0.33 of two.
        assert!(!crowded(UNCLIPPED, &zeros_and_ones(19, 1)) && crowded(UNCLIPPED, &zeros_and_ones(18, 2)));
        // To the other side, too: the median is 1, the mean below it.
        assert!(!crowded(UNCLIPPED, &zeros_and_ones(1, 19)) && crowded(UNCLIPPED, &zeros_and_ones(2, 18)));
        // Mean -5, median -6.5, standard deviation 5: a skewness of 0.3 counts.
        assert!(crowded(UNCLIPPED, &[-10.0, -9.0, -7.0, -6.0, -3.0, 5.0]));
        // Equal values have no skewness.
        assert!(!crowded(UNCLIPPED, &[5.0; 30]));
    }

    #[test]
    fn noise_below_three_steps_is_quantised() {
        // Deviations -3 and 3: the standard deviation is 6 / sqrt(2).
        let values = [1.0, 7.0];
        for (step, quantised) in [(0.0, false), (1.41, false), (1.42, true), (5.0, true)] {
            assert_eq!(sky(UNCLIPPED, step, &values, None).2.has(Flags::SKY_QUANTIZED), quantised, "{step}");
        }
    }

    #[test]
    fn an_annulus_leaves_nothing_to_the_next() {
        let (mut observer, mut runs) = (Observer::new(UNCLIPPED, 0.0), Runs::default());
        for values in [[1.0, 2.0, 3.0], [7.0, 8.0, 9.0]] {
            let image = Image::from_slice(&values, 1, 3).unwrap();
            let pixels = Pixels::plain(&image);
            let mut annulus = observer.annulus(&pixels, &mut runs);
            dispatch!(level(), simd => annulus.on(simd).full(0, 0, 3));
            annulus.finish(&Stop::new()).unwrap();
            let mut survivors = Vec::new();
            observer.survivors(&mut survivors, &Stop::new()).unwrap();
            assert_eq!(survivors, values);
            assert_eq!(observer.measure(None, &Stop::new()).unwrap().0.level, values[1]);
        }
        observer.forget(&mut runs);
        assert!(observer.measure(None, &Stop::new()).unwrap().0.n == 0);
    }
}
