"""Paths: commands as users write them, and the two arrays the extension takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import tau
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from astroapers._inputs import PLAIN, as_float64, frozen, number, shown
from astroapers._typing import FloatArray

#: The names of the numbers that follow each command's name, in the order of the extension's kinds of command.
_COMMANDS = {"move": ("x", "y"), "line": ("x", "y"), "arc": ("cx", "cy", "r", "theta0", "dtheta"), "close": ()}
_NAMES = tuple(_COMMANDS)
_KINDS = {name: kind for kind, name in enumerate(_NAMES)}
_ARC = _KINDS["arc"]
_RADIUS, _TURN = map(_COMMANDS["arc"].index, ("r", "dtheta"))
_WIDTH = 6

#: For each kind of command, which of its row's numbers mean something.
_USED = np.array([[i < len(numbers) for i in range(_WIDTH)] for numbers in _COMMANDS.values()])

#: A command with its numbers as floats.
Row = tuple[Any, ...]


def encode(segments: Any, holes: Any) -> tuple[NDArray[np.int8], FloatArray]:
    """
    Put a path into the extension's form.

    Parameters
    ----------
    segments : sequence of commands, or ndarray of int, shape (n,)
        The outline; or the kinds of all commands (0 move, 1 line, 2 arc, 3 close).
    holes : sequence of sequences of commands, or ndarray of float, shape (n, 6), optional
        The holes; or, if `segments` holds kinds, the numbers of each command, padded with zeros.

    Returns
    -------
    kinds : ndarray of int8, shape (n,)
        The commands of the outline and of all holes.
    data : ndarray of float64, shape (n, 6)
        Their numbers.

    Raises
    ------
    TypeError
        If a command is not a sequence that starts with its name, or holds something that is no number.
    ValueError
        If a command is unknown, the count of its numbers is wrong, one is not finite, or an arc has no
        radius or no width of less than a full turn.

    Examples
    --------
    >>> kinds, data = encode([("move", 0, 0), ("line", 2, 0), ("line", 0, 2), ("close",)], None)
    >>> kinds
    array([0, 1, 1, 3], dtype=int8)
    """
    if isinstance(segments, np.ndarray) and segments.dtype.kind in "iu":
        return _compiled_path(segments, holes)
    kinds: list[int] = []
    rows: list[tuple[float, ...]] = []
    names: list[str] = []
    contours = [("segments", segments)]
    if holes is not None:
        contours += [(f"holes[{i}]", hole) for i, hole in enumerate(_sequence("holes", holes))]
    for name, contour in contours:
        commands = list(_sequence(name, contour))
        if not commands:
            raise ValueError(f"{name} must hold at least one command")
        for i, command in enumerate(commands):
            names.append(f"{name}[{i}]")
            kind, numbers = _command(names[-1], command)
            kinds.append(kind)
            rows.append(numbers + (0.0,) * (_WIDTH - len(numbers)))
    return _checked(np.array(kinds, dtype=np.int8), np.array(rows, dtype=np.float64), names.__getitem__)


def _compiled_path(kinds: NDArray[Any], data: Any) -> tuple[NDArray[np.int8], FloatArray]:
    rows = as_float64("data", data, "an array of floats of shape (n, 6)")
    if kinds.ndim != 1 or rows.shape != (kinds.size, _WIDTH):
        raise ValueError(
            f"kinds and data of a path must have shapes (n,) and (n, 6), got {kinds.shape} and {rows.shape}"
        )
    if not np.isin(kinds, range(len(_COMMANDS))).all():
        raise ValueError("kinds of a path must be 0 (move), 1 (line), 2 (arc) or 3 (close)")
    return _checked(np.array(kinds, dtype=np.int8), np.array(rows), "data[{}]".format)


def _checked(
    kinds: NDArray[np.int8], data: FloatArray, name: Callable[[int], str]
) -> tuple[NDArray[np.int8], FloatArray]:
    """Check each command by itself, naming it; what they make together is checked by the extension."""

    def refuse(row: int, column: int, rule: str) -> NoReturn:
        parameter = _COMMANDS[_NAMES[kinds[row]]][column]
        raise ValueError(f"{name(row)}: {parameter}={data[row, column].item()} must be {rule}")

    finite = np.isfinite(data)
    if not finite.all():
        for row, column in np.argwhere(_USED[kinds] & ~finite).tolist():
            refuse(row, column, "finite")
    for row in (kinds == _ARC).nonzero()[0].tolist():
        if data[row, _RADIUS] <= 0.0:
            refuse(row, _RADIUS, "greater than 0")
        if not 0.0 < abs(data[row, _TURN]) < tau:
            refuse(row, _TURN, "more than 0 and less than 2 pi in size")
    return frozen(kinds), frozen(data)


def _sequence(name: str, value: Any) -> Iterable[Any]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a sequence of commands, got {type(value).__name__}")
    return value


def _command(name: str, command: Any) -> tuple[int, tuple[float, ...]]:
    parts = tuple(_sequence(name, command))
    if not parts or not isinstance(parts[0], str) or parts[0] not in _COMMANDS:
        raise ValueError(f"{name}={shown(parts)} must start with one of {', '.join(_COMMANDS)}")
    wanted = _COMMANDS[parts[0]]
    if len(parts) != 1 + len(wanted):
        raise ValueError(f"{name}={shown(parts)} must hold {len(wanted)} numbers after {parts[0]!r}")
    kind, values = _KINDS[parts[0]], parts[1:]
    try:
        if PLAIN.issuperset(map(type, values)):
            return kind, tuple(map(float, values))
    except OverflowError:
        pass  # to be refused by name
    return kind, tuple(number(f"{name}: {each}", value) for each, value in zip(wanted, values, strict=True))


def decode(kinds: NDArray[np.int8], data: FloatArray) -> tuple[tuple[Row, ...], ...]:
    """
    Read a path in the extension's form: the reverse of `encode`.

    Parameters
    ----------
    kinds : ndarray of int8, shape (n,)
        The commands.
    data : ndarray of float64, shape (n, 6)
        Their numbers.

    Returns
    -------
    tuple of tuples of commands
        The outline, then each hole.

    Examples
    --------
    >>> decode(*encode([("move", 0, 0), ("line", 2, 0), ("line", 0, 2), ("close",)], None))
    ((('move', 0.0, 0.0), ('line', 2.0, 0.0), ('line', 0.0, 2.0), ('close',)),)
    """
    contours: list[list[Row]] = []
    for kind, numbers in zip(kinds.tolist(), data.tolist(), strict=True):
        name = _NAMES[kind]
        if name == "move" or not contours:
            contours.append([])
        contours[-1].append((name, *numbers[: len(_COMMANDS[name])]))
    return tuple(map(tuple, contours))


def polygon(vertices: ArrayLike) -> list[Row]:
    """
    Commands of a polygon.

    Parameters
    ----------
    vertices : array_like, shape (n, 2)
        Corners in order; the last may repeat the first.

    Returns
    -------
    list of commands
        A move, lines and a close.

    Raises
    ------
    TypeError, ValueError
        If `vertices` are not real numbers of that shape.

    Examples
    --------
    >>> polygon([(0, 0), (2, 0), (0, 2), (0, 0)])
    [('move', 0.0, 0.0), ('line', 2.0, 0.0), ('line', 0.0, 2.0), ('close',)]
    """
    corners = as_float64("vertices", vertices, "an array of shape (n, 2)")
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        raise ValueError(f"vertices must have shape (n, 2) with at least 3 corners, got shape {corners.shape}")
    points = [tuple(corner) for corner in corners.tolist()]
    if points[0] == points[-1]:
        del points[-1]
    (start, *rest) = points
    return [("move", *start), *(("line", *point) for point in rest), ("close",)]
