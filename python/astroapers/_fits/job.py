"""What is asked for: every option of photometry on FITS files, checked, in one frozen object.

The command line, a configuration file and the Python call all make a `Job`. It can be pickled, so that worker processes
get the same one, and compared, so that a resumed run can tell whether it is still the same work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Literal

from astroapers._fits import checks
from astroapers._fits.keywords import NEVER_SATURATION
from astroapers._fits.lengths import Length, lengths

#: The zero point that the header's keywords give, whichever it has.
AUTO = "AUTO"


@dataclass(frozen=True, kw_only=True)
class Job:
    """
    Everything that is asked for.

    Attributes
    ----------
    catalog : object
        Path of a catalogue, a table, or a `Catalog`; None with `detect`.
    x, y : str, optional
        Columns of pixel positions.
    origin : {0, 1}, optional
        What the centre of the first pixel is called in them.
    ra, dec : str, optional
        Columns of sky coordinates.
    id : str, optional
        Column that identifies sources.
    detect : float, optional
        Find sources instead, that stand out by this many standard deviations.
    r : float, str, Quantity, or sequence of these, optional
        Radii in pixels, with a unit as in "2arcsec", or a column. Beside an ellipse they are what its axes are
        multiplied with.
    ellipse : (a, b, theta), optional
        Semi-axes in pixels or with a unit, and the angle from +x to a, counter-clockwise, in degrees or as "0.5rad".
    a, b, theta : str, optional
        Columns of such ellipses; an angle whose column has no unit is in degrees.
    annulus : (r_in, r_out), optional
        Radii of the circular annulus of the sky.
    sky : float, optional
        Level of the sky. Neither this nor `annulus`: nothing is subtracted.
    sky_stat : str or callable
        Statistic of the sky's pixels.
    clip : float or None
        Limit of its clipping in standard deviations.
    min_sky : int
        Fewer surviving pixels are flagged.
    ext : int or str, optional
        Number or name of the extension; the first with an image by default.
    mask : str, optional
        ``FILE[EXT]`` of a mask: nonzero is bad. Without a file, ``[EXT]`` is in the image's own one; ``{stem}``
        stands for the image's name without its suffix.
    mask_bits : int, optional
        Only these bits of the mask are bad: the sum of their values.
    error : str, optional
        ``FILE[EXT]`` of the errors of pixels.
    error_type : {"std", "var", "ivar"}
        What it holds.
    error_kind : {"total", "background"}
        Whether it holds the photon noise of the sources.
    error_model : {None, "iraf", "ccd"}
        The formula of the error.
    gain, read_noise, exptime, saturation : float, str, optional
        A number, a keyword, or "none"; otherwise they are looked for in the header.
    zeropoint : float, str, optional
        A number, a keyword, or "auto"; without it there are no magnitudes.
    ncombine : float, str, optional
        Number of frames that the image is the average of, or a keyword.
    trim : bool
        Measure only the part of the image that TRIMSEC or DATASEC names.
    bias_level : float, str, optional
        What is subtracted from every pixel; or a keyword. If its value is a section, such as that of BIASSEC, the mean
        of that section.
    dark : float, str, optional
        Dark current in electrons per pixel and second, for ``error_model="ccd"``, or a keyword.
    keywords : object
        Path of a TOML file that adds keywords to look for, or a mapping like it.
    tidy : bool
        One row per source and aperture.

    Raises
    ------
    TypeError, ValueError
        If an option breaks a rule, or two of them contradict each other.

    Examples
    --------
    >>> job = Job(catalog="stars.csv", r="3,5", annulus="9,15", gain="egain")
    >>> job.gain
    'EGAIN'
    >>> [radius.value for radius in job.radii]
    [3.0, 5.0]
    >>> Job(catalog="stars.csv", r=3, annulus=(9, 15), sky=100)
    Traceback (most recent call last):
    ...
    ValueError: sky=100.0 and annulus=(9, 15) both say where the sky is: give one of them
    """

    catalog: Any = None
    x: str | None = None
    y: str | None = None
    origin: Literal[0, 1] | None = None
    ra: str | None = None
    dec: str | None = None
    id: str | None = None
    detect: float | None = None
    r: Any = None
    ellipse: Any = None
    a: str | None = None
    b: str | None = None
    theta: str | None = None
    annulus: Any = None
    sky: float | None = None
    sky_stat: Any = "median"
    clip: float | None = 3.0
    min_sky: int = 20
    ext: int | str | None = None
    mask: str | None = None
    mask_bits: int | None = None
    error: str | None = None
    error_type: Literal["std", "var", "ivar"] = "std"
    error_kind: Literal["total", "background"] = "total"
    error_model: Literal["iraf", "ccd"] | None = None
    gain: float | str | None = None
    read_noise: float | str | None = None
    exptime: float | str | None = None
    zeropoint: float | str | None = None
    saturation: float | str | None = None
    ncombine: float | str | None = None
    trim: bool = False
    bias_level: float | str | None = None
    dark: float | str | None = None
    keywords: Any = None
    tidy: bool = False

    def __post_init__(self) -> None:
        for name, allowed in checks.CHOICES.items():
            if (value := getattr(self, name)) not in allowed:
                raise ValueError(f"{name}={value!r} must be one of {', '.join(map(repr, allowed))}")
        for name in ("gain", "exptime"):
            self._set(name, checks.number_or_keyword(name, getattr(self, name), least=0.0))
        for name in ("read_noise", "dark"):
            self._set(name, checks.number_or_keyword(name, getattr(self, name), least=0.0, inclusive=True))
        for name in ("zeropoint", "saturation", "bias_level"):
            self._set(name, checks.number_or_keyword(name, getattr(self, name)))
        self._set("ncombine", checks.frames(self.ncombine))
        if self.saturation == NEVER_SATURATION:
            raise ValueError(
                f"saturation={self.saturation!r} is the largest value of the image, saturated or not: give the level "
                "as a number"
            )
        for name in ("zeropoint", "bias_level", "ncombine", "dark"):  # what is never looked for unasked
            if getattr(self, name) == checks.NOTHING:
                self._set(name, None)
        if isinstance(self.ext, str) and self.ext.strip().isdecimal():
            self._set("ext", int(self.ext))
        checks.sources(self)
        checks.apertures(self)
        checks.sky(self)
        checks.planes(self)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def radii(self) -> tuple[Length, ...]:
        """
        The lengths of `r`; beside an ellipse the factors of its axes.

        Examples
        --------
        >>> Job(catalog="stars.csv", ellipse=(5, 3, 30)).radii
        (Length(value=1.0, unit='pix', column=''),)
        """
        return lengths("r", 1.0 if self.r is None else self.r)

    @property
    def annulus_radii(self) -> tuple[Length, Length] | None:
        """
        The lengths of `annulus`.

        Examples
        --------
        >>> [radius.label for radius in Job(catalog="stars.csv", r=3, annulus="9,15").annulus_radii]
        ['9', '15']
        """
        if self.annulus is None:
            return None
        inner, outer = lengths("annulus", self.annulus)
        return inner, outer

    @property
    def ellipse_axes(self) -> tuple[Length, Length, float | Length] | None:
        """
        Semi-axes and angle of the ellipses: numbers, the angle in radians, or columns; None for circles.

        Examples
        --------
        >>> a, b, theta = Job(catalog="stars.csv", ellipse="5,3,90").ellipse_axes
        >>> print(a, b, round(theta, 4))
        5 3 1.5708
        """
        if self.ellipse is not None:
            a, b, theta = self.ellipse.split(",") if isinstance(self.ellipse, str) else self.ellipse
            return lengths("ellipse", a)[0], lengths("ellipse", b)[0], checks.angle("ellipse", theta)
        if self.a is None or self.b is None or self.theta is None:
            return None
        return Length(math.nan, "pix", self.a), Length(math.nan, "pix", self.b), Length(math.nan, "pix", self.theta)

    @property
    def labels(self) -> tuple[str, ...]:
        """
        What names of columns end in, for each aperture.

        Examples
        --------
        >>> Job(catalog="stars.csv", r="3,2.5arcsec").labels
        ('_r3', '_r2p5arcsec')
        """
        radii = self.radii
        return ("",) if len(radii) == 1 else tuple(f"_r{radius.label}" for radius in radii)

    def options(self) -> dict[str, Any]:
        """
        List the options that are not at their defaults, as plain values.

        Returns
        -------
        dict
            Text, numbers and lists of them by name; of a table or a function only what it is.

        Examples
        --------
        >>> Job(catalog="stars.csv", r=(3, 5)).options()
        {'catalog': 'stars.csv', 'r': [3, 5]}
        """
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        defaults = {field.name: field.default for field in fields(self)}
        return {
            name: checks.plain(value)
            for name, value in given.items()
            if value is not defaults[name] and not (isinstance(value, str | float | int) and value == defaults[name])
        }
