"""The middle of an exposure, however the header says it."""

import pytest
from astropy.io import fits
from astropy.time import Time

from astroapers._fits.keywords import KEYWORDS, Headers
from astroapers._fits.times import mid_exposure, mjd


def headers(cards):
    return Headers((("the primary header", fits.Header(cards)),), "a.fits", KEYWORDS, [])


HALF_MINUTE = 30 / 86400
NOON = Time("2013-07-13T12:00:00").mjd


@pytest.mark.parametrize(
    ("cards", "day", "words"),
    [
        ({"MJD-AVG": 56000.25, "DATE-OBS": "2013-07-13T12:00:00"}, 56000.25, "MJD-AVG"),
        ({"DATE-AVG": "2013-07-13T12:00:00", "DATE-OBS": "2013-07-13T11:00:00"}, NOON, "DATE-AVG"),
        ({"DATE-OBS": "2013-07-13T12:00:00"}, NOON + HALF_MINUTE, "DATE-OBS of the primary header + half of exptime"),
        ({"DATE-OBS": "2013-07-13T12:00:00.0Z"}, NOON + HALF_MINUTE, "DATE-OBS"),
        ({"DATE-OBS": "2013-07-13T12:00"}, NOON + HALF_MINUTE, "DATE-OBS"),
        ({"DATE-OBS": "2013-07-13 12:00:00"}, NOON + HALF_MINUTE, "DATE-OBS"),
        ({"DATE-OBS": "2013-07-13", "TIME-OBS": "12:00:00"}, NOON + HALF_MINUTE, "DATE-OBS and TIME-OBS"),
        ({"DATE-OBS": "2013-07-13", "UT": "12:00:00.000"}, NOON + HALF_MINUTE, "DATE-OBS and UT"),
        ({"UTDATE": "20130713", "UTSTART": 12.0}, NOON + HALF_MINUTE, "UTDATE and UTSTART"),
        ({"DATE-OBS": "13/07/98", "UT": "12:00:00"}, Time("1998-07-13T12:00:00").mjd + HALF_MINUTE, "DATE-OBS and UT"),
        ({"DATE-BEG": "2013-07-13T12:00:00"}, NOON + HALF_MINUTE, "DATE-BEG"),
        ({"MJD-OBS": 56000.5}, 56000.5 + HALF_MINUTE, "MJD-OBS of the primary header + half of exptime"),
        ({"DATE-OBS": "2013-07-13", "MJD-OBS": 56486.5}, 56486.5 + HALF_MINUTE, "MJD-OBS"),
        ({"DATE-OBS": "2013-07-13T12:00:00", "MJD-OBS": 1.5}, NOON + HALF_MINUTE, "DATE-OBS"),
    ],
)
def test_middles(cards, day, words):
    found, origin = mid_exposure(headers(cards), 60.0)
    assert found == pytest.approx(
        day, abs=1e-9
    )  # a day of double precision has 1e-11; a tenth of a millisecond is 1e-9
    assert words in origin


@pytest.mark.parametrize(
    "cards",
    [
        {},
        {"DATE-OBS": "2013-07-13"},
        {"DATE-OBS": "2013-07-13", "MJD-OBS": 56486.0},
        {"DATE-OBS": "yesterday", "UT": "12:00:00"},
        {"DATE-OBS": "2013-13-13T12:00:00"},
        {"MJD-OBS": True},
    ],
)
def test_half_a_day_is_not_guessed(cards):
    assert mid_exposure(headers(cards), 60.0) is None


def test_without_exposure_time_a_beginning_is_no_middle():
    assert mid_exposure(headers({"DATE-OBS": "2013-07-13T12:00:00"}), None) is None
    assert mid_exposure(headers({"MJD-AVG": 56000.25}), None) is not None


def test_dates_are_those_of_astropy():
    for text in ("1975-06-01T00:00:00", "2000-02-29T23:59:59.999", "2024-12-31T06:30:15.25", "1999-12-31T00:00:01"):
        assert mjd(text) == pytest.approx(Time(text).mjd, abs=1e-10)
