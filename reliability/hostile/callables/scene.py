"""What is measured, and where: an image, its mask, positions, an outline with a hole."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Rows and columns of the image that is measured.
FRAME = (24, 26)

#: A whole aperture, one cut by the edge, one outside.
X = np.array([9.25, 0.5, 100.0])
Y = np.array([8.5, 20.0, 100.0])

#: An outline with an arc, and a hole.
SEGMENTS = [("move", 0.0, 0.0), ("line", 4.0, 0.0), ("arc", 0.0, 0.0, 4.0, 0.0, 2.0), ("close",)]
HOLES = [[("move", 1.0, 1.0), ("line", 2.0, 1.0), ("line", 1.0, 2.0), ("close",)]]


def image() -> np.ndarray[Any, Any]:
    """
    Make the image that is measured: small whole numbers, which every dtype holds.

    Returns
    -------
    ndarray of float64, shape (24, 26)
        Numbers from 1 to 100.

    Examples
    --------
    >>> image().shape
    (24, 26)
    """
    ny, nx = FRAME
    return (np.arange(float(ny * nx)) * 37 % 100 + 1).reshape(FRAME)


def mask() -> np.ndarray[Any, Any]:
    """
    Make its mask.

    Returns
    -------
    ndarray of bool, shape (24, 26)
        True for every seventh pixel.

    Examples
    --------
    >>> int(mask().sum())
    89
    """
    ny, nx = FRAME
    marked: np.ndarray[Any, Any] = np.arange(ny * nx) % 7 == 2
    return marked.reshape(FRAME)
