"""The table of callables: raw functions, kernels, methods of every class, photometry.

A row knows its arguments, each with a role (which hostile values are for it) and a plain value, how it is called, and
how what it returns is read: as columns and arrays that can be compared with the truth.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

import astroapers as aap
from astroapers import _rust, kernels
from astroapers._kernel_source import KERNELS
from astroapers._paths import encode
from astroapers._shapes import SHAPES

#: Rows and columns of the image that is measured.
FRAME = (24, 26)

#: A whole aperture, one cut by the edge, one outside.
X = np.array([9.25, 0.5, 100.0])
Y = np.array([8.5, 20.0, 100.0])

#: An outline with an arc, and a hole.
SEGMENTS = [("move", 0.0, 0.0), ("line", 4.0, 0.0), ("arc", 0.0, 0.0, 4.0, 0.0, 2.0), ("close",)]
HOLES = [[("move", 1.0, 1.0), ("line", 2.0, 1.0), ("line", 1.0, 2.0), ("close",)]]


def image() -> np.ndarray[Any, Any]:
    """
    Make the image that is measured: small whole numbers, which every dtype holds.

    Returns
    -------
    ndarray of float64, shape (24, 26)
        Numbers from 1 to 100.

    Examples
    --------
    >>> image().shape
    (24, 26)
    """
    ny, nx = FRAME
    return (np.arange(float(ny * nx)) * 37 % 100 + 1).reshape(FRAME)


def mask() -> np.ndarray[Any, Any]:
    """
    Make its mask.

    Returns
    -------
    ndarray of bool, shape (24, 26)
        True for every seventh pixel.

    Examples
    --------
    >>> int(mask().sum())
    89
    """
    ny, nx = FRAME
    marked: np.ndarray[Any, Any] = np.arange(ny * nx) % 7 == 2
    return marked.reshape(FRAME)


@dataclass(frozen=True)
class Argument:
    """
    One argument of a callable.

    Attributes
    ----------
    role : str
        Which hostile values are for it: a key of `values.VALUES`.
    plain : object
        A value that is right.
    words : tuple of str
        How errors may call it.
    """

    role: str
    plain: Any
    words: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """
    One callable.

    Attributes
    ----------
    name : str
        As a user would write it.
    layer : {"raw", "kernel", "object", "box", "photometry", "settings"}
        Where it belongs; raw functions may refuse what is not plain.
    operation : str
        What it does: a key of `truth.ANSWERS`, if the right answer can be computed.
    shape, method : str
        The shape's tag and "exact" or "center"; empty where there is none.
    arguments : dict of str to Argument
        By name.
    call : callable
        Takes a dict of arguments by name; returns a dict of what was measured.
    """

    name: str
    layer: str
    operation: str
    shape: str
    method: str
    arguments: Mapping[str, Argument]
    call: Callable[[dict[str, Any]], dict[str, Any]]


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
_OF_PATHS = (
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


def _argument(name: str, tag: str, *, single: bool = False) -> Argument:
    """Say what an argument of this name is."""
    words: tuple[str, ...]
    if name in _ROLES:
        role = _ROLES[name]
        if role == "mask":
            return Argument(role, None, ("mask",))
        if role in ("kinds", "commands", "holes"):
            return Argument(role, _path_value(name), _OF_PATHS)
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


def _path_value(name: str) -> Any:
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


# ---------------------------------------------------------------- what is returned


def _sums(found: Any) -> dict[str, Any]:
    if isinstance(found, tuple):
        return {"sum": np.ravel(found[0]), "npix": np.ravel(found[1])}
    return {"sum": np.ravel(found)}


def _counts(found: Any) -> dict[str, Any]:
    return {"npix": np.ravel(found)}


def _boxes(found: Any) -> dict[str, Any]:
    if isinstance(found, tuple):
        return {"boxes": [tuple(map(int, row)) for row in zip(*found, strict=True)]}
    return {"boxes": [(box.ixmin, box.ixmax, box.iymin, box.iymax) for box in found]}


def _weights_of_kernel(found: Any) -> dict[str, Any]:
    return {"weights": list(found[0]), **_boxes(found[1])}


def _weights_raw(found: Any) -> dict[str, Any]:
    return {"weights": list(found[0]), **_boxes(found[1:])}


def _window(found: Any) -> dict[str, Any]:
    return {"window": [found]}


# ---------------------------------------------------------------- raw functions

_RAW_NAME = re.compile(
    r"(apsum|npix|bboxes|weights)_([a-z_]+?)(?:_(exact|center))?((?:_sum)?(?:_one)?)(?:_(f32|i32|i16))?"
)
_RAW_READERS = {"apsum": _sums, "npix": _counts, "bboxes": _boxes, "weights": _weights_raw}
_SUFFIXES = {"f32": np.float32, "i32": np.int32, "i16": np.int16}


def raw() -> Iterator[Row]:
    """
    Give the raw functions.

    Yields
    ------
    Row
        One per name in `astroapers._rust` that measures.

    Examples
    --------
    >>> sum(1 for _ in raw())
    113
    """
    for name in sorted(dir(_rust)):
        parts = _RAW_NAME.fullmatch(name)
        if parts is None:
            continue
        operation, tag, method, variant, dtype = parts.groups()
        function = getattr(_rust, name)
        single = "_one" in variant
        arguments = {}
        for each in inspect.signature(function).parameters:
            if tag == "path" and each == "data":
                arguments[each] = Argument("rows", _path_value(each), _OF_PATHS)
            else:
                arguments[each] = _argument(each, tag, single=single)
            if arguments[each].role == "position":
                arguments[each] = Argument("coordinate", arguments[each].plain, arguments[each].words)
            elif arguments[each].role in ("length", "angle", "optional angle"):
                role = "raw length" if arguments[each].role == "length" else "raw angle"
                arguments[each] = Argument(role, arguments[each].plain, arguments[each].words)
            elif arguments[each].role == "image":
                plain = arguments[each].plain.astype(_SUFFIXES.get(dtype, np.float64))
                arguments[each] = Argument("raw image", plain, ("data",))
        reader = _window if (operation, single) == ("weights", True) else _RAW_READERS[operation]
        kind = "window" if reader is _window else operation
        yield Row(name, "raw", kind, tag, method or "exact", arguments, _by_keyword(function, reader))


def _by_keyword(function: Any, reader: Callable[[Any], dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda arguments: reader(function(**arguments))


# ---------------------------------------------------------------- kernels

_KERNEL_READERS = {"apsum": _sums, "npix": _counts, "bboxes": _boxes, "weights": _weights_of_kernel}


def kernel() -> Iterator[Row]:
    """
    Give the kernels.

    Yields
    ------
    Row
        One per row of `KERNELS`.

    Examples
    --------
    >>> sum(1 for _ in kernel())
    70
    """
    for each in KERNELS:
        function = getattr(kernels, each.name)
        tag = each.shape.tag
        arguments = {name: _argument(name, tag) for name in inspect.signature(function).parameters}
        reader = _KERNEL_READERS[each.operation.name]
        call = _by_keyword(function, reader)
        yield Row(each.name, "kernel", each.operation.name, tag, each.method or "exact", arguments, call)


# ---------------------------------------------------------------- objects

CLASSES = {
    cls._tag: cls
    for cls in (
        *(aap.CircAp, aap.CircAn, aap.EllipAp, aap.EllipAn, aap.RectAp, aap.RectAn, aap.PillAp, aap.PillAn),
        *(aap.WedgeAp, aap.PathAp),
    )
}


def _pieces(found: Any) -> list[Any]:
    """Values as one array per aperture, whether they came flat or not."""
    if isinstance(found, tuple) and isinstance(found[0], np.ndarray):
        values, offsets = found[0], found[-1]
        return [values[a:b] for a, b in pairwise(offsets)]
    return list(found[0] if isinstance(found, tuple) else found)


def _values(found: Any) -> dict[str, Any]:
    return {"values": _pieces(found)}


def _cutouts(found: Any) -> dict[str, Any]:
    return {"cutouts": list(found[0] if isinstance(found, tuple) else found)}


def _arrays(found: Any) -> dict[str, Any]:
    return {"weights": list(found)}


#: Method, operation, how pixels are weighed, arguments, reader.
_METHODS: tuple[tuple[str, str, str, tuple[str, ...], Callable[[Any], dict[str, Any]]], ...] = (
    ("apsum_exact", "apsum", "exact", ("data", "mask", "return_npix"), _sums),
    ("apsum_center", "apsum", "center", ("data", "mask", "return_npix"), _sums),
    ("npix_exact", "npix", "exact", ("shape", "mask"), _counts),
    ("npix_center", "npix", "center", ("shape", "mask"), _counts),
    ("bboxes", "bboxes", "exact", (), _boxes),
    ("weights_exact", "weights", "exact", (), _arrays),
    ("weights_center", "weights", "center", (), _arrays),
    ("weighted_cutout", "cutouts", "exact", ("data", "mask", "fill_value"), _cutouts),
    ("sampled_cutout", "cutouts", "center", ("data", "mask", "fill_value", "return_pix"), _cutouts),
    ("sampled_values", "values", "center", ("data", "mask", "flat", "return_pix"), _values),
    ("weighted_values", "weighted_values", "exact", ("data", "mask", "flat"), _values),
)


def _life(aperture: Any) -> dict[str, Any]:
    """Everything about an aperture that is no measurement."""
    found: dict[str, Any] = {"area": np.ravel(aperture.area), "positions": np.array(aperture.positions)}
    same = aperture.replace()
    if same != aperture or hash(same) != hash(aperture):
        raise AssertionError("replace() without changes makes another aperture")
    if not repr(aperture).startswith(type(aperture).__name__):
        raise AssertionError("repr")
    if not aperture.isscalar:
        picked = aperture[::-1][::-1]
        if picked != aperture or len(picked) != len(aperture) or len(list(aperture)) != len(aperture):
            raise AssertionError("picking all positions makes another aperture")
    return found


def objects() -> Iterator[Row]:
    """
    Give the measuring methods of every aperture class, together with the constructor.

    Yields
    ------
    Row
        One per class and method, and one per class for all else: comparison, hash, text, indices.

    Examples
    --------
    >>> sum(1 for _ in objects())
    120
    """
    for tag, cls in CLASSES.items():
        own = {}
        for name in inspect.signature(cls).parameters:
            if name == "positions":
                plain = np.column_stack([X, Y])
                own[name] = Argument("positions", plain, ("positions", "position", "(", "bounding box"))
            else:
                own[name] = _argument(name, tag)
        for method, operation, how, names, reader in _METHODS:
            arguments = own | {name: _argument(name, tag) for name in names}
            call = _constructed(cls, tuple(own), method, names, reader)
            yield Row(f"{cls.__name__}.{method}", "object", operation, tag, how, arguments, call)
        yield Row(f"{cls.__name__}", "object", "life", tag, "exact", own, _alive(cls))


def _alive(cls: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda arguments: _life(cls(**arguments))


def _constructed(
    cls: Any,
    own: tuple[str, ...],
    method: str,
    names: tuple[str, ...],
    reader: Callable[[Any], dict[str, Any]],
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def call(arguments: dict[str, Any]) -> dict[str, Any]:
        aperture = cls(**{name: arguments[name] for name in own})
        return reader(getattr(aperture, method)(**{name: arguments[name] for name in names}))

    return call


# ---------------------------------------------------------------- bounding boxes


def _box_arguments(names: tuple[str, ...]) -> dict[str, Argument]:
    box = {name: Argument("bound", value, (name, "box")) for name, value in _BOUNDS.items()}
    weights = np.linspace(0.0, 1.0, 24).reshape(4, 6)
    others = {
        "weights": Argument("weights", weights, ("weights",)),
        "image": Argument("image", image(), ("data", "image")),
        "mask": Argument("mask", None, ("mask",)),
        "shape": Argument("frame", FRAME, ("shape", "ny", "nx")),
        "fill_value": Argument("number", 0.0, ("fill_value",)),
        "return_npix": Argument("flag", True, ("return_npix",)),
    }
    return box | {name: others[name] for name in names}


_BOUNDS = {"ixmin": -2, "ixmax": 4, "iymin": 3, "iymax": 7}


def _plain_array(found: Any) -> dict[str, Any]:
    return {"array": np.asarray(found)}


def _slices(found: Any) -> dict[str, Any]:
    return {"text": repr(found)}


_BOX_METHODS: tuple[tuple[str, str, tuple[str, ...], Callable[[Any], dict[str, Any]]], ...] = (
    ("overlap_slices", "", ("shape",), _slices),
    ("to_fits_section", "", ("shape",), _slices),
    ("to_image", "", ("weights", "shape", "fill_value"), _plain_array),
    ("apsum", "", ("weights", "image", "mask", "return_npix"), _sums),
    ("npix", "", ("weights", "shape", "mask"), _counts),
    ("weighted_cutout", "", ("weights", "image", "mask", "fill_value"), _plain_array),
    ("weighted_values", "", ("weights", "image", "mask"), _plain_array),
)


def boxes() -> Iterator[Row]:
    """
    Give the methods of bounding boxes.

    Yields
    ------
    Row
        One per method.

    Examples
    --------
    >>> [row.name for row in boxes()][:2]
    ['BoundingBox.overlap_slices', 'BoundingBox.to_fits_section']
    """
    for method, operation, names, reader in _BOX_METHODS:
        call = _constructed(aap.BoundingBox, tuple(_BOUNDS), method, names, reader)
        yield Row(f"BoundingBox.{method}", "box", operation, "", "", _box_arguments(names), call)


# ---------------------------------------------------------------- photometry


def _photometry(arguments: dict[str, Any]) -> dict[str, Any]:
    arguments = dict(arguments)
    mag = {name: arguments.pop(name) for name in ("zeropoint", "exposure", "nsigma") if name in arguments}
    phot = aap.photometry(arguments.pop("data"), arguments.pop("aperture"), **arguments)
    found = {name: np.asarray(getattr(phot, name)) for name in phot._columns()}
    if mag:
        found["mag"] = np.asarray(phot.mag(mag["zeropoint"], mag["exposure"]))
        found["mag_limit"] = np.asarray(phot.mag_limit(mag["nsigma"], zeropoint=mag["zeropoint"]))
    found |= {"snr": phot.snr, "mag_err": phot.mag_err}
    if len(phot) and not repr(phot).startswith("<Photometry"):
        raise AssertionError("repr")
    return found


def _photometry_arguments(**given: tuple[str, Any]) -> dict[str, Argument]:
    positions = ("aperture", "positions", "sky", "annulus")
    common = {
        "data": Argument("measured image", image(), ("data",)),
        "aperture": Argument("catalogue", np.column_stack([X, Y]), positions),
        "r": Argument("tolerant length", 2.5, ("r", "aperture")),
        "mask": Argument("mask", None, ("mask",)),
        "method": Argument("choice", "exact", ("method",)),
        "masked": Argument("choice", "exclude", ("masked",)),
        "edge": Argument("choice", "partial", ("edge",)),
        "saturation": Argument("optional level", None, ("saturation",)),
    }
    words = {"annulus": ("annulus", "r_in", "r_out"), "exposure": ("exptime",)}
    return common | {name: Argument(role, value, words.get(name, (name,))) for name, (role, value) in given.items()}


_PHOTOMETRY: dict[str, dict[str, Argument]] = {
    "photometry, no sky": _photometry_arguments(
        zeropoint=("level", 25.0), exposure=("positive number", 2.0), nsigma=("positive number", 3.0)
    ),
    "photometry, a level": _photometry_arguments(
        sky=("levels", 3.0),
        sky_std=("scatter", 1.0),
        sky_err=("scatter", 0.1),
        gain=("positive number", 2.0),
        ncombine=("positive", 2),
    ),
    "photometry, annulus": _photometry_arguments(
        annulus=("annulus", (4.0, 7.0)),
        sky_stat=("statistic", "median"),
        sigma_clip=("positive number", 3.0),
        maxiters=("positive", 5),
        min_sky=("positive", 20),
        gain=("positive number", 2.0),
    ),
    "photometry, errors": _photometry_arguments(
        annulus=("annulus", (4.0, 7.0)),
        error=("errors", np.full(FRAME, 2.0)),
        error_kind=("choice", "background"),
        gain=("positive number", 2.0),
        sky_stat=("statistic", "biweight"),
    ),
    "photometry, iraf": _photometry_arguments(
        annulus=("annulus", (4.0, 7.0)),
        error_model=("choice", "iraf"),
        gain=("positive number", 2.0),
        ncombine=("positive", 1),
    ),
    "photometry, ccd": _photometry_arguments(
        annulus=("annulus", (4.0, 7.0)),
        error_model=("choice", "ccd"),
        gain=("positive number", 2.0),
        read_noise=("number or zero", 5.0),
        dark=("number or zero", 0.1),
        exptime=("positive number", 30.0),
        sky_level=("level", 10.0),
        ncombine=("positive", 3),
    ),
}


def photometry() -> Iterator[Row]:
    """
    Give the ways to measure a catalogue in one call.

    Yields
    ------
    Row
        One per source of sky and formula of the error.

    Examples
    --------
    >>> next(photometry()).name
    'photometry, no sky'
    """
    for name, arguments in _PHOTOMETRY.items():
        yield Row(name, "photometry", "photometry", "", "", arguments, _photometry)


# ---------------------------------------------------------------- the rest


def _settings() -> Iterator[Row]:
    def threads(arguments: dict[str, Any]) -> dict[str, Any]:
        before = aap.get_num_threads()
        try:
            aap.set_num_threads(**arguments)
            return {"text": str(aap.get_num_threads() >= 1)}
        finally:
            aap.set_num_threads(before)

    def threshold(arguments: dict[str, Any]) -> dict[str, Any]:
        before = aap.get_parallel_threshold()
        try:
            aap.set_parallel_threshold(**arguments)
            return {"text": str(aap.get_parallel_threshold() >= 1)}
        finally:
            aap.set_parallel_threshold(before)

    def farthest(arguments: dict[str, Any]) -> dict[str, Any]:
        distance, positions = aap.farthest_mask_pixel(**arguments, return_pos=True)
        return {"distance": np.array([distance]), "array": positions}

    def decode(arguments: dict[str, Any]) -> dict[str, Any]:
        return {"text": repr(aap.decode_flags(**arguments))}

    rows: tuple[tuple[str, dict[str, Argument], Any], ...] = (
        ("set_num_threads", {"n": Argument("positive", 1, ("n",))}, threads),
        ("set_parallel_threshold", {"threshold": Argument("positive", 64, ("threshold",))}, threshold),
        (
            "farthest_mask_pixel",
            {
                "mask": Argument("marked", mask(), ("mask",)),
                "center": Argument("point", (3.0, 4.0), ("center",)),
            },
            farthest,
        ),
        ("decode_flags", {"flags": Argument("bits", 3, ("flags",))}, decode),
    )
    for name, arguments, call in rows:
        yield Row(name, "settings", "", "", "", arguments, call)


GROUPS: dict[str, Callable[[], Iterator[Row]]] = {
    "raw": raw,
    "kernels": kernel,
    "objects": objects,
    "boxes": boxes,
    "photometry": photometry,
    "settings": _settings,
}


@cache
def rows() -> tuple[Row, ...]:
    """
    Give all callables.

    Returns
    -------
    tuple of Row
        In a fixed order.

    Examples
    --------
    >>> len({(row.layer, row.name) for row in rows()}) == len(rows())
    True
    """
    return tuple(row for group in GROUPS.values() for row in group())
