"""The pulsar of the Crab nebula in the UKIDSS survey: ZPN, scaled integers, half of the header in the primary."""

import fits_by_hand as by_hand
import numpy as np
import pytest
from astropy.io import fits
from phot_command import catalogue, done, measured, xy
from photutils.centroids import centroid_com

RADIUS, ANNULUS = 5, (12, 20)
ASKED = ["--r", RADIUS, "--annulus", "12,20"]
ZEROPOINT, EXPTIME, GAIN = 24.053, 10.0, 4.5

# The south-western one of the two bright stars in the middle of the image.
PULSAR = (149.537, 149.083)
X = np.array([PULSAR[0], 166.4996, 252.1615, 117.2293])
Y = np.array([PULSAR[1], 168.1860, 120.0, 60.0])


@pytest.fixture(scope="module")
def field():
    return by_hand.frame(by_hand.UKIDSS, 1)


@pytest.fixture(scope="module")
def hand(field):
    return by_hand.photometry(field.data, X, Y, RADIUS, ANNULUS)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ukidss")
    words = [*xy(folder / "xy.csv", X, Y), *ASKED, "--error-model", "iraf", "--zeropoint", "MAGZPT"]
    said = done(by_hand.UKIDSS, *words, "-o", folder / "out.ecsv").said
    return measured(folder / "out.ecsv"), said


def test_the_place_is_that_of_the_star(field):
    x, y = (round(value) for value in PULSAR)
    box = field.data[y - 4 : y + 5, x - 4 : x + 5] - np.median(field.data)
    assert np.add(centroid_com(box), (x - 4, y - 4)) == pytest.approx(PULSAR, abs=0.5)


def test_the_pulsar_is_as_bright_as_the_zeropoint_says(ran, hand):
    """K = 13.70, once the exposure time is divided out; else it would be 11.20."""
    table, said = ran
    mag = by_hand.magnitudes(hand.flux[:2], ZEROPOINT, EXPTIME)
    assert round(mag[0], 2) == 13.70
    assert table["mag"][:2] == pytest.approx(mag, rel=1e-10)
    assert "24.053" in said
    assert "MAGZPT" in said
    assert "divided" in said


def test_scaled_integers_are_measured_as_photutils_measures_floats(ran, hand):
    table, _ = ran
    assert table["sky"] == pytest.approx(hand.sky, rel=1e-14)
    assert table["sky_std"] == pytest.approx(hand.sky_std, rel=1e-10)
    assert table["n_sky"].tolist() == hand.n_sky.tolist()
    assert table["apsum"] == pytest.approx(hand.apsum, rel=1e-11)
    assert table["flux"] == pytest.approx(hand.flux, rel=1e-8)
    assert table["flux_err"] == pytest.approx(by_hand.iraf_error(hand, GAIN), rel=1e-8)


def test_an_error_in_magnitudes_is_that_of_the_flux(ran, hand):
    table, _ = ran
    error = 2.5 / np.log(10) * by_hand.iraf_error(hand, GAIN) / hand.flux
    assert table["mag_err"][:2] == pytest.approx(error[:2], rel=1e-8)


def test_right_ascension_and_declination_go_through_zpn(field, hand, tmp_path):
    assert field.wcs.wcs.ctype[0] == "RA---ZPN"
    ra, dec = by_hand.sky_positions(field.wcs, X, Y)
    sky = catalogue(tmp_path / "sky.csv", ra=ra, dec=dec)
    done(by_hand.UKIDSS, "--catalog", sky, "--ra", "ra", "--dec", "dec", *ASKED, "-o", tmp_path / "out.ecsv")
    table = measured(tmp_path / "out.ecsv")
    assert table["x"] == pytest.approx(X, rel=0, abs=1e-5)
    assert table["y"] == pytest.approx(Y, rel=0, abs=1e-5)
    assert table["ra"] == pytest.approx(ra, rel=0, abs=1e-10)
    assert table["flux"] == pytest.approx(hand.flux, rel=1e-5)


def test_origins_name_the_header_that_a_value_is_from(tmp_path):
    words = [*xy(tmp_path / "xy.csv", X, Y), *ASKED, "--zeropoint", "auto", "-o", tmp_path / "out.ecsv"]
    said = done(by_hand.UKIDSS, *words, "--dry-run").out
    lines = [" ".join(line.split()) for line in said.splitlines()]
    (exposure,) = [line for line in lines if "EXP_TIME" in line and "divided" not in line]
    assert "primary" in exposure
    assert "10" in exposure
    (gain,) = [line for line in lines if "GAIN" in line]
    assert "4.5" in gain
    assert "primary" not in gain
    (noise,) = [line for line in lines if "READNOIS" in line]
    assert "25" in noise
    assert "primary" not in noise


def test_columns_of_tidy_output_come_from_both_headers(field, tmp_path):
    words = [*xy(tmp_path / "xy.csv", X, Y), *ASKED, "--tidy", "-o", tmp_path / "out.ecsv"]
    done(by_hand.UKIDSS, *words)
    table = measured(tmp_path / "out.ecsv")
    assert set(table["filter"]) == {"K"}
    assert table["airmass"] == pytest.approx(1.067, rel=1e-12)
    start = 54384 + (13 * 3600 + 12 * 60 + 5.56) / 86400
    assert table["mjd_mid"] == pytest.approx(start + 5 / 86400, rel=0, abs=1e-9)


def test_the_extension_wins_over_the_primary(ran, tmp_path):
    copy = tmp_path / "copy.fits"
    with fits.open(by_hand.UKIDSS, do_not_scale_image_data=True) as hdus:
        hdus[1].header["EXP_TIME"] = 20.0
        hdus.writeto(copy, output_verify="silentfix+ignore")
    words = [*xy(tmp_path / "xy.csv", X, Y), *ASKED, "--zeropoint", "MAGZPT", "-o", tmp_path / "out.ecsv"]
    done(copy, *words)
    fainter = measured(tmp_path / "out.ecsv")["mag"][0] - ran[0]["mag"][0]
    assert fainter == pytest.approx(2.5 * np.log10(2), rel=1e-9)


def test_a_rate_is_not_divided_again(hand, tmp_path):
    """BUNIT in counts per second: the exposure time is divided out already."""
    field = by_hand.frame(by_hand.UKIDSS, 1)
    header = field.header.copy()
    header["BUNIT"], header["EXP_TIME"] = "adu/s", EXPTIME
    fits.PrimaryHDU(field.data / EXPTIME, header).writeto(tmp_path / "rate.fits", output_verify="silentfix+ignore")
    words = [*xy(tmp_path / "xy.csv", X, Y), *ASKED, "--zeropoint", "MAGZPT", "-o", tmp_path / "out.ecsv"]
    ran = done(tmp_path / "rate.fits", *words)
    mag = by_hand.magnitudes(hand.flux[:2], ZEROPOINT, EXPTIME)
    assert measured(tmp_path / "out.ecsv")["mag"][:2] == pytest.approx(mag, rel=1e-8)
    assert "not divided" in ran.said


def test_no_zeropoint_is_taken_unasked(tmp_path):
    done(by_hand.UKIDSS, *xy(tmp_path / "xy.csv", X, Y), *ASKED, "-o", tmp_path / "out.ecsv")
    assert "mag" not in measured(tmp_path / "out.ecsv").colnames
