//! The one entry behind `astroapers.photometry`.
//!
//! It takes what the Python layer has checked and converted, and returns the columns of the result. Images, masks and errors
//! are read where they lie.

use astroapers::batch::{Photometry, Runner, Sky};
use astroapers::image::Image;
use astroapers::photometry::{
    Clip, Correction, ErrorKind, ErrorModel, Errors, Flags, Masked, Measured, SkyEstimator, SkyMeasured,
    Statistic,
};
use astroapers::{ApertureError, Method};
use numpy::{Element, PyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::array::{column, view};
use crate::convert::{numbers, refused, value_error, vector};
use crate::engine::{named_method, named_shape};
use crate::run::detached;
use crate::sources::{Geometry, Parameter};

/// An aperture as Python names it: shape and parameters.
type Named<'py> = (String, Bound<'py, PyTuple>);

/// Where the sky comes from.
enum Level {
    Given {
        level: Parameter,
        std: Parameter,
        err: Parameter,
    },
    Annulus {
        x: Vec<f64>,
        y: Vec<f64>,
        geometry: Geometry,
        estimator: SkyEstimator,
        levels: Option<Vec<f64>>,
    },
}

/// All that was asked for, but for the images.
struct Request {
    x: Vec<f64>,
    y: Vec<f64>,
    apertures: Vec<Geometry>,
    method: Method,
    sky: Level,
    error_model: ErrorModel,
    masked: Masked,
    cut_is_nan: bool,
    saturation: Option<f64>,
    step: f64,
}

/// Photometry of a catalogue on an image.
///
/// `apertures` are pairs `(shape, geometry)` on the (N,) positions `x` and `y`. `options` holds, as the Python layer made
/// them: `sky`, either `(level, std, err)` of floats and (N,) arrays, or
/// `(shape, geometry, x, y, statistic, (sigma, maxiters) or None, least, levels or None)`; `error`, None or
/// `(array, kind, scale)`; `model`, the name of an error model and its numbers; `masked`; `edge`; `saturation`; `step`.
///
/// Returns `(flux, flux_err, apsum, npix, area, bad_frac, flags)` with one entry per source and aperture, and
/// `(sky, sky_std, n_sky, n_rejected)` with one per source; or, if asked for `survivors`, their values and offsets.
#[pyfunction]
#[pyo3(
    signature = (x, y, apertures, method, image, masks, options, *, survivors=false),
    text_signature = "(x, y, apertures, method, image, masks, options, *, survivors=False)"
)]
// One argument for each thing that is checked on its own; the many settings travel in `options`. The image is owned, as in
// `_engine`.
#[allow(clippy::too_many_arguments, clippy::needless_pass_by_value)]
pub(crate) fn _photometry<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    y: &Bound<'py, PyAny>,
    apertures: Vec<Named<'py>>,
    method: &str,
    image: Bound<'py, PyAny>,
    masks: &Bound<'py, PyTuple>,
    options: &Bound<'py, PyDict>,
    survivors: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let request = Request {
        x: column("x", x)?,
        y: column("y", y)?,
        apertures: apertures.iter().map(|named| geometry(py, named)).collect::<PyResult<_>>()?,
        method: named_method(Some(method))?,
        sky: sky(py, &option(options, "sky")?)?,
        error_model: error_model(&option(options, "model")?)?,
        masked: masked(&option(options, "masked")?.extract::<String>()?)?,
        cut_is_nan: option(options, "edge")?.extract::<String>()? == "nan",
        saturation: option(options, "saturation")?.extract()?,
        step: option(options, "step")?.extract()?,
    };
    let masks: Vec<Bound<'py, PyAny>> = masks.iter().collect();
    let image = masks.iter().try_fold(Image::new(view("data", &image)?), |image, mask| {
        image.masked(view("mask", mask)?).map_err(|error| refused(&error))
    })?;
    let error = option(options, "error")?;
    let error: Option<(Bound<'py, PyAny>, String, f64)> = error.extract()?;
    let errors = match &error {
        None => None,
        Some((array, kind, scale)) => {
            Some(Errors { view: view("error", array)?, kind: error_kind(kind)?, scale: *scale })
        }
    };
    if survivors {
        let found = run(py, &request, errors, |photometry, runner| photometry.survivors(&image, runner))?;
        return Ok((vector(py, &found.values), vector(py, &found.offsets)).into_pyobject(py)?.into_any());
    }
    let found = run(py, &request, errors, |photometry, runner| photometry.measure(&image, runner))?;
    let of = |value: fn(&Measured) -> f64| collected(py, &found.apertures, value);
    let measured = (
        of(|m| m.flux)?,
        of(|m| m.flux_err)?,
        of(|m| m.apsum)?,
        of(|m| m.npix)?,
        of(|m| m.area)?,
        of(|m| m.bad_frac)?,
        collected(py, &found.apertures, |m| i64::from(m.flags.bits()))?,
    );
    let of = |value: fn(&SkyMeasured) -> f64| collected(py, &found.sky, value);
    let count = |value: fn(&SkyMeasured) -> usize| collected(py, &found.sky, |sky| value(sky) as i64);
    let sky = (of(|sky| sky.level)?, of(|sky| sky.std)?, count(|sky| sky.n)?, count(|sky| sky.rejected)?);
    Ok((measured, sky).into_pyobject(py)?.into_any())
}

/// What is known beforehand of a sky's statistic: scatter and fraction kept by the clipping, the variance factor, and the
/// rounding factor at a `noise` in steps of the pixel values.
#[pyfunction]
#[pyo3(signature = (statistic, clip, noise), text_signature = "(statistic, clip, noise)")]
pub(crate) fn _sky_variance(
    statistic: &str,
    clip: Option<(f64, Option<u32>)>,
    noise: f64,
) -> PyResult<(f64, f64, f64, f64)> {
    let clip = clip.map(|(sigma, maxiters)| Clip { sigma, maxiters });
    let (statistic, correction) = (named_statistic(statistic)?, Correction::of(clip));
    let rounding = statistic.rounding_factor(clip, noise);
    Ok((correction.scatter, correction.kept, statistic.variance_factor(clip), rounding))
}

fn run<T: Send>(
    py: Python<'_>,
    request: &Request,
    errors: Option<Errors<'_>>,
    work: impl FnOnce(&Photometry<'_>, &mut Runner<'_>) -> astroapers::Result<T> + Send,
) -> PyResult<T> {
    detached(py, |runner| {
        let photometry = Photometry {
            x: &request.x,
            y: &request.y,
            apertures: request.apertures.iter().map(Geometry::borrow).collect(),
            method: request.method,
            sky: match &request.sky {
                Level::Given { level, std, err } => {
                    Sky::Given { level: level.borrow(), std: std.borrow(), err: err.borrow() }
                }
                Level::Annulus { x, y, geometry, estimator, levels } => Sky::Annulus {
                    x,
                    y,
                    shapes: geometry.borrow(),
                    estimator: *estimator,
                    levels: levels.as_deref(),
                },
            },
            errors,
            error_model: request.error_model,
            masked: request.masked,
            cut_is_nan: request.cut_is_nan,
            saturation: request.saturation,
            step: request.step,
        };
        work(&photometry, runner)
    })
}

/// A column of a result; Ctrl-C is heard between two of them.
fn collected<'py, S, T: Element + Copy>(
    py: Python<'py>,
    rows: &[S],
    value: impl Fn(&S) -> T,
) -> PyResult<Bound<'py, PyArray1<T>>> {
    py.check_signals()?;
    Ok(numbers(py, rows, value))
}

fn option<'py>(options: &Bound<'py, PyDict>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    options.get_item(name)?.ok_or_else(|| PyValueError::new_err(format!("options has no {name:?}")))
}

fn geometry<'py>(py: Python<'py>, (shape, geometry): &Named<'py>) -> PyResult<Geometry> {
    Geometry::new(py, named_shape(py, Some(shape))?, Some(geometry))
}

fn sky<'py>(py: Python<'py>, any: &Bound<'py, PyAny>) -> PyResult<Level> {
    type Annulus<'py> = (
        String,
        Bound<'py, PyTuple>,
        Bound<'py, PyAny>,
        Bound<'py, PyAny>,
        String,
        Option<(f64, Option<u32>)>,
        usize,
        Option<Bound<'py, PyAny>>,
    );
    if let Ok((level, std, err)) = any.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>)>() {
        return Ok(Level::Given {
            level: Parameter::new("sky", &level)?,
            std: Parameter::new("sky_std", &std)?,
            err: Parameter::new("sky_err", &err)?,
        });
    }
    let (shape, parameters, x, y, statistic, clip, least, levels): Annulus<'py> = any.extract()?;
    Ok(Level::Annulus {
        x: column("sky", &x)?,
        y: column("sky", &y)?,
        geometry: geometry(py, &(shape, parameters))?,
        estimator: SkyEstimator {
            statistic: named_statistic(&statistic)?,
            clip: clip.map(|(sigma, maxiters)| Clip { sigma, maxiters }),
            least,
        },
        levels: levels.map(|levels| column("levels", &levels)).transpose()?,
    })
}

fn named_statistic(name: &str) -> PyResult<Statistic> {
    Statistic::named(name).ok_or_else(|| {
        let names = Statistic::ALL.map(|statistic| format!("{:?}", statistic.name())).join(", ");
        value_error("sky_stat", names, format_args!("{name:?}"))
    })
}

fn masked(name: &str) -> PyResult<Masked> {
    match name {
        "exclude" => Ok(Masked::Exclude),
        "nan" => Ok(Masked::Nan),
        "interpolate" => Ok(Masked::Interpolate),
        _ => Err(value_error("masked", "'exclude', 'nan' or 'interpolate'", format_args!("{name:?}"))),
    }
}

fn error_kind(name: &str) -> PyResult<ErrorKind> {
    match name {
        "std" => Ok(ErrorKind::Std),
        "var" => Ok(ErrorKind::Variance),
        "ivar" => Ok(ErrorKind::InverseVariance),
        _ => Err(value_error("kind", "'std', 'var' or 'ivar'", format_args!("{name:?}"))),
    }
}

fn error_model(any: &Bound<'_, PyAny>) -> PyResult<ErrorModel> {
    let (name, numbers): (String, Vec<Option<f64>>) = any.extract()?;
    match (&*name, &*numbers) {
        ("scatter", &[gain]) => Ok(ErrorModel::Scatter { gain }),
        ("pixels", &[gain]) => Ok(ErrorModel::Pixels { gain }),
        ("iraf", &[Some(gain)]) => Ok(ErrorModel::Iraf { gain }),
        ("ccd", &[Some(gain), Some(read_noise), Some(dark), Some(sky_level), Some(frames)]) => {
            Ok(ErrorModel::Ccd { gain, read_noise, dark, sky_level, frames })
        }
        _ => {
            Err(refused(&ApertureError::Layout(format!("there is no error model {name:?} of these numbers"))))
        }
    }
}

/// Names and bits of the flags.
#[pyfunction]
pub(crate) fn _flags() -> Vec<(&'static str, u32)> {
    Flags::ALL.iter().map(|&(name, flag)| (name, flag.bits())).collect()
}

/// Adds the functions of this file to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_flags, module)?)?;
    module.add_function(wrap_pyfunction!(_sky_variance, module)?)?;
    module.add_function(wrap_pyfunction!(_photometry, module)?)
}
