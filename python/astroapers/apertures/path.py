"""Paths: outlines of lines and circular arcs, with holes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from numpy.typing import ArrayLike

from astroapers import _inputs, _paths
from astroapers._rust import _engine
from astroapers._typing import Command, RawGeometry
from astroapers.apertures._sampled import SampledAp

#: A contour of more commands than these is counted in a `repr`, not listed.
_LISTED = 6


class PathAp(SampledAp):
    """
    Aperture with any outline of straight lines and circular arcs, and any number of holes.

    Parameters
    ----------
    positions : array_like, shape (2,) or (N, 2)
        Positions `(x, y)` in pixels to which the commands' coordinates are offsets.
    segments : sequence of commands
        The outline: ``("move", x, y)`` first, then ``("line", x, y)`` and ``("arc", cx, cy, r, theta0,
        dtheta)`` - centre, radius, direction of the start, signed width of less than a full turn, beginning
        where the last command ended - and ``("close",)`` last. Pixels and radians.
    holes : sequence of sequences of commands, optional
        Outlines of holes, inside the outline; they may touch it and each other at points.
    validate : bool, optional
        False skips the check of the positions; a bad one then gives NaN.
    plot_samples : int, optional
        Accepted and kept for compatibility; outlines are drawn as true curves, which need no samples.

    Raises
    ------
    TypeError
        If a command is not a sequence of its name and numbers.
    ValueError
        If a command is unknown or incomplete, the outline crosses itself, an arc does not begin where the
        last command ended, a hole leaves the outline or overlaps another, or a position is wrong.

    Notes
    -----
    The area is half the boundary integral of ``x dy - y dx`` (Green's theorem): the shoelace formula plus a
    circular segment for each arc.

    Examples
    --------
    Half a disc:

    >>> from math import pi
    >>> from astroapers import PathAp
    >>> half = PathAp((5.0, 6.0), [("move", 2, 0), ("arc", 0, 0, 2, 0, pi), ("close",)])
    >>> print(f"{half.area:.6f}")
    6.283185
    """

    _tag = "path"

    def __init__(
        self,
        positions: ArrayLike,
        segments: Sequence[Command],
        holes: Sequence[Sequence[Command]] | None = None,
        *,
        validate: bool = True,
        plot_samples: int = 96,
    ) -> None:
        geometry = _paths.encode(segments, holes)
        self.__dict__["_contours"] = _paths.decode(*geometry)
        self._keep_plot_samples(plot_samples)
        self._keep(*_inputs.positions(positions, validate), geometry, validate)
        self._check()

    @classmethod
    def polygon(cls, xy: ArrayLike, vertices: ArrayLike, *, validate: bool = True) -> Self:
        """
        Make an aperture with a polygon as its outline.

        Parameters
        ----------
        xy : array_like, shape (2,) or (N, 2)
            Positions in pixels.
        vertices : array_like, shape (n, 2)
            Corners in order, as offsets from the positions in pixels; the last may repeat the first.
        validate : bool, optional
            False skips the check of the positions.

        Returns
        -------
        PathAp
            The aperture.

        Raises
        ------
        TypeError
            If `vertices` are not real numbers.
        ValueError
            If `vertices` has not the shape (n, 2), or the polygon crosses itself.

        Examples
        --------
        >>> from astroapers import PathAp
        >>> PathAp.polygon((5.0, 6.0), [(0, 0), (4, 0), (0, 3)]).area
        6.0
        """
        return cls(xy, _paths.polygon(vertices), validate=validate)

    @property
    def segments(self) -> list[tuple[Any, ...]]:
        """
        Commands of the outline.

        Examples
        --------
        >>> from astroapers import PathAp
        >>> PathAp.polygon((5.0, 6.0), [(0, 0), (4, 0), (0, 3)]).segments
        [('move', 0.0, 0.0), ('line', 4.0, 0.0), ('line', 0.0, 3.0), ('close',)]
        """
        return list(self.__dict__["_contours"][0])

    @property
    def holes(self) -> list[list[tuple[Any, ...]]]:
        """
        Commands of each hole.

        Examples
        --------
        >>> from astroapers import PathAp
        >>> PathAp.polygon((5.0, 6.0), [(0, 0), (4, 0), (0, 3)]).holes
        []
        """
        return [list(contour) for contour in self.__dict__["_contours"][1:]]

    def _check(self) -> None:
        self.__dict__["_area"] = _engine("area", self._tag, "exact", None, None, self._geometry)

    def _arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {"segments": self.segments}
        if holes := self.holes:
            arguments["holes"] = holes
        return arguments | self._options()

    def _shared_state(self) -> dict[str, Any]:
        return super()._shared_state() | {"_contours": self.__dict__["_contours"]}

    def _geometry_at(self, index: Any) -> RawGeometry:
        return self._geometry

    def _shown_arguments(self) -> dict[str, str]:
        outline, *holes = map(_listed, self.__dict__["_contours"])
        contours = {"segments": outline, "holes": f"[{', '.join(holes)}]"}
        return {name: contours.get(name, text) for name, text in super()._shown_arguments().items()}


def _listed(contour: tuple[tuple[Any, ...], ...]) -> str:
    return repr(list(contour)) if len(contour) <= _LISTED else f"<{len(contour)} commands>"
