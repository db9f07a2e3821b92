"""Options from a file: any that the command line has, in TOML; what the command line says wins."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any

from astroapers._fits.options import OPTIONS, SIDES

#: The images, which are no option.
IMAGES = "images"

#: What no file may say: it is about this file, or about one run.
_NEVER = ("config",)


def read(path: Path) -> dict[str, Any]:
    r"""
    Read a file of options.

    Parameters
    ----------
    path : Path
        A TOML file; names as on the command line without the dashes before them, or with ``_`` for ``-``.

    Returns
    -------
    dict
        Values by the names of Python; lists of several values as the command line has them.

    Raises
    ------
    OSError
        If there is no such file.
    ValueError
        If it is no TOML, or holds what is no option.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "phot.toml"
    ...     _ = file.write_text('r = [3, 5.5]\nsky-stat = "mode"\ntrim = true')
    ...     read(file)
    {'r': '3,5.5', 'sky_stat': 'mode', 'trim': True}
    """
    try:
        with path.open("rb") as file:
            given = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no TOML: {error}") from error
    return {_field(name, path): _value(_field(name, path), value, path) for name, value in given.items()}


def _field(name: str, path: Path) -> str:
    field = name.replace("-", "_")
    if (field in OPTIONS and field not in _NEVER) or field == IMAGES:
        return field
    near = difflib.get_close_matches(field, OPTIONS, n=1)
    hint = f": did you mean {near[0].replace('_', '-')}?" if near else ""
    raise ValueError(f"{path} has {name!r}, which is no option{hint}")


def _value(field: str, value: Any, path: Path) -> Any:
    """Give a value as the command line would."""
    if field == IMAGES:
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise ValueError(f"{path} must have names of files as {field}, got {value!r}")
        return listed
    option = OPTIONS[field]
    if (option.kind is bool) != isinstance(value, bool):
        must = "true or false" if option.kind is bool else f"a value such as {option.metavar}"
        raise ValueError(f"{path}: {option.name} = {value!r} must be {must}")
    if isinstance(value, list):
        if option.nargs > 1:
            if len(value) != option.nargs:
                raise ValueError(
                    f"{path}: {option.name} must have {option.nargs} values, {option.metavar}, got {value!r}"
                )
            return tuple(str(item) for item in value)
        return ",".join(str(item) for item in value)
    if not isinstance(value, str | int | float):
        raise ValueError(f"{path}: {option.name} = {value!r} must be text, a number or a list of these")
    if option.nargs > 1:
        parts = tuple(str(value).replace(",", " ").split())
        if len(parts) != option.nargs:
            raise ValueError(f"{path}: {option.name} must have {option.nargs} values, {option.metavar}, got {value!r}")
        return parts
    if option.kind is int and not isinstance(value, int):
        raise ValueError(f"{path}: {option.name} = {value!r} must be a whole number")
    if option.choices and value not in option.choices:
        raise ValueError(f"{path}: {option.name} = {value!r} must be one of {', '.join(option.choices)}")
    return str(value) if option.kind is str else value


def merged(given: dict[str, Any], stored: dict[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """
    Put options of the command line and of a file together.

    Parameters
    ----------
    given : dict
        What the command line says, and nothing else.
    stored : dict
        What the file says.

    Returns
    -------
    options : dict
        Both. An option of the command line also takes the place of those in the file that would contradict it.
    names : frozenset of str
        Those that are from the file.

    Examples
    --------
    >>> options, names = merged({"no_sky": True}, {"annulus": "9,15", "clip": "2", "r": "5"})
    >>> options, sorted(names)
    ({'r': '5', 'no_sky': True}, ['r'])
    """
    replaced = set(given)
    for sides in SIDES:
        for side in sides:
            if set(side) & set(given):
                replaced |= {name for other in sides if other is not side for name in other}
    kept = {name: value for name, value in stored.items() if name not in replaced}
    return {**kept, **given}, frozenset(kept)
