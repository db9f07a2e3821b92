"""The error of a flux: as large as the scatter of fluxes, and what the published formulae say."""

import math
import re
from pathlib import Path

import error_pulls
import numpy as np
import pytest
import sky_variance

import astroapers as aap
from astroapers import _rust

RNG = np.random.default_rng(8)
DATA = RNG.normal(100, 5, (60, 60))
STAR = (30.3, 29.8)


def weights(r, xy=STAR):
    return aap.CircAp(xy, r).weights_exact()[0]


# ---------------------------------------------------------------- Monte Carlo


EMPTY = [field for field in error_pulls.FIELDS if field.flux == 0]
STARS = [field for field in error_pulls.FIELDS if field.flux > 0]

#: Where the noise is one step of the pixels, these two choose between estimates by which way the median was rounded,
#: and their errors are good to 3 % only. Such a sky is flagged as quantised.
FICKLE = ("mmm", "sextractor")


@pytest.mark.parametrize("field", STARS, ids=lambda field: field.name)
def test_pulls_are_one_wide(field):
    """40 000 trials per radius; their root mean square scatters by 0.0035."""
    assert error_pulls.widths(field, ("median",)) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("field", EMPTY, ids=lambda field: field.name)
def test_pulls_are_one_wide_for_each_statistic(field):
    """Without a star nothing hides an error of the sky. `make pulls` does this with stars too."""
    for name, row in zip(error_pulls.STATISTICS, error_pulls.widths(field), strict=True):
        known_to = 0.03 if name in FICKLE and field.integers and field.sigma == 1 else 0.02
        assert row == pytest.approx(1.0, abs=known_to), name


def test_weights_instead_of_their_squares_overstate():
    ratios = dict(error_pulls.of_others(images=1))
    assert ratios["astroapers"] == pytest.approx(1.0, abs=0.02)
    for name in ("SEP", "photutils", "IRAF"):
        assert ratios[name] == pytest.approx([1.22, 1.13, 1.06, 1.035], abs=0.02), name


def test_the_table_of_variance_factors_is_that_of_the_script():
    assert sky_variance.STATISTICS == error_pulls.STATISTICS
    measured, rounded = sky_variance.recorded()
    assert measured.shape == (len(sky_variance.STATISTICS), len(sky_variance.LIMITS))
    at = dict(zip(sky_variance.STATISTICS, measured, strict=True))
    three = sky_variance.LIMITS.index(3.0)
    known = {"mean": 1.04, "median": 1.61, "biweight": 1.16, "sextractor": 4.43, "mode": 5.89}
    for name, factor in known.items():
        assert at[name][three] == pytest.approx(factor, rel=0.02), name
    assert at["mean"][-1] == pytest.approx(1.0, rel=0.01)
    assert at["median"][-1] == pytest.approx(math.pi / 2, rel=0.01)
    assert rounded.shape == (len(sky_variance.GRAINY), len(sky_variance.NOISES))
    assert sky_variance.text(measured, rounded) == sky_variance.FILE.read_text(encoding="utf-8")


def test_the_table_is_used():
    measured, rounded = sky_variance.recorded()
    for name, row in zip(sky_variance.STATISTICS, measured, strict=True):
        for limit, factor in zip(sky_variance.LIMITS, row, strict=True):
            clip = None if np.isinf(limit) else (limit, 5)
            assert _rust._sky_variance(name, clip, 1.0)[2] == factor
    for name, row in zip(sky_variance.GRAINY, rounded, strict=True):
        for noise, factor in zip(sky_variance.NOISES, row, strict=True):
            assert _rust._sky_variance(name, (3.0, 5), noise)[3] == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(("kappa", "scatter"), [(3.0, 0.9848), (2.5, 0.9367), (2.0, 0.7552)])
def test_the_correction_for_clipping(kappa, scatter):
    c, kept, *_ = _rust._sky_variance("median", (kappa, 5), 1.0)
    assert c == pytest.approx(scatter, abs=5e-5)
    assert kept == pytest.approx(math.erf(kappa * c / math.sqrt(2)), rel=1e-14)


# ---------------------------------------------------------------- formulae, by hand


def test_the_default_formula_by_hand():
    data = DATA + 500 * (np.hypot(*(np.mgrid[:60, :60] - 30)) < 3)
    phot = aap.photometry(data, STAR, r=4.2, annulus=(8, 13), gain=1.7, ncombine=3)
    w, c, kept, factor, _ = weights(4.2), *_rust._sky_variance("median", (3.0, 5), 1.0)
    s, n0, npix = phot.sky_std[0] / c, phot.n_sky[0] / kept, phot.npix[0]
    box = aap.CircAp(STAR, 4.2).bboxes()[0]
    pixels = data[box.iymin : box.iymax, box.ixmin : box.ixmax]
    photons = (w**2 * (pixels - phot.sky[0])).sum() / (1.7 * 3)
    assert photons > 0
    variance = (w**2).sum() * s**2 + photons + npix**2 * factor * s**2 / n0
    assert phot.flux_err[0] == pytest.approx(math.sqrt(variance), rel=1e-13)


@pytest.mark.parametrize(
    ("statistic", "sigma_clip", "rounding"),
    [
        ("median", 3.0, 1),
        ("median", None, 1),
        ("mode", None, 9),
        ("mode", 3.0, (1 + 2 * 0.9848**2) ** 2),
        ("sextractor", None, 6.25),
        ("sextractor", 3.0, (1 + 1.5 * 0.9848**2) ** 2),
        ("mean", None, 0),
        ("mean", 3.0, (1 - 0.9848**2) ** 2),
    ],
)
def test_rounding_of_integer_pixels(statistic, sigma_clip, rounding):
    integers = np.rint(DATA).astype(np.int16)
    settings = {"r": 4.2, "annulus": (8, 13), "sky_stat": statistic, "sigma_clip": sigma_clip}
    of = [aap.photometry(data, STAR, **settings) for data in (integers, integers.astype(float))]
    added = of[0].flux_err ** 2 - of[1].flux_err ** 2
    assert added == pytest.approx(rounding * of[0].npix ** 2 / 12, rel=1e-3, abs=0.02)


def test_a_spread_median_of_integers_is_better_than_a_median_of_floats():
    of = [
        aap.photometry(data, STAR, r=4.2, annulus=(8, 13), sky_stat="median_interp")
        for data in (np.rint(DATA / 5).astype(int), np.rint(DATA / 5))
    ]
    c, kept, factor, _ = _rust._sky_variance("median_interp", (3.0, 5), 1.0)
    s, n0 = of[0].sky_std / c, of[0].n_sky / kept
    less = factor / n0 * (2 / 3 * s / math.sqrt(2 * math.pi) - 1 / 12)
    assert of[1].flux_err ** 2 - of[0].flux_err ** 2 == pytest.approx(of[0].npix ** 2 * less, rel=1e-9)


def test_pixel_errors_by_hand():
    error = RNG.uniform(1, 9, DATA.shape)
    w = weights(4.2)
    box = aap.CircAp(STAR, 4.2).bboxes()[0]
    e = error[box.iymin : box.iymax, box.ixmin : box.ixmax]
    phot = aap.photometry(DATA, STAR, r=4.2, sky=100.0, error=error)
    assert phot.flux_err[0] == pytest.approx(math.sqrt((w**2 * e**2).sum()), rel=1e-13)
    one = aap.photometry(DATA, STAR, r=4.2, sky=100.0, error=3.0, sky_err=0.2)
    assert one.flux_err[0] == pytest.approx(math.sqrt(9 * (w**2).sum() + (0.2 * one.npix[0]) ** 2), rel=1e-13)
    pixels = DATA[box.iymin : box.iymax, box.ixmin : box.ixmax]
    bright = aap.photometry(DATA, STAR, r=4.2, sky=50.0, error=error, error_kind="background", gain=2.0)
    photons = (w**2 * (pixels - 50)).sum() / 2
    assert bright.flux_err[0] == pytest.approx(math.sqrt((w**2 * e**2).sum() + photons), rel=1e-13)


def test_pixel_errors_with_a_measured_sky_have_its_error_too():
    given = aap.photometry(DATA, STAR, r=4.2, annulus=(8, 13), error=3.0)
    c, kept, factor, _ = _rust._sky_variance("median", (3.0, 5), 1.0)
    sky = factor * (given.sky_std / c) ** 2 * kept / given.n_sky
    expected = np.sqrt(9 * (weights(4.2) ** 2).sum() + given.npix**2 * sky)
    assert given.flux_err == pytest.approx(expected, rel=1e-13)


FLAT = np.full((41, 41), 10.0)


@pytest.mark.parametrize(
    ("gain", "sky_std", "sky_err", "variance"),
    [
        # F = 100 A - 10 A of a square of 9 pixels: 90 * 9 = 810
        (1.0, 3.0, 0.0, 810 + 9 * 9),
        (2.0, 3.0, 0.0, 405 + 9 * 9),
        (2.0, 3.0, 0.5, 405 + 9 * 9 + 81 * 0.25),
    ],
)
def test_iraf_in_numbers(gain, sky_std, sky_err, variance):
    square = aap.RectAp((20, 20), 3, 3)
    star = np.full((41, 41), 100.0)
    phot = aap.photometry(star, square, sky=10.0, sky_std=sky_std, sky_err=sky_err, gain=gain, error_model="iraf")
    assert phot.flux[0] == 810.0
    assert phot.flux_err[0] == pytest.approx(math.sqrt(variance), rel=1e-14)


def test_iraf_with_an_annulus():
    phot = aap.photometry(DATA + 50, STAR, r=4.2, annulus=(8, 13), gain=2.0, error_model="iraf")
    area, s, n = phot.npix, phot.sky_std, phot.n_sky
    expected = np.sqrt(np.maximum(phot.flux, 0) / 2 + area * s**2 + area**2 * s**2 / n)
    assert phot.flux_err == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("settings", "variance"),
    [
        # (1 / G^2) (G F + A (G sky + D t + R^2 + (0.289 G)^2)); F = 810, A = 9, sky = 10
        ({"gain": 1.0}, 810 + 9 * (10 + 0.083521)),
        ({"gain": 2.0, "read_noise": 5.0}, (1620 + 9 * (20 + 25 + 0.334084)) / 4),
        ({"gain": 2.0, "read_noise": 5.0, "dark": 0.5, "exptime": 60.0}, (1620 + 9 * (20 + 30 + 25 + 0.334084)) / 4),
        ({"gain": 2.0, "sky_level": 40.0}, (1620 + 9 * (100 + 0.334084)) / 4),
        ({"gain": 2.0, "read_noise": 5.0, "ncombine": 4}, (1620 + 9 * (20 + 25 + 0.334084)) / 16),
    ],
)
def test_the_ccd_equation_in_numbers(settings, variance):
    star = np.full((41, 41), 100.0)
    phot = aap.photometry(star, aap.RectAp((20, 20), 3, 3), sky=10.0, error_model="ccd", **settings)
    assert phot.flux[0] == 810.0
    assert phot.flux_err[0] == pytest.approx(math.sqrt(variance), rel=1e-14)


def test_the_ccd_equation_with_an_annulus():
    phot = aap.photometry(DATA, STAR, r=4.2, annulus=(8, 13), gain=2.0, read_noise=3.0, error_model="ccd")
    area, n = phot.npix, phot.n_sky
    pixel = 2 * phot.sky + 9 + (0.289 * 2) ** 2
    expected = np.sqrt((2 * np.maximum(phot.flux, 0) + area * (1 + area / n) * pixel) / 4)
    assert phot.flux_err == pytest.approx(expected, rel=1e-14)


def test_no_dark_current_is_a_dark_current_of_none():
    settings = {"r": 3, "sky": 100.0, "error_model": "ccd", "gain": 2.0}
    without = aap.photometry(DATA, STAR, **settings)
    assert aap.photometry(DATA, STAR, dark=0, exptime=60.0, **settings).flux_err == without.flux_err


# ---------------------------------------------------------------- where nothing is known


def test_an_unknown_noise_gives_no_error():
    for settings in ({}, {"gain": 2.0}, {"sky": 3.0, "gain": 2.0}, {"sky": 3.0, "sky_err": 0.1}):
        phot = aap.photometry(DATA, STAR, r=3, **settings)
        assert np.isnan(phot.flux_err[0])
        assert np.isfinite(phot.flux[0])
    assert np.isfinite(aap.photometry(DATA, STAR, r=3, sky_std=5.0).flux_err[0])
    assert np.isfinite(aap.photometry(DATA, STAR, r=3, error=5.0).flux_err[0])


@pytest.mark.parametrize("settings", [{}, {"error": 2.0}, {"error_model": "ccd", "gain": 1.0}])
def test_one_pixel_of_sky_gives_a_flux_without_error(settings):
    mask = np.ones(DATA.shape, bool)
    mask[25:36, 25:36] = False
    mask[30, 40] = False
    phot = aap.photometry(DATA, STAR, r=3, annulus=(8, 13), mask=mask, **settings)
    assert (phot.n_sky[0], phot.sky[0]) == (1, DATA[30, 40])
    assert np.isfinite(phot.flux[0])
    assert np.isnan(phot.flux_err[0])
    assert np.isnan(phot.sky_std[0])


def test_no_pixel_of_sky_gives_no_flux():
    mask = np.hypot(*(np.mgrid[:60, :60] - 30)) > 7
    phot = aap.photometry(DATA, STAR, r=3, annulus=(8, 13), mask=mask)
    assert np.isnan([phot.flux[0], phot.flux_err[0], phot.sky[0], phot.sky_std[0]]).all()
    assert np.isfinite(phot.apsum[0])
    assert aap.Flag.SKY_NONE in aap.Flag(phot.flags[0])


# ---------------------------------------------------------------- parameters without use

UNUSED = {
    None: {"read_noise": 5.0, "dark": 0.1, "exptime": 60.0, "sky_level": 3.0},
    "iraf": {
        "read_noise": 5.0,
        "dark": 0.1,
        "exptime": 60.0,
        "sky_level": 3.0,
        "error": 2.0,
        "error_kind": "background",
    },
    "ccd": {"error": 2.0, "error_kind": "background", "sky_std": 2.0, "sky_err": 2.0},
}


@pytest.mark.parametrize(("model", "name"), [(model, name) for model, names in UNUSED.items() for name in names])
def test_a_parameter_that_the_model_does_not_use_is_refused(model, name):
    value = UNUSED[model][name]
    gain = {} if model is None else {"gain": 2.0}
    message = re.escape(f"{name}={value!r} is not used by error_model={model!r}")
    with pytest.raises(ValueError, match=message):
        aap.photometry(DATA, STAR, r=3, sky=100.0, error_model=model, **gain, **{name: value})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"gain": 1e308, "ncombine": 100}, "gain=1e+308 times ncombine=100 must be a finite number"),
        ({"error": 2.0, "gain": 1.9}, "gain=1.9 is not used with an error of error_kind='total'"),
        ({"error": 2.0, "error_kind": "background"}, "error_kind='background' needs gain="),
        ({"error": 2.0, "error_kind": "sum"}, "error_kind='sum' must be 'total' or 'background'"),
        ({"error_kind": "background"}, "error_kind='background' is not used without error="),
        ({"ncombine": 3}, "ncombine=3 is not used without gain="),
        ({"ncombine": 0, "gain": 1.0}, "ncombine=0 must be a positive whole number"),
        ({"gain": 0.0}, "gain=0.0 must be finite and greater than 0"),
        ({"gain": math.inf}, "gain=inf must be finite"),
        ({"error": [[1.0, 2.0], [3.0]]}, "error must be a number or a 2-D array: "),
        ({"error": -1.0}, "error=-1.0 must be finite and greater than 0"),
        ({"error_model": "iraf"}, "error_model='iraf' needs gain="),
        ({"error_model": "ccd"}, "error_model='ccd' needs gain="),
        ({"error_model": "ccd", "gain": 1.0, "dark": 0.1}, "dark=0.1 needs exptime="),
        ({"error_model": "ccd", "gain": 1.0, "exptime": 9.0}, "exptime=9.0 is not used by error_model='ccd' without"),
        ({"error_model": "ccd", "gain": 1.0, "read_noise": -1.0}, "read_noise=-1.0 must be finite and at least 0"),
        ({"error_model": "ccd", "gain": 1.0, "sky_level": math.nan}, "sky_level=nan must be finite"),
        ({"error_model": "noise"}, "error_model='noise' must be None, 'iraf' or 'ccd'"),
        ({"error_model": ["ccd"]}, "error_model=['ccd'] must be None, 'iraf' or 'ccd'"),
    ],
)
def test_what_the_error_refuses(settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        aap.photometry(DATA, STAR, r=3, sky=100.0, **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        # Images are not shown, nor looked into.
        ({"error_model": "iraf", "error": DATA}, "error is not used by error_model='iraf'; only error_model=None"),
        ({"error_model": "iraf", "error": [[1], [2, 3]]}, "error is not used by error_model='iraf'; only error_model="),
        ({"error_model": "iraf", "error_kind": None}, "error_kind=None is not used by error_model='iraf'; only error_"),
        (
            {"error_model": "ccd", "sky_std": 2.0},
            "sky_std=2.0 is not used by error_model='ccd'; error_model=None or 'iraf'",
        ),
    ],
)
def test_it_is_said_who_uses_a_parameter(settings, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        aap.photometry(DATA, STAR, r=3, sky=100.0, gain=2.0, **settings)


def test_the_scripts_say_how_they_are_run():
    for script in (error_pulls, sky_variance):
        assert f"python tools/{Path(script.__file__).name}" in script.__doc__
