"""Every way in which pixels are read: operations, types, byte orders, layouts, masks, statistics, edges of the image.

What is to be read lies wherever the caller wants it: between pages that nobody may touch, or under the eyes of valgrind
or AddressSanitizer. What is measured is returned, since it must not depend on where that is.

Run alone, ``python -m reliability.everything``, each image, mask and error array is memory from ``malloc`` of
just its size, which is what such tools watch. (Only arrays below a kilobyte would come from NumPy's own store.)
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import astroapers as aap
from astroapers import _rust, kernels
from astroapers._photometry.sky import STATISTICS

Array = NDArray[Any]

#: Puts an array somewhere: gives an equal one, C-contiguous.
Place = Callable[[Array], Array]

#: Odd numbers of pixels, so that no row is whole vectors; and more than the tiles that rows are cut into.
SHAPE = (37, 71)

DTYPES = ("b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8")


def _positions() -> Array:
    """On each edge and corner, inside, far outside, nowhere."""
    ny, nx = SHAPE
    y, x = ([-3.2, 0.4, n / 2, n - 1.3, n - 0.5] for n in (ny, nx))
    return np.array([*itertools.product(x, y), (500.0, 3.0), (np.nan, 3.0), (1e12, 1e12)])


POSITIONS = _positions()

#: Positions from which on work is shared among threads.
THRESHOLD = 16

_PACMAN = [("move", 0.0, 0.0), ("line", 4.5, 0.0), ("arc", 0.0, 0.0, 4.5, 0.0, 5.0), ("close",)]
_STAR = [("move", 6.0, 0.0), ("line", -5.0, 3.0), ("line", -1.0, 0.0), ("line", -5.0, -3.0), ("close",)]

APERTURES = {
    "circle": aap.CircAp(POSITIONS, 3.7, validate=False),
    "dot": aap.CircAp(POSITIONS, 0.2, validate=False),
    "wide circle": aap.CircAp(POSITIONS, 33.0, validate=False),
    "circles": aap.CircAp(POSITIONS, np.linspace(0.3, 9.0, len(POSITIONS)), validate=False),
    "ellipse": aap.EllipAp(POSITIONS, 7.2, 1.9, 0.7, validate=False),
    "rectangle": aap.RectAp(POSITIONS, 9.0, 4.0, 0.0, validate=False),
    "turned rectangle": aap.RectAp(POSITIONS, 21.0, 0.4, 1.1, validate=False),
    "pill": aap.PillAp(POSITIONS, 4.2, 1.3, 2.6, 0.9, validate=False),
    "wedge": aap.WedgeAp(POSITIONS, 2.0, 6.0, 0.8, 1.1, 0.8, 1.1, validate=False),
    "annulus": aap.CircAn(POSITIONS, 4.0, 9.5, validate=False),
    "annulus, poking out": aap.EllipAn(POSITIONS, 4.0, 1.0, 5.0, 2.0, theta_in=1.6, theta_out=0.2, validate=False),
    "rectangular annulus": aap.RectAn(POSITIONS, 3.0, 2.0, 8.0, 5.0, theta_in=0.2, validate=False),
    "path": aap.PathAp(POSITIONS, _PACMAN, validate=False),
    "star": aap.PathAp(POSITIONS, _STAR, validate=False),
    "one": aap.CircAp(POSITIONS[24], 4.0),
    # So many pixels are counted before they are collected.
    "many": aap.CircAp(np.repeat(POSITIONS, 40, axis=0), 12.0, validate=False),
}


def _records(values: Array, place: Place) -> Array:
    """In records of which the last ends with its pixel, and where few pixels are aligned."""
    records = np.zeros(values.shape, np.dtype([("pad", "u1"), ("value", values.dtype)]))
    records["value"] = values
    placed: Array = place(records)["value"]
    return placed


def _every_other(values: Array, place: Place) -> Array:
    wide = np.ones([2 * n for n in values.shape], values.dtype)
    wide[1::2, 1::2] = values
    return place(wide)[1::2, 1::2]


#: Ways in which equal numbers lie: of each, the first or the last byte is the first or the last one of its memory.
LAYOUTS: dict[str, Callable[[Array, Place], Array]] = {
    "rows": lambda a, place: place(a),
    "columns": lambda a, place: place(np.ascontiguousarray(a.T)).T,
    "rows backwards": lambda a, place: place(np.ascontiguousarray(a[::-1]))[::-1],
    "backwards": lambda a, place: place(np.ascontiguousarray(a[::-1, ::-1]))[::-1, ::-1],
    "columns backwards": lambda a, place: place(np.ascontiguousarray(a.T[::-1, ::-1]))[::-1, ::-1].T,
    "every other": _every_other,
    "last window": lambda a, place: place(np.pad(a, ((3, 0), (5, 0)), mode="edge"))[3:, 5:],
    "first window": lambda a, place: place(np.pad(a, ((0, 3), (0, 5)), mode="edge"))[:-3, :-5],
    "records": _records,
}


def _pixels(dtype: str) -> Array:
    numbers = np.random.default_rng(8).integers(0, 2 if dtype.endswith("b1") else 100, SHAPE)
    return numbers.astype(dtype)


def _bad(dtype: str) -> Array:
    """About every ninth pixel, whole blocks of none, and the very last one."""
    bad = np.random.default_rng(9).random(SHAPE) < 0.11
    bad[:, 20:45] = False
    bad[-1, -1] = True
    return bad.astype(dtype)


def _flat(results: Any) -> Iterator[bytes]:
    """Give the bytes of all numbers in a result, however it is nested."""
    if isinstance(results, list | tuple):
        for result in results:
            yield from _flat(result)
    else:
        # One NaN is as good as another.
        array = np.asarray(results)
        yield (np.where(np.isnan(array), np.nan, array) if array.dtype.kind == "f" else array).tobytes()


def _read_through(aperture: aap.PixelAp, image: Array, mask: Array | None) -> Iterator[bytes]:
    """All that an aperture can do with an image."""
    yield from _flat(
        [
            aperture.apsum_exact(image, mask),
            aperture.apsum_center(image, mask),
            aperture.apsum_exact(image, mask, return_npix=False),
            aperture.npix_exact(SHAPE, mask=mask),
            aperture.npix_center(SHAPE, mask=mask),
            aperture.sampled_values(image, mask=mask),
            aperture.sampled_values(image, mask=mask, flat=True, return_pix=True),
            aperture.weighted_values(image, mask=mask, flat=True),
        ]
    )


def _cut_out(aperture: aap.PixelAp, image: Array, mask: Array | None) -> Iterator[bytes]:
    yield from _flat([aperture.weighted_cutout(image, mask), aperture.sampled_cutout(image, mask)])


def _photometry(image: Array, masks: tuple[Array, ...], error: Array, i: int) -> Iterator[bytes]:
    """Photometry with the settings of which it is the turn, on one aperture and two."""
    statistic = STATISTICS[i % len(STATISTICS)]
    masked = ("exclude", "nan", "interpolate")[i % 3]
    data = np.ma.MaskedArray(image, masks[1]) if len(masks) > 1 else image
    phot = aap.photometry(
        data,
        [APERTURES["circle"], APERTURES["ellipse"]],
        aap.CircAn(POSITIONS, 4.0, 11.0, validate=False),
        mask=masks[0],
        masked=masked,  # type: ignore[arg-type]
        edge=("partial", "nan")[i % 2],
        method=("exact", "center")[i % 2],
        **({"error": error, "error_kind": "background"} if i % 4 else {}),  # type: ignore[arg-type]
        gain=2.0,
        sky_stat=statistic,
        sigma_clip=(3.0, None)[i % 2],
        maxiters=(5, None)[i // 2 % 2],
        saturation=95.0 if i % 3 else None,
    )
    yield from _flat([phot.flux, phot.flux_err, phot.apsum, phot.npix, phot.bad_frac, phot.flags])
    yield from _flat([phot.sky, phot.sky_std, phot.n_sky, phot.n_rejected])
    options = {
        "error": (error, ("std", "var", "ivar")[i % 3], 1.0),
        "model": ("pixels", [2.0]),
        "masked": masked,
        "edge": "partial",
        "saturation": None,
        "step": 0.0,
        "sky": ("circ_ann", (4.0, 11.0), *POSITIONS.T.copy(), statistic, None, 5, None),
    }
    columns = (*POSITIONS.T.copy(), [("circ", (3.7,))], "exact", image, masks, options)
    yield from _flat([_rust._photometry(*columns), _rust._photometry(*columns, survivors=True)])


#: What raw functions may be given, by the names of their parameters.
_ARGUMENTS: dict[str, Any] = {
    "xs": POSITIONS[:, 0].copy(),
    "ys": POSITIONS[:, 1].copy(),
    "x": 69.3,
    "y": 35.8,
    "ny": SHAPE[0],
    "nx": SHAPE[1],
    "x_min": 60,
    "y_min": 30,
    "r": 3.7,
    "a": 5.2,
    "b": 1.9,
    "w": 6.1,
    "h": 3.4,
    "theta": 0.4,
    "r_in": 2.2,
    "r_out": 5.1,
    "theta_in": 0.3,
    "theta_out": 0.5,
    "dtheta_in": 1.1,
    "dtheta_out": 1.2,
    "a_in": 2.0,
    "b_in": 1.2,
    "a_out": 6.0,
    "b_out": 3.5,
    "w_in": 3.0,
    "h_in": 2.0,
    "w_out": 8.0,
    "h_out": 5.0,
}
_RAW_DTYPES = {"_f32": "f4", "_i32": "i4", "_i16": "i2"}


def _raw(place: Place) -> Iterator[tuple[str, bytes]]:
    """Every raw function."""
    images = {dtype: place(_pixels(dtype)) for dtype in ("f8", *_RAW_DTYPES.values())}
    kinds, commands = aap.PathAp(POSITIONS[0], _STAR)._geometry
    for name, function in vars(_rust).items():
        found = re.fullmatch(r"\(([\w, ]+)\)", getattr(function, "__text_signature__", None) or "")
        if not re.match("apsum|npix|bboxes|weights", name) or found is None:
            continue
        image = images[next((dtype for suffix, dtype in _RAW_DTYPES.items() if name.endswith(suffix)), "f8")]
        given = {"kinds": kinds, "data": commands} if "path" in name else {"data": image}
        names = found[1].split(", ")
        yield name, b"".join(_flat(function(*(_ARGUMENTS[n] if n not in given else given[n] for n in names))))


def everything(place: Place, apertures_each: int = len(APERTURES)) -> Iterator[tuple[str, bytes]]:
    """
    Read images, masks and errors in every way.

    Parameters
    ----------
    place : callable
        Puts an array where it is to be read.
    apertures_each : int, optional
        With how many of the apertures each image is measured, in turn.

    Yields
    ------
    name : str
        What was read.
    result : bytes
        What was measured, to be compared.
    """
    apertures = itertools.cycle(APERTURES.items())
    masks = itertools.cycle([None, *itertools.product(DTYPES, "<>", LAYOUTS)])
    errors = itertools.cycle(("f8", ">f4", "u2", "<f2"))
    for i, (kind, order, layout) in enumerate(itertools.product(DTYPES, "<>", LAYOUTS)):
        image = LAYOUTS[layout](_pixels(order + kind), place)
        name, chosen = f"{order}{kind} {layout}", next(masks)
        mask = None
        if chosen is not None:
            mask = LAYOUTS[chosen[2]](_bad(chosen[1] + chosen[0]), place)
            name += f", mask {chosen[1]}{chosen[0]} {chosen[2]}"
        for which, aperture in itertools.islice(apertures, apertures_each):
            for under in (None, mask):
                yield f"{which} on {name}", b"".join(_read_through(aperture, image, under))
                if which not in ("many", "wide circle"):
                    yield f"{which} cut out of {name}", b"".join(_cut_out(aperture, image, under))
        bad = place(_bad("b1")) if mask is None else mask
        both = (bad, place(_bad("u2").astype(bool))) if i % 2 else (bad,)
        error = LAYOUTS[layout](1.5 + _pixels(next(errors)), place)
        yield f"photometry of {name}", b"".join(_photometry(image, both, error, i))
    yield from _raw(place)
    x, y = POSITIONS[:25].T
    yield "kernels", b"".join(_flat(kernels.apsum_ellip_exact(place(_pixels("f8")), x, y, 1.0 + abs(x % 7), 2.0, 0.3)))


def main() -> int:
    """
    Read everything once.

    Returns
    -------
    int
        0.
    """
    aap.set_parallel_threshold(THRESHOLD)
    each = int(sys.argv[1]) if len(sys.argv) > 1 else len(APERTURES)
    print(sum(1 for _ in everything(np.copy, each)), "results")
    return 0


if __name__ == "__main__":
    sys.exit(main())
