"""A night of images whose sums are known, and the command that measures it: what faults are tried on."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

SIDE, RADIUS = 32, 2.0
X, Y = (10.0, 20.5, 15.0), (12.0, 18.0, 15.2)

#: Seconds before a program counts as hung.
PATIENCE = 300.0


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def is_plain(self) -> bool:
        """Whether it said nothing that only its makers understand."""
        return "Traceback" not in self.out + self.err and "fault of ours" not in self.err


@dataclass
class Night:
    """
    A folder with images and a catalogue. The k-th image is k everywhere, and nothing is subtracted from it.

    Attributes
    ----------
    folder : Path
        Where all is.
    images : int
        How many.
    output : list of str
        Words that say where tables go.
    """

    folder: Path
    images: int
    output: list[str] = field(default_factory=lambda: ["--tidy", "-o", "out/all.parquet"])

    def make(self) -> Night:
        """
        Write images and catalogue.

        Returns
        -------
        Night
            Itself.
        """
        from astropy.io import fits

        self.folder.mkdir(parents=True, exist_ok=True)
        for k in range(1, self.images + 1):
            fits.PrimaryHDU(np.full((SIDE, SIDE), float(k))).writeto(self.folder / f"n{k:03d}.fits", overwrite=True)
        rows = "".join(f"{x},{y}\n" for x, y in zip(X, Y, strict=True))
        (self.folder / "stars.csv").write_text(f"x,y\n{rows}")
        return self

    @property
    def out(self) -> Path:
        """Where tables go."""
        return self.folder / "out"

    @property
    def tidy(self) -> bool:
        """Whether all go into one."""
        return "--tidy" in self.output

    def clear(self) -> None:
        """Remove all outputs."""
        shutil.rmtree(self.out, ignore_errors=True)

    def words(self, *more: str) -> list[str]:
        """
        Give the command.

        Parameters
        ----------
        *more : str
            Further options.

        Returns
        -------
        list of str
            What a shell would be given.
        """
        names = [f"n{k:03d}.fits" for k in range(1, self.images + 1)]
        asked = ["--catalog", "stars.csv", "--origin", "0", "--r", str(RADIUS), "--no-sky"]
        return [sys.executable, "-m", "astroapers.cli", "phot", *names, *asked, *self.output, *more]

    def start(self, *more: str, file_size: int | None = None) -> subprocess.Popen[str]:
        """
        Start the command.

        Parameters
        ----------
        *more : str
            Further options.
        file_size : int, optional
            Bytes that no file may exceed: a full disk.

        Returns
        -------
        subprocess.Popen
            The process, in a group of its own.
        """

        def limit() -> None:
            if file_size is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

        return subprocess.Popen(
            self.words(*more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            preexec_fn=limit,
        )

    def run(self, *more: str, file_size: int | None = None) -> Ended:
        """
        Run the command to its end; arguments as of `start`.

        Returns
        -------
        Ended
            What became of it.
        """
        return ended(self.start(*more, file_size=file_size))

    def tables(self) -> list[Path]:
        """
        List the tables that there should be in the end.

        Returns
        -------
        list of Path
            One, or one for each image.
        """
        name = self.output[-1]
        if self.tidy:
            return [self.folder / name]
        return [self.folder / name.format(stem=f"n{k:03d}") for k in range(1, self.images + 1)]

    def files(self) -> list[Path]:
        """
        List every file among the outputs, hidden ones too.

        Returns
        -------
        list of Path
            In order.
        """
        return sorted(path for path in self.out.rglob("*") if path.is_file())

    def count(self) -> tuple[int, int, int]:
        """
        Look into the tables that are there.

        Returns
        -------
        whole, lost, doubled : int
            Images whose rows are there once and right; that are missing or wrong; that are there more than once.
        """
        from astroapers._fits.read import read_table

        found: dict[int, int] = {}
        for table in filter(Path.exists, self.tables()):
            rows = read_table(table)
            flux = np.asarray(rows["flux"])
            names = [str(n) for n in rows["image"]] if "image" in rows.colnames else [f"{table.stem}.fits"] * len(rows)
            for k in range(1, self.images + 1):
                own = np.array([name.endswith(f"n{k:03d}.fits") for name in names])
                if own.any() and np.allclose(flux[own], k * np.pi * RADIUS**2, rtol=1e-12):
                    found[k] = found.get(k, 0) + int(own.sum())
        whole = sum(rows == len(X) for rows in found.values())
        doubled = sum(rows > len(X) for rows in found.values())
        return whole, self.images - whole - doubled, doubled

    def left_over(self) -> int:
        """
        Count files that are no table, which nobody asked for.

        Returns
        -------
        int
            How many.
        """
        return len(set(self.files()) - set(self.tables()))


def ended(process: subprocess.Popen[str]) -> Ended:
    """
    Wait for a process.

    Parameters
    ----------
    process : subprocess.Popen
        The process.

    Returns
    -------
    Ended
        How it ended; the code is negative if a signal did.
    """
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    # Nothing where a reader has left.
    return Ended(process.returncode, out or "", err or "")


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """
    Wait for something.

    Parameters
    ----------
    condition : callable
        Whether it has happened.
    seconds : float, optional
        How long at most.

    Returns
    -------
    bool
        Whether it has.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def descendants(pid: int) -> list[int]:
    """
    Find the processes that a process has started, and theirs.

    Parameters
    ----------
    pid : int
        The process.

    Returns
    -------
    list of int
        Their numbers.
    """
    try:
        own = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return own + [other for child in own for other in descendants(child)]


def stopped(night: Night, number: int, after: int, more: Sequence[str]) -> tuple[Ended, list[int]]:
    """
    Run the command until some files are there, then send it a signal.

    Parameters
    ----------
    night : Night
        The night.
    number : int
        The signal.
    after : int
        How many files.
    more : sequence of str
        Further options.

    Returns
    -------
    how : Ended
        What became of it.
    workers : list of int
        Processes it had started that still live after ten seconds.
    """
    process = night.start(*more)
    wait_until(lambda: process.poll() is not None or len(night.files()) >= after)
    workers = descendants(process.pid)
    if process.poll() is None:
        os.kill(process.pid, number)
    how = ended(process)
    wait_until(lambda: not any(map(_lives, workers)), 10)
    return how, [worker for worker in workers if _lives(worker)]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


#: Signals that end a run, and what the command says then.
SIGNALS = {"SIGKILL": (signal.SIGKILL, -9), "SIGTERM": (signal.SIGTERM, 143), "SIGINT": (signal.SIGINT, 130)}
