"""Running `astroapers phot` as a user does, and reading what it leaves."""

import contextlib
import csv
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import QTable, Table

from astroapers import cli


@dataclass(frozen=True)
class Ran:
    """Exit status of a command and what it said; white space in `said` is single blanks, as lines may be wrapped."""

    code: int
    out: str
    err: str

    @property
    def said(self):
        return " ".join((self.out + " " + self.err).split())

    @property
    def complaint(self):
        """The one line that a wrong input is answered with."""
        (line,) = [line for line in self.err.splitlines() if line.strip()]
        return line


def phot(*words):
    """Run the command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main(["phot", *map(str, words)])
        except SystemExit as left:
            code = left.code
    return Ran(code or 0, out.getvalue(), err.getvalue())


def done(*words):
    """Run the command in this process, where all must go well."""
    ran = phot(*words)
    assert ran.code == 0, ran.out + ran.err
    return ran


def start(*words):
    """Start the command in a process of its own."""
    command = [sys.executable, "-m", "astroapers.cli", "phot", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def measured(path):
    """Read an output, in any of its formats, as a table of plain columns."""
    path = Path(path)
    if path.suffix == ".csv":
        # comments before the table hold its provenance
        return Table.read(path, format="ascii.csv", comment="#")
    if path.suffix == ".parquet":
        import pyarrow.parquet

        columns = pyarrow.parquet.read_table(path).to_pydict()
        return Table({name: np.array(values) for name, values in columns.items()})
    table = QTable.read(path) if path.suffix == ".ecsv" else Table.read(path)
    return Table({name: np.asarray(getattr(table[name], "value", table[name])) for name in table.colnames})


def catalogue(path, **columns):
    """Write a catalogue as CSV; numbers keep all their digits."""
    with Path(path).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(
            [repr(v.item()) if isinstance(v, np.generic) else v for v in row]
            for row in zip(*columns.values(), strict=True)
        )
    return path


def xy(path, x, y, **columns):
    """Write a catalogue of 0-based pixels; give the words that name it."""
    return ["--catalog", catalogue(path, x=x, y=y, **columns), "--x", "x", "--y", "y", "--origin", "0"]


def image(path, data, **keywords):
    """Write an image with some keywords; names with `__` for `-`."""
    hdu = fits.PrimaryHDU(data)
    hdu.header.update({name.replace("__", "-"): value for name, value in keywords.items()})
    hdu.writeto(path, overwrite=True)
    return path


def stars(shape, x, y, flux, *, sky=100.0, noise=5.0, sigma=1.6, seed=1):
    """Gaussian stars on a noisy sky."""
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[: shape[0], : shape[1]]
    data = rng.normal(sky, noise, shape)
    for at_x, at_y, total in zip(x, y, np.broadcast_to(flux, np.shape(x)), strict=True):
        data += total / (2 * np.pi * sigma**2) * np.exp(-((xx - at_x) ** 2 + (yy - at_y) ** 2) / (2 * sigma**2))
    return data


def same_columns(one, other, names=None):
    """Two tables hold the same bits in the same columns."""
    assert one.colnames == other.colnames
    for name in names or one.colnames:
        a, b = np.asarray(one[name]), np.asarray(other[name])
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), name
