"""What an argument is, from its name: its role, a value that is right, and how errors may call it."""

from __future__ import annotations

import ast
from functools import cache
from typing import Any

from astroapers._paths import encode
from astroapers._shapes import SHAPES

from .base import Argument
from .scene import FRAME, HOLES, SEGMENTS, X, Y, image

#: Roles of arguments that are called the same everywhere.
_ROLES = {
    "mask": "mask",
    "shape": "frame",
    "fill_value": "number",
    "ny": "count",
    "nx": "count",
    "x_min": "integer",
    "y_min": "integer",
    "kinds": "kinds",
    "segments": "commands",
    "segments_or_kinds": "commands",
    "holes": "holes",
    "holes_or_data": "holes",
    "validate": "flag",
    "return_npix": "flag",
    "flat": "flag",
    "return_pix": "flag",
    "plot_samples": "positive",
}

#: What errors of commands speak of.
OF_PATHS = (
    "segments",
    "holes",
    "kinds",
    "data",
    "outline",
    "path",
    "command",
    *("x=", "y=", "cx=", "cy=", "r=", "theta0=", "dtheta"),
)

_PLAIN = {
    "frame": FRAME,
    "number": 0.0,
    "flag": True,
    "positive": 96,
    "integer": 0,
}


def argument(name: str, tag: str, *, single: bool = False) -> Argument:
    """
    Say what an argument of this name is.

    Parameters
    ----------
    name : str
        As the callable has it.
    tag : str
        Of the shape: a key of `SHAPES`, or "path".
    single : bool, optional
        Whether the callable takes one position, not arrays.

    Returns
    -------
    Argument
        Its role, value and words.

    Examples
    --------
    >>> argument("shape", "circ").role
    'frame'
    """
    words: tuple[str, ...]
    if name in _ROLES:
        role = _ROLES[name]
        if role == "mask":
            return Argument(role, None, ("mask",))
        if role in ("kinds", "commands", "holes"):
            return Argument(role, path_value(name), OF_PATHS)
        if role == "count":
            return Argument(role, FRAME[name == "nx"], (name, "window"))
        words = {"frame": ("shape", "ny", "nx")}.get(role, (name,))
        return Argument(role, _PLAIN[role], words)
    if name == "data":
        return Argument("image", image(), ("data",))
    if name in ("xs", "ys"):
        return Argument("column", (X if name == "xs" else Y).copy(), (name, "xs and ys", "(", "bounding box"))
    if name in ("x", "y"):
        values = X if name == "x" else Y
        words = (name, "x and y", "bounding box", "(")
        return Argument("position", float(values[0]) if single else values.copy(), words)
    (optional,) = (each.same_as is not None for each in SHAPES[tag].parameters if each.name == name)
    role = "optional angle" if optional else "angle" if name.startswith("theta") else "length"
    return Argument(role, geometry(tag)[name], (name,))


def path_value(name: str) -> Any:
    """
    Give a plain value of an argument that describes a path.

    Parameters
    ----------
    name : str
        "kinds" or "data" as arrays, else the commands of the outline or, if it begins so, of the holes.

    Returns
    -------
    ndarray or list
        A new array, or the commands of `scene`.

    Examples
    --------
    >>> path_value("segments")[0]
    ('move', 0.0, 0.0)
    """
    kinds, data = encode(SEGMENTS, HOLES)
    return {"kinds": kinds.copy(), "data": data.copy()}.get(name, HOLES if name.startswith("holes") else SEGMENTS)


@cache
def _geometry(tag: str) -> tuple[tuple[str, float], ...]:
    shape = SHAPES[tag]
    return tuple(zip(shape.names, map(float, ast.literal_eval(f"({shape.example.arguments},)")), strict=True))


def geometry(tag: str) -> dict[str, float]:
    """
    Give plain geometry parameters of a shape.

    Parameters
    ----------
    tag : str
        A key of `SHAPES`, or "path".

    Returns
    -------
    dict of str to float
        By name.

    Examples
    --------
    >>> geometry("circ")
    {'r': 2.0}
    """
    return {} if tag == "path" else dict(_geometry(tag))
