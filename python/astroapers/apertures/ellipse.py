"""Ellipses and elliptical annuli."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from astroapers import _patches
from astroapers._typing import Geometry, RawGeometry
from astroapers.apertures._base import PixelAp
from astroapers.apertures._parameter import Parameter

if TYPE_CHECKING:
    from matplotlib.patches import Patch


class EllipAp(PixelAp):
    r"""
    Elliptical aperture.

    The semi-axis `a` points along `theta`, which may be the longer or the shorter one.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Centre `(x, y)`, or `N` of them, in pixels.
    a : float or array_like, shape (N,)
        Semi-axis along the direction `theta` in pixels, greater than 0.
    b : float or array_like, shape (N,)
        Semi-axis across it in pixels, greater than 0.
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
    The area is :math:`\pi a b`.

    Examples
    --------
    >>> from astroapers import EllipAp
    >>> galaxy = EllipAp((5.0, 6.0), a=3.0, b=2.0, theta=0.5)
    >>> print(f"{galaxy.area:.6f}")
    18.849556
    """

    _tag = "ellip"

    a = Parameter(0, "Semi-axis along `theta` in pixels.")
    b = Parameter(1, "Semi-axis across it in pixels.")
    theta = Parameter(2, "Rotation in radians, counter-clockwise from +x.")

    def __init__(
        self,
        positions: ArrayLike,
        a: Geometry,
        b: Geometry,
        theta: Geometry = 0.0,
        *,
        validate: bool = True,
    ) -> None:
        self._build(positions, (a, b, theta), validate)

    def _patch(self, x: float, y: float, geometry: RawGeometry, properties: dict[str, Any]) -> Patch:
        return _patches.ellipse_patch(x, y, geometry, properties)


class EllipAn(PixelAp):
    r"""
    Elliptical annulus.

    Each ellipse has its own rotation.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Centre `(x, y)`, or `N` of them, in pixels.
    a_in : float or array_like, shape (N,)
        Inner semi-axis along `theta_in` in pixels, greater than 0, at most `a_out`.
    b_in : float or array_like, shape (N,)
        Inner semi-axis across it in pixels, greater than 0, at most `b_out`.
    a_out : float or array_like, shape (N,)
        Outer semi-axis along `theta_out` in pixels.
    b_out : float or array_like, shape (N,)
        Outer semi-axis across it in pixels.
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
    The annulus is the outer ellipse without the inner one, also where a rotated inner ellipse reaches out of
    the outer one. If it does not, the area is :math:`\pi (a_\mathrm{out} b_\mathrm{out} - a_\mathrm{in}
    b_\mathrm{in})`.

    Examples
    --------
    >>> from astroapers import EllipAn
    >>> ring = EllipAn((5.0, 6.0), a_in=3.0, b_in=2.0, a_out=6.0, b_out=4.0, theta_in=0.5)
    >>> print(f"{ring.area:.6f}", ring.theta_out)
    56.548668 0.5
    """

    _tag = "ellip_ann"

    a_in = Parameter(0, "Inner semi-axis along `theta_in` in pixels.")
    b_in = Parameter(1, "Inner semi-axis across it in pixels.")
    a_out = Parameter(2, "Outer semi-axis along `theta_out` in pixels.")
    b_out = Parameter(3, "Outer semi-axis across it in pixels.")
    theta_in = Parameter(4, "Rotation of the inner ellipse in radians.")
    theta_out = Parameter(5, "Rotation of the outer ellipse in radians.")

    def __init__(
        self,
        positions: ArrayLike,
        a_in: Geometry,
        b_in: Geometry,
        a_out: Geometry,
        b_out: Geometry,
        *,
        theta_in: Geometry = 0.0,
        theta_out: Geometry | None = None,
        validate: bool = True,
    ) -> None:
        angles = (theta_in, theta_in if theta_out is None else theta_out)
        self._build(positions, (a_in, b_in, a_out, b_out, *angles), validate)
