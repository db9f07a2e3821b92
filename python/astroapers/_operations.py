"""What a kernel does with its arguments: convert, call the extension, give the results their shape.

The functions of `astroapers.kernels` differ in shape, method and signature alone; each is one call of a
function here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from astroapers import _inputs, _paths
from astroapers._rust import _engine
from astroapers._typing import FloatArray, GeometryValue, Method, RawGeometry
from astroapers.bbox import BoundingBox, boxes


def _source(
    tag: str, x: ArrayLike, y: ArrayLike, geometry: tuple[Any, ...]
) -> tuple[GeometryValue, GeometryValue, RawGeometry, tuple[int, ...]]:
    xs, ys, shape = _inputs.points(x, y)
    if tag == "path":
        return xs, ys, _paths.encode(*geometry), shape
    return xs, ys, _inputs.geometry(tag, geometry, shape), shape


def apsum(
    tag: str,
    method: Method,
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    geometry: tuple[Any, ...],
    mask: ArrayLike | None,
    return_npix: bool,
    validate: bool,
) -> FloatArray | tuple[FloatArray, FloatArray]:
    """
    Aperture sums of a batch.

    Parameters
    ----------
    tag : str
        The shape.
    method : {"exact", "center"}
        How pixels are weighted.
    data, x, y, geometry, mask, return_npix, validate
        As the kernel was given them; `geometry` in the table's order.

    Returns
    -------
    sums : ndarray of float64
        In the shape of `x`, (1,) for a scalar.
    npix : ndarray of float64
        The sums of the weights, if `return_npix`.

    Examples
    --------
    >>> apsum("circ", "center", np.ones((9, 9)), 4, 4, (1.5,), None, False, True)
    array([9.])
    """
    xs, ys, values, shape = _source(tag, x, y, geometry)
    image, masks = _inputs.image(data, mask)
    result = _engine(
        "apsum" if return_npix else "sum",
        tag,
        method,
        xs,
        ys,
        values,
        image=image,
        masks=masks,
        validate=bool(validate),
        keepdims=True,
    )
    if not return_npix:
        return _shaped(result, shape)
    sums, npix = result
    return _shaped(sums, shape), _shaped(npix, shape)


def _shaped(values: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    return values if len(shape) == 1 else values.reshape(shape)


def npix(
    tag: str,
    method: Method,
    x: ArrayLike,
    y: ArrayLike,
    geometry: tuple[Any, ...],
    shape: tuple[int, int],
    mask: ArrayLike | None,
    validate: bool,
) -> FloatArray:
    """
    Effective pixel counts of a batch.

    Parameters
    ----------
    tag : str
        The shape.
    method : {"exact", "center"}
        How pixels are weighted.
    x, y, geometry, shape, mask, validate
        As the kernel was given them; `geometry` in the table's order.

    Returns
    -------
    ndarray of float64
        In the shape of `x`, (1,) for a scalar.

    Examples
    --------
    >>> npix("circ", "center", 4, 4, (1.5,), (9, 9), None, True)
    array([9.])
    """
    xs, ys, values, result_shape = _source(tag, x, y, geometry)
    frame, masks = _inputs.frame(shape, mask)
    counts = _engine("npix", tag, method, xs, ys, values, frame=frame, masks=masks, validate=bool(validate), keepdims=True)
    return _shaped(counts, result_shape)


def weights(
    tag: str, method: Method, x: ArrayLike, y: ArrayLike, geometry: tuple[Any, ...], validate: bool
) -> tuple[list[NDArray[np.float64]], list[BoundingBox]]:
    """
    Weights of a batch on its bounding boxes.

    Parameters
    ----------
    tag : str
        The shape.
    method : {"exact", "center"}
        How pixels are weighted.
    x, y, geometry, validate
        As the kernel was given them; `geometry` in the table's order.

    Returns
    -------
    weights : list of ndarray of float64
        One 2-D array per position.
    boxes : list of BoundingBox
        Where each lies.

    Examples
    --------
    >>> weights("circ", "center", 4, 4, (0.6,), True)
    ([array([[0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])], [BoundingBox(ixmin=3, ixmax=6, iymin=3, iymax=6)])
    """
    xs, ys, values, _ = _source(tag, x, y, geometry)
    arrays, bounds = _engine("weights", tag, method, xs, ys, values, validate=bool(validate))
    return arrays, boxes(bounds)


def bboxes(tag: str, x: ArrayLike, y: ArrayLike, geometry: tuple[Any, ...], validate: bool) -> list[BoundingBox]:
    """
    Bounding boxes of a batch.

    Parameters
    ----------
    tag : str
        The shape.
    x, y, geometry, validate
        As the kernel was given them; `geometry` in the table's order.

    Returns
    -------
    list of BoundingBox
        One per position, in C order.

    Examples
    --------
    >>> bboxes("circ", 4, 4, (1.0,), True)
    [BoundingBox(ixmin=3, ixmax=6, iymin=3, iymax=6)]
    """
    xs, ys, values, _ = _source(tag, x, y, geometry)
    return boxes(_engine("bboxes", tag, "exact", xs, ys, values, validate=bool(validate)))
