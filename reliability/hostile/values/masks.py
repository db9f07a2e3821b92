"""Masks, which may be of any type that says yes or no, and marks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from reliability.hostile import layouts
from reliability.hostile.callables.scene import FRAME, mask

from .base import Fate, Hostile, Make, Roles
from .images import odd_bytes
from .makes import after, always


def _masks() -> Iterator[Hostile]:
    for code in layouts.REAL:
        yield Hostile(f"dtype {code}", _mask_as(code), "same", _plain_mask)
        for name, make in (layouts.LAYOUTS | layouts.LAYOUTS_2D).items():
            fate: Fate = "refused" if name == "objects" else "same"
            yield Hostile(f"dtype {code}, {name}", after(_mask_as(code), make), fate, _plain_mask)
    for number in (math.nan, math.inf, 5e-324, -5e-324, 1e300, -1.0):
        yield Hostile(f"{number!r} for True", _for_true(number), "same", _plain_mask)
    yield Hostile("-0.0 for False", lambda _: np.where(mask(), 1.0, -0.0), "same", _plain_mask)
    yield Hostile("odd bytes as bool", lambda _: _odd_mask(), "same", lambda _: _odd_mask().view("u1") != 0)
    for name, make in {"spread": layouts.LAYOUTS["with gaps"], "unaligned": layouts.unaligned}.items():
        yield Hostile(
            f"odd bytes as bool, {name}",
            _odd_mask_as(make),
            "same",
            lambda _: _odd_mask().view("u1") != 0,
        )
    yield Hostile("odd bytes, masked array", lambda _: np.ma.MaskedArray(_odd_mask()), "same", _odd_plain)
    yield Hostile("nothing masked", lambda _: np.zeros(FRAME, bool), "same", always(None))
    yield Hostile("np.ma.nomask", always(np.ma.nomask), "same", always(None))
    yield Hostile("masked entries", _masked_entries, "same", always(mask()))
    yield Hostile("all masked", lambda _: np.ones(FRAME, bool), "checked", lambda _: np.ones(FRAME, bool))
    yield Hostile("stride 0", lambda _: np.broadcast_to(True, FRAME), "same", lambda _: np.ones(FRAME, bool))
    for name, make in layouts.FOREIGN.items():
        if name != "None":
            yield Hostile(name, after(lambda _: np.ones(FRAME), make), "refused")
    yield Hostile("longdouble", lambda _: mask().astype(np.longdouble), "refused")
    yield Hostile("True", always(True), "refused")
    yield Hostile("False", always(False), "refused")
    for shape in ((24,), (26, 24), (24, 25), (1, 24, 26), (24, 26, 1), (1, 1), (0, 0), (624,)):
        yield Hostile(f"shape {shape}", _unmasked(shape), "refused")


def _plain_mask(_: Any) -> Any:
    return mask()


def _mask_as(code: str) -> Make:
    return lambda _: mask().astype(code)


def _for_true(number: float) -> Make:
    return lambda _: np.where(mask(), number, 0.0)


def _odd_mask_as(make: Make) -> Make:
    return lambda _: make(_odd_mask().view("u1")).view(bool)


def _unmasked(shape: tuple[int, ...]) -> Make:
    return lambda _: np.zeros(shape, bool)


def _odd_mask() -> Any:
    return odd_bytes(np.zeros(FRAME))


def _odd_plain(_: Any) -> Any:
    return _odd_mask().view("u1") != 0


def _masked_entries(_: Any) -> Any:
    return np.ma.MaskedArray(np.zeros(FRAME, bool), mask())


def _marked() -> Iterator[Hostile]:
    for each in _masks():
        if (
            each.name.startswith("shape")
            or each.name
            in (
                "longdouble",
                "True",
                "False",
                "np.ma.nomask",
                "nothing masked",
            )
            or each.name in ("masked entries", "masked datetime", "masked text", "masked complex")
        ):
            yield each._replace(fate="checked", plain=None)
        else:
            yield each
    yield Hostile("nothing", always(np.zeros((3, 3), bool)), "refused")
    yield Hostile("no pixels", always(np.zeros((0, 3), bool)), "refused")


#: Which role is given what.
ROLES: Roles = {
    "mask": _masks,
    "marked": _marked,
}
