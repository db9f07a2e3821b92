"""The command: every option does what it says, and wrong input is one line that says how to mend it."""

import hashlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from phot_files import SHAPE, STARS, catalogue, header, image, pixels

import astroapers as aap
from astroapers import cli
from astroapers._fits import command
from astroapers._fits.options import GROUPS, OPTIONS
from astroapers._fits.read import read_meta, read_table

BASE = ["--catalog", "stars.csv", "--origin", "1", "--r", "4", "--annulus", "9,15"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with an image and a catalogue, in which every command runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    image(tmp_path / "a.fits")
    catalogue(tmp_path / "stars.csv")
    return tmp_path


@pytest.fixture
def phot(capsys):
    """Run the command; give its exit code and what it printed."""

    def run(*words):
        code = cli.main(["phot", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def measured(phot):
    """Run the command, which must succeed without a note, and give its table."""

    def run(*words, notes=False):
        code, _, err = phot(*words, "-o", "out.ecsv", "--overwrite")
        assert (code, bool(err)) == (0, notes), err
        return read_table(Path("out.ecsv"))

    return run


def value(table, name):
    """The value of a setting and its origin, as the table tells them."""
    settings = table.meta["astroapers"]["images"][0]["settings"]
    (found,) = [setting for setting in settings if setting["name"] == name]
    return found["value"], found["origin"]


def wide(**options):
    """The same by the Python call."""
    given = {"origin": 1, "r": 4, "annulus": (9, 15), **options}
    return aap.photometry_fits("a.fits", given.pop("catalog", "stars.csv"), **given)


def same(table, other, *names):
    for name in names or ("flux", "flux_err", "sky", "flags"):
        np.testing.assert_array_equal(np.asarray(table[name]), np.asarray(other[name]))


# ---------------------------------------------------------------- what it does


def test_the_command_and_the_call_give_one_table(measured):
    table, other = measured("a.fits", *BASE), wide()
    assert table.colnames == other.colnames
    same(table, other)
    ours = table.meta["astroapers"]
    assert ours["command"] == shlexed("astroapers phot", "a.fits", *BASE, "-o", "out.ecsv", "--overwrite")
    assert ours["version"] == aap.__version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", ours["created"])
    assert ours["origin"] == 0
    assert "first pixel is (0, 0)" in ours["positions"]
    assert ours["variance"].startswith("sum(w^2)")
    assert ours["flag_bits"]["1"] == "NO_OVERLAP"
    assert ours["inputs"]["catalog"] == {"path": "stars.csv", "sha256": sha256("stars.csv")}
    (about,) = ours["images"]
    assert (about["path"], about["sha256"], about["rows"]) == ("a.fits", sha256("a.fits"), 4)
    assert value(table, "gain") == (2.0, "keyword EGAIN of the primary header")
    assert value(table, "sky_stat") == ("median", "default")
    assert value(table, "annulus") == ("9,15", "option")
    assert value(table, "positions")[0] == "x and y, first pixel 1"


def shlexed(command, *words):
    return f"{command} {shlex.join(words)}"


def sha256(name):
    return hashlib.sha256(Path(name).read_bytes()).hexdigest()


@pytest.mark.parametrize("suffix", ["ecsv", "csv", "fits", "parquet"])
def test_every_format(phot, folder, suffix):
    code, out, _ = phot(*BASE, "-o", f"sub/out.{suffix}", "--plot", "sub/a.png", "a.fits")
    assert code == 0
    assert f"wrote sub/out.{suffix} and sub/a.png: 4 rows" in out
    table = read_table(folder / "sub" / f"out.{suffix}")
    same(table, wide())
    assert ("flag_names" in table.colnames) == (suffix == "csv")
    assert read_meta(folder / "sub" / f"out.{suffix}")["options"]["annulus"] == "9,15"
    assert (folder / "sub" / "a.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(file.name for file in (folder / "sub").iterdir()) == ["a.png", f"out.{suffix}"]


def test_every_value_is_printed_with_its_origin(phot):
    _, out, err = phot("a.fits", *BASE, "--gain", "1.5", "--exptime", "EXPTIME", "-o", "out.csv")
    assert re.search(r"gain +1\.5 e-/adu +option", out)
    assert re.search(r"exptime +30 s +option, keyword EXPTIME of the primary header", out)
    assert re.search(r"read_noise +- +not found", out)
    assert re.search(r"clip +3 +default", out)
    assert re.search(r"catalog +stars.csv +option", out)
    assert err == ""


def test_a_dry_run_prints_the_same_and_does_nothing(phot, folder):
    _, out, _ = phot("a.fits", *BASE, "-o", "out.csv")
    (folder / "out.csv").unlink()
    code, dry, err = phot("a.fits", *BASE, "--dry-run")
    assert (code, err) == (0, "")
    assert dry.splitlines()[:-1] == out.splitlines()[:-1]
    assert dry.splitlines()[-1] == "dry run: nothing was measured or written"
    assert sorted(file.name for file in folder.iterdir()) == ["a.fits", "stars.csv"]


def test_a_dry_run_of_a_broken_image(phot, folder):
    (folder / "a.fits").write_text("nothing")
    code, out, err = phot("a.fits", *BASE, "--dry-run")
    assert (code, out) == (2, "")
    assert err.startswith("astroapers phot: a.fits cannot be read as FITS")
    assert err.count("\n") == 1


@pytest.mark.parametrize(("stopped", "code"), [(KeyboardInterrupt, 130), (command._Terminated, 143)])
def test_an_interruption_before_anything_is_measured(phot, monkeypatch, stopped, code):
    def stop(*_):
        raise stopped

    monkeypatch.setattr(command, "prepare", stop)
    got, out, err = phot("a.fits", *BASE, "--dry-run")
    assert (got, out) == (code, "")
    assert err.split("\n")[-2] == "astroapers phot: interrupted"


def test_an_image_without_a_wcs_is_drawn_in_pixels(phot, folder):
    from matplotlib.figure import Figure

    fits.PrimaryHDU(pixels()).writeto(folder / "plain.fits")
    labels = []

    class Watched(Figure):
        def savefig(self, *args, **kwargs):
            (ax,) = self.axes
            labels.extend((ax.get_xlabel(), ax.get_ylabel()))
            super().savefig(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matplotlib.figure.Figure", Watched)
        assert phot("plain.fits", *BASE, "-o", "out.csv", "--plot", "out.png")[0] == 0
    assert labels == ["x (pixels)", "y (pixels)"]
    assert (folder / "out.png").stat().st_size > 0


# ---------------------------------------------------------------- every option


def test_positions_on_the_sky(measured):
    table = measured("a.fits", *BASE)
    Table({"gaia": [1, 2, 3, 4], "lon": table["ra"], "lat": table["dec"]}).write("sky.csv", format="ascii.csv")
    words = ["--catalog", "sky.csv", "--ra", "lon", "--dec", "lat", "--id", "gaia", "--r", "4", "--annulus", "9,15"]
    other = measured("a.fits", *words)
    np.testing.assert_allclose(other["flux"][:3], table["flux"][:3], rtol=1e-6)
    assert other["id"].tolist() == [1, 2, 3, 4]


def test_positions_in_pixels(measured):
    table = measured("a.fits", *BASE)
    assert (
        measured("a.fits", *BASE[:2], "--x", "x", "--y", "y", *BASE[2:])["flux"].tolist()[:3]
        == table["flux"].tolist()[:3]
    )
    moved = measured("a.fits", *BASE[:2], "--origin", "0", *BASE[4:])
    np.testing.assert_array_equal(moved["x"], np.asarray(table["x"]) + 1)


def test_detection(measured):
    table = measured("a.fits", "--detect", "8", "--r", "4", "--annulus", "9,15")
    np.testing.assert_allclose(sorted(table["x"]), sorted(STARS[:3, 0]), atol=0.3)
    assert "det_flux" in table.colnames
    assert value(table, "detect") == (8.0, "option")


def test_detected_shapes(measured):
    """What SEP says of the shapes can be the apertures."""
    words = ["--a", "a", "--b", "b", "--theta", "theta", "--r", "3", "--annulus", "9,15"]
    table = measured("a.fits", "--detect", "8", *words)
    np.testing.assert_allclose(table["area"], 9 * np.pi * np.asarray(table["a"]) * np.asarray(table["b"]))


def test_radii(measured):
    table = measured("a.fits", *BASE, "--r", "3,5")
    same(table, wide(r=(3, 5)), "flux_r3", "flux_r5")
    catalogue("radii.csv", size=[3.0, 4.0, 5.0, 6.0])
    words = ["a.fits", "--catalog", "radii.csv", "--origin", "1", "--annulus", "9,15"]
    table = measured(*words, "--r", "size")
    np.testing.assert_allclose(table["area"][:3], np.pi * np.array([9, 16, 25]))
    table = measured(*words, "--r", "1.08arcsec")
    np.testing.assert_allclose(table["area"][:3], np.pi * 9, rtol=1e-4)


def test_ellipses(measured):
    table = measured("a.fits", *BASE[:4], "--ellipse", "5", "3", "30", "--annulus", "9,15")
    same(table, wide(r=None, ellipse=(5, 3, 30)))
    catalogue("shapes.csv", major=[5.0] * 4, minor=[3.0] * 4, pa=[30.0] * 4)
    words = ["--catalog", "shapes.csv", "--origin", "1", "--a", "major", "--b", "minor", "--theta", "pa"]
    np.testing.assert_allclose(measured("a.fits", *words, "--annulus", "9,15")["flux"][:3], table["flux"][:3])


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["--sky", "100"], {"annulus": None, "sky": 100}),
        (["--sky", "-5"], {"annulus": None, "sky": -5}),
        (["--no-sky"], {"annulus": None}),
        (["--annulus", "9,15", "--sky-stat", "mode"], {"sky_stat": "mode"}),
        (["--annulus", "9,15", "--clip", "2"], {"clip": 2}),
        (["--annulus", "9,15", "--clip", "none"], {"clip": None}),
        (["--annulus", "9,15", "--min-sky", "5000"], {"min_sky": 5000}),
        (["--annulus", "9,15", "--error-model", "iraf"], {"error_model": "iraf"}),
        (["--annulus", "9,15", "--gain", "GAINX"], {"gain": 4.0}),
        (["--annulus", "9,15", "--gain", "none"], {"gain": "none"}),
        (["--annulus", "9,15", "--saturation", "130"], {"saturation": 130}),
        (["--annulus", "9,15", "--ncombine", "4"], {"ncombine": 4}),
        (["--annulus", "9,15", "--bias-level", "20"], {"bias_level": 20}),
    ],
)
def test_options_reach_the_measurement(phot, folder, words, options):
    image(folder / "a.fits", GAINX=4.0)
    code, _, _ = phot("a.fits", *BASE[:-2], *words, "-o", "out.ecsv")
    assert code == 0
    table = read_table(folder / "out.ecsv")
    same(table, wide(**options))
    default = wide()
    assert any(
        (np.asarray(table[n])[:3] != np.asarray(default[n])[:3]).any() for n in ("flux", "flux_err", "sky", "flags")
    )


def test_the_ccd_equation(phot, folder):
    words = ["--error-model", "ccd", "--gain", "2", "--read-noise", "7", "--dark", "0.5", "--exptime", "60"]
    assert phot("a.fits", *BASE, *words, "-o", "out.ecsv")[0] == 0
    options = {"error_model": "ccd", "gain": 2, "read_noise": 7, "dark": 0.5, "exptime": 60}
    same(read_table(folder / "out.ecsv"), wide(**options))
    assert (
        np.asarray(wide(**options)["flux_err"])[:3] > np.asarray(wide(**{**options, "dark": 0})["flux_err"])[:3]
    ).all()


def test_noise_check(phot):
    """Gain and read noise far too large for what the sky does."""
    code, out, err = phot("a.fits", *BASE, "--gain", "0.1", "--read-noise", "5", "-o", "out.csv")
    assert code == 0
    assert re.search(r"noise of the sky: predicted \d+\.\d+, measured \d\.\d+", out)
    assert err.startswith("warning: the sky of 100")
    assert "is a bias still in it (--bias-level, --trim)?" in err


def test_zeropoints(measured):
    table = measured("a.fits", *BASE, "--zeropoint", "25")
    flux = np.asarray(table["flux"])[:3]
    np.testing.assert_allclose(np.asarray(table["mag"])[:3], 25 - 2.5 * np.log10(flux / 30))
    image(Path("b.fits"), MAGZPT=26.0)
    for word in ("auto", "magzpt"):
        other = measured("b.fits", *BASE, "--zeropoint", word)
        np.testing.assert_allclose(np.asarray(other["mag"])[:3], np.asarray(table["mag"])[:3] + 1)
    assert "mag" not in measured("b.fits", *BASE).colnames


def test_extensions_masks_and_errors(measured):
    bad = np.zeros(SHAPE, "u1")
    bad[30, 20] = 4
    bad[40, 60] = 8
    planes = [
        fits.PrimaryHDU(header=header()),
        fits.ImageHDU(pixels(), header(EGAIN=2.0), name="SCI"),
        fits.ImageHDU(bad, name="DQ"),
        fits.ImageHDU(np.full(SHAPE, 25.0), name="VAR"),
    ]
    fits.HDUList(planes).writeto("mef.fits")
    fits.PrimaryHDU(bad).writeto("mef_mask.fits")
    table = measured("mef.fits", *BASE, "--ext", "SCI", "--mask", "[DQ]")
    masked = (np.asarray(table["flags"]) & aap.Flag.MASKED_PIXELS) != 0
    assert masked.tolist() == [True, True, False, False]
    assert table.meta["astroapers"]["images"][0]["ext"] == "1 (SCI)"
    table = measured("mef.fits", *BASE, "--ext", "1", "--mask", "{stem}_mask.fits", "--mask-bits", "8")
    masked = (np.asarray(table["flags"]) & aap.Flag.MASKED_PIXELS) != 0
    assert masked.tolist() == [False, True, False, False]
    assert [file["path"] for file in table.meta["astroapers"]["images"][0]["files"]] == ["mef_mask.fits"]
    of_error = {}
    for kind in ("var", "std", "ivar"):
        words = ["--error", "mef.fits[VAR]", "--error-type", kind, "--error-kind", "background", "--gain", "2"]
        of_error[kind] = np.asarray(measured("mef.fits", *BASE, "--ext", "1", *words)["flux_err"])[2]
    assert of_error["ivar"] < of_error["var"] < of_error["std"]
    total = measured("mef.fits", *BASE, "--ext", "1", "--error", "[VAR]", "--error-type", "var")["flux_err"][2]
    assert getattr(total, "value", total) < of_error["var"]


def test_trim(measured):
    image(Path("raw.fits"), TRIMSEC="[11:90,1:80]", BIASSEC="[1:10,1:80]")
    table = measured("raw.fits", *BASE, "--trim", "--bias-level", "BIASSEC")
    same(table[1:2], wide(bias_level=value(table, "bias_level")[0])[1:2], "flux")
    assert table["flags"][0] & aap.Flag.SKY_PARTIAL  # its annulus is cut


def test_keywords(measured):
    image(Path("b.fits"), EGAIN=0.0, MYGAIN=3.0)
    Path("more.toml").write_text('gain = ["MYGAIN"]\n')
    table = measured("b.fits", *BASE, "--keywords", "more.toml")
    assert value(table, "gain") == (3.0, "keyword MYGAIN of the primary header")
    assert table.meta["astroapers"]["inputs"]["keywords"]["sha256"] == sha256("more.toml")


# ---------------------------------------------------------------- configuration


def test_a_file_may_hold_every_option(measured, folder):
    (folder / "phot.toml").write_text(
        'images = ["a.fits"]\ncatalog = "stars.csv"\norigin = 1\nr = [3, 5]\nannulus = [9, 15]\n'
        'sky-stat = "mode"\nmin_sky = 30\nclip = 2.5\ngain = 1.5\ntidy = true\n'
    )
    table = measured("--config", "phot.toml")
    same(table, wide(r=(3, 5), sky_stat="mode", min_sky=30, clip=2.5, gain=1.5, tidy=True))
    assert value(table, "gain") == (1.5, "phot.toml")
    assert value(table, "exptime")[1] == "keyword EXPTIME of the primary header"


@pytest.mark.parametrize("written", ["[4, 3, 90]", "'4 3 90'", "'4,3,90'"])
def test_an_ellipse_of_a_file(measured, folder, written):
    (folder / "phot.toml").write_text(f"ellipse = {written}\nannulus = [9, 15]\norigin = 1\ncatalog = 'stars.csv'")
    same(measured("a.fits", "--config", "phot.toml"), wide(r=None, ellipse=(4, 3, 90)))


def test_false_is_false(measured, folder):
    (folder / "phot.toml").write_text(
        "tidy = false\ntrim = false\nno-sky = false\noverwrite = false\ndry-run = false\n"
    )
    same(measured("a.fits", *BASE, "--config", "phot.toml"), wide())


def test_the_command_line_wins(measured, folder):
    (folder / "phot.toml").write_text(
        'catalog = "stars.csv"\norigin = 1\nr = 3\nannulus = "9,15"\nsky-stat = "mode"\ngain = 1.5\n'
    )
    table = measured("a.fits", "--config", "phot.toml", "--r", "4", "--gain", "2.5")
    same(table, wide(sky_stat="mode", gain=2.5))
    assert value(table, "gain") == (2.5, "option")
    assert value(table, "r") == ("4", "option")
    table = measured("a.fits", "--config", "phot.toml", "--no-sky")  # and takes the place of what contradicts it
    assert set(np.asarray(table["sky"])) == {0.0}
    assert len(measured("a.fits", "--config", "phot.toml", "--detect", "8")) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("r = 3\nanulus = [9, 15]", "phot.toml has 'anulus', which is no option: did you mean annulus?"),
        ("r = ", "phot.toml is no TOML: "),
        ("tidy = 1", "phot.toml: tidy = 1 must be true or false"),
        ("gain = true", "phot.toml: gain = True must be a value such as G|KEY"),
        ("ellipse = '1 2'", "phot.toml: ellipse must have 3 values, A B THETA, got '1 2'"),
        ("ellipse = [1, 2]", "phot.toml: ellipse must have 3 values, A B THETA, got [1, 2]"),
        ("jobs = 1.5", "phot.toml: jobs = 1.5 must be a whole number"),
        ('error-type = "sigma"', "phot.toml: error-type = 'sigma' must be one of std, var, ivar"),
        ("config = 'x'", "phot.toml has 'config', which is no option"),
        ("images = 3", "phot.toml must have names of files as images, got 3"),
        ("[gain]\na = 1", "phot.toml: gain = {'a': 1} must be text, a number or a list of these"),
    ],
)
def test_wrong_files_of_options(phot, folder, text, words):
    (folder / "phot.toml").write_text(text)
    code, out, err = phot("a.fits", *BASE, "--config", "phot.toml", "-o", "out.csv")
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


# ---------------------------------------------------------------- wrong input is one line

OUT = ["-o", "out.csv"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "which sources? --catalog FILE names them, --detect 5 finds"),
        (["a.fits", "--detect", "5"], "where to sum? --r 5 makes circles"),
        (["a.fits", "--detect", "5", "--r", "3"], "where is the sky? --annulus 9,15 takes it from a ring"),
        (["--detect", "5", "--r", "3", "--no-sky"], "which images? astroapers phot IMAGE... takes one or more"),
        (["a.fits", *BASE], "where does the table go? -o OUT.ecsv names it"),
        (
            ["a.fits", "--catalog", "stars.csv", "--r", "3", "--no-sky", *OUT],
            "does not say what its first pixel is: give --origin 0",
        ),
        (["a.fits", *BASE, "--detect", "5", *OUT], "--catalog 'stars.csv' and --detect '5' both say what to measure"),
        (["a.fits", *BASE, "--no-sky", *OUT], "--annulus and --no-sky both say where the sky is: give one of them"),
        (["a.fits", *BASE, "--sky", "3", *OUT], "--sky 3.0 and --annulus '9,15' both say where the sky is"),
        (["a.fits", *BASE, "--r", "0", *OUT], "--r 0 must be finite and greater than 0"),
        (["a.fits", *BASE, "--r", "2parsec", *OUT], "--r '2parsec' has the unknown unit 'parsec'"),
        (["a.fits", *BASE, "--r", "size", *OUT], "--r 'size' is no column of stars.csv, which has name, x, y, flux"),
        (
            ["a.fits", *BASE, "--id", "nr", *OUT],
            "stars.csv has no column 'nr' for id; its columns are name, x, y, flux",
        ),
        (["a.fits", *BASE, "--annulus", "15,9", *OUT], "--annulus '15,9' must have the inner radius first"),
        (["a.fits", *BASE, "--sky-stat", "average", *OUT], "--sky-stat 'average' must be one of 'median'"),
        (["a.fits", *BASE, "--gain", "-1", *OUT], "--gain -1 must be finite and greater than 0"),
        (["a.fits", *BASE, "--gain", "NOGAIN", *OUT], "NOGAIN"),
        (["a.fits", *BASE, "--zeropoint", "auto", *OUT], "--zeropoint 'AUTO': MAGZPT, MAGZP"),
        (
            ["a.fits", *BASE, "--saturation", "DATAMAX", *OUT],
            "--saturation 'DATAMAX' is the largest value of the image",
        ),
        (["a.fits", *BASE, "--mask-bits", "4", *OUT], "--mask-bits '4' needs --mask"),
        (["a.fits", *BASE, "--error-type", "var", *OUT], "--error-type 'var' needs --error"),
        (["a.fits", *BASE, "--error-type", "sigma", *OUT], "'sigma' is not one of 'std', 'var', 'ivar'"),
        (["a.fits", *BASE, "--mask", "none.fits", *OUT], "none.fits does not exist"),
        (["a.fits", *BASE, "--trim", *OUT], "--trim True needs TRIMSEC or DATASEC"),
        (["a.fits", *BASE, "--ext", "SCI", *OUT], "--ext 'SCI' is not in a.fits: its images are 0"),
        (["no.fits", *BASE, *OUT], "no.fits does not exist"),
        (["stars.csv", *BASE, *OUT], "stars.csv cannot be read as FITS"),
        (["a.fits", *BASE, "--catalog", "no.csv", *OUT], "no.csv: No such file or directory"),
        (["a.fits", *BASE, "--catalog", "a.fits", *OUT], "a.fits cannot be read as FITS: it has no table, only images"),
        (["a.fits", "a.fits", *BASE, *OUT], "a.fits is named twice"),
        (["a.fits", *BASE, "-o", "out.txt"], "-o out.txt must end in .ecsv, .csv, .fits or .parquet"),
        (["a.fits", *BASE, *OUT, "--plot", "a.gif"], "--plot a.gif must end in .png, .pdf, .svg or .jpg"),
        (["a.fits", *BASE, "-o", "a.fits", "--overwrite"], "a.fits is an image: give the output another name"),
        (
            ["a.fits", *BASE, "-o", "stars.csv", "--overwrite"],
            "stars.csv is the catalogue: give the output another name",
        ),
        (
            ["a.fits", *BASE, *OUT, "--resume", "--overwrite"],
            "--resume keeps what is there and --overwrite replaces it",
        ),
        (["a.fits", *BASE, *OUT, "--jobs", "0"], "--jobs 0 must be at least 1"),
        (["a.fits", *BASE, *OUT, "--jobs", "two"], "Invalid value for '--jobs': 'two' is not a valid integer"),
        (["a.fits", *BASE, *OUT, "--anulus", "9,15"], "No such option '--anulus'"),
        (["a.fits", *BASE, "-o"], "'-o' requires an argument"),
        (["a.fits", *BASE, *OUT, "--config", "no.toml"], "no.toml: No such file or directory"),
        (["a.fits", *BASE, *OUT, "--keywords", "no.toml"], "no.toml"),
    ],
)
def test_wrong_input_is_one_line(phot, folder, words, said):
    code, out, err = phot(*words)
    assert code == 2
    assert said in err
    assert err.startswith("astroapers phot: ")
    assert err.count("\n") == 1
    assert out == ""
    assert sorted(file.name for file in folder.iterdir()) == ["a.fits", "stars.csv"]


def test_debug_shows_where(phot):
    code, _, err = phot("a.fits", *BASE, "--r", "0", "--debug")
    assert code == 2
    assert "Traceback" in err
    assert err.splitlines()[-1] == "astroapers phot: --r 0 must be finite and greater than 0"


def test_faults_of_ours_are_no_faults_of_the_user(phot, monkeypatch):
    monkeypatch.setattr(command, "make_job", lambda options: {}["missing"])
    code, _, err = phot("a.fits", *BASE)
    assert code == 1
    assert err == "astroapers phot: KeyError: 'missing'; this is a fault of ours: --debug shows where\n"


def test_an_existing_output_names_both_remedies(phot, folder):
    (folder / "out.csv").write_text("mine")
    code, _, err = phot("a.fits", *BASE, *OUT)
    assert code == 2
    assert "out.csv exists: --resume keeps what is there and measures the rest, --overwrite replaces it" in err
    assert (folder / "out.csv").read_text() == "mine"
    (folder / "b.png").write_text("mine")
    code, _, err = phot("a.fits", *BASE, "-o", "b.csv", "--plot", "b.png")
    assert "b.png exists: --resume" in err
    assert phot("a.fits", *BASE, *OUT, "--overwrite")[0] == 0
    assert len(read_table(folder / "out.csv")) == 4


# ---------------------------------------------------------------- help, and the way here


def test_help_is_for_newcomers(phot):
    code, out, _ = phot("--help")
    assert code == 0
    for group in GROUPS:
        assert group.title in out
        for option in group.options:
            assert f"--{option.name}" in out
    assert out.count("astroapers phot m13.fits") + out.count("astroapers phot night/*.fits") == 3
    assert "[bold]" not in out


def test_the_examples_run(phot, folder, monkeypatch):
    """As they stand on the help page, with files of these names."""
    image(folder / "m13.fits")
    (folder / "night").mkdir()
    for k in range(2):
        image(folder / "night" / f"{k}.fits", seed=k, MAGZPT=25.0)
    table = aap.photometry_fits("m13.fits", "stars.csv", origin=1, r=3)
    Table({"ra": table["ra"], "dec": table["dec"]}).write("stars.csv", format="ascii.csv", overwrite=True)
    for _, lines in command.EXAMPLES:
        words = " ".join(lines).replace("night/*.fits", "night/0.fits night/1.fits").split()
        code, _, err = phot(*words)
        assert code == 0, err
    assert len(read_table(folder / "night.parquet")) == 8


def test_the_dispatcher_lists_it(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert re.search(r"phot +measure FITS images", capsys.readouterr().out)


@pytest.mark.parametrize("module", ["click", "rich_click", "astropy"])
def test_without_the_extra_it_names_the_command_that_installs_it(monkeypatch, capsys, module):
    monkeypatch.setitem(sys.modules, module, None)
    assert cli.main(["phot", "a.fits"]) == 1
    assert 'install it with: pip install "astroapers[phot]"' in capsys.readouterr().err


def test_the_dispatcher_needs_numpy_alone():
    code = "import sys, astroapers.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert not set(ran.stdout.split()) & {"click", "rich", "rich_click", "astropy", "pyarrow"}


def test_as_a_program(folder):
    words = [sys.executable, "-m", "astroapers.cli", "phot", "a.fits", *BASE, "-o", "out.csv"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "wrote out.csv: 4 rows" in ran.stdout
    ran = subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr


def test_every_option_is_named_here():
    """A new option needs a test: this file, or that of many images, types it."""
    here = Path(__file__).parent
    typed = (here / "test_phot_command.py").read_text() + (here / "test_phot_many.py").read_text()
    assert [name for name, option in OPTIONS.items() if f'"--{option.name}"' not in typed and name != "output"] == []
