"""The command under hostile words: for each option, as names of files, as catalogues of garbage."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from phot_command import Ran, catalogue, image, measured, phot, stars, xy

from astroapers._fits.options import GROUPS

WORDS = {
    **{text: text for text in ("nan", "-inf", "1e300", "5e-324", "-1", "0", "")},
    **{text: text for text in ("text", "1,2", "--help2", "[", "$(touch pwned)")},
    "line break": "a\nb",
    "escape": "\x1b[31m",
    "from right to left": "é\u202e",
    "half a character": "\ud800",
    "many digits": "9" * 400,
}

#: Options with a value; files that are written have a test of their own, and processes are not started by the thousand.
OPTIONS = [
    option
    for group in GROUPS
    for option in group.options
    if option.kind is not bool and option.name not in ("output", "plot", "jobs")
]

#: What cannot stand beside an option.
INSTEAD = {
    "sky": ("--annulus",),
    "detect": ("--catalog", "--x", "--y", "--origin"),
    "ra": ("--x", "--y"),
    "dec": ("--x", "--y"),
}
BESIDE = {"ra": ["--dec", "x"], "dec": ["--ra", "x"], "dark": ["--error-model", "ccd"]}


@dataclass
class Bench:
    """A folder with an image, a catalogue, and the words that measure it."""

    folder: Path
    image: Path

    def run(self, *words, without=()):
        plain = {"--catalog": ["cat.csv"], "--x": ["x"], "--y": ["y"], "--origin": ["0"], "--r": ["4"]}
        plain |= {"--annulus": ["8,12"], "--output": ["out.ecsv"]}
        flat = [word for name, values in plain.items() if name not in (*without, *words) for word in (name, *values)]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return phot(self.image, *flat, "--overwrite", *words)


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = stars((60, 70), [20.3, 50.7], [30.2, 20.9], 5000.0)
    xy("cat.csv", [20.3, 50.7], [30.2, 20.9])
    return Bench(tmp_path, image(Path("im.fits"), data, GAIN=1.5, EXPTIME=30.0))


def answered(ran: Ran, folder: Path, allowed=("im.fits", "cat.csv", "out.ecsv")):
    """All went well, or one line says what is wrong; no other file has appeared."""
    assert ran.code in (0, 2), ran.err
    assert "fault of ours" not in ran.said
    if ran.code == 2:
        assert ran.complaint.startswith("astroapers phot: ")
        assert ran.complaint.isprintable()
    else:
        assert {"x", "y"} <= set(measured(folder / "out.ecsv").colnames)
    assert {path.name for path in folder.iterdir()} <= set(allowed)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_with_every_word(option, bench):
    codes = set()
    for word in WORDS.values():
        values = [word] * (option.nargs if option.nargs > 0 else 1)
        ran = bench.run(f"--{option.name}", *values, *BESIDE.get(option.name, []), without=INSTEAD.get(option.name, ()))
        answered(ran, bench.folder)
        codes.add(ran.code)
    assert 2 in codes


@pytest.mark.parametrize(
    "name", ["a\nb", "; rm -rf x", "$(touch pwned)", "%s{}", "\x1b[31m", "é ü", "-x", "x'y\"z", "a" * 200]
)
def test_names_of_files_are_names(name, bench):
    """Neither a shell nor a terminal ever sees them."""
    Path(name).mkdir()
    there = Path(name)
    bench.image.rename(there / f"{name}.fits")
    Path("cat.csv").rename(there / f"{name}.csv")
    bench.image = bench.folder / there / f"{name}.fits"
    words = ("--catalog", f"./{there / name}.csv", "--output", f"./{there / name}.ecsv")
    ran = bench.run(*words)
    assert ran.code == 0, ran.err
    assert len(measured(there / f"{name}.ecsv")) == 2
    assert [path.name for path in bench.folder.iterdir()] == [name]
    missing = bench.run("--catalog", f"./{name}.nothing")
    assert missing.code == 2
    assert missing.complaint.endswith("No such file or directory")
    assert missing.complaint.isprintable()


GARBAGE = {
    "random bytes": np.random.default_rng(1).bytes(5000),
    "zeros": bytes(3000),
    "nothing": b"",
    "a line break": b"\n",
    "half a FITS header": b"SIMPLE  =                    T".ljust(80) + b"BITPIX",
    "the head of Parquet": b"PAR1" + bytes(50),
    "the head of VOTable": b"<?xml version='1.0'?><VOTABLE><RESOURCE>",
    "the head of ECSV": b"# %ECSV 1.0\n# ---\n# datatype:\n",
    "UTF-16": "x,y\n1,2\n".encode("utf-16"),
    "compressed": bytes.fromhex("1f8b0800") + bytes(40),
    "one long line": b"9" * 300_000,
    "many columns": b",".join(b"c%d" % i for i in range(5000)) + b"\n" + b",".join([b"1"] * 5000),
}


@pytest.mark.parametrize("kind", GARBAGE)
@pytest.mark.parametrize("option", ["--catalog", "--config", "--keywords"])
def test_files_of_garbage(kind, option, bench):
    Path("garbage").write_bytes(GARBAGE[kind])
    ran = bench.run(option, "garbage")
    answered(ran, bench.folder, ("im.fits", "cat.csv", "out.ecsv", "garbage"))
    # For options that is a comment, or no option at all.
    assert ran.code == 2 or (option != "--catalog" and kind in ("nothing", "a line break", "the head of ECSV"))


@pytest.mark.parametrize("option", ["--catalog", "--config", "--keywords", "--mask", "--error", "--output"])
@pytest.mark.parametrize("path", [".", "im.fits/below", "nowhere/at/all"])
def test_what_is_no_file(option, path, bench):
    ran = bench.run(option, path)
    assert ran.code == 2 or (option == "--output" and path != "im.fits/below")  # folders are made
    assert "fault of ours" not in ran.said


def test_positions_of_nonsense(bench):
    """Rows that are nowhere are rows of NaN with a flag; the good one among them is measured as if alone."""
    bad = [np.nan, np.inf, -np.inf, 1e300, -1e300, 5e-324, -0.0, 2.0**31, 2.0**63, 1e18, 1e-300]
    x, y = [20.3, *bad, *[30.2] * len(bad)], [30.2, *[20.9] * len(bad), *bad]
    catalogue("cat.csv", x=x, y=y)
    assert bench.run().code == 0
    table = measured("out.ecsv")
    catalogue("cat.csv", x=x[:1], y=y[:1])
    assert bench.run().code == 0
    alone = measured("out.ecsv")
    assert len(table) == len(x)
    assert (table["flux"][0], table["flux_err"][0]) == (alone["flux"][0], alone["flux_err"][0])
    nowhere = ~(np.isfinite(x) & np.isfinite(y))
    assert np.isnan(table["flux"][nowhere]).all()
    assert (table["flags"][nowhere] & 256 != 0).all()
    far = np.maximum(np.abs(x), np.abs(y)) > 1e3
    assert (table["flags"][far & ~nowhere] & 1 != 0).all()


def test_a_catalogue_that_was_written_anew_is_read_anew(bench):
    """In one process the name was enough to take the sources of the file as it had been."""
    assert bench.run().code == 0
    catalogue("cat.csv", x=[33.25], y=[44.5])
    assert bench.run().code == 0
    assert measured("out.ecsv")["x"].tolist() == [33.25]


def test_a_large_catalogue_of_nonsense(bench):
    rng = np.random.default_rng(2)
    n = 20_000
    catalogue("cat.csv", x=10.0 ** rng.uniform(-300, 300, n), y=10.0 ** rng.uniform(-300, 300, n))
    assert bench.run().code == 0
    assert len(measured("out.ecsv")) == n
