"""The picture of the demo: a field with its apertures, and one star of it in four views."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers import CircAn, CircAp, RectAp
from astroapers._extras import require

RED, BLUE = "#d1420f", "#0b6fb5"  # apertures and annuli; which every eye tells apart
PANELS = [["field", "weights"], ["growth", "sky"]]
STYLE = {"axes.titlelocation": "left", "axes.titlesize": 10.5, "image.origin": "lower"}

Image = NDArray[Any]


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
    return stars[np.argmax(nearest > stars.meta["annulus_radii"][1] + stars.meta["aperture_radius"])]


def draw(data: Image, wcs: Any, stars: Any, brightest: int, path: Path) -> None:
    """
    Draw the field with its apertures, and one star with its weights, curve of growth and sky.

    Parameters
    ----------
    data : (ny, nx) array
        The image.
    wcs : astropy.wcs.WCS
        Its world coordinate system.
    stars : astropy.table.Table
        The catalogue, brightest first; its `meta` tells the radii.
    brightest : int
        How many stars are numbered and drawn with their annulus.
    path : Path
        The picture to write.
    """
    mpl = require("matplotlib", extra="demo")
    figures = require("matplotlib.figure", extra="demo")
    with mpl.rc_context(STYLE):
        figure = figures.Figure(figsize=(10, 7.8), layout="constrained", facecolor="white")
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # inches
        on_the_sky = {"field": {"projection": wcs}}
        axes = figure.subplot_mosaic(PANELS, height_ratios=(2.2, 1), per_subplot_kw=on_the_sky)
        _draw_field(axes["field"], data, stars, brightest)
        star = lone(stars)
        _draw_weights(axes["weights"], data, star)
        _draw_growth(axes["growth"], data, star)
        _draw_sky(axes["sky"], data, star)
        figure.savefig(path, dpi=160)


def _draw_field(ax: Any, data: Image, stars: Any, brightest: int) -> None:
    radius, radii = stars.meta["aperture_radius"], stars.meta["annulus_radii"]
    visualization = require("astropy.visualization", extra="demo")
    effects = require("matplotlib.patheffects", extra="demo")
    stretch = visualization.simple_norm(data, "asinh", asinh_a=0.05, min_percent=1, max_percent=99.8)
    ax.imshow(data, cmap="gray_r", norm=stretch, interpolation="nearest")
    positions = np.column_stack([stars["x"], stars["y"]])
    CircAp(positions, radius).plot(ax, ec=RED, lw=0.5)
    CircAp(positions[:brightest], radius).plot(ax, ec=RED, lw=1.4)
    CircAn(positions[:brightest], *radii).plot(ax, ec=BLUE)
    halo = [effects.withStroke(linewidth=2.5, foreground="white")]
    for star in stars[:brightest]:
        above = (star["x"], star["y"] + radii[1] + 1)
        ax.text(*above, star["id"], ha="center", weight="bold", color=BLUE, path_effects=halo)
    ax.set_title(f"M13: {len(stars)} stars, the {brightest} brightest with their sky annuli")
    ax.set_xlabel("right ascension", labelpad=0.5)
    ax.set_ylabel("declination", labelpad=0.2)


def _draw_weights(ax: Any, data: Image, star: Any) -> None:
    radius = star.meta["aperture_radius"]
    aperture = CircAp((star["x"], star["y"]), radius)
    (box,), (weights,) = aperture.bboxes(), aperture.weights_exact()
    ax.imshow(data, cmap="gray_r", norm="log", vmax=1e5)  # so high that black numbers show on the star
    pixels = np.argwhere(weights)[:, ::-1] + (box.ixmin, box.iymin)
    RectAp(pixels, w=1, h=1).plot(ax, ec="0.6", lw=0.5)
    for pixel, weight in zip(pixels, weights[weights > 0], strict=True):
        text = "1" if weight == 1 else "<.001" if weight < 0.001 else f"{weight:.3f}"
        ax.text(*pixel, text, ha="center", va="center", size=8.5)
    aperture.plot(ax, ec=RED, lw=1.8)
    ax.set(xlim=(box.ixmin - 1, box.ixmax), ylim=(box.iymin - 1, box.iymax), xlabel="x (pixels)", ylabel="y (pixels)")
    ax.set(title=f"star {star['id']}: its exact weights, {weights.sum():.6f} in all")


def _draw_growth(ax: Any, data: Image, star: Any) -> None:
    radius, (inner, outer) = star.meta["aperture_radius"], star.meta["annulus_radii"]
    radii = np.linspace(0.1, outer, 140)
    positions = np.tile((star["x"], star["y"]), (len(radii), 1))
    apsum, npix = CircAp(positions, radii).apsum_exact(data)
    flux = apsum - npix * star["sky"]
    share = star["flux"] / np.interp(inner, radii, flux)
    ax.plot(radii, flux / 1e3, color="black", lw=1.8)
    ax.axvline(radius, color=RED, lw=2)
    ax.axvspan(inner, outer, color=BLUE, alpha=0.15, lw=0)
    ax.text(radius + 0.3, 3, f"aperture: {share:.0%}\nof the flux\nwithin {inner:g} px", color=RED)
    ax.text((inner + outer) / 2, 3, "sky annulus", color=BLUE, ha="center")
    ax.set(title=f"star {star['id']}: curve of growth", xlabel="radius (pixels)", ylabel="flux (1000 counts)")
    ax.set(xlim=(0, outer), ylim=(0, None))


def _draw_sky(ax: Any, data: Image, star: Any) -> None:
    (values,) = CircAn((star["x"], star["y"]), *star.meta["annulus_radii"]).sampled_values(data)
    ax.hist(values, bins=np.arange(values.min(), values.max() + 2) - 0.5, color=BLUE, alpha=0.4)
    ax.axvline(star["sky"], color=BLUE, lw=2, label=f"median {star['sky']:g}")
    ax.axvline(values.mean(), color="0.4", ls="--", label=f"mean {values.mean():.1f}")
    ax.legend(frameon=False)
    ax.set(title=f"star {star['id']}: {len(values)} pixels of sky", xlabel="counts", ylabel="pixels")
