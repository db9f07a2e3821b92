"""Real images that come in wheels, beside photutils and astropy by hand."""

import numpy as np
import pytest
import sep
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.stats import SigmaClip, mad_std
from astropy.wcs import WCS
from fits_files import M13, SIP, measured, pixels, places, real
from photutils.aperture import ApertureStats, CircularAnnulus, CircularAperture, aperture_photometry

import astroapers as aap
from astroapers import Flag

SAAO = real("ccdproc", "tests/data/a8280271.fits")
SCIENCE = real("ccdproc", "tests/data/science-mef.fits")
UKIDSS = real("astroquery", "ukidss/tests/data/image.fits")

#: The pulsar of the Crab nebula (SIMBAD: PSR B0531+21, ICRS).
CRAB = SkyCoord("05h34m31.9330s", "+22d00m52.1927s")


def by_hand(data, x, y, r, annulus):
    """Flux and sky as photutils measures them: exact circles, the clipped median of an annulus."""
    at = np.transpose([x, y])
    sums = aperture_photometry(data, CircularAperture(at, r))["aperture_sum"].value
    clipped = SigmaClip(sigma=3, maxiters=5)
    sky = ApertureStats(data, CircularAnnulus(at, *annulus), sigma_clip=clipped, sum_method="center").median
    return sums - np.pi * r**2 * sky, sky


def test_m13():
    x, y = np.array([126.4, 200.1, 80.7]), np.array([127.0, 90.2, 211.5])
    ours = measured(M13, pixels(x, y))
    flux, sky = by_hand(fits.getdata(M13).astype(float), x, y, 4, (8, 14))
    np.testing.assert_allclose(ours.phot.flux, flux, rtol=1e-9)
    np.testing.assert_array_equal(ours.phot.sky, sky)
    coord = WCS(fits.getheader(M13)).pixel_to_world(x, y).icrs
    np.testing.assert_allclose(ours.ra, coord.ra.deg)


def test_distorted_coordinates_and_edges():
    data = fits.getdata(SIP).astype(float)
    coord = WCS(fits.getheader(SIP)).pixel_to_world([50.2, 30.0, 98.0, 1.0], [25.1, 30.0, 25.0, 1.0])
    ours = measured(SIP, places(coord.icrs.ra.deg, coord.icrs.dec.deg), r=3, annulus=(6, 10))
    np.testing.assert_allclose(ours.phot.x, [50.2, 30, 98, 1], atol=1e-4)
    flux, _ = by_hand(data, ours.phot.x[:2], ours.phot.y[:2], 3, (6, 10))
    np.testing.assert_allclose(ours.phot.flux[:2].value, flux, rtol=1e-9)
    assert ours.phot.flux.unit == u.adu
    edges = ours.phot.flags & (Flag.PARTIAL_OVERLAP | Flag.SKY_PARTIAL)
    assert (edges > 0).tolist() == [False, False, True, True]
    assert ours.filter == "B"
    assert ours.mjd_mid == pytest.approx(55805.089641204 + 60 / 86400, abs=1e-6)


def test_extensions():
    for ext in (1, 2, 3):
        data = fits.getdata(SCIENCE, ext).astype(float)
        ours = measured(SCIENCE, pixels([4.5, 3.2], [4.5, 5.1]), r=2, sky=0, ext=ext)
        flux = aperture_photometry(data, CircularAperture([(4.5, 4.5), (3.2, 5.1)], 2))["aperture_sum"]
        np.testing.assert_allclose(ours.phot.flux, flux, rtol=1e-9)
        assert ours.ext == str(ext)
    assert any("several images, 1, 2, 3" in note for note in measured(SCIENCE, pixels(4, 4), r=2, sky=0).notes)


def test_the_star_of_the_crab_pulsar():
    """A ZPN projection, scaled integers, the exposure time in the primary header, the zero point in the extension."""
    ours = measured(UKIDSS, places(CRAB.ra.deg, CRAB.dec.deg), r="3,5", annulus=(10, 16), zeropoint="auto")
    with fits.open(UKIDSS) as hdus:
        data = hdus[1].data.astype(float)
    flux, _ = by_hand(data, ours.phot.x, ours.phot.y, 5, (10, 16))
    np.testing.assert_allclose(ours.phot.flux[:, 1], flux, rtol=1e-6)  # astropy scales to float32
    assert ours.mag[0, 1] == pytest.approx(13.70, abs=0.02)
    assert ours.mag[0, 1] == pytest.approx(24.053 - 2.5 * np.log10(flux[0] / 10), abs=1e-5)
    assert "exposure time of 10 s divided out" in str(ours.zeropoint)
    not_divided = measured(UKIDSS, places(CRAB.ra.deg, CRAB.dec.deg), r=5, zeropoint="MAGZPT", exptime="none")
    assert not_divided.mag[0] == pytest.approx(13.70 - 2.5, abs=0.03)
    values = {setting.name: setting for setting in ours.settings}
    assert (values["gain"].value, values["read_noise"].value, values["exptime"].value) == (4.5, 25.0, 10.0)
    assert values["exptime"].origin == "keyword EXP_TIME of the primary header"
    assert values["zeropoint"].origin.startswith("keyword MAGZPT of extension 1 (WSAIMAGE)")
    assert ours.filter == "K"
    assert ours.airmass == pytest.approx(1.067)


# ---------------------------------------------------------------- a raw frame


def empty_places(n=4000, seed=7):
    """Places at random, clear of the edges and of whatever stands out."""
    image = np.ascontiguousarray(fits.getdata(SAAO)[:, 16:528], dtype=float)
    background = sep.Background(image, bw=32, bh=32)
    found = sep.extract(image - background, 2, err=background.rms())
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(45, 500, n), rng.uniform(30, 490, n)
    clear = np.hypot(x[:, None] - 16 - found["x"], y[:, None] - found["y"]).min(axis=1) > 20
    return pixels(x[clear], y[clear])


def test_pulls_of_empty_apertures_are_one_wide():
    """The flux of nothing scatters as its error says, in a raw frame trimmed and less its bias."""
    options = {"r": "1.5,3,5,8", "annulus": (10, 16), "trim": True, "bias_level": "BIASSEC"}
    ours = measured(SAAO, empty_places(), **options).phot
    quiet = (ours.flags[:, 3] & Flag.SKY_CROWDED) == 0
    pulls = ours.flux[quiet] / ours.flux_err[quiet]
    assert quiet.sum() > 2000
    assert mad_std(pulls, axis=0) == pytest.approx(1.0, abs=0.1)
    assert pulls.std(axis=0) == pytest.approx(1.0, abs=0.1)


def test_a_raw_frame_is_told_from_a_calibrated_one():
    raw = measured(SAAO, empty_places(), r=3, annulus=(12, 20))
    assert raw.noise.ratio < 0.7
    assert any("is a bias still in it (bias_level=, trim=)?" in note for note in raw.notes)
    clean = measured(SAAO, empty_places(), r=3, annulus=(12, 20), trim=True, bias_level="BIASSEC")
    assert clean.noise.ratio == pytest.approx(1, abs=0.1)
    assert clean.noise.warning == ""
    values = {setting.name: setting for setting in clean.settings}
    assert values["trim"].value == "[17:528,1:520]"
    assert values["bias_level"].value == pytest.approx(fits.getdata(SAAO)[:, 3:13].mean(), abs=1)
    assert (values["gain"].value, values["read_noise"].value) == (1.9, 5.0)
    assert clean.mjd_mid == pytest.approx(
        56486 + (57 * 60 + 33 + 150.04 / 2) / 86400, abs=1e-8
    )  # MJD-OBS is the day alone
    assert clean.airmass == 1.176


def test_a_raw_frame_by_hand():
    options = {"trim": True, "bias_level": 214.0, "error_model": "ccd"}
    ours = measured(SAAO, pixels([300.3, 150.2], [250.1, 99.7]), r=5, annulus=(12, 20), **options).phot
    data = fits.getdata(SAAO).astype(float)[:, 16:528] - 214
    flux, sky = by_hand(data, ours.x - 16, ours.y, 5, (12, 20))
    np.testing.assert_allclose(ours.flux, flux, rtol=1e-8)
    np.testing.assert_allclose(ours.sky, sky)
    n = ours.npix * (1 + ours.npix / ours.n_sky)
    electrons = 1.9 * np.maximum(flux, 0) + n * (1.9 * sky + 25 + (0.289 * 1.9) ** 2)
    np.testing.assert_allclose(ours.flux_err, np.sqrt(electrons) / 1.9, rtol=1e-9)


def test_the_function_gives_the_table():
    table = aap.photometry_fits(M13, pixels([126.4, 200.1], [127.0, 90.2]), r="3,5", annulus=(8, 14), zeropoint=20)
    assert {"x", "y", "ra", "dec", "flux_r3", "flux_err_r5", "mag_r3"} <= set(table.colnames)
    ours = measured(M13, pixels([126.4, 200.1], [127.0, 90.2]), r="3,5", zeropoint=20)
    np.testing.assert_array_equal(table["flux_r5"], ours.phot.flux[:, 1])
