"""No byte beyond an array is read, no array is let go meanwhile, and whoever writes to one gets numbers or an error."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import astroapers as aap
from astroapers import _rust
from reliability import memory

ROOT = Path(__file__).parent.parent

posix_only = pytest.mark.skipif(os.name != "posix", reason="protects pages")


def guard(*arguments, **environment):
    command = [sys.executable, "-m", "reliability.guard", *arguments]
    environment = os.environ | environment
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@posix_only
@pytest.mark.parametrize("level", ["portable", ""])
def test_nothing_beyond_an_image_a_mask_or_an_error_array_is_read(level):
    """Every operation, type, byte order, layout and edge, each between pages that nobody may touch."""
    ran = guard("1", ASTROAPERS_SIMD=level)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert int(ran.stdout.split()[0]) > 2000


@posix_only
def test_the_guard_is_awake():
    assert guard("beyond").returncode in (-signal.SIGSEGV, -signal.SIGBUS)


# ---------------------------------------------------------------- arrays that are let go


class Resizing:
    """A number that makes an array smaller when it is asked for its value."""

    def __init__(self, arrays):
        self.arrays = arrays
        self.refused = None

    def __float__(self):
        # Nobody but the call refers to the array any more: NumPy would resize it if the call did not.
        try:
            np.ndarray.resize(self.arrays.pop(), (1, 1))
        except ValueError:
            self.refused = True
        else:
            self.refused = False
        return 3.5


LARGE = (1500, 1500)  # memory that goes back to the system when it is let go


def test_an_image_cannot_be_resized_while_a_raw_function_reads_it():
    arrays = [np.ones(LARGE)]
    radius = Resizing(arrays)
    total, npix = _rust.apsum_circ_exact_one(arrays[0], 700.0, 1400.0, radius)
    assert radius.refused
    assert total == npix


def test_an_image_cannot_be_resized_while_the_engine_reads_it():
    arrays = [np.ones(LARGE)]
    fill, x = Resizing(arrays), np.array([700.0])
    cutouts, _ = _rust._engine("cutouts", "circ", "exact", x, x, (3.0,), image=arrays[0], fill=fill)
    assert fill.refused
    assert np.nanmax(cutouts[0]) == 1.0


def test_one_column_of_any_stride():
    """No pixel is a stride away, so it may be such that a few of them wrap around to the array itself."""
    column = np.arange(10, dtype="f4")
    wild = -(-(2**64) // 7)
    strided = np.lib.stride_tricks.as_strided(column, (10, 1), (4, wild))
    aperture = aap.CircAp([(0.0, 4.0), (0.0, 8.5)], 2.0)
    for got, want in zip(aperture.apsum_exact(strided), aperture.apsum_exact(column[:, None]), strict=True):
        assert got.tobytes() == want.tobytes()


# ---------------------------------------------------------------- writers in other threads

WRITTEN_FOR = 0.2  # seconds


class ChangedMaskError(ValueError):
    """The one error that a writer may get."""


def told_apart(job):
    try:
        job()
    except ValueError as error:
        if str(error).startswith("the mask lets another number of pixels through than before"):
            raise ChangedMaskError from error
        raise


def test_whoever_writes_meanwhile_gets_numbers_or_an_error():
    """A race is the caller's mistake, and must cost no more than the numbers."""
    rng = np.random.default_rng(3)
    data, mask, error = np.ones((500, 500)), np.zeros((500, 500), "u1"), np.ones((500, 500))
    positions = rng.uniform(0, 500, (400, 2))
    disc, ring = aap.CircAp(positions, 14.0), aap.CircAn(positions, 15.0, 20.0)
    jobs = [
        lambda: disc.apsum_exact(data, mask),
        lambda: disc.sampled_values(data, mask=mask, flat=True, return_pix=True),
        lambda: disc.weighted_values(data, mask=mask, flat=True),
        lambda: aap.photometry(data, disc, ring, mask=mask, error=error, masked="interpolate"),
        lambda: aap.photometry(data, disc, ring, mask=mask, sky_stat="mmm", saturation=2.0),
    ]
    done = threading.Event()

    def write():
        while not done.is_set():
            mask[::2] = 255
            data[::3] = np.nan
            error[:, ::2] = -1.0
            mask[...] = 0
            data[...] = 1.0
            error[...] = np.inf

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for job in jobs:
            end = time.monotonic() + WRITTEN_FOR
            while time.monotonic() < end:
                with contextlib.suppress(ChangedMaskError):
                    told_apart(job)
    finally:
        done.set()
        writer.join()


# ---------------------------------------------------------------- unsafe code


def test_every_unsafe_operation_is_in_the_table():
    listed = Counter(row["file"] for row in memory.unsafe_listed())
    assert memory.unsafe_found() == listed
