"""The one way in which an experiment writes down what it found, and the page of the documentation reads it."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import machine

RESULTS = Path(__file__).parent / "results"

Cell = str | int | float


@dataclass(frozen=True)
class Record:
    """
    What one run of an experiment found.

    Parameters
    ----------
    command : str
        What to type to run it again.
    figures : mapping of str to str, int or float
        What was counted, in words, and how many; in the order in which it is read.
    seconds : float
        How long the run took.
    rows : list of mapping
        A table with more, one mapping per row with equal keys; empty if there is none.
    notes : list of str
        Sentences that the figures need to be understood.
    where : mapping of str to str
        Commit, date, processor and versions.
    """

    command: str
    figures: Mapping[str, Cell]
    seconds: float
    rows: list[Mapping[str, Cell]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    where: Mapping[str, str] = field(default_factory=dict)


def here() -> dict[str, str]:
    """
    Describe where and on what a run took place.

    Returns
    -------
    dict of str to str
        Commit, date, processor, Python.
    """
    return {
        "commit": machine.commit(),
        "date": machine.today(),
        "processor": machine.processor(),
        "python": platform.python_version(),
    }


def save(
    name: str,
    command: str,
    figures: Mapping[str, Cell],
    seconds: float,
    rows: Iterable[Mapping[str, Cell]] = (),
    notes: Iterable[str] = (),
) -> Path:
    """
    Write what a run found to ``results/<name>.json``.

    Parameters
    ----------
    name : str
        The experiment.
    command, figures, seconds, rows, notes
        As in `Record`.

    Returns
    -------
    Path
        The file.
    """
    path = RESULTS / f"{name}.json"
    found = Record(command, dict(figures), round(seconds, 1), list(rows), list(notes), here())
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(vars(found), indent=1) + "\n", encoding="utf-8")
    return path


def load(name: str) -> Record:
    """
    Read what the last run found.

    Parameters
    ----------
    name : str
        The experiment.

    Returns
    -------
    Record
        What `save` wrote.
    """
    return Record(**json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8")))


def markdown(found: Record) -> str:
    """
    Set a record as a part of a page.

    Parameters
    ----------
    found : Record
        One run.

    Returns
    -------
    str
        A table of the figures, the rows as a second one, the notes, and where it ran.
    """
    where = found.where
    lines = ["| | |", "|---|---:|", *(f"| {what} | {_shown(value)} |" for what, value in found.figures.items()), ""]
    if found.rows:
        head = list(found.rows[0])
        lines += [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
        lines += [f"| {' | '.join(_shown(row[name]) for name in head)} |" for row in found.rows]
        lines.append("")
    lines += [*found.notes, ""] if found.notes else []
    lines.append(
        f"From `{found.command}`, {_duration(found.seconds)}: commit {where['commit']}, {where['date']}, "
        f"{where['processor']}, Python {where['python']}.\n"
    )
    return "\n".join(lines)


def _shown(value: Cell) -> str:
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{value:.3g}" if isinstance(value, float) else str(value).replace("|", "\\|")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
