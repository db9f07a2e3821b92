"""Paths: as commands, and as the arrays that these become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reliability.hostile import layouts
from reliability.hostile.callables.scene import HOLES, SEGMENTS

from .base import Hostile, Roles
from .makes import always, filled, itself, replaced
from .numbers import NUMBERS


def _commands(holes: bool) -> Iterator[Hostile]:
    def drawn(contour: Any) -> Any:
        return [contour] if holes else contour

    base = HOLES[0] if holes else SEGMENTS
    (move, _, second, close) = base
    for number in NUMBERS:
        changed = [move, ("line", number, 1.0), *base[2:]]
        yield Hostile(f"x={number!r}", always(drawn(changed)), "checked")
        arc = [("move", 1.0, 0.0), ("arc", 0.0, 0.0, number, 0.0, 3.0), close]
        yield Hostile(f"arc of radius {number!r}", always(drawn(arc)), "checked")
        arc = [("move", 1.0, 0.0), ("arc", 0.0, 0.0, 1.0, number, 3.0), close]
        yield Hostile(f"arc from {number!r}", always(drawn(arc)), "checked")
        arc = [("move", 1.0, 0.0), ("arc", 0.0, 0.0, 1.0, 0.0, number), close]
        yield Hostile(f"arc of width {number!r}", always(drawn(arc)), "checked")
    for name, value in layouts.NO_NUMBER.items():
        yield Hostile(f"x is {name}", always(drawn([move, ("line", value, 1.0), *base[2:]])), "refused")
    yield Hostile("no commands", always(drawn([])), "refused")
    yield Hostile("no holes", always([]), "checked")
    yield Hostile("only a move", always(drawn([move])), "refused")
    yield Hostile("only a close", always(drawn([close])), "refused")
    yield Hostile("two moves", always(drawn([move, *base])), "refused")
    yield Hostile("two closes", always(drawn([*base, close])), "refused")
    yield Hostile("not closed", always(drawn(base[:-1])), "refused")
    yield Hostile("unknown", always(drawn([move, ("spline", 1, 2), second, close])), "refused")
    yield Hostile("upper case", always(drawn([("MOVE", *move[1:]), *base[1:]])), "refused")
    yield Hostile("command of bytes", always(drawn([(b"move", *move[1:]), *base[1:]])), "refused")
    yield Hostile("too many numbers", always(drawn([(*move, 3.0), *base[1:]])), "refused")
    yield Hostile("too few numbers", always(drawn([move[:-1], *base[1:]])), "refused")
    yield Hostile("an empty command", always(drawn([(), *base[1:]])), "refused")
    yield Hostile("a text", always("move"), "refused")
    yield Hostile("a number", always(5), "refused")
    yield Hostile("a dict", always({"move": (0, 0)}), "refused")
    yield Hostile("lists for tuples", always(drawn([list(c) for c in base])), "same", itself)
    yield Hostile("a generator", lambda _: (c for c in drawn(base)), "same", itself)
    yield Hostile("a tuple", lambda v: tuple(v), "same", itself)
    square = [("move", 0.5, 0.5), ("line", 1.5, 0.5), ("line", 1.5, 1.5), ("line", 0.5, 1.5), close]
    moved = [("move", 1.0, 1.0), ("line", 2.0, 1.0), ("line", 2.0, 2.0), ("line", 1.0, 2.0), close]
    if holes:
        yield Hostile("the same hole twice", always([square, square]), "refused")
        yield Hostile("overlapping holes", always([square, moved]), "refused")
        corner = [("move", 1.5, 1.5), ("line", 2.0, 1.5), ("line", 2.0, 2.0), close]
        yield Hostile("holes that meet at a corner", always([square, corner]), "checked")
        beside = [("move", 1.5, 0.5), ("line", 2.0, 0.5), ("line", 2.0, 1.5), ("line", 1.5, 1.5), close]
        yield Hostile("holes that share an edge", always([square, beside]), "refused")
        yield Hostile(
            "a hole outside",
            always([[("move", 50.0, 50.0), ("line", 51.0, 50.0), ("line", 50.0, 51.0), close]]),
            "refused",
        )
        yield Hostile("a hole as large as the outline", always([SEGMENTS]), "refused")
        yield Hostile("a hole that holds the outline", always([_turned(100.0)]), "refused")
    else:
        yield Hostile("back and forth", always([move, ("line", 4.0, 0.0), ("line", 0.0, 0.0), close]), "refused")
        yield Hostile(
            "thinner than rounding", always([move, ("line", 4.0, 0.0), ("line", 2.0, 1e-14), close]), "checked"
        )
        yield Hostile(
            "a bow tie", always([move, ("line", 4.0, 4.0), ("line", 4.0, 0.0), ("line", 0.0, 4.0), close]), "refused"
        )


def _turned(half: float) -> Any:
    return [("move", -half, -half), ("line", half, -half), ("line", half, half), ("line", -half, half), ("close",)]


def _kinds() -> Iterator[Hostile]:
    for code in (-128, -1, 4, 127):
        yield Hostile(f"a kind of {code}", replaced(1, code), "refused")
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(name, make, "same", itself)
    for name, make in layouts.FOREIGN.items():
        yield Hostile(name, make, "refused")
    yield Hostile("all moves", filled(0), "refused")
    yield Hostile("all closes", filled(3), "refused")
    yield Hostile("all arcs", filled(2), "refused")
    yield Hostile("no commands", lambda v: v[:0], "refused")
    yield Hostile("two dimensions", lambda v: v[:, None], "refused")
    yield Hostile("int64", lambda v: v.astype("i8"), "same", itself)


def _rows() -> Iterator[Hostile]:
    for number in NUMBERS:
        for place in range(12, 18):
            yield Hostile(f"number {place} is {number!r}", replaced(place, number), "checked")
        yield Hostile(f"all {number!r}", filled(number), "checked")
    for name, make in (layouts.LAYOUTS | layouts.LAYOUTS_2D).items():
        yield Hostile(name, make, "same", itself)
    for name, make in layouts.FOREIGN.items():
        yield Hostile(name, make, "refused")
    yield Hostile("five columns", lambda v: v[:, :5].copy(), "refused")
    yield Hostile("one row less", lambda v: v[:-1].copy(), "refused")
    yield Hostile("no rows", lambda v: v[:0], "refused")


#: Which role is given what.
ROLES: Roles = {
    "commands": lambda: _commands(holes=False),
    "holes": lambda: _commands(holes=True),
    "kinds": _kinds,
    "rows": _rows,
}
