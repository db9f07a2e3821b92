"""Threads: results never depend on them, and calls from several of Python's threads run side by side."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import astroapers as aap
from astroapers import _rust, kernels
from reliability.operations import OPERATIONS

THREADS = (1, 2, 3, 16)
ALWAYS, NEVER = 1, 2**31  # parallel thresholds
CALLERS = 16

every_operation = pytest.mark.parametrize("operation", OPERATIONS)


def alone(operation):
    """The digest of an operation on the calling thread."""
    aap.set_num_threads(1)
    aap.set_parallel_threshold(NEVER)
    return OPERATIONS[operation]()


@every_operation
def test_bits_do_not_depend_on_the_number_of_threads(operation):
    want = alone(operation)
    aap.set_parallel_threshold(ALWAYS)
    for threads in THREADS:
        aap.set_num_threads(threads)
        assert OPERATIONS[operation]() == want, threads


def test_bits_do_not_depend_on_who_else_measures():
    """Sixteen callers, with the same jobs and others, while the number of threads changes."""
    want = {operation: alone(operation) for operation in OPERATIONS}
    aap.set_parallel_threshold(ALWAYS)
    jobs = [*OPERATIONS, *OPERATIONS]
    random.Random(1).shuffle(jobs)
    jobs += ["photometry: clipped median", "objects: values"] * CALLERS
    over = threading.Event()

    def restless():
        for k in range(10**6):
            if over.wait(0.002):
                return
            aap.set_num_threads(k % CALLERS + 1)

    changing = threading.Thread(target=restless)
    changing.start()
    try:
        with ThreadPoolExecutor(CALLERS) as callers:
            found = list(callers.map(lambda job: OPERATIONS[job](), jobs))
    finally:
        over.set()
        changing.join()
    assert [job for job, digest in zip(jobs, found, strict=True) if digest != want[job]] == []


def test_one_object_shared_by_threads():
    image = np.random.default_rng(0).normal(0, 1, (300, 300)).astype(">f4")
    aperture = aap.EllipAn(np.random.default_rng(1).uniform(0, 300, (100, 2)), 3, 2, 9, 6, theta_in=0.4)
    want = [a.tobytes() for a in aperture.sampled_values(image)]
    with ThreadPoolExecutor(8) as callers:
        results = [callers.submit(aperture.sampled_values, image) for _ in range(50)]
        assert all([a.tobytes() for a in result.result()] == want for result in results)


# ---------------------------------------------------------------- side by side

SIDE = 20_000
SEA = np.broadcast_to(np.uint8(1), (SIDE, SIDE))  # an image without memory of its own
MIDDLE, RADIUS = SIDE / 2, 0.49 * SIDE
ONE = np.array([MIDDLE])
LAYERS = {
    "objects": lambda: aap.CircAp((MIDDLE, MIDDLE), RADIUS).apsum_exact(SEA),
    "kernels": lambda: kernels.apsum_circ_exact(SEA, ONE, ONE, RADIUS),
    "raw": lambda: _rust.apsum_circ_exact_f32(np.broadcast_to(np.float32(1), SEA.shape), ONE, ONE, RADIUS),
    "photometry": lambda: aap.photometry(SEA, (MIDDLE, MIDDLE), r=RADIUS / 2, annulus=(RADIUS / 2, RADIUS / 1.5)),
}


def long_lasting(layer):
    """A thread that measures until it is told to stop, and how to tell it."""
    over = threading.Event()

    def measure():
        while not over.is_set():
            LAYERS[layer]()

    thread = threading.Thread(target=measure)
    thread.start()
    return thread, over
