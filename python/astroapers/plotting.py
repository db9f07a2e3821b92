"""Drawing apertures with Matplotlib, which is imported only when something is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from astroapers._extras import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch
    from typing_extensions import TypeIs

    from astroapers.apertures import PixelAp

__all__ = ["plot_apertures", "plot_many", "to_patch_list"]


def to_patch_list(patches: Patch | Iterable[Patch]) -> list[Patch]:
    """
    Make a list of what `to_patches` or `plot` returned, which may be a single patch.

    Parameters
    ----------
    patches : Patch or iterable of Patch
        One or several.

    Returns
    -------
    list of Patch
        The same patches.

    Examples
    --------
    >>> from astroapers import CircAp
    >>> from astroapers.plotting import to_patch_list
    >>> len(to_patch_list(CircAp((5.0, 6.0), r=2.0).to_patches()))
    1
    """
    if isinstance(patches, Iterable):
        return list(patches)
    return [patches]


def plot_apertures(
    apertures: PixelAp | Iterable[PixelAp],
    ax: Axes | None = None,
    origin: Sequence[float] = (0, 0),
    **kwargs: Any,
) -> Patch | list[Patch]:
    """
    Draw an aperture, or several.

    Parameters
    ----------
    apertures : PixelAp or iterable of PixelAp
        What to draw.
    ax : matplotlib.axes.Axes, optional
        Where; the current axes by default.
    origin : (x, y), optional
        Position of pixel `(0, 0)` of the axes in the image, in pixels.
    **kwargs
        Any property of `matplotlib.patches.Patch`.

    Returns
    -------
    Patch or list of Patch
        As from the aperture's `plot`; for several, one list of all patches.

    Raises
    ------
    ImportError
        If Matplotlib is not installed.
    TypeError
        If something is not an aperture, or `ax` is not axes.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import matplotlib.pyplot as plt
    >>> from astroapers import CircAp
    >>> from astroapers.plotting import plot_apertures
    >>> fig, ax = plt.subplots()
    >>> plot_apertures(CircAp((5.0, 6.0), r=2.0), ax, color="r").radius
    2.0
    >>> plt.close(fig)
    """
    if _is_one(apertures):
        return apertures.plot(ax, origin, **kwargs)
    return plot_many(apertures, ax, origin, **kwargs)


def plot_many(
    apertures: PixelAp | Iterable[PixelAp],
    ax: Axes | None = None,
    origin: Sequence[float] = (0, 0),
    **kwargs: Any,
) -> list[Patch]:
    """
    Draw several apertures.

    Parameters
    ----------
    apertures : iterable of PixelAp
        What to draw; a single aperture will do.
    ax : matplotlib.axes.Axes, optional
        Where; the current axes by default.
    origin : (x, y), optional
        Position of pixel `(0, 0)` of the axes in the image, in pixels.
    **kwargs
        Any property of `matplotlib.patches.Patch`.

    Returns
    -------
    list of Patch
        All patches, in the order of apertures and positions.

    Raises
    ------
    ImportError
        If Matplotlib is not installed.
    TypeError
        If something is not an aperture, or `ax` is not axes.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import matplotlib.pyplot as plt
    >>> from astroapers import CircAn, CircAp
    >>> from astroapers.plotting import plot_many
    >>> fig, ax = plt.subplots()
    >>> len(plot_many([CircAp((5.0, 6.0), r=2.0), CircAn([(5.0, 6.0), (1.0, 2.0)], r_in=3.0, r_out=4.0)], ax))
    3
    >>> plt.close(fig)
    """
    several = [apertures] if _is_one(apertures) else apertures
    if not isinstance(several, Iterable):
        raise TypeError(f"apertures={several!r} must be an aperture or several")
    several = list(several)
    for aperture in several:
        if not _is_one(aperture):
            raise TypeError(f"apertures must hold apertures only, got {aperture!r}")
    return [patch for aperture in several for patch in to_patch_list(aperture.plot(ax, origin, **kwargs))]


def _is_one(apertures: PixelAp | Iterable[PixelAp]) -> TypeIs[PixelAp]:
    """Tell one aperture, which may have a length, from several."""
    return hasattr(apertures, "to_patches")


def draw(patches: Patch | list[Patch], ax: Axes | None) -> None:
    """
    Add patches to axes.

    Parameters
    ----------
    patches : Patch or list of Patch
        What to draw.
    ax : matplotlib.axes.Axes, optional
        Where; the current axes by default.

    Raises
    ------
    TypeError
        If `ax` is not axes.
    """
    if ax is None:
        ax = require("matplotlib.pyplot", extra="plot").gca()
    if not hasattr(ax, "add_patch"):
        raise TypeError(f"ax={ax!r} must be Matplotlib axes")
    for patch in to_patch_list(patches):
        ax.add_patch(patch)
