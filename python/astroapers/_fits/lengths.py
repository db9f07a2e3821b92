"""Lengths on an image as users write them: pixels, angles on the sky, or a column of the catalogue."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from astroapers._photometry.units import is_quantity

#: Arcseconds in each unit of angle that a length may have.
ARCSECONDS = {"mas": 1e-3, "arcsec": 1.0, "arcmin": 60.0, "deg": 3600.0}

#: Other ways to write units, by the way that names of columns use.
_SPELLINGS = {
    "": "pix",
    "px": "pix",
    "pixel": "pix",
    "pixels": "pix",
    '"': "arcsec",
    "''": "arcsec",
    "arcseconds": "arcsec",
    "'": "arcmin",
    "degrees": "deg",
    **{unit: unit for unit in ("pix", *ARCSECONDS)},
}

_WRITTEN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Length:
    """
    One length.

    Attributes
    ----------
    value : float
        The number; NaN for a column.
    unit : str
        "pix", or a key of `ARCSECONDS`; of a column that has no unit, "pix".
    column : str
        The column of the catalogue that holds a length for each source; empty for a number.

    Examples
    --------
    >>> Length(2.0, "arcsec").label
    '2arcsec'
    """

    value: float
    unit: str = "pix"
    column: str = ""

    @property
    def label(self) -> str:
        """
        What names of columns call it.

        Examples
        --------
        >>> Length(2.5).label
        '2p5'
        """
        if self.column:
            return self.column
        number = f"{self.value:g}".replace(".", "p").replace("+", "").replace("-", "m")
        return number if self.unit == "pix" else number + self.unit

    def pixels(self, scale: float) -> float:
        """
        Convert to pixels.

        Parameters
        ----------
        scale : float
            Arcseconds per pixel.

        Returns
        -------
        float
            The length in pixels.

        Examples
        --------
        >>> Length(2.0, "arcsec").pixels(0.4)
        5.0
        """
        if self.unit == "pix":
            return self.value
        return self.value * ARCSECONDS[self.unit] / scale

    def __str__(self) -> str:
        if self.column:
            return f"column {self.column}"
        return f"{self.value:g}" if self.unit == "pix" else f"{self.value:g} {self.unit}"


def known_unit(text: str) -> str | None:
    """
    Find what a unit of length is called here.

    Parameters
    ----------
    text : str
        The unit as someone wrote it; empty for none.

    Returns
    -------
    str or None
        "pix", also for none, or a key of `ARCSECONDS`; None if it is no unit of length on an image.

    Examples
    --------
    >>> known_unit("px"), known_unit("arcsec"), known_unit("mag")
    ('pix', 'arcsec', None)
    """
    return _SPELLINGS.get(text.strip().lower())


def lengths(name: str, given: Any) -> tuple[Length, ...]:
    """
    Read one or several lengths.

    Parameters
    ----------
    name : str
        What to call them in an error.
    given : float, str, Quantity, or sequence of these
        Numbers are pixels. Text may be several, with commas between them, and each a number, a number with the unit
        mas, arcsec, arcmin or deg, or the name of a column.

    Returns
    -------
    tuple of Length
        At least one.

    Raises
    ------
    TypeError, ValueError
        If one is neither, or not finite and greater than 0.

    Examples
    --------
    >>> lengths("r", "3, 2arcsec")
    (Length(value=3.0, unit='pix', column=''), Length(value=2.0, unit='arcsec', column=''))
    >>> lengths("r", "radius")[0].column
    'radius'
    >>> lengths("r", 0)
    Traceback (most recent call last):
    ...
    ValueError: r=0 must be finite and greater than 0
    """
    if isinstance(given, str):
        given = given.split(",")
    elif is_quantity(given) or not isinstance(given, Sequence):
        given = list(given) if getattr(given, "ndim", 0) == 1 else [given]
    found = tuple(_length(name, item) for item in given)
    if not found:
        raise ValueError(f"{name}={given!r} must be at least one length")
    return found


def _length(name: str, given: Any) -> Length:
    value, unit, column = _parts(name, given)
    if not column and not 0 < value < math.inf:
        shown = given.strip() if isinstance(given, str) else f"{value:g}"
        shown = given.strip() if isinstance(given, str) else f"{value:g}"
        raise ValueError(f"{name}={shown} must be finite and greater than 0")
    return Length(value, unit, column)


def _parts(name: str, given: Any) -> tuple[float, str, str]:
    if isinstance(given, Length):
        return given.value, given.unit, given.column
    if is_quantity(given):
        return float(given.value), _unit(name, str(given), str(given.unit)), ""
    if not isinstance(given, str):
        try:
            return float(given), "pix", ""
        except (TypeError, ValueError):
            raise TypeError(
                f"{name}={given!r} must be a number, a text such as '2arcsec', or a column's name"
            ) from None
    text = given.strip()
    if written := _WRITTEN.fullmatch(text):
        return float(written[1]), _unit(name, text, written[2]), ""
    if not text:
        raise ValueError(f"{name}={given!r} must be a number, a number with a unit, or the name of a column")
    return math.nan, "pix", text


def _unit(name: str, text: str, written: str) -> str:
    unit = known_unit(written)
    if unit is None:
        known = ", ".join(("pix", *ARCSECONDS))
        raise ValueError(f"{name}={text!r} has the unknown unit {written!r}; it must be one of {known}")
    return unit
