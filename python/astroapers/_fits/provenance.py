"""Where a table comes from: what goes into its metadata, and whether a stored one is of the same work.

A table tells the version, the command line, what was asked for, every resolved value with its origin, the formula of
the error, the SHA-256 of every input and the time. A resumed run compares this with what it would do.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from astroapers._fits.job import Job
from astroapers._fits.types import Measured
from astroapers.flags import Flag

#: What x and y are.
POSITIONS = "x and y are pixels of the image as it is in its file; the centre of the first pixel is (0, 0)"


def sha256(path: Path) -> str:
    """
    Give the checksum of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     sha256(Path(file.name))[:8]
    'e3b0c442'
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(path: Path) -> dict[str, Any]:
    """
    Say how to recognise a file without reading it.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict
        Its path, size in bytes, and time of change in nanoseconds.
    """
    status = path.stat()
    return {"path": str(path), "bytes": status.st_size, "mtime_ns": status.st_mtime_ns}


def of_image(measured: Measured, rows: int, files: Iterable[Path] = ()) -> dict[str, Any]:
    """
    Say what is known of one image and how it was measured.

    Parameters
    ----------
    measured : Measured
        The image, measured.
    rows : int
        Rows of the table that are of this image.
    files : iterable of Path, optional
        Other files that were read for it alone, such as its mask.

    Returns
    -------
    dict
        Plain values.
    """
    return {
        **stamp(measured.path),
        "sha256": sha256(measured.path),
        "ext": measured.ext,
        "rows": rows,
        "variance": measured.phot._record.formula,
        "settings": [
            {"name": setting.name, "value": setting.value, "unit": setting.unit, "origin": setting.origin}
            for setting in measured.settings
        ],
        "notes": list(measured.notes),
        "files": [{**stamp(file), "sha256": sha256(file)} for file in files],
    }


def of_run(job: Job, command: str, images: list[dict[str, Any]]) -> dict[str, Any]:
    """
    Say where a table comes from.

    Parameters
    ----------
    job : Job
        What was asked for.
    command : str
        The command line, or the call.
    images : list of dict
        Of each image what `of_image` says, in the order of the rows.

    Returns
    -------
    dict
        Plain values, the metadata of a table.
    """
    import astroapers

    formulas = list(dict.fromkeys(image["variance"] for image in images))
    return {
        "version": astroapers.__version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "origin": 0,
        "positions": POSITIONS,
        "variance": formulas[0] if len(formulas) == 1 else formulas,
        "flag_bits": {str(flag.value): flag.name for flag in Flag},
        **asked(job),
        "images": images,
    }


def asked(job: Job) -> dict[str, Any]:
    """
    Say what was asked for, and for which sources.

    Parameters
    ----------
    job : Job
        What was asked for.

    Returns
    -------
    dict
        The options that are not at their defaults, and the checksums of the files that they name for all images.
    """
    named = {name: getattr(job, name) for name in ("catalog", "keywords")}
    files = {name: Path(value) for name, value in named.items() if isinstance(value, str | os.PathLike)}
    return {
        "options": job.options(),
        "inputs": {name: {"path": str(f), "sha256": sha256(f)} for name, f in files.items()},
    }


def same_work(meta: dict[str, Any], want: dict[str, Any]) -> bool:
    """
    Tell whether a stored table was made with the same version, options and catalogue.

    Parameters
    ----------
    meta : dict
        The metadata of the stored table.
    want : dict
        What `asked` says now, after a round trip through JSON.

    Returns
    -------
    bool
        Whether nothing of this has changed; images are another matter, see `same_image`.

    Examples
    --------
    >>> import astroapers
    >>> want = asked(Job(detect=5, r=3))
    >>> same_work({"version": astroapers.__version__, **want}, want)
    True
    >>> same_work({"version": astroapers.__version__, **asked(Job(detect=5, r=4))}, want)
    False
    """
    import astroapers

    stored = {name: meta.get(name) for name in want}
    return meta.get("version") == astroapers.__version__ and _contents(stored) == _contents(want)


def _contents(work: dict[str, Any]) -> dict[str, Any]:
    """Files are compared by what is in them."""
    inputs = work.get("inputs") or {}
    options = {name: value for name, value in (work.get("options") or {}).items() if name not in inputs}
    return {"options": options, "inputs": {name: file.get("sha256") for name, file in inputs.items()}}


def same_image(record: dict[str, Any], path: Path) -> bool:
    """
    Tell whether an image, and what was read with it, is as it was.

    Parameters
    ----------
    record : dict
        What `of_image` said.
    path : Path
        The image.

    Returns
    -------
    bool
        Whether sizes and times of change match.
    """
    files = [(record, path), *((file, Path(file["path"])) for file in record.get("files", []))]
    try:
        return all(
            (now["bytes"], now["mtime_ns"]) == (then.get("bytes"), then.get("mtime_ns"))
            for then, now in ((then, stamp(where)) for then, where in files)
        )
    except OSError:
        return False
