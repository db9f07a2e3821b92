"""Single numbers: those that computers are bad at, and all that looks like one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from reliability.hostile import layouts

from .base import Fate, Hostile, Roles
from .makes import always, itself

#: Numbers that computers are bad at.
NUMBERS = (
    *(math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-60, 0.99e-60, 1e-9),
    *(1e9, 2.0**31, 2.0**53, 2.0**53 + 2, 2.0**63, -(2.0**63), 1e15, 1.01e15, 1e18, 1e19, 1e300, -1e300),
    *(1.7976931348623157e308, -1.7976931348623157e308),
)


def numbers(fate: Fate = "checked") -> Iterator[Hostile]:
    """
    Give the numbers that computers are bad at.

    Parameters
    ----------
    fate : {"same", "refused", "checked"}, optional
        What must become of each.

    Yields
    ------
    Hostile
        One per entry of `NUMBERS`.

    Examples
    --------
    >>> next(numbers()).name
    'nan'
    """
    for number in NUMBERS:
        yield Hostile(repr(number), always(number), fate, always(number))


def scalars(*, foreign: Fate = "refused") -> Iterator[Hostile]:
    """
    Give what is a number in another dress, and what only looks like one.

    Parameters
    ----------
    foreign : {"same", "refused", "checked"}, optional
        What must become of what is no number.

    Yields
    ------
    Hostile
        One per way to write it.

    Examples
    --------
    >>> next(each.plain(2.5) for each in scalars() if each.name == "decimal")
    2.5
    """
    for name, make in layouts.SAME_NUMBER.items():
        yield Hostile(name, make, "same", itself)
    yield Hostile("decimal", lambda v: Decimal(v), "same", itself)
    yield Hostile("float16", lambda v: np.float16(v), "same", lambda v: float(np.float16(v)))
    yield Hostile("float32", lambda v: np.float32(v), "same", lambda v: float(np.float32(v)))
    yield Hostile("big integer", always(10**18), "checked", always(1e18))
    yield Hostile("True", always(True), "checked", always(1.0))
    yield Hostile("NumPy True", always(np.True_), "checked", always(1.0))
    yield Hostile("uint64", always(np.uint64(2**64 - 1)), "checked", always(2.0**64))
    yield Hostile("masked", always(np.ma.masked), "checked", always(math.nan))
    yield Hostile("one value in an array", lambda v: np.array([v]), "checked")
    yield Hostile("in seconds of arc", layouts.angular, "refused")
    for name, value in layouts.NO_NUMBER.items():
        yield Hostile(name, always(value), foreign)


def _number_like(*, foreign: Fate = "refused", none: bool = False) -> Iterator[Hostile]:
    yield from numbers()
    for each in scalars(foreign=foreign):
        if each.name == "dimensionless quantity" or (none and each.name == "None"):
            continue
        yield each._replace(fate="refused") if each.name == "one value in an array" else each


#: Which role is given what.
ROLES: Roles = {
    "number": lambda: _number_like(),
    "level": lambda: _number_like(),
    "optional level": lambda: (e for e in _number_like(none=True) if e.fate != "same"),
    "positive number": lambda: _number_like(foreign="checked"),
    "number or zero": lambda: _number_like(foreign="checked"),
}
