"""Ctrl-C ends any call within a fifth of a second, and what follows works as ever."""

import os

import pytest

from reliability.interrupted import JOBS, SLOW_TO_START, Victim

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals")

LIMIT = 0.2  # seconds from Ctrl-C to KeyboardInterrupt
ATTEMPTS = 4  # a busy machine may be late once; a call that does not listen is late every time
UNDER_WAY = 0.15  # seconds until the job runs for certain


@pytest.fixture(scope="module")
def victims():
    """Processes that jobs are interrupted in, by number of threads; a wrong measurement ends the test."""
    started = {}

    def victim(threads):
        if threads not in started:
            started[threads] = Victim(threads)
        return started[threads]

    yield victim
    for each in started.values():
        each.__exit__(None, None, None)


# A whole run with its files and processes is slow to come to the point: `make threads` tries those.
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("job", [job for job in JOBS if job not in SLOW_TO_START])
def test_ctrl_c(job, threads, victims):
    delays = []
    for attempt in range(ATTEMPTS):
        # Not always at the same moment of the job.
        delays.append(victims(threads).seconds(job, UNDER_WAY * (1 + attempt)))
        if delays[-1] <= LIMIT:
            return
    pytest.fail(f"Ctrl-C took {min(delays):.2f} s at best")
