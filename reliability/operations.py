"""
Every operation as a job on fixed input: what it gives is told by a digest of all bits.

The catalogue is large enough that the batch is shared out among threads in many chunks, and that sources are visited by
place; the image has masked, undefined and saturated pixels.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import astroapers as aap
from astroapers import _rust, kernels

NY, NX = 300, 410
SOURCES = 700

#: A job: takes nothing, gives a digest.
Job = Callable[[], str]


@dataclasses.dataclass(frozen=True)
class Field:
    """An image, its mask, and sources on it; some are outside of it, or nowhere."""

    image: NDArray[np.float64]
    counts: NDArray[np.int16]
    mask: NDArray[np.bool_]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    size: NDArray[np.float64]

    @property
    def positions(self) -> NDArray[np.float64]:
        """The sources that are somewhere, as an (N, 2) array."""
        return np.column_stack([self.x, self.y])


@functools.cache
def field() -> Field:
    """
    Make the input of all jobs; the same in every process.

    Returns
    -------
    Field
        The input.
    """
    rng = np.random.default_rng(5)
    image = rng.normal(100, 7, (NY, NX))
    image[rng.random(image.shape) < 0.01] += 5000
    counts = np.round(image).astype(np.int16)
    image[7::31, 5::29] = np.nan
    x, y = rng.uniform(-5, NX + 5, SOURCES), rng.uniform(-5, NY + 5, SOURCES)
    return Field(image, counts, rng.random(image.shape) < 0.03, x, y, rng.uniform(0.3, 9.0, SOURCES))


def digest(*results: Any) -> str:
    """
    Say in a few letters what bits results have.

    Parameters
    ----------
    *results : object
        Arrays, numbers, texts, boxes, results of photometry, and lists of these.

    Returns
    -------
    str
        Equal if every bit is, all NaN being one.

    Examples
    --------
    >>> digest(np.array([1.0, -0.0])) == digest(np.array([1.0, 0.0]))
    False
    >>> digest([np.float64("nan")], "a") == digest([-np.float64("nan")], "a")
    True
    """
    found = hashlib.sha256()
    for piece in _pieces(results):
        found.update(piece)
    return found.hexdigest()[:16]


def _pieces(results: Iterable[Any]) -> Iterable[bytes]:
    for result in results:
        if isinstance(result, list | tuple):
            yield f"({len(result)})".encode()
            yield from _pieces(result)
        elif isinstance(result, aap.Photometry):
            names = ("flux", "flux_err", "apsum", "npix", "area", "bad_frac", "flags", "sky", "sky_std", "n_sky")
            yield from _pieces([getattr(result, name) for name in (*names, "n_rejected")])
        elif isinstance(result, np.ndarray | np.generic | float | int):
            array = np.array(result)
            if array.dtype.kind == "f":
                array[np.isnan(array)] = np.nan
            yield f"{array.dtype}{array.shape}".encode()
            yield array.tobytes()
        else:
            yield repr(result).encode()


def _objects(positions: NDArray[np.float64]) -> list[Any]:
    """Apertures of every shape."""
    triangle = [("move", -3.25, -2.5), ("line", 4.75, -1.125), ("line", -0.5, 5.0), ("close",)]
    return [
        aap.CircAp(positions, 4.3),
        aap.EllipAp(positions, 5.2, 1.9, 0.7),
        aap.RectAp(positions, 6.1, 3.4, 0.4),
        aap.PillAp(positions, 4.2, 1.3, 2.6, 0.9),
        aap.WedgeAp(positions, 2.0, 6.0, 0.8, 1.1),
        aap.PathAp(positions, triangle),
        aap.CircAn(positions, 2.2, 5.1),
        aap.EllipAn(positions, 4.0, 1.0, 5.0, 2.0, theta_in=1.6, theta_out=0.2),
        aap.RectAn(positions, 6.0, 1.5, 7.0, 3.0, theta_in=1.2, theta_out=0.1),
        aap.PillAn(positions, 5.0, 1.0, 1.5, 6.0, 1.5, 2.0, theta_in=1.5, theta_out=0.1),
    ]


def _each(measure: Callable[[Any, Field], Any]) -> Job:
    """Make a job that measures with every shape."""

    def job() -> str:
        given = field()
        return digest([measure(aperture, given) for aperture in _objects(given.positions)])

    return job


def _on_field(measure: Callable[[Field], Any]) -> Job:
    """Make a job of what is done with the input."""
    return lambda: digest(measure(field()))


def _clipped_mean(values: NDArray[np.float64]) -> float:
    """Give the mean of the middle half: a statistic of a user's own."""
    low, high = np.percentile(values, [25, 75])
    return float(np.mean(values[(values >= low) & (values <= high)]))


def _photometry(**options: Any) -> Job:
    """Make a job of photometry with several apertures and a ring."""

    def job() -> str:
        given = field()
        image = given.counts if options.get("saturation") else given.image
        apertures = [aap.CircAp(given.positions, r) for r in (2.5, 4.0)]
        sky = aap.CircAn(given.positions, 8.0, 13.0)
        return digest(aap.photometry(image, apertures, sky, mask=given.mask, **options))

    return job


@functools.cache
def fits_input() -> tuple[str, str]:
    """
    Write the image and the catalogue to files.

    Returns
    -------
    image, catalogue : str
        Their names; the folder ends with the process.
    """
    from astropy.io import fits
    from astropy.table import Table

    folder = tempfile.TemporaryDirectory(prefix="astroapers-")
    fits_input.folder = folder  # type: ignore[attr-defined]
    given, path = field(), Path(folder.name)
    fits.PrimaryHDU(given.counts).writeto(path / "image.fits")
    Table({"x": given.x, "y": given.y}).write(path / "stars.fits")
    return str(path / "image.fits"), str(path / "stars.fits")


def _photometry_fits() -> str:
    image, catalogue = fits_input()
    table = aap.photometry_fits(image, catalogue, x="x", y="y", origin=0, r=[3, 5], annulus=(8, 13))
    return digest([np.asarray(table[name]) for name in table.colnames])


#: The table: what is done, and the job that does it.
OPERATIONS: dict[str, Job] = {
    "raw: sums": _on_field(
        lambda f: [
            _rust.apsum_circ_exact(f.image, f.x, f.y, 4.3),
            _rust.apsum_circ_ann_exact_sum_i16(f.counts, f.x, f.y, 2.0, 6.5),
            _rust.apsum_rect_center_i16(f.counts, f.x, f.y, 6.0, 3.0, 0.3),
            [_rust.apsum_circ_exact_one(f.image, x, y, 4.3) for x, y in f.positions[:9].tolist()],
        ]
    ),
    "raw: npix": _on_field(lambda f: _rust.npix_ellip_exact(f.x, f.y, 5.0, 2.0, 0.4, NY, NX)),
    "raw: bounding boxes": _on_field(lambda f: _rust.bboxes_pill(f.x, f.y, 4.0, 2.0, 1.0, 0.3)),
    "raw: weights": _on_field(lambda f: _rust.weights_wedge_exact(f.x, f.y, 2.0, 6.0, 0.8, 1.1, 0.8, 1.1)),
    "kernels: sums, a size each": _on_field(
        lambda f: [
            kernels.apsum_circ_exact(f.image, f.x, f.y, f.size, mask=f.mask),
            kernels.apsum_ellip_ann_center(f.image, f.x, f.y, f.size, 1.0, f.size + 2, 4.0, 0.4),
        ]
    ),
    "kernels: npix under a mask": _on_field(
        lambda f: kernels.npix_circ_exact(f.x, f.y, f.size, shape=(NY, NX), mask=f.mask)
    ),
    "kernels: weights": _on_field(lambda f: kernels.weights_circ_center(f.x, f.y, f.size)),
    "kernels: bounding boxes": _on_field(lambda f: kernels.bboxes_rect(f.x, f.y, f.size, 3.0, 0.2)),
    "objects: exact sums": _each(lambda ap, f: ap.apsum_exact(f.image, f.mask)),
    "objects: centre sums": _each(lambda ap, f: ap.apsum_center(f.counts)),
    "objects: npix": _each(lambda ap, f: (ap.npix_exact((NY, NX)), ap.npix_center((NY, NX), mask=f.mask))),
    "objects: weights": _each(lambda ap, f: ap.weights_exact()),
    "objects: values": _each(lambda ap, f: ap.sampled_values(f.counts, mask=f.mask, flat=True, return_pix=True)),
    "objects: weighted values": _each(lambda ap, f: ap.weighted_values(f.image, flat=True)),
    "objects: cutouts": _each(lambda ap, f: ap.weighted_cutout(f.image, f.mask)),
    "objects: bounding boxes": _each(lambda ap, f: ap.bboxes()),
    "objects: areas": _on_field(lambda f: [aap.CircAp(f.positions, f.size).area, aap.CircAn(f.positions, 1, 3).area]),
    "objects: a path built": lambda: digest(aap.PathAp((3.5, 4.5), star(300)).apsum_exact(field().image)),
    "photometry: clipped median": _photometry(gain=1.7),
    "photometry: mmm, saturation, bad pixels interpolated": _photometry(
        sky_stat="mmm", saturation=4000, masked="interpolate"
    ),
    "photometry: ccd errors, cut apertures refused": _photometry(
        sky_stat="mode", error_model="ccd", gain=2.0, read_noise=5.0, edge="nan"
    ),
    "photometry: error image, biweight": lambda: digest(
        aap.photometry(
            field().image,
            field().positions,
            r=field().size,
            annulus=(10, 14),
            sky_stat="biweight",
            sigma_clip=None,
            error=np.sqrt(np.abs(field().image)),
        )
    ),
    "photometry: a function as statistic": _photometry(sky_stat=_clipped_mean),
    "photometry: given sky, a size each": lambda: digest(
        aap.photometry(field().image, field().positions, 100.0 + field().x, r=field().size, sky_std=7.0)
    ),
    "photometry_fits": _photometry_fits,
}


def run(operation: str) -> str:
    """
    Do one operation; a function that worker processes can be told by its name.

    Parameters
    ----------
    operation : str
        A key of `OPERATIONS`.

    Returns
    -------
    str
        The digest of what it gave.
    """
    return OPERATIONS[operation]()


def star(corners: int, inner: float = 10.0, outer: float = 20.0) -> list[tuple[Any, ...]]:
    """
    Draw a star of long spikes: a path whose check for crossings takes the square of its corners.

    Parameters
    ----------
    corners : int
        Number of corners, even.
    inner, outer : float, optional
        Radii between which the spikes lie.

    Returns
    -------
    list of tuple
        Commands of a path.

    Examples
    --------
    >>> len(star(8))
    9
    """
    angle = 2 * np.pi * np.arange(corners) / corners
    radius = np.where(np.arange(corners) % 2, inner, outer)
    points = zip((radius * np.cos(angle)).tolist(), (radius * np.sin(angle)).tolist(), strict=True)
    lines: list[tuple[Any, ...]] = [("line", x, y) for x, y in points]
    return [("move", *lines[0][1:]), *lines[1:], ("close",)]
