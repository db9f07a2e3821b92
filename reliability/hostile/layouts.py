"""Arrays that hold the same numbers in every way that NumPy knows, and classes that only look like numbers."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

#: One byte per truth value, and not only 0 and 1: what `view(bool)` makes of bytes.
ODD_BYTES = np.array([0, 1, 2, 255], dtype=np.uint8)


class Subclass(np.ndarray[Any, Any]):
    """An array of a class of the user's."""


class Liar(np.ndarray[Any, Any]):
    """An array whose Python methods give other numbers than its memory: nobody may ask them."""

    def __float__(self) -> float:
        return -1.0

    def astype(self, *_: Any, **__: Any) -> Any:
        """Give zeros."""
        return np.zeros(self.shape)


class Convertible:
    """An object that NumPy can make an array of."""

    def __init__(self, values: Array) -> None:
        self._values = values

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return self._values if dtype is None else self._values.astype(dtype)


#: What such an object says.
REFUSAL = "this is no number"


class Raises:
    """An object that breaks whatever asks it for a number."""

    def __float__(self) -> float:
        raise ValueError(REFUSAL)

    def __index__(self) -> int:
        raise TypeError("this is no integer")


class FloatOfMyOwn(float):
    """A float whose conversion says something else than its value."""

    def __float__(self) -> float:
        return -7.0


def unaligned(array: Array) -> Array:
    """
    Copy an array to an address that no number should have.

    Parameters
    ----------
    array : ndarray
        Any.

    Returns
    -------
    ndarray
        The same numbers one byte off.

    Examples
    --------
    >>> unaligned(np.ones(2)).flags.aligned
    False
    """
    buffer = np.zeros(array.nbytes + 1, dtype=np.uint8)
    shifted = buffer[1:].view(array.dtype).reshape(array.shape)
    shifted[...] = array
    return shifted


def of_a_record(array: Array) -> Array:
    """
    Copy an array into a field of packed records.

    Parameters
    ----------
    array : ndarray
        Any.

    Returns
    -------
    ndarray
        The field: unaligned and with gaps.

    Examples
    --------
    >>> of_a_record(np.ones(2)).strides
    (11,)
    """
    records = np.zeros(array.shape, dtype=[("before", "S3"), ("value", array.dtype)])
    records["value"] = array
    return records["value"]


def _read_only(array: Array) -> Array:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _spread(array: Array) -> Array:
    wide = np.full([3 * n for n in array.shape], np.nan, dtype=array.dtype)
    view = wide[tuple(slice(1, None, 3) for _ in array.shape)]
    view[...] = array
    return view


def _backwards(array: Array) -> Array:
    turned = tuple(slice(None, None, -1) for _ in array.shape)
    return array[turned].copy()[turned]


def _matrix(array: Array) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asmatrix(array)


def _quantity(array: Any) -> Any:
    from astropy import units

    return units.Quantity(array, units.dimensionless_unscaled)


def angular(array: Any) -> Any:
    """
    Give numbers a unit that is no pixel.

    Parameters
    ----------
    array : array_like or None
        Numbers; 1 where there are none.

    Returns
    -------
    Quantity
        In seconds of arc.
    """
    from astropy import units

    return units.Quantity(1.0 if array is None else array, units.arcsec)


#: The same numbers in the same dtype, laid out otherwise; all of them are read in place or converted, and
#: give equal bits.
LAYOUTS: dict[str, Callable[[Array], Any]] = {
    "unaligned": unaligned,
    "field of packed records": of_a_record,
    "read-only": _read_only,
    "Fortran order": lambda a: np.asfortranarray(a.copy()),
    "with gaps": _spread,
    "negative strides": _backwards,
    "other byte order": lambda a: a.astype(a.dtype.newbyteorder()),
    "unaligned, other byte order": lambda a: unaligned(a.astype(a.dtype.newbyteorder())),
    "subclass": lambda a: a.copy().view(Subclass),
    "subclass that lies": lambda a: a.copy().view(Liar),
    "masked array without a mask": lambda a: np.ma.MaskedArray(a.copy()),
    "dimensionless quantity": lambda a: _quantity(a.copy()),
    "object with __array__": lambda a: Convertible(a.copy()),
    "nested lists": lambda a: a.tolist(),
    "objects": lambda a: a.astype(object),
}

#: For two dimensions alone.
LAYOUTS_2D: dict[str, Callable[[Array], Any]] = {
    "matrix": _matrix,
    "record array field": lambda a: of_a_record(a).view(np.recarray),
}

#: Real dtypes that are measured.
REAL = ("?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8")

#: What is no array of real numbers.
FOREIGN: dict[str, Callable[[Array], Any]] = {
    "complex": lambda a: a.astype(complex),
    "complex64": lambda a: a.astype(np.complex64),
    "text": lambda a: np.full(a.shape, "1"),
    "bytes": lambda a: np.full(a.shape, b"1"),
    "datetime": lambda a: a.astype("M8[s]"),
    "timedelta": lambda a: a.astype("m8[s]"),
    "structured": lambda a: np.zeros(a.shape, dtype=[("a", "f8"), ("b", "i2")]),
    "void": lambda a: np.zeros(a.shape, dtype="V8"),
    "masked complex": lambda a: np.ma.MaskedArray(a.astype(complex)),
    "masked text": lambda a: np.ma.MaskedArray(np.full(a.shape, "1")),
    "masked datetime": lambda a: np.ma.MaskedArray(a.astype("M8[s]")),
    "None": lambda _: None,
    "a text": lambda _: "1.0",
    "a dict": lambda _: {"a": 1},
    "an object": lambda _: object(),
    "a function": lambda _: len,
}

#: Scalars that are the same number as a float.
SAME_NUMBER: dict[str, Callable[[float], Any]] = {
    "float64": np.float64,
    "0-d array": lambda v: np.array(v),
    "0-d array, other byte order": lambda v: np.array(v, dtype=np.dtype(float).newbyteorder()),
    "0-d object array": lambda v: np.array(v, dtype=object),
    "fraction": Fraction,
    "longdouble": np.longdouble,
    "dimensionless quantity": _quantity,
}

#: What is no real number.
NO_NUMBER: dict[str, Any] = {
    "None": None,
    "a text": "1.0",
    "a NumPy text": np.str_("1.0"),
    "bytes": b"1",
    "complex": 1 + 0j,
    "NumPy complex": np.complex64(1),
    "datetime": np.datetime64("2020-01-01"),
    "an object that raises": Raises(),
    "an object": object(),
    "a dict": {},
    "a set": {1.0},
    "a generator": (i for i in range(0)),
    "an integer beyond float64": 10**400,
    "structured": np.zeros((), dtype=[("a", "f8")]),
    "three dimensions": np.ones((2, 2, 2)),
    "no values": np.empty(0),
    "a ragged list": [1.0, [2.0]],
}
