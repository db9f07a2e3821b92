//! Sums of several sources at once, one in each lane.
//!
//! Each source's pixels are added in the order of [`SumReducer`](super::SumReducer), which follows from the spans
//! alone: eight partial sums of a row, by the pixel's place in its span, one half of them upon the other, and these to totals that
//! carry their errors along. Here every one of them is a vector with a source in each lane. So a sum has the same bits in company as alone.
//!
//! A shape alone turns its pixels row by row, where it needs them; [shapes at the same places](table) do it once for all of them.

mod adder;
mod table;
mod turned;

use super::reading::Plain;
use crate::convex::{Convex, ConvexScratch, MOST};
use crate::image::{Dtype, Image, Rows};
use crate::place::Place;
use crate::simd::{Simd, SimdBase, vectorized};
use adder::{Adder, Pixels};
pub(crate) use table::Strips;
use table::Table;
use turned::{Sources, Turned};

/// Sources side by side: as many as a vector has lanes, and any others.
pub(crate) type Places = [Place; MOST];

/// What the pixels of several sources add up to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SumsAbreast {
    /// Values times weights; not finite also where an overflow or a pixel beside the aperture is to blame.
    pub(crate) sums: [f64; MOST],
    /// Squares of weights, if they were asked for.
    pub(crate) squares: [f64; MOST],
    /// What a mask leaves of the weights, if it takes any.
    pub(crate) npix: [Option<f64>; MOST],
}

/// Reads the pixels of several sources where they lie.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    image: &'a Image<'a>,
    /// The flags of its mask, if it has one.
    flags: Option<Rows<'a, 1>>,
}

macro_rules! of_each_type {
    ($dtype:expr, $type:ident => $body:expr, else $other:expr) => {
        match $dtype {
            Dtype::F8 => {
                type $type = f64;
                $body
            }
            Dtype::F4 => {
                type $type = f32;
                $body
            }
            Dtype::U2 => {
                type $type = u16;
                $body
            }
            Dtype::I2 => {
                type $type = i16;
                $body
            }
            _ => $other,
        }
    };
}

/// The body with constants for byte order and mask: loops that ask for neither.
macro_rules! of_each_kind {
    ($swapped:expr, $masked:expr, $SWAPPED:ident, $MASKED:ident => $body:expr) => {
        match ($swapped, $masked) {
            (false, false) => {
                const $SWAPPED: bool = false;
                const $MASKED: bool = false;
                $body
            }
            (true, false) => {
                const $SWAPPED: bool = true;
                const $MASKED: bool = false;
                $body
            }
            (false, true) => {
                const $SWAPPED: bool = false;
                const $MASKED: bool = true;
                $body
            }
            (true, true) => {
                const $SWAPPED: bool = true;
                const $MASKED: bool = true;
                $body
            }
        }
    };
}

impl<'a> Reader<'a> {
    /// `None` if pixels, or the flags of a mask, are not of a usual type or have gaps.
    pub(crate) fn new(image: &'a Image<'a>) -> Option<Self> {
        let frame = image.frame();
        let flags = if image.masks().is_empty() { None } else { Some(image.masks().rows(frame)?) };
        let is_plain = of_each_type!(
            image.dtype(),
            T => image.rows::<T, { size_of::<T>() }>(frame).is_some(),
            else false
        );
        is_plain.then_some(Self { image, flags })
    }

    /// Measure some sources whose pixels, with those that [`Convex::reach_abreast`] names, are all in the image; `next` are those that
    /// will be measured next.
    #[inline(always)]
    pub(crate) fn sums<S: Simd>(
        &self,
        simd: S,
        shape: &Convex,
        (places, next): (&Places, &Places),
        scratch: (&mut ConvexScratch, &mut AbreastPixels),
    ) -> Option<SumsAbreast> {
        of_each_type!(
            self.image.dtype(),
            T => self.sums_of::<S, T, { size_of::<T>() }>(simd, shape, (places, next), scratch),
            else None
        )
    }

    /// The same of pixels of type `T`.
    #[inline(never)]
    fn sums_of<S: Simd, T: Plain<SIZE>, const SIZE: usize>(
        &self,
        simd: S,
        shape: &Convex,
        (places, next): (&Places, &Places),
        (scratch, pixels): (&mut ConvexScratch, &mut AbreastPixels),
    ) -> Option<SumsAbreast> {
        let rows = (self.image.rows::<T, SIZE>(self.image.frame())?, self.flags);
        vectorized(
            simd,
            #[inline(always)]
            || {
                of_each_kind!(rows.0.are_swapped(), rows.1.is_some(), SWAPPED, MASKED => {
                    let sources = Sources::<T, SIZE, SWAPPED, MASKED>::new(rows, places, next);
                    let pixels = OnTheWay { sources, turned: &mut pixels.0 };
                    let mut adder = Adder::<S, _, MASKED, false>::new(simd, pixels);
                    shape.visit_abreast(simd, places, scratch, &mut adder);
                    adder.value(simd)
                })
            },
        )
    }

    /// Read the pixels of some strips, which are all in the image, for [`Reader::sums_of_read`]. `false` if they could not be read.
    #[inline(always)]
    pub(crate) fn read<S: Simd>(
        &self,
        simd: S,
        strips: &Strips,
        (places, next): (&Places, &Places),
        pixels: &mut AbreastPixels,
    ) -> bool {
        of_each_type!(
            self.image.dtype(),
            T => self.read_of::<S, T, { size_of::<T>() }>(simd, strips, (places, next), pixels),
            else false
        )
    }

    /// The same of pixels of type `T`.
    #[inline(never)]
    fn read_of<S: Simd, T: Plain<SIZE>, const SIZE: usize>(
        &self,
        simd: S,
        strips: &Strips,
        (places, next): (&Places, &Places),
        pixels: &mut AbreastPixels,
    ) -> bool {
        let Some(rows) = self.image.rows::<T, SIZE>(self.image.frame()) else { return false };
        let rows = (rows, self.flags);
        vectorized(
            simd,
            #[inline(always)]
            || {
                of_each_kind!(rows.0.are_swapped(), rows.1.is_some(), SWAPPED, MASKED => {
                    let sources = Sources::<T, SIZE, SWAPPED, MASKED>::new(rows, places, next);
                    strips.turn(simd, &sources, &mut pixels.0)
                })
            },
        )
    }

    /// Measure sources whose pixels have been [`read`](Reader::read) with a shape that the strips were made for, and add up
    /// `SQUARES` of weights if these are wanted.
    #[inline(never)]
    pub(crate) fn sums_of_read<S: Simd, const SQUARES: bool>(
        &self,
        simd: S,
        shape: &Convex,
        strips: &Strips,
        places: &Places,
        (scratch, pixels): (&mut ConvexScratch, &AbreastPixels),
    ) -> Option<SumsAbreast> {
        vectorized(
            simd,
            #[inline(always)]
            || {
                of_each_kind!(false, self.flags.is_some(), _SWAPPED, MASKED => {
                    let table = Table::<MASKED> { strips, turned: &pixels.0 };
                    let mut adder = Adder::<S, _, MASKED, SQUARES>::new(simd, table);
                    shape.visit_abreast(simd, places, scratch, &mut adder);
                    adder.value(simd)
                })
            },
        )
    }
}

/// The arrays of pixels of sources side by side, kept from group to group.
#[derive(Clone, Debug, Default)]
pub(crate) struct AbreastPixels(Turned);

/// Pixels that are turned row by row when they are wanted.
struct OnTheWay<'a, 't, T, const SIZE: usize, const SWAPPED: bool, const MASKED: bool> {
    sources: Sources<'a, T, SIZE, SWAPPED, MASKED>,
    turned: &'t mut Turned,
}

impl<S: Simd, T: Plain<SIZE>, const SIZE: usize, const SWAPPED: bool, const MASKED: bool> Pixels<S>
    for OnTheWay<'_, '_, T, SIZE, SWAPPED, MASKED>
{
    #[inline(always)]
    fn row(&mut self, simd: S, at: (i64, i64), columns: usize) -> Option<(&[f64], &[f64])> {
        let length = columns * S::f64s::LEN;
        self.turned.reserve::<MASKED>(length);
        let Turned { values, left } = &mut *self.turned;
        let (values, left) = (&mut values[..length], if MASKED { &mut left[..length] } else { &mut [] });
        self.sources.turn(simd, at, values, left).then_some((&*values, &*left))
    }
}
