"""
Change what decides numbers in Python, and see whether a test notices: ``make mutants-python``.

As `mutants`, for the sources that read arguments and headers and turn sums into fluxes, errors and magnitudes.

    python -m reliability.mutants_python [part of a file's name ...] [--shard 0/8] [--resume]
"""

from __future__ import annotations

import sys
import time

from .mutants import (
    KILLED,
    PROVEN,
    ROOT,
    WORK,
    Verdicts,
    arguments,
    chosen,
    copy_of_the_repository,
    identities,
    put,
    report,
    tried,
)
from .schemata.pytests import Suite
from .schemata.python import NAME, SWITCHES, Schema

FILES = {
    "_photometry/sky.py": ["tests/test_photometry_sky.py", "tests/test_photometry.py"],
    "_photometry/noise.py": ["tests/test_photometry_noise.py", "tests/test_photometry.py"],
    "_photometry/result.py": ["tests/test_photometry_result.py", "tests/test_photometry.py"],
    "_photometry/units.py": [
        "tests/test_photometry.py",
        "tests/test_photometry_noise.py",
        "tests/test_photometry_result.py",
    ],
    "_photometry/targets.py": ["tests/test_photometry.py", "tests/test_photometry_sky.py"],
    "_photometry/call.py": [
        "tests/test_photometry.py",
        "tests/test_photometry_sky.py",
        "tests/test_photometry_noise.py",
    ],
    "_fits/scaling.py": ["tests/test_fits_scaling.py", "tests/test_fits_image.py"],
    "_fits/zeropoint.py": ["tests/test_fits_zeropoint.py"],
    "_fits/calibrate.py": ["tests/test_fits_calibrate.py"],
    "_fits/keywords.py": ["tests/test_fits_keywords.py"],
}


NOTES = [
    (
        "A mutant is one change: an operator, a condition, a number, a statement left out, an error that is not "
        "raised, a function that returns nothing. Strings, annotations and decorators are not changed."
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
    work = WORK.with_name("mutants-python")
    written, first = [], 1
    for name in FILES:
        file = f"python/astroapers/{name}"
        schema = Schema(file, (ROOT / file).read_text(encoding="utf-8"), first)
        put(work / file, schema.written.encode())
        first = schema.next
        written.append(schema)
    copy_of_the_repository(work, {schema.file for schema in written})
    put(work / f"python/astroapers/{NAME}.py", SWITCHES.encode())
    library = "python/astroapers/_rust.abi3.so"
    put(work / library, (ROOT / library).read_bytes())
    mutants = [mutant for schema in written for mutant in schema.mutants]
    names, verdicts = identities(mutants), Verdicts(work / "verdicts.jsonl", options.resume)
    tests = {test for tests in FILES.values() for test in tests} | {schema.file for schema in written}
    python = Suite(work, sorted(tests), work / "notes", by_test=True)
    wanted = chosen(mutants, options.files, options.shard)
    tried(wanted, names, verdicts, python.verdict, KILLED.__contains__)
    return min(
        1, report("mutants-python", "make mutants-python", mutants, names, verdicts, time.monotonic() - begun, NOTES, 0)
    )


if __name__ == "__main__":
    sys.exit(main())
