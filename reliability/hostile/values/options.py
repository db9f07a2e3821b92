"""Options: flags, names to choose from, and functions of the user's in their place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from .base import Hostile, Roles
from .makes import always, itself


def _flags() -> Iterator[Hostile]:
    flags: dict[str, Any] = {
        "None": None,
        "1": 1,
        "text": "no",
        "NumPy False": np.False_,
        "empty": [],
        "NaN": math.nan,
    }
    for name, value in flags.items():
        yield Hostile(name, always(value), "checked")


def _choices() -> Iterator[Hostile]:
    for name, value in {
        "unknown": "other",
        "upper case": "EXACT",
        "empty": "",
        "bytes": b"exact",
        "number": 1,
        "a list": ["exact"],
        "an array": np.array(["exact", "center"]),
        "NaN": math.nan,
        "null byte": "exact\0",
        "a surrogate": "\ud800",
    }.items():
        yield Hostile(name, always(value), "refused")
    yield Hostile("NumPy text", lambda v: np.str_(v), "same", itself)


def _statistics() -> Iterator[Hostile]:
    yield from (each for each in _choices())
    yield Hostile("a function that gives NaN", lambda _: lambda _pixels: math.nan, "checked")
    yield Hostile("a function that gives infinity", lambda _: lambda _pixels: math.inf, "checked")
    yield Hostile("a function that gives 1e300", lambda _: lambda _pixels: 1e300, "checked")
    yield Hostile("a function that gives an array", lambda _: lambda pixels: pixels, "refused")
    yield Hostile("a function that gives a text", lambda _: lambda _pixels: "3", "refused")
    yield Hostile("a function that gives None", lambda _: lambda _pixels: None, "refused")
    yield Hostile("a function without arguments", lambda _: lambda: 3.0, "checked")
    yield Hostile("a function that writes", lambda _: _overwrites, "checked")
    yield Hostile("a class", always(int), "checked")


def _overwrites(pixels: Any) -> float:
    pixels[...] = math.nan
    return 3.0


#: Which role is given what.
ROLES: Roles = {
    "flag": _flags,
    "choice": _choices,
    "statistic": _statistics,
}
