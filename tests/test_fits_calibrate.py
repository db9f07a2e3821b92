"""Overscan cut off and bias taken off, without a copy and without a change of coordinates."""

import numpy as np
import pytest
from astropy.stats import sigma_clip
from fits_files import XY, celestial, measured, pixels, places, stars, written

import astroapers as aap
from astroapers import Flag
from astroapers._fits.job import Job
from astroapers._fits.measure import measure, prepare

SECTION = slice(4, 56), slice(10, 64)


def raw(tmp_path, **cards):
    """A frame of stars with an overscan of level 320.4 to its left."""
    numbers = np.round(stars()).astype(np.uint16)
    numbers[:, :10] = np.round(np.random.default_rng(5).normal(320.4, 2.0, (60, 10)))
    numbers[20, 5] = 60000  # a cosmic ray
    cards = {"TRIMSEC": "[11:64,5:56]", "BIASSEC": "[1:10,1:60]", **cards}
    stored = (numbers.astype(int) - 32768).astype(np.int16)
    return numbers, written(tmp_path / "a.fits", stored, {**celestial(), **cards}, BSCALE=1, BZERO=32768)


def test_trimming_is_cutting_by_hand(tmp_path):
    numbers, path = raw(tmp_path)
    ours = measured(path, trim=True).phot
    x, y = XY[0] - 10, XY[1] - 4
    theirs = aap.photometry(numbers[SECTION], np.transpose([x, y]), r=4, annulus=(8, 14))
    for name in ("npix", "flags", "n_sky"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    np.testing.assert_allclose(ours.flux, theirs.flux, rtol=1e-12, atol=1e-9)
    np.testing.assert_array_equal(ours.x, XY[0])
    np.testing.assert_array_equal(ours.y, XY[1])
    np.testing.assert_array_equal(ours._record.targets.first.positions, np.transpose(XY))
    np.testing.assert_array_equal(ours._record.sky.aperture.positions, np.transpose(XY))
    assert ours.flags[4] & Flag.NO_OVERLAP  # in the overscan
    assert not measured(path).phot.flags[4] & Flag.NO_OVERLAP


def test_the_sky_does_not_move(tmp_path):
    _, path = raw(tmp_path)
    whole = measured(path)
    trimmed = measured(path, trim=True)
    np.testing.assert_array_equal(trimmed.ra, whole.ra)
    again = measured(path, places(whole.ra[:4], whole.dec[:4]), trim=True)
    np.testing.assert_allclose(again.phot.x, XY[0][:4], atol=1e-8)
    np.testing.assert_allclose(again.phot.flux, trimmed.phot.flux[:4], rtol=1e-6)


def test_who_says_what_to_trim(tmp_path):
    _, path = raw(tmp_path, DATASEC="[1:5,1:5]")
    setting = next(each for each in prepare(Job(catalog="a", r=3, trim=True), path).settings if each.name == "trim")
    assert (setting.value, setting.origin) == ("[11:64,5:56]", "keyword TRIMSEC of the primary header")
    _, path = raw(tmp_path, DATASEC="[12:64,5:56]", TRIMSEC="")
    assert measured(path, trim=True).image.offset == (11, 4)


@pytest.mark.parametrize(
    ("cards", "words"),
    [
        ({"TRIMSEC": ""}, "trim=True needs TRIMSEC or DATASEC in .*a.fits, which has neither"),
        ({"TRIMSEC": "[11:64,5:61]"}, "the section .11:64,5:61. reaches beyond .*a.fits, whose size is 70 x 60 pixels"),
        ({"TRIMSEC": "[all]"}, "TRIMSEC='.all.' must be a section"),
    ],
)
def test_sections_that_cannot_be(tmp_path, cards, words):
    _, path = raw(tmp_path, **cards)
    with pytest.raises(ValueError, match=words):
        measured(path, trim=True)


def test_masks_and_errors_of_either_size(tmp_path):
    numbers, path = raw(tmp_path)
    mask = np.zeros(numbers.shape, dtype=np.uint8)
    mask[18:20, 20:22] = 1
    errors = np.random.default_rng(4).uniform(5, 15, numbers.shape)
    results = []
    for cut in (slice(None), slice(None)), SECTION:
        written(tmp_path / "m.fits", mask[cut])
        written(tmp_path / "e.fits", errors[cut])
        results.append(measured(path, trim=True, mask=f"{tmp_path}/m.fits", error=f"{tmp_path}/e.fits").phot)
    np.testing.assert_array_equal(results[0].flux_err, results[1].flux_err)
    np.testing.assert_array_equal(results[0].npix, results[1].npix)
    assert results[0].npix[0] == pytest.approx(np.pi * 16 - 4)
    written(tmp_path / "m.fits", mask[:50, :54])
    with pytest.raises(ValueError, match=r"mask=.* is 54 x 50 pixels, but the image 54 x 52: they must be of one size"):
        measured(path, trim=True, mask=f"{tmp_path}/m.fits")


def test_bias_levels(tmp_path):
    """A number, a keyword, or the mean of an overscan without its cosmic rays."""
    numbers, path = raw(tmp_path, OSCAN=321.0)
    plain = measured(path).phot
    for wanted, level in ((310.5, 310.5), ("310.5", 310.5), ("OSCAN", 321.0)):
        ours = measured(path, bias_level=wanted)
        np.testing.assert_allclose(ours.phot.sky, plain.sky - level)
        np.testing.assert_allclose(ours.phot.flux, plain.flux, rtol=1e-11)
        np.testing.assert_allclose(ours.phot.apsum, plain.apsum - plain.npix * level, rtol=1e-11)
    ours = measured(path, bias_level="biassec")
    setting = next(each for each in ours.settings if each.name == "bias_level")
    overscan = numbers[:, :10]
    assert setting.value == pytest.approx(overscan[overscan < 1000].mean(), abs=0.05)
    assert setting.value == pytest.approx(320.4, abs=5 * 2 / np.sqrt(600))
    assert setting.origin == "option, mean of [1:10,1:60] by keyword BIASSEC of the primary header"
    np.testing.assert_allclose(ours.phot.sky, plain.sky - setting.value)
    trimmed = measured(path, bias_level="BIASSEC", trim=True)
    assert next(each for each in trimmed.settings if each.name == "bias_level").value == setting.value
    with pytest.raises(ValueError, match=r"bias_level='NOSUCH' is no keyword"):
        measured(path, bias_level="nosuch")


def test_the_mean_of_an_overscan_is_that_of_astropys_clipping_at_3_deviations(tmp_path):
    numbers, path = raw(tmp_path)
    left = [sigma_clip(numbers[:, :10], sigma=sigma, maxiters=None).mean() for sigma in (3.0, 4.5)]
    assert left[0] != left[1]
    (setting,) = [each for each in measured(path, bias_level="BIASSEC").settings if each.name == "bias_level"]
    assert setting.value == pytest.approx(left[0], rel=1e-14)


def test_an_overscan_needs_one_good_pixel(tmp_path):
    data = np.full((40, 40), 100.0)
    data[:, :3] = np.nan
    path = written(tmp_path / "a.fits", data, BIASSEC="[1:3,1:40]")
    with pytest.raises(ValueError, match=r"bias_level='BIASSEC': the section '\[1:3,1:40\]' of .*a.fits has no good"):
        measured(path, pixels(20, 20), bias_level="BIASSEC")
    data[7, 1] = 90.0
    path = written(tmp_path / "a.fits", data, BIASSEC="[1:3,1:40]")
    assert measured(path, pixels(20, 20), bias_level="BIASSEC").phot.sky[0] == 10.0


def test_a_given_sky_is_that_of_the_subtracted_frame(tmp_path):
    _, path = raw(tmp_path)
    ours = measured(path, bias_level=320, sky=180).phot
    theirs = measured(path, sky=500).phot
    np.testing.assert_allclose(ours.flux, theirs.flux, rtol=1e-10)
    assert (ours.sky[:4] == 180).all()


def test_found_sources_are_in_pixels_of_the_whole_frame(tmp_path):
    _, path = raw(tmp_path)
    ours = measure(Job(detect=8, r=4, annulus=(8, 14), trim=True), path)
    bright = np.argsort(ours.phot.flux)[::-1][:3]
    order = bright[np.argsort(ours.phot.x[bright])]
    np.testing.assert_allclose(ours.phot.x[order], [12.2, 20.3, 44.6], atol=0.5)  # one is cut
    np.testing.assert_allclose(ours.phot.y[order], [47.8, 18.9, 33.1], atol=0.5)


def test_found_sources_avoid_the_mask(tmp_path):
    numbers, path = raw(tmp_path)
    mask = np.zeros(numbers.shape, dtype=np.uint8)
    mask[12:26, 14:28] = 1
    written(tmp_path / "m.fits", mask)
    options = {"detect": 20, "r": 4, "annulus": (8, 14), "trim": True}
    without = measure(Job(**options, mask=f"{tmp_path}/m.fits"), path)
    assert len(without.phot) == len(measure(Job(**options), path).phot) - 1


def test_a_dark_current_is_one_of_the_ccd_equation(tmp_path):
    _, path = raw(tmp_path, GAIN=2.0, RDNOISE=5.0, EXPTIME=60.0, DARKCUR=0.5)
    options = {"bias_level": 320, "error_model": "ccd"}
    without, with_dark = measured(path, **options).phot, measured(path, dark=0.5, **options).phot
    npix, n_sky = with_dark.npix[:4], with_dark.n_sky[:4]
    added = npix * (1 + npix / n_sky) * 0.5 * 60 / 2.0**2
    np.testing.assert_allclose((with_dark.flux_err**2 - without.flux_err**2)[:4], added, rtol=1e-9)
    np.testing.assert_array_equal(measured(path, dark="DARKCUR", **options).phot.flux_err, with_dark.flux_err)
    with pytest.raises(ValueError, match=r"dark=0.5 is used by error_model='ccd' alone"):
        Job(catalog=pixels(1, 1), r=3, dark=0.5)
    with pytest.raises(ValueError, match=r"dark=0.5 needs exptime="):
        measured(path, dark=0.5, exptime="none", **options)


def test_an_overscan_without_a_good_pixel(tmp_path):
    numbers = stars()
    numbers[:, :10] = np.nan
    path = written(tmp_path / "a.fits", numbers, BIASSEC="[1:10,1:60]")
    with pytest.raises(ValueError, match=r"bias_level='BIASSEC': the section '\[1:10,1:60\]' of .* has no good pixel"):
        measured(path, bias_level="BIASSEC")
