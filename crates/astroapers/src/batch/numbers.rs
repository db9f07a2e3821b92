//! What a source is in a number or four: areas, bounding boxes, sums, counts.

use super::run::Plan;
use super::{Abreast, Batch, Company, Done, Measure, Runner, Source, Tools};
use crate::aperture::Method;
use crate::error::Result;
use crate::image::{Image, Masks};
use crate::reduce::{NpixReducer, Sum, SumReducer};
use crate::simd::{dispatch, level};
use crate::window::Window;

impl Batch<'_> {
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
        let measure = Sums { frame, method: self.method, abreast: Abreast::new(self, image) };
        let reducer = || SumReducer::new(image);
        Plan::of_sources(frame).on(image).run_by_place(self, &mut sums, runner, reducer, measure)?;
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
}

/// How sources become sums.
struct Sums<'b> {
    frame: Window,
    method: Method,
    /// If sources may be measured together.
    abreast: Option<Abreast<'b>>,
}

impl<'b> Measure<SumReducer<'b>, Sum> for Sums<'b> {
    #[inline(always)]
    fn one(
        &self,
        reducer: &mut SumReducer<'b>,
        _: usize,
        source: Option<Source<'_>>,
        tools: &mut Tools<'_>,
        sum: &mut Sum,
    ) -> Result<()> {
        if let Some(source) = source {
            reducer.begin(source.whole_area(self.frame, self.method));
            dispatch!(level(), simd => source.visit_on(simd, self.frame, tools, &mut reducer.on(simd)))?;
            *sum = reducer.value();
        }
        Ok(())
    }

    fn is_sociable(&self) -> bool {
        self.abreast.is_some()
    }

    fn together(
        &self,
        _: &mut SumReducer<'b>,
        company: &Company<'_>,
        tools: &mut Tools<'_>,
        sums: &mut [Sum],
    ) -> Done {
        let mut done = Done::default();
        if let Some(abreast) = &self.abreast {
            abreast.sums(company, tools.scratch, |k, sum| {
                sums[k] = sum;
                done.set(k);
            });
        }
        done
    }
}
