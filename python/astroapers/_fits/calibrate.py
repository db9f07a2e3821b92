"""What is done to a raw frame before it is measured: overscan cut off, bias level taken off.

Neither touches a pixel. The frame is a view of the file's, and what is subtracted is part of its zero (`scaling`).
Positions, of catalogues and of results, are always pixels of the whole frame.
"""

from __future__ import annotations

import numpy as np

from astroapers._extras import require
from astroapers._fits.image import FitsImage
from astroapers._fits.keywords import Headers
from astroapers._fits.sections import is_section, section
from astroapers._fits.types import Setting

#: The keywords of the part of a frame that saw the sky, the best first.
_SECTIONS = ("TRIMSEC", "DATASEC")

#: Pixels of the overscan farther than this many standard deviations from their median do not count.
_CLIP = 3.0


def trimmed(image: FitsImage, headers: Headers) -> tuple[FitsImage, Setting]:
    """
    Take the part of a frame that saw the sky.

    Parameters
    ----------
    image : FitsImage
        The whole frame.
    headers : Headers
        Its headers.

    Returns
    -------
    image : FitsImage
        The part, in place.
    setting : Setting
        Which it is, and who says so.

    Raises
    ------
    ValueError
        If the header does not say, or not in pixels of this frame.
    """
    found = next((card for card in headers.cards(*_SECTIONS) if is_section(card.value)), None)
    if found is None:
        raise ValueError(f"trim=True needs {' or '.join(_SECTIONS)} in {headers.file}, which has neither")
    part = section(found.keyword, str(found.value))
    return image.part(part), Setting("trim", str(part), "", found.origin)


def bias_level(wanted: float | str, whole: FitsImage, headers: Headers) -> Setting:
    """
    Find the bias level of a frame.

    Parameters
    ----------
    wanted : float or str
        The level, or the keyword of the level, or that of a section of overscan such as BIASSEC.
    whole : FitsImage
        The frame before it was trimmed.
    headers : Headers
        Its headers.

    Returns
    -------
    Setting
        The level in the unit of the image. Of a section it is the mean of the pixels that clipping leaves: the median
        of integers would be wrong by up to half a step.

    Raises
    ------
    ValueError
        If there is no such keyword, or its section holds no pixels to average.
    """
    if isinstance(wanted, float):
        return Setting("bias_level", wanted, "", "option")
    card = headers.first(wanted)
    if card is None or not is_section(card.value):
        found = headers.named_by("bias_level", wanted)
        return Setting("bias_level", found.value, "", f"option, {found.origin}")
    overscan = whole.part(section(wanted, str(card.value))).physical()
    stats = require("astropy.stats", extra="phot")
    good = overscan[np.isfinite(overscan)]
    if good.size == 0:
        raise ValueError(f"bias_level={wanted!r}: the section {card.value!r} of {headers.file} has no good pixel")
    mean, *_ = stats.sigma_clipped_stats(good, sigma=_CLIP, maxiters=None)
    return Setting("bias_level", float(mean), "", f"option, mean of {card.value} by {card.origin}")
