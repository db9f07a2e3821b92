"""Memory: unsafe code, AddressSanitizer, valgrind, and the licences and sources of what we build on.

``python -m reliability.memory unsafe | asan | valgrind | deny``; each leaves its record in `results`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.machine import SIMD_VARIABLE
from reliability import record

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent
TARGET = "x86_64-unknown-linux-gnu"

#: Flags of a processor that each level of vector instructions needs.
LEVELS = {"portable": set[str](), "avx2": {"avx2", "fma"}, "avx512": {"avx512f", "avx512dq", "avx512vl"}}

#: Tests that run with the instrumented extension: those that read images, and none that start many processes.
PYTHON_TESTS = (
    *("test_raw.py", "test_bad_input_raw.py", "test_bad_input.py", "test_apertures_images.py", "test_kernels.py"),
    *("test_laws_identity.py", "test_laws_weights.py", "test_photometry.py", "test_photometry_sky.py"),
)


def levels() -> list[str]:
    """
    Name the levels of vector instructions of this machine.

    Returns
    -------
    list of str
        The least first.
    """
    flags = set(Path("/proc/cpuinfo").read_text(encoding="ascii").split())
    return [level for level, needed in LEVELS.items() if needed <= flags]


# ---------------------------------------------------------------- unsafe code


def code(text: str) -> str:
    r"""
    Leave out the comments of a Rust source, and with them its documentation.

    Parameters
    ----------
    text : str
        The source.

    Returns
    -------
    str
        The rest.

    Examples
    --------
    >>> code('let x = 1; // unsafe\n/// unsafe\nlet y = 2;')
    'let x = 1; \n\nlet y = 2;'
    """
    return re.sub(r"//.*", "", text)


def unsafe_found() -> dict[str, int]:
    """
    Count the uses of the keyword in the code of the workspace.

    Returns
    -------
    dict of str to int
        By file, of those that have any.
    """
    found = {}
    for path in sorted((ROOT / "crates").rglob("*.rs")):
        uses = len(re.findall(r"\bunsafe\b", code(path.read_text(encoding="utf-8"))))
        if uses:
            found[path.relative_to(ROOT).as_posix()] = uses
    return found


def unsafe_listed() -> list[dict[str, str]]:
    """
    Read the table of them.

    Returns
    -------
    list of dict
        File, what, and why it is sound.
    """
    rows: list[dict[str, str]] = tomllib.loads((HERE / "unsafe.toml").read_text(encoding="utf-8"))["row"]
    return rows


def unsafe() -> bool:
    """
    Compare the table with the code.

    Returns
    -------
    bool
        Whether they agree.
    """
    start, listed, found = time.monotonic(), unsafe_listed(), unsafe_found()
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "crates").rglob("*.rs"))
    figures = {"lines of Rust": lines, "uses of `unsafe`": sum(found.values()), "files with any": len(found)}
    seconds = time.monotonic() - start
    record.save("unsafe", "make unsafe", figures, seconds, [{**row, "file": _short(row["file"])} for row in listed])
    agree = all(found.get(file, 0) == count for file, count in _by_file(listed).items())
    if not agree or found.keys() != _by_file(listed).keys():
        print(f"found {found}, listed {_by_file(listed)}", file=sys.stderr)
        return False
    return True


def _by_file(listed: Sequence[Mapping[str, str]]) -> dict[str, int]:
    files = [row["file"] for row in listed]
    return {file: files.count(file) for file in files}


def _short(file: str) -> str:
    return f"`{file.removeprefix('crates/').replace('/src/', ': ')}`"


# ---------------------------------------------------------------- AddressSanitizer


def _cargo(*arguments: str, folder: str, flags: str) -> list[Path]:
    """Build with flags of the compiler that only its next version is to have, and give what can be run or loaded."""
    command = ["cargo", *arguments, "--locked", "--target", TARGET, "--message-format", "json-render-diagnostics"]
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / folder
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target), "RUSTC_BOOTSTRAP": "1", "RUSTFLAGS": flags}
    built = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    artifacts = [m for m in map(json.loads, built.stdout.splitlines()) if m["reason"] == "compiler-artifact"]
    ours = [m for m in artifacts if "/crates/astroapers" in m["manifest_path"]]
    return [
        Path(m["executable"] or m["filenames"][0]) for m in ours if m["executable"] or "cdylib" in m["target"]["kind"]
    ]


def with_extension(extension: Path) -> Path:
    """
    Lay out the Python package with another build of the extension.

    Parameters
    ----------
    extension : Path
        The shared library.

    Returns
    -------
    Path
        A folder for ``PYTHONPATH``.
    """
    folder = extension.parent / "python"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(
        ROOT / "python" / "astroapers", folder / "astroapers", ignore=shutil.ignore_patterns("*.so", "__pycache__")
    )
    shutil.copy(extension, folder / "astroapers" / "_rust.abi3.so")
    return folder


def _runtime(folder: Path) -> Path:
    """Make AddressSanitizer's runtime a library that can be loaded before a program that knows nothing of it."""
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout.strip()
    (archive,) = Path(sysroot, "lib", "rustlib", TARGET, "lib").glob("librustc-*_rt.asan.a")
    library, copied = folder / "libasan_rt.so", folder / "asan_rt.a"
    shutil.copy(archive, copied)
    # It asks to run before all libraries, which only programs can.
    subprocess.run(["ar", "d", str(copied), "asan_preinit.cpp.o"], check=True)
    whole = ["-Wl,--whole-archive", str(copied), "-Wl,--no-whole-archive"]
    subprocess.run(["cc", "-shared", "-o", str(library), *whole, "-lpthread", "-ldl", "-lm", "-lrt"], check=True)
    return library


def _errors(output: str) -> int:
    return len(re.findall(r"^==\d+==\s?ERROR: |SUMMARY: \w+Sanitizer", output, re.MULTILINE))


def _ran(command: Sequence[str], log: Path, **environment: str) -> tuple[str, bool]:
    """Run a command in the root of the project; its output, also kept as a file, and whether it succeeded."""
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(ran.stdout, encoding="utf-8")
    return ran.stdout, ran.returncode == 0


def asan() -> bool:
    """
    Run the tests of the core, and those of Python that read images, with AddressSanitizer on every level.

    Returns
    -------
    bool
        Whether nothing was found.
    """
    start, rows, good = time.monotonic(), list[dict[str, record.Cell]](), True
    flags = "-Zsanitizer=address"
    programs = _cargo("test", "--package", "astroapers", "--lib", "--tests", "--no-run", folder="asan", flags=flags)
    (extension,) = _cargo("build", "--package", "astroapers-py", folder="asan", flags=flags)
    runtime, python = _runtime(extension.parent), with_extension(extension)
    loaded = {"PYTHONPATH": str(python), "LD_PRELOAD": str(runtime), "PYTHONMALLOC": "malloc"}
    # Python keeps much until it ends; leaks are looked for in the tests of the core.
    in_python = {**loaded, "ASAN_OPTIONS": "detect_leaks=0"}
    log = extension.parent / "asan.log"

    def note(name: str, level: str, passed: str, ran: tuple[str, bool]) -> None:
        nonlocal good
        output, well = ran
        counted = sum(map(int, re.findall(passed, output)))
        # A program that failed in another way counts as an error, too.
        errors = _errors(output) if well else max(1, _errors(output))
        rows.append({"what": name, "level": level, "passed": counted, "errors": errors})
        good &= well
        print(rows[-1], flush=True)

    for level in levels():
        at_level = {SIMD_VARIABLE: level}
        for program in programs:
            name = f"Rust: {re.sub('-[0-9a-f]{16}$', '', program.name)}"
            note(name, level, r"(\d+) passed", _ran([str(program)], log, ASAN_OPTIONS="detect_leaks=1", **at_level))
        for name, arguments in _python_runs():
            ran = _ran([sys.executable, *arguments], log, **in_python, **at_level)
            note(name, level, r"(\d+) (?:passed|results)", ran)
    figures = {
        "tests and readings": sum(int(row["passed"]) for row in rows),
        "errors": sum(int(row["errors"]) for row in rows),
    }
    notes = ["Leaks (LeakSanitizer) are looked for in the Rust programs. NumPy and Python itself are not instrumented."]
    record.save("asan", "make asan", figures, time.monotonic() - start, rows, notes)
    return good


def _python_runs() -> Iterator[tuple[str, list[str]]]:
    yield "Python: every way to read pixels", ["-m", "reliability.everything", "4"]
    tests = [f"tests/{name}" for name in PYTHON_TESTS]
    yield "Python: tests that read images", ["-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]


# ---------------------------------------------------------------- valgrind


def valgrind(each: int) -> bool:
    """
    Read pixels in every way under memcheck, on the levels that valgrind knows.

    Parameters
    ----------
    each : int
        With how many apertures each image is measured.

    Returns
    -------
    bool
        Whether nothing was found.
    """
    start, rows = time.monotonic(), list[dict[str, record.Cell]]()
    command = ["valgrind", "--tool=memcheck", f"--suppressions={HERE / 'valgrind.supp'}", "--num-callers=30"]
    command += ["--error-exitcode=9", sys.executable, "-m", "reliability.everything", str(each)]
    log = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "valgrind.log"
    good = True
    for level in (level for level in levels() if level != "avx512"):
        output, ran = _ran(command, log.with_stem(f"valgrind-{level}"), PYTHONMALLOC="malloc", **{SIMD_VARIABLE: level})
        summary = re.search(r"ERROR SUMMARY: (\d+) errors .*suppressed: (\d+)", output)
        results = re.search(r"(\d+) results", output)
        errors = int(summary[1]) if summary and ran else max(1, int(summary[1]) if summary else 1)
        rows.append({"level": level, "readings": int(results[1]) if results else 0, "errors": errors})
        print(rows[-1], flush=True)
        good &= ran and results is not None
    version = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    figures = {"readings": sum(int(row["readings"]) for row in rows), "errors": sum(int(row["errors"]) for row in rows)}
    notes = [f"{version} knows no AVX-512: that level is left to AddressSanitizer and to the guard pages."]
    record.save("valgrind", "make valgrind", figures, time.monotonic() - start, rows, notes)
    return good


# ---------------------------------------------------------------- what we build on

#: What `cargo deny` looks at, and what that means.
CHECKS = {
    "licenses": "each crate has a licence that deny.toml allows",
    "bans": "no crate is unwanted, and none comes from a wildcard",
    "sources": "every crate comes from crates.io",
    "advisories": "no crate has an entry in the RustSec database",
}


def deny() -> bool:
    """
    Check licences, sources and known holes of all that the package is built with.

    Returns
    -------
    bool
        Whether all checks that could run passed.
    """
    start, rows, good = time.monotonic(), list[dict[str, record.Cell]](), True
    log = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "deny.log"
    for check, meaning in CHECKS.items():
        output, passed = _ran(["cargo", "deny", "--all-features", "check", check], log)
        unreachable = re.search(r"failed to (fetch|clone|open) advisory database|failed to fetch", output) is not None
        verdict = "passed" if passed else "not run: its database was out of reach" if unreachable else "FAILED"
        if verdict == "FAILED":
            print(output, file=sys.stderr)
        good &= verdict != "FAILED"
        rows.append({"check": f"cargo deny: {check}", "means": meaning, "result": verdict})
    rows.append(_pip_audit(log))
    good &= rows[-1]["result"] != "FAILED"
    metadata = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--format-version=1", "--locked"], cwd=ROOT, capture_output=True, check=True
        ).stdout
    )
    figures = {"crates, those of tests included": len(metadata["packages"]), "checks": len(rows)}
    figures["checks that failed"] = sum(row["result"] == "FAILED" for row in rows)
    record.save("deny", "make deny", figures, time.monotonic() - start, rows)
    return good


def _pip_audit(log: Path) -> dict[str, record.Cell]:
    """Known holes of what the extras install, as far as they are installed here."""
    row: dict[str, record.Cell] = {
        "check": "pip-audit",
        "means": "no Python package of ours or of our extras has a known hole",
    }
    if importlib.util.find_spec("pip_audit") is None:
        return {**row, "result": "not run: it is not installed"}
    requirements = log.with_name("requirements.txt")
    wanted = subprocess.run(
        [sys.executable, "tools/requirements.py", "phot"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    requirements.write_text(wanted.stdout, encoding="utf-8")
    output, passed = _ran(
        [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--requirement", str(requirements)], log
    )
    if "could not be audited" in output or re.search("(Connection|Service|HTTP)Error", output):
        return {**row, "result": "not run: its database was out of reach"}
    if passed:
        return {**row, "result": "passed"}
    print(output, file=sys.stderr)
    return {**row, "result": "FAILED"}


def main() -> int:
    """
    Run one of the experiments.

    Returns
    -------
    int
        0 if nothing was found.
    """
    parser = argparse.ArgumentParser(description="Experiments on memory.")
    parser.add_argument("experiment", choices=["unsafe", "asan", "valgrind", "deny"])
    parser.add_argument("--each", type=int, default=1, help="valgrind: apertures per image")
    chosen = parser.parse_args()
    runs = {"unsafe": unsafe, "asan": asan, "valgrind": lambda: valgrind(chosen.each), "deny": deny}
    return 0 if runs[chosen.experiment]() else 1


if __name__ == "__main__":
    sys.exit(main())
