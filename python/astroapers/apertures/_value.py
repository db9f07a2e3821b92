"""An aperture as a value: what it is and where, immutable, comparable, indexable.

All of it is checked and converted once, when the aperture is made, so that each measurement is a single call of
the extension.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import Any, ClassVar, NoReturn, Self

import numpy as np
from numpy.typing import ArrayLike

from astroapers import _inputs
from astroapers._rust import _engine
from astroapers._shapes import SHAPES
from astroapers._typing import FloatArray, GeometryValue, Method, RawGeometry

#: More positions than these are counted in a `repr`, not listed.
_LISTED = 4

#: Constructor arguments that are neither positions nor geometry, with their defaults.
_OPTIONS = {"plot_samples": 96, "validate": True}


class Value:
    """
    One shape at one or more positions, as an immutable value.

    Instances keep their state in `__dict__`, written once by `_build`; `__setattr__` refuses everything else.

    Attributes
    ----------
    positions : ndarray of float64, shape (N, 2), read-only
        The positions.
    isscalar : bool
        Whether it was made with a single `(x, y)`.
    area : float or ndarray
        The area.
    """

    #: The shape's row in the table of shapes, which is also the extension's name for it.
    _tag: ClassVar[str]

    isscalar: bool
    #: Floats for a single position, else (N,) arrays.
    _x: GeometryValue
    _y: GeometryValue
    _geometry: RawGeometry
    _validate: bool

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise TypeError(f"{type(self).__name__} cannot be instantiated; use an aperture class such as CircAp")

    def _build(self, positions: ArrayLike, values: tuple[Any, ...], validate: bool) -> None:
        """Check and keep what the constructor was given; called once."""
        x, y = _inputs.positions(positions, validate)
        shape = (1,) if isinstance(x, float) else x.shape
        self._keep(x, y, _inputs.geometry(self._tag, values, shape), validate)
        self._check()

    def _keep(self, x: GeometryValue, y: GeometryValue, geometry: RawGeometry, validate: bool) -> None:
        state = self.__dict__
        state["isscalar"] = isinstance(x, float)
        state["_x"] = x
        state["_y"] = y
        state["_geometry"] = geometry
        state["_validate"] = validate

    def _check(self) -> None:
        """Check the geometry: always if it is shared by all positions, else unless the user asked not to."""
        for value in self._geometry:
            if type(value) is not float:
                if self._validate:
                    self._call("check", "exact")
                return
        self.__dict__["_area"] = _engine("area", self._tag, "exact", None, None, self._geometry)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable: use replace({name}=...) to make a changed one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable: {name} cannot be deleted")

    @property
    def positions(self) -> FloatArray:
        """
        Positions in pixels: a read-only (N, 2) array in Fortran order, also for a single position.

        Examples
        --------
        >>> from astroapers import CircAp
        >>> CircAp((5.0, 6.0), r=2.0).positions
        array([[5., 6.]])
        """
        state = self.__dict__
        if "_positions" not in state:
            state["_positions"] = _inputs.frozen(np.array(np.atleast_1d(self._x, self._y))).T
        positions: FloatArray = state["_positions"]
        return positions

    @property
    def area(self) -> GeometryValue:
        """
        Area in square pixels, from the shape's formula.

        It is a float, or a read-only (N,) array if a parameter is given per position. It does not depend on
        an image; pixels beyond an edge or under a mask are counted by `npix_exact`.

        Examples
        --------
        >>> from astroapers import RectAp
        >>> RectAp((5.0, 6.0), w=2.0, h=3.0).area
        6.0
        """
        state = self.__dict__
        if "_area" not in state:
            area = _engine("area", self._tag, "exact", None, None, self._geometry)
            state["_area"] = _inputs.frozen(area) if isinstance(area, np.ndarray) else area
        value: GeometryValue = state["_area"]
        return value

    def _arguments(self) -> dict[str, Any]:
        """Give the constructor arguments of an equal aperture, all but `positions`, in their order."""
        return dict(zip(SHAPES[self._tag].names, self._geometry, strict=True)) | self._options()

    def _options(self) -> dict[str, Any]:
        """Give the constructor arguments that are neither positions nor geometry."""
        return {name: self.__dict__[key] for name in _OPTIONS if (key := f"_{name}") in self.__dict__}

    def _positions_argument(self) -> Any:
        return (self._x, self._y) if self.isscalar else self.positions

    @property
    def _columns(self) -> tuple[FloatArray, FloatArray]:
        """X and y of all positions, of shape (N,) also for a single one."""
        x, y = np.atleast_1d(self._x, self._y)
        return x, y

    def replace(self, **changes: Any) -> Self:
        """
        Make an aperture with some constructor arguments changed.

        Parameters
        ----------
        **changes
            Any arguments of the constructor, `positions` included. Where a parameter may be None to follow
            another, it keeps its own value unless it is given anew.

        Returns
        -------
        PixelAp
            A new aperture of the same class.

        Raises
        ------
        TypeError, ValueError
            As from the constructor.

        Examples
        --------
        >>> from astroapers import CircAp
        >>> CircAp((5.0, 6.0), r=2.0).replace(r=3.0)
        CircAp((5.0, 6.0), r=3.0)
        """
        arguments = {"positions": self._positions_argument(), **self._arguments(), **changes}
        return type(self)(**arguments)

    def __len__(self) -> int:
        if self.isscalar:
            raise TypeError(f"{type(self).__name__} at a single position has no len()")
        return np.size(self._x)

    def __bool__(self) -> bool:
        return np.size(self._x) > 0

    def __getitem__(self, index: Any) -> Self:
        """
        Pick positions.

        Parameters
        ----------
        index : int, slice, or array_like of int or bool
            Which positions, as in NumPy.

        Returns
        -------
        PixelAp
            For an integer, an aperture at a single position; else one at the picked positions. Nothing is
            checked again: what ``validate=False`` let pass gives NaN there too.

        Raises
        ------
        TypeError
            If this aperture has a single position.
        IndexError
            If the index is out of range or has more than one dimension.

        Examples
        --------
        >>> from astroapers import CircAp
        >>> stars = CircAp([(5.0, 6.0), (8.0, 2.0)], r=[1.0, 2.0])
        >>> stars[-1]
        CircAp((8.0, 2.0), r=2.0)
        >>> stars[stars.r < 2.0]
        CircAp([(5.0, 6.0)], r=[1.0])
        """
        if self.isscalar:
            raise TypeError(f"{type(self).__name__} at a single position cannot be indexed")
        chosen = np.arange(len(self))[index]
        if isinstance(index, tuple) or chosen.ndim > 1:
            raise IndexError(
                "an aperture's positions have one dimension: index them with an int, a slice or a 1-D array"
            )
        x, y = (_pick(column, chosen) for column in (self._x, self._y))
        picked = object.__new__(type(self))
        picked.__dict__.update(self._shared_state())
        picked._keep(x, y, self._geometry_at(chosen), self._validate)
        return picked

    def _shared_state(self) -> dict[str, Any]:
        """Entries of `__dict__` that picking positions does not change and `_keep` does not write."""
        kept = ("_plot_samples", "_area") if isinstance(self.__dict__.get("_area"), float) else ("_plot_samples",)
        return {key: value for key, value in self.__dict__.items() if key in kept}

    def _geometry_at(self, index: Any) -> RawGeometry:
        """
        Geometry of the aperture at some of its positions.

        That of one position is of floats, unless it breaks a rule: the extension refuses such floats, but
        gives NaN for arrays of one value.
        """
        area = self.area
        if np.ndim(index) == 0 and isinstance(area, np.ndarray) and isnan(area[index]):
            index = np.reshape(index, 1)
        return tuple(_pick(value, index) for value in self._geometry)

    def __iter__(self) -> Iterator[Self]:
        if self.isscalar:
            raise TypeError(f"{type(self).__name__} at a single position cannot be iterated")
        return (self[i] for i in range(len(self)))

    def _key(self) -> tuple[Any, ...]:
        """Everything that makes two apertures equal, hashable; computed once."""
        state = self.__dict__
        if "_hashable" not in state:
            parts = tuple(_canonical(value) for value in (self._x, self._y, *self._geometry))
            state["_hashable"] = (type(self), self.isscalar, parts)
        key: tuple[Any, ...] = state["_hashable"]
        return key

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        shown = [f"{name}={text}" for name, text in self._shown_arguments().items()]
        return f"{type(self).__name__}({', '.join([self._shown_positions(), *shown])})"

    def _shown_arguments(self) -> dict[str, str]:
        """Geometry, and options that are not the default, as a `repr` shows them."""
        arguments = self._arguments()
        return {k: _shown(v) for k, v in arguments.items() if k not in _OPTIONS or v != _OPTIONS[k]}

    def _shown_positions(self) -> str:
        if self.isscalar:
            return repr(self._positions_argument())
        if len(self) > _LISTED:
            return f"<{len(self)} positions>"
        return repr([tuple(row) for row in self.positions.tolist()])

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), {"positions": self._positions_argument(), **self._arguments()})

    def __setstate__(self, state: object) -> NoReturn:
        """Refuse a pickle that was not made by `__reduce__`: nothing in it would be checked."""
        raise TypeError(f"a {type(self).__name__} is made by its constructor alone, and takes no state from a pickle")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self

    def _call(self, operation: str, method: Method, **inputs: Any) -> Any:
        return _engine(operation, self._tag, method, self._x, self._y, self._geometry, validate=False, **inputs)


def _pick(value: Any, index: Any) -> Any:
    """Pick a column's entries at some positions, a float for one; anything but a column as it is."""
    if not isinstance(value, np.ndarray):
        return value
    picked = value[index]
    if picked.ndim == 0:
        return float(picked)
    return _inputs.frozen(np.array(picked))


def _canonical(value: Any) -> Any:
    """Make a hashable form in which equal numbers are equal, -0.0 and 0.0 included, and NaN equals NaN."""
    numbers = np.asarray(value) + 0.0
    return numbers.shape, np.where(np.isnan(numbers), np.nan, numbers).tobytes()


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return repr(value.tolist()) if value.size <= _LISTED else f"<{value.size} values>"
    return repr(value)


def _rebuild(cls: type[Value], arguments: dict[str, Any]) -> Value:
    """Make an aperture from its constructor arguments; pickles refer to it, which anybody may have written."""
    if not (isinstance(cls, type) and issubclass(cls, Value) and isinstance(arguments, dict)):
        raise TypeError("this pickle holds no class of apertures and its arguments")
    return cls(**arguments)
