"""Images, masks and errors as users have them: NumPy arrays, masked arrays, quantities, `NDData`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers import _inputs
from astroapers._photometry import units

#: Names that astropy gives to the kinds of uncertainty, and that the extension knows.
KINDS = ("std", "var", "ivar")

#: By which power of the unit each kind scales.
_POWERS = {"std": 1, "var": 2, "ivar": -2}


@dataclass(frozen=True)
class Errors:
    """
    The error of each pixel, where it lies.

    Attributes
    ----------
    values : ndarray, shape (ny, nx)
        The numbers.
    kind : {"std", "var", "ivar"}
        What they are.
    scale : float
        What variances are multiplied with to have the image's unit.
    """

    values: NDArray[Any]
    kind: str
    scale: float


@dataclass(frozen=True)
class Frame:
    """
    An image with all that comes with it.

    Attributes
    ----------
    image : ndarray, shape (ny, nx)
        The pixels, where they lie.
    masks : tuple of ndarray
        Up to two masks.
    unit : Unit or None
        Unit of the pixel values.
    errors : Errors or None
        The data's own errors.
    wcs : object or None
        World coordinate system.
    step : float
        Distance of neighbouring pixel values; 0 if they are continuous.
    """

    image: NDArray[Any]
    masks: tuple[NDArray[Any], ...]
    unit: Any = None
    errors: Errors | None = None
    wcs: Any = None
    step: float = 0.0


def frame(data: Any, mask: Any, *, with_errors: bool = True) -> Frame:
    """
    Take data apart.

    Parameters
    ----------
    data : array_like, MaskedArray, Quantity, NDData or Frame, shape (ny, nx)
        The image; a `Frame` is one already, with all its masks, and is returned as it is.
    mask : array_like, shape (ny, nx), optional
        True or nonzero excludes a pixel, besides those that `data` excludes.
    with_errors : bool, optional
        Whether the data's own errors are wanted; else nobody looks at them.

    Returns
    -------
    Frame
        The image, read in place.

    Raises
    ------
    TypeError, ValueError
        If `data` is not a real image, a mask has another shape, or the data's uncertainty is of no known kind.

    Examples
    --------
    >>> frame(np.ones((2, 3), dtype=int), None).step
    1.0
    """
    if isinstance(data, Frame):
        return data
    nddata = sys.modules.get("astropy.nddata")
    if nddata is not None and isinstance(data, nddata.NDData):
        return _from_nddata(data, mask, with_errors)
    unit = None
    if units.is_quantity(data):
        unit = data.unit
        if hasattr(data, "unmasked"):
            data = np.ma.MaskedArray(data.unmasked.value, data.mask)
        else:
            data = data.value
    image, masks = _inputs.image(data, mask)
    return Frame(image, masks, unit, step=_step(image, {}))


def _from_nddata(data: Any, mask: Any, with_errors: bool) -> Frame:
    array = np.asarray(data.data)
    own = data.mask
    if own is not None and np.ndim(own) == 0:
        own = np.broadcast_to(np.asarray(own, dtype=bool), array.shape) if own else None
    image, masks = _inputs.image(array, mask)
    if own is not None:
        masks = (*_inputs.image(array, own)[1], *masks)
    uncertainty = data.uncertainty if with_errors else None
    errors = None if uncertainty is None else _from_uncertainty(uncertainty, data.unit, array.shape)
    return Frame(image, masks, data.unit, errors, data.wcs, _step(array, data.meta))


def _from_uncertainty(uncertainty: Any, unit: Any, shape: tuple[int, ...]) -> Errors:
    kind = uncertainty.uncertainty_type
    if kind not in KINDS:
        raise ValueError(
            f"data.uncertainty is of the kind {kind!r}, not of one of {', '.join(map(repr, KINDS))}: make it a "
            "StdDevUncertainty, VarianceUncertainty or InverseVariance, or give error="
        )
    values = np.broadcast_to(_errors_image("data.uncertainty", uncertainty.array, shape), shape)
    scale = 1.0
    if unit is not None and uncertainty.unit is not None:
        scale = units.factor("data.uncertainty", uncertainty.unit, unit ** _POWERS[kind])
    return Errors(values, kind, _variance_scale(kind, scale))


def _variance_scale(kind: str, scale: float, unit: float = 1.0) -> float:
    """
    By what variances scale if the numbers of a kind scale by something, and the image is measured in some unit.

    Products and quotients, one after the other: a power beyond the range of numbers raises an error.
    """
    ratio = scale / unit
    return {"std": ratio * ratio, "var": ratio / unit, "ivar": 1 / scale / unit / unit}[kind]


def _step(image: NDArray[Any], header: Any) -> float:
    """
    Distance of neighbouring pixel values.

    Floats come in steps only if they were read from scaled integers, of which a FITS header tells.
    """
    if image.dtype.kind in "bui":
        return 1.0
    scale, bits = header.get("BSCALE"), header.get("BITPIX", 8)
    numbers = isinstance(scale, int | float) and isinstance(bits, int | float)
    return abs(float(scale)) if numbers and bits > 0 else 0.0


def errors(error: Any, image: Frame) -> Errors | None:
    """
    Find the error of each pixel.

    Parameters
    ----------
    error : float or array_like, shape (ny, nx), optional
        Standard deviations; they win over those that came with the data.
    image : Frame
        The image.

    Returns
    -------
    Errors or None
        The errors, read in place.

    Raises
    ------
    TypeError, ValueError
        If `error` is not a positive number or an image of the data's shape.

    Examples
    --------
    >>> errors(2.0, frame(np.ones((2, 3)), None)).values.strides
    (0, 0)
    """
    if error is None:
        return image.errors
    shape, scale = image.image.shape, 1.0
    if units.is_quantity(error):
        if image.unit is None:
            raise ValueError(f"error has the unit {error.unit}, but data has none")
        error, scale = error.value, units.factor("error", error.unit, image.unit)
    values = _errors_image("error", error, shape)
    if values.ndim == 0:
        values = np.broadcast_to(np.float64(units.scalar("error", error)), shape)
    return Errors(values, "std", _variance_scale("std", scale))


def _errors_image(name: str, values: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        # A masked error is no error. What is no number is passed on, for the extension to refuse.
        real = values.dtype.kind in _inputs.REAL_KINDS
        values = np.ma.filled(values.astype(np.float64), np.nan) if real else np.ma.getdata(values)
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must be a number or a 2-D array: {error}") from error
    # An image of another dimension is refused by the extension, whatever its errors are.
    if array.shape not in ((), shape) and len(shape) == 2:
        raise ValueError(f"{name} must be a number or have the shape {shape} of the image, got {array.shape}")
    return array
