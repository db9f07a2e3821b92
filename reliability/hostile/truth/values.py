"""Values and cutouts: the pixels themselves, or weight times value."""

from __future__ import annotations

from typing import Any

import numpy as np

from reliability.hostile.callables import Row

from .arguments import as_numbers, frame, pixels, sources
from .base import Answers
from .compare import close, lengths
from .engine import boxes_of, cover


def _values(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    values, good = pixels(arguments)
    wrong = lengths(found, len(at.x))
    for i, got in enumerate(found["values"]):
        weights = cover(row, at, i, frame(values))
        chosen = np.zeros(0) if weights is None else values[good & (weights > 0)]
        if row.operation == "weighted_values" and weights is not None:
            with np.errstate(all="ignore"):
                chosen = weights[good & (weights > 0)] * chosen.astype(np.float64)
        if not close(got, chosen):
            wrong.append(f"values[{i}] are not those of the pixels")
    return wrong


def _cutouts(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    values, good = pixels(arguments)
    fill = float(as_numbers(arguments["fill_value"]))
    wrong = lengths(found, len(at.x))
    ny, nx = values.shape
    for i, ((x0, x1, y0, y1), got) in enumerate(zip(boxes_of(row, at), found["cutouts"], strict=True)):
        want = np.full((y1 - y0, x1 - x0), fill)
        if (weights := cover(row, at, i, (x0, y0, x1 - x0, y1 - y0))) is None:
            continue
        a, b, c, d = max(x0, 0), min(x1, nx), max(y0, 0), min(y1, ny)
        if a < b and c < d:
            inside = (slice(c - y0, d - y0), slice(a - x0, b - x0))
            w, v, g = weights[inside], values[c:d, a:b].astype(np.float64), good[c:d, a:b]
            with np.errstate(all="ignore"):
                want[inside] = np.where(g, np.where(w > 0, w * v, 0.0), fill)
        if not close(got, want):
            wrong.append(f"cutouts[{i}] are not weight times value")
    return wrong


#: By operation, what compares its answer with the truth.
ANSWERS: Answers = {
    "values": _values,
    "weighted_values": _values,
    "cutouts": _cutouts,
}
