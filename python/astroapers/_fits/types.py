"""What the parts of photometry on FITS files hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astroapers._photometry import Photometry
from astroapers._typing import FloatArray

if TYPE_CHECKING:
    from astroapers._fits.image import FitsImage
    from astroapers._fits.noise_check import NoiseCheck
    from astroapers._fits.zeropoint import Zeropoint


@dataclass(frozen=True)
class Setting:
    """
    One resolved value, and where it came from.

    Attributes
    ----------
    name : str
        As the option is called.
    value : object
        A number, a text, or None if nothing was found.
    unit : str
        Its unit; empty if it has none.
    origin : str
        "option", "option, keyword EGAIN of the primary header", "keyword EGAIN of extension 1", "default",
        "not found", or why it is not used.

    Examples
    --------
    >>> print(Setting("gain", 0.8, "e-/adu", "keyword EGAIN of the primary header"))
    gain = 0.8 e-/adu (keyword EGAIN of the primary header)
    """

    name: str
    value: Any
    unit: str
    origin: str

    def __str__(self) -> str:
        value = f"{self.value:.10g}" if isinstance(self.value, float) else self.value
        unit = f" {self.unit}" if self.unit and self.value is not None else ""
        return f"{self.name} = {value}{unit} ({self.origin})"


@dataclass(frozen=True)
class Catalog:
    """
    Sources to measure.

    Attributes
    ----------
    table : astropy.table.Table
        As read: columns untouched, order kept.
    ids : ndarray, shape (N,)
        A column of the table, or 1 to N.
    x, y : ndarray of float64, shape (N,), or None
        0-based pixels of the file; None if the catalogue has sky coordinates.
    coord : astropy.coordinates.SkyCoord or None
        Sky coordinates; None if it has pixels.
    source : str
        The path, or "detected at 5 sigma".
    positions : str
        The columns that were taken.
    id_column : str or None
        The column that `ids` are.
    """

    table: Any
    ids: NDArray[Any]
    x: FloatArray | None
    y: FloatArray | None
    coord: Any | None
    source: str
    positions: str = ""
    id_column: str | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def values(self, parameter: str, column: str) -> tuple[FloatArray, str]:
        """
        One number per source.

        Parameters
        ----------
        parameter : str
            For an error: the parameter that names the column.
        column : str
            Name of the column.

        Returns
        -------
        values : ndarray of float64, shape (N,)
            NaN where the column is masked.
        unit : str
            Its unit; empty if it has none.

        Raises
        ------
        ValueError
            If there is no such column of numbers.
        """
        if column not in self.table.colnames:
            raise ValueError(
                f"{parameter}={column!r} is no column of {self.source}, which has {', '.join(self.table.colnames)}"
            )
        found = self.table[column]
        unit = str(getattr(found, "unit", None) or "")
        bare = getattr(found, "value", found)
        if isinstance(bare, np.ma.MaskedArray) and bare.dtype.kind in "buif":
            bare = np.ma.filled(bare.astype(np.float64), np.nan)
        array = np.asarray(bare)
        if array.dtype.kind not in "buif" or array.ndim != 1:
            raise ValueError(f"{parameter}={column!r} of {self.source} must hold one number per row")
        return array.astype(np.float64), unit


@dataclass(frozen=True)
class Measured:
    """
    What was measured on one image.

    Attributes
    ----------
    path : Path
        The file.
    ext : str
        The extension: its number, and its name if it has one, "1" or "1 (SCI)".
    image : FitsImage
        The image, trimmed if that was asked for.
    catalog : Catalog
        What was measured; its order is that of all columns.
    phot : Photometry
        In physical units; `x` and `y` are 0-based pixels of the whole image in the file, also if it was trimmed.
    ra, dec : ndarray of float64, shape (N,), or None
        Degrees, ICRS; None if the image has no celestial WCS.
    labels : tuple of str, length K
        What names of columns end in, for each aperture: ("_r3", "_r5"), or ("",) for a single one.
    settings : tuple of Setting
        Every resolved value with its origin.
    zeropoint : Zeropoint or None
        The zero point, if one was asked for.
    mag, mag_err : ndarray of float64, shape (N,) or (N, K), or None
        Magnitudes, if there is a zero point.
    filter : str or None
        Name of the filter.
    airmass, mjd_mid : float or None
        Airmass, and the middle of the exposure as a Modified Julian Date.
    noise : NoiseCheck or None
        Predicted and measured noise, if gain and read noise are known.
    notes : tuple of str
        What a user should read: one line each.
    """

    path: Path
    ext: str
    image: FitsImage
    catalog: Catalog
    phot: Photometry
    ra: FloatArray | None
    dec: FloatArray | None
    labels: tuple[str, ...]
    settings: tuple[Setting, ...]
    zeropoint: Zeropoint | None
    mag: FloatArray | None
    mag_err: FloatArray | None
    filter: str | None
    airmass: float | None
    mjd_mid: float | None
    noise: NoiseCheck | None
    notes: tuple[str, ...]
