"""A raw frame of the 1 m telescope at SAAO: unsigned integers, overscan, bias, gain and read noise in the header."""

import fits_by_hand as by_hand
import numpy as np
import pytest
from phot_command import done, measured, xy
from scipy import ndimage

import astroapers as aap

# TRIMSEC = [17:528, 1:520] and BIASSEC = [4:13, 1:520], read by eye: first and last pixel, counted from 1
TRIM_X, OVERSCAN = slice(16, 528), slice(3, 13)
GAIN, READ_NOISE, EXPTIME = 1.9, 5.0, 150.04
RADII = (1.5, 2, 3, 4, 5, 6, 8)

# The frame has no flat field: rows and larger patches differ by some tenths of a count, which a narrow ring close to
# the aperture follows best. The rows from 512 on are dead.
ANNULUS = (8, 12)
STEP, MARGIN, DEAD = 8, 16, 512


@pytest.fixture(scope="module")
def raw():
    return by_hand.frame(by_hand.SAAO).data


@pytest.fixture(scope="module")
def bias(raw):
    return float(np.median(raw[:, OVERSCAN]))


@pytest.fixture(scope="module")
def trimmed(raw, bias):
    return raw[:, TRIM_X] - bias


@pytest.fixture(scope="module")
def empty(trimmed):
    """A grid of places without stars, cosmic rays and wings of the two bright stars, in the pixels of the file."""
    level = np.median(trimmed)
    noise = 1.4826 * np.median(np.abs(trimmed - level))
    smooth = ndimage.gaussian_filter(np.maximum(trimmed - level, -5 * noise), 2)
    smooth -= np.median(smooth)
    light = smooth > 3 * 1.4826 * np.median(np.abs(smooth))
    from_light = ndimage.distance_transform_edt(~light)
    from_bright = ndimage.distance_transform_edt(~ndimage.binary_opening(light, iterations=6))
    ny, nx = trimmed.shape
    y, x = np.mgrid[MARGIN : min(ny, DEAD) - MARGIN : STEP, MARGIN : nx - MARGIN : STEP].reshape(2, -1)
    free = (from_light[y, x] > 10) & (from_bright[y, x] > 60)
    return x[free] + float(TRIM_X.start), y[free].astype(float)


@pytest.fixture(scope="module")
def reduced(tmp_path_factory, empty, bias):
    """What the command makes of the empty places, trimmed and without bias: table, and what it said."""
    folder = tmp_path_factory.mktemp("saao")
    radii = ",".join(map(str, RADII))
    ran = done(
        *[by_hand.SAAO, *xy(folder / "empty.csv", *empty), "--r", radii, "--annulus", "8,12", "--trim"],
        *["--bias-level", bias, "-o", folder / "out.fits"],
    )
    return measured(folder / "out.fits"), ran.said


def suffix(r):
    return f"_r{r:g}".replace(".", "p")


def test_the_bias_is_known(bias):
    assert bias == 214


def test_errors_of_empty_apertures_are_as_large_as_their_scatter(reduced, empty):
    table, _ = reduced
    assert len(table) == len(empty[0]) > 2000
    for r in RADII:
        pulls = table[f"flux{suffix(r)}"] / table[f"flux_err{suffix(r)}"]
        assert np.std(pulls) == pytest.approx(1.0, abs=0.1), r
        assert abs(np.mean(pulls)) < 0.2, r


def test_fluxes_are_those_of_photutils(reduced, empty, trimmed):
    table, _ = reduced
    some = slice(0, None, 15)
    x, y = (column[some] for column in empty)
    assert np.array_equal(table["x"], empty[0])
    for r in (1.5, 5, 8):
        hand = by_hand.photometry(trimmed, x - TRIM_X.start, y, r, ANNULUS)
        assert table["sky"][some] == pytest.approx(hand.sky, rel=1e-14)
        assert table["n_sky"][some].tolist() == hand.n_sky.tolist()
        assert table["sky_std"][some] == pytest.approx(hand.sky_std, rel=1e-11)
        assert table[f"flux{suffix(r)}"][some] == pytest.approx(hand.flux, rel=1e-9, abs=1e-8)


def test_the_noise_check_is_content_with_a_reduced_frame(reduced, trimmed):
    _, said = reduced
    predicted = np.sqrt(np.median(trimmed) / GAIN + (READ_NOISE / GAIN) ** 2)
    assert "noise" in said
    assert f"{predicted:.1f}" in said
    assert "warning" not in said.lower()


def test_the_noise_check_warns_of_a_bias_that_is_still_there(empty, tmp_path):
    """A bias of 214 counts would be the photons of a sky that is not there: 12.8 counts of noise instead of 7.2."""
    words = [*xy(tmp_path / "empty.csv", *(column[::40] for column in empty)), "--r", 3, "--annulus", "8,12"]
    ran = done(by_hand.SAAO, *words, "-o", tmp_path / "out.ecsv")
    assert "warning" in ran.said.lower()
    assert "bias" in ran.said
    assert "12.8" in ran.said


@pytest.mark.parametrize("model", ["iraf", "ccd"])
def test_errors_of_stars_are_the_formulae(model, trimmed, bias, tmp_path):
    x, y = np.array([152.7, 434.9, 385.3]), np.array([38.6, 433.2, 317.0])
    done(
        *[by_hand.SAAO, *xy(tmp_path / "stars.csv", x + TRIM_X.start, y), "--r", 7, "--annulus", "30,40", "--trim"],
        *["--bias-level", bias, "--error-model", model, "-o", tmp_path / "out.ecsv"],
    )
    table = measured(tmp_path / "out.ecsv")
    hand = by_hand.photometry(trimmed, x, y, 7, (30, 40))
    assert table["flux"] == pytest.approx(hand.flux, rel=1e-10)
    error = by_hand.iraf_error(hand, GAIN) if model == "iraf" else by_hand.ccd_error(hand, GAIN, READ_NOISE)
    assert table["flux_err"] == pytest.approx(error, rel=1e-9)


def test_what_was_trimmed_is_outside(bias, tmp_path):
    """A place beside the overscan: trimmed, its aperture is cut; untrimmed, it sums overscan."""
    words = [*xy(tmp_path / "edge.csv", [17.0], [250.0]), "--r", 5, "--annulus", "8,12", "--bias-level", bias]
    done(by_hand.SAAO, *words, "--trim", "-o", tmp_path / "trimmed.ecsv")
    done(by_hand.SAAO, *words, "-o", tmp_path / "whole.ecsv")
    cut, whole = (measured(tmp_path / f"{name}.ecsv") for name in ("trimmed", "whole"))
    assert aap.Flag(int(cut["flags"][0])) & aap.Flag.PARTIAL_OVERLAP
    assert not aap.Flag(int(whole["flags"][0])) & aap.Flag.PARTIAL_OVERLAP
    assert cut["npix"][0] < whole["npix"][0]


def test_values_and_their_origins(empty, tmp_path):
    words = [*xy(tmp_path / "one.csv", *(column[:1] for column in empty)), "--r", 3, "--annulus", "8,12"]
    said = done(by_hand.SAAO, *words, "--dry-run", "-o", tmp_path / "out.ecsv").said
    assert not (tmp_path / "out.ecsv").exists()
    for value, keyword in (("1.9", "GAIN"), ("5", "RDNOISE"), ("150.04", "EXPTIME")):
        assert value in said
        assert keyword in said


def test_a_date_without_a_time_is_not_taken_for_midnight(empty, tmp_path):
    """DATE-OBS is a day alone; the time of day is in UT, and MJD-OBS is midnight as well."""
    words = [*xy(tmp_path / "one.csv", *(column[:1] for column in empty)), "--r", 3, "--annulus", "8,12", "--tidy"]
    done(by_hand.SAAO, *words, "-o", tmp_path / "out.ecsv")
    found = float(measured(tmp_path / "out.ecsv")["mjd_mid"][0])
    truth = 56486 + (57 * 60 + 33 + EXPTIME / 2) / 86400
    assert np.isnan(found) or found == pytest.approx(truth, rel=0, abs=1e-6)
