"""The kernels: one per row of their table."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from astroapers import kernels
from astroapers._kernel_source import KERNELS

from .arguments import argument
from .base import Row
from .calls import boxes, by_keyword, counts, sums


def _weights(found: Any) -> dict[str, Any]:
    return {"weights": list(found[0]), **boxes(found[1])}


_READERS = {"apsum": sums, "npix": counts, "bboxes": boxes, "weights": _weights}


def rows() -> Iterator[Row]:
    """
    Give the kernels.

    Yields
    ------
    Row
        One per row of `KERNELS`.

    Examples
    --------
    >>> sum(1 for _ in rows())
    70
    """
    for each in KERNELS:
        function = getattr(kernels, each.name)
        tag = each.shape.tag
        arguments = {name: argument(name, tag) for name in inspect.signature(function).parameters}
        reader = _READERS[each.operation.name]
        call = by_keyword(function, reader)
        yield Row(each.name, "kernel", each.operation.name, tag, each.method or "exact", arguments, call)
