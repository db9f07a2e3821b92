"""Tables as they lie in files: ECSV, CSV, FITS, VOTable, Parquet, and bare columns of text.

What a file is, its first bytes say, not its name. Order, values and names of columns are those of the file, and what is
missing there is masked here.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from astroapers._extras import require

#: Where our own files keep what `write` knows of a table.
METADATA = "astroapers"

#: Name of the extension with the provenance in our own FITS files.
PROVENANCE = "PROVENANCE"

#: Bytes that are looked at.
_HEAD = 4096

#: The first line that is no comment.
_FIRST = re.compile(r"^(?!\s*#).*\S.*$", re.MULTILINE)

#: What a line of a bare text may set: ``# origin: 1``.
_STATEMENT = re.compile(r"^#\s*(\w+)\s*[:=]\s*(\S.*?)\s*$")


def read_table(path: Path) -> Any:
    r"""
    Read a table of any of the known formats.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    astropy.table.Table
        Its rows in their order. `meta` holds what the file says of itself.

    Raises
    ------
    OSError
        If there is no such file.
    ValueError
        If it is no table.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "stars.txt"
    ...     _ = file.write_text("# origin: 1\n10 20\n30.5 40\n")
    ...     table = read_table(file)
    >>> table.colnames, table.meta, len(table)
    (['x', 'y'], {'origin': 1}, 2)
    """
    if path.is_dir():
        raise ValueError(f"{path} is a folder, not a table")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, f"cannot be read: {error.strerror}", str(path)) from error
    if not head.strip():
        raise ValueError(f"{path} is empty")
    kind = _kind(path, head)
    try:
        with warnings.catch_warnings():
            # Units and dates that astropy does not know stay as they are; nobody can mend them here.
            warnings.simplefilter("ignore")
            table = _READERS[kind](path)
    except (ImportError, OSError):
        raise
    except Exception as error:  # every reader has errors of its own
        raise ValueError(f"{path} cannot be read as {kind}: {_first_line(error)}") from error
    if not table.colnames:
        raise ValueError(f"{path} has no columns")
    return table


def read_meta(path: Path) -> dict[str, Any]:
    """
    Read what a table of ours says of itself, without its rows.

    Parameters
    ----------
    path : Path
        A table that `write.write_table` wrote.

    Returns
    -------
    dict
        Its metadata; empty if it is no table of ours, or cannot be read.
    """
    try:
        if path.suffix == ".parquet":
            schema = require("pyarrow.parquet", extra="phot").read_schema(path)
            found = _stored((schema.metadata or {}).get(METADATA.encode(), b"").decode())
        elif path.suffix == ".fits":
            with require("astropy.io.fits", extra="phot").open(path) as hdus:
                found = _provenance(hdus)
        else:
            with path.open(encoding="utf-8") as file:
                lines = [line.rstrip("\n") for line in itertools.takewhile(lambda line: line.startswith("#"), file)]
            found = {METADATA: _statements(lines)} if path.suffix == ".csv" else _ecsv_meta(lines)
    except ImportError:
        raise
    except Exception:  # whatever it is, it is no table of ours
        return {}
    own = found.get(METADATA)
    return own if isinstance(own, dict) else {}


def _ecsv_meta(lines: list[str]) -> dict[str, Any]:
    meta = require("astropy.table.meta", extra="phot")
    header = meta.get_header_from_yaml([line[2:] for line in lines if not line.startswith("# %")])
    return dict(header.get("meta") or {})


def _kind(path: Path, head: bytes) -> str:
    """Say what a file is: its first bytes know best."""
    if head.startswith(b"\x1f\x8b"):
        with gzip.open(path) as file:
            head = file.read(_HEAD)
    if head.startswith(b"SIMPLE  ="):
        return "FITS"
    if head.startswith(b"PAR1"):
        return "Parquet"
    if re.match(rb"\s*<(\?xml|VOTABLE|!--)", head):
        return "VOTable"
    if b"\0" in head:
        raise ValueError(f"{path} is no table that we know: ECSV, CSV, FITS, VOTable, Parquet, or columns of text")
    if head.lstrip().startswith(b"# %ECSV"):
        return "ECSV"
    return "CSV" if _delimiter(_text_of(path)) else "text"


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _delimiter(text: str) -> str:
    """Find what stands between the columns of a text: a comma, a semicolon, a tabulator, or nothing but blanks."""
    first = _FIRST.search(text)
    if first is None:
        return ""
    return next((mark for mark in ",;\t" if mark in first[0]), "")


def _text_of(path: Path) -> str:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        return file.read().decode("utf-8-sig")


def _read_fits(path: Path) -> Any:
    fits = require("astropy.io.fits", extra="phot")
    table = require("astropy.table", extra="phot")
    with fits.open(path, memmap=False) as hdus:
        tables = [hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU | fits.TableHDU)]
        tables = [hdu for hdu in tables if not isinstance(hdu, fits.CompImageHDU)]
        if not tables:
            raise ValueError("it has no table, only images")
        found = table.Table.read(tables[0], format="fits", character_as_bytes=False)
        if own := _provenance(hdus):
            found.meta = own
    return found


def _provenance(hdus: Any) -> dict[str, Any]:
    """Metadata from the extension that `write` puts behind the table."""
    if PROVENANCE not in [hdu.name for hdu in hdus]:
        return {}
    text = np.asarray(hdus[PROVENANCE].data, dtype=np.uint8).tobytes().decode("ascii")
    found: dict[str, Any] = json.loads(text)
    return found


def _stored(text: str | None) -> dict[str, Any]:
    """Metadata from the one text they were written as."""
    return {METADATA: json.loads(text)} if text else {}


def _read_parquet(path: Path) -> Any:
    """Read through pyarrow; what is null there is masked."""
    table = require("astropy.table", extra="phot")
    parquet = require("pyarrow.parquet", extra="phot")
    arrow = parquet.read_table(path)
    stored = (arrow.schema.metadata or {}).get(METADATA.encode())
    meta = _stored(None if stored is None else stored.decode())
    columns = {name: _from_arrow(arrow.column(name).combine_chunks()) for name in arrow.column_names}
    units = {name: about.get("unit") for name, about in meta.get(METADATA, {}).get("columns", {}).items()}
    return table.Table(columns, units={k: v for k, v in units.items() if k in columns and v}, meta=meta)


def _from_arrow(column: Any) -> Any:
    """One column as an array, masked where it is null."""
    table = require("astropy.table", extra="phot")
    types = require("pyarrow", extra="phot").types
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False))
    if types.is_string(column.type) or types.is_large_string(column.type):
        values = np.array(["" if text is None else text for text in column.to_pylist()], dtype=str)
    elif types.is_boolean(column.type) or types.is_integer(column.type):
        values = column.fill_null(False if types.is_boolean(column.type) else 0).to_numpy(zero_copy_only=False)
    else:
        values = column.to_numpy(zero_copy_only=False)
    return table.MaskedColumn(values, mask=missing) if missing.any() else values


def _read_votable(path: Path) -> Any:
    votable = require("astropy.io.votable", extra="phot")
    return votable.parse_single_table(path, verify="ignore").to_table(use_names_over_ids=True)


def _read_ecsv(path: Path) -> Any:
    table = require("astropy.table", extra="phot").Table.read(path, format="ascii.ecsv")
    if METADATA in table.meta:
        for name in table.colnames:
            # ECSV masks texts without a letter; they were not when they were written.
            if table[name].dtype.kind == "U" and hasattr(table[name], "mask"):
                table[name] = table[name].filled("")
    return table


def _read_csv(path: Path) -> Any:
    """Read a text with separators: its first line names the columns, or it holds numbers alone."""
    ascii_ = require("astropy.io.ascii", extra="phot")
    text = _text_of(path)
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    mark = _delimiter(text)
    rows = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    named = not _numbers(rows[0].split(mark))
    format_ = "csv" if named else "no_header"
    table = ascii_.read(rows, format=format_, delimiter=mark, guess=False, fill_values=[("", "0")])
    if not named:
        _name_bare(table)
    return _described(table, comments)


def _read_text(path: Path) -> Any:
    """Read columns between blanks: with a line of names, with one in a comment, or with numbers alone."""
    ascii_ = require("astropy.io.ascii", extra="phot")
    lines = _text_of(path).splitlines()
    comments = [line for line in lines if line.lstrip().startswith("#")]
    rows = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not rows:
        raise ValueError("it has no rows")
    if re.match(r"#\s+1\s+[A-Z]", lines[0]):
        return ascii_.read(lines, format="sextractor", guess=False)
    named = not _numbers(rows[0].split())
    format_ = "basic" if named else "no_header"
    table = ascii_.read(rows, format=format_, guess=False, fill_values=[("", "0")])
    if not named:
        names = comments[-1].lstrip("# ").split() if comments else []
        if len(names) == len(table.colnames) and not _numbers(names) and len(set(names)) == len(names):
            table.rename_columns(table.colnames, names)
        else:
            _name_bare(table)
    return _described(table, comments)


def _numbers(words: list[str]) -> bool:
    """Tell values from names: a line with a number in it is no line of names."""
    for word in words:
        try:
            float(word)
        except ValueError:
            continue
        return True
    return False


def _name_bare(table: Any) -> None:
    """Name the columns of a bare text: the first two are the position."""
    names = ["x", "y", *(f"col{k}" for k in range(3, len(table.colnames) + 1))]
    table.rename_columns(table.colnames, names[: len(table.colnames)])


def _described(table: Any, comments: list[str]) -> Any:
    """Take from the comments what they say: metadata of our own, or one statement a line."""
    table.meta.clear()
    table.meta.update(_statements(comments))
    if isinstance(table.meta.get("columns"), dict):  # a table of ours
        own = dict(table.meta)
        table.meta.clear()
        table.meta[METADATA] = own
    for name, about in table.meta.get(METADATA, {}).get("columns", {}).items():
        if name in table.colnames:
            table[name] = _retyped(table[name], about["dtype"])
            table[name].unit = about.get("unit")
    return table


def _statements(comments: list[str]) -> dict[str, Any]:
    """Names and values of the lines ``# name: value``; values are JSON, or else text."""
    found: dict[str, Any] = {}
    for line in comments:
        statement = _STATEMENT.match(line.strip())
        if statement:
            try:
                found[statement[1]] = json.loads(statement[2])
            except ValueError:
                found[statement[1]] = statement[2]
    return found


def _retyped(column: Any, dtype: str) -> Any:
    """Give a column the type it had when it was written; text of digits looks like numbers, truth like text."""
    dtype = "str" if dtype.startswith("str") else dtype
    if dtype == "bool" and column.dtype.kind == "U":
        return column == "True"
    if column.dtype.name == dtype or (dtype == "str" and column.dtype.kind == "U"):
        return column
    if dtype == "str" and np.ma.getmaskarray(np.ma.asarray(column)).all():
        return require("astropy.table", extra="phot").Column([""] * len(column), dtype="U1")
    return column.astype(dtype)


_READERS = {
    "FITS": _read_fits,
    "Parquet": _read_parquet,
    "VOTable": _read_votable,
    "ECSV": _read_ecsv,
    "CSV": _read_csv,
    "text": _read_text,
}
