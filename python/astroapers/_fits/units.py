"""What a pixel counts: the header's BUNIT, in its many spellings."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

from astroapers._extras import require

#: The ways in which "per second" ends a unit.
_PER_SECOND = re.compile(
    r"\s*(?:/\s*(?:s|sec|secs|second|seconds)|(?:\.|\*|\s)\s*(?:s|sec|second)\s*(?:\*\*|\^)?\s*\(?-1\)?"
    r"|\s+per\s+(?:s|sec|second))\s*\Z",
    re.IGNORECASE,
)

#: Names of electrons, and of units that an electronic count has, in lower case.
_ELECTRONS = frozenset(
    {"e", "e-", "electron", "electrons", "elec", "el", "photoelectron", "photoelectrons", "photon", "photons", "ph"}
)
_COUNTS = frozenset({"adu", "adus", "dn", "dns", "du", "count", "counts", "ct", "cts", "data number", "data numbers"})

#: Which unit of astropy they are, by how they begin.
_BASES = (("photoe", "electron"), ("ph", "photon"), ("e", "electron"), ("c", "count"), ("a", "adu"), ("d", "DN"))

#: Short names of rates.
_RATES = {"cps": "count", "ctps": "count", "eps": "electron", "dnps": "dn"}


@dataclass(frozen=True)
class PixelUnit:
    """
    The unit of an image.

    Attributes
    ----------
    text : str
        BUNIT as written; empty if there is none.
    kind : {"electrons", "counts", "other", "unknown"}
        What is counted; "other" is a physical unit such as MJy/sr.
    per_second : bool
        Whether the exposure time was divided out.

    Examples
    --------
    >>> pixel_unit("ELECTRONS/S")
    PixelUnit(text='ELECTRONS/S', kind='electrons', per_second=True)
    >>> pixel_unit("adu").kind, pixel_unit("MJy/sr").kind, pixel_unit("").kind
    ('counts', 'other', 'unknown')
    """

    text: str
    kind: str
    per_second: bool

    @property
    def unit(self) -> Any:
        """
        The unit of astropy; None if it has none of this name.

        Examples
        --------
        >>> print(pixel_unit("counts sec-1").unit)
        ct / s
        """
        if not self.text:
            return None
        u = require("astropy.units", extra="phot")
        if self.kind in ("electrons", "counts"):
            word = _base(self.text)[0]
            named = (base for start, base in _BASES if word.startswith(start))
            base = getattr(u, next(named))
            return base / u.s if self.per_second else base
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            unit = u.Unit(self.text, parse_strict="silent")
        return None if isinstance(unit, u.UnrecognizedUnit) or unit == u.dimensionless_unscaled else unit


def pixel_unit(text: Any) -> PixelUnit:
    """
    Read a unit of pixels.

    Parameters
    ----------
    text : object
        The value of BUNIT; anything that is no text counts as none.

    Returns
    -------
    PixelUnit
        What could be made of it.

    Examples
    --------
    >>> [pixel_unit(text).per_second for text in ("adu/sec", "electron s-1", "cps", "Jy", "counts")]
    [True, True, True, False, False]
    """
    written = text.strip() if isinstance(text, str) else ""
    word, per_second = _base(written)
    if not word:
        kind = "unknown"
    elif word in _ELECTRONS:
        kind = "electrons"
    else:
        kind = "counts" if word in _COUNTS else "other"
    return PixelUnit(written, kind, per_second)


def _base(text: str) -> tuple[str, bool]:
    """Give the unit in lower case without its "per second", and whether it had one."""
    word = text.strip().lower().strip("'\"")
    if word in _RATES:
        return _RATES[word], True
    base = _PER_SECOND.sub("", word)
    return base.strip().strip("()[]").strip(), base != word
