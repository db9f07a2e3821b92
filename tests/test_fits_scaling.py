"""Integers measured where they lie are the physical image measured: every column, error model and kind of sky."""

import itertools
import mmap
import tracemalloc

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import CCDData, InverseVariance, StdDevUncertainty, VarianceUncertainty
from fits_files import XY, measured, pixels, stars, written

import astroapers as aap
from astroapers import Flag
from astroapers._fits.image import open_image
from astroapers._fits.scaling import Scale

APERTURES = [aap.CircAp(np.transpose(XY), r, validate=False) for r in (2.5, 4)]
ANNULUS = aap.CircAn(np.transpose(XY), 8, 14, validate=False)

#: BSCALE and BZERO: the unsigned convention, finer and coarser steps, zeros of both signs, and images upside down.
SCALES = [(1, 32768), (0.7071, 0), (0.1, 750.0), (2.5, -40.0), (-1, 32768), (-0.25, 3000.0)]

#: Bound on rounding: a sum of some hundred products is good to 1e-13 of its terms.
RELATIVE = 1e-12

MODELS = {
    "scatter": {},
    "photons": {"gain": 1.7},
    "average": {"gain": 1.7, "ncombine": 4},
    "iraf": {"error_model": "iraf", "gain": 1.7},
    "ccd": {"error_model": "ccd", "gain": 1.7, "read_noise": 6.0},
    "ccd with dark": {"error_model": "ccd", "gain": 1.7, "read_noise": 6.0, "dark": 0.02, "exptime": 30, "ncombine": 3},
}
SKIES = {
    "annulus": {"annulus": (8, 14)},
    "level": {"sky": 480.0},
    "none": {},
}


def stored(scale, zero, seed=3):
    """Whole numbers that mean an image of stars."""
    return np.round((stars(seed=seed) - zero) / scale).astype(np.int16)


def reference(numbers, scale, zero, *, blank=None, uncertainty=None, mask=None, **options):
    """The same by hand: physical floats, of whose steps the header tells."""
    physical = numbers.astype(np.float64) * scale + zero
    if blank is not None:
        mask = (numbers == blank) | (False if mask is None else mask)
    data = CCDData(physical, unit=u.adu, meta={"BSCALE": scale, "BITPIX": 16}, mask=mask, uncertainty=uncertainty)
    sky = options.pop("sky", None)
    if options.pop("annulus", None):
        sky = ANNULUS
    clip = {"sigma_clip": options.pop("clip")} if "clip" in options else {}
    return aap.photometry(data, APERTURES, sky, **clip, **options)


def assert_same(ours, theirs, numbers, scale, zero):
    """Every column: sums to rounding of their terms, all else relative to itself."""
    terms = np.abs(numbers.astype(float)).max() * abs(scale) + abs(zero)
    for name in ("flux", "apsum"):
        bound = RELATIVE * terms * np.nan_to_num(theirs.npix, nan=1.0)
        difference = np.abs(getattr(ours, name).value - getattr(theirs, name).value)
        assert (np.isnan(getattr(ours, name).value) == np.isnan(getattr(theirs, name).value)).all()
        assert (np.nan_to_num(difference) <= bound).all(), name
    for name in ("flux_err", "sky_std"):
        np.testing.assert_allclose(getattr(ours, name).value, getattr(theirs, name).value, rtol=RELATIVE, err_msg=name)
    np.testing.assert_allclose(ours.sky.value, theirs.sky.value, rtol=RELATIVE, atol=RELATIVE * terms)
    for name in ("x", "y", "npix", "area", "bad_frac", "n_sky", "n_rejected", "flags"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)


@pytest.mark.parametrize(("scale", "zero"), SCALES)
@pytest.mark.parametrize(("model", "sky"), list(itertools.product(MODELS, SKIES)))
def test_every_error_model_and_sky(tmp_path, scale, zero, model, sky):
    numbers = stored(scale, zero)
    path = written(tmp_path / "a.fits", numbers, BSCALE=scale, BZERO=zero, BUNIT="adu")
    options = {**MODELS[model], **SKIES[sky]}
    ours = measured(path, r="2.5,4", **{"annulus": None, **options})
    assert_same(ours.phot, reference(numbers, scale, zero, **options), numbers, scale, zero)
    assert ours.phot.flux.unit == u.adu
    converted = any("negative" in note for note in ours.notes)
    assert converted == (scale < 0)


def own_statistic(values):
    """One that does not move with its pixels, so that it matters which are shown to it."""
    return float(np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize("scale", [(1, 32768), (0.1, 750.0), (-0.25, 3000.0)])
@pytest.mark.parametrize("statistic", ["mean", "mode", "mmm", "sextractor", "biweight", "median_interp", own_statistic])
def test_every_statistic(tmp_path, scale, statistic):
    numbers = stored(*scale)
    path = written(tmp_path / "a.fits", numbers, BSCALE=scale[0], BZERO=scale[1], BUNIT="adu")
    options = {"annulus": (8, 14), "sky_stat": statistic, "clip": 2.5, "min_sky": 1000}
    ours = measured(path, r="2.5,4", **options)
    assert_same(ours.phot, reference(numbers, *scale, **options), numbers, *scale)
    assert (ours.phot.flags[:4] & Flag.SKY_FEW).all()


def test_no_clipping(tmp_path):
    numbers = stored(0.1, 750.0)
    path = written(tmp_path / "a.fits", numbers, BSCALE=0.1, BZERO=750.0, BUNIT="adu")
    options = {"annulus": (8, 14), "clip": None}
    assert_same(measured(path, r="2.5,4", **options).phot, reference(numbers, 0.1, 750.0, **options), numbers, 0.1, 750)


@pytest.mark.parametrize(("scale", "zero"), SCALES)
def test_blank_is_a_mask(tmp_path, scale, zero):
    numbers = stored(scale, zero)
    numbers[18:20, 20:22] = numbers[30, 40] = -32768
    path = written(tmp_path / "a.fits", numbers, BSCALE=scale, BZERO=zero, BLANK=-32768, BUNIT="adu")
    ours = measured(path, r="2.5,4")
    theirs = reference(numbers, scale, zero, blank=-32768, annulus=(8, 14))
    assert_same(ours.phot, theirs, numbers, scale, zero)
    assert ours.phot.flags[0, 0] & Flag.CORE_BAD
    assert ours.phot.flags[0, 0] & Flag.MASKED_PIXELS
    assert not ours.phot.flags[0, 0] & Flag.NON_FINITE_DATA
    assert ours.phot.bad_frac[0, 0] == pytest.approx(4 / (np.pi * 2.5**2))
    numbers[18:20, 20:22] = 32767
    other = measured(written(tmp_path / "b.fits", numbers, BSCALE=scale, BZERO=zero, BUNIT="adu"), r="2.5,4")
    assert other.phot.npix[0, 0] > ours.phot.npix[0, 0]


@pytest.mark.parametrize("image_scale", [(1, 32768), (0.1, 750.0), (-0.25, 3000.0)])
@pytest.mark.parametrize("plane", [(1, 0), (0.01, 0), (0.5, 20.0), (-0.01, 400.0)])
@pytest.mark.parametrize("kind", ["std", "var", "ivar"])
def test_errors_of_pixels_with_scales_of_their_own(tmp_path, image_scale, plane, kind):
    numbers = stored(*image_scale)
    rng = np.random.default_rng(9)
    of_plane = rng.integers(500, 30000, numbers.shape).astype(np.int16)
    path = written(tmp_path / "a.fits", numbers, BSCALE=image_scale[0], BZERO=image_scale[1], BUNIT="adu")
    written(tmp_path / "e.fits", of_plane, BSCALE=plane[0], BZERO=plane[1])
    physical = of_plane * plane[0] + plane[1]
    kinds = {"std": StdDevUncertainty, "var": VarianceUncertainty, "ivar": InverseVariance}
    for more in ({}, {"error_kind": "background", "gain": 2.0}):
        theirs = reference(numbers, *image_scale, uncertainty=kinds[kind](physical), annulus=(8, 14), **more)
        ours = measured(path, r="2.5,4", error=f"{tmp_path}/e.fits", error_type=kind, **more)
        assert_same(ours.phot, theirs, numbers, *image_scale)
        assert np.isfinite(ours.phot.flux_err[:4]).all()


@pytest.mark.parametrize("kind", ["std", "var", "ivar"])
@pytest.mark.parametrize("step", [1e200, 1e-200])
def test_units_whose_squares_are_beyond_the_range_of_numbers(tmp_path, step, kind):
    """A flux and its error are in the same unit, however large; what cannot be a number is infinite or NaN."""
    numbers = stored(1, 0)
    path = written(tmp_path / "a.fits", numbers, BSCALE=step)
    plane = written(tmp_path / "e.fits", np.full(numbers.shape, 3, np.int16), BSCALE=step)
    ours = measured(path, error=str(plane), error_type=kind).phot
    plain = measured(written(tmp_path / "b.fits", numbers), error=str(written(tmp_path / "e1.fits", numbers * 0 + 3)))
    np.testing.assert_allclose(ours.flux, plain.phot.flux * step, rtol=RELATIVE)
    if kind == "std":
        np.testing.assert_allclose(ours.flux_err, plain.phot.flux_err * step, rtol=RELATIVE)


@pytest.mark.parametrize("noise", [{"gain": 1e200, "read_noise": 3.0}, {"gain": 2.0, "read_noise": 1e200}])
def test_noise_whose_square_is_beyond_the_range_of_numbers(tmp_path, noise):
    path = written(tmp_path / "a.fits", stored(0.5, 0.0), BSCALE=0.5)
    theirs = reference(stored(0.5, 0.0), 0.5, 0.0, annulus=(8, 14), error_model="ccd", **noise)
    ours = measured(path, r="2.5,4", error_model="ccd", **noise)
    np.testing.assert_allclose(ours.phot.flux_err, theirs.flux_err.value)


@pytest.mark.parametrize(("scale", "zero"), SCALES)
@pytest.mark.parametrize("level", [1700.0, 2000.05, 3000.0, 499.9])
def test_saturation(tmp_path, scale, zero, level):
    """Also levels that stored numbers mean exactly, whatever rounding does to them."""
    numbers = stored(scale, zero)
    exact = float(numbers[18, 20]) * scale + zero
    path = written(tmp_path / "a.fits", numbers, BSCALE=scale, BZERO=zero, BUNIT="adu")
    for saturation in (level, exact, np.nextafter(exact, np.inf)):
        options = {"annulus": (8, 14), "saturation": saturation}
        assert_same(
            measured(path, r="2.5,4", **options).phot, reference(numbers, scale, zero, **options), numbers, scale, zero
        )


def test_a_level_between_rounded_numbers_is_met_as_physical_values_meet_it():
    """0.1 times 3 is more than 0.3, and 0.7 over 0.1 less than 7."""
    for scale, zero in ((0.1, 0.0), (0.3, 0.1), (0.7071, -12.3), (1.0, 32768.0), (1e-3, 1e6)):
        of = Scale(scale, zero)
        for number in range(-50, 50):
            level = of.physical(float(number))
            assert of.threshold(level, integers=True) == number
            assert of.threshold(np.nextafter(level, np.inf), integers=True) == number + 1
    assert Scale(1e-20, 1.0).threshold(1.0, integers=True) == 0.0
    # Steps of one unit in the last place are told apart still.
    assert Scale(1.0, 2.0**52).threshold(0.1, integers=True) == 1 - 2.0**52
    # Numbers so large that floats have no neighbours at a distance of 1.
    assert Scale(1.5, -9e15).threshold(9e15, integers=True) == 12e15
    assert Scale(2.0, 1.0).threshold(np.inf, integers=True) == np.inf
    assert Scale(2.0, 1.0).threshold(2.0, integers=False) == 0.5


def test_a_bias_level_is_a_zero(tmp_path):
    """Subtracting it by hand gives the same; saturation remains a level of the file."""
    numbers = stored(1, 32768)
    path = written(tmp_path / "a.fits", numbers, BSCALE=1, BZERO=32768, BUNIT="adu")
    level = float(numbers[33, 44]) + 32768  # that of the second star's peak
    model = {"error_model": "ccd", "gain": 2, "read_noise": 5}
    ours = measured(path, r="2.5,4", bias_level=300.25, saturation=level, **model)
    options = {"saturation": level - 300.25, **model}
    theirs = reference(numbers, 1, 32768 - 300.25, annulus=(8, 14), **options)
    assert_same(ours.phot, theirs, numbers, 1, 32768)
    assert ours.phot.flags[1, 0] & Flag.SATURATED
    assert ours.phot.sky[0].value == pytest.approx(200, abs=2)


def test_a_step_coarser_than_the_read_noise_is_converted(tmp_path):
    """The CCD equation of stored numbers would need a read noise whose square is negative."""
    numbers = stored(20.0, 0.0)
    path = written(tmp_path / "a.fits", numbers, BSCALE=20.0, BUNIT="adu")
    options = {"annulus": (8, 14), "error_model": "ccd", "gain": 3.0, "read_noise": 4.0}
    ours = measured(path, r="2.5,4", **options)
    assert_same(ours.phot, reference(numbers, 20.0, 0.0, **options), numbers, 20.0, 0.0)
    assert any("coarser than the read noise" in note for note in ours.notes)
    assert (ours.phot.flags[:4] & Flag.SKY_QUANTIZED).all()
    plain = measured(path, r="2.5,4")
    assert not any("converted" in note for note in plain.notes)


def test_the_read_noise_of_stored_numbers():
    """What it adds is the digitisation noise of a unit less that of a step."""
    assert Scale(0.5, 0.0).detector_noise(2.0, 3.0) == pytest.approx(np.sqrt(9 + (0.289 * 2) ** 2 * 0.75), rel=1e-15)
    assert Scale(2.0, 0.0).detector_noise(1.0, 3.0) == pytest.approx(np.sqrt(9 - 0.289**2 * 3), rel=1e-15)
    assert Scale(0.5, 0.0).detector_noise(1e-3, 0.0) == pytest.approx(0.289e-3 * np.sqrt(0.75), rel=1e-15)
    assert Scale(2.0, 0.0).detector_noise(1.0, 0.0) is None
    # Beyond the range of numbers there is none, but where the step is the unit nothing has to be made up for.
    assert Scale(0.5, 0.0).detector_noise(2.0, 1e200) is None
    assert Scale(1.0, 32768.0).detector_noise(1e200, 1e200) == 1e200


def test_a_statistic_of_physical_values_is_called_as_it_is():
    assert Scale(1.0, 0.0).statistic(np.median) is np.median
    assert Scale(1.0, 1.0).statistic(np.median) is not np.median


@pytest.mark.parametrize("dtype", [">u1", ">i2", ">i4", ">i8", ">f4", ">f8"])
def test_every_type_with_a_scale(tmp_path, dtype):
    numbers = np.clip(np.round(stars() / 20), 0, 255).astype(dtype)
    path = written(tmp_path / "a.fits", numbers, BSCALE=20.0, BZERO=7.0, BUNIT="adu")
    image = open_image(path)
    assert image.data.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(image.physical(), numbers.astype(float) * 20 + 7)
    ours = measured(path, r="2.5,4")
    theirs = aap.photometry(
        CCDData(image.physical(), unit="adu", meta={"BSCALE": 20.0, "BITPIX": 16 if dtype[1] != "f" else -32}),
        APERTURES,
        ANNULUS,
    )
    assert_same(ours.phot, theirs, numbers, 20.0, 7.0)


def test_pixels_of_a_file_are_not_copied(tmp_path):
    """BSCALE and BZERO leave the memory map as it is, trimmed or not."""
    path = written(tmp_path / "a.fits", stored(1, 32768), BSCALE=1, BZERO=32768, TRIMSEC="[3:60,2:50]")
    for options in ({}, {"trim": True, "bias_level": 10}):
        data = measured(path, **options).image.data
        while isinstance(data, np.ndarray):
            data = data.base
        assert isinstance(data, mmap.mmap) or isinstance(getattr(data, "obj", None), mmap.mmap)


def test_memory_does_not_grow_with_the_image(tmp_path):
    """Neither image, mask nor errors are copied, though all are integers with a scale or a zero of their own."""
    numbers = np.random.default_rng(0).normal(0, 50, (1500, 2000)).astype(np.int16)
    path = written(tmp_path / "a.fits", numbers, BSCALE=0.5, BZERO=32768, TRIMSEC="[3:1990,2:1400]", GAIN=1.0, RON=9.0)
    written(tmp_path / "m.fits", np.zeros(numbers.shape, dtype=np.int16))
    written(tmp_path / "e.fits", np.full(numbers.shape, 1000, dtype=np.int16), BSCALE=0.05)
    planes = {"mask": f"{tmp_path}/m.fits", "error": f"{tmp_path}/e.fits"}
    at = pixels([100, 900], [200, 300])
    for options in ({}, planes):
        measured(path, at, trim=True, bias_level=3, **options)  # imports and caches
        tracemalloc.start()
        measured(path, at, trim=True, bias_level=3, **options)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < numbers.nbytes / 8


def test_positions_outside_give_rows_and_order_is_kept(tmp_path):
    path = written(tmp_path / "a.fits", stored(1, 32768), BSCALE=1, BZERO=32768)
    ours = measured(path).phot
    assert ours.flags[5] & Flag.NO_OVERLAP
    assert ours.flags[6] & Flag.BAD_POSITION
    backwards = measured(path, pixels(XY[0][::-1], XY[1][::-1])).phot
    np.testing.assert_array_equal(backwards.flux[::-1], ours.flux)


def test_an_empty_catalogue(tmp_path):
    path = written(tmp_path / "a.fits", stored(1, 32768), BSCALE=1, BZERO=32768, GAIN=2.0, RDNOISE=5.0)
    ours = measured(path, pixels([], []), zeropoint=25)
    assert len(ours.phot) == len(ours.mag) == 0
    assert ours.noise is None


def test_what_is_recorded_is_physical(tmp_path):
    path = written(tmp_path / "a.fits", stored(0.1, 750.0), BSCALE=0.1, BZERO=750.0, EGAIN=2.0)
    scale = Scale(0.1, 750.0)
    assert scale.physical(scale.stored(494.3)) != 494.3
    ours = measured(path, saturation=1700, sky=494.3).phot
    assert ours._record.parameters["gain"] == 2.0
    assert ours._record.parameters["saturation"] == 1700.0
    assert ours._record.sky.level == 494.3
    assert (ours.sky[:5] == 494.3).all()
    assert "gain" in ours._record.formula


def test_what_was_measured_cannot_be_changed(tmp_path):
    path = written(tmp_path / "a.fits", stored(0.1, 750.0), BSCALE=0.1, BZERO=750.0, BUNIT="adu")
    phot = measured(path).phot
    for name in ("flux", "flux_err", "apsum", "npix", "flags", "sky", "sky_std"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(phot, name)[0] = getattr(phot, name)[1]
