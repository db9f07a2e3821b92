//! Images, read where they lie.
//!
//! An image here is a view of somebody else's memory: rows and columns of any byte stride (negative, zero,
//! unaligned, Fortran order), any real dtype of at most eight bytes, either byte order, and up to two masks
//! of the same freedom. Nothing is copied but the few pixels at hand: [`Image::load_row`] brings a piece of
//! a row into a tile of `f64`, which is the only form in which reducers see pixel values. That is why
//! neither the dtype nor the layout of an image can change a bit of any result.

mod dtype;
mod masks;
mod rows;
mod view;

pub use dtype::{Dtype, Pixel};
pub use masks::Masks;
pub(crate) use masks::each_set;
pub(crate) use view::Rows;
pub use view::{Mask, View};

use crate::error::Result;
use crate::simd::Simd;
use crate::window::Window;

/// A view of an image and of the masks that exclude some of its pixels.
///
/// ```
/// use astroapers::image::{Image, View};
///
/// let data: Vec<i16> = (0..12).collect();
/// let saturated = [false, false, false, false, false, false, false, false, false, false, false, true];
/// let image = Image::from_slice(&data, 3, 4)?.masked(View::from_slice(&saturated, 3, 4)?)?;
///
/// let mut tile = [0.0; 2];
/// image.load_row(1, 2, &mut tile);
/// assert_eq!(tile, [6.0, 7.0]);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    pixels: View<'a>,
    masks: Masks<'a>,
}

impl<'a> Image<'a> {
    /// An image without masks.
    ///
    /// ```
    /// use astroapers::image::{Image, View};
    ///
    /// let image = Image::new(View::from_slice(&[1.0, 2.0], 1, 2)?);
    /// assert_eq!(image.shape(), (1, 2));
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub const fn new(pixels: View<'a>) -> Self {
        Self { pixels, masks: Masks::NONE }
    }

    /// An image of `ny` rows of `nx` pixels that follow one another in `data`.
    ///
    /// # Errors
    /// If `data` does not hold `ny * nx` pixels.
    ///
    /// ```
    /// use astroapers::image::Image;
    ///
    /// assert!(Image::from_slice(&[0_u8; 6], 2, 3).is_ok());
    /// assert!(Image::from_slice(&[0_u8; 5], 2, 3).is_err());
    /// ```
    pub fn from_slice<T: Pixel>(data: &'a [T], ny: usize, nx: usize) -> Result<Self> {
        View::from_slice(data, ny, nx).map(Self::new)
    }

    /// The same image with one more mask; a pixel is excluded if any of its masks is not zero there.
    ///
    /// # Errors
    /// If the mask has another shape than the image, or if there are two masks already.
    ///
    /// ```
    /// use astroapers::image::{Image, View};
    ///
    /// let image = Image::from_slice(&[1.0, 2.0], 1, 2)?;
    /// assert!(image.masked(View::from_slice(&[0_u8, 1], 1, 2)?).is_ok());
    /// let error = image.masked(View::from_slice(&[0_u8, 1], 2, 1)?).unwrap_err();
    /// assert_eq!(error.to_string(), "mask has shape (2, 1), but the image has shape (1, 2)");
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn masked(mut self, mask: Mask<'a>) -> Result<Self> {
        self.masks = self.masks.with(mask, self.shape())?;
        Ok(self)
    }

    /// The same image without its masks.
    ///
    /// ```
    /// use astroapers::image::{Image, View};
    ///
    /// let image = Image::from_slice(&[1.0, 2.0], 1, 2)?.masked(View::from_slice(&[0_u8, 1], 1, 2)?)?;
    /// assert!(image.unmasked().masks().is_empty());
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    #[must_use]
    pub const fn unmasked(&self) -> Self {
        Self { pixels: self.pixels, masks: Masks::NONE }
    }

    /// Rows and columns, `(ny, nx)`.
    ///
    /// ```
    /// # use astroapers::image::Image;
    /// assert_eq!(Image::from_slice(&[0_u8; 6], 2, 3)?.shape(), (2, 3));
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub const fn shape(&self) -> (usize, usize) {
        self.pixels.shape()
    }

    /// All pixels of the image.
    ///
    /// ```
    /// # use astroapers::{Window, image::Image};
    /// assert_eq!(Image::from_slice(&[0_u8; 6], 2, 3)?.frame(), Window { x0: 0, x1: 3, y0: 0, y1: 2 });
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn frame(&self) -> Window {
        let (ny, nx) = self.shape();
        Window::frame(ny, nx)
    }

    /// The type of the pixels.
    ///
    /// ```
    /// # use astroapers::image::{Dtype, Image};
    /// assert_eq!(Image::from_slice(&[0_i16; 6], 2, 3)?.dtype(), Dtype::I2);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub const fn dtype(&self) -> Dtype {
        self.pixels.dtype()
    }

    /// The masks.
    ///
    /// ```
    /// # use astroapers::image::Image;
    /// assert!(Image::from_slice(&[0_u8; 6], 2, 3)?.masks().is_empty());
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub const fn masks(&self) -> &Masks<'a> {
        &self.masks
    }

    /// Load the pixels `x0, x0 + 1, ...` of row `y` into `tile`, as `f64`; masks are not looked at.
    ///
    /// # Panics
    /// If these pixels are not all in the image.
    ///
    /// ```
    /// # use astroapers::image::Image;
    /// let mut tile = [0.0; 3];
    /// Image::from_slice(&[1_u8, 2, 3, 4, 5, 6], 2, 3)?.load_row(1, 0, &mut tile);
    /// assert_eq!(tile, [4.0, 5.0, 6.0]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    #[inline]
    pub fn load_row(&self, y: i64, x0: i64, tile: &mut [f64]) {
        self.pixels.load_row(y, x0, tile);
    }

    /// As [`View::load_padded`].
    #[inline(always)]
    pub(crate) fn load_padded<S: Simd>(&self, simd: S, y: i64, x0: i64, n: usize, tile: &mut [f64]) {
        self.pixels.load_padded(simd, y, x0, n, tile);
    }

    /// Ask for the pixels of a window, and their masks, to be brought near.
    #[inline]
    pub(crate) fn fetch(&self, window: Window) {
        self.pixels.fetch(window);
        self.masks.fetch(window);
    }

    /// The `n` pixels `x0, x0 + 1, ...` of row `y` as they lie, if they are native `f64`s without gaps; `more` numbers in
    /// all, of which those beyond the `n` are whatever follows in memory.
    ///
    /// `None` also if not so many follow.
    ///
    /// # Panics
    /// If these pixels are not all in the view.
    #[inline(always)]
    pub(crate) fn native_f64(&self, y: i64, x0: i64, n: usize, more: usize) -> Option<&'a [[u8; 8]]> {
        let run = Window { x0, x1: x0 + n as i64, y0: y, y1: y + 1 };
        self.rows::<f64, 8>(run).filter(|rows| !rows.are_swapped())?.get(y, x0, more)
    }

    /// The rows of a window as they lie, if their pixels are `T`s of either byte order and without gaps.
    ///
    /// # Panics
    /// If the window is not all in the image.
    #[inline(always)]
    pub(crate) fn rows<T: Pixel, const SIZE: usize>(&self, window: Window) -> Option<Rows<'a, SIZE>> {
        if self.dtype() == T::DTYPE { self.pixels.rows(window) } else { None }
    }

    /// Append the `n` pixels `x0, x0 + 1, ...` of row `y` to `out` as they are, in this machine's byte order.
    ///
    /// # Panics
    /// If these pixels are not all in the image.
    ///
    /// ```
    /// # use astroapers::image::Image;
    /// let mut bytes = Vec::new();
    /// Image::from_slice(&[1_u16, 2, 3, 4], 2, 2)?.append_native(1, 0, 2, &mut bytes);
    /// assert_eq!(bytes, [3_u16.to_ne_bytes(), 4_u16.to_ne_bytes()].concat());
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn append_native(&self, y: i64, x0: i64, n: usize, out: &mut Vec<u8>) {
        self.pixels.append_native(y, x0, n, out);
    }

    /// The same as [`Image::append_native`], into a slice of as many bytes as these pixels have.
    #[inline(always)]
    pub(crate) fn copy_native(&self, y: i64, x0: i64, n: usize, out: &mut [u8]) {
        self.pixels.copy_native(y, x0, n, out);
    }
}
