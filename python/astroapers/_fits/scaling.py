r"""Measuring stored numbers, and giving what was measured in physical units.

A file stores :math:`d` and means :math:`p = B d + Z`, with BSCALE :math:`B > 0` and with :math:`Z` = BZERO less the
bias level that is subtracted. Sums, levels and deviations of :math:`d` become those of :math:`p`,

.. math::

    \sum w p = B \sum w d + Z \sum w, \quad \hat s_p = B \hat s_d + Z, \quad \sigma_p = B \sigma_d, \quad F_p = B F_d ,

because every statistic of the sky moves and stretches with its pixels. The variance of a flux does so too if the
numbers in it are of :math:`d`:

- photons: :math:`\sum w^2 (p - \hat s_p) / g = B^2 \sum w^2 (d - \hat s_d) / (B g)`, so that the gain is :math:`B g`;
- given levels, deviations and errors: :math:`(s - Z) / B`, :math:`\sigma / B`, and variances over :math:`B^2`;
- quantisation: steps of 1 in :math:`d` are steps of :math:`B` in :math:`p`;
- the CCD equation counts the photons of the whole sky, :math:`G (\hat s_p + l) = B G (\hat s_d + (Z + l) / B)`, so that
  :math:`(Z + l) / B` stands for a sky :math:`l` subtracted before. Its digitisation noise :math:`(0.289 G)^2` is of one
  unit of :math:`p`; with the gain :math:`B G` it would be :math:`B^2` as large, which the read noise makes up for,
  :math:`R_d^2 = R^2 + (0.289 G)^2 (1 - B^2)`.

Where :math:`B` is negative, bright is small: saturation and skewness would be on the wrong side. Such images, and those
rare ones whose :math:`R_d^2` would be negative, are converted to float64 instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from astroapers._fits.image import FitsImage
from astroapers._photometry import Photometry
from astroapers._photometry.images import Errors, _variance_scale
from astroapers._photometry.units import with_unit
from astroapers._typing import FloatArray

#: The standard deviation of rounding to an integer as the CCD equation prints it.
DIGITISATION = 0.289


@dataclass(frozen=True)
class Scale:
    """
    How stored numbers become physical values: ``factor * stored + zero``.

    Attributes
    ----------
    factor : float
        Greater than 0.
    zero : float
        Of the same unit as the physical values.

    Examples
    --------
    >>> scale = Scale(0.5, 100.0)
    >>> scale.stored(scale.physical(8.0))
    8.0
    """

    factor: float
    zero: float

    @property
    def is_identity(self) -> bool:
        """
        Whether stored numbers are physical values.

        Examples
        --------
        >>> Scale(1.0, 0.0).is_identity
        True
        """
        return self.factor == 1 and self.zero == 0

    def physical(self, stored: Any) -> Any:
        """
        Convert levels.

        Parameters
        ----------
        stored : float or ndarray
            Levels of stored numbers.

        Returns
        -------
        float or ndarray
            Physical levels.

        Examples
        --------
        >>> Scale(2.0, 1.0).physical(3.0)
        7.0
        """
        return self.factor * stored + self.zero

    def stored(self, level: float) -> float:
        """
        Convert a level back.

        Parameters
        ----------
        level : float
            A physical level.

        Returns
        -------
        float
            The level of stored numbers.

        Examples
        --------
        >>> Scale(2.0, 1.0).stored(7.0)
        3.0
        """
        return (level - self.zero) / self.factor

    def threshold(self, level: float, *, integers: bool) -> float:
        """
        Find the smallest stored number whose physical value reaches a level.

        Parameters
        ----------
        level : float
            The physical level.
        integers : bool
            Whether stored numbers are whole.

        Returns
        -------
        float
            For integers, comparing with it gives what comparing physical values with the level would, also where that
            depends on how they are rounded.

        Examples
        --------
        >>> Scale(0.1, 0.0).threshold(0.7, integers=True)
        7.0
        """
        number = self.stored(level)
        told_apart = math.isfinite(number) and self.factor >= math.ulp(max(abs(level), abs(self.zero)))
        if not (integers and told_apart):
            return number
        # An integer of Python: floats beyond 2^53 have neighbours to which 1 cannot be added.
        whole = math.ceil(number)
        while self.physical(whole - 1) >= level:
            whole -= 1
        while self.physical(whole) < level:
            whole += 1
        return float(whole)

    def detector_noise(self, gain: float, read_noise: float) -> float | None:
        """
        Give the read noise that the CCD equation of stored numbers needs.

        Parameters
        ----------
        gain : float
            Electrons per physical unit.
        read_noise : float
            In electrons.

        Returns
        -------
        float or None
            In electrons; None if there is none.

        Examples
        --------
        >>> Scale(1.0, 32768.0).detector_noise(1.9, 5.0)
        5.0
        >>> Scale(100.0, 0.0).detector_noise(1.9, 5.0) is None
        True
        """
        if self.factor == 1:
            return read_noise
        # Products, for a power beyond the range of numbers raises an error.
        digitisation = DIGITISATION * gain
        variance = read_noise * read_noise + digitisation * digitisation * (1 - self.factor * self.factor)
        return math.sqrt(variance) if 0 <= variance < math.inf else None

    def statistic(self, function: Callable[[FloatArray], float]) -> Callable[[FloatArray], float]:
        """
        Make a statistic of physical values one of stored numbers.

        Parameters
        ----------
        function : callable
            Of a 1-D array.

        Returns
        -------
        callable
            The same, of stored numbers; `function` itself where these are physical values.

        Examples
        --------
        >>> import numpy as np
        >>> Scale(2.0, 1.0).statistic(np.max)(np.array([1.0, 3.0]))
        3.0
        """
        if self.is_identity:
            return function

        def of_stored(values: FloatArray) -> float:
            return self.stored(float(function(self.physical(values))))

        of_stored.__name__ = getattr(function, "__name__", type(function).__name__)
        return of_stored


def scaled(image: FitsImage, bias: float) -> Scale:
    """
    Give the scale of an image, less its bias level.

    Parameters
    ----------
    image : FitsImage
        With a BSCALE greater than 0.
    bias : float
        What is subtracted from every pixel.

    Returns
    -------
    Scale
        From stored numbers to physical values.
    """
    return Scale(image.bscale, image.bzero - bias)


def converted(image: FitsImage) -> FitsImage:
    """
    Make a copy of an image whose stored numbers are its physical values.

    Parameters
    ----------
    image : FitsImage
        The image.

    Returns
    -------
    FitsImage
        Of float64; undefined pixels are NaN.
    """
    return replace(image, data=image.physical(), bscale=1.0, bzero=0.0, blank=None)


def pixel_errors(errors: FitsImage, kind: str, scale: Scale) -> Errors:
    """
    Give the errors of stored numbers.

    Parameters
    ----------
    errors : FitsImage
        Errors of the physical values.
    kind : {"std", "var", "ivar"}
        What they are.
    scale : Scale
        Of the image.

    Returns
    -------
    Errors
        Read in place, unless they have a zero or undefined pixels.
    """
    if errors.bzero != 0 or errors.bscale < 0 or errors.undefined is not None:
        errors = converted(errors)
    return Errors(errors.data, kind, _variance_scale(kind, errors.bscale, scale.factor))


def in_physical_units(phot: Photometry, scale: Scale, sky: float | None, unit: Any) -> Photometry:
    """
    Scale what was measured on stored numbers.

    Parameters
    ----------
    phot : Photometry
        The measurement.
    scale : Scale
        Of the image.
    sky : float or None
        The physical level of the sky, if it was given.
    unit : Unit or None
        Of physical values.

    Returns
    -------
    Photometry
        The same, in physical units.
    """
    factor = scale.factor
    columns = {
        "flux": phot.flux * factor,
        "flux_err": phot.flux_err * factor,
        "apsum": phot.apsum * factor + phot.npix * scale.zero,
        "sky": scale.physical(phot.sky) if sky is None else np.where(np.isnan(phot.sky), np.nan, sky),
        "sky_std": phot.sky_std * factor,
    }
    return replace(phot, **{name: with_unit(_read_only(values), unit) for name, values in columns.items()})


def _read_only(values: FloatArray) -> FloatArray:
    values.flags.writeable = False
    return values
