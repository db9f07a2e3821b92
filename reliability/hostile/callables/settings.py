"""The rest: the number of threads, the reach of a mask, the names of flags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import astroapers as aap

from .base import Argument, Row
from .scene import mask


def rows() -> Iterator[Row]:
    """
    Give what is neither an aperture, nor a box, nor photometry.

    Yields
    ------
    Row
        One per function.

    Examples
    --------
    >>> [row.name for row in rows()][-1]
    'decode_flags'
    """

    def threads(arguments: dict[str, Any]) -> dict[str, Any]:
        before = aap.get_num_threads()
        try:
            aap.set_num_threads(**arguments)
            return {"text": str(aap.get_num_threads() >= 1)}
        finally:
            aap.set_num_threads(before)

    def threshold(arguments: dict[str, Any]) -> dict[str, Any]:
        before = aap.get_parallel_threshold()
        try:
            aap.set_parallel_threshold(**arguments)
            return {"text": str(aap.get_parallel_threshold() >= 1)}
        finally:
            aap.set_parallel_threshold(before)

    def farthest(arguments: dict[str, Any]) -> dict[str, Any]:
        distance, positions = aap.farthest_mask_pixel(**arguments, return_pos=True)
        return {"distance": np.array([distance]), "array": positions}

    def decode(arguments: dict[str, Any]) -> dict[str, Any]:
        return {"text": repr(aap.decode_flags(**arguments))}

    table: tuple[tuple[str, dict[str, Argument], Any], ...] = (
        ("set_num_threads", {"n": Argument("positive", 1, ("n",))}, threads),
        ("set_parallel_threshold", {"threshold": Argument("positive", 64, ("threshold",))}, threshold),
        (
            "farthest_mask_pixel",
            {
                "mask": Argument("marked", mask(), ("mask",)),
                "center": Argument("point", (3.0, 4.0), ("center",)),
            },
            farthest,
        ),
        ("decode_flags", {"flags": Argument("bits", 3, ("flags",))}, decode),
    )
    for name, arguments, call in table:
        yield Row(name, "settings", "", "", "", arguments, call)
