"""One image to measure, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from astroapers._fits.job import Job
from astroapers._fits.noise_check import NoiseCheck
from astroapers._fits.types import Setting


@dataclass(frozen=True)
class Task:
    """
    One image to measure.

    Attributes
    ----------
    job : Job
        What is asked for.
    path : Path
        The image.
    output : Path
        The table, or the part of one.
    plot : Path or None
        The picture.
    command : str
        The command line.
    words : bool
        Whether the table has flags in words.
    from_file : tuple of (str, str)
        Options that a configuration file gave, with its name.
    """

    job: Job
    path: Path
    output: Path
    plot: Path | None
    command: str
    words: bool
    from_file: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Done:
    """
    What became of one image.

    Attributes
    ----------
    path : Path
        The image.
    rows : int
        Number of rows of the table.
    settings : tuple of Setting
        Resolved values.
    notes : tuple of str
        What a user should read.
    noise : NoiseCheck or None
        How noisy the sky is, and should be; None if nobody knows. What it warns of is not among the notes.
    reason : str
        Why it could not be measured; empty if it was.
    trace : str
        The traceback of that.
    skipped : bool
        Whether it was done before.
    """

    path: Path
    rows: int = 0
    settings: tuple[Setting, ...] = ()
    notes: tuple[str, ...] = ()
    noise: NoiseCheck | None = None
    reason: str = ""
    trace: str = ""
    skipped: bool = False
