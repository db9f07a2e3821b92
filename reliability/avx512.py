"""The AVX-512 level, which few machines have, on a processor in software: ``python -m reliability.avx512``.

All tests of the core run on it, and what each level computes is compared bit by bit: with the other levels, and where
this machine has a level itself, the emulated one with the real one.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from benchmarks import machine
from reliability import record

ROOT = Path(__file__).parent.parent
SHIM = Path(__file__).parent / "emulator" / "shim.c"
TARGET = "x86_64-unknown-linux-gnu"
LEVEL = "avx512"

NOTE = (
    "Differences are relative, absolute below 1. The numbers are those of the example `levels`: fourteen apertures and "
    "seven statistics of the sky on three images."
)

#: Each instruction takes some hundred of this machine: of random cases a part will do, which others meet in full.
FEWER = {"ASTROAPERS_ONE_CASE_IN": "10"}

#: By quantity, the bits of all numbers that a level computes, in order.
Numbers = dict[str, list[int]]


def obstacle() -> str:
    """
    Tell why the experiment cannot run here.

    Returns
    -------
    str
        What is missing, and how to get it; empty if nothing is.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "Linux on x86-64, whose programs are emulated"
    if not shutil.which("cc"):
        return "a C compiler (on Debian or Ubuntu: apt install gcc libc6-dev)"
    if importlib.util.find_spec("bochscpu") is None:
        return "the package bochscpu-python: make avx512 installs it, if PyPI has a wheel for this Python"
    return ""


def built(package: str, *what: str) -> Iterator[tuple[str, Path]]:
    """
    Build programs that need no dynamic linker.

    Parameters
    ----------
    package : str
        Of this workspace.
    *what : str
        A command of cargo, and what it is to build.

    Yields
    ------
    name : str
        Of a target.
    program : Path
        What became of it.
    """
    command = ["cargo", *what, "--release", "--locked", "--package", package, "--target", TARGET]
    ran = subprocess.run(
        [*command, "--message-format", "json"],
        cwd=ROOT,
        # Without optimisation at link time it is built in half the time; the core is one crate anyway.
        env={**os.environ, "RUSTFLAGS": "-C target-feature=+crt-static", "CARGO_PROFILE_RELEASE_LTO": "off"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    for message in map(json.loads, ran.stdout.splitlines()):
        if message.get("executable"):
            yield message["target"]["name"], Path(message["executable"])


def shim(folder: Path) -> Path:
    """
    Compile what is loaded before the emulator.

    Parameters
    ----------
    folder : Path
        Where.

    Returns
    -------
    Path
        The library.
    """
    library = folder / "shim.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, SHIM], check=True)
    return library


def run(program: Path, library: Path) -> tuple[int, int, int]:
    """
    Run a test program on the emulated processor, and show what it prints.

    Parameters
    ----------
    program : Path
        Tests of Rust.
    library : Path
        From `shim`.

    Returns
    -------
    passed, failed, ignored : int
        How many; one more failed if the program did not come to its end.
    """
    command = [sys.executable, "-m", "reliability.emulator", str(program), "--test-threads=1"]
    environment = {**os.environ, "LD_PRELOAD": str(library), **FEWER}
    environment.pop(machine.SIMD_VARIABLE, None)
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    result = (0, 0, 0)
    for line in process.stdout:
        print(line, end="", flush=True)
        result = summary(line) or result
    crashed = process.wait() != 0 and result[1] == 0
    return result[0], result[1] + crashed, result[2]


def summary(line: str) -> tuple[int, int, int] | None:
    """
    Read the last line of a test program.

    Parameters
    ----------
    line : str
        Any line.

    Returns
    -------
    tuple of int or None
        How many passed, failed and were ignored; None if the line says something else.

    Examples
    --------
    >>> summary("test result: ok. 139 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 4.20s")
    (139, 0, 1)
    >>> summary("test simple::tests::touches_are_allowed ... ok")
    """
    found = re.match(r"test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", line)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def computed(program: Path, level: str, library: Path | None) -> Numbers:
    """
    Let one level compute its numbers.

    Parameters
    ----------
    program : Path
        The example ``levels``.
    level : str
        Which level.
    library : Path or None
        From `shim`, for the emulated processor; none for that of this machine.

    Returns
    -------
    dict of str to list of int
        Their bits by quantity.
    """
    environment = {**os.environ, machine.SIMD_VARIABLE: level}
    command = [str(program)]
    if library is not None:
        environment["LD_PRELOAD"] = str(library)
        command = [sys.executable, "-m", "reliability.emulator", *command]
    ran = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    name, *lines = ran.stdout.splitlines()
    if name != level:
        raise SystemExit(f"the level is {name}, and should be {level}")
    return numbers(lines)


def numbers(lines: list[str]) -> Numbers:
    """
    Sort what was printed by quantity.

    Parameters
    ----------
    lines : list of str
        A quantity and the bits of a number each.

    Returns
    -------
    dict of str to list of int
        The bits.

    Examples
    --------
    >>> numbers(["npix 3ff0000000000000", "sums of u16 0", "npix 4000000000000000"])
    {'npix': [4607182418800017408, 4611686018427387904], 'sums of u16': [0]}
    """
    sorted_lines: Numbers = {}
    for line in lines:
        quantity, bits = line.rsplit(" ", 1)
        sorted_lines.setdefault(quantity, []).append(int(bits, 16))
    return sorted_lines


def difference(one: int, other: int) -> float:
    """
    Compare two numbers.

    Parameters
    ----------
    one, other : int
        Their bits.

    Returns
    -------
    float
        How far they are apart, as a share of the first or, if that is less than 1, of 1; infinite if one alone is NaN.

    Examples
    --------
    >>> difference(0x4010000000000000, 0x4014000000000000), difference(0, 0x3FE0000000000000)
    (0.25, 0.5)
    """
    if one == other:
        return 0.0
    a, b = (struct.unpack("<d", bits.to_bytes(8, "little"))[0] for bits in (one, other))
    apart = abs(a - b) / max(1.0, abs(a))
    return float("inf") if apart != apart else float(apart)


def unequal(one: Numbers, other: Numbers) -> int:
    """
    Count the numbers whose bits differ.

    Parameters
    ----------
    one, other : dict of str to list of int
        Of two levels.

    Returns
    -------
    int
        How many do.

    Examples
    --------
    >>> unequal({"npix": [1, 2, 3]}, {"npix": [1, 2, 4]})
    1
    """
    return sum(a != b for what in one for a, b in zip(one[what], other[what], strict=True))


def table(levels: Mapping[str, Numbers]) -> list[dict[str, record.Cell]]:
    """
    Compare AVX-512 with the other levels.

    Parameters
    ----------
    levels : mapping of str to dict
        What each level computed.

    Returns
    -------
    list of dict
        One row per quantity.

    Examples
    --------
    >>> ours, other = {"npix": [0, 0x3FE0000000000000]}, {"npix": [0, 0]}
    >>> table({"avx512": ours, "avx2": ours, "portable": other})
    [{'quantity': 'npix', 'numbers': 2, 'avx2 differs in': 0, 'avx2 at most by': 0.0,
      'portable differs in': 1, 'portable at most by': 0.5}]
    """
    rows: list[dict[str, record.Cell]] = []
    for quantity, bits in levels[LEVEL].items():
        row: dict[str, record.Cell] = {"quantity": quantity, "numbers": len(bits)}
        for level in ("avx2", "portable"):
            pairs = list(zip(bits, levels[level][quantity], strict=True))
            row[f"{level} differs in"] = sum(a != b for a, b in pairs)
            row[f"{level} at most by"] = max(difference(a, b) for a, b in pairs)
        rows.append(row)
    return rows


def main() -> int:
    """
    Build, run, compare and record.

    Returns
    -------
    int
        1 if a test failed, or the emulated processor computes anything else than the real one.
    """
    missing = obstacle()
    if missing:
        raise SystemExit(f"avx512: NOT RUN: missing: {missing}")
    begin = time.monotonic()
    programs = dict(built("astroapers", "test", "--no-run", "--lib", "--tests"))
    example = dict(built("astroapers-bench", "build", "--bin", "levels"))["levels"]
    with tempfile.TemporaryDirectory() as folder:
        library = shim(Path(folder))
        levels = {level: computed(example, level, library) for level in machine.LEVELS}
        real = {level: computed(example, level, None) for level in machine.levels()}
        results = {name: run(program, library) for name, program in programs.items()}
    passed, failed, ignored = (sum(counts) for counts in zip(*results.values(), strict=True))
    untrue = sum(unequal(numbers, levels[level]) for level, numbers in real.items())
    figures: dict[str, record.Cell] = {
        "level": LEVEL,
        "emulator": f"Bochs's Core i7 Ice Lake U (bochscpu-python {metadata.version('bochscpu-python')})",
        "tests of the core passed": passed,
        "failed": failed,
        "ignored": ignored,
        "numbers computed on each level": sum(map(len, levels[LEVEL].values())),
        "of them different on avx512 and avx2": unequal(levels[LEVEL], levels["avx2"]),
        "of them different on avx512 and portable": unequal(levels[LEVEL], levels["portable"]),
        f"different between the emulator and this machine, on {' and '.join(real)}": untrue,
    }
    print(json.dumps(figures, indent=1))
    if failed or untrue:
        return 1
    record.save("avx512", "make avx512", figures, time.monotonic() - begin, table(levels), [NOTE])
    return 0


if __name__ == "__main__":
    sys.exit(main())
