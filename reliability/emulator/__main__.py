"""Run one program: ``python -m reliability.emulator PROGRAM [ARGUMENT ...]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from reliability.emulator.bochs import FaultError
from reliability.emulator.linux import Process

#: What the program sees of our environment.
PASSED = ("ASTROAPERS_", "PROPTEST_", "RUST_", "RUSTC_")


def main() -> int:
    """
    Run the program that the command line names.

    Returns
    -------
    int
        Its exit status; 139 if it did what no processor allows.
    """
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    environment = {name: value for name, value in os.environ.items() if name.startswith(PASSED)}
    process = Process(Path(sys.argv[1]), sys.argv[2:], environment)
    try:
        return process.run()
    except FaultError as fault:
        print(f"emulator: {fault}", file=sys.stderr)
        return 139


if __name__ == "__main__":
    sys.stdout.flush()
    os._exit(main())  # Bochs's own end is none of ours
