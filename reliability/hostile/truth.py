"""What the right answer is: the weights of each pixel, and NumPy in extended precision.

The weights come from the raw functions on plain numbers, over the image alone, so that an aperture of any size has
some; the oracle's cases say whether those are right. Everything else - masks, edges, sums, values, cutouts - is
done here anew.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from astroapers import _rust
from astroapers._paths import encode
from astroapers._shapes import SHAPES
from reliability.hostile.callables import Row

#: How far a sum may be from that of the same weights in extended precision, relative to the sum of the sizes.
ROUNDING = 1e-12

#: How far a weight may be from that of the same pixel in another window, or in a batch.
OF_WEIGHTS = 2e-13

Array = np.ndarray[Any, Any]


class NotPlain(Exception):  # noqa: N818 - it says what arguments are, and nobody sees it
    """The arguments are of a kind for which nothing is computed here."""


class Sources(NamedTuple):
    """
    Apertures on positions, as numbers.

    Attributes
    ----------
    x, y : ndarray of float64, shape (N,)
        The positions.
    geometry : list of ndarray
        One array of N numbers per parameter; for a path its two arrays.
    """

    x: Array
    y: Array
    geometry: list[Any]


def _numbers(value: Any) -> Array:
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    try:
        return np.asarray(value).astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotPlain from error


def sources(row: Row, arguments: dict[str, Any]) -> Sources:
    """
    Read positions and geometry.

    Parameters
    ----------
    row : Row
        The callable.
    arguments : dict
        Its arguments.

    Returns
    -------
    Sources
        As plain arrays.

    Raises
    ------
    NotPlain
        If they are not numbers.
    """
    if "positions" in arguments:
        positions = _numbers(arguments["positions"]).reshape(-1, 2)
        x, y = positions.T
    else:
        pair = ("xs", "ys") if "xs" in arguments else ("x", "y")
        x, y = (_numbers(arguments[name]).ravel() for name in pair)
    if row.shape == "path":
        return Sources(x, y, list(_path(arguments)))
    names = SHAPES[row.shape].names
    same_as = {parameter.name: parameter.same_as for parameter in SHAPES[row.shape].parameters}
    columns = []
    for name in names:
        value: Any = arguments.get(name)
        if value is None and (other := same_as[name]):
            value = arguments[other]
        columns.append(np.broadcast_to(_numbers(value), x.shape) if np.ndim(value) < 2 else _numbers(value))
    return Sources(x, y, columns)


def _path(arguments: dict[str, Any]) -> tuple[Any, Any]:
    if "kinds" in arguments:
        return np.array(arguments["kinds"], dtype=np.int8), np.array(arguments["data"], dtype=np.float64)
    first = next(name for name in ("segments", "segments_or_kinds") if name in arguments)
    second = first.replace("segments", "holes").replace("kinds", "data")
    try:
        kinds, data = encode(arguments[first], arguments[second])
    except (TypeError, ValueError) as error:
        raise NotPlain from error
    return kinds.copy(), data.copy()


def cover(row: Row, found: Sources, i: int, window: tuple[int, int, int, int]) -> Array | None:
    """
    Weights of one aperture over a window.

    Parameters
    ----------
    row : Row
        The callable: its shape and method.
    found : Sources
        The apertures.
    i : int
        Which.
    window : tuple of int
        First column and row, numbers of columns and rows.

    Returns
    -------
    ndarray of float64, shape (ny, nx), or None
        None where position or geometry are none.
    """
    x0, y0, nx, ny = window
    numbers = found.geometry if row.shape == "path" else [float(column[i]) for column in found.geometry]
    function = getattr(_rust, f"weights_{row.shape}_{row.method}_one")
    if not (np.isfinite(found.x[i]) and np.isfinite(found.y[i])):
        return None
    try:
        flat = function(float(found.x[i]), float(found.y[i]), *numbers, x0, y0, ny, nx)
    except ValueError:
        return None
    return np.asarray(flat).reshape(ny, nx)


def pixels(arguments: dict[str, Any], name: str = "data") -> tuple[Array, Array]:
    """
    Read an image and what its masks leave.

    Parameters
    ----------
    arguments : dict
        Arguments of a callable.
    name : str, optional
        What the image is called.

    Returns
    -------
    values : ndarray, shape (ny, nx)
        The pixels.
    good : ndarray of bool, shape (ny, nx)
        Where no mask is set.

    Raises
    ------
    NotPlain
        If there is no image in them.
    """
    data = arguments[name]
    good = ~np.ma.getmaskarray(data) if isinstance(data, np.ma.MaskedArray) else True
    values = np.asarray(np.ma.getdata(data))
    if values.ndim != 2 or values.dtype.kind not in "buif":
        raise NotPlain
    return values, np.ones(values.shape, dtype=bool) & good & _open(arguments.get("mask"), values.shape)


def _open(mask: Any, shape: tuple[int, ...]) -> Any:
    if mask is None or mask is np.ma.nomask:
        return True
    hidden = np.asarray(np.ma.getdata(mask))
    if hidden.dtype.kind == "b":
        hidden = hidden.view(np.uint8)
    masked = (hidden != 0) | np.ma.getmaskarray(mask)
    if masked.shape != shape:
        raise NotPlain
    return ~masked


def _sum(values: Array) -> tuple[float, float]:
    """Sum in extended precision, and the sum of the sizes."""
    with np.errstate(all="ignore"):
        wide = values.astype(np.longdouble)
        return float(wide.sum()), float(np.abs(wide).sum())


def differs(got: float, values: Array) -> bool:
    """
    Whether a sum is not that of its terms.

    Parameters
    ----------
    got : float
        What was given.
    values : ndarray
        The terms.

    Returns
    -------
    bool
        NaN must be NaN and infinity must be infinity; where the sizes of the terms go beyond float64, their sum
        may be any of these.

    Examples
    --------
    >>> differs(3.0, np.array([1.0, 2.0])), differs(3.1, np.array([1.0, 2.0]))
    (False, True)
    """
    want, size = _sum(values)
    if np.isfinite(values).all() and not np.isfinite(size):
        return bool(np.isfinite(got) and not np.isfinite(want))
    if not np.isfinite(want):
        return not (got == want or (np.isnan(got) and np.isnan(want)))
    return not abs(got - want) <= ROUNDING * size + 5e-324 * values.size


def check(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """
    Compare an answer with the truth.

    Parameters
    ----------
    row : Row
        The callable.
    arguments : dict
        What it was called with.
    found : dict
        What it gave.

    Returns
    -------
    list of str
        What is wrong, in words.
    """
    try:
        wrong: list[str] = ANSWERS.get(row.operation, _nothing)(row, arguments, found)
    except NotPlain:
        return []
    return wrong


def _nothing(_row: Row, _arguments: dict[str, Any], _found: dict[str, Any]) -> list[str]:
    return []


def _frame(values: Array) -> tuple[int, int, int, int]:
    ny, nx = values.shape
    return 0, 0, nx, ny


def _sums(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    if row.layer == "box":
        return _of_box(arguments, found)
    at = sources(row, arguments)
    values, good = pixels(arguments)
    wrong = _lengths(found, len(at.x))
    for i in range(len(at.x)):
        weights = cover(row, at, i, _frame(values))
        if weights is None:
            wrong += [f"{name}[{i}] is no NaN" for name, column in found.items() if not np.isnan(column[i])]
            continue
        counted = good & (weights > 0)
        with np.errstate(all="ignore"):
            terms = weights[counted].astype(np.longdouble) * values[counted].astype(np.float64)
        for name, numbers in {"sum": terms, "npix": weights[counted]}.items():
            if name in found and differs(float(found[name][i]), numbers):
                wrong.append(f"{name}[{i}]={found[name][i]!r}, but it is {_sum(numbers)[0]!r}")
    return wrong


def _of_box(arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Give no truth: the laws about equal numbers are enough for what NumPy itself computes."""
    return [] if {"sum", "npix"} & set(found) and arguments else ["nothing was measured"]


def _lengths(found: dict[str, Any], n: int) -> list[str]:
    return [f"{name} has {len(column)} entries for {n} sources" for name, column in found.items() if len(column) != n]


def _counts(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    if row.layer == "box":
        return []
    ny, nx = (int(n) for n in arguments["shape"]) if "shape" in arguments else (arguments["ny"], arguments["nx"])
    if ny * nx > 10**6:
        return [] if np.isfinite(found["npix"]).all() else ["npix is not finite"]
    at = sources(row, arguments)
    good = np.ones((ny, nx), dtype=bool) & _open(arguments.get("mask"), (ny, nx))
    wrong = _lengths(found, len(at.x))
    for i in range(len(at.x)):
        weights = cover(row, at, i, (0, 0, nx, ny))
        if weights is None:
            wrong += [] if np.isnan(found["npix"][i]) else [f"npix[{i}] is no NaN"]
        elif differs(float(found["npix"][i]), weights[good]):
            wrong.append(f"npix[{i}]={found['npix'][i]!r}, but it is {_sum(weights[good])[0]!r}")
    return wrong


def _weights(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    wrong = _lengths(found, len(at.x))
    boxes = found.get("boxes") or boxes_of(row, at)
    for i, ((x0, x1, y0, y1), weights) in enumerate(zip(boxes, found["weights"], strict=True)):
        if weights.shape != (y1 - y0, x1 - x0):
            wrong.append(f"weights[{i}] has shape {weights.shape}, its box is {(x0, x1, y0, y1)}")
            continue
        wide = cover(row, at, i, (x0 - 1, y0 - 1, x1 - x0 + 2, y1 - y0 + 2))
        if wide is None:
            wrong += [] if weights.size == 0 else [f"weights[{i}] is not empty"]
            continue
        wrong += [f"weights[{i}]: {text}" for text in _of_weights(weights, wide)]
        area = _area(row, at, i)
        if row.method == "exact" and abs(weights.sum() - area) > _area_bound(weights, area):
            wrong.append(f"weights[{i}] sum to {weights.sum()!r}, the area is {area!r}")
    return wrong


def _area_bound(weights: Array, area: float) -> float:
    """How far the sum of weights may be from the area: each edge pixel by its bound, all of them by rounding."""
    half_extent = max(weights.shape, default=0) / 2
    edge = np.count_nonzero((weights > 0) & (weights < 1))
    return float(edge * max(1e-13, 1e-15 * half_extent)) * min(1.0, area * 10) + 1e-12 * area


def _area(row: Row, at: Sources, i: int) -> float:
    geometry = at.geometry if row.shape == "path" else [float(column[i]) for column in at.geometry]
    return float(_rust._engine("area", row.shape, None, None, None, tuple(geometry)))


def _of_weights(weights: Array, wide: Array) -> list[str]:
    wrong = []
    if not ((weights >= 0.0) & (weights <= 1.0)).all():
        wrong.append("not in [0, 1]")
    inner = wide[1:-1, 1:-1]
    if np.abs(inner - weights).max(initial=0.0) > OF_WEIGHTS:
        wrong.append(f"differ from those of a larger window by {np.abs(inner - weights).max()!r}")
    if _beside(wide).any():
        wrong.append("the box leaves some out")
    return wrong


def _beside(wide: Array) -> Array:
    """Give the rim of an array, one pixel wide."""
    return np.concatenate([wide[0], wide[-1], wide[:, 0], wide[:, -1]])


def boxes_of(row: Row, at: Sources) -> list[tuple[int, int, int, int]]:
    """
    Bounding boxes by the raw engine, from plain numbers.

    Parameters
    ----------
    row : Row
        The callable: its shape.
    at : Sources
        The apertures.

    Returns
    -------
    list of tuple
        First column, one past the last, and the same of rows.
    """
    geometry = at.geometry if row.shape == "path" else [np.ascontiguousarray(column) for column in at.geometry]
    x, y = np.ascontiguousarray(at.x), np.ascontiguousarray(at.y)
    columns = _rust._engine("bboxes", row.shape, None, x, y, tuple(geometry), validate=False)
    return [(int(x0), int(x1), int(y0), int(y1)) for x0, x1, y0, y1 in zip(*columns, strict=True)]


#: Larger boxes are looked at along their edges alone.
_MOST_PIXELS = 10**6


def _boxes(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    wrong = _lengths(found, len(at.x))
    for i, (x0, x1, y0, y1) in enumerate(found["boxes"]):
        nx, ny = x1 - x0, y1 - y0
        if nx < 0 or ny < 0:
            wrong.append(f"box {i} is {(x0, x1, y0, y1)}")
        if max(map(abs, (x0, x1, y0, y1))) >= 2**63 - 2:
            continue
        small = nx * ny < _MOST_PIXELS
        around = cover(row, at, i, (x0 - 1, y0 - 1, nx + 2, ny + 2)) if small else None
        if around is not None and _beside(around).any():
            wrong.append(f"box {i} leaves weights out")
        if not small:
            edges = [(x0 - 1, y0, 1, min(ny, 1000)), (x1, y0, 1, min(ny, 1000))]
            edges += [(x0, y0 - 1, min(nx, 1000), 1), (x0, y1, min(nx, 1000), 1)]
            outside = [cover(row, at, i, edge) for edge in edges]
            if any(weights is not None and weights.any() for weights in outside):
                wrong.append(f"box {i} leaves weights out")
    return wrong


def _window(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    (weights,) = found["window"]
    at = sources(row, arguments)
    if not (np.isfinite(at.x[0]) and np.isfinite(at.y[0])):
        return [] if np.isnan(weights).all() else ["weights of no position"]
    wrong = [] if ((weights >= 0) & (weights <= 1)).all() else ["weights not in [0, 1]"]
    shape = (arguments["ny"], arguments["nx"])
    if weights.shape != (int(shape[0]) * int(shape[1]),):
        wrong.append(f"shape {weights.shape}")
    area = _area(row, at, 0)
    if row.method == "exact" and weights.sum() > area * (1 + 1e-12) + 1e-13 * weights.size:
        wrong.append(f"weights sum to {weights.sum()!r}, the area is {area!r}")
    return wrong


def _values(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    values, good = pixels(arguments)
    wrong = _lengths(found, len(at.x))
    for i, got in enumerate(found["values"]):
        weights = cover(row, at, i, _frame(values))
        chosen = np.zeros(0) if weights is None else values[good & (weights > 0)]
        if row.operation == "weighted_values" and weights is not None:
            with np.errstate(all="ignore"):
                chosen = weights[good & (weights > 0)] * chosen.astype(np.float64)
        if not _close(got, chosen):
            wrong.append(f"values[{i}] are not those of the pixels")
    return wrong


def _close(got: Array, want: Array) -> bool:
    if got.shape != want.shape:
        return False
    got, want = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(all="ignore"):
        near = np.abs(got - want) <= ROUNDING * np.abs(want) + 5e-324
    return bool((near | (got == want) | (np.isnan(got) & np.isnan(want))).all())


def _cutouts(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    values, good = pixels(arguments)
    fill = float(_numbers(arguments["fill_value"]))
    wrong = _lengths(found, len(at.x))
    ny, nx = values.shape
    for i, ((x0, x1, y0, y1), got) in enumerate(zip(boxes_of(row, at), found["cutouts"], strict=True)):
        want = np.full((y1 - y0, x1 - x0), fill)
        if (weights := cover(row, at, i, (x0, y0, x1 - x0, y1 - y0))) is None:
            continue
        a, b, c, d = max(x0, 0), min(x1, nx), max(y0, 0), min(y1, ny)
        if a < b and c < d:
            inside = (slice(c - y0, d - y0), slice(a - x0, b - x0))
            w, v, g = weights[inside], values[c:d, a:b].astype(np.float64), good[c:d, a:b]
            with np.errstate(all="ignore"):
                want[inside] = np.where(g, np.where(w > 0, w * v, 0.0), fill)
        if not _close(got, want):
            wrong.append(f"cutouts[{i}] are not weight times value")
    return wrong


def _life(row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    at = sources(row, arguments)
    positions = found["positions"]
    if not np.array_equal(positions, np.column_stack([at.x, at.y]), equal_nan=True):
        return ["positions are not those that were given"]
    if len(found["area"]) not in (1, len(at.x)):
        return [f"{len(found['area'])} areas"]
    return []


def _photometry(_row: Row, arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    wrong = []
    n = len(found["x"])
    wrong += [f"{name} has shape {c.shape}" for name, c in found.items() if c.shape != (n,)]
    flux, err, flags = found["flux"], found["flux_err"], found["flags"]
    if (err < 0).any():
        wrong.append("a negative error")
    if (flags < 0).any() or (flags >= 1 << 18).any():
        wrong.append("flags that have no name")
    with np.errstate(all="ignore"):
        want = found["apsum"] - found["npix"] * found["sky"]
        size = np.abs(found["apsum"]) + np.abs(found["npix"] * found["sky"])
        off = np.abs(flux - want) > 1e-12 * size
        off |= np.isnan(flux) != np.isnan(want)
    if (off & np.isfinite(size)).any():
        wrong.append(f"flux={flux}, but apsum - npix sky is {want}")
    return wrong + _sums_of_photometry(arguments, found)


def _sums_of_photometry(arguments: dict[str, Any], found: dict[str, Any]) -> list[str]:
    if arguments.get("error") is not None:
        return []
    for name, default in {"masked": "exclude", "edge": "partial"}.items():
        if str(arguments[name]) != default:
            return []
    values, good = pixels(arguments)
    good = good & np.isfinite(values)
    row = Row("", "", "", "circ", str(arguments["method"]), {}, lambda _: {})
    positions = _numbers(arguments["aperture"]).reshape(-1, 2)
    radii = np.broadcast_to(_numbers(arguments["r"]), len(positions))
    at = Sources(positions[:, 0], positions[:, 1], [radii])
    wrong = []
    for i in range(len(positions)):
        weights = cover(row, at, i, _frame(values))
        if weights is None:
            wrong += [] if np.isnan(found["flux"][i]) else [f"flux[{i}] is no NaN"]
            continue
        counted = good & (weights > 0)
        if not counted.any():
            wrong += [] if np.isnan(found["flux"][i]) else [f"flux[{i}] of no pixel is no NaN"]
            continue
        with np.errstate(all="ignore"):
            terms = weights[counted].astype(np.longdouble) * values[counted].astype(np.float64)
        for name, numbers in {"apsum": terms, "npix": weights[counted]}.items():
            if differs(float(found[name][i]), numbers):
                wrong.append(f"{name}[{i}]={found[name][i]!r}, but it is {_sum(numbers)[0]!r}")
    return wrong


#: By operation, what compares its answer with the truth.
ANSWERS: dict[str, Any] = {
    "apsum": _sums,
    "npix": _counts,
    "weights": _weights,
    "bboxes": _boxes,
    "window": _window,
    "values": _values,
    "weighted_values": _values,
    "cutouts": _cutouts,
    "life": _life,
    "photometry": _photometry,
}
