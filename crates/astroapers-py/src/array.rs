//! NumPy arrays on their way into the core.
//!
//! Images and masks are read where they lie, whatever their strides, byte order and alignment. Positions and
//! per-source parameters are small beside any image: they are copied, so that nobody can change them while
//! the interpreter is free to run other threads.

use astroapers::image::{Dtype, View};
use numpy::{
    Element, PyArray, PyArray1, PyArrayDescrMethods, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods,
    npyffi::NPY_TYPES,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::convert::{describe, dtype_name, refused, shape_text, type_error, value_error};

/// The dtype of an array's pixels, and whether their byte order is foreign; `None` if they are no real numbers
/// of at most eight bytes.
fn pixel_type(array: &Bound<'_, PyUntypedArray>) -> Option<(Dtype, bool)> {
    let dtype = array.dtype();
    // Types that others have registered may borrow NumPy's kinds and sizes for other encodings.
    if dtype.num() > NPY_TYPES::NPY_HALF as i32 {
        return None;
    }
    let found = match (dtype.kind(), dtype.itemsize()) {
        (b'b', 1) => Dtype::Bool,
        (b'u', 1) => Dtype::U1,
        (b'i', 1) => Dtype::I1,
        (b'u', 2) => Dtype::U2,
        (b'i', 2) => Dtype::I2,
        (b'u', 4) => Dtype::U4,
        (b'i', 4) => Dtype::I4,
        (b'u', 8) => Dtype::U8,
        (b'i', 8) => Dtype::I8,
        (b'f', 2) => Dtype::F2,
        (b'f', 4) => Dtype::F4,
        (b'f', 8) => Dtype::F8,
        _ => return None,
    };
    Some((found, dtype.is_native_byteorder() == Some(false)))
}

/// Why an array of this dtype cannot be an image, and what to do about it.
fn foreign_dtype(name: &str, array: &Bound<'_, PyUntypedArray>) -> PyErr {
    let remedy = match array.dtype().kind() {
        b'c' => format!("take the real part or abs({name})"),
        b'f' => format!("it does not fit a float64; convert with {name}.astype(float)"),
        b'V' => "pick one of its fields".to_owned(),
        b'O' | b'S' | b'U' => format!("convert to numbers with {name}.astype(float)"),
        _ => "bool, integers and floats of at most 8 bytes can be measured".to_owned(),
    };
    PyTypeError::new_err(format!("{name} has dtype {}; {remedy}", dtype_name(array)))
}

/// Shape and strides of an array of two dimensions.
struct Plane {
    shape: (usize, usize),
    strides: (isize, isize),
}

/// Fail unless the array has two dimensions.
fn two_dimensional(name: &str, array: &Bound<'_, PyUntypedArray>) -> PyResult<Plane> {
    match (array.shape(), array.strides()) {
        (&[ny, nx], &[row, column]) => Ok(Plane { shape: (ny, nx), strides: (row, column) }),
        (shape, _) => {
            Err(PyValueError::new_err(format!("{name} must be a 2-D array, got shape {}", shape_text(shape))))
        }
    }
}

/// Any two-dimensional array of real numbers, read in place.
pub(crate) fn view<'a>(name: &str, any: &'a Bound<'_, PyAny>) -> PyResult<View<'a>> {
    let array = any.cast::<PyUntypedArray>().map_err(|_| type_error(name, "a NumPy array", any))?;
    let (dtype, swapped) = pixel_type(array).ok_or_else(|| foreign_dtype(name, array))?;
    in_place(array, two_dimensional(name, array)?, dtype, swapped)
}

/// A two-dimensional array of just this dtype, in native byte order and C-contiguous, read in place.
pub(crate) fn plain_view<'a>(name: &str, any: &'a Bound<'_, PyAny>, dtype: Dtype) -> PyResult<View<'a>> {
    let rule = || format!("a C-contiguous 2-D {} array in native byte order", long_name(dtype));
    let array = any.cast::<PyUntypedArray>().map_err(|_| type_error(name, rule(), any))?;
    if pixel_type(array) != Some((dtype, false)) {
        return Err(type_error(name, rule(), any));
    }
    if !array.is_c_contiguous() {
        return Err(value_error(name, rule(), describe(any)));
    }
    in_place(array, two_dimensional(name, array)?, dtype, false)
}

/// The name under which NumPy's users know a dtype.
fn long_name(dtype: Dtype) -> String {
    let (kind, bits) = (&dtype.code()[..1], 8 * dtype.size());
    match kind {
        "f" => format!("float{bits}"),
        "i" => format!("int{bits}"),
        "u" => format!("uint{bits}"),
        _ => "bool".to_owned(),
    }
}

/// The one place where memory changes hands.
///
/// The view borrows the array object: as long as the view lives, so does a reference to the object, and NumPy
/// frees or resizes no data while references exist. Outside this guarantee is a caller who, in another thread and
/// during the call, resizes the array with `refcheck=False` or gives it another buffer or state, truncates the file
/// behind a memory map or writes to the pixels; and one whose array describes memory that is not its own
/// (`as_strided` beyond the end, a false `__array_interface__`).
#[allow(unsafe_code)]
fn in_place<'a>(
    array: &'a Bound<'_, PyUntypedArray>,
    Plane { shape, strides }: Plane,
    dtype: Dtype,
    swapped: bool,
) -> PyResult<View<'a>> {
    // SAFETY: what this points to is a NumPy array, of which it gives the address of the header.
    let header = unsafe { numpy::npyffi::_PyArray_GET_ITEM_DATA(array.as_array_ptr()) };
    // SAFETY: the header lives as long as the array does, and nobody writes to it while the interpreter is held.
    let pixels = unsafe { (*header).data }.cast_const().cast();
    // SAFETY: the array, and with it its data, is alive for 'a (see above). NumPy guarantees that every element lies
    // within the one allocation that `data`, `shape` and `strides` describe, and the callers checked that an element is
    // `dtype.size()` bytes of plain numbers.
    let view = unsafe { View::from_raw(pixels, shape, strides, dtype, swapped) };
    view.map_err(|error| refused(&error))
}

/// A copy of a one-dimensional array of just this type.
pub(crate) fn column<T: Element>(name: &str, any: &Bound<'_, PyAny>) -> PyResult<Vec<T>> {
    let rule = || format!("a C-contiguous 1-D {} array", numpy::dtype::<T>(any.py()));
    match any.cast::<PyArray1<T>>() {
        Ok(array) => array.to_vec().map_err(|_| value_error(name, rule(), describe(any))),
        Err(_) if any.cast::<PyArray<T, numpy::IxDyn>>().is_ok() => {
            Err(value_error(name, rule(), describe(any)))
        }
        Err(_) => Err(type_error(name, rule(), any)),
    }
}

/// A copy of a C-contiguous `(n, 6)` float64 array: the numbers of path commands.
pub(crate) fn rows_of_six(name: &str, any: &Bound<'_, PyAny>) -> PyResult<Vec<[f64; 6]>> {
    let rule = "a C-contiguous (n, 6) float64 array";
    let array = any.cast::<PyArray<f64, numpy::IxDyn>>().map_err(|_| type_error(name, rule, any))?;
    let values = match *array.shape() {
        [_, 6] if array.is_c_contiguous() => array.to_vec().ok(),
        _ => None,
    };
    let values = values.ok_or_else(|| value_error(name, rule, describe(any)))?;
    Ok(values.as_chunks().0.to_vec())
}
