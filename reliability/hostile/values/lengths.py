"""Lengths and angles: one for all apertures, or one for each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from reliability.hostile import layouts

from .base import OF_SUBCLASSES, Hostile, Roles
from .makes import each_of, itself
from .numbers import numbers, scalars


def _lengths() -> Iterator[Hostile]:
    yield from numbers()
    yield from scalars()
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(f"one each, {name}", each_of(make), "same", each_of(itself))
    for name, make in layouts.FOREIGN.items():
        yield Hostile(f"one each, {name}", each_of(make), "refused")
    yield Hostile("one each, one of them NaN", lambda v: np.array([v, math.nan, v]), "checked")
    yield Hostile("one each, one of them masked", lambda v: np.ma.MaskedArray([v] * 3, [False, True, False]), "checked")
    yield Hostile("one each, tiny to huge", lambda v: np.array([v, 1e-59, 1e14]), "checked", _itself_each)
    yield Hostile("one too many", lambda v: np.full(4, v), "refused")
    yield Hostile("a column of one each", lambda v: np.full((3, 1), v), "refused")
    yield Hostile("one each, in seconds of arc", lambda v: layouts.angular(np.full(3, v)), "refused")
    yield Hostile("the same for each, stride 0", lambda v: np.broadcast_to(np.float64(v), 3), "same", each_of(itself))


def _itself_each(value: float) -> Any:
    return np.array([value, 1e-59, 1e14])


def _raw_lengths() -> Iterator[Hostile]:
    yield from numbers()
    yield from (each for each in scalars() if each.name not in OF_SUBCLASSES)


def _optional_angles() -> Iterator[Hostile]:
    yield from (each for each in _lengths() if each.name not in ("None", "one each, None"))


#: Which role is given what.
ROLES: Roles = {
    "length": _lengths,
    "angle": _lengths,
    "optional angle": _optional_angles,
    "tolerant length": _lengths,
    "coordinate": _raw_lengths,
    "raw length": _raw_lengths,
    "raw angle": _raw_lengths,
}
