"""Run the full product of callables and hostile values: ``make hostile``.

``make hostile HOSTILE=7`` runs one case of seven, to try it out; that leaves no record.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence

from reliability import record
from reliability.hostile import cases, values, watch
from reliability.hostile.callables import rows

NOTES = [
    (
        "Answered calls are checked against sums, values and cutouts that NumPy makes in extended precision from the "
        "weights, and against the bits of the same call on plain, aligned, contiguous numbers. Refused ones must raise "
        "`ValueError` or `TypeError` (`MemoryError` beyond the limit of 3 GiB) with the name of the argument."
    ),
]


def main(words: Sequence[str] | None = None) -> int:
    """
    Run the cases and write down what became of them, layer by layer, beside what is known of the others.

    Parameters
    ----------
    words : sequence of str, optional
        The command line.

    Returns
    -------
    int
        The exit status: 1 if a law was broken.
    """
    parser = argparse.ArgumentParser(description="Call everything with every hostile value.")
    parser.add_argument(
        "step", nargs="?", type=int, default=1, help="one case of so many; more than 1 leaves no record"
    )
    parser.add_argument("--layers", nargs="+", choices=cases.LAYERS, default=cases.LAYERS, help="by default all")
    chosen = parser.parse_args(words)
    broken = False
    for layer in chosen.layers:
        start = time.monotonic()
        found = watch.share(layer, chosen.step)
        for name, wrong in found.wrong:
            print(f"{name}\n    {wrong}")
        row: dict[str, record.Cell] = {
            "layer": layer,
            "callables": sum(row.layer == layer for row in rows()),
            "cases": found.counts.total(),
            "refused": found.counts["refused"],
            "answered and checked": found.counts["answered"],
            "wrong": len(found.wrong),
            "panics": sum("PanicException" in wrong for _, wrong in found.wrong),
            "crashes": found.counts["crashed"],
            "hangs": found.counts["hung"],
            "peak memory [MiB]": found.peak >> 20,
            "seconds": round(time.monotonic() - start),
        }
        print(" ".join(f"{what}={value}" for what, value in row.items()), flush=True)
        broken |= bool(found.wrong)
        if chosen.step == 1:
            _save(row)
    return int(broken)


def _save(row: Mapping[str, record.Cell]) -> None:
    known = record.load("hostile").rows if (record.RESULTS / "hostile.json").exists() else []
    by_layer = {str(one["layer"]): one for one in (*known, row)}
    table = [by_layer[layer] for layer in cases.LAYERS if layer in by_layer]

    def total(column: str) -> int:
        return sum(int(one[column]) for one in table)

    figures: dict[str, record.Cell] = {
        "roles of arguments": len(values.VALUES),
        "hostile values": sum(len(values.of(role)) for role in values.VALUES),
        **{column: total(column) for column in ("callables", "cases", "wrong", "panics", "crashes", "hangs")},
        "peak memory of a process [MiB]": max(int(one["peak memory [MiB]"]) for one in table),
    }
    record.save("hostile", "make hostile", figures, total("seconds"), table, NOTES)


if __name__ == "__main__":
    sys.exit(main())
