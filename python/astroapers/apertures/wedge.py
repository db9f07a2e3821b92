"""Wedges of annuli: tails of comets, sectors of galaxies."""

from __future__ import annotations

from numpy.typing import ArrayLike

from astroapers._typing import Geometry
from astroapers.apertures._parameter import Parameter
from astroapers.apertures._sampled import SampledAp


class WedgeAp(SampledAp):
    r"""
    Wedge-shaped aperture.

    It is bounded by an arc of radius `r_in`, an arc of radius `r_out`, and the two straight lines that join
    their ends.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Centre `(x, y)`, or `N` of them, in pixels.
    r_in : float or array_like, shape (N,)
        Radius of the inner arc in pixels, at least 0 (a slice of a disc), smaller than `r_out`.
    r_out : float or array_like, shape (N,)
        Radius of the outer arc in pixels, greater than `r_in`.
    theta_in : float or array_like, shape (N,)
        Direction of the middle of the inner arc in radians, counter-clockwise from +x.
    dtheta_in : float or array_like, shape (N,)
        Full angular width of the inner arc in radians, in (0, 2 pi).
    theta_out : float or array_like, shape (N,), optional
        Direction of the middle of the outer arc in radians; None, the default, takes `theta_in`.
    dtheta_out : float or array_like, shape (N,), optional
        Full angular width of the outer arc in radians; None, the default, takes `dtheta_in`.
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
    The area is :math:`(r_\mathrm{out}^2 \Delta_\mathrm{out} - r_\mathrm{in}^2 \Delta_\mathrm{in}) / 2
    + r_\mathrm{in} r_\mathrm{out} \sin((\Delta_\mathrm{in} - \Delta_\mathrm{out}) / 2)
    \cos(\theta_\mathrm{in} - \theta_\mathrm{out})` with the widths :math:`\Delta`, by Green's theorem
    along the outline. An outline that crosses itself is refused.

    Examples
    --------
    >>> from astroapers import WedgeAp
    >>> tail = WedgeAp((5.0, 6.0), r_in=2.0, r_out=6.0, theta_in=0.5, dtheta_in=1.0)
    >>> print(tail.area, tail.theta_out, tail.dtheta_out)
    16.0 0.5 1.0
    """

    _tag = "wedge"

    r_in = Parameter(0, "Radius of the inner arc in pixels.")
    r_out = Parameter(1, "Radius of the outer arc in pixels.")
    theta_in = Parameter(2, "Direction of the middle of the inner arc in radians.")
    dtheta_in = Parameter(3, "Full angular width of the inner arc in radians.")
    theta_out = Parameter(4, "Direction of the middle of the outer arc in radians.")
    dtheta_out = Parameter(5, "Full angular width of the outer arc in radians.")

    def __init__(
        self,
        positions: ArrayLike,
        r_in: Geometry,
        r_out: Geometry,
        theta_in: Geometry,
        dtheta_in: Geometry,
        theta_out: Geometry | None = None,
        dtheta_out: Geometry | None = None,
        plot_samples: int = 96,
        *,
        validate: bool = True,
    ) -> None:
        theta_out = theta_in if theta_out is None else theta_out
        dtheta_out = dtheta_in if dtheta_out is None else dtheta_out
        self._keep_plot_samples(plot_samples)
        self._build(positions, (r_in, r_out, theta_in, dtheta_in, theta_out, dtheta_out), validate)
