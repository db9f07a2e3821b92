"""Stars that stand out from the local background, found with SEP."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers._extras import require
from astroapers._fits.types import Catalog

#: Pixels of a mesh of the background: coarser than a star, finer than what a large galaxy or a cluster does to the sky.
MESH = 32

#: What of SEP's list is kept, under which name.
_COLUMNS = {"a": "a", "b": "b", "theta": "theta", "npix": "det_npix", "flux": "det_flux", "peak": "det_peak"}

#: SEP's buffer for pixels above the threshold, at first, and how often it is made ten times larger.
_BUFFER = 300_000
_GROWTHS = 3


def detect(
    data: NDArray[Any], nsigma: float, mask: NDArray[Any] | None = None, *, first: tuple[int, int] = (0, 0)
) -> Catalog:
    """
    Find sources that stand out from the local background.

    Parameters
    ----------
    data : ndarray, shape (ny, nx)
        The image, of any real type.
    nsigma : float
        Threshold in standard deviations of the background.
    mask : ndarray, shape (ny, nx), optional
        True or nonzero pixels are passed over, as are those that are not finite.
    first : tuple of int, optional
        Pixel (x, y) of the whole image that the first of `data` is.

    Returns
    -------
    Catalog
        Positions in pixels of the whole image, of which the first is 0. The table has what SEP says of the shapes:
        semi-axes `a` and `b` (the dispersions of the light) and angle `theta` in pixels and radians; and `det_npix`,
        `det_flux`, `det_peak`.

    Raises
    ------
    ImportError
        If SEP is not installed.
    ValueError
        If nothing can be found, because no pixel is good or too many stand out.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> y, x = np.mgrid[:60, :60]
    >>> stars = detect(rng.normal(100 + 80 * np.exp(-((x - 34.7) ** 2 + (y - 33.9) ** 2) / 8), 3), 5)
    >>> stars.x.round(0), stars.y.round(0), stars.source
    (array([35.]), array([34.]), 'detected at 5 sigma')
    """
    sep = require("sep", extra="phot")
    tables = require("astropy.table", extra="phot")
    image = np.ascontiguousarray(data, dtype=np.float64)
    bad = ~np.isfinite(image)
    if mask is not None:
        bad |= np.asarray(mask) != 0
    if bad.all():
        raise ValueError("nothing can be detected: no pixel of the image is good")
    if bad.any():
        image = np.where(bad, 0.0, image)  # SEP's convolution would spread a NaN that its mask hides
    background = sep.Background(image, mask=bad, bw=MESH, bh=MESH)
    found = _extract(sep, image - background, nsigma, background.rms(), bad)
    table = tables.Table({ours: found[name] for name, ours in _COLUMNS.items()})
    for name, unit in {"a": "pix", "b": "pix", "theta": "rad"}.items():
        table[name].unit = unit
    return Catalog(
        table=table,
        ids=np.arange(1, len(table) + 1),
        x=found["x"] + float(first[0]),
        y=found["y"] + float(first[1]),
        coord=None,
        source=f"detected at {nsigma:g} sigma",
        positions="x and y, first pixel 0",
    )


def _extract(sep: Any, image: NDArray[Any], nsigma: float, noise: NDArray[Any], bad: NDArray[np.bool_]) -> Any:
    """Call SEP, with a larger buffer if its own is too small for a crowded image."""
    buffer = sep.get_extract_pixstack()
    try:
        for growth in range(_GROWTHS + 1):
            sep.set_extract_pixstack(max(buffer, _BUFFER * 10**growth))
            try:
                return sep.extract(image, nsigma, err=noise, mask=bad)
            except Exception as error:
                if "pixel buffer full" in str(error):
                    continue
                raise ValueError(f"SEP cannot detect sources here: {error}; try a higher threshold") from error
        raise ValueError(f"too many pixels lie above {nsigma:g} sigma: detect at a higher threshold")
    finally:
        sep.set_extract_pixstack(buffer)
