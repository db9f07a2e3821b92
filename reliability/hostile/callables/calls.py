"""How a callable is called, and how what it returns is read: as columns and arrays by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def by_keyword(function: Any, reader: Callable[[Any], dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """
    Call a function with all arguments by name.

    Parameters
    ----------
    function : callable
        What is called.
    reader : callable
        Makes a dict of what was measured from what it returns.

    Returns
    -------
    callable
        As `Row.call`.
    """
    return lambda arguments: reader(function(**arguments))


def constructed(
    cls: Any,
    own: tuple[str, ...],
    method: str,
    names: tuple[str, ...],
    reader: Callable[[Any], dict[str, Any]],
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """
    Construct an object, then call a method of it.

    Parameters
    ----------
    cls : type
        The class.
    own : tuple of str
        Which arguments are the constructor's.
    method : str
        What is called.
    names : tuple of str
        Which arguments are the method's.
    reader : callable
        Makes a dict of what was measured from what it returns.

    Returns
    -------
    callable
        As `Row.call`.
    """

    def call(arguments: dict[str, Any]) -> dict[str, Any]:
        aperture = cls(**{name: arguments[name] for name in own})
        return reader(getattr(aperture, method)(**{name: arguments[name] for name in names}))

    return call


def sums(found: Any) -> dict[str, Any]:
    """
    Read sums, with or without numbers of pixels.

    Parameters
    ----------
    found : ndarray, or tuple of two
        What was returned.

    Returns
    -------
    dict
        With "sum", and "npix" if there were two.
    """
    if isinstance(found, tuple):
        return {"sum": np.ravel(found[0]), "npix": np.ravel(found[1])}
    return {"sum": np.ravel(found)}


def counts(found: Any) -> dict[str, Any]:
    """
    Read numbers of pixels.

    Parameters
    ----------
    found : ndarray
        What was returned.

    Returns
    -------
    dict
        With "npix".
    """
    return {"npix": np.ravel(found)}


def boxes(found: Any) -> dict[str, Any]:
    """
    Read bounding boxes.

    Parameters
    ----------
    found : tuple of four ndarray, or list of BoundingBox
        What was returned.

    Returns
    -------
    dict
        With "boxes": first column, one past the last, and the same of rows.
    """
    if isinstance(found, tuple):
        return {"boxes": [tuple(map(int, row)) for row in zip(*found, strict=True)]}
    return {"boxes": [(box.ixmin, box.ixmax, box.iymin, box.iymax) for box in found]}
