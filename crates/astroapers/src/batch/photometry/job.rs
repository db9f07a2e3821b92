//! One source after another: its sky, then its apertures.

use std::ops::Range;

use super::{Photometry, Sky};
use crate::aperture::Method;
use crate::batch::{Batch, Builder, Column, Company, Done, Measure, Nested, Shapes, Source, Tools};
use crate::error::Result;
use crate::image::Image;
use crate::photometry::{
    CORE, ErrorModel, Flags, Masked, Measured, Observer, Pixels, PixelsReducer, Reach, Runs, SkyKnowledge,
    SkyMeasured, Totals,
};
use crate::reduce::Sum;
use crate::simd::{dispatch, level};
use crate::window::Window;

/// One source of the results.
pub(super) struct Item<'a> {
    pub(super) sky: &'a mut SkyMeasured,
    pub(super) apertures: &'a mut [Measured],
    /// How far the apertures reach, if sources have their own.
    pub(super) reach: &'a mut [Reach],
}

/// What a thread keeps from source to source.
pub(super) struct State<'j> {
    observer: Option<Observer>,
    runs: Runs,
    reducer: PixelsReducer<'j>,
    /// One for each batch.
    builders: Vec<Builder>,
    ready: Ready,
}

/// What was summed of the apertures of some sources together, before these are looked at one by one.
#[derive(Default)]
struct Ready {
    /// The sources, in the order of their visit, and how many of them are over.
    sources: Vec<usize>,
    next: usize,
    /// The sums of each source's apertures, with those of squared weights, where there are some.
    sums: Vec<Option<(Sum, f64)>>,
    /// The aperture whose sums tell that all pixels of a source's core are good.
    core: Option<usize>,
}

impl Ready {
    /// Whether no pixel of the core is bad, by the sums of a source's apertures.
    #[inline]
    fn core_is_good(&self, sums: &[Option<(Sum, f64)>]) -> bool {
        self.core.and_then(|which| sums.get(which)).is_some_and(Option::is_some)
    }

    /// Where those of a source's `k` apertures are, which are visited now; nowhere if there are none.
    #[inline]
    fn take(&mut self, i: usize, k: usize) -> Range<usize> {
        let Some(skipped) = self.sources[self.next..].iter().position(|&source| source == i) else {
            return 0..0;
        };
        self.next += skipped + 1;
        (self.next - 1) * k..self.next * k
    }
}

/// A request and what is made of it before the first source.
pub(super) struct Job<'j> {
    photometry: &'j Photometry<'j>,
    frame: Window,
    pixels: Pixels<'j>,
    unmasked: Image<'j>,
    /// The apertures, and the annuli last if there are any.
    batches: Vec<Batch<'j>>,
}

impl<'j> Job<'j> {
    pub(super) fn new(photometry: &'j Photometry<'j>, image: &'j Image<'j>) -> Self {
        let Photometry { x, y, method, .. } = *photometry;
        let aperture = |shapes: &Shapes<'j>| Batch { x, y, shapes: shapes.clone(), method };
        let annuli = match &photometry.sky {
            Sky::Given { .. } => None,
            Sky::Annulus { x, y, shapes, .. } => {
                Some(Batch { x, y, shapes: shapes.clone(), method: Method::Center })
            }
        };
        Self {
            photometry,
            frame: image.frame(),
            pixels: Pixels {
                image,
                errors: photometry.errors,
                saturation: photometry.saturation.unwrap_or(f64::INFINITY),
                masked: photometry.masked,
                photons: photometry.error_model.needs_photons(),
            },
            unmasked: image.unmasked(),
            batches: photometry.apertures.iter().map(aperture).chain(annuli).collect(),
        }
    }

    /// How many apertures there are on each position; the annuli come after them.
    const fn apertures(&self) -> usize {
        self.photometry.apertures.len()
    }

    pub(super) fn batches(&self) -> &[Batch<'j>] {
        &self.batches
    }

    pub(super) fn annuli(&self) -> Option<&Batch<'j>> {
        self.batches.get(self.apertures())
    }

    /// The batch whose first source is largest: by its boxes the work is shared out.
    pub(super) fn leading(&self) -> usize {
        let pixels = |batch: &Batch<'_>| {
            let mut builder = Builder::default();
            let first = batch.x.iter().zip(batch.y).position(|(x, y)| x.is_finite() && y.is_finite());
            let bbox = first.and_then(|i| batch.source(i, &mut builder)?.bbox.ok());
            bbox.map_or(0, |bbox| bbox.nx().saturating_mul(bbox.ny()))
        };
        (0..self.batches.len()).max_by_key(|&which| pixels(&self.batches[which])).unwrap_or(0)
    }

    pub(super) fn state(&self) -> State<'_> {
        let observer = match &self.photometry.sky {
            Sky::Given { .. } => None,
            Sky::Annulus { estimator, .. } => Some(Observer::new(*estimator, self.photometry.step)),
        };
        State {
            observer,
            runs: Runs::default(),
            reducer: PixelsReducer::new(&self.pixels, &self.unmasked),
            builders: self.batches.iter().map(|_| Builder::default()).collect(),
            ready: Ready::default(),
        }
    }

    /// What can sum the apertures of several sources together.
    fn nested(&self) -> Option<Nested<'_>> {
        let batches = &self.batches[..self.apertures()];
        if self.pixels.is_plain() { Nested::new(batches, self.pixels.image) } else { None }
    }

    /// Whether anything comes of the squares of weights; without a scatter of pixels their formula gives NaN.
    fn needs_squares(&self) -> bool {
        let is_unknown =
            matches!(self.photometry.sky, Sky::Given { std: Column::Same(std), .. } if std.is_nan());
        matches!(self.photometry.error_model, ErrorModel::Scatter { .. }) && !is_unknown
    }

    /// Sum the apertures of some sources, where these can be summed together.
    fn prepare(
        &self,
        together: &Together<'_>,
        ready: &mut Ready,
        company: &Company<'_>,
        tools: &mut Tools<'_>,
    ) {
        let Together { nested: Some(nested), core: of_core, .. } = together else { return };
        let (k, n) = (self.apertures(), company.len());
        let Ready { sources, next, sums, core } = ready;
        *core = *of_core;
        sources.clear();
        sources.extend((0..n).filter_map(|source| company.index(source)));
        *next = 0;
        sums.clear();
        sums.resize(n * k, None);
        let keep = |(source, which): (usize, usize), sum, squares| {
            sums[source * k + which] = Some((sum, squares));
        };
        if self.needs_squares() {
            nested.sums::<true>(company, tools, keep);
        } else {
            nested.sums::<false>(company, tools, keep);
        }
    }

    /// Append the pixels of an annulus that survive the clipping.
    pub(super) fn survivors(
        &self,
        state: &mut State<'_>,
        source: &Source<'_>,
        tools: &mut Tools<'_>,
        values: &mut Vec<f64>,
    ) -> Result<()> {
        if let Some(observer) = &mut state.observer {
            self.look(observer, &mut state.runs, source, tools)?;
            observer.survivors(values, tools.stop)?;
        }
        Ok(())
    }

    /// Collect the pixels of an annulus.
    fn look(
        &self,
        observer: &mut Observer,
        runs: &mut Runs,
        source: &Source<'_>,
        tools: &mut Tools<'_>,
    ) -> Result<()> {
        let mut annulus = observer.annulus(&self.pixels, runs);
        let mut tools = tools.with(Method::Center);
        dispatch!(level(), simd => {
            source.visit_on(simd, self.frame, &mut tools, &mut annulus.on(simd))
        })?;
        annulus.finish(tools.stop)?;
        Ok(())
    }

    /// Measure source `i`, whose shape of the `leading` batch is there.
    pub(super) fn source(
        &self,
        state: &mut State<'_>,
        i: usize,
        (leading, mut there): (usize, Option<Source<'_>>),
        tools: &mut Tools<'_>,
        item: &mut Item<'_>,
    ) -> Result<()> {
        let State { observer, runs, reducer, builders, ready } = state;
        let (of_apertures, of_annuli) = builders.split_at_mut(self.apertures());
        let range = ready.take(i, self.apertures());
        let core_is_good = ready.core_is_good(&ready.sums[range.clone()]);
        let ready = &ready.sums[range];
        let (known, mut common) = match (observer, self.annuli(), of_annuli) {
            (Some(observer), Some(annuli), [builder]) => {
                let own = self.apertures() == leading;
                let source = if own { there.take() } else { annuli.source(i, builder) };
                self.sky(observer, runs, (i, source), tools, item.sky)?
            }
            _ => self.given_sky(i, item.sky),
        };
        let of_place = self.place_flags(i, core_is_good);
        let nowhere = of_place.has(Flags::BAD_POSITION);
        common = common | of_place;
        let batches = self.batches.iter().zip(of_apertures).enumerate();
        for ((which, (batch, builder)), measured) in batches.zip(item.apertures.iter_mut()) {
            let ready = ready.get(which).copied().flatten();
            let ready = ready.map(|(sum, squares)| Totals::plain(sum, squares));
            if let (Some(totals), true) = (&ready, runs.is_empty()) {
                *measured = self.measured(totals, totals.inside, false, &known);
                measured.flags = measured.flags | common;
                continue;
            }
            let source = if which == leading { there.take() } else { batch.source(i, builder) };
            if let Some(source) = source {
                if let (Shapes::Each { .. }, Some(reach)) = (&batch.shapes, item.reach.get_mut(which)) {
                    *reach = Reach::of(source.aperture);
                }
                *measured = self.aperture(reducer, (&source, ready), &known, runs, tools)?;
            } else {
                measured.flags.set(Flags::BAD_GEOMETRY, !nowhere);
            }
            measured.flags = measured.flags | common;
        }
        Ok(())
    }

    /// The flags that a source has from where it is. Its core is looked at unless it is known to be good.
    fn place_flags(&self, i: usize, core_is_good: bool) -> Flags {
        let (x, y) = (self.photometry.x[i], self.photometry.y[i]);
        let nowhere = !(x.is_finite() && y.is_finite());
        let mut flags = Flags::NONE;
        flags.set(Flags::BAD_POSITION, nowhere);
        flags.set(Flags::CORE_BAD, !nowhere && !core_is_good && self.pixels.core_is_bad(x, y));
        flags
    }

    /// Finish the sources of which all apertures are summed: their skies are known.
    fn finish(&self, ready: &mut Ready, items: &mut [Item<'_>], done: &mut Done) {
        let k = self.apertures();
        let rows = ready.sources.iter().zip(ready.sums.chunks_exact(k)).zip(items).enumerate();
        for (source, ((&i, sums), item)) in rows {
            if sums.iter().all(Option::is_some) {
                let (known, mut common) = self.given_sky(i, item.sky);
                common = common | self.place_flags(i, ready.core_is_good(sums));
                for (measured, (sum, squares)) in item.apertures.iter_mut().zip(sums.iter().flatten()) {
                    let totals = Totals::plain(*sum, *squares);
                    *measured = self.measured(&totals, totals.inside, false, &known);
                    measured.flags = measured.flags | common;
                }
                done.set(source);
            }
        }
    }

    /// The sky in an annulus, and the flags that it brings.
    fn sky(
        &self,
        observer: &mut Observer,
        runs: &mut Runs,
        (i, source): (usize, Option<Source<'_>>),
        tools: &mut Tools<'_>,
        measured: &mut SkyMeasured,
    ) -> Result<(SkyKnowledge, Flags)> {
        let Sky::Annulus { x, y, levels, .. } = &self.photometry.sky else {
            unreachable!("only annuli have an observer");
        };
        let mut flags = Flags::NONE;
        if let Some(source) = &source {
            self.look(observer, runs, source, tools)?;
            flags.set(Flags::SKY_PARTIAL, !source.is_inside(self.frame));
        } else {
            observer.forget(runs);
            let somewhere = x[i].is_finite() && y[i].is_finite();
            flags.set(Flags::BAD_GEOMETRY, somewhere);
            flags.set(Flags::BAD_POSITION, !somewhere);
        }
        let (sky, known, found) = observer.measure(levels.map(|levels| levels[i]), tools.stop)?;
        *measured = sky;
        Ok((known, flags | found))
    }

    /// A sky that is given, and the flags that it brings.
    fn given_sky(&self, i: usize, measured: &mut SkyMeasured) -> (SkyKnowledge, Flags) {
        let Sky::Given { level, std, err } = &self.photometry.sky else {
            unreachable!("every annulus has a batch and an observer");
        };
        let of = |column: &Column<'_>| column.get(i).unwrap_or(f64::NAN);
        let (level, std, err) = (of(level), of(std), of(err));
        *measured = SkyMeasured { level, std, n: 0, rejected: 0 };
        let known = SkyKnowledge { level, std, pixel: std, variance: err * err, n: None };
        let mut flags = Flags::NONE;
        flags.set(Flags::SKY_NONE, !level.is_finite());
        (known, flags)
    }

    /// One aperture of a source.
    fn aperture(
        &self,
        reducer: &mut PixelsReducer<'_>,
        (source, ready): (&Source<'_>, Option<Totals>),
        sky: &SkyKnowledge,
        runs: &Runs,
        tools: &mut Tools<'_>,
    ) -> Result<Measured> {
        let method = &self.photometry.method;
        let mut tools = tools.with(*method);
        let near = source.bbox.as_ref().is_ok_and(|&bbox| runs.meet(bbox)).then_some(runs);
        let (area, cut) = (source.aperture.area(), !source.is_inside(self.frame));
        if let (Some(totals), None) = (&ready, near) {
            return Ok(self.measured(totals, area, cut, sky));
        }
        reducer.begin(sky.level, source.whole_area(self.frame, *method));
        let totals = loop {
            dispatch!(level(), simd => {
                source.visit_on(simd, self.frame, &mut tools, &mut reducer.on(simd, near))
            })?;
            if let Some(totals) = reducer.totals() {
                break totals;
            }
        };
        Ok(self.measured(&totals, area, cut, sky))
    }

    /// What the totals of an aperture mean; `cut` if not all of its area is inside the image.
    fn measured(&self, totals: &Totals, area: f64, cut: bool, sky: &SkyKnowledge) -> Measured {
        let Photometry { method, cut_is_nan, masked, error_model, .. } = self.photometry;
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
        Measured { flux, flux_err: variance.sqrt(), apsum, npix: totals.npix, area, bad_frac, flags }
    }
}

/// A [`Job`] whose apertures are summed together where they can be.
pub(super) struct Together<'j> {
    job: &'j Job<'j>,
    leading: usize,
    nested: Option<Nested<'j>>,
    /// The aperture whose sums tell that all pixels of a source's core are good.
    core: Option<usize>,
}

impl<'j> Together<'j> {
    pub(super) fn new(job: &'j Job<'j>, leading: usize) -> Self {
        let nested = job.nested();
        // Wherever in its pixel the position is, the pixels of the core are not further away than so many rows and columns.
        let core = nested.as_ref().and_then(|nested| nested.all_within((CORE + 0.5) as i64));
        Self { job, leading, nested, core }
    }
}

impl<'j> Measure<State<'j>, Item<'_>> for Together<'j> {
    fn one(
        &self,
        state: &mut State<'j>,
        i: usize,
        source: Option<Source<'_>>,
        tools: &mut Tools<'_>,
        item: &mut Item<'_>,
    ) -> Result<()> {
        self.job.source(state, i, (self.leading, source), tools, item)
    }

    fn is_sociable(&self) -> bool {
        self.nested.is_some()
    }

    fn together(
        &self,
        state: &mut State<'j>,
        company: &Company<'_>,
        tools: &mut Tools<'_>,
        items: &mut [Item<'_>],
    ) -> Done {
        let mut done = Done::default();
        self.job.prepare(self, &mut state.ready, company, tools);
        // Skies are measured one by one.
        if self.job.annuli().is_none() {
            self.job.finish(&mut state.ready, items, &mut done);
        }
        done
    }
}
