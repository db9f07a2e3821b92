"""Sums and numbers of pixels: weight times value in extended precision."""

from __future__ import annotations

from typing import Any

import numpy as np

from reliability.hostile.callables import Row

from .arguments import frame, pixels, sources, unmasked
from .base import Answers
from .compare import differs, lengths, total
from .engine import cover


def _sums(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    if row.layer == "box":
        return _of_box(arguments, found)
    at = sources(row, arguments)
    values, good = pixels(arguments)
    wrong = lengths(found, len(at.x))
    for i in range(len(at.x)):
        weights = cover(row, at, i, frame(values))
        if weights is None:
            wrong += [f"{name}[{i}] is no NaN" for name, column in found.items() if not np.isnan(column[i])]
            continue
        counted = good & (weights > 0)
        with np.errstate(all="ignore"):
            terms = weights[counted].astype(np.longdouble) * values[counted].astype(np.float64)
        for name, numbers in {"sum": terms, "npix": weights[counted]}.items():
            if name in found and differs(float(found[name][i]), numbers):
                wrong.append(f"{name}[{i}]={found[name][i]!r}, but it is {total(numbers)[0]!r}")
    return wrong


def _of_box(arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Give no truth: the laws about equal numbers are enough for what NumPy itself computes."""
    return [] if {"sum", "npix"} & set(found) and arguments else ["nothing was measured"]


def _counts(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    if row.layer == "box":
        return []
    frame = arguments["shape"] if "shape" in arguments else (arguments["ny"], arguments["nx"])
    ny, nx = (int(n) for n in frame)
    at = sources(row, arguments)
    if ny * nx > 10**6:
        there = np.isfinite(at.x) & np.isfinite(at.y)
        return [] if np.array_equal(np.isfinite(found["npix"]), there) else ["npix is not finite"]
    good = np.ones((ny, nx), dtype=bool) & unmasked(arguments.get("mask"), (ny, nx))
    wrong = lengths(found, len(at.x))
    for i in range(len(at.x)):
        weights = cover(row, at, i, (0, 0, nx, ny))
        if weights is None:
            wrong += [] if np.isnan(found["npix"][i]) else [f"npix[{i}] is no NaN"]
        elif differs(float(found["npix"][i]), weights[good]):
            wrong.append(f"npix[{i}]={found['npix'][i]!r}, but it is {total(weights[good])[0]!r}")
    return wrong


#: By operation, what compares its answer with the truth.
ANSWERS: Answers = {
    "apsum": _sums,
    "npix": _counts,
}
