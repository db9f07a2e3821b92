"""Zero points: only where asked for, by their published definitions, and what becomes of the exposure time."""

import math

import numpy as np
import pytest
from astropy import constants
from astropy import units as u
from fits_files import measured, pixels, settings, written

AT = pixels(20, 20)


@pytest.fixture
def of(tmp_path):
    """A bright source of 1000 units a pixel, measured with the cards of a header."""

    def found(cards, **options):
        data = np.full((41, 41), 10.0)
        data[20, 20] = 1010.0
        return measured(written(tmp_path / "a.fits", data, cards), AT, sky=10, r=3, **options)

    return found


FLUX = 1000.0


def test_none_unless_asked_for(of):
    ours = of({"MAGZPT": 25.0, "EXPTIME": 10.0, "PHOTFLAM": 1e-19})
    assert ours.zeropoint is None
    assert ours.mag is None
    assert ours.mag_err is None
    assert of({"MAGZPT": 25.0}, zeropoint="none").mag is None


@pytest.mark.parametrize("keyword", ["MAGZPT", "MAGZP", "MAGZERO", "ZP", "PHOTZP"])
def test_magnitudes_of_one_unit_per_second(of, keyword):
    for wanted in (keyword, keyword.lower(), "auto"):
        ours = of({keyword: 25.0, "EXPTIME": 10.0}, zeropoint=wanted)
        assert ours.mag[0] == pytest.approx(25 - 2.5 * math.log10(FLUX / 10))
        assert ours.zeropoint.exptime == 10.0
        assert f"keyword {keyword} of the primary header" in str(ours.zeropoint)
        assert "exposure time of 10 s divided out" in str(ours.zeropoint)
        (setting,) = [each for each in ours.settings if each.name == "zeropoint"]
        assert setting.value == 25.0
        assert "exptime divided out" in setting.origin
        assert setting.origin.startswith("option" if wanted != "auto" else "keyword")


def test_the_first_of_several(of):
    ours = of({"PHOTZP": 20.0, "MAGZERO": 21.0, "MAGZP": 22.0, "PHOTFLAM": 1e-19, "PHOTPLAM": 5000.0}, zeropoint="auto")
    assert ours.zeropoint.value == 22.0


def test_a_number(of):
    ours = of({"EXPTIME": 10.0}, zeropoint=25)
    assert ours.mag[0] == pytest.approx(25 - 2.5 * math.log10(FLUX / 10))
    assert ours.zeropoint.origin == "option"
    assert of({"EXPTIME": 10.0}, zeropoint=25, exptime="none").mag[0] == pytest.approx(25 - 2.5 * math.log10(FLUX))
    assert of({"EXPTIME": 10.0}, zeropoint=25, exptime=2).mag[0] == pytest.approx(25 - 2.5 * math.log10(FLUX / 2))
    unknown = of({}, zeropoint=25)
    assert unknown.mag[0] == pytest.approx(25 - 2.5 * math.log10(FLUX))
    assert str(unknown.zeropoint) == "zeropoint = 25 mag (option): exposure time not divided out, for it is not known"


@pytest.mark.parametrize(
    ("cards", "why"),
    [({"BUNIT": "adu"}, "BUNIT = 'adu' grows with time"), ({}, "there is no BUNIT that says it was")],
)
def test_why_the_exposure_time_is_divided_out(of, cards, why):
    zeropoint = of({"EXPTIME": 10.0, **cards}, zeropoint=25).zeropoint
    assert str(zeropoint) == f"zeropoint = 25 mag (option): exposure time of 10 s divided out, {why}"


@pytest.mark.parametrize("unit", ["adu/s", "electron/s", "ELECTRONS/S", "count s-1", "adu/sec", "DN / s", "cps"])
def test_what_is_per_second_is_never_divided(of, unit):
    ours = of({"MAGZPT": 25.0, "EXPTIME": 10.0, "BUNIT": unit}, zeropoint="auto")
    assert ours.mag[0] == pytest.approx(25 - 2.5 * math.log10(FLUX))
    assert ours.zeropoint.exptime is None
    assert f"exposure time not divided out, BUNIT = '{unit}' is per second already" in str(ours.zeropoint)


def test_what_does_not_grow_with_time_is_never_divided(of):
    ours = of({"MAGZPT": 25.0, "EXPTIME": 10.0, "BUNIT": "nanomaggies"}, zeropoint="auto")
    assert ours.mag[0] == pytest.approx(25 - 2.5 * math.log10(FLUX))
    assert "does not grow with time" in str(ours.zeropoint)


# ---------------------------------------------------------------- flux densities


def test_photflam_is_astropy_s_st_and_ab(of):
    """One count per second is PHOTFLAM in f_lambda, and so much f_nu at the pivot wavelength."""
    density = 7.0e-20 * u.erg / u.s / u.cm**2 / u.AA
    cards = {"PHOTFLAM": density.value, "EXPTIME": 50.0, "BUNIT": "ELECTRONS"}
    for wanted in ("auto", "photflam"):
        ours = of(cards, zeropoint=wanted)
        assert ours.zeropoint.system == "ST"
        assert ours.zeropoint.value == pytest.approx(density.to(u.STmag).value, abs=2e-4)  # rounded to -21.10
        assert ours.mag[0] == pytest.approx(ours.zeropoint.value - 2.5 * math.log10(FLUX / 50))
        ours = of({**cards, "PHOTPLAM": 5921.1}, zeropoint=wanted)
        assert ours.zeropoint.system == "AB"
        in_ab = density.to(u.ABmag, u.spectral_density(5921.1 * u.AA)).value
        assert ours.zeropoint.value == pytest.approx(in_ab, abs=2e-4)  # rounded to -48.60
        assert "AB mag" in str(ours.zeropoint)


def test_photflam_by_hand():
    """The handbooks of HST's cameras: ABMAG = -2.5 log PHOTFLAM - 5 log PHOTPLAM - 2.408."""
    offset = 2.5 * math.log10(constants.c.to_value(u.AA / u.s)) - 48.60
    assert offset == pytest.approx(-2.408, abs=5e-4)


def test_photmjsr_is_astropy_s_ab(of):
    """One count per second is PHOTMJSR in MJy/sr, over PIXAR_SR."""
    cards = {"PHOTMJSR": 0.5, "PIXAR_SR": 2.3e-14, "EXPTIME": 100.0}
    expected = (0.5 * u.MJy / u.sr * 2.3e-14 * u.sr).to(u.ABmag).value
    for unit, divided in (("DN/s", False), ("DN", True)):
        ours = of({**cards, "BUNIT": unit}, zeropoint="auto")
        assert ours.zeropoint.system == "AB"
        assert ours.zeropoint.value == pytest.approx(expected, abs=2e-4)
        flux = FLUX / 100 if divided else FLUX
        assert ours.mag[0] == pytest.approx(ours.zeropoint.value - 2.5 * math.log10(flux))
    ours = of({**cards, "BUNIT": "MJy/sr"}, zeropoint="PHOTMJSR")
    assert ours.zeropoint.value == pytest.approx((1 * u.MJy / u.sr * 2.3e-14 * u.sr).to(u.ABmag).value, abs=2e-4)
    assert ours.zeropoint.exptime is None
    assert "keyword PIXAR_SR" in ours.zeropoint.origin


@pytest.mark.parametrize(
    ("cards", "value"),
    [
        ({"PHOTFLAM": 1e-19, "PHOTPLAM": 1e200}, 47.5 - 1000 - 2.408),
        ({"PHOTFLAM": 1e-300, "PHOTPLAM": 1e-100}, 750 + 500 - 2.408),
        ({"PHOTMJSR": 1e-200, "PIXAR_SR": 1e-200}, 1000 - 15 + 8.9),
    ],
)
def test_products_beyond_the_range_of_numbers(of, cards, value):
    assert of(cards, zeropoint="auto").zeropoint.value == pytest.approx(value, abs=1e-3)


@pytest.mark.parametrize(
    ("cards", "wanted", "words"),
    [
        ({}, "auto", "zeropoint='AUTO': MAGZPT, MAGZP, MAGZERO, ZP, PHOTZP, PHOTFLAM .* are not in"),
        ({}, "MAGZPT", "zeropoint='MAGZPT' is no keyword of"),
        ({"MAGZPT": "bright"}, "MAGZPT", "zeropoint='MAGZPT' of .* is 'bright', which is no zeropoint"),
        ({}, "PHOTFLAM", "zeropoint='PHOTFLAM': PHOTFLAM has no use in"),
        ({"PHOTFLAM": 0.0}, "PHOTFLAM", "PHOTFLAM has no use in"),
        ({"PHOTMJSR": 0.5}, "PHOTMJSR", "PHOTMJSR has no use in"),
        ({"PHOTMJSR": 0.5, "PIXAR_SR": 1e-14, "BUNIT": "Jy"}, "PHOTMJSR", "PHOTMJSR has no use in"),
        ({"PHOTFLAM": 1e-19, "BUNIT": "Jy"}, "PHOTFLAM", "PHOTFLAM has no use in"),
    ],
)
def test_what_a_header_does_not_have(tmp_path, cards, wanted, words):
    with pytest.raises(ValueError, match=words):
        settings(written(tmp_path / "a.fits", np.zeros((5, 5)), cards), zeropoint=wanted)


def test_errors_of_magnitudes(tmp_path):
    data = np.random.default_rng(1).normal(100, 5, (60, 60))
    data[30, 30] += 5000
    ours = measured(written(tmp_path / "a.fits", data, EXPTIME=10.0), pixels(30, 30), r="3,5", zeropoint=25)
    relative = ours.phot.flux_err / ours.phot.flux
    np.testing.assert_allclose(ours.mag_err, 2.5 / np.log(10) * relative)
    np.testing.assert_allclose(ours.mag, 25 - 2.5 * np.log10(ours.phot.flux / 10))
    assert ours.mag.shape == (1, 2)
    assert type(ours.mag) is np.ndarray
