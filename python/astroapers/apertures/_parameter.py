"""Read-only geometry attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from astroapers._typing import GeometryValue

if TYPE_CHECKING:
    from astroapers.apertures._value import Value


class Parameter:
    """
    A geometry parameter as a read-only attribute of an aperture.

    It reads the aperture's geometry tuple at the place its name has in the table of shapes.

    Parameters
    ----------
    index : int
        Its place.
    doc : str
        What it measures.

    Examples
    --------
    >>> from astroapers import CircAp
    >>> CircAp((1.0, 2.0), r=3).r
    3.0
    """

    def __init__(self, index: int, doc: str) -> None:
        self._index = index
        self.__doc__ = doc

    @overload
    def __get__(self, instance: None, owner: type[Value]) -> Parameter: ...

    @overload
    def __get__(self, instance: Value, owner: type[Value]) -> GeometryValue: ...

    def __get__(self, instance: Value | None, owner: type[Value]) -> Parameter | GeometryValue:
        if instance is None:
            return self
        value: GeometryValue = instance._geometry[self._index]
        return value
