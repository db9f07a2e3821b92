"""What headers call things: lists of keywords, and where a value was found.

Each list is looked for in the header of the extension, then in the primary one. A value that makes no sense for its
quantity, such as the EGAIN of 0 that some cameras write, is passed over, and a note says so.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astroapers._extras import require
from astroapers._fits.image import FitsImage

#: What each quantity is called, the best name first.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "gain": ("EGAIN", "GAIN", "GAINEFF", "ATODGAIN", "CVF", "CONAD", "ESO DET OUT1 CONAD"),
    "read_noise": ("RDNOISE", "READNOIS", "READNOISE", "RON", "ENOISE", "ESO DET OUT1 RON"),
    "exptime": ("EXPTIME", "EXPOSURE", "EXP_TIME", "ITIME", "XPOSURE"),
    "saturation": ("SATURATE", "SATLEVEL", "SATURLEV"),
    "filter": ("FILTER", "FILTER1", "FILTNAM", "FILTNAM1", "INSFLNAM", "BAND", "FILTERS", "ESO INS FILT1 NAME"),
    "airmass": ("AIRMASS", "SECZ"),
    "zeropoint": ("MAGZPT", "MAGZP", "MAGZERO", "ZP", "PHOTZP"),
    "bunit": ("BUNIT",),
}

#: The largest value of the image, saturated or not.
NEVER_SATURATION = "DATAMAX"

#: Quantities that are words; all others are numbers.
_WORDS = ("filter", "bunit")

#: Numbers that must be greater than 0, and at least 0.
_POSITIVE = ("gain", "exptime", "airmass", "ncombine")
_NOT_NEGATIVE = ("read_noise", "dark")


@dataclass(frozen=True)
class Found:
    """
    A value of a header.

    Attributes
    ----------
    value : object
        A number, or a text without blanks around it.
    keyword : str
        Under which name.
    where : str
        "extension 1", "the primary header".

    Examples
    --------
    >>> Found(0.8, "EGAIN", "the primary header").origin
    'keyword EGAIN of the primary header'
    """

    value: Any
    keyword: str
    where: str

    @property
    def origin(self) -> str:
        """Where it is from, in words."""
        return f"keyword {self.keyword} of {self.where}"


@dataclass(frozen=True)
class Headers:
    """
    The headers that an image's values are looked for in.

    Attributes
    ----------
    named : tuple of (str, Header)
        What to call each, and its cards; the first that has a keyword wins.
    file : str
        The file, for errors.
    keywords : Mapping of tuple of str
        The lists of keywords by quantity.
    notes : list of str
        Filled with what was passed over.
    """

    named: tuple[tuple[str, Any], ...]
    file: str
    keywords: Mapping[str, tuple[str, ...]]
    notes: list[str]

    @classmethod
    def of(cls, image: FitsImage, keywords: Mapping[str, tuple[str, ...]]) -> Headers:
        """
        Take those of an image.

        Parameters
        ----------
        image : FitsImage
            The image.
        keywords : Mapping of tuple of str
            The lists of keywords.

        Returns
        -------
        Headers
            Its extension's header, then the primary one.
        """
        named = [("the primary header", image.primary)]
        if image.number:
            named.insert(0, (f"extension {image.ext}", image.header))
        return cls(tuple(named), str(image.path), keywords, [])

    @property
    def is_eso(self) -> bool:
        """Whether the file is of the European Southern Observatory, whose GAIN is in adu per electron."""
        named = any(str(found.value).upper().startswith("ESO") for found in self.cards("ORIGIN", "TELESCOP"))
        return named or self.first("ESO DET OUT1 CONAD") is not None

    def cards(self, *keywords: str) -> Iterator[Found]:
        """
        Go through the values of some keywords.

        Parameters
        ----------
        *keywords : str
            The keywords, the best first.

        Yields
        ------
        Found
            All that there are, header by header; empty values are none.
        """
        for where, header in self.named:
            for keyword in keywords:
                value = self._value(header, keyword, where)
                if value != "" and isinstance(value, str | bool | int | float):
                    yield Found(value, keyword, where)

    def _value(self, header: Any, keyword: str, where: str) -> Any:
        try:
            value = header.get(keyword)
        except require("astropy.io.fits", extra="phot").VerifyError:
            note = f"{keyword} of {where} is passed over: its value is no number and no text in quotes"
            if note not in self.notes:
                self.notes.append(note)
            return None
        return value.strip() if isinstance(value, str) else value

    def find(self, quantity: str) -> Found | None:
        """
        Look for a quantity.

        Parameters
        ----------
        quantity : str
            A key of `KEYWORDS`.

        Returns
        -------
        Found or None
            The first value that makes sense.
        """
        for found in self.cards(*self.keywords[quantity]):
            if quantity == "gain" and found.keyword == "GAIN" and self.is_eso:
                self.notes.append(f"{found.origin} is not used: ESO's GAIN is in adu per electron")
                continue
            if quantity in _WORDS:
                return Found(str(found.value), found.keyword, found.where)
            if (number := _number(quantity, found.value)) is not None:
                return Found(number, found.keyword, found.where)
            self.notes.append(f"{found.keyword}={found.value!r} of {found.where} is passed over: it is no {quantity}")
        return None

    def named_by(self, parameter: str, keyword: str) -> Found:
        """
        Look for the keyword that an option names.

        Parameters
        ----------
        parameter : str
            The option.
        keyword : str
            The keyword.

        Returns
        -------
        Found
            Its number.

        Raises
        ------
        ValueError
            If it is not there, or makes no sense for the option.
        """
        if parameter == "gain" and keyword == "GAIN" and self.is_eso:
            raise ValueError(
                f"gain='GAIN' of {self.file} is in adu per electron, as this is a file of ESO: give the number of "
                "electrons per adu, or gain=CONAD"
            )
        found = self.first(keyword)
        if found is None:
            raise ValueError(f"{parameter}={keyword!r} is no keyword of {self.file}: give one that is, or a number")
        number = _number(parameter, found.value)
        if number is None:
            raise ValueError(
                f"{parameter}={keyword!r} of {self.file} is {found.value!r}, which is no {parameter}: give a number"
            )
        return Found(number, found.keyword, found.where)

    def first(self, *keywords: str) -> Found | None:
        """
        Give the first of some keywords that is there.

        Parameters
        ----------
        *keywords : str
            The keywords, the best first.

        Returns
        -------
        Found or None
            Its value, of whatever kind.
        """
        return next(self.cards(*keywords), None)

    def number(self, *keywords: str) -> Found | None:
        """
        Give the first of some keywords whose value is a finite number.

        Parameters
        ----------
        *keywords : str
            The keywords, the best first.

        Returns
        -------
        Found or None
            Its number.
        """
        for found in self.cards(*keywords):
            if (value := _number("", found.value)) is not None:
                return Found(value, found.keyword, found.where)
        return None


def _number(quantity: str, value: Any) -> float | None:
    """Read a number, also one that was written as text; None if it cannot be the quantity."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    low = 0.0 if quantity in (*_POSITIVE, *_NOT_NEGATIVE) else -math.inf
    possible = low < number < math.inf or (number == 0.0 and quantity in _NOT_NEGATIVE)
    return number if possible else None


def extended(given: Any) -> dict[str, tuple[str, ...]]:
    """
    Add keywords to the lists.

    Parameters
    ----------
    given : str, Path, Mapping or None
        A TOML file, or a mapping like it: a keyword, or a list of them, by quantity. They go before the known ones.

    Returns
    -------
    dict of tuple of str
        The lists.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no such table.

    Examples
    --------
    >>> extended({"gain": "MYGAIN"})["gain"][:2]
    ('MYGAIN', 'EGAIN')
    >>> extended({"gian": "MYGAIN"})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: keywords has the unknown quantity 'gian'; it must be one of gain, read_noise, ...
    """
    if given is None:
        return dict(KEYWORDS)
    name, table = "keywords", given
    if not isinstance(given, Mapping):
        name = f"keywords={str(given)!r}"
        try:
            table = tomllib.loads(Path(given).read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"{name} is no TOML: {error}") from None
    lists = dict(KEYWORDS)
    for quantity, own in table.items():
        if quantity not in KEYWORDS:
            raise ValueError(f"{name} has the unknown quantity {quantity!r}; it must be one of {', '.join(KEYWORDS)}")
        listed = [own] if isinstance(own, str) else own
        if not isinstance(listed, list | tuple) or not all(isinstance(keyword, str) for keyword in listed):
            raise ValueError(f"{name} has {quantity} = {own!r}, which must be a keyword or a list of them")
        upper = tuple(keyword.strip().upper() for keyword in listed)
        if quantity == "saturation" and NEVER_SATURATION in upper:
            raise ValueError(
                f"{name} has {quantity} = {own!r}, but {NEVER_SATURATION} is the largest value of the image"
            )
        lists[quantity] = tuple(dict.fromkeys((*upper, *KEYWORDS[quantity])))
    return lists
