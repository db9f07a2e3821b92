//! Photometry of a catalogue: one pass over the image per source.

mod job;

use super::run::Plan;
use super::{Batch, Runner, Shapes, joined, offsets};
use crate::aperture::Method;
use crate::batch::Column;
use crate::error::{ApertureError, Result};
use crate::image::Image;
use crate::photometry::{
    ErrorModel, Errors, Flags, Masked, Measured, Reach, SkyEstimator, SkyMeasured, neighbours_alike,
    neighbours_each,
};
use crate::stop::Listener;
use job::{Item, Job, Together};

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
/// use astroapers::photometry::SkyEstimator;
/// use astroapers::shapes;
///
/// let data: Vec<f32> = (0..60 * 60).map(|i| 20.0 + (i % 7) as f32 + if i == 30 * 60 + 30 { 500.0 } else { 0.0 }).collect();
/// let image = Image::from_slice(&data, 60, 60)?;
/// let (disc, annulus) = (shapes::circle(5.0)?, shapes::circular_annulus(9.0, 15.0)?);
/// let (x, y) = (&[30.0], &[30.0]);
/// let sky = Sky::Annulus {
///     x,
///     y,
///     shapes: Shapes::Shared(&annulus),
///     estimator: SkyEstimator::default(),
///     levels: None,
/// };
/// let photometry = Photometry { step: 1.0, ..Photometry::new(x, y, vec![Shapes::Shared(&disc)], sky) };
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

impl<'a> Photometry<'a> {
    /// With exact weights, errors from the scatter of the sky's pixels, bad pixels left out, what an edge leaves of an aperture, no
    /// saturation, and continuous values.
    pub const fn new(x: &'a [f64], y: &'a [f64], apertures: Vec<Shapes<'a>>, sky: Sky<'a>) -> Self {
        Self {
            x,
            y,
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
        let mut listener = Listener::new(runner.interrupted);
        let mut sky = listener.filled(n, &SkyMeasured::UNKNOWN)?;
        let mut apertures = listener.filled(n * k, &Measured::UNKNOWN)?;
        // Apertures that all sources share reach equally far.
        let differ = self.apertures.iter().any(|shapes| matches!(shapes, Shapes::Each { .. }));
        let mut reach = listener.filled(if differ { n * k } else { 0 }, &Reach::NOTHING)?;
        let mut reaches = reach.chunks_mut(k);
        let mut items: Vec<Item<'_>> = sky
            .iter_mut()
            .zip(apertures.chunks_mut(k))
            .map(|(sky, apertures)| Item { sky, apertures, reach: reaches.next().unwrap_or_default() })
            .collect();
        let job = Job::new(self, image);
        let leading = job.leading();
        let batch = &job.batches()[leading];
        let plan = Plan::of_sources(image.frame()).on(image);
        let order = plan.order(batch);
        if let Some(order) = &order {
            let mut in_place: Vec<_> = items.into_iter().map(Some).collect();
            items = order.iter().filter_map(|&i| in_place[i as usize].take()).collect();
        }
        plan.run_in_order(
            batch,
            order.as_deref(),
            &mut items,
            runner,
            || job.state(),
            Together::new(&job, leading),
        )?;
        if n > 1 {
            self.flag_neighbours(&mut apertures, &reach, &mut Listener::new(runner.interrupted))?;
        }
        Ok(Catalogue { sky, apertures })
    }

    /// The pixels of each annulus that survive the clipping, for a statistic of one's own.
    ///
    /// # Errors
    /// As [`Photometry::measure`]; [`ApertureError::Layout`] if the sky is not an annulus.
    pub fn survivors(&self, image: &Image<'_>, runner: &mut Runner<'_>) -> Result<Survivors> {
        let n = self.check(image)?;
        let job = Job::new(self, image);
        let Some(annuli) = job.annuli() else {
            return Err(ApertureError::Layout("there are no pixels of a sky that is given".to_owned()));
        };
        let plan = Plan::of_parts(n, image.frame()).on(image);
        let mut parts = vec![(Vec::new(), Vec::new()); plan.items(n)];
        plan.run(
            annuli,
            &mut parts,
            runner,
            || job.state(),
            |state, _, source, tools, (values, ends)| {
                if let Some(source) = source {
                    job.survivors(state, &source, tools, values)?;
                }
                ends.push(values.len() as i64);
                Ok(())
            },
        )?;
        let offsets = offsets(parts.iter().map(|(_, ends)| &**ends));
        let total = offsets.last().copied().unwrap_or(0);
        Ok(Survivors { values: joined(total, parts.into_iter().map(|(values, _)| values)), offsets })
    }

    /// The number of sources, if everything fits together.
    fn check(&self, image: &Image<'_>) -> Result<usize> {
        let unequal = |text: String| Err(ApertureError::Layout(text));
        let n = self.x.len();
        if self.apertures.is_empty() {
            return unequal("photometry needs at least one aperture".to_owned());
        }
        let job = Job::new(self, image);
        for batch in job.batches() {
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
                let annuli = job.annuli().map_or(Ok(n), Batch::len)?;
                let levels = levels.map(|levels| ("levels", levels.len()));
                std::iter::once(("sky", annuli)).chain(levels).collect()
            }
        };
        match columns.into_iter().find(|&(_, length)| length != n) {
            Some((name, length)) => unequal(format!("x has {n} values, but {name} has {length}")),
            None => Ok(n),
        }
    }

    fn flag_neighbours(
        &self,
        apertures: &mut [Measured],
        reach: &[Reach],
        listener: &mut Listener<'_>,
    ) -> Result<()> {
        let k = self.apertures.len();
        let mut flag = |which: usize, known: &mut dyn Iterator<Item = bool>| {
            for (measured, known) in apertures.iter_mut().skip(which).step_by(k).zip(known) {
                measured.flags.set(Flags::NEIGHBOUR, known);
            }
        };
        let mut shared = Vec::new();
        for (which, shapes) in self.apertures.iter().enumerate() {
            match shapes {
                Shapes::Shared(aperture) => shared.push((which, Reach::of(aperture))),
                Shapes::Each { .. } => {
                    let known = neighbours_each(self.x, self.y, &|i| reach[i * k + which], listener)?;
                    flag(which, &mut known.into_iter());
                }
            }
        }
        let reaches: Vec<_> = shared.iter().map(|(_, reach)| *reach).collect();
        let known = neighbours_alike(self.x, self.y, &reaches, listener)?;
        for (place, (which, _)) in shared.iter().enumerate() {
            flag(*which, &mut known.iter().skip(place).step_by(reaches.len()).copied());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
