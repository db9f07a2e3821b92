"""Bounding boxes, and weights that belong to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import astroapers as aap

from .base import Argument, Row
from .calls import constructed, counts, sums
from .scene import FRAME, image

_BOUNDS = {"ixmin": -2, "ixmax": 4, "iymin": 3, "iymax": 7}


def _arguments(names: tuple[str, ...]) -> dict[str, Argument]:
    box = {name: Argument("bound", value, (name, "box")) for name, value in _BOUNDS.items()}
    weights = np.linspace(0.0, 1.0, 24).reshape(4, 6)
    others = {
        "weights": Argument("weights", weights, ("weights",)),
        "image": Argument("image", image(), ("data", "image")),
        "mask": Argument("mask", None, ("mask",)),
        "shape": Argument("frame", FRAME, ("shape", "ny", "nx")),
        "fill_value": Argument("number", 0.0, ("fill_value",)),
        "return_npix": Argument("flag", True, ("return_npix",)),
    }
    return box | {name: others[name] for name in names}


def _plain_array(found: Any) -> dict[str, Any]:
    return {"array": np.asarray(found)}


def _slices(found: Any) -> dict[str, Any]:
    return {"text": repr(found)}


_METHODS: tuple[tuple[str, str, tuple[str, ...], Callable[[Any], dict[str, Any]]], ...] = (
    ("overlap_slices", "", ("shape",), _slices),
    ("to_fits_section", "", ("shape",), _slices),
    ("to_image", "", ("weights", "shape", "fill_value"), _plain_array),
    ("apsum", "", ("weights", "image", "mask", "return_npix"), sums),
    ("npix", "", ("weights", "shape", "mask"), counts),
    ("weighted_cutout", "", ("weights", "image", "mask", "fill_value"), _plain_array),
    ("weighted_values", "", ("weights", "image", "mask"), _plain_array),
)


def rows() -> Iterator[Row]:
    """
    Give the methods of bounding boxes.

    Yields
    ------
    Row
        One per method.

    Examples
    --------
    >>> [row.name for row in rows()][:2]
    ['BoundingBox.overlap_slices', 'BoundingBox.to_fits_section']
    """
    for method, operation, names, reader in _METHODS:
        call = constructed(aap.BoundingBox, tuple(_BOUNDS), method, names, reader)
        yield Row(f"BoundingBox.{method}", "box", operation, "", "", _arguments(names), call)
