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
        out.extend(kept.of(values));
        Ok(())
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
        stop.check()?;
        let (own, summary) =
            self.estimator.statistic.level(values, kept, clipped, self.step, &mut self.scratch);
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
