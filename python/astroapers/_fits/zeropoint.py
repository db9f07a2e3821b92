r"""Zero points: what magnitude one unit of the image is, where the user asks for one.

A number, or a keyword of a header, is the magnitude of a source of one unit per second; or of one unit, if the exposure
time is not divided out. It never is where the unit is a rate already, or nothing that grows with time.

Two sets of keywords give flux densities, and so magnitudes by definition. With PHOTFLAM :math:`P` in
:math:`\mathrm{erg\,s^{-1}\,cm^{-2}\,\AA^{-1}}` of one count per second and the pivot wavelength PHOTPLAM
:math:`\lambda_p` in Å (Bohlin et al. 2011, AJ 141, 173; the handbooks of HST's instruments)

.. math::

    m_{ST} = -2.5 \log_{10} P - 21.10, \qquad
    m_{AB} = -2.5 \log_{10} (P \lambda_p^2 / c) - 48.60 ,

the systems of Koornneef et al. 1986 (Highlights of Astronomy 7, 833) and Oke & Gunn 1983 (ApJ 266, 713). JWST's
PHOTMJSR is the surface brightness in MJy/sr of one count per second, and PIXAR_SR the solid angle of a pixel, so that
one count per second is PHOTMJSR PIXAR_SR 1e6 Jy, and AB magnitudes follow from 3631 Jy. Of images that are in MJy/sr
already, PHOTMJSR has been applied, and PIXAR_SR alone is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from astroapers._fits.job import AUTO
from astroapers._fits.keywords import Found, Headers
from astroapers._fits.units import PixelUnit

#: Zero points of the ST and AB systems, for flux densities in cgs units per Å and per Hz.
_ST, _AB = -21.10, -48.60

#: Speed of light in Å/s.
_LIGHT = 2.99792458e18

#: AB magnitude 0 in Jy, from its definition.
_AB_JANSKY = 10 ** (0.4 * _AB) * 1e23

_JANSKY_PER_MJY = 1e6


@dataclass(frozen=True)
class Zeropoint:
    """
    A zero point and how it is used.

    Attributes
    ----------
    value : float
        Magnitude of one unit, per second if the exposure time is divided out.
    system : str
        "ST" or "AB"; empty if nobody says.
    origin : str
        Where it is from.
    exptime : float or None
        The exposure time in seconds that is divided out; None if none is.
    why : str
        Why it is divided out, or not.

    Examples
    --------
    >>> print(Zeropoint(25.0, "AB", "option", 30.0, "one unit is a count"))
    zeropoint = 25 AB mag (option): exposure time of 30 s divided out, one unit is a count
    """

    value: float
    system: str
    origin: str
    exptime: float | None
    why: str

    def __str__(self) -> str:
        system = f"{self.system} mag" if self.system else "mag"
        divided = (
            "exposure time not divided out"
            if self.exptime is None
            else (f"exposure time of {self.exptime:g} s divided out")
        )
        return f"zeropoint = {self.value:.10g} {system} ({self.origin}): {divided}, {self.why}"


def zeropoint(wanted: float | str, headers: Headers, unit: PixelUnit, exptime: float | None) -> Zeropoint:
    """
    Find the zero point that was asked for.

    Parameters
    ----------
    wanted : float or str
        A number, a keyword in capitals, or "AUTO".
    headers : Headers
        Where to look.
    unit : PixelUnit
        Of the image.
    exptime : float or None
        Exposure time in seconds, if it is known.

    Returns
    -------
    Zeropoint
        What to use.

    Raises
    ------
    ValueError
        If the header does not have it.
    """
    value, system, origin = _value(wanted, headers, unit)
    if unit.per_second:
        return Zeropoint(value, system, origin, None, f"BUNIT = {unit.text!r} is per second already")
    if unit.kind == "other":
        return Zeropoint(value, system, origin, None, f"BUNIT = {unit.text!r} does not grow with time")
    if exptime is None:
        return Zeropoint(value, system, origin, None, "for it is not known")
    what = f"BUNIT = {unit.text!r} grows with time" if unit.text else "there is no BUNIT that says it was"
    return Zeropoint(value, system, origin, exptime, what)


def _value(wanted: float | str, headers: Headers, unit: PixelUnit) -> tuple[float, str, str]:
    if isinstance(wanted, float):
        return wanted, "", "option"
    if wanted == "PHOTFLAM":
        found = _of_photflam(headers, unit)
    elif wanted == "PHOTMJSR":
        found = _of_photmjsr(headers, unit)
    elif wanted != AUTO:
        named = headers.named_by("zeropoint", wanted)
        return named.value, "", f"option, {named.origin}"
    else:
        listed = headers.find("zeropoint")
        if listed is not None:
            return listed.value, "", listed.origin
        found = _of_photflam(headers, unit) or _of_photmjsr(headers, unit)
    if found is None:
        tried = [*headers.keywords["zeropoint"], "PHOTFLAM + PHOTPLAM", "PHOTMJSR + PIXAR_SR"]
        listed_keywords = f"{', '.join(tried)} are not in" if wanted == AUTO else f"{wanted} has no use in"
        raise ValueError(f"zeropoint={wanted!r}: {listed_keywords} {headers.file}: give a number, or another keyword")
    return found


def _of_photflam(headers: Headers, unit: PixelUnit) -> tuple[float, str, str] | None:
    flux, pivot = _positive(headers, "PHOTFLAM"), _positive(headers, "PHOTPLAM")
    if flux is None or unit.kind == "other":
        return None
    if pivot is None:
        return _magnitude(flux.value) + _ST, "ST", flux.origin
    origin = f"keywords PHOTFLAM and PHOTPLAM of {flux.where}"
    return _magnitude(flux.value, pivot.value, pivot.value, 1 / _LIGHT) + _AB, "AB", origin


def _of_photmjsr(headers: Headers, unit: PixelUnit) -> tuple[float, str, str] | None:
    pixel = _positive(headers, "PIXAR_SR")
    if pixel is None:
        return None
    if unit.text.replace(" ", "").lower() in ("mjy/sr", "mjysr-1", "mjy.sr-1"):
        brightness, used = 1.0, "keyword PIXAR_SR"
    else:
        found = _positive(headers, "PHOTMJSR")
        if found is None or unit.kind == "other":
            return None
        brightness, used = found.value, "keywords PHOTMJSR and PIXAR_SR"
    return _magnitude(brightness, pixel.value, _JANSKY_PER_MJY, 1 / _AB_JANSKY), "AB", f"{used} of {pixel.where}"


def _magnitude(*factors: float) -> float:
    """Give the magnitude of a product, which itself may be beyond the range of numbers."""
    return -2.5 * math.fsum(map(math.log10, factors))


def _positive(headers: Headers, keyword: str) -> Found | None:
    found = headers.number(keyword)
    return found if found is not None and found.value > 0 else None
