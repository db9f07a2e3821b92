"""Tables into files: ECSV, CSV, FITS, Parquet, with everything that is known of them.

A file appears whole or not at all: it is written beside its name, forced to the disk, and renamed.

Metadata is the dictionary that `table.meta` holds under the name `METADATA`. ECSV writes it among its own; CSV as
comments, one ``# name: value`` a line, the values as JSON; FITS as JSON in the bytes of the image ``PROVENANCE``, which
is no second table to choose from, and the most important values as cards too; Parquet as JSON in the metadata of the
schema. `read.read_table` gives it back from each.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import re
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astroapers._extras import require
from astroapers._fits.read import METADATA, PROVENANCE

#: Suffix of the file that is being written, and its name: that of the file, the machine and the process.
_PART = ".part"
_LEFT = re.compile(rf"^\..*\.(?P<machine>[0-9a-f]{{6}})-(?P<process>\d+){re.escape(_PART)}$")

#: Seconds after which nobody writes any more, where processes cannot be asked for.
_LONG = 86_400.0


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """
    Give a name beside a file to write to; afterwards the file has its name, or nothing is left.

    Parameters
    ----------
    path : Path
        The file that is to appear.

    Yields
    ------
    Path
        A hidden name in the same folder.

    Raises
    ------
    OSError
        If it cannot be written; the message names the file, whatever the writer was busy with.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with beside(Path(folder) / "out.txt") as name:
    ...         _ = name.write_text("whole")
    ...     [file.name for file in Path(folder).iterdir()]
    ['out.txt']
    """
    # With a number of its own: two runs that write the same file each write a whole one.
    part = path.with_name(f".{path.name}.{_machine()}-{os.getpid()}{_PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if (cause := _of_the_disk(error)) is not None:
            raise OSError(cause.errno, f"cannot be written: {_reason(cause)}", str(path)) from error
        raise
    _sync_folder(path.parent)


def sweep(folders: Iterable[Path]) -> None:
    """
    Remove what `beside` left of files whose process was killed.

    Parameters
    ----------
    folders : iterable of Path
        Where outputs go; they need not exist.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / f".out.csv.{_machine()}-999999999.part").write_text("hal")
    ...     sweep([Path(folder)])
    ...     list(Path(folder).iterdir())
    []
    """
    for folder in dict.fromkeys(folders):
        with suppress(OSError):
            for file in folder.iterdir():
                found = _LEFT.search(file.name)
                if found is not None and found["machine"] == _machine() and not _lives(int(found["process"]), file):
                    file.unlink(missing_ok=True)


def _lives(process: int, file: Path) -> bool:
    """Tell whether somebody may still be writing."""
    if os.name != "posix":
        return time.time() - file.stat().st_mtime < _LONG
    try:
        # One that has ended may wait for somebody to take note of it, and answers until then.
        if Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] in "ZX":
            return False
    except OSError:
        pass  # there is no such list here, or no such process
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # somebody else's
    return True


def _machine() -> str:
    """Tell machines apart that share a disk: their processes have the same numbers."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def _of_the_disk(error: BaseException) -> OSError | None:
    """Find the error of the system that another one hides: writers that fail stumble over their own ends."""
    seen: BaseException | None
    found: OSError | None
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return None
    seen, found = error, None
    while seen is not None:
        # The one with a number is the one that happened; others speak of it.
        if isinstance(seen, OSError) and (found is None or found.errno is None):
            found = seen
        seen = seen.__cause__ or seen.__context__
    return found


def _reason(error: OSError) -> str:
    """Say what the system said, and what to do where that is not plain."""
    if error.errno not in _REMEDIES:
        return error.strerror or " ".join(str(error).split())
    where = f"{error.filename}: " if isinstance(error, FileExistsError | NotADirectoryError) else ""
    return f"{where}{os.strerror(error.errno or 0)}; {_REMEDIES[error.errno]}"


#: What to do about errors of the system.
_REMEDIES: dict[int | None, str] = {
    errno.ENOSPC: "make room, then --resume goes on",
    errno.EDQUOT: "make room, then --resume goes on",
    errno.EFBIG: "files may not be larger here; give another place",
    errno.EACCES: "give another place, or yourself the right to write here",
    errno.EPERM: "give another place, or yourself the right to write here",
    errno.EROFS: "give another place",
    errno.EEXIST: "a folder cannot be there, give another place",
    errno.ENOTDIR: "a folder cannot be there, give another place",
    errno.ENAMETOOLONG: "give a shorter name",
}


def _sync_folder(folder: Path) -> None:
    """Force a new name to the disk, where folders can be opened for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def format_of(path: Path) -> str:
    """
    Say which format a name asks for.

    Parameters
    ----------
    path : Path
        Name of a table.

    Returns
    -------
    str
        One of "ecsv", "csv", "fits", "parquet".

    Raises
    ------
    ValueError
        If it asks for none of them.

    Examples
    --------
    >>> format_of(Path("stars.FITS"))
    'fits'
    >>> format_of(Path("stars.txt"))
    Traceback (most recent call last):
    ...
    ValueError: stars.txt must end in .ecsv, .csv, .fits or .parquet
    """
    found = path.suffix.lower().removeprefix(".")
    if found not in _WRITERS:
        raise ValueError(f"{path} must end in .ecsv, .csv, .fits or .parquet")
    return found


def write_table(table: Any, path: Path) -> None:
    """
    Write a table in the format that the name asks for.

    Parameters
    ----------
    table : astropy.table.QTable
        The table. ``meta["astroapers"]`` is written in every format, with the types and units of the columns.
    path : Path
        The file, which is replaced if it exists.

    Raises
    ------
    OSError
        If the file cannot be written; nothing is left of it then.
    ValueError
        If its name asks for no known format.

    Examples
    --------
    >>> import tempfile
    >>> from astropy.table import QTable
    >>> from astroapers._fits.read import read_table
    >>> table = QTable({"flux": [1.5, 2.5]}, units={"flux": "adu"}, meta={"astroapers": {"origin": 0}})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_table(table, Path(folder) / "out.csv")
    ...     print((Path(folder) / "out.csv").read_text())
    ...     read_table(Path(folder) / "out.csv").meta["astroapers"]["origin"]
    # origin: 0
    # columns: {"flux": {"dtype": "float64", "unit": "adu"}}
    flux
    1.5
    2.5
    0
    """
    writer = _WRITERS[format_of(path)]
    columns = plain_columns(table)
    about = {
        name: {"dtype": column.dtype.name, **({"unit": str(column.unit)} if column.unit is not None else {})}
        for name, column in columns.items()
    }
    meta = {**table.meta.get(METADATA, {}), "columns": about}
    with beside(path) as part:
        writer(table, columns, meta, part)


def plain_columns(table: Any) -> dict[str, Any]:
    """
    Give the columns of a table as plain numbers and texts, which every format has.

    Parameters
    ----------
    table : astropy.table.Table
        A table, with whatever astropy calls a column.

    Returns
    -------
    dict
        Columns without subclasses: coordinates on the sky are two columns in degrees, times are ISO texts.
    """
    tables = require("astropy.table", extra="phot")
    coordinates = require("astropy.coordinates", extra="phot")
    time = require("astropy.time", extra="phot")
    found: dict[str, Any] = {}
    for name in table.colnames:
        column = table[name]
        if isinstance(column, coordinates.SkyCoord):
            where = column.icrs
            found[f"{name}_ra"] = tables.Column(where.ra.deg, unit="deg")
            found[f"{name}_dec"] = tables.Column(where.dec.deg, unit="deg")
            continue
        unit = getattr(column, "unit", None)
        if isinstance(column, time.Time):
            values, unit = column.isot, None
        else:
            values = getattr(column, "value", column)
        values = np.ma.asarray(getattr(values, "unmasked", values), dtype=None)
        mask = np.ma.getmaskarray(values) | np.asarray(getattr(column, "mask", False))
        values = _simple(values.data)
        if mask.shape != values.shape:  # what was an array per row is one text now
            mask = mask.reshape(len(values), -1).all(axis=1)
        masked = tables.MaskedColumn(values, mask=mask, unit=unit)
        found[name] = masked if mask.any() else tables.Column(values, unit=unit)
    return found


def _simple(values: NDArray[Any]) -> NDArray[Any]:
    """Turn values that are neither numbers nor texts, one per row, into texts."""
    if values.ndim == 1 and values.dtype.kind in "biufU":
        wide = values.dtype.kind == "f" and values.dtype.itemsize not in (4, 8)
        return values.astype(np.float64) if wide else values.astype(values.dtype.newbyteorder("="), copy=False)
    if values.dtype.kind == "S" and values.ndim == 1:
        return np.char.decode(values, "utf-8", "backslashreplace")
    texts = [json.dumps(item.tolist(), default=str) if isinstance(item, np.ndarray) else str(item) for item in values]
    return np.array(texts, dtype=str)


def to_json(value: Any) -> str:
    """
    Write metadata as JSON; what JSON does not know is said in words.

    Parameters
    ----------
    value : object
        Metadata.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> to_json({"gain": np.float64(1.5), "file": Path("a.fits")})
    '{"gain": 1.5, "file": "a.fits"}'
    """
    return json.dumps(value, default=_jsonable)


def _jsonable(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return value.tolist() if isinstance(value, np.ndarray) else str(value)


def _write_ecsv(table: Any, columns: dict[str, Any], meta: dict[str, Any], part: Path) -> None:
    # Through JSON, so that only plain values reach YAML.
    whole = table.copy(copy_data=False)
    whole.meta = {METADATA: json.loads(to_json(meta))}
    whole.write(part, format="ascii.ecsv", overwrite=True)


def _arrow(columns: dict[str, Any]) -> Any:
    pyarrow = require("pyarrow", extra="phot")
    arrays = {}
    for name, column in columns.items():
        mask = np.ma.getmaskarray(np.ma.asarray(column)) if hasattr(column, "mask") else None
        arrays[name] = pyarrow.array(np.asarray(column), mask=mask)
    return pyarrow.table(arrays)


def _write_csv(table: Any, columns: dict[str, Any], meta: dict[str, Any], part: Path) -> None:
    csv = require("pyarrow.csv", extra="phot")
    written = {name: _spelled(column) if column.dtype.kind == "b" else column for name, column in columns.items()}
    names = list(written)
    with part.open("wb") as file:
        for name, value in meta.items():
            file.write(f"# {name}: {to_json(value)}\n".encode())
        quoted = ['"' + name.replace('"', '""') + '"' if set(name) & set('", \t') else name for name in names]
        file.write((",".join(quoted) + "\n").encode())
        csv.write_csv(_arrow(written), file, csv.WriteOptions(include_header=False, quoting_style=_quoting(written)))


def _quoting(columns: dict[str, Any]) -> str:
    """Quote everything where a text holds a #: pandas takes the rest of the line for a comment otherwise."""
    texts = [np.asarray(column) for column in columns.values() if column.dtype.kind == "U"]
    return "all_valid" if any((np.char.find(text, "#") >= 0).any() for text in texts) else "needed"


def _spelled(column: Any) -> Any:
    """Truth in the words that Python, pandas and astropy read."""
    values = np.where(np.asarray(column), "True", "False")
    mask = getattr(column, "mask", None)
    return values if mask is None else np.ma.array(values, mask=mask)


def _write_parquet(table: Any, columns: dict[str, Any], meta: dict[str, Any], part: Path) -> None:
    parquet = require("pyarrow.parquet", extra="phot")
    parquet.write_table(_arrow(columns).replace_schema_metadata({METADATA: to_json(meta)}), part)


def _write_fits(table: Any, columns: dict[str, Any], meta: dict[str, Any], part: Path) -> None:
    fits = require("astropy.io.fits", extra="phot")
    tables = require("astropy.table", extra="phot")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # units that FITS has no word for are in the metadata
        measured = fits.table_to_hdu(tables.Table({name: _ascii(column) for name, column in columns.items()}))
    measured.name = "PHOTOMETRY"
    for keyword, name, comment in (
        ("AAPERS", "version", "version of astroapers"),
        ("DATE", "created", "UTC"),
        ("XYORIGIN", "origin", "what the first pixel counts as in x and y"),
    ):
        if name in meta:
            measured.header[keyword] = (meta[name], comment)
    for name in ("command", "variance"):
        if name in meta:
            measured.header.add_history(f"{name}: {meta[name]}".encode("ascii", "backslashreplace").decode())
    text = np.frombuffer(to_json({METADATA: meta}).encode("ascii"), dtype=np.uint8)
    provenance = fits.ImageHDU(text, name=PROVENANCE)
    provenance.header["COMMENT"] = "The bytes are a text in ASCII: JSON."
    fits.HDUList([fits.PrimaryHDU(), measured, provenance]).writeto(part, overwrite=True, output_verify="silentfix")


def _ascii(column: Any) -> Any:
    """FITS knows ASCII alone: other letters are spelled as Python would."""
    if column.dtype.kind != "U":
        return column
    tables = require("astropy.table", extra="phot")
    texts = np.char.encode(np.asarray(column), "ascii", "backslashreplace")
    return tables.Column(texts, unit=column.unit)


_WRITERS = {"ecsv": _write_ecsv, "csv": _write_csv, "fits": _write_fits, "parquet": _write_parquet}
