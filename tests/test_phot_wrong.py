"""Wrong inputs: one line that says what is wrong and how to mend it, exit code 2, no traceback, nothing written."""

import numpy as np
import pytest
from astropy.table import Table
from phot_command import catalogue, image, phot, stars, xy

X, Y = np.array([20.0, 30.0]), np.array([22.0, 31.0])
SKY = ["--annulus", "8,12"]


@pytest.fixture
def folder(tmp_path):
    image(tmp_path / "a.fits", stars((50, 50), X, Y, 1000.0))
    catalogue(tmp_path / "stars.csv", x=X, y=Y, ra=X, dec=Y, size=["big", "small"])
    (tmp_path / "text.fits").write_text("this is no FITS file")
    (tmp_path / "ragged.csv").write_text("x,y\n1,2\n3,4,5\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "bad.toml").write_text("r = [")
    (tmp_path / "odd.toml").write_text("radius = 3\n")
    return tmp_path


STARS = ["--catalog", "stars.csv", "--x", "x", "--y", "y", "--origin", "0"]
IN_THE_SKY = ["--catalog", "stars.csv", "--ra", "ra", "--dec", "dec"]
OUT = ["-o", "out.ecsv"]

# the words of the command, and what the line must name: the culprit, and the remedy where there is one
WRONG = {
    "no image": ([*STARS, "--r", "3", *SKY, *OUT], ["IMAGE"]),
    "an image that is not there": (["b.fits", *STARS, "--r", "3", *SKY, *OUT], ["b.fits"]),
    "no output": (["a.fits", *STARS, "--r", "3", *SKY], ["-o"]),
    "an unknown format": (["a.fits", *STARS, "--r", "3", *SKY, "-o", "out.xlsx"], ["xlsx", "ecsv"]),
    "an unknown option": (["a.fits", *STARS, "--r", "3", *SKY, *OUT, "--anulus", "3,4"], ["--anulus"]),
    "no sources": (["a.fits", "--r", "3", *SKY, *OUT], ["--catalog", "--detect"]),
    "two kinds of sources": (["a.fits", *STARS, "--detect", "5", "--r", "3", *SKY, *OUT], ["catalog", "detect"]),
    "no aperture": (["a.fits", *STARS, *SKY, *OUT], ["--r"]),
    "no sky": (["a.fits", *STARS, "--r", "3", *OUT], ["--annulus", "--no-sky"]),
    "two skies": (["a.fits", *STARS, "--r", "3", *SKY, "--sky", "3", *OUT], ["sky", "annulus"]),
    "an annulus inside out": (["a.fits", *STARS, "--r", "3", "--annulus", "12,8", *OUT], ["12,8"]),
    "half an annulus": (["a.fits", *STARS, "--r", "3", "--annulus", "12", *OUT], ["annulus"]),
    "a radius that is none": (["a.fits", *STARS, "--r", "-3", *SKY, *OUT], ["-3", "greater than 0"]),
    "a column that is not there": (
        ["a.fits", *STARS[:-4], "--y", "yy", "--origin", "0", "--r", "3", *SKY, *OUT],
        ["yy"],
    ),
    "a radius that is no column": (["a.fits", *STARS, "--r", "fwhm", *SKY, *OUT], ["fwhm"]),
    "a radius that is a column of words": (["a.fits", *STARS, "--r", "size", *SKY, *OUT], ["size"]),
    "half a position": (["a.fits", *STARS[:4], "--origin", "0", "--r", "3", *SKY, *OUT], ["--y"]),
    "no world coordinates": (["a.fits", *IN_THE_SKY, "--r", "3", *SKY, *OUT], ["WCS"]),
    "arcseconds without them": (["a.fits", *STARS, "--r", "2arcsec", *SKY, *OUT], ["2", "arcsec", "pixels"]),
    "an unknown unit": (["a.fits", *STARS, "--r", "2parsec", *SKY, *OUT], ["parsec", "arcsec"]),
    "a catalogue that is not there": (
        ["a.fits", "--catalog", "none.csv", *STARS[2:], "--r", "3", *SKY, *OUT],
        ["none.csv"],
    ),
    "a ragged catalogue": (["a.fits", "--catalog", "ragged.csv", *STARS[2:], "--r", "3", *SKY, *OUT], ["ragged.csv"]),
    "an empty catalogue": (["a.fits", "--catalog", "empty.csv", *STARS[2:], "--r", "3", *SKY, *OUT], ["empty.csv"]),
    "an unknown statistic": (["a.fits", *STARS, "--r", "3", *SKY, "--sky-stat", "media", *OUT], ["media", "median"]),
    "an unknown error model": (["a.fits", *STARS, "--r", "3", *SKY, "--error-model", "iraff", *OUT], ["iraff", "iraf"]),
    "a gain that is none": (["a.fits", *STARS, "--r", "3", *SKY, "--gain", "-1", *OUT], ["gain", "-1"]),
    "a gain that the model needs": (["a.fits", *STARS, "--r", "3", *SKY, "--error-model", "iraf", *OUT], ["gain"]),
    "a keyword that is not there": (["a.fits", *STARS, "--r", "3", *SKY, "--gain", "NOGAIN", *OUT], ["NOGAIN"]),
    "a zero point that is not there": (["a.fits", *STARS, "--r", "3", *SKY, "--zeropoint", "auto", *OUT], ["zero"]),
    "the largest value as saturation": (
        ["a.fits", *STARS, "--r", "3", *SKY, "--saturation", "DATAMAX", *OUT],
        ["DATAMAX"],
    ),
    "trimming without a section": (["a.fits", *STARS, "--r", "3", *SKY, "--trim", *OUT], ["TRIMSEC"]),
    "bits without a mask": (["a.fits", *STARS, "--r", "3", *SKY, "--mask-bits", "4", *OUT], ["mask"]),
    "a mask that is not there": (["a.fits", *STARS, "--r", "3", *SKY, "--mask", "m.fits[DQ]", *OUT], ["m.fits"]),
    "two remedies at once": (
        ["a.fits", *STARS, "--r", "3", *SKY, *OUT, "--resume", "--overwrite"],
        ["--resume", "--overwrite"],
    ),
    "no workers": (["a.fits", *STARS, "--r", "3", *SKY, *OUT, "--jobs", "0"], ["--jobs"]),
    "a broken configuration": (["a.fits", *STARS, *OUT, "--config", "bad.toml"], ["bad.toml"]),
    "an unknown setting": (["a.fits", *STARS, *SKY, "--r", "3", *OUT, "--config", "odd.toml"], ["radius"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_line_and_exit_code_2(case, folder, monkeypatch):
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    words, named = WRONG[case]
    ran = phot(*words)
    assert ran.code == 2, ran.said
    assert "Traceback" not in ran.said
    for word in named:
        assert word.replace("--", "") in ran.complaint, ran.complaint
    assert len(ran.complaint) < 400
    assert sorted(folder.rglob("*")) == before


def test_a_single_file_that_is_no_fits_file(folder, monkeypatch):
    monkeypatch.chdir(folder)
    ran = phot("text.fits", *STARS, "--r", "3", *SKY, *OUT)
    assert ran.code in (1, 2)
    assert "text.fits" in ran.said
    assert "Traceback" not in ran.said
    assert not (folder / "out.ecsv").exists()


def test_a_table_of_no_rows_is_measured_as_such(folder, monkeypatch):
    """Nobody there is no error: a pipeline's empty field gives an empty table."""
    monkeypatch.chdir(folder)
    words = xy(folder / "nobody.csv", np.array([]), np.array([]))
    ran = phot("a.fits", *words, "--r", "3", *SKY, *OUT)
    assert ran.code == 0, ran.said
    assert len(Table.read("out.ecsv")) == 0
