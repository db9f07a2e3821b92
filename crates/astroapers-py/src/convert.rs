//! Numbers, errors and results on their way between Python and the core.
//!
//! Whatever is refused is refused in one form: the parameter's name, the rule, and what was given instead.

use std::fmt::Display;

use astroapers::{ApertureError, Window};
use numpy::ndarray::aview0;
use numpy::{
    Element, PyArray, PyArray1, PyArrayDescr, PyArrayDescrMethods, PyArrayMethods, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyFloat, PyInt, PyList};

/// A `TypeError`: `name must be rule, got something else`.
pub(crate) fn type_error(name: &str, rule: impl Display, got: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!("{name} must be {rule}, got {}", describe(got)))
}

/// A `ValueError`: `name must be rule, got something else`.
pub(crate) fn value_error(name: &str, rule: impl Display, got: impl Display) -> PyErr {
    PyValueError::new_err(format!("{name} must be {rule}, got {got}"))
}

/// The core's errors are all about values.
pub(crate) fn refused(error: &ApertureError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// What something is, in the words of an error message: `float32 array of shape (3, 4)` or `str`.
pub(crate) fn describe(any: &Bound<'_, PyAny>) -> String {
    match any.cast::<PyUntypedArray>() {
        Ok(array) => {
            let layout = match (array.is_c_contiguous(), array.is_aligned()) {
                (false, _) => "non-contiguous ",
                (true, false) => "unaligned ",
                (true, true) => "",
            };
            format!("{layout}{} array of shape {}", dtype_name(array), shape_text(array.shape()))
        }
        Err(_) => any.get_type().name().map_or_else(|_| "another object".to_owned(), |name| name.to_string()),
    }
}

/// The dtype of an array as NumPy prints it, such as `float32` or `>i2`.
pub(crate) fn dtype_name(array: &Bound<'_, PyUntypedArray>) -> String {
    array.dtype().str().map_or_else(|_| "unknown".to_owned(), |name| name.to_string())
}

/// A shape as Python writes it: `(3,)`, `(3, 4)`.
pub(crate) fn shape_text(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// A real number: a Python or NumPy float or integer, or an array without dimensions that holds one.
pub(crate) fn float(name: &str, any: &Bound<'_, PyAny>) -> PyResult<f64> {
    if let Ok(float) = any.cast::<PyFloat>() {
        return Ok(float.value());
    }
    // Left to itself, Python would take the real part of NumPy's complex scalars and parse its strings.
    if !any.is_instance_of::<PyInt>() && (any.is_instance_of::<PyComplex>() || !is_real_scalar(any)) {
        return Err(type_error(name, "a real number", any));
    }
    any.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<PyTypeError>(any.py()) {
            type_error(name, "a real number", any)
        } else if error.is_instance_of::<PyOverflowError>(any.py()) {
            value_error(name, "a number that fits a float", "a larger one")
        } else {
            error
        }
    })
}

/// Whether a NumPy object is a real number; objects of others are left to answer for themselves.
fn is_real_scalar(any: &Bound<'_, PyAny>) -> bool {
    if let Ok(array) = any.cast::<PyUntypedArray>() {
        return array.ndim() == 0 && is_real(&array.dtype());
    }
    match any.getattr_opt(pyo3::intern!(any.py(), "dtype")) {
        Ok(Some(dtype)) => dtype.cast::<PyArrayDescr>().map_or(true, |dtype| is_real(dtype)),
        _ => true,
    }
}

fn is_real(dtype: &Bound<'_, PyArrayDescr>) -> bool {
    b"biuf".contains(&dtype.kind())
}

/// A whole number.
pub(crate) fn integer(name: &str, any: &Bound<'_, PyAny>) -> PyResult<i64> {
    any.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<PyTypeError>(any.py()) {
            type_error(name, "an integer", any)
        } else if error.is_instance_of::<PyOverflowError>(any.py()) {
            value_error(name, "an integer of 64 bits", "a larger one")
        } else {
            error
        }
    })
}

/// A whole number that is not below `least`.
pub(crate) fn count(name: &str, any: &Bound<'_, PyAny>, least: usize) -> PyResult<usize> {
    let value = integer(name, any)?;
    let refused = || PyValueError::new_err(format!("{name}={value} must be at least {least}"));
    usize::try_from(value).ok().filter(|&count| count >= least).ok_or_else(refused)
}

/// An array of `n` zeros. By NumPy's function, since a request for more memory than there is has to raise its exception.
pub(crate) fn zeros<T: Element>(py: Python<'_>, n: usize) -> PyResult<Bound<'_, PyArray1<T>>> {
    let array = py.import("numpy")?.call_method1("zeros", (n, T::get_dtype(py)))?;
    Ok(array.cast_into()?)
}

/// A new one-dimensional array.
pub(crate) fn vector<'py, T: Element>(py: Python<'py>, values: &[T]) -> Bound<'py, PyArray1<T>> {
    PyArray1::from_slice(py, values)
}

/// A new array without dimensions.
pub(crate) fn zero_dimensional(py: Python<'_>, value: f64) -> Bound<'_, PyAny> {
    PyArray::from_array(py, &aview0(&value)).into_any()
}

/// One number of each measurement as a new one-dimensional array, written where it will stay.
pub(crate) fn numbers<'py, S, T: Element + Copy>(
    py: Python<'py>,
    measured: &[S],
    number: impl Fn(&S) -> T,
) -> Bound<'py, PyArray1<T>> {
    if let [one] = measured {
        return vector(py, &[number(one)]);
    }
    let array = PyArray1::zeros(py, measured.len(), false);
    let mut values = array.readwrite();
    for (value, one) in values.as_slice_mut().into_iter().flatten().zip(measured) {
        *value = number(one);
    }
    drop(values);
    array
}

/// A list of new arrays, each of its window's shape, that take over `values`.
pub(crate) fn grids<'py>(
    py: Python<'py>,
    values: Vec<Vec<f64>>,
    windows: &[Window],
) -> PyResult<Bound<'py, PyList>> {
    let grids = values.into_iter().zip(windows).enumerate().map(|(i, (values, window))| {
        if i % GRIDS_PER_LOOK == 0 {
            py.check_signals()?;
        }
        PyArray1::from_vec(py, values).reshape([window.ny(), window.nx()])
    });
    PyList::new(py, grids.collect::<PyResult<Vec<_>>>()?)
}

/// Arrays that are made between two looks for Ctrl-C; some milliseconds.
const GRIDS_PER_LOOK: usize = 1 << 13;

/// Boxes as arrays of their bounds.
pub(crate) type Boxes<'py> = (Bounds<'py>, Bounds<'py>, Bounds<'py>, Bounds<'py>);
type Bounds<'py> = Bound<'py, PyArray1<i64>>;

/// Boxes as four arrays: ixmin, ixmax, iymin, iymax, the upper bounds exclusive.
pub(crate) fn boxes<'py>(py: Python<'py>, windows: &[Window]) -> Boxes<'py> {
    let all = |bound: fn(&Window) -> i64| numbers(py, windows, bound);
    (all(|w| w.x0), all(|w| w.x1), all(|w| w.y0), all(|w| w.y1))
}
