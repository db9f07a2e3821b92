"""
Tests of Python, run for one mutant after another.

Importing NumPy and astropy takes longer than most tests, so it is done once: each run is a child of one process that
has them. The child imports the package, with the mutant switched on, and runs the tests that meet it, quick ones
first, until one fails.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from . import SWITCH, TRACE

LOADED = (
    "numpy",
    "numpy.testing",
    "scipy.special",
    "scipy.integrate",
    "hypothesis",
    "hypothesis.extra.numpy",
    "hypothesis.strategies",
    "pytest",
    "mpmath",
    "astropy.io.fits",
    "astropy.table",
    "astropy.wcs",
    "astropy.time",
    "astropy.units",
    "astropy.stats",
    "astropy.coordinates",
    "astropy.nddata",
)
"""What the tests import, but for the package itself."""

OPTIONS = [
    "-q",
    "-x",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "--hypothesis-seed=0",
    "-o",
    "addopts=",
    "--import-mode=importlib",
    "--doctest-modules",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
]

QUICK = 25
"""Tests that are run first."""

PATIENCE = 6.0
"""A mutant that takes so many times the processor time of the original has lost its way."""

LEAST = 20
"""Seconds of processor time that every run has."""


class Watch:
    """Notes which mutants each test meets, and how long it takes."""

    def __init__(self, trace: Path) -> None:
        self.trace, self.now, self.found = trace, "", {}  # type: ignore[var-annotated]
        self.met: defaultdict[str, set[int]] = defaultdict(set)
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def _gather(self, name: str) -> None:
        if self.trace.exists():
            self.met[name] |= {int(n) for n in self.trace.read_text().split()}
            self.trace.unlink()
        with contextlib.suppress(ImportError):
            importlib.import_module("astroapers._mutation")._met.clear()

    def pytest_runtest_setup(self, item: object) -> None:
        del item
        self._gather("")

    def pytest_runtest_logreport(self, report: object) -> None:
        self.seconds[report.nodeid] += report.duration  # type: ignore[attr-defined]
        if report.when == "teardown":  # type: ignore[attr-defined]
            self._gather(report.nodeid)  # type: ignore[attr-defined]


def child(arguments: list[str], where: Path, limit: float, variables: dict[str, str], watch: Path | None = None) -> str:
    """
    Run pytest in a child of this process.

    Parameters
    ----------
    arguments : list of str
        Its arguments.
    where : Path
        The directory to run in, whose ``python`` holds the package.
    limit : float
        Seconds of processor time.
    variables : dict of str to str
        Variables of the environment.
    watch : Path, optional
        Where to write what each test meets.

    Returns
    -------
    str
        "passed", "failed" or "timeout".
    """
    process = os.fork()
    if process == 0:
        code = 70
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))
            nothing = os.open(os.devnull if watch is None else f"{watch}.log", os.O_WRONLY | os.O_CREAT)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            # What a test starts is to be of the copy, too.
            os.environ.update(variables | {"PYTHONPATH": str(where / "python")})
            os.chdir(where)
            sys.path.insert(0, str(where / "python"))
            import pytest

            if watch is None:
                code = int(pytest.main([*OPTIONS, *arguments]))
            else:
                plugin = Watch(Path(variables[TRACE]))
                code = int(pytest.main([*OPTIONS, *arguments], plugins=[plugin]))
                plugin._gather("")
                met = {name: sorted(numbers) for name, numbers in plugin.met.items()}
                watch.write_text(json.dumps({"met": met, "seconds": plugin.seconds}))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    deadline = time.monotonic() + 20 * limit + 60
    while True:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            break
        if time.monotonic() > deadline:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return "timeout"
        time.sleep(0.02)
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else "failed"
    return "passed" if os.WEXITSTATUS(status) in (0, 5) else "failed"


class Suite:
    """
    Some files of tests.

    Parameters
    ----------
    where : Path
        The copy of the repository.
    files : iterable of str
        The files, from its root.
    folder : Path
        For what is noted.
    by_test : bool
        Whether it is known what each test meets. The extension says of a mutant that it is met only once per process.
    """

    def __init__(self, where: Path, files: Iterable[str], folder: Path, by_test: bool = False) -> None:
        for module in LOADED:
            importlib.import_module(module)
        self.where = where
        self.meets: dict[str, set[int]] = {}
        self.of_file: dict[str, set[int]] = {}
        self.seconds: dict[str, float] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            note, trace = folder / (file.replace("/", "-") + ".json"), folder / "met"
            trace.unlink(missing_ok=True)
            if child([file], where, 3000, {TRACE: str(trace)}, note) != "passed":
                raise RuntimeError(f"{file} fails without any mutant: see {note}.log")
            found = json.loads(note.read_text())
            met = {name: set(numbers) for name, numbers in found["met"].items()}
            self.seconds |= found["seconds"] | {file: sum(found["seconds"].values())}
            # What an import or a fixture of a module meets may be seen by any test of the file.
            outside = met.pop("", set())
            self.of_file[file] = outside if by_test else outside.union(*met.values())
            self.meets |= met if by_test else {}
            print(f"{file}: {self.seconds[file]:.0f} s", flush=True)

    def verdict(self, number: int) -> str:
        """
        Run the tests that meet a mutant.

        Parameters
        ----------
        number : int
            The mutant.

        Returns
        -------
        str
            "unmet", "passed", "failed" or "timeout".
        """
        meeting = sorted(
            (name for name, met in self.meets.items() if number in met), key=lambda name: self.seconds[name]
        )
        files = sorted(
            (file for file, met in self.of_file.items() if number in met), key=lambda file: self.seconds[file]
        )
        for part in (meeting[:QUICK], meeting[QUICK:], files):
            if part:
                limit = LEAST + PATIENCE * sum(self.seconds[name] for name in part)
                result = child(part, self.where, limit, {SWITCH: str(number)})
                if result != "passed":
                    return result
        return "passed" if meeting or files else "unmet"
