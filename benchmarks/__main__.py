"""The command: ``python -m benchmarks``.

Starts a worker for each number of threads and each level of SIMD, prints tables as they fill, and saves them with
their plots if nothing was left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import machine, plots, report
from benchmarks.cells import chosen
from benchmarks.peers import OLD_THREADS_VARIABLE
from benchmarks.results import Result

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent

# What is run at the levels of SIMD that are not the best one.
AT_OTHER_LEVELS = "circles: circ"

SECONDS = 0.8
SECONDS_IF_QUICK = 0.15


def _floor_program() -> Path:
    """Build the floor for this very machine, and find it."""
    command = ["cargo", "rustc", "--release", "--locked", "--package", "astroapers-bench", "--bin", "floor"]
    command += ["--message-format", "json", "--", "-C", "target-cpu=native"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    messages = map(json.loads, built.stdout.splitlines())
    return next(Path(m["executable"]) for m in messages if m.get("executable"))


def _run(arguments: Sequence[str], threads: int, level: str | None) -> Iterator[Result]:
    environment = {**os.environ, OLD_THREADS_VARIABLE: str(threads), "ASTROAPERS_NUM_THREADS": str(threads)}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "python")])
    if level:
        environment[machine.SIMD_VARIABLE] = level
    command = [sys.executable, "-m", "benchmarks.worker", *arguments, "--threads", str(threads)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            yield Result.from_json(line)
    if worker.returncode:
        raise SystemExit(f"the worker failed: {' '.join(command)}")


def _progress(result: Result) -> Result:
    """Print a result in one line, as soon as it is there."""
    peers = ", ".join(
        f"{peer.name} {report.ratio(peer.ratio)}{'' if peer.agrees else ' (differs)'}" for peer in result.peers
    )
    met = {True: "ok", False: "SHORT", None: ""}[result.met]
    target = f"target {report.ratio(result.target.ratio)}" if result.target else ""
    other = f"÷ other {report.ratio(result.reference)}" if result.reference else ""
    parts = (result.cell.group, result.cell.label, report.duration(result.ns), peers, target, other, met)
    print(" | ".join(part for part in parts if part), file=sys.stderr, flush=True)
    return result


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", help="run the cells whose group or label has one of these words: circ,mask")
    parser.add_argument("--quick", action="store_true", help="a few rounds of each cell; the noise is large")
    parser.add_argument("--full", action="store_true", default=os.environ.get("FULL") == "1", help="all cells (FULL=1)")
    parser.add_argument("--seconds", type=float, help="time of each contender in each cell")
    parser.add_argument("--without", default="", help="peers to leave out: sep,photutils,astroapers")
    parser.add_argument("--no-floor", action="store_true", help="leave the floor out")
    parser.add_argument("--level", choices=list(machine.LEVELS), help="run at this level of SIMD alone")
    parser.add_argument("--list", action="store_true", help="list the cells and leave")
    parser.add_argument("--save", action="store_true", help="save tables and plots although cells were left out")
    return parser.parse_args()


def main() -> None:
    """Run the benchmarks."""
    options = _arguments()
    cells = chosen(options.only, options.full)
    if options.list or not cells:
        print("\n".join(f"{cell.group}: {cell.label}" for cell in cells) or "no such cell")
        return
    begin = time.monotonic()
    seconds = options.seconds or (SECONDS_IF_QUICK if options.quick else SECONDS)
    arguments = ["--seconds", str(seconds), "--without", options.without]
    arguments += ["--full"] if options.full else []
    arguments += [] if options.no_floor else ["--floor", str(_floor_program())]

    only = ["--only", options.only] if options.only else []
    results = [
        _progress(result)
        for threads in sorted({cell.threads for cell in cells})
        for result in _run([*arguments, *only], threads, options.level)
    ]
    results.sort(key=lambda result: cells.index(result.cell))

    others: list[Result] = []
    if not (options.only or options.level or results[0].level == machine.UNKNOWN):
        for level in machine.levels():
            if level != results[0].level:
                others += map(_progress, _run([*arguments, "--only", AT_OTHER_LEVELS], 1, level))

    text = report.document(results, others, machine.description())
    print(text)
    print(f"took {time.monotonic() - begin:.0f} s", file=sys.stderr)
    if options.save or not (options.only or options.quick or options.without or options.level):
        (FOLDER / "results.md").write_text(text, encoding="utf-8")
        lines = "\n".join(result.to_json() for result in (*results, *others))
        (FOLDER / "results.jsonl").write_text(lines + "\n", encoding="utf-8")
        plots.draw(results, FOLDER)


if __name__ == "__main__":
    main()
