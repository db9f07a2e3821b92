"""The table of hostile values: for each role of an argument, what to pass, and what must become of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np

from reliability.hostile import layouts
from reliability.hostile.callables import FRAME, HOLES, SEGMENTS
from reliability.hostile.callables import mask as plain_mask

#: "same": the answer has the bits of the answer to the plain value (a raw function may refuse). "refused": an error.
#: "checked": either an error, or an answer that is held to the truth.
Fate = Literal["same", "refused", "checked"]

Make = Callable[[Any], Any]


class Hostile(NamedTuple):
    """
    One hostile value.

    Attributes
    ----------
    name : str
        What it is.
    make : callable
        Makes it from the plain value of the argument.
    fate : {"same", "refused", "checked"}
        What must become of it.
    plain : callable or None
        Makes the plain value that it must be equal to, from the argument's plain value; None if it is no number at all.
    """

    name: str
    make: Make
    fate: Fate
    plain: Make | None = None


def _is(value: Any) -> Make:
    return lambda _: value


def _itself(value: Any) -> Any:
    return value


#: Numbers that computers are bad at.
NUMBERS = (
    *(math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-60, 0.99e-60, 1e-9),
    *(1e9, 2.0**31, 2.0**53, 2.0**53 + 2, 2.0**63, -(2.0**63), 1e15, 1.01e15, 1e18, 1e19, 1e300, -1e300),
    *(1.7976931348623157e308, -1.7976931348623157e308),
)


def _numbers(fate: Fate = "checked") -> Iterator[Hostile]:
    for number in NUMBERS:
        yield Hostile(repr(number), _is(number), fate, _is(number))


def _scalars(*, foreign: Fate = "refused") -> Iterator[Hostile]:
    for name, make in layouts.SAME_NUMBER.items():
        yield Hostile(name, make, "same", _itself)
    yield Hostile("decimal", lambda v: Decimal(v), "same", _itself)
    yield Hostile("float16", lambda v: np.float16(v), "same", lambda v: float(np.float16(v)))
    yield Hostile("float32", lambda v: np.float32(v), "same", lambda v: float(np.float32(v)))
    yield Hostile("big integer", _is(10**18), "checked", _is(1e18))
    yield Hostile("True", _is(True), "checked", _is(1.0))
    yield Hostile("NumPy True", _is(np.True_), "checked", _is(1.0))
    yield Hostile("uint64", _is(np.uint64(2**64 - 1)), "checked", _is(2.0**64))
    yield Hostile("masked", _is(np.ma.masked), "checked", _is(math.nan))
    yield Hostile("one value in an array", lambda v: np.array([v]), "checked")
    yield Hostile("in seconds of arc", layouts.angular, "refused")
    for name, value in layouts.NO_NUMBER.items():
        yield Hostile(name, _is(value), foreign)


def _lengths() -> Iterator[Hostile]:
    yield from _numbers()
    yield from _scalars()
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(f"one each, {name}", _each(make), "same", _each(_itself))
    for name, make in layouts.FOREIGN.items():
        yield Hostile(f"one each, {name}", _each(make), "refused")
    yield Hostile("one each, one of them NaN", lambda v: np.array([v, math.nan, v]), "checked")
    yield Hostile("one each, one of them masked", lambda v: np.ma.MaskedArray([v] * 3, [False, True, False]), "checked")
    yield Hostile("one each, tiny to huge", lambda v: np.array([v, 1e-59, 1e14]), "checked", _itself_each)
    yield Hostile("one too many", lambda v: np.full(4, v), "refused")
    yield Hostile("a column of one each", lambda v: np.full((3, 1), v), "refused")
    yield Hostile("one each, in seconds of arc", lambda v: layouts.angular(np.full(3, v)), "refused")
    yield Hostile("the same for each, stride 0", lambda v: np.broadcast_to(np.float64(v), 3), "same", _each(_itself))


def _itself_each(value: float) -> Any:
    return np.array([value, 1e-59, 1e14])


def _each(make: Make) -> Make:
    return lambda value: make(np.array([value, value, value]))


def _raw_lengths() -> Iterator[Hostile]:
    yield from _numbers()
    yield from (each for each in _scalars() if each.name not in _OF_SUBCLASSES)


#: What a raw function, which reads the numbers in an array's memory, says that it does not look at.
_OF_SUBCLASSES = ("masked", "in seconds of arc", "one of them masked", "masked array", "all masked")


def _optional_angles() -> Iterator[Hostile]:
    yield from (each for each in _lengths() if each.name not in ("None", "one each, None"))


def _columns() -> Iterator[Hostile]:
    for number in NUMBERS:
        yield Hostile(f"one of them {number!r}", _with(1, number), "checked", _with(1, number))
        yield Hostile(f"all {number!r}", _all(number), "checked", _all(number))
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(name, make, "same", _itself)
    for name, make in layouts.FOREIGN.items():
        yield Hostile(name, make, "refused")
    yield Hostile("float32", lambda v: v.astype("f4"), "same", lambda v: v.astype("f4").astype("f8"))
    yield Hostile("int8", lambda v: v.astype("i1"), "same", lambda v: v.astype("i1").astype("f8"))
    yield Hostile("one of them masked", _one_masked, "checked")
    yield Hostile("stride 0", lambda v: np.broadcast_to(v[:1], v.shape), "same", lambda v: np.full(v.shape, v[0]))
    yield Hostile("two dimensions", lambda v: v.reshape(3, 1), "refused")
    yield Hostile("one less", lambda v: v[:-1], "refused")
    yield Hostile("empty", lambda v: v[:0], "refused")
    yield Hostile("a scalar", lambda v: float(v[0]), "refused")
    yield Hostile("in seconds of arc", layouts.angular, "refused")


def _one_masked(values: Any) -> Any:
    hidden = np.zeros(values.shape, dtype=bool)
    hidden[1] = True
    return np.ma.MaskedArray(values, hidden)


def _with(place: int, number: float) -> Make:
    def make(values: Any) -> Any:
        changed = np.array(values)
        changed.reshape(-1)[place] = number
        return changed

    return make


def _all(number: float) -> Make:
    return lambda values: np.full_like(values, _fit(number, values.dtype))


def _fit(number: float, dtype: Any) -> Any:
    """Give the number of a dtype that is nearest; 0 for NaN in whole numbers."""
    if dtype.kind == "f":
        return number
    bounds = np.iinfo(dtype)
    return 0 if math.isnan(number) else int(min(max(number, bounds.min), bounds.max))


def _positions() -> Iterator[Hostile]:
    yield from (each for each in _columns() if each.name not in ("two dimensions", "one less", "empty", "a scalar"))
    yield Hostile("three columns", lambda v: np.column_stack([v, v[:, 0]]), "refused")
    yield Hostile("one dimension", lambda v: v.ravel(), "refused")
    yield Hostile("a generator", lambda v: (tuple(row) for row in v.tolist()), "same", _itself)
    yield Hostile("a ragged list", _is([(1.0, 2.0), (1.0,)]), "refused")
    yield Hostile("bare numbers", _is(3.0), "refused")


def _images() -> Iterator[Hostile]:
    for code in layouts.REAL:
        yield Hostile(f"dtype {code}", _cast(code), "same", _cast_back(code))
        for name, make in (layouts.LAYOUTS | layouts.LAYOUTS_2D).items():
            fate: Fate = "refused" if name == "objects" else "same"
            yield Hostile(f"dtype {code}, {name}", _after(_cast(code), make), fate, _cast_back(code))
    for name, make in layouts.FOREIGN.items():
        yield Hostile(name, make, "refused")
    yield Hostile("longdouble", lambda v: v.astype(np.longdouble), "refused")
    yield Hostile("odd bytes as bool", _odd_bytes, "same", lambda v: (_odd_bytes(v).view("u1") != 0).astype(float))
    for number in (*NUMBERS, -1e308):
        yield Hostile(f"one pixel {number!r}", _pixel(number), "checked", _pixel(number))
        yield Hostile(f"all {number!r}", _all(number), "checked", _all(number))
    yield Hostile("stride 0", lambda v: np.broadcast_to(v[:1], v.shape), "same", lambda v: v[:1].repeat(len(v), 0))
    yield Hostile("one number, strides 0", lambda v: np.broadcast_to(np.float64(3), v.shape), "same", _all(3.0))
    yield Hostile("masked array", lambda v: np.ma.MaskedArray(v, plain_mask()), "checked")
    yield Hostile("all masked", lambda v: np.ma.MaskedArray(v, np.ones(v.shape, bool)), "checked")
    yield Hostile("one dimension", lambda v: v.ravel(), "refused")
    yield Hostile("three dimensions", lambda v: v[None], "refused")
    yield Hostile("no dimensions", lambda v: v[0, 0], "refused")
    yield Hostile("no rows", lambda v: v[:0], "checked", lambda v: v[:0])
    yield Hostile("no columns", lambda v: v[:, :0], "checked", lambda v: v[:, :0])
    yield Hostile("no pixels", lambda v: v[:0, :0], "checked", lambda v: v[:0, :0])
    yield Hostile("one pixel", lambda v: v[:1, :1], "checked", lambda v: v[:1, :1].copy())
    yield Hostile("ragged lists", _is([[1.0, 2.0], [3.0]]), "refused")
    yield Hostile("an empty list", _is([]), "refused")


def _cast(code: str) -> Make:
    return lambda image: image.astype(code)


def _cast_back(code: str) -> Make:
    return lambda image: image.astype(code).astype(np.float64)


def _after(first: Make, second: Make) -> Make:
    return lambda value: second(first(value))


def _pixel(number: float) -> Make:
    def make(image: Any) -> Any:
        changed = image.copy()
        changed[8, 9] = changed[20, 0] = _fit(number, changed.dtype)
        return changed

    return make


def _odd_bytes(image: Any) -> Any:
    return layouts.ODD_BYTES[np.arange(image.size) % 4].reshape(image.shape).view(bool)


def _measured_images() -> Iterator[Hostile]:
    """Give images for photometry: the steps of whole numbers are part of the error, and plain ones keep them."""
    for each in _images():
        if each.name.startswith("dtype"):
            code = each.name.split()[1].rstrip(",")
            yield each._replace(plain=_cast(code))
        elif each.name == "odd bytes as bool":
            yield each._replace(plain=lambda v: _odd_bytes(v).view("u1") != 0)
        else:
            yield each


def _raw_images() -> Iterator[Hostile]:
    for each in _images():
        if each.name in _OF_SUBCLASSES:
            continue
        if each.name.startswith("dtype") or each.name in ("stride 0", "one number, strides 0", "odd bytes as bool"):
            # Another dtype than the name says, or another layout, is refused; the same one is the plain case.
            yield each._replace(fate="checked", plain=None)
        else:
            yield each


def _masks() -> Iterator[Hostile]:
    for code in layouts.REAL:
        yield Hostile(f"dtype {code}", _mask_as(code), "same", _plain_mask)
        for name, make in (layouts.LAYOUTS | layouts.LAYOUTS_2D).items():
            fate: Fate = "refused" if name == "objects" else "same"
            yield Hostile(f"dtype {code}, {name}", _after(_mask_as(code), make), fate, _plain_mask)
    for number in (math.nan, math.inf, 5e-324, -5e-324, 1e300, -1.0):
        yield Hostile(f"{number!r} for True", _for_true(number), "same", _plain_mask)
    yield Hostile("-0.0 for False", lambda _: np.where(plain_mask(), 1.0, -0.0), "same", _plain_mask)
    yield Hostile("odd bytes as bool", lambda _: _odd_mask(), "same", lambda _: _odd_mask().view("u1") != 0)
    for name, make in {"spread": layouts.LAYOUTS["with gaps"], "unaligned": layouts.unaligned}.items():
        yield Hostile(
            f"odd bytes as bool, {name}",
            _odd_mask_as(make),
            "same",
            lambda _: _odd_mask().view("u1") != 0,
        )
    yield Hostile("odd bytes, masked array", lambda _: np.ma.MaskedArray(_odd_mask()), "same", _odd_plain)
    yield Hostile("nothing masked", lambda _: np.zeros(FRAME, bool), "same", _is(None))
    yield Hostile("np.ma.nomask", _is(np.ma.nomask), "same", _is(None))
    yield Hostile("masked entries", _masked_entries, "same", _is(plain_mask()))
    yield Hostile("all masked", lambda _: np.ones(FRAME, bool), "checked", lambda _: np.ones(FRAME, bool))
    yield Hostile("stride 0", lambda _: np.broadcast_to(True, FRAME), "same", lambda _: np.ones(FRAME, bool))
    for name, make in layouts.FOREIGN.items():
        if name != "None":
            yield Hostile(name, _after(lambda _: np.ones(FRAME), make), "refused")
    yield Hostile("longdouble", lambda _: plain_mask().astype(np.longdouble), "refused")
    yield Hostile("True", _is(True), "refused")
    yield Hostile("False", _is(False), "refused")
    for shape in ((24,), (26, 24), (24, 25), (1, 24, 26), (24, 26, 1), (1, 1), (0, 0), (624,)):
        yield Hostile(f"shape {shape}", _unmasked(shape), "refused")


def _plain_mask(_: Any) -> Any:
    return plain_mask()


def _mask_as(code: str) -> Make:
    return lambda _: plain_mask().astype(code)


def _for_true(number: float) -> Make:
    return lambda _: np.where(plain_mask(), number, 0.0)


def _odd_mask_as(make: Make) -> Make:
    return lambda _: make(_odd_mask().view("u1")).view(bool) if make is layouts.unaligned else _odd_mask()[:, ::1]


def _unmasked(shape: tuple[int, ...]) -> Make:
    return lambda _: np.zeros(shape, bool)


def _odd_mask() -> Any:
    return _odd_bytes(np.zeros(FRAME))


def _odd_plain(_: Any) -> Any:
    return _odd_mask().view("u1") != 0


def _masked_entries(_: Any) -> Any:
    return np.ma.MaskedArray(np.zeros(FRAME, bool), plain_mask())


#: Integers at and beyond every width that a program may give them.
INTEGERS = (0, 1, -1, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64, 10**18, 10**400)


def _integers() -> Iterator[Hostile]:
    for integer in INTEGERS:
        name = str(integer) if integer < 10**20 else "10**400"
        yield Hostile(name, _is(integer), "checked")
    for number in (math.nan, math.inf, 0.5, -0.0, 1e18, 1e300, 5e-324):
        yield Hostile(repr(number), _is(number), "checked")
    yield Hostile("int16", lambda v: np.int16(v), "same", _itself)
    yield Hostile("uint64", _is(np.uint64(2**64 - 1)), "checked")
    yield Hostile("True", _is(True), "checked")
    yield Hostile("0-d array", lambda v: np.array(v), "same", _itself)
    yield Hostile("one value in an array", lambda v: np.array([v]), "refused")
    for name, value in layouts.NO_NUMBER.items():
        if name != "an integer beyond float64":
            yield Hostile(name, _is(value), "refused")


def _frames() -> Iterator[Hostile]:
    for integer in INTEGERS:
        name = str(integer) if integer < 10**20 else "10**400"
        yield Hostile(f"({name}, 26)", _is((integer, 26)), "checked")
        yield Hostile(f"(24, {name})", _is((24, integer)), "checked")
    yield Hostile("2**31 x 2**31", _is((2**31, 2**31)), "checked")
    yield Hostile("2**62 x 2**62", _is((2**62, 2**62)), "checked")
    for number in (math.nan, math.inf, 0.5, 1e18, 1e300, -0.0):
        yield Hostile(f"({number!r}, 26)", _is((number, 26)), "checked")
    yield Hostile("array", _is(np.array(FRAME)), "same", _is(FRAME))
    yield Hostile("floats", _is(np.array(FRAME, float)), "same", _is(FRAME))
    yield Hostile("a list", _is(list(FRAME)), "same", _is(FRAME))
    for name, value in {
        "three": (24, 26, 1),
        "one": (24,),
        "none": (),
        "text": "ab",
        "texts": ("24", "26"),
        "an image": np.ones(FRAME),
        "a dict": {24: 1},
        "masked": (np.ma.masked, 26),
    }.items():
        yield Hostile(name, _is(value), "refused")
    for name, value in layouts.NO_NUMBER.items():
        yield Hostile(name, _is(value), "refused")


def _flags() -> Iterator[Hostile]:
    flags: dict[str, Any] = {
        "None": None,
        "1": 1,
        "text": "no",
        "NumPy False": np.False_,
        "empty": [],
        "NaN": math.nan,
    }
    for name, value in flags.items():
        yield Hostile(name, _is(value), "checked")


def _bounds() -> Iterator[Hostile]:
    yield from _integers()


def _weights() -> Iterator[Hostile]:
    yield from (each for each in _images() if not each.name.startswith(("one pixel", "all ", "no ", "masked")))
    for number in NUMBERS:
        yield Hostile(f"all {number!r}", _all(number), "checked", _all(number))
    yield Hostile("all masked", lambda v: np.ma.MaskedArray(v, np.ones(v.shape, bool)), "checked", _all(0.0))
    yield Hostile("another shape", lambda v: v[:-1], "refused")
    yield Hostile("turned", lambda v: v.T, "refused")


def _commands(holes: bool) -> Iterator[Hostile]:
    def drawn(contour: Any) -> Any:
        return [contour] if holes else contour

    base = HOLES[0] if holes else SEGMENTS
    (move, _, second, close) = base
    for number in NUMBERS:
        changed = [move, ("line", number, 1.0), *base[2:]]
        yield Hostile(f"x={number!r}", _is(drawn(changed)), "checked")
        arc = [("move", 1.0, 0.0), ("arc", 0.0, 0.0, number, 0.0, 3.0), close]
        yield Hostile(f"arc of radius {number!r}", _is(drawn(arc)), "checked")
        arc = [("move", 1.0, 0.0), ("arc", 0.0, 0.0, 1.0, number, 3.0), close]
        yield Hostile(f"arc from {number!r}", _is(drawn(arc)), "checked")
        arc = [("move", 1.0, 0.0), ("arc", 0.0, 0.0, 1.0, 0.0, number), close]
        yield Hostile(f"arc of width {number!r}", _is(drawn(arc)), "checked")
    for name, value in layouts.NO_NUMBER.items():
        yield Hostile(f"x is {name}", _is(drawn([move, ("line", value, 1.0), *base[2:]])), "refused")
    yield Hostile("no commands", _is(drawn([])), "refused")
    yield Hostile("no holes", _is([]), "checked")
    yield Hostile("only a move", _is(drawn([move])), "refused")
    yield Hostile("only a close", _is(drawn([close])), "refused")
    yield Hostile("two moves", _is(drawn([move, *base])), "refused")
    yield Hostile("two closes", _is(drawn([*base, close])), "refused")
    yield Hostile("not closed", _is(drawn(base[:-1])), "refused")
    yield Hostile("unknown", _is(drawn([move, ("spline", 1, 2), second, close])), "refused")
    yield Hostile("upper case", _is(drawn([("MOVE", *move[1:]), *base[1:]])), "refused")
    yield Hostile("command of bytes", _is(drawn([(b"move", *move[1:]), *base[1:]])), "refused")
    yield Hostile("too many numbers", _is(drawn([(*move, 3.0), *base[1:]])), "refused")
    yield Hostile("too few numbers", _is(drawn([move[:-1], *base[1:]])), "refused")
    yield Hostile("an empty command", _is(drawn([(), *base[1:]])), "refused")
    yield Hostile("a text", _is("move"), "refused")
    yield Hostile("a number", _is(5), "refused")
    yield Hostile("a dict", _is({"move": (0, 0)}), "refused")
    yield Hostile("lists for tuples", _is(drawn([list(c) for c in base])), "same", _itself)
    yield Hostile("a generator", lambda _: (c for c in drawn(base)), "same", _itself)
    yield Hostile("a tuple", lambda v: tuple(v), "same", _itself)
    square = [("move", 0.5, 0.5), ("line", 1.5, 0.5), ("line", 1.5, 1.5), ("line", 0.5, 1.5), close]
    moved = [("move", 1.0, 1.0), ("line", 2.0, 1.0), ("line", 2.0, 2.0), ("line", 1.0, 2.0), close]
    if holes:
        yield Hostile("the same hole twice", _is([square, square]), "refused")
        yield Hostile("overlapping holes", _is([square, moved]), "refused")
        corner = [("move", 1.5, 1.5), ("line", 2.0, 1.5), ("line", 2.0, 2.0), close]
        yield Hostile("holes that meet at a corner", _is([square, corner]), "checked")
        beside = [("move", 1.5, 0.5), ("line", 2.0, 0.5), ("line", 2.0, 1.5), ("line", 1.5, 1.5), close]
        yield Hostile("holes that share an edge", _is([square, beside]), "refused")
        yield Hostile(
            "a hole outside",
            _is([[("move", 50.0, 50.0), ("line", 51.0, 50.0), ("line", 50.0, 51.0), close]]),
            "refused",
        )
        yield Hostile("a hole as large as the outline", _is([SEGMENTS]), "refused")
        yield Hostile("a hole that holds the outline", _is([_turned(100.0)]), "refused")
    else:
        yield Hostile("back and forth", _is([move, ("line", 4.0, 0.0), ("line", 0.0, 0.0), close]), "refused")
        yield Hostile("thinner than rounding", _is([move, ("line", 4.0, 0.0), ("line", 2.0, 1e-14), close]), "checked")
        yield Hostile(
            "a bow tie", _is([move, ("line", 4.0, 4.0), ("line", 4.0, 0.0), ("line", 0.0, 4.0), close]), "refused"
        )


def _turned(half: float) -> Any:
    return [("move", -half, -half), ("line", half, -half), ("line", half, half), ("line", -half, half), ("close",)]


def _kinds() -> Iterator[Hostile]:
    for code in (-128, -1, 4, 127):
        yield Hostile(f"a kind of {code}", _with(1, code), "refused")
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(name, make, "same", _itself)
    for name, make in layouts.FOREIGN.items():
        yield Hostile(name, make, "refused")
    yield Hostile("all moves", _all(0), "refused")
    yield Hostile("all closes", _all(3), "refused")
    yield Hostile("all arcs", _all(2), "refused")
    yield Hostile("no commands", lambda v: v[:0], "refused")
    yield Hostile("two dimensions", lambda v: v[:, None], "refused")
    yield Hostile("int64", lambda v: v.astype("i8"), "same", _itself)


def _rows() -> Iterator[Hostile]:
    for number in NUMBERS:
        for place in range(12, 18):
            yield Hostile(f"number {place} is {number!r}", _with(place, number), "checked")
        yield Hostile(f"all {number!r}", _all(number), "checked")
    for name, make in (layouts.LAYOUTS | layouts.LAYOUTS_2D).items():
        yield Hostile(name, make, "same", _itself)
    for name, make in layouts.FOREIGN.items():
        yield Hostile(name, make, "refused")
    yield Hostile("five columns", lambda v: v[:, :5].copy(), "refused")
    yield Hostile("one row less", lambda v: v[:-1].copy(), "refused")
    yield Hostile("no rows", lambda v: v[:0], "refused")


def _choices() -> Iterator[Hostile]:
    for name, value in {
        "unknown": "other",
        "upper case": "EXACT",
        "empty": "",
        "bytes": b"exact",
        "number": 1,
        "a list": ["exact"],
        "an array": np.array(["exact", "center"]),
        "NaN": math.nan,
        "null byte": "exact\0",
        "a surrogate": "\ud800",
    }.items():
        yield Hostile(name, _is(value), "refused")
    yield Hostile("NumPy text", lambda v: np.str_(v), "same", _itself)


def _statistics() -> Iterator[Hostile]:
    yield from (each for each in _choices())
    yield Hostile("a function that gives NaN", lambda _: lambda _pixels: math.nan, "checked")
    yield Hostile("a function that gives infinity", lambda _: lambda _pixels: math.inf, "checked")
    yield Hostile("a function that gives 1e300", lambda _: lambda _pixels: 1e300, "checked")
    yield Hostile("a function that gives an array", lambda _: lambda pixels: pixels, "refused")
    yield Hostile("a function that gives a text", lambda _: lambda _pixels: "3", "refused")
    yield Hostile("a function that gives None", lambda _: lambda _pixels: None, "refused")
    yield Hostile("a function without arguments", lambda _: lambda: 3.0, "checked")
    yield Hostile("a function that writes", lambda _: _overwrites, "checked")
    yield Hostile("a class", _is(int), "checked")


def _overwrites(pixels: Any) -> float:
    pixels[...] = math.nan
    return 3.0


def _annuli() -> Iterator[Hostile]:
    for number in NUMBERS:
        yield Hostile(f"({number!r}, 7.0)", _is((number, 7.0)), "checked")
        yield Hostile(f"(4.0, {number!r})", _is((4.0, number)), "checked")
    for name, value in {
        "one": (4.0,),
        "three": (4.0, 5.0, 6.0),
        "text": "ab",
        "texts": ("4", "7"),
        "number": 4.0,
        "None twice": (None, None),
        "the wrong way round": (7.0, 4.0),
        "arrays of other lengths": (np.ones(2), np.full(2, 7.0)),
    }.items():
        yield Hostile(name, _is(value), "refused")
    yield Hostile("one each", lambda v: (np.full(3, v[0]), np.full(3, v[1])), "same", _itself)
    yield Hostile("in seconds of arc", layouts.angular, "refused")


def _between(number: float) -> Make:
    return lambda value: np.array([value, number, value])


def _levels(*, signed: bool) -> Iterator[Hostile]:
    for number in NUMBERS:
        yield Hostile(repr(number), _is(number), "checked")
        yield Hostile(f"one of them {number!r}", _between(number), "checked")
    for name, scalar in layouts.SAME_NUMBER.items():
        yield Hostile(name, scalar, "refused" if "quantity" in name else "same", _itself)
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(f"one each, {name}", _each(make), "refused" if "quantity" in name else "same", _itself)
    for name, make in layouts.FOREIGN.items():
        if name != "None":
            yield Hostile(f"one each, {name}", _each(make), "refused")
    for name, value in layouts.NO_NUMBER.items():
        if name != "None":
            yield Hostile(name, _is(value), "refused")
    yield Hostile("one too many", lambda v: np.full(4, v), "refused")
    yield Hostile("negative", _is(-1.0), "checked" if signed else "refused")


def _errors() -> Iterator[Hostile]:
    for each in _images():
        name = each.name
        if name.startswith("dtype") or name in ("odd bytes as bool", "stride 0", "one number, strides 0"):
            yield each if "objects" not in name and "quantity" not in name else each._replace(fate="refused")
        elif name in ("no dimensions", "None"):
            continue
        elif name.startswith("no ") or name == "one pixel":
            yield each._replace(fate="refused")
        else:
            yield each._replace(fate="checked", plain=None) if "masked" in name and "m" not in name[:1] else each
    for number in NUMBERS:
        yield Hostile(f"number {number!r}", _is(number), "checked")


def _number_like(*, foreign: Fate = "refused", none: bool = False) -> Iterator[Hostile]:
    yield from _numbers()
    for each in _scalars(foreign=foreign):
        if each.name == "dimensionless quantity" or (none and each.name == "None"):
            continue
        yield each._replace(fate="refused") if each.name == "one value in an array" else each


def _marked() -> Iterator[Hostile]:
    for each in _masks():
        if (
            each.name.startswith("shape")
            or each.name
            in (
                "longdouble",
                "True",
                "False",
                "np.ma.nomask",
                "nothing masked",
            )
            or each.name in ("masked entries", "masked datetime", "masked text", "masked complex")
        ):
            yield each._replace(fate="checked", plain=None)
        else:
            yield each
    yield Hostile("nothing", _is(np.zeros((3, 3), bool)), "refused")
    yield Hostile("no pixels", _is(np.zeros((0, 3), bool)), "refused")


def _points() -> Iterator[Hostile]:
    for number in NUMBERS:
        yield Hostile(repr(number), _is((number, 4.0)), "checked")
    for name, make in layouts.LAYOUTS.items():
        yield Hostile(name, _after(np.array, make), "same", _itself)
    for name, value in {
        "three": (1.0, 2.0, 3.0),
        "one": (1.0,),
        "a number": 3.0,
        "texts": ("1", "2"),
        "None": None,
        "complex": (1j, 2.0),
    }.items():
        yield Hostile(name, _is(value), "refused")


def _bits() -> Iterator[Hostile]:
    for integer in INTEGERS:
        yield Hostile(str(integer) if integer < 10**20 else "10**400", _is(integer), "checked")
    for name, value in {
        "float": 3.0,
        "NaN": math.nan,
        "text": "3",
        "None": None,
        "complex": 3j,
        "a datetime": np.datetime64(3, "s"),
        "an object": object(),
    }.items():
        yield Hostile(name, _is(value), "refused")
    for name, value in {
        "array": np.array(3),
        "int8": np.int8(3),
        "uint64": np.uint64(3),
        "other byte order": np.array(3, dtype=">i4"),
    }.items():
        yield Hostile(name, _is(value), "same", _itself)
    yield Hostile("empty", _is([]), "checked")
    yield Hostile("empty floats", _is(np.empty((0, 3))), "checked")


def _raw_columns() -> Iterator[Hostile]:
    yield from (each for each in _columns() if each.name not in _OF_SUBCLASSES)


VALUES: dict[str, Callable[[], Iterator[Hostile]]] = {
    "image": _images,
    "raw image": _raw_images,
    "measured image": _measured_images,
    "mask": _masks,
    "marked": _marked,
    "column": _raw_columns,
    "position": _columns,
    "positions": _positions,
    "catalogue": _positions,
    "coordinate": _raw_lengths,
    "length": _lengths,
    "angle": _lengths,
    "optional angle": _optional_angles,
    "tolerant length": _lengths,
    "raw length": _raw_lengths,
    "raw angle": _raw_lengths,
    "number": lambda: _number_like(),
    "level": lambda: _number_like(),
    "optional level": lambda: (e for e in _number_like(none=True) if e.fate != "same"),
    "positive number": lambda: _number_like(foreign="checked"),
    "number or zero": lambda: _number_like(foreign="checked"),
    "positive": _integers,
    "integer": _integers,
    "count": _integers,
    "bound": _bounds,
    "frame": _frames,
    "flag": _flags,
    "weights": _weights,
    "commands": lambda: _commands(holes=False),
    "holes": lambda: _commands(holes=True),
    "kinds": _kinds,
    "rows": _rows,
    "choice": _choices,
    "statistic": _statistics,
    "annulus": _annuli,
    "levels": lambda: _levels(signed=True),
    "scatter": lambda: _levels(signed=False),
    "errors": _errors,
    "point": _points,
    "bits": _bits,
}


@cache
def of(role: str) -> tuple[Hostile, ...]:
    """
    Give the hostile values for a role.

    Parameters
    ----------
    role : str
        A key of `VALUES`.

    Returns
    -------
    tuple of Hostile
        In a fixed order.

    Examples
    --------
    >>> of("flag")[0].name
    'None'
    """
    return tuple(VALUES[role]())
