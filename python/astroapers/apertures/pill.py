"""Pills, which trace a star that trailed during the exposure, and annuli of pills."""

from __future__ import annotations

from numpy.typing import ArrayLike

from astroapers._typing import Geometry
from astroapers.apertures._parameter import Parameter
from astroapers.apertures._sampled import SampledAp


class PillAp(SampledAp):
    r"""
    Pill-shaped aperture: a rectangle with half-ellipse caps.

    The rectangle is `w` long and `2 b` high; caps of semi-axes `a` along and `b` across it are centred on its
    ends.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Centre `(x, y)`, or `N` of them, in pixels.
    w : float or array_like, shape (N,)
        Full width of the straight part along the direction `theta` in pixels, greater than 0.
    a : float or array_like, shape (N,)
        Semi-axis of the caps along the pill in pixels, greater than 0.
    b : float or array_like, shape (N,)
        Semi-axis of the caps across the pill in pixels, greater than 0.
    theta : float or array_like, shape (N,), optional
        Rotation in radians, counter-clockwise from +x.
    plot_samples : int, optional
        Accepted and kept for compatibility; outlines are drawn as true curves, which need no samples.
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
    The area is :math:`2 w b + \pi a b`.

    Examples
    --------
    >>> from astroapers import PillAp
    >>> trail = PillAp((5.0, 6.0), w=10.0, a=2.0, b=2.0, theta=0.5)
    >>> print(f"{trail.area:.6f}")
    52.566371
    """

    _tag = "pill"

    w = Parameter(0, "Full width of the straight part in pixels.")
    a = Parameter(1, "Semi-axis of the caps along the pill in pixels.")
    b = Parameter(2, "Semi-axis of the caps across it in pixels.")
    theta = Parameter(3, "Rotation in radians, counter-clockwise from +x.")

    def __init__(
        self,
        positions: ArrayLike,
        w: Geometry,
        a: Geometry,
        b: Geometry,
        theta: Geometry = 0.0,
        plot_samples: int = 96,
        *,
        validate: bool = True,
    ) -> None:
        self._keep_plot_samples(plot_samples)
        self._build(positions, (w, a, b, theta), validate)


class PillAn(SampledAp):
    r"""
    Annulus of two pills.

    Each pill has its own rotation.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Centre `(x, y)`, or `N` of them, in pixels.
    w_in : float or array_like, shape (N,)
        Full width of the inner pill's straight part along `theta_in` in pixels, greater than 0, at most `w_out`.
    a_in : float or array_like, shape (N,)
        Semi-axis of the inner pill's caps along it in pixels, greater than 0, at most `a_out`.
    b_in : float or array_like, shape (N,)
        Semi-axis of the inner pill's caps across it in pixels, greater than 0, at most `b_out`.
    w_out : float or array_like, shape (N,)
        Full width of the outer pill's straight part along `theta_out` in pixels.
    a_out : float or array_like, shape (N,)
        Semi-axis of the outer pill's caps along it in pixels.
    b_out : float or array_like, shape (N,)
        Semi-axis of the outer pill's caps across it in pixels.
    theta_in : float or array_like, shape (N,), optional
        Rotation of the inner shape in radians, counter-clockwise from +x.
    theta_out : float or array_like, shape (N,), optional
        Rotation of the outer shape in radians; None, the default, takes `theta_in`.
    plot_samples : int, optional
        Accepted and kept for compatibility; outlines are drawn as true curves, which need no samples.
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
    The annulus is the outer pill without the inner one, also where a rotated inner pill reaches out of the
    outer one. If it does not, the area is :math:`2 (w_\mathrm{out} b_\mathrm{out} - w_\mathrm{in}
    b_\mathrm{in}) + \pi (a_\mathrm{out} b_\mathrm{out} - a_\mathrm{in} b_\mathrm{in})`.

    Examples
    --------
    >>> from astroapers import PillAn
    >>> sky = PillAn((5.0, 6.0), 10.0, 3.0, 3.0, 10.0, 5.0, 5.0, theta_in=0.5)
    >>> print(f"{sky.area:.6f}")
    90.265482
    """

    _tag = "pill_ann"

    w_in = Parameter(0, "Full width of the inner straight part in pixels.")
    a_in = Parameter(1, "Semi-axis of the inner caps along the pill in pixels.")
    b_in = Parameter(2, "Semi-axis of the inner caps across it in pixels.")
    w_out = Parameter(3, "Full width of the outer straight part in pixels.")
    a_out = Parameter(4, "Semi-axis of the outer caps along the pill in pixels.")
    b_out = Parameter(5, "Semi-axis of the outer caps across it in pixels.")
    theta_in = Parameter(6, "Rotation of the inner pill in radians.")
    theta_out = Parameter(7, "Rotation of the outer pill in radians.")

    def __init__(
        self,
        positions: ArrayLike,
        w_in: Geometry,
        a_in: Geometry,
        b_in: Geometry,
        w_out: Geometry,
        a_out: Geometry,
        b_out: Geometry,
        *,
        theta_in: Geometry = 0.0,
        theta_out: Geometry | None = None,
        plot_samples: int = 96,
        validate: bool = True,
    ) -> None:
        angles = (theta_in, theta_in if theta_out is None else theta_out)
        self._keep_plot_samples(plot_samples)
        self._build(positions, (w_in, a_in, b_in, w_out, a_out, b_out, *angles), validate)
