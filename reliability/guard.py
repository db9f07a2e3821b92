"""Images between pages that nobody may touch: a read of one byte before the first or after the last ends the process.

Run alone, ``python -m reliability.guard``, everything is read (`reliability.everything`) from memory of which the last
byte is the last one before such a page, then from memory of which the first byte is the first one after it, and every
result must be, bit for bit, that of ordinary memory. ``python -m reliability.guard beyond`` reads one byte too far, to
show that the guard is awake.
"""

from __future__ import annotations

import ctypes
import functools
import mmap
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import astroapers as aap
from reliability.everything import THRESHOLD, Array, Place, everything

_PAGE = mmap.PAGESIZE
_PROT_NONE = 0


@functools.cache
def _mprotect() -> Callable[[int, int, int], int]:
    function: Any = ctypes.CDLL(None, use_errno=True).mprotect
    function.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return lambda address, length, protection: int(function(address, length, protection))


def between_guards(array: Array, side: str) -> Array:
    """
    Copy an array to memory with a guard on each side.

    Parameters
    ----------
    array : ndarray
        C-contiguous.
    side : {"end", "start"}
        Whether the array ends or starts at its guard. At the other side the guard is less than a page away.

    Returns
    -------
    ndarray
        Equal, C-contiguous.
    """
    room = -(-array.nbytes // _PAGE) * _PAGE
    memory = np.frombuffer(mmap.mmap(-1, room + 2 * _PAGE), np.uint8)
    start = _PAGE if side == "start" else _PAGE + room - array.nbytes
    placed: Array = memory[start : start + array.nbytes]
    placed[...] = np.frombuffer(array.tobytes(), np.uint8)
    for guard in (0, _PAGE + room):
        if _mprotect()(memory.ctypes.data + guard, _PAGE, _PROT_NONE) != 0:
            raise OSError(ctypes.get_errno(), "mprotect failed")
    return placed.view(array.dtype).reshape(array.shape)


def compare(each: int) -> Iterator[str]:
    """
    Read everything between guards and in ordinary memory.

    Parameters
    ----------
    each : int
        With how many apertures each image is measured.

    Yields
    ------
    str
        The name of what was read with equal results.

    Raises
    ------
    AssertionError
        If results differ.
    """
    places: tuple[Place, ...] = (np.copy, *(functools.partial(between_guards, side=side) for side in ("end", "start")))
    for (name, want), *guarded in zip(*(everything(place, each) for place in places), strict=True):
        for side, (_, got) in zip(("end", "start"), guarded, strict=True):
            if want != got:
                raise AssertionError(f"{name}: other results at the {side} of guarded memory")
            yield name


def main() -> int:
    """
    Read everything, or a byte too much.

    Returns
    -------
    int
        0.
    """
    if sys.argv[1:] == ["beyond"]:
        image = between_guards(np.ones((3, 5)), "end")
        print(aap.CircAp((3.0, 1.0), 2.0).apsum_exact(np.lib.stride_tricks.as_strided(image, (4, 5))))
        return 0
    aap.set_parallel_threshold(THRESHOLD)
    print(sum(1 for _ in compare(*map(int, sys.argv[1:] or ("16",)))), "results")
    return 0


if __name__ == "__main__":
    sys.exit(main())
