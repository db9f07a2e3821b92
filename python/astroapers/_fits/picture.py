"""The picture of ``--plot``: an image with everything that was measured on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers._demo_picture import BLUE, RED
from astroapers._extras import require
from astroapers._fits.types import Measured
from astroapers._fits.write import beside
from astroapers._photometry.sky import Annuli
from astroapers.apertures import PixelAp

#: Inches of the longer side, and pixels per inch: a CCD of 2048 pixels is shown almost one to one.
_SIDE = 11.0
_DPI = 180

#: Room for axes and title.
_MARGINS = (1.2, 1.1)

#: Percentiles of the good pixels between which the image is shown; but nothing far below the sky, such as overscan.
_CUTS = (1.0, 99.8)
_BELOW = 3.0

#: The softening of the stretch between them.
_ASINH = 0.05

#: The standard deviation of normal values in units of their median absolute deviation.
_OF_MAD = 1.4826

#: Beyond so many sources annuli would hide the image; they are drawn thin.
_MANY = 30


def draw(measured: Measured, path: Path) -> None:
    """
    Draw an image with its apertures and annuli.

    Parameters
    ----------
    measured : Measured
        What was measured.
    path : Path
        The picture, which is replaced if it exists; its suffix says which kind.
    """
    mpl = require("matplotlib", extra="phot")
    figures = require("matplotlib.figure", extra="phot")
    image = measured.image
    ny, nx = image.data.shape
    scale = _SIDE / max(nx, ny)
    size = (max(nx * scale, _SIDE / 3) + _MARGINS[0], max(ny * scale, _SIDE / 3) + _MARGINS[1])
    with mpl.rc_context({"image.origin": "lower", "axes.titlesize": 11}):
        figure = figures.Figure(figsize=size, layout="constrained", facecolor="white")
        ax = figure.add_subplot(**({} if image.wcs is None else {"projection": image.wcs}))
        _image(ax, measured)
        shown = _apertures(ax, measured)
        ax.set_title(_title(measured, int(shown.sum())))
        if image.wcs is None:
            ax.set(xlabel="x (pixels)", ylabel="y (pixels)")
        else:
            ax.set_xlabel("right ascension", labelpad=0.5)
            ax.set_ylabel("declination", labelpad=0.2)
        with beside(path) as part:
            figure.savefig(part, dpi=_DPI, format=path.suffix.lower().removeprefix("."))


def _title(measured: Measured, shown: int) -> str:
    n = len(measured.phot)
    where = "" if shown == n else f", {n - shown} of them outside the image"
    return f"{measured.path.name} [{measured.ext}]: {n} source{'' if n == 1 else 's'}{where}"


def _image(ax: Any, measured: Measured) -> None:
    """Show the pixels; bad ones have a colour that no other has."""
    visualization = require("astropy.visualization", extra="phot")
    mpl = require("matplotlib", extra="phot")
    image = measured.image
    pixels = image.physical()
    good = np.isfinite(pixels)
    colours = mpl.colormaps["gray_r"].with_extremes(bad="#f6d9a8")
    norm = None
    if good.any():
        low, high = cuts(pixels[good])
        norm = visualization.simple_norm(pixels[good], "asinh", asinh_a=_ASINH, vmin=low, vmax=high)
    (x0, y0), (ny, nx) = image.offset, pixels.shape
    extent = (x0 - 0.5, x0 + nx - 0.5, y0 - 0.5, y0 + ny - 0.5)
    ax.imshow(np.ma.masked_array(pixels, ~good), cmap=colours, norm=norm, extent=extent)
    ax.set(xlim=extent[:2], ylim=extent[2:])


def cuts(values: NDArray[np.float64]) -> tuple[float, float]:
    """
    Choose what is white and what is black.

    Parameters
    ----------
    values : ndarray of float64
        The good pixels.

    Returns
    -------
    low, high : float
        Between them lies the sky, light, and what is brighter.

    Examples
    --------
    >>> low, high = cuts(np.concatenate([np.zeros(50), np.full(900, 99.0), np.full(900, 101.0), np.full(9, 5000.0)]))
    >>> print(f"{low:.2f} {high:.0f}")
    90.10 5000
    """
    low, high = np.percentile(values, _CUTS)
    median = np.median(values)
    scatter = _OF_MAD * np.median(np.abs(values - median))
    return float(max(low, median - _BELOW * scatter)), float(high)


def _apertures(ax: Any, measured: Measured) -> NDArray[np.bool_]:
    """Draw what lies in the image, and tell which sources these are."""
    phot = measured.phot
    (x0, y0), (ny, nx) = measured.image.offset, measured.image.data.shape
    inside: NDArray[np.bool_] = (
        (phot.x >= x0 - 0.5) & (phot.x <= x0 + nx - 0.5) & (phot.y >= y0 - 0.5) & (phot.y <= y0 + ny - 0.5)
    )
    thin = inside.sum() > _MANY
    drawn: list[tuple[PixelAp, dict[str, Any]]]
    drawn = [(aperture, {"ec": RED, "lw": 0.6 if thin else 1.2}) for aperture in phot._record.targets.apertures]
    if isinstance(phot._record.sky, Annuli):
        drawn.append((phot._record.sky.aperture, {"ec": BLUE, "lw": 0.4 if thin else 0.9, "alpha": 0.6 if thin else 1}))
    for aperture, properties in drawn:
        rows = np.flatnonzero(inside & np.isfinite(np.broadcast_to(aperture.area, len(phot))))
        if rows.size:
            aperture[rows].plot(ax, **properties)
    return inside
