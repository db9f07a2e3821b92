"""The aperture classes: what they measure, and all else that an aperture can do."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

import astroapers as aap

from .arguments import argument
from .base import Argument, Row
from .calls import boxes, constructed, counts, sums
from .scene import X, Y

CLASSES = {
    cls._tag: cls
    for cls in (
        *(aap.CircAp, aap.CircAn, aap.EllipAp, aap.EllipAn, aap.RectAp, aap.RectAn, aap.PillAp, aap.PillAn),
        *(aap.WedgeAp, aap.PathAp),
    )
}


def _pieces(found: Any) -> list[Any]:
    """Values as one array per aperture, whether they came flat or not."""
    if isinstance(found, tuple) and isinstance(found[0], np.ndarray):
        values, offsets = found[0], found[-1]
        return [values[a:b] for a, b in pairwise(offsets)]
    return list(found[0] if isinstance(found, tuple) else found)


def _values(found: Any) -> dict[str, Any]:
    return {"values": _pieces(found)}


def _cutouts(found: Any) -> dict[str, Any]:
    return {"cutouts": list(found[0] if isinstance(found, tuple) else found)}


def _arrays(found: Any) -> dict[str, Any]:
    return {"weights": list(found)}


#: Method, operation, how pixels are weighed, arguments, reader.
_METHODS: tuple[tuple[str, str, str, tuple[str, ...], Callable[[Any], dict[str, Any]]], ...] = (
    ("apsum_exact", "apsum", "exact", ("data", "mask", "return_npix"), sums),
    ("apsum_center", "apsum", "center", ("data", "mask", "return_npix"), sums),
    ("npix_exact", "npix", "exact", ("shape", "mask"), counts),
    ("npix_center", "npix", "center", ("shape", "mask"), counts),
    ("bboxes", "bboxes", "exact", (), boxes),
    ("weights_exact", "weights", "exact", (), _arrays),
    ("weights_center", "weights", "center", (), _arrays),
    ("weighted_cutout", "cutouts", "exact", ("data", "mask", "fill_value"), _cutouts),
    ("sampled_cutout", "cutouts", "center", ("data", "mask", "fill_value", "return_pix"), _cutouts),
    ("sampled_values", "values", "center", ("data", "mask", "flat", "return_pix"), _values),
    ("weighted_values", "weighted_values", "exact", ("data", "mask", "flat"), _values),
)


def _life(aperture: Any) -> dict[str, Any]:
    """Everything about an aperture that is no measurement."""
    found: dict[str, Any] = {"area": np.ravel(aperture.area), "positions": np.array(aperture.positions)}
    same = aperture.replace()
    if same != aperture or hash(same) != hash(aperture):
        raise AssertionError("replace() without changes makes another aperture")
    if not repr(aperture).startswith(type(aperture).__name__):
        raise AssertionError("repr")
    if not aperture.isscalar:
        picked = aperture[::-1][::-1]
        if picked != aperture or len(picked) != len(aperture) or len(list(aperture)) != len(aperture):
            raise AssertionError("picking all positions makes another aperture")
    return found


def rows() -> Iterator[Row]:
    """
    Give the measuring methods of every aperture class, together with the constructor.

    Yields
    ------
    Row
        One per class and method, and one per class for all else: comparison, hash, text, indices.

    Examples
    --------
    >>> sum(1 for _ in rows())
    120
    """
    for tag, cls in CLASSES.items():
        own = {}
        for name in inspect.signature(cls).parameters:
            if name == "positions":
                plain = np.column_stack([X, Y])
                own[name] = Argument("positions", plain, ("positions", "position", "(", "bounding box"))
            else:
                own[name] = argument(name, tag)
        for method, operation, how, names, reader in _METHODS:
            arguments = own | {name: argument(name, tag) for name in names}
            call = constructed(cls, tuple(own), method, names, reader)
            yield Row(f"{cls.__name__}.{method}", "object", operation, tag, how, arguments, call)
        yield Row(f"{cls.__name__}", "object", "life", tag, "exact", own, _alive(cls))


def _alive(cls: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda arguments: _life(cls(**arguments))
