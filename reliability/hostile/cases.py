"""Which cases there are, in an order that never changes: a case is its number."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from functools import cache

from reliability.hostile import values
from reliability.hostile.callables import Row, rows
from reliability.hostile.laws import Case, arguments_of
from reliability.hostile.values import Hostile

#: A pair of hostile arguments is drawn this often for each callable.
PAIRS = 400

#: Roles of arguments that are columns, and hostile values of these that are wrong for their shape alone.
_COLUMNS, _SHAPES = {"column", "position"}, {"empty", "one less", "two dimensions"}

#: Arguments that say how large the image is, and sizes that are large.
_FRAME, _MANY = {"ny", "nx", "shape"}, 10**8

_UNCHECKED = Hostile("False", lambda _: False, "checked", lambda _: False)


def single(row: Row) -> Iterator[Case]:
    """
    Give every case of one hostile argument.

    Parameters
    ----------
    row : Row
        The callable.

    Yields
    ------
    Case
        With checks, and for a callable that can do without, also without.
    """
    for name, argument in row.arguments.items():
        for hostile in values.of(argument.role):
            yield Case(row, ((name, hostile),))
            if "validate" in row.arguments and name != "validate":
                yield Case(row, ((name, hostile), ("validate", _UNCHECKED)))


def pairs(row: Row) -> Iterator[Case]:
    """
    Give some cases of two hostile arguments.

    Parameters
    ----------
    row : Row
        The callable.

    Yields
    ------
    Case
        The same ones each time.
    """
    names = sorted(row.arguments)
    if len(names) < 2:
        return
    draw = random.Random(row.name)
    for _ in range(PAIRS):
        first, second = draw.sample(names, 2)
        one = draw.choice(values.of(row.arguments[first].role))
        other = draw.choice(values.of(row.arguments[second].role))
        case = Case(row, ((first, one), (second, other)))
        if not (_fit_together(case) or _takes_for_ever(case)):
            yield case


def _fit_together(case: Case) -> bool:
    """Whether two columns, each of which alone is refused because the other has another shape, make a catalogue."""
    roles = {case.row.arguments[name].role for name, _ in case.changes}
    shapes = {hostile.name for _, hostile in case.changes}
    return roles <= _COLUMNS and len(shapes) == 1 and shapes <= _SHAPES


def _takes_for_ever(case: Case) -> bool:
    """Whether a frame and a shape are both so large that their pixels are counted until Ctrl-C."""
    names = {name for name, _ in case.changes}
    if len(names & _FRAME) != 1:
        return False
    values = [value for name, value in arguments_of(case).items() if name in names]
    return all(any(_MANY < abs(number) < math.inf for number in _numbers_in(value)) for value in values)


def _numbers_in(value: object) -> Iterator[float]:
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, (int, float)):
            yield each


@cache
def of_layer(layer: str) -> tuple[Case, ...]:
    """
    Give all cases of a layer.

    Parameters
    ----------
    layer : str
        As `Row.layer`.

    Returns
    -------
    tuple of Case
        First those of one hostile argument, callable by callable, then those of two.

    Examples
    --------
    >>> len(of_layer("settings")) > 100
    True
    """
    chosen = [row for row in rows() if row.layer == layer]
    return tuple(case for kind in (single, pairs) for row in chosen for case in kind(row))


LAYERS = tuple(dict.fromkeys(row.layer for row in rows()))


def share(layer: str, step: int) -> list[int]:
    """
    Choose some cases of a layer.

    Parameters
    ----------
    layer : str
        As `Row.layer`.
    step : int
        One of so many, spread over callables and values.

    Returns
    -------
    list of int
        Their numbers.

    Examples
    --------
    >>> share("settings", 50)[:2]
    [0, 50]
    """
    return list(range(0, len(of_layer(layer)), step))
