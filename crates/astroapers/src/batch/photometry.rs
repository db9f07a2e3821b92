//! Photometry of a catalogue: one pass over the image per source.

use super::run::Plan;
use super::{Batch, Builder, Runner, Shapes, Source, Tools, joined, offsets};
use crate::aperture::Method;
use crate::batch::Column;
use crate::error::{ApertureError, Result};
use crate::image::Image;
use crate::photometry::{
    ErrorModel, Errors, Flags, Masked, Measured, Observer, Pixels, PixelsReducer, Reach, Runs, SkyEstimator,
    SkyKnowledge, SkyMeasured, neighbours,
};

/// Where the level of the sky comes from.
///
/// ```
/// use astroapers::batch::{Column, Sky};
///
/// let flat = Sky::Given { level: Column::Same(20.0), std: Column::Same(3.0), err: Column::Same(0.0) };
/// assert!(matches!(Sky::NONE, Sky::Given { level: Column::Same(0.0), .. }));
/// # let _ = flat;
/// ```
#[derive(Clone, Debug)]
pub enum Sky<'a> {
    /// It is known.
    Given {
        /// The level.
        level: Column<'a>,
        /// Standard deviation of a pixel; NaN if unknown.
        std: Column<'a>,
        /// Standard error of the level.
        err: Column<'a>,
    },
    /// The pixels of an annulus.
    Annulus {
        /// Column of each annulus' position \[pixel\].
        x: &'a [f64],
        /// Row of each annulus' position \[pixel\].
        y: &'a [f64],
        /// The annuli.
        shapes: Shapes<'a>,
        /// What to make of their pixels.
        estimator: SkyEstimator,
        /// Levels that take the place of the estimator's statistic.
        levels: Option<&'a [f64]>,
    },
}

impl Sky<'_> {
    /// No sky at all.
    pub const NONE: Self =
        Self::Given { level: Column::Same(0.0), std: Column::Same(f64::NAN), err: Column::Same(0.0) };
}

/// Sources to be measured: positions, one or several apertures on each, and all that says how.
///
/// ```
/// use astroapers::batch::{Photometry, Runner, Shapes, Sky};
/// use astroapers::image::Image;
/// use astroapers::photometry::{ErrorModel, Masked, SkyEstimator};
/// use astroapers::{Method, shapes};
///
/// let data: Vec<f32> = (0..60 * 60).map(|i| 20.0 + (i % 7) as f32 + if i == 30 * 60 + 30 { 500.0 } else { 0.0 }).collect();
/// let image = Image::from_slice(&data, 60, 60)?;
/// let (disc, annulus) = (shapes::circle(5.0)?, shapes::circular_annulus(9.0, 15.0)?);
/// let (x, y) = (&[30.0], &[30.0]);
/// let photometry = Photometry {
///     x,
///     y,
///     apertures: vec![Shapes::Shared(&disc)],
///     method: Method::Exact,
///     sky: Sky::Annulus {
///         x,
///         y,
///         shapes: Shapes::Shared(&annulus),
///         estimator: SkyEstimator::default(),
///         levels: None,
///     },
///     errors: None,
///     error_model: ErrorModel::Scatter { gain: None },
///     masked: Masked::Exclude,
///     cut_is_nan: false,
///     saturation: None,
///     step: 1.0,
/// };
/// let catalogue = photometry.measure(&image, &mut Runner { interrupted: &mut || false })?;
/// let star = &catalogue.apertures[0];
/// assert_eq!(catalogue.sky[0].level, 23.0);
/// assert!((star.flux - 500.0).abs() < 2.0 * star.flux_err);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Photometry<'a> {
    /// Column of each position \[pixel\].
    pub x: &'a [f64],
    /// Row of each position \[pixel\].
    pub y: &'a [f64],
    /// The apertures on each position, at least one.
    pub apertures: Vec<Shapes<'a>>,
    /// How a pixel on the edge of an aperture counts.
    pub method: Method,
    /// The sky.
    pub sky: Sky<'a>,
    /// The errors of the pixels, if they are known.
    pub errors: Option<Errors<'a>>,
    /// The formula of the error.
    pub error_model: ErrorModel,
    /// What becomes of bad pixels.
    pub masked: Masked,
    /// Whether an aperture that the image's edge cuts has a flux of NaN.
    pub cut_is_nan: bool,
    /// The value from which on pixels are saturated.
    pub saturation: Option<f64>,
    /// Distance of neighbouring pixel values: 1 for an image of integers, 0 for continuous values.
    pub step: f64,
}

/// What was measured.
///
/// ```
/// use astroapers::batch::Catalogue;
/// use astroapers::photometry::{Measured, SkyMeasured};
///
/// // Two apertures on one source.
/// let catalogue = Catalogue { sky: vec![SkyMeasured::UNKNOWN], apertures: vec![Measured::UNKNOWN; 2] };
/// assert_eq!(catalogue.apertures.len() / catalogue.sky.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    /// The sky of each source.
    pub sky: Vec<SkyMeasured>,
    /// Each source's apertures, source by source.
    pub apertures: Vec<Measured>,
}

/// The pixels of each annulus that survive the clipping.
///
/// ```
/// use astroapers::batch::Survivors;
///
/// let survivors = Survivors { values: vec![1.0, 2.0, 3.0], offsets: vec![0, 2, 3] };
/// assert_eq!(survivors.values[survivors.offsets[0] as usize..survivors.offsets[1] as usize], [1.0, 2.0]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survivors {
    /// Values of all sources one after the other, each in the order of the image.
    pub values: Vec<f64>,
    /// Where each source's values begin, and the end.
    pub offsets: Vec<i64>,
}

/// One source of the results.
struct Item<'a> {
    sky: &'a mut SkyMeasured,
    apertures: &'a mut [Measured],
    reach: &'a mut [Reach],
}

/// What a thread keeps from source to source.
struct State {
    observer: Option<Observer>,
    runs: Runs,
    scratch: Vec<f64>,
    builders: Vec<Builder>,
    sky_builder: Builder,
}

impl Photometry<'_> {
    /// Measure every source.
    ///
    /// A source whose position is not finite, or whose parameters make no aperture, is a row of NaN with a flag.
    ///
    /// # Errors
    /// If columns or images do not fit together; [`ApertureError::Stopped`] if interrupted.
    pub fn measure(&self, image: &Image<'_>, runner: &mut Runner<'_>) -> Result<Catalogue> {
        let n = self.check(image)?;
        let k = self.apertures.len();
        let mut sky = vec![SkyMeasured::UNKNOWN; n];
        let mut apertures = vec![Measured::UNKNOWN; n * k];
        let mut reach = vec![Reach::NOTHING; n * k];
        let mut items: Vec<Item<'_>> = sky
            .iter_mut()
            .zip(apertures.chunks_mut(k).zip(reach.chunks_mut(k)))
            .map(|(sky, (apertures, reach))| Item { sky, apertures, reach })
            .collect();
        let job = self.job(image);
        let state = || job.state();
        let leading = job.leading();
        let plan = Plan::of_sources(image.frame()).on(image);
        let order = plan.order(leading);
        if let Some(order) = &order {
            let mut in_place: Vec<_> = items.into_iter().map(Some).collect();
            items = order.iter().filter_map(|&i| in_place[i as usize].take()).collect();
        }
        plan.run_in_order(
            leading,
            order.as_deref(),
            &mut items,
            runner,
            state,
            |state, i, _, tools, item| job.source(state, i, tools, item),
        )?;
        if n > 1 {
            self.flag_neighbours(&mut apertures, &reach);
        }
        Ok(Catalogue { sky, apertures })
    }

    /// The pixels of each annulus that survive the clipping, for a statistic of one's own.
    ///
    /// # Errors
    /// As [`Photometry::measure`]; [`ApertureError::Layout`] if the sky is not an annulus.
    pub fn survivors(&self, image: &Image<'_>, runner: &mut Runner<'_>) -> Result<Survivors> {
        let n = self.check(image)?;
        let job = self.job(image);
        let Some(annuli) = &job.annuli else {
            return Err(ApertureError::Layout("there are no pixels of a sky that is given".to_owned()));
        };
        let plan = Plan::of_parts(n, image.frame());
        let mut parts = vec![(Vec::new(), Vec::new()); plan.items(n)];
        plan.run(
            annuli,
            &mut parts,
            runner,
            || job.state(),
            |state, _, source, tools, (values, ends)| {
                if let (Some(observer), Some(source)) = (&mut state.observer, source) {
                    job.look(observer, &mut state.runs, &source, tools)?;
                    observer.survivors(values);
                }
                ends.push(values.len() as i64);
                Ok(())
            },
        )?;
        let offsets = offsets(parts.iter().map(|(_, ends)| &**ends));
        let total = offsets.last().copied().unwrap_or(0);
        Ok(Survivors { values: joined(total, parts.into_iter().map(|(values, _)| values)), offsets })
    }

    fn job<'j>(&'j self, image: &'j Image<'j>) -> Job<'j> {
        let batch =
            |shapes: &Shapes<'j>| Batch { x: self.x, y: self.y, shapes: shapes.clone(), method: self.method };
        let annuli = match &self.sky {
            Sky::Given { .. } => None,
            Sky::Annulus { x, y, shapes, .. } => {
                Some(Batch { x, y, shapes: shapes.clone(), method: Method::Center })
            }
        };
        Job {
            photometry: self,
            pixels: Pixels {
                image,
                errors: self.errors,
                saturation: self.saturation.unwrap_or(f64::INFINITY),
                masked: self.masked,
                photons: self.error_model.needs_photons(),
            },
            unmasked: image.unmasked(),
            batches: self.apertures.iter().map(batch).collect(),
            annuli,
        }
    }

    /// The number of sources, if everything fits together.
    fn check(&self, image: &Image<'_>) -> Result<usize> {
        let unequal = |text: String| Err(ApertureError::Layout(text));
        let n = self.x.len();
        if self.apertures.is_empty() {
            return unequal("photometry needs at least one aperture".to_owned());
        }
        let job = self.job(image);
        for batch in &job.batches {
            batch.len()?;
        }
        if let Some(errors) = &self.errors
            && errors.view.shape() != image.shape()
        {
            let (got, rule) = (errors.view.shape(), image.shape());
            return unequal(format!(
                "error has shape ({}, {}), but the image has shape ({}, {})",
                got.0, got.1, rule.0, rule.1
            ));
        }
        let columns: Vec<(&str, usize)> = match &self.sky {
            Sky::Given { level, std, err } => [("sky", level), ("sky_std", std), ("sky_err", err)]
                .into_iter()
                .filter_map(|(name, column)| match column {
                    Column::Same(_) => None,
                    Column::Each(values) => Some((name, values.len())),
                })
                .collect(),
            Sky::Annulus { levels, .. } => {
                let annuli = job.annuli.as_ref().map_or(Ok(n), Batch::len)?;
                let levels = levels.map(|levels| ("levels", levels.len()));
                std::iter::once(("sky", annuli)).chain(levels).collect()
            }
        };
        match columns.into_iter().find(|&(_, length)| length != n) {
            Some((name, length)) => unequal(format!("x has {n} values, but {name} has {length}")),
            None => Ok(n),
        }
    }

    fn flag_neighbours(&self, apertures: &mut [Measured], reach: &[Reach]) {
        let k = self.apertures.len();
        for which in 0..k {
            let known = match &self.apertures[which] {
                Shapes::Shared(aperture) => {
                    let same = Reach::of(aperture);
                    neighbours(self.x, self.y, &|_| same)
                }
                Shapes::Each { .. } => neighbours(self.x, self.y, &|i| reach[i * k + which]),
            };
            for (measured, known) in apertures.iter_mut().skip(which).step_by(k).zip(known) {
                measured.flags.set(Flags::NEIGHBOUR, known);
            }
        }
    }
}

/// A request and what is made of it before the first source.
struct Job<'j> {
    photometry: &'j Photometry<'j>,
    pixels: Pixels<'j>,
    unmasked: Image<'j>,
    batches: Vec<Batch<'j>>,
    annuli: Option<Batch<'j>>,
}

impl<'j> Job<'j> {
    fn state(&self) -> State {
        let observer = match &self.photometry.sky {
            Sky::Given { .. } => None,
            Sky::Annulus { estimator, .. } => Some(Observer::new(*estimator, self.photometry.step)),
        };
        State {
            observer,
            runs: Runs::default(),
            scratch: Vec::new(),
            builders: self.batches.iter().map(|_| Builder::default()).collect(),
            sky_builder: Builder::default(),
        }
    }

    /// The batch whose first source is largest: by its boxes the work is shared out.
    fn leading(&self) -> &Batch<'j> {
        let pixels = |batch: &Batch<'_>| {
            let mut builder = Builder::default();
            let first = batch.x.iter().zip(batch.y).position(|(x, y)| x.is_finite() && y.is_finite());
            let bbox = first.and_then(|i| batch.source(i, &mut builder)?.bbox.ok());
            bbox.map_or(0, |bbox| bbox.nx().saturating_mul(bbox.ny()))
        };
        let all = self.batches.iter().chain(&self.annuli);
        all.max_by_key(|batch| pixels(batch)).unwrap_or(&self.batches[0])
    }

    /// Collect the pixels of an annulus.
    fn look(
        &self,
        observer: &mut Observer,
        runs: &mut Runs,
        source: &Source<'_>,
        tools: &mut Tools<'_>,
    ) -> Result<()> {
        let mut tools = Tools { method: Method::Center, scratch: &mut *tools.scratch, stop: tools.stop };
        let mut annulus = observer.annulus(&self.pixels, runs);
        source.visit(self.pixels.image.frame(), &mut tools, &mut annulus)?;
        annulus.finish();
        Ok(())
    }

    /// Measure source `i`.
    fn source(&self, state: &mut State, i: usize, tools: &mut Tools<'_>, item: &mut Item<'_>) -> Result<()> {
        let State { observer, runs, scratch, builders, sky_builder } = state;
        let (known, mut common) = self.sky(observer.as_mut(), runs, sky_builder, i, tools, item.sky)?;
        let (x, y) = (self.photometry.x[i], self.photometry.y[i]);
        let nowhere = !(x.is_finite() && y.is_finite());
        common.set(Flags::BAD_POSITION, nowhere);
        common.set(Flags::CORE_BAD, !nowhere && self.pixels.core_is_bad(x, y));
        let apertures = item.apertures.iter_mut().zip(item.reach.iter_mut());
        for ((batch, builder), (measured, reach)) in self.batches.iter().zip(builders).zip(apertures) {
            if let Some(source) = batch.source(i, builder) {
                if matches!(batch.shapes, Shapes::Each { .. }) {
                    *reach = Reach::of(source.aperture);
                }
                *measured = self.aperture(&source, &known, runs, scratch, tools)?;
            } else {
                measured.flags.set(Flags::BAD_GEOMETRY, !nowhere);
            }
            measured.flags = measured.flags | common;
        }
        Ok(())
    }

    /// The sky under source `i`, and the flags that it brings.
    fn sky(
        &self,
        observer: Option<&mut Observer>,
        runs: &mut Runs,
        builder: &mut Builder,
        i: usize,
        tools: &mut Tools<'_>,
        measured: &mut SkyMeasured,
    ) -> Result<(SkyKnowledge, Flags)> {
        let of = |column: &Column<'_>| column.get(i).unwrap_or(f64::NAN);
        match (&self.photometry.sky, &self.annuli, observer) {
            (Sky::Annulus { levels, .. }, Some(annuli), Some(observer)) => {
                let source = annuli.source(i, builder);
                let mut flags = Flags::NONE;
                if let Some(source) = &source {
                    self.look(observer, runs, source, tools)?;
                    let frame = self.pixels.image.frame();
                    flags.set(
                        Flags::SKY_PARTIAL,
                        !source.bbox.as_ref().is_ok_and(|&bbox| frame.contains(bbox)),
                    );
                } else {
                    observer.forget(runs);
                    let somewhere = annuli.x[i].is_finite() && annuli.y[i].is_finite();
                    flags.set(Flags::BAD_GEOMETRY, somewhere);
                    flags.set(Flags::BAD_POSITION, !somewhere);
                }
                let (sky, known, found) = observer.measure(levels.map(|levels| levels[i]));
                *measured = sky;
                Ok((known, flags | found))
            }
            (Sky::Given { level, std, err }, ..) => {
                let (level, std, err) = (of(level), of(std), of(err));
                *measured = SkyMeasured { level, std, n: 0, rejected: 0 };
                let known = SkyKnowledge { level, std, pixel: std, variance: err * err, n: None };
                let mut flags = Flags::NONE;
                flags.set(Flags::SKY_NONE, !level.is_finite());
                Ok((known, flags))
            }
            _ => unreachable!("every annulus has a batch and an observer"),
        }
    }

    /// One aperture of a source.
    fn aperture(
        &self,
        source: &Source<'_>,
        sky: &SkyKnowledge,
        runs: &Runs,
        scratch: &mut Vec<f64>,
        tools: &mut Tools<'_>,
    ) -> Result<Measured> {
        let Photometry { method, cut_is_nan, masked, error_model, .. } = self.photometry;
        let frame = self.pixels.image.frame();
        let whole = source.whole_area(frame, *method);
        let mut reducer = PixelsReducer::new(&self.pixels, &self.unmasked, sky.level, runs, scratch);
        let totals = loop {
            let mut tools = Tools { method: *method, scratch: &mut *tools.scratch, stop: tools.stop };
            source.visit(frame, &mut tools, &mut reducer)?;
            if let Some(totals) = reducer.totals(whole) {
                break totals;
            }
        };
        let area = source.aperture.area();
        let cut = !source.bbox.as_ref().is_ok_and(|&bbox| frame.contains(bbox));
        // What 1 - npix / area means of whole pixels: those inside the image, unless some of them are not there.
        let all = if cut || *method == Method::Exact { area } else { totals.inside };
        let mut flags = totals.flags;
        let none_inside = cut && totals.inside == 0.0;
        let none_good = totals.inside > 0.0 && totals.npix == 0.0;
        flags.set(Flags::NO_OVERLAP, none_inside);
        flags.set(Flags::PARTIAL_OVERLAP, cut && !none_inside);
        flags.set(Flags::ALL_MASKED, none_good);
        let bad = Flags::MASKED_PIXELS | Flags::NON_FINITE_DATA | Flags::NON_FINITE_ERROR;
        let refused =
            none_inside || none_good || (*cut_is_nan && cut) || (*masked == Masked::Nan && flags.has(bad));
        let apsum = if refused { f64::NAN } else { totals.apsum };
        let flux = apsum - totals.npix * sky.level;
        flags.set(Flags::NEGATIVE_FLUX, flux < 0.0);
        let variance = if flux.is_nan() { f64::NAN } else { error_model.variance(&totals.sums(flux), sky) };
        let bad_frac = if totals.npix == all { 0.0 } else { (1.0 - totals.npix / all).clamp(0.0, 1.0) };
        Ok(Measured { flux, flux_err: variance.sqrt(), apsum, npix: totals.npix, area, bad_frac, flags })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photometry::{ErrorKind, Statistic};
    use crate::{Kind, image::View, shapes};

    const SIZE: usize = 60;

    fn data() -> Vec<f64> {
        (0..SIZE * SIZE).map(|i| 100.0 + ((i * 7919) % 31) as f64).collect()
    }

    fn request<'a>(x: &'a [f64], apertures: Vec<Shapes<'a>>, sky: Sky<'a>) -> Photometry<'a> {
        Photometry {
            x,
            y: x,
            apertures,
            method: Method::Exact,
            sky,
            errors: None,
            error_model: ErrorModel::Scatter { gain: None },
            masked: Masked::Exclude,
            cut_is_nan: false,
            saturation: None,
            step: 0.0,
        }
    }

    fn annuli<'a>(x: &'a [f64], shape: &'a crate::Aperture, statistic: Statistic) -> Sky<'a> {
        let estimator = SkyEstimator { statistic, ..SkyEstimator::default() };
        Sky::Annulus { x, y: x, shapes: Shapes::Shared(shape), estimator, levels: None }
    }

    fn measured(request: &Photometry<'_>, image: &Image<'_>) -> Catalogue {
        request.measure(image, &mut Runner { interrupted: &mut || false }).unwrap()
    }

    #[test]
    fn a_flux_is_a_sum_less_the_sky() {
        let (data, x) = (data(), [20.0, 35.5]);
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
        let (disc, ring) = (shapes::circle(3.0).unwrap(), shapes::circular_annulus(6.0, 9.0).unwrap());
        let found =
            measured(&request(&x, vec![Shapes::Shared(&disc)], annuli(&x, &ring, Statistic::Mean)), &image);
        let batch = Batch { x: &x, y: &x, shapes: Shapes::Shared(&disc), method: Method::Exact };
        let sums = batch.sums(&image, &mut Runner { interrupted: &mut || false }).unwrap();
        for ((source, sky), sum) in found.apertures.iter().zip(&found.sky).zip(sums) {
            assert_eq!((source.apsum, source.npix), (sum.sum, sum.npix));
            assert_eq!(source.flux, sum.sum - sum.npix * sky.level);
            assert!(sky.n > 100 && source.flux_err > 0.0);
        }
    }

    #[test]
    fn given_levels_replace_the_statistic_alone() {
        let (data, x) = (data(), [20.0, 35.5]);
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
        let (disc, ring) = (shapes::circle(3.0).unwrap(), shapes::circular_annulus(6.0, 9.0).unwrap());
        let own = request(&x, vec![Shapes::Shared(&disc)], annuli(&x, &ring, Statistic::Median));
        let survivors = own.survivors(&image, &mut Runner { interrupted: &mut || false }).unwrap();
        let mut given = own.clone();
        if let Sky::Annulus { levels, .. } = &mut given.sky {
            *levels = Some(&[1.0, 2.0]);
        }
        let (own, given) = (measured(&own, &image), measured(&given, &image));
        for i in 0..2 {
            assert_eq!(given.sky[i], SkyMeasured { level: (i + 1) as f64, ..own.sky[i] });
            assert_eq!((survivors.offsets[i + 1] - survivors.offsets[i]) as usize, own.sky[i].n);
        }
    }

    #[test]
    fn bad_rows_are_flagged_and_spoil_nothing() {
        let (data, x, radii) = (data(), [20.0, f64::NAN, 30.0], [3.0, 3.0, -1.0]);
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
        let kind = Kind::named("circ").unwrap();
        let shapes = Shapes::Each { kind, columns: vec![Column::Each(&radii)] };
        let found = measured(&request(&x, vec![shapes], Sky::NONE), &image);
        let fluxes = found.apertures.iter().map(|source| source.flux.is_nan());
        assert_eq!(fluxes.collect::<Vec<_>>(), [false, true, true]);
        assert!(found.apertures[1].flags.has(Flags::BAD_POSITION));
        assert!(found.apertures[2].flags.has(Flags::BAD_GEOMETRY));
        assert_eq!(found.apertures[0].flags, Flags::NONE);
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let (data, x) = (data(), [20.0, 30.0]);
        let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
        let disc = shapes::circle(3.0).unwrap();
        let refused = |request: &Photometry<'_>| {
            request.measure(&image, &mut Runner { interrupted: &mut || false }).unwrap_err().to_string()
        };
        let good = request(&x, vec![Shapes::Shared(&disc)], Sky::NONE);
        assert_eq!(
            refused(&Photometry { apertures: Vec::new(), ..good.clone() }),
            "photometry needs at least one aperture"
        );
        assert_eq!(refused(&Photometry { y: &[1.0], ..good.clone() }), "x has 2 values, but y has 1");
        let level = Column::Each(&[1.0; 3]);
        let sky = Sky::Given { level, std: Column::Same(1.0), err: Column::Same(0.0) };
        assert_eq!(refused(&Photometry { sky, ..good.clone() }), "x has 2 values, but sky has 3");
        let sky = annuli(&x[..1], &disc, Statistic::Median);
        assert_eq!(refused(&Photometry { sky, ..good.clone() }), "x has 2 values, but sky has 1");
        let view = View::from_slice(&[1.0; 4], 2, 2).unwrap();
        let errors = Some(Errors { view, kind: ErrorKind::Std, scale: 1.0 });
        assert_eq!(
            refused(&Photometry { errors, ..good.clone() }),
            "error has shape (2, 2), but the image has shape (60, 60)"
        );
        let none = good.survivors(&image, &mut Runner { interrupted: &mut || false }).unwrap_err();
        assert_eq!(none.to_string(), "there are no pixels of a sky that is given");
    }
}
