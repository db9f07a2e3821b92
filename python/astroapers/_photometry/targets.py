"""What to measure: positions and the apertures on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from astroapers._typing import FloatArray
from astroapers.apertures import CircAn, CircAp, PixelAp

_Circular = TypeVar("_Circular", CircAp, CircAn)


@dataclass(frozen=True)
class Targets:
    """
    Apertures on common positions.

    Attributes
    ----------
    apertures : tuple of PixelAp
        One or several.
    listed : bool
        Whether they came as a list, so that results have a second dimension.
    """

    apertures: tuple[PixelAp, ...]
    listed: bool

    @property
    def first(self) -> PixelAp:
        """The first aperture, whose positions are those of all."""
        return self.apertures[0]

    @property
    def n(self) -> int:
        """Number of positions."""
        return np.size(self.first._x)


def targets(aperture: Any, r: Any) -> Targets:
    """
    Make apertures of what a user gave.

    Parameters
    ----------
    aperture : PixelAp, sequence of PixelAp, or array_like of shape (2,) or (N, 2)
        Apertures, or positions.
    r : float or array_like of shape (N,), optional
        Radii of circles on positions.

    Returns
    -------
    Targets
        The apertures.

    Raises
    ------
    TypeError, ValueError
        If neither can be made of the arguments.

    Examples
    --------
    >>> targets((5.0, 6.0), 2.0).first
    CircAp((5.0, 6.0), r=2.0)
    """
    if isinstance(aperture, PixelAp):
        _no_radius(r)
        return Targets((aperture,), listed=False)
    if isinstance(aperture, Sequence) and len(aperture) > 0 and isinstance(aperture[0], PixelAp):
        _no_radius(r)
        return Targets(_several(aperture), listed=True)
    if r is None:
        raise ValueError("aperture must be an aperture, a list of apertures, or positions together with r=")
    return Targets((_tolerant(CircAp, aperture, r),), listed=False)


def _tolerant(shape: type[_Circular], *arguments: Any) -> _Circular:
    """
    Make an aperture, also one with rows that would be refused.

    Those become rows of NaN: a catalogue may have them. What is wrong for every row is refused all the same.
    """
    try:
        return shape(*arguments)
    except ValueError:
        return shape(*arguments, validate=False)


def _no_radius(r: Any) -> None:
    if r is not None:
        raise ValueError(f"r={r!r} is for positions; an aperture has its own geometry")


def _several(apertures: Sequence[Any]) -> tuple[PixelAp, ...]:
    columns = apertures[0]._columns
    for k, item in enumerate(apertures):
        if not isinstance(item, PixelAp):
            raise TypeError(f"aperture[{k}]={item!r} must be an aperture, as others of the list are")
        if not all(map(_same, item._columns, columns)):
            raise ValueError(f"aperture[{k}] must have the positions of aperture[0]: a list measures the same sources")
    return tuple(apertures)


def _same(mine: FloatArray, other: FloatArray) -> bool:
    if mine.shape != other.shape:
        return False
    # What is not a number equals nothing, which takes another look.
    return bool((mine == other).all()) or np.array_equal(mine, other, equal_nan=True)


def annulus_around(radii: Any, aperture: PixelAp) -> CircAn:
    """
    Make the annuli of the shorthand `annulus=(r_in, r_out)`.

    Parameters
    ----------
    radii : tuple of two
        Inner and outer radius, each a number or an (N,) array.
    aperture : PixelAp
        On whose positions.

    Returns
    -------
    CircAn
        The annuli.

    Raises
    ------
    TypeError, ValueError
        If `radii` are not two, or break a rule of annuli.

    Examples
    --------
    >>> annulus_around((3, 4), CircAp((5.0, 6.0), r=2.0))
    CircAn((5.0, 6.0), r_in=3.0, r_out=4.0)
    """
    try:
        r_in, r_out = radii
    except (TypeError, ValueError):
        raise ValueError(f"annulus={radii!r} must be two radii (r_in, r_out)") from None
    return _tolerant(CircAn, aperture._positions_argument(), r_in, r_out)
