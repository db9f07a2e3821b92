//! A two-dimensional view of bytes: the constructors that vouch for the memory.
//!
//! All arithmetic on addresses happens here. The constructors turn a pointer into a slice that covers every
//! byte the view can reach; from then on a pixel is a safe, bounds-checked piece of that slice.

use zerocopy::IntoBytes;

use super::dtype::{Dtype, Pixel};
use super::rows::Run;
use crate::error::{ApertureError, Result};
use crate::window::Window;

/// A mask: a view whose pixels exclude wherever they are not zero (a NaN is not zero).
pub type Mask<'a> = View<'a>;

/// Rows and columns of numbers somewhere in memory, with any byte strides and either byte order.
///
/// ```
/// use astroapers::image::{Dtype, View};
///
/// let view = View::from_slice(&[1.5, 2.5, 3.5, 4.5], 2, 2)?;
/// assert_eq!((view.shape(), view.dtype()), ((2, 2), Dtype::F8));
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Every byte between the lowest and the highest one that a pixel uses.
    bytes: &'a [u8],
    /// Where in `bytes` pixel (0, 0) begins.
    origin: usize,
    shape: (usize, usize),
    /// Bytes from one row to the next, and from one column to the next.
    strides: (isize, isize),
    dtype: Dtype,
    /// Whether the pixels' byte order is not this machine's.
    swapped: bool,
}

/// The bytes that a view of this geometry can reach.
struct Extent {
    /// How far below pixel (0, 0) the lowest byte lies.
    below: usize,
    /// Number of bytes from the lowest to one past the highest.
    length: usize,
}

impl Extent {
    /// `None` if the view does not fit into an address space.
    fn new(shape: (usize, usize), strides: (isize, isize), size: usize) -> Option<Self> {
        if shape.0 == 0 || shape.1 == 0 {
            return Some(Self { below: 0, length: 0 });
        }
        let (mut below, mut above) = (0_usize, size);
        for (n, stride) in [(shape.0, strides.0), (shape.1, strides.1)] {
            let reach = (n - 1).checked_mul(stride.unsigned_abs())?;
            let side = if stride < 0 { &mut below } else { &mut above };
            *side = side.checked_add(reach)?;
        }
        let length = below.checked_add(above)?;
        isize::try_from(length).is_ok().then_some(Self { below, length })
    }

    /// The extent, or the error that says that there is none.
    fn checked(shape: (usize, usize), strides: (isize, isize), size: usize) -> Result<Self> {
        Self::new(shape, strides, size).ok_or_else(|| {
            ApertureError::Layout(format!(
                "an image of shape ({}, {}) with strides ({}, {}) does not fit into memory",
                shape.0, shape.1, strides.0, strides.1
            ))
        })
    }
}

/// The unsafe code of this crate, with [`prefetch`].
#[allow(unsafe_code)]
impl<'a> View<'a> {
    /// A view of memory that somebody else owns, as NumPy describes it.
    ///
    /// `pixels` is the address of pixel (0, 0), of any alignment; `shape` is `(ny, nx)`; `strides` are the bytes
    /// from one row to the next and from one column to the next; `swapped` says that the byte order is not this
    /// machine's. If there are no pixels, nothing is ever read and `pixels` may be null.
    ///
    /// # Safety
    /// If there are pixels, then all bytes from the lowest to the highest one that a pixel of this geometry
    /// occupies must belong to one allocation, be initialised, and stay readable for `'a`: those between two rows
    /// are read, too, though no result depends on them. Writing to any of them during a call into this crate is a
    /// data race, as it is for any other reader.
    ///
    /// # Errors
    /// If the view does not fit into an address space.
    ///
    /// ```
    /// use astroapers::image::{Dtype, View};
    ///
    /// // The columns of a 2 x 3 array, from the last to the first, as rows of their own.
    /// let data = [1_u8, 2, 3, 4, 5, 6];
    /// // SAFETY: the view reaches data[2], data[5], data[1], data[4], data[0], data[3].
    /// let view = unsafe { View::from_raw(data.as_ptr().add(2), (3, 2), (-1, 3), Dtype::U1, false)? };
    /// let mut tile = [0.0; 2];
    /// view.load_row(0, 0, &mut tile);
    /// assert_eq!(tile, [3.0, 6.0]);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub unsafe fn from_raw(
        pixels: *const u8,
        shape: (usize, usize),
        strides: (isize, isize),
        dtype: Dtype,
        swapped: bool,
    ) -> Result<Self> {
        let Extent { below, length } = Extent::checked(shape, strides, dtype.size())?;
        let bytes = if length == 0 {
            &[]
        } else {
            let lowest = pixels.wrapping_sub(below);
            // SAFETY: `Extent` covers just the bytes from the lowest to the highest that the pixels occupy, of
            // which the caller promises that they are one readable, initialised allocation for `'a`; `below` is
            // the distance from the lowest byte to `pixels`, so that `lowest` is in the allocation of `pixels`; and
            // `length` fits an `isize`. Bytes need no alignment.
            unsafe { std::slice::from_raw_parts(lowest, length) }
        };
        Ok(Self { bytes, origin: below, shape, strides, dtype, swapped })
    }

    /// A view of `ny` rows of `nx` pixels that follow one another in `data`.
    ///
    /// # Errors
    /// If `data` does not hold `ny * nx` pixels.
    ///
    /// ```
    /// use astroapers::image::View;
    ///
    /// let error = View::from_slice(&[1.0, 2.0, 3.0], 2, 2).unwrap_err();
    /// assert_eq!(error.to_string(), "3 pixels do not make an image of shape (2, 2)");
    /// ```
    pub fn from_slice<T: Pixel>(data: &'a [T], ny: usize, nx: usize) -> Result<Self> {
        if ny.checked_mul(nx) != Some(data.len()) {
            let text = format!("{} pixels do not make an image of shape ({ny}, {nx})", data.len());
            return Err(ApertureError::Layout(text));
        }
        let size = size_of::<T>() as isize;
        // Rows longer than the data only occur where there is no pixel, and then no stride is ever used.
        let strides = (size.saturating_mul(isize::try_from(nx).unwrap_or(0)), size);
        Self::from_bytes(data.as_bytes(), 0, (ny, nx), strides, T::DTYPE, false)
    }
}

impl<'a> View<'a> {
    /// A view of pixels of any layout inside `bytes`, of which (0, 0) begins at `bytes[origin]`.
    ///
    /// # Errors
    /// If a pixel would not lie inside `bytes`.
    ///
    /// ```
    /// use astroapers::image::{Dtype, View};
    ///
    /// // Big-endian, two pixels behind a header of three bytes, the last one first.
    /// let file = [0xFF, 0xFF, 0xFF, 0, 1, 1, 0];
    /// let swapped = cfg!(target_endian = "little");
    /// let view = View::from_bytes(&file, 5, (1, 2), (0, -2), Dtype::U2, swapped)?;
    /// let mut tile = [0.0; 2];
    /// view.load_row(0, 0, &mut tile);
    /// assert_eq!(tile, [256.0, 1.0]);
    /// assert!(View::from_bytes(&file, 5, (1, 3), (0, -2), Dtype::U2, swapped).is_ok());
    /// assert!(View::from_bytes(&file, 5, (1, 4), (0, -2), Dtype::U2, swapped).is_err());
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn from_bytes(
        bytes: &'a [u8],
        origin: usize,
        shape: (usize, usize),
        strides: (isize, isize),
        dtype: Dtype,
        swapped: bool,
    ) -> Result<Self> {
        let Extent { below, length } = Extent::checked(shape, strides, dtype.size())?;
        let begin = origin.checked_sub(below);
        let bytes = match begin.and_then(|begin| bytes.get(begin..)?.get(..length)) {
            Some(bytes) => bytes,
            None if length == 0 => &[],
            None => {
                let text =
                    format!("an image of shape ({}, {}) leaves its {} bytes", shape.0, shape.1, bytes.len());
                return Err(ApertureError::Layout(text));
            }
        };
        Ok(Self { bytes, origin: below, shape, strides, dtype, swapped })
    }

    /// Rows and columns, `(ny, nx)`.
    ///
    /// ```
    /// # use astroapers::image::View;
    /// assert_eq!(View::from_slice(&[0_u8; 6], 2, 3)?.shape(), (2, 3));
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub const fn shape(&self) -> (usize, usize) {
        self.shape
    }

    /// The type of the pixels.
    ///
    /// ```
    /// # use astroapers::image::{Dtype, View};
    /// assert_eq!(View::from_slice(&[0.0_f32; 6], 2, 3)?.dtype(), Dtype::F4);
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub const fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// The rows of a window as they lie, if their pixels are of `SIZE` bytes each and without gaps.
    ///
    /// # Panics
    /// If the window is not all in the view.
    #[inline(always)]
    pub(super) fn rows<const SIZE: usize>(&self, window: Window) -> Option<Rows<'a, SIZE>> {
        if self.dtype.size() != SIZE || self.strides.1 != SIZE as isize {
            return None;
        }
        let inside = Window::frame(self.shape.0, self.shape.1).contains(window);
        assert!(inside, "pixels outside the image");
        Some(Rows { bytes: self.bytes, origin: self.origin, stride: self.strides.0, swapped: self.swapped })
    }

    /// Ask for the pixels of a window to be brought near, if they lie without gaps; of those outside the view, none.
    ///
    /// Only a hint: nothing is read, and nothing happens on machines without the instruction.
    #[inline]
    pub(super) fn fetch(&self, window: Window) {
        let (size, inside) = (self.dtype.size(), Window::frame(self.shape.0, self.shape.1).intersect(window));
        if self.strides.1 != size as isize || inside.is_empty() {
            return;
        }
        let length = inside.nx() * size;
        let mut start = self.run(inside.y0, inside.x0, inside.nx()).start();
        for _ in inside.y0..inside.y1 {
            let (mut at, last) = (start, start + length - 1);
            while at < last {
                prefetch(self.bytes, at);
                at += CACHE_LINE;
            }
            // It may lie one line further than the steps from the first.
            prefetch(self.bytes, last);
            start = start.wrapping_add_signed(self.strides.0);
        }
    }

    /// Columns 0, 2, 4, ...: pixels with gaps.
    #[cfg(test)]
    pub(crate) fn every_other_column(self) -> Self {
        let shape = (self.shape.0, self.shape.1.div_ceil(2));
        Self { shape, strides: (self.strides.0, 2 * self.strides.1), ..self }
    }

    /// The pixels `x0, x0 + 1, ..., x0 + n - 1` of row `y`.
    ///
    /// A pixel outside the view must not silently become another one (strides may let rows overlap), so the
    /// coordinates are checked here, once per run, and the bytes again where they are read.
    #[inline(always)]
    pub(super) fn run(&self, y: i64, x0: i64, n: usize) -> Run<'_> {
        let inside = |first: i64, n: usize, length: usize| {
            usize::try_from(first).is_ok_and(|first| first <= length && n <= length - first)
        };
        assert!(inside(y, 1, self.shape.0) && inside(x0, n, self.shape.1), "pixels outside the image");
        let offset = (y as isize)
            .wrapping_mul(self.strides.0)
            .wrapping_add((x0 as isize).wrapping_mul(self.strides.1));
        Run::new(self.bytes, self.origin.wrapping_add_signed(offset), self.strides.1, self.swapped)
    }
}

/// Rows of pixels of `SIZE` bytes each, without gaps.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a, const SIZE: usize> {
    bytes: &'a [u8],
    origin: usize,
    stride: isize,
    swapped: bool,
}

impl<'a, const SIZE: usize> Rows<'a, SIZE> {
    /// Whether the byte order is not this machine's.
    #[inline(always)]
    pub(crate) const fn are_swapped(&self) -> bool {
        self.swapped
    }

    /// How far it is from a pixel to one some rows and columns further.
    #[inline(always)]
    pub(crate) const fn step(&self, y: i64, x: i64) -> isize {
        (y as isize).wrapping_mul(self.stride).wrapping_add((x as isize).wrapping_mul(SIZE as isize))
    }

    /// Where a pixel begins, be it there or not.
    #[inline(always)]
    pub(crate) const fn start(&self, y: i64, x: i64) -> usize {
        self.origin.wrapping_add_signed(self.step(y, x))
    }

    /// The `n` pixels in memory from pixel `(y, x)` on; `None` if there are not so many.
    #[inline(always)]
    pub(crate) fn get(&self, y: i64, x: i64, n: usize) -> Option<&'a [[u8; SIZE]]> {
        self.from(self.start(y, x), n)
    }

    /// The `n` pixels in memory from that on which begins here; `None` if there are not so many.
    #[inline(always)]
    pub(crate) fn from(&self, start: usize, n: usize) -> Option<&'a [[u8; SIZE]]> {
        Some(self.bytes.get(start..start.wrapping_add(SIZE * n))?.as_chunks::<SIZE>().0)
    }
}

impl<const SIZE: usize> Rows<'_, SIZE> {
    /// Ask for `n` pixels, at least one, to be brought near from each of some places on; only a hint, be they there or not.
    #[inline(always)]
    pub(crate) fn fetch(&self, starts: &[usize], step: isize, n: usize) {
        let mut at = step;
        for _ in 0..(SIZE * n).div_ceil(CACHE_LINE) {
            for start in starts {
                prefetch(self.bytes, start.wrapping_add_signed(at));
            }
            at = at.wrapping_add(CACHE_LINE as isize);
        }
        // They may lie on one line more than there are steps.
        let last = step.wrapping_add((SIZE * n - 1) as isize);
        for start in starts {
            prefetch(self.bytes, start.wrapping_add_signed(last));
        }
    }
}

/// Bytes that memory hands out at once.
const CACHE_LINE: usize = 64;

/// Ask for a byte to be brought near.
#[inline(always)]
#[allow(unsafe_code)]
fn prefetch(bytes: &[u8], at: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let address = bytes.as_ptr().wrapping_add(at).cast();
        // SAFETY: SSE, which has the instruction, is part of x86-64; it reads nothing and faults on no address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, at);
}

impl std::fmt::Debug for View<'_> {
    /// The geometry; the bytes themselves are nobody's idea of a debug output.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("View")
            .field("shape", &self.shape)
            .field("strides", &self.strides)
            .field("dtype", &self.dtype)
            .field("swapped", &self.swapped)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2 x 3 pixels, each with a marker of its own, in the order of their addresses.
    const DATA: [u16; 6] = [0x0102, 0x0304, 0x0506, 0x0708, 0x090A, 0x0B0C];

    fn rows(view: &View<'_>) -> Vec<Vec<f64>> {
        let (ny, nx) = view.shape();
        let row = |y| {
            let mut tile = vec![0.0; nx];
            view.load_row(y as i64, 0, &mut tile);
            tile
        };
        (0..ny).map(row).collect()
    }

    fn numbers(rows: [[u16; 3]; 2]) -> Vec<Vec<f64>> {
        rows.iter().map(|row| row.iter().copied().map(f64::from).collect()).collect()
    }

    #[test]
    fn strides_of_any_sign_and_either_byte_order() {
        let [a, b, c, d, e, f] = DATA;
        let bytes = DATA.map(u16::to_ne_bytes).concat();
        let swapped = DATA.map(|pixel| pixel.swap_bytes().to_ne_bytes()).concat();
        for (origin, strides, expected) in [
            (0, (6, 2), [[a, b, c], [d, e, f]]),
            (0, (2, 4), [[a, c, e], [b, d, f]]),
            (10, (-6, -2), [[f, e, d], [c, b, a]]),
            (6, (-6, 2), [[d, e, f], [a, b, c]]),
            (4, (6, -2), [[c, b, a], [f, e, d]]),
            (2, (0, 4), [[b, d, f], [b, d, f]]),
            (4, (0, 0), [[c, c, c], [c, c, c]]),
        ] {
            for (bytes, swapped) in [(&bytes, false), (&swapped, true)] {
                let view = View::from_bytes(bytes, origin, (2, 3), strides, Dtype::U2, swapped).unwrap();
                assert_eq!(rows(&view), numbers(expected));
                let mut native = Vec::new();
                view.append_native(1, 1, 2, &mut native);
                assert_eq!(native, [expected[1][1], expected[1][2]].map(u16::to_ne_bytes).concat());
            }
        }
    }

    #[test]
    fn a_slice_has_just_the_pixels_of_its_shape() {
        for (ny, nx) in [(2, 2), (4, 1), (usize::MAX, 2)] {
            let error = View::from_slice(&[1.0, 2.0, 3.0], ny, nx).unwrap_err().to_string();
            assert_eq!(error, format!("3 pixels do not make an image of shape ({ny}, {nx})"));
        }
    }

    #[test]
    fn images_without_pixels_need_no_memory() {
        for shape in [(0, 0), (0, usize::MAX), (usize::MAX, 0)] {
            let view = View::from_bytes(&[], 99, shape, (isize::MIN, isize::MAX), Dtype::F8, true).unwrap();
            assert_eq!(view.shape(), shape);
        }
        assert_eq!(View::from_slice::<f64>(&[], 0, usize::MAX).unwrap().shape(), (0, usize::MAX));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (shape, strides) in
            [((2, usize::MAX), (1, 1)), ((3, 3), (isize::MAX, 8)), ((3, 3), (isize::MIN, isize::MIN))]
        {
            assert!(View::from_bytes(&[0; 64], 0, shape, strides, Dtype::F8, false).is_err());
        }
        assert!(View::from_bytes(&[0; 7], 0, (1, 1), (8, 8), Dtype::F8, false).is_err());
        assert!(View::from_bytes(&[0; 16], 7, (1, 2), (8, -8), Dtype::F8, false).is_err());
        assert!(View::from_bytes(&[0; 16], 9, (1, 1), (8, 8), Dtype::F8, false).is_err());
    }

    #[test]
    fn a_pixel_outside_is_never_another_one() {
        let view = View::from_slice(&DATA, 2, 3).unwrap();
        for (y, x) in [(0, 2), (0, -1), (2, 0), (-1, 0), (i64::MAX, 0), (0, i64::MIN)] {
            let load = std::panic::catch_unwind(|| view.load_row(y, x, &mut [0.0; 2]));
            assert!(load.is_err(), "row {y}, column {x}");
        }
    }
}
