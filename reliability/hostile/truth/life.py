"""An aperture that was constructed: it is where it was put."""

from __future__ import annotations

from typing import Any

import numpy as np

from reliability.hostile.callables import Row

from .arguments import sources
from .base import Answers


def _life(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    positions = found["positions"]
    if not np.array_equal(positions, np.column_stack([at.x, at.y]), equal_nan=True):
        return ["positions are not those that were given"]
    if len(found["area"]) not in (1, len(at.x)):
        return [f"{len(found['area'])} areas"]
    return []


#: By operation, what compares its answer with the truth.
ANSWERS: Answers = {
    "life": _life,
}
