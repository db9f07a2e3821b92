"""Images of every dtype and layout, and what has their shape: weights and errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from reliability.hostile import layouts
from reliability.hostile.callables.scene import mask

from .base import OF_SUBCLASSES, Fate, Hostile, Make, Roles
from .makes import after, always, filled, fit
from .numbers import NUMBERS


def _images() -> Iterator[Hostile]:
    for code in layouts.REAL:
        yield Hostile(f"dtype {code}", _cast(code), "same", _cast_back(code))
        for name, make in (layouts.LAYOUTS | layouts.LAYOUTS_2D).items():
            fate: Fate = "refused" if name == "objects" else "same"
            yield Hostile(f"dtype {code}, {name}", after(_cast(code), make), fate, _cast_back(code))
    for name, make in layouts.FOREIGN.items():
        yield Hostile(name, make, "refused")
    yield Hostile("longdouble", lambda v: v.astype(np.longdouble), "refused")
    yield Hostile("odd bytes as bool", odd_bytes, "same", lambda v: (odd_bytes(v).view("u1") != 0).astype(float))
    for number in (*NUMBERS, -1e308):
        yield Hostile(f"one pixel {number!r}", _pixel(number), "checked", _pixel(number))
        yield Hostile(f"all {number!r}", filled(number), "checked", filled(number))
    yield Hostile("stride 0", lambda v: np.broadcast_to(v[:1], v.shape), "same", lambda v: v[:1].repeat(len(v), 0))
    yield Hostile("one number, strides 0", lambda v: np.broadcast_to(np.float64(3), v.shape), "same", filled(3.0))
    yield Hostile("masked array", lambda v: np.ma.MaskedArray(v, mask()), "checked")
    yield Hostile("all masked", lambda v: np.ma.MaskedArray(v, np.ones(v.shape, bool)), "checked")
    yield Hostile("one dimension", lambda v: v.ravel(), "refused")
    yield Hostile("three dimensions", lambda v: v[None], "refused")
    yield Hostile("no dimensions", lambda v: v[0, 0], "refused")
    yield Hostile("no rows", lambda v: v[:0], "checked", lambda v: v[:0])
    yield Hostile("no columns", lambda v: v[:, :0], "checked", lambda v: v[:, :0])
    yield Hostile("no pixels", lambda v: v[:0, :0], "checked", lambda v: v[:0, :0])
    yield Hostile("one pixel", lambda v: v[:1, :1], "checked", lambda v: v[:1, :1].copy())
    yield Hostile("ragged lists", always([[1.0, 2.0], [3.0]]), "refused")
    yield Hostile("an empty list", always([]), "refused")


def _cast(code: str) -> Make:
    return lambda image: image.astype(code)


def _cast_back(code: str) -> Make:
    return lambda image: image.astype(code).astype(np.float64)


def _pixel(number: float) -> Make:
    def make(image: Any) -> Any:
        changed = image.copy()
        changed[8, 9] = changed[20, 0] = fit(number, changed.dtype)
        return changed

    return make


def odd_bytes(image: Any) -> Any:
    """
    Make an array of truth values whose bytes are not only 0 and 1.

    Parameters
    ----------
    image : ndarray
        What shape it has.

    Returns
    -------
    ndarray of bool
        Of the same shape.

    Examples
    --------
    >>> odd_bytes(np.zeros((1, 4))).view(np.uint8)
    array([[  0,   1,   2, 255]], dtype=uint8)
    """
    return layouts.ODD_BYTES[np.arange(image.size) % 4].reshape(image.shape).view(bool)


def _measured_images() -> Iterator[Hostile]:
    """Give images for photometry: the steps of whole numbers are part of the error, and plain ones keep them."""
    for each in _images():
        if each.name.startswith("dtype"):
            code = each.name.split()[1].rstrip(",")
            # A quantity of whole numbers is one of floats, one of truth values is not.
            floats = each.name.endswith("quantity") and code != "?"
            yield each if floats else each._replace(plain=_cast(code))
        elif each.name == "odd bytes as bool":
            yield each._replace(plain=lambda v: odd_bytes(v).view("u1") != 0)
        else:
            yield each


def _raw_images() -> Iterator[Hostile]:
    for each in _images():
        if each.name in OF_SUBCLASSES:
            continue
        if each.name.startswith("dtype") or each.name in ("stride 0", "one number, strides 0", "odd bytes as bool"):
            # Another dtype than the name says, or another layout, is refused; the same one is the plain case.
            yield each._replace(fate="checked", plain=None)
        else:
            yield each


def _weights() -> Iterator[Hostile]:
    """Give weights of a box, with which NumPy calculates: in float32 if nothing else is float64."""
    for each in _images():
        if each.name.startswith("dtype f4") and each.fate == "same":
            yield each._replace(fate="checked")
        elif each.name == "longdouble":
            yield each._replace(fate="checked", plain=lambda v: v)
        elif not each.name.startswith(("one pixel", "all ", "no ", "masked")):
            yield each
    for number in NUMBERS:
        yield Hostile(f"all {number!r}", filled(number), "checked", filled(number))
    yield Hostile("all masked", lambda v: np.ma.MaskedArray(v, np.ones(v.shape, bool)), "checked", filled(0.0))
    yield Hostile("another shape", lambda v: v[:-1], "refused")
    yield Hostile("turned", lambda v: v.T, "refused")


def _errors() -> Iterator[Hostile]:
    for each in _images():
        name = each.name
        if name.startswith("dtype") or name in ("odd bytes as bool", "stride 0", "one number, strides 0"):
            yield each if "objects" not in name and "quantity" not in name else each._replace(fate="refused")
        elif name in ("no dimensions", "None"):
            continue
        elif name.startswith("no ") or name == "one pixel":
            yield each._replace(fate="refused")
        else:
            yield each._replace(fate="checked", plain=None) if "masked" in name and "m" not in name[:1] else each
    for number in NUMBERS:
        yield Hostile(f"number {number!r}", always(number), "checked")


#: Which role is given what.
ROLES: Roles = {
    "image": _images,
    "raw image": _raw_images,
    "measured image": _measured_images,
    "weights": _weights,
    "errors": _errors,
}
