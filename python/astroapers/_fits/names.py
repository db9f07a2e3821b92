"""Where outputs go: names of tables, pictures and parts of a table."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from astroapers._fits.planes import stem

#: What the name of an output may hold, for one output per image.
STEM = "{stem}"

#: Kinds of pictures.
PICTURES = (".png", ".pdf", ".svg", ".jpg")


class UsageError(ValueError):
    """What a user asked for cannot be; the message says what it is and how to mend it."""


def outputs(target: str, images: Sequence[Path], option: str, default: str) -> list[Path]:
    """
    Give each image its own output.

    Parameters
    ----------
    target : str
        A name with ``{stem}``, a folder, or for a single image a name.
    images : sequence of Path
        The images.
    option : str
        For errors: the option that says so.
    default : str
        The suffix of files in a folder.

    Returns
    -------
    list of Path
        One for each image.

    Raises
    ------
    UsageError
        If two images would write the same file.

    Examples
    --------
    >>> [str(path) for path in outputs("out/", [Path("a.fits"), Path("b.fits.gz")], "-o", ".ecsv")]
    ['out/a.ecsv', 'out/b.ecsv']
    >>> outputs("out.csv", [Path("a.fits"), Path("b.fits")], "-o", ".ecsv")
    Traceback (most recent call last):
    ...
    astroapers._fits.names.UsageError: -o out.csv is one file for 2 images: use {stem} in it, as in -o {stem}_out...
    """
    if is_folder(target):
        target = str(Path(target) / f"{STEM}{default}")
    if STEM not in target:
        if len(images) > 1:
            name = Path(target)
            hint = name.with_name(f"{STEM}_{name.name}")
            raise UsageError(
                f"{option} {target} is one file for {len(images)} images: use {STEM} in it, as in {option} {hint}, "
                f"or a folder{', or --tidy for one table of all' if option == '-o' else ''}"
            )
        return [Path(target)]
    found: dict[Path, Path] = {}
    for image in images:
        output = Path(target.replace(STEM, stem(image)))
        if output in found:
            raise UsageError(f"{found[output]} and {image} would both write {output}: measure them in two runs")
        found[output] = image
    return list(found)


def is_folder(target: str) -> bool:
    """
    Tell whether a name is that of a folder: it exists as one, ends in a slash, or has no suffix.

    Parameters
    ----------
    target : str
        The name.

    Returns
    -------
    bool
        Whether outputs go into it.

    Examples
    --------
    >>> is_folder("out"), is_folder("out.csv"), is_folder("night.1/")
    (True, False, True)
    """
    separators = tuple(filter(None, (os.sep, os.altsep)))
    return target.endswith(separators) or Path(target).is_dir() or not Path(target).suffix


def parts_of(table: Path) -> Path:
    """
    Give the folder where parts of a table lie until all are there.

    Parameters
    ----------
    table : Path
        The table.

    Returns
    -------
    Path
        A hidden folder beside it.

    Examples
    --------
    >>> parts_of(Path("night/all.csv")).name
    '.all.csv.parts'
    """
    return table.with_name(f".{table.name}.parts")


def part(table: Path, image: Path) -> Path:
    """
    Give the part of a table that is of one image.

    Parameters
    ----------
    table : Path
        The table.
    image : Path
        The image.

    Returns
    -------
    Path
        A name that only depends on both.
    """
    digest = hashlib.sha256(str(image).encode("utf-8", "surrogateescape")).hexdigest()
    return parts_of(table) / f"{digest[:24]}.parquet"
