//! The table of pixel types: the one place that knows how a pixel's bytes become a number.

use super::rows::Run;

mod sealed {
    use zerocopy::{Immutable, IntoBytes};

    /// All bytes of a pixel are initialised: there is no padding.
    pub trait Sealed: IntoBytes + Immutable {}
}

/// A Rust type that can be a pixel.
///
/// ```
/// use astroapers::image::{Dtype, Pixel};
///
/// assert_eq!(u16::DTYPE, Dtype::U2);
/// ```
pub trait Pixel: sealed::Sealed + Copy {
    /// Its entry in the table of dtypes.
    const DTYPE: Dtype;
}

/// Writes out, for each row of the table, its enum variant and its arm of every `match`.
macro_rules! dtypes {
    ($($(#[$doc:meta])* $name:ident($code:literal, $type:ty, $decode:expr);)*) => {
        /// The type of an image's or a mask's pixels, named after NumPy's kind and size in bytes.
        ///
        /// ```
        /// use astroapers::image::Dtype;
        ///
        /// assert_eq!(Dtype::named("u2"), Some(Dtype::U2));
        /// assert_eq!(Dtype::U2.size(), 2);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Dtype {
            $($(#[$doc])* $name,)*
        }

        impl Dtype {
            /// Every dtype.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// NumPy's kind and size, such as `"f4"`.
            ///
            /// ```
            /// assert_eq!(astroapers::image::Dtype::Bool.code(), "b1");
            /// ```
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// Size of one pixel in bytes.
            ///
            /// ```
            /// assert_eq!(astroapers::image::Dtype::F4.size(), 4);
            /// ```
            pub const fn size(self) -> usize {
                match self {
                    $(Self::$name => size_of::<$type>(),)*
                }
            }

            /// Decode a run of pixels into `out`, passing each value through `finish`.
            #[inline(always)]
            pub(super) fn decode<T>(self, run: Run<'_>, out: &mut [T], finish: impl Fn(f64) -> T + Copy) {
                match self {
                    $(Self::$name => run.gather::<{ size_of::<$type>() }, T>(out, |bytes| {
                        let decode: fn([u8; size_of::<$type>()]) -> f64 = $decode;
                        finish(decode(bytes))
                    }),)*
                }
            }
        }

        $(
            impl sealed::Sealed for $type {}
            impl Pixel for $type {
                const DTYPE: Dtype = Dtype::$name;
            }
        )*
    };
}

dtypes! {
    /// A truth value: one byte, true unless it is zero.
    Bool("b1", bool, |bytes| f64::from(u8::from(bytes != [0])));
    /// Unsigned integer of one byte.
    U1("u1", u8, |bytes| f64::from(u8::from_ne_bytes(bytes)));
    /// Signed integer of one byte.
    I1("i1", i8, |bytes| f64::from(i8::from_ne_bytes(bytes)));
    /// Unsigned integer of two bytes.
    U2("u2", u16, |bytes| f64::from(u16::from_ne_bytes(bytes)));
    /// Signed integer of two bytes.
    I2("i2", i16, |bytes| f64::from(i16::from_ne_bytes(bytes)));
    /// Unsigned integer of four bytes.
    U4("u4", u32, |bytes| f64::from(u32::from_ne_bytes(bytes)));
    /// Signed integer of four bytes.
    I4("i4", i32, |bytes| f64::from(i32::from_ne_bytes(bytes)));
    /// Unsigned integer of eight bytes, rounded to the nearest `f64`.
    U8("u8", u64, |bytes| u64::from_ne_bytes(bytes) as f64);
    /// Signed integer of eight bytes, rounded to the nearest `f64`.
    I8("i8", i64, |bytes| i64::from_ne_bytes(bytes) as f64);
    /// IEEE half precision.
    F2("f2", half::f16, |bytes| half::f16::from_ne_bytes(bytes).to_f64());
    /// IEEE single precision.
    F4("f4", f32, |bytes| f64::from(f32::from_ne_bytes(bytes)));
    /// IEEE double precision.
    F8("f8", f64, |bytes| f64::from_ne_bytes(bytes));
}

impl Dtype {
    /// The dtype of this code, if there is one.
    ///
    /// ```
    /// use astroapers::image::Dtype;
    ///
    /// assert_eq!(Dtype::named("i4"), Some(Dtype::I4));
    /// assert_eq!(Dtype::named("c16"), None);
    /// ```
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dtype| dtype.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_names_its_dtype_and_ends_in_its_size() {
        for &dtype in Dtype::ALL {
            assert_eq!(Dtype::named(dtype.code()), Some(dtype));
            assert!(dtype.code().ends_with(&dtype.size().to_string()));
        }
        assert_eq!(Dtype::ALL.len(), 12);
    }
}
