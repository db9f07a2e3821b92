"""Ways to make a hostile value from the plain one, or from nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .base import Make


def always(value: Any) -> Make:
    """
    Make the same value, whatever the plain one is.

    Parameters
    ----------
    value : object
        What is passed.

    Returns
    -------
    callable
        As `Hostile.make`.

    Examples
    --------
    >>> always(3)("plain")
    3
    """
    return lambda _: value


def itself(value: Any) -> Any:
    """
    Keep the plain value.

    Parameters
    ----------
    value : object
        The plain value.

    Returns
    -------
    object
        The same.

    Examples
    --------
    >>> itself(3)
    3
    """
    return value


def after(first: Make, second: Make) -> Make:
    """
    Make one thing of another.

    Parameters
    ----------
    first, second : callable
        What makes the one from the plain value, and the other from that.

    Returns
    -------
    callable
        As `Hostile.make`.

    Examples
    --------
    >>> after(float, str)(3)
    '3.0'
    """
    return lambda value: second(first(value))


def each_of(make: Make) -> Make:
    """
    Repeat the plain value for each of three apertures.

    Parameters
    ----------
    make : callable
        Makes the hostile value from the array.

    Returns
    -------
    callable
        As `Hostile.make`.

    Examples
    --------
    >>> each_of(np.ndarray.tolist)(2)
    [2, 2, 2]
    """
    return lambda value: make(np.array([value, value, value]))


def replaced(place: int, number: float) -> Make:
    """
    Put a number into a copy of the plain array.

    Parameters
    ----------
    place : int
        Where, as if the array were flat.
    number : float
        What.

    Returns
    -------
    callable
        As `Hostile.make`.

    Examples
    --------
    >>> replaced(1, 9.0)(np.zeros(3))
    array([0., 9., 0.])
    """

    def make(values: Any) -> Any:
        changed = np.array(values)
        changed.reshape(-1)[place] = number
        return changed

    return make


def filled(number: float) -> Make:
    """
    Give every entry of the plain array the same number, or the nearest of its dtype.

    Parameters
    ----------
    number : float
        Which.

    Returns
    -------
    callable
        As `Hostile.make`.

    Examples
    --------
    >>> filled(300.0)(np.zeros(2, np.uint8))
    array([255, 255], dtype=uint8)
    """
    return lambda values: np.full_like(values, fit(number, values.dtype))


def fit(number: float, dtype: Any) -> Any:
    """
    Give the number of a dtype that is nearest; 0 for NaN in whole numbers.

    Parameters
    ----------
    number : float
        Any.
    dtype : dtype
        Of floats or integers.

    Returns
    -------
    float or int
        Itself if it is a float.

    Examples
    --------
    >>> fit(-1.0, np.dtype(np.uint8))
    0
    """
    if dtype.kind == "f":
        return number
    bounds = np.iinfo(dtype)
    return 0 if math.isnan(number) else int(min(max(number, bounds.min), bounds.max))
