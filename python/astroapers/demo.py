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

from astroapers import CircAn, CircAp, RectAp
from astroapers._extras import require

IMAGE = "io/fits/hdu/compressed/tests/data/m13.fits"  # inside astropy

APERTURE_RADIUS = 4.0  # pixels: the stars are about 4 pixels wide at half their peak
ANNULUS_RADII = (8.0, 14.0)  # pixels: clear of the star's wings, still local
BACKGROUND_MESH = 32  # pixels: coarser than a star, finer than the cluster
DETECTION_SIGMA = 5.0
BRIGHTEST = 10  # stars that are printed, and numbered in the picture
NO_ERRORS = "none claimed, for a photographic plate has no gain and its counts say nothing about photon noise"

FORMATS = {"x y": ".2f", "ra dec": ".5f", "npix": ".3f", "flux apsum sky": ".1f"}
RED, BLUE = "#d1420f", "#0b6fb5"  # apertures and annuli; which every eye tells apart
PANELS = [["field", "weights"], ["growth", "sky"]]
STYLE = {"axes.titlelocation": "left", "axes.titlesize": 10.5, "image.origin": "lower"}

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


def lone(stars: Any) -> Any:
    """
    Choose the brightest star whose annulus touches no other star's aperture.

    Parameters
    ----------
    stars : astropy.table.Table
        The catalogue, brightest first.

    Returns
    -------
    astropy.table.Row
        The star.
    """
    distances = np.hypot(*(np.subtract.outer(stars[axis], stars[axis]) for axis in "xy"))
    nearest = np.sort(distances)[:, 1]  # the first is the star itself
    return stars[np.argmax(nearest > ANNULUS_RADII[1] + APERTURE_RADIUS)]


def draw(field: Field, stars: Any, path: Path) -> None:
    """
    Draw the field with its apertures, and one star with its weights, curve of growth and sky.

    Parameters
    ----------
    field : Field
        The image.
    stars : astropy.table.Table
        The catalogue, brightest first.
    path : Path
        The picture to write.
    """
    mpl = require("matplotlib", extra="demo")
    figures = require("matplotlib.figure", extra="demo")
    with mpl.rc_context(STYLE):
        figure = figures.Figure(figsize=(10, 7.8), layout="constrained", facecolor="white")
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # inches
        on_the_sky = {"field": {"projection": field.wcs}}
        axes = figure.subplot_mosaic(PANELS, height_ratios=(2.2, 1), per_subplot_kw=on_the_sky)
        _draw_field(axes["field"], field, stars)
        star = lone(stars)
        _draw_weights(axes["weights"], field, star)
        _draw_growth(axes["growth"], field, star)
        _draw_sky(axes["sky"], field, star)
        figure.savefig(path, dpi=160)


def _draw_field(ax: Any, field: Field, stars: Any) -> None:
    visualization = require("astropy.visualization", extra="demo")
    effects = require("matplotlib.patheffects", extra="demo")
    stretch = visualization.simple_norm(field.data, "asinh", asinh_a=0.05, min_percent=1, max_percent=99.8)
    ax.imshow(field.data, cmap="gray_r", norm=stretch, interpolation="nearest")
    positions = np.column_stack([stars["x"], stars["y"]])
    CircAp(positions, APERTURE_RADIUS).plot(ax, ec=RED, lw=0.5)
    CircAp(positions[:BRIGHTEST], APERTURE_RADIUS).plot(ax, ec=RED, lw=1.4)
    CircAn(positions[:BRIGHTEST], *ANNULUS_RADII).plot(ax, ec=BLUE)
    halo = [effects.withStroke(linewidth=2.5, foreground="white")]
    for star in stars[:BRIGHTEST]:
        above = (star["x"], star["y"] + ANNULUS_RADII[1] + 1)
        ax.text(*above, star["id"], ha="center", weight="bold", color=BLUE, path_effects=halo)
    ax.set_title(f"M13: {len(stars)} stars, the {BRIGHTEST} brightest with their sky annuli")
    ax.set_xlabel("right ascension", labelpad=0.5)
    ax.set_ylabel("declination", labelpad=0.2)


def _draw_weights(ax: Any, field: Field, star: Any) -> None:
    aperture = CircAp((star["x"], star["y"]), APERTURE_RADIUS)
    (box,), (weights,) = aperture.bboxes(), aperture.weights_exact()
    ax.imshow(field.data, cmap="gray_r", norm="log", vmax=1e5)  # so high that black numbers show on the star
    pixels = np.argwhere(weights)[:, ::-1] + (box.ixmin, box.iymin)
    RectAp(pixels, w=1, h=1).plot(ax, ec="0.6", lw=0.5)
    for pixel, weight in zip(pixels, weights[weights > 0], strict=True):
        text = "1" if weight == 1 else "<.001" if weight < 0.001 else f"{weight:.3f}"
        ax.text(*pixel, text, ha="center", va="center", size=8.5)
    aperture.plot(ax, ec=RED, lw=1.8)
    ax.set(xlim=(box.ixmin - 1, box.ixmax), ylim=(box.iymin - 1, box.iymax), xlabel="x (pixels)", ylabel="y (pixels)")
    ax.set(title=f"star {star['id']}: its exact weights, {weights.sum():.6f} in all")


def _draw_growth(ax: Any, field: Field, star: Any) -> None:
    radii = np.linspace(0.1, ANNULUS_RADII[1], 140)
    positions = np.tile((star["x"], star["y"]), (len(radii), 1))
    apsum, npix = CircAp(positions, radii).apsum_exact(field.data)
    flux = apsum - npix * star["sky"]
    share = star["flux"] / np.interp(ANNULUS_RADII[0], radii, flux)
    ax.plot(radii, flux / 1e3, color="black", lw=1.8)
    ax.axvline(APERTURE_RADIUS, color=RED, lw=2)
    ax.axvspan(*ANNULUS_RADII, color=BLUE, alpha=0.15, lw=0)
    ax.text(APERTURE_RADIUS + 0.3, 3, f"aperture: {share:.0%}\nof the flux\nwithin {ANNULUS_RADII[0]:g} px", color=RED)
    ax.text(np.mean(ANNULUS_RADII), 3, "sky annulus", color=BLUE, ha="center")
    ax.set(title=f"star {star['id']}: curve of growth", xlabel="radius (pixels)", ylabel="flux (1000 counts)")
    ax.set(xlim=(0, ANNULUS_RADII[1]), ylim=(0, None))


def _draw_sky(ax: Any, field: Field, star: Any) -> None:
    (values,) = CircAn((star["x"], star["y"]), *ANNULUS_RADII).sampled_values(field.data)
    ax.hist(values, bins=np.arange(values.min(), values.max() + 2) - 0.5, color=BLUE, alpha=0.4)
    ax.axvline(star["sky"], color=BLUE, lw=2, label=f"median {star['sky']:g}")
    ax.axvline(values.mean(), color="0.4", ls="--", label=f"mean {values.mean():.1f}")
    ax.legend(frameon=False)
    ax.set(title=f"star {star['id']}: {len(values)} pixels of sky", xlabel="counts", ylabel="pixels")


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
    draw(field, stars, directory / "m13.png")
    print(f"wrote {directory / 'm13.ecsv'} and {directory / 'm13.png'}")
