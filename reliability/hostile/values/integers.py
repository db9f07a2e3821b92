"""Integers, alone and as the rows and columns of a frame."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from reliability.hostile import layouts
from reliability.hostile.callables.scene import FRAME

from .base import Hostile, Roles
from .makes import always, itself

#: Integers at and beyond every width that a program may give them.
INTEGERS = (0, 1, -1, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64, 10**18, 10**400)


def _shown(integer: int) -> str:
    return str(integer) if integer < 10**20 else "10**400"


def _integers() -> Iterator[Hostile]:
    for integer in INTEGERS:
        yield Hostile(_shown(integer), always(integer), "checked")
    for number in (math.nan, math.inf, 0.5, -0.0, 1e18, 1e300, 5e-324):
        yield Hostile(repr(number), always(number), "checked")
    yield Hostile("int16", lambda v: np.int16(v), "same", itself)
    yield Hostile("uint64", always(np.uint64(2**64 - 1)), "checked")
    yield Hostile("True", always(True), "checked")
    yield Hostile("0-d array", lambda v: np.array(v), "same", itself)
    yield Hostile("one value in an array", lambda v: np.array([v]), "refused")
    for name, value in layouts.NO_NUMBER.items():
        if name != "an integer beyond float64":
            yield Hostile(name, always(value), "refused")


def _bounds() -> Iterator[Hostile]:
    yield from _integers()


def _frames() -> Iterator[Hostile]:
    for integer in INTEGERS:
        yield Hostile(f"({_shown(integer)}, 26)", always((integer, 26)), "checked")
        yield Hostile(f"(24, {_shown(integer)})", always((24, integer)), "checked")
    yield Hostile("2**31 x 2**31", always((2**31, 2**31)), "checked")
    yield Hostile("2**62 x 2**62", always((2**62, 2**62)), "checked")
    for number in (math.nan, math.inf, 0.5, 1e18, 1e300, -0.0):
        yield Hostile(f"({number!r}, 26)", always((number, 26)), "checked")
    yield Hostile("array", always(np.array(FRAME)), "same", always(FRAME))
    yield Hostile("floats", always(np.array(FRAME, float)), "same", always(FRAME))
    yield Hostile("a list", always(list(FRAME)), "same", always(FRAME))
    for name, value in {
        "three": (24, 26, 1),
        "one": (24,),
        "none": (),
        "text": "ab",
        "texts": ("24", "26"),
        "an image": np.ones(FRAME),
        "a dict": {24: 1},
        "masked": (np.ma.masked, 26),
    }.items():
        yield Hostile(name, always(value), "refused")
    for name, value in layouts.NO_NUMBER.items():
        yield Hostile(name, always(value), "refused")


def _bits() -> Iterator[Hostile]:
    for integer in INTEGERS:
        yield Hostile(_shown(integer), always(integer), "checked")
    for name, value in {
        "float": 3.0,
        "NaN": math.nan,
        "text": "3",
        "None": None,
        "complex": 3j,
        "a datetime": np.datetime64(3, "s"),
        "an object": object(),
    }.items():
        yield Hostile(name, always(value), "refused")
    for name, value in {
        "array": np.array(3),
        "int8": np.int8(3),
        "uint64": np.uint64(3),
        "other byte order": np.array(3, dtype=">i4"),
    }.items():
        yield Hostile(name, always(value), "same", itself)
    yield Hostile("empty", always([]), "checked")
    yield Hostile("empty floats", always(np.empty((0, 3))), "checked")


#: Which role is given what.
ROLES: Roles = {
    "positive": _integers,
    "positive or none": lambda: (
        each._replace(fate="checked") if each.name == "None" else each for each in _integers()
    ),
    "integer": _integers,
    "count": _integers,
    "bound": _bounds,
    "frame": _frames,
    "bits": _bits,
}
