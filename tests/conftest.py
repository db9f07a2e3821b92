"""Settings of the whole test run."""

import os

import pytest
from hypothesis import HealthCheck, settings

import astroapers as aap

os.environ.setdefault("MPLBACKEND", "Agg")

# The same examples on every run and every machine: a failure is a fact, not a chance.
settings.register_profile(
    "fixed",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow],
)
# For a longer hunt by hand: pytest --hypothesis-profile=hunt
settings.register_profile("hunt", deadline=None, max_examples=2000)
settings.load_profile("fixed")


@pytest.fixture(autouse=True)
def running_settings_are_restored():
    """Threads and threshold are process-wide: no test leaves its own behind."""
    threads, threshold = aap.get_num_threads(), aap.get_parallel_threshold()
    yield
    if aap.get_num_threads() != threads:
        aap.set_num_threads(threads)
    if aap.get_parallel_threshold() != threshold:
        aap.set_parallel_threshold(threshold)
