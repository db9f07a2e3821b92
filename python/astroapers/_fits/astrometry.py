"""Between pixels and the sky."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from astroapers._extras import require
from astroapers._typing import FloatArray

#: A position that does not come back to within so many pixels was not found: distortions are inverted step by step,
#: which fails where they were never meant to be used.
_RETURNS = 0.01

#: Half the distance in pixels over which the scale is measured.
_HALF = 0.5


def to_pixels(wcs: Any, coord: Any) -> tuple[FloatArray, FloatArray]:
    """
    Find where sky coordinates are in an image.

    Parameters
    ----------
    wcs : astropy.wcs.WCS
        Of the image.
    coord : SkyCoord, shape (N,)
        The coordinates, in any frame.

    Returns
    -------
    x, y : ndarray of float64, shape (N,)
        0-based pixels; NaN for what the image's projection cannot show.
    """
    utils = require("astropy.wcs.utils", extra="phot")
    local = coord.transform_to(utils.wcs_to_celestial_frame(wcs))
    lon, lat = local.spherical.lon.deg, local.spherical.lat.deg
    world = [lon, lat] if wcs.wcs.lng < wcs.wcs.lat else [lat, lon]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        x, y = _inverse(wcs, *(np.asarray(axis, dtype=np.float64) for axis in world))
        found = np.array(wcs.all_pix2world(x, y, 0))
        again = np.array(wcs.all_pix2world([x + _HALF, x], [y, y + _HALF], 0)).reshape(2, 2, -1)
    # Pixels that the difference on the sky amounts to, by the size of the pixel there.
    size = np.hypot(*_offset(found[:, None], again, wcs)).max(axis=0) / _HALF
    off = np.hypot(*_offset(found, np.array(world), wcs)) / size
    lost = ~(off < _RETURNS)
    x[lost] = y[lost] = np.nan
    return x, y


def _inverse(wcs: Any, *world: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = np.full(len(world[0]), np.nan), np.full(len(world[0]), np.nan)
    good = np.isfinite(world[0]) & np.isfinite(world[1])
    if good.any():
        x[good], y[good] = wcs.all_world2pix(*(axis[good] for axis in world), 0, quiet=True)
    return x, y


def _offset(first: FloatArray, second: FloatArray, wcs: Any) -> tuple[FloatArray, FloatArray]:
    """Differences of world coordinates in degrees of arc; small ones are all that matters."""
    lon, lat = wcs.wcs.lng, wcs.wcs.lat
    turn = (second[lon] - first[lon] + 180) % 360 - 180
    return turn * np.cos(np.deg2rad(second[lat])), second[lat] - first[lat]


def to_sky(wcs: Any, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Find the sky coordinates of pixels.

    Parameters
    ----------
    wcs : astropy.wcs.WCS
        Of the image.
    x, y : ndarray of float64, shape (N,)
        0-based pixels.

    Returns
    -------
    ra, dec : ndarray of float64, shape (N,)
        Degrees, ICRS; NaN where there is no sky.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        coord = wcs.pixel_to_world(x, y).icrs
    return np.asarray(coord.ra.deg, dtype=np.float64), np.asarray(coord.dec.deg, dtype=np.float64)


def pixel_scale(wcs: Any, x: FloatArray, y: FloatArray) -> FloatArray:
    """
    Measure the size of pixels on the sky, with all distortions.

    Parameters
    ----------
    wcs : astropy.wcs.WCS
        Of the image.
    x, y : ndarray of float64, shape (N,)
        0-based pixels.

    Returns
    -------
    ndarray of float64, shape (N,)
        Root of the solid angle of a pixel around each position, in arcseconds.
    """
    right, left = _directions(wcs, x + _HALF, y), _directions(wcs, x - _HALF, y)
    above, below = _directions(wcs, x, y + _HALF), _directions(wcs, x, y - _HALF)
    with np.errstate(invalid="ignore"):
        solid = np.linalg.norm(np.cross(right - left, above - below, axis=0), axis=0)
    return np.asarray(np.rad2deg(np.sqrt(solid)) * 3600)


def _directions(wcs: Any, x: FloatArray, y: FloatArray) -> FloatArray:
    """Give unit vectors towards pixels, shape (3, N)."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        world = wcs.all_pix2world(x, y, 0)
    lon, lat = np.deg2rad(world[wcs.wcs.lng]), np.deg2rad(world[wcs.wcs.lat])
    return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
