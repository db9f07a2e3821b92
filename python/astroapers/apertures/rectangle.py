"""Rectangles and rectangular annuli."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from astroapers import _patches
from astroapers._typing import Geometry, RawGeometry
from astroapers.apertures._base import PixelAp
from astroapers.apertures._parameter import Parameter

if TYPE_CHECKING:
    from matplotlib.patches import Patch


class RectAp(PixelAp):
    """
    Rectangular aperture.

    The full width `w` lies along `theta`, such as along a slit or a spectrum.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Centre `(x, y)`, or `N` of them, in pixels.
    w : float or array_like, shape (N,)
        Full width along the direction `theta` in pixels, greater than 0.
    h : float or array_like, shape (N,)
        Full height across it in pixels, greater than 0.
    theta : float or array_like, shape (N,), optional
        Rotation in radians, counter-clockwise from +x.
    validate : bool, optional
        False skips the checks of positions and of per-position geometry; a bad row then gives NaN.

    Raises
    ------
    TypeError
        If an argument is not of real numbers.
    ValueError
        If a shape is wrong, a position is not finite or a parameter breaks its rule.

    Notes
    -----
    The area is :math:`w h`.

    Examples
    --------
    >>> from astroapers import RectAp
    >>> slit = RectAp((5.0, 6.0), w=4.0, h=3.0, theta=0.5)
    >>> slit.area
    12.0
    """

    _tag = "rect"

    w = Parameter(0, "Full width along `theta` in pixels.")
    h = Parameter(1, "Full height across it in pixels.")
    theta = Parameter(2, "Rotation in radians, counter-clockwise from +x.")

    def __init__(
        self,
        positions: ArrayLike,
        w: Geometry,
        h: Geometry,
        theta: Geometry = 0.0,
        *,
        validate: bool = True,
    ) -> None:
        self._build(positions, (w, h, theta), validate)

    def _patch(self, x: float, y: float, geometry: RawGeometry, properties: dict[str, Any]) -> Patch:
        return _patches.rectangle_patch(x, y, geometry, properties)


class RectAn(PixelAp):
    r"""
    Rectangular annulus.

    Each rectangle has its own rotation.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Centre `(x, y)`, or `N` of them, in pixels.
    w_in : float or array_like, shape (N,)
        Inner full width along `theta_in` in pixels, greater than 0, at most `w_out`.
    h_in : float or array_like, shape (N,)
        Inner full height across it in pixels, greater than 0, at most `h_out`.
    w_out : float or array_like, shape (N,)
        Outer full width along `theta_out` in pixels.
    h_out : float or array_like, shape (N,)
        Outer full height across it in pixels.
    theta_in : float or array_like, shape (N,), optional
        Rotation of the inner shape in radians, counter-clockwise from +x.
    theta_out : float or array_like, shape (N,), optional
        Rotation of the outer shape in radians; None, the default, takes `theta_in`.
    validate : bool, optional
        False skips the checks of positions and of per-position geometry; a bad row then gives NaN.

    Raises
    ------
    TypeError
        If an argument is not of real numbers.
    ValueError
        If a shape is wrong, a position is not finite or a parameter breaks its rule.

    Notes
    -----
    The annulus is the outer rectangle without the inner one, also where a rotated inner rectangle reaches out
    of the outer one. If it does not, the area is :math:`w_\mathrm{out} h_\mathrm{out} - w_\mathrm{in}
    h_\mathrm{in}`.

    Examples
    --------
    >>> from astroapers import RectAn
    >>> frame = RectAn((5.0, 6.0), w_in=2.0, h_in=1.0, w_out=5.0, h_out=4.0)
    >>> frame.area
    18.0
    """

    _tag = "rect_ann"

    w_in = Parameter(0, "Inner full width along `theta_in` in pixels.")
    h_in = Parameter(1, "Inner full height across it in pixels.")
    w_out = Parameter(2, "Outer full width along `theta_out` in pixels.")
    h_out = Parameter(3, "Outer full height across it in pixels.")
    theta_in = Parameter(4, "Rotation of the inner rectangle in radians.")
    theta_out = Parameter(5, "Rotation of the outer rectangle in radians.")

    def __init__(
        self,
        positions: ArrayLike,
        w_in: Geometry,
        h_in: Geometry,
        w_out: Geometry,
        h_out: Geometry,
        *,
        theta_in: Geometry = 0.0,
        theta_out: Geometry | None = None,
        validate: bool = True,
    ) -> None:
        angles = (theta_in, theta_in if theta_out is None else theta_out)
        self._build(positions, (w_in, h_in, w_out, h_out, *angles), validate)
