r"""Predicted against measured noise of the sky.

A pixel of a raw frame of gain :math:`G` [e-/adu] and read noise :math:`R` [e-] whose sky is :math:`s` has the variance

.. math::

    \sigma^2 = \frac{G s + D t + R^2 + (G q)^2 / 12}{G^2 N}

with dark electrons :math:`D t`, steps :math:`q` of the pixel values and :math:`N` frames averaged. A measured noise
that is far from it says that one of these numbers is wrong, and most often that the sky still has the bias in it, or
that it was subtracted: the first predicts too much noise, the second too little.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from astroapers._fits.resolve import Resolved
from astroapers._photometry import Photometry
from astroapers._photometry.sky import Annuli
from astroapers._rust import _sky_variance

#: Relative difference beyond which a user is warned.
TOLERANCE = 0.3


@dataclass(frozen=True)
class NoiseCheck:
    """
    Noise of a pixel of the sky, in the unit of the image.

    Attributes
    ----------
    predicted, measured : float
        Both medians over the sources.
    sky : float
        The median level of the sky that the prediction is for.

    Examples
    --------
    >>> NoiseCheck(10.0, 11.0, 180.0).is_fine, NoiseCheck(10.0, 4.0, 180.0).is_fine
    (True, False)
    """

    predicted: float
    measured: float
    sky: float

    @property
    def ratio(self) -> float:
        """Measured over predicted noise."""
        return self.measured / self.predicted if self.predicted > 0 else math.inf

    @property
    def is_fine(self) -> bool:
        """Whether they agree to `TOLERANCE`."""
        return abs(self.ratio - 1) <= TOLERANCE

    @property
    def warning(self) -> str:
        """
        What may be wrong; empty if nothing is.

        Examples
        --------
        >>> print(NoiseCheck(40.0, 20.0, 500.0).warning)
        the sky of 500 scatters by 20, but gain and read noise predict 40: is a bias still in it (bias_level=, trim=)?
        """
        if self.is_fine:
            return ""
        start = f"the sky of {self.sky:.5g} scatters by {self.measured:.4g}, but gain and read noise predict "
        if self.ratio < 1:
            return f"{start}{self.predicted:.4g}: is a bias still in it (bias_level=, trim=)?"
        return f"{start}{self.predicted:.4g}: was a sky subtracted before, is the field crowded, or the gain another?"

    def __str__(self) -> str:
        return f"noise of the sky: predicted {self.predicted:.4g}, measured {self.measured:.4g} ({self.ratio:.2f})"


def noise_check(phot: Photometry, resolved: Resolved) -> NoiseCheck | None:
    """
    Compare predicted with measured noise.

    Parameters
    ----------
    phot : Photometry
        A measurement in physical units.
    resolved : Resolved
        The values that it used.

    Returns
    -------
    NoiseCheck or None
        None if gain or read noise are not known, or no sky was measured.
    """
    sky, gain, read_noise = phot._record.sky, resolved.gain, resolved.read_noise
    if gain is None or read_noise is None or not isinstance(sky, Annuli):
        return None
    enough = phot.n_sky >= sky.least
    if not enough.any():
        return None
    level = float(np.median(_bare(phot.sky)[enough]))
    scatter = float(np.median(_bare(phot.sky_std)[enough])) / _sky_variance(sky.statistic, sky.clip, 1.0)[0]
    dark = 0.0 if resolved.dark is None or resolved.exptime is None else resolved.dark * resolved.exptime
    step = gain * resolved.image.step
    variance = (gain * max(level, 0.0) + dark + read_noise * read_noise + step * step / 12) / resolved.ncombine
    return NoiseCheck(math.sqrt(variance) / gain, scatter, level)


def _bare(values: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(getattr(values, "value", values), dtype=np.float64)
