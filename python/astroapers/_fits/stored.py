"""Photometry of stored numbers, with every argument and every result scaled (`scaling` has the mathematics)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers import _inputs
from astroapers._fits import planes, scaling
from astroapers._fits.image import FitsImage
from astroapers._fits.job import Job
from astroapers._fits.placing import moved
from astroapers._fits.resolve import Resolved
from astroapers._fits.scaling import Scale
from astroapers._photometry import Photometry, photometry
from astroapers._photometry.images import Errors, Frame
from astroapers._photometry.sky import Annuli, Given
from astroapers.apertures import CircAn, PixelAp


def measure_stored(
    job: Job, resolved: Resolved, mask: NDArray[Any] | None, apertures: list[PixelAp], annulus: CircAn | None
) -> tuple[Photometry, list[str]]:
    """
    Measure an image where it lies.

    Parameters
    ----------
    job : Job
        What is asked for.
    resolved : Resolved
        The image and the values that are used.
    mask : ndarray, shape (ny, nx), or None
        Nonzero pixels are bad.
    apertures : list of PixelAp
        On pixels of the whole image.
    annulus : CircAn or None
        Where the sky is measured.

    Returns
    -------
    phot : Photometry
        In physical units, with positions in the whole image. It has no image, and cannot draw itself.
    notes : list of str
        What a user should know.
    """
    gain = resolved.gain if resolved.gain_applies else None
    image, notes = _measurable(job, resolved, gain)
    scale = scaling.scaled(image, resolved.bias)
    pixel_errors, more = _errors(job, image, scale)
    level = None if annulus is not None else job.sky or 0.0
    dx, dy = image.offset
    sky = moved([annulus], -dx, -dy)[0] if annulus is not None else scale.stored(level or 0.0)
    apart = moved(apertures, -dx, -dy)
    phot = photometry(
        _frame(image, resolved, mask, pixel_errors),
        apart if len(apart) > 1 else apart[0],
        sky,
        saturation=_saturation(image, resolved, scale),
        **_sky_options(job, scale),
        **_error_options(job, resolved, gain, scale),
    )
    phot = scaling.in_physical_units(phot, scale, level, resolved.unit.unit)
    return _as_asked(phot, job, resolved, gain, apertures, annulus), [*notes, *more]


def _measurable(job: Job, resolved: Resolved, gain: float | None) -> tuple[FitsImage, list[str]]:
    """Give the image as stored; or a copy of it, where stored numbers cannot stand for physical values."""
    image = resolved.image
    if image.bscale < 0:
        why = "is negative"
    elif job.error_model == "ccd" and gain is not None and _noise(image, resolved, gain) is None:
        why = "is coarser than the read noise"
    else:
        return image, []
    return scaling.converted(image), [
        f"BSCALE = {image.bscale:g} of {image.path} {why}: the image was converted to float64, which takes memory"
    ]


def _noise(image: FitsImage, resolved: Resolved, gain: float) -> float | None:
    return Scale(image.bscale, 0.0).detector_noise(gain, resolved.read_noise or 0.0)


def _frame(image: FitsImage, resolved: Resolved, mask: NDArray[Any] | None, errors: Errors | None) -> Frame:
    integers = image.data.dtype.kind in "iu"
    # A converted image has the steps and the undefined pixels of what it was converted from.
    masks = tuple(plane for plane in (mask, resolved.image.undefined) if plane is not None)
    return Frame(image.data, masks, errors=errors, step=1.0 if integers else resolved.image.step)


def _errors(job: Job, image: FitsImage, scale: Scale) -> tuple[Errors | None, list[str]]:
    if job.error is None:
        return None, []
    found = planes.errors(planes.plane("error", job.error, image.path), image)
    notes = []
    units = [str(header.get("BUNIT", "")).strip() for header in (found.header, image.header)]
    if job.error_type == "std" and all(units) and units[0].lower() != units[1].lower():
        notes.append(f"error= is in {units[0]} but the image in {units[1]}: the numbers are taken to be of one unit")
    return scaling.pixel_errors(found, job.error_type, scale), notes


def _saturation(image: FitsImage, resolved: Resolved, scale: Scale) -> float | None:
    """Give the stored number of a level of the file, whose bias is still in it."""
    if resolved.saturation is None:
        return None
    level = resolved.saturation - resolved.bias
    return scale.threshold(level, integers=image.data.dtype.kind in "iu")


def _sky_options(job: Job, scale: Scale) -> dict[str, Any]:
    if job.annulus is None:
        return {}
    statistic = scale.statistic(job.sky_stat) if callable(job.sky_stat) else job.sky_stat
    return {"sky_stat": statistic, "sigma_clip": job.clip, "min_sky": job.min_sky}


def _error_options(job: Job, resolved: Resolved, gain: float | None, scale: Scale) -> dict[str, Any]:
    options: dict[str, Any] = {
        "error_model": job.error_model,
        "error_kind": job.error_kind,
        "gain": None if gain is None else gain * scale.factor,
        "ncombine": resolved.ncombine,
    }
    if job.error_model == "ccd" and gain is not None:
        options |= {
            "read_noise": scale.detector_noise(gain, resolved.read_noise or 0.0),
            "sky_level": scale.zero / scale.factor,
            "dark": resolved.dark,
            "exptime": None if resolved.dark is None else resolved.exptime,
        }
    return options


def _as_asked(
    phot: Photometry,
    job: Job,
    resolved: Resolved,
    gain: float | None,
    apertures: list[PixelAp],
    annulus: CircAn | None,
) -> Photometry:
    """Put the whole image's pixels and the physical values where those of the stored part were."""
    record = phot._record
    used: dict[str, Any] = {
        **record.parameters,
        "gain": gain,
        "saturation": resolved.saturation,
        "error": job.error,
        "mask": job.mask,
    }
    if job.error_model == "ccd":
        used |= {"read_noise": resolved.read_noise, "sky_level": 0.0}
    if job.annulus is not None:
        used["sky_stat"] = job.sky_stat
    sky = record.sky
    if annulus is not None and isinstance(sky, Annuli):
        sky = replace(sky, aperture=annulus)
    elif isinstance(sky, Given):
        sky = replace(sky, level=job.sky or 0.0)
    targets = replace(record.targets, apertures=tuple(apertures))
    x, y = (_inputs.frozen(np.array(column)) for column in apertures[0]._columns)
    return replace(phot, x=x, y=y, _record=replace(record, frame=None, targets=targets, sky=sky, parameters=used))
