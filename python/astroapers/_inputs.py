"""What users pass, turned into what the extension takes.

Everything a caller may hand over - positions, geometry, images, masks; paths in `_paths` - is checked and
converted here and nowhere else. The common forms (a tuple of two floats, a float, a NumPy array) leave
through the first lines of each function, because a call for one aperture lasts about a microsecond.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from itertools import pairwise
from math import isfinite
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from astroapers._rust import _engine
from astroapers._shapes import SHAPES
from astroapers._typing import FloatArray, GeometryValue, IntArray

#: The dtype of an array that is passed on.
_Scalar = TypeVar("_Scalar", bound=np.generic)

_FLOAT64 = np.dtype(np.float64)
REAL_KINDS = "buif"

#: Scalars that need no inspection, as long as they lie well inside the range of float64.
PLAIN = frozenset({float, int, np.float64})
_HUGE = 1e300

_NOWHERE: FloatArray = np.empty(0)


def as_float64(name: str, value: Any, rule: str) -> FloatArray:
    """
    Any real numbers as a float64 array of their shape.

    Parameters
    ----------
    name, rule : str
        For errors: what the numbers are called, and what they must be.
    value : array_like
        The numbers; masked ones become NaN.

    Returns
    -------
    ndarray of float64
        The value itself where it is such an array.

    Raises
    ------
    TypeError, ValueError
        If `value` does not consist of real numbers.

    Examples
    --------
    >>> as_float64("r", [1, 2], "numbers")
    array([1., 2.])
    """
    if type(value) is np.ndarray and value.dtype is _FLOAT64:
        return value
    if isinstance(value, np.ndarray):
        _refuse_units(name, value)
    if isinstance(value, np.ma.MaskedArray):
        numbers = as_float64(name, np.ma.getdata(value), rule)
        return np.asarray(np.where(np.ma.getmaskarray(value), np.nan, numbers))
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O":
            array = np.array([_number(item) for item in array.flat]).reshape(array.shape)
    except (TypeError, ValueError, OverflowError) as error:
        raise _not_numbers(name, value, rule, error) from error
    if array.dtype.kind not in REAL_KINDS:
        if array.ndim == 0:
            raise _not_numbers(name, value, rule, TypeError())
        raise TypeError(f"{name} must be {rule}, got dtype {array.dtype}")
    return array.astype(np.float64, copy=False)


def _refuse_units(name: str, value: Any) -> None:
    """Refuse a quantity or a table's column in anything but what plain numbers mean: pixels, and radians."""
    unit = str(getattr(value, "unit", None) or "")
    if unit not in ("", "pix", "rad" if "theta" in name else "pix"):
        raise ValueError(
            f"{name} has the unit {unit}; it must be in {'radians' if 'theta' in name else 'pixels'}, or a plain number"
        )


def number(name: str, value: Any) -> float:
    """
    Any single real number as a float.

    Parameters
    ----------
    name : str
        What to call it in an error.
    value : float
        The number; it may be NaN.

    Returns
    -------
    float
        The same.

    Raises
    ------
    TypeError, ValueError
        If `value` is not one real number.

    Examples
    --------
    >>> number("fill_value", 0)
    0.0
    """
    if type(value) is float or (type(value) in PLAIN and -_HUGE < value < _HUGE):
        return float(value)
    array = as_float64(name, value, "a real number")
    if array.ndim:
        raise TypeError(f"{name} must be a real number, got an array of shape {array.shape}")
    return float(array)


def _number(item: Any) -> float:
    """Convert one object, which may be a Decimal or a Fraction, but no text."""
    if isinstance(item, str | bytes):
        raise TypeError
    return float(item)


def _not_numbers(name: str, value: Any, rule: str, error: Exception) -> Exception:
    kind = TypeError if isinstance(error, TypeError) else ValueError
    return kind(f"{name} must be {rule}, got {shown(value)}")


def shown(value: Any) -> str:
    """
    Show in one short line what somebody passed.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    str
        Its `repr`, cut off if it is long; the name of its class if that says no more.

    Examples
    --------
    >>> shown(object()), shown(np.zeros((2, 2)))
    ('an object', 'array([[0., 0.], [0., 0.]])')
    """
    kind = type(value).__name__
    try:
        plain: Any = object.__repr__
        text = "" if type(value).__repr__ is plain else " ".join(repr(value).split())
    except Exception:  # whatever it is that a class of others raises
        text = ""
    text = text or f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"
    return text if len(text) <= 60 else f"{text[:57]}..."


# Positions


def positions(value: Any, validate: bool) -> tuple[GeometryValue, GeometryValue]:
    """
    Positions of an object.

    Parameters
    ----------
    value : array_like
        `(x, y)`, or `N` such pairs, in pixels.
    validate : bool
        Whether to refuse positions that are not finite.

    Returns
    -------
    x, y : float, or ndarray of float64, shape (N,), contiguous, read-only
        Floats if `value` is a single `(x, y)`; arrays are always copies.

    Raises
    ------
    TypeError
        If `value` does not consist of real numbers.
    ValueError
        If its shape is not (2,) or (N, 2), or a position is not finite.

    Examples
    --------
    >>> positions((1.0, 2.0), True)
    (1.0, 2.0)
    >>> positions([(1, 2), (3, 4)], True)
    (array([1., 3.]), array([2., 4.]))
    """
    if type(value) is tuple and len(value) == 2:
        x, y = value
        if type(x) is type(y) is float and -_HUGE < x < _HUGE and -_HUGE < y < _HUGE:
            return value
        if type(x) in PLAIN and type(y) in PLAIN and -_HUGE < x < _HUGE and -_HUGE < y < _HUGE:
            return float(x), float(y)
    if isinstance(value, Iterator):
        value = list(value)
    array = as_float64("positions", value, "one (x, y) or an array of shape (N, 2)")
    if array.shape == (0,):
        array = array.reshape(0, 2)
    isscalar = array.shape == (2,)
    if not isscalar and (array.ndim != 2 or array.shape[1] != 2):
        raise ValueError(f"positions must be one (x, y) or an array of shape (N, 2), got shape {array.shape}")
    xy = np.array(array.reshape(-1, 2).T, order="C")
    if validate:
        bad = np.flatnonzero(~np.isfinite(xy).all(axis=0))
        if bad.size:
            x, y = xy[:, bad[0]].tolist()
            where = "positions" if isscalar else f"positions[{bad[0]}]"
            raise ValueError(f"{where}=({x}, {y}) must be finite")
    if isscalar:
        x, y = xy[:, 0].tolist()
        return x, y
    x, y = frozen(xy)
    return x, y


def frozen(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    """
    Make an array read-only for good.

    Parameters
    ----------
    array : ndarray
        An array that owns its memory; nobody else may hold it.

    Returns
    -------
    ndarray
        A view of it, in which writing cannot be allowed again.

    Examples
    --------
    >>> frozen(np.zeros(2)).flags.writeable = True
    Traceback (most recent call last):
    ...
    ValueError: cannot set WRITEABLE flag to True of this array
    """
    array.flags.writeable = False
    return array[:]


def points(x: ArrayLike, y: ArrayLike) -> tuple[GeometryValue, GeometryValue, tuple[int, ...]]:
    """
    Positions of a kernel.

    Parameters
    ----------
    x, y : array_like
        Scalars or arrays of equal shape, in pixels.

    Returns
    -------
    xs, ys : float, or ndarray of float64, shape (N,), contiguous
        Floats for scalars, else the positions in C order; the caller's own memory where it is as it must be.
    shape : tuple of int
        Shape of the results: that of `x`, or (1,) for a scalar.

    Raises
    ------
    TypeError
        If `x` or `y` does not consist of real numbers.
    ValueError
        If their shapes differ.

    Examples
    --------
    >>> points(1, 2)
    (1.0, 2.0, (1,))
    """
    if type(x) is float and type(y) is float:
        return x, y, (1,)
    xs = as_float64("x", x, "a float or an array of floats")
    ys = as_float64("y", y, "a float or an array of floats")
    shape = xs.shape
    if shape != ys.shape:
        raise ValueError(f"x and y must have equal shapes, got {shape} and {ys.shape}")
    if not shape:
        return float(xs), float(ys), (1,)
    return _flat(xs), _flat(ys), shape


def _flat(array: FloatArray) -> FloatArray:
    """View an array as one contiguous, aligned dimension, or copy it if that cannot be."""
    if array.ndim == 1 and array.flags.c_contiguous and array.flags.aligned:
        return array
    return np.require(array, requirements=["C", "A"]).reshape(-1)


# Geometry


def geometry(tag: str, values: tuple[Any, ...], shape: tuple[int, ...]) -> tuple[GeometryValue, ...]:
    """
    Geometry parameters of a shape: floats, or arrays of one float per position.

    Parameters
    ----------
    tag : str
        The shape, a key of `SHAPES`.
    values : tuple
        One value per parameter, in the table's order.
    shape : tuple of int
        Shape of the positions.

    Returns
    -------
    tuple of float or ndarray
        Floats, and read-only float64 (N,) arrays.

    Raises
    ------
    TypeError
        If a value is not a real number or array of them.
    ValueError
        If an array's shape is not that of the positions.

    Examples
    --------
    >>> geometry("circ", (3,), (2,)), geometry("circ", ([3, 4],), (2,))
    ((3.0,), (array([3., 4.]),))
    """
    plain = True
    for value in values:
        if type(value) is not float:
            plain = False
            if type(value) not in PLAIN or not -_HUGE < value < _HUGE:
                names = SHAPES[tag].names
                return tuple(_parameter(name, v, shape) for name, v in zip(names, values, strict=True))
    return values if plain else tuple(map(float, values))


def _parameter(name: str, value: Any, shape: tuple[int, ...]) -> GeometryValue:
    array = as_float64(name, value, "a float or an array of one float per position")
    if array.ndim == 0:
        return float(array)
    if array.shape != shape:
        raise ValueError(
            f"{name} must be a float or have one value per position (shape {shape}), got shape {array.shape}"
        )
    return frozen(np.array(array.reshape(-1)))


# Images and masks


def image(data: Any, mask: Any) -> tuple[NDArray[Any], tuple[NDArray[Any], ...]]:
    """
    Find an image and its masks where they lie.

    Parameters
    ----------
    data : array_like, shape (ny, nx)
        Any real image. A NumPy array is passed on as it is; the mask of a `numpy.ma.MaskedArray` counts.
    mask : array_like, shape (ny, nx), optional
        True or nonzero excludes a pixel.

    Returns
    -------
    image : ndarray
        The image; the extension checks its dtype and dimension.
    masks : tuple of ndarray
        Up to two masks of the image's shape.

    Raises
    ------
    TypeError
        If `data` is None or another object that holds no numbers.
    ValueError
        If `data` is ragged or the shape of `mask` differs from that of `data`.

    Examples
    --------
    >>> image(np.ma.masked_invalid([[1.0, np.nan]]), None)[1]
    (array([[False,  True]]),)
    """
    if type(data) is np.ndarray:
        if mask is None:
            return data, ()
        return data, _masks(mask, data.shape)
    if isinstance(data, np.ma.MaskedArray):
        own = data.mask
        array = np.asarray(data.data)
        return array, (() if own is np.ma.nomask else (np.asarray(own),)) + _masks(mask, array.shape)
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ValueError(f"data must be a 2-D array: {error}") from error
    if array.ndim == 0 and array.dtype.kind in "OSU":
        raise TypeError(f"data must be a 2-D array of real numbers, got {type(data).__name__}")
    return array, _masks(mask, array.shape)


def _masks(mask: Any, shape: tuple[int, ...]) -> tuple[NDArray[Any], ...]:
    if mask is None or mask is np.ma.nomask:
        return ()
    if isinstance(mask, np.ma.MaskedArray):
        # What is no number is passed on, for the extension to refuse.
        mask = np.ma.filled(mask.astype(bool), True) if mask.dtype.kind in REAL_KINDS else np.ma.getdata(mask)
    array = np.asarray(mask)
    if array.shape != shape:
        raise ValueError(f"mask must have the shape {shape} of the image, got {array.shape}")
    return (array,)


def real_image(data: Any, mask: Any) -> tuple[NDArray[Any], tuple[NDArray[Any], ...]]:
    """
    `image` for code that computes with NumPy instead of the extension, with the extension's checks.

    Parameters
    ----------
    data, mask : array_like
        As for `image`.

    Returns
    -------
    image, masks
        As of `image`.

    Raises
    ------
    TypeError
        If `data` is not of a real dtype of at most 8 bytes.
    ValueError
        If `data` is not two-dimensional.

    Examples
    --------
    >>> real_image([[1j]], None)
    Traceback (most recent call last):
    ...
    TypeError: data has dtype complex128; take the real part or abs(data)
    """
    array, masks = image(data, mask)
    # The extension is asked for the sums at no position, so that its rules and words hold here too.
    _engine("sum", "circ", "exact", _NOWHERE, _NOWHERE, (1.0,), image=array, masks=masks)
    return array, masks


def frame(shape: Any, mask: Any) -> tuple[tuple[int, int], tuple[NDArray[Any], ...]]:
    """
    Check the shape of an image that is not there, and its mask.

    Parameters
    ----------
    shape : (ny, nx)
        Numbers of rows and columns, at least 0.
    mask : array_like, shape (ny, nx), optional
        True or nonzero excludes a pixel.

    Returns
    -------
    shape : tuple of int
        `(ny, nx)`.
    masks : tuple of ndarray
        At most one mask.

    Raises
    ------
    TypeError
        If `shape` does not consist of whole numbers.
    ValueError
        If it has not two entries, one is negative, or the mask's shape differs.

    Examples
    --------
    >>> frame((4, 5), None)
    ((4, 5), ())
    """
    try:
        sizes = tuple(shape)
    except TypeError:
        raise TypeError(f"shape must be (ny, nx), got {shown(shape)}") from None
    if len(sizes) != 2:
        raise ValueError(f"shape must be (ny, nx), got {shown(shape)}")
    ny, nx = (whole("shape", size) for size in sizes)
    if ny < 0 or nx < 0:
        raise ValueError(f"shape={(ny, nx)} must not be negative")
    return (ny, nx), _masks(mask, (ny, nx))


def real_frame(shape: Any, mask: Any) -> tuple[tuple[int, int], tuple[NDArray[Any], ...]]:
    """
    `frame` for code that computes with NumPy instead of the extension, with the extension's checks.

    Parameters
    ----------
    shape, mask
        As for `frame`.

    Returns
    -------
    shape, masks
        As of `frame`.

    Raises
    ------
    TypeError, ValueError
        As from `frame`; also if the mask is not of a real dtype of at most 8 bytes.

    Examples
    --------
    >>> real_frame((1, 1), [[1j]])
    Traceback (most recent call last):
    ...
    TypeError: mask has dtype complex128; take the real part or abs(mask)
    """
    sizes, masks = frame(shape, mask)
    _engine("npix", "circ", "exact", _NOWHERE, _NOWHERE, (1.0,), frame=sizes, masks=masks)
    return sizes, masks


def whole(name: str, value: Any) -> int:
    """
    Make an integer, also from a float without a fraction.

    Parameters
    ----------
    name : str
        What to call it in an error.
    value : int or float
        The number.

    Returns
    -------
    int
        The number as a Python integer.

    Raises
    ------
    TypeError
        If `value` is not a whole number.

    Examples
    --------
    >>> whole("ixmin", np.int16(3)), whole("ixmin", 4.0)
    (3, 4)
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, float | np.floating) and isfinite(value) and value == np.floor(value):
        return int(value)
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must hold whole numbers, got {shown(value)}") from None


def positive(name: str, value: Any) -> int:
    """
    Make an integer that is greater than 0.

    Parameters
    ----------
    name : str
        What to call it in an error.
    value : int or float
        The number.

    Returns
    -------
    int
        The number as a Python integer.

    Raises
    ------
    TypeError
        If `value` is not a number.
    ValueError
        If it has a fraction, or is smaller than 1.

    Examples
    --------
    >>> positive("repeats", 3.0)
    3
    """
    refusal = f"{name}={shown(value)} must be a positive whole number"
    try:
        result = whole(name, value)
    except TypeError:
        kind = ValueError if isinstance(value, float | np.floating) else TypeError
        raise kind(refusal) from None
    if result < 1:
        raise ValueError(refusal)
    return result


def pieces(values: NDArray[Any], offsets: IntArray) -> list[NDArray[Any]]:
    """
    Cut a flat array into one array per aperture.

    Parameters
    ----------
    values : ndarray, shape (total,)
        The values of all apertures.
    offsets : ndarray of int64, shape (N + 1,)
        Where each aperture's values begin, and the total.

    Returns
    -------
    list of ndarray
        Views of `values`, one per aperture.

    Examples
    --------
    >>> pieces(np.array([1, 2, 3]), np.array([0, 2, 3]))
    [array([1, 2]), array([3])]
    """
    bounds = offsets.tolist()
    return [values[start:stop] for start, stop in pairwise(bounds)]
