"""Runs cases in this process, under a limit of memory, and says which one before it begins.

``python worker.py LAYER STEP FIRST LOG`` runs the cases of a share from number FIRST on and appends one line
of JSON to LOG before each case and one for each that is wrong, so that whoever watches knows what a crash was.
"""

from __future__ import annotations

import json
import os
import resource
import sys

from reliability.hostile import cases, laws

#: Address space of the process [byte].
MEMORY = 3 << 30


def run(layer: str, step: int, first: int, log: int) -> None:
    """
    Run the cases of a share.

    Parameters
    ----------
    layer : str
        As `Row.layer`.
    step : int
        Which share.
    first : int
        How many of its cases to skip.
    log : int
        A file descriptor to write to.
    """

    def write(**line: object) -> None:
        os.write(log, json.dumps(line).encode() + b"\n")

    all_cases = cases.of_layer(layer)
    for k, number in enumerate(cases.share(layer, step)[first:], first):
        case = all_cases[number]
        write(begin=k, name=case.name)
        outcome = laws.hold(case)
        for text in outcome.wrong:
            write(wrong=text, name=case.name)
        write(became=outcome.kind, peak=_peak())
    write(end=True)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(arguments: list[str]) -> None:
    """
    Run what the command line asks for.

    Parameters
    ----------
    arguments : list of str
        Layer, step, first, file.
    """
    layer, step, first, log = arguments
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    run(layer, int(step), int(first), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND))


if __name__ == "__main__":
    main(sys.argv[1:])
