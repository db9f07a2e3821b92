"""What the raw functions say of one aperture on plain numbers: its weights in any window, its box, its area."""

from __future__ import annotations

import numpy as np

from astroapers import _rust
from reliability.hostile.callables import Row
from reliability.hostile.layouts import Array

from .arguments import Sources


def cover(row: Row, found: Sources, i: int, window: tuple[int, int, int, int]) -> Array | None:
    """
    Weights of one aperture over a window.

    Parameters
    ----------
    row : Row
        The callable: its shape and method.
    found : Sources
        The apertures.
    i : int
        Which.
    window : tuple of int
        First column and row, numbers of columns and rows.

    Returns
    -------
    ndarray of float64, shape (ny, nx), or None
        None where position or geometry are none.
    """
    x0, y0, nx, ny = window
    numbers = found.geometry if row.shape == "path" else [float(column[i]) for column in found.geometry]
    function = getattr(_rust, f"weights_{row.shape}_{row.method}_one")
    if not (np.isfinite(found.x[i]) and np.isfinite(found.y[i])):
        return None
    try:
        flat = function(float(found.x[i]), float(found.y[i]), *numbers, x0, y0, ny, nx)
    except ValueError:
        return None
    return np.asarray(flat).reshape(ny, nx)


def boxes_of(row: Row, at: Sources) -> list[tuple[int, int, int, int]]:
    """
    Bounding boxes by the raw engine, from plain numbers.

    Parameters
    ----------
    row : Row
        The callable: its shape.
    at : Sources
        The apertures.

    Returns
    -------
    list of tuple
        First column, one past the last, and the same of rows.
    """
    geometry = at.geometry if row.shape == "path" else [np.ascontiguousarray(column) for column in at.geometry]
    x, y = np.ascontiguousarray(at.x), np.ascontiguousarray(at.y)
    columns = _rust._engine("bboxes", row.shape, None, x, y, tuple(geometry), validate=False)
    return [(int(x0), int(x1), int(y0), int(y1)) for x0, x1, y0, y1 in zip(*columns, strict=True)]


def area_of(row: Row, at: Sources, i: int) -> float:
    """
    Area by the raw engine, from plain numbers.

    Parameters
    ----------
    row : Row
        The callable: its shape.
    at : Sources
        The apertures.
    i : int
        Which.

    Returns
    -------
    float
        In pixels.
    """
    geometry = at.geometry if row.shape == "path" else [float(column[i]) for column in at.geometry]
    return float(_rust._engine("area", row.shape, None, None, None, tuple(geometry)))
