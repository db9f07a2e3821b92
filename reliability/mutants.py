"""
Change the mathematics, and see whether a test notices: ``make mutants``.

Every mutant (`schemata`) of the files that decide weights and skies is switched on, one after the other, and the
tests that meet it are run: those of Rust first, then, if all of them pass, those of Python. A mutant that passes both
survives. It is then in `survivors.toml`, with the reason why it computes the same, or the run fails: a test is
missing.

    python -m reliability.mutants [part of a file's name ...] [--shard 0/8] [--resume]
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from . import record
from .schemata import Mutant, suite
from .schemata.pytests import Suite
from .schemata.rust import SWITCHES, Place, Schema

ROOT = Path(__file__).parent.parent
WORK = ROOT / "target/mutants"
SOURCES = "crates/astroapers/src"
SURVIVORS = Path(__file__).parent / "survivors.toml"

FILES = (
    "cover.rs",
    "cover/grid.rs",
    "cover/piece.rs",
    "cover/row.rs",
    "span.rs",
    "contour.rs",
    "geom.rs",
    "sample.rs",
    "convex/center.rs",
    *(
        f"photometry/{name}.rs"
        for name in (
            "statistic",
            "clip",
            "mmm",
            "rank",
            "huge",
            "select",
            "wirth",
            "noise",
            "sky",
            "list",
            "summary",
            "annulus",
        )
    ),
)

PROGRAMS = ("--package", "astroapers", "--lib", "--test", "laws", "--test", "coverage")

PYTHON_TESTS = (
    "tests/test_oracle.py",
    "tests/test_laws_identity.py",
    "tests/test_laws_sums.py",
    "tests/test_laws_symmetry.py",
    "tests/test_laws_weights.py",
    "tests/test_photometry.py",
    "tests/test_photometry_sky.py",
    "tests/test_photometry_noise.py",
)

SEED = 1
"""Of the order in which mutants are tried: what is done when a run is cut short is a fair sample."""

KILLED = ("failed", "timeout", "python")


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


def write(to: Path, left_out: set[Place]) -> list[Schema]:
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
        file = f"{SOURCES}/{name}"
        schema = Schema(file, (ROOT / file).read_bytes(), first, left_out)
        put(to / file, schema.written.encode())
        first = schema.next
        found.append(schema)
    put(to / SOURCES / "mutation.rs", SWITCHES.encode())
    library = (ROOT / SOURCES / "lib.rs").read_text(encoding="utf-8")
    put(to / SOURCES / "lib.rs", library.replace("mod aperture;", "mod aperture;\nmod mutation;", 1).encode())
    return found


def refused(to: Path, schemata: list[Schema]) -> set[Place]:
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
    found: set[Place] = set()
    unexplained = []
    for line in run.stdout.splitlines():
        message = json.loads(line).get("message")
        if not isinstance(message, dict) or message.get("level") != "error" or not message["spans"]:
            continue
        places = set()
        for span in message["spans"]:
            schema = by_file.get(span["file_name"])
            if schema:
                numbers = innermost(schema.written.encode(), span["byte_start"], span["byte_end"])
                places |= {schema.places[number] for number in numbers}
        found |= places
        if not places:
            unexplained.append(message["rendered"])
    if run.returncode and not found:
        raise RuntimeError("\n".join(unexplained) or run.stderr)
    return found


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

    Examples
    --------
    >>> innermost(b"/*[1*/a + /*[2,3*/b/*]*/ + c/*]*/", 19, 20)
    [2, 3]
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
    copy_of_the_repository(to, {f"{SOURCES}/{name}" for name in (*FILES, "lib.rs")})
    left_out: set[Place] = set()
    while True:
        schemata = write(to, left_out)
        bad = refused(to, schemata)
        print(
            f"{sum(len(s.mutants) for s in schemata)} mutants, {len(bad)} of them refused by the compiler", flush=True
        )
        if not bad:
            return schemata
        left_out |= bad


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


@dataclass(frozen=True)
class Explained:
    """
    Mutants of one line of which it is known why no test can tell them from the original.

    Parameters
    ----------
    file : str
        The end of the source's name.
    source : str
        The text of the line.
    changes : list of str
        What the mutants do there.
    why : str
        Why that cannot be seen.
    """

    file: str
    source: str
    changes: list[str]
    why: str

    def covers(self, mutant: Mutant) -> bool:
        """Whether it speaks of this mutant."""
        return mutant.file.endswith(self.file) and mutant.source == self.source and mutant.change in self.changes


@lru_cache
def explained(path: Path = SURVIVORS) -> list[Explained]:
    """
    Read the list of explained survivors.

    Parameters
    ----------
    path : Path, optional
        The list.

    Returns
    -------
    list of Explained
        Its entries.
    """
    return [Explained(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["survivor"]]


def is_explained(mutant: Mutant) -> bool:
    """
    Tell whether it is known why a mutant computes the same.

    Parameters
    ----------
    mutant : Mutant
        The mutant.

    Returns
    -------
    bool
        Whether the list speaks of it.
    """
    return any(entry.covers(mutant) for entry in explained())


class Verdicts:
    """
    What became of each mutant, noted as soon as it is known.

    Parameters
    ----------
    path : Path
        The notes.
    resume : bool
        Whether those of an earlier run hold.
    """

    def __init__(self, path: Path, resume: bool) -> None:
        self.path = path
        if not resume:
            path.unlink(missing_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.known: dict[str, str] = dict(json.loads(line) for line in lines)

    def note(self, name: str, verdict: str) -> None:
        """Add one."""
        self.known[name] = verdict
        with self.path.open("a", encoding="utf-8") as out:
            out.write(json.dumps([name, verdict]) + "\n")


def chosen(mutants: list[Mutant], files: list[str], shard: str) -> list[Mutant]:
    """
    Choose the mutants of a run, in a random order that is the same every time.

    Parameters
    ----------
    mutants : list of Mutant
        All.
    files : list of str
        Parts of the names of files; empty for all.
    shard : str
        ``k/n`` for the part ``k`` of ``n``.

    Returns
    -------
    list of Mutant
        Those to be tried.
    """
    part, of = map(int, shard.split("/"))
    wanted = [m for m in mutants if not files or any(name in m.file for name in files)]
    random.Random(SEED).shuffle(wanted)
    return wanted[part::of]


def tried(
    mutants: list[Mutant],
    names: Mapping[int, str],
    verdicts: Verdicts,
    verdict: Callable[[int], str],
    skip: Callable[[str], bool],
) -> None:
    """
    Try mutants one after the other.

    Parameters
    ----------
    mutants : list of Mutant
        Which.
    names : mapping of int to str
        Their identities.
    verdicts : Verdicts
        Where to note what becomes of them.
    verdict : callable
        From a number to what becomes of the mutant.
    skip : callable
        Whether an earlier verdict is enough.
    """
    begun = time.monotonic()
    wanted = [m for m in mutants if not skip(verdicts.known.get(names[m.number], ""))]
    for i, mutant in enumerate(wanted, 1):
        result = verdict(mutant.number)
        verdicts.note(names[mutant.number], result)
        if result not in KILLED:
            print(f"{result}: {mutant.shown}", flush=True)
        if i % 50 == 0:
            print(f"# {i} of {len(wanted)}, {time.monotonic() - begun:.0f} s", flush=True)


def report(
    name: str,
    command: str,
    mutants: list[Mutant],
    names: Mapping[int, str],
    verdicts: Verdicts,
    seconds: float,
    notes: list[str],
    unviable: int,
) -> int:
    """
    Write the record of a run, and name the survivors that nobody has explained.

    Parameters
    ----------
    name, command : str
        Of the record.
    mutants : list of Mutant
        All mutants.
    names : mapping of int to str
        Their identities.
    verdicts : Verdicts
        What became of those that were tried.
    seconds : float
        How long it took.
    notes : list of str
        Of the record.
    unviable : int
        How many the compiler refused.

    Returns
    -------
    int
        How many survivors are not explained.
    """
    total = Counter[str]()
    by_file: dict[str, Counter[str]] = {}
    missing = []
    for mutant in mutants:
        row = by_file.setdefault(mutant.file.removeprefix(f"{SOURCES}/").removeprefix("python/astroapers/"), Counter())
        verdict = verdicts.known.get(names[mutant.number])
        row["mutants"] += 1
        if verdict is None:
            continue
        row["tried"] += 1
        if verdict not in KILLED:
            verdict = "explained" if is_explained(mutant) else "survived"
            if verdict == "survived":
                missing.append(mutant)
        row[verdict] += 1
    columns = {
        "mutants": "mutants",
        "tried": "tried",
        "failed": "killed by a test",
        "python": "killed by a test of Python",
        "timeout": "killed by taking too long",
        "explained": "same by proof",
        "survived": "survivors",
    }
    if not any(row["python"] for row in by_file.values()):
        del columns["python"]
    rows: list[dict[str, record.Cell]] = [
        {"file": file, **{shown: row[key] for key, shown in columns.items()}} for file, row in by_file.items()
    ]
    for row in by_file.values():
        total.update(row)
    figures: dict[str, record.Cell] = {shown: total[key] for key, shown in columns.items()}
    record.save(name, command, figures | {"refused by the compiler": unviable}, seconds, rows, notes)
    for mutant in missing:
        print(f"survived, and is not explained: {mutant.shown}")
    return len(missing)


def arguments() -> argparse.Namespace:
    """
    Read the command line.

    Returns
    -------
    Namespace
        ``files``, ``shard`` and ``resume``.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="parts of the names of files")
    parser.add_argument("--shard", default="0/1", help="k/n: the part k of n")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on where the last run ended; survivors that nobody has explained are tried again",
    )
    return parser.parse_args()


PROVEN = "Each mutant that is the same by proof is in `reliability/survivors.toml`, with the proof."

NOTES = [
    (
        "A mutant is one change: an operator, a condition, a number, a statement left out, the value of a function. "
        "All are compiled into one program and switched on one by one. Macros (`dispatch!`, assertions) and constant "
        "functions are not changed."
    ),
    PROVEN,
]


def main() -> int:
    """
    Run the experiment.

    Returns
    -------
    int
        0 if every survivor is explained.
    """
    options, begun = arguments(), time.monotonic()
    schemata = prepare(WORK)
    mutants = [mutant for schema in schemata for mutant in schema.mutants]
    names, verdicts = identities(mutants), Verdicts(WORK / "verdicts.jsonl", options.resume)
    wanted = chosen(mutants, options.files, options.shard)
    package = WORK / "crates/astroapers"
    tests = suite.traced(suite.build(WORK, PROGRAMS), package)
    print(f"{len(tests)} tests, {sum(test.seconds for test in tests):.0f} s", flush=True)
    in_doubt = [m for m in wanted if names[m.number] not in verdicts.known or not is_explained(m)]
    # Survivors of an earlier run come first: a test may have been written for them.
    in_doubt.sort(key=lambda mutant: names[mutant.number] not in verdicts.known)
    tried(in_doubt, names, verdicts, lambda number: suite.verdict(number, tests, package), KILLED.__contains__)
    left = [m for m in wanted if verdicts.known[names[m.number]] not in KILLED and not is_explained(m)]
    if left:
        suite.extension(WORK)
        python = Suite(WORK, PYTHON_TESTS, WORK / "notes")
        tried(
            left,
            names,
            verdicts,
            lambda n: "python" if python.verdict(n) in KILLED else "survived",
            KILLED.__contains__,
        )
    unviable = sum(len(schema.unviable) for schema in schemata)
    return min(
        1, report("mutants", "make mutants", mutants, names, verdicts, time.monotonic() - begun, NOTES, unviable)
    )


if __name__ == "__main__":
    sys.exit(main())
