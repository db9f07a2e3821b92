"""Circles and circular annuli."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from astroapers import _patches
from astroapers._typing import Geometry, RawGeometry
from astroapers.apertures._base import PixelAp
from astroapers.apertures._parameter import Parameter

if TYPE_CHECKING:
    from matplotlib.patches import Patch


class CircAp(PixelAp):
    r"""
    Circular aperture.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Centre `(x, y)`, or `N` of them, in pixels.
    r : float or array_like, shape (N,)
        Radius in pixels, greater than 0; one for all positions, or one per position.
    validate : bool, optional
        False skips the checks of positions and of per-position geometry; a bad row then gives NaN.

    Raises
    ------
    TypeError
        If an argument is not of real numbers.
    ValueError
        If a shape is wrong, a position is not finite or the radius is not finite and greater than 0.

    Notes
    -----
    The area is :math:`\pi r^2`.

    Examples
    --------
    >>> import numpy as np
    >>> from astroapers import CircAp
    >>> star = CircAp((5.0, 6.0), r=2.0)
    >>> flux, npix = star.apsum_exact(np.ones((11, 11)))
    >>> print(f"{flux:.6f} {npix:.6f} {star.area:.6f}")
    12.566371 12.566371 12.566371
    """

    _tag = "circ"

    r = Parameter(0, "Radius in pixels.")

    def __init__(self, positions: ArrayLike, r: Geometry, *, validate: bool = True) -> None:
        self._build(positions, (r,), validate)

    def _patch(self, x: float, y: float, geometry: RawGeometry, properties: dict[str, Any]) -> Patch:
        return _patches.circle_patch(x, y, geometry, properties)


class CircAn(PixelAp):
    r"""
    Circular annulus.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Centre `(x, y)`, or `N` of them, in pixels.
    r_in : float or array_like, shape (N,)
        Inner radius in pixels, at least 0 (a disc) and smaller than `r_out`.
    r_out : float or array_like, shape (N,)
        Outer radius in pixels.
    validate : bool, optional
        False skips the checks of positions and of per-position geometry; a bad row then gives NaN.

    Raises
    ------
    TypeError
        If an argument is not of real numbers.
    ValueError
        If a shape is wrong, a position is not finite or a radius breaks its rule.

    Notes
    -----
    The area is :math:`\pi (r_\mathrm{out}^2 - r_\mathrm{in}^2)`.

    Examples
    --------
    The local background of a star is the median of the values in an annulus around it.

    >>> import numpy as np
    >>> from astroapers import CircAn
    >>> sky = CircAn((15.0, 15.0), r_in=6.0, r_out=10.0)
    >>> values = sky.sampled_values(np.full((31, 31), 7.0))[0]
    >>> print(values.size, np.median(values))
    196 7.0
    """

    _tag = "circ_ann"

    r_in = Parameter(0, "Inner radius in pixels.")
    r_out = Parameter(1, "Outer radius in pixels.")

    def __init__(self, positions: ArrayLike, r_in: Geometry, r_out: Geometry, *, validate: bool = True) -> None:
        self._build(positions, (r_in, r_out), validate)
