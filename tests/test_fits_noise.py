"""Predicted against measured noise: raw frames that still carry their bias are told."""

from pathlib import Path

import numpy as np
import pytest
from fits_files import measured, pixels, written

from astroapers._fits import report
from astroapers._fits.noise_check import NoiseCheck

GAIN, READ_NOISE, BIAS, SKY = 2.0, 6.0, 400.0, 150.0

POSITIONS = pixels(*np.mgrid[20:181:20, 20:181:20].reshape(2, -1))


@pytest.fixture
def frame(tmp_path):
    """Poisson electrons, read noise, a bias, and rounding to whole adu."""

    def make(frames=1, **cards):
        rng = np.random.default_rng(1)
        electrons = rng.poisson(SKY * GAIN, (frames, 200, 200)) + rng.normal(0, READ_NOISE, (frames, 200, 200))
        numbers = np.round(electrons.mean(axis=0) / GAIN + BIAS)
        return written(tmp_path / "a.fits", numbers.astype(np.int16), {"GAIN": GAIN, "RDNOISE": READ_NOISE, **cards})

    return make


def check(path, **options):
    return measured(path, POSITIONS, **{"r": 3, "annulus": (6, 10), **options})


def test_a_frame_without_its_bias_is_as_predicted(frame):
    ours = check(frame(), bias_level=BIAS)
    by_hand = np.sqrt(GAIN * SKY + READ_NOISE**2 + GAIN**2 / 12) / GAIN
    assert ours.noise.predicted == pytest.approx(by_hand, rel=0.01)
    assert ours.noise.measured == pytest.approx(by_hand, rel=0.03)
    assert ours.noise.is_fine
    assert ours.noise.warning == ""
    assert ours.notes == ()
    assert "predicted 9.1" in str(ours.noise)


def test_a_bias_that_is_still_there_is_told(frame):
    ours = check(frame())
    assert ours.noise.ratio < 0.7
    assert any("is a bias still in it" in note for note in ours.notes)


def test_a_sky_that_was_subtracted_is_told(frame):
    ours = check(frame(), bias_level=BIAS + SKY)
    assert ours.noise.ratio > 1.3
    assert any("was a sky subtracted before" in note for note in ours.notes)


def test_clipping_does_not_make_noise_look_small(frame):
    """At 2 sigma a quarter of the scatter is cut off; the check undoes it."""
    wide, narrow = (check(frame(), bias_level=BIAS, clip=clip).noise.measured for clip in (None, 2.0))
    assert narrow == pytest.approx(wide, rel=0.03)


def test_the_average_of_frames(frame):
    ours = check(frame(frames=4), bias_level=BIAS, ncombine=4)
    assert ours.noise.ratio == pytest.approx(1, abs=0.05)
    assert check(frame(frames=4), bias_level=BIAS).noise.ratio == pytest.approx(0.5, abs=0.05)


def test_dark_current_is_noise(frame):
    options = {"bias_level": BIAS, "error_model": "ccd", "exptime": 100.0}
    bright, without = (check(frame(), dark=dark, **options).noise.predicted for dark in (3.0, None))
    assert bright**2 - without**2 == pytest.approx(300 / GAIN**2)


@pytest.mark.parametrize("options", [{"gain": "none"}, {"read_noise": "none"}, {"annulus": None, "sky": 500}])
def test_without_numbers_there_is_no_check(frame, options):
    assert check(frame(), **options).noise is None


def test_bounds():
    assert NoiseCheck(10.0, 12.9, 1.0).is_fine
    assert NoiseCheck(10.0, 7.1, 1.0).is_fine
    assert not NoiseCheck(10.0, 13.1, 1.0).is_fine
    assert not NoiseCheck(10.0, 6.9, 1.0).is_fine
    assert NoiseCheck(0.0, 1.0, 1.0).ratio == np.inf


def test_many_images_of_wrong_noise_are_told_by_a_few(capsys):
    checks = [(Path(f"{k}.fits"), NoiseCheck(10.0, 20.0 + k, 1.0)) for k in range(5)]
    report.show_noise(checks, len(checks))
    printed = capsys.readouterr()
    assert printed.out == "noise of the sky: 2.00 to 2.40 times the predicted one in 5 images\n"
    lines = printed.err.splitlines()
    assert len(lines) == 4
    assert "2.fits" in lines[2]
    assert "the same of 2 more" in lines[3]
