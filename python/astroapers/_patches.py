"""Matplotlib patches of the shapes, in the simplest kind that is exact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from astroapers._extras import require
from astroapers._rust import _engine
from astroapers._typing import RawGeometry

if TYPE_CHECKING:
    from matplotlib.patches import Patch


def with_defaults(properties: dict[str, Any]) -> dict[str, Any]:
    """
    Add the properties that aperture patches have by default: unfilled, in the first colour of the cycle.

    Parameters
    ----------
    properties : dict
        Patch properties as the user gave them.

    Returns
    -------
    dict
        Those, and the defaults of the others.

    Examples
    --------
    >>> with_defaults({"lw": 2}), with_defaults({"ec": "r", "fill": True})
    ({'fill': False, 'edgecolor': 'C0', 'lw': 2}, {'fill': True, 'ec': 'r'})
    """
    defaults: dict[str, Any] = {"fill": False}
    if not properties.keys() & {"color", "ec", "edgecolor"}:
        defaults["edgecolor"] = "C0"
    return defaults | properties


def origin_of(origin: Sequence[float]) -> tuple[float, float]:
    """
    Check an origin.

    Parameters
    ----------
    origin : (x, y)
        Two numbers.

    Returns
    -------
    tuple of float
        The same.

    Raises
    ------
    ValueError
        If it is not two finite numbers.

    Examples
    --------
    >>> origin_of((1, 2))
    (1.0, 2.0)
    """
    try:
        x, y = (float(value) for value in origin)
    except (TypeError, ValueError):
        raise ValueError(f"origin must be (x, y), got {origin!r}") from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError(f"origin=({x}, {y}) must be finite")
    return x, y


def circle_patch(x: float, y: float, geometry: RawGeometry, properties: dict[str, Any]) -> Patch:
    """
    Make the patch of a circle.

    Parameters
    ----------
    x, y : float
        Centre in pixels.
    geometry : tuple of float
        Radius in pixels.
    properties : dict
        Patch properties.

    Returns
    -------
    matplotlib.patches.Circle
        The patch.
    """
    patch: Patch = require("matplotlib.patches", extra="plot").Circle((x, y), *geometry, **properties)
    return patch


def ellipse_patch(x: float, y: float, geometry: RawGeometry, properties: dict[str, Any]) -> Patch:
    """
    Make the patch of an ellipse.

    Parameters
    ----------
    x, y : float
        Centre in pixels.
    geometry : tuple of float
        Semi-axes in pixels, rotation in radians.
    properties : dict
        Patch properties.

    Returns
    -------
    matplotlib.patches.Ellipse
        The patch.
    """
    a, b, theta = geometry
    patches = require("matplotlib.patches", extra="plot")
    patch: Patch = patches.Ellipse((x, y), 2.0 * a, 2.0 * b, angle=math.degrees(theta), **properties)
    return patch


def rectangle_patch(x: float, y: float, geometry: RawGeometry, properties: dict[str, Any]) -> Patch:
    """
    Make the patch of a rectangle that is rotated about its centre.

    Parameters
    ----------
    x, y : float
        Centre in pixels.
    geometry : tuple of float
        Full widths in pixels, rotation in radians.
    properties : dict
        Patch properties.

    Returns
    -------
    matplotlib.patches.Polygon
        The patch.
    """
    w, h, theta = geometry
    along = 0.5 * w * np.array([math.cos(theta), math.sin(theta)])
    across = 0.5 * h * np.array([-math.sin(theta), math.cos(theta)])
    corners = np.add((x, y), [-along - across, along - across, along + across, across - along])
    patch: Patch = require("matplotlib.patches", extra="plot").Polygon(corners, closed=True, **properties)
    return patch


def outline_patch(tag: str, x: float, y: float, geometry: RawGeometry, properties: dict[str, Any]) -> Patch:
    """
    Make the patch of any shape from its outline, with its holes.

    Parameters
    ----------
    tag : str
        The shape.
    x, y : float
        Position in pixels.
    geometry : tuple
        Its geometry.
    properties : dict
        Patch properties.

    Returns
    -------
    matplotlib.patches.PathPatch
        The patch.
    """
    vertices, codes = _engine("outline", tag, "exact", None, None, geometry)
    path = require("matplotlib.path", extra="plot").Path(np.add(vertices, (x, y)), codes)
    patch: Patch = require("matplotlib.patches", extra="plot").PathPatch(path, **properties)
    return patch


def empty_patch(properties: dict[str, Any]) -> Patch:
    """
    Make a patch that draws nothing, for a position or geometry that is not finite.

    Parameters
    ----------
    properties : dict
        Patch properties.

    Returns
    -------
    matplotlib.patches.PathPatch
        The patch.
    """
    path = require("matplotlib.path", extra="plot").Path(np.empty((0, 2)))
    patch: Patch = require("matplotlib.patches", extra="plot").PathPatch(path, **properties)
    return patch
