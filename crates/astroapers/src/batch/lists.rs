//! The pixels of each source, one source after another in one list.
//!
//! Where it is cheap to know how many pixels each source has, they are counted first and then written to where they belong in
//! the list, by neighbours one after another. To count what the centre method selects of a given aperture is cheap: that is
//! two places in each row. Otherwise sources are visited once and in the order of the catalogue, and append to lists of a few
//! sources each, which are joined at the end; on one thread there is just one of these.

use super::measure::singly;
use super::run::Plan;
use super::{Batch, Runner, Shapes, Values};
use crate::aperture::Method;
use crate::error::{ApertureError, Result};
use crate::image::Image;
use crate::reduce::{PixelCount, ValueSlot, ValuesReducer, WeightedValuesReducer};

impl Batch<'_> {
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
        let Some(offsets) = self.value_offsets(image, runner)? else {
            return self.collected_values(image, with_pixels, runner);
        };
        let total = offsets.last().map_or(0, |&total| total as usize);
        let indices = || vec![0; if with_pixels { total } else { 0 }];
        let (mut yy, mut xx) = (indices(), indices());
        let mut bytes = vec![0; total * image.dtype().size()];
        self.fill_values(image, &offsets, (&mut bytes, &mut yy, &mut xx), runner)?;
        Ok(Values { bytes, offsets, yy, xx })
    }

    /// Where each source's values will begin (one more for the end of the last), if it pays to count them before they are
    /// collected; [`Batch::fill_values`] then writes them to memory of the caller's.
    ///
    /// # Errors
    /// As [`Batch::values`].
    ///
    /// ```
    /// # use astroapers::{Method, shapes};
    /// # use astroapers::batch::{Batch, Runner, Shapes};
    /// # use astroapers::image::Image;
    /// let disc = shapes::circle(12.0)?;
    /// let (x, y) = (&[20.0; 400], &[20.0; 400]);
    /// let batch = Batch { x, y, shapes: Shapes::Shared(&disc), method: Method::Center };
    /// let image = Image::from_slice(&[7_u8; 1600], 40, 40)?;
    /// let mut runner = Runner { interrupted: &mut || false };
    /// let offsets = batch.value_offsets(&image, &mut runner)?.expect("so many pixels are worth it");
    /// let mut values = vec![0; offsets[400] as usize];
    /// batch.fill_values(&image, &offsets, (&mut values, &mut [], &mut []), &mut runner)?;
    /// assert_eq!(values, batch.values(&image, false, &mut runner)?.bytes);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn value_offsets(&self, image: &Image<'_>, runner: &mut Runner<'_>) -> Result<Option<Vec<i64>>> {
        let n = self.len()?;
        let Shapes::Shared(aperture) = self.shapes else { return Ok(None) };
        let area = aperture.area();
        if self.method != Method::Center || area < WORTH_COUNTING || area * (n as f64) < MANY_PIXELS {
            return Ok(None);
        }
        let frame = image.frame();
        let mut counts = vec![0_i64; n];
        // Without a mask nothing is read, and there is nothing to be fetched.
        let plan = Plan::of_sources(frame);
        let plan = if image.masks().is_empty() { plan } else { plan.on(image) };
        plan.run_by_place(
            self,
            &mut counts,
            runner,
            || (),
            singly(|(), _, source, tools, count| {
                let Some(source) = source else { return Ok(()) };
                if image.masks().is_empty()
                    && let Some(known) = source.count(frame, tools)
                {
                    *count = known as i64;
                    return Ok(());
                }
                let mut pixels = PixelCount::new(image.masks());
                source.visit(frame, tools, &mut pixels)?;
                *count = pixels.value() as i64;
                Ok(())
            }),
        )?;
        Ok(Some(offsets(counts.iter().map(std::slice::from_ref))))
    }

    /// The values that [`Batch::values`] gives, and their rows and columns if there is room for these, written to where they belong.
    ///
    /// # Errors
    /// As [`Batch::values`]; [`ApertureError::Layout`] if there is not room for just as many values as `offsets` tells, or if
    /// these are not as many as there are.
    pub fn fill_values(
        &self,
        image: &Image<'_>,
        offsets: &[i64],
        room: (&mut [u8], &mut [i64], &mut [i64]),
        runner: &mut Runner<'_>,
    ) -> Result<()> {
        let n = self.len()?;
        let frame = image.frame();
        let mut slots =
            ValueSlot::each(offsets, image.dtype(), room).filter(|slots| slots.len() == n).ok_or_else(
                || ApertureError::Layout("offsets and room for values do not fit together".to_owned()),
            )?;
        let plan = Plan::of_sources(frame).on(image);
        let order = plan.order(self);
        if let Some(order) = &order {
            slots = order.iter().map(|&i| std::mem::take(&mut slots[i as usize])).collect();
        }
        plan.run_in_order(
            self,
            order.as_deref(),
            &mut slots,
            runner,
            || (),
            singly(|(), _, source, tools, slot: &mut ValueSlot<'_>| {
                let mut filler = slot.on(image);
                if let Some(source) = source {
                    source.visit(frame, tools, &mut filler)?;
                }
                filler.finish()
            }),
        )
    }

    /// [`Batch::values`], collected in parts.
    fn collected_values(
        &self,
        image: &Image<'_>,
        with_pixels: bool,
        runner: &mut Runner<'_>,
    ) -> Result<Values> {
        let n = self.x.len();
        let frame = image.frame();
        let plan = Plan::of_lists(n, frame).on(image);
        let mut parts = vec![Values::default(); plan.items(n)];
        plan.run(
            self,
            &mut parts,
            runner,
            || (),
            |(), _, source, tools, part| {
                if let Some(source) = source {
                    let room = (part.bytes.capacity() - part.bytes.len()) / image.dtype().size();
                    let more = wanted_room(room, source.pixels(frame), plan.group() - part.offsets.len());
                    part.reserve(more, image.dtype(), with_pixels);
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
        let plan = Plan::of_lists(n, frame).on(image);
        let mut parts = vec![(Vec::new(), Vec::new()); plan.items(n)];
        plan.run(
            self,
            &mut parts,
            runner,
            || (),
            |(), _, source, tools, (values, ends)| {
                if let Some(source) = source {
                    let room = values.capacity() - values.len();
                    values.reserve_exact(wanted_room(room, source.pixels(frame), plan.group() - ends.len()));
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
}

/// The area \[pixel^2\] from which on it pays to count: to find the sides twice takes as long as to copy so many pixels twice.
const WORTH_COUNTING: f64 = 256.0;

/// Pixels of all sources together, from which on it pays: what stays in a cache is as well copied once more.
const MANY_PIXELS: f64 = 131_072.0;

/// Where each source's pixels begin in the whole, from where they end in each part.
pub(super) fn offsets<'p>(parts: impl Iterator<Item = &'p [i64]>) -> Vec<i64> {
    let mut offsets = vec![0];
    let mut begin = 0;
    for ends in parts {
        offsets.extend(ends.iter().map(|end| begin + end));
        begin += ends.last().copied().unwrap_or(0);
    }
    offsets
}

/// Most pixels that a list is made ready for beforehand. Memory that is never written to costs nothing.
const MOST_RESERVED: usize = 1 << 22;

/// For how many more pixels a list with `room` for some should have room when it comes to a source of about `pixels`, the first of
/// `sources` that are left and likely alike; 0 while there is enough. A list that grows by itself doubles, and the system hands
/// out that much memory anew each time.
fn wanted_room(room: usize, pixels: usize, sources: usize) -> usize {
    let least = pixels.saturating_mul(2).min(MOST_RESERVED);
    if room >= least {
        return 0;
    }
    let all = pixels.saturating_mul(sources);
    all.saturating_add(all / 16).clamp(least, MOST_RESERVED)
}

/// All parts in one, with room for `total` numbers; a single part is passed on as it is.
pub(super) fn joined<T: Copy>(total: i64, mut parts: impl ExactSizeIterator<Item = Vec<T>>) -> Vec<T> {
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
mod tests {
    use super::*;
    use crate::image::{Dtype, View};
    use crate::shapes;

    const SIDE: usize = 600;

    /// All over an image of that side and beyond its edges, in no order, and two that are nowhere.
    fn positions(n: usize) -> (Vec<f64>, Vec<f64>) {
        let at = |step: f64| (0..n).map(|i| (i as f64 * step).fract() * 640.0 - 20.0).collect::<Vec<_>>();
        let (mut x, mut y) = (at(0.618_033_988_7), at(0.414_213_562_4));
        (x[0], y[0], x[3], y[5]) = (300.0, 300.5, f64::NAN, f64::INFINITY);
        (x, y)
    }

    #[test]
    fn values_are_the_same_counted_first_or_collected() {
        let (x, y) = positions(1200);
        let data: Vec<u16> = (0..SIDE * SIDE).map(|i| (i * 31) as u16).collect();
        let bytes: Vec<u8> = data.iter().flat_map(|pixel| pixel.swap_bytes().to_ne_bytes()).collect();
        let strides = (-2 * SIDE as isize, 2);
        let last_row = 2 * SIDE * (SIDE - 1);
        let upside_down = View::from_bytes(&bytes, last_row, (SIDE, SIDE), strides, Dtype::U2, true).unwrap();
        let bad: Vec<bool> = (0..SIDE * SIDE).map(|i| i % 53 == 0).collect();
        let hot: Vec<f32> = (0..SIDE * SIDE).map(|i| if i % 97 == 0 { f32::NAN } else { 0.0 }).collect();
        let plain = Image::from_slice(&data, SIDE, SIDE).unwrap();
        let masked = Image::new(upside_down).masked(View::from_slice(&bad, SIDE, SIDE).unwrap()).unwrap();
        let twice = masked.masked(View::from_slice(&hot, SIDE, SIDE).unwrap()).unwrap();
        let runner = &mut Runner { interrupted: &mut || false };
        for aperture in [
            shapes::circle(10.0),
            shapes::circular_annulus(9.0, 15.0),
            shapes::wedge(4.0, 30.0, 0.3, 2.0, 0.3, 2.0),
            shapes::ellipse(1100.0, 0.5, 0.0), // too large for the kernel
        ] {
            let aperture = aperture.unwrap();
            let batch = Batch { x: &x, y: &y, shapes: Shapes::Shared(&aperture), method: Method::Center };
            for image in [&plain, &masked, &twice] {
                for with_pixels in [false, true] {
                    assert!(batch.value_offsets(image, runner).unwrap().is_some());
                    let counted = batch.values(image, with_pixels, runner).unwrap();
                    let collected = batch.collected_values(image, with_pixels, runner).unwrap();
                    assert!(!counted.bytes.is_empty());
                    assert!(counted == collected, "{aperture:?}");
                }
            }
        }
    }

    #[test]
    fn values_of_exact_weights_are_filled_in_as_they_are_collected() {
        let (x, y) = positions(300);
        let data: Vec<u16> = (0..SIDE * SIDE).map(|i| (i * 31) as u16).collect();
        let bad: Vec<bool> = (0..SIDE * SIDE).map(|i| i % 53 == 0).collect();
        let plain = Image::from_slice(&data, SIDE, SIDE).unwrap();
        let masked = plain.masked(View::from_slice(&bad, SIDE, SIDE).unwrap()).unwrap();
        let disc = shapes::circle(4.3).unwrap();
        let batch = Batch { x: &x, y: &y, shapes: Shapes::Shared(&disc), method: Method::Exact };
        let runner = &mut Runner { interrupted: &mut || false };
        for image in [&plain, &masked] {
            let Values { bytes, yy, xx, offsets, .. } = batch.values(image, true, runner).unwrap();
            let mut room = (vec![0; bytes.len()], vec![0; yy.len()], vec![0; xx.len()]);
            batch.fill_values(image, &offsets, (&mut room.0, &mut room.1, &mut room.2), runner).unwrap();
            assert!(room == (bytes, yy, xx));
        }
    }

    #[test]
    fn only_just_enough_room_is_filled() {
        let data = [1_u8; 400];
        let image = Image::from_slice(&data, 20, 20).unwrap();
        let disc = shapes::circle(2.0).unwrap();
        let batch =
            Batch { x: &[9.0, 30.0], y: &[9.0; 2], shapes: Shapes::Shared(&disc), method: Method::Center };
        let fill = |offsets: &[i64], bytes: usize, rows: usize, columns: usize| {
            let (mut bytes, mut yy, mut xx) = (vec![0; bytes], vec![0; rows], vec![0; columns]);
            let runner = &mut Runner { interrupted: &mut || false };
            batch.fill_values(&image, offsets, (&mut bytes, &mut yy, &mut xx), runner).is_ok()
        };
        assert!(fill(&[0, 9, 9], 9, 0, 0) && fill(&[0, 9, 9], 9, 9, 9));
        for offsets in [&[0, 9, 10][..], &[0, 9], &[], &[9, 0, 9], &[i64::MIN, i64::MAX, 0]] {
            assert!(!fill(offsets, 9, 0, 0), "{offsets:?}");
        }
        for (bytes, rows, columns) in [(8, 0, 0), (10, 0, 0), (9, 9, 0), (9, 0, 9), (9, 8, 8), (9, 10, 9)] {
            assert!(!fill(&[0, 9, 9], bytes, rows, columns), "{bytes} {rows} {columns}");
        }
    }

    #[test]
    fn a_mask_that_changes_between_counting_and_filling_is_noticed() {
        let data = [1_u8; 400];
        let image = |mask: &'static [bool]| {
            let mask = View::from_slice(mask, 20, 20).unwrap();
            Image::from_slice(&data, 20, 20).unwrap().masked(mask).unwrap()
        };
        let (clear, masked) = (image(&[false; 400]), image(&[true; 400]));
        let disc = shapes::circle(2.0).unwrap();
        let batch =
            Batch { x: &[9.0, 30.0], y: &[9.0; 2], shapes: Shapes::Shared(&disc), method: Method::Center };
        for (n, image) in [(9, &masked), (0, &clear), (8, &clear), (10, &clear)] {
            for with_pixels in [false, true] {
                let indices = || vec![0; if with_pixels { n } else { 0 }];
                let (mut bytes, mut yy, mut xx) = (vec![0; n], indices(), indices());
                let runner = &mut Runner { interrupted: &mut || false };
                let offsets = [0, n as i64, n as i64];
                let error =
                    batch.fill_values(image, &offsets, (&mut bytes, &mut yy, &mut xx), runner).unwrap_err();
                assert!(error.to_string().starts_with("the mask lets another number of pixels through"));
            }
        }
    }

    #[test]
    fn room_is_made_for_all_sources_at_once_and_never_for_more_than_is_sane() {
        assert_eq!(wanted_room(0, 160, 100), 17_000);
        assert_eq!(wanted_room(320, 160, 100), 0);
        assert_eq!(wanted_room(0, 0, 100), 0);
        assert_eq!(wanted_room(0, 160, 1), 320);
        assert_eq!(wanted_room(0, usize::MAX, usize::MAX), MOST_RESERVED);
        assert_eq!(wanted_room(MOST_RESERVED, usize::MAX, 3), 0);
    }
}
