"""What is taken from headers, under which names, and what never is."""

import numpy as np
import pytest
from astropy.io import fits
from fits_files import measured, pixels, settings, written

from astroapers._fits.image import open_image
from astroapers._fits.job import Job
from astroapers._fits.keywords import KEYWORDS, Headers, extended
from astroapers._fits.measure import prepare
from astroapers._fits.units import pixel_unit

NUMBERS = np.zeros((20, 20), dtype=np.int16)


@pytest.fixture
def of(tmp_path):
    """Settings by name, and what was prepared, of a header."""

    def found(cards=None, **options):
        return settings(written(tmp_path / "a.fits", NUMBERS, cards), **options)

    return found


def test_gain_of_100_beside_egain(of):
    """Some cameras write their setting as GAIN, and what it means as EGAIN."""
    found, prepared = of({"GAIN": 100, "EGAIN": 0.8})
    assert (found["gain"].value, found["gain"].origin) == (0.8, "keyword EGAIN of the primary header")
    assert found["gain"].unit == "e-/adu"
    assert prepared.resolved.gain == 0.8


@pytest.mark.parametrize(
    ("quantity", "keywords"),
    [
        ("gain", "EGAIN GAIN GAINEFF ATODGAIN CVF"),
        ("read_noise", "RDNOISE READNOIS READNOISE RON ENOISE"),
        ("exptime", "EXPTIME EXPOSURE EXP_TIME ITIME XPOSURE"),
        ("saturation", "SATURATE SATLEVEL"),
    ],
)
def test_names_in_their_order(of, quantity, keywords):
    names = keywords.split()
    for k, name in enumerate(names):
        cards = {(f"HIERARCH {key}" if len(key) > 8 else key): 2.0 + j for j, key in enumerate(names) if j >= k}
        found, prepared = of(cards)
        assert found[quantity].value == getattr(prepared.resolved, quantity) == 2.0 + k
        assert found[quantity].origin == f"keyword {name} of the primary header"
    found, prepared = of()
    assert (found[quantity].value, found[quantity].origin) == (None, "not found")


def test_the_extension_before_the_primary_header(tmp_path):
    path = written(tmp_path / "a.fits", NUMBERS, {"GAIN": 4.0, "EXTNAME": "SCI"}, extension=True)
    with fits.open(path, mode="update") as hdus:
        hdus[0].header.update({"EGAIN": 9.0, "RDNOISE": 3.0})
    found, _ = settings(path)
    assert (found["gain"].value, found["gain"].origin) == (4.0, "keyword GAIN of extension 1 (SCI)")
    assert (found["read_noise"].value, found["read_noise"].origin) == (3.0, "keyword RDNOISE of the primary header")
    assert found["ext"].value == "1 (SCI)"


def test_a_truth_value_is_no_number(of):
    found, prepared = of({"EGAIN": True, "GAIN": 1.5})
    assert found["gain"].value == 1.5
    assert "EGAIN=True of the primary header is passed over: it is no gain" in prepared.notes


def test_cards_that_are_no_fits_are_passed_over(tmp_path):
    path = written(tmp_path / "a.fits", NUMBERS, {"EGAIN": 1.25, "GAIN": 2.5})
    path.write_bytes(
        path.read_bytes().replace(b"EGAIN   =                 1.25", b"EGAIN   =             about 1.25"[:30])
    )
    found, prepared = settings(path)
    assert found["gain"].value == 2.5
    assert (
        prepared.notes.count("EGAIN of the primary header is passed over: its value is no number and no text in quotes")
        == 1
    )


def test_values_that_make_no_sense_are_passed_over(of):
    found, prepared = of({"EGAIN": 0.0, "GAIN": "1.5 ", "RDNOISE": -1.0, "READNOIS": 0.0, "EXPTIME": "soon"})
    assert found["gain"].value == 1.5
    assert found["read_noise"].value == 0.0
    assert found["exptime"].value is None
    assert "EGAIN=0.0 of the primary header is passed over: it is no gain" in prepared.notes
    assert "EXPTIME='soon' of the primary header is passed over: it is no exptime" in prepared.notes


def test_true_is_no_number_and_a_number_may_be_negative(of):
    found, _ = of({"GAIN": True, "SATURATE": -5.0, "MAGZPT": -2.5}, zeropoint="AUTO")
    assert (found["gain"].value, found["saturation"].value, found["zeropoint"].value) == (None, -5.0, -2.5)


def test_a_value_that_cannot_be_read_is_noted_once(tmp_path):
    path = written(tmp_path / "a.fits", NUMBERS, {"GAIN": 1.5, "RDNOISE": 4.0})
    content = path.read_bytes()
    path.write_bytes(content.replace(b"GAIN    =                  1.5", b"GAIN    = one and a half      "))
    headers = Headers.of(open_image(path), KEYWORDS)
    for _ in range(2):
        assert headers.find("gain") is None
        assert headers.find("read_noise").value == 4.0
    assert headers.notes == ["GAIN of the primary header is passed over: its value is no number and no text in quotes"]


@pytest.mark.parametrize(
    "cards", [{"ORIGIN": "ESO-PARANAL"}, {"TELESCOP": "ESO-VLT-U1"}, {"HIERARCH ESO DET OUT1 CONAD": 1.6}]
)
def test_the_gain_of_eso_is_never_used(of, cards):
    found, prepared = of({"GAIN": 0.6, **cards})
    conad = next(iter(cards.values())) == 1.6
    assert found["gain"].value == (1.6 if conad else None)
    assert any("ESO's GAIN is in adu per electron" in note for note in prepared.notes) or conad
    with pytest.raises(ValueError, match=r"gain='GAIN' of .* is in adu per electron"):
        of({"GAIN": 0.6, **cards}, gain="GAIN")
    assert of({"GAIN": 0.6, **cards}, gain=2)[0]["gain"].value == 2.0


def test_options_win(of):
    cards = {"GAIN": 2.0, "MYGAIN": 3.0, "EXPTIME": 10.0}
    found, _ = of(cards, gain="1.25")
    assert (found["gain"].value, found["gain"].origin) == (1.25, "option")
    found, _ = of(cards, gain="mygain")
    assert (found["gain"].value, found["gain"].origin) == (3.0, "option, keyword MYGAIN of the primary header")
    found, prepared = of(cards, gain="none", exptime="NONE")
    assert (found["gain"].value, found["gain"].origin) == (None, "option")
    assert prepared.resolved.exptime is None


def test_a_keyword_that_is_not_there(of):
    with pytest.raises(ValueError, match=r"gain='NOGAIN' is no keyword of .*a.fits: give one that is, or a number"):
        of({}, gain="nogain")
    with pytest.raises(
        ValueError, match=r"read_noise='OBJECT' of .*a.fits is 'M13', which is no read_noise: give a number"
    ):
        of({"OBJECT": "M13"}, read_noise="OBJECT")


# ---------------------------------------------------------------- what a pixel counts


@pytest.mark.parametrize(
    ("text", "kind", "per_second", "unit"),
    [
        ("adu", "counts", False, "adu"),
        ("ADU", "counts", False, "adu"),
        ("counts", "counts", False, "ct"),
        ("DN", "counts", False, "DN"),
        ("electron", "electrons", False, "electron"),
        ("ELECTRONS", "electrons", False, "electron"),
        ("e-", "electrons", False, "electron"),
        ("photons", "electrons", False, "ph"),
        ("adu/s", "counts", True, "adu / s"),
        ("adu/sec", "counts", True, "adu / s"),
        ("ADU / second", "counts", True, "adu / s"),
        ("adu s-1", "counts", True, "adu / s"),
        ("DN.s-1", "counts", True, "DN / s"),
        ("count s**-1", "counts", True, "ct / s"),
        ("counts s^-1", "counts", True, "ct / s"),
        ("electron s**(-1)", "electrons", True, "electron / s"),
        ("ELECTRONS/S", "electrons", True, "electron / s"),
        ("e-/s", "electrons", True, "electron / s"),
        ("counts per sec", "counts", True, "ct / s"),
        ("cps", "counts", True, "ct / s"),
        ("MJy/sr", "other", False, "MJy / sr"),
        ("Jy/beam", "other", False, "Jy / beam"),
        ("erg/cm2/s", "other", True, "erg / (s cm2)"),
        ("nanomaggies", "other", False, None),
        ("", "unknown", False, None),
        ("   ", "unknown", False, None),
        (None, "unknown", False, None),
    ],
)
def test_units(text, kind, per_second, unit):
    read = pixel_unit(text)
    assert (read.kind, read.per_second) == (kind, per_second)
    assert read.unit is None if unit is None else read.unit.to_string() == unit or str(read.unit) == unit


def test_electrons_have_a_gain_of_one(of):
    found, prepared = of({"BUNIT": "electron", "GAIN": 3.0})
    assert (found["gain"].value, found["gain"].origin) == (1.0, "keyword BUNIT = 'electron'")
    assert str(prepared.resolved.unit.unit) == "electron"


def test_a_gain_of_counts_per_second_is_that_of_the_exposure(of):
    found, _ = of({"BUNIT": "electron/s", "EXPTIME": 50.0})
    assert found["gain"].value == 50.0
    found, _ = of({"BUNIT": "adu/s", "EXPTIME": 50.0, "GAIN": 2.0})
    assert found["gain"].value == 100.0
    assert found["gain"].origin == "keyword GAIN of the primary header, times exptime because BUNIT = 'adu/s'"
    found, _ = of({"BUNIT": "adu/s", "GAIN": 2.0})
    assert found["gain"].value is None
    found, _ = of({"BUNIT": "adu/s", "EXPTIME": 50.0}, gain=7)  # of the image's unit, as the user says
    assert found["gain"].value == 7.0


def test_physical_units_have_no_gain(of):
    found, _ = of({"BUNIT": "MJy/sr", "GAIN": 2.0})
    assert (found["gain"].value, found["gain"].origin) == (None, "not used: BUNIT = 'MJy/sr' is no count")


# ---------------------------------------------------------------- the error's numbers


def test_beside_errors_of_pixels_no_gain_is_applied_unasked(tmp_path):
    data = np.random.default_rng(0).normal(100, 3, (40, 40)) + 400.0 * (np.hypot(*np.mgrid[-20:20, -20:20]) < 3)
    path = written(tmp_path / "a.fits", data, GAIN=0.1)
    written(tmp_path / "e.fits", np.full((40, 40), 3.0))
    error = str(tmp_path / "e.fits")
    at = pixels(20, 20)
    ours = measured(path, at, error=error)
    bare = measured(path, at, error=error, error_kind="background", gain=0.1)
    assert bare.phot.flux_err[0] > 3 * ours.phot.flux_err[0]
    assert ours.phot.flux_err[0] == pytest.approx(np.sqrt(ours.phot.npix[0]) * 3, rel=0.05)
    setting = next(each for each in ours.settings if each.name == "gain")
    assert "not part of the error" in setting.origin
    assert "gain" not in ours.phot._record.formula
    with pytest.raises(ValueError, match=r"error_kind='background' needs gain="):
        Job(catalog=at, r=3, error=error, error_kind="background")
    with pytest.raises(ValueError, match=r"gain=2.0 is not used with an error of error_kind='total'"):
        Job(catalog=at, r=3, error=error, gain=2)
    assert Job(catalog=at, r=3, error=error, gain="none").gain == "NONE"


def test_the_gain_found_is_part_of_the_default_error(tmp_path):
    path = written(tmp_path / "a.fits", np.full((40, 40), 100.0), GAIN=2.0)
    ours = measured(path, pixels(20, 20), sky=50)
    assert np.isnan(ours.phot.flux_err[0])  # a level without its scatter
    assert "gain" in ours.phot._record.formula
    without = measured(path, pixels(20, 20), sky=50, gain="none")
    assert "gain" not in without.phot._record.formula


def test_models_that_need_a_gain_say_where_it_was_looked_for(of):
    for model in ("ccd", "iraf"):
        with pytest.raises(ValueError, match=rf"error_model='{model}' needs gain=: .* has no use for EGAIN, GAIN"):
            of({}, error_model=model)


def test_ccd_without_read_noise_warns(of):
    _, prepared = of({"GAIN": 2.0}, error_model="ccd")
    assert any("error_model='ccd' without read_noise takes it to be 0" in note for note in prepared.notes)
    _, prepared = of({"GAIN": 2.0, "RON": 4.0}, error_model="ccd")
    assert prepared.notes == ()


def test_combined_frames(of):
    found, prepared = of({"NCOMBINE": 5})
    assert (found["ncombine"].value, found["ncombine"].origin) == (1, "default")
    assert any("NCOMBINE of the primary header is 5, and is not used unasked" in note for note in prepared.notes)
    found, prepared = of({"NCOMBINE": 5}, ncombine="NCOMBINE")
    assert prepared.resolved.ncombine == found["ncombine"].value == 5
    assert prepared.notes == ()
    assert of({}, ncombine="3")[1].resolved.ncombine == 3
    with pytest.raises(ValueError, match=r"ncombine=2.5 must be a positive whole number"):
        of({"NCOMBINE": 2.5}, ncombine="NCOMBINE")


def test_saturation_is_never_datamax(of):
    found, _ = of({"DATAMAX": 60000.0})
    assert found["saturation"].value is None
    with pytest.raises(ValueError, match=r"saturation='DATAMAX' is the largest value of the image"):
        Job(catalog="a.csv", r=3, saturation="datamax")
    with pytest.raises(ValueError, match=r"DATAMAX is the largest value of the image"):
        extended({"saturation": ["SATUR", "DATAMAX"]})
    assert extended({"saturation": "SATUR"})["saturation"][0] == "SATUR"


# ---------------------------------------------------------------- the rest of the header


def test_airmass_and_filter(of):
    found, _ = of({"AMSTART": 1.2, "AMEND": 1.5, "AIRMASS": 1.2, "FILTER": " K  "})
    assert found["airmass"].value == pytest.approx(1.35)
    assert found["airmass"].origin == "mean of keywords AMSTART and AMEND of the primary header"
    assert found["filter"].value == "K"
    found, _ = of({"AMSTART": 1.2, "AIRMASS": 1.25, "FILTERS": 48})
    assert (found["airmass"].value, found["filter"].value) == (1.25, "48")
    found, _ = of({"AMSTART": "low", "AMEND": "high", "AIRMASS": 1.25})
    assert found["airmass"].value == 1.25
    found, _ = of({"HIERARCH ESO TEL AIRM START": 1.1, "HIERARCH ESO TEL AIRM END": 1.3})
    assert found["airmass"].value == pytest.approx(1.2)


# ---------------------------------------------------------------- one's own keywords


def test_lists_are_extended(tmp_path, of):
    file = tmp_path / "own.toml"
    file.write_text('gain = "mygain"\nexptime = ["LONG", "EXPOSURE"]\n')
    lists = extended(file)
    assert lists["gain"] == ("MYGAIN", *KEYWORDS["gain"])
    assert lists["exptime"] == ("LONG", "EXPOSURE", "EXPTIME", "EXP_TIME", "ITIME", "XPOSURE")
    assert extended(None) == KEYWORDS
    found, _ = of({"MYGAIN": 4.0, "EGAIN": 2.0, "EXPTIME": 5.0}, keywords=str(file))
    assert (found["gain"].value, found["exptime"].value) == (4.0, 5.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gain = [", "is no TOML"),
        ("gian = 'G'", "unknown quantity 'gian'; it must be one of gain, read_noise"),
        ("gain = 3", "gain = 3, which must be a keyword or a list of them"),
        ("gain = ['A', 3]", "which must be a keyword or a list of them"),
    ],
)
def test_lists_that_are_none(tmp_path, text, words):
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=rf"keywords='.*own.toml' .*{words}".replace("[", r"\[")):
        extended(file)


# ---------------------------------------------------------------- what is printed


def test_every_value_has_an_origin(of):
    found, prepared = of({"GAIN": 2.0}, annulus=(5, 9), clip=2.5, mask="[0]", trim=False)
    shown = {name: (setting.value, setting.origin) for name, setting in found.items()}
    assert shown["annulus"] == ([5, 9], "option")
    assert shown["clip"] == (2.5, "option")
    assert shown["sky_stat"] == ("median", "default")
    assert shown["min_sky"] == (20, "default")
    assert shown["mask"] == ("[0]", "option")
    assert shown["error_model"] == (None, "default")
    assert shown["ext"] == ("0", "default: the first image")
    assert "error_type" not in shown
    assert "bias_level" not in shown
    assert all(setting.origin for setting in prepared.settings)
    assert len({setting.name for setting in prepared.settings}) == len(prepared.settings)
    found, _ = of({})
    assert (found["sky"].value, found["sky"].origin) == (None, "none is subtracted")
    assert "clip" not in found


def test_preparing_measures_nothing(tmp_path):
    """A dry run needs no catalogue."""
    path = written(tmp_path / "a.fits", NUMBERS)
    assert prepare(Job(catalog=tmp_path / "is_not_there.csv", r=3), path).settings
