"""The raw functions, found by their names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from astroapers import _rust

from .arguments import OF_PATHS, argument, path_value
from .base import Argument, Row
from .calls import boxes, by_keyword, counts, sums


def _weights(found: Any) -> dict[str, Any]:
    return {"weights": list(found[0]), **boxes(found[1:])}


def _window(found: Any) -> dict[str, Any]:
    return {"window": [found]}


_NAME = re.compile(r"(apsum|npix|bboxes|weights)_([a-z_]+?)(?:_(exact|center))?((?:_sum)?(?:_one)?)(?:_(f32|i32|i16))?")
_READERS = {"apsum": sums, "npix": counts, "bboxes": boxes, "weights": _weights}
_SUFFIXES = {"f32": np.float32, "i32": np.int32, "i16": np.int16}


def rows() -> Iterator[Row]:
    """
    Give the raw functions.

    Yields
    ------
    Row
        One per name in `astroapers._rust` that measures.

    Examples
    --------
    >>> sum(1 for _ in rows())
    113
    """
    for name in sorted(dir(_rust)):
        parts = _NAME.fullmatch(name)
        if parts is None:
            continue
        operation, tag, method, variant, dtype = parts.groups()
        function = getattr(_rust, name)
        single = "_one" in variant
        arguments = {}
        for each in inspect.signature(function).parameters:
            if tag == "path" and each == "data":
                arguments[each] = Argument("rows", path_value(each), OF_PATHS)
            else:
                arguments[each] = argument(each, tag, single=single)
            if arguments[each].role == "position":
                arguments[each] = Argument("coordinate", arguments[each].plain, arguments[each].words)
            elif arguments[each].role in ("length", "angle", "optional angle"):
                role = "raw length" if arguments[each].role == "length" else "raw angle"
                arguments[each] = Argument(role, arguments[each].plain, arguments[each].words)
            elif arguments[each].role == "image":
                plain = arguments[each].plain.astype(_SUFFIXES.get(dtype, np.float64))
                arguments[each] = Argument("raw image", plain, ("data",))
        reader = _window if (operation, single) == ("weights", True) else _READERS[operation]
        kind = "window" if reader is _window else operation
        yield Row(name, "raw", kind, tag, method or "exact", arguments, by_keyword(function, reader))
