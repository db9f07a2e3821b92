"""What photometry gives: a small frozen table of arrays."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astroapers import _inputs
from astroapers._photometry.images import Frame
from astroapers._photometry.sky import Annuli, Given
from astroapers._photometry.targets import Targets
from astroapers._typing import FloatArray, IntArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Sources that a `repr` shows.
_SHOWN = 8

#: Columns that a `repr` shows, and how.
_FORMATS = {
    "x": ".2f",
    "y": ".2f",
    "flux": ".6g",
    "flux_err": ".3g",
    "npix": ".2f",
    "sky": ".5g",
    "n_sky": "d",
    "flags": "d",
}

#: Columns of whole numbers.
_COUNTS = ("flags", "n_sky", "n_rejected")

#: Magnitudes per natural logarithm.
_POGSON = 2.5 / np.log(10)


@dataclass(frozen=True)
class Record:
    """
    How a result came about.

    Attributes
    ----------
    frame : Frame
        The image.
    targets : Targets
        The apertures.
    sky : Given or Annuli
        The sky.
    formula : str
        The variance.
    parameters : dict
        The arguments, by name.
    """

    frame: Frame | None
    targets: Targets
    sky: Given | Annuli
    formula: str
    parameters: dict[str, Any]

    def __getstate__(self) -> dict[str, Any]:
        # Images stay where they are: a pickled catalogue is small, and can no longer draw itself.
        parameters = {name: _described(value) for name, value in self.parameters.items()}
        sky = replace(self.sky, function=None) if isinstance(self.sky, Annuli) else self.sky
        return {**self.__dict__, "frame": None, "parameters": parameters, "sky": sky}

    def __setstate__(self, state: dict[str, Any]) -> None:
        from astroapers._photometry import unpickled

        self.__dict__.update(unpickled.record(state))


class Magnitudes(np.ndarray[Any, np.dtype[np.float64]]):
    """
    Magnitudes with their standard errors: an array with one more attribute.

    Attributes
    ----------
    err : ndarray of float64, same shape
        The standard errors, that of the zero point included; None for what was computed from magnitudes.

    Examples
    --------
    >>> import numpy as np
    >>> import astroapers as aap
    >>> phot = aap.photometry(np.full((9, 9), 10.0), aap.CircAp((4, 4), r=2), sky=2.0, sky_std=1.0)
    >>> mag = phot.mag(zeropoint=25.0, zeropoint_err=0.02)
    >>> print(f"{mag[0]:.3f} +- {mag.err[0]:.3f}")
    19.994 +- 0.040
    """

    err: FloatArray | None

    @classmethod
    def of(cls, values: FloatArray, err: FloatArray | None) -> Magnitudes:
        """
        Join magnitudes and their errors.

        Parameters
        ----------
        values : ndarray of float64
            The magnitudes.
        err : ndarray of float64, same shape, or None
            Their errors.

        Returns
        -------
        Magnitudes
            Both.

        Raises
        ------
        ValueError
            If the shapes differ.

        Examples
        --------
        >>> Magnitudes.of(np.array([20.0]), np.array([0.1]))[:1].err
        array([0.1])
        """
        if err is not None and np.shape(err) != np.shape(values):
            raise ValueError(f"err must have the shape {np.shape(values)} of the magnitudes, got {np.shape(err)}")
        magnitudes = np.asarray(values, dtype=np.float64).view(cls)
        magnitudes.err = err
        return magnitudes

    def __array_finalize__(self, obj: object) -> None:
        self.err = None

    # An array's own copies and pickles hold its numbers alone, and the errors would be gone.

    def copy(self, order: Any = "C") -> Magnitudes:
        """
        Copy the magnitudes and their errors.

        Parameters
        ----------
        order : {"C", "F", "A", "K"}, optional
            As of `numpy.ndarray.copy`.

        Returns
        -------
        Magnitudes
            Both.

        Examples
        --------
        >>> Magnitudes.of(np.array([20.0]), np.array([0.1])).copy().err
        array([0.1])
        """
        err = None if self.err is None else np.array(self.err, order=order)
        return Magnitudes.of(np.array(self, order=order), err)

    def __copy__(self) -> Magnitudes:
        return self.copy("K")

    def __deepcopy__(self, _memo: dict[int, Any]) -> Magnitudes:  # type: ignore[override]
        return self.copy("K")

    def __reduce__(self) -> tuple[Any, ...]:
        return Magnitudes.of, (np.asarray(self), self.err)

    def __getitem__(self, index: Any) -> Any:
        picked = super().__getitem__(index)
        if isinstance(picked, Magnitudes) and self.err is not None:
            picked.err = self.err[index]
        return picked


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Photometry:
    """
    A catalogue of measurements, one row per source, as `photometry` returns it.

    All arrays are read-only and in the order of the positions. For a list of K apertures those of shape (N, K) have two
    dimensions, else one. Quantities in the unit of the image carry it, if it has one. Results can be indexed like
    arrays, ``phot[phot.flags == 0]``; an integer gives a catalogue of one row.

    Attributes
    ----------
    x, y : ndarray of float64, shape (N,)
        Positions in pixels.
    flux : ndarray or Quantity, shape (N,) or (N, K)
        Aperture sum less `npix` times `sky`.
    flux_err : ndarray or Quantity, shape (N,) or (N, K)
        Standard error of the flux; NaN if the noise is unknown.
    apsum : ndarray or Quantity, shape (N,) or (N, K)
        Sum of weight times value over the good pixels.
    npix : ndarray of float64, shape (N,) or (N, K)
        Sum of the weights of these pixels.
    area : ndarray of float64, shape (N,) or (N, K)
        Area of the aperture in square pixels.
    bad_frac : ndarray of float64, shape (N,) or (N, K)
        Fraction of the aperture that was bad or outside the image, ``1 - npix / area``; for the centre method that of
        its pixels.
    flags : ndarray of int64, shape (N,) or (N, K)
        Bits of `Flag`; `decode_flags` says them in words.
    sky : ndarray or Quantity, shape (N,)
        Level of the sky per pixel.
    sky_std : ndarray or Quantity, shape (N,)
        Standard deviation of the sky's surviving pixels (divided by n - 1); or as it was given.
    n_sky : ndarray of int64, shape (N,)
        Pixels that the level rests on; 0 if it was given.
    n_rejected : ndarray of int64, shape (N,)
        Good pixels of the annulus that were rejected.

    Examples
    --------
    >>> import numpy as np
    >>> import astroapers as aap
    >>> data = np.add.outer(np.arange(40.0), np.zeros(40))
    >>> phot = aap.photometry(data, [(20, 20), (2, 20)], r=3, annulus=(5, 8))
    >>> phot
    <Photometry: 2 sources, 1 aperture: CircAp([(20.0, 20.0), (2.0, 20.0)], r=3.0)>
        x     y flux flux_err  npix sky n_sky flags
    20.00 20.00    0     27.5 28.27  20   124     0
     2.00 20.00    0     31.4 27.15  20    77 16386
    >>> len(phot[phot.flags == 0])
    1
    """

    x: FloatArray
    y: FloatArray
    flux: Any
    flux_err: Any
    apsum: Any
    npix: FloatArray
    area: FloatArray
    bad_frac: FloatArray
    flags: IntArray
    sky: Any
    sky_std: Any
    n_sky: IntArray
    n_rejected: IntArray
    _record: Record
    _rows: IntArray | None = None

    def __setstate__(self, state: dict[str, Any]) -> None:
        from astroapers._photometry import unpickled

        columns = {name: "i8" if name in _COUNTS else "f8" for name in self._columns()}
        self.__dict__.update(unpickled.catalogue(state, columns, Record))

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: Any) -> Photometry:
        chosen = np.arange(len(self))[index]
        if isinstance(index, tuple) or chosen.ndim > 1:
            raise IndexError("a catalogue is indexed by rows: with an int, a slice or a 1-D array")
        rows = np.atleast_1d(chosen)
        columns: dict[str, Any] = {name: _inputs.frozen(getattr(self, name)[rows]) for name in self._columns()}
        return replace(self, **columns, _rows=rows if self._rows is None else self._rows[rows])

    def __iter__(self) -> Iterator[Photometry]:
        return (self[i] for i in range(len(self)))

    @staticmethod
    def _columns() -> list[str]:
        return [field.name for field in fields(Photometry) if not field.name.startswith("_")]

    @property
    def apertures(self) -> int:
        """
        Number of apertures per source.

        Examples
        --------
        >>> import numpy as np
        >>> import astroapers as aap
        >>> aap.photometry(np.ones((9, 9)), [aap.CircAp((4, 4), r) for r in (1, 2)]).apertures
        2
        """
        return len(self._record.targets.apertures)

    @property
    def snr(self) -> FloatArray:
        """
        Flux over its error, of the shape of `flux`; NaN where the error is unknown or 0.

        Examples
        --------
        >>> import numpy as np
        >>> import astroapers as aap
        >>> aap.photometry(np.ones((9, 9)), (4, 4), r=2, sky_std=1.0).snr.round(2)
        array([3.94])
        """
        flux, err = _plain(self.flux), _plain(self.flux_err)
        return _ratio(flux, err, where=err > 0)

    def mag(self, zeropoint: float, exptime: float | None = None, zeropoint_err: float = 0) -> Magnitudes:
        """
        Magnitudes, ``zeropoint - 2.5 log10(flux / exptime)``.

        Parameters
        ----------
        zeropoint : float
            Magnitude of a source of one unit of the image, per second if `exptime` is given.
        exptime : float, optional
            Exposure time in seconds.
        zeropoint_err : float, optional
            Standard error of the zero point, which is part of the magnitudes' `err`.

        Returns
        -------
        Magnitudes
            An array of the shape of `flux`, with the standard errors as `err`; NaN where the flux is not positive.

        Raises
        ------
        TypeError, ValueError
            If an argument is not a finite number, or `exptime` not greater than 0.

        Examples
        --------
        >>> import numpy as np
        >>> import astroapers as aap
        >>> phot = aap.photometry(np.full((9, 9), 10.0), (4, 4), r=2, sky=2.0)
        >>> print(phot.mag(zeropoint=25.0).round(3))
        [19.994]
        """
        from astroapers._photometry.units import scalar

        anything = float("-inf")
        seconds = 1.0 if exptime is None else scalar("exptime", exptime)
        error = scalar("zeropoint_err", zeropoint_err, inclusive=True)
        values = scalar("zeropoint", zeropoint, least=anything) - 2.5 * self._log10(self.flux, seconds)
        return Magnitudes.of(values, np.hypot(self.mag_err, error))

    @property
    def mag_err(self) -> FloatArray:
        """
        Standard errors of magnitudes, ``2.5 / ln(10) flux_err / flux``; NaN where the flux is not positive.

        That of a zero point is added by `mag`.

        Examples
        --------
        >>> import numpy as np
        >>> import astroapers as aap
        >>> aap.photometry(np.ones((9, 9)), (4, 4), r=2, sky_std=0.1).mag_err.round(4)
        array([0.0275])
        """
        flux, err = _plain(self.flux), _plain(self.flux_err)
        return np.asarray(_POGSON * _ratio(err, flux, where=flux > 0))

    def mag_limit(self, nsigma: float = 3, *, zeropoint: float = 0.0, exptime: float | None = None) -> FloatArray:
        """
        Magnitude of a source as bright as some standard errors.

        Parameters
        ----------
        nsigma : float, optional
            How many.
        zeropoint, exptime : float, optional
            As for `mag`; without them the magnitude is instrumental.

        Returns
        -------
        ndarray of float64
            Of the shape of `flux`; NaN where the error is unknown.

        Raises
        ------
        TypeError, ValueError
            If an argument is not a finite number, or `nsigma` or `exptime` not greater than 0.

        Examples
        --------
        >>> import numpy as np
        >>> import astroapers as aap
        >>> phot = aap.photometry(np.zeros((9, 9)), (4, 4), r=2, sky_std=1.0)
        >>> phot.mag_limit(nsigma=5, zeropoint=25.0).round(2)
        array([21.99])
        """
        from astroapers._photometry.units import scalar

        seconds = 1.0 if exptime is None else scalar("exptime", exptime)
        with np.errstate(over="ignore"):
            limit = scalar("nsigma", nsigma) * _plain(self.flux_err)
        return scalar("zeropoint", zeropoint, least=float("-inf")) - 2.5 * self._log10(limit, seconds)

    @staticmethod
    def _log10(values: Any, divisor: float) -> FloatArray:
        numbers = _plain(values)
        # The logarithm of the quotient, which may be beyond the range of numbers.
        logarithm: FloatArray = np.log10(numbers, out=np.full(np.shape(numbers), np.nan), where=numbers > 0)
        return logarithm - float(np.log10(divisor))

    @property
    def coord(self) -> Any:
        """
        Celestial coordinates of the positions, if the data came with a world coordinate system; else None.

        Examples
        --------
        >>> import numpy as np
        >>> import astroapers as aap
        >>> aap.photometry(np.ones((9, 9)), (4, 4), r=2).coord is None
        True
        """
        wcs = None if self._record.frame is None else self._record.frame.wcs
        return None if wcs is None else wcs.pixel_to_world(self.x, self.y)

    # Tables

    def to_table(self) -> Any:
        """
        Make an astropy table, with every parameter in its `meta`.

        Returns
        -------
        astropy.table.QTable
            One row per source. Columns of several apertures end in `_r3`, `_r3p5` if these are circles, each of one
            radius, else in `_1`, `_2`. Flags come as bits and in words. Arguments that are arrays of one value per
            source are columns.

        Raises
        ------
        ImportError
            If astropy is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> import astroapers as aap
        >>> apertures = [aap.CircAp([(4, 4), (5, 5)], r) for r in (1, 2.5)]
        >>> table = aap.photometry(np.ones((9, 9)), apertures).to_table()
        >>> [name for name in table.colnames if name.startswith("flux")]
        ['flux_r1', 'flux_err_r1', 'flux_r2p5', 'flux_err_r2p5']
        """
        from astroapers._photometry import tables

        return tables.to_table(self)

    def to_pandas(self) -> Any:
        """
        Make a pandas data frame, with every parameter in its `attrs`.

        Returns
        -------
        pandas.DataFrame
            The columns of `to_table` as plain numbers; units are in `attrs`.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> import astroapers as aap
        >>> frame = aap.photometry(np.ones((9, 9)), [(4, 4), (5, 5)], r=1).to_pandas()
        >>> list(frame.columns[:4])
        ['x', 'y', 'flux', 'flux_err']
        """
        from astroapers._photometry import tables

        return tables.to_pandas(self)

    def to_arrow(self) -> Any:
        """
        Make an Arrow table, with every parameter in the metadata of its schema, as JSON.

        Returns
        -------
        pyarrow.Table
            The columns of `to_table` as plain numbers.

        Raises
        ------
        ImportError
            If pyarrow is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> import astroapers as aap
        >>> aap.photometry(np.ones((9, 9)), [(4, 4), (5, 5)], r=1).to_arrow().num_rows
        2
        """
        from astroapers._photometry import tables

        return tables.to_arrow(self)

    def plot(self, source: int | None = None, **kwargs: Any) -> Figure:
        """
        Draw the image with the apertures; or one source, its growth curve and its sky.

        Parameters
        ----------
        source : int, optional
            Index of a source, for its pixels, the growth of its flux with the aperture's size, and the histogram of
            its sky.
        **kwargs
            Properties of the patches that show the apertures, such as `color` or `lw`.

        Returns
        -------
        matplotlib.figure.Figure
            A new figure.

        Raises
        ------
        ImportError
            If Matplotlib is not installed.
        IndexError
            If there is no such source.
        ValueError
            If the result has lost its image, as one that was pickled has.

        Examples
        --------
        >>> import matplotlib
        >>> matplotlib.use("agg")
        >>> import matplotlib.pyplot as plt
        >>> import numpy as np
        >>> import astroapers as aap
        >>> phot = aap.photometry(np.ones((40, 40)), (20, 20), r=4, annulus=(7, 10))
        >>> len(phot.plot(source=0).axes)
        3
        >>> plt.close("all")
        """
        from astroapers._photometry import plot

        return plot.draw(self, source, kwargs)

    # Text

    def __repr__(self) -> str:
        lines = [f"<Photometry: {self._title()}>"]
        header, rows = self._cells()
        widths = [max(len(row[k]) for row in [header, *rows]) for k in range(len(header))]
        for row in [header, *rows] if rows else []:
            lines.append(" ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
        if len(self) > _SHOWN:
            lines.append(f"... {len(self) - _SHOWN} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        header, rows = self._cells()
        more = f"<p>... {len(self) - _SHOWN} more</p>" if len(self) > _SHOWN else ""
        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        title = f"<p>Photometry: {html.escape(self._title())}</p>"
        return f"{title}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    def _title(self) -> str:
        apertures = self._record.targets.apertures
        shown = repr(apertures[0]) if len(apertures) == 1 else ", ".join(type(ap).__name__ for ap in apertures)
        sources = f"{len(self)} source{'' if len(self) == 1 else 's'}"
        return f"{sources}, {len(apertures)} aperture{'' if len(apertures) == 1 else 's'}: {shown}"

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        """Header and first rows, one column per aperture where there are several."""
        from astroapers._photometry.tables import suffixes

        header, columns = [], []
        for name, form in _FORMATS.items():
            values = _plain(getattr(self, name))[:_SHOWN]
            several = values.T if values.ndim == 2 else [values]
            ends = suffixes(self) if values.ndim == 2 else [""]
            for end, column in zip(ends, several, strict=True):
                header.append(name + end)
                columns.append([format(value, form) for value in column.tolist()])
        return header, [list(row) for row in zip(*columns, strict=True)]


def _ratio(one: FloatArray, other: FloatArray, *, where: NDArray[np.bool_]) -> FloatArray:
    """Divide where that means something; what is beyond the range of numbers is infinite, and needs no warning."""
    with np.errstate(over="ignore", invalid="ignore"):
        ratio: FloatArray = np.divide(one, other, out=np.full(np.shape(one), np.nan), where=where)
    return ratio


def _plain(values: Any) -> NDArray[Any]:
    """Numbers without their unit."""
    array: NDArray[Any] = getattr(values, "value", values)
    return array


def _described(value: Any) -> Any:
    """Say in words what is too large, or cannot be written down."""
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    if np.ndim(value) > 1:
        return f"{getattr(value, 'dtype', 'an')} array of shape {np.shape(value)}"
    return value
