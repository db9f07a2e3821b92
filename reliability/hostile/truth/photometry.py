"""Photometry: the figures of a catalogue fit together, and sums are those of the pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from reliability.hostile.callables import Row

from .arguments import Sources, as_numbers, frame, pixels
from .base import Answers
from .compare import differs, total
from .engine import cover


def _photometry(_row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    wrong = []
    n = len(found["x"])
    wrong += [f"{name} has shape {c.shape}" for name, c in found.items() if c.shape != (n,)]
    flux, err, flags = found["flux"], found["flux_err"], found["flags"]
    if (err < 0).any():
        wrong.append("a negative error")
    if (flags < 0).any() or (flags >= 1 << 18).any():
        wrong.append("flags that have no name")
    with np.errstate(all="ignore"):
        want = found["apsum"] - found["npix"] * found["sky"]
        size = np.abs(found["apsum"]) + np.abs(found["npix"] * found["sky"])
        off = np.abs(flux - want) > 1e-12 * size
        off |= np.isnan(flux) != np.isnan(want)
    if (off & np.isfinite(size)).any():
        wrong.append(f"flux={flux}, but apsum - npix sky is {want}")
    return wrong + _sums_of_photometry(arguments, found)


def _sums_of_photometry(arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    if arguments.get("error") is not None:
        return []
    for name, default in {"masked": "exclude", "edge": "partial"}.items():
        if str(arguments[name]) != default:
            return []
    values, good = pixels(arguments)
    good = good & np.isfinite(values)
    row = Row("", "", "", "circ", str(arguments["method"]), {}, lambda _: {})
    positions = as_numbers(arguments["aperture"]).reshape(-1, 2)
    radii = np.broadcast_to(as_numbers(arguments["r"]), len(positions))
    at = Sources(positions[:, 0], positions[:, 1], [radii])
    wrong = []
    for i in range(len(positions)):
        weights = cover(row, at, i, frame(values))
        if weights is None:
            wrong += [] if np.isnan(found["flux"][i]) else [f"flux[{i}] is no NaN"]
            continue
        counted = good & (weights > 0)
        if not counted.any():
            wrong += [] if np.isnan(found["flux"][i]) else [f"flux[{i}] of no pixel is no NaN"]
            continue
        with np.errstate(all="ignore"):
            terms = weights[counted].astype(np.longdouble) * values[counted].astype(np.float64)
        for name, numbers in {"apsum": terms, "npix": weights[counted]}.items():
            if differs(float(found[name][i]), numbers):
                wrong.append(f"{name}[{i}]={found[name][i]!r}, but it is {total(numbers)[0]!r}")
    return wrong


#: By operation, what compares its answer with the truth.
ANSWERS: Answers = {
    "photometry": _photometry,
}
