"""Does a test notice when what decides numbers in Python is changed?  ``make mutants-python``."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from .mutants import ROOT, identities, put
from .schemata.python import NAME, SWITCHES, Schema
from .schemata.pytests import Suite

FILES = {
    "_photometry/sky.py": ["tests/test_photometry_sky.py", "tests/test_photometry.py"],
    "_photometry/noise.py": ["tests/test_photometry_noise.py", "tests/test_photometry.py"],
    "_photometry/result.py": ["tests/test_photometry_result.py", "tests/test_photometry.py"],
    "_photometry/units.py": ["tests/test_photometry.py", "tests/test_photometry_noise.py", "tests/test_photometry_result.py"],
    "_photometry/targets.py": ["tests/test_photometry.py", "tests/test_photometry_sky.py"],
    "_photometry/call.py": ["tests/test_photometry.py", "tests/test_photometry_sky.py", "tests/test_photometry_noise.py"],
    "_fits/scaling.py": ["tests/test_fits_scaling.py", "tests/test_fits_image.py"],
    "_fits/zeropoint.py": ["tests/test_fits_zeropoint.py"],
    "_fits/calibrate.py": ["tests/test_fits_calibrate.py"],
    "_fits/keywords.py": ["tests/test_fits_keywords.py"],
}


def main() -> None:
    work = Path(os.environ.get("MUTANTS_WORK", ROOT / "target/mutants"))
    notes = work / "notes"
    notes.mkdir(exist_ok=True)
    schemata, first = [], 1
    for name in FILES:
        file = f"python/astroapers/{name}"
        schema = Schema(file, (ROOT / file).read_text(encoding="utf-8"), first)
        put(work / file, schema.written.encode())
        first = schema.next
        schemata.append(schema)
    put(work / f"python/astroapers/{NAME}.py", SWITCHES.encode())
    tests = sorted({test for tests in FILES.values() for test in tests} | {f"python/astroapers/{name}" for name in FILES})
    suite = Suite(work, tests, notes)
    mutants = [m for s in schemata for m in s.mutants]
    names = identities(mutants)
    known = work / "verdicts-python.jsonl"
    before = dict(json.loads(line) for line in known.read_text().splitlines()) if known.exists() else {}
    wanted = [m for m in mutants if before.get(names[m.number], "") not in ("failed", "timeout")]
    if len(sys.argv) > 1:
        wanted = [m for m in wanted if any(part in m.file for part in sys.argv[1:])]
    if os.environ.get("ONLY_NEW"):
        wanted = [m for m in wanted if names[m.number] not in before]
    begun = time.monotonic()
    with known.open("a") as out:
        for i, mutant in enumerate(wanted, 1):
            result, meeting = suite.verdict(mutant.number)
            out.write(json.dumps([names[mutant.number], result]) + "\n")
            out.flush()
            if result in ("passed", "unmet"):
                print(f"{result} {meeting} {mutant.file}:{mutant.line} {mutant.function}: {mutant.change}   | {mutant.source}", flush=True)
            if i % 50 == 0:
                print(f"# {i} of {len(wanted)}, {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
