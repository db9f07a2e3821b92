"""Tables in every format: whole or not at all, and read back with everything that is known of them."""

import csv
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time

from astroapers._fits.read import read_meta, read_table
from astroapers._fits.write import beside, format_of, to_json, write_table

SUFFIXES = ["ecsv", "csv", "fits", "parquet"]
META = {"version": "1", "origin": 0, "command": "phot é \"quoted\" 'x'", "images": [{"path": "a b.fits", "rows": 3}]}


def table():
    return QTable(
        {
            "id": np.array(["1", "02", "é, #"]),
            "flux": np.array([1 / 3, np.nan, -1e300]) * u.adu,
            "single": np.array([0.1, 0.2, 0.3], "f4"),
            "flags": np.array([0, 2**17, 3]),
            "gaia": np.array([2**62 + 1, 5, 6]),
            "known": np.array([True, False, True]),
            "V": MaskedColumn([1.5, 2.5, 3.5], mask=[False, True, False]),
            "n": MaskedColumn([1, 2, 3], mask=[True, False, False]),
            "empty": np.array(["", "", ""]),
            "digits": np.array(["1", "2", "3"]),
        },
        meta={"astroapers": META},
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_everything_is_read_back(tmp_path, suffix):
    path = tmp_path / f"out.{suffix}"
    write_table(table(), path)
    back = read_table(path)
    assert back.colnames == table().colnames
    for name in ("flux", "single", "flags", "gaia", "known"):
        want = getattr(table()[name], "value", table()[name])
        np.testing.assert_array_equal(np.asarray(back[name]), want)
        assert back[name].dtype.kind == want.dtype.kind, name
    assert back["single"].dtype.itemsize == 4
    assert str(back["flux"].unit) == "adu"
    assert back["digits"].tolist() == ["1", "2", "3"]
    assert [str(text) if text is not np.ma.masked else "" for text in back["empty"]] == ["", "", ""]
    assert np.ma.getmaskarray(np.ma.asarray(back["n"])).tolist() == [True, False, False]
    missing = np.ma.getmaskarray(np.ma.asarray(back["V"])) | np.isnan(np.ma.filled(np.ma.asarray(back["V"]), np.nan))
    assert missing.tolist() == [False, True, False]
    letters = "\\xe9, #" if suffix == "fits" else "é, #"  # FITS tables are ASCII
    assert back["id"].tolist() == ["1", "02", letters]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_metadata_is_in_every_format(tmp_path, suffix):
    path = tmp_path / f"out.{suffix}"
    write_table(table(), path)
    for meta in (read_meta(path), read_table(path).meta["astroapers"]):
        assert {name: meta[name] for name in META} == META
        assert meta["columns"]["flux"] == {"dtype": "float64", "unit": "adu"}


def test_csv_as_others_read_it(tmp_path):
    """Comments are lines that begin with #, whoever reads."""
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "out.csv"
    write_table(table(), path)
    frame = pandas.read_csv(path, comment="#")
    assert list(frame.columns) == table().colnames
    assert frame["gaia"][0] == 2**62 + 1
    assert np.isnan(frame["flux"][1])
    assert np.isnan(frame["V"][1])
    assert frame["known"].tolist() == [True, False, True]
    assert frame["id"][2] == "é, #"
    assert Table.read(path, format="ascii.csv", comment="#")["flux"][0] == 1 / 3
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    assert json.loads(comments["images"]) == META["images"]


def test_fits_as_others_read_it(tmp_path):
    from astropy.io import fits

    write_table(table(), tmp_path / "out.fits")
    with fits.open(tmp_path / "out.fits") as hdus:
        hdus.verify("exception")
        assert [hdu.name for hdu in hdus] == ["PRIMARY", "PHOTOMETRY", "PROVENANCE"]
        assert hdus[1].header["XYORIGIN"] == 0
        assert hdus[1].header["TUNIT2"] == "adu"
        assert "command: phot" in str(hdus[1].header["HISTORY"])


def test_parquet_as_others_read_it(tmp_path):
    pandas = pytest.importorskip("pandas")
    write_table(table(), tmp_path / "out.parquet")
    assert pandas.read_parquet(tmp_path / "out.parquet")["gaia"][0] == 2**62 + 1


def test_columns_that_are_no_numbers(tmp_path):
    """Coordinates, times, vectors and objects reach every format in some way."""
    odd = QTable(
        {
            "where": SkyCoord([1, 2], [3, 4], unit="deg"),
            "when": Time([60000.0, 60001.0], format="mjd"),
            "pair": np.array([[1, 2], [3, 4]]),
            "thing": np.array([{"a": 1}, None], dtype=object),
            "raw": np.array([b"one", b"two"]),
        }
    )
    for suffix in ("csv", "fits", "parquet"):
        path = tmp_path / f"odd.{suffix}"
        write_table(odd, path)
        back = read_table(path)
        assert back.colnames == ["where_ra", "where_dec", "when", "pair", "thing", "raw"]
        assert back["where_dec"].tolist() == [3.0, 4.0]
        assert str(back["when"][0]).startswith("2023-02-25T00:00:00")
        assert back["pair"].tolist() == ["[1, 2]", "[3, 4]"]
        assert back["raw"].tolist() == ["one", "two"]


def test_numbers_are_bare_where_no_text_needs_quotes(tmp_path):
    write_table(QTable({"name": ["one, two", "x"], "n": [1, 2]}), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[-2:] == ['"one, two",1', '"x",2']


@pytest.mark.parametrize("name", ['a"b', "a,b", "a b"])
def test_names_of_columns_may_be_odd(tmp_path, name):
    path = tmp_path / "out.csv"
    write_table(QTable({"id": [1], name: [2.5]}), path)
    with path.open(newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    assert next(csv.reader(lines)) == ["id", name]
    assert read_table(path)[name].tolist() == [2.5]


def test_an_empty_table(tmp_path):
    for suffix in SUFFIXES:
        path = tmp_path / f"none.{suffix}"
        write_table(table()[:0], path)
        assert len(read_table(path)) == 0


def test_formats():
    assert [format_of(Path(f"a.{suffix}")) for suffix in SUFFIXES] == SUFFIXES
    with pytest.raises(ValueError, match=r"a\.txt must end in \.ecsv, \.csv, \.fits or \.parquet"):
        format_of(Path("a.txt"))


# ---------------------------------------------------------------- whole or not at all


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def fail():
        with beside(path) as part:
            part.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_disk_that_fills_up(tmp_path, suffix, monkeypatch):
    """Whoever writes, nothing is left of a file that could not be forced to the disk."""

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_table(table(), tmp_path / f"out.{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_forced_to_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    path, seen = tmp_path / "out.csv", []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append(path.exists()), real(handle)))
    write_table(table(), path)
    assert seen == [False, True]  # the file, then its folder


def test_folders_are_made(tmp_path):
    write_table(table(), tmp_path / "new" / "folder" / "out.csv")
    assert (tmp_path / "new" / "folder" / "out.csv").exists()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_no_table_of_ours_says_nothing(tmp_path, suffix):
    path = tmp_path / f"other.{suffix}"
    path.write_bytes(b"nonsense")
    assert read_meta(path) == {}
    path.unlink()
    other = Table({"a": [1]})
    if suffix == "parquet":
        pandas = pytest.importorskip("pandas")
        pandas.DataFrame({"a": [1]}).to_parquet(path)
    else:
        other.write(path, format={"ecsv": "ascii.ecsv", "csv": "ascii.csv"}.get(suffix, suffix))
    assert read_meta(path) == {}


@pytest.mark.parametrize("suffix", ["fits", "parquet"])
def test_a_missing_package_is_no_missing_table(tmp_path, suffix, monkeypatch):
    """To take the table for somebody else's would have it replaced."""
    write_table(table(), tmp_path / f"out.{suffix}")
    monkeypatch.setitem(sys.modules, {"fits": "astropy.io.fits", "parquet": "pyarrow.parquet"}[suffix], None)
    with pytest.raises(ImportError, match="is needed here; install it with"):
        read_meta(tmp_path / f"out.{suffix}")


def test_metadata_of_any_kind_is_json():
    meta = {"n": np.int64(3), "yes": np.bool_(True), "list": np.arange(2), "path": Path("a.fits")}
    assert json.loads(to_json(meta)) == {"n": 3, "yes": True, "list": [0, 1], "path": "a.fits"}
