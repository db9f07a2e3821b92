"""Masks and errors of pixels that come as images of their own: ``FILE[EXT]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers._fits.image import FitsImage, open_image

#: A file and, in brackets, an extension of it.
_NAMED = re.compile(r"(?P<file>.*?)(?:\[(?P<ext>[^\[\]]*)\])?", re.DOTALL)


@dataclass(frozen=True)
class Plane:
    """
    Where an image of something is.

    Attributes
    ----------
    path : Path
        The file.
    ext : int, str or None
        The extension; None for the first with an image.
    """

    path: Path
    ext: int | str | None


def plane(parameter: str, text: str, image: Path) -> Plane:
    """
    Read ``FILE[EXT]``.

    Parameters
    ----------
    parameter : str
        For an error: what names it.
    text : str
        The words. Without a file the extension is in the image's own one; ``{stem}`` in the file is replaced by the
        image's name without its suffix.
    image : Path
        The image.

    Returns
    -------
    Plane
        Where to look.

    Raises
    ------
    ValueError
        If there is neither file nor extension.

    Examples
    --------
    >>> plane("mask", "[DQ,1]", Path("m13.fits"))
    Plane(path=...Path('m13.fits'), ext='DQ,1')
    >>> plane("error", "{stem}_err.fits[2]", Path("m13.fits.gz"))
    Plane(path=...Path('m13_err.fits'), ext=2)
    """
    read = _NAMED.fullmatch(str(text).strip())
    file, ext = ("", None) if read is None else (read["file"].strip(), read["ext"])
    if read is None or not (file or ext):
        raise ValueError(f"{parameter}={text!r} must be a file and an extension, as in 'mask.fits[DQ]' or '[DQ]'")
    path = Path(file.replace("{stem}", stem(image))) if file else image
    if ext is None or not ext.strip():
        return Plane(path, None)
    return Plane(path, int(ext) if ext.strip().isdecimal() else ext.strip())


def stem(path: Path) -> str:
    """
    Give the name of a file without what says that it is FITS, and compressed.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        Its name.

    Examples
    --------
    >>> stem(Path("night/m13.b.fits.fz"))
    'm13.b'
    """
    name = path.name
    for suffix in (".gz", ".fz", ".bz2", ".xz", ".Z"):
        name = name.removesuffix(suffix)
    return Path(name).stem


def mask(where: Plane, bits: int | None, image: FitsImage) -> NDArray[Any]:
    """
    Read a mask.

    Parameters
    ----------
    where : Plane
        The file.
    bits : int or None
        The sum of the values of the bits that are bad; None if any number but 0 is.
    image : FitsImage
        What it masks.

    Returns
    -------
    ndarray, shape (ny, nx)
        Nonzero where pixels are bad, undefined ones included; the file's own pixels where they say so already.

    Raises
    ------
    OSError, ValueError
        If there is no such image, it has another size, or bits are asked for of numbers that are not whole.
    """
    found = _fitting("mask", where, image)
    data: NDArray[Any] = found.data
    if bits is not None:
        if data.dtype.kind not in "iu" or found.bscale != 1 or found.bzero % 1:
            raise ValueError(f"mask_bits={bits} needs a mask of whole numbers, but {where.path} holds others")
        data = _with_bits(data, int(found.bzero), bits)
    elif found.bzero:
        zero = -found.bzero / found.bscale
        data = data != (int(zero) if zero.is_integer() else zero)  # as int: the largest are not told apart as floats
    undefined = found.undefined
    return data if undefined is None else (data != 0) | undefined


def _with_bits(stored: NDArray[Any], zero: int, bits: int) -> NDArray[np.bool_]:
    """
    Find pixels with any of some bits.

    Unsigned numbers are stored less the half of their range, which is added modulo 2**64; row by row, so that no second
    copy of a large mask is made.
    """
    bad = np.empty(stored.shape, dtype=np.bool_)
    for row, numbers in enumerate(stored):
        unsigned = numbers.astype(np.int64).view(np.uint64) + np.uint64(zero % 2**64)
        bad[row] = (unsigned & np.uint64(bits)) != 0
    return bad


def errors(where: Plane, image: FitsImage) -> FitsImage:
    """
    Read the errors of pixels.

    Parameters
    ----------
    where : Plane
        The file.
    image : FitsImage
        What has these errors.

    Returns
    -------
    FitsImage
        As stored; of the size of the image.

    Raises
    ------
    OSError, ValueError
        If there is no such image, or it has another size.
    """
    return _fitting("error", where, image)


def _fitting(parameter: str, where: Plane, image: FitsImage) -> FitsImage:
    """Open a plane, and cut it as the image was cut, unless it was already."""
    found = open_image(where.path, where.ext)
    if found.shape == image.data.shape:
        return found
    if found.shape == image.shape:
        return found.part(image.section)
    (ny, nx), (rows, columns) = found.shape, image.data.shape
    raise ValueError(
        f"{parameter}={where.path} ({found.ext}) is {nx} x {ny} pixels, but the image {columns} x {rows}: they must be "
        "of one size"
    )
