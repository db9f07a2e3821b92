"""A gate on the number of instructions of seven fixed kernels: ``python -m benchmarks.instructions``.

Wall time says little on a shared machine; callgrind counts the same instructions everywhere, if compiler and level of
SIMD are the same. So the expected counts name their compiler, and where another one is installed, or no valgrind, the
gate says that it did not run and lets the change pass. valgrind knows no AVX-512.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from benchmarks import machine

ROOT = Path(__file__).parent.parent
EXPECTED = Path(__file__).parent / "instructions.toml"

KERNELS = ("circle_1.5", "circle_5", "circle_20", "ellipse_5", "annulus_9_15", "photometry", "ten_radii")
LEVELS = ("avx2", "portable")

# Sources that each kernel measures.
SOURCES = 64

# The libraries below differ a little from system to system.
TOLERANCE = 0.03

Counts = dict[str, dict[str, int]]


def verdict(expected: int | None, counted: int) -> str:
    """
    Judge one count.

    Parameters
    ----------
    expected : int or None
        From the committed table.
    counted : int
        Now.

    Returns
    -------
    str
        Empty if all is well.

    Examples
    --------
    >>> verdict(1000, 1010), verdict(1000, 1100), verdict(1000, 900)
    ('', 'MORE', 'fewer: update the table')
    """
    if expected is None:
        return "not in the table: update it"
    change = counted / expected - 1
    if abs(change) <= TOLERANCE:
        return ""
    return "MORE" if change > 0 else "fewer: update the table"


def table(expected: Mapping[str, Mapping[str, int]], counted: Counts) -> list[str]:
    """
    Compare counts.

    Parameters
    ----------
    expected, counted : mapping of str to mapping of str to int
        Instructions by level and kernel.

    Returns
    -------
    list of str
        Lines.
    """
    lines = [f"{'level':10}{'kernel':14}{'expected':>12}{'counted':>12}{'a source':>10}{'change':>9}"]
    for level, kernels in counted.items():
        for kernel, count in kernels.items():
            before = expected.get(level, {}).get(kernel)
            change = f"{100 * (count / before - 1):+.1f} %" if before else ""
            numbers = f"{before or '':>12}{count:>12}{count // SOURCES:>10}{change:>9}"
            lines.append(f"{level:10}{kernel:14}{numbers}  {verdict(before, count)}".rstrip())
    return lines


def _rustc() -> str:
    return subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def _obstacle(compiler: str | None) -> str | None:
    """Why counts cannot be compared here, if they cannot."""
    if not shutil.which("valgrind"):
        return "no valgrind (on Debian or Ubuntu: apt install valgrind)"
    if os.uname().machine != "x86_64":
        return f"the counts are for x86_64, this is {os.uname().machine}"
    if compiler is not None and compiler != _rustc():
        return f"the counts are for {compiler}, this is {_rustc()}: update them with make instructions UPDATE=1"
    return None


def _program() -> Path:
    command = ["cargo", "build", "--release", "--locked", "--package", "astroapers-bench", "--bin", "instructions"]
    built = subprocess.run(
        [*command, "--message-format", "json"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    messages = map(json.loads, built.stdout.splitlines())
    return next(Path(m["executable"]) for m in messages if m.get("executable"))


def _count(program: Path, level: str, kernel: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
        command += ["--collect-atstart=no", "--toggle-collect=instructions::measured", str(program), kernel]
        environment = {**os.environ, machine.SIMD_VARIABLE: level}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", ran.stderr)
    if ran.returncode or not found or int(found[1]) == 0:
        raise SystemExit(f"callgrind counted nothing of {kernel} at {level}:\n{ran.stderr}")
    return int(found[1])


def _write(counted: Counts) -> None:
    origin = (
        "# Instructions of the kernels of crates/astroapers-bench/src/bin/instructions.rs: make instructions UPDATE=1"
    )
    lines = [origin, f'rustc = "{_rustc()}"']
    for level, kernels in counted.items():
        lines += ["", f"[{level}]", *(f'"{kernel}" = {count}' for kernel, count in kernels.items())]
    EXPECTED.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """
    Count, compare and print.

    Returns
    -------
    int
        1 if a count is beyond the tolerance, in either direction.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("--update", action="store_true", help="make the counts of now the expected ones")
    options = parser.parse_args()
    expected = tomllib.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else {}
    obstacle = _obstacle(None if options.update else expected.get("rustc"))
    if obstacle:
        print(f"instruction counts: NOT RUN: {obstacle}")
        return 0
    program = _program()
    here = [level for level in LEVELS if level in machine.levels()]
    counted = {level: {kernel: _count(program, level, kernel) for kernel in KERNELS} for level in here}
    print("\n".join(table(expected, counted)))
    if options.update:
        _write(counted)
        return 0
    wrong = sum(
        verdict(expected.get(level, {}).get(kernel), count) != ""
        for level, kernels in counted.items()
        for kernel, count in kernels.items()
    )
    if wrong:
        print(f"{wrong} counts changed by more than {TOLERANCE:.0%}; if meant: make instructions UPDATE=1")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
