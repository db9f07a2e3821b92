"""Photometry of FITS files by hand, with photutils and astropy alone: what `astroapers phot` must agree with.

Nothing here knows of astroapers. The files come with astropy, ccdproc and astroquery, whose own tests they serve.
"""

import hashlib
import importlib.resources
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from astropy.io import fits
from astropy.stats import SigmaClip
from astropy.utils.exceptions import AstropyWarning
from astropy.wcs import WCS
from photutils.aperture import CircularAnnulus, CircularAperture

COMPRESSED = "io/fits/hdu/compressed/tests/data"


def packaged(package, name):
    """Path of a file that an installed package brings."""
    return Path(str(importlib.resources.files(package).joinpath(name)))


M13 = packaged("astropy", f"{COMPRESSED}/m13.fits")
M13_TWINS = [packaged("astropy", f"{COMPRESSED}/m13_{kind}.fits") for kind in ("gzip", "hcomp", "plio", "rice")]
SIP = packaged("astropy", "nddata/tests/data/sip-wcs.fits")
SAAO = packaged("ccdproc", "tests/data/a8280271.fits")
MEF = packaged("ccdproc", "tests/data/science-mef.fits")
UKIDSS = packaged("astroquery", "ukidss/tests/data/image.fits")


@dataclass(frozen=True)
class Frame:
    """An image in physical units, with both headers."""

    data: np.ndarray
    header: fits.Header
    primary: fits.Header
    wcs: WCS | None


def frame(path, ext=0):
    """Read an image as astropy does by itself: scaled, BLANK as NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        with fits.open(path) as hdus:
            data = np.array(hdus[ext].data, dtype=np.float64)
            header, primary = hdus[ext].header.copy(), hdus[0].header.copy()
        wcs = WCS(header) if "CTYPE1" in header else None
    return Frame(data, header, primary, wcs)


def sky_of(values, clip=3.0):
    """Clipped median of some pixels, their standard deviation, how many they are and how many were rejected."""
    left = SigmaClip(sigma=clip, maxiters=5)(values, masked=False, axis=None) if clip else values
    left = left[np.isfinite(left)]
    level = np.median(left) if left.size else np.nan
    return level, left.std(ddof=1) if left.size > 1 else np.nan, left.size, values.size - left.size


def photometry(data, x, y, r, annulus=None, sky=0.0, bad=None, clip=3.0):
    """
    Sums in exact circles over the good pixels, less the local sky.

    Returns columns by name, each of shape (N,).
    """
    bad = ~np.isfinite(data) | (np.zeros(data.shape, bool) if bad is None else bad)
    rows = []
    for at in np.column_stack([x, y]).astype(float):
        circle = CircularAperture(at, r)
        weights = circle.to_mask(method="exact")
        inside, own = weights.get_overlap_slices(data.shape)
        row = SimpleNamespace(sky=sky, sky_std=np.nan, n_sky=0, n_rejected=0)
        if annulus is not None:
            ring = CircularAnnulus(at, *annulus).to_mask(method="center").get_values(data, mask=bad)
            row.sky, row.sky_std, row.n_sky, row.n_rejected = sky_of(ring, clip)
        row.area = circle.area
        if inside is None:
            row.apsum = row.npix = row.flux = np.nan
        else:
            w = np.where(bad[inside], 0.0, weights.data[own])
            row.apsum, row.npix = float((w * np.where(bad[inside], 0.0, data[inside])).sum()), float(w.sum())
            row.flux = row.apsum - row.npix * row.sky
        rows.append(row)
    return SimpleNamespace(**{name: np.array([getattr(row, name) for row in rows]) for name in vars(rows[0])})


def weighted(data, x, y, r, bad=None, power=1):
    """Sum of powers of the weights of a circle times the pixels, over those that are not bad."""
    mask = CircularAperture((x, y), r).to_mask(method="exact")
    inside, own = mask.get_overlap_slices(data.shape)
    good = True if bad is None else ~bad[inside]
    return float(np.sum(np.where(good, mask.data[own] ** power * data[inside], 0.0)))


def iraf_error(hand, gain):
    """IRAF's error of a flux whose sky was measured."""
    noise = hand.sky_std**2
    return np.sqrt(np.maximum(hand.flux, 0) / gain + hand.npix * noise + hand.npix**2 * noise / hand.n_sky)


def ccd_error(hand, gain, read_noise):
    """The CCD equation of one frame, without dark current."""
    pixel = gain * hand.sky + read_noise**2 + (0.289 * gain) ** 2
    return np.sqrt(gain * hand.flux + hand.npix * (1 + hand.npix / hand.n_sky) * pixel) / gain


def magnitudes(flux, zeropoint, exptime=1.0):
    """Magnitudes of fluxes in units of the image, whose rate is per second."""
    return zeropoint - 2.5 * np.log10(flux / exptime)


def sky_positions(wcs, x, y):
    """RA and Dec in ICRS degrees of 0-based pixels."""
    coord = wcs.pixel_to_world(np.asarray(x, float), np.asarray(y, float)).icrs
    return coord.ra.deg, coord.dec.deg


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
