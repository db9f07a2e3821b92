"""Results as tables of other packages, each imported when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from astroapers._extras import require
from astroapers._photometry.result import _described, _plain
from astroapers._photometry.sky import Annuli
from astroapers._photometry.units import is_quantity
from astroapers._shapes import SHAPES
from astroapers.apertures import CircAp
from astroapers.flags import decode_flags

if TYPE_CHECKING:
    from astroapers._photometry.result import Photometry

#: Columns of a source, of each of its apertures, and of its sky.
_POSITION = ("x", "y")
_MEASURED = ("flux", "flux_err", "apsum", "npix", "area", "bad_frac", "flags")
_SKY = ("sky", "sky_std", "n_sky", "n_rejected")

#: Units that do not depend on the image.
_UNITS = {"x": "pix", "y": "pix", "npix": "pix2", "area": "pix2"}

#: Arguments with one value per source that no column of the result holds.
_ARGUMENTS = ("sky_err",)


def suffixes(phot: Photometry) -> list[str]:
    """
    Say what the names of columns end in, for each aperture.

    Parameters
    ----------
    phot : Photometry
        A result.

    Returns
    -------
    list of str
        Nothing for one aperture, the radii of circles of different radii, else numbers from 1 on.

    Examples
    --------
    >>> import astroapers as aap
    >>> suffixes(aap.photometry([[1.0]], [aap.CircAp((0, 0), r) for r in (3, 3.5)]))
    ['_r3', '_r3p5']
    """
    apertures = phot._record.targets.apertures
    if len(apertures) == 1:
        return [""]
    radii = [ap.r for ap in apertures if isinstance(ap, CircAp) and isinstance(ap.r, float)]
    names = [f"_r{radius:g}".replace(".", "p").replace("+", "") for radius in radii]
    if len(set(names)) == len(apertures):
        return names
    return [f"_{k}" for k in range(1, len(apertures) + 1)]


def words(flags: Any) -> np.ndarray[Any, Any]:
    """
    Say flags in words, one text per source.

    Parameters
    ----------
    flags : ndarray of int64, shape (N,)
        Bits of `Flag`.

    Returns
    -------
    ndarray of str, shape (N,)
        Names with ``|`` between them.

    Examples
    --------
    >>> words(np.array([0, 3])).tolist()
    ['', 'NO_OVERLAP|PARTIAL_OVERLAP']
    """
    known = {bits: "|".join(decode_flags(bits)) for bits in np.unique(flags).tolist()}
    return np.array([known[bits] for bits in flags.tolist()], dtype=str)


def columns(phot: Photometry, ends: Sequence[str] | None = None) -> dict[str, Any]:
    """
    Columns by name, one value per source in each.

    Parameters
    ----------
    phot : Photometry
        A result.
    ends : sequence of str, optional
        What names end in for each aperture; those of `suffixes` by default.

    Returns
    -------
    dict
        Arrays and quantities.
    """
    table = {name: getattr(phot, name) for name in _POSITION}
    ends = suffixes(phot) if ends is None else ends
    for k, end in enumerate(ends):
        for name in _MEASURED:
            values = getattr(phot, name)
            column = values[:, k] if values.ndim == 2 else values
            table[name + end] = column
            if name == "flags":
                table["flag_names" + end] = words(column)
    table |= {name: getattr(phot, name) for name in _SKY}
    rows = slice(None) if phot._rows is None else phot._rows
    for name in _ARGUMENTS:
        value = phot._record.parameters[name]
        if np.ndim(value) == 1:
            table[name] = (value if is_quantity(value) else np.asarray(value))[rows]
    named = [(f"aperture{end}", ap) for end, ap in zip(ends, phot._record.targets.apertures, strict=True)]
    if isinstance(phot._record.sky, Annuli):
        named.append(("annulus", phot._record.sky.aperture))
    for prefix, aperture in named:
        if aperture._tag != "path":
            for parameter, value in zip(SHAPES[aperture._tag].names, aperture._geometry, strict=True):
                if isinstance(value, np.ndarray):
                    table[f"{prefix}_{parameter}"] = value[rows]
    return table


def meta(phot: Photometry) -> dict[str, Any]:
    """
    Everything that the numbers depend on, as plain values.

    Parameters
    ----------
    phot : Photometry
        A result.

    Returns
    -------
    dict
        Version, apertures, formula of the variance and every argument. Of arrays of one value per source it names the
        column, of images the shape, of functions the name.
    """
    import astroapers

    record = phot._record
    sky = repr(record.sky.aperture) if isinstance(record.sky, Annuli) else _written("sky", record.sky.level)
    return {
        "astroapers": astroapers.__version__,
        "apertures": [repr(aperture) for aperture in record.targets.apertures],
        "sky": sky,
        "variance": record.formula,
        **{name: _written(name, value) for name, value in record.parameters.items()},
    }


def _written(name: str, value: Any) -> Any:
    if np.ndim(value) == 1:
        return f"column {name}"
    value = _described(value)
    if is_quantity(value):
        return str(value)
    return value.item() if isinstance(value, np.generic | np.ndarray) else value


def to_table(phot: Photometry) -> Any:
    """
    Make an astropy table.

    Parameters
    ----------
    phot : Photometry
        A result.

    Returns
    -------
    astropy.table.QTable
        See `Photometry.to_table`.
    """
    table = require("astropy.table", extra="phot")
    found = columns(phot)
    pixel_units = {name: unit for name in found if (unit := _UNITS.get(_stem(name)))}
    result = table.QTable(found, units=pixel_units, meta=meta(phot))
    if phot.coord is not None:
        result.add_column(phot.coord, name="coord", index=2)
    return result


def _stem(name: str) -> str:
    """Give the name of a column without its aperture's suffix."""
    return name if name in _POSITION else name.split("_")[0]


def _plain_columns(phot: Photometry) -> dict[str, Any]:
    found = {name: np.asarray(_plain(column)) for name, column in columns(phot).items()}
    if phot.coord is None:
        return found
    coord = phot.coord.icrs
    return {"x": found.pop("x"), "y": found.pop("y"), "ra": coord.ra.deg, "dec": coord.dec.deg, **found}


def _plain_meta(phot: Photometry) -> dict[str, Any]:
    frame = phot._record.frame
    unit = {} if frame is None or frame.unit is None else {"unit": str(frame.unit)}
    return {**meta(phot), **unit}


def to_pandas(phot: Photometry) -> Any:
    """
    Make a pandas data frame.

    Parameters
    ----------
    phot : Photometry
        A result.

    Returns
    -------
    pandas.DataFrame
        See `Photometry.to_pandas`.
    """
    pandas = require("pandas", extra="tables")
    frame = pandas.DataFrame(_plain_columns(phot))
    frame.attrs.update(_plain_meta(phot))
    return frame


def to_arrow(phot: Photometry) -> Any:
    """
    Make an Arrow table.

    Parameters
    ----------
    phot : Photometry
        A result.

    Returns
    -------
    pyarrow.Table
        See `Photometry.to_arrow`.
    """
    pyarrow = require("pyarrow", extra="tables")
    table = pyarrow.table(_plain_columns(phot))
    return table.replace_schema_metadata({"astroapers": json.dumps(_plain_meta(phot))})
