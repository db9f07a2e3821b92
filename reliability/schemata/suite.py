"""
Tests of Rust, run for one mutant after another.

Each test is run once by itself to see which mutants it meets and what time it takes. A mutant that no test meets
survives without a run; for the others only the tests that meet them are run, quick ones first, until one fails.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from . import SWITCH, TRACE

MEMORY = 4 << 30
"""Bytes that a mutant may take: one that takes more is running away."""

PATIENCE = 6.0
"""A mutant that takes so many times the processor time of the original has lost its way."""

LEAST = 2
"""Seconds of processor time that every run has."""

START = 0.01
"""Seconds that it takes to start a test."""

FIXED = {"PROPTEST_RNG_SEED": "1", "PROPTEST_MAX_SHRINK_ITERS": "0", "RUST_BACKTRACE": "0"}


@dataclass
class Test:
    """
    One test function.

    Parameters
    ----------
    binary : str
        The program that holds it.
    name : str
        Its name there.
    seconds : float
        Processor time that it takes.
    meets : set of int
        The mutants that it meets.
    found : int
        How many mutants it has found so far.
    """

    binary: str
    name: str
    seconds: float = 0.0
    meets: set[int] = field(default_factory=set)
    found: int = 0


def build(where: Path, arguments: Iterable[str]) -> list[str]:
    """
    Build test programs.

    Parameters
    ----------
    where : Path
        The copy of the repository.
    arguments : iterable of str
        Which, in the words of cargo.

    Returns
    -------
    list of str
        The programs.
    """
    command = ["cargo", "test", "--no-run", "--locked", "--message-format", "json", *arguments]
    run = subprocess.run(command, cwd=where, stdout=subprocess.PIPE, text=True, check=True)
    found = [json.loads(line) for line in run.stdout.splitlines()]
    return [m["executable"] for m in found if m.get("executable") and m.get("profile", {}).get("test")]


def extension(where: Path) -> None:
    """
    Build the extension and put it into the package.

    Parameters
    ----------
    where : Path
        The copy of the repository.
    """
    command = ["cargo", "build", "--package", "astroapers-py", "--lib", "--locked", "--message-format", "json"]
    run = subprocess.run(command, cwd=where, stdout=subprocess.PIPE, text=True, check=True)
    made = [json.loads(line) for line in run.stdout.splitlines()]
    (library,) = (
        name
        for m in made
        if m.get("target", {}).get("name") == "_rust"
        for name in m["filenames"]
        if name.endswith(".so")
    )
    shutil.copy(library, where / "python/astroapers/_rust.abi3.so")


def run(binary: str, names: list[str], limit: float, where: Path, **variables: str) -> tuple[str, float]:
    """
    Run some tests of one program.

    Parameters
    ----------
    binary : str
        The program.
    names : list of str
        The tests.
    limit : float
        Seconds of processor time that they may take.
    where : Path
        The directory to run in.
    **variables : str
        Variables of the environment.

    Returns
    -------
    str
        "passed", "failed" or "timeout".
    float
        Processor time that was taken.
    """

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(
            [binary, "--exact", *names, "--test-threads", "1"],
            env=os.environ | FIXED | variables,
            cwd=where,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=limited,
            timeout=20 * limit + 60,
            check=False,
        )
        code = done.returncode
    except subprocess.TimeoutExpired:
        code = -24
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if code == 0:
        return "passed", seconds
    return ("timeout" if code == -24 or (code == -9 and seconds >= limit) else "failed"), seconds


def traced(binaries: Iterable[str], where: Path) -> list[Test]:
    """
    Run every test once, by itself.

    Parameters
    ----------
    binaries : iterable of str
        The programs.
    where : Path
        The directory to run in.

    Returns
    -------
    list of Test
        The tests, quick ones first.
    """
    tests = []
    for binary in binaries:
        listed = subprocess.run(
            [binary, "--list", "--format", "terse"], capture_output=True, text=True, check=True, cwd=where
        )
        for line in listed.stdout.splitlines():
            name, _, kind = line.rpartition(": ")
            if kind != "test":
                continue
            with tempfile.TemporaryDirectory() as folder:
                trace = Path(folder) / "met"
                result, seconds = run(binary, [name], 600, where, **{TRACE: str(trace)})
                if result != "passed":
                    raise RuntimeError(f"{name} fails without any mutant")
                met = {int(n) for n in trace.read_text().split()} if trace.exists() else set()
            tests.append(Test(binary, name, seconds, met))
    return sorted(tests, key=lambda test: test.seconds)


def verdict(number: int, tests: list[Test], where: Path) -> str:
    """
    Run the tests that meet a mutant.

    Parameters
    ----------
    number : int
        The mutant.
    tests : list of Test
        All tests.
    where : Path
        The directory to run in.

    Returns
    -------
    str
        "unmet", "passed", "failed" or "timeout".
    """
    meeting = [test for test in tests if number in test.meets]
    # What has found many mutants in little time is asked first.
    for test in sorted(meeting, key=lambda test: (test.seconds + START) / (test.found + 0.2)):
        result, _ = run(test.binary, [test.name], LEAST + PATIENCE * test.seconds, where, **{SWITCH: str(number)})
        if result != "passed":
            test.found += 1
            return result
    return "passed" if meeting else "unmet"
