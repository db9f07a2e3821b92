"""Weights and the boxes that hold them: no other window has others, and none are left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from reliability.hostile.callables import Row
from reliability.hostile.layouts import Array

from .arguments import sources
from .base import Answers
from .compare import lengths
from .engine import area_of, boxes_of, cover

#: How far a weight may be from that of the same pixel in another window, or in a batch.
OF_WEIGHTS = 2e-13


def _weights(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    wrong = lengths(found, len(at.x))
    boxes = found.get("boxes") or boxes_of(row, at)
    for i, ((x0, x1, y0, y1), weights) in enumerate(zip(boxes, found["weights"], strict=True)):
        if weights.shape != (y1 - y0, x1 - x0):
            wrong.append(f"weights[{i}] has shape {weights.shape}, its box is {(x0, x1, y0, y1)}")
            continue
        wide = cover(row, at, i, (x0 - 1, y0 - 1, x1 - x0 + 2, y1 - y0 + 2))
        if wide is None:
            wrong += [] if weights.size == 0 else [f"weights[{i}] is not empty"]
            continue
        wrong += [f"weights[{i}]: {text}" for text in _of_weights(weights, wide)]
        area = area_of(row, at, i)
        if row.method == "exact" and abs(weights.sum() - area) > _area_bound(weights, area):
            wrong.append(f"weights[{i}] sum to {weights.sum()!r}, the area is {area!r}")
    return wrong


def _area_bound(weights: Array, area: float) -> float:
    """How far the sum of weights may be from the area: each edge pixel by its bound, all of them by rounding."""
    half_extent = max(weights.shape, default=0) / 2
    edge = np.count_nonzero((weights > 0) & (weights < 1))
    return float(edge * max(1e-13, 1e-15 * half_extent)) * min(1.0, area * 10) + 1e-12 * area


def _of_weights(weights: Array, wide: Array) -> list[str]:
    wrong = []
    if not ((weights >= 0.0) & (weights <= 1.0)).all():
        wrong.append("not in [0, 1]")
    inner = wide[1:-1, 1:-1]
    if np.abs(inner - weights).max(initial=0.0) > OF_WEIGHTS:
        wrong.append(f"differ from those of a larger window by {np.abs(inner - weights).max()!r}")
    if _beside(wide).any():
        wrong.append("the box leaves some out")
    return wrong


def _beside(wide: Array) -> Array:
    """Give the rim of an array, one pixel wide."""
    return np.concatenate([wide[0], wide[-1], wide[:, 0], wide[:, -1]])


#: Larger boxes are looked at along their edges alone.
_MOST_PIXELS = 10**6


def _boxes(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    wrong = lengths(found, len(at.x))
    for i, (x0, x1, y0, y1) in enumerate(found["boxes"]):
        nx, ny = x1 - x0, y1 - y0
        if nx < 0 or ny < 0:
            wrong.append(f"box {i} is {(x0, x1, y0, y1)}")
        if max(map(abs, (x0, x1, y0, y1))) >= 2**63 - 2:
            continue
        small = nx * ny < _MOST_PIXELS
        around = cover(row, at, i, (x0 - 1, y0 - 1, nx + 2, ny + 2)) if small else None
        if around is not None and _beside(around).any():
            wrong.append(f"box {i} leaves weights out")
        if not small:
            edges = [(x0 - 1, y0, 1, min(ny, 1000)), (x1, y0, 1, min(ny, 1000))]
            edges += [(x0, y0 - 1, min(nx, 1000), 1), (x0, y1, min(nx, 1000), 1)]
            outside = [cover(row, at, i, edge) for edge in edges]
            if any(weights is not None and weights.any() for weights in outside):
                wrong.append(f"box {i} leaves weights out")
    return wrong


def _window(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    (weights,) = found["window"]
    at = sources(row, arguments)
    if not (np.isfinite(at.x[0]) and np.isfinite(at.y[0])):
        return [] if np.isnan(weights).all() else ["weights of no position"]
    wrong = [] if ((weights >= 0) & (weights <= 1)).all() else ["weights not in [0, 1]"]
    shape = (arguments["ny"], arguments["nx"])
    if weights.shape != (int(shape[0]) * int(shape[1]),):
        wrong.append(f"shape {weights.shape}")
    area = area_of(row, at, 0)
    if row.method == "exact" and weights.sum() > area * (1 + 1e-12) + 1e-13 * weights.size:
        wrong.append(f"weights sum to {weights.sum()!r}, the area is {area!r}")
    return wrong


#: By operation, what compares its answer with the truth.
ANSWERS: Answers = {
    "weights": _weights,
    "bboxes": _boxes,
    "window": _window,
}
