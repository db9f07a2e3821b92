"""Sections of images, as headers write them: ``[17:528,1:520]``, counted from 1, both ends included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)

_RANGE = r"\s*(\d+)\s*:\s*(\d+)\s*"

#: Further axes are of length one, and of no interest.
_SECTION = re.compile(rf"\s*\[{_RANGE},{_RANGE}(?:,[\s\d:]*)*\]\s*")


@dataclass(frozen=True)
class Section:
    """
    A part of an image: half-open ranges of 0-based pixels.

    Attributes
    ----------
    x0, x1, y0, y1 : int
        ``data[y0:y1, x0:x1]``.

    Examples
    --------
    >>> print(Section(16, 528, 0, 520))
    [17:528,1:520]
    """

    x0: int
    x1: int
    y0: int
    y1: int

    def __str__(self) -> str:
        return f"[{self.x0 + 1}:{self.x1},{self.y0 + 1}:{self.y1}]"

    @property
    def shape(self) -> tuple[int, int]:
        """
        Rows and columns.

        Examples
        --------
        >>> Section(16, 528, 0, 520).shape
        (520, 512)
        """
        return self.y1 - self.y0, self.x1 - self.x0

    def of(self, data: NDArray[_Scalar], name: str) -> NDArray[_Scalar]:
        """
        Take the section of an image, in place.

        Parameters
        ----------
        data : ndarray, shape (ny, nx)
            The image.
        name : str
            What to call it in an error.

        Returns
        -------
        ndarray
            A view.

        Raises
        ------
        ValueError
            If it reaches beyond the image.

        Examples
        --------
        >>> import numpy as np
        >>> Section(1, 3, 0, 1).of(np.arange(6).reshape(2, 3), "image")
        array([[1, 2]])
        """
        ny, nx = data.shape
        if self.x1 > nx or self.y1 > ny:
            raise ValueError(f"the section {self} reaches beyond {name}, whose size is {nx} x {ny} pixels")
        return data[self.y0 : self.y1, self.x0 : self.x1]


def is_section(value: Any) -> bool:
    """
    Whether a value of a header looks like a section.

    Parameters
    ----------
    value : object
        The value.

    Returns
    -------
    bool
        Whether it is text in brackets.

    Examples
    --------
    >>> is_section("[4:13,1:520]"), is_section(4.0)
    (True, False)
    """
    return isinstance(value, str) and value.strip().startswith("[")


def section(name: str, text: str) -> Section:
    """
    Read a section.

    Parameters
    ----------
    name : str
        The keyword, for an error.
    text : str
        Its value. Ranges that run backwards mean a mirrored read-out, and the same pixels.

    Returns
    -------
    Section
        The pixels.

    Raises
    ------
    ValueError
        If it is no section.

    Examples
    --------
    >>> section("TRIMSEC", "[  17: 528,   1: 520]")
    Section(x0=16, x1=528, y0=0, y1=520)
    """
    read = _SECTION.fullmatch(text)
    if read is None or "0" in (ends := [end.lstrip("0") or "0" for end in read.groups()]):
        raise ValueError(f"{name}={text!r} must be a section such as '[17:528,1:520]', counted from 1")
    x0, x1, y0, y1 = map(int, ends)
    return Section(min(x0, x1) - 1, max(x0, x1), min(y0, y1) - 1, max(y0, y1))
