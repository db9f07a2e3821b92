"""Apertures whose constructor takes `plot_samples`."""

from __future__ import annotations

from astroapers import _inputs
from astroapers.apertures._base import PixelAp


class SampledAp(PixelAp):
    """
    Base class of the apertures whose constructor takes `plot_samples`.

    Outlines are drawn as true curves, so that the number changes nothing; it is there for code that passes
    it.
    """

    def _keep_plot_samples(self, plot_samples: int) -> None:
        self.__dict__["_plot_samples"] = _inputs.positive("plot_samples", plot_samples)

    @property
    def plot_samples(self) -> int:
        """
        The number that was passed; it changes nothing.

        Examples
        --------
        >>> from astroapers import PillAp
        >>> PillAp((5.0, 6.0), w=3.0, a=1.0, b=1.0).plot_samples
        96
        """
        samples: int = self.__dict__["_plot_samples"]
        return samples
