"""Photometry in one call: a row per source of sky and formula of the error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import astroapers as aap

from .base import Argument, Row
from .scene import FRAME, X, Y, image


def _measured(arguments: dict[str, Any]) -> dict[str, Any]:
    arguments = dict(arguments)
    mag = {name: arguments.pop(name) for name in ("zeropoint", "exposure", "nsigma") if name in arguments}
    phot = aap.photometry(arguments.pop("data"), arguments.pop("aperture"), **arguments)
    found = {name: np.asarray(getattr(phot, name)) for name in phot._columns()}
    if mag:
        found["mag"] = np.asarray(phot.mag(mag["zeropoint"], mag["exposure"]))
        found["mag_limit"] = np.asarray(phot.mag_limit(mag["nsigma"], zeropoint=mag["zeropoint"]))
    found |= {"snr": phot.snr, "mag_err": phot.mag_err}
    if len(phot) and not repr(phot).startswith("<Photometry"):
        raise AssertionError("repr")
    return found


def _arguments(**given: tuple[str, Any]) -> dict[str, Argument]:
    positions = ("aperture", "positions", "sky", "annulus")
    common = {
        "data": Argument("measured image", image(), ("data",)),
        "aperture": Argument("catalogue", np.column_stack([X, Y]), positions),
        "r": Argument("tolerant length", 2.5, ("r", "aperture")),
        "mask": Argument("mask", None, ("mask",)),
        "method": Argument("choice", "exact", ("method",)),
        "masked": Argument("choice", "exclude", ("masked",)),
        "edge": Argument("choice", "partial", ("edge",)),
        "saturation": Argument("optional level", None, ("saturation",)),
    }
    words = {"annulus": ("annulus", "r_in", "r_out"), "exposure": ("exptime",)}
    if "error" in given:
        # Of two images of different shapes either is the wrong one.
        common["data"] = Argument("measured image", image(), ("data", "error"))
    return common | {name: Argument(role, value, words.get(name, (name,))) for name, (role, value) in given.items()}


_WAYS: dict[str, dict[str, Argument]] = {
    "photometry, no sky": _arguments(
        zeropoint=("level", 25.0), exposure=("positive number", 2.0), nsigma=("positive number", 3.0)
    ),
    "photometry, a level": _arguments(
        sky=("levels", 3.0),
        sky_std=("scatter", 1.0),
        sky_err=("scatter", 0.1),
        gain=("positive number", 2.0),
        ncombine=("positive", 2),
    ),
    "photometry, annulus": _arguments(
        annulus=("annulus", (4.0, 7.0)),
        sky_stat=("statistic", "median"),
        sigma_clip=("positive number", 3.0),
        maxiters=("positive or none", 5),
        min_sky=("positive", 20),
        gain=("positive number", 2.0),
    ),
    "photometry, errors": _arguments(
        annulus=("annulus", (4.0, 7.0)),
        error=("errors", np.full(FRAME, 2.0)),
        error_kind=("choice", "background"),
        gain=("positive number", 2.0),
        sky_stat=("statistic", "biweight"),
    ),
    "photometry, iraf": _arguments(
        annulus=("annulus", (4.0, 7.0)),
        error_model=("choice", "iraf"),
        gain=("positive number", 2.0),
        ncombine=("positive", 1),
    ),
    "photometry, ccd": _arguments(
        annulus=("annulus", (4.0, 7.0)),
        error_model=("choice", "ccd"),
        gain=("positive number", 2.0),
        read_noise=("number or zero", 5.0),
        dark=("number or zero", 0.1),
        exptime=("positive number", 30.0),
        sky_level=("level", 10.0),
        ncombine=("positive", 3),
    ),
}


def rows() -> Iterator[Row]:
    """
    Give the ways to measure a catalogue in one call.

    Yields
    ------
    Row
        One per source of sky and formula of the error.

    Examples
    --------
    >>> next(rows()).name
    'photometry, no sky'
    """
    for name, arguments in _WAYS.items():
        yield Row(name, "photometry", "photometry", "", "", arguments, _measured)
