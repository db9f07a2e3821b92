"""Measure from how many apertures on a batch is faster on the thread pool than on one thread.

The threshold decides speed alone: results never depend on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np

from astroapers import _inputs
from astroapers.kernels import apsum_circ_exact, get_parallel_threshold, set_parallel_threshold

COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
REPEATS = 100
IMAGE_SIZE = 256
RADIUS = 5.0


@dataclass(frozen=True)
class ParallelThresholdCalibration:
    """
    What `calibrate_parallel_threshold` measured.

    Attributes
    ----------
    threshold : int
        The recommended threshold: batches of at least so many apertures go to the thread pool.
        One more than the largest count if the pool was faster nowhere.
    original_threshold : int
        The threshold in force before.
    applied : bool
        Whether `threshold` is in force now.
    counts : tuple of int
        Batch sizes that were timed, ascending.
    serial_seconds, parallel_seconds : tuple of float
        Median time of one call for each of `counts`, on one thread and on the pool.
    """

    threshold: int
    original_threshold: int
    applied: bool
    counts: tuple[int, ...]
    serial_seconds: tuple[float, ...]
    parallel_seconds: tuple[float, ...]


def calibrate_parallel_threshold(
    *,
    counts: tuple[int, ...] | list[int] = COUNTS,
    repeats: int = REPEATS,
    image_size: int = IMAGE_SIZE,
    radius: float = RADIUS,
    apply: bool = True,
) -> ParallelThresholdCalibration:
    """
    Time batches of circles on one thread and on the pool, and recommend the parallel threshold.

    Parameters
    ----------
    counts : sequence of int, optional
        Batch sizes to time.
    repeats : int, optional
        How often each is timed; the two ways take turns, and the median counts.
    image_size : int, optional
        Width and height of the test image in pixels.
    radius : float, optional
        Radius of the test circles in pixels.
    apply : bool, optional
        Whether to put the recommended threshold in force.

    Returns
    -------
    ParallelThresholdCalibration
        The recommendation and the times it rests on.

    Raises
    ------
    TypeError
        If `counts` is not a sequence, or something is not a number.
    ValueError
        If `counts` is empty, or a number is not positive or, but for `radius`, not whole.

    Examples
    --------
    >>> from astroapers import calibrate_parallel_threshold
    >>> result = calibrate_parallel_threshold(counts=(4, 8), repeats=2, apply=False)
    >>> result.counts, result.applied
    ((4, 8), False)
    >>> result.threshold in (4, 8, 9)
    True
    """
    if isinstance(counts, str) or not isinstance(counts, Iterable):
        raise TypeError(f"counts={counts!r} must be a sequence of positive whole numbers")
    sizes = tuple(sorted({_inputs.positive("counts", count) for count in counts}))
    if not sizes:
        raise ValueError("counts=() must hold at least one batch size")
    repeats = _inputs.positive("repeats", repeats)
    image_size = _inputs.positive("image_size", image_size)
    radius = _inputs.number("radius", radius)
    if not (math.isfinite(radius) and radius > 0):
        raise ValueError(f"radius={radius!r} must be finite and greater than 0")

    rng = np.random.default_rng(0)
    image = rng.random((image_size, image_size))
    original = get_parallel_threshold()
    serial, parallel = [], []
    try:
        for size in sizes:
            x, y = rng.uniform(0, image_size - 1, (2, size))
            times: dict[int, list[float]] = {size + 1: [], 1: []}  # by the threshold that forces each way
            for threshold in (*times, *(list(times) * repeats)):  # the first of each warms up
                set_parallel_threshold(threshold)
                start = perf_counter()
                apsum_circ_exact(image, x, y, radius)
                times[threshold].append(perf_counter() - start)
            serial.append(median(times[size + 1][1:]))
            parallel.append(median(times[1][1:]))
    finally:
        set_parallel_threshold(original)

    threshold = _crossing(sizes, serial, parallel)
    if apply:
        set_parallel_threshold(threshold)
    return ParallelThresholdCalibration(threshold, original, apply, sizes, tuple(serial), tuple(parallel))


def _crossing(counts: Sequence[int], serial: Sequence[float], parallel: Sequence[float]) -> int:
    """
    Smallest count from which on the pool is faster at every count.

    >>> _crossing((1, 2, 4, 8), (1, 2, 4, 8), (0, 3, 3, 3))
    4
    >>> _crossing((1, 2), (1, 2), (3, 3))
    3
    """
    threshold = counts[-1] + 1
    for count, alone, pooled in zip(reversed(counts), reversed(serial), reversed(parallel), strict=True):
        if pooled >= alone:
            break
        threshold = count
    return threshold
