"""The farthest pixel of a mask: how large an aperture must be to hold a segmented source."""

from __future__ import annotations

from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from astroapers._inputs import as_float64
from astroapers._typing import IntArray


@overload
def farthest_mask_pixel(mask: ArrayLike, center: ArrayLike, *, return_pos: Literal[False] = False) -> float: ...


@overload
def farthest_mask_pixel(mask: ArrayLike, center: ArrayLike, *, return_pos: Literal[True]) -> tuple[float, IntArray]: ...


def farthest_mask_pixel(
    mask: ArrayLike, center: ArrayLike, *, return_pos: bool = False
) -> float | tuple[float, IntArray]:
    """
    Largest Euclidean distance from a point to a True pixel of a mask.

    Parameters
    ----------
    mask : array_like of bool, any number of dimensions from 1 on
        Nonzero counts as True; masked pixels do not.
    center : array_like of float, shape (ndim,)
        The point in NumPy index order, `(y, x)` for an image; a scalar will do for one dimension.
    return_pos : bool, optional
        Whether to return the farthest pixels too.

    Returns
    -------
    distance : float
        In pixels, between `center` and the centre of the farthest True pixel.
    positions : ndarray of int64, shape (n_ties, ndim)
        Indices of every True pixel at that distance, in C order; only if `return_pos`.

    Raises
    ------
    TypeError
        If `mask` or `center` are not real numbers.
    ValueError
        If no pixel is True, or `center` is not one finite number per dimension.

    Notes
    -----
    Along a line of pixels the distance from a point is a convex function, so that it is largest at an end:
    only the first and the last True pixel of each line along the last axis are looked at.

    Examples
    --------
    >>> import numpy as np
    >>> from astroapers import farthest_mask_pixel
    >>> mask = np.zeros((5, 5), dtype=bool)
    >>> mask[1:4, 2] = True
    >>> farthest_mask_pixel(mask, (2, 2))
    1.0
    >>> farthest_mask_pixel(mask, (2, 2), return_pos=True)
    (1.0, array([[1, 2],
           [3, 2]]))
    """
    marked = _real("mask", mask.filled(0) if isinstance(mask, np.ma.MaskedArray) else mask)
    if marked.dtype != np.bool_:
        marked = marked != 0
    if marked.ndim == 0:
        raise ValueError("mask must have at least one dimension")
    point = np.atleast_1d(as_float64("center", center, "real numbers"))
    if point.shape != (marked.ndim,):
        raise ValueError(f"center must hold {marked.ndim} numbers, one per dimension of mask, got shape {point.shape}")
    if not np.isfinite(point).all():
        raise ValueError(f"center={tuple(point.tolist())} must be finite")
    ends = _line_ends(marked)
    if not len(ends):
        raise ValueError("mask must contain at least one True pixel")
    offsets = ends - point
    # A power of two keeps the squares in range without rounding any of them.
    scale = np.exp2(np.frexp(np.abs(offsets).max())[1] - 1)
    squares = np.square(offsets / scale).sum(axis=1)
    largest = squares.max()
    distance = float(np.sqrt(largest) * scale)
    return (distance, ends[squares == largest]) if return_pos else distance


def _line_ends(marked: np.ndarray[Any, np.dtype[np.bool_]]) -> IntArray:
    """Find the first and last True pixel of each line along the last axis, in C order, each once."""
    *leading, length = marked.shape
    if not marked.any():
        return np.empty((0, marked.ndim), dtype=np.int64)
    rows = marked.reshape(-1, length)
    lines = np.flatnonzero(rows.any(axis=1))
    first = rows.argmax(axis=1)[lines]
    last = length - 1 - rows[:, ::-1].argmax(axis=1)[lines]
    columns = np.stack((first, last), axis=1).reshape(-1)
    indices = np.unravel_index(np.repeat(lines, 2) * length + columns, (*leading, length))
    ends = np.stack(indices, axis=1)
    once = np.ones(len(ends), dtype=bool)
    once[1::2] = first != last
    result: IntArray = ends[once].astype(np.int64, copy=False)
    return result


def _real(name: str, value: ArrayLike) -> np.ndarray[Any, np.dtype[Any]]:
    array = np.asarray(value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must be real numbers, got dtype {array.dtype}")
    return array
