"""Run the full product of callables and hostile values: ``make hostile``.

``make hostile HOSTILE=7`` runs one case of seven, to try it out; that leaves no record.
"""

from __future__ import annotations

import sys
import time

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


def main(step: int) -> int:
    """
    Run the cases of all layers and write down what became of them.

    Parameters
    ----------
    step : int
        One case of so many.

    Returns
    -------
    int
        The exit status: 1 if a law was broken.
    """
    start = time.monotonic()
    total = watch.Found()
    table: list[dict[str, record.Cell]] = []
    for layer in cases.LAYERS:
        found = watch.share(layer, step)
        for name, wrong in found.wrong:
            print(f"{name}\n    {wrong}")
        table.append(
            {
                "layer": layer,
                "callables": sum(row.layer == layer for row in rows()),
                "cases": found.counts.total(),
                "refused": found.counts["refused"],
                "answered and checked": found.counts["answered"],
                "wrong": len(found.wrong),
            }
        )
        print(" ".join(f"{what}={value}" for what, value in table[-1].items()), flush=True)
        total += found
    if step == 1:
        _save(total, table, time.monotonic() - start)
    return int(bool(total.wrong))


def _save(total: watch.Found, table: list[dict[str, record.Cell]], seconds: float) -> None:
    panics = sum("PanicException" in wrong for _, wrong in total.wrong)
    figures: dict[str, record.Cell] = {
        "callables": len(rows()),
        "roles of arguments": len(values.VALUES),
        "hostile values": sum(len(values.of(role)) for role in values.VALUES),
        "cases": total.counts.total(),
        "refused in words": total.counts["refused"],
        "answered and checked": total.counts["answered"],
        "broken laws": len(total.wrong),
        "panics": panics,
        "crashes": total.counts["crashed"],
        "hangs": total.counts["hung"],
        "peak memory of a process [MiB]": total.peak >> 20,
    }
    record.save("hostile", "make hostile", figures, seconds, table, NOTES)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
