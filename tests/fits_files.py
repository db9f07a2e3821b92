"""FITS files for tests: small ones made to measure, and real ones that come in wheels."""

from importlib import resources

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table
from astropy.wcs import WCS

from astroapers._fits.job import Job
from astroapers._fits.measure import measure, prepare
from astroapers._fits.types import Catalog


def real(package, path):
    """A file inside of an installed package."""
    return resources.files(package) / path


M13 = real("astropy", "io/fits/hdu/compressed/tests/data/m13.fits")
M13_COMPRESSED = {
    kind: real("astropy", f"io/fits/hdu/compressed/tests/data/m13_{kind}.fits")
    for kind in ("gzip", "rice", "plio", "hcomp")
}
SIP = real("astropy", "nddata/tests/data/sip-wcs.fits")


def pixels(x, y, **columns):
    """A catalogue of 0-based pixels."""
    x, y = np.atleast_1d(np.asarray(x, dtype=float)), np.atleast_1d(np.asarray(y, dtype=float))
    return Catalog(Table({"x": x, "y": y, **columns}), np.arange(1, len(x) + 1), x, y, None, "the test's catalogue")


def places(ra, dec, frame="icrs"):
    """A catalogue of sky coordinates in degrees."""
    coord = SkyCoord(np.atleast_1d(ra), np.atleast_1d(dec), unit="deg", frame=frame)
    return Catalog(Table({"ra": coord.data.lon.deg}), np.arange(1, len(coord) + 1), None, None, coord, "the test's sky")


def stars(shape=(60, 70), seed=3, sky=500.0, noise=12.0):
    """Floats: a noisy sky with a few stars."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: shape[0], : shape[1]]
    image = rng.normal(sky, noise, shape)
    for cx, cy, peak in ((20.3, 18.9, 3000.0), (44.6, 33.1, 900.0), (12.2, 47.8, 4000.0)):
        image += peak * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 6.0)
    return image


#: Where they are, a place without a star, one that the edge cuts, one outside, and one nowhere.
XY = (
    np.array([20.3, 44.6, 12.2, 55.0, 1.0, -50.0, np.nan]),
    np.array([18.9, 33.1, 47.8, 12.0, 30.0, 5.0, 4.0]),
)


def written(path, data, cards=None, extension=False, **more):
    """Write stored numbers under a header that says whatever it says; give the path."""
    hdu = fits.ImageHDU(np.asarray(data)) if extension else fits.PrimaryHDU(np.asarray(data))
    for keyword, value in {**(cards or {}), **more}.items():
        hdu.header[keyword] = value
    hdus = [fits.PrimaryHDU(), hdu] if extension else [hdu]
    fits.HDUList(hdus).writeto(path, overwrite=True, output_verify="ignore")
    return path


def celestial(shape=(60, 70), scale=0.5, ra=150.0, dec=20.0):
    """Cards of a TAN projection, with pixels of so many arcseconds."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
    wcs.wcs.crval = ra, dec
    wcs.wcs.crpix = shape[1] / 2, shape[0] / 2
    wcs.wcs.cdelt = -scale / 3600, scale / 3600
    return dict(wcs.to_header())


def measured(path, catalog=None, **options):
    """Measure, by default at `XY` with radius 4 and an annulus."""
    chosen = {"r": 4, "annulus": (8, 14)} if "sky" not in options else {"r": 4}
    return measure(Job(catalog=pixels(*XY) if catalog is None else catalog, **{**chosen, **options}), path)


def settings(path, **options):
    """The settings of a measurement by name, without measuring."""
    prepared = prepare(Job(**{"catalog": pixels(1, 1), "r": 3, **options}), path)
    return {setting.name: setting for setting in prepared.settings}, prepared
