"""What no test reaches: lines and branches of the Rust crates and of the Python package, under all tests together.

``python -m reliability.coverage`` builds with LLVM's counters, runs the Rust tests on every level of vector
instructions and the whole Python suite with that extension, and joins what they reached. A line that none reaches must
stand in ``uncovered.toml`` with the reason. Steps can be named, to run some of them again: ``build``, ``rust``,
``python``, ``report``.

Not counted are tests themselves, and what stands in documentation: Rust's doctests do not run here.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.machine import SIMD_VARIABLE
from reliability import record
from reliability.memory import levels

ROOT = Path(__file__).parent.parent
FOLDER = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "coverage"
EXTENSION = ROOT / "python" / "astroapers" / "_rust.abi3.so"
LIST = Path(__file__).parent / "uncovered.toml"
STEPS = ("build", "rust", "python", "report")

#: Counters at every branch. Names are not compressed, since LLVM's tools from PyPI cannot read them then.
FLAGS = "-C instrument-coverage -Z coverage-options=branch -C llvm-args=-enable-name-compression=false"

#: As fast as the suite needs, and no faster to compile.
PROFILE = {"inherits": '"release"', "lto": '"off"', "opt-level": "2", "codegen-units": "16"}

#: A few files of counters for each program, to which every process adds its own when it ends.
COUNTERS = "%4m.profraw"


@dataclass
class File:
    """
    What was reached of one file.

    Attributes
    ----------
    lines : dict of int to int
        How often each line that does something was reached.
    branches : int
        Ways that a decision can go.
    taken : int
        Of these, how many were gone.
    """

    lines: dict[int, int] = field(default_factory=dict)
    branches: int = 0
    taken: int = 0

    @property
    def missed(self) -> list[int]:
        """Lines that were never reached."""
        return sorted(line for line, count in self.lines.items() if count == 0)


def build() -> None:
    """Build the Rust tests and the extension, our own crates with counters."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wrapper = FOLDER / "rustc-instrumented"
    wrapper.write_text(f'#!/bin/sh\nexec "$@" {FLAGS}\n', encoding="ascii")
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    profile = [f"--config=profile.coverage.{name}={value}" for name, value in PROFILE.items()]
    environment = {"CARGO_TARGET_DIR": str(FOLDER), "RUSTC_WORKSPACE_WRAPPER": str(wrapper), "RUSTC_BOOTSTRAP": "1"}
    objects = []
    for arguments in (
        ["build", "--package=astroapers-py"],
        ["test", "--package=astroapers", "--lib", "--tests", "--no-run"],
    ):
        command = [
            "cargo",
            *arguments,
            "--locked",
            "--profile=coverage",
            "--message-format=json-render-diagnostics",
            *profile,
        ]
        built = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
        )
        for message in map(json.loads, built.stdout.splitlines()):
            if message["reason"] == "compiler-artifact" and "/crates/astroapers" in message["manifest_path"]:
                if message["executable"] or "cdylib" in message["target"]["kind"]:
                    objects.append(message["executable"] or message["filenames"][0])
    (FOLDER / "objects.json").write_text(json.dumps(objects), encoding="utf-8")


def _objects() -> list[str]:
    objects: list[str] = json.loads((FOLDER / "objects.json").read_text(encoding="utf-8"))
    return objects


def _counting(folder: str) -> dict[str, str]:
    shutil.rmtree(FOLDER / folder, ignore_errors=True)
    return {**os.environ, "LLVM_PROFILE_FILE": str(FOLDER / folder / COUNTERS)}


def rust() -> None:
    """Run the Rust tests on every level of vector instructions."""
    environment = _counting("rust")
    for level in levels():
        for program in (program for program in _objects() if not program.endswith(".so")):
            subprocess.run(
                [program, "--quiet"],
                env={**environment, SIMD_VARIABLE: level},
                cwd=ROOT / "crates" / "astroapers",
                check=True,
            )


@contextmanager
def _instrumented_extension() -> Iterator[None]:
    kept = EXTENSION.with_suffix(".kept")
    EXTENSION.replace(kept)
    try:
        shutil.copy(next(program for program in _objects() if program.endswith(".so")), EXTENSION)
        yield
    finally:
        kept.replace(EXTENSION)


def python(arguments: Sequence[str]) -> None:
    """
    Run the Python suite with the extension that counts.

    Parameters
    ----------
    arguments : sequence of str
        More for pytest.
    """
    for data in ROOT.glob(".coverage*"):
        data.unlink()
    # Counters write files, for which full disks have no room.
    arguments = ["-m", "not uncounted", *arguments]
    with _instrumented_extension():
        command = [sys.executable, "-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        tests = subprocess.run(command, cwd=ROOT, env=_counting("python"), check=False)
    if tests.returncode != 0:
        print("some tests failed: with counters some are too slow for their limits", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "coverage", "combine", "--quiet"], cwd=ROOT, check=True)


# ---------------------------------------------------------------- what was reached


def _llvm(tool: str) -> str:
    """Find one of LLVM's tools, from the Python package that brings them, or of the system."""
    found = importlib.util.find_spec("llvm")
    for folder in (found.submodule_search_locations or []) if found else []:
        if (Path(folder) / "bin" / tool).exists():
            return str(Path(folder) / "bin" / tool)
    return tool


def rust_files() -> dict[str, File]:
    """
    Join what the Rust tests and the Python suite reached of the crates.

    Returns
    -------
    dict of str to File
        By path; without tests.
    """
    profile = FOLDER / "all.profdata"
    counters = [str(path) for path in FOLDER.glob("*/*.profraw")]
    subprocess.run([_llvm("llvm-profdata"), "merge", "--sparse", "--output", str(profile), *counters], check=True)
    first, *others = _objects()
    command = [_llvm("llvm-cov"), "export", "--format=lcov", f"--instr-profile={profile}", first]
    command += [f"--object={other}" for other in others]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return lcov(told)


def lcov(told: str) -> dict[str, File]:
    """
    Read LLVM's report of our crates.

    Parameters
    ----------
    told : str
        In the format of lcov.

    Returns
    -------
    dict of str to File
        By path from the root of the project.
    """
    files = {}
    for part in told.split("end_of_record\n"):
        name = re.search(r"^SF:(.*)$", part, re.MULTILINE)
        if (
            name is None
            or not Path(name[1]).is_relative_to(ROOT / "crates")
            or Path(name[1]).stem in ("tests", "testing")
        ):
            continue
        if Path(name[1]).parts[-2] in ("tests", "benches", "examples"):
            continue
        end = first_of_tests(Path(name[1]).read_text(encoding="utf-8"))
        lines = {
            int(line): int(count)
            for line, count in re.findall(r"^DA:(\d+),(\d+)", part, re.MULTILINE)
            if int(line) < end
        }
        # Each way of a decision may be told several times, once for each type that the code was compiled for.
        ways: dict[tuple[str, ...], bool] = defaultdict(bool)
        for line, block, way, count in re.findall(r"^BRDA:(\d+),(\d+),(\d+),(-|\d+)", part, re.MULTILINE):
            if int(line) < end:
                ways[line, block, way] |= count not in ("-", "0")
        files[Path(name[1]).relative_to(ROOT).as_posix()] = File(lines, len(ways), sum(ways.values()))
    return files


def first_of_tests(text: str) -> int:
    r"""
    Find where the tests of a Rust file begin.

    Parameters
    ----------
    text : str
        The file.

    Returns
    -------
    int
        The line of the module of tests, or one that no file has.

    Examples
    --------
    >>> first_of_tests("fn one() {}\n\n#[cfg(test)]\nmod tests {}\n")
    3
    """
    found = re.search(r"^#\[cfg\(test\)\]\nmod tests", text, re.MULTILINE)
    return text[: found.start()].count("\n") + 1 if found else sys.maxsize


def python_files() -> dict[str, File]:
    """
    Read what the Python suite reached of the package.

    Returns
    -------
    dict of str to File
        By path from the root of the project.
    """
    report = FOLDER / "python.json"
    subprocess.run([sys.executable, "-m", "coverage", "json", "--quiet", "-o", str(report)], cwd=ROOT, check=True)
    files = {}
    for name, told in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        lines = dict.fromkeys(told["executed_lines"], 1) | dict.fromkeys(told["missing_lines"], 0)
        files[name] = File(lines, told["summary"]["num_branches"], told["summary"]["covered_branches"])
    return files


def unexplained(files: Mapping[str, File]) -> list[str]:
    """
    Find lines that were not reached and of which the list says nothing.

    Parameters
    ----------
    files : mapping of str to File
        By path from the root of the project.

    Returns
    -------
    list of str
        File, line and text of each.
    """
    told = defaultdict(set)
    for row in tomllib.loads(LIST.read_text(encoding="utf-8"))["row"]:
        told[row["file"]].update(row["lines"])
    found = []
    for name, file in files.items():
        text = (ROOT / name).read_text(encoding="utf-8").splitlines()
        for line in file.missed:
            here = text[line - 1].strip()
            # A brace that closes something is no more than what it closes.
            if here not in told[name] and re.search(r"\w", here):
                found.append(f"{name}:{line}: {here}")
    return found


def _row(name: str, files: Sequence[File]) -> dict[str, record.Cell]:
    lines, reached = sum(len(file.lines) for file in files), sum(len(file.lines) - len(file.missed) for file in files)
    branches, taken = sum(file.branches for file in files), sum(file.taken for file in files)
    return {
        "module": f"`{name}`",
        "lines": lines,
        "reached, %": round(100 * reached / lines, 1) if lines else 100.0,
        "branches": branches,
        "taken, %": round(100 * taken / branches, 1) if branches else 100.0,
    }


def _module(name: str) -> str:
    """Name the part of the project that a file belongs to: a crate's or a package's folder, or file."""
    top, *rest = re.sub(r"^(crates/|python/)", "", name).replace("/src/", "/").split("/")
    return "/".join([top, Path(rest[0]).stem])


def report(seconds: float) -> bool:
    """
    Write down what was reached, and list what was not.

    Parameters
    ----------
    seconds : float
        How long the steps took.

    Returns
    -------
    bool
        Whether every line that was not reached is explained.
    """
    parts = {"Rust": rust_files(), "Python": python_files()}
    figures: dict[str, record.Cell] = {}
    rows = []
    for language, files in parts.items():
        whole = _row(language, list(files.values()))
        figures |= {f"{language}: {what}": whole[what] for what in ("lines", "reached, %", "branches", "taken, %")}
        modules = sorted({_module(name) for name in files})
        rows += [_row(module, [file for name, file in files.items() if _module(name) == module]) for module in modules]
    missing = unexplained({name: file for files in parts.values() for name, file in files.items()})
    figures |= {"lines not reached and not explained": len(missing)}
    notes = ["Of the levels of vector instructions, those of this machine: " + ", ".join(levels()) + "."]
    record.save("coverage", "make coverage", figures, seconds, rows, notes)
    print("\n".join(missing))
    return not missing


def main() -> int:
    """
    Run the steps.

    Returns
    -------
    int
        0 if every line that was not reached is explained.
    """
    parser = argparse.ArgumentParser(description="What no test reaches.")
    parser.add_argument("steps", nargs="*", choices=[*STEPS, []], help="which; by default all")
    parser.add_argument("--pytest", nargs=argparse.REMAINDER, default=["--numprocesses", "auto"], help="its arguments")
    chosen = parser.parse_args()
    start = time.monotonic()
    steps = chosen.steps or STEPS
    if "build" in steps:
        build()
    if "rust" in steps:
        rust()
    if "python" in steps:
        python(chosen.pytest)
    return 0 if "report" not in steps or report(time.monotonic() - start) else 1


if __name__ == "__main__":
    sys.exit(main())
