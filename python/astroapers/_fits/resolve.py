"""From what is asked for and what the headers know to the values that are used, each with its origin."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from astroapers._fits import calibrate, checks
from astroapers._fits.image import FitsImage
from astroapers._fits.job import Job
from astroapers._fits.keywords import Found, Headers, extended
from astroapers._fits.times import mid_exposure
from astroapers._fits.types import Setting
from astroapers._fits.units import PixelUnit, pixel_unit
from astroapers._fits.zeropoint import Zeropoint, zeropoint

#: Options that say what to measure and how, and have one value for all images.
_OPTIONS = (
    "r",
    "ellipse",
    "a",
    "b",
    "theta",
    "annulus",
    "sky",
    "sky_stat",
    "clip",
    "min_sky",
    "mask",
    "mask_bits",
    "error",
    "error_type",
    "error_kind",
    "error_model",
)

#: Those of them that mean nothing without another.
_DEPEND_ON = {
    **dict.fromkeys(("sky_stat", "clip", "min_sky"), "annulus"),
    "mask_bits": "mask",
    **dict.fromkeys(("error_type", "error_kind"), "error"),
}

#: Keywords of the airmass at both ends of an exposure, whose mean is better than that of one moment.
_AIRMASS_ENDS = (("AMSTART", "AMEND"), ("ESO TEL AIRM START", "ESO TEL AIRM END"))

_PER_COUNT, _ELECTRONS, _SECONDS = "e-/adu", "e-", "s"


@dataclass(frozen=True)
class Resolved:
    """
    What is used for one image.

    Attributes
    ----------
    image : FitsImage
        The image, trimmed if that was asked for.
    unit : PixelUnit
        Unit of its physical values.
    gain : float or None
        Electrons per unit of the image, of one frame.
    gain_applies : bool
        Whether it is part of the error.
    read_noise : float or None
        In electrons.
    exptime : float or None
        In seconds.
    ncombine : int
        Number of frames that were averaged.
    saturation : float or None
        A level of the file, before `bias` is taken off.
    bias : float
        What is taken off every pixel.
    dark : float or None
        Electrons per pixel and second.
    zeropoint : Zeropoint or None
        If one is asked for.
    filter : str or None
        Name of the filter.
    airmass, mjd_mid : float or None
        Of the middle of the exposure.
    settings : tuple of Setting
        All of this, with origins.
    notes : tuple of str
        What a user should know.
    """

    image: FitsImage
    unit: PixelUnit
    gain: float | None
    gain_applies: bool
    read_noise: float | None
    exptime: float | None
    ncombine: int
    saturation: float | None
    bias: float
    dark: float | None
    zeropoint: Zeropoint | None
    filter: str | None
    airmass: float | None
    mjd_mid: float | None
    settings: tuple[Setting, ...]
    notes: tuple[str, ...]


def resolve(job: Job, image: FitsImage) -> Resolved:
    """
    Find all values that the measurement of an image needs.

    Parameters
    ----------
    job : Job
        What is asked for.
    image : FitsImage
        The whole image.

    Returns
    -------
    Resolved
        The values. Nothing is measured yet.

    Raises
    ------
    OSError, ValueError
        If something that is asked for is not in the header, or makes no sense there.
    """
    return _Resolver(job, image, Headers.of(image, extended(job.keywords))).run()


@dataclass
class _Resolver:
    """The values of one image; each method finds one, and writes down where it is from."""

    job: Job
    image: FitsImage
    headers: Headers
    settings: list[Setting] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def run(self) -> Resolved:
        whole = self.image
        self._options()
        unit = self._unit()
        if self.job.trim:
            self.image, setting = calibrate.trimmed(whole, self.headers)
            self.settings.append(setting)
        exptime = self._number("exptime", _SECONDS)
        gain = self._gain(unit, exptime)
        read_noise = self._number("read_noise", _ELECTRONS)
        ncombine = self._ncombine()
        saturation = self._number("saturation", unit.text)
        bias = self._bias(whole)
        dark = self._explicit("dark", "e-/s")
        self._model(gain, read_noise)
        zero = self._zeropoint(unit, exptime)
        return Resolved(
            image=self.image,
            unit=unit,
            gain=gain,
            gain_applies=self.job.error is None or self.job.error_kind == "background",
            read_noise=read_noise,
            exptime=exptime,
            ncombine=ncombine,
            saturation=saturation,
            bias=bias,
            dark=dark,
            zeropoint=zero,
            filter=self._word("filter"),
            airmass=self._airmass(),
            mjd_mid=self._mid(exptime),
            settings=tuple(self.settings),
            notes=(*whole.notes, *self.headers.notes, *self.notes),
        )

    def _set(self, name: str, value: Any, unit: str, origin: str) -> None:
        self.settings.append(Setting(name, value, unit, origin))

    def _options(self) -> None:
        defaults = {each.name: each.default for each in fields(Job)}
        given = "option" if self.job.ext is not None else "default: the first image"
        self._set("ext", self.image.ext, "", given)
        for name in _OPTIONS:
            value = getattr(self.job, name)
            default = defaults[name]
            needed = _DEPEND_ON.get(name)
            unused = needed is not None and getattr(self.job, needed) is None
            if unused or (value is None and name not in ("sky", "error_model", "clip")):
                continue
            if name == "sky" and value is None:
                if self.job.annulus is None:
                    self._set("sky", None, "", "none is subtracted")
                continue
            same = value is default or (not callable(value) and type(value) is type(default) and value == default)
            self._set(name, checks.plain(value), "", "default" if same else "option")

    def _unit(self) -> PixelUnit:
        found = self.headers.find("bunit")
        unit = pixel_unit(None if found is None else found.value)
        self._set("bunit", unit.text or None, "", "not found" if found is None else found.origin)
        return unit

    def _number(self, name: str, unit: str) -> float | None:
        """Find a quantity that is looked for unless the user says something else."""
        wanted = getattr(self.job, name)
        if wanted is not None:
            return self._explicit(name, unit)
        found: float | None = self._noted(name, unit, self.headers.find(name))
        return found

    def _explicit(self, name: str, unit: str) -> float | None:
        """Find a quantity that the user named, as a number or by its keyword."""
        wanted = getattr(self.job, name)
        if wanted is None:
            return None
        if wanted == checks.NOTHING:
            self._set(name, None, unit, "option")
            return None
        if isinstance(wanted, str):
            found = self.headers.named_by(name, wanted)
            self._set(name, found.value, unit, f"option, {found.origin}")
            return float(found.value)
        self._set(name, wanted, unit, "option")
        return float(wanted)

    def _noted(self, name: str, unit: str, found: Found | None) -> Any:
        self._set(name, None if found is None else found.value, unit, "not found" if found is None else found.origin)
        return None if found is None else found.value

    def _gain(self, unit: PixelUnit, exptime: float | None) -> float | None:
        """
        Find the electrons per unit of the image.

        A camera's gain is of counts. Where the image is in counts per second, as many electrons are behind one unit as
        in the whole exposure.
        """
        wanted = self.job.gain
        if wanted == checks.NOTHING or (wanted is not None and not isinstance(wanted, str)):
            return self._explicit("gain", f"e-/{unit.text or 'adu'}")
        if wanted is not None:
            found = self.headers.named_by("gain", wanted)
            value, origin = float(found.value), f"option, {found.origin}"
        elif unit.kind == "electrons":
            value, origin = 1.0, f"keyword BUNIT = {unit.text!r}"
        elif unit.kind == "other":
            self._set("gain", None, _PER_COUNT, f"not used: BUNIT = {unit.text!r} is no count")
            return None
        elif (listed := self.headers.find("gain")) is not None:
            value, origin = float(listed.value), listed.origin
        else:
            self._set("gain", None, _PER_COUNT, "not found")
            return None
        if unit.per_second:
            if exptime is None:
                self._set("gain", None, _PER_COUNT, f"not used: BUNIT = {unit.text!r}, and exptime is not known")
                return None
            value, origin = value * exptime, f"{origin}, times exptime because BUNIT = {unit.text!r}"
        if self.job.error is not None and wanted is None:
            origin += "; not part of the error, for error= holds the photons"
        self._set("gain", value, f"e-/{unit.text or 'adu'}", origin)
        return value

    def _ncombine(self) -> int:
        if self.job.ncombine is not None:
            frames = self._explicit("ncombine", "")
            number = checks.frames(frames)
            return 1 if number is None else int(number)
        found = self.headers.number("NCOMBINE")
        if found is not None and found.value > 1:
            self.notes.append(
                f"{found.origin} is {found.value:g}, and is not used unasked: if the image is an average, "
                "ncombine=NCOMBINE makes its error that of one"
            )
        self._set("ncombine", 1, "", "default")
        return 1

    def _bias(self, whole: FitsImage) -> float:
        if self.job.bias_level is None:
            return 0.0
        setting = calibrate.bias_level(self.job.bias_level, whole, self.headers)
        self.settings.append(setting)
        return float(setting.value)

    def _model(self, gain: float | None, read_noise: float | None) -> None:
        model = self.job.error_model
        if model is not None and gain is None:
            tried = ", ".join(self.headers.keywords["gain"])
            raise ValueError(f"error_model={model!r} needs gain=: {self.headers.file} has no use for {tried}")
        if model == "ccd" and read_noise is None:
            self.notes.append("error_model='ccd' without read_noise takes it to be 0: the errors are too small")

    def _zeropoint(self, unit: PixelUnit, exptime: float | None) -> Zeropoint | None:
        if self.job.zeropoint is None:
            return None
        zero = zeropoint(self.job.zeropoint, self.headers, unit, exptime)
        divided = "exptime divided out" if zero.exptime is not None else f"exptime not divided out, {zero.why}"
        self._set("zeropoint", zero.value, f"{zero.system} mag".strip(), f"{zero.origin}; {divided}")
        return zero

    def _word(self, name: str) -> str | None:
        found: str | None = self._noted(name, "", self.headers.find(name))
        return found

    def _airmass(self) -> float | None:
        for start, end in _AIRMASS_ENDS:
            first, last = self.headers.number(start), self.headers.number(end)
            if first is not None and last is not None:
                mean = (float(first.value) + float(last.value)) / 2
                self._set("airmass", mean, "", f"mean of keywords {start} and {end} of {first.where}")
                return mean
        found: float | None = self._noted("airmass", "", self.headers.find("airmass"))
        return found

    def _mid(self, exptime: float | None) -> float | None:
        if exptime is None and (listed := self.headers.find("exptime")) is not None:
            exptime = float(listed.value)
        middle = mid_exposure(self.headers, exptime)
        value, origin = (None, "not found") if middle is None else middle
        scale = self.headers.first("TIMESYS")
        self._set("mjd_mid", value, "d" if scale is None else f"d {scale.value}", origin)
        return value
