//! A validated shape without a position, and the two ways to lay it over pixels.

use std::cell::Cell;
use std::sync::OnceLock;

use crate::contour::{Bounds, Contour};
use crate::convex::{Clip, Convex, ConvexScratch};
use crate::cover::{CoverScratch, Pieces, STRIP};
use crate::difference;
use crate::error::{ApertureError, Result};
use crate::geom::Segment;
use crate::place::Place;
use crate::reduce::AbreastPixels;
use crate::sample::{SampleScratch, Sampler, Sweep, subtract};
use crate::simd::{Level, Simd, dispatch, level};
use crate::span::{SpanVisitor, Spans};
use crate::stop::{Stop, Stopped};
use crate::wide::Wide;
use crate::window::Window;

/// How a pixel on the edge of an aperture counts.
///
/// ```
/// use astroapers::batch::{Batch, Runner, Shapes};
/// use astroapers::{Method, image::Masks, shapes};
///
/// let disc = shapes::circle(1.5)?;
/// let count = |method| {
///     let batch = Batch { x: &[4.0], y: &[4.0], shapes: Shapes::Shared(&disc), method };
///     batch.npix((9, 9), &Masks::NONE, &mut Runner { interrupted: &mut || false })
/// };
/// assert_eq!(count(Method::Center)?, [9.0]);
/// assert_eq!(count(Method::Exact)?, [disc.area()]);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// By the area of its overlap.
    Exact,
    /// Wholly if its centre lies inside, else not at all.
    Center,
}

/// A validated shape without a position.
///
/// Made by the functions in [`shapes`](crate::shapes). Pixel `(x, y)` is centred on integers and
/// covers `[x - 1/2, x + 1/2] x [y - 1/2, y + 1/2]`.
///
/// ```
/// use astroapers::{Method, Scratch, SpanVisitor, Stop, Window, shapes};
///
/// struct Total(f64);
/// impl SpanVisitor for Total {
///     fn full(&mut self, _y: i64, x0: i64, x1: i64) {
///         self.0 += (x1 - x0) as f64;
///     }
///     fn partial(&mut self, _y: i64, _x0: i64, weights: &[f64]) {
///         self.0 += weights.iter().sum::<f64>();
///     }
/// }
///
/// let disc = shapes::circle(5.0)?;
/// let mut total = Total(0.0);
/// let frame = Window::frame(60, 60);
/// disc.visit(Method::Exact, 30.2, 29.7, frame, &mut Scratch::default(), &Stop::new(), &mut total)?;
/// assert!((total.0 - disc.area()).abs() < 1e-12);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Aperture {
    outline: Contour,
    /// Travelled like the outline, counter-clockwise.
    holes: Vec<Contour>,
    /// The oriented boundary where it is not the outline and the reversed holes: a hole that pokes out.
    crossing: Option<Vec<Contour>>,
    area: Wide,
    bounds: Bounds,
    reach: f64,
    pieces: OnceLock<AnyPieces>,
    samplers: OnceLock<Vec<Sampler>>,
}

#[derive(Clone, Debug)]
enum AnyPieces {
    Convex(Box<Convex>),
    Plain(Pieces<f64>),
    Wide(Pieces<Wide>),
}

/// Sum of rounding errors of the boundary over the area, in units of 1e-16, above which a shape is
/// rasterised in wide numbers: reach times length of boundary over area. A disc has 2, the annulus 9-15 has 5,
/// a strip 100 times as long as wide about 100.
const THIN: f64 = 250.0;
/// Distance \[pixel\] of an arc's far side from the position above which an arc that far beyond the shape's own reach
/// is shallow: a short piece of a large circle.
const SHALLOW: f64 = 200.0;
/// Reach \[pixel\] above which heights snapped in `f64` are no longer fine against a pixel.
const FAR: f64 = 1e12;

/// Pixel indices stay below this in magnitude, so that differences of two never overflow.
const INDEX_LIMIT: f64 = 4_611_686_018_427_387_904.0; // 2^62

impl Aperture {
    /// An aperture bounded by one counter-clockwise outline.
    pub(crate) fn simple(outline: Contour, area: Wide) -> Self {
        Self::with_holes(outline, Vec::new(), area)
    }

    /// An outline with holes that stay inside it and apart, all counter-clockwise.
    pub(crate) fn with_holes(outline: Contour, holes: Vec<Contour>, area: Wide) -> Self {
        let bounds = outline.bounds();
        Self {
            outline,
            holes,
            crossing: None,
            area,
            bounds,
            reach: bounds.reach(),
            pieces: OnceLock::new(),
            samplers: OnceLock::new(),
        }
    }

    /// What of `outer` is not in `inner`, both convex and about the position, wherever that lies; `nested` where it is known to lie inside.
    pub(crate) fn difference(outer: Self, inner: Self, nested: bool) -> Self {
        let area = outer.area - inner.area;
        let boundary = if nested { None } else { difference::boundary(&outer.outline, &inner.outline) };
        let area = boundary
            .as_ref()
            .map_or(area, |contours| contours.iter().fold(Wide::ZERO, |sum, contour| sum + contour.area()));
        // Of what is thinner than the last digit of its coordinates only rounding is left.
        let area = if area.hi < 0.0 { Wide::ZERO } else { area };
        Self { crossing: boundary, ..Self::with_holes(outer.outline, vec![inner.outline], area) }
    }

    /// The area \[pixel^2\], from closed formulae.
    ///
    /// ```
    /// assert_eq!(astroapers::shapes::rectangle(3.0, 2.0, 0.7)?.area(), 6.0);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn area(&self) -> f64 {
        self.area.hi
    }

    /// Extreme coordinates as offsets from the position \[pixel\].
    ///
    /// ```
    /// let bounds = astroapers::shapes::ellipse(3.0, 2.0, 0.0)?.bounds();
    /// assert_eq!((bounds.x_min, bounds.x_max, bounds.y_min, bounds.y_max), (-3.0, 3.0, -2.0, 2.0));
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Radius of a disc around the position that holds the aperture \[pixel\]: the smallest one for all shapes but
    /// wedges and paths, whose arcs count with their whole circles as far as the bounding rectangle allows.
    ///
    /// ```
    /// assert_eq!(astroapers::shapes::ellipse(3.0, 2.0, 0.7)?.radius(), 3.0);
    /// assert_eq!(astroapers::shapes::rectangle(6.0, 8.0, 0.0)?.radius(), 5.0);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn radius(&self) -> f64 {
        let Bounds { x_min, x_max, y_min, y_max } = self.bounds;
        let corner = x_min.abs().max(x_max.abs()).hypot(y_min.abs().max(y_max.abs()));
        self.outline.segments.iter().map(Segment::radius).fold(0.0, f64::max).min(corner)
    }

    /// The pixels that the aperture's bounding rectangle at `(x, y)` touches.
    ///
    /// From `floor(x + x_min + 1/2)` to `ceil(x + x_max + 1/2)`, exclusive; likewise in y.
    ///
    /// # Errors
    /// [`ApertureError::Extent`] if the position is not finite or the pixels' indices do not fit 62 bits.
    ///
    /// ```
    /// use astroapers::{Window, shapes};
    ///
    /// let disc = shapes::circle(5.0)?;
    /// assert_eq!(disc.bbox(10.0, 20.5)?, Window { x0: 5, x1: 16, y0: 16, y1: 26 });
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn bbox(&self, x: f64, y: f64) -> Result<Window> {
        let reach = self.reach;
        if x.abs() + reach < INDEX_LIMIT && y.abs() + reach < INDEX_LIMIT {
            Ok(Place::new(x, y).bbox(&self.bounds))
        } else {
            Err(ApertureError::Extent(format!(
                "an aperture of {} pixels' reach at ({}, {}) has no bounding box in 64-bit pixel indices",
                crate::error::number(reach),
                crate::error::number(x),
                crate::error::number(y)
            )))
        }
    }

    /// Report the pixels of `clip` that the aperture at `(x, y)` covers, row by row.
    ///
    /// Costs the rows inside `clip`, however large the aperture. A position that is not finite covers nothing.
    ///
    /// # Errors
    /// [`Stopped`] once `stop` is raised; it is looked at once per row, and within rows of many pixels.
    #[expect(clippy::too_many_arguments, reason = "one call per source: nothing here outlives it")]
    pub fn visit<V: SpanVisitor>(
        &self,
        method: Method,
        x: f64,
        y: f64,
        clip: Window,
        scratch: &mut Scratch,
        stop: &Stop,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let Ok(bbox) = self.bbox(x, y) else { return Ok(()) };
        let window = bbox.intersect(clip);
        let visit = VisitAt { method, x, y, window, columns: (window.x0, window.x1) };
        dispatch!(level(), simd => self.visit_on(simd, visit, scratch, stop, visitor))
    }

    /// [`Aperture::visit`], compiled for a level together with the visitor.
    #[inline(always)]
    pub(crate) fn visit_on<S: Simd, V: SpanVisitor>(
        &self,
        simd: S,
        VisitAt { method, x, y, window, columns }: VisitAt,
        scratch: &mut Scratch,
        stop: &Stop,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        if window.is_empty() {
            return Ok(());
        }
        let place = Place::new(x, y);
        let mut visitor = Shifted { x: place.column, y: place.row, visitor };
        let window = place.relative(window);
        match method {
            Method::Exact => match self.pieces() {
                AnyPieces::Convex(p) => {
                    let columns =
                        columns.0.saturating_sub(place.column)..columns.1.saturating_sub(place.column);
                    let clip = Clip { rows: window.y0..window.y1, columns };
                    p.visit(simd, place.offset, &clip, &mut scratch.convex, stop, &mut visitor)
                }
                AnyPieces::Plain(p) => p.visit(place.offset, window, &mut scratch.plain, stop, &mut visitor),
                AnyPieces::Wide(p) => p.visit(place.offset, window, &mut scratch.wide, stop, &mut visitor),
            },
            Method::Center => {
                if let AnyPieces::Convex(kernel) = self.pieces()
                    && let Some(selection) = kernel.select(simd, place.offset, &mut scratch.convex)
                {
                    return selection.visit(window, stop, &mut visitor);
                }
                self.sample(place.offset, window, scratch, stop, &mut visitor)
            }
        }
    }

    /// The number of pixels that the centre method selects at a position, if that is known without looking at each row.
    #[inline(always)]
    pub(crate) fn count_centers<S: Simd>(
        &self,
        simd: S,
        (x, y): (f64, f64),
        scratch: &mut Scratch,
    ) -> Option<usize> {
        self.convex()?.count(simd, Place::new(x, y).offset, &mut scratch.convex)
    }

    #[inline(always)]
    fn sample<V: SpanVisitor>(
        &self,
        offset: (f64, f64),
        window: Window,
        scratch: &mut Scratch,
        stop: &Stop,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let samplers = self
            .samplers
            .get_or_init(|| std::iter::once(&self.outline).chain(&self.holes).map(Sampler::new).collect());
        let mut sweeps: Vec<Sweep<'_>> = samplers.iter().map(Sampler::sweep).collect();
        let Scratch { sample, runs, holes, .. } = scratch;
        for j in window.y0..window.y1 {
            stop.check()?;
            let height = Wide::difference(j as f64, offset.1);
            if let Some((outline, inner)) = sweeps.split_first_mut() {
                outline.row(height, offset.0, window, sample, runs);
                for hole in inner {
                    hole.row(height, offset.0, window, sample, holes);
                    subtract(runs, holes, sample.swap());
                }
            }
            for &(first, end) in runs.iter() {
                for x in (first..end).step_by(STRIP) {
                    stop.check()?;
                    visitor.full(j, x, end.min(x + STRIP as i64));
                }
            }
        }
        Ok(())
    }

    /// The oriented contours of the exact boundary: counter-clockwise around the interior.
    pub(crate) fn boundary(&self) -> Vec<Contour> {
        match &self.crossing {
            Some(contours) => contours.clone(),
            None => std::iter::once(self.outline.clone())
                .chain(self.holes.iter().map(Contour::reversed))
                .collect(),
        }
    }

    fn pieces(&self) -> &AnyPieces {
        self.pieces.get_or_init(|| {
            let contours = self.boundary();
            let reach = self.reach;
            let delicate = self.is_delicate(&contours);
            let kernel = if delicate { None } else { self.convex_kernel() };
            if let Some(kernel) = kernel {
                AnyPieces::Convex(Box::new(kernel))
            } else if delicate {
                AnyPieces::Wide(Pieces::new(&contours, reach))
            } else {
                AnyPieces::Plain(Pieces::new(&contours, reach))
            }
        })
    }

    /// The kernel for shapes of two sides, if this one has it.
    #[inline]
    pub(crate) fn convex(&self) -> Option<&Convex> {
        match self.pieces() {
            AnyPieces::Convex(kernel) => Some(kernel),
            _ => None,
        }
    }

    /// The kernel for shapes of two sides, if it can do this one.
    fn convex_kernel(&self) -> Option<Convex> {
        let nested = self.crossing.is_none() && self.holes.len() <= 1;
        nested.then(|| self.kernel_for(level())).flatten()
    }

    fn kernel_for(&self, level: Level) -> Option<Convex> {
        let outlines: Vec<_> = std::iter::once(&self.outline).chain(&self.holes).collect();
        Convex::new(&outlines, self.reach, self.area.hi, level.lanes())
    }

    /// The kernel for a level, if this shape has one, and the boundary for another rasteriser.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn kernel(&self, level: Level) -> Option<(Convex, Vec<Contour>)> {
        match self.pieces() {
            AnyPieces::Convex(_) => self.kernel_for(level).map(|kernel| (kernel, self.boundary())),
            _ => None,
        }
    }

    /// What the centre method selects, decided by exact signs, for a position's place in its pixel.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn selected_by_sign(&self, offset: (f64, f64), window: Window) -> Vec<(i64, i64)> {
        let mut list = PixelList::default();
        self.sample(offset, window, &mut Scratch::default(), &Stop::new(), &mut list)
            .expect("nobody stops it");
        list.0
    }

    /// Whether `f64` has too few digits for this boundary.
    fn is_delicate(&self, contours: &[Contour]) -> bool {
        let segments = || contours.iter().flat_map(|c| &c.segments);
        let reach = self.reach;
        let length: f64 = segments().map(|s| (s.to - s.from).norm().hi).sum();
        // What crossings are computed from, and round with: coordinates, or the centre and radius of a shallow arc.
        let scale =
            segments().filter_map(|s| s.arc.as_ref()).map(|arc| arc.frame.scale()).fold(reach, f64::max);
        scale * length > THIN * self.area.hi || scale > SHALLOW + 8.0 * reach || reach > FAR
    }

    /// The boundary as a path of lines and cubic curves, offsets from the position.
    ///
    /// The curves keep to the true boundary within 1e-6 of its size. Outlines run counter-clockwise and holes
    /// clockwise, so that a path filled by winding number shows the hole.
    ///
    /// ```
    /// use astroapers::{PathElement, shapes};
    ///
    /// let square = shapes::rectangle(2.0, 2.0, 0.0)?.outline();
    /// assert_eq!(square[0], PathElement::MoveTo([-1.0, -1.0]));
    /// assert_eq!(square[1], PathElement::LineTo([1.0, -1.0]));
    /// assert_eq!(square.last(), Some(&PathElement::Close));
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn outline(&self) -> Vec<PathElement> {
        crate::outline::elements(&self.boundary())
    }
}

/// The pixels that the centre method reports.
#[cfg(any(test, fuzzing))]
#[derive(Default)]
pub(crate) struct PixelList(pub(crate) Vec<(i64, i64)>);

#[cfg(any(test, fuzzing))]
impl SpanVisitor for PixelList {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        self.0.extend((x0..x1).map(|x| (y, x)));
    }

    fn partial(&mut self, _y: i64, _x0: i64, _weights: &[f64]) {
        unreachable!("the centre method knows no partial weights");
    }
}

/// Where an aperture is looked at, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisitAt {
    pub(crate) method: Method,
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// The pixels of its bounding box that are asked for.
    pub(crate) window: Window,
    /// Columns of which pixels without weight may be reported, too.
    pub(crate) columns: (i64, i64),
}

pub use crate::outline::PathElement;

/// Passes spans on with their true pixel indices.
struct Shifted<'a, V> {
    x: i64,
    y: i64,
    visitor: &'a mut V,
}

impl<V: SpanVisitor> SpanVisitor for Shifted<'_, V> {
    #[inline(always)]
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        self.visitor.full(y + self.y, x0 + self.x, x1 + self.x);
    }

    #[inline(always)]
    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        self.visitor.partial(y + self.y, x0 + self.x, weights);
    }

    #[inline(always)]
    fn spans(&mut self, spans: Spans<'_>) {
        self.visitor.spans(spans.shifted(self.x, self.y));
    }
}

/// Buffers that [`Aperture::visit`] reuses from source to source; one per thread.
///
/// ```
/// use astroapers::{Method, Scratch, Stop, Window, reduce::WeightsReducer, shapes};
///
/// let mut scratch = Scratch::default();
/// for r in [0.5, 1.0, 1.5] {
///     let (disc, window) = (shapes::circle(r)?, Window::frame(9, 9));
///     let mut weights = vec![0.0; 81];
///     let mut reducer = WeightsReducer::new(window, &mut weights);
///     disc.visit(Method::Exact, 4.0, 4.0, window, &mut scratch, &Stop::new(), &mut reducer)?;
///     assert!((weights.iter().sum::<f64>() - disc.area()).abs() < 1e-14);
/// }
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    convex: ConvexScratch,
    pixels: AbreastPixels,
    plain: CoverScratch<f64>,
    wide: CoverScratch<Wide>,
    sample: SampleScratch,
    runs: Vec<(i64, i64)>,
    holes: Vec<(i64, i64)>,
}

impl Scratch {
    /// Those of sources side by side.
    pub(crate) const fn abreast(&mut self) -> (&mut ConvexScratch, &mut AbreastPixels) {
        (&mut self.convex, &mut self.pixels)
    }
}

thread_local! {
    static KEPT: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// The thread's own [`Scratch`], kept from call to call: half a dozen allocations take as long as a small sum.
#[derive(Debug)]
pub(crate) struct KeptScratch(Option<Box<Scratch>>);

impl KeptScratch {
    /// What the last one of this thread left, or a new one.
    pub(crate) fn take() -> Self {
        Self(KEPT.try_with(Cell::take).ok().flatten())
    }

    pub(crate) fn get(&mut self) -> &mut Scratch {
        self.0.get_or_insert_default()
    }
}

impl Drop for KeptScratch {
    fn drop(&mut self) {
        // A thread that is coming to its end has no place for it any more.
        let _ = KEPT.try_with(|kept| kept.set(self.0.take()));
    }
}
