"""Options: what each may be, and which contradict each other."""

import pickle

import numpy as np
import pytest
from astropy import units as u
from fits_files import pixels

from astroapers._fits.job import Job
from astroapers._fits.lengths import Length, lengths
from astroapers._fits.types import Setting

BASE = {"catalog": "stars.csv", "r": 3}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"catalog": None}, "catalog or detect must be given"),
        ({"detect": 5}, "catalog='stars.csv' and detect=5 both say what to measure"),
        ({"catalog": None, "detect": 0}, "detect=0 must be greater than 0"),
        ({"catalog": None, "detect": "many"}, "detect='many' must be a number"),
        ({"catalog": None, "detect": 5, "origin": 1}, "origin=1 is of a catalogue"),
        ({"catalog": None, "detect": 5, "id": "name"}, "id='name' is of a catalogue"),
        ({"x": "X"}, "x='X' needs y= as well"),
        ({"dec": "D"}, "dec='D' needs ra= as well"),
        ({"x": "X", "y": "Y", "ra": "R", "dec": "D"}, "x='X' and ra='R' both name positions"),
        ({"origin": 2}, "origin=2 must be one of None, 0, 1"),
        ({"r": None}, "r must be given"),
        ({"r": 0}, "r=0 must be finite and greater than 0"),
        ({"r": "3,-1"}, "r=-1 must be finite and greater than 0"),
        ({"r": float("nan")}, "r=nan must be finite"),
        ({"r": "3furlong"}, "r='3furlong' has the unknown unit 'furlong'; it must be one of pix, mas, arcsec"),
        ({"r": 3 * u.mag}, "r='3.0 mag' has the unknown unit 'mag'"),
        ({"r": "3,,5"}, "r='' must be a number, a number with a unit, or the name of a column"),
        ({"r": []}, "must be at least one length"),
        ({"r": "3,aper"}, "r='3,aper' must be numbers, or one column"),
        ({"r": "3,5,3.0"}, "r='3,5,3.0' names a radius twice"),
        ({"r": None, "ellipse": (5, 3)}, "must be three: semi-axes a and b, and an angle in degrees"),
        ({"r": None, "ellipse": "5,3,x"}, "ellipse='x' must be a number"),
        ({"r": None, "ellipse": (5, -3, 0)}, "ellipse=-3 must be finite and greater than 0"),
        ({"r": None, "a": "A"}, "a='A' needs b and theta as well"),
        ({"r": None, "a": "A", "theta": "T"}, "a='A', theta='T' needs b as well"),
        ({"ellipse": (5, 3, 0), "a": "A", "b": "B", "theta": "T"}, "both say what the ellipses are"),
        (
            {"r": "2arcsec", "ellipse": (5, 3, 0)},
            "r='2arcsec' has a unit, but beside an ellipse it multiplies the axes",
        ),
        ({"annulus": (9, 15), "sky": 3}, "sky=3.0 and annulus=.9, 15. both say where the sky is"),
        ({"annulus": (15, 9)}, "must have the inner radius first, and smaller"),
        ({"annulus": 9}, "annulus=9 must be two radii"),
        ({"annulus": "inner,outer"}, "must be two radii"),
        ({"sky": "dark"}, "sky='dark' must be a number"),
        ({"sky": float("inf")}, "sky=inf must be finite"),
        ({"annulus": (9, 15), "sky_stat": "avg"}, "sky_stat='avg' must be one of 'median', 'mean'"),
        ({"annulus": (9, 15), "clip": 0}, "clip=0 must be greater than 0"),
        ({"annulus": (9, 15), "min_sky": 0}, "min_sky=0"),
        ({"sky": 3, "clip": 2}, "clip=2.0 is not used without annulus"),
        ({"sky_stat": "mean"}, "sky_stat='mean' is not used without annulus"),
        ({"min_sky": 5}, "min_sky=5 is not used without annulus"),
        ({"error_type": "var"}, "error_type='var' needs error="),
        ({"error_kind": "background", "gain": 2}, "error_kind='background' needs error="),
        ({"error": "e.fits", "error_type": "rms"}, "error_type='rms' must be one of 'std', 'var', 'ivar'"),
        ({"error_model": "poisson"}, "error_model='poisson' must be one of None, 'iraf', 'ccd'"),
        ({"error": "e.fits", "error_model": "ccd"}, "error='e.fits' is not used by error_model='ccd'"),
        ({"gain": 0}, "gain=0 must be finite and greater than 0"),
        ({"gain": "-2"}, "gain=-2 must be finite and greater than 0"),
        ({"gain": "2 e-/adu!"}, "gain='2 e-/adu!' must be a number, or a keyword of the header"),
        ({"gain": [1, 2]}, "gain=.1, 2. must be a number, or a keyword"),
        ({"read_noise": -1}, "read_noise=-1 must be finite and at least 0"),
        ({"zeropoint": float("nan")}, "zeropoint=nan must be finite"),
        ({"ncombine": 0}, "ncombine=0"),
        ({"ncombine": 1.5}, "ncombine=1.5"),
        ({"dark": 1}, "dark=1.0 is used by error_model='ccd' alone"),
    ],
)
def test_what_options_refuse(options, words):
    with pytest.raises((ValueError, TypeError), match=words) as refused:
        Job(**{**BASE, **options})
    assert "\n" not in str(refused.value)


def test_words_of_a_command_line_are_numbers():
    job = Job(
        catalog="a.csv", r="3, 5", annulus="9,15", clip="2.5", min_sky=30, gain="1.9", read_noise="0", exptime=" 30 ",
        zeropoint="25.5", saturation="6e4", ncombine="3", bias_level="-1.5", dark="0.1", error_model="ccd", ext="2",
    )  # fmt: skip
    assert [radius.value for radius in job.radii] == [3, 5]
    assert [radius.value for radius in job.annulus_radii] == [9, 15]
    numbers = job.clip, job.gain, job.read_noise, job.exptime, job.zeropoint, job.saturation, job.bias_level, job.dark
    assert numbers == (2.5, 1.9, 0.0, 30.0, 25.5, 6e4, -1.5, 0.1)
    assert (job.ncombine, job.ext) == (3, 2)
    assert Job(catalog="a.csv", r=3, annulus=(9, 15), clip="none").clip is None
    assert Job(catalog="a.csv", r=3, ext="SCI,2").ext == "SCI,2"


def test_keywords_are_in_capitals():
    job = Job(**BASE, gain="eGain", exptime="eso det win1 dit1", zeropoint="auto", bias_level="none")
    assert (job.gain, job.exptime, job.zeropoint, job.bias_level) == ("EGAIN", "ESO DET WIN1 DIT1", "AUTO", None)


def test_a_job_can_be_pickled_and_compared():
    job = Job(**BASE, annulus=(9, 15), gain="EGAIN", sky_stat=np.median)
    assert pickle.loads(pickle.dumps(job)) == job
    assert Job(**BASE) == Job(catalog="stars.csv", r=3)
    assert Job(**BASE) != Job(catalog="stars.csv", r=4)
    with pytest.raises(AttributeError):
        job.gain = 3


def test_options_as_plain_values():
    job = Job(catalog=pixels(1, 2), r=(3, 2 * u.arcsec), annulus=(9, 15), sky_stat=np.median, keywords={"gain": ["A"]})
    assert job.options() == {
        "catalog": "the test's catalogue",
        "r": [3, "2.0 arcsec"],
        "annulus": [9, 15],
        "sky_stat": "median",
        "keywords": {"gain": ["A"]},
    }
    assert Job(**BASE, clip=None, annulus="9,15").options()["clip"] is None


def test_labels():
    assert Job(**BASE).labels == ("",)
    assert Job(catalog="a", r="0.5,10,2.25arcsec,1e-1").labels == ("_r0p5", "_r10", "_r2p25arcsec", "_r0p1")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (3, [Length(3.0)]),
        ("3px, 4 pixels", [Length(3.0), Length(4.0)]),
        ("1.5'", [Length(1.5, "arcmin")]),
        ("2''", [Length(2.0, "arcsec")]),
        ("1e-3deg", [Length(1e-3, "deg")]),
        (np.array([1.0, 2.0]), [Length(1.0), Length(2.0)]),
        (u.Quantity([1.0, 2.0], "arcsec"), [Length(1.0, "arcsec"), Length(2.0, "arcsec")]),
        (u.Quantity(3.0, "pix"), [Length(3.0)]),
        ([Length(3.0), "2arcsec"], [Length(3.0), Length(2.0, "arcsec")]),
    ],
)
def test_lengths(given, expected):
    assert list(lengths("r", given)) == expected


def test_lengths_in_pixels():
    assert Length(2.0, "arcsec").pixels(0.5) == Length(1 / 30, "arcmin").pixels(0.5) == 4.0
    assert Length(7.0).pixels(0.5) == 7.0
    assert Length(500.0, "mas").pixels(0.5) == 1.0
    assert str(Length(2.0, "arcsec")) == "2 arcsec"
    assert str(lengths("r", "aper")[0]) == "column aper"


def test_settings_are_readable():
    assert str(Setting("gain", None, "e-", "not found")) == "gain = None (not found)"
    assert str(Setting("exptime", 30.0, "s", "option")) == "exptime = 30 s (option)"


def test_a_length_that_is_nothing_of_the_kind():
    with pytest.raises(TypeError, match=r"r=None must be a number, a text such as '2arcsec', or a column's name"):
        Job(catalog="stars.csv", r=[None])
