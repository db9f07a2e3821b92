"""Threads: results never depend on them, and calls from several of Python's threads run side by side."""

import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import astroapers as aap
from astroapers import _rust, kernels
from reliability.operations import OPERATIONS
from reliability.threads import ALWAYS, CALLERS, alone, by_callers, on_threads

every_operation = pytest.mark.parametrize("operation", OPERATIONS)


@every_operation
def test_bits_do_not_depend_on_the_number_of_threads(operation):
    assert on_threads(operation, alone(operation), (1, 2, 3, 16)) == []


def test_bits_do_not_depend_on_who_else_measures():
    """Sixteen callers, with the same jobs and others, while the number of threads changes."""
    want = {operation: alone(operation) for operation in OPERATIONS}
    jobs = [*OPERATIONS, *OPERATIONS]
    random.Random(1).shuffle(jobs)
    jobs += ["photometry: clipped median", "objects: values"] * CALLERS
    assert by_callers(want, jobs) == dict.fromkeys(want, 0)


def test_one_object_shared_by_threads():
    image = np.random.default_rng(0).normal(0, 1, (300, 300)).astype(">f4")
    aperture = aap.EllipAn(np.random.default_rng(1).uniform(0, 300, (100, 2)), 3, 2, 9, 6, theta_in=0.4)
    want = [a.tobytes() for a in aperture.sampled_values(image)]
    with ThreadPoolExecutor(8) as callers:
        results = [callers.submit(aperture.sampled_values, image) for _ in range(50)]
        assert all([a.tobytes() for a in result.result()] == want for result in results)


# ---------------------------------------------------------------- side by side

SIDE = 18_000
SEA = np.broadcast_to(np.uint8(1), (SIDE, SIDE))  # an image without memory of its own
FLAT = np.ones((2000, 2000), np.float32)  # the raw layer wants one with
MIDDLE, RADIUS = SIDE / 2, 0.49 * SIDE
TWO = np.full((2, 2), MIDDLE)  # one for each thread of the pool
LAYERS = {
    "objects": lambda: aap.CircAp(TWO, RADIUS).apsum_exact(SEA),
    "kernels": lambda: kernels.apsum_circ_exact(SEA, *TWO, RADIUS),
    "raw": lambda: _rust.apsum_circ_exact_f32(FLAT, *np.full((2, 150), 1000.0), 900.0),
    "photometry": lambda: aap.photometry(SEA, TWO, r=RADIUS, annulus=(RADIUS, RADIUS + 50)),
}
ATTEMPTS = 3  # a machine may be too busy once
every_layer = pytest.mark.parametrize("layer", LAYERS)


@every_layer
@pytest.mark.parametrize("threads", [1, 2])
def test_two_batches_are_under_way_at_once(layer, threads):
    """A short batch on the pool is over long before a long one that began first: it does not wait for its threads."""
    aap.set_num_threads(threads)
    aap.set_parallel_threshold(ALWAYS)
    small = aap.CircAp(np.full((4, 2), 1000.0), 1500)
    for _ in range(ATTEMPTS):
        begun, ended = threading.Event(), []

        def measure(begun=begun, ended=ended):
            begun.set()
            LAYERS[layer]()
            ended.append(time.perf_counter())

        worker = threading.Thread(target=measure)
        worker.start()
        begun.wait()
        time.sleep(0.02)  # the long one is on its threads
        small.apsum_exact(FLAT)
        short = time.perf_counter()
        worker.join()
        if short < ended[0]:
            return
    pytest.fail("it waited for the long one every time")


@every_layer
def test_other_threads_run_meanwhile(layer):
    """The interpreter's lock is free during a call."""
    worker = threading.Thread(target=LAYERS[layer])
    start, longest = time.perf_counter(), 0.0
    worker.start()
    while worker.is_alive():
        before = time.perf_counter()
        time.sleep(0.001)
        longest = max(longest, time.perf_counter() - before)
    whole = time.perf_counter() - start
    assert longest < whole / 2, f"this thread stood still for {longest:.2f} of {whole:.2f} s"


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="sends signals")
@pytest.mark.parametrize("to", ["the thread that measures", "the main thread"])
def test_ctrl_c_is_the_main_thread_s_and_hurts_no_other(to):
    """Whichever thread the system hands the signal to, the main one hears it, and what another measures is right."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(threading.get_ident).result()
        # A thread that is joined when the key is pressed counts as ended; a result does not.
        found = pool.submit(LAYERS["objects"])

        def press():
            signal.pthread_kill(threading.main_thread().ident if to == "the main thread" else worker, signal.SIGINT)
            found.exception(10)

        try:
            time.sleep(0.02)
            with pytest.raises(KeyboardInterrupt):
                press()
        finally:
            signal.signal(signal.SIGINT, before)
    assert found.result()[1] == pytest.approx([np.pi * RADIUS**2] * 2)
