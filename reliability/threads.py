"""
Every operation on one to sixteen threads, from callers side by side, in children of every kind, and under Ctrl-C.

    python -m reliability.threads

writes ``results/threads.json``. Digests of all bits are compared with those of the calling thread alone.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

import astroapers as aap
from astroapers import _rust, kernels
from reliability import record
from reliability.interrupted import JOBS, Victim
from reliability.operations import OPERATIONS

THREADS = range(1, 17)
CALLERS = 16
ROUNDS = 6
ALWAYS, NEVER = 1, 2**31  # parallel thresholds

#: Seconds after the start of a job at which Ctrl-C is pressed: as far apart as the stages of a job may be.
MOMENTS = (0.02, 2.0)
LIMIT = 0.2

ROOT = Path(__file__).parent.parent


def alone(operation: str) -> str:
    """
    Do an operation on the calling thread.

    Parameters
    ----------
    operation : str
        A key of `OPERATIONS`.

    Returns
    -------
    str
        The digest that all others must have.
    """
    aap.set_num_threads(1)
    aap.set_parallel_threshold(NEVER)
    return OPERATIONS[operation]()


def on_threads(operation: str, want: str, numbers: Iterable[int] = THREADS) -> list[int]:
    """
    Do an operation on several numbers of threads.

    Parameters
    ----------
    operation : str
        A key of `OPERATIONS`.
    want : str
        Its digest.
    numbers : iterable of int, optional
        The numbers of threads.

    Returns
    -------
    list of int
        Those on which it gave other bits.
    """
    aap.set_parallel_threshold(ALWAYS)
    wrong = []
    for threads in numbers:
        aap.set_num_threads(threads)
        if OPERATIONS[operation]() != want:
            wrong.append(threads)
    return wrong


def by_callers(want: dict[str, str], jobs: Sequence[str]) -> dict[str, int]:
    """
    Do operations from sixteen threads of Python at once, while the number of threads changes.

    Parameters
    ----------
    want : dict
        Digests of the operations.
    jobs : sequence of str
        Which of them are done, in this order, as often as they are named.

    Returns
    -------
    dict
        How many runs of each operation gave other bits.
    """
    aap.set_parallel_threshold(ALWAYS)
    over = threading.Event()

    def restless() -> None:
        k = 0
        while not over.wait(0.002):
            k += 1
            aap.set_num_threads(k % CALLERS + 1)

    changing = threading.Thread(target=restless)
    changing.start()
    try:
        with ThreadPoolExecutor(CALLERS) as callers:
            found = list(callers.map(lambda job: OPERATIONS[job](), jobs))
    finally:
        over.set()
        changing.join()
    wrong = dict.fromkeys(want, 0)
    for job, digest in zip(jobs, found, strict=True):
        wrong[job] += digest != want[job]
    return wrong


_STARTED = """
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor
from reliability.operations import OPERATIONS, run
if __name__ == "__main__":
    want = [run(job) for job in OPERATIONS]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(sys.argv[1])) as pool:
        found = list(pool.map(run, OPERATIONS))
    print(sum(a != b for a, b in zip(found, want)))
"""


def in_children(method: str) -> str:
    """
    Do all operations in worker processes of a parent whose threads are at work.

    Parameters
    ----------
    method : {"fork", "spawn", "forkserver"}
        How they are started.

    Returns
    -------
    str
        How many operations gave other bits, or how it ended.
    """
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", _STARTED, method]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=600, check=False)
    return ran.stdout.strip() if ran.returncode == 0 else f"exit code {ran.returncode}"


def interrupted(threads: int, tries: int) -> dict[str, list[float]]:
    """
    Press Ctrl-C at random moments of every job.

    Parameters
    ----------
    threads : int
        Number of threads.
    tries : int
        How often in each.

    Returns
    -------
    dict
        Seconds until Python felt it.
    """
    rng = random.Random(2)
    found: dict[str, list[float]] = {}
    with Victim(threads) as victim:
        for job in JOBS:
            found[job] = [victim.seconds(job, rng.uniform(*MOMENTS)) for _ in range(tries)]
            print(f"  {job}: {max(found[job]):.3f} s", flush=True)
    return found


_IMAGE = np.random.default_rng(0).normal(100, 5, (2000, 2000))
_X, _Y = np.random.default_rng(1).uniform(0, 2000, (2, 20_000))
_LAYERS: dict[str, Callable[[], object]] = {
    "objects": lambda: aap.CircAp(np.column_stack([_X, _Y]), 12).apsum_exact(_IMAGE),
    "kernels": lambda: kernels.apsum_circ_exact(_IMAGE, _X, _Y, 12.0),
    "raw": lambda: _rust.apsum_circ_exact(_IMAGE, _X, _Y, 12.0),
    "photometry": lambda: aap.photometry(_IMAGE, np.column_stack([_X, _Y]), r=4, annulus=(8, 12)),
}


def overlap(layer: str, calls: int = 8, rounds: int = 7) -> float:
    """
    Compare two threads of Python that measure side by side with one that does it all, on one thread per batch.

    Parameters
    ----------
    layer : str
        A key of the table of layers.
    calls, rounds : int, optional
        Calls in all, and how often the comparison is made.

    Returns
    -------
    float
        Median over the rounds of the ratio of wall times: 1 if nothing overlaps, 0.5 if everything does.
    """
    aap.set_num_threads(1)
    job, ratios = _LAYERS[layer], []

    def several(times: int) -> None:
        for _ in range(times):
            job()

    job()
    for _ in range(rounds):
        start = time.perf_counter()
        several(calls)
        middle = time.perf_counter()
        pair = [threading.Thread(target=several, args=(calls // 2,)) for _ in range(2)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        ratios.append((time.perf_counter() - middle) / (middle - start))
    return statistics.median(ratios)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run everything and write the record.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words of the command line.

    Returns
    -------
    int
        1 if any bit was another; a late Ctrl-C may be the machine's fault, and is reported only.
    """
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0] if __doc__ else None)
    parser.add_argument("--tries", type=int, default=3, metavar="N", help="Ctrl-C per job and number of threads")
    chosen = parser.parse_args(arguments)
    start = time.monotonic()
    want = {operation: alone(operation) for operation in OPERATIONS}
    print("number of threads", flush=True)
    by_number = {operation: len(on_threads(operation, digest)) for operation, digest in want.items()}
    print("callers", flush=True)
    jobs = list(OPERATIONS) * ROUNDS
    random.Random(1).shuffle(jobs)
    side_by_side = by_callers(want, jobs)
    print("children", flush=True)
    children = {method: in_children(method) for method in ("fork", "spawn", "forkserver")}
    print("overlap", flush=True)
    ratios = {layer: overlap(layer) for layer in _LAYERS}
    print("Ctrl-C", flush=True)
    felt = {threads: interrupted(threads, chosen.tries) for threads in (1, 2)}
    rows: list[dict[str, record.Cell]] = [
        {
            "what": operation,
            "other bits on 1 to 16 threads": f"{by_number[operation]} of {len(THREADS)}",
            "other bits from 16 callers": f"{side_by_side[operation]} of {ROUNDS}",
            "longest Ctrl-C": "",
        }
        for operation in OPERATIONS
    ]
    rows += [
        {
            "what": f"Ctrl-C: {job}",
            "other bits on 1 to 16 threads": "",
            "other bits from 16 callers": "",
            "longest Ctrl-C": f"{1e3 * max(max(seconds[job]) for seconds in felt.values()):.0f} ms",
        }
        for job in JOBS
    ]
    every = [delay for seconds in felt.values() for delays in seconds.values() for delay in delays]
    figures: dict[str, record.Cell] = {
        "operations": len(OPERATIONS),
        "runs on 1 to 16 threads": len(OPERATIONS) * len(THREADS),
        "of these with other bits": sum(by_number.values()),
        "runs from 16 callers at once, the number of threads changing": len(OPERATIONS) * ROUNDS,
        "of these with other bits ": sum(side_by_side.values()),
        **{f"operations with other bits in children ({method})": wrong for method, wrong in children.items()},
        "programs that wanted each processor meanwhile": os.getloadavg()[1] / (os.cpu_count() or 1),
        "Ctrl-C pressed": len(every),
        "median seconds until it was felt": statistics.median(every),
        "longest": max(every),
        f"later than {LIMIT:g} s": sum(delay > LIMIT for delay in every),
        **{f"two threads side by side / one after another, {layer}": ratio for layer, ratio in ratios.items()},
    }
    notes = [
        "After every Ctrl-C the same process measured something small on one thread and on the pool, which was right.",
        "How late it is felt is told by the clock on the wall: on a busy machine that includes waiting for others.",
    ]
    record.save("threads", "make threads", figures, time.monotonic() - start, rows, notes)
    others = sum(by_number.values()) + sum(side_by_side.values()) + sum(wrong != "0" for wrong in children.values())
    return int(others > 0)


if __name__ == "__main__":
    sys.exit(main())
