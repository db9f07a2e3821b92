"""Where the level of the sky comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from astroapers import _inputs
from astroapers._photometry import units
from astroapers._photometry.targets import Targets, annulus_around
from astroapers._typing import FloatArray
from astroapers.apertures import PixelAp

#: The statistics that the extension knows.
STATISTICS = ("median", "mean", "mode", "mmm", "sextractor", "biweight", "median_interp")

#: No sky needs more rounds of clipping, or has more pixels: larger numbers ask for the same.
_MOST_ROUNDS = np.iinfo(np.uint32).max
_MOST_PIXELS = np.iinfo(np.int64).max

#: Arguments that only an annulus uses, with their defaults.
OF_ANNULI = {"sky_stat": "median", "sigma_clip": 3.0, "maxiters": 5, "min_sky": 20}


@dataclass(frozen=True)
class Given:
    """
    A level, its scatter and its error, each for all sources or one per source.

    Attributes
    ----------
    level, std, err : float or ndarray, shape (N,)
        The level, the standard deviation of a pixel (NaN if unknown), the standard error of the level.
    """

    level: float | FloatArray
    std: float | FloatArray
    err: float | FloatArray

    def request(self) -> tuple[Any, ...]:
        """Give the extension's form."""
        return self.level, self.std, self.err


@dataclass(frozen=True)
class Annuli:
    """
    Pixels around each source, and what to make of them.

    Attributes
    ----------
    aperture : PixelAp
        The annuli.
    statistic : str
        Name of a statistic; of a callable, the one whose error is assumed.
    function : callable or None
        A statistic of the user's.
    clip : tuple of (float, int or None), or None
        Limit and rounds of the clipping.
    least : int
        Fewer survivors are flagged.
    """

    aperture: PixelAp
    statistic: str
    function: Callable[[FloatArray], float] | None
    clip: tuple[float, int | None] | None
    least: int

    def request(self, levels: FloatArray | None = None, rows: slice = slice(None)) -> tuple[Any, ...]:
        """Give the extension's form."""
        annuli = self.aperture
        geometry = tuple(at(value, rows) for value in annuli._geometry) if annuli._tag != "path" else annuli._geometry
        x, y = (column[rows] for column in annuli._columns)
        return annuli._tag, geometry, x, y, self.statistic, self.clip, self.least, levels


def at(value: Any, rows: slice) -> Any:
    """
    Take some rows of a geometry parameter.

    Parameters
    ----------
    value : float or ndarray, shape (N,)
        The parameter.
    rows : slice
        Which.

    Returns
    -------
    float or ndarray
        A number stays a number.

    Examples
    --------
    >>> at(2.0, slice(3))
    2.0
    """
    return value[rows] if isinstance(value, np.ndarray) else value


def sky(
    given: Any,
    annulus: Any,
    targets: Targets,
    unit: Any,
    *,
    sky_std: Any,
    sky_err: Any,
    sky_stat: Any,
    sigma_clip: Any,
    maxiters: Any,
    min_sky: Any,
) -> Given | Annuli:
    """
    Make sense of the arguments that concern the sky.

    Parameters
    ----------
    given : PixelAp, float, array_like or None
        The argument `sky`.
    annulus : tuple or None
        The argument `annulus`.
    targets : Targets
        What is measured.
    unit : Unit or None
        Unit of the image.
    sky_std, sky_err, sky_stat, sigma_clip, maxiters, min_sky
        The arguments of these names.

    Returns
    -------
    Given or Annuli
        The sky.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks a rule or has no use beside the others.
    """
    if annulus is not None:
        if given is not None:
            raise ValueError("sky and annulus both say where the sky is: give one of them")
        given = annulus_around(annulus, targets.first)
    if isinstance(given, PixelAp):
        return _annuli(given, targets, sky_std, sky_err, sky_stat, sigma_clip, maxiters, min_sky)
    values = {"sky_stat": sky_stat, "sigma_clip": sigma_clip, "maxiters": maxiters, "min_sky": min_sky}
    for name, default in OF_ANNULI.items():
        if not (np.ndim(values[name]) == 0 and values[name] == default):
            source = "sky=None" if given is None else "a sky that is given as a level"
            raise ValueError(f"{name}={values[name]!r} is not used with {source}; it is for annuli")
    return Given(
        _level("sky", 0.0 if given is None else given, targets.n, unit, signed=True),
        _level("sky_std", np.nan if sky_std is None else sky_std, targets.n, unit),
        _level("sky_err", 0.0 if sky_err is None else sky_err, targets.n, unit),
    )


def _level(name: str, value: Any, n: int, unit: Any, *, signed: bool = False) -> float | FloatArray:
    rule = "an aperture, a number, or one number per position" if signed else "a number, or one number per position"
    array = _inputs.as_float64(name, units.bare(name, value, unit), rule)
    if array.shape not in ((), (n,)):
        raise ValueError(f"{name} must be a number or have one value per position ({n}), got shape {array.shape}")
    if not signed and np.any(array < 0):
        raise ValueError(f"{name}={array[array < 0].flat[0]} must be at least 0")
    return float(array) if array.ndim == 0 else np.array(array)


def _annuli(
    annuli: PixelAp,
    targets: Targets,
    sky_std: Any,
    sky_err: Any,
    sky_stat: Any,
    sigma_clip: Any,
    maxiters: Any,
    min_sky: Any,
) -> Annuli:
    for name, value in {"sky_std": sky_std, "sky_err": sky_err}.items():
        if value is not None:
            raise ValueError(f"{name}={value!r} is not used with a sky that is measured; it is for a given level")
    if (n := np.size(annuli._x)) != targets.n:
        raise ValueError(f"sky must have as many positions as the aperture ({targets.n}), got {n}")
    function = sky_stat if callable(sky_stat) else None
    if function is None and not (isinstance(sky_stat, str) and sky_stat in STATISTICS):
        names = ", ".join(map(repr, STATISTICS))
        raise ValueError(f"sky_stat={sky_stat!r} must be one of {names}, or a function of a 1-D array")
    clip = None
    if sigma_clip is not None:
        rounds = None if maxiters is None else min(_inputs.positive("maxiters", maxiters), _MOST_ROUNDS)
        clip = (units.scalar("sigma_clip", sigma_clip), rounds)
    least = min(_inputs.positive("min_sky", min_sky), _MOST_PIXELS)
    return Annuli(annuli, "median" if function else sky_stat, function, clip, least)
