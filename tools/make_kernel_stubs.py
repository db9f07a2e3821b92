"""Write python/astroapers/kernels.pyi from the table that the kernels are made of.

Run it after a change of the table; `--check` writes nothing and fails if the file is out of date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from astroapers._kernel_source import stubs

TARGET = Path(__file__).parents[1] / "python" / "astroapers" / "kernels.pyi"


def main() -> int:
    """
    Write or check the stubs.

    Returns
    -------
    int
        The exit status: 1 if `--check` was given and the file is out of date.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the file is out of date, write nothing")
    check = parser.parse_args().check
    text = stubs()
    if not check:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET} is out of date; run python {Path(__file__).name}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
