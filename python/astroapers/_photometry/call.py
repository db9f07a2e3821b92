"""The function `photometry`: arguments in, one call of the extension, a result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from astroapers import _inputs
from astroapers._photometry import images, noise, units
from astroapers._photometry.result import Photometry, Record
from astroapers._photometry.sky import Annuli, Given, sky
from astroapers._photometry.targets import Targets, targets
from astroapers._rust import _photometry
from astroapers._typing import FloatArray, Method
from astroapers.apertures import PixelAp

#: Sources whose sky pixels are held at once for a statistic of the user's.
_BLOCK = 4096

#: What the arguments of these names may be.
_CHOICES = {
    "method": ("exact", "center"),
    "masked": ("exclude", "nan", "interpolate"),
    "edge": ("partial", "nan"),
}


# The arguments are those of a measurement: each has a name in the field, and nobody passes them by position.
def photometry(
    data: Any,
    aperture: PixelAp | Sequence[PixelAp] | ArrayLike,
    sky: Any = None,
    *,
    r: ArrayLike | None = None,
    annulus: tuple[ArrayLike, ArrayLike] | None = None,
    method: Method = "exact",
    mask: ArrayLike | None = None,
    masked: Literal["exclude", "nan", "interpolate"] = "exclude",
    edge: Literal["partial", "nan"] = "partial",
    error: Any = None,
    error_kind: Literal["total", "background"] = "total",
    error_model: Literal["iraf", "ccd"] | None = None,
    gain: Any = None,
    read_noise: Any = None,
    dark: Any = None,
    exptime: Any = None,
    ncombine: int = 1,
    sky_stat: str | Callable[[FloatArray], float] = "median",
    sigma_clip: float | None = 3.0,
    maxiters: int | None = 5,
    min_sky: int = 20,
    sky_std: Any = None,
    sky_err: Any = None,
    sky_level: Any = 0.0,
    saturation: Any = None,
) -> Photometry:
    r"""
    Measure sources: aperture sums, local sky, fluxes, their errors, and what to beware of.

    Parameters
    ----------
    data : array_like, MaskedArray, Quantity or NDData, shape (ny, nx)
        The image, read where it lies. The mask of a `numpy.ma.MaskedArray` counts, a unit comes through, and of
        astropy's `NDData` or `CCDData` mask, uncertainty, unit and world coordinates are used.
    aperture : PixelAp, list of PixelAp, or array_like of shape (2,) or (N, 2)
        An aperture object; or several on equal positions, for results of shape (N, K); or positions, with `r`.
    sky : PixelAp, float or array_like of shape (N,), optional
        Annuli, whose pixels are those with their centres inside; or levels, in the unit of `data`. Without a sky
        nothing is subtracted.
    r : float or array_like of shape (N,), optional
        Radii in pixels of circles on positions. Positions that are not finite give rows of NaN.
    annulus : (r_in, r_out), optional
        Short for ``sky=CircAn(positions, r_in, r_out)``.
    method : {"exact", "center"}, optional
        How a pixel on the edge of the aperture counts.
    mask : array_like, shape (ny, nx), optional
        True or nonzero makes a pixel bad. So does a value that is not finite, or an error that is no positive number.
    masked : {"exclude", "nan", "interpolate"}, optional
        What becomes of bad pixels: they are left out, and `npix` and the subtracted sky shrink with them; they make
        the flux NaN; or they take the mean of their good neighbours left, right, below and above. Nothing is ever
        rescaled by area.
    edge : {"partial", "nan"}, optional
        Whether an aperture that the image's edge cuts gives the sum of what is left, or NaN.
    error : float or array_like, shape (ny, nx), optional
        Standard error of each pixel, in the unit of `data`; it wins over an uncertainty of `data`.
    error_kind : {"total", "background"}, optional
        Whether `error` holds the photon noise of the sources, or that of the background alone; then `gain` is needed.
    error_model : {None, "iraf", "ccd"}, optional
        The formula of the error; see Notes.
    gain : float, optional
        Electrons per unit of `data`; of one frame, if `data` is the average of `ncombine`.
    read_noise : float, optional
        Read noise of one frame in electrons, for ``error_model="ccd"``.
    dark : float, optional
        Dark current in electrons per pixel and second, for ``error_model="ccd"``.
    exptime : float, optional
        Exposure time in seconds, for `dark`.
    ncombine : int, optional
        Number of frames whose average `data` is.
    sky_stat : str or callable, optional
        Statistic of the sky's pixels: "median", "mean", "mode" (3 median - 2 mean), "mmm" (DAOPHOT's mode),
        "sextractor", "biweight", "median_interp" (the median of integers, ties spread over one step), or a function
        that makes one number of a 1-D float64 array; its error is taken to be that of a median.
    sigma_clip : float or None, optional
        Pixels of the sky farther than this many standard deviations from their median are rejected. `n_rejected`
        counts them.
    maxiters : int or None, optional
        Most rounds of this; None for as many as it takes.
    min_sky : int, optional
        Fewer surviving pixels are flagged.
    sky_std, sky_err : float or array_like of shape (N,), optional
        Noise of a pixel and standard error of the level, where `sky` is a level or None.
    sky_level : float, optional
        Sky that was subtracted from `data` before, whose photons ``error_model="ccd"`` counts.
    saturation : float, optional
        Pixels at or above this value are flagged, and never enter the sky.

    Returns
    -------
    Photometry
        The columns of the catalogue, in the order of the positions; of shape (1,) for a single position.

    Raises
    ------
    TypeError
        If an argument is not of the kind it must be.
    ValueError
        If an argument breaks a rule, or is not used by the chosen error model; the message names both.

    See Also
    --------
    Photometry : The result.
    Flag : What its flags mean.

    Notes
    -----
    With weights :math:`w` on pixels :math:`d`, :math:`A = \sum w` and the sky :math:`\hat s` from :math:`n` pixels of
    standard deviation :math:`\sigma`, the flux is :math:`F = \sum w d - A \hat s`. The default variance is

    .. math::

        V = \sum w^2 s^2 + \frac{\max(\sum w^2 (d - \hat s), 0)}{g}
            + A^2 \left( \frac{K s^2}{n_0} + \frac{Q q^2}{12} \right) ,

    where :math:`s = \sigma / c` and :math:`n_0 = n / P` undo what clipping takes from the scatter and the number of
    pixels, :math:`K` is the variance of the statistic in units of that of the mean, :math:`q` the step of integer
    pixels and :math:`Q` what rounding does to the statistic. The photon term needs `gain`. With `error` the first
    term is :math:`\sum w^2 e^2`. "iraf" is :math:`F / g + A \sigma^2 + A^2 \sigma^2 / n`; "ccd" is the CCD equation,
    :math:`(G F + A (1 + A / n) (G \hat s + D t + R^2 + (0.289 G)^2)) / G^2`, of an average divided by the number of
    frames. Without sky, `sky_std` and `error` the noise of the pixels is unknown and `flux_err` is NaN.

    References
    ----------
    Beers, T. C., Flynn, K., & Gebhardt, K. 1990, AJ 100, 32: the biweight.
    Bertin, E., & Arnouts, S. 1996, A&AS 117, 393: SExtractor's mode.
    Merline, W. J., & Howell, S. B. 1995, Experimental Astronomy 6, 163: the CCD equation.
    Stetson, P. B. 1987, PASP 99, 191: the mode of DAOPHOT.

    Examples
    --------
    >>> import numpy as np
    >>> import astroapers as aap
    >>> rng = np.random.default_rng(1)
    >>> y, x = np.mgrid[:60, :60]
    >>> data = rng.normal(100 + 80 * np.exp(-((x - 34.7) ** 2 + (y - 33.9) ** 2) / 8), 3)
    >>> phot = aap.photometry(data, (34.7, 33.9), r=6, annulus=(9, 15))
    >>> print(f"{phot.flux[0]:.0f} +- {phot.flux_err[0]:.0f}, sky {phot.sky[0]:.1f}")
    1980 +- 36, sky 100.0
    """
    frame = images.frame(data, mask, with_errors=error is None and error_model is None)
    chosen = targets(aperture, r)
    for name, value in {"method": method, "masked": masked, "edge": edge}.items():
        if not isinstance(value, str) or value not in _CHOICES[name]:
            raise ValueError(f"{name}={value!r} must be one of {', '.join(map(repr, _CHOICES[name]))}")
    level = _sky(
        sky,
        annulus,
        chosen,
        frame.unit,
        sky_std=sky_std,
        sky_err=sky_err,
        sky_stat=sky_stat,
        sigma_clip=sigma_clip,
        maxiters=maxiters,
        min_sky=min_sky,
    )
    given = {
        "error": error,
        "error_kind": error_kind,
        "gain": gain,
        "read_noise": read_noise,
        "dark": dark,
        "exptime": exptime,
        "ncombine": ncombine,
        "sky_std": sky_std,
        "sky_err": sky_err,
        "sky_level": sky_level,
    }
    pixel_errors = images.errors(error, frame) if error_model is None else None
    formula = noise.model(error_model, given, pixel_errors is not None, frame.unit)
    options = {
        "error": None if pixel_errors is None else (pixel_errors.values, pixel_errors.kind, pixel_errors.scale),
        "model": (formula.name, formula.numbers),
        "masked": masked,
        "edge": edge,
        "saturation": None if saturation is None else _saturation(saturation, frame.unit),
        "step": frame.step,
    }
    measured, of_sky = _measure(frame, chosen, level, method, options)
    parameters = {
        "method": method,
        "masked": masked,
        "edge": edge,
        "error_model": error_model,
        **given,
        "sky_stat": sky_stat,
        "sigma_clip": sigma_clip,
        "maxiters": maxiters,
        "min_sky": min_sky,
        "saturation": saturation,
        "mask": mask,
    }
    record = Record(frame, chosen, level, formula.formula, parameters)
    return _result(record, measured, of_sky, frame.unit)


# The argument of the same name hides the function above.
_sky = sky


def _saturation(value: Any, unit: Any) -> float:
    level = _inputs.number("saturation", units.bare("saturation", value, unit))
    if np.isnan(level):
        raise ValueError(f"saturation={level} must be a number")
    return level


def _measure(
    frame: images.Frame, chosen: Targets, level: Given | Annuli, method: Method, options: dict[str, Any]
) -> Any:
    """Call the extension, and before that the user's own statistic if there is one."""
    first = chosen.first
    apertures = [(ap._tag, ap._geometry) for ap in chosen.apertures]
    levels = None
    if isinstance(level, Annuli) and level.function is not None:
        levels = _own_levels(frame, chosen, level, options)
    request = level.request(levels) if isinstance(level, Annuli) else level.request()
    x, y = first._columns
    return _photometry(x, y, apertures, method, frame.image, frame.masks, {**options, "sky": request})


def _own_levels(frame: images.Frame, chosen: Targets, annuli: Annuli, options: dict[str, Any]) -> FloatArray:
    """Apply a function to the surviving pixels of each annulus, some sources at a time."""
    function = annuli.function
    levels = np.full(chosen.n, np.nan)
    for start in range(0, chosen.n, _BLOCK):
        rows = slice(start, start + _BLOCK)
        request = annuli.request(None, rows)
        # Nothing is measured but the sky: any aperture will do.
        tag, geometry, x, y, *_ = request
        values, offsets = _photometry(
            x,
            y,
            [(tag, geometry)],
            "exact",
            frame.image,
            frame.masks,
            {**options, "sky": request},
            survivors=True,
        )
        for i, pixels in enumerate(_inputs.pieces(values, offsets), start):
            if pixels.size and function is not None:
                levels[i] = _inputs.number("the result of sky_stat", function(pixels))
    return levels


def _result(record: Record, measured: Any, of_sky: Any, unit: Any) -> Photometry:
    chosen = record.targets
    shape = (chosen.n, len(chosen.apertures)) if chosen.listed else (chosen.n,)
    names = ("flux", "flux_err", "apsum", "npix", "area", "bad_frac", "flags")
    columns = {name: _inputs.frozen(values.reshape(shape)) for name, values in zip(names, measured, strict=True)}
    of_source = ("sky", "sky_std", "n_sky", "n_rejected")
    columns |= {name: _inputs.frozen(values) for name, values in zip(of_source, of_sky, strict=True)}
    for name in ("flux", "flux_err", "apsum", "sky", "sky_std"):
        columns[name] = units.with_unit(columns[name], unit)
    x, y = chosen.first._columns
    return Photometry(x=x, y=y, **columns, _record=record)
