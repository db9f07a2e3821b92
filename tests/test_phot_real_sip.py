"""A camera whose field is distorted: SIP polynomials, FK5 coordinates, unsigned integers, stars beyond the edges."""

import fits_by_hand as by_hand
import numpy as np
import pytest
from phot_command import catalogue, done, measured

import astroapers as aap

ANNULUS = (8, 12)
# no pixel's centre is on the edge of an annulus
X = np.array([50.23, 98.71, 0.17, 96.58, -3.14, 20.23])
Y = np.array([25.37, 48.83, 0.29, 2.21, 20.36, 80.41])


@pytest.fixture(scope="module")
def field():
    return by_hand.frame(by_hand.SIP)


@pytest.fixture(scope="module")
def table(tmp_path_factory, field):
    """Measured at RA and Dec that astropy's full pipeline gives for known pixels."""
    folder = tmp_path_factory.mktemp("sip")
    ra, dec = by_hand.sky_positions(field.wcs, X, Y)
    sky = catalogue(folder / "sky.csv", ra=ra, dec=dec)
    words = ["--catalog", sky, "--ra", "ra", "--dec", "dec", "--r", 5, "--annulus", "8,12", "-o", folder / "out.ecsv"]
    done(by_hand.SIP, *words)
    return measured(folder / "out.ecsv")


def test_the_distortion_is_undone(table, field):
    """The linear part alone would be off by a hundred times the tolerance in the corners."""
    tolerance = 1e-5
    straight = np.array(field.wcs.wcs_world2pix(*field.wcs.all_pix2world(X, Y, 0), 0))
    assert np.abs(straight - [X, Y]).max() > 100 * tolerance
    assert table["x"] == pytest.approx(X, rel=0, abs=tolerance)
    assert table["y"] == pytest.approx(Y, rel=0, abs=tolerance)


def test_coordinates_are_icrs_though_the_file_is_fk5(table, field):
    assert field.wcs.wcs.radesys == "FK5"
    ra, dec = by_hand.sky_positions(field.wcs, X, Y)
    fk5 = field.wcs.pixel_to_world(X, Y)
    tolerance = 1e-9
    assert np.abs(fk5.ra.deg - ra).max() > 100 * tolerance
    assert table["ra"] == pytest.approx(ra, rel=0, abs=tolerance)
    assert table["dec"] == pytest.approx(dec, rel=0, abs=tolerance)


def test_sums_are_those_of_photutils(table, field):
    hand = by_hand.photometry(field.data, X, Y, 5, ANNULUS)
    assert table["sky"] == pytest.approx(hand.sky, rel=0, abs=0, nan_ok=True)
    assert table["n_sky"].tolist() == hand.n_sky.tolist()
    assert table["flux"] == pytest.approx(hand.flux, rel=1e-4, nan_ok=True)
    assert table["npix"][:5] == pytest.approx(hand.npix[:5], rel=1e-5)


def test_flags_tell_where_the_edges_are(table):
    flags = [aap.Flag(int(bits)) for bits in table["flags"]]
    assert not flags[0] & (aap.Flag.PARTIAL_OVERLAP | aap.Flag.SKY_PARTIAL)
    for row in (1, 2, 3, 4):
        assert flags[row] & aap.Flag.PARTIAL_OVERLAP
        assert flags[row] & aap.Flag.SKY_PARTIAL
    assert flags[5] & aap.Flag.NO_OVERLAP
    assert np.isnan(table["flux"][5])


def test_tidy_output_has_filter_and_middle_of_the_exposure(tmp_path, field):
    ra, dec = by_hand.sky_positions(field.wcs, X[:1], Y[:1])
    sky = catalogue(tmp_path / "sky.csv", ra=ra, dec=dec)
    done(
        *[by_hand.SIP, "--catalog", sky, "--ra", "ra", "--dec", "dec", "--r", "3,5", "--annulus", "8,12", "--tidy"],
        *["-o", tmp_path / "tidy.ecsv"],
    )
    tidy = measured(tmp_path / "tidy.ecsv")
    assert len(tidy) == 2
    assert set(tidy["filter"]) == {"B"}
    assert tidy["mjd_mid"] == pytest.approx(55805.0 + (2 * 3600 + 9 * 60 + 5 + 60) / 86400, rel=0, abs=1e-8)
    assert np.isnan(tidy["airmass"].astype(float)).all()
    assert all("sip-wcs" in str(name) for name in tidy["image"])
