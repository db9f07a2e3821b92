"""Small FITS images and catalogues for the tests of the command ``phot``."""

import numpy as np
from astropy.io import fits
from astropy.table import Table
from astropy.wcs import WCS

SHAPE = (80, 100)
STARS = np.array([(20.3, 30.7), (60.0, 40.2), (81.5, 62.9), (300.0, 5.0)])  # the last is outside the image


def header(**cards):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [150.0, 2.0]
    wcs.wcs.crpix = [50, 40]
    wcs.wcs.cdelt = [-1e-4, 1e-4]
    made = wcs.to_header()
    for keyword, value in cards.items():
        made[keyword] = value
    return made


def pixels(seed=0, flux=3000.0):
    y, x = np.indices(SHAPE)
    data = np.random.default_rng(seed).normal(100, 5, SHAPE)
    for x0, y0 in STARS[:3]:
        data += flux / (2 * np.pi * 4) * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 8)
    return np.round(data).astype(np.int16)


def image(path, seed=0, **cards):
    given = {"FILTER": "R", "AIRMASS": 1.2, "EXPTIME": 30.0, "DATE-OBS": "2026-01-02T03:04:05", "EGAIN": 2.0, **cards}
    fits.PrimaryHDU(pixels(seed), header(**given)).writeto(path, overwrite=True)
    return path


def catalogue(path, **columns):
    """A CSV with the stars in pixels that count from 1, names, and a column that has the name of one of ours."""
    table = Table({"name": ["a", "b", "c", "d"], "x": STARS[:, 0] + 1, "y": STARS[:, 1] + 1, "flux": [1, 2, 3, 4]})
    for name, values in columns.items():
        table[name] = values
    table.write(path, format="ascii.csv", overwrite=True)
    return path
