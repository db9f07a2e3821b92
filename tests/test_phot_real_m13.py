"""M13 from a sky-survey plate: positions, formats and compression make no difference, and photutils agrees."""

import gzip
import json

import fits_by_hand as by_hand
import numpy as np
import pytest
from astropy.table import Table
from phot_command import catalogue, done, measured, same_columns, xy
from photutils.detection import DAOStarFinder

import astroapers as aap

RADII, ANNULUS = (3, 5), (9, 15)
ASKED = ["--r", "3,5", "--annulus", "9,15"]


@pytest.fixture(scope="module")
def field():
    return by_hand.frame(by_hand.M13)


@pytest.fixture(scope="module")
def places(field):
    """Stars found by photutils; after them one that the edge cuts, one whose annulus it cuts, and one far away."""
    found = DAOStarFinder(threshold=400, fwhm=4)(field.data - np.median(field.data))
    x = np.round([*found["x_centroid"][:40], 1.0, 290.25, -80.0], 2)
    y = np.round([*found["y_centroid"][:40], 150.0, 12.0, 20.0], 2)
    return x, y


@pytest.fixture(scope="module")
def ids(places):
    return [f"star {k}" for k in range(len(places[0]), 0, -1)]


@pytest.fixture(scope="module")
def words(tmp_path_factory, places, ids):
    return [*xy(tmp_path_factory.mktemp("m13") / "stars.csv", *places, name=ids), "--id", "name", *ASKED]


@pytest.fixture(scope="module")
def plain(tmp_path_factory, words):
    out = tmp_path_factory.mktemp("plain") / "m13.ecsv"
    done(by_hand.M13, *words, "-o", out)
    return measured(out)


@pytest.mark.parametrize("r", RADII)
def test_sums_and_skies_are_those_of_photutils(plain, field, places, r):
    hand = by_hand.photometry(field.data, *places, r, ANNULUS)
    assert np.array_equal(plain["x"], places[0])
    assert np.array_equal(plain["y"], places[1])
    assert plain["sky"] == pytest.approx(hand.sky, rel=0, abs=0, nan_ok=True)
    assert plain["sky_std"] == pytest.approx(hand.sky_std, rel=1e-12, nan_ok=True)
    assert plain["n_sky"].tolist() == hand.n_sky.tolist()
    assert plain["n_rejected"].tolist() == hand.n_rejected.tolist()
    assert plain[f"apsum_r{r}"] == pytest.approx(hand.apsum, rel=1e-11, nan_ok=True)
    assert plain[f"flux_r{r}"] == pytest.approx(hand.flux, rel=1e-9, nan_ok=True)
    inside = np.isfinite(hand.npix)
    assert plain[f"npix_r{r}"][inside] == pytest.approx(hand.npix[inside], rel=1e-11)


def test_rows_keep_their_order_their_names_and_those_outside(plain, ids):
    assert plain["id"].tolist() == ids
    outside = plain[-1]
    assert np.isnan(outside["flux_r3"])
    assert aap.Flag(int(outside["flags_r3"])) & aap.Flag.NO_OVERLAP
    assert aap.Flag(int(plain["flags_r3"][-3])) & aap.Flag.PARTIAL_OVERLAP
    assert aap.Flag(int(plain["flags_r5"][-2])) & aap.Flag.SKY_PARTIAL


def test_positions_on_the_sky_are_astropys(plain, field, places):
    ra, dec = by_hand.sky_positions(field.wcs, *places)
    assert plain["ra"] == pytest.approx(ra, rel=0, abs=1e-11)
    assert plain["dec"] == pytest.approx(dec, rel=0, abs=1e-11)


@pytest.mark.parametrize("twin", by_hand.M13_TWINS, ids=lambda path: path.stem)
def test_compressed_twins_give_the_same_bits(twin, words, plain, tmp_path):
    done(twin, *words, "-o", tmp_path / "twin.ecsv")
    same_columns(measured(tmp_path / "twin.ecsv"), plain)


def test_a_gzipped_file_gives_the_same_bits(words, plain, tmp_path):
    zipped = tmp_path / "m13.fits.gz"
    zipped.write_bytes(gzip.compress(by_hand.M13.read_bytes()))
    done(zipped, *words, "-o", tmp_path / "zipped.ecsv")
    same_columns(measured(tmp_path / "zipped.ecsv"), plain)


@pytest.mark.parametrize("suffix", ["csv", "fits", "parquet"])
def test_formats_hold_the_same_numbers(suffix, words, plain, tmp_path):
    out = tmp_path / f"m13.{suffix}"
    done(by_hand.M13, *words, "-o", out)
    table = measured(out)
    for name in ("x", "y", "ra", "dec", "flux_r3", "flux_r5", "sky", "n_sky", "flags_r3"):
        assert np.array_equal(table[name], plain[name], equal_nan=True), name
    assert [str(name) for name in table["id"]] == plain["id"].tolist()


def test_flags_of_csv_are_words_too(words, plain, tmp_path):
    out = tmp_path / "m13.csv"
    done(by_hand.M13, *words, "-o", out)
    table = measured(out)
    (name,) = [
        name
        for name in table.colnames
        if name.startswith("flag") and name.endswith("r3") and table[name].dtype.kind in "UO"
    ]
    for bits, text in zip(plain["flags_r3"].tolist(), table[name].filled("").tolist(), strict=True):
        assert [word for word in text.split("|") if word] == aap.decode_flags(bits)


def test_the_provenance_is_whole(words, tmp_path):
    out = tmp_path / "m13.ecsv"
    done(by_hand.M13, *words, "-o", out)
    meta = json.dumps(Table.read(out).meta, default=str)
    assert aap.__version__ in meta
    assert by_hand.sha256(by_hand.M13) in meta
    assert by_hand.sha256(words[1]) in meta
    assert "--annulus 9,15" in meta
    assert "UTC" in meta or "+00:00" in meta


def test_right_ascension_and_declination_are_as_good_as_pixels(plain, field, places, ids, tmp_path):
    ra, dec = by_hand.sky_positions(field.wcs, *places)
    sky = catalogue(tmp_path / "sky.csv", name=ids, alpha=ra, delta=dec)
    done(
        by_hand.M13,
        "--catalog",
        sky,
        "--ra",
        "alpha",
        "--dec",
        "delta",
        "--id",
        "name",
        *ASKED,
        "-o",
        tmp_path / "o.ecsv",
    )
    table = measured(tmp_path / "o.ecsv")
    assert table["id"].tolist() == ids
    assert table["x"] == pytest.approx(places[0], rel=0, abs=1e-6)
    assert table["y"] == pytest.approx(places[1], rel=0, abs=1e-6)
    for name in ("flux_r3", "flux_r5"):
        assert table[name] == pytest.approx(plain[name], rel=1e-5, nan_ok=True)


def test_pixels_may_be_counted_from_one(plain, places, tmp_path):
    x, y = places
    ones = catalogue(tmp_path / "ones.csv", X_IMAGE=x + 1, Y_IMAGE=y + 1)
    done(
        by_hand.M13,
        "--catalog",
        ones,
        "--x",
        "X_IMAGE",
        "--y",
        "Y_IMAGE",
        "--origin",
        1,
        *ASKED,
        "-o",
        tmp_path / "o.ecsv",
    )
    table = measured(tmp_path / "o.ecsv")
    assert table["x"] == pytest.approx(x, rel=0, abs=1e-12)
    assert table["flux_r5"] == pytest.approx(plain["flux_r5"], rel=1e-9, nan_ok=True)


def test_a_radius_in_arcseconds_is_that_of_the_local_pixel_scale(field, places, tmp_path):
    """The scale of the world coordinates at the star: the root of the area of a pixel."""
    x, y = (column[:6] for column in places)
    where = field.wcs.celestial
    step = 0.01
    east = where.pixel_to_world(x, y).spherical_offsets_to(where.pixel_to_world(x + step, y))
    north = where.pixel_to_world(x, y).spherical_offsets_to(where.pixel_to_world(x, y + step))
    area = east[0] * north[1] - east[1] * north[0]
    scale = np.sqrt(np.abs(area.to_value("arcsec2"))) / step
    done(by_hand.M13, *xy(tmp_path / "six.csv", x, y), "--r", "6arcsec", "--annulus", "9,15", "-o", tmp_path / "o.ecsv")
    table = measured(tmp_path / "o.ecsv")
    for row, s in enumerate(scale):
        hand = by_hand.photometry(field.data, x[row : row + 1], y[row : row + 1], 6 / s, ANNULUS)
        (flux,) = [name for name in table.colnames if name.startswith("flux") and "err" not in name]
        assert table[flux][row] == pytest.approx(hand.flux[0], rel=1e-5)


def test_python_gives_the_same_table(words, plain):
    table = aap.photometry_fits(by_hand.M13, words[1], x="x", y="y", origin=0, id="name", r=RADII, annulus=ANNULUS)
    for name in ("flux_r3", "sky", "flags_r5", "ra"):
        assert np.array_equal(getattr(table[name], "value", table[name]), plain[name], equal_nan=True)
