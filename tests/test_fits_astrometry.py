"""Pixels and the sky: both ways, with distortions, and what cannot be placed."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales
from fits_files import M13, SIP, celestial, measured, pixels, places, real, stars, written

from astroapers import Flag
from astroapers._fits.astrometry import pixel_scale, to_pixels, to_sky
from astroapers._fits.image import open_image
from astroapers._fits.types import Catalog

UKIDSS = real("astroquery", "ukidss/tests/data/image.fits")


@pytest.mark.parametrize("path", [M13, SIP, UKIDSS])
def test_there_and_back(path):
    image = open_image(path)
    ny, nx = image.data.shape
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(-5, nx + 5, 9), np.linspace(-5, ny + 5, 7)))
    ra, dec = to_sky(image.wcs, x, y)
    for frame in ("icrs", "fk5", "galactic"):
        coord = places(ra, dec).coord.transform_to(frame)
        back = to_pixels(image.wcs, coord)
        np.testing.assert_allclose(back, [x, y], atol=1e-3)
    theirs = image.wcs.pixel_to_world(x, y).icrs
    np.testing.assert_allclose(ra, theirs.ra.deg)
    np.testing.assert_allclose(dec, theirs.dec.deg)


@pytest.mark.parametrize("path", [M13, SIP, UKIDSS])
def test_what_cannot_be_placed(path):
    image = open_image(path)
    ra, dec = to_sky(image.wcs, np.array([20.0]), np.array([10.0]))
    catalog = places([ra[0], ra[0] + 180, np.nan, 10.0], [dec[0], -dec[0], 3.0, -80.0])
    x, y = to_pixels(image.wcs, catalog.coord)
    assert (x[0], y[0]) == pytest.approx((20, 10), abs=1e-3)
    ny, nx = image.data.shape
    in_image = (x > -1) & (x < nx) & (y > -1) & (y < ny)
    assert in_image.tolist() == [True, False, False, False]
    assert np.isnan(x[2])
    assert np.isnan(x[1])
    ours = measured(path, catalog)
    assert ours.phot.flags[1] & Flag.BAD_POSITION
    assert ours.phot.flags[2] & Flag.BAD_POSITION
    np.testing.assert_array_equal(ours.ra, catalog.coord.ra.deg)
    assert np.isfinite(ours.phot.flux[0])


@pytest.mark.parametrize("path", [M13, SIP, UKIDSS])
def test_what_is_placed_returns(path):
    """From all over the sky: distortions that were never meant for it must not make up positions."""
    image = open_image(path)
    rng = np.random.default_rng(1)
    coord = places(rng.uniform(0, 360, 500), np.degrees(np.arcsin(rng.uniform(-1, 1, 500)))).coord
    x, y = to_pixels(image.wcs, coord)
    found = np.isfinite(x)
    back = SkyCoord(*to_sky(image.wcs, x[found], y[found]), unit="deg")
    np.testing.assert_array_less(back.separation(coord[found]).arcsec, 1.0)


def test_declination_may_be_the_first_axis(tmp_path):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "DEC--TAN", "RA---TAN"
    wcs.wcs.crval = 20.0, 150.0
    wcs.wcs.crpix = 10.0, 12.0
    wcs.wcs.cdelt = 1e-4, -1e-4
    image = open_image(written(tmp_path / "a.fits", np.zeros((20, 30)), dict(wcs.to_header())))
    ra, dec = to_sky(image.wcs, np.array([9.0, 15.0]), np.array([11.0, 11.0]))
    assert (ra[0], dec[0]) == pytest.approx((150, 20))
    assert dec[1] == pytest.approx(20 + 6e-4)
    np.testing.assert_allclose(to_pixels(image.wcs, places(ra, dec).coord), [[9, 15], [11, 11]], atol=1e-6)
    np.testing.assert_allclose(pixel_scale(image.wcs, np.array([9.0]), np.array([11.0])), 0.36, rtol=1e-6)


def test_a_sun_is_no_sky(tmp_path):
    """Helioprojective axes are celestial to wcslib, and nowhere in right ascension."""
    cards = {**celestial(), "CTYPE1": "HPLN-TAN", "CTYPE2": "HPLT-TAN"}
    ours = measured(written(tmp_path / "a.fits", stars(), cards), pixels(20, 20))
    assert ours.ra is None
    assert any("the WCS of extension 0 cannot be used" in note for note in ours.notes)


@pytest.mark.parametrize("axes", [("MALN-TAN", "MALT-TAN"), ("TLON-TAN", "TLAT-TAN")], ids=["Mars", "Earth"])
def test_a_planet_is_no_sky(tmp_path, axes):
    """Its axes have a frame, from which no way leads to right ascension."""
    cards = {**celestial(), "CTYPE1": axes[0], "CTYPE2": axes[1]}
    cards |= {"A_RADIUS": 3396190.0, "B_RADIUS": 3396190.0, "C_RADIUS": 3376200.0}
    ours = measured(written(tmp_path / "a.fits", stars(), cards), pixels(20, 20))
    assert ours.ra is None
    assert any(
        "the WCS of extension 0 cannot be used: its coordinates have no right ascension" in note for note in ours.notes
    )


def test_galactic_images(tmp_path):
    cards = {**celestial(ra=30.0, dec=10.0), "CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN"}
    path = written(tmp_path / "a.fits", stars(), cards)
    ours = measured(path, pixels(34, 29))
    assert SkyCoord(30, 10, unit="deg", frame="galactic").separation(
        SkyCoord(ours.ra, ours.dec, unit="deg")
    ).arcsec == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(measured(path, places(30.0, 10.0, "galactic")).phot.x, 34, atol=1e-8)


def test_no_source_at_all():
    assert len(measured(M13, places([], [])).phot) == 0
    assert np.isnan(measured(M13, places(np.nan, np.nan)).phot.x[0])


def test_positions_by_sky_and_by_pixel_are_one_measurement():
    x, y = [126.4, 200.1, 80.7], [127.0, 90.2, 211.5]
    by_pixel = measured(M13, pixels(x, y))
    by_sky = measured(M13, places(by_pixel.ra, by_pixel.dec))
    np.testing.assert_allclose(by_sky.phot.x, x, atol=1e-8)
    np.testing.assert_allclose(by_sky.phot.flux, by_pixel.phot.flux, rtol=1e-7)
    np.testing.assert_array_equal(by_sky.ra, by_pixel.ra)


# ---------------------------------------------------------------- the size of pixels


def test_the_scale_at_the_reference_is_that_of_the_matrix():
    for path in (M13, SIP, UKIDSS):
        wcs = open_image(path).wcs
        plane = np.sqrt(np.prod(proj_plane_pixel_scales(wcs))) * 3600
        x, y = np.array([wcs.wcs.crpix[0] - 1]), np.array([wcs.wcs.crpix[1] - 1])
        np.testing.assert_allclose(pixel_scale(wcs, x, y), plane, rtol=1e-3 if wcs.sip is not None else 1e-6)


def test_the_scale_is_local():
    """Across a tangent plane pixels shrink on the sky as the cube of the cosine of the distance, in solid angle."""
    cards = celestial(scale=3600.0, dec=0.0)
    wcs = WCS(cards)
    x = np.array([wcs.wcs.crpix[0] - 1, wcs.wcs.crpix[0] + 29])
    y = np.full(2, wcs.wcs.crpix[1] - 1)
    near, far = pixel_scale(wcs, x, y)
    distance = np.arctan(np.deg2rad(30.0))
    assert far / near == pytest.approx(np.sqrt(np.cos(distance) ** 3), rel=1e-3)
    assert np.isnan(pixel_scale(wcs, np.array([np.nan]), np.array([1.0]))[0])


def test_radii_on_the_sky(tmp_path):
    path = written(tmp_path / "a.fits", stars(), celestial(scale=0.5))
    at = pixels([20.3, 44.6], [18.9, 33.1])
    plain = measured(path, at, r="4,6", annulus="8,14")
    for r, annulus in (
        ("2arcsec,3arcsec", "4arcsec,7arcsec"),
        ([2 * u.arcsec, 3 * u.arcsec], (4 * u.arcsec, 7 * u.arcsec)),
        ('2",0.05arcmin', '8,7"'),
    ):
        ours = measured(path, at, r=r, annulus=annulus)
        np.testing.assert_allclose(ours.phot.npix, plain.phot.npix, rtol=1e-5)
        np.testing.assert_allclose(ours.phot.flux, plain.phot.flux, rtol=1e-4)
        np.testing.assert_array_equal(ours.phot.n_sky, plain.phot.n_sky)
        setting = next(each for each in ours.settings if each.name == "pixel_scale")
        assert setting.value == pytest.approx(0.5, rel=1e-6)
    assert not any(each.name == "pixel_scale" for each in plain.settings)
    assert measured(path, at, r="2arcsec,3").labels == ("_r2arcsec", "_r3")


def test_the_sky_without_a_wcs(tmp_path):
    path = written(tmp_path / "a.fits", stars())
    ours = measured(path, pixels(20, 20))
    assert ours.ra is None
    assert ours.dec is None
    with pytest.raises(ValueError, match=r"the test's sky has sky coordinates, but extension 0 of .* no celestial WCS"):
        measured(path, places(1.0, 2.0))
    with pytest.raises(
        ValueError, match=r"r='2 arcsec' is an angle, but extension 0 of .* has no celestial WCS: give pix"
    ):
        measured(path, pixels(20, 20), r="2arcsec")
    nowhere = Catalog(Table({"name": ["a"]}), np.arange(1), None, None, None, "a list of names")
    with pytest.raises(ValueError, match="a list of names has neither pixels nor sky coordinates"):
        measured(path, nowhere)
    with pytest.raises(ValueError, match=r"annulus='4 arcsec' is an angle"):
        measured(path, pixels(20, 20), annulus="4arcsec,8arcsec")


# ---------------------------------------------------------------- columns


def test_radii_of_a_column(tmp_path):
    path = written(tmp_path / "a.fits", stars(), celestial(scale=0.5))
    radii = np.array([2.5, np.nan, 0.0, 6.0])
    at = pixels(
        [20.3, 44.6, 12.2, 44.6],
        [18.9, 33.1, 47.8, 33.1],
        aper=radii,
        wide=u.Quantity(radii / 2, "arcsec"),
        odd=u.Quantity(radii, "mag"),
        name=["a", "b", "c", "d"],
        gaps=np.ma.MaskedArray(radii, mask=[False, False, False, True]),
    )
    ours = measured(path, at, r="aper")
    np.testing.assert_allclose(ours.phot.npix[[0, 3]], np.pi * radii[[0, 3]] ** 2)
    assert (ours.phot.flags[1:3] & Flag.BAD_GEOMETRY).all()
    assert np.isnan(ours.phot.flux[1:3]).all()
    assert ours.labels == ("",)
    np.testing.assert_allclose(measured(path, at, r="wide").phot.npix[[0, 3]], ours.phot.npix[[0, 3]], rtol=1e-5)
    masked = measured(path, at, r="gaps").phot
    assert (masked.flags[3] & Flag.BAD_GEOMETRY, masked.npix[0]) == (Flag.BAD_GEOMETRY, ours.phot.npix[0])
    with pytest.raises(ValueError, match=r"r='odd' is in mag: it must be in pix, or in mas, arcsec"):
        measured(path, at, r="odd")
    with pytest.raises(ValueError, match=r"r='none' is no column of the test's catalogue, which has x, y, aper"):
        measured(path, at, r="none")
    with pytest.raises(ValueError, match=r"r='name' of the test's catalogue must hold one number per row"):
        measured(path, at, r="name")


def test_ellipses(tmp_path):
    import astroapers as aap

    data = stars()
    path = written(tmp_path / "a.fits", data, celestial(scale=0.5))
    xy = [(20.3, 18.9), (44.6, 33.1)]
    theirs = aap.photometry(data, aap.EllipAp(xy, 6.0, 3.0, np.pi / 6), annulus=(8, 14))
    columns = {
        "a": [6.0, 6.0],
        "b": [3.0, 3.0],
        "angle": [30.0, 30.0],
        "rad": u.Quantity([np.pi / 6] * 2, "rad"),
        "deg": u.Quantity([30.0] * 2, "deg"),
        "metres": u.Quantity([30.0] * 2, "m"),
    }
    at = pixels(*np.transpose(xy), **columns)
    ways = [
        {"ellipse": (6, 3, 30)},
        {"ellipse": "6,3,30"},
        {"ellipse": ("3arcsec", 3, "30deg")},
        {"ellipse": (6, 3, f"{np.pi / 6!r}rad")},
        {"ellipse": (6, 3, 30 * u.deg)},
        {"ellipse": (2, 1, 30), "r": 3},
        *({"a": "a", "b": "b", "theta": theta} for theta in ("angle", "rad", "deg")),
    ]
    for way in ways:
        ours = measured(path, at, **{"r": None, **way})
        np.testing.assert_allclose(ours.phot.flux, theirs.flux, rtol=1e-5)
        assert ours.labels == ("",)
    with pytest.raises(ValueError, match="theta='metres' is in m: it must be in deg or rad"):
        measured(path, at, r=None, a="a", b="b", theta="metres")
    several = measured(path, at, r="1,2", a="a", b="b", theta="angle")
    np.testing.assert_allclose(several.phot.flux[:, 0], theirs.flux)
    np.testing.assert_allclose(several.phot.area[:, 1], 4 * theirs.area)
    assert several.labels == ("_r1", "_r2")
