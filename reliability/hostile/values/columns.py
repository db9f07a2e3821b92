"""Positions: as columns of coordinates, as pairs, and as a single point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from reliability.hostile import layouts

from .base import OF_SUBCLASSES, Hostile, Roles
from .makes import after, always, filled, itself, replaced
from .numbers import NUMBERS


def _columns() -> Iterator[Hostile]:
    for number in NUMBERS:
        yield Hostile(f"one of them {number!r}", replaced(1, number), "checked", replaced(1, number))
        yield Hostile(f"all {number!r}", filled(number), "checked", filled(number))
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(name, make, "same", itself)
    for name, make in layouts.FOREIGN.items():
        yield Hostile(name, make, "refused")
    yield Hostile("float32", lambda v: v.astype("f4"), "same", lambda v: v.astype("f4").astype("f8"))
    yield Hostile("int8", lambda v: v.astype("i1"), "same", lambda v: v.astype("i1").astype("f8"))
    yield Hostile("one of them masked", _one_masked, "checked")
    yield Hostile("stride 0", lambda v: np.broadcast_to(v[:1], v.shape), "same", lambda v: np.full(v.shape, v[0]))
    yield Hostile("two dimensions", lambda v: v.reshape(3, 1), "refused")
    yield Hostile("one less", lambda v: v[:-1], "refused")
    yield Hostile("empty", lambda v: v[:0], "refused")
    yield Hostile("a scalar", lambda v: float(v[0]), "refused")
    yield Hostile("in seconds of arc", layouts.angular, "refused")


def _one_masked(values: Any) -> Any:
    hidden = np.zeros(values.shape, dtype=bool)
    hidden[1] = True
    return np.ma.MaskedArray(values, hidden)


def _raw_columns() -> Iterator[Hostile]:
    yield from (each for each in _columns() if each.name not in OF_SUBCLASSES)


def _positions() -> Iterator[Hostile]:
    yield from (each for each in _columns() if each.name not in ("two dimensions", "one less", "empty", "a scalar"))
    yield Hostile("three columns", lambda v: np.column_stack([v, v[:, 0]]), "refused")
    yield Hostile("one dimension", lambda v: v.ravel(), "refused")
    yield Hostile("a generator", lambda v: (tuple(row) for row in v.tolist()), "same", itself)
    yield Hostile("a ragged list", always([(1.0, 2.0), (1.0,)]), "refused")
    yield Hostile("bare numbers", always(3.0), "refused")


def _points() -> Iterator[Hostile]:
    for number in NUMBERS:
        yield Hostile(repr(number), always((number, 4.0)), "checked")
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(name, after(np.array, make), "same", itself)
    for name, value in {
        "three": (1.0, 2.0, 3.0),
        "one": (1.0,),
        "a number": 3.0,
        "texts": ("1", "2"),
        "None": None,
        "complex": (1j, 2.0),
    }.items():
        yield Hostile(name, always(value), "refused")


#: Which role is given what.
ROLES: Roles = {
    "column": _raw_columns,
    "position": _columns,
    "positions": _positions,
    "catalogue": _positions,
    "point": _points,
}
