"""Where to measure: positions and apertures of a catalogue, in pixels of the whole image."""

from __future__ import annotations

from typing import Any

import numpy as np

from astroapers._fits import astrometry
from astroapers._fits.image import FitsImage
from astroapers._fits.job import Job
from astroapers._fits.lengths import ARCSECONDS, Length, known_unit
from astroapers._fits.types import Catalog, Setting
from astroapers._typing import FloatArray
from astroapers.apertures import CircAn, CircAp, EllipAp, PixelAp


def positions(catalog: Catalog, image: FitsImage) -> tuple[FloatArray, FloatArray]:
    """
    Find the sources of a catalogue.

    Parameters
    ----------
    catalog : Catalog
        With pixels or sky coordinates.
    image : FitsImage
        Which shows them, or some of them.

    Returns
    -------
    x, y : ndarray of float64, shape (N,)
        0-based pixels of the whole image; NaN for sources that its WCS cannot place.

    Raises
    ------
    ValueError
        If the catalogue has sky coordinates, and the image has no celestial WCS.
    """
    if catalog.x is not None and catalog.y is not None:
        return catalog.x, catalog.y
    if catalog.coord is None:
        raise ValueError(f"{catalog.source} has neither pixels nor sky coordinates")
    if image.wcs is None:
        raise ValueError(
            f"{catalog.source} has sky coordinates, but extension {image.ext} of {image.path} has no celestial WCS: "
            "give pixels (x=, y=, origin=)"
        )
    return astrometry.to_pixels(image.wcs, catalog.coord)


def on_sky(
    catalog: Catalog, image: FitsImage, x: FloatArray, y: FloatArray
) -> tuple[FloatArray, FloatArray] | tuple[None, None]:
    """
    Give the sky coordinates of sources.

    Parameters
    ----------
    catalog : Catalog
        The sources; if it has coordinates, they are these.
    image : FitsImage
        Whose WCS knows the others.
    x, y : ndarray of float64, shape (N,)
        0-based pixels of the whole image.

    Returns
    -------
    ra, dec : ndarray of float64, shape (N,), or None
        Degrees, ICRS; None if nobody knows.
    """
    if catalog.coord is not None:
        icrs = catalog.coord.icrs
        return np.asarray(icrs.ra.deg, dtype=np.float64), np.asarray(icrs.dec.deg, dtype=np.float64)
    return (None, None) if image.wcs is None else astrometry.to_sky(image.wcs, x, y)


class Placer:
    """
    Makes the apertures of a job on the sources of a catalogue.

    Parameters
    ----------
    job : Job
        What is asked for.
    catalog : Catalog
        Whose columns may hold radii.
    image : FitsImage
        Whose WCS knows the size of pixels.
    x, y : ndarray of float64, shape (N,)
        0-based pixels of the whole image; they need not be finite.

    Attributes
    ----------
    settings : list of Setting
        Filled with the size of pixels, if it was needed.
    """

    def __init__(self, job: Job, catalog: Catalog, image: FitsImage, x: FloatArray, y: FloatArray) -> None:
        self._job, self._catalog, self._image = job, catalog, image
        self._x, self._y = x, y
        self._positions = np.column_stack([x, y])
        self._scale: FloatArray | None = None
        self.settings: list[Setting] = []

    def apertures(self) -> list[PixelAp]:
        """
        Make one for each radius.

        Returns
        -------
        list of PixelAp
            Rows that are no position or no aperture are kept, and measured as NaN.

        Raises
        ------
        ValueError
            If a column is missing, or a length is an angle and the image has no celestial WCS.
        """
        radii = [self._pixels("r", radius) for radius in self._job.radii]
        axes = self._job.ellipse_axes
        if axes is None:
            return [CircAp(self._positions, r, validate=False) for r in radii]
        first, second, angle = axes
        a, b = self._pixels("a", first), self._pixels("b", second)
        theta = angle if isinstance(angle, float) else self._angles(angle.column)
        return [EllipAp(self._positions, r * a, r * b, theta, validate=False) for r in radii]

    def annulus(self) -> CircAn | None:
        """
        Make the annulus of the sky.

        Returns
        -------
        CircAn or None
            None if there is none.

        Raises
        ------
        ValueError
            If a radius is an angle and the image has no celestial WCS.
        """
        radii = self._job.annulus_radii
        if radii is None:
            return None
        r_in, r_out = (self._pixels("annulus", radius) for radius in radii)
        return CircAn(self._positions, r_in, r_out, validate=False)

    def _pixels(self, parameter: str, length: Length) -> FloatArray | float:
        if not length.column:
            return self._converted(parameter, str(length), length.value, length.unit)
        values, written = self._catalog.values(parameter, length.column)
        unit = known_unit(written)
        if unit is None:
            raise ValueError(
                f"{parameter}={length.column!r} is in {written}: it must be in pix, or in {', '.join(ARCSECONDS)}"
            )
        return self._converted(parameter, length.column, values, unit)

    def _converted(self, parameter: str, shown: str, value: Any, unit: str) -> FloatArray | float:
        """Convert to pixels of the size that they have at each source."""
        if unit == "pix":
            plain: FloatArray | float = value
            return plain
        image = self._image
        if image.wcs is None:
            raise ValueError(
                f"{parameter}={shown!r} is an angle, but extension {image.ext} of {image.path} has no celestial WCS: "
                "give pixels"
            )
        if self._scale is None:
            self._scale = astrometry.pixel_scale(image.wcs, self._x, self._y)
            good = self._scale[np.isfinite(self._scale)]
            median = float(np.median(good)) if good.size else None
            self.settings.append(Setting("pixel_scale", median, "arcsec", "WCS; the median of the sources' own"))
        return np.asarray(value * ARCSECONDS[unit] / self._scale)

    def _angles(self, column: str) -> FloatArray:
        """Read angles in radians; a column without a unit is in degrees."""
        values, unit = self._catalog.values("theta", column)
        if unit not in ("", "deg", "rad"):
            raise ValueError(f"theta={column!r} is in {unit}: it must be in deg or rad")
        return values if unit == "rad" else np.deg2rad(values)


def moved(apertures: list[PixelAp], dx: float, dy: float) -> list[PixelAp]:
    """
    Move apertures.

    Parameters
    ----------
    apertures : list of PixelAp
        The apertures.
    dx, dy : float
        What is added to their positions.

    Returns
    -------
    list of PixelAp
        Of the same geometry; themselves if they need not move.
    """
    if dx == 0 and dy == 0:
        return apertures
    return [
        type(aperture)(aperture.positions + np.array([dx, dy]), *aperture._geometry, validate=False)
        for aperture in apertures
    ]
