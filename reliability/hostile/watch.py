"""Sees that cases are run: starts the worker, names the case at which it dies or hangs, and goes on behind it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

#: What runs the cases.
WORKER = str(Path(__file__).with_name("worker.py"))

#: A case that takes longer hangs [s].
PATIENCE = 30.0

#: Until the first case everything has to be imported, which takes so much longer on a machine that is busy.
STARTING = 20

#: More crashes than this in one share are not worth waiting for.
MOST_CRASHES = 50


@dataclass
class Found:
    """
    What became of the cases of a share.

    Attributes
    ----------
    counts : Counter
        Of "refused", "answered", "crashed" and "hung".
    wrong : list of (str, str)
        Case and what is wrong with it.
    peak : int
        Peak of the memory in use [byte].
    """

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    peak: int = 0

    def __iadd__(self, other: Found) -> Found:
        self.counts += other.counts
        self.wrong += other.wrong
        self.peak = max(self.peak, other.peak)
        return self


def share(layer: str, step: int = 1) -> Found:
    """
    Run a share of the cases of a layer, each in a process that may die.

    Parameters
    ----------
    layer : str
        As `Row.layer`.
    step : int, optional
        One case of so many.

    Returns
    -------
    Found
        What became of them.
    """
    found = Found()
    first = 0
    with tempfile.TemporaryDirectory() as folder:
        while first is not None and found.counts["crashed"] + found.counts["hung"] <= MOST_CRASHES:
            log = Path(folder) / f"{first}.log"
            log.touch()
            first = _once(layer, step, first, log, found)
    return found


def _once(layer: str, step: int, first: int, log: Path, found: Found) -> int | None:
    """Run a worker to its end; returns the number of the case after the one that ended it, if one did."""
    command = [sys.executable, WORKER, layer, str(step), str(first), str(log)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ASTROAPERS_NUM_THREADS": "2", "MPLBACKEND": "Agg"}
    messages = log.with_suffix(".stderr")
    with messages.open("wb") as stderr, subprocess.Popen(command, cwd=ROOT, env=environment, stderr=stderr) as process:
        hung = _wait(process, log)
    error = messages.read_text(encoding="utf-8", errors="replace")
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    _count(lines, found)
    if lines and "end" in lines[-1]:
        return None
    last = next((line for line in reversed(lines) if "begin" in line), None)
    if last is None:
        raise RuntimeError(f"no case of {layer} was run: {error}")
    kind = "hung" if hung else "crashed"
    found.counts[kind] += 1
    how = f"no answer in {PATIENCE:g} s" if hung else _death(process.returncode)
    found.wrong.append((last["name"], f"{kind}: {how} {error[-300:]}".strip()))
    return int(last["begin"]) + 1


def _wait(process: subprocess.Popen[bytes], log: Path) -> bool:
    """Wait for the end; whether it had to be killed because nothing went on."""
    size, since = -1, time.monotonic()
    while True:
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            if (now := log.stat().st_size) != size:
                size, since = now, time.monotonic()
            elif time.monotonic() - since > PATIENCE * (1 if size else STARTING):
                process.kill()
                process.wait()
                return True
        else:
            return False


def _count(lines: list[dict[str, Any]], found: Found) -> None:
    for line in lines:
        if "became" in line:
            found.counts[line["became"]] += 1
            found.peak = max(found.peak, line["peak"])
        if "wrong" in line:
            found.wrong.append((line["name"], line["wrong"]))


def _death(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"
