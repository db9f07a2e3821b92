"""Types that the public signatures share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: One float per source, or one per pixel.
FloatArray: TypeAlias = NDArray[np.float64]

#: Indices, counts, offsets.
IntArray: TypeAlias = NDArray[np.int64]

#: A geometry parameter as given: one value for all positions, or an array of one value per position.
Geometry: TypeAlias = ArrayLike

#: A geometry parameter as kept and passed on: a float, or a contiguous (N,) array.
GeometryValue: TypeAlias = float | FloatArray

#: One command of a path: `("move", x, y)`, `("line", x, y)`, `("arc", cx, cy, r, theta0, dtheta)` or
#: `("close",)`.
Command: TypeAlias = Sequence[Any]

#: How a pixel counts: by the exact area of its overlap, or wholly if its centre lies inside.
Method: TypeAlias = Literal["exact", "center"]

#: What the extension takes: floats and arrays in the order of the shape's table row, or a path's two arrays.
RawGeometry: TypeAlias = tuple[Any, ...]
