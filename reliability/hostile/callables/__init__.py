"""The table of callables: raw functions, kernels, methods of every class, photometry.

A row knows its arguments, each with a role (which hostile values are for it) and a plain value, how it is called, and
how what it returns is read: as columns and arrays that can be compared with the truth. Each group of them is a module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from . import boxes, kernels, objects, photometry, raw, settings
from .base import Argument, Row

__all__ = ["GROUPS", "Argument", "Row", "rows"]

GROUPS: dict[str, Callable[[], Iterator[Row]]] = {
    "raw": raw.rows,
    "kernels": kernels.rows,
    "objects": objects.rows,
    "boxes": boxes.rows,
    "photometry": photometry.rows,
    "settings": settings.rows,
}


@cache
def rows() -> tuple[Row, ...]:
    """
    Give all callables.

    Returns
    -------
    tuple of Row
        In a fixed order.

    Examples
    --------
    >>> len({(row.layer, row.name) for row in rows()}) == len(rows())
    True
    """
    return tuple(row for group in GROUPS.values() for row in group())
