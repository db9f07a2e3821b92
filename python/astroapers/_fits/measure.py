"""One image measured: the parts put together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers._fits import placing, planes
from astroapers._fits.image import FitsImage, open_image
from astroapers._fits.job import Job
from astroapers._fits.noise_check import noise_check
from astroapers._fits.resolve import Resolved, resolve
from astroapers._fits.stored import measure_stored
from astroapers._fits.types import Catalog, Measured, Setting


@dataclass(frozen=True)
class Prepared:
    """
    An image with everything that its measurement needs, before a pixel is looked at.

    Attributes
    ----------
    job : Job
        What is asked for.
    whole : FitsImage
        The image as it is in the file.
    resolved : Resolved
        The values that are used, and their origins; its image is trimmed.
    """

    job: Job
    whole: FitsImage
    resolved: Resolved

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Every value with its origin."""
        return self.resolved.settings

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know."""
        return self.resolved.notes


def prepare(job: Job, path: str | Path) -> Prepared:
    """
    Open an image and find all values that its measurement needs.

    Parameters
    ----------
    job : Job
        What is asked for.
    path : str or Path
        The file.

    Returns
    -------
    Prepared
        What a dry run prints.

    Raises
    ------
    OSError
        If a file cannot be read.
    ValueError
        If something is asked for that the file does not have.
    """
    whole = open_image(path, job.ext)
    return Prepared(job, whole, resolve(job, whole))


def measure(job: Job, path: str | Path, catalog: Catalog | None = None) -> Measured:
    """
    Measure one image.

    Parameters
    ----------
    job : Job
        What is asked for.
    path : str or Path
        The file.
    catalog : Catalog, optional
        The catalogue of the job, if it was read already.

    Returns
    -------
    Measured
        The results, in the order of the catalogue.

    Raises
    ------
    OSError
        If a file cannot be read.
    ValueError
        If something is asked for that the files do not have.
    """
    prepared = prepare(job, path)
    resolved = prepared.resolved
    image = resolved.image
    mask = _mask(job, image)
    if catalog is None:
        catalog = _catalog(job, image, mask)
    x, y = placing.positions(catalog, image)
    placer = placing.Placer(job, catalog, image, x, y)
    phot, notes = measure_stored(job, resolved, mask, placer.apertures(), placer.annulus())
    ra, dec = placing.on_sky(catalog, image, x, y)
    mag = None
    if resolved.zeropoint is not None:
        mag = phot.mag(resolved.zeropoint.value, exptime=resolved.zeropoint.exptime)
    check = noise_check(phot, resolved)
    warned = (check.warning,) if check is not None and check.warning else ()
    return Measured(
        path=Path(path),
        ext=image.ext,
        image=image,
        catalog=catalog,
        phot=phot,
        ra=ra,
        dec=dec,
        labels=job.labels,
        settings=(*resolved.settings, *placer.settings),
        zeropoint=resolved.zeropoint,
        mag=None if mag is None else np.asarray(mag),
        mag_err=None if mag is None else phot.mag_err,
        filter=resolved.filter,
        airmass=resolved.airmass,
        mjd_mid=resolved.mjd_mid,
        noise=check,
        notes=(*resolved.notes, *notes, *warned),
    )


def _catalog(job: Job, image: FitsImage, mask: NDArray[Any] | None) -> Catalog:
    """Read the catalogue of the job, or find sources."""
    if isinstance(job.catalog, Catalog):
        return job.catalog
    if job.detect is None:
        from astroapers._fits.catalog import of_job

        return of_job(job)
    from astroapers._fits.detect import detect

    return detect(image.physical(), job.detect, mask, first=image.offset)


def _mask(job: Job, image: FitsImage) -> NDArray[Any] | None:
    if job.mask is None:
        return None
    return planes.mask(planes.plane("mask", job.mask, image.path), job.mask_bits, image)
