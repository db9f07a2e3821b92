"""What the arguments of a call mean: apertures as numbers, pixels and what their masks leave."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from astroapers._paths import encode
from astroapers._shapes import SHAPES
from reliability.hostile.callables import Row
from reliability.hostile.layouts import Array


class NotPlain(Exception):  # noqa: N818 - it says what arguments are, and nobody sees it
    """The arguments are of a kind for which nothing is computed here."""


def as_numbers(value: Any) -> Array:
    """
    Read anything as numbers; what is masked is none.

    Parameters
    ----------
    value : object
        A number, or an array of any kind.

    Returns
    -------
    ndarray of float64
        Of its shape.

    Raises
    ------
    NotPlain
        If it holds none.

    Examples
    --------
    >>> as_numbers(["1", 2])
    array([1., 2.])
    """
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    try:
        return np.asarray(value).astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotPlain from error


class Sources(NamedTuple):
    """
    Apertures on positions, as numbers.

    Attributes
    ----------
    x, y : ndarray of float64, shape (N,)
        The positions.
    geometry : list of ndarray
        One array of N numbers per parameter; for a path its two arrays.
    """

    x: Array
    y: Array
    geometry: list[Any]


def sources(row: Row, arguments: dict[str, Any]) -> Sources:
    """
    Read positions and geometry.

    Parameters
    ----------
    row : Row
        The callable.
    arguments : dict
        Its arguments.

    Returns
    -------
    Sources
        As plain arrays.

    Raises
    ------
    NotPlain
        If they are not numbers.
    """
    if "positions" in arguments:
        positions = as_numbers(arguments["positions"]).reshape(-1, 2)
        x, y = positions.T
    else:
        pair = ("xs", "ys") if "xs" in arguments else ("x", "y")
        x, y = (as_numbers(arguments[name]).ravel() for name in pair)
    if row.shape == "path":
        return Sources(x, y, list(_path(arguments)))
    names = SHAPES[row.shape].names
    same_as = {parameter.name: parameter.same_as for parameter in SHAPES[row.shape].parameters}
    columns = []
    for name in names:
        value: Any = arguments.get(name)
        if value is None and (other := same_as[name]):
            value = arguments[other]
        columns.append(np.broadcast_to(as_numbers(value), x.shape) if np.ndim(value) < 2 else as_numbers(value))
    return Sources(x, y, columns)


def _path(arguments: dict[str, Any]) -> tuple[Any, Any]:
    if "kinds" in arguments:
        return np.array(arguments["kinds"], dtype=np.int8), np.array(arguments["data"], dtype=np.float64)
    first = next(name for name in ("segments", "segments_or_kinds") if name in arguments)
    second = first.replace("segments", "holes").replace("kinds", "data")
    try:
        kinds, data = encode(arguments[first], arguments[second])
    except (TypeError, ValueError) as error:
        raise NotPlain from error
    return kinds.copy(), data.copy()


def pixels(arguments: dict[str, Any], name: str = "data") -> tuple[Array, Array]:
    """
    Read an image and what its masks leave.

    Parameters
    ----------
    arguments : dict
        Arguments of a callable.
    name : str, optional
        What the image is called.

    Returns
    -------
    values : ndarray, shape (ny, nx)
        The pixels.
    good : ndarray of bool, shape (ny, nx)
        Where no mask is set.

    Raises
    ------
    NotPlain
        If there is no image in them.
    """
    data = arguments[name]
    good = ~np.ma.getmaskarray(data) if isinstance(data, np.ma.MaskedArray) else True
    values = np.asarray(np.ma.getdata(data))
    if values.ndim != 2 or values.dtype.kind not in "buif":
        raise NotPlain
    return values, np.ones(values.shape, dtype=bool) & good & unmasked(arguments.get("mask"), values.shape)


def unmasked(mask: Any, shape: tuple[int, ...]) -> Any:
    """
    Say which pixels a mask leaves.

    Parameters
    ----------
    mask : object
        Of any kind that is taken; None for no mask.
    shape : tuple of int
        The shape of the image.

    Returns
    -------
    ndarray of bool, or True
        True where the mask is not set, and for itself if there is none.

    Raises
    ------
    NotPlain
        If the mask has another shape.

    Examples
    --------
    >>> unmasked(np.array([0.0, 2.0]), (2,))
    array([ True, False])
    """
    if mask is None or mask is np.ma.nomask:
        return True
    hidden = np.asarray(np.ma.getdata(mask))
    if hidden.dtype.kind == "b":
        hidden = hidden.view(np.uint8)
    masked = (hidden != 0) | np.ma.getmaskarray(mask)
    if masked.shape != shape:
        raise NotPlain
    return ~masked


def frame(values: Array) -> tuple[int, int, int, int]:
    """
    Give the window that is the image itself.

    Parameters
    ----------
    values : ndarray, shape (ny, nx)
        The image.

    Returns
    -------
    tuple of int
        First column and row, numbers of columns and rows.

    Examples
    --------
    >>> frame(np.zeros((2, 3)))
    (0, 0, 3, 2)
    """
    ny, nx = values.shape
    return 0, 0, nx, ny
