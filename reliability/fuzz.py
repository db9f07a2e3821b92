"""
Let fuzzers look for inputs that break a law.

The laws are those of ``crates/astroapers/src/laws`` (any shape anywhere; any image, masks and sources; photometry of
anything) and the property tests of ``tests``. Each fuzzer has the same time. libFuzzer keeps a case if it reaches code
that no case has reached before, and makes new cases from those it kept; Hypothesis draws new ones for every test that
it drives, round by round with another seed.

A broken law leaves its case in ``fuzz/artifacts``; ``cargo fuzz fmt <target> <file>`` prints it, ``cargo fuzz tmin``
makes it small. It then becomes a line of ``crates/astroapers/src/laws.rs``.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from reliability import record

ROOT = Path(__file__).parents[1]
TARGETS = ("boundary", "pixels", "measured")
PYTHON = "Python"
# Bytes of the longest case, as in the tests of the laws; seconds after which one hangs; megabytes that are too many.
LONGEST, HANG, MEMORY = 2048, 60, 4096
# Findings after which a target is given up: most will have one cause.
MOST_FINDINGS = 20
# A line of libFuzzer: cases so far, edges and features they reached, cases kept.
PROGRESS = re.compile(r"#(\d+)\S*\s.*?cov: (\d+) ft: (\d+) corp: (\d+)")


def rust(target: str, seconds: int) -> dict[str, record.Cell]:
    """
    Run a target of ``fuzz``.

    Parameters
    ----------
    target : str
        Its name.
    seconds : int
        For how long.

    Returns
    -------
    dict
        What was reached.
    """
    corpus = ROOT / "fuzz" / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    options = [f"-max_len={LONGEST}", f"-timeout={HANG}", f"-rss_limit_mb={MEMORY}", "-len_control=0", "-print_funcs=0"]
    begin, cases, findings = time.monotonic(), 0, 0
    reached: dict[str, record.Cell] = {}
    # A finding ends the process, but not the search for others.
    while (left := seconds - round(time.monotonic() - begin)) > 0 and findings < MOST_FINDINGS:
        command = [os.environ.get("CARGO_FUZZ", "cargo-fuzz"), "run", target, str(corpus), "--", *options]
        command.append(f"-max_total_time={left}")
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        reached = progress(done.stdout)
        cases += int(reached["cases"])
        if done.returncode:
            findings += 1
            print(done.stdout[-5000:])
    took = round(time.monotonic() - begin)
    return {"target": target, **reached, "cases": cases, "findings": findings, "seconds": took}


def progress(text: str) -> dict[str, record.Cell]:
    """
    Read what libFuzzer prints.

    Parameters
    ----------
    text : str
        All lines.

    Returns
    -------
    dict
        Cases, edges and features of the code that they reached, cases kept.

    Raises
    ------
    RuntimeError
        If no line tells of any case.

    Examples
    --------
    >>> progress("#40 DONE cov: 21 ft: 30 corp: 4/9b lim: 2048 exec/s: 20 rss: 60Mb")
    {'cases': 40, 'edges': 21, 'features': 30, 'kept': 4}
    """
    lines = PROGRESS.findall(text)
    if not lines:
        raise RuntimeError(f"libFuzzer did not run:\n{text[-3000:]}")
    return dict(zip(("cases", "edges", "features", "kept"), map(int, lines[-1]), strict=True))


def python(seconds: int) -> dict[str, record.Cell]:
    """
    Run the property tests, round by round.

    Parameters
    ----------
    seconds : int
        For how long; the last round is finished.

    Returns
    -------
    dict
        How many cases passed, and rounds that failed.
    """
    begin, cases, findings, seed = time.monotonic(), 0, 0, time.time_ns() % 2**32
    while time.monotonic() - begin < seconds:
        seed += 1
        options = ["--hypothesis-profile=hunt", f"--hypothesis-seed={seed}", "--hypothesis-show-statistics", "-q"]
        command = [sys.executable, "-m", "pytest", "tests", "-m", "hypothesis", *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        cases += sum(map(int, re.findall(r"(\d+) passing", done.stdout)))
        if done.returncode:
            findings += 1
            print(f"seed {seed}:\n{done.stdout[-5000:]}")
    return {
        "target": PYTHON,
        "cases": cases,
        "edges": "",
        "features": "",
        "kept": "",
        "findings": findings,
        "seconds": round(time.monotonic() - begin),
    }


def main() -> None:
    """Run what is asked for, and save it beside what ran before."""
    parser = argparse.ArgumentParser(description="Let fuzzers look for inputs that break a law.")
    parser.add_argument("targets", nargs="*", default=[*TARGETS, PYTHON], help="which; by default all")
    parser.add_argument("--seconds", type=int, default=600, help="for how long each")
    arguments = parser.parse_args()
    broken = 0
    for target in arguments.targets:
        row = python(arguments.seconds) if target == PYTHON else rust(target, arguments.seconds)
        print(row, flush=True)
        broken += int(row["findings"])
        save(row)
    sys.exit(1 if broken else 0)


def save(row: Mapping[str, record.Cell]) -> None:
    """
    Write down what a target has found, beside what is known of the others.

    Parameters
    ----------
    row : mapping
        Its last run.
    """
    known = record.load("fuzz").rows if (record.RESULTS / "fuzz.json").exists() else []
    rows = {str(one["target"]): one for one in (*known, row)}

    def total(column: str) -> int:
        return sum(int(row[column]) for row in rows.values())

    figures = {"cases": total("cases"), "laws broken": total("findings")}
    order = [target for target in (*TARGETS, PYTHON) if target in rows]
    record.save("fuzz", "make fuzz", figures, total("seconds"), [rows[target] for target in order])


if __name__ == "__main__":
    main()
