"""What a pickle of a catalogue must hold: anybody may have written it, and none may contradict itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from astroapers import _inputs
from astroapers._photometry.images import Frame
from astroapers._photometry.noise import DEFAULTS
from astroapers._photometry.sky import Annuli, Given
from astroapers._photometry.targets import Targets
from astroapers._photometry.units import is_quantity
from astroapers.apertures import PixelAp


def _refusal(why: str) -> ValueError:
    return ValueError(f"this pickle holds no catalogue of photometry: {why}")


def _entries(state: Any, names: set[str]) -> dict[str, Any]:
    if not isinstance(state, dict) or set(state) != names:
        raise _refusal(f"its entries must be {', '.join(sorted(names))}")
    return state


def catalogue(state: Any, columns: Mapping[str, str], record: type[Any]) -> dict[str, Any]:
    """
    Check the state of a `Photometry`.

    Parameters
    ----------
    state : object
        What the pickle holds.
    columns : mapping of str to str
        For each column, what its dtype must be: "f8" or "i8".
    record : type
        The class of the entry `_record`.

    Returns
    -------
    dict
        The attributes; the arrays are read-only.

    Raises
    ------
    ValueError
        If an entry is missing or of the wrong kind, or columns do not fit together.
    """
    entries = _entries(state, {*columns, "_record", "_rows"})
    if not isinstance(entries["_record"], record):
        raise _refusal(f"_record is {_inputs.shown(entries['_record'])}")
    targets = entries["_record"].targets
    n = np.shape(entries["x"])[:1]
    measured = (*n, len(targets.apertures)) if targets.listed else n
    found = {}
    for name, dtype in columns.items():
        shape = measured if name in _MEASURED else n
        found[name] = _column(name, entries[name], dtype, shape)
    rows = entries["_rows"]
    if rows is not None:
        rows = _column("_rows", rows, "i8", n)
        if not ((rows >= 0) & (rows < targets.n)).all():
            raise _refusal("_rows points beyond the sources")
    elif n != (targets.n,):
        raise _refusal(f"its columns have the shape {n}, but it is of {targets.n} sources")
    return {**found, "_record": entries["_record"], "_rows": rows}


#: Columns with one value per source and aperture.
_MEASURED = ("flux", "flux_err", "apsum", "npix", "area", "bad_frac", "flags")


def _column(name: str, values: Any, dtype: str, shape: tuple[int, ...]) -> Any:
    numbers = values.value if is_quantity(values) else values
    if not isinstance(numbers, np.ndarray) or numbers.dtype != np.dtype(dtype) or numbers.shape != shape:
        raise _refusal(f"{name} must be an array of {np.dtype(dtype)} of shape {shape}")
    copy = values.copy()
    copy.flags.writeable = False
    return copy if is_quantity(copy) else _inputs.frozen(copy)


def record(state: Any) -> dict[str, Any]:
    """
    Check the state of a `Record`.

    Parameters
    ----------
    state : object
        What the pickle holds.

    Returns
    -------
    dict
        The attributes.

    Raises
    ------
    ValueError
        If an entry is missing or of the wrong kind.
    """
    entries = _entries(state, {"frame", "targets", "sky", "formula", "parameters"})
    kinds = {"frame": Frame | None, "targets": Targets, "sky": Given | Annuli, "formula": str, "parameters": dict}
    for name, kind in kinds.items():
        if not isinstance(entries[name], kind):
            raise _refusal(f"{name} is {_inputs.shown(entries[name])}")
    if not set(DEFAULTS) <= set(entries["parameters"]):
        raise _refusal("parameters are missing")
    _targets(entries["targets"])
    if isinstance(entries["sky"], Annuli) and not isinstance(vars(entries["sky"]).get("aperture"), PixelAp):
        raise _refusal("the sky has no aperture")
    return entries


def _targets(targets: Targets) -> None:
    entries = vars(targets)
    apertures, listed = entries.get("apertures"), entries.get("listed")
    if not (isinstance(apertures, tuple) and apertures and isinstance(listed, bool)):
        raise _refusal("it has no apertures")
    if not all(isinstance(aperture, PixelAp) for aperture in apertures) or not (listed or len(apertures) == 1):
        raise _refusal(f"apertures are {_inputs.shown(apertures)}")
    if any(len(aperture._columns[0]) != targets.n for aperture in apertures):
        raise _refusal("its apertures have different numbers of positions")
