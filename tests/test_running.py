"""How calls run: as many threads as asked for, no more packages than needed, and no copies of images."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import astroapers as aap

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
