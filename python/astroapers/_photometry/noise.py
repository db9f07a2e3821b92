"""Which formula gives the error, and the numbers that it needs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from astroapers import _inputs
from astroapers._photometry import units

#: Parameters of the error, with the defaults that stand for "not given".
DEFAULTS: dict[str, Any] = {
    "error": None,
    "error_kind": "total",
    "gain": None,
    "read_noise": None,
    "dark": None,
    "exptime": None,
    "ncombine": 1,
    "sky_std": None,
    "sky_err": None,
    "sky_level": 0.0,
}

#: What each error model uses of them.
USES = {
    None: {"error", "error_kind", "gain", "ncombine", "sky_std", "sky_err"},
    "iraf": {"gain", "ncombine", "sky_std", "sky_err"},
    "ccd": {"gain", "read_noise", "dark", "exptime", "ncombine", "sky_level"},
}

#: What is recorded with a table, by the extension's name of the formula.
FORMULAS = {
    "scatter": "sum(w^2) s^2 + A^2 (K s^2 / n0 + Q q^2 / 12)",
    "pixels": "sum(w^2 error^2) + A^2 (K s^2 / n0 + Q q^2 / 12)",
    "iraf": "F / gain + A s^2 + A^2 s^2 / n",
    "ccd": "(G F + A (1 + A / n) (G sky + D t + R^2 + (0.289 G)^2)) / G^2",
}

#: What a gain adds to the first two.
_PHOTONS = "sum(w^2 (d - sky)) / gain"


@dataclass(frozen=True)
class Model:
    """
    A formula with its numbers.

    Attributes
    ----------
    name : str
        The extension's name of the formula.
    numbers : list of float or None
        Its numbers, in the extension's order.
    """

    name: str
    numbers: list[float | None]

    @property
    def formula(self) -> str:
        """The variance in words."""
        formula = FORMULAS[self.name]
        photons = self.name in ("scatter", "pixels") and self.numbers[0] is not None
        return f"{formula} + {_PHOTONS}" if photons else formula


def model(name: Any, given: dict[str, Any], has_errors: bool, unit: Any) -> Model:
    """
    Choose the formula, and refuse what it does not use.

    Parameters
    ----------
    name : {None, "iraf", "ccd"}
        The argument `error_model`.
    given : dict
        The arguments named in `DEFAULTS`.
    has_errors : bool
        Whether the pixels have errors, given or of the data.
    unit : Unit or None
        Unit of the image.

    Returns
    -------
    Model
        The formula.

    Raises
    ------
    TypeError, ValueError
        If the name is unknown, a parameter has no use, or one is missing.

    Examples
    --------
    >>> model("iraf", DEFAULTS | {"gain": 2.0}, False, None)
    Model(name='iraf', numbers=[2.0])
    >>> model(None, DEFAULTS | {"read_noise": 5.0}, False, None)
    Traceback (most recent call last):
    ...
    ValueError: read_noise=5.0 is not used by error_model=None, the default; only error_model='ccd' uses it
    """
    if not (name is None or isinstance(name, str)) or name not in USES:
        raise ValueError(f"error_model={name!r} must be None, 'iraf' or 'ccd'")
    for parameter in DEFAULTS:
        if parameter not in USES[name] and _is_given(parameter, given):
            raise ValueError(f"{_shown(parameter, given)} is not used by {_title(name)}; {_who_uses(parameter)}")
    gain, frames = _gain(name, given, unit)
    if name == "iraf":
        return Model("iraf", [gain])
    if name == "ccd":
        return Model("ccd", [_gain_of_one(given, unit), *_detector(given), _sky_level(given, unit), frames])
    return _default(given, has_errors, gain)


def _default(given: dict[str, Any], has_errors: bool, gain: float | None) -> Model:
    kind = given["error_kind"]
    if not isinstance(kind, str) or kind not in ("total", "background"):
        raise ValueError(f"error_kind={kind!r} must be 'total' or 'background'")
    if not has_errors:
        if kind != "total":
            raise ValueError(f"error_kind={kind!r} is not used without error=, of which it says what it holds")
        return Model("scatter", [gain])
    if kind == "total" and gain is not None:
        raise ValueError(
            f"{_shown('gain', given)} is not used with an error of error_kind='total', which holds the photons of the "
            "source already; if it does not, say error_kind='background'"
        )
    if kind == "background" and gain is None:
        raise ValueError("error_kind='background' needs gain=, for the photons of the source")
    return Model("pixels", [gain])


def _is_given(parameter: str, given: dict[str, Any]) -> bool:
    value, default = given[parameter], DEFAULTS[parameter]
    if value is None or default is None:
        return value is not default
    return not (np.ndim(value) == 0 and value == default)


def _shown(parameter: str, given: dict[str, Any]) -> str:
    value = given[parameter]
    plain = value is None or isinstance(value, int | float | str)
    return f"{parameter}={value!r}" if plain else parameter


def _title(name: str | None) -> str:
    return "error_model=None, the default" if name is None else f"error_model={name!r}"


def _who_uses(parameter: str) -> str:
    names = [repr(name) for name, used in USES.items() if parameter in used]
    if len(names) == 1:
        return f"only error_model={names[0]} uses it"
    return f"error_model={' or '.join(names)} use it"


def _gain(name: str | None, given: dict[str, Any], unit: Any) -> tuple[float | None, float]:
    """Electrons per unit of the image, which may be the average of several frames, and the number of these."""
    frames = _inputs.positive("ncombine", given["ncombine"])
    if given["gain"] is None:
        if name is not None:
            raise ValueError(f"error_model={name!r} needs gain=, the electrons per unit of the image")
        if frames != 1:
            raise ValueError(f"ncombine={frames} is not used without gain=, which it multiplies")
        return None, frames
    number, gain = _inputs.number("ncombine", frames), _gain_of_one(given, unit)
    if gain * number == float("inf"):
        raise ValueError(f"gain={gain} times ncombine={number:g} must be a finite number")
    return gain * number, number


def _gain_of_one(given: dict[str, Any], unit: Any) -> float:
    gain = given["gain"]
    if units.is_quantity(gain):
        u = sys.modules["astropy.units"]
        return units.scalar("gain", gain, u.electron / (u.adu if unit is None else unit))
    return units.scalar("gain", gain)


def _detector(given: dict[str, Any]) -> tuple[float, float]:
    """Read noise, and dark current times exposure time, in electrons."""
    u: Any = sys.modules.get("astropy.units")
    electron, second = (u.electron, u.s) if u else (None, None)
    read_noise = 0.0
    if given["read_noise"] is not None:
        read_noise = units.scalar("read_noise", given["read_noise"], electron, inclusive=True)
    if given["dark"] is None:
        if given["exptime"] is not None:
            raise ValueError(f"{_shown('exptime', given)} is not used by error_model='ccd' without dark=")
        return read_noise, 0.0
    if given["exptime"] is None:
        raise ValueError(f"{_shown('dark', given)} needs exptime=, the seconds that it lasted")
    rate = units.scalar("dark", given["dark"], u.electron / u.s if u else None, inclusive=True)
    return read_noise, rate * units.scalar("exptime", given["exptime"], second)


def _sky_level(given: dict[str, Any], unit: Any) -> float:
    return units.scalar("sky_level", given["sky_level"], unit, least=float("-inf"))
