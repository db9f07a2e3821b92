"""Photometry of the globular cluster M13, from image to catalogue.

The image lies inside astropy's own wheel: 300 x 300 pixels of big-endian 16-bit integers with a
celestial coordinate system. Stars are found with SEP on the image minus its smooth background. Then
each is measured in the simplest sound way: the exact sum in a circle, minus its area times the median
of the pixels in an annulus around it.

The image was scanned from a plate of a photographic sky survey. It has no gain, so its counts say nothing
about photon noise, and no errors are claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers import CircAn, CircAp
from astroapers import _demo_picture as picture
from astroapers._extras import require

IMAGE = "io/fits/hdu/compressed/tests/data/m13.fits"  # inside astropy

APERTURE_RADIUS = 4.0  # pixels: the stars are about 4 pixels wide at half their peak
ANNULUS_RADII = (8.0, 14.0)  # pixels: clear of the star's wings, still local
BACKGROUND_MESH = 32  # pixels: coarser than a star, finer than the cluster
DETECTION_SIGMA = 5.0
BRIGHTEST = 10  # stars that are printed, and numbered in the picture
NO_ERRORS = "none claimed, for a photographic plate has no gain and its counts say nothing about photon noise"

FORMATS = {"x y": ".2f", "ra dec": ".5f", "npix": ".3f", "flux apsum sky": ".1f"}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Field:
    """An image with its celestial coordinate system."""

    data: NDArray[np.int16]
    wcs: Any


def load() -> Field:
    """
    Read the M13 image, as it lies in the file.

    Returns
    -------
    Field
        The (300, 300) image and its world coordinate system.
    """
    fits = require("astropy.io.fits", extra="demo")
    wcs = require("astropy.wcs", extra="demo")
    with resources.as_file(resources.files("astropy") / IMAGE) as path, fits.open(path) as hdus:
        return Field(np.array(hdus[0].data), wcs.WCS(hdus[0].header))


def detect(data: NDArray[Any]) -> tuple[Floats, Floats]:
    """
    Find stars that stand out from the local background.

    Parameters
    ----------
    data : (ny, nx) array
        The image, of any real type.

    Returns
    -------
    x, y : (N,) arrays
        Positions in pixels.
    """
    sep = require("sep", extra="demo")
    image = np.ascontiguousarray(data, dtype=np.float64)
    background = sep.Background(image, bw=BACKGROUND_MESH, bh=BACKGROUND_MESH)
    stars = sep.extract(image - background, DETECTION_SIGMA, err=background.rms())
    return stars["x"], stars["y"]


def measure(field: Field, x: Floats, y: Floats) -> Any:
    """
    Measure the aperture sum, local sky and flux of each star.

    Parameters
    ----------
    field : Field
        The image.
    x, y : (N,) arrays
        Positions in pixels.

    Returns
    -------
    astropy.table.Table
        One row per star whose aperture lies wholly in the image, brightest first.
    """
    table = require("astropy.table", extra="demo")
    positions = np.column_stack([x, y])
    apertures, annuli = CircAp(positions, APERTURE_RADIUS), CircAn(positions, *ANNULUS_RADII)

    apsum, npix = apertures.apsum_exact(field.data)
    sky = np.array([np.median(values) for values in annuli.sampled_values(field.data)])
    ra, dec = field.wcs.pixel_to_world_values(x, y)

    stars = table.Table(
        {"x": x, "y": y, "ra": ra, "dec": dec, "flux": apsum - npix * sky, "npix": npix, "apsum": apsum, "sky": sky},
        units={"x": "pix", "y": "pix", "ra": "deg", "dec": "deg", "npix": "pix2"},
        meta={"aperture_radius": APERTURE_RADIUS, "annulus_radii": list(ANNULUS_RADII), "errors": NO_ERRORS},
    )
    stars = stars[npix == apertures.area]  # a smaller count means that the image's edge cuts the circle
    stars.sort("flux", reverse=True)
    stars.add_column(np.arange(1, len(stars) + 1), name="id", index=0)
    for names, form in FORMATS.items():
        for name in names.split():
            stars[name].info.format = form
    return stars


def run(directory: Path = Path("demo")) -> None:
    """
    Find, measure, print, write: the whole job.

    Parameters
    ----------
    directory : Path, optional
        Where ``m13.ecsv`` and ``m13.png`` go; made if it does not exist.
    """
    field = load()
    x, y = detect(field.data)
    stars = measure(field, x, y)
    print(f"{len(x)} stars found, {len(stars)} of them wholly in the image. The ten brightest:\n")
    stars[:BRIGHTEST].pprint(max_lines=-1, max_width=-1)
    print(f"\nerrors: {NO_ERRORS}")

    directory.mkdir(parents=True, exist_ok=True)
    stars.write(directory / "m13.ecsv", overwrite=True)
    picture.draw(field.data, field.wcs, stars, BRIGHTEST, directory / "m13.png")
    print(f"wrote {directory / 'm13.ecsv'} and {directory / 'm13.png'}")
