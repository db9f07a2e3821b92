"""Aperture sums, pixel counts, weights and bounding boxes of whole catalogues.

One function per shape, operation and method, such as `apsum_circ_exact`. Each takes the positions as `x` and
`y`, the geometry as floats or one value per position, and returns arrays in the positions' shape. The
functions are made from one table; ``help(astroapers.kernels.apsum_circ_exact)`` shows any of them.
"""

from __future__ import annotations

import linecache

# The names marked F401 are used by the generated definitions and their annotations.
from collections.abc import Sequence  # noqa: F401
from typing import Any

from numpy.typing import ArrayLike, NDArray  # noqa: F401

from astroapers import _kernel_source, _operations  # noqa: F401
from astroapers._farthest import farthest_mask_pixel
from astroapers._threads import get_parallel_threshold, set_parallel_threshold
from astroapers._typing import Command, FloatArray, Geometry  # noqa: F401
from astroapers.bbox import BoundingBox  # noqa: F401


def _define(namespace: dict[str, Any]) -> list[str]:
    """Define every kernel of the table in a namespace, where debuggers and `inspect` find the source too."""
    filename = f"<{__name__}>"
    text = _kernel_source.module_source()
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), namespace)
    names = []
    for kernel in _kernel_source.KERNELS:
        namespace[kernel.name].__doc__ = kernel.doc
        names.append(kernel.name)
    return names


__all__ = ["farthest_mask_pixel", "get_parallel_threshold", "set_parallel_threshold"]
__all__ += _define(globals())
