"""Photometry of the globular cluster M13, from image to catalogue: a thin use of what ``astroapers phot`` is made of.

The image lies inside astropy's own wheel: 300 x 300 pixels of big-endian 16-bit integers with a
celestial coordinate system. Stars are found with SEP on the image minus its smooth background. Then
each is measured in the simplest sound way: the exact sum in a circle, minus its area times the median
of the pixels in an annulus around it.

The image was scanned from a plate of a photographic sky survey. It has no gain, so its counts say nothing
about photon noise, and no errors are claimed.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from astroapers import Flag
from astroapers import _demo_picture as picture
from astroapers._extras import require

IMAGE = "io/fits/hdu/compressed/tests/data/m13.fits"  # inside astropy

APERTURE_RADIUS = 4.0  # pixels: the stars are about 4 pixels wide at half their peak
ANNULUS_RADII = (8.0, 14.0)  # pixels: clear of the star's wings, still local
DETECTION_SIGMA = 5.0
BRIGHTEST = 10  # stars that are printed, and numbered in the picture
NO_ERRORS = "none claimed, for a photographic plate has no gain and its counts say nothing about photon noise"

#: What is printed, and how; and what is kept beside it.
FORMATS = {
    "x": ".2f",
    "y": ".2f",
    "ra": ".5f",
    "dec": ".5f",
    "flux": ".1f",
    "npix": ".3f",
    "apsum": ".1f",
    "sky": ".1f",
}


def image() -> Path:
    """
    Find the M13 image.

    Returns
    -------
    Path
        A file of astropy.
    """
    require("astropy", extra="demo")
    return Path(str(resources.files("astropy") / IMAGE))


def measure(path: Path) -> tuple[Any, Any]:
    """
    Find stars, and measure the aperture sum, local sky and flux of each.

    Parameters
    ----------
    path : Path
        The image.

    Returns
    -------
    measured : Measured
        What ``astroapers phot`` makes its tables of.
    stars : astropy.table.Table
        One row per star whose aperture lies wholly in the image, brightest first.
    """
    require("sep", extra="demo")
    from astroapers._fits import layout
    from astroapers._fits.job import Job
    from astroapers._fits.measure import measure as measure_image

    job = Job(detect=DETECTION_SIGMA, r=APERTURE_RADIUS, annulus=ANNULUS_RADII, clip=None)
    measured = measure_image(job, path)
    stars = require("astropy.table", extra="demo").Table(layout.wide(measured))
    stars = stars[(stars["flags"] & Flag.PARTIAL_OVERLAP) == 0][list(FORMATS)]
    stars.sort("flux", reverse=True)
    stars.add_column(np.arange(1, len(stars) + 1), name="id", index=0)
    stars.meta |= {"aperture_radius": APERTURE_RADIUS, "annulus_radii": list(ANNULUS_RADII), "errors": NO_ERRORS}
    for name, form in FORMATS.items():
        stars[name].info.format = form
    return measured, stars


def run(directory: Path = Path("demo")) -> None:
    """
    Find, measure, print, write: the whole job.

    Parameters
    ----------
    directory : Path, optional
        Where ``m13.ecsv`` and ``m13.png`` go; made if it does not exist.
    """
    measured, stars = measure(image())
    found = len(measured.phot)
    print(f"{found} stars found, {len(stars)} of them wholly in the image. The ten brightest:\n")
    stars[:BRIGHTEST].pprint(max_lines=-1, max_width=-1)
    print(f"\nerrors: {NO_ERRORS}")

    directory.mkdir(parents=True, exist_ok=True)
    stars.write(directory / "m13.ecsv", overwrite=True)
    picture.draw(measured.image.data, measured.image.wcs, stars, BRIGHTEST, directory / "m13.png")
    print(f"wrote {directory / 'm13.ecsv'} and {directory / 'm13.png'}")
