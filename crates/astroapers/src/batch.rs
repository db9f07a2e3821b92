//! Many sources at once: what a catalogue asks for, in the catalogue's order.
//!
//! A [`Batch`] is a list of positions with one aperture for all of them, or with the parameters of one for
//! each. Small batches are measured on the calling thread, others on a pool of threads (see [`pool`]) while
//! the caller keeps listening for a wish to stop. Each source is measured on its own, so that its result has
//! the same bits alone, in company, and on any number of threads.
//!
//! A source whose position is not finite, or whose parameters make no aperture, is a row of NaN: sums, counts
//! and areas are NaN, the bounding box is that of no pixels, and there are no weights and no values. It never
//! spoils the rest of the batch. [`Batch::check`] names the first such source.

mod grid;
mod order;
mod photometry;
mod run;

pub use crate::reduce::{Sum, Values};
pub use photometry::{Catalogue, Photometry, Sky, Survivors};
pub use run::Runner;

use crate::aperture::{Aperture, Method, Scratch, VisitAt};
use crate::error::{ApertureError, Result, number};
use crate::image::{Image, Masks};
#[cfg(doc)]
use crate::pool;
use crate::reduce::{
    CutoutReducer, NpixReducer, SumReducer, ValuesReducer, WeightedValuesReducer, WeightsReducer,
};
use crate::shapes::Kind;
use crate::simd::{Simd, dispatch, level};
use crate::span::SpanVisitor;
use crate::stop::{Stop, Stopped};
use crate::window::Window;
use run::Plan;

/// All pixels there could ever be: the clip of what needs no image.
const EVERYWHERE: Window = Window { x0: i64::MIN, x1: i64::MAX, y0: i64::MIN, y1: i64::MAX };

/// A geometry parameter: the same for all sources, or one value for each.
///
/// ```
/// use astroapers::batch::Column;
///
/// assert_eq!(Column::Same(5.0).get(3), Some(5.0));
/// assert_eq!(Column::Each(&[1.0, 2.0]).get(1), Some(2.0));
/// assert_eq!(Column::Each(&[1.0, 2.0]).get(2), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column<'a> {
    /// One value for all sources.
    Same(f64),
    /// One value for each source.
    Each(&'a [f64]),
}

impl Column<'_> {
    /// The value for source `i`, if there is one.
    pub fn get(&self, i: usize) -> Option<f64> {
        match self {
            Self::Same(value) => Some(*value),
            Self::Each(values) => values.get(i).copied(),
        }
    }
}

/// The apertures of a batch.
///
/// ```
/// use astroapers::batch::{Column, Shapes};
/// use astroapers::{Kind, shapes};
///
/// let disc = shapes::circle(3.0)?;
/// let same = Shapes::Shared(&disc);
/// let kind = Kind::named("circ").expect("discs are in the table");
/// let growing = Shapes::Each { kind, columns: vec![Column::Each(&[1.0, 2.0, 3.0])] };
/// # let _ = (same, growing);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug)]
pub enum Shapes<'a> {
    /// One aperture for all sources.
    Shared(&'a Aperture),
    /// An aperture of one kind for each source, built when it is needed.
    Each {
        /// The kind of aperture.
        kind: &'static Kind,
        /// Its parameters, in the order of [`Kind::parameters`].
        columns: Vec<Column<'a>>,
    },
}

/// Positions, apertures, and how a pixel on the edge counts.
///
/// ```
/// use astroapers::batch::{Batch, Runner, Shapes, Sum};
/// use astroapers::image::Image;
/// use astroapers::{Method, shapes};
///
/// let data = vec![2.0_f32; 100 * 100];
/// let image = Image::from_slice(&data, 100, 100)?;
/// let disc = shapes::circle(5.0)?;
/// let batch = Batch {
///     x: &[30.2, 50.0, f64::NAN],
///     y: &[71.8, 50.5, 3.0],
///     shapes: Shapes::Shared(&disc),
///     method: Method::Exact,
/// };
/// let sums = batch.sums(&image, &mut Runner { interrupted: &mut || false })?;
/// assert!((sums[0].sum - 2.0 * disc.area()).abs() < 1e-12);
/// assert_eq!(sums[1].npix, disc.area());
/// assert!(sums[2].sum.is_nan());
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// Column of each position \[pixel\].
    pub x: &'a [f64],
    /// Row of each position \[pixel\].
    pub y: &'a [f64],
    /// The apertures.
    pub shapes: Shapes<'a>,
    /// How a pixel on the edge of an aperture counts.
    pub method: Method,
}

impl Batch<'_> {
    /// Fail unless every position is finite and every source's parameters make an aperture.
    ///
    /// # Errors
    /// The rule that the first bad source breaks, with its row; [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// use astroapers::batch::{Batch, Column, Runner, Shapes};
    /// use astroapers::{Kind, Method};
    ///
    /// let kind = Kind::named("circ").expect("discs are in the table");
    /// let shapes = Shapes::Each { kind, columns: vec![Column::Each(&[1.0, 2.0, -1.0])] };
    /// let batch = Batch { x: &[0.0; 3], y: &[0.0; 3], shapes, method: Method::Exact };
    /// let error = batch.check(&mut Runner { interrupted: &mut || false }).unwrap_err();
    /// assert_eq!(error.to_string(), "r[2]=-1.0 must be greater than 0");
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn check(&self, runner: &mut Runner<'_>) -> Result<()> {
        let n = self.len()?;
        if matches!(self.shapes, Shapes::Shared(_)) {
            // Nothing to build, and to look at all positions takes less than to share them out.
            let bad = (0..n).find(|&i| !(self.x[i].is_finite() && self.y[i].is_finite()));
            return bad.map_or(Ok(()), |i| Err(self.fault(i)));
        }
        let plan = Plan::of_parts(n, Window::EMPTY);
        plan.run(
            self,
            &mut vec![(); plan.items(n)],
            runner,
            || (),
            |(), i, source, _, ()| match source {
                Some(_) => Ok(()),
                None => Err(self.fault(i)),
            },
        )
    }

    /// The area of each aperture \[pixel^2\].
    ///
    /// # Errors
    /// If the columns do not fit together; [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// let square = shapes::rectangle(2.0, 2.0, 0.0)?;
    /// let batch = Batch { x: &[5.0], y: &[5.0], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// assert_eq!(batch.areas(&mut Runner { interrupted: &mut || false })?, [4.0]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn areas(&self, runner: &mut Runner<'_>) -> Result<Vec<f64>> {
        let mut areas = vec![f64::NAN; self.len()?];
        Plan::of_sources(Window::EMPTY).run(
            self,
            &mut areas,
            runner,
            || (),
            |(), _, source, _, area| {
                if let Some(source) = source {
                    *area = source.aperture.area();
                }
                Ok(())
            },
        )?;
        Ok(areas)
    }

    /// The bounding box of each aperture.
    ///
    /// # Errors
    /// [`ApertureError::Extent`] if a box does not fit 64-bit pixel indices; if the columns do not fit
    /// together; [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// # use astroapers::{Method, Window, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// let square = shapes::rectangle(2.0, 2.0, 0.0)?;
    /// let batch = Batch { x: &[5.5], y: &[-2.5], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// let boxes = batch.bboxes(&mut Runner { interrupted: &mut || false })?;
    /// assert_eq!(boxes, [Window { x0: 5, x1: 7, y0: -3, y1: -1 }]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn bboxes(&self, runner: &mut Runner<'_>) -> Result<Vec<Window>> {
        let mut windows = vec![Window::EMPTY; self.len()?];
        Plan::of_sources(Window::EMPTY).run(
            self,
            &mut windows,
            runner,
            || (),
            |(), _, source, _, window| {
                if let Some(source) = source {
                    *window = source.bbox?;
                }
                Ok(())
            },
        )?;
        Ok(windows)
    }

    /// The sum of the image over each aperture, and its number of pixels inside the image and not masked.
    ///
    /// # Errors
    /// If the columns do not fit together; [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes, Sum};
    /// # use astroapers::image::Image;
    /// let square = shapes::rectangle(2.0, 2.0, 0.0)?;
    /// let batch = Batch { x: &[0.0], y: &[1.0], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// let image = Image::from_slice(&[1_i16, 2, 3, 4], 2, 2)?;
    /// let sums = batch.sums(&image, &mut Runner { interrupted: &mut || false })?;
    /// // 0.5 * 1 + 0.25 * 2 + 1 * 3 + 0.5 * 4; the left and upper parts of the square are outside.
    /// assert_eq!(sums, [Sum { sum: 6.0, npix: 2.25 }]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn sums(&self, image: &Image<'_>, runner: &mut Runner<'_>) -> Result<Vec<Sum>> {
        let mut sums = vec![Sum::NAN; self.len()?];
        let frame = image.frame();
        let reducer = || SumReducer::new(image);
        Plan::of_sources(frame).on(image).run_by_place(
            self,
            &mut sums,
            runner,
            reducer,
            |reducer, _, source, tools, sum| {
                if let Some(source) = source {
                    reducer.begin(source.whole_area(frame, self.method));
                    dispatch!(level(), simd => source.visit_on(simd, frame, tools, &mut reducer.on(simd)))?;
                    *sum = reducer.value();
                }
                Ok(())
            },
        )?;
        Ok(sums)
    }

    /// The number of pixels of each aperture that are inside a frame of `(ny, nx)` pixels and not masked.
    ///
    /// # Errors
    /// If a mask does not have the frame's shape, or the columns do not fit together;
    /// [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// # use astroapers::image::Masks;
    /// let disc = shapes::circle(2.0)?;
    /// let batch = Batch { x: &[5.0, -0.5], y: &[5.0, 5.0], shapes: Shapes::Shared(&disc), method: Method::Exact };
    /// let npix = batch.npix((10, 10), &Masks::NONE, &mut Runner { interrupted: &mut || false })?;
    /// assert_eq!(npix[0], disc.area());
    /// assert!((npix[1] - disc.area() / 2.0).abs() < 1e-13);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn npix(
        &self,
        frame: (usize, usize),
        masks: &Masks<'_>,
        runner: &mut Runner<'_>,
    ) -> Result<Vec<f64>> {
        masks.fit(frame)?;
        let mut npix = vec![f64::NAN; self.len()?];
        let frame = Window::frame(frame.0, frame.1);
        let reducer = || NpixReducer::new(masks);
        Plan::of_sources(frame).run(
            self,
            &mut npix,
            runner,
            reducer,
            |reducer, _, source, tools, npix| {
                if let Some(source) = source {
                    let area = source.whole_area(frame, self.method);
                    reducer.clear();
                    if area.is_none() || !masks.is_empty() {
                        source.visit(frame, tools, reducer)?;
                    }
                    *npix = reducer.value(area);
                }
                Ok(())
            },
        )?;
        Ok(npix)
    }

    /// The weights of each aperture over its bounding box, row by row, and the boxes.
    ///
    /// # Errors
    /// [`ApertureError::Extent`] if a box is too large to hold; if the columns do not fit together;
    /// [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// let square = shapes::rectangle(1.0, 1.0, 0.0)?;
    /// let batch = Batch { x: &[0.5], y: &[-0.25], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// let (weights, boxes) = batch.weights(&mut Runner { interrupted: &mut || false })?;
    /// assert_eq!(weights, [[0.125, 0.125, 0.375, 0.375]]);
    /// assert_eq!((boxes[0].x0, boxes[0].y0), (0, -1));
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn weights(&self, runner: &mut Runner<'_>) -> Result<(Vec<Vec<f64>>, Vec<Window>)> {
        let windows = self.grid_windows(runner)?;
        let mut weights = vec![Vec::new(); windows.len()];
        Plan::of_sources(EVERYWHERE).run(
            self,
            &mut weights,
            runner,
            || (),
            |(), i, source, tools, weights| {
                if let Some(source) = source {
                    *weights = source.weights(windows[i], tools)?;
                }
                Ok(())
            },
        )?;
        Ok((weights, windows))
    }

    /// The weights of the batch's one aperture over a given window, row by row.
    ///
    /// A row of NaN fills the window with NaN.
    ///
    /// # Errors
    /// [`ApertureError::Layout`] unless there is just one source; otherwise as [`Batch::weights`].
    ///
    /// ```
    /// # use astroapers::{Method, Window, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// let square = shapes::rectangle(1.0, 1.0, 0.0)?;
    /// let batch = Batch { x: &[0.5], y: &[0.0], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// let window = Window { x0: -1, x1: 2, y0: 0, y1: 1 };
    /// let weights = batch.weights_in(window, &mut Runner { interrupted: &mut || false })?;
    /// assert_eq!(weights, [0.0, 0.5, 0.5]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn weights_in(&self, window: Window, runner: &mut Runner<'_>) -> Result<Vec<f64>> {
        if self.len()? != 1 {
            let text = format!("one window is for one source, not for {}", self.x.len());
            return Err(ApertureError::Layout(text));
        }
        let at = (self.x[0], self.y[0]);
        grid::check(window, at)?;
        let mut weights = [Vec::new()];
        Plan::of_grids(window).run(
            self,
            &mut weights,
            runner,
            || (),
            |(), _, source, tools, weights| {
                *weights = match source {
                    Some(source) => source.weights(window, tools)?,
                    None => grid::filled(window, at, f64::NAN, tools.stop)?,
                };
                Ok(())
            },
        )?;
        let [weights] = weights;
        Ok(weights)
    }

    /// The values of all pixels of some weight inside the image and not masked, as they are.
    ///
    /// # Errors
    /// If the columns do not fit together; [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// # use astroapers::image::Image;
    /// let square = shapes::rectangle(1.0, 1.0, 0.0)?;
    /// let (x, y) = (&[0.0, 9.0, 1.0], &[0.0; 3]);
    /// let batch = Batch { x, y, shapes: Shapes::Shared(&square), method: Method::Center };
    /// let image = Image::from_slice(&[7_u8, 8], 1, 2)?;
    /// let values = batch.values(&image, true, &mut Runner { interrupted: &mut || false })?;
    /// assert_eq!((values.bytes, values.offsets), (vec![7, 8], vec![0, 1, 1, 2]));
    /// assert_eq!((values.yy, values.xx), (vec![0, 0], vec![0, 1]));
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn values(&self, image: &Image<'_>, with_pixels: bool, runner: &mut Runner<'_>) -> Result<Values> {
        let n = self.len()?;
        let frame = image.frame();
        let plan = Plan::of_parts(n, frame).on(image);
        let mut parts = vec![Values::default(); plan.items(n)];
        plan.run(
            self,
            &mut parts,
            runner,
            || (),
            |(), _, source, tools, part| {
                if let Some(source) = source {
                    if part.offsets.is_empty() {
                        let pixels = source.pixels(frame).saturating_mul(plan.group());
                        part.reserve(pixels.min(MOST_RESERVED), image.dtype(), with_pixels);
                    }
                    source.visit(frame, tools, &mut ValuesReducer::new(image, with_pixels, part))?;
                }
                part.offsets.push((part.bytes.len() / image.dtype().size()) as i64);
                Ok(())
            },
        )?;
        let mut whole =
            Values { offsets: offsets(parts.iter().map(|part| &*part.offsets)), ..Values::default() };
        let total = whole.offsets.last().copied().unwrap_or(0);
        whole.bytes = joined(
            total * image.dtype().size() as i64,
            parts.iter_mut().map(|part| std::mem::take(&mut part.bytes)),
        );
        let total = if with_pixels { total } else { 0 };
        whole.yy = joined(total, parts.iter_mut().map(|part| std::mem::take(&mut part.yy)));
        whole.xx = joined(total, parts.iter_mut().map(|part| std::mem::take(&mut part.xx)));
        Ok(whole)
    }

    /// Value times weight of all pixels of some weight inside the image and not masked, and where each
    /// source's begin (one more for the end of the last).
    ///
    /// # Errors
    /// If the columns do not fit together; [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// # use astroapers::image::Image;
    /// let square = shapes::rectangle(1.0, 1.0, 0.0)?;
    /// let batch = Batch { x: &[0.5], y: &[0.0], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// let image = Image::from_slice(&[7_u8, 8], 1, 2)?;
    /// let (values, offsets) = batch.weighted_values(&image, &mut Runner { interrupted: &mut || false })?;
    /// assert_eq!((values, offsets), (vec![3.5, 4.0], vec![0, 2]));
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn weighted_values(
        &self,
        image: &Image<'_>,
        runner: &mut Runner<'_>,
    ) -> Result<(Vec<f64>, Vec<i64>)> {
        let n = self.len()?;
        let frame = image.frame();
        let plan = Plan::of_parts(n, frame).on(image);
        let mut parts = vec![(Vec::new(), Vec::new()); plan.items(n)];
        plan.run(
            self,
            &mut parts,
            runner,
            || (),
            |(), _, source, tools, (values, ends)| {
                if let Some(source) = source {
                    if ends.is_empty() {
                        values.reserve(source.pixels(frame).saturating_mul(plan.group()).min(MOST_RESERVED));
                    }
                    source.visit(frame, tools, &mut WeightedValuesReducer::new(image, values))?;
                }
                ends.push(values.len() as i64);
                Ok(())
            },
        )?;
        let offsets = offsets(parts.iter().map(|(_, ends)| &**ends));
        let total = offsets.last().copied().unwrap_or(0);
        Ok((joined(total, parts.into_iter().map(|(values, _)| values)), offsets))
    }

    /// Value times weight over each aperture's bounding box, row by row, and the boxes.
    ///
    /// Pixels outside the image and masked ones hold `fill`; pixels of weight 0 hold 0.
    ///
    /// # Errors
    /// As [`Batch::weights`].
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// # use astroapers::image::Image;
    /// let square = shapes::rectangle(1.0, 1.0, 0.0)?;
    /// let batch = Batch { x: &[1.5], y: &[0.0], shapes: Shapes::Shared(&square), method: Method::Exact };
    /// let image = Image::from_slice(&[7_u8, 8], 1, 2)?;
    /// let (cutouts, _) = batch.cutouts(&image, -1.0, &mut Runner { interrupted: &mut || false })?;
    /// assert_eq!(cutouts, [[4.0, -1.0]]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn cutouts(
        &self,
        image: &Image<'_>,
        fill: f64,
        runner: &mut Runner<'_>,
    ) -> Result<(Vec<Vec<f64>>, Vec<Window>)> {
        let windows = self.grid_windows(runner)?;
        let mut cutouts = vec![Vec::new(); windows.len()];
        Plan::of_sources(EVERYWHERE).run(
            self,
            &mut cutouts,
            runner,
            || (),
            |(), i, source, tools, cutout| {
                if let Some(source) = source {
                    *cutout = grid::filled(windows[i], (source.x, source.y), fill, tools.stop)?;
                    let mut reducer = CutoutReducer::new(image, windows[i], cutout, tools.stop)?;
                    source.visit(image.frame(), tools, &mut reducer)?;
                }
                Ok(())
            },
        )?;
        Ok((cutouts, windows))
    }

    /// The bounding boxes, not too large for arrays.
    fn grid_windows(&self, runner: &mut Runner<'_>) -> Result<Vec<Window>> {
        let windows = self.bboxes(runner)?;
        grid::check_all(&windows, self.x, self.y)?;
        Ok(windows)
    }

    /// The number of sources, if all columns have as many values.
    fn len(&self) -> Result<usize> {
        let n = self.x.len();
        let unequal = |name: &str, length: usize| {
            ApertureError::Layout(format!("x has {n} values, but {name} has {length}"))
        };
        if self.y.len() != n {
            return Err(unequal("y", self.y.len()));
        }
        if let Shapes::Each { kind, columns } = &self.shapes {
            if columns.len() != kind.parameters.len() {
                let (name, needs, has) = (kind.name, kind.parameters.len(), columns.len());
                return Err(ApertureError::Layout(format!("{name} has {needs} parameters, not {has}")));
            }
            for (name, column) in kind.parameters.iter().zip(columns) {
                match column {
                    Column::Each(values) if values.len() != n => return Err(unequal(name, values.len())),
                    _ => {}
                }
            }
        }
        Ok(n)
    }

    /// Source `i`, or `None` for a row of NaN.
    fn source<'s>(&'s self, i: usize, builder: &'s mut Builder) -> Option<Source<'s>> {
        let (x, y) = (self.x[i], self.y[i]);
        if !(x.is_finite() && y.is_finite()) {
            return None;
        }
        let aperture = match &self.shapes {
            Shapes::Shared(aperture) => aperture,
            Shapes::Each { kind, columns } => builder.build(kind, columns, i).ok()?,
        };
        Some(Source { aperture, x, y, bbox: aperture.bbox(x, y) })
    }

    /// About the bounding box of source `i`, if there is no aperture to be built first: within a pixel.
    #[inline]
    fn about(&self, i: usize) -> Window {
        let Shapes::Shared(aperture) = &self.shapes else { return Window::EMPTY };
        let (x, y, bounds) = (self.x[i], self.y[i], aperture.bounds());
        Window {
            x0: (x + bounds.x_min) as i64,
            x1: (x + bounds.x_max) as i64 + 2,
            y0: (y + bounds.y_min) as i64,
            y1: (y + bounds.y_max) as i64 + 2,
        }
    }

    /// What is wrong with source `i`, in terms of its row.
    fn fault(&self, i: usize) -> ApertureError {
        for (name, value) in [("x", self.x[i]), ("y", self.y[i])] {
            if !value.is_finite() {
                return ApertureError::Layout(format!("{name}[{i}]={} must be finite", number(value)));
            }
        }
        let Shapes::Each { kind, columns } = &self.shapes else {
            return ApertureError::Layout(format!("source {i} has no aperture"));
        };
        let of_row = |name: &str| {
            let column = kind.parameters.iter().position(|&parameter| parameter == name);
            match column.map(|column| &columns[column]) {
                Some(Column::Each(_)) => format!("{name}[{i}]"),
                _ => name.to_owned(),
            }
        };
        ApertureError::Layout(match Builder::default().build(kind, columns, i).map(|_| ()) {
            Err(ApertureError::Parameter { name, value, rule }) => {
                format!("{}={} must be {rule}", of_row(name), number(value))
            }
            Err(ApertureError::Pair { name, value, relation, other, other_value }) => format!(
                "{}={} must be {relation} {}={}",
                of_row(name),
                number(value),
                of_row(other),
                number(other_value)
            ),
            Err(error) => format!("source {i}: {error}"),
            Ok(()) => format!("source {i} has no aperture"),
        })
    }
}

/// One source: an aperture on a position.
struct Source<'s> {
    aperture: &'s Aperture,
    x: f64,
    y: f64,
    bbox: Result<Window>,
}

/// What a thread measures sources with.
struct Tools<'t> {
    method: Method,
    scratch: &'t mut Scratch,
    stop: &'t Stop,
}

impl Tools<'_> {
    /// The same with a method of one's own.
    fn with(&mut self, method: Method) -> Tools<'_> {
        Tools { method, scratch: &mut *self.scratch, stop: self.stop }
    }
}

impl Source<'_> {
    /// Show the pixels inside `clip` to a visitor.
    fn visit<V: SpanVisitor>(
        &self,
        clip: Window,
        tools: &mut Tools<'_>,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let Tools { method, scratch, stop } = tools;
        self.aperture.visit(*method, self.x, self.y, clip, scratch, stop, visitor)
    }

    /// [`Source::visit`], compiled for a level together with the visitor.
    #[inline(always)]
    fn visit_on<S: Simd, V: SpanVisitor>(
        &self,
        simd: S,
        clip: Window,
        tools: &mut Tools<'_>,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let Tools { method, scratch, stop } = tools;
        let Ok(bbox) = self.bbox else { return Ok(()) };
        let window = bbox.intersect(clip);
        let at = VisitAt { method: *method, x: self.x, y: self.y, window, columns: (clip.x0, clip.x1) };
        self.aperture.visit_on(simd, at, scratch, stop, visitor)
    }

    /// Whether no pixel of its box lies outside the frame.
    fn is_inside(&self, frame: Window) -> bool {
        self.bbox.as_ref().is_ok_and(|&bbox| frame.contains(bbox))
    }

    /// The area, if that is the sum of the weights inside the frame without any rounding.
    fn whole_area(&self, frame: Window, method: Method) -> Option<f64> {
        (method == Method::Exact && self.is_inside(frame)).then(|| self.aperture.area())
    }

    /// About how many pixels inside `frame` have some weight: the area, and half the bounding box's circumference.
    fn pixels(&self, frame: Window) -> usize {
        let window = self.bbox.as_ref().map_or(Window::EMPTY, |bbox| bbox.intersect(frame));
        let (nx, ny) = (window.nx(), window.ny());
        let covered = (self.aperture.area() as usize).saturating_add(nx).saturating_add(ny);
        nx.saturating_mul(ny).min(covered)
    }

    fn weights(&self, window: Window, tools: &mut Tools<'_>) -> Result<Vec<f64>> {
        let mut weights = grid::filled(window, (self.x, self.y), 0.0, tools.stop)?;
        self.visit(window, tools, &mut WeightsReducer::new(window, &mut weights))?;
        Ok(weights)
    }
}

/// Builds apertures from rows of parameters, one after another.
#[derive(Default)]
struct Builder {
    row: Vec<f64>,
    built: Option<Aperture>,
}

impl Builder {
    fn build(&mut self, kind: &Kind, columns: &[Column<'_>], i: usize) -> Result<&Aperture> {
        self.row.clear();
        self.row.extend(columns.iter().map(|column| column.get(i).unwrap_or(f64::NAN)));
        Ok(self.built.insert((kind.build)(&self.row)?))
    }
}

/// Where each source's pixels begin in the whole, from where they end in each part.
fn offsets<'p>(parts: impl Iterator<Item = &'p [i64]>) -> Vec<i64> {
    let mut offsets = vec![0];
    let mut begin = 0;
    for ends in parts {
        offsets.extend(ends.iter().map(|end| begin + end));
        begin += ends.last().copied().unwrap_or(0);
    }
    offsets
}

/// Most pixels that a list is made ready for beforehand.
const MOST_RESERVED: usize = 1 << 17;

/// All parts in one, with room for `total` numbers; a single part is passed on as it is.
fn joined<T: Copy>(total: i64, mut parts: impl ExactSizeIterator<Item = Vec<T>>) -> Vec<T> {
    let mut whole = parts.next().unwrap_or_default();
    if parts.len() > 0 {
        whole.reserve_exact((total as usize).saturating_sub(whole.len()));
    }
    for part in parts {
        whole.extend_from_slice(&part);
    }
    whole
}

#[cfg(test)]
mod tests;
