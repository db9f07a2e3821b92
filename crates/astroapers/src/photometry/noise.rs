//! The error of a flux.
//!
//! With the weights `w` of an aperture on pixels `d`, its size `A = sum w` and the sky `s`, the flux is
//! `F = sum w d - A s`. Its variance has a part from the pixels and one from the sky, which are independent because the sky
//! is measured elsewhere:
//!
//! - Independent pixel errors `e` give `sum w^2 e^2`. It is `w^2`, for `Var(w d) = w^2 Var(d)`: on the edge pixels of
//!   small apertures `w` in its place counts too much.
//! - An error of the sky counts `A` times: `A^2 Var(s)`.
//!
//! **The noise of a pixel from its clipped neighbours.** Clipping takes the wings off, and what is left scatters less. For
//! normal noise cut at `k` standard deviations the variance is `1 - 2 k phi(k) / (2 Phi(k) - 1)` of the whole. As the cut is
//! made at `kappa` times the standard deviation *measured*, `c` times the true one, each round gives
//! `c <- sqrt(1 - 2 k phi(k) / (2 Phi(k) - 1))` with `k = kappa c`, from `c = 1` on. The true deviation is then
//! `std / c`, and `n` survivors stem from `n / (2 Phi(kappa c) - 1)` pixels of noise ([`Correction`]).
//!
//! **The variance of the sky.** Of `n0` pixels of noise `s^2` it is `K s^2 / n0`, with `K` of the statistic and of the
//! clipping (`factors.rs`, by Monte Carlo). Values in steps of `q` add `Q q^2 / 12`: the median of integers is one of them, and
//! wrong by a rounding error `e`, uniform over a step. The mean of unclipped values knows nothing of `e`; but bounds of clipping
//! lie about the median, move with it, and take the mean along by `(1 - c^2) e`. (The mean of normal noise cut at `m +- k`
//! moves by `2 k phi(k) / (2 Phi(k) - 1)` of `m`, which is `1 - c^2` by the equation above.) So the median has `Q = 1`, the mean
//! `(1 - c^2)^2`, and `a median - b mean` with `a - b = 1` has `(1 + b c^2)^2`: 9 for the mode and 6.25 for SExtractor's of
//! unclipped values, 8.64 and 6.03 at `kappa = 3`. SExtractor's falls back on the median where the two differ by 0.3 standard
//! deviations, which for noise of a step and less is often: the square then holds for `|e|` up to there alone. The
//! biweight and DAOPHOT's mode have no such formula, and a table.

use super::clip::Clip;
use super::factors::{FACTORS, LIMITS, NOISES, ROUNDING};
use super::mmm::chauvenet;
use super::statistic::{SKEWED, Statistic};

/// Rounds after which the correction for clipping has long settled.
const SETTLED: u32 = 1000;

/// The standard deviation of the rounding of a number to an integer, `1 / sqrt(12)` as printed in the CCD equation.
const DIGITISATION: f64 = 0.289;

/// How clipping changes the scatter of normal noise.
///
/// ```
/// use astroapers::photometry::{Clip, Correction};
///
/// let at = |sigma| Correction::of(Some(Clip { sigma, maxiters: Some(5) }));
/// assert!((at(3.0).scatter - 0.9848).abs() < 5e-5);
/// assert!((at(2.5).scatter - 0.9367).abs() < 5e-5);
/// assert!((at(2.0).scatter - 0.7552).abs() < 5e-5);
/// assert_eq!(Correction::of(None), Correction { scatter: 1.0, kept: 1.0 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correction {
    /// Standard deviation of the survivors over that of all.
    pub scatter: f64,
    /// Fraction of the values that survive.
    pub kept: f64,
}

impl Correction {
    /// Of this clipping.
    pub fn of(clip: Option<Clip>) -> Self {
        let mut scatter: f64 = 1.0;
        let Some(Clip { sigma, maxiters }) = clip else { return Self { scatter, kept: 1.0 } };
        for _ in 0..maxiters.unwrap_or(u32::MAX).min(SETTLED) {
            let cut = sigma * scatter;
            let density = (-0.5 * cut * cut).exp() / std::f64::consts::TAU.sqrt();
            scatter = (1.0 - 2.0 * cut * density / within(cut)).max(0.0).sqrt();
        }
        Self { scatter, kept: within(sigma * scatter) }
    }
}

/// The fraction of normal numbers within `cut` standard deviations.
fn within(cut: f64) -> f64 {
    libm::erf(cut * std::f64::consts::FRAC_1_SQRT_2)
}

impl Statistic {
    /// The variance of this statistic of `n` normal numbers of variance `n`, clipped at this limit beforehand.
    ///
    /// Between the limits of the table it is interpolated, beyond them it is that of the nearest one.
    ///
    /// ```
    /// use astroapers::photometry::{Clip, Statistic};
    ///
    /// let unclipped = Statistic::Median.variance_factor(None);
    /// assert!((unclipped - std::f64::consts::FRAC_PI_2).abs() < 0.02);
    /// assert!(Statistic::Median.variance_factor(Some(Clip::default())) > unclipped);
    /// ```
    pub fn variance_factor(self, clip: Option<Clip>) -> f64 {
        let row = Self::ALL.iter().position(|&statistic| statistic == self).unwrap_or_default();
        interpolated(&LIMITS, &FACTORS[row], clip.map_or(f64::INFINITY, |clip| clip.sigma))
    }

    /// By how much of `q^2 / 12` a quantisation in steps of `q` adds to the variance, for pixels of noise `s` clipped
    /// at this limit: `noise` is `s / q`.
    ///
    /// ```
    /// use astroapers::photometry::{Clip, Statistic};
    ///
    /// assert_eq!(Statistic::Median.rounding_factor(Some(Clip::default()), 1.0), 1.0);
    /// assert_eq!(Statistic::Mode.rounding_factor(None, 1.0), 9.0);
    /// assert_eq!(Statistic::Sextractor.rounding_factor(None, 5.0), 6.25);
    /// assert_eq!(Statistic::Mean.rounding_factor(None, 5.0), 0.0);
    /// ```
    pub fn rounding_factor(self, clip: Option<Clip>, noise: f64) -> f64 {
        self.rounding(Correction::of(clip), noise)
    }

    fn rounding(self, Correction { scatter, .. }: Correction, noise: f64) -> f64 {
        let follows = scatter * scatter;
        let of_mode = |b: f64| (1.0 + b * follows) * (1.0 + b * follows);
        match self {
            Self::Median => 1.0,
            Self::Mean => (1.0 - follows) * (1.0 - follows),
            Self::Mode => of_mode(2.0),
            Self::Sextractor => 1.0 + (of_mode(1.5) - 1.0) * agreement(scatter, noise).powi(3),
            Self::MedianInterp => 0.0,
            Self::Mmm => interpolated(&NOISES, &ROUNDING[0], noise),
            Self::Biweight => interpolated(&NOISES, &ROUNDING[1], noise),
        }
    }
}

/// The part of a step, centred on it, within which a rounding error leaves mean and median near enough for SExtractor's
/// mode; outside it is the median.
fn agreement(scatter: f64, noise: f64) -> f64 {
    (2.0 * SKEWED * noise / scatter).min(1.0)
}

/// A table's value at `x`: linear between its points, and that of the nearest one beyond them.
fn interpolated(points: &[f64], values: &[f64], x: f64) -> f64 {
    let above = points.partition_point(|&point| point < x);
    match (above.checked_sub(1), points.get(above)) {
        (None, _) => values[0],
        (Some(below), Some(high)) if high.is_finite() => {
            let fraction = (x - points[below]) / (high - points[below]);
            values[below] + fraction * (values[above] - values[below])
        }
        _ => values[values.len() - 1],
    }
}

/// What turns the standard deviation of the survivors into the noise of a pixel and of the sky.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SkyNoise {
    statistic: Statistic,
    clip: Option<Clip>,
    correction: Correction,
    factor: f64,
    step: f64,
}

impl SkyNoise {
    pub(crate) fn new(statistic: Statistic, clip: Option<Clip>, step: f64) -> Self {
        Self {
            statistic,
            clip,
            correction: Correction::of(clip),
            factor: statistic.variance_factor(clip),
            step,
        }
    }

    /// The variance factor on pixels in steps, of which `noise` is the standard deviation.
    fn stepped_factor(&self, Correction { scatter, .. }: Correction, noise: f64) -> f64 {
        match self.statistic {
            // With t the fraction of the middle bin that lies below the median and p that of the values in the bin, counts
            // below and in it vary against each other: the variance is (1 / 4 - p t (1 - t)) (q / p)^2 / n. Averaged over t,
            // with p of normal noise, whose variance s^2 has q^2 / 12 from rounding in it: pi / 2 (s^2 + q^2 / 12) - s q
            // sqrt(2 pi) / 6, over n.
            Statistic::MedianInterp => {
                let inverse = 1.0 / noise;
                let tied = 2.0 / 3.0 * inverse / std::f64::consts::TAU.sqrt();
                self.factor * (1.0 + inverse * inverse / 12.0 - tied)
            }
            Statistic::Sextractor => {
                let part = agreement(scatter, noise);
                part * self.factor + (1.0 - part) * Statistic::Median.variance_factor(self.clip)
            }
            _ => self.factor,
        }
    }

    /// The standard deviation of a pixel, and the variance of the level, from `n` survivors of deviation `std`.
    pub(crate) fn of(&self, std: f64, n: usize) -> (f64, f64) {
        let correction = match self.statistic {
            // It cuts on its own, at a limit that depends on the number.
            Statistic::Mmm => {
                let own = Clip { sigma: chauvenet(n), maxiters: None };
                match self.clip {
                    Some(clip) if clip.sigma < own.sigma => self.correction,
                    _ => Correction::of(Some(own)),
                }
            }
            _ => self.correction,
        };
        let pixel = std / correction.scatter;
        let of_mean = pixel * pixel * correction.kept / n as f64;
        if self.step == 0.0 {
            return (pixel, self.factor * of_mean);
        }
        let noise = pixel / self.step;
        let rounding = self.statistic.rounding(correction, noise) * self.step * self.step / 12.0;
        (pixel, self.stepped_factor(correction, noise) * of_mean + rounding)
    }
}

/// Which formula gives the variance of a flux.
///
/// ```
/// use astroapers::photometry::ErrorModel;
///
/// let default = ErrorModel::Scatter { gain: None };
/// assert_ne!(default, ErrorModel::Scatter { gain: Some(2.0) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ErrorModel {
    /// `sum(w^2) s^2 + max(sum(w^2 (d - sky)), 0) / gain + A^2 Var(sky)`: the noise of the sky's own pixels, and the
    /// photon noise of the source if there is a gain \[electrons per unit of the image\].
    Scatter {
        /// Electrons per unit of the image.
        gain: Option<f64>,
    },
    /// `sum(w^2 e^2) + A^2 Var(sky)` with the error `e` of each pixel; with a gain the errors are those of the background,
    /// and the photon noise of the source is added as above.
    Pixels {
        /// Electrons per unit of the image, if the errors leave the source's photons out.
        gain: Option<f64>,
    },
    /// IRAF's phot: `F / gain + A s^2 + A^2 s^2 / n` (Davis 1989, A Reference Guide to the IRAF/APPHOT Package).
    Iraf {
        /// Electrons per unit of the image.
        gain: f64,
    },
    /// The CCD equation of Merline & Howell (1995, Experimental Astronomy 6, 163).
    Ccd {
        /// Electrons per unit of one frame.
        gain: f64,
        /// Read noise \[electrons, root mean square\].
        read_noise: f64,
        /// Dark current times exposure time \[electrons\].
        dark: f64,
        /// Sky that was subtracted before \[unit of the image\].
        sky_level: f64,
        /// Frames that were averaged.
        frames: f64,
    },
}

/// What an error model makes a variance of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sums {
    /// `A`: sum of the weights.
    pub(crate) npix: f64,
    /// The flux without the sky.
    pub(crate) flux: f64,
    /// `sum w^2`.
    pub(crate) squares: f64,
    /// `sum w^2 (d - sky)`.
    pub(crate) photons: f64,
    /// `sum w^2 e^2`.
    pub(crate) errors: f64,
}

/// What is known of the sky under a source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SkyKnowledge {
    pub(crate) level: f64,
    /// Standard deviation as reported.
    pub(crate) std: f64,
    /// Standard deviation of a pixel before clipping.
    pub(crate) pixel: f64,
    /// Variance of the level.
    pub(crate) variance: f64,
    /// Pixels of the annulus; `None` if the level was given.
    pub(crate) n: Option<usize>,
}

impl ErrorModel {
    /// Whether it asks for the photons of each pixel.
    pub(crate) const fn needs_photons(&self) -> bool {
        matches!(self, Self::Scatter { gain: Some(_) } | Self::Pixels { gain: Some(_) })
    }

    /// The variance of a flux; NaN if it cannot be known.
    pub(crate) fn variance(&self, sums: &Sums, sky: &SkyKnowledge) -> f64 {
        let Sums { npix, flux, squares, photons, errors } = *sums;
        if sky.n == Some(1) {
            return f64::NAN;
        }
        let of_sky = npix * npix * sky.variance;
        let of_photons = |gain: Option<f64>| gain.map_or(0.0, |gain| photons.max(0.0) / gain);
        match *self {
            Self::Scatter { gain } => squares * sky.pixel * sky.pixel + of_photons(gain) + of_sky,
            Self::Pixels { gain } => errors + of_photons(gain) + of_sky,
            Self::Iraf { gain } => {
                let of_mean = match sky.n {
                    Some(n) => npix * npix * sky.std * sky.std / n as f64,
                    None => of_sky,
                };
                flux.max(0.0) / gain + npix * sky.std * sky.std + of_mean
            }
            Self::Ccd { gain, read_noise, dark, sky_level, frames } => {
                let digits = DIGITISATION * gain;
                let of_pixel = gain * (sky.level + sky_level).max(0.0)
                    + dark
                    + read_noise * read_noise
                    + digits * digits;
                let pixels = npix * (1.0 + sky.n.map_or(0.0, |n| npix / n as f64));
                (gain * flux.max(0.0) + pixels * of_pixel) / (gain * gain * frames)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64) {
        assert!((value / expected - 1.0).abs() < 1e-12, "{value} is not {expected}");
    }

    const SKY: SkyKnowledge =
        SkyKnowledge { level: 20.0, std: 3.0, pixel: 3.0, variance: 0.25, n: Some(100) };
    const SUMS: Sums = Sums { npix: 10.0, flux: 400.0, squares: 9.0, photons: 300.0, errors: 50.0 };

    #[test]
    fn the_default_error_by_hand() {
        close(ErrorModel::Scatter { gain: None }.variance(&SUMS, &SKY), 81.0 + 25.0);
        close(ErrorModel::Scatter { gain: Some(2.0) }.variance(&SUMS, &SKY), 81.0 + 150.0 + 25.0);
        let negative = Sums { photons: -300.0, ..SUMS };
        close(ErrorModel::Scatter { gain: Some(2.0) }.variance(&negative, &SKY), 81.0 + 25.0);
        close(ErrorModel::Pixels { gain: None }.variance(&SUMS, &SKY), 50.0 + 25.0);
        close(ErrorModel::Pixels { gain: Some(3.0) }.variance(&SUMS, &SKY), 50.0 + 100.0 + 25.0);
    }

    #[test]
    fn iraf_by_hand() {
        // F / gain + A s^2 + A^2 s^2 / n
        close(ErrorModel::Iraf { gain: 2.0 }.variance(&SUMS, &SKY), 200.0 + 90.0 + 9.0);
        close(ErrorModel::Iraf { gain: 1.0 }.variance(&SUMS, &SKY), 400.0 + 90.0 + 9.0);
        let faint = Sums { flux: 0.0, npix: 20.0, ..SUMS };
        close(ErrorModel::Iraf { gain: 2.0 }.variance(&faint, &SKY), 180.0 + 36.0);
    }

    #[test]
    fn the_ccd_equation_by_hand() {
        let ccd = |gain, read_noise, dark, sky_level| ErrorModel::Ccd {
            gain,
            read_noise,
            dark,
            sky_level,
            frames: 1.0,
        };
        // G F + A (1 + A / n) (G sky + D t + R^2 + (0.289 G)^2), over G^2
        close(ccd(1.0, 0.0, 0.0, 0.0).variance(&SUMS, &SKY), 400.0 + 11.0 * (20.0 + 0.083_521));
        close(
            ccd(2.0, 5.0, 3.0, 0.0).variance(&SUMS, &SKY),
            (800.0 + 11.0 * (40.0 + 3.0 + 25.0 + 0.334_084)) / 4.0,
        );
        close(
            ccd(2.0, 5.0, 3.0, 30.0).variance(&SUMS, &SKY),
            (800.0 + 11.0 * (100.0 + 3.0 + 25.0 + 0.334_084)) / 4.0,
        );
    }

    #[test]
    fn the_average_of_frames_has_the_variance_of_one_over_their_number() {
        let of = |frames| ErrorModel::Ccd { gain: 2.0, read_noise: 5.0, dark: 3.0, sky_level: 0.0, frames };
        close(of(4.0).variance(&SUMS, &SKY), of(1.0).variance(&SUMS, &SKY) / 4.0);
    }

    #[test]
    fn one_pixel_of_sky_gives_no_error() {
        let sky = SkyKnowledge { n: Some(1), ..SKY };
        for model in [ErrorModel::Scatter { gain: None }, ErrorModel::Iraf { gain: 1.0 }] {
            assert!(model.variance(&SUMS, &sky).is_nan());
        }
    }

    #[test]
    fn factors_are_interpolated_and_end_at_the_table_s_ends() {
        let factor = |sigma| Statistic::Mean.variance_factor(Some(Clip { sigma, maxiters: Some(5) }));
        let row = FACTORS[1];
        assert_eq!(factor(LIMITS[0]), row[0]);
        assert_eq!(factor(LIMITS[0] / 2.0), row[0]);
        assert_eq!(factor(f64::INFINITY), row[LIMITS.len() - 1]);
        assert_eq!(factor(1e3), row[LIMITS.len() - 1]);
        let rounding = |noise| Statistic::Mmm.rounding_factor(None, noise);
        assert_eq!((rounding(0.1), rounding(9.0)), (ROUNDING[0][0], ROUNDING[0][NOISES.len() - 1]));
        let middle = factor(f64::midpoint(LIMITS[0], LIMITS[1]));
        close(middle, f64::midpoint(row[0], row[1]));
    }

    #[test]
    fn rounding_of_clipped_modes() {
        let at_three = |statistic: Statistic, noise| statistic.rounding_factor(Some(Clip::default()), noise);
        assert!((at_three(Statistic::Mode, 1.0) - 8.64).abs() < 0.01);
        assert!((at_three(Statistic::Sextractor, 3.0) - 6.03).abs() < 0.01);
        // The mean follows the bounds: at two deviations 0.7552^2 of the way.
        let mean = Statistic::Mean.rounding_factor(Some(Clip { sigma: 2.0, maxiters: Some(5) }), 1.0);
        assert!((mean - 0.4297 * 0.4297).abs() < 1e-4, "{mean}");
        // Coarse pixels: mean and median always differ, and the median it is.
        assert_eq!(at_three(Statistic::Sextractor, 0.0), 1.0);
        // A third of the roundings are too large to be told from skewness.
        let half = at_three(Statistic::Sextractor, 1.0);
        let expected = 1.0 + 5.03 * (0.6_f64 / 0.9848).powi(3);
        assert!((half - expected).abs() < 0.01, "{half}");
    }

    #[test]
    fn clipping_leaves_the_scatter_of_a_normal_law_that_is_cut() {
        // The variance and the share of the normal law within k, by the trapezoidal rule.
        let cut = |k: f64| {
            let (n, mut sums) = (20_000, [0.0, 0.0]);
            for i in 0..=n {
                let x = k * (2.0 * f64::from(i) / f64::from(n) - 1.0);
                let end = if i == 0 || i == n { 0.5 } else { 1.0 };
                let density = end * (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
                sums = [sums[0] + density, sums[1] + x * x * density];
            }
            (sums[1] / sums[0], sums[0] * 2.0 * k / f64::from(n))
        };
        for sigma in [1.5, 2.0, 3.0, 5.0] {
            let of = |maxiters| Correction::of(Some(Clip { sigma, maxiters }));
            let once = of(Some(1));
            assert!((once.scatter * once.scatter - cut(sigma).0).abs() < 1e-7);
            let twice = of(Some(2));
            assert!((twice.scatter * twice.scatter - cut(sigma * once.scatter).0).abs() < 1e-7);
            assert!((twice.kept - cut(sigma * twice.scatter).1).abs() < 1e-7);
            let settled = of(None);
            assert!((settled.scatter - (cut(sigma * settled.scatter).0).sqrt()).abs() < 1e-7);
        }
        assert_eq!(Correction::of(Some(Clip { sigma: 3.0, maxiters: Some(0) })).scatter, 1.0);
        // Below a limit of sqrt(3) the cuts never settle but at nothing; that is 0, and not NaN.
        assert!(Correction::of(Some(Clip { sigma: 1.0, maxiters: None })).scatter < 1e-6);
        // Just below it they take so long that after a thousand rounds they are given up.
        let after = |maxiters| Correction::of(Some(Clip { sigma: 1.73, maxiters }));
        assert_ne!(after(Some(999)), after(Some(1000)));
        assert!(after(Some(1001)) == after(Some(1000)) && after(None) == after(Some(1000)));
    }

    #[test]
    fn a_sky_without_scatter_has_no_noise() {
        for statistic in Statistic::ALL {
            assert_eq!(SkyNoise::new(statistic, None, 0.0).of(0.0, 100), (0.0, 0.0), "{statistic:?}");
        }
    }

    /// The noise of a pixel and of the level, without clipping, from 100 pixels of deviation 3 in these steps.
    fn unclipped(statistic: Statistic, step: f64) -> f64 {
        let (pixel, variance) = SkyNoise::new(statistic, None, step).of(3.0, 100);
        assert!(statistic == Statistic::Mmm || pixel == 3.0);
        variance
    }

    #[test]
    fn the_variance_of_a_level_is_its_factor_times_that_of_a_mean() {
        for (row, statistic) in Statistic::ALL.into_iter().enumerate() {
            if statistic != Statistic::Mmm {
                close(unclipped(statistic, 0.0), FACTORS[row][LIMITS.len() - 1] * 9.0 / 100.0);
            }
        }
        // Clipped: the survivors scatter less, and stem from more pixels.
        let clip = Some(Clip { sigma: 2.0, maxiters: Some(5) });
        let Correction { scatter, kept } = Correction::of(clip);
        let (pixel, variance) = SkyNoise::new(Statistic::Mean, clip, 0.0).of(3.0, 100);
        close(pixel, 3.0 / scatter);
        close(variance, FACTORS[1][2] * pixel * pixel / (100.0 / kept));
    }

    #[test]
    fn steps_of_the_pixels_add_to_the_variance() {
        // q^2 / 12 with q = 2.
        let (own, rounding) = (|row: usize| FACTORS[row][LIMITS.len() - 1] * 0.09, 4.0 / 12.0);
        close(unclipped(Statistic::Median, 2.0), own(0) + rounding);
        close(unclipped(Statistic::Mean, 2.0), own(1));
        close(unclipped(Statistic::Mode, 2.0), own(2) + 9.0 * rounding);
        // The noise is 1.5 steps: a column of the table.
        close(unclipped(Statistic::Biweight, 2.0), own(5) + ROUNDING[1][6] * rounding);
        // factor (s^2 + q^2 / 12 - 2 s q / (3 sqrt(2 pi))) / n
        let spread = 9.0 + rounding - 2.0 * 3.0 * 2.0 / (3.0 * std::f64::consts::TAU.sqrt());
        close(unclipped(Statistic::MedianInterp, 2.0), FACTORS[6][LIMITS.len() - 1] * spread / 100.0);
        // Noise of a step: in 0.6 of the step the mode, else the median.
        let part = 0.6;
        let expected = part * own(4) + (1.0 - part) * own(0) + (1.0 + 5.25 * part * part * part) * 9.0 / 12.0;
        close(unclipped(Statistic::Sextractor, 3.0), expected);
    }

    #[test]
    fn daophot_s_mode_cuts_at_its_own_limit_unless_it_was_cut_closer_before() {
        let own = Correction::of(Some(Clip { sigma: chauvenet(100), maxiters: None }));
        for (sigma, scatter) in [(None, own.scatter), (Some(9.0), own.scatter), (Some(2.0), 0.0)] {
            let clip = sigma.map(|sigma| Clip { sigma, maxiters: Some(5) });
            let scatter = if scatter == 0.0 { Correction::of(clip).scatter } else { scatter };
            let (pixel, _) = SkyNoise::new(Statistic::Mmm, clip, 0.0).of(3.0, 100);
            close(pixel, 3.0 / scatter);
        }
        let (pixel, variance) = SkyNoise::new(Statistic::Mmm, None, 0.0).of(3.0, 100);
        close(variance, FACTORS[3][LIMITS.len() - 1] * pixel * pixel * own.kept / 100.0);
        let (_, stepped) = SkyNoise::new(Statistic::Mmm, None, pixel).of(3.0, 100);
        close(stepped, variance + ROUNDING[0][4] * pixel * pixel / 12.0);
    }

    #[test]
    fn a_given_sky_has_the_error_it_is_given() {
        let given = SkyKnowledge { n: None, ..SKY };
        close(ErrorModel::Iraf { gain: 2.0 }.variance(&SUMS, &given), 200.0 + 90.0 + 25.0);
        let ccd = ErrorModel::Ccd { gain: 1.0, read_noise: 0.0, dark: 0.0, sky_level: 0.0, frames: 1.0 };
        close(ccd.variance(&SUMS, &given), 400.0 + 10.0 * (20.0 + 0.083_521));
    }

    #[test]
    fn a_negative_flux_has_no_photons() {
        let faint = Sums { flux: -400.0, ..SUMS };
        close(ErrorModel::Iraf { gain: 2.0 }.variance(&faint, &SKY), 90.0 + 9.0);
        let ccd = ErrorModel::Ccd { gain: 1.0, read_noise: 0.0, dark: 0.0, sky_level: 0.0, frames: 1.0 };
        close(ccd.variance(&faint, &SKY), 11.0 * (20.0 + 0.083_521));
        let dark = SkyKnowledge { level: -20.0, ..SKY };
        close(ccd.variance(&SUMS, &dark), 400.0 + 11.0 * 0.083_521);
    }

    #[test]
    fn photons_are_asked_for_where_they_are_used() {
        let models = [
            (ErrorModel::Scatter { gain: None }, false),
            (ErrorModel::Scatter { gain: Some(1.0) }, true),
            (ErrorModel::Pixels { gain: None }, false),
            (ErrorModel::Pixels { gain: Some(1.0) }, true),
            (ErrorModel::Iraf { gain: 1.0 }, false),
        ];
        for (model, needed) in models {
            assert_eq!(model.needs_photons(), needed);
            let more = Sums { photons: 2.0 * SUMS.photons, ..SUMS };
            assert_eq!(model.variance(&more, &SKY) != model.variance(&SUMS, &SKY), needed);
        }
    }
}
