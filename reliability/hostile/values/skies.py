"""What a sky is measured in, or given as: an annulus, levels and their scatter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reliability.hostile import layouts

from .base import Hostile, Make, Roles
from .makes import always, each_of, itself
from .numbers import NUMBERS


def _annuli() -> Iterator[Hostile]:
    for number in NUMBERS:
        yield Hostile(f"({number!r}, 7.0)", always((number, 7.0)), "checked")
        yield Hostile(f"(4.0, {number!r})", always((4.0, number)), "checked")
    for name, value in {
        "one": (4.0,),
        "three": (4.0, 5.0, 6.0),
        "text": "ab",
        "texts": ("4", "7"),
        "number": 4.0,
        "None twice": (None, None),
        "the wrong way round": (7.0, 4.0),
        "arrays of other lengths": (np.ones(2), np.full(2, 7.0)),
    }.items():
        yield Hostile(name, always(value), "refused")
    yield Hostile("one each", lambda v: (np.full(3, v[0]), np.full(3, v[1])), "same", itself)
    yield Hostile("in seconds of arc", layouts.angular, "refused")


def _between(number: float) -> Make:
    return lambda value: np.array([value, number, value])


def _levels(*, signed: bool) -> Iterator[Hostile]:
    for number in NUMBERS:
        yield Hostile(repr(number), always(number), "checked")
        yield Hostile(f"one of them {number!r}", _between(number), "checked")
    for name, scalar in layouts.SAME_NUMBER.items():
        yield Hostile(name, scalar, "refused" if "quantity" in name else "same", itself)
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(f"one each, {name}", each_of(make), "refused" if "quantity" in name else "same", itself)
    for name, make in layouts.FOREIGN.items():
        if name != "None":
            yield Hostile(f"one each, {name}", each_of(make), "refused")
    for name, value in layouts.NO_NUMBER.items():
        if name != "None":
            yield Hostile(name, always(value), "refused")
    yield Hostile("one too many", lambda v: np.full(4, v), "refused")
    yield Hostile("negative", always(-1.0), "checked" if signed else "refused")


#: Which role is given what.
ROLES: Roles = {
    "annulus": _annuli,
    "levels": lambda: _levels(signed=True),
    "scatter": lambda: _levels(signed=False),
}
