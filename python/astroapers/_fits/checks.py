"""The rules that the options of a `Job` obey, alone and together; each is written here once."""

from __future__ import annotations

import math
import re
from os import PathLike
from typing import TYPE_CHECKING, Any

from astroapers import _inputs
from astroapers._fits.lengths import Length, lengths
from astroapers._photometry.images import KINDS
from astroapers._photometry.noise import USES
from astroapers._photometry.sky import STATISTICS
from astroapers._photometry.units import is_quantity

if TYPE_CHECKING:
    from astroapers._fits.job import Job

#: Instead of a number or a keyword: use nothing, and do not look for it either.
NOTHING = "NONE"

#: A keyword of a FITS header, also of ESO's hierarchical ones.
_KEYWORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*(?: +[A-Za-z0-9_.-]+)*")

#: What these options may be, besides numbers and keywords.
CHOICES: dict[str, tuple[Any, ...]] = {
    "error_type": KINDS,
    "error_kind": ("total", "background"),
    "error_model": tuple(USES),
    "origin": (None, 0, 1),
}


def plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, PathLike | Length) or is_quantity(value):
        return str(value)
    source = getattr(value, "source", None)  # a Catalog
    return str(source) if source is not None else getattr(value, "__name__", type(value).__name__)


def sources(job: Job) -> None:
    if (job.catalog is None) == (job.detect is None):
        both = f"catalog={plain(job.catalog)!r} and detect={job.detect!r} both say what to measure: give one of them"
        raise ValueError(
            both if job.detect is not None else "catalog or detect must be given: they say what to measure"
        )
    for first, second in (("x", "y"), ("ra", "dec")):
        one, other = getattr(job, first), getattr(job, second)
        if (one is None) != (other is None):
            missing, there = (first, second) if one is None else (second, first)
            raise ValueError(f"{there}={getattr(job, there)!r} needs {missing}= as well")
    if job.x is not None and job.ra is not None:
        raise ValueError(f"x={job.x!r} and ra={job.ra!r} both name positions: give one pair of columns")
    if job.detect is not None:
        for name in ("x", "y", "ra", "dec", "id", "origin"):
            if getattr(job, name) is not None:
                raise ValueError(f"{name}={getattr(job, name)!r} is of a catalogue, and is not used with detect")
        job._set("detect", positive("detect", job.detect))


def apertures(job: Job) -> None:
    columns = {name: getattr(job, name) for name in ("a", "b", "theta")}
    if any(value is not None for value in columns.values()):
        if missing := [name for name, value in columns.items() if value is None]:
            given = ", ".join(f"{name}={value!r}" for name, value in columns.items() if value is not None)
            raise ValueError(f"{given} needs {' and '.join(missing)} as well: an ellipse has two axes and an angle")
        if job.ellipse is not None:
            raise ValueError(
                f"ellipse={job.ellipse!r} and a={job.a!r} both say what the ellipses are: give one of them"
            )
    elif job.r is None and job.ellipse is None:
        raise ValueError("r must be given, as in r=5, or an ellipse: they say what to sum over")
    if job.ellipse is not None:
        parts = job.ellipse.split(",") if isinstance(job.ellipse, str) else job.ellipse
        try:
            _, _, _ = parts
        except (TypeError, ValueError):
            raise ValueError(
                f"ellipse={job.ellipse!r} must be three: semi-axes a and b, and an angle in degrees"
            ) from None
    axes = job.ellipse_axes
    if axes is not None and any(radius.unit != "pix" for radius in job.radii):
        raise ValueError(f"r={job.r!r} has a unit, but beside an ellipse it multiplies the axes: give plain numbers")
    if len(job.radii) > 1 and any(radius.column for radius in job.radii):
        raise ValueError(f"r={job.r!r} must be numbers, or one column")
    if len(set(job.labels)) < len(job.labels):
        raise ValueError(f"r={job.r!r} names a radius twice")


def sky(job: Job) -> None:
    if job.sky is not None:
        job._set("sky", finite("sky", job.sky))
        if job.annulus is not None:
            raise ValueError(f"sky={job.sky} and annulus={job.annulus!r} both say where the sky is: give one of them")
    if job.annulus is not None:
        radii = lengths("annulus", job.annulus)
        if len(radii) != 2 or any(radius.column for radius in radii):
            raise ValueError(f"annulus={job.annulus!r} must be two radii, as in annulus=(9, 15)")
        inner, outer = radii
        if inner.unit == outer.unit and inner.value >= outer.value:
            raise ValueError(f"annulus={job.annulus!r} must have the inner radius first, and smaller")
    if not callable(job.sky_stat) and job.sky_stat not in STATISTICS:
        raise ValueError(f"sky_stat={job.sky_stat!r} must be one of {', '.join(map(repr, STATISTICS))}")
    if isinstance(job.clip, str) and job.clip.strip().upper() == NOTHING:
        job._set("clip", None)
    if job.clip is not None:
        job._set("clip", positive("clip", job.clip))
    job._set("min_sky", _inputs.positive("min_sky", job.min_sky))
    if job.annulus is None:
        for name, default in {"sky_stat": "median", "clip": 3.0, "min_sky": 20}.items():
            if (value := getattr(job, name)) != default:
                raise ValueError(f"{name}={value!r} is not used without annulus, of whose pixels it speaks")


def planes(job: Job) -> None:
    if job.mask_bits is not None:
        if job.mask is None:
            raise ValueError(f"mask_bits={job.mask_bits!r} needs mask=, whose bits they are")
        job._set("mask_bits", _bits(job.mask_bits))
    if job.error is None:
        for name, default in {"error_type": "std", "error_kind": "total"}.items():
            if (value := getattr(job, name)) != default:
                raise ValueError(f"{name}={value!r} needs error=, of which it speaks")
    elif job.error_model is not None:
        raise ValueError(f"error={job.error!r} is not used by error_model={job.error_model!r}: give one of them")
    elif job.error_kind == "total" and job.gain not in (None, NOTHING):
        raise ValueError(
            f"gain={job.gain!r} is not used with an error of error_kind='total', which holds the photons of the source "
            "already; if it does not, say error_kind='background'"
        )
    elif job.error_kind == "background" and job.gain in (None, NOTHING):
        raise ValueError(
            "error_kind='background' needs gain=, a number or a keyword: beside error= it is never taken from the "
            "header unasked"
        )
    if job.dark is not None and job.error_model != "ccd":
        raise ValueError(f"dark={job.dark!r} is used by error_model='ccd' alone")


def _bits(given: Any) -> int:
    """Sum the values of bits: 12, "0xc" and "4,8" are the same."""
    rule = f"mask_bits={given!r} must be the sum of values of bits, as in 12, 0xc or 4,8"
    try:
        parts = (
            [int(part, 0) for part in given.split(",")] if isinstance(given, str) else [_inputs.whole("bits", given)]
        )
    except (TypeError, ValueError):
        raise ValueError(rule) from None
    total = 0
    for part in parts:
        total |= part
    if total <= 0 or min(parts) < 0:
        raise ValueError(rule)
    return total


def frames(given: Any) -> Any:
    found = number_or_keyword("ncombine", given)
    return _inputs.positive("ncombine", found) if isinstance(found, float) else found


def number_or_keyword(name: str, given: Any, *, least: float = -math.inf, inclusive: bool = False) -> Any:
    if given is None:
        return None
    try:
        number = float(given)
    except (TypeError, ValueError):
        if isinstance(given, str) and _KEYWORD.fullmatch(given.strip()):
            return given.strip().upper()
        raise ValueError(f"{name}={given!r} must be a number, or a keyword of the header") from None
    if not (least < number < math.inf or (inclusive and number == least)):
        rule = f" and {'at least' if inclusive else 'greater than'} {least:g}" if least > -math.inf else ""
        raise ValueError(f"{name}={number:g} must be finite{rule}")
    return number


def finite(name: str, given: Any) -> float:
    try:
        number = float(given)
    except (TypeError, ValueError):
        raise ValueError(f"{name}={given!r} must be a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{name}={number} must be finite")
    return number


def positive(name: str, given: Any) -> float:
    number = finite(name, given)
    if number <= 0:
        raise ValueError(f"{name}={number:g} must be greater than 0")
    return number


def angle(name: str, given: Any) -> float:
    """Give an angle in radians, of degrees or of text with a unit."""
    if hasattr(given, "to_value"):
        return float(given.to_value("rad"))
    text = str(given).strip().lower()
    if text.endswith("rad"):
        return finite(name, text.removesuffix("rad"))
    return finite(name, text.removesuffix("deg")) * (math.pi / 180)
