"""Files of several images: chosen by number and by name, and said which there are."""

import fits_by_hand as by_hand
import numpy as np
import pytest
from astropy.io import fits
from phot_command import done, measured, phot, xy

X, Y = np.array([4.0, 5.3, 0.0]), np.array([5.0, 4.7, 9.0])
ASKED = ["--r", 2, "--annulus", "3,5", "--min-sky", 5]
NAMES = ["CHIP1", "CHIP2", "SKY"]


@pytest.fixture
def named(tmp_path):
    """The same images with names, which the file as it comes lacks."""
    path = tmp_path / "named.fits"
    with fits.open(by_hand.MEF) as hdus:
        for hdu, name in zip(hdus[1:], NAMES, strict=True):
            hdu.name = name
        hdus.writeto(path)
    return path


def check(table, ext):
    hand = by_hand.photometry(by_hand.frame(by_hand.MEF, ext).data, X, Y, 2, (3, 5))
    assert table["flux"] == pytest.approx(hand.flux, rel=1e-10)
    assert table["sky"] == pytest.approx(hand.sky, rel=1e-15)
    assert table["npix"] == pytest.approx(hand.npix, rel=1e-12)


@pytest.mark.parametrize("ext", [1, 2, 3])
def test_by_number(ext, tmp_path):
    done(by_hand.MEF, *xy(tmp_path / "xy.csv", X, Y), *ASKED, "--ext", ext, "-o", tmp_path / "out.ecsv")
    check(measured(tmp_path / "out.ecsv"), ext)


@pytest.mark.parametrize("ext", [1, 2, 3])
def test_by_name(ext, named, tmp_path):
    done(named, *xy(tmp_path / "xy.csv", X, Y), *ASKED, "--ext", NAMES[ext - 1], "-o", tmp_path / "out.ecsv")
    check(measured(tmp_path / "out.ecsv"), ext)


def test_of_several_the_first_is_taken_and_the_others_named(named, tmp_path):
    ran = done(named, *xy(tmp_path / "xy.csv", X, Y), *ASKED, "-o", tmp_path / "out.ecsv")
    check(measured(tmp_path / "out.ecsv"), 1)
    assert all(name in ran.said for name in NAMES)


@pytest.mark.parametrize("ext", ["4", "0", "CHIP9"])
def test_one_that_is_not_there(ext, named, tmp_path):
    ran = phot(named, *xy(tmp_path / "xy.csv", X, Y), *ASKED, "--ext", ext, "-o", tmp_path / "out.ecsv")
    assert ran.code in (1, 2)
    assert ext in ran.said
    assert "CHIP1" in ran.said
    assert "Traceback" not in ran.said
    assert not (tmp_path / "out.ecsv").exists()
