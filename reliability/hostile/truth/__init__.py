"""What the right answer is: the weights of each pixel, and NumPy in extended precision.

The weights come from the raw functions on plain numbers, over the image alone, so that an aperture of any size has
some; the oracle's cases say whether those are right. Everything else - masks, edges, sums, values, cutouts - is
done here anew. Each kind of answer is a module, whose `ANSWERS` say for which operations it is.
"""

from __future__ import annotations

from typing import Any

from reliability.hostile.callables import Row

from . import life, photometry, sums, values, weights
from .arguments import NotPlain
from .base import Answers

#: By operation, what compares its answer with the truth.
ANSWERS: Answers = sums.ANSWERS | weights.ANSWERS | values.ANSWERS | life.ANSWERS | photometry.ANSWERS


def check(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """
    Compare an answer with the truth.

    Parameters
    ----------
    row : Row
        The callable.
    arguments : dict
        What it was called with.
    found : dict
        What it gave.

    Returns
    -------
    list of str
        What is wrong, in words.
    """
    try:
        wrong: list[str] = ANSWERS.get(row.operation, _nothing)(row, arguments, found)
    except NotPlain:
        return []
    return wrong


def _nothing(_row: Row, _arguments: dict[str, Any], _found: dict[str, Any]) -> list[str]:
    return []
