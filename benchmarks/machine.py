"""Where numbers come from: processor, level of SIMD, versions, commit."""

from __future__ import annotations

import datetime
import importlib
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

SIMD_VARIABLE = "ASTROAPERS_SIMD"

# Level -> what the processor must have for it, in Linux's words; best first.
LEVELS = {"avx512": {"avx512f", "avx512dq", "avx512vl"}, "avx2": {"avx2", "fma"}, "portable": set[str]()}

UNKNOWN = "not reported"


def simd_level() -> str:
    """
    Ask the extension at which level of SIMD it runs.

    Returns
    -------
    str
        One of `LEVELS`, or "not reported" by a build that knows none.
    """
    engine = importlib.import_module("astroapers._rust")._engine
    try:
        return str(engine("simd_level"))
    except (TypeError, ValueError):
        return UNKNOWN


def levels() -> list[str]:
    """
    List the levels of SIMD that this processor has.

    Returns
    -------
    list of str
        Best first.
    """
    flags = set(_cpuinfo("flags").split())
    return [level for level, needed in LEVELS.items() if needed <= flags]


def _cpuinfo(field: str) -> str:
    path = Path("/proc/cpuinfo")
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        name, _, value = line.partition(":")
        if name.strip() == field:
            return value.strip()
    return ""


#: What runs themselves write: figures of an earlier one do not change what is measured.
RESULTS = ("reliability/results", "benchmarks/results.md", "benchmarks/results.jsonl", "benchmarks/*.png")


def commit() -> str:
    """
    Name the commit that is measured.

    Returns
    -------
    str
        Abbreviated; with a note if files are changed, other than results.
    """
    name = _git("rev-parse", "--short", "HEAD")
    changed = _git(
        "status", "--porcelain", "--untracked-files=no", "--", ".", *(f":(exclude){path}" for path in RESULTS)
    )
    return (name + "-dirty" if changed else name) or "no commit"


def _git(*words: str) -> str:
    root = Path(__file__).parents[1]
    return subprocess.run(["git", *words], capture_output=True, text=True, check=False, cwd=root).stdout.strip()


def today() -> str:
    """
    Name the day.

    Returns
    -------
    str
        As 2026-01-31, UTC.
    """
    return datetime.datetime.now(tz=datetime.UTC).strftime("%Y-%m-%d")


def processor() -> str:
    """
    Name processor, cores and levels of SIMD.

    Returns
    -------
    str
        One line.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    family = " ".join(f"{field} {_cpuinfo(field)}" for field in ("cpu family", "model") if _cpuinfo(field))
    model = f"{_cpuinfo('model name') or platform.processor()} ({family or platform.machine()})"
    cache = _cpuinfo("cache size") or "unknown"
    return f"{model}, {cores} cores, {cache} of cache a core; levels of SIMD: {', '.join(levels())}"


def description() -> list[str]:
    """
    Describe machine and software.

    Returns
    -------
    list of str
        Lines.
    """
    packages = ("numpy", "sep", "photutils")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    return [processor(), f"Python {platform.python_version()}, {versions}", f"{today()}, commit {commit()}"]
