"""Processes: a child measures as its parent does, however it was started and whatever the parent was doing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

posix_only = pytest.mark.skipif(os.name != "posix", reason="forks")

ROOT = Path(__file__).parent.parent
PATIENCE = 120  # seconds before a hanging program counts as hung


def program(code, *arguments):
    """Run a program in a fresh interpreter and return what it prints."""
    # Python itself warns of forks beside threads; here they are the point.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


FORKED = """
import os, sys, threading
import numpy as np
import astroapers as aap
from reliability.operations import OPERATIONS

JOBS = ["kernels: sums, a size each", "objects: values", "objects: cutouts", "photometry: clipped median"]
aap.set_parallel_threshold(1)
want = [OPERATIONS[job]() for job in JOBS]     # the pool runs

def right():
    return [OPERATIONS[job]() for job in JOBS] == want

over = threading.Event()
def measure():
    while not over.is_set():
        OPERATIONS["photometry: clipped median"]()

others = [threading.Thread(target=measure) for _ in range(int(sys.argv[1]))]
for thread in others:
    thread.start()
codes = []
for _ in range(4):
    child = os.fork()
    if child == 0:                             # none of the threads came along
        good = right()
        aap.set_num_threads(3)
        good &= right()
        grandchild = os.fork()                 # and again, from a child with a pool of its own
        if grandchild == 0:
            os._exit(0 if right() else 1)
        good &= os.waitpid(grandchild, 0)[1] == 0
        os._exit(0 if good else 1)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
over.set()
for thread in others:
    thread.join()
print(codes, right())                          # and the parent's pools still run
"""


@posix_only
@pytest.mark.parametrize("others", [0, 3], ids=["", "while other threads are in the middle of a batch"])
def test_fork(others):
    assert program(FORKED, str(others)) == "[0, 0, 0, 0] True"


STARTED = """
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor
from reliability.operations import run

JOBS = ["kernels: sums, a size each", "objects: values", "photometry: clipped median"]

if __name__ == "__main__":
    want = [run(job) for job in JOBS]          # the pool runs
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(2) as pool:
        same = pool.map(run, 2 * JOBS, 1) == 2 * want
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        same &= list(pool.map(run, 2 * JOBS)) == 2 * want
    print(same, [run(job) for job in JOBS] == want)
"""


@posix_only
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pools_of_processes(method):
    assert program(STARTED, method) == "True True"
