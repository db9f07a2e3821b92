"""Catalogues of every format give the same positions, keep their rows, and say what is wrong with them."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import Latitude, Longitude, SkyCoord
from astropy.io import fits
from astropy.table import MaskedColumn, QTable, Table

from astroapers._fits.catalog import catalog
from astroapers._fits.detect import detect
from astroapers._fits.read import read_table

RA = np.array([250.4226, 250.40, np.nan, 250.45])
DEC = np.array([36.4602, 36.48, np.nan, 36.40])
NAMES = np.array(["alpha", "b c", "", "d,e"])


def stars():
    """Four rows; of the third nothing but its flux is known."""
    missing = np.isnan(RA)
    return Table(
        {
            "RAJ2000": MaskedColumn(RA, mask=missing, unit="deg"),
            "DEJ2000": MaskedColumn(DEC, mask=missing, unit="deg"),
            "name": NAMES,
            "flux": np.array([3, 1, 4, 1]),
            "good": np.array([True, False, True, True]),
        }
    )


def write(table, path):
    kind = path.suffix[1:]
    if kind == "parquet":
        import pyarrow as pa
        from pyarrow import parquet

        arrays = {
            name: pa.array(np.asarray(table[name]), mask=np.asarray(getattr(table[name], "mask", np.zeros(4, bool))))
            for name in table.colnames
        }
        parquet.write_table(pa.table(arrays), path)
    else:
        table.write(path, format={"ecsv": "ascii.ecsv", "csv": "ascii.csv", "xml": "votable"}.get(kind, kind))


@pytest.mark.parametrize("suffix", ["ecsv", "csv", "fits", "xml", "parquet"])
def test_every_format_gives_the_same_catalogue(tmp_path, suffix):
    path = tmp_path / f"stars.{suffix}"
    write(stars(), path)
    found = catalog(path, identifier="name")
    np.testing.assert_array_equal(found.coord.ra.deg, RA)
    np.testing.assert_array_equal(found.coord.dec.deg, DEC)
    assert found.x is None
    assert found.ids.tolist() == NAMES.tolist()
    assert found.table.colnames == stars().colnames
    assert found.table["flux"].tolist() == [3, 1, 4, 1]
    assert [str(value) for value in found.table["good"]] == ["True", "False", "True", "True"]
    assert found.source == str(path)
    assert found.positions == "RAJ2000 and DEJ2000"


def test_the_name_of_a_file_does_not_matter(tmp_path):
    write(stars(), tmp_path / "stars.fits")
    plain = (tmp_path / "stars.fits").read_bytes()
    (tmp_path / "stars.dat").write_bytes(plain)
    (tmp_path / "stars.gz").write_bytes(gzip.compress(plain))
    for name in ("stars.dat", "stars.gz"):
        np.testing.assert_array_equal(catalog(tmp_path / name).coord.ra.deg, RA)


# ---------------------------------------------------------------- bare text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("10 20\n30.5 40\n", ["x", "y"]),
        ("# made by hand\n10 20\n30.5 40\n", ["x", "y"]),
        ("10 20 first\n30.5 40 second\n", ["x", "y", "col3"]),
        ("# x y name\n10 20 first\n30.5 40 second\n", ["x", "y", "name"]),
        ("x y name\n10 20 first\n30.5 40 second\n", ["x", "y", "name"]),
        ("10,20\n30.5,40\n", ["x", "y"]),
        ("x;y\n10;20\n30.5;40\n", ["x", "y"]),
        ("x\ty\n10\t20\n30.5\t40\n", ["x", "y"]),
        ("\ufeffx,y\n10,20\n30.5,40\n", ["x", "y"]),
        ("x,y\r\n10,20\r\n30.5,40\r\n", ["x", "y"]),
    ],
)
def test_text(tmp_path, text, names):
    path = tmp_path / "stars.txt"
    path.write_bytes(text.encode())
    found = catalog(path, origin=1)
    assert found.table.colnames == names
    assert (found.x.tolist(), found.y.tolist()) == ([9.0, 29.5], [19.0, 39.0])
    assert found.ids.tolist() == [1, 2]


def test_one_line_of_text(tmp_path):
    (tmp_path / "one.txt").write_text("1e1 2.5")
    found = catalog(tmp_path / "one.txt", origin=0)
    assert (found.x.tolist(), found.y.tolist()) == ([10.0], [2.5])


def test_pixels_need_an_origin(tmp_path):
    path = tmp_path / "stars.txt"
    path.write_text("10 20\n")
    with pytest.raises(ValueError, match=r"does not say what its first pixel is: give origin=0 .* or origin=1"):
        catalog(path)
    path.write_text("# origin: 1\n10 20\n")
    assert catalog(path).x.tolist() == [9.0]
    assert catalog(path, origin=0).x.tolist() == [10.0]  # an option wins
    path.write_text("# ORIGIN = 0\n10 20\n")
    assert catalog(path).x.tolist() == [10.0]


def test_programs_that_are_known_by_their_names(tmp_path):
    """SExtractor counts from 1, photutils from 0."""
    (tmp_path / "sex.cat").write_text(
        "#   1 NUMBER  Running number\n#   2 X_IMAGE  x [pixel]\n#   3 Y_IMAGE  y [pixel]\n 7 10 20\n"
    )
    found = catalog(tmp_path / "sex.cat")
    assert (found.x.tolist(), found.y.tolist()) == ([9.0], [19.0])
    (tmp_path / "phot.csv").write_text("id,xcentroid,ycentroid\n4,10,20\n")
    found = catalog(tmp_path / "phot.csv")
    assert (found.x.tolist(), found.ids.tolist(), found.id_column) == ([10.0], [4], "id")
    assert catalog(tmp_path / "sex.cat", x="X_IMAGE", y="Y_IMAGE").x.tolist() == [9.0]


# ---------------------------------------------------------------- positions on the sky

HOURS = "16:41:41.424"
DEGREES = "+36:27:36.72"


@pytest.mark.parametrize(
    ("columns", "options"),
    [
        ({"ra": [250.4226], "dec": [36.4602]}, {}),
        ({"RA": [250.4226], "DEC": [36.4602]}, {}),
        ({"ra_deg": [250.4226], "dec_deg": [36.4602]}, {}),
        ({"_RAJ2000": [250.4226], "_DEJ2000": [36.4602]}, {}),
        ({"RA_ICRS": [250.4226], "DE_ICRS": [36.4602]}, {}),
        ({"ALPHA_J2000": [250.4226], "DELTA_J2000": [36.4602]}, {}),
        ({"ra": [HOURS], "dec": [DEGREES]}, {}),
        ({"ra": ["16h41m41.424s"], "dec": ["36d27m36.72s"]}, {}),
        ({"ra": ["16 41 41.424"], "dec": ["+36 27 36.72"]}, {}),
        ({"ra": ["250.4226"], "dec": ["36.4602"]}, {}),
        ({"ra": [b"250.4226"], "dec": [b"36.4602"]}, {}),
        ({"ra": [250.4226] * u.deg, "dec": [36.4602 * 60] * u.arcmin}, {}),
        ({"ra": [16.69484] * u.hourangle, "dec": [36.4602] * u.deg}, {}),
        ({"ra": [16.69484] * u.hour, "dec": [36.4602] * u.deg}, {}),
        ({"ra": Longitude([250.4226], "deg"), "dec": Latitude([36.4602], "deg")}, {}),
        ({"ra": np.deg2rad([250.4226]) * u.rad, "dec": np.deg2rad([36.4602]) * u.rad}, {}),
        ({"ra_hours": [16.69484], "dec_deg": [36.4602]}, {}),
        ({"where": SkyCoord([250.4226], [36.4602], unit="deg")}, {}),
        ({"lon": [250.4226], "lat": [36.4602], "ra": [1.0], "dec": [1.0]}, {"ra": "lon", "dec": "LAT"}),
    ],
)
def test_positions_on_the_sky(columns, options):
    found = catalog(Table(columns), **options)
    icrs = found.coord.icrs
    np.testing.assert_allclose([icrs.ra.deg[0], icrs.dec.deg[0]], [250.4226, 36.4602], rtol=0, atol=1e-9)


def test_a_table_may_hold_angles():
    """A `Table` makes plain columns of them."""
    angles = QTable({"ra": Longitude([16.69484], "hourangle"), "dec": Latitude([36.4602], "deg")})
    found = catalog(angles).coord.icrs
    np.testing.assert_allclose([found.ra.deg[0], found.dec.deg[0]], [250.4226, 36.4602], rtol=0, atol=1e-9)


def test_rows_without_a_position_stay():
    found = catalog(Table({"ra": [HOURS, "", "nan"], "dec": [DEGREES, "", "--"], "V": [9, 8, 7]}))
    assert np.isnan(found.coord.ra.deg).tolist() == [False, True, True]
    assert len(found) == len(found.table) == 3


def test_sky_comes_before_pixels_unless_an_origin_is_given():
    both = Table({"x": [10.0], "y": [20.0], "ra": [250.0], "dec": [36.0]})
    assert catalog(both).coord is not None
    assert catalog(both, origin=1).x.tolist() == [9.0]
    assert catalog(both, x="x", y="y", origin=0).x.tolist() == [10.0]


def test_catalogues_from_memory():
    pandas = pytest.importorskip("pandas")
    assert catalog([(10, 20), (30, 40)]).y.tolist() == [20.0, 40.0]
    assert catalog((10, 20)).y.tolist() == [20.0]
    assert catalog({"x": [10], "y": [20]}, origin=1).y.tolist() == [19.0]
    assert catalog(pandas.DataFrame({"ra": [1.0], "dec": [2.0]})).coord.dec.deg.tolist() == [2.0]
    assert catalog(SkyCoord(1, 2, unit="deg")).coord.dec.deg.tolist() == [2.0]
    assert catalog(np.array([(1, 2)], dtype=[("x", "f4"), ("y", "f4")]), origin=0).x.tolist() == [1.0]
    once = catalog([(10, 20)])
    assert catalog(once) is once


def test_masked_pixels_are_nan():
    table = Table({"x": MaskedColumn([1, 2], mask=[False, True]), "y": MaskedColumn([1.0, 2.0], mask=[True, False])})
    found = catalog(table, origin=0)
    np.testing.assert_array_equal(found.x, [1, np.nan])
    np.testing.assert_array_equal(found.y, [np.nan, 2])


def test_pixels_that_are_text_are_numbers():
    """As in a CSV whose reader left a column alone that has gaps."""
    found = catalog(Table({"x": ["1.5", " 2 ", ""], "y": [b"1e1", b"", b"3"]}), origin=1)
    np.testing.assert_array_equal(found.x, [0.5, 1.0, np.nan])
    np.testing.assert_array_equal(found.y, [9.0, np.nan, 2.0])


def test_what_columns_say_of_arrow(tmp_path):
    """Texts of few values are stored as a dictionary."""
    import pyarrow as pa
    from pyarrow import parquet

    names = pa.array(["a", None, "a"]).dictionary_encode()
    parquet.write_table(pa.table({"x": [1.0, 2.0, 3.0], "y": [4.0, 5.0, 6.0], "name": names}), tmp_path / "a.parquet")
    table = read_table(tmp_path / "a.parquet")
    assert table["name"][[0, 2]].tolist() == ["a", "a"]
    assert np.ma.getmaskarray(table["name"]).tolist() == [False, True, False]


def test_statements_about_a_text_may_be_text(tmp_path):
    (tmp_path / "stars.txt").write_text("# telescope: the old one\n# origin: 1\n10 20\n")
    assert read_table(tmp_path / "stars.txt").meta == {"telescope": "the old one", "origin": 1}


# ---------------------------------------------------------------- what is wrong is said


@pytest.mark.parametrize(
    ("columns", "options", "words"),
    [
        (
            {"u": [1], "v": [2]},
            {},
            "usual names of positions.* by ra and dec, or by x, y and origin; its columns are u, v",
        ),
        ({"u": [1], "v": [2]}, {"origin": 1}, "has no columns x and y.*its columns are u, v"),
        ({"u": [1], "v": [2]}, {"ra": "u", "dec": "w"}, "no column 'w' for dec; its columns are u, v"),
        ({"u": [1], "v": [2]}, {"x": "q", "y": "v"}, "no column 'q' for x; its columns are u, v"),
        ({"ra": [1], "dec": [2]}, {"identifier": "name"}, "no column 'name' for id"),
        ({"ra": [1], "dec": [2]}, {"ra": "ra"}, "ra needs dec beside it"),
        ({"x": [1], "y": [2]}, {"y": "y"}, "y needs x beside it"),
        ({"x": [1], "y": [2]}, {"x": "x", "y": "y", "ra": "x", "dec": "y"}, "pixels or on the sky, not both"),
        ({"x": [1], "y": [2]}, {"ra": "x", "dec": "y", "origin": 0}, "origin cannot be used with ra and dec"),
        ({"x": [1], "y": [2]}, {"origin": 2}, "origin=2 must be 0 or 1"),
        ({"x": ["a"], "y": [2]}, {"origin": 0}, "column x of the catalogue must hold numbers: .*'a'"),
        ({"x": [[1, 2]], "y": [2]}, {"origin": 0}, "column x of the catalogue must hold one number per row"),
        ({"ra": [1.0], "dec": [123.0]}, {}, "between -90 and 90 degrees, got 123 in row 1: .* swapped"),
        ({"ra": ["12:00", "M 13"], "dec": ["1", "2"]}, {}, "angle like 16:41:41.6 or 250.423, got 'M 13' in row 2"),
        ({"ra": [1.0] * u.m, "dec": [1.0]}, {}, "column ra of the catalogue must be an angle, got the unit m"),
    ],
)
def test_wrong_columns(columns, options, words):
    with pytest.raises(ValueError, match=words):
        catalog(Table(columns), **options)


def test_wrong_things_from_memory():
    with pytest.raises(
        TypeError, match=r"must be a file, a table, positions of shape \(N, 2\), or a SkyCoord, got int"
    ):
        catalog(5)
    with pytest.raises(TypeError, match=r"got list: shape \(1, 3\) is neither"):
        catalog([(1, 2, 3)])


def test_wrong_files(tmp_path):
    path = tmp_path / "stars.csv"
    with pytest.raises(FileNotFoundError):
        catalog(path)
    with pytest.raises(ValueError, match="is a folder"):
        catalog(tmp_path)
    path.write_text(" \n")
    with pytest.raises(ValueError, match="is empty"):
        catalog(path)
    path.write_bytes(b"\0\1\2")
    with pytest.raises(ValueError, match="no table that we know: ECSV, CSV, FITS, VOTable, Parquet"):
        catalog(path)
    path.write_bytes(b"# only a comment\n")
    with pytest.raises(ValueError, match="cannot be read as text: it has no rows"):
        catalog(path)


def test_a_table_without_columns(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({}), tmp_path / "none.parquet")
    with pytest.raises(ValueError, match=r"none\.parquet has no columns"):
        catalog(tmp_path / "none.parquet")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="asks for a file that cannot be read")
def test_a_disk_that_cannot_be_read_is_named():
    """It opens, and its first bytes are not to be had; the system does not say of which file."""
    with pytest.raises(OSError, match="cannot be read: Input/output error") as raised:
        catalog("/proc/self/mem")
    assert raised.value.filename == "/proc/self/mem"


def test_an_image_is_no_catalogue(tmp_path):
    path = tmp_path / "image.fits"
    fits.PrimaryHDU(np.ones((3, 3))).writeto(path)
    with pytest.raises(ValueError, match="cannot be read as FITS: it has no table, only images"):
        catalog(path)
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(np.ones((30, 30), "i2"))]).writeto(path, overwrite=True)
    with pytest.raises(ValueError, match="only images"):
        catalog(path)


def test_a_broken_file_says_what_it_was_taken_for(tmp_path):
    path = tmp_path / "stars.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(ValueError, match=r"stars\.parquet cannot be read as Parquet: "):
        read_table(path)


# ---------------------------------------------------------------- detection


def field(noise=3.0):
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:200, :200]
    data = rng.normal(100, noise, (200, 200))
    for x0, y0 in ((50.3, 60.7), (150.0, 140.2)):
        data += 100 * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 8)
    return data


def test_detection_finds_the_stars():
    found = detect(field(), 5)
    order = np.argsort(found.x)
    np.testing.assert_allclose(found.x[order], [50.3, 150.0], atol=0.2)
    np.testing.assert_allclose(found.y[order], [60.7, 140.2], atol=0.2)
    assert found.ids.tolist() == [1, 2]
    assert found.source == "detected at 5 sigma"
    assert {"a", "b", "theta"} <= set(found.table.colnames)


def test_detection_passes_over_bad_pixels():
    data = field()
    data[55:66, 45:56] = np.nan
    assert len(detect(data, 5)) == 1
    mask = np.zeros(data.shape, "u1")
    mask[135:146, 145:156] = 4
    assert len(detect(data, 5, mask)) == 0
    with pytest.raises(ValueError, match="no pixel of the image is good"):
        detect(np.full((40, 40), np.nan), 5)


def test_detection_of_raw_pixels():
    """Big-endian integers, as they lie in a file, give the same stars as floats."""
    whole = np.round(field()).astype(">i2")
    np.testing.assert_array_equal(detect(whole, 5).x, detect(whole.astype(float), 5).x)


def test_detection_in_a_crowd_takes_a_larger_buffer(monkeypatch):
    """More pixels above the threshold than SEP's buffer holds at first."""
    sep = pytest.importorskip("sep")
    before = sep.get_extract_pixstack()
    monkeypatch.setattr("astroapers._fits.detect._BUFFER", 2000)
    sep.set_extract_pixstack(2000)
    y, x = np.mgrid[:300, :300]
    grid = (x % 30 < 2) | (y % 30 < 2)  # all its pixels hang together
    data = np.random.default_rng(0).normal(0, 1, (300, 300)) + 500 * grid
    with pytest.raises(Exception, match="pixel buffer full"):
        sep.extract(data, 5, err=1.0)
    assert len(detect(data, 5)) >= 1
    assert sep.get_extract_pixstack() == 2000
    sep.set_extract_pixstack(before)


def test_detection_at_far_too_low_a_threshold():
    noise = np.random.default_rng(0).normal(0, 1, (900, 900))
    with pytest.raises(ValueError, match=r"SEP cannot detect sources here: .*; try a higher threshold"):
        detect(noise, 0.01)


def test_detection_where_even_the_largest_buffer_is_too_small(monkeypatch):
    sep = pytest.importorskip("sep")
    before = sep.get_extract_pixstack()
    monkeypatch.setattr("astroapers._fits.detect._BUFFER", 1000)
    monkeypatch.setattr("astroapers._fits.detect._GROWTHS", 0)
    sep.set_extract_pixstack(1000)
    y, x = np.mgrid[:300, :300]
    data = np.random.default_rng(0).normal(0, 1, (300, 300)) + 500 * ((x % 30 < 2) | (y % 30 < 2))
    with pytest.raises(ValueError, match="too many pixels lie above 5 sigma: detect at a higher threshold"):
        detect(data, 5)
    assert sep.get_extract_pixstack() == 1000
    sep.set_extract_pixstack(before)
