//! Images of any type, byte order, strides and place in memory, and their values by another way.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::draw::{any, between, one_of};
use crate::image::{Dtype, View};

/// Numbers somewhere in memory: no byte of it is unused by the layout but what lies between its pixels.
#[derive(Clone)]
pub(crate) struct Stored {
    bytes: Vec<u8>,
    origin: usize,
    pub(super) shape: (usize, usize),
    strides: (isize, isize),
    dtype: Dtype,
    swapped: bool,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { shape, strides, dtype, swapped, .. } = self;
        write!(formatter, "{shape:?} of {} in strides {strides:?}, swapped {swapped}: ", dtype.code())?;
        formatter.debug_list().entries(self.values().iter().take(400)).finish()
    }
}

/// Writes out both ways between a pixel's bytes in this machine's order and its value.
macro_rules! coded {
    ($($name:ident: $type:ty;)*) => {
        fn encoded(dtype: Dtype, value: f64) -> Vec<u8> {
            match dtype {
                Dtype::Bool => vec![u8::from(value != 0.0)],
                Dtype::F2 => half::f16::from_f64(value).to_ne_bytes().to_vec(),
                $(Dtype::$name => (value as $type).to_ne_bytes().to_vec(),)*
            }
        }

        #[allow(clippy::cast_lossless, reason = "of some types it rounds")]
        fn decoded(dtype: Dtype, bytes: &[u8]) -> f64 {
            let whole = "a pixel has as many bytes as its type";
            match dtype {
                Dtype::Bool => f64::from(u8::from(bytes[0] != 0)),
                Dtype::F2 => half::f16::from_ne_bytes(bytes.try_into().expect(whole)).to_f64(),
                $(Dtype::$name => <$type>::from_ne_bytes(bytes.try_into().expect(whole)) as f64,)*
            }
        }
    };
}

coded! {
    U1: u8; I1: i8; U2: u16; I2: i16; U4: u32; I4: i32; U8: u64; I8: i64; F4: f32; F8: f64;
}

/// What a pixel may be: a few whole numbers, a range, the ends of the types, or no number at all.
pub(super) fn value(u: &mut Unstructured<'_>, tame: bool) -> Result<f64> {
    match u.int_in_range(0..=if tame { 3 } else { 6 })? {
        0 | 1 => Ok(f64::from(u.int_in_range(-3..=40_i32)?)),
        2 => between(u, -100.0, 1000.0),
        3 => between(u, 0.0, 1e-3),
        4 => one_of(u, &[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
        5 => one_of(u, &[255.0, 65535.0, -32768.0, 9.3e18, 1.8e19, 1e30, -1e200, 3e-310]),
        _ => any(u),
    }
}

/// How pixels are filled: a few values in a pattern of their own, and some places that are different.
fn values(u: &mut Unstructured<'_>, n: usize, tame: bool) -> Result<Vec<f64>> {
    let palette = (0..u.int_in_range(1..=8_usize)?).map(|_| value(u, tame)).collect::<Result<Vec<_>>>()?;
    let (step, noise) = (u.int_in_range(1..=11_usize)?, one_of(u, &[0.0, 0.0, 1e-3, 1.0, 7.5])?);
    let grain = |i: usize| ((i * 7919 + 13) % 104_729) as f64 / 104_729.0 - 0.5;
    let mut values: Vec<f64> =
        (0..n).map(|i| palette[(i / step + i) % palette.len()] + noise * grain(i)).collect();
    for _ in 0..u.int_in_range(0..=4_usize)? {
        if n > 0 {
            let (first, other) = (usize::from(u.arbitrary::<u16>()?) % n, value(u, tame)?);
            values[first] = other;
        }
    }
    Ok(values)
}

impl Stored {
    /// An image of this shape; `dtypes` are those to choose from. The values of a tame one are finite and not large.
    pub(super) fn of(
        u: &mut Unstructured<'_>,
        shape: (usize, usize),
        dtypes: &[Dtype],
        tame: bool,
    ) -> Result<Self> {
        let (ny, nx) = shape;
        let dtype = one_of(u, dtypes)?;
        // Room per pixel, pixels per row, and whether a row or a column comes first, or all of them are one.
        let cell = dtype.size() + usize::from(one_of(u, &[0_u8, 0, 0, 1, 3, 8])?);
        let gap = usize::from(one_of(u, &[0_u8, 0, 0, 1, 5])?);
        let by_columns: bool = u.ratio(1, 4)?;
        let (across, along) = if by_columns { (1, ny + gap) } else { (nx + gap, 1) };
        let mut strides = [(cell * across) as isize, (cell * along) as isize];
        for stride in &mut strides {
            *stride *= one_of(u, &[1, 1, 1, -1, isize::from(tame)])?;
        }
        let reach = |n: usize, stride: isize| n.saturating_sub(1) * stride.unsigned_abs();
        let below = |n: usize, stride: isize| if stride < 0 { reach(n, stride) } else { 0 };
        let lead = usize::from(one_of(u, &[0_u8, 0, 1, 7])?);
        let origin = lead + below(ny, strides[0]) + below(nx, strides[1]);
        let length = match ny * nx {
            0 => lead,
            _ => lead + reach(ny, strides[0]) + reach(nx, strides[1]) + dtype.size(),
        };
        let mut stored = Self {
            bytes: vec![u.arbitrary()?; length],
            origin,
            shape,
            strides: (strides[0], strides[1]),
            dtype,
            swapped: u.ratio(1, 3)?,
        };
        for (i, value) in values(u, ny * nx, tame)?.into_iter().enumerate() {
            stored.put(i, value);
        }
        Ok(stored)
    }

    /// All bytes of pixel `i`, counted row by row.
    fn place(&self, i: usize) -> std::ops::Range<usize> {
        let (y, x) = ((i / self.shape.1) as isize, (i % self.shape.1) as isize);
        let first = (self.origin as isize + y * self.strides.0 + x * self.strides.1) as usize;
        first..first + self.dtype.size()
    }

    fn put(&mut self, i: usize, value: f64) {
        let (place, mut bytes) = (self.place(i), encoded(self.dtype, value));
        if self.swapped {
            bytes.reverse();
        }
        self.bytes[place].copy_from_slice(&bytes);
    }

    /// The bytes of pixel `i` in this machine's order.
    pub(super) fn native(&self, i: usize) -> Vec<u8> {
        let mut bytes = self.bytes[self.place(i)].to_vec();
        if self.swapped {
            bytes.reverse();
        }
        bytes
    }

    /// The values of all pixels, row by row.
    pub(super) fn values(&self) -> Vec<f64> {
        (0..self.shape.0 * self.shape.1).map(|i| decoded(self.dtype, &self.native(i))).collect()
    }

    pub(super) fn view(&self) -> View<'_> {
        View::from_bytes(&self.bytes, self.origin, self.shape, self.strides, self.dtype, self.swapped)
            .expect("the layout fits its bytes")
    }
}

/// Up to two masks of a shape.
pub(super) fn masks(u: &mut Unstructured<'_>, shape: (usize, usize)) -> Result<Vec<Stored>> {
    let number = one_of(u, &[0_usize, 0, 1, 1, 2])?;
    (0..number).map(|_| Stored::of(u, shape, Dtype::ALL, false)).collect()
}

/// Whether each pixel is excluded by any of the masks.
pub(super) fn excluded(masks: &[Stored], n: usize) -> Vec<bool> {
    let masks: Vec<_> = masks.iter().map(Stored::values).collect();
    (0..n).map(|i| masks.iter().any(|mask| mask[i] != 0.0)).collect()
}

/// Rows or columns of an image: mostly a few, or about as many as a tile of the reducers has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side(pub(super) usize);

impl<'a> Arbitrary<'a> for Side {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(match u.int_in_range(0..=7)? {
            0 => 0,
            1 => 1,
            2 => u.int_in_range(60..=70)?,
            _ => u.int_in_range(2..=40)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_breaks_a_law_is_shown_by_its_numbers() {
        let bytes = [1_u16, 2, 3].map(u16::to_ne_bytes).concat();
        let stored =
            Stored { bytes, origin: 0, shape: (1, 3), strides: (6, 2), dtype: Dtype::U2, swapped: false };
        assert_eq!(format!("{stored:?}"), "(1, 3) of u2 in strides (6, 2), swapped false: [1.0, 2.0, 3.0]");
    }
}
