"""
Does a test notice when the mathematics is changed?  ``make mutants``

Every mutant (`schemata`) of the files that decide weights and skies is switched on, one after the other, and the tests that meet
it are run: those of Rust first, then, if all of them pass, those of Python.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .schemata import Mutant, suite
from .schemata.rust import SWITCHES, Schema

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "crates/astroapers/src"

FILES = (
    "cover.rs", "cover/grid.rs", "cover/piece.rs", "cover/row.rs", "span.rs", "contour.rs", "geom.rs", "sample.rs", "convex/center.rs",
    *(f"photometry/{name}.rs" for name in ("statistic", "clip", "mmm", "rank", "select", "wirth", "noise", "sky", "list", "summary", "annulus")),
)  # fmt: skip


def put(path: Path, content: bytes) -> None:
    """
    Write a file unless that is what is in it: cargo builds again what is newer.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        What is to be in it.
    """
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def copy_of_the_repository(to: Path, but: set[str]) -> None:
    """
    Copy what git knows, so that the sources stay as they are.

    Parameters
    ----------
    to : Path
        Where to.
    but : set of str
        Files that are written otherwise.
    """
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in set(filter(None, listed.split("\0"))) - but:
        if (ROOT / name).is_file():
            put(to / name, (ROOT / name).read_bytes())


def write(to: Path, left_out: set[tuple[str, int, str]]) -> list[Schema]:
    """
    Write the sources with all mutants.

    Parameters
    ----------
    to : Path
        The copy of the repository.
    left_out : set of tuple
        Mutants that the compiler refused.

    Returns
    -------
    list of Schema
        One per file.
    """
    found, first = [], 1
    for name in FILES:
        file = f"crates/astroapers/src/{name}"
        schema = Schema(file, (ROOT / file).read_bytes(), first, left_out)
        put(to / file, schema.written.encode())
        first = schema.next
        found.append(schema)
    source = to / "crates/astroapers/src"
    put(source / "mutation.rs", SWITCHES.encode())
    library = (SOURCES / "lib.rs").read_text(encoding="utf-8").replace("mod aperture;", "mod aperture;\nmod mutation;", 1)
    put(source / "lib.rs", library.encode())
    return found


def refused(to: Path, schemata: list[Schema]) -> set[tuple[str, int, str]]:
    """
    Ask the compiler which mutants it cannot compile.

    Parameters
    ----------
    to : Path
        The copy of the repository.
    schemata : list of Schema
        What was written there.

    Returns
    -------
    set of tuple
        Those at the places of its errors.
    """
    command = ["cargo", "check", "--package", "astroapers", "--lib", "--locked", "--message-format", "json"]
    run = subprocess.run(command, cwd=to, capture_output=True, text=True, check=False)
    by_file = {schema.file: schema for schema in schemata}
    out: set[tuple[str, int, str]] = set()
    unexplained = []
    for line in run.stdout.splitlines():
        message = json.loads(line).get("message")
        if not isinstance(message, dict) or message.get("level") != "error" or not message["spans"]:
            continue
        places = set()
        for span in message["spans"]:
            schema = by_file.get(span["file_name"])
            if schema:
                text = schema.written.encode()
                numbers = innermost(text, span["byte_start"], span["byte_end"])
                places |= {schema.places[number] for number in numbers}
        out |= places
        if not places:
            unexplained.append(message["rendered"])
    if run.returncode and not out:
        raise RuntimeError("\n".join(unexplained) or run.stderr)
    return out


def innermost(text: bytes, start: int, end: int) -> list[int]:
    """
    Find the smallest marked place that holds a range.

    Parameters
    ----------
    text : bytes
        A source with marks.
    start, end : int
        The range.

    Returns
    -------
    list of int
        The mutants of that place; none if it has none.
    """
    open_marks: list[tuple[int, list[int]]] = []
    best: list[int] = []
    size = len(text) + 1
    for mark in re.finditer(rb"/\*\[([\d,]+)\*/|/\*\]\*/", text):
        if mark.group(1):
            open_marks.append((mark.start(), [int(n) for n in mark.group(1).split(b",")]))
        else:
            begin, numbers = open_marks.pop()
            if begin <= start and end <= mark.end() and mark.end() - begin < size:
                best, size = numbers, mark.end() - begin
    return best


def prepare(to: Path) -> list[Schema]:
    """
    Write the mutants that compile.

    Parameters
    ----------
    to : Path
        Where the copy of the repository is to be.

    Returns
    -------
    list of Schema
        One per file.
    """
    copy_of_the_repository(to, {f"crates/astroapers/src/{name}" for name in (*FILES, "lib.rs")})
    noted = to / "refused.json"
    left_out = {(file, at, change) for file, at, change in json.loads(noted.read_text())} if noted.exists() else set()
    while True:
        schemata = write(to, left_out)
        bad = refused(to, schemata)
        print(f"{sum(len(s.mutants) for s in schemata)} mutants, {len(left_out)} refused before, {len(bad)} now", flush=True)
        if not bad:
            return schemata
        left_out |= bad
        noted.write_text(json.dumps(sorted(left_out)))


def identities(mutants: Iterable[Mutant]) -> dict[int, str]:
    """
    Name mutants so that the names stay when lines move.

    Parameters
    ----------
    mutants : iterable of Mutant
        All of them.

    Returns
    -------
    dict of int to str
        For each number its key, and which one of this key it is.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    names = {}
    for mutant in mutants:
        seen[mutant.key] += 1
        names[mutant.number] = json.dumps([*mutant.key, seen[mutant.key]])
    return names


def main() -> None:
    work = Path(os.environ.get("MUTANTS_WORK", ROOT / "target/mutants"))
    known = work / "verdicts.jsonl"
    before = {}
    if known.exists():
        before = dict(json.loads(line) for line in known.read_text().splitlines())
    schemata = prepare(work)
    mutants = [m for s in schemata for m in s.mutants]
    names = identities(mutants)
    (work / "mutants.json").write_text(json.dumps([vars(m) for m in mutants], indent=0))
    package = work / "crates/astroapers"
    binaries = suite.build(work, ["--package", "astroapers", "--lib", "--test", "laws", "--test", "coverage"])
    stamp, noted = [[b, Path(b).stat().st_mtime_ns] for b in binaries], work / "tests.json"
    if noted.exists() and (kept := json.loads(noted.read_text()))["of"] == stamp:
        tests = [suite.Test(t["binary"], t["name"], t["seconds"], set(t["meets"])) for t in kept["tests"]]
    else:
        tests = suite.traced(binaries, package)
        noted.write_text(json.dumps({"of": stamp, "tests": [vars(t) | {"meets": sorted(t.meets)} for t in tests]}))
    print(f"{len(tests)} tests, {sum(t.seconds for t in tests):.0f} s", flush=True)
    wanted = [m for m in mutants if before.get(names[m.number], "") not in ("failed", "timeout")]
    if len(sys.argv) > 1:
        wanted = [m for m in wanted if any(part in m.file for part in sys.argv[1:])]
    if os.environ.get("ONLY_NEW"):
        wanted = [m for m in wanted if names[m.number] not in before]
    begun = time.monotonic()
    with known.open("a") as out:
        for i, mutant in enumerate(wanted, 1):
            result, meeting = suite.verdict(mutant.number, tests, package)
            out.write(json.dumps([names[mutant.number], result]) + "\n")
            out.flush()
            if result in ("passed", "unmet"):
                print(f"{result} {meeting} {mutant.file}:{mutant.line} {mutant.function}: {mutant.change}   | {mutant.source}", flush=True)
            if i % 50 == 0:
                print(f"# {i} of {len(wanted)}, {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
