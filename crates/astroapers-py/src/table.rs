//! The table of raw functions: operation x shape x method x dtype, and nothing else.
//!
//! A row of the table at the end stands for one function per shape, method and dtype in its brackets, named
//! `operation_shape_method_variant_dtype`; parts that a row leaves out are left out of the name. Each function
//! hands its arguments and its place in the table to the function of its operation in [`crate::raw`].
//! Everything a name stands for is resolved when this file is compiled, and a shape that the core does not
//! know, or knows by other parameters, does not compile.

use astroapers::Method;
use astroapers::image::Dtype;
use pyo3::prelude::*;

use crate::raw::{self, Arguments, Row};
use crate::shape::Shape;

/// The place in the table that a function's name stands for.
const fn row(shape: &str, parameters: &[&str], method: Method, dtype: Dtype) -> Row {
    let Some(shape) = Shape::named(shape) else { panic!("the core knows no shape of this name") };
    assert!(shape.takes(parameters), "the core knows other parameters of this shape");
    Row { shape, method, dtype }
}

/// The geometry parameters of each shape, as they appear in signatures.
#[rustfmt::skip]
macro_rules! with_geometry {
    (circ $next:tt) => { function! { $next circ [r] } };
    (ellip $next:tt) => { function! { $next ellip [a b theta] } };
    (rect $next:tt) => { function! { $next rect [w h theta] } };
    (pill $next:tt) => { function! { $next pill [w a b theta] } };
    (wedge $next:tt) => { function! { $next wedge [r_in r_out theta_in dtheta_in theta_out dtheta_out] } };
    (path $next:tt) => { function! { $next path [kinds data] } };
    (circ_ann $next:tt) => { function! { $next circ_ann [r_in r_out] } };
    (ellip_ann $next:tt) => { function! { $next ellip_ann [a_in b_in a_out b_out theta_in theta_out] } };
    (rect_ann $next:tt) => { function! { $next rect_ann [w_in h_in w_out h_out theta_in theta_out] } };
    (pill_ann $next:tt) => { function! { $next pill_ann [w_in a_in b_in w_out a_out b_out theta_in theta_out] } };
}

/// Takes a row of the table apart into shapes, methods and dtypes.
macro_rules! rows {
    ($module:ident: $($doc:literal $operation:ident [$($variant:ident)?] $before:tt $after:tt
        $shapes:tt $methods:tt $dtypes:tt;)*) => {
        $(rows! { @shapes $shapes $methods $dtypes {$module $doc $operation [$($variant)?] $before $after} })*
    };
    (@shapes [$($shape:ident)*] $methods:tt $dtypes:tt $common:tt) => {
        $(rows! { @methods $shape $methods $dtypes $common })*
    };
    (@methods $shape:ident [$($method:ident $label:literal),*] $dtypes:tt $common:tt) => {
        $(rows! { @dtypes $shape $method $label $dtypes $common })*
    };
    (@dtypes $shape:ident $method:ident $label:literal [$($dtype:ident $suffix:literal),*] $common:tt) => {
        $(with_geometry! { $shape {$method $label $dtype $suffix $common} })*
    };
}

/// Defines one function and adds it to the module.
macro_rules! function {
    ({$method:ident $label:literal $dtype:ident $suffix:literal
        {$module:ident $doc:literal $operation:ident [$($variant:ident)?] [$($before:ident)*] [$($after:ident)*]}}
        $shape:ident [$($parameter:ident)*]) => { pastey::paste! {
        {
            #[doc = $doc]
            #[pyfunction]
            #[allow(clippy::too_many_arguments)] // the interface is positional
            fn [<$operation _ $shape $label $($variant)? $suffix>]<'py>(
                py: Python<'py>,
                // Owned: NumPy resizes an array that nobody but the caller refers to.
                $($before: Bound<'py, PyAny>,)*
                $($parameter: &Bound<'py, PyAny>,)*
                $($after: &Bound<'py, PyAny>,)*
            ) -> PyResult<Bound<'py, PyAny>> {
                const ROW: Row =
                    row(stringify!($shape), &[$(stringify!($parameter)),*], Method::$method, Dtype::$dtype);
                const NAMES: &[&str] =
                    &[$(stringify!($before),)* $(stringify!($parameter),)* $(stringify!($after),)*];
                let values = [$(&$before,)* $($parameter,)* $($after,)*];
                raw::[<$operation $($variant)?>](&ROW, Arguments { py, names: NAMES, values: &values })
            }
            $module.add_function(
                wrap_pyfunction!([<$operation _ $shape $label $($variant)? $suffix>], $module)?,
            )?;
        }
    }};
}

/// Adds every function of the raw layer to the module.
#[rustfmt::skip]
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // What it does, its name, the arguments before and after the geometry, its shapes, methods and dtypes.
    rows! { module:
        "Sums of `data` over apertures at (xs, ys), and their pixel counts: `(sums, npix)`."
        apsum [] [data xs ys] []
            [circ ellip rect] [Exact "_exact", Center "_center"] [F8 "", F4 "_f32", I4 "_i32", I2 "_i16"];

        "Sums of `data` over apertures at (xs, ys), and their pixel counts: `(sums, npix)`."
        apsum [] [data xs ys] []
            [circ_ann] [Exact "_exact"] [F8 "", F4 "_f32", I4 "_i32", I2 "_i16"];

        "Sums of `data` over apertures at (xs, ys), without their pixel counts."
        apsum [_sum] [data xs ys] []
            [circ circ_ann] [Exact "_exact"] [F8 "", F4 "_f32", I4 "_i32", I2 "_i16"];

        "Sum of `data` over the aperture at (x, y), and its pixel count: two floats."
        apsum [_one] [data x y] []
            [circ circ_ann ellip rect] [Exact "_exact"] [F8 "", F4 "_f32", I4 "_i32", I2 "_i16"];

        "Sum of `data` over the aperture at (x, y), without its pixel count: a float."
        apsum [_sum_one] [data x y] []
            [circ circ_ann] [Exact "_exact"] [F8 "", F4 "_f32", I4 "_i32", I2 "_i16"];

        "Pixel counts of apertures at (xs, ys) inside an image of `ny` x `nx` pixels."
        npix [] [xs ys] [ny nx]
            [circ ellip rect] [Exact "_exact", Center "_center"] [F8 ""];

        "Bounding boxes of apertures at (xs, ys): `(ixmins, ixmaxs, iymins, iymaxs)`, the upper bounds exclusive."
        bboxes [] [xs ys] []
            [circ ellip rect pill wedge path pill_ann] [Exact ""] [F8 ""];

        "Weights over the bounding boxes of apertures at (xs, ys): `(list of (ny, nx) arrays, ixmins, ixmaxs, iymins, iymaxs)`."
        weights [] [xs ys] []
            [circ ellip rect pill wedge path circ_ann ellip_ann rect_ann pill_ann]
            [Exact "_exact", Center "_center"] [F8 ""];

        "Weights of the aperture at (x, y) over `ny` x `nx` pixels from pixel `(x_min, y_min)` on: one flat array."
        weights [_one] [x y] [x_min y_min ny nx]
            [circ ellip rect pill wedge path circ_ann ellip_ann rect_ann pill_ann]
            [Exact "_exact", Center "_center"] [F8 ""];
    }
    module.add_function(wrap_pyfunction!(raw::get_parallel_threshold, module)?)?;
    module.add_function(wrap_pyfunction!(raw::set_parallel_threshold, module)?)
}
