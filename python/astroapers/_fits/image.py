"""Images in FITS files, as they lie there.

Pixels are not scaled when they are read: an array of integers with BSCALE and BZERO stays the memory map of the file,
and what is measured on it is scaled afterwards (`scaling`). Only what is compressed takes memory.
"""

from __future__ import annotations

import gzip
import re
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers._extras import require
from astroapers._fits.sections import Section
from astroapers._typing import FloatArray

#: What astropy, numpy and gzip say of a file that ends too early.
_CUT_SHORT = re.compile(r"truncated|buffer is too small|end-of-stream marker", re.IGNORECASE)

#: What astropy says of bytes after the last extension that are none.
_NO_HEADER = re.compile("Error validating header for HDU")

#: How to mend a file that nobody can read.
_REMEDY = "get a new copy of it, or leave it out"

#: The first bytes of what gzip wrote.
_GZIP = b"\x1f\x8b"

#: Bytes, and 32-bit words, that are read at a time.
_BYTES, _WORDS = 1 << 20, 1 << 18


@dataclass(frozen=True, eq=False)
class FitsImage:
    """
    One image of a file.

    Attributes
    ----------
    path : Path
        The file.
    number : int
        Place of the extension in it; 0 is the primary one.
    name : str
        Its EXTNAME; empty if it has none.
    data : ndarray, shape (ny, nx)
        The pixels as they are stored.
    bscale, bzero : float
        ``bscale * data + bzero`` are the physical values.
    blank : int or None
        The stored value of undefined pixels, if they are integers.
    header, primary : astropy.io.fits.Header
        The header of the extension, and the primary one.
    wcs : astropy.wcs.WCS or None
        Celestial coordinates of the pixels of the whole image; None if it has none.
    section : Section
        Which part of the whole image `data` is.
    shape : tuple of int
        Rows and columns of the whole image.
    notes : tuple of str
        What a user should know of the file.
    """

    path: Path
    number: int
    name: str
    data: NDArray[Any]
    bscale: float
    bzero: float
    blank: int | None
    header: Any
    primary: Any
    wcs: Any
    section: Section
    shape: tuple[int, int]
    notes: tuple[str, ...] = ()

    @property
    def ext(self) -> str:
        """Number of the extension, and its name if it has one."""
        return f"{self.number} ({self.name})" if self.name else str(self.number)

    @property
    def offset(self) -> tuple[int, int]:
        """Pixel (x, y) of the whole image that the first of `data` is."""
        return self.section.x0, self.section.y0

    @property
    def step(self) -> float:
        """Distance of neighbouring physical values; 0 if they are continuous."""
        return abs(self.bscale) if self.data.dtype.kind in "iu" else 0.0

    @property
    def undefined(self) -> NDArray[np.bool_] | None:
        """Where pixels have the value BLANK; None if nowhere."""
        if self.blank is None:
            return None
        undefined: NDArray[np.bool_] = self.data == self.blank
        return undefined if undefined.any() else None

    def physical(self) -> FloatArray:
        """
        Make a copy in physical units.

        Returns
        -------
        ndarray of float64, shape (ny, nx)
            NaN where pixels are undefined.
        """
        values = self.data.astype(np.float64)
        values *= self.bscale
        values += self.bzero
        if (undefined := self.undefined) is not None:
            values[undefined] = np.nan
        return values

    def part(self, section: Section) -> FitsImage:
        """
        Take a part of the image, in place.

        Parameters
        ----------
        section : Section
            Of the whole image.

        Returns
        -------
        FitsImage
            The part; its `wcs` remains that of the whole image.

        Raises
        ------
        ValueError
            If the section reaches beyond the image.
        """
        return replace(self, data=section.of(self.data, str(self.path)), section=section)


def open_image(path: str | Path, ext: int | str | None = None) -> FitsImage:
    """
    Open an image of a file: plain, gzipped or tile-compressed, in any extension.

    Parameters
    ----------
    path : str or Path
        The file.
    ext : int or str, optional
        Number of the extension, its name, or ``NAME,VERSION``; the first with an image by default.

    Returns
    -------
    FitsImage
        Axes of length one beyond the second are dropped.

    Raises
    ------
    OSError
        If the file cannot be read, or is cut short.
    ValueError
        If it has no such image.
    """
    path = Path(path)
    with opened(path) as (hdus, notes):
        number = _chosen(hdus, path, ext)
        if ext is None and len(several := list(_images(hdus))) > 1:
            shown = ", ".join(_title(hdus, i) for i in several)
            notes.append(f"{path} has several images, {shown}: the first is taken; ext= chooses another")
        hdu = hdus[number]
        data = _plane(hdu, path)
        if _is_damaged(path, number):
            notes.append(
                f"{path}: the pixels of extension {_title(hdus, number)} do not fit their checksum DATASUM: the file "
                "was damaged, or changed by a program that left the old one"
            )
        integers = data.dtype.kind in "iu"
        header = hdu.header
        return FitsImage(
            path=path,
            number=number,
            name=str(header.get("EXTNAME", "")).strip(),
            data=data,
            bscale=_number(header, "BSCALE", 1.0, path),
            bzero=_number(header, "BZERO", 0.0, path),
            blank=int(_number(header, "BLANK", 0, path)) if integers and "BLANK" in header else None,
            header=header.copy(),
            primary=hdus[0].header.copy(),
            wcs=_wcs(hdu, hdus, notes),
            section=Section(0, data.shape[1], 0, data.shape[0]),
            shape=(data.shape[0], data.shape[1]),
            notes=tuple(notes),
        )


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, list[str]]]:
    """
    Open a file of FITS, with errors that say what is wrong with it in one line.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    hdus : astropy.io.fits.HDUList
        Not scaled, and memory-mapped. Arrays taken from it outlive it.
    notes : list of str
        Filled with what astropy warns of, once the file is closed; complaints about the style of a header are left out.
    """
    fits = require("astropy.io.fits", extra="phot")
    exceptions = require("astropy.utils.exceptions", extra="phot")
    if not path.is_file():
        raise FileNotFoundError(f"{path} {'is no file' if path.exists() else 'does not exist'}")
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with _unzipped(path) as file, fits.open(file, memmap=True, do_not_scale_image_data=True) as hdus:
                yield hdus, notes
                if isinstance(file, gzip.GzipFile):
                    # Only at its end gzip tells whether what it gave was right.
                    deque(iter(partial(file.read, _BYTES), b""), maxlen=0)
        except Exception as error:  # what the readers raise of a broken header or stream is of every kind
            if isinstance(error, ImportError):
                raise
            if str(path) in str(error):
                if isinstance(error, ValueError) and any(_NO_HEADER.search(str(said.message)) for said in caught):
                    more = f"what follows its last extension is damaged or cut short; {_REMEDY}"
                    raise ValueError(f"{error}: {more}") from error
                raise
            raise _unreadable(path, error) from error
    for warning in caught:
        message = _one_line(warning.message)
        if _CUT_SHORT.search(message):
            raise _unreadable(path, message)
        style = issubclass(warning.category, fits.verify.VerifyWarning)
        if issubclass(warning.category, exceptions.AstropyUserWarning) and not style:
            notes.append(f"{path}: {message}")


def _unzipped(path: Path) -> Any:
    """Open the file that FITS is read from, unzipped: astropy would leave some open that it refuses."""
    with path.open("rb") as file:
        zipped = file.read(len(_GZIP)) == _GZIP
    return gzip.open(path) if zipped else path.open("rb")


def _unreadable(path: Path, error: object) -> OSError:
    """Say in one line what is wrong with a file, and what to do."""
    said = f"the header has no {error.args[0]}" if isinstance(error, KeyError) and error.args else _one_line(error)
    wrong = "is cut short" if _CUT_SHORT.search(said) else "cannot be read as FITS"
    # The first sentence: what follows is advice to programmers.
    return OSError(f"{path} {wrong}: {said.partition('. ')[0].rstrip('.')}; {_REMEDY}")


def _one_line(error: object) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _images(hdus: Any) -> Iterator[int]:
    return (i for i, hdu in enumerate(hdus) if _is_image(hdu))


def _is_image(hdu: Any) -> bool:
    """Whether there is a plane of pixels: two axes, and more only of length one."""
    shape = hdu.shape if hdu.is_image else ()
    return len(shape) >= 2 and all(length == 1 for length in shape[:-2]) and 0 not in shape


def _title(hdus: Any, number: int) -> str:
    name = str(hdus[number].header.get("EXTNAME", "")).strip()
    return f"{number} ({name})" if name else str(number)


def _chosen(hdus: Any, path: Path, ext: int | str | None) -> int:
    """Find the number of the extension that was asked for."""
    images = list(_images(hdus))
    there = f"its images are {', '.join(_title(hdus, i) for i in images)}" if images else "it has no image at all"
    if ext is None:
        if not images:
            cubes = [f"{i} of shape {hdu.shape}" for i, hdu in enumerate(hdus) if hdu.is_image and len(hdu.shape) > 2]
            more = f", but {', '.join(cubes)}" if cubes else ""
            raise ValueError(f"{path} has no two-dimensional image{more}")
        return images[0]
    number = _place(hdus, ext)
    if number is None:
        raise ValueError(f"ext={ext!r} is not in {path}: {there}")
    if number not in images:
        shape = getattr(hdus[number], "shape", ())
        is_what = f"of shape {shape}" if hdus[number].is_image else "a table"
        raise ValueError(f"ext={ext!r} of {path} is no two-dimensional image but {is_what}: {there}")
    return number


def _place(hdus: Any, ext: int | str) -> int | None:
    if isinstance(ext, int):
        return ext if 0 <= ext < len(hdus) else None
    name, _, version = ext.partition(",")
    wanted: Any = (name.strip(), int(version)) if version.strip().isdecimal() else name.strip()
    try:
        place: int = hdus.index_of(wanted)
    except KeyError:
        return None
    return place


def _is_damaged(path: Path, number: int) -> bool:
    """Tell whether an extension's bytes differ from its checksum; where there is none, they do not."""
    fits = require("astropy.io.fits", extra="phot")
    with _unzipped(path) as file:
        if isinstance(file, gzip.GzipFile):
            return False  # gzip has looked
        # As stored: of a compressed image the checksum is that of the compressed bytes.
        with fits.open(file, memmap=True, disable_image_compression=True) as hdus:
            said = str(hdus[number].header.get("DATASUM", "")).strip()
            about = hdus[number].fileinfo()
    return said.isdecimal() and int(said) != _checksum(path, about["datLoc"], about["datSpan"])


def _checksum(path: Path, start: int, length: int) -> int:
    """Add up bytes as 32-bit words, where what overflows is added at the low end: FITS 4.0, appendix J."""
    total = 0
    with path.open("rb") as file:
        file.seek(start)
        for begin in range(0, length // 4, _WORDS):
            words = np.fromfile(file, dtype=">u4", count=min(_WORDS, length // 4 - begin))
            total += int(words.sum(dtype=np.uint64))
    while total >> 32:
        total = (total & 0xFFFFFFFF) + (total >> 32)
    return total


def _plane(hdu: Any, path: Path) -> NDArray[Any]:
    try:
        data: NDArray[Any] = hdu.data
    except (OSError, EOFError, TypeError, ValueError) as error:  # what astropy raises where pixels are missing
        raise _unreadable(path, error) from error
    return data.reshape(data.shape[-2:])


def _number(header: Any, keyword: str, default: float, path: Path) -> float:
    value = header.get(keyword, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError(f"{keyword}={value!r} of {path} must be a finite number")
    if keyword == "BSCALE" and value == 0:
        raise ValueError(f"BSCALE=0 of {path} makes all pixels equal: the header is wrong")
    return float(value)


def _wcs(hdu: Any, hdus: Any, notes: list[str]) -> Any:
    """Read the celestial coordinates of the two axes of the image, with all distortions that astropy knows."""
    wcs = require("astropy.wcs", extra="phot")
    utils = require("astropy.wcs.utils", extra="phot")
    coordinates = require("astropy.coordinates", extra="phot")
    unusable = f"the WCS of extension {_title(hdus, hdus.index(hdu))} cannot be used: "
    try:
        found = wcs.WCS(hdu.header, fobj=hdus, naxis=2)
        frame = utils.wcs_to_celestial_frame(found) if found.has_celestial else None
    except Exception as error:  # wcslib, tables and polynomials each have their own kinds
        notes.append(unusable + _one_line(error))
        return None
    if frame is None:
        return None
    # Of bodies of the solar system astropy gives the class of a frame, but of the Earth one that turns with it.
    on_ground = isinstance(frame, type | coordinates.ITRS)
    if on_ground or not frame.is_transformable_to(coordinates.ICRS()):
        notes.append(f"{unusable}its coordinates have no right ascension and declination")
        return None
    return found
