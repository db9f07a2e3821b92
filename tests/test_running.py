"""How calls run: they can be interrupted, survive a fork, leave Python's lock alone and honour the thread count."""

import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import astroapers as aap

posix_only = pytest.mark.skipif(os.name != "posix", reason="sends signals or forks")

PATIENCE = 120  # seconds before a hanging program counts as hung


def python(*arguments, **environment):
    """Run a program in a fresh interpreter and return what it prints."""
    result = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**os.environ, **environment},
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


# ---------------------------------------------------------------- Ctrl-C

INTERRUPTED = Path(__file__).parent / "data" / "interrupted.py"
LIMIT = 0.2  # seconds from Ctrl-C to KeyboardInterrupt
ATTEMPTS = 3  # a busy machine may be late once; a call that does not listen is late every time
UNDER_WAY = 0.3  # seconds until the job runs for certain

_spec = importlib.util.spec_from_file_location("interrupted", INTERRUPTED)
_interrupted = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_interrupted)


def seconds_to_interrupt(job, threads):
    with subprocess.Popen(
        [sys.executable, str(INTERRUPTED), job, str(threads)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            time.sleep(UNDER_WAY)
            pressed = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 0, err
    return float(out) - pressed


@posix_only
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("job", _interrupted.JOBS)
def test_ctrl_c(job, threads):
    delays = []
    for _ in range(ATTEMPTS):
        delays.append(seconds_to_interrupt(job, threads))
        if delays[-1] <= LIMIT:
            return
    pytest.fail(f"Ctrl-C took {min(delays):.2f} s at best")


# ---------------------------------------------------------------- fork

FORKED = """
import os, sys
import numpy as np
import astroapers as aap

aap.set_parallel_threshold(1)
image = np.random.default_rng(0).normal(0, 1, (400, 400))
aperture = aap.CircAp(np.random.default_rng(1).uniform(0, 400, (500, 2)), 12.0)
want = aperture.apsum_exact(image)          # the pool runs
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:                          # its threads did not come along
        same = all(a.tobytes() == b.tobytes() for a, b in zip(aperture.apsum_exact(image), want))
        aap.set_num_threads(3)
        same &= all(a.tobytes() == b.tobytes() for a, b in zip(aperture.apsum_exact(image), want))
        os._exit(0 if same else 1)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
again = aperture.apsum_exact(image)         # and the parent's pool still runs
print(codes, all(a.tobytes() == b.tobytes() for a, b in zip(again, want)))
"""


@posix_only
def test_fork():
    # Python itself warns of forks beside threads; here they are the point.
    assert python("-W", "ignore::DeprecationWarning", "-c", FORKED) == "[0, 0, 0] True"


# ---------------------------------------------------------------- threads


def test_many_callers_at_once():
    image = np.random.default_rng(0).normal(0, 1, (300, 300))
    rng = np.random.default_rng(1)
    jobs = [(rng.uniform(0, 300, (n, 2)), r) for n in (1, 30, 200) for r in (2.0, 9.5, 40.0)] * 8

    def measure(job):
        return [a.tobytes() for a in aap.CircAp(*job).apsum_exact(image)]

    want = [measure(job) for job in jobs]
    with ThreadPoolExecutor(8) as callers:
        assert list(callers.map(measure, jobs)) == want


def test_one_object_shared_by_threads():
    image = np.random.default_rng(0).normal(0, 1, (300, 300)).astype(">f4")
    aperture = aap.EllipAn(np.random.default_rng(1).uniform(0, 300, (100, 2)), 3, 2, 9, 6, theta_in=0.4)
    want = [a.tobytes() for a in aperture.sampled_values(image)]
    with ThreadPoolExecutor(8) as callers:
        results = [callers.submit(aperture.sampled_values, image) for _ in range(50)]
        assert all([a.tobytes() for a in result.result()] == want for result in results)


def test_other_threads_run_meanwhile():
    """The interpreter's lock is free during a call."""
    image = np.broadcast_to(np.uint8(1), (20_000, 20_000))
    aperture = aap.CircAp((10_000, 10_000), 9_900)
    worker = threading.Thread(target=aperture.apsum_exact, args=(image,))
    start, longest = time.perf_counter(), 0.0
    worker.start()
    while worker.is_alive():
        before = time.perf_counter()
        time.sleep(0.001)
        longest = max(longest, time.perf_counter() - before)
    whole = time.perf_counter() - start
    assert longest < whole / 2, f"this thread stood still for {longest:.2f} of {whole:.2f} s"


def test_set_num_threads():
    aap.set_num_threads(3)
    assert aap.get_num_threads() == 3
    aap.set_num_threads(1)
    assert aap.get_num_threads() == 1


def test_set_parallel_threshold():
    aap.set_parallel_threshold(17)
    assert aap.get_parallel_threshold() == 17


GET = "import astroapers as aap; print(aap.get_num_threads(), aap.get_parallel_threshold())"


def test_environment():
    assert python("-c", GET, ASTROAPERS_NUM_THREADS="3", ASTROAPERS_PARALLEL_THRESHOLD="7") == "3 7"


@pytest.mark.parametrize("bad", ["", "0", "-2", "many", "1.5"])
def test_nonsense_in_the_environment_means_the_default(bad):
    default = python("-c", GET, ASTROAPERS_NUM_THREADS="", ASTROAPERS_PARALLEL_THRESHOLD="")
    assert python("-c", GET, ASTROAPERS_NUM_THREADS=bad, ASTROAPERS_PARALLEL_THRESHOLD=bad) == default
    assert default.split()[1] == "64"


COUNT_THREADS = """
import os
import numpy as np
import astroapers as aap

def threads():
    return len(os.listdir("/proc/self/task"))

before = threads()
image = np.ones((500, 500))
aap.CircAp((250, 250), 5).apsum_exact(image)
assert threads() == before, "a single small aperture needs no pool"
aap.set_num_threads(3)
aap.set_parallel_threshold(1)
aap.CircAp(np.full((1000, 2), 250.0), 50).apsum_exact(image)
print(threads() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads as Linux shows them")
def test_the_pool_has_as_many_threads_as_asked_for():
    assert int(python("-c", COUNT_THREADS)) == 3


def test_the_core_imports_numpy_alone():
    code = "import sys, astroapers; print(*{name.partition('.')[0] for name in sys.modules})"
    imported = set(python("-c", code).split())
    assert {"astroapers", "numpy"} <= imported
    assert not imported & {"matplotlib", "astropy", "sep", "scipy", "shapely", "photutils"}


MEMORY = """
import resource
import numpy as np
import astroapers as aap

image = np.zeros((6000, 6000), ">i2")[::-1]
image[...] = 3
aperture = aap.CircAp(np.random.default_rng(0).uniform(0, 6000, (3000, 2)), 5.0)
aap.CircAp((3000, 3000), 5.0).apsum_exact(image)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
aperture.apsum_exact(image, np.zeros(image.shape, "u1"))
aperture.sampled_values(image, flat=True)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory in Linux's units")
def test_images_are_never_copied():
    """A big-endian image upside down, and a mask: 72 MB as they lie, 288 MB as float64."""
    image_and_mask = 36_000
    assert int(python("-c", MEMORY)) < image_and_mask + 30_000  # KiB: the mask itself, threads, results
