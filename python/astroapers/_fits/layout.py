"""Tables of what was measured: one row per source, or one per source and aperture.

Measured columns come first, then those of the catalogue as they were; one of these whose name is taken is called
``in_*``.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from astroapers._extras import require
from astroapers._fits.job import Job
from astroapers._fits.types import Measured
from astroapers._photometry import tables
from astroapers._shapes import SHAPES
from astroapers.apertures import CircAp

#: What goes before the name of a column of the catalogue if ours has that name.
TAKEN = "in_"

#: Units that do not depend on the image.
_UNITS = {"x": "pix", "y": "pix", "ra": "deg", "dec": "deg", "mag": "mag", "mag_err": "mag", "r": "pix", "mjd_mid": "d"}
_AREAS = ("npix", "area")

#: What is measured for each aperture, and for each source.
_OF_APERTURES = ("flux", "flux_err", "mag", "mag_err", "apsum", "npix", "area", "bad_frac", "flags")
_OF_SOURCES = ("sky", "sky_std", "n_sky", "n_rejected")


def to_table(measured: Measured, job: Job, *, words: bool = False) -> Any:
    """
    Make the table that a job asks for: wide, or tidy.

    Parameters
    ----------
    measured : Measured
        What was measured on one image.
    job : Job
        What was asked for.
    words : bool, optional
        Whether there is a column with the flags in words beside each column of flags.

    Returns
    -------
    astropy.table.QTable
        The table, without provenance.
    """
    return tidy(measured, job, words=words) if job.tidy else wide(measured, words=words)


def wide(measured: Measured, *, words: bool = False) -> Any:
    """
    Make one row per source; columns of several apertures end in their radii.

    Parameters
    ----------
    measured : Measured
        What was measured on one image.
    words : bool, optional
        Whether there are columns ``flag_names`` as well.

    Returns
    -------
    astropy.table.QTable
        Rows in the order of the catalogue.
    """
    phot = measured.phot
    found = tables.columns(phot, measured.labels)
    columns = {"id": measured.catalog.ids, "x": found.pop("x"), "y": found.pop("y")}
    if measured.ra is not None:
        columns |= {"ra": measured.ra, "dec": measured.dec}
    for name, values in found.items():
        if name.startswith("flag_names") and not words:
            continue
        columns[name] = values
        for k, end in enumerate(measured.labels):
            if name == f"flux_err{end}" and measured.mag is not None:
                columns[f"mag{end}"] = _of_aperture(measured.mag, k)
                columns[f"mag_err{end}"] = _of_aperture(measured.mag_err, k)
    return _joined(columns, measured, np.arange(len(phot)))


def _of_aperture(values: Any, k: int) -> Any:
    return values[:, k] if values.ndim == 2 else values


def tidy(measured: Measured, job: Job, *, words: bool = False) -> Any:
    """
    Make one row per source and aperture, with what is known of the image in each.

    Parameters
    ----------
    measured : Measured
        What was measured on one image.
    job : Job
        What was asked for; it knows how apertures are called.
    words : bool, optional
        Whether there is a column ``flag_names`` as well.

    Returns
    -------
    astropy.table.QTable
        The apertures of a source follow each other. `aperture` says each as it was asked for; circles have their
        radius in pixels as `r`.
    """
    phot = measured.phot
    n, k = len(phot), phot.apertures
    rows = np.repeat(np.arange(n), k)
    size = len(rows)
    nan = float("nan")
    columns: dict[str, Any] = {
        "image": np.full(size, str(measured.path)),
        "ext": np.full(size, measured.ext),
        "filter": np.full(size, measured.filter or ""),
        "airmass": np.full(size, nan if measured.airmass is None else measured.airmass),
        "mjd_mid": np.full(size, nan if measured.mjd_mid is None else measured.mjd_mid),
        "id": measured.catalog.ids[rows],
        "x": phot.x[rows],
        "y": phot.y[rows],
    }
    if measured.ra is not None and measured.dec is not None:
        columns |= {"ra": measured.ra[rows], "dec": measured.dec[rows]}
    columns["aperture"] = np.tile([radius.label for radius in job.radii], n)
    columns |= _geometry(measured, n)
    for name in _OF_APERTURES:
        values = getattr(measured if name.startswith("mag") else phot, name)
        if values is None:
            continue
        columns[name] = values.reshape(-1)
        if name == "flags" and words:
            columns["flag_names"] = tables.words(columns[name])
    columns |= {name: getattr(phot, name)[rows] for name in _OF_SOURCES}
    return _joined(columns, measured, rows)


def _geometry(measured: Measured, n: int) -> dict[str, Any]:
    """Parameters of the apertures by name, source by source and aperture by aperture."""
    apertures = measured.phot._record.targets.apertures
    names = SHAPES[apertures[0]._tag].names
    values = [np.stack([np.broadcast_to(ap._geometry[j], n) for ap in apertures], axis=1) for j in range(len(names))]
    prefix = "" if isinstance(apertures[0], CircAp) else "aperture_"
    return {f"{prefix}{name}": value.reshape(-1).astype(np.float64) for name, value in zip(names, values, strict=True)}


def _joined(columns: dict[str, Any], measured: Measured, rows: Any) -> Any:
    """Put the columns of the catalogue behind ours."""
    qtable = require("astropy.table", extra="phot").QTable
    for name, values in columns.items():  # several apertures may have the same column of the catalogue as radius
        stem = name.split("_r")[0]
        unit = _UNITS.get(stem, "pix2" if stem in _AREAS else None)
        if unit is not None and not hasattr(values, "unit"):
            columns[name] = _with_unit(values, unit)
    catalog = measured.catalog
    found = qtable(columns)
    with warnings.catch_warnings():
        # A text with a unit, as of sexagesimal angles, stays a text.
        warnings.simplefilter("ignore")
        whole = qtable(catalog.table[rows], copy=False)
    taken = set(columns) | set(whole.colnames)
    for name in whole.colnames:
        if name == "id" and catalog.id_column == "id":
            continue  # it is there, as our own
        ours = name
        while ours in found.colnames or (ours != name and ours in taken):
            ours = TAKEN + ours
        found[ours] = whole[name]
    return found


def _with_unit(values: Any, unit: str) -> Any:
    return require("astropy.units", extra="phot").Quantity(values, unit, copy=False)
