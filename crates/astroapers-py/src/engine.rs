//! The one generic entry behind the kernels and the objects.
//!
//! Where the raw functions are many and strict, `_engine` is one function that takes any shape, method and
//! operation by name, a parameter per source, and images and masks as they lie.

use astroapers::batch::{Batch, Runner, Values};
use astroapers::image::{Image, Masks};
use astroapers::{Method, PathElement, pool};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};

use crate::array::view;
use crate::convert::{
    boxes, count, float, grids, numbers, refused, type_error, value_error, vector, zero_dimensional, zeros,
};
use crate::run::detached;
use crate::shape::Shape;
use crate::sources::{Geometry, Sources};

/// One request from the Python layers: what to do, with which apertures, on which image.
///
/// `geometry` holds a float or an (N,) float64 array for each parameter of the shape, or, for a path, the two
/// arrays `kinds` and `data`; `x` and `y` are (N,) float64 arrays, or two floats for results without that
/// dimension unless `keepdims`. `image` and `masks` may have any layout.
/// A `fill` of None is NaN.
#[pyfunction]
#[pyo3(
    signature = (operation, shape=None, method=None, x=None, y=None, geometry=None, *, image=None, masks=None,
        frame=None, validate=true, fill=None, pixels=false, keepdims=false),
    text_signature = "(operation, shape=None, method=None, x=None, y=None, geometry=(), *, image=None, masks=(), \
        frame=None, validate=True, fill=None, pixels=False, keepdims=False)"
)]
// The Python layers pass what they have; a request object would only be built to be taken apart again. The image is owned
// while it is measured, since NumPy resizes an array that nobody but the caller refers to; of other arrays, copies are.
#[allow(clippy::too_many_arguments, clippy::fn_params_excessive_bools, clippy::needless_pass_by_value)]
pub(crate) fn _engine<'py>(
    py: Python<'py>,
    operation: &str,
    shape: Option<&str>,
    method: Option<&str>,
    x: Option<&Bound<'py, PyAny>>,
    y: Option<&Bound<'py, PyAny>>,
    geometry: Option<&Bound<'py, PyTuple>>,
    image: Option<Bound<'py, PyAny>>,
    masks: Option<&Bound<'py, PyTuple>>,
    frame: Option<&Bound<'py, PyAny>>,
    validate: bool,
    fill: Option<&Bound<'py, PyAny>>,
    pixels: bool,
    keepdims: bool,
) -> PyResult<Bound<'py, PyAny>> {
    match operation {
        "get_num_threads" => return Ok(pool::num_threads().into_pyobject(py)?.into_any()),
        "set_num_threads" => return set_num_threads(py, x),
        "simd_level" => return Ok(astroapers::simd_level().into_pyobject(py)?.into_any()),
        _ => {}
    }
    let geometry = Geometry::new(py, named_shape(py, shape)?, geometry)?;
    match operation {
        "area" => return area(py, &geometry),
        "outline" => return outline(py, &geometry),
        _ => {}
    }
    let sources = sources(py, [x, y], geometry, named_method(method)?)?;
    let masks: Vec<Bound<'py, PyAny>> = masks.map_or_else(Vec::new, |masks| masks.iter().collect());
    let validate = validate || operation == "check";
    let single = sources.is_one() && !keepdims;
    let input = Input { py, sources: &sources, single, validate, image: image.as_ref(), masks: &masks };
    match operation {
        "check" => input.check(),
        "bboxes" => input.bboxes(),
        "apsum" => input.apsum(),
        "sum" => input.sum(),
        "npix" => input.npix(frame),
        "weights" => input.weights(),
        "values" => input.values(pixels),
        "weighted_values" => input.weighted_values(),
        "cutouts" => input.cutouts(fill),
        _ => Err(PyValueError::new_err(format!("there is no operation {operation:?}"))),
    }
}

/// An argument that was left out is as wrong as any other object.
fn or_none<'py>(py: Python<'py>, any: Option<&Bound<'py, PyAny>>) -> Bound<'py, PyAny> {
    any.map_or_else(|| py.None().into_bound(py), Clone::clone)
}

fn set_num_threads<'py>(py: Python<'py>, n: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let n = count("n", &or_none(py, n), 1)?;
    pool::set_num_threads(n).map_err(|error| refused(&error))?;
    Ok(py.None().into_bound(py))
}

pub(crate) fn named_shape(py: Python<'_>, name: Option<&str>) -> PyResult<Shape> {
    let name = name.ok_or_else(|| type_error("shape", "a name", &py.None().into_bound(py)))?;
    Shape::named(name).ok_or_else(|| PyValueError::new_err(format!("there is no shape {name:?}")))
}

pub(crate) fn named_method(name: Option<&str>) -> PyResult<Method> {
    match name {
        // Bounding boxes and checks do not ask how pixels are weighed.
        None | Some("exact") => Ok(Method::Exact),
        Some("center") => Ok(Method::Center),
        Some(other) => Err(value_error("method", "'exact' or 'center'", format_args!("{other:?}"))),
    }
}

fn sources<'py>(
    py: Python<'py>,
    positions: [Option<&Bound<'py, PyAny>>; 2],
    geometry: Geometry,
    method: Method,
) -> PyResult<Sources> {
    let [x, y] = positions.map(|any| any.and_then(|any| any.cast::<PyFloat>().ok()));
    if let (Some(x), Some(y)) = (x, y) {
        return Sources::one(x.value(), y.value(), geometry, method);
    }
    let [x, y] = positions.map(|any| or_none(py, any));
    Sources::new([("x", &x), ("y", &y)], geometry, method)
}

fn area<'py>(py: Python<'py>, geometry: &Geometry) -> PyResult<Bound<'py, PyAny>> {
    if let Geometry::Shared(aperture) = geometry {
        return Ok(aperture.area().into_pyobject(py)?.into_any());
    }
    let n = geometry.lengths().map(|(_, length)| length).max().unwrap_or(0);
    geometry.fit(n)?;
    // Areas do not depend on where the apertures are.
    let nowhere = vec![0.0; n];
    let areas = detached(py, |runner| {
        Batch { x: &nowhere, y: &nowhere, shapes: geometry.borrow(), method: Method::Exact }.areas(runner)
    })?;
    Ok(vector(py, &areas).into_any())
}

/// Codes of path elements as matplotlib numbers them.
mod code {
    pub(super) const MOVE: u8 = 1;
    pub(super) const LINE: u8 = 2;
    pub(super) const CURVE: u8 = 4;
    pub(super) const CLOSE: u8 = 79;
}

/// The outline as vertices and matplotlib's codes.
fn outline<'py>(py: Python<'py>, geometry: &Geometry) -> PyResult<Bound<'py, PyAny>> {
    let Geometry::Shared(aperture) = geometry else {
        return Err(PyValueError::new_err("an outline needs one number for each geometry parameter"));
    };
    let (mut vertices, mut codes, mut start) = (Vec::new(), Vec::new(), [0.0, 0.0]);
    let mut push = |code, [x, y]: [f64; 2]| {
        codes.push(code);
        vertices.extend([x, y]);
    };
    for element in aperture.outline() {
        match element {
            PathElement::MoveTo(point) => {
                start = point;
                push(code::MOVE, point);
            }
            PathElement::LineTo(point) => push(code::LINE, point),
            PathElement::CurveTo(one, two, point) => {
                for point in [one, two, point] {
                    push(code::CURVE, point);
                }
            }
            PathElement::Close => push(code::CLOSE, start),
        }
    }
    let vertices = vector(py, &vertices).reshape([codes.len(), 2])?;
    Ok((vertices, vector(py, &codes)).into_pyobject(py)?.into_any())
}

/// Values, or where each source's will begin.
enum Found {
    Counted(Vec<i64>),
    Collected(Values),
}

/// What an operation works on.
struct Input<'a, 'py> {
    py: Python<'py>,
    sources: &'a Sources,
    /// Give numbers without a dimension for the one source that there is.
    single: bool,
    /// Refuse sources that would only give a row of NaN.
    validate: bool,
    image: Option<&'a Bound<'py, PyAny>>,
    masks: &'a [Bound<'py, PyAny>],
}

/// What an operation returns.
type Outcome<'py> = PyResult<Bound<'py, PyAny>>;

impl<'a, 'py> Input<'a, 'py> {
    fn run<T: Send>(
        &self,
        work: impl FnOnce(&Batch<'a>, &mut Runner<'_>) -> astroapers::Result<T> + Send,
    ) -> PyResult<T> {
        let (sources, validate) = (self.sources, self.validate);
        detached(self.py, |runner| {
            let batch = sources.batch();
            if validate {
                batch.check(runner)?;
            }
            work(&batch, runner)
        })
    }

    /// One number of each source's measurement, as an array.
    fn numbers<T>(&self, measured: &[T], number: impl Fn(&T) -> f64) -> Bound<'py, PyAny> {
        match measured {
            [one] if self.single => zero_dimensional(self.py, number(one)),
            _ => numbers(self.py, measured, number).into_any(),
        }
    }

    fn image(&self) -> PyResult<Image<'a>> {
        let image = self.image.ok_or_else(|| PyTypeError::new_err("this operation needs an image"))?;
        let image = Image::new(view("data", image)?);
        self.masks
            .iter()
            .try_fold(image, |image, mask| image.masked(view("mask", mask)?).map_err(|error| refused(&error)))
    }

    /// The shape of the frame that pixels are counted in, and its masks.
    fn frame(&self, frame: Option<&Bound<'py, PyAny>>) -> PyResult<((usize, usize), Masks<'a>)> {
        let frame = or_none(self.py, frame);
        let (ny, nx) = frame
            .extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()
            .map_err(|_| type_error("shape", "a tuple (ny, nx)", &frame))?;
        let frame = (count("ny", &ny, 0)?, count("nx", &nx, 0)?);
        let masks = self.masks.iter().try_fold(Masks::NONE, |masks, mask| {
            masks.with(view("mask", mask)?, frame).map_err(|error| refused(&error))
        })?;
        Ok((frame, masks))
    }

    fn check(&self) -> Outcome<'py> {
        self.run(|_, _| Ok(()))?;
        Ok(self.py.None().into_bound(self.py))
    }

    fn bboxes(&self) -> Outcome<'py> {
        let windows = self.run(Batch::bboxes)?;
        Ok(boxes(self.py, &windows).into_pyobject(self.py)?.into_any())
    }

    fn apsum(&self) -> Outcome<'py> {
        let image = self.image()?;
        let sums = self.run(|batch, runner| batch.sums(&image, runner))?;
        let (sums, npix) = (self.numbers(&sums, |sum| sum.sum), self.numbers(&sums, |sum| sum.npix));
        Ok((sums, npix).into_pyobject(self.py)?.into_any())
    }

    fn sum(&self) -> Outcome<'py> {
        let image = self.image()?;
        let sums = self.run(|batch, runner| batch.sums(&image, runner))?;
        Ok(self.numbers(&sums, |sum| sum.sum))
    }

    fn npix(&self, frame: Option<&Bound<'py, PyAny>>) -> Outcome<'py> {
        let (frame, masks) = self.frame(frame)?;
        let npix = self.run(|batch, runner| batch.npix(frame, &masks, runner))?;
        Ok(self.numbers(&npix, |npix| *npix))
    }

    fn weights(&self) -> Outcome<'py> {
        let (weights, windows) = self.run(Batch::weights)?;
        Ok((grids(self.py, weights, &windows)?, boxes(self.py, &windows)).into_pyobject(self.py)?.into_any())
    }

    fn values(&self, pixels: bool) -> Outcome<'py> {
        let (py, image) = (self.py, self.image()?);
        let found = self.run(|batch, runner| match batch.value_offsets(&image, runner)? {
            Some(offsets) => Ok(Found::Counted(offsets)),
            None => batch.values(&image, pixels, runner).map(Found::Collected),
        })?;
        let (bytes, offsets, [yy, xx]) = match found {
            Found::Counted(offsets) => {
                // Into arrays of NumPy's own: it asks for large pages, of which a large result needs few.
                let total = offsets.last().map_or(0, |&total| total as usize);
                let bytes = zeros::<u8>(py, total.saturating_mul(image.dtype().size()))?;
                let n = if pixels { total } else { 0 };
                let indices = [zeros::<i64>(py, n)?, zeros::<i64>(py, n)?];
                {
                    let [yy, xx] = &indices;
                    let (mut bytes, mut yy, mut xx) =
                        (bytes.try_readwrite()?, yy.try_readwrite()?, xx.try_readwrite()?);
                    let room = (bytes.as_slice_mut()?, yy.as_slice_mut()?, xx.as_slice_mut()?);
                    self.run(|batch, runner| batch.fill_values(&image, &offsets, room, runner))?;
                }
                (bytes, offsets, indices)
            }
            Found::Collected(values) => {
                let indices = [values.yy, values.xx].map(|indices| PyArray1::from_vec(py, indices));
                (PyArray1::from_vec(py, values.bytes), values.offsets, indices)
            }
        };
        // The image's own dtype, so that int64 stays the int64 it was, in this machine's byte order.
        let dtype = or_none(py, self.image).getattr("dtype")?.call_method1("newbyteorder", ("=",))?;
        let pixel_values = bytes.call_method1("view", (dtype,))?;
        let offsets = vector(py, &offsets);
        if pixels {
            Ok((pixel_values, offsets, yy, xx).into_pyobject(py)?.into_any())
        } else {
            Ok((pixel_values, offsets).into_pyobject(py)?.into_any())
        }
    }

    fn weighted_values(&self) -> Outcome<'py> {
        let image = self.image()?;
        let (values, offsets) = self.run(|batch, runner| batch.weighted_values(&image, runner))?;
        Ok((PyArray1::from_vec(self.py, values), vector(self.py, &offsets))
            .into_pyobject(self.py)?
            .into_any())
    }

    fn cutouts(&self, fill: Option<&Bound<'py, PyAny>>) -> Outcome<'py> {
        let image = self.image()?;
        let fill = fill.map_or(Ok(f64::NAN), |fill| float("fill_value", fill))?;
        let (cutouts, windows) = self.run(|batch, runner| batch.cutouts(&image, fill, runner))?;
        Ok((grids(self.py, cutouts, &windows)?, boxes(self.py, &windows)).into_pyobject(self.py)?.into_any())
    }
}
