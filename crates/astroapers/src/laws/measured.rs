//! Photometry of any pixels with any options, against loops that do one thing after another.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::draw::{between, one_of};
use super::naive;
use super::pixels::{Sources, near, runner, same, weights};
use super::stored::{Side, Stored, excluded, masks, value};
use crate::aperture::{Aperture, Method};
use crate::batch::{Catalogue, Column, Photometry, Shapes, Sky, Survivors};
use crate::image::{Dtype, Image};
use crate::photometry::{
    Clip, ErrorKind, ErrorModel, Errors, Flags, Masked, Measured, Reach, SkyEstimator, SkyMeasured, SkyNoise,
    Statistic,
};
use crate::window::Window;

/// Sources to be measured, and all that says how.
#[derive(Clone, Debug)]
pub struct Observation {
    image: Stored,
    masks: Vec<Stored>,
    /// The apertures on each position; all share the positions of the first.
    apertures: Vec<Sources>,
    method: Method,
    sky: Option<Annuli>,
    /// Level, standard deviation and error of a sky that is given: one each, or one for each source.
    given: [Vec<f64>; 3],
    errors: Option<(Stored, ErrorKind, f64)>,
    error_model: ErrorModel,
    masked: Masked,
    cut_is_nan: bool,
    saturation: Option<f64>,
    step: f64,
}

#[derive(Clone, Debug)]
struct Annuli {
    sources: Sources,
    estimator: SkyEstimator,
    levels: Option<Vec<f64>>,
}

impl<'a> Arbitrary<'a> for Observation {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (Side(ny), Side(nx)): (Side, Side) = (u.arbitrary()?, u.arbitrary()?);
        let shape = (ny, nx);
        let n = u.int_in_range(0..=5)?;
        let tame = u.ratio(2, 3)?;
        let first = Sources::of(u, n, shape)?;
        let mut apertures = vec![first];
        for _ in 0..one_of(u, &[0, 0, 1, 2])? {
            let more =
                Sources { x: apertures[0].x.clone(), y: apertures[0].y.clone(), ..Sources::of(u, n, shape)? };
            apertures.push(more);
        }
        let own_places = Sources::of(u, n, shape)?;
        let sky = u.ratio(3, 4)?.then(|| annuli(u, &apertures[0], own_places)).transpose()?;
        let given = [(); 3].map(|()| {
            let number = one_of(u, &[1, n])?;
            (0..number).map(|_| value(u, tame)).collect::<Result<Vec<_>>>()
        });
        let [level, std, err] = given;
        let errors = u.ratio(1, 3)?.then(|| {
            let floats = [Dtype::F8, Dtype::F4, Dtype::F2, Dtype::U2, Dtype::I4];
            let kind = one_of(u, &[ErrorKind::Std, ErrorKind::Variance, ErrorKind::InverseVariance])?;
            Ok((Stored::of(u, shape, &floats, tame)?, kind, one_of(u, &[1.0, 4.0, 0.3])?))
        });
        let errors = errors.transpose()?;
        Ok(Self {
            image: Stored::of(u, shape, Dtype::ALL, tame)?,
            masks: masks(u, shape)?,
            apertures,
            method: if u.ratio(2, 3)? { Method::Exact } else { Method::Center },
            sky,
            given: [level?, std?, err?],
            error_model: error_model(u, errors.is_some())?,
            errors,
            masked: one_of(u, &[Masked::Exclude, Masked::Interpolate, Masked::Nan])?,
            cut_is_nan: u.ratio(1, 8)?,
            saturation: if u.ratio(1, 3)? { Some(value(u, tame)?) } else { None },
            step: one_of(u, &[0.0, 1.0, 0.25])?,
        })
    }
}

fn annuli(u: &mut Unstructured<'_>, apertures: &Sources, own: Sources) -> Result<Annuli> {
    let sources =
        if u.ratio(3, 4)? { Sources { x: apertures.x.clone(), y: apertures.y.clone(), ..own } } else { own };
    let clip = Clip {
        sigma: one_of(u, &[3.0, 2.0, 1.0, 5.0, 0.5])?,
        maxiters: one_of(u, &[Some(5), Some(1), Some(2), Some(50), None])?,
    };
    let estimator = SkyEstimator {
        statistic: one_of(u, &Statistic::ALL)?,
        clip: u.ratio(3, 4)?.then_some(clip),
        least: one_of(u, &[20, 0, 1, 100])?,
    };
    let n = sources.x.len();
    let levels =
        if u.ratio(1, 6)? { Some((0..n).map(|_| value(u, false)).collect::<Result<_>>()?) } else { None };
    Ok(Annuli { sources, estimator, levels })
}

fn error_model(u: &mut Unstructured<'_>, with_errors: bool) -> Result<ErrorModel> {
    let gain = one_of(u, &[1.0, 2.5, 1e-3])?;
    let maybe = if u.ratio(1, 2)? { Some(gain) } else { None };
    Ok(match u.int_in_range(0..=3)? {
        0 => ErrorModel::Iraf { gain },
        1 => ErrorModel::Ccd {
            gain,
            read_noise: between(u, 0.0, 10.0)?,
            dark: between(u, 0.0, 10.0)?,
            sky_level: between(u, 0.0, 100.0)?,
            frames: one_of(u, &[1.0, 3.0])?,
        },
        _ if with_errors => ErrorModel::Pixels { gain: maybe },
        _ => ErrorModel::Scatter { gain: maybe },
    })
}

/// All laws of one observation.
///
/// # Panics
/// If it breaks one.
pub fn measured(observation: &Observation) {
    let Some((catalogue, survivors)) = observation.measure() else { return };
    let pixels = Pixels::of(observation);
    let k = observation.apertures.len();
    for i in 0..observation.apertures[0].x.len() {
        let sky = SkyOf::check(observation, &pixels, i, &catalogue.sky[i], survivors.as_ref());
        for (which, measured) in catalogue.apertures[i * k..(i + 1) * k].iter().enumerate() {
            check_aperture(observation, &pixels, (i, which), &sky, measured);
        }
    }
    neighbours_are_flagged(observation, &catalogue);
    company_changes_nothing(observation, &catalogue);
}

impl Observation {
    fn measure(&self) -> Option<(Catalogue, Option<Survivors>)> {
        let own: Vec<_> = self
            .apertures
            .iter()
            .chain(self.sky.iter().map(|sky| &sky.sources))
            .map(Sources::apertures)
            .collect();
        let shapes = |which: usize| {
            let sources = self.apertures.get(which).or(self.sky.as_ref().map(|sky| &sky.sources))?;
            sources.shapes(own[which].first().and_then(Option::as_ref))
        };
        let apertures = (0..self.apertures.len()).map(shapes).collect::<Option<Vec<Shapes<'_>>>>()?;
        let sky = match &self.sky {
            None => {
                let [level, std, err] = self.given.each_ref().map(|column| match **column {
                    [value] => Column::Same(value),
                    _ => Column::Each(column),
                });
                Sky::Given { level, std, err }
            }
            Some(Annuli { sources, estimator, levels }) => Sky::Annulus {
                x: &sources.x,
                y: &sources.y,
                shapes: shapes(self.apertures.len())?,
                estimator: *estimator,
                levels: levels.as_deref(),
            },
        };
        let errors = self.errors.as_ref().map(|(stored, kind, scale)| Errors {
            view: stored.view(),
            kind: *kind,
            scale: *scale,
        });
        let photometry = Photometry {
            x: &self.apertures[0].x,
            y: &self.apertures[0].y,
            apertures,
            method: self.method,
            sky,
            errors,
            error_model: self.error_model,
            masked: self.masked,
            cut_is_nan: self.cut_is_nan,
            saturation: self.saturation,
            step: self.step,
        };
        let image = self.masks.iter().fold(Image::new(self.image.view()), |image, mask| {
            image.masked(mask.view()).expect("masks have the image's shape")
        });
        let catalogue = photometry.measure(&image, runner!()).expect("it fits together");
        let survivors =
            self.sky.is_some().then(|| photometry.survivors(&image, runner!()).expect("it fits together"));
        Some((catalogue, survivors))
    }

    fn limit(&self) -> f64 {
        self.saturation.unwrap_or(f64::INFINITY)
    }
}

/// What is known of each pixel.
struct Pixels {
    frame: Window,
    values: Vec<f64>,
    /// 0 without errors, NaN where an error is none.
    variances: Vec<f64>,
    flaws: Vec<Flags>,
}

impl Pixels {
    fn of(observation: &Observation) -> Self {
        let values = observation.image.values();
        let hidden = excluded(&observation.masks, values.len());
        let variances = match &observation.errors {
            None => vec![0.0; values.len()],
            Some((errors, kind, scale)) => {
                errors.values().into_iter().map(|error| scale * naive::variance(*kind, error)).collect()
            }
        };
        let flaw = |i: usize| match (hidden[i], values[i].is_finite(), variances[i].is_nan()) {
            (true, ..) => Flags::MASKED_PIXELS,
            (_, false, _) => Flags::NON_FINITE_DATA,
            (.., true) => Flags::NON_FINITE_ERROR,
            _ => Flags::NONE,
        };
        let (ny, nx) = observation.image.shape;
        Self { frame: Window::frame(ny, nx), flaws: (0..values.len()).map(flaw).collect(), values, variances }
    }

    fn at(&self, x: i64, y: i64) -> Option<usize> {
        let inside = self.frame.contains(Window { x0: x, x1: x + 1, y0: y, y1: y + 1 });
        inside.then(|| y as usize * self.frame.nx() + x as usize)
    }

    fn is_good(&self, i: usize) -> bool {
        self.flaws[i] == Flags::NONE
    }

    /// Means of value and variance of the good neighbours of a pixel, and how many they are.
    fn around(&self, i: usize, limit: f64) -> Option<(f64, f64, f64)> {
        let (x, y) = ((i % self.frame.nx()) as i64, (i / self.frame.nx()) as i64);
        let good: Vec<usize> = [(x, y - 1), (x - 1, y), (x + 1, y), (x, y + 1)]
            .into_iter()
            .filter_map(|(x, y)| self.at(x, y))
            .filter(|&i| self.is_good(i) && self.values[i] < limit)
            .collect();
        let n = good.len() as f64;
        let mean = |list: &[f64]| good.iter().map(|&i| list[i]).sum::<f64>() / n;
        (n > 0.0).then(|| (mean(&self.values), mean(&self.variances), n))
    }

    fn core_is_bad(&self, (x, y): (f64, f64), limit: f64) -> bool {
        let bad = |i: usize| !self.is_good(i) || self.values[i] >= limit;
        (0..self.values.len()).filter(|&i| bad(i)).any(|i| {
            let (column, row) = ((i % self.frame.nx()) as f64, (i / self.frame.nx()) as f64);
            (column - x).powi(2) + (row - y).powi(2) <= 1.5 * 1.5
        })
    }
}

/// What is known of the sky under a source.
struct SkyOf {
    level: f64,
    std: f64,
    /// Standard deviation of a pixel, and variance of the level.
    pixel: f64,
    variance: f64,
    n: Option<usize>,
    /// Pixels of the annulus.
    pixels: Vec<bool>,
    /// Flags of the sky that a source has for sure, and those that rounding decides.
    flags: Flags,
    doubtful: Flags,
}

impl SkyOf {
    fn check(
        observation: &Observation,
        pixels: &Pixels,
        i: usize,
        measured: &SkyMeasured,
        survivors: Option<&Survivors>,
    ) -> Self {
        let (Some(annuli), Some(survivors)) = (&observation.sky, survivors) else {
            return Self::given(observation, i, measured);
        };
        let at = (annuli.sources.x[i], annuli.sources.y[i]);
        let finite = at.0.is_finite() && at.1.is_finite();
        let aperture = annuli.sources.apertures().swap_remove(i).filter(|_| finite);
        let mut flags = Flags::NONE;
        flags.set(Flags::BAD_POSITION, !finite);
        flags.set(Flags::BAD_GEOMETRY, finite && aperture.is_none());
        let selected: Vec<bool> = aperture.as_ref().map_or_else(Vec::new, |aperture| {
            let cut = !aperture.bbox(at.0, at.1).is_ok_and(|bbox| pixels.frame.contains(bbox));
            flags.set(Flags::SKY_PARTIAL, cut);
            let weights = weights(aperture, Method::Center, at, observation.image.shape);
            weights.into_iter().map(|weight| weight != 0.0).collect()
        });
        let values: Vec<f64> = (0..selected.len())
            .filter(|&i| selected[i] && pixels.is_good(i) && pixels.values[i] < observation.limit())
            .map(|i| pixels.values[i])
            .collect();
        let range = survivors.offsets[i] as usize..survivors.offsets[i + 1] as usize;
        let kept = &survivors.values[range];
        let Annuli { estimator, levels, .. } = annuli;
        naive::check_survivors(&values, kept, estimator.clip);
        let own = levels.as_ref().map(|levels| levels[i]);
        naive::check_sky(measured, values.len(), kept, own, estimator.statistic, observation.step);
        let SkyMeasured { level, std, n, rejected } = *measured;
        let total = values.len();
        assert_eq!(n + rejected, total);
        flags.set(Flags::SKY_NONE, n == 0);
        flags.set(Flags::SKY_FEW, n < estimator.least);
        flags.set(Flags::SKY_CROWDED, rejected as f64 > 0.1 * total as f64);
        flags.set(Flags::SKY_QUANTIZED, std < 3.0 * observation.step);
        // What is skewed is for `check_sky` to say of the survivors; DAOPHOT's mode rests on others.
        let doubtful = match (estimator.statistic, naive::is_skewed(kept)) {
            (Statistic::Mmm, _) | (_, None) => Flags::SKY_CROWDED,
            (_, Some(skewed)) => {
                flags.set(Flags::SKY_CROWDED, skewed);
                Flags::NONE
            }
        };
        let noise = SkyNoise::new(estimator.statistic, estimator.clip, observation.step);
        let (pixel, variance) = noise.of(std, n);
        Self { level, std, pixel, variance, n: Some(n), pixels: selected, flags, doubtful }
    }

    fn given(observation: &Observation, i: usize, measured: &SkyMeasured) -> Self {
        let [level, std, err] =
            observation.given.each_ref().map(|column| *column.get(i).unwrap_or(&column[0]));
        same(measured.level, level, "given level");
        same(measured.std, std, "given std");
        assert_eq!((measured.n, measured.rejected), (0, 0));
        let mut flags = Flags::NONE;
        flags.set(Flags::SKY_NONE, !level.is_finite());
        let variance = err * err;
        Self { level, std, pixel: std, variance, n: None, pixels: Vec::new(), flags, doubtful: Flags::NONE }
    }
}

/// Terms of a sum, their total and that of their magnitudes.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    sum: f64,
    size: f64,
}

impl Total {
    fn add(&mut self, term: f64) {
        self.sum += term;
        self.size += term.abs();
    }
}

/// What the pixels of an aperture add up to.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    apsum: Total,
    npix: Total,
    inside: Total,
    squares: Total,
    photons: Total,
    errors: Total,
    /// How many pixels are not good.
    bad: usize,
    flags: Flags,
}

impl Totals {
    fn of(observation: &Observation, pixels: &Pixels, weights: &[f64], level: f64) -> Self {
        let mut totals = Self::default();
        for (i, &weight) in weights.iter().enumerate().filter(|&(_, &weight)| weight != 0.0) {
            let square = weight * weight;
            totals.inside.add(weight);
            if pixels.is_good(i) {
                totals.apsum.add(weight * pixels.values[i]);
                totals.npix.add(weight);
                totals.squares.add(square);
                totals.photons.add(square * (pixels.values[i] - level));
                totals.errors.add(square * pixels.variances[i]);
                totals.flags.set(Flags::SATURATED, pixels.values[i] >= observation.limit());
                continue;
            }
            totals.flags = totals.flags | pixels.flaws[i];
            totals.bad += 1;
            let patch = pixels.around(i, observation.limit());
            if let (Masked::Interpolate, Some((value, variance, n))) = (observation.masked, patch) {
                let square_of_mean = square * (2.0 + 1.0 / n);
                totals.apsum.add(weight * value);
                totals.npix.add(weight);
                totals.squares.add(square_of_mean);
                totals.photons.add(square * (value - level));
                totals.errors.add(square_of_mean * variance);
            }
        }
        totals
    }
}

/// Roundings of a sum over all pixels of an image, and some more.
fn roundings(pixels: &Pixels) -> f64 {
    4.0 * f64::EPSILON * (pixels.values.len() + 16) as f64
}

fn check_aperture(
    observation: &Observation,
    pixels: &Pixels,
    (i, which): (usize, usize),
    sky: &SkyOf,
    measured: &Measured,
) {
    let sources = &observation.apertures[which];
    let at = (sources.x[i], sources.y[i]);
    let finite = at.0.is_finite() && at.1.is_finite();
    let aperture = sources.apertures().swap_remove(i).filter(|_| finite);
    let mut flags = sky.flags;
    flags.set(Flags::BAD_POSITION, !finite);
    flags.set(Flags::CORE_BAD, finite && pixels.core_is_bad(at, observation.limit()));
    let Some(aperture) = aperture else {
        flags.set(Flags::BAD_GEOMETRY, finite);
        same_flags(measured.flags, flags, sky.doubtful);
        let Measured { flux, flux_err, apsum, npix, area, bad_frac, .. } = *measured;
        assert!([flux, flux_err, apsum, npix, area, bad_frac].iter().all(|value| value.is_nan()));
        return;
    };
    let weights = weights(&aperture, observation.method, at, observation.image.shape);
    let totals = Totals::of(observation, pixels, &weights, sky.level);
    let cut = !aperture.bbox(at.0, at.1).is_ok_and(|bbox| pixels.frame.contains(bbox));
    let shared = sky.pixels.iter().zip(&weights).any(|(&of_sky, &weight)| of_sky && weight > 0.5);
    flags = flags | totals.flags;
    let outside = cut && totals.inside.sum == 0.0;
    let none_good = totals.inside.sum > 0.0 && totals.npix.size == 0.0;
    flags.set(Flags::NO_OVERLAP, outside);
    flags.set(Flags::PARTIAL_OVERLAP, cut && !outside);
    flags.set(Flags::ALL_MASKED, none_good);
    flags.set(Flags::SKY_OVERLAP, shared);
    flags.set(Flags::NEGATIVE_FLUX, measured.flux < 0.0);
    // A weight may round to one half here and not there.
    let half = sky.pixels.iter().zip(&weights).any(|(&s, &w)| s && (w - 0.5).abs() < 1e-12);
    let doubtful = if half { sky.doubtful | Flags::SKY_OVERLAP } else { sky.doubtful };
    same_flags(measured.flags, flags, doubtful);
    numbers_are_those_of_a_loop(
        observation,
        pixels,
        &aperture,
        &totals,
        sky,
        (cut, outside || none_good),
        measured,
    );
}

/// Equal but for those that rounding decides, and for that of neighbours, which has its own law.
#[track_caller]
fn same_flags(found: Flags, expected: Flags, doubtful: Flags) {
    let beside = doubtful | Flags::NEIGHBOUR;
    for &(name, flag) in Flags::ALL {
        assert!(beside.has(flag) || found.has(flag) == expected.has(flag), "{name}: {}", found.has(flag));
    }
}

fn numbers_are_those_of_a_loop(
    observation: &Observation,
    pixels: &Pixels,
    aperture: &Aperture,
    totals: &Totals,
    sky: &SkyOf,
    (cut, nothing): (bool, bool),
    measured: &Measured,
) {
    let Measured { flux, flux_err, apsum, npix, area, bad_frac, flags } = *measured;
    let rounding = roundings(pixels);
    same(area, aperture.area(), "area");
    if !cut && observation.method == Method::Exact && totals.bad == 0 {
        same(npix, area, "npix of good pixels inside the image");
    } else {
        near(npix, totals.npix.sum, rounding * totals.inside.size, "npix");
    }
    let bad = Flags::MASKED_PIXELS | Flags::NON_FINITE_DATA | Flags::NON_FINITE_ERROR;
    let refused = nothing
        || (observation.cut_is_nan && cut)
        || (observation.masked == Masked::Nan && totals.flags.has(bad));
    if refused {
        assert!(apsum.is_nan() && flux.is_nan() && flux_err.is_nan());
    } else if totals.apsum.size < f64::MAX {
        near(apsum, totals.apsum.sum, rounding * totals.apsum.size, "apsum");
    }
    same(flux, apsum - npix * sky.level, "flux");
    let all = if cut || observation.method == Method::Exact { area } else { totals.inside.sum };
    let expected = if npix == all { 0.0 } else { (1.0 - npix / all).clamp(0.0, 1.0) };
    near(bad_frac, expected, 1e-12, "bad_frac");
    assert!(flags.has(Flags::ALL_MASKED) || all == 0.0 || (0.0..=1.0).contains(&bad_frac));
    if !refused {
        error_is_that_of_the_formula(observation, totals, sky, measured, rounding);
    }
}

fn error_is_that_of_the_formula(
    observation: &Observation,
    totals: &Totals,
    sky: &SkyOf,
    measured: &Measured,
    rounding: f64,
) {
    let Measured { flux, flux_err, npix, .. } = *measured;
    if flux.is_nan() || sky.n == Some(1) {
        return assert!(flux_err.is_nan());
    }
    let of_sky = npix * npix * sky.variance;
    let photons = |gain: Option<f64>| gain.map_or(0.0, |gain| totals.photons.sum.max(0.0) / gain);
    let (variance, size) = match observation.error_model {
        ErrorModel::Scatter { gain } => {
            let pixels = totals.squares.sum * sky.pixel * sky.pixel;
            (pixels + photons(gain) + of_sky, gain.map_or(0.0, |gain| totals.photons.size / gain))
        }
        ErrorModel::Pixels { gain } => {
            (totals.errors.sum + photons(gain) + of_sky, gain.map_or(0.0, |gain| totals.photons.size / gain))
        }
        ErrorModel::Iraf { gain } => {
            let std2 = sky.std * sky.std;
            let of_mean = sky.n.map_or(of_sky, |n| npix * npix * std2 / n as f64);
            (flux.max(0.0) / gain + npix * std2 + of_mean, 0.0)
        }
        ErrorModel::Ccd { gain, read_noise, dark, sky_level, frames } => {
            let level = (sky.level + sky_level).max(0.0);
            let of_pixel = gain * level + dark + read_noise.powi(2) + (0.289 * gain).powi(2);
            let pixels = npix * (1.0 + sky.n.map_or(0.0, |n| npix / n as f64));
            ((gain * flux.max(0.0) + pixels * of_pixel) / (gain * gain * frames), 0.0)
        }
    };
    // Squares of the largest numbers pass them.
    if variance.is_finite() && size.is_finite() && variance > f64::MIN_POSITIVE {
        let bound = (16.0 * rounding) * (variance + size);
        near(flux_err * flux_err, variance, bound, "variance");
    }
    assert!(flux_err >= 0.0 || flux_err.is_nan());
}

fn neighbours_are_flagged(observation: &Observation, catalogue: &Catalogue) {
    let k = observation.apertures.len();
    for (which, sources) in observation.apertures.iter().enumerate() {
        let reach: Vec<Option<Reach>> = sources
            .apertures()
            .iter()
            .zip(sources.x.iter().zip(&sources.y))
            .map(|(aperture, (x, y))| {
                aperture.as_ref().filter(|_| x.is_finite() && y.is_finite()).map(Reach::of)
            })
            .collect();
        for (i, one) in reach.iter().enumerate() {
            let overlaps = |j: usize| {
                let (Some(one), Some(other)) = (one, &reach[j]) else { return false };
                let (dx, dy) = (sources.x[j] - sources.x[i], sources.y[j] - sources.y[i]);
                let discs = (dx * dx + dy * dy) < (one.radius + other.radius).powi(2);
                let beside = |a: [f64; 2], b: [f64; 2], d: f64| b[0] + d >= a[1] || b[1] + d <= a[0];
                discs && !beside(one.x, other.x, dx) && !beside(one.y, other.y, dy)
            };
            let expected = (0..reach.len()).any(|j| j != i && overlaps(j));
            let found = catalogue.apertures[i * k + which].flags.has(Flags::NEIGHBOUR);
            assert_eq!(found, expected, "neighbours of source {i} in aperture {which}");
        }
    }
}

/// A source alone has the same bits, but for the flag of its neighbours.
fn company_changes_nothing(observation: &Observation, catalogue: &Catalogue) {
    let k = observation.apertures.len();
    for i in 0..catalogue.sky.len() {
        let alone = Observation {
            apertures: observation.apertures.iter().map(|sources| sources.alone(i)).collect(),
            sky: observation.sky.as_ref().map(|sky| Annuli {
                sources: sky.sources.alone(i),
                levels: sky.levels.as_ref().map(|levels| vec![levels[i]]),
                ..sky.clone()
            }),
            given: observation.given.each_ref().map(|column| vec![*column.get(i).unwrap_or(&column[0])]),
            ..observation.clone()
        };
        let Some((single, _)) = alone.measure() else { continue };
        let (sky, other) = (&catalogue.sky[i], &single.sky[0]);
        same(sky.level, other.level, "level alone");
        same(sky.std, other.std, "std alone");
        assert_eq!((sky.n, sky.rejected), (other.n, other.rejected));
        for (one, other) in catalogue.apertures[i * k..(i + 1) * k].iter().zip(&single.apertures) {
            let numbers = |m: &Measured| [m.flux, m.flux_err, m.apsum, m.npix, m.area, m.bad_frac];
            for (one, other) in numbers(one).into_iter().zip(numbers(other)) {
                same(one, other, "alone");
            }
            same_flags(one.flags, other.flags, Flags::NONE);
        }
    }
}
