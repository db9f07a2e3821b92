"""Catalogues: which columns of a table say where the sources are.

The table itself stays as it was read: rows in their order, those without a position as well. What options do not say is
taken from the names that columns have in the field.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from astroapers._extras import require
from astroapers._fits.job import Job
from astroapers._fits.read import METADATA, read_table
from astroapers._fits.types import Catalog
from astroapers._typing import FloatArray

#: Names of right ascensions and declinations, in small letters; both of a pair must be there.
_SKY_NAMES = [
    ("ra", "dec"),
    ("ra", "de"),
    ("ra_icrs", "de_icrs"),
    ("ra_icrs", "dec_icrs"),
    ("raj2000", "dej2000"),
    ("raj2000", "decj2000"),
    ("_raj2000", "_dej2000"),
    ("ra_j2000", "dec_j2000"),
    ("ra2000", "dec2000"),
    ("ra2000", "de2000"),
    ("ra_deg", "dec_deg"),
    ("radeg", "decdeg"),
    ("radeg", "dedeg"),
    ("ra_degrees", "dec_degrees"),
    ("ra_hms", "dec_dms"),
    ("ra_hours", "dec_deg"),
    ("ra_hour", "dec_deg"),
    ("ramean", "decmean"),
    ("rastack", "decstack"),
    ("alpha_j2000", "delta_j2000"),
    ("alphawin_j2000", "deltawin_j2000"),
    ("alpha_sky", "delta_sky"),
    ("alphawin_sky", "deltawin_sky"),
    ("s_ra", "s_dec"),
    ("right_ascension", "declination"),
    ("right ascension", "declination"),
]

#: Names of pixel positions, with what the program that writes them counts the first pixel as.
_PIXEL_NAMES: list[tuple[str, str, int | None]] = [
    ("x", "y", None),
    ("x_image", "y_image", 1),  # SExtractor
    ("xwin_image", "ywin_image", 1),
    ("xcentroid", "ycentroid", 0),  # photutils
    ("x_centroid", "y_centroid", 0),
    ("xcenter", "ycenter", None),
    ("x_fit", "y_fit", 0),
    ("xpos", "ypos", None),
    ("x_pix", "y_pix", None),
    ("xpix", "ypix", None),
]

#: Right ascensions without a unit that are hours all the same.
_HOURS = re.compile(r"hour|hms", re.IGNORECASE)

_POLE = 90.0


def catalog(
    given: Any,
    *,
    x: str | None = None,
    y: str | None = None,
    origin: int | None = None,
    ra: str | None = None,
    dec: str | None = None,
    identifier: str | None = None,
) -> Catalog:
    """
    Read a catalogue, or take one from memory, and find its positions.

    Parameters
    ----------
    given : path, table, array_like of shape (N, 2), SkyCoord or Catalog
        A file; anything that astropy makes a table of; positions in pixels; positions on the sky.
    x, y : str, optional
        Columns with positions in pixels.
    origin : {0, 1}, optional
        What the first pixel of a row counts as in them. Needed for tables, unless these say so: by a line or an entry
        ``origin`` in the metadata, or by names that one program gives to columns, such as SExtractor's ``X_IMAGE``.
    ra, dec : str, optional
        Columns with positions on the sky, ICRS: degrees, or in the unit of the column, or sexagesimal text with hours.
    identifier : str, optional
        Column that names the sources; that called ``id`` by default, or else numbers from 1 on.

    Returns
    -------
    Catalog
        All rows in their order.

    Raises
    ------
    TypeError, ValueError
        If no positions are found, or options contradict each other; the message lists the columns there are.
    OSError
        If there is no such file.

    Examples
    --------
    >>> from astropy.table import Table
    >>> found = catalog(Table({"RAJ2000": ["16:41:41.6", ""], "DEJ2000": ["+36:27:40.7", ""], "V": [9.1, 9.2]}))
    >>> found.coord.ra.deg.round(4)
    array([250.4233,      nan])
    >>> found.ids
    array([1, 2])
    """
    if isinstance(given, Catalog):
        return given
    table, source = _table(given)
    if origin not in (None, 0, 1) or isinstance(origin, bool):
        raise ValueError(f"origin={origin!r} must be 0 or 1: what the first pixel counts as")
    for first, second, names in ((x, y, ("x", "y")), (ra, dec, ("ra", "dec"))):
        if (first is None) != (second is None):
            have, lack = names if second is None else names[::-1]
            raise ValueError(f"{have} needs {lack} beside it: name both columns of the position")
    if x is not None and ra is not None:
        raise ValueError("x and y cannot be used with ra and dec: positions are in pixels or on the sky, not both")
    if ra is not None and origin is not None:
        raise ValueError("origin cannot be used with ra and dec: it is for positions in pixels, x and y")
    pixels = _pixel_columns(table, x, y, origin, source) if ra is None else None
    sky = _sky_columns(table, ra, dec, source) if x is None else None
    if sky is not None and origin is None:
        positions = {"x": None, "y": None, "coord": _coord(table, sky, source), "positions": " and ".join(sky)}
    elif pixels is not None:
        positions = _pixels(table, *pixels, source)
    elif origin is not None:
        raise ValueError(f"{source} has no columns x and y: name them by x and y; {_there_are(table)}")
    else:
        raise ValueError(
            f"{source} has no columns with the usual names of positions: name them by ra and dec, or by x, y and "
            f"origin; {_there_are(table)}"
        )
    id_column = _id_column(table, identifier, source)
    ids = np.arange(1, len(table) + 1) if id_column is None else np.asarray(_filled(table[id_column]))
    return Catalog(table=table, ids=ids, source=source, id_column=id_column, **positions)


def of_job(job: Job) -> Catalog:
    """
    Read the catalogue that a job names.

    Parameters
    ----------
    job : Job
        With a catalogue.

    Returns
    -------
    Catalog
        See `catalog`.

    Examples
    --------
    >>> of_job(Job(catalog=[(10, 20)], r=3)).x
    array([10.])
    """
    return catalog(job.catalog, x=job.x, y=job.y, origin=job.origin, ra=job.ra, dec=job.dec, identifier=job.id)


def _table(given: Any) -> tuple[Any, str]:
    """Give any catalogue as a table, and say where it comes from."""
    tables = require("astropy.table", extra="phot")
    coordinates = require("astropy.coordinates", extra="phot")
    if isinstance(given, str | os.PathLike):
        return read_table(Path(given)), str(given)
    if isinstance(given, coordinates.SkyCoord):
        return tables.Table({"coord": given.reshape(-1)}), "the catalogue"
    if isinstance(given, tables.Table):
        return given, "the catalogue"
    if type(given).__module__.partition(".")[0] == "pandas":
        return tables.Table.from_pandas(given), "the catalogue"
    kind = type(given).__name__
    try:
        if not isinstance(given, dict) and not (isinstance(given, np.ndarray) and given.dtype.names):
            given = np.asarray(given, dtype=np.float64)
            if given.shape == (2,):
                given = given[np.newaxis]
            if given.ndim != 2 or given.shape[1] != 2:
                raise ValueError(f"shape {given.shape} is neither (2,) nor (N, 2)")
            # Numbers from Python are counted as Python counts.
            return tables.Table(dict(zip("xy", given.T, strict=True)), meta={"origin": 0}), "the catalogue"
        return tables.Table(given), "the catalogue"
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"catalog must be a file, a table, positions of shape (N, 2), or a SkyCoord, got {kind}: {error}"
        ) from error


def _there_are(table: Any) -> str:
    names = ", ".join(table.colnames)
    return f"its columns are {names}"


def _named(table: Any, name: str, what: str, source: str) -> str:
    """Find a column by its name, or else by its name in other letters, if that is the only one."""
    if name in table.colnames:
        return name
    same = [column for column in table.colnames if column.lower() == str(name).lower()]
    if len(same) == 1:
        return str(same[0])
    raise ValueError(f"{source} has no column {name!r} for {what}; {_there_are(table)}")


def _pixel_columns(
    table: Any, x: str | None, y: str | None, origin: int | None, source: str
) -> tuple[str, str, int | None] | None:
    """Choose the columns of pixel positions, and what their first pixel counts as, as far as anybody says."""
    names = {name.lower(): name for name in reversed(table.colnames)}
    known = [(names[a], names[b], first) for a, b, first in _PIXEL_NAMES if a in names and b in names]
    stated = _stated_origin(table)
    if x is not None and y is not None:
        chosen = _named(table, x, "x", source), _named(table, y, "y", source)
        implied = next((first for a, b, first in known if (a, b) == chosen), None)
    elif known:
        chosen, implied = known[0][:2], known[0][2]
    else:
        return None
    if origin is None:
        origin = implied if stated is None else stated
    return *chosen, origin


def _stated_origin(table: Any) -> int | None:
    """Read what the file itself says about its first pixel."""
    meta = {str(key).lower(): value for key, value in table.meta.items()}
    own = meta.get(METADATA)
    stated = str(meta.get("origin", own.get("origin") if isinstance(own, dict) else None))
    return int(stated) if stated in ("0", "1") else None


def _pixels(table: Any, x: str, y: str, origin: int | None, source: str) -> dict[str, Any]:
    if origin is None:
        raise ValueError(
            f"{source} does not say what its first pixel is: give origin=0 if the centre of the first pixel is (0, 0), "
            f"as in NumPy, or origin=1 if it is (1, 1), as in FITS, DS9 and SExtractor"
        )
    columns = {axis: _numbers(table, name, source) - origin for axis, name in (("x", x), ("y", y))}
    return {**columns, "coord": None, "positions": f"{x} and {y}, first pixel {origin}"}


def _numbers(table: Any, name: str, source: str) -> FloatArray:
    """Numbers of a column; those that are missing are NaN."""
    column = table[name]
    values: Any = np.ma.asarray(getattr(column, "value", column))
    if values.ndim != 1:
        raise ValueError(
            f"column {name} of {source} must hold one number per row, got shape {values.shape[1:]} in each"
        )
    if values.dtype.kind not in "buif":
        try:
            values = np.array([float(_text(given) or "nan") for given in values.filled("")])
        except ValueError as error:
            raise ValueError(f"column {name} of {source} must hold numbers: {error}") from None
    numbers: FloatArray = np.ma.filled(values.astype(np.float64), np.nan)
    return numbers


def _text(given: Any) -> str:
    return (given.decode() if isinstance(given, bytes) else str(given)).strip()


def _sky_columns(table: Any, ra: str | None, dec: str | None, source: str) -> tuple[str, ...] | None:
    """Choose the columns of positions on the sky; one, if it holds coordinates as they are."""
    if ra is not None and dec is not None:
        return _named(table, ra, "ra", source), _named(table, dec, "dec", source)
    skycoord = require("astropy.coordinates", extra="phot").SkyCoord
    whole = [name for name in table.colnames if isinstance(table[name], skycoord)]
    if len(whole) == 1:
        return (whole[0],)
    names = {name.lower(): name for name in reversed(table.colnames)}
    return next(((names[a], names[b]) for a, b in _SKY_NAMES if a in names and b in names), None)


def _coord(table: Any, names: tuple[str, ...], source: str) -> Any:
    """Positions on the sky, whatever their unit or spelling; NaN where there are none."""
    coordinates = require("astropy.coordinates", extra="phot")
    if len(names) == 1:
        return table[names[0]]
    ra, dec = (_degrees(table, name, axis, source) for name, axis in zip(names, ("ra", "dec"), strict=True))
    wrong = np.flatnonzero(np.abs(dec) > _POLE)
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(
            f"column {names[1]} of {source} must be declinations between -90 and 90 degrees, got {dec[row]:g} in row "
            f"{row + 1}: are the columns of ra and dec swapped?"
        )
    return coordinates.SkyCoord(ra, dec, unit="deg")


def _degrees(table: Any, name: str, axis: str, source: str) -> FloatArray:
    """Angles of a column in degrees."""
    units = require("astropy.units", extra="phot")
    column = table[name]
    if isinstance(column, require("astropy.coordinates", extra="phot").Angle):
        return np.asarray(column.deg, dtype=np.float64)
    values = np.ma.asarray(getattr(column, "value", column))
    if values.dtype.kind in "SUO":
        return np.array([_angle(text, axis, name, row, source) for row, text in enumerate(values.filled(""), 1)])
    degrees = _numbers(table, name, source)
    unit = getattr(column, "unit", None)
    if unit is None and axis == "ra" and _HOURS.search(name):
        unit = units.hourangle
    if unit is None or not isinstance(unit, units.UnitBase):
        return degrees
    if unit == units.hour:  # as some tables call the hour angle
        unit = units.hourangle
    if not unit.is_equivalent(units.deg):
        raise ValueError(f"column {name} of {source} must be an angle, got the unit {unit}")
    return np.asarray((degrees * unit).to_value(units.deg))


def _angle(text: Any, axis: str, name: str, row: int, source: str) -> float:
    """One angle in degrees, from a number or from sexagesimal text, of hours if it is a right ascension."""
    text = _text(text)
    if not text or text.lower() in ("nan", "--", "null", "none"):
        return float("nan")
    coordinates = require("astropy.coordinates", extra="phot")
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return float(coordinates.Angle(text, unit="hourangle" if axis == "ra" else "deg").deg)
    except (ValueError, TypeError) as error:
        example = "16:41:41.6 or 250.423" if axis == "ra" else "+36:27:40.7 or 36.461"
        raise ValueError(
            f"column {name} of {source} must be an angle like {example}, got {text!r} in row {row}"
        ) from error


def _id_column(table: Any, name: str | None, source: str) -> str | None:
    if name is not None:
        return _named(table, name, "id", source)
    return next((column for column in table.colnames if column.lower() == "id"), None)


def _filled(column: Any) -> Any:
    """Values of a column without its unit; a missing text is empty, a missing number what astropy fills it with."""
    values = getattr(column, "value", column)
    if not hasattr(values, "filled"):
        return values
    return values.filled("" if values.dtype.kind in "SU" else None)
