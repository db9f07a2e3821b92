"""What a run tells its user: values with their origins, what to beware of, what became of each image."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from astroapers._extras import require
from astroapers._fits.noise_check import NoiseCheck
from astroapers._fits.options import OPTIONS
from astroapers._fits.tasks import Done
from astroapers._fits.types import Setting

#: Wide enough for any line of a table: a file or a pipe has no edge to wrap at.
_UNLIMITED = 10_000

#: Images whose values are shown one by one where they differ.
_SHOWN = 3


def console(*, error: bool = False) -> Any:
    """
    Give the terminal, or what stands for it.

    Parameters
    ----------
    error : bool, optional
        Whether to write to stderr.

    Returns
    -------
    rich.console.Console
        It never wraps what goes into a file.
    """
    stream = sys.stderr if error else sys.stdout
    file = None if stream is None else _Unbreakable(stream)
    made = require("rich.console", extra="phot").Console(file=file, highlight=False)
    if not is_terminal(made):
        made.width = _UNLIMITED
    return made


class _Unbreakable:
    """A stream whose reader may go away, as that of ``| head`` does: what nobody reads must not cost a table."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write what can be written."""
        try:
            self._stream.write(text)
        except OSError as error:
            self._give_up(error)
        return len(text)

    def flush(self) -> None:
        """Pass on what can be passed on."""
        try:
            self._stream.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Let everything that follows go nowhere, also what is flushed when the process ends."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
        if not isinstance(error, BrokenPipeError) and self._stream is not sys.stderr:
            warning_line(f"this report cannot be printed: {error.strerror}")


def is_terminal(made: Any) -> bool:
    """
    Tell whether somebody looks at what is printed while it is.

    Parameters
    ----------
    made : rich.console.Console
        A console.

    Returns
    -------
    bool
        Whether it writes to a terminal. FORCE_COLOR, as in Jupyter and in CI, makes rich take a pipe for one.
    """
    file = made.file
    return bool(made.is_terminal and file.isatty())


def show_settings(title: str, images: Sequence[tuple[Path, Sequence[Setting]]]) -> None:
    """
    Print every value with its origin; what all images share once.

    Parameters
    ----------
    title : str
        What stands above.
    images : sequence of (Path, sequence of Setting)
        The values of each image.
    """
    table = require("rich.table", extra="phot")
    box = require("rich.box", extra="phot")
    text = require("rich.text", extra="phot").Text
    shown = table.Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("name", "value", "from"):
        shown.add_column(column, overflow="fold")
    for name, value, origin in rows(images):
        shown.add_row(name, text(value), text(origin))
    console().print(title, style="bold", markup=False)
    console().print(shown)


def rows(images: Sequence[tuple[Path, Sequence[Setting]]]) -> list[tuple[str, str, str]]:
    """
    Make the lines of the table of values.

    Parameters
    ----------
    images : sequence of (Path, sequence of Setting)
        The values of each image.

    Returns
    -------
    list of (str, str, str)
        Name, value with its unit, and origin; a value that not all images share says of which images it is.

    Examples
    --------
    >>> one, two = Setting("gain", 1.5, "e-/adu", "option"), Setting("gain", None, "e-/adu", "not found")
    >>> rows([(Path("a.fits"), [one])])
    [('gain', '1.5 e-/adu', 'option')]
    >>> rows([(Path("a.fits"), [one]), (Path("b.fits"), [two])])
    [('gain', '1.5 e-/adu', 'option (a.fits)'), ('', '-', 'not found (b.fits)')]
    """
    found: dict[str, dict[tuple[str, str], list[str]]] = {}
    for path, settings in images:
        for setting in settings:
            key = (_value(setting), as_options(setting.origin))
            found.setdefault(setting.name, {}).setdefault(key, []).append(path.name)
    lines = []
    for name, values in found.items():
        several = list(values.items())
        rest = several[_SHOWN:]
        for k, ((value, origin), names) in enumerate(several[:_SHOWN]):
            where = "" if len(names) == len(images) else f" ({_some(names)})"
            lines.append(("" if k else name, value, f"{origin}{where}"))
        if rest:
            number = sum(len(names) for _, names in rest)
            lines.append(("", "...", f"{len(rest)} more values ({number} images); each table has its own"))
    return lines


def _value(setting: Setting) -> str:
    value = setting.value
    if value is None:
        return "-"
    if isinstance(value, list | tuple):
        shown = ", ".join(str(item) for item in value)
    else:
        shown = f"{value:.10g}" if isinstance(value, float) else str(value)
    return f"{shown} {setting.unit}" if setting.unit else shown


def _some(names: Sequence[str]) -> str:
    """Name one or two images; of more, how many."""
    return ", ".join(names) if len(names) <= 2 else f"{len(names)} images"


def show_noise(checks: Sequence[tuple[Path, NoiseCheck]], images: int) -> None:
    """
    Print predicted and measured noise; where they disagree, a warning to stderr.

    Parameters
    ----------
    checks : sequence of (Path, NoiseCheck)
        Images, and the noise of each that is known.
    images : int
        How many images there are; of a single one, nobody needs to hear its name.
    """
    if images == 1:
        for _, check in checks:
            say(str(check))
    elif checks:
        ratios = [check.ratio for _, check in checks]
        say(
            f"noise of the sky: {min(ratios):.2f} to {max(ratios):.2f} times the predicted one in {len(checks)} "
            f"image{'' if len(checks) == 1 else 's'}"
        )
    wrong = [(path, check.warning) for path, check in checks if not check.is_fine]
    for path, warning in wrong[:_SHOWN]:
        warning_line(warning if images == 1 else f"{path}: {warning}")
    if len(wrong) > _SHOWN:
        warning_line(f"the same of {len(wrong) - _SHOWN} more")


def show_notes(notes: Iterable[tuple[Path, str]], images: int) -> None:
    """
    Print what a user should read to stderr, once if several images have it in common.

    Parameters
    ----------
    notes : iterable of (Path, str)
        Images, and what there is to say of them.
    images : int
        How many images there are; of a single one, nobody needs to hear its name.
    """
    found: dict[str, list[str]] = {}
    for path, note in notes:
        found.setdefault(as_options(note), []).append(path.name)
    for note, names in found.items():
        note_line(f"{_some(names)}: {note}" if images > 1 else note)


def note_line(text: str) -> None:
    """
    Print one line that a user should read, to stderr.

    Parameters
    ----------
    text : str
        The line.
    """
    console(error=True).print(f"note: {text}", style="yellow", markup=False, soft_wrap=True)


def warning_line(text: str) -> None:
    """
    Print one line to stderr that says that numbers may be wrong.

    Parameters
    ----------
    text : str
        The line, in the words of Python.
    """
    console(error=True).print(f"warning: {as_options(text)}", style="bold yellow", markup=False, soft_wrap=True)


def say(text: str) -> None:
    """
    Print one line to stdout.

    Parameters
    ----------
    text : str
        The line.
    """
    console().print(text, markup=False, soft_wrap=True)


def show_broken(broken: Sequence[Done], images: int) -> None:
    """
    Print which images could not be measured and why, to stderr.

    Parameters
    ----------
    broken : sequence of Done
        These.
    images : int
        How many there are in all.
    """
    if not broken:
        return
    lines = console(error=True)
    lines.print(f"{len(broken)} of {images} images could not be measured:", style="bold red", markup=False)
    for image in broken:
        lines.print(f"  {reason(image)}", markup=False, soft_wrap=True)


def reason(image: Done) -> str:
    """
    Say in one line why an image could not be measured.

    Parameters
    ----------
    image : Done
        What became of it.

    Returns
    -------
    str
        The line, which names the image.

    Examples
    --------
    >>> reason(Done(Path("a.fits"), reason="gain=0 must be greater than 0"))
    'a.fits: --gain 0 must be greater than 0'
    """
    said = as_options(image.reason)
    return said if said.startswith(str(image.path)) else f"{image.path}: {said}"


_NAMES = "|".join(sorted(OPTIONS, key=len, reverse=True))

#: ``gain=`` or ``gain=1.5``, and names that only an option has.
_ASSIGNED = re.compile(rf"(?<![\w.-])({_NAMES})=(?=(\S?))")
#: What a value may begin with, besides letters and digits.
_OPENING = tuple("'\"([{<+-.")
_UNDERSCORED = re.compile(rf"(?<![\w.-])({'|'.join(name for name in OPTIONS if '_' in name)})(?![\w=])")


def as_options(text: str) -> str:
    """
    Say in the words of the command line what is said in those of Python.

    Parameters
    ----------
    text : str
        A message that names parameters.

    Returns
    -------
    str
        The message with options.

    Examples
    --------
    >>> as_options("sky=100.0 and annulus='9,15' both say where the sky is: give one of them")
    "--sky 100.0 and --annulus '9,15' both say where the sky is: give one of them"
    >>> as_options("error_model='ccd' needs gain=: no read_noise")
    "--error-model 'ccd' needs --gain: no --read-noise"
    """

    def option(found: re.Match[str]) -> str:
        name = "--" + found[1].replace("_", "-")
        return f"{name} " if found[2].isalnum() or found[2] in _OPENING else name

    text = _ASSIGNED.sub(option, text)
    return _UNDERSCORED.sub(lambda found: "--" + found[1].replace("_", "-"), text)
