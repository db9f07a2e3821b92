"""When two answers are the same, up to the rounding of sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from reliability.hostile.layouts import Array

#: How far a sum may be from that of the same weights in extended precision, relative to the sum of the sizes.
ROUNDING = 1e-12


def total(values: Array) -> tuple[float, float]:
    """
    Sum in extended precision, and the sum of the sizes.

    Parameters
    ----------
    values : ndarray
        The terms.

    Returns
    -------
    sum, size : float
        The two sums.

    Examples
    --------
    >>> total(np.array([1.0, -2.0]))
    (-1.0, 3.0)
    """
    with np.errstate(all="ignore"):
        wide = values.astype(np.longdouble)
        return float(wide.sum()), float(np.abs(wide).sum())


def differs(got: float, values: Array) -> bool:
    """
    Whether a sum is not that of its terms.

    Parameters
    ----------
    got : float
        What was given.
    values : ndarray
        The terms.

    Returns
    -------
    bool
        NaN must be NaN and infinity must be infinity; where the sizes of the terms go beyond float64, their sum
        may be any of these.

    Examples
    --------
    >>> differs(3.0, np.array([1.0, 2.0])), differs(3.1, np.array([1.0, 2.0]))
    (False, True)
    """
    want, size = total(values)
    if np.isfinite(values).all() and not np.isfinite(size):
        return bool(np.isfinite(got) and not np.isfinite(want))
    if not np.isfinite(want):
        return not (got == want or (np.isnan(got) and np.isnan(want)))
    return not abs(got - want) <= ROUNDING * size + 5e-324 * values.size


def close(got: Array, want: Array) -> bool:
    """
    Say whether values are those that they should be.

    Parameters
    ----------
    got, want : ndarray
        What was given, and what is right.

    Returns
    -------
    bool
        False also where the shapes differ; NaN must be NaN and infinity must be infinity.

    Examples
    --------
    >>> close(np.array([np.nan]), np.array([np.nan])), close(np.zeros(2), np.zeros(1))
    (True, False)
    """
    if got.shape != want.shape:
        return False
    got, want = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(all="ignore"):
        near = np.abs(got - want) <= ROUNDING * np.abs(want) + 5e-324
    return bool((near | (got == want) | (np.isnan(got) & np.isnan(want))).all())


def lengths(found: dict[str, Any], n: int) -> list[str]:
    """
    Say which columns have another number of entries than there are sources.

    Parameters
    ----------
    found : dict
        What a call gave.
    n : int
        The number of sources.

    Returns
    -------
    list of str
        What is wrong, in words.

    Examples
    --------
    >>> lengths({"sum": np.zeros(2)}, 3)
    ['sum has 2 entries for 3 sources']
    """
    return [f"{name} has {len(column)} entries for {n} sources" for name, column in found.items() if len(column) != n]
